#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#include "core/arena.h"
#include "core/clock.h"
#include "core/inspect.h"
#include "core/log.h"
#include "core/metrics.h"
#include "core/serve_private.h"

enum {
    TICK_MS = 1000,           /* how often the watchdog looks */
    BACKOFF_FIRST_MS = 100,   /* doubled with each early death … */
    BACKOFF_MAX_MS = 10000,   /* … up to this */
    SETTLED_MS = 10000,       /* who lived so long did not die of its start */
    INSPECT_AGAIN_MS = 10000, /* between two starts of the spawner */
    STOP_EXTRA_MS = 5000      /* behind the longest watchdog; then children are killed */
};

struct child {
    pid_t pid; /* 0 = not running */
    enum pool pool;
    struct seat *seat;
    int64_t started_ms;  /* monotonic */
    int64_t start_at_ms; /* not before */
    int backoff_ms;      /* after an early death; 0 = none */
};

struct prefork {
    struct server *server;
    child_fn run;
    struct child *children;
    size_t n;
    sigset_t signals; /* the ones that sigtimedwait takes */
    pid_t self;
    int64_t inspect_again_ms;
    bool stopping;
    int64_t kill_at_ms; /* while stopping */
};

static void note(enum log_level level, const char *event, const char *detail, int64_t number)
{
    log_write(level, LOG_LINE(.event = event, .detail = detail, .number = number));
}

/* ---- children ---- */

/* Returns only in the parent. */
static void start(struct prefork *p, struct child *c)
{
    pid_t pid;
    int status;

    atomic_store(&c->seat->busy_since_ms, 0);
    pid = fork();
    if (pid == 0) {
        /* A parent that was killed must not leave processes behind; the signal comes when nothing is being served. */
        if (prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) != 0 || getppid() != p->self)
            _exit(SERVE_EXIT_START);
        status = p->run(p->server, c->pool, c->seat);
#ifdef __SANITIZE_ADDRESS__
        (void)__lsan_do_recoverable_leak_check(); /* _exit would not look */
#endif
        _exit(status);
    }
    c->started_ms = clock_monotonic_ms();
    if (pid < 0) {
        note(LOG_ERROR_, "child-fork", strerrorname_np(errno), 0);
        c->start_at_ms = c->started_ms + BACKOFF_MAX_MS;
        return;
    }
    c->pid = pid;
    metrics_count(p->server->app.metrics, "child_started");
}

static void start_due(struct prefork *p, int64_t now)
{
    for (size_t i = 0; i < p->n; i++) {
        if (p->children[i].pid == 0 && now >= p->children[i].start_at_ms)
            start(p, &p->children[i]);
    }
}

/* Who leaves by itself is replaced at once; who dies early waits longer each time, so that a broken installation does not spin. */
static void ended(struct prefork *p, struct child *c, int status, int64_t now)
{
    bool left = WIFEXITED(status) && WEXITSTATUS(status) == SERVE_EXIT_OK;
    bool early = now - c->started_ms < SETTLED_MS;

    if (left || !early)
        c->backoff_ms = 0;
    else
        c->backoff_ms = c->backoff_ms == 0                   ? BACKOFF_FIRST_MS
                        : c->backoff_ms * 2 > BACKOFF_MAX_MS ? BACKOFF_MAX_MS
                                                             : c->backoff_ms * 2;
    c->start_at_ms = now + c->backoff_ms;
    c->pid = 0;
    if (left || p->stopping)
        return;
    metrics_count(p->server->app.metrics, "child_died");
    if (WIFSIGNALED(status))
        note(LOG_ERROR_, "child-died", "signal", WTERMSIG(status));
    else
        note(LOG_ERROR_, "child-died", "exit", WEXITSTATUS(status));
}

static void restart_inspect(struct prefork *p, int64_t now);

static void reap(struct prefork *p, int64_t now)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (size_t i = 0; i < p->n; i++) {
            if (p->children[i].pid == pid)
                ended(p, &p->children[i], status, now);
        }
        if (p->server->app.inspect != NULL && pid == inspect_pid(p->server->app.inspect)) {
            note(LOG_ERROR_, "inspect-died", NULL, pid);
            p->server->app.inspect = NULL;
            p->inspect_again_ms = now;
        }
    }
}

static void signal_all(struct prefork *p, int signal)
{
    for (size_t i = 0; i < p->n; i++) {
        if (p->children[i].pid != 0)
            (void)kill(p->children[i].pid, signal);
    }
}

