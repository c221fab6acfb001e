#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/json.h"

static void members_are_set_and_read_by_type(void **state)
{
    json_t *o = json_owned(*state, json_object());

    json_set_str(o, "s", STR("援\0x"));
    json_set_z(o, "z", "text");
    json_set_z(o, "nothing", NULL);
    json_set_int(o, "i", INT64_MIN);
    json_set_bool(o, "b", true);
    json_set_new(o, "l", json_array());
    assert_int_equal(json_str(o, "s").n, 5);
    assert_text(json_str(o, "z"), "text");
    assert_text(json_str(o, "nothing"), "");
    assert_true(json_int(o, "i") == INT64_MIN);
    assert_true(json_truth(o, "b"));
    assert_text(json_str(o, "i"), "");
    assert_int_equal(json_int(o, "z"), 0);
    assert_false(json_truth(o, "i"));
    assert_text(json_str(o, "missing"), "");
    assert_text(json_str(NULL, "z"), "");
}

static void a_dump_is_compact_with_sorted_keys(void **state)
{
    json_t *o =
        json_parse(*state, STR(" {\"b\": [1, 2.5, null], \"a\": \"\\u63f4/\", \"c\": {}} "));

    assert_text(json_dump(*state, o), "{\"a\":\"援/\",\"b\":[1,2.5,null],\"c\":{}}");
    assert_text(json_dump(*state, json_owned(*state, json_string("x"))), "\"x\"");
}

static void only_whole_valid_json_is_parsed(void **state)
{
    static const char *const bad[] = {"",
                                      " ",
                                      "{",
                                      "{}x",
                                      "{\"a\":1,\"a\":2}",
                                      "[1,]",
                                      "\"\\u0000\"",
                                      "\"\xC3\"",
                                      "\"\xED\xA0\x80\"",
                                      "nan",
                                      "9223372036854775808"};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_null(json_parse(*state, str_of(bad[i])));
    assert_null(json_parse(*state, STR("3\0")));
    assert_null(json_parse(*state, STR("[1\0]")));
    assert_non_null(json_parse(*state, STR("3")));
    assert_non_null(json_parse(*state, STR("null")));
}

static void parsing_stops_at_the_length(void **state)
{
    char *p = malloc(2); /* exact size for the sanitizer */

    memcpy(p, "[]", 2);
    assert_non_null(json_parse(*state, str_bytes(p, 2)));
    assert_null(json_parse(*state, str_bytes(p, 1)));
    free(p);
}

static void deep_nesting_is_refused_not_followed(void **state)
{
    struct arena *a = *state;
    size_t n = 100000;
    char *p = arena_alloc(a, n);

    memset(p, '[', n);
    assert_null(json_parse(a, str_bytes(p, n)));
}

static void add_bytes(void *value)
{
    json_t **out = value;

    *out = json_of_str(STR("a\xFF"));
}

static void bytes_that_are_no_text_become_a_mark_and_a_log_line(void **state)
{
    json_t *value = NULL;
    struct str log = unit_stderr_of(*state, add_bytes, &value);

    assert_string_equal(json_string_value(value), "\uFFFD");
    assert_true(str_find(log, STR("\"event\":\"json\""), 0) != SIZE_MAX);
    json_decref(value);
}

static void owned_values_go_with_the_arena(void **state)
{
    struct arena *a = arena_new(4096);
    json_t *value = json_object();

    (void)state;
    json_incref(value);
    assert_ptr_equal(json_owned(a, value), value);
    assert_int_equal(value->refcount, 2);
    arena_free(a);
    assert_int_equal(value->refcount, 1);
    json_decref(value);
    assert_null(json_owned(*state, NULL));
}

static void ask_for_too_much(void *ctx)
{
    json_malloc_t allocate;
    json_free_t release;

    (void)ctx;
    json_get_alloc_funcs(&allocate, &release);
    (void)allocate(SIZE_MAX - 8);
}

static void out_of_memory_ends_the_process_like_the_arena(void **state)
{
    struct str log;

    assert_int_equal(unit_child(*state, ask_for_too_much, NULL, &log), ARENA_EXIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(members_are_set_and_read_by_type),
        unit_test_of(a_dump_is_compact_with_sorted_keys),
        unit_test_of(only_whole_valid_json_is_parsed),
        unit_test_of(parsing_stops_at_the_length),
        unit_test_of(deep_nesting_is_refused_not_followed),
        unit_test_of(bytes_that_are_no_text_become_a_mark_and_a_log_line),
        unit_test_of(owned_values_go_with_the_arena),
        unit_test_of(out_of_memory_ends_the_process_like_the_arena),
    };

    json_init();
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
