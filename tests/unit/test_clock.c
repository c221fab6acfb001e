#include "unit.h"

#include <time.h>

#include "core/clock.h"

#define SECOND INT64_C(1000000)

static void now_is_the_systems_time_plus_the_offset(void **state)
{
    int64_t before = (int64_t)time(NULL) * SECOND;

    (void)state;
    assert_in_range(clock_now() - before, 0, 5 * SECOND);
    clock_set_offset(3600 * SECOND);
    assert_in_range(clock_now() - before, 3600 * SECOND, 3605 * SECOND);
    clock_set_offset(0);
}

static void the_monotonic_clock_never_goes_back(void **state)
{
    int64_t last = clock_monotonic_ms();

    (void)state;
    for (int i = 0; i < 1000; i++) {
        int64_t next = clock_monotonic_ms();

        assert_true(next >= last);
        last = next;
    }
}

static void instants_are_written_as_rfc3339(void **state)
{
    assert_text(clock_rfc3339(*state, 0), "1970-01-01T00:00:00.000Z");
    assert_text(clock_rfc3339(*state, -1), "1969-12-31T23:59:59.999Z");
    assert_text(clock_rfc3339(*state, INT64_C(1793664123456789)), "2026-11-03T00:02:03.456Z");
    assert_text(clock_rfc3339(*state, INT64_C(951782399999999)), "2000-02-28T23:59:59.999Z");
    assert_text(clock_rfc3339(*state, INT64_C(951868799000000)), "2000-02-29T23:59:59.000Z");
    assert_int_equal(clock_rfc3339(*state, INT64_MAX).n, 24);
    assert_int_equal(clock_rfc3339(*state, INT64_MIN).n, 24);
}

static void both_spellings_are_read(void **state)
{
    static const char *const same[] = {
        "2026-11-03T00:00:00.5Z",        "2026-11-03t00:00:00.500000z",
        "2026-11-03 00:00:00.5+00",      "2026-11-03 08:00:00.500+08",
        "2026-11-03T08:00:00.5+08:00",   "2026-11-02T18:30:00.5-0530",
        "2026-11-03T00:00:00.500000999Z"};
    int64_t t;

    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        assert_true(clock_parse(str_of(same[i]), &t));
        assert_true(t == INT64_C(1793664000500000));
    }
    assert_true(clock_parse(STR("1969-12-31T23:59:59.999999Z"), &t));
    assert_true(t == -1);
}

static void malformed_instants_are_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "2026-11-03",
        "2026-11-03T00:00:00",
        "2026-11-03T00:00:00.Z",
        "2026-11-03T00:00:00.1234567890Z",
        "2026-11-03T00:00:00ZZ",
        "2026-11-03T24:00:00Z",
        "2026-11-03T00:60:00Z",
        "2026-11-03T00:00:60Z",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-11-00T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2026-11-03T00:00:00+24:00",
        "2026-11-03T00:00:00+08:60",
        "2026-11-03T00:00:00+8",
        "2026-11-03T00:00:00+08:",
        "+026-11-03T00:00:00Z",
        "2026-11-03T-1:00:00Z",
        "infinity",
        "2026-11-03 00:00:00+00 BC",
    };
    int64_t t = 7;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(clock_parse(str_of(bad[i]), &t));
    assert_true(t == 7);
}

static void what_is_written_is_read_back(void **state)
{
    int64_t back;

    for (int64_t t = INT64_C(-62135596800000000); t < INT64_C(253402300799000000);
         t += INT64_C(86400123000) * 977) {
        assert_true(clock_parse(clock_rfc3339(*state, t), &back));
        assert_true(back == t);
    }
}

static void shanghai_is_eight_hours_ahead(void **state)
{
    struct civil c = clock_civil(INT64_C(1793635199) * SECOND); /* 2026-11-02T15:59:59Z */

    (void)state;
    assert_int_equal(c.day, 2);
    assert_int_equal(c.hour, 23);
    assert_int_equal(c.weekday, 1);
    c = clock_civil(INT64_C(1793635200) * SECOND);
    assert_int_equal(c.year, 2026);
    assert_int_equal(c.month, 11);
    assert_int_equal(c.day, 3);
    assert_int_equal(c.hour, 0);
    assert_int_equal(c.minute, 0);
    assert_int_equal(c.second, 0);
    assert_int_equal(c.weekday, 2); /* a Tuesday */
}

static void every_day_of_nine_centuries_has_its_number(void **state)
{
    int64_t first, days, expected;

    (void)state;
    assert_true(clock_day(1600, 1, 1, &first));
    expected = first;
    for (; expected < first + 900 * 365; expected++) {
        struct civil c = clock_civil_of_day(expected);

        assert_true(clock_day(c.year, c.month, c.day, &days));
        assert_true(days == expected);
        assert_int_equal(c.weekday, (days % 7 + 11) % 7);
    }
}

static void dates_that_do_not_exist_are_refused(void **state)
{
    int64_t days;

    (void)state;
    assert_true(clock_day(1970, 1, 1, &days));
    assert_true(days == 0);
    assert_true(clock_day(2000, 2, 29, &days));
    assert_true(clock_day(9999, 12, 31, &days));
    assert_false(clock_day(1900, 2, 29, &days));
    assert_false(clock_day(2026, 2, 29, &days));
    assert_false(clock_day(2026, 4, 31, &days));
    assert_false(clock_day(2026, 13, 1, &days));
    assert_false(clock_day(2026, 0, 1, &days));
    assert_false(clock_day(2026, 1, 0, &days));
    assert_false(clock_day(0, 1, 1, &days));
    assert_false(clock_day(10000, 1, 1, &days));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(now_is_the_systems_time_plus_the_offset),
        unit_test_of(the_monotonic_clock_never_goes_back),
        unit_test_of(instants_are_written_as_rfc3339),
        unit_test_of(both_spellings_are_read),
        unit_test_of(malformed_instants_are_refused),
        unit_test_of(what_is_written_is_read_back),
        unit_test_of(shanghai_is_eight_hours_ahead),
        unit_test_of(every_day_of_nine_centuries_has_its_number),
        unit_test_of(dates_that_do_not_exist_are_refused),
    };

    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
