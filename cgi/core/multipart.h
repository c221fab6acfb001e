/*
 * multipart: multipart/form-data as a stream (RFC 7578).  Parts come one after another; a part's bytes are handed out in pieces, so that
 * a 25 MB file never stands in memory.  The small text fields before the file are collected and checked as any form.
 */
#ifndef AIDDESK_CORE_MULTIPART_H
#define AIDDESK_CORE_MULTIPART_H

#include "core/request.h"

struct part {
    struct str name;       /* field name */
    bool is_file;          /* has a filename parameter */
    struct str file_name;  /* as sent: any text, never a path; valid UTF-8 without NUL, at most 255 bytes, directories cut off */
    struct str type;       /* Content-Type as sent: a hint, never trusted */
};

struct multipart;

/* Starts on a request with ROUTE_STREAM.  ERR_BAD_REQUEST when the content type is not multipart/form-data with a proper boundary.
 * serve_request has already called this and multipart_form (so that permission, CSRF, language switch and field errors work as on any
 * form); a handler gets the same stream again. */
enum err multipart_open(struct request *req, struct multipart **out);
/* Goes to the next part (skipping what is left of the present one).  *more = false after the closing boundary. */
enum err multipart_next(struct multipart *m, struct part *out, bool *more);
/* Reads up to n bytes of the present part; *got = 0 at its end. */
enum err multipart_read(struct multipart *m, char *p, size_t n, size_t *got);
/* Reads every text part up to the first file part (or the end), checks them by the route's table (form_take, strict) and leaves the
 * stream at the file: *file tells which; *have_file = false when there is none; controls left empty (no name, no bytes) are passed over.
 * Browsers send controls in document order, so pages put the file control last (and the csrf token first).  A second call gives the
 * first one's result, and the next file once the first was read and multipart_more found another. */
enum err multipart_form(struct multipart *m, struct part *file, bool *have_file);
/* Behind a file that has been read: goes to the next one when another file control of this form brought one (multipart_form then tells
 * which), otherwise to the end of the body as multipart_finish does.  A second file of one control, and text behind a file, are
 * ERR_BAD_REQUEST. */
enum err multipart_more(struct multipart *m);
/* Reads to the end of the body; the bytes read must equal Content-Length (STYLE.md §fcgi 8), else ERR_BAD_REQUEST.  So does a further
 * part that holds something: who wants several files of one post reads them with multipart_next. */
enum err multipart_finish(struct multipart *m);

#endif
