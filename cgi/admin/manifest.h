/*
 * manifest: lists of files with their SHA-256.  One JSON form for what the operator gets to check:
 *   {"format": "aiddesk-export/1" | "aiddesk-backup/1", …, "files": [{"name", "bytes", "sha256" (hex)}]}
 * Files stand beside their manifest; a name is a plain file name.
 */
#ifndef AIDDESK_ADMIN_MANIFEST_H
#define AIDDESK_ADMIN_MANIFEST_H

#include "admin/admin.h"

/* Reads and checks the shape.  NULL after saying what is wrong.  Lives in the arena. */
json_t *manifest_read(struct admin *ad, const char *path, const char *format);
/* SHA-256 and length of a file; false with errno. */
bool manifest_sha256(struct admin *ad, const char *path, unsigned char sha256[32], int64_t *bytes);
/* Compares one entry with the file in that folder and says the result.  *missing: the file is not there. */
bool manifest_check(struct admin *ad, struct str folder, const json_t *entry,
                    unsigned char sha256[32], bool *missing);
/* The folder of a path ("." when it has none). */
struct str manifest_folder(struct admin *ad, const char *path);

#endif
