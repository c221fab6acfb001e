/*
 * seal: passwords (seal.h; SECURITY.md §3.3).  One Argon2id run gives the verifier and the key that wraps the user's secret key.  The
 * pepper is in both: in the verifier alone, a thief of the dump would test passwords on the envelope.
 */
#include <sodium.h>
#include <string.h>

#include "core/arena.h"
#include "core/log.h"
#include "core/seal.h"
#include "core/token.h"

enum { SLOT_WAIT_MS = 5000, OPS_MAX = 16, MEM_MIN = 8 << 20, MEM_MAX = 256 << 20 };

_Static_assert(crypto_pwhash_SALTBYTES == 16, "salt of struct password_params");

/* generichash(32, AD(label, user id, K(m, "AdUser01", n)), key = pepper) */
static void peppered(const unsigned char pepper[32], const char *label, const struct uuid *user,
                     const unsigned char m[32], uint64_t n, unsigned char out[32])
{
    unsigned char derived[32];
    const struct str parts[] = {str_of(label), str_bytes(user->b, sizeof(user->b)),
                                str_bytes(derived, sizeof(derived))};

    token_derive(m, "AdUser01", n, derived);
    token_hash_ad(parts, 3, pepper, out);
    sodium_memzero(derived, sizeof(derived));
}

enum err seal_password(struct arena *a, int slots_fd, const unsigned char pepper[32],
                       const struct uuid *user, struct str password,
                       const struct password_params *params, unsigned char verifier[32],
                       unsigned char wrap[32])
{
    unsigned char m[32];
    int slot = -1;
    int rc;

    (void)a;
    /* The parameters come from a table: who can write there must not be able to stop the machine. */
    if (params->ops < 1 || params->ops > OPS_MAX || params->mem_bytes < MEM_MIN ||
        params->mem_bytes > MEM_MAX) {
        log_event(LOG_ERROR_, "password-parameters", "outside 1..16 passes or 8..256 MiB");
        return ERR_INTERNAL;
    }
    if (slots_fd >= 0 && (slot = slot_take(slots_fd, 'a', SLOT_WAIT_MS)) < 0)
        return ERR_SLOT;
    rc = crypto_pwhash(m, sizeof(m), password.n > 0 ? password.p : "", password.n, params->salt,
                       (unsigned long long)params->ops, (size_t)params->mem_bytes,
                       crypto_pwhash_ALG_ARGON2ID13);
    if (slot >= 0)
        slot_release(slots_fd, 'a', slot);
    if (rc != 0) {
        log_event(LOG_WARN_, "password", "no memory for Argon2id");
        return ERR_SLOT;
    }
    peppered(pepper, "aiddesk/1/verifier", user, m, 1, verifier);
    peppered(pepper, "aiddesk/1/wrap", user, m, 2, wrap);
    sodium_memzero(m, sizeof(m));
    return ERR_OK;
}

void seal_fake_salt(struct arena *a, const unsigned char pepper[32], struct str name,
                    unsigned char salt[16], struct uuid *user)
{
    const struct str salt_parts[] = {STR("aiddesk/1/fake-salt"), name};
    const struct str user_parts[] = {STR("aiddesk/1/fake-user"), name};
    unsigned char hash[32];

    (void)a;
    token_hash_ad(salt_parts, 2, pepper, hash);
    memcpy(salt, hash, 16);
    token_hash_ad(user_parts, 2, pepper, hash);
    memcpy(user->b, hash, sizeof(user->b));
    user->b[6] = (unsigned char)((user->b[6] & 0x0f) | 0x40);
    user->b[8] = (unsigned char)((user->b[8] & 0x3f) | 0x80);
    sodium_memzero(hash, sizeof(hash));
}

static struct str user_key_ad(struct arena *a, const struct uuid *user, uint32_t version)
{
    unsigned char v[4];
    const struct str parts[] = {STR("aiddesk/1/userkey"), str_bytes(user->b, sizeof(user->b)),
                                str_bytes(v, sizeof(v))};

    token_be32(version, v);
    return token_ad(a, parts, 3);
}

struct str seal_user_key(struct arena *a, const unsigned char wrap[32], const struct uuid *user,
                         uint32_t version, const unsigned char secret_key[32])
{
    return seal_envelope(a, wrap, user_key_ad(a, user, version), str_bytes(secret_key, 32));
}

enum err seal_user_key_open(struct arena *a, const unsigned char wrap[32], const struct uuid *user,
                            uint32_t version, struct str sealed, unsigned char secret_key[32])
{
    struct str plain;
    enum err err = seal_envelope_open(a, wrap, user_key_ad(a, user, version), sealed, &plain);

    if (err == ERR_OK && plain.n != 32)
        err = ERR_DAMAGED;
    if (err == ERR_OK)
        memcpy(secret_key, plain.p, 32);
    else
        sodium_memzero(secret_key, 32);
    return err;
}
