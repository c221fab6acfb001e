/*
 * locale: texts of people's languages.  A catalog is a flat JSON object key -> text in cgi/locale/<language>/<part>.json; a program loads
 * "format" (how dates, amounts and sizes look, the name of the language), "shared" and its own parts.  Texts are plain text, escaped as
 * a whole on a page; they may hold {{n}} and other values, and {{> t/key}} for another text.  As partials they see the values of the
 * page's model.  Another language is a folder, no code.  zh-CN is the source and the default; a lint test keeps key and parameter sets
 * equal.
 */
#ifndef AIDDESK_CORE_LOCALE_H
#define AIDDESK_CORE_LOCALE_H

#include <jansson.h>

#include "core/mustache.h"

struct locale;  /* one language */
struct locales; /* all of them */

/* Loads parts ("format" and "shared" are added) of every language under data_dir/locale.  parts: NULL-terminated, or NULL.  A part that a
 * language lacks, a key in two parts, a text that is no template: NULL and a sentence with file and key in *problem. */
struct locales *locale_load(struct arena *a, struct str data_dir, const char *const *parts, struct str *problem);
/* By code ("zh-CN", "en"); NULL when unknown. */
const struct locale *locale_get(const struct locales *l, struct str code);
/* First visit: best match of Accept-Language, else zh-CN. */
const struct locale *locale_match(const struct locales *l, struct str accept_language);
/* The language that the switch offers: the next one after l, zh-CN first; l itself when there is only one. */
const struct locale *locale_other(const struct locales *l, const struct locale *present);
/* "zh-CN", "en". */
const char *locale_code(const struct locale *l);
/* Text of a key with values; a missing key renders as the key itself and is logged as our bug. */
struct str locale_text(struct arena *a, const struct locale *l, const char *key, const json_t *values);
struct str locale_textz(struct arena *a, const struct locale *l, const char *key);
/* With the value {{n}}. */
struct str locale_text_n(struct arena *a, const struct locale *l, const char *key, int64_t n);
/* The catalog text as a parsed template, for {{> t/key}}; NULL when missing. */
const struct template *locale_template(const struct locale *l, struct str key);

/* How values look in a language (texts format.*).  Day and time in Asia/Shanghai; an iso_date that is none comes back as it is.
 * Sizes count in 1024, as the limits of the configuration do. */
struct str locale_date(struct arena *a, const struct locale *l, int64_t t_us);      /* 2026年11月3日（周二） / 3 November 2026 */
struct str locale_day(struct arena *a, const struct locale *l, struct str iso_date); /* the same for "2026-11-03" */
struct str locale_datetime(struct arena *a, const struct locale *l, int64_t t_us);  /* with 14:03, Asia/Shanghai */
struct str locale_fen(struct arena *a, const struct locale *l, int64_t fen);        /* 1,760.50 元 / CNY 1,760.50 */
struct str locale_bytes(struct arena *a, const struct locale *l, int64_t bytes);    /* 3.2 MB */

#endif
