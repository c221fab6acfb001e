/*
 * buf: text that grows.  Lives in an arena; appending never fails (see arena).
 */
#ifndef AIDDESK_CORE_BUF_H
#define AIDDESK_CORE_BUF_H

#include <stdarg.h>

#include "core/str.h"

struct buf {
    struct arena *arena; /* where the bytes live */
    char *p;             /* the bytes; not NUL-terminated */
    size_t n;            /* length in bytes */
    size_t cap;          /* capacity in bytes */
};

/* An empty buffer. */
struct buf buf_new(struct arena *a);
void buf_add(struct buf *b, struct str s);
void buf_addz(struct buf *b, const char *z);
void buf_addc(struct buf *b, char c);
/* One code point as UTF-8. */
void buf_add_char(struct buf *b, uint32_t code_point);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* HTML text and attribute escaping: & < > " ' */
void buf_add_html(struct buf *b, struct str s);
/* Percent-encoding of everything but unreserved characters (RFC 3986). */
void buf_add_url(struct buf *b, struct str s);
/* What has been written; valid until the next append. */
struct str buf_str(const struct buf *b);
/* Makes room for n more bytes and returns where they go; buf_grew tells how many were written. */
char *buf_room(struct buf *b, size_t n);
void buf_grew(struct buf *b, size_t n);

#endif
