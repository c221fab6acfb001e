/*
 * /desk/cases/{n}/settlement: one page says where the talks stand and what comes next; each step that needs words has a form of its own.
 * What may follow what is the engine's (sql/reference/transitions.json).
 */
#include "desk/settlement.h"

#include "core/arena.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/vocab.h"
#include "core/why.h"

/* ---- what comes next ---- */

/* Steps of desk.settlement_steps, which says what of them is possible now. */
static const char *const steps[] = {"offer",   "terms",   "issue",   "oral",   "fail",
                                    "sign",    "signed",  "start",   "breach", "rescind",
                                    "confirm", "perform", "receipt", "close"};

static enum err add_steps(struct request *req, const struct open_case *c, json_t *model)
{
    struct db_rows *rows = NULL;
    enum err err = db_read(req->db, "desk.settlement_steps", &rows,
                           DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", c->id));

    for (size_t k = 0; err == ERR_OK && k < sizeof steps / sizeof steps[0]; k++) {
        bool may = false;

        for (size_t i = 0; i < db_count(rows); i++)
            may = may || str_eqz(db_text(rows, i, "step"), steps[k]);
        json_set_bool(model, str_z(req->arena, str_fmt(req->arena, "may_%s", steps[k])), may);
    }
    return err;
}

/* ---- the page ---- */

static struct str money_or_empty(struct request *req, const struct db_rows *rows, size_t i,
                                 const char *column)
{
    return db_is_null(rows, i, column)
               ? STR("")
               : locale_fen(req->arena, req->locale, db_int(rows, i, column));
}

static struct str date_or_empty(struct request *req, const struct db_rows *rows, const char *column)
{
    return db_is_null(rows, 0, column)
               ? STR("")
               : locale_date(req->arena, req->locale, db_time(rows, 0, column));
}

static struct str day_or_empty(struct request *req, const struct db_rows *rows, const char *column)
{
    return db_is_null(rows, 0, column)
               ? STR("")
               : locale_day(req->arena, req->locale, db_text(rows, 0, column));
}

static enum err open_words(struct request *req, const struct open_case *c,
                           const struct db_rows *rows, const char *column, const char *name,
                           json_t *model)
{
    struct uuid id = db_uuid(rows, 0, "id");
    struct str text = STR("");
    enum err err = ERR_OK;

    if (!db_is_null(rows, 0, column))
        err = seal_field_open(req->arena, c->key, "settlement", &id, name,
                              db_bytes(rows, 0, column), &text);
    json_set_str(model, name, text);
    return err;
}

static void add_receipt(struct request *req, const struct db_rows *rows, json_t *model)
{
    bool asked = !db_is_null(rows, 0, "receipt_id"),
         answered = !db_is_null(rows, 0, "receipt_answer");
    struct str answer = db_text(rows, 0, "receipt_answer");

    json_set_bool(model, "receipt_waits", asked && !answered);
    json_set_bool(model, "receipt_answered", answered);
    json_set_str(model, "receipt_at_text", date_or_empty(req, rows, "receipt_at"));
    json_set_str(model, "receipt_text",
                 answered ? desk_text(req, "settlement.receipt.", answer) : STR(""));
    json_set_str(model, "receipt_fen_text", money_or_empty(req, rows, 0, "receipt_fen"));
}

static enum err add_settlement(struct request *req, const struct open_case *c,
                               const struct db_rows *rows, json_t *model)
{
    struct str state = db_text(rows, 0, "state");
    json_t *signed_file = NULL, *proof = NULL;
    enum err err;

    json_set_str(model, "state", state);
    json_set_str(model, "state_label", vocab_label(req, "settlement_state", state));
    json_set_str(model, "advice", desk_text(req, "settlement.next.", state));
    json_set_int(model, "settlement_version", db_int(rows, 0, "version"));
    json_set_str(model, "offered_text", money_or_empty(req, rows, 0, "offered_fen"));
    json_set_str(model, "agreed_text", money_or_empty(req, rows, 0, "agreed_fen"));
    json_set_str(model, "paid_text", money_or_empty(req, rows, 0, "paid_fen"));
    json_set_str(model, "kind_label",
                 vocab_label(req, "performance_kind", db_text(rows, 0, "kind")));
    json_set_str(model, "perform_by_text", day_or_empty(req, rows, "perform_by"));
    json_set_bool(model, "is_overdue", db_bool(rows, 0, "overdue"));
    json_set_bool(model, "has_terms", !db_is_null(rows, 0, "terms_sealed"));
    json_set_bool(model, "incomplete",
                  !db_is_null(rows, 0, "terms_sealed") && !db_bool(rows, 0, "contents_ok"));
    json_set_bool(model, "is_oral", str_eqz(state, "ORAL"));
    json_set_str(model, "document_file", db_text(rows, 0, "document_file"));
    json_set_int(model, "document_version", db_int(rows, 0, "document_version"));
    json_set_str(model, "document_at_text", date_or_empty(req, rows, "document_at"));
    json_set_str(model, "first_signed_text", date_or_empty(req, rows, "first_signed_at"));
    json_set_str(model, "first_signer_text",
                 db_is_null(rows, 0, "first_signer")
                     ? STR("")
                     : desk_text(req, "settlement.side.", db_text(rows, 0, "first_signer")));
    json_set_str(model, "signed_text", date_or_empty(req, rows, "signed_at"));
    json_set_str(model, "performed_text", day_or_empty(req, rows, "performed_on"));
    json_set_str(model, "breached_text", date_or_empty(req, rows, "breached_at"));
    add_receipt(req, rows, model);
    err = open_words(req, c, rows, "rescission_sealed", "rescission", model);
    if (err == ERR_OK)
        err = open_words(req, c, rows, "fall_reason_sealed", "fall_reason", model);
    if (err == ERR_OK)
        err = settlement_file(req, c, rows, "signed_file", &signed_file);
    if (err == ERR_OK)
        err = settlement_file(req, c, rows, "performance_file", &proof);
    json_set_new(model, "signed_file",
                 signed_file != NULL ? json_incref(signed_file) : json_false());
    json_set_new(model, "proof", proof != NULL ? json_incref(proof) : json_false());
    return err;
}

static enum err add_offers(struct request *req, const struct open_case *c, json_t *model)
{
    struct db_rows *rows = NULL;
    json_t *list = json_array();
    enum err err = db_read(req->db, "desk.settlement_offers", &rows,
                           DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", c->id));

    json_set_new(model, "offers", list);
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        json_t *o = json_object();

        json_set_str(o, "at_text",
                     locale_datetime(req->arena, req->locale, db_time(rows, i, "at")));
        json_set_str(o, "side_text", desk_text(req, "settlement.side.", db_text(rows, i, "side")));
        json_set_str(o, "amount_text", money_or_empty(req, rows, i, "offered_fen"));
        json_set_str(o, "by", db_text(rows, i, "actor_name"));
        (void)json_array_append_new(list, o);
    }
    json_set_bool(model, "has_offers", json_array_size(list) != 0);
    return err;
}

/* The day of performance with "why this date". */
static enum err add_clock(struct request *req, const struct open_case *c, json_t *model)
{
    struct db_rows *rows = NULL;
    json_t *list = json_array();
    enum err err = db_read(req->db, "desk.clocks", &rows, DB_BYTES("p_session", desk_bearer(req)),
                           DB_UUID("p_case", c->id));

