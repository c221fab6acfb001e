/* What people type, type by type: tables of what is understood and what is not. */
#include "unit.h"

#include <string.h>

#include "core/clock.h"
#include "core/form.h"

static struct field parsed(struct arena *a, const struct param *p, const char *typed)
{
    struct field f = {.param = p};

    form_parse(a, &f, str_of(typed));
    return f;
}

static void assert_passes(struct arena *a, const struct param *p, const char *typed,
                          const char *text)
{
    struct field f = parsed(a, p, typed);

    if (!f.ok)
        print_error("\"%s\" was refused: %s\n", typed, f.error != NULL ? f.error : "empty");
    assert_true(f.ok);
    assert_true(f.present);
    assert_null(f.error);
    assert_text(f.text, text);
}

static void assert_refused(struct arena *a, const struct param *p, const char *typed,
                           const char *error)
{
    struct field f = parsed(a, p, typed);

    if (f.ok || f.error == NULL || strcmp(f.error, error) != 0)
        print_error("\"%s\" gave \"%.*s\", %s\n", typed, STR_ARG(f.text),
                    f.error != NULL ? f.error : "no error");
    assert_false(f.ok);
    assert_non_null(f.error);
    assert_string_equal(f.error, error);
    assert_true(f.present);
}

static void amounts_are_understood_as_people_write_them(void **state)
{
    static const struct {
        const char *typed;
        int64_t fen;
    } good[] = {
        {"0", 0},
        {"176", 17600},
        {"176.5", 17650},
        {"176.05", 17605},
        {"1,760.50", 176050},
        {"1 760.50", 176050},
        {"1'760.50", 176050},
        {"12,345,678", 1234567800},
        {"1,0000", 1000000},
        {"¥176", 17600},
        {"￥176.00", 17600},
        {"176元", 17600},
        {"176 元", 17600},
        {"人民币176块", 17600},
        {"CNY 176.00", 17600},
        {"rmb176", 17600},
        {"１７６．５０", 17650},
        {"1，760。50", 176050},
        {"　176　", 17600},
        {"\u200B176\uFEFF", 17600},
        {".5", 50},
        {"5.", 500},
        {"99,999,999.99", 9999999999},
        {"999999999999999999999", INT64_MAX},
        {"92233720368547758.07", INT64_MAX},
    };
    static const char *const bad[] = {"",       "abc",      "1.234", "-5",       "1,7", "17,60",
                                      "1,,760", "1.760,50", "12a",   "1..2",     ".",   "元",
                                      "1-2",    "1,760,5",  ",760",  "1,76,000", "1e3", "0x10"};

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        int64_t fen = -1;

        if (!form_parse_fen(*state, str_of(good[i].typed), &fen) || fen != good[i].fen)
            fail_msg("\"%s\" gave %lld", good[i].typed, (long long)fen);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t fen = -1;

        if (form_parse_fen(*state, str_of(bad[i]), &fen))
            fail_msg("\"%s\" gave %lld", bad[i], (long long)fen);
    }
}

static void amounts_have_limits_and_show_as_yuan(void **state)
{
    const struct param p = {.name = "amount", .type = PARAM_FEN, .large = "x.large"};
    struct field f = parsed(*state, &p, "99999999.99");

    assert_true(f.ok);
    assert_int_equal(f.number, 9999999999);
    assert_refused(*state, &p, "100000000", "x.large");
    assert_refused(*state, &p, "9999999999999999999999999", "x.large");
    assert_refused(*state, &p, "一百", "error.field.amount");
    assert_text(form_show_fen(*state, 176050), "1760.50");
    assert_text(form_show_fen(*state, 5), "0.05");
    assert_text(form_show_fen(*state, -5), "-0.05");
    assert_text(form_show_fen(*state, INT64_MIN), "-92233720368547758.08");
}

static int64_t day(int year, int month, int day_of_month)
{
    int64_t days = 0;

    assert_true(clock_day(year, month, day_of_month, &days));
    return days;
}

