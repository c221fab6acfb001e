/* A real parent with real processes on real sockets, and peers that do not behave. */
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/serve.h"
#include "fcgi_client.h"

/* ---- the program ---- */

enum { BIG = 8 * 1024 * 1024 };

static enum err do_pid(struct request *req, struct reply *rep)
{
    return reply_raw(rep, "text/plain", str_fmt(req->arena, "%d", (int)getpid()));
}

static enum err do_sleep(struct request *req, struct reply *rep)
{
    (void)req;
    (void)rep;
    for (int i = 0; i < 100; i++)
        (void)sleep(1);
    return ERR_INTERNAL;
}

static enum err write_big(struct request *req, struct reply *rep, void *ctx)
{
    static char piece[65536];
    enum err err = ERR_OK;

    (void)req;
    (void)ctx;
    memset(piece, 'b', sizeof piece);
    for (size_t n = 0; n < BIG && err == ERR_OK; n += sizeof piece)
        err = reply_write(rep, str_bytes(piece, sizeof piece));
    return err;
}

static enum err do_big(struct request *req, struct reply *rep)
{
    (void)req;
    return reply_download(rep, "application/octet-stream", STR("big"), "big", BIG, write_big, NULL);
}

static enum err do_press(struct request *req, struct reply *rep)
{
    (void)req;
    return reply_see_other(rep, "/");
}

#define OPEN_GET(nm, pt, fn)                                                                       \
    {                                                                                              \
        .name = (nm), .method = METHOD_GET, .path = (pt), .who = WHO_ANYONE, .handler = (fn)       \
    }

static const struct route routes[] = {
    OPEN_GET("pid", "/pid", do_pid),
    OPEN_GET("sleep", "/sleep", do_sleep),
    OPEN_GET("big", "/big", do_big),
    {.name = "press",
     .method = METHOD_POST,
     .path = "/press",
     .who = WHO_ANYONE,
     .body_max = 100000,
     .handler = do_press},
};

static const char *const no_keys[] = {NULL};
static const struct program program = {.name = "test",
                                       .routes = routes,
                                       .n_routes = sizeof routes / sizeof routes[0],
                                       .key_names = no_keys,
                                       .uploads = true};

/* ---- its installation ---- */

struct service {
    struct arena *arena; /* of the test */
    const char *folder, *config, *socket;
    pid_t pid;
};

static void link_to(struct arena *a, const char *from, const char *folder, const char *name)
{
    char target[4096];

    assert_non_null(realpath(unit_path(a, from), target));
    assert_int_equal(symlink(target, str_z(a, str_fmt(a, "%s/%s", folder, name))), 0);
}

/* Whatever a test asserts: nothing of it goes on running. */
static void end_service(void *p)
{
    pid_t *pid = p;

    if (*pid > 0 && waitpid(*pid, NULL, WNOHANG) == 0) {
        (void)kill(*pid, SIGKILL); /* its children follow */
        (void)waitpid(*pid, NULL, 0);
    }
}

static pid_t start(struct service *s)
{
    pid_t *kept = arena_new_of(s->arena, pid_t);
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        char name[] = "aiddesk-test", option[] = "--config";
        char *argv[] = {name, option, str_z(s->arena, str_of(s->config)), NULL};
        int log = open(str_z(s->arena, str_fmt(s->arena, "%s/log", s->folder)),
                       O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

        if (dup2(log, STDERR_FILENO) < 0)
            _exit(9);
        _exit(serve_main(&program, 3, argv));
    }
    *kept = pid;
    arena_defer(s->arena, end_service, kept);
    return pid;
}

static struct service start_service(struct arena *a)
{
    struct service s = {.arena = a, .folder = unit_folder(a)};

    (void)unit_file(a, s.folder, "static/manifest.json",
                    STR("{\"app.css\":\"a.css\",\"app.js\":\"a.js\",\"icons.svg\":\"i.svg\"}"));
    (void)unit_file(a, s.folder, "views/none", STR(""));
    link_to(a, "../../cgi/locale", s.folder, "locale");
    link_to(a, "../../cgi/views/shared", s.folder, "views/shared");
    s.config = unit_file(a, s.folder, "conf",
                         str_fmt(a,
                                 "public_origin = http://127.0.0.1:8080\nsocket_dir = %s\n"
                                 "run_dir = %s\ndata_dir = %s\nkeys_dir = %s\nuser_prefix =\n",
                                 s.folder, s.folder, s.folder, s.folder));
    s.socket = str_z(a, str_fmt(a, "%s/aiddesk-test.sock", s.folder));
    s.pid = start(&s);
    return s;
}

/* Waits at most `seconds` for the parent's end; its exit code, or -1. */
static int end_of(pid_t pid, int seconds)
{
    int status;

    for (int i = 0; i < seconds * 100; i++) {
        if (waitpid(pid, &status, WNOHANG) == pid)
            return WIFEXITED(status) ? WEXITSTATUS(status) : 1000;
        (void)usleep(10000);
    }
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, &status, 0);
    return -1;
}

