/*
 * /desk/cases/{n}/settlement: one page says where the talks stand and what comes next; each step that needs words has a form of its own.
 * What may follow what is the engine's (sql/reference/transitions.json); here is only what a state offers.
 */
#include "desk/settlement.h"

#include "core/arena.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/vocab.h"
#include "core/why.h"

/* ---- what a state offers ---- */

/* Bits of the steps. */
enum {
    MAY_OFFER = 1,
    MAY_TERMS = 2,
    MAY_ORAL = 4,
    MAY_FAIL = 8,
    MAY_SIGN = 16,
    MAY_SIGNED = 32,
    MAY_START = 64,
    MAY_BREACH = 128,
    MAY_RESCIND = 256,
    MAY_CONFIRM = 512,
    MAY_ISSUE = 1024
};

struct state_steps {
    const char *state;
    unsigned may;
};

static const struct state_steps by_state[] = {
    {"NONE", MAY_OFFER},
    {"PROPOSED", MAY_OFFER | MAY_TERMS | MAY_ISSUE | MAY_FAIL},
    {"NEGOTIATING", MAY_OFFER | MAY_TERMS | MAY_ISSUE | MAY_ORAL | MAY_FAIL},
    {"ORAL", MAY_OFFER | MAY_TERMS | MAY_ISSUE | MAY_FAIL},
    {"DRAFTED", MAY_SIGN | MAY_TERMS | MAY_FAIL},
    {"PART_SIGNED", MAY_SIGNED | MAY_TERMS | MAY_FAIL},
    {"SIGNED", MAY_START | MAY_BREACH | MAY_RESCIND | MAY_CONFIRM},
    {"CONFIRMED", MAY_START | MAY_BREACH},
    {"PERFORMING", MAY_BREACH | MAY_RESCIND},
    {"BREACHED", MAY_RESCIND},
    {"RESCINDED", MAY_OFFER},
};

static const char *const talking[] = {"IN_PROGRESS", "ESCALATION_DUE", "NEGOTIATING", "LITIGATION"};
static const char *const unperformed[] = {"PREPARING",      "READY",          "IN_PROGRESS",
                                          "NEGOTIATING",    "ESCALATION_DUE", "LITIGATION",
                                          "SETTLED_PENDING"};

static bool among(struct str code, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eqz(code, list[i]))
            return true;
    }
    return false;
}

static void add_may(json_t *model, const struct open_case *c, struct str state, bool overdue,
                    bool mediated, bool complete)
{
    unsigned may = state.n == 0 ? MAY_OFFER : 0;
    bool talks = among(c->status, talking, sizeof talking / sizeof talking[0]);
    bool closed = str_eqz(c->status, "CLOSED") || str_eqz(c->status, "ARCHIVED");

    for (size_t i = 0; i < sizeof by_state / sizeof by_state[0]; i++) {
        if (str_eqz(state, by_state[i].state))
            may = by_state[i].may;
    }
    if (!talks)
        may &= ~(unsigned)(MAY_OFFER | MAY_TERMS | MAY_ISSUE | MAY_ORAL | MAY_FAIL | MAY_SIGN |
                           MAY_SIGNED);
    if (closed)
        may = 0;
    /* The agreed day has to pass first; and a case that waits for this agreement needs the breach to go on. */
    if (!overdue)
        may &= ~(unsigned)MAY_BREACH;
    if (str_eqz(c->status, "SETTLED_PENDING"))
        may &= ~(unsigned)MAY_RESCIND;
    if (!mediated)
        may &= ~(unsigned)MAY_CONFIRM;
    if (!complete)
        may &= ~(unsigned)MAY_ISSUE;
    json_set_bool(model, "may_offer", (may & MAY_OFFER) != 0);
    json_set_bool(model, "may_terms", (may & MAY_TERMS) != 0);
    json_set_bool(model, "may_issue", (may & MAY_ISSUE) != 0);
    json_set_bool(model, "may_oral", (may & MAY_ORAL) != 0);
    json_set_bool(model, "may_fail", (may & MAY_FAIL) != 0);
    json_set_bool(model, "may_sign", (may & MAY_SIGN) != 0);
    json_set_bool(model, "may_signed", (may & MAY_SIGNED) != 0);
    json_set_bool(model, "may_start", (may & MAY_START) != 0);
    json_set_bool(model, "may_breach", (may & MAY_BREACH) != 0);
    json_set_bool(model, "may_rescind", (may & MAY_RESCIND) != 0);
    json_set_bool(model, "may_confirm", (may & MAY_CONFIRM) != 0);
    json_set_bool(model, "may_perform",
                  among(c->status, unperformed, sizeof unperformed / sizeof unperformed[0]));
    json_set_bool(model, "may_ask_receipt",
                  str_eqz(c->status, "SETTLED_PENDING") || str_eqz(c->status, "PERFORMED") ||
                      str_eqz(c->status, "WITHDRAWING"));
    json_set_bool(model, "may_close",
                  str_eqz(c->status, "PERFORMED") || str_eqz(c->status, "WITHDRAWING"));
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
    add_may(model, c, state, db_bool(rows, 0, "overdue"), db_bool(rows, 0, "mediated"),
            db_bool(rows, 0, "contents_ok"));
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

json_t *settlement_sent_form(struct request *req, const struct param *otherwise)
{
    return form_model(req, req->method == METHOD_POST ? req->route->params : otherwise, NULL);
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
    json_set_new(model, "form", settlement_sent_form(req, NULL));
    json_set_new(model, "receipt_form", form_model(req, receipt_params, NULL));
    json_set_str(model, "case_status_label", vocab_label(req, "case_status", c.status));
    json_set_bool(model, "has_settlement", err == ERR_OK);
    if (err == ERR_OK)
        err = add_settlement(req, &c, rows, model);
    else
        add_may(model, &c, STR(""), false, false, false), err = ERR_OK;
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
