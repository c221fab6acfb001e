/*
 * One item of evidence.  Which fields it has depends on its kind, and that is reference data: the form has slots v1..v6, filled with the
 * kind's fields in order, checked by their type and stored by their name.  Sealed ones go into one sealed JSON text.
 */
#include <string.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/token.h"
#include "core/vocab.h"
#include "desk/desk.h"
#include "rules/masking.h"
#include "rules/number_key.h"
#include "rules/settlement.h"

enum { SLOTS = 6 };

static const char *const slots[SLOTS] = {"v1", "v2", "v3", "v4", "v5", "v6"};
static const char *const reasons[] = {"not_available", "not_shown", "other_item", NULL};
static const char *const qualities[] = {"genuine", "lawful", "relevant", "complete"};
static const char *const quality_codes[] = {"GENUINE", "LAWFUL", "RELEVANT", "COMPLETE"};

/* clang-format off */
#define SLOT(NAME) {.name = NAME, .type = PARAM_TEXT, .max = 500, .label = "desk.evidence.value"}
#define SHARED_ROWS \
    SLOT("v1"), SLOT("v2"), SLOT("v3"), SLOT("v4"), SLOT("v5"), SLOT("v6"), \
    {.name = "node", .type = PARAM_CODE, .flags = PARAM_REQUIRED, .label = "desk.evidence.node"}, \
    {.name = "proves", .type = PARAM_LINES, .max = 1000, .label = "desk.evidence.proves"}, \
    {.name = "genuine", .type = PARAM_CODE, .label = "desk.evidence.genuine"}, \
    {.name = "lawful", .type = PARAM_CODE, .label = "desk.evidence.lawful"}, \
    {.name = "relevant", .type = PARAM_CODE, .label = "desk.evidence.relevant"}, \
    {.name = "complete", .type = PARAM_CODE, .label = "desk.evidence.complete"}, \
    {.name = "shown_time", .type = PARAM_BOOL, .label = "desk.evidence.shown_time"}, \
    {.name = "shown_url", .type = PARAM_BOOL, .label = "desk.evidence.shown_url"}, \
    {.name = "edited", .type = PARAM_BOOL, .label = "desk.evidence.edited"}, \
    {.name = "missing_reason", .type = PARAM_CODE, .choices = reasons, .label = "desk.evidence.missing_reason"}

const struct param evidence_new_params[] = {
    CASE_ROW,
    {.name = "file", .type = PARAM_UUID, .label = "desk.case.file"},
    {.name = "kind", .type = PARAM_CODE, .flags = PARAM_REQUIRED, .label = "desk.evidence.kind"},
    SHARED_ROWS,
    {.name = "chosen", .type = PARAM_BOOL}, /* the kind was to be chosen: nothing chosen is an error, not a first look */
    {.name = NULL},
};

const struct param evidence_edit_params[] = {
    CASE_ROW,
    ID_ROW("desk.evidence.item"),
    SHARED_ROWS,
    VERSION_ROW,
    {.name = NULL},
};
/* clang-format on */

/* The fields of one kind, in order. */
struct kind {
    struct str node;
    struct str names[SLOTS], types[SLOTS], labels[SLOTS];
    bool sealed[SLOTS];
    size_t n;
};

static enum err kind_read(struct request *req, struct str code, struct kind *k)
{
    bool en = strcmp(request_lang(req), "en") == 0;
    struct db_rows *rows = NULL;
    enum err err =
        db_read(req->db, "desk.evidence_fields", &rows, DB_BYTES("p_session", desk_bearer(req)));

    *k = (struct kind){.n = 0};
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        if (!str_eq(db_text(rows, i, "kind"), code))
            continue;
        k->node = db_text(rows, i, "node");
        if (db_is_null(rows, i, "field") || k->n == SLOTS)
            continue;
        k->names[k->n] = db_text(rows, i, "field");
        k->types[k->n] = db_text(rows, i, "type");
        k->labels[k->n] = db_text(rows, i, en ? "label_en" : "label_zh");
        k->sealed[k->n++] = db_bool(rows, i, "sealed");
    }
    return err == ERR_OK && k->node.n == 0 ? ERR_VOCABULARY : err;
}

/* ---- showing ---- */

