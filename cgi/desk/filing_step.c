/*
 * /desk/cases/{n}/filings/{id}/step/{event}: the steps of a filing after its plan, each with the fields that it stores.  Which step is
 * possible, SQL decides; withdrawals have a page of their own (withdrawal.c).
 */
#include <string.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/vocab.h"
#include "desk/desk.h"
#include "rules/finding.h"

enum { FIELDS = 4 };

/* What a step asks for: names of step_params, those before `required` must be given. */
struct step {
    const char *event;          /* filing_event */
    const char *column;         /* column in which `text` is sealed, or NULL */
    const char *fields[FIELDS]; /* shown in this order */
    size_t required;            /* how many of them must be given */
};

static const struct step steps[] = {
    {"submit", NULL, {"submitted_at", "filing_no", "proof", "received_on"}, 1},
    {"accept", NULL, {"accepted_on"}, 1},
    {"ask_supplement", "items", {"text"}, 1},
    {"refuse", "result", {"not_accepted_reason", "text"}, 1},
    {"respond", "reply", {"replied_at", "text", "outcome"}, 2},
    {"agree", "agreed", {"text"}, 1},
    {"decide", "result", {"outcome", "text"}, 1},
    {"end", "result", {"termination_reason", "text", "outcome"}, 1},
    {"dates", NULL, {"received_on", "accepted_on"}, 0},
    {"make_ready", NULL, {NULL}, 0},
    {"back_to_draft", NULL, {NULL}, 0},
    {"cancel", NULL, {NULL}, 0},
    {"supplement", NULL, {NULL}, 0},
    {"mediate", NULL, {NULL}, 0},
    {"intervene", NULL, {NULL}, 0},
    {"lapse", NULL, {NULL}, 0},
    {"agreement_fails", NULL, {NULL}, 0},
};

/* clang-format off */
const struct param filing_step_params[] = {
    CASE_ROW,
    ID_ROW("filing.title"),
    {.name = "event", .type = PARAM_CODE, .flags = PARAM_REQUIRED | PARAM_PATH, .label = "filing.step.event"},
    {.name = "submitted_at", .type = PARAM_TIME, .flags = PARAM_NO_FUTURE, .label = "filing.step.submitted_at"},
    {.name = "filing_no", .type = PARAM_TEXT, .flags = PARAM_FOLD, .max = 80, .label = "filing.step.filing_no"},
    {.name = "proof", .type = PARAM_UUID, .label = "filing.step.proof"},
    {.name = "received_on", .type = PARAM_DATE, .flags = PARAM_NO_FUTURE, .label = "filing.step.received_on"},
    {.name = "accepted_on", .type = PARAM_DATE, .flags = PARAM_NO_FUTURE, .label = "filing.step.accepted_on"},
    {.name = "replied_at", .type = PARAM_TIME, .flags = PARAM_NO_FUTURE, .label = "filing.step.replied_at"},
    {.name = "outcome", .type = PARAM_CODE, .label = "filing.step.outcome"},
    {.name = "not_accepted_reason", .type = PARAM_CODE, .label = "filing.step.not_accepted_reason"},
    {.name = "termination_reason", .type = PARAM_CODE, .label = "filing.step.termination_reason"},
    {.name = "text", .type = PARAM_LINES, .max = 5000, .label = "filing.step.text"},
    VERSION_ROW,
    {.name = NULL},
};
/* clang-format on */

static const struct step *find(struct str event)
{
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (str_eqz(event, steps[i].event))
            return &steps[i];
    }
    return NULL;
}

enum step_form desk_step_form(struct str event)
{
    const struct step *s = find(event);

    return s == NULL ? STEP_WITHDRAWAL : s->fields[0] != NULL ? STEP_PAGE : STEP_BUTTON;
}

/* A text key of the step itself, where the catalog has one: "filing.step.text.respond". */
static void own_texts(struct request *req, json_t *form, const struct step *s)
{
    struct str key = str_fmt(req->arena, "filing.step.text.%s", s->event);

    if (locale_template(req->locale, key) != NULL)
        form_attr(form, "text", "label",
                  locale_textz(req->arena, req->locale, str_z(req->arena, key)));
}

static enum err file_options(struct request *req, const struct open_case *c, json_t *model)
{
    json_t *files, *f, *list = json_owned(req->arena, json_array());
    size_t i;
    enum err err = desk_files(req, c, model);

