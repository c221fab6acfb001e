#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/json.h"
#include "core/serve.h"
#include "core/session.h"
#include "core/token.h"
#include "core/view.h"

static const char *const folders[] = {"p", NULL};

static enum err no_handler(struct request *req, struct reply *rep)
{
    (void)req;
    (void)rep;
    return ERR_INTERNAL;
}

static const struct route routes[] = {
    {.name = "start", .method = METHOD_GET, .path = "/", .who = WHO_ANYONE, .handler = no_handler},
    {.name = "open", .method = METHOD_POST, .path = "/o", .who = WHO_ANYONE, .handler = no_handler},
    {.name = "note_add",
     .method = METHOD_POST,
     .path = "/n",
     .who = WHO_STAFF,
     .handler = no_handler},
    {.name = "disable",
     .method = METHOD_POST,
     .path = "/d",
     .who = WHO_COORDINATOR,
     .handler = no_handler},
    {.name = "hook",
     .method = METHOD_POST,
     .path = "/h",
     .who = WHO_ANYONE,
     .flags = ROUTE_NO_CSRF,
     .handler = no_handler}};

static enum err decorate(struct request *req, json_t *model)
{
    (void)req;
    json_set_z(model, "seen_by_hook", json_str(model, "css").p);
    return json_truth(model, "fail") ? ERR_UNAVAILABLE : ERR_OK;
}

static const struct program program = {.name = "test",
                                       .routes = routes,
                                       .n_routes = sizeof routes / sizeof routes[0],
                                       .decorate = decorate};

/* A data folder with the real texts, a manifest and the given template p/page. */
static const char *data_dir(struct arena *a, const char *page)
{
    const char *folder = unit_folder(a);
    char target[4096];

    assert_non_null(realpath(unit_path(a, "../../cgi/locale"), target));
    assert_int_equal(symlink(target, str_z(a, str_fmt(a, "%s/locale", folder))), 0);
    (void)unit_file(a, folder, "static/manifest.json",
                    STR("{\"app.css\":\"app.1.css\",\"app.js\":\"app.2.js\","
                        "\"icons.svg\":\"icons.3.svg\"}"));
    (void)unit_file(a, folder, "views/shared/head.mustache", STR("<h1>{{title}}</h1>\n"));
    (void)unit_file(a, folder, "views/shared/notes.txt", STR("{{"));
    (void)unit_file(a, folder, "views/p/page.mustache", str_of(page));
    return folder;
}

static struct str load_problem(struct arena *a, const char *folder)
{
    struct str problem = str_of(NULL);

    assert_null(view_load(a, str_of(folder), folders, &problem));
    return problem;
}

static struct request *request_of(struct arena *a, const char *page, const char *language)
{
    struct str data = str_of(data_dir(a, page)), problem = str_of(NULL);
    struct app *app = arena_new_of(a, struct app);
    struct request *req = arena_new_of(a, struct request);

    app->program = &program;
    app->views = view_load(a, data, folders, &problem);
    if (app->views == NULL)
        fail_msg("%.*s", STR_ARG(problem));
    app->locales = locale_load(a, data, NULL, &problem);
    if (app->locales == NULL)
        fail_msg("%.*s", STR_ARG(problem));
    app->config.organisation_en = STR("Helpers & Co");
    req->app = app;
    req->arena = a;
    req->path = STR("/x?a=1&b");
    req->locale = locale_get(app->locales, str_of(language));
    req->who = WHO_VOLUNTEER;
    req->csrf_session = session_new(a, SESSION_USER);
    return req;
}

static struct str page(struct request *req, const char *model_text, json_t **model)
{
    struct buf out = buf_new(req->arena);

    *model = json_parse(req->arena, str_of(model_text));
    assert_int_equal(view_page(req, "p/page", *model, &out), ERR_OK);
    return buf_str(&out);
}

static void a_page_knows_its_language_and_the_other_one(void **state)
{
    const char *source =
        "{{lang}} {{html_lang}} {{other_lang}} {{other_lang_name}} {{org}} {{path}}";
    json_t *model;

    assert_text(page(request_of(*state, source, "zh-CN"), "{}", &model),
                "zh-CN zh-Hans en English 援助台 /x?a=1&amp;b");
    assert_text(page(request_of(*state, source, "en"), "{}", &model),
                "en en zh-CN 中文 Helpers &amp; Co /x?a=1&amp;b");
}

