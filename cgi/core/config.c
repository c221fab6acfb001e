/*
 * The table below is the documentation of the settings: name, type, default, range.  A value that is out of its range ends the start
 * with a sentence that says what to write instead, because a service that guesses its own origin or limits is worse than one that waits.
 */
#include "core/config.h"

#include <stddef.h>
#include <string.h>

#include "core/arena.h"
#include "core/load.h"

#ifndef AIDDESK_DATA_DIR
#define AIDDESK_DATA_DIR "/usr/share/aiddesk"
#endif

enum { FILE_MAX = 64 * 1024, TEXT_MAX = 500 };

/* A socket path has at most 107 bytes; the longest name behind the folder is /aiddesk-account-upload.sock and some room. */
enum { SOCKET_DIR_MAX = 72 };

enum type {
    TEXT,      /* anything on one line, max bytes */
    ORIGIN,    /* scheme://host[:port] */
    FOLDER,    /* absolute path, max bytes; never empty: "" would be the root of the file system */
    FILE_PATH, /* absolute path, or empty */
    WORD,      /* [A-Za-z0-9_.-]*, max bytes */
    DATABASE,  /* libpq host: an absolute folder or host names */
    KEY_HEX,   /* 64 hexadecimal digits, or empty */
    SMTP_URL,  /* smtp:// or smtps://, or empty */
    ADDRESS,   /* one mail address, or empty */
    LISTEN,    /* loopback address:port, or empty */
    INT,       /* min .. max */
    BOOL       /* yes or no */
};

struct setting {
    const char *name;
    enum type type;
    size_t offset;       /* in struct config */
    const char *initial; /* default as it would be written; NULL = mandatory */
    int64_t min, max;    /* INT: range; texts: bytes (0 = TEXT_MAX) */
};

#define AT(field) offsetof(struct config, field)

static const struct setting settings[] = {
    {"public_origin", ORIGIN, AT(public_origin), NULL, 0, 0},
    {"database", DATABASE, AT(database), "/var/run/postgresql", 0, 0},
    {"database_port", INT, AT(database_port), "5432", 1, 65535},
    {"database_name", WORD, AT(database_name), "aiddesk", 1, 63},
    {"socket_dir", FOLDER, AT(socket_dir), "/run/aiddesk", 0, SOCKET_DIR_MAX},
    {"keys_dir", FOLDER, AT(keys_dir), "", 0, 0}, /* default: keys/ beside the file */
    {"data_dir", FOLDER, AT(data_dir), AIDDESK_DATA_DIR, 0, 0},
    {"run_dir", FOLDER, AT(run_dir), "/run/aiddesk", 0, 0},
    {"user_prefix", WORD, AT(user_prefix), "aiddesk-", 0, 20},
    {"recovery_public", KEY_HEX, AT(recovery_public), "", 0, 0},
    {"smtp_url", SMTP_URL, AT(smtp_url), "", 0, 0},
    {"smtp_user", TEXT, AT(smtp_user), "", 0, 0},
    {"smtp_password_file", FILE_PATH, AT(smtp_password_file), "", 0, 0},
    {"smtp_ca_file", FILE_PATH, AT(smtp_ca_file), "", 0, 0},
    {"mail_from", ADDRESS, AT(mail_from), "", 0, 254},
    {"organisation_zh", TEXT, AT(organisation_zh), "", 0, 200},
    {"organisation_en", TEXT, AT(organisation_en), "", 0, 200},
    {"metrics_listen", LISTEN, AT(metrics_listen), "", 0, 0},
    {"file_max_bytes", INT, AT(file_max_bytes), "26214400", 1024, 1073741824},
    {"case_max_bytes", INT, AT(case_max_bytes), "104857600", 1024, 10737418240},
    {"case_max_files", INT, AT(case_max_files), "20", 1, 1000},
    {"demo", BOOL, AT(demo), "no", 0, 0},
    {"processes_intake", INT, AT(processes_intake), "3", 1, 64},
    {"processes_track", INT, AT(processes_track), "2", 1, 64},
    {"processes_account", INT, AT(processes_account), "2", 1, 64},
    {"processes_desk", INT, AT(processes_desk), "3", 1, 64},
    {"processes_report", INT, AT(processes_report), "2", 1, 64},
    {"processes_intake_upload", INT, AT(processes_intake_upload), "2", 1, 64},
    {"processes_track_upload", INT, AT(processes_track_upload), "2", 1, 64},
    {"processes_desk_upload", INT, AT(processes_desk_upload), "2", 1, 64},
};

