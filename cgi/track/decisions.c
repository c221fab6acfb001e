/*
 * /track/decisions: what waits for the complainant, each on a page of its own, one POST each.  Nothing is preselected, and not answering
 * is shown as waiting, never as yes (UX.md §2.8).
 */
#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/vocab.h"
#include "track/track.h"

const struct param decision_path_params[] = {
    {.name = "id",
     .type = PARAM_UUID,
     .flags = PARAM_REQUIRED | PARAM_PATH,
     .label = "track.decision.title"},
    {.name = NULL},
};

const struct param decision_params[] = {
    {.name = "id",
     .type = PARAM_UUID,
     .flags = PARAM_REQUIRED | PARAM_PATH,
     .label = "track.decision.title"},
    {.name = "answer",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED,
     .label = "track.decision.answer",
     .empty = "track.decision.error.empty"},
    {.name = "amount",
     .type = PARAM_FEN,
     .min = 0,
     .max = 9999999999,
     .label = "track.decision.amount"},
    {.name = "version", .type = PARAM_INT, .min = 0, .max = INT64_MAX, .label = "track.version"},
    {.name = NULL},
};

struct answers {
    const char *kind;
    const char *codes[4];
};

static const struct answers answers[] = {
    {"CONSENT", {"granted", "refused", NULL}},
    {"WITHDRAWAL_WARNING", {"acknowledged", "kept", NULL}},
    {"RECEIPT", {"received", "part", "not_received", NULL}},
    {"WAIT", {"waits", "goes_on", NULL}},
    {"ABANDON", {"acknowledged", "kept", NULL}},
};

/* "track.decision.<kind>": what is asked. */
static struct str question_text(struct request *req, struct str kind)
{
    return locale_textz(
        req->arena, req->locale,
        str_z(req->arena, str_fmt(req->arena, "track.decision.%.*s", STR_ARG(kind))));
}

/* "track.answer.<kind>.<answer>". */
static struct str answer_text(struct request *req, struct str kind, struct str answer)
{
    return locale_textz(req->arena, req->locale,
                        str_z(req->arena, str_fmt(req->arena, "track.answer.%.*s.%.*s",
                                                  STR_ARG(kind), STR_ARG(answer))));
}

static json_t *answer_options(struct request *req, struct str kind)
{
    json_t *list = json_array();

    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        for (size_t j = 0; str_eqz(kind, answers[i].kind) && answers[i].codes[j] != NULL; j++) {
            json_t *o = json_object();

            json_set_z(o, "code", answers[i].codes[j]);
            json_set_str(o, "label", answer_text(req, kind, str_of(answers[i].codes[j])));
            (void)json_array_append_new(list, o);
        }
    }
    return json_owned(req->arena, list);
}

enum err decisions_show(struct request *req, struct reply *rep)
{
    struct db_rows *rows = NULL;
    json_t *model, *open, *done;
    enum err err =
        db_read(req->db, "track.decisions", &rows, DB_BYTES("p_track", track_bearer(req)));

    if (err != ERR_OK)
        return err;
    model = track_model(req, "track.decisions.title", NULL);
    open = json_array();
    done = json_array();
    for (size_t i = 0; i < db_count(rows); i++) {
        json_t *row = db_row_json(rows, i);
        struct str kind = db_text(rows, i, "kind");
        struct str channel =
            db_text(rows, i, db_is_null(rows, i, "channel") ? "filing_channel" : "channel");

        json_set_str(row, "text", question_text(req, kind));
        json_set_str(row, "recipient", recipient_text(req, channel, db_text(rows, i, "platform")));
        json_set_str(row, "asked_text",
                     locale_date(req->arena, req->locale, db_time(rows, i, "asked_at")));
        if (db_is_null(rows, i, "answer")) {
            (void)json_array_append_new(open, row);
            continue;
        }
        json_set_str(row, "answer_text", answer_text(req, kind, db_text(rows, i, "answer")));
        json_set_str(row, "answered_text",
                     locale_datetime(req->arena, req->locale, db_time(rows, i, "answered_at")));
        (void)json_array_append_new(done, row);
    }
    json_set_bool(model, "has_open", json_array_size(open) != 0);
    json_set_bool(model, "has_done", json_array_size(done) != 0);
    json_set_new(model, "open", open);
    json_set_new(model, "done", done);
    return reply_page(rep, "track/decisions", model);
}

/* What exactly would be sent and why, or until which day to wait: codes and days of the question. */
static void add_asked(struct request *req, json_t *model, const json_t *detail)
{
    json_t *list = json_array(), *code;
    struct str why = json_str(detail, "why"), day = json_str(detail, "review_on");
    size_t i;

    json_array_foreach(json_object_get(detail, "what"), i, code)(void) json_array_append_new(
        list,
        json_of_str(locale_textz(req->arena, req->locale,
                                 str_z(req->arena, str_fmt(req->arena, "filing.consent.what.%s",
                                                           json_string_value(code))))));
    json_set_bool(model, "has_what", json_array_size(list) != 0);
    json_set_new(model, "what", list);
    json_set_str(model, "why",
                 why.n == 0
                     ? STR("")
                     : locale_textz(req->arena, req->locale,
                                    str_z(req->arena, str_fmt(req->arena, "filing.consent.why.%.*s",
                                                              STR_ARG(why)))));
    json_set_str(model, "review_text",
                 day.n == 0 ? STR("") : locale_day(req->arena, req->locale, day));
}

