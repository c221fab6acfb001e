/*
 * totp: RFC 6238 with liboath: SHA-1, 6 digits, 30 s, one step to either side.  SQL keeps the last accepted step and refuses it and
 * older ones (replay).
 */
#ifndef AIDDESK_CORE_TOTP_H
#define AIDDESK_CORE_TOTP_H

#include "core/err.h"

enum { TOTP_SECRET_BYTES = 20 };

/* A new random secret; the caller wipes it. */
void totp_secret_new(unsigned char secret[TOTP_SECRET_BYTES]);
/* Checks a code typed by a person (spaces and full-width digits folded).  now_us: clock_now().  On success *step is the time step. */
bool totp_check(struct arena *a, const unsigned char secret[TOTP_SECRET_BYTES], struct str typed, int64_t now_us, int64_t *step);
/* Base32 text in groups of four, and the otpauth:// URI for the QR code. */
struct str totp_base32(struct arena *a, const unsigned char secret[TOTP_SECRET_BYTES]);
struct str totp_uri(struct arena *a, const unsigned char secret[TOTP_SECRET_BYTES], struct str issuer, struct str login);

#endif
