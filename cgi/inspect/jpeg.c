/* jpeg: decodes a JPEG reduced, and tells whether it is whole (look.h). */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

#include "core/inspect.h"
#include "inspect/look.h"

enum {
    SCANS_MAX = 200,         /* a progressive picture has about ten; thousands are a bomb */
    WORK_MEMORY = 320 << 20, /* coefficients of a progressive picture */
    EXIF_MARKER = JPEG_APP0 + 1,
    EXIF_BYTES = 65533
};

struct job {
    struct jpeg_error_mgr err; /* first: libjpeg hands it back */
    struct jpeg_progress_mgr progress;
    struct jpeg_decompress_struct jpeg;
    jmp_buf stop;
    const struct input *in;
    struct look *out;
    struct shrink *shrink;
    unsigned char *row; /* one row as libjpeg gives it */
    unsigned char *rgb; /* the same as RGB; only for CMYK */
    int orientation;
};

static void on_error(j_common_ptr jpeg)
{
    struct job *job = (struct job *)jpeg->err;
    int code = jpeg->err->msg_code;

    /* Too large for our limits is not the file's fault; everything else is. */
    if (code != JERR_OUT_OF_MEMORY && code != JERR_NO_BACKING_STORE)
        job->out->damaged = true;
    longjmp(job->stop, 1);
}

/* Warnings that mean "picture data are missing or wrong"; others, such as bytes between markers, are common in whole photos. */
static void on_message(j_common_ptr jpeg, int level)
{
    struct job *job = (struct job *)jpeg->err;

    if (level >= 0)
        return;
    switch (jpeg->err->msg_code) {
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_JPEG_EOF:
    case JWRN_MUST_RESYNC:
    case JWRN_BOGUS_PROGRESSION:
        job->out->damaged = true;
        break;
    default:
        break;
    }
}

static void on_progress(j_common_ptr jpeg)
{
    struct job *job = (struct job *)jpeg->err;

    if (job->jpeg.input_scan_number > SCANS_MAX) {
        job->out->damaged = true;
        longjmp(job->stop, 1);
    }
}

static unsigned be16(const unsigned char *p)
{
    return (unsigned)p[0] << 8 | p[1];
}

int exif_orientation(const unsigned char *p, size_t n)
{
    static const unsigned char tag_bytes[2][2] = {{0x01, 0x12}, {0x12, 0x01}};
    const unsigned char *tiff = p + 6;
    size_t left = n > 6 ? n - 6 : 0;
    bool little;
    size_t ifd;
    unsigned entries;

    if (left < 8 || memcmp(p, "Exif\0\0", 6) != 0)
        return 1;
    little = memcmp(tiff, "II*\0", 4) == 0;
    if (!little && memcmp(tiff, "MM\0*", 4) != 0)
        return 1;
    ifd = little ? (size_t)tiff[7] << 24 | (size_t)tiff[6] << 16 | (size_t)tiff[5] << 8 | tiff[4]
                 : (size_t)be16(tiff + 4) << 16 | be16(tiff + 6);
    if (ifd > left || left - ifd < 2)
        return 1;
    entries = little ? (unsigned)tiff[ifd + 1] << 8 | tiff[ifd] : be16(tiff + ifd);
    for (size_t at = ifd + 2; entries > 0 && left - at >= 12; at += 12, entries--) {
        unsigned value = little ? tiff[at + 8] : tiff[at + 9];

        if (memcmp(tiff + at, tag_bytes[little], 2) == 0)
            return value >= 1 && value <= 8 ? (int)value : 1;
    }
    return 1;
}

static int orientation_of(const struct jpeg_decompress_struct *jpeg)
{
    for (jpeg_saved_marker_ptr m = jpeg->marker_list; m != NULL; m = m->next) {
        if (m->marker == EXIF_MARKER && m->data_length >= 6 && memcmp(m->data, "Exif\0\0", 6) == 0)
            return exif_orientation(m->data, m->data_length);
    }
    return 1;
}

