#include "rules/wording_match.h"

#include <string.h>

#include "core/arena.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

enum wording_kind wording_kind_of(struct str name)
{
    static const char *const names[WORDING_KIND__MAX] = {
        [WORDING_CONTAINS] = "contains",
        [WORDING_ALONE] = "alone",
        [WORDING_UNLESS_SPECIFIC] = "unless_specific",
        [WORDING_NEEDS_CONTEXT] = "needs_context",
        [WORDING_REGEX] = "regex",
    };

    for (int k = 0; k < WORDING_KIND__MAX; k++) {
        if (str_eqz(name, names[k]))
            return (enum wording_kind)k;
    }
    return WORDING_KIND__MAX;
}

/* --- alone ---------------------------------------------------------------------------------- */

/* Marks every occurrence of a word as used up. */
static void take_out(const struct text *t, const struct text *word, bool *gone)
{
    for (size_t i = text_find(t, word, 0); i != SIZE_MAX; i = text_find(t, word, i + 1))
        memset(gone + i, true, word->n * sizeof *gone);
}

bool wording_alone(struct arena *a, const struct text *t, const struct text *term,
                   const json_t *terms)
{
    static const char *const polite[] = {
        "\u60a8\u597d",             /* 您好 */
        "\u4f60\u597d",             /* 你好 */
        "\u8c22\u8c22",             /* 谢谢 */
        "\u611f\u8c22",             /* 感谢 */
        "\u591a\u8c22",             /* 多谢 */
        "\u9ebb\u70e6",             /* 麻烦 */
        "\u8f9b\u82e6",             /* 辛苦 */
        "\u4e0d\u597d\u610f\u601d", /* 不好意思 */
        "\u6253\u6270",             /* 打扰 */
        "\u6211",                   /* 我 */
        "\u672c\u4eba",             /* 本人 */
        "\u8bf7",                   /* 请 */
        "\u60a8",                   /* 您 */
        "\u4f60\u4eec",             /* 你们 */
        "\u4f60",                   /* 你 */
        "\u4e86",                   /* 了 */
        "\u5427",                   /* 吧 */
        "\u5462",                   /* 呢 */
        "\u554a",                   /* 啊 */
        "\u7684",                   /* 的 */
        "\u73b0\u5728",             /* 现在 */
        "\u73b0",                   /* 现 */
    };

    if (text_find(t, term, 0) == SIZE_MAX)
        return false;
    if (t->n < 12)
        return true;

    bool *gone = arena_array(a, t->n, sizeof *gone);
    const json_t *one;
    size_t k;

    json_array_foreach(terms, k, one)
    {
        struct text w = text_normal(a, str_of(json_string_value(json_object_get(one, "term"))));

        take_out(t, &w, gone);
    }
    for (k = 0; k < COUNT(polite); k++) {
        struct text w = text_normal(a, str_of(polite[k]));

        take_out(t, &w, gone);
    }
    for (size_t i = 0; i < t->n; i++) {
        if (!gone[i] && (text_is_han(t->c[i]) || (t->c[i] >= 'a' && t->c[i] <= 'z')))
            return false;
    }
    return true;
}

/* --- needs_context -------------------------------------------------------------------------- */

bool wording_in_context(const struct text *t, size_t i)
{
    static const char *const conditions[] = {
        "\u4e0d",       /* 不 */
        "\u5982\u679c", /* 如果 */
        "\u82e5",       /* 若 */
        "\u8981\u662f", /* 要是 */
        "\u5426\u5219", /* 否则 */
        "\u518d",       /* 再 */
    };
    static const char *const then[] = {
        "\u5c31",       /* 就 */
        "\u5c06",       /* 将 */
        "\u4fbf",       /* 便 */
        "\u5426\u5219", /* 否则 */
    };
    static const char *const past[] = {
        "\u5df2", /* 已 */
        "\u66fe", /* 曾 */
        "\u88ab", /* 被 */
    };
    size_t from;
    size_t to;
    size_t length = 0;

    text_sentence(t, i, &from, &to);

    size_t close = i - from > 4 ? i - 4 : from;

    if (text_find_any(t, past, COUNT(past), close, i, &length) != SIZE_MAX)
        return false;

    size_t condition = text_find_any(t, conditions, COUNT(conditions), from, i, &length);

    if (condition == SIZE_MAX)
        return false;
    return text_find_any(t, then, COUNT(then), condition, i, &length) != SIZE_MAX;
}

/* --- quotations ----------------------------------------------------------------------------- */

/* The mark that closes a quotation opened by c, or 0. */
static uint32_t closing(uint32_t c)
{
    static const uint32_t pairs[][2] = {
        {0x201C, 0x201D}, {0x2018, 0x2019}, {0x300C, 0x300D}, {0x300E, 0x300F}, {'"', '"'}};

    for (size_t i = 0; i < COUNT(pairs); i++) {
        if (pairs[i][0] == c)
            return pairs[i][1];
    }
    return 0;
}

/* True when the quotation that opens at i is introduced as somebody's words: after a colon, or a word of saying just before.  Marks of
 * irony (这个“骗子”平台) are no quotation. */
