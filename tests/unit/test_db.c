/* core/db: values, refusals, transactions, functions replaced underneath, files, the operator's scripts. */
#include "db_cluster.h"

#include <string.h>
#include <time.h>

#include "core/json.h"

/* ---- values ---- */

static const struct uuid some_uuid = {
    {0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0x4d, 0xef, 0x80, 0x01, 2, 3, 4, 5, 6, 7}};

static void every_type_comes_back_as_it_went(void **state)
{
    struct fixture *f = *state;
    const struct str words[] = {STR("a,b"), STR("\"q\" \\ {}"), STR(""), STR("NULL"), STR("龘𠮷")};
    const struct str pieces[] = {STR("one"), STR("two")};
    struct db_rows *r = NULL;
    struct str *texts = NULL;
    struct str all = {0};
    char bytes[256];
    json_t *row;

    for (int i = 0; i < 256; i++)
        bytes[i] = (char)i;
    assert_int_equal(
        db_read(f->db, "unit.echo", &r, DB_TEXT("p_text", STR("'; drop \\ 𠮷")),
                DB_INT("p_int", INT64_MIN), DB_BOOL("p_bool", true), DB_UUID("p_uuid", some_uuid),
                DB_BYTES("p_bytes", str_bytes(bytes, 256)),
                DB_JSON("p_json", STR("{\"a\":[1,null]}")), DB_TIME("p_time", INT64_C(-1)),
                DB_DATE_OR_NULL("p_date", STR("2026-02-28")), DB_TEXTS("p_texts", words, 5),
                DB_BYTEAS("p_byteas", pieces, 2)),
        ERR_OK);
    assert_int_equal(db_count(r), 1);
    assert_true(str_eqz(db_text(r, 0, "a_text"), "'; drop \\ 𠮷"));
    assert_true(db_int(r, 0, "an_int") == INT64_MIN);
    assert_true(db_bool(r, 0, "a_bool"));
    assert_memory_equal(db_uuid(r, 0, "a_uuid").b, some_uuid.b, 16);
    all = db_bytes(r, 0, "some_bytes");
    assert_int_equal(all.n, 256);
    assert_memory_equal(all.p, bytes, 256);
    assert_true(db_time(r, 0, "a_time") == -1);
    assert_true(db_time(r, 0, "forever") == INT64_MAX);
    assert_int_equal(db_texts(r, 0, "some_texts", &texts), 5);
    for (size_t i = 0; i < 5; i++)
        assert_true(str_eq(texts[i], words[i]));
    assert_int_equal(db_int(r, 0, "n_byteas"), 2);
    assert_true(str_eqz(db_bytes(r, 0, "joined"), "onetwo"));
    row = json_owned(f->arena, db_row_json(r, 0));
    assert_string_equal(
        str_z(f->arena, json_dump(f->arena, row)),
        "{\"a_bool\":true,\"a_date\":\"2026-02-28\",\"a_json\":{\"a\":[1,null]},\"a_number\":2.5,"
        "\"a_text\":\"'; drop \\\\ 𠮷\",\"a_time\":\"1969-12-31T23:59:59.999Z\","
        "\"a_uuid\":\"12345678-9abc-4def-8001-020304050607\",\"an_int\":-9223372036854775808,"
        "\"forever\":null,\"n_byteas\":2,\"some_ints\":[-9223372036854775808,null],"
        "\"some_texts\":[\"a,b\",\"\\\"q\\\" \\\\ {}\",\"\",\"NULL\",\"龘𠮷\"]}");
}

