/*
 * screen: questions that route a case before any filing (V-INT-01..03, DOMAIN.md §3.11): bought for living consumption or for resale,
 * a minor and the guardian, goods that may be illicit.  Nothing is refused here: a route is named, and only a missing consent blocks.
 */
#ifndef AIDDESK_RULES_SCREEN_H
#define AIDDESK_RULES_SCREEN_H

#include <jansson.h>

#include "rules/finding.h"

struct screen_input {
    struct str purpose;      /* purchase_purpose: PERSONAL, RESALE, AGENT, MIXED, UNKNOWN */
    struct str filer_role;   /* SELF, GUARDIAN, AGENT */
    struct str age_band;     /* U8, 8_13, 14_15, 16_17, 18P; empty = not given */
    bool guardian_consent;   /* consent GUARDIAN_UNDER_14 recorded */
    struct str product_type; /* product_type */
    struct str story;        /* what happened, as typed */
    struct str product;      /* name of the goods, as typed; may be empty */
};

/* Flags of the case (special_flag) that a volunteer is to check. */
struct screen_flags {
    bool not_consumption; /* NOT_CONSUMPTION */
    bool minor;           /* MINOR */
    bool illicit_goods;   /* ILLICIT_GOODS */
};

/* V-INT-01 (route): RESALE and AGENT, or an agency package: 12315 may not take it, the civil way is open; MIXED and UNKNOWN: ask.
 * V-INT-02: under 18 alone: a guardian must send it (block); child under 14: the guardian's consent is needed (block without it);
 *           8 to 17 with a guardian: guardian path (route).
 * V-INT-03 (route): words that point to illicit goods: a lawyer looks first.  terms: JSON array of strings (reference data); NULL or
 *           empty takes the built-in words of DOMAIN.md §3.11 (外挂, 刷钻, 盗号 and their like). */
struct screen_flags screen_check(const struct screen_input *in, const json_t *terms, struct findings *out);

#endif
