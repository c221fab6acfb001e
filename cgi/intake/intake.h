/*
 * intake: the public form from its first step to the receipt (UX.md §2).  A draft lives on the server from step 1; its key and the seed of
 * its tracking code stand in a box that only the draft cookie (or the resume code) opens.  One capability, one file; the route table is
 * in main.c.
 */
#ifndef AIDDESK_INTAKE_INTAKE_H
#define AIDDESK_INTAKE_INTAKE_H

#include "core/db.h"
#include "core/file.h"
#include "core/reply.h"
#include "core/seal.h"
#include "core/session.h"

/* ---- draft.c: the draft of this browser ---- */

struct draft {
    struct session *session;    /* its cookie */
    struct case_key *key;       /* opened */
    unsigned char *code_seed;   /* 32 bytes; the tracking code comes from it */
    const struct db_rows *rows; /* one row of intake.draft_get */
    bool submitted;             /* already sent: shows the receipt, nothing else */
    int64_t step;               /* highest step that was saved, 0 .. 4 */
};

/* The identify hook: takes the draft cookie; whether the draft lives, SQL decides when it is opened. */
enum err intake_identify(struct request *req);
/* Opens the draft of this browser.  ERR_DRAFT: there is none, or it has ended. */
enum err draft_open(struct request *req, struct draft **out);
/* The same for a page: *out is NULL when there is none. */
enum err draft_look(struct request *req, struct draft **out);
/* The same for a POST of a step: without a draft a new one is begun, so that a form that comes late goes on (UX.md §3).  ERR_DONE when the
 * draft has been submitted. */
enum err draft_for_step(struct request *req, struct reply *rep, struct draft **out);
/* Seals one text of the complaint; empty stays empty. */
struct str draft_seal(struct request *req, const struct draft *d, const char *column,
                      struct str text);
/* Opens the sealed column "<column>_sealed"; empty when nothing is stored. */
enum err draft_text(struct request *req, const struct draft *d, const char *column,
                    struct str *text);
/* Everything that is stored, by the names of the form fields, for form_model.  Owned by the arena. */
enum err draft_stored(struct request *req, const struct draft *d, json_t **out);
/* What core/file.h needs. */
struct file_context draft_files(struct request *req, const struct draft *d);

/* ---- steps.c: what the pages of the form share ---- */

enum step { STEP_PLATFORM = 1, STEP_STORY, STEP_EVIDENCE, STEP_CONTACT };

/* A model with a title, and a form when params is not NULL. */
json_t *intake_model(struct request *req, const char *title_key, const struct param *params,
                     const json_t *stored);
/* {"<field>": [{"code","label"}]}: the choices in force, in the request's language.  Owned by the arena. */
enum err intake_choices(struct request *req, json_t **out);
/* Label of a stored choice; the code itself when it has ended. */
struct str choice_label(const json_t *choices, const char *field, struct str code);
/* Gives the field of a form its choices. */
void choice_options(json_t *form, const char *field, const json_t *choices);
/* The first step that is not complete, `now` counted as complete; 0 = none.  What was kept for later may lack anything. */
enum step step_missing(const struct draft *d, enum step now);
/* story.c: the story was kept for later and is shorter than one that can be sent. */
enum err story_only_begun(struct request *req, const struct draft *d, bool *begun);
/* Address of a step; 0 = the check page. */
const char *step_path(enum step step);
/* After a step was saved: to the page that is due, or to the resume code when that button was pressed (parameter `then`). */
enum err step_on(struct request *req, struct reply *rep, const struct draft *d, enum step now);
/* The form again; a choice that SQL refuses is marked on its field. */
enum err intake_again(struct request *req, struct reply *rep, enum err err);
/* What every page of the form shows besides its fields: number of the step, way back, whether there is a draft to save. */
void step_frame(json_t *model, enum step step, const struct draft *d);
/* The network that limits count for. */
struct str intake_network(const struct request *req);
/* True when a draft that was sent sends the reader of a step to its receipt; the reply is then written. */
bool went_to_receipt(struct request *req, struct reply *rep, const struct draft *d);

