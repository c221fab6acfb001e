#include "unit.h"

#include <string.h>

#include "core/form.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/request.h"

static const char *const kinds[] = {"refund", "deliver", "other", NULL};

static const char *const laters[] = {"save", NULL};

static const struct param params[] = {
    {.name = "n", .type = PARAM_NUMBER, .flags = PARAM_PATH},
    {.name = "platform",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED,
     .max = 80,
     .label = "shared.search"},
    {.name = "amount", .type = PARAM_FEN, .label = "shared.unit.yuan"},
    {.name = "story", .type = PARAM_LINES, .min = 10, .max = 5000, .large = "shared.errors.title"},
    {.name = "wanted",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED | PARAM_MANY,
     .choices = kinds,
     .label = "shared.choose"},
    {.name = "agree", .type = PARAM_BOOL, .flags = PARAM_REQUIRED, .label = "shared.confirm"},
    {.name = "password", .type = PARAM_SECRET, .max = 128},
    {.name = "version", .type = PARAM_INT},
    {.name = "then", .type = PARAM_CODE, .flags = PARAM_LATER, .choices = laters},
    {0}};
static const struct param other_params[] = {{.name = "platform", .type = PARAM_TEXT}, {0}};

static enum err nothing(struct request *req, struct reply *rep)
{
    (void)req;
    (void)rep;
    return ERR_OK;
}

static const struct route route = {.name = "r",
                                   .method = METHOD_POST,
                                   .path = "/c/{n}",
                                   .who = WHO_ANYONE,
                                   .body_max = 65536,
                                   .params = params,
                                   .handler = nothing,
                                   .page = nothing};

static struct request *request_of(struct arena *a)
{
    struct request *req = arena_new_of(a, struct request);
    struct pair *path = arena_new_of(a, struct pair);
    struct str problem = {NULL, 0};
    struct locales *l = locale_load(a, str_of(unit_path(a, "../../cgi")), NULL, &problem);

    if (l == NULL)
        fail_msg("%.*s", STR_ARG(problem));
    *path = (struct pair){STR("n"), STR("AD26-104837")};
    req->arena = a;
    req->route = &route;
    req->method = METHOD_POST;
    req->locale = locale_get(l, STR("zh-CN"));
    req->path_values = path;
    req->n_path_values = 1;
    return req;
}

static enum err take(struct request *req, const char *body)
{
    struct pair *pairs;
    size_t n;

    assert_true(form_decode(req->arena, str_of(body), 512, &pairs, &n));
    return form_take(req, pairs, n, true);
}

#define GOOD                                                                                       \
    "platform=%E5%8D%A1%E7%9B%9F&amount=176&story=0123456789&wanted=refund&wanted=other&agree=1"   \
    "&password=+p+&version=3"

static void kept_for_later_nothing_is_required_and_what_is_wrong_keeps_its_error(void **state)
{
    struct request *req = request_of(*state);

    assert_int_equal(take(req, "amount=&story=short&password=&version=3&then=save"), ERR_OK);
    assert_int_equal(req->form.errors, 0);
    assert_true(form_later(req));
    assert_text(param_text(req, "story"), "short");
    assert_int_equal(take(req, "amount=much&version=3&then=save"), ERR_OK);
    assert_int_equal(req->form.errors, 1);
    assert_string_equal(form_field(req, "amount")->error, "error.field.amount");
    assert_int_equal(take(req, "story=short&version=3&then=other"), ERR_OK);
    assert_false(form_later(req));
    assert_int_equal(req->form.errors, 5); /* platform, story, wanted, agree, then */
    assert_int_equal(take(req, "version=3"), ERR_OK);
    assert_int_equal(req->form.errors, 3);
}

static void a_right_form_gives_typed_values(void **state)
{
    struct request *req = request_of(*state);
    struct str *wanted;

    assert_int_equal(take(req, GOOD "&csrf=tok&lang_to="), ERR_OK);
    assert_int_equal(req->form.errors, 0);
    assert_text(param_text(req, "platform"), "卡盟");
    assert_int_equal(param_fen(req, "amount"), 17600);
    assert_int_equal(param_int(req, "version"), 3);
    assert_true(param_bool(req, "agree"));
    assert_true(param_present(req, "agree"));
    assert_text(param_text(req, "password"), " p ");
    assert_text(param_text(req, "n"), "AD26-104837");
    assert_int_equal(param_many(req, "wanted", &wanted), 2);
    assert_text(wanted[0], "refund");
    assert_text(wanted[1], "other");
    assert_text(req->csrf_token, "tok");
    assert_int_equal(req->lang_to.n, 0);
}

