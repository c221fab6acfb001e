#include "rules/demand.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/buf.h"
#include "rules/money.h"

static bool is_refund(const struct demand *d)
{
    return str_eqz(d->kind, "REFUND") || str_eqz(d->kind, "PRICE_REDUCTION");
}

static bool has_size(const struct demand *d)
{
    return d->amount_fen > 0 || d->quantity > 0;
}

enum err demand_totals(const struct demand *demands, size_t n, struct demand_totals *out)
{
    struct demand_totals t = {0};

    for (size_t i = 0; i < n; i++) {
        int64_t *sum = is_refund(&demands[i]) ? &t.refund_fen : &t.other_fen;

        if (demands[i].alternative)
            continue;
        if (money_add(*sum, demands[i].amount_fen, sum) != ERR_OK ||
            money_add(t.all_fen, demands[i].amount_fen, &t.all_fen) != ERR_OK)
            return ERR_RANGE;
    }
    *out = t;
    return ERR_OK;
}

static void name_incomplete(const struct demand *demands, size_t n, struct findings *out)
{
    for (size_t i = 0; i < n; i++) {
        const char *key = NULL;

        if (!has_size(&demands[i]))
            key = "rules.demand.no_amount";
        else if (str_empty(demands[i].by_day))
            key = "rules.demand.no_day";
        if (key == NULL)
            continue;

        struct finding *f = findings_add(out, "V-DEM-01", LEVEL_INFO, key);

        finding_set_int(out->arena, f, "n", (int64_t)i + 1);
        f->subject = f->values[0].zh;
    }
}

void demand_check(const struct demand *demands, size_t n, int64_t paid_fen, struct findings *out)
{
    struct demand_totals totals;
    bool complete = false;

    for (size_t i = 0; i < n; i++)
        complete |= has_size(&demands[i]) && !str_empty(demands[i].by_day);
    if (!complete)
        (void)findings_add(out, "V-DEM-01", LEVEL_BLOCK, "rules.demand.none_specific");
    name_incomplete(demands, n, out);
    if (demand_totals(demands, n, &totals) != ERR_OK) {
        (void)findings_add(out, "V-DEM-01", LEVEL_BLOCK, "rules.demand.too_large");
        return;
    }
    if (totals.refund_fen <= paid_fen)
        return;

    struct finding *f = findings_add(out, "V-DEM-03", LEVEL_WARN, "rules.demand.over_paid");

    finding_set(f, "refund", money_figures(out->arena, totals.refund_fen));
    finding_set(f, "paid", money_figures(out->arena, paid_fen));
}

static int by_bytes(const void *a, const void *b)
{
    const struct str *x = a;
    const struct str *y = b;
    size_t n = x->n < y->n ? x->n : y->n;
    int order = n > 0 ? memcmp(x->p, y->p, n) : 0;

    return order != 0 ? order : (x->n > y->n) - (x->n < y->n);
}

/* Bars and line ends inside a value would make two sets look alike. */
static struct str plain(struct arena *a, struct str s)
{
    struct buf b = buf_new(a);

    for (size_t i = 0; i < s.n; i++)
        buf_addc(&b, s.p[i] == '|' || s.p[i] == '\n' ? ' ' : s.p[i]);
    return str_trim(buf_str(&b));
}

struct str demand_normal(struct arena *a, const struct demand *demands, size_t n)
{
    struct str *lines = arena_array(a, n + 1, sizeof *lines);
    struct buf b = buf_new(a);

    for (size_t i = 0; i < n; i++) {
        const struct demand *d = &demands[i];
        struct str unit = plain(a, d->unit);
        struct str basis = plain(a, d->basis);

        lines[i] = str_fmt(a, "%.*s|%lld|%lld|%.*s|%.*s|%.*s|%d", STR_ARG(d->kind),
                           (long long)d->amount_fen, (long long)d->quantity, STR_ARG(unit),
                           STR_ARG(d->by_day), STR_ARG(basis), d->alternative);
    }
    qsort(lines, n, sizeof *lines, by_bytes);
    for (size_t i = 0; i < n; i++) {
        buf_add(&b, lines[i]);
        buf_addc(&b, '\n');
    }
    return buf_str(&b);
}

static bool has_kind(const struct demand *demands, size_t n, const char *kind)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eqz(demands[i].kind, kind))
            return true;
    }
    return false;
}

bool demand_needs_rule(const struct demand *demands, size_t n)
{
    return has_kind(demands, n, "LIQUIDATED") || has_kind(demands, n, "MARKETPLACE_3X");
}

bool demand_needs_loss(const struct demand *demands, size_t n)
{
    return has_kind(demands, n, "DAMAGES");
}
