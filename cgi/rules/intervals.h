/*
 * intervals: the statistics of reports (DOMAIN.md §7): an interval beside each share, and medians from mergeable histograms.  The only
 * floating point of the project lives here (STYLE.md §4).
 */
#ifndef AIDDESK_RULES_INTERVALS_H
#define AIDDESK_RULES_INTERVALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct interval {
    double low, high; /* 0 .. 1 */
};

/* Wilson score interval of a share, 95 % (z = 1.96): for small n it stays inside 0 .. 1 where the normal interval does not.
 * hits <= n; n = 0 gives 0 .. 1, "nothing is known". */
struct interval interval_wilson(int64_t hits, int64_t n);
/* A share 0 .. 1 in tenths of a percent, rounded half up: 0.1234 -> 123. */
int64_t interval_permille(double share);

/* One bucket of stat.histogram: bucket = floor(8 * log2(minutes + 1)), so bounds grow by 9 % and histograms of any span merge. */
struct histogram_bucket {
    int64_t bucket; /* 0 .. 512 */
    int64_t n;      /* durations in it, >= 0 */
};

/* Lower bound of a bucket in minutes. */
double histogram_bound(int64_t bucket);
/* The bucket of a duration of minutes >= 0: what SQL computes, for tests. */
int64_t histogram_bucket_of(int64_t minutes);
/* Quantile q (0 < q < 1; 0.5 = median, 0.9 = p90) in minutes, linear inside its bucket.  Buckets in any order.  False when there is no
 * duration at all. */
bool histogram_quantile(const struct histogram_bucket *buckets, size_t n, double q, double *minutes);

#endif
