/*
 * /desk/cases/{n}/papers/text: the text of the letters: who complains and to whom, what happened, what was tried, on which grounds.
 * Kept sealed, so that nothing is lost between writing, preview and issuing; what the wording rules say stands under the field.
 */
#include "desk/letter.h"

#include <string.h>

#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/vocab.h"

/* A flat table, one field a row. */
/* clang-format off */
const struct param letter_params[] = {
    CASE_ROW,
    {.name = "filing", .type = PARAM_UUID, .label = "paper.text.filing"},
    {.name = "addressee", .type = PARAM_TEXT, .max = 120, .label = "paper.text.addressee"},
    {.name = "name", .type = PARAM_TEXT, .max = 60, .label = "paper.text.name"},
    {.name = "name_real", .type = PARAM_BOOL, .label = "paper.text.name_real"},
    {.name = "identity", .type = PARAM_TEXT, .flags = PARAM_FOLD, .max = 120, .label = "paper.text.identity"},
    {.name = "contact", .type = PARAM_TEXT, .flags = PARAM_FOLD, .max = 120, .label = "paper.text.contact"},
    {.name = "address", .type = PARAM_TEXT, .max = 200, .label = "paper.text.address"},
    {.name = "agent", .type = PARAM_TEXT, .max = 60, .label = "paper.text.agent"},
    {.name = "authority", .type = PARAM_TEXT, .max = 120, .label = "paper.text.authority"},
    {.name = "facts", .type = PARAM_LINES, .max = 6000, .label = "paper.text.facts"},
    {.name = "negotiation", .type = PARAM_LINES, .max = 3000, .label = "paper.text.negotiation"},
    {.name = "no_negotiation", .type = PARAM_BOOL, .label = "paper.text.no_negotiation"},
    {.name = "rule_title", .type = PARAM_TEXT, .max = 120, .label = "paper.text.rule_title"},
    {.name = "rule_clause", .type = PARAM_TEXT, .max = 60, .label = "paper.text.rule_clause"},
    {.name = "rule_version", .type = PARAM_DATE, .flags = PARAM_NO_FUTURE, .label = "paper.text.rule_version"},
    {.name = "rule_text", .type = PARAM_LINES, .max = 600, .label = "paper.text.rule_text"},
    {.name = "laws", .type = PARAM_TEXT, .flags = PARAM_MANY, .max = 40, .label = "paper.text.laws"},
    VERSION_ROW,
    {.name = NULL},
};
/* clang-format on */

static const char *const texts[] = {"addressee",   "name",       "identity",    "contact",
                                    "address",     "agent",      "authority",   "facts",
                                    "negotiation", "rule_title", "rule_clause", "rule_version",
                                    "rule_text"};

/* ---- showing ---- */

static void law_options(struct request *req, const struct letter_source *s, json_t *form)
{
    bool en = strcmp(request_lang(req), "en") == 0;
    json_t *list = json_owned(req->arena, json_array());

    for (size_t i = 0; i < db_count(s->laws); i++) {
        json_t *o, *values = json_owned(req->arena, json_object());

        if (!db_bool(s->laws, i, "valid"))
            continue;
        json_set_str(values, "name", db_text(s->laws, i, en ? "name_en" : "name_zh"));
        json_set_str(values, "article", db_text(s->laws, i, "article"));
        json_set_str(values, "gist", db_text(s->laws, i, en ? "gist_en" : "gist_zh"));
        o = json_object();
        json_set_str(o, "code", db_text(s->laws, i, "id"));
        json_set_str(o, "label",
                     locale_text(req->arena, req->locale,
                                 db_is_null(s->laws, i, "article") ? "paper.text.law_whole"
                                 : db_bool(s->laws, i, "verified") ? "paper.text.law"
                                                                   : "paper.text.law_unverified",
                                 values));
        (void)json_array_append_new(list, o);
    }
    form_options(form, "laws", list);
}

static void filing_options(struct request *req, const struct letter_source *s, json_t *form)
{
    json_t *list = json_owned(req->arena, json_array());

    for (size_t i = 0; i < db_count(s->filings); i++) {
        struct uuid id = db_uuid(s->filings, i, "id");
        struct str channel = vocab_label(req, "channel", db_text(s->filings, i, "channel"));
        struct str status = vocab_label(req, "filing_status", db_text(s->filings, i, "status"));
        json_t *o = json_object();

        json_set_str(o, "code", uuid_text(req->arena, &id));
        json_set_str(o, "label",
                     str_fmt(req->arena, "%.*s · %.*s", STR_ARG(channel), STR_ARG(status)));
        (void)json_array_append_new(list, o);
    }
    form_options(form, "filing", list);
}

