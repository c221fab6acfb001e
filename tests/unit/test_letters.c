#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/json.h"
#include "core/load.h"
#include "letters/letter.h"

typedef enum err compose(struct arena *, const struct locale *, const json_t *, struct str *,
                         json_t *);

static const struct {
    const char *name;
    compose *make;
} letters[] = {
    {"complaint", letter_complaint},         {"settlement", letter_settlement},
    {"withdrawal", letter_withdrawal},       {"receipt", letter_receipt},
    {"evidence-list", letter_evidence_list},
};

static const struct locale *language(struct arena *a, const char *code)
{
    static const char *const parts[] = {"letters", "rules", NULL};
    struct str problem = {0};
    struct locales *all = locale_load(a, str_of(unit_path(a, "../../cgi")), parts, &problem);

    if (all == NULL)
        print_error("%.*s\n", STR_ARG(problem));
    assert_non_null(all);
    return locale_get(all, str_of(code));
}

static json_t *model(struct arena *a, const char *name)
{
    struct str text;
    struct str problem;
    const char *path = unit_path(a, str_z(a, str_fmt(a, "letters/%s.json", name)));
    json_t *v;

    assert_true(load_text(a, path, 65536, &text, &problem));
    v = json_parse(a, text);
    assert_non_null(v);
    return v;
}

/* Text of a document without white space. With AIDDESK_LETTERS_OUT set the file is kept there, to be looked at. */
static struct str text_of(struct arena *a, struct str pdf, const char *name)
{
    const char *keep = getenv("AIDDESK_LETTERS_OUT");
    const char *path = unit_file(a, keep == NULL ? unit_folder(a) : keep,
                                 str_z(a, str_fmt(a, "%s.pdf", name)), pdf);
    FILE *f = popen(str_z(a, str_fmt(a, "pdftotext -raw %s -", path)), "r");
    struct buf b = buf_new(a);
    int c;

    assert_non_null(f);
    while ((c = fgetc(f)) != EOF) {
        if (strchr(" \n\f\r\t", c) == NULL)
            buf_addc(&b, (char)c);
    }
    assert_int_equal(pclose(f), 0);
    return buf_str(&b);
}

static struct str made(struct arena *a, size_t which, const char *code, const json_t *m)
{
    json_t *missing = json_owned(a, json_array());
    struct str pdf = {0};
    enum err err = letters[which].make(a, language(a, code), m, &pdf, missing);

    if (err != ERR_OK)
        print_error("%s: %.*s\n", letters[which].name, STR_ARG(json_dump(a, missing)));
    assert_int_equal(err, ERR_OK);
    return text_of(a, pdf, str_z(a, str_fmt(a, "%s-%s", letters[which].name, code)));
}

static bool finds(struct str where, const char *what)
{
    bool found = str_find(where, str_of(what), 0) != SIZE_MAX;

    if (!found)
        print_error("not found: %s in\n%.*s\n", what, STR_ARG(where));
    return found;
}

static bool lacks(const json_t *missing, const char *key)
{
    const json_t *one;
    size_t i;

    json_array_foreach(missing, i, one)
    {
        if (str_eqz(json_str(one, "key"), key))
            return true;
    }
    print_error("not on the list: %s\n", key);
    return false;
}

static void the_complaint_has_all_its_parts(void **state)
{
    struct str t = made(*state, 0, "zh-CN", model(*state, "complaint"));
    static const char *const all[] = {
        "投诉书",
        "致星辰卡盟投诉处理部门",
        "𠮷田龘",
        "13800138000",
        "91350100M000100Y43",
        "事实经过",
        "2026年11月3日14:01：用微信支付",
        "付款时间2026年11月3日14:01",
        "人民币176.00元（大写：人民币壹佰柒拾陆元整）",
        "与被投诉人协商的情况",
        "诉求",
        "退款：人民币176.00元（大写：人民币壹佰柒拾陆元整），于2026年12月1日前完成。原路退回",
        "（可替代上一项）更换卡密：2张",
        "《星辰卡盟售后规则》第3条第2款（版本日期2026年5月1日）：卡密无效的",
        "《消费者权益保护法》第52条：",
        "证据1订单凭证：订单详情页截图",
        "投诉人（签名）",
        "日期：2026年11月24日",
        "由志愿者协助整理，内容由本人确认；不构成律师意见",
        "complaint-2026.1",
        "法规登记截至2026年11月1日",
        "AD26-104837"};

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        assert_true(finds(t, all[i]));
    /* the rule stands before the law */
    assert_true(str_find(t, STR("《星辰卡盟售后规则》"), 0) <
                str_find(t, STR("《消费者权益保护法》"), 0));
    /* a card key in the facts is masked, the order number is not */
    assert_true(str_find(t, STR("ABCD1234EFGH5678"), 0) == SIZE_MAX);
    assert_true(finds(t, "************5678"));
    assert_true(finds(t, "2026110312345678"));
    assert_true(finds(t, "4200001234202611031234567890"));
}

