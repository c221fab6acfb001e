/*
 * document: issuing papers (文书; DESIGN.md §11), the one way for every kind.  A capability builds the content model of its letter
 * (letters/letter.h) and asks here, in this order:
 *
 *   document_missing   what is missing, in words, each with a link to where it is filled in
 *   document_preview   the PDF as a download, marked as a draft on every page; nothing is stored
 *   document_issue     the bytes frozen as a sealed file, and a row of core.document: next version of its kind, never changed afterwards
 *
 * A capability whose own step goes with the issuing (a settlement that is drafted) calls document_freeze, and in its own writing function
 * engine.document_add beside its step, so that both happen or neither.  Storing the bytes is a transaction before that one.  When the
 * second fails, the file belongs to no paper: no list has it, no address gives it, and aiddesk-worker takes its bytes away after a day.
 *
 * Papers go to Chinese bodies and are in Chinese, whatever language the page has; what is missing is said in the page's language.
 */
#ifndef AIDDESK_DESK_DOCUMENT_H
#define AIDDESK_DESK_DOCUMENT_H

#include "core/file.h"
#include "desk/desk.h"
#include "letters/letter.h"

struct document {
    const char *kind;       /* document_kind code, "COMPLAINT_LETTER" */
    enum letter_kind letter; /* its template */
    json_t *model;          /* content model in the arena; case_no, date and organisation are added here */
    struct uuid filing;     /* the filing it is for */
    bool has_filing;        /* there is one */
    struct uuid settlement; /* the settlement it is for */
    bool has_settlement;    /* there is one */
};

/* Where something that a letter lacks is filled in. */
struct document_place {
    const char *missing; /* locale key that the composer puts on its list, "letters.missing.demands" */
    const char *page;    /* below the case's address, with fragment: "demands", "papers/text#f-name" */
    const char *label;   /* locale key of the link's text */
};

/* Bytes that are stored and belong to no paper yet; what the parameters of engine.document_add are made of. */
struct document_frozen {
    struct uuid id;               /* of the paper: p_id */
    const char *template_version; /* p_template_version */
    struct file_meta file;        /* p_file = file.id; file.sha256 is the hash that pages show */
    struct str sha_hash;          /* keyed hash, 32 bytes: p_sha_hash */
    struct str snapshot;          /* the model, sealed as field ("document", id, "snapshot"): p_snapshot */
};

/* Labels for a model are made between these two: the request speaks Chinese in between.  Returns what document_words_end gets back. */
const struct locale *document_words_begin(struct request *req);
void document_words_end(struct request *req, const struct locale *page);

/* Composes and forgets the PDF.  *list: [{"key","text","href","link"}] in the arena, empty when nothing is missing (then ERR_OK too);
 * href and link are false for what no row of places names (ended by a row without `missing`).  Errors: ERR_INTERNAL, no font. */
enum err document_missing(struct request *req, const struct open_case *c, struct document *d, const struct document_place *places,
                          json_t **list);
/* Answers with the draft as a download.  ERR_FORM, nothing answered: something is missing. */
enum err document_preview(struct request *req, struct reply *rep, const struct open_case *c, struct document *d);
/* Composes and stores the bytes.  id: of the paper, made by the form that asks for it, so that a repeated post is the same paper.
 * ERR_FORM: something is missing; errors of file_store. */
enum err document_freeze(struct request *req, const struct open_case *c, struct document *d, const struct uuid *id,
                         struct document_frozen *out);
/* Freezes and issues: desk.document_issue.  The same id again issues nothing and is ERR_OK. */
enum err document_issue(struct request *req, const struct open_case *c, struct document *d, const struct uuid *id);
/* True when the case has a paper of this id: the post came twice. */
enum err document_known(struct request *req, const struct open_case *c, const struct uuid *id, bool *known);

#endif
