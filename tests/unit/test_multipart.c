#include "unit.h"

#include <string.h>

#include "core/buf.h"
#include "core/multipart_private.h"

static const struct param params[] = {{.name = "kind", .type = PARAM_CODE},
                                      {.name = "note", .type = PARAM_TEXT, .max = 100},
                                      {.name = "photo", .type = PARAM_FILE},
                                      {.name = "file", .type = PARAM_FILE},
                                      {0}};
static const struct param needs_file[] = {
    {.name = "file", .type = PARAM_FILE, .flags = PARAM_REQUIRED, .empty = "own.empty"}, {0}};
static const struct route route = {
    .name = "r", .method = METHOD_POST, .path = "/r", .flags = ROUTE_STREAM, .params = params};
static const struct route file_route = {
    .name = "f", .method = METHOD_POST, .path = "/f", .flags = ROUTE_STREAM, .params = needs_file};

struct drip {
    struct str body;
    size_t at, piece;
};

static long drip_read(void *ctx, char *p, size_t n)
{
    struct drip *d = ctx;
    struct str s = str_sub(d->body, d->at, n < d->piece ? n : d->piece);

    if (s.n != 0)
        memcpy(p, s.p, s.n);
    d->at += s.n;
    return (long)s.n;
}

static struct request *request_of(struct arena *a, struct str body, size_t piece)
{
    struct request *req = arena_new_of(a, struct request);
    struct drip *d = arena_new_of(a, struct drip);

    *d = (struct drip){body, 0, piece};
    req->arena = a;
    req->route = &route;
    req->method = METHOD_POST;
    req->content_type = STR("multipart/form-data; boundary=XX");
    req->content_length = req->source_left = (int64_t)body.n;
    req->source = (struct body_source){drip_read, d};
    return req;
}

static struct multipart *open_body(struct arena *a, const char *body)
{
    struct multipart *m;

    assert_int_equal(multipart_open(request_of(a, str_of(body), SIZE_MAX), &m), ERR_OK);
    return m;
}

#define TEXT(name, value)                                                                          \
    "--XX\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" value "\r\n"
#define FILE_PART(name, file, value)                                                               \
    "--XX\r\nContent-Disposition: form-data; name=\"" name "\"; filename=\"" file                  \
    "\"\r\nContent-Type: image/png\r\n\r\n" value "\r\n"
#define END "--XX--\r\n"

static const char whole[] = TEXT("csrf", "tok") TEXT("kind", "order_page") TEXT("note", "说明\r\n")
    FILE_PART("photo", "", "")
        FILE_PART("file", "C:\\\\x\\\\截图 1.png", "\r\n--X\r\n--XXY-\r\n--X") END;

/* Reads the present part to its end, n bytes at a time. */
static struct str read_part(struct arena *a, struct multipart *m, size_t n, enum err *err)
{
    struct buf b = buf_new(a);
    size_t got;

    do {
        char *p = buf_room(&b, n);

        *err = multipart_read(m, p, n, &got);
        buf_grew(&b, got);
    } while (*err == ERR_OK && got != 0);
    return buf_str(&b);
}

static void a_form_with_a_file_comes_in_any_pieces(void **state)
{
    for (size_t piece = 1; piece < 40; piece++) {
        const char clean[] =
            TEXT("csrf", "tok") TEXT("kind", "order_page") FILE_PART("photo", "", "")
                FILE_PART("file", "a/截图.png", "\r\n--X\r\n--\r\n\r\n-") END;
        struct request *req =
            request_of(*state, str_dup(*state, str_bytes(clean, sizeof clean - 1)), piece);
        struct multipart *m;
        struct part file;
        bool have;
        enum err err;

        assert_int_equal(multipart_open(req, &m), ERR_OK);
        assert_int_equal(multipart_form(m, &file, &have), ERR_OK);
        assert_true(have);
        assert_text(req->csrf_token, "tok");
        assert_text(param_text(req, "kind"), "order_page");
        assert_true(param_present(req, "file"));
        assert_false(param_present(req, "photo"));
        assert_text(file.name, "file");
        assert_text(file.file_name, "截图.png");
        assert_text(file.type, "image/png");
        assert_int_equal(multipart_form(m, &file, &have), ERR_OK); /* the same again */
        assert_true(have);
        assert_text(read_part(*state, m, piece, &err), "\r\n--X\r\n--\r\n\r\n-");
        assert_int_equal(err, ERR_OK);
        assert_int_equal(multipart_finish(m), ERR_OK);
        assert_int_equal(req->source_left, 0);
    }
}

