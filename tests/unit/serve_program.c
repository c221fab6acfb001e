#include "serve_program.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/json.h"
#include "core/locale.h"
#include "core/multipart.h"
#include "core/serve.h"
#include "core/session.h"
#include "core/token.h"
#include "core/view.h"

/* ---- the program ---- */

static const struct param story_params[] = {
    {.name = "n", .type = PARAM_NUMBER, .flags = PARAM_PATH},
    {.name = "story",
     .type = PARAM_LINES,
     .flags = PARAM_REQUIRED,
     .min = 3,
     .max = 50,
     .label = "shared.search"},
    {.name = "password", .type = PARAM_SECRET},
    {0}};
static const struct param open_params[] = {
    {.name = "story", .type = PARAM_LINES, .flags = PARAM_REQUIRED, .label = "shared.search"}, {0}};
static const struct param id_params[] = {{.name = "id", .type = PARAM_UUID, .flags = PARAM_PATH},
                                         {0}};
static const struct param search_params[] = {{.name = "page", .type = PARAM_INT, .min = 1}, {0}};
static const struct param upload_params[] = {
    {.name = "note", .type = PARAM_TEXT, .label = "shared.search"},
    {.name = "file", .type = PARAM_FILE, .flags = PARAM_REQUIRED},
    {0}};

int handled;
enum err answer;
unsigned as_who;
enum err identity;
size_t file_bytes;

static enum err show(struct request *req, struct reply *rep, const struct param *params)
{
    json_t *model = json_object();

    json_set_z(model, "title", "T");
    json_set_bool(model, "late", req->late);
    json_set_new(model, "form", form_model(req, params, NULL));
    return reply_page(rep, "p/page", model);
}

static enum err page_open(struct request *req, struct reply *rep)
{
    return show(req, rep, open_params);
}

static enum err page_story(struct request *req, struct reply *rep)
{
    return req->late || req->session != NULL ? show(req, rep, story_params) : ERR_SIGNED_OUT;
}

static enum err page_upload(struct request *req, struct reply *rep)
{
    return show(req, rep, upload_params);
}

static enum err page_broken(struct request *req, struct reply *rep)
{
    (void)req;
    (void)rep;
    return ERR_UNAVAILABLE;
}

static enum err do_open(struct request *req, struct reply *rep)
{
    (void)req;
    handled++;
    return answer != ERR_OK ? answer : reply_see_other(rep, "/done?n=%d", handled);
}

static enum err do_checked(struct request *req, struct reply *rep)
{
    handled++;
    if (str_eqz(param_text(req, "story"), "twice"))
        form_error(req, "story", "error.field.bad");
    return req->form.errors != 0 ? reply_form_again(req, rep, ERR_FORM)
                                 : reply_see_other(rep, "/done");
}

static enum err do_search(struct request *req, struct reply *rep)
{
    handled++;
    return show(req, rep, search_params);
}

static enum err do_upload(struct request *req, struct reply *rep)
{
    struct multipart *m;
    struct part file;
    bool have;
    char p[1000];
    size_t got;
    enum err err = multipart_open(req, &m);

    handled++;
    file_bytes = 0;
    if (err == ERR_OK)
        err = multipart_form(m, &file, &have);
    do {
        if (err == ERR_OK)
            err = multipart_read(m, p, sizeof p, &got);
        file_bytes += err == ERR_OK ? got : 0;
    } while (err == ERR_OK && got != 0);
    if (err == ERR_OK)
        err = multipart_finish(m);
    return err == ERR_OK ? reply_see_other(rep, "/done") : reply_form_again(req, rep, err);
}

static enum err do_nothing(struct request *req, struct reply *rep)
{
    (void)req;
    (void)rep;
    return ERR_OK;
}

static enum err do_fail(struct request *req, struct reply *rep)
{
    (void)req;
    (void)rep;
    return ERR_DAMAGED;
}

static enum err do_raw(struct request *req, struct reply *rep)
{
    (void)req;
    return reply_raw(rep, "text/plain; charset=utf-8", STR("raw"));
}

static enum err piece(struct request *req, struct reply *rep, void *ctx)
{
    (void)req;
    (void)ctx;
    return reply_write(rep, STR("ab")) == ERR_OK ? reply_write(rep, STR("cd")) : ERR_BAD_REQUEST;
}

