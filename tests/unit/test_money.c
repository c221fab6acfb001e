#include "unit.h"

#include "rules/money.h"

static void figures_have_thousands_commas_and_two_decimals(void **state)
{
    static const struct {
        int64_t fen;
        const char *text;
    } rows[] = {{0, "0.00"},
                {5, "0.05"},
                {17600, "176.00"},
                {99999, "999.99"},
                {100000, "1,000.00"},
                {176050, "1,760.50"},
                {100000005, "1,000,000.05"},
                {9999999999, "99,999,999.99"},
                {MONEY_MAX, "999,999,999,999.99"}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_text(money_figures(*state, rows[i].fen), rows[i].text);
}

static void capital_figures_follow_the_rules_for_bills(void **state)
{
    static const struct {
        int64_t fen;
        const char *text;
    } rows[] = {
        {0, "零元整"},
        {1, "壹分"},
        {10, "壹角整"},
        {15, "壹角伍分"},
        {100, "壹元整"},
        {107, "壹元零柒分"},
        {170, "壹元柒角整"},
        {1000, "壹拾元整"},
        {1005, "壹拾元零伍分"},
        {17600, "壹佰柒拾陆元整"},
        {176050, "壹仟柒佰陆拾元伍角整"},
        {100500, "壹仟零伍元整"},
        {140950, "壹仟肆佰零玖元伍角整"},
        {600714, "陆仟零柒元壹角肆分"},
        {1000000, "壹万元整"},
        {1000100, "壹万零壹元整"},
        {10000000, "壹拾万元整"},
        {10700053, "壹拾万零柒仟元伍角叁分"},
        {10000000000, "壹亿元整"},
        {10000000100, "壹亿零壹元整"},
        {10001000000, "壹亿零壹万元整"},
        {100000000000, "壹拾亿元整"},
        {9999999999, "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"},
        {MONEY_MAX, "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_text(money_capital(*state, rows[i].fen), rows[i].text);
}

static void arithmetic_stays_in_range(void **state)
{
    int64_t v = -7;

    (void)state;
    assert_int_equal(money_add(1, 2, &v), ERR_OK);
    assert_int_equal(v, 3);
    assert_int_equal(money_add(MONEY_MAX, 0, &v), ERR_OK);
    assert_int_equal(money_add(MONEY_MAX, 1, &v), ERR_RANGE);
    assert_int_equal(v, MONEY_MAX); /* written only on success */
    assert_int_equal(money_add(-1, 1, &v), ERR_RANGE);
    assert_int_equal(money_add(INT64_MAX, INT64_MAX, &v), ERR_RANGE);
    assert_int_equal(money_sub(5, 5, &v), ERR_OK);
    assert_int_equal(v, 0);
    assert_int_equal(money_sub(5, 6, &v), ERR_RANGE);
    assert_int_equal(money_mul(16666, 3, &v), ERR_OK);
    assert_int_equal(v, 49998);
    assert_int_equal(money_mul(MONEY_MAX, 2, &v), ERR_RANGE);
    assert_int_equal(money_mul(1, 1000001, &v), ERR_RANGE);
    assert_int_equal(money_mul(1, -1, &v), ERR_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(figures_have_thousands_commas_and_two_decimals),
        unit_test_of(capital_figures_follow_the_rules_for_bills),
        unit_test_of(arithmetic_stays_in_range),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
