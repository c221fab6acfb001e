/*
 * serve_program: a program that exists only in tests, and a visitor of its pages.
 */
#ifndef AIDDESK_TESTS_SERVE_PROGRAM_H
#define AIDDESK_TESTS_SERVE_PROGRAM_H

#include "unit.h"

#include "core/json.h"
#include "core/serve.h"
#include "core/session.h"

extern int handled;       /* how often a handler ran since the visit began */
extern enum err answer;   /* what the handlers of forms return */
extern unsigned as_who;   /* what the cookie sid proves */
extern enum err identity; /* what identify returns */
extern size_t file_bytes; /* what the handler of /upload has read */

/* What the next request brings; the reply. */
struct visit {
    struct request req;
    struct reply rep;
};

/* A request with nothing but method and address; add to it, then send it. */
struct visit *visit(struct arena *a, enum method method, const char *uri);
void bring_cookie(struct visit *v, const char *name, struct str value);
/* From our own page. */
void bring_body(struct visit *v, const char *type, struct str body);
struct reply *send_visit(struct visit *v);

struct reply *get(struct arena *a, const char *uri);
/* A POST of `body` by a visitor (SESSION_PRE) or somebody signed in (SESSION_USER), with the token of the route. */
struct visit *post_as(struct arena *a, enum session_kind kind, const char *route, const char *uri,
                      const char *body);
struct reply *post(struct arena *a, const char *route, const char *uri, const char *body);

/* Value of a header, empty when missing; whether the body holds a text. */
struct str header(const struct reply *rep, const char *name);
bool shows(const struct reply *rep, const char *text);

int serve_program_main(const struct CMUnitTest *tests, size_t n);

#endif
