/*
 * aiddesk key init: makes the configuration keys that are missing and gives every program its own copies.  It never overwrites: a copy
 * that exists is kept and the missing copies of the same key are made from it; copies that differ, and a public half whose secret is
 * gone, are told and left alone.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/commands.h"
#include "admin/keys.h"
#include "core/arena.h"
#include "core/json.h"
#include "core/seal.h"
#include "core/token.h"

/* Everything about one key or pair. */
struct family {
    const struct key_kind *kind;
    struct key_file secrets[KEY_HOLDERS_MAX], publics[KEY_HOLDERS_MAX];
    size_t n_secrets, n_publics;
    unsigned char secret[KEY_BYTES_MAX], public_key[SEAL_PUBLIC];
    bool have_secret, have_public;
};

/* Reads the copies of one half and compares them. */
static bool read_half(struct admin *ad, const char *name, const char *const *holders,
                      struct key_file *files, size_t *n, unsigned char *value, bool *have)
{
    struct str problem = {0};

    for (*n = 0; holders[*n] != NULL; (*n)++) {
        struct key_file *f = &files[*n];

        if (!key_file_read(ad, holders[*n], name, f, &problem)) {
            (void)admin_fail(ad, "admin.key_init.wrong", admin_value("problem", problem));
            return false;
        }
        if (!f->exists)
            continue;
        if (*have && !token_equal(value, f->bytes, keys_bytes(name))) {
            (void)admin_fail(ad, "admin.key_init.differ", admin_value("file", str_of(f->path)));
            return false;
        }
        memcpy(value, f->bytes, keys_bytes(name));
        *have = true;
    }
    return true;
}

static void make_secret(struct family *f)
{
    unsigned char public_key[SEAL_PUBLIC];

    if (f->kind->public == NULL)
        token_random(f->secret, keys_bytes(f->kind->secret));
    else if (f->kind->signs)
        seal_sign_keypair(public_key, f->secret);
    else
        seal_keypair(NULL, public_key, f->secret);
}

/* Finds or makes the values. */
static bool settle(struct admin *ad, struct family *f)
{
    const struct key_kind *kind = f->kind;
    unsigned char derived[SEAL_PUBLIC];

    if (!read_half(ad, kind->secret, kind->secret_holders, f->secrets, &f->n_secrets, f->secret,
                   &f->have_secret))
        return false;
    if (kind->public != NULL && !read_half(ad, kind->public, kind->public_holders, f->publics,
                                           &f->n_publics, f->public_key, &f->have_public))
        return false;
    if (!f->have_secret && f->have_public) {
        (void)admin_fail(ad, "admin.key_init.secret_gone",
                         admin_value("name", str_of(kind->secret)));
        return false;
    }
    if (!f->have_secret)
        make_secret(f);
    if (kind->public == NULL)
        return true;
    key_public_of(kind, f->secret, derived);
    if (f->have_public && !token_equal(derived, f->public_key, SEAL_PUBLIC)) {
        (void)admin_fail(ad, "admin.key_init.no_pair", admin_value("name", str_of(kind->public)));
        return false;
    }
    memcpy(f->public_key, derived, SEAL_PUBLIC);
    return true;
}

static bool cannot_write(struct admin *ad, const char *path)
{
    json_t *values = admin_value("file", str_of(path));

    json_set_str(values, "problem", str_of(strerror(errno)));
    (void)admin_fail(ad, "admin.cannot_write", values);
    return false;
}

/* keys_dir/<program>: the program may go in and read, never change.  Without root there is only one user. */
static bool make_folder(struct admin *ad, const char *path, bool own, gid_t gid)
{
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return cannot_write(ad, path);
    if (own && (chown(path, 0, gid) != 0 || chmod(path, 0750) != 0))
        return cannot_write(ad, path);
    return true;
}

static bool write_file(struct admin *ad, const struct key_file *f, const unsigned char *value)
{
    struct str hex = str_hex(ad->arena, str_bytes(value, keys_bytes(f->name)));
    struct str line = str_fmt(ad->arena, "%.*s\n", STR_ARG(hex));
    struct str problem = {0};
    struct str folder = str_fmt(ad->arena, "%.*s/%s", STR_ARG(ad->config.keys_dir), f->program);
    uid_t uid;
    gid_t gid;
    bool ok;

    if (f->exists)
        return true;
    if (!key_owner(ad, f->program, &uid, &gid, &problem)) {
        (void)admin_fail(ad, "admin.key_init.no_user", admin_value("user", problem));
        return false;
    }
    ok = make_folder(ad, str_z(ad->arena, folder), uid != (uid_t)-1, gid) &&
         (admin_write_new(f->path, line, 0400) || cannot_write(ad, f->path)) &&
         (uid == (uid_t)-1 || chown(f->path, uid, gid) == 0 || cannot_write(ad, f->path));
    if (ok)
        admin_say(ad, "admin.key_init.made", admin_value("file", str_of(f->path)));
    return ok; /* the arena wipes the text */
}

static bool write_family(struct admin *ad, const struct family *f)
{
    bool ok = true;

    for (size_t i = 0; i < f->n_secrets; i++)
        ok = write_file(ad, &f->secrets[i], f->secret) && ok;
    for (size_t i = 0; i < f->n_publics; i++)
        ok = write_file(ad, &f->publics[i], f->public_key) && ok;
    return ok;
}

/* The folder above: everybody may go through it, nobody may list it. */
static bool make_top(struct admin *ad)
{
    const char *path = str_z(ad->arena, ad->config.keys_dir);

    if (mkdir(path, 0711) != 0)
        return errno == EEXIST || cannot_write(ad, path);
    return chmod(path, 0711) == 0 || cannot_write(ad, path);
}

static enum admin_exit run(struct admin *ad)
{
    struct family *families = arena_secret(ad->arena, n_key_kinds * sizeof *families);
    enum admin_exit code = ADMIN_OK;

    if (!make_top(ad))
        return ADMIN_FAILED;
    for (size_t i = 0; i < n_key_kinds; i++) {
        families[i].kind = &key_kinds[i];
        if (!settle(ad, &families[i]) || !write_family(ad, &families[i]))
            code = ADMIN_FAILED;
    }
    if (code == ADMIN_OK)
        admin_say(ad, "admin.key_init.done", admin_value("folder", ad->config.keys_dir));
    return code;
}

const struct command command_key_init = {
    .name = "key init",
    .arguments = "",
    .texts = "admin.key_init",
    .needs_config = true,
    .run = run,
};
