/*
 * /account/people: coordinators invite, change roles and hours, disable, and make reset links.  Links are shown once, by the answer that
 * made them; what is stored is a digest.  Role changes ask for a second factor of the last five minutes (SECURITY.md §4.1).
 */
#include "account/account.h"
#include "core/arena.h"
#include "core/buf.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/serve.h"
#include "core/staff.h"
#include "core/vocab.h"

static const char *const roles[] = {"volunteer", "coordinator", "regulator", NULL};
static const char *const states[] = {"active", "disabled", NULL};

const struct param invite_make_params[] = {
    {.name = "role",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED,
     .choices = roles,
     .label = "account.people.role",
     .empty = "account.people.error.role"},
    {.name = "note", .type = PARAM_TEXT, .max = 80, .label = "account.people.note"},
    {.name = NULL},
};

const struct param invite_cancel_params[] = {
    {.name = "invitation",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED,
     .min = 64,
     .max = 64,
     .label = "account.people.invitations"},
    {.name = NULL},
};

/* Of the other form on a person's page, which asks for nothing. */
const struct param person_path_params[] = {
    {.name = "id",
     .type = PARAM_UUID,
     .flags = PARAM_REQUIRED | PARAM_PATH,
     .label = "account.people.title"},
    {.name = NULL},
};

const struct param person_params[] = {
    {.name = "id",
     .type = PARAM_UUID,
     .flags = PARAM_REQUIRED | PARAM_PATH,
     .label = "account.people.title"},
    {.name = "role",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED,
     .choices = roles,
     .label = "account.people.role"},
    {.name = "state",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED,
     .choices = states,
     .label = "account.people.state"},
    {.name = "weekly_hours",
     .type = PARAM_INT,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = 60,
     .label = "account.person.weekly_hours"},
    {.name = "trainee", .type = PARAM_BOOL, .label = "account.people.trainee"},
    {.name = "open_cases_ok", .type = PARAM_BOOL, .label = "account.people.open_cases_ok"},
    {.name = "version", .type = PARAM_INT, .min = 0, .max = INT64_MAX, .label = "account.version"},
    {.name = NULL},
};

static struct str label(struct request *req, const char *group, struct str code)
{
    return locale_textz(
        req->arena, req->locale,
        str_z(req->arena, str_fmt(req->arena, "account.%s.%.*s", group, STR_ARG(code))));
}

static json_t *code_options(struct request *req, const char *group, const char *const *codes)
{
    json_t *list = json_array();

    for (size_t i = 0; codes[i] != NULL; i++) {
        json_t *o = json_object();

        json_set_z(o, "code", codes[i]);
        json_set_str(o, "label", label(req, group, str_of(codes[i])));
        (void)json_array_append_new(list, o);
    }
    return json_owned(req->arena, list);
}

static void add_people(struct request *req, json_t *model, const struct db_rows *rows)
{
    json_t *list = db_rows_json(rows);

    for (size_t i = 0; i < db_count(rows); i++) {
        json_t *row = json_array_get(list, i);

        json_set_str(row, "role_text", label(req, "role", db_text(rows, i, "role")));
        json_set_str(row, "state_text", label(req, "state", db_text(rows, i, "state")));
        json_set_bool(row, "disabled", str_eqz(db_text(rows, i, "state"), "disabled"));
        if (!db_is_null(rows, i, "last_login_at"))
            json_set_str(
                row, "last_login_text",
                locale_datetime(req->arena, req->locale, db_time(rows, i, "last_login_at")));
        else
            json_set_z(row, "last_login_text", "");
    }
    json_set_new(model, "people", list);
}

static void add_invitations(struct request *req, json_t *model, const struct db_rows *rows)
{
    json_t *list = db_rows_json(rows);

    for (size_t i = 0; i < db_count(rows); i++) {
        json_t *row = json_array_get(list, i);

        json_set_bool(row, "reset", str_eqz(db_text(rows, i, "kind"), "reset"));
        json_set_str(row, "role_text", label(req, "role", db_text(rows, i, "role")));
        json_set_str(row, "expires_text",
                     locale_datetime(req->arena, req->locale, db_time(rows, i, "expires_at")));
    }
    json_set_bool(model, "has_invitations", db_count(rows) != 0);
    json_set_new(model, "invitations", list);
}

enum err people_show(struct request *req, struct reply *rep)
{
    struct db_rows *people = NULL, *invitations = NULL;
    json_t *model = account_model(req, "account.people.title", invite_make_params, NULL);
    enum err err = ERR_OK;

    form_options(json_object_get(model, "form"), "role", code_options(req, "role", roles));
    if (req->session != NULL) {
        struct str bearer = session_bearer(req->session);

        err = db_snapshot_begin(req->db);
        if (err == ERR_OK)
            err = db_read(req->db, "account.people", &people, DB_BYTES("p_session", bearer));
        if (err == ERR_OK)
            err = db_read(req->db, "account.invite_list", &invitations,
                          DB_BYTES("p_session", bearer));
        if (err == ERR_OK)
            err = db_snapshot_end(req->db);
        else
            db_abort(req->db);
    }
    if (err != ERR_OK) {
        json_decref(model);
        return err;
    }
    if (people != NULL) {
        add_people(req, model, people);
        add_invitations(req, model, invitations);
    }
    return reply_page(rep, "account/people", model);
}

/* Shows a link once. */
static enum err show_link(struct request *req, struct reply *rep, const struct session *link,
                          const struct db_rows *rows, const char *title_key, const char *column)
{
    json_t *model = account_model(req, title_key, NULL, NULL);

    json_set_str(model, "link",
                 str_fmt(req->arena, "%.*s/invite/%.*s", STR_ARG(req->app->config.public_origin),
                         STR_ARG(session_cookie_text(req->arena, link))));
    json_set_str(model, "expires_text",
                 locale_datetime(req->arena, req->locale, db_time(rows, 0, column)));
    return reply_page(rep, "account/link", model);
}

