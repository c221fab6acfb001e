/* core/db: when is a write confirmed?  Clashes, notices, lost connections, a standby that is away. */
#include "db_cluster.h"

#include <sys/wait.h>
#include <unistd.h>

/* ---- retries ---- */

static enum err clash(struct fixture *f, const char *sqlstate, int64_t times, int64_t id,
                      struct db_rows **rows)
{
    return db_write(f->db, "unit.clash", rows, DB_TEXT("p_state", str_of(sqlstate)),
                    DB_INT("p_times", times), DB_INT("p_id", id));
}

static void a_clash_is_tried_five_times_again(void **state)
{
    struct fixture *f = *state;
    struct db_rows *r = NULL;

    assert_int_equal(clash(f, "40001", 5, 10, &r), ERR_OK);
    assert_int_equal(db_int(r, 0, "clash"), 6);
    assert_int_equal(count(f, 10), 1);
}

static void a_clash_without_end_is_busy(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(clash(f, "40P01", 6, 11, NULL), ERR_BUSY);
    assert_int_equal(count(f, 11), 0);
    assert_int_equal(clash(f, "40001", 6, 11, NULL), ERR_OK); /* the seventh draw */
}

static void a_disk_that_fails_is_no_fault_of_the_request(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(clash(f, "58030", 1, 12, NULL), ERR_UNAVAILABLE);
    assert_int_equal(clash(f, "53100", 2, 12, NULL), ERR_BUSY);
    assert_int_equal(count(f, 12), 0);
}

/* ---- unknown ends ---- */

static void a_notice_makes_a_write_unconfirmed(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(db_write(f->db, "unit.warn", NULL, DB_INT("p_id", 20)), ERR_UNCONFIRMED);
    assert_int_equal(count(f, 20),
                     1); /* not confirmed, and yet there: try again is the right advice */
    assert_int_equal(add(f, 21, "plain"), ERR_OK);
}

static void a_connection_lost_in_commit_is_unconfirmed(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(add(f, 22, "die at commit"), ERR_UNCONFIRMED);
    assert_int_equal(count(f, 22), 0);
}

/* Deferred triggers run after the server has switched statement_timeout (800 ms) off: only our own deadline ends this wait. */
static void a_commit_past_the_deadline_is_unconfirmed(void **state)
{
    struct fixture *f = *state;
    int64_t before = clock_monotonic_ms();

    assert_int_equal(add(f, 23, "sleep at commit"), ERR_UNCONFIRMED);
    assert_in_range(clock_monotonic_ms() - before, 1000, 2500);
}

static void a_commit_that_is_refused_is_not_unknown(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(add(f, 24, "refuse at commit"), ERR_INTERNAL);
    assert_int_equal(count(f, 24), 0);
}

/* SECURITY.md, finding 1: the only synchronous standby is away.  Other roles of the cluster do not wait for it. */
static void lose_standby(struct fixture *f)
{
    script(f->admin, "alter system set synchronous_commit = local");
    script(f->admin, "alter system set synchronous_standby_names = 'nobody'");
    script(f->admin, "select pg_reload_conf()");
    script(f->admin, "select pg_sleep(0.1)");
    next_request(f);
}

static void find_standby(struct fixture *f)
{
    script(f->admin, "alter system reset synchronous_standby_names");
    script(f->admin, "alter system reset synchronous_commit");
    script(f->admin, "select pg_reload_conf()");
    script(f->admin, "select pg_sleep(0.1)");
    next_request(f);
}

static void a_commit_that_waits_for_a_standby_is_unconfirmed(void **state)
{
    struct fixture *f = *state;
    int64_t before;
    int64_t took;

    (void)backend(f);
    lose_standby(f);
    before = clock_monotonic_ms();
    assert_int_equal(add(f, 25, "waits"), ERR_UNCONFIRMED);
    took = clock_monotonic_ms() - before;
    find_standby(f);
    assert_in_range(took, 1000, 2500); /* our deadline: statement_timeout does not end this wait */
}

static void a_cancelled_wait_for_a_standby_is_unconfirmed(void **state)
{
    struct fixture *f = *state;
    pid_t child;
    int status = 0;

    (void)backend(f);
    lose_standby(f);
    child = fork();
    if (child == 0) {
        struct db *db = open_admin(f, "aiddesk_unit_db");
        enum err err = db_script(
            db,
            STR("select pg_sleep(0.5); select pg_cancel_backend(pid) from pg_stat_activity "
                "where usename = 'aiddesk_unit' and wait_event = 'SyncRep'"),
            NULL);

        _exit(err == ERR_OK ? 0 : 1);
    }
    assert_int_equal(add(f, 26, "cancelled"), ERR_UNCONFIRMED);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    find_standby(f);
    assert_int_equal(count(f, 26), 1); /* the server said COMMIT; no standby has it */
}

