/*
 * inspect: the spawner (inspect.h; SECURITY.md §5).  One small process a program, forked before the others, so that those never need to
 * exec.  It starts aiddesk-inspect with three descriptors and an empty environment, and kills it when 30 seconds have passed or when the
 * process that asked has gone away.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/config.h"
#include "core/inspect.h"
#include "core/inspect_private.h"
#include "core/log.h"

/* More than the machine's slots, because a killed child may still be on its way out. */
enum { CHILDREN = 8, SOCKET_FD = 3, SIGNAL_FD = 4 };

struct child {
    pid_t pid;     /* 0 = free */
    int lease;     /* closed at the other end = nobody waits for the answer */
    int64_t until; /* monotonic ms */
};

/* Runs in the new process; does not come back. */
static void become_inspect(const char *program, const int fds[INSPECT_FDS])
{
    char name[] = "aiddesk-inspect";
    char threads[] = "OMP_THREAD_LIMIT=1"; /* finding 15 */
    char *const argv[] = {name, NULL};
    char *const envp[] = {threads, NULL};
    sigset_t none;
    int null = open("/dev/null", O_WRONLY);

    for (int sig = 1; sig < NSIG; sig++)
        (void)signal(sig, SIG_DFL);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    /* The descriptors came as SCM_RIGHTS while 0, 1, 2, SOCKET_FD and SIGNAL_FD were open: all are above 4. */
    if (null >= 0 && dup2(fds[0], 0) == 0 && dup2(fds[1], 1) == 1 && dup2(null, 2) == 2 &&
        close_range(3, ~0U, 0) == 0)
        (void)execve(program, argv, envp);
    _exit(127);
}

/* Takes one message.  Returns false when the last process of the program has gone. */
static bool receive(int fds[INSPECT_FDS], bool *whole)
{
    char word = 0;
    struct iovec iov = {.iov_base = &word, .iov_len = 1};
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int) * INSPECT_FDS)];
    } control = {0};
    struct msghdr msg = {.msg_iov = &iov,
                         .msg_iovlen = 1,
                         .msg_control = &control,
                         .msg_controllen = sizeof(control.room)};
    ssize_t got = recvmsg(SOCKET_FD, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    struct cmsghdr *c = got > 0 ? CMSG_FIRSTHDR(&msg) : NULL;
    size_t n = 0;

    *whole = false;
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
        return false;
    if (c != NULL && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
        n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < n; i++) {
        int fd;

        memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof fd);
        if (i < INSPECT_FDS)
            fds[i] = fd;
        else
            (void)close(fd);
    }
    if (n == INSPECT_FDS && word == INSPECT_WORD) {
        *whole = true;
        return true;
    }
    for (size_t i = 0; i < n && i < INSPECT_FDS; i++)
        (void)close(fds[i]);
    return true;
}

static void start(const char *program, struct child *slot, const int fds[INSPECT_FDS])
{
    pid_t pid = fork();

    if (pid == 0)
        become_inspect(program, fds);
    if (pid < 0)
        log_event(LOG_ERROR_, "inspect-failed", "fork");
    (void)close(fds[0]);
    (void)close(fds[1]);
    if (pid < 0) {
        (void)close(fds[2]);
        return;
    }
    *slot = (struct child){
        .pid = pid, .lease = fds[2], .until = clock_monotonic_ms() + INSPECT_WALL_MS};
}

/* Reaps who has ended, and ends whose time is up or whose asker is gone. */
static void look_after(struct child children[CHILDREN], const struct pollfd leases[CHILDREN])
{
    struct signalfd_siginfo info;
    int status;

    while (read(SIGNAL_FD, &info, sizeof(info)) > 0)
        ; /* several ends make one signal: ask for each child below */
    for (size_t i = 0; i < CHILDREN; i++) {
        struct child *c = &children[i];

        if (c->pid == 0)
            continue;
        if (clock_monotonic_ms() >= c->until || leases[i].revents != 0)
            (void)kill(c->pid, SIGKILL); /* our own child, not reaped yet: the id is still its */
        if (waitpid(c->pid, &status, WNOHANG) != c->pid)
            continue;
        /* Ended by its sandbox: a taken-over decoder, or a row that is missing. */
        if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
            log_write(LOG_ERROR_,
                      LOG_LINE(.event = "child-died", .detail = "signal", .number = SIGSYS));
        (void)close(c->lease);
        *c = (struct child){.lease = -1};
    }
}

/* Fills the poll set; returns how long to wait in ms, -1 = for ever. */
static int prepare(const struct child children[CHILDREN], struct pollfd p[CHILDREN + 2],
                   struct child **free_slot, struct child *base)
{
    int64_t until = INT64_MAX;
    int64_t now = clock_monotonic_ms();

