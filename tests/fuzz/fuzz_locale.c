/* fuzz_locale: a catalog of texts.  Its folder is real, its file is in memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/json.h"
#include "core/locale.h"
#include "fuzz.h"

static char folder[4096];

static const char *below(const char *name)
{
    static char path[sizeof folder + 64];

    (void)snprintf(path, sizeof path, "%s%s", folder, name);
    return path;
}

static void remove_folder(void)
{
    (void)unlink(below("/locale/zh-CN/shared.json"));
    (void)unlink(below("/locale/zh-CN/format.json"));
    (void)rmdir(below("/locale/zh-CN"));
    (void)rmdir(below("/locale"));
    (void)rmdir(folder);
}

static void make_folder(const char *file)
{
    const char *base = getenv("TMPDIR");
    FILE *f;

    if (folder[0] != '\0')
        return;
    (void)snprintf(folder, sizeof folder, "%s/aiddesk-fuzz-XXXXXX", base == NULL ? "/tmp" : base);
    must(mkdtemp(folder) != NULL);
    (void)atexit(remove_folder);
    must(mkdir(below("/locale"), 0700) == 0 && mkdir(below("/locale/zh-CN"), 0700) == 0);
    f = fopen(below("/locale/zh-CN/format.json"), "we");
    must(f != NULL && fputs("{\"format.x\":\"x\"}", f) >= 0 && fclose(f) == 0);
    must(symlink(file, below("/locale/zh-CN/shared.json")) == 0);
}

/* A text may call itself, 64 deep: one that does so twice would run for long. */
static bool calls_texts(const json_t *text)
{
    return strstr(json_string_value(text), "t/") != NULL;
}

static void check_catalog(struct arena *a, const struct locale *l, struct str input)
{
    json_t *catalog =
        json_parse(a, str_starts(input, STR("\uFEFF")) ? str_sub(input, 3, input.n) : input);
    json_t *values = json_parse(a, STR("{\"n\":3,\"label\":\"<\",\"name\":\"\"}")), *text;
    const char *key;

    must(json_is_object(catalog));
    json_object_foreach(catalog, key, text)
    {
        must(json_is_string(text) && locale_template(l, str_of(key)) != NULL);
        if (!calls_texts(text))
            must(str_is_text(locale_text(a, l, key, values)));
    }
    must(locale_template(l, STR("format.x")) != NULL);
}

void fuzz_one(struct arena *a, struct str input)
{
    struct str problem = {NULL, 0};
    struct locales *all;

    make_folder(fuzz_file(input));
    all = locale_load(a, str_of(folder), NULL, &problem);
    if (all == NULL)
        must(problem.n != 0 && str_is_text(problem));
    else
        check_catalog(a, locale_get(all, STR("zh-CN")), input);
}
