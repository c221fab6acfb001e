#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int unit_setup(void **state)
{
    *state = arena_new(64 * 1024);
    return 0;
}

int unit_teardown(void **state)
{
    arena_free(*state);
    return 0;
}

void unit_assert_text(struct str s, const char *expected, const char *file, int line)
{
    if (str_eqz(s, expected))
        return;
    print_error("expected \"%s\"\n", expected);
    print_error("     got \"%.*s\"\n", STR_ARG(s));
    _fail(file, line);
}

static struct str contents(struct arena *a, int fd)
{
    off_t n = lseek(fd, 0, SEEK_END);
    char *p = arena_alloc(a, (size_t)n);

    assert_int_equal(pread(fd, p, (size_t)n, 0), n);
    return str_bytes(p, (size_t)n);
}

struct str unit_stderr_of(struct arena *a, void (*fn)(void *ctx), void *ctx)
{
    int file = memfd_create("stderr", MFD_CLOEXEC);
    int saved = dup(STDERR_FILENO);
    struct str text;

    assert_true(file >= 0 && saved >= 0);
    (void)dup2(file, STDERR_FILENO);
    fn(ctx);
    (void)dup2(saved, STDERR_FILENO);
    text = contents(a, file);
    (void)close(saved);
    (void)close(file);
    return text;
}

int unit_child(struct arena *a, void (*fn)(void *ctx), void *ctx, struct str *out)
{
    int file = memfd_create("stderr", MFD_CLOEXEC);
    int status = 0;
    pid_t pid;

    assert_true(file >= 0);
    (void)fflush(NULL);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)dup2(file, STDERR_FILENO);
        fn(ctx);
        _exit(0);
    }
    while (waitpid(pid, &status, 0) < 0)
        assert_int_equal(errno, EINTR);
    *out = contents(a, file);
    (void)close(file);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

const char *unit_path(struct arena *a, const char *name)
{
    const char *srcdir = getenv("srcdir"); /* set by automake's test harness */

    return str_z(a, str_fmt(a, "%s/tests/unit/%s", srcdir == NULL ? "." : srcdir, name));
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static void remove_all(void *path)
{
    (void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *unit_folder(struct arena *a)
{
    const char *base = getenv("TMPDIR");
    char *path = str_z(a, str_fmt(a, "%s/aiddesk-unit-XXXXXX", base == NULL ? "/tmp" : base));

    assert_non_null(mkdtemp(path));
    arena_defer(a, remove_all, path);
    return path;
}

const char *unit_file(struct arena *a, const char *folder, const char *name, struct str content)
{
    char *path = str_z(a, str_fmt(a, "%s/%s", folder, name));
    FILE *f;

    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(path, 0700);
        *slash = '/';
    }
    f = fopen(path, "we");
    assert_non_null(f);
    assert_int_equal(fwrite(content.n == 0 ? "" : content.p, 1, content.n, f), content.n);
    assert_int_equal(fclose(f), 0);
    return path;
}