static void stop_service(struct service *s)
{
    assert_int_equal(kill(s->pid, SIGTERM), 0);
    assert_int_equal(end_of(s->pid, 15), 0);
}

static struct fcgi_answer get(struct service *s, const char *uri)
{
    return fcgi_ask(s->arena, s->socket,
                    fcgi_request(s->arena, "GET", uri, NULL, NULL, STR(""), 0));
}

static pid_t worker_of(struct service *s)
{
    struct fcgi_answer answer = get(s, "/pid");

    assert_int_equal(answer.status, 200);
    return atoi(str_z(s->arena, answer.body));
}

static bool says(struct service *s, const char *word)
{
    struct str log = {NULL, 0};
    char text[65536];
    FILE *f = fopen(str_z(s->arena, str_fmt(s->arena, "%s/log", s->folder)), "r");
    size_t n = f == NULL ? 0 : fread(text, 1, sizeof text, f);

    if (f != NULL)
        (void)fclose(f);
    log = str_bytes(text, n);
    return str_find(log, str_of(word), 0) != SIZE_MAX;
}

/* ---- tests ---- */

static void a_request_is_answered_and_the_connection_closed(void **state)
{
    struct service s = start_service(*state);
    struct fcgi_answer answer = get(&s, "/pid");
    struct stat st;

    assert_int_equal(answer.status, 200);
    assert_true(answer.ended);
    assert_true(answer.closed); /* though the peer asked to keep it */
    assert_true(str_find(answer.head, STR("Cache-Control: no-store\r\n"), 0) != SIZE_MAX);
    assert_true(str_find(answer.head, STR("Content-Length: "), 0) != SIZE_MAX);
    assert_int_not_equal(atoi(str_z(*state, answer.body)), s.pid);
    assert_int_equal(stat(s.socket, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0660);
    answer =
        fcgi_ask(*state, s.socket, fcgi_request(*state, "HEAD", "/pid", NULL, NULL, STR(""), 0));
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer.body.n, 0);
    answer = get(&s, "/nowhere");
    assert_int_equal(answer.status, 404);
    assert_int_equal(
        fcgi_ask(*state, str_z(*state, str_fmt(*state, "%s/aiddesk-test-upload.sock", s.folder)),
                 fcgi_request(*state, "GET", "/pid", NULL, NULL, STR(""), 0))
            .status,
        200);
    assert_true(says(&s, "\"route\":\"/pid\""));
    assert_true(says(&s, "203.0.113.0/24"));
    assert_false(says(&s, "nowhere"));
    stop_service(&s);
}

static void a_body_must_be_as_long_as_announced(void **state)
{
    struct service s = start_service(*state);
    struct str body = STR("csrf=x"), big = str_fmt(*state, "csrf=%090000d", 1);

    /* Complete: only the token is refused. */
    assert_int_equal(
        fcgi_ask(*state, s.socket, fcgi_request(*state, "POST", "/press", NULL, NULL, body, body.n))
            .status,
        403);
    assert_int_equal(
        fcgi_ask(*state, s.socket, fcgi_request(*state, "POST", "/press", NULL, NULL, big, big.n))
            .status,
        403);
    assert_int_equal(fcgi_ask(*state, s.socket,
                              fcgi_request(*state, "POST", "/press", NULL, NULL, body, body.n + 1))
                         .status,
                     400);
    /* A refused one that is large is read to its end, or nginx would lose the answer. */
    assert_int_equal(
        fcgi_ask(*state, s.socket, fcgi_request(*state, "POST", "/nowhere", NULL, NULL, big, big.n))
            .status,
        404);
    stop_service(&s);
}

static void too_many_parameters_are_refused(void **state)
{
    struct service s = start_service(*state);
    struct buf params = buf_new(*state), b = buf_new(*state);
    struct fcgi_answer answer;

    for (int i = 0; i < 5000; i++)
        fcgi_pair(&params, "HTTP_X", STR("1"));
    fcgi_begin_record(&b);
    fcgi_record(&b, FCGI_PARAMS, buf_str(&params));
    fcgi_record(&b, FCGI_PARAMS, STR(""));
    fcgi_record(&b, FCGI_STDIN, STR(""));
    answer = fcgi_ask(*state, s.socket, buf_str(&b));
    assert_int_equal(answer.status, 431);
    answer = fcgi_ask(*state, s.socket,
                      fcgi_request(*state, "GET", "/pid", "HTTP_COOKIE",
                                   str_z(*state, str_fmt(*state, "a=%070000d", 1)), STR(""), 0));
    assert_int_equal(answer.status, 431);
    answer = fcgi_ask(*state, s.socket,
                      fcgi_request(*state, "GET", "/pid", "REQUEST_METHOD", "POST", STR(""), 0));
    assert_int_equal(answer.status, 400);
    stop_service(&s);
}

