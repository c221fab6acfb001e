/*
 * Tables of documents.  Widths come from the contents: a column that needs less than its share gets what it needs, and the rest is shared
 * by the wide ones, so that a number stays on one line while a hash or an address wraps.  A row that does not fit begins on the next
 * page; one that is higher than a page is divided between its lines.
 */
#include "core/pdf_page.h"

#include "core/arena.h"

#define CELL_SIZE 8.6
#define CELL_PAD 4.0

enum { COLUMNS_MAX = 12 };

struct table {
    struct page *page;
    const struct pdf_block *head; /* NULL when there is none */
    size_t columns;
    double x[COLUMNS_MAX];     /* left edge of the cell */
    double width[COLUMNS_MAX]; /* of the cell with its padding */
};

static PangoLayout *cell_layout(const struct page *p, const struct pdf_block *row, size_t column,
                                double width)
{
    struct str text = column < row->n_cells ? row->cells[column] : (struct str){0};

    return page_layout(p, text, CELL_SIZE, row->kind == PDF_TABLE_HEAD ? PAGE_BOLD : PAGE_REGULAR,
                       width);
}

/* Water-filling: columns in order of need, each gets at most an equal share of what is left. */
static void set_widths(struct table *t, const struct pdf_block *rows, size_t n)
{
    double need[COLUMNS_MAX] = {0};
    bool given[COLUMNS_MAX] = {false};
    double left = PAGE_ROOM;
    double wanted = 0.0;

    for (size_t r = 0; r < n; r++) {
        for (size_t c = 0; c < t->columns; c++) {
            PangoLayout *layout = cell_layout(t->page, &rows[r], c, PAGE_ROOM);
            double width = page_layout_width(layout) + 2 * CELL_PAD + 1.0;

            need[c] = width > need[c] ? width : need[c];
            g_object_unref(layout);
        }
    }
    for (size_t c = 0; c < t->columns; c++)
        wanted += need[c];
    for (size_t round = 0; round < t->columns; round++) {
        size_t least = 0;

        while (least + 1 < t->columns && given[least])
            least++;
        for (size_t c = least + 1; c < t->columns; c++) {
            if (!given[c] && need[c] < need[least])
                least = c;
        }

        double share = left / (double)(t->columns - round);
        bool last = round + 1 == t->columns;

        given[least] = true;
        t->width[least] = need[least] < share && !last ? need[least] : share;
        left -= t->width[least];
    }

    double x = PAGE_LEFT;
    double spare =
        wanted < PAGE_ROOM ? PAGE_ROOM / wanted : 1.0; /* what is over goes to all by their need */

    for (size_t c = 0; c < t->columns; c++) {
        if (spare > 1.0)
            t->width[c] = need[c] * spare;
        t->x[c] = x;
        x += t->width[c];
    }
}

static double row_height(const struct table *t, PangoLayout *const *cells)
{
    double most = 0.0;

    for (size_t c = 0; c < t->columns; c++) {
        double height = page_layout_height(cells[c]);

        most = height > most ? height : most;
    }
    return most + 2 * CELL_PAD;
}

/* Draws what fits of the row on this page.  done: lines drawn so far by cell; false when lines are left. */
static bool draw_part(struct table *t, const struct pdf_block *row, PangoLayout *const *cells,
                      int *done)
{
    struct page *p = t->page;
    const char *tag = row->kind == PDF_TABLE_HEAD ? "TH" : "TD";
    double top = p->y;
    double most = 0.0;
    bool all = true;

    page_tag(p, "TR");
    for (size_t c = 0; c < t->columns; c++) {
        double used;

        page_tag(p, tag);
        done[c] = page_lines(p, cells[c], done[c], t->x[c] + CELL_PAD, top + CELL_PAD,
                             PAGE_BOTTOM - CELL_PAD, &used);
        page_untag(p, tag);
        most = used > most ? used : most;
        all &= done[c] == pango_layout_get_line_count(cells[c]);
    }
    page_untag(p, "TR");
    p->y += most + 2 * CELL_PAD;
    page_rule(p, PAGE_LEFT, p->y, PAGE_ROOM, row->kind == PDF_TABLE_HEAD ? 0.2 : 0.75);
    return all;
}

static void draw_row(struct table *t, const struct pdf_block *row)
{
    struct page *p = t->page;
    PangoLayout *cells[COLUMNS_MAX];
    int done[COLUMNS_MAX] = {0};

    for (size_t c = 0; c < t->columns; c++)
        cells[c] = cell_layout(p, row, c, t->width[c] - 2 * CELL_PAD);

    double height = row_height(t, cells);

    if (row->kind == PDF_TABLE_HEAD) {
        page_need(p, height + 40.0); /* never a head alone at the end of a page */
        page_rule(p, PAGE_LEFT, p->y, PAGE_ROOM, 0.2);
        page_box(p, PAGE_LEFT, p->y, PAGE_ROOM, height, 0.93);
    } else if (p->y + height > PAGE_BOTTOM && height < PAGE_BOTTOM - PAGE_TOP - 60.0) {
        page_next(p);
        if (t->head != NULL)
            draw_row(t, t->head);
    }
    while (!draw_part(t, row, cells, done)) {
        page_next(p);
        if (t->head != NULL && row->kind != PDF_TABLE_HEAD)
            draw_row(t, t->head);
    }
    for (size_t c = 0; c < t->columns; c++)
        g_object_unref(cells[c]);
}

void page_table(struct page *p, const struct pdf_block *rows, size_t n)
{
    struct table t = {.page = p};

    for (size_t r = 0; r < n; r++)
        t.columns = rows[r].n_cells > t.columns ? rows[r].n_cells : t.columns;
    if (t.columns == 0)
        return;
    if (t.columns > COLUMNS_MAX)
        t.columns = COLUMNS_MAX;
    set_widths(&t, rows, n);
    page_tag(p, "Table");
    for (size_t r = 0; r < n; r++) {
        if (rows[r].kind == PDF_TABLE_HEAD)
            t.head = &rows[r];
        draw_row(&t, &rows[r]);
    }
    page_untag(p, "Table");
    p->y += 8.0;
}
