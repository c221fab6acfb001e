/*
 * db_private: what the files of the db module share.  db_connect.c connects, db.c keeps the retry contract, db_args.c builds a call and its
 * parameters, db_call.c sends and waits, db_rows.c reads results, db_script.c runs the operator's files.  Only these include libpq-fe.h.
 */
#ifndef AIDDESK_CORE_DB_PRIVATE_H
#define AIDDESK_CORE_DB_PRIVATE_H

#include <libpq-fe.h>

#include "core/arena.h"
#include "core/db.h"

/* How one exchange with the server ended. */
enum db_outcome {
    DB_DONE,    /* a result is there */
    DB_REFUSED, /* an error that stays when tried again; db->refusal says which */
    DB_SOFT,    /* 40001, 40P01: the same transaction may succeed when run again */
    DB_STALE,   /* 26000, 0A000, 42883: the function was replaced underneath; prepare again, once */
    DB_LOST,    /* the connection is gone and has been closed */
    DB_LATE     /* our deadline passed; the connection has been closed without cancelling */
};

/* What is going on between request begin and end. */
enum db_mode {
    DB_MODE_IDLE,     /* no transaction */
    DB_MODE_WRITE,    /* between begin and commit: notices make the outcome unknown */
    DB_MODE_SNAPSHOT, /* several reads, one snapshot */
    DB_MODE_STREAM    /* inside db_each_bytes: the connection is busy with one result */
};

/* A prepared statement of the present generation. */
struct db_statement {
    const char *sql;           /* the text that was prepared */
    const char *name;          /* "g<generation>_<number>" */
    struct db_statement *next; /* the one prepared before */
};

struct db {
    struct arena *own;        /* this struct and the strings below; as long as the process */
    struct arena *prepared;   /* statements of the present generation */
    struct arena *arena;      /* of the present request; NULL between requests */
    PGconn *conn;             /* NULL = not connected */
    char *host, *port, *name; /* where the database is */
    char *role;               /* database role; NULL = the operator's own */
    char *application;        /* application_name */
    char *options;            /* server settings of the session */
    char *clock_function;     /* "<schema>.clock_offset"; NULL for the operator */
    bool by_operator;         /* the operator's tool: see db_open_operator */
    uint64_t generation; /* raised by each connection and whenever functions changed under us */
    struct db_statement *statements; /* last prepared first */
    uint64_t n_statements;           /* number of the next statement */
    int deadline_ms;                 /* what a request may take */
    int64_t deadline;                /* monotonic ms; end of the present request */
    int64_t retry_at;                /* monotonic ms; no attempt to connect before */
    int64_t backoff_ms;              /* next back-off */
    int64_t away_since;              /* monotonic ms; first failed attempt in a row, 0 = none */
    enum db_mode mode;               /* see above */
    const char *under_way;           /* SQL text of a call whose answer is still to be read (db_step_later), or NULL */
    bool committing;                 /* COMMIT has been sent */
    bool noticed;                    /* a notice came since begin */
    enum err refusal;                /* meaning of the last DB_REFUSED, and of a failed connect */
    struct str detail;               /* DETAIL of the last UD refusal; request arena */
    struct str problem;              /* operator only: message of the last error; request arena */
};

struct db_rows {
    PGresult *result;    /* cleared by a defer of the arena */
    struct arena *arena; /* decoded values live here */
};

/* ---- db_connect.c ---- */
/* Connects when there is no connection; waits up to 2 s for a server that has just gone away.  false: db->refusal is ERR_BUSY (53300) or ERR_UNAVAILABLE. */
bool db_connect(struct db *db);
/* Closes without cancelling; prepared statements are forgotten. */
void db_drop(struct db *db);
/* Forgets the prepared statements; the names of the next ones carry a new generation. */
void db_new_generation(struct db *db);

/* ---- db.c ---- */
/* What an outcome means to the caller. */
enum err db_err_of(const struct db *db, enum db_outcome outcome);

/* ---- db_args.c ---- */
/* What libpq wants for the parameters of one call; NULL in values = SQL's null. */
struct db_encoded {
    const char **values; /* text with NUL at the end, or bytes */
    int *lengths;        /* of bytes */
    int *formats;        /* 1 = bytes (bytea), 0 = text */
};
/* "select * from s.f(p_a => $1::text, …)".  Names are literals of the handlers; an assert on [a-z0-9_.] keeps it so. */
char *db_call_text(struct arena *a, const char *function, const struct db_arg *args, size_t n);
/* false: a text holds a NUL byte, at which libpq would silently cut it.  Text is checked where it is accepted, so this is our bug. */
bool db_encode(struct arena *a, const struct db_arg *args, size_t n, struct db_encoded *e);

/* ---- db_call.c ---- */
/* Waits until the socket can be written or read.  false when the monotonic time `until` (ms) passes. */
bool db_wait_socket(PGconn *conn, bool to_write, bool to_read, int64_t until);
/* Prepares when needed, runs, waits until db->deadline.  On DB_DONE *result is the caller's to clear. */
enum db_outcome db_exec(struct db *db, const char *function, const struct db_arg *args, size_t n,
                        PGresult **result);
/* Sends a call and returns when all of it is on its way; its answer is read by db_settle, before anything else is sent. */
enum db_outcome db_send(struct db *db, const char *function, const struct db_arg *args, size_t n);
/* Reads the answer of the call that db_send has sent; DB_DONE when there is none. */
enum db_outcome db_settle(struct db *db);
/* Sends one of our own texts (begin, commit, rollback, a script) and waits until `until`. */
enum db_outcome db_text_command(struct db *db, const char *text, int64_t until, PGresult **result);
/* Wraps a result in the request's arena; the arena clears it. */
struct db_rows *db_rows_of(struct db *db, PGresult *result);

#endif
