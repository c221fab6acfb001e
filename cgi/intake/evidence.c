/* /complaint/evidence: step 3, one file at a time (UX.md §2.4). */
#include "core/arena.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/serve.h"
#include "intake/intake.h"

enum { MB = 1048576, SHORT_HASH = 4 };

const struct param evidence_params[] = {
    {.name = "kind",
     .type = PARAM_CODE,
     .label = "intake.evidence.kind",
     .bad = "error.field.unknown"},
    {.name = "note", .type = PARAM_TEXT, .max = 100, .label = "intake.evidence.note"},
    {.name = "photo", .type = PARAM_FILE, .label = "intake.evidence.photo"},
    {.name = "file", .type = PARAM_FILE, .label = "intake.evidence.file"},
    {.name = NULL},
};

const struct param evidence_remove_params[] = {
    {.name = "file_id",
     .type = PARAM_UUID,
     .flags = PARAM_REQUIRED,
     .label = "intake.evidence.list"},
    {.name = NULL},
};

const struct param evidence_file_params[] = {
    {.name = "file",
     .type = PARAM_UUID,
     .flags = PARAM_REQUIRED | PARAM_PATH,
     .label = "intake.evidence.list"},
    {.name = NULL},
};

/* What became of a file, in a word. */
static const char *state_key(const struct file_meta *meta)
{
    if (file_unshown(meta))
        return "intake.evidence.state.damaged";
    return meta->has_preview ? "intake.evidence.state.shown" : "intake.evidence.state.kept";
}

static enum err file_add(struct request *req, const struct draft *d, const struct db_rows *rows,
                         size_t i, const json_t *choices, json_t *list)
{
    struct file_meta meta;
    struct str hash, note = STR("");
    json_t *o;
    enum err err = file_of_row(req->arena, d->key, rows, i, &meta);

    if (err == ERR_OK && !db_is_null(rows, i, "note_sealed"))
        err = seal_field_open(req->arena, d->key, "file", &meta.id, "note",
                              db_bytes(rows, i, "note_sealed"), &note);
    if (err != ERR_OK)
        return err;
    hash = str_hex(req->arena, str_bytes(meta.sha256, sizeof meta.sha256));
    o = json_object();
    json_set_str(o, "id", uuid_text(req->arena, &meta.id));
    json_set_int(o, "no", meta.file_no);
    json_set_str(o, "name", meta.name);
    json_set_str(o, "note", note);
    json_set_bool(o, "heic", file_unshown(&meta) && file_is_heic(&meta));
    json_set_str(o, "size", locale_bytes(req->arena, req->locale, meta.bytes));
    json_set_str(o, "state", locale_textz(req->arena, req->locale, state_key(&meta)));
    json_set_int(o, "bytes", meta.bytes);
    json_set_bool(o, "has_preview", meta.has_preview);
    json_set_str(o, "sha256", hash);
    json_set_str(o, "sha8", str_sub(hash, 0, (size_t)SHORT_HASH * 2));
    json_set_str(o, "kind",
                 db_is_null(rows, i, "kind_hint")
                     ? STR("")
                     : choice_label(choices, "kind", db_text(rows, i, "kind_hint")));
    (void)json_array_append_new(list, o);
    return ERR_OK;
}

enum err files_add(struct request *req, const struct draft *d, json_t *model)
{
    json_t *list = json_array(), *choices = NULL;
    struct db_rows *rows = NULL;
    enum err err;

    json_set_new(model, "files", list);
    json_set_bool(model, "has_files", false);
    if (d == NULL)
        return ERR_OK;
    err = intake_choices(req, &choices);
    if (err == ERR_OK)
        err = db_read(req->db, "intake.files", &rows,
                      DB_BYTES("p_draft", session_bearer(d->session)));
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++)
        err = file_add(req, d, rows, i, choices, list);
    json_set_bool(model, "has_files", json_array_size(list) != 0);
    json_set_int(model, "n_files", (int64_t)json_array_size(list));
    return err;
}

static void limits_add(struct request *req, json_t *model)
{
    const struct config *c = &req->app->config;

    json_set_int(model, "file_mb", c->file_max_bytes / MB);
    json_set_int(model, "case_mb", c->case_max_bytes / MB);
    json_set_int(model, "case_files", c->case_max_files);
}

