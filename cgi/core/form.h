/*
 * form: typed parameters.  A route declares each parameter once (struct param); form_take checks what came against that table and keeps
 * everything that was typed, right or wrong, so that a page can come back with it (UX.md §1).  A bad value never reaches a handler as
 * a value: param_… return it only when it passed; its error is in the form.  Full-width digits, spaces and the like are folded before
 * checking where the type says so.
 */
#ifndef AIDDESK_CORE_FORM_H
#define AIDDESK_CORE_FORM_H

#include <jansson.h>

#include "core/err.h"

struct request;
struct multipart;

enum param_type {
    PARAM_TEXT,    /* one line: trimmed, no control characters; min..max code points */
    PARAM_LINES,   /* several lines: CRLF folded to LF, trimmed; min..max code points */
    PARAM_SECRET,  /* password: taken as it is, valid UTF-8, min..max code points; never shown again */
    PARAM_CODE,    /* one of `choices` when given, else [A-Za-z0-9_]{1,64} that SQL checks against its vocabulary */
    PARAM_INT,     /* min..max, full-width digits and separators folded */
    PARAM_FEN,     /* yuan with at most two decimals, "1,760.50", "¥176", "176元" -> fen, min..max in fen */
    PARAM_DATE,    /* 2026年11月3日, 2026-11-3, 2026/11/3, 11月3日, 11.3, 11/3 (latest past one), also with the time behind it
                      -> "2026-11-03" */
    PARAM_TIME,    /* date and HH:MM in Asia/Shanghai -> RFC 3339 UTC; number = microseconds */
    PARAM_BOOL,    /* tick: "1", "on", "yes" or absent */
    PARAM_UUID,    /* canonical text */
    PARAM_NUMBER,  /* order or payment number: folded, letters digits - _ ; max characters */
    PARAM_MOBILE,  /* 11 digits, or + and 7..15 digits; folded */
    PARAM_EMAIL,   /* at most 254 bytes, one @, no spaces */
    PARAM_FILE     /* a file of a multipart body: streamed, see multipart.h */
};

enum { PARAM_REQUIRED = 1, PARAM_MANY = 2 /* checkboxes: may repeat */, PARAM_PATH = 4 /* {name} of the path */,
       PARAM_NO_FUTURE = 8 /* dates and times: now (Shanghai) or earlier, not before 2000; later is `large`, earlier `small` */,
       PARAM_HIDDEN = 16 /* no control that people see: wrong, it is ERR_BAD_REQUEST and no error of a field, and the form comes back with
                            the stored value.  A parameter named `version` always is. */,
       PARAM_FOLD = 128 /* a text that is a number, reference, address or way of contact: folded like PARAM_NUMBER (full-width forms,
                           hyphens, spaces, invisible characters), and otherwise free */,
       PARAM_COMING = 64 /* dates: a day typed without its year is the coming one, not the last */,
       PARAM_LATER = 32 /* a button beside the main one (PARAM_CODE with choices): pressed, the form is only kept for later, and no
                           field is required and no text too short; what is wrong keeps its error */ };

struct param {
    const char *name;           /* [a-z0-9_]+ */
    enum param_type type;
    unsigned flags;
    int64_t min, max;           /* see the type; max 0 = the type's own limit */
    const char *const *choices; /* PARAM_CODE: NULL-terminated list, or NULL */
    const char *label;          /* locale key of the label (error summary, OpenAPI) */
    /* Locale keys of the messages; NULL = the general one of the type (error.field.…: .empty .choose .tick .date .amount .short .long …).
     * Values: {{label}}, {{min}}, {{max}} (yuan for FEN), {{n}} = the present number of characters in a message of one's own, the limit in
     * a general one. */
    const char *empty, *bad, *small, *large;
};

