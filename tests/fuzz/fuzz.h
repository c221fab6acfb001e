/*
 * fuzz: what all fuzz targets share.  A target feeds one parser with bytes and says what must hold whatever they are.  With clang and
 * --enable-fuzzers libFuzzer is the driver; otherwise replay.c is, which make check runs over the inputs of corpus/ and regressions/.
 */
#ifndef AIDDESK_TESTS_FUZZ_H
#define AIDDESK_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/str.h"

struct field;
struct locales;

/* libFuzzer's entry point (fuzz.c): a new start for each input, then fuzz_one, then everything is given back.  Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Each target has its own.  a: memory of this run; input: any bytes, at their exact size. */
void fuzz_one(struct arena *a, struct str input);

/* A property.  When it does not hold, the process ends as from a crash, so that the input is kept. */
#define must(what) ((what) ? (void)0 : fuzz_broken(#what, __FILE__, __LINE__))
void fuzz_broken(const char *what, const char *file, int line) __attribute__((noreturn));

/* The next byte of *rest, 0 at its end. */
unsigned fuzz_byte(struct str *rest);
/* The input in two at the first line that is "====": *head before it, *tail behind it; false when there is none (head = input). */
bool fuzz_cut(struct str input, struct str *head, struct str *tail);
/* Path of a file of the source tree: $srcdir/<name>. */
const char *fuzz_path(struct arena *a, const char *name);
/* A file in memory with this content, always the same one; returns its path. */
const char *fuzz_file(struct str content);
/* The catalogs of the product, loaded once. */
const struct locales *fuzz_locales(void);
/* What holds for every checked field: passed or wrong, never both; its message exists in every language. */
void fuzz_field(const struct field *f);

#endif
