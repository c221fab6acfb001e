/*
 * request: one HTTP request, as handlers see it.  serve fills it from nginx's parameters (core/fcgi.c is the only user of fcgiapp.h);
 * tests fill it by hand.  Everything lives in the request's arena.
 */
#ifndef AIDDESK_CORE_REQUEST_H
#define AIDDESK_CORE_REQUEST_H

#include "core/route.h"

struct app;
struct db;
struct locale;
struct session;

/* Where a streamed body comes from. */
struct body_source {
    /* Reads up to n bytes; returns bytes read, 0 at the end, -1 on error or time-out. */
    long (*read)(void *ctx, char *p, size_t n);
    void *ctx;
};

struct request {
    struct app *app;            /* the process context: config, keys, views, locales, program */
    struct arena *arena;        /* memory of this request */
    struct db *db;              /* the connection of this process */
    char id[17];                /* request id, 16 hex digits and NUL */
    enum method method;
    bool head;                  /* HEAD: same as GET, no body goes out */
    struct str path;            /* raw path, decoded by nginx never */
    struct str query;           /* raw query */
    struct str content_type;
    int64_t content_length;     /* -1 = none given */
    struct str body;            /* whole body; empty for ROUTE_STREAM */
    struct body_source source;  /* ROUTE_STREAM: read exactly content_length bytes */
    int64_t source_left;        /* ROUTE_STREAM: bytes not read yet */
    struct str origin;          /* Origin header, empty = missing */
    struct str fetch_site;      /* Sec-Fetch-Site, empty = missing */
    bool wants_json;            /* Accept: application/json */
    struct str accept_language;
    struct str client_network;  /* "203.0.113.0/24" or "2001:db8::/56": from nginx's own variable only */
    struct pair *cookies;       /* what nginx passed to this program */
    size_t n_cookies;
    const struct route *route;  /* matched route */
    struct form form;           /* parameters, checked */
    const struct locale *locale;/* language of the answer */
    unsigned who;               /* bits of enum who that the cookies prove */
    struct session *session;    /* bearer of this request (draft, case, user …); NULL = none */
    struct session *csrf_session; /* whose CSRF key counts: session, or the pre-session of anonymous visitors */
    const char *role;           /* for the log: "anonymous", "complainant", "volunteer" … */
    int64_t started_ms;         /* monotonic */
    bool late;                  /* a POST whose session or token had ended: page() shows the form with everything typed */
};

/* Value of a cookie by its base name ("sid", "draft", "track", "lang", "pre"); empty when missing or sent twice. */
struct str request_cookie(const struct request *req, const char *name);
/* True when Sec-Fetch-Site / Origin say that our own page sent this (SECURITY.md §4.2, proof 1). */
bool request_same_origin(const struct request *req);
/* Current language, "zh-CN" or "en". */
const char *request_lang(const struct request *req);

#endif
