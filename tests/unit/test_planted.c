/* Planted defects: each is done by a child, and what the build promises must end it.  An ordinary build watches buffers of known size
 * and the stack; --enable-sanitizers watches every address and undefined arithmetic as well. */
#include "unit.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the compiler must not know beforehand. */
static volatile size_t nine = 9;
static volatile int most = INT_MAX;
static volatile char seen;

/* True when a child that calls `plant` does not come to its end; what it says of a planted defect is no news. */
static bool is_stopped(struct arena *a, void (*plant)(void *ctx))
{
    struct str told;

    return unit_child(a, plant, NULL, &told) != 0;
}

static void nothing_wrong(void *ctx)
{
    char buffer[16];

    (void)ctx;
    memset(buffer, 'x', nine);
    seen = buffer[nine - 1];
}

static void copy_too_much(void *ctx)
{
    static const char from[16] = "0123456789abcde";
    char buffer[8];

    (void)ctx;
    memcpy(buffer, from, nine);
    seen = buffer[7];
}

static void what_is_right_goes_on(void **state)
{
    assert_false(is_stopped(*state, nothing_wrong));
}

static void a_copy_past_the_end_of_a_buffer_ends_the_program(void **state)
{
    assert_true(is_stopped(*state, copy_too_much));
}

#ifdef __SANITIZE_ADDRESS__
static void write_past_the_heap(void *ctx)
{
    char *p = malloc(nine);

    (void)ctx;
    if (p == NULL)
        _exit(0);
    *(volatile char *)(p + nine) = 'x';
    seen = p[0];
    free(p);
}

static void read_past_the_arena(void *ctx)
{
    struct arena *a = arena_new(4096);
    char *p = arena_alloc(a, nine);

    (void)ctx;
    seen = *(volatile char *)(p + nine);
    arena_free(a);
}

static void read_what_was_freed(void *ctx)
{
    struct arena *a = arena_new(4096);
    char *p = arena_alloc(a, nine);

    (void)ctx;
    arena_reset(a);
    seen = *(volatile char *)p;
    arena_free(a);
}

static void count_past_the_most(void *ctx)
{
    (void)ctx;
    most = most + 1;
}

static void the_sanitizers_watch_heap_arena_and_arithmetic(void **state)
{
    assert_true(is_stopped(*state, write_past_the_heap));
    assert_true(is_stopped(*state, read_past_the_arena));
    assert_true(is_stopped(*state, read_what_was_freed));
    assert_true(is_stopped(*state, count_past_the_most));
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(what_is_right_goes_on),
        unit_test_of(a_copy_past_the_end_of_a_buffer_ends_the_program),
#ifdef __SANITIZE_ADDRESS__
        unit_test_of(the_sanitizers_watch_heap_arena_and_arithmetic),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
