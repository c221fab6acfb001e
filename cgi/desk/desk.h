/*
 * desk: the casework of volunteers and coordinators.  One capability, one file; the route table is in main.c.
 */
#ifndef AIDDESK_DESK_DESK_H
#define AIDDESK_DESK_DESK_H

#include "core/reply.h"
#include "core/seal.h"

/* Rows of parameters that most forms of a case have: its number in the path, the version that was read, and the id in the path of what
 * the form is about. */
#define CASE_ROW \
    {.name = "n", .type = PARAM_TEXT, .flags = PARAM_REQUIRED | PARAM_PATH, .min = 1, .max = 20, .label = "desk.case.number"}
#define VERSION_ROW {.name = "version", .type = PARAM_INT, .flags = PARAM_REQUIRED, .min = 0, .max = INT64_MAX, .label = "desk.version"}
#define ID_ROW(LABEL) {.name = "id", .type = PARAM_UUID, .flags = PARAM_REQUIRED | PARAM_PATH, .label = (LABEL)}

/* A case opened for the signed-in person: open_case found it, checked the right, and opened the key. */
struct open_case {
    struct uuid id;             /* case id */
    struct str case_no;         /* shown number */
    struct str status;          /* case_status code */
    int64_t version;            /* row version read */
    bool accepted;              /* its volunteer has accepted it */
    const struct case_key *key; /* opened key, in the request's secret memory */
};

/* Opens the case of the path's {n}.  ERR_NOT_FOUND: not yours or does not exist, one answer; ERR_WAITING_KEY: assigned, but the key has
 * not been sealed to this person yet; ERR_QUOTA: more than 60 different cases in an hour. */
enum err open_case(struct request *req, struct str case_no, struct open_case *out);
/* The file module's context for an open case (schema desk, bearer p_session). */
struct file_context;
void open_case_files(struct request *req, const struct open_case *c, struct file_context *fc);
/* A group key pair, opened: secret memory of the request. */
struct group_secret {
    unsigned char public_key[SEAL_PUBLIC];
    unsigned char secret_key[SEAL_KEY];
    uint32_t version;
    struct uuid id;
};
/* The coordinators' group secret or the pool secret, opened with the person's own key: public and secret half in secret memory, and the
 * key's version and roster id.  ERR_WAITING_KEY while the membership waits. kind: "group" or "pool". */
enum err open_group(struct request *req, const char *kind, struct group_secret **out);
/* Settles up to 50 seals that wait for a coordinator's request (SECURITY.md §3.4); called once per page of a coordinator.  Keys without
 * a valid roster signature are refused and logged; what fails waits for the next request. */
enum err settle_waiting(struct request *req);
/* Seals a case to a public key of the roster; ERR_DAMAGED (and an alarm in the log) when the signature is not right. */
enum err seal_to(struct request *req, const struct case_key *key, const char *roster_kind, const struct uuid *id, uint32_t version,
                 struct str public_key, struct str signature, struct str *seal);

/* ---- frame.c ---- */

/* The bearer as a slice, for p_session. */
struct str desk_bearer(const struct request *req);
/* The decorate hook: the frame of signed-in people; settles the seals that wait on pages of coordinators. */
enum err desk_decorate(struct request *req, json_t *model);
/* Text of the locale key prefix ‖ code; a prefix ends with a dot. */
struct str desk_text(struct request *req, const char *prefix, struct str code);
/* [{"code","label"}] of the codes with the texts prefix ‖ code; lives in the arena. */
json_t *desk_options(struct request *req, const char *prefix, const char *const *codes);
/* Options of a field from a vocabulary. */
void desk_vocab(struct request *req, json_t *form, const char *field, const char *enumeration);
/* Options of a field whose choices cannot be read after the session has ended: the one that was chosen, so that it is not lost. */
void desk_typed_option(struct request *req, json_t *form, const char *field);
/* An instant as it is typed into a field of type TIME. */
struct str desk_typed_time(struct arena *a, int64_t t_us);
/* Opens the case of the path for a form's page.  After the session has ended only the number is set, so that the page can show again
 * what was typed. */
