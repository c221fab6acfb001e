/*
 * chart: server-drawn SVG charts.  The module computes geometry only and returns a model; the template shared/chart.mustache draws it, so
 * escaping stays with the engine and no style attribute is needed.  Every chart has its table beside it.
 */
#ifndef AIDDESK_CORE_CHART_H
#define AIDDESK_CORE_CHART_H

#include <jansson.h>

#include "core/str.h"

struct chart_point {
    struct str label; /* x axis or bar label */
    int64_t value;    /* >= 0 */
    bool suppressed;  /* shown as "–", no mark */
};

/* Horizontal bars, labels on the marks.  Result: {"kind":"bars","width","height","bars":[{x,y,w,h,label,value_text,…}],"axis":[…]}. */
json_t *chart_bars(struct arena *a, const struct chart_point *points, size_t n, const char *unit);
/* Line over time (weeks or days). */
json_t *chart_line(struct arena *a, const struct chart_point *points, size_t n, const char *unit);

#endif
