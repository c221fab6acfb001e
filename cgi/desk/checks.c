/* Findings of the rules in words: the checklist of a case and of a filing (DOMAIN.md §6). */
#include <string.h>

#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/staff.h"
#include "core/vocab.h"
#include "desk/desk.h"
#include "rules/wording.h"

static const char *const word_rules[] = {"V-WORD-01", "V-WORD-02", "V-WORD-03"};

enum err desk_words(struct request *req, const struct open_case *c, struct findings *out)
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

struct str desk_words_json(struct request *req, const struct findings *f)
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

static void day_of(struct request *req, json_t *o, const char *key, const char *text)
{
    if (json_is_string(json_object_get(o, key)))
        json_set_str(o, text, locale_day(req->arena, req->locale, json_str(o, key)));
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
    label_of(req, o, "prerequisite", "prerequisite");
    label_of(req, o, "verdict", "collision_verdict");
    label_of(req, o, "already_at", "channel");
    label_of(req, o, "channel", "channel");
    day_of(req, o, "due_on", "due_text");
    day_of(req, o, "last_day", "last_day_text");
    if (vocab_has(req, "prerequisite", code)) {
        json_set_str(o, "prerequisite_label", vocab_label(req, "prerequisite", code));
        code = STR("prerequisite");
    }
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

/* Where a finding is mended, below the case's address. */
static struct str page_of(struct str rule)
{
    if (str_starts(rule, STR("V-DEM-")) || is_word_rule(rule))
        return STR("demands");
    if (str_starts(rule, STR("V-EV-")))
        return STR("evidence");
    if (str_starts(rule, STR("V-RESP-")) || str_starts(rule, STR("V-TIME-")) ||
        str_eqz(rule, "V-INT-03"))
        return STR("review");
    return STR("");
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
    json_set_str(row, "page", passed ? STR("") : page_of(rule));
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

enum err desk_checks(struct request *req, const struct open_case *c, const struct db_rows *rows,
                     json_t *model)
{
    struct db_rows *fields = NULL;
    struct findings f;
    json_t *open = json_array(), *done = json_array();
    int64_t blocking = 0;
    enum err err = desk_words(req, c, &f);

    json_set_new(model, "open", open);
    json_set_new(model, "done", done);
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
    json_set_bool(model, "may_override", staff_is(req, "coordinator"));
    return err;
}
