/*
 * How dates, amounts and sizes look.  The patterns are texts of the part "format" of each catalog; here are only the numbers.
 */
#include "core/arena.h"
#include "core/clock.h"
#include "core/json.h"
#include "core/locale.h"

static struct str numbered(struct arena *a, const struct locale *l, const char *prefix, int n)
{
    return locale_textz(a, l, str_z(a, str_fmt(a, "%s.%d", prefix, n)));
}

static struct str date_of(struct arena *a, const struct locale *l, struct civil c)
{
    json_t *values = json_object();
    struct str text;

    json_set_int(values, "year", c.year);
    json_set_str(values, "month", numbered(a, l, "format.month", c.month));
    json_set_int(values, "day", c.day);
    json_set_str(values, "weekday", numbered(a, l, "format.weekday", c.weekday));
    text = locale_text(a, l, "format.date", values);
    json_decref(values);
    return text;
}

struct str locale_date(struct arena *a, const struct locale *l, int64_t t_us)
{
    return date_of(a, l, clock_civil(t_us));
}

struct str locale_day(struct arena *a, const struct locale *l, struct str iso_date)
{
    int64_t year, month, day, days;

    if (iso_date.n != 10 || iso_date.p[4] != '-' || iso_date.p[7] != '-' ||
        !str_int(str_sub(iso_date, 0, 4), 1, 9999, &year) ||
        !str_int(str_sub(iso_date, 5, 2), 1, 12, &month) ||
        !str_int(str_sub(iso_date, 8, 2), 1, 31, &day) ||
        !clock_day((int)year, (int)month, (int)day, &days))
        return iso_date;
    return date_of(a, l, clock_civil_of_day(days));
}

struct str locale_datetime(struct arena *a, const struct locale *l, int64_t t_us)
{
    struct civil c = clock_civil(t_us);
    json_t *values = json_object();
    struct str text;

    json_set_str(values, "date", date_of(a, l, c));
    json_set_str(values, "time", str_fmt(a, "%02d:%02d", c.hour, c.minute));
    text = locale_text(a, l, "format.datetime", values);
    json_decref(values);
    return text;
}

/* A pattern with one value. */
static struct str pattern(struct arena *a, const struct locale *l, const char *key,
                          const char *name, struct str value)
{
    json_t *values = json_object();
    struct str text;

    json_set_str(values, name, value);
    text = locale_text(a, l, key, values);
    json_decref(values);
    return text;
}

struct str locale_fen(struct arena *a, const struct locale *l, int64_t fen)
{
    uint64_t rest = fen < 0 ? 0 - (uint64_t)fen : (uint64_t)fen;
    struct str yuan = str_fmt(a, "%llu", (unsigned long long)(rest / 100));
    struct buf amount = buf_new(a);

    if (fen < 0)
        buf_addc(&amount, '-');
    for (size_t i = 0; i < yuan.n; i++) {
        if (i != 0 && (yuan.n - i) % 3 == 0)
            buf_addc(&amount, ',');
        buf_addc(&amount, yuan.p[i]);
    }
    buf_printf(&amount, ".%02u", (unsigned)(rest % 100));
    return pattern(a, l, "format.fen", "amount", buf_str(&amount));
}

struct str locale_bytes(struct arena *a, const struct locale *l, int64_t bytes)
{
    static const char *const keys[] = {"format.bytes.b", "format.bytes.kb", "format.bytes.mb",
                                       "format.bytes.gb"};
    int64_t n = bytes < 0 ? 0 : bytes, unit = 1, tenths = 0;
    size_t i = 0;

    if (n < 1024)
        return pattern(a, l, keys[0], "size", str_fmt(a, "%lld", (long long)n));
    do { /* rounded to tenths; what rounds to 1024 KB is 1 MB */
        unit *= 1024;
        i++;
        tenths = n / unit * 10 + (n % unit * 10 + unit / 2) / unit;
    } while (tenths >= 10240 && i < 3);
    return pattern(a, l, keys[i], "size",
                   tenths % 10 == 0 ? str_fmt(a, "%lld", (long long)(tenths / 10))
                                    : str_fmt(a, "%lld.%lld", (long long)(tenths / 10),
                                              (long long)(tenths % 10)));
}
