/* /desk/cases/{n}/settlement/agreement: the agreement (和解协议) as a draft, and issued with the step that drafts it. */
#include "core/json.h"
#include "core/token.h"
#include "desk/document.h"
#include "desk/settlement.h"

const struct param issue_params[] = {
    CASE_ROW,
    VERSION_ROW,
    {.name = NULL},
};

/* ERR_FORM: nothing was typed yet. */
static enum err agreement(struct request *req, struct open_case *c, struct db_rows **rows,
                          struct document *d)
{
    const struct locale *page = document_words_begin(req);
    json_t *filings = NULL, *terms = NULL;
    enum err err = terms_read(req, c, rows, &filings, &terms);

    document_words_end(req, page);
    if (err != ERR_OK || terms == NULL)
        return err == ERR_OK ? ERR_FORM : err;
    terms_name_filings(terms, filings);
    *d = (struct document){.kind = "SETTLEMENT_AGREEMENT",
                           .letter = LETTER_SETTLEMENT,
                           .model = terms,
                           .settlement = db_uuid(*rows, 0, "id"),
                           .has_settlement = true};
    return ERR_OK;
}

enum err agreement_preview(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    struct document d;
    enum err err = req->staff == NULL ? ERR_SIGNED_OUT : agreement(req, &c, &rows, &d);

    if (err == ERR_OK)
        err = document_preview(req, rep, &c, &d);
    if (err == ERR_FORM) /* the page of the terms names what is missing */
        return reply_see_other(rep, "/desk/cases/%.*s/settlement/terms?show=check",
                               STR_ARG(c.case_no));
    return err == ERR_OK ? ERR_OK : reply_error(req, rep, err);
}

enum err agreement_issue(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    struct findings f = findings_new(req->arena);
    struct document d;
    struct document_frozen frozen;
    struct uuid id = token_uuid();
    enum err err = agreement(req, &c, &rows, &d);

    /* Nothing is stored for an old page, nor for the same one sent twice. */
    if (err == ERR_OK && db_int(rows, 0, "version") != param_int(req, "version"))
        err = ERR_CLASH;
    if (err == ERR_OK)
        err = document_freeze(req, &c, &d, &id, &frozen);
    if (err == ERR_FORM)
        return reply_see_other(rep, "/desk/cases/%.*s/settlement/terms?show=check",
                               STR_ARG(c.case_no));
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    settlement_check(d.model, &f);
    err = db_write(req->db, "desk.settlement_draft", NULL, DB_BYTES("p_session", desk_bearer(req)),
                   DB_UUID("p_case", c.id), DB_UUID("p_settlement", d.settlement),
                   DB_INT("p_version", param_int(req, "version")),
                   DB_JSON("p_checks", terms_checks(req, &f)), DB_UUID("p_document", frozen.id),
                   DB_TEXT("p_template", str_of(frozen.template_version)),
                   DB_UUID("p_file", frozen.file.id), DB_BYTES("p_sha_hash", frozen.sha_hash),
                   DB_BYTES("p_snapshot", frozen.snapshot));
    return desk_done(req, rep, err, &c, "/settlement");
}
