/*
 * finding: what a rule has to say.  Every rule of DOMAIN.md §6 answers with a list of findings: the rule's code, its level, a locale key
 * of part "rules", and the values of that text.  Rules hold no sentences; the caller translates:
 *
 *     locale_text(arena, locale, f->key, json_owned(arena, finding_values(f, lang)))
 *
 * Values that differ by language (a field's label from reference data) carry both forms.  Everything lives in the arena given at start.
 */
#ifndef AIDDESK_RULES_FINDING_H
#define AIDDESK_RULES_FINDING_H

#include <jansson.h>

#include "core/str.h"

/* Levels, as enumeration rule_level names them. */
enum level {
    LEVEL_INFO,   /* said, nothing more */
    LEVEL_WARN,   /* said beside the field; the step goes on */
    LEVEL_BLOCK,  /* the step waits until it is mended, or overridden where DOMAIN.md §6 says so */
    LEVEL_ROUTE,  /* another path is offered */
    LEVEL_ACK,    /* must be acknowledged */
    LEVEL_RECORD, /* only recorded */
    LEVEL__MAX
};

enum { FINDING_VALUES = 4 };

struct finding_value {
    const char *name;  /* name in the text, {{name}} */
    struct str zh, en; /* the value in either language */
};

struct finding {
    const char *rule;   /* "V-EV-02" */
    enum level level;   /* how much it weighs */
    const char *key;    /* locale key of part "rules" */
    struct str subject; /* what it is about: evidence number, field, demand number; may be empty */
    struct finding_value values[FINDING_VALUES];
    size_t n_values; /* how many of them are set */
};

struct findings {
    struct arena *arena;   /* where they live */
    struct finding *items; /* in the order in which the rules spoke */
    size_t n, cap;         /* count and capacity */
};

/* The code of a level ("BLOCK"); never NULL. */
const char *level_code(enum level level);
/* An empty list. */
struct findings findings_new(struct arena *a);
/* Appends one and returns it for its values; valid until the next append. */
struct finding *findings_add(struct findings *f, const char *rule, enum level level, const char *key);
/* Sets one value, the same in both languages, or one for each. At most FINDING_VALUES. */
void finding_set(struct finding *f, const char *name, struct str value);
void finding_set_both(struct finding *f, const char *name, struct str zh, struct str en);
/* Sets a number.  a: the arena of the list. */
void finding_set_int(struct arena *a, struct finding *f, const char *name, int64_t value);
/* True when one of them blocks. */
bool findings_block(const struct findings *f);
/* True when a rule has spoken at all. */
bool findings_have(const struct findings *f, const char *rule);
/* True when a key is among them. */
bool findings_have_key(const struct findings *f, const char *key);
/* The values for locale_text.  lang: "zh-CN" or "en".  New reference. */
json_t *finding_values(const struct finding *f, const char *lang);
/* [{"rule","level","key"}]: what core.check_result keeps, codes only and never text.  rule NULL = all.  New reference. */
json_t *findings_codes(const struct findings *f, const char *rule);

#endif