/* ---- lost connections ---- */

static void a_read_survives_a_lost_connection(void **state)
{
    struct fixture *f = *state;
    int64_t before = backend(f);

    kill_backend(f);
    assert_int_not_equal(backend(f), before);
}

static void a_write_begins_on_a_new_connection(void **state)
{
    struct fixture *f = *state;

    (void)backend(f);
    kill_backend(f);
    assert_int_equal(add(f, 30, "after a loss"), ERR_OK);
    assert_int_equal(count(f, 30), 1);
}

static void a_write_is_never_sent_twice(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(db_write0(f->db, "unit.die", NULL), ERR_UNAVAILABLE);
    assert_int_equal(db_begin(f->db), ERR_OK);
    kill_backend(f);
    assert_int_equal(
        db_step(f->db, "unit.add", NULL, DB_INT("p_id", 31), DB_TEXT("p_word", STR("x"))),
        ERR_UNAVAILABLE);
    assert_int_equal(
        db_step(f->db, "unit.add", NULL, DB_INT("p_id", 31), DB_TEXT("p_word", STR("x"))),
        ERR_UNAVAILABLE);
    assert_int_equal(db_commit(f->db), ERR_UNAVAILABLE);
    assert_int_equal(count(f, 31), 0);
}

/* A server that crashed refuses everybody while it recovers, and is back a moment later. */
static void a_database_that_comes_back_soon_is_waited_for(void **state)
{
    struct fixture *f = *state;
    int status = 0;
    pid_t child;

    (void)backend(f);
    script(f->admin, "alter role aiddesk_unit nologin");
    kill_backend(f);
    child = fork();
    if (child == 0) {
        struct db *db = open_admin(f, "aiddesk_unit_db");
        enum err err =
            db_script(db, STR("select pg_sleep(0.5); alter role aiddesk_unit login"), NULL);

        _exit(err == ERR_OK ? 0 : 1);
    }
    assert_int_equal(add(f, 32, "after a wait"), ERR_OK);
    assert_int_equal(count(f, 32), 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void a_database_that_is_away_is_unavailable(void **state)
{
    struct fixture *f = *state;
    struct config away = f->config;
    int64_t before;
    struct db *db;

    away.database = STR("/nowhere");
    db = db_open(&away, "aiddesk_unit", 8000, 8000);
    db_request_begin(db, f->arena);
    before = clock_monotonic_ms();
    assert_int_equal(db_read0(db, "unit.backend", NULL), ERR_UNAVAILABLE);
    assert_in_range(clock_monotonic_ms() - before, 1000, 2500);
    /* It stays away: nobody waits any more. */
    before = clock_monotonic_ms();
    assert_int_equal(db_write0(db, "unit.backend", NULL), ERR_UNAVAILABLE);
    assert_int_equal(db_snapshot_begin(db), ERR_UNAVAILABLE);
    assert_in_range(clock_monotonic_ms() - before, 0, 500);
    db_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLUSTER_TEST(a_clash_is_tried_five_times_again),
        CLUSTER_TEST(a_clash_without_end_is_busy),
        CLUSTER_TEST(a_disk_that_fails_is_no_fault_of_the_request),
        CLUSTER_TEST(a_notice_makes_a_write_unconfirmed),
        CLUSTER_TEST(a_connection_lost_in_commit_is_unconfirmed),
        CLUSTER_TEST(a_commit_past_the_deadline_is_unconfirmed),
        CLUSTER_TEST(a_commit_that_is_refused_is_not_unknown),
        CLUSTER_TEST(a_commit_that_waits_for_a_standby_is_unconfirmed),
        CLUSTER_TEST(a_cancelled_wait_for_a_standby_is_unconfirmed),
        CLUSTER_TEST(a_read_survives_a_lost_connection),
        CLUSTER_TEST(a_write_begins_on_a_new_connection),
        CLUSTER_TEST(a_write_is_never_sent_twice),
        CLUSTER_TEST(a_database_that_comes_back_soon_is_waited_for),
        CLUSTER_TEST(a_database_that_is_away_is_unavailable),
    };

    return cluster_run(tests, sizeof tests / sizeof tests[0]);
}