    files = json_object_get(model, "files");
    json_array_foreach(files, i, f)
    {
        json_t *o = json_object();

        json_set_str(o, "code", json_str(f, "file_id"));
        json_set_str(o, "label",
                     str_fmt(req->arena, "%lld. %.*s", (long long)json_int(f, "file_no"),
                             STR_ARG(json_str(f, "name"))));
        (void)json_array_append_new(list, o);
    }
    form_options(json_object_get(model, "form"), "proof", list);
    return err;
}

/* The template shows fields in the order of the step; each says by which partial. */
static void add_fields(json_t *model, const struct step *s)
{
    json_t *form = json_object_get(model, "form"), *f = json_object_get(form, "f"),
           *list = json_array();

    for (size_t i = 0; i < FIELDS && s->fields[i] != NULL; i++) {
        const char *name = s->fields[i];
        json_t *one = json_object(), *field = json_object_get(f, name);
        bool lines = strcmp(name, "text") == 0;
        bool select = strcmp(name, "proof") == 0 || strcmp(name, "outcome") == 0 ||
                      strcmp(name, "not_accepted_reason") == 0 ||
                      strcmp(name, "termination_reason") == 0;

        if (i < s->required)
            json_set_bool(field, "optional", false);
        json_set_bool(one, "lines", lines);
        json_set_bool(one, "select", select);
        json_set_bool(one, "short", !lines && !select);
        json_set_new(one, "field", json_incref(field));
        (void)json_array_append_new(list, one);
    }
    json_set_new(model, "fields", list);
    json_set_bool(model, "has_fields", json_array_size(list) != 0);
}

/* What is known already: dates to correct, and now as the time of submission. */
static json_t *stored_of(struct request *req, const struct db_rows *rows, const struct step *s)
{
    json_t *stored = json_owned(req->arena, json_object());

    if (rows == NULL)
        return stored;
    json_set_int(stored, "version", db_int(rows, 0, "version"));
    json_set_str(stored, "submitted_at", desk_typed_time(req->arena, clock_now()));
    if (strcmp(s->event, "dates") == 0) {
        json_set_str(stored, "received_on", db_text(rows, 0, "received_on"));
        json_set_str(stored, "accepted_on", db_text(rows, 0, "accepted_on"));
    }
    return stored;
}

enum err filing_step_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    struct uuid id = param_uuid(req, "id");
    const struct step *s = find(param_text(req, "event"));
    json_t *model, *form;
    enum err err = desk_open(req, &c);

    if (err == ERR_OK && s == NULL)
        err = ERR_NOT_FOUND;
    if (err == ERR_OK && req->staff != NULL)
        err = desk_filing_read(req, &c, &rows);
    if (err != ERR_OK)
        return reply_error(req, rep, err);
    model = desk_form(req, &c, "filing.title", filing_step_params, stored_of(req, rows, s));
    form = json_object_get(model, "form");
    (void)json_object_del(model, "title_key"); /* the step's own name is the title */
    json_set_str(model, "filing", uuid_text(req->arena, &id));
    json_set_z(model, "event", s->event);
    json_set_str(model, "title",
                 strcmp(s->event, "dates") == 0
                     ? locale_textz(req->arena, req->locale, "filing.dates.title")
                     : vocab_label(req, "filing_event", str_of(s->event)));
    json_set_bool(model, "is_submit", strcmp(s->event, "submit") == 0);
    json_set_bool(model, "clash", req->form.err == ERR_CLASH);
    desk_vocab(req, form, "outcome", "channel_outcome");
    desk_vocab(req, form, "not_accepted_reason", "not_accepted_reason");
    desk_vocab(req, form, "termination_reason", "termination_reason");
    form_attr(form, "text", "rows", STR("6"));
    own_texts(req, form, s);
    if (rows != NULL) {
        json_set_str(model, "channel_label",
                     vocab_label(req, "channel", db_text(rows, 0, "channel")));
        json_set_str(model, "status_label",
                     vocab_label(req, "filing_status", db_text(rows, 0, "status")));
        if (strcmp(s->event, "submit") == 0)
            err = file_options(req, &c, model);
    }
    add_fields(model, s);
    if (err != ERR_OK) {
        json_decref(model);
        return reply_error(req, rep, err);
    }
    return reply_page(rep, "desk/filing_step", model);
}

