/*
 * staff: the signed-in person, as account, desk and report share it: identify by the `sid` cookie through <program>.session_check, the
 * person's secret key on demand, and the frame of every page (name, navigation, sign-out).  The three programs have the same cookie and
 * each its own function schema; what the person may do with data is decided there, again, by the session.
 */
#ifndef AIDDESK_CORE_STAFF_H
#define AIDDESK_CORE_STAFF_H

#include <jansson.h>

#include "core/request.h"

struct staff {
    struct uuid id;            /* core.app_user.id */
    struct str login;          /* sign-in name */
    struct str display_name;   /* shown to colleagues */
    struct str role;           /* "volunteer", "coordinator", "regulator" */
    bool full_rights;          /* false: the password was right, the second factor is still open */
    bool has_totp;             /* a second factor is enrolled */
    int64_t factor_codes_left; /* unused recovery codes */
    bool must_enrol;           /* a coordinator without a second factor: may only enrol */
    int64_t key_version;       /* version of the key below */
    struct str wrapped_key;    /* the person's secret key under the session's wrap key */
    struct str public_key;     /* 32 bytes */
};

/* The identify hook: sets req->session, csrf_session, staff, role, and the bits of who.  A coordinator who still has to enrol a second
 * factor gets WHO_ENROL only.  No or an ended session is no error: the request is anonymous. */
enum err staff_identify(struct request *req);
/* The same for a session of another kind (aiddesk-account: the pre-session between password and second factor). */
enum err staff_of_session(struct request *req, struct session *session);
/* The decorate hook: user {name}, nav [{href, label, current}], csrf.logout. */
enum err staff_decorate(struct request *req, json_t *model);
/* The person's X25519 secret key (32 bytes in the request's secret memory), opened with the session on first use.
 * ERR_SIGNED_OUT without a session, ERR_DAMAGED when it does not open. */
enum err staff_secret(struct request *req, const unsigned char **secret_key);
/* True when the person has this role. */
bool staff_is(const struct request *req, const char *role);

#endif
