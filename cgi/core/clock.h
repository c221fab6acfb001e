/*
 * clock: the only source of time in C.  Instants are microseconds since the epoch, UTC.  clock_now adds the offset that core.now() in
 * SQL adds too (DESIGN.md §16: one offset row that only the owner can write, refused outside demo and test); db reads it at connect.
 */
#ifndef AIDDESK_CORE_CLOCK_H
#define AIDDESK_CORE_CLOCK_H

#include "core/str.h"

/* Now, with the offset.  Microseconds since 1970-01-01T00:00:00Z. */
int64_t clock_now(void);
/* Sets the offset in microseconds (called by db after connecting; 0 in production). */
void clock_set_offset(int64_t offset_us);
/* Monotonic milliseconds, for durations and deadlines. */
int64_t clock_monotonic_ms(void);
/* RFC 3339 in UTC with milliseconds, for logs and JSON. */
struct str clock_rfc3339(struct arena *a, int64_t t_us);
/* The same without an arena, with NUL (log lines).  Instants outside the years 1 .. 9999 are clamped to them. */
enum { CLOCK_TEXT_BYTES = sizeof "2026-11-03T00:00:00.000Z" };
void clock_text(int64_t t_us, char out[CLOCK_TEXT_BYTES]);
/* Reads RFC 3339 or PostgreSQL's "2026-11-03 08:00:00.123+00"; false when malformed. */
bool clock_parse(struct str s, int64_t *t_us);
/* Civil date and time of an instant in Asia/Shanghai (UTC+8 since 1991; no daylight saving time). */
struct civil {
    int year, month, day; /* month and day from 1 */
    int hour, minute, second;
    int weekday; /* 0 = Sunday */
};
struct civil clock_civil(int64_t t_us);
/* Days since 1970-01-01 of a civil date; false when there is no such date. */
bool clock_day(int year, int month, int day, int64_t *days);
/* Civil date of a day number. */
struct civil clock_civil_of_day(int64_t days);

#endif
