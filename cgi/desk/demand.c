/* /desk/cases/{n}/demands: what is demanded (诉求): kind, amount or quantity, day, wording (R-WORD-03, V-DEM-01, V-DEM-03). */
#include <string.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/token.h"
#include "core/vocab.h"
#include "desk/desk.h"
#include "rules/wording.h"

static const char *const money_kinds[] = {"REFUND",   "TOP_UP_DIFF",    "PRICE_REDUCTION",
                                          "INTEREST", "LIQUIDATED",     "DAMAGES",
                                          "EXTRA_3X", "MARKETPLACE_3X", NULL};
static const char *const piece_kinds[] = {"REDELIVER", "REPLACE", NULL};

/* clang-format off */
#define SHARED_ROWS \
    {.name = "kind", .type = PARAM_CODE, .flags = PARAM_REQUIRED, .label = "filing.demand.kind"}, \
    {.name = "amount", .type = PARAM_FEN, .min = 1, .max = 9999999999, .label = "filing.demand.amount"}, \
    {.name = "quantity", .type = PARAM_INT, .min = 1, .max = 100000, .label = "filing.demand.quantity"}, \
    {.name = "unit", .type = PARAM_TEXT, .max = 20, .label = "filing.demand.unit"}, \
    {.name = "by_day", .type = PARAM_DATE, .flags = PARAM_REQUIRED | PARAM_COMING, .label = "filing.demand.by_day", .empty = "filing.demand.error.day"}, \
    {.name = "basis", .type = PARAM_TEXT, .max = 200, .label = "filing.demand.basis"}, \
    {.name = "text", .type = PARAM_LINES, .max = 1000, .label = "filing.demand.text"}, \
    {.name = "alternative_to", .type = PARAM_UUID, .label = "filing.demand.alternative_to"}

const struct param demand_new_params[] = {CASE_ROW, SHARED_ROWS, {.name = NULL}};
const struct param demand_edit_params[] = {CASE_ROW, ID_ROW("filing.demand.title"), SHARED_ROWS, VERSION_ROW, {.name = NULL}};
const struct param demand_remove_params[] = {CASE_ROW, ID_ROW("filing.demand.title"), VERSION_ROW, {.name = NULL}};
/* clang-format on */

static bool among(const char *const *codes, struct str code)
{
    for (size_t i = 0; codes[i] != NULL; i++) {
        if (str_eqz(code, codes[i]))
            return true;
    }
    return false;
}

static enum err read(struct request *req, const struct open_case *c, struct db_rows **rows)
{
    return db_read(req->db, "desk.demands", rows, DB_BYTES("p_session", desk_bearer(req)),
                   DB_UUID("p_case", c->id));
}

static enum err text_of(struct request *req, const struct open_case *c, const struct db_rows *rows,
                        size_t i, struct str *text)
{
    struct uuid id = db_uuid(rows, i, "id");

    *text = STR("");
    if (db_is_null(rows, i, "text_sealed"))
        return ERR_OK;
    return seal_field_open(req->arena, c->key, "demand", &id, "text",
                           db_bytes(rows, i, "text_sealed"), text);
}

/* "退款 176.00 元", "更换卡密 2 张": what is demanded, in one line. */
static struct str line(struct request *req, const struct db_rows *rows, size_t i)
{
    struct str kind = vocab_label(req, "demand_kind", db_text(rows, i, "kind"));
    struct str amount = STR(""), pieces = STR("");

    if (!db_is_null(rows, i, "amount_fen"))
        amount = locale_fen(req->arena, req->locale, db_int(rows, i, "amount_fen"));
    if (!db_is_null(rows, i, "quantity"))
        pieces = str_fmt(req->arena, "%lld %.*s", (long long)db_int(rows, i, "quantity"),
                         STR_ARG(db_text(rows, i, "unit")));
    return str_fmt(req->arena, "%.*s%s%.*s%s%.*s", STR_ARG(kind), amount.n != 0 ? " " : "",
                   STR_ARG(amount), pieces.n != 0 ? " " : "", STR_ARG(pieces));
}

