/*
 * form_parse: one typed value against one parameter: type, limits, choices.
 */
#include <string.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/clock.h"
#include "core/form.h"

#define DAY_US INT64_C(86400000000)
#define SHANGHAI_US INT64_C(28800000000)
#define FEN_MAX INT64_C(9999999999) /* 99,999,999.99 yuan (UX.md §2.3) */

enum { CODE_MAX = 64, EMAIL_MAX = 254 };
enum { YEAR_MIN = 2000, YEAR_MAX = 2100 };

static void fail(struct field *f, const char *own, const char *general, int64_t own_n,
                 int64_t limit)
{
    f->ok = false;
    f->error = own != NULL ? own : general;
    f->error_n = own != NULL ? own_n : limit;
}

/* The general sentence says how this type is written. */
static void fail_bad(struct field *f)
{
    static const char *const general[] = {
        [PARAM_CODE] = "error.field.unknown",
        [PARAM_INT] = "error.field.whole",
        [PARAM_FEN] = "error.field.amount",
        [PARAM_DATE] = "error.field.date",
        [PARAM_TIME] = "error.field.time",
        [PARAM_NUMBER] = "error.field.number",
        [PARAM_MOBILE] = "error.field.mobile",
        [PARAM_EMAIL] = "error.field.email",
        [PARAM_FILE] = NULL,
    };
    const char *key = general[f->param->type];

    fail(f, f->param->bad, key != NULL ? key : "error.field.bad", 0, 0);
}

static void fail_small(struct field *f, int64_t n, int64_t limit)
{
    fail(f, f->param->small, "error.field.small", n, limit);
}

static void fail_large(struct field *f, int64_t n, int64_t limit)
{
    fail(f, f->param->large, "error.field.large", n, limit);
}

/* The same for the length of a text: the general sentences speak of characters. */
static void fail_short(struct field *f, int64_t n, int64_t limit)
{
    fail(f, f->param->small, "error.field.short", n, limit);
}

static void fail_long(struct field *f, int64_t n, int64_t limit)
{
    fail(f, f->param->large, "error.field.long", n, limit);
}

static void fail_early(struct field *f)
{
    fail(f, f->param->small, "error.field.early", YEAR_MIN, YEAR_MIN);
}

static void fail_late(struct field *f)
{
    bool no_future = (f->param->flags & PARAM_NO_FUTURE) != 0;

    fail(f, f->param->large, no_future ? "error.field.future" : "error.field.late", YEAR_MAX,
         YEAR_MAX);
}

static void pass(struct field *f, struct str text)
{
    f->ok = true;
    f->error = NULL;
    f->text = text;
}

int64_t form_max(const struct param *p)
{
    static const int64_t own[] = {
        [PARAM_TEXT] = 200,        [PARAM_LINES] = 5000,     [PARAM_SECRET] = 128,
        [PARAM_CODE] = CODE_MAX,   [PARAM_INT] = INT64_MAX,  [PARAM_FEN] = FEN_MAX,
        [PARAM_DATE] = YEAR_MAX,   [PARAM_TIME] = YEAR_MAX,  [PARAM_BOOL] = 1,
        [PARAM_UUID] = INT64_MAX,  [PARAM_NUMBER] = 64,      [PARAM_MOBILE] = INT64_MAX,
        [PARAM_EMAIL] = EMAIL_MAX, [PARAM_FILE] = INT64_MAX,
    };

    return p->max != 0 ? p->max : own[p->type];
}

static int64_t today(void)
{
    int64_t t = clock_now() + SHANGHAI_US;

    return t / DAY_US - (t % DAY_US < 0);
}

/* C0 and C1 controls, DEL, and the line and paragraph separators; several lines may hold LF and TAB. */
static bool has_controls(struct str s, bool lines)
{
    for (size_t i = 0; i < s.n;) {
        uint32_t c = str_next(s, &i);

        if (lines && (c == '\n' || c == '\t'))
            continue;
        if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029)
            return true;
    }
    return false;
}

static void check_length(struct field *f, struct str text, int64_t max)
{
    int64_t n = (int64_t)str_chars(text);

    if (n < f->param->min) {
        fail_short(f, n, f->param->min);
        f->too_short = f->param->type == PARAM_TEXT || f->param->type == PARAM_LINES;
        f->text = text;
    } else if (n > max) {
        fail_long(f, n, max);
    } else {
        pass(f, text);
    }
}

