/*
 * /desk/cases/{n}/channels: where the case may lawfully go next, why, until when, and what is missing; one page per channel, from which
 * the complainant is asked for consent and a filing is planned (DOMAIN.md §2.6, §2.7, §5.4).
 */
#include <string.h>

#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/token.h"
#include "core/vocab.h"
#include "core/why.h"
#include "desk/desk.h"

static const char *const whats[] = {"facts",    "order",   "evidence", "contact",
                                    "identity", "history", NULL};
static const char *const whys[] = {"filing", "supplement", "mediation", "escalation", NULL};

/* clang-format off */
#define CHANNEL_ROW \
    {.name = "channel", .type = PARAM_CODE, .flags = PARAM_REQUIRED | PARAM_PATH, .label = "filing.channel.title"}

const struct param channel_params[] = {CASE_ROW, CHANNEL_ROW, {.name = NULL}};

const struct param consent_ask_params[] = {
    CASE_ROW,
    CHANNEL_ROW,
    {.name = "what", .type = PARAM_CODE, .flags = PARAM_REQUIRED | PARAM_MANY, .choices = whats, .label = "filing.consent.what",
     .empty = "filing.consent.error.what"},
    {.name = "why", .type = PARAM_CODE, .flags = PARAM_REQUIRED, .choices = whys, .label = "filing.consent.why"},
    {.name = NULL},
};

const struct param plan_params[] = {
    CASE_ROW,
    CHANNEL_ROW,
    {.name = "skip_reason", .type = PARAM_LINES, .max = 1000, .label = "filing.plan.skip_reason"},
    {.name = NULL},
};

const struct param wait_params[] = {
    CASE_ROW,
    {.name = "review_on", .type = PARAM_DATE, .flags = PARAM_REQUIRED | PARAM_COMING, .label = "filing.wait.review_on"},
    {.name = NULL},
};
/* clang-format on */

static bool english(const struct request *req)
{
    return strcmp(request_lang(req), "en") == 0;
}

/* Codes of an array column as labels. */
static json_t *labels(struct request *req, const struct db_rows *rows, size_t i, const char *column,
                      const char *enumeration)
{
    struct str *codes;
    size_t n = db_texts(rows, i, column, &codes);
    json_t *list = json_array();

    for (size_t k = 0; k < n; k++)
        (void)json_array_append_new(list, json_of_str(vocab_label(req, enumeration, codes[k])));
    return list;
}

json_t *desk_collisions(struct request *req, const json_t *collisions)
{
    json_t *list = json_array(), *one;
    size_t i;

    json_array_foreach(collisions, i, one)
    {
        json_t *row = json_object();
        struct str verdict = json_str(one, "verdict");

        json_set_str(row, "already_label",
                     vocab_label(req, "channel", json_str(one, "already_at")));
        json_set_str(row, "verdict_label", vocab_label(req, "collision_verdict", verdict));
        json_set_str(row, "status_label",
                     vocab_label(req, "filing_status", json_str(one, "status")));
        json_set_str(row, "note", json_str(one, english(req) ? "note_en" : "note_zh"));
        json_set_str(row, "basis", json_str(one, "basis"));
        json_set_str(row, "tone", desk_verdict_tone(verdict));
        (void)json_array_append_new(list, row);
    }
    return list;
}

struct str desk_verdict_tone(struct str verdict)
{
    if (str_eqz(verdict, "OK") || str_eqz(verdict, "NOT_APPLICABLE"))
        return STR("good");
    if (str_eqz(verdict, "DUPLICATE") || str_eqz(verdict, "REFUSED"))
        return STR("stop");
    return STR("you");
}

