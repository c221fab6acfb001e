/* /desk/cases/{n}: the opened case: what was told, evidence, deadlines, next steps, what happened (UX.md §3). */
#include "core/arena.h"
#include "core/clock.h"
#include "core/db.h"
#include "core/file.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/staff.h"
#include "core/vocab.h"
#include "core/why.h"
#include "desk/desk.h"

const struct param case_params[] = {
    CASE_ROW,
    {.name = NULL},
};

const struct param desk_file_params[] = {
    CASE_ROW,
    ID_ROW("desk.case.file"),
    {.name = NULL},
};

struct sealed_field {
    const char *column; /* "<name>_sealed" of desk.case_page */
    const char *name;   /* column of the field's associated data, and key in the model */
};

static const struct sealed_field sealed_fields[] = {
    {"platform_link_sealed", "platform_link"}, {"order_no_sealed", "order_no"},
    {"payment_no_sealed", "payment_no"},       {"story_sealed", "story"},
    {"wanted_other_sealed", "wanted_other"},   {"call_name_sealed", "call_name"},
};

static enum err add_told(struct request *req, const struct open_case *c, const struct db_rows *rows,
                         json_t *model)
{
    for (size_t i = 0; i < sizeof sealed_fields / sizeof sealed_fields[0]; i++) {
        struct str plain = STR("");
        enum err err = ERR_OK;

        if (!db_is_null(rows, 0, sealed_fields[i].column))
            err = seal_field_open(req->arena, c->key, "complaint", &c->id, sealed_fields[i].name,
                                  db_bytes(rows, 0, sealed_fields[i].column), &plain);
        if (err != ERR_OK)
            return err;
        json_set_str(model, sealed_fields[i].name, plain);
    }
    return ERR_OK;
}

static void add_labels(struct request *req, const struct db_rows *rows, json_t *model)
{
    vocab_add_label(req, model, "status", "case_status");
    vocab_add_label(req, model, "product_type", "product_type");
    vocab_add_label(req, model, "problem_type", "problem_type");
    vocab_add_label(req, model, "responsibility", "responsibility");
    vocab_add_label(req, model, "seller_role", "seller_role");
    vocab_add_label(req, model, "purchase_purpose", "purchase_purpose");
    vocab_add_label(req, model, "pay_method", "pay_method");
    vocab_add_label(req, model, "filer_role", "filer_role");
    vocab_add_label(req, model, "closure_reason", "closure_reason");
    json_set_str(model, "amount_text",
                 locale_fen(req->arena, req->locale, db_int(rows, 0, "amount_fen")));
    json_set_str(model, "paid_text",
                 db_is_null(rows, 0, "paid_on")
                     ? STR("")
                     : locale_day(req->arena, req->locale, db_text(rows, 0, "paid_on")));
    json_set_str(model, "submitted_text",
                 locale_datetime(req->arena, req->locale, db_time(rows, 0, "submitted_at")));
    json_set_str(model, "label", json_str(model, "status_label"));
    json_set_z(model, "tone", "work");
    json_set_bool(model, "may_accept",
                  db_bool(rows, 0, "mine") && !db_bool(rows, 0, "accepted") &&
                      !db_bool(rows, 0, "closed"));
    json_set_bool(model, "may_return", db_bool(rows, 0, "mine") && !db_bool(rows, 0, "closed"));
    json_set_bool(model, "may_take_on",
                  str_eqz(db_text(rows, 0, "status"), "TRIAGE") &&
                      !db_is_null(rows, 0, "responsibility"));
    json_set_bool(model, "may_assign", staff_is(req, "coordinator") && !db_bool(rows, 0, "closed"));
    json_set_bool(model, "unassigned", db_is_null(rows, 0, "assignee"));
    json_set_bool(model, "has_unread", db_int(rows, 0, "unread") != 0);
    json_set_bool(model, "confirmed", db_bool(rows, 0, "codes_confirmed"));
    json_set_bool(model, "has_duplicates", db_int(rows, 0, "duplicates") != 0);
    json_set_bool(model, "may_release",
                  staff_is(req, "coordinator") && str_eqz(db_text(rows, 0, "lane"), "queue"));
    json_set_bool(model, "queued", str_eqz(db_text(rows, 0, "lane"), "queue"));
}

/* Who had the case, with reasons of return and handover notes. */
static enum err add_assignments(struct request *req, const struct open_case *c, json_t *model)
{
    struct db_rows *rows = NULL;
    json_t *list = json_array();
    enum err err = db_read(req->db, "desk.assignments", &rows,
                           DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", c->id));

    json_set_new(model, "assignments", list);
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        struct uuid id = db_uuid(rows, i, "id");
        json_t *row = db_row_json(rows, i);

        (void)json_array_append_new(list, row);
        /* A note that was sealed for another row stays closed; the history is shown all the same. */
        for (size_t k = 0; k < 2; k++) {
            const char *name = k == 0 ? "note" : "end_note";
            const char *column = k == 0 ? "note_sealed" : "end_note_sealed";
            struct str note = STR("");

            if (!db_is_null(rows, i, column))
                (void)seal_field_open(req->arena, c->key, "assignment", &id, name,
                                      db_bytes(rows, i, column), &note);
            json_set_str(row, name, note);
        }
        json_set_str(row, "at_text",
                     locale_datetime(req->arena, req->locale, db_time(rows, i, "assigned_at")));
        json_set_str(row, "how_text", desk_text(req, "desk.how.", db_text(rows, i, "how")));
        json_set_str(row, "end_text",
                     db_is_null(rows, i, "end_reason")
                         ? STR("")
                         : desk_text(req, "desk.end.", db_text(rows, i, "end_reason")));
    }
    json_set_bool(model, "has_assignments", json_array_size(list) != 0);
    return err;
}

