#include "unit.h"

#include "rules/evidence_chain.h"
#include "rules/evidence_match.h"

/* The rows of ref.evidence_field, made of the reference file as the loader does. */
static json_t *field_rows(struct arena *a)
{
    json_t *file = json_load_file(unit_path(a, "../../sql/reference/evidence-kinds.json"), 0, NULL);
    json_t *rows = json_array();
    const json_t *kind;
    const json_t *field;
    size_t i;
    size_t k;

    assert_non_null(file);
    json_array_foreach(json_object_get(file, "kinds"), i, kind)
    {
        json_array_foreach(json_object_get(kind, "required_fields"), k, field)
        {
            json_t *row =
                json_pack("{s:O, s:O, s:O, s:O}", "kind", json_object_get(kind, "code"), "field",
                          json_object_get(field, "name"), "label_zh", json_object_get(field, "zh"),
                          "label_en", json_object_get(field, "en"));

            assert_int_equal(json_array_append_new(rows, row), 0);
        }
    }
    json_decref(file);
    return rows;
}

static json_t *items(const char *text)
{
    json_error_t error;
    json_t *v = json_loads(text, 0, &error);

    if (v == NULL)
        print_error("%s at %d\n", error.text, error.position);
    assert_non_null(v);
    return v;
}

static const char *const complete =
    "[{\"no\":1,\"kind\":\"ORDER\",\"node\":\"ORDER\",\"mime\":\"image/jpeg\",\"shown_time\":true,"
    "  \"fields\":{\"order_no\":\"2026-1103-77\",\"product\":\"点卡\",\"amount\":17600,"
    "  \"ordered_at\":\"2026-11-03T14:00\",\"status_shown\":\"处理中\"}},"
    " {\"no\":2,\"kind\":\"PAYMENT\",\"node\":\"PAYMENT\",\"mime\":\"image/"
    "png\",\"shown_time\":true,"
    "  \"fields\":{\"paid_at\":\"2026-11-03T06:01:30Z\",\"amount\":17600,\"payee_name\":\"某店\","
    "  \"serial_no\":\"420000123\",\"method\":\"WECHAT\"}},"
    " {\"no\":3,\"kind\":\"KEY_ERROR\",\"node\":\"PROBLEM\",\"mime\":\"image/"
    "png\",\"shown_time\":true,"
    "  "
    "\"fields\":{\"masked_key\":\"****EFGH\",\"error_text\":\"已使用\",\"shown_time\":\"2026-11-"
    "03T14:20\"}},"
    " {\"no\":4,\"kind\":\"CHAT\",\"node\":\"COMMUNICATION\",\"mime\":\"application/pdf\","
    "  \"fields\":{\"channel\":\"在线客服\",\"agent_id\":\"9527\",\"from_at\":\"2026-11-03T15:00\","
    "  \"to_at\":\"2026-11-03T15:30\",\"complete\":false}}]";

static const struct match_case agreeing = {.amount_fen = 17600,
                                           .paid_on = {"2026-11-03", 10},
                                           .order_no = {"2026110377", 10},
                                           .payment_no = {"4200-00123", 10}};

static void a_complete_chain_says_nothing(void **state)
{
    json_t *v = items(complete);
    json_t *rows = field_rows(*state);
    struct chain_needs needs = {0};
    struct chain chain;
    struct findings f = findings_new(*state);

    chain_check(v, &needs, &chain, &f);
    chain_fields_check(v, rows, true, &f);
    chain_capture_check(v, &f);
    evidence_match(v, &agreeing, &match_limits_default, &f);
    for (size_t i = 0; i < f.n; i++)
        print_error("%s %.*s\n", f.items[i].key, STR_ARG(f.items[i].subject));
    assert_int_equal(f.n, 0);
    assert_true(chain.complete);
    assert_int_equal(chain.items[CHAIN_ORDER], 1);
    json_decref(v);
    json_decref(rows);
}

static void each_missing_link_is_named(void **state)
{
    json_t *v = items("[{\"node\":\"GOODS\"}]");
    struct chain_needs needs = {.rule = true, .loss = true};
    struct chain chain;
    struct findings f = findings_new(*state);

    chain_check(v, &needs, &chain, &f);
    assert_false(chain.complete);
    assert_int_equal(
        f.n, 5); /* order, payment, communication, rule, loss; goods stand for the problem */
    assert_true(findings_have_key(&f, "rules.chain.missing_order"));
    assert_true(findings_have_key(&f, "rules.chain.missing_rule"));
    assert_false(findings_have_key(&f, "rules.chain.missing_problem"));
    assert_false(findings_have_key(&f, "rules.chain.missing_entity"));
    assert_true(findings_block(&f));
    f = findings_new(*state);
    chain_check(NULL, &needs, &chain, &f);
    assert_int_equal(f.n, 6);
    json_decref(v);
}

