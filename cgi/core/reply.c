#include "core/reply.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/log.h"
#include "core/serve.h"

enum { HEADERS_FIRST = 8, KEPT_MAX = 64, RETRY_S = 5 };

/* ---- headers ---- */

static bool is_header_value(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\r' || s.p[i] == '\n' || s.p[i] == '\0')
            return false;
    }
    return true;
}

void reply_header(struct reply *rep, const char *name, struct str value)
{
    bool full = rep->n_headers >= HEADERS_FIRST && (rep->n_headers & (rep->n_headers - 1)) == 0;

    assert(is_header_value(value));
    if (!is_header_value(value))
        return;
    if (rep->headers == NULL || full) { /* room doubles at 8, 16, 32 … */
        size_t room = rep->n_headers == 0 ? HEADERS_FIRST : rep->n_headers * 2;
        struct reply_header *more = arena_array(rep->arena, room, sizeof *more);

        if (rep->headers != NULL)
            memcpy(more, rep->headers, rep->n_headers * sizeof *more);
        rep->headers = more;
    }
    rep->headers[rep->n_headers++] = (struct reply_header){name, value};
}

void reply_clear_site(struct reply *rep)
{
    reply_header(rep, "Clear-Site-Data", STR("\"cache\", \"cookies\", \"storage\""));
}

static bool is_cookie_value(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') &&
            c != '-' && c != '_' && c != '.')
            return false;
    }
    return true;
}

void reply_cookie(struct request *req, struct reply *rep, const char *name, struct str value,
                  int64_t max_age_s)
{
    struct buf b = buf_new(rep->arena);

    assert(is_cookie_value(value));
    buf_add(&b, request_cookie_name(req, name));
    buf_addc(&b, '=');
    buf_add(&b, value);
    buf_addz(&b, "; Path=/; HttpOnly; SameSite=Lax");
    if (!req->app->config.loopback_plain)
        buf_addz(&b, "; Secure");
    if (value.n == 0)
        buf_addz(&b, "; Max-Age=0");
    else if (max_age_s >= 0)
        buf_printf(&b, "; Max-Age=%lld", (long long)max_age_s);
    reply_header(rep, "Set-Cookie", buf_str(&b));
}

/* ---- pages ---- */

/* Takes back what a handler wrote; headers (cookies) stay. */
static void clear(struct reply *rep)
{
    rep->status = 200;
    rep->view = NULL;
    rep->model = NULL; /* the arena owns it */
    rep->content_type = NULL;
    rep->body = (struct str){NULL, 0};
    rep->stream = NULL;
}

enum err reply_page(struct reply *rep, const char *view, json_t *model)
{
    rep->view = view;
    rep->model = json_owned(rep->arena, model);
    return ERR_OK;
}

enum err reply_see_other(struct reply *rep, const char *fmt, ...)
{
    char location[2048];
    va_list args;
    int n;

    va_start(args, fmt);
    n = vsnprintf(location, sizeof location, fmt, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof location || location[0] != '/' || location[1] == '/' ||
        location[1] == '\\')
        return ERR_INTERNAL;
    for (int i = 0; i < n; i++) {
        if (location[i] <= ' ' || location[i] > '~')
            return ERR_INTERNAL;
    }
    clear(rep);
    rep->status = 303;
    reply_header(rep, "Location", str_dup(rep->arena, str_of(location)));
    return ERR_OK;
}

enum err reply_raw(struct reply *rep, const char *content_type, struct str body)
{
    rep->content_type = content_type;
    rep->body = body;
    return ERR_OK;
}

/* ---- errors ---- */

/* Seconds that SQL asks to wait (DETAIL of UD010, UD012, UD042), else a few. */
static int64_t wait_s(const struct request *req, enum err err)
{
    int64_t s = RETRY_S;

    if ((err == ERR_TOO_MANY || err == ERR_BUDGET || err == ERR_QUOTA) && req->db != NULL &&
        !str_int(db_detail(req->db), 1, 86400, &s))
        s = 60;
    return s;
}

/* Sentence of an error in the request's language; with suffix ".next" what to do now. */
static struct str sentence(struct request *req, const char *key, int64_t minutes)
{
    json_t *values = json_owned(req->arena, json_object());

    json_set_int(values, "n", minutes);
    json_set_int(values, "m", minutes);
    return locale_text(req->arena, req->locale, key, values);
}

/* A refusal may have a sentence for its DETAIL (guard code, which limit): "<text>.<detail>", when the catalog has it.  A wait of seconds,
 * as after one wrong password, is not told in minutes. */
