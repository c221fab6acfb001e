#include "core/load.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/buf.h"

enum { PIECE = 16384 };

static bool fail(struct arena *a, const char *path, const char *why, struct str *problem)
{
    *problem = str_fmt(a, "%s: %s", path, why);
    return false;
}

/* Reads up to n bytes; fewer only at the end of the file.  -1 on error. */
static ssize_t read_all(int fd, char *p, size_t n)
{
    size_t have = 0;

    while (have < n) {
        ssize_t got = read(fd, p + have, n - have);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        have += (size_t)got;
    }
    return (ssize_t)have;
}

bool load_text(struct arena *a, const char *path, size_t max, struct str *out, struct str *problem)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct buf text = buf_new(a);
    ssize_t n;
    int error;

    if (fd < 0)
        return fail(a, path, strerror(errno), problem);
    /* In pieces: room for the longest file would have to be wiped for every short one.  One more byte than allowed tells whether there
     * is more. */
    do {
        size_t want = text.n + PIECE <= max ? PIECE : max + 1 - text.n;

        n = read_all(fd, buf_room(&text, want), want);
        if (n > 0)
            buf_grew(&text, (size_t)n);
    } while (n > 0 && text.n <= max);
    error = errno;
    (void)close(fd);
    if (n < 0)
        return fail(a, path, strerror(error), problem);
    if (text.n > max) {
        *problem = str_fmt(a, "%s: longer than %zu bytes", path, max);
        return false;
    }
    *out = buf_str(&text);
    if (str_starts(*out, STR("\uFEFF")))
        *out = str_sub(*out, 3, out->n);
    if (!str_is_text(*out))
        return fail(a, path, "not UTF-8 text", problem);
    return true;
}

static int compare_names(const void *a, const void *b)
{
    const struct str *x = a, *y = b;
    size_t n = x->n < y->n ? x->n : y->n;
    int order = memcmp(x->p, y->p, n);

    return order != 0 ? order : (x->n > y->n) - (x->n < y->n);
}

bool load_names(struct arena *a, const char *path, struct str **names, size_t *n,
                struct str *problem)
{
    DIR *dir = opendir(path);
    struct str *list = arena_array(a, 16, sizeof *list);
    size_t cap = 16, count = 0;
    const struct dirent *entry;

    if (dir == NULL)
        return fail(a, path, strerror(errno), problem);
    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        if (count == cap) {
            struct str *longer = arena_array(a, cap * 2, sizeof *longer);

            memcpy(longer, list, count * sizeof *list);
            list = longer;
            cap *= 2;
        }
        list[count++] = str_dup(a, str_of(entry->d_name));
    }
    (void)closedir(dir);
    qsort(list, count, sizeof *list, compare_names);
    *names = list;
    *n = count;
    return true;
}