enum err evidence_show(struct request *req, struct reply *rep)
{
    struct draft *d = NULL;
    json_t *choices, *model, *form;
    struct str max = str_fmt(req->arena, "%lld", (long long)req->app->config.file_max_bytes);
    enum err err = draft_look(req, &d);

    if (err == ERR_OK && went_to_receipt(req, rep, d))
        return ERR_OK;
    if (err == ERR_OK && d == NULL && req->method == METHOD_GET)
        return reply_see_other(rep, "/complaint/platform");
    if (err == ERR_OK)
        err = intake_choices(req, &choices);
    if (err != ERR_OK)
        return err;
    model = intake_model(req, "intake.evidence.page_title", evidence_params, NULL);
    form = json_object_get(model, "form");
    choice_options(form, "kind", choices);
    form_attr(form, "photo", "accept", STR("image/*"));
    form_attr(form, "photo", "max_bytes", max);
    form_attr(form, "file", "max_bytes", max);
    limits_add(req, model);
    step_frame(model, STEP_EVIDENCE, d);
    err = files_add(req, d, model);
    if (err != ERR_OK) {
        json_decref(model);
        return err;
    }
    return reply_page(rep, "intake/evidence", model);
}

/* The buttons that go on stand behind the file controls, where no field can follow a file: they say it in the address that they send to
 * (UX.md §2.4: a chosen file is not lost by going on). */
static bool goes_on(const struct request *req)
{
    return str_eqz(req->query, "then=on") || str_eqz(req->query, "then=save");
}

/* Both controls may bring a file.  What is wrong with one of them does not keep the other from being received. */
static enum err receive_all(struct request *req, const struct draft *d, struct part *part)
{
    bool have = true;
    enum err err = ERR_OK, wrong = ERR_OK;

    while (err == ERR_OK && have) {
        struct file_meta *meta = arena_new_of(req->arena, struct file_meta);
        struct file_context fc = draft_files(req, d);

        err = file_receive(req, &fc, req->multipart, part, param_text(req, "kind"),
                           param_text(req, "note"), meta);
        if (err == ERR_FORM) {
            wrong = err;
            err = ERR_OK;
        }
        if (err == ERR_OK)
            err = multipart_form(req->multipart, part, &have);
    }
    return err != ERR_OK ? err : wrong;
}

enum err evidence_post(struct request *req, struct reply *rep)
{
    struct part part;
    struct draft *d;
    bool have = false;
    enum err err = draft_for_step(req, rep, &d);

    if (err == ERR_OK)
        err = multipart_form(req->multipart, &part, &have);
    if (err == ERR_OK && !have && !goes_on(req)) {
        form_error(req, "photo", "intake.evidence.error.none");
        err = ERR_FORM;
    }
    if (err == ERR_OK && have)
        err = receive_all(req, d, &part);
    if (err == ERR_OK && str_eqz(req->query, "then=on"))
        err = db_write(req->db, "intake.evidence_done", NULL,
                       DB_BYTES("p_draft", session_bearer(d->session)));
    if (err != ERR_OK)
        return intake_again(req, rep, err);
    if (!goes_on(req))
        return reply_see_other(rep, "/complaint/evidence#files");
    return reply_see_other(rep, "%s",
                           str_eqz(req->query, "then=save")
                               ? "/complaint/save"
                               : step_path(step_missing(d, STEP_EVIDENCE)));
}

enum err evidence_remove(struct request *req, struct reply *rep)
{
    enum err err = db_write(req->db, "intake.file_remove", NULL,
                            DB_BYTES("p_draft", session_bearer(req->session)),
                            DB_UUID("p_file", param_uuid(req, "file_id")));

    /* Pressed twice: it is gone, as wished. */
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return intake_again(req, rep, err);
    return reply_see_other(rep, "/complaint/evidence#files");
}

enum err evidence_preview(struct request *req, struct reply *rep)
{
    struct file_context *fc = arena_new_of(req->arena, struct file_context);
    struct file_meta *meta = arena_new_of(req->arena, struct file_meta);
    struct uuid id = param_uuid(req, "file");
    struct draft *d;
    enum err err = draft_open(req, &d);

    if (err != ERR_OK)
        return err;
    *fc = draft_files(req, d);
    err = file_get(req, fc, &id, meta);
    return err == ERR_OK ? file_send_preview(req, rep, fc, meta) : err;
}
