/*
 * What cairo 1.16 leaves out of the catalog.  It writes a structure tree when tags are used, but neither /MarkInfo (so readers take the
 * document for untagged) nor /Lang.  The file is not rewritten: a second version of the catalog object is appended with its own
 * cross-reference section, as an editor would do that saves a change.
 */
#include "core/buf.h"
#include "core/pdf_page.h"

/* The number after the last occurrence of a word, or -1. */
static int64_t number_after(struct str pdf, struct str word, size_t from)
{
    size_t at = SIZE_MAX;
    int64_t value;

    for (size_t next = str_find(pdf, word, from); next != SIZE_MAX;
         next = str_find(pdf, word, next + 1))
        at = next;
    if (at == SIZE_MAX)
        return -1;
    at += word.n;
    while (at < pdf.n && (pdf.p[at] == ' ' || pdf.p[at] == '\n' || pdf.p[at] == '\r'))
        at++;

    size_t end = at;

    while (end < pdf.n && pdf.p[end] >= '0' && pdf.p[end] <= '9')
        end++;
    return str_int(str_sub(pdf, at, end - at), 0, INT32_MAX, &value) ? value : -1;
}

struct str pdf_catalog_complete(struct arena *a, struct str pdf, struct str lang)
{
    size_t tail = pdf.n > 4096 ? pdf.n - 4096 : 0;
    int64_t root = number_after(pdf, STR("/Root "), tail);
    int64_t info = number_after(pdf, STR("/Info "), tail);
    int64_t size = number_after(pdf, STR("/Size "), tail);
    int64_t xref = number_after(pdf, STR("startxref"), tail);

    if (root < 0 || info < 0 || size < 0 || xref < 0)
        return pdf;

    struct str open = str_fmt(a, "\n%lld 0 obj\n<< /Type /Catalog", (long long)root);
    size_t object = str_find(pdf, open, 0);
    size_t end = object == SIZE_MAX ? SIZE_MAX : str_find(pdf, STR("\n>>\nendobj"), object);
    struct buf b = buf_new(a);

    if (end == SIZE_MAX)
        return pdf;
    buf_add(&b, pdf);

    size_t place = b.n;

    buf_add(&b, str_sub(pdf, object + 1, end - object - 1));
    buf_printf(&b,
               "\n   /MarkInfo << /Marked true >>\n   /Lang (%.*s)\n"
               "   /ViewerPreferences << /DisplayDocTitle true >>\n>>\nendobj\n",
               STR_ARG(lang));

    size_t table = b.n;

    buf_printf(&b, "xref\n%lld 1\n%010zu 00000 n \n", (long long)root, place);
    buf_printf(&b,
               "trailer\n<< /Size %lld\n   /Root %lld 0 R\n   /Info %lld 0 R\n   /Prev %lld\n>>\n"
               "startxref\n%zu\n%%%%EOF\n",
               (long long)size, (long long)root, (long long)info, (long long)xref, table);
    return buf_str(&b);
}