static void the_settlement_has_its_required_contents(void **state)
{
    struct str t = made(*state, 1, "zh-CN", model(*state, "settlement"));
    static const char *const all[] = {
        "和解协议",
        "甲方（投诉人）𠮷田龘",
        "乙方（被投诉人）杭州星辰数字科技有限公司",
        "91350100M000100Y43",
        "订单号2026110312345678，所购点卡的卡密已被他人使用",
        "乙方于2026年12月1日前向甲方支付人民币176.00元（大写：人民币壹佰柒拾陆元整）",
        "***************0004",
        "先履行，后撤回",
        "3日内",
        "(1)平台投诉工单，编号T20261106001",
        "(2)12315投诉，编号1330100002026111099",
        "违约：",
        "保密：",
        "不在此限",
        "不影响甲方依法举报、报案的权利",
        "一式2份",
        "付款账户确认单",
        "甲方（签名）",
        "乙方（签名或盖章）"};

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        assert_true(finds(t, all[i]));
    assert_true(str_find(t, STR("6222020200112230004"), 0) == SIZE_MAX);
    assert_true(str_find(t, STR("11010519491231002X"), 0) == SIZE_MAX);
}

static void the_withdrawal_names_reason_proof_and_effect(void **state)
{
    struct str t = made(*state, 2, "zh-CN", model(*state, "withdrawal"));
    static const char *const all[] = {"撤回投诉申请书",
                                      "投诉编号T20261106001",
                                      "提交日期2026年11月6日",
                                      "投诉事由卡密无效",
                                      "理由已退款",
                                      "RF20261201001",
                                      "证据7履行凭证：微信退款到账截图",
                                      "可能不予受理",
                                      "没有受到压力",
                                      "日期：2026年12月3日"};

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        assert_true(finds(t, all[i]));
}

