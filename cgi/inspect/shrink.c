/*
 * shrink: reduction by area.  An input pixel is out_width units wide and an output pixel width units, so all weights are whole numbers
 * and the sums are exact: at most 255 * width * height, which 64 bits hold for every picture that passes the pixel limit.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/inspect.h"
#include "inspect/look.h"

struct shrink {
    uint32_t width, height;         /* input */
    uint32_t out_width, out_height; /* output */
    uint64_t *row;                  /* one input row, reduced sideways */
    uint64_t *sum;                  /* the output row being collected */
    uint32_t filled;                /* units of the output row that are in sum, of height */
    uint32_t done;                  /* finished output rows */
    unsigned char *rgb;             /* the output */
};

void shrink_size(uint32_t width, uint32_t height, uint32_t *out_width, uint32_t *out_height)
{
    uint32_t longest = width > height ? width : height;

    *out_width = width;
    *out_height = height;
    if (longest <= INSPECT_PREVIEW_SIDE)
        return;
    *out_width = (uint32_t)((uint64_t)width * INSPECT_PREVIEW_SIDE / longest);
    *out_height = (uint32_t)((uint64_t)height * INSPECT_PREVIEW_SIDE / longest);
    *out_width += *out_width == 0;
    *out_height += *out_height == 0;
}

struct shrink *shrink_new(uint32_t width, uint32_t height)
{
    struct shrink *s = calloc(1, sizeof(*s));
    size_t samples;

    if (s == NULL || width == 0 || height == 0) {
        free(s);
        return NULL;
    }
    s->width = width;
    s->height = height;
    shrink_size(width, height, &s->out_width, &s->out_height);
    samples = (size_t)s->out_width * 3;
    s->row = calloc(samples, sizeof(*s->row));
    s->sum = calloc(samples, sizeof(*s->sum));
    s->rgb = malloc(samples * s->out_height);
    if (s->row == NULL || s->sum == NULL || s->rgb == NULL) {
        free(s->rgb);
        s->rgb = NULL;
        (void)shrink_end(s);
        return NULL;
    }
    memset(s->rgb, 255, samples * s->out_height);
    return s;
}

/* row = the input row, each pixel shared among the output pixels it covers. */
static void reduce_sideways(struct shrink *s, const unsigned char *rgb)
{
    uint32_t filled = 0;
    uint64_t *out = s->row;

    memset(s->row, 0, (size_t)s->out_width * 3 * sizeof(*s->row));
    for (uint32_t x = 0; x < s->width; x++, rgb += 3) {
        uint32_t left = s->out_width;

        while (left > 0) {
            uint32_t part = s->width - filled < left ? s->width - filled : left;

            out[0] += (uint64_t)rgb[0] * part;
            out[1] += (uint64_t)rgb[1] * part;
            out[2] += (uint64_t)rgb[2] * part;
            left -= part;
            filled += part;
            if (filled == s->width) {
                filled = 0;
                out += 3;
            }
        }
    }
}

static void finish_row(struct shrink *s)
{
    size_t samples = (size_t)s->out_width * 3;
    uint64_t area = (uint64_t)s->width * s->height;
    unsigned char *out = s->rgb + samples * s->done;

    assert(area > 0); /* shrink_new takes no picture without a pixel */
    for (size_t i = 0; i < samples; i++)
        out[i] = (unsigned char)((s->sum[i] + area / 2) / area);
    memset(s->sum, 0, samples * sizeof(*s->sum));
    s->filled = 0;
    s->done++;
}

void shrink_row(struct shrink *s, const unsigned char *rgb)
{
    size_t samples = (size_t)s->out_width * 3;
    uint32_t left = s->out_height;

    reduce_sideways(s, rgb);
    while (left > 0 && s->done < s->out_height) {
        uint32_t part = s->height - s->filled < left ? s->height - s->filled : left;

        for (size_t i = 0; i < samples; i++)
            s->sum[i] += s->row[i] * part;
        left -= part;
        s->filled += part;
        if (s->filled == s->height)
            finish_row(s);
    }
}

struct bitmap shrink_end(struct shrink *s)
{
    struct bitmap b = {s->out_width, s->out_height, s->rgb};

    free(s->row);
    free(s->sum);
    free(s);
    return b;
}

void bitmap_upright(struct bitmap *b, int orientation)
{
    /* Exif 2.3, tag 0x0112: what must be done to the stored pixels. */
    bool lying = orientation >= 5; /* rows and columns change places */
    bool flip_x = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    bool flip_y = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    uint32_t width = lying ? b->height : b->width;
    uint32_t height = lying ? b->width : b->height;
    unsigned char *out;

    if (orientation < 2 || orientation > 8 || b->rgb == NULL)
        return;
    out = malloc((size_t)width * height * 3);
    if (out == NULL)
        return;
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            uint32_t from_x = lying ? y : x;
            uint32_t from_y = lying ? x : y;

            if (flip_x)
                from_x = b->width - 1 - from_x;
            if (flip_y)
                from_y = b->height - 1 - from_y;
            memcpy(out + ((size_t)y * width + x) * 3,
                   b->rgb + ((size_t)from_y * b->width + from_x) * 3, 3);
        }
    }
    free(b->rgb);
    *b = (struct bitmap){width, height, out};
}
