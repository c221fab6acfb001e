#include "unit.h"

#include <string.h>

#include "core/config.h"

#define ORIGIN "public_origin = http://127.0.0.1:8080\n"

static bool load(struct arena *a, struct str text, struct config *c, struct str *problem)
{
    return config_load(a, unit_file(a, unit_folder(a), "aiddesk.conf", text), c, problem);
}

static struct config good(struct arena *a, const char *text)
{
    struct config c;
    struct str problem = str_of(NULL);

    if (!load(a, str_of(text), &c, &problem))
        fail_msg("%.*s", STR_ARG(problem));
    return c;
}

/* The sentence of a refused file, from the file's name on. */
static struct str bad(struct arena *a, const char *text)
{
    struct config c;
    struct str problem = str_of(NULL);
    size_t at;

    if (load(a, str_of(text), &c, &problem))
        fail_msg("taken: %s", text);
    at = str_find(problem, STR("aiddesk.conf"), 0);
    assert_true(at != SIZE_MAX);
    return str_sub(problem, at, problem.n);
}

static void one_setting_is_enough_and_the_rest_has_defaults(void **state)
{
    struct config c = good(*state, ORIGIN);

    assert_text(c.public_origin, "http://127.0.0.1:8080");
    assert_true(c.loopback_plain);
    assert_text(c.database_port, "5432");
    assert_text(c.database_name, "aiddesk");
    assert_text(c.user_prefix, "aiddesk-");
    assert_true(str_ends(c.keys_dir, STR("/keys"))); /* beside the file */
    assert_true(c.keys_dir.p[0] == '/');
    assert_text(c.smtp_url, "");
    assert_false(c.demo);
    assert_int_equal(c.file_max_bytes, 26214400);
    assert_int_equal(c.case_max_bytes, 104857600);
    assert_int_equal(c.case_max_files, 20);
    assert_in_range(c.processes_intake, 1, 64);
    assert_in_range(c.processes_desk_upload, 1, 64);
}

static void every_kind_of_value_is_read(void **state)
{
    struct config c =
        good(*state, "# a comment\r\n\n  \t\n"
                     "public_origin=https://aid.example.org\r\n"
                     "database = /run/x/pg\n database_port = 15432 \n"
                     "user_prefix =\n"
                     "organisation_zh = 援助台 = 好 # 不是注释\n"
                     "demo = yes\n"
                     "processes_report = 64\n"
                     "smtp_url = smtps://[::1]:465\nmail_from = desk@example.org\n"
                     "metrics_listen = 127.0.0.1:9101\n"
                     "recovery_public = "
                     "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");

    assert_text(c.public_origin, "https://aid.example.org");
    assert_false(c.loopback_plain);
    assert_text(c.database, "/run/x/pg");
    assert_text(c.database_port, "15432");
    assert_text(c.user_prefix, "");
    assert_text(c.organisation_zh, "援助台 = 好 # 不是注释");
    assert_true(c.demo);
    assert_int_equal(c.processes_report, 64);
    assert_text(c.smtp_url, "smtps://[::1]:465");
    assert_int_equal(c.recovery_public.n, 64);
}

static void unknown_and_repeated_settings_are_refused_with_their_line(void **state)
{
    assert_text(bad(*state, ORIGIN "\ncolour = red\n"),
                "aiddesk.conf, line 3: unknown setting \"colour\"; remove the line or correct the "
                "name");
    assert_text(bad(*state, ORIGIN "demo = no\n# x\ndemo = no\n"),
                "aiddesk.conf, line 4: demo was set in line 2 already; keep one of them");
    assert_text(bad(*state, ORIGIN "demo\n"), "aiddesk.conf, line 2: no '='; write: name = value");
    assert_text(bad(*state, ORIGIN "= x\n"),
                "aiddesk.conf, line 2: unknown setting \"\"; remove the line or correct the name");
    assert_text(
        bad(*state, "dem = yes\n"),
        "aiddesk.conf, line 1: unknown setting \"dem\"; remove the line or correct the name");
}

static void a_long_name_is_shown_without_half_a_character(void **state)
{
    struct str problem =
        bad(*state, "a\u8bbe\u8bbe\u8bbe\u8bbe\u8bbe\u8bbe\u8bbe\u8bbe\u8bbe\u8bbe\u8bbe\u8bbe"
                    "\u8bbe\u8bbe\u8bbe\u8bbe\u8bbe\u8bbe\u8bbe\u8bbe\u8bbe = 1\n");

    assert_true(str_is_text(problem));
    assert_true(str_find(problem, STR("\u8bbe\"; remove the line"), 0) != SIZE_MAX);
}

