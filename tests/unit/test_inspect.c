/* inspect: the frames of aiddesk-inspect are hostile input, and its process may do anything (core/inspect.h). */
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/clock.h"
#include "core/config.h"
#include "core/inspect.h"
#include "core/inspect_private.h"
#include "core/seal.h"

/* ---- frames ---- */

static void add(struct buf *b, char kind, struct str payload)
{
    buf_addc(b, kind);
    for (int shift = 24; shift >= 0; shift -= 8)
        buf_addc(b, (char)(payload.n >> shift));
    buf_add(b, payload);
}

/* A picture with everything, from which each test takes something away. */
static struct buf picture(struct arena *a)
{
    struct buf b = buf_new(a);

    add(&b, 'T', STR("image/png"));
    add(&b, 'D', STR("\0\0\x0b\xb8\0\0\x08\x98"));
    add(&b, 'B', STR("\0"));
    add(&b, 'P', STR("\xff\xd8\xff\xe0 picture \xff\xd9"));
    return b;
}

static bool parse(struct buf b, struct inspect_result *r)
{
    bool ok = inspect_parse(b.arena, buf_str(&b), r);

    if (!ok)
        assert_memory_equal(r, &(struct inspect_result){0}, sizeof(*r));
    return ok;
}

static void a_whole_answer_is_read(void **state)
{
    struct buf b = picture(*state);
    struct inspect_result r;

    add(&b, 'E', STR(""));
    assert_true(parse(b, &r));
    assert_true(r.checked);
    assert_text(r.type, "image/png");
    assert_int_equal(r.width, 3000);
    assert_int_equal(r.height, 2200);
    assert_false(r.damaged);
    assert_int_equal(r.preview.n, 15);
}

static void a_type_alone_is_an_answer(void **state)
{
    struct buf b = buf_new(*state);
    struct inspect_result r;

    add(&b, 'T', STR("application/octet-stream"));
    add(&b, 'E', STR(""));
    assert_true(parse(b, &r));
    assert_int_equal(r.width, 0);
    assert_int_equal(r.preview.n, 0);
}

static void an_answer_cut_anywhere_is_no_answer(void **state)
{
    struct buf b = picture(*state);
    struct inspect_result r;

    add(&b, 'E', STR(""));
    for (size_t n = 0; n < b.n; n++)
        assert_false(inspect_parse(*state, str_sub(buf_str(&b), 0, n), &r));
    buf_addc(&b, 'E');
    assert_false(parse(b, &r));
}

static void frames_that_repeat_or_come_in_the_wrong_order_are_refused(void **state)
{
    static const char *const orders[] = {"TT",  "TDD", "TBB", "TDPP", "D",   "BT", "E",
                                         "TPD", "TP",  "TEE", "TX",   "T\1", "DT"};
    struct inspect_result r;

    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        struct buf b = buf_new(*state);

        for (const char *k = orders[i]; *k != '\0'; k++)
            add(&b, *k,
                *k == 'T'   ? STR("image/png")
                : *k == 'D' ? STR("\0\0\0\1\0\0\0\1")
                : *k == 'B' ? STR("\1")
                : *k == 'P' ? STR("\xff\xd8\xff\xff\xd9")
                            : STR(""));
        if (strchr(orders[i], 'E') == NULL)
            add(&b, 'E', STR(""));
        assert_false(parse(b, &r));
    }
}

static void types_outside_the_list_are_refused(void **state)
{
    static const char *const wrong[] = {"",         "image/svg+xml",     "text/html", "image/png ",
                                        "image/pn", "image/png\r\nX: y", "IMAGE/PNG"};
    struct inspect_result r;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct buf b = buf_new(*state);

        add(&b, 'T', str_of(wrong[i]));
        add(&b, 'E', STR(""));
        assert_false(parse(b, &r));
        assert_null(inspect_known(str_of(wrong[i])));
    }
    assert_string_equal(inspect_known(STR("application/pdf")), "application/pdf");
}

static void assert_payload_refused(struct arena *a, const char *type, char kind, struct str payload)
{
    struct buf b = buf_new(a);
    struct inspect_result r;

    add(&b, 'T', str_of(type));
    if (kind == 'P')
        add(&b, 'D', STR("\0\0\0\1\0\0\0\1"));
    add(&b, kind, payload);
    add(&b, 'E', STR(""));
    assert_false(parse(b, &r));
}