static void peers_that_do_not_speak_are_left(void **state)
{
    struct service s = start_service(*state);
    struct buf half = buf_new(*state);
    struct str starts[4];
    pid_t worker = worker_of(&s);

    fcgi_begin_record(&half);
    starts[0] = STR("");
    starts[1] = buf_str(&half);
    starts[2] = STR("GET / HTTP/1.1\r\n\r\n");
    buf_add(&half, str_bytes("\1\4\0\1\0\100\0\0\16\4REQUEST_", 18));
    starts[3] = buf_str(&half);
    for (size_t i = 0; i < 4; i++) {
        int64_t begun = clock_monotonic_ms();
        int fd = fcgi_connect(s.socket);

        assert_true(fcgi_write(fd, starts[i]));
        assert_int_equal(worker_of(&s), worker); /* the only one is free again */
        assert_true(clock_monotonic_ms() - begun < 6000);
        (void)close(fd);
    }
    stop_service(&s);
}

static void who_is_busy_too_long_is_ended_and_replaced(void **state)
{
    struct service s = start_service(*state);
    pid_t worker = worker_of(&s);
    struct fcgi_answer answer = get(&s, "/sleep");

    assert_int_equal(answer.status, 0);
    assert_int_not_equal(worker_of(&s), worker);
    assert_true(says(&s, "watchdog"));
    stop_service(&s);
}

static void dead_processes_are_replaced(void **state)
{
    struct service s = start_service(*state);

    for (int i = 0; i < 3; i++) {
        pid_t worker = worker_of(&s);

        assert_int_equal(kill(worker, SIGKILL), 0);
        assert_int_not_equal(worker_of(&s), worker);
    }
    assert_true(says(&s, "child-died"));
    stop_service(&s);
}

static void hup_restarts_the_processes(void **state)
{
    struct service s = start_service(*state);
    pid_t worker = worker_of(&s);

    assert_int_equal(kill(s.pid, SIGHUP), 0);
    for (int i = 0; i < 500 && worker_of(&s) == worker; i++)
        (void)usleep(10000);
    assert_int_not_equal(worker_of(&s), worker);
    assert_false(says(&s, "child-died"));
    stop_service(&s);
}

static void a_process_leaves_after_many_requests_and_none_is_lost(void **state)
{
    struct service s = start_service(*state);
    pid_t worker = worker_of(&s), last = worker;

    for (int i = 0; i < 2600; i++)
        last = worker_of(&s);
    assert_int_not_equal(last, worker);
    stop_service(&s);
}

static void a_reply_that_has_begun_is_finished_before_the_end(void **state)
{
    struct service s = start_service(*state);
    struct fcgi_answer answer;
    char byte;
    int fd;

    (void)worker_of(&s);
    fd = fcgi_connect(s.socket);
    assert_true(fcgi_write(fd, fcgi_request(*state, "GET", "/big", NULL, NULL, STR(""), 0)));
    assert_int_equal(recv(fd, &byte, 1, MSG_PEEK), 1); /* it is under way */
    assert_int_equal(kill(s.pid, SIGTERM), 0);
    answer = fcgi_read(*state, fd, 2000);
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer.body.n, BIG);
    assert_true(answer.ended);
    assert_int_equal(end_of(s.pid, 10), 0);
}

static void an_idle_program_ends_at_once(void **state)
{
    struct service s = start_service(*state);
    int64_t begun;

    (void)worker_of(&s);
    begun = clock_monotonic_ms();
    stop_service(&s);
    assert_true(clock_monotonic_ms() - begun < 1000);
}

static void a_second_start_is_refused(void **state)
{
    struct service s = start_service(*state);
    pid_t second;

    (void)worker_of(&s);
    second = start(&s);
    assert_int_equal(end_of(second, 10), 1);
    assert_true(says(&s, "running already"));
    (void)worker_of(&s);
    stop_service(&s);
    s.pid = start(&s); /* and afterwards it starts again */
    (void)worker_of(&s);
    stop_service(&s);
}

static void children_do_not_outlive_a_killed_parent(void **state)
{
    struct service s = start_service(*state);
    pid_t worker = worker_of(&s);
    int status;

    assert_int_equal(kill(s.pid, SIGKILL), 0);
    assert_int_equal(waitpid(s.pid, &status, 0), s.pid);
    for (int i = 0; i < 500 && kill(worker, 0) == 0; i++)
        (void)usleep(10000);
    assert_int_equal(kill(worker, 0), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(a_request_is_answered_and_the_connection_closed),
        unit_test_of(a_body_must_be_as_long_as_announced),
        unit_test_of(too_many_parameters_are_refused),
        unit_test_of(peers_that_do_not_speak_are_left),
        unit_test_of(who_is_busy_too_long_is_ended_and_replaced),
        unit_test_of(dead_processes_are_replaced),
        unit_test_of(hup_restarts_the_processes),
        unit_test_of(a_process_leaves_after_many_requests_and_none_is_lost),
        unit_test_of(a_reply_that_has_begun_is_finished_before_the_end),
        unit_test_of(an_idle_program_ends_at_once),
        unit_test_of(a_second_start_is_refused),
        unit_test_of(children_do_not_outlive_a_killed_parent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
