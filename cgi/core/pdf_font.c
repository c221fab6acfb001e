/*
 * Fonts of a document with PostScript outlines (CFF), as the CJK font is.  cairo 1.16 subsets such fonts wrongly: looking for the
 * subroutines a glyph needs it counts the operands of curves as hints (its stack is not cleared), skips too many bytes after a hint mask
 * that comes in mid-outline, and leaves out subroutines.  Such a glyph is invisible in every reader, while its text is still found: in a
 * settlement the second character of 如下 was gone.  So the glyphs that the counting pass met are first taken into a font of their own by
 * HarfBuzz, without subroutines and hints and with the same glyph numbers, and the drawing pass hands that font to cairo.
 */
#include <cairo-ft.h>
#include <hb-subset.h>
#include <pango/pangofc-font.h>
#include <string.h>

#include "core/arena.h"
#include "core/pdf_page.h"

struct pdf_font {
    struct pdf_font *next;
    const char *file;        /* path of the font file */
    int index;               /* face in it */
    bool cff;                /* has PostScript outlines: only these are replaced */
    hb_face_t *whole;        /* the font as installed */
    hb_set_t *glyphs;        /* met while counting */
    cairo_font_face_t *face; /* the small font in cairo; NULL until page_fonts_build */
};

static void release(void *p)
{
    struct pdf_font *f = p;

    /* cairo keeps faces in a map and may hold this one a little longer, so it, not we, gives FreeType's objects back: see give_back. */
    if (f->face != NULL)
        cairo_font_face_destroy(f->face);
    hb_set_destroy(f->glyphs);
    hb_face_destroy(f->whole);
}

/* What stands behind a face of cairo's and must live as long. */
struct behind {
    FT_Face ft;
    FT_Library library;
    hb_blob_t *blob; /* the bytes that `ft` reads */
};

static void give_back(void *p)
{
    struct behind *b = p;

    (void)FT_Done_Face(b->ft);
    (void)FT_Done_FreeType(b->library);
    hb_blob_destroy(b->blob);
    g_free(b);
}

static bool has_cff(hb_face_t *face)
{
    hb_blob_t *table = hb_face_reference_table(face, HB_TAG('C', 'F', 'F', ' '));
    bool found = hb_blob_get_length(table) > 0;

    hb_blob_destroy(table);
    return found;
}

/* The record of the file and face that a pango font comes from; NULL when it comes from no file. */
static struct pdf_font *font_of(struct page *p, PangoFont *font)
{
    FcPattern *pattern =
        PANGO_IS_FC_FONT(font) ? pango_fc_font_get_pattern(PANGO_FC_FONT(font)) : NULL;
    FcChar8 *file = NULL;
    int index = 0;

    if (pattern == NULL || FcPatternGetString(pattern, FC_FILE, 0, &file) != FcResultMatch)
        return NULL;
    (void)FcPatternGetInteger(pattern, FC_INDEX, 0, &index);
    for (struct pdf_font *f = p->fonts; f != NULL; f = f->next) {
        if (f->index == index && strcmp(f->file, (const char *)file) == 0)
            return f;
    }

    struct pdf_font *f = arena_new_of(p->arena, struct pdf_font);
    hb_blob_t *blob = hb_blob_create_from_file((const char *)file);

    f->file = str_z(p->arena, str_of((const char *)file));
    f->index = index;
    f->whole =
        hb_face_create(blob, (unsigned)index & 0xFFFF); /* the upper half names a variation */
    f->glyphs = hb_set_create();
    f->cff = has_cff(f->whole);
    f->next = p->fonts;
    p->fonts = f;
    hb_blob_destroy(blob);
    arena_defer(p->arena, release, f);
    return f;
}

void page_note_line(struct page *p, PangoLayoutLine *line)
{
    for (GSList *l = line->runs; l != NULL; l = l->next) {
        const PangoLayoutRun *run = l->data;
        struct pdf_font *f = font_of(p, run->item->analysis.font);

        if (f == NULL || !f->cff)
            continue;
        for (int i = 0; i < run->glyphs->num_glyphs; i++) {
            PangoGlyph glyph = run->glyphs->glyphs[i].glyph;

            if (glyph != PANGO_GLYPH_EMPTY && (glyph & PANGO_GLYPH_UNKNOWN_FLAG) == 0)
                hb_set_add(f->glyphs, glyph);
        }
    }
}

/* The noted glyphs as a font: outlines and metrics only, since pango has laid out already. */
static hb_blob_t *make_subset(const struct pdf_font *f)
{
    static const hb_tag_t needless[] = {
        HB_TAG('G', 'S', 'U', 'B'), HB_TAG('G', 'P', 'O', 'S'), HB_TAG('G', 'D', 'E', 'F'),
        HB_TAG('B', 'A', 'S', 'E'), HB_TAG('V', 'O', 'R', 'G'), HB_TAG('v', 'h', 'e', 'a'),
        HB_TAG('v', 'm', 't', 'x'),
    };
    hb_subset_input_t *input = hb_subset_input_create_or_fail();
    hb_face_t *face = NULL;
    hb_blob_t *blob = NULL;

    if (input == NULL)
        return NULL;
    hb_subset_input_set_flags(input, HB_SUBSET_FLAGS_NO_HINTING | HB_SUBSET_FLAGS_RETAIN_GIDS |
                                         HB_SUBSET_FLAGS_DESUBROUTINIZE);
    hb_set_union(hb_subset_input_glyph_set(input), f->glyphs);
    for (size_t i = 0; i < sizeof needless / sizeof needless[0]; i++)
        hb_set_add(hb_subset_input_set(input, HB_SUBSET_SETS_DROP_TABLE_TAG), needless[i]);
    face = hb_subset_or_fail(f->whole, input);
    if (face != NULL) {
        blob = hb_face_reference_blob(face);
        hb_face_destroy(face);
    }
    hb_subset_input_destroy(input);
    return blob;
}

