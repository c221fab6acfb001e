#include "unit.h"

#include <string.h>

#include "core/buf.h"

static void an_empty_buffer_is_the_empty_text(void **state)
{
    struct buf b = buf_new(*state);

    assert_int_equal(buf_str(&b).n, 0);
    buf_add(&b, str_of(NULL));
    buf_addz(&b, NULL);
    buf_printf(&b, "%s", "");
    assert_int_equal(buf_str(&b).n, 0);
}

static void what_is_appended_comes_out_in_order_over_many_growths(void **state)
{
    struct buf b = buf_new(*state);

    for (int i = 0; i < 5000; i++)
        buf_printf(&b, "%04d", i);
    assert_int_equal(b.n, 20000);
    assert_memory_equal(b.p + 4 * 4321, "4321", 4);
}

static void filling_to_the_last_byte_grows_only_with_the_next(void **state)
{
    struct buf b = buf_new(*state);
    size_t cap;

    buf_addc(&b, 'x');
    cap = b.cap;
    while (b.n < cap)
        buf_addc(&b, 'x');
    assert_int_equal(b.cap, cap);
    buf_addc(&b, 'y');
    assert_true(b.cap > cap);
    assert_int_equal(b.p[cap], 'y');
}

static void printf_at_the_edge_of_the_capacity_keeps_every_byte(void **state)
{
    for (size_t n = 250; n < 260; n++) {
        struct buf b = buf_new(*state);

        for (size_t i = 0; i < n; i++)
            buf_addc(&b, 'x');
        buf_printf(&b, "%d!", 123);
        assert_int_equal(b.n, n + 4);
        assert_memory_equal(b.p + n, "123!", 4);
    }
}

static void a_buffer_may_be_appended_to_itself(void **state)
{
    struct buf b = buf_new(*state);

    buf_addz(&b, "ab");
    for (int i = 0; i < 10; i++)
        buf_add(&b, buf_str(&b));
    assert_int_equal(b.n, 2048);
    assert_memory_equal(b.p + 2046, "ab", 2);
}

static void html_escapes_the_five_characters_and_nothing_else(void **state)
{
    struct buf b = buf_new(*state);

    buf_add_html(&b, STR("<a href=\"x\" t='y'>R&D 援助台 𠮷</a>"));
    assert_text(buf_str(&b),
                "&lt;a href=&quot;x&quot; t=&#39;y&#39;&gt;R&amp;D 援助台 𠮷&lt;/a&gt;");
}

static void url_encodes_everything_but_unreserved_characters(void **state)
{
    struct buf b = buf_new(*state);

    buf_add_url(&b, STR("aZ09-._~ /?&=+%\n\xE6\x8F\xB4"));
    assert_text(buf_str(&b), "aZ09-._~%20%2F%3F%26%3D%2B%25%0A%E6%8F%B4");
}

static void code_points_become_utf8_and_what_is_none_the_replacement(void **state)
{
    static const uint32_t points[] = {0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x10000, 0x10FFFF};
    struct buf b = buf_new(*state), bad = buf_new(*state);
    size_t at = 0;

    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++)
        buf_add_char(&b, points[i]);
    assert_true(str_is_text(buf_str(&b)));
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++)
        assert_int_equal(str_next(buf_str(&b), &at), points[i]);
    assert_int_equal(at, b.n);
    buf_add_char(&bad, 0xD800);
    buf_add_char(&bad, 0x110000);
    assert_text(buf_str(&bad), "\uFFFD\uFFFD");
}

static void room_is_counted_when_it_is_used(void **state)
{
    struct buf b = buf_new(*state);
    char *p = buf_room(&b, 1000);

    memcpy(p, "abc", 3);
    buf_grew(&b, 3);
    assert_text(buf_str(&b), "abc");
    assert_non_null(buf_room(&b, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(an_empty_buffer_is_the_empty_text),
        unit_test_of(what_is_appended_comes_out_in_order_over_many_growths),
        unit_test_of(filling_to_the_last_byte_grows_only_with_the_next),
        unit_test_of(printf_at_the_edge_of_the_capacity_keeps_every_byte),
        unit_test_of(a_buffer_may_be_appended_to_itself),
        unit_test_of(html_escapes_the_five_characters_and_nothing_else),
        unit_test_of(url_encodes_everything_but_unreserved_characters),
        unit_test_of(code_points_become_utf8_and_what_is_none_the_replacement),
        unit_test_of(room_is_counted_when_it_is_used),
    };

    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
