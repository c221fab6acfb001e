#include "core/pdf.h"

#include <cairo-pdf.h>
#include <fontconfig/fontconfig.h>
#include <pango/pangofc-fontmap.h>
#include <qrencode.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/clock.h"
#include "core/pdf_page.h"

/* Colour fonts are left out: cairo draws their glyphs as pictures, and the text could not be found again.  Emoji come from a font with
 * outlines instead (fonts-symbola). */
static const char *const no_colour_fonts =
    "<?xml version=\"1.0\"?><!DOCTYPE fontconfig SYSTEM \"fonts.dtd\"><fontconfig><selectfont>"
    "<rejectfont><pattern><patelt name=\"color\"><bool>true</bool></patelt></pattern></rejectfont>"
    "</selectfont></fontconfig>";

/* --- blocks ----------------------------------------------------------------------------------- */

/* One paragraph in a fresh layout. */
static void paragraph(struct page *p, struct str text, double size, enum page_weight weight,
                      PangoAlignment align, const char *tag)
{
    PangoLayout *layout = page_layout(p, text, size, weight, PAGE_ROOM);

    pango_layout_set_alignment(layout, align);
    page_tag(p, tag);
    page_flow(p, layout, PAGE_LEFT);
    page_untag(p, tag);
    g_object_unref(layout);
}

static void draw_text(struct page *p, struct str text)
{
    PangoLayout *layout = page_layout(p, text, 10.5, PAGE_REGULAR, PAGE_ROOM);

    if (str_starts(p->meta->lang, STR("zh"))) /* Chinese paragraphs begin two characters in */
        pango_layout_set_indent(layout, (int)(21.0 * PANGO_SCALE));
    page_tag(p, "P");
    page_flow(p, layout, PAGE_LEFT);
    page_untag(p, "P");
    g_object_unref(layout);
    p->y += 4.0;
}

static void draw_heading(struct page *p, struct str text)
{
    p->y += p->y > PAGE_TOP ? 10.0 : 0.0;
    page_need(p, 52.0); /* with at least two lines of what follows */
    paragraph(p, text, 12.0, PAGE_BOLD, PANGO_ALIGN_LEFT, "H2");
    p->y += 4.0;
}

/* Label and value side by side; the value wraps under itself. */
static void pair(struct page *p, const struct pdf_block *b, double label_width, const char *outer,
                 const char *label_tag, const char *text_tag)
{
    PangoLayout *label = page_layout(p, b->label, 10.5, PAGE_REGULAR, label_width - 4.0);
    PangoLayout *text = page_layout(p, b->text, 10.5, PAGE_REGULAR, PAGE_ROOM - label_width);
    double height = page_layout_height(label);
    double used;

    page_need(p, height);
    page_tag(p, outer);
    page_tag(p, label_tag);
    if (p->cr != NULL)
        cairo_set_source_rgb(p->cr, 0.3, 0.3, 0.3);
    (void)page_lines(p, label, 0, PAGE_LEFT, p->y, PAGE_BOTTOM, &used);
    if (p->cr != NULL)
        cairo_set_source_rgb(p->cr, 0, 0, 0);
    page_untag(p, label_tag);

    int page_before = p->number;
    double bottom = p->y + height;

    page_tag(p, text_tag);
    page_flow(p, text, PAGE_LEFT + label_width);
    page_untag(p, text_tag);
    page_untag(p, outer);
    if (p->number == page_before && p->y < bottom)
        p->y = bottom;
    p->y += 2.5;
    g_object_unref(label);
    g_object_unref(text);
}

/* Fields that follow each other share the width of the widest label. */
static void draw_fields(struct page *p, const struct pdf_block *blocks, size_t n)
{
    double widest = 40.0;

    for (size_t i = 0; i < n; i++) {
        PangoLayout *label = page_layout(p, blocks[i].label, 10.5, PAGE_REGULAR, 150.0);
        double width = page_layout_width(label) + 12.0;

        widest = width > widest ? width : widest;
        g_object_unref(label);
    }
    for (size_t i = 0; i < n; i++)
        pair(p, &blocks[i], widest, "P", "Span", "Span");
    p->y += 2.0;
}

