#include "core/locale.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/json.h"
#include "core/load.h"
#include "core/log.h"

enum { CATALOG_MAX = 1024 * 1024, ACCEPT_MAX = 512 };

struct text {
    struct str key;
    struct str file; /* for messages */
    const struct template *template;
};

struct locale {
    const char *code;
    struct text *texts; /* sorted by key */
    size_t n, cap;
};

struct locales {
    struct locale *list; /* zh-CN first, then by code */
    size_t n;
};

static const char *const common_parts[] = {"format", "shared", NULL};

static int compare_bytes(struct str a, struct str b)
{
    int order = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

    return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

static int compare_texts(const void *a, const void *b)
{
    const struct text *x = a, *y = b;

    return compare_bytes(x->key, y->key);
}

static bool is_key(struct str key)
{
    for (size_t i = 0; i < key.n; i++) {
        char c = key.p[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

        if (!letter && strchr("._-", c) == NULL)
            return false;
    }
    return key.n != 0;
}

static bool add_text(struct arena *a, struct locale *l, struct str file, struct str key,
                     const json_t *value, struct str *problem)
{
    struct text *t;
    struct str source, why = STR("not a text");

    if (l->n == l->cap) {
        struct text *longer = arena_array(a, l->cap * 2 + 64, sizeof *longer);

        if (l->n != 0)
            memcpy(longer, l->texts, l->n * sizeof *longer);
        l->texts = longer;
        l->cap = l->cap * 2 + 64;
    }
    t = &l->texts[l->n++];
    t->key = str_dup(a, key);
    t->file = file;
    if (is_key(key) && json_is_string(value)) {
        source = str_bytes(json_string_value(value), json_string_length(value));
        t->template = mustache_parse_text(a, str_dup(a, source), &why);
    }
    if (t->template == NULL)
        *problem = str_fmt(a, "%.*s: %.*s: %.*s", STR_ARG(file), STR_ARG(key), STR_ARG(why));
    return t->template != NULL;
}

static bool load_part(struct arena *a, struct locale *l, struct str folder, const char *part,
                      struct str *problem)
{
    struct str file = str_fmt(a, "%.*s/%s.json", STR_ARG(folder), part), source;
    json_error_t error;
    json_t *catalog, *value;
    const char *key;
    size_t key_n;
    bool ok = true;

    if (!load_text(a, str_z(a, file), CATALOG_MAX, &source, problem))
        return false;
    catalog = json_loadb(source.n == 0 ? "" : source.p, source.n, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(catalog)) {
        /* Jansson shows the place by bytes, and may cut inside a character. */
        struct str why = str_repair(a, str_of(error.text));

        *problem = catalog == NULL
                       ? str_fmt(a, "%.*s, line %d: %.*s", STR_ARG(file), error.line, STR_ARG(why))
                       : str_fmt(a, "%.*s: not an object", STR_ARG(file));
        json_decref(catalog);
        return false;
    }
    json_object_keylen_foreach(catalog, key, key_n, value) ok =
        ok && add_text(a, l, file, str_bytes(key, key_n), value, problem);
    json_decref(catalog);
    return ok;
}

static bool is_named(const char *const *parts, const char *part)
{
    for (; *parts != NULL; parts++) {
        if (strcmp(*parts, part) == 0)
            return true;
    }
    return false;
}

static bool load_language(struct arena *a, struct locale *l, struct str folder,
                          const char *const *parts, struct str *problem)
{
    for (const char *const *p = common_parts; *p != NULL; p++) {
        if (!load_part(a, l, folder, *p, problem))
            return false;
    }
    for (; parts != NULL && *parts != NULL; parts++) {
        if (!is_named(common_parts, *parts) && !load_part(a, l, folder, *parts, problem))
            return false;
    }
    if (l->n != 0)
        qsort(l->texts, l->n, sizeof *l->texts, compare_texts);
    for (size_t i = 1; i < l->n; i++) {
        if (str_eq(l->texts[i - 1].key, l->texts[i].key)) {
            *problem = str_fmt(a, "%.*s: %.*s: also in %.*s", STR_ARG(l->texts[i].file),
                               STR_ARG(l->texts[i].key), STR_ARG(l->texts[i - 1].file));
            return false;
        }
    }
    return true;
}

struct locales *locale_load(struct arena *a, struct str data_dir, const char *const *parts,
                            struct str *problem)
{
    struct str folder = str_fmt(a, "%.*s/locale", STR_ARG(data_dir));
    struct locales *all = arena_new_of(a, struct locales);
    struct str *names;
    size_t source;

    if (!load_names(a, str_z(a, folder), &names, &all->n, problem))
        return NULL;
    for (source = 0; source < all->n && !str_eqz(names[source], "zh-CN"); source++)
        ;
    if (source == all->n) {
        *problem = str_fmt(a, "%.*s: the folder zh-CN is missing", STR_ARG(folder));
        return NULL;
    }
    memmove(names + 1, names, source * sizeof *names);
    names[0] = STR("zh-CN");
    all->list = arena_array(a, all->n, sizeof *all->list);
    for (size_t i = 0; i < all->n; i++) {
        struct str path = str_fmt(a, "%.*s/%.*s", STR_ARG(folder), STR_ARG(names[i]));

        all->list[i].code = str_z(a, names[i]);
        if (!load_language(a, &all->list[i], path, parts, problem))
            return NULL;
    }
    return all;
}

const struct locale *locale_get(const struct locales *all, struct str code)
{
    for (size_t i = 0; i < all->n; i++) {
        if (str_eqz(code, all->list[i].code))
            return &all->list[i];
    }
    return NULL;
}

const struct locale *locale_other(const struct locales *all, const struct locale *present)
{
    size_t i = (size_t)(present - all->list);

    return &all->list[(i + 1) % all->n];
}

const char *locale_code(const struct locale *l)
{
    return l->code;
}

static bool same_ignoring_case(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || strncasecmp(a.p, b.p, a.n) == 0);
}

/* The language whose code, or else whose first part, is that of the range "en-GB" (RFC 4647 lookup). */
static const struct locale *match_range(const struct locales *all, struct str range)
{
    struct str wanted, primary, ignored;

    for (size_t i = 0; i < all->n; i++) {
        if (same_ignoring_case(range, str_of(all->list[i].code)))
            return &all->list[i];
    }
    (void)str_cut(range, '-', &wanted, &ignored);
    for (size_t i = 0; i < all->n; i++) {
        (void)str_cut(str_of(all->list[i].code), '-', &primary, &ignored);
        if (same_ignoring_case(wanted, primary))
            return &all->list[i];
    }
    return NULL;
}

/* "q=0.8" -> 800; 1000 when there is none; 0 when malformed. */
static int64_t weight(struct str parameters)
{
    struct str one, whole, part;
    int64_t n, digits = 0;

    while (parameters.n != 0) {
        (void)str_cut(parameters, ';', &one, &parameters);
        one = str_trim(one);
        if (!str_starts(one, STR("q=")) && !str_starts(one, STR("Q=")))
            continue;
        (void)str_cut(str_sub(one, 2, one.n), '.', &whole, &part);
        if (!str_int(whole, 0, 1, &n) || part.n > 3 ||
            (part.n != 0 && !str_int(part, 0, 999, &digits)))
            return 0;
        for (size_t i = part.n; i < 3; i++)
            digits *= 10;
        return n == 1 ? 1000 : digits;
    }
    return 1000;
}

const struct locale *locale_match(const struct locales *all, struct str accept_language)
{
    struct str rest = str_sub(accept_language, 0, ACCEPT_MAX), item, range, parameters;
    const struct locale *best = &all->list[0];
    int64_t best_weight = 0;

    while (rest.n != 0) {
        const struct locale *l;
        int64_t w;

        (void)str_cut(rest, ',', &item, &rest);
        (void)str_cut(item, ';', &range, &parameters);
        range = str_trim(range);
        l = str_eqz(range, "*") ? &all->list[0] : match_range(all, range);
        w = weight(parameters);
        if (l != NULL && w > best_weight) {
            best = l;
            best_weight = w;
        }
    }
    return best;
}

const struct template *locale_template(const struct locale *l, struct str key)
{
    struct text wanted = {.key = key};
    const struct text *found;

    if (key.n == 0 || l->n == 0)
        return NULL;
    found = bsearch(&wanted, l->texts, l->n, sizeof wanted, compare_texts);
    return found == NULL ? NULL : found->template;
}

/* Texts may use other texts: {{> t/key}}. */
static const struct template *text_partial(void *ctx, struct str name)
{
    const struct locale *const *l = ctx;

    return str_starts(name, STR("t/")) ? locale_template(*l, str_sub(name, 2, name.n)) : NULL;
}

struct str locale_text(struct arena *a, const struct locale *l, const char *key,
                       const json_t *values)
{
    const struct template *t = locale_template(l, str_of(key));
    struct buf out = buf_new(a);

    if (t == NULL) {
        log_event(LOG_ERROR_, "locale", key); /* keys are ours, never from outside */
        return str_dup(a, str_of(key));
    }
    mustache_render_plain(t, values, text_partial, &l, &out);
    return buf_str(&out);
}

struct str locale_textz(struct arena *a, const struct locale *l, const char *key)
{
    return locale_text(a, l, key, NULL);
}

struct str locale_text_n(struct arena *a, const struct locale *l, const char *key, int64_t n)
{
    json_t *values = json_object();
    struct str text;

    json_set_int(values, "n", n);
    text = locale_text(a, l, key, values);
    json_decref(values);
    return text;
}
