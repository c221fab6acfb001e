/*
 * settlement: may this agreement (和解协议) be signed?  V-SET-01: the mandatory contents of DOMAIN.md §5.3, performance before withdrawal,
 * no waiver of reports, and none of the clauses that §3.9 refuses.  The same model makes the paper (letters/settlement).
 *
 * Model (JSON; all strings as typed, amounts in fen, days "2026-11-20"):
 *   {"complainant": {"name","identity","contact"},            identity: document or number as the parties wish it, already masked
 *    "respondent": {"name","credit_code","representative","contact"},
 *    "dispute": "…", "order_no": "…",
 *    "kind": performance_kind, "amount_fen": 17600, "quantity": 0, "unit": "", "delivered": "…",
 *    "account": "…",                                          where the money goes; masked before it is printed
 *    "perform_by": "2026-11-20", "method": "…",
 *    "filings": [{"channel_label","filing_no"}], "withdraw_after_performance": true, "withdraw_days": 3,
 *    "breach": "…",                                           what follows when it is not kept
 *    "confidentiality": "…",                                  empty = none agreed
 *    "right_to_report": true,                                 the clause that it is not waived is printed
 *    "extra_terms": ["…"],                                    further clauses, as typed
 *    "copies": 2, "signed_place": "", "mediator": "", "annexes": ["…"]}
 */
#ifndef AIDDESK_RULES_SETTLEMENT_H
#define AIDDESK_RULES_SETTLEMENT_H

#include <jansson.h>

#include "rules/finding.h"

/* V-SET-01, level BLOCK: rules.settlement.missing_<what> for absent contents; .credit_code_check for a code that cannot be one;
 * .performance_first; .waives_report; .withdraw_first; .blanket_secrecy; .penalty_on_consumer for forbidden clauses, with {{found}}, the
 * sentence that holds them. */
void settlement_check(const json_t *model, struct findings *out);
/* Looks at one clause only: the forbidden clauses of DOMAIN.md §3.9. */
void settlement_clause_check(struct str clause, struct findings *out);
/* True when a credit code (统一社会信用代码, GB 32100) has 18 characters of its alphabet and the right check character. */
bool settlement_credit_code_ok(struct str code);

#endif
