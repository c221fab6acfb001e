/*
 * serve: the prefork parent and the accept loop (STYLE.md §fcgi).  core/serve.c knows processes and signals, core/fcgi.c knows libfcgi.
 */
#ifndef AIDDESK_CORE_SERVE_H
#define AIDDESK_CORE_SERVE_H

#include "core/config.h"
#include "core/reply.h"
#include "core/sandbox.h"

struct views;
struct locales;
struct keys;
struct inspect;
struct metrics;

struct program {
    const char *name;             /* "intake": socket aiddesk-<name>.sock, OS user <prefix><name>, database role aiddesk_<name> */
    const struct route *routes;
    size_t n_routes;
    const char *const *views;     /* template folders besides "shared", NULL-terminated */
    const char *const *locales;   /* catalog files besides "shared", NULL-terminated, e.g. {"intake", NULL} */
    const char *const *key_names; /* key files this program may read, NULL-terminated (SECURITY.md §3.2) */
    const char *const *cookies;   /* base names of its cookies, NULL-terminated */
    const char *pre_cookie;       /* base name of the cookie that carries anonymous visitors' CSRF ("ipre", "tpre", "pre" …), or NULL: core
                                     makes it req->csrf_session while identify sets none, and sets it with the first page; where no
                                     form is for strangers, only with a form that came back after its session had ended */
    unsigned needs;               /* what its handlers ask of the kernel besides the common part: SANDBOX_FONTS, SANDBOX_DISK (sandbox.h) */
    bool inspects;                /* forks a spawner of aiddesk-inspect before lock-down */
    bool uploads;                 /* has a second socket aiddesk-<name>-upload.sock with 45 s */
    /* Sets req->who, session, csrf_session, role from the cookies.  Called before permission is checked.  Errors: ERR_UNAVAILABLE … */
    enum err (*identify)(struct request *req);
    /* Adds to every page model of this program (signed-in person, counts); may be NULL. */
    enum err (*decorate)(struct request *req, json_t *model);
};

/* The process context; made by main, passed everywhere. */
struct app {
    const struct program *program;
    struct config config;
    struct views *views;
    struct locales *locales;
    struct keys *keys;
    struct inspect *inspect;      /* NULL where the program takes no files */
    struct metrics *metrics;      /* counters shared with the parent; NULL in tests */
    struct arena *arena;          /* lives as long as the process */
    int slots_fd;                 /* slot file of the machine (Argon2, inspections), -1 = none */
    bool upload_pool;             /* this process belongs to the -upload pool */
};

/* main of every FastCGI program: reads arguments (--config FILE), prepares as root, drops, forks, serves.  Returns the exit code. */
int serve_main(const struct program *program, int argc, char **argv);
/* Handles one request whose transport part is filled (also the entry of unit tests): route, limits, Origin, language, identify,
 * parameters, permission, language switch, CSRF token, field errors, handler, errors, view.  Leaves the finished reply in rep: status,
 * headers and body (or the stream that the transport calls after the head). */
void serve_request(struct request *req, struct reply *rep);
/* The reply to a request that the transport refuses before there is a route (too many headers, a malformed one). */
void serve_refusal(struct request *req, struct reply *rep, enum err err);

#endif
