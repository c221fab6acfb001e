/*
 * desk: the casework of volunteers and coordinators.  One capability, one file; the route table is in main.c.
 */
#ifndef AIDDESK_DESK_DESK_H
#define AIDDESK_DESK_DESK_H

#include "core/reply.h"
#include "core/seal.h"

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
/* The coordinators' group secret or the pool secret, opened with the person's own key: public and secret half in secret memory, and the
 * key's version and roster id.  ERR_WAITING_KEY while the membership waits. kind: "group" or "pool". */
struct group_secret {
    unsigned char public_key[SEAL_PUBLIC];
    unsigned char secret_key[SEAL_KEY];
    uint32_t version;
    struct uuid id;
};
enum err open_group(struct request *req, const char *kind, struct group_secret **out);
/* Settles up to 50 seals that wait for a coordinator's request (SECURITY.md §3.4); called once per page of a coordinator.  Keys without
 * a valid roster signature are refused and logged; what fails waits for the next request. */
enum err settle_waiting(struct request *req);
/* Seals a case to a public key of the roster; ERR_DAMAGED (and an alarm in the log) when the signature is not right. */
enum err seal_to(struct request *req, const struct case_key *key, const char *roster_kind, const struct uuid *id, uint32_t version,
                 struct str public_key, struct str signature, struct str *seal);

/* The bearer as a slice, for p_session. */
struct str desk_bearer(const struct request *req);

enum err home_show(struct request *req, struct reply *rep);
enum err cases_show(struct request *req, struct reply *rep);
enum err case_show(struct request *req, struct reply *rep);
enum err desk_file_get(struct request *req, struct reply *rep);
enum err desk_preview_get(struct request *req, struct reply *rep);
enum err notes_show(struct request *req, struct reply *rep);
enum err note_add(struct request *req, struct reply *rep);
enum err messages_show(struct request *req, struct reply *rep);
enum err message_add(struct request *req, struct reply *rep);
enum err case_accept(struct request *req, struct reply *rep);
enum err return_show(struct request *req, struct reply *rep);
enum err case_return(struct request *req, struct reply *rep);
enum err case_release(struct request *req, struct reply *rep);
enum err case_claim(struct request *req, struct reply *rep);
enum err review_show(struct request *req, struct reply *rep);
enum err review_save(struct request *req, struct reply *rep);
enum err case_take_on(struct request *req, struct reply *rep);

extern const struct param case_params[], cases_params[], desk_file_params[], note_params[], step_params[], return_params[], review_params[];

#endif
