#include "core/sandbox.h"

#include <sys/prctl.h>

#include "core/sandbox_private.h"

/* ---- what may be read ---- */

/* fontconfig's settings and caches, the fonts, and the zone that cairo asks for with the date. */
static const char *const fonts[] = {
    "/etc/fonts",
    "/usr/share/fontconfig",
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/var/cache/fontconfig",
    "/etc/localtime",
    NULL,
};

/* Who to ask for addresses, and whom to believe.  All of /etc, because resolv.conf is replaced by renaming and a rule holds for the file
 * that was there; what is secret in /etc its owner keeps. */
static const char *const network[] = {
    "/etc",
    "/run/systemd/resolve",
    "/run/resolvconf",
    "/run/NetworkManager",
    "/usr/lib/ssl",
    "/usr/share/ca-certificates",
    "/usr/local/share/ca-certificates",
    NULL,
};

static const char *const none[] = {NULL};

/* ---- all of it ---- */

const char *sandbox_enter(const struct sandbox *s)
{
    const char *const *const lists[] = {
        (s->needs & SANDBOX_FONTS) != 0 ? fonts : none,
        (s->needs & SANDBOX_NETWORK) != 0 ? network : none,
        s->read != NULL ? s->read : none,
        NULL,
    };

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return "no new privileges, not dumpable";
#ifdef __SANITIZE_ADDRESS__
    (void)lists;
#else
    if (!sandbox_landlock(lists, s->ports))
        return "Landlock";
    if (!sandbox_filter(s->needs))
        return "seccomp";
#endif
    return NULL;
}
