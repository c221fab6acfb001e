/*
 * letter: the complaint letter and the evidence list of a case: the text that is being written for them (core.letter_text), and their
 * content models built from it and from the case.  Shared by the pages of letter.c and papers.c.
 */
#ifndef AIDDESK_DESK_LETTER_H
#define AIDDESK_DESK_LETTER_H

#include "desk/document.h"
#include "rules/wording.h"

/* What the letters of a case are made of, opened. */
struct letter_source {
    json_t *text;          /* the form's values by name; before the first save filled in from the case */
    int64_t version;       /* of core.letter_text, 0 = never saved */
    struct uuid filing;    /* filing that the text is for */
    bool has_filing;       /* there is one */
    struct str channel;    /* its channel code, or empty */
    struct str contact;    /* stored contact of the complainant; printed when the text has none */
    struct str law_day;    /* day of the law register, "2026-11-20" */
    json_t *told;          /* row of desk.case_page with opened fields */
    struct db_rows *laws;  /* desk.letter_laws */
    struct db_rows *filings; /* desk.letter_filings */
};

/* Reads and opens everything.  ERR_DAMAGED and errors of reading. */
enum err letter_read(struct request *req, const struct open_case *c, struct letter_source *s);
/* Fills a paper of kind "COMPLAINT_LETTER" or "EVIDENCE_LIST" from it; d->model lives in the arena. */
enum err letter_document(struct request *req, const struct open_case *c, const struct letter_source *s, struct str kind,
                         struct document *d);
/* What the wording rules say about one text of the letter (V-WORD-01, V-WORD-03), as it would be read by its recipient. */
enum err letter_words(struct request *req, const struct letter_source *s, struct str text, struct findings *out);
/* Lines of a text as [{"text"}], empty ones left out.  New reference. */
json_t *letter_lines(struct arena *a, struct str text);

#endif
