#include "core/db_private.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "core/clock.h"
#include "core/log.h"

/* ---- waiting ---- */

bool db_wait_socket(PGconn *conn, bool to_write, bool to_read, int64_t until)
{
    struct pollfd p = {.fd = PQsocket(conn),
                       .events = (short)((to_write ? POLLOUT : 0) | (to_read ? POLLIN : 0))};

    for (;;) {
        int64_t left = until - clock_monotonic_ms();
        int rc;

        if (left <= 0)
            return false;
        rc = poll(&p, 1, left > INT32_MAX ? INT32_MAX : (int)left);
        if (rc > 0)
            return true;
        if (rc < 0 && errno != EINTR)
            return true; /* libpq will find out what is wrong */
    }
}

/* Sends what libpq holds; false when `until` has passed. *unsent < 0: the connection is broken, and its result says why. */
static bool flush(struct db *db, int64_t until, int *unsent)
{
    while ((*unsent = PQflush(db->conn)) > 0) {
        if (!db_wait_socket(db->conn, true, true, until))
            return false;
        if (PQconsumeInput(db->conn) == 0)
            break;
    }
    return true;
}

/* Waits for the next result; NULL with DB_DONE means there are no more.  Never blocks inside libpq: the connection is non-blocking,
 * and what is read is asked for only when it is there (SECURITY.md, finding 1: our own deadline). */
static enum db_outcome next_result(struct db *db, int64_t until, PGresult **result)
{
    int unsent;

    *result = NULL;
    if (!flush(db, until, &unsent)) {
        db_drop(db);
        return DB_LATE;
    }
    while (unsent >= 0 && PQstatus(db->conn) == CONNECTION_OK && PQisBusy(db->conn) != 0) {
        if (!db_wait_socket(db->conn, false, true, until)) {
            db_drop(db);
            return DB_LATE;
        }
        if (PQconsumeInput(db->conn) == 0)
            break;
    }
    /* After a loss this returns the error that libpq made of it, or what the server said last (57P01). */
    *result = PQgetResult(db->conn);
    return DB_DONE;
}

/* ---- what the server's refusals mean ---- */

static bool in_class(const char *state, const char *class)
{
    return strncmp(state, class, strlen(class)) == 0;
}

/* STYLE.md §libpq: by SQLSTATE, never by text. */
static enum db_outcome classify(struct db *db, const PGresult *result)
{
    const char *field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *state = field != NULL ? field : "";

    db->refusal = ERR_INTERNAL;
    if (in_class(state, "UD")) {
        const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);

        db->refusal = err_of_sqlstate(state);
        db->detail = str_dup(db->arena, str_of(detail));
        if (db->refusal != ERR_INTERNAL)
            return DB_REFUSED;
    }
    if (in_class(state, "40001") || in_class(state, "40P01"))
        return DB_SOFT;
    if (in_class(state, "26000") || in_class(state, "0A000") || in_class(state, "42883"))
        return DB_STALE;
    if (state[0] == '\0' || in_class(state, "08") || in_class(state, "57P0"))
        return DB_LOST;
    /* A demoted primary: the next attempt finds the new one.  Inside our own read-only snapshot it is our bug. */
    if (in_class(state, "25006") && db->mode != DB_MODE_SNAPSHOT)
        return DB_LOST;
    if (in_class(state, "57014") || in_class(state, "55P03") || in_class(state, "53"))
        db->refusal = ERR_BUSY;
    if (in_class(state, "58")) /* its disk or its machine fails */
        db->refusal = ERR_UNAVAILABLE;
    return DB_REFUSED;
}

static void log_refusal(const struct db *db, enum db_outcome outcome, const PGresult *result)
{
    bool ours = outcome == DB_REFUSED && err_row(db->refusal)->blame == BLAME_OURS;

    if (outcome == DB_REFUSED && err_row(db->refusal)->blame == BLAME_CLIENT)
        return; /* an answer like any other; the request's line says which */
    log_write(ours ? LOG_ERROR_ : LOG_WARN_,
              LOG_LINE(.event = "db-refused", .err = db_err_of(db, outcome),
                       .sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE),
                       .constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME)));
}

/* What the operator is told: message, and where in the script. */
static void keep_problem(struct db *db, const PGresult *result, const char *text)
{
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
    const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
    int64_t at = 0;
    size_t line = 1;
    size_t chars = 0;

    if (!db->by_operator)
        return;
    if (position != NULL && str_int(str_of(position), 1, INT64_MAX, &at)) {
        for (const char *p = text; *p != '\0' && chars + 1 < (size_t)at; p++) {
            chars += ((unsigned char)*p & 0xc0) != 0x80; /* positions count characters */
            line += *p == '\n';
        }
    }
    db->problem = str_fmt(db->arena, "%s%s%s%s", message != NULL ? message : "connection lost",
                          detail != NULL ? " (" : "", detail != NULL ? detail : "",
                          detail != NULL ? ")" : "");
    if (at > 0)
        db->problem = str_fmt(db->arena, "line %zu: %.*s", line, STR_ARG(db->problem));
}

