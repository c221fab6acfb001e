#include "unit.h"

#include "core/request.h"
#include "core/route.h"

static enum err nothing(struct request *req, struct reply *rep)
{
    (void)req;
    (void)rep;
    return ERR_OK;
}

static const struct param of_case[] = {{.name = "n", .type = PARAM_NUMBER, .flags = PARAM_PATH},
                                       {0}};
static const struct param of_file[] = {{.name = "n", .type = PARAM_NUMBER, .flags = PARAM_PATH},
                                       {.name = "f", .type = PARAM_UUID, .flags = PARAM_PATH},
                                       {0}};

#define GET_ROUTE(nm, pt, ...)                                                                     \
    {                                                                                              \
        .name = (nm), .method = METHOD_GET, .path = (pt), .who = WHO_ANYONE, .handler = nothing,   \
        ##__VA_ARGS__                                                                              \
    }
#define POST_ROUTE(nm, pt, ...)                                                                    \
    {                                                                                              \
        .name = (nm), .method = METHOD_POST, .path = (pt), .who = WHO_ANYONE, .body_max = 100,     \
        .handler = nothing, ##__VA_ARGS__                                                          \
    }

static const struct route table[] = {
    GET_ROUTE("start", "/"),
    GET_ROUTE("cases", "/desk/cases"),
    GET_ROUTE("case", "/desk/cases/{n}", .params = of_case),
    GET_ROUTE("next", "/desk/cases/next"),
    POST_ROUTE("case_take", "/desk/cases/{n}", .params = of_case),
    GET_ROUTE("file", "/desk/cases/{n}/files/{f}", .params = of_file),
    POST_ROUTE("out", "/logout"),
    GET_ROUTE("robots", "/robots.txt"),
};
enum { N = sizeof table / sizeof table[0] };

static struct route_match match(struct arena *a, enum method method, const char *path)
{
    return route_match(a, table, N, method, str_of(path));
}

static const char *name_of(struct arena *a, enum method method, const char *path)
{
    const struct route *r = match(a, method, path).route;

    return r == NULL ? "none" : r->name;
}

static void paths_find_their_routes(void **state)
{
    assert_string_equal(name_of(*state, METHOD_GET, "/"), "start");
    assert_string_equal(name_of(*state, METHOD_GET, "/desk/cases"), "cases");
    assert_string_equal(name_of(*state, METHOD_GET, "/desk/cases/AD26-1"), "case");
    assert_string_equal(name_of(*state, METHOD_GET, "/robots.txt"), "robots");
    assert_string_equal(name_of(*state, METHOD_POST, "/desk/cases/AD26-1"), "case_take");
    assert_null(route_check(table, N));
    assert_ptr_equal(route_named(table, N, "out"), &table[6]);
    assert_null(route_named(table, N, "ou"));
}

static enum err shown_again(struct request *req, struct reply *rep)
{
    return nothing(req, rep);
}

static void a_get_shows_the_form_of_a_post(void **state)
{
    static const struct route forms[] = {
        {.name = "page", .method = METHOD_GET, .path = "/a", .handler = shown_again},
        {.name = "same", .method = METHOD_POST, .path = "/a", .page = shown_again},
        {.name = "elsewhere", .method = METHOD_POST, .path = "/b", .page = shown_again},
        {.name = "other", .method = METHOD_POST, .path = "/a", .page = nothing},
        {.name = "pageless", .method = METHOD_POST, .path = "/a"},
    };

    (void)state;
    assert_true(route_shows_form(forms, 5, &forms[1]));
    assert_false(route_shows_form(forms, 5, &forms[2]));
    assert_false(route_shows_form(forms, 5, &forms[3]));
    assert_false(route_shows_form(forms, 5, &forms[4]));
}

static void a_literal_segment_wins_over_a_value(void **state)
{
    assert_string_equal(name_of(*state, METHOD_GET, "/desk/cases/next"), "next");
    assert_string_equal(name_of(*state, METHOD_POST, "/desk/cases/next"), "case_take");
}

static void values_of_the_path_are_decoded(void **state)
{
    struct route_match m = match(*state, METHOD_GET, "/desk/cases/%E5%8D%A1+x/files/a%20b");

    assert_int_equal(m.n_path_values, 2);
    assert_text(m.path_values[0].name, "n");
    assert_text(m.path_values[0].value, "卡+x");
    assert_text(m.path_values[1].name, "f");
    assert_text(m.path_values[1].value, "a b");
}

