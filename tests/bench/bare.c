/*
 * The least that a FastCGI program can do: for every request it calls the functions that a file names, with the parameters that stand
 * there, throws the rows away and answers with a page of fixed text.  tests/bench/run holds our pages against it: what is slower than this
 * is ours (templates, texts, keys, checks), what this takes itself is FastCGI and PostgreSQL.
 *
 *   bare SOCKET USER PROCESSES BYTES CALLS CONNECTION
 *
 * SOCKET is made before the user changes to USER.  BYTES is the length of the page.  CALLS holds, one a line: "Q" and an SQL text, then for
 * each of its parameters "T" and the value as text, or "N" for null.  CONNECTION is libpq's connection string.
 */
#include <fcgiapp.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CALLS_MAX = 64, PARAMS_MAX = 32, BACKLOG = 511, DECIMAL = 10 };

struct call {
    char *sql;
    char name[16];
    int n;
    const char *values[PARAMS_MAX];
};

static struct call calls[CALLS_MAX];
static int n_calls;

static void fail(const char *what, const char *detail)
{
    (void)fprintf(stderr, "bare: %s: %s\n", what, detail);
    exit(1);
}

static void read_calls(const char *path)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    ssize_t n;

    if (file == NULL)
        fail("cannot read", path);
    while ((n = getline(&line, &room, file)) > 0) {
        struct call *last = n_calls > 0 ? &calls[n_calls - 1] : NULL;

        if (line[n - 1] == '\n')
            line[n - 1] = '\0';
        if (line[0] == 'Q' && n_calls < CALLS_MAX) {
            last = &calls[n_calls++];
            last->sql = strdup(line + 1);
            (void)snprintf(last->name, sizeof last->name, "c%d", n_calls);
        } else if ((line[0] == 'T' || line[0] == 'N') && last != NULL && last->n < PARAMS_MAX) {
            last->values[last->n++] = line[0] == 'T' ? strdup(line + 1) : NULL;
        } else {
            fail("not understood", line);
        }
    }
    free(line);
    (void)fclose(file);
}

static PGconn *open_database(const char *connection)
{
    PGconn *conn = PQconnectdb(connection);

    if (PQstatus(conn) != CONNECTION_OK)
        fail("no database", PQerrorMessage(conn));
    for (int i = 0; i < n_calls; i++) {
        PGresult *r = PQprepare(conn, calls[i].name, calls[i].sql, 0, NULL);

        if (PQresultStatus(r) != PGRES_COMMAND_OK)
            fail(calls[i].sql, PQerrorMessage(conn));
        PQclear(r);
    }
    return conn;
}

/* Returns whether the server did everything that was asked. */
static int call_all(PGconn *conn)
{
    for (int i = 0; i < n_calls; i++) {
        PGresult *r =
            PQexecPrepared(conn, calls[i].name, calls[i].n, calls[i].values, NULL, NULL, 0);
        ExecStatusType status = PQresultStatus(r);

        PQclear(r);
        if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
            (void)fprintf(stderr, "bare: %s: %s", calls[i].sql, PQerrorMessage(conn));
            return 0;
        }
    }
    return 1;
}

static void serve(int fd, const char *connection, const char *page, int length)
{
    PGconn *conn = open_database(connection);
    FCGX_Request request;

    if (FCGX_Init() != 0 || FCGX_InitRequest(&request, fd, 0) != 0)
        fail("libfcgi", "does not start");
    while (FCGX_Accept_r(&request) == 0) {
        int done = call_all(conn);

        (void)FCGX_FPrintF(request.out,
                           "Status: %s\r\nContent-Type: text/html; charset=utf-8\r\n\r\n",
                           done ? "200 OK" : "500 Internal Server Error");
        (void)FCGX_PutStr(page, length, request.out);
        FCGX_Finish_r(&request);
    }
}

static void become(const char *user)
{
    const struct passwd *pw = getpwnam(user);

    if (pw == NULL || initgroups(user, pw->pw_gid) != 0 || setgid(pw->pw_gid) != 0 ||
        setuid(pw->pw_uid) != 0)
        fail("cannot become", user);
}

int main(int argc, char **argv)
{
    int processes, length, fd;
    char *page;

    if (argc != 7)
        fail("usage", "SOCKET USER PROCESSES BYTES CALLS CONNECTION");
    processes = (int)strtol(argv[3], NULL, DECIMAL);
    length = (int)strtol(argv[4], NULL, DECIMAL);
    if (processes < 1 || length < 1)
        fail("usage", "PROCESSES and BYTES are numbers");
    read_calls(argv[5]);
    page = malloc((size_t)length);
    if (page == NULL)
        fail("no memory", argv[4]);
    memset(page, 'x', (size_t)length);
    (void)umask(0);
    fd = FCGX_OpenSocket(argv[1], BACKLOG);
    if (fd < 0)
        fail("cannot listen on", argv[1]);
    become(argv[2]);
    for (int i = 0; i < processes; i++) {
        if (fork() == 0) {
            (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
            serve(fd, argv[6], page, length);
            _exit(1);
        }
    }
    while (wait(NULL) > 0)
        continue;
    return 1;
}
