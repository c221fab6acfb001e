/* serve_request: the two proofs, who may call, JSON clients, uploads. */
#include "serve_program.h"

/* ---- the two proofs ---- */

static void a_foreign_page_learns_and_changes_nothing(void **state)
{
    static const char *const sites[] = {"cross-site", "same-site", "none"};

    for (size_t i = 0; i < sizeof sites / sizeof sites[0]; i++) {
        struct visit *v = post_as(*state, SESSION_PRE, "open", "/open", "story=planted");
        struct reply *rep;

        v->req.fetch_site = str_of(sites[i]);
        rep = send_visit(v);
        assert_int_equal(rep->status, 403);
        assert_int_equal(rep->err, ERR_CSRF);
        assert_int_equal(handled, 0);
        assert_false(shows(rep, "planted"));
    }
}

static void an_old_token_brings_the_form_back_with_a_new_one(void **state)
{
    struct reply *rep = post(*state, "another_route", "/open", "story=typed");

    assert_int_equal(rep->status, 403);
    assert_int_equal(handled, 0);
    assert_true(shows(rep, "<i>typed</i>"));
    assert_true(json_str(json_object_get(rep->model, "csrf"), "open").n > 40);
    assert_int_equal(header(rep, "Set-Cookie").n, 0); /* the pre-session lives */
}

static void without_any_cookie_a_post_gets_one_and_works_the_second_time(void **state)
{
    struct visit *v = visit(*state, METHOD_POST, "/open");
    struct str cookie, token, value;

    bring_body(v, "application/x-www-form-urlencoded", STR("story=typed&csrf="));
    assert_int_equal(send_visit(v)->status, 403);
    cookie = header(&v->rep, "Set-Cookie");
    assert_true(str_cut(cookie, '=', &value, &cookie));
    (void)str_cut(cookie, ';', &value, &cookie);
    token = json_str(json_object_get(v->rep.model, "csrf"), "open");
    v = visit(*state, METHOD_POST, "/open");
    bring_cookie(v, "tpre", value);
    bring_body(v, "application/x-www-form-urlencoded",
               str_fmt(*state, "story=typed&csrf=%.*s", STR_ARG(token)));
    assert_int_equal(send_visit(v)->status, 303);
}

static void a_button_without_a_page_gets_the_error_page(void **state)
{
    struct reply *rep = post(*state, "old", "/press", "");

    assert_int_equal(rep->status, 403);
    assert_true(shows(rep, "再点一次"));
    assert_int_equal(post(*state, "press", "/press", "")->status, 303);
}

/* ---- who ---- */

static struct reply *get_as(struct arena *a, unsigned who, const char *uri)
{
    struct visit *v = visit(a, METHOD_GET, uri);

    as_who = who;
    bring_cookie(v, "sid", session_cookie_text(a, session_new(a, SESSION_USER)));
    return send_visit(v);
}

static void strangers_are_sent_to_the_sign_in(void **state)
{
    struct reply *rep = get(*state, "/desk/cases/AD26-1?tab=2");

    assert_int_equal(rep->status, 303);
    assert_text(header(rep, "Location"), "/login?next=%2Fdesk%2Fcases%2FAD26-1%3Ftab%3D2");
    assert_text(header(get(*state, "/followed"), "Location"), "/track");
    assert_int_equal(get(*state, "/mine")->status, 410);
    assert_int_equal(get(*state, "/linked")->status, 410);
}

static void a_role_that_may_not_finds_nothing(void **state)
{
    struct reply *rep = get_as(*state, WHO_VOLUNTEER, "/desk/people");

    assert_int_equal(rep->status, 404);
    assert_int_equal(rep->err, ERR_ROLE);
    assert_true(shows(rep, "这个页面不存在"));
    assert_int_equal(get_as(*state, WHO_COORDINATOR, "/desk/people")->status, 200);
    assert_int_equal(get_as(*state, WHO_REGULATOR, "/desk/cases/AD26-1")->status, 404);
    assert_int_equal(get_as(*state, WHO_VOLUNTEER, "/desk/cases/AD26-1")->status, 200);
}

