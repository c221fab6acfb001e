/*
 * text: what people typed, as code points that rules can compare.  Hidden here is the normal form of the wording lists (DOMAIN.md §6,
 * reference/wording.json): full-width ASCII to ASCII, lower case, traditional to simplified, and spaces and symbols that somebody put
 * between two Chinese characters removed, so that "骗 子" and "騙*子" are found.  Every code point remembers which bytes it came from,
 * so that a hit can be shown in the words that were typed.
 *
 * Bounds, on purpose: of NFKC only what is met in practice is done (full-width forms, Kangxi radicals that PDF copies leave behind,
 * invisible characters); traditional characters only as far as the lists and the words of this library hold them.  Sentence marks are
 * never removed: joining over them would read "受骗，子女" as "骗子".
 */
#ifndef AIDDESK_RULES_TEXT_H
#define AIDDESK_RULES_TEXT_H

#include "core/str.h"

struct text {
    const uint32_t *c;  /* code points of the normal form */
    const size_t *from; /* for each: first byte in the typed text */
    const size_t *to;   /* for each: byte after the last */
    size_t n;           /* number of code points */
};

/* Normal form of typed text (valid UTF-8).  Lives in the arena; refers to no byte of `typed`. */
struct text text_normal(struct arena *a, struct str typed);
/* The same, but spaces and symbols between Chinese characters stay: for patterns. */
struct text text_literal(struct arena *a, struct str typed);
/* True when word stands in t at position i. */
bool text_at(const struct text *t, size_t i, const struct text *word);
/* Position of word in t from position `from`, or SIZE_MAX. An empty word is never found. */
size_t text_find(const struct text *t, const struct text *word, size_t from);
/* True when a word of a table (UTF-8, without gaps) stands in t at position i; *length gets its code points. */
bool text_word_at(const struct text *t, size_t i, const char *word, size_t *length);
/* First position of any of n such words in [from, to), or SIZE_MAX; *length gets the length of the longest one there. */
size_t text_find_any(const struct text *t, const char *const *words, size_t n, size_t from, size_t to, size_t *length);
/* t[from, to) as a text of its own (shares memory). */
struct text text_slice(const struct text *t, size_t from, size_t to);

/* Chinese characters (CJK unified ideographs with extensions, and 〇). */
bool text_is_han(uint32_t c);
/* ASCII digit. */
bool text_is_digit(uint32_t c);
/* ASCII digit or letter (the normal form is lower case). */
bool text_is_alnum(uint32_t c);
/* A mark that ends a sentence: 。！？；…  and their ASCII forms, line ends; a full stop between digits does not. */
bool text_ends_sentence(const struct text *t, size_t i);
/* A mark that ends a clause: the above, and ， 、 ： , : */
bool text_ends_clause(const struct text *t, size_t i);
/* Bounds [*from, *to) of the sentence or clause around position i. */
void text_sentence(const struct text *t, size_t i, size_t *from, size_t *to);
void text_clause(const struct text *t, size_t i, size_t *from, size_t *to);

#endif
