/*
 * seal: boxes to people (X25519 sealed boxes) and signatures (Ed25519) (seal.h; SECURITY.md §3.3).  The AEAD inside a sealed box does
 * not commit to its key, so the caller chooses the key by recipient id and version first; nothing here tries several keys.
 */
#include <sodium.h>
#include <string.h>

#include "core/arena.h"
#include "core/log.h"
#include "core/seal.h"
#include "core/token.h"

enum {
    CASE_BYTE = 0x01,
    GROUP_BYTE = 0x02,
    CASE_PLAIN = 1 + 16 + SEAL_KEY,     /* 0x01, case id, Kc */
    GROUP_PLAIN = 1 + 1 + 4 + SEAL_KEY, /* 0x02, kind, version, secret */
    BOX_MORE = crypto_box_SEALBYTES
};

_Static_assert(CASE_PLAIN + BOX_MORE == 97 && GROUP_PLAIN + BOX_MORE == 86, "SECURITY.md §3.3");
_Static_assert(crypto_sign_BYTES == SEAL_SIGNATURE, "Ed25519");

struct str seal_box(struct arena *a, const unsigned char recipient[SEAL_PUBLIC], struct str plain)
{
    unsigned char *out = arena_alloc(a, plain.n + BOX_MORE);

    if (crypto_box_seal(out, (const unsigned char *)plain.p, plain.n, recipient) != 0) {
        /* Only a public key of low order comes here; a signed roster holds none. */
        log_event(LOG_ERROR_, "seal-refused", "public key of low order");
        return (struct str){NULL, 0};
    }
    return str_bytes(out, plain.n + BOX_MORE);
}

enum err seal_box_open(struct arena *a, const unsigned char public_key[32],
                       const unsigned char secret_key[32], struct str sealed, struct str *plain)
{
    unsigned char *out;

    *plain = (struct str){NULL, 0};
    if (sealed.n < BOX_MORE)
        return ERR_DAMAGED;
    out = arena_secret(a, sealed.n - BOX_MORE);
    if (crypto_box_seal_open(out, (const unsigned char *)sealed.p, sealed.n, public_key,
                             secret_key) != 0)
        return ERR_DAMAGED;
    *plain = str_bytes(out, sealed.n - BOX_MORE);
    return ERR_OK;
}

struct str seal_case_to(struct arena *a, const struct case_key *c,
                        const unsigned char recipient[SEAL_PUBLIC])
{
    unsigned char plain[CASE_PLAIN];
    struct str sealed;

    plain[0] = CASE_BYTE;
    memcpy(plain + 1, c->id.b, 16);
    memcpy(plain + 17, c->key, SEAL_KEY);
    sealed = seal_box(a, recipient, str_bytes(plain, sizeof(plain)));
    sodium_memzero(plain, sizeof(plain));
    return sealed;
}

enum err seal_case_open(struct arena *a, const unsigned char public_key[32],
                        const unsigned char secret_key[32], const struct uuid *id,
                        struct str sealed, struct str key_check, struct case_key **out)
{
    struct case_key *c;
    struct str plain;
    unsigned char check[32];
    bool same;

    *out = NULL;
    if (sealed.n != CASE_PLAIN + BOX_MORE || key_check.n != sizeof(check) ||
        seal_box_open(a, public_key, secret_key, sealed, &plain) != ERR_OK)
        return ERR_DAMAGED;
    if (plain.p[0] != CASE_BYTE || memcmp(plain.p + 1, id->b, 16) != 0)
        return ERR_DAMAGED;
    c = arena_secret(a, sizeof(*c));
    c->id = *id;
    memcpy(c->key, plain.p + 17, SEAL_KEY);
    seal_key_check(c, check);
    same = sodium_memcmp(check, key_check.p, sizeof(check)) == 0;
    sodium_memzero(check, sizeof(check));
    if (!same)
        return ERR_DAMAGED;
    *out = c;
    return ERR_OK;
}

