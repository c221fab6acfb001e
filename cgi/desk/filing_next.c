/*
 * What comes next in a filing: one sentence, who acts, until when; then the steps that its state allows (sql/reference/transitions.json),
 * the likeliest first, and last what takes a step back or ends it.
 */
#include "core/arena.h"
#include "core/clock.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/vocab.h"
#include "desk/desk.h"

/* Guards whose input comes with the step's own form: they are no reason not to offer it. */
static const char *const inputs[] = {"prerequisites_shown",
                                     "filing_no_or_receipt",
                                     "submitted_at_stored",
                                     "accepted_at_stored",
                                     "items_listed",
                                     "not_accepted_reason_given",
                                     "reply_stored",
                                     "outcome_given",
                                     "agreement_recorded",
                                     "termination_reason_given",
                                     NULL};

/* Steps in the order in which they are likely; a step that is not here comes behind them.  A period that has run out without an answer is
 * what happened, so it is first as soon as it may be recorded. */
static const char *const likely[] = {
    "lapse",  "make_ready", "submit",    "supplement",     "respond", "agree", "accept",
    "decide", "mediate",    "intervene", "ask_supplement", "refuse",  "end"};

static bool is_input(struct str guard)
{
    for (size_t i = 0; inputs[i] != NULL; i++) {
        if (str_eqz(guard, inputs[i]))
            return true;
    }
    return false;
}

/* Sentences of the guards that refuse a step, except those that its form satisfies. */
static json_t *refusals(struct request *req, const struct db_rows *rows, size_t i)
{
    struct str *guards;
    size_t n = db_texts(rows, i, "failing", &guards);
    json_t *list = json_array();

    for (size_t k = 0; k < n; k++) {
        if (!is_input(guards[k]))
            (void)json_array_append_new(list,
                                        json_of_str(desk_text(req, "error.guard.", guards[k])));
    }
    return list;
}

static size_t place_of(struct str event)
{
    size_t i = 0;

    while (i < sizeof likely / sizeof likely[0] && !str_eqz(event, likely[i]))
        i++;
    return i;
}

/* Puts a step behind those that are as likely as it is. */
static void put_in_order(json_t *list, json_t *step)
{
    size_t at = 0;

    while (at < json_array_size(list) && place_of(json_str(json_array_get(list, at), "event")) <=
                                             place_of(json_str(step, "event")))
        at++;
    (void)json_array_insert_new(list, at, step);
}

static bool refuses(const struct db_rows *rows, const char *event, const char *guard)
{
    for (size_t i = 0; i < db_count(rows); i++) {
        struct str *guards;
        size_t n = db_texts(rows, i, "failing", &guards);

        for (size_t k = 0; str_eqz(db_text(rows, i, "event"), event) && k < n; k++) {
            if (str_eqz(guards[k], guard))
                return true;
        }
    }
    return false;
}

/* The date of the deadline that runs out first. */
static struct str until(const json_t *clocks)
{
    struct str text = STR("");
    int64_t first = INT64_MAX, due;
    const json_t *why;
    size_t i;

    json_array_foreach(clocks, i, why)
    {
        if (!clock_parse(json_str(why, "due_at"), &due) || due >= first)
            continue;
        first = due;
        text = json_str(why, "due_text");
    }
    return text;
}

struct next {
    const char *key;       /* "filing.next.<key>" */
    struct str who;        /* who acts, as enumeration waiting_on names them */
    struct str href, text; /* what to do first when it is no step; empty = the first step is */
};

/* What has to be done before the step of this state can be taken. */
static struct next before_step(struct request *req, const struct open_case *c,
                               const struct db_rows *page, const struct db_rows *steps,
                               struct str confirm_id)
{
    struct str status = db_text(page, 0, "status"), consent = db_text(page, 0, "consent");
    struct next n = {.key = str_z(req->arena, status), .who = db_text(page, 0, "waiting_on")};
    struct str channel = str_fmt(req->arena, "/desk/cases/%.*s/channels/%.*s", STR_ARG(c->case_no),
                                 STR_ARG(db_text(page, 0, "channel")));

