/* file_private: what file.c (in) and file_send.c (out) share. */
#ifndef AIDDESK_CORE_FILE_PRIVATE_H
#define AIDDESK_CORE_FILE_PRIVATE_H

#include "core/file.h"

/* The functions of one schema, by name (file.h).  Written out, so that the test which prepares every function named in C finds them. */
struct file_functions {
    const char *schema;
    bool by_network;                               /* files an hour are limited for each network */
    const char *begin, *segment, *end, *inspected; /* in */
    const char *get, *segment_get, *preview;       /* out */
};

/* Those of fc->schema; another schema is our bug. */
const struct file_functions *file_functions(const struct file_context *fc);
enum file_proof {
    FILE_PROOF_TAGS,   /* every segment opens, none is missing or doubled, the length is right */
    FILE_PROOF_DIGEST, /* and the SHA-256 of the whole is the manifest's */
};

/* Opens every segment in order and hands its text to sink, which may end the reading with an error.  Then compares number, length and, with
 * FILE_PROOF_DIGEST, SHA-256 with the manifest: ERR_DAMAGED, logged as an alarm, when anything is missing, doubled, swapped or changed.  The
 * digest costs as much as everything else together; who has taken it of the same bytes in the same request does without. */
enum err file_pour(struct request *req, const struct file_context *fc, const struct file_meta *meta,
                   enum file_proof proof, enum err (*sink)(void *ctx, struct str plain), void *ctx);

#endif
