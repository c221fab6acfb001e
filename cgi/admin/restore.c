/*
 * aiddesk restore DIR: puts a backup of `aiddesk backup` back, into a database that is empty or was just installed.  Checked before
 * anything changes: the manifest, the SHA-256 of every file, that nothing would be lost.  Checked afterwards: the rows of every table.
 * Then migrate, so that an older backup gets what this program needs.  Keys that stand in the way are moved aside, never deleted.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/commands.h"
#include "admin/conf.h"
#include "admin/manifest.h"
#include "admin/migrate.h"
#include "core/arena.h"
#include "core/json.h"
#include "core/load.h"

struct restore {
    struct admin *ad;
    json_t *manifest;
    char *dump;   /* pg_dump's file */
    char *config; /* the configuration of the time */
    char *keys;   /* archive of the keys; NULL = not there */
};

/* The newest manifest of the folder: names sort by time. */
static char *find_manifest(struct admin *ad, struct str folder)
{
    struct str *names = NULL;
    struct str problem = {0};
    size_t n = 0;

    if (!load_names(ad->arena, str_z(ad->arena, folder), &names, &n, &problem)) {
        (void)admin_fail(ad, "admin.file_unreadable", admin_value("problem", problem));
        return NULL;
    }
    while (n > 0) {
        n--;
        if (str_starts(names[n], STR("manifest-")) && str_ends(names[n], STR(".json")))
            return admin_path(ad, folder, str_z(ad->arena, names[n]));
    }
    (void)admin_fail(ad, "admin.restore.no_manifest", admin_value("folder", folder));
    return NULL;
}

/* --keys names the archive or the folder that holds it. */
static struct str keys_folder(struct admin *ad, const char *given, struct str folder)
{
    struct stat st;

    if (given == NULL)
        return folder;
    return stat(given, &st) == 0 && S_ISDIR(st.st_mode) ? str_of(given)
                                                        : manifest_folder(ad, given);
}

/* One entry: where its file is, and that it is what was written.  The keys' archive may be elsewhere or stay away. */
static bool take_file(struct restore *r, struct str folder, const json_t *entry)
{
    struct admin *ad = r->ad;
    struct str role = json_str(entry, "role");
    const char *given = admin_option(ad, "keys");
    bool is_keys = str_eqz(role, "keys");
    struct str from = is_keys ? keys_folder(ad, given, folder) : folder;
    char *path = admin_path(ad, from, str_z(ad->arena, json_str(entry, "name")));
    unsigned char sha256[32];
    bool missing = false;

    if (is_keys && given == NULL && access(path, F_OK) != 0 && errno == ENOENT)
        return true;
    if (!manifest_check(ad, from, entry, sha256, &missing))
        return false;
    if (str_eqz(role, "database"))
        r->dump = path;
    else if (str_eqz(role, "config"))
        r->config = path;
    else if (is_keys)
        r->keys = path;
    return true;
}

static bool take_files(struct restore *r)
{
    struct str folder = str_of(r->ad->words[0]);
    const char *path = find_manifest(r->ad, folder);
    const json_t *entry;
    size_t i;

    if (path == NULL)
        return false;
    r->manifest = manifest_read(r->ad, path, "aiddesk-backup/1");
    if (r->manifest == NULL)
        return false;
    json_array_foreach(json_object_get(r->manifest, "files"), i, entry)
    {
        if (!take_file(r, folder, entry))
            return false;
    }
    if (r->dump == NULL || r->config == NULL) {
        (void)admin_fail(r->ad, "admin.manifest.malformed", admin_value("file", str_of(path)));
        return false;
    }
    admin_say(r->ad, "admin.restore.files_ok",
              admin_value("made_at", json_str(r->manifest, "made_at")));
    return true;
}

/* ---- database ---- */

/* false after saying what would be lost. */
static bool may_restore(struct admin *ad, bool *fresh)
{
    struct db_rows *rows = NULL;
    enum err err = admin_script(ad, "admin/restore-state.sql", &rows);
    struct str state;

    if (err != ERR_OK) {
        (void)admin_db_failed(ad, err, "admin.restore.doing");
        return false;
    }
    state = db_text(rows, 0, "state");
    *fresh = str_eqz(state, "fresh");
    if (*fresh || str_eqz(state, "empty"))
        return true;
    (void)admin_fail(ad, "admin.restore.not_empty", admin_value("name", ad->config.database_name));
    return false;
}

/* Roles are the cluster's: the dump of a database has none. */
static enum err make_room(struct admin *ad, bool fresh)
{
    enum err err = fresh ? admin_script(ad, "admin/restore-clear.sql", NULL) : ERR_OK;

    return err == ERR_OK ? admin_script(ad, "roles.sql", NULL) : err;
}

