/*
 * admin: the operator's command line, `aiddesk`.  It runs as the operator, connects to PostgreSQL as a superuser of his own by peer, and
 * holds no SQL: what it runs are the files of sql/.  A command is one file that defines one struct command, and one row of ADMIN_COMMANDS
 * in commands.h; its words are texts of the catalog "admin".
 */
#ifndef AIDDESK_ADMIN_ADMIN_H
#define AIDDESK_ADMIN_ADMIN_H

#include <jansson.h>

#include "core/config.h"
#include "core/db.h"
#include "core/locale.h"

/* Exit codes. */
enum admin_exit { ADMIN_OK = 0, ADMIN_FAILED = 1, ADMIN_USAGE = 2 };

struct admin;

struct command_option {
    const char *name; /* without the dashes; NULL ends a list */
    bool takes_value; /* --name VALUE or --name=VALUE */
};

struct command {
    const char *name;                     /* as typed: "key init" */
    const char *arguments;                /* what follows the name: "DIR [--keys DIR]"; "" = nothing */
    const char *texts;                    /* prefix of its texts: <texts>.summary, .help, .option.<name> */
    bool needs_config;                    /* the configuration must load before run() */
    size_t words_min, words_max;          /* further arguments */
    const struct command_option *options; /* besides --config, --lang and --help; NULL = none */
    enum admin_exit (*run)(struct admin *ad);
};

enum { ADMIN_OPTIONS_MAX = 8, ADMIN_WORDS_MAX = 8 };

/* The process context. */
struct admin {
    struct arena *arena;                /* as long as the process */
    const struct locale *locale;        /* language of the answers */
    const struct command *command;      /* the one that runs */
    const char *config_path;            /* --config, else the installed one */
    struct config config;               /* zero unless config_ok */
    bool config_ok;                     /* it has been loaded */
    struct str config_problem;          /* why not */
    struct str sql_dir;                 /* folder of the .sql files */
    struct db *db;                      /* opened by admin_db */
    const char *words[ADMIN_WORDS_MAX]; /* arguments behind the command */
    size_t n_words;
    struct command_option set[ADMIN_OPTIONS_MAX]; /* options that were given, by name */
    const char *values[ADMIN_OPTIONS_MAX];        /* their values; "" for flags */
    size_t n_set;
};

/* ---- arguments ---- */
/* Value of an option; NULL when it was not given.  "" for a flag that was given. */
const char *admin_option(const struct admin *ad, const char *name);

/* ---- words ---- */
/* A text of the catalog with values.  values: an object, stolen; NULL = none. */
struct str admin_text(struct admin *ad, const char *key, json_t *values);
/* The text as a line on standard output. */
void admin_say(struct admin *ad, const char *key, json_t *values);
/* The text as a line on standard error, behind "aiddesk: ".  Returns ADMIN_FAILED. */
enum admin_exit admin_fail(struct admin *ad, const char *key, json_t *values);
/* One value for a text: {"name": value}. */
json_t *admin_value(const char *name, struct str value);
json_t *admin_number(const char *name, int64_t value);

/* ---- database ---- */
/* The operator's connection; one request as long as the process. */
struct db *admin_db(struct admin *ad);
/* Runs sql/<name>; rows may be NULL. */
enum err admin_script(struct admin *ad, const char *name, struct db_rows **rows);
/* Says what the database refused: the registry's name and the server's words, which are meant for the operator.  doing: key of a text
 * that says what was tried.  Returns ADMIN_FAILED. */
enum admin_exit admin_db_failed(struct admin *ad, enum err err, const char *doing);

/* ---- files and programs ---- */
/* "<folder>/<name>" with NUL. */
char *admin_path(struct admin *ad, struct str folder, const char *name);
/* Writes a new file with this mode and waits until the disk has it; false with errno when it exists or cannot be written. */
bool admin_write_new(const char *path, struct str content, unsigned mode);
/* Replaces a file in one step, keeping its mode and owner. */
bool admin_replace(struct admin *ad, const char *path, struct str content);
/* Runs a program by name from PATH without a shell and waits; its exit code, or -1.  argv ends with NULL. */
int admin_run(const char *const argv[]);

#endif
