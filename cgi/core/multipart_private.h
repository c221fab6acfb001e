/*
 * multipart_private: what multipart.c (the stream) and multipart_head.c (the headers) share.  Pure functions on text, fuzzed on their own.
 */
#ifndef AIDDESK_CORE_MULTIPART_PRIVATE_H
#define AIDDESK_CORE_MULTIPART_PRIVATE_H

#include "core/multipart.h"

/* The boundary of a Content-Type "multipart/form-data; boundary=…" (RFC 2046 §5.1.1: 1..70 characters of its own alphabet); false on
 * anything else. */
bool multipart_boundary(struct arena *a, struct str content_type, struct str *boundary);
/* Reads the header lines of a part, each with its CRLF, without the empty line that ends them.  false when malformed: no or two
 * Content-Dispositions, another one than form-data, no name, a transfer encoding.  *out lives in the arena. */
bool multipart_head(struct arena *a, struct str lines, struct part *out);

#endif
