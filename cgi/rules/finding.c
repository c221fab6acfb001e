#include "rules/finding.h"

#include <assert.h>
#include <string.h>

#include "core/arena.h"

static const char *const level_codes[LEVEL__MAX] = {
    [LEVEL_INFO] = "INFO",   [LEVEL_WARN] = "WARN", [LEVEL_BLOCK] = "BLOCK",
    [LEVEL_ROUTE] = "ROUTE", [LEVEL_ACK] = "ACK",   [LEVEL_RECORD] = "RECORD",
};

const char *level_code(enum level level)
{
    assert(level < LEVEL__MAX);
    return level_codes[level];
}

struct findings findings_new(struct arena *a)
{
    return (struct findings){.arena = a};
}

struct finding *findings_add(struct findings *f, const char *rule, enum level level,
                             const char *key)
{
    if (f->n == f->cap) {
        size_t cap = f->cap ? f->cap * 2 : 8;
        struct finding *more = arena_array(f->arena, cap, sizeof *more);

        if (f->n > 0)
            memcpy(more, f->items, f->n * sizeof *more);
        f->items = more;
        f->cap = cap;
    }

    struct finding *one = &f->items[f->n++];

    *one = (struct finding){.rule = rule, .level = level, .key = key};
    return one;
}

void finding_set_both(struct finding *f, const char *name, struct str zh, struct str en)
{
    assert(f->n_values < FINDING_VALUES);
    f->values[f->n_values++] = (struct finding_value){.name = name, .zh = zh, .en = en};
}

void finding_set(struct finding *f, const char *name, struct str value)
{
    finding_set_both(f, name, value, value);
}

void finding_set_int(struct arena *a, struct finding *f, const char *name, int64_t value)
{
    finding_set(f, name, str_fmt(a, "%lld", (long long)value));
}

bool findings_block(const struct findings *f)
{
    for (size_t i = 0; i < f->n; i++) {
        if (f->items[i].level == LEVEL_BLOCK)
            return true;
    }
    return false;
}

bool findings_have(const struct findings *f, const char *rule)
{
    for (size_t i = 0; i < f->n; i++) {
        if (strcmp(f->items[i].rule, rule) == 0)
            return true;
    }
    return false;
}

bool findings_have_key(const struct findings *f, const char *key)
{
    for (size_t i = 0; i < f->n; i++) {
        if (strcmp(f->items[i].key, key) == 0)
            return true;
    }
    return false;
}

json_t *finding_values(const struct finding *f, const char *lang)
{
    bool english = strcmp(lang, "en") == 0;
    json_t *values = json_object();

    for (size_t i = 0; i < f->n_values; i++) {
        struct str v = english ? f->values[i].en : f->values[i].zh;

        (void)json_object_set_new(values, f->values[i].name, json_stringn(v.n ? v.p : "", v.n));
    }
    return values;
}

json_t *findings_codes(const struct findings *f, const char *rule)
{
    json_t *codes = json_array();

    for (size_t i = 0; i < f->n; i++) {
        const struct finding *one = &f->items[i];

        if (rule != NULL && strcmp(one->rule, rule) != 0)
            continue;
        (void)json_array_append_new(codes, json_pack("{s:s, s:s, s:s}", "rule", one->rule, "level",
                                                     level_code(one->level), "key", one->key));
    }
    return codes;
}