static json_t *slot_options(struct request *req, struct str type)
{
    static const char *const yes_no[] = {"yes", "no", NULL};
    static const char *const yes_no_na[] = {"yes", "no", "na", NULL};

    if (str_starts(type, STR("enum:")))
        return json_owned(
            req->arena,
            vocab_options(req, str_z(req->arena, (struct str){.p = type.p + 5, .n = type.n - 5}),
                          NULL));
    if (str_eqz(type, "yesno"))
        return desk_options(req, "desk.answer.", yes_no);
    if (str_eqz(type, "yesnona"))
        return desk_options(req, "desk.answer.", yes_no_na);
    return NULL;
}

static void add_slots(struct request *req, json_t *model, const struct kind *k)
{
    json_t *form = json_object_get(model, "form"), *f = json_object_get(form, "f"),
           *list = json_array();

    for (size_t i = 0; i < k->n; i++) {
        json_t *field = json_object_get(f, slots[i]), *choices = slot_options(req, k->types[i]);
        json_t *slot = json_object();

        form_attr(form, slots[i], "label", k->labels[i]);
        form_needed(form, slots[i], locale_textz(req->arena, req->locale, "desk.evidence.needed"));
        if (str_eqz(k->types[i], "fen") || str_eqz(k->types[i], "time") ||
            str_eqz(k->types[i], "minute") || str_eqz(k->types[i], "date")) {
            form_attr(form, slots[i], "hint", desk_text(req, "desk.evidence.type.", k->types[i]));
            form_attr(form, slots[i], "described_by",
                      str_fmt(req->arena, "f-%s-hint%s%s%s", slots[i],
                              json_truth(field, "has_error") ? " f-" : "",
                              json_truth(field, "has_error") ? slots[i] : "",
                              json_truth(field, "has_error") ? "-error" : ""));
        }
        if (choices != NULL)
            form_options(form, slots[i], choices);
        json_set_bool(slot, "select", choices != NULL);
        json_set_new(slot, "field", json_incref(field));
        (void)json_array_append_new(list, slot);
    }
    json_set_new(model, "slots", list);
}

static json_t *form_page(struct request *req, const struct open_case *c, const struct param *params,
                         struct str kind, const struct kind *k, json_t *stored)
{
    json_t *model = desk_form(req, c, "desk.evidence.form.title", params, stored);
    json_t *form = json_object_get(model, "form");

    json_set_str(model, "kind", kind);
    json_set_str(model, "kind_label", vocab_label(req, "evidence_kind", kind));
    add_slots(req, model, k);
    desk_vocab(req, form, "node", "issue_node");
    for (size_t i = 0; i < 4; i++)
        desk_vocab(req, form, qualities[i], "quality_value");
    form_options(form, "missing_reason", desk_options(req, "desk.evidence.reason.", reasons));
    return model;
}

/* The form after its session has ended, or without a kind: the kind's fields cannot be read, so what was typed into them stands in plain
 * fields, by their numbers, and goes to the right ones with the next press. */
static enum err late_page(struct request *req, struct reply *rep, const struct open_case *c,
                          const struct param *params, bool is_new)
{
    struct kind none = {.n = 0};
    struct str kind = is_new ? param_text(req, "kind") : STR("");
    struct uuid file = is_new ? param_uuid(req, "file") : (struct uuid){.b = {0}};
    json_t *model = form_page(req, c, params, kind, &none, NULL);
    json_t *form = json_object_get(model, "form"), *list = json_object_get(model, "slots");

    for (size_t i = 0; i < SLOTS; i++) {
        json_t *slot;

        if (form_field(req, slots[i])->n_typed == 0 || form_field(req, slots[i])->typed[0].n == 0)
            continue;
        form_attr(form, slots[i], "label",
                  locale_text_n(req->arena, req->locale, "paper.late.value", (int64_t)i + 1));
        slot = json_object();
        json_set_bool(slot, "select", false);
        json_set_new(slot, "field",
                     json_incref(json_object_get(json_object_get(form, "f"), slots[i])));
        (void)json_array_append_new(list, slot);
    }
    json_set_str(model, "action", req->path);
    json_set_bool(model, "is_new", is_new);
    json_set_bool(model, "may_remove", false);
    json_set_bool(model, "has_file", is_new && param_present(req, "file"));
    json_set_str(model, "file", uuid_text(req->arena, &file));
    json_set_bool(model, "choose_kind", is_new && req->staff != NULL);
    desk_vocab(req, form, "kind", "evidence_kind");
    if (!is_new)
        json_set_str(model, "kind_label",
                     locale_textz(req->arena, req->locale, "desk.evidence.form.title"));
    return reply_page(rep, "desk/evidence_form", model);
}

