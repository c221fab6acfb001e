/*
 * file: sealed files in and out (core/file.h), against a real PostgreSQL (db_cluster.h) with the smallest form of its SQL side
 * (file-fixture.sql) and the built aiddesk-inspect (./aiddesk-inspect or $AIDDESK_INSPECT).
 */
#include "db_cluster.h"
#include "unit.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "core/buf.h"
#include "core/digest.h"
#include "core/file.h"
#include "core/inspect.h"
#include "core/load.h"
#include "core/serve.h"
#include "core/token.h"

static const struct param params[] = {
    {.name = "kind", .type = PARAM_CODE}, {.name = "file", .type = PARAM_FILE}, {0}};
static const struct route route = {.name = "file_add",
                                   .method = METHOD_POST,
                                   .path = "/files",
                                   .flags = ROUTE_STREAM,
                                   .params = params};

/* A draft of its own for every test, in a request. */
struct upload {
    struct fixture *f;
    struct app app;
    struct request req;
    struct file_context fc;
    struct file_meta meta;
    struct str body;
    size_t at;
};

static struct inspect *spawner; /* one for all tests */

static void prepare(struct upload *u, struct fixture *f)
{
    static const char *const names[] = {"lookup", NULL};
    struct arena *a = f->arena;
    const char *folder = unit_folder(a);
    struct str problem = {NULL, 0};
    const char *key =
        unit_file(a, folder, "intake/lookup",
                  STR("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"));

    *u = (struct upload){.f = f};
    u->app.config = f->config;
    u->app.config.keys_dir = str_of(folder);
    u->app.config.file_max_bytes = 3 << 20;
    u->app.config.case_max_files = 20;
    u->app.config.case_max_bytes = 100 << 20;
    u->app.inspect = spawner;
    u->app.slots_fd = -1;
    assert_int_equal(chmod(key, 0400), 0);
    assert_true(keys_load(a, &u->app.config, "intake", names, &u->app.keys, &problem));
    u->req = (struct request){.app = &u->app,
                              .arena = a,
                              .db = f->db,
                              .method = METHOD_POST,
                              .route = &route,
                              .content_type = STR("multipart/form-data; boundary=XX"),
                              .client_network = STR("203.0.113.0/24")};
    u->fc = (struct file_context){"intake", "p_draft", STR("draft"), seal_case_new(a)};
    script(f->admin, "truncate intake.file, intake.segment, intake.refusal");
}

static long read_body(void *ctx, char *p, size_t n)
{
    struct upload *u = ctx;
    struct str piece = str_sub(u->body, u->at, n);

    if (piece.n > 0)
        memcpy(p, piece.p, piece.n);
    u->at += piece.n;
    return (long)piece.n;
}

/* Sends a body with one file part, then `more`, of which the last `missing` bytes never come. */
static enum err send(struct upload *u, struct str bytes, const char *more, size_t missing)
{
    struct buf b = buf_new(u->f->arena);
    struct multipart *m = NULL;
    struct part part;
    bool have = false;

    buf_addz(&b,
             "--XX\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nchat\r\n"
             "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"截图 1.png\"\r\n"
             "Content-Type: image/png\r\n\r\n");
    buf_add(&b, bytes);
    buf_addz(&b, "\r\n");
    buf_addz(&b, more);
    buf_addz(&b, "--XX--\r\n");
    u->body = str_sub(buf_str(&b), 0, b.n - missing);
    u->at = 0;
    u->req.multipart = NULL; /* a new post */
    u->req.content_length = u->req.source_left = (int64_t)b.n;
    u->req.source = (struct body_source){read_body, u};
    assert_int_equal(multipart_open(&u->req, &m), ERR_OK);
    assert_int_equal(multipart_form(m, &part, &have), ERR_OK);
    assert_true(have);
    return file_receive(&u->req, &u->fc, m, &part, param_text(&u->req, "kind"), STR("备注"),
                        &u->meta);
}

static struct str noise(struct arena *a, size_t n)
{
    char *p = arena_alloc(a, n);

