/* /reports: figures over all platforms, for volunteers, coordinators and regulators. */
#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "report/report.h"

enum { WEEKS = 26 };

static const char *const measures[] = {"closed",         "problem", "product", "filed",
                                       "filing_outcome", "overdue", NULL};

const struct param reports_csv_params[] = {
    {.name = "measure",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED | PARAM_PATH,
     .choices = measures,
     .label = "report.measure"},
    {.name = NULL},
};

struct shown {
    const char *measure;
    const char *enumeration;
    const char *title;
};

static const struct shown shown[] = {
    {"problem", "problem_type", "report.figure.problem"},
    {"product", "product_type", "report.figure.product"},
    {"filed", "channel", "report.figure.filed"},
    {"filing_outcome", "channel_outcome", "report.figure.outcome"},
    {"closed", "closure_reason", "report.figure.closed"},
    {"overdue", "clock_kind", "report.figure.overdue"},
};

static enum err add_one(struct request *req, json_t *figures, const struct shown *s)
{
    struct db_rows *rows = NULL;
    struct figures f;
    json_t *model;
    enum err err =
        db_read(req->db, "report.split", &rows, DB_BYTES("p_session", report_bearer(req)),
                DB_UUID_OR_NULL("p_platform", (struct uuid){{0}}, false),
                DB_TEXT("p_measure", str_of(s->measure)));

    if (err != ERR_OK || db_count(rows) == 0)
        return err;
    f = figures_of_split(req, rows, s->enumeration);
    model = figure_model(req, &f, s->title, false);
    json_set_str(model, "csv", str_fmt(req->arena, "/reports/csv/%s", s->measure));
    (void)json_array_append_new(figures, model);
    return ERR_OK;
}

static enum err add_weeks(struct request *req, json_t *figures)
{
    struct db_rows *rows = NULL;
    struct figures in, out;
    json_t *model;
    enum err err =
        db_read(req->db, "report.series", &rows, DB_BYTES("p_session", report_bearer(req)),
                DB_UUID_OR_NULL("p_platform", (struct uuid){{0}}, false), DB_INT("p_weeks", WEEKS));

    if (err != ERR_OK)
        return err;
    in = figures_of_series(req, rows, "submitted");
    model = figure_model(req, &in, "report.figure.weeks", true);
    json_set_str(model, "csv", STR(""));
    (void)json_array_append_new(figures, model);
    out = figures_of_series(req, rows, "closed");
    model = figure_model(req, &out, "report.figure.weeks_closed", true);
    json_set_str(model, "csv", STR(""));
    (void)json_array_append_new(figures, model);
    return ERR_OK;
}

enum err reports_show(struct request *req, struct reply *rep)
{
    struct db_rows *rows = NULL;
    json_t *model, *figures;
    enum err err =
        db_read(req->db, "report.totals", &rows, DB_BYTES("p_session", report_bearer(req)));

    if (err != ERR_OK)
        return err;
    model = db_row_json(rows, 0);
    figures = json_array();
    json_set_new(model, "figures", figures);
    json_set_z(model, "title_key", "report.title");
    json_set_str(model, "claimed_text",
                 locale_fen(req->arena, req->locale, db_int(rows, 0, "claimed_fen")));
    json_set_str(model, "received_text",
                 locale_fen(req->arena, req->locale, db_int(rows, 0, "received_fen")));
    json_set_bool(model, "has_close", db_int(rows, 0, "close_n") != 0);
    json_set_str(model, "close_median_text", duration_text(req, db_int(rows, 0, "close_median")));
    json_set_str(model, "close_p90_text", duration_text(req, db_int(rows, 0, "close_p90")));
    json_set_bool(model, "has_first_reply", db_int(rows, 0, "reply_n") != 0);
    json_set_str(model, "reply_median_text", duration_text(req, db_int(rows, 0, "reply_median")));
    err = add_weeks(req, figures);
    for (size_t i = 0; err == ERR_OK && i < sizeof shown / sizeof shown[0]; i++)
        err = add_one(req, figures, &shown[i]);
    if (err == ERR_OK)
        err = add_data_note(req, model);
    if (err == ERR_OK)
        return reply_page(rep, "report/totals", model);
    json_decref(model);
    return err;
}

enum err reports_csv(struct request *req, struct reply *rep)
{
    struct str measure = param_text(req, "measure");
    struct db_rows *rows = NULL;
    enum err err = db_read(
        req->db, "report.split", &rows, DB_BYTES("p_session", report_bearer(req)),
        DB_UUID_OR_NULL("p_platform", (struct uuid){{0}}, false), DB_TEXT("p_measure", measure));

    for (size_t i = 0; err == ERR_OK && i < sizeof shown / sizeof shown[0]; i++) {
        if (str_eqz(measure, shown[i].measure)) {
            struct figures f = figures_of_split(req, rows, shown[i].enumeration);

            return figures_csv(req, rep, &f, shown[i].measure);
        }
    }
    return reply_error(req, rep, err == ERR_OK ? ERR_NOT_FOUND : err);
}