enum { N_SETTINGS = sizeof settings / sizeof settings[0] };

static bool only(struct str s, const char *more)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

        if (!letter && strchr(more, c) == NULL)
            return false;
    }
    return true;
}

/* host[:port] or [v6][:port]; *host without the port. */
static bool split_host(struct str s, struct str *host)
{
    struct str rest;
    int64_t port;

    if (str_starts(s, STR("["))) {
        size_t end = str_find(s, STR("]"), 0);

        if (end == SIZE_MAX || end < 3 || !only(str_sub(s, 1, end - 1), ":."))
            return false;
        *host = str_sub(s, 0, end + 1);
        rest = str_sub(s, end + 1, s.n);
        if (rest.n == 0)
            return true;
        return rest.p[0] == ':' && str_int(str_sub(rest, 1, rest.n), 1, 65535, &port);
    }
    if (!str_cut(s, ':', host, &rest))
        return host->n != 0 && only(*host, ".-");
    return host->n != 0 && only(*host, ".-") && str_int(rest, 1, 65535, &port);
}

static bool is_loopback(struct str host)
{
    return str_eqz(host, "localhost") || str_eqz(host, "[::1]") || str_eqz(host, "127.0.0.1");
}

/* Origins are compared byte for byte with what browsers send: lower case, no slash at the end.  Plain http only on loopback, where
 * browsers keep Secure cookies out of the way; anywhere else nothing here would be safe. */
static bool is_origin(struct str s)
{
    struct str host;

    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] >= 'A' && s.p[i] <= 'Z')
            return false;
    }
    if (str_starts(s, STR("https://")))
        return split_host(str_sub(s, 8, s.n), &host);
    return str_starts(s, STR("http://")) && split_host(str_sub(s, 7, s.n), &host) &&
           is_loopback(host);
}

static bool is_listen(struct str s)
{
    struct str host;

    return split_host(s, &host) && is_loopback(host) && host.n < s.n;
}

static bool is_address(struct str s)
{
    struct str name, domain;

    return str_cut(s, '@', &name, &domain) && name.n != 0 && domain.n != 0 &&
           only(name, ".!#$%&'*+-/=?^_`{|}~") && only(domain, ".-");
}

static bool is_smtp_url(struct str s)
{
    struct str host;

    if (str_starts(s, STR("smtps://")))
        return split_host(str_sub(s, 8, s.n), &host);
    return str_starts(s, STR("smtp://")) && split_host(str_sub(s, 7, s.n), &host);
}

static bool is_key(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (strchr("0123456789abcdef", s.p[i]) == NULL)
            return false;
    }
    return s.n == 64;
}

/* NULL when the text fits the setting, else what to write instead. */
static const char *check_text(enum type type, struct str s)
{
    switch (type) {
    case ORIGIN:
        return is_origin(s) ? NULL
                            : "write the address that browsers use, without a path, such as "
                              "https://aid.example.org (plain http:// only with 127.0.0.1, [::1] "
                              "or localhost)";
    case FOLDER:
        return s.n != 0 && s.p[0] == '/' ? NULL : "write an absolute path, beginning with /";
    case FILE_PATH:
        return s.n == 0 || s.p[0] == '/' ? NULL : "write an absolute path, beginning with /";
    case WORD:
        return only(s, "_.-") ? NULL : "write letters, digits, '_', '.' and '-' only";
    case DATABASE:
        return only(s, "_.-/,:") ? NULL : "write a socket folder or host names";
    case KEY_HEX:
        return s.n == 0 || is_key(s)
                   ? NULL
                   : "write 64 lower-case hexadecimal digits (aiddesk setup prints them)";
    case SMTP_URL:
        return s.n == 0 || is_smtp_url(s) ? NULL : "write smtp://host:port or smtps://host:port";
    case ADDRESS:
        return s.n == 0 || is_address(s) ? NULL : "write one mail address, name@example.org";
    case LISTEN:
        return s.n == 0 || is_listen(s) ? NULL
                                        : "write a loopback address with a port, such as "
                                          "127.0.0.1:9101";
    case TEXT:
    case INT:
    case BOOL:
        return NULL;
    }
    return NULL;
}

static struct str *text_at(struct config *c, const struct setting *s)
{
    return (struct str *)(void *)((char *)c + s->offset);
}

static bool is_port_text(const struct setting *s)
{
    return s->offset == AT(database_port); /* libpq takes it as text */
}

/* Stores one value.  On error false, and the second half of the sentence in *why. */
static bool store(struct arena *a, struct config *c, const struct setting *s, struct str value,
                  struct str *why)
{
    int64_t max = s->max == 0 ? TEXT_MAX : s->max, n;
    const char *wrong;

