/*
 * wording: finds words that weaken a paper (V-WORD-01 emotional, V-WORD-02 vague demand, V-WORD-03 threat, V-WD-01 vague reason for
 * withdrawal) and names what to write instead.  The lists are dated reference data, handed in as they were loaded: either rows of
 * ref.wording (list, rule, detail) or the objects of reference/wording.json.  Hidden here: the normal form (text.h), the five ways a
 * term matches, and the exemptions.
 *
 * Exemptions as implemented (codes of the data; a code that is not known here exempts nothing):
 *   QUOTED_EVIDENCE   inside quotation marks that follow a colon or a word of saying, or on a line that begins with ">"
 *   STATUTORY_PHRASE  shares characters with one of the list's phrases; or the term names 诈骗, at most four characters after 涉嫌
 *   CHANNEL_POLICE    the paper goes to one of the list's channels
 *   PROPER_NAME       shares characters with one of the names handed in (registered name, shop, product)
 *   SPECIFIC_PRESENT  "unless_specific" terms: the text names an amount or a quantity, and a date
 *   FACT_STATEMENT    the list applies to demands only (applies_to), so facts are not looked at
 *   LAWFUL_STEP       a term that ends with 就 is followed in its clause by a lawful route (complaint, report, suit, arbitration, police)
 *   PAST_FACT         "needs_context" terms preceded by 已, 曾 or 被
 *   CONCRETE_PRESENT, REASON_MISFILED, REASON_DUPLICATE   follow from "alone": a reason with more in it does not match
 */
#ifndef AIDDESK_RULES_WORDING_H
#define AIDDESK_RULES_WORDING_H

#include <jansson.h>

#include "rules/finding.h"

/* Where the text will be read; chooses the level. */
enum wording_use {
    WORDING_PLATFORM, /* papers for the platform, merchant or payment company */
    WORDING_PUBLIC,   /* papers for authorities, media platforms, the public */
    WORDING_INSIDE    /* notes that stay here: recorded only */
};

struct wording_input {
    struct str text;         /* as typed, valid UTF-8 */
    enum wording_use use;    /* where it will be read */
    const char *part;        /* "facts", "demand", "withdrawal_reason_text", "note", "message": what the text is, for applies_to */
    struct str channel;      /* channel code, or empty */
    const struct str *names; /* proper names that may hold a listed word; may be NULL */
    size_t n_names;          /* count of names */
};

struct wording_hit {
    struct str list;       /* "EMOTIONAL" */
    struct str rule;       /* "V-WORD-01" */
    enum level level;      /* by use, from the list */
    struct str term;       /* as the list has it */
    struct str found;      /* as it was typed; a slice of the input */
    size_t at;             /* byte position of found in the input */
    struct str suggest_zh; /* what to write instead */
    struct str suggest_en;
};

/* Looks for the terms of every list that applies to in->part.  lists: JSON array (see above).  Hits stand in order of position, a hit
 * inside a longer one of the same list is left out.  Returns their number; *hits lives in the arena, its strings in lists and input. */
size_t wording_check(struct arena *a, const json_t *lists, const struct wording_input *in, struct wording_hit **hits);
/* The same as findings: rules.wording.<list in lower case> with {{found}} and {{suggest}}; subject = found. */
void wording_findings(const json_t *lists, const struct wording_input *in, struct findings *out);
/* A list by its code, or NULL. */
const json_t *wording_list(const json_t *lists, const char *code);
/* True when every term can be matched: known match kind, pattern within bounds.  *problem: the first term that cannot. */
bool wording_lists_ok(struct arena *a, const json_t *lists, struct str *problem);

#endif
