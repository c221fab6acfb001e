#include "core/serve.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/db.h"
#include "core/fcgi.h"
#include "core/inspect.h"
#include "core/json.h"
#include "core/log.h"
#include "core/metrics.h"
#include "core/serve_private.h"
#include "core/token.h"

#ifndef AIDDESK_CONFIG
#define AIDDESK_CONFIG "/etc/aiddesk/aiddesk.conf"
#endif

enum {
    PROCESS_BLOCK = 65536,
    REQUEST_BLOCK = 262144,
    REQUESTS_MAX = 2000,     /* a process leaves after so many … */
    REQUESTS_SPREAD = 500,   /* … and a few, so that not all leave at once */
    MEMORY_MARK_KIB = 262144 /* … or when it has needed so much more than at its start */
};

const struct pool_limits serve_limits[POOL__MAX] = {
    [POOL_PAGE] = {.deadline_ms = 8000, .watchdog_ms = 10000, .io_ms = 3000, .statement_ms = 5000},
    [POOL_UPLOAD] = {.deadline_ms = 45000,
                     .watchdog_ms = 48000,
                     .io_ms = 10000,
                     .statement_ms = 8000},
};

/* Set by SIGTERM, which is delivered in ppoll only. */
static volatile sig_atomic_t asked_to_leave;

static void on_term(int signal)
{
    (void)signal;
    asked_to_leave = 1;
}

struct worker {
    struct server *server;
    struct seat *seat;
    struct fcgi *fcgi;
    struct db *db;
    struct arena *arena; /* of the request */
    int64_t served;
    long first_kib; /* memory at the start, which a child has from its parent */
};

/* ---- one request ---- */

static enum log_level level_of(const struct request *req, enum err err)
{
    switch (err == ERR_OK ? BLAME_CLIENT : err_row(err)->blame) {
    case BLAME_OURS:
        return LOG_ERROR_;
    case BLAME_BUSY:
        return LOG_WARN_;
    case BLAME_CLIENT:
        break;
    }
    /* Health checks come every few seconds. */
    return req->route != NULL && (req->route->flags & ROUTE_LOCAL) != 0 ? LOG_DEBUG_ : LOG_INFO_;
}

static const char *method_name(const struct request *req)
{
    if (req->method == METHOD__MAX)
        return "other";
    return req->head ? "HEAD" : req->method == METHOD_GET ? "GET" : "POST";
}

static void tell(const struct worker *w, const struct request *req, const struct reply *rep,
                 bool sent)
{
    struct metrics *m = w->server->app.metrics;
    int64_t ms = clock_monotonic_ms() - req->started_ms;

    log_write(level_of(req, rep->err),
              LOG_LINE(.event = "request", .request_id = req->id,
                       .route = req->route != NULL ? req->route->path : NULL,
                       .method = method_name(req), .status = rep->status, .err = rep->err, .ms = ms,
                       .bytes = rep->bytes, .role = req->role, .network = req->log_network,
                       .detail = sent ? NULL : "cut"));
    metrics_request(m, req->route, rep->status, ms);
    if (!sent)
        metrics_count(m, "reply_cut");
    if (rep->err == ERR_UNCONFIRMED)
        metrics_count(m, "unconfirmed");
    if (rep->err != ERR_OK && err_row(rep->err)->blame == BLAME_OURS)
        metrics_count(m, "our_fault");
}

static void make_id(char id[17])
{
    unsigned char random[8];

    token_random(random, sizeof random);
    for (size_t i = 0; i < sizeof random; i++)
        (void)snprintf(id + 2 * i, 3, "%02x", random[i]);
}

static void answer(struct worker *w)
{
    struct request req = {
        .app = &w->server->app, .arena = w->arena, .db = w->db, .started_ms = clock_monotonic_ms()};
    struct reply rep = {.arena = w->arena, .stream_length = -1};
    enum err err;
    bool sent;

    make_id(req.id);
    db_request_begin(w->db, w->arena);
    err = fcgi_fill(w->fcgi, &req);
    if (err == ERR_OK) {
        serve_request(&req, &rep);
    } else {
        metrics_count(w->server->app.metrics, "refused_early");
        serve_refusal(&req, &rep, err);
    }
    sent = fcgi_send(w->fcgi, &req, &rep);
    if (!db_request_end(w->db)) /* has been logged there */
        metrics_count(w->server->app.metrics, "our_fault");
    tell(w, &req, &rep, sent);
    fcgi_end(w->fcgi, &req);
}

/* From the accepted connection to its end: the watchdog counts all of it. */
static void serve_one(struct worker *w, int fd)
{
    atomic_store(&w->seat->busy_since_ms, clock_monotonic_ms());
    if (fcgi_begin(w->fcgi, fd)) {
        answer(w);
        w->served++;
    } else {
        metrics_count(w->server->app.metrics, "refused_early");
    }
    arena_reset(w->arena); /* wipes all plaintext and keys of the request */
    atomic_store(&w->seat->busy_since_ms, 0);
}

/* ---- one process ---- */

static long memory_kib(void)
{
    struct rusage usage;

    return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss : 0;
}