/* The smallest of libjpeg's eighths that is not smaller than the preview: less work for large photos. */
static void choose_scale(struct jpeg_decompress_struct *jpeg)
{
    uint64_t longest =
        jpeg->image_width > jpeg->image_height ? jpeg->image_width : jpeg->image_height;

    jpeg->scale_denom = 8;
    for (jpeg->scale_num = 1; jpeg->scale_num < 8; jpeg->scale_num++)
        if (longest * jpeg->scale_num / 8 >= INSPECT_PREVIEW_SIDE)
            return;
}

/* Ink to light.  Adobe's programs write CMYK inverted. */
static void cmyk_to_rgb(const unsigned char *cmyk, unsigned char *rgb, size_t n, bool inverted)
{
    for (size_t i = 0; i < n; i++, cmyk += 4, rgb += 3) {
        unsigned k = inverted ? cmyk[3] : 255u - cmyk[3];

        for (size_t c = 0; c < 3; c++) {
            unsigned v = inverted ? cmyk[c] : 255u - cmyk[c];

            rgb[c] = (unsigned char)(v * k / 255);
        }
    }
}

static bool get_memory(struct job *job)
{
    struct jpeg_decompress_struct *jpeg = &job->jpeg;

    job->shrink = shrink_new(jpeg->output_width, jpeg->output_height);
    job->row = malloc((size_t)jpeg->output_width * (size_t)jpeg->output_components);
    job->rgb = malloc((size_t)jpeg->output_width * 3);
    return job->shrink != NULL && job->row != NULL && job->rgb != NULL;
}

static void decode(struct job *job)
{
    struct jpeg_decompress_struct *jpeg = &job->jpeg;
    bool cmyk;

    jpeg_create_decompress(jpeg);
    jpeg->mem->max_memory_to_use = WORK_MEMORY;
    job->progress.progress_monitor = on_progress;
    jpeg->progress = &job->progress;
    jpeg_mem_src(jpeg, job->in->p, job->in->n);
    jpeg_save_markers(jpeg, EXIF_MARKER, EXIF_BYTES);
    (void)jpeg_read_header(jpeg, TRUE);
    if (!look_size(job->out, jpeg->image_width, jpeg->image_height))
        return;
    job->orientation = orientation_of(jpeg); /* the markers go with jpeg_finish_decompress */
    cmyk = jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK;
    jpeg->out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
    choose_scale(jpeg);
    (void)jpeg_start_decompress(jpeg);
    if (!get_memory(job))
        return;
    while (jpeg->output_scanline < jpeg->output_height) {
        JSAMPROW rows[1] = {job->row};

        (void)jpeg_read_scanlines(jpeg, rows, 1);
        if (cmyk)
            cmyk_to_rgb(job->row, job->rgb, jpeg->output_width, jpeg->saw_Adobe_marker);
        shrink_row(job->shrink, cmyk ? job->rgb : job->row);
    }
    (void)jpeg_finish_decompress(jpeg);
}

/* setjmp stands alone, so that no variable of its function changes between it and longjmp. */
static void decode_guarded(struct job *job)
{
    if (setjmp(job->stop) == 0)
        decode(job);
}

void look_jpeg(const struct input *in, struct look *out)
{
    struct job *job = calloc(1, sizeof(*job));

    if (job == NULL)
        return;
    job->in = in;
    job->out = out;
    job->jpeg.err = jpeg_std_error(&job->err);
    job->err.error_exit = on_error;
    job->err.emit_message = on_message;
    decode_guarded(job);
    if (job->shrink != NULL) {
        /* What could be decoded of a damaged picture is shown too. */
        out->picture = shrink_end(job->shrink);
        bitmap_upright(&out->picture, job->orientation);
    }
    free(job->row);
    free(job->rgb);
    jpeg_destroy_decompress(&job->jpeg);
    free(job);
}
