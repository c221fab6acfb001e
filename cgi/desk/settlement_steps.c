/* Steps of a settlement: offers, plain steps, the first signature, the ends of talks and agreements, the question about receipt. */
#include "desk/settlement.h"

#include "core/arena.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/token.h"

static const char *const steps[] = {"negotiate", "agree_orally", "revise", "start_performance",
                                    "breach",    "confirm",      NULL};
static const char *const sides[] = {"respondent", "complainant", NULL};
static const char *const signers[] = {"complainant", "respondent", NULL};

const struct param settlement_step_params[] = {
    CASE_ROW,
    {.name = "event",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED | PARAM_HIDDEN,
     .choices = steps,
     .label = "settlement.step"},
    VERSION_ROW,
    {.name = NULL},
};

const struct param receipt_params[] = {
    CASE_ROW,
    {.name = "amount",
     .type = PARAM_FEN,
     .min = 1,
     .max = 9999999999,
     .label = "settlement.receipt.amount"},
    VERSION_ROW,
    {.name = NULL},
};

const struct param offer_params[] = {
    CASE_ROW,
    {.name = "side",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED,
     .choices = sides,
     .label = "settlement.offer.side"},
    {.name = "offer",
     .type = PARAM_FEN,
     .min = 0,
     .max = 9999999999,
     .label = "settlement.offer.amount"},
    {.name = "words", .type = PARAM_LINES, .max = 2000, .label = "settlement.offer.words"},
    VERSION_ROW,
    {.name = NULL},
};

const struct param sign_params[] = {
    CASE_ROW,
    {.name = "signer",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED,
     .choices = signers,
     .label = "settlement.sign.signer"},
    {.name = "signed_on",
     .type = PARAM_DATE,
     .flags = PARAM_REQUIRED | PARAM_NO_FUTURE,
     .label = "settlement.sign.on"},
    {.name = "same_text",
     .type = PARAM_BOOL,
     .flags = PARAM_REQUIRED,
     .label = "settlement.sign.same"},
    VERSION_ROW,
    {.name = NULL},
};

#define WORDS_ROW(KEY)                                                                             \
    {                                                                                              \
        .name = "reason", .type = PARAM_LINES, .flags = PARAM_REQUIRED, .min = 4, .max = 2000,     \
        .label = KEY                                                                               \
    }

const struct param fail_params[] = {
    CASE_ROW,
    WORDS_ROW("settlement.fail.reason"),
    VERSION_ROW,
    {.name = NULL},
};

const struct param rescind_params[] = {
    CASE_ROW,
    WORDS_ROW("settlement.rescind.reason"),
    VERSION_ROW,
    {.name = NULL},
};

/* ---- steps ---- */

/* The settlement of the case of this form. */
static enum err open_both(struct request *req, struct open_case *c, struct db_rows **rows)
{
    enum err err = desk_open(req, c);

    return err == ERR_OK ? settlement_read(req, c, rows) : err;
}

enum err settlement_step(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    enum err err = open_both(req, &c, &rows);

    if (err == ERR_OK)
        err =
            db_write(req->db, "desk.settlement_step", NULL, DB_BYTES("p_session", desk_bearer(req)),
                     DB_UUID("p_case", c.id), DB_UUID("p_settlement", db_uuid(rows, 0, "id")),
                     DB_INT("p_version", param_int(req, "version")),
                     DB_TEXT("p_event", param_text(req, "event")));
    return desk_done(req, rep, err, &c, "/settlement");
}

enum err receipt_ask(struct request *req, struct reply *rep)
{
    struct open_case c;
    enum err err = desk_open(req, &c);

    if (err == ERR_OK)
        err = db_write(
            req->db, "desk.receipt_ask", NULL, DB_BYTES("p_session", desk_bearer(req)),
            DB_UUID("p_case", c.id), DB_INT("p_version", param_int(req, "version")),
            DB_UUID("p_id", token_uuid()),
            DB_INT_OR_NULL("p_fen", param_fen(req, "amount"), param_present(req, "amount")));
    return desk_done(req, rep, err, &c, "/settlement");
}

enum err offer_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    json_t *model;
    enum err err = desk_open(req, &c);

    if (err != ERR_OK)
        return reply_error(req, rep, err);
    model = desk_form(req, &c, "settlement.offer.title", offer_params, NULL);
    form_options(json_object_get(model, "form"), "side",
                 desk_options(req, "settlement.side.", sides));
    return reply_page(rep, "desk/settlement_offer", model);
}

