/* wording_match: the ways in which a term of a wording list matches.  Used by wording.c only. */
#ifndef AIDDESK_RULES_WORDING_MATCH_H
#define AIDDESK_RULES_WORDING_MATCH_H

#include <jansson.h>

#include "rules/text.h"

enum wording_kind {
    WORDING_CONTAINS,        /* substring of the normal form */
    WORDING_ALONE,           /* nothing else is said */
    WORDING_UNLESS_SPECIFIC, /* unless amount or quantity, and date, are given too */
    WORDING_NEEDS_CONTEXT,   /* only with a condition (不 如果 要是 否则 … 就 将) before it in the sentence */
    WORDING_REGEX,           /* bounded pattern */
    WORDING_KIND__MAX
};

/* Kind by its name in the data; WORDING_KIND__MAX when unknown. */
enum wording_kind wording_kind_of(struct str name);

/* "alone": t without punctuation, digits, polite words and the terms of the same list is empty, or the text has fewer than 12
 * characters and contains the term.  terms: the list's terms. */
bool wording_alone(struct arena *a, const struct text *t, const struct text *term, const json_t *terms);
/* "needs_context": a condition and then 就 or 将 stand before position i in its sentence, and the term is not told as a past fact. */
bool wording_in_context(const struct text *t, size_t i);

/* QUOTED_EVIDENCE: sets quoted[i] for every code point inside quotation marks that are introduced as somebody's words, and on lines that
 * begin with ">".  quoted: t->n flags, all false. */
void wording_mark_quotations(const struct text *t, bool *quoted);

/* Bounded patterns: literal characters, "." for any but a line end, "?" and "{m,n}" (n <= 32) after one of them.  At most 64 elements,
 * and no other special character, so that a pattern costs at most length of text × 32 × elements. */
struct wording_pattern;
/* Compiles; NULL when the pattern is not of this form. */
const struct wording_pattern *wording_pattern(struct arena *a, struct str source);
/* First match from position `from`: its start, *length set; SIZE_MAX when there is none. */
size_t wording_pattern_find(const struct wording_pattern *p, const struct text *t, size_t from, size_t *length);

#endif
