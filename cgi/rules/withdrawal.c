#include "rules/withdrawal.h"

#include <string.h>

#include "rules/specific.h"
#include "rules/wording.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

enum {
    SHORTEST = 10
}; /* characters; a refund with its amount and a number cannot be said in fewer */

enum proof {
    PROOF_NONE,   /* the reason stands by itself */
    PROOF_NEEDED, /* PERFORMANCE or SETTLEMENT evidence (DOMAIN.md §4.9) */
    PROOF_PAPER   /* SETTLEMENT evidence or agreement */
};

struct reason_rule {
    const char *code;
    enum proof proof;
    const char *acts[14];    /* words of which one must occur, Chinese and English */
    const char *unfit[10];   /* problem types that it cannot answer */
    const char *missing_act; /* what to say when no act is named */
};

/* R-WD-04: what the merchant did must answer what was complained of.  A reason that hands over goods answers nothing about money taken
 * twice, a locked balance, data or terms; a replaced key answers only complaints about what was delivered. */
static const struct reason_rule rules[] = {
    {
        .code = "REFUNDED",
        .proof = PROOF_NEEDED,
        /* 退款 退还 退回 返还 退了 原路退 */
        .acts = {"\u9000\u6b3e", "\u9000\u8fd8", "\u9000\u56de", "\u8fd4\u8fd8", "\u9000\u4e86",
                 "\u539f\u8def\u9000", "refund", "paid back", "returned"},
        .unfit = {"DATA_LEAK"},
        .missing_act = "rules.withdrawal.say_refund",
    },
    {
        .code = "REDELIVERED",
        .proof = PROOF_NEEDED,
        /* 补发 重发 补单 到账 补充 充值成功 发货 交付 */
        .acts = {"\u8865\u53d1", "\u91cd\u53d1", "\u8865\u5355", "\u5230\u8d26", "\u8865\u5145",
                 "\u5145\u503c\u6210\u529f", "\u53d1\u8d27", "\u4ea4\u4ed8", "redeliver",
                 "re-deliver", "delivered", "credited"},
        .unfit = {"DOUBLE_CHARGE", "BALANCE_FROZEN", "DATA_LEAK", "UNFAIR_TERM", "MINOR_PURCHASE"},
        .missing_act = "rules.withdrawal.say_redelivery",
    },
    {
        .code = "REPLACED",
        .proof = PROOF_NEEDED,
        /* 更换 换 补发 替换 */
        .acts = {"\u66f4\u6362", "\u6362", "\u8865\u53d1", "\u66ff\u6362", "replac", "new key",
                 "exchang"},
        .unfit = {"NOT_CREDITED", "DOUBLE_CHARGE", "BALANCE_FROZEN", "DATA_LEAK", "UNFAIR_TERM",
                  "MINOR_PURCHASE", "DELIVERY_DELAY", "REDELIVERY_DELAY", "ABSCONDED"},
        .missing_act = "rules.withdrawal.say_replacement",
    },
    {
        .code = "COMPENSATED",
        .proof = PROOF_NEEDED,
        /* 赔偿 补偿 赔付 赔了 */
        .acts = {"\u8d54\u507f", "\u8865\u507f", "\u8d54\u4ed8", "\u8d54\u4e86", "compensat",
                 "damages", "paid"},
        .missing_act = "rules.withdrawal.say_compensation",
    },
    {
        .code = "SETTLED_WRITTEN",
        .proof = PROOF_PAPER,
        /* 和解 协议 调解 */
        .acts = {"\u548c\u89e3", "\u534f\u8bae", "\u8c03\u89e3", "settle", "agreement"},
        .missing_act = "rules.withdrawal.say_settlement",
    },
    {
        .code = "MISFILED",
        .proof = PROOF_NONE,
        /* 有误 错误 实际 应为 另一 不是 */
        .acts = {"\u6709\u8bef", "\u9519\u8bef", "\u5b9e\u9645", "\u5e94\u4e3a", "\u53e6\u4e00",
                 "\u4e0d\u662f", "wrong", "actual", "other company", "instead"},
        .missing_act = "rules.withdrawal.say_respondent",
    },
    {
        .code = "DUPLICATE",
        .proof = PROOF_NONE,
        /* 重复 已提交 另一 */
        .acts = {"\u91cd\u590d", "\u5df2\u63d0\u4ea4", "\u53e6\u4e00", "duplicate", "already",
                 "twice"},
        .missing_act = "rules.withdrawal.say_other_number",
    },
    {
        .code = "FILER_CHOICE",
        .proof = PROOF_NONE,
        .missing_act = "rules.withdrawal.say_why",
    },
};

