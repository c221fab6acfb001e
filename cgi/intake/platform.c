/* /complaint/platform: step 1, which platform, which order (UX.md §2.2). */
#include "core/arena.h"
#include "core/json.h"
#include "core/serve.h"
#include "core/token.h"
#include "intake/intake.h"
#include "rules/number_key.h"

const struct param platform_params[] = {
    {.name = "platform",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = 80,
     .label = "intake.platform.platform"},
    {.name = "platform_link",
     .type = PARAM_TEXT,
     .flags = PARAM_FOLD,
     .max = 200,
     .label = "intake.platform.platform_link"},
    {.name = "product",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED,
     .label = "intake.platform.product",
     .empty = "error.field.choose",
     .bad = "error.field.unknown"},
    {.name = "order_no", .type = PARAM_NUMBER, .max = 64, .label = "intake.platform.order_no"},
    {.name = "pay_method",
     .type = PARAM_CODE,
     .label = "intake.platform.pay_method",
     .bad = "error.field.unknown"},
    {.name = "payment_no", .type = PARAM_NUMBER, .max = 64, .label = "intake.platform.payment_no"},
    PARAM_THEN,
    {.name = NULL},
};

enum err platform_show(struct request *req, struct reply *rep)
{
    struct draft *d = NULL;
    struct db_rows *names = NULL;
    json_t *stored, *choices, *model, *form;
    enum err err = draft_look(req, &d);

    if (err == ERR_OK && went_to_receipt(req, rep, d))
        return ERR_OK;
    if (err == ERR_OK)
        err = draft_stored(req, d, &stored);
    if (err == ERR_OK)
        err = intake_choices(req, &choices);
    if (err == ERR_OK)
        err = db_read0(req->db, "intake.platform_names", &names);
    if (err != ERR_OK)
        return err;
    model = intake_model(req, "intake.platform.page_title", platform_params, stored);
    form = json_object_get(model, "form");
    choice_options(form, "product", choices);
    choice_options(form, "pay_method", choices);
    form_attr(form, "platform", "list", STR("platforms"));
    form_attr(form, "platform", "autocomplete", STR("off"));
    form_attr(form, "platform_link", "autocapitalize", STR("none"));
    json_set_new(model, "platforms", db_rows_json(names));
    step_frame(model, STEP_PLATFORM, d);
    return reply_page(rep, "intake/platform", model);
}

/* Keyed look-ups of the numbers that were given (V-INT-04). */
struct lookups {
    struct str kinds[2], hashes[2];
    size_t n;
};

static void look_up(struct request *req, struct lookups *l, const char *kind, struct str typed)
{
    struct str normal = number_key_order(req->arena, typed);
    unsigned char *hash = arena_alloc(req->arena, 32);

    if (normal.n == 0)
        return;
    token_lookup(req->arena, keys_get(req->app->keys, "lookup"), kind, normal, hash);
    l->kinds[l->n] = str_of(kind);
    l->hashes[l->n++] = str_bytes(hash, 32);
}

static enum err platform_save(struct request *req, const struct draft *d, bool *known)
{
    struct str order = param_text(req, "order_no"), payment = param_text(req, "payment_no");
    struct lookups l = {.n = 0};
    struct db_rows *rows = NULL;
    enum err err;

    look_up(req, &l, NUMBER_ORDER, order);
    look_up(req, &l, NUMBER_PAYMENT, payment);
    err = db_write(req->db, "intake.save_platform", &rows,
                   DB_BYTES("p_draft", session_bearer(d->session)),
                   DB_TEXT_OR_NULL("p_platform", param_text(req, "platform")),
                   DB_BYTES_OR_NULL("p_link", draft_seal(req, d, "platform_link",
                                                         param_text(req, "platform_link"))),
                   DB_TEXT_OR_NULL("p_product", param_text(req, "product")),
                   DB_BYTES_OR_NULL("p_order_no", draft_seal(req, d, "order_no", order)),
                   DB_TEXT_OR_NULL("p_pay_method", param_text(req, "pay_method")),
                   DB_BYTES_OR_NULL("p_payment_no", draft_seal(req, d, "payment_no", payment)),
                   DB_TEXTS("p_hash_kinds", l.kinds, l.n), DB_BYTEAS("p_hashes", l.hashes, l.n),
                   DB_TEXT("p_network", intake_network(req)));
    *known = err == ERR_OK && db_bool(rows, 0, "maybe_known");
    return err;
}

enum err platform_post(struct request *req, struct reply *rep)
{
    struct draft *d;
    bool known = false;
    enum err err = draft_for_step(req, rep, &d);

    if (err == ERR_OK)
        err = platform_save(req, d, &known);
    if (err != ERR_OK)
        return intake_again(req, rep, err);
    if (known && !param_present(req, "then"))
        return reply_see_other(rep, "/complaint/known");
    return step_on(req, rep, d, STEP_PLATFORM);
}

/* GET /complaint/known: one of the numbers is in a case already; nothing about that case is shown. */
enum err known_show(struct request *req, struct reply *rep)
{
    struct draft *d;
    json_t *model;
    enum err err = draft_open(req, &d);

    if (err != ERR_OK)
        return err;
    if (went_to_receipt(req, rep, d))
        return ERR_OK;
    model = intake_model(req, "intake.known.title", NULL, NULL);
    json_set_z(model, "next", step_path(step_missing(d, STEP_PLATFORM)));
    return reply_page(rep, "intake/known", model);
}
