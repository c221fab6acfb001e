/*
 * evidence_match: do the papers agree with one another and with what was typed (V-EV-03, DOMAIN.md §2.4.3)?  Order record and payment
 * proof are held against the case: amount, order number, payment number, day of payment; and times must come in order: ordered, paid,
 * problem.  What disagrees is said in plain words, level WARN; what is absent is the chain's business (evidence_chain.h).
 */
#ifndef AIDDESK_RULES_EVIDENCE_MATCH_H
#define AIDDESK_RULES_EVIDENCE_MATCH_H

#include <jansson.h>

#include "rules/finding.h"

struct match_case {
    int64_t amount_fen;    /* what the complainant paid by the form; negative = not given */
    struct str paid_on;    /* "2026-11-03", empty = not given */
    struct str order_no;   /* as typed, empty = not given */
    struct str payment_no; /* as typed, empty = not given */
};

/* How far apart values may lie; configuration, handed in. */
struct match_limits {
    int64_t amount_fen;     /* amounts may differ by this much (fees); 0 = not at all */
    int64_t minutes_before; /* payment may precede the order by this much (clocks differ) */
    int64_t minutes_after;  /* payment may follow the order by this much without remark */
};

/* First values: amounts equal, 2 minutes before, 24 hours after. */
extern const struct match_limits match_limits_default;

/* V-EV-03.  items: as in evidence_chain.h; times in fields as day_minutes reads them. */
void evidence_match(const json_t *items, const struct match_case *c, const struct match_limits *limits, struct findings *out);

#endif
