/* session: cookies that are bearers (core/session.h). */
#include "unit.h"

#include <string.h>

#include "core/clock.h"
#include "core/session.h"
#include "core/token.h"
#include "vector.h"

static const int64_t hour_us = INT64_C(3600000000);

static const char *const kinds[SESSION__MAX] = {
    [SESSION_USER] = "user",     [SESSION_PRE] = "pre",   [SESSION_DRAFT] = "draft",
    [SESSION_TRACK] = "track",   [SESSION_LINK] = "link", [SESSION_SETUP] = "setup",
    [SESSION_DEVICE] = "device",
};

static enum session_kind kind_of(struct str name)
{
    for (int k = 0; k < SESSION__MAX; k++)
        if (str_eqz(name, kinds[k]))
            return (enum session_kind)k;
    fail_msg("unknown kind");
    return SESSION__MAX;
}

/* Sets the clock so that clock_now() is t for as long as a test lasts, give or take its own time. */
static void set_clock(int64_t t_us)
{
    clock_set_offset(0);
    clock_set_offset(t_us - clock_now());
}

static int reset_clock(void **state)
{
    clock_set_offset(0);
    return unit_teardown(state);
}

static void every_kind_derives_what_the_vectors_say(void **state)
{
    struct arena *a = *state;
    json_t *all = json_object_get(vector_load(a, "session"), "sessions");
    size_t i;
    json_t *v;

    assert_int_equal(json_array_size(all), SESSION__MAX);
    json_array_foreach(all, i, v)
    {
        struct session *s =
            session_of_cookie(a, kind_of(vector_text(v, "kind")), vector_text(v, "cookie"));
        struct uuid id = vector_uuid(a, v, "id");
        struct uuid other = token_uuid();
        uint32_t version = (uint32_t)vector_int(v, "version");
        struct str wrapped = vector_bytes(a, v, "wrapped");
        unsigned char secret[32];

        assert_non_null(s);
        assert_bytes(session_bearer(s).p, vector_bytes(a, v, "lookup"));
        assert_text(session_cookie_text(a, s), str_z(a, vector_text(v, "cookie")));
        assert_false(s->have_secret);
        assert_int_equal(session_unwrap(a, s, &id, version, wrapped, secret), ERR_OK);
        assert_bytes(secret, vector_bytes(a, v, "secret"));
        assert_int_equal(session_unwrap(a, s, &other, version, wrapped, secret), ERR_DAMAGED);
        assert_int_equal(session_unwrap(a, s, &id, version + 1, wrapped, secret), ERR_DAMAGED);
        assert_int_equal(session_unwrap(a, session_new(a, s->kind), &id, version, wrapped, secret),
                         ERR_DAMAGED);
        assert_int_equal(session_unwrap(a, s, &id, 2, session_wrap(a, s, &id, 2, s->csrf), secret),
                         ERR_OK);
        assert_memory_equal(secret, s->csrf, 32);
    }
}

static void one_cookie_is_another_bearer_for_each_kind(void **state)
{
    struct arena *a = *state;
    struct session *user = session_new(a, SESSION_USER);
    struct str cookie = session_cookie_text(a, user);

    for (int k = SESSION_PRE; k < SESSION__MAX; k++)
        assert_memory_not_equal(session_of_cookie(a, (enum session_kind)k, cookie)->lookup,
                                user->lookup, 32);
}

static void a_malformed_cookie_is_no_session(void **state)
{
    static const char *const wrong[] = {
        "",
        "AAAA",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/",
        " AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "\xEF"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", /* libsodium reads "_" */
        "\x80"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB",
    };
    struct arena *a = *state;

    assert_non_null(
        session_of_cookie(a, SESSION_USER, STR("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")));
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_null(session_of_cookie(a, SESSION_USER, str_of(wrong[i])));
}

static void csrf_tokens_of_the_vectors_pass_at_their_time(void **state)
{
    struct arena *a = *state;
    size_t i;
    json_t *v;

    json_array_foreach(json_object_get(vector_load(a, "session"), "sessions"), i, v)
    {
        struct session *s =
            session_of_cookie(a, kind_of(vector_text(v, "kind")), vector_text(v, "cookie"));

        set_clock(vector_int(v, "csrf_time_us") + hour_us);
        assert_true(session_csrf_check(a, s, str_z(a, vector_text(v, "csrf_route")),
                                       vector_text(v, "csrf")));
    }
}

static void a_csrf_token_is_for_one_cookie_and_one_route(void **state)
{
    struct arena *a = *state;
    struct session *s = session_new(a, SESSION_USER);
    struct str token = session_csrf(a, s, "note_add");

    assert_true(session_csrf_check(a, s, "note_add", token));
    assert_false(session_csrf_check(a, s, "note_edit", token));
    assert_false(session_csrf_check(a, session_new(a, SESSION_USER), "note_add", token));
    assert_false(session_csrf_check(a, session_of_cookie(a, SESSION_PRE, session_cookie_text(a, s)),
                                    "note_add", token));
    assert_false(session_csrf_check(a, s, "note_add", str_sub(token, 0, token.n - 1)));
    assert_false(session_csrf_check(a, s, "note_add", (struct str){NULL, 0}));
}

static void a_csrf_token_with_any_character_changed_is_refused(void **state)
{
    struct arena *a = *state;
    struct session *s = session_new(a, SESSION_USER);
    struct str token = session_csrf(a, s, "note_add");

    for (size_t i = 0; i < token.n; i++) {
        char *changed = str_z(a, token);

        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        assert_false(session_csrf_check(a, s, "note_add", str_of(changed)));
    }
}

static void a_csrf_token_lives_twelve_hours(void **state)
{
    struct arena *a = *state;
    struct session *s = session_new(a, SESSION_USER);
    int64_t t = INT64_C(1790000000000000);
    struct str token;

    set_clock(t);
    token = session_csrf(a, s, "note_add");
    set_clock(t + 12 * hour_us - 5000000);
    assert_true(session_csrf_check(a, s, "note_add", token));
    set_clock(t + 12 * hour_us + 5000000);
    assert_false(session_csrf_check(a, s, "note_add", token));
    set_clock(t - 30 * 1000000); /* made by a machine whose clock is ahead */
    assert_true(session_csrf_check(a, s, "note_add", token));
    set_clock(t - 90 * INT64_C(1000000));
    assert_false(session_csrf_check(a, s, "note_add", token));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(every_kind_derives_what_the_vectors_say),
        unit_test_of(one_cookie_is_another_bearer_for_each_kind),
        unit_test_of(a_malformed_cookie_is_no_session),
        cmocka_unit_test_setup_teardown(csrf_tokens_of_the_vectors_pass_at_their_time, unit_setup,
                                        reset_clock),
        unit_test_of(a_csrf_token_is_for_one_cookie_and_one_route),
        unit_test_of(a_csrf_token_with_any_character_changed_is_refused),
        cmocka_unit_test_setup_teardown(a_csrf_token_lives_twelve_hours, unit_setup, reset_clock),
    };

    token_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
