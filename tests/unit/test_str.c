#include "unit.h"

#include <stdlib.h>
#include <string.h>

static void equality_compares_lengths_before_bytes(void **state)
{
    (void)state;
    assert_true(str_eq(STR("abc"), STR("abc")));
    assert_false(str_eq(STR("abc"), STR("abcd")));
    assert_false(str_eqz(STR("abc"), "ab"));
    assert_true(str_eqz(STR(""), NULL));
    assert_true(str_eq(str_of(NULL), STR("")));
    assert_false(str_eq(STR("a\0b"), STR("a\0c")));
}

static void prefix_and_suffix_may_be_the_whole_but_not_more(void **state)
{
    (void)state;
    assert_true(str_starts(STR("abc"), STR("abc")));
    assert_true(str_starts(STR("abc"), STR("")));
    assert_false(str_starts(STR("abc"), STR("abcd")));
    assert_true(str_ends(STR("abc"), STR("bc")));
    assert_false(str_ends(STR("bc"), STR("abc")));
}

static void find_looks_from_a_place_on(void **state)
{
    (void)state;
    assert_int_equal(str_find(STR("abcabc"), STR("bc"), 0), 1);
    assert_int_equal(str_find(STR("abcabc"), STR("bc"), 2), 4);
    assert_int_equal(str_find(STR("abcabc"), STR("bc"), 5), SIZE_MAX);
    assert_int_equal(str_find(STR("abc"), STR(""), 3), 3);
    assert_int_equal(str_find(STR("abc"), STR(""), 4), SIZE_MAX);
    assert_int_equal(str_find(str_of(NULL), STR("a"), 0), SIZE_MAX);
    assert_int_equal(str_find(STR("abc"), STR("abcd"), 0), SIZE_MAX);
}

static void sub_is_clipped_to_the_text(void **state)
{
    (void)state;
    assert_text(str_sub(STR("abc"), 1, 1), "b");
    assert_text(str_sub(STR("abc"), 1, SIZE_MAX), "bc");
    assert_text(str_sub(STR("abc"), 3, 1), "");
    assert_text(str_sub(STR("abc"), SIZE_MAX, SIZE_MAX), "");
}

static void trim_takes_ascii_and_ideographic_space_only(void **state)
{
    (void)state;
    assert_text(str_trim(STR(" \t\r\n\v\f\u3000a b\u3000 \u3000")), "a b");
    assert_text(str_trim(STR("\u3000")), "");
    assert_text(str_trim(STR("")), "");
    assert_text(str_trim(STR("\u00A0x")), "\u00A0x");
    assert_int_equal(str_trim(STR("\xE3\x80")).n, 2); /* half of U+3000 is not a space */
}

static void cut_gives_head_and_rest(void **state)
{
    struct str head, rest;

    (void)state;
    assert_true(str_cut(STR("a=b=c"), '=', &head, &rest));
    assert_text(head, "a");
    assert_text(rest, "b=c");
    assert_true(str_cut(STR("a="), '=', &head, &rest));
    assert_text(rest, "");
    assert_false(str_cut(STR("abc"), '=', &head, &rest));
    assert_text(head, "abc");
    assert_text(rest, "");
    assert_false(str_cut(str_of(NULL), '=', &head, &rest));
}

static void text_is_well_formed_utf8_without_nul(void **state)
{
    static const char *const bad[] = {"\x80",             /* continuation alone */
                                      "\xC3",             /* cut short */
                                      "\xC0\xAF",         /* two bytes for '/' */
                                      "\xE0\x80\xAF",     /* three */
                                      "\xF0\x80\x80\xAF", /* four */
                                      "\xED\xA0\x80",     /* surrogate */
                                      "\xF4\x90\x80\x80", /* above U+10FFFF */
                                      "\xF8\x88\x80\x80\x80",
                                      "\xFE",
                                      "\xFF",
                                      "a\xE6\x8F",
                                      "\xE6\x8F\x41"};

    (void)state;
    assert_true(str_is_text(STR("")));
    assert_true(
        str_is_text(STR("A\x7F\xC2\x80\u07FF\u0800\uD7FF\uE000\uFFFF\U00010000\U0010FFFF 𠮷龘")));
    assert_false(str_is_text(STR("a\0b")));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(str_is_text(str_of(bad[i])));
}

