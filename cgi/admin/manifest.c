#include "admin/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/digest.h"
#include "core/json.h"
#include "core/load.h"
#include "core/token.h"

enum { MANIFEST_MAX = 16 * 1024 * 1024, READ_BYTES = 256 * 1024 };

/* A name that stays in its folder. */
static bool is_plain(struct str name)
{
    return name.n > 0 && name.n <= 255 && name.p[0] != '.' && memchr(name.p, '/', name.n) == NULL &&
           str_is_text(name);
}

static bool shape_ok(const json_t *m, const char *format)
{
    const json_t *files = json_object_get(m, "files");
    const json_t *entry;
    size_t i;

    if (!json_is_object(m) || !str_eqz(json_str(m, "format"), format) || !json_is_array(files) ||
        json_array_size(files) == 0)
        return false;
    json_array_foreach(files, i, entry)
    {
        if (!is_plain(json_str(entry, "name")) || json_str(entry, "sha256").n != 64 ||
            !json_is_integer(json_object_get(entry, "bytes")))
            return false;
    }
    return true;
}

json_t *manifest_read(struct admin *ad, const char *path, const char *format)
{
    struct str text = {0};
    struct str problem = {0};
    json_t *m;

    if (!load_text(ad->arena, path, MANIFEST_MAX, &text, &problem)) {
        (void)admin_fail(ad, "admin.file_unreadable", admin_value("problem", problem));
        return NULL;
    }
    m = json_parse(ad->arena, text);
    if (m == NULL || !shape_ok(m, format)) {
        (void)admin_fail(ad, "admin.manifest.malformed", admin_value("file", str_of(path)));
        return NULL;
    }
    return m;
}

bool manifest_sha256(struct admin *ad, const char *path, unsigned char sha256[32], int64_t *bytes)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    struct digest *sha = digest_new(ad->arena);
    char *piece = arena_alloc(ad->arena, READ_BYTES);
    ssize_t n;

    *bytes = 0;
    if (fd < 0)
        return false;
    while ((n = read(fd, piece, READ_BYTES)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        digest_add(sha, str_bytes(piece, (size_t)n));
        *bytes += n;
    }
    digest_end(sha, sha256);
    (void)close(fd);
    return n == 0;
}

bool manifest_check(struct admin *ad, struct str folder, const json_t *entry,
                    unsigned char sha256[32], bool *missing)
{
    struct str name = json_str(entry, "name");
    const char *path = admin_path(ad, folder, str_z(ad->arena, name));
    int64_t bytes = 0;
    bool same;

    *missing = false;
    if (!manifest_sha256(ad, path, sha256, &bytes)) {
        *missing = errno == ENOENT;
        (void)admin_fail(ad, *missing ? "admin.manifest.missing" : "admin.manifest.unreadable",
                         admin_value("file", str_of(path)));
        return false;
    }
    same = bytes == json_int(entry, "bytes") &&
           str_eq(str_hex(ad->arena, str_bytes(sha256, 32)), json_str(entry, "sha256"));
    if (!same)
        (void)admin_fail(ad, "admin.manifest.changed", admin_value("file", str_of(path)));
    return same;
}

struct str manifest_folder(struct admin *ad, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        return STR(".");
    return slash == path ? STR("/") : str_dup(ad->arena, str_bytes(path, (size_t)(slash - path)));
}
