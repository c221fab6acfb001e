/*
 * demand: what is asked for (诉求) must be specific: a kind, an amount or a quantity, and a day (R-WORD-03, V-DEM-01); what is asked back
 * must not exceed what was paid (V-DEM-03).  The normal form of a set of demands is what consistency across filings is judged by
 * (V-DEM-02, R-CH-01): equal sets give equal texts, whatever their order.
 */
#ifndef AIDDESK_RULES_DEMAND_H
#define AIDDESK_RULES_DEMAND_H

#include "core/err.h"
#include "rules/finding.h"

struct demand {
    struct str kind;     /* demand_kind: REFUND, REDELIVER … */
    int64_t amount_fen;  /* fen; 0 = none */
    int64_t quantity;    /* pieces; 0 = none */
    struct str unit;     /* unit of the quantity, may be empty */
    struct str by_day;   /* "2026-11-20", empty = none */
    struct str basis;    /* law article id or rule clause, may be empty */
    bool alternative;    /* asked for instead of another one: not added to totals */
};

struct demand_totals {
    int64_t refund_fen; /* REFUND and PRICE_REDUCTION: money paid that is asked back */
    int64_t other_fen;  /* every other kind with an amount */
    int64_t all_fen;    /* both */
};

/* V-DEM-01 (block): at least one demand has an amount or a quantity, and a day.  V-DEM-03 (warn): what is asked back is at most paid_fen;
 * other kinds (damages, interest, agreed penalty) may come on top.  Each demand without amount, quantity or day is named (info). */
void demand_check(const struct demand *demands, size_t n, int64_t paid_fen, struct findings *out);
/* Totals without alternatives.  ERR_RANGE when a sum leaves the range of money.h. */
enum err demand_totals(const struct demand *demands, size_t n, struct demand_totals *out);
/* Normal form: one line a demand, "kind|fen|quantity|unit|day|basis|alternative", sorted by bytes.  The hash of a snapshot is
 * digest_sha256 of it (made by the caller: this library knows no cryptography). */
struct str demand_normal(struct arena *a, const struct demand *demands, size_t n);
/* Which extra nodes the evidence chain needs for these demands: RULE for LIQUIDATED and MARKETPLACE_3X, LOSS for DAMAGES. */
bool demand_needs_rule(const struct demand *demands, size_t n);
bool demand_needs_loss(const struct demand *demands, size_t n);

#endif
