/* sandbox_private: what the files of sandbox share. */
#ifndef AIDDESK_CORE_SANDBOX_PRIVATE_H
#define AIDDESK_CORE_SANDBOX_PRIVATE_H

#include "core/sandbox.h"

/* The seccomp filter of these needs, in force when true comes back. */
bool sandbox_filter(unsigned needs);

/* Landlock: `lists` of paths, each and the whole NULL-terminated, may be read; the ports may be connected to; everything else that the
 * kernel's Landlock knows is refused.  True when it is in force, or when there is no Landlock. */
bool sandbox_landlock(const char *const *const *lists, const uint16_t ports[SANDBOX_PORTS_MAX]);

#endif
