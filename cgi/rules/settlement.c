#include "rules/settlement.h"

#include <string.h>

#include "core/arena.h"
#include "rules/day.h"
#include "rules/money.h"
#include "rules/text.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static struct str member(const json_t *object, const char *key)
{
    const json_t *v = json_object_get(object, key);

    if (!json_is_string(v))
        return (struct str){0};
    return str_trim(str_bytes(json_string_value(v), json_string_length(v)));
}

static int64_t integer(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static void block(struct findings *out, const char *key)
{
    (void)findings_add(out, "V-SET-01", LEVEL_BLOCK, key);
}

/* --- forbidden clauses (DOMAIN.md §3.9) ------------------------------------------------------- */

/* A clause is refused when, in one sentence, one of `first` is followed or preceded by one of `then`. */
struct forbidden {
    const char *key;
    const char *first[12];
    const char *then[12];
    const char *unless[6]; /* words that limit the clause and so allow it */
    bool in_order;         /* `then` must follow `first` */
    bool
        subject; /* `first` must be who does it: not after a word for "to", and `then` not denied */
};

static const struct forbidden forbidden[] = {
    {
        .key = "rules.settlement.waives_report",
        /* 放弃 不得 不再 不能 禁止 不可 承诺不 */
        .first = {"\u653e\u5f03", "\u4e0d\u5f97", "\u4e0d\u518d", "\u4e0d\u80fd", "\u7981\u6b62",
                  "\u4e0d\u53ef", "\u627f\u8bfa\u4e0d", "waive", "shall not", "may not", "not to"},
        /* 举报 报案 报警 检举 控告 向有关部门 向行政机关 */
        .then = {"\u4e3e\u62a5", "\u62a5\u6848", "\u62a5\u8b66", "\u68c0\u4e3e", "\u63a7\u544a",
                 "\u5411\u6709\u5173\u90e8\u95e8", "\u5411\u884c\u653f\u673a\u5173", "report"},
    },
    {
        .key = "rules.settlement.withdraw_first",
        /* 撤回投诉后 撤诉后 撤销投诉后 撤回后 取消投诉后 先撤回 先撤诉 先取消投诉 */
        .first = {"\u64a4\u56de\u6295\u8bc9\u540e", "\u64a4\u8bc9\u540e",
                  "\u64a4\u9500\u6295\u8bc9\u540e", "\u64a4\u56de\u540e",
                  "\u53d6\u6d88\u6295\u8bc9\u540e", "\u5148\u64a4\u56de", "\u5148\u64a4\u8bc9",
                  "\u5148\u53d6\u6d88\u6295\u8bc9", "after withdrawal", "after the withdrawal",
                  "once withdrawn", "first withdraw"},
        /* 退款 支付 付款 退还 补发 履行 打款 转账 */
        .then = {"\u9000\u6b3e", "\u652f\u4ed8", "\u4ed8\u6b3e", "\u9000\u8fd8", "\u8865\u53d1",
                 "\u5c65\u884c", "\u6253\u6b3e", "\u8f6c\u8d26", "pay", "refund", "deliver"},
        .in_order = true,
    },
    {
        .key = "rules.settlement.blanket_secrecy",
        /* 不得向任何 不向任何 任何第三方 任何人 永久保密 一切内容保密 */
        .first = {"\u4e0d\u5f97\u5411\u4efb\u4f55", "\u4e0d\u5411\u4efb\u4f55",
                  "\u4efb\u4f55\u7b2c\u4e09\u65b9", "\u4efb\u4f55\u4eba",
                  "\u6c38\u4e45\u4fdd\u5bc6", "\u4e00\u5207\u5185\u5bb9\u4fdd\u5bc6",
                  "any third party", "anyone", "any person"},
        /* 透露 披露 泄露 告知 公开 保密 */
        .then = {"\u900f\u9732", "\u62ab\u9732", "\u6cc4\u9732", "\u544a\u77e5", "\u516c\u5f00",
                 "\u4fdd\u5bc6", "disclose", "reveal", "tell", "secret", "confidential"},
        /* 除外 法律 监管 律师 */
        .unless = {"\u9664\u5916", "\u6cd5\u5f8b", "\u76d1\u7ba1", "\u5f8b\u5e08", "except",
                   "unless"},
    },
    {
        .key = "rules.settlement.penalty_on_consumer",
        /* 消费者 投诉人 买家 用户 甲方 */
        .first = {"\u6d88\u8d39\u8005", "\u6295\u8bc9\u4eba", "\u4e70\u5bb6", "\u7528\u6237",
                  "\u7532\u65b9", "consumer", "complainant", "buyer"},
        /* 支付违约金 承担违约金 赔偿乙方 赔偿平台 赔偿商家 罚款 承担赔偿责任 */
        .then = {"\u652f\u4ed8\u8fdd\u7ea6\u91d1", "\u627f\u62c5\u8fdd\u7ea6\u91d1",
                 "\u8d54\u507f\u4e59\u65b9", "\u8d54\u507f\u5e73\u53f0", "\u8d54\u507f\u5546\u5bb6",
                 "\u7f5a\u6b3e", "\u627f\u62c5\u8d54\u507f\u8d23\u4efb", "pay a penalty",
                 "pay damages", "contractual penalty"},
        .in_order = true,
        .subject = true,
    },
};

static size_t words(const char *const *list, size_t most)
{
    size_t n = 0;

    while (n < most && list[n] != NULL)
        n++;
    return n;
}

/* "不放弃举报", "不影响…举报", "不限制", "not waive": the opposite of a waiver.  from..at: what stands before the word in its sentence. */
static bool negated(const struct text *t, size_t from, size_t at)
{
    /* 不 未 没有 并非 不影响 不限制 */
    static const char *const negations[] = {"\u4e0d",
                                            "\u672a",
                                            "\u6ca1\u6709",
                                            "\u5e76\u975e",
                                            "\u4e0d\u5f71\u54cd",
                                            "\u4e0d\u9650\u5236",
                                            "does not",
                                            "not be",
                                            "not "};
    /* 不影响 不限制 不妨碍 */
    static const char *const reliefs[] = {"\u4e0d\u5f71\u54cd", "\u4e0d\u9650\u5236",
                                          "\u4e0d\u59a8\u788d", "without prejudice",
                                          "does not affect"};
    size_t length = 0;
    size_t close = at - from > 6 ? at - 6 : from;

    for (size_t i = close; i < at; i++) {
        size_t found = text_find_any(t, negations, COUNT(negations), i, at, &length);

        if (found != SIZE_MAX && found + length == at)
            return true;
    }
    return text_find_any(t, reliefs, COUNT(reliefs), from, t->n, &length) != SIZE_MAX;
}

/* 向 给 对 为 before: the one who receives. */
static bool is_receiver(const struct text *t, size_t at)
{
    static const uint32_t to[] = {0x5411, 0x7ED9, 0x5BF9, 0x4E3A};

    for (size_t i = 0; i < COUNT(to) && at > 0; i++) {
        if (t->c[at - 1] == to[i])
            return true;
    }
    return false;
}

/* 不, 免 or 无 + one character (无须, 无需) before: it is not to be done. */
static bool is_denied(const struct text *t, size_t at)
{
    return (at > 0 && (t->c[at - 1] == 0x4E0D || t->c[at - 1] == 0x514D)) ||
           (at > 1 && t->c[at - 2] == 0x65E0);
}

static bool sentence_holds(const struct text *sentence, const struct forbidden *f)
{
    size_t n_first = words(f->first, COUNT(f->first));
    size_t n_then = words(f->then, COUNT(f->then));
    size_t length = 0;
    size_t other = 0;

    if (text_find_any(sentence, f->unless, words(f->unless, COUNT(f->unless)), 0, sentence->n,
                      &length) != SIZE_MAX)
        return false;
    for (size_t at = 0;; at++) {
        at = text_find_any(sentence, f->first, n_first, at, sentence->n, &length);
        if (at == SIZE_MAX)
            return false;

        size_t then = text_find_any(sentence, f->then, n_then, f->in_order ? at + length : 0,
                                    sentence->n, &other);

        if (then == SIZE_MAX || negated(sentence, 0, at))
            continue;
        if (!f->subject || (!is_receiver(sentence, at) && !is_denied(sentence, then)))
            return true;
    }
}

void settlement_clause_check(struct str clause, struct findings *out)
{
    struct text t = text_normal(out->arena, clause);
    size_t from = 0;

    while (from < t.n) {
        size_t to = from;

        while (to < t.n && !text_ends_sentence(&t, to))
            to++;

        struct text sentence = text_slice(&t, from, to);

        for (size_t k = 0; k < COUNT(forbidden) && to > from; k++) {
            if (!sentence_holds(&sentence, &forbidden[k]))
                continue;

            struct finding *f = findings_add(out, "V-SET-01", LEVEL_BLOCK, forbidden[k].key);

            f->subject = str_sub(clause, t.from[from], t.to[to - 1] - t.from[from]);
            finding_set(f, "found", f->subject);
        }
        from = to + 1;
    }
}

/* --- contents (DOMAIN.md §5.3) ---------------------------------------------------------------- */

bool settlement_credit_code_ok(struct str code)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    static const int weights[17] = {1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28};
    int sum = 0;

    if (code.n != 18)
        return false;
    for (size_t i = 0; i < 18; i++) {
        const char *at = code.p[i] == '\0' ? NULL : strchr(alphabet, code.p[i]);

        if (at == NULL)
            return false;
        if (i < 17)
            sum += (int)(at - alphabet) * weights[i];
        else if (at - alphabet != (31 - sum % 31) % 31)
            return false;
    }
    return true;
}

