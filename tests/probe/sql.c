/* probe: what the role may do beyond its functions, over a connection of its own like the program's. */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe.h"

static struct {
    const char *host, *port, *name, *role;
    PGconn *conn;
} own;

static PGconn *connection(void)
{
    const char *names[] = {"host", "port", "dbname", "user", NULL};
    const char *values[] = {own.host, own.port, own.name, own.role, NULL};

    if (own.conn == NULL || PQstatus(own.conn) != CONNECTION_OK) {
        PQfinish(own.conn);
        own.conn = PQconnectdbParams(names, values, 0);
    }
    return own.conn;
}

/* "done", or the SQLSTATE.  COPY that began would wait for us: it has been done. */
static const char *outcome_of(const char *statement, char state[6])
{
    PGresult *r = PQexec(connection(), statement);
    ExecStatusType status = PQresultStatus(r);
    const char *code = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    int failed = status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK &&
                 status != PGRES_COPY_IN && status != PGRES_COPY_OUT;

    (void)snprintf(state, 6, "%s", !failed ? "done" : code != NULL ? code : "lost");
    PQclear(r);
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT)
        PQreset(own.conn);
    else if (!failed) { /* whatever it began */
        PQclear(PQexec(own.conn, "rollback"));
        PQclear(PQexec(own.conn, "reset role"));
    }
    return state;
}

/* Runs each statement that a query makes; tells how many there were, and those that were not refused for want of a right (42501). */
static void each(const char *query, char out[PROBE_ANSWER])
{
    PGresult *list = PQexec(connection(), query);
    int n = PQntuples(list);
    size_t used =
        (size_t)snprintf(out, PROBE_ANSWER, "%d", PQresultStatus(list) == PGRES_TUPLES_OK ? n : -1);

    for (int i = 0; i < n && used < PROBE_ANSWER - 1024; i++) {
        char state[6];
        const char *statement = PQgetvalue(list, i, 0);

        if (strcmp(outcome_of(statement, state), "42501") != 0)
            used +=
                (size_t)snprintf(out + used, PROBE_ANSWER - used, "\n%s: %.900s", state, statement);
    }
    PQclear(list);
}

/* Connects as another role. */
static const char *log_in(const char *role)
{
    const char *names[] = {"host", "port", "dbname", "user", NULL};
    const char *values[] = {own.host, own.port, own.name, role, NULL};
    PGconn *conn = PQconnectdbParams(names, values, 0);
    int done = PQstatus(conn) == CONNECTION_OK;

    PQfinish(conn);
    return done ? "done" : "refused";
}

static int sql_step(const char *step, const char *argument, char out[PROBE_ANSWER])
{
    char state[6];

    if (strcmp(step, "sql") == 0)
        (void)snprintf(out, PROBE_ANSWER, "%s", outcome_of(argument, state));
    else if (strcmp(step, "log_in") == 0)
        (void)snprintf(out, PROBE_ANSWER, "%s", log_in(argument));
    else if (strcmp(step, "sql_each") == 0)
        each(argument, out);
    else
        return 0;
    return 1;
}

void probe_sql_open(const char *host, const char *port, const char *name, const char *role)
{
    own.host = host;
    own.port = port;
    own.name = name;
    own.role = role;
    probe_sql = sql_step;
}
