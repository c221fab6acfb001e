/*
 * The official specification, every file of it, and what we promise beyond: limits, places of errors, texts of catalogs.
 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "core/mustache.h"

static const char *const spec_files[] = {"interpolation", "sections", "inverted",
                                         "partials",      "comments", "delimiters"};

enum { SPEC_MAX = 400 };

struct partials {
    struct arena *arena;
    const json_t *sources; /* name -> source */
    bool as_text;
};

static const struct template *partial(void *ctx, struct str name)
{
    struct partials *p = ctx;
    const char *key = str_z(p->arena, name);
    struct str problem, source = json_str(p->sources, key);

    if (json_object_get(p->sources, key) == NULL)
        return NULL;
    return p->as_text ? mustache_parse_text(p->arena, source, &problem)
                      : mustache_parse(p->arena, source, &problem);
}

static struct str render(struct arena *a, const char *source, const json_t *model,
                         const json_t *partials)
{
    struct partials p = {a, partials, false};
    struct buf out = buf_new(a);
    struct str problem = str_of(NULL);
    const struct template *t = mustache_parse(a, str_of(source), &problem);

    if (t == NULL)
        fail_msg("%.*s", STR_ARG(problem));
    mustache_render(t, model, partial, &p, &out);
    return buf_str(&out);
}

static struct str render_with(struct arena *a, const char *source, const char *model)
{
    json_t *value = json_parse(a, str_of(model));

    assert_non_null(value);
    return render(a, source, value, NULL);
}

static struct str problem_of(struct arena *a, const char *source)
{
    struct str problem = str_of(NULL);

    assert_null(mustache_parse(a, str_of(source), &problem));
    return problem;
}

static void specification(void **state)
{
    const json_t *test = *state;
    struct arena *a = arena_new(64 * 1024);

    assert_text(render(a, json_string_value(json_object_get(test, "template")),
                       json_object_get(test, "data"), json_object_get(test, "partials")),
                json_string_value(json_object_get(test, "expected")));
    arena_free(a);
}

static void false_values_are_missing_null_false_zero_empty_text_and_empty_list(void **state)
{
    const char *model = "{\"n\":null,\"f\":false,\"z\":0,\"r\":0.0,\"s\":\"\",\"l\":[]}";

    assert_text(render_with(*state,
                            "{{#m}}m{{/m}}{{#n}}n{{/n}}{{#f}}f{{/f}}{{#z}}z{{/z}}"
                            "{{#r}}r{{/r}}{{#s}}s{{/s}}{{#l}}l{{/l}}",
                            model),
                "");
    assert_text(render_with(*state,
                            "{{^m}}m{{/m}}{{^n}}n{{/n}}{{^f}}f{{/f}}{{^z}}z{{/z}}"
                            "{{^r}}r{{/r}}{{^s}}s{{/s}}{{^l}}l{{/l}}",
                            model),
                "mnfzrsl");
    assert_text(render_with(*state, "{{#o}}o{{/o}}{{#i}}i{{/i}}{{#s}}s{{/s}}",
                            "{\"o\":{},\"i\":-1,\"s\":\"0\"}"),
                "ois");
}

static void numbers_and_truth_values_look_as_in_json(void **state)
{
    assert_text(render_with(*state, "{{i}} {{r}} {{e}} {{t}} {{f}}[{{n}}{{o}}{{l}}]",
                            "{\"i\":-9223372036854775808,\"r\":0.1,\"e\":12.5,\"t\":true,"
                            "\"f\":false,\"n\":null,\"o\":{},\"l\":[1]}"),
                "-9223372036854775808 0.1 12.5 true false[]");
}

static void quotes_of_both_kinds_are_escaped(void **state)
{
    assert_text(render_with(*state, "<a title=\"{{x}}\" alt='{{x}}'>", "{\"x\":\"&<>\\\"'\"}"),
                "<a title=\"&amp;&lt;&gt;&quot;&#39;\" alt='&amp;&lt;&gt;&quot;&#39;'>");
}

