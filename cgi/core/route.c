#include "core/route.h"

#include <stdio.h>
#include <string.h>

#include "core/arena.h"
#include "core/buf.h"

enum { SEGMENTS_MAX = 16, MESSAGE_MAX = 200 };

/* ---- matching ---- */

/* The next segment of a path that starts with '/': without the slash. */
static bool next_segment(struct str *path, struct str *segment)
{
    if (path->n == 0)
        return false;
    *path = str_sub(*path, 1, path->n);
    *segment = *path;
    for (size_t i = 0; i < path->n; i++) {
        if (path->p[i] == '/') {
            *segment = str_sub(*path, 0, i);
            break;
        }
    }
    *path = str_sub(*path, segment->n, path->n);
    return true;
}

static bool is_value(struct str pattern_segment)
{
    return str_starts(pattern_segment, STR("{"));
}

/* Whether the pattern fits; *score has a bit for each segment, the first the most significant, 1 = literal. */
static bool fits(struct str pattern, struct str path, unsigned *score)
{
    struct str want, have;

    *score = 0;
    while (next_segment(&pattern, &want)) {
        bool literal = !is_value(want);

        if (!next_segment(&path, &have) || (literal ? !str_eq(want, have) : have.n == 0))
            return false;
        *score = *score << 1 | (literal ? 1U : 0U);
    }
    return path.n == 0;
}

/* Percent-decodes one segment; false unless it is text without '/', without controls (C1 too), and no dot segment. */
static bool decode(struct arena *a, struct str s, struct str *out)
{
    bool ok = true;

    *out = form_unescape(a, s, false, &ok);
    for (size_t i = 0; i < out->n;) {
        uint32_t c = str_next(*out, &i);

        if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == '/')
            return false;
    }
    return ok && !str_eqz(*out, ".") && !str_eqz(*out, "..");
}

/* Fills match->path_values; false when a value is not acceptable. */
static bool take_values(struct arena *a, struct str path, struct route_match *match)
{
    struct str pattern = str_of(match->route->path);
    struct str want, have;

    match->path_values = arena_array(a, SEGMENTS_MAX, sizeof(struct pair));
    match->n_path_values = 0;
    while (next_segment(&pattern, &want) && next_segment(&path, &have)) {
        struct pair *pair = &match->path_values[match->n_path_values];

        if (!is_value(want))
            continue;
        pair->name = str_sub(want, 1, want.n - 2);
        if (!decode(a, have, &pair->value))
            return false;
        match->n_path_values++;
    }
    return true;
}

struct route_match route_match(struct arena *a, const struct route *routes, size_t n,
                               enum method method, struct str path)
{
    struct route_match match = {0};
    unsigned best = 0;
    bool get = false, post = false;

    if (!str_starts(path, STR("/")))
        return match;
    for (size_t i = 0; i < n; i++) {
        unsigned score;

        if (!fits(str_of(routes[i].path), path, &score))
            continue;
        match.path_known = true;
        get = get || routes[i].method == METHOD_GET;
        post = post || routes[i].method == METHOD_POST;
        if (routes[i].method == method && (match.route == NULL || score > best)) {
            match.route = &routes[i];
            best = score;
        }
    }
    if (match.route != NULL && !take_values(a, path, &match))
        return (struct route_match){0};
    match.allow = get && post ? STR("GET, HEAD, POST") : get ? STR("GET, HEAD") : STR("POST");
    return match;
}

const struct route *route_named(const struct route *routes, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(routes[i].name, name) == 0)
            return &routes[i];
    }
    return NULL;
}

bool route_shows_form(const struct route *routes, size_t n, const struct route *post)
{
    for (size_t i = 0; post->page != NULL && i < n; i++) {
        if (routes[i].method == METHOD_GET && routes[i].handler == post->page &&
            strcmp(routes[i].path, post->path) == 0)
            return true;
    }
    return false;
}

/* ---- checking a table at start ---- */

static bool is_name(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_')
            return false;
    }
    return s.n != 0;
}

static bool is_literal(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && (c == '\0' || !strchr("_-.", c)))
            return false;
    }
    return s.n != 0 && s.p[0] != '.';
}

static const struct param *param_named(const struct route *r, struct str name)
{
    for (const struct param *p = r->params; p != NULL && p->name != NULL; p++) {
        if (str_eqz(name, p->name))
            return p;
    }
    return NULL;
}