    *free_slot = NULL;
    for (size_t i = 0; i < CHILDREN; i++) {
        p[i] = (struct pollfd){.fd = children[i].pid != 0 ? children[i].lease : -1};
        if (children[i].pid == 0)
            *free_slot = base + i;
        else if (children[i].until < until)
            until = children[i].until;
    }
    p[CHILDREN] = (struct pollfd){.fd = SIGNAL_FD, .events = POLLIN};
    p[CHILDREN + 1] = (struct pollfd){.fd = *free_slot != NULL ? SOCKET_FD : -1, .events = POLLIN};
    if (until == INT64_MAX)
        return -1;
    return until > now ? (int)(until - now) : 0;
}

static void spawner_loop(const char *program)
{
    struct child children[CHILDREN] = {0};
    struct pollfd p[CHILDREN + 2];
    struct child *free_slot;
    int fds[INSPECT_FDS];
    bool whole = false;
    bool alive = true;

    while (alive) {
        int wait_ms = prepare(children, p, &free_slot, children);

        if (poll(p, CHILDREN + 2, wait_ms) < 0)
            continue;
        if (p[CHILDREN + 1].revents != 0) {
            alive = receive(fds, &whole);
            if (whole && free_slot != NULL)
                start(program, free_slot, fds);
        }
        look_after(children, p);
    }
    for (size_t i = 0; i < CHILDREN; i++)
        if (children[i].pid != 0)
            (void)kill(children[i].pid, SIGKILL);
}

static void spawner_main(int fd, const char *program)
{
    sigset_t chld;
    int signals;
    int null;

    do /* 0, 1 and 2 are open from here on, so that nothing else gets these numbers */
        null = open("/dev/null", O_RDWR | O_CLOEXEC);
    while (null >= 0 && null <= STDERR_FILENO);
    (void)prctl(PR_SET_NAME, "inspect-spawner");
    (void)prctl(PR_SET_DUMPABLE,
                0); /* its children have the same user: they must not read its memory */
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    /* It ends by itself when the program has gone; a signal to the whole group must not be faster. */
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGTERM, SIG_IGN);
    (void)signal(SIGHUP, SIG_IGN);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)sigemptyset(&chld);
    (void)sigaddset(&chld, SIGCHLD);
    (void)sigprocmask(SIG_SETMASK, &chld, NULL);
    signals = signalfd(-1, &chld, SFD_CLOEXEC | SFD_NONBLOCK);
    /* First out of the way of the two numbers, then onto them, then nothing else stays open. */
    fd = fcntl(fd, F_DUPFD_CLOEXEC, 10);
    signals = fcntl(signals, F_DUPFD_CLOEXEC, 10);
    if (fd < 0 || signals < 0 || dup3(fd, SOCKET_FD, O_CLOEXEC) < 0 ||
        dup3(signals, SIGNAL_FD, O_CLOEXEC) < 0 || close_range(SIGNAL_FD + 1, ~0U, 0) != 0) {
        log_event(LOG_ERROR_, "inspect-failed", "the spawner cannot arrange its descriptors");
        _exit(EXIT_FAILURE);
    }
    spawner_loop(program);
    _exit(EXIT_SUCCESS);
}

/* The path of aiddesk-inspect: as given, or in the folder of the running program. */
static char *find_program(struct arena *a, const char *program)
{
    char self[4096];
    ssize_t n;
    char *slash;

    if (program != NULL)
        return str_z(a, str_of(program));
    n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (n <= 0)
        return NULL;
    self[n] = '\0';
    slash = strrchr(self, '/');
    if (slash == NULL)
        return NULL;
    return str_z(a, str_fmt(a, "%.*s/aiddesk-inspect", (int)(slash - self), self));
}

struct inspect *inspect_start(struct arena *a, const struct config *config, const char *program)
{
    struct inspect *ins = arena_new_of(a, struct inspect);
    char *path = find_program(a, program);
    int pair[2];

    if (path == NULL || access(path, X_OK) != 0) {
        log_event(LOG_ERROR_, "inspect-failed", "aiddesk-inspect is not where it should be");
        return NULL;
    }
    if (geteuid() == 0 && config->user_prefix.n > 0) {
        log_event(LOG_ERROR_, "inspect-failed", "still root: drop rights before inspect_start");
        return NULL;
    }
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        log_event(LOG_ERROR_, "inspect-failed", "socketpair");
        return NULL;
    }
    ins->fd = pair[0];
    ins->pid = fork();
    if (ins->pid == 0) {
        (void)close(pair[0]);
        spawner_main(pair[1], path);
    }
    (void)close(pair[1]);
    if (ins->pid < 0) {
        (void)close(pair[0]);
        log_event(LOG_ERROR_, "inspect-failed", "fork");
        return NULL;
    }
    return ins;
}

int inspect_pid(const struct inspect *ins)
{
    return (int)ins->pid;
}