static void plain_rendering_escapes_nothing(void **state)
{
    struct arena *a = *state;
    struct buf out = buf_new(a);
    struct str problem;
    const struct template *t = mustache_parse(a, STR("{{x}} & {{{x}}}"), &problem);

    mustache_render_plain(t, json_parse(a, STR("{\"x\":\"<a>\"}")), NULL, NULL, &out);
    assert_text(buf_str(&out), "<a> & <a>");
}

static void a_text_of_a_catalog_is_escaped_as_a_whole(void **state)
{
    struct arena *a = *state;
    json_t *texts = json_parse(a, STR("{\"t/x\":\"R&D <b>{{n}}</b>\"}"));
    struct partials p = {a, texts, true};
    struct buf out = buf_new(a), plain = buf_new(a);
    struct str problem;
    const struct template *t = mustache_parse(a, STR("<p>{{> t/x}}</p>"), &problem);
    const json_t *model = json_parse(a, STR("{\"n\":\"<i>\"}"));

    mustache_render(t, model, partial, &p, &out);
    assert_text(buf_str(&out), "<p>R&amp;D &lt;b&gt;&lt;i&gt;&lt;/b&gt;</p>");
    mustache_render_plain(t, model, partial, &p, &plain);
    assert_text(buf_str(&plain), "<p>R&D <b><i></b></p>");
}

static void a_text_of_a_catalog_may_not_hold_raw_tags(void **state)
{
    struct str problem = str_of(NULL);

    assert_null(mustache_parse_text(*state, STR("a\n{{{n}}}"), &problem));
    assert_text(problem, "line 2: a text must not hold the raw tag \"n\"");
    assert_null(mustache_parse_text(*state, STR("{{&n}}"), &problem));
}

static void indentation_adds_up_and_leaves_empty_lines_and_values_alone(void **state)
{
    json_t *parts = json_parse(
        *state, STR("{\"outer\":\"<\\n\\n  {{> inner}}\\n{{#on}}\\nx\\n{{/on}}\\n{{v}}!\\n>\\n\","
                    "\"inner\":\"a {{v}}\\nb\\n\"}"));
    json_t *model = json_parse(*state, STR("{\"v\":\"1\\n2\",\"on\":true}"));

    assert_text(render(*state, " {{> outer}}\nend", model, parts),
                " <\n\n   a 1\n2\n   b\n x\n 1\n2!\n >\nend");
}

static void errors_name_the_line(void **state)
{
    assert_text(problem_of(*state, "a\n{{b"), "line 2: a tag is not closed");
    assert_text(problem_of(*state, "a\r\n\r\n{{#b}}x"), "line 3: a section is never closed: \"b\"");
    assert_text(problem_of(*state, "{{#a}}\n{{#b}}\n{{/a}}{{/b}}"),
                "line 3: another section is open, not \"a\"");
    assert_text(problem_of(*state, "{{/a}}"),
                "line 1: nothing is open that could be closed by \"a\"");
    assert_text(problem_of(*state, "\n{{}}"), "line 2: a tag has no name");
    assert_text(problem_of(*state, "{{a b}}"), "line 1: not a name: \"a b\"");
    assert_text(problem_of(*state, "{{ #a }}"), "line 1: not a name: \"#a\"");
    assert_text(problem_of(*state, "{{a..b}}"),
                "line 1: a dotted name has an empty part: \"a..b\"");
    assert_text(problem_of(*state, "{{a.}}"), "line 1: a dotted name has an empty part: \"a.\"");
    assert_text(problem_of(*state, "{{=a=}}"), "line 1: not a pair of delimiters: \"a\"");
    assert_text(problem_of(*state, "{{=a b c=}}"), "line 1: not a pair of delimiters: \"a b c\"");
    assert_text(problem_of(*state, "{{{a}}"), "line 1: a tag is not closed");
}

