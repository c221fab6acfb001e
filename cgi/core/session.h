/*
 * session: cookies that are bearers.  A session in C is the cookie's secret and what is derived from it; the row in SQL is found by
 * sha256 of K(cookie, ctx, 1), so a dump opens nothing.  SQL decides whether it lives (idle, absolute, epoch); this module only derives,
 * wraps and makes CSRF tokens (SECURITY.md §3.3, §4.2).
 */
#ifndef AIDDESK_CORE_SESSION_H
#define AIDDESK_CORE_SESSION_H

#include "core/err.h"

struct request;

enum session_kind {
    SESSION_USER,  /* ctx "AdSess01": signed in */
    SESSION_PRE,   /* ctx "AdPre_01": between password and second factor; also anonymous visitors' CSRF cookie */
    SESSION_DRAFT, /* ctx "AdDraf01": draft cookie */
    SESSION_TRACK, /* ctx "AdTrak01": tracking */
    SESSION_LINK,  /* ctx "AdInvt01": cookie of an invitation or reset link */
    SESSION_SETUP, /* ctx "AdSetu01": cookie of the setup link */
    SESSION_DEVICE,/* ctx "AdDevi01": a device that once signed in has its own lane of password tries; opens nothing */
    SESSION__MAX
};

struct session {
    enum session_kind kind;
    unsigned char cookie[32];    /* the secret itself; arena_secret memory */
    unsigned char lookup[32];    /* K(cookie, ctx, 1): what SQL gets */
    unsigned char wrap[32];      /* K(cookie, ctx, 2): wraps what the session carries */
    unsigned char csrf[32];      /* K(cookie, ctx, 3) */
    struct uuid user;            /* SESSION_USER: filled by the program's identify */
    struct uuid subject;         /* SESSION_DRAFT, _TRACK: the case */
    unsigned char secret_key[32];/* SESSION_USER: the user's X25519 secret key; SESSION_TRACK: the code's box secret; zero until opened */
    bool have_secret;            /* secret_key is filled */
};

/* New random session. */
struct session *session_new(struct arena *a, enum session_kind kind);
/* From a cookie's text (base64url of 32 bytes); NULL when malformed. */
struct session *session_of_cookie(struct arena *a, enum session_kind kind, struct str text);
struct str session_cookie_text(struct arena *a, const struct session *s);
/* The look-up as a slice, for DB_BYTES("p_session", session_bearer(s)). */
struct str session_bearer(const struct session *s);
/* Wraps 32 secret bytes (user key, box seed) under s->wrap, AD("aiddesk/1/session", id, version[4 BE]); and opens them. */
struct str session_wrap(struct arena *a, const struct session *s, const struct uuid *id, uint32_t version, const unsigned char secret[32]);
enum err session_unwrap(struct arena *a, const struct session *s, const struct uuid *id, uint32_t version, struct str wrapped,
                        unsigned char secret[32]);
/* CSRF token for a route name: base64url(time[8] ‖ generichash(AD("aiddesk/1/csrf", route, time), csrf key)); at most 12 h old. */
struct str session_csrf(struct arena *a, const struct session *s, const char *route_name);
bool session_csrf_check(struct arena *a, const struct session *s, const char *route_name, struct str token);

#endif
