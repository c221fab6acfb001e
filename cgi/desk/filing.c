/*
 * /desk/cases/{n}/filings/{id}: one filing (投诉): its state, what is missing, collisions as shown, deadlines with "why this date", and what
 * comes next (filing_next.c; DOMAIN.md §5.2).  Steps with fields have pages of their own: filing_step.c.
 */
#include <string.h>

#include "core/arena.h"
#include "core/db.h"
#include "core/file.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/staff.h"
#include "core/vocab.h"
#include "core/why.h"
#include "desk/desk.h"

/* clang-format off */

const struct param filing_params[] = {CASE_ROW, ID_ROW("filing.title"), {.name = NULL}};

const struct param filing_confirm_params[] = {
    CASE_ROW,
    ID_ROW("filing.title"),
    {.name = "confirmed", .type = PARAM_CODE, .flags = PARAM_MANY, .label = "filing.confirm.confirmed"},
    {.name = "seen", .type = PARAM_CODE, .flags = PARAM_REQUIRED, .label = "filing.confirm.seen"},
    VERSION_ROW,
    {.name = NULL},
};
/* clang-format on */

enum err desk_filing_read(struct request *req, const struct open_case *c, struct db_rows **rows)
{
    return db_read(req->db, "desk.filing_page", rows, DB_BYTES("p_session", desk_bearer(req)),
                   DB_UUID("p_case", c->id), DB_UUID("p_filing", param_uuid(req, "id")));
}

static const struct {
    const char *column, *name;
} sealed_fields[] = {
    {"filing_no_sealed", "filing_no"}, {"items_sealed", "items"},
    {"reply_sealed", "reply"},         {"agreed_sealed", "agreed"},
    {"result_sealed", "result"},       {"skip_reason_sealed", "skip_reason"},
};

static enum err open_texts(struct request *req, const struct open_case *c,
                           const struct db_rows *rows, json_t *model)
{
    struct uuid id = db_uuid(rows, 0, "id");

    for (size_t i = 0; i < sizeof sealed_fields / sizeof sealed_fields[0]; i++) {
        struct str plain = STR("");
        enum err err = ERR_OK;

        if (!db_is_null(rows, 0, sealed_fields[i].column))
            err = seal_field_open(req->arena, c->key, "filing", &id, sealed_fields[i].name,
                                  db_bytes(rows, 0, sealed_fields[i].column), &plain);
        if (err != ERR_OK)
            return err;
        json_set_str(model, sealed_fields[i].name, plain);
    }
    return ERR_OK;
}

static void day_text(struct request *req, const struct db_rows *rows, json_t *model,
                     const char *column, const char *key)
{
    json_set_str(model, key,
                 db_is_null(rows, 0, column)
                     ? STR("")
                     : locale_day(req->arena, req->locale, db_text(rows, 0, column)));
}

static void time_text(struct request *req, const struct db_rows *rows, json_t *model,
                      const char *column, const char *key)
{
    json_set_str(model, key,
                 db_is_null(rows, 0, column)
                     ? STR("")
                     : locale_datetime(req->arena, req->locale, db_time(rows, 0, column)));
}

struct str desk_filing_tone(struct str status)
{
    if (str_eqz(status, "NOT_ACCEPTED") || str_eqz(status, "LAPSED"))
        return STR("stop");
    if (str_eqz(status, "CANCELLED") || str_eqz(status, "ENDED") || str_eqz(status, "WITHDRAWN"))
        return STR("done");
    if (str_eqz(status, "DECIDED") || str_eqz(status, "AGREED"))
        return STR("good");
    return STR("work");
}

