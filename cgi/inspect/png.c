/* png: decodes a PNG onto white (look.h).  libpng's simplified interface checks every checksum that matters for pixels. */
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "inspect/look.h"

/* The last 12 bytes of a PNG; phones and chat programs sometimes add zeros behind. */
static bool ends_well(const struct input *in)
{
    static const unsigned char end[12] = {0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82};
    size_t n = in->n;

    while (n > 0 && in->p[n - 1] == 0)
        n--;
    return n >= sizeof(end) && memcmp(in->p + n - sizeof(end), end, sizeof(end)) == 0;
}

void look_png(const struct input *in, struct look *out)
{
    const png_color white = {255, 255, 255};
    png_image image = {.version = PNG_IMAGE_VERSION};
    struct shrink *s;
    unsigned char *rgb = NULL;
    size_t row;

    out->damaged = !ends_well(in);
    if (!png_image_begin_read_from_memory(&image, in->p, in->n)) {
        out->damaged = true;
        return;
    }
    image.format = PNG_FORMAT_RGB;
    row = (size_t)image.width * 3;
    if (look_size(out, image.width, image.height))
        rgb = malloc(row * image.height);
    if (rgb != NULL) {
        memset(rgb, 255, row * image.height);
        if (!png_image_finish_read(&image, &white, rgb, (png_int_32)row, NULL))
            out->damaged = true; /* rows up to the damage are there */
        s = shrink_new(out->width, out->height);
        for (uint32_t y = 0; s != NULL && y < out->height; y++)
            shrink_row(s, rgb + row * y);
        if (s != NULL)
            out->picture = shrink_end(s);
    }
    free(rgb);
    png_image_free(&image);
}
