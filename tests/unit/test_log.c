#include "unit.h"

#include <errno.h>
#include <string.h>

#include "core/json.h"
#include "core/log.h"

static const char long_text[] = "012345678901234567890123456789012345678901234567890123456789012345"
                                "6789012345678901234567890123456"
                                "789012345678901234567890123456789012345678901234567890123456789012"
                                "34567890123456789012345678901234";

static void write_full_line(void *ctx)
{
    (void)ctx;
    log_write(LOG_WARN_, LOG_LINE(.event = "request", .request_id = "00112233445566ff",
                                  .route = "/desk/cases/{n}", .method = "POST", .status = 404,
                                  .err = ERR_CONFLICT, .ms = 12, .bytes = 3456, .role = "volunteer",
                                  .network = "203.0.113.0/24", .sqlstate = "UD040",
                                  .constraint = "case_pkey", .detail = "of ours", .number = -7));
}

static void write_empty_line(void *ctx)
{
    (void)ctx;
    log_event(LOG_INFO_, "start", NULL);
}

static void write_hostile_line(void *ctx)
{
    (void)ctx;
    log_event(LOG_INFO_,
              "a\"b\\c\nd\x01"
              "e\xE6\x8F\xB4",
              long_text);
}

static void write_longest_line(void *ctx)
{
    char quotes[600];

    (void)ctx;
    memset(quotes, '"', sizeof quotes - 1);
    quotes[sizeof quotes - 1] = '\0';
    log_write(LOG_ERROR_,
              LOG_LINE(.event = quotes, .request_id = quotes, .route = quotes, .method = quotes,
                       .status = -2147483647 - 1, .err = ERR_INTERNAL, .ms = INT64_MIN,
                       .bytes = INT64_MAX, .role = quotes, .network = quotes, .sqlstate = quotes,
                       .constraint = quotes, .detail = quotes, .number = INT64_MIN));
}

static json_t *line_of(struct arena *a, void (*fn)(void *ctx))
{
    struct str text = unit_stderr_of(a, fn, NULL);
    json_t *line;

    assert_true(str_ends(text, STR("}\n")));
    assert_int_equal(str_find(text, STR("\n"), 0), text.n - 1); /* one line */
    line = json_parse(a, text);
    assert_non_null(line);
    return line;
}

static void a_line_holds_every_field_that_was_given(void **state)
{
    json_t *line = line_of(*state, write_full_line);

    assert_text(json_str(line, "level"), "warn");
    assert_text(json_str(line, "program"), "aiddesk-test");
    assert_text(json_str(line, "event"), "request");
    assert_text(json_str(line, "request"), "00112233445566ff");
    assert_text(json_str(line, "route"), "/desk/cases/{n}");
    assert_text(json_str(line, "method"), "POST");
    assert_int_equal(json_int(line, "status"), 404);
    assert_text(json_str(line, "error"), "conflict");
    assert_text(json_str(line, "blame"), "client");
    assert_int_equal(json_int(line, "ms"), 12);
    assert_int_equal(json_int(line, "bytes"), 3456);
    assert_text(json_str(line, "role"), "volunteer");
    assert_text(json_str(line, "network"), "203.0.113.0/24");
    assert_text(json_str(line, "sqlstate"), "UD040");
    assert_text(json_str(line, "constraint"), "case_pkey");
    assert_text(json_str(line, "detail"), "of ours");
    assert_int_equal(json_int(line, "number"), -7);
    assert_int_equal(json_str(line, "time").n, 24);
}

static void what_was_not_given_is_not_there(void **state)
{
    json_t *line = line_of(*state, write_empty_line);

    assert_int_equal(json_object_size(line), 5); /* time level program pid event */
}

static void nothing_can_break_out_of_a_value(void **state)
{
    json_t *line = line_of(*state, write_hostile_line);

    assert_text(json_str(line, "event"), "a\"b\\c?d?e???");
    assert_int_equal(json_str(line, "detail").n, 128);
}

static void the_longest_line_is_whole_and_fits_one_write(void **state)
{
    json_t *line = line_of(*state, write_longest_line);

    assert_true(json_int(line, "ms") == INT64_MIN);
    assert_true(json_int(line, "number") == INT64_MIN);
    assert_int_equal(json_str(line, "detail").n, 128);
    assert_true(unit_stderr_of(*state, write_longest_line, NULL).n <= 4096);
}

static void write_debug(void *ctx)
{
    (void)ctx;
    log_event(LOG_DEBUG_, "detail", NULL);
}

static void lines_below_the_level_are_left_out(void **state)
{
    assert_int_equal(unit_stderr_of(*state, write_debug, NULL).n, 0);
}

static void break_errno(void *ctx)
{
    errno = EXDEV;
    write_empty_line(NULL);
    *(int *)ctx = errno;
}

static void errno_survives(void **state)
{
    int after = 0;

    (void)unit_stderr_of(*state, break_errno, &after);
    assert_int_equal(after, EXDEV);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(a_line_holds_every_field_that_was_given),
        unit_test_of(what_was_not_given_is_not_there),
        unit_test_of(nothing_can_break_out_of_a_value),
        unit_test_of(the_longest_line_is_whole_and_fits_one_write),
        unit_test_of(lines_below_the_level_are_left_out),
        unit_test_of(errno_survives),
    };

    json_init();
    log_open("aiddesk-test", LOG_INFO_);
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
