#include "core/db_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/clock.h"
#include "core/log.h"

enum {
    COMMIT_MS =
        8000, /* the wait for COMMIT, whatever the request may take (SECURITY.md, finding 1) */
    PAGE_SHARE =
        4, /* that part of the time that is left stays for the page that says "not confirmed" */
    ROLLBACK_MS = 2000, /* then the connection is closed instead */
    RETRIES = 5         /* of 40001 and 40P01 */
};

/* ---- a request ---- */

void db_request_begin(struct db *db, struct arena *a)
{
    assert(db->arena == NULL);
    db->arena = a;
    db->deadline = clock_monotonic_ms() + db->deadline_ms;
    db->detail = (struct str){0};
    db->problem = (struct str){0};
}

bool db_request_end(struct db *db)
{
    bool idle = db->mode == DB_MODE_IDLE &&
                (db->conn == NULL || PQtransactionStatus(db->conn) == PQTRANS_IDLE);

    if (!idle) {
        log_event(LOG_ERROR_, "db-open-transaction", "a request left its transaction open");
        db_abort(db);
    }
    db->arena = NULL;
    db->detail = (struct str){0};
    db->problem = (struct str){0};
    return idle;
}

enum err db_err_of(const struct db *db, enum db_outcome outcome)
{
    switch (outcome) {
    case DB_DONE:
        return ERR_OK;
    case DB_REFUSED:
        return db->refusal;
    case DB_SOFT:
    case DB_LATE:
        return ERR_BUSY;
    case DB_STALE:
        return ERR_INTERNAL;
    case DB_LOST:
        return ERR_UNAVAILABLE;
    }
    return ERR_INTERNAL;
}

struct str db_detail(const struct db *db)
{
    return db->detail;
}

struct str db_problem(const struct db *db)
{
    return db->problem;
}

/* ---- transactions ---- */

/* One of our own texts whose answer must be that tag. */
static enum db_outcome control(struct db *db, const char *text, const char *tag, int64_t until)
{
    PGresult *result = NULL;
    enum db_outcome outcome = db_text_command(db, text, until, &result);

    if (outcome == DB_DONE && strcmp(PQcmdStatus(result), tag) != 0) {
        db->refusal = ERR_INTERNAL;
        outcome = DB_REFUSED;
    }
    PQclear(result);
    return outcome;
}

/* A connection that died while idle shows here first.  Nothing has been written yet, so one new connection is safe. */
static enum db_outcome begin(struct db *db, const char *text, enum db_mode mode)
{
    enum db_outcome outcome = DB_LOST;

    assert(db->arena != NULL && db->mode == DB_MODE_IDLE);
    for (int attempt = 0; attempt < 2 && outcome == DB_LOST; attempt++) {
        if (!db_connect(db))
            return DB_REFUSED;
        outcome = control(db, text, "BEGIN", db->deadline);
    }
    if (outcome == DB_DONE) {
        db->mode = mode;
        db->noticed = false;
        db->committing = false;
    }
    return outcome;
}

/* The only judge of a write: the tag COMMIT, in time, without a notice (SECURITY.md, finding 1).  Everything that leaves the outcome
 * open ends as ERR_UNCONFIRMED with the connection closed and nothing cancelled: a cancel would end the wait for the standby with
 * success.  DB_SOFT: rolled back for certain, worth another try. */
static enum db_outcome commit(struct db *db)
{
    int64_t now = clock_monotonic_ms(), until = now + COMMIT_MS;
    int64_t left = db->deadline > now ? db->deadline - now : 0;
    int64_t latest = db->deadline - (db->by_operator ? 0 : left / PAGE_SHARE);
    enum db_outcome outcome;
    bool sure;

    if (db->conn == NULL) { /* lost before COMMIT was sent: the server has rolled back */
        db->mode = DB_MODE_IDLE;
        return DB_LOST;
    }
    db->committing = true;
    outcome = control(db, "commit", "COMMIT", db->by_operator || latest < until ? latest : until);
    db->committing = false;
    db->mode = DB_MODE_IDLE;
    sure = outcome == DB_DONE ? !db->noticed : db->conn != NULL;
    if (sure)
        return outcome; /* COMMIT, or an error (tag ROLLBACK, 40001, 23xxx) on a living connection: rolled back */
    db_drop(db);
    log_write(LOG_WARN_, LOG_LINE(.event = "db-unconfirmed", .err = ERR_UNCONFIRMED));
    db->refusal = ERR_UNCONFIRMED;
    return DB_REFUSED;
}

void db_abort(struct db *db)
{
    db->mode = DB_MODE_IDLE;
    if (db->conn == NULL || PQtransactionStatus(db->conn) == PQTRANS_IDLE)
        return;
    if (PQtransactionStatus(db->conn) == PQTRANS_ACTIVE ||
        control(db, "rollback", "ROLLBACK", clock_monotonic_ms() + ROLLBACK_MS) != DB_DONE)
        db_drop(db);
}

enum err db_begin(struct db *db)
{
    db->detail = (struct str){0};
    return db_err_of(db, begin(db, "begin", DB_MODE_WRITE));
}

