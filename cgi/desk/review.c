/* /desk/cases/{n}/review: confirms or refines the coarse choices, responsibility and the three elements; then the case is taken on. */
#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/vocab.h"
#include "desk/desk.h"

const struct param review_params[] = {
    {.name = "n",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED | PARAM_PATH,
     .min = 1,
     .max = 20,
     .label = "desk.case.number"},
    {.name = "product_type",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED,
     .label = "desk.review.product"},
    {.name = "problem_type",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED,
     .label = "desk.review.problem"},
    {.name = "responsibility",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED,
     .label = "desk.review.responsibility"},
    {.name = "seller_role", .type = PARAM_CODE, .label = "desk.review.seller_role"},
    {.name = "purchase_purpose",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED,
     .label = "desk.review.purpose"},
    {.name = "knew_on",
     .type = PARAM_DATE,
     .flags = PARAM_NO_FUTURE,
     .label = "desk.review.knew_on"},
    {.name = "paid", .type = PARAM_BOOL, .label = "desk.review.paid"},
    {.name = "not_performed", .type = PARAM_BOOL, .label = "desk.review.not_performed"},
    {.name = "causation", .type = PARAM_BOOL, .label = "desk.review.causation"},
    {.name = "user_error_excluded", .type = PARAM_BOOL, .label = "desk.review.user_error_excluded"},
    {.name = "version", .type = PARAM_INT, .min = 0, .max = INT64_MAX, .label = "desk.version"},
    {.name = NULL},
};

static const char *const elements[] = {"paid", "not_performed", "causation", "user_error_excluded"};

static void add_options(struct request *req, json_t *form, const char *field,
                        const char *enumeration)
{
    form_options(form, field, json_owned(req->arena, vocab_options(req, enumeration, NULL)));
}

enum err review_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    json_t *stored = NULL, *model, *form;
    enum err err = ERR_OK;

    if (req->staff != NULL) {
        err = open_case(req, param_text(req, "n"), &c);
        if (err == ERR_OK)
            err = db_read(req->db, "desk.case_page", &rows, DB_BYTES("p_session", desk_bearer(req)),
                          DB_UUID("p_case", c.id));
        if (err != ERR_OK)
            return reply_error(req, rep, err);
        stored = json_owned(req->arena, db_row_json(rows, 0));
        for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++)
            json_set_bool(stored, elements[i],
                          json_truth(json_object_get(stored, "elements"), elements[i]));
    }
    model = json_object();
    form = form_model(req, review_params, stored);
    json_set_new(model, "form", form);
    json_set_z(model, "title_key", "desk.review.title");
    json_set_str(model, "case_no", param_text(req, "n"));
    add_options(req, form, "product_type", "product_type");
    add_options(req, form, "problem_type", "problem_type");
    add_options(req, form, "responsibility", "responsibility");
    add_options(req, form, "seller_role", "seller_role");
    add_options(req, form, "purchase_purpose", "purchase_purpose");
    return reply_page(rep, "desk/review", model);
}

enum err review_save(struct request *req, struct reply *rep)
{
    struct open_case c;
    json_t *facts = json_owned(req->arena, json_object());
    enum err err;

    for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++)
        json_set_bool(facts, elements[i], param_bool(req, elements[i]));
    err = open_case(req, param_text(req, "n"), &c);
    if (err == ERR_OK)
        err = db_write(req->db, "desk.review_save", NULL, DB_BYTES("p_session", desk_bearer(req)),
                       DB_UUID("p_case", c.id), DB_INT("p_version", param_int(req, "version")),
                       DB_TEXT("p_product_type", param_text(req, "product_type")),
                       DB_TEXT("p_problem_type", param_text(req, "problem_type")),
                       DB_TEXT("p_responsibility", param_text(req, "responsibility")),
                       DB_TEXT_OR_NULL("p_seller_role", param_text(req, "seller_role")),
                       DB_TEXT("p_purpose", param_text(req, "purchase_purpose")),
                       DB_DATE_OR_NULL("p_knew_on", param_text(req, "knew_on")),
                       DB_JSON("p_elements", json_dump(req->arena, facts)));
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    return reply_see_other(rep, "/desk/cases/%.*s", STR_ARG(c.case_no));
}

enum err case_take_on(struct request *req, struct reply *rep)
{
    struct open_case c;
    enum err err = open_case(req, param_text(req, "n"), &c);

    if (err == ERR_OK)
        err = db_write(req->db, "desk.case_take_on", NULL, DB_BYTES("p_session", desk_bearer(req)),
                       DB_UUID("p_case", c.id), DB_INT("p_version", param_int(req, "version")));
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    return reply_see_other(rep, "/desk/cases/%.*s", STR_ARG(c.case_no));
}
