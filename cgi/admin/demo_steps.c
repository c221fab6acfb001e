/*
 * demo_steps: what can stand in a life of demo.json: ["hours after the step before", "verb", argument].  A verb is one function here or
 * in demo_settle.c.
 */
#include <string.h>

#include "admin/demo.h"
#include "core/arena.h"
#include "core/json.h"

enum err demo_look(struct demo *d, struct demo_case *c)
{
    struct db_rows *rows = NULL;
    enum err err = db_step(d->db, "demo.look", &rows, DB_UUID("p_case", c->key->id));

    if (err != ERR_OK)
        return err;
    c->case_no = db_text(rows, 0, "case_no");
    c->status = db_text(rows, 0, "status");
    c->version = db_int(rows, 0, "version");
    c->filing = db_uuid(rows, 0, "filing");
    c->settlement = db_uuid(rows, 0, "settlement");
    c->assignee = NULL;
    for (size_t i = 0; !db_is_null(rows, 0, "assignee") && i < d->n_people; i++) {
        struct uuid id = db_uuid(rows, 0, "assignee");

        if (memcmp(id.b, d->people[i].id.b, sizeof id.b) == 0)
            c->assignee = &d->people[i];
    }
    return ERR_OK;
}

enum err demo_move(struct demo *d, const struct demo_case *c, const char *machine,
                   const struct uuid *id, const char *event, const char *to,
                   const struct demo_person *who, const json_t *facts)
{
    (void)c;
    return db_step(d->db, "demo.move", NULL, DB_TEXT("p_machine", str_of(machine)),
                   DB_UUID("p_id", *id), DB_TEXT("p_event", str_of(event)),
                   DB_TEXT_OR_NULL("p_to", str_of(to)),
                   DB_UUID_OR_NULL("p_actor", who == NULL ? *id : who->id, who != NULL),
                   DB_JSON("p_facts", facts == NULL ? STR("{}") : json_dump(d->arena, facts)));
}

enum err demo_set(struct demo *d, const struct demo_case *c, const char *table,
                  const struct uuid *id, const json_t *values, const char *column, struct str text)
{
    struct str names[] = {str_of(column)};
    struct str sealed[] = {column == NULL ? STR("") : demo_seal(d, c, table, id, column, text)};
    size_t n = column == NULL ? 0 : 1;

    return db_step(d->db, "demo.set", NULL, DB_TEXT("p_table", str_of(table)), DB_UUID("p_id", *id),
                   DB_JSON("p_values", values == NULL ? STR("{}") : json_dump(d->arena, values)),
                   DB_TEXTS("p_names", names, n), DB_BYTEAS("p_sealed", sealed, n));
}

enum err demo_decide(struct demo *d, struct demo_case *c, const char *kind, const char *channel,
                     const struct uuid *filing, json_t *detail, const char *answer, int64_t fen)
{
    struct uuid id = token_uuid();
    enum err err = db_step(
        d->db, "demo.decision", NULL, DB_UUID("p_id", id), DB_UUID("p_case", c->key->id),
        DB_TEXT("p_kind", str_of(kind)), DB_TEXT_OR_NULL("p_channel", str_of(channel)),
        DB_UUID_OR_NULL("p_filing", filing == NULL ? id : *filing, filing != NULL),
        DB_JSON("p_detail",
                detail == NULL ? STR("{}") : json_dump(d->arena, json_owned(d->arena, detail))),
        DB_UUID_OR_NULL("p_user", c->assignee == NULL ? id : c->assignee->id, c->assignee != NULL));

    if (err != ERR_OK || answer == NULL)
        return err;
    return db_step(d->db, "track.decide", NULL, DB_BYTES("p_track", c->track),
                   DB_UUID("p_decision", id), DB_INT("p_version", 1),
                   DB_TEXT("p_answer", str_of(answer)), DB_INT_OR_NULL("p_fen", fen, fen > 0));
}

/* ---- talking ---- */

static enum err say(struct demo *d, struct demo_case *c, const char *key)
{
    struct uuid id = token_uuid();

    return db_step(
        d->db, "desk.message_add", NULL, DB_BYTES("p_session", c->assignee->bearer),
        DB_UUID("p_case", c->key->id), DB_UUID("p_id", id),
        DB_BYTES("p_body", demo_seal(d, c, "message", &id, "body", demo_text(d, c, key))));
}

