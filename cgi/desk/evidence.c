/* /desk/cases/{n}/evidence: files beside what they prove.  Inline only what was encoded again; originals are downloads (UX.md §6). */
#include "core/arena.h"
#include "core/db.h"
#include "core/file.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/vocab.h"
#include "desk/desk.h"

const struct param evidence_remove_params[] = {
    CASE_ROW,
    ID_ROW("desk.evidence.item"),
    VERSION_ROW,
    {.name = NULL},
};

enum err desk_files(struct request *req, const struct open_case *c, json_t *model)
{
    struct db_rows *rows = NULL;
    json_t *list = json_array();
    enum err err = db_read(req->db, "desk.files", &rows, DB_BYTES("p_session", desk_bearer(req)),
                           DB_UUID("p_case", c->id));

    json_set_new(model, "files", list);
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        json_t *row = db_row_json(rows, i);
        struct uuid id = db_uuid(rows, i, "file_id");
        struct file_meta meta;
        struct str note = STR("");

        (void)json_array_append_new(list, row);
        err = file_of_row(req->arena, c->key, rows, i, &meta);
        if (err == ERR_OK && !db_is_null(rows, i, "note_sealed"))
            err = seal_field_open(req->arena, c->key, "file", &id, "note",
                                  db_bytes(rows, i, "note_sealed"), &note);
        if (err != ERR_OK)
            break;
        json_set_str(row, "name", meta.name);
        json_set_str(row, "note", note);
        json_set_str(row, "sha256", str_hex(req->arena, str_bytes(meta.sha256, 32)));
        json_set_str(row, "size_text", locale_bytes(req->arena, req->locale, meta.bytes));
        json_set_str(row, "at_text",
                     locale_datetime(req->arena, req->locale, db_time(rows, i, "uploaded_at")));
        json_set_bool(row, "unchecked", db_is_null(rows, i, "real_type"));
        json_set_bool(row, "from_complainant", str_eqz(db_text(rows, i, "source"), "complainant"));
    }
    json_set_bool(model, "has_files", json_array_size(list) != 0);
    return err;
}

static enum err item(struct request *req, const struct open_case *c, const struct db_rows *rows,
                     size_t i, json_t **out)
{
    struct uuid id = db_uuid(rows, i, "id");
    struct str proves = STR("");
    json_t *row = db_row_json(rows, i);
    enum err err = ERR_OK;

    if (!db_is_null(rows, i, "proves_sealed"))
        err = seal_field_open(req->arena, c->key, "evidence", &id, "proves",
                              db_bytes(rows, i, "proves_sealed"), &proves);
    vocab_add_label(req, row, "kind", "evidence_kind");
    vocab_add_label(req, row, "node", "issue_node");
    json_set_str(row, "proves", proves);
    json_set_bool(row, "open",
                  db_int(rows, i, "open_fields") != 0 && db_is_null(rows, i, "missing_reason"));
    *out = row;
    return err;
}

/* Puts each item under its file; what has none stands in `others`. */
static void place(json_t *model, json_t *row)
{
    json_t *files = json_object_get(model, "files"), *f;
    size_t i;

    json_array_foreach(files, i, f)
    {
        if (str_eq(json_str(f, "file_id"), json_str(row, "file_id"))) {
            (void)json_array_append_new(json_object_get(f, "items"), row);
            json_set_bool(f, "has_items", true);
            return;
        }
    }
    (void)json_array_append_new(json_object_get(model, "others"), row);
    json_set_bool(model, "has_others", true);
}

enum err evidence_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    json_t *model, *f, *row;
    size_t i;
    enum err err = desk_open(req, &c);

    if (err != ERR_OK || req->staff == NULL)
        return reply_error(req, rep, err == ERR_OK ? ERR_SIGNED_OUT : err);
    model = desk_form(req, &c, "desk.evidence.title", NULL, NULL);
    err = desk_files(req, &c, model);
    json_array_foreach(json_object_get(model, "files"), i, f)
    {
        json_set_new(f, "items", json_array());
        json_set_bool(f, "has_items", false);
    }
    json_set_new(model, "others", json_array());
    json_set_bool(model, "has_others", false);
    if (err == ERR_OK)
        err = db_read(req->db, "desk.evidence_list", &rows, DB_BYTES("p_session", desk_bearer(req)),
                      DB_UUID("p_case", c.id));
    for (i = 0; err == ERR_OK && i < db_count(rows); i++) {
        err = item(req, &c, rows, i, &row);
        place(model, row);
    }
    if (err != ERR_OK) {
        json_decref(model);
        return reply_error(req, rep, err);
    }
    return reply_page(rep, "desk/evidence", model);
}

enum err evidence_remove(struct request *req, struct reply *rep)
{
    struct open_case c;
    enum err err = desk_open(req, &c);

    if (err == ERR_OK)
        err =
            db_write(req->db, "desk.evidence_remove", NULL, DB_BYTES("p_session", desk_bearer(req)),
                     DB_UUID("p_case", c.id), DB_UUID("p_id", param_uuid(req, "id")),
                     DB_INT("p_version", param_int(req, "version")));
    if (err != ERR_OK)
        return reply_error(req, rep, err);
    return reply_see_other(rep, "/desk/cases/%.*s/evidence", STR_ARG(c.case_no));
}