static bool introduced(const struct text *t, size_t i)
{
    static const char *const saying[] = {
        "\u8bf4",       /* 说 */
        "\u79f0",       /* 称 */
        "\u56de\u590d", /* 回复 */
        "\u7b54\u590d", /* 答复 */
        "\u8868\u793a", /* 表示 */
        "\u5199\u9053", /* 写道 */
        "\u539f\u8bdd", /* 原话 */
        "\u9a82",       /* 骂 */
        "\u7559\u8a00", /* 留言 */
        "\u8bb0\u5f55", /* 记录 */
        "said",         "wrote", "replied",
    };
    size_t before = i;
    size_t length = 0;

    while (before > 0 && (t->c[before - 1] == ' ' || t->c[before - 1] == ','))
        before--;
    if (before == 0)
        return false;
    if (t->c[before - 1] == ':')
        return true;

    size_t from = before > 10 ? before - 10 : 0;

    for (;;) { /* the word must be the last thing said */
        size_t at = text_find_any(t, saying, COUNT(saying), from, before, &length);

        if (at == SIZE_MAX)
            return false;
        if (at + length == before || (at + length + 1 == before && t->c[before - 1] == 0x6211))
            return true; /* 说我 */
        from = at + 1;
    }
}

void wording_mark_quotations(const struct text *t, bool *quoted)
{
    for (size_t i = 0; i < t->n; i++) {
        bool line_start = i == 0 || t->c[i - 1] == '\n';

        if (line_start && t->c[i] == '>') {
            while (i < t->n && t->c[i] != '\n')
                quoted[i++] = true;
            continue;
        }

        uint32_t close = closing(t->c[i]);

        if (close == 0)
            continue;

        size_t end = i + 1;

        while (end < t->n && t->c[end] != close && t->c[end] != '\n')
            end++;
        if (end == t->n || t->c[end] != close)
            continue;
        if (introduced(t, i))
            memset(quoted + i, true, end - i + 1);
        i = end;
    }
}

/* --- bounded patterns ----------------------------------------------------------------------- */

enum { PATTERN_ELEMENTS = 64, PATTERN_REPEAT = 32 };

struct element {
    uint32_t c;     /* the character, when any is false */
    bool any;       /* "." */
    unsigned least; /* repetitions */
    unsigned most;
};

struct wording_pattern {
    struct element e[PATTERN_ELEMENTS];
    size_t n;
};

/* "{m,n}" at *i; moves past it. */
static bool read_bounds(const struct text *s, size_t *i, struct element *e)
{
    unsigned value[2] = {0, 0};
    size_t at = *i + 1;

    for (int k = 0; k < 2; k++) {
        size_t start = at;

        while (at < s->n && text_is_digit(s->c[at]) && value[k] <= PATTERN_REPEAT)
            value[k] = value[k] * 10 + (s->c[at++] - '0');
        if (at == start || at >= s->n || s->c[at] != (k == 0 ? ',' : '}'))
            return false;
        at++;
    }
    if (value[0] > value[1] || value[1] > PATTERN_REPEAT || value[1] == 0)
        return false;
    e->least = value[0];
    e->most = value[1];
    *i = at;
    return true;
}

const struct wording_pattern *wording_pattern(struct arena *a, struct str source)
{
    struct wording_pattern *p = arena_new_of(a, struct wording_pattern);
    struct text s = text_literal(a, source);
    size_t i = 0;
    unsigned least = 0;

    while (i < s.n) {
        uint32_t c = s.c[i];

        if (p->n == PATTERN_ELEMENTS || (c < 0x80 && strchr("?{}[]()*+|^$\\", (int)c) != NULL))
            return NULL;

        struct element *e = &p->e[p->n++];

        *e = (struct element){.c = c, .any = c == '.', .least = 1, .most = 1};
        i++;
        if (i < s.n && s.c[i] == '?') {
            e->least = 0;
            i++;
        } else if (i < s.n && s.c[i] == '{' && !read_bounds(&s, &i, e)) {
            return NULL;
        }
        least += e->least;
    }
    return least > 0 ? p : NULL; /* a pattern that matches nothing would match everywhere */
}

static bool element_fits(const struct element *e, uint32_t c)
{
    return e->any ? c != '\n' : c == e->c;
}

size_t wording_pattern_find(const struct wording_pattern *p, const struct text *t, size_t from,
                            size_t *length)
{
    /* All states at once: live[k] tells how many repetitions of element k may have been read.  Bit r of the word stands for r
     * repetitions, so the work is bounded whatever the text is. */
    for (size_t start = from; start < t->n; start++) {
        uint64_t live[PATTERN_ELEMENTS + 1] = {1};

        for (size_t i = start;; i++) {
            bool any = false;

            for (size_t k = 0; k < p->n;
                 k++) { /* an element that has had enough lets the next one begin */
                if (live[k] >> p->e[k].least)
                    live[k + 1] |= 1;
            }
            if (live[p->n]) {
                *length = i - start;
                return start;
            }
            if (i == t->n)
                break;
            for (size_t k = 0; k < p->n; k++) {
                uint64_t most = ((uint64_t)1 << (p->e[k].most + 1)) - 1;

                live[k] = element_fits(&p->e[k], t->c[i]) ? (live[k] << 1) & most : 0;
                any |= live[k] != 0;
            }
            if (!any)
                break;
        }
    }
    return SIZE_MAX;
}
