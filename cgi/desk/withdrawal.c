/*
 * /desk/cases/{n}/filings/{id}/withdrawal: takes one complaint back (撤回投诉).  A concrete reason (V-WD-01), proof of performance or a
 * coordinator's override (V-WD-02), the complainant's acknowledgement (V-WD-04), who asked for it (V-WD-05); then the letter, the request
 * at the channel, and what the channel said.
 */
#include "rules/withdrawal.h"
#include "core/arena.h"
#include "core/clock.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/staff.h"
#include "core/token.h"
#include "core/vocab.h"
#include "desk/settlement.h"

static const char *const asked_by[] = {"complainant", "platform", "both", NULL};
static const char *const yes_no[] = {"no", "yes", NULL};
static const char *const results[] = {"granted", "refused", NULL};
static const char *const step_events[] = {"draft_withdrawal", "drop_withdrawal", NULL};

const struct param withdrawal_params[] = {
    CASE_ROW,
    ID_ROW("settlement.withdrawal.filing"),
    {.name = NULL},
};

const struct param withdrawal_step_params[] = {
    CASE_ROW,
    ID_ROW("settlement.withdrawal.filing"),
    {.name = "event",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED | PARAM_HIDDEN,
     .choices = step_events,
     .label = "settlement.step"},
    VERSION_ROW,
    {.name = NULL},
};

const struct param withdrawal_save_params[] = {
    CASE_ROW,
    ID_ROW("settlement.withdrawal.filing"),
    {.name = "asked_by",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED,
     .choices = asked_by,
     .label = "settlement.withdrawal.asked_by"},
    {.name = "pressed",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED,
     .choices = yes_no,
     .label = "settlement.withdrawal.pressed"},
    {.name = "reason",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED,
     .label = "settlement.withdrawal.reason"},
    {.name = "text",
     .type = PARAM_LINES,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = 1000,
     .label = "settlement.withdrawal.text"},
    {.name = "name",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = 60,
     .label = "settlement.withdrawal.name"},
    {.name = "contact",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED | PARAM_FOLD,
     .min = 1,
     .max = 100,
     .label = "settlement.withdrawal.contact"},
    VERSION_ROW,
    {.name = NULL},
};

const struct param withdrawal_plain_params[] = {
    CASE_ROW,
    ID_ROW("settlement.withdrawal.filing"),
    VERSION_ROW,
    {.name = NULL},
};

const struct param withdrawal_request_params[] = {
    CASE_ROW,
    ID_ROW("settlement.withdrawal.filing"),
    {.name = "requested_on",
     .type = PARAM_DATE,
     .flags = PARAM_REQUIRED | PARAM_NO_FUTURE,
     .label = "settlement.withdrawal.requested_on"},
    VERSION_ROW,
    {.name = NULL},
};

const struct param withdrawal_result_params[] = {
    CASE_ROW,
    ID_ROW("settlement.withdrawal.filing"),
    {.name = "result",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED,
     .choices = results,
     .label = "settlement.withdrawal.result"},
    {.name = "said",
     .type = PARAM_LINES,
     .flags = PARAM_REQUIRED,
     .min = 2,
     .max = 2000,
     .label = "settlement.withdrawal.said"},
    VERSION_ROW,
    {.name = NULL},
};

enum err withdrawal_open(struct request *req, struct withdrawal *w)
{
    struct str text = STR("");
    enum err err = desk_open(req, &w->c);

    w->id = param_uuid(req, "id");
    w->rows = NULL;
    w->words = NULL;
    w->no = w->said = STR("");
    if (err != ERR_OK || req->staff == NULL)
        return err;
    err = db_read(req->db, "desk.withdrawal", &w->rows, DB_BYTES("p_session", desk_bearer(req)),
                  DB_UUID("p_case", w->c.id), DB_UUID("p_filing", w->id));
    if (err == ERR_OK && !db_is_null(w->rows, 0, "filing_no_sealed"))
        err = seal_field_open(req->arena, w->c.key, "filing", &w->id, "filing_no",
                              db_bytes(w->rows, 0, "filing_no_sealed"), &w->no);
    if (err == ERR_OK && !db_is_null(w->rows, 0, "wd_result_sealed"))
        err = seal_field_open(req->arena, w->c.key, "filing", &w->id, "wd_result",
                              db_bytes(w->rows, 0, "wd_result_sealed"), &w->said);
    if (err != ERR_OK || db_is_null(w->rows, 0, "wd_text_sealed"))
        return err;
    err = seal_field_open(req->arena, w->c.key, "filing", &w->id, "wd_text",
                          db_bytes(w->rows, 0, "wd_text_sealed"), &text);
    if (err == ERR_OK)
        w->words = json_parse(req->arena, text);
    return err == ERR_OK && w->words == NULL ? ERR_DAMAGED : err;
}

