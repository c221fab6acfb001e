/*
 * container: is the structure of a file whole?  Archives are never unpacked and films never decoded; only the tables that say where things
 * are get checked against the length of the file, which finds what transfers and screens-full-of-storage do to files: cut ends.
 */
#include <string.h>

#include "inspect/look.h"

static uint32_t le16(const unsigned char *p)
{
    return (uint32_t)p[1] << 8 | p[0];
}

static uint32_t le32(const unsigned char *p)
{
    return le16(p + 2) << 16 | le16(p);
}

static uint32_t be32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* ---- ZIP (APPNOTE 6.3.10) ---- */

enum { EOCD = 22, ENTRY = 46, COMMENT_MAX = 65535, ZIP64_COUNT = 0xffff };

struct directory {
    size_t at, end; /* the central directory in the file */
    uint32_t entries;
    bool zip64; /* the numbers stand elsewhere */
};

static bool find_directory(const struct input *in, struct directory *d)
{
    size_t lowest = in->n > EOCD + COMMENT_MAX ? in->n - EOCD - COMMENT_MAX : 0;

    if (in->n < EOCD)
        return false;
    for (size_t at = in->n - EOCD + 1; at > lowest; at--) {
        const unsigned char *p = in->p + at - 1;
        size_t length = le32(p + 12);

        if (memcmp(p, "PK\5\6", 4) != 0 || le16(p + 20) > in->n - (at - 1) - EOCD)
            continue;
        d->entries = le16(p + 10);
        d->zip64 = d->entries == ZIP64_COUNT || le32(p + 16) == UINT32_MAX;
        d->end = at - 1;
        /* By its length, not by its offset: something may stand before the archive. */
        d->at = length <= d->end ? d->end - length : 0;
        return d->zip64 || (length <= d->end && le32(p + 16) <= d->at);
    }
    return false;
}

/* The next entry's name; false when the entry is not whole. */
static bool next_entry(const struct input *in, struct directory *d, const unsigned char **name,
                       size_t *n)
{
    const unsigned char *p = in->p + d->at;
    size_t length;

    if (d->end - d->at < ENTRY || memcmp(p, "PK\1\2", 4) != 0)
        return false;
    *n = le16(p + 28);
    length = ENTRY + *n + le16(p + 30) + le16(p + 32);
    if (length > d->end - d->at)
        return false;
    *name = p + ENTRY;
    d->at += length;
    return true;
}

bool zip_whole(const struct input *in)
{
    struct directory d;
    const unsigned char *name;
    size_t n;

    if (!find_directory(in, &d))
        return false;
    for (uint32_t i = 0; !d.zip64 && i < d.entries; i++)
        if (!next_entry(in, &d, &name, &n))
            return false;
    return true;
}

bool zip_has(const struct input *in, const char *wanted)
{
    struct directory d;
    const unsigned char *name;
    size_t n;

    if (!find_directory(in, &d) || d.zip64)
        return false;
    for (uint32_t i = 0; i < d.entries && next_entry(in, &d, &name, &n); i++)
        if (n == strlen(wanted) && memcmp(name, wanted, n) == 0)
            return true;
    return false;
}

/* ---- PDF (ISO 32000) ---- */

/* Last place of a word in the last `tail` bytes, or SIZE_MAX. */
static size_t find_last(const struct input *in, const char *word, size_t tail)
{
    size_t n = strlen(word);
    size_t lowest = in->n > tail ? in->n - tail : 0;

    if (in->n < n)
        return SIZE_MAX;
    for (size_t at = in->n - n + 1; at > lowest; at--)
        if (memcmp(in->p + at - 1, word, n) == 0)
            return at - 1;
    return SIZE_MAX;
}

bool pdf_whole(const struct input *in)
{
    size_t at = find_last(in, "startxref", 4096);
    uint64_t offset = 0;

    if (at == SIZE_MAX || find_last(in, "%%EOF", 4096) == SIZE_MAX)
        return false;
    at += strlen("startxref");
    while (at < in->n && (in->p[at] == '\r' || in->p[at] == '\n' || in->p[at] == ' '))
        at++;
    if (at == in->n || in->p[at] < '0' || in->p[at] > '9')
        return false;
    while (at < in->n && in->p[at] >= '0' && in->p[at] <= '9' && offset < in->n)
        offset = offset * 10 + (uint64_t)(in->p[at++] - '0');
    return offset < in->n;
}

/* ---- boxes (ISO 14496-12) ---- */

bool boxes_whole(const struct input *in, bool movie)
{
    const char *wanted = movie ? "moov" : "meta";
    size_t at = 0;
    bool found = false;

    while (in->n - at >= 8) {
        const unsigned char *p = in->p + at;
        uint64_t length = be32(p);

        if (length == 0 && memcmp(p, "\0\0\0\0\0\0\0\0", 8) == 0)
            break; /* zeros behind the last box */
        if (length == 1 && in->n - at >= 16)
            length = (uint64_t)be32(p + 8) << 32 | be32(p + 12);
        else if (length == 0)
            length = in->n - at; /* "to the end of the file" */
        if (length < 8 || length > in->n - at)
            return false;
        found = found || memcmp(p + 4, wanted, 4) == 0;
        at += (size_t)length;
    }
    return found;
}

/* ---- MPEG audio (ISO 11172-3) ---- */

/* Length of the frame whose header is at p, or 0 when it is no header of layer III. */
static size_t frame_length(const unsigned char *p)
{
    static const uint32_t kbit[2][16] = {
        {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0}, /* MPEG 1 */
        {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0},     /* MPEG 2, 2.5 */
    };
    static const uint32_t rates[4][3] = {
        {11025, 12000, 8000}, {0, 0, 0}, {22050, 24000, 16000}, {44100, 48000, 32000}};
    unsigned version = (p[1] >> 3) & 3;
    unsigned rate = (p[2] >> 2) & 3;
    uint32_t bits = kbit[version != 3][p[2] >> 4];

    if (p[0] != 0xff || (p[1] & 0xe6) != 0xe2 || version == 1 || rate == 3 || bits == 0)
        return 0;
    return (version == 3 ? 144000u : 72000u) * bits / rates[version][rate] + ((p[2] >> 1) & 1);
}

/* Follows the frames that begin at `at`: false when the last one is cut.  What is not a frame (tags of players) ends the walk. */
static bool frames_whole(const struct input *in, size_t at)
{
    while (in->n - at >= 4) {
        size_t length = frame_length(in->p + at);

        if (length < 4)
            return true;
        if (length > in->n - at)
            return false;
        at += length;
    }
    return true;
}

bool mp3_whole(const struct input *in)
{
    size_t at = 0;
    size_t length;

    if (in->n >= 10 && memcmp(in->p, "ID3", 3) == 0)
        at = 10 + ((size_t)(in->p[6] & 0x7f) << 21 | (size_t)(in->p[7] & 0x7f) << 14 |
                   (size_t)(in->p[8] & 0x7f) << 7 | (in->p[9] & 0x7f));
    /* Up to 64 KiB of padding may stand before the first frame; a second one must follow it. */
    for (size_t end = at + 65536; at < end && at < in->n && in->n - at >= 4; at++) {
        length = frame_length(in->p + at);
        if (length >= 4 && in->n - at >= length + 4 && frame_length(in->p + at + length) != 0)
            return frames_whole(in, at);
    }
    return false;
}
