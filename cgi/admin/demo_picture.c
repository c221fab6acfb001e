/*
 * demo_picture: a telephone's screen as a PNG of four colours, written without a library: one palette, stored (not compressed) deflate
 * blocks.  Enough to look like evidence in lists and viewers, and small.
 */
#include <string.h>

#include "admin/demo.h"
#include "core/arena.h"
#include "core/buf.h"

enum { WIDTH = 272, HEIGHT = 480, ROW_BYTES = WIDTH / 4, PAPER = 0, INK = 1, HUE = 2, PALE = 3 };

static const unsigned char letters[][7] = {
    {0x0E, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0E}, /* 0 */
    {0x04, 0x0C, 0x04, 0x04, 0x04, 0x04, 0x0E}, {0x0E, 0x11, 0x01, 0x02, 0x04, 0x08, 0x1F},
    {0x1F, 0x02, 0x04, 0x02, 0x01, 0x11, 0x0E}, {0x02, 0x06, 0x0A, 0x12, 0x1F, 0x02, 0x02},
    {0x1F, 0x10, 0x1E, 0x01, 0x01, 0x11, 0x0E}, {0x06, 0x08, 0x10, 0x1E, 0x11, 0x11, 0x0E},
    {0x1F, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08}, {0x0E, 0x11, 0x11, 0x0E, 0x11, 0x11, 0x0E},
    {0x0E, 0x11, 0x11, 0x0F, 0x01, 0x02, 0x0C}, {0x0E, 0x11, 0x11, 0x1F, 0x11, 0x11, 0x11}, /* A */
    {0x1E, 0x11, 0x11, 0x1E, 0x11, 0x11, 0x1E}, {0x0E, 0x11, 0x10, 0x10, 0x10, 0x11, 0x0E},
    {0x1C, 0x12, 0x11, 0x11, 0x11, 0x12, 0x1C}, {0x1F, 0x10, 0x10, 0x1E, 0x10, 0x10, 0x1F},
    {0x1F, 0x10, 0x10, 0x1E, 0x10, 0x10, 0x10}, {0x0E, 0x11, 0x10, 0x17, 0x11, 0x11, 0x0F},
    {0x11, 0x11, 0x11, 0x1F, 0x11, 0x11, 0x11}, {0x0E, 0x04, 0x04, 0x04, 0x04, 0x04, 0x0E},
    {0x07, 0x02, 0x02, 0x02, 0x02, 0x12, 0x0C}, {0x11, 0x12, 0x14, 0x18, 0x14, 0x12, 0x11},
    {0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x1F}, {0x11, 0x1B, 0x15, 0x15, 0x11, 0x11, 0x11},
    {0x11, 0x11, 0x19, 0x15, 0x13, 0x11, 0x11}, {0x0E, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0E},
    {0x1E, 0x11, 0x11, 0x1E, 0x10, 0x10, 0x10}, {0x0E, 0x11, 0x11, 0x11, 0x15, 0x12, 0x0D},
    {0x1E, 0x11, 0x11, 0x1E, 0x14, 0x12, 0x11}, {0x0F, 0x10, 0x10, 0x0E, 0x01, 0x01, 0x1E},
    {0x1F, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04}, {0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0E},
    {0x11, 0x11, 0x11, 0x11, 0x11, 0x0A, 0x04}, {0x11, 0x11, 0x11, 0x15, 0x15, 0x15, 0x0A},
    {0x11, 0x11, 0x0A, 0x04, 0x0A, 0x11, 0x11}, {0x11, 0x11, 0x11, 0x0A, 0x04, 0x04, 0x04},
    {0x1F, 0x01, 0x02, 0x04, 0x08, 0x10, 0x1F}, {0x00, 0x00, 0x00, 0x00, 0x00, 0x0C, 0x0C}, /* . */
};

static const unsigned char *letter_of(char c)
{
    if (c >= '0' && c <= '9')
        return letters[c - '0'];
    if (c >= 'A' && c <= 'Z')
        return letters[10 + c - 'A'];
    return c == '.' ? letters[36] : NULL;
}

struct canvas {
    unsigned char *p; /* one byte a pixel */
};

static void box(struct canvas *v, int x, int y, int w, int h, unsigned char colour)
{
    for (int row = y; row < y + h && row < HEIGHT; row++)
        for (int col = x; col < x + w && col < WIDTH; col++)
            v->p[row * WIDTH + col] = colour;
}

static void text(struct canvas *v, int x, int y, int scale, unsigned char colour, const char *words)
{
    for (; *words != '\0'; words++, x += 6 * scale) {
        const unsigned char *rows = letter_of(*words);

        for (int row = 0; rows != NULL && row < 7; row++)
            for (int col = 0; col < 5; col++)
                if ((rows[row] >> (4 - col) & 1) != 0)
                    box(v, x + col * scale, y + row * scale, scale, scale, colour);
    }
}

/* Lines of writing, as seen from too far away to read. */
static void lines(struct canvas *v, int x, int y, int w, int n)
{
    for (int i = 0; i < n; i++)
        box(v, x, y + i * 14, i == n - 1 ? w * 2 / 3 : w, 6, PALE);
}

static void row(struct canvas *v, int y, const char *label, const char *value)
{
    text(v, 20, y, 2, INK, label);
    text(v, 130, y, 2, INK, value);
    box(v, 20, y + 22, WIDTH - 40, 1, PALE);
}

