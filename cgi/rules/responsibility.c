#include "rules/responsibility.h"

#include "core/arena.h"
#include "rules/day.h"

bool responsibility_check(const struct responsibility *r, struct findings *out)
{
    const struct {
        enum tri value;
        const char *unknown, *no;
    } elements[] = {
        {r->paid, "rules.responsibility.paid_unknown", "rules.responsibility.not_paid"},
        {r->not_performed, "rules.responsibility.performance_unknown",
         "rules.responsibility.performed"},
        {r->causation, "rules.responsibility.cause_unknown", "rules.responsibility.no_cause"},
        {r->user_error_excluded, "rules.responsibility.error_unknown",
         "rules.responsibility.user_error"},
    };
    bool all = true;

    for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++) {
        if (elements[i].value == TRI_YES)
            continue;
        all = false;
        (void)findings_add(out, "V-RESP-01", LEVEL_WARN,
                           elements[i].value == TRI_NO ? elements[i].no : elements[i].unknown);
    }
    return all;
}

static int64_t unit_minutes(const char *unit)
{
    static const struct {
        const char *name;
        int64_t minutes;
    } units[] = {{"minute", 1}, {"min", 1}, {"h", 60}, {"cd", 1440}};

    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (unit != NULL && str_eqz(str_of(unit), units[i].name))
            return units[i].minutes;
    }
    return 0;
}

/* The shortest usual time of the product: R-NUM-02 says "not usable after 30 minutes = late". */
static int64_t usual_minutes(const json_t *heuristics, struct str product, struct str *rule)
{
    const json_t *row;
    size_t i;
    int64_t best = 0;

    json_array_foreach(heuristics, i, row)
    {
        const char *type = json_string_value(json_object_get(row, "product_type"));
        const json_t *n = json_object_get(row, "n");
        int64_t unit = unit_minutes(json_string_value(json_object_get(row, "unit")));
        int64_t minutes;

        if (type == NULL || !str_eqz(product, type) || unit == 0 || !json_is_integer(n) ||
            __builtin_mul_overflow((int64_t)json_integer_value(n), unit, &minutes) || minutes <= 0)
            continue;
        if (best == 0 || minutes < best) {
            best = minutes;
            *rule = str_of(json_string_value(json_object_get(row, "code")));
        }
    }
    return best;
}

/* The remark in the largest unit that gives at least two, or in minutes. */
static void say_late(struct findings *out, bool promise, int64_t minutes)
{
    static const struct {
        int64_t minutes;
        const char *promise, *heuristic;
    } units[] = {
        {1440, "rules.delay.late_promise_days", "rules.delay.late_heuristic_days"},
        {60, "rules.delay.late_promise_hours", "rules.delay.late_heuristic_hours"},
        {1, "rules.delay.late_promise_minutes", "rules.delay.late_heuristic_minutes"},
    };
    size_t i = minutes >= 2880 ? 0 : minutes >= 120 ? 1 : 2;
    struct finding *f =
        findings_add(out, "V-DEL-01", LEVEL_INFO, promise ? units[i].promise : units[i].heuristic);

    finding_set_int(out->arena, f, "n", minutes / units[i].minutes);
}

struct delay delay_verdict(const struct delay_input *in, const json_t *heuristics,
                           struct findings *out)
{
    struct delay d = {.verdict = DELAY_UNKNOWN};
    int64_t due;
    int64_t end;
    int64_t start;

    if (day_minutes(in->promised, &due)) {
        d.basis = DELAY_BASIS_PROMISE;
    } else if (day_minutes(in->start, &start)) {
        d.limit_minutes = usual_minutes(heuristics, in->product_type, &d.rule);
        due = start + d.limit_minutes;
        if (d.limit_minutes > 0)
            d.basis = DELAY_BASIS_HEURISTIC;
    }
    if (d.basis == DELAY_BASIS_NONE ||
        !day_minutes(str_empty(in->done) ? in->now : in->done, &end)) {
        (void)findings_add(out, "V-DEL-01", LEVEL_INFO, "rules.delay.unknown");
        return d;
    }
    d.verdict = end > due ? DELAY_LATE : DELAY_NOT_YET;
    if (d.verdict == DELAY_NOT_YET) {
        (void)findings_add(out, "V-DEL-01", LEVEL_INFO, "rules.delay.not_yet");
        return d;
    }
    d.late_minutes = end - due;
    say_late(out, d.basis == DELAY_BASIS_PROMISE, d.late_minutes);
    return d;
}
