/*
 * mustache: the template engine, by the official specification (interpolation, sections, inverted, partials, comments, delimiters).
 * HTML escaping is the default; the raw forms work, because the specification asks for them, and a lint test refuses them in views.
 * Templates are parsed once at start and rendered many times.
 */
#ifndef AIDDESK_CORE_MUSTACHE_H
#define AIDDESK_CORE_MUSTACHE_H

#include <jansson.h>

#include "core/buf.h"

struct template;

/* Finds a partial by name; NULL = not there (renders as nothing, by the specification). */
typedef const struct template *(*partial_fn)(void *ctx, struct str name);

/* Parses.  Lives in arena a (source text must live as long).  On error NULL and a sentence with the line in *problem. */
const struct template *mustache_parse(struct arena *a, struct str source, struct str *problem);
/* The same for a text of a catalog: its own words are plain text, so mustache_render escapes them like a value, and raw tags are
 * refused. */
const struct template *mustache_parse_text(struct arena *a, struct str source, struct str *problem);
/* Renders model through the template into out.
 * False (no section, inverted section) are: missing, null, false, 0, "" and [].  Numbers and true / false render as in JSON; null,
 * lists and objects render as nothing.
 * Limits, so that no template and no model can run away: 64 sections inside each other in one template (refused when parsed), partials
 * 64 deep and all together 512 levels (deeper renders nothing), 4 Mi nodes and 64 MiB of output for one call (cut there and logged). */
void mustache_render(const struct template *t, const json_t *model, partial_fn partial, void *ctx, struct buf *out);
/* Renders without HTML escaping (plain-text mail, CSV cells and letters' text). */
void mustache_render_plain(const struct template *t, const json_t *model, partial_fn partial, void *ctx, struct buf *out);

#endif
