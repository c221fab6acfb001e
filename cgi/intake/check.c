/* /complaint/check: everything once more, and the declarations that submission needs (UX.md §2.6). */
#include "core/arena.h"
#include "core/json.h"
#include "intake/intake.h"

static const char *const lanes[] = {"queue", NULL};

const struct param check_params[] = {
    {.name = "agree",
     .type = PARAM_BOOL,
     .flags = PARAM_REQUIRED,
     .label = "intake.check.agree",
     .empty = "intake.check.error.agree"},
    {.name = "agree_identity",
     .type = PARAM_BOOL,
     .flags = PARAM_REQUIRED,
     .label = "intake.check.agree_identity",
     .empty = "intake.check.error.agree_identity"},
    {.name = "agree_sensitive", .type = PARAM_BOOL, .label = "intake.check.agree_sensitive"},
    {.name = "submission_id", .type = PARAM_UUID, .flags = PARAM_HIDDEN},
    {.name = "website", .type = PARAM_TEXT, .flags = PARAM_HIDDEN, .label = "intake.check.website"},
    {.name = "lane", .type = PARAM_CODE, .choices = lanes},
    {.name = NULL},
};

static void submit_part(struct request *req, const struct draft *d, json_t *model)
{
    struct str who = db_text(d->rows, 0, "who");

    json_set_str(model, "submission_id", uuid_text(req->arena, &d->key->id));
    json_set_bool(model, "minor", str_eqz(who, "minor"));
    json_set_bool(model, "sensitive", json_truth(model, "has_files") || str_eqz(who, "guardian"));
    json_set_bool(model, "offer_queue",
                  req->form.err == ERR_TOO_MANY || req->form.err == ERR_BUDGET);
}

enum err check_show(struct request *req, struct reply *rep)
{
    struct draft *d = NULL;
    json_t *model;
    bool begun = false;
    enum err err = draft_open(req, &d);

    if (err == ERR_OK && !d->submitted)
        err = story_only_begun(req, d, &begun);
    if (err != ERR_OK)
        return err;
    /* Submitted, but that could not be confirmed: the button stays. */
    if (d->submitted && req->form.err == ERR_OK)
        return reply_see_other(rep, "/complaint/receipt");
    if (step_missing(d, 0) != 0)
        return reply_see_other(rep, "%s", step_path(step_missing(d, 0)));
    if (begun)
        return reply_see_other(rep, "%s", step_path(STEP_STORY));
    model = intake_model(req, "intake.check.page_title", check_params, NULL);
    json_set_z(model, "back", step_path(STEP_CONTACT));
    err = summary_add(req, d, model);
    if (err != ERR_OK) {
        json_decref(model);
        return err;
    }
    submit_part(req, d, model);
    return reply_page(rep, "intake/check", model);
}
