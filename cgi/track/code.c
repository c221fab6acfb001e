/*
 * /track: the code in.  A wrong check character is told at once without a look-up; unknown, revoked and ended codes get one answer after
 * the same work (SECURITY.md §4.5).  The code is never in an address, log or mail.
 */
#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/token.h"
#include "track/track.h"

const struct param code_params[] = {
    {.name = "code",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = 60,
     .label = "track.code.label",
     .empty = "track.code.error.empty"},
    {.name = NULL},
};

enum err code_show_page(struct request *req, struct reply *rep)
{
    json_t *model;

    if (req->method == METHOD_GET && (req->who & WHO_CASE) != 0)
        return reply_see_other(rep, "/track/case");
    model = track_model(req, "track.code.title", code_params);
    return reply_page(rep, "track/code", model);
}

static enum err take(struct request *req, struct reply *rep)
{
    char code[CODE_CHARS + 1];
    unsigned char *root = arena_secret(req->arena, 32), *lookup = arena_secret(req->arena, 32),
                  *seed = arena_secret(req->arena, 32), *secret = arena_secret(req->arena, 32);
    unsigned char public_key[32];
    struct session *session = session_new(req->arena, SESSION_TRACK);
    struct db_rows *rows = NULL;
    struct case_key *key;
    struct uuid id;
    enum err err = code_read(param_text(req, "code"), code);

    if (err != ERR_OK)
        return err == ERR_CODE ? ERR_DAMAGED
                               : err; /* a slip of the pen, told apart from an unknown code */
    err = db_read(req->db, "track.code_wait", NULL, DB_TEXT("p_network", req->client_network));
    if (err != ERR_OK)
        return err;
    code_root(req->arena, "aiddesk/1/code", code, root);
    token_wipe(code, sizeof code);
    token_derive(root, "AdCode01", 1, lookup);
    token_derive(root, "AdCode01", 2, seed);
    seal_keypair(seed, public_key, secret);
    err = db_write(req->db, "track.code_look", &rows, DB_BYTES("p_code", str_bytes(lookup, 32)),
                   DB_TEXT("p_network", req->client_network));
    if (err != ERR_OK)
        return err;
    if (db_count(rows) != 1)
        return ERR_CODE;
    id = db_uuid(rows, 0, "case_id");
    err = seal_case_open(req->arena, public_key, secret, &id, db_bytes(rows, 0, "seal"),
                         db_bytes(rows, 0, "key_check"), &key);
    if (err != ERR_OK)
        return ERR_INTERNAL;
    err = db_write(req->db, "track.session_begin", NULL, DB_BYTES("p_code", str_bytes(lookup, 32)),
                   DB_BYTES("p_track", session_bearer(session)),
                   DB_BYTES("p_wrapped", session_wrap(req->arena, session, &id, 1, secret)));
    if (err == ERR_OK)
        reply_cookie(req, rep, "track", session_cookie_text(req->arena, session), -1);
    return err;
}

enum err code_post(struct request *req, struct reply *rep)
{
    enum err err = take(req, rep);

    if (err == ERR_OK)
        return reply_see_other(rep, "/track/case");
    if (err == ERR_FIELD)
        form_error(req, "code", "track.code.error.form");
    else if (err == ERR_DAMAGED)
        form_error(req, "code", "track.code.error.check");
    else if (err == ERR_CODE)
        form_error(req, "code", "track.code.error.unknown");
    else
        return reply_form_again(req, rep, err);
    return reply_form_again(req, rep, ERR_FORM);
}

enum err leave_post(struct request *req, struct reply *rep)
{
    enum err err = ERR_OK;

    if (req->session != NULL)
        err = db_write(req->db, "track.leave", NULL, DB_BYTES("p_track", track_bearer(req)));
    if (err != ERR_OK)
        return reply_error(req, rep, err);
    reply_cookie(req, rep, "track", STR(""), 0);
    reply_clear_site(rep);
    return reply_see_other(rep, "/track?lang=%s", request_lang(req));
}
