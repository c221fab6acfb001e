/* Rows of a report as page, chart and CSV: the same rows in all three. */
#include "report/report.h"

#include "core/arena.h"
#include "core/buf.h"
#include "core/chart.h"
#include "core/csv.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/session.h"
#include "core/vocab.h"

static struct figures figures_new(struct request *req, size_t n)
{
    struct figures f = {.n = n};

    f.labels = arena_array(req->arena, n + 1, sizeof *f.labels);
    f.values = arena_array(req->arena, n + 1, sizeof *f.values);
    f.hidden = arena_array(req->arena, n + 1, sizeof *f.hidden);
    return f;
}

struct figures figures_of_split(struct request *req, const struct db_rows *rows,
                                const char *enumeration)
{
    struct figures f = figures_new(req, db_count(rows));

    for (size_t i = 0; i < f.n; i++) {
        f.labels[i] = vocab_label(req, enumeration, db_text(rows, i, "code"));
        f.values[i] = db_int(rows, i, "n");
        f.hidden[i] = db_bool(rows, i, "suppressed");
    }
    return f;
}

struct figures figures_of_series(struct request *req, const struct db_rows *rows,
                                 const char *column)
{
    struct figures f = figures_new(req, db_count(rows));

    for (size_t i = 0; i < f.n; i++) {
        f.labels[i] = db_text(rows, i, "week");
        f.values[i] = db_int(rows, i, column);
        f.hidden[i] = db_bool(rows, i, "suppressed");
    }
    return f;
}

json_t *figure_model(struct request *req, const struct figures *f, const char *title_key, bool line)
{
    struct chart_point *points = arena_array(req->arena, f->n + 1, sizeof *points);
    json_t *model = json_object(), *rows = json_array(), *chart;
    bool any = false;

    for (size_t i = 0; i < f->n; i++) {
        json_t *row = json_object();

        points[i] = (struct chart_point){
            .label = line ? str_sub(f->labels[i], 5, 5) : f->labels[i],
            .value = f->values[i] > 0 ? f->values[i] : 0,
            .suppressed = f->hidden[i],
        };
        any = any || f->values[i] != 0 || f->hidden[i];
        json_set_str(row, "label", f->labels[i]);
        json_set_str(row, "value_text",
                     f->hidden[i] ? locale_textz(req->arena, req->locale, "report.hidden")
                                  : str_fmt(req->arena, "%lld", (long long)f->values[i]));
        (void)json_array_append_new(rows, row);
    }
    chart =
        line ? chart_line(req->arena, points, f->n, "") : chart_bars(req->arena, points, f->n, "");
    json_set_str(chart, "title", locale_textz(req->arena, req->locale, title_key));
    json_set_str(model, "figure_title", locale_textz(req->arena, req->locale, title_key));
    json_set_new(model, "chart", chart);
    json_set_new(model, "rows", rows);
    json_set_bool(model, "some", any);
    return model;
}

enum err figures_csv(struct request *req, struct reply *rep, const struct figures *f,
                     const char *file)
{
    struct buf out = buf_new(req->arena);
    struct csv csv = csv_begin(&out);

    csv_cell(&csv, locale_textz(req->arena, req->locale, "report.csv.label"));
    csv_cell(&csv, locale_textz(req->arena, req->locale, "report.csv.count"));
    csv_cell(&csv, locale_textz(req->arena, req->locale, "report.csv.hidden"));
    csv_end_row(&csv);
    for (size_t i = 0; i < f->n; i++) {
        csv_cell(&csv, f->labels[i]);
        if (f->hidden[i])
            csv_cell(&csv, STR(""));
        else
            csv_cell_int(&csv, f->values[i]);
        csv_cell(&csv,
                 locale_textz(req->arena, req->locale, f->hidden[i] ? "shared.yes" : "shared.no"));
        csv_end_row(&csv);
    }
    reply_header(rep, "Content-Disposition",
                 str_fmt(req->arena, "attachment; filename=\"%s.csv\"", file));
    return reply_raw(rep, "text/csv; charset=utf-8", buf_str(&out));
}

struct str report_bearer(const struct request *req)
{
    if (req->session == NULL || (req->who & WHO_USER) == 0)
        return STR("");
    return session_bearer(req->session);
}

struct str duration_text(struct request *req, int64_t minutes)
{
    json_t *values = json_object();
    int64_t tenths = (minutes * 10 + 720) / 1440;
    struct str text;

    json_set_str(
        values, "days",
        str_fmt(req->arena, "%lld.%lld", (long long)(tenths / 10), (long long)(tenths % 10)));
    text = locale_text(req->arena, req->locale, "report.days", values);
    json_decref(values);
    return text;
}

enum err add_data_note(struct request *req, json_t *model)
{
    struct db_rows *rows = NULL;
    enum err err = db_read0(req->db, "report.today", &rows);

    if (err == ERR_OK)
        json_set_str(model, "as_of",
                     locale_datetime(req->arena, req->locale, db_time(rows, 0, "now")));
    return err;
}
