#include "admin/keys.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/seal.h"

/* SECURITY.md §3.2.  admin: the operator's own copy, for `aiddesk export verify`. */
const struct key_kind key_kinds[] = {
    {"roster.secret", "roster.public", true, {"account"}, {"intake", "track", "desk", "account"}},
    {"pepper", NULL, false, {"account"}, {NULL}},
    {"lookup", NULL, false, {"intake", "track", "desk"}, {NULL}},
    {"mail.secret", "mail.public", false, {"worker"}, {"intake", "track", "account", "desk"}},
    {"export.secret", "export.public", true, {"worker"}, {"report", "worker", "admin"}},
};
const size_t n_key_kinds = sizeof key_kinds / sizeof key_kinds[0];

bool key_file_read(struct admin *ad, const char *program, const char *name, struct key_file *out,
                   struct str *problem)
{
    const char **names = arena_array(ad->arena, 2, sizeof *names);
    struct keys *keys = NULL;
    struct stat st;

    names[0] = name;
    out->program = program;
    out->name = name;
    out->path = str_z(
        ad->arena, str_fmt(ad->arena, "%.*s/%s/%s", STR_ARG(ad->config.keys_dir), program, name));
    out->exists = false;
    if (lstat(out->path, &st) != 0 && errno == ENOENT)
        return true;
    if (!keys_load(ad->arena, &ad->config, program, names, &keys, problem))
        return false;
    memcpy(out->bytes, keys_get(keys, name), keys_bytes(name));
    out->exists = true;
    return true;
}

bool key_owner(struct admin *ad, const char *program, uid_t *uid, gid_t *gid, struct str *problem)
{
    const struct passwd *user;
    struct str name;

    *uid = (uid_t)-1;
    *gid = (gid_t)-1;
    if (geteuid() != 0 || ad->config.user_prefix.n == 0 || strcmp(program, "admin") == 0)
        return true;
    name = str_fmt(ad->arena, "%.*s%s", STR_ARG(ad->config.user_prefix), program);
    user = getpwnam(str_z(ad->arena, name));
    if (user == NULL) {
        *problem = name;
        return false;
    }
    *uid = user->pw_uid;
    *gid = user->pw_gid;
    return true;
}

void key_public_of(const struct key_kind *kind, const unsigned char *secret,
                   unsigned char public_key[32])
{
    if (kind->signs)
        memcpy(public_key, secret + 32,
               32); /* libsodium's Ed25519 secret ends with the public half */
    else
        seal_public_of(secret, public_key);
}
