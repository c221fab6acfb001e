#include "rules/day.h"

enum { SHANGHAI_MINUTES = 8 * 60, DAY_MINUTES = 24 * 60 };

/* Days since 1970-01-01 of a civil date from 1970 on (Howard Hinnant's days_from_civil). */
static int64_t day_number(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

/* Its inverse. */
static void civil(int64_t days, int64_t *year, int64_t *month, int64_t *day)
{
    int64_t z = days + 719468;
    int64_t era = z / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;

    *day = doy - (153 * mp + 2) / 5 + 1;
    *month = mp < 10 ? mp + 3 : mp - 9;
    *year = yoe + era * 400 + (*month <= 2);
}

bool day_parse(struct str iso, int64_t *days)
{
    int64_t y;
    int64_t m;
    int64_t d;
    int64_t back[3];

    if (iso.n != 10 || iso.p[4] != '-' || iso.p[7] != '-' ||
        !str_int(str_sub(iso, 0, 4), 1970, 2199, &y) || !str_int(str_sub(iso, 5, 2), 1, 12, &m) ||
        !str_int(str_sub(iso, 8, 2), 1, 31, &d))
        return false;

    int64_t n = day_number(y, m, d);

    civil(n, &back[0], &back[1], &back[2]); /* 31 April comes back as 1 May */
    if (back[1] != m || back[2] != d)
        return false;
    *days = n;
    return true;
}

struct str day_text(struct arena *a, int64_t days)
{
    int64_t y;
    int64_t m;
    int64_t d;

    civil(days, &y, &m, &d);
    return str_fmt(a, "%04lld-%02lld-%02lld", (long long)y, (long long)m, (long long)d);
}

static bool zone_minutes(struct str z, int64_t *offset)
{
    int64_t hours;
    int64_t minutes = 0;

    if (str_empty(z)) {
        *offset = SHANGHAI_MINUTES;
        return true;
    }
    if (str_eqz(z, "Z")) {
        *offset = 0;
        return true;
    }
    if (z.n < 3 || (z.p[0] != '+' && z.p[0] != '-') || !str_int(str_sub(z, 1, 2), 0, 14, &hours))
        return false;
    if (z.n > 3) {
        size_t at = z.p[3] == ':' ? 4 : 3;

        if (z.n != at + 2 || !str_int(str_sub(z, at, 2), 0, 59, &minutes))
            return false;
    }
    *offset = (z.p[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
    return true;
}

bool day_minutes(struct str time, int64_t *minutes)
{
    int64_t days;
    int64_t hour;
    int64_t minute;
    int64_t offset;
    size_t at = 16;

    if (time.n < 16 || !day_parse(str_sub(time, 0, 10), &days) ||
        (time.p[10] != 'T' && time.p[10] != ' ') || time.p[13] != ':' ||
        !str_int(str_sub(time, 11, 2), 0, 23, &hour) ||
        !str_int(str_sub(time, 14, 2), 0, 59, &minute))
        return false;
    if (at < time.n && time.p[at] == ':') { /* seconds and their fraction say nothing here */
        at++;
        while (at < time.n && ((time.p[at] >= '0' && time.p[at] <= '9') || time.p[at] == '.'))
            at++;
    }
    if (!zone_minutes(str_sub(time, at, time.n), &offset))
        return false;
    *minutes = days * DAY_MINUTES + hour * 60 + minute - offset;
    return true;
}

int64_t day_of_minutes(int64_t minutes)
{
    return (minutes + SHANGHAI_MINUTES) / DAY_MINUTES;
}
