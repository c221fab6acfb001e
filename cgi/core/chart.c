#include "core/chart.h"

#include "core/arena.h"
#include "core/buf.h"
#include "core/json.h"

/* Units of the view box.  640 wide: on a phone of 320 px text of 20 units is 10 px high, and the table beside it has the same figures. */
enum {
    WIDTH = 640,
    BAR_LEFT = 10, /* so that the figure under the zero line is whole */
    BAR_HEIGHT = 26,
    BAR_STEP = 64,    /* label line, bar, gap */
    LABEL_DOWN = 20,  /* base line of the label */
    BAR_DOWN = 28,    /* upper edge of the bar */
    VALUE_ROOM = 130, /* right of the longest bar, for its figure */
    AXIS_ROOM = 34,
    LINE_LEFT = 90,
    LINE_RIGHT = 600,
    LINE_TOP = 36,
    LINE_BOTTOM = 236,
    LINE_HEIGHT = 276,
    TICKS = 4,
    HATCH_STEP = 8
};

/* "1,760" */
static struct str grouped(struct arena *a, int64_t value)
{
    struct buf b = buf_new(a);
    int64_t unit = 1;

    while (unit <= value / 1000)
        unit *= 1000;
    buf_printf(&b, "%lld", (long long)(value / unit));
    for (unit /= 1000; unit > 0; unit /= 1000)
        buf_printf(&b, ",%03lld", (long long)(value / unit % 1000));
    return buf_str(&b);
}

/* Step of 1 to 5 times a power of ten so that TICKS steps reach the largest value. */
static int64_t nice_step(int64_t largest)
{
    int64_t power = 1;

    for (;;) {
        static const int64_t factors[] = {1, 2, 3, 4, 5};

        for (size_t i = 0; i < sizeof factors / sizeof factors[0]; i++) {
            int64_t step;

            if (__builtin_mul_overflow(power, factors[i], &step) || step > INT64_MAX / TICKS)
                return INT64_MAX / TICKS;
            if (step * TICKS >= largest)
                return step;
        }
        if (__builtin_mul_overflow(power, 10, &power))
            return INT64_MAX / TICKS;
    }
}

static int64_t largest_of(const struct chart_point *points, size_t n)
{
    int64_t largest = 0;

    for (size_t i = 0; i < n; i++) {
        if (!points[i].suppressed && points[i].value > largest)
            largest = points[i].value;
    }
    return largest;
}

/* value of 0 .. top as a length of 0 .. room, rounded. */
static int64_t scaled(int64_t value, int64_t top, int64_t room)
{
    long double exact = (long double)value * (long double)room / (long double)top;

    return (int64_t)(exact + 0.5L);
}

static json_t *frame(const char *kind, int64_t height, const char *unit, bool any)
{
    json_t *chart = json_object();

    json_set_bool(chart, kind, true);
    json_set_int(chart, "width", WIDTH);
    json_set_int(chart, "height", height);
    json_set_z(chart, "unit", unit);
    json_set_bool(chart, "any", any);
    return chart;
}

static void add_grid(struct arena *a, json_t *axis, const int64_t line[4], const int64_t text[2],
                     int64_t value, const char *unit)
{
    static const char *const keys[] = {"x1", "y1", "x2", "y2"};
    json_t *tick = json_object();
    struct str figure = grouped(a, value);

    for (size_t i = 0; i < 4; i++)
        json_set_int(tick, keys[i], line[i]);
    json_set_int(tick, "tx", text[0]);
    json_set_int(tick, "ty", text[1]);
    json_set_str(tick, "text",
                 unit[0] == '\0' ? figure : str_fmt(a, "%.*s %s", STR_ARG(figure), unit));
    (void)json_array_append_new(axis, tick);
}

/* Lines at 45 degrees inside a box: a pattern needs an id, and ids of two charts on one page would clash. */
static struct str hatch(struct arena *a, int64_t x, int64_t y, int64_t w, int64_t h)
{
    struct buf b = buf_new(a);

    for (int64_t d = HATCH_STEP; d < w + h; d += HATCH_STEP) {
        int64_t x1 = d > h ? x + d - h : x;
        int64_t y1 = d > h ? y + h : y + d;
        int64_t x2 = d > w ? x + w : x + d;
        int64_t y2 = d > w ? y + d - w : y;

        buf_printf(&b, "M%lld %lldL%lld %lld", (long long)x1, (long long)y1, (long long)x2,
                   (long long)y2);
    }
    return buf_str(&b);
}