/* One line.  Tabs come with what is pasted from tables; they are spaces here. */
static void parse_text(struct arena *a, struct field *f, struct str typed)
{
    bool fold = (f->param->flags & PARAM_FOLD) != 0;
    struct str s = fold ? form_fold_number(a, typed) : str_dup(a, str_trim(typed));

    f->present = s.n != 0;
    if (!f->present)
        return;
    if (memchr(s.p, '\t', s.n) != NULL) {
        struct buf out = buf_new(a);

        for (size_t i = 0; i < s.n; i++)
            buf_addc(&out, s.p[i] == '\t' ? ' ' : s.p[i]);
        s = buf_str(&out);
    }
    if (has_controls(s, false))
        fail_bad(f);
    else
        check_length(f, s, form_max(f->param));
}

static void parse_lines(struct arena *a, struct field *f, struct str typed)
{
    struct str s = str_trim(str_fold_lines(a, typed));

    f->present = s.n != 0;
    if (!f->present)
        return;
    if (has_controls(s, true))
        fail_bad(f);
    else
        check_length(f, s, form_max(f->param));
}

static void parse_secret(struct field *f, struct str typed)
{
    f->present = typed.n != 0;
    if (f->present)
        check_length(f, typed, form_max(f->param));
}

static bool is_word(struct str s, const char *more)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') &&
            (c == '\0' || strchr(more, c) == NULL))
            return false;
    }
    return true;
}

static void parse_code(struct field *f, struct str typed)
{
    const char *const *choice = f->param->choices;
    struct str s = str_trim(typed);

    f->present = s.n != 0;
    if (!f->present)
        return;
    if (choice == NULL) {
        if (s.n <= CODE_MAX && is_word(s, "_"))
            pass(f, s);
        else
            fail_bad(f);
        return;
    }
    for (; *choice != NULL; choice++) {
        if (str_eqz(s, *choice)) {
            pass(f, s);
            return;
        }
    }
    fail_bad(f);
}

static void check_range(struct arena *a, struct field *f, int64_t n, int64_t max)
{
    if (n < f->param->min) {
        fail_small(f, n, f->param->min);
    } else if (n > max) {
        fail_large(f, n, max);
    } else {
        f->number = n;
        pass(f, str_fmt(a, "%lld", (long long)n));
    }
}

static void parse_int(struct arena *a, struct field *f, struct str typed)
{
    struct str s = form_fold_number(a, typed);
    int64_t max = form_max(f->param);
    bool negative = s.n > 0 && s.p[0] == '-';
    struct str digits;
    int64_t n;

    f->present = s.n != 0;
    if (!f->present)
        return;
    if (negative)
        s = str_sub(s, 1, s.n);
    if (!form_digits(a, s, &digits)) {
        fail_bad(f);
        return;
    }
    if (!str_int(digits, 0, INT64_MAX, &n))
        n = INT64_MAX;
    if (n == INT64_MAX && !negative && max == INT64_MAX)
        fail_large(f, 0, max); /* saturated: no such number here */
    else
        check_range(a, f, negative ? -n : n, max);
}

static void parse_fen(struct arena *a, struct field *f, struct str typed)
{
    struct str s = str_trim(typed);
    int64_t fen;

    f->present = s.n != 0;
    if (!f->present)
        return;
    if (form_parse_fen(a, s, &fen))
        check_range(a, f, fen, form_max(f->param));
    else
        fail_bad(f);
}

static void parse_date(struct arena *a, struct field *f, struct str typed)
{
    struct str iso;
    int64_t days, now = today();
    /* Of days without a year the latest counts that is not after this one. */
    int64_t until = (f->param->flags & PARAM_COMING) != 0 ? now + 364 : now;
    int year;

    f->present = str_trim(typed).n != 0;
    if (!f->present)
        return;
    if (!form_parse_date(a, typed, until, &iso, &days)) {
        if (form_no_such_day(a, typed))
            fail(f, f->param->bad, "error.field.no_day", 0, 0);
        else
            fail_bad(f);
        return;
    }
    year = clock_civil_of_day(days).year;
    if (year < YEAR_MIN)
        fail_early(f);
    else if (year > YEAR_MAX || ((f->param->flags & PARAM_NO_FUTURE) != 0 && days > now))
        fail_late(f);
    else
        pass(f, iso);
}

