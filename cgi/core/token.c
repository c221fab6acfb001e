/* token: see token.h.  Random values, derivations and hashes of SECURITY.md §3. */
#include "core/token.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/log.h"

_Static_assert(TOKEN_BYTES == crypto_kdf_KEYBYTES, "K() works on 32-byte keys");
_Static_assert(crypto_kdf_CONTEXTBYTES == 8, "contexts have 8 characters");

void token_init(void)
{
    if (sodium_init() < 0) {
        log_event(LOG_ERROR_, "start", "sodium_init failed");
        exit(EXIT_FAILURE);
    }
}

void token_random(void *p, size_t n)
{
    randombytes_buf(p, n);
}

struct uuid token_uuid(void)
{
    struct uuid u;

    randombytes_buf(u.b, sizeof(u.b));
    u.b[6] = (unsigned char)((u.b[6] & 0x0f) | 0x40); /* version 4 */
    u.b[8] = (unsigned char)((u.b[8] & 0x3f) | 0x80); /* variant of RFC 9562 */
    return u;
}

bool token_equal(const void *a, const void *b, size_t n)
{
    return sodium_memcmp(a, b, n) == 0;
}

void token_wipe(void *p, size_t n)
{
    sodium_memzero(p, n);
}

/* A part that its 2-byte length cannot carry would make two different lists encode alike. */
static void check_part(struct str part)
{
    if (part.n <= 65535)
        return;
    log_event(LOG_ERROR_, "bug", "part of associated data over 65,535 bytes");
    abort();
}

struct str token_ad(struct arena *a, const struct str *parts, size_t n)
{
    size_t total = 0;
    unsigned char *out;
    unsigned char *at;

    for (size_t i = 0; i < n; i++) {
        check_part(parts[i]);
        total += 2 + parts[i].n;
    }
    out = at = arena_alloc(a, total);
    for (size_t i = 0; i < n; i++) {
        *at++ = (unsigned char)(parts[i].n >> 8);
        *at++ = (unsigned char)(parts[i].n & 0xff);
        if (parts[i].n > 0)
            memcpy(at, parts[i].p, parts[i].n);
        at += parts[i].n;
    }
    return str_bytes(out, total);
}

void token_be32(uint32_t v, unsigned char out[4])
{
    for (unsigned i = 0; i < 4; i++)
        out[i] = (unsigned char)(v >> (24 - 8 * i));
}

void token_hash_ad(const struct str *parts, size_t n, const unsigned char *key32,
                   unsigned char out[32])
{
    crypto_generichash_state state;

    (void)crypto_generichash_init(&state, key32, key32 != NULL ? TOKEN_BYTES : 0, TOKEN_BYTES);
    for (size_t i = 0; i < n; i++) {
        const unsigned char length[2] = {(unsigned char)(parts[i].n >> 8),
                                         (unsigned char)(parts[i].n & 0xff)};

        check_part(parts[i]);
        (void)crypto_generichash_update(&state, length, sizeof(length));
        (void)crypto_generichash_update(&state, (const unsigned char *)parts[i].p, parts[i].n);
    }
    (void)crypto_generichash_final(&state, out, TOKEN_BYTES);
    sodium_memzero(&state, sizeof(state));
}

void token_derive(const unsigned char key[32], const char *ctx, uint64_t n, unsigned char out[32])
{
    assert(strlen(ctx) == crypto_kdf_CONTEXTBYTES);
    (void)crypto_kdf_derive_from_key(out, TOKEN_BYTES, n, ctx, key);
}

void token_hash(struct str message, const unsigned char *key32, unsigned char out[32])
{
    (void)crypto_generichash(out, TOKEN_BYTES, (const unsigned char *)message.p, message.n, key32,
                             key32 != NULL ? TOKEN_BYTES : 0);
}

void token_lookup(struct arena *a, const unsigned char lookup_key[32], const char *kind,
                  struct str value, unsigned char out[32])
{
    const struct str parts[] = {STR("aiddesk/1/lookup"), str_of(kind), value};

    (void)a;
    token_hash_ad(parts, 3, lookup_key, out);
}
