#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "rules/wording.h"

static json_t *reference; /* sql/reference/wording.json, read once */

static int read_reference(void **state)
{
    struct arena *a = arena_new(4096);
    json_error_t error;

    (void)state;
    reference = json_load_file(unit_path(a, "../../sql/reference/wording.json"), 0, &error);
    if (reference == NULL)
        print_error("wording.json: %s\n", error.text);
    arena_free(a);
    return reference == NULL ? -1 : 0;
}

static int drop_reference(void **state)
{
    (void)state;
    json_decref(reference);
    return 0;
}

static const json_t *lists(void)
{
    return json_object_get(reference, "lists");
}

static size_t check(struct arena *a, const char *part, const char *text, struct wording_hit **hits)
{
    struct wording_input in = {.text = str_of(text), .use = WORDING_PLATFORM, .part = part};

    return wording_check(a, lists(), &in, hits);
}

static size_t hits_in(struct arena *a, const char *part, const char *text)
{
    struct wording_hit *hits;

    return check(a, part, text, &hits);
}

static const char *part_of(const char *list)
{
    if (strcmp(list, "VAGUE_DEMAND") == 0)
        return "demand";
    return strcmp(list, "VAGUE_WITHDRAWAL") == 0 ? "withdrawal_reason_text" : "facts";
}

static void every_example_of_the_reference_data_gives_its_stated_hit(void **state)
{
    const json_t *example;
    size_t i;
    size_t seen = 0;

    json_array_foreach(json_object_get(reference, "examples"), i, example)
    {
        const char *list = json_string_value(json_object_get(example, "list"));
        const char *text = json_string_value(json_object_get(example, "text"));
        bool expected = json_is_true(json_object_get(example, "hit"));
        json_t *one = json_pack("[O]", (json_t *)(uintptr_t)wording_list(lists(), list));
        struct wording_input in = {
            .text = str_of(text), .use = WORDING_PUBLIC, .part = part_of(list)};
        struct wording_hit *hits;
        bool hit = wording_check(*state, one, &in, &hits) > 0;

        json_decref(one);
        if (hit != expected)
            print_error("%s: \"%s\" should %s\n", list, text, expected ? "hit" : "not hit");
        assert_true(hit == expected);
        seen++;
    }
    assert_true(seen >= 18);
}

static void every_term_of_the_reference_data_can_be_matched(void **state)
{
    struct str problem;

    assert_true(wording_lists_ok(*state, lists(), &problem));
    assert_true(str_empty(problem));
}

static void rows_as_the_database_gives_them_work_like_the_file(void **state)
{
    json_t *rows = json_array();
    const json_t *list;
    size_t i;
    struct wording_input in = {
        .text = STR("这个平台就是骗子"), .use = WORDING_PLATFORM, .part = "facts"};
    struct wording_hit *hits;

    json_array_foreach(lists(), i, list)
    {
        json_t *row = json_pack("{s:O, s:O, s:O}", "list", json_object_get(list, "list"), "rule",
                                json_object_get(list, "rule"), "detail", (json_t *)(uintptr_t)list);

        assert_int_equal(json_array_append_new(rows, row), 0);
    }
    assert_int_equal(wording_check(*state, rows, &in, &hits), 1);
    assert_text(hits[0].term, "骗子");
    assert_text(hits[0].rule, "V-WORD-01");
    json_decref(rows);
}

static void a_hit_tells_what_was_typed_where_and_what_to_write(void **state)
{
    struct wording_hit *hits;

    assert_int_equal(check(*state, "facts", "前天。騙 * 子 平台", &hits), 1);
    assert_text(hits[0].found, "騙 * 子");
    assert_int_equal(hits[0].at, strlen("前天。"));
    assert_int_equal(hits[0].level, LEVEL_BLOCK);
    assert_text(hits[0].suggest_en, "the platform or merchant; describe the act");
}

static void hidden_words_are_found(void **state)
{
    static const char *const texts[] = {"骗*子",      "骗　子", "騙子",    "骗😀子",
                                        "黑\u200b心", "⿊⼼",   "骗_ -子", "這個騙子平台"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (hits_in(*state, "facts", texts[i]) != 1)
            print_error("not found: %s\n", texts[i]);
        assert_int_equal(hits_in(*state, "facts", texts[i]), 1);
    }
}