static void the_origin_is_mandatory_and_spelled_as_browsers_do(void **state)
{
    static const char *const wrong[] = {"http://aid.example.org",
                                        "https://aid.example.org/",
                                        "https://Aid.example.org",
                                        "aid.example.org",
                                        "ftp://127.0.0.1",
                                        "https://",
                                        "https://:443",
                                        "https://a b",
                                        "https://a:0",
                                        "https://a:65536",
                                        "https://a:",
                                        "http://127.0.0.1.evil.org",
                                        "http://127.0.0.1@evil",
                                        "https://[::1",
                                        "https://[::1]x",
                                        "https://a:443:1",
                                        "http://localhost.evil"};
    static const char *const right[] = {"http://localhost", "http://localhost:8080",
                                        "http://[::1]:8080", "https://a:65535", "https://a:1"};

    assert_text(bad(*state, "# nothing\n"), "aiddesk.conf: public_origin is missing; write: "
                                            "public_origin = https://your.address");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        (void)bad(*state, str_z(*state, str_fmt(*state, "public_origin = %s\n", wrong[i])));
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++)
        (void)good(*state, str_z(*state, str_fmt(*state, "public_origin = %s\n", right[i])));
}

static void numbers_keep_to_their_range(void **state)
{
    assert_int_equal(good(*state, ORIGIN "processes_desk = 1").processes_desk, 1);
    assert_int_equal(good(*state, ORIGIN "processes_desk = 64").processes_desk, 64);
    assert_text(bad(*state, ORIGIN "processes_desk = 0"),
                "aiddesk.conf, line 2: processes_desk: write a number from 1 to 64");
    (void)bad(*state, ORIGIN "processes_desk = 65");
    (void)bad(*state, ORIGIN "processes_desk = two");
    (void)bad(*state, ORIGIN "processes_desk =");
    (void)bad(*state, ORIGIN "database_port = 65536");
    assert_text(bad(*state, ORIGIN "demo = true"), "aiddesk.conf, line 2: demo: write yes or no");
}

static void values_keep_to_their_form(void **state)
{
    static const char *const wrong[] = {
        "keys_dir = keys",
        "keys_dir =",
        "socket_dir =",
        "data_dir =",
        "run_dir =",
        "smtp_url = http://x",
        "smtp_url = smtp://",
        "mail_from = nobody",
        "mail_from = a b@example.org",
        "mail_from = @example.org",
        "metrics_listen = 0.0.0.0:9101",
        "metrics_listen = 127.0.0.1",
        "recovery_public = 00",
        "recovery_public = "
        "00112233445566778899AABBCCDDEEFF00112233445566778899aabbccd"
        "deeff",
        "database_name = a;b",
        "database_name =",
        "user_prefix = a/b",
        "database = host=evil"};

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        (void)bad(*state, str_z(*state, str_fmt(*state, ORIGIN "%s\n", wrong[i])));
}

static void a_socket_folder_leaves_room_for_the_name(void **state)
{
    char path[80] = "";

    memset(path, 'x', sizeof path - 1);
    path[0] = '/';
    path[73] = '\0';
    (void)bad(*state, str_z(*state, str_fmt(*state, ORIGIN "socket_dir = %s\n", path)));
    path[72] = '\0';
    (void)good(*state, str_z(*state, str_fmt(*state, ORIGIN "socket_dir = %s\n", path)));
    path[71] = '\0';
    (void)good(*state, str_z(*state, str_fmt(*state, ORIGIN "socket_dir = %s\n", path)));
}

static void settings_that_belong_together_are_checked_together(void **state)
{
    (void)bad(*state, ORIGIN "smtp_url = smtp://127.0.0.1:25\n");
    (void)bad(*state, ORIGIN "file_max_bytes = 2000\ncase_max_bytes = 1999\n");
    (void)good(*state, ORIGIN "file_max_bytes = 2000\ncase_max_bytes = 2000\n");
}

static void a_file_that_is_missing_or_not_text_is_told(void **state)
{
    struct config c;
    struct str problem;

    assert_false(config_load(*state, "/nowhere/aiddesk.conf", &c, &problem));
    assert_text(problem, "/nowhere/aiddesk.conf: No such file or directory");
    assert_false(load(*state, STR("a\0b"), &c, &problem));
}

static void a_hostile_file_is_refused_without_harm(void **state)
{
    static const char bytes[] = "demo=# \n\r[]:/@.public_origin";
    unsigned seed = 7;

    for (int round = 0; round < 300; round++) {
        char text[64];
        struct config c;
        struct str problem;

        for (size_t i = 0; i < sizeof text; i++) {
            seed = seed * 1103515245 + 12345;
            text[i] = bytes[(seed >> 16) % (sizeof bytes - 1)];
        }
        (void)load(*state, str_bytes(text, (size_t)round % sizeof text), &c, &problem);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(one_setting_is_enough_and_the_rest_has_defaults),
        unit_test_of(every_kind_of_value_is_read),
        unit_test_of(unknown_and_repeated_settings_are_refused_with_their_line),
        unit_test_of(a_long_name_is_shown_without_half_a_character),
        unit_test_of(the_origin_is_mandatory_and_spelled_as_browsers_do),
        unit_test_of(numbers_keep_to_their_range),
        unit_test_of(values_keep_to_their_form),
        unit_test_of(a_socket_folder_leaves_room_for_the_name),
        unit_test_of(settings_that_belong_together_are_checked_together),
        unit_test_of(a_file_that_is_missing_or_not_text_is_told),
        unit_test_of(a_hostile_file_is_refused_without_harm),
    };

    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
