#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/mail.h"
#include "core/sandbox.h"
#include "core/token.h"

static struct config config_of(void)
{
    return (struct config){.mail_from = STR("desk@aid.example.org"),
                           .organisation_zh = STR("援助台")};
}

static struct str message(struct arena *a, const char *to, const char *subject, const char *body)
{
    struct config c = config_of();
    struct str m = {0};

    return mail_message(a, &c, str_of(to), str_of(subject), str_of(body), &m) ? m : (struct str){0};
}

static bool holds(struct str where, const char *what)
{
    bool found = str_find(where, str_of(what), 0) != SIZE_MAX;

    if (!found)
        print_error("not found: %s in\n%.*s\n", what, STR_ARG(where));
    return found;
}

static void a_message_is_ascii_with_crlf_and_short_lines(void **state)
{
    struct buf b = buf_new(*state);

    for (int i = 0; i < 400; i++)
        buf_addz(&b, "您的案件有新消息，请用查询码查看。\n");

    struct str m =
        message(*state, "li.si+x@example.com", "案件有新消息", str_z(*state, buf_str(&b)));
    size_t line = 0;

    assert_true(holds(m, "To: <li.si+x@example.com>\r\n"));
    assert_true(holds(m, "Subject: =?UTF-8?B?5qGI5Lu25pyJ5paw5raI5oGv?=\r\n"));
    assert_true(holds(m, " <desk@aid.example.org>\r\n"));
    assert_true(holds(m, "@aid.example.org>\r\nMIME-Version: 1.0\r\n"));
    for (size_t i = 0; i < m.n; i++) {
        assert_in_range((unsigned char)m.p[i], '\n', '~');
        if (m.p[i] == '\n') {
            assert_true(i > 0 && m.p[i - 1] == '\r');
            line = 0;
        } else {
            assert_true(++line <= 78);
        }
    }
}

static void a_long_subject_is_folded_between_characters(void **state)
{
    struct str m = message(*state, "a@example.com",
                           "援助台提醒：您的案件有一条新的消息，请在三天之内查看并且回复😀", "x");

    assert_true(holds(m, "?=\r\n =?UTF-8?B?"));
    /* each word decodes to whole characters: 15 characters of three bytes */
    assert_true(holds(
        m,
        "Subject: =?UTF-8?B?5o+05Yqp5Y+w5o+Q6YaS77ya5oKo55qE5qGI5Lu25pyJ5LiA5p2h5paw55qE?=\r\n"));
}

static void what_could_begin_another_header_is_refused(void **state)
{
    static const char *const subjects[] = {
        "a\r\nBcc: x@example.com", "a\nb", "a\rb", "a\x7f", "a\tb", "\xff"};
    static const char *const addresses[] = {"a@example.com\r\nBcc: b@example.com",
                                            "a@example.com, b@example.com",
                                            "<a@example.com>",
                                            "a b@example.com",
                                            "a@b@c",
                                            "@example.com",
                                            "a@",
                                            "a",
                                            "",
                                            "a..b@example.com",
                                            ".a@example.com",
                                            "a.@example.com",
                                            "a@.com",
                                            "a@example.",
                                            "a@exa_mple.com",
                                            "李@example.com",
                                            "a@example.com>\nRCPT TO:<b@example.com"};

    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++)
        assert_true(str_empty(message(*state, "a@example.com", subjects[i], "x")));
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        assert_false(mail_address_ok(str_of(addresses[i])));
        assert_true(str_empty(message(*state, addresses[i], "s", "x")));
    }
    assert_true(mail_address_ok(STR("o'neil+tag@sub.example-1.org")));
}

static void lengths_at_the_limit_are_told_apart(void **state)
{
    char local[66];
    struct str at64;
    struct str at65;

    memset(local, 'a', sizeof local);
    at64 = str_fmt(*state, "%.*s@example.com", 64, local);
    at65 = str_fmt(*state, "%.*s@example.com", 65, local);
    assert_true(mail_address_ok(at64));
    assert_false(mail_address_ok(at65));
}

