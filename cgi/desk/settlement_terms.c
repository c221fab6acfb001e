/*
 * /desk/cases/{n}/settlement/terms: the contents of the agreement (DOMAIN.md §5.3).  Half a text may be kept; what V-SET-01 misses stands
 * in a list above the form, beside each field once somebody tried to issue, and nothing is issued before it is silent.  That performance
 * comes before withdrawal and that reporting stays free is printed in every agreement, so nobody is asked for it.
 */
#include <string.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/vocab.h"
#include "desk/settlement.h"
#include "rules/number_key.h"

/* clang-format off */
#define LINE(NAME, MAX, LABEL) {.name = NAME, .type = PARAM_TEXT, .max = MAX, .label = LABEL}
/* A number or a way of contact. */
#define NUMBER(NAME, MAX, LABEL) {.name = NAME, .type = PARAM_TEXT, .flags = PARAM_FOLD, .max = MAX, .label = LABEL}
#define LINES(NAME, MAX, LABEL) {.name = NAME, .type = PARAM_LINES, .max = MAX, .label = LABEL}

const struct param terms_params[] = {
    CASE_ROW,
    LINE("name_a", 60, "settlement.terms.name_a"),
    NUMBER("identity_a", 60, "settlement.terms.identity_a"),
    NUMBER("contact_a", 100, "settlement.terms.contact_a"),
    LINE("name_b", 100, "settlement.terms.name_b"),
    NUMBER("credit_code", 30, "settlement.terms.credit_code"),
    LINE("representative", 60, "settlement.terms.representative"),
    NUMBER("contact_b", 100, "settlement.terms.contact_b"),
    LINES("dispute", 500, "settlement.terms.dispute"),
    NUMBER("order_no", 64, "settlement.terms.order_no"),
    {.name = "kind", .type = PARAM_CODE, .label = "settlement.terms.kind"},
    {.name = "amount", .type = PARAM_FEN, .min = 1, .max = 9999999999, .label = "settlement.terms.amount"},
    NUMBER("account", 100, "settlement.terms.account"),
    LINE("delivered", 200, "settlement.terms.delivered"),
    {.name = "quantity", .type = PARAM_INT, .min = 1, .max = 100000, .label = "settlement.terms.quantity"},
    LINE("unit", 10, "settlement.terms.unit"),
    {.name = "perform_by", .type = PARAM_DATE, .flags = PARAM_COMING, .label = "settlement.terms.perform_by"},
    LINE("method", 200, "settlement.terms.method"),
    {.name = "filings", .type = PARAM_UUID, .flags = PARAM_MANY, .label = "settlement.terms.filings"},
    {.name = "withdraw_days", .type = PARAM_INT, .min = 1, .max = 60, .label = "settlement.terms.withdraw_days"},
    LINES("breach", 1000, "settlement.terms.breach"),
    LINES("confidentiality", 500, "settlement.terms.confidentiality"),
    LINES("extra_terms", 2000, "settlement.terms.extra_terms"),
    {.name = "copies", .type = PARAM_INT, .min = 1, .max = 20, .label = "settlement.terms.copies"},
    LINE("signed_place", 60, "settlement.terms.signed_place"),
    LINE("mediator", 60, "settlement.terms.mediator"),
    {.name = "mediated", .type = PARAM_BOOL, .label = "settlement.terms.mediated"},
    LINES("annexes", 500, "settlement.terms.annexes"),
    VERSION_ROW,
    {.name = NULL},
};

static const char *const shown[] = {"saved", "check", NULL};

const struct param terms_page_params[] = {
    CASE_ROW,
    {.name = "show", .type = PARAM_CODE, .choices = shown, .label = "settlement.terms.title"},
    {.name = NULL},
};

/* What every agreement must hold, whatever is performed. */
static const char *const always[] = {"name_a", "identity_a", "name_b", "credit_code", "dispute", "order_no",
                                     "kind", "perform_by", "method", "breach", "copies"};
/* And what only a payment needs. */
static const char *const for_money[] = {"amount", "account"};