struct str seal_group_secret(struct arena *a, int kind, uint32_t version,
                             const unsigned char secret[32],
                             const unsigned char recipient[SEAL_PUBLIC])
{
    unsigned char plain[GROUP_PLAIN];
    struct str sealed;

    plain[0] = GROUP_BYTE;
    plain[1] = (unsigned char)kind;
    token_be32(version, plain + 2);
    memcpy(plain + 6, secret, SEAL_KEY);
    sealed = seal_box(a, recipient, str_bytes(plain, sizeof(plain)));
    sodium_memzero(plain, sizeof(plain));
    return sealed;
}

enum err seal_group_secret_open(struct arena *a, const unsigned char public_key[32],
                                const unsigned char secret_key[32], int kind, uint32_t version,
                                struct str sealed, unsigned char secret[32])
{
    unsigned char head[6] = {GROUP_BYTE, (unsigned char)kind};
    struct str plain;

    sodium_memzero(secret, SEAL_KEY);
    token_be32(version, head + 2);
    if (sealed.n != GROUP_PLAIN + BOX_MORE ||
        seal_box_open(a, public_key, secret_key, sealed, &plain) != ERR_OK ||
        memcmp(plain.p, head, sizeof(head)) != 0)
        return ERR_DAMAGED;
    memcpy(secret, plain.p + sizeof(head), SEAL_KEY);
    return ERR_OK;
}

void seal_keypair(const unsigned char *seed, unsigned char public_key[32],
                  unsigned char secret_key[32])
{
    if (seed != NULL)
        (void)crypto_box_seed_keypair(public_key, secret_key, seed);
    else
        (void)crypto_box_keypair(public_key, secret_key);
}

void seal_public_of(const unsigned char secret_key[32], unsigned char public_key[32])
{
    (void)crypto_scalarmult_base(public_key, secret_key);
}

void seal_sign_keypair(unsigned char public_key[32], unsigned char secret_key[64])
{
    (void)crypto_sign_keypair(public_key, secret_key);
}

static struct str roster_ad(struct arena *a, const char *kind, const struct uuid *id,
                            uint32_t version, const unsigned char public_key[32])
{
    unsigned char v[4];
    const struct str parts[] = {STR("aiddesk/1/roster"), str_of(kind),
                                str_bytes(id->b, sizeof(id->b)), str_bytes(v, sizeof(v)),
                                str_bytes(public_key, SEAL_PUBLIC)};

    token_be32(version, v);
    return token_ad(a, parts, sizeof(parts) / sizeof(parts[0]));
}

static bool signature_right(struct str message, struct str signature,
                            const unsigned char public_key[32])
{
    return signature.n == SEAL_SIGNATURE &&
           crypto_sign_verify_detached((const unsigned char *)signature.p,
                                       (const unsigned char *)message.p, message.n,
                                       public_key) == 0;
}

void seal_roster_sign(struct arena *a, const unsigned char roster_secret[64], const char *kind,
                      const struct uuid *id, uint32_t version, const unsigned char public_key[32],
                      unsigned char signature[64])
{
    struct str message = roster_ad(a, kind, id, version, public_key);

    (void)crypto_sign_detached(signature, NULL, (const unsigned char *)message.p, message.n,
                               roster_secret);
}

bool seal_roster_check(struct arena *a, const unsigned char roster_public[32], const char *kind,
                       const struct uuid *id, uint32_t version, const unsigned char public_key[32],
                       struct str signature)
{
    if (signature_right(roster_ad(a, kind, id, version, public_key), signature, roster_public))
        return true;
    /* Somebody changed a public key in the database: nothing is sealed to it, and an alarm fires. */
    log_event(LOG_ERROR_, "seal-refused", "public key without a valid roster signature");
    return false;
}

static struct str export_ad(struct arena *a, struct str release, const unsigned char sha256[32])
{
    const struct str parts[] = {STR("aiddesk/1/export"), release, str_bytes(sha256, 32)};

    return token_ad(a, parts, 3);
}

void seal_export_sign(struct arena *a, const unsigned char export_secret[64], struct str release,
                      const unsigned char sha256[32], unsigned char signature[64])
{
    struct str message = export_ad(a, release, sha256);

    (void)crypto_sign_detached(signature, NULL, (const unsigned char *)message.p, message.n,
                               export_secret);
}

bool seal_export_check(struct arena *a, const unsigned char export_public[32], struct str release,
                       const unsigned char sha256[32], struct str signature)
{
    return signature_right(export_ad(a, release, sha256), signature, export_public);
}
