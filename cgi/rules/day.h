/*
 * day: days and minutes as numbers, for rules that compare times.  Deadlines and working days are SQL's (STYLE.md §4); this only reads
 * what papers say.  Times without a zone are Asia/Shanghai, UTC+8.
 */
#ifndef AIDDESK_RULES_DAY_H
#define AIDDESK_RULES_DAY_H

#include "core/str.h"

/* "2026-11-03" -> days since 1970-01-01; false when it is no day of the calendar in 1970 .. 2199. */
bool day_parse(struct str iso, int64_t *days);
/* The same back. */
struct str day_text(struct arena *a, int64_t days);
/* "2026-11-03T14:03", "2026-11-03 14:03:20.5+08", "…Z" -> minutes since the epoch, UTC; false when it is no time.  A day alone is none. */
bool day_minutes(struct str time, int64_t *minutes);
/* The day in Asia/Shanghai on which an instant falls. */
int64_t day_of_minutes(int64_t minutes);

#endif
