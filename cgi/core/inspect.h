/*
 * inspect: the parent's side of aiddesk-inspect.  A spawner, forked before lock-down, starts one short-lived child per file; the file goes
 * in on a pipe, fixed binary frames come back and are parsed as hostile input (SECURITY.md §5).
 *
 * Frames: type byte, 4-byte big-endian length, payload.  'T' real type, one of the list in inspect.c, first and exactly once · 'D' width,
 * height in pixels (2 x 4 bytes BE, 1 .. 1,000,000 each; only with an image type) · 'B' one byte, 0 or 1: damaged · 'P' preview JPEG
 * (4 bytes .. 1 MiB) · 'E' end (empty).  D, B, P at most once, D before P; nothing after 'E'.  Anything else = "could not be checked".
 */
#ifndef AIDDESK_CORE_INSPECT_H
#define AIDDESK_CORE_INSPECT_H

#include "core/str.h"

enum {
    INSPECT_WALL_MS = 30000,       /* wall clock of one inspection */
    INSPECT_OUTPUT_MAX = 8388608,  /* bytes that a child may answer */
    INSPECT_PIXEL_SIDE = 1000000,  /* largest width or height that is reported */
    INSPECT_PREVIEW_MAX = 1048576, /* bytes of a preview */
    INSPECT_PREVIEW_SIDE = 2000    /* its long side in pixels, at most */
};

struct config;
struct inspect;
struct inspect_job;

struct inspect_result {
    bool checked;          /* false: no slot, time-out, killed, garbage */
    struct str type;       /* real type by content; "application/octet-stream" = none of the types we know */
    int64_t width, height; /* pixels, 0 = none */
    bool damaged;          /* the content is not whole */
    struct str preview;    /* JPEG without metadata, empty = none; in the arena */
};

/* Forks the spawner.  Call in the parent after it dropped to the program's user and before it forks its processes; the children are
 * started as that user (refused while still root when config->user_prefix names users).  program: path of aiddesk-inspect; NULL = in the
 * folder of the running program.  NULL when it cannot start (logged): then every inspection answers "could not be checked".  The spawner
 * ends when the last process that inherited it has ended. */
struct inspect *inspect_start(struct arena *a, const struct config *config, const char *program);
/* Process id of the spawner, for the parent that reaps it. */
int inspect_pid(const struct inspect *ins);

/* One inspection, at most 30 s, in one of the machine's 2 slots (waits at most 5 s for it; slots_fd -1 = not counted).  Between open and
 * close the file is fed piece by piece; feeding never fails for the caller and never blocks longer than the time that is left.  ins may
 * be NULL.  The job must be closed. */
struct inspect_job *inspect_open(struct arena *a, struct inspect *ins, int slots_fd);
void inspect_feed(struct inspect_job *job, struct str piece);
struct inspect_result inspect_close(struct inspect_job *job);
/* The three in one, for bytes in memory. */
struct inspect_result inspect_run(struct arena *a, struct inspect *ins, int slots_fd, struct str bytes);

/* The type as a literal of the list of types that we know (for Content-Type), or NULL. */
const char *inspect_known(struct str type);

/* Parses frames; pure (unit tests, fuzzing).  False and a zeroed result on anything irregular.  The preview points into frames. */
bool inspect_parse(struct arena *a, struct str frames, struct inspect_result *out);

#endif
