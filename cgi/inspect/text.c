/* text: plain text as phones and chat programs write it: UTF-8, UTF-16 with a mark, or GB 18030 (look.h). */
#include "inspect/look.h"

static bool is_control(uint32_t c)
{
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f') || c == 0x7f;
}

/* Length of the well-formed UTF-8 character at p, or 0. */
static size_t utf8_char(const unsigned char *p, size_t left)
{
    uint32_t c = p[0];
    size_t n;

    if (c < 0x80)
        return 1;
    n = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
    if (c < 0xc2 || c > 0xf4 || n > left)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    if ((c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] > 0x9f) || (c == 0xf0 && p[1] < 0x90) ||
        (c == 0xf4 && p[1] > 0x8f))
        return 0;
    return n;
}

/* The same for GB 18030: one, two or four bytes. */
static size_t gb_char(const unsigned char *p, size_t left)
{
    if (p[0] < 0x80)
        return 1;
    if (p[0] == 0x80 || p[0] == 0xff || left < 2)
        return 0;
    if (p[1] >= 0x40 && p[1] != 0x7f && p[1] != 0xff)
        return 2;
    if (left < 4 || p[1] < 0x30 || p[1] > 0x39 || p[2] < 0x81 || p[2] == 0xff || p[3] < 0x30 ||
        p[3] > 0x39)
        return 0;
    return 4;
}

/* Every character well-formed, none a control character.  One that was cut at LOOK_INPUT_MAX does not count. */
static bool all_chars(const struct input *in, size_t (*char_at)(const unsigned char *, size_t))
{
    for (size_t at = 0; at < in->n;) {
        size_t n = char_at(in->p + at, in->n - at);

        if (n == 0)
            return !in->whole && in->n - at < 4;
        if (n == 1 && is_control(in->p[at]))
            return false;
        at += n;
    }
    return true;
}

static bool utf16(const struct input *in)
{
    bool little = in->n >= 2 && in->p[0] == 0xff && in->p[1] == 0xfe;

    if (in->n % 2 != 0 || in->n < 4 || !(little || (in->p[0] == 0xfe && in->p[1] == 0xff)))
        return false;
    for (size_t at = 2; at < in->n; at += 2) {
        uint32_t c = little ? (uint32_t)in->p[at + 1] << 8 | in->p[at]
                            : (uint32_t)in->p[at] << 8 | in->p[at + 1];

        if (is_control(c) || c >= 0xfffe)
            return false;
    }
    return true;
}

bool text_is(const struct input *in)
{
    return in->n > 0 && (all_chars(in, utf8_char) || utf16(in) || all_chars(in, gb_char));
}