/* What the step must have, beside its field. */
static enum err check(struct request *req, const struct step *s)
{
    for (size_t i = 0; i < s->required; i++) {
        const char *name = s->fields[i];

        if (!param_present(req, name) && form_field(req, name)->error == NULL)
            form_error(req, name,
                       str_z(req->arena, str_fmt(req->arena, "filing.step.error.%s", name)));
    }
    if (strcmp(s->event, "submit") == 0 && !param_present(req, "filing_no") &&
        !param_present(req, "proof"))
        form_error(req, "filing_no", "filing.step.error.filing_no");
    return req->form.errors != 0 ? ERR_FORM : ERR_OK;
}

static enum err submit(struct request *req, const struct open_case *c, const struct uuid *id)
{
    struct str no = param_text(req, "filing_no"), box = STR("");

    if (no.n != 0)
        box = seal_field(req->arena, c->key, "filing", id, "filing_no", no);
    return db_write(
        req->db, "desk.filing_submit", NULL, DB_BYTES("p_session", desk_bearer(req)),
        DB_UUID("p_case", c->id), DB_UUID("p_filing", *id),
        DB_INT("p_version", param_int(req, "version")), DB_BYTES_OR_NULL("p_filing_no", box),
        DB_UUID_OR_NULL("p_proof", param_uuid(req, "proof"), param_present(req, "proof")),
        DB_TIME("p_submitted_at", form_field(req, "submitted_at")->number),
        DB_DATE_OR_NULL("p_received_on", param_text(req, "received_on")));
}

static enum err make_ready(struct request *req, const struct open_case *c, const struct uuid *id)
{
    struct findings f;
    enum err err = desk_words(req, c, &f);

    if (err != ERR_OK)
        return err;
    return db_write(req->db, "desk.filing_ready", NULL, DB_BYTES("p_session", desk_bearer(req)),
                    DB_UUID("p_case", c->id), DB_UUID("p_filing", *id),
                    DB_INT("p_version", param_int(req, "version")),
                    DB_JSON("p_checks", desk_words_json(req, &f)));
}

static enum err dates(struct request *req, const struct open_case *c, const struct uuid *id)
{
    return db_write(req->db, "desk.filing_dates", NULL, DB_BYTES("p_session", desk_bearer(req)),
                    DB_UUID("p_case", c->id), DB_UUID("p_filing", *id),
                    DB_INT("p_version", param_int(req, "version")),
                    DB_DATE_OR_NULL("p_received_on", param_text(req, "received_on")),
                    DB_DATE_OR_NULL("p_accepted_on", param_text(req, "accepted_on")));
}

static enum err step(struct request *req, const struct open_case *c, const struct uuid *id,
                     const struct step *s)
{
    struct str text = param_text(req, "text"), box = STR("");

    if (s->column != NULL && text.n != 0)
        box = seal_field(req->arena, c->key, "filing", id, s->column, text);
    return db_write(
        req->db, "desk.filing_step", NULL, DB_BYTES("p_session", desk_bearer(req)),
        DB_UUID("p_case", c->id), DB_UUID("p_filing", *id),
        DB_INT("p_version", param_int(req, "version")), DB_TEXT("p_event", str_of(s->event)),
        DB_BYTES_OR_NULL("p_text", box),
        DB_DATE_OR_NULL("p_accepted_on", param_text(req, "accepted_on")),
        DB_TIME_OR_NULL("p_replied_at", form_field(req, "replied_at")->number,
                        param_present(req, "replied_at")),
        DB_TEXT_OR_NULL("p_outcome", param_text(req, "outcome")),
        DB_TEXT_OR_NULL("p_not_accepted_reason", param_text(req, "not_accepted_reason")),
        DB_TEXT_OR_NULL("p_termination_reason", param_text(req, "termination_reason")));
}

enum err filing_step(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct uuid id = param_uuid(req, "id");
    const struct step *s = find(param_text(req, "event"));
    enum err err = desk_open(req, &c);

    if (err == ERR_OK && s == NULL)
        err = ERR_NOT_FOUND;
    if (err == ERR_OK)
        err = check(req, s);
    if (err == ERR_OK && strcmp(s->event, "submit") == 0)
        err = submit(req, &c, &id);
    else if (err == ERR_OK && strcmp(s->event, "make_ready") == 0)
        err = make_ready(req, &c, &id);
    else if (err == ERR_OK && strcmp(s->event, "dates") == 0)
        err = dates(req, &c, &id);
    else if (err == ERR_OK)
        err = step(req, &c, &id, s);
    return desk_filing_done(req, rep, err, &c);
}
