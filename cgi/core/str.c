#include "core/str.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/arena.h"
#include "core/buf.h"

struct str str_of(const char *z)
{
    return z == NULL ? (struct str){NULL, 0} : (struct str){z, strlen(z)};
}

struct str str_bytes(const void *p, size_t n)
{
    return (struct str){p, n};
}

bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_eqz(struct str a, const char *z)
{
    return str_eq(a, str_of(z));
}

bool str_starts(struct str s, struct str prefix)
{
    return s.n >= prefix.n && str_eq(str_sub(s, 0, prefix.n), prefix);
}

bool str_ends(struct str s, struct str suffix)
{
    return s.n >= suffix.n && str_eq(str_sub(s, s.n - suffix.n, suffix.n), suffix);
}

bool str_empty(struct str s)
{
    return s.n == 0;
}

size_t str_find(struct str s, struct str needle, size_t from)
{
    const char *hit;

    if (from > s.n)
        return SIZE_MAX;
    if (needle.n == 0)
        return from;
    if (needle.n > s.n - from)
        return SIZE_MAX;
    hit = memmem(s.p + from, s.n - from, needle.p, needle.n);
    return hit == NULL ? SIZE_MAX : (size_t)(hit - s.p);
}

struct str str_sub(struct str s, size_t from, size_t n)
{
    if (from >= s.n)
        return (struct str){NULL, 0};
    if (n > s.n - from)
        n = s.n - from;
    return (struct str){s.p + from, n};
}

struct str str_first(struct str s, size_t max)
{
    size_t n = max;

    if (s.n <= max)
        return s;
    /* Three steps at most: what is longer is no character. */
    while (n > 0 && max - n < 3 && ((unsigned char)s.p[n] & 0xC0) == 0x80)
        n--;
    return str_sub(s, 0, n);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Bytes of white space at the start (or the end) of s: 0, 1, or 3 for U+3000. */
static size_t space_at_start(struct str s)
{
    if (s.n >= 1 && is_space(s.p[0]))
        return 1;
    return str_starts(s, STR("\u3000")) ? 3 : 0;
}

static size_t space_at_end(struct str s)
{
    if (s.n >= 1 && is_space(s.p[s.n - 1]))
        return 1;
    return str_ends(s, STR("\u3000")) ? 3 : 0;
}

struct str str_trim(struct str s)
{
    size_t n;

    while ((n = space_at_start(s)) != 0)
        s = str_sub(s, n, s.n - n);
    while ((n = space_at_end(s)) != 0)
        s.n -= n;
    return s;
}

bool str_cut(struct str s, char sep, struct str *head, struct str *rest)
{
    const char *hit = s.n == 0 ? NULL : memchr(s.p, sep, s.n);

    if (hit == NULL) {
        *head = s;
        *rest = (struct str){NULL, 0};
        return false;
    }
    *head = str_sub(s, 0, (size_t)(hit - s.p));
    *rest = str_sub(s, head->n + 1, s.n);
    return true;
}

/* Decodes the code point at p, n >= 1 bytes.  Returns its length, 0 when it is not well-formed UTF-8 (Unicode, table 3-7). */
static size_t decode(const char *p, size_t n, uint32_t *out)
{
    unsigned char lead = (unsigned char)p[0];
    size_t length = lead < 0x80   ? 1
                    : lead < 0xC2 ? 0
                    : lead < 0xE0 ? 2
                    : lead < 0xF0 ? 3
                    : lead < 0xF5 ? 4
                                  : 0;
    uint32_t c = lead;

    if (length == 0 || length > n)
        return 0;
    if (length > 1)
        c = lead & (0xFFU >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        unsigned char next = (unsigned char)p[i];

        if ((next & 0xC0) != 0x80)
            return 0;
        c = (c << 6) | (next & 0x3F);
    }
    if (length == 3 && (c < 0x800 || (c >= 0xD800 && c <= 0xDFFF)))
        return 0;
    if (length == 4 && (c < 0x10000 || c > 0x10FFFF))
        return 0;
    *out = c;
    return length;
}

bool str_is_text(struct str s)
{
    for (size_t i = 0; i < s.n;) {
        uint32_t c;
        size_t n = decode(s.p + i, s.n - i, &c);

        if (n == 0 || c == 0)
            return false;
        i += n;
    }
    return true;
}

size_t str_chars(struct str s)
{
    size_t count = 0;

    for (size_t i = 0; i < s.n; i++)
        count += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return count;
}

uint32_t str_next(struct str s, size_t *at)
{
    uint32_t c;
    size_t n;

    assert(*at < s.n);
    n = decode(s.p + *at, s.n - *at, &c);
    if (n ==
        0) { /* bytes that are not text: go on, as decoders do, with the replacement character */
        *at += 1;
        return 0xFFFD;
    }
    *at += n;
    return c;
}

bool str_int(struct str s, int64_t min, int64_t max, int64_t *out)
{
    bool negative = s.n > 0 && s.p[0] == '-';
    int64_t value = 0;

    if (negative && min >= 0)
        return false; /* "-0" is not a length either */
    if (negative)
        s = str_sub(s, 1, s.n);
    if (s.n == 0)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        int digit = s.p[i] - '0';

        if (digit < 0 || digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, negative ? -digit : digit, &value))
            return false;
    }
    if (value < min || value > max)
        return false;
    *out = value;
    return true;
}

struct str str_repair(struct arena *a, struct str bytes)
{
    struct buf out = buf_new(a);

    if (str_is_text(bytes))
        return bytes;
    for (size_t i = 0; i < bytes.n;) {
        uint32_t c = str_next(bytes, &i);

        buf_add_char(&out, c == 0 ? 0xFFFD : c);
    }
    return buf_str(&out);
}

struct str str_fold_width(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.n);
    size_t n = 0;

    for (size_t i = 0; i < s.n;) {
        size_t start = i;
        uint32_t c = str_next(s, &i);

        if (c >= 0xFF01 && c <= 0xFF5E) {
            p[n++] = (char)(c - 0xFF01 + '!');
        } else if (c == 0x3000) {
            p[n++] = ' ';
        } else {
            memcpy(p + n, s.p + start, i - start);
            n += i - start;
        }
    }
    return str_bytes(p, n);
}

struct str str_fold_lines(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.n);
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '\r')
            p[n++] = s.p[i];
        else if (i + 1 == s.n || s.p[i + 1] != '\n')
            p[n++] = '\n';
    }
    return str_bytes(p, n);
}

struct str str_lower(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.n);

    for (size_t i = 0; i < s.n; i++)
        p[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] - 'A' + 'a') : s.p[i];
    return str_bytes(p, s.n);
}

char *str_z(struct arena *a, struct str s)
{
    char *z = arena_alloc(a, s.n + 1);

    if (s.n != 0)
        memcpy(z, s.p, s.n);
    return z;
}

struct str str_dup(struct arena *a, struct str s)
{
    return str_bytes(str_z(a, s), s.n);
}

struct str str_fmt(struct arena *a, const char *fmt, ...)
{
    va_list args;
    char *p;
    int n;

    assert(fmt != NULL);
    va_start(args, fmt);
    n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    assert(n >= 0); /* only a bad format of ours fails here */
    if (n < 0)
        n = 0;
    p = arena_alloc(a, (size_t)n + 1);
    va_start(args, fmt);
    (void)vsnprintf(p, (size_t)n + 1, fmt, args);
    va_end(args);
    return str_bytes(p, (size_t)n);
}
