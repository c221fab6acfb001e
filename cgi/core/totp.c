/* totp: see totp.h. */
#include "core/totp.h"

#include <liboath/oath.h>
#include <sodium.h>
#include <string.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/log.h"

enum { DIGITS = 6, STEP_SECONDS = 30, BASE32_CHARS = TOTP_SECRET_BYTES * 8 / 5, GROUP = 4 };

void totp_secret_new(unsigned char secret[TOTP_SECRET_BYTES])
{
    randombytes_buf(secret, TOTP_SECRET_BYTES);
}

/* Exactly six digits, after full-width forms are folded and white space is dropped. */
static bool read_digits(struct str typed, char digits[DIGITS + 1])
{
    size_t at = 0;
    size_t n = 0;

    if (!str_is_text(typed))
        return false;
    while (at < typed.n) {
        uint32_t c = str_next(typed, &at);

        if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0xa0 || c == 0x3000)
            continue;
        if (c >= 0xff10 && c <= 0xff19)
            c -= 0xff10 - '0';
        if (c < '0' || c > '9' || n == DIGITS)
            return false;
        digits[n++] = (char)c;
    }
    digits[n] = '\0';
    return n == DIGITS;
}

/* The code of one step; false when liboath fails. */
static bool code_of(const unsigned char secret[TOTP_SECRET_BYTES], int64_t step,
                    char code[DIGITS + 1])
{
    char copy[TOTP_SECRET_BYTES]; /* liboath takes char */
    int rc;

    memcpy(copy, secret, sizeof(copy));
    rc = oath_hotp_generate(copy, sizeof(copy), (uint64_t)step, DIGITS, false,
                            OATH_HOTP_DYNAMIC_TRUNCATION, code);
    sodium_memzero(copy, sizeof(copy));
    return rc == OATH_OK;
}

bool totp_check(struct arena *a, const unsigned char secret[TOTP_SECRET_BYTES], struct str typed,
                int64_t now_us, int64_t *step)
{
    /* Newest last: should two steps have the same code, the newest is the one that gets used up. */
    const int64_t now_step = now_us / 1000000 / STEP_SECONDS;
    char digits[DIGITS + 1];
    char code[DIGITS + 1];
    bool found = false;

    (void)a;
    if (oath_init() != OATH_OK) {
        log_event(LOG_ERROR_, "totp", "oath_init failed");
        return false;
    }
    if (!read_digits(typed, digits))
        return false;
    for (int64_t i = now_step - 1; i <= now_step + 1; i++) {
        if (i < 0 || !code_of(secret, i, code) || sodium_memcmp(code, digits, DIGITS) != 0)
            continue;
        *step = i;
        found = true;
    }
    sodium_memzero(code, sizeof(code));
    sodium_memzero(digits, sizeof(digits));
    return found;
}

/* RFC 4648 base32 of 20 bytes: 32 characters, no padding. */
static void base32(const unsigned char secret[TOTP_SECRET_BYTES], char out[BASE32_CHARS])
{
    for (size_t i = 0; i < BASE32_CHARS; i++) {
        size_t bit = i * 5;
        unsigned high = secret[bit / 8];
        unsigned low = bit / 8 + 1 < TOTP_SECRET_BYTES ? secret[bit / 8 + 1] : 0;

        out[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(((high << 8) | low) >> (11 - bit % 8)) & 0x1f];
    }
}

struct str totp_base32(struct arena *a, const unsigned char secret[TOTP_SECRET_BYTES])
{
    char chars[BASE32_CHARS];
    char *out = arena_secret(a, BASE32_CHARS + BASE32_CHARS / GROUP);
    size_t n = 0;

    base32(secret, chars);
    for (size_t i = 0; i < BASE32_CHARS; i++) {
        if (i > 0 && i % GROUP == 0)
            out[n++] = ' ';
        out[n++] = chars[i];
    }
    sodium_memzero(chars, sizeof(chars));
    return str_bytes(out, n);
}

struct str totp_uri(struct arena *a, const unsigned char secret[TOTP_SECRET_BYTES],
                    struct str issuer, struct str login)
{
    char chars[BASE32_CHARS];
    /* Every byte may become %XX; the rest are our own words.  So the buffer never grows, and the
     * secret stays in memory that is wiped. */
    size_t room = 3 * (2 * issuer.n + login.n) + 200;
    struct buf uri = {.arena = a, .p = arena_secret(a, room), .cap = room};

    base32(secret, chars);
    buf_addz(&uri, "otpauth://totp/");
    buf_add_url(&uri, issuer);
    buf_addz(&uri, ":");
    buf_add_url(&uri, login);
    buf_addz(&uri, "?secret=");
    buf_add(&uri, str_bytes(chars, sizeof(chars)));
    buf_addz(&uri, "&issuer=");
    buf_add_url(&uri, issuer);
    buf_addz(&uri, "&algorithm=SHA1&digits=6&period=30");
    sodium_memzero(chars, sizeof(chars));
    return buf_str(&uri);
}
