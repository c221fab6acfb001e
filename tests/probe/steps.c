/* probe: the steps.  None does damage: who is asked for is looked at, not ended; what is opened for writing is not written. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "probe.h"

probe_sql_fn probe_sql;

/* ---- files ---- */

static long open_read(const char *path, long n)
{
    (void)n;
    return open(path, O_RDONLY | O_CLOEXEC);
}

static long open_write(const char *path, long n)
{
    (void)n;
    return open(path, O_WRONLY | O_CLOEXEC);
}

static long create(const char *path, long n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    (void)n;
    if (fd >= 0)
        (void)unlink(path);
    return fd;
}

static long make_folder(const char *path, long n)
{
    (void)n;
    return mkdir(path, 0700);
}

static long remove_file(const char *path, long n)
{
    (void)n;
    return unlink(path);
}

static long change_mode(const char *path, long n)
{
    (void)n;
    return chmod(path, 0666);
}

static long open_by_number(const char *path, long n)
{
    (void)n;
    return syscall(SYS_open, path, O_RDONLY);
}

static long open_newer(const char *path, long n)
{
    const struct {
        unsigned long long flags, mode, resolve;
    } how = {O_RDONLY, 0, 0};

    (void)n;
    return syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
}

/* ---- connections ---- */

/* connect or bind. */
typedef int join_call(int fd, const struct sockaddr *address, socklen_t n);

static long join_unix(join_call *call, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    return call(fd, (const struct sockaddr *)&address, sizeof address);
}

static long join_tcp(join_call *call, const char *host, long port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || inet_pton(AF_INET, host, &address.sin_addr) != 1)
        return -1;
    return call(fd, (const struct sockaddr *)&address, sizeof address);
}

static long connect_unix(const char *path, long n)
{
    (void)n;
    return join_unix(connect, path);
}

static long listen_unix(const char *path, long n)
{
    (void)n;
    return join_unix(bind, path);
}

static long connect_tcp(const char *host, long port)
{
    return join_tcp(connect, host, port);
}

static long listen_tcp(const char *none, long n)
{
    (void)none;
    (void)n;
    return join_tcp(bind, "0.0.0.0", 0);
}

static long socket_of(const char *none, long family)
{
    (void)none;
    return socket((int)family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static long socket_raw(const char *none, long n)
{
    (void)none;
    (void)n;
    return socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
}

/* ---- processes ---- */

static long exec_program(const char *path, long n)
{
    char name[] = "true";
    char *const argv[] = {name, NULL};
    char *const envp[] = {NULL};

    (void)n;
    return execve(path, argv, envp);
}

static long exec_memory(const char *none, long n)
{
    (void)none;
    (void)n;
    return syscall(SYS_memfd_create, "x", 0);
}

static long fork_process(const char *none, long n)
{
    pid_t pid = fork();

    (void)none;
    (void)n;
    if (pid == 0)
        _exit(0);
    return pid;
}

static long trace(const char *none, long pid)
{
    (void)none;
    return ptrace(PTRACE_SEIZE, (pid_t)pid, NULL, NULL);
}

static long read_memory(const char *none, long pid)
{
    char byte;
    struct iovec here = {&byte, 1}, there = {(void *)(uintptr_t)0x1000, 1};

    (void)none;
    return process_vm_readv((pid_t)pid, &here, 1, &there, 1, 0);
}

static long write_memory(const char *none, long pid)
{
    char byte = 0;
    struct iovec here = {&byte, 1}, there = {(void *)(uintptr_t)0x1000, 1};

    (void)none;
    return process_vm_writev((pid_t)pid, &here, 1, &there, 1, 0);
}

static long signal_process(const char *none, long pid)
{
    (void)none;
    return kill((pid_t)pid, 0);
}

static long signal_thread(const char *none, long pid)
{
    (void)none;
    return syscall(SYS_tgkill, pid, pid, 0);
}

static long handle_of(const char *none, long pid)
{
    (void)none;
    return syscall(SYS_pidfd_open, pid, 0);
}

static long limits_of(const char *none, long pid)
{
    (void)none;
    return syscall(SYS_prlimit64, pid, 0, NULL, NULL);
}

static long be_dumpable(const char *none, long n)
{
    (void)none;
    (void)n;
    return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static long code_in_memory(const char *none, long n)
{
    void *p =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)none;
    (void)n;
    return p == MAP_FAILED ? -1 : 0;
}

static long code_from_data(const char *none, long n)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)none;
    (void)n;
    return mprotect(p, 4096, PROT_READ | PROT_EXEC);
}

/* ---- the machine ---- */

static long become_root(const char *none, long n)
{
    (void)none;
    (void)n;
    return setresuid(0, 0, 0);
}