    token_random(p, n);
    return str_bytes(p, n);
}

static struct str sample(struct arena *a, const char *name)
{
    const char *path = unit_path(a, str_z(a, str_fmt(a, "samples/%s", name)));
    char *p = arena_alloc(a, 65536);
    FILE *file = fopen(path, "rb");
    size_t n;

    assert_non_null(file);
    n = fread(p, 1, 65536, file);
    (void)fclose(file);
    return str_bytes(p, n);
}

static struct db_rows *row(struct upload *u)
{
    struct db_rows *rows = NULL;

    assert_int_equal(db_read(u->f->db, "intake.look", &rows, DB_UUID("p_file", u->meta.id)),
                     ERR_OK);
    return rows;
}

static int64_t total(struct upload *u)
{
    struct db_rows *rows = NULL;

    assert_int_equal(db_read0(u->f->db, "intake.total", &rows), ERR_OK);
    return db_int(rows, 0, "total");
}

/* The field of the file has this error, and nothing was stored. */
static void assert_field(struct upload *u, const char *key, int64_t n)
{
    bool found = false;

    for (size_t i = 0; i < u->req.form.n; i++) {
        const struct field *field = &u->req.form.fields[i];

        if (strcmp(field->param->name, "file") != 0 || field->error == NULL)
            continue;
        assert_string_equal(field->error, key);
        assert_int_equal(field->error_n, n);
        found = true;
    }
    assert_true(found);
    assert_int_equal(total(u), 0);
}

/* ---- in and out ---- */

static void a_file_of_three_segments_comes_back_byte_for_byte(void **state)
{
    struct upload u;
    struct str text;
    struct str got;
    struct file_meta meta;
    unsigned char sha256[32];

    prepare(&u, *state);
    text = noise(u.f->arena, 2 * SEAL_SEGMENT_BYTES + 5);
    digest_sha256(text, sha256);
    assert_int_equal(send(&u, text, "", 0), ERR_OK);
    assert_int_equal(u.meta.segments, 3);
    assert_int_equal(u.meta.bytes, text.n);
    assert_memory_equal(u.meta.sha256, sha256, 32);
    assert_text(u.meta.type, "application/octet-stream");
    assert_int_equal(file_get(&u.req, &u.fc, &u.meta.id, &meta), ERR_OK);
    assert_int_equal(meta.file_no, 7);
    assert_text(meta.name, "截图 1.png");
    assert_text(meta.type_sent, "image/png");
    assert_memory_equal(meta.sha256, sha256, 32);
    assert_int_equal(file_read(&u.req, &u.fc, &meta, text.n, &got), ERR_OK);
    assert_true(str_eq(got, text));
    assert_int_equal(file_read(&u.req, &u.fc, &meta, text.n - 1, &got), ERR_LIMIT);
}

static void what_is_stored_is_sealed_and_what_is_plain_is_no_secret(void **state)
{
    struct upload u;
    struct db_rows *r;
    struct str note;
    unsigned char same[32];

    prepare(&u, *state);
    assert_int_equal(send(&u, STR("订单 CANARY-1"), "", 0), ERR_OK);
    r = row(&u);
    assert_true(str_find(db_bytes(r, 0, "manifest"), STR("截图"), 0) == SIZE_MAX);
    assert_int_equal(seal_field_open(u.f->arena, u.fc.case_key, "file", &u.meta.id, "note",
                                     db_bytes(r, 0, "note"), &note),
                     ERR_OK);
    assert_text(note, "备注");
    assert_text(db_text(r, 0, "kind_hint"), "chat");
    assert_text(db_text(r, 0, "network"), "203.0.113.0/24");
    assert_text(db_text(r, 0, "type"), "text/plain");
    assert_false(db_bool(r, 0, "service"));
    token_lookup(u.f->arena, keys_get(u.app.keys, "lookup"), "file", str_bytes(u.meta.sha256, 32),
                 same);
    assert_true(str_eq(db_bytes(r, 0, "same"), str_bytes(same, 32)));
}

