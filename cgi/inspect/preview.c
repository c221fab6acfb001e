/* preview: encodes a picture as JPEG without metadata, small enough to be one sealed field (look.h). */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "inspect/look.h"

struct encoder {
    struct jpeg_error_mgr err; /* first: libjpeg hands it back */
    struct jpeg_compress_struct jpeg;
    jmp_buf stop;
    const struct bitmap *b;
    unsigned char *out; /* libjpeg's memory destination */
    unsigned long n;
};

static void on_error(j_common_ptr jpeg)
{
    longjmp(((struct encoder *)jpeg->err)->stop, 1);
}

static void on_message(j_common_ptr jpeg, int level)
{
    (void)jpeg;
    (void)level;
}

static void encode(struct encoder *e, int quality)
{
    struct jpeg_compress_struct *jpeg = &e->jpeg;

    jpeg_create_compress(jpeg);
    jpeg_mem_dest(jpeg, &e->out, &e->n);
    jpeg->image_width = e->b->width;
    jpeg->image_height = e->b->height;
    jpeg->input_components = 3;
    jpeg->in_color_space = JCS_RGB;
    jpeg_set_defaults(jpeg);
    jpeg_set_quality(jpeg, quality, TRUE);
    jpeg->optimize_coding = TRUE;
    jpeg_start_compress(jpeg, TRUE);
    while (jpeg->next_scanline < jpeg->image_height) {
        JSAMPROW rows[1] = {e->b->rgb + (size_t)jpeg->next_scanline * e->b->width * 3};

        (void)jpeg_write_scanlines(jpeg, rows, 1);
    }
    jpeg_finish_compress(jpeg);
}

static bool encode_guarded(struct encoder *e, int quality)
{
    if (setjmp(e->stop) != 0)
        return false;
    encode(e, quality);
    return true;
}

static unsigned char *encode_at(const struct bitmap *b, int quality, size_t *n)
{
    struct encoder *e = calloc(1, sizeof(*e));
    unsigned char *out = NULL;

    if (e == NULL)
        return NULL;
    e->b = b;
    e->jpeg.err = jpeg_std_error(&e->err);
    e->err.error_exit = on_error;
    e->err.emit_message = on_message;
    /* After an error e->out may already be freed by libjpeg's growing destination: it is left to the end of the process. */
    if (encode_guarded(e, quality)) {
        out = e->out;
        *n = e->n;
    }
    jpeg_destroy_compress(&e->jpeg);
    free(e);
    return out;
}

unsigned char *preview_encode(const struct bitmap *b, size_t max, size_t *n)
{
    static const int qualities[] = {82, 65, 45, 25, 10};

    for (size_t i = 0; i < sizeof(qualities) / sizeof(qualities[0]); i++) {
        unsigned char *out = encode_at(b, qualities[i], n);

        if (out == NULL || *n <= max)
            return out;
        free(out);
    }
    return NULL; /* 4 megapixels at quality 10 that need more than 1 MiB: noise */
}
