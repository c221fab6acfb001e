/* serve_request: pages, languages, forms.  Nothing typed is ever lost. */
#include "serve_program.h"

#include <string.h>

/* ---- pages ---- */

static void a_page_is_html_and_never_stored(void **state)
{
    struct reply *rep = get(*state, "/");

    assert_int_equal(rep->status, 200);
    assert_text(header(rep, "Content-Type"), "text/html; charset=utf-8");
    assert_text(header(rep, "Cache-Control"), "no-store");
    assert_text(header(rep, "Vary"), "Accept, Accept-Language, Cookie");
    assert_true(shows(rep, "<i></i>"));
}

static void the_same_page_as_json_holds_the_tokens(void **state)
{
    struct visit *v = visit(*state, METHOD_GET, "/");
    const json_t *m;

    v->req.wants_json = true;
    (void)send_visit(v);
    assert_text(header(&v->rep, "Content-Type"), "application/json");
    m = json_parse(*state, v->rep.body);
    assert_text(json_str(m, "title"), "T");
    assert_true(json_str(json_object_get(m, "csrf"), "open").n > 40);
}

static void a_first_visit_gets_the_cookie_of_its_token(void **state)
{
    struct reply *rep = get(*state, "/");
    struct str cookie = header(rep, "Set-Cookie");

    assert_true(str_starts(cookie, STR("tpre-8080=")));
    assert_true(str_ends(cookie, STR("; Path=/; HttpOnly; SameSite=Lax")));
    /* An error page makes none. */
    assert_int_equal(header(get(*state, "/nowhere"), "Set-Cookie").n, 0);
}

static void no_route_no_method(void **state)
{
    struct reply *rep = get(*state, "/nowhere");

    assert_int_equal(rep->status, 404);
    assert_int_equal(rep->err, ERR_NOT_FOUND);
    assert_true(shows(rep, "这个页面不存在"));
    rep = get(*state, "/open");
    assert_int_equal(rep->status, 405);
    assert_text(header(rep, "Allow"), "POST");
    rep = send_visit(visit(*state, METHOD__MAX, "/raw"));
    assert_int_equal(rep->status, 405);
    assert_text(header(rep, "Allow"), "GET, HEAD");
    assert_int_equal(get(*state, "/id/not-an-id")->status, 404);
    assert_int_equal(get(*state, "/id/9b2c3d4e-0000-4000-8000-0123456789ab")->status, 200);
}

static void a_query_is_forgiving_but_not_ambiguous(void **state)
{
    assert_int_equal(get(*state, "/search?page=2&from=chat&x=%zz")->status, 200);
    assert_int_equal(get(*state, "/search?x=1&x=2")->status, 200);
    assert_int_equal(get(*state, "/search?page=1&page=2")->status, 400);
    assert_int_equal(handled, 0);
    assert_int_equal(get(*state, "/search?page=zero")->status, 422);
    assert_int_equal(handled, 1);
}

static void handlers_that_fail_or_forget_are_answered(void **state)
{
    struct reply *rep = get(*state, "/fail");

    assert_int_equal(rep->status, 500);
    assert_int_equal(rep->err, ERR_DAMAGED);
    assert_true(shows(rep, "0123456789abcdef"));
    rep = get(*state, "/nothing");
    assert_int_equal(rep->status, 500);
    assert_int_equal(rep->err, ERR_INTERNAL);
}

static void downloads_have_two_names_and_no_rights(void **state)
{
    struct reply *rep = get(*state, "/download");

    assert_text(header(rep, "Content-Disposition"),
                "attachment; filename=\"AD26-1.pdf\"; "
                "filename*=UTF-8''%E6%8A%95%E8%AF%89%E4%B9%A6%201.pdf");
    assert_text(header(rep, "Content-Security-Policy"), "default-src 'none'; sandbox");
    assert_int_equal(rep->stream(NULL, rep, rep->stream_ctx), ERR_OK);
    assert_text(rep->body, "abcd");
}

/* ---- language ---- */

static void the_language_link_sets_a_cookie_and_goes_on(void **state)
{
    struct reply *rep = get(*state, "/search?page=2&lang=en&x=1");

    assert_int_equal(rep->status, 303);
    assert_text(header(rep, "Location"), "/search?page=2&x=1");
    assert_text(header(rep, "Set-Cookie"),
                "lang-8080=en; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000");
    assert_int_equal(get(*state, "/?lang=xx")->status, 200);
    assert_text(header(get(*state, "/?lang=en"), "Location"), "/");
}

static void the_language_comes_from_cookie_then_browser(void **state)
{
    struct visit *v = visit(*state, METHOD_GET, "/nowhere");

    v->req.accept_language = STR("en-GB,en;q=0.8");
    assert_false(shows(send_visit(v), "这个页面不存在"));
    v = visit(*state, METHOD_GET, "/nowhere");
    v->req.accept_language = STR("en-GB");
    bring_cookie(v, "lang", STR("zh-CN"));
    assert_true(shows(send_visit(v), "这个页面不存在"));
}

