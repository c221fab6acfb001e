/*
 * sandbox: Landlock (landlock(7), the kernel's userspace-api/landlock).  libc has no wrappers.  The kernel tells which version of the
 * interface it has; rights of later versions than Debian's headers know are written down here.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/sandbox_private.h"

/* The structures as they have grown: file system (1), network (4), scopes (6). */
struct ruleset {
    uint64_t fs;
    uint64_t net;
    uint64_t scoped;
};
struct port_rule {
    uint64_t allowed;
    uint64_t port;
};
enum { RULE_PORT = 2, NET_BIND = 1, NET_CONNECT = 2, SCOPE_ABSTRACT = 1, SCOPE_SIGNAL = 2 };

/* Every right that a version can refuse is handled, hence refused unless a rule allows it. */
static struct ruleset handled(int abi, size_t *size)
{
    struct ruleset r = {.fs = (UINT64_C(1) << 13) -
                              1}; /* version 1: thirteen rights, from execute to making links */

    *size = sizeof r.fs;
    if (abi >= 2)
        r.fs |= UINT64_C(1) << 13; /* move to another folder */
    if (abi >= 3)
        r.fs |= UINT64_C(1) << 14; /* truncate */
    if (abi >= 5)
        r.fs |= UINT64_C(1) << 15; /* ioctl on devices */
    if (abi >= 4) {
        r.net = NET_BIND | NET_CONNECT;
        *size = offsetof(struct ruleset, scoped);
    }
    if (abi >= 6) {
        r.scoped = SCOPE_ABSTRACT | SCOPE_SIGNAL;
        *size = sizeof r;
    }
    return r;
}

int sandbox_landlock_abi(void)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

    return abi > 0 ? (int)abi : 0;
}

/* A path that is not there needs no rule. */
static bool allow_read(int ruleset, const char *path)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE};
    int fd = open(path, O_PATH | O_CLOEXEC);
    struct stat st;
    bool ok;

    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR || errno == EACCES;
    ok = fstat(fd, &st) == 0;
    if (ok && S_ISDIR(st.st_mode))
        rule.allowed_access |= LANDLOCK_ACCESS_FS_READ_DIR;
    rule.parent_fd = fd;
    ok = ok && syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
    (void)close(fd);
    return ok;
}

static bool allow_ports(int ruleset, const uint16_t ports[SANDBOX_PORTS_MAX])
{
    for (size_t i = 0; i < SANDBOX_PORTS_MAX && ports[i] != 0; i++) {
        struct port_rule rule = {.allowed = NET_CONNECT, .port = ports[i]};

        if (syscall(SYS_landlock_add_rule, ruleset, RULE_PORT, &rule, 0) != 0)
            return false;
    }
    return true;
}

bool sandbox_landlock(const char *const *const *lists, const uint16_t ports[SANDBOX_PORTS_MAX])
{
    int abi = sandbox_landlock_abi();
    size_t size;
    struct ruleset r = handled(abi, &size);
    int fd;
    bool ok = true;

    if (abi == 0)
        return true;
    fd = (int)syscall(SYS_landlock_create_ruleset, &r, size, 0);
    if (fd < 0)
        return false;
    for (size_t i = 0; lists[i] != NULL; i++)
        for (size_t j = 0; lists[i][j] != NULL; j++)
            ok = ok && allow_read(fd, lists[i][j]);
    ok = ok && (r.net == 0 || allow_ports(fd, ports)) &&
         syscall(SYS_landlock_restrict_self, fd, 0) == 0;
    (void)close(fd);
    return ok;
}
