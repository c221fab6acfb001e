/* /desk/cases/{n}/ready: the open checks of the pre-review, in words, and the step to READY (DOMAIN.md §5.1, §6). */
#include <string.h>

#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/vocab.h"
#include "desk/desk.h"
#include "rules/wording.h"

static const char *const word_rules[] = {"V-WORD-01", "V-WORD-02", "V-WORD-03"};

/* What the wording rules say about the demands as they stand. */
static enum err words(struct request *req, const struct open_case *c, struct findings *out)
{
    struct db_rows *lists = NULL, *texts = NULL;
    json_t *all;
    enum err err =
        db_read(req->db, "desk.wording_lists", &lists, DB_BYTES("p_session", desk_bearer(req)));

    *out = findings_new(req->arena);
    if (err == ERR_OK)
        err = db_read(req->db, "desk.demand_texts", &texts, DB_BYTES("p_session", desk_bearer(req)),
                      DB_UUID("p_case", c->id));
    if (err != ERR_OK)
        return err;
    all = json_owned(req->arena, db_rows_json(lists));
    for (size_t i = 0; err == ERR_OK && i < db_count(texts); i++) {
        struct uuid id = db_uuid(texts, i, "id");
        struct wording_input in = {.use = WORDING_PLATFORM, .part = "demand", .channel = STR("")};

        err = seal_field_open(req->arena, c->key, "demand", &id, "text",
                              db_bytes(texts, i, "text_sealed"), &in.text);
        if (err == ERR_OK)
            wording_findings(all, &in, out);
    }
    return err;
}

static bool word_rule_blocks(const struct findings *f, const char *rule)
{
    for (size_t i = 0; i < f->n; i++) {
        if (strcmp(f->items[i].rule, rule) == 0 && f->items[i].level == LEVEL_BLOCK)
            return true;
    }
    return false;
}

/* What core.check_result keeps: codes, never text. */
static struct str words_json(struct request *req, const struct findings *f)
{
    json_t *list = json_owned(req->arena, json_array());

    for (size_t i = 0; i < 3; i++) {
        json_t *o = json_object();

        json_set_z(o, "rule", word_rules[i]);
        json_set_bool(o, "passed", !word_rule_blocks(f, word_rules[i]));
        json_set_new(o, "detail", findings_codes(f, word_rules[i]));
        (void)json_array_append_new(list, o);
    }
    return json_dump(req->arena, list);
}

static void label_of(struct request *req, json_t *o, const char *key, const char *enumeration)
{
    if (json_is_string(json_object_get(o, key)))
        vocab_add_label(req, o, key, enumeration);
}

static void money_of(struct request *req, json_t *o, const char *key)
{
    if (json_is_integer(json_object_get(o, key)))
        json_set_str(o, str_z(req->arena, str_fmt(req->arena, "%s_text", key)),
                     locale_fen(req->arena, req->locale, json_int(o, key)));
}

/* Label of a required field, "CHAT.from_at" -> "开始时间". */
static void field_label(struct request *req, json_t *o, const struct db_rows *fields)
{
    bool en = strcmp(request_lang(req), "en") == 0;

    for (size_t i = 0; i < db_count(fields); i++) {
        if (str_eq(db_text(fields, i, "kind"), json_str(o, "kind")) &&
            str_eq(db_text(fields, i, "field"), json_str(o, "field")))
            json_set_str(o, "field_label", db_text(fields, i, en ? "label_en" : "label_zh"));
    }
}

/* One finding as a sentence: the text of its code, with the values it came with. */
static json_t *detail_text(struct request *req, json_t *o, const struct db_rows *fields)
{
    struct str code = json_str(o, "code");

    label_of(req, o, "node", "issue_node");
    label_of(req, o, "kind", "evidence_kind");
    if (str_eqz(json_str(o, "node"), "GOODS_OR_PROBLEM"))
        json_set_str(o, "node_label",
                     locale_textz(req->arena, req->locale, "desk.check.goods_or_problem"));
    if (str_eqz(code, "near") || str_eqz(code, "passed"))
        vocab_add_label(req, o, "kind", "clock_kind");
    field_label(req, o, fields);
    money_of(req, o, "order_fen");
    money_of(req, o, "payment_fen");
    money_of(req, o, "case_fen");
    money_of(req, o, "refund_fen");
    money_of(req, o, "paid_fen");
    if (json_is_string(json_object_get(o, "due_on")))
        json_set_str(o, "due_text", locale_day(req->arena, req->locale, json_str(o, "due_on")));
    return json_of_str(
        locale_text(req->arena, req->locale,
                    str_z(req->arena, str_fmt(req->arena, "desk.check.%.*s", STR_ARG(code))), o));
}

