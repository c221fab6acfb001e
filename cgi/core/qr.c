#include "core/qr.h"

#include <qrencode.h>
#include <string.h>

#include "core/arena.h"
#include "core/buf.h"

/* Version 40, level M, 8-bit mode (ISO/IEC 18004, table 7). */
enum { TEXT_MAX = 2331, QUIET = 4 };

/* Dark modules that stand side by side in a row become one rectangle. */
static void add_row(struct buf *out, const unsigned char *row, int width, int y)
{
    for (int x = 0; x < width; x++) {
        int end = x;

        while (end < width && (row[end] & 1) != 0)
            end++;
        if (end == x)
            continue;
        buf_printf(out, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, end - x, end - x);
        x = end;
    }
}

bool qr_path(struct arena *a, struct str text, int *size, struct str *path)
{
    struct buf out = buf_new(a);
    QRcode *code;

    if (text.n == 0 || text.n > TEXT_MAX)
        return false;
    code = QRcode_encodeData((int)text.n, (const unsigned char *)text.p, 0, QR_ECLEVEL_M);
    if (code == NULL)
        return false;
    for (int y = 0; y < code->width; y++)
        add_row(&out, code->data + (ptrdiff_t)y * code->width, code->width, y);
    *size = code->width + 2 * QUIET;
    *path = buf_str(&out);
    explicit_bzero(code->data,
                   (size_t)code->width * (size_t)code->width); /* may be a TOTP secret */
    QRcode_free(code);
    return true;
}