static void text_checks_never_read_past_the_end(void **state)
{
    static const char bytes[] = "\xF0\xA0\xAE\xB7";

    (void)state;
    for (size_t n = 0; n <= 4; n++) {
        char *p = malloc(n == 0 ? 1 : n); /* exact size for the sanitizer */
        size_t at = 0;

        memcpy(p, bytes, n);
        assert_int_equal(str_is_text(str_bytes(p, n)), n == 0 || n == 4);
        while (at < n)
            (void)str_next(str_bytes(p, n), &at);
        (void)str_trim(str_bytes(p, n));
        free(p);
    }
}

static void the_first_bytes_hold_whole_characters(void **state)
{
    (void)state;
    assert_text(str_first(STR("abc"), 3), "abc");
    assert_text(str_first(STR("abc"), 2), "ab");
    assert_text(str_first(STR("a\u63f4b"), 3), "a");
    assert_text(str_first(STR("a\u63f4b"), 4), "a\u63f4");
    assert_text(str_first(STR("\u63f4"), 2), "");
    assert_int_equal(str_first(STR("\x80\x80\x80\x80\x80\x80"), 5).n, 2); /* no text: near enough */
    assert_int_equal(str_first(str_of(NULL), 0).n, 0);
}

static void characters_are_code_points(void **state)
{
    (void)state;
    assert_int_equal(str_chars(STR("")), 0);
    assert_int_equal(str_chars(STR("a援𠮷")), 3);
}

static void integers_are_read_whole_and_in_range(void **state)
{
    static const char *const bad[] = {"",    "-",
                                      "+1",  " 1",
                                      "1 ",  "1x",
                                      "0x1", "--1",
                                      "1.0", "9223372036854775808",
                                      "１",  "-9223372036854775809"};
    int64_t n = 42;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(str_int(str_of(bad[i]), INT64_MIN, INT64_MAX, &n));
    assert_int_equal(n, 42); /* untouched on error */
    assert_true(str_int(STR("9223372036854775807"), 0, INT64_MAX, &n));
    assert_true(n == INT64_MAX);
    assert_true(str_int(STR("-9223372036854775808"), INT64_MIN, 0, &n));
    assert_true(n == INT64_MIN);
    assert_true(str_int(STR("007"), 7, 7, &n));
    assert_false(str_int(STR("8"), 9, 10, &n));
    assert_false(str_int(STR("11"), 9, 10, &n));
    assert_false(str_int(STR("-0"), 0, 10, &n)); /* not a length */
}

static void full_width_forms_become_ascii(void **state)
{
    assert_text(str_fold_width(*state, STR("！～１７６．００　ａｂ援￥")), "!~176.00 ab援￥");
    assert_text(str_fold_width(*state, STR("\uFF00\uFF5F")),
                "\uFF00\uFF5F"); /* one beside each end */
    assert_text(str_fold_width(*state, STR("")), "");
}

static void line_ends_become_lf(void **state)
{
    assert_text(str_fold_lines(*state, STR("a\r\nb\rc\nd\r\r\ne\r")), "a\nb\nc\nd\n\ne\n");
}

static void lower_case_is_ascii_only(void **state)
{
    assert_text(str_lower(*state, STR("AZaz09@[ÄÖ")), "azaz09@[ÄÖ");
}

static void hex_goes_there_and_back(void **state)
{
    struct str bytes;

    assert_text(str_hex(*state, STR("\x00\x0F\xF0\xFF")), "000ff0ff");
    assert_true(str_unhex(*state, STR("000FF0ff"), &bytes));
    assert_true(str_eq(bytes, STR("\x00\x0F\xF0\xFF")));
    assert_true(str_unhex(*state, STR(""), &bytes));
    assert_false(str_unhex(*state, STR("0"), &bytes));
    assert_false(str_unhex(*state, STR("0g"), &bytes));
    assert_false(str_unhex(*state, STR("000"), &bytes));
}