enum err withdrawal_done(struct request *req, struct reply *rep, enum err err,
                         const struct withdrawal *w)
{
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    return reply_see_other(rep, "/desk/cases/%.*s/filings/%.*s/withdrawal", STR_ARG(w->c.case_no),
                           STR_ARG(uuid_text(req->arena, &w->id)));
}

/* ---- the rules ---- */

static enum err check(struct request *req, const struct withdrawal *w, struct str reason,
                      struct str text, struct findings *out)
{
    struct db_rows *lists = NULL;
    struct withdrawal_input in = {
        .reason = reason,
        .text = text,
        .problem_type = db_text(w->rows, 0, "problem_type"),
        .has_performance = db_bool(w->rows, 0, "has_performance"),
        .has_settlement = db_bool(w->rows, 0, "has_settlement"),
        .will_be_overridden =
            db_bool(w->rows, 0, "overridden") && db_bool(w->rows, 0, "acknowledged"),
    };
    enum err err =
        db_read(req->db, "desk.wording_lists", &lists, DB_BYTES("p_session", desk_bearer(req)));

    *out = findings_new(req->arena);
    if (err == ERR_OK)
        withdrawal_check(json_owned(req->arena, db_rows_json(lists)), &in, out);
    return err;
}

/* V-WD-01 alone is about the words; what is missing as proof (V-WD-02) is asked for again at the request. */
static bool refused(const struct finding *f)
{
    return f->level == LEVEL_BLOCK && str_eqz(str_of(f->rule), "V-WD-01");
}

static const struct finding *first_refusal(const struct findings *f)
{
    for (size_t i = 0; i < f->n; i++) {
        if (refused(&f->items[i]))
            return &f->items[i];
    }
    return NULL;
}

static void mark_refusals(struct request *req, json_t *form, const struct findings *f)
{
    bool first = true;

    for (size_t i = 0; i < f->n; i++) {
        if (!refused(&f->items[i]))
            continue;
        settlement_mark(
            req, form, "text",
            locale_text(req->arena, req->locale, f->items[i].key,
                        json_owned(req->arena, finding_values(&f->items[i], request_lang(req)))),
            first);
        first = false;
    }
}

static struct str checks_json(struct request *req, const struct findings *f)
{
    json_t *list = json_owned(req->arena, json_array()), *o = json_object();

    json_set_z(o, "rule", "V-WD-01");
    json_set_bool(o, "passed", first_refusal(f) == NULL);
    json_set_new(o, "detail", findings_codes(f, "V-WD-01"));
    (void)json_array_append_new(list, o);
    return json_dump(req->arena, list);
}

/* ---- the page ---- */

/* Name and contact for the letter: as in the agreement.  What somebody wants to be called is no name for a legal paper. */
static enum err first_words(struct request *req, const struct withdrawal *w, json_t *stored)
{
    struct db_rows *settlement = NULL;
    json_t *terms = NULL;
    enum err err = settlement_read(req, &w->c, &settlement);

    if (err == ERR_OK)
        err = settlement_terms(req, &w->c, settlement, &terms);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    if (terms != NULL) {
        json_set_str(stored, "name", json_str(json_object_get(terms, "complainant"), "name"));
        json_set_str(stored, "contact", json_str(json_object_get(terms, "complainant"), "contact"));
    }
    return ERR_OK;
}

static enum err stored_words(struct request *req, const struct withdrawal *w, json_t **out)
{
    json_t *stored = json_owned(req->arena, json_object());