    json_set_new(model, "clocks", list);
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        json_t *row, *why;

        if (!str_eqz(db_text(rows, i, "kind"), "PERFORMANCE_DATE"))
            continue;
        row = db_row_json(rows, i);
        why = json_object_get(row, "why");
        why_texts(req, why);
        (void)json_array_append(list, why);
        json_decref(row);
    }
    return err;
}

json_t *settlement_sent_form(struct request *req)
{
    return form_model(req, req->method == METHOD_POST ? req->route->params : NULL, NULL);
}

enum err settlement_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    json_t *model, *filings = NULL;
    enum err err;

    if (req->staff == NULL)
        return reply_error(req, rep, ERR_SIGNED_OUT);
    err = desk_open(req, &c);
    if (err == ERR_OK)
        err = settlement_read(req, &c, &rows);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return reply_error(req, rep, err);
    if (rows == NULL)
        return reply_error(req, rep, err);
    model = desk_form(req, &c, "settlement.title", NULL, NULL);
    json_set_new(model, "form", settlement_sent_form(req));
    json_set_new(model, "receipt_form", form_model(req, receipt_params, NULL));
    json_set_str(model, "case_status_label", vocab_label(req, "case_status", c.status));
    json_set_bool(model, "has_settlement", err == ERR_OK);
    err = err == ERR_OK ? add_settlement(req, &c, rows, model) : ERR_OK;
    if (err == ERR_OK)
        err = add_steps(req, &c, model);
    if (err == ERR_OK)
        err = add_offers(req, &c, model);
    if (err == ERR_OK)
        err = add_clock(req, &c, model);
    if (err == ERR_OK)
        err = settlement_filings(req, &c, &filings);
    if (err != ERR_OK) {
        json_decref(model);
        return reply_error(req, rep, err);
    }
    json_set_bool(model, "has_filings", json_array_size(filings) != 0);
    json_set_new(model, "filings", json_incref(filings));
    return reply_page(rep, "desk/settlement", model);
}