static const struct reason_rule *rule_of(struct str reason)
{
    for (size_t i = 0; i < COUNT(rules); i++) {
        if (str_eqz(reason, rules[i].code))
            return &rules[i];
    }
    return NULL;
}

bool withdrawal_reason_fits(struct str reason, struct str problem_type)
{
    const struct reason_rule *rule = rule_of(reason);

    if (rule == NULL)
        return false;
    for (size_t i = 0; i < COUNT(rule->unfit) && rule->unfit[i] != NULL; i++) {
        if (str_eqz(problem_type, rule->unfit[i]))
            return false;
    }
    return true;
}

/* Each remark once. */
static void block(struct findings *out, const char *rule, const char *key)
{
    if (!findings_have_key(out, key))
        (void)findings_add(out, rule, LEVEL_BLOCK, key);
}

/* What was done, when, under which number. */
static void check_concrete(struct findings *out, const struct reason_rule *rule,
                           const struct text *t, bool has_attachment)
{
    static const char *const papers[] = {"\u9644\u4ef6", "\u622a\u56fe", "\u51ed\u8bc1",
                                         "\u56de\u5355", "attach",       "screenshot",
                                         "receipt"}; /* 附件 截图 凭证 回单 */
    size_t length = 0;
    size_t acts = 0;

    while (acts < COUNT(rule->acts) && rule->acts[acts] != NULL)
        acts++;
    if (acts > 0 && text_find_any(t, rule->acts, acts, 0, t->n, &length) == SIZE_MAX)
        block(out, "V-WD-01", rule->missing_act);

    bool number = specific_number(t);

    if (rule->proof == PROOF_NONE) {
        if (strcmp(rule->code, "DUPLICATE") == 0 && !number)
            block(out, "V-WD-01", "rules.withdrawal.say_other_number");
        return;
    }
    if (!specific_day(t))
        block(out, "V-WD-01", "rules.withdrawal.say_day");
    if (!number && !has_attachment &&
        text_find_any(t, papers, COUNT(papers), 0, t->n, &length) == SIZE_MAX)
        block(out, "V-WD-01", "rules.withdrawal.say_number");
}

void withdrawal_check(const json_t *lists, const struct withdrawal_input *in, struct findings *out)
{
    const struct reason_rule *rule = rule_of(in->reason);
    struct wording_input words = {
        .text = in->text, .use = WORDING_PLATFORM, .part = "withdrawal_reason_text"};
    struct text t = text_normal(out->arena, in->text);

    if (rule == NULL) {
        block(out, "V-WD-01", "rules.withdrawal.choose_reason");
        return;
    }
    wording_findings(lists, &words, out);
    if (str_chars(str_trim(in->text)) < SHORTEST)
        block(out, "V-WD-01", "rules.withdrawal.too_short");
    else
        check_concrete(out, rule, &t, in->has_attachment);
    if (!withdrawal_reason_fits(in->reason, in->problem_type))
        block(out, "V-WD-01", "rules.withdrawal.does_not_fit");

    bool proven = rule->proof == PROOF_NONE || in->has_settlement ||
                  (rule->proof == PROOF_NEEDED && in->has_performance);

    if (!proven && !in->will_be_overridden)
        block(out, "V-WD-02",
              rule->proof == PROOF_PAPER ? "rules.withdrawal.needs_agreement"
                                         : "rules.withdrawal.needs_performance");
}