enum err evidence_new_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct kind k;
    struct uuid file = param_uuid(req, "file");
    json_t *model, *stored;
    enum err err = desk_open(req, &c);

    if (err == ERR_OK && req->staff == NULL)
        return late_page(req, rep, &c, evidence_new_params, true);
    if (err == ERR_OK && param_present(req, "kind")) {
        err = kind_read(req, param_text(req, "kind"), &k);
        if (err == ERR_OK) {
            stored = json_owned(req->arena, json_object());
            json_set_str(stored, "node", k.node);
            model = form_page(req, &c, evidence_new_params, param_text(req, "kind"), &k, stored);
            json_set_bool(model, "chosen", true);
            json_set_str(model, "action",
                         str_fmt(req->arena, "/desk/cases/%.*s/evidence/new", STR_ARG(c.case_no)));
            json_set_bool(model, "has_file", param_present(req, "file"));
            json_set_str(model, "file", uuid_text(req->arena, &file));
            json_set_bool(model, "is_new", true);
            json_set_bool(model, "may_remove", false);
            return reply_page(rep, "desk/evidence_form", model);
        }
    }
    if (err != ERR_OK && err != ERR_VOCABULARY)
        return reply_error(req, rep, err);
    if (req->method == METHOD_POST)
        return late_page(req, rep, &c, evidence_new_params, true);
    if (param_bool(req, "chosen") && !param_present(req, "kind"))
        form_error(req, "kind", "error.field.choose");
    model = desk_form(req, &c, "desk.evidence.kind.title", evidence_new_params, NULL);
    desk_vocab(req, json_object_get(model, "form"), "kind", "evidence_kind");
    json_set_bool(model, "has_file", param_present(req, "file"));
    json_set_str(model, "file", uuid_text(req->arena, &file));
    return reply_page(rep, "desk/evidence_kind", model);
}

/* ---- taking ---- */

/* Kinds of evidence call a number, a reference or an address "text"; their names tell. */
static bool is_number(struct str name, struct str type)
{
    static const char *const names[] = {"number",     "url",      "account_masked",
                                        "masked_key", "agent_id", NULL};

    for (size_t i = 0; names[i] != NULL; i++) {
        if (str_eqz(name, names[i]))
            return true;
    }
    return str_ends(name, STR("_no")) || str_eqz(type, "credit_code");
}

/* One typed value as it is stored; NULL and an error on the field when it is not of its type. */
static json_t *value_of(struct request *req, const struct kind *k, size_t i)
{
    struct str typed = param_text(req, slots[i]), type = k->types[i];
    int64_t number = 0, today = 0;
    struct str iso;
    struct civil now = clock_civil(clock_now());
    const char *error = NULL;

    if (is_number(k->names[i], type))
        typed = form_fold_number(req->arena, typed);
    (void)clock_day(now.year, now.month, now.day, &today);
    if (str_eqz(type, "fen")) {
        if (form_parse_fen(req->arena, typed, &number) && number <= 9999999999)
            return json_integer(number);
        error = "desk.evidence.error.fen";
    } else if (str_eqz(type, "date")) {
        if (form_parse_date(req->arena, typed, today, &iso, &number))
            return json_of_str(iso);
        error = "desk.evidence.error.date";
    } else if (str_eqz(type, "time") || str_eqz(type, "minute")) {
        if (form_parse_time(req->arena, typed, today, &number))
            return json_of_str(clock_rfc3339(req->arena, number));
        error = "desk.evidence.error.time";
    } else if (str_eqz(type, "credit_code")) {
        struct str code = number_key_order(req->arena, typed);

        if (settlement_credit_code_ok(code))
            return json_of_str(code);
        error = "desk.evidence.error.credit_code";
    } else if (slot_options(req, type) != NULL) {
        json_t *o;
        size_t at;

        json_array_foreach(slot_options(req, type), at, o)
        {
            if (str_eq(json_str(o, "code"), typed))
                return json_of_str(typed);
        }
        error = "desk.evidence.error.choose";
    } else if (str_eqz(k->names[i], "masked_key")) {
        return json_of_str(memchr(typed.p, '*', typed.n) != NULL ? typed
                                                                 : mask_tail(req->arena, typed, 4));
    } else {
        return json_of_str(typed);
    }
    form_error_name(req, slots[i], error, k->labels[i]);
    return NULL;
}

