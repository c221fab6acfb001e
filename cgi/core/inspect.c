/*
 * inspect: see inspect.h.  This file is the side of the processes that serve requests: it asks the spawner for a child, feeds it and reads
 * its answer.  The spawner itself is inspect_spawn.c.
 */
#include "core/inspect.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/clock.h"
#include "core/inspect_private.h"
#include "core/log.h"
#include "core/seal.h"

enum { SLOT_WAIT_MS = 5000, HEAD_BYTES = 5, READ_BYTES = 65536 };

struct inspect_job {
    struct arena *arena;
    int slots_fd, slot; /* slot -1 = none taken */
    int in, out;        /* our ends of the pipes, -1 = closed */
    int lease;          /* the child is killed when this closes */
    int64_t until;      /* monotonic ms */
    struct buf frames;  /* what came back */
    bool ended;         /* the child closed its end */
    bool failed;        /* no child, time-out, too much output */
};

/* ---- frames ---- */

static const char *const known[] = {
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "image/heic",
    "application/pdf",
    "text/plain",
    "video/mp4",
    "audio/mpeg",
    "audio/mp4",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/zip",
    "application/octet-stream",
};

const char *inspect_known(struct str type)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (str_eqz(type, known[i]))
            return known[i];
    return NULL;
}

static uint32_t be32(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;

    return ((uint32_t)b[0] << 24) | ((uint32_t)b[1] << 16) | ((uint32_t)b[2] << 8) | b[3];
}

static bool take_type(struct inspect_result *r, struct str payload)
{
    const char *type = inspect_known(payload);

    r->type = str_of(type);
    return type != NULL;
}

static bool take_size(struct inspect_result *r, struct str payload)
{
    if (payload.n != 8 || !str_starts(r->type, STR("image/")))
        return false;
    r->width = be32(payload.p);
    r->height = be32(payload.p + 4);
    return r->width >= 1 && r->width <= INSPECT_PIXEL_SIDE && r->height >= 1 &&
           r->height <= INSPECT_PIXEL_SIDE;
}

static bool take_damage(struct inspect_result *r, struct str payload)
{
    if (payload.n != 1 || (payload.p[0] != 0 && payload.p[0] != 1))
        return false;
    r->damaged = payload.p[0] == 1;
    return true;
}

static bool take_preview(struct inspect_result *r, struct str payload)
{
    r->preview = payload;
    return r->width > 0 && payload.n >= 4 && payload.n <= INSPECT_PREVIEW_MAX &&
           str_starts(payload, STR("\xff\xd8\xff")) && str_ends(payload, STR("\xff\xd9"));
}

static bool take_frame(struct inspect_result *r, char kind, struct str payload)
{
    switch (kind) {
    case 'T':
        return take_type(r, payload);
    case 'D':
        return take_size(r, payload);
    case 'B':
        return take_damage(r, payload);
    case 'P':
        return take_preview(r, payload);
    case 'E':
        return payload.n == 0;
    default:
        return false;
    }
}

bool inspect_parse(struct arena *a, struct str frames, struct inspect_result *out)
{
    static const char kinds[] = "TDBPE";
    unsigned seen = 0;
    char kind = '\0';
    size_t at = 0;

    (void)a;
    *out = (struct inspect_result){.checked = true};
    while (at < frames.n && kind != 'E') {
        const char *found;
        unsigned bit;
        uint32_t n;

        if (frames.n - at < HEAD_BYTES)
            break;
        kind = frames.p[at];
        n = be32(frames.p + at + 1);
        at += HEAD_BYTES;
        found = kind == '\0' ? NULL : strchr(kinds, kind);
        bit = found == NULL ? 0 : 1u << (found - kinds);
        /* Known, first of its kind, T before all others, and wholly there. */
        if (bit == 0 || (seen & bit) != 0 || (seen == 0) != (kind == 'T') || n > frames.n - at ||
            !take_frame(out, kind, str_sub(frames, at, n)))
            break;
        seen |= bit;
        at += n;
        if (kind == 'E' && at == frames.n)
            return true;
    }
    *out = (struct inspect_result){0};
    return false;
}

/* ---- a job ---- */

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

static void fail(struct inspect_job *job, const char *why)
{
    if (!job->failed)
        log_event(LOG_WARN_, "inspect-failed", why);
    job->failed = true;
    close_fd(&job->in);
}

