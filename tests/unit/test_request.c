#include "unit.h"

#include <string.h>

#include "core/form.h"
#include "core/serve.h"

static struct request *request_of(struct arena *a, const char *origin)
{
    struct request *req = arena_new_of(a, struct request);

    req->arena = a;
    req->app = arena_new_of(a, struct app);
    req->app->config.public_origin = str_of(origin);
    req->app->config.loopback_plain = strncmp(origin, "http:", 5) == 0;
    return req;
}

/* params: name, value, …, NULL */
static enum err fill(struct request *req, const char *const *params)
{
    struct pair pairs[16];
    size_t n = 0;

    for (; params[2 * n] != NULL; n++)
        pairs[n] = (struct pair){str_of(params[2 * n]), str_of(params[2 * n + 1])};
    return request_fill(req, pairs, n);
}

#define PARAMS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void parameters_of_nginx_become_a_request(void **state)
{
    struct request *req = request_of(*state, "http://127.0.0.1:8080");

    assert_int_equal(
        fill(req, PARAMS("REQUEST_METHOD", "POST", "REQUEST_URI", "/a/b%20c?x=1?2", "CONTENT_TYPE",
                         "text/plain", "CONTENT_LENGTH", "12", "HTTP_ORIGIN", "http://x",
                         "HTTP_SEC_FETCH_SITE", "none", "HTTP_HOST", "evil", "HTTP_X_FORWARDED_FOR",
                         "1.2.3.4", "AIDDESK_CLIENT", "203.0.113.77", "HTTP_ACCEPT", "text/html")),
        ERR_OK);
    assert_int_equal(req->method, METHOD_POST);
    assert_false(req->head);
    assert_text(req->path, "/a/b%20c");
    assert_text(req->query, "x=1?2");
    assert_int_equal(req->content_length, 12);
    assert_int_equal(req->source_left, 12);
    assert_text(req->client_network, "203.0.113.0/24");
    assert_string_equal(req->log_network, "203.0.113.0/24");
    assert_false(req->wants_json);
}

static void head_is_a_get_and_other_methods_are_unknown(void **state)
{
    struct request *req = request_of(*state, "https://a.example");

    assert_int_equal(fill(req, PARAMS("REQUEST_METHOD", "HEAD", "REQUEST_URI", "/")), ERR_OK);
    assert_int_equal(req->method, METHOD_GET);
    assert_true(req->head);
    assert_int_equal(req->content_length, -1);
    req = request_of(*state, "https://a.example");
    assert_int_equal(fill(req, PARAMS("REQUEST_METHOD", "DELETE", "REQUEST_URI", "/")), ERR_OK);
    assert_int_equal(req->method, METHOD__MAX);
}

static void malformed_parameters_are_refused(void **state)
{
    static const char *const uris[] = {"", "a", "*", "http://x/", "/a b", "/a\x7F", "/\xE5", "?a"};

    for (size_t i = 0; i < sizeof uris / sizeof uris[0]; i++)
        assert_int_equal(fill(request_of(*state, "http://a"), PARAMS("REQUEST_URI", uris[i])),
                         ERR_BAD_REQUEST);
    assert_int_equal(
        fill(request_of(*state, "http://a"), PARAMS("REQUEST_URI", "/", "CONTENT_LENGTH", "-1")),
        ERR_BAD_REQUEST);
    assert_int_equal(
        fill(request_of(*state, "http://a"), PARAMS("REQUEST_URI", "/", "CONTENT_LENGTH", "1x")),
        ERR_BAD_REQUEST);
    assert_int_equal(
        fill(request_of(*state, "http://a"), PARAMS("REQUEST_URI", "/", "REQUEST_URI", "/")),
        ERR_BAD_REQUEST);
    assert_int_equal(fill(request_of(*state, "http://a"),
                          PARAMS("REQUEST_URI", "/", "HTTP_HOST", "a", "HTTP_HOST", "b")),
                     ERR_OK);
}

