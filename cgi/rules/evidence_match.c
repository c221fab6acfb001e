#include "rules/evidence_match.h"

#include "core/arena.h"
#include "rules/day.h"
#include "rules/money.h"
#include "rules/number_key.h"

const struct match_limits match_limits_default = {
    .amount_fen = 0, .minutes_before = 2, .minutes_after = 24 * 60L};

static struct str field(const json_t *item, const char *name)
{
    const json_t *v = json_object_get(json_object_get(item, "fields"), name);

    if (!json_is_string(v))
        return (struct str){0};
    return str_bytes(json_string_value(v), json_string_length(v));
}

static bool is_kind(const json_t *item, const char *kind)
{
    const char *k = json_string_value(json_object_get(item, "kind"));

    return k != NULL && str_eqz(str_of(k), kind);
}

static void say(struct findings *out, const char *key, const char *a_name, struct str a_value,
                const char *b_name, struct str b_value)
{
    struct finding *f = findings_add(out, "V-EV-03", LEVEL_WARN, key);

    finding_set(f, a_name, a_value);
    finding_set(f, b_name, b_value);
}

static bool apart(int64_t a, int64_t b, int64_t tolerance)
{
    return (a > b ? a - b : b - a) > tolerance;
}

static bool amount_of(const json_t *item, int64_t *fen)
{
    const json_t *v = json_object_get(json_object_get(item, "fields"), "amount");

    *fen = json_is_integer(v) ? json_integer_value(v) : -1;
    return *fen >= 0 && *fen <= MONEY_MAX;
}

static void match_amounts(const json_t *order, const json_t *payment, const struct match_case *c,
                          int64_t tolerance, struct findings *out)
{
    int64_t ordered;
    int64_t paid;
    bool has_order = amount_of(order, &ordered);
    bool has_payment = amount_of(payment, &paid);
    struct arena *a = out->arena;

    if (has_order && has_payment && apart(ordered, paid, tolerance))
        say(out, "rules.match.order_payment_amount", "order", money_figures(a, ordered), "payment",
            money_figures(a, paid));
    if (has_payment && c->amount_fen >= 0 && apart(paid, c->amount_fen, tolerance))
        say(out, "rules.match.payment_case_amount", "payment", money_figures(a, paid), "typed",
            money_figures(a, c->amount_fen));
    else if (has_order && !has_payment && c->amount_fen >= 0 &&
             apart(ordered, c->amount_fen, tolerance))
        say(out, "rules.match.order_case_amount", "order", money_figures(a, ordered), "typed",
            money_figures(a, c->amount_fen));
}

static void match_times(const json_t *order, const json_t *payment, const struct match_case *c,
                        const struct match_limits *limits, struct findings *out)
{
    int64_t ordered;
    int64_t paid;
    int64_t typed_day;
    bool has_order = day_minutes(field(order, "ordered_at"), &ordered);
    bool has_payment = day_minutes(field(payment, "paid_at"), &paid);

    if (has_order && has_payment && paid + limits->minutes_before < ordered)
        (void)findings_add(out, "V-EV-03", LEVEL_WARN, "rules.match.paid_before_order");
    if (has_order && has_payment && paid > ordered + limits->minutes_after)
        (void)findings_add(out, "V-EV-03", LEVEL_WARN, "rules.match.paid_long_after_order");
    if (has_payment && day_parse(c->paid_on, &typed_day) && day_of_minutes(paid) != typed_day)
        say(out, "rules.match.payment_day", "payment", day_text(out->arena, day_of_minutes(paid)),
            "typed", c->paid_on);
}

/* A problem cannot be shown before the money was paid. */
static void match_problem(const json_t *item, const json_t *payment, struct findings *out)
{
    static const char *const names[] = {"shown_time", "query_time"};
    int64_t shown;
    int64_t paid;

    if (!day_minutes(field(payment, "paid_at"), &paid))
        return;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (day_minutes(field(item, names[i]), &shown) && shown < paid) {
            struct finding *f =
                findings_add(out, "V-EV-03", LEVEL_WARN, "rules.match.problem_before_payment");
            const json_t *no = json_object_get(item, "no");

            finding_set_int(out->arena, f, "n", json_integer_value(no));
        }
    }
}

static void match_number(struct findings *out, const char *key, struct str shown, struct str typed)
{
    struct str a = number_key_order(out->arena, shown);
    struct str b = number_key_order(out->arena, typed);

    if (!str_empty(a) && !str_empty(b) && !str_eq(a, b))
        (void)findings_add(out, "V-EV-03", LEVEL_WARN, key);
}

void evidence_match(const json_t *items, const struct match_case *c,
                    const struct match_limits *limits, struct findings *out)
{
    const json_t *order = NULL;
    const json_t *payment = NULL;
    const json_t *item;
    size_t i;

    json_array_foreach(items, i, item)
    {
        if (order == NULL && is_kind(item, "ORDER"))
            order = item;
        if (payment == NULL && is_kind(item, "PAYMENT"))
            payment = item;
    }
    match_amounts(order, payment, c, limits->amount_fen, out);
    match_times(order, payment, c, limits, out);
    match_number(out, "rules.match.order_number", field(order, "order_no"), c->order_no);
    match_number(out, "rules.match.payment_number", field(payment, "serial_no"), c->payment_no);
    json_array_foreach(items, i, item)
    {
        match_problem(item, payment, out);
    }
}
