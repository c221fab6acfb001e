/*
 * /complaint/story: step 2, what happened (UX.md §2.3).  A full card key, identity or bank number in the text is pointed out beside the
 * field once, with an offer to mask it; the text is saved before, and nothing blocks: the main button then goes on with the text as it is.
 */
#include "core/arena.h"
#include "core/json.h"
#include "core/locale.h"
#include "intake/intake.h"
#include "rules/masking.h"

enum { STORY_MIN = 10 }; /* characters */
enum { MASKS = MASKS_KEY | MASKS_ID | MASKS_BANK };

const struct param story_params[] = {
    {.name = "problem",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED,
     .label = "intake.story.problem",
     .empty = "error.field.choose",
     .bad = "error.field.unknown"},
    {.name = "paid_on",
     .type = PARAM_DATE,
     .flags = PARAM_NO_FUTURE,
     .label = "intake.story.paid_on"},
    {.name = "amount",
     .type = PARAM_FEN,
     .flags = PARAM_REQUIRED,
     .min = 0,
     .max = 9999999999, /* 99,999,999.99 yuan */
     .label = "intake.story.amount"},
    {.name = "story",
     .type = PARAM_LINES,
     .flags = PARAM_REQUIRED,
     .min = STORY_MIN,
     .max = 5000,
     .label = "intake.story.story"},
    {.name = "wanted",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED | PARAM_MANY,
     .label = "intake.story.wanted",
     .empty = "error.field.choose",
     .bad = "error.field.unknown"},
    {.name = "wanted_other", .type = PARAM_TEXT, .max = 200, .label = "intake.story.wanted_other"},
    {.name = "seen", .type = PARAM_BOOL}, /* the remark has been shown */
    {.name = "mask", .type = PARAM_BOOL}, /* the button that masks */
    PARAM_THEN,
    {.name = NULL},
};

/* What was found in the text, one remark a kind: [{text}]. */
static json_t *remarks(struct request *req, struct str story)
{
    json_t *list = json_array();
    struct mask_hit *hits;
    size_t n = mask_find(req->arena, story, MASKS, &hits);
    bool said[MASK_KIND__MAX] = {false};

    for (size_t i = 0; i < n; i++) {
        json_t *one;

        if (said[hits[i].kind])
            continue;
        said[hits[i].kind] = true;
        one = json_object();
        json_set_str(one, "text", locale_textz(req->arena, req->locale, mask_key(hits[i].kind)));
        json_set_str(one, "masked", hits[i].masked);
        (void)json_array_append_new(list, one);
    }
    return list;
}

/* The remark belongs to the field, and stands beside it also when something else on the page is wrong. */
static void remarks_add(struct request *req, json_t *form)
{
    json_t *field = json_object_get(json_object_get(form, "f"), "story");
    bool shown = param_bool(req, "seen") || req->method == METHOD_POST;
    json_t *list = shown ? remarks(req, json_str(field, "value")) : json_array();
    bool has = json_array_size(list) != 0;

    json_set_new(form, "remarks", list);
    json_set_bool(form, "has_remarks", has);
    if (has)
        form_attr(
            form, "story", "described_by",
            str_fmt(req->arena, "%.*s f-story-remarks", STR_ARG(json_str(field, "described_by"))));
}

enum err story_show(struct request *req, struct reply *rep)
{
    struct draft *d = NULL;
    json_t *stored, *choices, *model, *form;
    enum err err = draft_look(req, &d);

    if (err == ERR_OK && went_to_receipt(req, rep, d))
        return ERR_OK;
    if (err == ERR_OK && d == NULL && req->method == METHOD_GET)
        return reply_see_other(rep, "/complaint/platform");
    if (err == ERR_OK)
        err = draft_stored(req, d, &stored);
    if (err == ERR_OK)
        err = intake_choices(req, &choices);
    if (err != ERR_OK)
        return err;
    model = intake_model(req, "intake.story.page_title", story_params, stored);
    form = json_object_get(model, "form");
    choice_options(form, "problem", choices);
    choice_options(form, "wanted", choices);
    form_attr(form, "story", "rows", STR("8"));
    remarks_add(req, form);
    step_frame(model, STEP_STORY, d);
    return reply_page(rep, "intake/story", model);
}

enum err story_only_begun(struct request *req, const struct draft *d, bool *begun)
{
    struct str story = STR("");
    enum err err = draft_text(req, d, "story", &story);

    *begun = story.n != 0 && str_chars(story) < STORY_MIN;
    return err;
}

static enum err story_save(struct request *req, const struct draft *d, struct str story)
{
    struct str *wanted;
    size_t n = param_many(req, "wanted", &wanted);

    return db_write(
        req->db, "intake.save_story", NULL, DB_BYTES("p_draft", session_bearer(d->session)),
        DB_TEXT_OR_NULL("p_problem", param_text(req, "problem")),
        DB_DATE_OR_NULL("p_paid_on", param_text(req, "paid_on")),
        DB_INT_OR_NULL("p_amount_fen", param_fen(req, "amount"), param_present(req, "amount")),
        DB_BYTES_OR_NULL("p_story", draft_seal(req, d, "story", story)),
        DB_TEXTS("p_wanted", wanted, n),
        DB_BYTES_OR_NULL("p_wanted_other",
                         draft_seal(req, d, "wanted_other", param_text(req, "wanted_other"))));
}

enum err story_post(struct request *req, struct reply *rep)
{
    struct str story = param_text(req, "story");
    struct mask_hit *hits;
    struct draft *d;
    enum err err = draft_for_step(req, rep, &d);

    if (param_bool(req, "mask"))
        story = mask_text(req->arena, story, MASKS);
    if (err == ERR_OK)
        err = story_save(req, d, story);
    if (err != ERR_OK)
        return intake_again(req, rep, err);
    if (!param_bool(req, "seen") && !param_present(req, "then") &&
        mask_find(req->arena, story, MASKS, &hits) != 0)
        return reply_see_other(rep, "/complaint/story?seen=1#f-story-remarks");
    return step_on(req, rep, d, STEP_STORY);
}