static void check_parties(const json_t *model, struct findings *out)
{
    const json_t *us = json_object_get(model, "complainant");
    const json_t *them = json_object_get(model, "respondent");

    if (str_empty(member(us, "name")))
        block(out, "rules.settlement.missing_complainant");
    if (str_empty(member(us, "identity")))
        block(out, "rules.settlement.missing_identity");
    if (str_empty(member(them, "name")))
        block(out, "rules.settlement.missing_respondent");
    if (str_empty(member(them, "credit_code")))
        block(out, "rules.settlement.missing_credit_code");
    else if (!settlement_credit_code_ok(member(them, "credit_code")))
        block(out, "rules.settlement.credit_code_check");
}

static void check_performance(const json_t *model, struct findings *out)
{
    struct str kind = member(model, "kind");
    bool money = str_eqz(kind, "REFUND") || str_eqz(kind, "COMPENSATION");
    int64_t fen = integer(model, "amount_fen");
    int64_t day;

    if (str_empty(kind))
        block(out, "rules.settlement.missing_kind");
    else if (money && (fen <= 0 || fen > MONEY_MAX))
        block(out, "rules.settlement.missing_amount");
    else if (money && str_empty(member(model, "account")))
        block(out, "rules.settlement.missing_account");
    else if (!money && integer(model, "quantity") <= 0 && str_empty(member(model, "delivered")))
        block(out, "rules.settlement.missing_delivered");
    if (!day_parse(member(model, "perform_by"), &day))
        block(out, "rules.settlement.missing_day");
    if (str_empty(member(model, "method")))
        block(out, "rules.settlement.missing_method");
}

