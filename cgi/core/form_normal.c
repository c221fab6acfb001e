/*
 * form_normal: what people type for amounts, dates and times, made regular.  Pure functions; fuzzed and tested by tables.
 */
#include <string.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/clock.h"
#include "core/form.h"

#define DAY_US INT64_C(86400000000)
#define SHANGHAI_US INT64_C(28800000000)

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hyphen(uint32_t c)
{
    return (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xFE58 || c == 0xFE63;
}

static bool is_wide_space(uint32_t c)
{
    return c == 0xA0 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F;
}

/* Characters that chat programs put beside numbers and nobody sees: zero width, direction marks, byte order mark. */
static bool is_invisible(uint32_t c)
{
    return (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || c == 0x2060 ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

struct str form_fold_number(struct arena *a, struct str typed)
{
    struct str s = str_fold_width(a, typed);
    struct buf out = buf_new(a);

    for (size_t i = 0; i < s.n;) {
        uint32_t c = str_next(s, &i);

        if (is_hyphen(c))
            buf_addc(&out, '-');
        else if (is_wide_space(c) || c == '\t')
            buf_addc(&out, ' ');
        else if (!is_invisible(c))
            buf_add_char(&out, c);
    }
    return str_trim(buf_str(&out));
}

/* Cuts the first of the NULL-terminated `marks` that s begins (or ends) with, ASCII letters in either case. */
static struct str cut_mark(struct arena *a, struct str s, const char *const *marks, bool at_end)
{
    struct str lower = str_lower(a, s);

    for (; *marks != NULL; marks++) {
        struct str mark = str_of(*marks);

        if (at_end && str_ends(lower, mark))
            return str_trim(str_sub(s, 0, s.n - mark.n));
        if (!at_end && str_starts(lower, mark))
            return str_trim(str_sub(s, mark.n, s.n));
    }
    return s;
}

/* What the pages of shops put before the number comes along when it is copied. */
struct str form_unlabel(struct str s)
{
    static const char *const labels[] = {"订单号",   "订单编号",   "交易号", "交易单号", "商户单号",
                                         "支付单号", "商户订单号", "流水号", NULL};

    for (size_t i = 0; labels[i] != NULL; i++) {
        struct str label = str_of(labels[i]);

        if (str_starts(s, label) && s.n > label.n && s.p[label.n] == ':')
            return str_sub(s, label.n + 1, s.n);
    }
    return s;
}

bool form_digits(struct arena *a, struct str grouped, struct str *digits)
{
    char *p = arena_alloc(a, grouped.n);
    size_t n = 0, run = 0, separators = 0, group = 0;

    for (size_t i = 0; i < grouped.n; i++) {
        char c = grouped.p[i];

        if (is_digit(c)) {
            p[n++] = c;
            run++;
            continue;
        }
        if ((c != ',' && c != ' ' && c != '\'') || run == 0)
            return false;
        if (separators == 0 ? run > 4 : group != 0 && run != group)
            return false;
        if (separators > 0)
            group = run;
        separators++;
        run = 0;
    }
    if (n == 0)
        return false;
    /* The last group decides: three as elsewhere, four as people count in 万. */
    if (separators > 0 && ((run != 3 && run != 4) || (group != 0 && run != group)))
        return false;
    *digits = str_bytes(p, n);
    return true;
}

bool form_parse_fen(struct arena *a, struct str typed, int64_t *fen)
{
    static const char *const before[] = {"¥", "￥", "人民币", "cny", "rmb", NULL};
    static const char *const after[] = {"元整", "元",  "圆",  "块钱", "块",
                                        "yuan", "cny", "rmb", NULL};
    struct str s = form_fold_number(a, typed);
    struct str yuan, cents;
    int64_t whole, part = 0;

    s = cut_mark(a, cut_mark(a, s, before, false), after, true);
    if (str_find(s, STR("。"), 0) != SIZE_MAX) { /* the full stop of a Chinese keyboard */
        size_t at = str_find(s, STR("。"), 0);

        s = str_fmt(a, "%.*s.%.*s", STR_ARG(str_sub(s, 0, at)), STR_ARG(str_sub(s, at + 3, s.n)));
    }
    (void)str_cut(s, '.', &yuan, &cents);
    if (cents.n > 2 || (yuan.n == 0 && cents.n == 0))
        return false;
    if (yuan.n != 0 && !form_digits(a, yuan, &yuan))
        return false;
    for (size_t i = 0; i < cents.n; i++) {
        if (!is_digit(cents.p[i]))
            return false;
        part = part * 10 + (cents.p[i] - '0');
    }
    if (cents.n == 1)
        part *= 10;
    if (yuan.n == 0)
        whole = 0;
    else if (!str_int(yuan, 0, INT64_MAX, &whole))
        whole = INT64_MAX;
    if (__builtin_mul_overflow(whole, 100, fen) || __builtin_add_overflow(*fen, part, fen))
        *fen = INT64_MAX;
    return true;
}

struct str form_show_fen(struct arena *a, int64_t fen)
{
    uint64_t n = fen < 0 ? 0 - (uint64_t)fen : (uint64_t)fen;

    return str_fmt(a, "%s%llu.%02u", fen < 0 ? "-" : "", (unsigned long long)(n / 100),
                   (unsigned)(n % 100));
}

/* Reads 1..most digits at *at. */
static bool number_at(struct str s, size_t *at, size_t most, int *out)
{
    size_t n = 0;
    int value = 0;

    while (*at + n < s.n && is_digit(s.p[*at + n])) {
        if (n == most)
            return false;
        value = value * 10 + (s.p[*at + n] - '0');
        n++;
    }
    *at += n;
    *out = value;
    return n > 0;
}

static bool mark_at(struct str s, size_t *at, struct str mark)
{
    if (!str_starts(str_sub(s, *at, s.n), mark))
        return false;
    *at += mark.n;
    return true;
}

static bool day_mark_at(struct str s, size_t *at)
{
    return mark_at(s, at, STR("日")) || mark_at(s, at, STR("号"));
}

static struct str without_spaces(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.n);
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != ' ')
            p[n++] = s.p[i];
    }
    return str_bytes(p, n);
}