enum err invite_make(struct request *req, struct reply *rep)
{
    struct session *link = session_new(req->arena, SESSION_LINK);
    struct db_rows *rows = NULL;
    enum err err = db_write(
        req->db, "account.invite_make", &rows, DB_BYTES("p_session", session_bearer(req->session)),
        DB_BYTES("p_lookup", session_bearer(link)), DB_TEXT("p_role", param_text(req, "role")),
        DB_TEXT_OR_NULL("p_note", param_text(req, "note")));

    if (err != ERR_OK)
        return step_up_or_again(req, rep, err, "/account/people");
    return show_link(req, rep, link, rows, "account.link.invite.title", "invite_make");
}

enum err invite_cancel(struct request *req, struct reply *rep)
{
    enum err err = db_write(req->db, "account.invite_cancel", NULL,
                            DB_BYTES("p_session", session_bearer(req->session)),
                            DB_TEXT("p_name", param_text(req, "invitation")));

    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return reply_error(req, rep, err);
    return reply_see_other(rep, "/account/people");
}

/* The page with what was chosen, for the way through the second factor: codes and numbers, no names.  A tick that was taken off is an
 * empty value. */
static const char *person_chosen(struct request *req, const struct uuid *id)
{
    struct buf query = buf_new(req->arena);

    buf_add_url(&query, str_fmt(req->arena,
                                "role=%.*s&state=%.*s&weekly_hours=%lld&trainee=%s"
                                "&open_cases_ok=%s&version=%lld",
                                STR_ARG(param_text(req, "role")), STR_ARG(param_text(req, "state")),
                                (long long)param_int(req, "weekly_hours"),
                                param_bool(req, "trainee") ? "1" : "",
                                param_bool(req, "open_cases_ok") ? "1" : "",
                                (long long)param_int(req, "version")));
    return str_z(req->arena, str_fmt(req->arena, "/account/people/%.*s%%3F%.*s",
                                     STR_ARG(uuid_text(req->arena, id)), STR_ARG(buf_str(&query))));
}

enum err person_show(struct request *req, struct reply *rep)
{
    struct db_rows *rows = NULL;
    struct uuid id = param_uuid(req, "id");
    json_t *stored = NULL, *model, *form;
    enum err err = ERR_OK;

    /* Only our own pages lead to a form that is filled in already; a link from elsewhere shows what is stored. */
    if (req->method == METHOD_GET && req->query.n != 0 && req->fetch_site.n != 0 &&
        !request_same_origin(req))
        return reply_see_other(rep, "/account/people/%.*s", STR_ARG(uuid_text(req->arena, &id)));
    if (req->session != NULL)
        err = db_read(req->db, "account.person", &rows,
                      DB_BYTES("p_session", session_bearer(req->session)), DB_UUID("p_user", id));
    if (err != ERR_OK)
        return err;
    if (rows != NULL)
        stored = json_owned(req->arena, db_row_json(rows, 0));
    model = account_model(req, "account.person.title", person_params, stored);
    form = json_object_get(model, "form");
    form_options(form, "role", code_options(req, "role", roles));
    form_options(form, "state", code_options(req, "state", states));
    json_set_str(model, "id", uuid_text(req->arena, &id));
    if (stored != NULL) {
        json_set_str(model, "person_name", json_str(stored, "display_name"));
        json_set_str(model, "person_login", json_str(stored, "login"));
        json_set_int(model, "open_cases", json_int(stored, "open_cases"));
        json_set_bool(model, "has_open_cases", json_int(stored, "open_cases") != 0);
        json_set_bool(model, "has_totp", json_truth(stored, "has_totp"));
        json_set_bool(model, "waiting_key", json_truth(stored, "waiting_key"));
        json_set_bool(model, "may_reset",
                      str_eqz(json_str(stored, "state"), "active") &&
                          !str_eq(json_str(stored, "login"), req->staff->login));
    }
    return reply_page(rep, "account/person", model);
}

enum err person_update(struct request *req, struct reply *rep)
{
    struct uuid id = param_uuid(req, "id");
    enum err err = db_write(
        req->db, "account.person_update", NULL, DB_BYTES("p_session", session_bearer(req->session)),
        DB_UUID("p_user", id), DB_INT("p_version", param_int(req, "version")),
        DB_TEXT("p_role", param_text(req, "role")), DB_TEXT("p_state", param_text(req, "state")),
        DB_BOOL("p_trainee", param_bool(req, "trainee")),
        DB_INT("p_weekly_hours", param_int(req, "weekly_hours")),
        DB_BOOL("p_open_cases_ok", param_bool(req, "open_cases_ok")));

    if (err != ERR_OK)
        return step_up_or_again(req, rep, err, person_chosen(req, &id));
    return reply_see_other(rep, "/account/people");
}

enum err reset_make(struct request *req, struct reply *rep)
{
    struct uuid id = param_uuid(req, "id");
    struct str text = uuid_text(req->arena, &id);
    struct session *link = session_new(req->arena, SESSION_LINK);
    struct db_rows *rows = NULL;
    enum err err = db_write(req->db, "account.reset_make", &rows,
                            DB_BYTES("p_session", session_bearer(req->session)),
                            DB_UUID("p_user", id), DB_BYTES("p_lookup", session_bearer(link)));

    if (err != ERR_OK)
        return step_up_or_again(
            req, rep, err,
            str_z(req->arena, str_fmt(req->arena, "/account/people/%.*s", STR_ARG(text))));
    return show_link(req, rep, link, rows, "account.link.reset.title", "reset_make");
}
