#include "letters/compose.h"

#include <stdarg.h>
#include <string.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/json.h"
#include "rules/masking.h"
#include "rules/money.h"

const char *letter_version(enum letter_kind kind)
{
    static const char *const versions[LETTER_KIND__MAX] = {
        [LETTER_COMPLAINT] = "complaint-2026.1",   [LETTER_SETTLEMENT] = "settlement-2026.1",
        [LETTER_WITHDRAWAL] = "withdrawal-2026.1", [LETTER_EVIDENCE_LIST] = "evidence-2026.1",
        [LETTER_RECEIPT] = "receipt-2026.1",
    };

    return versions[kind];
}

struct letter letter_begin(struct arena *a, const struct locale *l, const json_t *model,
                           json_t *missing)
{
    return (struct letter){.arena = a, .locale = l, .model = model, .missing = missing};
}

/* --- texts and values ------------------------------------------------------------------------- */

struct str letter_say(const struct letter *l, const char *key, ...)
{
    json_t *values = json_owned(l->arena, json_object());
    const char *name;
    va_list args;

    va_start(args, key);
    while ((name = va_arg(args, const char *)) != NULL)
        json_set_str(values, name, va_arg(args, struct str));
    va_end(args);
    return locale_text(l->arena, l->locale, key, values);
}

struct str letter_value(const json_t *object, const char *key)
{
    static const char *const nothing[] = {"null",      "NULL", "None", "none",
                                          "undefined", "nil",  "NaN"};
    struct str v = str_trim(json_str(object, key));

    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
        if (str_eqz(v, nothing[i]))
            return (struct str){0};
    }
    return v;
}

struct str letter_open_text(const struct letter *l, const json_t *object, const char *key)
{
    return mask_text(l->arena, letter_value(object, key), MASKS_ALL);
}

void letter_lacks(struct letter *l, const char *key)
{
    const json_t *one;
    size_t i;

    json_array_foreach(l->missing, i, one)
    {
        if (str_eqz(json_str(one, "key"), key))
            return;
    }

    json_t *item = json_object();

    json_set_z(item, "key", key);
    json_set_str(item, "text", locale_textz(l->arena, l->locale, key));
    (void)json_array_append_new(l->missing, item);
}

struct str letter_need(struct letter *l, const json_t *object, const char *member, const char *key)
{
    struct str v = letter_value(object, member);

    if (str_empty(v))
        letter_lacks(l, key);
    return v;
}

static struct str civil_day(const struct letter *l, struct civil c)
{
    struct arena *a = l->arena;
    const char *month = str_z(a, str_fmt(a, "format.month.%d", c.month));

    return letter_say(l, "letters.date", "year", str_fmt(a, "%d", c.year), "month",
                      locale_textz(a, l->locale, month), "day", str_fmt(a, "%d", c.day), NULL);
}

struct str letter_when(const struct letter *l, struct str t)
{
    int64_t y;
    int64_t m;
    int64_t d;
    int64_t days;
    int64_t instant;

    if (t.n >= 10 && t.p[4] == '-' && t.p[7] == '-' && str_int(str_sub(t, 0, 4), 1970, 2199, &y) &&
        str_int(str_sub(t, 5, 2), 1, 12, &m) && str_int(str_sub(t, 8, 2), 1, 31, &d) &&
        clock_day((int)y, (int)m, (int)d, &days)) {
        struct str day = civil_day(l, clock_civil_of_day(days));

        if (t.n == 10)
            return day;
        if (clock_parse(t, &instant)) {
            struct civil c = clock_civil(instant);
            struct str shown = civil_day(l, c);

            return str_fmt(l->arena, "%.*s %02d:%02d", STR_ARG(shown), c.hour, c.minute);
        }
        if (t.n >= 16 && (t.p[10] == 'T' || t.p[10] == ' '))
            return str_fmt(l->arena, "%.*s %.*s", STR_ARG(day), 5, t.p + 11);
    }
    return t;
}

struct str letter_money(const struct letter *l, int64_t fen)
{
    if (fen < 0 || fen > MONEY_MAX)
        return (struct str){0};

    struct str money = letter_say(l, "letters.money", "amount", money_figures(l->arena, fen), NULL);

    if (!str_starts(str_of(locale_code(l->locale)), STR("zh")))
        return money; /* capital figures guard Chinese papers against alteration; elsewhere nobody reads them */
    return letter_say(l, "letters.money_capital", "money", money, "capital",
                      money_capital(l->arena, fen), NULL);
}

struct str letter_evidence_no(const struct letter *l, const json_t *item, size_t index)
{
    int64_t no = json_int(item, "no");

    return letter_say(l, "letters.evidence.no", "n",
                      str_fmt(l->arena, "%lld", (long long)(no > 0 ? no : (int64_t)index + 1)),
                      NULL);
}

/* --- blocks ----------------------------------------------------------------------------------- */

static struct pdf_block *add(struct letter *l, enum pdf_block_kind kind)
{
    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 64;
        struct pdf_block *more = arena_array(l->arena, cap, sizeof *more);

        if (l->n > 0)
            memcpy(more, l->blocks, l->n * sizeof *more);
        l->blocks = more;
        l->cap = cap;
    }

    struct pdf_block *b = &l->blocks[l->n++];

    *b = (struct pdf_block){.kind = kind};
    return b;
}

