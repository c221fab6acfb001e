/* compose: what the composers of letters share.  Private to cgi/letters. */
#ifndef AIDDESK_LETTERS_COMPOSE_H
#define AIDDESK_LETTERS_COMPOSE_H

#include "core/pdf.h"
#include "letters/letter.h"

struct letter {
    struct arena *arena;
    const struct locale *locale;
    const json_t *model;
    json_t *missing;          /* the caller's list */
    struct pdf_block *blocks; /* so far */
    size_t n, cap;
};

/* An empty letter over a model; missing: the caller's list, gets what letter_lacks names. */
struct letter letter_begin(struct arena *a, const struct locale *l, const json_t *model, json_t *missing);
/* Lays out, unless something is missing. */
enum err letter_end(struct letter *l, enum letter_kind kind, const char *title_key, struct str *pdf);

/* Text of a key; pairs of (const char *name, struct str value), ended by NULL. */
struct str letter_say(const struct letter *l, const char *key, ...);
/* A string member, trimmed; empty when absent, null, or a word that stands for nothing. */
struct str letter_value(const json_t *object, const char *key);
/* The same for free text that leaves the service: masked. */
struct str letter_open_text(const struct letter *l, const json_t *object, const char *key);
/* A mandatory member: when empty, `key` goes to the list of what is missing. */
struct str letter_need(struct letter *l, const json_t *object, const char *member, const char *key);
/* Puts a key on that list, once. */
void letter_lacks(struct letter *l, const char *key);
/* "2026-11-03" -> 2026年11月3日; a time adds the clock; anything else stays as it is. */
struct str letter_when(const struct letter *l, struct str day_or_time);
/* "人民币 176.00 元（大写：壹佰柒拾陆元整）" */
struct str letter_money(const struct letter *l, int64_t fen);

/* Blocks.  Texts must live as long as the arena or the model. */
void letter_title(struct letter *l, const char *key);
void letter_heading(struct letter *l, const char *key);
void letter_text(struct letter *l, struct str text);
void letter_small(struct letter *l, struct str text);
/* Label and value; nothing when the value is empty. */
void letter_field(struct letter *l, const char *key, struct str value);
void letter_item(struct letter *l, struct str label, struct str text);
void letter_numbered(struct letter *l, size_t number, struct str text);
void letter_right(struct letter *l, struct str text);
void letter_space(struct letter *l);
void letter_qr(struct letter *l, struct str text);
void letter_head(struct letter *l, const char *const *keys, size_t n);
void letter_row(struct letter *l, const struct str *cells, size_t n);

/* Parts that several letters have. */
/* Timeline entries [{"at","text"}] as numbered items, masked. */
void letter_timeline(struct letter *l, const json_t *entries);
/* Evidence as number, name, what it proves. */
void letter_evidence_table(struct letter *l, const json_t *evidence);
/* Signature and date at the right. */
void letter_signature(struct letter *l, const char *key);
/* "证据3": the number of an item, its place in the list when it has none. */
struct str letter_evidence_no(const struct letter *l, const json_t *item, size_t index);

#endif
