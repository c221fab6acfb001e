/* session: see session.h. */
#include "core/session.h"

#include <sodium.h>
#include <string.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/seal.h"
#include "core/token.h"

enum { TIME_BYTES = 8, HASH_BYTES = 32 };

static const int64_t csrf_age_us = 12 * INT64_C(3600000000);
static const int64_t csrf_early_us = 60 * INT64_C(1000000); /* clocks of two machines */

static const char *const contexts[SESSION__MAX] = {
    [SESSION_USER] = "AdSess01",   [SESSION_PRE] = "AdPre_01",  [SESSION_DRAFT] = "AdDraf01",
    [SESSION_TRACK] = "AdTrak01",  [SESSION_LINK] = "AdInvt01", [SESSION_SETUP] = "AdSetu01",
    [SESSION_DEVICE] = "AdDevi01",
};

static struct session *derive(struct session *s, enum session_kind kind)
{
    s->kind = kind;
    token_derive(s->cookie, contexts[kind], 1, s->lookup);
    token_derive(s->cookie, contexts[kind], 2, s->wrap);
    token_derive(s->cookie, contexts[kind], 3, s->csrf);
    return s;
}

struct session *session_new(struct arena *a, enum session_kind kind)
{
    struct session *s = arena_secret(a, sizeof(*s));

    randombytes_buf(s->cookie, sizeof(s->cookie));
    return derive(s, kind);
}

/* base64url of exactly n bytes, straight into a buffer of our own: str_unbase64url would leave a secret in ordinary arena memory.
 * libsodium (1.0.18) takes every byte from 0x80 on for an underscore, so the alphabet is checked first: one spelling per value. */
static bool read_base64url(struct str text, unsigned char *out, size_t n)
{
    size_t got = 0;

    for (size_t i = 0; i < text.n; i++) {
        if ((unsigned char)text.p[i] >= 0x80)
            return false;
    }
    return sodium_base642bin(out, n, text.p, text.n, NULL, &got, NULL,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
           got == n;
}

struct session *session_of_cookie(struct arena *a, enum session_kind kind, struct str text)
{
    unsigned char cookie[TOKEN_BYTES];
    struct session *s;

    if (!read_base64url(text, cookie, sizeof(cookie)))
        return NULL;
    s = arena_secret(a, sizeof(*s));
    memcpy(s->cookie, cookie, sizeof(cookie));
    sodium_memzero(cookie, sizeof(cookie));
    return derive(s, kind);
}

static struct str base64url(struct arena *a, const unsigned char *bytes, size_t n)
{
    size_t room =
        sodium_base64_encoded_len(n, sodium_base64_VARIANT_URLSAFE_NO_PADDING); /* with the NUL */
    char *out = arena_secret(a, room);

    (void)sodium_bin2base64(out, room, bytes, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return str_bytes(out, room - 1);
}

struct str session_cookie_text(struct arena *a, const struct session *s)
{
    return base64url(a, s->cookie, sizeof(s->cookie));
}

struct str session_bearer(const struct session *s)
{
    return str_bytes(s->lookup, sizeof(s->lookup));
}

static struct str wrap_ad(struct arena *a, const struct uuid *id, uint32_t version)
{
    unsigned char v[4];
    const struct str parts[] = {STR("aiddesk/1/session"), str_bytes(id->b, sizeof(id->b)),
                                str_bytes(v, sizeof(v))};

    token_be32(version, v);
    return token_ad(a, parts, 3);
}

struct str session_wrap(struct arena *a, const struct session *s, const struct uuid *id,
                        uint32_t version, const unsigned char secret[32])
{
    return seal_envelope(a, s->wrap, wrap_ad(a, id, version), str_bytes(secret, 32));
}

enum err session_unwrap(struct arena *a, const struct session *s, const struct uuid *id,
                        uint32_t version, struct str wrapped, unsigned char secret[32])
{
    struct str plain;
    enum err err = seal_envelope_open(a, s->wrap, wrap_ad(a, id, version), wrapped, &plain);

    if (err == ERR_OK && plain.n != 32)
        err = ERR_DAMAGED;
    if (err == ERR_OK)
        memcpy(secret, plain.p, 32);
    else
        sodium_memzero(secret, 32);
    return err;
}

static void csrf_hash(const struct session *s, const char *route_name,
                      const unsigned char time[TIME_BYTES], unsigned char out[HASH_BYTES])
{
    const struct str parts[] = {STR("aiddesk/1/csrf"), str_of(route_name),
                                str_bytes(time, TIME_BYTES)};

    token_hash_ad(parts, 3, s->csrf, out);
}

struct str session_csrf(struct arena *a, const struct session *s, const char *route_name)
{
    unsigned char token[TIME_BYTES + HASH_BYTES];
    uint64_t now = (uint64_t)clock_now();

    for (unsigned i = 0; i < TIME_BYTES; i++)
        token[i] = (unsigned char)(now >> (56 - 8 * i));
    csrf_hash(s, route_name, token, token + TIME_BYTES);
    return base64url(a, token, sizeof(token));
}

bool session_csrf_check(struct arena *a, const struct session *s, const char *route_name,
                        struct str token)
{
    unsigned char sent[TIME_BYTES + HASH_BYTES];
    unsigned char right[HASH_BYTES];
    uint64_t made = 0;
    int64_t now = clock_now();

    (void)a;
    if (!read_base64url(token, sent, sizeof(sent)))
        return false;
    csrf_hash(s, route_name, sent, right);
    if (sodium_memcmp(right, sent + TIME_BYTES, sizeof(right)) != 0)
        return false;
    for (unsigned i = 0; i < TIME_BYTES; i++)
        made = (made << 8) | sent[i];
    /* The hash is right, so the time is one that we wrote. */
    return (int64_t)made <= now + csrf_early_us && (int64_t)made > now - csrf_age_us;
}
