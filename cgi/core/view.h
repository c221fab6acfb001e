/*
 * view: pages.  Loads templates of cgi/views once at start, renders a model with the texts of a language, and adds what every page has.
 *
 * Every page model gets (by view_page):
 *   lang ("zh-CN" | "en"), html_lang ("zh-Hans" | "en"), other_lang, other_lang_name, path, title (as given by the page model's "title"),
 *   org, css, js, icons (addresses of app.css, app.js, icons.svg with hashed names), csrf {"<POST route name>": token} for the routes
 *   that this visitor may call,
 *   has_errors / errors / notice of the form when the model has "form", user / nav from the program's decorate hook.
 * Partials: {{> shared/head}}, {{> shared/foot}}, {{> t/<locale key>}}.
 */
#ifndef AIDDESK_CORE_VIEW_H
#define AIDDESK_CORE_VIEW_H

#include "core/locale.h"
#include "core/request.h"

struct views;

/* Loads the folders (besides "shared") of data_dir/views.  NULL and *problem (file, line) on error. */
struct views *view_load(struct arena *a, struct str data_dir, const char *const *folders, struct str *problem);
/* Renders a page.  name: "intake/platform".  The model is completed in place. */
enum err view_page(struct request *req, const char *name, json_t *model, struct buf *out);
/* Renders any template with any locale (mail, letters); plain = no HTML escaping. */
enum err view_render(const struct views *v, const struct locale *l, const char *name, const json_t *model, bool plain, struct buf *out);
/* Hashed name of a static file from static/manifest.json, e.g. "app.css" -> "/static/app.3f9c21ab.css". */
struct str view_static(const struct views *v, const char *name);

#endif
