/*
 * gif: decodes the first picture of a GIF onto white (look.h).  Not DGifSlurp, which keeps every frame: a small file with thousands of
 * frames would fill the memory.
 */
#include <stdlib.h>
#include <string.h>

#include <gif_lib.h>

#include "inspect/look.h"

struct reader {
    const struct input *in;
    size_t at;
};

struct canvas {
    uint32_t width, height;
    unsigned char *index;          /* one byte a pixel */
    unsigned char *drawn;          /* 1 = index is set */
    int transparent;               /* colour that stays white, -1 = none */
    const ColorMapObject *colours; /* of the first picture */
};

static int read_bytes(GifFileType *gif, GifByteType *p, int n)
{
    struct reader *r = gif->UserData;
    size_t left = r->in->n - r->at;
    size_t take = n < 0 ? 0 : (size_t)n;

    if (take > left)
        take = left;
    memcpy(p, r->in->p + r->at, take);
    r->at += take;
    return (int)take;
}

/* Row of the picture that comes as the i-th; interlaced pictures come in four passes. */
static uint32_t row_of(uint32_t i, uint32_t height, bool interlaced)
{
    static const uint32_t first[4] = {0, 4, 2, 1};
    static const uint32_t step[4] = {8, 8, 4, 2};

    if (!interlaced)
        return i;
    for (size_t pass = 0; pass < 4; pass++) {
        uint32_t rows =
            height > first[pass] ? (height - first[pass] + step[pass] - 1) / step[pass] : 0;

        if (i < rows)
            return first[pass] + i * step[pass];
        i -= rows;
    }
    return height - 1;
}

/* Draws the picture whose description was just read; false when its data are wrong. */
static bool draw(GifFileType *gif, struct canvas *c)
{
    uint32_t left = (uint32_t)gif->Image.Left;
    uint32_t top = (uint32_t)gif->Image.Top;
    uint32_t width = (uint32_t)gif->Image.Width;
    uint32_t height = (uint32_t)gif->Image.Height;

    c->colours = gif->Image.ColorMap != NULL ? gif->Image.ColorMap : gif->SColorMap;
    if (c->colours == NULL || width == 0 || left + width > c->width || top + height > c->height)
        return false;
    for (uint32_t i = 0; i < height; i++) {
        size_t at = (size_t)(top + row_of(i, height, gif->Image.Interlace)) * c->width + left;

        if (DGifGetLine(gif, c->index + at, (int)width) == GIF_ERROR)
            return false;
        memset(c->drawn + at, 1, width);
    }
    return true;
}

/* Passes over the compressed data of a further picture. */
static bool skip_picture(GifFileType *gif)
{
    GifByteType *block = NULL;
    int size = 0;

    if (DGifGetCode(gif, &size, &block) == GIF_ERROR)
        return false;
    while (block != NULL)
        if (DGifGetCodeNext(gif, &block) == GIF_ERROR)
            return false;
    return true;
}

static bool read_extension(GifFileType *gif, struct canvas *c, bool before_picture)
{
    GifByteType *block = NULL;
    int code = 0;

    if (DGifGetExtension(gif, &code, &block) == GIF_ERROR)
        return false;
    /* Graphic control: block size 4, flags, delay (2), transparent colour. */
    if (before_picture && code == GRAPHICS_EXT_FUNC_CODE && block != NULL && block[0] >= 4)
        c->transparent = (block[1] & 1) != 0 ? block[4] : -1;
    while (block != NULL)
        if (DGifGetExtensionNext(gif, &block) == GIF_ERROR)
            return false;
    return true;
}

/* Walks to the trailer; false when the file ends or goes wrong before it. */
static bool walk(GifFileType *gif, struct canvas *c)
{
    GifRecordType record;
    bool drawn = false;

    for (;;) {
        if (DGifGetRecordType(gif, &record) == GIF_ERROR)
            return false;
        if (record == TERMINATE_RECORD_TYPE)
            return drawn;
        if (record == EXTENSION_RECORD_TYPE && !read_extension(gif, c, !drawn))
            return false;
        if (record != IMAGE_DESC_RECORD_TYPE)
            continue;
        if (DGifGetImageDesc(gif) == GIF_ERROR || !(drawn ? skip_picture(gif) : draw(gif, c)))
            return false;
        drawn = true;
    }
}

static void paint_row(const struct canvas *c, uint32_t y, unsigned char *rgb)
{
    for (uint32_t x = 0; x < c->width; x++) {
        size_t at = (size_t)y * c->width + x;
        int i = c->index[at];

        memset(rgb + 3 * (size_t)x, 255, 3);
        if (c->drawn[at] && i != c->transparent && i < c->colours->ColorCount) {
            rgb[3 * (size_t)x] = c->colours->Colors[i].Red;
            rgb[3 * (size_t)x + 1] = c->colours->Colors[i].Green;
            rgb[3 * (size_t)x + 2] = c->colours->Colors[i].Blue;
        }
    }
}

static struct bitmap paint(const struct canvas *c)
{
    struct shrink *s = shrink_new(c->width, c->height);
    unsigned char *rgb = malloc((size_t)c->width * 3);
    struct bitmap b = {0};

    if (s != NULL && rgb != NULL)
        for (uint32_t y = 0; y < c->height; y++) {
            paint_row(c, y, rgb);
            shrink_row(s, rgb);
        }
    if (s != NULL)
        b = shrink_end(s);
    free(rgb);
    return b;
}

void look_gif(const struct input *in, struct look *out)
{
    struct reader r = {in, 0};
    struct canvas c = {.transparent = -1};
    GifFileType *gif = DGifOpen(&r, read_bytes, NULL);

    if (gif == NULL) {
        out->damaged = true;
        return;
    }
    if (gif->SWidth < 1 || gif->SHeight < 1) {
        out->damaged = true;
    } else if (look_size(out, (uint64_t)gif->SWidth, (uint64_t)gif->SHeight)) {
        c.width = out->width;
        c.height = out->height;
        c.index = calloc(c.width, c.height);
        c.drawn = calloc(c.width, c.height);
        if (c.index != NULL && c.drawn != NULL) {
            out->damaged = !walk(gif, &c);
            if (c.colours != NULL)
                out->picture = paint(&c);
        }
    }
    free(c.index);
    free(c.drawn);
    (void)DGifCloseFile(gif, NULL);
}
