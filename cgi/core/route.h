/*
 * route: the route table type.  One constant table per program; 404, 405, Allow, parameter checks, permission, CSRF and the role
 * matrix all derive from it.  Who may call is decided here for the page, and again in the SQL function for the data.
 */
#ifndef AIDDESK_CORE_ROUTE_H
#define AIDDESK_CORE_ROUTE_H

#include "core/form.h"

struct request;
struct reply;

enum method { METHOD_GET, METHOD_POST, METHOD__MAX }; /* HEAD is answered as GET without a body */

/* Who may call, as bits; a request carries the bits that its cookies prove (set by the program's identify hook). */
enum who {
    WHO_ANYONE = 1,      /* everybody */
    WHO_DRAFT = 2,       /* carries a live draft */
    WHO_CASE = 4,        /* carries a live tracking session */
    WHO_PRE = 8,         /* password right, second factor still open */
    WHO_VOLUNTEER = 16,
    WHO_COORDINATOR = 32,
    WHO_REGULATOR = 64,
    WHO_SETUP = 128,     /* carries a live setup, invitation or reset link cookie */
    WHO_ENROL = 256,     /* a coordinator without second factor: may only enrol one */
    WHO_STAFF = WHO_VOLUNTEER | WHO_COORDINATOR,
    WHO_USER = WHO_STAFF | WHO_REGULATOR
};

enum { ROUTE_STREAM = 1 /* the body is multipart and is read inside the handler */,
       ROUTE_UPLOAD = 2 /* served by the -upload pool (45 s) */,
       ROUTE_NO_CSRF = 4 /* GET only, or local health checks */,
       ROUTE_LOCAL = 8 /* health, metrics: not through nginx's public locations; identify is not called */,
       ROUTE_CHECKS_ITSELF = 16 /* POST: the handler is called even when fields have errors, because it adds errors of its own first
                                   (conditional fields); it must answer reply_form_again(ERR_FORM) when req->form.errors is not 0.
                                   Without this flag core answers so itself and the handler only ever sees a clean form */ };

typedef enum err (*handler_fn)(struct request *req, struct reply *rep);

struct route {
    const char *name;    /* [a-z0-9_]+, unique in the program; csrf tokens and tests use it */
    enum method method;
    const char *path;    /* "/desk/cases/{n}/filings"; {x} matches one segment and is a parameter with PARAM_PATH */
    unsigned who;        /* bits of enum who */
    unsigned flags;
    size_t body_max;     /* bytes; 0 = none (every POST has one: it carries at least the csrf token) */
    const struct param *params; /* ends with a row whose name is NULL; may be NULL */
    handler_fn handler;
    handler_fn page;     /* POST: the page that shows this form again (errors, late POST, language switch); NULL = none */
};

struct route_match {
    const struct route *route;  /* NULL: none */
    bool path_known;            /* the path exists, with this method or another */
    struct str allow;           /* value of Allow for 405 */
    struct pair *path_values;   /* names and decoded values of {x} */
    size_t n_path_values;
};

/* Finds the route.  path: raw, without query.  A path with a trailing slash (but "/" itself), an empty or a dot segment matches nothing;
 * literal segments are compared byte for byte, the values of {x} are percent-decoded and must be text without '/' and controls.
 * A literal segment wins over {x}.  method: METHOD__MAX for one we do not know. */
struct route_match route_match(struct arena *a, const struct route *routes, size_t n, enum method method, struct str path);
/* Checks a table once at start: unique names and paths, params declared for every {x}, `page` on every POST with fields that people
 * fill in, a body limit on every POST, no bad pattern.  Returns NULL or a sentence that names the route, valid until the
 * next call. */
const char *route_check(const struct route *routes, size_t n);
/* Whether a GET of the same address shows the form of this POST: its handler is the page that the POST comes back with.  False without a
 * page.  post: a row of routes. */
bool route_shows_form(const struct route *routes, size_t n, const struct route *post);
/* Looks up a route by name; NULL when there is none. */
const struct route *route_named(const struct route *routes, size_t n, const char *name);

#endif
