#include "rules/money.h"

#include <assert.h>

#include "core/buf.h"

static bool in_range(int64_t fen)
{
    return fen >= 0 && fen <= MONEY_MAX;
}

enum err money_add(int64_t a_fen, int64_t b_fen, int64_t *sum_fen)
{
    int64_t sum;

    if (!in_range(a_fen) || !in_range(b_fen) || __builtin_add_overflow(a_fen, b_fen, &sum) ||
        !in_range(sum))
        return ERR_RANGE;
    *sum_fen = sum;
    return ERR_OK;
}

enum err money_sub(int64_t a_fen, int64_t b_fen, int64_t *difference_fen)
{
    if (!in_range(a_fen) || !in_range(b_fen) || b_fen > a_fen)
        return ERR_RANGE;
    *difference_fen = a_fen - b_fen;
    return ERR_OK;
}

enum err money_mul(int64_t a_fen, int64_t n, int64_t *product_fen)
{
    int64_t product;

    if (!in_range(a_fen) || n < 0 || n > 1000000 || __builtin_mul_overflow(a_fen, n, &product) ||
        !in_range(product))
        return ERR_RANGE;
    *product_fen = product;
    return ERR_OK;
}

struct str money_figures(struct arena *a, int64_t fen)
{
    struct buf b = buf_new(a);
    int64_t unit = 1;
    int64_t yuan = fen / 100;

    assert(in_range(fen));
    while (unit <= yuan / 1000)
        unit *= 1000;
    buf_printf(&b, "%lld", (long long)(yuan / unit));
    for (unit /= 1000; unit > 0; unit /= 1000)
        buf_printf(&b, ",%03lld", (long long)(yuan / unit % 1000));
    buf_printf(&b, ".%02lld", (long long)(fen % 100));
    return buf_str(&b);
}

static const char *const capitals[10] = {
    "\u96f6", /* 零 */
    "\u58f9", /* 壹 */
    "\u8d30", /* 贰 */
    "\u53c1", /* 叁 */
    "\u8086", /* 肆 */
    "\u4f0d", /* 伍 */
    "\u9646", /* 陆 */
    "\u67d2", /* 柒 */
    "\u634c", /* 捌 */
    "\u7396", /* 玖 */
};

/* The integer part: four digits a group, a zero where figures are skipped. */
static void capital_yuan(struct buf *b, int64_t yuan)
{
    static const char *const places[4] = {
        "", "\u62fe", /* 拾 */
        "\u4f70",     /* 佰 */
        "\u4edf",     /* 仟 */
    };
    static const char *const groups[3] = {
        "", "\u4e07", /* 万 */
        "\u4ebf",     /* 亿 */
    };
    static const int64_t powers[12] = {1,         10,         100,         1000,
                                       10000,     100000,     1000000,     10000000,
                                       100000000, 1000000000, 10000000000, 100000000000};
    bool started = false;
    bool skipped = false;   /* a zero was passed since the last figure */
    bool group_has = false; /* the present group of four has a figure */

    for (int place = 11; place >= 0; place--) {
        int digit = (int)(yuan / powers[place] % 10);

        if (digit == 0) {
            skipped = started;
        } else {
            if (skipped)
                buf_addz(b, capitals[0]);
            buf_addz(b, capitals[digit]);
            buf_addz(b, places[place % 4]);
            started = true;
            skipped = false;
            group_has = true;
        }
        if (place % 4 == 0) {
            if (group_has)
                buf_addz(b, groups[place / 4]);
            group_has = false;
        }
    }
    buf_addz(b, "\u5143"); /* 元 */
}

struct str money_capital(struct arena *a, int64_t fen)
{
    struct buf b = buf_new(a);
    int64_t yuan = fen / 100;
    int jiao = (int)(fen / 10 % 10);
    int cents = (int)(fen % 10);

    assert(in_range(fen));
    if (fen == 0) {
        buf_addz(&b, "\u96f6\u5143\u6574"); /* 零元整 */
        return buf_str(&b);
    }
    if (yuan > 0)
        capital_yuan(&b, yuan);
    if (jiao > 0) {
        buf_addz(&b, capitals[jiao]);
        buf_addz(&b, "\u89d2"); /* 角 */
    } else if (yuan > 0 && cents > 0) {
        buf_addz(&b, capitals[0]);
    }
    if (cents > 0) {
        buf_addz(&b, capitals[cents]);
        buf_addz(&b, "\u5206"); /* 分 */
    } else {
        buf_addz(&b, "\u6574"); /* 整 */
    }
    return buf_str(&b);
}