/* "--XXY" begins like the delimiter and is not one; RFC 2046 forbids it inside a part. */
static void a_delimiter_with_more_behind_it_is_refused(void **state)
{
    struct multipart *m = open_body(*state, whole);
    struct part file;
    bool have;
    enum err err;

    assert_int_equal(multipart_form(m, &file, &have), ERR_OK);
    assert_true(have);
    (void)read_part(*state, m, 4096, &err);
    assert_int_equal(multipart_finish(m), ERR_BAD_REQUEST);
}

static void large_files_pass_through_a_small_window(void **state)
{
    enum { N = 3 * 1024 * 1024 + 7 };
    struct buf body = buf_new(*state);
    char *content = arena_alloc(*state, N);
    struct multipart *m;
    struct part file;
    struct str got;
    bool have;
    enum err err;

    for (size_t i = 0; i < N; i++)
        content[i] = (char)("\r\n--X"[i % 5]);
    content[N / 2] = '\0';
    buf_addz(&body,
             "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n");
    buf_add(&body, str_bytes(content, N));
    buf_addz(&body, "\r\n" END);
    assert_int_equal(multipart_open(request_of(*state, buf_str(&body), 8191), &m), ERR_OK);
    assert_int_equal(multipart_form(m, &file, &have), ERR_OK);
    got = read_part(*state, m, 100000, &err);
    assert_int_equal(got.n, N);
    assert_memory_equal(got.p, content, N);
    assert_int_equal(multipart_finish(m), ERR_OK);
}

static enum err whole_form(struct arena *a, const char *body)
{
    struct multipart *m = open_body(a, body);
    struct part file;
    bool have;
    enum err err = multipart_form(m, &file, &have);

    return err == ERR_OK ? multipart_finish(m) : err;
}

static void broken_bodies_are_refused(void **state)
{
    static const char *const bodies[] = {
        "",
        "--XX",
        "--XX\r\n",
        "--XX-",
        "x" TEXT("note", "a") END,
        "\r\n" TEXT("note", "a") END,
        TEXT("note", "a"),
        TEXT("note", "a") "--XX",
        TEXT("note", "a") "--XX-",
        TEXT("note", "a") "--XX \r\n",
        TEXT("note", "a") END "x",
        TEXT("note", "a") END "\r\n",
        TEXT("note", "a") "--XX--x",
        "--XX\r\n\r\na\r\n" END,
        "--XX\r\nContent-Type: text/plain\r\n\r\na\r\n" END,
        "--XX\r\nContent-Disposition: attachment; name=\"note\"\r\n\r\na\r\n" END,
        "--XX\r\nContent-Disposition: form-data\r\n\r\na\r\n" END,
        "--XX\r\nContent-Disposition: form-data; name=\"note\"; name=\"kind\"\r\n\r\na\r\n" END,
        "--XX\r\nContent-Disposition: form-data; name=\"note\r\n\r\na\r\n" END,
        "--XX\r\nContent-Disposition: form-data; name=\"note\" x\r\n\r\na\r\n" END,
        "--XX\r\nContent-Disposition: form-data; name=\"note\"\r\nContent-Disposition: form-data; "
        "name=\"kind\"\r\n\r\na\r\n" END,
        "--XX\r\nContent-Disposition: form-data;\r\n name=\"note\"\r\n\r\na\r\n" END,
        "--XX\r\nContent-Disposition: form-data; name=\"note\"\n\r\n\r\na\r\n" END,
        "--XX\r\nContent-Disposition: form-data; name=\"note\"\r\nContent-Transfer-Encoding: "
        "base64\r\n\r\na\r\n" END,
        "--XX\nContent-Disposition: form-data; name=\"note\"\n\na\n--XX--\n",
    };

    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        if (whole_form(*state, bodies[i]) != ERR_BAD_REQUEST)
            fail_msg("%s", bodies[i]);
    }
}

static void what_clients_really_send_is_taken(void **state)
{
    static const char *const bodies[] = {
        END,
        "--XX--",
        TEXT("note", "") END,
        TEXT("note", "a") "--XX--",
        "--XX\r\ncontent-disposition:form-data;name=note\r\n\r\na\r\n" END,
        "--XX\r\nContent-Disposition: form-data; name=\"note\"\r\nContent-Type: text/plain; "
        "charset=utf-8\r\nX-Other: 1\r\nContent-Transfer-Encoding: 8bit\r\n\r\na\r\n" END,
        TEXT("note", "a") FILE_PART("photo", "", "") FILE_PART("file", "", "") END,
    };

    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        if (whole_form(*state, bodies[i]) != ERR_OK)
            fail_msg("%s", bodies[i]);
    }
}