static void the_receipt_is_one_page_and_never_holds_a_tracking_code(void **state)
{
    json_t *m = model(*state, "receipt");
    struct str t;

    json_set_z(json_array_get(json_object_get(m, "evidence"), 0), "name",
               "7K3M-Q9TX-4HVB-2NRD-8WYC-5FJ0.jpg");
    json_set_z(json_array_get(json_object_get(m, "steps"), 0), "what",
               "查询码 7K3M-Q9TX-4HVB-2NRD-8WYC-5FJ0");
    t = made(*state, 3, "zh-CN", m);
    assert_true(finds(t, "AD26-104837"));
    assert_true(finds(t, "2026年11月24日13:12"));
    assert_true(finds(t, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"));
    assert_true(finds(t, "https://aid.example.org/track"));
    assert_true(finds(t, "1/1"));
    assert_true(str_find(t, STR("7K3M"), 0) == SIZE_MAX);
    assert_true(str_find(t, STR("5FJ0-"), 0) == SIZE_MAX);
}

static void the_evidence_list_has_source_and_hash(void **state)
{
    struct str t = made(*state, 4, "zh-CN", model(*state, "evidence-list"));

    assert_true(finds(t, "证据目录"));
    assert_true(finds(t, "（来源：微信支付）"));
    assert_true(finds(t, "不证明收到以前的情况"));
}

static void english_frames_keep_what_was_typed(void **state)
{
    struct str t = made(*state, 0, "en", model(*state, "complaint"));

    assert_true(finds(t, "Whathappened"));
    assert_true(finds(t, "CNY176.00"));
    assert_true(finds(t, "by1December2026"));
    assert_true(finds(t, "𠮷田龘"));
    assert_true(str_find(t, STR("壹佰"), 0) == SIZE_MAX);
    for (size_t i = 1; i < sizeof letters / sizeof letters[0]; i++)
        (void)made(*state, i, "en", model(*state, letters[i].name));
}

static void everything_that_is_missing_is_named_at_once(void **state)
{
    json_t *missing = json_owned(*state, json_array());
    json_t *empty = json_owned(*state, json_object());
    struct str pdf = {0};
    const struct locale *l = language(*state, "zh-CN");
    static const char *const keys[] = {
        "letters.missing.addressee",  "letters.missing.complainant", "letters.missing.contact",
        "letters.missing.respondent", "letters.missing.facts",       "letters.missing.negotiation",
        "letters.missing.demands",    "letters.missing.basis",       "letters.missing.evidence",
        "letters.missing.case_no",    "letters.missing.date"};

    assert_int_equal(letter_complaint(*state, l, empty, &pdf, missing), ERR_FORM);
    assert_true(str_empty(pdf));
    assert_int_equal(json_array_size(missing), sizeof keys / sizeof keys[0]);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        assert_true(lacks(missing, keys[i]));
    assert_text(json_str(json_array_get(missing, 0), "text"), "请填写收件方");
    for (size_t i = 1; i < sizeof letters / sizeof letters[0]; i++) {
        missing = json_owned(*state, json_array());
        assert_int_equal(letters[i].make(*state, l, empty, &pdf, missing), ERR_FORM);
        assert_true(json_array_size(missing) > 2);
    }
}

static void words_that_stand_for_nothing_are_never_printed(void **state)
{
    static const char *const nothing[] = {"null", "None", "undefined", "  "};

    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
        json_t *m = model(*state, "complaint");
        json_t *missing = json_owned(*state, json_array());
        struct str pdf = {0};

        json_set_z(json_object_get(m, "respondent"), "name", nothing[i]);
        assert_int_equal(letter_complaint(*state, language(*state, "zh-CN"), m, &pdf, missing),
                         ERR_FORM);
        assert_true(lacks(missing, "letters.missing.respondent"));
    }

    json_t *m = model(*state, "complaint");

    json_set_z(json_object_get(m, "respondent"), "address", "None");
    json_object_set_new(json_object_get(m, "respondent"), "contact", json_null());
    json_object_set_new(json_object_get(m, "purchase"), "amount_fen", json_null());

    struct str t = made(*state, 0, "zh-CN", m);

    assert_true(str_find(t, STR("None"), 0) == SIZE_MAX);
    assert_true(str_find(t, STR("null"), 0) == SIZE_MAX);
}

static void a_settlement_that_the_rules_refuse_is_not_made(void **state)
{
    json_t *m = model(*state, "settlement");
    json_t *missing = json_owned(*state, json_array());
    struct str pdf = {0};

    json_set_bool(m, "withdraw_after_performance", false);
    json_array_append_new(json_object_get(m, "extra_terms"), json_string("甲方放弃举报的权利"));
    assert_int_equal(letter_settlement(*state, language(*state, "zh-CN"), m, &pdf, missing),
                     ERR_FORM);
    assert_true(lacks(missing, "rules.settlement.performance_first"));
    assert_true(lacks(missing, "rules.settlement.waives_report"));
    assert_true(finds(json_str(json_array_get(missing, 1), "text"),
                      "“甲方放弃举报的权利”限制了举报的权利"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(the_complaint_has_all_its_parts),
        unit_test_of(the_settlement_has_its_required_contents),
        unit_test_of(the_withdrawal_names_reason_proof_and_effect),
        unit_test_of(the_receipt_is_one_page_and_never_holds_a_tracking_code),
        unit_test_of(the_evidence_list_has_source_and_hash),
        unit_test_of(english_frames_keep_what_was_typed),
        unit_test_of(everything_that_is_missing_is_named_at_once),
        unit_test_of(words_that_stand_for_nothing_are_never_printed),
        unit_test_of(a_settlement_that_the_rules_refuse_is_not_made),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
