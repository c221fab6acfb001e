/*
 * slot: how many expensive things run at once on this machine (seal.h; DESIGN.md §16).  A slot is a locked byte of one file that all
 * programs inherit or open.  The locks are of the process-owned kind (F_SETLK): the descriptor is inherited over fork, and locks of the
 * open-file kind (F_OFD_SETLK) would be shared by all processes that inherited it, so they would exclude nobody.
 */
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/seal.h"

enum { ARGON_FIRST = 0, ARGON_SLOTS = 4, INSPECT_FIRST = 16, INSPECT_SLOTS = 2, NAP_MS = 20 };

static int slots_of(char kind)
{
    return kind == 'a' ? ARGON_SLOTS : INSPECT_SLOTS;
}

static bool set_lock(int fd, char kind, int slot, short type)
{
    struct flock lock = {
        .l_type = type,
        .l_whence = SEEK_SET,
        .l_start = (kind == 'a' ? ARGON_FIRST : INSPECT_FIRST) + slot,
        .l_len = 1,
    };

    return fcntl(fd, F_SETLK, &lock) == 0;
}

int slot_take(int fd, char kind, int wait_ms)
{
    const int64_t until = clock_monotonic_ms() + wait_ms;
    const struct timespec nap = {.tv_nsec = NAP_MS * 1000000L};

    for (;;) {
        for (int slot = 0; slot < slots_of(kind); slot++)
            if (set_lock(fd, kind, slot, F_WRLCK))
                return slot;
        if (clock_monotonic_ms() >= until)
            return -1;
        (void)nanosleep(&nap, NULL);
    }
}

void slot_release(int fd, char kind, int slot)
{
    (void)set_lock(fd, kind, slot, F_UNLCK);
}
