/*
 * code: codes that people write down (token.h; SECURITY.md §3.3 and §4.5).  The alphabet is Crockford's base32: no I, L, O or U.
 */
#include <assert.h>
#include <string.h>

#include "core/arena.h"
#include "core/token.h"

enum {
    DATA_CHARS = 23,     /* 115 bits */
    RECOVERY_DATA = 52,  /* 256 bits and 4 zero bits */
    RECOVERY_CHECK = 4,  /* 20 bits */
    RECOVERY_CHARS = 56, /* 14 groups of four */
    GROUP_CHARS = 4
};

static const char alphabet[33] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* Value of an ASCII character after folding, or -1.  The table is searched, not indexed: time does
 * not depend on which character of the alphabet it is. */
static int value_of(uint32_t c)
{
    int found = -1;

    if (c >= 'a' && c <= 'z')
        c -= 'a' - 'A';
    if (c == 'O')
        c = '0';
    if (c == 'I' || c == 'L')
        c = '1';
    for (int i = 0; i < 32; i++)
        if ((uint32_t)alphabet[i] == c)
            found = i;
    return found;
}

/* What people put between groups: white space and every kind of hyphen that keyboards, phones and
 * chat programs make of one. */
static bool is_separator(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xa0 || c == 0x3000 || c == '-' ||
           c == 0xad || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xff0d || c == 0x200b ||
           c == 0xfeff;
}

/* Reads exactly `want` characters of the alphabet as values 0..31; false on anything else. */
static bool read_values(struct str typed, unsigned char *values, size_t want)
{
    size_t at = 0;
    size_t n = 0;

    if (!str_is_text(typed))
        return false;
    while (at < typed.n) {
        uint32_t c = str_next(typed, &at);
        int v;

        if (is_separator(c))
            continue;
        if (c >= 0xff01 && c <= 0xff5e)
            c -= 0xff01 - '!';
        v = value_of(c);
        if (v < 0 || n == want)
            return false;
        values[n++] = (unsigned char)v;
    }
    return n == want;
}

/* Multiplication by a = 2 in GF(32) with x^5 + x^2 + 1. */
static unsigned times_two(unsigned v)
{
    v <<= 1;
    return (v & 0x20u) != 0 ? v ^ 0x25u : v;
}

static unsigned times(unsigned x, unsigned y)
{
    unsigned sum = 0;

    for (unsigned bit = 0; bit < 5; bit++) {
        if ((y >> bit) & 1u)
            sum ^= x;
        x = times_two(x);
    }
    return sum;
}

/* check = sum of a^i * d_i for i = 1..23 (SECURITY.md §4.5). */
static unsigned check_of(const unsigned char values[DATA_CHARS])
{
    unsigned sum = 0;
    unsigned power = 1;

    for (size_t i = 0; i < DATA_CHARS; i++) {
        power = times_two(power);
        sum ^= times(power, values[i]);
    }
    return sum;
}

/* The i-th group of five bits, most significant first; bits past the end are 0. */
static unsigned five_bits(const unsigned char *bytes, size_t n, size_t i)
{
    size_t bit = i * 5;
    unsigned high = bytes[bit / 8];
    unsigned low = bit / 8 + 1 < n ? bytes[bit / 8 + 1] : 0;

    return (((high << 8) | low) >> (11 - bit % 8)) & 0x1fu;
}

void code_make(const unsigned char bits[32], char code[CODE_CHARS + 1])
{
    unsigned char values[DATA_CHARS];

    for (size_t i = 0; i < DATA_CHARS; i++) {
        values[i] = (unsigned char)five_bits(bits, 32, i);
        code[i] = alphabet[values[i]];
    }
    code[DATA_CHARS] = alphabet[check_of(values)];
    code[CODE_CHARS] = '\0';
    token_wipe(values, sizeof(values));
}

enum err code_read(struct str typed, char code[CODE_CHARS + 1])
{
    unsigned char values[CODE_CHARS];
    enum err err = ERR_FIELD;

    code[0] = '\0';
    if (read_values(typed, values, CODE_CHARS))
        err = check_of(values) == values[DATA_CHARS] ? ERR_OK : ERR_CODE;
    if (err == ERR_OK) {
        for (size_t i = 0; i < CODE_CHARS; i++)
            code[i] = alphabet[values[i]];
        code[CODE_CHARS] = '\0';
    }
    token_wipe(values, sizeof(values));
    return err;
}