static void static_files_have_their_hashed_addresses(void **state)
{
    struct request *req = request_of(*state, "{{css}} {{js}} {{icons}} {{seen_by_hook}}", "en");
    json_t *model;

    assert_text(page(req, "{}", &model),
                "/static/app.1.css /static/app.2.js /static/icons.3.svg /static/app.1.css");
    assert_text(view_static(req->app->views, "app.css"), "/static/app.1.css");
}

static void ask_for_missing_file(void *ctx)
{
    const struct request *req = ctx;

    assert_int_equal(view_static(req->app->views, "app.cs").n, 0);
}

static void a_file_that_the_manifest_lacks_is_our_bug(void **state)
{
    struct str log = unit_stderr_of(*state, ask_for_missing_file, request_of(*state, "", "en"));

    assert_true(str_find(log, STR("\"event\":\"view-static\""), 0) != SIZE_MAX);
}

static void the_title_is_a_text_or_the_key_of_one(void **state)
{
    struct request *req = request_of(*state, "{{> shared/head}}", "zh-CN");
    json_t *model;

    assert_text(page(req, "{\"title\":\"A<B\"}", &model), "<h1>A&lt;B</h1>\n");
    assert_text(page(req, "{\"title_key\":\"format.date\",\"year\":1,\"month\":2}", &model),
                "<h1>1年2月日（）</h1>\n");
}

static void tokens_are_made_for_the_routes_that_this_visitor_may_call(void **state)
{
    struct request *req = request_of(*state, "{{csrf.note_add}}", "en");
    json_t *model;
    const json_t *csrf;
    struct str html = page(req, "{}", &model);

    csrf = json_object_get(model, "csrf");
    assert_int_equal(json_object_size(csrf), 2); /* not GET, not the coordinator's, not NO_CSRF */
    assert_non_null(json_object_get(csrf, "open"));
    assert_true(session_csrf_check(*state, req->csrf_session, "note_add", html));
    assert_false(session_csrf_check(*state, req->csrf_session, "open", html));
    req->csrf_session = NULL;
    assert_text(page(req, "{}", &model), "");
}

static void the_summary_of_a_form_stands_in_the_page(void **state)
{
    struct request *req = request_of(*state,
                                     "{{#has_errors}}{{error_count}}{{#errors}} {{href}}{{/errors}}"
                                     "{{/has_errors}}|{{notice}}",
                                     "en");
    json_t *model;

    assert_text(page(req,
                     "{\"form\":{\"has_errors\":true,\"error_count\":1,"
                     "\"errors\":[{\"href\":\"#a\"}],\"notice\":\"late\"}}",
                     &model),
                "1 #a|late");
    assert_text(page(req, "{\"form\":{\"has_errors\":false,\"errors\":[]}}", &model), "|");
    assert_text(page(req, "{}", &model), "|");
}

static void a_hook_that_fails_fails_the_page(void **state)
{
    struct request *req = request_of(*state, "", "en");
    struct buf out = buf_new(*state);

    assert_int_equal(view_page(req, "p/page", json_parse(*state, STR("{\"fail\":true}")), &out),
                     ERR_UNAVAILABLE);
}

static void texts_are_partials_that_see_the_model(void **state)
{
    struct request *req = request_of(*state, "<p>{{> t/format.fen}}</p>", "zh-CN");
    json_t *model;
    struct buf plain = buf_new(*state);

    assert_text(page(req, "{\"amount\":\"<5>\"}", &model), "<p>&lt;5&gt; 元</p>");
    assert_int_equal(view_render(req->app->views, req->locale, "p/page", model, true, &plain),
                     ERR_OK);
    assert_text(buf_str(&plain), "<p><5> 元</p>");
}

static void render_what_is_missing(void *ctx)
{
    struct request *req = ctx;
    struct buf out = buf_new(req->arena);
    json_t *model;

    assert_text(page(req, "{}", &model), "[format.none]");
    assert_int_equal(view_page(req, "p/pag", model, &out), ERR_INTERNAL);
    assert_int_equal(out.n, 0);
}