    if (s->type == BOOL) {
        bool yes = str_eqz(value, "yes");

        *why = STR("write yes or no");
        memcpy((char *)c + s->offset, &yes, sizeof yes);
        return yes || str_eqz(value, "no");
    }
    if (s->type == INT) {
        *why = str_fmt(a, "write a number from %lld to %lld", (long long)s->min, (long long)s->max);
        if (!str_int(value, s->min, s->max, &n))
            return false;
        if (is_port_text(s))
            *text_at(c, s) = value;
        else
            memcpy((char *)c + s->offset, &n, sizeof n);
        return true;
    }
    *why = str_fmt(a, "write %lld to %lld bytes", (long long)s->min, (long long)max);
    if (value.n > (size_t)max || value.n < (size_t)s->min)
        return false;
    wrong = check_text(s->type, value);
    *why = str_of(wrong);
    *text_at(c, s) = value;
    return wrong == NULL;
}

static const struct setting *find(struct str name)
{
    for (size_t i = 0; i < N_SETTINGS; i++) {
        if (str_eqz(name, settings[i].name))
            return &settings[i];
    }
    return NULL;
}

/* One line of the file.  seen: line numbers by setting, 0 = not yet. */
static bool take_line(struct arena *a, struct config *c, struct str line, size_t number,
                      size_t seen[N_SETTINGS], struct str *why)
{
    const struct setting *s;
    struct str name, value;

    line = str_trim(line);
    if (line.n == 0 || line.p[0] == '#')
        return true;
    if (!str_cut(line, '=', &name, &value)) {
        *why = STR("no '='; write: name = value");
        return false;
    }
    name = str_trim(name);
    s = find(name);
    if (s == NULL) {
        *why = str_fmt(a, "unknown setting \"%.*s\"; remove the line or correct the name",
                       STR_ARG(str_first(name, 60)));
        return false;
    }
    if (seen[s - settings] != 0) {
        *why = str_fmt(a, "%s was set in line %zu already; keep one of them", s->name,
                       seen[s - settings]);
        return false;
    }
    seen[s - settings] = number;
    if (store(a, c, s, str_dup(a, str_trim(value)), &value))
        return true;
    *why = str_fmt(a, "%s: %.*s", s->name, STR_ARG(value));
    return false;
}

static void set_defaults(struct arena *a, struct config *c)
{
    struct str ignored;

    for (size_t i = 0; i < N_SETTINGS; i++) {
        if (settings[i].initial != NULL)
            (void)store(a, c, &settings[i], str_of(settings[i].initial), &ignored);
    }
}

/* What follows from several settings, or from where the file stands. */
static bool complete(struct arena *a, const char *path, struct config *c, struct str *problem)
{
    const char *slash = strrchr(path, '/');

    if (c->public_origin.n == 0) {
        *problem = str_fmt(a,
                           "%s: public_origin is missing; write: public_origin = "
                           "https://your.address",
                           path);
        return false;
    }
    if (c->case_max_bytes < c->file_max_bytes) {
        *problem = str_fmt(a, "%s: case_max_bytes is less than file_max_bytes; write at least %lld",
                           path, (long long)c->file_max_bytes);
        return false;
    }
    if (c->smtp_url.n != 0 && c->mail_from.n == 0) {
        *problem = str_fmt(a,
                           "%s: smtp_url is set and mail_from is not; write: mail_from = "
                           "name@your.address",
                           path);
        return false;
    }
    if (c->keys_dir.n == 0)
        c->keys_dir =
            slash == NULL ? STR("keys") : str_fmt(a, "%.*s/keys", (int)(slash - path), path);
    c->loopback_plain = str_starts(c->public_origin, STR("http://"));
    return true;
}

bool config_load(struct arena *a, const char *path, struct config *out, struct str *problem)
{
    size_t seen[N_SETTINGS] = {0};
    struct config c = {0};
    struct str rest, line, why;

    if (!load_text(a, path, FILE_MAX, &rest, problem))
        return false;
    set_defaults(a, &c);
    for (size_t number = 1; rest.n != 0; number++) {
        (void)str_cut(rest, '\n', &line, &rest);
        if (!take_line(a, &c, line, number, seen, &why)) {
            *problem = str_fmt(a, "%s, line %zu: %.*s", path, number, STR_ARG(why));
            return false;
        }
    }
    if (!complete(a, path, &c, problem))
        return false;
    *out = c;
    return true;
}