    *out = stored;
    if (w->rows == NULL)
        return ERR_OK;
    json_set_int(stored, "version", db_int(w->rows, 0, "version"));
    json_set_str(stored, "reason", db_text(w->rows, 0, "wd_reason"));
    json_set_str(stored, "asked_by", db_text(w->rows, 0, "wd_asked_by"));
    if (!db_is_null(w->rows, 0, "wd_pressed"))
        json_set_z(stored, "pressed", db_bool(w->rows, 0, "wd_pressed") ? "yes" : "no");
    if (w->words == NULL)
        return first_words(req, w, stored);
    json_set_str(stored, "text", json_str(w->words, "text"));
    json_set_str(stored, "name", json_str(w->words, "name"));
    json_set_str(stored, "contact", json_str(w->words, "contact"));
    return ERR_OK;
}

/* What the request still waits for, each guard in words (shared texts error.guard.…). */
static void add_guards(struct request *req, const struct withdrawal *w, json_t *model)
{
    static const char *const guards[] = {"concrete_reason", "performance_evidence_or_acknowledged",
                                         "consumer_confirmed_warning"};
    json_t *list = json_array();
    struct str *failing = NULL;
    size_t n = db_texts(w->rows, 0, "failing", &failing);
    bool overridden = db_bool(w->rows, 0, "overridden") && !db_bool(w->rows, 0, "has_performance");

    for (size_t i = 0; i < sizeof guards / sizeof guards[0]; i++) {
        json_t *o = json_object();
        bool open = false;

        for (size_t k = 0; k < n; k++)
            open = open || str_eqz(failing[k], guards[i]);
        json_set_z(o, "tone", open ? "stop" : "good");
        json_set_str(o, "label",
                     locale_textz(req->arena, req->locale,
                                  open                   ? "settlement.withdrawal.open"
                                  : overridden && i == 1 ? "desk.check.overridden"
                                                         : "settlement.withdrawal.there"));
        json_set_str(o, "text", desk_text(req, "settlement.withdrawal.guard.", str_of(guards[i])));
        (void)json_array_append_new(list, o);
    }
    json_set_new(model, "guards", list);
    json_set_bool(model, "may_request", n == 0);
    json_set_bool(model, "coordinator", staff_is(req, "coordinator"));
    json_set_bool(model, "needs_override",
                  !db_bool(w->rows, 0, "has_performance") && !db_bool(w->rows, 0, "overridden"));
}

