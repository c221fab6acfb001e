/*
 * Opening a case: SQL decides who may and hands out one seal; the person's secret key, or the group key it opens, opens the seal.
 */
#include "desk/desk.h"

#include <string.h>

#include "core/arena.h"
#include "core/db.h"
#include "core/file.h"
#include "core/log.h"
#include "core/serve.h"
#include "core/session.h"
#include "core/staff.h"

static struct str bearer(const struct request *req)
{
    return session_bearer(req->session);
}

/* Opens a group seal: the person's seal of the group's secret first, then the case with it. */
static enum err open_by_group(struct request *req, const struct db_rows *rows,
                              const struct uuid *id, struct case_key **key)
{
    unsigned char *group_secret = arena_secret(req->arena, SEAL_KEY);
    struct str group_public = db_bytes(rows, 0, "group_public");
    const unsigned char *secret;
    enum err err = staff_secret(req, &secret);

    if (err == ERR_OK && (group_public.n != SEAL_PUBLIC || req->staff->public_key.n != SEAL_PUBLIC))
        err = ERR_DAMAGED;
    if (err == ERR_OK)
        err = seal_group_secret_open(req->arena, (const unsigned char *)req->staff->public_key.p,
                                     secret, 1, (uint32_t)db_int(rows, 0, "key_version"),
                                     db_bytes(rows, 0, "group_seal"), group_secret);
    if (err == ERR_OK)
        err = seal_case_open(req->arena, (const unsigned char *)group_public.p, group_secret, id,
                             db_bytes(rows, 0, "seal"), db_bytes(rows, 0, "key_check"), key);
    return err;
}

static enum err open_by_user(struct request *req, const struct db_rows *rows, const struct uuid *id,
                             struct case_key **key)
{
    const unsigned char *secret;
    enum err err = staff_secret(req, &secret);

    if (err == ERR_OK && req->staff->public_key.n != SEAL_PUBLIC)
        err = ERR_DAMAGED;
    if (err == ERR_OK)
        err = seal_case_open(req->arena, (const unsigned char *)req->staff->public_key.p, secret,
                             id, db_bytes(rows, 0, "seal"), db_bytes(rows, 0, "key_check"), key);
    return err;
}

enum err open_case(struct request *req, struct str case_no, struct open_case *out)
{
    struct db_rows *rows = NULL;
    struct case_key *key = NULL;
    enum err err = db_write(req->db, "desk.case_open", &rows, DB_BYTES("p_session", bearer(req)),
                            DB_TEXT("p_case_no", case_no));

    if (err != ERR_OK)
        return err;
    if (db_bool(rows, 0, "waiting"))
        return ERR_WAITING_KEY;
    out->id = db_uuid(rows, 0, "case_id");
    out->case_no = db_text(rows, 0, "case_no");
    out->status = db_text(rows, 0, "status");
    out->version = db_int(rows, 0, "version");
    out->accepted = db_bool(rows, 0, "accepted");
    if (str_eqz(db_text(rows, 0, "recipient_kind"), "group"))
        err = open_by_group(req, rows, &out->id, &key);
    else
        err = open_by_user(req, rows, &out->id, &key);
    out->key = key;
    return err;
}

void open_case_files(struct request *req, const struct open_case *c, struct file_context *fc)
{
    fc->schema = "desk";
    fc->bearer_name = "p_session";
    fc->bearer = bearer(req);
    fc->case_key = c->key;
}

enum err open_group(struct request *req, const char *kind, struct group_secret **out)
{
    struct group_secret *g = arena_secret(req->arena, sizeof *g);
    struct db_rows *rows = NULL;
    struct str public_key;
    const unsigned char *secret;
    enum err err = db_read(req->db, "desk.group_secret", &rows, DB_BYTES("p_session", bearer(req)),
                           DB_TEXT("p_kind", str_of(kind)));

    if (err == ERR_OK && db_count(rows) != 1)
        err = ERR_WAITING_KEY;
    if (err == ERR_OK)
        err = staff_secret(req, &secret);
    if (err != ERR_OK)
        return err;
    public_key = db_bytes(rows, 0, "public_key");
    if (public_key.n != SEAL_PUBLIC || req->staff->public_key.n != SEAL_PUBLIC)
        return ERR_DAMAGED;
    memcpy(g->public_key, public_key.p, SEAL_PUBLIC);
    g->version = (uint32_t)db_int(rows, 0, "version");
    g->id = db_uuid(rows, 0, "id");
    *out = g;
    return seal_group_secret_open(req->arena, (const unsigned char *)req->staff->public_key.p,
                                  secret, strcmp(kind, "group") == 0 ? 1 : 2, g->version,
                                  db_bytes(rows, 0, "seal"), g->secret_key);
}

static bool roster_good(struct request *req, const char *kind, const struct uuid *id,
                        uint32_t version, struct str public_key, struct str signature)
{
    if (public_key.n == SEAL_PUBLIC &&
        seal_roster_check(req->arena, keys_get(req->app->keys, "roster.public"), kind, id, version,
                          (const unsigned char *)public_key.p, signature))
        return true;
    log_event(LOG_ERROR_, "roster-refused", "a public key of the database has no valid signature");
    return false;
}

enum err seal_to(struct request *req, const struct case_key *key, const char *roster_kind,
                 const struct uuid *id, uint32_t version, struct str public_key,
                 struct str signature, struct str *seal)
{
    if (!roster_good(req, roster_kind, id, version, public_key, signature))
        return ERR_DAMAGED;
    *seal = seal_case_to(req->arena, key, (const unsigned char *)public_key.p);
    return ERR_OK;
}