static enum err do_download(struct request *req, struct reply *rep)
{
    (void)req;
    return reply_download(rep, "application/pdf", STR("投诉书 1.pdf"), "AD26-1.pdf", 4, piece,
                          NULL);
}

static const struct route routes[] = {
    {.name = "start", .method = METHOD_GET, .path = "/", .who = WHO_ANYONE, .handler = page_open},
    {.name = "open",
     .method = METHOD_POST,
     .path = "/open",
     .who = WHO_ANYONE,
     .body_max = 2000,
     .params = open_params,
     .handler = do_open,
     .page = page_open},
    {.name = "checked",
     .method = METHOD_POST,
     .path = "/checked",
     .who = WHO_ANYONE,
     .flags = ROUTE_CHECKS_ITSELF,
     .body_max = 2000,
     .params = open_params,
     .handler = do_checked,
     .page = page_open},
    {.name = "broken",
     .method = METHOD_POST,
     .path = "/broken",
     .who = WHO_ANYONE,
     .body_max = 2000,
     .params = open_params,
     .handler = do_fail,
     .page = page_broken},
    {.name = "press",
     .method = METHOD_POST,
     .path = "/press",
     .who = WHO_ANYONE,
     .body_max = 200,
     .handler = do_open},
    {.name = "case",
     .method = METHOD_GET,
     .path = "/desk/cases/{n}",
     .who = WHO_STAFF,
     .params = story_params,
     .handler = page_story},
    {.name = "desk_note",
     .method = METHOD_POST,
     .path = "/desk/cases/{n}",
     .who = WHO_STAFF,
     .body_max = 2000,
     .params = story_params,
     .handler = do_open,
     .page = page_story},
    {.name = "people",
     .method = METHOD_GET,
     .path = "/desk/people",
     .who = WHO_COORDINATOR,
     .handler = do_raw},
    {.name = "by_id",
     .method = METHOD_GET,
     .path = "/id/{id}",
     .who = WHO_ANYONE,
     .params = id_params,
     .handler = do_raw},
    {.name = "mine", .method = METHOD_GET, .path = "/mine", .who = WHO_DRAFT, .handler = do_raw},
    {.name = "followed",
     .method = METHOD_GET,
     .path = "/followed",
     .who = WHO_CASE,
     .handler = do_raw},
    {.name = "linked",
     .method = METHOD_GET,
     .path = "/linked",
     .who = WHO_SETUP,
     .handler = do_raw},
    {.name = "search",
     .method = METHOD_GET,
     .path = "/search",
     .who = WHO_ANYONE,
     .params = search_params,
     .handler = do_search},
    {.name = "upload",
     .method = METHOD_POST,
     .path = "/upload",
     .who = WHO_ANYONE,
     .flags = ROUTE_STREAM | ROUTE_UPLOAD,
     .body_max = 100000,
     .params = upload_params,
     .handler = do_upload,
     .page = page_upload},
    {.name = "nothing",
     .method = METHOD_GET,
     .path = "/nothing",
     .who = WHO_ANYONE,
     .handler = do_nothing},
    {.name = "fail", .method = METHOD_GET, .path = "/fail", .who = WHO_ANYONE, .handler = do_fail},
    {.name = "raw", .method = METHOD_GET, .path = "/raw", .who = WHO_ANYONE, .handler = do_raw},
    {.name = "download",
     .method = METHOD_GET,
     .path = "/download",
     .who = WHO_ANYONE,
     .handler = do_download},
    {.name = "live",
     .method = METHOD_GET,
     .path = "/health/live",
     .who = WHO_ANYONE,
     .flags = ROUTE_LOCAL | ROUTE_NO_CSRF,
     .handler = do_raw},
};

static enum err identify(struct request *req)
{
    struct str cookie = request_cookie(req, "sid");

    if (identity != ERR_OK)
        return identity;
    if (cookie.n == 0)
        return ERR_OK;
    req->session = session_of_cookie(req->arena, SESSION_USER, cookie);
    if (req->session == NULL)
        return ERR_OK;
    req->csrf_session = req->session;
    req->who = as_who;
    req->role = "volunteer";
    return ERR_OK;
}

static const char *const folders[] = {"p", NULL};
static const struct program program = {.name = "test",
                                       .routes = routes,
                                       .n_routes = sizeof routes / sizeof routes[0],
                                       .pre_cookie = "tpre",
                                       .identify = identify};

/* ---- a visitor ---- */

static struct app app;
static struct arena *forever;

