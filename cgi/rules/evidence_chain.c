#include "rules/evidence_chain.h"

#include <assert.h>

#include "core/arena.h"

static const char *const node_codes[CHAIN_NODE__MAX] = {
    [CHAIN_ORDER] = "ORDER",
    [CHAIN_PAYMENT] = "PAYMENT",
    [CHAIN_GOODS] = "GOODS",
    [CHAIN_PROBLEM] = "PROBLEM",
    [CHAIN_COMMUNICATION] = "COMMUNICATION",
    [CHAIN_RULE] = "RULE",
    [CHAIN_ENTITY] = "ENTITY",
    [CHAIN_LOSS] = "LOSS",
};

const char *chain_node_code(enum chain_node node)
{
    assert(node < CHAIN_NODE__MAX);
    return node_codes[node];
}

static struct str member(const json_t *object, const char *key)
{
    const json_t *v = json_object_get(object, key);

    if (!json_is_string(v))
        return (struct str){0};
    return str_bytes(json_string_value(v), json_string_length(v));
}

static int64_t number_of(const json_t *item, size_t index)
{
    const json_t *no = json_object_get(item, "no");

    return json_is_integer(no) ? json_integer_value(no) : (int64_t)index + 1;
}

void chain_check(const json_t *items, const struct chain_needs *needs, struct chain *chain,
                 struct findings *out)
{
    /* GOODS and PROBLEM count as one link: the thing bought, or what is wrong with it. */
    static const struct {
        enum chain_node node;
        const char *key;
    } links[] = {
        {CHAIN_ORDER, "rules.chain.missing_order"},
        {CHAIN_PAYMENT, "rules.chain.missing_payment"},
        {CHAIN_PROBLEM, "rules.chain.missing_problem"},
        {CHAIN_COMMUNICATION, "rules.chain.missing_communication"},
        {CHAIN_RULE, "rules.chain.missing_rule"},
        {CHAIN_ENTITY, "rules.chain.missing_entity"},
        {CHAIN_LOSS, "rules.chain.missing_loss"},
    };
    const json_t *item;
    size_t i;

    *chain = (struct chain){.needed = {[CHAIN_ORDER] = true,
                                       [CHAIN_PAYMENT] = true,
                                       [CHAIN_GOODS] = true,
                                       [CHAIN_PROBLEM] = true,
                                       [CHAIN_COMMUNICATION] = true,
                                       [CHAIN_RULE] = needs->rule,
                                       [CHAIN_ENTITY] = needs->entity,
                                       [CHAIN_LOSS] = needs->loss},
                            .complete = true};
    json_array_foreach(items, i, item)
    {
        for (int n = 0; n < CHAIN_NODE__MAX; n++)
            chain->items[n] += str_eqz(member(item, "node"), node_codes[n]);
    }
    for (i = 0; i < sizeof links / sizeof links[0]; i++) {
        enum chain_node node = links[i].node;
        size_t have = chain->items[node];

        if (node == CHAIN_PROBLEM)
            have += chain->items[CHAIN_GOODS];
        if (!chain->needed[node] || have > 0)
            continue;
        chain->complete = false;
        findings_add(out, "V-EV-02", LEVEL_BLOCK, links[i].key)->subject = str_of(node_codes[node]);
    }
}

static bool filled(const json_t *v)
{
    if (json_is_string(v))
        return !str_empty(str_trim(str_bytes(json_string_value(v), json_string_length(v))));
    return json_is_integer(v) || json_is_boolean(v);
}

void chain_fields_check(const json_t *items, const json_t *fields, bool at_ready,
                        struct findings *out)
{
    const json_t *item;
    const json_t *row;
    size_t i;
    size_t k;

    json_array_foreach(items, i, item)
    {
        bool excused = filled(json_object_get(item, "missing_reason"));

        json_array_foreach(fields, k, row)
        {
            const char *name = json_string_value(json_object_get(row, "field"));

            if (name == NULL || !str_eq(member(row, "kind"), member(item, "kind")) ||
                filled(json_object_get(json_object_get(item, "fields"), name)))
                continue;

            struct finding *f =
                findings_add(out, "V-EV-01", at_ready && !excused ? LEVEL_BLOCK : LEVEL_WARN,
                             "rules.evidence.field_missing");

            f->subject = str_of(name);
            finding_set_int(out->arena, f, "n", number_of(item, i));
            finding_set_both(f, "field", member(row, "label_zh"), member(row, "label_en"));
        }
    }
}

void chain_capture_check(const json_t *items, struct findings *out)
{
    const json_t *item;
    size_t i;

    json_array_foreach(items, i, item)
    {
        struct str kind = member(item, "kind");
        bool page = str_eqz(kind, "PRODUCT_PAGE") || str_eqz(kind, "RULE");
        bool picture = str_starts(member(item, "mime"), STR("image/"));
        const char *key = NULL;

        if (picture && !json_is_true(json_object_get(item, "shown_time")))
            key = "rules.evidence.no_time_shown";
        else if (page && !json_is_true(json_object_get(item, "shown_url")) &&
                 !filled(json_object_get(json_object_get(item, "fields"), "url")))
            key = "rules.evidence.no_address_shown";
        if (key == NULL)
            continue;

        struct finding *f = findings_add(out, "V-EV-04", LEVEL_WARN, key);

        finding_set_int(out->arena, f, "n", number_of(item, i));
        f->subject = f->values[0].zh;
    }
}