static void a_photo_gets_a_preview_for_inline_view(void **state)
{
    struct upload u;
    struct reply rep;

    prepare(&u, *state);
    assert_int_equal(send(&u, sample(u.f->arena, "turned6.jpg"), "", 0), ERR_OK);
    assert_text(u.meta.type, "image/jpeg");
    assert_int_equal(u.meta.width, 96);
    assert_true(u.meta.has_preview);
    assert_true(str_find(db_bytes(row(&u), 0, "preview"), STR("JFIF"), 0) == SIZE_MAX);
    rep = (struct reply){.arena = u.f->arena};
    assert_int_equal(file_send_preview(&u.req, &rep, &u.fc, &u.meta), ERR_OK);
    assert_string_equal(rep.content_type, "image/jpeg");
    assert_true(str_starts(rep.body, STR("\xff\xd8\xff")));
    assert_true(str_find(rep.body, STR("CANARYCAM"), 0) == SIZE_MAX);
}

static void a_file_that_is_no_picture_has_no_preview(void **state)
{
    struct upload u;
    struct reply rep;

    prepare(&u, *state);
    assert_int_equal(send(&u, STR("text"), "", 0), ERR_OK);
    rep = (struct reply){.arena = u.f->arena};
    assert_int_equal(file_send_preview(&u.req, &rep, &u.fc, &u.meta), ERR_NOT_FOUND);
}

static void a_download_is_an_attachment_of_its_real_type(void **state)
{
    struct upload u;
    struct reply rep;
    struct str pdf;

    prepare(&u, *state);
    pdf = sample(u.f->arena, "paper.pdf");
    assert_int_equal(send(&u, pdf, "", 0), ERR_OK);
    rep = (struct reply){.arena = u.f->arena};
    assert_int_equal(file_send(&u.req, &rep, &u.fc, &u.meta, "AD26-104837-7"), ERR_OK);
    assert_string_equal(rep.content_type, "application/pdf");
    assert_int_equal(rep.stream_length, pdf.n);
    assert_int_equal(rep.stream(&u.req, &rep, rep.stream_ctx), ERR_OK);
    assert_true(str_eq(rep.body, pdf));
    u.meta.type = STR("text/html"); /* a type that never comes out of inspection */
    assert_int_equal(file_send(&u.req, &rep, &u.fc, &u.meta, "x"), ERR_OK);
    assert_string_equal(rep.content_type, "application/octet-stream");
}

static void a_file_of_the_service_is_stored_with_its_type(void **state)
{
    struct upload u;
    struct file_meta meta;
    struct str got;

    prepare(&u, *state);
    u.app.config.file_max_bytes = 10; /* limits are for uploads */
    assert_int_equal(file_store(&u.req, &u.fc, STR("投诉书.pdf"), "application/pdf",
                                sample(u.f->arena, "paper.pdf"), "letter", &u.meta),
                     ERR_OK);
    assert_true(db_bool(row(&u), 0, "service"));
    assert_int_equal(file_get(&u.req, &u.fc, &u.meta.id, &meta), ERR_OK);
    assert_text(meta.type, "application/pdf");
    assert_text(meta.name, "投诉书.pdf");
    assert_int_equal(file_read(&u.req, &u.fc, &meta, 10000, &got), ERR_OK);
    assert_true(str_eq(got, sample(u.f->arena, "paper.pdf")));
    assert_int_equal(file_store(&u.req, &u.fc, STR("x"), "application/pdf", (struct str){NULL, 0},
                                "letter", &u.meta),
                     ERR_BAD_REQUEST);
}

/* ---- refusals ---- */

static void a_body_cut_short_is_never_stored(void **state)
{
    static const size_t missing[] = {1, 8, 9, 100};
    struct upload u;

    prepare(&u, *state);
    for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
        assert_int_equal(send(&u, noise(u.f->arena, 3000), "", missing[i]), ERR_BAD_REQUEST);
        assert_int_equal(total(&u), 0);
    }
}

