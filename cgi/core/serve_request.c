/*
 * One request from its parameters to its finished reply: everything that a route declares is enforced here, in one order, once.
 */
#include <string.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/log.h"
#include "core/metrics.h"
#include "core/multipart.h"
#include "core/serve.h"
#include "core/session.h"
#include "core/view.h"

enum { PAIRS_MAX = 512, YEAR_S = 365 * 86400 };

/* A form over its route's limit is still read up to here, so that it can come back with what was typed; nginx's general limit. */
enum { BODY_KEPT_MAX = 1048576 };

static const char error_view[] = "shared/error";

/* ---- language ---- */

static void choose_language(struct request *req)
{
    req->locale = locale_get(req->app->locales, request_cookie(req, "lang"));
    if (req->locale == NULL)
        req->locale = locale_match(req->app->locales, req->accept_language);
}

/* Takes a language over from a link or a button; false when we do not have it. */
static bool switch_language(struct request *req, struct reply *rep, struct str code)
{
    const struct locale *l = code.n != 0 ? locale_get(req->app->locales, code) : NULL;

    if (l == NULL)
        return false;
    req->locale = l;
    reply_cookie(req, rep, "lang", str_of(locale_code(l)), YEAR_S);
    return true;
}

static bool declares(const struct route *route, const char *name)
{
    for (const struct param *p = route->params; p != NULL && p->name != NULL; p++) {
        if (strcmp(p->name, name) == 0)
            return true;
    }
    return false;
}

/* GET ?lang=en on any page: sets the cookie and goes to the same address without it. */
static bool language_link(struct request *req, struct reply *rep)
{
    struct str query = req->query, wanted = {NULL, 0};
    struct buf rest = buf_new(req->arena);

    if (req->method != METHOD_GET || declares(req->route, "lang"))
        return false;
    while (query.n != 0) {
        struct str one, name, value;

        (void)str_cut(query, '&', &one, &query);
        (void)str_cut(one, '=', &name, &value);
        if (str_eqz(name, "lang")) {
            wanted = value;
        } else if (one.n != 0) {
            buf_addc(&rest, rest.n == 0 ? '?' : '&');
            buf_add(&rest, one);
        }
    }
    if (!switch_language(req, rep, wanted))
        return false;
    if (reply_see_other(rep, "%.*s%.*s", STR_ARG(req->path), STR_ARG(buf_str(&rest))) != ERR_OK)
        return reply_see_other(rep, "%.*s", STR_ARG(req->path)) == ERR_OK;
    return true;
}

/* ---- who ---- */

/* Anonymous visitors have a cookie of their own whose only use is the CSRF key (SECURITY.md §4.2). */
static enum err identify(struct request *req)
{
    const struct program *program = req->app->program;
    enum err err = ERR_OK;

    req->who = WHO_ANYONE;
    req->role = "anonymous";
    if ((req->route->flags & ROUTE_LOCAL) != 0)
        return ERR_OK;
    if (program->identify != NULL)
        err = program->identify(req);
    req->who |= WHO_ANYONE;
    if (program->pre_cookie != NULL)
        req->pre_session =
            session_of_cookie(req->arena, SESSION_PRE, request_cookie(req, program->pre_cookie));
    if (req->csrf_session == NULL)
        req->csrf_session = req->pre_session;
    return err;
}

static bool token_fits(const struct request *req, const struct session *s)
{
    return s != NULL && session_csrf_check(req->arena, s, req->route->name, req->csrf_token);
}

/* A program without forms for strangers leaves their browsers alone. */
static bool has_open_forms(const struct program *program)
{
    for (size_t i = 0; i < program->n_routes; i++) {
        if (program->routes[i].method == METHOD_POST &&
            (program->routes[i].who & (WHO_ANYONE | WHO_SETUP)) != 0)
            return true;
    }
    return false;
}

