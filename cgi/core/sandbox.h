/*
 * sandbox: what a process may still ask of the kernel once it works (SECURITY.md §2; DESIGN.md §16): a list of allowed system calls
 * (seccomp, sandbox_calls.c) and of folders that may be read (Landlock, sandbox_landlock.c).  Both are for good and go to every thread and
 * child.  It knows no other part of core, so that aiddesk-inspect, which links nothing else of it, has the same.
 */
#ifndef AIDDESK_CORE_SANDBOX_H
#define AIDDESK_CORE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a program does, as bits: each adds the calls and folders that it takes, with the reasons, in sandbox_calls.c and sandbox.c. */
enum sandbox_need {
    SANDBOX_DECODE = 1,   /* aiddesk-inspect: from one pipe to another, and memory */
    SANDBOX_SERVE = 2,    /* a FastCGI program: the accept loop, libfcgi, libpq, libsodium */
    SANDBOX_WORK = 4,     /* aiddesk-worker: timers, libpq, the metrics page */
    SANDBOX_INSPECT = 8,  /* hands files to the spawner of aiddesk-inspect (inspect.h) */
    SANDBOX_FONTS = 16,   /* makes PDFs: fontconfig and pango read files and start threads */
    SANDBOX_DISK = 32,    /* asks how full the disk is (/health/ready) */
    SANDBOX_NETWORK = 64, /* connects to the ports below: addresses, names, TLS */
    SANDBOX_MAIL = 128    /* libcurl; with SANDBOX_NETWORK */
};

enum { SANDBOX_PORTS_MAX = 8 };

struct sandbox {
    unsigned needs;                     /* bits of enum sandbox_need; exactly one of DECODE, SERVE and WORK */
    const char *const *read;            /* files and folders that may be read besides those of the needs, NULL-terminated; NULL = none */
    uint16_t ports[SANDBOX_PORTS_MAX];  /* TCP ports that SANDBOX_NETWORK may connect to, ended by 0 unless full */
};

/* Closes the process down: no new privileges, not dumpable, Landlock, seccomp.  Call it when there is one thread, everything that is opened
 * only once is open, and before the first hostile byte.  A path that does not exist is left out; a kernel without Landlock is accepted
 * (sandbox_landlock_abi), one without seccomp is not.  A build with sanitizers skips Landlock and seccomp: they read /proc and trace
 * (STYLE.md §4).  Returns NULL, or the words of what failed, a literal; then the process must not go on. */
const char *sandbox_enter(const struct sandbox *s);

/* What this kernel's Landlock can: its ABI, 1 or more, or 0 when there is none: then seccomp and the owner of files stand alone. */
int sandbox_landlock_abi(void);

/* How many system calls a program with these needs may make with some effect: those of the list that are not merely refused in a way that
 * libraries take (O6: intake at most 45).  sandbox_allows: whether one of them has the name (libseccomp's, e.g. "openat"). */
size_t sandbox_calls(unsigned needs);
bool sandbox_allows(unsigned needs, const char *name);

#endif
