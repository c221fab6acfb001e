/* steps: what the pages of the form share. */
#include <string.h>

#include "core/arena.h"
#include "core/json.h"
#include "core/locale.h"
#include "intake/intake.h"

const char *const then_choices[] = {"save", "back", NULL};

json_t *intake_model(struct request *req, const char *title_key, const struct param *params,
                     const json_t *stored)
{
    json_t *model = json_object();

    json_set_z(model, "title_key", title_key);
    if (params != NULL)
        json_set_new(model, "form", form_model(req, params, stored));
    return model;
}

enum err intake_choices(struct request *req, json_t **out)
{
    bool en = strcmp(request_lang(req), "en") == 0;
    json_t *all = json_owned(req->arena, json_object());
    struct db_rows *rows = NULL;
    enum err err = db_read0(req->db, "intake.choices", &rows);

    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        const char *field = str_z(req->arena, db_text(rows, i, "field"));
        json_t *one = json_object();

        if (json_object_get(all, field) == NULL)
            json_set_new(all, field, json_array());
        json_set_str(one, "code", db_text(rows, i, "choice"));
        json_set_str(one, "label", db_text(rows, i, en ? "label_en" : "label_zh"));
        (void)json_array_append_new(json_object_get(all, field), one);
    }
    *out = all;
    return err;
}

struct str choice_label(const json_t *choices, const char *field, struct str code)
{
    const json_t *list = json_object_get(choices, field);

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);

        if (str_eq(json_str(one, "code"), code))
            return json_str(one, "label");
    }
    return code;
}

void choice_options(json_t *form, const char *field, const json_t *choices)
{
    form_options(form, field, json_object_get(choices, field));
}

static bool has(const struct draft *d, const char *column)
{
    return !db_is_null(d->rows, 0, column);
}

static bool platform_complete(const struct draft *d)
{
    return has(d, "platform") && has(d, "product");
}

static bool story_complete(const struct draft *d)
{
    struct str *wanted;

    return has(d, "problem") && has(d, "amount_fen") && has(d, "story_sealed") &&
           db_texts(d->rows, 0, "wanted", &wanted) != 0;
}

static bool contact_complete(const struct draft *d)
{
    bool child = str_eqz(db_text(d->rows, 0, "who"), "guardian");
    bool reached = has(d, "contact_sealed") || str_eqz(db_text(d->rows, 0, "contact_way"), "none");

    return has(d, "who") && has(d, "contact_way") && reached && (!child || has(d, "age_band"));
}

enum step step_missing(const struct draft *d, enum step now)
{
    if (now != STEP_PLATFORM && !platform_complete(d))
        return STEP_PLATFORM;
    if (now != STEP_STORY && !story_complete(d))
        return STEP_STORY;
    if (now != STEP_EVIDENCE && now != STEP_CONTACT && d->step < STEP_EVIDENCE)
        return STEP_EVIDENCE;
    if (now != STEP_CONTACT && !contact_complete(d))
        return STEP_CONTACT;
    return 0;
}

const char *step_path(enum step step)
{
    static const char *const paths[] = {
        "/complaint/check",
        [STEP_PLATFORM] = "/complaint/platform",
        [STEP_STORY] = "/complaint/story",
        [STEP_EVIDENCE] = "/complaint/evidence",
        [STEP_CONTACT] = "/complaint/contact",
    };

    return paths[step];
}

/* Where the way back leads. */
static const char *path_before(enum step step)
{
    return step == STEP_PLATFORM ? "/" : step_path(step - 1);
}

enum err step_on(struct request *req, struct reply *rep, const struct draft *d, enum step now)
{
    if (str_eqz(param_text(req, "then"), "back"))
        return reply_see_other(rep, "%s", path_before(now));
    if (param_present(req, "then"))
        return reply_see_other(rep, "/complaint/save");
    return reply_see_other(rep, "%s", step_path(step_missing(d, now)));
}

static bool declares(const struct request *req, const char *name)
{
    for (size_t i = 0; i < req->form.n; i++) {
        if (strcmp(req->form.fields[i].param->name, name) == 0)
            return true;
    }
    return false;
}

enum err intake_again(struct request *req, struct reply *rep, enum err err)
{
    if (err == ERR_DONE && !req->wants_json)
        return reply_see_other(rep, "/complaint/receipt");
    if (err == ERR_VOCABULARY) {
        const char *name = str_z(req->arena, db_detail(req->db));

        if (declares(req, name)) {
            form_error(req, name, "error.field.unknown");
            err = ERR_FORM;
        }
    }
    return reply_form_again(req, rep, err);
}

void step_frame(json_t *model, enum step step, const struct draft *d)
{
    json_set_int(model, "step", step);
    json_set_z(model, "back", path_before(step));
    json_set_bool(model, "has_draft", d != NULL);
    json_set_bool(model, "keeps", step == STEP_STORY || step == STEP_CONTACT);
}

struct str intake_network(const struct request *req)
{
    return req->client_network.n != 0 ? req->client_network : STR("unknown");
}

bool went_to_receipt(struct request *req, struct reply *rep, const struct draft *d)
{
    return d != NULL && d->submitted && req->method == METHOD_GET &&
           reply_see_other(rep, "/complaint/receipt") == ERR_OK;
}
