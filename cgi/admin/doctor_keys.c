#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/doctor.h"
#include "admin/keys.h"
#include "core/arena.h"
#include "core/json.h"
#include "core/seal.h"
#include "core/token.h"

/* What is wrong with the file itself, before it is read; NULL = nothing. */
static const char *fault_outside(struct doctor *d, const struct key_file *f, struct str *detail)
{
    struct stat st;
    uid_t uid;
    gid_t gid;

    if (lstat(f->path, &st) != 0)
        return "key_missing";
    if ((st.st_mode & 07777) != 0400)
        return "key_mode";
    if (!key_owner(d->ad, f->program, &uid, &gid, detail))
        return "key_user";
    return uid != (uid_t)-1 && st.st_uid != uid ? "key_owner" : NULL;
}

/* One copy; compared with the first of its kind. */
static void check_copy(struct doctor *d, const char *program, const char *name,
                       unsigned char *first, bool *have, size_t *good)
{
    struct key_file *f = arena_secret(d->ad->arena, sizeof *f);
    struct str problem = {0};
    struct str user = str_fmt(d->ad->arena, "%.*s%s", STR_ARG(d->ad->config.user_prefix), program);
    bool readable = key_file_read(d->ad, program, name, f, &problem);
    const char *fault = fault_outside(d, f, &problem);
    json_t *values;

    if (fault == NULL && !readable)
        fault = "key_wrong";
    if (fault == NULL && *have && !token_equal(first, f->bytes, keys_bytes(name)))
        fault = "key_differs";
    if (fault == NULL) {
        memcpy(first, f->bytes, keys_bytes(name));
        *have = true;
        (*good)++;
        return;
    }
    values = admin_value("file", str_of(f->path));
    json_set_str(values, "problem", problem);
    json_set_str(values, "user", user);
    doctor_line(d, fault, false, values);
}

void doctor_keys(struct doctor *d)
{
    size_t good = 0;

    for (size_t i = 0; i < n_key_kinds; i++) {
        const struct key_kind *kind = &key_kinds[i];
        unsigned char *secret = arena_secret(d->ad->arena, KEY_BYTES_MAX);
        unsigned char public_key[KEY_BYTES_MAX], derived[SEAL_PUBLIC];
        bool have_secret = false;
        bool have_public = false;

        for (const char *const *p = kind->secret_holders; *p != NULL; p++)
            check_copy(d, *p, kind->secret, secret, &have_secret, &good);
        for (const char *const *p = kind->public_holders; kind->public != NULL && *p != NULL; p++)
            check_copy(d, *p, kind->public, public_key, &have_public, &good);
        if (!have_secret || !have_public)
            continue;
        key_public_of(kind, secret, derived);
        if (!token_equal(derived, public_key, SEAL_PUBLIC))
            doctor_line(d, "key_pair", false, admin_value("name", str_of(kind->public)));
    }
    if (good > 0)
        doctor_line(d, "keys", true, admin_number("n", (int64_t)good));
}
