/*
 * db: the only user of libpq-fe.h.  Functions are called by name with typed, named parameters; rows are read by column name and become
 * JSON.  C holds no SQL text: db builds "select * from schema.function(p_a => $1, …)" from literals that it checks against [a-z0-9_.].
 * COMMIT decides: a write is acknowledged only when the tag is COMMIT and no notice came (STYLE.md §libpq, SECURITY.md finding 1).
 */
#ifndef AIDDESK_CORE_DB_H
#define AIDDESK_CORE_DB_H

#include <jansson.h>

#include "core/config.h"
#include "core/err.h"

struct db;
struct db_rows;

enum db_type { DB_TYPE_TEXT, DB_TYPE_INT, DB_TYPE_BOOL, DB_TYPE_UUID, DB_TYPE_BYTES, DB_TYPE_JSON, DB_TYPE_TIME, DB_TYPE_DATE,
               DB_TYPE_TEXTS, DB_TYPE_BYTEAS };

struct db_arg {
    const char *name;   /* "p_case": a literal */
    enum db_type type;
    bool null;
    struct str text;    /* TEXT, BYTES, DATE (ISO), JSON */
    int64_t number;     /* INT, BOOL, TIME (microseconds) */
    struct uuid uuid;
    const struct str *many; /* TEXTS, BYTEAS */
    size_t n_many;
};

/* A slice as parameter; with or_null the empty one becomes NULL.  A function, so that v is evaluated once: it may be a call that seals. */
static inline struct db_arg db_arg_str(const char *name, enum db_type type, struct str v, bool or_null)
{
    return (struct db_arg){.name = name, .type = type, .text = v, .null = or_null && v.n == 0};
}

#define DB_TEXT(nm, v) ((struct db_arg){.name = (nm), .type = DB_TYPE_TEXT, .text = (v)})
/* Empty text becomes NULL. */
#define DB_TEXT_OR_NULL(nm, v) db_arg_str((nm), DB_TYPE_TEXT, (v), true)
#define DB_INT(nm, v) ((struct db_arg){.name = (nm), .type = DB_TYPE_INT, .number = (v)})
#define DB_INT_OR_NULL(nm, v, is) ((struct db_arg){.name = (nm), .type = DB_TYPE_INT, .number = (v), .null = !(is)})
#define DB_BOOL(nm, v) ((struct db_arg){.name = (nm), .type = DB_TYPE_BOOL, .number = (v) ? 1 : 0})
#define DB_UUID(nm, v) ((struct db_arg){.name = (nm), .type = DB_TYPE_UUID, .uuid = (v)})
#define DB_UUID_OR_NULL(nm, v, is) ((struct db_arg){.name = (nm), .type = DB_TYPE_UUID, .uuid = (v), .null = !(is)})
#define DB_BYTES(nm, v) ((struct db_arg){.name = (nm), .type = DB_TYPE_BYTES, .text = (v)})
#define DB_BYTES_OR_NULL(nm, v) db_arg_str((nm), DB_TYPE_BYTES, (v), true)
#define DB_JSON(nm, v) ((struct db_arg){.name = (nm), .type = DB_TYPE_JSON, .text = (v)}) /* serialised JSON -> jsonb */
#define DB_TIME(nm, us) ((struct db_arg){.name = (nm), .type = DB_TYPE_TIME, .number = (us)})
#define DB_TIME_OR_NULL(nm, us, is) ((struct db_arg){.name = (nm), .type = DB_TYPE_TIME, .number = (us), .null = !(is)})
#define DB_DATE_OR_NULL(nm, v) db_arg_str((nm), DB_TYPE_DATE, (v), true)
#define DB_TEXTS(nm, v, c) ((struct db_arg){.name = (nm), .type = DB_TYPE_TEXTS, .many = (v), .n_many = (c)})
#define DB_BYTEAS(nm, v, c) ((struct db_arg){.name = (nm), .type = DB_TYPE_BYTEAS, .many = (v), .n_many = (c)})

/* Opens the connection of this process (after fork, never before).  role: "aiddesk_intake", whose schema is what follows "aiddesk_";
 * statement_timeout_ms: the server's limit of one statement; deadline_ms: own deadline of a request (8000, uploads 45000).  Connecting
 * happens on first use and again after a loss, with a wait of up to 2 s for a server that has just gone away; then clock_now() gets its
 * offset from <schema>.clock_offset(), bigint microseconds. */
struct db *db_open(const struct config *config, const char *role, int statement_timeout_ms, int deadline_ms);
void db_close(struct db *db);
/* Connects, so that the first request does not wait for it and finds the service's clock set: what it mints before its first call must
 * agree with what other processes check.  Without a database the first call tries again.  a: scratch. */
void db_warm(struct db *db, struct arena *a);

/* Start of a request: sets the arena that results live in and the deadline. */
void db_request_begin(struct db *db, struct arena *a);
/* End of a request: no transaction may be open (logged as our bug and rolled back); returns true when all was well. */
bool db_request_end(struct db *db);

/* Calls a reading function.  Errors: UD codes through the registry, ERR_BUSY, ERR_UNAVAILABLE, ERR_INTERNAL.  A read is sent once more
 * on a new connection when the old one was lost. rows may be NULL. */
#define db_read(db, fn, rows, ...) \
    db_read_((db), (fn), (rows), (const struct db_arg[]){__VA_ARGS__}, sizeof((const struct db_arg[]){__VA_ARGS__}) / sizeof(struct db_arg))
/* Calls one writing function as one transaction: begin, call, commit; retries 40001 and 40P01 at most 5 times.  ERR_UNCONFIRMED when
 * the COMMIT's outcome is unknown (time-out, notice, lost connection); the connection is then closed without cancelling. */
