/*
 * Bytes as text and back: hexadecimal, base64url, UUID.  Reading is strict: one spelling per value, so that what was compared or hashed
 * as text cannot come back in a second form.  These run over look-up values and tokens, not over keys, and take no care about time.
 */
#include "core/str.h"

#include <string.h>

#include "core/arena.h"

static const char hex_digits[] = "0123456789abcdef";
static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

struct str str_hex(struct arena *a, struct str bytes)
{
    char *p = arena_array(a, bytes.n, 2);

    for (size_t i = 0; i < bytes.n; i++) {
        unsigned char c = (unsigned char)bytes.p[i];

        p[2 * i] = hex_digits[c >> 4];
        p[2 * i + 1] = hex_digits[c & 15];
    }
    return str_bytes(p, bytes.n * 2);
}

bool str_unhex(struct arena *a, struct str hex, struct str *bytes)
{
    unsigned char *p;

    if (hex.n % 2 != 0)
        return false;
    p = arena_alloc(a, hex.n / 2);
    for (size_t i = 0; i < hex.n / 2; i++) {
        int high = hex_value(hex.p[2 * i]);
        int low = hex_value(hex.p[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        p[i] = (unsigned char)(high * 16 + low);
    }
    *bytes = str_bytes(p, hex.n / 2);
    return true;
}

struct str str_base64url(struct arena *a, struct str bytes)
{
    char *p = arena_array(a, bytes.n / 3 + 1, 4);
    uint32_t bits = 0;
    unsigned held = 0; /* bits not written yet */
    size_t n = 0;

    for (size_t i = 0; i < bytes.n; i++) {
        bits = (bits << 8) | (unsigned char)bytes.p[i];
        held += 8;
        while (held >= 6) {
            held -= 6;
            p[n++] = base64_digits[(bits >> held) & 63];
        }
    }
    if (held != 0)
        p[n++] = base64_digits[(bits << (6 - held)) & 63];
    return str_bytes(p, n);
}

bool str_unbase64url(struct arena *a, struct str text, struct str *bytes)
{
    unsigned char *p;
    uint32_t bits = 0;
    unsigned held = 0;
    size_t n = 0;

    if (text.n % 4 == 1)
        return false;
    p = arena_alloc(a, text.n / 4 * 3 + 2);
    for (size_t i = 0; i < text.n; i++) {
        int value = base64_value(text.p[i]);

        if (value < 0)
            return false;
        bits = (bits << 6) | (uint32_t)value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            p[n++] = (unsigned char)(bits >> held);
        }
    }
    if ((bits & ((1U << held) - 1)) != 0)
        return false; /* left-over bits must be zero, else two texts would mean the same bytes */
    *bytes = str_bytes(p, n);
    return true;
}

static bool is_hyphen_place(size_t i)
{
    return i == 8 || i == 13 || i == 18 || i == 23;
}

struct str uuid_text(struct arena *a, const struct uuid *u)
{
    char *p = arena_alloc(a, 37);
    size_t n = 0;

    for (size_t i = 0; i < sizeof u->b; i++) {
        if (is_hyphen_place(n))
            p[n++] = '-';
        p[n++] = hex_digits[u->b[i] >> 4];
        p[n++] = hex_digits[u->b[i] & 15];
    }
    return str_bytes(p, n);
}

bool uuid_parse(struct str s, struct uuid *u)
{
    struct uuid read;
    size_t at = 0;

    if (s.n != 36)
        return false;
    for (size_t i = 0; i < sizeof read.b; i++) {
        int high, low;

        if (is_hyphen_place(at) && s.p[at++] != '-')
            return false;
        high = hex_value(s.p[at++]);
        low = hex_value(s.p[at++]);
        if (high < 0 || low < 0)
            return false;
        read.b[i] = (unsigned char)(high * 16 + low);
    }
    *u = read;
    return true;
}