static bool open_subset(struct pdf_font *f)
{
    static const cairo_user_data_key_t key;
    struct behind *b = g_new0(struct behind, 1);
    unsigned length = 0;
    const char *bytes;

    b->blob = make_subset(f);
    bytes = b->blob == NULL ? NULL : hb_blob_get_data(b->blob, &length);
    if (bytes == NULL || length == 0 || FT_Init_FreeType(&b->library) != 0) {
        hb_blob_destroy(b->blob);
        g_free(b);
        return false;
    }
    if (FT_New_Memory_Face(b->library, (const FT_Byte *)bytes, (FT_Long)length, 0, &b->ft) != 0) {
        (void)FT_Done_FreeType(b->library);
        hb_blob_destroy(b->blob);
        g_free(b);
        return false;
    }
    f->face = cairo_ft_font_face_create_for_ft_face(b->ft, 0);
    if (cairo_font_face_set_user_data(f->face, &key, b, give_back) != CAIRO_STATUS_SUCCESS) {
        give_back(b);
        return false;
    }
    return true;
}

bool page_fonts_build(struct page *p)
{
    for (struct pdf_font *f = p->fonts; f != NULL; f = f->next) {
        if (f->cff && !hb_set_is_empty(f->glyphs) && !open_subset(f))
            return false;
    }
    return true;
}

/* True when every glyph of the run is in the small font. */
static bool all_there(const struct pdf_font *f, const PangoGlyphString *glyphs)
{
    for (int i = 0; i < glyphs->num_glyphs; i++) {
        PangoGlyph glyph = glyphs->glyphs[i].glyph;

        if (glyph != PANGO_GLYPH_EMPTY && !hb_set_has(f->glyphs, glyph))
            return false;
    }
    return true;
}

/* Shows a run in the small font.  The clusters tell cairo which text each glyph stands for, so that it is found again. */
static void show_run(struct page *p, const struct pdf_font *f, PangoLayoutRun *run,
                     const char *text, double x, double y)
{
    const PangoGlyphString *from = run->glyphs;
    size_t most = (size_t)from->num_glyphs;
    cairo_glyph_t *glyphs = arena_array(p->arena, most, sizeof *glyphs);
    cairo_text_cluster_t *clusters = arena_array(p->arena, most, sizeof *clusters);
    bool backward = (run->item->analysis.level & 1) != 0;
    PangoFontDescription *font = pango_font_describe_with_absolute_size(run->item->analysis.font);
    cairo_font_options_t *options = cairo_font_options_create();
    PangoGlyphItemIter iter;
    int n_glyphs = 0;
    int n_clusters = 0;
    int advance = 0;

    for (int i = 0; i < from->num_glyphs; i++) {
        const PangoGlyphInfo *g = &from->glyphs[i];

        if (g->glyph != PANGO_GLYPH_EMPTY)
            glyphs[n_glyphs++] =
                (cairo_glyph_t){.index = g->glyph,
                                .x = x + (double)(advance + g->geometry.x_offset) / PANGO_SCALE,
                                .y = y + (double)g->geometry.y_offset / PANGO_SCALE};
        advance += g->geometry.width;
    }
    for (gboolean more = pango_glyph_item_iter_init_start(&iter, run, text); more;
         more = pango_glyph_item_iter_next_cluster(&iter)) {
        int low = backward ? iter.end_glyph + 1 : iter.start_glyph;
        int high = backward ? iter.start_glyph + 1 : iter.end_glyph;
        int shown = 0;

        for (int i = low; i < high; i++)
            shown += from->glyphs[i].glyph != PANGO_GLYPH_EMPTY;
        clusters[n_clusters++] = (cairo_text_cluster_t){
            .num_bytes = iter.end_index - iter.start_index, .num_glyphs = shown};
    }
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(p->cr, options);
    cairo_set_font_face(p->cr, f->face);
    cairo_set_font_size(p->cr, (double)pango_font_description_get_size(font) / PANGO_SCALE);
    cairo_show_text_glyphs(p->cr, text + run->item->offset, run->item->length, glyphs, n_glyphs,
                           clusters, n_clusters, backward ? CAIRO_TEXT_CLUSTER_FLAG_BACKWARD : 0);
    cairo_font_options_destroy(options);
    pango_font_description_free(font);
}

void page_show_line(struct page *p, PangoLayoutLine *line, double x, double y)
{
    const char *text = pango_layout_get_text(line->layout);

    for (GSList *l = line->runs; l != NULL; l = l->next) {
        PangoLayoutRun *run = l->data;
        const struct pdf_font *f = font_of(p, run->item->analysis.font);
        int width = pango_glyph_string_get_width(run->glyphs);

        if (f != NULL && f->face != NULL && all_there(f, run->glyphs)) {
            show_run(p, f, run, text, x, y);
        } else { /* outlines that cairo subsets well, or a box with the number of a character that no font has */
            cairo_move_to(p->cr, x, y);
            pango_cairo_show_glyph_item(p->cr, text, run);
        }
        x += (double)width / PANGO_SCALE;
    }
}
