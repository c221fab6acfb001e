/*
 * token: random values, ids, and codes for people (tracking code, resume code, recovery codes), with the derivations of SECURITY.md §3.
 * One of the five users of sodium.h (seal, session, token, totp, passkey).
 */
#ifndef AIDDESK_CORE_TOKEN_H
#define AIDDESK_CORE_TOKEN_H

#include "core/err.h"

enum { TOKEN_BYTES = 32, CODE_CHARS = 24 };

/* sodium_init; ends the process when it fails.  Call once in main. */
void token_init(void);
void token_random(void *p, size_t n);
struct uuid token_uuid(void); /* version 4 */
/* Constant-time comparison. */
bool token_equal(const void *a, const void *b, size_t n);
void token_wipe(void *p, size_t n);

/* AD(parts…): for each part a 2-byte big-endian length, then the bytes (SECURITY.md §3.1).  A part over 65,535 bytes is our bug. */
struct str token_ad(struct arena *a, const struct str *parts, size_t n);
/* Key versions and piece numbers in AD: 4 bytes, big-endian. */
void token_be32(uint32_t v, unsigned char out[4]);
/* crypto_generichash(32, AD(parts…), key or NULL) without writing the AD down: for parts that are secret. */
void token_hash_ad(const struct str *parts, size_t n, const unsigned char *key32, unsigned char out[32]);
/* K(key, ctx, n) = crypto_kdf_derive_from_key; ctx exactly 8 characters.  out: 32 bytes. */
void token_derive(const unsigned char key[32], const char *ctx, uint64_t n, unsigned char out[32]);
/* crypto_generichash(32, message, key or NULL). */
void token_hash(struct str message, const unsigned char *key32, unsigned char out[32]);

/* Keyed look-up hash of a normalised value: generichash(AD("aiddesk/1/lookup", kind, value), lookup key) (SECURITY.md §3.3). */
void token_lookup(struct arena *a, const unsigned char lookup_key[32], const char *kind, struct str value, unsigned char out[32]);

/* Codes of 24 Crockford characters (115 bits and a check character, SECURITY.md §4.5). */
/* From the first 115 bits of 32 bytes. */
void code_make(const unsigned char bits[32], char code[CODE_CHARS + 1]);
/* Reads what a person typed: spaces, hyphens, case, full-width, O I L.  ERR_OK and 24 characters; ERR_FIELD: other characters or
 * length; ERR_CODE: wrong check character (told at once, without a look-up). */
enum err code_read(struct str typed, char code[CODE_CHARS + 1]);
/* "7K3M-Q9TX-…": six groups of four. */
struct str code_show(struct arena *a, const char code[CODE_CHARS + 1]);
/* Root of a code: generichash(AD(label, code)); label "aiddesk/1/code" or "aiddesk/1/resume". */
void code_root(struct arena *a, const char *label, const char code[CODE_CHARS + 1], unsigned char root[32]);
/* Second-factor recovery codes: look-up = generichash(AD("aiddesk/1/factor-code", user id, code)). */
void code_factor_lookup(struct arena *a, const struct uuid *user, const char code[CODE_CHARS + 1], unsigned char out[32]);
/* Recovery key as 52 Crockford characters + 4 check characters in 14 groups of four, and back (SECURITY.md §3.3). */
struct str code_recovery_show(struct arena *a, const unsigned char secret[32]);
bool code_recovery_read(struct arena *a, struct str typed, unsigned char secret[32]);
/* One group (0..13) of the shown form, for typing back. */
struct str code_recovery_group(struct arena *a, const unsigned char secret[32], int group);

#endif
