#include "unit.h"

#include "core/clock.h"
#include "core/json.h"
#include "core/locale.h"

#define ZH                                                                                         \
    "{\"a.hello\":\"你好，{{name}}\",\"a.n\":\"有 {{n}} 处\",\"a.both\":\"{{> t/a.n}}；{{> " \
    "t/a.hello}}\"}"
#define EN "{\"a.hello\":\"Hello {{name}}\",\"a.n\":\"{{n}} of R&D\",\"a.both\":\"{{> t/a.n}}\"}"

static const char *const parts[] = {"a", NULL};

/* A small data folder: "format" and "shared" are empty. */
static const char *data_dir(struct arena *a, const char *zh, const char *en)
{
    const char *folder = unit_folder(a);

    for (int i = 0; i < 2; i++) {
        const char *language = i == 0 ? "zh-CN" : "en";

        (void)unit_file(a, folder, str_z(a, str_fmt(a, "locale/%s/format.json", language)),
                        STR("{}"));
        (void)unit_file(a, folder, str_z(a, str_fmt(a, "locale/%s/shared.json", language)),
                        STR("{\"shared.x\":\"x\"}"));
    }
    (void)unit_file(a, folder, "locale/zh-CN/a.json", str_of(zh));
    if (en != NULL)
        (void)unit_file(a, folder, "locale/en/a.json", str_of(en));
    return folder;
}

static struct locales *small(struct arena *a)
{
    struct str problem = str_of(NULL);
    struct locales *all = locale_load(a, str_of(data_dir(a, ZH, EN)), parts, &problem);

    if (all == NULL)
        fail_msg("%.*s", STR_ARG(problem));
    return all;
}

static struct locales *real(struct arena *a)
{
    struct str problem = str_of(NULL);
    struct locales *all = locale_load(a, str_of(unit_path(a, "../../cgi")), NULL, &problem);

    if (all == NULL)
        fail_msg("%.*s", STR_ARG(problem));
    return all;
}

static void assert_refused(struct arena *a, const char *zh, const char *en, const char *sentence)
{
    struct str problem = str_of(NULL);

    assert_null(locale_load(a, str_of(data_dir(a, zh, en)), parts, &problem));
    if (!str_ends(problem, str_of(sentence)))
        assert_text(problem, sentence);
}

static void languages_are_folders_and_zh_cn_comes_first(void **state)
{
    struct locales *all = small(*state);
    const struct locale *zh = locale_get(all, STR("zh-CN")), *en = locale_get(all, STR("en"));

    assert_string_equal(locale_code(zh), "zh-CN");
    assert_string_equal(locale_code(en), "en");
    assert_ptr_equal(locale_other(all, zh), en);
    assert_ptr_equal(locale_other(all, en), zh);
    assert_null(locale_get(all, STR("zh")));
    assert_null(locale_get(all, STR("")));
}

static void texts_are_filled_and_not_escaped(void **state)
{
    struct locales *all = small(*state);
    const struct locale *zh = locale_get(all, STR("zh-CN")), *en = locale_get(all, STR("en"));
    const json_t *values = json_parse(*state, STR("{\"name\":\"<李>\",\"n\":3}"));

    assert_text(locale_text(*state, zh, "a.hello", values), "你好，<李>");
    assert_text(locale_text(*state, zh, "a.both", values), "有 3 处；你好，<李>");
    assert_text(locale_text_n(*state, en, "a.n", -2), "-2 of R&D");
    assert_text(locale_textz(*state, zh, "a.hello"), "你好，");
    assert_non_null(locale_template(zh, STR("shared.x")));
    assert_null(locale_template(zh, STR("a.hell")));
    assert_null(locale_template(zh, STR("a.helloo")));
    assert_null(locale_template(zh, STR("")));
}

static void ask_for_missing(void *ctx)
{
    struct arena *a = ctx;

    assert_text(locale_textz(a, locale_get(small(a), STR("en")), "a.missing"), "a.missing");
}

static void a_missing_text_shows_its_key_and_is_logged(void **state)
{
    struct str log = unit_stderr_of(*state, ask_for_missing, *state);

    assert_true(str_find(log, STR("\"detail\":\"a.missing\""), 0) != SIZE_MAX);
}

static void what_is_wrong_with_a_catalog_is_told_with_file_and_key(void **state)
{
    assert_refused(*state, ZH, NULL, "/locale/en/a.json: No such file or directory");
    assert_refused(*state, "{\"a.x\":1}", EN, "/locale/zh-CN/a.json: a.x: not a text");
    assert_refused(*state, "{\"a x\":\"1\"}", EN, "/locale/zh-CN/a.json: a x: not a text");
    assert_refused(*state, "{\"a.x\":\"{{n\"}", EN,
                   "/locale/zh-CN/a.json: a.x: line 1: a tag is not closed");
    assert_refused(*state, "{\"a.x\":\"{{{n}}}\"}", EN,
                   "/locale/zh-CN/a.json: a.x: line 1: a text must not hold the raw tag \"n\"");
    assert_refused(*state, "{\n\"a\":\"1\",\n\"a\":\"2\"}", EN,
                   "/locale/zh-CN/a.json, line 3: duplicate object key near '\"a\"'");
    assert_refused(*state, "{\"a.x\":\"\\\uff1a\"}", EN,
                   "/locale/zh-CN/a.json, line 1: invalid escape near '\"\\\uFFFD'");
    assert_refused(*state, "[]", EN, "/locale/zh-CN/a.json: not an object");
}

static void a_key_stands_in_one_part_only(void **state)
{
    const char *folder = data_dir(*state, "{\"shared.x\":\"1\"}", EN);
    struct str problem;

    assert_null(locale_load(*state, str_of(folder), parts, &problem));
    assert_true(str_find(problem, STR(".json: shared.x: also in "), 0) != SIZE_MAX);
}

