/*
 * inspect: the parent's side of aiddesk-inspect.  A spawner, forked before lock-down, starts one short-lived child per file; the file goes
 * in on a pipe, fixed binary frames come back and are parsed as hostile input (SECURITY.md §5).
 *
 * Frames: type byte, 4-byte big-endian length, payload.  'T' type text (<= 64) · 'D' width,height (2 x 4 bytes BE) · 'B' one byte: damaged
 * · 'P' preview JPEG (<= 8 MiB) · 'E' end (empty).  Anything else, a repeat, or a missing 'E' = "could not be checked".
 */
#ifndef AIDDESK_CORE_INSPECT_H
#define AIDDESK_CORE_INSPECT_H

#include "core/str.h"

struct inspect;
struct config;

struct inspect_result {
    bool checked;        /* false: no slot, time-out, killed, garbage */
    struct str type;     /* real type by content */
    int64_t width, height;
    bool damaged;
    struct str preview;  /* JPEG, empty = none */
};

/* Forks the spawner (call in the parent before dropping rights of the children). program: path of aiddesk-inspect. */
struct inspect *inspect_start(struct arena *a, const struct config *config, const char *program);
/* One inspection: feed() is called until it returns 0 (end) or -1.  At most 30 s, one of 2 machine slots. */
struct inspect_result inspect_run(struct arena *a, struct inspect *ins, int slots_fd, long (*feed)(void *ctx, char *p, size_t n), void *ctx);
/* Parses frames; pure (unit tests, fuzzing). */
bool inspect_parse(struct arena *a, struct str frames, struct inspect_result *out);

#endif