struct field {
    const struct param *param;
    struct str *typed;   /* what was typed, cut at 64 KiB for showing; n_typed of them */
    size_t n_typed;
    bool ok;             /* passed; value is set */
    bool present;        /* was sent and is not empty */
    struct str text;     /* value as text (normal form); of PARAM_MANY the first */
    struct str *values;  /* PARAM_MANY: the values that passed, each once; n_values */
    size_t n_values;
    int64_t number;      /* value of INT, FEN; BOOL 0/1; TIME in microseconds */
    bool too_short;      /* a text below its `min`: text holds it, but it did not pass */
    const char *error;   /* locale key, or NULL */
    int64_t error_n;     /* {{n}} of the message */
    struct str error_name; /* {{name}} of the message */
};

struct form {
    struct field *fields; /* same order as the route's table */
    size_t n;
    size_t errors;        /* fields with an error */
    const char *notice;   /* locale key of a sentence above the form (session ended, not confirmed …), or NULL */
    int64_t notice_n;     /* its {{n}}: minutes to wait, and the like */
    enum err err;         /* why the form comes back (ERR_CLASH, ERR_SIGNED_OUT …); ERR_OK = it does not */
};

/* Values of a parameter that passed; empty / 0 / false when absent or wrong.  Asking for a name that the route's table lacks is our
 * bug (assert). */
struct str param_text(const struct request *req, const char *name);
int64_t param_int(const struct request *req, const char *name);
int64_t param_fen(const struct request *req, const char *name);
bool param_bool(const struct request *req, const char *name);
bool param_present(const struct request *req, const char *name); /* sent, not empty, right */
struct uuid param_uuid(const struct request *req, const char *name);
/* PARAM_MANY: the values that passed. */
size_t param_many(const struct request *req, const char *name, struct str **out);

/* The form is only kept for later (PARAM_LATER): the handler asks for nothing that is missing either. */
bool form_later(const struct request *req);

/* Marks a field as wrong after a check of the handler or of SQL.  key: locale key; n, who: its {{n}}, {{name}}. */
void form_error(struct request *req, const char *name, const char *key);
void form_error_n(struct request *req, const char *name, const char *key, int64_t n);
void form_error_name(struct request *req, const char *name, const char *key, struct str who);
/* ERR_FIELD from SQL: DETAIL "field:locale key" becomes a form_error on that field. */
void form_error_of_db(struct request *req);

/* The model of a form for its template:
 *   {"f": {"<name>": field}, "errors": [{"href":"#f-<name>","text":"…"}], "has_errors": bool, "error_count": n,
 *    "one_error": bool, "notice": "…"|null}
 * A field is what the partials views/shared/field_….mustache read.  Every key is always there, false or "" when it has nothing to say,
 * because Mustache looks for a missing one in the page around it:
 *   id ("f-<name>"; of options "f-<name>-<code>"), name, value, values […], checked (BOOL), error (sentence or false), has_error
 *   label         text of param.label
 *   hint          text of the locale key "<param.label>.hint" when the catalog has it
 *   optional      not PARAM_REQUIRED
 *   needed        false until form_needed sets it: what stands in the place of "optional"
 *   described_by  "f-<name>-hint f-<name>-error", those of them that are there
 *   type, inputmode, autocomplete, autocapitalize   by param type: EMAIL "email", MOBILE "tel", SECRET "password", else "text"; FEN
 *                 "decimal", INT "numeric"; DATE, TIME, FEN, NUMBER autocomplete "off"; NUMBER, EMAIL autocapitalize "none"
 *   max           limit of TEXT and LINES in code points (for the counter)
 *   rows, list, options: false until form_attr or form_options sets them
 * The general messages error.field.… may use {{label}} beside {{n}}.
 * Values are what was typed when this request brought this very form, that is, when `params` is the table of the matched route and the
 * value was sent (POST: or could have been); otherwise they come from `stored` (object name -> string | number | bool | array; may be
 * NULL), where FEN are numbers.  So give each form of a page its own table.  Amounts show as yuan.  A `version` field shows the stored
 * version after a clash.  Secrets are never shown.  Returns a new reference. */
json_t *form_model(const struct request *req, const struct param *params, const json_t *stored);
/* The sentence above the form in the request's language; empty when there is none. */
struct str form_notice(const struct request *req);
/* Options for radios, checkboxes, selects: choices = [{"code","label",…}]; adds "checked": bool and "id" to each, from the typed or the
 * stored value of `name`, and puts the array at form["f"][name]["options"].  Steals nothing. */
