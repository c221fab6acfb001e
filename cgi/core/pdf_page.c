#include "core/pdf_page.h"

#include "core/arena.h"
#include "core/buf.h"

static bool steers(uint32_t c)
{
    if (c == '\n')
        return false;
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x200E || c == 0x200F ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

static struct str printable(struct arena *a, struct str text)
{
    struct buf b = buf_new(a);
    size_t at = 0;

    while (at < text.n) {
        uint32_t c = str_next(text, &at);

        if (c == '\t')
            buf_addc(&b, ' ');
        else if (!steers(c))
            buf_add_char(&b, c);
    }
    return buf_str(&b);
}

PangoLayout *page_layout(const struct page *p, struct str text, double size,
                         enum page_weight weight, double width)
{
    PangoLayout *layout = pango_layout_new(p->pango);
    PangoFontDescription *font = pango_font_description_new();
    PangoAttrList *attributes = pango_attr_list_new();
    struct str clean = printable(p->arena, text);

    pango_font_description_set_family(font, PAGE_FONT);
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_font_description_set_weight(font, weight == PAGE_BOLD ? PANGO_WEIGHT_BOLD
                                                                : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_auto_dir(layout, FALSE);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_line_spacing(layout, 1.12F);
    /* Pango puts a hyphen where it divides a word: in an address or a hash that would be a wrong character. */
    pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE));
    pango_layout_set_attributes(layout, attributes);
    pango_attr_list_unref(attributes);
    pango_layout_set_text(layout, clean.n ? clean.p : "", (int)clean.n);
    return layout;
}

double page_layout_height(PangoLayout *layout)
{
    PangoRectangle all;

    pango_layout_get_extents(layout, NULL, &all);
    return (double)all.height / PANGO_SCALE;
}

double page_layout_width(PangoLayout *layout)
{
    PangoRectangle all;

    pango_layout_get_extents(layout, NULL, &all);
    return (double)all.width / PANGO_SCALE;
}

void page_tag(struct page *p, const char *name)
{
    if (p->cr != NULL)
        cairo_tag_begin(p->cr, name, NULL);
}

void page_untag(struct page *p, const char *name)
{
    if (p->cr != NULL)
        cairo_tag_end(p->cr, name);
}

void page_rule(struct page *p, double x, double y, double width, double grey)
{
    if (p->cr == NULL)
        return;
    cairo_set_source_rgb(p->cr, grey, grey, grey);
    cairo_set_line_width(p->cr, 0.6);
    cairo_move_to(p->cr, x, y);
    cairo_line_to(p->cr, x + width, y);
    cairo_stroke(p->cr);
    cairo_set_source_rgb(p->cr, 0, 0, 0);
}

void page_box(struct page *p, double x, double y, double width, double height, double grey)
{
    if (p->cr == NULL)
        return;
    cairo_set_source_rgb(p->cr, grey, grey, grey);
    cairo_rectangle(p->cr, x, y, width, height);
    cairo_fill(p->cr);
    cairo_set_source_rgb(p->cr, 0, 0, 0);
}

int page_lines(struct page *p, PangoLayout *layout, int first, double x, double y, double limit,
               double *used)
{
    PangoLayoutIter *iter = pango_layout_get_iter(layout);
    double top = -1.0;
    int line = 0;
    int done = first;

    *used = 0.0;
    do {
        PangoRectangle box;
        int from;
        int to;

        if (line++ < first)
            continue;
        pango_layout_iter_get_line_extents(iter, NULL, &box);
        pango_layout_iter_get_line_yrange(iter, &from, &to);
        if (top < 0)
            top = (double)from / PANGO_SCALE;

        double bottom = (double)to / PANGO_SCALE - top;

        if (y + bottom > limit)
            break;
        PangoLayoutLine *shown = pango_layout_iter_get_line_readonly(iter);
        double base = (double)pango_layout_iter_get_baseline(iter) / PANGO_SCALE - top;

        if (p->cr == NULL)
            page_note_line(p, shown);
        else
            page_show_line(p, shown, x + (double)box.x / PANGO_SCALE, y + base);
        *used = bottom;
        done++;
    } while (pango_layout_iter_next_line(iter));
    pango_layout_iter_free(iter);
    return done;
}

void page_footer(struct page *p)
{
    double y = PAGE_BOTTOM + 14.0;
    double used;
    struct str count = str_fmt(p->arena, "%d / %d", p->number, p->total);
    PangoLayout *number = page_layout(p, count, 8.0, PAGE_REGULAR, 60.0);
    PangoLayout *text = page_layout(p, p->meta->footer, 8.0, PAGE_REGULAR, PAGE_ROOM - 70.0);

    page_rule(p, PAGE_LEFT, y, PAGE_ROOM, 0.6);
    pango_layout_set_alignment(number, PANGO_ALIGN_RIGHT);
    if (p->cr != NULL)
        cairo_set_source_rgb(p->cr, 0.25, 0.25, 0.25);
    (void)page_lines(p, text, 0, PAGE_LEFT, y + 4.0, PAGE_HEIGHT - 18.0, &used);
    (void)page_lines(p, number, 0, PAGE_LEFT + PAGE_ROOM - 60.0, y + 4.0, PAGE_HEIGHT, &used);
    if (p->cr != NULL)
        cairo_set_source_rgb(p->cr, 0, 0, 0);
    g_object_unref(number);
    g_object_unref(text);
}

void page_next(struct page *p)
{
    page_footer(p);
    if (p->cr != NULL)
        cairo_show_page(p->cr);
    p->number++;
    p->y = PAGE_TOP;
}

void page_need(struct page *p, double height)
{
    if (p->y + height > PAGE_BOTTOM && p->y > PAGE_TOP)
        page_next(p);
}

void page_flow(struct page *p, PangoLayout *layout, double x)
{
    int total = pango_layout_get_line_count(layout);
    int done = 0;
    double used;

    while (done < total) {
        int next = page_lines(p, layout, done, x, p->y, PAGE_BOTTOM, &used);

        p->y += used;
        if (next == done && p->y <= PAGE_TOP)
            return; /* a line higher than a page: cannot happen with the sizes used here */
        done = next;
        if (done < total)
            page_next(p);
    }
}
