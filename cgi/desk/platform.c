/* /desk/cases/{n}/platform: the register row of the case's platform: registered name, credit code, status (V-CH-03). */
#include <string.h>

#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/staff.h"
#include "core/vocab.h"
#include "desk/desk.h"
#include "rules/settlement.h"

const struct param platform_params[] = {
    CASE_ROW,
    {.name = "status", .type = PARAM_CODE, .label = "desk.platform.status"},
    {.name = "registered_name",
     .type = PARAM_TEXT,
     .max = 120,
     .label = "desk.platform.registered_name"},
    {.name = "credit_code", .type = PARAM_NUMBER, .max = 18, .label = "desk.platform.credit_code"},
    VERSION_ROW,
    {.name = NULL},
};

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
    bool lead;
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
    /* After the session has ended nobody knows whose form it was: it comes back whole. */
    lead = req->staff == NULL || staff_is(req, "coordinator");
    json_set_bool(model, "lead", lead);
    json_set_bool(model, "may_edit", lead || str_eqz(json_str(stored, "status"), "UNVERIFIED"));
    json_set_str(model, "registered_name", json_str(stored, "registered_name"));
    json_set_str(model, "credit_code", json_str(stored, "credit_code"));
    json_set_str(model, "status_label",
                 vocab_label(req, "platform_status", json_str(stored, "status")));
    return reply_page(rep, "desk/platform", model);
}

enum err platform_save(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct str code = upper(req->arena, param_text(req, "credit_code"));
    enum err err = desk_open(req, &c);

    if (code.n != 0 && !settlement_credit_code_ok(code)) {
        form_error(req, "credit_code", "desk.platform.error.credit_code");
        return reply_form_again(req, rep, ERR_FORM);
    }
    if (err == ERR_OK)
        err = db_write(req->db, "desk.platform_save", NULL, DB_BYTES("p_session", desk_bearer(req)),
                       DB_UUID("p_case", c.id), DB_INT("p_version", param_int(req, "version")),
                       DB_TEXT_OR_NULL("p_status", param_text(req, "status")),
                       DB_TEXT_OR_NULL("p_registered_name", param_text(req, "registered_name")),
                       DB_TEXT_OR_NULL("p_credit_code", code));
    return desk_done(req, rep, err, &c, "");
}