static void a_body_shorter_than_announced_is_refused(void **state)
{
    struct str body = STR(TEXT("note", "a") END);
    struct request *req = request_of(*state, body, 10);
    struct multipart *m;
    struct part file;
    bool have;

    req->content_length = req->source_left = (int64_t)body.n + 1;
    assert_int_equal(multipart_open(req, &m), ERR_OK);
    assert_int_equal(multipart_form(m, &file, &have), ERR_BAD_REQUEST);
}

static void names_are_held_against_the_table(void **state)
{
    assert_int_equal(whole_form(*state, TEXT("other", "a") END), ERR_PARAM_UNKNOWN);
    assert_int_equal(whole_form(*state, TEXT("note", "a") TEXT("note", "b") END),
                     ERR_PARAM_REPEATED);
    assert_int_equal(whole_form(*state, FILE_PART("other", "a.png", "x") END), ERR_PARAM_UNKNOWN);
    assert_int_equal(whole_form(*state, FILE_PART("note", "a.png", "x") END), ERR_PARAM_UNKNOWN);
    /* One file a post, unless the handler asks for more. */
    assert_int_equal(
        whole_form(*state, FILE_PART("photo", "a", "x") FILE_PART("file", "b", "y") END),
        ERR_BAD_REQUEST);
    assert_int_equal(whole_form(*state, FILE_PART("file", "a", "x") TEXT("note", "late") END),
                     ERR_BAD_REQUEST);
}

static void text_that_is_no_text_is_kept_as_far_as_possible(void **state)
{
    struct request *req =
        request_of(*state, STR(TEXT("note", "a\xFFz") TEXT("kind", "order_page") END), 1000);
    struct multipart *m;
    struct part file;
    bool have;

    assert_int_equal(multipart_open(req, &m), ERR_OK);
    assert_int_equal(multipart_form(m, &file, &have), ERR_BAD_REQUEST);
    assert_text(form_field(req, "note")->typed[0], "a\xEF\xBF\xBDz");
    assert_text(param_text(req, "kind"), "order_page");
}

static void long_text_is_cut_and_refused_by_its_field(void **state)
{
    struct buf body = buf_new(*state);
    struct request *req;
    struct multipart *m;
    struct part file;
    bool have;

    buf_addz(&body, "--XX\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n");
    for (int i = 0; i < 30000; i++)
        buf_addz(&body, "卡");
    buf_addz(&body, "\r\n" TEXT("kind", "a") END);
    req = request_of(*state, buf_str(&body), 5000);
    assert_int_equal(multipart_open(req, &m), ERR_OK);
    assert_int_equal(multipart_form(m, &file, &have), ERR_OK);
    assert_int_equal(form_field(req, "note")->typed[0].n, 65535);
    assert_string_equal(form_field(req, "note")->error, "error.field.long");
    assert_text(param_text(req, "kind"), "a");
}

static void parts_and_headers_are_limited(void **state)
{
    struct buf many = buf_new(*state), long_head = buf_new(*state);

    for (int i = 0; i < 65; i++)
        buf_addz(&many, FILE_PART("photo", "", ""));
    buf_addz(&many, END);
    assert_int_equal(whole_form(*state, str_z(*state, buf_str(&many))), ERR_BAD_REQUEST);
    buf_addz(&long_head, "--XX\r\nX: ");
    for (int i = 0; i < 9000; i++)
        buf_addc(&long_head, 'a');
    buf_addz(&long_head, "\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\na\r\n" END);
    assert_int_equal(whole_form(*state, str_z(*state, buf_str(&long_head))), ERR_BAD_REQUEST);
}

static void a_missing_file_is_an_error_of_its_field(void **state)
{
    struct request *req = request_of(*state, STR(FILE_PART("file", "", "") END), 100);
    struct multipart *m;
    struct part file;
    bool have;

    req->route = &file_route;
    assert_int_equal(multipart_open(req, &m), ERR_OK);
    assert_int_equal(multipart_form(m, &file, &have), ERR_OK);
    assert_false(have);
    assert_int_equal(req->form.errors, 1);
    assert_string_equal(form_field(req, "file")->error, "own.empty");
}