static void json_is_for_those_who_ask_for_it(void **state)
{
    static const struct {
        const char *accept;
        bool json;
    } rows[] = {
        {"application/json", true},
        {"Application/JSON; charset=utf-8", true},
        {"application/problem+json", true},
        {"application/json, */*;q=0.1", true},
        {"text/html;q=0.5, application/json;q=0.9", true},
        {"text/html, application/json;q=0.9", false},
        {"application/json;q=0", false},
        {"application/json;q=0.0", false},
        {"application/json;q=x", false},
        {"*/*", false},
        {"", false},
        {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", false},
        {"application/jsonp", false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct request *req = request_of(*state, "http://a");

        assert_int_equal(fill(req, PARAMS("REQUEST_URI", "/", "HTTP_ACCEPT", rows[i].accept)),
                         ERR_OK);
        if (req->wants_json != rows[i].json)
            fail_msg("%s", rows[i].accept);
    }
}

static void networks_are_cut(void **state)
{
    assert_text(request_network(*state, STR("203.0.113.77"), 24, 56), "203.0.113.0/24");
    assert_text(request_network(*state, STR("2001:db8:1:2ff:3::4"), 24, 56), "2001:db8:1:200::/56");
    assert_text(request_network(*state, STR("2001:db8:1:2ff:3::4"), 24, 48), "2001:db8:1::/48");
    assert_text(request_network(*state, STR("::ffff:203.0.113.77"), 24, 56), "203.0.113.0/24");
    assert_text(request_network(*state, STR("::1"), 24, 56), "::/56");
    assert_text(request_network(*state, STR("unix:"), 24, 56), "");
    assert_text(request_network(*state, STR("1.2.3"), 24, 56), "");
    assert_text(request_network(*state, STR(""), 24, 56), "");
}

static void cookies_have_their_full_names(void **state)
{
    struct request *req = request_of(*state, "https://aid.example");
    const char *header = "__Host-sid=AAA; sid=BBB; __Host-lang = en ;x; __Host-two=1; __Host-two=2";

    assert_int_equal(fill(req, PARAMS("REQUEST_URI", "/", "HTTP_COOKIE", header)), ERR_OK);
    assert_text(request_cookie(req, "sid"), "AAA");
    assert_text(request_cookie(req, "two"), "");
    assert_text(request_cookie(req, "x"), "");
    assert_text(request_cookie(req, "si"), "");
    req = request_of(*state, "http://127.0.0.1:8080");
    assert_int_equal(fill(req, PARAMS("REQUEST_URI", "/", "HTTP_COOKIE",
                                      "sid-8081=other; sid-8080=ours; __Host-sid=no")),
                     ERR_OK);
    assert_text(request_cookie(req, "sid"), "ours");
    assert_text(request_cookie_name(request_of(*state, "http://[::1]:8080"), "sid"), "sid-8080");
    assert_text(request_cookie_name(request_of(*state, "http://localhost"), "sid"), "sid-80");
    assert_text(request_cookie_name(request_of(*state, "http://[::1]"), "sid"), "sid-80");
}

static void our_own_page_is_known_by_two_headers(void **state)
{
    static const struct {
        const char *site, *origin;
        bool same;
    } rows[] = {
        {"same-origin", "", true},
        {"same-origin", "https://evil.example", true}, /* the browser itself says so */
        {"same-site", "https://aid.example", false},
        {"cross-site", "https://aid.example", false},
        {"none", "https://aid.example", false},
        {"", "https://aid.example", true},
        {"", "https://aid.example:443", false},
        {"", "http://aid.example", false},
        {"", "null", false},
        {"", "", false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct request *req = request_of(*state, "https://aid.example");

        req->fetch_site = str_of(rows[i].site);
        req->origin = str_of(rows[i].origin);
        if (request_same_origin(req) != rows[i].same)
            fail_msg("%s %s", rows[i].site, rows[i].origin);
    }
}

static long two_bytes(void *ctx, char *p, size_t n)
{
    int *left = ctx;
    size_t give = n < 2 ? n : 2;

    if (*left <= 0)
        return 0;
    memset(p, 'x', give);
    *left -= (int)give;
    return (long)give;
}

static void a_body_cut_short_is_an_error(void **state)
{
    struct request *req = request_of(*state, "http://a");
    char p[8];
    int left = 4;

    req->source = (struct body_source){two_bytes, &left};
    req->source_left = 3;
    assert_int_equal(request_read(req, p, sizeof p), 2);
    assert_int_equal(request_read(req, p, sizeof p), 1); /* never more than announced */
    assert_int_equal(request_read(req, p, sizeof p), 0);
    left = 2;
    req->source_left = 3;
    assert_int_equal(request_read(req, p, sizeof p), 2);
    assert_int_equal(request_read(req, p, sizeof p), -1);
    assert_int_equal(req->source_left, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(parameters_of_nginx_become_a_request),
        unit_test_of(head_is_a_get_and_other_methods_are_unknown),
        unit_test_of(malformed_parameters_are_refused),
        unit_test_of(json_is_for_those_who_ask_for_it),
        unit_test_of(networks_are_cut),
        unit_test_of(cookies_have_their_full_names),
        unit_test_of(our_own_page_is_known_by_two_headers),
        unit_test_of(a_body_cut_short_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