static void payloads_outside_their_limits_are_refused(void **state)
{
    struct arena *a = *state;
    char *big = arena_alloc(a, INSPECT_PREVIEW_MAX + 1);

    assert_payload_refused(a, "image/png", 'D', STR("\0\0\0\0\0\0\0\1"));
    assert_payload_refused(a, "image/png", 'D', STR("\0\0\0\1\0\0\0\0"));
    assert_payload_refused(a, "image/png", 'D', STR("\0\x0f\x42\x41\0\0\0\1"));
    assert_payload_refused(a, "image/png", 'D', STR("\xff\xff\xff\xff\0\0\0\1"));
    assert_payload_refused(a, "image/png", 'D', STR("\0\0\0\1\0\0\0"));
    assert_payload_refused(a, "image/png", 'D', STR("\0\0\0\1\0\0\0\1\0"));
    assert_payload_refused(a, "application/pdf", 'D', STR("\0\0\0\1\0\0\0\1"));
    assert_payload_refused(a, "image/png", 'B', STR("\2"));
    assert_payload_refused(a, "image/png", 'B', STR(""));
    assert_payload_refused(a, "image/png", 'B', STR("\0\0"));
    assert_payload_refused(a, "image/png", 'P', STR(""));
    assert_payload_refused(a, "image/png", 'P', STR("<html>\xff\xd9"));
    assert_payload_refused(a, "image/png", 'P', STR("\xff\xd8\xff\xe0 no end"));
    assert_payload_refused(a, "image/png", 'E', STR("x"));
    memcpy(big, "\xff\xd8\xff", 3);
    memcpy(big + INSPECT_PREVIEW_MAX - 1, "\xff\xd9", 2);
    assert_payload_refused(a, "image/png", 'P', str_bytes(big, INSPECT_PREVIEW_MAX + 1));
}

static void a_length_beyond_the_end_is_refused(void **state)
{
    struct inspect_result r;

    assert_false(inspect_parse(*state, STR("T\xff\xff\xff\xffimage/png"), &r));
    assert_false(inspect_parse(*state, STR("T\0\0\0\nimage/png"), &r));
    assert_false(inspect_parse(*state, (struct str){NULL, 0}, &r));
}

/* ---- the process ---- */

/* The spawner of a program that is this shell script. */
static struct inspect *script(struct arena *a, const char *lines)
{
    static const struct config config = {.user_prefix = {NULL, 0}};
    const char *path =
        unit_file(a, unit_folder(a), "inspect", str_fmt(a, "#!/bin/sh\n%s\n", lines));

    assert_int_equal(chmod(path, 0755), 0);
    return inspect_start(a, &config, path);
}

/* A whole answer of type text/plain. */
#define ANSWER "printf 'T\\000\\000\\000\\012text/plainE\\000\\000\\000\\000'"

/* Ends the spawner as the end of the program does, and sees that it goes. */
static void stop(struct inspect *ins)
{
    (void)close(ins->fd);
    assert_int_equal(waitpid(inspect_pid(ins), NULL, 0), inspect_pid(ins));
}

static void an_answer_comes_back_through_the_pipes(void **state)
{
    struct arena *a = *state;
    struct inspect *ins = script(a, "[ \"$(cat)\" = 'hello world' ] && " ANSWER);
    struct inspect_job *job = inspect_open(a, ins, -1);
    struct inspect_result r;

    inspect_feed(job, STR("hello "));
    inspect_feed(job, STR("world"));
    r = inspect_close(job);
    assert_true(r.checked);
    assert_text(r.type, "text/plain");
    assert_false(inspect_run(a, ins, -1, STR("bye")).checked);
    stop(ins);
}

static void the_child_has_no_environment_and_three_descriptors(void **state)
{
    struct arena *a = *state;
    const char *folder = unit_folder(a);
    struct inspect *ins = script(
        a,
        str_z(a,
              str_fmt(a,
                      "cat > /dev/null; /usr/bin/env > %s/env; ls -1 /proc/$$/fd > %s/fd; " ANSWER,
                      folder, folder)));
    char text[400];
    ssize_t n;
    int fd;

    assert_true(inspect_run(a, ins, -1, STR("x")).checked);
    stop(ins);
    fd = open(str_z(a, str_fmt(a, "%s/env", folder)), O_RDONLY);
    n = read(fd, text, sizeof(text));
    assert_true(n > 0);
    /* PWD, and OLDPWD or _, are the shell's own. */
    assert_true(str_find(str_bytes(text, (size_t)n), STR("OMP_THREAD_LIMIT=1"), 0) != SIZE_MAX);
    assert_true(str_find(str_bytes(text, (size_t)n), STR("PATH="), 0) == SIZE_MAX);
    (void)close(fd);
    fd = open(str_z(a, str_fmt(a, "%s/fd", folder)), O_RDONLY);
    n = read(fd, text, sizeof(text));
    (void)close(fd);
    /* From 10 on they are the shell's own; what the spawner holds would be below. */
    assert_true(str_starts(str_bytes(text, (size_t)n), STR("0\n1\n")));
    for (char digit = '3'; digit <= '9'; digit++)
        assert_true(str_find(str_bytes(text, (size_t)n), str_fmt(a, "\n%c\n", digit), 0) ==
                    SIZE_MAX);
}

static void a_child_that_dies_or_fails_gives_no_answer(void **state)
{
    static const char *const lines[] = {"exit 1",     "kill -9 $$",        "cat; exit 0",
                                        "printf 'T'", ANSWER "; printf x", "exec cat /dev/zero"};
    struct arena *a = *state;

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct inspect *ins = script(a, lines[i]);
        char *big = arena_alloc(a, 3 << 20); /* more than a pipe holds */

        assert_false(inspect_run(a, ins, -1, str_bytes(big, 3 << 20)).checked);
        stop(ins);
    }
}

