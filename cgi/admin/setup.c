/*
 * aiddesk setup: makes the recovery key pair (SECURITY.md §3.3).  The public half goes into the configuration; the secret half into an
 * envelope that only the one-time link opens, until the first coordinator has seen it and typed part of it back.  It may run again until
 * then: a new pair, a new link, the old ones gone.
 */
#include <stdio.h>

#include "admin/commands.h"
#include "admin/conf.h"
#include "core/arena.h"
#include "core/seal.h"
#include "core/session.h"

struct recovery {
    struct session *link; /* the token of the link and what is derived from it */
    unsigned char public_key[SEAL_PUBLIC], secret_key[SEAL_KEY];
};

/* The database first, inside a transaction: it refuses when there is a coordinator, before the configuration is touched.  When the
 * commit fails afterwards, the configuration holds a public key without envelope; running again mends that. */
static enum admin_exit store(struct admin *ad, const struct recovery *r, bool if_needed)
{
    struct db *db = admin_db(ad);
    struct str envelope = seal_recovery(ad->arena, r->link->wrap, r->public_key, r->secret_key);
    struct str public_key = str_bytes(r->public_key, SEAL_PUBLIC);
    struct str token;
    enum err err = db_begin(db);

    if (err == ERR_OK)
        err = db_step(db, "core.setup_begin", NULL, DB_BYTES("p_lookup", session_bearer(r->link)),
                      DB_BYTES("p_envelope", envelope), DB_BYTES("p_recovery_public", public_key));
    if (err == ERR_OK && !conf_set(ad, "recovery_public", str_hex(ad->arena, public_key))) {
        db_abort(db);
        return ADMIN_FAILED;
    }
    if (err == ERR_OK)
        err = db_commit(db);
    else
        db_abort(db);
    if (err == ERR_DONE && if_needed)
        return ADMIN_OK;
    if (err == ERR_DONE)
        return admin_fail(ad, "admin.setup.coordinator_exists", NULL);
    if (err != ERR_OK)
        return admin_db_failed(ad, err, "admin.setup.doing");
    token = session_cookie_text(ad->arena, r->link);
    (void)printf("\n%.*s/setup/%.*s\n\n", STR_ARG(ad->config.public_origin), STR_ARG(token));
    admin_say(ad, "admin.setup.link", NULL);
    return ADMIN_OK;
}

static enum admin_exit run(struct admin *ad)
{
    struct recovery *r = arena_secret(ad->arena, sizeof *r);

    r->link = session_new(ad->arena, SESSION_SETUP);
    seal_keypair(NULL, r->public_key, r->secret_key);
    return store(ad, r, admin_option(ad, "if-needed") != NULL);
}

static const struct command_option options[] = {{"if-needed", false}, {NULL, false}};

const struct command command_setup = {
    .name = "setup",
    .arguments = "[--if-needed]",
    .texts = "admin.setup",
    .needs_config = true,
    .options = options,
    .run = run,
};
