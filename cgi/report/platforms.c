/* /platforms: status reports for everybody, with minimum numbers; /reports/platforms: the same with more, for signed-in people. */
#include "report/report.h"

#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/vocab.h"

enum { WEEKS = 26 };

static const char *const splits[] = {"closed",         "problem", "filed",
                                     "filing_outcome", "overdue", NULL};

const struct param platform_params[] = {
    {.name = "id",
     .type = PARAM_UUID,
     .flags = PARAM_REQUIRED | PARAM_PATH,
     .label = "report.platform"},
    {.name = NULL},
};

const struct param platform_csv_params[] = {
    {.name = "id",
     .type = PARAM_UUID,
     .flags = PARAM_REQUIRED | PARAM_PATH,
     .label = "report.platform"},
    {.name = "measure",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED | PARAM_PATH,
     .choices = splits,
     .label = "report.measure"},
    {.name = NULL},
};

static const char *enumeration_of(struct str measure)
{
    if (str_eqz(measure, "closed"))
        return "closure_reason";
    if (str_eqz(measure, "problem"))
        return "problem_type";
    if (str_eqz(measure, "filing_outcome"))
        return "channel_outcome";
    return str_eqz(measure, "overdue") ? "clock_kind" : "channel";
}

static json_t *platform_list(struct request *req, const struct db_rows *rows, const char *path)
{
    json_t *list = db_rows_json(rows);

    for (size_t i = 0; i < db_count(rows); i++) {
        json_t *row = json_array_get(list, i);

        vocab_add_label(req, row, "status", "platform_status");
        json_set_str(row, "href",
                     str_fmt(req->arena, "%s/%.*s", path, STR_ARG(json_str(row, "id"))));
    }
    return list;
}

enum err platforms_show(struct request *req, struct reply *rep)
{
    struct db_rows *rows = NULL;
    json_t *model;
    enum err err = db_read0(req->db, "report.platforms_public", &rows);

    if (err != ERR_OK)
        return err;
    model = json_object();
    json_set_z(model, "title_key", "report.platforms.title");
    json_set_bool(model, "has_platforms", db_count(rows) != 0);
    json_set_new(model, "platforms", platform_list(req, rows, "/platforms"));
    err = add_data_note(req, model);
    if (err == ERR_OK)
        return reply_page(rep, "report/platforms", model);
    json_decref(model);
    return err;
}

enum err reports_platforms(struct request *req, struct reply *rep)
{
    struct db_rows *rows = NULL;
    json_t *model;
    enum err err = db_read(req->db, "report.platforms_staff", &rows,
                           DB_BYTES("p_session", report_bearer(req)));

    if (err != ERR_OK)
        return err;
    model = json_object();
    json_set_z(model, "title_key", "report.platforms.title");
    json_set_bool(model, "full_view", true);
    json_set_bool(model, "has_platforms", db_count(rows) != 0);
    json_set_new(model, "platforms", platform_list(req, rows, "/reports/platforms"));
    err = add_data_note(req, model);
    if (err == ERR_OK)
        return reply_page(rep, "report/platforms", model);
    json_decref(model);
    return err;
}

static void add_durations(struct request *req, json_t *model, const struct db_rows *rows)
{
    json_set_bool(model, "has_close", db_int(rows, 0, "close_n") != 0);
    json_set_str(model, "close_median_text", duration_text(req, db_int(rows, 0, "close_median")));
    json_set_str(model, "close_p90_text", duration_text(req, db_int(rows, 0, "close_p90")));
    json_set_bool(model, "has_reply", db_int(rows, 0, "reply_n") != 0);
    json_set_str(model, "reply_median_text", duration_text(req, db_int(rows, 0, "reply_median")));
    json_set_str(model, "reply_p90_text", duration_text(req, db_int(rows, 0, "reply_p90")));
    if (!db_bool(rows, 0, "full_view"))
        return;
    json_set_str(model, "claimed_text",
                 locale_fen(req->arena, req->locale, db_int(rows, 0, "claimed_fen")));
    json_set_str(model, "received_text",
                 locale_fen(req->arena, req->locale, db_int(rows, 0, "received_fen")));
}

