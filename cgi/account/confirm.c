/*
 * /account/confirm: the second factor again, when something weighty was asked more than five minutes after it (step-up, SECURITY.md
 * §4.1).  The session's cookie is renewed.
 */
#include "account/account.h"
#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/staff.h"

const struct param confirm_params[] = {
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

enum err step_up_or_again(struct request *req, struct reply *rep, enum err err, const char *back)
{
    if (err == ERR_FACTOR && !req->wants_json)
        return reply_see_other(rep, "/account/confirm?next=%s", back);
    return reply_form_again(req, rep, err);
}

enum err confirm_show(struct request *req, struct reply *rep)
{
    json_t *model = account_model(req, "account.confirm.title", confirm_params, NULL);
    json_t *form = json_object_get(model, "form");

    form_attr(form, "code", "autocomplete", STR("one-time-code"));
    json_set_bool(model, "has_totp", req->staff != NULL && req->staff->has_totp);
    return reply_page(rep, "account/confirm", model);
}

static enum err confirm_take(struct request *req, struct reply *rep)
{
    struct session *session = session_new(req->arena, SESSION_USER);
    struct db_rows *rows = NULL;
    const unsigned char *secret;
    struct str lookup, public_key = req->staff->public_key;
    int64_t step;
    enum err err = db_read(req->db, "account.totp_look", &rows,
                           DB_BYTES("p_session", session_bearer(req->session)));

    if (err == ERR_OK)
        err = staff_secret(req, &secret);
    if (err == ERR_OK && db_is_null(rows, 0, "sealed"))
        err = ERR_CREDENTIALS;
    if (err == ERR_OK && public_key.n != SEAL_PUBLIC)
        err = ERR_DAMAGED;
    if (err == ERR_OK)
        err = factor_read(req, &req->staff->id, db_bytes(rows, 0, "sealed"),
                          (const unsigned char *)public_key.p, secret, param_text(req, "code"),
                          &step, &lookup);
    if (err == ERR_OK)
        err = db_write(
            req->db, "account.step_up", NULL, DB_BYTES("p_session", session_bearer(req->session)),
            DB_INT("p_step", step), DB_BYTES_OR_NULL("p_code_lookup", lookup),
            DB_BYTES("p_new", session_bearer(session)),
            DB_BYTES("p_wrapped_key", session_wrap(req->arena, session, &req->staff->id,
                                                   (uint32_t)req->staff->key_version, secret)));
    if (err == ERR_OK)
        reply_cookie(req, rep, "sid", session_cookie_text(req->arena, session), -1);
    return err;
}

enum err confirm_post(struct request *req, struct reply *rep)
{
    enum err err = factor_count(req, confirm_take(req, rep));

    if (err == ERR_CREDENTIALS) {
        form_error(req, "code", "account.factor.error.wrong");
        return reply_form_again(req, rep, ERR_FORM);
    }
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    return go_on(req, rep, param_text(req, "next"), req->staff->role);
}
