/*
 * /account/totp: enrolling the second factor.  The new secret is sealed to the person's own key and counts only after its first code was
 * right.  The ten recovery codes are shown once, by the answer that made them: nothing stores them.
 */
#include "core/totp.h"
#include "account/account.h"

#include "core/arena.h"
#include "core/clock.h"
#include "core/db.h"
#include "core/json.h"
#include "core/qr.h"
#include "core/serve.h"
#include "core/staff.h"
#include "core/token.h"

enum { CODES = 10 };

const struct param totp_params[] = {
    {.name = "code",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = 20,
     .label = "account.totp.code"},
    {.name = NULL},
};

const struct param totp_codes_params[] = {
    {.name = "code",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = 20,
     .label = "account.totp.code"},
    {.name = "remove", .type = PARAM_BOOL}, /* the button that takes the factor off */
    {.name = NULL},
};

/* A row of one's own look at the factor: opens the pending or the confirmed secret. */
static enum err open_secret(struct request *req, const char *column, struct str *secret,
                            int64_t *last_step)
{
    struct db_rows *rows = NULL;
    const unsigned char *key;
    enum err err = db_read(req->db, "account.totp_look", &rows,
                           DB_BYTES("p_session", session_bearer(req->session)));

    *secret = STR("");
    if (err != ERR_OK)
        return err;
    *last_step = db_int(rows, 0, "last_step");
    if (db_is_null(rows, 0, column))
        return ERR_OK;
    err = staff_secret(req, &key);
    if (err == ERR_OK && req->staff->public_key.n != SEAL_PUBLIC)
        err = ERR_DAMAGED;
    if (err == ERR_OK)
        err = seal_box_open(req->arena, (const unsigned char *)req->staff->public_key.p, key,
                            db_bytes(rows, 0, column), secret);
    if (err == ERR_OK && secret->n != TOTP_SECRET_BYTES)
        err = ERR_DAMAGED;
    return err;
}

enum err totp_show(struct request *req, struct reply *rep)
{
    bool codes = req->route->params == totp_codes_params;
    json_t *model =
        account_model(req, "account.totp.title", codes ? totp_codes_params : totp_params, NULL);
    struct str secret = STR("");
    int64_t last_step;
    enum err err = ERR_OK;

    form_attr(json_object_get(model, "form"), "code", "autocomplete", STR("one-time-code"));
    form_attr(json_object_get(model, "form"), "code", "inputmode", STR("numeric"));
    if (req->staff != NULL) {
        err = open_secret(req, "pending", &secret, &last_step);
        json_set_bool(model, "has_totp", req->staff->has_totp);
        json_set_int(model, "codes_left", req->staff->factor_codes_left);
        json_set_bool(model, "must_enrol", req->staff->must_enrol);
        json_set_bool(model, "may_remove", req->staff->has_totp && !staff_is(req, "coordinator"));
    }
    if (err != ERR_OK) {
        json_decref(model);
        return err;
    }
    json_set_bool(model, "pending", secret.n != 0);
    if (secret.n != 0) {
        const unsigned char *bytes = (const unsigned char *)secret.p;
        struct str path;
        int size;

        json_set_str(model, "base32", totp_base32(req->arena, bytes));
        if (qr_path(
                req->arena,
                totp_uri(req->arena, bytes, req->app->config.organisation_en, req->staff->login),
                &size, &path)) {
            json_set_int(model, "qr_size", size);
            json_set_str(model, "qr_path", path);
        }
    }
    return reply_page(rep, "account/totp", model);
}

enum err totp_start(struct request *req, struct reply *rep)
{
    unsigned char *secret = arena_secret(req->arena, TOTP_SECRET_BYTES);
    enum err err;

    if (req->staff->public_key.n != SEAL_PUBLIC)
        return ERR_DAMAGED;
    totp_secret_new(secret);
    err = db_write(
        req->db, "account.totp_start", NULL, DB_BYTES("p_session", session_bearer(req->session)),
        DB_BYTES("p_sealed", seal_box(req->arena, (const unsigned char *)req->staff->public_key.p,
                                      str_bytes(secret, TOTP_SECRET_BYTES))));
    if (err != ERR_OK)
        return step_up_or_again(req, rep, err, "/account/totp");
    return reply_see_other(rep, "/account/totp");
}