static json_t *bar(struct arena *a, const struct chart_point *p, size_t index, int64_t top)
{
    json_t *m = json_object();
    int64_t y = (int64_t)index * BAR_STEP;
    int64_t w = p->suppressed ? 0 : scaled(p->value, top, WIDTH - BAR_LEFT - VALUE_ROOM);

    if (!p->suppressed && p->value > 0 && w < 2)
        w = 2; /* a small value is still seen */
    json_set_str(m, "label", p->label);
    json_set_int(m, "label_x", BAR_LEFT);
    json_set_int(m, "label_y", y + LABEL_DOWN);
    json_set_int(m, "x", BAR_LEFT);
    json_set_int(m, "y", y + BAR_DOWN);
    json_set_int(m, "w", w);
    json_set_int(m, "h", BAR_HEIGHT);
    json_set_str(m, "hatch", hatch(a, BAR_LEFT, y + BAR_DOWN, w, BAR_HEIGHT));
    json_set_str(m, "value_text", p->suppressed ? STR("\u2013") : grouped(a, p->value));
    json_set_int(m, "value_x", BAR_LEFT + w + 8);
    json_set_int(m, "value_y", y + BAR_DOWN + BAR_HEIGHT - 6);
    json_set_bool(m, "suppressed", p->suppressed);
    return m;
}

json_t *chart_bars(struct arena *a, const struct chart_point *points, size_t n, const char *unit)
{
    int64_t step = nice_step(largest_of(points, n));
    int64_t bottom = (int64_t)n * BAR_STEP;
    json_t *chart = frame("bars", bottom + AXIS_ROOM, unit, largest_of(points, n) > 0);
    json_t *axis = json_array();
    json_t *marks = json_array();

    json_set_bool(chart, "line", false);
    for (int64_t i = 0; i <= TICKS; i++) {
        int64_t x = BAR_LEFT + scaled(i, TICKS, WIDTH - BAR_LEFT - VALUE_ROOM);

        add_grid(a, axis, (const int64_t[]){x, 0, x, bottom + 4}, (const int64_t[]){x, bottom + 26},
                 i * step, i == TICKS ? unit : "");
    }
    for (size_t i = 0; i < n; i++)
        (void)json_array_append_new(marks, bar(a, &points[i], i, step * TICKS));
    json_set_new(chart, "axis", axis);
    json_set_new(chart, "marks", marks);
    return chart;
}

/* A label under every k-th point, so that at most six stand side by side; always the last. */
static bool labelled(size_t i, size_t n)
{
    size_t every = (n + 5) / 6;

    return i + 1 == n || (i % every == 0 && n - 1 - i >= every);
}

static json_t *point(struct arena *a, const struct chart_point *p, size_t i, size_t n, int64_t x,
                     int64_t y)
{
    json_t *m = json_object();

    json_set_int(m, "x", x);
    json_set_int(m, "y", y);
    json_set_str(m, "label", p->label);
    json_set_int(m, "label_x", x);
    json_set_int(m, "label_y", LINE_BOTTOM + 28);
    json_set_bool(m, "show_label", labelled(i, n));
    json_set_str(m, "value_text", p->suppressed ? STR("\u2013") : grouped(a, p->value));
    json_set_int(m, "value_x", x);
    json_set_int(m, "value_y", p->suppressed ? LINE_BOTTOM - 8 : y - 12);
    json_set_bool(m, "show_value", n <= 12 || i + 1 == n);
    json_set_bool(m, "suppressed", p->suppressed);
    return m;
}

static void end_path(json_t *paths, struct buf *d)
{
    if (d->n == 0)
        return;

    json_t *path = json_object();

    json_set_str(path, "d", buf_str(d));
    (void)json_array_append_new(paths, path);
    d->n = 0;
}

json_t *chart_line(struct arena *a, const struct chart_point *points, size_t n, const char *unit)
{
    int64_t step = nice_step(largest_of(points, n));
    json_t *chart = frame("line", LINE_HEIGHT, unit, n > 0);
    json_t *axis = json_array();
    json_t *paths = json_array();
    json_t *marks = json_array();
    struct buf d = buf_new(a);

    json_set_bool(chart, "bars", false);
    for (int64_t i = 0; i <= TICKS; i++) {
        int64_t y = LINE_BOTTOM - scaled(i, TICKS, LINE_BOTTOM - LINE_TOP);

        add_grid(a, axis, (const int64_t[]){LINE_LEFT, y, LINE_RIGHT, y},
                 (const int64_t[]){LINE_LEFT - 8, y + 6}, i * step, i == TICKS ? unit : "");
    }
    for (size_t i = 0; i < n; i++) {
        int64_t x = n == 1 ? (LINE_LEFT + LINE_RIGHT) / 2
                           : LINE_LEFT + scaled((int64_t)i, (int64_t)n - 1, LINE_RIGHT - LINE_LEFT);
        int64_t value = points[i].suppressed ? 0 : points[i].value;
        int64_t y = LINE_BOTTOM - scaled(value, step * TICKS, LINE_BOTTOM - LINE_TOP);

        if (points[i].suppressed)
            end_path(paths, &d);
        else
            buf_printf(&d, "%s%lld %lld", d.n == 0 ? "M" : "L", (long long)x, (long long)y);
        (void)json_array_append_new(marks, point(a, &points[i], i, n, x, y));
    }
    end_path(paths, &d);
    json_set_new(chart, "axis", axis);
    json_set_new(chart, "paths", paths);
    json_set_new(chart, "points", marks);
    return chart;
}
