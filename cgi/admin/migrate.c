/*
 * aiddesk migrate: one transaction (DESIGN.md §16): lock, roles, migrations that have not run, the API schemas dropped and made again,
 * grants, reference data.  A file is never run twice: migrations register themselves, a loaded document is known by its digest.
 */
#include "admin/migrate.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "admin/commands.h"
#include "core/arena.h"
#include "core/digest.h"
#include "core/json.h"
#include "core/load.h"
#include "core/token.h"

enum {
    FILE_MAX = 16 * 1024 * 1024,
    TRIES = 5 /* lock_timeout is 2 s: a busy service may hold a lock that long (SECURITY.md §9) */
};

/* A .sql or reference file. */
struct file {
    struct str name;       /* without the folder */
    struct str stem;       /* without .sql */
    struct str text;       /* content */
    unsigned char sha[32]; /* SHA-256 of the content */
};

struct folder {
    struct file *files;
    size_t n;
};

/* What the database says it has. */
struct done {
    struct db_rows *rows; /* kind, name, sha256 */
};

static bool read_folder(struct admin *ad, const char *name, const char *const *endings,
                        struct folder *out)
{
    const char *path = admin_path(ad, ad->sql_dir, name);
    struct str *names = NULL;
    struct str problem = {0};
    size_t n = 0;

    out->n = 0;
    if (!load_names(ad->arena, path, &names, &n, &problem)) {
        (void)admin_fail(ad, "admin.file_unreadable", admin_value("problem", problem));
        return false;
    }
    out->files = arena_array(ad->arena, n, sizeof *out->files);
    for (size_t i = 0; i < n; i++) {
        struct file *f = &out->files[out->n];
        bool wanted = false;

        for (const char *const *e = endings; *e != NULL; e++)
            wanted = wanted || str_ends(names[i], str_of(*e));
        if (!wanted)
            continue;
        f->name = names[i];
        f->stem = str_ends(f->name, STR(".sql")) ? str_sub(f->name, 0, f->name.n - 4) : f->name;
        if (!load_text(ad->arena, admin_path(ad, str_of(path), str_z(ad->arena, f->name)), FILE_MAX,
                       &f->text, &problem)) {
            (void)admin_fail(ad, "admin.file_unreadable", admin_value("problem", problem));
            return false;
        }
        digest_sha256(f->text, f->sha);
        out->n++;
    }
    return true;
}

static const char *const sql_files[] = {".sql", NULL};
static const char *const reference_files[] = {".json", ".csv", NULL};

/* One digest over all functions and grants: name and content of each file, in order. */
static bool functions_digest(struct admin *ad, struct folder *api, unsigned char out[32])
{
    struct digest *sha = digest_new(ad->arena);
    struct str grants = {0};
    struct str problem = {0};

    if (!read_folder(ad, "api", sql_files, api))
        return false;
    if (!load_text(ad->arena, admin_path(ad, ad->sql_dir, "grants.sql"), FILE_MAX, &grants,
                   &problem)) {
        (void)admin_fail(ad, "admin.file_unreadable", admin_value("problem", problem));
        return false;
    }
    for (size_t i = 0; i < api->n; i++) {
        digest_add(sha, api->files[i].name);
        digest_add(sha, str_bytes(api->files[i].sha, 32));
    }
    digest_add(sha, grants);
    digest_end(sha, out);
    return true;
}

/* The row of a migration or document; false when there is none. */
static bool is_done(const struct done *d, const char *kind, struct str name, struct str *sha256)
{
    for (size_t i = 0; i < db_count(d->rows); i++) {
        if (str_eqz(db_text(d->rows, i, "kind"), kind) &&
            str_eq(db_text(d->rows, i, "name"), name)) {
            *sha256 = db_text(d->rows, i, "sha256");
            return true;
        }
    }
    return false;
}

static bool is_loaded(struct admin *ad, const struct done *d, struct str name,
                      const unsigned char sha[32])
{
    struct str known = {0};

    return is_done(d, "document", name, &known) &&
           str_eq(known, str_hex(ad->arena, str_bytes(sha, 32)));
}