static void draw_items(struct page *p, const struct pdf_block *blocks, size_t n)
{
    double widest = 18.0;

    for (size_t i = 0; i < n; i++) {
        PangoLayout *label = page_layout(p, blocks[i].label, 10.5, PAGE_REGULAR, 90.0);
        double width = page_layout_width(label) + 8.0;

        widest = width > widest ? width : widest;
        g_object_unref(label);
    }
    page_tag(p, "L");
    for (size_t i = 0; i < n; i++)
        pair(p, &blocks[i], widest, "LI", "Lbl", "LBody");
    page_untag(p, "L");
    p->y += 2.0;
}

/* Date and signature stay together: a signature alone on a page could stand under anything. */
static void draw_right(struct page *p, const struct pdf_block *blocks, size_t n)
{
    page_need(p, (double)(n > 12 ? 12 : n) * 22.0);
    for (size_t i = 0; i < n; i++) {
        paragraph(p, blocks[i].text, 10.5, PAGE_REGULAR, PANGO_ALIGN_RIGHT, "P");
        p->y += 6.0;
    }
}

static void draw_small(struct page *p, struct str text)
{
    paragraph(p, text, 8.6, PAGE_REGULAR, PANGO_ALIGN_LEFT, "P");
    p->y += 3.0;
}

static void draw_qr(struct page *p, struct str text)
{
    QRcode *code = QRcode_encodeString8bit(str_z(p->arena, text), 0, QR_ECLEVEL_M);
    const double side = 96.0;

    if (code == NULL) /* too long for a code: the text stands beside it anyway */
        return;
    page_need(p, side);

    double unit = side / (code->width + 8); /* quiet zone of four modules (ISO/IEC 18004) */

    page_tag(p, "Figure");
    for (int i = 0; p->cr != NULL && i < code->width * code->width; i++) {
        int across = 4 + i % code->width, down = 4 + i / code->width;

        if ((code->data[i] & 1) != 0)
            cairo_rectangle(p->cr, PAGE_LEFT + unit * across, p->y + unit * down, unit, unit);
    }
    if (p->cr != NULL)
        cairo_fill(p->cr);
    page_untag(p, "Figure");
    p->y += side + 4.0;
    QRcode_free(code);
}

static void draw_one(struct page *p, const struct pdf_block *b)
{
    switch (b->kind) {
    case PDF_TITLE:
        paragraph(p, b->text, 19.0, PAGE_BOLD, PANGO_ALIGN_CENTER, "H1");
        p->y += 12.0;
        break;
    case PDF_HEADING:
        draw_heading(p, b->text);
        break;
    case PDF_TEXT:
        draw_text(p, b->text);
        break;
    case PDF_SMALL:
        draw_small(p, b->text);
        break;
    case PDF_SPACE:
        p->y += 12.0;
        break;
    case PDF_QR:
        draw_qr(p, b->text);
        break;
    case PDF_FIELD:
    case PDF_ITEM:
    case PDF_RIGHT:
    case PDF_TABLE_HEAD:
    case PDF_TABLE_ROW:
        break; /* drawn as runs */
    }
}

static bool is_table(enum pdf_block_kind kind)
{
    return kind == PDF_TABLE_HEAD || kind == PDF_TABLE_ROW;
}

/* Draws the document once. */
static void draw(struct page *p, const struct pdf_block *blocks, size_t n)
{
    size_t i = 0;

    p->y = PAGE_TOP;
    p->number = 1;
    while (i < n) {
        enum pdf_block_kind kind = blocks[i].kind;
        size_t run = 1;

        while (i + run < n &&
               (blocks[i + run].kind == kind || (is_table(kind) && is_table(blocks[i + run].kind))))
            run++;
        if (kind == PDF_FIELD)
            draw_fields(p, blocks + i, run);
        else if (kind == PDF_ITEM)
            draw_items(p, blocks + i, run);
        else if (kind == PDF_RIGHT)
            draw_right(p, blocks + i, run);
        else if (is_table(kind))
            page_table(p, blocks + i, run);
        else
            draw_one(p, &blocks[i]);
        i += kind == PDF_FIELD || kind == PDF_ITEM || kind == PDF_RIGHT || is_table(kind) ? run : 1;
    }
    page_footer(p);
}

/* --- document --------------------------------------------------------------------------------- */

/* A font map without colour fonts; NULL when the CJK font is missing. */
static PangoFontMap *open_fonts(void)
{
    FcConfig *config = FcInitLoadConfig();
    PangoFontMap *map = NULL;

    if (config != NULL &&
        FcConfigParseAndLoadFromMemory(config, (const FcChar8 *)no_colour_fonts, FcTrue) &&
        FcConfigBuildFonts(config)) {
        map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
        pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(map), config);
        if (pango_font_map_get_family(map, PAGE_FONT) == NULL) {
            g_object_unref(map);
            map = NULL;
        }
    }
    if (config != NULL)
        FcConfigDestroy(config);
    return map;
}