static void a_named_file_without_bytes_is_a_file(void **state)
{
    struct multipart *m = open_body(*state, FILE_PART("file", "empty.png", "") END);
    struct part file;
    bool have;
    enum err err;

    assert_int_equal(multipart_form(m, &file, &have), ERR_OK);
    assert_true(have);
    assert_int_equal(read_part(*state, m, 10, &err).n, 0);
    assert_int_equal(multipart_finish(m), ERR_OK);
}

static void boundaries_follow_rfc_2046(void **state)
{
    static const struct {
        const char *type, *boundary;
    } good[] = {
        {"multipart/form-data; boundary=----WebKitFormBoundaryAb12", "----WebKitFormBoundaryAb12"},
        {"Multipart/Form-Data;boundary=\"a b'()+_,-./:=?\"", "a b'()+_,-./:=?"},
        {"multipart/form-data; charset=utf-8; BOUNDARY=x", "x"},
    };
    static const char *const bad[] = {
        "",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=\"a \"",
        "multipart/form-data; boundary=\"a*b\"",
        "multipart/form-data; boundary=a; boundary=b",
        "multipart/form-data; boundary=\"a",
        "multipart/form-dataX; boundary=a",
        "multipart/mixed; boundary=a",
        "application/x-www-form-urlencoded; boundary=a",
        "multipart/form-data; "
        "boundary=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaa",
    };
    struct str b;

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(multipart_boundary(*state, str_of(good[i].type), &b));
        assert_text(b, good[i].boundary);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (multipart_boundary(*state, str_of(bad[i]), &b))
            fail_msg("%s", bad[i]);
    }
}

static void file_names_are_text_and_never_a_path(void **state)
{
    static const struct {
        const char *sent, *name;
    } rows[] = {
        {"filename=\"a.png\"", "a.png"},
        {"filename=\"../../etc/passwd\"", "passwd"},
        {"filename=\"C:\\Users\\x\\a.png\"", "a.png"},
        {"filename=\"a%22b.png\"", "a\"b.png"},
        {"filename=\"a\\\"b.png\"", "a\"b.png"},
        {"filename=\"a%2Fb.png\"", "a%2Fb.png"},
        {"filename=\"\xFF.png\"", "\xEF\xBF\xBD.png"},
        {"filename=\"a\x01z.png\"", "a\xEF\xBF\xBDz.png"},
        {"filename=\"a\xE2\x80\xAEgnp.exe\"", "a\xEF\xBF\xBDgnp.exe"},
        {"filename=\"\xD8\x9C\xE2\x80\x8E\xE2\x80\x8F\"", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"filename=\"\xE2\x80\xAA\xE2\x81\xA6\xE2\x81\xA9\"",
         "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"filename=\"a\xE2\x80\x8D\xE2\x80\xAF\xE2\x81\xA5\"",
         "a\xE2\x80\x8D\xE2\x80\xAF\xE2\x81\xA5"},
        {"filename=\"dir\\\"", ""},
        {"filename=\"a\"; filename*=UTF-8''b", "a"},
        {"filename=\"𠮷😀.png\"", "𠮷😀.png"},
    };
    struct part part;
    struct str head;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        head = str_fmt(*state, "Content-Disposition: form-data; name=\"f\"; %s\r\n", rows[i].sent);
        if (!multipart_head(*state, head, &part))
            fail_msg("%s", rows[i].sent);
        assert_true(part.is_file);
        assert_text(part.file_name, rows[i].name);
    }
    head =
        str_fmt(*state, "Content-Disposition: form-data; name=\"f\"; filename=\"%0254d卡\"\r\n", 1);
    assert_true(multipart_head(*state, head, &part));
    assert_int_equal(part.file_name.n, 254);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(a_form_with_a_file_comes_in_any_pieces),
        unit_test_of(a_delimiter_with_more_behind_it_is_refused),
        unit_test_of(large_files_pass_through_a_small_window),
        unit_test_of(broken_bodies_are_refused),
        unit_test_of(what_clients_really_send_is_taken),
        unit_test_of(a_body_shorter_than_announced_is_refused),
        unit_test_of(names_are_held_against_the_table),
        unit_test_of(text_that_is_no_text_is_kept_as_far_as_possible),
        unit_test_of(long_text_is_cut_and_refused_by_its_field),
        unit_test_of(parts_and_headers_are_limited),
        unit_test_of(a_missing_file_is_an_error_of_its_field),
        unit_test_of(a_named_file_without_bytes_is_a_file),
        unit_test_of(boundaries_follow_rfc_2046),
        unit_test_of(file_names_are_text_and_never_a_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
