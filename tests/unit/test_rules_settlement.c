#include "unit.h"

#include "rules/settlement.h"

static json_t *good(void)
{
    json_error_t error;
    json_t *v = json_loads(
        "{\"complainant\":{\"name\":\"李四\",\"identity\":\"居民身份证 110**************X\"},"
        " \"respondent\":{\"name\":\"杭州某某网络有限公司\",\"credit_code\":\"91330100MA27XXXX0F\"}"
        ","
        " \"dispute\":\"点卡卡密无效\",\"order_no\":\"2026110377\",\"kind\":\"REFUND\",\"amount_"
        "fen\":17600,"
        " \"account\":\"支付宝 "
        "lisi@example.com\",\"perform_by\":\"2026-11-20\",\"method\":\"原路退回\","
        " \"filings\":[{\"channel_label\":\"平台投诉工单\",\"filing_no\":\"T1\"}],"
        " \"withdraw_after_performance\":true,\"withdraw_days\":3,"
        " \"breach\":\"乙方逾期未付的，应向消费者支付违约金20元\",\"confidentiality\":\"\","
        " \"right_to_report\":true,\"extra_terms\":[\"本协议不影响消费者依法举报的权利\"],"
        "\"copies\":2}",
        0, &error);

    assert_non_null(v);
    return v;
}

static void a_complete_agreement_may_be_signed(void **state)
{
    json_t *v = good();
    struct findings f = findings_new(*state);

    settlement_check(v, &f);
    for (size_t i = 0; i < f.n; i++) {
        if (f.items[i].level == LEVEL_BLOCK)
            print_error("%s\n", f.items[i].key);
    }
    assert_false(findings_block(&f));
    json_decref(v);
}

static void every_mandatory_content_is_asked_for(void **state)
{
    struct findings f = findings_new(*state);
    json_t *v = json_object();
    static const char *const keys[] = {"rules.settlement.missing_complainant",
                                       "rules.settlement.missing_identity",
                                       "rules.settlement.missing_respondent",
                                       "rules.settlement.missing_credit_code",
                                       "rules.settlement.missing_dispute",
                                       "rules.settlement.missing_order_no",
                                       "rules.settlement.missing_kind",
                                       "rules.settlement.missing_day",
                                       "rules.settlement.missing_method",
                                       "rules.settlement.missing_filings",
                                       "rules.settlement.performance_first",
                                       "rules.settlement.missing_breach",
                                       "rules.settlement.missing_right_to_report",
                                       "rules.settlement.missing_copies"};

    settlement_check(v, &f);
    assert_int_equal(f.n, sizeof keys / sizeof keys[0]);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        assert_true(findings_have_key(&f, keys[i]));
    json_decref(v);
}

static void money_needs_an_amount_and_an_account_goods_a_description(void **state)
{
    json_t *v = good();
    struct findings f = findings_new(*state);

    json_object_set_new(v, "amount_fen", json_integer(0));
    settlement_check(v, &f);
    assert_true(findings_have_key(&f, "rules.settlement.missing_amount"));
    json_object_set_new(v, "amount_fen", json_integer(1));
    json_object_del(v, "account");
    f = findings_new(*state);
    settlement_check(v, &f);
    assert_true(findings_have_key(&f, "rules.settlement.missing_account"));
    json_object_set_new(v, "kind", json_string("REDELIVERY"));
    f = findings_new(*state);
    settlement_check(v, &f);
    assert_true(findings_have_key(&f, "rules.settlement.missing_delivered"));
    json_object_set_new(v, "quantity", json_integer(2));
    f = findings_new(*state);
    settlement_check(v, &f);
    assert_false(findings_block(&f));
    json_decref(v);
}

static bool refuses(struct arena *a, const char *clause, const char *key)
{
    struct findings f = findings_new(a);

    settlement_clause_check(str_of(clause), &f);
    return findings_have_key(&f, key);
}

static void forbidden_clauses_are_refused(void **state)
{
    static const struct {
        const char *clause, *key;
    } rows[] = {
        {"甲方放弃向市场监管部门举报的权利", "rules.settlement.waives_report"},
        {"双方和解后，消费者不得再向任何机关举报、报案。", "rules.settlement.waives_report"},
        {"承诺不举报", "rules.settlement.waives_report"},
        {"The buyer shall not report the seller.", "rules.settlement.waives_report"},
        {"甲方撤回投诉后，乙方三日内退款", "rules.settlement.withdraw_first"},
        {"须先撤诉再付款", "rules.settlement.withdraw_first"},
        {"不得向任何第三方透露本协议", "rules.settlement.blanket_secrecy"},
        {"消费者违反保密义务的，应支付违约金一万元", "rules.settlement.penalty_on_consumer"},
        {"投诉人再次投诉的，须赔偿平台损失", "rules.settlement.penalty_on_consumer"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!refuses(*state, rows[i].clause, rows[i].key))
            print_error("not refused: %s\n", rows[i].clause);
        assert_true(refuses(*state, rows[i].clause, rows[i].key));
    }
}

