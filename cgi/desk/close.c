/*
 * /desk/cases/{n}/close: how a case ends, and how it begins again (DOMAIN.md §5.1).  A performed case ends with its outcome once its
 * filings have ended; any other ends with a reason that a coordinator agrees to; a closed one may be opened again for something new.
 * Nothing is closed by one press: the outcome that was chosen comes back as a summary, and that is confirmed.
 */
#include <string.h>

#include "core/arena.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/vocab.h"
#include "desk/settlement.h"

static const char *const events[] = {"open_filings_exist", "no_open_filings", "all_filings_ended",
                                     "close_with_reason", NULL};
static const struct str outcomes[] = {
    {.p = "RESOLVED_FULL", .n = 13}, {.p = "RESOLVED_PART", .n = 13}, {.p = "SETTLED", .n = 7}};

const struct param close_params[] = {
    CASE_ROW,
    {.name = "event",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED | PARAM_HIDDEN,
     .choices = events,
     .label = "settlement.step"},
    {.name = "outcome", .type = PARAM_CODE, .label = "settlement.close.outcome"},
    {.name = "confirmed", .type = PARAM_BOOL, .label = "settlement.close.confirm.do"},
    VERSION_ROW,
    {.name = NULL},
};

/* What was chosen, to be confirmed; change: to be chosen anew. */
const struct param close_page_params[] = {
    CASE_ROW,
    {.name = "event", .type = PARAM_CODE, .choices = events, .label = "settlement.step"},
    {.name = "outcome", .type = PARAM_CODE, .label = "settlement.close.outcome"},
    {.name = "change", .type = PARAM_BOOL, .label = "shared.change"},
    {.name = NULL},
};

const struct param reopen_params[] = {
    CASE_ROW,
    {.name = "channel", .type = PARAM_CODE, .label = "settlement.reopen.channel"},
    VERSION_ROW,
    {.name = NULL},
};

static json_t *reason_options(struct request *req, const struct str *codes, size_t n)
{
    json_t *list = json_owned(req->arena, json_array());

    for (size_t i = 0; i < n; i++) {
        json_t *o = json_object();

        json_set_str(o, "code", codes[i]);
        json_set_str(o, "label", vocab_label(req, "closure_reason", codes[i]));
        (void)json_array_append_new(list, o);
    }
    return list;
}

/* Guards that the form itself answers are not named as missing. */
static bool of_the_form(struct str guard)
{
    return str_eqz(guard, "closure_reason_given") || str_eqz(guard, "new_evidence_or_new_channel");
}

/* What the engine lists for this state: which of the ways is there, and what it waits for. */
static enum err add_ways(struct request *req, const struct open_case *c, json_t *model)
{
    struct db_rows *rows = NULL;
    json_t *waits = json_array();
    enum err err = db_read(req->db, "desk.steps", &rows, DB_BYTES("p_session", desk_bearer(req)),
                           DB_UUID("p_case", c->id));

    json_set_new(model, "waits", waits);
    json_set_bool(model, "may_list", false);
    json_set_bool(model, "may_end", false);
    json_set_bool(model, "may_reason", false);
    json_set_bool(model, "may_reopen", false);
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        struct str event = db_text(rows, i, "event"), *failing = NULL;
        size_t n = db_texts(rows, i, "failing", &failing);
        bool list = str_eqz(event, "open_filings_exist"),
             reason = str_eqz(event, "close_with_reason");
        bool end = str_eqz(event, "no_open_filings") || str_eqz(event, "all_filings_ended");
        bool reopen = str_eqz(event, "reopen") &&
                      str_eq(db_text(rows, i, "to_state"), json_str(model, "reopen_to"));
        int64_t open = json_int(model, "open_filings");

        if (!list && !reason && !end && !reopen)
            continue;
        /* A performed case lists its open filings first, or ends when it has none. */
        if (str_eqz(c->status, "PERFORMED") && list != (open != 0))
            continue;
        if (list)
            json_set_bool(model, "may_list", true);
        if (end) {
            json_set_bool(model, "may_end", true);
            json_set_str(model, "end_event", event);
        }
        if (reason)
            json_set_bool(model, "may_reason", true);
        if (reopen)
            json_set_bool(model, "may_reopen", true);
        for (size_t k = 0; k < n; k++) {
            /* Open filings become tasks with the step itself. */
            if (!of_the_form(failing[k]) && !str_eqz(failing[k], "no_open_filing_or_task_listed"))
                (void)json_array_append_new(
                    waits, json_of_str(desk_text(req, "error.guard.", failing[k])));
        }
    }
    json_set_bool(model, "has_waits", json_array_size(waits) != 0);
    return err;
}

