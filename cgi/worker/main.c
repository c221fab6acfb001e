/*
 * aiddesk-worker: timers.  One process, one connection, one arena that is reset after every timer.  A timer that fails is logged and
 * comes again; nothing is remembered here, so a worker that dies is simply started again.
 */
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/json.h"
#include "core/log.h"
#include "core/mail.h"
#include "core/sandbox.h"
#include "core/token.h"
#include "worker/worker.h"

enum { BATCH = 200, FOLD_BATCH = 20000, ARENA_BLOCK = 262144, DNS_PORT = 53 };

static volatile sig_atomic_t stopping;

static void on_signal(int signal_number)
{
    (void)signal_number;
    stopping = 1;
}

struct timer {
    const char *name;
    int64_t every_ms;
    enum err (*run)(struct worker *w);
    int64_t next_ms;
};

/* Calls a batch function of the schema until it has nothing left to do (at most ten batches a turn). */
static enum err batches(struct worker *w, const char *function, int64_t size)
{
    enum err err = ERR_OK;

    for (int i = 0; i < 10; i++) {
        struct db_rows *rows = NULL;
        const char *column = strchr(function, '.') + 1;

        err = db_write(w->db, function, &rows, DB_INT("p_max", size));
        if (err != ERR_OK || db_count(rows) != 1 || db_int(rows, 0, column) < size)
            break;
    }
    return err;
}

static enum err run_clocks(struct worker *w)
{
    enum err err = batches(w, "worker.overdue_mark", BATCH);

    if (err == ERR_OK)
        err = batches(w, "worker.escalate", BATCH);
    if (err == ERR_OK)
        err = batches(w, "worker.no_answer", BATCH);
    if (err == ERR_OK)
        err = batches(w, "worker.accept_timeout", BATCH);
    return err;
}

static enum err run_fold(struct worker *w)
{
    return batches(w, "worker.fold", FOLD_BATCH);
}

static enum err run_exports(struct worker *w)
{
    bool built = true;
    enum err err = ERR_OK;

    for (int i = 0; i < 10 && built && err == ERR_OK; i++)
        err = export_run(w, &built);
    return err;
}

static enum err run_expiry(struct worker *w)
{
    enum err err = batches(w, "worker.drafts_expire", BATCH);

    if (err == ERR_OK)
        err = db_write0(w->db, "worker.cleanup", NULL);
    return err;
}

static struct timer timers[] = {
    {.name = "clocks", .every_ms = 5000, .run = run_clocks},
    {.name = "fold", .every_ms = 5000, .run = run_fold},
    {.name = "exports", .every_ms = 2000, .run = run_exports},
    {.name = "outbox", .every_ms = 5000, .run = outbox_run},
    {.name = "expiry", .every_ms = 60000, .run = run_expiry},
};

static void run_one(struct worker *w, struct timer *t)
{
    int64_t started = clock_monotonic_ms();
    enum err err;

    db_request_begin(w->db, w->arena);
    err = t->run(w);
    if (err == ERR_OK)
        err = db_write(w->db, "worker.heartbeat", NULL, DB_TEXT("p_name", str_of(t->name)));
    (void)db_request_end(w->db);
    if (err != ERR_OK)
        log_write(LOG_WARN_, LOG_LINE(.event = "timer", .detail = t->name, .err = err));
    arena_reset(w->arena);
    t->next_ms = started + t->every_ms;
}

static void loop(struct worker *w, int metrics_fd, const sigset_t *open_mask)
{
    while (!stopping) {
        int64_t now = clock_monotonic_ms(), wait = 1000;
        struct pollfd fd = {.fd = metrics_fd, .events = POLLIN};
        struct timespec limit;

        for (size_t i = 0; i < sizeof timers / sizeof timers[0] && !stopping; i++) {
            if (timers[i].next_ms <= now)
                run_one(w, &timers[i]);
            if (timers[i].next_ms - now < wait)
                wait = timers[i].next_ms - now;
        }
        if (wait < 10)
            wait = 10;
        limit = (struct timespec){.tv_sec = (time_t)(wait / 1000),
                                  .tv_nsec = (long)(wait % 1000) * 1000000L};
        /* Signals arrive here only. */
        if (ppoll(&fd, metrics_fd >= 0 ? 1 : 0, &limit, open_mask) > 0) {
            db_request_begin(w->db, w->arena);
            metrics_answer(w, metrics_fd);
            (void)db_request_end(w->db);
            arena_reset(w->arena);
        }
    }
}

