/* /desk/cases/{n}/review: confirms or refines the coarse choices, responsibility and the three elements; then the case is taken on. */
#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/vocab.h"
#include "desk/desk.h"

static const char *const screenings[] = {"clear", "illicit", "unclear", NULL};

const struct param review_params[] = {
    CASE_ROW,
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
    {.name = "flags", .type = PARAM_CODE, .flags = PARAM_MANY, .label = "desk.review.flags"},
    {.name = "screening",
     .type = PARAM_CODE,
     .choices = screenings,
     .label = "desk.review.screening"},
    {.name = "promised_at", .type = PARAM_TIME, .label = "desk.review.promised_at"},
    {.name = "version", .type = PARAM_INT, .min = 0, .max = INT64_MAX, .label = "desk.version"},
    {.name = NULL},
};

static const char *const elements[] = {"paid", "not_performed", "causation", "user_error_excluded"};

enum err review_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    json_t *stored = NULL, *model, *form;
    enum err err = desk_open(req, &c);

    if (err != ERR_OK)
        return reply_error(req, rep, err);
    if (req->staff != NULL) {
        err = db_read(req->db, "desk.case_page", &rows, DB_BYTES("p_session", desk_bearer(req)),
                      DB_UUID("p_case", c.id));
        if (err != ERR_OK)
            return reply_error(req, rep, err);
        stored = json_owned(req->arena, db_row_json(rows, 0));
        json_set_new(stored, "flags", json_incref(json_object_get(stored, "special_flags")));
        if (!db_is_null(rows, 0, "promised_at"))
            json_set_str(stored, "promised_at",
                         desk_typed_time(req->arena, db_time(rows, 0, "promised_at")));
        for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++)
            json_set_bool(stored, elements[i],
                          json_truth(json_object_get(stored, "elements"), elements[i]));
    }
    model = desk_form(req, &c, "desk.review.title", review_params, stored);
    form = json_object_get(model, "form");
    desk_vocab(req, form, "product_type", "product_type");
    desk_vocab(req, form, "problem_type", "problem_type");
    desk_vocab(req, form, "responsibility", "responsibility");
    desk_vocab(req, form, "seller_role", "seller_role");
    desk_vocab(req, form, "purchase_purpose", "purchase_purpose");
    desk_vocab(req, form, "flags", "special_flag");
    form_options(form, "screening", desk_options(req, "desk.screening.", screenings));
    return reply_page(rep, "desk/review", model);
}

enum err review_save(struct request *req, struct reply *rep)
{
    struct open_case c;
    json_t *facts = json_owned(req->arena, json_object());
    struct str *flags;
    size_t n_flags = param_many(req, "flags", &flags);
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
                       DB_JSON("p_elements", json_dump(req->arena, facts)),
                       DB_TEXTS("p_flags", flags, n_flags),
                       DB_TEXT_OR_NULL("p_screening", param_text(req, "screening")),
                       DB_TIME_OR_NULL("p_promised_at", form_field(req, "promised_at")->number,
                                       param_present(req, "promised_at")));
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