static enum err reply(struct demo *d, struct demo_case *c, const char *key)
{
    struct uuid id = token_uuid();

    return db_step(
        d->db, "track.message_add", NULL, DB_BYTES("p_track", c->track), DB_UUID("p_id", id),
        DB_BYTES("p_body", demo_seal(d, c, "message", &id, "body", demo_text(d, c, key))));
}

static enum err note(struct demo *d, struct demo_case *c, const char *key)
{
    struct uuid id = token_uuid();

    return db_step(d->db, "desk.note_add", NULL, DB_BYTES("p_session", c->assignee->bearer),
                   DB_UUID("p_case", c->key->id), DB_UUID("p_id", id),
                   DB_BYTES("p_body", demo_seal(d, c, "note", &id, "body", demo_text(d, c, key))));
}

static enum err ask(struct demo *d, struct demo_case *c, const char *key)
{
    struct uuid id = token_uuid();
    struct str items[] = {STR("PAYMENT"), STR("CHAT")};

    return db_step(
        d->db, "desk.case_ask", NULL, DB_BYTES("p_session", c->assignee->bearer),
        DB_UUID("p_case", c->key->id), DB_INT("p_version", c->version),
        DB_TEXTS("p_items", items, 1 + (size_t)demo_below(d, 2)), DB_UUID("p_id", id),
        DB_BYTES("p_text", demo_seal(d, c, "missing_item", &id, "text", demo_text(d, c, key))));
}

static enum err supply(struct demo *d, struct demo_case *c, const char *key)
{
    struct uuid id = token_uuid(), file;
    enum err err = demo_file_picture(d, c, "payment", "complainant", "payment", &file);

    if (err != ERR_OK)
        return err;
    return db_step(
        d->db, "track.supply", NULL, DB_BYTES("p_track", c->track), DB_INT("p_version", c->version),
        DB_UUID("p_id", id),
        DB_BYTES("p_body", demo_seal(d, c, "message", &id, "body", demo_text(d, c, key))));
}

/* ---- review ---- */

static enum err accept(struct demo *d, struct demo_case *c, const char *argument)
{
    (void)argument;
    return db_step(d->db, "desk.case_accept", NULL, DB_BYTES("p_session", c->assignee->bearer),
                   DB_UUID("p_case", c->key->id), DB_INT("p_version", c->version));
}

static enum err give_back(struct demo *d, struct demo_case *c, const char *key)
{
    struct db_rows *rows = NULL;
    struct uuid id;
    enum err err =
        db_step(d->db, "desk.assignments", &rows, DB_BYTES("p_session", c->assignee->bearer),
                DB_UUID("p_case", c->key->id));

    if (err != ERR_OK)
        return err;
    id = db_uuid(rows, 0, "id"); /* the present one comes first */
    return db_step(
        d->db, "desk.case_return", NULL, DB_BYTES("p_session", c->assignee->bearer),
        DB_UUID("p_case", c->key->id), DB_INT("p_version", c->version), DB_INT("p_pool_version", 1),
        DB_BYTES("p_pool_seal", seal_case_to(d->arena, c->key, d->pool_public)),
        DB_BYTES("p_note", demo_seal(d, c, "assignment", &id, "end_note", demo_text(d, c, key))));
}

/* A coordinator gives the case to the first other volunteer. */
static enum err hand_over(struct demo *d, struct demo_case *c, const char *key)
{
    const struct demo_person *lead = demo_person_of(d, "coordinator"), *next = lead;
    struct uuid id = token_uuid();

    for (size_t i = 0; i < d->n_people && next == lead; i++)
        if (str_eqz(d->people[i].role, "volunteer") && &d->people[i] != c->assignee)
            next = &d->people[i];
    return db_step(
        d->db, "desk.assign", NULL, DB_BYTES("p_session", lead->bearer),
        DB_UUID("p_case", c->key->id), DB_INT("p_version", c->version), DB_UUID("p_user", next->id),
        DB_INT("p_user_version", 1),
        DB_BYTES("p_user_seal", seal_case_to(d->arena, c->key, next->public_key)),
        DB_INT("p_pool_version", 1),
        DB_BYTES("p_pool_seal", seal_case_to(d->arena, c->key, d->pool_public)),
        DB_UUID("p_id", id),
        DB_BYTES("p_note", demo_seal(d, c, "assignment", &id, "note", demo_text(d, c, key))));
}