static void dates_are_understood_as_people_write_them(void **state)
{
    static const struct {
        const char *typed, *iso;
    } good[] = {
        {"2026年11月3日", "2026-11-03"},
        {"2026年11月3号", "2026-11-03"},
        {"2026 年 11 月 3 日", "2026-11-03"},
        {"2026年11月3日（周二）", "2026-11-03"},
        {"2026年11月3日星期二", "2026-11-03"},
        {"2026-11-3", "2026-11-03"},
        {"2026-11-03", "2026-11-03"},
        {"2026/11/3", "2026-11-03"},
        {"2026.11.3", "2026-11-03"},
        {"２０２６－１１－０３", "2026-11-03"},
        {"2026–11–3", "2026-11-03"},
        {"20261103", "2026-11-03"},
        {"11月3日", "2026-11-03"},
        {"11月24日", "2026-11-24"},
        {"11月25日", "2025-11-25"},
        {"12月31号", "2025-12-31"},
        {"2月29日", "2024-02-29"},
        {" 2024-2-29 ", "2024-02-29"},
        {"2026-11-20 14:03", "2026-11-20"},
        {"2026-11-20T14:03:22", "2026-11-20"},
        {"2026/11/20  9:05", "2026-11-20"},
        {"2026年11月20日 14:03:22", "2026-11-20"},
        {"2026年11月20日14:03", "2026-11-20"},
        {"11月20日　１４：０３", "2026-11-20"},
        {"20261120 14:03", "2026-11-20"},
        {"11.20", "2026-11-20"},
        {"11/20", "2026-11-20"},
        {"11/25", "2025-11-25"},
        {"2.29", "2024-02-29"},
    };
    static const char *const bad[] = {"",           "2026",        "2026-11",   "2026-13-1",
                                      "2026-02-29", "26-11-3",     "11-3",      "2026-11-3-1",
                                      "2026年11月", "2026-11/3",   "3.11.2026", "昨天",
                                      "20261301",   "2026-11-003", "13月1日",   "2026年11月3日1"};
    int64_t today = day(2026, 11, 24);

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct str iso = {NULL, 0};
        int64_t days;

        if (!form_parse_date(*state, str_of(good[i].typed), today, &iso, &days))
            fail_msg("\"%s\" was refused", good[i].typed);
        assert_text(iso, good[i].iso);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct str iso;
        int64_t days;

        if (form_parse_date(*state, str_of(bad[i]), today, &iso, &days))
            fail_msg("\"%s\" gave %.*s", bad[i], STR_ARG(iso));
    }
}

static void a_day_that_does_not_exist_is_told_from_what_is_no_date(void **state)
{
    static const char *const none[] = {
        "2026-02-30", "2026年2月29日", "2月30日",          "11.31",
        "13/20",      "20260231",      "2026-11-31 14:03", "2026/13/1"};
    static const char *const other[] = {"昨天", "2026-11-20", "11.20",     "2026-11",
                                        "2026", "",           "3.11.2026", "2026-11-20 25:03"};
    const struct param on = {.name = "on", .type = PARAM_DATE};

    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        if (!form_no_such_day(*state, str_of(none[i])))
            fail_msg("\"%s\" is a day", none[i]);
    }
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        if (form_no_such_day(*state, str_of(other[i])))
            fail_msg("\"%s\" reads like a day that is missing", other[i]);
    }
    assert_refused(*state, &on, "2026-2-30", "error.field.no_day");
    assert_refused(*state, &on, "昨天", "error.field.date");
}

static void a_label_before_a_number_is_dropped(void **state)
{
    const struct param number = {.name = "order_no", .type = PARAM_NUMBER};

    assert_passes(*state, &number, "订单号：AB-12345", "AB-12345");
    assert_passes(*state, &number, "订单号: ab 12345", "ab12345");
    assert_passes(*state, &number, " 商户订单号：２０２６１１", "202611");
    assert_refused(*state, &number, "订单AB-1", "error.field.number");
    assert_refused(*state, &number, "号：AB-1", "error.field.number");
}

static void dates_have_their_years(void **state)
{
    const struct param any = {.name = "on", .type = PARAM_DATE};
    const struct param past = {.name = "on", .type = PARAM_DATE, .flags = PARAM_NO_FUTURE};
    struct civil c = clock_civil(clock_now());
    struct str today = str_fmt(*state, "%d-%d-%d", c.year, c.month, c.day);

    assert_passes(*state, &any, "2099-1-1", "2099-01-01");
    assert_refused(*state, &any, "2101-1-1", "error.field.late");
    assert_refused(*state, &any, "1999-12-31", "error.field.early");
    assert_refused(*state, &past, "2099-1-1", "error.field.future");
    assert_refused(*state, &past, "1999-12-31", "error.field.early");
    assert_true(parsed(*state, &past, str_z(*state, today)).ok);
}

static void a_day_without_a_year_is_the_coming_one(void **state)
{
    const struct param coming = {.name = "by", .type = PARAM_DATE, .flags = PARAM_COMING};
    const struct param past = {.name = "on", .type = PARAM_DATE, .flags = PARAM_NO_FUTURE};
    const int64_t day = INT64_C(86400000000);

    for (int64_t ahead = 0; ahead < 300; ahead += 37) {
        struct civil c = clock_civil(clock_now() + ahead * day);
        const char *typed = str_z(*state, str_fmt(*state, "%d月%d日", c.month, c.day));
        const char *iso = str_z(*state, str_fmt(*state, "%04d-%02d-%02d", c.year, c.month, c.day));

        assert_passes(*state, &coming, typed, iso);
        if (ahead == 0)
            assert_passes(*state, &past, typed, iso);
    }
}

