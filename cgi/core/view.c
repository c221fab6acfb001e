#include "core/view.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/json.h"
#include "core/load.h"
#include "core/log.h"
#include "core/mustache_ast.h"
#include "core/serve.h"
#include "core/session.h"

enum { TEMPLATE_MAX = 512 * 1024, MANIFEST_MAX = 64 * 1024 };

struct view {
    struct str name; /* "intake/platform" */
    struct str file;
    const struct template *template;
};

struct asset {
    struct str name, address;
};

struct views {
    struct view *list; /* sorted by name */
    size_t n, cap;
    struct asset *assets;
    size_t n_assets;
};

/* What the partials of one rendering need. */
struct look {
    const struct views *views;
    const struct locale *locale; /* NULL: no texts */
    struct arena *arena;
};

/* ---- loading ---- */

static int compare_views(const void *a, const void *b)
{
    const struct view *x = a, *y = b;
    int order = memcmp(x->name.p, y->name.p, x->name.n < y->name.n ? x->name.n : y->name.n);

    return order != 0 ? order : (x->name.n > y->name.n) - (x->name.n < y->name.n);
}

static const struct view *find(const struct views *v, struct str name)
{
    struct view wanted = {.name = name};

    return v->n == 0 || name.n == 0 ? NULL
                                    : bsearch(&wanted, v->list, v->n, sizeof wanted, compare_views);
}

static bool add_view(struct arena *a, struct views *v, struct str file, struct str name,
                     struct str *problem)
{
    struct str source, why;
    struct view *view;

    if (v->n == v->cap) {
        struct view *longer = arena_array(a, v->cap * 2 + 32, sizeof *longer);

        if (v->n != 0)
            memcpy(longer, v->list, v->n * sizeof *longer);
        v->list = longer;
        v->cap = v->cap * 2 + 32;
    }
    if (!load_text(a, str_z(a, file), TEMPLATE_MAX, &source, problem))
        return false;
    view = &v->list[v->n++];
    view->name = name;
    view->file = file;
    view->template = mustache_parse(a, source, &why);
    if (view->template == NULL)
        *problem = str_fmt(a, "%.*s, %.*s", STR_ARG(file), STR_ARG(why));
    return view->template != NULL;
}

static bool load_folder(struct arena *a, struct views *v, struct str root, const char *folder,
                        struct str *problem)
{
    struct str path = str_fmt(a, "%.*s/%s", STR_ARG(root), folder), suffix = STR(".mustache");
    struct str *names;
    size_t n;

    if (!load_names(a, str_z(a, path), &names, &n, problem))
        return false;
    for (size_t i = 0; i < n; i++) {
        struct str file = str_fmt(a, "%.*s/%.*s", STR_ARG(path), STR_ARG(names[i]));

        if (!str_ends(names[i], suffix))
            continue;
        names[i].n -= suffix.n;
        if (!add_view(a, v, file, str_fmt(a, "%s/%.*s", folder, STR_ARG(names[i])), problem))
            return false;
    }
    return true;
}

/* Every partial that is not a text must be among the templates: a page without its head is found at start, not by a visitor. */
static bool check_partials(struct arena *a, const struct views *v, const struct view *view,
                           const struct node *first, struct str *problem)
{
    for (const struct node *node = first; node != NULL; node = node->next) {
        if (node->kind == NODE_PARTIAL && !str_starts(node->text, STR("t/")) &&
            find(v, node->text) == NULL) {
            *problem = str_fmt(a, "%.*s, line %zu: there is no template \"%.*s\"",
                               STR_ARG(view->file), node->line, STR_ARG(node->text));
            return false;
        }
        if (!check_partials(a, v, view, node->children, problem))
            return false;
    }
    return true;
}

static bool load_manifest(struct arena *a, struct views *v, struct str data_dir,
                          struct str *problem)
{
    struct str file = str_fmt(a, "%.*s/static/manifest.json", STR_ARG(data_dir)), source;
    const char *name;
    size_t name_n;
    json_t *manifest, *value;

    if (!load_text(a, str_z(a, file), MANIFEST_MAX, &source, problem))
        return false;
    manifest = json_parse(a, source);
    if (!json_is_object(manifest)) {
        *problem = str_fmt(a, "%.*s: not a JSON object of file names", STR_ARG(file));
        return false;
    }
    v->assets = arena_array(a, json_object_size(manifest), sizeof *v->assets);
    json_object_keylen_foreach(manifest, name, name_n, value)
    {
        if (!json_is_string(value)) {
            *problem = str_fmt(a, "%.*s: %s: not a file name", STR_ARG(file), name);
            return false;
        }
        v->assets[v->n_assets++] =
            (struct asset){str_dup(a, str_bytes(name, name_n)),
                           str_fmt(a, "/static/%s", json_string_value(value))};
    }
    return true;
}

static bool load_folders(struct arena *a, struct views *v, struct str data_dir,
                         const char *const *folders, struct str *problem)
{
    struct str root = str_fmt(a, "%.*s/views", STR_ARG(data_dir));

    if (!load_folder(a, v, root, "shared", problem))
        return false;
    for (; folders != NULL && *folders != NULL; folders++) {
        if (strcmp(*folders, "shared") != 0 && !load_folder(a, v, root, *folders, problem))
            return false;
    }
    if (v->n != 0)
        qsort(v->list, v->n, sizeof *v->list, compare_views);
    for (size_t i = 0; i < v->n; i++) {
        if (!check_partials(a, v, &v->list[i], v->list[i].template->first, problem))
            return false;
    }
    return true;
}