/* What the wording rules say about one text, as sentences. */
static json_t *word_texts(struct request *req, const json_t *lists, struct str text)
{
    struct findings f = findings_new(req->arena);
    struct wording_input in = {
        .text = text, .use = WORDING_PLATFORM, .part = "demand", .channel = STR("")};
    json_t *list = json_array();

    wording_findings(lists, &in, &f);
    for (size_t i = 0; i < f.n; i++)
        (void)json_array_append_new(
            list, json_of_str(locale_text(
                      req->arena, req->locale, f.items[i].key,
                      json_owned(req->arena, finding_values(&f.items[i], request_lang(req))))));
    return list;
}

static enum err add_list(struct request *req, const struct open_case *c, json_t *model)
{
    struct db_rows *rows = NULL, *lists = NULL;
    json_t *list = json_array(), *words = NULL;
    enum err err = read(req, c, &rows);

    json_set_new(model, "demands", list);
    if (err == ERR_OK)
        err =
            db_read(req->db, "desk.wording_lists", &lists, DB_BYTES("p_session", desk_bearer(req)));
    if (err == ERR_OK)
        words = json_owned(req->arena, db_rows_json(lists));
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        json_t *row = db_row_json(rows, i), *texts;
        struct str text;

        (void)json_array_append_new(list, row);
        err = text_of(req, c, rows, i, &text);
        if (err != ERR_OK)
            break;
        texts = word_texts(req, words, text);
        json_set_str(row, "line", line(req, rows, i));
        json_set_str(row, "text", text);
        json_set_str(row, "by_text",
                     db_is_null(rows, i, "by_day")
                         ? STR("")
                         : locale_day(req->arena, req->locale, db_text(rows, i, "by_day")));
        json_set_bool(row, "alternative", !db_is_null(rows, i, "alternative_to"));
        json_set_bool(row, "has_remarks", json_array_size(texts) != 0);
        json_set_new(row, "remarks", texts);
    }
    json_set_bool(model, "has_demands", json_array_size(list) != 0);
    return err;
}

static enum err add_sums(struct request *req, const struct open_case *c, json_t *model)
{
    struct db_rows *rows = NULL;
    enum err err = db_read(req->db, "desk.demand_sums", &rows,
                           DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", c->id));

    if (err != ERR_OK)
        return err;
    json_set_str(model, "paid_text",
                 locale_fen(req->arena, req->locale, db_int(rows, 0, "paid_fen")));
    json_set_str(model, "refund_text",
                 locale_fen(req->arena, req->locale, db_int(rows, 0, "refund_fen")));
    json_set_bool(model, "above",
                  !db_is_null(rows, 0, "paid_fen") &&
                      db_int(rows, 0, "refund_fen") > db_int(rows, 0, "paid_fen"));
    json_set_bool(model, "changed", db_bool(rows, 0, "changed"));
    return ERR_OK;
}

enum err demands_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    json_t *model, *row;
    bool specific = false;
    size_t i;
    enum err err = desk_open(req, &c);

    if (err != ERR_OK || req->staff == NULL)
        return reply_error(req, rep, err == ERR_OK ? ERR_SIGNED_OUT : err);
    model = desk_form(req, &c, "filing.demands.title", NULL, NULL);
    err = add_list(req, &c, model);
    if (err == ERR_OK)
        err = add_sums(req, &c, model);
    json_array_foreach(json_object_get(model, "demands"), i, row)
    {
        specific = specific || json_truth(row, "specific");
    }
    json_set_bool(model, "none_specific", !specific);
    if (err != ERR_OK) {
        json_decref(model);
        return reply_error(req, rep, err);
    }
    return reply_page(rep, "desk/demands", model);
}

/* ---- the form ---- */

