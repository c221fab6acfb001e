/* sandbox: what a closed-down process can still do, and what ends it (core/sandbox.h).  Each try is a process of its own. */
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/sandbox.h"

enum {
    INTAKE = SANDBOX_SERVE | SANDBOX_INSPECT | SANDBOX_FONTS | SANDBOX_DISK,
    DESK = SANDBOX_SERVE | SANDBOX_INSPECT | SANDBOX_FONTS,
    TRACK = SANDBOX_SERVE | SANDBOX_INSPECT,
    ACCOUNT = SANDBOX_SERVE,
    WORKER = SANDBOX_WORK | SANDBOX_NETWORK | SANDBOX_MAIL,
    REFUSED_CALL = 256 + SIGSYS
};

static const unsigned programs[] = {INTAKE, DESK, TRACK, ACCOUNT, WORKER, SANDBOX_DECODE};
enum { PROGRAMS = sizeof programs / sizeof programs[0] };

/* ---- the lists ---- */

static void intake_makes_at_most_45_calls(void **state)
{
    (void)state;
    assert_in_range(sandbox_calls(INTAKE), 30, 45); /* SECURITY.md, O6 */
    assert_true(sandbox_calls(ACCOUNT) < sandbox_calls(INTAKE));
    assert_in_range(sandbox_calls(SANDBOX_DECODE), 5, 15);
}

static void no_program_has_a_call_that_it_never_needs(void **state)
{
    static const char *const never[] = {"execve",
                                        "execveat",
                                        "fork",
                                        "vfork",
                                        "clone3",
                                        "ptrace",
                                        "kill",
                                        "tkill",
                                        "open",
                                        "openat2",
                                        "creat",
                                        "unlink",
                                        "rename",
                                        "mkdir",
                                        "chmod",
                                        "chown",
                                        "mount",
                                        "umount2",
                                        "unshare",
                                        "setns",
                                        "setuid",
                                        "setresuid",
                                        "setgid",
                                        "setgroups",
                                        "capset",
                                        "bind",
                                        "listen",
                                        "bpf",
                                        "keyctl",
                                        "add_key",
                                        "io_uring_setup",
                                        "perf_event_open",
                                        "process_vm_readv",
                                        "process_vm_writev",
                                        "memfd_create",
                                        "userfaultfd",
                                        "pidfd_open",
                                        "pidfd_getfd",
                                        "init_module",
                                        "kexec_load",
                                        "reboot",
                                        "swapon",
                                        "personality",
                                        "setrlimit",
                                        "prlimit64",
                                        "shmget",
                                        "open_by_handle_at",
                                        "name_to_handle_at",
                                        "inotify_init1",
                                        "fanotify_init"};

    (void)state;
    for (size_t p = 0; p < PROGRAMS; p++)
        for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
            if (sandbox_allows(programs[p], never[i]))
                fail_msg("%s is allowed to %u", never[i], programs[p]);
}

static void files_are_opened_only_where_it_is_needed(void **state)
{
    (void)state;
    assert_true(sandbox_allows(INTAKE, "openat"));
    assert_true(sandbox_allows(WORKER, "openat"));
    assert_false(sandbox_allows(TRACK, "openat"));
    assert_false(sandbox_allows(ACCOUNT, "openat"));
    assert_false(sandbox_allows(SANDBOX_DECODE, "openat"));
    assert_false(sandbox_allows(SANDBOX_DECODE, "socket"));
    assert_false(sandbox_allows(ACCOUNT, "clone"));
    assert_false(sandbox_allows(TRACK, "statfs"));
}

/* ---- in force; under sanitizers the sandbox stays open ---- */
#ifndef __SANITIZE_ADDRESS__

struct attempt {
    const struct sandbox *sandbox;
    int (*what)(void); /* the exit status: 0 = it was done, otherwise the error */
};

static void in_sandbox(void *ctx)
{
    const struct attempt *try = ctx;
    const char *problem = sandbox_enter(try->sandbox);

    if (problem != NULL)
        _exit(100);
    _exit(try->what());
}

static int outcome(struct arena *a, const struct sandbox *sandbox, int (*what)(void))
{
    struct attempt try = {sandbox, what};
    struct str out;

    return unit_child(a, in_sandbox, &try, &out);
}

static int with_needs(struct arena *a, unsigned needs, int (*what)(void))
{
    return outcome(a, &(struct sandbox){.needs = needs}, what);
}

static int result(long rc)
{
    return rc >= 0 ? 0 : errno;
}

static int run_a_program(void)
{
    return result(execve("/bin/true", (char *[]){NULL}, (char *[]){NULL}));
}

static int make_a_process(void)
{
    return result(fork());
}

