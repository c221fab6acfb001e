/*
 * config: one file, "name = value" lines, '#' comments; unknown or repeated settings are refused with the line number (DESIGN.md §16).
 * Values come from the table in config.c, which holds name, type, default and range of every setting.  Keys are files of their own in
 * the keys/ folder beside it (mode 0400).
 */
#ifndef AIDDESK_CORE_CONFIG_H
#define AIDDESK_CORE_CONFIG_H

#include "core/str.h"

struct config {
    struct str public_origin;   /* mandatory, e.g. "http://127.0.0.1:8080"; Origin check, cookies, links in mail */
    bool loopback_plain;        /* http on loopback: cookies without the __Host- prefix and Secure, port in the name */
    struct str database;        /* libpq host (socket folder) */
    struct str database_port;   /* libpq port */
    struct str database_name;   /* libpq dbname */
    struct str socket_dir;      /* folder of the FastCGI sockets */
    struct str keys_dir;        /* folder of the key files */
    struct str data_dir;        /* templates, texts, static manifest: installed pkgdatadir or the source tree */
    struct str run_dir;         /* pid files, slot file */
    struct str user_prefix;     /* OS users are <prefix>intake …; empty = do not change user (tests without root) */
    struct str recovery_public; /* hex of the recovery public key; empty before setup */
    struct str smtp_url;        /* smtp://host:port or smtps://; empty = mail off */
    struct str smtp_user;       /* may be empty */
    struct str smtp_password_file; /* file with the password; may be empty */
    struct str smtp_ca_file;    /* CA bundle; empty = the system's */
    struct str mail_from;       /* sender address */
    struct str organisation_zh; /* shown on pages and letters */
    struct str organisation_en;
    struct str metrics_listen;  /* 127.0.0.1:port of the worker's Prometheus text; empty = off */
    int64_t file_max_bytes;     /* 25 MB a file */
    int64_t case_max_bytes;     /* 100 MB a case */
    int64_t case_max_files;     /* 20 */
    bool demo;                  /* clock offset and demo data allowed */
    int64_t processes_intake, processes_track, processes_account, processes_desk, processes_report;
    int64_t processes_intake_upload, processes_track_upload, processes_desk_upload;
};

/* Reads the file.  On error returns false and writes one sentence (file, line, what to write instead) to *problem.
 * The strings live in the arena. */
bool config_load(struct arena *a, const char *path, struct config *out, struct str *problem);

#endif