static void strange_paths_match_nothing(void **state)
{
    static const char *const paths[] = {"",
                                        "desk/cases",
                                        "//",
                                        "/desk/cases/",
                                        "/desk//cases",
                                        "/desk/cases/.",
                                        "/desk/cases/..",
                                        "/desk/cases/%2e%2E",
                                        "/desk/cases/a%2Fb",
                                        "/desk/cases/a%00",
                                        "/desk/cases/a%0d",
                                        "/desk/cases/a%C2%85",
                                        "/desk/cases/a%ff",
                                        "/desk/cases/a%",
                                        "/desk/cases/a%4",
                                        "/Desk/cases",
                                        "/%64esk/cases",
                                        "/desk/cases/x/files",
                                        "/desk/cases/x/files/y/z",
                                        "/desk",
                                        "/robots.txt/"};

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct route_match m = match(*state, METHOD_GET, paths[i]);

        if (m.route != NULL || m.path_known)
            fail_msg("%s", paths[i]);
    }
}

static void another_method_is_told_what_is_allowed(void **state)
{
    struct route_match m = match(*state, METHOD_GET, "/logout");

    assert_null(m.route);
    assert_true(m.path_known);
    assert_text(m.allow, "POST");
    m = match(*state, METHOD_POST, "/desk/cases");
    assert_text(m.allow, "GET, HEAD");
    m = match(*state, METHOD__MAX, "/desk/cases/x");
    assert_null(m.route);
    assert_text(m.allow, "GET, HEAD, POST");
}

static void assert_problem(const struct route *r, size_t n, const char *words)
{
    const char *problem = route_check(r, n);

    assert_non_null(problem);
    if (str_find(str_of(problem), str_of(words), 0) == SIZE_MAX)
        fail_msg("%s", problem);
}

static void a_bad_table_is_told_at_start(void **state)
{
    static const struct param plain[] = {{.name = "a", .type = PARAM_CODE}, {0}};
    static const struct param text[] = {{.name = "a", .type = PARAM_TEXT}, {0}};
    static const struct param file[] = {{.name = "a", .type = PARAM_FILE}, {0}};
    static const struct param twice[] = {
        {.name = "a", .type = PARAM_CODE}, {.name = "a", .type = PARAM_CODE}, {0}};
    static const struct param csrf[] = {{.name = "csrf", .type = PARAM_CODE}, {0}};
    const struct route bad_name[] = {GET_ROUTE("a b", "/a")};
    const struct route same_name[] = {GET_ROUTE("a", "/a"), GET_ROUTE("a", "/b")};
    const struct route same_path[] = {GET_ROUTE("a", "/a"), GET_ROUTE("b", "/a")};
    const struct route relative[] = {GET_ROUTE("a", "a")};
    const struct route slash[] = {GET_ROUTE("a", "/a/")};
    const struct route undeclared[] = {GET_ROUTE("a", "/a/{n}")};
    const struct route not_there[] = {GET_ROUTE("a", "/a", .params = of_case)};
    const struct route mixed[] = {GET_ROUTE("a", "/a/x{n}", .params = of_case)};
    const struct route no_limit[] = {
        {.name = "a", .method = METHOD_POST, .path = "/a", .who = WHO_ANYONE, .handler = nothing}};
    const struct route no_csrf[] = {POST_ROUTE("a", "/a", .flags = ROUTE_NO_CSRF)};
    const struct route no_page[] = {POST_ROUTE("a", "/a", .params = text)};
    const struct route no_stream[] = {POST_ROUTE("a", "/a", .params = file, .page = nothing)};
    const struct route two_params[] = {GET_ROUTE("a", "/a", .params = twice)};
    const struct route own_csrf[] = {GET_ROUTE("a", "/a", .params = csrf)};
    const struct route get_body[] = {GET_ROUTE("a", "/a", .body_max = 1)};
    const struct route fine[] = {POST_ROUTE("a", "/a", .params = plain),
                                 POST_ROUTE("b", "/b", .params = text, .page = nothing)};

    (void)state;
    assert_problem(bad_name, 1, "name");
    assert_problem(same_name, 2, "twice");
    assert_problem(same_path, 2, "twice");
    assert_problem(relative, 1, "begin with /");
    assert_problem(slash, 1, "segment");
    assert_problem(undeclared, 1, "PARAM_PATH");
    assert_problem(not_there, 1, "PARAM_PATH");
    assert_problem(mixed, 1, "segment");
    assert_problem(no_limit, 1, "limit");
    assert_problem(no_csrf, 1, "GET only");
    assert_problem(no_page, 1, "page");
    assert_problem(no_stream, 1, "ROUTE_STREAM");
    assert_problem(two_params, 1, "twice");
    assert_problem(own_csrf, 1, "core");
    assert_problem(get_body, 1, "no body");
    assert_null(route_check(fine, 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(paths_find_their_routes),
        unit_test_of(a_get_shows_the_form_of_a_post),
        unit_test_of(a_literal_segment_wins_over_a_value),
        unit_test_of(values_of_the_path_are_decoded),
        unit_test_of(strange_paths_match_nothing),
        unit_test_of(another_method_is_told_what_is_allowed),
        unit_test_of(a_bad_table_is_told_at_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