static int trace_the_parent(void)
{
    return result(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
}

static int end_the_parent(void)
{
    return result(kill(getppid(), 0));
}

static int open_passwd(void)
{
    return result(open("/etc/passwd", O_RDONLY));
}

static int write_a_file(void)
{
    return result(open("/tmp/aiddesk-sandbox", O_WRONLY | O_CREAT, 0600));
}

static int list_fonts(void)
{
    return result(open("/usr/share/fonts", O_RDONLY | O_DIRECTORY));
}

static int internet_socket(void)
{
    return result(socket(AF_INET, SOCK_STREAM, 0));
}

static int unix_socket(void)
{
    return result(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int netlink_socket(void)
{
    return result(socket(AF_NETLINK, SOCK_RAW, 0));
}

static int connect_to(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return fd < 0 ? 99 : result(connect(fd, (const struct sockaddr *)&address, sizeof address));
}

static int connect_to_7(void)
{
    return connect_to(7);
}

static int connect_to_9(void)
{
    return connect_to(9);
}

static int memory_of_code(void)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return result(p == MAP_FAILED ? -1 : munmap(p, 4096));
}

static int write_into_code(void)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return p == MAP_FAILED ? 99 : result(mprotect(p, 4096, PROT_READ | PROT_EXEC));
}

static void *nothing(void *p)
{
    return p;
}

static int use_a_thread(void)
{
    pthread_t thread;
    int rc = pthread_create(&thread, NULL, nothing, NULL);

    return rc != 0 ? rc : pthread_join(thread, NULL);
}

static int fail_an_assertion(void)
{
    abort();
}

static int read_itself(void)
{
    return result(open("/proc/self/mem", O_RDWR));
}

static void what_is_never_needed_ends_the_process(void **state)
{
    for (size_t p = 0; p < PROGRAMS; p++) {
        assert_int_equal(with_needs(*state, programs[p], run_a_program), REFUSED_CALL);
        assert_int_equal(with_needs(*state, programs[p], make_a_process), REFUSED_CALL);
        assert_int_equal(with_needs(*state, programs[p], trace_the_parent), REFUSED_CALL);
        assert_int_equal(with_needs(*state, programs[p], end_the_parent), REFUSED_CALL);
    }
}

static void code_is_not_made(void **state)
{
    for (size_t p = 0; p < PROGRAMS; p++) {
        assert_int_equal(with_needs(*state, programs[p], memory_of_code), EACCES);
        assert_int_equal(with_needs(*state, programs[p], write_into_code), EACCES);
    }
}

static void files_are_refused_but_for_the_list(void **state)
{
    if (sandbox_landlock_abi() == 0) {
        assert_int_equal(with_needs(*state, ACCOUNT, open_passwd), EACCES); /* by seccomp */
        skip();
    }
    assert_int_equal(with_needs(*state, INTAKE, open_passwd), EACCES);
    assert_int_equal(with_needs(*state, INTAKE, read_itself), EACCES);
    assert_int_equal(with_needs(*state, INTAKE, write_a_file), EACCES);
    assert_int_equal(with_needs(*state, WORKER, write_a_file), EACCES);
    assert_int_equal(with_needs(*state, INTAKE, list_fonts), 0);
    assert_int_equal(with_needs(*state, ACCOUNT, list_fonts), EACCES);
    assert_int_equal(with_needs(*state, SANDBOX_DECODE, open_passwd), REFUSED_CALL);
}

static void a_file_of_ones_own_list_may_be_read_and_not_written(void **state)
{
    const char *const read[] = {"/nowhere/at/all", "/etc/passwd", NULL};
    const struct sandbox sandbox = {.needs = SANDBOX_WORK, .read = read};

    if (sandbox_landlock_abi() == 0)
        skip();
    assert_int_equal(outcome(*state, &sandbox, open_passwd), 0);
    assert_int_equal(outcome(*state, &sandbox, list_fonts), EACCES);
}

static void sockets_are_of_the_families_that_are_needed(void **state)
{
    assert_int_equal(with_needs(*state, ACCOUNT, unix_socket), 0);
    assert_int_equal(with_needs(*state, ACCOUNT, internet_socket), REFUSED_CALL);
    assert_int_equal(with_needs(*state, ACCOUNT, netlink_socket), REFUSED_CALL);
    assert_int_equal(with_needs(*state, WORKER, internet_socket), 0);
    assert_int_equal(with_needs(*state, WORKER, netlink_socket), EAFNOSUPPORT);
}

static void connections_go_to_the_ports_of_the_list(void **state)
{
    const struct sandbox sandbox = {.needs = WORKER, .ports = {7}};

    if (sandbox_landlock_abi() < 4)
        skip();
    assert_int_equal(outcome(*state, &sandbox, connect_to_7), ECONNREFUSED);
    assert_int_equal(outcome(*state, &sandbox, connect_to_9), EACCES);
}

static void threads_are_for_who_makes_papers_and_mail(void **state)
{
    assert_int_equal(with_needs(*state, DESK, use_a_thread), 0);
    assert_int_equal(with_needs(*state, WORKER, use_a_thread), 0);
    assert_int_equal(with_needs(*state, ACCOUNT, use_a_thread), REFUSED_CALL);
}

static void an_assertion_is_told_from_a_refused_call(void **state)
{
    assert_int_equal(with_needs(*state, ACCOUNT, fail_an_assertion), 256 + SIGABRT);
    assert_int_equal(with_needs(*state, DESK, fail_an_assertion), 256 + SIGABRT);
}

#endif

int main(void)
{
    const struct CMUnitTest lists[] = {
        unit_test_of(intake_makes_at_most_45_calls),
        unit_test_of(no_program_has_a_call_that_it_never_needs),
        unit_test_of(files_are_opened_only_where_it_is_needed),
    };
    int failed = cmocka_run_group_tests(lists, NULL, NULL);
#ifndef __SANITIZE_ADDRESS__
    const struct CMUnitTest force[] = {
        unit_test_of(what_is_never_needed_ends_the_process),
        unit_test_of(code_is_not_made),
        unit_test_of(files_are_refused_but_for_the_list),
        unit_test_of(a_file_of_ones_own_list_may_be_read_and_not_written),
        unit_test_of(sockets_are_of_the_families_that_are_needed),
        unit_test_of(connections_go_to_the_ports_of_the_list),
        unit_test_of(threads_are_for_who_makes_papers_and_mail),
        unit_test_of(an_assertion_is_told_from_a_refused_call),
    };

    failed += cmocka_run_group_tests(force, NULL, NULL);
#endif
    return failed;
}
