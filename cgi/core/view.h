/*
 * view: pages.  Loads templates of cgi/views once at start, renders a model with the texts of a language, and adds what every page has.
 *
 * Every page model gets (by view_page):
 *   lang ("zh-CN" | "en"), html_lang ("zh-Hans" | "en"), other_lang, other_lang_name (in that language), path,
 *   title: the model's "title", or the text of its "title_key" with the values of the model; the template adds the error prefix and org,
 *   org (of the configuration, else the product's name),
 *   css, js, icons (addresses of app.css, app.js, icons.svg with hashed names: "/static/app.3f9c21ab.css"),
 *   csrf {"<POST route name>": token} for the routes that this visitor may call (route->who has a bit of req->who or WHO_ANYONE),
 *   has_errors / error_count / one_error / errors / notice of the form when the model has "form",
 *   again: the form came back with errors, and a GET of the same address shows it too,
 *   user / nav from the program's decorate hook, which runs last and may use all of it.
 * Partials: {{> shared/head}}, {{> shared/foot}} by the name of their file; {{> t/<locale key>}} for texts.  A template that names a
 * partial which is not there is refused at start; a text that is missing shows its key and is logged as our bug.
 */
#ifndef AIDDESK_CORE_VIEW_H
#define AIDDESK_CORE_VIEW_H

#include "core/locale.h"
#include "core/request.h"

struct views;

/* Loads the folders (besides "shared") of data_dir/views and data_dir/static/manifest.json.  folders: NULL-terminated, or NULL.
 * NULL and *problem (file, line) on error. */
struct views *view_load(struct arena *a, struct str data_dir, const char *const *folders, struct str *problem);
/* Renders a page.  name: "intake/platform".  The model is completed in place.  ERR_INTERNAL when there is no such template; errors of
 * the decorate hook. */
enum err view_page(struct request *req, const char *name, json_t *model, struct buf *out);
/* Renders any template with any locale (mail, letters); plain = no HTML escaping. */
enum err view_render(const struct views *v, const struct locale *l, const char *name, const json_t *model, bool plain, struct buf *out);
/* Address of a static file with its hashed name from static/manifest.json, e.g. "app.css" -> "/static/app.3f9c21ab.css".  Empty, and
 * logged as our bug, when the manifest lacks it.  Lives as long as the views. */
struct str view_static(const struct views *v, const char *name);

#endif