static void bad_values_never_arrive_and_are_kept_as_typed(void **state)
{
    struct request *req = request_of(*state);
    struct str *wanted;

    assert_int_equal(take(req, "platform=&amount=abc&story=short&wanted=refund&wanted=gold"),
                     ERR_OK);
    assert_int_equal(req->form.errors, 5);
    assert_text(param_text(req, "platform"), "");
    assert_int_equal(param_fen(req, "amount"), 0);
    assert_false(param_present(req, "amount"));
    assert_text(form_field(req, "amount")->typed[0], "abc");
    assert_text(form_field(req, "story")->typed[0], "short");
    assert_string_equal(form_field(req, "platform")->error, "error.field.empty");
    assert_string_equal(form_field(req, "agree")->error, "error.field.tick");
    assert_string_equal(form_field(req, "wanted")->error, "error.field.unknown");
    assert_int_equal(param_many(req, "wanted", &wanted), 1);
    assert_false(param_present(req, "wanted"));
}

static void repeated_and_unknown_names_are_refused_on_post(void **state)
{
    struct request *req = request_of(*state);

    assert_int_equal(take(req, GOOD "&platform=b"), ERR_PARAM_REPEATED);
    assert_int_equal(form_field(req, "platform")->n_typed, 2);
    assert_int_equal(take(req, GOOD "&csrf=a&csrf=b"), ERR_PARAM_REPEATED);
    assert_int_equal(take(req, GOOD "&utm_source=x"), ERR_PARAM_UNKNOWN);
    assert_text(param_text(req, "platform"), "卡盟");
    assert_int_equal(take(req, GOOD "&n=AD26-999999"), ERR_PARAM_UNKNOWN);
    assert_text(param_text(req, "n"), "AD26-104837");
    assert_int_equal(take(req, GOOD "&Platform=b"), ERR_PARAM_UNKNOWN);
    assert_int_equal(take(req, GOOD "&platfor=b"), ERR_PARAM_UNKNOWN);
}

static void a_query_may_hold_what_messengers_append(void **state)
{
    struct request *req = request_of(*state);
    struct pair *pairs;
    size_t n;

    req->method = METHOD_GET;
    assert_true(form_decode(*state, STR("platform=a&from=singlemessage&csrf=x"), 512, &pairs, &n));
    assert_int_equal(form_take(req, pairs, n, false), ERR_OK);
    assert_text(param_text(req, "platform"), "a");
    assert_int_equal(req->csrf_token.n, 0);
}

static void the_same_tick_twice_counts_once(void **state)
{
    struct request *req = request_of(*state);
    struct str *wanted;

    assert_int_equal(take(req, GOOD "&wanted=refund"), ERR_OK);
    assert_int_equal(param_many(req, "wanted", &wanted), 2);
}