static bool in_pattern(const struct route *r, const char *name)
{
    struct str pattern = str_of(r->path);
    struct str segment;

    while (next_segment(&pattern, &segment)) {
        if (is_value(segment) && str_eqz(str_sub(segment, 1, segment.n - 2), name))
            return true;
    }
    return false;
}

static const char *check_pattern(const struct route *r)
{
    struct str pattern = str_of(r->path);
    struct str segment;
    size_t n = 0;

    if (!str_starts(pattern, STR("/")))
        return "the path does not begin with /";
    if (pattern.n == 1)
        return NULL;
    while (next_segment(&pattern, &segment)) {
        if (++n > SEGMENTS_MAX)
            return "the path has too many segments";
        if (!is_value(segment)) {
            if (!is_literal(segment))
                return "the path has a bad segment";
            continue;
        }
        if (!str_ends(segment, STR("}")) || !is_name(str_sub(segment, 1, segment.n - 2)))
            return "the path has a bad {name}";
        const struct param *p = param_named(r, str_sub(segment, 1, segment.n - 2));

        if (p == NULL || (p->flags & PARAM_PATH) == 0)
            return "a {name} of the path is not declared with PARAM_PATH";
    }
    return NULL;
}

/* Whether people fill this in by hand, so that losing it would hurt. */
static bool is_filled_in(const struct param *p)
{
    switch (p->type) {
    case PARAM_TEXT:
    case PARAM_LINES:
    case PARAM_SECRET:
    case PARAM_FEN:
    case PARAM_DATE:
    case PARAM_TIME:
    case PARAM_NUMBER:
    case PARAM_MOBILE:
    case PARAM_EMAIL:
    case PARAM_FILE:
        return (p->flags & PARAM_PATH) == 0;
    case PARAM_CODE:
    case PARAM_INT:
    case PARAM_BOOL:
    case PARAM_UUID:
        return false;
    }
    return false;
}

static const char *check_params(const struct route *r)
{
    bool filled_in = false;

    for (const struct param *p = r->params; p != NULL && p->name != NULL; p++) {
        if (!is_name(str_of(p->name)) || param_named(r, str_of(p->name)) != p)
            return "a parameter has a bad name, or one twice";
        if (strcmp(p->name, "csrf") == 0 || strcmp(p->name, "lang_to") == 0)
            return "csrf and lang_to belong to core";
        if (((p->flags & PARAM_PATH) != 0) != in_pattern(r, p->name))
            return "a PARAM_PATH parameter is not in the path, or the other way round";
        if (p->type == PARAM_FILE && (r->flags & ROUTE_STREAM) == 0)
            return "a file needs ROUTE_STREAM";
        filled_in = filled_in || is_filled_in(p);
    }
    if (r->method == METHOD_POST && filled_in && r->page == NULL)
        return "a POST that people fill in needs a page that shows it again";
    return NULL;
}

static const char *check_one(const struct route *r)
{
    const char *problem = NULL;

    if (!is_name(str_of(r->name)))
        problem = "the name is not [a-z0-9_]+";
    else if (r->handler == NULL || r->who == 0)
        problem = "there is no handler, or nobody may call it";
    else if (r->method == METHOD_GET && (r->body_max != 0 || (r->flags & ROUTE_STREAM) != 0))
        problem = "a GET has no body";
    else if (r->method == METHOD_POST && r->body_max == 0)
        problem = "a POST needs a body limit";
    else if (r->method == METHOD_POST && (r->flags & ROUTE_NO_CSRF) != 0)
        problem = "ROUTE_NO_CSRF is for GET only";
    if (problem == NULL)
        problem = check_pattern(r);
    return problem != NULL ? problem : check_params(r);
}

const char *route_check(const struct route *routes, size_t n)
{
    static char message[MESSAGE_MAX];

    for (size_t i = 0; i < n; i++) {
        const char *problem = check_one(&routes[i]);

        for (size_t j = 0; j < i && problem == NULL; j++) {
            if (strcmp(routes[i].name, routes[j].name) == 0)
                problem = "the name stands twice";
            else if (routes[i].method == routes[j].method &&
                     strcmp(routes[i].path, routes[j].path) == 0)
                problem = "method and path stand twice";
        }
        if (problem != NULL) {
            (void)snprintf(message, sizeof message, "route %s: %s", routes[i].name, problem);
            return message;
        }
    }
    return NULL;
}
