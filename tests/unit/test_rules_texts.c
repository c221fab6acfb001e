#include "unit.h"

#include "rules/day.h"
#include "rules/intervals.h"
#include "rules/number_key.h"
#include "rules/specific.h"

static bool says(struct arena *a, bool (*what)(const struct text *), const char *z)
{
    struct text t = text_normal(a, str_of(z));

    return what(&t);
}

static void days_are_recognised_in_both_languages(void **state)
{
    static const char *const yes[] = {"2026年11月18日退款", "11月18日",      "11 月 18 号",
                                      "2026-11-18",         "2026/1/8 补发", "十一月十八日",
                                      "18 November 2026",   "on Nov 18",     "November 18th"};
    static const char *const no[] = {"三日内", "2026年",       "11月",   "176.00",
                                     "12315",  "2026-1104-99", "may be", ""};

    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
        assert_true(says(*state, specific_day, yes[i]));
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        assert_false(says(*state, specific_day, no[i]));
}

static void spans_count_as_dates(void **state)
{
    static const char *const yes[] = {"三日内", "3天内", "２４小时内", "五个工作日内",
                                      "within 3 days"};

    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
        assert_true(says(*state, specific_date, yes[i]));
    assert_false(says(*state, specific_date, "尽快"));
}

static void amounts_and_quantities_are_told_apart(void **state)
{
    assert_true(says(*state, specific_amount, "退98.00元"));
    assert_true(says(*state, specific_amount, "人民币 1,760.50"));
    assert_true(says(*state, specific_amount, "￥98"));
    assert_true(says(*state, specific_amount, "九十八块"));
    assert_true(says(*state, specific_amount, "CNY 98"));
    assert_false(says(*state, specific_amount, "2张卡"));
    assert_true(says(*state, specific_quantity, "补发2张卡密"));
    assert_true(says(*state, specific_quantity, "two? no: 2 keys"));
    assert_false(says(*state, specific_quantity, "3个工作日"));
    assert_false(says(*state, specific_quantity, "98元"));
}

static void a_reference_number_is_no_date_sum_or_hotline(void **state)
{
    assert_true(says(*state, specific_number, "退款单号 RF20261118-0031"));
    assert_true(says(*state, specific_number, "编号2026110312345678"));
    assert_false(says(*state, specific_number, "2026-11-18 退了 1760.50 元"));
    assert_false(says(*state, specific_number, "向12315投诉，2026年"));
    assert_false(says(*state, specific_number, "2026"));
}

static void numbers_typed_in_any_way_have_one_normal_form(void **state)
{
    assert_text(number_key_order(*state, STR("２０２６-1103 ab_c")), "20261103ABC");
    assert_text(number_key_order(*state, STR("a-1")), "");
    assert_text(number_key_phone(*state, STR("+86 138-0013-8000")), "13800138000");
    assert_text(number_key_phone(*state, STR("0086 13800138000")), "13800138000");
    assert_text(number_key_phone(*state, STR("１３８００１３８０００")), "13800138000");
    assert_text(number_key_phone(*state, STR("+44 20 7946 0018")), "+442079460018");
    assert_text(number_key_phone(*state, STR("0044 20 7946 0018")), "+442079460018");
    assert_text(number_key_phone(*state, STR("(+1) 202-555-0123")), "+12025550123");
    assert_text(number_key_phone(*state, STR("\u202a+12025550123\u202c")), "+12025550123");
    assert_text(number_key_phone(*state, STR("8600123456789")), "8600123456789");
    assert_text(number_key_phone(*state, STR("123")), "");
    assert_text(number_key_email(*state, STR(" Li.Si@Example．COM ")), "li.si@example.com");
    assert_text(number_key_email(*state, STR("nobody")), "");
}