/* Where each field stands in the model of rules/settlement.h. */
static const struct place {
    const char *field, *object, *key; /* object NULL: at the top */
} places[] = {
    {"name_a", "complainant", "name"},
    {"identity_a", "complainant", "identity"},
    {"contact_a", "complainant", "contact"},
    {"name_b", "respondent", "name"},
    {"credit_code", "respondent", "credit_code"},
    {"representative", "respondent", "representative"},
    {"contact_b", "respondent", "contact"},
    {"dispute", NULL, "dispute"},
    {"order_no", NULL, "order_no"},
    {"kind", NULL, "kind"},
    {"account", NULL, "account"},
    {"delivered", NULL, "delivered"},
    {"unit", NULL, "unit"},
    {"perform_by", NULL, "perform_by"},
    {"method", NULL, "method"},
    {"breach", NULL, "breach"},
    {"confidentiality", NULL, "confidentiality"},
    {"signed_place", NULL, "signed_place"},
    {"mediator", NULL, "mediator"},
};

static const struct place numbers[] = {
    {"amount", NULL, "amount_fen"},
    {"quantity", NULL, "quantity"},
    {"withdraw_days", NULL, "withdraw_days"},
    {"copies", NULL, "copies"},
};

static const char *const line_lists[] = {"extra_terms", "annexes"};

/* Which field mends what V-SET-01 misses. */
static const struct mended {
    const char *key, *field;
} mended[] = {
    {"rules.settlement.missing_complainant", "name_a"},
    {"rules.settlement.missing_identity", "identity_a"},
    {"rules.settlement.missing_respondent", "name_b"},
    {"rules.settlement.missing_credit_code", "credit_code"},
    {"rules.settlement.credit_code_check", "credit_code"},
    {"rules.settlement.missing_dispute", "dispute"},
    {"rules.settlement.missing_order_no", "order_no"},
    {"rules.settlement.missing_kind", "kind"},
    {"rules.settlement.missing_amount", "amount"},
    {"rules.settlement.missing_account", "account"},
    {"rules.settlement.missing_delivered", "delivered"},
    {"rules.settlement.missing_day", "perform_by"},
    {"rules.settlement.missing_method", "method"},
    {"rules.settlement.missing_filings", "filings"},
    {"rules.settlement.missing_filing_channel", "filings"},
    {"rules.settlement.missing_breach", "breach"},
    {"rules.settlement.missing_copies", "copies"},
};

/* Fields that are clauses; each is asked by itself, so that the remark stands beside the right one. */
static const char *const clauses[] = {"method", "delivered", "breach", "confidentiality", "extra_terms"};
/* clang-format on */

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* ---- form and model ---- */

static json_t *lines_of(struct str text)
{
    json_t *list = json_array();
    struct str line;

    while (text.n != 0) {
        (void)str_cut(text, '\n', &line, &text);
        line = str_trim(line);
        if (line.n != 0)
            (void)json_array_append_new(list, json_of_str(line));
    }
    return list;
}

static struct str lines_text(struct request *req, const json_t *list)
{
    struct str text = STR("");
    const json_t *one;
    size_t i;

    json_array_foreach(list, i, one)
    {
        text = i == 0 ? str_of(json_string_value(one))
                      : str_fmt(req->arena, "%.*s\n%s", STR_ARG(text), json_string_value(one));
    }
    return text;
}

/* What was typed, as the model that is kept. */
static json_t *model_typed(struct request *req)
{
    json_t *m = json_owned(req->arena, json_object()), *ids = json_array();
    struct str *many, code;
    size_t n = param_many(req, "filings", &many);

    json_set_new(m, "complainant", json_object());
    json_set_new(m, "respondent", json_object());
    for (size_t i = 0; i < COUNT(places); i++) {
        json_t *o = places[i].object == NULL ? m : json_object_get(m, places[i].object);

        json_set_str(o, places[i].key, param_text(req, places[i].field));
    }
    code = number_key_order(req->arena, param_text(req, "credit_code"));
    if (settlement_credit_code_ok(code)) /* one that is wrong stays as it was typed */
        json_set_str(json_object_get(m, "respondent"), "credit_code", code);
    for (size_t i = 0; i < COUNT(numbers); i++) {
        if (param_present(req, numbers[i].field))
            json_set_int(m, numbers[i].key, form_field(req, numbers[i].field)->number);
    }
    for (size_t i = 0; i < COUNT(line_lists); i++)
        json_set_new(m, line_lists[i], lines_of(param_text(req, line_lists[i])));
    for (size_t i = 0; i < n; i++)
        (void)json_array_append_new(ids, json_of_str(many[i]));
    json_set_new(m, "filing_ids", ids);
    json_set_bool(m, "mediated", param_bool(req, "mediated"));
    json_set_bool(m, "withdraw_after_performance", true);
    json_set_bool(m, "right_to_report", true);
    return m;
}