/* Children inherit the spawner's socket over fork: they leave after their present request, and their successors have the new one. */
static void restart_inspect(struct prefork *p, int64_t now)
{
    struct app *app = &p->server->app;

    if (!app->program->inspects || app->inspect != NULL || p->stopping || now < p->inspect_again_ms)
        return;
    p->inspect_again_ms = now + INSPECT_AGAIN_MS;
    app->inspect = inspect_start(app->arena, &app->config, NULL);
    if (app->inspect != NULL)
        signal_all(p, SIGTERM);
}

/* Socket limits count per read; a peer that drips a byte a second, or a handler that hangs, ends here.  SIGKILL, because everything else
 * is blocked while serving. */
static void watch(struct prefork *p, int64_t now)
{
    for (size_t i = 0; i < p->n; i++) {
        struct child *c = &p->children[i];
        int64_t since = atomic_load(&c->seat->busy_since_ms);

        if (c->pid == 0 || since == 0 || now - since <= serve_limits[c->pool].watchdog_ms)
            continue;
        note(LOG_ERROR_, "watchdog", "busy too long", c->pid);
        metrics_count(p->server->app.metrics, "watchdog");
        atomic_store(&c->seat->busy_since_ms, 0); /* said once */
        (void)kill(c->pid, SIGKILL);
    }
}

/* ---- the parent's loop ---- */

static void begin_stop(struct prefork *p, int64_t now)
{
    if (!p->stopping)
        note(LOG_INFO_, "stop", NULL, 0);
    p->stopping = true;
    p->kill_at_ms = now + serve_limits[POOL_UPLOAD].watchdog_ms + STOP_EXTRA_MS;
    signal_all(p, SIGTERM);
}

/* Sleeps until a signal, the next start or the next look of the watchdog. */
static int wait_signal(const struct prefork *p, int64_t now)
{
    int64_t ms = TICK_MS;
    struct timespec t;

    for (size_t i = 0; i < p->n && !p->stopping; i++) {
        int64_t left = p->children[i].start_at_ms - now;

        if (p->children[i].pid == 0 && left < ms)
            ms = left > 0 ? left : 0;
    }
    t = (struct timespec){ms / 1000, ms % 1000 * 1000000};
    return sigtimedwait(&p->signals, NULL, &t);
}

static bool any_left(const struct prefork *p)
{
    for (size_t i = 0; i < p->n; i++) {
        if (p->children[i].pid != 0)
            return true;
    }
    return false;
}

static void loop(struct prefork *p)
{
    while (!p->stopping || any_left(p)) {
        int64_t now = clock_monotonic_ms();
        int signal;

        if (!p->stopping) {
            restart_inspect(p, now);
            start_due(p, now);
        } else if (now > p->kill_at_ms) {
            signal_all(p, SIGKILL);
        }
        signal = wait_signal(p, now);
        now = clock_monotonic_ms();
        if (signal == SIGTERM || signal == SIGINT) {
            begin_stop(p, now);
        } else if (signal == SIGHUP) {
            note(LOG_INFO_, "restart", NULL, 0);
            signal_all(p, SIGTERM);
        }
        reap(p, now);
        watch(p, now);
    }
}

static bool make_children(struct prefork *p)
{
    struct server *s = p->server;
    struct seat *seats;
    size_t at = 0;

    for (enum pool pool = 0; pool < POOL__MAX; pool++)
        p->n += (size_t)s->processes[pool];
    seats =
        mmap(NULL, p->n * sizeof *seats, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (seats == MAP_FAILED)
        return false;
    p->children = arena_array(s->app.arena, p->n, sizeof *p->children);
    for (enum pool pool = 0; pool < POOL__MAX; pool++) {
        for (int64_t i = 0; i < s->processes[pool]; i++, at++)
            p->children[at] = (struct child){.pool = pool, .seat = &seats[at]};
    }
    return true;
}

int prefork_run(struct server *s, child_fn child)
{
    static const int taken[] = {SIGTERM, SIGINT, SIGHUP, SIGCHLD, SIGUSR1, SIGUSR2};
    struct prefork p = {.server = s, .run = child, .self = getpid()};

    if (!make_children(&p)) {
        note(LOG_ERROR_, "start", "no shared memory", 0);
        return SERVE_EXIT_START;
    }
    (void)sigemptyset(&p.signals);
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
        (void)sigaddset(&p.signals, taken[i]);
    /* Blocked for good, here and in the children, and taken at one place only: sigtimedwait here, ppoll there. */
    if (sigprocmask(SIG_BLOCK, &p.signals, NULL) != 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR) {
        note(LOG_ERROR_, "start", "signals", 0);
        return SERVE_EXIT_START;
    }
    note(LOG_INFO_, "start", NULL, (int64_t)p.n);
    loop(&p);
    return SERVE_EXIT_OK;
}
