/*
 * err: the registry of everything that can go wrong: one row per error, by designated initialiser, with its HTTP status, the locale key
 * of its sentence, whose fault it is, and the SQLSTATE (class UD) by which SQL functions raise it.  A pgTAP test compares the UD codes
 * raised in sql/ with this list.  Users never see text of libpq or of the system.
 */
#ifndef AIDDESK_CORE_ERR_H
#define AIDDESK_CORE_ERR_H

#include "core/str.h"

enum blame {
    BLAME_CLIENT, /* the request cannot be right, or asks for what it may not have */
    BLAME_BUSY,   /* well formed, but not now */
    BLAME_OURS    /* our bug or our installation; alarms fire on these only */
};

enum err {
    ERR_OK = 0,
    ERR_BAD_REQUEST,     /* 400 malformed request: body, encoding, headers */
    ERR_PARAM_REPEATED,  /* 400 a parameter was sent twice */
    ERR_PARAM_UNKNOWN,   /* 400 a POST carries a parameter that the route does not know */
    ERR_FORM,            /* 422 fields have errors; the form comes back with everything typed */
    ERR_TOO_LARGE,       /* 413 body over the route's limit */
    ERR_HEADERS_LARGE,   /* 431 too many or too long headers */
    ERR_NOT_FOUND,       /* 404 no such page; UD002: not yours or does not exist, answered alike */
    ERR_METHOD,          /* 405 with Allow */
    ERR_CSRF,            /* 403 Origin or token refused; the form comes back with everything typed */
    ERR_SIGNED_OUT,      /* 401 UD001 no session or ended (GET: 303 to /login; POST: the form again) */
    ERR_ROLE,            /* 404 UD003 the role may not; answered like NOT_FOUND */
    ERR_FACTOR,          /* 403 UD004 second factor needed (again) */
    ERR_DRAFT,           /* 410 UD005 draft unknown or ended */
    ERR_CODE,            /* 404 UD006 code unknown, revoked or expired: one answer */
    ERR_LINK,            /* 410 UD007 invitation, reset or setup link unknown, used or expired */
    ERR_CREDENTIALS,     /* 422 UD008 name or password wrong: one answer */
    ERR_TOO_MANY,        /* 429 UD010 too many tries; DETAIL = seconds to wait */
    ERR_LIMIT,           /* 422 UD011 a limit of the case is reached (files, bytes); DETAIL = which */
    ERR_BUDGET,          /* 429 UD012 intake budget; the lane `queue` is offered */
    ERR_CLASH,           /* 409 UD020 version clash: both texts are shown */
    ERR_TRANSITION,      /* 409 UD021 this step is not possible in the present state; DETAIL = machine:from:event */
    ERR_GUARD,           /* 422 UD022 a guard refuses; DETAIL = guard code */
    ERR_RECIPIENTS,      /* soft UD023 recipients changed: seal again and repeat */
    ERR_TAKEN,           /* 409 UD024 somebody was faster */
    ERR_DONE,            /* 409 UD025 already done */
    ERR_NAME_TAKEN,      /* 422 UD026 login name in use */
    ERR_FIELD,           /* 422 UD030 SQL refuses a field; DETAIL = field:locale key of the error */
    ERR_VOCABULARY,      /* 422 UD031 unknown or ended code; DETAIL = enumeration */
    ERR_CONFLICT,        /* 404 UD040 conflict of interest; answered like NOT_FOUND */
    ERR_WAITING_KEY,     /* 409 UD041 the key of this case has not been sealed to this person yet */
    ERR_QUOTA,           /* 429 UD042 too many different cases opened in an hour */
    ERR_LAST_COORDINATOR,/* 409 UD043 the last coordinator cannot be disabled or demoted */
    ERR_SLOT,            /* 503 no slot (Argon2, inspection) within 5 s */
    ERR_BUSY,            /* 503 database busy: 53xxx, 55P03, 57014, soft errors after all retries */
    ERR_UNCONFIRMED,     /* 503 COMMIT unknown: not confirmed, nothing is lost, try again */
    ERR_UNAVAILABLE,     /* 503 database cannot be reached */
    ERR_DAMAGED,         /* 500 a sealed value does not open: tampered, or our bug; alarm */
    ERR_RANGE,           /* 500 a number left its range inside our own arithmetic */
    ERR_INTERNAL,        /* 500 our bug */
    ERR__MAX
};

struct err_row {
    const char *name;     /* stable ASCII, in logs and problem+json */
    int status;           /* HTTP status */
    const char *text;     /* locale key of the sentence shown to people */
    enum blame blame;     /* whose fault */
    const char *sqlstate; /* "UD0nn", or NULL */
};

/* The row of an error; never NULL. */
const struct err_row *err_row(enum err e);
/* The error that a SQLSTATE of class UD stands for; ERR_INTERNAL when unknown. */
enum err err_of_sqlstate(const char *sqlstate);
/* What an answer may say: ERR_ROLE and ERR_CONFLICT become ERR_NOT_FOUND, so that neither page nor problem+json tells them apart;
 * everything else is itself.  The log keeps the true one. */
enum err err_shown(enum err e);

#endif
