#include "core/multipart.h"

#include <string.h>

#include "core/arena.h"
#include "core/multipart_private.h"

enum {
    WINDOW = 65536,  /* bytes in memory at a time */
    HEAD_MAX = 8192, /* headers of one part */
    PARTS_MAX = 64,  /* parts of one body */
    TEXT_MAX = 65536 /* bytes of a text field that are kept */
};

struct multipart {
    struct request *req;
    struct str delimiter; /* CRLF "--" boundary */
    char *window;         /* bytes start .. end of it have been read and not been used */
    size_t start, end;
    size_t content;    /* of these, the first `content` belong to the present part */
    bool at_delimiter; /* what follows them is the delimiter */
    bool closed;       /* the closing delimiter has been read */
    size_t parts;
    enum err err;    /* once wrong, always wrong */
    bool form_taken; /* multipart_form has run; its results: */
    enum err form_err;
    struct part file;
    bool have_file;
};

static enum err fail(struct multipart *m)
{
    m->err = ERR_BAD_REQUEST;
    return m->err;
}

/* Reads more into the window.  false at the end of the body, or when the window is full, or the peer is gone. */
static bool fill(struct multipart *m)
{
    long got;

    if (m->start != 0) {
        memmove(m->window, m->window + m->start, m->end - m->start);
        m->end -= m->start;
        m->start = 0;
    }
    if (m->end == WINDOW)
        return false;
    got = request_read(m->req, m->window + m->end, WINDOW - m->end);
    if (got <= 0)
        return false;
    m->end += (size_t)got;
    return true;
}

static struct str unread(const struct multipart *m)
{
    return str_bytes(m->window + m->start, m->end - m->start);
}

/* Finds out how much of the window is content of the present part.  Afterwards there is some, or the delimiter is next. */
static enum err look(struct multipart *m)
{
    while (m->err == ERR_OK && m->content == 0 && !m->at_delimiter) {
        struct str s = unread(m);
        size_t at = str_find(s, m->delimiter, 0);

        if (at != SIZE_MAX) {
            m->content = at;
            m->at_delimiter = true;
        } else if (s.n >= m->delimiter.n) {
            m->content = s.n - (m->delimiter.n - 1); /* the tail may be the start of a delimiter */
        } else if (!fill(m)) {
            return fail(m); /* ended without the closing delimiter */
        }
    }
    return m->err;
}

static void use(struct multipart *m, size_t n)
{
    m->start += n;
}

enum err multipart_open(struct request *req, struct multipart **out)
{
    struct multipart *m;
    struct str boundary;

    if (req->multipart != NULL) {
        *out = req->multipart;
        return ERR_OK;
    }
    if (!multipart_boundary(req->arena, req->content_type, &boundary))
        return ERR_BAD_REQUEST;
    m = arena_new_of(req->arena, struct multipart);
    m->req = req;
    m->delimiter = str_fmt(req->arena, "\r\n--%.*s", STR_ARG(boundary));
    m->window = arena_alloc(req->arena, WINDOW);
    /* As if the body began with an empty line: the first delimiter is then one like the others, and nothing may stand before it. */
    memcpy(m->window, "\r\n", 2);
    m->end = 2;
    req->multipart = m;
    *out = m;
    return ERR_OK;
}

/* Behind a delimiter: "--" closes, CRLF opens a part.  No padding: nobody sends it. */
static enum err pass_delimiter(struct multipart *m)
{
    use(m, m->delimiter.n);
    m->at_delimiter = false;
    while (m->end - m->start < 2) {
        if (!fill(m))
            return fail(m);
    }
    if (str_starts(unread(m), STR("--")))
        m->closed = true;
    else if (!str_starts(unread(m), STR("\r\n")))
        return fail(m);
    use(m, 2);
    return ERR_OK;
}

static enum err take_head(struct multipart *m, struct part *out)
{
    struct str end = STR("\r\n\r\n");
    size_t at;

    if (++m->parts > PARTS_MAX)
        return fail(m);
    while ((at = str_find(str_sub(unread(m), 0, HEAD_MAX), end, 0)) == SIZE_MAX) {
        if (unread(m).n >= HEAD_MAX || !fill(m))
            return fail(m);
    }
    /* The parser copies what it keeps, but for plain tokens: the window moves on, so the lines are copied first. */
    if (!multipart_head(m->req->arena, str_dup(m->req->arena, str_sub(unread(m), 0, at + 2)), out))
        return fail(m);
    use(m, at + end.n);
    return ERR_OK;
}

enum err multipart_next(struct multipart *m, struct part *out, bool *more)
{
    *more = false;
    if (m->closed)
        return m->err;
    if (m->parts == 0) {
        if (look(m) == ERR_OK && m->content != 0)
            return fail(m); /* a preamble */
    } else {
        while (look(m) == ERR_OK && m->content != 0) {
            use(m, m->content);
            m->content = 0;
        }
    }
    if (m->err == ERR_OK)
        (void)pass_delimiter(m);
    if (m->err != ERR_OK || m->closed)
        return m->err;
    *more = take_head(m, out) == ERR_OK;
    return m->err;
}