static enum err add_clocks(struct request *req, const struct open_case *c, json_t *model)
{
    struct db_rows *rows = NULL;
    json_t *list = json_array();
    enum err err = db_read(req->db, "desk.clocks", &rows, DB_BYTES("p_session", desk_bearer(req)),
                           DB_UUID("p_case", c->id));

    json_set_new(model, "clocks", list);
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        json_t *row = db_row_json(rows, i), *why = json_object_get(row, "why");

        why_texts(req, why);
        json_set_str(why, "channel_label",
                     vocab_label(req, "channel", db_text(rows, i, "channel")));
        (void)json_array_append(list, why);
        json_decref(row);
    }
    json_set_bool(model, "has_clocks", json_array_size(list) != 0);
    return err;
}

static enum err add_timeline(struct request *req, const struct open_case *c, json_t *model)
{
    struct db_rows *rows = NULL;
    json_t *list = json_array();
    enum err err = db_read(req->db, "desk.timeline", &rows, DB_BYTES("p_session", desk_bearer(req)),
                           DB_UUID("p_case", c->id));

    json_set_new(model, "timeline", list);
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        json_t *entry = json_object();
        struct str object = db_text(rows, i, "object_kind"), type = db_text(rows, i, "type");
        struct str machine = str_fmt(req->arena, "%.*s_event", STR_ARG(object));
        struct str text = vocab_label(req, str_z(req->arena, machine), type);

        if (!vocab_has(req, str_z(req->arena, machine), type)) /* a text of our own */
            text = locale_textz(
                req->arena, req->locale,
                str_z(req->arena, str_fmt(req->arena, "desk.event.%.*s", STR_ARG(type))));
        json_set_str(entry, "at", clock_rfc3339(req->arena, db_time(rows, i, "at")));
        json_set_str(entry, "at_text",
                     locale_datetime(req->arena, req->locale, db_time(rows, i, "at")));
        json_set_str(entry, "text", text);
        json_set_str(entry, "detail",
                     db_is_null(rows, i, "channel")
                         ? db_text(rows, i, "actor_name")
                         : vocab_label(req, "channel", db_text(rows, i, "channel")));
        json_set_z(entry, "by",
                   str_eqz(db_text(rows, i, "actor_kind"), "complainant") ? "you" : "we");
        (void)json_array_append_new(list, entry);
    }
    return err;
}

enum err case_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    json_t *model, *wanted, *item;
    size_t i;
    enum err err;

    if (req->staff == NULL)
        return ERR_SIGNED_OUT;
    err = open_case(req, param_text(req, "n"), &c);
    if (err == ERR_OK)
        err = db_read(req->db, "desk.case_page", &rows, DB_BYTES("p_session", desk_bearer(req)),
                      DB_UUID("p_case", c.id));
    if (err != ERR_OK)
        return reply_error(req, rep, err);
    model = db_row_json(rows, 0);
    json_set_str(model, "title", c.case_no);
    add_labels(req, rows, model);
    case_next(req, &c, rows, model);
    wanted = json_array();
    json_array_foreach(json_object_get(model, "wanted"), i, item)(void) json_array_append_new(
        wanted, json_of_str(locale_textz(req->arena, req->locale,
                                         str_z(req->arena, str_fmt(req->arena, "desk.wanted.%s",
                                                                   json_string_value(item))))));
    json_set_new(model, "wanted_labels", wanted);
    err = add_told(req, &c, rows, model);
    if (err == ERR_OK)
        err = desk_files(req, &c, model);
    if (err == ERR_OK)
        err = add_assignments(req, &c, model);
    if (err == ERR_OK)
        err = case_filings(req, &c, model);
    if (err == ERR_OK)
        err = add_clocks(req, &c, model);
    if (err == ERR_OK)
        err = add_timeline(req, &c, model);
    if (err != ERR_OK) {
        json_decref(model);
        return err;
    }
    return reply_page(rep, "desk/case", model);
}

static enum err send(struct request *req, struct reply *rep, bool preview)
{
    struct open_case c;
    struct file_context *fc = arena_new_of(req->arena, struct file_context);
    struct file_meta *meta = arena_new_of(req->arena, struct file_meta);
    struct uuid id = param_uuid(req, "id");
    enum err err = open_case(req, param_text(req, "n"), &c);

    if (err == ERR_OK) {
        open_case_files(req, &c, fc);
        err = file_get(req, fc, &id, meta);
    }
    if (err != ERR_OK)
        return reply_error(req, rep, err);
    if (preview)
        return file_send_preview(req, rep, fc, meta);
    return file_send(req, rep, fc, meta,
                     str_z(req->arena, str_fmt(req->arena, "%.*s-%lld", STR_ARG(c.case_no),
                                               (long long)meta->file_no)));
}

enum err desk_file_get(struct request *req, struct reply *rep)
{
    return send(req, rep, false);
}

enum err desk_preview_get(struct request *req, struct reply *rep)
{
    return send(req, rep, true);
}