static void times_are_of_shanghai(void **state)
{
    const struct param p = {.name = "at", .type = PARAM_TIME};
    static const char *const same[] = {"2026-11-03T14:03",
                                       "2026-11-3 14:03",
                                       "2026年11月3日 14:03",
                                       "2026年11月3日14点03分",
                                       "2026/11/3 14:03:00",
                                       "2026-11-3　14：03",
                                       "2026年11月3日（周二）14时3分"};

    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        assert_passes(*state, &p, same[i], "2026-11-03T06:03:00.000Z");
    assert_passes(*state, &p, "2026-11-3 0:00", "2026-11-02T16:00:00.000Z");
    assert_refused(*state, &p, "2026-11-3 24:00", "error.field.time");
    assert_refused(*state, &p, "2026-11-3 14:60", "error.field.time");
    assert_refused(*state, &p, "2026-11-3", "error.field.time");
    assert_refused(*state, &p, "14:03", "error.field.time");
}

static void one_line_is_trimmed_counted_and_free_of_controls(void **state)
{
    const struct param p = {.name = "platform", .type = PARAM_TEXT, .min = 2, .max = 4};

    assert_passes(*state, &p, "  卡盟 ", "卡盟");
    assert_passes(*state, &p, "　𠮷龘😀平　", "𠮷龘😀平");
    assert_passes(*state, &p, "a\tb", "a b");
    assert_refused(*state, &p, "a", "error.field.short");
    assert_refused(*state, &p, "卡盟平台啊", "error.field.long");
    assert_refused(*state, &p, "a\nb", "error.field.bad");
    assert_refused(*state, &p, "a\x01z", "error.field.bad");
    assert_refused(*state, &p, "a\xC2\x85z", "error.field.bad");
    assert_false(parsed(*state, &p, " \u3000 ").present);
}

static void a_number_in_a_free_line_is_folded(void **state)
{
    const struct param line = {.name = "x", .type = PARAM_TEXT, .max = 20};
    const struct param number = {.name = "x", .type = PARAM_TEXT, .flags = PARAM_FOLD, .max = 20};

    assert_passes(*state, &number, "　（２０２６）京０１－１２３号\xE2\x80\x8B　",
                  "(2026)京01-123号");
    assert_passes(*state, &number, "ｈｔｔｐｓ：／／ａ．ｃｎ／ｂ", "https://a.cn/b");
    assert_passes(*state, &number, "微信 ＡＢ＿１", "微信 AB_1");
    assert_passes(*state, &line, "１２３ ＡＢ", "１２３ ＡＢ");
}

static void several_lines_are_folded_to_lf(void **state)
{
    const struct param p = {.name = "story", .type = PARAM_LINES, .max = 8, .large = "own"};
    struct field f;

    assert_passes(*state, &p, "one\r\ntwo\r\n", "one\ntwo");
    assert_passes(*state, &p, "a\tb", "a\tb");
    assert_refused(*state, &p, "a\fb", "error.field.bad");
    f = parsed(*state, &p, "123456789");
    assert_string_equal(f.error, "own");
    assert_int_equal(f.error_n, 9); /* one's own message tells how many there are */
    assert_passes(*state, &p, "1234567\n", "1234567");
}

static void general_messages_tell_the_limit(void **state)
{
    const struct param p = {.name = "t", .type = PARAM_TEXT};

    struct field f = parsed(*state, &p, str_z(*state, str_fmt(*state, "%201d", 7)));

    assert_true(f.ok); /* blanks are trimmed */
    f = parsed(*state, &p, str_z(*state, str_fmt(*state, "%0201d", 7)));
    assert_string_equal(f.error, "error.field.long");
    assert_int_equal(f.error_n, 200);
}

static void passwords_are_taken_as_they_are(void **state)
{
    const struct param p = {.name = "password", .type = PARAM_SECRET, .min = 3, .max = 6};

    assert_passes(*state, &p, " a b ", " a b ");
    assert_passes(*state, &p, "密码１２３", "密码１２３");
    assert_refused(*state, &p, "ab", "error.field.short");
    assert_refused(*state, &p, "1234567", "error.field.long");
}

static void codes_are_of_a_list_or_of_an_alphabet(void **state)
{
    static const char *const choices[] = {"yes", "no", NULL};
    const struct param listed = {.name = "c", .type = PARAM_CODE, .choices = choices};
    const struct param open = {.name = "c", .type = PARAM_CODE};

    assert_passes(*state, &listed, "yes", "yes");
    assert_refused(*state, &listed, "ye", "error.field.unknown");
    assert_refused(*state, &listed, "yess", "error.field.unknown");
    assert_passes(*state, &open, "GAME_CARD", "GAME_CARD");
    assert_refused(*state, &open, "GAME-CARD", "error.field.unknown");
    assert_refused(*state, &open, "卡", "error.field.unknown");
    assert_refused(*state, &open, str_z(*state, str_fmt(*state, "%065d", 1)),
                   "error.field.unknown");
    assert_passes(*state, &open, str_z(*state, str_fmt(*state, "%064d", 1)),
                  str_z(*state, str_fmt(*state, "%064d", 1)));
}

