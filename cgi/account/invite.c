/*
 * /invite: an invitation becomes an account; a reset link gives a person a new password and a new key pair (the old key is lost with the
 * old password; a coordinator's next request seals the cases to the new one, SECURITY.md §3.4).
 */
#include "account/account.h"
#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/serve.h"
#include "core/token.h"

const struct param invite_params[] = {
    {.name = "display_name",
     .type = PARAM_TEXT,
     .min = 1,
     .max = 40,
     .label = "account.person.display_name"},
    {.name = "login", .type = PARAM_TEXT, .min = 3, .max = 40, .label = "account.person.login"},
    {.name = "password",
     .type = PARAM_SECRET,
     .flags = PARAM_REQUIRED,
     .min = 8,
     .max = 128,
     .label = "account.person.password",
     .small = "account.password.error.short",
     .large = "account.password.error.long"},
    {.name = NULL},
};

enum err invite_link(struct request *req, struct reply *rep)
{
    return link_take(req, rep, SESSION_LINK, "/invite");
}

static enum err look(struct request *req, struct session **link, struct db_rows **rows)
{
    *link = session_of_cookie(req->arena, SESSION_LINK, request_cookie(req, "link"));
    if (*link == NULL)
        return ERR_LINK;
    return db_read(req->db, "account.invite_look", rows, DB_BYTES("p_link", session_bearer(*link)));
}

enum err invite_show(struct request *req, struct reply *rep)
{
    struct session *link;
    struct db_rows *rows = NULL;
    json_t *model, *form;
    bool reset;
    enum err err = look(req, &link, &rows);

    if (err != ERR_OK)
        return reply_error(req, rep, err);
    reset = str_eqz(db_text(rows, 0, "kind"), "reset");
    model = account_model(req, reset ? "account.reset.title" : "account.invite.title",
                          invite_params, NULL);
    form = json_object_get(model, "form");
    form_attr(form, "display_name", "autocomplete", STR("name"));
    form_attr(form, "login", "autocomplete", STR("username"));
    form_attr(form, "login", "autocapitalize", STR("none"));
    form_attr(form, "password", "autocomplete", STR("new-password"));
    json_set_new(json_object_get(json_object_get(form, "f"), "display_name"), "optional",
                 json_false());
    json_set_new(json_object_get(json_object_get(form, "f"), "login"), "optional", json_false());
    json_set_bool(model, "reset", reset);
    json_set_str(model, "login_name", db_text(rows, 0, "login"));
    json_set_bool(model, "is_volunteer", str_eqz(db_text(rows, 0, "role"), "volunteer"));
    json_set_bool(model, "is_coordinator", str_eqz(db_text(rows, 0, "role"), "coordinator"));
    json_set_bool(model, "is_regulator", str_eqz(db_text(rows, 0, "role"), "regulator"));
    return reply_page(rep, "account/invite", model);
}

static bool fields_good(struct request *req, bool reset, struct str login)
{
    struct str names[] = {login, param_text(req, "display_name"), req->app->config.organisation_zh,
                          req->app->config.organisation_en};
    bool good = credentials_acceptable(req, "password", names, sizeof names / sizeof names[0]);

    if (reset)
        return good;
    if (!param_present(req, "display_name")) {
        form_error(req, "display_name", "error.field.empty");
        good = false;
    }
    if (!login_form_ok(login)) {
        form_error(req, "login", "account.person.error.login");
        good = false;
    }
    return good;
}

static enum err store(struct request *req, const struct session *link, bool reset, struct str login,
                      const struct new_person *p)
{
    const struct password_params *params = &p->credentials->params;

    if (reset)
        return db_write(
            req->db, "account.reset_finish", NULL, DB_BYTES("p_link", session_bearer(link)),
            DB_BYTES("p_salt", str_bytes(params->salt, 16)), DB_INT("p_ops", params->ops),
            DB_INT("p_mem", params->mem_bytes), DB_INT("p_pepper_version", params->pepper_version),
            DB_BYTES("p_verifier", str_bytes(p->credentials->verifier, 32)),
            DB_BYTES("p_public_key", str_bytes(p->public_key, 32)),
            DB_BYTES("p_signature", str_bytes(p->signature, 64)),
            DB_BYTES("p_wrapped_secret", p->wrapped_secret));
    return db_write(
        req->db, "account.invite_accept", NULL, DB_BYTES("p_link", session_bearer(link)),
        DB_UUID("p_user", p->id), DB_TEXT("p_login", login),
        DB_TEXT("p_display_name", param_text(req, "display_name")),
        DB_TEXT("p_lang", str_of(request_lang(req))),
        DB_BYTES("p_salt", str_bytes(params->salt, 16)), DB_INT("p_ops", params->ops),
        DB_INT("p_mem", params->mem_bytes), DB_INT("p_pepper_version", params->pepper_version),
        DB_BYTES("p_verifier", str_bytes(p->credentials->verifier, 32)),
        DB_BYTES("p_public_key", str_bytes(p->public_key, 32)),
        DB_BYTES("p_signature", str_bytes(p->signature, 64)),
        DB_BYTES("p_wrapped_secret", p->wrapped_secret));
}

enum err invite_post(struct request *req, struct reply *rep)
{
    struct session *link;
    struct db_rows *rows = NULL;
    struct new_person person;
    struct uuid id;
    struct str login, role;
    uint32_t version = 1;
    bool reset, full;
    enum err err = look(req, &link, &rows);

    if (err != ERR_OK)
        return reply_error(req, rep, err);
    reset = str_eqz(db_text(rows, 0, "kind"), "reset");
    role = db_text(rows, 0, "role");
    login = reset ? db_text(rows, 0, "login") : str_lower(req->arena, param_text(req, "login"));
    id = reset ? db_uuid(rows, 0, "app_user") : token_uuid();
    if (reset)
        version = (uint32_t)db_int(rows, 0, "key_version") + 1;
    if (!fields_good(req, reset, login))
        return reply_form_again(req, rep, ERR_FORM);
    err = person_new(req, &id, version, param_text(req, "password"), &person);
    if (err == ERR_OK)
        err = store(req, link, reset, login, &person);
    if (err == ERR_NAME_TAKEN) {
        form_error(req, "login", "account.person.error.taken");
        return reply_form_again(req, rep, ERR_FORM);
    }
    if (err == ERR_OK)
        err = sign_in(req, rep, login, person.credentials, &id, version, person.secret_key, false,
                      &full);
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    reply_cookie(req, rep, "link", STR(""), 0);
    if (str_eqz(role, "coordinator"))
        return reply_see_other(rep, "/account/totp");
    return go_on(req, rep, STR(""), role);
}
