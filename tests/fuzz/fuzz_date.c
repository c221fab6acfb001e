/* fuzz_date: dates, times and amounts as people, papers and PostgreSQL write them. */
#include "core/clock.h"
#include "core/form.h"
#include "fuzz.h"
#include "rules/day.h"
#include "rules/money.h"

#define SECOND_US INT64_C(1000000)

enum { TODAY = 20760 /* 2026-11-03 */ };

static void check_date(struct arena *a, struct str typed)
{
    struct str iso, again;
    int64_t days, same;

    if (!form_parse_date(a, typed, TODAY, &iso, &days))
        return;
    must(form_parse_date(a, iso, TODAY, &again, &same));
    must(days == same && str_eq(iso, again));
    must(!form_no_such_day(a, typed));
}

static void check_time(struct arena *a, struct str typed)
{
    int64_t t, again;
    struct str iso, date;
    int64_t days;

    if (!form_parse_time(a, typed, TODAY, &t))
        return;
    must(t % SECOND_US == 0);
    struct civil c = clock_civil(t);

    iso = str_fmt(a, "%04d-%02d-%02d %02d:%02d:%02d", c.year, c.month, c.day, c.hour, c.minute,
                  c.second);
    must(form_parse_time(a, iso, TODAY, &again) && again == t);
    must(form_parse_date(a, iso, TODAY, &date, &days));
}

static void check_instant(struct arena *a, struct str text)
{
    const int64_t first = INT64_C(-62135596800000000), end = INT64_C(253402300800000000);
    int64_t t, again, minutes;

    if (clock_parse(text, &t) && t >= first && t < end) {
        must(clock_parse(clock_rfc3339(a, t), &again));
        must(again <= t && t - again < 1000);
    }
    if (day_minutes(text, &minutes) && minutes >= 0)
        must(day_of_minutes(minutes) >= 0);
}

static void check_day(struct arena *a, struct str text)
{
    int64_t days, same;

    if (!day_parse(text, &days))
        return;
    must(str_eq(day_text(a, days), text));
    struct civil c = clock_civil_of_day(days);

    must(clock_day(c.year, c.month, c.day, &same) && same == days);
}

static void check_amount(struct arena *a, struct str typed)
{
    int64_t fen, again;

    if (!form_parse_fen(a, typed, &fen))
        return;
    must(fen >= 0);
    must(form_parse_fen(a, form_show_fen(a, fen), &again) && again == fen);
    if (fen > MONEY_MAX)
        return;
    must(form_parse_fen(a, money_figures(a, fen), &again) && again == fen);
    must(str_is_text(money_capital(a, fen)) && money_capital(a, fen).n != 0);
}

void fuzz_one(struct arena *a, struct str input)
{
    struct str typed = str_repair(a, input);

    check_date(a, typed);
    check_time(a, typed);
    check_instant(a, input);
    check_day(a, input);
    check_amount(a, typed);
}