/* Labels of one row of desk.channels. */
static json_t *channel_row(struct request *req, const struct open_case *c,
                           const struct db_rows *rows, size_t i)
{
    json_t *row = db_row_json(rows, i), *missing, *confirm;
    struct str verdict = db_text(rows, i, "verdict"), consent = db_text(rows, i, "consent");

    missing = labels(req, rows, i, "missing", "prerequisite");
    confirm = labels(req, rows, i, "confirm", "prerequisite");
    vocab_add_label(req, row, "channel", "channel");
    vocab_add_label(req, row, "layer", "channel_layer");
    json_set_str(row, "case_no", c->case_no);
    json_set_bool(row, "has_missing", json_array_size(missing) != 0);
    json_set_bool(row, "has_confirm", json_array_size(confirm) != 0);
    json_set_new(row, "missing_labels", missing);
    json_set_new(row, "confirm_labels", confirm);
    json_set_new(row, "collision_list", desk_collisions(req, json_object_get(row, "collisions")));
    json_set_bool(row, "has_collisions", json_array_size(json_object_get(row, "collisions")) != 0);
    json_set_str(row, "verdict_label", vocab_label(req, "collision_verdict", verdict));
    json_set_str(row, "verdict_tone", desk_verdict_tone(verdict));
    json_set_str(row, "consent_text", desk_text(req, "filing.consent.state.", consent));
    json_set_str(row, "consent_tone",
                 str_eqz(consent, "given")     ? STR("good")
                 : str_eqz(consent, "refused") ? STR("stop")
                                               : STR("you"));
    json_set_bool(row, "may_ask",
                  strcmp(req->route->name, "consent_ask") == 0 ||
                      (!str_eqz(consent, "given") && !str_eqz(consent, "asked")));
    json_set_str(row, "last_day_text",
                 db_is_null(rows, i, "last_day")
                     ? STR("")
                     : locale_day(req->arena, req->locale, db_text(rows, i, "last_day")));
    json_set_bool(row, "has_plan", !db_is_null(rows, i, "planned"));
    return row;
}

/* Why the case has to go on, in words. */
static enum err add_escalation(struct request *req, const struct open_case *c, json_t *model)
{
    struct db_rows *rows = NULL;
    json_t *list = json_array();
    enum err err = db_read(req->db, "desk.escalation", &rows,
                           DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", c->id));

    json_set_new(model, "reasons", list);
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        json_t *row = db_row_json(rows, i);

        vocab_add_label(req, row, "channel", "channel");
        vocab_add_label(req, row, "next_layer", "channel_layer");
        json_set_str(row, "text", db_text(rows, i, english(req) ? "label_en" : "label_zh"));
        json_set_str(row, "since_text",
                     locale_datetime(req->arena, req->locale, db_time(rows, i, "since")));
        (void)json_array_append_new(list, row);
    }
    json_set_bool(model, "has_reasons", json_array_size(list) != 0);
    return err;
}

enum err channels_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    json_t *model, *next = json_array(), *others = json_array(), *closed = json_array();
    enum err err = desk_open(req, &c);

    if (err != ERR_OK || req->staff == NULL) {
        json_decref(next);
        json_decref(others);
        json_decref(closed);
        return reply_error(req, rep, err == ERR_OK ? ERR_SIGNED_OUT : err);
    }
    model = desk_form(req, &c, "filing.channels.title", NULL, NULL);
    json_set_new(model, "next", next);
    json_set_new(model, "others", others);
    json_set_new(model, "closed", closed);
    err = db_read(req->db, "desk.channels", &rows, DB_BYTES("p_session", desk_bearer(req)),
                  DB_UUID("p_case", c.id));
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        json_t *row = channel_row(req, &c, rows, i);
        bool blocked = db_bool(rows, i, "blocked") || !db_bool(rows, i, "recommended") ||
                       !db_bool(rows, i, "suits");
        bool wanted = db_bool(rows, i, "wanted_layer");

        (void)json_array_append_new(blocked ? closed : wanted ? next : others, row);
    }
    json_set_bool(model, "has_next", json_array_size(next) != 0);
    json_set_bool(model, "has_others", json_array_size(others) != 0);
    json_set_bool(model, "has_closed", json_array_size(closed) != 0);
    json_set_bool(model, "due", str_eqz(c.status, "ESCALATION_DUE"));
    if (err == ERR_OK)
        err = add_escalation(req, &c, model);
    if (err != ERR_OK) {
        json_decref(model);
        return reply_error(req, rep, err);
    }
    return reply_page(rep, "desk/channels", model);
}

/* ---- one channel ---- */

json_t *desk_lines(const struct request *req, const json_t *detail, const char *key)
{
    return json_incref(json_object_get(json_object_get(detail, key), english(req) ? "en" : "zh"));
}

