/*
 * /login and /login/code: name and password, then the second factor.  Unknown and known names do the same work and get the same answer
 * (SECURITY.md §3.3, §4.1).
 */
#include <string.h>

#include "account/account.h"
#include "core/arena.h"
#include "core/buf.h"
#include "core/clock.h"
#include "core/db.h"
#include "core/json.h"
#include "core/serve.h"
#include "core/staff.h"
#include "core/token.h"
#include "core/totp.h"

const struct param login_params[] = {
    {.name = "login",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = 80,
     .label = "account.login.name"},
    {.name = "password",
     .type = PARAM_SECRET,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = 128,
     .label = "account.login.password"},
    {.name = "next",
     .type = PARAM_TEXT,
     .flags = PARAM_HIDDEN,
     .max = 400,
     .label = "account.login.next"},
    {.name = NULL},
};

const struct param factor_params[] = {
    {.name = "code",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = 60,
     .label = "account.factor.code"},
    {.name = "next",
     .type = PARAM_TEXT,
     .flags = PARAM_HIDDEN,
     .max = 400,
     .label = "account.login.next"},
    {.name = NULL},
};

/* Identify of this program: a full session, else the pre-session between password and second factor, else the link cookies. */
enum err account_identify(struct request *req)
{
    struct session *pre;
    enum err err = staff_identify(req);

    if (err != ERR_OK || req->staff != NULL)
        return err;
    pre = session_of_cookie(req->arena, SESSION_PRE, request_cookie(req, "pre"));
    if (pre != NULL)
        err = staff_of_session(req, pre);
    if (request_cookie(req, "link").n != 0)
        req->who |= WHO_SETUP;
    return err;
}

static struct str next_of(const struct request *req)
{
    return param_text(req, "next");
}

enum err login_show(struct request *req, struct reply *rep)
{
    json_t *model, *form;

    if (req->method == METHOD_GET && (req->who & WHO_ENROL) != 0)
        return reply_see_other(rep, "/account/totp");
    if (req->method == METHOD_GET && (req->who & WHO_USER) != 0)
        return go_on(req, rep, next_of(req), req->staff->role);
    model = account_model(req, "account.login.title", login_params, NULL);
    form = json_object_get(model, "form");
    form_attr(form, "login", "autocomplete", STR("username"));
    form_attr(form, "login", "autocapitalize", STR("none"));
    form_attr(form, "password", "autocomplete", STR("current-password"));
    return reply_page(rep, "account/login", model);
}

/* Parameters of a name; for unknown ones a salt that stays the same, so that nothing tells them apart. */
static enum err params_of(struct request *req, struct str login, struct uuid *user,
                          struct password_params *params)
{
    struct db_rows *rows = NULL;
    enum err err = db_read(req->db, "account.login_start", &rows, DB_TEXT("p_login", login));

    if (err != ERR_OK)
        return err;
    *params = (struct password_params){.ops = 3, .mem_bytes = 67108864, .pepper_version = 1};
    if (db_count(rows) == 1) {
        struct str salt = db_bytes(rows, 0, "salt");

        *user = db_uuid(rows, 0, "app_user");
        params->ops = db_int(rows, 0, "ops");
        params->mem_bytes = db_int(rows, 0, "mem");
        params->pepper_version = db_int(rows, 0, "pepper_version");
        if (salt.n != sizeof params->salt)
            return ERR_DAMAGED;
        memcpy(params->salt, salt.p, salt.n);
        return ERR_OK;
    }
    seal_fake_salt(req->arena, keys_get(req->app->keys, "pepper"), str_lower(req->arena, login),
                   params->salt, user);
    return ERR_OK;
}

static enum err refuse(struct request *req, struct str login, struct str device)
{
    enum err err =
        db_write(req->db, "account.login_failed", NULL, DB_TEXT("p_login", login),
                 DB_TEXT("p_network", req->client_network), DB_BYTES_OR_NULL("p_device", device));

    return err != ERR_OK ? err : ERR_CREDENTIALS;
}

static enum err login_take(struct request *req, struct reply *rep, bool *full, struct str *role)
{
    struct str login = param_text(req, "login");
    struct session *known =
        session_of_cookie(req->arena, SESSION_DEVICE, request_cookie(req, "dev"));
    struct str device = known != NULL ? session_bearer(known) : STR("");
    struct password_params params;
    struct credentials *credentials;
    struct db_rows *rows = NULL;
    struct uuid user;
    unsigned char *secret = arena_secret(req->arena, SEAL_KEY);
    uint32_t version;
    enum err err;

    err = db_read(req->db, "account.login_wait", NULL, DB_TEXT("p_login", login),
                  DB_TEXT("p_network", req->client_network), DB_BYTES_OR_NULL("p_device", device));
    if (err == ERR_OK)
        err = params_of(req, login, &user, &params);
    if (err == ERR_OK)
        err = credentials_of(req, &user, param_text(req, "password"), &params, &credentials);
    if (err == ERR_OK)
        err = db_read(req->db, "account.login_check", &rows, DB_TEXT("p_login", login),
                      DB_BYTES("p_verifier", str_bytes(credentials->verifier, 32)));
    if (err != ERR_OK)
        return err;
    if (db_count(rows) != 1)
        return refuse(req, login, device);
    version = (uint32_t)db_int(rows, 0, "key_version");
    *role = db_text(rows, 0, "role");
    err = seal_user_key_open(req->arena, credentials->wrap, &user, version,
                             db_bytes(rows, 0, "wrapped_secret"), secret);
    if (err != ERR_OK)
        return err;
    return sign_in(req, rep, login, credentials, &user, version, secret,
                   db_bool(rows, 0, "needs_factor"), full);
}