struct taken {
    struct str plain;  /* JSON of the plain fields, with the names of the sealed ones */
    struct str sealed; /* JSON of the sealed ones; empty = none */
    struct str quality;
};

/* Checks the slots; ERR_FORM when one is wrong.  Empty ones are allowed: the open checks name them until the case is ready. */
static enum err take(struct request *req, const struct kind *k, struct taken *t)
{
    json_t *plain = json_owned(req->arena, json_object());
    json_t *sealed = json_owned(req->arena, json_object());
    json_t *names = json_array(), *quality = json_owned(req->arena, json_object());

    json_set_new(plain, "sealed", names);
    for (size_t i = 0; i < k->n; i++) {
        const char *name = str_z(req->arena, k->names[i]);
        json_t *value;

        if (!param_present(req, slots[i]))
            continue;
        value = value_of(req, k, i);
        if (value == NULL)
            continue;
        json_set_new(k->sealed[i] ? sealed : plain, name, value);
        if (k->sealed[i])
            (void)json_array_append_new(names, json_of_str(k->names[i]));
    }
    for (size_t i = 0; i < 4; i++) {
        if (param_present(req, qualities[i]))
            json_set_str(quality, quality_codes[i], param_text(req, qualities[i]));
    }
    t->plain = json_dump(req->arena, plain);
    t->sealed = json_object_size(sealed) != 0 ? json_dump(req->arena, sealed) : STR("");
    t->quality = json_dump(req->arena, quality);
    return req->form.errors != 0 ? ERR_FORM : ERR_OK;
}

static enum err save(struct request *req, const struct open_case *c, const struct kind *k,
                     struct str kind, const struct uuid *id, int64_t version,
                     const struct uuid *file)
{
    struct taken t;
    struct str proves = param_text(req, "proves"), fields_box = STR(""), proves_box = STR("");
    enum err err = take(req, k, &t);

    if (err != ERR_OK)
        return err;
    if (t.sealed.n != 0)
        fields_box = seal_field(req->arena, c->key, "evidence", id, "fields", t.sealed);
    if (proves.n != 0)
        proves_box = seal_field(req->arena, c->key, "evidence", id, "proves", proves);
    return db_write(
        req->db, "desk.evidence_save", NULL, DB_BYTES("p_session", desk_bearer(req)),
        DB_UUID("p_case", c->id), DB_UUID("p_id", *id), DB_INT("p_version", version),
        DB_UUID_OR_NULL("p_file", file != NULL ? *file : (struct uuid){{0}}, file != NULL),
        DB_TEXT("p_kind", kind), DB_TEXT("p_node", param_text(req, "node")),
        DB_JSON("p_fields", t.plain), DB_BYTES_OR_NULL("p_fields_sealed", fields_box),
        DB_BYTES_OR_NULL("p_proves", proves_box), DB_JSON("p_quality", t.quality),
        DB_BOOL("p_shown_time", param_bool(req, "shown_time")),
        DB_BOOL("p_shown_url", param_bool(req, "shown_url")),
        DB_BOOL("p_edited", param_bool(req, "edited")),
        DB_TEXT_OR_NULL("p_missing_reason", param_text(req, "missing_reason")));
}

enum err evidence_add(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct kind k;
    struct uuid id = token_uuid(), file = param_uuid(req, "file");
    enum err err = desk_open(req, &c);

    if (err == ERR_OK && !param_present(req, "kind"))
        err = ERR_FORM;
    if (err == ERR_OK)
        err = kind_read(req, param_text(req, "kind"), &k);
    if (err == ERR_VOCABULARY) {
        form_error_name(req, "kind", "desk.evidence.error.choose",
                        locale_textz(req->arena, req->locale, "desk.evidence.kind.title"));
        err = ERR_FORM;
    }
    if (err == ERR_OK)
        err = save(req, &c, &k, param_text(req, "kind"), &id, 0,
                   param_present(req, "file") ? &file : NULL);
    return desk_done(req, rep, err, &c, "/evidence");
}

/* ---- changing ---- */

