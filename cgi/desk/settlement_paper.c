/* Papers of settlement and withdrawal: shown before they are issued, then stored and frozen.  Papers for others are Chinese. */
#include "core/arena.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/serve.h"
#include "core/token.h"
#include "desk/settlement.h"
#include "letters/letter.h"

const struct param issue_params[] = {
    CASE_ROW,
    VERSION_ROW,
    {.name = NULL},
};

/* ---- papers ---- */

const struct locale *settlement_chinese(struct request *req)
{
    const struct locale *own = req->locale;

    req->locale = locale_get(req->app->locales, STR("zh-CN"));
    return own;
}

void settlement_paper_frame(struct request *req, const struct open_case *c, json_t *model)
{
    json_set_str(model, "case_no", c->case_no);
    json_set_str(model, "date", settlement_day(req, clock_now()));
    json_set_str(model, "organisation", req->app->config.organisation_zh);
}

struct str settlement_paper_name(struct request *req, const struct open_case *c, const char *key)
{
    const struct locale *own = settlement_chinese(req);
    json_t *values = json_owned(req->arena, json_object());
    struct str name;

    json_set_str(values, "case_no", c->case_no);
    name = locale_text(req->arena, req->locale, key, values);
    req->locale = own;
    return name;
}

enum err settlement_paper_store(struct request *req, const struct open_case *c, struct str name,
                                struct str pdf, struct made_paper *out)
{
    struct file_context fc;
    struct file_meta meta;
    unsigned char *hash = arena_alloc(req->arena, 32);
    enum err err;

    open_case_files(req, c, &fc);
    err = file_store(req, &fc, name, "application/pdf", pdf, "", &meta);
    if (err != ERR_OK)
        return err;
    token_lookup(req->arena, keys_get(req->app->keys, "lookup"), "file",
                 str_bytes(meta.sha256, sizeof meta.sha256), hash);
    *out = (struct made_paper){.id = token_uuid(), .file = meta.id, .hash = str_bytes(hash, 32)};
    return ERR_OK;
}

enum err settlement_preview(struct request *req, struct reply *rep, const struct open_case *c,
                            struct str pdf)
{
    reply_header(rep, "Content-Disposition",
                 str_fmt(req->arena, "inline; filename=\"%.*s-draft.pdf\"", STR_ARG(c->case_no)));
    reply_header(rep, "X-Content-Type-Options", STR("nosniff"));
    reply_header(rep, "Content-Security-Policy", STR("default-src 'none'; sandbox"));
    return reply_raw(rep, "application/pdf", pdf);
}

/* ---- the agreement (和解协议) ---- */

/* The agreement as PDF.  ERR_FORM: something is missing. */
static enum err compose(struct request *req, struct open_case *c, struct db_rows **rows,
                        json_t **terms, struct str *pdf)
{
    const struct locale *own = settlement_chinese(req);
    json_t *filings = NULL, *missing = json_owned(req->arena, json_array());
    enum err err = terms_read(req, c, rows, &filings, terms);

    if (err == ERR_OK && *terms == NULL)
        err = ERR_FORM;
    if (err == ERR_OK) {
        terms_name_filings(*terms, filings);
        settlement_paper_frame(req, c, *terms);
        err = letter_settlement(req->arena, req->locale, *terms, pdf, missing);
    }
    req->locale = own;
    return err;
}

enum err agreement_preview(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    json_t *terms = NULL;
    struct str pdf;
    enum err err = req->staff == NULL ? ERR_SIGNED_OUT : compose(req, &c, &rows, &terms, &pdf);

    if (err == ERR_FORM) /* the page of the terms names what is missing */
        return reply_see_other(rep, "/desk/cases/%.*s/settlement/terms", STR_ARG(c.case_no));
    if (err != ERR_OK)
        return reply_error(req, rep, err);
    return settlement_preview(req, rep, &c, pdf);
}

enum err agreement_issue(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    json_t *terms = NULL;
    struct findings f = findings_new(req->arena);
    struct made_paper paper;
    struct str pdf, snapshot;
    enum err err = compose(req, &c, &rows, &terms, &pdf);

    if (err == ERR_FORM)
        return reply_see_other(rep, "/desk/cases/%.*s/settlement/terms", STR_ARG(c.case_no));
    /* Nothing is stored for an old page. */
    if (err == ERR_OK && db_int(rows, 0, "version") != param_int(req, "version"))
        err = ERR_CLASH;
    if (err == ERR_OK)
        err = settlement_paper_store(
            req, &c, settlement_paper_name(req, &c, "settlement.paper.agreement"), pdf, &paper);
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    settlement_check(terms, &f);
    snapshot = seal_field(req->arena, c.key, "document", &paper.id, "snapshot",
                          json_dump(req->arena, terms));
    err = db_write(req->db, "desk.settlement_draft", NULL, DB_BYTES("p_session", desk_bearer(req)),
                   DB_UUID("p_case", c.id), DB_UUID("p_settlement", db_uuid(rows, 0, "id")),
                   DB_INT("p_version", param_int(req, "version")),
                   DB_JSON("p_checks", terms_checks(req, &f)), DB_UUID("p_document", paper.id),
                   DB_TEXT("p_template", str_of(letter_version(LETTER_SETTLEMENT))),
                   DB_UUID("p_file", paper.file), DB_BYTES("p_sha_hash", paper.hash),
                   DB_BYTES("p_snapshot", snapshot));
    return desk_done(req, rep, err, &c, "/settlement");
}