/* What comes back to be confirmed, when the state allows that end: by a GET that names it, or by the confirming POST that failed. */
static void add_confirm(struct request *req, json_t *model)
{
    bool asks = req->route->params == close_page_params;
    bool sent = req->route->params == close_params && param_bool(req, "confirmed");
    struct str event = asks || sent ? param_text(req, "event") : STR("");
    struct str outcome = asks || sent ? param_text(req, "outcome") : STR("");
    bool reason = str_eqz(event, "close_with_reason");
    bool listed = reason
                      ? json_truth(model, "may_reason")
                      : json_truth(model, "may_end") && str_eq(event, json_str(model, "end_event"));
    bool solved = false, confirm;

    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++)
        solved = solved || str_eq(outcome, outcomes[i]);
    confirm = outcome.n != 0 && listed && req->form.errors == 0 &&
              vocab_has(req, "closure_reason", outcome) && !(asks && param_bool(req, "change"));
    json_set_bool(model, "confirm", confirm);
    if (confirm)
        json_set_z(model, "title_key", "settlement.close.confirm.title");
    json_set_str(model, "event", event);
    json_set_str(model, "outcome", outcome);
    json_set_str(model, "outcome_label", vocab_label(req, "closure_reason", outcome));
    json_set_bool(model, "is_reason", reason);
    json_set_bool(model, "nothing_received", solved && json_int(model, "received_fen") == 0);
}

/* The outcome that a form begins with: what was chosen before, or what the record says. */
static json_t *stored_outcome(struct request *req, const char *event, struct str otherwise)
{
    json_t *stored = json_owned(req->arena, json_object());
    bool chosen = req->route->params == close_page_params &&
                  str_eqz(param_text(req, "event"), "close_with_reason") ==
                      (strcmp(event, "close_with_reason") == 0) &&
                  param_text(req, "outcome").n != 0;

    json_set_str(stored, "outcome", chosen ? param_text(req, "outcome") : otherwise);
    return stored;
}

enum err close_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    json_t *model, *closing, *filings = NULL, *end, *reason, *reopen;
    struct str *reasons = NULL;
    size_t n;
    enum err err;

    if (req->staff == NULL)
        return reply_error(req, rep, ERR_SIGNED_OUT);
    err = desk_open(req, &c);
    if (err == ERR_OK)
        err = db_read(req->db, "desk.closing", &rows, DB_BYTES("p_session", desk_bearer(req)),
                      DB_UUID("p_case", c.id));
    if (err == ERR_OK)
        err = settlement_filings(req, &c, &filings);
    if (err != ERR_OK)
        return reply_error(req, rep, err);
    model = desk_form(req, &c, "settlement.close.title", NULL, NULL);
    closing = json_owned(req->arena, db_row_json(rows, 0));
    json_set_int(model, "open_filings", json_int(closing, "open_filings"));
    json_set_str(model, "reopen_to", json_str(closing, "reopen_to"));
    json_set_str(model, "status_label", vocab_label(req, "case_status", c.status));
    json_set_bool(model, "closed", str_eqz(c.status, "CLOSED"));
    json_set_str(model, "closure_label",
                 vocab_label(req, "closure_reason", json_str(closing, "closure_reason")));
    json_set_str(model, "closed_text",
                 db_is_null(rows, 0, "closed_at")
                     ? STR("")
                     : locale_date(req->arena, req->locale, db_time(rows, 0, "closed_at")));
    json_set_str(model, "received_text",
                 locale_fen(req->arena, req->locale, json_int(closing, "amount_received_fen")));
    json_set_str(model, "paid_text",
                 locale_fen(req->arena, req->locale, json_int(closing, "amount_fen")));
    json_set_bool(model, "may_agree", json_truth(closing, "may_agree"));
    json_set_bool(model, "agreed", json_truth(closing, "agreed"));
    json_set_new(model, "filings", json_incref(filings));
    json_set_bool(model, "has_filings", json_array_size(filings) != 0);
    json_set_int(model, "received_fen", json_int(closing, "amount_received_fen"));
    end = form_model(req, close_params,
                     stored_outcome(req, "all_filings_ended", json_str(closing, "success")));
    form_options(end, "outcome",
                 reason_options(req, outcomes, sizeof outcomes / sizeof outcomes[0]));
    form_asked(end, "outcome");
    reason = form_model(req, close_params, stored_outcome(req, "close_with_reason", STR("")));
    form_asked(reason, "outcome");
    n = db_texts(rows, 0, "reasons", &reasons);
    form_options(reason, "outcome", reason_options(req, reasons, n));
    form_attr(reason, "outcome", "label",
              locale_textz(req->arena, req->locale, "settlement.close.reason"));
    reopen = form_model(req, reopen_params, NULL);
    form_options(reopen, "channel", json_owned(req->arena, vocab_options(req, "channel", NULL)));
    json_set_new(model, "end", end);
    json_set_new(model, "reason", reason);
    json_set_new(model, "reopen", reopen);
    json_set_new(model, "form",
                 req->method == METHOD_POST
                     ? json_incref(req->route->params == reopen_params ? reopen : reason)
                     : json_null());
    err = add_ways(req, &c, model);
    if (err != ERR_OK) {
        json_decref(model);
        return reply_error(req, rep, err);
    }
    add_confirm(req, model);
    return reply_page(rep, json_truth(model, "confirm") ? "desk/close_confirm" : "desk/close",
                      model);
}

