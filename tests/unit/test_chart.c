#include "unit.h"

#include <string.h>

#include "core/chart.h"
#include "core/json.h"
#include "core/load.h"
#include "core/mustache.h"

static int64_t at(const json_t *chart, const char *list, size_t i, const char *key)
{
    return json_int(json_array_get(json_object_get(chart, list), i), key);
}

static void bars_are_as_long_as_their_values(void **state)
{
    const struct chart_point points[] = {{STR("甲"), 400, false},
                                         {STR("乙"), 100, false},
                                         {STR("丙"), 0, false},
                                         {STR("丁"), 1, false}};
    json_t *chart = json_owned(*state, chart_bars(*state, points, 4, "件"));

    assert_int_equal(at(chart, "marks", 0, "w"), 500); /* the axis ends at 400 */
    assert_int_equal(at(chart, "marks", 1, "w"), 125);
    assert_int_equal(at(chart, "marks", 2, "w"), 0);
    assert_int_equal(at(chart, "marks", 3, "w"), 2); /* small, but seen */
    assert_text(json_str(json_array_get(json_object_get(chart, "axis"), 4), "text"), "400 件");
    assert_true(json_truth(chart, "bars"));
    assert_true(json_truth(chart, "any"));
}

static void a_suppressed_value_has_no_mark_and_moves_no_axis(void **state)
{
    const struct chart_point points[] = {{STR("甲"), 7, false}, {STR("乙"), 99999, true}};
    json_t *chart = json_owned(*state, chart_bars(*state, points, 2, ""));
    const json_t *second = json_array_get(json_object_get(chart, "marks"), 1);

    assert_true(json_truth(second, "suppressed"));
    assert_text(json_str(second, "value_text"), "–");
    assert_int_equal(json_int(second, "w"), 0);
    assert_text(json_str(json_array_get(json_object_get(chart, "axis"), 4), "text"), "8");
}

static void axes_end_at_round_figures(void **state)
{
    static const struct {
        int64_t value;
        const char *end;
    } rows[] = {{0, "4"},  {1, "4"},   {4, "4"},     {5, "8"},
                {9, "12"}, {21, "40"}, {401, "800"}, {1234567, "1,600,000"}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct chart_point p = {STR("x"), rows[i].value, false};
        json_t *chart = json_owned(*state, chart_bars(*state, &p, 1, ""));

        assert_text(json_str(json_array_get(json_object_get(chart, "axis"), 4), "text"),
                    rows[i].end);
    }
}

static void a_line_is_broken_where_a_value_is_suppressed(void **state)
{
    const struct chart_point points[] = {
        {STR("1"), 4, false}, {STR("2"), 2, false}, {STR("3"), 3, true}, {STR("4"), 0, false}};
    json_t *chart = json_owned(*state, chart_line(*state, points, 4, ""));

    assert_int_equal(json_array_size(json_object_get(chart, "paths")), 2);
    assert_text(json_str(json_array_get(json_object_get(chart, "paths"), 0), "d"),
                "M90 36L260 136");
    assert_text(json_str(json_array_get(json_object_get(chart, "paths"), 1), "d"), "M600 236");
}

static void many_points_have_few_labels_and_always_the_last(void **state)
{
    struct chart_point points[104];
    size_t labels = 0;

    for (size_t i = 0; i < 104; i++)
        points[i] = (struct chart_point){str_fmt(*state, "W%zu", i), (int64_t)i, false};

    json_t *chart = json_owned(*state, chart_line(*state, points, 104, ""));
    const json_t *list = json_object_get(chart, "points");

    for (size_t i = 0; i < 104; i++)
        labels += json_truth(json_array_get(list, i), "show_label");
    assert_in_range(labels, 3, 7);
    assert_true(json_truth(json_array_get(list, 103), "show_label"));
    assert_true(json_truth(json_array_get(list, 103), "show_value"));
    assert_false(json_truth(json_array_get(list, 50), "show_value"));
}

static void no_points_and_huge_values_are_survived(void **state)
{
    struct chart_point p = {STR("x"), INT64_MAX, false};
    json_t *chart = json_owned(*state, chart_bars(*state, &p, 1, ""));

    assert_in_range(at(chart, "marks", 0, "w"), 1, 640);
    assert_false(json_truth(json_owned(*state, chart_line(*state, NULL, 0, "")), "any"));
    assert_false(json_truth(json_owned(*state, chart_bars(*state, NULL, 0, "")), "any"));
}

static void hatching_stays_inside_its_bar(void **state)
{
    struct chart_point p = {STR("x"), 4, false};
    json_t *chart = json_owned(*state, chart_bars(*state, &p, 1, ""));
    struct str d = json_str(json_array_get(json_object_get(chart, "marks"), 0), "hatch");
    int64_t v[4];
    struct str head;
    struct str rest = str_sub(d, 1, d.n);
    size_t lines = 0;

    while (rest.n > 0) { /* M x y L x y */
        struct str one;

        if (!str_cut(rest, 'M', &one, &rest))
            rest = (struct str){0};
        assert_true(str_cut(one, ' ', &head, &one) && str_int(head, 10, 510, &v[0]));
        assert_true(str_cut(one, 'L', &head, &one) && str_int(head, 28, 54, &v[1]));
        assert_true(str_cut(one, ' ', &head, &one) && str_int(head, 10, 510, &v[2]));
        assert_true(str_int(one, 28, 54, &v[3]));
        assert_int_equal(v[2] - v[0], v[1] - v[3]); /* 45 degrees */
        lines++;
    }
    assert_true(lines > 50);
}

static void the_template_draws_what_the_model_says(void **state)
{
    const struct chart_point points[] = {{STR("<甲>"), 4, false}, {STR("乙"), 2, true}};
    json_t *chart = json_owned(*state, chart_bars(*state, points, 2, "件"));
    struct str source;
    struct str problem;
    struct buf out = buf_new(*state);

    json_set_z(chart, "title", "甲最多 & 乙不公布");
    assert_true(load_text(*state, unit_path(*state, "../../cgi/views/shared/chart.mustache"), 65536,
                          &source, &problem));

    const struct template *t = mustache_parse(*state, source, &problem);

    assert_non_null(t);
    mustache_render(t, chart, NULL, NULL, &out);
    assert_true(str_find(buf_str(&out), STR("<title>甲最多 &amp; 乙不公布</title>"), 0) !=
                SIZE_MAX);
    assert_true(str_find(buf_str(&out), STR("&lt;甲&gt;"), 0) != SIZE_MAX);
    assert_true(str_find(buf_str(&out),
                         STR("<rect class=\"chart-bar\" x=\"10\" y=\"28\" width=\"500\""),
                         0) != SIZE_MAX);
    assert_true(str_find(buf_str(&out), STR("<circle"), 0) == SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(bars_are_as_long_as_their_values),
        unit_test_of(a_suppressed_value_has_no_mark_and_moves_no_axis),
        unit_test_of(axes_end_at_round_figures),
        unit_test_of(a_line_is_broken_where_a_value_is_suppressed),
        unit_test_of(many_points_have_few_labels_and_always_the_last),
        unit_test_of(no_points_and_huge_values_are_survived),
        unit_test_of(hatching_stays_inside_its_bar),
        unit_test_of(the_template_draws_what_the_model_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
