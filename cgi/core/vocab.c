#include "core/vocab.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/db.h"
#include "core/json.h"
#include "core/log.h"
#include "core/serve.h"

enum { FRESH_MS = 10 * 60 * 1000, RETRY_MS = 10 * 1000, BLOCK_BYTES = 65536 };

struct entry {
    struct str enumeration, code, group;
    struct str zh, en;
    int64_t sort; /* display order within the enumeration */
};

/* Labels of this process: one process serves one program with one database role. */
static struct {
    struct arena *arena;        /* where everything below lives; NULL = never read */
    struct entry *entries;      /* in display order, one enumeration after the other */
    const struct entry **index; /* sorted by enumeration and code */
    size_t n;
    int64_t read_again_ms; /* monotonic */
} cache;

static int compare_text(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n == 0 ? 0 : memcmp(a.p, b.p, n);

    return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

static int compare_display(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = compare_text(x->enumeration, y->enumeration);

    if (order == 0)
        order = (x->sort > y->sort) - (x->sort < y->sort);
    return order != 0 ? order : compare_text(x->code, y->code);
}

static int compare_entries(const void *a, const void *b)
{
    const struct entry *const *x = a, *const *y = b;
    int order = compare_text((*x)->enumeration, (*y)->enumeration);

    return order != 0 ? order : compare_text((*x)->code, (*y)->code);
}

static void fill(const struct db_rows *rows)
{
    struct arena *a = arena_new(BLOCK_BYTES);
    size_t n = db_count(rows);
    struct entry *entries = arena_array(a, n, sizeof *entries);
    const struct entry **index = arena_array(a, n, sizeof *index);

    for (size_t i = 0; i < n; i++) {
        entries[i] = (struct entry){
            .enumeration = str_dup(a, db_text(rows, i, "enumeration")),
            .code = str_dup(a, db_text(rows, i, "code")),
            .group = str_dup(a, db_text(rows, i, "grp")),
            .zh = str_dup(a, db_text(rows, i, "label_zh")),
            .en = str_dup(a, db_text(rows, i, "label_en")),
            .sort = db_int(rows, i, "sort"),
        };
    }
    if (n != 0)
        qsort(entries, n, sizeof *entries, compare_display);
    for (size_t i = 0; i < n; i++)
        index[i] = &entries[i];
    if (n != 0)
        qsort(index, n, sizeof *index, compare_entries);
    arena_free(cache.arena);
    cache.arena = a;
    cache.entries = entries;
    cache.index = index;
    cache.n = n;
}

/* Reads the labels when they are old.  What was read before stays good while the database does not answer. */
static void refresh(struct request *req)
{
    int64_t now = clock_monotonic_ms();
    struct db_rows *rows;
    enum err err;

    if (req->db == NULL || (cache.read_again_ms != 0 && now < cache.read_again_ms))
        return;
    err = db_read0(req->db,
                   str_z(req->arena, str_fmt(req->arena, "%s.vocabulary", req->app->program->name)),
                   &rows);
    cache.read_again_ms = now + (err == ERR_OK ? FRESH_MS : cache.arena != NULL ? RETRY_MS : 0);
    if (err == ERR_OK)
        fill(rows);
    else
        log_write(LOG_WARN_, LOG_LINE(.event = "vocabulary", .request_id = req->id, .err = err));
}

static const struct entry *find(struct request *req, const char *enumeration, struct str code)
{
    struct entry wanted = {.enumeration = str_of(enumeration), .code = code};
    const struct entry *key = &wanted;
    const struct entry **hit;

    refresh(req);
    if (cache.n == 0)
        return NULL;
    hit = bsearch(&key, cache.index, cache.n, sizeof *cache.index, compare_entries);
    return hit == NULL ? NULL : *hit;
}

static struct str label(const struct request *req, const struct entry *e)
{
    struct str text = strncmp(request_lang(req), "zh", 2) == 0 ? e->zh : e->en;

    return text.n != 0 ? text : e->code;
}

struct str vocab_label(struct request *req, const char *enumeration, struct str code)
{
    const struct entry *e = find(req, enumeration, code);

    /* A copy: the labels may be read again before the page is rendered. */
    return e == NULL ? code : str_dup(req->arena, label(req, e));
}

bool vocab_has(struct request *req, const char *enumeration, struct str code)
{
    return find(req, enumeration, code) != NULL;
}

json_t *vocab_options(struct request *req, const char *enumeration, const char *group)
{
    json_t *options = json_array();

    refresh(req);
    for (size_t i = 0; i < cache.n; i++) {
        const struct entry *e = &cache.entries[i];
        json_t *o;

        if (!str_eqz(e->enumeration, enumeration) || (group != NULL && !str_eqz(e->group, group)))
            continue;
        o = json_object();
        json_set_str(o, "code", e->code);
        json_set_str(o, "label", label(req, e));
        json_set_str(o, "group", e->group);
        json_array_append_new(options, o);
    }
    return options;
}

void vocab_add_label(struct request *req, json_t *obj, const char *key, const char *enumeration)
{
    const json_t *code = json_object_get(obj, key);
    struct str name = str_fmt(req->arena, "%s_label", key);

    if (json_is_string(code))
        json_set_str(obj, str_z(req->arena, name),
                     vocab_label(req, enumeration, str_of(json_string_value(code))));
}