static void null_stays_null(void **state)
{
    struct fixture *f = *state;
    struct db_rows *r = NULL;
    struct str *texts = NULL;
    json_t *row;

    assert_int_equal(
        db_read(f->db, "unit.echo", &r, DB_TEXT_OR_NULL("p_text", STR("")),
                DB_INT_OR_NULL("p_int", 5, false),
                ((struct db_arg){.name = "p_bool", .type = DB_TYPE_BOOL, .null = true}),
                DB_UUID_OR_NULL("p_uuid", some_uuid, false), DB_BYTES_OR_NULL("p_bytes", STR("")),
                ((struct db_arg){.name = "p_json", .type = DB_TYPE_JSON, .null = true}),
                DB_TIME_OR_NULL("p_time", 0, false), DB_DATE_OR_NULL("p_date", STR("")),
                DB_TEXTS("p_texts", NULL, 0), DB_BYTEAS("p_byteas", NULL, 0)),
        ERR_OK);
    assert_true(db_is_null(r, 0, "a_text") && db_is_null(r, 0, "an_int"));
    assert_int_equal(db_text(r, 0, "a_text").n, 0);
    assert_int_equal(db_int(r, 0, "an_int"), 0);
    assert_false(db_bool(r, 0, "a_bool"));
    assert_int_equal(db_bytes(r, 0, "some_bytes").n, 0);
    assert_false(db_is_null(r, 0, "some_texts"));
    assert_int_equal(db_texts(r, 0, "some_texts", &texts), 0);
    row = json_owned(f->arena, db_row_json(r, 0));
    assert_true(json_is_null(json_object_get(row, "a_uuid")));
    assert_true(json_object_get(row, "some_bytes") == NULL);
}

static void a_text_with_a_nul_byte_is_our_bug(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(db_write(f->db, "unit.add", NULL, DB_INT("p_id", 1),
                              DB_TEXT("p_word", str_bytes("a\0b", 3))),
                     ERR_INTERNAL);
}

static void the_clock_offset_is_read_when_connecting(void **state)
{
    struct fixture *f = *state;
    int64_t real_us = (int64_t)time(NULL) * 1000000;
    int64_t ahead_us;

    (void)backend(f);
    ahead_us = clock_now() - real_us;
    assert_in_range(ahead_us, 3595000000U, 3605000000U);
}

/* ---- refusals ---- */

static enum err refuse(struct fixture *f, const char *sqlstate, const char *detail)
{
    return db_write(f->db, "unit.refuse", NULL, DB_TEXT("p_state", str_of(sqlstate)),
                    DB_TEXT("p_detail", str_of(detail)));
}

static void our_own_codes_keep_their_detail(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(refuse(f, "UD030", "amount:shared.error.small"), ERR_FIELD);
    assert_true(str_eqz(db_detail(f->db), "amount:shared.error.small"));
    assert_int_equal(refuse(f, "UD020", ""), ERR_CLASH);
    assert_int_equal(db_detail(f->db).n, 0);
    assert_int_equal(refuse(f, "UD999", "x"), ERR_INTERNAL);
    assert_int_equal(db_read(f->db, "unit.refuse", NULL, DB_TEXT("p_state", STR("UD010")),
                             DB_TEXT("p_detail", STR("42"))),
                     ERR_TOO_MANY);
    assert_true(str_eqz(db_detail(f->db), "42"));
}

static void the_server_s_states_are_sorted(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(refuse(f, "23505", ""), ERR_INTERNAL);
    assert_int_equal(refuse(f, "22012", ""), ERR_INTERNAL);
    assert_int_equal(refuse(f, "53100", ""), ERR_BUSY);
    assert_int_equal(refuse(f, "57014", ""), ERR_BUSY);
    assert_int_equal(refuse(f, "55P03", ""), ERR_BUSY);
}

static void a_slow_statement_is_busy(void **state)
{
    struct fixture *f = *state;
    int64_t before = backend(f);

    assert_int_equal(db_write(f->db, "unit.slow", NULL, DB_INT("p_seconds", 5)), ERR_BUSY);
    next_request(f);
    assert_int_equal(backend(f), before); /* 57014, not our deadline: the connection lives on */
}

static void too_many_connections_is_busy(void **state)
{
    struct fixture *f = *state;
    struct db *crowd[3];
    enum err last = ERR_OK;

    (void)backend(f);
    for (int i = 0; i < 3; i++) {
        crowd[i] = db_open(&f->config, "aiddesk_unit", 1000, 1000);
        db_request_begin(crowd[i], f->arena);
        last = db_read0(crowd[i], "unit.backend", NULL);
        assert_int_equal(last, i < 2 ? ERR_OK : ERR_BUSY);
    }
    for (int i = 0; i < 3; i++)
        db_close(crowd[i]);
}

/* ---- transactions ---- */

static void an_open_transaction_is_reported_and_rolled_back(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(db_begin(f->db), ERR_OK);
    assert_int_equal(
        db_step(f->db, "unit.add", NULL, DB_INT("p_id", 40), DB_TEXT("p_word", STR("x"))), ERR_OK);
    assert_false(db_request_end(f->db));
    db_request_begin(f->db, f->arena);
    assert_int_equal(count(f, 40), 0);
}

