/* /account: own name, language, hours, skills; sessions; leave; conflicts of interest (UX.md §3). */
#include "account/account.h"
#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/staff.h"
#include "core/vocab.h"

static const char *const languages[] = {"zh-CN", "en", NULL};

const struct param profile_params[] = {
    {.name = "display_name",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = 40,
     .label = "account.person.display_name"},
    {.name = "mail_lang",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED,
     .choices = languages,
     .label = "account.profile.lang"},
    {.name = "weekly_hours",
     .type = PARAM_INT,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = 60,
     .label = "account.person.weekly_hours"},
    {.name = "skills", .type = PARAM_CODE, .flags = PARAM_MANY, .label = "account.profile.skills"},
    {.name = "version", .type = PARAM_INT, .min = 0, .max = INT64_MAX, .label = "account.version"},
    {.name = NULL},
};

const struct param session_params[] = {
    {.name = "session",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED,
     .min = 64,
     .max = 64,
     .label = "account.sessions.title"},
    {.name = NULL},
};

const struct param leave_params[] = {
    {.name = "from_day",
     .type = PARAM_DATE,
     .flags = PARAM_REQUIRED,
     .label = "account.leave.from"},
    {.name = "to_day", .type = PARAM_DATE, .flags = PARAM_REQUIRED, .label = "account.leave.to"},
    {.name = NULL},
};

const struct param leave_remove_params[] = {
    {.name = "from_day",
     .type = PARAM_DATE,
     .flags = PARAM_REQUIRED,
     .label = "account.leave.from"},
    {.name = NULL},
};

const struct param conflict_params[] = {
    {.name = "platform",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = 80,
     .label = "account.conflict.platform"},
    {.name = NULL},
};

static struct str bearer(const struct request *req)
{
    return session_bearer(req->session);
}

static json_t *language_options(struct request *req)
{
    static const char *const keys[] = {"account.profile.lang.zh", "account.profile.lang.en"};
    json_t *list = json_array();

    for (size_t i = 0; i < 2; i++) {
        json_t *o = json_object();

        json_set_z(o, "code", languages[i]);
        json_set_str(o, "label", locale_textz(req->arena, req->locale, keys[i]));
        (void)json_array_append_new(list, o);
    }
    return list;
}

/* Which sentence of success stands above the page, by the literal that our own redirect added. */
static void add_done(struct request *req, json_t *model)
{
    static const char *const known[] = {"profile", "password", "totp_removed"};
    struct str name, value, rest = req->query;

    while (rest.n != 0) {
        struct str one;

        (void)str_cut(rest, '&', &one, &rest);
        (void)str_cut(one, '=', &name, &value);
        for (size_t i = 0; str_eqz(name, "done") && i < sizeof known / sizeof known[0]; i++) {
            if (str_eqz(value, known[i]))
                json_set_str(model, "done",
                             locale_textz(req->arena, req->locale,
                                          str_z(req->arena,
                                                str_fmt(req->arena, "account.done.%s", known[i]))));
        }
    }
}

enum err profile_show(struct request *req, struct reply *rep)
{
    struct db_rows *rows = NULL;
    json_t *stored = NULL, *model, *form, *options;
    enum err err = ERR_OK;

    if (req->staff != NULL) {
        err = db_read(req->db, "account.profile", &rows, DB_BYTES("p_session", bearer(req)));
        if (err != ERR_OK)
            return err;
        stored = json_owned(req->arena, db_row_json(rows, 0));
        json_set_new(stored, "mail_lang", json_incref(json_object_get(stored, "lang")));
    }
    model = account_model(req, "account.profile.title", profile_params, stored);
    form = json_object_get(model, "form");
    options = json_owned(req->arena, vocab_options(req, "product_type", NULL));
    form_options(form, "skills", options);
    form_options(form, "mail_lang", json_owned(req->arena, language_options(req)));
    if (stored != NULL) {
        json_set_str(model, "login", json_str(stored, "login"));
        json_set_bool(model, "has_totp", json_truth(stored, "has_totp"));
        json_set_int(model, "codes_left", json_int(stored, "factor_codes_left"));
    }
    json_set_bool(model, "is_regulator", staff_is(req, "regulator"));
    add_done(req, model);
    return reply_page(rep, "account/profile", model);
}