static void add_periods(struct request *req, json_t *model, json_t *clocks)
{
    json_t *k;
    size_t i;

    json_array_foreach(clocks, i, k)
    {
        vocab_add_label(req, k, "kind", "clock_kind");
        vocab_add_label(req, k, "unit", "clock_unit");
        vocab_add_label(req, k, "starts_on", "clock_start");
        vocab_add_label(req, k, "source_kind", "clock_source");
        why_source(req, k);
        json_set_bool(k, "known", json_is_integer(json_object_get(k, "n")));
    }
    json_set_bool(model, "has_periods", json_array_size(clocks) != 0);
    json_set_new(model, "periods", json_incref(clocks));
}

static enum err add_facts(struct request *req, const struct open_case *c, json_t *model)
{
    struct db_rows *rows = NULL;
    json_t *row, *detail, *steps, *warnings;
    enum err err =
        db_read(req->db, "desk.channel_facts", &rows, DB_BYTES("p_session", desk_bearer(req)),
                DB_UUID("p_case", c->id), DB_TEXT("p_channel", param_text(req, "channel")));

    if (err != ERR_OK)
        return err;
    row = json_owned(req->arena, db_row_json(rows, 0));
    detail = json_object_get(row, "detail");
    steps = desk_lines(req, detail, "how_to_file");
    warnings = desk_lines(req, detail, "warnings");
    add_periods(req, model, json_object_get(row, "clocks"));
    json_set_bool(model, "has_steps", json_array_size(steps) != 0);
    json_set_bool(model, "has_warnings", json_array_size(warnings) != 0);
    if (steps != NULL)
        json_set_new(model, "steps", steps);
    if (warnings != NULL)
        json_set_new(model, "warnings", warnings);
    json_set_bool(model, "may_file", db_bool(rows, 0, "may_plan"));
    json_set_bool(model, "needs_real_name", db_bool(rows, 0, "needs_real_name"));
    json_set_bool(model, "public_content", db_bool(rows, 0, "public_content"));
    vocab_add_label(req, row, "withdrawable", "withdrawable");
    json_set_str(model, "withdrawable_label", json_str(row, "withdrawable_label"));
    return ERR_OK;
}

static enum err add_channel(struct request *req, const struct open_case *c, json_t *model)
{
    struct db_rows *rows = NULL;
    enum err err = db_read(req->db, "desk.channels", &rows, DB_BYTES("p_session", desk_bearer(req)),
                           DB_UUID("p_case", c->id));

    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        json_t *row;

        if (!str_eq(db_text(rows, i, "channel"), param_text(req, "channel")))
            continue;
        row = channel_row(req, c, rows, i);
        /* The form that was sent comes back with what was typed, also when somebody has planned meanwhile. */
        json_set_bool(model, "may_plan",
                      strcmp(req->route->name, "plan") == 0 ||
                          (json_truth(model, "may_file") && db_is_null(rows, i, "planned")));
        json_set_bool(model, "first_layer", db_bool(rows, i, "wanted_layer"));
        json_set_new(model, "channel", row);
    }
    return err;
}

/* The forms of the page: which of them was sent decides which shows what was typed. */
static json_t *page_model(struct request *req, const struct open_case *c)
{
    bool plan = strcmp(req->route->name, "plan") == 0;
    json_t *model = desk_form(req, c, "filing.channel.title", consent_ask_params, NULL);
    json_t *form = json_object_get(model, "form"), *other = form_model(req, plan_params, NULL);

    form_options(form, "what", desk_options(req, "filing.consent.what.", whats));
    form_options(form, "why", desk_options(req, "filing.consent.why.", whys));
    json_set_new(model, "ask_form", json_incref(form));
    json_set_new(model, "plan_form", other);
    /* The form that came back is the page's form; on GET it has none, and the language switch is a link. */
    json_set_z(model, "ask_id", plan ? "ask" : "form");
    json_set_z(model, "plan_id", plan ? "form" : "plan");
    if (plan)
        json_set_new(model, "form", json_incref(other));
    else if (req->method == METHOD_GET)
        (void)json_object_del(model, "form");
    (void)json_object_del(model, "title_key");
    json_set_str(model, "title", vocab_label(req, "channel", param_text(req, "channel")));
    json_set_str(model, "channel_code", param_text(req, "channel"));
    return model;
}

