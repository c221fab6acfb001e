/*
 * look: what the files of aiddesk-inspect share.  The program reads one hostile file from standard input, finds out what it really is,
 * how large its picture is and whether it is whole, and encodes pictures again as JPEG (SECURITY.md §5).  Everything here runs inside
 * limits that were set before the first byte was read; it has no descriptor but its two pipes.
 */
#ifndef AIDDESK_INSPECT_LOOK_H
#define AIDDESK_INSPECT_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LOOK_INPUT_MAX = 64 << 20, /* bytes kept; of a longer file only the type is told */
    LOOK_PIXELS_MAX = 64000000 /* 64 megapixels, by the header, before decoding */
};

/* The file. */
struct input {
    const unsigned char *p;
    size_t n;
    bool whole; /* nothing was cut off at LOOK_INPUT_MAX */
};

/* A picture of 8-bit RGB, no gaps between rows; rgb from malloc, NULL = none. */
struct bitmap {
    uint32_t width, height;
    unsigned char *rgb;
};

/* What was found. */
struct look {
    const char *type;       /* media type, a literal of the list in core/inspect.c */
    uint32_t width, height; /* by the header, 0 = none */
    bool damaged;           /* not whole, or not decodable */
    struct bitmap
        picture; /* decoded and reduced to at most 2000 pixels a side, in reading position */
};

/* ---- type.c: the real type, from the content ---- */
/* Loads libmagic's database; before the limits.  false when it cannot. */
bool type_init(void);
/* Never NULL. */
const char *type_of(const struct input *in);

/* ---- container.c: is the structure whole? ---- */
bool zip_whole(const struct input *in);
/* An entry with this name stands in the central directory. */
bool zip_has(const struct input *in, const char *name);
bool pdf_whole(const struct input *in);
/* Boxes of ISO 14496-12 (MP4, M4A, HEIC).  movie: a `moov` box is needed, else `meta`. */
bool boxes_whole(const struct input *in, bool movie);
bool mp3_whole(const struct input *in);

/* ---- text.c ---- */
/* UTF-8, UTF-16 with a byte order mark, or GB 18030, without control characters. */
bool text_is(const struct input *in);

/* ---- jpeg.c png.c webp.c gif.c: each fills width, height, damaged and, when it can, picture ---- */
void look_jpeg(const struct input *in, struct look *out);
void look_png(const struct input *in, struct look *out);
void look_webp(const struct input *in, struct look *out);
void look_gif(const struct input *in, struct look *out);
/* 1..8 of an Exif block ("Exif\0\0" and TIFF); 1 = upright, also when there is none. */
int exif_orientation(const unsigned char *p, size_t n);
/* True when the header's size may be decoded; else width and height stay told and nothing more is done. */
bool look_size(struct look *out, uint64_t width, uint64_t height);

/* ---- shrink.c: reduces row by row, by area; JPEG needs no more memory than that, PNG and GIF hold the full picture first ---- */
struct shrink;
/* NULL when memory is out or the picture has no pixel. */
struct shrink *shrink_new(uint32_t width, uint32_t height);
/* The next row: width * 3 bytes. */
void shrink_row(struct shrink *s, const unsigned char *rgb);
/* Frees s.  Rows that never came are white. */
struct bitmap shrink_end(struct shrink *s);
/* Size that a picture is reduced to: long side at most 2000 pixels, never larger than it was. */
void shrink_size(uint32_t width, uint32_t height, uint32_t *out_width, uint32_t *out_height);
/* Turns and mirrors to reading position. */
void bitmap_upright(struct bitmap *b, int orientation);

/* ---- preview.c ---- */
/* JPEG of at most max bytes, from malloc; NULL when that is not possible. */
unsigned char *preview_encode(const struct bitmap *b, size_t max, size_t *n);

#endif