static enum err review(struct demo *d, struct demo_case *c, const char *argument)
{
    (void)argument;
    return db_step(
        d->db, "desk.review_save", NULL, DB_BYTES("p_session", c->assignee->bearer),
        DB_UUID("p_case", c->key->id), DB_INT("p_version", c->version),
        DB_TEXT("p_product_type", json_str(c->product, "code")),
        DB_TEXT("p_problem_type", json_str(c->problem, "code")),
        DB_TEXT("p_responsibility", demo_below(d, 5) == 0 ? STR("MERCHANT") : STR("PLATFORM")),
        DB_TEXT("p_seller_role", STR("APPEARS_SELF")), DB_TEXT("p_purpose", STR("PERSONAL")),
        DB_DATE_OR_NULL("p_knew_on", c->day),
        DB_JSON("p_elements", STR("{\"paid\":true,\"not_performed\":true,\"causation\":true,"
                                  "\"user_error_excluded\":true}")),
        DB_TEXTS("p_flags", NULL, 0), DB_TEXT("p_screening", STR("clear")),
        DB_TIME_OR_NULL("p_promised_at", 0, false));
}

static enum err take_on(struct demo *d, struct demo_case *c, const char *argument)
{
    (void)argument;
    return db_step(d->db, "desk.case_take_on", NULL, DB_BYTES("p_session", c->assignee->bearer),
                   DB_UUID("p_case", c->key->id), DB_INT("p_version", c->version));
}

static enum err decline(struct demo *d, struct demo_case *c, const char *key)
{
    struct uuid id = token_uuid();
    struct str routes[] = {STR("COURT_SMALL"), STR("PAY_REGULATOR")};

    return db_step(
        d->db, "desk.case_decline", NULL, DB_BYTES("p_session", c->assignee->bearer),
        DB_UUID("p_case", c->key->id), DB_INT("p_version", c->version),
        DB_TEXT("p_reason", STR("INELIGIBLE")), DB_TEXTS("p_routes", routes, 2),
        DB_UUID("p_id", id),
        DB_BYTES("p_body", demo_seal(d, c, "message", &id, "body", demo_text(d, c, key))));
}

static enum err duplicate(struct demo *d, struct demo_case *c, const char *argument)
{
    (void)argument;
    return db_step(d->db, "desk.case_duplicate", NULL, DB_BYTES("p_session", c->assignee->bearer),
                   DB_UUID("p_case", c->key->id), DB_INT("p_version", c->version),
                   DB_TEXT("p_primary", d->last_no));
}

/* ---- preparation ---- */

static enum err ready(struct demo *d, struct demo_case *c, const char *argument)
{
    (void)argument;
    return db_step(d->db, "desk.case_ready", NULL, DB_BYTES("p_session", c->assignee->bearer),
                   DB_UUID("p_case", c->key->id), DB_INT("p_version", c->version),
                   DB_JSON("p_checks", STR("[{\"rule\":\"V-WORD-01\",\"passed\":true},"
                                           "{\"rule\":\"V-WORD-02\",\"passed\":true},"
                                           "{\"rule\":\"V-WORD-03\",\"passed\":true}]")));
}

/* ---- filings ---- */

static enum err consent(struct demo *d, struct demo_case *c, struct str channel)
{
    struct db_rows *rows = NULL;
    enum err err = db_step(d->db, "demo.consented", &rows, DB_UUID("p_case", c->key->id),
                           DB_TEXT("p_channel", channel));

    if (err != ERR_OK || db_bool(rows, 0, "consented"))
        return err;
    return demo_decide(d, c, "CONSENT", str_z(d->arena, channel), NULL, NULL, "granted", 0);
}

/* PLANNED, then as far as `to`: DRAFTED, READY, SUBMITTED; or CANCELLED. */
static enum err file_to(struct demo *d, struct demo_case *c, struct str channel, struct str to)
{
    static const char *const events[] = {"draft", "make_ready", "submit"};
    static const char *const states[] = {"DRAFTED", "READY", "SUBMITTED"};
    struct uuid id = token_uuid();
    enum err err = consent(d, c, channel);

