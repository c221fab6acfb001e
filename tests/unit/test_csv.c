#include "unit.h"

#include "core/csv.h"

static struct str one_cell(struct arena *a, struct str text)
{
    struct buf out = buf_new(a);
    struct csv c = csv_begin(&out);

    csv_cell(&c, text);
    csv_end_row(&c);
    return str_sub(buf_str(&out), 3, out.n);
}

static void a_file_begins_with_a_bom_and_lines_end_with_crlf(void **state)
{
    struct buf out = buf_new(*state);
    struct csv c = csv_begin(&out);

    csv_cell(&c, STR("平台"));
    csv_cell(&c, STR("n"));
    csv_end_row(&c);
    csv_cell(&c, STR(""));
    csv_cell_int(&c, INT64_MIN);
    csv_end_row(&c);
    assert_text(buf_str(&out), "\xEF\xBB\xBF平台,n\r\n,-9223372036854775808\r\n");
}

static void cells_with_separators_are_quoted(void **state)
{
    assert_text(one_cell(*state, STR("a,b")), "\"a,b\"\r\n");
    assert_text(one_cell(*state, STR("say \"hi\"")), "\"say \"\"hi\"\"\"\r\n");
    assert_text(one_cell(*state, STR("two\nlines")), "\"two\nlines\"\r\n");
    assert_text(one_cell(*state, STR("two\rlines")), "\"two\rlines\"\r\n");
    assert_text(one_cell(*state, STR(" edge")), "\" edge\"\r\n");
    assert_text(one_cell(*state, STR("edge ")), "\"edge \"\r\n");
    assert_text(one_cell(*state, STR("a b")), "a b\r\n");
}

static void what_a_spreadsheet_would_compute_is_made_text(void **state)
{
    static const char *const starts[] = {"=", "+", "-", "@", "\t", "＝", "＋", "－", "＠"};

    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        struct str cell = str_fmt(*state, "%sSUM(A1)", starts[i]);

        assert_text(one_cell(*state, cell),
                    str_z(*state, str_fmt(*state, "'%.*s\r\n", STR_ARG(cell))));
    }
    assert_text(one_cell(*state, STR("\r=1")), "\"'\r=1\"\r\n");
    assert_text(one_cell(*state, STR("\n=1")), "\"'\n=1\"\r\n");
    assert_text(one_cell(*state, STR("=HYPERLINK(\"x\",\"y\")")),
                "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"\r\n");
    assert_text(one_cell(*state, STR("a=1")), "a=1\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(a_file_begins_with_a_bom_and_lines_end_with_crlf),
        unit_test_of(cells_with_separators_are_quoted),
        unit_test_of(what_a_spreadsheet_would_compute_is_made_text),
    };

    return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