/* The choice is checked before its summary is shown: a summary of what cannot be would be none. */
static enum err check_choice(struct request *req, const struct open_case *c, struct str event,
                             struct str outcome)
{
    struct db_rows *rows = NULL;
    struct str *reasons = NULL;
    size_t n;
    enum err err = db_read(req->db, "desk.closing", &rows, DB_BYTES("p_session", desk_bearer(req)),
                           DB_UUID("p_case", c->id));

    if (err != ERR_OK)
        return err;
    n = db_texts(rows, 0, "reasons", &reasons);
    for (size_t i = 0; str_eqz(event, "close_with_reason") && i < n; i++) {
        if (str_eq(outcome, reasons[i]))
            return ERR_OK;
    }
    for (size_t i = 0;
         !str_eqz(event, "close_with_reason") && i < sizeof outcomes / sizeof outcomes[0]; i++) {
        if (str_eq(outcome, outcomes[i]))
            return ERR_OK;
    }
    form_error(req, "outcome",
               str_eqz(event, "close_with_reason") ? "settlement.close.error.other"
                                                   : "settlement.close.error.outcome");
    return ERR_FORM;
}

enum err case_close(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct str event = param_text(req, "event"), outcome = param_text(req, "outcome");
    enum err err;

    if (outcome.n == 0 && !str_eqz(event, "open_filings_exist")) {
        form_error(req, "outcome",
                   str_eqz(event, "close_with_reason") ? "settlement.close.error.reason"
                                                       : "settlement.close.error.outcome");
        return reply_form_again(req, rep, ERR_FORM);
    }
    err = desk_open(req, &c);
    if (err == ERR_OK && !param_bool(req, "confirmed") && !str_eqz(event, "open_filings_exist")) {
        err = check_choice(req, &c, event, outcome);
        if (err != ERR_OK)
            return reply_form_again(req, rep, err);
        return reply_see_other(rep, "/desk/cases/%.*s/close?event=%.*s&outcome=%.*s",
                               STR_ARG(c.case_no), STR_ARG(event), STR_ARG(outcome));
    }
    if (err == ERR_OK)
        err = db_write(req->db, "desk.case_close", NULL, DB_BYTES("p_session", desk_bearer(req)),
                       DB_UUID("p_case", c.id), DB_INT("p_version", param_int(req, "version")),
                       DB_TEXT("p_event", event), DB_TEXT_OR_NULL("p_reason", outcome));
    return desk_done(req, rep, err, &c,
                     str_eqz(event, "open_filings_exist") ? "/settlement" : "/close");
}

enum err case_reopen(struct request *req, struct reply *rep)
{
    struct open_case c;
    enum err err = desk_open(req, &c);

    if (err == ERR_OK)
        err = db_write(req->db, "desk.case_reopen", NULL, DB_BYTES("p_session", desk_bearer(req)),
                       DB_UUID("p_case", c.id), DB_INT("p_version", param_int(req, "version")),
                       DB_TEXT_OR_NULL("p_channel", param_text(req, "channel")));
    return desk_done(req, rep, err, &c, "");
}