static enum err add_split(struct request *req, json_t *figures, struct uuid id, struct str bearer,
                          const char *measure, const char *title_key, struct str csv)
{
    struct db_rows *rows = NULL;
    struct figures f;
    json_t *model;
    enum err err = db_read(req->db, "report.split", &rows, DB_BYTES_OR_NULL("p_session", bearer),
                           DB_UUID("p_platform", id), DB_TEXT("p_measure", str_of(measure)));

    if (err != ERR_OK || db_count(rows) == 0)
        return err;
    f = figures_of_split(req, rows, enumeration_of(str_of(measure)));
    model = figure_model(req, &f, title_key, false);
    json_set_str(model, "csv", csv);
    (void)json_array_append_new(figures, model);
    return ERR_OK;
}

static enum err show(struct request *req, struct reply *rep, struct str bearer, const char *base)
{
    struct uuid id = param_uuid(req, "id");
    struct str path = str_fmt(req->arena, "%s/%.*s", base, STR_ARG(uuid_text(req->arena, &id)));
    struct db_rows *rows = NULL, *weeks = NULL;
    struct figures f;
    json_t *model, *figures = json_array(), *line;
    enum err err = db_read(req->db, "report.platform", &rows, DB_BYTES_OR_NULL("p_session", bearer),
                           DB_UUID("p_platform", id));

    if (err == ERR_OK)
        err = db_read(req->db, "report.series", &weeks, DB_BYTES_OR_NULL("p_session", bearer),
                      DB_UUID("p_platform", id), DB_INT("p_weeks", WEEKS));
    if (err != ERR_OK) {
        json_decref(figures);
        return err;
    }
    model = db_row_json(rows, 0);
    json_set_new(model, "figures", figures);
    json_set_str(model, "title", db_text(rows, 0, "name"));
    vocab_add_label(req, model, "status", "platform_status");
    add_durations(req, model, rows);
    f = figures_of_series(req, weeks, "submitted");
    line = figure_model(req, &f, "report.figure.weeks", true);
    json_set_str(line, "csv", STR(""));
    (void)json_array_append_new(figures, line);
    err = add_split(req, figures, id, bearer, "closed", "report.figure.closed",
                    str_fmt(req->arena, "%.*s/csv/closed", STR_ARG(path)));
    if (err == ERR_OK)
        err = add_split(req, figures, id, bearer, "problem", "report.figure.problem",
                        str_fmt(req->arena, "%.*s/csv/problem", STR_ARG(path)));
    if (err == ERR_OK && bearer.n != 0)
        err = add_split(req, figures, id, bearer, "filed", "report.figure.filed",
                        str_fmt(req->arena, "%.*s/csv/filed", STR_ARG(path)));
    if (err == ERR_OK && bearer.n != 0)
        err = add_split(req, figures, id, bearer, "filing_outcome", "report.figure.outcome",
                        str_fmt(req->arena, "%.*s/csv/filing_outcome", STR_ARG(path)));
    if (err == ERR_OK)
        err = add_data_note(req, model);
    if (err == ERR_OK)
        return reply_page(rep, "report/platform", model);
    json_decref(model);
    return err;
}

enum err platform_show(struct request *req, struct reply *rep)
{
    return show(req, rep, STR(""), "/platforms");
}

enum err reports_platform(struct request *req, struct reply *rep)
{
    return show(req, rep, report_bearer(req), "/reports/platforms");
}

/* Exactly the rows of the page. */
enum err platform_csv(struct request *req, struct reply *rep)
{
    bool staff = str_starts(req->path, STR("/reports/"));
    struct uuid id = param_uuid(req, "id");
    struct str measure = param_text(req, "measure");
    struct db_rows *rows = NULL;
    struct figures f;
    enum err err = db_read(req->db, "report.split", &rows,
                           DB_BYTES_OR_NULL("p_session", staff ? report_bearer(req) : STR("")),
                           DB_UUID("p_platform", id), DB_TEXT("p_measure", measure));

    if (err != ERR_OK)
        return reply_error(req, rep, err);
    f = figures_of_split(req, rows, enumeration_of(measure));
    return figures_csv(req, rep, &f,
                       str_z(req->arena, str_fmt(req->arena, "platform-%.*s", STR_ARG(measure))));
}