static void give_pre_session(struct request *req, struct reply *rep)
{
    const char *name = req->app->program->pre_cookie;

    if (req->csrf_session != NULL || name == NULL ||
        (!req->late && !has_open_forms(req->app->program)))
        return;
    req->csrf_session = session_new(req->arena, SESSION_PRE);
    reply_cookie(req, rep, name, session_cookie_text(req->arena, req->csrf_session), -1);
}

/* ERR_OK, or what is missing.  A signed-in person without the role learns no more than a stranger. */
static enum err permit(const struct request *req)
{
    unsigned who = req->route->who;

    if ((who & req->who) != 0)
        return ERR_OK;
    if ((who & WHO_USER) != 0)
        return (req->who & WHO_USER) != 0 ? ERR_ROLE : ERR_SIGNED_OUT;
    if ((who & (WHO_CASE | WHO_PRE)) != 0)
        return ERR_SIGNED_OUT;
    if ((who & WHO_DRAFT) != 0)
        return ERR_DRAFT;
    return (who & WHO_SETUP) != 0 ? ERR_LINK : ERR_ROLE;
}

/* Who may not gets the form again as a stranger does: its page reads nothing with a session that does not admit to it (a coordinator who
 * still has to enrol a second factor has one). */
static void forget_who(struct request *req)
{
    req->who = WHO_ANYONE;
    req->session = NULL;
    req->staff = NULL;
    req->found = NULL;
}

/* ---- parameters ---- */

static bool is_urlencoded(struct request *req)
{
    struct str type, rest;

    (void)str_cut(req->content_type, ';', &type, &rest);
    return str_eqz(str_lower(req->arena, str_trim(type)), "application/x-www-form-urlencoded");
}

/* Reads exactly Content-Length bytes: a body cut short is an ordinary end to libfcgi, and never acted on (STYLE.md §fcgi 8). */
static enum err read_body(struct request *req)
{
    size_t length = req->content_length > 0 ? (size_t)req->content_length : 0;
    size_t n = 0;
    char *p;

    if (req->source.read == NULL) { /* filled by a test */
        req->source_left = 0;
        return req->body.n == length ? ERR_OK : ERR_BAD_REQUEST;
    }
    p = arena_alloc(req->arena, length);
    while (n < length) {
        long got = request_read(req, p + n, length - n);

        if (got <= 0)
            return ERR_BAD_REQUEST;
        n += (size_t)got;
    }
    req->body = str_bytes(p, n);
    return ERR_OK;
}

static enum err take_body(struct request *req)
{
    struct pair *pairs;
    size_t n;
    bool decoded;
    enum err err = read_body(req);

    if (err == ERR_OK && req->body.n != 0 && !is_urlencoded(req))
        err = ERR_BAD_REQUEST;
    if (err != ERR_OK)
        return err;
    decoded = form_decode(req->arena, req->body, PAIRS_MAX, &pairs, &n);
    err = form_take(req, pairs, n, true);
    return decoded ? err : ERR_BAD_REQUEST;
}

static enum err take_multipart(struct request *req)
{
    struct part file;
    bool have_file;
    enum err err = multipart_open(req, &req->multipart);

    return err == ERR_OK ? multipart_form(req->multipart, &file, &have_file) : err;
}

static void forget_errors(struct form *form)
{
    for (size_t i = 0; i < form->n; i++) {
        if ((form->fields[i].param->flags & PARAM_PATH) == 0)
            form->fields[i].error = NULL;
    }
    form->errors = 0;
}

/* Messengers append parameters of their own, some of them broken: a query is never refused for what we do not know. */
static enum err take_query(struct request *req)
{
    struct pair *pairs;
    size_t n;

    (void)form_decode(req->arena, req->query, PAIRS_MAX, &pairs, &n);
    return form_take(req, pairs, n, false);
}

static enum err take_parameters(struct request *req)
{
    bool too_large =
        req->content_length > 0 && (uint64_t)req->content_length > req->route->body_max;
    bool stream = (req->route->flags & ROUTE_STREAM) != 0;

