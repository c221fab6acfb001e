/*
 * load: files of ours that are read once at start (configuration, templates, texts), before rights are dropped and any sandbox closes.
 * Errors are sentences for the operator.
 */
#ifndef AIDDESK_CORE_LOAD_H
#define AIDDESK_CORE_LOAD_H

#include "core/str.h"

/* Reads a whole file of at most max bytes that is text by the rule of str.h; a UTF-8 byte order mark at its start is dropped.
 * *out lives in the arena.  On error false, and a sentence with the path in *problem. */
bool load_text(struct arena *a, const char *path, size_t max, struct str *out, struct str *problem);
/* Names in a folder, sorted by bytes, without those that begin with a dot.  *names and the texts live in the arena. */
bool load_names(struct arena *a, const char *path, struct str **names, size_t *n, struct str *problem);

#endif