#define DIED "\"child-died\",\"detail\":\"signal\",\"number\":31"

/* Standard error, a file, has the words; the asker and the spawner both write there. */
static bool is_told(const char *words)
{
    char text[4096];
    ssize_t n = pread(STDERR_FILENO, text, sizeof text, 0);

    return n > 0 && str_find(str_bytes(text, (size_t)n), str_of(words), 0) != SIZE_MAX;
}

/* Runs one that a refused call ends, and waits until the spawner has said so. */
static void refused_call(void *ctx)
{
    struct inspect *ins = script(ctx, "kill -s SYS $$");
    int64_t until = clock_monotonic_ms() + 5000;

    assert_false(inspect_run(ctx, ins, -1, STR("x")).checked);
    while (!is_told(DIED) && clock_monotonic_ms() < until)
        (void)usleep(10000);
    stop(ins);
}

static void a_child_that_its_sandbox_ends_is_in_the_log(void **state)
{
    struct str log = unit_stderr_of(*state, refused_call, *state);

    assert_true(str_find(log, STR(DIED), 0) != SIZE_MAX);
}

static void a_child_that_reads_nothing_but_answers_is_heard(void **state)
{
    struct arena *a = *state;
    struct inspect *ins = script(a, ANSWER);
    char *big = arena_alloc(a, 3 << 20);

    assert_true(inspect_run(a, ins, -1, str_bytes(big, 3 << 20)).checked);
    stop(ins);
}

static bool gone_within(pid_t pid, int64_t ms)
{
    int64_t until = clock_monotonic_ms() + ms;

    while (kill(pid, 0) == 0 && clock_monotonic_ms() < until)
        (void)usleep(10000);
    return kill(pid, 0) != 0;
}

static void a_child_whose_asker_is_gone_is_killed(void **state)
{
    struct arena *a = *state;
    const char *folder = unit_folder(a);
    struct inspect *ins = script(
        a, str_z(a, str_fmt(a, "echo $$ > %s/new; mv %s/new %s/pid; exec 1>&-; exec sleep 60",
                            folder, folder, folder)));
    char *path = str_z(a, str_fmt(a, "%s/pid", folder));
    char text[16] = "";
    int64_t pid = 0;
    int fd;

    /* It closes its output at once: no answer, and the asker goes on while the child would sleep. */
    assert_false(inspect_run(a, ins, -1, STR("x")).checked);
    fd = open(path, O_RDONLY);
    assert_true(fd >= 0 && read(fd, text, sizeof(text) - 1) > 0);
    (void)close(fd);
    assert_true(str_int(str_trim(str_of(text)), 2, INT32_MAX, &pid));
    assert_true(gone_within((pid_t)pid, 5000));
    stop(ins);
}

static void without_a_spawner_or_slot_nothing_could_be_checked(void **state)
{
    static const struct config config = {.user_prefix = {NULL, 0}};
    static const struct config users = {.user_prefix = {"aiddesk-", 8}};
    struct arena *a = *state;

    assert_null(inspect_start(a, &config, "/nowhere/aiddesk-inspect"));
    assert_false(inspect_run(a, NULL, -1, STR("x")).checked);
    if (geteuid() == 0)
        assert_null(inspect_start(a, &users, "/bin/true"));
}

static void several_processes_share_one_spawner(void **state)
{
    struct arena *a = *state;
    struct inspect *ins = script(a, "read x; " ANSWER);
    pid_t pids[6];
    int status = 0;

    for (size_t i = 0; i < 6; i++) {
        pids[i] = fork();
        assert_true(pids[i] >= 0);
        if (pids[i] == 0)
            _exit(inspect_run(a, ins, -1, STR("line\n")).checked ? 0 : 1);
    }
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_int_equal(status, 0);
    }
    stop(ins);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(a_whole_answer_is_read),
        unit_test_of(a_type_alone_is_an_answer),
        unit_test_of(an_answer_cut_anywhere_is_no_answer),
        unit_test_of(frames_that_repeat_or_come_in_the_wrong_order_are_refused),
        unit_test_of(types_outside_the_list_are_refused),
        unit_test_of(payloads_outside_their_limits_are_refused),
        unit_test_of(a_length_beyond_the_end_is_refused),
        unit_test_of(an_answer_comes_back_through_the_pipes),
        unit_test_of(the_child_has_no_environment_and_three_descriptors),
        unit_test_of(a_child_that_dies_or_fails_gives_no_answer),
        unit_test_of(a_child_that_its_sandbox_ends_is_in_the_log),
        unit_test_of(a_child_that_reads_nothing_but_answers_is_heard),
        unit_test_of(a_child_whose_asker_is_gone_is_killed),
        unit_test_of(without_a_spawner_or_slot_nothing_could_be_checked),
        unit_test_of(several_processes_share_one_spawner),
    };

    (void)signal(SIGPIPE, SIG_IGN); /* as serve does */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
