/*
 * mail: one message over SMTP with TLS, by libcurl (only aiddesk-worker).  Text only.  A value that could begin another header or another
 * command (CR, LF, NUL; in addresses anything but plain characters) makes the message be refused, never repaired.
 */
#ifndef AIDDESK_CORE_MAIL_H
#define AIDDESK_CORE_MAIL_H

#include "core/config.h"
#include "core/err.h"

enum mail_outcome {
    MAIL_SENT,      /* the server took it */
    MAIL_TRY_LATER, /* no server, one that serves nobody, no TLS, wrong password, or a 4xx answer: nothing is wrong with the message */
    MAIL_REFUSED    /* the address or the message is refused for good (55x, or by the checks here) */
};

/* Sends.  subject and body: UTF-8; body with LF line ends.  TLS 1.2 or newer with a checked certificate is required (STARTTLS or smtps://)
 * unless the server is on loopback and offers none.  Takes at most 30 s. */
enum mail_outcome mail_send(struct arena *a, const struct config *config, struct str to, struct str subject, struct str body);
/* The message as it goes over the wire: headers in ASCII (RFC 2047 for the rest), body in base64, CRLF line ends.  False when an address
 * or the subject is refused.  For mail_send and tests. */
bool mail_message(struct arena *a, const struct config *config, struct str to, struct str subject, struct str body, struct str *message);
/* True for a plain address: one "@", at most 254 bytes, letters, digits and .!#$%&'*+/=?^_`{|}~- only, no empty part. */
bool mail_address_ok(struct str address);
/* True when the server of an smtp:// or smtps:// address is on loopback (127.0.0.0/8, ::1, localhost). */
bool mail_on_loopback(struct str url);
/* The TCP port that smtp_url means: as written, otherwise 25, or 465 for smtps. */
uint16_t mail_port(struct str url);

#endif