static void ordinary_clauses_are_left_alone(void **state)
{
    static const char *const clauses[] = {
        "本协议不影响甲方依法举报、报案的权利",
        "消费者不放弃举报的权利",
        "乙方退款到账后三日内，甲方撤回投诉",
        "乙方逾期的，应向消费者支付违约金二十元",
        "消费者不承担违约金",
        "消费者无须支付违约金",
        "除法律规定外，双方不得向任何第三方披露对方的联系方式",
        "退款不得迟于2026年11月20日。甲方可以举报其他违法行为",
        "",
    };

    for (size_t i = 0; i < sizeof clauses / sizeof clauses[0]; i++) {
        struct findings f = findings_new(*state);

        settlement_clause_check(str_of(clauses[i]), &f);
        if (f.n > 0)
            print_error("%s: %s\n", clauses[i], f.items[0].key);
        assert_int_equal(f.n, 0);
    }
}

static void the_sentence_is_quoted_as_typed(void **state)
{
    struct findings f = findings_new(*state);

    settlement_clause_check(STR("双方自愿。甲方 放 弃 举 报。其余不变。"), &f);
    assert_int_equal(f.n, 1);
    assert_text(f.items[0].subject, "甲方 放 弃 举 报");
}

static void credit_codes_are_checked_by_their_check_character(void **state)
{
    (void)state;
    assert_true(
        settlement_credit_code_ok(STR("91350100M000100Y43"))); /* example of GB 32100-2015 */
    assert_false(settlement_credit_code_ok(STR("91350100M000100Y44")));
    assert_false(settlement_credit_code_ok(STR("91350100M000100Y4")));
    assert_false(settlement_credit_code_ok(STR("91350100I000100Y43"))); /* no letter I */
    /* Invented; the last character computed from the algorithm. */
    assert_true(settlement_credit_code_ok(STR("92000000ABCDEFGHJH")));
    assert_true(settlement_credit_code_ok(STR("Y1999999999999999H")));
    assert_true(settlement_credit_code_ok(STR("911111111111111QQU")));
    assert_false(settlement_credit_code_ok(STR("911111111111111QQu")));
}

/* Every mistake of one character, and every swap of two neighbours that differ, is noticed. */
static void a_credit_code_with_one_slip_is_refused(void **state)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    char code[] = "92000000ABCDEFGHJH";

    (void)state;
    for (size_t i = 0; i < 18; i++) {
        char was = code[i];

        for (size_t k = 0; alphabet[k] != '\0'; k++) {
            code[i] = alphabet[k];
            assert_int_equal(settlement_credit_code_ok(str_of(code)), code[i] == was);
        }
        code[i] = was;
        if (i == 17 || code[i] == code[i + 1])
            continue;
        code[i] = code[i + 1];
        code[i + 1] = was;
        assert_false(settlement_credit_code_ok(str_of(code)));
        code[i + 1] = code[i];
        code[i] = was;
    }
}

static void an_agreement_with_a_wrong_credit_code_is_not_issued(void **state)
{
    json_t *v = good();
    struct findings f = findings_new(*state);

    json_object_set_new(json_object_get(v, "respondent"), "credit_code",
                        json_string("91330100MA27XXXX0P"));
    settlement_check(v, &f);
    assert_true(findings_have_key(&f, "rules.settlement.credit_code_check"));
    assert_true(findings_block(&f));
    json_decref(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(a_complete_agreement_may_be_signed),
        unit_test_of(every_mandatory_content_is_asked_for),
        unit_test_of(money_needs_an_amount_and_an_account_goods_a_description),
        unit_test_of(forbidden_clauses_are_refused),
        unit_test_of(ordinary_clauses_are_left_alone),
        unit_test_of(the_sentence_is_quoted_as_typed),
        unit_test_of(credit_codes_are_checked_by_their_check_character),
        unit_test_of(a_credit_code_with_one_slip_is_refused),
        unit_test_of(an_agreement_with_a_wrong_credit_code_is_not_issued),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