static const char *text_key(struct request *req, enum err err)
{
    const char *text = err_row(err_shown(err))->text;
    struct str key;

    if (err == ERR_TOO_MANY && wait_s(req, err) < 60)
        return "error.too_many.soon";
    if ((err != ERR_GUARD && err != ERR_LIMIT) || req->db == NULL)
        return text;
    key = str_fmt(req->arena, "%s.%.*s", text, STR_ARG(db_detail(req->db)));
    return locale_template(req->locale, key) != NULL ? str_z(req->arena, key) : text;
}

static int64_t minutes_of(const struct request *req, enum err err)
{
    return (wait_s(req, err) + 59) / 60;
}

static void say_when(struct request *req, struct reply *rep, enum err err)
{
    if (err_row(err)->blame == BLAME_BUSY || err == ERR_UNAVAILABLE)
        reply_header(rep, "Retry-After", str_fmt(rep->arena, "%lld", (long long)wait_s(req, err)));
}

/* RFC 9457. */
static enum err problem(struct request *req, struct reply *rep, enum err err)
{
    const struct err_row *row = err_row(err_shown(err));
    json_t *p = json_owned(rep->arena, json_object());

    clear(rep);
    rep->status = row->status;
    json_object_set_new(p, "type", json_sprintf("urn:aiddesk:problem:%s", row->name));
    json_set_str(p, "title", sentence(req, text_key(req, err), minutes_of(req, err)));
    json_set_int(p, "status", row->status);
    json_set_z(p, "code", row->name);
    json_set_z(p, "request_id", req->id);
    if (req->form.errors != 0) {
        json_t *form = json_owned(rep->arena, form_model(req, req->route->params, NULL));

        json_set_new(p, "errors", json_incref(json_object_get(form, "errors")));
    }
    return reply_raw(rep, "application/problem+json", json_dump(rep->arena, p));
}

/* What a POST had typed, as far as it may be shown: nobody types twice, even when the page itself is broken. */
static json_t *kept(struct request *req)
{
    json_t *list = json_array();

    for (size_t i = 0; req->method == METHOD_POST && i < req->form.n; i++) {
        const struct field *f = &req->form.fields[i];
        const struct param *p = f->param;

        if (p->type == PARAM_SECRET || p->type == PARAM_UUID || p->label == NULL ||
            (p->flags & PARAM_PATH) != 0)
            continue;
        for (size_t k = 0; k < f->n_typed && json_array_size(list) < KEPT_MAX; k++) {
            json_t *o;

            if (f->typed[k].n == 0)
                continue;
            o = json_object();
            json_set_str(o, "label", locale_textz(req->arena, req->locale, p->label));
            json_set_str(o, "text", f->typed[k]);
            json_array_append_new(list, o);
        }
    }
    return list;
}

/* Where a GET without its bearer goes on (DESIGN.md §3: /login is account's, /track is track's); false: the error page. */
static bool sign_in(struct request *req, struct reply *rep)
{
    unsigned who = req->route != NULL ? req->route->who : WHO_USER;
    struct buf next = buf_new(rep->arena);

    if (req->method != METHOD_GET || req->wants_json)
        return false;
    if ((who & WHO_USER) == 0 && (who & WHO_PRE) != 0)
        return reply_see_other(rep, "/login") == ERR_OK;
    if ((who & WHO_USER) == 0 && (who & WHO_CASE) != 0)
        return reply_see_other(rep, "/track") == ERR_OK;
    buf_add_url(&next, req->path);
    if (req->query.n != 0) {
        buf_addz(&next, "%3F");
        buf_add_url(&next, req->query);
    }
    if (reply_see_other(rep, "/login?next=%.*s", STR_ARG(buf_str(&next))) == ERR_OK)
        return true;
    return reply_see_other(rep, "/login") == ERR_OK; /* an address too long to carry */
}

/* key: the sentence that says what happened. */
static enum err error_page(struct request *req, struct reply *rep, enum err err, const char *key)
{
    const struct err_row *row = err_row(err_shown(err));
    int64_t minutes = minutes_of(req, err);
    json_t *model, *list;