static void add_state(struct request *req, const struct withdrawal *w, json_t *model)
{
    struct str status = db_text(w->rows, 0, "status"),
               previous = db_text(w->rows, 0, "to_previous");
    bool drafted = str_eqz(status, "WD_DRAFTED"), asked = !db_is_null(w->rows, 0, "warning_at");
    struct str answer = db_text(w->rows, 0, "warning_answer");
    struct uuid paper = token_uuid();

    json_set_str(model, "status_label", vocab_label(req, "filing_status", status));
    json_set_str(model, "channel_label",
                 vocab_label(req, "channel", db_text(w->rows, 0, "channel")));
    json_set_str(model, "filing_no", w->no);
    json_set_str(model, "filed_text",
                 locale_date(req->arena, req->locale, db_time(w->rows, 0, "submitted_at")));
    json_set_bool(model, "cannot", str_eqz(db_text(w->rows, 0, "withdrawable"), "NO"));
    json_set_bool(model, "may_draft",
                  !str_eqz(db_text(w->rows, 0, "withdrawable"), "NO") &&
                      (str_eqz(status, "SUBMITTED") || str_eqz(status, "SUPPLEMENT") ||
                       str_eqz(status, "ACCEPTED") || str_eqz(status, "RESPONDED") ||
                       str_eqz(status, "MEDIATING") || str_eqz(status, "INTERVENED") ||
                       str_eqz(status, "AGREED") || str_eqz(status, "WD_REJECTED")));
    json_set_bool(model, "drafted", drafted);
    json_set_bool(model, "requested", str_eqz(status, "WD_REQUESTED"));
    json_set_bool(model, "rejected", str_eqz(status, "WD_REJECTED"));
    json_set_bool(model, "withdrawn", str_eqz(status, "WITHDRAWN"));
    json_set_bool(model, "may_drop", previous.n != 0);
    json_set_str(model, "previous_label",
                 previous.n != 0 ? vocab_label(req, "filing_status", previous) : STR(""));
    json_set_bool(model, "has_words", w->words != NULL);
    json_set_bool(model, "may_print", drafted && w->words != NULL);
    json_set_str(model, "document", uuid_text(req->arena, &paper));
    json_set_str(model, "reason_label",
                 vocab_label(req, "withdrawal_reason", db_text(w->rows, 0, "wd_reason")));
    json_set_str(model, "reason_text", w->words != NULL ? json_str(w->words, "text") : STR(""));
    json_set_str(model, "said", w->said);
    json_set_str(
        model, "requested_text",
        db_is_null(w->rows, 0, "wd_requested_at")
            ? STR("")
            : locale_date(req->arena, req->locale, db_time(w->rows, 0, "wd_requested_at")));
    json_set_bool(model, "acknowledged", db_bool(w->rows, 0, "acknowledged"));
    json_set_bool(model, "warning_waits", asked && answer.n == 0);
    json_set_bool(model, "warning_kept",
                  str_eqz(answer, "kept") && !db_bool(w->rows, 0, "acknowledged"));
    json_set_bool(model, "may_warn",
                  !db_bool(w->rows, 0, "acknowledged") && !(asked && answer.n == 0));
    json_set_str(model, "warning_at_text",
                 asked ? locale_date(req->arena, req->locale, db_time(w->rows, 0, "warning_at"))
                       : STR(""));
    json_set_str(model, "document_file", db_text(w->rows, 0, "document_file"));
    json_set_int(model, "document_version", db_int(w->rows, 0, "document_version"));
    json_set_str(model, "document_at_text",
                 db_is_null(w->rows, 0, "document_at")
                     ? STR("")
                     : locale_date(req->arena, req->locale, db_time(w->rows, 0, "document_at")));
    json_set_bool(model, "is_coordinator", staff_is(req, "coordinator"));
}

enum err withdrawal_show(struct request *req, struct reply *rep)
{
    struct withdrawal w;
    struct findings f;
    json_t *model, *save, *stored = NULL;
    enum err err = withdrawal_open(req, &w);

    if (err == ERR_OK)
        err = stored_words(req, &w, &stored);
    if (err != ERR_OK)
        return reply_error(req, rep, err);
    model = desk_form(req, &w.c, "settlement.withdrawal.title", NULL, NULL);
    save = form_model(req, withdrawal_save_params, stored);
    json_set_new(model, "save", save);
    json_set_str(model, "id", uuid_text(req->arena, &w.id));
    desk_vocab(req, save, "reason", "withdrawal_reason");
    form_options(save, "asked_by", desk_options(req, "settlement.withdrawal.asked.", asked_by));
    form_options(save, "pressed", desk_options(req, "settlement.withdrawal.pressed.", yes_no));
    json_set_new(model, "request", form_model(req, withdrawal_request_params, stored));
    json_set_new(model, "answer", form_model(req, withdrawal_result_params, stored));
    form_options(json_object_get(model, "answer"), "result",
                 desk_options(req, "settlement.withdrawal.result.", results));
    json_set_bool(model, "late", w.rows == NULL);
    if (w.rows == NULL) { /* signed out meanwhile: the form that was sent, with what was typed */
        const struct param *sent = req->route->params;

        json_set_bool(model, "drafted",
                      sent == withdrawal_save_params || sent == withdrawal_request_params);
        json_set_bool(model, "may_request", sent == withdrawal_request_params);
        json_set_bool(model, "requested", sent == withdrawal_result_params);
    }
    if (w.rows != NULL) {
        json_set_int(model, "filing_version", db_int(w.rows, 0, "version"));
        add_state(req, &w, model);
        add_guards(req, &w, model);
        /* The field that was refused has no value any more, but its text as it was read. */
        if (req->method == METHOD_POST && req->route->params == withdrawal_save_params &&
            param_present(req, "reason") && form_field(req, "text")->text.n != 0) {
            err = check(req, &w, param_text(req, "reason"), form_field(req, "text")->text, &f);
            if (err == ERR_OK)
                mark_refusals(req, save, &f);
        }
    }
    json_set_new(model, "form",
                 req->method == METHOD_POST && req->route->params != withdrawal_save_params
                     ? settlement_sent_form(req)
                     : json_incref(save));
    if (err != ERR_OK) {
        json_decref(model);
        return reply_error(req, rep, err);
    }
    return reply_page(rep, "desk/withdrawal", model);
}

