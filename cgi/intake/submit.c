/*
 * POST /complaint/submit: seals the case key to the people who will read the case and to the tracking code, and submits in one
 * transaction (DESIGN.md §8, SECURITY.md §3.4).  Idempotent: a repeat finds the case and shows the same receipt.
 */
#include <string.h>

#include "core/arena.h"
#include "core/json.h"
#include "core/log.h"
#include "core/serve.h"
#include "intake/intake.h"

enum { TRIES = 3 };

/* A key that the case key is sealed to. */
struct recipient {
    bool have;
    struct uuid id;
    int64_t version;
    struct str seal;
};

struct recipients {
    struct recipient user, group, pool;
    bool refused; /* a key had no valid roster signature */
};

/* Only keys that the roster signed get a seal: a database that was written to cannot add a reader (SECURITY.md §3.3). */
static bool signed_by_roster(struct request *req, const struct db_rows *rows, size_t i,
                             const char *kind)
{
    struct str key = db_bytes(rows, i, "public_key");
    struct uuid id = db_uuid(rows, i, "id");
    uint32_t version = (uint32_t)db_int(rows, i, "key_version");

    return key.n == SEAL_PUBLIC &&
           seal_roster_check(req->arena, keys_get(req->app->keys, "roster.public"), kind, &id,
                             version, (const unsigned char *)key.p, db_bytes(rows, i, "signature"));
}

static void take(struct request *req, const struct draft *d, const struct db_rows *rows, size_t i,
                 const char *kind, struct recipient *r, struct recipients *all)
{
    if (!str_eqz(db_text(rows, i, "kind"), kind))
        return;
    if (!signed_by_roster(req, rows, i, kind)) {
        log_write(LOG_ERROR_, LOG_LINE(.event = "roster-refused", .request_id = req->id,
                                       .route = req->route->path, .detail = kind));
        all->refused = true;
        return;
    }
    r->have = true;
    r->id = db_uuid(rows, i, "id");
    r->version = db_int(rows, i, "key_version");
    r->seal =
        seal_case_to(req->arena, d->key, (const unsigned char *)db_bytes(rows, i, "public_key").p);
}

static enum err recipients_get(struct request *req, const struct draft *d, struct recipients *r)
{
    struct db_rows *rows = NULL;
    enum err err = db_write(req->db, "intake.recipients", &rows,
                            DB_BYTES("p_draft", session_bearer(d->session)));

    memset(r, 0, sizeof *r);
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        take(req, d, rows, i, "user", &r->user, r);
        take(req, d, rows, i, "group", &r->group, r);
        take(req, d, rows, i, "pool", &r->pool, r);
    }
    /* Without group and pool (not set up yet, or not to be trusted) nobody could read the case: it waits, nothing is lost. */
    if (err == ERR_OK && (!r->group.have || !r->pool.have))
        err = ERR_UNAVAILABLE;
    return err;
}

static enum err submit_once(struct request *req, const struct draft *d, bool queue)
{
    const struct track_code *code = code_of_draft(req, d);
    struct recipients r;
    bool user;
    enum err err = recipients_get(req, d, &r);

    if (err != ERR_OK)
        return err;
    user = r.user.have && !queue && !r.refused;
    return db_write(
        req->db, "intake.submit", NULL, DB_BYTES("p_draft", session_bearer(d->session)),
        DB_TEXT("p_lang", str_of(request_lang(req))), DB_TEXT("p_network", intake_network(req)),
        DB_TEXT("p_lane", queue || r.refused ? STR("queue") : STR("auto")),
        DB_BOOL("p_agreed_identity", param_bool(req, "agree_identity")),
        DB_BOOL("p_agreed_sensitive", param_bool(req, "agree_sensitive")),
        DB_UUID_OR_NULL("p_user", r.user.id, user),
        DB_INT_OR_NULL("p_user_version", r.user.version, user),
        DB_BYTES_OR_NULL("p_user_seal", user ? r.user.seal : STR("")),
        DB_INT("p_group_version", r.group.version), DB_BYTES("p_group_seal", r.group.seal),
        DB_INT("p_pool_version", r.pool.version), DB_BYTES("p_pool_seal", r.pool.seal),
        DB_BYTES("p_code_lookup", str_bytes(code->lookup, sizeof code->lookup)),
        DB_BYTES("p_code_public", str_bytes(code->public_key, sizeof code->public_key)),
        DB_BYTES("p_code_seal", seal_case_to(req->arena, d->key, code->public_key)));
}

/* A program filled the trap field or was faster than people can be; or the person chose the queue because a limit was reached. */
static bool waits_for_review(const struct request *req, const struct draft *d)
{
    return param_present(req, "lane") || param_present(req, "website") ||
           db_bool(d->rows, 0, "quick");
}

static enum err checks(struct request *req, const struct draft *d)
{
    struct db_rows *rows = NULL;
    struct uuid other = param_uuid(req, "submission_id");
    bool sensitive = str_eqz(db_text(d->rows, 0, "who"), "guardian");
    enum err err = ERR_OK;

    if (param_present(req, "submission_id") && memcmp(other.b, d->key->id.b, sizeof other.b) != 0) {
        req->form.notice = "intake.check.error.other_draft";
        return ERR_DONE;
    }
    if (!sensitive) {
        err = db_read(req->db, "intake.files", &rows,
                      DB_BYTES("p_draft", session_bearer(d->session)));
        sensitive = err == ERR_OK && db_count(rows) != 0;
    }
    if (err == ERR_OK && sensitive && !param_bool(req, "agree_sensitive"))
        form_error(req, "agree_sensitive", "intake.check.error.agree_sensitive");
    return err == ERR_OK && req->form.errors != 0 ? ERR_FORM : err;
}

/* Submitted before.  That the row can be seen proves nothing: only a write whose COMMIT came back does (SECURITY.md, finding 1). */
static enum err confirm(struct request *req, struct reply *rep)
{
    enum err err = db_write(req->db, "intake.receipt", NULL,
                            DB_BYTES("p_draft", session_bearer(req->session)));

    return err == ERR_OK ? reply_see_other(rep, "/complaint/receipt") : err;
}

static enum err submit(struct request *req, struct reply *rep)
{
    struct draft *d;
    enum err err = draft_open(req, &d);

    if (err == ERR_OK && d->submitted)
        return confirm(req, rep);
    if (err == ERR_OK && step_missing(d, 0) != 0) /* emptied again in another tab */
        return reply_see_other(rep, "%s", step_path(step_missing(d, 0)));
    if (err == ERR_OK)
        err = checks(req, d);
    for (int i = 0; i < TRIES; i++) {
        if (err != ERR_OK && err != ERR_RECIPIENTS)
            break;
        err = submit_once(req, d, waits_for_review(req, d));
        if (err == ERR_OK)
            return reply_see_other(rep, "/complaint/receipt");
    }
    if (err == ERR_DONE && req->form.notice == NULL) /* the other tab was faster */
        return confirm(req, rep);
    return err;
}

enum err submit_post(struct request *req, struct reply *rep)
{
    enum err err = submit(req, rep);

    if (err == ERR_OK)
        return ERR_OK;
    /* Whatever fails on our side, the person needs to know this one thing.  Busy may be the own draft's row, still held by a submission that
     * waits to be confirmed; and without a database nobody knows what became of the press before this one. */
    if (err == ERR_UNCONFIRMED || err == ERR_BUSY || err_row(err)->blame == BLAME_OURS)
        req->form.notice = "shared.not_confirmed.submit";
    return reply_form_again(req, rep, err);
}