    clear(rep);
    rep->err = err;
    if (err == ERR_SIGNED_OUT && sign_in(req, rep))
        return ERR_OK;
    say_when(req, rep, err);
    if (req->wants_json)
        return problem(req, rep, err);
    model = json_object();
    list = kept(req);
    json_set_str(model, "title", locale_textz(req->arena, req->locale, "error.title"));
    json_set_int(model, "status", row->status);
    json_set_z(model, "error", row->name);
    json_set_str(model, "text", sentence(req, key, minutes));
    json_set_str(model, "next",
                 locale_textz(req->arena, req->locale,
                              str_z(req->arena, str_fmt(req->arena, "%s.next", row->text))));
    json_set_z(model, "request_id", req->id);
    json_set_bool(model, "has_kept", json_array_size(list) != 0);
    json_set_new(model, "kept", list);
    rep->status = row->status;
    return reply_page(rep, "shared/error", model);
}

enum err reply_error(struct request *req, struct reply *rep, enum err err)
{
    return error_page(req, rep, err, text_key(req, err));
}

/* ---- the form again ---- */

/* Puts the notice and the summary where every page template looks, even when the page made no model of this very form. */
static void complete(struct request *req, json_t *model)
{
    json_t *form = json_object_get(model, "form");
    struct str notice = form_notice(req);

    if (notice.n != 0 && json_is_null(json_object_get(form, "notice")))
        json_set_str(form, "notice", notice);
    if (notice.n != 0 && json_object_get(model, "notice") == NULL)
        json_set_str(model, "notice", notice);
}

static bool belongs_to_fields(const struct request *req, enum err err)
{
    return req->form.errors != 0 && (err == ERR_FORM || err == ERR_FIELD);
}

enum err reply_form_again(struct request *req, struct reply *rep, enum err err)
{
    enum err page;

    if (req->method != METHOD_POST || req->wants_json || req->route == NULL ||
        req->route->page == NULL || err_shown(err) == ERR_NOT_FOUND) {
        if (err == ERR_FIELD)
            form_error_of_db(req);
        return reply_error(req, rep, err);
    }
    clear(rep);
    rep->err = req->form.err = err;
    if (err == ERR_SIGNED_OUT || err == ERR_DRAFT)
        req->late = true;
    if (err == ERR_FIELD)
        form_error_of_db(req);
    if (!belongs_to_fields(req, err) && req->form.notice == NULL) {
        req->form.notice = text_key(req, err);
        req->form.notice_n = minutes_of(req, err);
    }
    page = req->route->page(req, rep);
    if (page != ERR_OK || rep->view == NULL) {
        if (page != ERR_OK && page != err)
            log_write(LOG_WARN_, LOG_LINE(.event = "form-again", .request_id = req->id,
                                          .route = req->route->path, .err = page));
        /* The page needs the database too; what its handler has to say is said all the same. */
        return error_page(req, rep, err,
                          req->form.notice != NULL ? req->form.notice : text_key(req, err));
    }
    complete(req, rep->model);
    rep->err = err;
    rep->status = err_row(err)->status;
    say_when(req, rep, err);
    return ERR_OK;
}

/* ---- downloads ---- */

/* RFC 8187: attr-char stays, everything else is percent-encoded UTF-8. */
static struct str extended_value(struct arena *a, struct str s)
{
    struct buf b = buf_new(a);

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                     (c != '\0' && strchr("!#$&+-.^_`|~", c) != NULL);

        if (plain)
            buf_addc(&b, (char)c);
        else
            buf_printf(&b, "%%%02X", c);
    }
    return buf_str(&b);
}

enum err reply_download(struct reply *rep, const char *content_type, struct str name,
                        const char *ascii_name, int64_t length,
                        enum err (*stream)(struct request *, struct reply *, void *), void *ctx)
{
    assert(strpbrk(ascii_name, "\"\\\r\n;") == NULL);
    rep->content_type = content_type;
    rep->stream = stream;
    rep->stream_ctx = ctx;
    rep->stream_length = length;
    reply_header(rep, "Content-Disposition",
                 str_fmt(rep->arena, "attachment; filename=\"%s\"; filename*=UTF-8''%.*s",
                         ascii_name, STR_ARG(extended_value(rep->arena, name))));
    reply_header(rep, "X-Content-Type-Options", STR("nosniff"));
    reply_header(rep, "Content-Security-Policy", STR("default-src 'none'; sandbox"));
    return ERR_OK;
}

enum err reply_write(struct reply *rep, struct str piece)
{
    if (rep->out == NULL) {
        struct buf b = buf_new(rep->arena);

        buf_add(&b, rep->body);
        buf_add(&b, piece);
        rep->body = buf_str(&b);
        return ERR_OK;
    }
    if (!rep->out->write(rep->out->ctx, piece))
        return ERR_BAD_REQUEST;
    rep->bytes += (int64_t)piece.n;
    return ERR_OK;
}