static void whole_numbers_are_folded_and_held_in_range(void **state)
{
    const struct param p = {.name = "n", .type = PARAM_INT, .min = 1, .max = 5000};
    const struct param wide = {.name = "n", .type = PARAM_INT, .min = INT64_MIN};

    assert_passes(*state, &p, "１２", "12");
    assert_passes(*state, &p, " 1,234 ", "1234");
    assert_passes(*state, &p, "0007", "7");
    assert_refused(*state, &p, "0", "error.field.small");
    assert_refused(*state, &p, "-1", "error.field.small");
    assert_refused(*state, &p, "5001", "error.field.large");
    assert_refused(*state, &p, "99999999999999999999", "error.field.large");
    assert_refused(*state, &p, "1.5", "error.field.whole");
    assert_refused(*state, &p, "--1", "error.field.whole");
    assert_refused(*state, &p, "-", "error.field.whole");
    assert_passes(*state, &wide, "-12", "-12");
    assert_passes(*state, &wide, "−12", "-12");
    assert_passes(*state, &wide, "9223372036854775806", "9223372036854775806");
    assert_refused(*state, &wide, "9223372036854775808", "error.field.large");
}

static void ticks_uuids_numbers_phones_and_addresses(void **state)
{
    const struct param tick = {.name = "x", .type = PARAM_BOOL};
    const struct param uuid = {.name = "x", .type = PARAM_UUID};
    const struct param number = {.name = "x", .type = PARAM_NUMBER};
    const struct param mobile = {.name = "x", .type = PARAM_MOBILE};
    const struct param email = {.name = "x", .type = PARAM_EMAIL};

    assert_passes(*state, &tick, "on", "1");
    assert_refused(*state, &tick, "2", "error.field.bad");
    assert_false(parsed(*state, &tick, "").present);
    assert_passes(*state, &uuid, "9B2C3D4E-0000-4000-8000-0123456789AB",
                  "9b2c3d4e-0000-4000-8000-0123456789ab");
    assert_refused(*state, &uuid, "9b2c3d4e00004000800001234567 89ab", "error.field.bad");
    assert_passes(*state, &number, " ２０２６ 1103－0007_a ", "20261103-0007_a");
    assert_refused(*state, &number, "订单7", "error.field.number");
    assert_passes(*state, &mobile, "138 0013-8000", "13800138000");
    assert_passes(*state, &mobile, "＋852 (2123) 4567", "+85221234567");
    assert_refused(*state, &mobile, "1380013800", "error.field.mobile");
    assert_refused(*state, &mobile, "138001380000", "error.field.mobile");
    assert_refused(*state, &mobile, "+123456", "error.field.mobile");
    assert_refused(*state, &mobile, "1380013800x", "error.field.mobile");
    assert_passes(*state, &email, " name＠example.com", "name@example.com");
    assert_refused(*state, &email, "name@", "error.field.email");
    assert_refused(*state, &email, "@example.com", "error.field.email");
    assert_refused(*state, &email, "a@b@c", "error.field.email");
    assert_refused(*state, &email, "a b@c", "error.field.email");
    assert_refused(*state, &email, str_z(*state, str_fmt(*state, "%0250d@a.cn", 1)),
                   "error.field.long");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(amounts_are_understood_as_people_write_them),
        unit_test_of(amounts_have_limits_and_show_as_yuan),
        unit_test_of(dates_are_understood_as_people_write_them),
        unit_test_of(a_day_that_does_not_exist_is_told_from_what_is_no_date),
        unit_test_of(a_label_before_a_number_is_dropped),
        unit_test_of(dates_have_their_years),
        unit_test_of(a_day_without_a_year_is_the_coming_one),
        unit_test_of(times_are_of_shanghai),
        unit_test_of(one_line_is_trimmed_counted_and_free_of_controls),
        unit_test_of(a_number_in_a_free_line_is_folded),
        unit_test_of(several_lines_are_folded_to_lf),
        unit_test_of(general_messages_tell_the_limit),
        unit_test_of(passwords_are_taken_as_they_are),
        unit_test_of(codes_are_of_a_list_or_of_an_alphabet),
        unit_test_of(whole_numbers_are_folded_and_held_in_range),
        unit_test_of(ticks_uuids_numbers_phones_and_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