enum err desk_open(struct request *req, struct open_case *c);
/* Model of a page of a case: title, case_no, version and, with params, its form.  stored: in the arena, may be NULL; the case's version
 * is added unless it has one. */
json_t *desk_form(struct request *req, const struct open_case *c, const char *title_key, const struct param *params, json_t *stored);
/* The end of a step: the form again, or 303 to the case with `page` ("" or "/notes"). */
enum err desk_done(struct request *req, struct reply *rep, enum err err, const struct open_case *c, const char *page);
/* Files of a case with opened manifests, for pages: model gets files and has_files. */
enum err desk_files(struct request *req, const struct open_case *c, json_t *model);
/* Name of the present assignment (row of its sealed note), for the associated data of that note; ERR_NOT_FOUND when nobody has it. */
enum err desk_assignment(struct request *req, const struct open_case *c, struct uuid *id);

/* ---- checks.c ---- */

struct db_rows;
struct findings;

/* What the wording rules say about the demands as they stand. */
enum err desk_words(struct request *req, const struct open_case *c, struct findings *out);
/* The same as SQL keeps it: codes, never text. */
struct str desk_words_json(struct request *req, const struct findings *f);
/* Rows of desk.checks or desk.filing_checks as sentences: model gets open, done, has_open, blocking (count), blocked, may_override. */
enum err desk_checks(struct request *req, const struct open_case *c, const struct db_rows *rows, json_t *model);

/* ---- channel.c ---- */

/* Collisions as SQL lists them, with labels: already_label, status_label, verdict_label, tone, note, basis.  New reference. */
json_t *desk_collisions(struct request *req, const json_t *collisions);
/* Tone of the tag of a collision verdict. */
struct str desk_verdict_tone(struct str verdict);
/* The lines of detail[key] in the request's language, or NULL.  New reference. */
json_t *desk_lines(const struct request *req, const json_t *detail, const char *key);

/* ---- filing.c, filing_step.c ---- */

enum step_form {
    STEP_BUTTON,    /* one button */
    STEP_PAGE,      /* has fields, and a page of its own */
    STEP_WITHDRAWAL /* belongs to the withdrawal */
};

/* How a step of a filing is offered. */
enum step_form desk_step_form(struct str event);
/* The row of desk.filing_page for the path's {id}. */
enum err desk_filing_read(struct request *req, const struct open_case *c, struct db_rows **rows);
/* What comes next in a filing (page: its row, clocks and confirm_id are in the model): model gets next, has_next_link, next_href, next_link,
 * steps (open ones, the likeliest first), back_steps (what takes back or ends it), held, may_withdraw, has_steps, has_held. */
enum err filing_next(struct request *req, const struct open_case *c, const struct db_rows *page, json_t *model);
/* Tone of the tag of a filing's state. */
struct str desk_filing_tone(struct str status);
/* The end of a step of a filing: the form again, or 303 to the filing. */
enum err desk_filing_done(struct request *req, struct reply *rep, enum err err, const struct open_case *c);

/* ---- case_next.c ---- */

/* One sentence, whose turn it is and until when, then the ways to go on: model gets next, step_links, has_step_links. */
void case_next(struct request *req, const struct open_case *c, const struct db_rows *rows, json_t *model);
/* Filings of the case with their next dates: model gets filings, has_filings; and why the case has to go on: reasons, has_reasons. */
enum err case_filings(struct request *req, const struct open_case *c, json_t *model);

/* ---- handlers ---- */

