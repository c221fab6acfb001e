#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/clock.h"
#include "core/pdf.h"
#include "core/pdf_page.h"

/* Each test makes a document, and asks poppler what a reader would find in it. */

static const struct pdf_meta meta = {.title = {"投诉书", 9},
                                     .author = {"Aid Desk", 8},
                                     .lang = {"zh-CN", 5},
                                     .footer = {"由志愿者协助整理", 24}};

static struct str make(struct arena *a, const struct pdf_block *blocks, size_t n)
{
    struct str bytes = {0};

    assert_int_equal(pdf_make(a, &meta, blocks, n, &bytes), ERR_OK);
    assert_true(str_starts(bytes, STR("%PDF-1.5")));
    return bytes;
}

/* Output of a command over the document; its name is the last argument, and "-" follows for pdftotext. */
static struct str ask(struct arena *a, struct str bytes, const char *command)
{
    const char *folder = unit_folder(a);
    const char *path = unit_file(a, folder, "a.pdf", bytes);
    bool text = strncmp(command, "pdftotext", 9) == 0;
    FILE *f = popen(str_z(a, str_fmt(a, "%s %s%s 2>&1", command, path, text ? " -" : "")), "r");
    struct buf b = buf_new(a);
    char piece[4096];
    size_t n;

    assert_non_null(f);
    while ((n = fread(piece, 1, sizeof piece, f)) > 0)
        buf_add(&b, str_bytes(piece, n));
    assert_int_equal(pclose(f), 0);
    return buf_str(&b);
}

static bool finds(struct str where, const char *what)
{
    bool found = str_find(where, str_of(what), 0) != SIZE_MAX;

    if (!found)
        print_error("not found: %s in\n%.*s\n", what, STR_ARG(where));
    return found;
}

static size_t count(struct str where, const char *what)
{
    size_t n = 0;

    for (size_t at = str_find(where, str_of(what), 0); at != SIZE_MAX;
         at = str_find(where, str_of(what), at + 1))
        n++;
    return n;
}

/* Without white space: wrapped text reads on. */
static struct str squeezed(struct arena *a, struct str s)
{
    struct buf b = buf_new(a);

    for (size_t i = 0; i < s.n; i++) {
        if (strchr(" \n\f\r\t", s.p[i]) == NULL)
            buf_addc(&b, s.p[i]);
    }
    return buf_str(&b);
}

static void rare_characters_and_emoji_are_found_again(void **state)
{
    const struct pdf_block blocks[] = {
        {.kind = PDF_TITLE, .text = STR("投诉书 𠮷")},
        {.kind = PDF_TEXT,
         .text = STR(
             "商家“龘龘点卡店”㐂，回复：😀🤑☎ naïve café ½ ￥176.00")},
        {.kind = PDF_FIELD, .label = STR("姓名"), .text = STR("𠮷田")},
        {.kind = PDF_ITEM, .label = STR("1."), .text = STR("退还 176.00 元（壹佰柒拾陆元整）")},
    };
    struct str text = ask(*state, make(*state, blocks, 4), "pdftotext -layout");
    static const char *const all[] = {
        "𠮷",           "龘龘",     "㐂",   "😀",    "🤑",           "☎",
        "naïve café ½", "￥176.00", "姓名", "𠮷田", "壹佰柒拾陆元整", "由志愿者协助整理",
        "1/1"};

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        assert_true(finds(text, all[i]));
}

/* Lines of a page with ink in them, above the footer; lines stand at least ten rows apart, so that the parts of one character (three
 * strokes above each other) count once.  The picture is a PGM of 72 dpi. */
static size_t inked_lines(struct str pgm)
{
    int width = 0;
    int height = 0;
    int skip = 0;
    size_t lines = 0;
    int last = -100;

    assert_int_equal(sscanf(pgm.p, "P5 %d %d 255%n", &width, &height, &skip), 2);
    for (int y = 0; y < height * 9 / 10; y++) {
        const unsigned char *row =
            (const unsigned char *)pgm.p + skip + 1 + (size_t)y * (size_t)width;
        bool ink = false;

        for (int x = 0; x < width; x++)
            ink |= row[x] < 200;
        lines += ink && y - last > 10;
        last = ink ? y : last;
    }
    return lines;
}

