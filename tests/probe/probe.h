/*
 * probe: what somebody who has taken a program over would try (SECURITY.md, W6 and X4).  Each program is linked a second time with one
 * function replaced, so that it tries the step that it is asked for, as the same user and role and from the same sandbox as the program
 * itself: serve_main for FastCGI programs (serve.c), metrics_answer for the worker (work.c), type_of for aiddesk-inspect (decode.c).
 */
#ifndef AIDDESK_TESTS_PROBE_H
#define AIDDESK_TESTS_PROBE_H

#include <stddef.h>

enum { PROBE_ANSWER = 65536 };

/* Tries one step.  words: "STEP ARGUMENT NUMBER", the argument in hex, "-" = none.  out: "done", or the name of the error, or what a step
 * of SQL has to tell. */
void probe_try(const char *words, char out[PROBE_ANSWER]);

/* Steps of SQL, sql.c: NULL when the program has no database.  words as above; true when the step is one of them. */
typedef int (*probe_sql_fn)(const char *step, const char *argument, char out[PROBE_ANSWER]);
extern probe_sql_fn probe_sql;
/* Where the program's database is and as whom it connects. */
void probe_sql_open(const char *host, const char *port, const char *name, const char *role);

#endif