static void labels(struct request *req, const struct db_rows *rows, json_t *model)
{
    struct str consent = db_text(rows, 0, "consent");

    vocab_add_label(req, model, "channel", "channel");
    vocab_add_label(req, model, "layer", "channel_layer");
    vocab_add_label(req, model, "status", "filing_status");
    vocab_add_label(req, model, "outcome", "channel_outcome");
    vocab_add_label(req, model, "not_accepted_reason", "not_accepted_reason");
    vocab_add_label(req, model, "termination_reason", "termination_reason");
    json_set_str(model, "label", json_str(model, "status_label"));
    json_set_str(model, "tone", desk_filing_tone(db_text(rows, 0, "status")));
    json_set_str(model, "consent_text", desk_text(req, "filing.consent.state.", consent));
    json_set_bool(model, "consent_given", str_eqz(consent, "given"));
    time_text(req, rows, model, "submitted_at", "submitted_text");
    time_text(req, rows, model, "replied_at", "replied_text");
    time_text(req, rows, model, "ended_at", "ended_text");
    time_text(req, rows, model, "collision_checked_at", "checked_text");
    day_text(req, rows, model, "received_on", "received_text");
    day_text(req, rows, model, "accepted_on", "accepted_text");
}

static enum err add_proof(struct request *req, const struct open_case *c,
                          const struct db_rows *rows, json_t *model)
{
    struct file_context *fc = arena_new_of(req->arena, struct file_context);
    struct file_meta *meta = arena_new_of(req->arena, struct file_meta);
    struct uuid id = db_uuid(rows, 0, "proof_file");
    enum err err;

    json_set_bool(model, "has_proof", !db_is_null(rows, 0, "proof_file"));
    if (db_is_null(rows, 0, "proof_file"))
        return ERR_OK;
    open_case_files(req, c, fc);
    err = file_get(req, fc, &id, meta);
    if (err == ERR_OK)
        json_set_str(model, "proof_name", meta->name);
    return err;
}

static enum err add_prerequisites(struct request *req, const struct open_case *c, json_t *model)
{
    struct db_rows *rows = NULL;
    json_t *told = json_array(), *asked = json_owned(req->arena, json_array());
    json_t *stored = json_owned(req->arena, json_object()), *ticked = json_array(), *form;
    enum err err = db_read(req->db, "desk.filing_prerequisites", &rows,
                           DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", c->id),
                           DB_UUID("p_filing", param_uuid(req, "id")));

    json_set_new(model, "prerequisites", told);
    json_set_new(stored, "confirmed", ticked);
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        json_t *row = db_row_json(rows, i);
        bool person = db_is_null(rows, i, "met");

        json_set_str(row, "label", vocab_label(req, "prerequisite", db_text(rows, i, "code")));
        json_set_bool(row, "person", person);
        if (person)
            (void)json_array_append(asked, row);
        (void)json_array_append_new(told, row);
        if (person && db_bool(rows, i, "confirmed"))
            (void)json_array_append_new(ticked, json_of_str(db_text(rows, i, "code")));
    }
    json_set_bool(model, "has_prerequisites", json_array_size(told) != 0);
    json_set_bool(model, "has_asked", json_array_size(asked) != 0);
    form = form_model(req, filing_confirm_params, stored);
    form_options(form, "confirmed", asked);
    json_set_new(model, "confirm_form", form);
    return err;
}

static enum err add_checks(struct request *req, const struct open_case *c, json_t *model)
{
    struct db_rows *rows = NULL;
    enum err err =
        db_read(req->db, "desk.filing_checks", &rows, DB_BYTES("p_session", desk_bearer(req)),
                DB_UUID("p_case", c->id), DB_UUID("p_filing", param_uuid(req, "id")));

    return err == ERR_OK ? desk_checks(req, c, rows, model) : err;
}

static enum err add_clocks(struct request *req, const struct open_case *c, json_t *model)
{
    struct db_rows *rows = NULL;
    json_t *running = json_array(), *stopped = json_array();
    enum err err =
        db_read(req->db, "desk.filing_clocks", &rows, DB_BYTES("p_session", desk_bearer(req)),
                DB_UUID("p_case", c->id), DB_UUID("p_filing", param_uuid(req, "id")));

    json_set_new(model, "clocks", running);
    json_set_new(model, "stopped", stopped);
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        json_t *row = db_row_json(rows, i), *why = json_object_get(row, "why");

