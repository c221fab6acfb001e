#include <string.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/multipart_private.h"

enum { BOUNDARY_MAX = 70, FILE_NAME_MAX = 255, TYPE_MAX = 255, NAME_MAX_BYTES = 64 };

/* RFC 7230 token. */
static bool is_token_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static struct str take_token(struct str *s)
{
    size_t n = 0;
    struct str token;

    while (n < s->n && is_token_char(s->p[n]))
        n++;
    token = str_sub(*s, 0, n);
    *s = str_sub(*s, n, s->n);
    return token;
}

static void skip_spaces(struct str *s)
{
    while (s->n != 0 && (s->p[0] == ' ' || s->p[0] == '\t'))
        *s = str_sub(*s, 1, s->n);
}

/* A quoted-string.  Browsers write %22 for a quote and leave backslashes alone (HTML standard), curl writes \" and \\: both are read.  A
 * backslash before the very last quote is a character, not an escape. */
static bool take_quoted(struct arena *a, struct str *s, struct str *out)
{
    struct buf b = buf_new(a);

    for (size_t i = 1; i < s->n; i++) {
        char c = s->p[i];

        if (c == '"') {
            *s = str_sub(*s, i + 1, s->n);
            *out = buf_str(&b);
            return true;
        }
        if (c == '\\' && i + 2 < s->n && (s->p[i + 1] == '"' || s->p[i + 1] == '\\'))
            c = s->p[++i];
        buf_addc(&b, c);
    }
    return false;
}

/* The next "; name=value"; *more = false at the end. */
static bool take_parameter(struct arena *a, struct str *s, struct str *name, struct str *value,
                           bool *more)
{
    skip_spaces(s);
    *more = s->n != 0;
    if (!*more)
        return true;
    if (s->p[0] != ';')
        return false;
    *s = str_sub(*s, 1, s->n);
    skip_spaces(s);
    *name = str_lower(a, take_token(s));
    if (name->n == 0 || s->n == 0 || s->p[0] != '=')
        return false;
    *s = str_sub(*s, 1, s->n);
    if (s->n != 0 && s->p[0] == '"')
        return take_quoted(a, s, value);
    *value = take_token(s);
    return value->n != 0;
}

static bool is_boundary(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') &&
            (c == '\0' || strchr("'()+_,-./:=? ", c) == NULL))
            return false;
    }
    return s.n >= 1 && s.n <= BOUNDARY_MAX && s.p[s.n - 1] != ' ';
}

bool multipart_boundary(struct arena *a, struct str content_type, struct str *boundary)
{
    struct str s = str_trim(content_type), name, value;
    struct str type = str_lower(a, str_sub(s, 0, strlen("multipart/form-data")));
    bool more, found = false;

    if (!str_eqz(type, "multipart/form-data"))
        return false;
    s = str_sub(s, type.n, s.n);
    for (;;) {
        if (!take_parameter(a, &s, &name, &value, &more))
            return false;
        if (!more)
            return found && is_boundary(*boundary);
        if (!str_eqz(name, "boundary"))
            continue;
        if (found)
            return false;
        found = true;
        *boundary = value;
    }
}

/* Controls, and what turns the direction of writing: an ending shown in another place is an ending that lies. */
static bool is_hidden(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F ||
           (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

/* Any text, never a path: what stands behind the last slash or backslash, controls and direction characters as visible marks, at most
 * 255 bytes. */
static struct str clean_file_name(struct arena *a, struct str sent)
{
    struct str s = str_repair(a, sent);
    struct buf b = buf_new(a);

    for (size_t i = s.n; i > 0; i--) {
        if (s.p[i - 1] == '/' || s.p[i - 1] == '\\') {
            s = str_sub(s, i, s.n);
            break;
        }
    }
    for (size_t i = 0; i < s.n;) {
        size_t at = i;
        uint32_t c = str_next(s, &i);

        if (c == '%' && str_starts(str_sub(s, at, s.n), STR("%22"))) {
            buf_addc(&b, '"');
            i = at + 3;
        } else {
            buf_add_char(&b, is_hidden(c) ? 0xFFFD : c);
        }
    }
    return str_first(buf_str(&b), FILE_NAME_MAX);
}

static bool take_disposition(struct arena *a, struct str s, struct part *out)
{
    struct str name, value;
    bool more, named = false;

    if (!str_eqz(str_lower(a, take_token(&s)), "form-data"))
        return false;
    for (;;) {
        if (!take_parameter(a, &s, &name, &value, &more))
            return false;
        if (!more)
            return named;
        if (str_eqz(name, "name")) {
            if (named || value.n == 0 || value.n > NAME_MAX_BYTES || !str_is_text(value))
                return false;
            named = true;
            out->name = value;
        } else if (str_eqz(name, "filename")) {
            if (out->is_file)
                return false;
            out->is_file = true;
            out->file_name = clean_file_name(a, value);
        } /* filename* must not be used here (RFC 7578 §4.2): ignored like every other parameter */
    }
}

static struct str take_type(struct arena *a, struct str value)
{
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] < ' ' || value.p[i] > '~')
            return (struct str){NULL, 0};
    }
    return value.n <= TYPE_MAX ? str_dup(a, value) : (struct str){NULL, 0};
}

/* One header line.  *disposed: a Content-Disposition has been seen. */
static bool take_line(struct arena *a, struct str line, struct part *out, bool *disposed)
{
    struct str value = line;
    struct str name = str_lower(a, take_token(&value));

    if (name.n == 0 || value.n == 0 || value.p[0] != ':')
        return false;
    value = str_trim(str_sub(value, 1, value.n));
    if (str_eqz(name, "content-disposition")) {
        if (*disposed)
            return false;
        *disposed = true;
        return take_disposition(a, value, out);
    }
    if (str_eqz(name, "content-type")) {
        out->type = take_type(a, value);
        return true;
    }
    if (str_eqz(name, "content-transfer-encoding")) { /* deprecated; decoding is never ours */
        value = str_lower(a, value);
        return str_eqz(value, "binary") || str_eqz(value, "8bit") || str_eqz(value, "7bit");
    }
    return true;
}

bool multipart_head(struct arena *a, struct str lines, struct part *out)
{
    bool disposed = false;

    *out = (struct part){0};
    while (lines.n != 0) {
        size_t end = str_find(lines, STR("\r\n"), 0);
        struct str line;

        if (end == SIZE_MAX)
            return false;
        line = str_sub(lines, 0, end);
        lines = str_sub(lines, end + 2, lines.n);
        for (size_t i = 0; i < line.n; i++) {
            if (line.p[i] == '\r' || line.p[i] == '\n' || line.p[i] == '\0')
                return false;
        }
        if (!take_line(a, line, out, &disposed))
            return false;
    }
    return disposed;
}