static bool run_pg_restore(struct restore *r)
{
    const struct config *c = &r->ad->config;
    struct arena *a = r->ad->arena;
    const char *const argv[] = {"pg_restore",      "--no-password",
                                "--exit-on-error", "--single-transaction",
                                "--host",          str_z(a, c->database),
                                "--port",          str_z(a, c->database_port),
                                "--dbname",        str_z(a, c->database_name),
                                r->dump,           NULL};
    int code = admin_run(argv);
    json_t *values;

    if (code == 0)
        return true;
    values = admin_value("program", STR("pg_restore"));
    json_set_int(values, "code", code);
    (void)admin_fail(r->ad, "admin.program_failed", values);
    return false;
}

/* Every table of the manifest has as many rows as then. */
static bool compare_counts(struct restore *r)
{
    json_t *wanted = json_object_get(r->manifest, "counts");
    struct db_rows *rows = NULL;
    enum err err = admin_script(r->ad, "admin/counts.sql", &rows);
    bool same = true;

    if (err != ERR_OK) {
        (void)admin_db_failed(r->ad, err, "admin.restore.doing");
        return false;
    }
    same = db_count(rows) == json_object_size(wanted);
    for (size_t i = 0; i < db_count(rows) && same; i++) {
        char *name = str_z(r->ad->arena, db_text(rows, i, "name"));

        same = json_is_integer(json_object_get(wanted, name)) &&
               json_int(wanted, name) == db_int(rows, i, "n");
        if (!same)
            (void)admin_fail(r->ad, "admin.restore.count_differs",
                             admin_value("name", str_of(name)));
    }
    if (same)
        admin_say(r->ad, "admin.restore.counts_ok", admin_number("n", (int64_t)db_count(rows)));
    return same;
}

static bool restore_database(struct restore *r, bool fresh)
{
    enum err err = make_room(r->ad, fresh);

    if (err != ERR_OK) {
        (void)admin_db_failed(r->ad, err, "admin.restore.doing");
        return false;
    }
    return run_pg_restore(r) && compare_counts(r) && migrate_all(r->ad, false) == ADMIN_OK;
}

/* ---- keys and configuration ---- */

static bool failed_with(struct admin *ad, const char *path)
{
    json_t *values = admin_value("file", str_of(path));

    json_set_str(values, "problem", str_of(strerror(errno)));
    (void)admin_fail(ad, "admin.cannot_write", values);
    return false;
}

/* The keys of the new installation open nothing of the old one, so they make room. */
static bool restore_keys(struct restore *r)
{
    struct admin *ad = r->ad;
    char *folder = str_z(ad->arena, ad->config.keys_dir);
    char *aside =
        str_z(ad->arena, str_fmt(ad->arena, "%s.before-restore-%ld", folder, (long)getpid()));
    const char *const argv[] = {
        "tar", "--extract", "--same-permissions", "--file", r->keys, "--directory", folder, NULL};

    if (r->keys == NULL) {
        admin_say(ad, "admin.restore.keys_not_there", admin_value("folder", ad->config.keys_dir));
        return true;
    }
    if (rename(folder, aside) == 0)
        admin_say(ad, "admin.restore.keys_aside", admin_value("folder", str_of(aside)));
    else if (errno != ENOENT)
        return failed_with(ad, folder);
    if (mkdir(folder, 0711) != 0 || chmod(folder, 0711) != 0)
        return failed_with(ad, folder);
    if (admin_run(argv) == 0)
        return true;
    (void)admin_fail(ad, "admin.program_failed", admin_value("program", STR("tar")));
    return false;
}

/* The recovery public key always comes from the configuration (SECURITY.md §3.4); the other settings belong to the machine. */
static bool restore_config(struct restore *r)
{
    struct admin *ad = r->ad;
    struct config then;
    struct str problem = {0};

    if (!config_load(ad->arena, r->config, &then, &problem)) {
        (void)admin_fail(ad, "admin.config_wrong", admin_value("problem", problem));
        return false;
    }
    if (!str_eq(then.recovery_public, ad->config.recovery_public) &&
        !conf_set(ad, "recovery_public", then.recovery_public))
        return false;
    admin_say(ad, "admin.restore.config", admin_value("file", str_of(r->config)));
    return true;
}

static enum admin_exit run(struct admin *ad)
{
    struct restore r = {.ad = ad};
    bool fresh = false;

    if (!take_files(&r) || !may_restore(ad, &fresh))
        return admin_fail(ad, "admin.restore.unchanged", NULL);
    if (!restore_database(&r, fresh) || !restore_keys(&r) || !restore_config(&r))
        return admin_fail(ad, "admin.restore.incomplete", NULL);
    admin_say(ad, "admin.restore.done", NULL);
    return ADMIN_OK;
}

static const struct command_option options[] = {{"keys", true}, {NULL, false}};

const struct command command_restore = {
    .name = "restore",
    .arguments = "DIR [--keys FILE|DIR]",
    .texts = "admin.restore",
    .needs_config = true,
    .words_min = 1,
    .words_max = 1,
    .options = options,
    .run = run,
};
