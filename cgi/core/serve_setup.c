#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/locale.h"
#include "core/metrics.h"
#include "core/seal.h"
#include "core/serve_private.h"
#include "core/view.h"

enum { BACKLOG = 511, FIRST_PASSED_FD = 3, PASSED_MAX = 8 };

static bool fail(struct server *s, struct str *problem, const char *what, const char *path)
{
    *problem = str_fmt(s->app.arena, "%s %s: %s", what, path, strerror(errno));
    return false;
}

static const char *path_in(struct server *s, struct str folder, const char *name)
{
    return str_z(s->app.arena, str_fmt(s->app.arena, "%.*s/%s", STR_ARG(folder), name));
}

/* ---- what is read ---- */

static void take_processes(struct server *s)
{
    const struct config *c = &s->app.config;
    const struct {
        const char *name;
        int64_t pages, uploads;
    } rows[] = {
        {"intake", c->processes_intake, c->processes_intake_upload},
        {"track", c->processes_track, c->processes_track_upload},
        {"account", c->processes_account, 0},
        {"desk", c->processes_desk, c->processes_desk_upload},
        {"report", c->processes_report, 0},
    };

    s->processes[POOL_PAGE] = 1; /* a program without a setting of its own: tests */
    s->processes[POOL_UPLOAD] = 1;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].name, s->app.program->name) == 0) {
            s->processes[POOL_PAGE] = rows[i].pages;
            s->processes[POOL_UPLOAD] = rows[i].uploads;
        }
    }
    if (!s->app.program->uploads)
        s->processes[POOL_UPLOAD] = 0;
}

bool setup_load(struct server *s, const char *config_path, struct str *problem)
{
    const struct program *program = s->app.program;
    const char *wrong = route_check(program->routes, program->n_routes);
    struct arena *a = s->app.arena;

    if (wrong != NULL) {
        *problem = str_of(wrong);
        return false;
    }
    if (!config_load(a, config_path, &s->app.config, problem))
        return false;
    take_processes(s);
    if (!keys_load(a, &s->app.config, program->name, program->key_names, &s->app.keys, problem))
        return false;
    s->app.locales = locale_load(a, s->app.config.data_dir, program->locales, problem);
    if (s->app.locales == NULL)
        return false;
    s->app.views = view_load(a, s->app.config.data_dir, program->views, problem);
    return s->app.views != NULL;
}

/* ---- files ---- */

/* The lock tells whether the process lives, so a file that a crash left behind is no hindrance. */
static bool make_pid_file(struct server *s, struct str *problem)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct str name = str_fmt(s->app.arena, "aiddesk-%s.pid", s->app.program->name);
    const char *path = path_in(s, s->app.config.run_dir, str_z(s->app.arena, name));
    char text[32];
    int n = snprintf(text, sizeof text, "%ld\n", (long)getpid());

    s->pid_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (s->pid_fd < 0)
        return fail(s, problem, "cannot write", path);
    if (fcntl(s->pid_fd, F_SETLK, &lock) != 0) {
        *problem = str_fmt(s->app.arena, "%s is locked: the program is running already", path);
        return false;
    }
    if (ftruncate(s->pid_fd, 0) != 0 || fchmod(s->pid_fd, 0644) != 0 ||
        write(s->pid_fd, text, (size_t)n) != n)
        return fail(s, problem, "cannot write", path);
    return true;
}

void setup_end(struct server *s)
{
    if (s->pid_fd >= 0)
        (void)!ftruncate(s->pid_fd, 0);
}

/* Byte-range locks on it count what runs at once on this machine (slot.c); it holds nothing. */
static bool open_slots(struct server *s, struct str *problem)
{
    const char *path = path_in(s, s->app.config.run_dir, "slots");

    s->app.slots_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660);
    return s->app.slots_fd >= 0 || fail(s, problem, "cannot open", path);
}

/* ---- sockets ---- */

static bool is_listening(int fd)
{
    int domain = 0, listening = 0;
    socklen_t size = sizeof domain;

    return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX &&
           getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening != 0;
}

