/* fuzz_csv: what is written for spreadsheets: cells divided by "|", rows by ";" in the input.  Read back by RFC 4180 they are the
 * same, and none begins as a formula. */
#include <string.h>

#include "core/csv.h"
#include "core/form.h"
#include "fuzz.h"

/* The next cell; *end_of_row tells what followed it. */
static struct str read_cell(struct arena *a, struct str *rest, bool *end_of_row)
{
    struct buf b = buf_new(a);
    bool quoted = str_starts(*rest, STR("\""));
    size_t i = quoted ? 1 : 0;

    for (; i < rest->n; i++) {
        char c = rest->p[i];

        if (quoted && c == '"') {
            if (i + 1 == rest->n || rest->p[i + 1] != '"')
                break;
            i++;
        } else if (!quoted && (c == ',' || c == '\r')) {
            break;
        } else {
            must(quoted || (c != '"' && c != '\n'));
        }
        buf_addc(&b, c);
    }
    *rest = str_sub(*rest, i + (quoted ? 1 : 0), rest->n);
    *end_of_row = str_starts(*rest, STR("\r\n"));
    must(*end_of_row || str_starts(*rest, STR(",")));
    *rest = str_sub(*rest, *end_of_row ? 2 : 1, rest->n);
    return buf_str(&b);
}

static void check_cell(struct str read, struct str written)
{
    if (str_starts(read, STR("'")) && !str_eq(read, written))
        read = str_sub(read, 1, read.n);
    else
        must(read.n == 0 || strchr("=+-@\t\r\n", read.p[0]) == NULL);
    must(str_eq(read, written));
}

/* Cells of the input, one after the other; *more = false behind the last one. */
static struct str next_cell(struct str *input, bool *row_ends, bool *more)
{
    struct str cell;
    size_t n = 0;

    while (n < input->n && input->p[n] != '|' && input->p[n] != ';')
        n++;
    cell = str_sub(*input, 0, n);
    *more = n < input->n;
    *row_ends = !*more || input->p[n] == ';';
    *input = str_sub(*input, n + 1, input->n);
    return cell;
}

void fuzz_one(struct arena *a, struct str input)
{
    struct str typed = str_repair(a, input), left = typed, rest;
    struct buf out = buf_new(a);
    struct csv csv = csv_begin(&out);
    bool ends, more = true, read_ends;

    while (more) {
        csv_cell(&csv, next_cell(&left, &ends, &more));
        if (ends)
            csv_end_row(&csv);
    }
    rest = buf_str(&out);
    must(str_is_text(rest) && str_starts(rest, STR("\uFEFF")));
    rest = str_sub(rest, 3, rest.n);
    for (more = true, left = typed; more;) {
        struct str cell = next_cell(&left, &ends, &more);

        check_cell(read_cell(a, &rest, &read_ends), cell);
        must(ends == read_ends);
    }
    must(rest.n == 0);
}
