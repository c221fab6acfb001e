/*
 * letters: the papers of a case as PDF (DOMAIN.md §8).  One content model (JSON) per document and one composer per model; texts come from
 * locale part "letters" (and "rules" for what the settlement check says), so a composer holds order and layout, never a sentence.
 *
 * How to use: build the model, call the composer, and
 *   ERR_OK       *pdf holds the bytes, in the arena; issuing freezes them with letter_version and the model as snapshot
 *   ERR_FORM     something mandatory is missing; `missing` (a JSON array of the caller's) got {"key","text"} for each, text in the given
 *                language; nothing was made.  A value that is empty, null, or one of the words null, None, undefined counts as missing:
 *                no letter ever prints them
 *   ERR_INTERNAL no font, or our bug
 *
 * What leaves the service is masked here (V-INT-05): card keys, ID, bank and mobile numbers inside free text; contact fields are printed
 * as given, because that is what they are for.  The language of papers for authorities is Chinese; with the English locale the frame is
 * English and the contents stay as typed.  Days are "2026-11-20"; times "2026-11-03T14:00" or RFC 3339, shown in Asia/Shanghai.
 *
 * Fields of all models:  "case_no", "date" (day of the document), "organisation", "law_register_on" (day, may be absent), "draft" (true
 * marks every page as not issued).
 */
#ifndef AIDDESK_LETTERS_LETTER_H
#define AIDDESK_LETTERS_LETTER_H

#include <jansson.h>

#include "core/err.h"
#include "core/locale.h"

enum letter_kind {
    LETTER_COMPLAINT,     /* 投诉书, COMPLAINT_LETTER */
    LETTER_SETTLEMENT,    /* 和解协议, SETTLEMENT_AGREEMENT */
    LETTER_WITHDRAWAL,    /* 撤回投诉申请书, WITHDRAWAL_REQUEST */
    LETTER_EVIDENCE_LIST, /* 证据目录, EVIDENCE_LIST */
    LETTER_RECEIPT,       /* 收件回执 */
    LETTER_KIND__MAX
};

/* Version of a template, printed in the footer and stored with the document; changed with every change of contents. */
const char *letter_version(enum letter_kind kind);

/* 投诉书 (R-DOC-01, DOMAIN.md §8).  Model, * = mandatory:
 *   "addressee"*, "complainant": {"name"*, "contact"*, "identity", "address"}, "agent": {"name", "authority"},
 *   "respondent": {"name"*, "platform", "credit_code", "address", "contact"},
 *   "purchase": {"product", "order_no", "paid_on", "amount_fen", "pay_method_label", "payment_no"},
 *   "facts"*: [{"at", "text"}] and/or "story",       the timeline, in order
 *   "negotiation": [{"at", "text"}] or "no_negotiation": true *,
 *   "demands"*: [{"text", "kind_label", "amount_fen", "quantity", "unit", "by_day", "basis", "alternative": bool}],
 *   "rules": [{"title", "clause", "version_on", "text"}], "laws": [{"name", "article", "gist", "unverified": bool}]   one of the two *; rules come first
 *   "evidence"*: [{"no", "kind_label", "name", "proves"}], "attachments": ["…"] */
enum err letter_complaint(struct arena *a, const struct locale *l, const json_t *model, struct str *pdf, json_t *missing);

/* 和解协议 (DOMAIN.md §5.3).  Model: rules/settlement.h; its V-SET-01 must pass.  Withdrawal stands after performance, and that the right
 * to report is not waived is always printed.  The account is masked. */
enum err letter_settlement(struct arena *a, const struct locale *l, const json_t *model, struct str *pdf, json_t *missing);

/* 撤回投诉申请书 (R-DOC-05).  Model: "addressee"*, "channel_label"*, "filing_no" or "filing_proof" *, "filed_on"*, "complainant": {"name"*,
 * "contact"*}, "respondent": {"name"*}, "problem_label"*, "reason_label"*, "reason_text"*, "evidence": [{"no", "kind_label", "name",
 * "proves"}] (mandatory when "needs_proof" is true), "no_pressure": true|false|absent, "effect_acknowledged": true *. */
enum err letter_withdrawal(struct arena *a, const struct locale *l, const json_t *model, struct str *pdf, json_t *missing);

/* 证据目录 (EVR 19).  Model: "complainant": {"name"*}, "respondent": {"name"*}, "evidence"*: [{"no", "kind_label", "name", "source", "proves",
 * "content", "form_label", "bytes", "sha256"}]. */
enum err letter_evidence_list(struct arena *a, const struct locale *l, const json_t *model, struct str *pdf, json_t *missing);

/* 收件回执: safe to show, without the tracking code (anything of its form is masked).  Model: "case_no"*, "received_at"*, "platform",
 * "problem_label", "amount_fen", "evidence": [{"no", "name", "bytes", "sha256"}], "steps"*: [{"who", "what", "by_day"}], "track_url"*. */
enum err letter_receipt(struct arena *a, const struct locale *l, const json_t *model, struct str *pdf, json_t *missing);

#endif
