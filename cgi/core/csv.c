#include "core/csv.h"

#include <string.h>

struct csv csv_begin(struct buf *out)
{
    buf_addz(out, "\uFEFF");
    return (struct csv){.out = out};
}

static void separate(struct csv *c)
{
    if (c->row_open)
        buf_addc(c->out, ',');
    c->row_open = true;
}

/* Spreadsheets take a cell that begins so for a formula, also in its full-width form (OWASP, CSV injection). */
static bool looks_like_formula(struct str s)
{
    static const char *const wide[] = {"＝", "＋", "－", "＠"};

    if (s.n == 0)
        return false;
    if (strchr("=+-@\t\r\n", s.p[0]) != NULL)
        return true;
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++) {
        if (str_starts(s, str_of(wide[i])))
            return true;
    }
    return false;
}

/* RFC 4180, and spaces at the edges, which some readers would drop. */
static bool needs_quotes(struct str s)
{
    if (s.n == 0)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (strchr(",\"\r\n", s.p[i]) != NULL)
            return true;
    }
    return s.p[0] == ' ' || s.p[s.n - 1] == ' ';
}

void csv_cell(struct csv *c, struct str text)
{
    bool formula = looks_like_formula(text);
    bool quotes = needs_quotes(text);

    separate(c);
    if (quotes)
        buf_addc(c->out, '"');
    if (formula)
        buf_addc(c->out, '\'');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"')
            buf_addc(c->out, '"');
        buf_addc(c->out, text.p[i]);
    }
    if (quotes)
        buf_addc(c->out, '"');
}

void csv_cell_int(struct csv *c, int64_t n)
{
    separate(c);
    buf_printf(c->out, "%lld", (long long)n);
}

void csv_end_row(struct csv *c)
{
    buf_addz(c->out, "\r\n");
    c->row_open = false;
}