enum err profile_post(struct request *req, struct reply *rep)
{
    struct str *skills;
    size_t n = param_many(req, "skills", &skills);
    enum err err = db_write(
        req->db, "account.profile_update", NULL, DB_BYTES("p_session", bearer(req)),
        DB_INT("p_version", param_int(req, "version")),
        DB_TEXT("p_display_name", param_text(req, "display_name")),
        DB_TEXT("p_lang", param_text(req, "mail_lang")),
        DB_INT("p_weekly_hours", param_int(req, "weekly_hours")), DB_TEXTS("p_skills", skills, n));

    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    return reply_see_other(rep, "/account?done=profile");
}

enum err sessions_show(struct request *req, struct reply *rep)
{
    struct db_rows *rows = NULL;
    json_t *model, *list;
    enum err err = req->session == NULL ? ERR_SIGNED_OUT
                                        : db_read(req->db, "account.session_list", &rows,
                                                  DB_BYTES("p_session", bearer(req)));

    if (err != ERR_OK)
        return err;
    model = account_model(req, "account.sessions.title", NULL, NULL);
    list = db_rows_json(rows);
    for (size_t i = 0; i < db_count(rows); i++) {
        json_t *row = json_array_get(list, i);

        json_set_str(row, "created_text",
                     locale_datetime(req->arena, req->locale, db_time(rows, i, "created_at")));
        json_set_str(row, "seen_text",
                     locale_datetime(req->arena, req->locale, db_time(rows, i, "last_seen_at")));
    }
    json_set_new(model, "sessions", list);
    return reply_page(rep, "account/sessions", model);
}

enum err session_end(struct request *req, struct reply *rep)
{
    enum err err =
        db_write(req->db, "account.session_end", NULL, DB_BYTES("p_session", bearer(req)),
                 DB_TEXT("p_name", param_text(req, "session")));

    /* Ended already, perhaps by the other button press: the list shows the truth. */
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return reply_error(req, rep, err);
    return reply_see_other(rep, "/account/sessions");
}

enum err leave_show(struct request *req, struct reply *rep)
{
    struct db_rows *rows = NULL;
    json_t *model = account_model(req, "account.leave.title", leave_params, NULL);
    enum err err = ERR_OK;

    if (req->staff != NULL)
        err = db_read(req->db, "account.leave_list", &rows, DB_BYTES("p_session", bearer(req)));
    if (err != ERR_OK) {
        json_decref(model);
        return err;
    }
    if (rows != NULL) {
        json_t *list = db_rows_json(rows);

        for (size_t i = 0; i < db_count(rows); i++) {
            json_t *row = json_array_get(list, i);

            json_set_str(row, "from_text",
                         locale_day(req->arena, req->locale, db_text(rows, i, "from_day")));
            json_set_str(row, "to_text",
                         locale_day(req->arena, req->locale, db_text(rows, i, "to_day")));
        }
        json_set_bool(model, "has_leave", db_count(rows) != 0);
        json_set_new(model, "leave", list);
    }
    return reply_page(rep, "account/leave", model);
}

enum err leave_add(struct request *req, struct reply *rep)
{
    enum err err = db_write(req->db, "account.leave_add", NULL, DB_BYTES("p_session", bearer(req)),
                            DB_DATE_OR_NULL("p_from", param_text(req, "from_day")),
                            DB_DATE_OR_NULL("p_to", param_text(req, "to_day")));

    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    return reply_see_other(rep, "/account/leave");
}

enum err leave_remove(struct request *req, struct reply *rep)
{
    enum err err =
        db_write(req->db, "account.leave_remove", NULL, DB_BYTES("p_session", bearer(req)),
                 DB_DATE_OR_NULL("p_from", param_text(req, "from_day")));

    if (err != ERR_OK)
        return reply_error(req, rep, err);
    return reply_see_other(rep, "/account/leave");
}

enum err conflicts_show(struct request *req, struct reply *rep)
{
    struct db_rows *rows = NULL;
    json_t *model = account_model(req, "account.conflict.title", conflict_params, NULL);
    enum err err = ERR_OK;

    if (req->staff != NULL)
        err = db_read(req->db, "account.conflict_list", &rows, DB_BYTES("p_session", bearer(req)));
    if (err != ERR_OK) {
        json_decref(model);
        return err;
    }
    if (rows != NULL) {
        json_set_bool(model, "has_conflicts", db_count(rows) != 0);
        json_set_new(model, "conflicts", db_rows_json(rows));
    }
    return reply_page(rep, "account/conflicts", model);
}

enum err conflict_add(struct request *req, struct reply *rep)
{
    enum err err =
        db_write(req->db, "account.conflict_add", NULL, DB_BYTES("p_session", bearer(req)),
                 DB_TEXT("p_platform", param_text(req, "platform")));

    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    return reply_see_other(rep, "/account/conflicts");
}