/* chars in groups of four, with hyphens, in secret memory. */
static struct str show_groups(struct arena *a, const char *chars, size_t n)
{
    size_t length = n + (n - 1) / GROUP_CHARS;
    char *out = arena_secret(a, length + 1);
    size_t at = 0;

    for (size_t i = 0; i < n; i++) {
        if (i > 0 && i % GROUP_CHARS == 0)
            out[at++] = '-';
        out[at++] = chars[i];
    }
    return str_bytes(out, length);
}

struct str code_show(struct arena *a, const char code[CODE_CHARS + 1])
{
    return show_groups(a, code, CODE_CHARS);
}

void code_root(struct arena *a, const char *label, const char code[CODE_CHARS + 1],
               unsigned char root[32])
{
    const struct str parts[] = {str_of(label), str_bytes(code, CODE_CHARS)};

    (void)a;
    token_hash_ad(parts, 2, NULL, root);
}

void code_factor_lookup(struct arena *a, const struct uuid *user, const char code[CODE_CHARS + 1],
                        unsigned char out[32])
{
    const struct str parts[] = {STR("aiddesk/1/factor-code"), str_bytes(user->b, sizeof(user->b)),
                                str_bytes(code, CODE_CHARS)};

    (void)a;
    token_hash_ad(parts, 3, NULL, out);
}

/* First 20 bits of generichash(32, AD("aiddesk/1/recovery-check", secret)), as four values. */
static void recovery_check(const unsigned char secret[32], unsigned char check[RECOVERY_CHECK])
{
    const struct str parts[] = {STR("aiddesk/1/recovery-check"), str_bytes(secret, 32)};
    unsigned char hash[32];

    token_hash_ad(parts, 2, NULL, hash);
    for (size_t i = 0; i < RECOVERY_CHECK; i++)
        check[i] = (unsigned char)five_bits(hash, sizeof(hash), i);
    token_wipe(hash, sizeof(hash));
}

static void recovery_chars(const unsigned char secret[32], char chars[RECOVERY_CHARS])
{
    unsigned char check[RECOVERY_CHECK];

    recovery_check(secret, check);
    for (size_t i = 0; i < RECOVERY_DATA; i++)
        chars[i] = alphabet[five_bits(secret, 32, i)];
    for (size_t i = 0; i < RECOVERY_CHECK; i++)
        chars[RECOVERY_DATA + i] = alphabet[check[i]];
    token_wipe(check, sizeof(check));
}

struct str code_recovery_show(struct arena *a, const unsigned char secret[32])
{
    char chars[RECOVERY_CHARS];
    struct str shown;

    recovery_chars(secret, chars);
    shown = show_groups(a, chars, RECOVERY_CHARS);
    token_wipe(chars, sizeof(chars));
    return shown;
}

struct str code_recovery_group(struct arena *a, const unsigned char secret[32], int group)
{
    char chars[RECOVERY_CHARS];
    char *out = arena_secret(a, GROUP_CHARS + 1);

    assert(group >= 0 && group < RECOVERY_CHARS / GROUP_CHARS);
    recovery_chars(secret, chars);
    memcpy(out, chars + GROUP_CHARS * (size_t)group, GROUP_CHARS);
    token_wipe(chars, sizeof(chars));
    return str_bytes(out, GROUP_CHARS);
}

bool code_recovery_read(struct arena *a, struct str typed, unsigned char secret[32])
{
    unsigned char values[RECOVERY_CHARS];
    unsigned char check[RECOVERY_CHECK];
    bool ok = false;

    (void)a;
    memset(secret, 0, 32);
    if (read_values(typed, values, RECOVERY_CHARS)) {
        for (size_t bit = 0; bit < 256; bit++)
            secret[bit / 8] |= (unsigned char)((((unsigned)values[bit / 5] >> (4 - bit % 5)) & 1u)
                                               << (7 - bit % 8));
        recovery_check(secret, check);
        ok = (values[RECOVERY_DATA - 1] & 0x0fu) == 0 &&
             token_equal(check, values + RECOVERY_DATA, RECOVERY_CHECK);
        token_wipe(check, sizeof(check));
    }
    if (!ok)
        token_wipe(secret, 32);
    token_wipe(values, sizeof(values));
    return ok;
}
