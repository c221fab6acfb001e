/* metrics: counters in memory shared by parent and children; the worker's local address serves them as Prometheus text. Labels come from
 * fixed lists (route pattern, status class), never from requests. */
#ifndef AIDDESK_CORE_METRICS_H
#define AIDDESK_CORE_METRICS_H

#include "core/buf.h"
#include "core/route.h"

struct metrics;

/* Shared memory file <run_dir>/metrics/<program>, made by the parent before fork.  When the file cannot be made the counters stay in
 * anonymous memory and a warning is logged.  NULL never comes back. */
struct metrics *metrics_open(struct arena *a, const char *run_dir, const char *program, const struct route *routes, size_t n);
/* Counts an answered request.  route: NULL = no such page. */
void metrics_request(struct metrics *m, const struct route *route, int status, int64_t ms);
/* One of the fixed names in metrics.c; another one is our bug.  m may be NULL (tests). */
void metrics_count(struct metrics *m, const char *name);
/* Writes the text of every file under run_dir/metrics. */
void metrics_text(struct arena *a, const char *run_dir, struct buf *out);

#endif
