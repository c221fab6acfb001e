#include "core/db_private.h"

#include <assert.h>
#include <string.h>

#include "core/buf.h"
#include "core/clock.h"

/* What a function of PostgreSQL may have (FUNC_MAX_ARGS). */
enum { ARGS_MAX = 100 };

/* ---- the text of a call ---- */

static bool is_name(const char *z, size_t dots)
{
    size_t seen = 0;

    for (const char *p = z; *p != '\0'; p++) {
        if (*p == '.')
            seen++;
        else if (!(*p >= 'a' && *p <= 'z') && !(*p >= '0' && *p <= '9') && *p != '_')
            return false;
    }
    return z[0] != '\0' && seen == dots;
}

static const char *cast_of(enum db_type type)
{
    switch (type) {
    case DB_TYPE_TEXT:
        return "text";
    case DB_TYPE_INT:
        return "bigint";
    case DB_TYPE_BOOL:
        return "boolean";
    case DB_TYPE_UUID:
        return "uuid";
    case DB_TYPE_BYTES:
        return "bytea";
    case DB_TYPE_JSON:
        return "jsonb";
    case DB_TYPE_TIME:
        return "timestamptz";
    case DB_TYPE_DATE:
        return "date";
    case DB_TYPE_TEXTS:
        return "text[]";
    case DB_TYPE_BYTEAS:
        return "bytea[]";
    }
    return "text";
}

char *db_call_text(struct arena *a, const char *function, const struct db_arg *args, size_t n)
{
    struct buf b = buf_new(a);

    assert(is_name(function, 1) && n <= ARGS_MAX);
    buf_printf(&b, "select * from %s(", function);
    for (size_t i = 0; i < n; i++) {
        assert(is_name(args[i].name, 0));
        buf_printf(&b, "%s%s => $%zu::%s", i == 0 ? "" : ", ", args[i].name, i + 1,
                   cast_of(args[i].type));
    }
    buf_addc(&b, ')');
    return str_z(a, buf_str(&b));
}

/* ---- parameters ---- */

/* {"…","…"}: every element quoted, so that only " and \ need care.  Bytes go in as hex, whose backslash is one of these. */
static struct str array_text(struct arena *a, const struct db_arg *arg)
{
    struct buf b = buf_new(a);

    buf_addc(&b, '{');
    for (size_t i = 0; i < arg->n_many; i++) {
        struct str s = arg->many[i];

        buf_addz(&b, i == 0 ? "\"" : ",\"");
        if (arg->type == DB_TYPE_BYTEAS) {
            buf_addz(&b, "\\\\x");
            buf_add(&b, str_hex(a, s));
        } else {
            for (size_t j = 0; j < s.n; j++) {
                if (s.p[j] == '"' || s.p[j] == '\\')
                    buf_addc(&b, '\\');
                buf_addc(&b, s.p[j]);
            }
        }
        buf_addc(&b, '"');
    }
    buf_addc(&b, '}');
    return buf_str(&b);
}

/* Microseconds since the epoch as "2026-11-03 00:00:00.123456+00": all six digits, since rows are compared by them. */
static struct str time_text(struct arena *a, int64_t t_us)
{
    const int64_t day_us = INT64_C(86400000000);
    int64_t days = t_us / day_us;
    int64_t rest = t_us % day_us;
    struct civil c;
    int seconds;

    if (rest < 0) {
        rest += day_us;
        days--;
    }
    c = clock_civil_of_day(days);
    seconds = (int)(rest / 1000000);
    return str_fmt(a, "%04d-%02d-%02d %02d:%02d:%02d.%06d+00", c.year, c.month, c.day,
                   seconds / 3600, seconds / 60 % 60, seconds % 60, (int)(rest % 1000000));
}

static struct str arg_text(struct arena *a, const struct db_arg *arg)
{
    switch (arg->type) {
    case DB_TYPE_TEXT:
    case DB_TYPE_DATE:
    case DB_TYPE_JSON:
    case DB_TYPE_BYTES:
        return arg->text;
    case DB_TYPE_INT:
        return str_fmt(a, "%lld", (long long)arg->number);
    case DB_TYPE_BOOL:
        return arg->number != 0 ? STR("true") : STR("false");
    case DB_TYPE_UUID:
        return uuid_text(a, &arg->uuid);
    case DB_TYPE_TIME:
        return time_text(a, arg->number);
    case DB_TYPE_TEXTS:
    case DB_TYPE_BYTEAS:
        return array_text(a, arg);
    }
    return STR("");
}

bool db_encode(struct arena *a, const struct db_arg *args, size_t n, struct db_encoded *e)
{
    e->values = arena_array(a, n, sizeof *e->values);
    e->lengths = arena_array(a, n, sizeof *e->lengths);
    e->formats = arena_array(a, n, sizeof *e->formats);
    for (size_t i = 0; i < n; i++) {
        struct str s;

        if (args[i].null)
            continue;
        s = arg_text(a, &args[i]);
        if (args[i].type == DB_TYPE_BYTES) {
            assert(s.n <= INT32_MAX);
            e->values[i] = s.n > 0 ? s.p : "";
            e->lengths[i] = (int)s.n;
            e->formats[i] = 1;
            continue;
        }
        if (s.n > 0 && memchr(s.p, '\0', s.n) != NULL)
            return false;
        e->values[i] = str_z(a, s);
    }
    return true;
}
