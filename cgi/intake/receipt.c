/*
 * /complaint/receipt: the case number, the tracking code, and what happens next by which day (UX.md §2.7).  It can be opened again in the
 * same browser for 60 minutes, until the last group of the code has been typed back.
 */
#include <string.h>

#include "core/arena.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/token.h"
#include "core/why.h"
#include "intake/intake.h"

enum { LAST_GROUP = 4, PRINTED_FILES = 6 };

const struct param saved_params[] = {
    {.name = "last_group",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = 40,
     .label = "intake.receipt.last_group"},
    {.name = NULL},
};

/* "clocks": what is due by which day, and why that day; "due" is the first of them, in words. */
static void clocks_add(struct request *req, json_t *model, const struct db_rows *rows)
{
    json_t *row = json_owned(req->arena, db_row_json(rows, 0));
    json_t *clocks = json_object_get(row, "clocks");

    for (size_t i = 0; i < json_array_size(clocks); i++)
        why_texts(req, json_array_get(clocks, i));
    json_set_bool(model, "due", false);
    if (json_array_size(clocks) != 0)
        json_set_str(model, "due", json_str(json_array_get(clocks, 0), "due_text"));
    json_set_bool(model, "has_clocks", json_array_size(clocks) != 0);
    json_set_new(model, "clocks", json_incref(clocks));
}

static const char *const card_lines[] = {"intake.receipt.card_where", "intake.receipt.card_care",
                                         NULL};

static enum err receipt_fill(struct request *req, const struct draft *d, const struct db_rows *rows,
                             json_t *model)
{
    const struct track_code *code = code_of_draft(req, d);
    enum err err;

    json_set_str(model, "case_no", db_text(rows, 0, "case_no"));
    json_set_str(model, "submitted_text",
                 locale_datetime(req->arena, req->locale, db_time(rows, 0, "submitted_at")));
    json_set_str(model, "until_text",
                 locale_datetime(req->arena, req->locale, db_time(rows, 0, "expires_at")));
    json_set_bool(model, "assigned", db_bool(rows, 0, "assigned"));
    json_set_bool(model, "queue", str_eqz(db_text(rows, 0, "lane"), "queue"));
    json_set_bool(model, "no_contact", str_eqz(db_text(d->rows, 0, "contact_way"), "none"));
    clocks_add(req, model, rows);
    json_set_new(model, "card",
                 code_card(req, "shared.code.label", code->code, card_lines, "/track"));
    err = files_add(req, d, model);
    json_set_bool(model, "many_files", json_int(model, "n_files") > PRINTED_FILES);
    return err;
}

enum err receipt_show(struct request *req, struct reply *rep)
{
    struct draft *d;
    struct db_rows *rows = NULL;
    json_t *model;
    enum err err = draft_open(req, &d);

    if (err == ERR_OK && !d->submitted)
        return reply_see_other(rep, "%s", step_path(step_missing(d, 0)));
    if (err == ERR_OK)
        err = db_write(req->db, "intake.receipt", &rows,
                       DB_BYTES("p_draft", session_bearer(d->session)));
    if (err != ERR_OK)
        return err;
    model = intake_model(req, "intake.receipt.title", saved_params, NULL);
    err = receipt_fill(req, d, rows, model);
    if (err != ERR_OK) {
        json_decref(model);
        return err;
    }
    return reply_page(rep, "intake/receipt", model);
}

/* The last group, or the whole code: people copy what they have. */
static bool last_group_is(struct request *req, const char *code, struct str typed)
{
    char whole[CODE_CHARS + 1];
    char again[CODE_CHARS + 1];
    struct str folded = str_fold_width(req->arena, typed);

    if (code_read(folded, whole) == ERR_OK)
        return token_equal(whole, code, CODE_CHARS);
    /* The first groups of the right code and the typed end: what O, I and L stand for is decided in one place. */
    return code_read(
               str_fmt(req->arena, "%.*s%.*s", CODE_CHARS - LAST_GROUP, code, STR_ARG(folded)),
               again) == ERR_OK &&
           token_equal(again, code, CODE_CHARS);
}

enum err saved_post(struct request *req, struct reply *rep)
{
    struct draft *d;
    enum err err = draft_open(req, &d);

    if (err == ERR_OK && !d->submitted)
        return reply_see_other(rep, "%s", step_path(step_missing(d, 0)));
    if (err == ERR_DRAFT)
        return reply_see_other(rep, "/complaint/saved"); /* pressed twice, or the hour is over */
    if (err == ERR_OK &&
        !last_group_is(req, code_of_draft(req, d)->code, param_text(req, "last_group"))) {
        form_error(req, "last_group", "intake.receipt.error.last_group");
        return reply_form_again(req, rep, ERR_FORM);
    }
    if (err == ERR_OK)
        err = db_write(req->db, "intake.code_saved", NULL,
                       DB_BYTES("p_draft", session_bearer(d->session)));
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    reply_cookie(req, rep, "draft", STR(""), 0);
    return reply_see_other(rep, "/complaint/saved");
}

enum err saved_show(struct request *req, struct reply *rep)
{
    return reply_page(rep, "intake/saved", intake_model(req, "intake.saved.title", NULL, NULL));
}
