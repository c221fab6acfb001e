/*
 * log: JSON lines on standard error, UTC with milliseconds, allow-listed fields only (a struct, not a printf), so that no path, query,
 * body, header value, cookie, code, name or server message can reach a log by accident (SECURITY.md §7).
 */
#ifndef AIDDESK_CORE_LOG_H
#define AIDDESK_CORE_LOG_H

#include "core/err.h"

enum log_level { LOG_DEBUG_, LOG_INFO_, LOG_WARN_, LOG_ERROR_ };

struct log_line {
    const char *event;      /* what happened, a literal: "request", "start", "seal-refused" … */
    const char *request_id; /* 16 hex digits made by serve, or NULL */
    const char *route;      /* route pattern, never the path; or NULL */
    const char *method;     /* or NULL */
    int status;             /* HTTP status, 0 = none */
    enum err err;           /* ERR_OK = none */
    int64_t ms;             /* duration; written when there is a status, or when it is not 0 */
    int64_t bytes;          /* reply length; as ms */
    const char *role;       /* "anonymous", "volunteer" …, or NULL */
    const char *network;    /* /24 or /48 of the client, or NULL */
    const char *sqlstate;   /* five characters, or NULL */
    const char *constraint; /* name of the violated constraint, or NULL */
    const char *detail;     /* a literal of ours, never text from outside; or NULL */
    int64_t number;         /* a count or id of a process; 0 = none */
};

/* Starts the log for a program.  program: a literal. */
void log_open(const char *program, enum log_level least);
/* Writes one line with one write(2). */
void log_write(enum log_level level, const struct log_line *line);
/* A line with an event and a literal detail only. */
void log_event(enum log_level level, const char *event, const char *detail);
/* LOG_LINE(.event = "start", .number = 3): what is not named is not written. */
#define LOG_LINE(...) (&(struct log_line){__VA_ARGS__})

#endif
