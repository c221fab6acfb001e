/*
 * vocab: labels of codes (ref.enumeration), read once per process through the program's own schema (<schema>.vocabulary()) and again
 * after 10 minutes.  Labels are data; codes are stable.  The function has no parameters and returns the codes in force: enumeration text,
 * code text, grp text (may be null), sort bigint (display order), label_zh text, label_en text.
 */
#ifndef AIDDESK_CORE_VOCAB_H
#define AIDDESK_CORE_VOCAB_H

#include <jansson.h>

#include "core/request.h"

/* Label of a code in the request's language; the code itself when unknown. */
struct str vocab_label(struct request *req, const char *enumeration, struct str code);
/* True when the code is in force. */
bool vocab_has(struct request *req, const char *enumeration, struct str code);
/* [{"code","label","group"}] in display order; group NULL = all.  New reference. */
json_t *vocab_options(struct request *req, const char *enumeration, const char *group);
/* Adds "<key>_label" beside obj[key]; does nothing when obj[key] is null or missing. */
void vocab_add_label(struct request *req, json_t *obj, const char *key, const char *enumeration);

#endif