static void check_clauses(const json_t *model, struct findings *out)
{
    static const char *const typed[] = {"breach", "confidentiality", "method", "delivered"};
    const json_t *one;
    size_t i;

    for (i = 0; i < COUNT(typed); i++)
        settlement_clause_check(member(model, typed[i]), out);
    json_array_foreach(json_object_get(model, "extra_terms"), i, one)
    {
        if (json_is_string(one))
            settlement_clause_check(str_bytes(json_string_value(one), json_string_length(one)),
                                    out);
    }
}

void settlement_check(const json_t *model, struct findings *out)
{
    const json_t *filing;
    size_t i;

    check_parties(model, out);
    if (str_empty(member(model, "dispute")))
        block(out, "rules.settlement.missing_dispute");
    if (str_empty(member(model, "order_no")))
        block(out, "rules.settlement.missing_order_no");
    check_performance(model, out);
    if (!json_is_array(json_object_get(model, "filings")))
        block(out, "rules.settlement.missing_filings");
    json_array_foreach(json_object_get(model, "filings"), i, filing)
    {
        if (str_empty(member(filing, "channel_label")))
            block(out, "rules.settlement.missing_filing_channel");
    }
    if (!json_is_true(json_object_get(model, "withdraw_after_performance")))
        block(out, "rules.settlement.performance_first");
    if (str_empty(member(model, "breach")))
        block(out, "rules.settlement.missing_breach");
    if (!json_is_true(json_object_get(model, "right_to_report")))
        block(out, "rules.settlement.missing_right_to_report");
    if (integer(model, "copies") < 2)
        block(out, "rules.settlement.missing_copies");
    check_clauses(model, out);
}
