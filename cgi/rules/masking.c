#include "rules/masking.h"

#include <assert.h>

#include "core/arena.h"
#include "core/buf.h"
#include "rules/text.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

const char *mask_key(enum mask_kind kind)
{
    static const char *const keys[MASK_KIND__MAX] = {
        [MASK_KEY] = "rules.mask.key",
        [MASK_ID] = "rules.mask.id",
        [MASK_BANK] = "rules.mask.bank",
        [MASK_MOBILE] = "rules.mask.mobile",
    };

    assert(kind < MASK_KIND__MAX);
    return keys[kind];
}

/* The text as folded characters with their bytes.  Unlike text_normal it keeps every character and its case, because keys are told by
 * both. */
struct glyphs {
    uint32_t *c;
    size_t *from;
    size_t n;
};

static struct glyphs glyphs_of(struct arena *a, struct str text)
{
    struct glyphs g = {.c = arena_array(a, text.n + 1, sizeof *g.c),
                       .from = arena_array(a, text.n + 1, sizeof *g.from)};
    size_t at = 0;

    while (at < text.n) {
        g.from[g.n] = at;

        uint32_t c = str_next(text, &at);

        if (c >= 0xFF01 && c <= 0xFF5E)
            c -= 0xFEE0;
        g.c[g.n++] = c == 0x3000 ? ' ' : c;
    }
    g.from[g.n] = text.n;
    return g;
}

static bool is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_joint(uint32_t c)
{
    return c == ' ' || c == '-';
}

/* Digits from i into d, at most max.  One space or hyphen may stand after as many digits as `joints` has bits for (bit 4: after the
 * fourth).  *end: after the last digit. */
static size_t digit_run(const struct glyphs *g, size_t i, unsigned joints, char *d, size_t max,
                        size_t *end)
{
    size_t n = 0;

    *end = i;
    while (i < g->n && n < max) {
        if (is_digit(g->c[i])) {
            d[n++] = (char)g->c[i++];
            *end = i;
        } else if ((joints >> n & 1) != 0 && is_joint(g->c[i]) && i + 1 < g->n &&
                   is_digit(g->c[i + 1])) {
            i++;
        } else {
            break;
        }
    }
    return n;
}

static bool starts_alone(const struct glyphs *g, size_t i)
{
    if (i == 0)
        return true;
    if (is_digit(g->c[i - 1]) || is_letter(g->c[i - 1]))
        return false;
    return !(i > 1 && g->c[i - 1] == '-' && is_digit(g->c[i - 2]));
}

static bool ends_alone(const struct glyphs *g, size_t end)
{
    return end >= g->n || !(is_digit(g->c[end]) || is_letter(g->c[end]));
}

/* --- the kinds: each returns the position after the hit, or 0 --------------------------------- */

/* GB 11643: weights 2^(17-i) mod 11, check characters 1 0 X 9 8 7 6 5 4 3 2. */
static size_t id_at(const struct glyphs *g, size_t i)
{
    static const int weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    char d[18];
    size_t end;
    int sum = 0;

    if (digit_run(g, i, 1U << 6 | 1U << 14, d, 17, &end) != 17)
        return 0;
    if (end < g->n && is_joint(g->c[end]))
        end++;
    if (end >= g->n)
        return 0;

    int year = (d[6] - '0') * 1000 + (d[7] - '0') * 100 + (d[8] - '0') * 10 + (d[9] - '0');
    int month = (d[10] - '0') * 10 + (d[11] - '0');
    int day = (d[12] - '0') * 10 + (d[13] - '0');

    if (year < 1900 || year > 2099 || month < 1 || month > 12 || day < 1 || day > 31)
        return 0;
    for (size_t k = 0; k < 17; k++)
        sum += (d[k] - '0') * weights[k];

    char check = "10X98765432"[sum % 11];
    uint32_t last = g->c[end] == 'x' ? 'X' : g->c[end];

    return last == (uint32_t)(unsigned char)check && ends_alone(g, end + 1) ? end + 1 : 0;
}

