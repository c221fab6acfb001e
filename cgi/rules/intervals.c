#include "rules/intervals.h"

#include <math.h>

struct interval interval_wilson(int64_t hits, int64_t n)
{
    const double z = 1.959963984540054; /* 97.5th percentile of the normal distribution */

    if (n <= 0)
        return (struct interval){.low = 0.0, .high = 1.0};

    double count = (double)n;
    double p = (double)hits / count;
    double middle = p + z * z / (2.0 * count);
    double half = z * sqrt(p * (1.0 - p) / count + z * z / (4.0 * count * count));
    double scale = 1.0 + z * z / count;

    return (struct interval){.low = fmax(0.0, (middle - half) / scale),
                             .high = fmin(1.0, (middle + half) / scale)};
}

int64_t interval_permille(double share)
{
    return (int64_t)floor(share * 1000.0 + 0.5);
}

double histogram_bound(int64_t bucket)
{
    return exp2((double)bucket / 8.0) - 1.0;
}

int64_t histogram_bucket_of(int64_t minutes)
{
    return (int64_t)floor(8.0 * log2((double)minutes + 1.0));
}

bool histogram_quantile(const struct histogram_bucket *buckets, size_t n, double q, double *minutes)
{
    double total = 0.0;

    for (size_t i = 0; i < n; i++)
        total += (double)buckets[i].n;
    if (total <= 0.0)
        return false;

    /* Walk the buckets in order of their bound without sorting the caller's array: a report has a few dozen. */
    double before = 0.0;
    double target = q * total;
    int64_t last = -1;

    for (;;) {
        const struct histogram_bucket *next = NULL;

        for (size_t i = 0; i < n; i++) {
            if (buckets[i].n > 0 && buckets[i].bucket > last &&
                (next == NULL || buckets[i].bucket < next->bucket))
                next = &buckets[i];
        }
        if (next == NULL)
            return true; /* rounding left the target past the last one: *minutes is its end */

        double here = 0.0;

        for (size_t i = 0; i < n; i++) { /* the same bucket of several days or platforms */
            if (buckets[i].bucket == next->bucket)
                here += (double)buckets[i].n;
        }

        double low = histogram_bound(next->bucket);
        double high = histogram_bound(next->bucket + 1);
        double part = fmin(1.0, (target - before) / here);

        *minutes = low + (high - low) * part;
        if (before + here >= target)
            return true;
        before += here;
        last = next->bucket;
    }
}
