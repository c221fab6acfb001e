/*
 * replay: runs a target over the inputs that are kept, without libFuzzer and with any compiler.  Each input runs whole and cut off at
 * every length: what came in when a line broke is the commonest bad input of all.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/load.h"
#include "fuzz.h"

enum { INPUT_MAX = 1024 * 1024, CUTS_MAX = 2048 };

/* At its exact size in memory of its own, so that a byte read too far is found. */
static void run(const char *p, size_t n)
{
    uint8_t *copy = malloc(n == 0 ? 1 : n);

    must(copy != NULL);
    memcpy(copy, p, n);
    (void)LLVMFuzzerTestOneInput(n == 0 ? copy + 1 : copy, n);
    free(copy);
}

static void run_file(const char *path)
{
    static char bytes[INPUT_MAX];
    FILE *f = fopen(path, "rbe");
    size_t n;

    must(f != NULL);
    n = fread(bytes, 1, sizeof bytes, f);
    (void)fclose(f);
    for (size_t cut = 0; cut < n && cut < CUTS_MAX; cut++)
        run(bytes, cut);
    run(bytes, n);
}

/* The inputs of one folder.  Returns their number. */
static size_t run_folder(struct arena *a, const char *folder, const char *target, size_t before)
{
    const char *path = fuzz_path(a, str_z(a, str_fmt(a, "tests/fuzz/%s/%s", folder, target)));
    struct str *names, problem;
    size_t n;

    if (!load_names(a, path, &names, &n, &problem))
        return 0; /* nothing kept yet */
    for (size_t i = 0; i < n; i++) {
        printf("# %s/%.*s\n", folder, STR_ARG(names[i])); /* first, in case it ends here */
        (void)fflush(stdout);
        run_file(str_z(a, str_fmt(a, "%s/%.*s", path, STR_ARG(names[i]))));
        printf("ok %zu - %s/%.*s\n", before + i + 1, folder, STR_ARG(names[i]));
    }
    return n;
}

int main(int argc, char **argv)
{
    const char *name = strstr(argc > 0 ? argv[0] : "", "fuzz_");
    struct arena *a = arena_new(65536);
    size_t n;

    if (name == NULL)
        return EXIT_FAILURE;
    n = run_folder(a, "corpus", name + strlen("fuzz_"), 0);
    if (n == 0)
        printf("not ok 1 - corpus/%s holds no input\n", name + strlen("fuzz_"));
    else
        n += run_folder(a, "regressions", name + strlen("fuzz_"), n);
    printf("1..%zu\n", n == 0 ? 1 : n);
    arena_free(a);
    return n == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
