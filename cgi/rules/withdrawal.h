/*
 * withdrawal: a reason for taking back a complaint (撤回) must be concrete and fit what was complained of (V-WD-01, R-WD-04, R-WD-11).
 * Channels refuse template reasons; and a reason that does not fit tells that the withdrawal is not the complainant's own doing.
 */
#ifndef AIDDESK_RULES_WITHDRAWAL_H
#define AIDDESK_RULES_WITHDRAWAL_H

#include <jansson.h>

#include "rules/finding.h"

struct withdrawal_input {
    struct str reason;        /* withdrawal_reason: REFUNDED, REDELIVERED … */
    struct str text;          /* the reason in words, as typed */
    struct str problem_type;  /* what the complaint was about */
    bool has_attachment;      /* the withdrawal names a file as proof */
    bool has_performance;     /* a PERFORMANCE evidence item exists */
    bool has_settlement;      /* a SETTLEMENT evidence item, or a signed agreement, exists */
    bool will_be_overridden;  /* a coordinator overrides V-WD-02 and the complainant has acknowledged: missing proof does not block */
};

/* Findings of V-WD-01 and V-WD-02, all of level BLOCK:
 *   vague reason (list VAGUE_WITHDRAWAL of `lists`, see wording.h) · too short · the text does not say what was done, when, or under which
 *   number (a day, an act that belongs to the reason, a number or an attachment) · the reason does not fit the problem · a performance
 *   reason without PERFORMANCE or SETTLEMENT evidence (DOMAIN.md §4.9) · unknown reason.
 * MISFILED asks for the right respondent, DUPLICATE for the other number, FILER_CHOICE for an explanation. */
void withdrawal_check(const json_t *lists, const struct withdrawal_input *in, struct findings *out);
/* True when a reason can answer a complaint about this problem (a replaced key does not answer a double charge). */
bool withdrawal_reason_fits(struct str reason, struct str problem_type);

#endif
