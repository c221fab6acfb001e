/* /desk/cases/{n}/papers: what was issued, and for each letter what is missing, its preview, and the step that issues it. */
#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/token.h"
#include "core/vocab.h"
#include "desk/letter.h"

static const char *const kinds[] = {"COMPLAINT_LETTER", "EVIDENCE_LIST", NULL};

/* A flat table, one field a row. */
/* clang-format off */

const struct param paper_issue_params[] = {
    CASE_ROW,
    {.name = "kind", .type = PARAM_CODE, .flags = PARAM_REQUIRED, .choices = kinds, .label = "paper.kind"},
    {.name = "document", .type = PARAM_UUID, .flags = PARAM_REQUIRED, .label = "paper.kind"},
    VERSION_ROW,
    {.name = NULL},
};

const struct param paper_path_params[] = {
    CASE_ROW,
    {.name = "kind", .type = PARAM_CODE, .flags = PARAM_REQUIRED | PARAM_PATH, .choices = kinds, .label = "paper.kind"},
    {.name = NULL},
};

static const struct document_place places[] = {
    {"letters.missing.addressee", "papers/text#f-addressee", "paper.text.title"},
    {"letters.missing.complainant", "papers/text#f-name", "paper.text.title"},
    {"letters.missing.contact", "papers/text#f-contact", "paper.text.title"},
    {"letters.missing.respondent", "platform", "desk.platform.title"},
    {"letters.missing.facts", "papers/text#f-facts", "paper.text.title"},
    {"letters.missing.negotiation", "papers/text#f-negotiation", "paper.text.title"},
    {"letters.missing.demands", "demands", "filing.demands.title"},
    {"letters.missing.basis", "papers/text#f-laws", "paper.text.title"},
    {"letters.missing.evidence", "evidence", "desk.evidence.title"},
    {"paper.missing.words", "papers/text#f-facts", "paper.text.title"},
    {NULL, NULL, NULL},
};
/* clang-format on */

/* ---- the list ---- */

static enum err add_issued(struct request *req, const struct open_case *c, json_t *model)
{
    struct db_rows *rows = NULL;
    json_t *list = json_array();
    enum err err = db_read(req->db, "desk.documents", &rows,
                           DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", c->id));

    json_set_new(model, "papers", list);
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        json_t *row = db_row_json(rows, i);
        struct file_meta meta;

        (void)json_array_append_new(list, row);
        err = file_of_row(req->arena, c->key, rows, i, &meta);
        if (err != ERR_OK)
            break;
        vocab_add_label(req, row, "kind", "document_kind");
        json_set_str(row, "channel_label",
                     db_is_null(rows, i, "channel")
                         ? STR("")
                         : vocab_label(req, "channel", db_text(rows, i, "channel")));
        json_set_str(row, "name", meta.name);
        json_set_str(row, "sha256", str_hex(req->arena, str_bytes(meta.sha256, 32)));
        json_set_str(row, "size_text", locale_bytes(req->arena, req->locale, meta.bytes));
        json_set_str(row, "at_text",
                     locale_datetime(req->arena, req->locale, db_time(rows, i, "issued_at")));
    }
    json_set_bool(model, "has_papers", json_array_size(list) != 0);
    return err;
}

/* Words that must not go out block as a missing value does (V-WORD-01, V-WORD-03). */
static enum err words_block(struct request *req, const struct letter_source *s, bool *blocks)
{
    struct findings facts, talk;
    enum err err = letter_words(req, s, json_str(s->text, "facts"), &facts);

    if (err == ERR_OK)
        err = letter_words(req, s, json_str(s->text, "negotiation"), &talk);
    *blocks = err == ERR_OK && (findings_block(&facts) || findings_block(&talk));
    return err;
}

static enum err lacks(struct request *req, const struct open_case *c, const struct letter_source *s,
                      struct document *d, json_t **missing)
{
    bool blocks = false;
    json_t *o;
    enum err err = document_missing(req, c, d, places, missing);

    if (err == ERR_OK && d->letter == LETTER_COMPLAINT)
        err = words_block(req, s, &blocks);
    if (err != ERR_OK || !blocks)
        return err;
    o = json_object();
    json_set_str(o, "text", locale_textz(req->arena, req->locale, "paper.missing.words"));
    json_set_str(o, "href",
                 str_fmt(req->arena, "/desk/cases/%.*s/papers/text#f-facts", STR_ARG(c->case_no)));
    json_set_str(o, "link", locale_textz(req->arena, req->locale, "paper.text.title"));
    (void)json_array_append_new(*missing, o);
    return ERR_OK;
}