/* The kept model as values of the form. */
static json_t *values_of(struct request *req, const json_t *m)
{
    json_t *v = json_owned(req->arena, json_object()), *ids = json_object_get(m, "filing_ids");

    for (size_t i = 0; i < COUNT(places); i++) {
        const json_t *o = places[i].object == NULL ? m : json_object_get(m, places[i].object);

        json_set_str(v, places[i].field, json_str(o, places[i].key));
    }
    for (size_t i = 0; i < COUNT(numbers); i++) {
        if (json_is_integer(json_object_get(m, numbers[i].key)))
            json_set_int(v, numbers[i].field, json_int(m, numbers[i].key));
    }
    for (size_t i = 0; i < COUNT(line_lists); i++)
        json_set_str(v, line_lists[i], lines_text(req, json_object_get(m, line_lists[i])));
    json_set_new(v, "filings", ids != NULL ? json_incref(ids) : json_array());
    json_set_bool(v, "mediated", json_truth(m, "mediated"));
    return v;
}

/* Before anything was typed: what the case knows.  It knows no legal name: what somebody wants to be called is none. */
static enum err model_first(struct request *req, const struct open_case *c,
                            const struct db_rows *rows, const json_t *filings, json_t **out)
{
    struct db_rows *page = NULL;
    json_t *m = json_owned(req->arena, json_object()), *them = json_object(), *ids = json_array(),
           *f;
    struct str order_no = STR("");
    size_t i;
    enum err err = db_read(req->db, "desk.case_page", &page,
                           DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", c->id));

    json_set_new(m, "respondent", them);
    json_set_new(m, "filing_ids", ids);
    *out = m;
    if (err == ERR_OK && !db_is_null(page, 0, "order_no_sealed"))
        err = seal_field_open(req->arena, c->key, "complaint", &c->id, "order_no",
                              db_bytes(page, 0, "order_no_sealed"), &order_no);
    if (err != ERR_OK)
        return err;
    json_set_str(them, "name", db_text(page, 0, "registered_name"));
    json_set_str(them, "credit_code", db_text(page, 0, "credit_code"));
    json_set_str(m, "order_no", order_no);
    json_set_str(m, "dispute", vocab_label(req, "problem_type", db_text(page, 0, "problem_type")));
    json_set_z(m, "kind", "REFUND");
    if (!db_is_null(rows, 0, "offered_fen") && db_int(rows, 0, "offered_fen") > 0)
        json_set_int(m, "amount_fen", db_int(rows, 0, "offered_fen"));
    json_set_str(m, "breach",
                 locale_textz(req->arena, req->locale, "settlement.terms.breach.first"));
    json_set_int(m, "copies", 2);
    json_set_int(m, "withdraw_days", 3);
    json_array_foreach(filings, i, f)
    {
        if (json_truth(f, "may_withdraw"))
            (void)json_array_append_new(ids, json_of_str(json_str(f, "id")));
    }
    return ERR_OK;
}

static bool chosen(const json_t *ids, struct str id)
{
    const json_t *one;
    size_t i;

    json_array_foreach(ids, i, one)
    {
        if (str_eqz(id, json_string_value(one)))
            return true;
    }
    return false;
}

/* Channel and number of the filings that the agreement names, as they are now. */
void terms_name_filings(json_t *m, const json_t *filings)
{
    json_t *list = json_array(), *f;
    size_t i;

    json_array_foreach(filings, i, f)
    {
        json_t *o;

        if (!chosen(json_object_get(m, "filing_ids"), json_str(f, "id")))
            continue;
        o = json_object();
        json_set_str(o, "channel_label", json_str(f, "channel_label"));
        json_set_str(o, "filing_no", json_str(f, "filing_no"));
        (void)json_array_append_new(list, o);
    }
    json_set_new(m, "filings", list);
}

/* ---- V-SET-01 ---- */

static struct str finding_text(struct request *req, const struct finding *f)
{
    return locale_text(req->arena, req->locale, f->key,
                       json_owned(req->arena, finding_values(f, request_lang(req))));
}

/* A remark of the rule: an error of the field after an attempt to issue, a line of what is still to do while it is a draft. */
static void remark(struct request *req, json_t *model, bool calm, const char *field,
                   struct str text)
{
    json_t *form = json_object_get(model, "form"), *line;

    if (!calm) {
        settlement_mark(req, form, field, text, false);
        return;
    }
    line = json_object();
    json_set_str(line, "href", str_fmt(req->arena, "#f-%s", field));
    json_set_str(line, "text", text);
    (void)json_array_append_new(json_object_get(model, "missing"), line);
}

static void mark_missing(struct request *req, json_t *model, bool calm, const struct findings *f)
{
    for (size_t i = 0; i < f->n; i++) {
        for (size_t k = 0; k < COUNT(mended); k++) {
            if (strcmp(f->items[i].key, mended[k].key) == 0)
                remark(req, model, calm, mended[k].field, finding_text(req, &f->items[i]));
        }
    }
}

/* Clauses that DOMAIN.md §3.9 refuses, each beside its field. */
static void mark_clauses(struct request *req, json_t *model, bool calm, const json_t *m)
{
    for (size_t i = 0; i < COUNT(clauses); i++) {
        struct findings f = findings_new(req->arena);
        const json_t *value = json_object_get(m, clauses[i]), *one;
        size_t k;

        if (json_is_string(value))
            settlement_clause_check(json_str(m, clauses[i]), &f);
        json_array_foreach(value, k, one)
            settlement_clause_check(str_of(json_string_value(one)), &f);
        for (k = 0; k < f.n; k++)
            remark(req, model, calm, clauses[i], finding_text(req, &f.items[k]));
    }
}

struct str terms_checks(struct request *req, const struct findings *f)
{
    json_t *list = json_owned(req->arena, json_array()), *o = json_object();

    json_set_z(o, "rule", "V-SET-01");
    json_set_bool(o, "passed", !findings_block(f));
    json_set_new(o, "detail", findings_codes(f, "V-SET-01"));
    (void)json_array_append_new(list, o);
    return json_dump(req->arena, list);
}

/* ---- handlers ---- */

enum err terms_read(struct request *req, struct open_case *c, struct db_rows **rows,
                    json_t **filings, json_t **terms)
{
    enum err err = desk_open(req, c);

    if (err == ERR_OK)
        err = settlement_read(req, c, rows);
    if (err == ERR_OK)
        err = settlement_filings(req, c, filings);
    if (err == ERR_OK)
        err = settlement_terms(req, c, *rows, terms);
    return err;
}

static json_t *filing_options(struct request *req, const json_t *filings)
{
    json_t *list = json_owned(req->arena, json_array()), *f;
    size_t i;

    json_array_foreach(filings, i, f)
    {
        json_t *o;

        if (!json_truth(f, "may_withdraw"))
            continue;
        o = json_object();
        json_set_str(o, "code", json_str(f, "id"));
        json_set_str(o, "label",
                     str_fmt(req->arena, "%.*s · %.*s · %.*s",
                             STR_ARG(json_str(f, "channel_label")),
                             STR_ARG(json_str(f, "status_label")),
                             STR_ARG(json_str(f, "filing_no").n != 0 ? json_str(f, "filing_no")
                                                                     : json_str(f, "filed_text"))));
        (void)json_array_append_new(list, o);
    }
    return list;
}

enum err terms_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    json_t *filings = NULL, *terms = NULL, *first = NULL, *model, *form, *values = NULL;
    enum err err;

    if (req->staff == NULL)
        err = desk_open(req, &c);
    else
        err = terms_read(req, &c, &rows, &filings, &terms);
    if (err == ERR_OK && rows != NULL && terms == NULL)
        err = model_first(req, &c, rows, filings, &first);
    if (err != ERR_OK)
        return reply_error(req, rep, err);
    if (rows != NULL) {
        values = values_of(req, terms != NULL ? terms : first);
        json_set_int(values, "version", db_int(rows, 0, "version"));
    }
    model = desk_form(req, &c, "settlement.terms.title", terms_params, values);
    form = json_object_get(model, "form");
    desk_vocab(req, form, "kind", "performance_kind");
    form_options(form, "filings", filing_options(req, filings));
    for (size_t i = 0; i < COUNT(always); i++)
        form_needed(form, always[i],
                    locale_textz(req->arena, req->locale, "settlement.terms.needed"));
    for (size_t i = 0; i < COUNT(for_money); i++)
        form_needed(form, for_money[i],
                    locale_textz(req->arena, req->locale, "settlement.terms.needed.money"));
    json_set_new(model, "missing", json_array());
    json_set_bool(model, "saved", false);
    form_attr(form, "dispute", "rows", STR("2"));
    form_attr(form, "confidentiality", "rows", STR("2"));
    form_attr(form, "annexes", "rows", STR("2"));
    json_set_bool(model, "no_filings",
                  json_array_size(json_object_get(
                      json_object_get(json_object_get(form, "f"), "filings"), "options")) == 0);
    json_set_bool(model, "voids",
                  rows != NULL && (str_eqz(db_text(rows, 0, "state"), "DRAFTED") ||
                                   str_eqz(db_text(rows, 0, "state"), "PART_SIGNED")));
    if (terms != NULL && req->method == METHOD_GET) {
        struct findings f = findings_new(req->arena);
        bool calm = !str_eqz(param_text(req, "show"), "check");

        terms_name_filings(terms, filings);
        settlement_check(terms, &f);
        mark_missing(req, model, calm, &f);
        mark_clauses(req, model, calm, terms);
        json_set_bool(model, "saved", str_eqz(param_text(req, "show"), "saved"));
    }
    json_set_bool(model, "has_missing", json_array_size(json_object_get(model, "missing")) != 0);
    json_set_int(model, "n_missing", (int64_t)json_array_size(json_object_get(model, "missing")));
    return reply_page(rep, "desk/settlement_terms", model);
}

