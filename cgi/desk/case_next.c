/* What the case page offers next: one sentence, the ways to go on, the filings with their dates, and why it is time to escalate. */
#include <string.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/vocab.h"
#include "desk/desk.h"

struct step_link {
    const char *status; /* in which the step is offered */
    const char *page;   /* below the case's address */
    const char *key;    /* text of the link */
    bool first;         /* it is what to do next */
};

static const struct step_link step_links[] = {
    {"TRIAGE", "review", "desk.review.title", true},
    {"TRIAGE", "evidence", "desk.evidence.title", false},
    {"TRIAGE", "ask", "desk.ask.title", false},
    {"TRIAGE", "decline", "desk.decline.title", false},
    {"TRIAGE", "duplicate", "desk.duplicate.title", false},
    {"NEEDS_INFO", "messages", "desk.messages.title", false},
    {"PREPARING", "evidence", "desk.evidence.title", true},
    {"PREPARING", "demands", "filing.demands.title", true},
    {"PREPARING", "ready", "desk.ready.title", true},
    {"NEGOTIATING", "settlement", "settlement.title", true},
    {"SETTLED_PENDING", "settlement", "settlement.title", true},
    {"PERFORMED", "close", "settlement.close.title", true},
    {"PERFORMED", "settlement", "settlement.title", false},
    {"WITHDRAWING", "settlement", "settlement.title", true},
    {"WITHDRAWING", "close", "settlement.close.title", false},
    {"READY", "channels", "filing.channels.title", true},
    {"READY", "demands", "filing.demands.title", false},
    {"IN_PROGRESS", "channels", "filing.channels.title", false},
    {"IN_PROGRESS", "messages", "desk.messages.title", false},
    {"ESCALATION_DUE", "channels", "filing.channels.title", true},
    {"ESCALATION_DUE", "wait", "filing.wait.title", false},
    {"NEGOTIATING", "channels", "filing.channels.title", false},
    {"LITIGATION", "settlement", "settlement.title", false},
    {"LITIGATION", "close", "settlement.close.title", false},
    {"ENFORCEMENT", "settlement", "settlement.title", false},
    {"ENFORCEMENT", "close", "settlement.close.title", false},
    {"DECLINED", "review", "desk.review.title", false},
    {"CLOSED", "close", "settlement.reopen.title", false},
};

void case_next(struct request *req, const struct open_case *c, const struct db_rows *rows,
               json_t *model)
{
    json_t *next = json_object(), *links = json_array();
    struct str due = db_text(rows, 0, "next_due_on"), status = db_text(rows, 0, "status");
    bool work =
        db_bool(rows, 0, "accepted") || !db_bool(rows, 0, "mine") || db_bool(rows, 0, "closed");

    json_set_str(next, "text",
                 work ? desk_text(req, "desk.next.", status)
                      : locale_textz(req->arena, req->locale, "desk.next.accept"));
    json_set_str(next, "who", desk_text(req, "desk.who.", db_text(rows, 0, "waiting_on")));
    json_set_bool(next, "date_text", false);
    json_set_bool(next, "overdue",
                  !db_is_null(rows, 0, "next_due_at") &&
                      db_time(rows, 0, "next_due_at") <= clock_now());
    if (due.n != 0 && !db_bool(rows, 0, "closed"))
        json_set_str(next, "date_text", locale_day(req->arena, req->locale, due));
    json_set_new(model, "next", next);
    for (size_t i = 0; work && i < sizeof step_links / sizeof step_links[0]; i++) {
        json_t *o;

        if (!str_eqz(status, step_links[i].status))
            continue;
        o = json_object();
        json_set_str(
            o, "href",
            str_fmt(req->arena, "/desk/cases/%.*s/%s", STR_ARG(c->case_no), step_links[i].page));
        json_set_str(o, "text", locale_textz(req->arena, req->locale, step_links[i].key));
        json_set_bool(o, "first", step_links[i].first);
        (void)json_array_append_new(links, o);
    }
    json_set_bool(model, "has_step_links", json_array_size(links) != 0);
    json_set_new(model, "step_links", links);
}

static enum err add_reasons(struct request *req, const struct open_case *c, json_t *model)
{
    bool en = strcmp(request_lang(req), "en") == 0;
    struct db_rows *rows = NULL;
    json_t *list = json_array();
    enum err err = db_read(req->db, "desk.escalation", &rows,
                           DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", c->id));

    json_set_new(model, "reasons", list);
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++)
        (void)json_array_append_new(
            list,
            json_of_str(str_fmt(req->arena, "%.*s · %.*s",
                                STR_ARG(vocab_label(req, "channel", db_text(rows, i, "channel"))),
                                STR_ARG(db_text(rows, i, en ? "label_en" : "label_zh")))));
    json_set_bool(model, "has_reasons", json_array_size(list) != 0);
    return err;
}

enum err case_filings(struct request *req, const struct open_case *c, json_t *model)
{
    struct db_rows *rows = NULL;
    json_t *list = json_array();
    enum err err = db_read(req->db, "desk.filings", &rows, DB_BYTES("p_session", desk_bearer(req)),
                           DB_UUID("p_case", c->id));

    json_set_new(model, "filings", list);
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        json_t *row = db_row_json(rows, i);

        vocab_add_label(req, row, "channel", "channel");
        vocab_add_label(req, row, "outcome", "channel_outcome");
        vocab_add_label(req, row, "next_kind", "clock_kind");
        json_set_str(row, "label", vocab_label(req, "filing_status", db_text(rows, i, "status")));
        json_set_str(row, "tone", desk_filing_tone(db_text(rows, i, "status")));
        json_set_str(row, "next_text",
                     db_is_null(rows, i, "next_on")
                         ? STR("")
                         : locale_day(req->arena, req->locale, db_text(rows, i, "next_on")));
        json_set_str(row, "submitted_text",
                     db_is_null(rows, i, "submitted_at")
                         ? STR("")
                         : locale_date(req->arena, req->locale, db_time(rows, i, "submitted_at")));
        (void)json_array_append_new(list, row);
    }
    json_set_bool(model, "has_filings", json_array_size(list) != 0);
    return err == ERR_OK ? add_reasons(req, c, model) : err;
}