static enum err find(struct request *req, const struct open_case *c, const struct uuid *id,
                     struct db_rows **rows, size_t *row)
{
    enum err err = db_read(req->db, "desk.evidence_list", rows,
                           DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", c->id));

    for (size_t i = 0; err == ERR_OK && i < db_count(*rows); i++) {
        struct uuid one = db_uuid(*rows, i, "id");

        *row = i;
        if (memcmp(one.b, id->b, sizeof one.b) == 0)
            return ERR_OK;
    }
    return err == ERR_OK ? ERR_NOT_FOUND : err;
}

/* A stored value as it is typed. */
static struct str typed_of(struct request *req, struct str type, const json_t *value)
{
    int64_t t_us;

    if (json_is_integer(value))
        return form_show_fen(req->arena, json_integer_value(value));
    if (!json_is_string(value))
        return STR("");
    if ((str_eqz(type, "time") || str_eqz(type, "minute")) &&
        clock_parse(str_of(json_string_value(value)), &t_us))
        return desk_typed_time(req->arena, t_us);
    return str_of(json_string_value(value));
}

static enum err stored_of(struct request *req, const struct open_case *c,
                          const struct db_rows *rows, size_t i, const struct kind *k, json_t **out)
{
    struct uuid id = db_uuid(rows, i, "id");
    json_t *stored = json_owned(req->arena, db_row_json(rows, i));
    const json_t *plain = json_object_get(stored, "fields"), *sealed = NULL,
                 *quality = json_object_get(stored, "quality");
    struct str text = STR("");
    enum err err = ERR_OK;

    if (!db_is_null(rows, i, "fields_sealed")) {
        err = seal_field_open(req->arena, c->key, "evidence", &id, "fields",
                              db_bytes(rows, i, "fields_sealed"), &text);
        sealed = err == ERR_OK ? json_parse(req->arena, text) : NULL;
    }
    for (size_t f = 0; f < k->n; f++) {
        const char *name = str_z(req->arena, k->names[f]);

        json_set_str(
            stored, slots[f],
            typed_of(req, k->types[f], json_object_get(k->sealed[f] ? sealed : plain, name)));
    }
    for (size_t q = 0; q < 4; q++)
        json_set_str(stored, qualities[q], json_str(quality, quality_codes[q]));
    text = STR("");
    if (err == ERR_OK && !db_is_null(rows, i, "proves_sealed"))
        err = seal_field_open(req->arena, c->key, "evidence", &id, "proves",
                              db_bytes(rows, i, "proves_sealed"), &text);
    json_set_str(stored, "proves", text);
    *out = stored;
    return err;
}

enum err evidence_edit_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct kind k;
    struct uuid id = param_uuid(req, "id");
    struct db_rows *rows = NULL;
    size_t i = 0;
    json_t *model, *stored = NULL;
    enum err err = desk_open(req, &c);

    if (err == ERR_OK && req->staff == NULL)
        return late_page(req, rep, &c, evidence_edit_params, false);
    if (err == ERR_OK)
        err = find(req, &c, &id, &rows, &i);
    if (err == ERR_OK)
        err = kind_read(req, db_text(rows, i, "kind"), &k);
    if (err == ERR_OK)
        err = stored_of(req, &c, rows, i, &k, &stored);
    if (err != ERR_OK)
        return reply_error(req, rep, err);
    model = form_page(req, &c, evidence_edit_params, db_text(rows, i, "kind"), &k, stored);
    json_set_str(model, "action",
                 str_fmt(req->arena, "/desk/cases/%.*s/evidence/%.*s", STR_ARG(c.case_no),
                         STR_ARG(uuid_text(req->arena, &id))));
    json_set_bool(model, "is_new", false);
    json_set_bool(model, "may_remove", true);
    json_set_int(model, "item_version", db_int(rows, i, "version"));
    json_set_bool(model, "has_file", false);
    return reply_page(rep, "desk/evidence_form", model);
}

enum err evidence_edit(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct kind k;
    struct uuid id = param_uuid(req, "id");
    struct db_rows *rows = NULL;
    size_t i = 0;
    enum err err = desk_open(req, &c);

    if (err == ERR_OK)
        err = find(req, &c, &id, &rows, &i);
    if (err == ERR_OK)
        err = kind_read(req, db_text(rows, i, "kind"), &k);
    if (err == ERR_OK)
        err = save(req, &c, &k, db_text(rows, i, "kind"), &id, param_int(req, "version"), NULL);
    return desk_done(req, rep, err, &c, "/evidence");
}