    if (err == ERR_OK)
        err = db_step(d->db, "demo.filing", NULL, DB_UUID("p_id", id),
                      DB_UUID("p_case", c->key->id), DB_TEXT("p_channel", channel));
    if (err == ERR_OK && str_eqz(to, "CANCELLED"))
        return demo_move(d, c, "filing", &id, "cancel", NULL, c->assignee, NULL);
    if (err != ERR_OK || str_eqz(to, "PLANNED"))
        return err;
    for (size_t i = 0; err == ERR_OK && i < 3; i++) {
        if (i == 2) {
            json_t *plain = json_owned(d->arena, json_object());

            json_set_z(plain, "submitted_at", "$now");
            json_set_z(plain, "received_on", "$today");
            json_set_bool(plain, "has_filing_no", true);
            err = demo_set(d, c, "filing", &id, plain, "filing_no",
                           str_fmt(d->arena, "T%.*s%lld", STR_ARG(c->order_no),
                                   (long long)demo_below(d, 90) + 10));
        }
        if (err == ERR_OK)
            err = demo_move(d, c, "filing", &id, events[i], NULL, c->assignee, NULL);
        if (str_eqz(to, states[i]))
            break;
    }
    if (err == ERR_OK && str_eqz(to, "SUBMITTED") &&
        (str_eqz(c->status, "READY") || str_eqz(c->status, "ESCALATION_DUE")))
        err = demo_move(d, c, "case", &c->key->id, "filing_submitted", NULL, c->assignee, NULL);
    return err;
}

static enum err file(struct demo *d, struct demo_case *c, const char *channel)
{
    return file_to(d, c, str_of(channel), STR("SUBMITTED"));
}

static enum err settle(struct demo *d, struct demo_case *c, const char *state)
{
    return demo_settle(d, c, state);
}

static enum err withdraw(struct demo *d, struct demo_case *c, const char *state)
{
    return demo_withdraw(d, c, state);
}

static enum err perform(struct demo *d, struct demo_case *c, const char *how)
{
    return demo_perform(d, c, how != NULL);
}

static enum err talks_fail(struct demo *d, struct demo_case *c, const char *key)
{
    enum err err =
        demo_set(d, c, "settlement", &c->settlement, NULL, "fall_reason", demo_text(d, c, key));

    if (err == ERR_OK)
        err = demo_move(d, c, "case", &c->key->id, "negotiation_failed", NULL, c->assignee, NULL);
    return err;
}

static enum err nothing(struct demo *d, struct demo_case *c, const char *argument)
{
    (void)d;
    (void)c;
    (void)argument;
    return ERR_OK;
}

/* ---- the complainant ends it ---- */

static enum err stop(struct demo *d, struct demo_case *c, const char *reason)
{
    struct uuid id = token_uuid();
    enum err err = db_step(d->db, "track.stop_ask", NULL, DB_BYTES("p_track", c->track),
                           DB_UUID("p_id", id), DB_TEXT("p_reason", str_of(reason)));

    if (err == ERR_OK)
        err = db_step(d->db, "track.decide", NULL, DB_BYTES("p_track", c->track),
                      DB_UUID("p_decision", id), DB_INT("p_version", 1),
                      DB_TEXT("p_answer", STR("acknowledged")), DB_INT_OR_NULL("p_fen", 0, false));
    return err;
}

static enum err consent_withdraw(struct demo *d, struct demo_case *c, const char *argument)
{
    struct db_rows *rows = NULL;
    enum err err = db_step(d->db, "demo.consent", &rows, DB_UUID("p_case", c->key->id),
                           DB_TEXT("p_kind", STR("HANDLE_CASE")));

    (void)argument;
    if (err != ERR_OK)
        return err;
    return db_step(d->db, "track.consent_withdraw", NULL, DB_BYTES("p_track", c->track),
                   DB_UUID("p_consent", db_uuid(rows, 0, "id")));
}

/* A coordinator closes. */
static enum err close_case(struct demo *d, struct demo_case *c, const char *reason)
{
    json_t *facts = json_owned(d->arena, json_object());

    json_set_z(facts, "closure_reason", reason);
    return demo_move(d, c, "case", &c->key->id, "close_with_reason", NULL,
                     demo_person_of(d, "coordinator"), facts);
}

/* ---- steps with an object as argument ---- */

