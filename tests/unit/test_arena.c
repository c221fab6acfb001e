#include "unit.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void memory_is_zeroed_and_aligned_for_any_type(void **state)
{
    for (size_t n = 0; n < 200; n++) {
        unsigned char *p = arena_alloc(*state, n);

        assert_non_null(p);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xAA, n);
    }
}

static void memory_is_zeroed_again_after_reset(void **state)
{
    struct arena *a = *state;
    unsigned char *first = arena_alloc(a, 1000), *again;

    memset(first, 0xAA, 1000);
    arena_reset(a);
    again = arena_alloc(a, 1000);
    assert_ptr_equal(again, first); /* the first block is kept */
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(again[i], 0);
}

static void requests_around_the_size_of_a_block_do_not_overlap(void **state)
{
    static const size_t sizes[] = {1023, 1024, 1025, 4079, 4080, 4081, 4095, 4096, 4097, 100000};
    enum { N = sizeof sizes / sizeof sizes[0] };
    struct arena *a = arena_new(4096);
    unsigned char *p[N * 3];

    (void)state;
    for (size_t i = 0; i < N * 3; i++) {
        p[i] = arena_alloc(a, sizes[i % N]);
        memset(p[i], (int)i + 1, sizes[i % N]);
    }
    for (size_t i = 0; i < N * 3; i++) {
        for (size_t k = 0; k < sizes[i % N]; k++)
            assert_int_equal(p[i][k], i + 1);
    }
    arena_free(a);
}

static char order[8];
static size_t n_order;

static void note(void *p)
{
    order[n_order++] = *(const char *)p;
}

static struct arena *late_arena;

static void note_and_defer_another(void *p)
{
    note(p);
    arena_defer(late_arena, note, arena_alloc(late_arena, 1));
}

static void defers_run_last_first_and_once(void **state)
{
    struct arena *a = arena_new(4096);

    (void)state;
    n_order = 0;
    for (const char *z = "abc"; *z != '\0'; z++)
        arena_defer(a, note, str_z(a, str_bytes(z, 1)));
    arena_reset(a);
    assert_memory_equal(order, "cba", 3);
    arena_free(a);
    assert_int_equal(n_order, 3);
}

static void a_defer_may_register_another_one(void **state)
{
    struct arena *a = arena_new(4096);

    (void)state;
    n_order = 0;
    late_arena = a;
    arena_defer(a, note_and_defer_another, str_z(a, STR("x")));
    arena_free(a);
    assert_int_equal(n_order, 2);
}

static void secrets_are_apart_zeroed_and_wiped_at_reset(void **state)
{
    struct arena *a = *state;
    unsigned char *first = arena_secret(a, 32), *again;

    memset(first, 0x55, 32);
    arena_reset(a);
    again = arena_secret(a, 32);
    assert_ptr_equal(again, first);
    for (size_t i = 0; i < 32; i++)
        assert_int_equal(again[i], 0);
    memset(arena_secret(a, 1048576 + 17), 1, 1048576 + 17); /* a segment of a file */
}

static void use_is_counted_until_reset(void **state)
{
    struct arena *a = *state;

    assert_int_equal(arena_used(a), 0);
    (void)arena_alloc(a, 100);
    (void)arena_secret(a, 100);
    assert_in_range(arena_used(a), 200, 300);
    arena_reset(a);
    assert_int_equal(arena_used(a), 0);
}

static void overflow(void *a)
{
    (void)arena_array(a, SIZE_MAX / 2, 3);
}

static void too_much(void *a)
{
    (void)arena_alloc(a, SIZE_MAX - 1);
}

static void out_of_memory_is_logged_and_ends_the_process(void **state)
{
    void (*const tries[])(void *a) = {overflow, too_much};
    struct str log;

    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(unit_child(*state, tries[i], *state, &log), ARENA_EXIT);
        assert_true(str_find(log, STR("\"event\":\"out-of-memory\""), 0) != SIZE_MAX);
    }
}

#if defined(__SANITIZE_ADDRESS__)
static void write_one_too_many(void *a)
{
    volatile char *p = arena_alloc(a, 24);

    p[24] = 1;
}

static void write_into_the_neighbour(void *a)
{
    volatile char *p = arena_alloc(a, 32);

    (void)arena_alloc(a, 32);
    p[32] = 1;
}

static void read_after_reset(void *a)
{
    volatile char *p = arena_alloc(a, 24);

    arena_reset(a);
    (void)p[0];
}

static void the_sanitizer_sees_overruns_inside_the_arena_and_use_after_reset(void **state)
{
    void (*const tries[])(void *a) = {write_one_too_many, write_into_the_neighbour,
                                      read_after_reset};
    struct str report;

    for (size_t i = 0; i < 3; i++) {
        assert_int_not_equal(unit_child(*state, tries[i], *state, &report), 0);
        assert_true(str_find(report, STR("use-after-poison"), 0) != SIZE_MAX);
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(memory_is_zeroed_and_aligned_for_any_type),
        unit_test_of(memory_is_zeroed_again_after_reset),
        unit_test_of(requests_around_the_size_of_a_block_do_not_overlap),
        unit_test_of(defers_run_last_first_and_once),
        unit_test_of(a_defer_may_register_another_one),
        unit_test_of(secrets_are_apart_zeroed_and_wiped_at_reset),
        unit_test_of(use_is_counted_until_reset),
        unit_test_of(out_of_memory_is_logged_and_ends_the_process),
#if defined(__SANITIZE_ADDRESS__)
        unit_test_of(the_sanitizer_sees_overruns_inside_the_arena_and_use_after_reset),
#endif
    };

    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