/* Main demands, other than the one that is edited. */
static json_t *main_options(struct request *req, const struct db_rows *rows, const struct uuid *but)
{
    json_t *list = json_owned(req->arena, json_array());

    for (size_t i = 0; i < db_count(rows); i++) {
        struct uuid id = db_uuid(rows, i, "id");
        json_t *o;

        if (!db_is_null(rows, i, "alternative_to") ||
            (but != NULL && memcmp(id.b, but->b, sizeof id.b) == 0))
            continue;
        o = json_object();
        json_set_str(o, "code", uuid_text(req->arena, &id));
        json_set_str(o, "label", line(req, rows, i));
        (void)json_array_append_new(list, o);
    }
    return list;
}

static enum err form_page(struct request *req, struct reply *rep, const struct open_case *c,
                          const struct param *params, const struct db_rows *rows,
                          const struct uuid *id, json_t *stored)
{
    json_t *model =
        desk_form(req, c, id != NULL ? "filing.demand.edit" : "filing.demand.new", params, stored);
    json_t *form = json_object_get(model, "form");
    enum err err = ERR_OK;

    desk_vocab(req, form, "kind", "demand_kind");
    json_set_bool(model, "has_main", false);
    if (rows != NULL) {
        json_t *options = main_options(req, rows, id);

        json_set_bool(model, "has_main", json_array_size(options) != 0);
        form_options(form, "alternative_to", options);
        err = add_sums(req, c, model);
    }
    json_set_bool(model, "is_new", id == NULL);
    json_set_int(model, "item_version", json_int(stored, "version"));
    json_set_str(model, "action",
                 id != NULL
                     ? str_fmt(req->arena, "/desk/cases/%.*s/demands/%.*s", STR_ARG(c->case_no),
                               STR_ARG(uuid_text(req->arena, id)))
                     : str_fmt(req->arena, "/desk/cases/%.*s/demands/new", STR_ARG(c->case_no)));
    json_set_bool(model, "clash", req->form.err == ERR_CLASH);
    json_set_str(model, "stored_line", json_str(stored, "line"));
    json_set_str(model, "stored_text", json_str(stored, "text"));
    if (err != ERR_OK) {
        json_decref(model);
        return reply_error(req, rep, err);
    }
    return reply_page(rep, "desk/demand", model);
}

enum err demand_new_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    enum err err = desk_open(req, &c);

    if (err == ERR_OK && req->staff != NULL)
        err = read(req, &c, &rows);
    if (err != ERR_OK)
        return reply_error(req, rep, err);
    return form_page(req, rep, &c, demand_new_params, rows, NULL, NULL);
}

enum err demand_edit_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    struct uuid id = param_uuid(req, "id");
    json_t *stored = NULL;
    enum err err = desk_open(req, &c);

    if (err == ERR_OK && req->staff != NULL)
        err = read(req, &c, &rows);
    for (size_t i = 0; err == ERR_OK && rows != NULL && i < db_count(rows); i++) {
        struct uuid one = db_uuid(rows, i, "id");
        struct str text;

        if (memcmp(one.b, id.b, sizeof id.b) != 0)
            continue;
        err = text_of(req, &c, rows, i, &text);
        stored = json_owned(req->arena, db_row_json(rows, i));
        json_set_str(stored, "text", text);
        json_set_str(stored, "line", line(req, rows, i));
        if (!db_is_null(rows, i, "amount_fen"))
            json_set_int(stored, "amount", db_int(rows, i, "amount_fen"));
    }
    if (err == ERR_OK && rows != NULL && stored == NULL)
        err = ERR_NOT_FOUND;
    if (err != ERR_OK)
        return reply_error(req, rep, err);
    return form_page(req, rep, &c, demand_edit_params, rows, &id, stored);
}

/* The rules that belong to a field: V-DEM-01, V-WORD-02, V-WORD-03. */
static enum err check(struct request *req)
{
    struct str kind = param_text(req, "kind"), text = param_text(req, "text");
    struct civil now = clock_civil(clock_now());
    struct db_rows *lists = NULL;
    struct findings f = findings_new(req->arena);
    struct wording_input in = {
        .text = text, .use = WORDING_PLATFORM, .part = "demand", .channel = STR("")};
    enum err err;

