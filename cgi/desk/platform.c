/* /desk/cases/{n}/platform: the register row of the case's platform: registered name, credit code, status (V-CH-03). */
#include <string.h>

#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "desk/desk.h"

const struct param platform_params[] = {
    {.name = "n",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED | PARAM_PATH,
     .min = 1,
     .max = 20,
     .label = "desk.case.number"},
    {.name = "status",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED,
     .label = "desk.platform.status"},
    {.name = "registered_name",
     .type = PARAM_TEXT,
     .max = 120,
     .label = "desk.platform.registered_name"},
    {.name = "credit_code", .type = PARAM_NUMBER, .max = 18, .label = "desk.platform.credit_code"},
    {.name = "version",
     .type = PARAM_INT,
     .flags = PARAM_REQUIRED,
     .min = 0,
     .max = INT64_MAX,
     .label = "desk.version"},
    {.name = NULL},
};

/* 18 characters of the national alphabet with the check character of GB 32100. */
static bool credit_code_right(struct str code)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    static const int weights[] = {1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28};
    int sum = 0;

    if (code.n != 18)
        return false;
    for (size_t i = 0; i < 18; i++) {
        const char *at = memchr(alphabet, code.p[i], sizeof alphabet - 1);

        if (at == NULL)
            return false;
        if (i < 17)
            sum += weights[i] * (int)(at - alphabet);
    }
    return code.p[17] == alphabet[(31 - sum % 31) % 31];
}

/* Folded numbers are ASCII. */
static struct str upper(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.n + 1);

    for (size_t i = 0; i < s.n; i++)
        p[i] = s.p[i] >= 'a' && s.p[i] <= 'z' ? (char)(s.p[i] - 'a' + 'A') : s.p[i];
    return (struct str){.p = p, .n = s.n};
}

enum err platform_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    json_t *model, *stored = NULL;
    enum err err = desk_open(req, &c);

    if (err == ERR_OK && req->staff != NULL) {
        err = db_read(req->db, "desk.platform_get", &rows, DB_BYTES("p_session", desk_bearer(req)),
                      DB_UUID("p_case", c.id));
        if (err == ERR_OK && db_count(rows) == 0)
            err = ERR_NOT_FOUND;
        if (err == ERR_OK)
            stored = json_owned(req->arena, db_row_json(rows, 0));
    }
    if (err != ERR_OK)
        return reply_error(req, rep, err);
    model = desk_form(req, &c, "desk.platform.title", platform_params, stored);
    json_set_str(model, "platform", json_str(stored, "name"));
    desk_vocab(req, json_object_get(model, "form"), "status", "platform_status");
    return reply_page(rep, "desk/platform", model);
}

enum err platform_save(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct str code = upper(req->arena, param_text(req, "credit_code"));
    enum err err = desk_open(req, &c);

    if (code.n != 0 && !credit_code_right(code)) {
        form_error(req, "credit_code", "desk.platform.error.credit_code");
        return reply_form_again(req, rep, ERR_FORM);
    }
    if (err == ERR_OK)
        err = db_write(req->db, "desk.platform_save", NULL, DB_BYTES("p_session", desk_bearer(req)),
                       DB_UUID("p_case", c.id), DB_INT("p_version", param_int(req, "version")),
                       DB_TEXT("p_status", param_text(req, "status")),
                       DB_TEXT_OR_NULL("p_registered_name", param_text(req, "registered_name")),
                       DB_TEXT_OR_NULL("p_credit_code", code));
    return desk_done(req, rep, err, &c, "");
}