/* Migrations of the database that this program does not have. */
static size_t count_unknown(const struct done *d, const struct folder *migrations)
{
    size_t unknown = 0;

    for (size_t i = 0; i < db_count(d->rows); i++) {
        bool known = !str_eqz(db_text(d->rows, i, "kind"), "migration");

        for (size_t j = 0; j < migrations->n && !known; j++)
            known = str_eq(db_text(d->rows, i, "name"), migrations->files[j].stem);
        unknown += !known;
    }
    return unknown;
}

enum err migrate_look(struct admin *ad, struct migrate_state *out)
{
    struct folder migrations, api, reference;
    struct done d = {0};
    struct str ignored = {0};
    unsigned char functions[32];
    enum err err;

    memset(out, 0, sizeof *out);
    if (!read_folder(ad, "migrations", sql_files, &migrations) ||
        !read_folder(ad, "reference", reference_files, &reference) ||
        !functions_digest(ad, &api, functions))
        return ERR_INTERNAL;
    err = admin_script(ad, "admin/migrated.sql", &d.rows);
    if (err != ERR_OK)
        return err;
    for (size_t i = 0; i < migrations.n; i++)
        out->pending += !is_done(&d, "migration", migrations.files[i].stem, &ignored);
    for (size_t i = 0; i < reference.n; i++)
        out->documents += !is_loaded(ad, &d, reference.files[i].name, reference.files[i].sha);
    out->unknown = count_unknown(&d, &migrations);
    out->functions = !is_loaded(ad, &d, STR("sql/api"), functions);
    return ERR_OK;
}

/* ---- running ---- */

/* Says which file the server refused, and why.  ERR_BUSY is tried again and told at the end. */
static enum err file_failed(struct admin *ad, struct str file, enum err err)
{
    json_t *values;

    if (err == ERR_OK || err == ERR_BUSY)
        return err;
    values = admin_value("file", file);
    json_set_str(values, "problem", db_problem(admin_db(ad)));
    (void)admin_fail(ad, "admin.migrate.file_failed", values);
    return err;
}

/* Runs one file and gives the operator's role back. */
static enum err run_text(struct admin *ad, const char *folder, const struct file *f)
{
    enum err err = db_script(admin_db(ad), f->text, NULL);

    if (err == ERR_OK)
        err = admin_script(ad, "admin/operator.sql", NULL);
    return file_failed(ad, str_fmt(ad->arena, "%s/%.*s", folder, STR_ARG(f->name)), err);
}

static enum err run_script(struct admin *ad, const char *name, struct db_rows **rows)
{
    return file_failed(ad, str_of(name), admin_script(ad, name, rows));
}

static enum err run_migrations(struct admin *ad, const struct folder *migrations,
                               const struct done *d, bool loud)
{
    struct str ignored = {0};
    struct done after = {0};
    enum err err = ERR_OK;

    for (size_t i = 0; i < migrations->n && err == ERR_OK; i++) {
        const struct file *f = &migrations->files[i];

        if (is_done(d, "migration", f->stem, &ignored))
            continue;
        err = run_text(ad, "migrations", f);
        if (err == ERR_OK && loud)
            admin_say(ad, "admin.migrate.ran", admin_value("name", f->stem));
    }
    if (err == ERR_OK)
        err = run_script(ad, "admin/migrated.sql", &after.rows);
    for (size_t i = 0; i < migrations->n && err == ERR_OK; i++) {
        if (is_done(&after, "migration", migrations->files[i].stem, &ignored))
            continue;
        (void)admin_fail(ad, "admin.migrate.unregistered",
                         admin_value("name", migrations->files[i].stem));
        err = ERR_INTERNAL;
    }
    return err;
}

static enum err run_folder(struct admin *ad, const char *name, const struct folder *folder)
{
    enum err err = ERR_OK;

    for (size_t i = 0; i < folder->n && err == ERR_OK; i++)
        err = run_text(ad, name, &folder->files[i]);
    return err;
}

