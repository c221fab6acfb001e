/* seal: envelopes, and what belongs to one case: its key, fields, draft box (seal.h; SECURITY.md §3.1, §3.3). */
#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "core/arena.h"
#include "core/seal.h"
#include "core/token.h"

enum {
    VERSION_BYTE = 0x01,
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    HEAD = 1 + NONCE,
    PAD_BLOCK = 64
};

_Static_assert(NONCE == 24 && TAG == 16, "envelope of SECURITY.md §3.1");

struct str seal_envelope(struct arena *a, const unsigned char key[32], struct str ad,
                         struct str plain)
{
    size_t n = HEAD + plain.n + TAG;
    unsigned char *out = arena_alloc(a, n);

    out[0] = VERSION_BYTE;
    randombytes_buf(out + 1, NONCE);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(
        out + HEAD, NULL, (const unsigned char *)plain.p, plain.n, (const unsigned char *)ad.p,
        ad.n, NULL, out + 1, key);
    return str_bytes(out, n);
}

enum err seal_envelope_open(struct arena *a, const unsigned char key[32], struct str ad,
                            struct str sealed, struct str *plain)
{
    const unsigned char *in = (const unsigned char *)sealed.p;
    unsigned char *out;

    *plain = (struct str){NULL, 0};
    if (sealed.n < HEAD + TAG || in[0] != VERSION_BYTE)
        return ERR_DAMAGED;
    out = arena_secret(a, sealed.n - HEAD - TAG);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, in + HEAD, sealed.n - HEAD,
                                                   (const unsigned char *)ad.p, ad.n, in + 1,
                                                   key) != 0)
        return ERR_DAMAGED;
    *plain = str_bytes(out, sealed.n - HEAD - TAG);
    return ERR_OK;
}

/* The same for exactly n secret bytes. */
static enum err open_exactly(struct arena *a, const unsigned char key[32], struct str ad,
                             struct str sealed, unsigned char *out, size_t n)
{
    struct str plain;
    enum err err = seal_envelope_open(a, key, ad, sealed, &plain);

    if (err == ERR_OK && plain.n != n)
        err = ERR_DAMAGED;
    if (err == ERR_OK)
        memcpy(out, plain.p, n);
    else
        sodium_memzero(out, n);
    return err;
}

struct case_key *seal_case_new(struct arena *a)
{
    struct case_key *c = arena_secret(a, sizeof(*c));

    c->id = token_uuid();
    randombytes_buf(c->key, sizeof(c->key));
    return c;
}

void seal_key_check(const struct case_key *c, unsigned char out[32])
{
    token_derive(c->key, "AdCase01", 2, out);
}

static struct str field_ad(struct arena *a, const struct case_key *c, const char *table,
                           const struct uuid *row, const char *column)
{
    const struct str parts[] = {STR("aiddesk/1/field"), str_bytes(c->id.b, sizeof(c->id.b)),
                                str_of(table), str_bytes(row->b, sizeof(row->b)), str_of(column)};

    return token_ad(a, parts, sizeof(parts) / sizeof(parts[0]));
}

struct str seal_field(struct arena *a, const struct case_key *c, const char *table,
                      const struct uuid *row, const char *column, struct str plain)
{
    unsigned char key[32];
    unsigned char *padded = arena_secret(a, plain.n + PAD_BLOCK);
    size_t n = 0;
    struct str sealed;

    /* Padded, so that a dump does not tell a phone number from an address. */
    if (plain.n > 0)
        memcpy(padded, plain.p, plain.n);
    if (sodium_pad(&n, padded, plain.n, PAD_BLOCK, plain.n + PAD_BLOCK) != 0)
        assert(!"the buffer has room for a whole block");
    token_derive(c->key, "AdCase01", 1, key);
    sealed = seal_envelope(a, key, field_ad(a, c, table, row, column), str_bytes(padded, n));
    sodium_memzero(key, sizeof(key));
    sodium_memzero(padded, n);
    return sealed;
}

enum err seal_field_open(struct arena *a, const struct case_key *c, const char *table,
                         const struct uuid *row, const char *column, struct str sealed,
                         struct str *plain)
{
    unsigned char key[32];
    enum err err;

    token_derive(c->key, "AdCase01", 1, key);
    err = seal_envelope_open(a, key, field_ad(a, c, table, row, column), sealed, plain);
    sodium_memzero(key, sizeof(key));
    if (err == ERR_OK &&
        sodium_unpad(&plain->n, (const unsigned char *)plain->p, plain->n, PAD_BLOCK) != 0)
        err = ERR_DAMAGED;
    if (err != ERR_OK)
        *plain = (struct str){NULL, 0};
    return err;
}

static struct str draft_ad(struct arena *a, const struct uuid *id)
{
    const struct str parts[] = {STR("aiddesk/1/draft"), str_bytes(id->b, sizeof(id->b))};

    return token_ad(a, parts, 2);
}

struct str seal_draft_box(struct arena *a, const unsigned char wrap[32], const struct case_key *c,
                          const unsigned char code_seed[32])
{
    unsigned char both[64];
    struct str sealed;

    memcpy(both, c->key, 32);
    memcpy(both + 32, code_seed, 32);
    sealed = seal_envelope(a, wrap, draft_ad(a, &c->id), str_bytes(both, sizeof(both)));
    sodium_memzero(both, sizeof(both));
    return sealed;
}

enum err seal_draft_box_open(struct arena *a, const unsigned char wrap[32], const struct uuid *id,
                             struct str sealed, struct case_key **out, unsigned char code_seed[32])
{
    unsigned char both[64];
    struct case_key *c;
    enum err err = open_exactly(a, wrap, draft_ad(a, id), sealed, both, sizeof(both));

    *out = NULL;
    sodium_memzero(code_seed, 32);
    if (err == ERR_OK) {
        c = arena_secret(a, sizeof(*c));
        c->id = *id;
        memcpy(c->key, both, 32);
        memcpy(code_seed, both + 32, 32);
        *out = c;
    }
    sodium_memzero(both, sizeof(both));
    return err;
}

static struct str recovery_ad(struct arena *a, const unsigned char public_key[32])
{
    const struct str parts[] = {STR("aiddesk/1/recovery"), str_bytes(public_key, 32)};

    return token_ad(a, parts, 2);
}

struct str seal_recovery(struct arena *a, const unsigned char wrap[32],
                         const unsigned char public_key[32], const unsigned char secret_key[32])
{
    return seal_envelope(a, wrap, recovery_ad(a, public_key), str_bytes(secret_key, 32));
}

enum err seal_recovery_open(struct arena *a, const unsigned char wrap[32],
                            const unsigned char public_key[32], struct str sealed,
                            unsigned char secret_key[32])
{
    unsigned char derived[32];
    enum err err = open_exactly(a, wrap, recovery_ad(a, public_key), sealed, secret_key, 32);

    if (err != ERR_OK)
        return err;
    seal_public_of(secret_key, derived);
    if (sodium_memcmp(derived, public_key, 32) == 0)
        return ERR_OK;
    sodium_memzero(secret_key, 32);
    return ERR_DAMAGED;
}
