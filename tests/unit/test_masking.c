#include "unit.h"

#include <string.h>

#include "rules/masking.h"

/* Invented numbers whose check digits are right: 11010519491231002X is the example of GB 11643; the card numbers are made for tests. */

static void identity_numbers_are_masked_by_their_check_digit(void **state)
{
    assert_text(mask_text(*state, STR("身份证11010519491231002X，谢谢"), MASKS_ALL),
                "身份证110**************X，谢谢");
    assert_text(mask_text(*state, STR("身份证１１０１０５１９４９１２３１００２ｘ"), MASKS_ALL),
                "身份证110**************x");
    assert_text(mask_text(*state, STR("110105 19491231 002X"), MASKS_ALL), "110**************X");
    /* a wrong check digit, an impossible month: an order number */
    assert_text(mask_text(*state, STR("订单110105194912310021"), MASKS_ALL),
                "订单110105194912310021");
    assert_text(mask_text(*state, STR("订单11010519491331002X"), MASKS_ALL),
                "订单11010519491331002X");
}

static void bank_numbers_are_masked_by_scheme_and_luhn(void **state)
{
    assert_text(mask_text(*state, STR("卡号6222020200112230004。"), MASKS_ALL),
                "卡号***************0004。");
    assert_text(mask_text(*state, STR("6222 0202 0011 2230 004"), MASKS_ALL),
                "***************0004");
    assert_text(mask_text(*state, STR("4111-1111-1111-1111 2026年"), MASKS_ALL),
                "************1111 2026年");
    assert_text(mask_text(*state, STR("6222020200112230006"), MASKS_ALL), "6222020200112230006");
    assert_text(mask_text(*state, STR("订单2026110312345678901"), MASKS_ALL),
                "订单2026110312345678901");
    assert_text(mask_text(*state, STR("流水4200001234202611031234567890"), MASKS_ALL),
                "流水4200001234202611031234567890");
}

static void mobile_numbers_are_masked_unless_part_of_a_longer_number(void **state)
{
    assert_text(mask_text(*state, STR("电话13800138000，"), MASKS_ALL), "电话138****8000，");
    assert_text(mask_text(*state, STR("138 0013 8000 2026年"), MASKS_ALL), "138****8000 2026年");
    assert_text(mask_text(*state, STR("+86 138-0013-8000"), MASKS_ALL), "+861******8000");
    assert_text(mask_text(*state, STR("１３８００１３８０００"), MASKS_ALL), "138****8000");
    assert_text(mask_text(*state, STR("单号1380013800012"), MASKS_ALL), "单号1380013800012");
    assert_text(mask_text(*state, STR("12800138000"), MASKS_ALL), "12800138000");
}

static void card_keys_are_masked_when_named_or_grouped(void **state)
{
    assert_text(mask_text(*state, STR("卡密：ABCD1234EFGH提示已用"), MASKS_ALL),
                "卡密：********EFGH提示已用");
    assert_text(mask_text(*state, STR("激活码 8Q2W-77TX-00PL-9ZC4"), MASKS_ALL),
                "激活码 ************9ZC4");
    assert_text(mask_text(*state, STR("XJ3K9-22QWE-77TTY"), MASKS_ALL), "***********7TTY");
    assert_text(mask_text(*state, STR("卡密用不了，订单号2026110312345678"), MASKS_ALL),
                "卡密用不了，订单号2026110312345678");
    assert_text(mask_text(*state, STR("案件AD26-104837，2026-11-03"), MASKS_ALL),
                "案件AD26-104837，2026-11-03");
}

static void only_the_kinds_asked_for_are_masked(void **state)
{
    struct str text = STR("13800138000 卡密ABCD1234EFGH");

    assert_text(mask_text(*state, text, MASKS_KEY), "13800138000 卡密********EFGH");
    assert_text(mask_text(*state, text, MASKS_MOBILE), "138****8000 卡密ABCD1234EFGH");
    assert_text(mask_text(*state, text, 0), "13800138000 卡密ABCD1234EFGH");
}

static void hits_tell_kind_and_place(void **state)
{
    struct mask_hit *hits;
    struct str text = STR("打13800138000，身份证11010519491231002X");
    size_t n = mask_find(*state, text, MASKS_ALL, &hits);

    assert_int_equal(n, 2);
    assert_int_equal(hits[0].kind, MASK_MOBILE);
    assert_text(str_sub(text, hits[0].at, hits[0].n), "13800138000");
    assert_int_equal(hits[1].kind, MASK_ID);
    assert_string_equal(mask_key(hits[1].kind), "rules.mask.id");
}

static void a_known_secret_keeps_its_end_only_when_long_enough(void **state)
{
    assert_text(mask_tail(*state, STR("6222020200112230004"), 4), "***************0004");
    assert_text(mask_tail(*state, STR("张小三@支付宝"), 3), "****支付宝");
    assert_text(mask_tail(*state, STR("1234567"), 4), "*******");
    assert_text(mask_tail(*state, STR(""), 4), "");
}

static void any_text_is_survived(void **state)
{
    char bytes[64];

    /* every short tail of digits, letters, joints: nothing reads past the end */
    for (unsigned seed = 1; seed < 3000; seed++) {
        unsigned x = seed * 2654435761U;
        size_t n = seed % sizeof bytes;

        for (size_t i = 0; i < n; i++) {
            x = x * 1664525U + 1013904223U;
            bytes[i] = "0123456789XAk- :1368"[(x >> 16) % 20];
        }
        (void)mask_text(*state, str_bytes(bytes, n), MASKS_ALL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(identity_numbers_are_masked_by_their_check_digit),
        unit_test_of(bank_numbers_are_masked_by_scheme_and_luhn),
        unit_test_of(mobile_numbers_are_masked_unless_part_of_a_longer_number),
        unit_test_of(card_keys_are_masked_when_named_or_grouped),
        unit_test_of(only_the_kinds_asked_for_are_masked),
        unit_test_of(hits_tell_kind_and_place),
        unit_test_of(a_known_secret_keeps_its_end_only_when_long_enough),
        unit_test_of(any_text_is_survived),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