struct views *view_load(struct arena *a, struct str data_dir, const char *const *folders,
                        struct str *problem)
{
    struct views *v = arena_new_of(a, struct views);

    if (!load_folders(a, v, data_dir, folders, problem) || !load_manifest(a, v, data_dir, problem))
        return NULL;
    return v;
}

struct str view_static(const struct views *v, const char *name)
{
    for (size_t i = 0; i < v->n_assets; i++) {
        if (str_eqz(v->assets[i].name, name))
            return v->assets[i].address;
    }
    log_event(LOG_ERROR_, "view-static", name);
    return str_of(NULL);
}

/* ---- rendering ---- */

/* {{> t/key}}: the text; a missing one shows its key, so that the place is found. */
static const struct template *text_template(const struct look *look, struct str key)
{
    const struct template *t = locale_template(look->locale, key);
    struct str ignored;

    if (t != NULL)
        return t;
    log_event(LOG_ERROR_, "locale", str_z(look->arena, key));
    return mustache_parse_text(look->arena, key, &ignored);
}

static const struct template *partial(void *ctx, struct str name)
{
    const struct look *look = ctx;
    const struct view *view;

    if (str_starts(name, STR("t/")))
        return look->locale == NULL ? NULL : text_template(look, str_sub(name, 2, name.n));
    view = find(look->views, name);
    return view == NULL ? NULL : view->template;
}

enum err view_render(const struct views *v, const struct locale *l, const char *name,
                     const json_t *model, bool plain, struct buf *out)
{
    struct look look = {v, l, out->arena};
    const struct view *view = find(v, str_of(name));

    if (view == NULL) {
        log_event(LOG_ERROR_, "view", name); /* names are literals of the handlers */
        return ERR_INTERNAL;
    }
    if (plain)
        mustache_render_plain(view->template, model, partial, &look, out);
    else
        mustache_render(view->template, model, partial, &look, out);
    return ERR_OK;
}

/* ---- what every page has ---- */

static void add_language(const struct request *req, json_t *model)
{
    const struct locale *l = req->locale, *other = locale_other(req->app->locales, l);
    struct arena *a = req->arena;

    json_set_z(model, "lang", locale_code(l));
    json_set_str(model, "html_lang", locale_textz(a, l, "format.html_lang"));
    json_set_z(model, "other_lang", locale_code(other));
    json_set_str(model, "other_lang_name", locale_textz(a, other, "format.language"));
}

static void add_site(const struct request *req, json_t *model)
{
    const struct config *config = &req->app->config;
    bool chinese = strncmp(locale_code(req->locale), "zh", 2) == 0;
    struct str org = chinese ? config->organisation_zh : config->organisation_en;
    struct str title_key = json_str(model, "title_key");

    if (org.n == 0)
        org = locale_textz(req->arena, req->locale, "format.product");
    json_set_str(model, "org", org);
    json_set_str(model, "path", str_is_text(req->path) ? req->path : STR("/"));
    json_set_str(model, "css", view_static(req->app->views, "app.css"));
    json_set_str(model, "js", view_static(req->app->views, "app.js"));
    json_set_str(model, "icons", view_static(req->app->views, "icons.svg"));
    if (title_key.n != 0)
        json_set_str(model, "title",
                     locale_text(req->arena, req->locale, str_z(req->arena, title_key), model));
}

/* Tokens of what this visitor may call, and of a form that comes back after its session ended (req->late). */
static void add_csrf(const struct request *req, json_t *model)
{
    const struct program *program = req->app->program;
    json_t *tokens = json_object();

    for (size_t i = 0; req->csrf_session != NULL && i < program->n_routes; i++) {
        const struct route *route = &program->routes[i];

        if (route->method == METHOD_POST && (route->flags & ROUTE_NO_CSRF) == 0 &&
            ((route->who & (req->who | WHO_ANYONE)) != 0 || route == req->route))
            json_set_str(tokens, route->name,
                         session_csrf(req->arena, req->csrf_session, route->name));
    }
    json_set_new(model, "csrf", tokens);
}

static void add_form(json_t *model)
{
    static const char *const names[] = {"has_errors", "error_count", "one_error", "errors",
                                        "notice"};
    const json_t *form = json_object_get(model, "form");

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        json_t *value = json_object_get(form, names[i]);

        if (value != NULL)
            json_set_new(model, names[i], json_incref(value));
    }
}

/* A form that came back with errors is the answer of a POST, and Back to it would ask whether to send it again.  Where a GET shows the
 * same form, the page says so, and its script makes the entry of the history a GET (static/app.js). */
static void add_again(const struct request *req, json_t *model)
{
    const struct program *program = req->app->program;
    enum err err = req->form.err;

    json_set_bool(model, "again",
                  req->method == METHOD_POST && req->route != NULL &&
                      (err == ERR_FORM || err == ERR_FIELD) &&
                      route_shows_form(program->routes, program->n_routes, req->route));
}

enum err view_page(struct request *req, const char *name, json_t *model, struct buf *out)
{
    const struct program *program = req->app->program;

    add_language(req, model);
    add_site(req, model);
    add_csrf(req, model);
    add_form(model);
    add_again(req, model);
    if (program->decorate != NULL) {
        enum err err = program->decorate(req, model);

        /* The error page stands without it: it may be shown because of the very same failure. */
        if (err != ERR_OK && strcmp(name, "shared/error") != 0)
            return err;
    }
    return view_render(req->app->views, req->locale, name, model, false, out);
}
