/* mail: one message over SMTP with TLS, by libcurl (only aiddesk-worker).  Text only; header values are checked for CR and LF. */
#ifndef AIDDESK_CORE_MAIL_H
#define AIDDESK_CORE_MAIL_H

#include "core/config.h"
#include "core/err.h"

enum mail_outcome { MAIL_SENT, MAIL_TRY_LATER, MAIL_REFUSED };
/* subject and body: UTF-8.  TLS is required (STARTTLS or smtps) unless the server is on loopback and offers none. */
enum mail_outcome mail_send(struct arena *a, const struct config *config, struct str to, struct str subject, struct str body);

#endif
