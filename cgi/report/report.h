/*
 * report: platform status pages, desk reports, releases of statistics.  Aggregates and frozen exports only.  One capability, one file; the
 * route table is in main.c.
 */
#ifndef AIDDESK_REPORT_REPORT_H
#define AIDDESK_REPORT_REPORT_H

#include "core/reply.h"

struct db_rows;

/* A table of codes and counts, as page, chart and CSV show it: the same rows in all three. */
struct figures {
    struct str *labels; /* what stands in the first column */
    int64_t *values;
    bool *hidden;       /* suppressed */
    size_t n;
};

/* Rows of report.split: codes become labels of the enumeration. */
struct figures figures_of_split(struct request *req, const struct db_rows *rows, const char *enumeration);
/* One column of report.series: weeks become dates. */
struct figures figures_of_series(struct request *req, const struct db_rows *rows, const char *column);
/* {"chart": geometry with title, "rows": [{label, value_text}], "any": bool} for the partial report/figure.  line: over time. */
json_t *figure_model(struct request *req, const struct figures *f, const char *title_key, bool line);
/* The same rows as CSV; suppressed cells are empty with a mark in the last column. */
enum err figures_csv(struct request *req, struct reply *rep, const struct figures *f, const char *file);
/* The bearer of the signed-in person, or the empty slice for the public pages (SQL null). */
struct str report_bearer(const struct request *req);
/* Minutes as days with one decimal, in words. */
struct str duration_text(struct request *req, int64_t minutes);
/* The foot of every page: as of when, self-reported. */
enum err add_data_note(struct request *req, json_t *model);

enum err platforms_show(struct request *req, struct reply *rep);
enum err platform_show(struct request *req, struct reply *rep);
enum err platform_csv(struct request *req, struct reply *rep);
enum err reports_show(struct request *req, struct reply *rep);
enum err reports_platforms(struct request *req, struct reply *rep);
enum err reports_platform(struct request *req, struct reply *rep);
enum err reports_csv(struct request *req, struct reply *rep);
enum err exports_show(struct request *req, struct reply *rep);
enum err export_ask(struct request *req, struct reply *rep);
enum err export_show(struct request *req, struct reply *rep);
enum err export_download(struct request *req, struct reply *rep);
enum err export_key(struct request *req, struct reply *rep);
enum err export_key_pem(struct request *req, struct reply *rep);

extern const struct param platform_params[], platform_csv_params[], reports_csv_params[], export_params[], export_path_params[],
    export_file_params[];

#endif
