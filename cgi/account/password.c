/* /account/password: a new password.  The key pair stays, only its wrap changes; other sessions end (SECURITY.md §3.4). */
#include <string.h>

#include "account/account.h"
#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/serve.h"
#include "core/staff.h"

const struct param password_params_table[] = {
    {.name = "present",
     .type = PARAM_SECRET,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = 128,
     .label = "account.password.present"},
    {.name = "password",
     .type = PARAM_SECRET,
     .flags = PARAM_REQUIRED,
     .min = 8,
     .max = 128,
     .label = "account.password.new",
     .small = "account.password.error.short",
     .large = "account.password.error.long"},
    {.name = NULL},
};

enum err password_show(struct request *req, struct reply *rep)
{
    json_t *model = account_model(req, "account.password.title", password_params_table, NULL);
    json_t *form = json_object_get(model, "form");

    form_attr(form, "present", "autocomplete", STR("current-password"));
    form_attr(form, "password", "autocomplete", STR("new-password"));
    return reply_page(rep, "account/password", model);
}

static enum err password_take(struct request *req)
{
    struct db_rows *rows = NULL;
    struct password_params params = {.ops = 0};
    struct credentials *old, *fresh;
    const unsigned char *secret;
    struct uuid user;
    struct str salt;
    enum err err = db_read(req->db, "account.password_params", &rows,
                           DB_BYTES("p_session", session_bearer(req->session)));

    if (err == ERR_OK)
        err = staff_secret(req, &secret);
    if (err != ERR_OK)
        return err;
    user = db_uuid(rows, 0, "app_user");
    salt = db_bytes(rows, 0, "salt");
    if (salt.n != sizeof params.salt)
        return ERR_DAMAGED;
    memcpy(params.salt, salt.p, salt.n);
    params.ops = db_int(rows, 0, "ops");
    params.mem_bytes = db_int(rows, 0, "mem");
    params.pepper_version = db_int(rows, 0, "pepper_version");
    err = credentials_of(req, &user, param_text(req, "present"), &params, &old);
    if (err == ERR_OK)
        err = credentials_new(req, &user, param_text(req, "password"), &fresh);
    if (err != ERR_OK)
        return err;
    err = db_write(
        req->db, "account.password_change", NULL,
        DB_BYTES("p_session", session_bearer(req->session)),
        DB_BYTES("p_old_verifier", str_bytes(old->verifier, 32)),
        DB_BYTES("p_salt", str_bytes(fresh->params.salt, 16)), DB_INT("p_ops", fresh->params.ops),
        DB_INT("p_mem", fresh->params.mem_bytes),
        DB_INT("p_pepper_version", fresh->params.pepper_version),
        DB_BYTES("p_verifier", str_bytes(fresh->verifier, 32)),
        DB_BYTES("p_wrapped_secret", seal_user_key(req->arena, fresh->wrap, &user,
                                                   (uint32_t)req->staff->key_version, secret)));
    if (err == ERR_CREDENTIALS) {
        enum err counted = db_write(req->db, "account.password_failed", NULL,
                                    DB_BYTES("p_session", session_bearer(req->session)));

        return counted != ERR_OK ? counted : err;
    }
    return err;
}

enum err password_post(struct request *req, struct reply *rep)
{
    struct str names[] = {req->staff->login, req->staff->display_name,
                          req->app->config.organisation_zh, req->app->config.organisation_en};
    enum err err;

    if (!credentials_acceptable(req, "password", names, sizeof names / sizeof names[0]))
        return reply_form_again(req, rep, ERR_FORM);
    err = password_take(req);
    if (err == ERR_CREDENTIALS) {
        form_error(req, "present", "account.password.error.present");
        return reply_form_again(req, rep, ERR_FORM);
    }
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    return reply_see_other(rep, "/account?done=password");
}