static void decoding_follows_the_form_rules(void **state)
{
    static const struct {
        const char *text;
        bool ok;
        const char *name, *value;
    } rows[] = {
        {"a=b+c%2B", true, "a", "b c+"},
        {"a", true, "a", ""},
        {"=b", true, "", "b"},
        {"&&a=1&", true, "a", "1"},
        {"a=b=c", true, "a", "b=c"},
        {"a=%F0%A0%AE%B7%F0%9F%98%80", true, "a", "𠮷😀"},
        {"a=%e5%8d%a1", true, "a", "卡"},
        {"a=100%", false, "a", "100%"},
        {"a=%4", false, "a", "%4"},
        {"a=%zz", false, "a", "%zz"},
        {"a=x%00y", false, "a", "x\xEF\xBF\xBDy"},
        {"a=x%FFy", false, "a", "x\xEF\xBF\xBDy"},
        {"a=%C0%80", false, "a", "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"a=%ED%A0%80", false, "a", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pair *pairs;
        size_t n;

        assert_int_equal(form_decode(*state, str_of(rows[i].text), 8, &pairs, &n), rows[i].ok);
        assert_int_equal(n, 1);
        assert_text(pairs[0].name, rows[i].name);
        assert_text(pairs[0].value, rows[i].value);
    }
}

static void the_number_of_pairs_is_limited(void **state)
{
    struct pair *pairs;
    size_t n;

    assert_true(form_decode(*state, STR("a=1&b=2&c=3"), 3, &pairs, &n));
    assert_int_equal(n, 3);
    assert_false(form_decode(*state, STR("a=1&b=2&c=3&d=4"), 3, &pairs, &n));
    assert_int_equal(n, 3);
    assert_true(form_decode(*state, STR(""), 3, &pairs, &n));
    assert_int_equal(n, 0);
}

static void over_long_text_is_kept_up_to_64_kib_whole_characters(void **state)
{
    struct request *req = request_of(*state);
    char *story = arena_alloc(*state, 70001);
    struct pair pair = {STR("story"), str_bytes(story, 70000)};
    struct field *f;

    for (size_t i = 0; i + 3 <= 70000; i += 3)
        memcpy(story + i, "卡", 3);
    memset(story + 69999, 'x', 1);
    assert_int_equal(form_take(req, &pair, 1, true), ERR_OK);
    f = form_field(req, "story");
    assert_int_equal(f->typed[0].n, 65535);
    assert_true(str_is_text(f->typed[0]));
    assert_string_equal(f->error, "shared.errors.title");
    assert_int_equal(f->error_n, 23334);
}

static const json_t *field_of(const json_t *model, const char *name)
{
    return json_object_get(json_object_get(model, "f"), name);
}

static void the_model_shows_what_was_typed_with_its_errors(void **state)
{
    struct request *req = request_of(*state);
    json_t *m;
    const json_t *f;

    assert_int_equal(take(req, "platform=%3Cb%3E&amount=1.234&wanted=refund&agree=1&password=p"
                               "&story=" /* optional and empty */),
                     ERR_OK);
    req->form.notice = "error.too_many";
    req->form.notice_n = 3;
    m = json_owned(*state, form_model(req, params, NULL));
    assert_int_equal(json_int(m, "error_count"), 1);
    assert_true(json_truth(m, "has_errors"));
    assert_int_equal(json_array_size(json_object_get(m, "errors")), 1);
    assert_text(json_str(json_array_get(json_object_get(m, "errors"), 0), "href"), "#f-amount");
    assert_text(json_str(m, "notice"), "尝试次数太多，请 3 分钟后再试。您的内容都在");
    f = field_of(m, "amount");
    assert_text(json_str(f, "value"), "1.234");
    assert_text(json_str(f, "error"), "“元”请填数字，例如 176.00");
    assert_text(json_str(f, "described_by"), "f-amount-error");
    assert_text(json_str(f, "inputmode"), "decimal");
    assert_true(json_truth(f, "has_error"));
    f = field_of(m, "platform");
    assert_text(json_str(f, "value"), "<b>");
    assert_text(json_str(f, "id"), "f-platform");
    assert_text(json_str(f, "described_by"), "");
    assert_int_equal(json_int(f, "max"), 80);
    assert_false(json_truth(f, "optional"));
    assert_true(json_is_false(json_object_get(f, "error")));
    assert_true(json_truth(field_of(m, "agree"), "checked"));
    assert_text(json_str(field_of(m, "password"), "value"), "");
}

static void another_form_of_the_page_shows_what_is_stored(void **state)
{
    struct request *req = request_of(*state);
    json_t *stored = json_owned(*state, json_pack("{s:s}", "platform", "stored"));
    json_t *m;

    assert_int_equal(take(req, "platform="), ERR_OK);
    req->form.notice = "error.busy";
    m = json_owned(*state, form_model(req, other_params, stored));
    assert_text(json_str(field_of(m, "platform"), "value"), "stored");
    assert_false(json_truth(m, "has_errors"));
    assert_true(json_is_null(json_object_get(m, "notice")));
}

static void a_get_shows_what_is_stored(void **state)
{
    struct request *req = request_of(*state);
    json_t *stored = json_owned(*state, json_pack("{s:I, s:b, s:[ss], s:i, s:n}", "amount",
                                                  (json_int_t)176050, "agree", 1, "wanted",
                                                  "refund", "other", "version", 4, "story"));
    json_t *m;

    req->method = METHOD_GET;
    assert_int_equal(form_take(req, NULL, 0, false), ERR_OK);
    m = json_owned(*state, form_model(req, params, stored));
    assert_text(json_str(field_of(m, "amount"), "value"), "1760.50");
    assert_text(json_str(field_of(m, "version"), "value"), "4");
    assert_text(json_str(field_of(m, "story"), "value"), "");
    assert_true(json_truth(field_of(m, "agree"), "checked"));
    assert_int_equal(json_array_size(json_object_get(field_of(m, "wanted"), "values")), 2);
}

static void after_a_clash_the_version_is_the_stored_one(void **state)
{
    struct request *req = request_of(*state);
    json_t *stored = json_owned(*state, json_pack("{s:i, s:s}", "version", 9, "platform", "new"));
    json_t *m;

    assert_int_equal(take(req, GOOD), ERR_OK);
    req->form.err = ERR_CLASH;
    m = json_owned(*state, form_model(req, params, stored));
    assert_text(json_str(field_of(m, "version"), "value"), "9");
    assert_text(json_str(field_of(m, "platform"), "value"), "卡盟");
}

static void options_know_what_is_chosen(void **state)
{
    struct request *req = request_of(*state);
    json_t *choices =
        json_owned(*state, json_pack("[{s:s,s:s},{s:s,s:s}]", "code", "refund", "label", "退款",
                                     "code", "deliver", "label", "补发"));
    const json_t *options;
    json_t *m;

    assert_int_equal(take(req, "wanted=deliver"), ERR_OK);
    m = json_owned(*state, form_model(req, params, NULL));
    form_options(m, "wanted", choices);
    options = json_object_get(field_of(m, "wanted"), "options");
    assert_int_equal(json_array_size(options), 2);
    assert_false(json_truth(json_array_get(options, 0), "checked"));
    assert_true(json_truth(json_array_get(options, 1), "checked"));
    assert_text(json_str(json_array_get(options, 1), "id"), "f-wanted-deliver");
    assert_null(json_object_get(json_array_get(choices, 0), "id"));
    form_attr(m, "story", "rows", STR("8"));
    assert_text(json_str(field_of(m, "story"), "rows"), "8");
}

static void handlers_add_errors_with_values(void **state)
{
    struct request *req = request_of(*state);
    json_t *m;

    assert_int_equal(take(req, GOOD), ERR_OK);
    form_error_n(req, "story", "shared.errors.title", 7);
    form_error_name(req, "platform", "shared.clash", STR("李四"));
    form_error(req, "story", "error.field.bad");
    assert_int_equal(req->form.errors, 2);
    assert_text(param_text(req, "platform"), "");
    m = json_owned(*state, form_model(req, params, NULL));
    assert_text(json_str(field_of(m, "platform"), "error"),
                "李四 刚刚改过。下面是两份内容，请选择或合并");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(kept_for_later_nothing_is_required_and_what_is_wrong_keeps_its_error),
        unit_test_of(a_right_form_gives_typed_values),
        unit_test_of(bad_values_never_arrive_and_are_kept_as_typed),
        unit_test_of(repeated_and_unknown_names_are_refused_on_post),
        unit_test_of(a_query_may_hold_what_messengers_append),
        unit_test_of(the_same_tick_twice_counts_once),
        unit_test_of(decoding_follows_the_form_rules),
        unit_test_of(the_number_of_pairs_is_limited),
        unit_test_of(over_long_text_is_kept_up_to_64_kib_whole_characters),
        unit_test_of(the_model_shows_what_was_typed_with_its_errors),
        unit_test_of(another_form_of_the_page_shows_what_is_stored),
        unit_test_of(a_get_shows_what_is_stored),
        unit_test_of(after_a_clash_the_version_is_the_stored_one),
        unit_test_of(options_know_what_is_chosen),
        unit_test_of(handlers_add_errors_with_values),
    };

    json_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
