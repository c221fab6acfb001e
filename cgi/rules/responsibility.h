/*
 * responsibility: may the respondent be held to it?  Three elements must hold: paid, not performed, cause and effect; and the user's own
 * mistake must be excluded (V-RESP-01, R-RESP-12, R-RESP-13).  Beside it the verdict on delay (V-DEL-01): the promised time if one is
 * recorded, else the usual time of the product, which is said to be a rule of thumb (参考) and never a legal deadline.
 */
#ifndef AIDDESK_RULES_RESPONSIBILITY_H
#define AIDDESK_RULES_RESPONSIBILITY_H

#include <jansson.h>

#include "rules/finding.h"

enum tri {
    TRI_UNKNOWN, /* nobody has judged it yet */
    TRI_NO,
    TRI_YES
};

struct responsibility {
    enum tri paid;                /* the user paid */
    enum tri not_performed;       /* the other side did not perform, or not as agreed */
    enum tri causation;           /* the loss comes from that */
    enum tri user_error_excluded; /* wrong number, mistyped key, ignored instruction: checked and excluded */
};

/* V-RESP-01 (warn): one remark for each element that is denied or not judged.  Returns true when all four hold. */
bool responsibility_check(const struct responsibility *r, struct findings *out);

enum delay_verdict {
    DELAY_UNKNOWN,  /* no promise and no rule of thumb, or no start */
    DELAY_NOT_YET,  /* within time */
    DELAY_LATE      /* later than that */
};

enum delay_basis { DELAY_BASIS_NONE, DELAY_BASIS_PROMISE, DELAY_BASIS_HEURISTIC };

struct delay_input {
    struct str product_type; /* GAME_CARD … */
    struct str start;        /* order or payment time, as day_minutes reads it */
    struct str promised;     /* promised time, or empty */
    struct str done;         /* when it was delivered; empty = not yet, then `now` counts */
    struct str now;          /* the present, RFC 3339 */
};

struct delay {
    enum delay_verdict verdict;
    enum delay_basis basis;
    struct str rule;       /* code of the rule of thumb (R-NUM-02), or empty */
    int64_t late_minutes;  /* how late; 0 unless LATE */
    int64_t limit_minutes; /* the rule of thumb in minutes; 0 with a promise */
};

/* V-DEL-01.  heuristics: rows of ref.heuristic, [{"code","n","unit","product_type"}], units minute, h, cd; rows with the product's type
 * count, the shortest first (R-NUM-02 game cards 30 min, R-NUM-03 phone credit 2 h).  Adds one INFO finding: rules.delay.unknown,
 * .not_yet, or .late_promise_<unit>, .late_heuristic_<unit> with {{n}} of minutes, hours or days. */
struct delay delay_verdict(const struct delay_input *in, const json_t *heuristics, struct findings *out);

#endif