static bool luhn(const char *d, size_t n)
{
    int sum = 0;

    for (size_t k = 0; k < n; k++) {
        int v = d[n - 1 - k] - '0';

        if (k % 2 == 1)
            v = v * 2 > 9 ? v * 2 - 9 : v * 2;
        sum += v;
    }
    return sum % 10 == 0;
}

static size_t bank_at(const struct glyphs *g, size_t i)
{
    char d[19];
    size_t end;

    for (size_t n = 19; n >= 16; n--) {
        if (digit_run(g, i, 1U << 4 | 1U << 8 | 1U << 12 | 1U << 16, d, n, &end) != n ||
            !ends_alone(g, end))
            continue;

        bool scheme = (d[0] == '6' && d[1] == '2') || d[0] == '4' ||
                      (d[0] == '5' && d[1] >= '1' && d[1] <= '5') ||
                      (d[0] == '3' && (d[1] == '5' || d[1] == '7'));

        if (scheme && luhn(d, n))
            return end;
    }
    return 0;
}

static size_t mobile_at(const struct glyphs *g, size_t i)
{
    char d[13];
    size_t end;

    if (digit_run(g, i, 1U << 3 | 1U << 7, d, 11, &end) == 11 && d[0] == '1' && d[1] >= '3' &&
        ends_alone(g, end))
        return end;
    if (digit_run(g, i, 1U << 2 | 1U << 5 | 1U << 9, d, 13, &end) == 13 && d[0] == '8' &&
        d[1] == '6' && d[2] == '1' && d[3] >= '3' && ends_alone(g, end))
        return end;
    return 0;
}

/* Three or more groups of 4 or 5 capitals and digits joined by hyphens. */
static size_t grouped_key_at(const struct glyphs *g, size_t i)
{
    size_t groups = 0;
    size_t letters = 0;
    size_t digits = 0;
    size_t at = i;

    for (;;) {
        size_t start = at;

        while (at < g->n && (is_digit(g->c[at]) || (g->c[at] >= 'A' && g->c[at] <= 'Z'))) {
            letters += !is_digit(g->c[at]);
            digits += is_digit(g->c[at]);
            at++;
        }
        if (at - start < 4 || at - start > 5)
            return 0;
        groups++;
        if (at + 1 >= g->n || g->c[at] != '-')
            break;
        at++;
    }
    return groups >= 3 && letters > 0 && digits > 0 && ends_alone(g, at) ? at : 0;
}

/* A key named as such: "卡密：ABCD1234EFGH".  i: the first character of the key; the word stands within twelve characters before it. */
static size_t named_key_at(struct arena *a, const struct glyphs *g, struct str text, size_t i)
{
    static const char *const words[] = {
        "\u5361\u5bc6",       /* 卡密 */
        "\u5bc6\u7801",       /* 密码 */
        "\u6fc0\u6d3b\u7801", /* 激活码 */
        "\u5151\u6362\u7801", /* 兑换码 */
        "\u6388\u6743\u7801", /* 授权码 */
        "\u5e8f\u5217\u53f7", /* 序列号 */
        "\u5361\u5bc6\u7801", /* 卡密码 */
        "cdk",
        "cd-key",
        "key is",
        "key:",
        "code is",
    };
    size_t end = i;
    size_t digits = 0;
    size_t n = 0;

    while (end < g->n) {
        if (is_digit(g->c[end]) || is_letter(g->c[end])) {
            n++;
            digits += is_digit(g->c[end]);
        } else if (g->c[end] != '-' || end + 1 >= g->n ||
                   !(is_digit(g->c[end + 1]) || is_letter(g->c[end + 1]))) {
            break;
        }
        end++;
    }
    if (n < 8 || digits < 2)
        return 0;

    size_t from = i > 12 ? i - 12 : 0;
    struct text before = text_normal(a, str_sub(text, g->from[from], g->from[i] - g->from[from]));
    size_t clause = 0;
    size_t length = 0;

    for (size_t k = 0; k < before.n; k++) { /* a colon may stand between word and key */
        if (text_ends_clause(&before, k) && before.c[k] != ':')
            clause = k + 1;
    }
    return text_find_any(&before, words, COUNT(words), clause, before.n, &length) != SIZE_MAX ? end
                                                                                              : 0;
}

