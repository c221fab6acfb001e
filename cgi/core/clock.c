#include "core/clock.h"

#include <assert.h>
#include <string.h>
#include <time.h>

#include "core/arena.h"

#define SECOND_US INT64_C(1000000)
#define DAY_S INT64_C(86400)

enum { SHANGHAI_S = 8 * 3600 };

/* 0001-01-01 and 9999-12-31 as days since 1970-01-01: what RFC 3339 can write.  Everything is clamped to them. */
enum { DAY_MIN = -719162, DAY_MAX = 2932896 };

static int64_t
    offset_us; /* the process context of DESIGN.md §16: one offset row, read at connect */

int64_t clock_now(void)
{
    struct timespec t;
    int rc = clock_gettime(CLOCK_REALTIME, &t);

    assert(rc == 0);
    (void)rc;
    return (int64_t)t.tv_sec * SECOND_US + t.tv_nsec / 1000 + offset_us;
}

void clock_set_offset(int64_t offset)
{
    offset_us = offset;
}

int64_t clock_monotonic_ms(void)
{
    struct timespec t;
    int rc = clock_gettime(CLOCK_MONOTONIC, &t);

    assert(rc == 0);
    (void)rc;
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t floor_div(int64_t n, int64_t by)
{
    return n / by - (n % by < 0);
}

/* Howard Hinnant's civil_from_days: the year begins in March, so that the leap day is its last. */
struct civil clock_civil_of_day(int64_t days)
{
    struct civil c = {0};
    int64_t z, era, day_of_era, year_of_era, day_of_year, month;

    if (days < DAY_MIN)
        days = DAY_MIN;
    if (days > DAY_MAX)
        days = DAY_MAX;
    z = days + 719468;
    era = floor_div(z, 146097);
    day_of_era = z - era * 146097;
    year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    month = (5 * day_of_year + 2) / 153;
    c.day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    c.month = (int)(month < 10 ? month + 3 : month - 9);
    c.year = (int)(year_of_era + era * 400 + (c.month <= 2));
    c.weekday = (int)(((days + 4) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
    return c;
}

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

bool clock_day(int year, int month, int day, int64_t *days)
{
    static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t y, era, year_of_era, day_of_year;

    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
        return false;
    if (day > month_days[month - 1] + (month == 2 && is_leap(year)))
        return false;
    y = year - (month <= 2);
    era = floor_div(y, 400);
    year_of_era = y - era * 400;
    day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    *days = era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
            719468;
    return true;
}

/* Civil time of t_us + shift_s. */
static struct civil civil_at(int64_t t_us, int64_t shift_s)
{
    int64_t seconds = floor_div(t_us, SECOND_US) + shift_s;
    int64_t days = floor_div(seconds, DAY_S);
    int64_t rest = seconds - days * DAY_S;
    struct civil c = clock_civil_of_day(days);

    c.hour = (int)(rest / 3600);
    c.minute = (int)(rest / 60 % 60);
    c.second = (int)(rest % 60);
    return c;
}

struct civil clock_civil(int64_t t_us)
{
    return civil_at(t_us, SHANGHAI_S);
}

static char *put_digits(char *p, int value, int width)
{
    for (int i = width - 1; i >= 0; i--) {
        p[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return p + width;
}

void clock_text(int64_t t_us, char out[CLOCK_TEXT_BYTES])
{
    struct civil c = civil_at(t_us, 0);
    int ms = (int)((t_us % SECOND_US + SECOND_US) % SECOND_US / 1000);
    char *p = put_digits(out, c.year, 4);

    *p++ = '-';
    p = put_digits(p, c.month, 2);
    *p++ = '-';
    p = put_digits(p, c.day, 2);
    *p++ = 'T';
    p = put_digits(p, c.hour, 2);
    *p++ = ':';
    p = put_digits(p, c.minute, 2);
    *p++ = ':';
    p = put_digits(p, c.second, 2);
    *p++ = '.';
    p = put_digits(p, ms, 3);
    *p++ = 'Z';
    *p = '\0';
}

struct str clock_rfc3339(struct arena *a, int64_t t_us)
{
    char *p = arena_alloc(a, CLOCK_TEXT_BYTES);

    clock_text(t_us, p);
    return str_bytes(p, CLOCK_TEXT_BYTES - 1);
}

/* Takes `width` digits from the front of *s. */
static bool take_digits(struct str *s, size_t width, int max, int *out)
{
    int64_t value;

    if (s->n < width || !str_int(str_sub(*s, 0, width), 0, max, &value))
        return false;
    *out = (int)value;
    *s = str_sub(*s, width, s->n);
    return true;
}

static bool take_char(struct str *s, const char *any_of)
{
    if (s->n == 0 || s->p[0] == '\0' || strchr(any_of, s->p[0]) == NULL)
        return false;
    *s = str_sub(*s, 1, s->n);
    return true;
}

/* ".5" .. ".123456789": microseconds; further digits are cut. */
static bool take_fraction(struct str *s, int64_t *us)
{
    int64_t scale = SECOND_US;
    size_t n = 0;

    *us = 0;
    if (!take_char(s, "."))
        return true;
    for (; n < s->n && s->p[n] >= '0' && s->p[n] <= '9'; n++) {
        scale /= 10;
        *us += (s->p[n] - '0') * scale;
    }
    if (n == 0 || n > 9)
        return false;
    *s = str_sub(*s, n, s->n);
    return true;
}

/* "Z", "+08:00", "+0800" or PostgreSQL's "+08", up to the end of s. */
static bool take_zone(struct str s, int64_t *shift_s)
{
    int hour = 0, minute = 0;
    bool west = s.n > 0 && s.p[0] == '-';

    *shift_s = 0;
    if (take_char(&s, "Zz"))
        return s.n == 0;
    if (!take_char(&s, "+-") || !take_digits(&s, 2, 23, &hour))
        return false;
    if (s.n != 0) {
        (void)take_char(&s, ":");
        if (!take_digits(&s, 2, 59, &minute))
            return false;
    }
    *shift_s = (hour * 3600LL + minute * 60LL) * (west ? -1 : 1);
    return s.n == 0;
}

bool clock_parse(struct str s, int64_t *t_us)
{
    int year, month, day, hour, minute, second;
    int64_t days, us, shift_s;

    if (!take_digits(&s, 4, 9999, &year) || !take_char(&s, "-") ||
        !take_digits(&s, 2, 12, &month) || !take_char(&s, "-") || !take_digits(&s, 2, 31, &day))
        return false;
    if (!take_char(&s, "Tt ") || !take_digits(&s, 2, 23, &hour) || !take_char(&s, ":") ||
        !take_digits(&s, 2, 59, &minute) || !take_char(&s, ":") || !take_digits(&s, 2, 59, &second))
        return false;
    if (!take_fraction(&s, &us) || !take_zone(s, &shift_s) || !clock_day(year, month, day, &days))
        return false;
    *t_us = (days * DAY_S + hour * 3600LL + minute * 60LL + second - shift_s) * SECOND_US + us;
    return true;
}