static void screen(struct canvas *v, const char *kind, const char *amount)
{
    static const struct {
        const char *kind, *title, *state;
    } titles[] = {{"order", "ORDER", "WAITING"},   {"payment", "PAYMENT", "PAID"},
                  {"chat", "SERVICE", ""},         {"problem", "ERROR", "NOT FOUND"},
                  {"refund", "REFUND", "ARRIVED"}, {"agreement", "AGREEMENT", "SIGNED"}};
    const char *title = "", *state = "";

    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
        if (strcmp(titles[i].kind, kind) == 0) {
            title = titles[i].title;
            state = titles[i].state;
        }
    }
    box(v, 0, 0, WIDTH, HEIGHT, PAPER);
    box(v, 0, 0, WIDTH, 56, HUE);
    text(v, 20, 20, 3, PAPER, title);
    if (strcmp(kind, "chat") == 0) {
        for (int i = 0; i < 5; i++) {
            bool ours = i % 2 == 1;

            box(v, ours ? 80 : 20, 76 + i * 78, 172, 62, ours ? HUE : PALE);
            box(v, ours ? 94 : 34, 90 + i * 78, 140, 6, PAPER);
            box(v, ours ? 94 : 34, 106 + i * 78, 96, 6, PAPER);
        }
        return;
    }
    text(v, 20, 84, 4, INK, amount);
    row(v, 150, "STATE", state);
    row(v, 190, "ITEM", "CARD");
    row(v, 230, "DEMO", "PICTURE");
    lines(v, 20, 284, WIDTH - 40, strcmp(kind, "agreement") == 0 ? 9 : 5);
    if (strcmp(kind, "agreement") == 0)
        box(v, 190, 404, 52, 52, HUE);
}

/* ---- PNG (ISO 15948) ---- */

static uint32_t crc(uint32_t c, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        c ^= (unsigned char)s.p[i];
        for (int k = 0; k < 8; k++)
            c = (c & 1) != 0 ? 0xedb88320U ^ (c >> 1) : c >> 1;
    }
    return c;
}

static void put32(struct buf *b, uint32_t v)
{
    unsigned char bytes[4];

    token_be32(v, bytes);
    buf_add(b, str_bytes(bytes, 4));
}

static void chunk(struct buf *b, const char *type, struct str body)
{
    put32(b, (uint32_t)body.n);
    buf_addz(b, type);
    buf_add(b, body);
    put32(b, ~crc(crc(0xffffffffU, str_of(type)), body));
}

static struct str pixels(struct arena *a, const struct canvas *v)
{
    struct buf raw = buf_new(a), z = buf_new(a);
    uint32_t s1 = 1, s2 = 0;
    struct str all;

    for (int y = 0; y < HEIGHT; y++) {
        unsigned char line[1 + ROW_BYTES] = {0}; /* filter 0 */

        for (int x = 0; x < WIDTH; x++)
            line[1 + x / 4] |= (unsigned char)(v->p[y * WIDTH + x] << (6 - x % 4 * 2));
        buf_add(&raw, str_bytes(line, sizeof line));
    }
    all = buf_str(&raw);
    for (size_t i = 0; i < all.n; i++) {
        s1 = (s1 + (unsigned char)all.p[i]) % 65521;
        s2 = (s2 + s1) % 65521;
    }
    /* One stored block: at most 65,535 bytes. */
    buf_add(&z, str_bytes("\x78\x01\x01", 3));
    buf_addc(&z, (char)(all.n & 0xff));
    buf_addc(&z, (char)(all.n >> 8));
    buf_addc(&z, (char)(~all.n & 0xff));
    buf_addc(&z, (char)(~all.n >> 8 & 0xff));
    buf_add(&z, all);
    put32(&z, s2 << 16 | s1);
    return buf_str(&z);
}

_Static_assert(HEIGHT *(1 + ROW_BYTES) <= 65535, "the pixels fit one stored block");

struct str demo_picture(struct arena *a, const char *kind, int hue, struct str amount,
                        struct str note, int *width, int *height)
{
    static const unsigned char hues[12][3] = {
        {0x1b, 0x5e, 0x9e}, {0x2e, 0x7d, 0x32}, {0xb2, 0x3c, 0x17}, {0x6a, 0x1b, 0x9a},
        {0x00, 0x69, 0x5c}, {0xad, 0x14, 0x57}, {0x45, 0x5a, 0x64}, {0x9e, 0x6b, 0x00},
        {0x28, 0x35, 0x93}, {0x55, 0x6b, 0x2f}, {0x8d, 0x2b, 0x2b}, {0x00, 0x60, 0x80}};
    struct canvas v = {.p = arena_alloc(a, (size_t)WIDTH * HEIGHT)};
    struct buf png = buf_new(a), head = buf_new(a), colours = buf_new(a), remark = buf_new(a);

    screen(&v, kind, str_z(a, amount));
    put32(&head, WIDTH);
    put32(&head, HEIGHT);
    buf_add(&head, str_bytes("\x02\x03\x00\x00\x00", 5)); /* 2 bits, palette */
    buf_add(&colours, str_bytes("\xff\xff\xff\x20\x24\x28", 6));
    buf_add(&colours, str_bytes(hues[hue % 12], 3));
    buf_add(&colours, str_bytes("\xd5\xdb\xe0", 3));
    buf_add(&remark, str_bytes("Comment\0", 8));
    buf_add(&remark, note);
    buf_add(&png, str_bytes("\x89PNG\r\n\x1a\n", 8));
    chunk(&png, "IHDR", buf_str(&head));
    chunk(&png, "PLTE", buf_str(&colours));
    chunk(&png, "tEXt", buf_str(&remark));
    chunk(&png, "IDAT", pixels(a, &v));
    chunk(&png, "IEND", STR(""));
    *width = WIDTH;
    *height = HEIGHT;
    return buf_str(&png);
}
