#include "core/db_private.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/clock.h"
#include "core/log.h"

enum {
    CONNECT_MS = 5000,        /* one attempt, all hosts together */
    BACKOFF_FIRST_MS = 50,    /* doubled after each failure … */
    BACKOFF_MAX_MS = 1000,    /* … up to this, so that /health/ready is never wrong for 2 s */
    GRACE_MS = 2000,          /* so long after it went away requests wait for it */
    STATEMENTS_BLOCK = 16384, /* arena of the prepared statements */
    OPERATOR_MS = 24 * 3600 * 1000 /* the operator's tool waits as long as it takes */
};

/* Notices see the SQLSTATE only; their text goes nowhere (SECURITY.md §7).  A cancelled wait for the standby comes as 01000 followed by
 * a success tag (STYLE.md §libpq, measured), so every notice of a transaction counts. */
static void on_notice(void *ctx, const PGresult *result)
{
    struct db *db = ctx;

    if (db->mode != DB_MODE_WRITE || (db->by_operator && !db->committing))
        return;
    db->noticed = true;
    log_write(LOG_WARN_, LOG_LINE(.event = "db-notice",
                                  .sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE)));
}

static struct db *open_any(const struct config *config, const char *role, const char *options,
                           int deadline_ms)
{
    struct arena *own = arena_new(4096);
    struct db *db = arena_new_of(own, struct db);

    db->own = own;
    db->prepared = arena_new(STATEMENTS_BLOCK);
    db->host = str_z(own, config->database);
    db->port = str_z(own, config->database_port);
    db->name = str_z(own, config->database_name);
    db->role = role == NULL ? NULL : str_z(own, str_of(role));
    db->options = str_z(own, str_of(options));
    db->deadline_ms = deadline_ms;
    db->backoff_ms = BACKOFF_FIRST_MS;
    return db;
}

/* search_path ends with pg_temp, which would otherwise be searched first for types.  datestyle and bytea_output are spelled out because
 * db_rows reads them; a server or role setting must not change what we parse. */
#define SESSION_OPTIONS                                                                            \
    "-c lock_timeout=2000 -c timezone=UTC -c search_path=pg_catalog,pg_temp -c datestyle=ISO "     \
    "-c bytea_output=hex -c intervalstyle=postgres -c client_encoding=UTF8"

struct db *db_open(const struct config *config, const char *role, int statement_timeout_ms,
                   int deadline_ms)
{
    static const char prefix[] = "aiddesk_";
    char options[400];
    struct db *db;

    assert(strncmp(role, prefix, sizeof prefix - 1) == 0);
    (void)snprintf(options, sizeof options,
                   SESSION_OPTIONS
                   " -c statement_timeout=%d -c idle_in_transaction_session_timeout=10000",
                   statement_timeout_ms);
    db = open_any(config, role, options, deadline_ms);
    db->application = db->role;
    db->clock_function =
        str_z(db->own, str_fmt(db->own, "%s.clock_offset", role + sizeof prefix - 1));
    return db;
}

struct db *db_open_operator(const struct config *config, const char *role)
{
    struct db *db =
        open_any(config, role, SESSION_OPTIONS " -c client_min_messages=warning", OPERATOR_MS);

    db->application = str_z(db->own, STR("aiddesk"));
    db->by_operator = true;
    return db;
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    db_drop(db);
    arena_free(db->prepared);
    arena_free(db->own);
}

void db_new_generation(struct db *db)
{
    db->generation++;
    db->statements = NULL;
    db->n_statements = 0;
    arena_reset(db->prepared);
}

void db_drop(struct db *db)
{
    PQfinish(db->conn);
    db->conn = NULL;
    db->under_way = NULL;
    db_new_generation(db);
}

/* Waits for the handshake.  libpq's connect_timeout counts only in its blocking form, so the time is ours. */
static bool handshake(PGconn *conn)
{
    int64_t until = clock_monotonic_ms() + CONNECT_MS;
    PostgresPollingStatusType next = PGRES_POLLING_WRITING;

    while (next != PGRES_POLLING_OK) {
        if (next == PGRES_POLLING_FAILED || !db_wait_socket(conn, next == PGRES_POLLING_WRITING,
                                                            next == PGRES_POLLING_READING, until))
            return false;
        next = PQconnectPoll(conn);
    }
    return true;
}

/* A refused connection has no PGresult; with the verbosity SQLSTATE the message ends with the state, and with nothing of the server's
 * words: "…: FATAL:  53300". */
static bool refused_with(const PGconn *conn, const char *state)
{
    struct str message = str_trim(str_of(PQerrorMessage(conn)));

    return str_ends(message, str_of(state));
}