static void platform_names_meet_without_case_marks_and_general_words(void **state)
{
    assert_text(number_key_platform(*state, STR("【星辰 卡盟】官网")), "星辰卡盟");
    assert_text(number_key_platform(*state, STR("星辰卡盟")), "星辰卡盟");
    assert_text(number_key_platform(*state, STR("StarCard App")), "starcard");
    assert_text(number_key_platform(*state, STR("平台")), "平台");
    assert_text(number_key_platform(*state, STR("星辰卡盟官网平台")), "星辰卡盟");
    assert_text(number_key_platform(*state, STR("星辰卡盟平台官网")), "星辰卡盟");
    assert_text(number_key_platform(*state, STR("官网平台")), "官网");
    assert_text(number_key_platform(*state, STR("龍遊卡網站")), "龙游卡");
    assert_text(number_key_platform(*state, STR("！！")), "");
}

static void days_and_minutes_are_read_exactly(void **state)
{
    int64_t v;

    assert_true(day_parse(STR("1970-01-01"), &v));
    assert_int_equal(v, 0);
    assert_true(day_parse(STR("2024-02-29"), &v));
    assert_text(day_text(*state, v), "2024-02-29");
    assert_false(day_parse(STR("2026-02-29"), &v));
    assert_false(day_parse(STR("2026-04-31"), &v));
    assert_false(day_parse(STR("2026-4-01"), &v));
    assert_true(day_minutes(STR("1970-01-01T08:01"), &v));
    assert_int_equal(v, 1);
    assert_true(day_minutes(STR("1970-01-01T00:01:59.9Z"), &v));
    assert_int_equal(v, 1);
    assert_true(day_minutes(STR("1970-01-02 01:00:00+01:00"), &v));
    assert_int_equal(v, 1440);
    assert_false(day_minutes(STR("2026-11-03"), &v));
    assert_false(day_minutes(STR("2026-11-03T24:00"), &v));
    assert_false(day_minutes(STR("2026-11-03T12:00x"), &v));
    assert_int_equal(day_of_minutes(16 * 60 - 1), 0);
    assert_int_equal(day_of_minutes(16 * 60), 1);
}

static void the_wilson_interval_matches_published_values(void **state)
{
    struct interval i = interval_wilson(8, 10);

    (void)state;
    assert_int_equal(interval_permille(i.low),
                     490); /* 0.4902, 0.9433: R's prop.test without correction */
    assert_int_equal(interval_permille(i.high), 943);
    i = interval_wilson(0, 10);
    assert_int_equal(interval_permille(i.low), 0);
    assert_int_equal(interval_permille(i.high), 278);
    i = interval_wilson(10, 10);
    assert_int_equal(interval_permille(i.low), 722);
    assert_int_equal(interval_permille(i.high), 1000);
    i = interval_wilson(0, 0);
    assert_int_equal(interval_permille(i.high - i.low), 1000);
}

static void quantiles_come_out_of_merged_histograms(void **state)
{
    struct histogram_bucket b[200] = {{0}};
    double v = -1;
    size_t n = 0;

    (void)state;
    assert_false(histogram_quantile(b, 0, 0.5, &v));
    for (int64_t minutes = 1; minutes <= 100;
         minutes++) /* one duration each, unsorted on purpose */
        b[n++] = (struct histogram_bucket){histogram_bucket_of(101 - minutes), 1};
    assert_true(histogram_quantile(b, n, 0.5, &v));
    assert_true(v > 47.0 && v < 53.5);
    assert_true(histogram_quantile(b, n, 0.9, &v));
    assert_true(v > 86.0 && v < 95.0);
    for (int64_t bucket = 0; bucket < 200; bucket++) /* bounds agree with the formula of SQL */
        assert_int_equal(histogram_bucket_of((int64_t)(histogram_bound(bucket) + 0.9999)) >= bucket,
                         1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(days_are_recognised_in_both_languages),
        unit_test_of(spans_count_as_dates),
        unit_test_of(amounts_and_quantities_are_told_apart),
        unit_test_of(a_reference_number_is_no_date_sum_or_hotline),
        unit_test_of(numbers_typed_in_any_way_have_one_normal_form),
        unit_test_of(platform_names_meet_without_case_marks_and_general_words),
        unit_test_of(days_and_minutes_are_read_exactly),
        unit_test_of(the_wilson_interval_matches_published_values),
        unit_test_of(quantiles_come_out_of_merged_histograms),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
