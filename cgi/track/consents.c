/*
 * /track/consents: every consent, to be taken back as easily as it was given, and what was not given, to be given as late as one likes.
 * One of them carries the whole case; taking it back has a page of its own, /track/consents/end, that says what will happen and asks for
 * a tick first (UX.md §1: nothing final by one tap).
 */
#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/token.h"
#include "core/vocab.h"
#include "track/track.h"

const struct param consent_params[] = {
    {.name = "consent",
     .type = PARAM_UUID,
     .flags = PARAM_REQUIRED,
     .label = "track.consents.title"},
    {.name = NULL},
};

const struct param consent_give_params[] = {
    {.name = "kind", .type = PARAM_CODE, .flags = PARAM_REQUIRED | PARAM_HIDDEN},
    {.name = "text_version", .type = PARAM_TEXT, .flags = PARAM_REQUIRED | PARAM_HIDDEN, .max = 40},
    {.name = NULL},
};

const struct param end_params[] = {
    {.name = "consent", .type = PARAM_UUID, .flags = PARAM_REQUIRED | PARAM_HIDDEN},
    {.name = "agree",
     .type = PARAM_BOOL,
     .flags = PARAM_REQUIRED,
     .label = "track.end.agree",
     .empty = "track.end.error.agree"},
    {.name = NULL},
};

/* The rows with the text of the consent and the name of its recipient in the request's language. */
static json_t *consent_list(struct request *req, const struct db_rows *rows)
{
    bool english = str_eqz(str_of(request_lang(req)), "en");
    json_t *list = db_rows_json(rows);

    for (size_t i = 0; i < db_count(rows); i++) {
        json_t *row = json_array_get(list, i);
        struct str channel = db_text(rows, i, "channel");

        json_set_str(row, "text", db_text(rows, i, english ? "text_en" : "text_zh"));
        json_set_str(row, "recipient", recipient_text(req, channel, db_text(rows, i, "platform")));
    }
    return list;
}

enum err consents_show(struct request *req, struct reply *rep)
{
    struct db_rows *rows = NULL, *open = NULL;
    json_t *model, *list;
    enum err err = track_case_of(req) == NULL ? ERR_SIGNED_OUT : db_snapshot_begin(req->db);

    if (err != ERR_OK)
        return err;
    err = db_read(req->db, "track.consents", &rows, DB_BYTES("p_track", track_bearer(req)));
    if (err == ERR_OK)
        err =
            db_read(req->db, "track.consents_open", &open, DB_BYTES("p_track", track_bearer(req)));
    if (err == ERR_OK)
        err = db_snapshot_end(req->db);
    else
        db_abort(req->db);
    if (err != ERR_OK)
        return err;
    model = track_model(req, "track.consents.title", NULL);
    json_set_bool(model, "has_open", db_count(open) != 0);
    json_set_new(model, "open", consent_list(req, open));
    list = consent_list(req, rows);
    for (size_t i = 0; i < db_count(rows); i++) {
        json_t *row = json_array_get(list, i);

        json_set_str(row, "at_text",
                     locale_datetime(req->arena, req->locale, db_time(rows, i, "at")));
        json_set_bool(row, "taken_back", !db_is_null(rows, i, "withdrawn_at"));
        json_set_bool(row, "live",
                      db_bool(rows, i, "granted") && db_is_null(rows, i, "withdrawn_at"));
        json_set_bool(row, "ends_case", str_eqz(db_text(rows, i, "kind"), "HANDLE_CASE"));
    }
    json_set_new(model, "consents", list);
    return reply_page(rep, "track/consents", model);
}

enum err consent_withdraw(struct request *req, struct reply *rep)
{
    enum err err =
        db_write(req->db, "track.consent_withdraw", NULL, DB_BYTES("p_track", track_bearer(req)),
                 DB_UUID("p_consent", param_uuid(req, "consent")), DB_BOOL("p_ends", false));

    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    return reply_see_other(rep, "/track/consents");
}

enum err consent_give(struct request *req, struct reply *rep)
{
    enum err err =
        db_write(req->db, "track.consent_give", NULL, DB_BYTES("p_track", track_bearer(req)),
                 DB_UUID("p_id", token_uuid()), DB_TEXT("p_kind", param_text(req, "kind")),
                 DB_TEXT("p_version", param_text(req, "text_version")));

    if (err != ERR_OK && err != ERR_DONE) /* pressed twice: it is given, as wished */
        return reply_form_again(req, rep, err);
    return reply_see_other(rep, "/track/consents");
}

/* The consent that carries the case, while it stands. */
static bool live_consent(const struct db_rows *rows, struct uuid *id)
{
    for (size_t i = 0; i < db_count(rows); i++) {
        if (str_eqz(db_text(rows, i, "kind"), "HANDLE_CASE") && db_bool(rows, i, "granted") &&
            db_is_null(rows, i, "withdrawn_at")) {
            *id = db_uuid(rows, i, "id");
            return true;
        }
    }
    return false;
}

/* GET /track/consents/end: what will happen, the tick, the button; afterwards, what has happened. */
enum err end_show(struct request *req, struct reply *rep)
{
    struct db_rows *overview = NULL, *consents = NULL;
    json_t *model, *filings;
    struct uuid id;
    bool live;
    enum err err = track_case_of(req) == NULL ? ERR_SIGNED_OUT : db_snapshot_begin(req->db);

    if (err != ERR_OK)
        return err;
    err = db_read(req->db, "track.overview", &overview, DB_BYTES("p_track", track_bearer(req)));
    if (err == ERR_OK)
        err = db_read(req->db, "track.consents", &consents, DB_BYTES("p_track", track_bearer(req)));
    if (err == ERR_OK)
        err = db_snapshot_end(req->db);
    else
        db_abort(req->db);
    if (err != ERR_OK)
        return err;
    live = live_consent(consents, &id);
    model = track_model(req, live ? "track.end.title" : "track.end.done", end_params);
    filings = json_owned(req->arena, db_row_json(overview, 0));
    json_set_new(model, "open_filings",
                 recipient_texts(req, json_object_get(filings, "open_filings"),
                                 db_text(overview, 0, "platform")));
    json_set_bool(model, "has_open_filings",
                  json_array_size(json_object_get(filings, "open_filings")) != 0);
    json_set_bool(model, "live", live);
    if (live)
        json_set_str(model, "consent", uuid_text(req->arena, &id));
    return reply_page(rep, "track/end", model);
}

enum err end_post(struct request *req, struct reply *rep)
{
    enum err err =
        db_write(req->db, "track.consent_withdraw", NULL, DB_BYTES("p_track", track_bearer(req)),
                 DB_UUID("p_consent", param_uuid(req, "consent")), DB_BOOL("p_ends", true));

    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    return reply_see_other(rep, "/track/consents/end");
}
