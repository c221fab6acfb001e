/* fuzz_multipart: a body of parts.  However the transport cuts it, and however large the pieces are that a handler asks for, the same
 * parts come out and the same error. */
#include <string.h>

#include "core/buf.h"
#include "core/multipart.h"
#include "fuzz.h"

static const struct param params[] = {{.name = "kind", .type = PARAM_CODE},
                                      {.name = "note", .type = PARAM_TEXT, .max = 20},
                                      {.name = "photo", .type = PARAM_FILE},
                                      {.name = "file", .type = PARAM_FILE},
                                      {0}};
static const struct route route = {
    .name = "r", .method = METHOD_POST, .path = "/r", .flags = ROUTE_STREAM, .params = params};

struct drip {
    struct str rest;
    size_t piece; /* most bytes of one read */
};

static long drip_read(void *ctx, char *p, size_t n)
{
    struct drip *d = ctx;
    struct str s = str_sub(d->rest, 0, n < d->piece ? n : d->piece);

    if (s.n != 0)
        memcpy(p, s.p, s.n);
    d->rest = str_sub(d->rest, s.n, d->rest.n);
    return (long)s.n;
}

static struct multipart *open_body(struct arena *a, struct drip *d)
{
    struct request *req = arena_new_of(a, struct request);
    struct multipart *m;

    req->arena = a;
    req->route = &route;
    req->method = METHOD_POST;
    req->content_type = STR("multipart/form-data; boundary=XX");
    req->content_length = req->source_left = (int64_t)d->rest.n;
    req->source = (struct body_source){drip_read, d};
    must(multipart_open(req, &m) == ERR_OK);
    return m;
}

/* Everything that comes out, as one text. */
static struct str story(struct arena *a, struct str body, size_t piece, size_t ask)
{
    struct drip d = {body, piece};
    struct multipart *m = open_body(a, &d);
    struct buf out = buf_new(a);
    struct part part;
    bool more;

    while (multipart_next(m, &part, &more) == ERR_OK && more) {
        char bytes[256];
        size_t got;

        must(ask <= sizeof bytes);
        must(part.name.n != 0 && str_is_text(part.name) && str_is_text(part.file_name));
        buf_printf(&out, "\n%.*s|%d|%.*s|%.*s:", STR_ARG(part.name), part.is_file,
                   STR_ARG(part.file_name), STR_ARG(part.type));
        while (multipart_read(m, bytes, ask, &got) == ERR_OK && got != 0)
            buf_add(&out, str_bytes(bytes, got));
        buf_add(&out, str_bytes(bytes, got));
    }
    buf_printf(&out, "\nerror %d", (int)multipart_finish(m));
    return buf_str(&out);
}

/* The same as a form: every text is text, every field right or wrong, files one after the other. */
static struct str form_story(struct arena *a, struct str body, size_t piece)
{
    struct drip d = {body, piece};
    struct multipart *m = open_body(a, &d);
    struct buf out = buf_new(a);
    struct part file;
    bool have;
    enum err err = multipart_form(m, &file, &have);

    for (int files = 0; err == ERR_OK && have && files < 4; files++) {
        must(str_eqz(file.name, "photo") || str_eqz(file.name, "file"));
        buf_printf(&out, "%.*s ", STR_ARG(file.name));
        err = multipart_more(m);
        if (err == ERR_OK)
            err = multipart_form(m, &file, &have);
    }
    buf_printf(&out, "error %d", (int)err);
    return buf_str(&out);
}

void fuzz_one(struct arena *a, struct str input)
{
    struct str whole = story(a, input, SIZE_MAX, 256);

    must(str_eq(whole, story(a, input, 1, 256)));
    must(str_eq(whole, story(a, input, 5, 3)));
    must(str_eq(form_story(a, input, SIZE_MAX), form_story(a, input, 2)));
}