/* Root only opens the keys; everything else runs as the program's own user (DESIGN.md §16). */
static bool drop(const struct worker *w)
{
    struct passwd *user;
    const char *name;

    if (geteuid() != 0 || w->config.user_prefix.n == 0)
        return true;
    name = str_z(w->process, str_fmt(w->process, "%.*sworker", STR_ARG(w->config.user_prefix)));
    user = getpwnam(name);
    return user != NULL && initgroups(name, user->pw_gid) == 0 && setgid(user->pw_gid) == 0 &&
           setuid(user->pw_uid) == 0 && setuid(0) != 0;
}

/* The lock tells whether the worker lives (doctor, ops); the descriptor stays open as long as the process. */
static bool write_pid(const struct worker *w)
{
    const char *path = str_z(
        w->process, str_fmt(w->process, "%.*s/aiddesk-worker.pid", STR_ARG(w->config.run_dir)));
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

    if (fd < 0 || fcntl(fd, F_SETLK, &lock) != 0 || ftruncate(fd, 0) != 0) {
        log_event(LOG_ERROR_, "start",
                  "the pid file cannot be made, or a worker is running already");
        return false;
    }
    return dprintf(fd, "%ld\n", (long)getpid()) > 0;
}

/* What it opens again and again: the counters of the programs, and what mail needs.  The password and the CA file are those that were there
 * at the start: who replaces them starts the worker again, as with every other setting. */
static bool close_down(const struct worker *w)
{
    const struct rlimit none = {0, 0};
    const struct config *c = &w->config;
    const char *const read[] = {str_z(w->process, c->run_dir),
                                str_z(w->process, c->smtp_password_file),
                                str_z(w->process, c->smtp_ca_file), NULL};
    struct sandbox sandbox = {.needs = SANDBOX_WORK, .read = read};
    size_t n = db_ports(c, sandbox.ports, SANDBOX_PORTS_MAX - 2);
    const char *problem;

    if (n > 0)
        sandbox.needs |= SANDBOX_NETWORK;
    if (!str_empty(c->smtp_url)) {
        sandbox.needs |= SANDBOX_NETWORK | SANDBOX_MAIL;
        sandbox.ports[n++] = mail_port(c->smtp_url);
        sandbox.ports[n] = DNS_PORT; /* an answer that is too long for UDP */
    }
    problem = setrlimit(RLIMIT_CORE, &none) != 0 ? "no core files" : sandbox_enter(&sandbox);
    if (problem != NULL)
        log_event(LOG_ERROR_, "sandbox", problem);
    return problem == NULL;
}

static bool prepare(struct worker *w, const char *config_path)
{
    static const char *const parts[] = {"worker", NULL};
    static const char *const keys[] = {"mail.secret", "export.secret", NULL};
    struct str problem = STR("");

    if (!config_load(w->process, config_path, &w->config, &problem) ||
        (w->locales = locale_load(w->process, w->config.data_dir, parts, &problem)) == NULL ||
        !keys_load(w->process, &w->config, "worker", keys, &w->keys, &problem)) {
        (void)fprintf(stderr, "aiddesk-worker: %.*s\n", STR_ARG(problem));
        return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    struct worker w = {0};
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t blocked, open_mask;
    int metrics_fd;

    if (argc != 3 || strcmp(argv[1], "--config") != 0) {
        (void)fprintf(stderr, "usage: aiddesk-worker --config FILE\n");
        return 2;
    }
    token_init();
    json_init();
    log_open("worker", LOG_INFO_);
    w.process = arena_new(ARENA_BLOCK);
    w.arena = arena_new(ARENA_BLOCK);
    if (!prepare(&w, argv[2]))
        return 1;
    if (!write_pid(&w))
        return 1;
    if (!drop(&w)) {
        log_event(LOG_ERROR_, "start", "rights cannot be dropped");
        return 1;
    }
    (void)sigemptyset(&blocked);
    (void)sigaddset(&blocked, SIGTERM);
    (void)sigaddset(&blocked, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &blocked, &open_mask);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGINT, &action, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    w.db = db_open(&w.config, "aiddesk_worker", 60000, 60000);
    metrics_fd = metrics_listen_open(&w.config);
    log_write(LOG_INFO_,
              LOG_LINE(.event = "sandbox", .detail = "landlock", .number = sandbox_landlock_abi()));
    if (!close_down(&w))
        return 1;
    log_event(LOG_INFO_, "start", NULL);
    loop(&w, metrics_fd, &open_mask);
    log_event(LOG_INFO_, "stop", NULL);
    if (metrics_fd >= 0)
        (void)close(metrics_fd);
    db_close(w.db);
    arena_free(w.arena);
    arena_free(w.process);
    return 0;
}
