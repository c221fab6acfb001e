/* aiddesk: reads the command line, finds the command, loads configuration and texts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/commands.h"
#include "core/arena.h"
#include "core/json.h"
#include "core/log.h"
#include "core/token.h"

static const struct command *const commands[] = {
#define ADMIN_ROW(name) &command_##name,
    ADMIN_COMMANDS(ADMIN_ROW)
#undef ADMIN_ROW
        NULL,
};

enum { NAME_COLUMN = 16 };

/* What the command line asked for besides a command. */
struct asked {
    bool help;
    const char *lang;
    const char *wrong; /* the argument that nobody knows, or NULL */
};

/* ---- the command line ---- */

static const struct command_option common[] = {
    {"config", true}, {"lang", true}, {"help", false}, {NULL, false}};

static const struct command_option *option_of(const struct command *c, struct str name)
{
    for (const struct command_option *o = common; o->name != NULL; o++)
        if (str_eqz(name, o->name))
            return o;
    for (const struct command_option *o = c == NULL ? NULL : c->options;
         o != NULL && o->name != NULL; o++)
        if (str_eqz(name, o->name))
            return o;
    return NULL;
}

/* The command whose words are the first of the arguments; *used tells how many. */
static const struct command *find_command(struct admin *ad)
{
    for (const struct command *const *c = commands; *c != NULL; c++) {
        struct str rest = str_of((*c)->name);
        struct str word;
        size_t n = 0;
        bool more = true;

        while (more && n < ad->n_words) {
            more = str_cut(rest, ' ', &word, &rest);
            if (!str_eqz(word, ad->words[n]))
                break;
            n++;
            if (!more) {
                ad->n_words -= n;
                memmove(ad->words, ad->words + n, ad->n_words * sizeof ad->words[0]);
                return *c;
            }
        }
    }
    return NULL;
}

static void take_option(struct admin *ad, struct asked *asked, const struct command_option *o,
                        const char *value)
{
    if (strcmp(o->name, "help") == 0)
        asked->help = true;
    else if (strcmp(o->name, "lang") == 0)
        asked->lang = value;
    else if (strcmp(o->name, "config") == 0)
        ad->config_path = value;
    else if (ad->n_set < ADMIN_OPTIONS_MAX) {
        ad->set[ad->n_set] = *o;
        ad->values[ad->n_set++] = value;
    }
}

/* Words first, because they name the command whose options are known then. */
static void take_words(struct admin *ad, int argc, char **argv, struct asked *asked)
{
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) == 0)
            break;
        if (ad->n_words == ADMIN_WORDS_MAX)
            asked->wrong = argv[i];
        else
            ad->words[ad->n_words++] = argv[i];
    }
}

static void take_arguments(struct admin *ad, int argc, char **argv, struct asked *asked)
{
    bool options = false; /* the words before the first option are taken already */

    take_words(ad, argc, argv, asked);
    ad->command = find_command(ad);
    for (int i = 1; i < argc; i++) {
        const struct command_option *o;
        struct str name, value;
        bool joined;

        if (strncmp(argv[i], "--", 2) != 0) {
            if (options && ad->n_words < ADMIN_WORDS_MAX)
                ad->words[ad->n_words++] = argv[i];
            continue;
        }
        options = true;
        joined = str_cut(str_of(argv[i] + 2), '=', &name, &value);
        o = option_of(ad->command, name);
        if (o == NULL || (joined && !o->takes_value) ||
            (o->takes_value && !joined && i + 1 == argc)) {
            asked->wrong = argv[i]; /* --config may still follow, and says where the texts are */
            continue;
        }
        take_option(ad, asked, o, joined ? value.p : o->takes_value ? argv[++i] : "");
    }
    if (ad->command == NULL)
        ad->command = find_command(ad); /* --config and --lang may stand before it */
}

const char *admin_option(const struct admin *ad, const char *name)
{
    for (size_t i = 0; i < ad->n_set; i++)
        if (strcmp(ad->set[i].name, name) == 0)
            return ad->values[i];
    return NULL;
}

/* ---- configuration, texts ---- */

static struct str wanted_language(const struct asked *asked)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    if (asked->lang != NULL)
        return str_starts(str_of(asked->lang), STR("zh")) ? STR("zh-CN") : str_of(asked->lang);
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        struct str value = str_of(getenv(variables[i]));

        if (value.n > 0)
            return str_starts(value, STR("zh")) ? STR("zh-CN") : STR("en");
    }
    return STR("en");
}

