/*
 * Two steps that bring a file: /settlement/signed (the agreement with both signatures) and /settlement/performed (proof of performance,
 * which becomes an item of evidence).  The file is sealed and committed before the step; when the step is refused then, the file is
 * there to be chosen, so nobody sends it twice.
 */
#include "core/arena.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/multipart.h"
#include "core/serve.h"
#include "core/token.h"
#include "core/vocab.h"
#include "desk/settlement.h"

#define FILE_ROWS(KEY)                                                                             \
    {.name = "stored", .type = PARAM_UUID, .label = "settlement.stored"},                          \
    {                                                                                              \
        .name = "file", .type = PARAM_FILE, .label = KEY                                           \
    }

const struct param signed_params[] = {
    CASE_ROW,
    {.name = "signed_on",
     .type = PARAM_DATE,
     .flags = PARAM_REQUIRED | PARAM_NO_FUTURE,
     .label = "settlement.signed.on"},
    VERSION_ROW,
    FILE_ROWS("settlement.signed.file"),
    {.name = NULL},
};

const struct param performed_params[] = {
    CASE_ROW,
    {.name = "kind",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED,
     .label = "settlement.performed.kind"},
    {.name = "done_on",
     .type = PARAM_DATE,
     .flags = PARAM_REQUIRED | PARAM_NO_FUTURE,
     .label = "settlement.performed.on"},
    {.name = "paid",
     .type = PARAM_FEN,
     .min = 1,
     .max = 9999999999,
     .label = "settlement.performed.paid"},
    {.name = "ref_no",
     .type = PARAM_TEXT,
     .flags = PARAM_FOLD,
     .max = 64,
     .label = "settlement.performed.ref_no"},
    VERSION_ROW,
    FILE_ROWS("settlement.performed.file"),
    {.name = NULL},
};

/* The file of the form: a new one is taken, or one of the case is named.  ERR_FORM when there is neither. */
static enum err take_file(struct request *req, const struct open_case *c, struct multipart *m,
                          const struct part *part, bool have, const char *kind, const char *error,
                          struct uuid *out)
{
    struct file_context fc;
    struct file_meta meta;
    enum err err;

    if (!have && param_present(req, "stored")) {
        *out = param_uuid(req, "stored");
        return multipart_finish(m);
    }
    if (!have) {
        form_error(req, "file", error);
        return ERR_FORM;
    }
    open_case_files(req, c, &fc);
    err = file_receive(req, &fc, m, part, str_of(kind), STR(""), &meta);
    *out = meta.id;
    return err;
}

static enum err begin(struct request *req, struct multipart **m, struct part *part, bool *have)
{
    enum err err = multipart_open(req, m);

    *have = false;
    return err == ERR_OK ? multipart_form(*m, part, have) : err;
}

static void add_file_field(struct request *req, json_t *model)
{
    form_attr(json_object_get(model, "form"), "file", "max_bytes",
              str_fmt(req->arena, "%lld", (long long)req->app->config.file_max_bytes));
    json_set_str(model, "max_text",
                 locale_bytes(req->arena, req->locale, req->app->config.file_max_bytes));
}

enum err signed_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    json_t *model, *stored = json_owned(req->arena, json_object());
    enum err err = desk_open(req, &c);

    if (err == ERR_OK && req->staff != NULL)
        err = settlement_read(req, &c, &rows);
    if (err != ERR_OK)
        return reply_error(req, rep, err);
    if (rows != NULL)
        json_set_int(stored, "version", db_int(rows, 0, "version"));
    model = desk_form(req, &c, "settlement.signed.title", signed_params, stored);
    add_file_field(req, model);
    json_set_int(model, "document_version", rows != NULL ? db_int(rows, 0, "document_version") : 0);
    json_set_str(model, "document_file",
                 rows != NULL ? db_text(rows, 0, "document_file") : STR(""));
    if (req->staff != NULL)
        err = settlement_file_options(req, &c, json_object_get(model, "form"));
    if (err != ERR_OK) {
        json_decref(model);
        return reply_error(req, rep, err);
    }
    return reply_page(rep, "desk/settlement_signed", model);
}

enum err signed_add(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    struct multipart *m;
    struct part part;
    struct uuid file;
    bool have;
    enum err err = begin(req, &m, &part, &have);

    if (err == ERR_OK)
        err = desk_open(req, &c);
    if (err == ERR_OK)
        err = settlement_read(req, &c, &rows);
    /* What cannot succeed takes no file. */
    if (err == ERR_OK && db_int(rows, 0, "version") != param_int(req, "version"))
        err = ERR_CLASH;
    if (err == ERR_OK)
        err = settlement_may(req, &c, "signed");
    if (err == ERR_OK)
        err =
            take_file(req, &c, m, &part, have, "SETTLEMENT", "settlement.signed.error.none", &file);
    if (err == ERR_OK)
        err = db_write(
            req->db, "desk.settlement_sign_second", NULL, DB_BYTES("p_session", desk_bearer(req)),
            DB_UUID("p_case", c.id), DB_UUID("p_settlement", db_uuid(rows, 0, "id")),
            DB_INT("p_version", param_int(req, "version")),
            DB_DATE_OR_NULL("p_on", param_text(req, "signed_on")), DB_UUID("p_file", file));
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    return reply_see_other(rep, "/desk/cases/%.*s/settlement", STR_ARG(c.case_no));
}