/* What the wording rules say about a field as it stands on the page. */
static enum err add_remarks(struct request *req, const struct letter_source *s, json_t *model,
                            const char *field)
{
    const json_t *f = json_object_get(json_object_get(json_object_get(model, "form"), "f"), field);
    const char *key = str_z(req->arena, str_fmt(req->arena, "%s_remarks", field));
    json_t *list = json_array();
    struct findings found;
    enum err err = letter_words(req, s, json_str(f, "value"), &found);

    for (size_t i = 0; err == ERR_OK && i < found.n; i++) {
        const struct finding *x = &found.items[i];

        (void)json_array_append_new(
            list,
            json_of_str(locale_text(req->arena, req->locale, x->key,
                                    json_owned(req->arena, finding_values(x, request_lang(req))))));
    }
    json_set_bool(model, str_z(req->arena, str_fmt(req->arena, "has_%s", key)),
                  json_array_size(list) != 0);
    json_set_new(model, key, list);
    return err;
}

enum err letter_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct letter_source s = {.text = NULL};
    json_t *model, *form, *stored = NULL;
    enum err err = desk_open(req, &c);

    if (err == ERR_OK && req->staff != NULL) {
        err = letter_read(req, &c, &s);
        stored = s.text;
        if (err == ERR_OK) {
            json_set_int(stored, "version", s.version);
            if (s.has_filing)
                json_set_str(stored, "filing", uuid_text(req->arena, &s.filing));
        }
    }
    if (err != ERR_OK)
        return reply_error(req, rep, err);
    model = desk_form(req, &c, "paper.text.title", letter_params, stored);
    form = json_object_get(model, "form");
    form_attr(form, "facts", "rows", STR("12"));
    form_attr(form, "negotiation", "rows", STR("5"));
    json_set_bool(model, "known", req->staff != NULL);
    /* After a clash both texts are there: what is stored now, and what was typed, in the fields. */
    json_set_bool(model, "clash", req->form.err == ERR_CLASH && req->staff != NULL);
    json_set_str(model, "stored_facts", json_str(stored, "facts"));
    json_set_str(model, "stored_negotiation", json_str(stored, "negotiation"));
    if (req->staff != NULL) {
        law_options(req, &s, form);
        filing_options(req, &s, form);
        json_set_bool(model, "has_filings", db_count(s.filings) != 0);
        err = add_remarks(req, &s, model, "facts");
        if (err == ERR_OK)
            err = add_remarks(req, &s, model, "negotiation");
    }
    if (err != ERR_OK) {
        json_decref(model);
        return reply_error(req, rep, err);
    }
    return reply_page(rep, "desk/letter", model);
}

/* ---- saving ---- */

static bool law_known(const struct letter_source *s, struct str id)
{
    for (size_t i = 0; i < db_count(s->laws); i++) {
        if (str_eq(db_text(s->laws, i, "id"), id))
            return true;
    }
    return false;
}

static struct str text_json(struct request *req)
{
    json_t *o = json_owned(req->arena, json_object()), *laws = json_array();
    struct str *chosen;
    size_t n = param_many(req, "laws", &chosen);

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        json_set_str(o, texts[i], param_text(req, texts[i]));
    json_set_bool(o, "name_real", param_bool(req, "name_real"));
    json_set_bool(o, "no_negotiation", param_bool(req, "no_negotiation"));
    for (size_t i = 0; i < n; i++)
        (void)json_array_append_new(laws, json_of_str(chosen[i]));
    json_set_new(o, "laws", laws);
    return json_dump(req->arena, o);
}

enum err letter_save(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct letter_source s = {.text = NULL};
    struct str *chosen;
    size_t n = param_many(req, "laws", &chosen);
    enum err err = desk_open(req, &c);

    if (err == ERR_OK)
        err = letter_read(req, &c, &s);
    for (size_t i = 0; err == ERR_OK && i < n; i++) {
        if (!law_known(&s, chosen[i]))
            form_error(req, "laws", "error.field.unknown");
    }
    if (err == ERR_OK && param_bool(req, "name_real") && param_text(req, "name").n == 0)
        form_error(req, "name", "paper.text.error.name");
    if (req->form.errors != 0)
        err = ERR_FORM;
    if (err == ERR_OK)
        err = db_write(
            req->db, "desk.letter_save", NULL, DB_BYTES("p_session", desk_bearer(req)),
            DB_UUID("p_case", c.id), DB_INT("p_version", param_int(req, "version")),
            DB_UUID_OR_NULL("p_filing", param_uuid(req, "filing"), param_present(req, "filing")),
            DB_BYTES("p_text",
                     seal_field(req->arena, c.key, "letter_text", &c.id, "text", text_json(req))));
    return desk_done(req, rep, err, &c, "/papers");
}