    if (among(money_kinds, kind) && !param_present(req, "amount"))
        form_error(req, "amount", "filing.demand.error.amount");
    if (among(piece_kinds, kind) && !param_present(req, "amount") &&
        !param_present(req, "quantity"))
        form_error(req, "quantity", "filing.demand.error.quantity");
    if (param_present(req, "by_day") &&
        strncmp(
            str_z(req->arena, param_text(req, "by_day")),
            str_z(req->arena, str_fmt(req->arena, "%04d-%02d-%02d", now.year, now.month, now.day)),
            10) < 0)
        form_error(req, "by_day", "filing.demand.error.past");
    err = db_read(req->db, "desk.wording_lists", &lists, DB_BYTES("p_session", desk_bearer(req)));
    if (err != ERR_OK)
        return err;
    wording_findings(json_owned(req->arena, db_rows_json(lists)), &in, &f);
    for (size_t i = 0; i < f.n; i++) {
        if (f.items[i].level != LEVEL_BLOCK)
            continue;
        form_error_name(
            req, "text", "filing.demand.error.words",
            locale_text(req->arena, req->locale, f.items[i].key,
                        json_owned(req->arena, finding_values(&f.items[i], request_lang(req)))));
        break;
    }
    return req->form.errors != 0 ? ERR_FORM : ERR_OK;
}

static enum err save(struct request *req, const struct open_case *c, const struct uuid *id,
                     int64_t version)
{
    struct str text = param_text(req, "text"), box = STR("");

    if (text.n != 0)
        box = seal_field(req->arena, c->key, "demand", id, "text", text);
    return db_write(
        req->db, "desk.demand_save", NULL, DB_BYTES("p_session", desk_bearer(req)),
        DB_UUID("p_case", c->id), DB_UUID("p_id", *id), DB_INT("p_version", version),
        DB_TEXT("p_kind", param_text(req, "kind")),
        DB_INT_OR_NULL("p_amount_fen", param_fen(req, "amount"), param_present(req, "amount")),
        DB_INT_OR_NULL("p_quantity", param_int(req, "quantity"), param_present(req, "quantity")),
        DB_TEXT_OR_NULL("p_unit", param_text(req, "unit")),
        DB_TEXT_OR_NULL("p_basis", param_text(req, "basis")),
        DB_DATE_OR_NULL("p_by_day", param_text(req, "by_day")), DB_BYTES_OR_NULL("p_text", box),
        DB_UUID_OR_NULL("p_alternative_to", param_uuid(req, "alternative_to"),
                        param_present(req, "alternative_to")));
}

enum err demand_add(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct uuid id = token_uuid();
    enum err err = desk_open(req, &c);

    if (err == ERR_OK)
        err = check(req);
    if (err == ERR_OK)
        err = save(req, &c, &id, 0);
    return desk_done(req, rep, err, &c, "/demands");
}

enum err demand_edit(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct uuid id = param_uuid(req, "id");
    enum err err = desk_open(req, &c);

    if (err == ERR_OK)
        err = check(req);
    if (err == ERR_OK)
        err = save(req, &c, &id, param_int(req, "version"));
    return desk_done(req, rep, err, &c, "/demands");
}

enum err demand_remove(struct request *req, struct reply *rep)
{
    struct open_case c;
    enum err err = desk_open(req, &c);

    if (err == ERR_OK)
        err = db_write(req->db, "desk.demand_remove", NULL, DB_BYTES("p_session", desk_bearer(req)),
                       DB_UUID("p_case", c.id), DB_UUID("p_id", param_uuid(req, "id")),
                       DB_INT("p_version", param_int(req, "version")));
    return desk_done(req, rep, err, &c, "/demands");
}