static enum err override(struct demo *d, struct demo_case *c, const json_t *o)
{
    struct uuid id = token_uuid();

    return db_step(
        d->db, "engine.override_add", NULL, DB_UUID("p_id", id), DB_UUID("p_case", c->key->id),
        DB_TEXT("p_machine", STR("case")), DB_UUID("p_object", c->key->id),
        DB_TEXT("p_guard", json_str(o, "guard")),
        DB_BYTES("p_reason", demo_seal(d, c, "guard_override", &id, "reason",
                                       demo_text(d, c, str_z(d->arena, json_str(o, "text"))))),
        DB_UUID("p_by", demo_person_of(d, "coordinator")->id));
}

/* One step of a machine, after the columns it asks for were filled in. */
static enum err move(struct demo *d, struct demo_case *c, const json_t *o)
{
    const char *machine = str_z(d->arena, json_str(o, "machine"));
    const json_t *seal = json_object_get(o, "seal"), *set = json_object_get(o, "set");
    struct str to = json_str(o, "to"), who = json_str(o, "who");
    const struct uuid *id = strcmp(machine, "case") == 0     ? &c->key->id
                            : strcmp(machine, "filing") == 0 ? &c->filing
                                                             : &c->settlement;
    const struct demo_person *actor = str_eqz(who, "worker") ? NULL
                                      : str_eqz(who, "lead") ? demo_person_of(d, "coordinator")
                                                             : c->assignee;
    struct str column = json_str(seal, "column"), key = json_str(seal, "text");
    enum err err = ERR_OK;

    if (seal != NULL || set != NULL)
        err = demo_set(d, c, machine, id, set, column.n == 0 ? NULL : str_z(d->arena, column),
                       key.n == 0 ? key : demo_text(d, c, str_z(d->arena, key)));
    if (err == ERR_OK)
        err = demo_move(d, c, machine, id, str_z(d->arena, json_str(o, "event")),
                        to.n == 0 ? NULL : str_z(d->arena, to), actor, json_object_get(o, "facts"));
    return err;
}

static enum err plan(struct demo *d, struct demo_case *c, const json_t *o)
{
    return file_to(d, c, json_str(o, "channel"), json_str(o, "to"));
}

static const struct {
    const char *name;
    enum err (*run)(struct demo *d, struct demo_case *c, const char *argument);
    enum err (*with)(struct demo *d, struct demo_case *c, const json_t *o);
} verbs[] = {
    {"accept", accept, NULL},
    {"return", give_back, NULL},
    {"handover", hand_over, NULL},
    {"say", say, NULL},
    {"reply", reply, NULL},
    {"note", note, NULL},
    {"ask", ask, NULL},
    {"supply", supply, NULL},
    {"review", review, NULL},
    {"take_on", take_on, NULL},
    {"decline", decline, NULL},
    {"duplicate", duplicate, NULL},
    {"evidence", demo_chain, NULL},
    {"demand", demo_demand, NULL},
    {"ready", ready, NULL},
    {"file", file, NULL},
    {"plan", NULL, plan},
    {"settle", settle, NULL},
    {"talks_fail", talks_fail, NULL},
    {"perform", perform, NULL},
    {"withdraw", withdraw, NULL},
    {"nothing", nothing, NULL},
    {"stop", stop, NULL},
    {"consent_withdraw", consent_withdraw, NULL},
    {"close", close_case, NULL},
    {"override", NULL, override},
    {"move", NULL, move},
};

enum err demo_step(struct demo *d, struct demo_case *c, size_t i)
{
    const json_t *step = json_array_get(json_object_get(c->life, "steps"), i);
    const char *verb = json_string_value(json_array_get(step, 1));
    const json_t *argument = json_array_get(step, 2);
    enum err err = demo_at(d, c, c->times_us[i]);

    d->doing = verb;
    for (size_t k = 0; err == ERR_OK && k < sizeof verbs / sizeof verbs[0]; k++) {
        if (strcmp(verbs[k].name, verb) != 0)
            continue;
        err = verbs[k].run != NULL ? verbs[k].run(d, c, json_string_value(argument))
                                   : verbs[k].with(d, c, argument);
        return err == ERR_OK ? demo_look(d, c) : err;
    }
    return err == ERR_OK ? ERR_INTERNAL : err; /* the data name a verb that is not there */
}