static enum err load_reference(struct admin *ad, const struct folder *reference, bool loud)
{
    for (size_t i = 0; i < reference->n; i++) {
        const struct file *f = &reference->files[i];
        struct db_rows *rows = NULL;
        enum err err = db_step(admin_db(ad), "ref.load", &rows, DB_TEXT("p_name", f->name),
                               DB_TEXT("p_content", f->text));

        if (err != ERR_OK)
            return file_failed(ad, f->name, err);
        if (loud && db_bool(rows, 0, "load"))
            admin_say(ad, "admin.migrate.loaded", admin_value("name", f->name));
    }
    return ERR_OK;
}

/* Everything between begin and commit. */
static enum err steps(struct admin *ad, bool loud)
{
    struct folder migrations, api, reference;
    struct done d = {0};
    unsigned char functions[32];
    enum err err;

    if (!read_folder(ad, "migrations", sql_files, &migrations) ||
        !read_folder(ad, "reference", reference_files, &reference) ||
        !functions_digest(ad, &api, functions))
        return ERR_INTERNAL;
    err = run_script(ad, "admin/migrate-begin.sql", NULL);
    if (err == ERR_OK)
        err = run_script(ad, "roles.sql", NULL);
    if (err == ERR_OK)
        err = run_script(ad, "admin/migrated.sql", &d.rows);
    if (err == ERR_OK && count_unknown(&d, &migrations) > 0) {
        (void)admin_fail(ad, "admin.migrate.newer", NULL);
        return ERR_INTERNAL;
    }
    if (err == ERR_OK)
        err = run_migrations(ad, &migrations, &d, loud);
    if (err == ERR_OK)
        err = run_folder(ad, "api", &api);
    if (err == ERR_OK)
        err = run_script(ad, "grants.sql", NULL);
    if (err == ERR_OK)
        err = load_reference(ad, &reference, loud);
    if (err == ERR_OK && ad->config.demo)
        err = run_script(ad, "admin/clock-allowed.sql", NULL);
    if (err == ERR_OK)
        err = db_step(admin_db(ad), "pg_temp.functions_loaded", NULL,
                      DB_BYTES("p_sha256", str_bytes(functions, 32)));
    return err;
}

enum admin_exit migrate_all(struct admin *ad, bool loud)
{
    struct db *db = admin_db(ad);
    enum err err = ERR_BUSY;

    for (int i = 0; i < TRIES && err == ERR_BUSY; i++) {
        const struct timespec pause = {.tv_sec = i > 0};

        (void)nanosleep(&pause, NULL);
        err = db_begin(db);
        if (err != ERR_OK)
            return admin_db_failed(ad, err, "admin.migrate.doing");
        err = steps(ad, loud);
        if (err == ERR_OK)
            err = db_commit(db);
        else
            db_abort(db);
    }
    if (err == ERR_BUSY || err == ERR_UNCONFIRMED)
        return admin_db_failed(ad, err, "admin.migrate.doing");
    return err == ERR_OK ? ADMIN_OK : admin_fail(ad, "admin.migrate.unchanged", NULL);
}

/* ---- the command ---- */

static enum admin_exit check(struct admin *ad)
{
    struct migrate_state state;
    enum err err = migrate_look(ad, &state);
    json_t *values;

    if (err != ERR_OK)
        return admin_db_failed(ad, err, "admin.migrate.doing");
    if (state.pending + state.unknown + state.documents == 0 && !state.functions) {
        admin_say(ad, "admin.migrate.current", NULL);
        return ADMIN_OK;
    }
    values = admin_number("pending", (int64_t)state.pending);
    json_object_set_new(values, "documents", json_integer((json_int_t)state.documents));
    json_object_set_new(values, "unknown", json_integer((json_int_t)state.unknown));
    json_object_set_new(values, "functions", json_integer(state.functions));
    admin_say(ad, "admin.migrate.behind", values);
    return ADMIN_FAILED;
}

static enum admin_exit run(struct admin *ad)
{
    enum admin_exit code;

    if (admin_option(ad, "check") != NULL)
        return check(ad);
    code = migrate_all(ad, true);
    if (code == ADMIN_OK)
        admin_say(ad, "admin.migrate.done", NULL);
    return code;
}

static const struct command_option options[] = {{"check", false}, {NULL, false}};

const struct command command_migrate = {
    .name = "migrate",
    .arguments = "[--check]",
    .texts = "admin.migrate",
    .needs_config = true,
    .options = options,
    .run = run,
};