static void a_late_post_keeps_everything_and_works_after_signing_in(void **state)
{
    struct visit *v = visit(*state, METHOD_POST, "/desk/cases/AD26-1");
    struct str name, value, rest, token;

    bring_body(v, "application/x-www-form-urlencoded",
               STR("story=long+text&password=secret&csrf=old"));
    assert_int_equal(send_visit(v)->status, 401);
    assert_true(json_truth(v->rep.model, "late"));
    assert_true(shows(&v->rep, "<i>long text</i>"));
    assert_true(shows(&v->rep, "登录已过期"));
    assert_false(shows(&v->rep, "secret"));
    assert_int_equal(handled, 0);
    /* Signed in elsewhere; the same page, pressed again. */
    assert_true(str_cut(header(&v->rep, "Set-Cookie"), '=', &name, &rest));
    (void)str_cut(rest, ';', &value, &rest);
    token = json_str(json_object_get(v->rep.model, "csrf"), "desk_note");
    v = visit(*state, METHOD_POST, "/desk/cases/AD26-1");
    as_who = WHO_VOLUNTEER;
    bring_cookie(v, "sid", session_cookie_text(*state, session_new(*state, SESSION_USER)));
    bring_cookie(v, "tpre", value);
    bring_body(v, "application/x-www-form-urlencoded",
               str_fmt(*state, "story=long+text&csrf=%.*s", STR_ARG(token)));
    assert_int_equal(send_visit(v)->status, 303);
    assert_int_equal(handled, 1);
}

static void a_post_without_the_role_is_not_found(void **state)
{
    struct visit *v = post_as(*state, SESSION_USER, "desk_note", "/desk/cases/AD26-1", "story=abc");

    as_who = WHO_REGULATOR;
    assert_int_equal(send_visit(v)->status, 404);
    assert_int_equal(handled, 0);
}

static void a_post_before_the_second_factor_comes_back_without_its_session(void **state)
{
    struct visit *v = post_as(*state, SESSION_USER, "desk_note", "/desk/cases/AD26-1", "story=abc");

    as_who = WHO_ENROL;
    assert_int_equal(send_visit(v)->status, 401);
    assert_int_equal(handled, 0);
    assert_null(v->req.session); /* the page of the form has nothing to read a case with */
    assert_true(shows(&v->rep, "<i>abc</i>"));
}

static void what_sql_refuses_comes_back_with_everything(void **state)
{
    static const struct {
        enum err err;
        int status;
    } rows[] = {{ERR_UNCONFIRMED, 503}, {ERR_BUSY, 503},    {ERR_CLASH, 409},
                {ERR_TOO_MANY, 429},    {ERR_GUARD, 422},   {ERR_SIGNED_OUT, 401},
                {ERR_NOT_FOUND, 404},   {ERR_CONFLICT, 404}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct visit *v =
            post_as(*state, SESSION_USER, "desk_note", "/desk/cases/AD26-1", "story=typed+text");

        as_who = WHO_VOLUNTEER;
        answer = rows[i].err;
        assert_int_equal(send_visit(v)->status, rows[i].status);
        assert_int_equal(v->rep.err, rows[i].err);
        assert_true(shows(&v->rep, "typed text"));
        if (rows[i].status == 503)
            assert_text(header(&v->rep, "Retry-After"), "5");
    }
}

static void a_broken_page_still_shows_what_was_typed(void **state)
{
    struct reply *rep = post(*state, "broken", "/broken", "story=typed");

    assert_int_equal(rep->status, 500);
    assert_true(shows(rep, "<dd>typed</dd>"));
}

static void a_database_that_is_away_loses_nothing(void **state)
{
    struct visit *v = post_as(*state, SESSION_PRE, "open", "/open", "story=typed");

    identity = ERR_UNAVAILABLE;
    assert_int_equal(send_visit(v)->status, 503);
    assert_true(json_truth(v->rep.model, "late"));
    assert_true(shows(&v->rep, "typed"));
    v = visit(*state, METHOD_GET, "/");
    identity = ERR_UNAVAILABLE;
    assert_int_equal(send_visit(v)->status, 503);
    v = visit(*state, METHOD_GET, "/health/live");
    identity = ERR_UNAVAILABLE;
    assert_int_equal(send_visit(v)->status, 200);
}

