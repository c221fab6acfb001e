/*
 * chart: server-drawn SVG charts.  The module computes geometry only and returns a model; the template shared/chart.mustache draws it, so
 * escaping stays with the engine and no style attribute is needed.  Every chart has its table beside it, which is the page's job.
 *
 * Model of both kinds (lengths are integers in units of the view box; texts are ready to show):
 *   {"bars": bool, "line": bool, "width", "height", "unit", "any": bool,      any: at least one mark is drawn
 *    "axis": [{"x1","y1","x2","y2","tx","ty","text"}],                        grid lines with their figures
 *    "marks": [{"x","y","w","h","hatch","label","label_x","label_y","value_text","value_x","value_y","suppressed": bool}],   bars
 *    "paths": [{"d"}], "points": [{"x","y","label","value_text","value_x","value_y","label_x","label_y","show_label","show_value",
 *               "suppressed"}]}                                                line
 * The page adds "title" (one sentence with the finding) to the object before it renders {{> shared/chart}} inside {{#chart}}…{{/chart}}.
 * Marks are told apart from the ground by outline and hatching as well as colour.  Classes (static/app.css, inside .chart): chart-grid,
 * chart-axis, chart-label, chart-value, chart-bar, chart-hatch, chart-line, chart-point, chart-none.
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

/* Horizontal bars, labels on the marks.  n 0 .. 200.  unit: text after the figures of the axis, may be "".  New reference. */
json_t *chart_bars(struct arena *a, const struct chart_point *points, size_t n, const char *unit);
/* Line over time (weeks or days); broken where a value is suppressed.  n 0 .. 400.  New reference. */
json_t *chart_line(struct arena *a, const struct chart_point *points, size_t n, const char *unit);

#endif