/* Hands the child's ends to the spawner. */
static bool ask_spawner(struct inspect *ins, const int fds[INSPECT_FDS])
{
    char word = INSPECT_WORD;
    struct iovec iov = {.iov_base = &word, .iov_len = 1};
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int) * INSPECT_FDS)];
    } control = {0};
    struct msghdr msg = {.msg_iov = &iov,
                         .msg_iovlen = 1,
                         .msg_control = &control,
                         .msg_controllen = sizeof(control.room)};
    struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int) * INSPECT_FDS);
    memcpy(CMSG_DATA(c), fds, sizeof(int) * INSPECT_FDS);
    return sendmsg(ins->fd, &msg, MSG_NOSIGNAL) == 1;
}

static bool start_child(struct inspect_job *job, struct inspect *ins)
{
    int in[2] = {-1, -1};
    int out[2] = {-1, -1};
    int lease[2] = {-1, -1};
    bool ok = pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0 &&
              pipe2(lease, O_CLOEXEC) == 0 && fcntl(in[1], F_SETFL, O_NONBLOCK) == 0 &&
              fcntl(out[0], F_SETFL, O_NONBLOCK) == 0 &&
              ask_spawner(ins, (const int[INSPECT_FDS]){in[0], out[1], lease[0]});

    close_fd(&in[0]);
    close_fd(&out[1]);
    close_fd(&lease[0]);
    job->in = in[1];
    job->out = out[0];
    job->lease = lease[1];
    return ok;
}

struct inspect_job *inspect_open(struct arena *a, struct inspect *ins, int slots_fd)
{
    struct inspect_job *job = arena_new_of(a, struct inspect_job);

    *job = (struct inspect_job){.arena = a,
                                .slots_fd = slots_fd,
                                .slot = -1,
                                .in = -1,
                                .out = -1,
                                .lease = -1,
                                .frames = buf_new(a)};
    if (ins == NULL)
        fail(job, "no spawner");
    else if (slots_fd >= 0 && (job->slot = slot_take(slots_fd, 'i', SLOT_WAIT_MS)) < 0)
        fail(job, "no slot");
    else if (!start_child(job, ins))
        fail(job, "the spawner does not answer");
    job->until = clock_monotonic_ms() + INSPECT_WALL_MS;
    return job;
}

/* Takes what the child has written so far. */
static void drain(struct inspect_job *job)
{
    ssize_t got;

    do {
        got = read(job->out, buf_room(&job->frames, READ_BYTES), READ_BYTES);
        if (got > 0)
            buf_grew(&job->frames, (size_t)got);
        if (job->frames.n > INSPECT_OUTPUT_MAX)
            fail(job, "more than 8 MiB of answer");
    } while (got > 0 && !job->failed);
    if (got == 0)
        job->ended = true;
    else if (got < 0 && errno != EAGAIN && errno != EINTR)
        fail(job, "read");
}

/* Waits until there is something to do with the child, or time is up. */
static void wait_child(struct inspect_job *job)
{
    struct pollfd p[2] = {{.fd = job->out, .events = POLLIN}, {.fd = job->in, .events = POLLOUT}};
    int64_t left = job->until - clock_monotonic_ms();

    if (left <= 0 || poll(p, 2, (int)left) == 0) {
        fail(job, "time is up");
        return;
    }
    if (p[0].revents != 0)
        drain(job);
    if (job->ended)
        close_fd(&job->in); /* it has said all it will say */
}

void inspect_feed(struct inspect_job *job, struct str piece)
{
    size_t done = 0;

    /* A child that closed its input has seen enough; what is left is dropped. */
    while (done < piece.n && job->in >= 0) {
        ssize_t put = write(job->in, piece.p + done, piece.n - done);

        if (put > 0)
            done += (size_t)put;
        else if (put < 0 && errno == EAGAIN)
            wait_child(job);
        else if (put < 0 && errno != EINTR)
            close_fd(&job->in); /* EPIPE; serve ignores SIGPIPE */
    }
}

struct inspect_result inspect_close(struct inspect_job *job)
{
    struct inspect_result result = {0};

    close_fd(&job->in);
    while (!job->failed && !job->ended)
        wait_child(job);
    if (!job->failed && !inspect_parse(job->arena, buf_str(&job->frames), &result))
        fail(job, "the answer is cut short or irregular");
    close_fd(&job->out);
    close_fd(&job->lease);
    if (job->slot >= 0)
        slot_release(job->slots_fd, 'i', job->slot);
    job->slot = -1;
    return result;
}

struct inspect_result inspect_run(struct arena *a, struct inspect *ins, int slots_fd,
                                  struct str bytes)
{
    struct inspect_job *job = inspect_open(a, ins, slots_fd);

    inspect_feed(job, bytes);
    return inspect_close(job);
}