/* ---- steps ---- */

enum err withdrawal_step(struct request *req, struct reply *rep)
{
    struct withdrawal w;
    enum err err = withdrawal_open(req, &w);

    if (err == ERR_OK)
        err = db_write(req->db, "desk.withdrawal_step", NULL,
                       DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", w.c.id),
                       DB_UUID("p_filing", w.id), DB_INT("p_version", param_int(req, "version")),
                       DB_TEXT("p_event", param_text(req, "event")));
    return withdrawal_done(req, rep, err, &w);
}

enum err withdrawal_save(struct request *req, struct reply *rep)
{
    struct withdrawal w;
    struct findings f;
    const struct finding *refusal = NULL;
    json_t *words = json_owned(req->arena, json_object());
    enum err err = withdrawal_open(req, &w);

    if (err == ERR_OK)
        err = check(req, &w, param_text(req, "reason"), param_text(req, "text"), &f);
    if (err == ERR_OK)
        refusal = first_refusal(&f);
    if (refusal != NULL) {
        /* The page writes every refusal of the rule beside the field. */
        form_error(req, "text", refusal->key);
        err = ERR_FORM;
    }
    json_set_str(words, "text", param_text(req, "text"));
    json_set_str(words, "name", param_text(req, "name"));
    json_set_str(words, "contact", param_text(req, "contact"));
    if (err == ERR_OK)
        err = db_write(req->db, "desk.withdrawal_save", NULL,
                       DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", w.c.id),
                       DB_UUID("p_filing", w.id), DB_INT("p_version", param_int(req, "version")),
                       DB_TEXT("p_reason", param_text(req, "reason")),
                       DB_BYTES("p_text", seal_field(req->arena, w.c.key, "filing", &w.id,
                                                     "wd_text", json_dump(req->arena, words))),
                       DB_TEXT("p_asked_by", param_text(req, "asked_by")),
                       DB_BOOL("p_pressed", str_eqz(param_text(req, "pressed"), "yes")),
                       DB_JSON("p_checks", checks_json(req, &f)));
    return withdrawal_done(req, rep, err, &w);
}

enum err withdrawal_warn(struct request *req, struct reply *rep)
{
    struct withdrawal w;
    enum err err = withdrawal_open(req, &w);

    if (err == ERR_OK)
        err =
            db_write(req->db, "desk.warning_ask", NULL, DB_BYTES("p_session", desk_bearer(req)),
                     DB_UUID("p_case", w.c.id), DB_UUID("p_filing", w.id),
                     DB_INT("p_version", param_int(req, "version")), DB_UUID("p_id", token_uuid()));
    return withdrawal_done(req, rep, err, &w);
}

enum err withdrawal_request(struct request *req, struct reply *rep)
{
    struct withdrawal w;
    enum err err = withdrawal_open(req, &w);

    if (err == ERR_OK)
        err = db_write(req->db, "desk.withdrawal_request", NULL,
                       DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", w.c.id),
                       DB_UUID("p_filing", w.id), DB_INT("p_version", param_int(req, "version")),
                       DB_DATE_OR_NULL("p_on", param_text(req, "requested_on")));
    return withdrawal_done(req, rep, err, &w);
}

enum err withdrawal_result(struct request *req, struct reply *rep)
{
    struct withdrawal w;
    enum err err = withdrawal_open(req, &w);

    if (err == ERR_OK)
        err = db_write(req->db, "desk.withdrawal_result", NULL,
                       DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", w.c.id),
                       DB_UUID("p_filing", w.id), DB_INT("p_version", param_int(req, "version")),
                       DB_BOOL("p_granted", str_eqz(param_text(req, "result"), "granted")),
                       DB_BYTES("p_result", seal_field(req->arena, w.c.key, "filing", &w.id,
                                                       "wd_result", param_text(req, "said"))));
    return withdrawal_done(req, rep, err, &w);
}