static struct str real_folder(struct arena *a, const char *name)
{
    char target[4096];

    assert_non_null(realpath(unit_path(a, name), target));
    return str_dup(a, str_of(target));
}

static void load(void)
{
    struct str problem = {NULL, 0};
    const char *dir;

    if (app.views != NULL)
        return;
    forever = arena_new(65536);
    dir = unit_folder(forever);
    (void)unit_file(forever, dir, "static/manifest.json",
                    STR("{\"app.css\":\"a.css\",\"app.js\":\"a.js\",\"icons.svg\":\"i.svg\"}"));
    (void)unit_file(forever, dir, "views/p/page.mustache",
                    STR("<p>{{notice}}</p>{{#form}}<i>{{f.story.value}}</i>{{/form}}\n"));
    assert_int_equal(symlink(str_z(forever, real_folder(forever, "../../cgi/locale")),
                             str_z(forever, str_fmt(forever, "%s/locale", dir))),
                     0);
    assert_int_equal(symlink(str_z(forever, real_folder(forever, "../../cgi/views/shared")),
                             str_z(forever, str_fmt(forever, "%s/views/shared", dir))),
                     0);
    app.program = &program;
    app.config.public_origin = STR("http://127.0.0.1:8080");
    app.config.loopback_plain = true;
    app.locales = locale_load(forever, str_of(dir), NULL, &problem);
    app.views = app.locales == NULL ? NULL : view_load(forever, str_of(dir), folders, &problem);
    if (app.views == NULL)
        fail_msg("%.*s", STR_ARG(problem));
}

struct visit *visit(struct arena *a, enum method method, const char *uri)
{
    struct visit *v = arena_new_of(a, struct visit);

    load();
    assert_null(route_check(routes, sizeof routes / sizeof routes[0]));
    handled = 0;
    answer = identity = ERR_OK;
    v->req.arena = v->rep.arena = a;
    v->req.app = &app;
    v->req.method = method;
    v->req.content_length = -1;
    memcpy(v->req.id, "0123456789abcdef", 17);
    (void)str_cut(str_of(uri), '?', &v->req.path, &v->req.query);
    v->req.cookies = arena_array(a, 4, sizeof(struct pair));
    v->rep.stream_length = -1;
    return v;
}

void bring_cookie(struct visit *v, const char *name, struct str value)
{
    v->req.cookies[v->req.n_cookies++] = (struct pair){request_cookie_name(&v->req, name), value};
}

void bring_body(struct visit *v, const char *type, struct str body)
{
    v->req.fetch_site = STR("same-origin");
    v->req.content_type = str_of(type);
    v->req.body = body;
    v->req.content_length = (int64_t)body.n;
}

struct reply *send_visit(struct visit *v)
{
    serve_request(&v->req, &v->rep);
    return &v->rep;
}

struct reply *get(struct arena *a, const char *uri)
{
    return send_visit(visit(a, METHOD_GET, uri));
}

struct str header(const struct reply *rep, const char *name)
{
    for (size_t i = 0; i < rep->n_headers; i++) {
        if (strcmp(rep->headers[i].name, name) == 0)
            return rep->headers[i].value;
    }
    return (struct str){NULL, 0};
}

/* A POST of `body` by somebody with a pre-session (sid NULL) or a session, with the token of the route. */
struct visit *post_as(struct arena *a, enum session_kind kind, const char *route, const char *uri,
                      const char *body)
{
    struct visit *v = visit(a, METHOD_POST, uri);
    struct session *s = session_new(a, kind);
    struct str token = session_csrf(a, s, route);

    bring_cookie(v, kind == SESSION_USER ? "sid" : "tpre", session_cookie_text(a, s));
    bring_body(v, "application/x-www-form-urlencoded",
               str_fmt(a, "csrf=%.*s&%s", STR_ARG(token), body));
    return v;
}

struct reply *post(struct arena *a, const char *route, const char *uri, const char *body)
{
    return send_visit(post_as(a, SESSION_PRE, route, uri, body));
}

bool shows(const struct reply *rep, const char *text)
{
    return str_find(rep->body, str_of(text), 0) != SIZE_MAX;
}

int serve_program_main(const struct CMUnitTest *tests, size_t n)
{
    int failed;

    json_init();
    token_init();
    failed = _cmocka_run_group_tests("tests", tests, n, NULL, NULL);
    arena_free(forever);
    return failed;
}
