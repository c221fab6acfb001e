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
struct staff;

/* Where the body comes from. */
struct body_source {
    /* Reads up to n bytes; returns bytes read, 0 at the end, -1 on error or time-out. */
    long (*read)(void *ctx, char *p, size_t n);
    void *ctx;
};

struct multipart;

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
    struct str body;            /* whole body (serve_request reads it); empty for ROUTE_STREAM */
    struct body_source source;  /* the transport's bytes: exactly content_length must come; read NULL = `body` was filled by a test */
    int64_t source_left;        /* bytes of the body not read yet */
    struct multipart *multipart;/* ROUTE_STREAM: opened, and read up to the file, by serve_request before the handler */
    struct str origin;          /* Origin header, empty = missing */
    struct str fetch_site;      /* Sec-Fetch-Site, empty = missing */
    bool wants_json;            /* Accept: application/json */
    struct str accept_language;
    struct str client_network;  /* "203.0.113.0/24" or "2001:db8::/56": from nginx's own variable only; empty = unknown */
    const char *log_network;    /* the same for the log: /24 or /48; NULL = unknown */
    struct pair *cookies;       /* what nginx passed to this program */
    size_t n_cookies;
    const struct route *route;  /* matched route */
    struct pair *path_values;   /* names and decoded values of its {x}, n_path_values */
    size_t n_path_values;
    struct str csrf_token;      /* what the form sent as `csrf` */
    struct str lang_to;         /* what the form sent as `lang_to`: the language switch */
    struct form form;           /* parameters, checked */
    const struct locale *locale;/* language of the answer */
    unsigned who;               /* bits of enum who that the cookies prove */
    struct session *session;    /* bearer of this request (draft, case, user …); NULL = none */
    struct session *csrf_session; /* whose CSRF key counts: session, or the pre-session of anonymous visitors */
    struct session *pre_session;/* the pre-session of program->pre_cookie; NULL = none.  Its tokens count beside csrf_session's, so that a
                                   form that came back late works with the next press after signing in elsewhere */
    void *found;                /* what the program's identify hook found, for its own handlers; NULL = nothing */
    const struct staff *staff;  /* the signed-in person (account, desk, report); NULL = none */
    const char *role;           /* for the log: "anonymous", "complainant", "volunteer" … */
    int64_t started_ms;         /* monotonic */
    bool late;                  /* a POST whose session or token had ended: page() shows the form with everything typed */
};

/* Fills a request from nginx's parameters.  REQUEST_METHOD, REQUEST_URI (the query is cut off here; nginx's decoded URI is never used),
 * CONTENT_TYPE, CONTENT_LENGTH, HTTP_ORIGIN, HTTP_SEC_FETCH_SITE, HTTP_ACCEPT, HTTP_ACCEPT_LANGUAGE, HTTP_COOKIE (already filtered) and
 * AIDDESK_CLIENT (= $remote_addr) are read; nothing else reaches logic: no Host, no X-Forwarded-For.  req->arena must be set; values are
 * kept, not copied.  ERR_BAD_REQUEST: one of these names twice, a bad length, a path that is not printable ASCII. */
enum err request_fill(struct request *req, const struct pair *params, size_t n);
/* Reads up to n bytes of the body; returns bytes read, 0 at the end, -1 when the peer is gone, silent, or sends less than announced. */
long request_read(struct request *req, char *p, size_t n);
/* "203.0.113.0/24": the network of an address; bits_v4 and bits_v6 are multiples of 8.  Addresses mapped from IPv4 count as IPv4.  Empty
 * when it is no address. */
struct str request_network(struct arena *a, struct str address, unsigned bits_v4, unsigned bits_v6);
/* Full name of a cookie: "__Host-sid", on plain loopback "sid-8080" (browsers share cookies between ports). */
struct str request_cookie_name(const struct request *req, const char *name);
/* Value of a cookie by its base name ("sid", "draft", "track", "lang", "pre"); empty when missing or sent twice. */
struct str request_cookie(const struct request *req, const char *name);
/* True when Sec-Fetch-Site / Origin say that our own page sent this (SECURITY.md §4.2, proof 1). */
bool request_same_origin(const struct request *req);
/* Current language, "zh-CN" or "en". */
const char *request_lang(const struct request *req);

#endif
