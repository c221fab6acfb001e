/* /track/messages and /track/supply: talking with the volunteer; answering what was asked for (补正). */
#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/token.h"
#include "core/vocab.h"
#include "track/track.h"

const struct param message_params[] = {
    {.name = "body",
     .type = PARAM_LINES,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = 5000,
     .label = "track.message.body",
     .empty = "track.message.error.empty"},
    {.name = NULL},
};

const struct param supply_params[] = {
    {.name = "answer", .type = PARAM_LINES, .max = 5000, .label = "track.supply.answer"},
    {.name = "version", .type = PARAM_INT, .min = 0, .max = INT64_MAX, .label = "track.version"},
    {.name = NULL},
};

/* A service message is a locale key with plain values; people's messages are sealed. */
static enum err message_text(struct request *req, const struct case_key *key,
                             const struct db_rows *rows, size_t i, json_t *row, struct str *text)
{
    struct uuid id = db_uuid(rows, i, "id");
    struct str channel;
    json_t *detail = json_object_get(row, "detail");

    if (!db_is_null(rows, i, "body_sealed"))
        return seal_field_open(req->arena, key, "message", &id, "body",
                               db_bytes(rows, i, "body_sealed"), text);
    channel = json_str(detail, "channel");
    if (channel.n != 0)
        json_set_str(detail, "channel_label", vocab_label(req, "channel", channel));
    *text = locale_text(req->arena, req->locale, str_z(req->arena, db_text(rows, i, "template")),
                        detail);
    return ERR_OK;
}

static enum err add_messages(struct request *req, json_t *model)
{
    struct db_rows *rows = NULL;
    const struct case_key *key;
    json_t *list = json_array();
    enum err err = track_key(req, &key);

    json_set_new(model, "messages", list);
    if (err == ERR_OK)
        err = db_read(req->db, "track.messages", &rows, DB_BYTES("p_track", track_bearer(req)));
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        json_t *row = db_row_json(rows, i);
        struct str text = STR("");

        (void)json_array_append_new(list, row);
        err = message_text(req, key, rows, i, row, &text);
        json_set_str(row, "text", text);
        json_set_bool(row, "mine", str_eqz(db_text(rows, i, "author_kind"), "complainant"));
        json_set_bool(row, "service", str_eqz(db_text(rows, i, "author_kind"), "service"));
        json_set_str(row, "at_text",
                     locale_datetime(req->arena, req->locale, db_time(rows, i, "at")));
    }
    json_set_bool(model, "has_messages", json_array_size(list) != 0);
    return err;
}

enum err messages_show(struct request *req, struct reply *rep)
{
    json_t *model = track_model(req, "track.message.title", message_params);
    enum err err = ERR_OK;

    form_attr(json_object_get(model, "form"), "body", "rows", STR("6"));
    if (track_case_of(req) != NULL)
        err = add_messages(req, model);
    /* Only the complainant's own read marks change by looking. */
    if (err == ERR_OK && req->method == METHOD_GET)
        err =
            db_write(req->db, "track.messages_seen", NULL, DB_BYTES("p_track", track_bearer(req)));
    if (err != ERR_OK) {
        json_decref(model);
        return err;
    }
    return reply_page(rep, "track/messages", model);
}

enum err message_post(struct request *req, struct reply *rep)
{
    const struct case_key *key;
    struct uuid id = token_uuid();
    enum err err = track_key(req, &key);

    if (err == ERR_OK)
        err = db_write(req->db, "track.message_add", NULL, DB_BYTES("p_track", track_bearer(req)),
                       DB_UUID("p_id", id),
                       DB_BYTES("p_body", seal_field(req->arena, key, "message", &id, "body",
                                                     param_text(req, "body"))));
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    return reply_see_other(rep, "/track/messages");
}

enum err missing_add(struct request *req, json_t *model)
{
    struct db_rows *rows = NULL;
    const struct case_key *key;
    json_t *list = json_array();
    enum err err = track_key(req, &key);

    json_set_new(model, "items", list);
    if (err == ERR_OK)
        err = db_read(req->db, "track.missing", &rows, DB_BYTES("p_track", track_bearer(req)));
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        json_t *row = db_row_json(rows, i);
        struct uuid id = db_uuid(rows, i, "id");
        struct str text = STR("");

        (void)json_array_append_new(list, row);
        vocab_add_label(req, row, "item", "evidence_kind");
        if (!db_is_null(rows, i, "text_sealed"))
            err = seal_field_open(req->arena, key, "missing_item", &id, "text",
                                  db_bytes(rows, i, "text_sealed"), &text);
        json_set_str(row, "text", text);
    }
    json_set_bool(model, "has_items", json_array_size(list) != 0);
    return err;
}

enum err supply_show(struct request *req, struct reply *rep)
{
    json_t *model = track_model(req, "track.supply.title", supply_params);
    enum err err = ERR_OK;

    form_attr(json_object_get(model, "form"), "answer", "rows", STR("6"));
    json_set_bool(model, "has_items", false);
    if (track_case_of(req) != NULL) {
        json_set_int(model, "version", track_case_of(req)->version);
        err = missing_add(req, model);
    }
    if (err != ERR_OK) {
        json_decref(model);
        return err;
    }
    return reply_page(rep, "track/supply", model);
}

enum err supply_post(struct request *req, struct reply *rep)
{
    const struct case_key *key;
    struct uuid id = token_uuid();
    struct str answer = param_text(req, "answer"), sealed = STR("");
    enum err err = track_key(req, &key);

    if (err == ERR_OK && answer.n != 0)
        sealed = seal_field(req->arena, key, "message", &id, "body", answer);
    if (err == ERR_OK)
        err = db_write(req->db, "track.supply", NULL, DB_BYTES("p_track", track_bearer(req)),
                       DB_INT("p_version", param_int(req, "version")), DB_UUID("p_id", id),
                       DB_BYTES_OR_NULL("p_body", sealed));
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    return reply_see_other(rep, "/track/case");
}
