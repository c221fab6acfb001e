/*
 * Source text to nodes, in one pass.  What the specification says about white space is settled here: a tag that stands alone on its
 * line takes the line with it, and text is cut into lines so that a partial can be indented without parsing it again.
 */
#include <string.h>

#include "core/arena.h"
#include "core/mustache_ast.h"

struct open_section {
    struct open_section *up;
    struct node *node;
    struct node **tail; /* where the list outside goes on */
};

struct parser {
    struct arena *arena;
    struct str source;
    size_t at; /* everything before is done */
    bool is_text;
    struct str open, close, raw_close, set_close;
    struct node **tail; /* where the next node goes */
    struct open_section *section;
    size_t depth;
    size_t line, line_at; /* line number at an offset that has been counted */
    struct str *problem;
};

/* A tag as it stands in the source. */
struct tag {
    char sigil; /* one of "#^/>!&={", or ' ' for a plain value */
    size_t start, end;
    struct str content; /* trimmed */
};

static size_t line_at(struct parser *p, size_t offset)
{
    for (; p->line_at < offset; p->line_at++)
        p->line += p->source.p[p->line_at] == '\n';
    return p->line;
}

static bool fail(struct parser *p, size_t line, const char *what, struct str name)
{
    *p->problem = str_fmt(p->arena, "line %zu: %s%s%.*s%s", line, what, name.n == 0 ? "" : " \"",
                          STR_ARG(name), name.n == 0 ? "" : "\"");
    return false;
}

static void set_delimiters(struct parser *p, struct str open, struct str close)
{
    p->open = open;
    p->close = close;
    p->raw_close = str_fmt(p->arena, "}%.*s", STR_ARG(close));
    p->set_close = str_fmt(p->arena, "=%.*s", STR_ARG(close));
}

static bool is_line_start(const struct parser *p, size_t offset)
{
    return offset == 0 || p->source.p[offset - 1] == '\n';
}

static struct node *add_node(struct parser *p, enum node_kind kind, size_t offset)
{
    struct node *node = arena_new_of(p->arena, struct node);

    node->kind = kind;
    node->line = line_at(p, offset);
    node->starts_line = is_line_start(p, offset);
    *p->tail = node;
    p->tail = &node->next;
    return node;
}

/* Text from p->at to `to`, a node a line. */
static void add_text(struct parser *p, size_t to)
{
    while (p->at < to) {
        size_t end = str_find(str_sub(p->source, 0, to), STR("\n"), p->at);
        struct node *node = add_node(p, NODE_TEXT, p->at);

        end = end == SIZE_MAX ? to : end + 1;
        node->text = str_sub(p->source, p->at, end - p->at);
        if (str_eqz(node->text, "\n") || str_eqz(node->text, "\r\n"))
            node->starts_line = false; /* empty lines are not indented */
        p->at = end;
    }
}

static bool read_tag(struct parser *p, size_t start, struct tag *tag)
{
    size_t from = start + p->open.n, end;
    struct str close = p->close;

    tag->start = start;
    tag->sigil = ' ';
    if (from < p->source.n && strchr("#^/>!&={", p->source.p[from]) != NULL)
        tag->sigil = p->source.p[from++];
    if (tag->sigil == '{')
        close = p->raw_close;
    if (tag->sigil == '=')
        close = p->set_close;
    end = str_find(p->source, close, from);
    if (end == SIZE_MAX)
        return fail(p, line_at(p, start), "a tag is not closed", str_of(NULL));
    tag->content = str_trim(str_sub(p->source, from, end - from));
    tag->end = end + close.n;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* True when nothing but white space shares the line with the tag.  *from: start of the line, *to: start of the next. */
static bool is_alone(const struct parser *p, const struct tag *tag, size_t *from, size_t *to)
{
    size_t start = tag->start, end = tag->end;

    while (start > p->at && is_blank(p->source.p[start - 1]))
        start--;
    while (end < p->source.n && is_blank(p->source.p[end]))
        end++;
    if (!is_line_start(p, start))
        return false;
    if (end + 1 < p->source.n && p->source.p[end] == '\r' && p->source.p[end + 1] == '\n')
        end++;
    if (end < p->source.n && p->source.p[end] != '\n')
        return false;
    *from = start;
    *to = end < p->source.n ? end + 1 : end;
    return true;
}

static bool has_space(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == ' ' || (s.p[i] >= '\t' && s.p[i] <= '\r'))
            return true;
    }
    return false;
}

static bool check_name(struct parser *p, const struct tag *tag)
{
    struct str name = tag->content;
    size_t line = line_at(p, tag->start);

    if (name.n == 0)
        return fail(p, line, "a tag has no name", name);
    if (name.n > MUSTACHE_NAME_BYTES)
        return fail(p, line, "a name is too long:", str_first(name, 40));
    if (has_space(name) || strchr("#^/>!&={", name.p[0]) != NULL)
        return fail(p, line, "not a name:", name);
    return true;
}