extern const char *const then_choices[];
#define PARAM_THEN                                                                                 \
    {                                                                                              \
        .name = "then", .type = PARAM_CODE, .flags = PARAM_LATER, .choices = then_choices                                \
    }

/* ---- code.c: tracking and resume codes ---- */

struct track_code {
    char code[25];            /* 24 characters and NUL */
    unsigned char lookup[32]; /* what SQL gets */
    unsigned char public_key[32];
};

/* The tracking code of a draft: always the same for the same seed (SECURITY.md §3.3).  In secret memory. */
const struct track_code *code_of_draft(struct request *req, const struct draft *d);
/* A resume code with its look-up value and the key that wraps the draft's box; in secret memory. */
struct resume_code {
    char code[25];
    unsigned char lookup[32];
    unsigned char wrap[32];
};
/* The resume code of a draft, always the same for the same seed; in secret memory. */
const struct resume_code *resume_of_draft(struct request *req, const struct draft *d);
/* The same for a code that was typed: 24 characters in normal form. */
const struct resume_code *resume_of_code(struct request *req, const char *code);
/* ["7K3M", …]: the groups of a code. New reference. */
json_t *code_groups(struct request *req, const char *code);
/* Model of shared/code_card; the QR code holds `address`, never the code. New reference. */
json_t *code_card(struct request *req, const char *title_key, const char *code,
                  const char *const *line_keys, const char *address);

/* ---- summary.c ---- */

/* "sections" of the check page: [{title, href, rows [{label, value}]}], and "notes" [text]. */
enum err summary_add(struct request *req, const struct draft *d, json_t *model);
/* "files" [{id, no, name, note, heic, kind, size, bytes, state, sha8, sha256, has_preview}], n_files and has_files. */
enum err files_add(struct request *req, const struct draft *d, json_t *model);

/* ---- handlers ---- */
enum err start_show(struct request *req, struct reply *rep);
enum err leave_show(struct request *req, struct reply *rep);
enum err info_privacy(struct request *req, struct reply *rep);
enum err info_real(struct request *req, struct reply *rep);
enum err info_lost_code(struct request *req, struct reply *rep);
enum err info_paper(struct request *req, struct reply *rep);
enum err platform_show(struct request *req, struct reply *rep);
enum err platform_post(struct request *req, struct reply *rep);
enum err known_show(struct request *req, struct reply *rep);
enum err story_show(struct request *req, struct reply *rep);
enum err story_post(struct request *req, struct reply *rep);
enum err evidence_show(struct request *req, struct reply *rep);
enum err evidence_post(struct request *req, struct reply *rep);
enum err evidence_remove(struct request *req, struct reply *rep);
enum err evidence_preview(struct request *req, struct reply *rep);
enum err contact_show(struct request *req, struct reply *rep);
enum err contact_post(struct request *req, struct reply *rep);
enum err check_show(struct request *req, struct reply *rep);
enum err submit_post(struct request *req, struct reply *rep);
enum err receipt_show(struct request *req, struct reply *rep);
enum err receipt_pdf(struct request *req, struct reply *rep);
enum err saved_post(struct request *req, struct reply *rep);
enum err saved_show(struct request *req, struct reply *rep);
enum err save_show(struct request *req, struct reply *rep);
enum err save_post(struct request *req, struct reply *rep);
enum err resume_show(struct request *req, struct reply *rep);
enum err resume_post(struct request *req, struct reply *rep);
enum err go_on_show(struct request *req, struct reply *rep);
enum err discard_show(struct request *req, struct reply *rep);
enum err discard_post(struct request *req, struct reply *rep);
enum err health_live(struct request *req, struct reply *rep);
enum err health_ready(struct request *req, struct reply *rep);

extern const struct param platform_params[], story_params[], evidence_params[],
    evidence_remove_params[], evidence_file_params[], contact_params[], check_params[],
    saved_params[], resume_params[];

#endif
