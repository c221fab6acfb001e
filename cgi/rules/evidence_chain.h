/*
 * evidence_chain: is the evidence complete?  The chain is 订单—支付—商品/问题—沟通 (R-EV-31, V-EV-02), each kind has required fields (V-EV-01),
 * and a picture must show when it was taken and where (V-EV-04).  The review advises and explains; it never refuses by itself.
 *
 * Items are handed in as JSON, one object an item:
 *   {"no": 1, "kind": "ORDER", "node": "ORDER", "fields": {plain and opened sealed fields}, "mime": "image/jpeg",
 *    "shown_time": true|false|null, "shown_url": true|false|null, "edited": true|false|null, "missing_reason": "…"|null}
 * Required fields as rows of ref.evidence_field: [{"kind","field","type","label_zh","label_en"}].
 */
#ifndef AIDDESK_RULES_EVIDENCE_CHAIN_H
#define AIDDESK_RULES_EVIDENCE_CHAIN_H

#include <jansson.h>

#include "rules/finding.h"

enum chain_node {
    CHAIN_ORDER,
    CHAIN_PAYMENT,
    CHAIN_GOODS,
    CHAIN_PROBLEM,
    CHAIN_COMMUNICATION,
    CHAIN_RULE,
    CHAIN_ENTITY,
    CHAIN_LOSS,
    CHAIN_NODE__MAX
};

/* What the case needs beyond the four links. */
struct chain_needs {
    bool rule;   /* a demand cites a platform rule, or LIQUIDATED, MARKETPLACE_3X (demand_needs_rule) */
    bool entity; /* a chosen channel has the prerequisite ENTITY_IDENTIFIED */
    bool loss;   /* DAMAGES is claimed (demand_needs_loss) */
};

struct chain {
    size_t items[CHAIN_NODE__MAX]; /* items at each node */
    bool needed[CHAIN_NODE__MAX];  /* GOODS and PROBLEM are needed together: one of them will do */
    bool complete;                 /* every needed link has an item */
};

/* Code of a node ("COMMUNICATION"), as enumeration issue_node names it. */
const char *chain_node_code(enum chain_node node);
/* V-EV-02: counts items by node and names every missing link, rules.chain.missing_<link>, level BLOCK (a reason may override). */
void chain_check(const json_t *items, const struct chain_needs *needs, struct chain *chain, struct findings *out);
/* V-EV-01: required fields of each item's kind that are absent, rules.evidence.field_missing with {{n}}, {{field}}; WARN, or BLOCK when
 * at_ready and the item gives no missing_reason. */
void chain_fields_check(const json_t *items, const json_t *fields, bool at_ready, struct findings *out);
/* V-EV-04 (warn): a picture that shows no time; a page or rule captured without its address. */
void chain_capture_check(const json_t *items, struct findings *out);

#endif