/* systemd's protocol (sd_listen_fds(3)): descriptors from 3 on, names by FileDescriptorName=; ours for uploads is "upload". */
static bool take_passed(struct server *s, struct str *problem)
{
    const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
    struct str names = str_of(getenv("LISTEN_FDNAMES")), name;
    int64_t n, for_us;

    if (pid == NULL || count == NULL || !str_int(str_of(pid), 1, INT32_MAX, &for_us) ||
        for_us != getpid() || !str_int(str_of(count), 1, PASSED_MAX, &n))
        return true;
    for (int fd = FIRST_PASSED_FD; fd < FIRST_PASSED_FD + (int)n; fd++) {
        enum pool pool;

        (void)str_cut(names, ':', &name, &names);
        pool = str_eqz(name, "upload") ? POOL_UPLOAD : POOL_PAGE;
        if (!is_listening(fd) || s->listen_fd[pool] >= 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 ||
            fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
            *problem = STR("systemd passed a descriptor that is no listening unix socket of ours");
            return false;
        }
        s->listen_fd[pool] = fd;
    }
    (void)unsetenv("LISTEN_PID");
    (void)unsetenv("LISTEN_FDS");
    (void)unsetenv("LISTEN_FDNAMES");
    return true;
}

/* The socket gets the group of its folder, which is nginx's; with 0660 nobody else may connect, and libfcgi believes whoever does
 * (SECURITY.md, finding 9).  FCGX_OpenSocket does none of this (STYLE.md §5, 4). */
static bool own_socket(struct server *s, enum pool pool, struct str *problem)
{
    struct str name = str_fmt(s->app.arena, "aiddesk-%s%s.sock", s->app.program->name,
                              pool == POOL_UPLOAD ? "-upload" : "");
    const char *path = path_in(s, s->app.config.socket_dir, str_z(s->app.arena, name));
    const char *folder = str_z(s->app.arena, s->app.config.socket_dir);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat st;
    mode_t mask;
    int fd, bound;

    if (strlen(path) >= sizeof address.sun_path) {
        *problem = str_fmt(s->app.arena, "%s is too long for a socket", path);
        return false;
    }
    memcpy(address.sun_path, path, strlen(path));
    if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
        (void)unlink(path); /* of an earlier run: the pid file is ours */
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fail(s, problem, "no socket for", path);
    s->listen_fd[pool] = fd;
    mask = umask(0117);
    bound = bind(fd, (const struct sockaddr *)&address, sizeof address);
    (void)umask(mask);
    if (bound != 0)
        return fail(s, problem, "cannot bind", path);
    if (stat(folder, &st) != 0 || (geteuid() == 0 && lchown(path, (uid_t)-1, st.st_gid) != 0))
        return fail(s, problem, "cannot give its group to", path);
    if (listen(fd, BACKLOG) != 0)
        return fail(s, problem, "cannot listen on", path);
    return true;
}

bool setup_files(struct server *s, struct str *problem)
{
    if (!make_pid_file(s, problem) || !open_slots(s, problem) || !take_passed(s, problem))
        return false;
    s->app.metrics =
        metrics_open(s->app.arena, str_z(s->app.arena, s->app.config.run_dir), s->app.program->name,
                     s->app.program->routes, s->app.program->n_routes);
    for (enum pool pool = 0; pool < POOL__MAX; pool++) {
        if (s->processes[pool] > 0 && s->listen_fd[pool] < 0 && !own_socket(s, pool, problem))
            return false;
    }
    return true;
}

/* ---- rights ---- */

/* Groups, gid, uid, in this order, and the proof that there is no way back. */
static bool drop_user(struct server *s, struct str *problem)
{
    struct str name =
        str_fmt(s->app.arena, "%.*s%s", STR_ARG(s->app.config.user_prefix), s->app.program->name);
    const char *user = str_z(s->app.arena, name);
    const struct passwd *pw;

    if (geteuid() != 0 || s->app.config.user_prefix.n == 0)
        return true;
    pw = getpwnam(user);
    if (pw == NULL || pw->pw_uid == 0) {
        *problem = str_fmt(s->app.arena,
                           "there is no system user %s; make it with: adduser --system --group %s",
                           user, user);
        return false;
    }
    if (initgroups(user, pw->pw_gid) != 0 || setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) != 0 ||
        setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) != 0)
        return fail(s, problem, "cannot become user", user);
    if (setuid(0) == 0) {
        *problem = STR("rights came back after they were dropped");
        return false;
    }
    return true;
}

bool setup_drop(struct server *s, struct str *problem)
{
    const struct rlimit none = {0, 0};

    if (chdir("/") != 0 || !drop_user(s, problem))
        return false;
    /* Plaintext and keys stand in memory: no core files, no ptrace by others of the same user.  All three are inherited over fork. */
    if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return fail(s, problem, "cannot lock down", s->app.program->name);
    return true;
}
