#include "unit.h"

#include "core/err.h"
#include "rules/demand.h"
#include "rules/responsibility.h"
#include "rules/screen.h"
#include "rules/withdrawal.h"

static const char *day = "2026-12-01";

static void a_demand_needs_a_size_and_a_day(void **state)
{
    struct demand d[] = {{.kind = STR("REFUND"), .amount_fen = 17600, .by_day = str_of(day)},
                         {.kind = STR("APOLOGY")}};
    struct findings f = findings_new(*state);

    demand_check(d, 2, 17600, &f);
    assert_false(findings_block(&f));
    assert_true(
        findings_have_key(&f, "rules.demand.no_amount")); /* the second one, as information */
    f = findings_new(*state);
    d[0].by_day = (struct str){0};
    demand_check(d, 1, 17600, &f);
    assert_true(findings_block(&f));
    assert_true(findings_have_key(&f, "rules.demand.none_specific"));
    assert_true(findings_have_key(&f, "rules.demand.no_day"));
    f = findings_new(*state);
    demand_check(NULL, 0, 17600, &f);
    assert_true(findings_block(&f));
}

static void a_quantity_is_a_size_too(void **state)
{
    struct demand d = {
        .kind = STR("REPLACE"), .quantity = 2, .unit = STR("张"), .by_day = str_of(day)};
    struct findings f = findings_new(*state);

    demand_check(&d, 1, 0, &f);
    assert_int_equal(f.n, 0);
}

static void asking_back_more_than_was_paid_is_remarked(void **state)
{
    struct demand d[] = {
        {.kind = STR("REFUND"), .amount_fen = 17600, .by_day = str_of(day)},
        {.kind = STR("PRICE_REDUCTION"), .amount_fen = 100, .by_day = str_of(day)},
        {.kind = STR("DAMAGES"), .amount_fen = 50000, .by_day = str_of(day)},
    };
    struct findings f = findings_new(*state);

    demand_check(d, 3, 17600, &f);
    assert_true(findings_have(&f, "V-DEM-03"));
    assert_false(findings_block(&f));
    assert_text(f.items[0].values[0].zh, "177.00");
    assert_text(f.items[0].values[1].en, "176.00");
    f = findings_new(*state);
    d[1].alternative = true; /* asked for instead: not added */
    demand_check(d, 3, 17600, &f);
    assert_false(findings_have(&f, "V-DEM-03"));
}

static void totals_are_checked_sums(void **state)
{
    struct demand d[] = {{.kind = STR("REFUND"), .amount_fen = 99999999999999},
                         {.kind = STR("REFUND"), .amount_fen = 1}};
    struct demand_totals t;

    (void)state;
    assert_int_equal(demand_totals(d, 1, &t), ERR_OK);
    assert_int_equal(t.refund_fen, 99999999999999);
    assert_int_equal(demand_totals(d, 2, &t), ERR_RANGE);
}

static void equal_sets_have_equal_normal_forms_whatever_their_order(void **state)
{
    struct demand x[] = {{.kind = STR("REFUND"), .amount_fen = 17600, .by_day = str_of(day)},
                         {.kind = STR("APOLOGY")}};
    struct demand y[] = {{.kind = STR("APOLOGY")},
                         {.kind = STR("REFUND"), .amount_fen = 17600, .by_day = str_of(day)}};
    struct str a = demand_normal(*state, x, 2);

    assert_text(a, "APOLOGY|0|0||||0\nREFUND|17600|0||2026-12-01||0\n");
    assert_true(str_eq(a, demand_normal(*state, y, 2)));
    y[1].amount_fen = 17601;
    assert_false(str_eq(a, demand_normal(*state, y, 2)));
    y[1].amount_fen = 17600;
    y[0].basis = STR("a|b\nc");
    assert_text(demand_normal(*state, y, 1), "APOLOGY|0|0|||a b c|0\n");
}

static const json_t *wording(struct arena *a)
{
    json_t *all = json_load_file(unit_path(a, "../../sql/reference/wording.json"), 0, NULL);

    assert_non_null(all);
    arena_defer(a, (void (*)(void *))json_delete, all);
    return json_object_get(all, "lists");
}

static struct findings withdraw(struct arena *a, const char *reason, const char *problem,
                                const char *text, bool performance, bool settlement)
{
    struct withdrawal_input in = {.reason = str_of(reason),
                                  .text = str_of(text),
                                  .problem_type = str_of(problem),
                                  .has_performance = performance,
                                  .has_settlement = settlement};
    struct findings f = findings_new(a);

    withdrawal_check(wording(a), &in, &f);
    return f;
}