/* A day of performance that has passed cannot be agreed on any more. */
static bool day_ahead(struct request *req)
{
    struct str day = param_text(req, "perform_by");
    struct str today = settlement_day(req, clock_now());

    if (day.n == 0 || memcmp(day.p, today.p, today.n) >= 0)
        return true;
    form_error(req, "perform_by", "settlement.terms.error.past");
    return false;
}

enum err terms_save(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    struct findings f = findings_new(req->arena);
    json_t *filings = NULL, *m = model_typed(req);
    struct uuid id;
    bool money;
    enum err err;

    if (!day_ahead(req))
        return reply_form_again(req, rep, ERR_FORM);
    err = desk_open(req, &c);
    if (err == ERR_OK)
        err = settlement_read(req, &c, &rows);
    if (err == ERR_OK)
        err = settlement_filings(req, &c, &filings);
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    id = db_uuid(rows, 0, "id");
    terms_name_filings(m, filings);
    settlement_check(m, &f);
    (void)json_object_del(m, "filings"); /* read again whenever it is needed: numbers may change */
    money = param_present(req, "amount");
    err = db_write(req->db, "desk.settlement_terms_save", NULL,
                   DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", c.id),
                   DB_UUID("p_settlement", id), DB_INT("p_version", param_int(req, "version")),
                   DB_TEXT_OR_NULL("p_kind", param_text(req, "kind")),
                   DB_INT_OR_NULL("p_fen", param_fen(req, "amount"), money),
                   DB_DATE_OR_NULL("p_perform_by", param_text(req, "perform_by")),
                   DB_BOOL("p_mediated", param_bool(req, "mediated")),
                   DB_BYTES("p_terms", seal_field(req->arena, c.key, "settlement", &id, "terms",
                                                  json_dump(req->arena, m))),
                   DB_BOOL("p_complete", !findings_block(&f)),
                   DB_JSON("p_checks", terms_checks(req, &f)));
    return desk_done(req, rep, err, &c,
                     findings_block(&f) ? "/settlement/terms?show=saved" : "/settlement");
}
