/* What all commands share: words, database, files, other programs. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "admin/admin.h"
#include "core/json.h"
#include "core/load.h"

extern char **environ;

enum { SCRIPT_MAX = 4 * 1024 * 1024 };

/* ---- words ---- */

struct str admin_text(struct admin *ad, const char *key, json_t *values)
{
    struct str text = locale_text(ad->arena, ad->locale, key, values);

    json_decref(values);
    return text;
}

void admin_say(struct admin *ad, const char *key, json_t *values)
{
    struct str text = admin_text(ad, key, values);

    (void)printf("%.*s\n", STR_ARG(text));
    (void)fflush(stdout);
}

enum admin_exit admin_fail(struct admin *ad, const char *key, json_t *values)
{
    struct str text = admin_text(ad, key, values);

    (void)fflush(stdout);
    (void)fprintf(stderr, "aiddesk: %.*s\n", STR_ARG(text));
    return ADMIN_FAILED;
}

json_t *admin_value(const char *name, struct str value)
{
    json_t *object = json_object();

    json_set_str(object, name, value);
    return object;
}

json_t *admin_number(const char *name, int64_t value)
{
    json_t *object = json_object();

    json_set_int(object, name, value);
    return object;
}

/* ---- database ---- */

struct db *admin_db(struct admin *ad)
{
    if (ad->db == NULL) {
        ad->db = db_open_operator(&ad->config, NULL);
        db_request_begin(ad->db, ad->arena);
    }
    return ad->db;
}

enum err admin_script(struct admin *ad, const char *name, struct db_rows **rows)
{
    struct str text = {0};
    struct str problem = {0};

    if (!load_text(ad->arena, admin_path(ad, ad->sql_dir, name), SCRIPT_MAX, &text, &problem)) {
        (void)admin_fail(ad, "admin.file_unreadable", admin_value("problem", problem));
        return ERR_INTERNAL;
    }
    return db_script(admin_db(ad), text, rows);
}

enum admin_exit admin_db_failed(struct admin *ad, enum err err, const char *doing)
{
    struct str words = db_problem(admin_db(ad));
    json_t *values = admin_value("doing", admin_text(ad, doing, NULL));

    json_set_str(values, "problem", words.n > 0 ? words : str_of(err_row(err)->name));
    return admin_fail(
        ad, err == ERR_UNCONFIRMED ? "admin.database_unconfirmed" : "admin.database_failed",
        values);
}

/* ---- files ---- */

char *admin_path(struct admin *ad, struct str folder, const char *name)
{
    return str_z(ad->arena, str_fmt(ad->arena, "%.*s/%s", STR_ARG(folder), name));
}

static bool write_all(int fd, struct str content)
{
    size_t done = 0;

    while (done < content.n) {
        ssize_t n = write(fd, content.p + done, content.n - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return fsync(fd) == 0;
}

bool admin_write_new(const char *path, struct str content, unsigned mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, (mode_t)mode);
    bool ok;

    if (fd < 0)
        return false;
    ok = write_all(fd, content) && fchmod(fd, (mode_t)mode) == 0;
    if (close(fd) != 0)
        ok = false;
    if (!ok)
        (void)unlink(path);
    return ok;
}

bool admin_replace(struct admin *ad, const char *path, struct str content)
{
    char *fresh = str_z(ad->arena, str_fmt(ad->arena, "%s.new", path));
    struct stat st;
    bool owned;

    if (stat(path, &st) != 0)
        return false;
    (void)unlink(fresh);
    if (!admin_write_new(fresh, content, st.st_mode & 07777U))
        return false;
    owned = (st.st_uid == geteuid() && st.st_gid == getegid()) ||
            chown(fresh, st.st_uid, st.st_gid) == 0 || geteuid() != 0;
    if (owned && rename(fresh, path) == 0)
        return true;
    (void)unlink(fresh);
    return false;
}

/* ---- other programs ---- */

int admin_run(const char *const argv[])
{
    /* posix_spawnp does not write to argv; its type is older than const. */
    union {
        const char *const *given;
        char *const *wanted;
    } arguments = {.given = argv};
    pid_t child = -1;
    int status = 0;

    (void)fflush(stdout);
    if (posix_spawnp(&child, argv[0], NULL, NULL, arguments.wanted, environ) != 0)
        return -1;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR)
            return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
