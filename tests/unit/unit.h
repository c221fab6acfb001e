/*
 * unit: what all unit tests share.  A test program holds one module against its header; every test is a sentence.  The arena is new for
 * each test and freed after it, so that a leak or a use after reset is found by the sanitizers.
 */
#ifndef AIDDESK_TESTS_UNIT_H
#define AIDDESK_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/str.h"

/* Setup and teardown: *state is the arena of the test. */
int unit_setup(void **state);
int unit_teardown(void **state);

/* A test with an arena of its own. */
#define unit_test_of(f) cmocka_unit_test_setup_teardown(f, unit_setup, unit_teardown)

/* Fails with both texts unless s is expected. */
void unit_assert_text(struct str s, const char *expected, const char *file, int line);
#define assert_text(s, expected) unit_assert_text((s), (expected), __FILE__, __LINE__)

/* Runs fn(ctx) and returns what it wrote to standard error, in the arena. */
struct str unit_stderr_of(struct arena *a, void (*fn)(void *ctx), void *ctx);
/* Runs fn(ctx) in a child process; returns its exit status, or 256 + the signal that ended it.  What it wrote to standard error goes to
 * *out. */
int unit_child(struct arena *a, void (*fn)(void *ctx), void *ctx, struct str *out);
/* Path of a file beside the tests: $srcdir/tests/unit/<name>. */
const char *unit_path(struct arena *a, const char *name);
/* A new empty folder under $TMPDIR, removed with all its files at the end of the test's arena. */
const char *unit_folder(struct arena *a);
/* Writes a file, making the folder above it when it is missing; returns its path. */
const char *unit_file(struct arena *a, const char *folder, const char *name, struct str content);

#endif