static void sentence_marks_do_not_join_words(void **state)
{
    assert_int_equal(hits_in(*state, "facts", "我受骗，子女也受骗。子时"), 0);
    assert_int_equal(hits_in(*state, "facts", "受骗\n子女"), 0);
}

static void a_longer_term_is_reported_once(void **state)
{
    struct wording_hit *hits;

    assert_int_equal(check(*state, "facts", "黑心商家", &hits), 1);
    assert_text(hits[0].term, "黑心商家");
    assert_int_equal(check(*state, "facts", "黑心商家，黑心", &hits), 2);
    assert_text(hits[1].found, "黑心");
}

static void irony_is_no_quotation_but_a_reported_word_is(void **state)
{
    assert_int_equal(hits_in(*state, "facts", "这个“骗子”平台"), 1);
    assert_int_equal(hits_in(*state, "facts", "客服说“你才是骗子”"), 0);
    assert_int_equal(hits_in(*state, "facts", "聊天记录：「骗子」"), 0);
    assert_int_equal(hits_in(*state, "facts", "聊天：\n> 你就是骗子\n以上"), 0);
    assert_int_equal(hits_in(*state, "facts", "聊天：\n> 你好\n骗子"), 1);
    assert_int_equal(hits_in(*state, "facts", "客服说“没有关上引号，骗子"), 1);
}

static void statutory_phrases_and_suspicion_are_allowed(void **state)
{
    assert_int_equal(hits_in(*state, "facts", "可能构成诈骗罪"), 0);
    assert_int_equal(hits_in(*state, "facts", "该行为涉嫌合同诈骗"), 0);
    assert_int_equal(hits_in(*state, "facts", "拨打反诈骗电话"), 0);
    assert_int_equal(hits_in(*state, "facts", "涉嫌违法，就是诈骗"), 1);
    assert_int_equal(hits_in(*state, "facts", "涉嫌骗子平台"), 1);
    assert_int_equal(hits_in(*state, "facts", "这是诈骗"), 1);
}

static void a_police_report_may_name_the_offence(void **state)
{
    struct wording_input in = {.text = STR("对方诈骗，是骗子"),
                               .use = WORDING_PUBLIC,
                               .part = "facts",
                               .channel = STR("POLICE")};
    struct wording_hit *hits;

    assert_int_equal(wording_check(*state, lists(), &in, &hits), 0);
    in.channel = STR("COMPLAINT_12315");
    assert_int_equal(wording_check(*state, lists(), &in, &hits), 2);
    assert_int_equal(hits[0].level, LEVEL_WARN);
}

static void a_proper_name_may_hold_a_listed_word(void **state)
{
    const struct str names[] = {STR("黑心虎游戏店")};
    struct wording_input in = {.text = STR("我在黑心虎游戏店下单"),
                               .use = WORDING_PLATFORM,
                               .part = "facts",
                               .names = names,
                               .n_names = 1};
    struct wording_hit *hits;

    assert_int_equal(wording_check(*state, lists(), &in, &hits), 0);
    in.n_names = 0;
    assert_int_equal(wording_check(*state, lists(), &in, &hits), 1);
}

static void a_vague_demand_is_looked_for_in_demands_only(void **state)
{
    assert_int_equal(hits_in(*state, "facts", "客服一直不处理"), 0);
    assert_int_equal(hits_in(*state, "demand", "不处理就一直投诉"), 1);
    assert_int_equal(hits_in(*state, "demand", "请在3个工作日内尽快处理，退款176元"), 0);
    assert_int_equal(hits_in(*state, "demand", "请尽快处理，退款176元"), 1);
    assert_int_equal(hits_in(*state, "demand", "三日内补发两张可用卡密，尽快解决"), 0);
    assert_int_equal(hits_in(*state, "demand", "看着办，2026-12-01前退176元"), 1);
}

static void threats_are_told_from_lawful_steps_and_past_facts(void **state)
{
    assert_int_equal(hits_in(*state, "facts", "不退款就曝光"), 1);
    assert_int_equal(hits_in(*state, "facts", "否则我将在网上曝光"), 1);
    assert_int_equal(hits_in(*state, "facts", "如果不退款，媒体就已曝光过"), 0);
    assert_int_equal(hits_in(*state, "facts", "不退钱就向12315投诉"), 0);
    assert_int_equal(hits_in(*state, "facts", "不退钱就让你关门"), 2);
    assert_int_equal(hits_in(*state, "facts", "让你走在路上不好看"), 1);
    assert_int_equal(hits_in(*state, "facts", "让你从早到晚天天都很不好看"), 0);
}