#define db_write(db, fn, rows, ...) \
    db_write_((db), (fn), (rows), (const struct db_arg[]){__VA_ARGS__}, sizeof((const struct db_arg[]){__VA_ARGS__}) / sizeof(struct db_arg))
/* For functions without parameters. */
#define db_read0(db, fn, rows) db_read_((db), (fn), (rows), NULL, 0)
#define db_write0(db, fn, rows) db_write_((db), (fn), (rows), NULL, 0)
enum err db_read_(struct db *db, const char *function, struct db_rows **rows, const struct db_arg *args, size_t n);
enum err db_write_(struct db *db, const char *function, struct db_rows **rows, const struct db_arg *args, size_t n);

/* Several reads of one page share one snapshot (repeatable read, read only). */
enum err db_snapshot_begin(struct db *db);
enum err db_snapshot_end(struct db *db);
/* A streamed upload: several calls in one transaction.  Between begin and commit use db_step; on any error db_abort. */
enum err db_begin(struct db *db);
#define db_step(db, fn, rows, ...) \
    db_step_((db), (fn), (rows), (const struct db_arg[]){__VA_ARGS__}, sizeof((const struct db_arg[]){__VA_ARGS__}) / sizeof(struct db_arg))
/* What db_step calls: args, n parameters of the function; rows may be NULL. */
enum err db_step_(struct db *db, const char *function, struct db_rows **rows, const struct db_arg *args, size_t n);
/* As db_step for a call whose rows nobody needs: returns when it has been sent, so that the next one can be made ready while the server is
 * at work.  What is wrong with it is told by the next call of the transaction, whichever that is. */
#define db_step_later(db, fn, ...) \
    db_step_later_((db), (fn), (const struct db_arg[]){__VA_ARGS__}, sizeof((const struct db_arg[]){__VA_ARGS__}) / sizeof(struct db_arg))
/* What db_step_later calls. */
enum err db_step_later_(struct db *db, const char *function, const struct db_arg *args, size_t n);
/* Ends what db_begin began.  ERR_UNCONFIRMED when nobody knows whether it was kept; db_abort rolls back and never fails. */
enum err db_commit(struct db *db);
void db_abort(struct db *db);
/* Reads a large single bytea column row by row without holding the whole result (file segments): the function must return one column
 * of type bytea.  each() returning an error stops. */
#define db_each_bytes(db, fn, each, ctx, ...) \
    db_each_bytes_((db), (fn), (each), (ctx), (const struct db_arg[]){__VA_ARGS__}, sizeof((const struct db_arg[]){__VA_ARGS__}) / sizeof(struct db_arg))
/* What db_each_bytes calls: args, n parameters of the function; bytes live until each() returns. */
enum err db_each_bytes_(struct db *db, const char *function, enum err (*each)(void *ctx, struct str bytes), void *ctx,
                        const struct db_arg *args, size_t n);

/* The last refusal of a UD code: DETAIL as sent by the function (our own text: guard code, field:key, seconds); empty when none. */
struct str db_detail(const struct db *db);

/* Rows; all values live as long as the request's arena.  Asking for a column that is not there is our bug (assert + ERR_INTERNAL log). */
size_t db_count(const struct db_rows *rows);
bool db_is_null(const struct db_rows *rows, size_t row, const char *column);
struct str db_text(const struct db_rows *rows, size_t row, const char *column);   /* NULL -> empty */
int64_t db_int(const struct db_rows *rows, size_t row, const char *column);       /* NULL -> 0 */
bool db_bool(const struct db_rows *rows, size_t row, const char *column);
struct uuid db_uuid(const struct db_rows *rows, size_t row, const char *column);
int64_t db_time(const struct db_rows *rows, size_t row, const char *column);      /* microseconds; infinity -> INT64_MAX, MIN */
struct str db_bytes(const struct db_rows *rows, size_t row, const char *column);  /* bytea, decoded */
size_t db_texts(const struct db_rows *rows, size_t row, const char *column, struct str **out); /* text[] */
/* One row as an object: integers and booleans stay such, timestamptz becomes RFC 3339 UTC, date ISO, jsonb is parsed, text[] an array,
 * NULL null; bytea columns are left out.  New reference. */
json_t *db_row_json(const struct db_rows *rows, size_t row);
json_t *db_rows_json(const struct db_rows *rows);

/* For the prepare-all test: prepares a call without running it. */
enum err db_prepare_only(struct db *db, const char *function, const struct db_arg *args, size_t n);

/* The TCP ports of the database's hosts, in their order, at most max of them into *ports: what a sandbox must leave open.  Returns how many;
 * 0 = unix sockets only. */
size_t db_ports(const struct config *config, uint16_t *ports, size_t max);

/* ---- the operator's tool (aiddesk) only; no program that serves requests calls these ----
 * The operator connects as a superuser of his own, by peer.  role: NULL = what libpq chooses (PGUSER, else the OS user's name).  No
 * statement time-out, a day's deadline; only warnings that come during COMMIT make it unconfirmed, because scripts may warn. */
struct db *db_open_operator(const struct config *config, const char *role);
/* Runs the text of a .sql file (UTF-8, without psql's own commands, without begin and commit).  Inside a transaction or snapshot it is
 * part of it, otherwise one of its own.  rows: of the last statement that returned any, or NULL.  A script that ends the open
 * transaction itself is ERR_INTERNAL. */
enum err db_script(struct db *db, struct str text, struct db_rows **rows);
/* The server's words about the last error, with the line of the script, for the operator's eyes; empty when none. */
struct str db_problem(const struct db *db);

#endif
