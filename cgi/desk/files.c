/*
 * /desk/cases/{n}/files: every file of the case with its real type, size and SHA-256, and a form that adds one: proof that a channel gave,
 * a signed agreement, what came by mail.  What it proves is said on the evidence page, so that a file that is no evidence needs no kind.
 */
#include "core/arena.h"
#include "core/db.h"
#include "core/file.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/multipart.h"
#include "core/serve.h"
#include "core/vocab.h"
#include "desk/desk.h"

/* The file control is the last: it is streamed after the fields before it. */
const struct param files_params[] = {
    CASE_ROW,
    {.name = "kind", .type = PARAM_CODE, .label = "paper.files.kind"},
    {.name = "note", .type = PARAM_TEXT, .max = 200, .label = "paper.files.note"},
    {.name = "file",
     .type = PARAM_FILE,
     .flags = PARAM_REQUIRED,
     .label = "paper.files.file",
     .empty = "paper.files.error.none"},
    {.name = NULL},
};

/* Words for what inspection found; the browser's own word for the type decides nothing and is not shown. */
static void add_found(struct request *req, json_t *f)
{
    int64_t width = json_int(f, "width"), height = json_int(f, "height");
    bool pixels = width > 0 && height > 0;

    json_set_str(f, "real_type", json_str(f, "real_type"));
    json_set_bool(f, "has_pixels", pixels);
    json_set_str(f, "pixels",
                 pixels ? str_fmt(req->arena, "%lld × %lld", (long long)width, (long long)height)
                        : STR(""));
    json_set_bool(f, "is_kind", vocab_has(req, "evidence_kind", json_str(f, "kind_hint")));
    json_set_str(f, "kind_hint", json_str(f, "kind_hint"));
    json_set_str(f, "kind_label", vocab_label(req, "evidence_kind", json_str(f, "kind_hint")));
}

enum err files_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    json_t *model, *form, *f;
    size_t i;
    enum err err = desk_open(req, &c);

    if (err != ERR_OK)
        return reply_error(req, rep, err);
    model = desk_form(req, &c, "paper.files.title", files_params, NULL);
    form = json_object_get(model, "form");
    desk_vocab(req, form, "kind", "evidence_kind");
    form_attr(form, "file", "max_bytes",
              str_fmt(req->arena, "%lld", (long long)req->app->config.file_max_bytes));
    json_set_new(model, "files", json_array());
    json_set_bool(model, "has_files", false);
    if (req->staff != NULL)
        err = desk_files(req, &c, model);
    if (err != ERR_OK) {
        json_decref(model);
        return reply_error(req, rep, err);
    }
    json_array_foreach(json_object_get(model, "files"), i, f) add_found(req, f);
    return reply_page(rep, "desk/files", model);
}

enum err files_add(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct multipart *m;
    struct part part;
    struct file_context *fc = arena_new_of(req->arena, struct file_context);
    struct file_meta meta;
    struct str kind = param_text(req, "kind");
    bool have = false;
    enum err err = multipart_open(req, &m);

    if (err == ERR_OK)
        err = multipart_form(m, &part, &have);
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    if (!have)
        form_error(req, "file", "paper.files.error.none");
    if (kind.n != 0 && !vocab_has(req, "evidence_kind", kind))
        form_error(req, "kind", "error.field.unknown");
    if (req->form.errors != 0) {
        (void)multipart_finish(m); /* nginx is better answered after it was taken */
        return reply_form_again(req, rep, ERR_FORM);
    }
    err = desk_open(req, &c);
    if (err == ERR_OK) {
        open_case_files(req, &c, fc);
        err = file_receive(req, fc, m, &part, kind, param_text(req, "note"), &meta);
    }
    if (err != ERR_OK)
        return reply_form_again(req, rep,
                                err); /* what is wrong with the file stands beside the control */
    return reply_see_other(rep, "/desk/cases/%.*s/files", STR_ARG(c.case_no));
}
