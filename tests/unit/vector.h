/* vector: reads the test vectors of tests/unit/vectors/NAME.json (made by vectors/make.py; bytes are hexadecimal). */
#ifndef AIDDESK_TESTS_UNIT_VECTOR_H
#define AIDDESK_TESTS_UNIT_VECTOR_H

#include <jansson.h>

#include "core/str.h"

/* Parses vectors/<name>.json; the test fails when it is missing.  Lives as long as the arena. */
json_t *vector_load(struct arena *a, const char *name);
/* Member as bytes; the test fails when it is missing or not hexadecimal. */
struct str vector_bytes(struct arena *a, const json_t *object, const char *key);
/* The same as 32 bytes to point at. */
const unsigned char *vector_32(struct arena *a, const json_t *object, const char *key);
struct uuid vector_uuid(struct arena *a, const json_t *object, const char *key);
/* Member as text or number; the test fails when it is missing. */
struct str vector_text(const json_t *object, const char *key);
int64_t vector_int(const json_t *object, const char *key);
/* A copy with one bit of byte i changed. */
struct str vector_flip(struct arena *a, struct str s, size_t i);

/* Fails unless the bytes at p are those of want. */
void vector_same(const void *p, struct str want, const char *file, int line);
#define assert_bytes(p, want) vector_same((p), (want), __FILE__, __LINE__)

#endif