enum err offer_add(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct uuid note = token_uuid();
    struct str words = param_text(req, "words"), box = STR("");
    enum err err;

    if (!param_present(req, "offer") && words.n == 0) {
        form_error(req, "offer", "settlement.offer.error.empty");
        return reply_form_again(req, rep, ERR_FORM);
    }
    err = desk_open(req, &c);
    if (err == ERR_OK && words.n != 0)
        box = seal_field(req->arena, c.key, "note", &note, "body", words);
    if (err == ERR_OK)
        err = db_write(
            req->db, "desk.offer_add", NULL, DB_BYTES("p_session", desk_bearer(req)),
            DB_UUID("p_case", c.id), DB_INT("p_version", param_int(req, "version")),
            DB_UUID("p_settlement", token_uuid()), DB_TEXT("p_side", param_text(req, "side")),
            DB_INT_OR_NULL("p_fen", param_fen(req, "offer"), param_present(req, "offer")),
            DB_UUID("p_note", note), DB_BYTES_OR_NULL("p_text", box));
    return desk_done(req, rep, err, &c, "/settlement");
}

/* A form about the settlement: its version instead of the case's. */
static enum err settlement_form(struct request *req, struct reply *rep, const char *title_key,
                                const struct param *params, const char *view)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    json_t *model, *stored = json_owned(req->arena, json_object());
    enum err err = req->staff == NULL ? desk_open(req, &c) : open_both(req, &c, &rows);

    if (err != ERR_OK)
        return reply_error(req, rep, err);
    if (rows != NULL)
        json_set_int(stored, "version", db_int(rows, 0, "version"));
    model = desk_form(req, &c, title_key, params, stored);
    json_set_str(model, "document_file",
                 rows != NULL ? db_text(rows, 0, "document_file") : STR(""));
    json_set_int(model, "document_version", rows != NULL ? db_int(rows, 0, "document_version") : 0);
    if (params == sign_params)
        form_options(json_object_get(model, "form"), "signer",
                     desk_options(req, "settlement.side.", signers));
    json_set_bool(model, "is_fail", params == fail_params);
    json_set_bool(model, "is_rescind", params == rescind_params);
    return reply_page(rep, view, model);
}

enum err sign_show(struct request *req, struct reply *rep)
{
    return settlement_form(req, rep, "settlement.sign.title", sign_params, "desk/settlement_sign");
}

enum err sign_first(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    enum err err = open_both(req, &c, &rows);

    if (err == ERR_OK)
        err = db_write(req->db, "desk.settlement_sign_first", NULL,
                       DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", c.id),
                       DB_UUID("p_settlement", db_uuid(rows, 0, "id")),
                       DB_INT("p_version", param_int(req, "version")),
                       DB_TEXT("p_signer", param_text(req, "signer")),
                       DB_DATE_OR_NULL("p_on", param_text(req, "signed_on")));
    return desk_done(req, rep, err, &c, "/settlement");
}

enum err talks_fail_show(struct request *req, struct reply *rep)
{
    return settlement_form(req, rep, "settlement.fail.title", fail_params, "desk/settlement_words");
}

enum err rescind_show(struct request *req, struct reply *rep)
{
    return settlement_form(req, rep, "settlement.rescind.title", rescind_params,
                           "desk/settlement_words");
}

enum err talks_fail(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    struct uuid id;
    enum err err = open_both(req, &c, &rows);

    if (err == ERR_OK) {
        id = db_uuid(rows, 0, "id");
        err = db_write(req->db, "desk.talks_fail", NULL, DB_BYTES("p_session", desk_bearer(req)),
                       DB_UUID("p_case", c.id), DB_UUID("p_settlement", id),
                       DB_INT("p_version", param_int(req, "version")),
                       DB_BYTES("p_text", seal_field(req->arena, c.key, "settlement", &id,
                                                     "fall_reason", param_text(req, "reason"))));
    }
    return desk_done(req, rep, err, &c, "/settlement");
}

enum err settlement_rescind(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    struct uuid id;
    enum err err = open_both(req, &c, &rows);

    if (err == ERR_OK) {
        id = db_uuid(rows, 0, "id");
        err = db_write(req->db, "desk.settlement_rescind", NULL,
                       DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", c.id),
                       DB_UUID("p_settlement", id), DB_INT("p_version", param_int(req, "version")),
                       DB_BYTES("p_text", seal_field(req->arena, c.key, "settlement", &id,
                                                     "rescission", param_text(req, "reason"))));
    }
    return desk_done(req, rep, err, &c, "/settlement");
}