static void the_source_language_must_be_there(void **state)
{
    const char *folder = unit_folder(*state);
    struct str problem;

    (void)unit_file(*state, folder, "locale/en/format.json", STR("{}"));
    (void)unit_file(*state, folder, "locale/en/shared.json", STR("{}"));
    assert_null(locale_load(*state, str_of(folder), NULL, &problem));
    assert_true(str_ends(problem, STR("/locale: the folder zh-CN is missing")));
}

static void the_first_visit_follows_accept_language(void **state)
{
    static const struct {
        const char *header, *code;
    } table[] = {{"", "zh-CN"},
                 {"en", "en"},
                 {"EN-gb,zh;q=0.9", "en"},
                 {"zh-TW,en;q=0.9", "zh-CN"},
                 {"fr,en;q=0.5", "en"},
                 {"fr", "zh-CN"},
                 {"zh;q=0.3,en;q=0.31", "en"},
                 {"en;q=0.5,zh;q=0.50", "en"}, /* first of equals */
                 {"en;q=0,zh;q=0.1", "zh-CN"},
                 {"en;q=0", "zh-CN"},
                 {"*,en;q=0.9", "zh-CN"},
                 {"*;q=0.1,en;q=0.2", "en"},
                 {"en;q=x", "zh-CN"},
                 {"en;q=1.000", "en"},
                 {"en;q=0.0001,zh", "zh-CN"},
                 {",,;;q=,en", "en"},
                 {"english", "zh-CN"},
                 {" en ; q=0.7 , zh-cn ; q=0.6", "en"}};
    struct locales *all = small(*state);

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        assert_string_equal(locale_code(locale_match(all, str_of(table[i].header))), table[i].code);
}

static void the_real_catalogs_load_in_both_languages(void **state)
{
    struct locales *all = real(*state);

    assert_text(locale_textz(*state, locale_get(all, STR("zh-CN")), "format.language"), "中文");
    assert_text(locale_textz(*state, locale_get(all, STR("en")), "format.html_lang"), "en");
}

static void dates_look_as_people_of_the_language_write_them(void **state)
{
    struct locales *all = real(*state);
    const struct locale *zh = locale_get(all, STR("zh-CN")), *en = locale_get(all, STR("en"));
    int64_t t;

    assert_true(clock_parse(STR("2026-11-02T16:03:59Z"), &t)); /* 00:03 on the 3rd in Shanghai */
    assert_text(locale_date(*state, zh, t), "2026年11月3日（周二）");
    assert_text(locale_date(*state, en, t), "3 November 2026");
    assert_text(locale_datetime(*state, zh, t), "2026年11月3日（周二） 00:03");
    assert_text(locale_datetime(*state, en, t), "3 November 2026, 00:03");
    assert_text(locale_day(*state, zh, STR("2026-02-28")), "2026年2月28日（周六）");
    assert_text(locale_day(*state, en, STR("2026-12-31")), "31 December 2026");
    assert_text(locale_day(*state, zh, STR("2026-02-29")), "2026-02-29");
    assert_text(locale_day(*state, zh, STR("2026-2-28")), "2026-2-28");
    assert_text(locale_day(*state, zh, STR("")), "");
}

static void amounts_have_commas_and_two_decimals(void **state)
{
    struct locales *all = real(*state);
    const struct locale *zh = locale_get(all, STR("zh-CN")), *en = locale_get(all, STR("en"));

    assert_text(locale_fen(*state, zh, 0), "0.00 元");
    assert_text(locale_fen(*state, zh, 5), "0.05 元");
    assert_text(locale_fen(*state, zh, 99999), "999.99 元");
    assert_text(locale_fen(*state, zh, 100000), "1,000.00 元");
    assert_text(locale_fen(*state, zh, 176050), "1,760.50 元");
    assert_text(locale_fen(*state, en, 123456789012), "CNY 1,234,567,890.12");
    assert_text(locale_fen(*state, en, -176050), "CNY -1,760.50");
    assert_text(locale_fen(*state, en, INT64_MIN), "CNY -92,233,720,368,547,758.08");
}

static void sizes_are_rounded_to_tenths(void **state)
{
    static const struct {
        int64_t bytes;
        const char *text;
    } table[] = {{0, "0 B"},
                 {1023, "1023 B"},
                 {1024, "1 KB"},
                 {1536, "1.5 KB"},
                 {1048524, "1023.9 KB"},
                 {1048525, "1 MB"},
                 {1048576, "1 MB"},
                 {3355443, "3.2 MB"},
                 {26214400, "25 MB"},
                 {INT64_C(1073741824), "1 GB"},
                 {INT64_MAX, "8589934592 GB"},
                 {-1, "0 B"}};
    const struct locale *zh = locale_get(real(*state), STR("zh-CN"));

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        assert_text(locale_bytes(*state, zh, table[i].bytes), table[i].text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(languages_are_folders_and_zh_cn_comes_first),
        unit_test_of(texts_are_filled_and_not_escaped),
        unit_test_of(a_missing_text_shows_its_key_and_is_logged),
        unit_test_of(what_is_wrong_with_a_catalog_is_told_with_file_and_key),
        unit_test_of(a_key_stands_in_one_part_only),
        unit_test_of(the_source_language_must_be_there),
        unit_test_of(the_first_visit_follows_accept_language),
        unit_test_of(the_real_catalogs_load_in_both_languages),
        unit_test_of(dates_look_as_people_of_the_language_write_them),
        unit_test_of(amounts_have_commas_and_two_decimals),
        unit_test_of(sizes_are_rounded_to_tenths),
    };

    json_init();
    return cmocka_run_group_tests_name("locale", tests, NULL, NULL);
}
