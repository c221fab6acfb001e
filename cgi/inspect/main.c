/*
 * aiddesk-inspect: looks at one file.  Standard input: the file.  Standard output: frames of core/inspect.h.  Started by the spawner of
 * core/inspect_spawn.c with an empty environment and no other descriptors.  Whatever goes wrong, the process ends and the parent says
 * "could not be checked".
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/inspect.h"
#include "core/sandbox.h"
#include "inspect/look.h"

enum { MEMORY = 512 << 20, CPU_SECONDS = 20, DESCRIPTORS = 4 };

static bool limit(int what, rlim_t most)
{
    return setrlimit(what, &(struct rlimit){most, most}) == 0;
}

/* Everything that a decoder which was taken over must not be able to do; before the first hostile byte. */
static bool close_down(void)
{
    const struct sandbox sandbox = {.needs = SANDBOX_DECODE};

#if !defined(__SANITIZE_ADDRESS__) /* ASan reserves terabytes of addresses */
    if (!limit(RLIMIT_AS, MEMORY))
        return false;
#endif
    return limit(RLIMIT_CPU, CPU_SECONDS) && limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NPROC, 0) &&
           limit(RLIMIT_NOFILE, DESCRIPTORS) && limit(RLIMIT_CORE, 0) &&
           sandbox_enter(&sandbox) == NULL;
}

/* Reads standard input to its end.  What is over LOOK_INPUT_MAX is dropped. */
static bool read_input(struct input *in)
{
    static unsigned char rest[65536];
    /* Only pages that are written to take memory. */
    unsigned char *p = mmap(NULL, LOOK_INPUT_MAX, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    ssize_t got;

    if (p == MAP_FAILED)
        return false;
    *in = (struct input){.p = p, .whole = true};
    for (;;) {
        if (in->n < LOOK_INPUT_MAX)
            got = read(STDIN_FILENO, p + in->n, LOOK_INPUT_MAX - in->n);
        else
            got = read(STDIN_FILENO, rest, sizeof(rest));
        if (got == 0)
            return true;
        if (got < 0 && errno != EINTR)
            return false;
        if (got > 0 && in->n == LOOK_INPUT_MAX)
            in->whole = false;
        else if (got > 0)
            in->n += (size_t)got;
    }
}

bool look_size(struct look *out, uint64_t width, uint64_t height)
{
    if (width < 1 || height < 1 || width > INSPECT_PIXEL_SIDE || height > INSPECT_PIXEL_SIDE)
        return false;
    out->width = (uint32_t)width;
    out->height = (uint32_t)height;
    return width * height <= LOOK_PIXELS_MAX;
}

static bool movie_whole(const struct input *in)
{
    return boxes_whole(in, true);
}

static bool heic_whole(const struct input *in)
{
    return boxes_whole(in, false);
}

/* One row a type; NULL = nothing more to find out. */
static const struct {
    const char *type;
    void (*picture)(const struct input *in, struct look *out);
    bool (*whole)(const struct input *in);
} looks[] = {
    {.type = "image/jpeg", .picture = look_jpeg},
    {.type = "image/png", .picture = look_png},
    {.type = "image/webp", .picture = look_webp},
    {.type = "image/gif", .picture = look_gif},
    {.type = "image/heic", .whole = heic_whole},
    {.type = "video/mp4", .whole = movie_whole},
    {.type = "audio/mp4", .whole = movie_whole},
    {.type = "audio/mpeg", .whole = mp3_whole},
    {.type = "application/pdf", .whole = pdf_whole},
    {.type = "application/zip", .whole = zip_whole},
    {.type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
     .whole = zip_whole},
    {.type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
     .whole = zip_whole},
};

static void look_at(const struct input *in, struct look *out)
{
    out->type = type_of(in);
    if (!in->whole)
        return;
    for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
        if (strcmp(out->type, looks[i].type) != 0)
            continue;
        if (looks[i].picture != NULL)
            looks[i].picture(in, out);
        else
            out->damaged = !looks[i].whole(in);
    }
}

static bool put(const void *p, size_t n)
{
    const char *from = p;

    while (n > 0) {
        ssize_t done = write(STDOUT_FILENO, from, n);

        if (done < 0 && errno != EINTR)
            return false;
        if (done > 0) {
            from += done;
            n -= (size_t)done;
        }
    }
    return true;
}

static void be32(uint32_t v, unsigned char out[4])
{
    for (unsigned i = 0; i < 4; i++)
        out[i] = (unsigned char)(v >> (24 - 8 * i));
}

static bool frame(char kind, const void *p, size_t n)
{
    unsigned char head[5] = {(unsigned char)kind};

    be32((uint32_t)n, head + 1);
    return put(head, sizeof(head)) && put(p, n);
}

static bool tell(const struct look *found)
{
    unsigned char size[8];
    unsigned char damaged = found->damaged;
    unsigned char *preview = NULL;
    size_t n = 0;

    be32(found->width, size);
    be32(found->height, size + 4);
    if (found->picture.rgb != NULL && found->width > 0)
        preview = preview_encode(&found->picture, INSPECT_PREVIEW_MAX, &n);
    return frame('T', found->type, strlen(found->type)) &&
           (found->width == 0 || frame('D', size, sizeof(size))) && frame('B', &damaged, 1) &&
           (preview == NULL || frame('P', preview, n)) && frame('E', "", 0);
}

int main(void)
{
    struct input in;
    struct look found = {0};

    if (!type_init() || !close_down() || !read_input(&in))
        return EXIT_FAILURE;
    look_at(&in, &found);
    return tell(&found) ? EXIT_SUCCESS : EXIT_FAILURE;
}