static void parse_time(struct arena *a, struct field *f, struct str typed)
{
    int64_t t;
    int year;

    f->present = str_trim(typed).n != 0;
    if (!f->present)
        return;
    if (!form_parse_time(a, typed, today(), &t)) {
        fail_bad(f);
        return;
    }
    year = clock_civil(t).year;
    if (year < YEAR_MIN) {
        fail_early(f);
    } else if (year > YEAR_MAX || ((f->param->flags & PARAM_NO_FUTURE) != 0 && t > clock_now())) {
        fail_late(f);
    } else {
        f->number = t;
        pass(f, clock_rfc3339(a, t));
    }
}

static void parse_bool(struct field *f, struct str typed)
{
    struct str s = str_trim(typed);

    if (str_eqz(s, "1") || str_eqz(s, "on") || str_eqz(s, "yes")) {
        f->present = true;
        f->number = 1;
        pass(f, STR("1"));
    } else if (s.n != 0) {
        f->present = true;
        fail_bad(f);
    }
}

static void parse_uuid(struct arena *a, struct field *f, struct str typed)
{
    struct str s = str_trim(typed);
    struct uuid u;

    f->present = s.n != 0;
    if (!f->present)
        return;
    if (uuid_parse(s, &u))
        pass(f, uuid_text(a, &u));
    else
        fail_bad(f);
}

/* s without the characters of `drop`. */
static struct str without(struct arena *a, struct str s, const char *drop)
{
    struct buf out = buf_new(a);

    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\0' || strchr(drop, s.p[i]) == NULL)
            buf_addc(&out, s.p[i]);
    }
    return buf_str(&out);
}

static void parse_number(struct arena *a, struct field *f, struct str typed)
{
    struct str s = form_unlabel(without(a, form_fold_number(a, typed), " "));

    f->present = s.n != 0;
    if (!f->present)
        return;
    if (is_word(s, "-_"))
        check_length(f, s, form_max(f->param));
    else
        fail_bad(f);
}

static void parse_mobile(struct arena *a, struct field *f, struct str typed)
{
    struct str s = without(a, form_fold_number(a, typed), " -()");
    struct str digits = str_starts(s, STR("+")) ? str_sub(s, 1, s.n) : s;
    bool plain = digits.n == s.n;

    f->present = s.n != 0;
    if (!f->present)
        return;
    for (size_t i = 0; i < digits.n; i++) {
        if (digits.p[i] < '0' || digits.p[i] > '9') {
            fail_bad(f);
            return;
        }
    }
    if (plain ? digits.n == 11 : digits.n >= 7 && digits.n <= 15)
        pass(f, s);
    else
        fail_bad(f);
}

static void parse_email(struct arena *a, struct field *f, struct str typed)
{
    struct str s = str_trim(str_fold_width(a, typed));
    struct str local, domain;

    f->present = s.n != 0;
    if (!f->present)
        return;
    if (s.n > EMAIL_MAX) {
        fail_long(f, (int64_t)str_chars(s), EMAIL_MAX);
        return;
    }
    if (str_cut(s, '@', &local, &domain) && local.n != 0 && domain.n != 0 &&
        memchr(domain.p, '@', domain.n) == NULL && memchr(s.p, ' ', s.n) == NULL &&
        !has_controls(s, false))
        pass(f, s);
    else
        fail_bad(f);
}

void form_parse(struct arena *a, struct field *f, struct str typed)
{
    switch (f->param->type) {
    case PARAM_TEXT:
        parse_text(a, f, typed);
        break;
    case PARAM_LINES:
        parse_lines(a, f, typed);
        break;
    case PARAM_SECRET:
        parse_secret(f, typed);
        break;
    case PARAM_CODE:
        parse_code(f, typed);
        break;
    case PARAM_INT:
        parse_int(a, f, typed);
        break;
    case PARAM_FEN:
        parse_fen(a, f, typed);
        break;
    case PARAM_DATE:
        parse_date(a, f, typed);
        break;
    case PARAM_TIME:
        parse_time(a, f, typed);
        break;
    case PARAM_BOOL:
        parse_bool(f, typed);
        break;
    case PARAM_UUID:
        parse_uuid(a, f, typed);
        break;
    case PARAM_NUMBER:
        parse_number(a, f, typed);
        break;
    case PARAM_MOBILE:
        parse_mobile(a, f, typed);
        break;
    case PARAM_EMAIL:
        parse_email(a, f, typed);
        break;
    case PARAM_FILE: /* comes in a multipart body; multipart_form sets the field */
        break;
    }
}