static bool is_used_up(const struct worker *w)
{
    if (w->served == 0) /* whoever leaves has done something, or parent and child would spin */
        return false;
    return w->served >= REQUESTS_MAX + getpid() % REQUESTS_SPREAD ||
           memory_kib() > w->first_kib + MEMORY_MARK_KIB;
}

/* The wait for a connection is the only place where SIGTERM is delivered: what has been begun is finished. */
static int accept_loop(struct worker *w, int listen_fd)
{
    struct pollfd wait = {.fd = listen_fd, .events = POLLIN};
    sigset_t open;

    if (sigprocmask(SIG_BLOCK, NULL, &open) != 0 || sigdelset(&open, SIGTERM) != 0)
        return SERVE_EXIT_START;
    while (asked_to_leave == 0 && !is_used_up(w)) {
        int fd;

        if (ppoll(&wait, 1, NULL, &open) < 0) {
            if (errno == EINTR)
                continue;
            return SERVE_EXIT_START;
        }
        fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0)
            serve_one(w, fd);
        else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
            return SERVE_EXIT_START; /* no descriptors, no memory: a new process may have better luck */
    }
    return SERVE_EXIT_OK;
}

static bool set_signals(void)
{
    struct sigaction term = {.sa_handler = on_term}; /* without SA_RESTART */
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    (void)sigemptyset(&term.sa_mask);
    (void)sigemptyset(&ignore.sa_mask);
    /* FCGX_Init has installed handlers for TERM, USR1 and PIPE: ours come after it. */
    return sigaction(SIGTERM, &term, NULL) == 0 && sigaction(SIGUSR1, &ignore, NULL) == 0 &&
           sigaction(SIGPIPE, &ignore, NULL) == 0;
}

/* The last step before the first request.  What was needed once has been opened; a connection to the database can be made again. */
static bool close_down(const struct server *s)
{
    const struct program *program = s->app.program;
    struct sandbox sandbox = {.needs = SANDBOX_SERVE | program->needs};
    const char *problem;

    if (program->inspects)
        sandbox.needs |= SANDBOX_INSPECT;
    if (db_ports(&s->app.config, sandbox.ports, SANDBOX_PORTS_MAX) > 0)
        sandbox.needs |= SANDBOX_NETWORK;
    problem = sandbox_enter(&sandbox);
    if (problem != NULL)
        log_event(LOG_ERROR_, "sandbox", problem);
    return problem == NULL;
}

static int child_run(struct server *s, enum pool pool, struct seat *seat)
{
    const struct pool_limits *limits = &serve_limits[pool];
    struct worker w = {.server = s, .seat = seat};
    int status;

    s->app.upload_pool = pool == POOL_UPLOAD;
    (void)close(s->pid_fd); /* the parent's; its lock is not inherited */
    for (enum pool other = 0; other < POOL__MAX; other++) {
        if (other != pool && s->listen_fd[other] >= 0)
            (void)close(s->listen_fd[other]);
    }
    w.fcgi = fcgi_open(s->app.arena, limits->io_ms);
    if (w.fcgi == NULL || !set_signals()) {
        log_event(LOG_ERROR_, "start", "libfcgi or signals");
        return SERVE_EXIT_START;
    }
    w.arena = arena_new(REQUEST_BLOCK);
    w.first_kib = memory_kib();
    w.db = db_open(&s->app.config,
                   str_z(s->app.arena, str_fmt(s->app.arena, "aiddesk_%s", s->app.program->name)),
                   limits->statement_ms, limits->deadline_ms);
    db_warm(w.db, w.arena);
    status = close_down(s) ? accept_loop(&w, s->listen_fd[pool]) : SERVE_EXIT_START;
    db_close(w.db);
    arena_free(w.arena);
    return status;
}

/* ---- main ---- */

static const char *config_path(int argc, char **argv)
{
    if (argc == 1)
        return AIDDESK_CONFIG;
    return argc == 3 && strcmp(argv[1], "--config") == 0 ? argv[2] : NULL;
}

int serve_main(const struct program *program, int argc, char **argv)
{
    struct server s = {.listen_fd = {-1, -1}, .pid_fd = -1};
    const char *path = config_path(argc, argv);
    struct str problem = {NULL, 0};
    int status;

    if (path == NULL) {
        (void)fprintf(stderr, "usage: aiddesk-%s [--config FILE]\n", program->name);
        return 2;
    }
    log_open(program->name, LOG_INFO_);
    json_init();
    token_init();
    s.app.program = program;
    s.app.arena = arena_new(PROCESS_BLOCK);
    s.app.slots_fd = -1;
    if (!setup_load(&s, path, &problem) || !setup_files(&s, &problem) ||
        !setup_drop(&s, &problem)) {
        /* For the operator's eyes: it names files and settings, which the log's fields do not hold. */
        (void)fprintf(stderr, "aiddesk-%s: %.*s\n", program->name, STR_ARG(problem));
        arena_free(s.app.arena);
        return 1;
    }
    log_write(LOG_INFO_,
              LOG_LINE(.event = "sandbox", .detail = "landlock", .number = sandbox_landlock_abi()));
    if (program->inspects)
        s.app.inspect = inspect_start(s.app.arena, &s.app.config, NULL);
    status = prefork_run(&s, child_run);
    setup_end(&s);
    arena_free(s.app.arena);
    return status;
}
