/* /desk/cases/{n}/filings/{id}/withdrawal/letter: the withdrawal request (撤回投诉申请书, R-DOC-05), shown and issued. */
#include "core/arena.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/vocab.h"
#include "desk/document.h"
#include "desk/settlement.h"

const struct param withdrawal_issue_params[] = {
    CASE_ROW,
    ID_ROW("settlement.withdrawal.filing"),
    VERSION_ROW,
    /* Made by the page, so that a post that comes twice is one paper. */
    {.name = "document",
     .type = PARAM_UUID,
     .flags = PARAM_REQUIRED,
     .label = "settlement.withdrawal.step_letter"},
    {.name = NULL},
};

/* The signed agreement and what proves performance, as annexes. */
static enum err letter_proofs(struct request *req, const struct withdrawal *w, json_t *model)
{
    struct db_rows *rows = NULL;
    json_t *list = json_array(), *files = json_owned(req->arena, json_object()), *f;
    enum err err = desk_files(req, &w->c, files);

    json_set_new(model, "evidence", list);
    if (err == ERR_OK)
        err = db_read(req->db, "desk.withdrawal_annexes", &rows,
                      DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", w->c.id));
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        struct str kind = db_text(rows, i, "kind");
        json_t *o = json_object();
        size_t k;

        json_set_int(o, "no", (int64_t)json_array_size(list) + 1);
        json_set_str(o, "kind_label", vocab_label(req, "evidence_kind", kind));
        json_array_foreach(json_object_get(files, "files"), k, f)
        {
            if (str_eq(json_str(f, "file_id"), db_text(rows, i, "file_id")))
                json_set_str(o, "name", json_str(f, "name"));
        }
        json_set_str(o, "proves",
                     locale_textz(req->arena, req->locale,
                                  str_eqz(kind, "SETTLEMENT") ? "settlement.withdrawal.agreed"
                                                              : "settlement.withdrawal.proves"));
        (void)json_array_append_new(list, o);
    }
    return err;
}

static enum err letter_model(struct request *req, const struct withdrawal *w, json_t *m)
{
    struct db_rows *page = NULL;
    json_t *us = json_object(), *them = json_object();
    struct str channel = vocab_label(req, "channel", db_text(w->rows, 0, "channel"));
    struct str reason = db_text(w->rows, 0, "wd_reason");
    enum err err = db_read(req->db, "desk.case_page", &page,
                           DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", w->c.id));

    json_set_new(m, "complainant", us);
    json_set_new(m, "respondent", them);
    if (err != ERR_OK)
        return err;
    json_set_str(m, "addressee", channel);
    json_set_str(m, "channel_label", channel);
    json_set_str(m, "filing_no", w->no);
    if (w->no.n == 0 && !db_is_null(w->rows, 0, "proof_file"))
        json_set_str(m, "filing_proof",
                     locale_textz(req->arena, req->locale, "settlement.withdrawal.proof"));
    json_set_str(m, "filed_on", settlement_day(req, db_time(w->rows, 0, "submitted_at")));
    json_set_str(us, "name", json_str(w->words, "name"));
    json_set_str(us, "contact", json_str(w->words, "contact"));
    json_set_str(
        them, "name",
        db_text(page, 0, db_is_null(page, 0, "registered_name") ? "platform" : "registered_name"));
    json_set_str(m, "problem_label",
                 vocab_label(req, "problem_type", db_text(w->rows, 0, "problem_type")));
    json_set_str(m, "reason_label", vocab_label(req, "withdrawal_reason", reason));
    json_set_str(m, "reason_text", json_str(w->words, "text"));
    json_set_bool(m, "needs_proof", db_bool(w->rows, 0, "has_performance"));
    if (!db_bool(w->rows, 0, "wd_pressed"))
        json_set_bool(m, "no_pressure", true);
    json_set_bool(m, "effect_acknowledged", db_bool(w->rows, 0, "acknowledged"));
    return letter_proofs(req, w, m);
}

/* ERR_NOT_FOUND: no reason was written yet. */
static enum err letter(struct request *req, struct withdrawal *w, struct document *d)
{
    const struct locale *page;
    enum err err = withdrawal_open(req, w);

    if (err == ERR_OK && w->words == NULL)
        err = ERR_NOT_FOUND;
    if (err != ERR_OK)
        return err;
    *d = (struct document){.kind = "WITHDRAWAL_REQUEST",
                           .letter = LETTER_WITHDRAWAL,
                           .model = json_owned(req->arena, json_object()),
                           .filing = w->id,
                           .has_filing = true};
    page = document_words_begin(req);
    err = letter_model(req, w, d->model);
    document_words_end(req, page);
    return err;
}

/* A page of its own: what is missing, in words. */
static enum err say_missing(struct request *req, struct reply *rep, const struct withdrawal *w,
                            struct document *d)
{
    static const struct document_place nowhere[] = {{.missing = NULL}};
    json_t *model, *missing = NULL;
    enum err err = document_missing(req, &w->c, d, nowhere, &missing);

    if (err != ERR_OK)
        return reply_error(req, rep, err);
    model = desk_form(req, &w->c, "settlement.withdrawal.missing.title", NULL, NULL);
    json_set_new(model, "missing", json_incref(missing));
    json_set_str(model, "id", uuid_text(req->arena, &w->id));
    rep->status = 422;
    return reply_page(rep, "desk/withdrawal_missing", model);
}

enum err withdrawal_preview(struct request *req, struct reply *rep)
{
    struct withdrawal w;
    struct document d;
    enum err err = req->staff == NULL ? ERR_SIGNED_OUT : letter(req, &w, &d);

    if (err == ERR_OK)
        err = document_preview(req, rep, &w.c, &d);
    if (err == ERR_FORM)
        return say_missing(req, rep, &w, &d);
    return err == ERR_OK ? ERR_OK : reply_error(req, rep, err);
}

enum err withdrawal_issue(struct request *req, struct reply *rep)
{
    struct withdrawal w;
    struct document d;
    struct document_frozen frozen;
    struct uuid id = param_uuid(req, "document");
    bool known = false;
    enum err err = letter(req, &w, &d);

    if (err == ERR_OK)
        err = document_known(req, &w.c, &id, &known);
    if (err == ERR_OK && !known && db_int(w.rows, 0, "version") != param_int(req, "version"))
        err = ERR_CLASH;
    if (err == ERR_OK && !known)
        err = document_freeze(req, &w.c, &d, &id, &frozen);
    if (err == ERR_FORM)
        return say_missing(req, rep, &w, &d);
    if (err == ERR_OK && !known)
        err = db_write(req->db, "desk.withdrawal_issue", NULL,
                       DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", w.c.id),
                       DB_UUID("p_filing", w.id), DB_INT("p_version", param_int(req, "version")),
                       DB_UUID("p_document", frozen.id),
                       DB_TEXT("p_template", str_of(frozen.template_version)),
                       DB_UUID("p_file", frozen.file.id), DB_BYTES("p_sha_hash", frozen.sha_hash),
                       DB_BYTES("p_snapshot", frozen.snapshot));
    return withdrawal_done(req, rep, err, &w);
}
