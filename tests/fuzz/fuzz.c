#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/form.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/token.h"

enum { BLOCK = 1 << 19 }; /* the buffers of an upload fit in: one block serves every input */

static struct arena *lasting; /* what is made once */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *a;

    if (a == NULL) {
        json_init();
        token_init();
        lasting = arena_new(BLOCK);
        a = arena_new(BLOCK);
    }
    fuzz_one(a, str_bytes(data, size));
    arena_reset(a);
    return 0;
}

void fuzz_broken(const char *what, const char *file, int line)
{
    (void)fflush(stdout);
    (void)fprintf(stderr, "%s:%d: must hold: %s\n", file, line, what);
    abort();
}

unsigned fuzz_byte(struct str *rest)
{
    unsigned byte = rest->n == 0 ? 0 : (unsigned char)rest->p[0];

    *rest = str_sub(*rest, 1, rest->n);
    return byte;
}

bool fuzz_cut(struct str input, struct str *head, struct str *tail)
{
    struct str line = STR("\n====\n");
    size_t at = str_find(input, line, 0);

    *head = str_sub(input, 0, at);
    *tail = at == SIZE_MAX ? (struct str){NULL, 0} : str_sub(input, at + line.n, input.n);
    return at != SIZE_MAX;
}

const char *fuzz_path(struct arena *a, const char *name)
{
    const char *srcdir = getenv("srcdir"); /* set by automake's test harness, and by ./run */

    return str_z(a, str_fmt(a, "%s/%s", srcdir == NULL ? "." : srcdir, name));
}

const char *fuzz_file(struct str content)
{
    static char path[32];
    static int fd = -1;

    if (fd < 0) {
        fd = memfd_create("fuzz", MFD_CLOEXEC);
        (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    must(ftruncate(fd, 0) == 0);
    must(content.n == 0 || pwrite(fd, content.p, content.n, 0) == (ssize_t)content.n);
    return path;
}

const struct locales *fuzz_locales(void)
{
    static const struct locales *all;
    struct str problem;

    if (all == NULL) {
        all = locale_load(lasting, str_of(fuzz_path(lasting, "cgi")), NULL, &problem);
        must(all != NULL);
    }
    return all;
}

void fuzz_field(const struct field *f)
{
    const struct locales *all = fuzz_locales();

    must(!f->ok || f->error == NULL);
    if (f->error == NULL)
        return;
    must(locale_template(locale_get(all, STR("zh-CN")), str_of(f->error)) != NULL);
    must(locale_template(locale_get(all, STR("en")), str_of(f->error)) != NULL);
}