enum err performed_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    json_t *model, *form, *stored = json_owned(req->arena, json_object());
    enum err err = desk_open(req, &c);

    if (err == ERR_OK && req->staff != NULL)
        err = settlement_read(req, &c, &rows);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return reply_error(req, rep, err);
    if (err == ERR_NOT_FOUND && rows == NULL) /* the case is somebody else's */
        return reply_error(req, rep, err);
    if (err == ERR_OK && rows != NULL) {
        json_set_str(stored, "kind", db_text(rows, 0, "kind"));
        if (!db_is_null(rows, 0, "agreed_fen"))
            json_set_int(stored, "paid", db_int(rows, 0, "agreed_fen"));
    }
    model = desk_form(req, &c, "settlement.performed.title", performed_params, stored);
    form = json_object_get(model, "form");
    add_file_field(req, model);
    desk_vocab(req, form, "kind", "performance_kind");
    json_set_bool(model, "by_agreement", str_eqz(c.status, "SETTLED_PENDING"));
    err = req->staff != NULL ? settlement_file_options(req, &c, form) : ERR_OK;
    if (err != ERR_OK) {
        json_decref(model);
        return reply_error(req, rep, err);
    }
    return reply_page(rep, "desk/settlement_performed", model);
}

/* The fields of PERFORMANCE evidence (sql/reference/evidence-kinds.json); the number identifies, so it is sealed. */
static struct str evidence_fields(struct request *req)
{
    json_t *o = json_owned(req->arena, json_object()), *sealed = json_array();

    json_set_str(o, "kind", param_text(req, "kind"));
    if (param_present(req, "paid"))
        json_set_int(o, "amount", param_fen(req, "paid"));
    json_set_str(o, "done_at",
                 str_fmt(req->arena, "%.*sT00:00:00+08:00", STR_ARG(param_text(req, "done_on"))));
    if (param_present(req, "ref_no"))
        (void)json_array_append_new(sealed, json_string("ref_no"));
    json_set_new(o, "sealed", sealed);
    return json_dump(req->arena, o);
}

static struct str evidence_sealed(struct request *req, const struct open_case *c,
                                  const struct uuid *id)
{
    json_t *o = json_owned(req->arena, json_object());

    if (!param_present(req, "ref_no"))
        return STR("");
    json_set_str(o, "ref_no", param_text(req, "ref_no"));
    return seal_field(req->arena, c->key, "evidence", id, "fields", json_dump(req->arena, o));
}

enum err performed_add(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct multipart *m;
    struct part part;
    struct uuid file, evidence = token_uuid();
    bool have, money;
    enum err err = begin(req, &m, &part, &have);

    if (err == ERR_OK) {
        struct str kind = param_text(req, "kind");

        money = str_eqz(kind, "REFUND") || str_eqz(kind, "COMPENSATION");
        if (money && !param_present(req, "paid")) {
            form_error(req, "paid", "settlement.performed.error.paid");
            err = ERR_FORM;
        }
        if (!vocab_has(req, "performance_kind", kind)) {
            form_error(req, "kind", "error.field.unknown");
            err = ERR_FORM;
        }
    }
    if (err == ERR_OK)
        err = desk_open(req, &c);
    if (err == ERR_OK && c.version != param_int(req, "version"))
        err = ERR_CLASH;
    if (err == ERR_OK)
        err = settlement_may(req, &c, "perform");
    if (err == ERR_OK)
        err = take_file(req, &c, m, &part, have, "PERFORMANCE", "settlement.performed.error.none",
                        &file);
    if (err == ERR_OK)
        err = db_write(req->db, "desk.settlement_performed", NULL,
                       DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", c.id),
                       DB_INT("p_version", param_int(req, "version")),
                       DB_TEXT("p_kind", param_text(req, "kind")),
                       DB_DATE_OR_NULL("p_on", param_text(req, "done_on")),
                       DB_INT_OR_NULL("p_fen", param_fen(req, "paid"), param_present(req, "paid")),
                       DB_UUID("p_file", file), DB_UUID("p_evidence", evidence),
                       DB_JSON("p_fields", evidence_fields(req)),
                       DB_BYTES_OR_NULL("p_fields_sealed", evidence_sealed(req, &c, &evidence)));
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    return reply_see_other(rep, "/desk/cases/%.*s/settlement", STR_ARG(c.case_no));
}