/* Texts come from the configured folder, or from the installed one while there is no configuration. */
static bool load_texts(struct admin *ad, const struct asked *asked)
{
    static const char *const parts[] = {"admin", NULL};
    struct str folder = ad->config_ok ? ad->config.data_dir : STR(AIDDESK_DATA_DIR);
    struct str problem = {0};
    struct locales *all = locale_load(ad->arena, folder, parts, &problem);

    if (all == NULL) {
        (void)fprintf(stderr, "aiddesk: %.*s\n", STR_ARG(problem));
        return false;
    }
    ad->locale = locale_get(all, wanted_language(asked));
    if (ad->locale == NULL)
        ad->locale = locale_get(all, STR("en"));
    return ad->locale != NULL;
}

static void load_config(struct admin *ad)
{
    ad->config_ok = config_load(ad->arena, ad->config_path, &ad->config, &ad->config_problem);
    if (!ad->config_ok)
        memset(&ad->config, 0, sizeof ad->config);
    /* Installed, sql/ stands beside the templates; in the source tree beside cgi/, which holds them. */
    ad->sql_dir = str_fmt(ad->arena, "%.*s/sql",
                          STR_ARG(ad->config_ok ? ad->config.data_dir : STR(AIDDESK_DATA_DIR)));
    if (ad->config_ok && access(str_z(ad->arena, ad->sql_dir), R_OK) != 0)
        ad->sql_dir = str_fmt(ad->arena, "%.*s/../sql", STR_ARG(ad->config.data_dir));
}

/* One row; the key of its text is prefix and last, with _ for -. */
static void show_row(struct admin *ad, const char *name, const char *prefix, const char *last)
{
    char *key = str_z(ad->arena, str_fmt(ad->arena, "%s%s", prefix, last));
    struct str text;

    for (char *p = strchr(key, '-'); p != NULL; p = strchr(p, '-'))
        *p = '_';
    text = admin_text(ad, key, NULL);
    (void)printf("  %-*s %.*s\n", NAME_COLUMN, name, STR_ARG(text));
}

static void show_options(struct admin *ad, const struct command_option *options, const char *texts)
{
    char *prefix = str_z(ad->arena, str_fmt(ad->arena, "%s.option.", texts));

    for (const struct command_option *o = options; o != NULL && o->name != NULL; o++)
        show_row(ad, str_z(ad->arena, str_fmt(ad->arena, "--%s", o->name)), prefix, o->name);
}

static void show_commands(struct admin *ad)
{
    admin_say(ad, "admin.usage", NULL);
    for (const struct command *const *c = commands; *c != NULL; c++)
        show_row(ad, (*c)->name, (*c)->texts, ".summary");
    (void)printf("\n");
    admin_say(ad, "admin.usage_options", NULL);
    show_options(ad, common, "admin");
}

static void show_help(struct admin *ad, const struct command *c)
{
    (void)printf("aiddesk %s %s\n\n", c->name, c->arguments);
    admin_say(ad, str_z(ad->arena, str_fmt(ad->arena, "%s.help", c->texts)), NULL);
    if (c->options != NULL)
        (void)printf("\n");
    show_options(ad, c->options, c->texts);
}

static enum admin_exit wrong_argument(struct admin *ad, const char *argument)
{
    (void)admin_fail(ad, "admin.wrong_argument", admin_value("argument", str_of(argument)));
    return ADMIN_USAGE;
}

static enum admin_exit run(struct admin *ad, const struct asked *asked)
{
    const struct command *c = ad->command;

    if (asked->wrong != NULL)
        return wrong_argument(ad, asked->wrong);
    if (c == NULL && ad->n_words > 0)
        return wrong_argument(ad, ad->words[0]);
    if (c == NULL) {
        show_commands(ad);
        return asked->help ? ADMIN_OK : ADMIN_USAGE;
    }
    if (asked->help || ad->n_words < c->words_min || ad->n_words > c->words_max) {
        show_help(ad, c);
        return asked->help ? ADMIN_OK : ADMIN_USAGE;
    }
    if (c->needs_config && !ad->config_ok)
        return admin_fail(ad, "admin.config_wrong", admin_value("problem", ad->config_problem));
    return c->run(ad);
}

int main(int argc, char **argv)
{
    struct admin ad = {.config_path = AIDDESK_CONFIG};
    struct asked asked = {0};
    enum admin_exit code = ADMIN_FAILED;

    (void)umask(077);
    token_init();
    json_init();
    log_open("aiddesk", LOG_ERROR_ + 1); /* the operator gets sentences instead */
    ad.arena = arena_new(256UL * 1024);
    take_arguments(&ad, argc, argv, &asked);
    load_config(&ad);
    if (load_texts(&ad, &asked))
        code = run(&ad, &asked);
    db_close(ad.db);
    arena_free(ad.arena);
    if (fflush(stdout) != 0)
        code = ADMIN_FAILED;
    return (int)code;
}