/* Our own pages show 2026年11月3日（周二）; who copies that back is understood. */
static struct str without_weekday(struct str s)
{
    static const char *const names[] = {"周", "星期", "礼拜", NULL};
    struct str t = s;

    if (str_ends(t, STR(")")))
        t.n--;
    if (t.n < 3 || (t.p[t.n - 1] & 0x80) == 0)
        return s;
    t.n -= 3; /* 一 … 日: three bytes each */
    for (size_t i = 0; names[i] != NULL; i++) {
        if (str_ends(t, str_of(names[i]))) {
            t.n -= strlen(names[i]);
            if (str_ends(t, STR("(")))
                t.n--;
            return t;
        }
    }
    return s;
}

/* The latest day with this month and day that is not after today. */
static bool latest_past(int month, int day, int64_t today, int64_t *days)
{
    int year = clock_civil_of_day(today).year;

    for (int back = 0; back <= 8; back++) { /* 29 February: up to eight years */
        if (clock_day(year - back, month, day, days) && *days <= today)
            return true;
    }
    return false;
}

static bool read_date(struct str s, int64_t today, int64_t *days)
{
    size_t at = 0;
    int first, month, day;
    bool chinese;
    char sep;

    if (s.n == 8 && number_at(s, &at, 8, &first) && at == 8) /* 20261103 */
        return clock_day(first / 10000, first / 100 % 100, first % 100, days);
    at = 0;
    if (!number_at(s, &at, 4, &first))
        return false;
    if (at <= 2 && mark_at(s, &at, STR("月"))) {
        if (!number_at(s, &at, 2, &day))
            return false;
        (void)day_mark_at(s, &at);
        return at == s.n && latest_past(first, day, today, days);
    }
    if (at != 4)
        return false;
    chinese = mark_at(s, &at, STR("年"));
    sep = at < s.n ? s.p[at] : '\0';
    if (!chinese && sep != '-' && sep != '/' && sep != '.')
        return false;
    at += chinese ? 0 : 1;
    if (!number_at(s, &at, 2, &month))
        return false;
    if (chinese ? !mark_at(s, &at, STR("月")) : !mark_at(s, &at, str_bytes(&sep, 1)))
        return false;
    if (!number_at(s, &at, 2, &day))
        return false;
    if (chinese)
        (void)day_mark_at(s, &at);
    return at == s.n && clock_day(first, month, day, days);
}

/* HH:MM, HH:MM:SS, HH点, HH点MM分 (also 时). */
static bool read_clock(struct str s, int64_t *seconds)
{
    size_t at = 0;
    int hour, minute = 0, second = 0;

    if (!number_at(s, &at, 2, &hour))
        return false;
    if (mark_at(s, &at, STR(":"))) {
        if (!number_at(s, &at, 2, &minute))
            return false;
        if (mark_at(s, &at, STR(":")) && !number_at(s, &at, 2, &second))
            return false;
    } else if (mark_at(s, &at, STR("点")) || mark_at(s, &at, STR("时"))) {
        if (at < s.n && !number_at(s, &at, 2, &minute))
            return false;
        (void)mark_at(s, &at, STR("分"));
    } else {
        return false;
    }
    if (at != s.n || hour > 23 || minute > 59 || second > 59)
        return false;
    *seconds = hour * 3600 + minute * 60 + second;
    return true;
}