static enum err add_letters(struct request *req, const struct open_case *c, json_t *model)
{
    struct letter_source s = {.text = NULL};
    json_t *list = json_array();
    enum err err = letter_read(req, c, &s);

    json_set_new(model, "letters", list);
    for (size_t i = 0; err == ERR_OK && kinds[i] != NULL; i++) {
        struct document d;
        struct uuid id = token_uuid();
        json_t *o = json_object(), *missing = NULL;

        (void)json_array_append_new(list, o);
        err = letter_document(req, c, &s, str_of(kinds[i]), &d);
        if (err == ERR_OK)
            err = lacks(req, c, &s, &d, &missing);
        if (err != ERR_OK)
            break;
        json_set_z(o, "kind", kinds[i]);
        vocab_add_label(req, o, "kind", "document_kind");
        json_set_str(o, "document", uuid_text(req->arena, &id));
        json_set_int(o, "text_version", s.version);
        json_set_bool(o, "has_missing", json_array_size(missing) != 0);
        json_set_new(o, "missing", json_incref(missing));
    }
    json_set_bool(model, "unregistered",
                  err == ERR_OK && json_str(s.told, "registered_name").n == 0);
    return err;
}

enum err papers_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    json_t *model;
    enum err err = desk_open(req, &c);

    if (err == ERR_OK && req->staff == NULL)
        err = ERR_SIGNED_OUT; /* nothing is typed here */
    if (err != ERR_OK)
        return reply_error(req, rep, err);
    model = desk_form(req, &c, "paper.title", paper_issue_params, NULL);
    err = add_issued(req, &c, model);
    if (err == ERR_OK)
        err = add_letters(req, &c, model);
    if (err != ERR_OK) {
        json_decref(model);
        return reply_error(req, rep, err);
    }
    return reply_page(rep, "desk/papers", model);
}

/* ---- preview and issuing ---- */

/* A complaint letter shows how to reach the complainant, so looking at it is written down as any other look (desk.contact). */
static enum err note_look(struct request *req, const struct open_case *c)
{
    return db_write(req->db, "desk.contact", NULL, DB_BYTES("p_session", desk_bearer(req)),
                    DB_UUID("p_case", c->id));
}

enum err paper_preview(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct letter_source s = {.text = NULL};
    struct document d;
    enum err err = desk_open(req, &c);

    if (err == ERR_OK)
        err = letter_read(req, &c, &s);
    if (err == ERR_OK)
        err = letter_document(req, &c, &s, param_text(req, "kind"), &d);
    if (err == ERR_OK && d.letter == LETTER_COMPLAINT)
        err = note_look(req, &c);
    if (err == ERR_OK)
        err = document_preview(req, rep, &c, &d);
    if (err == ERR_FORM) /* the page says what is missing */
        return reply_see_other(rep, "/desk/cases/%.*s/papers", STR_ARG(c.case_no));
    return err == ERR_OK ? ERR_OK : reply_error(req, rep, err);
}

enum err paper_issue(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct letter_source s = {.text = NULL};
    struct document d;
    struct uuid id = param_uuid(req, "document");
    json_t *missing = NULL;
    bool known = false;
    enum err err = desk_open(req, &c);

    if (err == ERR_OK)
        err = document_known(req, &c, &id, &known);
    if (err == ERR_OK && known)
        return desk_done(req, rep, ERR_OK, &c, "/papers");
    if (err == ERR_OK)
        err = letter_read(req, &c, &s);
    if (err == ERR_OK && s.version != param_int(req, "version"))
        err = ERR_CLASH; /* somebody changed the text after this page was made */
    if (err == ERR_OK)
        err = letter_document(req, &c, &s, param_text(req, "kind"), &d);
    if (err == ERR_OK)
        err = lacks(req, &c, &s, &d, &missing);
    if (err == ERR_OK && json_array_size(missing) != 0) {
        form_error(req, "kind", "paper.error.missing");
        err = ERR_FORM;
    }
    if (err == ERR_OK)
        err = document_issue(req, &c, &d, &id);
    return desk_done(req, rep, err, &c, "/papers");
}