static long join_group(const char *none, long group)
{
    gid_t gid = (gid_t)group;

    (void)none;
    return setgroups(1, &gid);
}

static long mount_something(const char *none, long n)
{
    (void)none;
    (void)n;
    return mount("none", "/mnt", "tmpfs", 0, NULL);
}

static long own_namespace(const char *none, long n)
{
    (void)none;
    (void)n;
    return unshare(CLONE_NEWUSER);
}

static long change_root(const char *none, long n)
{
    (void)none;
    (void)n;
    return chroot("/");
}

static long keys_of_kernel(const char *none, long n)
{
    (void)none;
    (void)n;
    return syscall(SYS_keyctl, 0, -3, 0); /* the session's keyring */
}

static long load_bpf(const char *none, long n)
{
    (void)none;
    (void)n;
    return syscall(SYS_bpf, 0, NULL, 0);
}

static long watch_events(const char *none, long n)
{
    (void)none;
    (void)n;
    return syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0);
}

static long ring(const char *none, long n)
{
    char parameters[120] = {0};

    (void)none;
    (void)n;
    return syscall(SYS_io_uring_setup, 1, parameters);
}

static long faults(const char *none, long n)
{
    (void)none;
    (void)n;
    return syscall(SYS_userfaultfd, 1);
}

static long shared_memory(const char *none, long n)
{
    (void)none;
    (void)n;
    return syscall(SYS_shmget, 0, 4096, 0600);
}

static long watch_files(const char *none, long n)
{
    (void)none;
    (void)n;
    return syscall(SYS_inotify_init1, 0);
}

static long old_personality(const char *none, long n)
{
    (void)none;
    (void)n;
    return syscall(SYS_personality, 0x0040000); /* no randomized addresses */
}

static long set_host(const char *none, long n)
{
    (void)none;
    (void)n;
    return sethostname("x", 1);
}

static const struct {
    const char *name;
    long (*run)(const char *argument, long number);
} steps[] = {
    {"open_read", open_read},
    {"open_write", open_write},
    {"create", create},
    {"make_folder", make_folder},
    {"remove_file", remove_file},
    {"change_mode", change_mode},
    {"open_by_number", open_by_number},
    {"open_newer", open_newer},
    {"connect_unix", connect_unix},
    {"connect_tcp", connect_tcp},
    {"listen_tcp", listen_tcp},
    {"listen_unix", listen_unix},
    {"socket_of", socket_of},
    {"socket_raw", socket_raw},
    {"exec_program", exec_program},
    {"exec_memory", exec_memory},
    {"fork_process", fork_process},
    {"trace", trace},
    {"read_memory", read_memory},
    {"write_memory", write_memory},
    {"signal_process", signal_process},
    {"signal_thread", signal_thread},
    {"handle_of", handle_of},
    {"limits_of", limits_of},
    {"be_dumpable", be_dumpable},
    {"code_in_memory", code_in_memory},
    {"code_from_data", code_from_data},
    {"become_root", become_root},
    {"join_group", join_group},
    {"mount_something", mount_something},
    {"own_namespace", own_namespace},
    {"change_root", change_root},
    {"keys_of_kernel", keys_of_kernel},
    {"load_bpf", load_bpf},
    {"watch_events", watch_events},
    {"ring", ring},
    {"faults", faults},
    {"shared_memory", shared_memory},
    {"watch_files", watch_files},
    {"old_personality", old_personality},
    {"set_host", set_host},
};

/* Bytes of hex digits; anything else ends it. */
static void unhex(const char *hex, char *out, size_t room)
{
    size_t n = 0;
    unsigned byte;

    while (n + 1 < room && sscanf(hex + 2 * n, "%2x", &byte) == 1)
        out[n++] = (char)byte;
    out[n] = '\0';
}

void probe_try(const char *words, char out[PROBE_ANSWER])
{
    char name[64] = "", hex[4096] = "-", argument[2048] = "";
    long number = 0, rc;

    (void)sscanf(words, "%63[a-z_]%*[ +]%4095[0-9a-f-]%*[ +]%ld", name, hex, &number);
    if (hex[0] != '-')
        unhex(hex, argument, sizeof argument);
    if (strcmp(name, "pid") == 0) { /* who is it that answers, and is it dumpable */
        (void)snprintf(out, PROBE_ANSWER, "%ld", (long)getpid());
        return;
    }
    if (probe_sql != NULL && probe_sql(name, argument, out) != 0)
        return;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (strcmp(steps[i].name, name) != 0)
            continue;
        rc = steps[i].run(argument, number);
        (void)snprintf(out, PROBE_ANSWER, "%s", rc >= 0 ? "done" : strerrorname_np(errno));
        return;
    }
    (void)snprintf(out, PROBE_ANSWER, "unknown step");
}