static void the_language_button_keeps_what_was_typed(void **state)
{
    struct reply *rep = post(*state, "open", "/open", "story=%E5%8D%A1%E7%9B%9F&lang_to=en");

    assert_int_equal(rep->status, 200);
    assert_int_equal(handled, 0);
    assert_true(shows(rep, "<i>卡盟</i>"));
    assert_text(json_str(rep->model, "lang"), "en");
    /* Even an empty form is not scolded, and an old token is good enough to change the language. */
    rep = post(*state, "other", "/open", "story=&lang_to=en");
    assert_int_equal(rep->status, 200);
    assert_false(json_truth(json_object_get(rep->model, "form"), "has_errors"));
}

/* ---- posts ---- */

static void a_right_post_is_handled_once_and_goes_on(void **state)
{
    struct reply *rep = post(*state, "open", "/open", "story=hello");

    assert_int_equal(rep->status, 303);
    assert_text(header(rep, "Location"), "/done?n=1");
    assert_int_equal(handled, 1);
}

static void field_errors_bring_the_form_back(void **state)
{
    struct reply *rep = post(*state, "open", "/open", "story=");

    assert_int_equal(rep->status, 422);
    assert_int_equal(rep->err, ERR_FORM);
    assert_int_equal(handled, 0);
    assert_true(json_truth(rep->model, "has_errors"));
    assert_true(json_is_null(json_object_get(rep->model, "notice")));
}

static void a_route_that_checks_itself_is_called_with_errors(void **state)
{
    assert_int_equal(post(*state, "checked", "/checked", "story=")->status, 422);
    assert_int_equal(handled, 1);
    assert_int_equal(post(*state, "checked", "/checked", "story=twice")->status, 422);
    assert_int_equal(post(*state, "checked", "/checked", "story=once")->status, 303);
}

static void unknown_repeated_and_undecodable_parameters_keep_the_form(void **state)
{
    static const char *const bodies[] = {"story=kept&more=1", "story=kept&story=b", "story=kept%ZZ",
                                         "story=kept%00", "story=kept%FF"};

    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct reply *rep = post(*state, "open", "/open", bodies[i]);

        assert_int_equal(rep->status, 400);
        assert_int_equal(handled, 0);
        assert_true(shows(rep, "<i>kept"));
        assert_true(json_str(rep->model, "notice").n > 0);
    }
}

static void another_content_type_is_refused(void **state)
{
    struct visit *v = post_as(*state, SESSION_PRE, "open", "/open", "story=hello");

    v->req.content_type = STR("text/plain");
    assert_int_equal(send_visit(v)->status, 400);
    v = post_as(*state, SESSION_PRE, "open", "/open", "story=hello");
    v->req.content_type = STR("Application/X-WWW-Form-URLencoded; charset=UTF-8");
    assert_int_equal(send_visit(v)->status, 303);
}

static void large_forms_come_back_huge_ones_are_refused_unread(void **state)
{
    struct str many = str_fmt(*state, "story=kept%03000d", 1);
    struct reply *rep = post(*state, "open", "/open", str_z(*state, many));
    struct visit *v;

    assert_int_equal(rep->status, 413);
    assert_true(shows(rep, "<i>kept000"));
    v = post_as(*state, SESSION_PRE, "open", "/open", "story=x");
    v->req.content_length = INT64_C(1) << 40;
    rep = send_visit(v);
    assert_int_equal(rep->status, 413);
    v = visit(*state, METHOD_GET, "/raw");
    v->req.content_length = 1;
    assert_int_equal(send_visit(v)->status, 413);
}

static long cut_short(void *ctx, char *p, size_t n)
{
    int *calls = ctx;

    memset(p, 'a', n < 5 ? n : 5);
    return (*calls)++ == 0 ? 5 : 0;
}

static void a_short_body_is_never_acted_on(void **state)
{
    struct visit *v = post_as(*state, SESSION_PRE, "open", "/open", "story=hello");
    int calls = 0;

    v->req.source = (struct body_source){cut_short, &calls};
    v->req.source_left = v->req.content_length;
    assert_int_equal(send_visit(v)->status, 400);
    assert_int_equal(handled, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(a_page_is_html_and_never_stored),
        unit_test_of(the_same_page_as_json_holds_the_tokens),
        unit_test_of(a_first_visit_gets_the_cookie_of_its_token),
        unit_test_of(no_route_no_method),
        unit_test_of(a_query_is_forgiving_but_not_ambiguous),
        unit_test_of(handlers_that_fail_or_forget_are_answered),
        unit_test_of(downloads_have_two_names_and_no_rights),
        unit_test_of(the_language_link_sets_a_cookie_and_goes_on),
        unit_test_of(the_language_comes_from_cookie_then_browser),
        unit_test_of(the_language_button_keeps_what_was_typed),
        unit_test_of(a_right_post_is_handled_once_and_goes_on),
        unit_test_of(field_errors_bring_the_form_back),
        unit_test_of(a_route_that_checks_itself_is_called_with_errors),
        unit_test_of(unknown_repeated_and_undecodable_parameters_keep_the_form),
        unit_test_of(another_content_type_is_refused),
        unit_test_of(large_forms_come_back_huge_ones_are_refused_unread),
        unit_test_of(a_short_body_is_never_acted_on),
    };

    return serve_program_main(tests, sizeof tests / sizeof tests[0]);
}
