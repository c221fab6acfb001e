#include "core/db_private.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/clock.h"
#include "core/json.h"
#include "core/log.h"

/* Type oids of PostgreSQL (src/include/catalog/pg_type.dat): fixed for ever. */
enum oid {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_JSON = 114,
    OID_FLOAT4 = 700,
    OID_FLOAT8 = 701,
    OID_BOOLS = 1000,
    OID_BYTEAS = 1001,
    OID_INT2S = 1005,
    OID_INT4S = 1007,
    OID_TEXTS = 1009,
    OID_VARCHARS = 1015,
    OID_INT8S = 1016,
    OID_DATES = 1182,
    OID_TIMESTAMPTZ = 1184,
    OID_TIMESTAMPTZS = 1185,
    OID_NUMERIC = 1700,
    OID_VOID = 2278,
    OID_UUID = 2950,
    OID_UUIDS = 2951,
    OID_JSONB = 3802
};

static void clear_result(void *result)
{
    PQclear(result);
}

struct db_rows *db_rows_of(struct db *db, PGresult *result)
{
    struct db_rows *rows;

    arena_defer(db->arena, clear_result, result);
    rows = arena_new_of(db->arena, struct db_rows);
    rows->result = result;
    rows->arena = db->arena;
    return rows;
}

/* ---- single values ---- */

size_t db_count(const struct db_rows *rows)
{
    return (size_t)PQntuples(rows->result);
}

static _Noreturn void our_bug(const char *detail)
{
    log_write(LOG_ERROR_, LOG_LINE(.event = "db-column", .err = ERR_INTERNAL, .detail = detail));
    abort();
}

/* The column's number; the row and the column must be there. */
static int cell(const struct db_rows *rows, size_t row, const char *column)
{
    int at = PQfnumber(rows->result, column);

    if (at < 0)
        our_bug("a column that the function does not return");
    if (row >= db_count(rows))
        our_bug("a row past the last");
    return at;
}

static struct str value_at(const struct db_rows *rows, size_t row, int column)
{
    return str_bytes(PQgetvalue(rows->result, (int)row, column),
                     (size_t)PQgetlength(rows->result, (int)row, column));
}

bool db_is_null(const struct db_rows *rows, size_t row, const char *column)
{
    int at = cell(rows, row, column);

    return PQgetisnull(rows->result, (int)row, at) != 0;
}

struct str db_text(const struct db_rows *rows, size_t row, const char *column)
{
    int at = cell(rows, row, column);

    if (PQgetisnull(rows->result, (int)row, at) != 0)
        return (struct str){0};
    return value_at(rows, row, at);
}

int64_t db_int(const struct db_rows *rows, size_t row, const char *column)
{
    struct str s = db_text(rows, row, column);
    int64_t n = 0;

    if (s.n > 0 && !str_int(s, INT64_MIN, INT64_MAX, &n))
        our_bug("not an integer");
    return n;
}

bool db_bool(const struct db_rows *rows, size_t row, const char *column)
{
    struct str s = db_text(rows, row, column);

    if (s.n > 0 && !str_eqz(s, "t") && !str_eqz(s, "f"))
        our_bug("not a boolean");
    return str_eqz(s, "t");
}

struct uuid db_uuid(const struct db_rows *rows, size_t row, const char *column)
{
    struct str s = db_text(rows, row, column);
    struct uuid u = {{0}};

    if (s.n > 0 && !uuid_parse(s, &u))
        our_bug("not a uuid");
    return u;
}

int64_t db_time(const struct db_rows *rows, size_t row, const char *column)
{
    struct str s = db_text(rows, row, column);
    int64_t t = 0;

    if (str_eqz(s, "infinity"))
        return INT64_MAX;
    if (str_eqz(s, "-infinity"))
        return INT64_MIN;
    if (s.n > 0 && !clock_parse(s, &t))
        our_bug("not an instant");
    return t;
}

struct str db_bytes(const struct db_rows *rows, size_t row, const char *column)
{
    struct str s = db_text(rows, row, column);
    struct str bytes = {0};

    if (s.n == 0)
        return bytes;
    if (!str_starts(s, STR("\\x")) || !str_unhex(rows->arena, str_sub(s, 2, s.n - 2), &bytes))
        our_bug("not bytea");
    return bytes;
}

/* ---- arrays ---- */

/* One element of {…} from *at; *at moves behind its comma or brace.  Quoted elements are unescaped; bare NULL gives the empty slice. */
static struct str next_element(struct arena *a, struct str s, size_t *at, bool *null)
{
    struct buf b = buf_new(a);
    bool quoted = *at < s.n && s.p[*at] == '"';

    if (quoted)
        (*at)++;
    while (*at < s.n && s.p[*at] != (quoted ? '"' : ',') && (quoted || s.p[*at] != '}')) {
        if (s.p[*at] == '\\' && *at + 1 < s.n)
            (*at)++;
        buf_addc(&b, s.p[(*at)++]);
    }
    *at += quoted ? 2 : 1;
    *null = !quoted && str_eqz(buf_str(&b), "NULL");
    if (*null)
        return (struct str){0};
    return buf_str(&b);
}

