#include "db_cluster.h"

#include "core/json.h"
#include "core/log.h"

void script(struct db *admin, const char *text)
{
    enum err err = db_script(admin, str_of(text), NULL);

    if (err != ERR_OK)
        fail_msg("%s: %.*s", text, STR_ARG(db_problem(admin)));
}

static const char *setting(const char *name, const char *otherwise)
{
    const char *value = getenv(name);

    return value != NULL ? value : otherwise;
}

static char *read_fixture(struct arena *a)
{
    struct str path = str_fmt(a, "%s/tests/unit/db-fixture.sql", setting("srcdir", "."));
    FILE *f = fopen(str_z(a, path), "rb");
    char *text = arena_alloc(a, 65536);

    assert_non_null(f);
    assert_true(fread(text, 1, 65535, f) > 0);
    (void)fclose(f);
    return text;
}

struct db *open_admin(struct fixture *f, const char *database)
{
    struct db *db;

    f->config.database_name = str_of(database);
    db = db_open_operator(&f->config, setting("AIDDESK_TEST_PG_USER", "postgres"));
    db_request_begin(db, f->arena);
    return db;
}

static int start(void **state)
{
    static struct fixture fixture;
    struct fixture *f = &fixture;

    log_open("test_db", LOG_ERROR_ + 1); /* refusals are what is tested */
    f->arena = arena_new(65536);
    f->config.database = str_of(getenv("AIDDESK_TEST_PG"));
    f->config.database_port = str_of(setting("AIDDESK_TEST_PG_PORT", "5432"));
    f->lock = open_admin(f, "postgres");
    script(f->lock, "set lock_timeout = 0");
    script(f->lock, "select pg_advisory_lock(20261104)");
    script(f->lock, "drop database if exists aiddesk_unit_db with (force)");
    script(f->lock, "drop role if exists aiddesk_unit");
    script(f->lock, "create database aiddesk_unit_db");
    f->admin = open_admin(f, "aiddesk_unit_db");
    script(f->admin, read_fixture(f->arena));
    f->db = db_open(&f->config, "aiddesk_unit", 800, 1500);
    *state = f;
    return 0;
}

static int stop(void **state)
{
    struct fixture *f = *state;

    db_close(f->db);
    db_close(f->admin);
    script(f->lock, "drop database aiddesk_unit_db with (force)");
    script(f->lock, "drop role aiddesk_unit");
    db_close(f->lock);
    arena_free(f->arena);
    return 0;
}

int cluster_begin(void **state)
{
    struct fixture *f = *state;

    script(f->admin, "select setval('unit.attempts', 1, false)");
    db_request_begin(f->db, f->arena);
    return 0;
}

int cluster_end(void **state)
{
    struct fixture *f = *state;

    return db_request_end(f->db) ? 0 : 1;
}

int cluster_run(const struct CMUnitTest *tests, size_t n)
{
    json_init();
    if (getenv("AIDDESK_TEST_PG") == NULL) {
        (void)printf(
            "1..0 # SKIP AIDDESK_TEST_PG is not set: NO TEST OF THE DATABASE MODULE HAS RUN\n");
        return 77;
    }
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return _cmocka_run_group_tests("db", tests, n, start, stop);
}

void next_request(struct fixture *f)
{
    (void)db_request_end(f->db);
    db_request_begin(f->db, f->arena);
}

int64_t count(struct fixture *f, int64_t id)
{
    struct db_rows *rows = NULL;

    assert_int_equal(db_read(f->db, "unit.count", &rows, DB_INT("p_id", id)), ERR_OK);
    return db_int(rows, 0, "count");
}

int64_t backend(struct fixture *f)
{
    struct db_rows *rows = NULL;

    assert_int_equal(db_read0(f->db, "unit.backend", &rows), ERR_OK);
    return db_int(rows, 0, "backend");
}

void kill_backend(struct fixture *f)
{
    script(f->admin, "select pg_terminate_backend(pid, 2000) from pg_stat_activity "
                     "where usename = 'aiddesk_unit'");
}

enum err add(struct fixture *f, int64_t id, const char *word)
{
    return db_write(f->db, "unit.add", NULL, DB_INT("p_id", id), DB_TEXT("p_word", str_of(word)));
}