size_t db_ports(const struct config *config, uint16_t *ports, size_t max)
{
    struct str hosts = config->database, numbers = config->database_port, host, number = {NULL, 0};
    size_t n = 0;
    int64_t port;

    while (!str_empty(hosts) && n < max) {
        (void)str_cut(hosts, ',', &host, &hosts);
        if (!str_empty(numbers)) /* one for all, or one for each */
            (void)str_cut(numbers, ',', &number, &numbers);
        if (str_empty(host) || host.p[0] == '/' || host.p[0] == '@')
            continue;
        ports[n++] = str_int(number, 1, UINT16_MAX, &port) ? (uint16_t)port : 5432;
    }
    return n;
}

static PGconn *connect_once(struct db *db, enum err *why)
{
    const char *names[] = {"host",
                           "port",
                           "dbname",
                           "user",
                           "options",
                           "application_name",
                           "client_encoding",
                           "target_session_attrs",
                           "tcp_user_timeout",
                           "gssencmode",
                           NULL};
    /* Keepalives and tcp_user_timeout do nothing on unix sockets; over a network the latter makes a dead host give way to the next.
     * Over a network libpq would look for Kerberos first, in files and keys that a sandbox does not give (SECURITY.md §6: TLS). */
    const char *values[] = {db->host,    db->port,        db->name, db->role,
                            db->options, db->application, "UTF8",   "read-write",
                            "2000",      "disable",       NULL};
    PGconn *conn = PQconnectStartParams(names, values, 0);

    *why = ERR_UNAVAILABLE;
    if (conn != NULL) {
        (void)PQsetErrorVerbosity(conn, db->by_operator ? PQERRORS_DEFAULT : PQERRORS_SQLSTATE);
        if (PQstatus(conn) != CONNECTION_BAD && handshake(conn) && PQsetnonblocking(conn, 1) == 0)
            return conn;
        if (refused_with(conn, "53300"))
            *why = ERR_BUSY; /* CONNECTION LIMIT: backends stuck in the wait for a standby */
        if (db->by_operator)
            db->problem = str_dup(db->arena, str_trim(str_of(PQerrorMessage(conn))));
    }
    PQfinish(conn);
    return NULL;
}

/* clock_now() and core.now() must agree before anything is decided with either. */
static bool read_clock_offset(struct db *db)
{
    PGresult *result = NULL;
    int64_t offset_us = 0;
    bool ok;

    if (db->clock_function == NULL)
        return true;
    if (db_exec(db, db->clock_function, NULL, 0, &result) != DB_DONE)
        return false;
    ok = PQntuples(result) == 1 && PQnfields(result) == 1 &&
         str_int(str_of(PQgetvalue(result, 0, 0)), INT64_MIN, INT64_MAX, &offset_us);
    PQclear(result);
    if (ok)
        clock_set_offset(offset_us);
    return ok;
}

/* One attempt, and when the next may be made. */
static bool attempt(struct db *db)
{
    enum err why = ERR_UNAVAILABLE;

    db->conn = connect_once(db, &why);
    if (db->conn != NULL) {
        PQsetNoticeReceiver(db->conn, on_notice, db);
        db_new_generation(db);
        if (read_clock_offset(db)) {
            db->backoff_ms = BACKOFF_FIRST_MS;
            db->retry_at = 0;
            db->away_since = 0;
            return true;
        }
        db_drop(db);
    }
    db->refusal = why;
    db->retry_at = clock_monotonic_ms() + db->backoff_ms;
    db->backoff_ms = db->backoff_ms * 2 > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : db->backoff_ms * 2;
    log_write(LOG_ERROR_, LOG_LINE(.event = "db-connect", .err = why));
    return false;
}

/* A server that has crashed is back within a second or two, and nothing has been sent yet: whoever comes in that time waits and notices
 * nothing.  When it stays away, nobody is held up any more. */
static bool wait_worth(struct db *db)
{
    int64_t now = clock_monotonic_ms();
    int64_t until = db->retry_at > now ? db->retry_at : now;
    struct timespec t = {.tv_sec = (until - now) / 1000, .tv_nsec = (until - now) % 1000 * 1000000};

    if (db->away_since == 0)
        db->away_since = now;
    if (db->by_operator || db->refusal != ERR_UNAVAILABLE || until >= db->away_since + GRACE_MS ||
        until >= db->deadline)
        return false;
    (void)nanosleep(&t, NULL);
    return true;
}

bool db_connect(struct db *db)
{
    if (db->conn != NULL)
        return true;
    db->refusal = ERR_UNAVAILABLE;
    do {
        if (clock_monotonic_ms() >= db->retry_at && attempt(db))
            return true;
    } while (wait_worth(db));
    return false;
}

void db_warm(struct db *db, struct arena *a)
{
    db_request_begin(db, a);
    (void)db_connect(db);
    (void)db_request_end(db);
}