static void several_steps_are_one_transaction(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(db_begin(f->db), ERR_OK);
    for (int64_t i = 41; i < 44; i++)
        assert_int_equal(
            db_step(f->db, "unit.add", NULL, DB_INT("p_id", i), DB_TEXT("p_word", STR("step"))),
            ERR_OK);
    assert_int_equal(db_commit(f->db), ERR_OK);
    assert_int_equal(count(f, 43), 1);
    assert_int_equal(db_begin(f->db), ERR_OK);
    assert_int_equal(
        db_step(f->db, "unit.add", NULL, DB_INT("p_id", 41), DB_TEXT("p_word", STR("twice"))),
        ERR_INTERNAL);
    /* Forgetting db_abort does no harm: COMMIT of an aborted transaction has the tag ROLLBACK. */
    assert_int_equal(db_commit(f->db), ERR_INTERNAL);
}

static void reads_of_a_snapshot_see_one_moment(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(db_snapshot_begin(f->db), ERR_OK);
    assert_int_equal(count(f, 45), 0);
    script(f->admin, "insert into unit.row (id, word) values (45, 'later')");
    assert_int_equal(count(f, 45), 0);
    assert_int_equal(
        db_read(f->db, "unit.add", NULL, DB_INT("p_id", 46), DB_TEXT("p_word", STR("x"))),
        ERR_INTERNAL); /* read only */
    assert_int_equal(db_snapshot_end(f->db), ERR_OK);
    assert_int_equal(count(f, 45), 1);
}

/* ---- functions replaced underneath ---- */

static void replaced_functions_are_found_again(void **state)
{
    struct fixture *f = *state;
    struct db_rows *r = NULL;

    assert_int_equal(db_read0(f->db, "unit.fickle", &r), ERR_OK);
    script(f->admin, "drop function unit.fickle(); create function unit.fickle() returns table "
                     "(word text, n bigint) "
                     "language sql as $$ select 'new', 2::bigint $$");
    assert_int_equal(db_read0(f->db, "unit.fickle", &r), ERR_OK);
    assert_true(str_eqz(db_text(r, 0, "word"), "new"));
    script(f->admin, "drop function unit.fickle(); create function unit.fickle() returns bigint "
                     "language sql as $$ select 3::bigint $$");
    assert_int_equal(db_write0(f->db, "unit.fickle", &r), ERR_OK);
    assert_int_equal(db_int(r, 0, "fickle"), 3);
    script(f->admin, "drop function unit.fickle()");
    assert_int_equal(db_read0(f->db, "unit.fickle", &r), ERR_INTERNAL);
    assert_int_equal(db_write0(f->db, "unit.fickle", &r), ERR_INTERNAL);
    assert_int_equal(db_prepare_only(f->db, "unit.fickle", NULL, 0), ERR_INTERNAL);
    assert_int_equal(db_prepare_only(f->db, "unit.backend", NULL, 0), ERR_OK);
}

static void forgotten_statements_are_prepared_again(void **state)
{
    struct fixture *f = *state;

    (void)count(f, 1);
    assert_int_equal(db_read0(f->db, "unit.forget", NULL), ERR_OK);
    (void)count(f, 1);
    (void)add(f, 50, "prepared");
    assert_int_equal(db_read0(f->db, "unit.forget", NULL), ERR_OK);
    assert_int_equal(add(f, 51, "prepared again"), ERR_OK);
    assert_int_equal(count(f, 51), 1);
}

/* ---- files ---- */

struct taken {
    size_t rows, bytes, stop_at;
};

static enum err take(void *ctx, struct str bytes)
{
    struct taken *t = ctx;

    t->rows++;
    t->bytes += bytes.n;
    assert_int_equal((unsigned char)bytes.p[bytes.n - 1], t->rows & 0xff);
    return t->rows == t->stop_at ? ERR_BAD_REQUEST : ERR_OK;
}