    if (req->method == METHOD_GET)
        return too_large ? ERR_TOO_LARGE : take_query(req);
    (void)form_take(req, NULL, 0, true); /* page() finds its fields, whatever happens below */
    forget_errors(&req->form);
    if (!too_large)
        return stream ? take_multipart(req) : take_body(req);
    if (!stream && req->content_length <= BODY_KEPT_MAX)
        (void)take_body(req);
    return ERR_TOO_LARGE;
}

/* A path value of the wrong form names nothing that exists. */
static bool path_is_wrong(const struct request *req)
{
    for (size_t i = 0; i < req->form.n; i++) {
        const struct field *f = &req->form.fields[i];

        if ((f->param->flags & PARAM_PATH) != 0 && !f->ok)
            return true;
    }
    return false;
}

/* ---- the order of things ---- */

static bool is_written(const struct reply *rep)
{
    return rep->view != NULL || rep->content_type != NULL || rep->stream != NULL ||
           rep->status != 200;
}

static enum err refuse(struct request *req, struct reply *rep, enum err err)
{
    return req->method == METHOD_POST ? reply_form_again(req, rep, err)
                                      : reply_error(req, rep, err);
}

/* The language button of a form: the same page with everything typed, unchecked, in the other language. */
static enum err show_unchecked(struct request *req, struct reply *rep)
{
    if (req->route->page == NULL)
        return ERR_BAD_REQUEST;
    forget_errors(&req->form);
    return req->route->page(req, rep);
}

static enum err find_route(struct request *req, struct reply *rep)
{
    const struct program *program = req->app->program;
    struct route_match m =
        route_match(req->arena, program->routes, program->n_routes, req->method, req->path);

    req->route = m.route;
    req->path_values = m.path_values;
    req->n_path_values = m.n_path_values;
    if (m.route != NULL)
        return ERR_OK;
    if (m.path_known)
        reply_header(rep, "Allow", m.allow);
    return m.path_known ? ERR_METHOD : ERR_NOT_FOUND;
}

/* What stands between a known route and its handler.  ERR_OK: call it; otherwise *answered tells whether the reply stands already. */
static enum err admit(struct request *req, struct reply *rep)
{
    bool proofs = req->method == METHOD_POST && (req->route->flags & ROUTE_NO_CSRF) == 0;
    enum err known = identify(req);
    enum err taken = take_parameters(req);
    bool other_language = switch_language(req, rep, req->lang_to);
    enum err may = known == ERR_OK ? permit(req) : known;

    if (path_is_wrong(req))
        return reply_error(req, rep, ERR_NOT_FOUND);
    if (may != ERR_OK) {
        req->late = req->method == METHOD_POST;
        if (may == ERR_SIGNED_OUT)
            forget_who(req);
        return refuse(req, rep, may);
    }
    if (taken != ERR_OK)
        return refuse(req, rep, taken);
    if (other_language)
        return show_unchecked(req, rep);
    if (proofs && !token_fits(req, req->csrf_session) && !token_fits(req, req->pre_session)) {
        metrics_count(req->app->metrics, "csrf_refused");
        return refuse(req, rep, ERR_CSRF);
    }
    if (req->method == METHOD_POST && req->form.errors != 0 &&
        (req->route->flags & ROUTE_CHECKS_ITSELF) == 0)
        return refuse(req, rep, ERR_FORM);
    return ERR_OK;
}

static enum err handle(struct request *req, struct reply *rep)
{
    enum err err = find_route(req, rep);