static void a_second_file_of_one_post_is_refused(void **state)
{
    struct upload u;

    prepare(&u, *state);
    assert_int_equal(
        send(&u, STR("one"),
             "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"b\"\r\n"
             "\r\ntwo\r\n",
             0),
        ERR_BAD_REQUEST);
    assert_int_equal(total(&u), 0);
}

static void an_empty_file_is_told_beside_its_field(void **state)
{
    struct upload u;

    prepare(&u, *state);
    assert_int_equal(send(&u, STR(""), "", 0), ERR_FORM);
    assert_field(&u, "shared.upload.empty", 0);
}

static void a_file_over_the_limit_is_told_beside_its_field(void **state)
{
    struct upload u;

    prepare(&u, *state);
    assert_int_equal(send(&u, noise(u.f->arena, (3 << 20) + 1), "", 0), ERR_FORM);
    assert_field(&u, "shared.upload.too_big", 3);
    prepare(&u, *state);
    assert_int_equal(send(&u, noise(u.f->arena, 3 << 20), "", 0), ERR_OK);
}

static void limits_and_repeats_that_sql_refuses_are_told_beside_the_field(void **state)
{
    static const struct {
        const char *row, *key;
        int64_t n;
    } cases[] = {
        {"('begin', 'UD011', 'files')", "shared.upload.too_many", 20},
        {"('begin', 'UD011', 'case')", "shared.upload.case_full", 100},
        {"('segment', 'UD011', 'case')", "shared.upload.case_full", 100},
        {"('segment', 'UD011', 'file')", "shared.upload.too_big", 3},
        {"('end', 'UD025', '')", "shared.upload.same", 0},
    };
    struct upload u;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        prepare(&u, *state);
        script(u.f->admin,
               str_z(u.f->arena,
                     str_fmt(u.f->arena, "insert into intake.refusal values %s", cases[i].row)));
        assert_int_equal(send(&u, STR("text"), "", 0), ERR_FORM);
        assert_field(&u, cases[i].key, cases[i].n);
    }
}

static void other_refusals_come_back_as_they_are(void **state)
{
    struct upload u;

    prepare(&u, *state);
    script(u.f->admin, "insert into intake.refusal values ('begin', 'UD010', '60')");
    assert_int_equal(send(&u, STR("text"), "", 0), ERR_TOO_MANY);
    assert_text(db_detail(u.f->db), "60");
    prepare(&u, *state);
    u.fc.bearer = STR("other");
    assert_int_equal(send(&u, STR("text"), "", 0), ERR_DRAFT);
}

/* ---- inspection that fails ---- */

static void a_file_that_could_not_be_checked_is_received_all_the_same(void **state)
{
    struct upload u;

    prepare(&u, *state);
    u.app.inspect = NULL;
    assert_int_equal(send(&u, sample(u.f->arena, "corner.png"), "", 0), ERR_OK);
    assert_int_equal(u.meta.type.n, 0);
    assert_true(db_is_null(row(&u), 0, "type"));
    assert_true(db_bool(row(&u), 0, "stored"));
}

static void a_result_that_cannot_be_stored_does_not_lose_the_file(void **state)
{
    struct upload u;

    prepare(&u, *state);
    script(u.f->admin, "insert into intake.refusal values ('inspected', 'UD002', '')");
    assert_int_equal(send(&u, sample(u.f->arena, "corner.png"), "", 0), ERR_OK);
    assert_int_equal(u.meta.type.n, 0);
    assert_false(u.meta.has_preview);
    assert_true(db_bool(row(&u), 0, "stored"));
}

/* ---- damage ---- */

