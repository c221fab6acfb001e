/*
 * Nodes and a model to text.  The context stack is a chain of frames on the C stack, so its depth is bounded by MUSTACHE_LEVELS.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/log.h"
#include "core/mustache_ast.h"

enum { NODES_MAX = 4 * 1024 * 1024, OUTPUT_MAX = 64 * 1024 * 1024 };

struct frame {
    const json_t *value;
    const struct frame *up;
};

struct render {
    partial_fn partial;
    void *ctx;
    struct buf *out;
    size_t start; /* length of out at the beginning */
    bool html;
    size_t nodes;   /* rendered so far */
    unsigned level; /* sections and partials around this place */
    unsigned partials;
};

/* Where the rendered nodes stand. */
struct place {
    const struct template *template;
    const struct frame *frame;
    struct str indent; /* goes before each line of the template */
};

static void render_nodes(struct render *r, const struct node *first, struct place place);

static const json_t *member(const json_t *value, struct str key)
{
    return json_object_getn(value, key.p, key.n); /* NULL for anything that is not an object */
}

/* The first part of a dotted name is looked for up the stack; the rest belongs to what was found, even when it has no such member. */
static const json_t *look_up(const struct node *node, const struct frame *frame)
{
    const json_t *value = NULL;

    if (node->n_path == 0)
        return frame->value;
    for (; frame != NULL && value == NULL; frame = frame->up)
        value = member(frame->value, node->path[0]);
    for (size_t i = 1; i < node->n_path && value != NULL; i++)
        value = member(value, node->path[i]);
    return value;
}

static bool is_true(const json_t *value)
{
    if (value == NULL)
        return false;
    switch (json_typeof(value)) {
    case JSON_OBJECT:
    case JSON_TRUE:
        return true;
    case JSON_ARRAY:
        return json_array_size(value) != 0;
    case JSON_STRING:
        return json_string_length(value) != 0;
    case JSON_INTEGER:
        return json_integer_value(value) != 0;
    case JSON_REAL:
        return json_real_value(value) < 0 || json_real_value(value) > 0;
    case JSON_FALSE:
    case JSON_NULL:
        return false;
    }
    return false;
}

static void add_text(struct render *r, struct str text, bool escape)
{
    if (escape && r->html)
        buf_add_html(r->out, text);
    else
        buf_add(r->out, text);
}

/* The shortest decimal form that reads back as the same number. */
static void add_real(struct render *r, double value)
{
    char text[32];

    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, value);
        if (!(strtod(text, NULL) < value) && !(strtod(text, NULL) > value))
            break;
    }
    buf_addz(r->out, text);
}

static void add_value(struct render *r, const json_t *value, bool escape)
{
    if (value == NULL)
        return;
    switch (json_typeof(value)) {
    case JSON_STRING:
        add_text(r, str_bytes(json_string_value(value), json_string_length(value)), escape);
        break;
    case JSON_INTEGER:
        buf_printf(r->out, "%lld", (long long)json_integer_value(value));
        break;
    case JSON_REAL:
        add_real(r, json_real_value(value));
        break;
    case JSON_TRUE:
        buf_addz(r->out, "true");
        break;
    case JSON_FALSE:
        buf_addz(r->out, "false");
        break;
    case JSON_OBJECT:
    case JSON_ARRAY:
    case JSON_NULL:
        break;
    }
}

static void render_inside(struct render *r, const struct node *node, struct place place,
                          const json_t *value)
{
    struct frame frame = {value, place.frame};

    place.frame = &frame;
    render_nodes(r, node->children, place);
}

static void render_section(struct render *r, const struct node *node, struct place place)
{
    const json_t *value = look_up(node, place.frame);

    if (r->level == MUSTACHE_LEVELS || !is_true(value))
        return;
    r->level++;
    if (json_is_array(value)) {
        for (size_t i = 0; i < json_array_size(value); i++)
            render_inside(r, node, place, json_array_get(value, i));
    } else {
        render_inside(r, node, place, value);
    }
    r->level--;
}

static void render_inverted(struct render *r, const struct node *node, struct place place)
{
    if (r->level == MUSTACHE_LEVELS || is_true(look_up(node, place.frame)))
        return;
    r->level++;
    render_nodes(r, node->children, place);
    r->level--;
}

/* Indentation inside an indented partial adds up; a partial in the middle of a line has none. */
static struct str join(struct arena *a, struct str outer, struct str own)
{
    if (outer.n == 0 || own.n == 0)
        return own;
    return str_fmt(a, "%.*s%.*s", STR_ARG(outer), STR_ARG(own));
}

static void render_partial(struct render *r, const struct node *node, struct place place)
{
    const struct template *t;

    if (r->level == MUSTACHE_LEVELS || r->partials == MUSTACHE_PARTIALS || r->partial == NULL)
        return;
    t = r->partial(r->ctx, node->text);
    if (t == NULL)
        return;
    place.indent = join(r->out->arena, place.indent, node->indent);
    place.template = t;
    r->level++;
    r->partials++;
    render_nodes(r, t->first, place);
    r->level--;
    r->partials--;
}

static void render_node(struct render *r, const struct node *node, struct place place)
{
    if (node->starts_line)
        buf_add(r->out, place.indent);
    switch (node->kind) {
    case NODE_TEXT:
        add_text(r, node->text, place.template->is_text);
        break;
    case NODE_VALUE:
        add_value(r, look_up(node, place.frame), true);
        break;
    case NODE_RAW:
        add_value(r, look_up(node, place.frame), false);
        break;
    case NODE_SECTION:
        render_section(r, node, place);
        break;
    case NODE_INVERTED:
        render_inverted(r, node, place);
        break;
    case NODE_PARTIAL:
        render_partial(r, node, place);
        break;
    }
}

static bool may_go_on(const struct render *r)
{
    return r->nodes < NODES_MAX && r->out->n - r->start < OUTPUT_MAX;
}

static void render_nodes(struct render *r, const struct node *first, struct place place)
{
    for (const struct node *node = first; node != NULL && may_go_on(r); node = node->next) {
        r->nodes++;
        render_node(r, node, place);
    }
}

static void render(const struct template *t, const json_t *model, partial_fn partial, void *ctx,
                   bool html, struct buf *out)
{
    struct frame frame = {model, NULL};
    struct render r = {.partial = partial, .ctx = ctx, .out = out, .start = out->n, .html = html};

    render_nodes(&r, t->first, (struct place){.template = t, .frame = &frame});
    if (!may_go_on(&r))
        log_event(LOG_ERROR_, "mustache", "page cut: too many nodes or too much output");
}

void mustache_render(const struct template *t, const json_t *model, partial_fn partial, void *ctx,
                     struct buf *out)
{
    render(t, model, partial, ctx, true, out);
}

void mustache_render_plain(const struct template *t, const json_t *model, partial_fn partial,
                           void *ctx, struct buf *out)
{
    render(t, model, partial, ctx, false, out);
}