void form_options(json_t *form, const char *name, const json_t *choices);
/* Sets one more key of a field's model before the page is shown, e.g. ("password", "autocomplete", "new-password"), ("story", "rows",
 * "8"), ("platform", "list", "platforms"), or a hint that holds values. */
void form_attr(json_t *form, const char *name, const char *key, struct str value);
/* The field must be answered on this page, although its row leaves it open for another use of the form: no "optional" beside it. */
void form_asked(json_t *form, const char *name);
/* The field may be left open for now, but a later step asks for it: `text` says so in the place of "optional". */
void form_needed(json_t *form, const char *name, struct str text);

/* One name=value of a body or query, decoded. */
struct pair {
    struct str name, value;
};
/* Reads x-www-form-urlencoded (body or query) into name/value pairs in the arena; false on bad encoding (bad %, invalid UTF-8, NUL) or
 * more than max_pairs.  The pairs are filled in either case: bytes that are no text become U+FFFD, so that a page can show the rest. */
bool form_decode(struct arena *a, struct str text, size_t max_pairs, struct pair **pairs, size_t *n);
/* Percent-decoding of one piece; plus: '+' is a space (forms, not paths).  *ok turns false on a broken '%' (which stays as it is) and on
 * bytes that are no text (which become U+FFFD); it is left alone otherwise. */
struct str form_unescape(struct arena *a, struct str s, bool plus, bool *ok);
/* Checks pairs against the route's table and fills req->form (in every case).  strict: unknown names are ERR_PARAM_UNKNOWN (POST);
 * repeated names without PARAM_MANY are ERR_PARAM_REPEATED.  Bad values are not an error of this function: they are errors of fields.
 * Without strict (GET) a required
 * parameter that was not sent is no error.  `csrf` and `lang_to` go to the request.  PARAM_PATH values come from req->path_values only.  PARAM_FILE is left to multipart_form. */
enum err form_take(struct request *req, const struct pair *pairs, size_t n, bool strict);

/* The field of a parameter (asserts that the route declares it). */
struct field *form_field(const struct request *req, const char *name);
/* True for PARAM_HIDDEN and for `version`. */
bool form_is_hidden(const struct param *p);
/* Checks one typed value by type, limits and choices; used by form_take.  Fills text, number, ok, or error. */
void form_parse(struct arena *a, struct field *f, struct str typed);
/* The upper limit that holds: the parameter's own, or its type's (INT64_MAX when there is none). */
int64_t form_max(const struct param *p);
/* Amount as it is typed: 176050 -> "1760.50". */
struct str form_show_fen(struct arena *a, int64_t fen);

/* Pure normalisers, also used by rules and tests.  form_parse_fen: amounts too long for 64 bits come out as INT64_MAX, so that a range
 * check says "too large" and not "no number". */
bool form_parse_fen(struct arena *a, struct str typed, int64_t *fen);
bool form_parse_date(struct arena *a, struct str typed, int64_t today_days, struct str *iso, int64_t *days);
/* True when `typed` is written like a date, but there is no such day (2026-2-30). */
bool form_no_such_day(struct arena *a, struct str typed);
/* Date and time of day in Asia/Shanghai ("2026-11-3 14:03", "2026-11-03T14:03", "11月3日14点03分") -> microseconds since the epoch. */
bool form_parse_time(struct arena *a, struct str typed, int64_t today_days, int64_t *t_us);
/* What people paste into number fields: full-width forms, all kinds of hyphens and spaces become ASCII, invisible characters go. */
struct str form_fold_number(struct arena *a, struct str typed);
/* A folded number without the label that shops put before it ("order number:"): a slice of s. */
struct str form_unlabel(struct str s);
/* Digits with or without separators (spaces, commas, apostrophes) in groups of three or four -> the digits alone; false otherwise. */
bool form_digits(struct arena *a, struct str grouped, struct str *digits);

#endif
