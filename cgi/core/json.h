/*
 * json: short hands over Jansson for models.  Strings are valid UTF-8 by the rule of str.h.
 */
#ifndef AIDDESK_CORE_JSON_H
#define AIDDESK_CORE_JSON_H

#include <jansson.h>

#include "core/str.h"

/* Makes Jansson end the process like the arena when memory is out, instead of returning NULL.  Call once in main. */
void json_init(void);
json_t *json_of_str(struct str s);
void json_set_str(json_t *object, const char *key, struct str value);
void json_set_z(json_t *object, const char *key, const char *value);
void json_set_int(json_t *object, const char *key, int64_t value);
void json_set_bool(json_t *object, const char *key, bool value);
/* Steals value. */
void json_set_new(json_t *object, const char *key, json_t *value);
/* String member, empty when missing or not a string; valid as long as the object. */
struct str json_str(const json_t *object, const char *key);
int64_t json_int(const json_t *object, const char *key);
bool json_truth(const json_t *object, const char *key);
/* Compact, sorted keys; in the arena. */
struct str json_dump(struct arena *a, const json_t *value);
/* Parses text with duplicates refused; NULL on error, and when it is no text by the rule of str.h.  New reference, given to the arena's
 * defers (do not decref). */
json_t *json_parse(struct arena *a, struct str text);
/* json_decref at reset. Returns value. */
json_t *json_owned(struct arena *a, json_t *value);

#endif