enum err login_post(struct request *req, struct reply *rep)
{
    bool full = false;
    struct str role;
    enum err err = login_take(req, rep, &full, &role);

    if (err == ERR_CREDENTIALS) {
        form_error(req, "login", "account.login.error.wrong");
        return reply_form_again(req, rep, ERR_FORM);
    }
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    if (full)
        return go_on(req, rep, next_of(req), role);
    if (next_of(req).n != 0) {
        struct buf next = buf_new(req->arena);

        buf_add_url(&next, next_of(req));
        return reply_see_other(rep, "/login/code?next=%.*s", STR_ARG(buf_str(&next)));
    }
    return reply_see_other(rep, "/login/code");
}

enum err factor_show(struct request *req, struct reply *rep)
{
    json_t *model = account_model(req, "account.factor.title", factor_params, NULL);
    json_t *form = json_object_get(model, "form");

    form_attr(form, "code", "autocomplete", STR("one-time-code"));
    form_attr(form, "code", "autocapitalize", STR("characters"));
    return reply_page(rep, "account/factor", model);
}

enum err factor_wait(struct request *req)
{
    return db_read(req->db, "account.factor_wait", NULL,
                   DB_BYTES("p_session", session_bearer(req->session)));
}

enum err factor_count(struct request *req, enum err err)
{
    enum err counted;

    if (err != ERR_CREDENTIALS)
        return err;
    counted = db_write(req->db, "account.factor_failed", NULL,
                       DB_BYTES("p_session", session_bearer(req->session)));
    return counted != ERR_OK ? counted : err;
}

enum err factor_read(struct request *req, const struct uuid *user, struct str totp_sealed,
                     const unsigned char public_key[32], const unsigned char secret_key[32],
                     struct str typed, int64_t *step, struct str *lookup)
{
    char code[CODE_CHARS + 1];
    unsigned char *digest = arena_alloc(req->arena, 32);
    struct str secret;
    enum err err;

    *step = 0;
    *lookup = STR("");
    if (code_read(typed, code) == ERR_OK) {
        code_factor_lookup(req->arena, user, code, digest);
        *lookup = str_bytes(digest, 32);
        return ERR_OK;
    }
    err = factor_wait(req);
    if (err == ERR_OK)
        err = seal_box_open(req->arena, public_key, secret_key, totp_sealed, &secret);
    if (err != ERR_OK)
        return err;
    if (secret.n != TOTP_SECRET_BYTES)
        return ERR_DAMAGED;
    if (!totp_check(req->arena, (const unsigned char *)secret.p, typed, clock_now(), step))
        return ERR_CREDENTIALS;
    return ERR_OK;
}

static enum err factor_take(struct request *req, struct reply *rep)
{
    struct session *session = session_new(req->arena, SESSION_USER);
    struct db_rows *rows = NULL;
    const unsigned char *secret;
    struct str lookup, wrapped, public_key;
    int64_t step;
    enum err err;

    err = db_read(req->db, "account.factor_look", &rows,
                  DB_BYTES("p_pre", session_bearer(req->session)));
    if (err == ERR_OK)
        err = staff_secret(req, &secret);
    if (err != ERR_OK)
        return err;
    public_key = db_bytes(rows, 0, "public_key");
    if (public_key.n != SEAL_PUBLIC)
        return ERR_DAMAGED;
    err = factor_read(req, &req->staff->id, db_bytes(rows, 0, "totp_sealed"),
                      (const unsigned char *)public_key.p, secret, param_text(req, "code"), &step,
                      &lookup);
    if (err == ERR_OK) {
        wrapped = session_wrap(req->arena, session, &req->staff->id,
                               (uint32_t)req->staff->key_version, secret);
        err = db_write(
            req->db, "account.factor_pass", NULL, DB_BYTES("p_pre", session_bearer(req->session)),
            DB_INT("p_step", step), DB_BYTES_OR_NULL("p_code_lookup", lookup),
            DB_BYTES("p_session", session_bearer(session)), DB_BYTES("p_wrapped_key", wrapped));
    }
    if (err != ERR_OK)
        return factor_count(req, err);
    reply_cookie(req, rep, "sid", session_cookie_text(req->arena, session), -1);
    reply_cookie(req, rep, "pre", STR(""), 0);
    return ERR_OK;
}

enum err factor_post(struct request *req, struct reply *rep)
{
    enum err err = factor_take(req, rep);

    if (err == ERR_CREDENTIALS) {
        form_error(req, "code", "account.factor.error.wrong");
        return reply_form_again(req, rep, ERR_FORM);
    }
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    return go_on(req, rep, next_of(req), req->staff->role);
}

enum err logout_post(struct request *req, struct reply *rep)
{
    enum err err = ERR_OK;

    if (req->session != NULL)
        err = db_write(req->db, "account.logout", NULL,
                       DB_BYTES("p_session", session_bearer(req->session)));
    if (err != ERR_OK)
        return reply_error(req, rep, err);
    reply_cookie(req, rep, "sid", STR(""), 0);
    reply_cookie(req, rep, "pre", STR(""), 0);
    reply_clear_site(rep);
    return reply_see_other(rep, "/login?lang=%s", request_lang(req));
}
