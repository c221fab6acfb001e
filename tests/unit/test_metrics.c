#include "unit.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/metrics.h"

static const struct route routes[] = {
    {.name = "start", .method = METHOD_GET, .path = "/"},
    {.name = "add", .method = METHOD_POST, .path = "/cases/{n}/notes"},
};

static struct str text_of(struct arena *a, const char *run_dir)
{
    struct buf out = buf_new(a);

    metrics_text(a, run_dir, &out);
    return buf_str(&out);
}

static void assert_has(struct str text, const char *line)
{
    if (str_find(text, str_of(line), 0) == SIZE_MAX)
        fail_msg("no \"%s\" in\n%.*s", line, STR_ARG(text));
}

static void requests_of_all_processes_are_counted(void **state)
{
    const char *dir = unit_folder(*state);
    struct metrics *m = metrics_open(*state, dir, "intake", routes, 2);
    int status;
    pid_t pid;

    metrics_request(m, &routes[0], 200, 3);
    metrics_request(m, &routes[0], 200, 12);
    metrics_request(m, NULL, 404, 1);
    pid = fork();
    if (pid == 0) {
        metrics_request(m, &routes[1], 422, 20000);
        metrics_count(m, "csrf_refused");
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    struct str text = text_of(*state, dir);

    assert_has(text, "aiddesk_requests_total{program=\"intake\",method=\"GET\",route=\"/\","
                     "status=\"2xx\"} 2\n");
    assert_has(text, "aiddesk_requests_total{program=\"intake\",method=\"POST\","
                     "route=\"/cases/{n}/notes\",status=\"4xx\"} 1\n");
    assert_has(text, "aiddesk_requests_total{program=\"intake\",method=\"\",route=\"\","
                     "status=\"4xx\"} 1\n");
    assert_has(text, "route=\"/\",le=\"5\"} 1\n");
    assert_has(text, "route=\"/\",le=\"25\"} 2\n");
    assert_has(text, "route=\"/\",le=\"+Inf\"} 2\n");
    assert_has(text, "route=\"/cases/{n}/notes\",le=\"10000\"} 0\n");
    assert_has(text, "aiddesk_request_milliseconds_sum{program=\"intake\",method=\"GET\","
                     "route=\"/\"} 15\n");
    assert_has(text, "aiddesk_events_total{program=\"intake\",event=\"csrf_refused\"} 1\n");
}

static void strange_files_are_passed_over(void **state)
{
    const char *dir = unit_folder(*state);
    struct metrics *m = metrics_open(*state, dir, "desk", routes, 2);
    char big[4096];

    metrics_request(m, &routes[0], 200, 1);
    memset(big, 0xFF, sizeof big);
    memcpy(big, "ADMETR1", 8);
    (void)unit_file(*state, dir, "metrics/empty", STR(""));
    (void)unit_file(*state, dir, "metrics/text", STR("hello"));
    (void)unit_file(*state, dir, "metrics/lies", str_bytes(big, sizeof big));
    assert_has(text_of(*state, dir), "program=\"desk\"");
    assert_int_equal(str_find(text_of(*state, dir), STR("\xFF"), 0), SIZE_MAX);
}

static void without_a_folder_counting_goes_on(void **state)
{
    struct metrics *m = metrics_open(*state, "/nonexistent/folder", "desk", routes, 2);

    assert_non_null(m);
    metrics_request(m, &routes[0], 200, 1);
    metrics_count(m, "watchdog");
    metrics_request(NULL, &routes[0], 200, 1);
    metrics_count(NULL, "watchdog");
    assert_int_equal(text_of(*state, "/nonexistent/folder").n > 0, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(requests_of_all_processes_are_counted),
        unit_test_of(strange_files_are_passed_over),
        unit_test_of(without_a_folder_counting_goes_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
