/*
 * sandbox: the list of system calls (seccomp(2), libseccomp).  Whatever is not in it ends the process by SIGSYS, which the parent logs as
 * "child-died", signal 31.  A call belongs here with its reason; measured with strace over the tests of pages, papers, uploads and mail.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/sandbox_private.h"

enum {
    PROGRAM = SANDBOX_SERVE | SANDBOX_WORK, /* whatever talks to the database */
    EVERY = PROGRAM | SANDBOX_DECODE,
    /* opens files while it works; which ones, Landlock says */
    FILES = SANDBOX_FONTS | SANDBOX_WORK | SANDBOX_NETWORK,
    THREADS = SANDBOX_FONTS | SANDBOX_MAIL /* pango looks for fonts, curl for names, in threads */
};

/* glibc's pthread_create; a clone with other flags would be a process, and processes live on when their parent is watched. */
#define THREAD_FLAGS                                                                               \
    (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |            \
     CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

/* A row applies when its condition holds; without one always. */
enum when {
    ALWAYS,
    EQUALS,   /* an argument equals the value */
    HAS,      /* an argument has the bits of the value */
    LACKS,    /* an argument has none of the bits of the value */
    OF_ITSELF /* the first argument is the id of this process */
};

struct call {
    unsigned needs; /* programs with one of these needs have the row */
    int number;     /* of the call here, negative where this machine has none of the name */
    int error;      /* 0 = allowed; otherwise refused with this error */
    enum when when;
    unsigned argument;
    uint64_t value;
};

#define CALL(name) .number = SCMP_SYS(name)
#define IF(what, n, v) .when = (what), .argument = (n), .value = (v)

static const struct call calls[] = {
    /* memory: malloc, the arena, sodium_malloc; never made executable, so that injected code does not run */
    {EVERY, CALL(brk)},
    {EVERY, CALL(mmap), IF(LACKS, 2, PROT_EXEC)},
    {EVERY, CALL(mprotect), IF(LACKS, 2, PROT_EXEC)},
    {EVERY, CALL(munmap)},
    {EVERY, CALL(mremap)},
    {EVERY, CALL(madvise)},
    {PROGRAM, CALL(mlock)}, /* keys stay out of swap */

    /* what is open already: sockets, pipes, the log */
    {EVERY, CALL(read)},
    {EVERY, CALL(write)},
    {PROGRAM, CALL(writev)}, /* glibc's last words */
    {PROGRAM, CALL(close)},
    {PROGRAM, CALL(lseek)}, /* stdio */
    {PROGRAM, CALL(fcntl), IF(EQUALS, 1, F_GETFD)},
    {PROGRAM, CALL(fcntl), IF(EQUALS, 1, F_SETFD)},
    {PROGRAM, CALL(fcntl), IF(EQUALS, 1, F_GETFL)},
    {PROGRAM, CALL(fcntl), IF(EQUALS, 1, F_SETFL)},
    {PROGRAM, CALL(fcntl), IF(EQUALS, 1, F_SETLK)}, /* slot.c; F_SETOWN would send signals */

    /* waiting */
    {PROGRAM, CALL(poll)},
    {PROGRAM, CALL(ppoll)},
    {PROGRAM, CALL(futex)},
    {PROGRAM, CALL(clock_nanosleep)}, /* for a slot */

    /* connections: libfcgi, libpq again after a loss */
    {PROGRAM, CALL(accept4)},
    {SANDBOX_SERVE, CALL(shutdown)},
    {PROGRAM, CALL(socket), IF(EQUALS, 0, AF_UNIX)},
    {PROGRAM, CALL(connect)},
    {PROGRAM, CALL(sendto)},
    {PROGRAM, CALL(recvfrom)},
    {PROGRAM, CALL(getsockname)},
    {PROGRAM, CALL(getsockopt)},
    {PROGRAM, CALL(setsockopt)},

    /* time, chance, itself */
    {EVERY, CALL(clock_gettime)}, /* where the vDSO cannot */
    {PROGRAM, CALL(getrandom)},
    {PROGRAM, CALL(getpid)},
    {SANDBOX_SERVE, CALL(getrusage)}, /* the memory mark */
    {SANDBOX_DISK, CALL(statfs)},

    /* the end: by itself, by SIGTERM, by abort (assert, fortify), which is to be told from a refused call */
    {EVERY, CALL(exit_group)},
    {PROGRAM, CALL(rt_sigreturn)},
    {PROGRAM, CALL(rt_sigprocmask)},
    {PROGRAM, CALL(gettid)},
    {PROGRAM, CALL(tgkill), .when = OF_ITSELF},

    /* a child's pipes, to the spawner with their descriptors */
    {SANDBOX_INSPECT, CALL(pipe2)},
    {SANDBOX_INSPECT, CALL(sendmsg)},

    /* files: fonts, the mail password and CA file, the counters of the metrics page */
    {FILES, CALL(openat)},
    {FILES, CALL(newfstatat)},
    {FILES, CALL(getdents64)},
#ifdef __NR_access
    {FILES, CALL(access)}, /* fontconfig gives up a file that it may not ask about */
#else
    {FILES, CALL(faccessat)},
#endif

    /* threads */
    {THREADS, CALL(clone), IF(EQUALS, 0, THREAD_FLAGS)},
    {THREADS, CALL(exit)},
    {THREADS, CALL(rseq)}, /* glibc aborts when the first thread had it and the next has not */

    /* the network: glibc's resolver, libcurl, TLS */
    {SANDBOX_NETWORK, CALL(socket), IF(EQUALS, 0, AF_INET)},
    {SANDBOX_NETWORK, CALL(socket), IF(EQUALS, 0, AF_INET6)},
    {SANDBOX_NETWORK, CALL(getpeername)},
    {SANDBOX_NETWORK, CALL(sendmsg)},
    {SANDBOX_NETWORK, CALL(sendmmsg)}, /* both kinds of address in one */
    {SANDBOX_NETWORK, CALL(recvmsg)},
    /* how long an answer of the name server is */
    {SANDBOX_NETWORK, CALL(ioctl), IF(EQUALS, 1, FIONREAD)},
    {SANDBOX_NETWORK, CALL(ioctl), IF(EQUALS, 1, FIONBIO)},
    {SANDBOX_NETWORK, CALL(uname)},  /* the greeting of SMTP */
    {SANDBOX_NETWORK, CALL(getuid)}, /* libpq, libcurl: whose files would be looked for */
    {SANDBOX_NETWORK, CALL(geteuid)},
    {SANDBOX_NETWORK, CALL(getgid)},
    {SANDBOX_NETWORK, CALL(getegid)},
    {SANDBOX_NETWORK, CALL(rt_sigpending)},
    {SANDBOX_NETWORK, CALL(rt_sigtimedwait)}, /* libpq and SIGPIPE under TLS */
    {SANDBOX_MAIL, CALL(socketpair)},
    {SANDBOX_MAIL, CALL(pipe2)},
    {SANDBOX_MAIL, CALL(eventfd2)},
    {SANDBOX_MAIL, CALL(shutdown)},

    /* What libraries try and do without: refused by an error that they take for an ordinary one.  A row of this part is left out where a
     * row above allows the same call. */
    /* a library that would be loaded now */
    {EVERY, CALL(mmap), .error = EACCES, IF(HAS, 2, PROT_EXEC)},
    {EVERY, CALL(mprotect), .error = EACCES, IF(HAS, 2, PROT_EXEC)},
    /* libpq's password file; what is looked for under /sys */
    {PROGRAM, CALL(openat), .error = EACCES},
    {PROGRAM, CALL(newfstatat), .error = EACCES},
    {PROGRAM, CALL(access), .error = EACCES},
    {PROGRAM, CALL(faccessat), .error = EACCES},
    /* libfcgi, when a request did not begin: the next one, from the listening socket that it has not been given */
    {SANDBOX_SERVE, CALL(accept), .error = EBADF},
    {PROGRAM, CALL(geteuid), .error = EPERM},         /* libpq and a home folder */
    {PROGRAM, CALL(munlock), .error = EPERM},         /* sodium_free has wiped it */
    {PROGRAM, CALL(restart_syscall), .error = EINTR}, /* a wait that SIGSTOP interrupted */
    {EVERY, CALL(sysinfo), .error = EPERM},           /* qsort: how much memory there is */
    {FILES, CALL(readlink), .error = EACCES}, /* fontconfig: the real name of its settings */
    {FILES, CALL(readlinkat), .error = EACCES},
    {FILES, CALL(fstatfs), .error = EACCES},   /* fontconfig: whether caches may be mapped */
    {FILES, CALL(fadvise64), .error = EACCES}, /* advice */
    {FILES, CALL(ioctl), .error = ENOTTY, IF(EQUALS, 1, TCGETS)}, /* stdio: a terminal? */
    /* fontconfig would keep a cache of fonts; nothing is written here */
    {SANDBOX_FONTS, CALL(mkdir), .error = EACCES},
    {SANDBOX_FONTS, CALL(mkdirat), .error = EACCES},
    {SANDBOX_FONTS, CALL(unlink), .error = EACCES},
    {SANDBOX_FONTS, CALL(unlinkat), .error = EACCES},
    {SANDBOX_FONTS, CALL(rename), .error = EACCES},
    {SANDBOX_FONTS, CALL(renameat), .error = EACCES},
    {SANDBOX_FONTS, CALL(renameat2), .error = EACCES},
    {SANDBOX_FONTS, CALL(link), .error = EACCES},
    {SANDBOX_FONTS, CALL(linkat), .error = EACCES},
    {SANDBOX_FONTS, CALL(chmod), .error = EACCES},
    {SANDBOX_FONTS, CALL(fchmodat), .error = EACCES},
    {SANDBOX_FONTS, CALL(utimensat), .error = EACCES},
    /* threads: glibc then takes clone, whose flags can be seen here; the others are refinements */
    {THREADS, CALL(clone3), .error = ENOSYS},
    {THREADS, CALL(set_robust_list), .error = ENOSYS},
    {THREADS, CALL(rt_sigaction), .error = EPERM}, /* glibc: for cancelling and changing users */
    {THREADS, CALL(sched_getaffinity), .error = ENOSYS}, /* malloc: how many processors */
    {THREADS, CALL(sched_getattr), .error = ENOSYS},
    {THREADS, CALL(sched_setattr), .error = ENOSYS},
    {THREADS, CALL(prctl), .error = EPERM, IF(EQUALS, 0, PR_SET_NAME)}, /* a name for the thread */
    /* getaddrinfo: the own addresses */
    {SANDBOX_NETWORK, CALL(socket), .error = EAFNOSUPPORT, IF(EQUALS, 0, AF_NETLINK)},
};

enum { CALLS = sizeof calls / sizeof calls[0] };

/* ---- the list of a program ---- */

/* Whether the program has the row.  libseccomp takes no two rows for one call of which one has no condition. */
static bool has(unsigned needs, size_t row)
{
    const struct call *c = &calls[row];

    if ((c->needs & needs) == 0)
        return false;
    for (size_t i = 0; i < row; i++) {
        if (calls[i].number == c->number && (calls[i].needs & needs) != 0 &&
            (calls[i].when == ALWAYS || c->when == ALWAYS))
            return false;
    }
    return true;
}

static bool add(scmp_filter_ctx filter, const struct call *c)
{
    uint32_t action = c->error != 0 ? SCMP_ACT_ERRNO((uint32_t)c->error) : SCMP_ACT_ALLOW;
    struct scmp_arg_cmp arg = {.arg = c->argument, .op = SCMP_CMP_EQ, .datum_a = c->value};

    switch (c->when) {
    case ALWAYS:
        return seccomp_rule_add_array(filter, action, c->number, 0, NULL) == 0;
    case EQUALS:
        break;
    case HAS:
    case LACKS:
        arg.op = SCMP_CMP_MASKED_EQ;
        arg.datum_b = c->when == HAS ? c->value : 0;
        break;
    case OF_ITSELF:
        arg.datum_a = (uint64_t)getpid();
        break;
    }
    return seccomp_rule_add_array(filter, action, c->number, 1, &arg) == 0;
}

bool sandbox_filter(unsigned needs)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    bool ok = filter != NULL &&
              seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
              seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0; /* a tree, not a list */

    for (size_t i = 0; ok && i < CALLS; i++)
        ok = !has(needs, i) || calls[i].number < 0 || add(filter, &calls[i]);
    ok = ok && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return ok;
}

/* ---- asked by tests ---- */

bool sandbox_allows(unsigned needs, const char *name)
{
    int number = seccomp_syscall_resolve_name(name);

    for (size_t i = 0; i < CALLS; i++) {
        if (calls[i].number == number && calls[i].error == 0 && has(needs, i))
            return true;
    }
    return false;
}

size_t sandbox_calls(unsigned needs)
{
    size_t n = 0;

    for (size_t i = 0; i < CALLS; i++) {
        bool first = calls[i].number >= 0 && calls[i].error == 0 && has(needs, i);

        for (size_t j = 0; first && j < i; j++)
            first = calls[j].number != calls[i].number || !has(needs, j);
        n += first;
    }
    return n;
}
