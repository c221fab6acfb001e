/* fuzz_mustache: a template, and behind a line "====" its model.  What a template says is never taken for HTML when it is a text, and no
 * value ever is. */
#include "core/json.h"
#include "core/mustache_ast.h"
#include "fuzz.h"

enum { DEPTH_MAX = 5, CALLS_MAX = 32 };

static const char standard[] =
    "{\"a\":\"<b "
    "class='x'>&amp;\\\"\",\"n\":-7,\"r\":1.5,\"t\":true,\"f\":false,\"z\":null,\"e\":[],"
    "\"l\":[{\"a\":\"\\u4e00\"},\"two\"],\"o\":{\"a\":\"deep\",\"o\":{\"b\":\"<\"}}}";

struct partials {
    const struct template *self, *text;
    int calls; /* a template that calls itself twice would run for long */
};

static const struct template *partial(void *ctx, struct str name)
{
    struct partials *p = ctx;

    if (++p->calls > CALLS_MAX)
        return NULL;
    return str_eqz(name, "p") ? p->text : str_eqz(name, "self") ? p->self : NULL;
}

static unsigned depth(const struct node *node)
{
    unsigned most = 0;

    for (; node != NULL; node = node->next) {
        unsigned below = node->children == NULL ? 0 : 1 + depth(node->children);

        most = below > most ? below : most;
    }
    return most;
}

static struct str render(struct arena *a, const struct template *t, const struct template *text,
                         const json_t *model, bool plain)
{
    struct partials p = {t, text, 0};
    struct buf out = buf_new(a);

    if (plain)
        mustache_render_plain(t, model, partial, &p, &out);
    else
        mustache_render(t, model, partial, &p, &out);
    return buf_str(&out);
}

/* Back from HTML; everything that HTML would take for its own must have been escaped. */
static struct str unescape(struct arena *a, struct str html)
{
    static const struct {
        const char *entity, *c;
    } known[] = {{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}};
    struct buf out = buf_new(a);

    for (size_t i = 0; i < html.n;) {
        size_t k = 0;

        must(html.p[i] != '<' && html.p[i] != '>' && html.p[i] != '"' && html.p[i] != '\'');
        if (html.p[i] != '&') {
            buf_addc(&out, html.p[i++]);
            continue;
        }
        while (k < 5 && !str_starts(str_sub(html, i, html.n), str_of(known[k].entity)))
            k++;
        must(k < 5);
        buf_addz(&out, known[k].c);
        i += str_of(known[k].entity).n;
    }
    return buf_str(&out);
}

void fuzz_one(struct arena *a, struct str input)
{
    struct str source, rest, problem = {NULL, 0};
    const struct template *t, *text, *helper;
    json_t *model;

    model = fuzz_cut(input, &source, &rest) ? json_parse(a, rest) : NULL;
    if (model == NULL)
        model = json_parse(a, STR(standard));
    if (!str_is_text(source))
        return;
    helper = mustache_parse_text(a, STR("<{{a}}>\n{{#l}}{{.}}{{/l}}"), &problem);
    t = mustache_parse(a, source, &problem);
    must(t != NULL || (problem.n != 0 && str_is_text(problem)));
    text = mustache_parse_text(a, source, &problem);
    must(text != NULL || (problem.n != 0 && str_is_text(problem)));
    must(text == NULL || t != NULL); /* texts may say less, not more */
    if (t != NULL && depth(t->first) <= DEPTH_MAX)
        must(str_is_text(render(a, t, helper, model, false)));
    if (text != NULL && depth(text->first) <= DEPTH_MAX)
        must(str_eq(unescape(a, render(a, text, helper, model, false)),
                    render(a, text, helper, model, true)));
}
