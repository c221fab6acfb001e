/*
 * track: the complainant's view of one case, by tracking code (UX.md §2.8).  One capability, one file; the route table is in main.c.
 */
#ifndef AIDDESK_TRACK_TRACK_H
#define AIDDESK_TRACK_TRACK_H

#include "core/file.h"
#include "core/reply.h"
#include "core/seal.h"
#include "core/session.h"

/* The case of this request's session; identify leaves it in req->found. */
struct track_case {
    struct uuid id;             /* case id */
    struct str case_no;         /* shown number */
    struct str status;          /* case_status code */
    int64_t version;            /* row version */
    struct str key_check;       /* 32 bytes */
    struct str public_key;      /* the code's box key pair: public half */
    struct str wrapped;         /* its secret half under the cookie */
    struct str seal;            /* the case key, sealed to it */
    const struct case_key *key; /* opened by track_key */
};

/* The identify hook: WHO_CASE when the cookie's session lives. */
enum err track_identify(struct request *req);
/* The case of this request (handlers with WHO_CASE), NULL on a late POST. */
struct track_case *track_case_of(const struct request *req);
/* Opens the case key on first use. ERR_DAMAGED when it does not open. */
enum err track_key(struct request *req, const struct case_key **key);
/* The bearer as a slice, for p_track. */
struct str track_bearer(const struct request *req);
/* The file module's context. */
enum err track_files(struct request *req, struct file_context *fc);
/* A model with title and, when params is given, a form. */
json_t *track_model(struct request *req, const char *title_key, const struct param *params);

/* Who receives what goes to a channel, as the complainant knows them; "" without a channel.  platform: name of the case's platform. */
struct str recipient_text(struct request *req, struct str channel, struct str platform);
/* The same for a list of channel codes, in their order.  New reference. */
json_t *recipient_texts(struct request *req, const json_t *channels, struct str platform);
/* "items" [{item_label, text}] and has_items: what the volunteer asked for and did not get yet. */
enum err missing_add(struct request *req, json_t *model);

enum err code_show_page(struct request *req, struct reply *rep);
enum err code_post(struct request *req, struct reply *rep);
enum err leave_post(struct request *req, struct reply *rep);
enum err case_show(struct request *req, struct reply *rep);
enum err messages_show(struct request *req, struct reply *rep);
enum err message_post(struct request *req, struct reply *rep);
enum err evidence_show(struct request *req, struct reply *rep);
enum err evidence_post(struct request *req, struct reply *rep);
enum err own_file_get(struct request *req, struct reply *rep);
enum err preview_get(struct request *req, struct reply *rep);
enum err supply_show(struct request *req, struct reply *rep);
enum err supply_post(struct request *req, struct reply *rep);
enum err decisions_show(struct request *req, struct reply *rep);
enum err decision_show(struct request *req, struct reply *rep);
enum err decision_post(struct request *req, struct reply *rep);
enum err consent_give(struct request *req, struct reply *rep);
enum err consents_show(struct request *req, struct reply *rep);
enum err consent_withdraw(struct request *req, struct reply *rep);
enum err end_show(struct request *req, struct reply *rep);
enum err end_post(struct request *req, struct reply *rep);
enum err complaint_show(struct request *req, struct reply *rep);
enum err stop_show(struct request *req, struct reply *rep);
enum err stop_post(struct request *req, struct reply *rep);
enum err papers_show(struct request *req, struct reply *rep);
enum err paper_get(struct request *req, struct reply *rep);

extern const struct param code_params[], message_params[], evidence_params[], file_params[], supply_params[], decision_params[],
    decision_path_params[], consent_params[], consent_give_params[], end_params[], stop_params[];

#endif