/* The elements of a one-dimensional array; nulls[i] tells NULL from "". */
static size_t elements(struct arena *a, struct str s, struct str **out, bool **nulls)
{
    size_t n = 0;
    size_t most = 1;
    size_t at = str_find(s, STR("{"), 0); /* "[0:1]={a,b}" has its bounds before */

    *out = NULL;
    *nulls = NULL;
    if (at == SIZE_MAX || s.n < at + 2)
        our_bug("not an array");
    if (s.p[at + 1] == '}')
        return 0;
    if (s.p[at + 1] == '{')
        our_bug("an array of two dimensions");
    for (size_t i = at; i < s.n; i++)
        most += s.p[i] == ',';
    *out = arena_array(a, most, sizeof **out);
    *nulls = arena_array(a, most, sizeof **nulls);
    at++;
    while (at < s.n && n < most) {
        (*out)[n] = next_element(a, s, &at, &(*nulls)[n]);
        n++;
    }
    return n;
}

size_t db_texts(const struct db_rows *rows, size_t row, const char *column, struct str **out)
{
    struct str s = db_text(rows, row, column);
    bool *nulls = NULL;

    *out = NULL;
    return s.n == 0 ? 0 : elements(rows->arena, s, out, &nulls);
}

/* ---- JSON ---- */

/* Statistics only.  Not a number and infinity have no JSON. */
static json_t *json_of_number(struct arena *a, struct str s)
{
    int64_t whole = 0;
    double d;

    if (str_int(s, INT64_MIN, INT64_MAX, &whole))
        return json_integer(whole);
    d = strtod(str_z(a, s), NULL);
    return isfinite(d) ? json_real(d) : json_null();
}

/* "infinity" is how open ends may be stored; a model says null. */
static json_t *json_of_time(struct arena *a, struct str s)
{
    int64_t t = 0;

    return clock_parse(s, &t) ? json_of_str(clock_rfc3339(a, t)) : json_null();
}

static json_t *json_of_document(struct arena *a, struct str s)
{
    json_t *document = json_parse(a, s);

    if (document == NULL)
        our_bug("jsonb that does not parse");
    return json_incref(document);
}

static json_t *json_of_value(struct arena *a, Oid type, struct str s);

static json_t *json_of_array(struct arena *a, Oid element, struct str s)
{
    json_t *list = json_array();
    struct str *items = NULL;
    bool *nulls = NULL;
    size_t n = elements(a, s, &items, &nulls);

    for (size_t i = 0; i < n; i++)
        (void)json_array_append_new(list,
                                    nulls[i] ? json_null() : json_of_value(a, element, items[i]));
    return list;
}

static json_t *json_of_value(struct arena *a, Oid type, struct str s)
{
    switch (type) {
    case OID_BOOL:
        return json_boolean(str_eqz(s, "t"));
    case OID_INT2:
    case OID_INT4:
    case OID_INT8:
    case OID_NUMERIC:
    case OID_FLOAT4:
    case OID_FLOAT8:
        return json_of_number(a, s);
    case OID_TIMESTAMPTZ:
        return json_of_time(a, s);
    case OID_JSON:
    case OID_JSONB:
        return json_of_document(a, s);
    case OID_BOOLS:
        return json_of_array(a, OID_BOOL, s);
    case OID_INT2S:
    case OID_INT4S:
    case OID_INT8S:
        return json_of_array(a, OID_INT8, s);
    case OID_TIMESTAMPTZS:
        return json_of_array(a, OID_TIMESTAMPTZ, s);
    case OID_TEXTS:
    case OID_VARCHARS:
    case OID_DATES:
    case OID_UUIDS:
        return json_of_array(a, OID_UUID, s);
    default: /* text, varchar, uuid, date (ISO by datestyle), interval: as the server writes them */
        return json_of_str(s);
    }
}

json_t *db_row_json(const struct db_rows *rows, size_t row)
{
    json_t *object = json_object();

    if (row >= db_count(rows))
        our_bug("a row past the last");
    for (int i = 0; i < PQnfields(rows->result); i++) {
        Oid type = PQftype(rows->result, i);
        const char *name = PQfname(rows->result, i);

        if (type == OID_BYTEA || type == OID_BYTEAS || type == OID_VOID)
            continue;
        json_set_new(object, name,
                     PQgetisnull(rows->result, (int)row, i) != 0
                         ? json_null()
                         : json_of_value(rows->arena, type, value_at(rows, row, i)));
    }
    return object;
}

json_t *db_rows_json(const struct db_rows *rows)
{
    json_t *list = json_array();

    for (size_t i = 0; i < db_count(rows); i++)
        (void)json_array_append_new(list, db_row_json(rows, i));
    return list;
}
