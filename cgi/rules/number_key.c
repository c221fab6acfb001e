#include "rules/number_key.h"

#include "core/arena.h"
#include "core/buf.h"
#include "rules/text.h"

static bool ascii_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

struct str number_key_order(struct arena *a, struct str typed)
{
    struct str folded = str_fold_width(a, typed);
    struct buf b = buf_new(a);

    for (size_t i = 0; i < folded.n; i++) {
        char c = folded.p[i];

        if (ascii_alnum(c))
            buf_addc(&b, c >= 'a' && c <= 'z' ? (char)(c - 0x20) : c);
    }
    return b.n >= 4 ? buf_str(&b) : (struct str){0};
}

struct str number_key_phone(struct arena *a, struct str typed)
{
    struct str folded = str_trim(str_fold_width(a, typed));
    struct buf digits = buf_new(a);
    bool abroad = false;

    /* The "+" counts when no digit stands before it, whatever else does: a bracket, or a mark of direction that nobody sees. */
    for (size_t i = 0; i < folded.n; i++) {
        if (folded.p[i] >= '0' && folded.p[i] <= '9')
            buf_addc(&digits, folded.p[i]);
        else if (folded.p[i] == '+' && digits.n == 0)
            abroad = true;
    }

    struct str n = buf_str(&digits);

    if (!abroad && n.n > 9 && str_starts(n, STR("00"))) {
        abroad = true;
        n = str_sub(n, 2, n.n);
    }
    /* What begins with 00 is no number of this country, and would be read as one of another when it came again. */
    if (n.n == 13 && str_starts(n, STR("86")) && !str_starts(str_sub(n, 2, 2), STR("00"))) {
        abroad = false;
        n = str_sub(n, 2, 11);
    }
    if (n.n < 7)
        return (struct str){0};
    return abroad ? str_fmt(a, "+%.*s", STR_ARG(n)) : str_dup(a, n);
}

struct str number_key_email(struct arena *a, struct str typed)
{
    struct str folded = str_lower(a, str_fold_width(a, typed));
    struct buf b = buf_new(a);

    for (size_t i = 0; i < folded.n; i++) {
        if ((unsigned char)folded.p[i] > ' ')
            buf_addc(&b, folded.p[i]);
    }
    return str_find(buf_str(&b), STR("@"), 0) != SIZE_MAX ? buf_str(&b) : (struct str){0};
}

struct str number_key_platform(struct arena *a, struct str typed)
{
    static const char *const general[] = {
        "\u5e73\u53f0",       /* 平台 */
        "\u5b98\u7f51",       /* 官网 */
        "\u7f51\u7ad9",       /* 网站 */
        "\u5b98\u65b9",       /* 官方 */
        "\u65d7\u8230\u5e97", /* 旗舰店 */
        "app",
    };
    struct text t = text_normal(a, typed);
    uint32_t *kept = arena_array(a, t.n + 1, sizeof *kept);
    struct text name = {.c = kept, .from = t.from, .to = t.to, .n = 0};
    size_t before;

    for (size_t i = 0; i < t.n; i++) {
        if (text_is_alnum(t.c[i]) || text_is_han(t.c[i]))
            kept[name.n++] = t.c[i];
    }
    do { /* there may be several, 官网平台, in any order */
        before = name.n;
        for (size_t k = 0; k < sizeof general / sizeof general[0]; k++) {
            struct text word = text_normal(a, str_of(general[k]));

            if (name.n > word.n && text_at(&name, name.n - word.n, &word))
                name.n -= word.n;
        }
    } while (name.n != before);

    struct buf b = buf_new(a);

    for (size_t i = 0; i < name.n; i++)
        buf_add_char(&b, name.c[i]);
    return buf_str(&b);
}