/* cairo 1.16 loses outlines of the CJK font whose text is still found: only looking tells (pdf_font.c). */
static void every_character_has_ink(void **state)
{
    static const char *const text =
        "如下协议甲乙双方自愿协商达成投诉书事实经过与被人况依据证清单附件当事联系方式地址代理权限平"
        "台统一社会信用码表商品订号付款时间金额流水编"
        "案由渠道提交日期签名撤回申请理凭声明已收到您的文件谁做什么最晚查询进度履行违约保密举报份数"
        "盖章生效各力同退还人民币佰拾柒陆元整原路微信账户"
        "更换卡密张书面说使用来源星辰盟售后规则第条版本核实小内全消费者益护法经营供货务造成损害应要"
        "求承担赔偿偿责任电子务真准及披露息龘鬱麤齉爨";
    struct str all = str_of(text);
    struct pdf_block *blocks = arena_array(*state, 800, sizeof *blocks);
    size_t n = 0;

    for (size_t at = 0; at < all.n;) {
        size_t from = at;

        (void)str_next(all, &at);
        blocks[2 * n] =
            (struct pdf_block){.kind = PDF_SMALL, .text = str_sub(all, from, at - from)};
        blocks[2 * n++ + 1] = (struct pdf_block){.kind = PDF_SPACE};
    }

    struct str bytes = make(*state, blocks, 2 * n);
    const char *folder = unit_folder(*state);
    const char *path = unit_file(*state, folder, "a.pdf", bytes);
    size_t inked = 0;
    size_t pages = count(ask(*state, bytes, "pdftotext"), "\f");

    for (size_t page = 1; page <= pages; page++) {
        struct buf picture = buf_new(*state);
        char piece[4096];
        size_t got;
        FILE *f = popen(str_z(*state, str_fmt(*state, "pdftoppm -gray -r 72 -f %zu -l %zu %s", page,
                                              page, path)),
                        "r");

        assert_non_null(f);
        while ((got = fread(piece, 1, sizeof piece, f)) > 0)
            buf_add(&picture, str_bytes(piece, got));
        assert_int_equal(pclose(f), 0);
        inked += inked_lines(buf_str(&picture));
    }
    assert_true(n > 200);
    assert_int_equal(inked, n);
}

static void an_address_is_divided_without_a_hyphen(void **state)
{
    struct str url = str_fmt(*state, "https://example.org/%0200d", 7);
    const struct str cells[] = {STR("甲"), url};
    const struct pdf_block blocks[] = {{.kind = PDF_TABLE_ROW, .cells = cells, .n_cells = 2},
                                       {.kind = PDF_TEXT, .text = url}};
    struct str text = squeezed(*state, ask(*state, make(*state, blocks, 2), "pdftotext -raw"));

    assert_int_equal(count(text, str_z(*state, url)), 2);
}

static void markup_in_text_is_text(void **state)
{
    const struct pdf_block blocks[] = {{.kind = PDF_TEXT, .text = STR("<b>粗</b> & &lt; 后面的字")},
                                       {.kind = PDF_TEXT, .text = STR("第二段完整")}};
    struct str text = ask(*state, make(*state, blocks, 2), "pdftotext -layout");

    assert_true(finds(text, "<b>粗</b> & &lt; 后面的字"));
    assert_true(finds(text, "第二段完整"));
}

static void steering_characters_are_left_out(void **state)
{
    const struct pdf_block blocks[] = {{.kind = PDF_TEXT,
                                        .text = STR("a\x01\x7f"
                                                    "b\u202e\u2066倒序\u200f甲\n乙")}};
    struct str text = ask(*state, make(*state, blocks, 1), "pdftotext -layout");

    assert_true(finds(text, "ab倒序甲"));
    assert_true(finds(text, "乙"));
}

static void three_hundred_rows_keep_their_heads_and_every_cell(void **state)
{
    const struct str head[] = {STR("序号"), STR("名称"), STR("网址"), STR("SHA-256")};
    struct pdf_block blocks[301];
    struct str(*cells)[4] = arena_array(*state, 300, sizeof *cells);

    blocks[0] = (struct pdf_block){.kind = PDF_TABLE_HEAD, .cells = head, .n_cells = 4};
    for (size_t i = 0; i < 300; i++) {
        cells[i][0] = str_fmt(*state, "%zu", i + 1);
        cells[i][1] = str_fmt(*state, "聊天记录第%zu页", i + 1);
        cells[i][2] =
            str_fmt(*state, "https://shop.example.com/orders/%zu?session=%064zu&from=detail", i, i);
        cells[i][3] = str_fmt(*state, "%064zx", i * 2654435761U);
        blocks[i + 1] = (struct pdf_block){.kind = PDF_TABLE_ROW, .cells = cells[i], .n_cells = 4};
    }

    struct str bytes = make(*state, blocks, 301);
    struct str text = squeezed(*state, ask(*state, bytes, "pdftotext -layout"));
    struct str tree = squeezed(*state, ask(*state, bytes, "pdfinfo -struct-text"));
    size_t heads = count(text, "序号名称");
    struct str pages = ask(*state, bytes, "pdfinfo");

    for (size_t i = 0; i < 300; i++) {
        assert_true(finds(text, str_z(*state, cells[i][1])));
        /* addresses and hashes wrap: the structure tree has each cell in one piece */
        assert_true(count(tree, str_z(*state, str_sub(cells[i][3], 40, 24))) > 0 ||
                    count(text, str_z(*state, str_sub(cells[i][3], 56, 8))) > 0);
    }
    assert_true(heads > 5);
    assert_true(finds(pages, str_z(*state, str_fmt(*state, "Pages:           %zu", heads))));
    assert_true(finds(text, str_z(*state, str_fmt(*state, "%zu/%zu", heads, heads))));
}

