/*
 * reply: what goes back.  A page is a model with two faces: HTML through its template, or the model itself on Accept: application/json.
 * Errors go through the registry; a browser gets its form back with everything typed, a JSON client gets RFC 9457 problem+json.
 */
#ifndef AIDDESK_CORE_REPLY_H
#define AIDDESK_CORE_REPLY_H

#include <jansson.h>

#include "core/request.h"

struct reply_header {
    const char *name;
    struct str value;
};

/* Where the pieces of a streamed download go. */
struct reply_sink {
    /* Sends all of it; false when the peer is gone. */
    bool (*write)(void *ctx, struct str piece);
    void *ctx;
};

struct reply {
    struct arena *arena;
    int status;                  /* 200 unless set */
    const char *view;            /* template name, "intake/platform"; NULL = raw body */
    json_t *model;               /* owned by the reply */
    const char *content_type;    /* raw body only */
    struct str body;             /* raw body */
    struct reply_header *headers;/* added headers, n_headers */
    size_t n_headers;
    enum err err;                /* the error that is being answered: for the log, and for page() (ERR_CLASH shows both texts) */
    int64_t bytes;               /* length sent */
    /* A streamed download: called after the head went out; writes pieces with reply_write. */
    enum err (*stream)(struct request *req, struct reply *rep, void *ctx);
    void *stream_ctx;
    int64_t stream_length;       /* Content-Length, -1 = unknown */
    const struct reply_sink *out;/* the transport; NULL in tests: pieces are collected in body */
};
/* Clear-Site-Data: cache, cookies and storage of this site go (SECURITY.md §4.3), the choice of language too. */
void reply_clear_site(struct reply *rep);

/* 200 with a page.  Steals model. */
enum err reply_page(struct reply *rep, const char *view, json_t *model);
/* 303 to a path of this site; printf with values that must already be safe for a URL (case numbers, literals). */
enum err reply_see_other(struct reply *rep, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The form page again (route->page) with everything typed; status and notice come from the registry row of `err`.
 * With ERR_FORM and others that belong to fields: 422.  ERR_FIELD puts SQL's error on its field.  req->method is still POST and
 * req->form.err tells why; page() writes its reply as on GET.  ERR_SIGNED_OUT sets req->late.  Without a page, or when the page fails
 * too, the error page of the registry is shown, which repeats what was typed.  JSON clients get problem+json. */
enum err reply_form_again(struct request *req, struct reply *rep, enum err err);
/* The error page (template shared/error, or problem+json) of a registry row.  ERR_SIGNED_OUT on a GET goes to the sign-in instead
 * (303).  Model: title, status, error (its name), text (its sentence), next (text of "<locale key>.next": what to do now), request_id,
 * kept [{"label","text"}] (what a POST had typed). */
enum err reply_error(struct request *req, struct reply *rep, enum err err);
/* A raw body, e.g. text/plain or application/pdf. */
enum err reply_raw(struct reply *rep, const char *content_type, struct str body);
/* A download: Content-Disposition attachment with filename* (RFC 8187) and an ASCII fallback, nosniff, CSP sandbox. */
enum err reply_download(struct reply *rep, const char *content_type, struct str name, const char *ascii_name, int64_t length,
                        enum err (*stream)(struct request *, struct reply *, void *), void *ctx);
/* One piece of a streamed download; ERR_BAD_REQUEST when the client is gone. */
enum err reply_write(struct reply *rep, struct str piece);
/* Adds a header.  name: literal.  The value must not hold CR, LF or NUL (assert). */
void reply_header(struct reply *rep, const char *name, struct str value);
/* Set-Cookie by base name: Secure, HttpOnly, Path=/, SameSite=Lax and the __Host- prefix; on plain loopback the port in the name.
 * value empty = delete.  max_age_s: -1 = until the browser closes. */
void reply_cookie(struct request *req, struct reply *rep, const char *name, struct str value, int64_t max_age_s);

#endif