static void an_error_shows_no_half_character(void **state)
{
    struct buf b = buf_new(*state);

    for (int i = 0; i < 100; i++)
        buf_addz(&b, "\u540d");
    assert_text(
        problem_of(*state, str_z(*state, str_fmt(*state, "{{%.*s}}", STR_ARG(buf_str(&b))))),
        "line 1: a name is too long: \"\u540d\u540d\u540d\u540d\u540d\u540d\u540d\u540d\u540d"
        "\u540d\u540d\u540d\u540d\"");
}

static struct str nested(struct arena *a, size_t depth)
{
    struct buf b = buf_new(a);

    for (size_t i = 0; i < depth; i++)
        buf_addz(&b, "{{#a}}");
    buf_addz(&b, "x");
    for (size_t i = 0; i < depth; i++)
        buf_addz(&b, "{{/a}}");
    return buf_str(&b);
}

static void sections_nest_64_deep_and_not_65(void **state)
{
    struct arena *a = *state;
    struct str problem = str_of(NULL);

    for (size_t depth = 63; depth <= 64; depth++)
        assert_text(render_with(a, str_z(a, nested(a, depth)), "{\"a\":true}"), "x");
    assert_null(mustache_parse(a, nested(a, 65), &problem));
    assert_text(problem, "line 1: sections are nested too deeply at \"a\"");
}

static void names_have_at_most_256_bytes(void **state)
{
    struct arena *a = *state;
    char name[258] = "";
    struct str problem;

    memset(name, 'n', 257);
    assert_null(mustache_parse(a, str_fmt(a, "{{%s}}", name), &problem));
    name[256] = '\0';
    assert_non_null(mustache_parse(a, str_fmt(a, "{{%s}}", name), &problem));
    name[255] = '\0';
    assert_non_null(mustache_parse(a, str_fmt(a, "{{%s}}", name), &problem));
}

static void a_partial_that_names_itself_ends_after_64(void **state)
{
    json_t *parts = json_parse(*state, STR("{\"a\":\"x{{> a}}\"}"));

    assert_int_equal(render(*state, "{{> a}}", json_parse(*state, STR("{}")), parts).n, 64);
}

static void render_bomb(void *ctx)
{
    struct arena *a = ctx;
    json_t *parts = json_parse(a, STR("{\"a\":\"{{> a}}{{> a}}x\"}"));

    assert_true(render(a, "{{> a}}", json_parse(a, STR("{}")), parts).n <= 4 * 1024 * 1024);
}

static void a_bomb_of_partials_is_cut_and_logged(void **state)
{
    struct str log = unit_stderr_of(*state, render_bomb, *state);

    assert_true(str_find(log, STR("\"event\":\"mustache\""), 0) != SIZE_MAX);
}

static void levels_of_sections_and_partials_together_end_at_512(void **state)
{
    struct arena *a = *state;
    json_t *parts = json_object();

    json_owned(a, parts);
    json_set_str(parts, "a", str_fmt(a, "%.*s", STR_ARG(nested(a, 20))));
    json_set_z(parts, "a",
               "{{#o}}{{#o}}{{#o}}{{#o}}{{#o}}{{#o}}{{#o}}{{#o}}{{#o}}x{{> a}}"
               "{{/o}}{{/o}}{{/o}}{{/o}}{{/o}}{{/o}}{{/o}}{{/o}}{{/o}}");
    /* A partial and its nine sections are ten levels: 51 times whole, then the budget of 512 ends inside. */
    assert_int_equal(render(a, "{{> a}}", json_parse(a, STR("{\"o\":{}}")), parts).n, 51);
}

static void lookup_goes_up_the_stack_but_not_for_the_rest_of_a_dotted_name(void **state)
{
    const char *model = "{\"a\":{\"x\":\"outer\"},\"b\":[{\"a\":{}},{}]}";

    assert_text(render_with(*state, "{{#b}}[{{a.x}}]{{/b}}", model), "[][outer]");
}