/* Ten new codes: their look-ups for SQL, and the model list that shows them once. */
static json_t *codes_new(struct request *req, struct str *lookups)
{
    json_t *list = json_array();

    for (int i = 0; i < CODES; i++) {
        unsigned char *bits = arena_secret(req->arena, TOKEN_BYTES);
        unsigned char *digest = arena_alloc(req->arena, TOKEN_BYTES);
        char code[CODE_CHARS + 1];

        token_random(bits, TOKEN_BYTES);
        code_make(bits, code);
        code_factor_lookup(req->arena, &req->staff->id, code, digest);
        lookups[i] = str_bytes(digest, TOKEN_BYTES);
        (void)json_array_append_new(list, json_of_str(code_show(req->arena, code)));
        token_wipe(code, sizeof code);
    }
    return list;
}

static enum err show_codes(struct request *req, struct reply *rep, json_t *codes)
{
    json_t *model = account_model(req, "account.totp.codes.title", NULL, NULL);

    (void)req;
    json_set_new(model, "codes", codes);
    return reply_page(rep, "account/totp_codes", model);
}

/* Checks the typed code against a stored secret; on success *step is higher than the last accepted one. */
static enum err check_code(struct request *req, const char *column, int64_t *step)
{
    struct str secret;
    int64_t last_step;
    enum err err = open_secret(req, column, &secret, &last_step);

    if (err != ERR_OK)
        return err;
    if (secret.n == 0)
        return ERR_DONE;
    if (!totp_check(req->arena, (const unsigned char *)secret.p, param_text(req, "code"),
                    clock_now(), step))
        return ERR_CREDENTIALS;
    return ERR_OK;
}

/* check_code for the confirmed factor: who has only the session must not guess it. */
static enum err check_own_code(struct request *req, int64_t *step)
{
    enum err err = factor_wait(req);

    return err != ERR_OK ? err : check_code(req, "sealed", step);
}

static enum err wrong_code(struct request *req, struct reply *rep, enum err err)
{
    if (err != ERR_CREDENTIALS)
        return reply_form_again(req, rep, err);
    form_error(req, "code", "account.factor.error.wrong");
    return reply_form_again(req, rep, ERR_FORM);
}

enum err totp_confirm(struct request *req, struct reply *rep)
{
    struct str lookups[CODES];
    json_t *codes;
    int64_t step;
    enum err err = check_code(req, "pending", &step);

    if (err != ERR_OK)
        return wrong_code(req, rep, err);
    codes = codes_new(req, lookups);
    err = db_write(req->db, "account.totp_confirm", NULL,
                   DB_BYTES("p_session", session_bearer(req->session)), DB_INT("p_step", step),
                   DB_BYTEAS("p_codes", lookups, CODES));
    if (err == ERR_OK)
        return show_codes(req, rep, codes);
    json_decref(codes);
    return step_up_or_again(req, rep, err, "/account/totp");
}

static enum err totp_remove(struct request *req, struct reply *rep)
{
    int64_t step;
    enum err err = check_own_code(req, &step);

    if (err == ERR_OK)
        err = db_write(req->db, "account.totp_remove", NULL,
                       DB_BYTES("p_session", session_bearer(req->session)), DB_INT("p_step", step));
    if (err != ERR_OK)
        return wrong_code(req, rep, factor_count(req, err));
    return reply_see_other(rep, "/account?done=totp_removed");
}

static enum err codes_replace(struct request *req, struct reply *rep)
{
    struct str lookups[CODES];
    json_t *codes;
    int64_t step;
    enum err err = check_own_code(req, &step);

    if (err != ERR_OK)
        return wrong_code(req, rep, factor_count(req, err));
    codes = codes_new(req, lookups);
    err = db_write(req->db, "account.factor_codes_replace", NULL,
                   DB_BYTES("p_session", session_bearer(req->session)), DB_INT("p_step", step),
                   DB_BYTEAS("p_codes", lookups, CODES));
    if (err == ERR_OK)
        return show_codes(req, rep, codes);
    json_decref(codes);
    return wrong_code(req, rep, factor_count(req, err));
}

enum err totp_codes(struct request *req, struct reply *rep)
{
    return param_bool(req, "remove") ? totp_remove(req, rep) : codes_replace(req, rep);
}
