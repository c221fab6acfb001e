/* fuzz_path: raw paths against a route table. */
#include "core/buf.h"
#include "core/request.h"
#include "fuzz.h"

static const struct route routes[] = {
    {.name = "home", .method = METHOD_GET, .path = "/"},
    {.name = "cases", .method = METHOD_GET, .path = "/desk/cases"},
    {.name = "case_add", .method = METHOD_POST, .path = "/desk/cases"},
    {.name = "case_new", .method = METHOD_GET, .path = "/desk/cases/new"},
    {.name = "case", .method = METHOD_GET, .path = "/desk/cases/{n}"},
    {.name = "filing", .method = METHOD_POST, .path = "/desk/cases/{n}/filings/{f}"},
    {.name = "file", .method = METHOD_GET, .path = "/desk/cases/{n}/files/{f}"},
};

enum { ROUTES = sizeof routes / sizeof routes[0] };

/* The pattern with its values in their places. */
static struct str path_of(struct arena *a, const struct route_match *m)
{
    struct str rest = str_of(m->route->path), segment;
    struct buf b = buf_new(a);
    size_t k = 0;

    rest = str_sub(rest, 1, rest.n);
    do {
        (void)str_cut(rest, '/', &segment, &rest);
        buf_addc(&b, '/');
        if (str_starts(segment, STR("{")))
            buf_add_url(&b, m->path_values[k++].value);
        else
            buf_add(&b, segment);
    } while (rest.n != 0);
    must(k == m->n_path_values);
    return buf_str(&b);
}

static void check_value(struct str v)
{
    must(v.n != 0 && str_is_text(v) && !str_eqz(v, ".") && !str_eqz(v, ".."));
    for (size_t i = 0; i < v.n;) {
        uint32_t c = str_next(v, &i);

        must(c >= 0x20 && !(c >= 0x7F && c < 0xA0) && c != '/');
    }
}

void fuzz_one(struct arena *a, struct str input)
{
    struct str path = str_sub(input, 1, input.n);
    enum method method = (enum method)((input.n == 0 ? 0 : input.p[0] & 3) % (METHOD__MAX + 1));
    struct route_match m = route_match(a, routes, ROUTES, method, path), again;

    must(m.route == NULL || m.path_known);
    must(!m.path_known || m.allow.n != 0);
    if (m.route == NULL)
        return;
    must(m.route->method == method);
    must(path.n == 1 || !str_ends(path, STR("/")));
    for (size_t i = 0; i < m.n_path_values; i++)
        check_value(m.path_values[i].value);
    again = route_match(a, routes, ROUTES, method, path_of(a, &m));
    if (m.n_path_values == 1 && str_eqz(m.path_values[0].value, "new"))
        return; /* written plainly it is the literal, which wins */
    must(again.route == m.route && again.n_path_values == m.n_path_values);
    for (size_t i = 0; i < m.n_path_values; i++)
        must(str_eq(again.path_values[i].value, m.path_values[i].value));
}