void letter_title(struct letter *l, const char *key)
{
    if (json_truth(l->model, "draft"))
        letter_right(l, locale_textz(l->arena, l->locale, "letters.draft_mark"));
    add(l, PDF_TITLE)->text = locale_textz(l->arena, l->locale, key);
}

void letter_heading(struct letter *l, const char *key)
{
    add(l, PDF_HEADING)->text = locale_textz(l->arena, l->locale, key);
}

void letter_text(struct letter *l, struct str text)
{
    add(l, PDF_TEXT)->text = text;
}

void letter_small(struct letter *l, struct str text)
{
    add(l, PDF_SMALL)->text = text;
}

void letter_field(struct letter *l, const char *key, struct str value)
{
    if (str_empty(value))
        return;

    struct pdf_block *b = add(l, PDF_FIELD);

    b->label = locale_textz(l->arena, l->locale, key);
    b->text = value;
}

void letter_item(struct letter *l, struct str label, struct str text)
{
    struct pdf_block *b = add(l, PDF_ITEM);

    b->label = label;
    b->text = text;
}

void letter_numbered(struct letter *l, size_t number, struct str text)
{
    letter_item(l, str_fmt(l->arena, "%zu.", number), text);
}

void letter_right(struct letter *l, struct str text)
{
    add(l, PDF_RIGHT)->text = text;
}

void letter_space(struct letter *l)
{
    (void)add(l, PDF_SPACE);
}

void letter_qr(struct letter *l, struct str text)
{
    add(l, PDF_QR)->text = text;
}

void letter_row(struct letter *l, const struct str *cells, size_t n)
{
    struct str *copy = arena_array(l->arena, n, sizeof *copy);
    struct pdf_block *b = add(l, PDF_TABLE_ROW);

    memcpy(copy, cells, n * sizeof *copy);
    b->cells = copy;
    b->n_cells = n;
}

void letter_head(struct letter *l, const char *const *keys, size_t n)
{
    struct str *cells = arena_array(l->arena, n, sizeof *cells);
    struct pdf_block *b = add(l, PDF_TABLE_HEAD);

    for (size_t i = 0; i < n; i++)
        cells[i] = locale_textz(l->arena, l->locale, keys[i]);
    b->cells = cells;
    b->n_cells = n;
}

/* --- parts ------------------------------------------------------------------------------------ */

void letter_timeline(struct letter *l, const json_t *entries)
{
    const json_t *one;
    size_t i;
    size_t n = 0;

    json_array_foreach(entries, i, one)
    {
        struct str text = letter_open_text(l, one, "text");
        struct str at = letter_value(one, "at");

        if (str_empty(text))
            continue;
        if (!str_empty(at))
            text = letter_say(l, "letters.at", "at", letter_when(l, at), "text", text, NULL);
        letter_numbered(l, ++n, text);
    }
}

void letter_evidence_table(struct letter *l, const json_t *evidence)
{
    static const char *const head[] = {"letters.evidence.head_no", "letters.evidence.head_name",
                                       "letters.evidence.head_proves"};
    const json_t *one;
    size_t i;

    letter_head(l, head, 3);
    json_array_foreach(evidence, i, one)
    {
        struct str kind = letter_value(one, "kind_label");
        struct str name = letter_open_text(l, one, "name");
        struct str shown = str_empty(name)   ? kind
                           : str_empty(kind) ? name
                                             : letter_say(l, "letters.evidence.kind_and_name",
                                                          "kind", kind, "name", name, NULL);
        const struct str cells[] = {letter_evidence_no(l, one, i), shown,
                                    letter_open_text(l, one, "proves")};

        letter_row(l, cells, 3);
    }
}

void letter_signature(struct letter *l, const char *key)
{
    letter_space(l);
    letter_right(l, locale_textz(l->arena, l->locale, key));
    letter_right(l, letter_say(l, "letters.dated", "date",
                               letter_when(l, letter_value(l->model, "date")), NULL));
}

static struct str footer(const struct letter *l, enum letter_kind kind)
{
    struct str case_no = letter_value(l->model, "case_no");
    struct str law = letter_value(l->model, "law_register_on");
    struct str version = str_of(letter_version(kind));
    struct str parts =
        letter_say(l, "letters.footer", "case_no", case_no, "version", version, NULL);

    if (!str_empty(law))
        parts = letter_say(l, "letters.footer_with_law", "case_no", case_no, "version", version,
                           "date", letter_when(l, law), NULL);
    if (json_truth(l->model, "draft"))
        parts = letter_say(l, "letters.footer_draft", "footer", parts, NULL);
    return parts;
}

enum err letter_end(struct letter *l, enum letter_kind kind, const char *title_key, struct str *pdf)
{
    struct pdf_meta meta = {
        .title = letter_say(l, "letters.meta_title", "title",
                            locale_textz(l->arena, l->locale, title_key), "case_no",
                            letter_value(l->model, "case_no"), NULL),
        .author = letter_value(l->model, "organisation"),
        .lang = str_of(locale_code(l->locale)),
        .footer = footer(l, kind),
    };

    if (str_empty(letter_value(l->model, "case_no")))
        letter_lacks(l, "letters.missing.case_no");
    if (str_empty(letter_value(l->model, "date")))
        letter_lacks(l, "letters.missing.date");
    if (json_array_size(l->missing) > 0)
        return ERR_FORM;
    return pdf_make(l->arena, &meta, l->blocks, l->n, pdf);
}