enum err home_show(struct request *req, struct reply *rep);
enum err cases_show(struct request *req, struct reply *rep);
enum err case_show(struct request *req, struct reply *rep);
enum err desk_file_get(struct request *req, struct reply *rep);
enum err desk_preview_get(struct request *req, struct reply *rep);
enum err notes_show(struct request *req, struct reply *rep);
enum err note_add(struct request *req, struct reply *rep);
enum err messages_show(struct request *req, struct reply *rep);
enum err message_add(struct request *req, struct reply *rep);
enum err messages_seen(struct request *req, struct reply *rep);
enum err case_accept(struct request *req, struct reply *rep);
enum err return_show(struct request *req, struct reply *rep);
enum err case_return(struct request *req, struct reply *rep);
enum err case_release(struct request *req, struct reply *rep);
enum err case_claim(struct request *req, struct reply *rep);
enum err review_show(struct request *req, struct reply *rep);
enum err review_save(struct request *req, struct reply *rep);
enum err case_take_on(struct request *req, struct reply *rep);
enum err evidence_show(struct request *req, struct reply *rep);
enum err evidence_new_show(struct request *req, struct reply *rep);
enum err evidence_add(struct request *req, struct reply *rep);
enum err evidence_edit_show(struct request *req, struct reply *rep);
enum err evidence_edit(struct request *req, struct reply *rep);
enum err evidence_remove(struct request *req, struct reply *rep);
enum err ready_show(struct request *req, struct reply *rep);
enum err case_ready(struct request *req, struct reply *rep);
enum err demands_show(struct request *req, struct reply *rep);
enum err demand_new_show(struct request *req, struct reply *rep);
enum err demand_add(struct request *req, struct reply *rep);
enum err demand_edit_show(struct request *req, struct reply *rep);
enum err demand_edit(struct request *req, struct reply *rep);
enum err demand_remove(struct request *req, struct reply *rep);
enum err channels_show(struct request *req, struct reply *rep);
enum err channel_show(struct request *req, struct reply *rep);
enum err consent_ask(struct request *req, struct reply *rep);
enum err filing_plan(struct request *req, struct reply *rep);
enum err wait_show(struct request *req, struct reply *rep);
enum err wait_ask(struct request *req, struct reply *rep);
enum err filing_show(struct request *req, struct reply *rep);
enum err filing_confirm(struct request *req, struct reply *rep);
enum err filing_step_show(struct request *req, struct reply *rep);
enum err filing_step(struct request *req, struct reply *rep);
enum err override_show(struct request *req, struct reply *rep);
enum err override_add(struct request *req, struct reply *rep);
enum err ask_show(struct request *req, struct reply *rep);
enum err case_ask(struct request *req, struct reply *rep);
enum err decline_show(struct request *req, struct reply *rep);
enum err case_decline(struct request *req, struct reply *rep);
enum err duplicate_show(struct request *req, struct reply *rep);
enum err case_duplicate(struct request *req, struct reply *rep);
enum err contact_ask_show(struct request *req, struct reply *rep);
enum err contact_show(struct request *req, struct reply *rep);
enum err platform_show(struct request *req, struct reply *rep);
enum err platform_save(struct request *req, struct reply *rep);
enum err note_edit_show(struct request *req, struct reply *rep);
enum err note_edit(struct request *req, struct reply *rep);
enum err assign_show(struct request *req, struct reply *rep);
enum err case_assign(struct request *req, struct reply *rep);
enum err conflict_show(struct request *req, struct reply *rep);
enum err case_recuse(struct request *req, struct reply *rep);
enum err today_show(struct request *req, struct reply *rep);
enum err load_show(struct request *req, struct reply *rep);
enum err files_show(struct request *req, struct reply *rep);
enum err files_add(struct request *req, struct reply *rep);
enum err viewer_show(struct request *req, struct reply *rep);
enum err papers_show(struct request *req, struct reply *rep);
enum err paper_issue(struct request *req, struct reply *rep);
enum err paper_preview(struct request *req, struct reply *rep);
enum err letter_show(struct request *req, struct reply *rep);
enum err letter_save(struct request *req, struct reply *rep);

extern const struct param channel_params[], consent_ask_params[], plan_params[], wait_params[], filing_params[], filing_confirm_params[],
    filing_step_params[], override_params[], demand_new_params[], demand_edit_params[], demand_remove_params[];
extern const struct param case_params[], cases_params[], desk_file_params[], note_params[], seen_params[], step_params[], return_params[], review_params[],
    evidence_new_params[], evidence_edit_params[], evidence_remove_params[], ask_params[], decline_params[], duplicate_params[],
    platform_params[], note_edit_params[], note_path_params[], assign_params[], files_params[], paper_issue_params[], paper_path_params[],
    letter_params[], viewer_params[];

#endif