    if (err != ERR_OK)
        return reply_error(req, rep, err);
    /* Proof 1 comes before the body: a foreign page learns and changes nothing, and its text is not shown as the visitor's own. */
    if (req->method == METHOD_POST && (req->route->flags & ROUTE_NO_CSRF) == 0 &&
        !request_same_origin(req)) {
        metrics_count(req->app->metrics, "csrf_refused");
        return reply_error(req, rep, ERR_CSRF);
    }
    if (language_link(req, rep))
        return ERR_OK;
    err = admit(req, rep);
    if (err != ERR_OK || is_written(rep))
        return err;
    err = req->route->handler(req, rep);
    if (err != ERR_OK && !is_written(rep))
        return refuse(req, rep, err);
    if (err != ERR_OK)
        rep->err = err;
    else if (!is_written(rep))
        return ERR_INTERNAL;
    return ERR_OK;
}

/* ---- the finished reply ---- */

static bool has_header(const struct reply *rep, const char *name)
{
    for (size_t i = 0; i < rep->n_headers; i++) {
        if (strcmp(rep->headers[i].name, name) == 0)
            return true;
    }
    return false;
}

/* One page, two faces.  JSON is the completed model, so that its clients find the csrf tokens of the forms too. */
static enum err render(struct request *req, struct reply *rep)
{
    struct buf html = buf_new(rep->arena);
    bool is_error = strcmp(rep->view, error_view) == 0;
    enum err err;

    if (!is_error) {
        give_pre_session(req, rep);
        if (req->method == METHOD_GET && req->form.errors != 0 && rep->status == 200)
            rep->status = err_row(ERR_FORM)->status;
    }
    err = view_page(req, rep->view, rep->model, &html);
    if (err != ERR_OK)
        return err;
    if (req->wants_json) {
        rep->content_type = "application/json";
        rep->body = json_dump(rep->arena, rep->model);
    } else {
        rep->content_type = "text/html; charset=utf-8";
        rep->body = buf_str(&html);
    }
    return ERR_OK;
}

/* The last resort: no template, only the sentence. */
static void say_plainly(struct request *req, struct reply *rep, enum err err)
{
    rep->view = NULL;
    rep->stream = NULL;
    rep->err = err;
    rep->status = err_row(err_shown(err))->status;
    rep->content_type = "text/plain; charset=utf-8";
    rep->body = req->app->locales == NULL
                    ? str_of(err_row(err)->name)
                    : locale_textz(rep->arena, req->locale, err_row(err_shown(err))->text);
}

static void finish(struct request *req, struct reply *rep)
{
    enum err err = rep->view != NULL ? render(req, rep) : ERR_OK;

    if (err != ERR_OK) {
        log_write(LOG_ERROR_, LOG_LINE(.event = "page-failed", .request_id = req->id, .err = err,
                                       .route = req->route != NULL ? req->route->path : NULL));
        if (strcmp(rep->view, error_view) == 0 || reply_error(req, rep, err) != ERR_OK ||
            (rep->view != NULL && render(req, rep) != ERR_OK))
            say_plainly(req, rep, err);
    }
    rep->view = NULL;
    if (rep->content_type != NULL)
        reply_header(rep, "Content-Type", str_of(rep->content_type));
    if (!has_header(rep, "Cache-Control"))
        reply_header(rep, "Cache-Control", STR("no-store"));
    if (!has_header(rep, "Vary"))
        reply_header(rep, "Vary", STR("Accept, Accept-Language, Cookie"));
}

static void prepare(struct request *req, struct reply *rep)
{
    rep->status = 200;
    if (req->role == NULL)
        req->role = "anonymous";
    if (req->source.read == NULL)
        req->source_left = req->content_length > 0 ? req->content_length : 0;
    choose_language(req);
}

void serve_request(struct request *req, struct reply *rep)
{
    enum err err;

    prepare(req, rep);
    err = handle(req, rep);
    if (err != ERR_OK)
        (void)reply_error(req, rep, err);
    finish(req, rep);
}

void serve_refusal(struct request *req, struct reply *rep, enum err err)
{
    prepare(req, rep);
    (void)reply_error(req, rep, err);
    finish(req, rep);
}
