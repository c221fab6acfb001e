/* /complaint/receipt.pdf: the receipt as a paper that is safe to show: it does not hold the tracking code (UX.md §2.7). */
#include "core/arena.h"
#include "core/clock.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/serve.h"
#include "intake/intake.h"
#include "letters/letter.h"

static void step_add(struct request *req, json_t *steps, const char *who_key, const char *what_key,
                     struct str by_day)
{
    json_t *o = json_object();

    json_set_str(o, "who", locale_textz(req->arena, req->locale, who_key));
    json_set_str(o, "what", locale_textz(req->arena, req->locale, what_key));
    if (by_day.n != 0)
        json_set_str(o, "by_day", by_day);
    (void)json_array_append_new(steps, o);
}

static json_t *steps(struct request *req, const struct db_rows *rows)
{
    json_t *list = json_array();
    json_t *row = json_owned(req->arena, db_row_json(rows, 0));
    const json_t *clock = json_array_get(json_object_get(row, "clocks"), 0);
    const char *first = str_eqz(db_text(rows, 0, "lane"), "queue") ? "intake.receipt.next_queue"
                        : db_bool(rows, 0, "assigned")             ? "intake.receipt.next_assigned"
                                                                   : "intake.receipt.next_pool";

    step_add(req, list, "intake.receipt.who.us", first, json_str(clock, "due_on"));
    step_add(req, list, "intake.receipt.who.you", "intake.receipt.next_track", STR(""));
    step_add(req, list, "intake.receipt.who.us", "intake.receipt.next_file", STR(""));
    return list;
}

static enum err model_fill(struct request *req, const struct draft *d, const struct db_rows *rows,
                           json_t *model)
{
    const struct config *c = &req->app->config;
    bool en = str_eqz(STR("en"), request_lang(req));
    struct civil today = clock_civil(clock_now());
    json_t *choices = NULL;
    enum err err = intake_choices(req, &choices);

    if (err == ERR_OK)
        err = files_add(req, d, model);
    if (err != ERR_OK)
        return err;
    json_set_str(model, "case_no", db_text(rows, 0, "case_no"));
    json_set_str(model, "date",
                 str_fmt(req->arena, "%04d-%02d-%02d", today.year, today.month, today.day));
    json_set_str(model, "organisation", en ? c->organisation_en : c->organisation_zh);
    json_set_str(model, "received_at", clock_rfc3339(req->arena, db_time(rows, 0, "submitted_at")));
    json_set_str(model, "platform", db_text(d->rows, 0, "platform"));
    json_set_str(model, "problem_label",
                 choice_label(choices, "problem", db_text(d->rows, 0, "problem")));
    json_set_int(model, "amount_fen", db_int(d->rows, 0, "amount_fen"));
    json_set_new(model, "evidence", json_incref(json_object_get(model, "files")));
    json_set_new(model, "steps", steps(req, rows));
    json_set_str(model, "track_url", str_fmt(req->arena, "%.*s/track", STR_ARG(c->public_origin)));
    return ERR_OK;
}

enum err receipt_pdf(struct request *req, struct reply *rep)
{
    json_t *model = json_owned(req->arena, json_object());
    json_t *missing = json_owned(req->arena, json_array());
    struct db_rows *rows = NULL;
    struct draft *d;
    struct str pdf;
    enum err err = draft_open(req, &d);

    if (err == ERR_OK)
        err = db_write(req->db, "intake.receipt", &rows,
                       DB_BYTES("p_draft", session_bearer(d->session)));
    if (err == ERR_OK)
        err = model_fill(req, d, rows, model);
    if (err == ERR_OK)
        err = letter_receipt(req->arena, req->locale, model, &pdf, missing);
    if (err != ERR_OK)
        return err == ERR_FORM ? ERR_INTERNAL : err; /* nothing of it is optional here */
    reply_header(rep, "Content-Disposition",
                 str_fmt(req->arena, "attachment; filename=\"%.*s.pdf\"",
                         STR_ARG(db_text(rows, 0, "case_no"))));
    reply_header(rep, "X-Content-Type-Options", STR("nosniff"));
    reply_header(rep, "Content-Security-Policy", STR("default-src 'none'; sandbox"));
    return reply_raw(rep, "application/pdf", pdf);
}