enum err db_commit(struct db *db)
{
    enum db_outcome outcome;

    assert(db->mode == DB_MODE_WRITE);
    outcome = db_settle(db);
    if (outcome != DB_DONE) {
        db_abort(db);
        return db_err_of(db, outcome);
    }
    return db_err_of(db, commit(db));
}

enum err db_snapshot_begin(struct db *db)
{
    db->detail = (struct str){0};
    return db_err_of(
        db, begin(db, "begin isolation level repeatable read, read only", DB_MODE_SNAPSHOT));
}

enum err db_snapshot_end(struct db *db)
{
    assert(db->mode == DB_MODE_SNAPSHOT);
    db_abort(
        db); /* nothing was written: rollback is the shortest way out, and right after an error too */
    return ERR_OK;
}

/* ---- the retry contract ---- */

static void give_rows(struct db *db, PGresult *result, struct db_rows **rows)
{
    if (rows == NULL)
        PQclear(result);
    else
        *rows = db_rows_of(db, result);
}

/* 5 ms … 2 × 20 ms, 40 ms, …: two transactions that met once should not meet again. */
static void random_wait(int attempt)
{
    uint32_t ms = 5 + arc4random_uniform(20U << attempt);
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

    (void)nanosleep(&t, NULL);
}

/* Says whether to try the same thing again after this outcome, and prepares for it. */
static bool again(struct db *db, enum db_outcome outcome, int *soft, bool *stale)
{
    if (clock_monotonic_ms() >= db->deadline)
        return false;
    if (outcome == DB_SOFT && *soft < RETRIES) {
        random_wait((*soft)++);
        return true;
    }
    if (outcome == DB_STALE && !*stale) {
        *stale = true;
        db_new_generation(db);
        return true;
    }
    return false;
}

/* Inside a transaction nothing can be repeated here: what was done before it is lost too. */
static enum err call_inside(struct db *db, const char *function, struct db_rows **rows,
                            const struct db_arg *args, size_t n)
{
    PGresult *result = NULL;
    enum db_outcome outcome;

    assert(db->arena != NULL && db->mode != DB_MODE_IDLE && db->mode != DB_MODE_STREAM);
    db->detail = (struct str){0};
    outcome = db->conn == NULL ? DB_LOST : db_exec(db, function, args, n, &result);
    if (outcome == DB_DONE)
        give_rows(db, result, rows);
    if (outcome == DB_STALE) { /* the next attempt of the whole transaction prepares anew */
        db_new_generation(db);
        outcome = DB_SOFT;
    }
    return db_err_of(db, outcome);
}

enum err db_step_(struct db *db, const char *function, struct db_rows **rows,
                  const struct db_arg *args, size_t n)
{
    assert(db->mode == DB_MODE_WRITE);
    return call_inside(db, function, rows, args, n);
}

enum err db_step_later_(struct db *db, const char *function, const struct db_arg *args, size_t n)
{
    enum db_outcome outcome;

    assert(db->arena != NULL && db->mode == DB_MODE_WRITE);
    db->detail = (struct str){0};
    outcome = db->conn == NULL ? DB_LOST : db_send(db, function, args, n);
    if (outcome == DB_STALE) {
        db_new_generation(db);
        outcome = DB_SOFT;
    }
    return db_err_of(db, outcome);
}

enum err db_read_(struct db *db, const char *function, struct db_rows **rows,
                  const struct db_arg *args, size_t n)
{
    PGresult *result = NULL;
    enum db_outcome outcome;
    int soft = 0;
    bool stale = false;
    bool lost = false;

    if (db->mode != DB_MODE_IDLE)
        return call_inside(db, function, rows, args, n);
    assert(db->arena != NULL);
    db->detail = (struct str){0};
    do {
        if (!db_connect(db))
            return db->refusal;
        outcome = db_exec(db, function, args, n, &result);
        if (outcome == DB_LOST && !lost) {
            lost = true;
            outcome = db_connect(db) ? db_exec(db, function, args, n, &result) : DB_REFUSED;
        }
    } while (outcome != DB_DONE && again(db, outcome, &soft, &stale));
    if (outcome == DB_DONE)
        give_rows(db, result, rows);
    return db_err_of(db, outcome);
}

enum err db_write_(struct db *db, const char *function, struct db_rows **rows,
                   const struct db_arg *args, size_t n)
{
    PGresult *result = NULL;
    enum db_outcome outcome;
    int soft = 0;
    bool stale = false;

    db->detail = (struct str){0};
    do {
        PQclear(result);
        result = NULL;
        outcome = begin(db, "begin", DB_MODE_WRITE);
        if (outcome != DB_DONE)
            break;
        outcome = db_exec(db, function, args, n, &result);
        if (outcome == DB_DONE)
            outcome = commit(db);
        else
            db_abort(db);
    } while (outcome != DB_DONE && again(db, outcome, &soft, &stale));
    if (outcome == DB_DONE)
        give_rows(db, result, rows);
    else
        PQclear(result);
    return db_err_of(db, outcome);
}