static void a_hostile_source_never_reads_past_its_end(void **state)
{
    static const char alphabet[] = "{}=#^/>!& \n\ra.";
    struct arena *a = *state;
    unsigned seed = 20261103;

    for (int round = 0; round < 20000; round++) {
        size_t n = (size_t)round % 24;
        char *p = malloc(n == 0 ? 1 : n); /* exact size: the sanitizer sees one byte too many */
        struct arena *own = arena_new(4096);
        struct str problem;
        const struct template *t;

        if (p == NULL) {
            fail_msg("no memory");
            return;
        }
        for (size_t i = 0; i < n; i++) {
            seed = seed * 1103515245 + 12345;
            p[i] = alphabet[(seed >> 16) % (sizeof alphabet - 1)];
        }
        t = mustache_parse(own, str_bytes(p, n), &problem);
        if (t != NULL) {
            struct buf out = buf_new(own);

            mustache_render(t, json_parse(a, STR("{\"a\":[{\"a\":1}]}")), NULL, NULL, &out);
        }
        arena_free(own);
        free(p);
    }
}

static const struct CMUnitTest own_tests[] = {
    unit_test_of(false_values_are_missing_null_false_zero_empty_text_and_empty_list),
    unit_test_of(numbers_and_truth_values_look_as_in_json),
    unit_test_of(quotes_of_both_kinds_are_escaped),
    unit_test_of(plain_rendering_escapes_nothing),
    unit_test_of(a_text_of_a_catalog_is_escaped_as_a_whole),
    unit_test_of(a_text_of_a_catalog_may_not_hold_raw_tags),
    unit_test_of(indentation_adds_up_and_leaves_empty_lines_and_values_alone),
    unit_test_of(errors_name_the_line),
    unit_test_of(an_error_shows_no_half_character),
    unit_test_of(sections_nest_64_deep_and_not_65),
    unit_test_of(names_have_at_most_256_bytes),
    unit_test_of(a_partial_that_names_itself_ends_after_64),
    unit_test_of(a_bomb_of_partials_is_cut_and_logged),
    unit_test_of(levels_of_sections_and_partials_together_end_at_512),
    unit_test_of(lookup_goes_up_the_stack_but_not_for_the_rest_of_a_dotted_name),
    unit_test_of(a_hostile_source_never_reads_past_its_end),
};

/* Adds every test of a file of the specification; each is a line of its own in the TAP output. */
static size_t add_file(struct arena *a, const char *file, struct CMUnitTest *tests, size_t n)
{
    const char *path = unit_path(a, str_z(a, str_fmt(a, "mustache/%s.json", file)));
    json_t *spec = json_owned(a, json_load_file(path, JSON_REJECT_DUPLICATES, NULL));
    size_t i;
    json_t *test;

    if (spec == NULL) {
        print_error("%s: cannot be read\n", path);
        exit(99); /* automake: hard error */
    }
    json_array_foreach(json_object_get(spec, "tests"), i, test)
    {
        const char *name = str_z(a, str_fmt(a, "%s: %.*s", file, STR_ARG(json_str(test, "name"))));

        tests[n++] =
            (struct CMUnitTest){.name = name, .test_func = specification, .initial_state = test};
    }
    return n;
}

int main(void)
{
    static struct CMUnitTest tests[SPEC_MAX];
    struct arena *a = arena_new(64 * 1024);
    size_t n = sizeof own_tests / sizeof own_tests[0];
    int failed;

    json_init();
    memcpy(tests, own_tests, sizeof own_tests);
    for (size_t i = 0; i < sizeof spec_files / sizeof spec_files[0]; i++)
        n = add_file(a, spec_files[i], tests, n);
    failed = _cmocka_run_group_tests("mustache", tests, n, NULL, NULL);
    arena_free(a);
    return failed;
}