/* The fonts of the process: pango keeps them as its default, marked as ours.  A map for each document cost 20 ms and, in the caches of
 * fontconfig, some 300 KB that were never given back (measured over 200 documents). */
static PangoFontMap *fonts_of_process(void)
{
    static const char mark[] = "aiddesk-fonts";
    PangoFontMap *map = pango_cairo_font_map_get_default();

    if (g_object_get_data(G_OBJECT(map), mark) != NULL)
        return map;
    map = open_fonts();
    if (map == NULL)
        return NULL;
    g_object_set_data(G_OBJECT(map), mark, map);
    pango_cairo_font_map_set_default(PANGO_CAIRO_FONT_MAP(map));
    g_object_unref(map);
    return pango_cairo_font_map_get_default();
}

static PangoContext *open_context(PangoFontMap *fonts, struct arena *a, struct str lang)
{
    PangoContext *context = pango_font_map_create_context(fonts);
    cairo_font_options_t *options = cairo_font_options_create();

    /* Without hinting a line breaks at the same place whatever the surface is. */
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    pango_context_set_round_glyph_positions(context, FALSE);
    pango_context_set_language(context, pango_language_from_string(str_z(a, lang)));
    return context;
}

static cairo_status_t collect(void *closure, const unsigned char *data, unsigned int length)
{
    buf_add(closure, str_bytes(data, length));
    return CAIRO_STATUS_SUCCESS;
}

static void describe(cairo_surface_t *surface, struct arena *a, const struct pdf_meta *meta)
{
    struct str now = clock_rfc3339(a, clock_now());

    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, str_z(a, meta->title));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, str_z(a, meta->author));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Aid Desk");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, str_z(a, now));
}

static enum err render(struct page *p, const struct pdf_block *blocks, size_t n, struct buf *out)
{
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(collect, out, PAGE_WIDTH, PAGE_HEIGHT);
    cairo_status_t status;

    describe(surface, p->arena, p->meta);
    p->cr = cairo_create(surface);
    draw(p, blocks, n);
    status = cairo_status(p->cr);
    cairo_destroy(p->cr);
    p->cr = NULL;
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    return status == CAIRO_STATUS_SUCCESS ? ERR_OK : ERR_INTERNAL;
}

/* "page / pages" was counted without knowing the pages. */
static void note_figures(struct page *p)
{
    PangoLayout *figures = page_layout(p, STR("0123456789 /"), 8.0, PAGE_REGULAR, PAGE_ROOM);

    page_note_line(p, pango_layout_get_line_readonly(figures, 0));
    g_object_unref(figures);
}

/* Pango takes valid UTF-8 only; what is stored has been checked, so anything else is our bug. */
static bool all_text(const struct pdf_block *blocks, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!str_is_text(blocks[i].label) || !str_is_text(blocks[i].text))
            return false;
        for (size_t c = 0; c < blocks[i].n_cells; c++) {
            if (!str_is_text(blocks[i].cells[c]))
                return false;
        }
    }
    return true;
}

enum err pdf_make(struct arena *a, const struct pdf_meta *meta, const struct pdf_block *blocks,
                  size_t n, struct str *bytes)
{
    struct page page = {.arena = a, .meta = meta};
    struct buf out = buf_new(a);
    PangoFontMap *fonts;
    enum err err;

    if (!all_text(blocks, n))
        return ERR_INTERNAL;
    fonts = fonts_of_process();
    if (fonts == NULL)
        return ERR_INTERNAL;
    page.pango = open_context(fonts, a, meta->lang);
    draw(&page, blocks, n); /* counts */
    page.total = page.number;
    note_figures(&page);
    err = page_fonts_build(&page) ? render(&page, blocks, n, &out) : ERR_INTERNAL;
    if (err == ERR_OK)
        *bytes = pdf_catalog_complete(a, buf_str(&out), meta->lang);
    g_object_unref(page.pango);
    return err;
}

#ifdef __SANITIZE_ADDRESS__
/* Per document cairo 1.16 keeps under 1 KiB of its tag structures and fontconfig under 0.5 KiB; processes are replaced long before that
 * counts.  Only these two libraries are excused. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libcairo\nleak:libfontconfig\n";
}
#endif
