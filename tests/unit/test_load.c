#include "unit.h"

#include "core/load.h"

static void a_file_is_read_whole_up_to_its_limit(void **state)
{
    struct arena *a = *state;
    const char *path = unit_file(a, unit_folder(a), "x", STR("abcde"));
    struct str text, problem;

    assert_true(load_text(a, path, 6, &text, &problem));
    assert_text(text, "abcde");
    assert_true(load_text(a, path, 5, &text, &problem));
    assert_text(text, "abcde");
    assert_false(load_text(a, path, 4, &text, &problem));
    assert_true(str_ends(problem, STR("/x: longer than 4 bytes")));
}

static void a_short_file_takes_little_memory_whatever_its_limit(void **state)
{
    struct arena *a = *state;
    const char *path = unit_file(a, unit_folder(a), "x", STR("abcde"));
    size_t before = arena_used(a);
    struct str text, problem;

    assert_true(load_text(a, path, 16 * 1024 * 1024, &text, &problem));
    assert_text(text, "abcde");
    assert_true(arena_used(a) - before < 64 * 1024);
}

static void a_file_of_many_pieces_is_read_whole(void **state)
{
    struct arena *a = *state;
    const size_t n = 100000;
    char *bytes = arena_alloc(a, n);
    const char *path;
    struct str text, problem;

    for (size_t i = 0; i < n; i++)
        bytes[i] = (char)('a' + i % 23);
    path = unit_file(a, unit_folder(a), "x", str_bytes(bytes, n));
    assert_true(load_text(a, path, n, &text, &problem));
    assert_true(str_eq(text, str_bytes(bytes, n)));
    assert_false(load_text(a, path, n - 1, &text, &problem));
}

static void an_empty_file_is_the_empty_text_and_a_bom_is_dropped(void **state)
{
    struct arena *a = *state;
    const char *folder = unit_folder(a);
    struct str text, problem;

    assert_true(load_text(a, unit_file(a, folder, "e", STR("")), 10, &text, &problem));
    assert_text(text, "");
    assert_true(load_text(a, unit_file(a, folder, "b", STR("\uFEFFx")), 10, &text, &problem));
    assert_text(text, "x");
}

static void what_is_not_text_or_not_there_is_told_with_its_path(void **state)
{
    struct arena *a = *state;
    const char *folder = unit_folder(a);
    struct str text, problem;

    assert_false(load_text(a, unit_file(a, folder, "n", STR("a\0b")), 10, &text, &problem));
    assert_true(str_ends(problem, STR("/n: not UTF-8 text")));
    assert_false(load_text(a, str_z(a, str_fmt(a, "%s/none", folder)), 10, &text, &problem));
    assert_true(str_ends(problem, STR("/none: No such file or directory")));
    assert_false(load_text(a, folder, 10, &text, &problem));
}

static void names_come_sorted_without_hidden_ones(void **state)
{
    struct arena *a = *state;
    const char *folder = unit_folder(a);
    struct str *names, problem;
    size_t n;

    (void)unit_file(a, folder, ".hidden", STR(""));
    for (int i = 39; i >= 0; i--)
        (void)unit_file(a, folder, str_z(a, str_fmt(a, "f%02d", i)), STR(""));
    (void)unit_file(a, folder, "f0", STR(""));
    assert_true(load_names(a, folder, &names, &n, &problem));
    assert_int_equal(n, 41);
    assert_text(names[0], "f0");
    assert_text(names[1], "f00");
    assert_text(names[40], "f39");
    assert_false(load_names(a, "/nowhere/at/all", &names, &n, &problem));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(a_file_is_read_whole_up_to_its_limit),
        unit_test_of(a_short_file_takes_little_memory_whatever_its_limit),
        unit_test_of(a_file_of_many_pieces_is_read_whole),
        unit_test_of(an_empty_file_is_the_empty_text_and_a_bom_is_dropped),
        unit_test_of(what_is_not_text_or_not_there_is_told_with_its_path),
        unit_test_of(names_come_sorted_without_hidden_ones),
    };

    return cmocka_run_group_tests_name("load", tests, NULL, NULL);
}