static void segments_come_one_by_one(void **state)
{
    struct fixture *f = *state;
    struct taken t = {0};

    assert_int_equal(
        db_each_bytes(f->db, "unit.segments", take, &t, DB_INT("p_n", 25), DB_INT("p_bad", 0)),
        ERR_OK);
    assert_int_equal(t.rows, 25);
    assert_int_equal(t.bytes, 2500000);
    t = (struct taken){.stop_at = 2};
    assert_int_equal(
        db_each_bytes(f->db, "unit.segments", take, &t, DB_INT("p_n", 25), DB_INT("p_bad", 0)),
        ERR_BAD_REQUEST);
    assert_int_equal(t.rows, 2);
    t = (struct taken){0};
    assert_int_equal(
        db_each_bytes(f->db, "unit.segments", take, &t, DB_INT("p_n", 0), DB_INT("p_bad", 0)),
        ERR_OK);
    assert_int_equal(t.rows, 0);
    t = (struct taken){0};
    assert_int_equal(
        db_each_bytes(f->db, "unit.segments", take, &t, DB_INT("p_n", 3), DB_INT("p_bad", 1)),
        ERR_NOT_FOUND);
    kill_backend(f);
    t = (struct taken){0};
    assert_int_equal(
        db_each_bytes(f->db, "unit.segments", take, &t, DB_INT("p_n", 1), DB_INT("p_bad", 0)),
        ERR_OK);
    assert_int_equal(t.rows, 1);
}

/* ---- the operator ---- */

static void ports_are_those_of_hosts_with_a_network(void **state)
{
    static const struct {
        const char *hosts, *numbers;
        size_t n;
        uint16_t first, last;
    } rows[] = {
        {"/run/postgresql", "5432", 0, 0, 0},      {"", "5432", 0, 0, 0},
        {"db.example.org", "6432", 1, 6432, 6432}, {"a,b", "6432", 2, 6432, 6432},
        {"a,/run/postgresql,b", "1,2,3", 2, 1, 3}, {"a", "", 1, 5432, 5432},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct config c = {.database = str_of(rows[i].hosts),
                           .database_port = str_of(rows[i].numbers)};
        uint16_t ports[4] = {0};
        size_t n = db_ports(&c, ports, 4);

        assert_int_equal(n, rows[i].n);
        assert_int_equal(ports[0], rows[i].first);
        assert_int_equal(ports[n > 0 ? n - 1 : 0], rows[i].last);
    }
}

static void the_operator_is_told_what_is_wrong(void **state)
{
    struct fixture *f = *state;
    struct db_rows *r = NULL;

    assert_int_equal(
        db_script(f->admin, STR("select 1;\nselect 2;\nselect nonsense from unit.row;"), NULL),
        ERR_INTERNAL);
    assert_true(str_eqz(db_problem(f->admin), "line 3: column \"nonsense\" does not exist"));
    assert_int_equal(db_begin(f->admin), ERR_OK);
    assert_int_equal(
        db_script(f->admin, STR("select 7 as n; set role aiddesk_unit; reset role"), &r), ERR_OK);
    assert_int_equal(db_int(r, 0, "n"), 7);
    assert_int_equal(db_script(f->admin, STR("commit"), NULL), ERR_INTERNAL);
    db_abort(f->admin);
    assert_int_equal(db_script(f->admin, STR("copy unit.row from stdin"), NULL), ERR_UNAVAILABLE);
    script(f->admin, "select 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLUSTER_TEST(every_type_comes_back_as_it_went),
        CLUSTER_TEST(null_stays_null),
        CLUSTER_TEST(a_text_with_a_nul_byte_is_our_bug),
        CLUSTER_TEST(the_clock_offset_is_read_when_connecting),
        CLUSTER_TEST(our_own_codes_keep_their_detail),
        CLUSTER_TEST(the_server_s_states_are_sorted),
        CLUSTER_TEST(a_slow_statement_is_busy),
        CLUSTER_TEST(too_many_connections_is_busy),
        CLUSTER_TEST(an_open_transaction_is_reported_and_rolled_back),
        CLUSTER_TEST(several_steps_are_one_transaction),
        CLUSTER_TEST(reads_of_a_snapshot_see_one_moment),
        CLUSTER_TEST(replaced_functions_are_found_again),
        CLUSTER_TEST(forgotten_statements_are_prepared_again),
        CLUSTER_TEST(segments_come_one_by_one),
        CLUSTER_TEST(ports_are_those_of_hosts_with_a_network),
        CLUSTER_TEST(the_operator_is_told_what_is_wrong),
    };

    return cluster_run(tests, sizeof tests / sizeof tests[0]);
}