static void what_was_changed_in_the_database_does_not_open(void **state)
{
    static const char *const harm[] = {
        "delete from intake.segment where no = 1",
        "delete from intake.segment where no = 2",
        "delete from intake.segment",
        "insert into intake.segment select * from intake.segment where no = 2",
        "update intake.segment set no = 3 where no = 0",
        "insert into intake.segment select file, 3, header, sealed from intake.segment where no = "
        "2",
        "update intake.segment set sealed = set_byte(sealed, 1000, get_byte(sealed, 1000) # 1) "
        "where no = 1",
        "update intake.segment set sealed = (select sealed from intake.segment where no = 0) where "
        "no = 1",
        "update intake.segment set sealed = substr(sealed, 1, 262161) where no = 1",
        "update intake.segment set header = substr(header, 1, 23) where no = 0",
    };
    struct upload u;
    struct str got;

    for (size_t i = 0; i < sizeof(harm) / sizeof(harm[0]); i++) {
        prepare(&u, *state);
        assert_int_equal(send(&u, noise(u.f->arena, 2 * SEAL_SEGMENT_BYTES + 5), "", 0), ERR_OK);
        script(u.f->admin, harm[i]);
        if (file_read(&u.req, &u.fc, &u.meta, 3 << 20, &got) != ERR_DAMAGED)
            fail_msg("%s", harm[i]);
        next_request(u.f);
    }
}

static void a_manifest_of_another_file_does_not_open(void **state)
{
    struct upload u;
    struct file_meta meta;
    struct uuid first;

    prepare(&u, *state);
    assert_int_equal(send(&u, STR("one"), "", 0), ERR_OK);
    first = u.meta.id;
    assert_int_equal(send(&u, STR("two"), "", 0), ERR_OK);
    script(u.f->admin, "update intake.file f set manifest = (select o.manifest from intake.file o "
                       "where o.id <> f.id)");
    assert_int_equal(file_get(&u.req, &u.fc, &first, &meta), ERR_DAMAGED);
}

/* ---- */

static int begin(void **state)
{
    static bool ready;
    struct fixture *f = *state;
    struct str text = {NULL, 0};
    struct str problem = {NULL, 0};

    if (!ready) {
        assert_true(
            load_text(f->arena, unit_path(f->arena, "file-fixture.sql"), 1 << 20, &text, &problem));
        script(f->admin, str_z(f->arena, text));
        ready = true;
    }
    return cluster_begin(state);
}

#define FILE_TEST(name) cmocka_unit_test_setup_teardown(name, begin, cluster_end)

int main(void)
{
    static const struct config config = {.user_prefix = {NULL, 0}};
    const char *program = getenv("AIDDESK_INSPECT");
    struct arena *a = arena_new(65536);
    const struct CMUnitTest tests[] = {
        FILE_TEST(a_file_of_three_segments_comes_back_byte_for_byte),
        FILE_TEST(what_is_stored_is_sealed_and_what_is_plain_is_no_secret),
        FILE_TEST(a_photo_gets_a_preview_for_inline_view),
        FILE_TEST(a_file_that_is_no_picture_has_no_preview),
        FILE_TEST(a_download_is_an_attachment_of_its_real_type),
        FILE_TEST(a_file_of_the_service_is_stored_with_its_type),
        FILE_TEST(a_body_cut_short_is_never_stored),
        FILE_TEST(a_second_file_of_one_post_is_refused),
        FILE_TEST(an_empty_file_is_told_beside_its_field),
        FILE_TEST(a_file_over_the_limit_is_told_beside_its_field),
        FILE_TEST(limits_and_repeats_that_sql_refuses_are_told_beside_the_field),
        FILE_TEST(other_refusals_come_back_as_they_are),
        FILE_TEST(a_file_that_could_not_be_checked_is_received_all_the_same),
        FILE_TEST(a_result_that_cannot_be_stored_does_not_lose_the_file),
        FILE_TEST(what_was_changed_in_the_database_does_not_open),
        FILE_TEST(a_manifest_of_another_file_does_not_open),
    };
    int failed;

    (void)signal(SIGPIPE, SIG_IGN); /* as serve does */
    token_init();
    spawner = inspect_start(a, &config, program != NULL ? program : "./aiddesk-inspect");
    failed = cluster_run(tests, sizeof(tests) / sizeof(tests[0]));
    arena_free(a);
    return failed;
}