/* Cuts "a.b.c" into the node's path; "." alone is the implicit iterator and has none. */
static bool set_path(struct parser *p, struct node *node, const struct tag *tag)
{
    struct str rest = tag->content;
    size_t n = 1;

    node->text = tag->content;
    if (str_eqz(rest, "."))
        return true;
    for (size_t i = 0; i < rest.n; i++)
        n += rest.p[i] == '.';
    node->path = arena_array(p->arena, n, sizeof *node->path);
    node->n_path = n;
    for (size_t i = 0; i < n; i++) {
        (void)str_cut(rest, '.', &node->path[i], &rest);
        if (node->path[i].n == 0)
            return fail(p, node->line, "a dotted name has an empty part:", tag->content);
    }
    return true;
}

static bool take_delimiters(struct parser *p, const struct tag *tag)
{
    struct str open = tag->content, close;
    size_t i = 0;

    while (i < open.n && !has_space(str_sub(open, i, 1)))
        i++;
    close = str_trim(str_sub(open, i, open.n));
    open = str_sub(open, 0, i);
    if (open.n == 0 || close.n == 0 || has_space(close) || open.n > MUSTACHE_DELIMITER_BYTES ||
        close.n > MUSTACHE_DELIMITER_BYTES || str_find(open, STR("="), 0) != SIZE_MAX ||
        str_find(close, STR("="), 0) != SIZE_MAX)
        return fail(p, line_at(p, tag->start), "not a pair of delimiters:", tag->content);
    set_delimiters(p, open, close);
    return true;
}

static bool open_section(struct parser *p, const struct tag *tag, bool alone)
{
    struct open_section *s = arena_new_of(p->arena, struct open_section);
    enum node_kind kind = tag->sigil == '#' ? NODE_SECTION : NODE_INVERTED;

    if (p->depth == MUSTACHE_NESTING)
        return fail(p, line_at(p, tag->start), "sections are nested too deeply at", tag->content);
    p->depth++;
    s->node = add_node(p, kind, tag->start);
    s->node->starts_line &= !alone; /* its line is gone */
    s->tail = p->tail;
    s->up = p->section;
    p->section = s;
    p->tail = &s->node->children;
    return set_path(p, s->node, tag);
}

static bool close_section(struct parser *p, const struct tag *tag)
{
    struct open_section *s = p->section;

    if (s == NULL)
        return fail(p, line_at(p, tag->start), "nothing is open that could be closed by",
                    tag->content);
    if (!str_eq(s->node->text, tag->content))
        return fail(p, line_at(p, tag->start), "another section is open, not", tag->content);
    p->tail = s->tail;
    p->section = s->up;
    p->depth--;
    return true;
}

static bool take_value(struct parser *p, const struct tag *tag)
{
    enum node_kind kind = tag->sigil == ' ' ? NODE_VALUE : NODE_RAW;

    if (kind == NODE_RAW && p->is_text)
        return fail(p, line_at(p, tag->start), "a text must not hold the raw tag", tag->content);
    return set_path(p, add_node(p, kind, tag->start), tag);
}

static void take_partial(struct parser *p, const struct tag *tag, bool alone, size_t line_start)
{
    struct node *node = add_node(p, NODE_PARTIAL, tag->start);

    node->text = tag->content;
    if (alone) { /* its indentation is passed on, so nothing is left to go before it */
        node->indent = str_sub(p->source, line_start, tag->start - line_start);
        node->starts_line = false;
    }
}

static bool take_tag(struct parser *p, size_t start)
{
    struct tag tag;
    size_t from = start, to;
    bool alone, ok = true;

    if (!read_tag(p, start, &tag))
        return false;
    to = tag.end;
    alone = strchr("#^/>!=", tag.sigil) != NULL && is_alone(p, &tag, &from, &to);
    add_text(p, from);
    if (tag.sigil != '!' && tag.sigil != '=')
        ok = check_name(p, &tag);
    if (ok && (tag.sigil == '#' || tag.sigil == '^'))
        ok = open_section(p, &tag, alone);
    else if (ok && tag.sigil == '/')
        ok = close_section(p, &tag);
    else if (ok && tag.sigil == '=')
        ok = take_delimiters(p, &tag);
    else if (ok && tag.sigil == '>')
        take_partial(p, &tag, alone, from);
    else if (ok && tag.sigil != '!')
        ok = take_value(p, &tag);
    p->at = to;
    return ok;
}

static const struct template *parse(struct arena *a, struct str source, bool is_text,
                                    struct str *problem)
{
    struct template *t = arena_new_of(a, struct template);
    struct parser p = {.arena = a,
                       .source = source,
                       .is_text = is_text,
                       .tail = &t->first,
                       .line = 1,
                       .problem = problem};
    size_t start;

    t->is_text = is_text;
    set_delimiters(&p, STR("{{"), STR("}}"));
    while ((start = str_find(source, p.open, p.at)) != SIZE_MAX) {
        if (!take_tag(&p, start))
            return NULL;
    }
    add_text(&p, source.n);
    if (p.section != NULL) {
        (void)fail(&p, p.section->node->line, "a section is never closed:", p.section->node->text);
        return NULL;
    }
    return t;
}

const struct template *mustache_parse(struct arena *a, struct str source, struct str *problem)
{
    return parse(a, source, false, problem);
}

const struct template *mustache_parse_text(struct arena *a, struct str source, struct str *problem)
{
    return parse(a, source, true, problem);
}