    if (str_eqz(status, "PLANNED") || refuses(steps, "submit", "collision_checked")) {
        n.key = str_eqz(status, "PLANNED") ? "PLANNED" : "again";
        n.href = str_fmt(req->arena, "#%.*s", STR_ARG(confirm_id));
        n.text = locale_textz(req->arena, req->locale, "filing.next.do.confirm");
    } else if (refuses(steps, "make_ready", "validations_pass")) {
        n.key = "checks";
        n.href = STR("#checks");
        n.text = locale_textz(req->arena, req->locale, "filing.next.do.checks");
    } else if (refuses(steps, "submit", "separate_consent_for_recipient")) {
        bool asked = str_eqz(consent, "asked");

        n.key = asked ? "asked" : str_eqz(consent, "missing") ? "consent" : "refused";
        n.who = asked ? STR("COMPLAINANT") : n.who;
        n.href = channel;
        n.text = locale_textz(req->arena, req->locale,
                              asked ? "filing.next.do.channel" : "filing.consent.ask");
    } else if (str_starts(status, STR("WD_"))) {
        struct uuid id = db_uuid(page, 0, "id");

        n.href = str_fmt(req->arena, "/desk/cases/%.*s/filings/%.*s/withdrawal",
                         STR_ARG(c->case_no), STR_ARG(uuid_text(req->arena, &id)));
        n.text = locale_textz(req->arena, req->locale, "filing.withdrawal");
    }
    return n;
}

static void add_sentence(struct request *req, json_t *model, const struct next *n)
{
    json_t *next = json_object(), *values = json_owned(req->arena, json_object());
    struct str date = until(json_object_get(model, "clocks"));
    bool waits = str_eqz(n->who, "CHANNEL") || str_eqz(n->who, "RESPONDENT");
    bool over = str_eqz(n->who, "NOBODY");

    json_set_str(values, "date", date);
    json_set_str(next, "text",
                 desk_text(req, "filing.next.", over ? STR("ended") : str_of(n->key)));
    json_set_bool(next, "overdue", false); /* it stands beside the deadline itself */
    json_set_bool(next, "date_text", false);
    json_set_bool(next, "who", false);
    if (!over)
        json_set_str(next, "who", desk_text(req, "desk.who.", n->who));
    if (date.n != 0 && !over)
        json_set_str(next, "date_text",
                     locale_text(req->arena, req->locale, "filing.next.until", values));
    else if (waits)
        json_set_str(next, "date_text",
                     locale_textz(req->arena, req->locale, "filing.next.no_date"));
    json_set_new(model, "next", next);
    json_set_str(model, "steps_title",
                 locale_textz(req->arena, req->locale,
                              waits ? "filing.steps.record" : "filing.steps.title"));
    json_set_bool(model, "has_next_link", n->href.n != 0);
    json_set_str(model, "next_href", n->href);
    json_set_str(model, "next_link", n->text);
}

enum err filing_next(struct request *req, const struct open_case *c, const struct db_rows *page,
                     json_t *model)
{
    struct db_rows *rows = NULL;
    json_t *open = json_array(), *held = json_array(), *back = json_array();
    struct uuid id = param_uuid(req, "id");
    bool withdraws = false, drafted = str_starts(db_text(page, 0, "status"), STR("WD_"));
    struct next n;
    enum err err =
        db_read(req->db, "desk.filing_steps", &rows, DB_BYTES("p_session", desk_bearer(req)),
                DB_UUID("p_case", c->id), DB_UUID("p_filing", id));

    json_set_new(model, "steps", open);
    json_set_new(model, "held", held);
    json_set_new(model, "back_steps", back);
    if (err != ERR_OK)
        return err;
    n = before_step(req, c, page, rows, json_str(model, "confirm_id"));
    add_sentence(req, model, &n);
    for (size_t i = 0; i < db_count(rows); i++) {
        struct str event = db_text(rows, i, "event");
        enum step_form form = desk_step_form(event);
        json_t *step, *why;

        if (str_eqz(event, "draft")) /* the form of prerequisites makes it */
            continue;
        why = refusals(req, rows, i);
        if (form == STEP_WITHDRAWAL) {
            withdraws = withdraws || json_array_size(why) == 0;
            json_decref(why);
            continue;
        }
        step = json_object();
        json_set_str(step, "event", event);
        json_set_str(step, "text", vocab_label(req, "filing_event", event));
        json_set_bool(step, "page", form == STEP_PAGE);
        json_set_bool(step, "first", false);
        json_set_str(step, "filing", uuid_text(req->arena, &id));
        json_set_new(step, "why", why);
        if (json_array_size(why) != 0)
            (void)json_array_append_new(held, step);
        else if (str_eqz(event, "cancel") || str_eqz(event, "back_to_draft"))
            (void)json_array_append_new(back, step);
        else
            put_in_order(open, step);
    }
    if (n.href.n == 0 && json_array_size(open) != 0)
        json_set_bool(json_array_get(open, 0), "first", true);
    json_set_bool(model, "may_withdraw", withdraws && !drafted);
    json_set_bool(model, "has_steps", json_array_size(open) != 0);
    json_set_bool(model, "has_held", json_array_size(held) != 0);
    return ERR_OK;
}