static void word_texts(struct request *req, const struct findings *f, struct str rule, json_t *list)
{
    for (size_t i = 0; i < f->n; i++) {
        if (str_eqz(rule, f->items[i].rule))
            (void)json_array_append_new(
                list,
                json_of_str(locale_text(
                    req->arena, req->locale, f->items[i].key,
                    json_owned(req->arena, finding_values(&f->items[i], request_lang(req))))));
    }
}

static bool is_word_rule(struct str rule)
{
    return str_starts(rule, STR("V-WORD-"));
}

static json_t *check(struct request *req, const struct db_rows *rows, size_t i,
                     const struct db_rows *fields, const struct findings *f, bool *blocks)
{
    bool en = strcmp(request_lang(req), "en") == 0;
    json_t *row = db_row_json(rows, i), *texts = json_array(), *o;
    struct str rule = db_text(rows, i, "rule");
    bool passed = db_bool(rows, i, "passed"), overridden = db_bool(rows, i, "overridden");
    size_t k;

    if (is_word_rule(rule)) {
        passed = !word_rule_blocks(f, str_z(req->arena, rule));
        word_texts(req, f, rule, texts);
    } else {
        json_array_foreach(json_object_get(row, "detail"), k, o)(void)
            json_array_append_new(texts, detail_text(req, o, fields));
    }
    *blocks = !passed && !overridden && str_eqz(db_text(rows, i, "level"), "BLOCK");
    json_set_str(row, "text", db_text(rows, i, en ? "label_en" : "label_zh"));
    json_set_bool(row, "has_texts", json_array_size(texts) != 0);
    json_set_new(row, "texts", texts);
    json_set_bool(row, "passed", passed);
    json_set_bool(row, "blocks", *blocks);
    json_set_z(row, "tone", *blocks ? "stop" : passed ? "good" : "you");
    json_set_str(row, "label",
                 locale_textz(req->arena, req->locale,
                              *blocks      ? "desk.check.blocks"
                              : overridden ? "desk.check.overridden"
                              : passed     ? "desk.check.good"
                                           : "desk.check.look"));
    return row;
}

static enum err add_checks(struct request *req, const struct open_case *c, json_t *model)
{
    struct db_rows *rows = NULL, *fields = NULL;
    struct findings f;
    json_t *open = json_array(), *done = json_array();
    int64_t blocking = 0;
    enum err err = words(req, c, &f);

    json_set_new(model, "open", open);
    json_set_new(model, "done", done);
    if (err == ERR_OK)
        err = db_read(req->db, "desk.checks", &rows, DB_BYTES("p_session", desk_bearer(req)),
                      DB_UUID("p_case", c->id));
    if (err == ERR_OK)
        err = db_read(req->db, "desk.evidence_fields", &fields,
                      DB_BYTES("p_session", desk_bearer(req)));
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        bool blocks;
        json_t *row = check(req, rows, i, fields, &f, &blocks);

        blocking += blocks ? 1 : 0;
        (void)json_array_append_new(json_truth(row, "passed") ? done : open, row);
    }
    json_set_int(model, "blocking", blocking);
    json_set_bool(model, "blocked", blocking != 0);
    json_set_bool(model, "has_open", json_array_size(open) != 0);
    return err;
}

enum err ready_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    json_t *model;
    enum err err = desk_open(req, &c);

    if (err != ERR_OK)
        return reply_error(req, rep, err);
    model = desk_form(req, &c, "desk.ready.title", step_params, NULL);
    if (req->staff != NULL)
        err = add_checks(req, &c, model);
    json_set_bool(model, "may_pass",
                  str_eqz(c.status, "PREPARING") && !json_truth(model, "blocked"));
    json_set_bool(model, "preparing", str_eqz(c.status, "PREPARING"));
    if (err != ERR_OK) {
        json_decref(model);
        return reply_error(req, rep, err);
    }
    return reply_page(rep, "desk/ready", model);
}

enum err case_ready(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct findings f;
    enum err err = desk_open(req, &c);

    if (err == ERR_OK)
        err = words(req, &c, &f);
    if (err == ERR_OK)
        err = db_write(req->db, "desk.case_ready", NULL, DB_BYTES("p_session", desk_bearer(req)),
                       DB_UUID("p_case", c.id), DB_INT("p_version", param_int(req, "version")),
                       DB_JSON("p_checks", words_json(req, &f)));
    return desk_done(req, rep, err, &c, "");
}
