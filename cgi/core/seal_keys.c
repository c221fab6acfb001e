/* seal: the configuration keys of a program, one file each (seal.h; SECURITY.md §3.2). */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/log.h"
#include "core/seal.h"

enum { KEY_MOST = 64 };

static const struct {
    const char *name;
    size_t bytes;
} known[] = {
    {"roster.secret", crypto_sign_SECRETKEYBYTES},
    {"roster.public", crypto_sign_PUBLICKEYBYTES},
    {"pepper", SEAL_KEY},
    {"lookup", SEAL_KEY},
    {"mail.secret", SEAL_KEY},
    {"mail.public", SEAL_PUBLIC},
    {"export.secret", crypto_sign_SECRETKEYBYTES},
    {"export.public", crypto_sign_PUBLICKEYBYTES},
};

struct keys {
    const char *const *names; /* NULL-terminated */
    size_t n;
    unsigned char *bytes; /* n * KEY_MOST bytes of sodium_malloc, read-only after loading */
};

size_t keys_bytes(const char *name)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].bytes;
    return 0;
}

/* Reads the text of a key file.  Returns NULL, or what is wrong. */
static const char *read_file(const char *path, char *text, size_t room, size_t *n)
{
    const char *wrong = NULL;
    struct stat st;
    ssize_t got;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return errno == ENOENT ? "is missing: run `aiddesk key init`"
                               : "cannot be read: give it to the program's user";
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        wrong = "is not a regular file";
    else if ((st.st_mode & 0077) != 0)
        wrong = "gives rights to others: run chmod 0400";
    else if ((got = read(fd, text, room)) < 0)
        wrong = "cannot be read";
    else
        *n = (size_t)got;
    (void)close(fd);
    return wrong;
}

/* Reads one key.  Returns NULL, or what is wrong with the file. */
static const char *load_key(const char *path, size_t want, unsigned char *out)
{
    char text[2 * KEY_MOST + 3];
    const char *end = NULL;
    size_t n = 0;
    size_t got = 0;
    const char *wrong = read_file(path, text, sizeof(text), &n);

    if (wrong == NULL &&
        (sodium_hex2bin(out, want, text, n, NULL, &got, &end) != 0 || got != want ||
         !(end == text + n || (end + 1 == text + n && *end == '\n'))))
        wrong = "does not hold the right number of hexadecimal digits and a newline";
    sodium_memzero(text, sizeof(text));
    return wrong;
}

bool keys_load(struct arena *a, const struct config *config, const char *program,
               const char *const *names, struct keys **out, struct str *problem)
{
    static const char *const none[] = {NULL};
    struct keys *k = arena_new_of(a, struct keys);

    *out = NULL;
    k->names = names != NULL ? names : none;
    while (k->names[k->n] != NULL)
        k->n++;
    k->bytes = sodium_malloc(k->n > 0 ? k->n * KEY_MOST : 1);
    if (k->bytes == NULL) {
        *problem = STR("no locked memory for the keys: raise the limit of locked memory");
        return false;
    }
    arena_defer(a, sodium_free, k->bytes);
    for (size_t i = 0; k->names[i] != NULL; i++) {
        size_t want = keys_bytes(k->names[i]);
        struct str path = str_fmt(a, "%.*s/%s/%s", STR_ARG(config->keys_dir), program, k->names[i]);
        const char *wrong = want == 0 ? "is not a key that we know"
                                      : load_key(str_z(a, path), want, k->bytes + i * KEY_MOST);

        if (wrong != NULL) {
            *problem = str_fmt(a, "key file %.*s %s", STR_ARG(path), wrong);
            return false;
        }
    }
    (void)sodium_mprotect_readonly(k->bytes);
    *out = k;
    return true;
}

const unsigned char *keys_get(const struct keys *k, const char *name)
{
    for (size_t i = 0; i < k->n; i++)
        if (strcmp(k->names[i], name) == 0)
            return k->bytes + i * KEY_MOST;
    log_event(LOG_ERROR_, "bug", "a key was asked for that the program does not declare");
    abort();
}

bool keys_recovery_public(const struct config *config, unsigned char out[SEAL_PUBLIC])
{
    struct str hex = config->recovery_public;
    size_t got = 0;

    return hex.n == 2UL * SEAL_PUBLIC &&
           sodium_hex2bin(out, SEAL_PUBLIC, hex.p, hex.n, NULL, &got, NULL) == 0 &&
           got == SEAL_PUBLIC;
}