/* A month and a day, 11.20 or 11/20; 11-20 could be a range and is asked back. */
static bool read_month_day(struct str s, int *month, int *day)
{
    size_t at = 0;

    if (!number_at(s, &at, 2, month) || at == s.n || (s.p[at] != '.' && s.p[at] != '/'))
        return false;
    at++;
    return number_at(s, &at, 2, day) && at == s.n;
}

/* Payment pages show the time behind the day; who pastes both means the day. */
static struct str without_time(struct str s)
{
    size_t at = str_find(s, STR(":"), 0);
    int64_t seconds;

    if (at == SIZE_MAX)
        return s;
    while (at > 0 && is_digit(s.p[at - 1]))
        at--;
    /* Spaces or a T stand before the hour; behind 日 nothing needs to. */
    if (at < 3 || !read_clock(str_sub(s, at, s.n), &seconds) ||
        (s.p[at - 1] != ' ' && s.p[at - 1] != 'T' && !str_ends(str_sub(s, 0, at), STR("日")) &&
         !str_ends(str_sub(s, 0, at), STR("号")) && !str_ends(str_sub(s, 0, at), STR(")"))))
        return s;
    return str_trim(str_sub(s, 0, s.p[at - 1] == 'T' ? at - 1 : at));
}

/* Digits at the places of a date, whether there is such a day or not. */
static bool reads_like_date(struct str s)
{
    size_t at = 0, groups = 0;
    int n;

    if (s.n == 8 && number_at(s, &at, 8, &n) && at == 8)
        return true;
    for (at = 0; at < s.n && groups < 3;) {
        if (!number_at(s, &at, groups == 0 ? 4 : 2, &n))
            return false;
        groups++;
        if (at == s.n)
            break;
        if (!mark_at(s, &at, STR("年")) && !mark_at(s, &at, STR("月")) && !day_mark_at(s, &at)) {
            if (s.p[at] != '-' && s.p[at] != '/' && s.p[at] != '.')
                return false;
            at++;
        }
    }
    return at == s.n && groups >= 2;
}

bool form_no_such_day(struct arena *a, struct str typed)
{
    struct str s = without_weekday(without_spaces(a, without_time(form_fold_number(a, typed))));
    size_t at = 0;
    int64_t days;
    int first, month, day;

    if (!reads_like_date(s))
        return false;
    if (read_month_day(s, &month, &day))
        return !clock_day(2024, month, day, &days);
    (void)number_at(s, &at, 8, &first);
    if (at == 2 || at == 1) /* 2月30日 */
        return mark_at(s, &at, STR("月")) && number_at(s, &at, 2, &day) &&
               !clock_day(2024, first, day, &days);
    if (at == 8)
        return !clock_day(first / 10000, first / 100 % 100, first % 100, &days);
    if (at != 4 || at == s.n)
        return false;
    at += mark_at(s, &at, STR("年")) ? 0 : 1;
    if (!number_at(s, &at, 2, &month) || at == s.n)
        return false;
    at += mark_at(s, &at, STR("月")) ? 0 : 1;
    return number_at(s, &at, 2, &day) && !clock_day(first, month, day, &days);
}

bool form_parse_date(struct arena *a, struct str typed, int64_t today_days, struct str *iso,
                     int64_t *days)
{
    struct str s = without_weekday(without_spaces(a, without_time(form_fold_number(a, typed))));
    struct civil c;
    int month, day;

    if (read_month_day(s, &month, &day) ? !latest_past(month, day, today_days, days)
                                        : !read_date(s, today_days, days))
        return false;
    c = clock_civil_of_day(*days);
    *iso = str_fmt(a, "%04d-%02d-%02d", c.year, c.month, c.day);
    return true;
}

bool form_parse_time(struct arena *a, struct str typed, int64_t today_days, int64_t *t_us)
{
    static const char *const marks[] = {":", "点", "时", NULL};
    struct str s = form_fold_number(a, typed);
    struct str iso, date;
    int64_t days, seconds;
    size_t colon = SIZE_MAX;

    for (size_t i = 0; marks[i] != NULL && colon == SIZE_MAX; i++)
        colon = str_find(s, str_of(marks[i]), 0);
    if (colon == SIZE_MAX)
        return false;
    while (colon > 0 && s.p[colon - 1] == ' ')
        colon--;
    while (colon > 0 && is_digit(s.p[colon - 1]))
        colon--;
    date = str_sub(s, 0, colon);
    if (str_ends(date, STR("T")) || str_ends(date, STR("t")))
        date.n--;
    if (!form_parse_date(a, date, today_days, &iso, &days) ||
        !read_clock(without_spaces(a, str_sub(s, colon, s.n)), &seconds))
        return false;
    *t_us = days * DAY_US + seconds * INT64_C(1000000) - SHANGHAI_US;
    return true;
}