static void a_row_higher_than_a_page_is_divided(void **state)
{
    const struct str head[] = {STR("甲"), STR("乙")};
    struct buf long_text = buf_new(*state);

    for (int i = 0; i < 900; i++)
        buf_printf(&long_text, "第%d句话。", i);

    const struct str row[] = {STR("一"), buf_str(&long_text)};
    const struct pdf_block blocks[] = {
        {.kind = PDF_TABLE_HEAD, .cells = head, .n_cells = 2},
        {.kind = PDF_TABLE_ROW, .cells = row, .n_cells = 2},
    };
    struct str text = squeezed(*state, ask(*state, make(*state, blocks, 2), "pdftotext -raw"));

    for (int i = 0; i < 900; i += 37)
        assert_true(finds(text, str_z(*state, str_fmt(*state, "第%d句话", i))));
    assert_true(finds(text, "第899句话"));
}

static void long_paragraphs_go_on_over_pages(void **state)
{
    struct buf b = buf_new(*state);

    for (int i = 0; i < 600; i++)
        buf_printf(&b, "句%d的内容很长很长。", i);

    const struct pdf_block blocks[] = {{.kind = PDF_TEXT, .text = buf_str(&b)}};
    struct str text = squeezed(*state, ask(*state, make(*state, blocks, 1), "pdftotext -raw"));

    for (int i = 0; i < 600; i += 13)
        assert_true(finds(text, str_z(*state, str_fmt(*state, "句%d的内容", i))));
}

static void the_document_is_tagged_and_names_its_language(void **state)
{
    const struct str cells[] = {STR("格甲"), STR("格乙")};
    const struct pdf_block blocks[] = {
        {.kind = PDF_TITLE, .text = STR("标题")},
        {.kind = PDF_HEADING, .text = STR("一、事实")},
        {.kind = PDF_TEXT, .text = STR("正文")},
        {.kind = PDF_ITEM, .label = STR("1."), .text = STR("第一项")},
        {.kind = PDF_TABLE_HEAD, .cells = cells, .n_cells = 2},
        {.kind = PDF_TABLE_ROW, .cells = cells, .n_cells = 2},
        {.kind = PDF_RIGHT, .text = STR("签名")},
        {.kind = PDF_QR, .text = STR("https://example.org/track")},
    };
    struct str bytes = make(*state, blocks, 8);
    struct str info = ask(*state, bytes, "pdfinfo");
    struct str tree = ask(*state, bytes, "pdfinfo -struct-text");
    static const char *const parts[] = {"H1",    "H2",    "P (block)", "LI", "Lbl",
                                        "LBody", "Table", "TH",        "TD", "Figure"};

    assert_true(finds(info, "Tagged:          yes"));
    assert_true(finds(info, "Title:           投诉书"));
    assert_true(finds(bytes, "/Lang (zh-CN)"));
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        assert_true(finds(tree, parts[i]));
    (void)ask(*state, bytes, "qpdf --check");
    assert_int_equal(count(ask(*state, bytes, "pdffonts"), " no "),
                     0); /* embedded, a subset, with Unicode */
}

static void a_file_of_another_form_is_left_as_it_is(void **state)
{
    static const char *const odd[] = {"", "%PDF-1.5\n",
                                      "trailer << /Root 1 0 R /Info 2 0 R /Size 3 >> startxref 4"};

    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
        assert_text(pdf_catalog_complete(*state, str_of(odd[i]), STR("zh-CN")), odd[i]);
}

static void bytes_that_are_no_text_are_refused(void **state)
{
    const struct pdf_block block = {.kind = PDF_TEXT, .text = STR("a\xff")};
    struct str bytes;

    assert_int_equal(pdf_make(*state, &meta, &block, 1, &bytes), ERR_INTERNAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(rare_characters_and_emoji_are_found_again),
        unit_test_of(every_character_has_ink),
        unit_test_of(an_address_is_divided_without_a_hyphen),
        unit_test_of(markup_in_text_is_text),
        unit_test_of(steering_characters_are_left_out),
        unit_test_of(three_hundred_rows_keep_their_heads_and_every_cell),
        unit_test_of(a_row_higher_than_a_page_is_divided),
        unit_test_of(long_paragraphs_go_on_over_pages),
        unit_test_of(the_document_is_tagged_and_names_its_language),
        unit_test_of(a_file_of_another_form_is_left_as_it_is),
        unit_test_of(bytes_that_are_no_text_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