static void base64url_goes_there_and_back_at_every_length(void **state)
{
    char bytes[67];
    struct str back;

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 37 + 251);
    for (size_t n = 0; n <= sizeof bytes; n++) {
        struct str text = str_base64url(*state, str_bytes(bytes, n));

        assert_int_equal(text.n, (n * 4 + 2) / 3);
        assert_true(str_unbase64url(*state, text, &back));
        assert_true(str_eq(back, str_bytes(bytes, n)));
    }
    assert_text(str_base64url(*state, STR("\xFB\xEF\xFF")), "--__");
}

static void base64url_has_one_spelling(void **state)
{
    struct str bytes;

    assert_true(str_unbase64url(*state, STR("QQ"), &bytes));
    assert_false(str_unbase64url(*state, STR("QR"), &bytes)); /* left-over bits */
    assert_false(str_unbase64url(*state, STR("QUF"), &bytes));
    assert_false(str_unbase64url(*state, STR("QQ=="), &bytes));
    assert_false(str_unbase64url(*state, STR("Q"), &bytes));
    assert_false(str_unbase64url(*state, STR("Q+/A"), &bytes));
    assert_false(str_unbase64url(*state, STR("QQ\n"), &bytes));
}

static void a_uuid_has_its_canonical_form_in_either_case(void **state)
{
    static const char *const bad[] = {"0f8fad5b-d9cb-469f-a165-70867728950",
                                      "0f8fad5b-d9cb-469f-a165-70867728950ee",
                                      "0f8fad5bd-9cb-469f-a165-70867728950e",
                                      "0f8fad5b-d9cb-469f-a165-70867728950g",
                                      "{f8fad5b-d9cb-469f-a165-70867728950}",
                                      "0f8fad5bd9cb469fa16570867728950e",
                                      ""};
    struct uuid u, v;

    assert_true(uuid_parse(STR("0F8FAD5B-d9cb-469f-a165-70867728950e"), &u));
    assert_int_equal(u.b[0], 0x0F);
    assert_int_equal(u.b[15], 0x0E);
    assert_text(uuid_text(*state, &u), "0f8fad5b-d9cb-469f-a165-70867728950e");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(uuid_parse(str_of(bad[i]), &v));
}

static void copies_end_with_nul(void **state)
{
    struct str s = str_dup(*state, STR("abc"));

    assert_int_equal(s.p[3], '\0');
    assert_string_equal(str_z(*state, str_of(NULL)), "");
    assert_text(str_fmt(*state, "%s-%d", "x", 7), "x-7");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(equality_compares_lengths_before_bytes),
        unit_test_of(prefix_and_suffix_may_be_the_whole_but_not_more),
        unit_test_of(find_looks_from_a_place_on),
        unit_test_of(sub_is_clipped_to_the_text),
        unit_test_of(trim_takes_ascii_and_ideographic_space_only),
        unit_test_of(cut_gives_head_and_rest),
        unit_test_of(text_is_well_formed_utf8_without_nul),
        unit_test_of(text_checks_never_read_past_the_end),
        unit_test_of(the_first_bytes_hold_whole_characters),
        unit_test_of(characters_are_code_points),
        unit_test_of(integers_are_read_whole_and_in_range),
        unit_test_of(full_width_forms_become_ascii),
        unit_test_of(line_ends_become_lf),
        unit_test_of(lower_case_is_ascii_only),
        unit_test_of(hex_goes_there_and_back),
        unit_test_of(base64url_goes_there_and_back_at_every_length),
        unit_test_of(base64url_has_one_spelling),
        unit_test_of(a_uuid_has_its_canonical_form_in_either_case),
        unit_test_of(copies_end_with_nul),
    };

    return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
