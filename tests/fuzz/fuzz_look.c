/* fuzz_look: what a file is by its structure: archives, papers, films, sound, text, the orientation of a photo. */
#include "inspect/look.h"

#include "fuzz.h"

/* Of main.c, which is not linked. */
bool look_size(struct look *out, uint64_t width, uint64_t height)
{
    (void)out;
    (void)width;
    (void)height;
    return false;
}

static bool is_plain(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if ((c < 0x20 && (c < '\t' || c == '\v' || c > '\r')) || c == 0x7F)
            return false;
    }
    return s.n != 0 && str_is_text(s);
}

void fuzz_one(struct arena *a, struct str input)
{
    struct input in = {(const unsigned char *)input.p, input.n, true};
    struct input cut = {in.p, in.n, false};
    int orientation = exif_orientation(in.p, in.n);

    (void)a;
    must(orientation >= 1 && orientation <= 8);
    must(!is_plain(input) || text_is(&in));
    must(!text_is(&in) || text_is(&cut) || in.n % 2 == 0);
    must(!zip_has(&in, "word/document.xml") || in.n >= 22);
    (void)zip_whole(&in);
    (void)pdf_whole(&in);
    (void)boxes_whole(&in, true);
    (void)boxes_whole(&in, false);
    (void)mp3_whole(&in);
}