static void a_reason_made_of_vague_terms_only_is_vague(void **state)
{
    const char *part = "withdrawal_reason_text";

    assert_true(hits_in(*state, part, "手误提交，不想投诉了，谢谢您！！") > 0);
    assert_true(hits_in(*state, part, "您好，问题已解决，感谢你们，谢谢 123") > 0);
    assert_int_equal(hits_in(*state, part, "商家已于11月18日退款176元，原路退回支付宝，取消投诉"),
                     0);
}

static void notes_inside_are_only_recorded(void **state)
{
    struct wording_input in = {.text = STR("骗子"), .use = WORDING_INSIDE, .part = "note"};
    struct findings f = findings_new(*state);

    wording_findings(lists(), &in, &f);
    assert_int_equal(f.n, 1);
    assert_int_equal(f.items[0].level, LEVEL_RECORD);
    assert_false(findings_block(&f));
    assert_string_equal(f.items[0].key, "rules.wording.emotional");

    json_t *values = finding_values(&f.items[0], "en");

    assert_string_equal(json_string_value(json_object_get(values, "found")), "骗子");
    assert_string_equal(json_string_value(json_object_get(values, "suggest")),
                        "the platform or merchant; describe the act");
    json_decref(values);
}

static void unknown_kinds_and_unbounded_patterns_are_named(void **state)
{
    static const char *const bad[] = {
        "[{\"list\":\"X\",\"terms\":[{\"term\":\"a\",\"match\":\"fuzzy\"}]}]",
        "[{\"list\":\"X\",\"terms\":[{\"term\":\"a.*b\",\"match\":\"regex\"}]}]",
        "[{\"list\":\"X\",\"terms\":[{\"term\":\"a{1,99}\",\"match\":\"regex\"}]}]",
        "[{\"list\":\"X\",\"terms\":[{\"term\":\"a{3,1}\",\"match\":\"regex\"}]}]",
        "[{\"list\":\"X\",\"terms\":[{\"term\":\"a?\",\"match\":\"regex\"}]}]",
        "[{\"list\":\"X\",\"terms\":[{\"term\":\"\",\"match\":\"contains\"}]}]",
    };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        json_t *rows = json_loads(bad[i], 0, NULL);
        struct str problem;

        assert_non_null(rows);
        assert_false(wording_lists_ok(*state, rows, &problem));
        json_decref(rows);
    }
}

static void empty_text_and_odd_rows_give_nothing(void **state)
{
    json_t *rows =
        json_loads("[1, {}, {\"list\":\"X\",\"terms\":[3, {\"match\":\"contains\"}]}]", 0, NULL);
    struct wording_input in = {.text = STR("骗子"), .part = "facts"};
    struct wording_hit *hits;

    assert_int_equal(hits_in(*state, "facts", ""), 0);
    assert_int_equal(wording_check(*state, rows, &in, &hits), 0);
    assert_int_equal(wording_check(*state, NULL, &in, &hits), 0);
    json_decref(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(every_example_of_the_reference_data_gives_its_stated_hit),
        unit_test_of(every_term_of_the_reference_data_can_be_matched),
        unit_test_of(rows_as_the_database_gives_them_work_like_the_file),
        unit_test_of(a_hit_tells_what_was_typed_where_and_what_to_write),
        unit_test_of(hidden_words_are_found),
        unit_test_of(sentence_marks_do_not_join_words),
        unit_test_of(a_longer_term_is_reported_once),
        unit_test_of(irony_is_no_quotation_but_a_reported_word_is),
        unit_test_of(statutory_phrases_and_suspicion_are_allowed),
        unit_test_of(a_police_report_may_name_the_offence),
        unit_test_of(a_proper_name_may_hold_a_listed_word),
        unit_test_of(a_vague_demand_is_looked_for_in_demands_only),
        unit_test_of(threats_are_told_from_lawful_steps_and_past_facts),
        unit_test_of(a_reason_made_of_vague_terms_only_is_vague),
        unit_test_of(notes_inside_are_only_recorded),
        unit_test_of(unknown_kinds_and_unbounded_patterns_are_named),
        unit_test_of(empty_text_and_odd_rows_give_nothing),
    };

    return cmocka_run_group_tests(tests, read_reference, drop_reference);
}
