/*
 * serve_private: what the parts of serve share.  serve.c is main and the child's loop, serve_setup.c what a parent prepares while it may,
 * serve_prefork.c the parent's loop.
 */
#ifndef AIDDESK_CORE_SERVE_PRIVATE_H
#define AIDDESK_CORE_SERVE_PRIVATE_H

#include <stdatomic.h>
#include <sys/types.h>

#include "core/serve.h"

/* A pool is a socket with processes of its own: pages, and the slow uploads. */
enum pool { POOL_PAGE, POOL_UPLOAD, POOL__MAX };

enum { SERVE_EXIT_OK = 0, SERVE_EXIT_START = 3 /* this process could not start; trying at once again would not help */ };

/* Limits of a pool, milliseconds (DESIGN.md §16): nginx waits 15 s for a page and 60 s for an upload. */
struct pool_limits {
    int deadline_ms;  /* the handler's own, kept by db; then it answers "not confirmed" */
    int watchdog_ms;  /* the parent ends a process that is busy longer: there was no time left to answer */
    int io_ms;        /* one read or write on a connection */
    int statement_ms; /* the server's limit of one statement */
};
extern const struct pool_limits serve_limits[POOL__MAX];

/* One word per process, shared between parent and children. */
struct seat {
    _Atomic int64_t busy_since_ms; /* monotonic; 0 = waiting for a connection */
};

struct server {
    struct app app;
    int listen_fd[POOL__MAX];       /* -1 = no such pool */
    int64_t processes[POOL__MAX];
    int pid_fd;                     /* the locked pid file */
};

/* ---- serve_setup.c: each returns false after telling *problem ---- */
/* Configuration, route table, keys, templates, texts. */
bool setup_load(struct server *s, const char *config_path, struct str *problem);
/* Pid file (locked as long as the parent lives: a second start is refused), slot file, counters, sockets. */
bool setup_files(struct server *s, struct str *problem);
/* As root with user_prefix: to the program's own user for good.  Then: no core files, not dumpable, no new privileges. */
bool setup_drop(struct server *s, struct str *problem);
/* Empties the pid file. */
void setup_end(struct server *s);

/* ---- serve_prefork.c ---- */
/* What a child runs; its result is the exit status. */
typedef int (*child_fn)(struct server *s, enum pool pool, struct seat *seat);
/* Starts the processes and keeps them running until SIGTERM or SIGINT; SIGHUP restarts them one after another's request.  Returns the
 * exit code. */
int prefork_run(struct server *s, child_fn child);

#endif