/* Sorts a result: DB_DONE keeps it, everything else clears it and closes what is broken. */
static enum db_outcome judge(struct db *db, const char *text, PGresult **result)
{
    ExecStatusType status = PQresultStatus(*result);
    enum db_outcome outcome = DB_LOST;

    if (status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE || status == PGRES_COMMAND_OK ||
        status == PGRES_EMPTY_QUERY)
        return DB_DONE;
    if (*result != NULL && status == PGRES_FATAL_ERROR) {
        outcome = classify(db, *result);
        log_refusal(db, outcome, *result);
        keep_problem(db, *result, text);
    }
    PQclear(*result);
    *result = NULL;
    /* Some FATAL errors have a state of another class (25P03): then the connection itself tells. */
    if (outcome == DB_LOST || PQstatus(db->conn) != CONNECTION_OK) {
        db_drop(db);
        outcome = DB_LOST;
    }
    return outcome;
}

static bool is_copy(const PGresult *r)
{
    ExecStatusType status = PQresultStatus(r);

    return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

/* True when an earlier result counts more than the next: the first error knows why, rows are worth more than a bare tag. */
static bool outweighs(const PGresult *kept, const PGresult *next)
{
    if (kept == NULL)
        return false;
    if (PQresultStatus(kept) == PGRES_FATAL_ERROR)
        return true;
    return PQresultStatus(kept) == PGRES_TUPLES_OK && PQresultStatus(next) == PGRES_COMMAND_OK;
}

/* Collects everything that one command answers: one result, or the weightiest of a script's. */
static enum db_outcome collect(struct db *db, const char *text, int64_t until, PGresult **result)
{
    PGresult *kept = NULL;

    for (;;) {
        PGresult *r = NULL;
        enum db_outcome outcome = next_result(db, until, &r);

        if (outcome != DB_DONE) {
            PQclear(kept);
            return outcome;
        }
        if (r == NULL)
            break;
        if (outweighs(kept, r)) {
            PQclear(r);
            continue;
        }
        PQclear(kept);
        kept = r;
        if (is_copy(r))
            break; /* it would wait for data for ever: judge() ends the connection */
    }
    *result = kept;
    return judge(db, text, result);
}

enum db_outcome db_text_command(struct db *db, const char *text, int64_t until, PGresult **result)
{
    *result = NULL;
    if (db->conn == NULL)
        return DB_LOST;
    if (PQsendQuery(db->conn, text) == 0) {
        db_drop(db);
        return DB_LOST;
    }
    return collect(db, text, until, result);
}

/* ---- calls ---- */

static const char *prepared_name(const struct db *db, const char *sql)
{
    for (const struct db_statement *s = db->statements; s != NULL; s = s->next)
        if (strcmp(s->sql, sql) == 0)
            return s->name;
    return NULL;
}

/* The name carries the generation: the same name twice is 42P05 (STYLE.md §libpq, measured). */
static enum db_outcome prepare(struct db *db, const char *sql, const char **name)
{
    struct db_statement *s;
    PGresult *result = NULL;
    struct str made;
    enum db_outcome outcome;

    *name = prepared_name(db, sql);
    if (*name != NULL)
        return DB_DONE;
    made = str_fmt(db->prepared, "g%llu_%llu", (unsigned long long)db->generation,
                   (unsigned long long)db->n_statements++);
    s = arena_new_of(db->prepared, struct db_statement);
    s->name = str_z(db->prepared, made);
    s->sql = str_z(db->prepared, str_of(sql));
    if (PQsendPrepare(db->conn, s->name, sql, 0, NULL) == 0) {
        db_drop(db);
        return DB_LOST;
    }
    outcome = collect(db, sql, db->deadline, &result);
    PQclear(result);
    if (outcome != DB_DONE)
        return outcome;
    s->next = db->statements;
    db->statements = s;
    *name = s->name;
    return DB_DONE;
}

/* Prepares and sends; the answer is still to be read. */
static enum db_outcome send_call(struct db *db, const char *sql, const struct db_arg *args,
                                 size_t n, int result_format)
{
    struct db_encoded e;
    const char *name = NULL;
    enum db_outcome outcome;

    outcome = db_settle(db);
    if (outcome != DB_DONE)
        return outcome;
    if (db->conn == NULL)
        return DB_LOST;
    if (!db_encode(db->arena, args, n, &e)) {
        log_event(LOG_ERROR_, "db-argument", "a text parameter holds a NUL byte");
        db->refusal = ERR_INTERNAL;
        return DB_REFUSED;
    }
    outcome = prepare(db, sql, &name);
    if (outcome != DB_DONE)
        return outcome;
    if (PQsendQueryPrepared(db->conn, name, (int)n, e.values, e.lengths, e.formats,
                            result_format) == 0) {
        db_drop(db);
        return DB_LOST;
    }
    return DB_DONE;
}

enum db_outcome db_exec(struct db *db, const char *function, const struct db_arg *args, size_t n,
                        PGresult **result)
{
    const char *sql = db_call_text(db->arena, function, args, n);
    enum db_outcome outcome;

    assert(db->mode != DB_MODE_STREAM);
    *result = NULL;
    outcome = send_call(db, sql, args, n, 0);
    return outcome == DB_DONE ? collect(db, sql, db->deadline, result) : outcome;
}

enum db_outcome db_send(struct db *db, const char *function, const struct db_arg *args, size_t n)
{
    const char *sql = db_call_text(db->arena, function, args, n);
    enum db_outcome outcome = send_call(db, sql, args, n, 0);
    int unsent;

    if (outcome != DB_DONE)
        return outcome;
    if (!flush(db, db->deadline, &unsent)) {
        db_drop(db);
        return DB_LATE;
    }
    db->under_way = sql;
    return DB_DONE;
}

enum db_outcome db_settle(struct db *db)
{
    const char *sql = db->under_way;
    PGresult *result = NULL;
    enum db_outcome outcome;

    if (sql == NULL)
        return DB_DONE;
    db->under_way = NULL;
    outcome = collect(db, sql, db->deadline, &result);
    PQclear(result);
    return outcome;
}

enum err db_prepare_only(struct db *db, const char *function, const struct db_arg *args, size_t n)
{
    const char *name = NULL;

    assert(db->arena != NULL && db->mode == DB_MODE_IDLE);
    if (!db_connect(db))
        return db->refusal;
    return db_err_of(db, prepare(db, db_call_text(db->arena, function, args, n), &name));
}

/* ---- one bytea column, row by row ---- */

/* Hands the rows to each() as they come.  *begun: a row has been handed out, so that trying again would hand it out twice. */
static enum db_outcome stream_rows(struct db *db, const char *sql,
                                   enum err (*each)(void *ctx, struct str bytes), void *ctx,
                                   bool *begun, enum err *stopped)
{
    for (;;) {
        PGresult *r = NULL;
        enum db_outcome outcome = next_result(db, db->deadline, &r);

        if (outcome != DB_DONE || r == NULL)
            return outcome;
        outcome = judge(db, sql, &r);
        if (outcome != DB_DONE) {
            while (db->conn != NULL && next_result(db, db->deadline, &r) == DB_DONE && r != NULL)
                PQclear(r);
            return outcome;
        }
        if (PQresultStatus(r) == PGRES_SINGLE_TUPLE) {
            *begun = true;
            assert(PQnfields(r) == 1 && PQfformat(r, 0) == 1);
            if (PQgetisnull(r, 0, 0) == 0)
                *stopped = each(ctx, str_bytes(PQgetvalue(r, 0, 0), (size_t)PQgetlength(r, 0, 0)));
        }
        PQclear(r);
        if (*stopped != ERR_OK) {
            /* The rest of the file would have to be read and thrown away; a new connection over a unix socket costs less. */
            db_drop(db);
            return DB_DONE;
        }
    }
}

enum err db_each_bytes_(struct db *db, const char *function,
                        enum err (*each)(void *ctx, struct str bytes), void *ctx,
                        const struct db_arg *args, size_t n)
{
    enum db_mode before = db->mode;
    enum db_outcome outcome = DB_LOST;
    enum err stopped = ERR_OK;
    const char *sql;
    bool begun = false;

    assert(db->arena != NULL && before != DB_MODE_STREAM);
    db->detail = (struct str){0};
    sql = db_call_text(db->arena, function, args, n);
    for (int attempt = 0; attempt < 2 && !begun; attempt++) {
        if (before == DB_MODE_IDLE && !db_connect(db))
            return db->refusal;
        outcome = send_call(db, sql, args, n, 1);
        if (outcome == DB_DONE && PQsetSingleRowMode(db->conn) == 0) {
            db_drop(db);
            outcome = DB_LOST;
        }
        if (outcome == DB_DONE) {
            db->mode = DB_MODE_STREAM;
            outcome = stream_rows(db, sql, each, ctx, &begun, &stopped);
            db->mode = before;
        }
        if (outcome == DB_STALE)
            db_new_generation(db);
        if (before != DB_MODE_IDLE || (outcome != DB_STALE && outcome != DB_LOST))
            break;
    }
    return stopped != ERR_OK ? stopped : db_err_of(db, outcome);
}