enum err channel_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    json_t *model;
    enum err err = desk_open(req, &c);

    if (err == ERR_OK && !vocab_has(req, "channel", param_text(req, "channel")))
        err = ERR_NOT_FOUND;
    if (err != ERR_OK)
        return reply_error(req, rep, err);
    model = page_model(req, &c);
    if (req->staff != NULL) {
        err = add_facts(req, &c, model);
        if (err == ERR_OK)
            err = add_channel(req, &c, model);
    }
    if (err != ERR_OK) {
        json_decref(model);
        return reply_error(req, rep, err);
    }
    return reply_page(rep, "desk/channel", model);
}

enum err consent_ask(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct uuid id = token_uuid();
    struct str *what;
    size_t n = param_many(req, "what", &what);
    enum err err = desk_open(req, &c);

    if (err == ERR_OK)
        err = db_write(req->db, "desk.consent_ask", NULL, DB_BYTES("p_session", desk_bearer(req)),
                       DB_UUID("p_case", c.id), DB_UUID("p_id", id),
                       DB_TEXT("p_channel", param_text(req, "channel")),
                       DB_TEXTS("p_what", what, n), DB_TEXT("p_why", param_text(req, "why")));
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    return reply_see_other(rep, "/desk/cases/%.*s/channels/%.*s", STR_ARG(c.case_no),
                           STR_ARG(param_text(req, "channel")));
}

enum err filing_plan(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct uuid id = token_uuid();
    struct str reason = param_text(req, "skip_reason"), box = STR("");
    enum err err = desk_open(req, &c);

    if (err == ERR_OK && reason.n != 0)
        box = seal_field(req->arena, c.key, "filing", &id, "skip_reason", reason);
    if (err == ERR_OK)
        err = db_write(req->db, "desk.filing_plan", NULL, DB_BYTES("p_session", desk_bearer(req)),
                       DB_UUID("p_case", c.id), DB_UUID("p_id", id),
                       DB_TEXT("p_channel", param_text(req, "channel")),
                       DB_BYTES_OR_NULL("p_skip_reason", box));
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    return reply_see_other(rep, "/desk/cases/%.*s/filings/%.*s", STR_ARG(c.case_no),
                           STR_ARG(uuid_text(req->arena, &id)));
}

/* ---- waiting ---- */

enum err wait_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    json_t *model;
    enum err err = desk_open(req, &c);

    if (err != ERR_OK)
        return reply_error(req, rep, err);
    model = desk_form(req, &c, "filing.wait.title", wait_params, NULL);
    json_set_bool(model, "due", str_eqz(c.status, "ESCALATION_DUE"));
    json_set_bool(model, "asked", false);
    if (req->staff != NULL) {
        err = db_read(req->db, "desk.waiting", &rows, DB_BYTES("p_session", desk_bearer(req)),
                      DB_UUID("p_case", c.id));
        if (err == ERR_OK)
            err = add_escalation(req, &c, model);
        if (err == ERR_OK && db_count(rows) != 0) {
            json_set_bool(model, "asked", true);
            json_set_bool(model, "open", db_is_null(rows, 0, "answer"));
            json_set_str(model, "asked_text",
                         locale_datetime(req->arena, req->locale, db_time(rows, 0, "asked_at")));
            json_set_str(model, "review_text",
                         locale_day(req->arena, req->locale, db_text(rows, 0, "review_on")));
            json_set_str(model, "answer_text",
                         db_is_null(rows, 0, "answer")
                             ? STR("")
                             : desk_text(req, "filing.wait.answer.", db_text(rows, 0, "answer")));
        }
    }
    if (err != ERR_OK) {
        json_decref(model);
        return reply_error(req, rep, err);
    }
    return reply_page(rep, "desk/wait", model);
}

enum err wait_ask(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct uuid id = token_uuid();
    enum err err = desk_open(req, &c);

    if (err == ERR_OK)
        err = db_write(req->db, "desk.wait_ask", NULL, DB_BYTES("p_session", desk_bearer(req)),
                       DB_UUID("p_case", c.id), DB_UUID("p_id", id),
                       DB_DATE_OR_NULL("p_review_on", param_text(req, "review_on")));
    return desk_done(req, rep, err, &c, "/wait");
}