enum err multipart_read(struct multipart *m, char *p, size_t n, size_t *got)
{
    *got = 0;
    if (m->closed || m->parts == 0)
        return m->err;
    while (*got < n && look(m) == ERR_OK && m->content != 0) {
        size_t piece = m->content < n - *got ? m->content : n - *got;

        memcpy(p + *got, m->window + m->start, piece);
        use(m, piece);
        m->content -= piece;
        *got += piece;
    }
    return m->err;
}

/* Whether the present part has no bytes (left). */
static bool is_empty(struct multipart *m)
{
    return look(m) == ERR_OK && m->content == 0;
}

/* The text of the present part: its first 64 KiB, whole code points; *ok turns false when it is no text. */
static struct str take_text(struct multipart *m, bool *ok)
{
    char *p = arena_alloc(m->req->arena, TEXT_MAX + 1);
    struct str text;
    size_t n;

    if (multipart_read(m, p, TEXT_MAX + 1, &n) != ERR_OK)
        return (struct str){NULL, 0};
    text = str_first(str_bytes(p, n), TEXT_MAX);
    if (!str_is_text(text))
        *ok = false;
    return str_repair(m->req->arena, text);
}

/* Text parts up to the first file that holds or names something. */
static bool collect(struct multipart *m, struct pair *pairs, size_t *n)
{
    struct part part;
    bool more, ok = true;

    while (multipart_next(m, &part, &more) == ERR_OK && more) {
        if (part.is_file) {
            if (part.file_name.n == 0 && is_empty(m))
                continue; /* a control left empty */
            m->file = part;
            m->have_file = m->err == ERR_OK;
            return ok;
        }
        pairs[*n].name = part.name;
        pairs[*n].value = take_text(m, &ok);
        (*n)++;
    }
    return ok;
}

/* The file's own field: declared, and there when it must be. */
static enum err take_file_field(struct multipart *m)
{
    struct form *form = &m->req->form;
    bool declared = false;

    for (size_t i = 0; i < form->n; i++) {
        struct field *f = &form->fields[i];

        if (f->param->type != PARAM_FILE)
            continue;
        if (m->have_file && str_eqz(m->file.name, f->param->name)) {
            declared = true;
            f->present = f->ok = true;
            f->text = m->file.file_name;
        } else if ((f->param->flags & PARAM_REQUIRED) != 0) {
            f->error = f->param->empty != NULL ? f->param->empty : "error.field.choose";
            form->errors++;
        }
    }
    return m->have_file && !declared ? ERR_PARAM_UNKNOWN : ERR_OK;
}

enum err multipart_form(struct multipart *m, struct part *file, bool *have_file)
{
    if (!m->form_taken) {
        struct pair *pairs = arena_array(m->req->arena, PARTS_MAX, sizeof *pairs);
        size_t n = 0;
        bool ok = collect(m, pairs, &n);
        enum err taken = form_take(m->req, pairs, n, true);
        enum err filed =
            m->closed ? multipart_finish(m) : m->err; /* nothing more: all of it came? */

        if (filed == ERR_OK)
            filed = take_file_field(m);
        m->form_taken = true;
        m->form_err = filed != ERR_OK ? filed : ok ? taken : ERR_BAD_REQUEST;
    }
    *file = m->file;
    *have_file = m->have_file;
    return m->form_err;
}

/* A file control that this form declares and that has not brought a file yet. */
static bool takes_file(struct multipart *m, const struct part *part)
{
    struct form *form = &m->req->form;

    for (size_t i = 0; part->is_file && i < form->n; i++) {
        struct field *f = &form->fields[i];

        if (f->param->type == PARAM_FILE && !f->present && str_eqz(part->name, f->param->name)) {
            f->present = f->ok = true;
            f->text = part->file_name;
            return true;
        }
    }
    return false;
}

enum err multipart_more(struct multipart *m)
{
    struct part part;
    bool more;

    m->have_file = false;
    while (multipart_next(m, &part, &more) == ERR_OK && more) {
        if (is_empty(m))
            continue;
        if (!takes_file(m, &part))
            return fail(m);
        m->file = part;
        m->have_file = m->err == ERR_OK;
        return m->err;
    }
    return m->err == ERR_OK ? multipart_finish(m) : m->err;
}

enum err multipart_finish(struct multipart *m)
{
    struct part part;
    bool more;

    while (multipart_next(m, &part, &more) == ERR_OK && more) {
        if (!is_empty(m))
            return fail(m);
    }
    /* Behind the closing delimiter at most one CRLF. */
    while (m->err == ERR_OK && m->end - m->start <= 2 && fill(m))
        ;
    if (m->err == ERR_OK &&
        (m->req->source_left != 0 || (m->end != m->start && !str_eqz(unread(m), "\r\n"))))
        return fail(m);
    return m->err;
}
