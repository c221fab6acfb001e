/*
 * aiddesk export verify: checks a release of statistics offline, with nothing but its files and the service's export.public.
 *
 * Beside each file NAME of a release stands NAME.sig, JSON: {"format":"aiddesk-signature/1","release":"EX-2026-0001","name":NAME,
 * "sha256":hex,"signature":hex}.  The signature is Ed25519 over AD("aiddesk/1/export", release, SHA-256) (SECURITY.md §3.3): 2-byte
 * big-endian lengths and the parts, so that any tool can write that message and check it.  manifest.json is such a file too and lists
 * all others, {"format":"aiddesk-export/1","release":…,"files":[{"name","bytes","sha256"}]}; its signature therefore binds names
 * and completeness.
 */
#include <stdio.h>
#include <sys/stat.h>

#include "admin/commands.h"
#include "admin/manifest.h"
#include "core/arena.h"
#include "core/json.h"
#include "core/load.h"
#include "core/seal.h"

enum { SIGNATURE_MAX = 4096 };

/* --key FILE, else the operator's own copy below keys_dir. */
static bool read_key(struct admin *ad, unsigned char key[SEAL_PUBLIC])
{
    const char *given = admin_option(ad, "key");
    struct str text = {0};
    struct str bytes = {0};
    struct str problem = {0};
    const char *path = given;

    if (given == NULL && !ad->config_ok) {
        (void)admin_fail(ad, "admin.export_verify.no_key", NULL);
        return false;
    }
    if (given == NULL)
        path = admin_path(ad, ad->config.keys_dir, "admin/export.public");
    if (!load_text(ad->arena, path, 256, &text, &problem)) {
        (void)admin_fail(ad, "admin.file_unreadable", admin_value("problem", problem));
        return false;
    }
    if (!str_unhex(ad->arena, str_trim(text), &bytes) || bytes.n != SEAL_PUBLIC) {
        (void)admin_fail(ad, "admin.export_verify.bad_key", admin_value("file", str_of(path)));
        return false;
    }
    for (size_t i = 0; i < SEAL_PUBLIC; i++)
        key[i] = (unsigned char)bytes.p[i];
    return true;
}

/* A folder stands for its manifest.json. */
static const char *manifest_path(struct admin *ad)
{
    struct stat st;

    if (stat(ad->words[0], &st) == 0 && S_ISDIR(st.st_mode))
        return admin_path(ad, str_of(ad->words[0]), "manifest.json");
    return ad->words[0];
}

static void say_ok(struct str file)
{
    (void)printf("ok    %.*s\n", STR_ARG(file));
}

/* The signature that stands beside a file.  NULL after saying what is wrong. */
static json_t *read_signature(struct admin *ad, const char *path)
{
    struct str text = {0};
    struct str problem = {0};
    json_t *s = NULL;
    const char *beside = str_z(ad->arena, str_fmt(ad->arena, "%s.sig", path));

    if (!load_text(ad->arena, beside, SIGNATURE_MAX, &text, &problem)) {
        (void)admin_fail(ad, "admin.file_unreadable", admin_value("problem", problem));
        return NULL;
    }
    s = json_parse(ad->arena, text);
    if (s != NULL && str_eqz(json_str(s, "format"), "aiddesk-signature/1"))
        return s;
    (void)admin_fail(ad, "admin.manifest.malformed", admin_value("file", str_of(beside)));
    return NULL;
}

/* One file and the signature beside it.  *release is what was signed. */
static bool check_signed(struct admin *ad, const char *path, const unsigned char key[SEAL_PUBLIC],
                         struct str *release)
{
    unsigned char sha256[32];
    struct str signature = {0};
    int64_t bytes = 0;
    const json_t *s = read_signature(ad, path);

    if (s == NULL)
        return false;
    if (!manifest_sha256(ad, path, sha256, &bytes)) {
        (void)admin_fail(ad, "admin.manifest.missing", admin_value("file", str_of(path)));
        return false;
    }
    *release = json_str(s, "release");
    if (!str_eq(json_str(s, "sha256"), str_hex(ad->arena, str_bytes(sha256, 32)))) {
        (void)admin_fail(ad, "admin.manifest.changed", admin_value("file", str_of(path)));
        return false;
    }
    if (!str_unhex(ad->arena, json_str(s, "signature"), &signature) ||
        signature.n != SEAL_SIGNATURE ||
        !seal_export_check(ad->arena, key, *release, sha256, signature)) {
        (void)admin_fail(ad, "admin.export_verify.not_signed", admin_value("file", str_of(path)));
        return false;
    }
    say_ok(str_of(path));
    return true;
}

/* Every file that the signed manifest names. */
static bool check_listed(struct admin *ad, const char *path, struct str release)
{
    const json_t *entry;
    json_t *m = manifest_read(ad, path, "aiddesk-export/1");
    size_t i;
    bool ok = true;

    if (m == NULL)
        return false;
    if (!str_eq(json_str(m, "release"), release)) {
        (void)admin_fail(ad, "admin.manifest.malformed", admin_value("file", str_of(path)));
        return false;
    }
    json_array_foreach(json_object_get(m, "files"), i, entry)
    {
        unsigned char sha256[32];
        bool missing = false;

        if (!manifest_check(ad, manifest_folder(ad, path), entry, sha256, &missing))
            ok = false;
        else
            say_ok(json_str(entry, "name"));
    }
    return ok;
}

static enum admin_exit run(struct admin *ad)
{
    unsigned char key[SEAL_PUBLIC];
    const char *path = manifest_path(ad);
    struct str release = {0};
    bool is_manifest = str_ends(str_of(path), STR("manifest.json"));

    if (!read_key(ad, key))
        return ADMIN_FAILED;
    if (!check_signed(ad, path, key, &release) || (is_manifest && !check_listed(ad, path, release)))
        return admin_fail(ad, "admin.export_verify.bad", NULL);
    admin_say(ad, "admin.export_verify.good", admin_value("release", release));
    return ADMIN_OK;
}

static const struct command_option options[] = {{"key", true}, {NULL, false}};

const struct command command_export_verify = {
    .name = "export verify",
    .arguments = "FILE|DIR [--key FILE]",
    .texts = "admin.export_verify",
    .words_min = 1,
    .words_max = 1,
    .options = options,
    .run = run,
};