enum err decision_show(struct request *req, struct reply *rep)
{
    struct db_rows *rows = NULL;
    struct uuid id = param_uuid(req, "id");
    struct str kind, channel;
    json_t *row, *model, *form, *detail;
    enum err err;

    if (track_case_of(req) == NULL)
        return ERR_SIGNED_OUT;
    err = db_read(req->db, "track.decision_get", &rows, DB_BYTES("p_track", track_bearer(req)),
                  DB_UUID("p_decision", id));
    if (err != ERR_OK)
        return err;
    kind = db_text(rows, 0, "kind");
    channel = db_text(rows, 0, db_is_null(rows, 0, "channel") ? "filing_channel" : "channel");
    row = json_owned(req->arena, db_row_json(rows, 0));
    json_set_new(row, "answer", json_null());
    model = json_object();
    json_set_z(model, "title_key", "track.decision.title");
    form = form_model(req, decision_params, row);
    json_set_new(model, "form", form);
    form_options(form, "answer", answer_options(req, kind));
    json_set_str(model, "id", uuid_text(req->arena, &id));
    json_set_int(model, "version", db_int(rows, 0, "version"));
    json_set_str(model, "text", question_text(req, kind));
    json_set_str(model, "channel_label",
                 channel.n != 0 ? vocab_label(req, "channel", channel) : STR(""));
    json_set_str(model, "recipient", recipient_text(req, channel, db_text(rows, 0, "platform")));
    json_set_str(
        model, "consent_text",
        db_text(rows, 0, str_eqz(str_of(request_lang(req)), "en") ? "text_en" : "text_zh"));
    json_set_str(model, "text_version", db_text(rows, 0, "text_version"));
    json_set_bool(model, "is_consent", str_eqz(kind, "CONSENT"));
    json_set_bool(model, "is_warning", str_eqz(kind, "WITHDRAWAL_WARNING"));
    json_set_bool(model, "is_receipt", str_eqz(kind, "RECEIPT"));
    json_set_bool(model, "is_wait", str_eqz(kind, "WAIT"));
    json_set_bool(model, "is_abandon", str_eqz(kind, "ABANDON"));
    json_set_bool(model, "performance_proven", db_bool(rows, 0, "performance_proven"));
    json_set_bool(model, "refile_risk", !str_eqz(db_text(rows, 0, "refile"), "ALLOWED"));
    json_set_new(
        model, "open_filings",
        recipient_texts(req, json_object_get(row, "open_filings"), db_text(rows, 0, "platform")));
    json_set_bool(model, "has_open_filings",
                  json_array_size(json_object_get(row, "open_filings")) != 0);
    detail = json_object_get(row, "detail");
    add_asked(req, model, detail);
    json_set_bool(model, "has_amount", json_is_integer(json_object_get(detail, "amount_fen")));
    json_set_str(model, "amount_text",
                 locale_fen(req->arena, req->locale, json_int(detail, "amount_fen")));
    json_set_bool(model, "answered", !db_is_null(rows, 0, "answer"));
    json_set_str(model, "answer_amount",
                 db_is_null(rows, 0, "answer_fen")
                     ? STR("")
                     : locale_fen(req->arena, req->locale, db_int(rows, 0, "answer_fen")));
    if (!db_is_null(rows, 0, "answer"))
        json_set_str(model, "answer_text", answer_text(req, kind, db_text(rows, 0, "answer")));
    /* Only a consent may be answered again; the rest stands as answered. */
    json_set_bool(model, "may_answer", db_is_null(rows, 0, "answer") || str_eqz(kind, "CONSENT"));
    return reply_page(rep, "track/decision", model);
}

enum err decision_post(struct request *req, struct reply *rep)
{
    struct uuid id = param_uuid(req, "id");
    bool refused = str_eqz(param_text(req, "answer"), "not_received");
    enum err err =
        db_write(req->db, "track.decide", NULL, DB_BYTES("p_track", track_bearer(req)),
                 DB_UUID("p_decision", id), DB_INT("p_version", param_int(req, "version")),
                 DB_TEXT("p_answer", param_text(req, "answer")),
                 DB_INT_OR_NULL("p_fen", param_fen(req, "amount"),
                                param_present(req, "amount") && !refused));
    if (err == ERR_VOCABULARY) {
        form_error(req, "answer", "track.decision.error.empty");
        return reply_form_again(req, rep, ERR_FORM);
    }
    if (err == ERR_DONE &&
        !req->wants_json) /* sent a second time: the page shows what was answered */
        return reply_see_other(rep, "/track/decisions/%.*s", STR_ARG(uuid_text(req->arena, &id)));
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    return reply_see_other(rep, "/track/decisions");
}
