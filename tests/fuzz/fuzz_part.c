/* fuzz_part: the Content-Type of a body (first line) and the header lines of a part (the rest, CRLF). */
#include <string.h>

#include "core/buf.h"
#include "core/multipart_private.h"
#include "fuzz.h"

static void add_quoted(struct buf *b, struct str s)
{
    buf_addc(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"' || s.p[i] == '\\')
            buf_addc(b, '\\');
        buf_addc(b, s.p[i]);
    }
    buf_addc(b, '"');
}

static void check_part(const struct part *p)
{
    must(p->name.n >= 1 && p->name.n <= 64 && str_is_text(p->name));
    must(p->file_name.n <= 255 && str_is_text(p->file_name));
    must(str_find(p->file_name, STR("/"), 0) == SIZE_MAX);
    must(str_find(p->file_name, STR("\\"), 0) == SIZE_MAX);
    must(p->is_file || p->file_name.n == 0);
    for (size_t i = 0; i < p->file_name.n; i++)
        must((unsigned char)p->file_name.p[i] >= ' ' && p->file_name.p[i] != 0x7F);
    for (size_t i = 0; i < p->type.n; i++)
        must(p->type.p[i] >= ' ' && p->type.p[i] <= '~');
    must(p->type.n <= 255);
}

/* A part that is written again from what was read is the same part. */
static void check_again(struct arena *a, const struct part *p)
{
    struct buf b = buf_new(a);
    struct part again;

    buf_addz(&b, "Content-Disposition: form-data; name=");
    add_quoted(&b, p->name);
    if (p->is_file) {
        buf_addz(&b, "; filename=");
        add_quoted(&b, p->file_name);
    }
    buf_printf(&b, "\r\nContent-Type: %.*s\r\n", STR_ARG(p->type));
    must(multipart_head(a, buf_str(&b), &again));
    must(str_eq(again.name, p->name) && again.is_file == p->is_file);
    must(str_eq(again.file_name, p->file_name) && str_eq(again.type, p->type));
}

static void check_boundary(struct arena *a, struct str type)
{
    struct str boundary, again;

    if (!multipart_boundary(a, type, &boundary))
        return;
    must(boundary.n >= 1 && boundary.n <= 70 && memchr(boundary.p, '\r', boundary.n) == NULL);
    type = str_fmt(a, "multipart/form-data; boundary=\"%.*s\"", STR_ARG(boundary));
    must(multipart_boundary(a, type, &again) && str_eq(again, boundary));
}

void fuzz_one(struct arena *a, struct str input)
{
    struct str type, lines;
    struct part part;

    (void)str_cut(input, '\n', &type, &lines);
    check_boundary(a, type);
    if (!multipart_head(a, lines, &part))
        return;
    check_part(&part);
    check_again(a, &part);
}
