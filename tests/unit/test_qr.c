#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/qr.h"

enum { SIDE = 185 }; /* version 40 with its quiet zone */

static char grid[SIDE][SIDE];

/* Draws the path again: "M x y h n v1 h-n z" per run. */
static void draw(struct arena *a, struct str path)
{
    const char *p = str_z(a, path);

    memset(grid, 0, sizeof grid);
    while (*p != '\0') {
        char *end;
        long x, y, n;

        assert_int_equal(*p, 'M');
        x = strtol(p + 1, &end, 10);
        y = strtol(end, &end, 10);
        assert_int_equal(*end, 'h');
        n = strtol(end + 1, &end, 10);
        assert_memory_equal(end, "v1h-", 4);
        assert_int_equal(strtol(end + 4, &end, 10), n);
        assert_int_equal(*end, 'z');
        p = end + 1;
        assert_true(x >= 4 && y >= 4 && n >= 1);
        for (long i = 0; i < n; i++)
            grid[y][x + i] = 1;
    }
}

static void assert_finder(int x, int y)
{
    static const char *const finder[] = {"1111111", "1000001", "1011101", "1011101",
                                         "1011101", "1000001", "1111111"};

    for (int r = 0; r < 7; r++) {
        for (int c = 0; c < 7; c++)
            assert_int_equal(grid[y + r][x + c], finder[r][c] - '0');
    }
}

static void a_code_has_its_three_finders_and_a_quiet_zone(void **state)
{
    struct str path;
    int size;

    assert_true(qr_path(*state, STR("https://aid.example.org/track"), &size, &path));
    assert_int_equal(size, 29 + 8); /* version 3 */
    draw(*state, path);
    assert_finder(4, 4);
    assert_finder(size - 11, 4);
    assert_finder(4, size - 11);
    for (int i = 0; i < size; i++) {
        for (int k = 0; k < 4; k++)
            assert_int_equal(
                grid[k][i] + grid[i][k] + grid[size - 1 - k][i] + grid[i][size - 1 - k], 0);
    }
}

static void the_longest_text_fits_and_one_more_byte_does_not(void **state)
{
    char *text = arena_alloc(*state, 2332);
    struct str path;
    int size;

    memset(text, 'x', 2332);
    assert_true(qr_path(*state, str_bytes(text, 2330), &size, &path));
    assert_true(qr_path(*state, str_bytes(text, 2331), &size, &path));
    assert_int_equal(size, SIDE);
    assert_false(qr_path(*state, str_bytes(text, 2332), &size, &path));
    assert_false(qr_path(*state, STR(""), &size, &path));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(a_code_has_its_three_finders_and_a_quiet_zone),
        unit_test_of(the_longest_text_fits_and_one_more_byte_does_not),
    };

    return cmocka_run_group_tests_name("qr", tests, NULL, NULL);
}
