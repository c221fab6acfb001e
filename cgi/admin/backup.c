/*
 * aiddesk backup DIR: everything that a new machine needs, in one command.  DIR gets four files and, last, the manifest that makes them a
 * backup: the database (pg_dump, custom format; cases are sealed in it), the configuration, the reference data, and, in an archive of
 * its own, the configuration keys.  Keys and database in one place would give a thief more than either (SECURITY.md §9), so --keys
 * names another folder for the archive, and the command says so.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/commands.h"
#include "admin/manifest.h"
#include "core/arena.h"
#include "core/clock.h"
#include "core/json.h"
#include "core/load.h"

enum { CONF_MAX = 64 * 1024 };

struct backup {
    struct admin *ad;
    struct str folder;      /* DIR */
    struct str keys_folder; /* --keys, else DIR */
    struct str stamp;       /* 20261124T040000Z: part of every name */
    json_t *manifest;       /* grows with each file */
};

static bool complain(struct admin *ad, const char *key, const char *path)
{
    json_t *values = admin_value("file", str_of(path));

    json_set_str(values, "problem", str_of(strerror(errno)));
    (void)admin_fail(ad, key, values);
    return false;
}

/* The disk has it, and only the operator may read it. */
static bool settle_file(struct admin *ad, const char *path)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    bool ok = fd >= 0 && fchmod(fd, 0600) == 0 && fsync(fd) == 0;

    if (fd >= 0)
        (void)close(fd);
    return ok || complain(ad, "admin.cannot_write", path);
}

static bool add_entry(struct backup *b, const char *role, struct str name, const char *path)
{
    unsigned char sha256[32];
    int64_t bytes = 0;
    json_t *entry;

    if (!settle_file(b->ad, path))
        return false;
    if (!manifest_sha256(b->ad, path, sha256, &bytes))
        return complain(b->ad, "admin.manifest.unreadable", path);
    entry = json_object();
    json_set_str(entry, "name", name);
    json_set_z(entry, "role", role);
    json_set_int(entry, "bytes", bytes);
    json_set_str(entry, "sha256", str_hex(b->ad->arena, str_bytes(sha256, 32)));
    (void)json_array_append_new(json_object_get(b->manifest, "files"), entry);
    return true;
}

/* "database-20261124T040000Z.dump" and its path. */
static char *file_path(struct backup *b, struct str folder, const char *first, const char *ending,
                       struct str *name)
{
    *name = str_fmt(b->ad->arena, "%s-%.*s%s", first, STR_ARG(b->stamp), ending);
    return admin_path(b->ad, folder, str_z(b->ad->arena, *name));
}

static bool run_tool(struct admin *ad, const char *const argv[])
{
    int code = admin_run(argv);
    json_t *values;

    if (code == 0)
        return true;
    values = admin_value("program", str_of(argv[0]));
    json_set_int(values, "code", code);
    (void)admin_fail(ad, "admin.program_failed", values);
    return false;
}

static bool add_archive(struct backup *b, const char *role, struct str folder, const char *what)
{
    struct str name;
    struct str into = strcmp(role, "keys") == 0 ? b->keys_folder : b->folder;
    char *path = file_path(b, into, role, ".tar", &name);
    const char *const argv[] = {"tar", "--create",    "--file",
                                path,  "--directory", str_z(b->ad->arena, folder),
                                "--",  what,          NULL};

    return run_tool(b->ad, argv) && add_entry(b, role, name, path);
}

static bool add_config(struct backup *b)
{
    struct str name;
    struct str text = {0};
    struct str problem = {0};
    char *path = file_path(b, b->folder, "aiddesk", ".conf", &name);

    if (!load_text(b->ad->arena, b->ad->config_path, CONF_MAX, &text, &problem)) {
        (void)admin_fail(b->ad, "admin.file_unreadable", admin_value("problem", problem));
        return false;
    }
    if (!admin_write_new(path, text, 0600))
        return complain(b->ad, "admin.cannot_write", path);
    return add_entry(b, "config", name, path);
}

static bool dump(struct backup *b, struct str snapshot)
{
    const struct config *c = &b->ad->config;
    struct arena *a = b->ad->arena;
    struct str name;
    char *path = file_path(b, b->folder, "database", ".dump", &name);
    const char *const argv[] = {
        "pg_dump",
        "--no-password",
        "--format=custom",
        "--compress=1", /* what matters in size is sealed and does not shrink */
        "--host",
        str_z(a, c->database),
        "--port",
        str_z(a, c->database_port),
        "--dbname",
        str_z(a, c->database_name),
        "--snapshot",
        str_z(a, snapshot),
        "--file",
        path,
        NULL};

    return run_tool(b->ad, argv) && add_entry(b, "database", name, path);
}