        why_texts(req, why);
        if (db_bool(rows, i, "stopped"))
            json_set_str(why, "reason_label",
                         vocab_label(req, "clock_stop_reason", db_text(rows, i, "stop_reason")));
        (void)json_array_append(db_bool(rows, i, "stopped") ? stopped : running, why);
        json_decref(row);
    }
    json_set_bool(model, "has_clocks", json_array_size(running) != 0);
    json_set_bool(model, "has_stopped", json_array_size(stopped) != 0);
    return err;
}

static void add_channel(struct request *req, json_t *model)
{
    json_t *detail = json_object_get(model, "detail");
    json_t *how = desk_lines(req, detail, "how_to_file"),
           *warnings = desk_lines(req, detail, "warnings");

    json_set_bool(model, "has_how", json_array_size(how) != 0);
    json_set_bool(model, "has_warnings", json_array_size(warnings) != 0);
    if (how != NULL)
        json_set_new(model, "how", how);
    if (warnings != NULL)
        json_set_new(model, "warnings", warnings);
    json_set_new(model, "collision_list",
                 desk_collisions(req, json_object_get(model, "collisions")));
    json_set_bool(model, "has_collisions",
                  json_array_size(json_object_get(model, "collisions")) != 0);
}

enum err filing_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    struct uuid id = param_uuid(req, "id");
    json_t *model;
    enum err err = desk_open(req, &c);

    if (err == ERR_OK && req->staff == NULL)
        err = ERR_SIGNED_OUT;
    if (err == ERR_OK)
        err = desk_filing_read(req, &c, &rows);
    if (err != ERR_OK)
        return reply_error(req, rep, err);
    model = db_row_json(rows, 0);
    json_set_str(model, "case_no", c.case_no);
    json_set_str(model, "filing", uuid_text(req->arena, &id));
    labels(req, rows, model);
    json_set_str(model, "title", json_str(model, "channel_label"));
    json_set_bool(model, "case_moves", str_eqz(db_text(rows, 0, "case_status"), "READY"));
    add_channel(req, model);
    json_set_z(model, "confirm_id", req->method == METHOD_POST ? "form" : "confirm");
    err = open_texts(req, &c, rows, model);
    if (err == ERR_OK)
        err = add_proof(req, &c, rows, model);
    if (err == ERR_OK)
        err = add_prerequisites(req, &c, model);
    if (err == ERR_OK && db_bool(rows, 0, "prepared"))
        err = add_checks(req, &c, model);
    if (err == ERR_OK)
        err = add_clocks(req, &c, model);
    if (err == ERR_OK)
        err = filing_next(req, &c, rows, model);
    json_set_bool(model, "dated", !db_bool(rows, 0, "prepared") && db_is_null(rows, 0, "ended_at"));
    json_set_bool(model, "coordinator", staff_is(req, "coordinator"));
    if (err == ERR_OK && req->method == METHOD_POST)
        json_set_new(model, "form", json_incref(json_object_get(model, "confirm_form")));
    if (err != ERR_OK) {
        json_decref(model);
        return reply_error(req, rep, err);
    }
    return reply_page(rep, "desk/filing", model);
}

enum err filing_confirm(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct uuid id = param_uuid(req, "id");
    struct str *codes;
    size_t n = param_many(req, "confirmed", &codes);
    enum err err = desk_open(req, &c);

    if (err == ERR_OK)
        err =
            db_write(req->db, "desk.filing_confirm", NULL, DB_BYTES("p_session", desk_bearer(req)),
                     DB_UUID("p_case", c.id), DB_UUID("p_filing", id),
                     DB_INT("p_version", param_int(req, "version")),
                     DB_TEXTS("p_confirmed", codes, n), DB_TEXT("p_seen", param_text(req, "seen")));
    return desk_filing_done(req, rep, err, &c);
}

enum err desk_filing_done(struct request *req, struct reply *rep, enum err err,
                          const struct open_case *c)
{
    struct uuid id = param_uuid(req, "id");

    return desk_done(req, rep, err, c,
                     str_z(req->arena, str_fmt(req->arena, "/filings/%.*s",
                                               STR_ARG(uuid_text(req->arena, &id)))));
}
