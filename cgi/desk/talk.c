/* Internal notes and messages to the complainant: two pages with two forms that cannot be mixed up; no control turns one into the other. */
#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/token.h"
#include "core/vocab.h"
#include "desk/desk.h"

const struct param note_params[] = {
    CASE_ROW,
    {.name = "body",
     .type = PARAM_LINES,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = 5000,
     .label = "desk.talk.body",
     .empty = "desk.talk.error.empty"},
    {.name = NULL},
};

/* last: the newest message that was on the page.  What came meanwhile stays unread. */
const struct param seen_params[] = {
    CASE_ROW,
    {.name = "last",
     .type = PARAM_UUID,
     .flags = PARAM_REQUIRED | PARAM_HIDDEN,
     .label = "desk.messages.title"},
    {.name = NULL},
};

const struct param note_path_params[] = {
    CASE_ROW,
    ID_ROW("desk.notes.title"),
    {.name = NULL},
};

const struct param note_edit_params[] = {
    CASE_ROW,
    ID_ROW("desk.notes.title"),
    {.name = "body",
     .type = PARAM_LINES,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = 5000,
     .label = "desk.talk.body",
     .empty = "desk.talk.error.empty"},
    VERSION_ROW,
    {.name = NULL},
};

/* A service message is a text key of the complainant's pages with plain values. */
static struct str service_text(struct request *req, const struct db_rows *rows, size_t i,
                               json_t *row)
{
    json_t *detail = json_object_get(row, "detail");
    struct str channel = json_str(detail, "channel");

    if (channel.n != 0)
        json_set_str(detail, "channel_label", vocab_label(req, "channel", channel));
    return locale_text(req->arena, req->locale, str_z(req->arena, db_text(rows, i, "template")),
                       detail);
}

static enum err add_talk(struct request *req, const struct open_case *c, const char *kind,
                         json_t *model)
{
    struct db_rows *rows = NULL;
    json_t *list = json_array();
    enum err err = db_read(req->db, "desk.talk", &rows, DB_BYTES("p_session", desk_bearer(req)),
                           DB_UUID("p_case", c->id), DB_TEXT("p_kind", str_of(kind)));

    json_set_new(model, "talk", list);
    json_set_str(model, "last_unread", STR(""));
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        struct uuid id = db_uuid(rows, i, "id");
        struct str text = STR("");
        json_t *row = db_row_json(rows, i);

        (void)json_array_append_new(list, row);
        if (!db_is_null(rows, i, "body_sealed"))
            err = seal_field_open(req->arena, c->key, kind, &id, "body",
                                  db_bytes(rows, i, "body_sealed"), &text);
        else
            text = service_text(req, rows, i, row);
        json_set_str(row, "text", text);
        if (db_bool(rows, i, "unread") && json_str(model, "last_unread").n == 0)
            json_set_str(model, "last_unread", uuid_text(req->arena, &id));
        json_set_bool(row, "service", str_eqz(db_text(rows, i, "author_kind"), "service"));
        json_set_str(row, "case_no", c->case_no);
        json_set_bool(row, "may_edit", str_eqz(db_text(rows, i, "kind"), "note"));
        json_set_bool(row, "theirs", str_eqz(db_text(rows, i, "author_kind"), "complainant"));
        json_set_str(row, "at_text",
                     locale_datetime(req->arena, req->locale, db_time(rows, i, "at")));
        json_set_str(row, "edited_text",
                     db_is_null(rows, i, "edited_at")
                         ? STR("")
                         : locale_datetime(req->arena, req->locale, db_time(rows, i, "edited_at")));
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
    if (req->route->params == seen_params) { /* the page's other form has come back */
        struct uuid last = param_uuid(req, "last");

        json_set_str(json_object_get(model, "form"), "notice", form_notice(req));
        json_set_str(model, "last_unread", uuid_text(req->arena, &last));
    }
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

enum err messages_seen(struct request *req, struct reply *rep)
{
    struct open_case c;
    enum err err = open_case(req, param_text(req, "n"), &c);

    if (err == ERR_OK)
        err = db_write(req->db, "desk.messages_seen", NULL, DB_BYTES("p_session", desk_bearer(req)),
                       DB_UUID("p_case", c.id), DB_UUID("p_last", param_uuid(req, "last")));
    return desk_done(req, rep, err, &c, "/messages");
}

/* After a clash both texts are there: what is stored now, and what was typed, in the field. */
enum err note_edit_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    struct uuid id = param_uuid(req, "id");
    struct str text = STR("");
    json_t *stored = json_owned(req->arena, json_object()), *model;
    enum err err = desk_open(req, &c);

    if (err == ERR_OK && req->staff != NULL) {
        err = db_read(req->db, "desk.note_get", &rows, DB_BYTES("p_session", desk_bearer(req)),
                      DB_UUID("p_case", c.id), DB_UUID("p_note", id));
        if (err == ERR_OK)
            err = seal_field_open(req->arena, c.key, "note", &id, "body",
                                  db_bytes(rows, 0, "body_sealed"), &text);
        if (err == ERR_OK) {
            json_set_str(stored, "body", text);
            json_set_int(stored, "version", db_int(rows, 0, "version"));
        }
    }
    if (err != ERR_OK)
        return reply_error(req, rep, err);
    model = desk_form(req, &c, "desk.notes.edit", note_edit_params, stored);
    form_attr(json_object_get(model, "form"), "body", "rows", STR("8"));
    json_set_str(model, "id", uuid_text(req->arena, &id));
    json_set_bool(model, "clash", req->form.err == ERR_CLASH);
    json_set_str(model, "stored_text", text);
    return reply_page(rep, "desk/note", model);
}

enum err note_edit(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct uuid id = param_uuid(req, "id");
    enum err err = desk_open(req, &c);

    if (err == ERR_OK)
        err = db_write(req->db, "desk.note_edit", NULL, DB_BYTES("p_session", desk_bearer(req)),
                       DB_UUID("p_case", c.id), DB_UUID("p_note", id),
                       DB_INT("p_version", param_int(req, "version")),
                       DB_BYTES("p_body", seal_field(req->arena, c.key, "note", &id, "body",
                                                     param_text(req, "body"))));
    return desk_done(req, rep, err, &c, "/notes");
}
