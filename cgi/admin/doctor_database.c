#include <unistd.h>

#include "admin/doctor.h"
#include "admin/migrate.h"
#include "core/clock.h"
#include "core/json.h"

enum { CLOCK_MAX_S = 2, BACKUP_MAX_H = 26, WORKER_MAX_S = 300 };

static const int64_t second_us = 1000000;

static void check_server(struct doctor *d, const struct db_rows *r, int64_t before_us,
                         int64_t after_us)
{
    struct str ctype = db_text(r, 0, "ctype");
    int64_t now_us = db_time(r, 0, "now");
    int64_t off_us = now_us < before_us  ? before_us - now_us
                     : now_us > after_us ? now_us - after_us
                                         : 0;

    doctor_line(d, "version", db_int(r, 0, "version") >= 15,
                admin_number("n", db_int(r, 0, "version")));
    doctor_line(d, "encoding", str_eqz(db_text(r, 0, "encoding"), "UTF8"),
                admin_value("encoding", db_text(r, 0, "encoding")));
    doctor_line(d, "ctype", !str_eqz(ctype, "C") && !str_eqz(ctype, "POSIX"),
                admin_value("ctype", ctype));
    doctor_line(d, "checksums", db_bool(r, 0, "checksums"), NULL);
    doctor_line(d, "durable", db_bool(r, 0, "durable"), NULL);
    doctor_line(d, "quiet", db_bool(r, 0, "quiet"), NULL);
    doctor_line(d, "clock", off_us <= CLOCK_MAX_S * second_us,
                admin_number("n", off_us / second_us));
}

static void check_migrations(struct doctor *d)
{
    struct migrate_state state;
    json_t *values;

    if (migrate_look(d->ad, &state) != ERR_OK) {
        doctor_line(d, "look", false, admin_value("problem", db_problem(admin_db(d->ad))));
        return;
    }
    values = admin_number("pending", (int64_t)state.pending);
    json_set_int(values, "unknown", (int64_t)state.unknown);
    doctor_line(d, "migrations", state.pending == 0 && state.unknown == 0, values);
    doctor_line(d, "functions", !state.functions, NULL);
    doctor_line(d, "reference", state.documents == 0, admin_number("n", (int64_t)state.documents));
}

/* Three states: a coordinator works with the configured key; a link is open for that key; nothing has been set up. */
static void check_recovery(struct doctor *d, const struct db_rows *r)
{
    struct str configured = d->ad->config.recovery_public;
    bool coordinator = db_bool(r, 0, "has_coordinator");
    struct str pending = db_text(r, 0, "pending_recovery");

    if (!coordinator && configured.n > 0 && str_eq(pending, configured))
        doctor_line(d, "setup_open", false, NULL);
    else if (coordinator)
        doctor_line(d, "recovery", configured.n > 0, NULL);
    else
        doctor_line(d, "setup", false, NULL);
}

/* A new installation has a day to make its first one. */
static void check_backup(struct doctor *d, const struct db_rows *r)
{
    bool ever = !db_is_null(r, 0, "backup_at");
    int64_t since_us = db_time(r, 0, "now") - db_time(r, 0, ever ? "backup_at" : "installed_at");
    int64_t hours = since_us / second_us / 3600;

    doctor_line(d, ever ? "backup" : "first_backup", hours < BACKUP_MAX_H,
                admin_number("n", hours));
}

static void check_schema(struct doctor *d)
{
    struct db_rows *r = NULL;
    json_t *year;
    int64_t late_s;

    if (admin_script(d->ad, "admin/doctor-schema.sql", &r) != ERR_OK) {
        doctor_line(d, "look", false, admin_value("problem", db_problem(admin_db(d->ad))));
        return;
    }
    year = admin_value("year", str_fmt(d->ad->arena, "%lld", (long long)db_int(r, 0, "year")));
    doctor_line(d, "calendar", db_int(r, 0, "official_days") > 0, year);
    check_recovery(d, r);
    check_backup(d, r);
    late_s = (db_time(r, 0, "service_now") - db_time(r, 0, "worker_at")) / second_us;
    doctor_line(d, "worker", !db_is_null(r, 0, "worker_at") && late_s <= WORKER_MAX_S,
                admin_number("n", WORKER_MAX_S / 60));
    if (!d->ad->config.demo)
        doctor_line(d, "offset", db_time(r, 0, "service_now") == db_time(r, 0, "now"), NULL);
}

void doctor_database(struct doctor *d)
{
    struct db_rows *r = NULL;
    int64_t before_us = clock_now();
    enum err err = admin_script(d->ad, "admin/doctor-server.sql", &r);
    char *folder;

    if (err != ERR_OK) {
        doctor_line(d, "database", false, admin_value("problem", db_problem(admin_db(d->ad))));
        return;
    }
    doctor_line(d, "database", true, admin_value("name", d->ad->config.database_name));
    check_server(d, r, before_us, clock_now());
    folder = str_z(d->ad->arena, db_text(r, 0, "data_directory"));
    if (access(folder, F_OK) == 0) /* not on another machine */
        doctor_disk(d, folder);
    doctor_disk(d, str_z(d->ad->arena, d->ad->config.run_dir));
    check_migrations(d);
    if (db_bool(r, 0, "installed"))
        check_schema(d);
}
