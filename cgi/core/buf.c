#include "core/buf.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/arena.h"

enum { FIRST_CAP = 256 };

struct buf buf_new(struct arena *a)
{
    return (struct buf){.arena = a};
}

char *buf_room(struct buf *b, size_t n)
{
    size_t need, cap;
    char *p;

    if (n <= b->cap - b->n)
        return b->n == 0 ? b->p : b->p + b->n;
    if (__builtin_add_overflow(b->n, n, &need) || need > SIZE_MAX / 2)
        arena_out_of_memory();
    cap = b->cap < FIRST_CAP ? FIRST_CAP : b->cap * 2;
    if (cap < need)
        cap = need;
    /* The old bytes stay in the arena until reset, so a slice of this buffer may be appended to the buffer itself. */
    p = arena_alloc(b->arena, cap);
    if (b->n != 0)
        memcpy(p, b->p, b->n);
    b->p = p;
    b->cap = cap;
    return p + b->n;
}

void buf_grew(struct buf *b, size_t n)
{
    assert(n <= b->cap - b->n);
    b->n += n;
}

void buf_add(struct buf *b, struct str s)
{
    if (s.n == 0)
        return;
    memcpy(buf_room(b, s.n), s.p, s.n);
    b->n += s.n;
}

void buf_addz(struct buf *b, const char *z)
{
    buf_add(b, str_of(z));
}

void buf_addc(struct buf *b, char c)
{
    *buf_room(b, 1) = c;
    b->n++;
}

void buf_add_char(struct buf *b, uint32_t c)
{
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        c = 0xFFFD;
    if (c < 0x80) {
        buf_addc(b, (char)c);
    } else if (c < 0x800) {
        buf_addc(b, (char)(0xC0 | (c >> 6)));
        buf_addc(b, (char)(0x80 | (c & 0x3F)));
    } else if (c < 0x10000) {
        buf_addc(b, (char)(0xE0 | (c >> 12)));
        buf_addc(b, (char)(0x80 | ((c >> 6) & 0x3F)));
        buf_addc(b, (char)(0x80 | (c & 0x3F)));
    } else {
        buf_addc(b, (char)(0xF0 | (c >> 18)));
        buf_addc(b, (char)(0x80 | ((c >> 12) & 0x3F)));
        buf_addc(b, (char)(0x80 | ((c >> 6) & 0x3F)));
        buf_addc(b, (char)(0x80 | (c & 0x3F)));
    }
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list args;
    int n;

    va_start(args, fmt);
    n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    assert(n >= 0); /* only a bad format of ours fails here */
    if (n <= 0)
        return;
    (void)buf_room(b, (size_t)n + 1); /* vsnprintf ends with NUL, which is not counted */
    va_start(args, fmt);
    (void)vsnprintf(b->p + b->n, (size_t)n + 1, fmt, args);
    va_end(args);
    b->n += (size_t)n;
}

static const char *html_entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void buf_add_html(struct buf *b, struct str s)
{
    size_t from = 0;

    for (size_t i = 0; i < s.n; i++) {
        const char *entity = html_entity(s.p[i]);

        if (entity == NULL)
            continue;
        buf_add(b, str_sub(s, from, i - from));
        buf_addz(b, entity);
        from = i + 1;
    }
    buf_add(b, str_sub(s, from, s.n - from));
}

static bool is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void buf_add_url(struct buf *b, struct str s)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (is_unreserved(s.p[i])) {
            buf_addc(b, s.p[i]);
        } else {
            buf_addc(b, '%');
            buf_addc(b, digits[c >> 4]);
            buf_addc(b, digits[c & 15]);
        }
    }
}

struct str buf_str(const struct buf *b)
{
    return str_bytes(b->p, b->n);
}
