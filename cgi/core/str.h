/*
 * str: text that is read.  A slice is a pointer and a length; it owns nothing and is valid as long as what it points into (an arena,
 * a PGresult, a literal).  Text is NUL-terminated only at the edge to libraries.  From the moment it is accepted, text is valid UTF-8
 * without NUL (str_is_text); bytes that are not text use the same struct.
 */
#ifndef AIDDESK_CORE_STR_H
#define AIDDESK_CORE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct str {
    const char *p; /* first byte; may be NULL when n is 0 */
    size_t n;      /* length in bytes */
};

/* A slice over a string literal, usable in initialisers. */
#define STR(lit) ((struct str){(lit), sizeof(lit) - 1})
/* For printf: "%.*s", STR_ARG(s). */
#define STR_ARG(s) (int)(s).n, ((s).n ? (s).p : "")

/* A slice over a NUL-terminated string; NULL gives the empty slice. */
struct str str_of(const char *z);
/* A slice over n bytes at p. */
struct str str_bytes(const void *p, size_t n);
bool str_eq(struct str a, struct str b);
bool str_eqz(struct str a, const char *z);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
bool str_empty(struct str s);
/* Position of needle in s from byte `from`, or SIZE_MAX. */
size_t str_find(struct str s, struct str needle, size_t from);
/* s[from, from+n), clipped to s. */
struct str str_sub(struct str s, size_t from, size_t n);
/* The first bytes of text, at most max, and no part of a character. */
struct str str_first(struct str s, size_t max);
/* Without ASCII white space and U+3000 at both ends. */
struct str str_trim(struct str s);
/* Cut at the first `sep`: *head gets what stands before it, *rest what follows; false when there is none (head = s, rest empty). */
bool str_cut(struct str s, char sep, struct str *head, struct str *rest);
/* True when s is valid UTF-8 (shortest forms, no surrogates, at most U+10FFFF) and has no NUL byte. */
bool str_is_text(struct str s);
/* Text from bytes: what is not well-formed UTF-8, and NUL, becomes U+FFFD. */
struct str str_repair(struct arena *a, struct str bytes);
/* Number of code points of valid UTF-8. */
size_t str_chars(struct str s);
/* Next code point at *at (moves *at); s must be text and *at < s.n. */
uint32_t str_next(struct str s, size_t *at);
/* Whole string as a decimal integer in [min, max]; false otherwise (empty, sign alone, spaces, overflow, trailing bytes). */
bool str_int(struct str s, int64_t min, int64_t max, int64_t *out);
/* Full-width ASCII forms (U+FF01..U+FF5E) and the ideographic space become ASCII.  Result in the arena. */
struct str str_fold_width(struct arena *a, struct str s);
/* CRLF and CR become LF (browsers send CRLF in textareas). */
struct str str_fold_lines(struct arena *a, struct str s);
/* ASCII lower case; other bytes untouched. */
struct str str_lower(struct arena *a, struct str s);
/* Lower-case hexadecimal of bytes, and back (false unless an even number of hex digits). */
struct str str_hex(struct arena *a, struct str bytes);
bool str_unhex(struct arena *a, struct str hex, struct str *bytes);
/* base64url without padding, and back. */
struct str str_base64url(struct arena *a, struct str bytes);
bool str_unbase64url(struct arena *a, struct str text, struct str *bytes);
/* NUL-terminated copy in the arena, for libraries. */
char *str_z(struct arena *a, struct str s);
/* Copy in the arena. */
struct str str_dup(struct arena *a, struct str s);
/* printf into the arena. */
struct str str_fmt(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* 16 raw bytes of a UUID (version 4, made in C by token_uuid). */
struct uuid {
    unsigned char b[16];
};
/* Canonical text form, 36 characters. */
struct str uuid_text(struct arena *a, const struct uuid *u);
/* Reads the canonical form (either case); false on anything else. */
bool uuid_parse(struct str s, struct uuid *u);

#endif