static void required_fields_block_only_at_ready_and_without_a_reason(void **state)
{
    json_t *v =
        items("[{\"no\":7,\"kind\":\"ORDER\",\"fields\":{\"order_no\":\" \",\"product\":\"点卡\","
              "\"amount\":0,\"ordered_at\":\"2026-11-03T14:00\",\"status_shown\":null}}]");
    json_t *rows = field_rows(*state);
    struct findings f = findings_new(*state);

    chain_fields_check(v, rows, false, &f);
    assert_int_equal(f.n, 2); /* order_no, status_shown; an amount of 0 is an amount */
    assert_text(f.items[0].subject, "order_no");
    assert_text(f.items[0].values[0].zh, "7");
    assert_text(f.items[0].values[1].zh, "订单号");
    assert_text(f.items[0].values[1].en, "order number");
    assert_false(findings_block(&f));
    f = findings_new(*state);
    chain_fields_check(v, rows, true, &f);
    assert_true(findings_block(&f));
    json_object_set_new(json_array_get(v, 0), "missing_reason", json_string("平台页面打不开"));
    f = findings_new(*state);
    chain_fields_check(v, rows, true, &f);
    assert_int_equal(f.n, 2);
    assert_false(findings_block(&f));
    json_decref(v);
    json_decref(rows);
}

static void pictures_without_time_and_pages_without_address_are_remarked(void **state)
{
    json_t *v = items("[{\"no\":1,\"kind\":\"ORDER\",\"mime\":\"image/jpeg\",\"shown_time\":null},"
                      "{\"no\":2,\"kind\":\"RULE\",\"mime\":\"application/pdf\",\"fields\":{}},"
                      "{\"no\":3,\"kind\":\"RULE\",\"mime\":\"application/"
                      "pdf\",\"fields\":{\"url\":\"https://x\"}},"
                      "{\"no\":4,\"kind\":\"PRODUCT_PAGE\",\"mime\":\"image/"
                      "png\",\"shown_time\":true,\"shown_url\":true}]");
    struct findings f = findings_new(*state);

    chain_capture_check(v, &f);
    assert_int_equal(f.n, 2);
    assert_string_equal(f.items[0].key, "rules.evidence.no_time_shown");
    assert_string_equal(f.items[1].key, "rules.evidence.no_address_shown");
    assert_text(f.items[1].subject, "2");
    json_decref(v);
}

static void what_disagrees_is_said(void **state)
{
    json_t *v = items(complete);
    struct match_case c = agreeing;
    struct findings f = findings_new(*state);

    c.amount_fen = 16700;
    c.paid_on = STR("2026-11-02");
    c.order_no = STR("999999");
    c.payment_no = STR("1234567");
    evidence_match(v, &c, &match_limits_default, &f);
    assert_int_equal(f.n, 4);
    assert_string_equal(f.items[0].key, "rules.match.payment_case_amount");
    assert_text(f.items[0].values[0].zh, "176.00");
    assert_text(f.items[0].values[1].zh, "167.00");
    assert_true(findings_have_key(&f, "rules.match.payment_day"));
    assert_true(findings_have_key(&f, "rules.match.order_number"));
    assert_true(findings_have_key(&f, "rules.match.payment_number"));
    json_decref(v);
}

static void tolerances_are_the_callers(void **state)
{
    json_t *v = items(complete);
    struct match_case c = agreeing;
    struct match_limits limits = {.amount_fen = 100, .minutes_before = 0, .minutes_after = 1};
    struct findings f = findings_new(*state);

    c.amount_fen = 17700;
    evidence_match(v, &c, &limits, &f);
    assert_int_equal(f.n, 0);
    limits.minutes_after = 0;
    evidence_match(v, &c, &limits, &f);
    assert_int_equal(f.n, 1);
    assert_string_equal(f.items[0].key, "rules.match.paid_long_after_order");
    json_decref(v);
}

static void times_out_of_order_are_said(void **state)
{
    json_t *v = items(
        "[{\"no\":1,\"kind\":\"ORDER\",\"fields\":{\"ordered_at\":\"2026-11-03T14:10\"}},"
        "{\"no\":2,\"kind\":\"PAYMENT\",\"fields\":{\"paid_at\":\"2026-11-03T14:00\",\"amount\":"
        "100}},"
        "{\"no\":3,\"kind\":\"KEY_ERROR\",\"fields\":{\"shown_time\":\"2026-11-03T13:59\"}}]");
    struct match_case c = {.amount_fen = -1};
    struct findings f = findings_new(*state);

    evidence_match(v, &c, &match_limits_default, &f);
    assert_int_equal(f.n, 2);
    assert_true(findings_have_key(&f, "rules.match.paid_before_order"));
    assert_true(findings_have_key(&f, "rules.match.problem_before_payment"));
    json_decref(v);
}

static void nothing_to_compare_says_nothing(void **state)
{
    json_t *v = items("[{\"kind\":\"ORDER\"},{\"kind\":\"PAYMENT\",\"fields\":{\"amount\":\"x\","
                      "\"paid_at\":5}},7]");
    struct match_case c = {.amount_fen = -1};
    struct findings f = findings_new(*state);

    evidence_match(v, &c, &match_limits_default, &f);
    evidence_match(NULL, &c, &match_limits_default, &f);
    assert_int_equal(f.n, 0);
    json_decref(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(a_complete_chain_says_nothing),
        unit_test_of(each_missing_link_is_named),
        unit_test_of(required_fields_block_only_at_ready_and_without_a_reason),
        unit_test_of(pictures_without_time_and_pages_without_address_are_remarked),
        unit_test_of(what_disagrees_is_said),
        unit_test_of(tolerances_are_the_callers),
        unit_test_of(times_out_of_order_are_said),
        unit_test_of(nothing_to_compare_says_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
