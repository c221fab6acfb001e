/* /track/evidence: more evidence, one file at a time; own files as download or small picture; papers issued in the case. */
#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/multipart.h"
#include "core/serve.h"
#include "core/vocab.h"
#include "track/track.h"

const struct param evidence_params[] = {
    {.name = "note", .type = PARAM_TEXT, .max = 100, .label = "track.evidence.note"},
    {.name = "file",
     .type = PARAM_FILE,
     .flags = PARAM_REQUIRED,
     .label = "track.evidence.file",
     .empty = "track.evidence.error.none"},
    {.name = NULL},
};

const struct param file_params[] = {
    {.name = "id",
     .type = PARAM_UUID,
     .flags = PARAM_REQUIRED | PARAM_PATH,
     .label = "track.evidence.file"},
    {.name = NULL},
};

static enum err add_file(struct request *req, const struct case_key *key,
                         const struct db_rows *rows, size_t i, json_t *row)
{
    struct uuid id = db_uuid(rows, i, "file_id");
    struct file_meta meta;
    struct str note = STR("");
    enum err err = file_of_row(req->arena, key, rows, i, &meta);

    if (err == ERR_OK && !db_is_null(rows, i, "note_sealed"))
        err = seal_field_open(req->arena, key, "file", &id, "note",
                              db_bytes(rows, i, "note_sealed"), &note);
    if (err != ERR_OK)
        return err;
    json_set_str(row, "name", meta.name);
    json_set_str(row, "note", note);
    json_set_bool(row, "damaged", file_unshown(&meta));
    json_set_bool(row, "heic", file_unshown(&meta) && file_is_heic(&meta));
    json_set_str(row, "sha256", str_hex(req->arena, str_bytes(meta.sha256, 32)));
    json_set_str(row, "size_text", locale_bytes(req->arena, req->locale, meta.bytes));
    return ERR_OK;
}

static enum err add_files(struct request *req, json_t *model)
{
    struct db_rows *rows = NULL;
    const struct case_key *key;
    json_t *list = json_array();
    enum err err = track_key(req, &key);

    json_set_new(model, "files", list);
    if (err == ERR_OK)
        err = db_read(req->db, "track.files", &rows, DB_BYTES("p_track", track_bearer(req)));
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        json_t *row = db_row_json(rows, i);

        (void)json_array_append_new(list, row);
        json_set_str(row, "at_text",
                     locale_datetime(req->arena, req->locale, db_time(rows, i, "uploaded_at")));
        json_set_bool(row, "unchecked", db_is_null(rows, i, "real_type"));
        err = add_file(req, key, rows, i, row);
    }
    json_set_bool(model, "has_files", json_array_size(list) != 0);
    return err;
}

enum err evidence_show(struct request *req, struct reply *rep)
{
    json_t *model = track_model(req, "track.evidence.title", evidence_params);
    json_t *form = json_object_get(model, "form");
    enum err err = ERR_OK;

    form_attr(form, "file", "max_bytes",
              str_fmt(req->arena, "%lld", (long long)req->app->config.file_max_bytes));
    if (track_case_of(req) != NULL)
        err = add_files(req, model);
    if (err != ERR_OK) {
        json_decref(model);
        return err;
    }
    json_set_str(model, "max_text",
                 locale_bytes(req->arena, req->locale, req->app->config.file_max_bytes));
    return reply_page(rep, "track/evidence", model);
}

enum err evidence_post(struct request *req, struct reply *rep)
{
    struct multipart *m;
    struct part part;
    struct file_context *fc = arena_new_of(req->arena, struct file_context);
    struct file_meta meta;
    bool have = false;
    enum err err = multipart_open(req, &m);

    if (err == ERR_OK)
        err = multipart_form(m, &part, &have);
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    if (!have) {
        form_error(req, "file", "track.evidence.error.none");
        return reply_form_again(req, rep, ERR_FORM);
    }
    err = track_files(req, fc);
    if (err == ERR_OK)
        err = file_receive(req, fc, m, &part, STR(""), param_text(req, "note"), &meta);
    if (err != ERR_OK)
        return reply_form_again(req, rep,
                                err); /* what is wrong with the file stands beside the control */
    return reply_see_other(rep, "/track/evidence");
}

/* One file of the list or of the papers: what is not in either is somebody else's or a volunteer's and is not found. */
static enum err find(struct request *req, const char *function, struct file_context *fc,
                     struct file_meta *meta, bool *preview)
{
    struct uuid wanted = param_uuid(req, "id");
    struct db_rows *rows = NULL;
    enum err err = track_files(req, fc);

    if (err == ERR_OK)
        err = db_read(req->db, function, &rows, DB_BYTES("p_track", track_bearer(req)));
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        struct uuid id = db_uuid(rows, i, "file_id");

        if (!str_eq(str_bytes(id.b, 16), str_bytes(wanted.b, 16)))
            continue;
        *preview = db_bool(rows, i, "has_preview");
        return file_of_row(req->arena, fc->case_key, rows, i, meta);
    }
    return err == ERR_OK ? ERR_NOT_FOUND : err;
}

static enum err own_file_send(struct request *req, struct reply *rep, const char *function,
                              bool small)
{
    struct file_context *fc = arena_new_of(req->arena, struct file_context);
    struct file_meta *meta = arena_new_of(req->arena, struct file_meta);
    bool preview = false;
    enum err err = find(req, function, fc, meta, &preview);

    if (err == ERR_OK && small && !preview)
        err = ERR_NOT_FOUND;
    if (err != ERR_OK)
        return reply_error(req, rep, err);
    if (small)
        return file_send_preview(req, rep, fc, meta);
    return file_send(
        req, rep, fc, meta,
        str_z(req->arena, str_fmt(req->arena, "%.*s-%lld", STR_ARG(track_case_of(req)->case_no),
                                  (long long)meta->file_no)));
}

enum err own_file_get(struct request *req, struct reply *rep)
{
    return own_file_send(req, rep, "track.files", false);
}

enum err preview_get(struct request *req, struct reply *rep)
{
    return own_file_send(req, rep, "track.files", true);
}

enum err paper_get(struct request *req, struct reply *rep)
{
    return own_file_send(req, rep, "track.papers", false);
}

enum err papers_show(struct request *req, struct reply *rep)
{
    struct db_rows *rows = NULL;
    json_t *model, *list;
    enum err err = db_read(req->db, "track.papers", &rows, DB_BYTES("p_track", track_bearer(req)));

    if (err != ERR_OK)
        return err;
    model = track_model(req, "track.papers.title", NULL);
    list = db_rows_json(rows);
    for (size_t i = 0; i < db_count(rows); i++) {
        json_t *row = json_array_get(list, i);

        vocab_add_label(req, row, "kind", "document_kind");
        json_set_str(row, "issued_text",
                     locale_datetime(req->arena, req->locale, db_time(rows, i, "issued_at")));
    }
    json_set_bool(model, "has_papers", db_count(rows) != 0);
    json_set_new(model, "papers", list);
    return reply_page(rep, "track/papers", model);
}
