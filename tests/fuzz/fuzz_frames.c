/* fuzz_frames: the answer of the program that decodes hostile files, which may have been taken over. */
#include <string.h>

#include "core/buf.h"
#include "core/inspect.h"
#include "fuzz.h"

static void add_be32(struct buf *b, size_t n)
{
    for (unsigned shift = 32; shift > 0; shift -= 8)
        buf_addc(b, (char)(n >> (shift - 8)));
}

static void add_frame(struct buf *b, char kind, struct str payload)
{
    buf_addc(b, kind);
    add_be32(b, payload.n);
    buf_add(b, payload);
}

static struct str frames_of(struct arena *a, const struct inspect_result *r)
{
    struct buf b = buf_new(a), size = buf_new(a);

    add_frame(&b, 'T', r->type);
    add_be32(&size, (size_t)r->width);
    add_be32(&size, (size_t)r->height);
    if (r->width != 0)
        add_frame(&b, 'D', buf_str(&size));
    add_frame(&b, 'B', str_bytes(r->damaged ? "\1" : "", 1));
    if (r->preview.n != 0)
        add_frame(&b, 'P', r->preview);
    add_frame(&b, 'E', (struct str){NULL, 0});
    return buf_str(&b);
}

void fuzz_one(struct arena *a, struct str input)
{
    static const struct inspect_result nothing;
    struct inspect_result r, again;

    if (!inspect_parse(a, input, &r)) {
        must(!r.checked && r.type.n == 0 && r.preview.n == 0 && r.width == nothing.width);
        return;
    }
    must(r.checked && inspect_known(r.type) != NULL);
    must(r.width >= 0 && r.width <= INSPECT_PIXEL_SIDE && r.height <= INSPECT_PIXEL_SIDE);
    must((r.width == 0) == (r.height == 0));
    must(r.preview.n == 0 ||
         (r.width > 0 && r.preview.p > input.p && r.preview.p + r.preview.n < input.p + input.n));
    must(inspect_parse(a, frames_of(a, &r), &again));
    must(str_eq(again.type, r.type) && str_eq(again.preview, r.preview));
    must(again.width == r.width && again.height == r.height && again.damaged == r.damaged);
}
