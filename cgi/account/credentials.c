/*
 * What setup, invitation, reset, sign-in and password change share: password rules, Argon2id, key pairs, sessions.
 */
#include <string.h>

#include "account/account.h"
#include "core/arena.h"
#include "core/clock.h"
#include "core/db.h"
#include "core/json.h"
#include "core/serve.h"
#include "core/staff.h"
#include "core/token.h"

/* One setting for all users: another would show in time who is coordinator (SECURITY.md §3.3, measured in finding 8). */
enum { ARGON_OPS = 3, PEPPER_VERSION = 1, DEVICE_S = 365 * 86400 };
static const int64_t argon_mem_bytes = 67108864;

static const struct str own_words[] = {{"aiddesk", 7}, {"aid desk", 8}, {"yuanzhutai", 10}};

/* True when the password is the word, or the word with at most three more characters. */
static bool made_of(struct arena *a, struct str password, struct str word)
{
    struct str p = str_lower(a, password), w = str_lower(a, word);

    return w.n >= 3 && p.n <= w.n + 3 && str_find(p, w, 0) != SIZE_MAX;
}

bool credentials_acceptable(struct request *req, const char *field, const struct str *names,
                            size_t n)
{
    struct str password = param_text(req, field);

    if (password_is_common(req->arena, password)) {
        form_error(req, field, "account.password.error.common");
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (made_of(req->arena, password, names[i])) {
            form_error(req, field, "account.password.error.name");
            return false;
        }
    }
    for (size_t i = 0; i < sizeof own_words / sizeof own_words[0]; i++) {
        if (made_of(req->arena, password, own_words[i])) {
            form_error(req, field, "account.password.error.name");
            return false;
        }
    }
    return true;
}

enum err credentials_of(struct request *req, const struct uuid *user, struct str password,
                        const struct password_params *params, struct credentials **out)
{
    struct credentials *c = arena_secret(req->arena, sizeof *c);

    c->params = *params;
    *out = c;
    return seal_password(req->arena, req->app->slots_fd, keys_get(req->app->keys, "pepper"), user,
                         password, params, c->verifier, c->wrap);
}

enum err credentials_new(struct request *req, const struct uuid *user, struct str password,
                         struct credentials **out)
{
    struct password_params params = {
        .ops = ARGON_OPS, .mem_bytes = argon_mem_bytes, .pepper_version = PEPPER_VERSION};

    token_random(params.salt, sizeof params.salt);
    return credentials_of(req, user, password, &params, out);
}

enum err person_new(struct request *req, const struct uuid *id, uint32_t version,
                    struct str password, struct new_person *out)
{
    enum err err = credentials_new(req, id, password, &out->credentials);

    if (err != ERR_OK)
        return err;
    out->id = *id;
    out->version = version;
    out->secret_key = arena_secret(req->arena, SEAL_KEY);
    seal_keypair(NULL, out->public_key, out->secret_key);
    seal_roster_sign(req->arena, keys_get(req->app->keys, "roster.secret"), "user", id, version,
                     out->public_key, out->signature);
    out->wrapped_secret =
        seal_user_key(req->arena, out->credentials->wrap, id, version, out->secret_key);
    return ERR_OK;
}

/* The cookie of a device that has signed in: made now when the browser has none. */
static struct session *device_of(struct request *req, struct reply *rep)
{
    struct session *device =
        session_of_cookie(req->arena, SESSION_DEVICE, request_cookie(req, "dev"));

    if (device == NULL)
        device = session_new(req->arena, SESSION_DEVICE);
    reply_cookie(req, rep, "dev", session_cookie_text(req->arena, device), DEVICE_S);
    return device;
}

enum err sign_in(struct request *req, struct reply *rep, struct str login,
                 const struct credentials *credentials, const struct uuid *user,
                 uint32_t key_version, const unsigned char secret_key[32], bool needs_factor,
                 bool *full)
{
    struct session *session = session_new(req->arena, needs_factor ? SESSION_PRE : SESSION_USER);
    struct str wrapped = session_wrap(req->arena, session, user, key_version, secret_key);
    struct session *device = device_of(req, rep);
    struct db_rows *rows = NULL;
    enum err err =
        db_write(req->db, "account.login_begin", &rows, DB_TEXT("p_login", login),
                 DB_BYTES("p_verifier", str_bytes(credentials->verifier, 32)),
                 DB_BYTES("p_session", session_bearer(session)), DB_BYTES("p_wrapped_key", wrapped),
                 DB_TEXT("p_device_label", STR("")), DB_TEXT("p_network", req->client_network),
                 DB_BYTES("p_device", session_bearer(device)));

    if (err != ERR_OK)
        return err;
    *full = db_bool(rows, 0, "full_rights");
    /* A second factor enrolled between two statements: the session is not full, so its cookie must not be taken for one. */
    if (*full == needs_factor)
        return ERR_CREDENTIALS;
    reply_cookie(req, rep, needs_factor ? "pre" : "sid", session_cookie_text(req->arena, session),
                 -1);
    if (!needs_factor)
        reply_cookie(req, rep, "pre", STR(""), 0);
    return ERR_OK;
}

/* A path of this site that may stand in a Location header as it is. */
static bool is_own_path(struct str s)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_.-?=&%";

    if (s.n == 0 || s.n > 400 || s.p[0] != '/' || (s.n > 1 && s.p[1] == '/'))
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (memchr(allowed, s.p[i], sizeof allowed - 1) == NULL)
            return false;
    }
    return true;
}

enum err go_on(struct request *req, struct reply *rep, struct str next, struct str role)
{
    bool regulator = str_eqz(role, "regulator");

    (void)req;
    /* The desk does not exist for regulators: a link to it would end at "not found". */
    if (is_own_path(next) && !(regulator && str_starts(next, STR("/desk"))))
        return reply_see_other(rep, "%.*s", STR_ARG(next));
    return reply_see_other(rep, "%s", regulator ? "/reports" : "/desk");
}

json_t *account_model(struct request *req, const char *title_key, const struct param *params,
                      const json_t *stored)
{
    json_t *model = json_object();

    json_set_z(model, "title_key", title_key);
    if (params != NULL)
        json_set_new(model, "form", form_model(req, params, stored));
    return model;
}

enum err link_take(struct request *req, struct reply *rep, enum session_kind kind, const char *path)
{
    struct session *link = session_of_cookie(req->arena, kind, param_text(req, "token"));

    if (link == NULL)
        return reply_error(req, rep, ERR_NOT_FOUND);
    reply_cookie(req, rep, "link", session_cookie_text(req->arena, link), -1);
    return reply_see_other(rep, "%s", path);
}

bool login_form_ok(struct str login)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";

    if (login.n < 3 || login.n > 40)
        return false;
    for (size_t i = 0; i < login.n; i++) {
        if (memchr(allowed, login.p[i], sizeof allowed - 1) == NULL)
            return false;
    }
    return true;
}