/* Dump and counts see the same moment, whatever people do meanwhile. */
static bool add_database(struct backup *b)
{
    struct db *db = admin_db(b->ad);
    struct db_rows *snapshot = NULL;
    struct db_rows *counts = NULL;
    json_t *object = json_object();
    enum err err = db_snapshot_begin(db);
    bool ok;

    json_set_new(b->manifest, "counts", object);
    if (err == ERR_OK)
        err = admin_script(b->ad, "admin/backup-snapshot.sql", &snapshot);
    if (err == ERR_OK)
        err = admin_script(b->ad, "admin/counts.sql", &counts);
    for (size_t i = 0; err == ERR_OK && i < db_count(counts); i++)
        json_set_int(object, str_z(b->ad->arena, db_text(counts, i, "name")),
                     db_int(counts, i, "n"));
    if (err != ERR_OK) {
        (void)admin_db_failed(b->ad, err, "admin.backup.doing");
        db_abort(db);
        return false;
    }
    ok = dump(b, db_text(snapshot, 0, "snapshot"));
    db_abort(db);
    return ok;
}

/* The manifest comes last: without it the files are no backup. */
static bool finish(struct backup *b)
{
    struct str name;
    char *path = file_path(b, b->folder, "manifest", ".json", &name);
    int fd;
    enum err err;

    if (!admin_write_new(path, json_dump(b->ad->arena, b->manifest), 0600))
        return complain(b->ad, "admin.cannot_write", path);
    fd = open(str_z(b->ad->arena, b->folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        (void)close(fd);
    }
    err = admin_script(b->ad, "admin/backup-done.sql", NULL);
    if (err != ERR_OK)
        (void)admin_db_failed(b->ad, err, "admin.backup.doing");
    return err == ERR_OK;
}

static bool make_folder(struct admin *ad, const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST || complain(ad, "admin.cannot_write", path);
}

static struct str make_stamp(struct arena *a)
{
    char text[CLOCK_TEXT_BYTES];

    clock_text(clock_now(), text); /* 2026-11-24T04:00:00.000Z */
    return str_fmt(a, "%.4s%.2s%.2sT%.2s%.2s%.2sZ", text, text + 5, text + 8, text + 11, text + 14,
                   text + 17);
}

static enum admin_exit run(struct admin *ad)
{
    const char *keys = admin_option(ad, "keys");
    struct backup b = {.ad = ad,
                       .folder = str_of(ad->words[0]),
                       .keys_folder = str_of(keys != NULL ? keys : ad->words[0]),
                       .stamp = make_stamp(ad->arena)};
    json_t *values;

    b.manifest = json_owned(ad->arena, json_object());
    json_set_z(b.manifest, "format", "aiddesk-backup/1");
    json_set_z(b.manifest, "program", PACKAGE_VERSION);
    json_set_str(b.manifest, "made_at", clock_rfc3339(ad->arena, clock_now()));
    json_set_new(b.manifest, "files", json_array());
    if (!make_folder(ad, ad->words[0]) || (keys != NULL && !make_folder(ad, keys)))
        return ADMIN_FAILED;
    if (!add_database(&b) || !add_config(&b) ||
        !add_archive(&b, "reference", ad->sql_dir, "reference") ||
        !add_archive(&b, "keys", ad->config.keys_dir, ".") || !finish(&b))
        return admin_fail(ad, "admin.backup.incomplete", admin_value("folder", b.folder));
    values = admin_value("folder", b.folder);
    json_set_str(values, "stamp", b.stamp);
    admin_say(ad, "admin.backup.done", values);
    if (keys == NULL)
        admin_say(ad, "admin.backup.keys_apart",
                  admin_value("file", str_fmt(ad->arena, "keys-%.*s.tar", STR_ARG(b.stamp))));
    return ADMIN_OK;
}

static const struct command_option options[] = {{"keys", true}, {NULL, false}};

const struct command command_backup = {
    .name = "backup",
    .arguments = "DIR [--keys DIR]",
    .texts = "admin.backup",
    .needs_config = true,
    .words_min = 1,
    .words_max = 1,
    .options = options,
    .run = run,
};