static void only_real_loopback_may_do_without_tls(void **state)
{
    static const char *const yes[] = {"smtp://127.0.0.1:2525", "smtp://127.9.9.9",
                                      "smtp://[::1]:25", "smtp://localhost:25",
                                      "smtp://localhost/x"};
    static const char *const no[] = {"smtp://127.0.0.1.example.com",
                                     "smtp://localhost.example.com",
                                     "smtp://10.0.0.1",
                                     "smtp://127.1",
                                     "smtp://[::1]x",
                                     "smtp://128.0.0.1",
                                     "smtp://127.0.0.256",
                                     "smtp://mail.example.org:587",
                                     ""};

    (void)state;
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
        assert_true(mail_on_loopback(str_of(yes[i])));
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        assert_false(mail_on_loopback(str_of(no[i])));
}

static void the_port_of_a_server_is_as_written_or_the_usual_one(void **state)
{
    (void)state;
    assert_int_equal(mail_port(STR("smtp://mail.example.org:587")), 587);
    assert_int_equal(mail_port(STR("smtp://mail.example.org:2525/x")), 2525);
    assert_int_equal(mail_port(STR("smtp://mail.example.org")), 25);
    assert_int_equal(mail_port(STR("smtps://mail.example.org")), 465);
    assert_int_equal(mail_port(STR("smtps://mail.example.org:26")), 26);
    assert_int_equal(mail_port(STR("smtp://[2001:db8::1]")), 25);
    assert_int_equal(mail_port(STR("smtp://[2001:db8::1]:587")), 587);
}

static void without_a_server_a_good_message_waits_and_a_bad_one_is_refused(void **state)
{
    struct config c = config_of();

    assert_int_equal(mail_send(*state, &c, STR("a@example.com"), STR("s"), STR("b")),
                     MAIL_TRY_LATER);
    assert_int_equal(mail_send(*state, &c, STR("a@example.com\r\nDATA"), STR("s"), STR("b")),
                     MAIL_REFUSED);
    c.smtp_url = STR("smtp://127.0.0.1:1"); /* nobody listens there */
    assert_int_equal(mail_send(*state, &c, STR("a@example.com"), STR("s"), STR("b")),
                     MAIL_TRY_LATER);
}

/* In the worker's sandbox: a thread of libcurl looks for the name of this machine, then nobody listens. */
static void send_closed_down(void *ctx)
{
    const struct sandbox sandbox = {.needs = SANDBOX_WORK | SANDBOX_NETWORK | SANDBOX_MAIL,
                                    .ports = {1, 53}};
    struct arena *a = ctx;
    struct config c = config_of();
    char name[256] = "";

    if (gethostname(name, sizeof name - 1) != 0 || sandbox_enter(&sandbox) != NULL)
        _exit(100);
    c.smtp_url = str_fmt(a, "smtp://%s:1", name);
    _exit((int)mail_send(a, &c, STR("a@example.com"), STR("s"), STR("b")));
}

static void names_are_looked_up_inside_the_sandbox(void **state)
{
    struct str out;

    assert_int_equal(unit_child(*state, send_closed_down, *state, &out), MAIL_TRY_LATER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(a_message_is_ascii_with_crlf_and_short_lines),
        unit_test_of(a_long_subject_is_folded_between_characters),
        unit_test_of(what_could_begin_another_header_is_refused),
        unit_test_of(lengths_at_the_limit_are_told_apart),
        unit_test_of(only_real_loopback_may_do_without_tls),
        unit_test_of(the_port_of_a_server_is_as_written_or_the_usual_one),
        unit_test_of(without_a_server_a_good_message_waits_and_a_bad_one_is_refused),
        unit_test_of(names_are_looked_up_inside_the_sandbox),
    };

    token_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
