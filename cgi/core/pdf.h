/*
 * pdf: documents with pango and cairo: A4, embedded subset of a CJK font, tagged.  A document is a list of blocks; text is never markup
 * (pango's set_markup then set_text on one layout loses text, UX.md §7), so each paragraph has a fresh layout.
 *
 * What "tagged" means here: headings, paragraphs, lists with their labels, tables with head and data cells, and figures stand in a structure
 * tree in reading order; title and language are set.  What cairo 1.16 cannot do: alternative texts (the text beside a QR code says the
 * same), marking footers as artifacts, scope of table heads; so PDF/UA is not claimed.  Fonts: fonts-noto-cjk, and fonts-symbola for emoji
 * (fonts with colour glyphs are ignored, their text could not be found again).  A character that no font has is shown as a box with its
 * number.  A table has at most 12 columns, whose widths follow from the contents.  About 70 KB and 50 ms a letter.
 */
#ifndef AIDDESK_CORE_PDF_H
#define AIDDESK_CORE_PDF_H

#include "core/err.h"

enum pdf_block_kind { PDF_TITLE, PDF_HEADING, PDF_TEXT, PDF_FIELD /* label: value */, PDF_ITEM /* numbered or bulleted */,
                      PDF_TABLE_HEAD, PDF_TABLE_ROW, PDF_RIGHT /* right-aligned, e.g. signature and date */, PDF_SMALL, PDF_SPACE,
                      PDF_QR /* text = content of the code */ };

struct pdf_block {
    enum pdf_block_kind kind;
    struct str label;       /* PDF_FIELD: label; PDF_ITEM: number or bullet */
    struct str text;
    const struct str *cells;/* PDF_TABLE_*: cells */
    size_t n_cells;
};

struct pdf_meta {
    struct str title, author, lang, footer; /* footer stands on each page with "page / pages" */
};

/* Lays out and returns the bytes in the arena.  ERR_INTERNAL when the CJK font is missing (doctor tells). */
enum err pdf_make(struct arena *a, const struct pdf_meta *meta, const struct pdf_block *blocks, size_t n, struct str *bytes);

#endif