static void a_missing_text_shows_its_key_and_a_missing_view_is_an_error(void **state)
{
    struct str log = unit_stderr_of(*state, render_what_is_missing,
                                    request_of(*state, "[{{> t/format.none}}]", "en"));

    assert_true(str_find(log, STR("\"detail\":\"format.none\""), 0) != SIZE_MAX);
    assert_true(str_find(log, STR("\"detail\":\"p/pag\""), 0) != SIZE_MAX);
}

static void what_is_wrong_with_a_template_is_told_at_start_with_file_and_line(void **state)
{
    struct arena *a = *state;
    const char *folder;

    assert_true(str_ends(load_problem(a, data_dir(a, "a\n{{#x}}")),
                         STR("/views/p/page.mustache, line 2: a section is never closed: \"x\"")));
    assert_true(
        str_ends(load_problem(a, data_dir(a, "{{#x}}\n{{^y}}\n{{> shared/hea}}{{/y}}{{/x}}")),
                 STR("/views/p/page.mustache, line 3: there is no template \"shared/hea\"")));
    folder = data_dir(a, "");
    (void)unit_file(a, folder, "static/manifest.json", STR("{\"app.css\":1}"));
    assert_true(str_ends(load_problem(a, folder), STR("manifest.json: app.css: not a file name")));
    (void)unit_file(a, folder, "static/manifest.json", STR("["));
    assert_true(
        str_ends(load_problem(a, folder), STR("manifest.json: not a JSON object of file names")));
    assert_true(str_find(load_problem(a, "/nowhere"), STR("/nowhere/views/shared"), 0) == 0);
}

static void render_error_page(void *ctx)
{
    struct request *req = ctx;
    struct buf out = buf_new(req->arena);
    json_t *model = json_parse(req->arena, STR("{\"title\":\"T\",\"text\":\"X\",\"next\":\"N\"}"));

    assert_int_equal(view_page(req, "shared/error", model, &out), ERR_OK);
    assert_true(str_starts(str_lower(req->arena, buf_str(&out)), STR("<!doctype html>\n<html ")));
    assert_true(str_ends(buf_str(&out), STR("</html>\n")));
    assert_int_equal(str_find(buf_str(&out), STR("{{"), 0), SIZE_MAX);
}

/* The templates of the project, in both languages: they load, and no text is missing. */
static void the_real_shared_templates_make_a_page(void **state)
{
    struct arena *a = *state;

    for (int i = 0; i < 2; i++) {
        struct request *req = request_of(a, "", i == 0 ? "zh-CN" : "en");
        const char *folder = unit_folder(a);
        char target[4096];
        struct str problem = str_of(NULL), log;

        assert_non_null(realpath(unit_path(a, "../../cgi/views"), target));
        assert_int_equal(symlink(target, str_z(a, str_fmt(a, "%s/views", folder))), 0);
        (void)unit_file(a, folder, "static/manifest.json",
                        STR("{\"app.css\":\"a\",\"app.js\":\"b\",\"icons.svg\":\"c\"}"));
        req->app->views = view_load(a, str_of(folder), NULL, &problem);
        if (req->app->views == NULL)
            fail_msg("%.*s", STR_ARG(problem));
        log = unit_stderr_of(a, render_error_page, req);
        assert_text(log, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(a_page_knows_its_language_and_the_other_one),
        unit_test_of(static_files_have_their_hashed_addresses),
        unit_test_of(a_file_that_the_manifest_lacks_is_our_bug),
        unit_test_of(the_title_is_a_text_or_the_key_of_one),
        unit_test_of(tokens_are_made_for_the_routes_that_this_visitor_may_call),
        unit_test_of(the_summary_of_a_form_stands_in_the_page),
        unit_test_of(a_hook_that_fails_fails_the_page),
        unit_test_of(texts_are_partials_that_see_the_model),
        unit_test_of(a_missing_text_shows_its_key_and_a_missing_view_is_an_error),
        unit_test_of(what_is_wrong_with_a_template_is_told_at_start_with_file_and_line),
        unit_test_of(the_real_shared_templates_make_a_page),
    };

    json_init();
    token_init();
    return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
