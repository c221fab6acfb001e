/*
 * Seals that wait: a timer has no keys, so a new member of the pool or of the coordinators, somebody who got a case by timer or after a
 * lost password, waits until a coordinator's next request (SECURITY.md, finding 13).  Each coordinator page settles up to 50.
 */
#include "desk/desk.h"

#include "core/arena.h"
#include "core/db.h"
#include "core/log.h"
#include "core/serve.h"
#include "core/session.h"
#include "core/staff.h"

struct waiting {
    const struct db_rows *rows;
    size_t row;
    struct group_secret *group, *pool; /* NULL until needed */
};

static struct str bearer(const struct request *req)
{
    return session_bearer(req->session);
}

static enum err member(struct request *req, struct waiting *w, const char *kind)
{
    struct group_secret **secret = kind[0] == 'g' ? &w->group : &w->pool;
    struct uuid user = db_uuid(w->rows, w->row, "app_user");
    uint32_t version = (uint32_t)db_int(w->rows, w->row, "key_version");
    struct str public_key = db_bytes(w->rows, w->row, "public_key");
    enum err err = ERR_OK;

    if (public_key.n != SEAL_PUBLIC ||
        !seal_roster_check(req->arena, keys_get(req->app->keys, "roster.public"), "user", &user,
                           version, (const unsigned char *)public_key.p,
                           db_bytes(w->rows, w->row, "signature"))) {
        log_event(LOG_ERROR_, "roster-refused", "a member's public key has no valid signature");
        return ERR_OK;
    }
    if (*secret == NULL)
        err = open_group(req, kind, secret);
    if (err != ERR_OK)
        return err;
    return db_write(req->db, "desk.member_sealed", NULL, DB_BYTES("p_session", bearer(req)),
                    DB_TEXT("p_kind", str_of(kind)), DB_UUID("p_user", user),
                    DB_INT("p_user_version", version),
                    DB_BYTES("p_seal", seal_group_secret(req->arena, kind[0] == 'g' ? 1 : 2,
                                                         (*secret)->version, (*secret)->secret_key,
                                                         (const unsigned char *)public_key.p)));
}

static enum err case_waiting(struct request *req, struct waiting *w, const char *kind)
{
    struct uuid id = db_uuid(w->rows, w->row, "case_id");
    struct uuid to = db_uuid(w->rows, w->row, "roster_id");
    uint32_t version = (uint32_t)db_int(w->rows, w->row, "key_version");
    bool is_user = kind[0] == 'u';
    struct case_key *key;
    struct str seal;
    enum err err = ERR_OK;

    if (w->group == NULL)
        err = open_group(req, "group", &w->group);
    if (err == ERR_OK)
        err = seal_case_open(req->arena, w->group->public_key, w->group->secret_key, &id,
                             db_bytes(w->rows, w->row, "group_case_seal"),
                             db_bytes(w->rows, w->row, "key_check"), &key);
    if (err == ERR_OK)
        err = seal_to(req, key, kind, &to, version, db_bytes(w->rows, w->row, "public_key"),
                      db_bytes(w->rows, w->row, "signature"), &seal);
    if (err == ERR_DAMAGED)
        return ERR_OK; /* told in the log; the others must not wait for it */
    if (err != ERR_OK)
        return err;
    return db_write(req->db, "desk.case_sealed", NULL, DB_BYTES("p_session", bearer(req)),
                    DB_UUID("p_case", id), DB_TEXT("p_kind", str_of(kind)),
                    DB_UUID_OR_NULL("p_user", to, is_user), DB_INT("p_key_version", version),
                    DB_BYTES("p_seal", seal));
}

enum err settle_waiting(struct request *req)
{
    struct waiting w = {.rows = NULL};
    struct db_rows *rows = NULL;
    enum err err;

    if (!staff_is(req, "coordinator"))
        return ERR_OK;
    err = db_read(req->db, "desk.waiting_seals", &rows, DB_BYTES("p_session", bearer(req)));
    if (err != ERR_OK)
        return err;
    w.rows = rows;
    for (size_t i = 0; i < db_count(rows) && i < 50; i++) {
        struct str kind = db_text(rows, i, "kind");

        w.row = i;
        if (str_eqz(kind, "user"))
            err = case_waiting(req, &w, "user");
        else if (db_is_null(rows, i, "app_user"))
            err = case_waiting(req, &w, "pool");
        else
            err = member(req, &w, str_eqz(kind, "group") ? "group" : "pool");
        if (err == ERR_WAITING_KEY) /* this coordinator waits too */
            return ERR_OK;
        if (err != ERR_OK)
            return err;
    }
    return ERR_OK;
}