/* ---- JSON clients ---- */

static void json_clients_get_problems(void **state)
{
    struct visit *v = post_as(*state, SESSION_PRE, "open", "/open", "story=");
    const json_t *p;

    v->req.wants_json = true;
    assert_int_equal(send_visit(v)->status, 422);
    assert_text(header(&v->rep, "Content-Type"), "application/problem+json");
    p = json_parse(*state, v->rep.body);
    assert_text(json_str(p, "type"), "urn:aiddesk:problem:form");
    assert_int_equal(json_int(p, "status"), 422);
    assert_text(json_str(json_array_get(json_object_get(p, "errors"), 0), "href"), "#f-story");
    v = visit(*state, METHOD_GET, "/desk/people");
    v->req.wants_json = true;
    assert_int_equal(send_visit(v)->status, 401);
    v = visit(*state, METHOD_GET, "/nowhere");
    v->req.wants_json = true;
    assert_int_equal(send_visit(v)->status, 404);
    assert_text(json_str(json_parse(*state, v->rep.body), "code"), "not_found");
}

/* ---- uploads ---- */

#define PART(head, value)                                                                          \
    "--B\r\nContent-Disposition: form-data; name=" head "\r\n\r\n" value "\r\n"

static struct visit *upload(struct arena *a, const char *route, const char *parts)
{
    struct visit *v = visit(a, METHOD_POST, "/upload");
    struct session *s = session_new(a, SESSION_PRE);

    bring_cookie(v, "tpre", session_cookie_text(a, s));
    bring_body(
        v, "multipart/form-data; boundary=B",
        str_fmt(a, PART("csrf", "%.*s") "%s--B--\r\n", STR_ARG(session_csrf(a, s, route)), parts));
    return v;
}

static void an_upload_reaches_its_handler_with_the_file_unread(void **state)
{
    struct visit *v =
        upload(*state, "upload", PART("note", "n") PART("file; filename=\"a.png\"", "12345"));

    assert_int_equal(send_visit(v)->status, 303);
    assert_int_equal(file_bytes, 5);
}

static void an_upload_is_checked_like_any_form(void **state)
{
    struct reply *rep =
        send_visit(upload(*state, "old", PART("note", "n") PART("file; filename=\"a\"", "1")));

    assert_int_equal(rep->status, 403);
    assert_int_equal(handled, 0);
    assert_text(
        json_str(json_object_get(json_object_get(json_object_get(rep->model, "form"), "f"), "note"),
                 "value"),
        "n");
    rep = send_visit(upload(*state, "upload", PART("note", "n") PART("file; filename=\"\"", "")));
    assert_int_equal(rep->status, 422);
    rep = send_visit(upload(*state, "upload", PART("note", "n") PART("more", "n")));
    assert_int_equal(rep->status, 400);
    rep = send_visit(upload(*state, "upload", "--C"));
    assert_int_equal(rep->status, 400);
    assert_int_equal(handled, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(a_foreign_page_learns_and_changes_nothing),
        unit_test_of(an_old_token_brings_the_form_back_with_a_new_one),
        unit_test_of(without_any_cookie_a_post_gets_one_and_works_the_second_time),
        unit_test_of(a_button_without_a_page_gets_the_error_page),
        unit_test_of(strangers_are_sent_to_the_sign_in),
        unit_test_of(a_role_that_may_not_finds_nothing),
        unit_test_of(a_late_post_keeps_everything_and_works_after_signing_in),
        unit_test_of(a_post_before_the_second_factor_comes_back_without_its_session),
        unit_test_of(a_post_without_the_role_is_not_found),
        unit_test_of(what_sql_refuses_comes_back_with_everything),
        unit_test_of(a_broken_page_still_shows_what_was_typed),
        unit_test_of(a_database_that_is_away_loses_nothing),
        unit_test_of(json_clients_get_problems),
        unit_test_of(an_upload_reaches_its_handler_with_the_file_unread),
        unit_test_of(an_upload_is_checked_like_any_form),
    };

    return serve_program_main(tests, sizeof tests / sizeof tests[0]);
}
