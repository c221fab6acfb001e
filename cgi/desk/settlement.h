/*
 * settlement: what the pages of settlement, withdrawal and closing share.  The settlement (和解) of a case, its filings with opened
 * numbers, papers that the service makes, and remarks of rules beside the fields of a form.
 */
#ifndef AIDDESK_DESK_SETTLEMENT_H
#define AIDDESK_DESK_SETTLEMENT_H

#include "core/db.h"
#include "desk/desk.h"
#include "rules/settlement.h"

/* The settlement under way or the last one: one row of desk.settlement.  ERR_NOT_FOUND when the case never had one. */
enum err settlement_read(struct request *req, const struct open_case *c, struct db_rows **rows);
/* Filings that were sent, open ones first: [{id, channel, channel_label, status_label, filing_no, filed_text, is_open, may_withdraw, task,
 * warned}].  *out lives in the arena. */
enum err settlement_filings(struct request *req, const struct open_case *c, json_t **out);
/* Files of the case that people gave (desk.files lists no papers of the service), for choosing one: sets the options of field "stored". */
enum err settlement_file_options(struct request *req, const struct open_case *c, json_t *form);
/* Name and SHA-256 of a stored file: {"name","sha256","href"}; *out lives in the arena, NULL for a nil id. */
enum err settlement_file(struct request *req, const struct open_case *c, const struct db_rows *rows, const char *column, json_t **out);
/* "2026-11-03" of an instant in Asia/Shanghai. */
struct str settlement_day(struct request *req, int64_t t_us);
/* Sets name, contact and the like of the parties from the agreement: opened terms, or NULL without.  Lives in the arena. */
enum err settlement_terms(struct request *req, const struct open_case *c, const struct db_rows *rows, json_t **out);

/* A remark of a rule beside a field and in the error summary; further remarks of the same field join it.  replace: the field's first
 * remark takes the place of the message that the form put there. */
void settlement_mark(struct request *req, json_t *form, const char *name, struct str text, bool replace);
/* The errors and the notice of the form that was sent, whichever of the page's it was. */
json_t *settlement_sent_form(struct request *req);
/* Whether a step of desk.settlement_steps is possible now.  ERR_TRANSITION when it is not. */
enum err settlement_may(struct request *req, const struct open_case *c, const char *step);

/* The terms of an agreement: case, settlement, filings and kept model; terms stays NULL while nothing was typed. */
enum err terms_read(struct request *req, struct open_case *c, struct db_rows **rows, json_t **filings, json_t **terms);
/* Names the filings that the model chose ("filing_ids") as they are now: its "filings" for rules/settlement.h. */
void terms_name_filings(json_t *model, const json_t *filings);
/* V-SET-01 as core.check_result keeps it. */
struct str terms_checks(struct request *req, const struct findings *f);

/* A filing with its withdrawal, opened. */
struct withdrawal {
    struct open_case c;
    struct uuid id;
    struct db_rows *rows; /* one row of desk.withdrawal */
    struct str no;        /* reference number, or empty */
    json_t *words;        /* {"text","name","contact"} as kept, or NULL */
    struct str said;      /* result in words, or empty */
};

/* The filing of the path; rows stay NULL after the session has ended (a late POST). */
enum err withdrawal_open(struct request *req, struct withdrawal *w);
/* The form again, or 303 to the withdrawal. */
enum err withdrawal_done(struct request *req, struct reply *rep, enum err err, const struct withdrawal *w);

/* ---- handlers ---- */
enum err settlement_show(struct request *req, struct reply *rep);
enum err settlement_step(struct request *req, struct reply *rep);
enum err receipt_ask(struct request *req, struct reply *rep);
enum err offer_show(struct request *req, struct reply *rep);
enum err offer_add(struct request *req, struct reply *rep);
enum err sign_show(struct request *req, struct reply *rep);
enum err sign_first(struct request *req, struct reply *rep);
enum err talks_fail_show(struct request *req, struct reply *rep);
enum err talks_fail(struct request *req, struct reply *rep);
enum err rescind_show(struct request *req, struct reply *rep);
enum err settlement_rescind(struct request *req, struct reply *rep);
enum err terms_show(struct request *req, struct reply *rep);
enum err terms_save(struct request *req, struct reply *rep);
enum err agreement_preview(struct request *req, struct reply *rep);
enum err agreement_issue(struct request *req, struct reply *rep);
enum err signed_show(struct request *req, struct reply *rep);
enum err signed_add(struct request *req, struct reply *rep);
enum err performed_show(struct request *req, struct reply *rep);
enum err performed_add(struct request *req, struct reply *rep);
enum err withdrawal_show(struct request *req, struct reply *rep);
enum err withdrawal_step(struct request *req, struct reply *rep);
enum err withdrawal_save(struct request *req, struct reply *rep);
enum err withdrawal_warn(struct request *req, struct reply *rep);
enum err withdrawal_preview(struct request *req, struct reply *rep);
enum err withdrawal_issue(struct request *req, struct reply *rep);
enum err withdrawal_request(struct request *req, struct reply *rep);
enum err withdrawal_result(struct request *req, struct reply *rep);
enum err close_show(struct request *req, struct reply *rep);
enum err case_close(struct request *req, struct reply *rep);
enum err case_reopen(struct request *req, struct reply *rep);

extern const struct param settlement_step_params[], receipt_params[], offer_params[], sign_params[], fail_params[], rescind_params[],
    terms_params[], terms_page_params[], issue_params[], signed_params[], performed_params[], withdrawal_params[], withdrawal_step_params[],
    withdrawal_save_params[], withdrawal_plain_params[], withdrawal_issue_params[],
    withdrawal_request_params[], withdrawal_result_params[], close_params[], close_page_params[], reopen_params[];

#endif