/* --- what is shown ---------------------------------------------------------------------------- */

static struct str stars(struct arena *a, const struct glyphs *g, size_t from, size_t to,
                        size_t first, size_t last)
{
    struct buf b = buf_new(a);
    size_t total = 0;
    size_t seen = 0;

    for (size_t i = from; i < to; i++)
        total += !is_joint(g->c[i]);
    for (size_t i = from; i < to; i++) {
        if (is_joint(g->c[i]))
            continue;
        if (seen < first || seen + last >= total)
            buf_add_char(&b, g->c[i]);
        else
            buf_addc(&b, '*');
        seen++;
    }
    return buf_str(&b);
}

static size_t hit_at(struct arena *a, const struct glyphs *g, struct str text, size_t i,
                     unsigned kinds, enum mask_kind *kind)
{
    size_t end = 0;

    if ((kinds & MASKS_ID) != 0 && (end = id_at(g, i)) != 0)
        *kind = MASK_ID;
    else if ((kinds & MASKS_KEY) != 0 && (end = named_key_at(a, g, text, i)) != 0)
        *kind = MASK_KEY;
    else if ((kinds & MASKS_BANK) != 0 && (end = bank_at(g, i)) != 0)
        *kind = MASK_BANK;
    else if ((kinds & MASKS_MOBILE) != 0 && (end = mobile_at(g, i)) != 0)
        *kind = MASK_MOBILE;
    else if ((kinds & MASKS_KEY) != 0 && (end = grouped_key_at(g, i)) != 0)
        *kind = MASK_KEY;
    return end;
}

size_t mask_find(struct arena *a, struct str text, unsigned kinds, struct mask_hit **hits)
{
    static const struct {
        size_t first, last;
    } keep[MASK_KIND__MAX] = {
        [MASK_KEY] = {0, 4}, [MASK_ID] = {3, 1}, [MASK_BANK] = {0, 4}, [MASK_MOBILE] = {3, 4}};
    struct glyphs g = glyphs_of(a, text);
    struct mask_hit *found = arena_array(a, text.n / 8 + 1, sizeof *found); /* 8: shortest hit */
    size_t n = 0;

    for (size_t i = 0; i < g.n; i++) {
        enum mask_kind kind = MASK_KEY;

        if (!(is_digit(g.c[i]) || is_letter(g.c[i])) || !starts_alone(&g, i))
            continue;

        size_t end = hit_at(a, &g, text, i, kinds, &kind);

        if (end == 0)
            continue;
        found[n] = (struct mask_hit){
            .kind = kind,
            .at = g.from[i],
            .n = g.from[end] - g.from[i],
            .masked = stars(a, &g, i, end, keep[kind].first, keep[kind].last),
        };
        n++;
        i = end - 1;
    }
    *hits = found;
    return n;
}

struct str mask_text(struct arena *a, struct str text, unsigned kinds)
{
    struct mask_hit *hits;
    size_t n = mask_find(a, text, kinds, &hits);
    struct buf b = buf_new(a);
    size_t at = 0;

    if (n == 0)
        return text;
    for (size_t i = 0; i < n; i++) {
        buf_add(&b, str_sub(text, at, hits[i].at - at));
        buf_add(&b, hits[i].masked);
        at = hits[i].at + hits[i].n;
    }
    buf_add(&b, str_sub(text, at, text.n));
    return buf_str(&b);
}

struct str mask_tail(struct arena *a, struct str value, size_t keep)
{
    struct glyphs g = glyphs_of(a, value);

    return stars(a, &g, 0, g.n, 0, g.n >= 2 * keep ? keep : 0);
}
