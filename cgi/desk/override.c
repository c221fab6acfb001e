/*
 * /desk/cases/{n}/override: a coordinator lets one guard or rule pass for one case, filing or settlement, with a sealed reason.  An override
 * of a guard serves one step; one of a rule shows in the checks as such (DOMAIN.md §5.1, §6).
 */
#include <string.h>

#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/staff.h"
#include "core/token.h"
#include "core/vocab.h"
#include "desk/desk.h"

const struct param override_params[] = {
    CASE_ROW,
    {.name = "object",
     .type = PARAM_UUID,
     .flags = PARAM_REQUIRED,
     .label = "filing.override.object",
     .empty = "filing.override.error.object"},
    {.name = "guard",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = 64,
     .label = "filing.override.guard",
     .empty = "filing.override.error.guard"},
    {.name = "reason",
     .type = PARAM_LINES,
     .flags = PARAM_REQUIRED,
     .min = 5,
     .max = 2000,
     .label = "filing.override.reason",
     .empty = "filing.override.error.reason"},
    {.name = NULL},
};

/* What a guard asks for: the label of a rule, or the sentence in which it refuses. */
static struct str guard_text(struct request *req, const struct db_rows *rows, size_t i)
{
    bool en = strcmp(request_lang(req), "en") == 0;

    if (!db_is_null(rows, i, "label_zh"))
        return str_fmt(req->arena, "%.*s %.*s", STR_ARG(db_text(rows, i, "guard")),
                       STR_ARG(db_text(rows, i, en ? "label_en" : "label_zh")));
    return desk_text(req, "error.guard.", db_text(rows, i, "guard"));
}

static struct str object_text(struct request *req, const struct db_rows *rows, size_t i)
{
    if (!db_is_null(rows, i, "channel"))
        return vocab_label(req, "channel", db_text(rows, i, "channel"));
    return desk_text(req, "filing.override.machine.", db_text(rows, i, "machine"));
}

static void option(json_t *list, struct str code, struct str label)
{
    json_t *o;
    size_t i;

    json_array_foreach(list, i, o)
    {
        if (str_eq(json_str(o, "code"), code))
            return;
    }
    o = json_object();
    json_set_str(o, "code", code);
    json_set_str(o, "label", label);
    (void)json_array_append_new(list, o);
}

static enum err add_choices(struct request *req, const struct open_case *c, json_t *model)
{
    struct db_rows *rows = NULL;
    json_t *objects = json_owned(req->arena, json_array()),
           *guards = json_owned(req->arena, json_array()), *form = json_object_get(model, "form");
    enum err err = db_read(req->db, "desk.override_choices", &rows,
                           DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", c->id));

    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        struct uuid id = db_uuid(rows, i, "object_id");

        option(objects, uuid_text(req->arena, &id), object_text(req, rows, i));
        option(guards, db_text(rows, i, "guard"), guard_text(req, rows, i));
    }
    form_options(form, "object", objects);
    form_options(form, "guard", guards);
    return err;
}

static enum err add_list(struct request *req, const struct open_case *c, json_t *model)
{
    struct db_rows *rows = NULL;
    json_t *list = json_array();
    enum err err = db_read(req->db, "desk.overrides", &rows,
                           DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", c->id));

    json_set_new(model, "overrides", list);
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        struct uuid id = db_uuid(rows, i, "id");
        struct str reason = STR("");
        json_t *row = db_row_json(rows, i);

        (void)json_array_append_new(list, row);
        err = seal_field_open(req->arena, c->key, "guard_override", &id, "reason",
                              db_bytes(rows, i, "reason_sealed"), &reason);
        json_set_str(row, "reason", reason);
        json_set_str(row, "guard_label", guard_text(req, rows, i));
        json_set_str(row, "object_label", object_text(req, rows, i));
        json_set_str(row, "at_text",
                     locale_datetime(req->arena, req->locale, db_time(rows, i, "at")));
        json_set_str(row, "used_text",
                     db_is_null(rows, i, "used_at")
                         ? STR("")
                         : locale_datetime(req->arena, req->locale, db_time(rows, i, "used_at")));
    }
    json_set_bool(model, "has_overrides", json_array_size(list) != 0);
    return err;
}

enum err override_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    json_t *model;
    enum err err = desk_open(req, &c);

    if (err != ERR_OK)
        return reply_error(req, rep, err);
    model = desk_form(req, &c, "filing.override.title", override_params, NULL);
    form_attr(json_object_get(model, "form"), "reason", "rows", STR("4"));
    if (req->staff != NULL) {
        err = add_choices(req, &c, model);
        if (err == ERR_OK)
            err = add_list(req, &c, model);
    }
    if (err != ERR_OK) {
        json_decref(model);
        return reply_error(req, rep, err);
    }
    return reply_page(rep, "desk/override", model);
}

enum err override_add(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct uuid id = token_uuid();
    enum err err = desk_open(req, &c);

    if (err == ERR_OK)
        err = db_write(req->db, "desk.override_add", NULL, DB_BYTES("p_session", desk_bearer(req)),
                       DB_UUID("p_case", c.id), DB_UUID("p_id", id),
                       DB_UUID("p_object", param_uuid(req, "object")),
                       DB_TEXT("p_guard", param_text(req, "guard")),
                       DB_BYTES("p_reason", seal_field(req->arena, c.key, "guard_override", &id,
                                                       "reason", param_text(req, "reason"))));
    return desk_done(req, rep, err, &c, "/override");
}
