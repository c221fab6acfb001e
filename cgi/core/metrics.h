/* metrics: counters in memory shared by parent and children; the worker's local address serves them as Prometheus text. Labels come from
 * fixed lists (route pattern, status class), never from requests. */
#ifndef AIDDESK_CORE_METRICS_H
#define AIDDESK_CORE_METRICS_H

#include "core/buf.h"
#include "core/route.h"

struct metrics;

/* Shared memory file <run_dir>/metrics/<program>, made by the parent before fork. */
struct metrics *metrics_open(struct arena *a, const char *run_dir, const char *program, const struct route *routes, size_t n);
void metrics_request(struct metrics *m, const struct route *route, int status, int64_t ms);
void metrics_count(struct metrics *m, const char *name); /* one of the fixed names in metrics.c */
/* Writes the text of every file under run_dir/metrics. */
void metrics_text(struct arena *a, const char *run_dir, struct buf *out);

#endif
