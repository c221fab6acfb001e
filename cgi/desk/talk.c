/* Internal notes and messages to the complainant: two pages with two forms that cannot be mixed up; no control turns one into the other. */
#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/token.h"
#include "core/vocab.h"
#include "desk/desk.h"

const struct param note_params[] = {
    {.name = "n",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED | PARAM_PATH,
     .min = 1,
     .max = 20,
     .label = "desk.case.number"},
    {.name = "body",
     .type = PARAM_LINES,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = 5000,
     .label = "desk.talk.body",
     .empty = "desk.talk.error.empty"},
    {.name = NULL},
};

static enum err add_talk(struct request *req, const struct open_case *c, const char *kind,
                         json_t *model)
{
    struct db_rows *rows = NULL;
    json_t *list = json_array();
    enum err err = db_read(req->db, "desk.talk", &rows, DB_BYTES("p_session", desk_bearer(req)),
                           DB_UUID("p_case", c->id));

    json_set_new(model, "talk", list);
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        struct uuid id = db_uuid(rows, i, "id");
        struct str text = STR("");
        json_t *row;

        if (!str_eqz(db_text(rows, i, "kind"), kind))
            continue;
        row = db_row_json(rows, i);
        (void)json_array_append_new(list, row);
        if (!db_is_null(rows, i, "body_sealed"))
            err = seal_field_open(req->arena, c->key, kind, &id, "body",
                                  db_bytes(rows, i, "body_sealed"), &text);
        else
            text = locale_textz(req->arena, req->locale, "desk.talk.service");
        json_set_str(row, "text", text);
        json_set_bool(row, "theirs", str_eqz(db_text(rows, i, "author_kind"), "complainant"));
        json_set_str(row, "at_text",
                     locale_datetime(req->arena, req->locale, db_time(rows, i, "at")));
    }
    json_set_bool(model, "has_talk", json_array_size(list) != 0);
    return err;
}

static enum err show(struct request *req, struct reply *rep, const char *kind,
                     const char *title_key, const char *view)
{
    struct open_case c;
    json_t *model = json_object();
    enum err err = ERR_OK;

    json_set_z(model, "title_key", title_key);
    json_set_str(model, "case_no", param_text(req, "n"));
    json_set_new(model, "form", form_model(req, note_params, NULL));
    form_attr(json_object_get(model, "form"), "body", "rows", STR("6"));
    if (req->staff != NULL) {
        err = open_case(req, param_text(req, "n"), &c);
        if (err == ERR_OK)
            err = add_talk(req, &c, kind, model);
    }
    if (err != ERR_OK) {
        json_decref(model);
        return reply_error(req, rep, err);
    }
    return reply_page(rep, view, model);
}

enum err notes_show(struct request *req, struct reply *rep)
{
    return show(req, rep, "note", "desk.notes.title", "desk/notes");
}

enum err messages_show(struct request *req, struct reply *rep)
{
    return show(req, rep, "message", "desk.messages.title", "desk/messages");
}

static enum err add(struct request *req, struct reply *rep, const char *table, const char *function,
                    const char *page)
{
    struct open_case c;
    struct uuid id = token_uuid();
    enum err err = open_case(req, param_text(req, "n"), &c);

    if (err == ERR_OK)
        err = db_write(req->db, function, NULL, DB_BYTES("p_session", desk_bearer(req)),
                       DB_UUID("p_case", c.id), DB_UUID("p_id", id),
                       DB_BYTES("p_body", seal_field(req->arena, c.key, table, &id, "body",
                                                     param_text(req, "body"))));
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    return reply_see_other(rep, "/desk/cases/%.*s/%s", STR_ARG(c.case_no), page);
}

enum err note_add(struct request *req, struct reply *rep)
{
    return add(req, rep, "note", "desk.note_add", "notes");
}

enum err message_add(struct request *req, struct reply *rep)
{
    return add(req, rep, "message", "desk.message_add", "messages");
}
