/*
 * pdf_page: a page being filled from top to bottom.  Used by pdf.c and pdf_table.c only.  The same code runs twice: first with cr = NULL,
 * which only counts pages, then for real with the total known, because the footer says "page / pages".  Nothing of pango's state is kept
 * between paragraphs.  Lengths are points (1/72 inch).
 */
#ifndef AIDDESK_CORE_PDF_PAGE_H
#define AIDDESK_CORE_PDF_PAGE_H

#include <pango/pangocairo.h>

#include "core/pdf.h"

/* The family of all text; other fonts only fill in what it lacks (fonts-noto-cjk; emoji: fonts-symbola). */
#define PAGE_FONT "Noto Sans CJK SC"

/* A4 with 20 mm at the sides, and what the footer takes at the bottom. */
#define PAGE_WIDTH 595.28
#define PAGE_HEIGHT 841.89
#define PAGE_LEFT 62.0
#define PAGE_TOP 60.0
#define PAGE_BOTTOM (PAGE_HEIGHT - 74.0)
#define PAGE_ROOM (PAGE_WIDTH - 2 * PAGE_LEFT)

struct pdf_font; /* see pdf_font.c */

struct page {
    struct arena *arena;         /* for texts on their way to pango */
    cairo_t *cr;                 /* NULL while counting */
    PangoContext *pango;         /* fonts and language of the document */
    const struct pdf_meta *meta; /* title, language, footer */
    struct pdf_font *fonts;      /* met so far, with their glyphs */
    double y;                    /* where the next thing begins */
    int number;                  /* page being filled, from 1 */
    int total;                   /* pages in all; 0 while counting */
};

enum page_weight { PAGE_REGULAR, PAGE_BOLD };

/* A new layout of text in size points, wrapped at width; the caller unrefs it.  Characters that only steer (control characters except
 * line ends, marks of writing direction) are left out: they could show a letter's words in another order than they are stored. */
PangoLayout *page_layout(const struct page *p, struct str text, double size, enum page_weight weight, double width);
double page_layout_height(PangoLayout *layout);
double page_layout_width(PangoLayout *layout);

/* Counting: remembers the glyphs of a line.  Between the passes: makes the small fonts; false when that fails.  Drawing: shows a line with
 * its base line beginning at x, y. */
void page_note_line(struct page *p, PangoLayoutLine *line);
bool page_fonts_build(struct page *p);
void page_show_line(struct page *p, PangoLayoutLine *line, double x, double y);

/* Structure of the tagged document: H1, H2, P, L, LI, Lbl, LBody, Table, TR, TH, TD, Figure. */
void page_tag(struct page *p, const char *name);
void page_untag(struct page *p, const char *name);

/* Ends the page with its footer and begins the next. */
void page_next(struct page *p);
/* The footer alone, for the last page. */
void page_footer(struct page *p);
/* Begins a new page when less than height is left, unless the page is empty. */
void page_need(struct page *p, double height);
/* Draws the layout from p->y on, line by line, going on to new pages. */
void page_flow(struct page *p, PangoLayout *layout, double x);
/* Draws lines [first, …) of the layout that fit between y and limit; returns how many lines are done, *used = height taken. */
int page_lines(struct page *p, PangoLayout *layout, int first, double x, double y, double limit, double *used);
/* A horizontal line, and a grey box, both outside the text. grey: 0 black .. 1 white. */
void page_rule(struct page *p, double x, double y, double width, double grey);
void page_box(struct page *p, double x, double y, double width, double height, double grey);

/* A table: rows[0 .. n) are PDF_TABLE_HEAD and PDF_TABLE_ROW blocks; heads repeat on every page. */
void page_table(struct page *p, const struct pdf_block *rows, size_t n);

/* Adds to the catalog what cairo 1.16 leaves out: language, "tagged", "show the title" (an incremental update, ISO 32000-1 7.5.6).
 * Returns the bytes as they are when the file is not of the form that cairo writes. */
struct str pdf_catalog_complete(struct arena *a, struct str pdf, struct str lang);

#endif
