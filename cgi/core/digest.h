/*
 * digest: SHA-256, of files, exports and what is installed.  The one user of openssl/evp.h: libcrypto, which libpq and libcurl bring along
 * anyway, takes SHA-256 with the instructions that processors have for it, and libsodium does not; a file of 20 MB is 40 ms of one
 * processor.  Everything keyed stays with token and seal.
 */
#ifndef AIDDESK_CORE_DIGEST_H
#define AIDDESK_CORE_DIGEST_H

#include "core/str.h"

enum { DIGEST_BYTES = 32 };

struct digest;

/* SHA-256 (FIPS 180-4) of a message.  out: 32 bytes. */
void digest_sha256(struct str message, unsigned char out[DIGEST_BYTES]);
/* SHA-256 in pieces.  What it holds of the message is wiped and freed by digest_end or, when that never comes, with the arena.  Ends the
 * process when libcrypto gives no memory. */
struct digest *digest_new(struct arena *a);
void digest_add(struct digest *d, struct str piece);
/* Once, and nothing may be added after it. */
void digest_end(struct digest *d, unsigned char out[DIGEST_BYTES]);

#endif