static void a_concrete_reason_with_proof_passes(void **state)
{
    static const struct {
        const char *reason, *problem, *text;
    } rows[] = {
        {"REDELIVERED", "KEY_INVALID",
         "商家于2026年11月18日补发卡密2张，补发单号见附件，已验证可用，问题已解决。"},
        {"REFUNDED", "NOT_CREDITED", "平台已于11月20日原路退款176元，退款单号RF20261120001"},
        {"REFUNDED", "DOUBLE_CHARGE",
         "On 20 November 2026 the platform refunded 176 yuan, no. RF20261120001"},
        {"REPLACED", "KEY_USED", "2026-11-18 商家更换卡密一张，单号 2026111899，已验证可用"},
        {"MISFILED", "NOT_CREDITED", "投诉对象有误，实际经营者为另一公司，已重新提交。"},
        {"DUPLICATE", "NOT_CREDITED", "与编号 440020261103 的投诉重复，保留那一件"},
        {"FILER_CHOICE", "NOT_CREDITED", "本人工作变动，没有时间继续，理解撤回后果"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct findings f =
            withdraw(*state, rows[i].reason, rows[i].problem, rows[i].text, true, false);

        if (f.n > 0)
            print_error("%s: %s\n", rows[i].text, f.items[0].key);
        assert_int_equal(f.n, 0);
    }
}

static void template_reasons_are_refused(void **state)
{
    static const char *const texts[] = {"不想投诉了",
                                        "手误提交",
                                        "问题已解决",
                                        "问题已解决，谢谢",
                                        "已经解决了，不再需要投诉",
                                        "",
                                        "problem solved, thank you"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct findings f = withdraw(*state, "REFUNDED", "NOT_CREDITED", texts[i], true, false);

        assert_true(findings_block(&f));
        assert_true(findings_have(&f, "V-WD-01"));
    }
}

static void what_is_missing_in_a_reason_is_named(void **state)
{
    struct findings f =
        withdraw(*state, "REFUNDED", "NOT_CREDITED", "平台把钱都退款给我本人了", true, false);

    assert_true(findings_have_key(&f, "rules.withdrawal.say_day"));
    assert_true(findings_have_key(&f, "rules.withdrawal.say_number"));
    assert_false(findings_have_key(&f, "rules.withdrawal.say_refund"));
    f = withdraw(*state, "REDELIVERED", "NOT_CREDITED", "平台已于11月20日处理，编号 20261120001",
                 true, false);
    assert_true(findings_have_key(&f, "rules.withdrawal.say_redelivery"));
    f = withdraw(*state, "DUPLICATE", "NOT_CREDITED", "这一件与另外那件是重复的", true, false);
    assert_int_equal(f.n, 1);
    assert_string_equal(f.items[0].key, "rules.withdrawal.say_other_number");
}

static void a_reason_must_answer_the_complaint(void **state)
{
    struct findings f = withdraw(*state, "REPLACED", "DOUBLE_CHARGE",
                                 "2026-11-18 商家更换卡密，单号 2026111899", true, false);

    assert_true(findings_have_key(&f, "rules.withdrawal.does_not_fit"));
    assert_true(withdrawal_reason_fits(STR("REFUNDED"), STR("KEY_INVALID")));
    assert_false(withdrawal_reason_fits(STR("REFUNDED"), STR("DATA_LEAK")));
    assert_false(withdrawal_reason_fits(STR("NO_SUCH_REASON"), STR("OTHER")));
}

static void performance_comes_before_withdrawal(void **state)
{
    const char *text = "平台已于11月20日原路退款176元，退款单号RF20261120001";
    struct findings f = withdraw(*state, "REFUNDED", "NOT_CREDITED", text, false, false);

    assert_true(findings_have(&f, "V-WD-02"));
    assert_true(findings_block(&f));
    f = withdraw(*state, "REFUNDED", "NOT_CREDITED", text, false, true);
    assert_int_equal(f.n, 0);
    f = withdraw(*state, "SETTLED_WRITTEN", "NOT_CREDITED", "双方于2026-11-20签订和解协议，见附件",
                 true, false);
    assert_true(findings_have_key(&f, "rules.withdrawal.needs_agreement"));

    struct withdrawal_input in = {.reason = STR("REFUNDED"),
                                  .text = str_of(text),
                                  .problem_type = STR("NOT_CREDITED"),
                                  .will_be_overridden = true};

    f = findings_new(*state);
    withdrawal_check(wording(*state), &in, &f);
    assert_int_equal(f.n, 0);
}

static void the_three_elements_and_user_error_are_asked_for(void **state)
{
    struct responsibility r = {TRI_YES, TRI_YES, TRI_YES, TRI_YES};
    struct findings f = findings_new(*state);

    assert_true(responsibility_check(&r, &f));
    assert_int_equal(f.n, 0);
    r = (struct responsibility){.paid = TRI_YES, .causation = TRI_NO};
    assert_false(responsibility_check(&r, &f));
    assert_int_equal(f.n, 3);
    assert_true(findings_have_key(&f, "rules.responsibility.performance_unknown"));
    assert_true(findings_have_key(&f, "rules.responsibility.no_cause"));
    assert_true(findings_have_key(&f, "rules.responsibility.error_unknown"));
    assert_false(findings_block(&f));
}

static void delay_is_measured_by_the_promise_then_by_the_rule_of_thumb(void **state)
{
    json_t *h = json_loads(
        "[{\"code\":\"R-NUM-02\",\"n\":30,\"unit\":\"minute\",\"product_type\":\"GAME_CARD\"},"
        "{\"code\":\"R-NUM-03\",\"n\":2,\"unit\":\"h\",\"product_type\":\"PHONE_CREDIT\"},"
        "{\"code\":\"R-NUM-13\",\"n\":500000,\"unit\":\"fen\",\"product_type\":null}]",
        0, NULL);
    struct delay_input in = {.product_type = STR("GAME_CARD"),
                             .start = STR("2026-11-03T14:00"),
                             .now = STR("2026-11-03T06:29:59Z")};
    struct findings f = findings_new(*state);
    struct delay d = delay_verdict(&in, h, &f);

    assert_int_equal(d.verdict, DELAY_NOT_YET);
    in.now = STR("2026-11-03T06:31:00Z");
    d = delay_verdict(&in, h, &f);
    assert_int_equal(d.verdict, DELAY_LATE);
    assert_int_equal(d.basis, DELAY_BASIS_HEURISTIC);
    assert_text(d.rule, "R-NUM-02");
    assert_int_equal(d.late_minutes, 1);
    assert_string_equal(f.items[f.n - 1].key, "rules.delay.late_heuristic_minutes");
    in.promised = STR("2026-11-01T14:00");
    d = delay_verdict(&in, h, &f);
    assert_int_equal(d.basis, DELAY_BASIS_PROMISE);
    assert_string_equal(f.items[f.n - 1].key, "rules.delay.late_promise_days");
    assert_text(f.items[f.n - 1].values[0].zh, "2");
    in.done = STR("2026-11-01T13:59");
    assert_int_equal(delay_verdict(&in, h, &f).verdict, DELAY_NOT_YET);
    in = (struct delay_input){.product_type = STR("SOFTWARE_KEY"),
                              .start = STR("2026-11-03T14:00"),
                              .now = STR("2026-11-03T06:31:00Z")};
    assert_int_equal(delay_verdict(&in, h, &f).verdict, DELAY_UNKNOWN);
    json_decref(h);
}

static void resale_minors_and_illicit_goods_are_routed(void **state)
{
    struct screen_input in = {.purpose = STR("PERSONAL"),
                              .filer_role = STR("SELF"),
                              .age_band = STR("18P"),
                              .story = STR("买了点卡")};
    struct findings f = findings_new(*state);
    struct screen_flags flags = screen_check(&in, NULL, &f);

    assert_int_equal(f.n, 0);
    assert_false(flags.not_consumption || flags.minor || flags.illicit_goods);

    in.purpose = STR("RESALE");
    in.age_band = STR("16_17");
    in.story = STR("买 外 挂 没到账");
    flags = screen_check(&in, NULL, &f);
    assert_true(flags.not_consumption && flags.minor && flags.illicit_goods);
    assert_true(findings_block(&f)); /* a minor alone */

    f = findings_new(*state);
    in = (struct screen_input){.purpose = STR("PERSONAL"),
                               .filer_role = STR("GUARDIAN"),
                               .age_band = STR("8_13"),
                               .story = STR("孩子充值")};
    (void)screen_check(&in, NULL, &f);
    assert_true(findings_have_key(&f, "rules.screen.guardian_consent"));
    f = findings_new(*state);
    in.guardian_consent = true;
    (void)screen_check(&in, NULL, &f);
    assert_false(findings_block(&f));

    json_t *terms = json_loads("[\"私服\"]", 0, NULL);

    in.story = STR("在私服买外挂");
    f = findings_new(*state);
    assert_true(screen_check(&in, terms, &f).illicit_goods);
    assert_text(f.items[f.n - 1].subject, "私服");
    json_decref(terms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(a_demand_needs_a_size_and_a_day),
        unit_test_of(a_quantity_is_a_size_too),
        unit_test_of(asking_back_more_than_was_paid_is_remarked),
        unit_test_of(totals_are_checked_sums),
        unit_test_of(equal_sets_have_equal_normal_forms_whatever_their_order),
        unit_test_of(a_concrete_reason_with_proof_passes),
        unit_test_of(template_reasons_are_refused),
        unit_test_of(what_is_missing_in_a_reason_is_named),
        unit_test_of(a_reason_must_answer_the_complaint),
        unit_test_of(performance_comes_before_withdrawal),
        unit_test_of(the_three_elements_and_user_error_are_asked_for),
        unit_test_of(delay_is_measured_by_the_promise_then_by_the_rule_of_thumb),
        unit_test_of(resale_minors_and_illicit_goods_are_routed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
