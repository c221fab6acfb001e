/* /desk/cases/{n}/filings/{id}/withdrawal/letter: the withdrawal request (撤回投诉申请书, R-DOC-05), shown and issued. */
#include "core/arena.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/vocab.h"
#include "desk/settlement.h"
#include "letters/letter.h"

/* Proof of performance and agreement, as annexes. */
static enum err letter_proofs(struct request *req, const struct withdrawal *w, json_t *model)
{
    struct db_rows *rows = NULL;
    json_t *list = json_array(), *files = json_owned(req->arena, json_object()), *f;
    enum err err = desk_files(req, &w->c, files);

    json_set_new(model, "evidence", list);
    if (err == ERR_OK)
        err = db_read(req->db, "desk.evidence_list", &rows, DB_BYTES("p_session", desk_bearer(req)),
                      DB_UUID("p_case", w->c.id));
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        struct str kind = db_text(rows, i, "kind");
        json_t *o;
        size_t k;

        if (!str_eqz(kind, "PERFORMANCE") && !str_eqz(kind, "SETTLEMENT"))
            continue;
        o = json_object();
        json_set_int(o, "no", (int64_t)json_array_size(list) + 1);
        json_set_str(o, "kind_label", vocab_label(req, "evidence_kind", kind));
        json_array_foreach(json_object_get(files, "files"), k, f)
        {
            if (str_eq(json_str(f, "file_id"), db_text(rows, i, "file_id")))
                json_set_str(o, "name", json_str(f, "name"));
        }
        json_set_str(o, "proves",
                     locale_textz(req->arena, req->locale, "settlement.withdrawal.proves"));
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
    settlement_paper_frame(req, &w->c, m);
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

/* ERR_FORM: *missing says in the reader's language what is. */
static enum err compose(struct request *req, struct withdrawal *w, json_t **model, struct str *pdf,
                        json_t **missing)
{
    const struct locale *own;
    enum err err = withdrawal_open(req, w);

    *model = json_owned(req->arena, json_object());
    *missing = json_owned(req->arena, json_array());
    if (err == ERR_OK && w->words == NULL)
        return ERR_NOT_FOUND;
    own = settlement_chinese(req);
    if (err == ERR_OK)
        err = letter_model(req, w, *model);
    if (err == ERR_OK)
        err = letter_withdrawal(req->arena, req->locale, *model, pdf, *missing);
    req->locale = own;
    return err;
}

/* The page again, with what is missing above it. */
static enum err say_missing(struct request *req, struct reply *rep, const struct withdrawal *w,
                            const json_t *missing)
{
    json_t *model = desk_form(req, &w->c, "settlement.withdrawal.missing.title", NULL, NULL),
           *texts = json_array(), *one;
    size_t i;

    json_array_foreach(missing, i, one)(void) json_array_append_new(
        texts, json_of_str(
                   locale_textz(req->arena, req->locale, str_z(req->arena, json_str(one, "key")))));
    json_set_new(model, "missing", texts);
    json_set_str(model, "id", uuid_text(req->arena, &w->id));
    rep->status = 422;
    return reply_page(rep, "desk/withdrawal_missing", model);
}

enum err withdrawal_preview(struct request *req, struct reply *rep)
{
    struct withdrawal w;
    json_t *model, *missing;
    struct str pdf;
    enum err err = req->staff == NULL ? ERR_SIGNED_OUT : compose(req, &w, &model, &pdf, &missing);

    if (err == ERR_FORM)
        return say_missing(req, rep, &w, missing);
    if (err != ERR_OK)
        return reply_error(req, rep, err);
    return settlement_preview(req, rep, &w.c, pdf);
}

enum err withdrawal_issue(struct request *req, struct reply *rep)
{
    struct withdrawal w;
    json_t *model, *missing;
    struct made_paper paper;
    struct str pdf;
    enum err err = compose(req, &w, &model, &pdf, &missing);

    if (err == ERR_FORM)
        return say_missing(req, rep, &w, missing);
    if (err == ERR_OK && db_int(w.rows, 0, "version") != param_int(req, "version"))
        err = ERR_CLASH;
    if (err == ERR_OK)
        err = settlement_paper_store(
            req, &w.c, settlement_paper_name(req, &w.c, "settlement.paper.withdrawal"), pdf,
            &paper);
    if (err == ERR_OK)
        err = db_write(
            req->db, "desk.withdrawal_issue", NULL, DB_BYTES("p_session", desk_bearer(req)),
            DB_UUID("p_case", w.c.id), DB_UUID("p_filing", w.id),
            DB_INT("p_version", param_int(req, "version")), DB_UUID("p_document", paper.id),
            DB_TEXT("p_template", str_of(letter_version(LETTER_WITHDRAWAL))),
            DB_UUID("p_file", paper.file), DB_BYTES("p_sha_hash", paper.hash),
            DB_BYTES("p_snapshot", seal_field(req->arena, w.c.key, "document", &paper.id,
                                              "snapshot", json_dump(req->arena, model))));
    return withdrawal_done(req, rep, err, &w);
}
