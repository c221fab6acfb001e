/* What a review may decide but taking on: ask for more (补正), decline with other routes, link a duplicate (DOMAIN.md §5.1). */
#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/token.h"
#include "core/vocab.h"
#include "desk/desk.h"

static const char *const decline_reasons[] = {"INELIGIBLE",  "USER_ERROR",
                                              "TIME_BARRED", "ILLICIT_GOODS",
                                              "TRANSFERRED", "INSUFFICIENT_EVIDENCE",
                                              NULL};

const struct param ask_params[] = {
    CASE_ROW,
    {.name = "items",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED | PARAM_MANY,
     .label = "desk.ask.items",
     .empty = "desk.ask.error.items"},
    {.name = "text",
     .type = PARAM_LINES,
     .flags = PARAM_REQUIRED,
     .min = 2,
     .max = 2000,
     .label = "desk.ask.text",
     .empty = "desk.ask.error.text"},
    VERSION_ROW,
    {.name = NULL},
};

const struct param decline_params[] = {
    CASE_ROW,
    {.name = "reason",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED,
     .choices = decline_reasons,
     .label = "desk.decline.reason"},
    {.name = "routes",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED | PARAM_MANY,
     .label = "desk.decline.routes",
     .empty = "desk.decline.error.routes"},
    {.name = "text",
     .type = PARAM_LINES,
     .flags = PARAM_REQUIRED,
     .min = 2,
     .max = 5000,
     .label = "desk.decline.text",
     .empty = "desk.decline.error.text"},
    VERSION_ROW,
    {.name = NULL},
};

const struct param duplicate_params[] = {
    CASE_ROW,
    {.name = "primary",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED | PARAM_FOLD,
     .min = 1,
     .max = 20,
     .label = "desk.duplicate.primary",
     .empty = "desk.duplicate.error.empty"},
    VERSION_ROW,
    {.name = NULL},
};

enum err ask_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    json_t *model, *form;
    enum err err = desk_open(req, &c);

    if (err != ERR_OK)
        return reply_error(req, rep, err);
    model = desk_form(req, &c, "desk.ask.title", ask_params, NULL);
    form = json_object_get(model, "form");
    desk_vocab(req, form, "items", "evidence_kind");
    form_attr(form, "text", "rows", STR("5"));
    return reply_page(rep, "desk/ask", model);
}

enum err case_ask(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct uuid id = token_uuid();
    struct str *items;
    size_t n = param_many(req, "items", &items);
    enum err err = desk_open(req, &c);

    if (err == ERR_OK)
        err = db_write(req->db, "desk.case_ask", NULL, DB_BYTES("p_session", desk_bearer(req)),
                       DB_UUID("p_case", c.id), DB_INT("p_version", param_int(req, "version")),
                       DB_TEXTS("p_items", items, n), DB_UUID("p_id", id),
                       DB_BYTES("p_text", seal_field(req->arena, c.key, "missing_item", &id, "text",
                                                     param_text(req, "text"))));
    return desk_done(req, rep, err, &c, "");
}

static json_t *reason_options(struct request *req)
{
    json_t *list = json_array();

    for (size_t i = 0; decline_reasons[i] != NULL; i++) {
        json_t *o = json_object();

        json_set_z(o, "code", decline_reasons[i]);
        json_set_str(o, "label", vocab_label(req, "closure_reason", str_of(decline_reasons[i])));
        (void)json_array_append_new(list, o);
    }
    return json_owned(req->arena, list);
}

enum err decline_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    json_t *model, *form;
    enum err err = desk_open(req, &c);

    if (err != ERR_OK)
        return reply_error(req, rep, err);
    model = desk_form(req, &c, "desk.decline.title", decline_params, NULL);
    form = json_object_get(model, "form");
    form_options(form, "reason", reason_options(req));
    desk_vocab(req, form, "routes", "channel");
    form_attr(form, "text", "rows", STR("6"));
    return reply_page(rep, "desk/decline", model);
}

enum err case_decline(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct uuid id = token_uuid();
    struct str *routes;
    size_t n = param_many(req, "routes", &routes);
    enum err err = desk_open(req, &c);

    if (err == ERR_OK)
        err = db_write(req->db, "desk.case_decline", NULL, DB_BYTES("p_session", desk_bearer(req)),
                       DB_UUID("p_case", c.id), DB_INT("p_version", param_int(req, "version")),
                       DB_TEXT("p_reason", param_text(req, "reason")),
                       DB_TEXTS("p_routes", routes, n), DB_UUID("p_id", id),
                       DB_BYTES("p_body", seal_field(req->arena, c.key, "message", &id, "body",
                                                     param_text(req, "text"))));
    return desk_done(req, rep, err, &c, "");
}

/* The candidates, with what they share; no word of their content. */
static enum err candidates(struct request *req, const struct open_case *c, json_t **out)
{
    struct db_rows *rows = NULL;
    json_t *list = json_owned(req->arena, json_array());
    enum err err = db_read(req->db, "desk.duplicates", &rows,
                           DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", c->id));

    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        json_t *o = json_object();
        struct str *kinds, label = STR("");
        size_t n = db_texts(rows, i, "kinds", &kinds);

        for (size_t k = 0; k < n; k++)
            label = str_fmt(req->arena, "%.*s%s%.*s", STR_ARG(label), k == 0 ? "" : " · ",
                            STR_ARG(desk_text(req, "desk.duplicate.kind.", kinds[k])));
        json_set_str(o, "code", db_text(rows, i, "case_no"));
        json_set_str(o, "label",
                     str_fmt(req->arena, "%.*s · %.*s · %.*s", STR_ARG(db_text(rows, i, "case_no")),
                             STR_ARG(vocab_label(req, "case_status", db_text(rows, i, "status"))),
                             STR_ARG(label)));
        (void)json_array_append_new(list, o);
    }
    *out = list;
    return err;
}

enum err duplicate_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    json_t *model, *list = NULL;
    enum err err = desk_open(req, &c);

    if (err == ERR_OK && req->staff != NULL)
        err = candidates(req, &c, &list);
    if (err != ERR_OK)
        return reply_error(req, rep, err);
    model = desk_form(req, &c, "desk.duplicate.title", duplicate_params, NULL);
    if (list != NULL)
        form_options(json_object_get(model, "form"), "primary", list);
    else
        desk_typed_option(req, json_object_get(model, "form"), "primary");
    json_set_bool(model, "has_candidates", list == NULL || json_array_size(list) != 0);
    return reply_page(rep, "desk/duplicate", model);
}

enum err case_duplicate(struct request *req, struct reply *rep)
{
    struct open_case c;
    enum err err = desk_open(req, &c);

    if (err == ERR_OK)
        err =
            db_write(req->db, "desk.case_duplicate", NULL, DB_BYTES("p_session", desk_bearer(req)),
                     DB_UUID("p_case", c.id), DB_INT("p_version", param_int(req, "version")),
                     DB_TEXT("p_primary", param_text(req, "primary")));
    return desk_done(req, rep, err, &c, "");
}
