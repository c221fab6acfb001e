/* webp: decodes a WebP reduced, onto white (look.h).  Of an animation only the size is told. */
#include <stdlib.h>
#include <string.h>

#include <webp/decode.h>

#include "inspect/look.h"

/* The RIFF header tells the length of the whole. */
static bool riff_whole(const struct input *in)
{
    uint64_t n = (uint64_t)in->p[4] | (uint64_t)in->p[5] << 8 | (uint64_t)in->p[6] << 16 |
                 (uint64_t)in->p[7] << 24;

    return n + 8 <= in->n;
}

/* RGBA over white, in place, to RGB. */
static void onto_white(unsigned char *p, size_t pixels)
{
    for (size_t i = 0; i < pixels; i++) {
        const unsigned char *from = p + 4 * i;
        unsigned alpha = from[3];
        unsigned char rgb[3];

        for (size_t c = 0; c < 3; c++)
            rgb[c] = (unsigned char)((from[c] * alpha + 255 * (255 - alpha)) / 255);
        memcpy(p + 3 * i, rgb, 3);
    }
}

void look_webp(const struct input *in, struct look *out)
{
    WebPDecoderConfig config;
    uint32_t width;
    uint32_t height;
    unsigned char *rgba;
    VP8StatusCode status;

    if (!WebPInitDecoderConfig(&config) || in->n < 12 ||
        WebPGetFeatures(in->p, in->n, &config.input) != VP8_STATUS_OK || config.input.width <= 0 ||
        config.input.height <= 0) {
        out->damaged = true;
        return;
    }
    out->damaged = !riff_whole(in);
    if (!look_size(out, (uint64_t)config.input.width, (uint64_t)config.input.height) ||
        config.input.has_animation)
        return;
    shrink_size(out->width, out->height, &width, &height);
    rgba = calloc((size_t)width * height, 4);
    if (rgba == NULL)
        return;
    config.options.use_scaling = width != out->width;
    config.options.scaled_width = (int)width;
    config.options.scaled_height = (int)height;
    config.output.colorspace = MODE_RGBA;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = rgba;
    config.output.u.RGBA.stride = (int)width * 4;
    config.output.u.RGBA.size = (size_t)width * height * 4;
    status = WebPDecode(in->p, in->n, &config);
    if (status != VP8_STATUS_OK && status != VP8_STATUS_OUT_OF_MEMORY)
        out->damaged = true;
    if (status == VP8_STATUS_OK) {
        onto_white(rgba, (size_t)width * height);
        out->picture = (struct bitmap){width, height, rgba};
        return;
    }
    free(rgba);
}
