/* The content models of complaint letter (投诉书) and evidence list (证据目录), from the case and the text that was written for it. */
#include <string.h>

#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/vocab.h"
#include "desk/letter.h"

/* ---- reading ---- */

static enum err open_into(struct request *req, const struct open_case *c,
                          const struct db_rows *rows, const char *column, const char *name,
                          json_t *o)
{
    struct str plain = STR("");
    enum err err = ERR_OK;

    if (!db_is_null(rows, 0, column))
        err = seal_field_open(req->arena, c->key, "complaint", &c->id, name,
                              db_bytes(rows, 0, column), &plain);
    json_set_str(o, name, plain);
    return err;
}

static enum err read_told(struct request *req, const struct open_case *c, struct letter_source *s)
{
    struct db_rows *rows = NULL;
    enum err err = db_read(req->db, "desk.case_page", &rows,
                           DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", c->id));

    if (err != ERR_OK)
        return err;
    s->told = json_owned(req->arena, db_row_json(rows, 0));
    err = open_into(req, c, rows, "story_sealed", "story", s->told);
    if (err == ERR_OK)
        err = open_into(req, c, rows, "order_no_sealed", "order_no", s->told);
    if (err == ERR_OK)
        err = open_into(req, c, rows, "payment_no_sealed", "payment_no", s->told);
    if (err == ERR_OK)
        err = open_into(req, c, rows, "platform_link_sealed", "platform_link", s->told);
    if (err == ERR_OK)
        err = open_into(req, c, rows, "call_name_sealed", "call_name", s->told);
    return err;
}

/* The first text of a letter: what the case has already, and every article that fits. */
static json_t *first_text(struct request *req, const struct letter_source *s)
{
    json_t *text = json_owned(req->arena, json_object()), *laws = json_array();

    json_set_str(text, "name", json_str(s->told, "call_name"));
    json_set_str(text, "facts", json_str(s->told, "story"));
    for (size_t i = 0; i < db_count(s->laws); i++) {
        if (db_bool(s->laws, i, "valid"))
            (void)json_array_append_new(laws, json_of_str(db_text(s->laws, i, "id")));
    }
    json_set_new(text, "laws", laws);
    return text;
}

static void find_channel(struct letter_source *s)
{
    for (size_t i = 0; s->has_filing && i < db_count(s->filings); i++) {
        struct uuid id = db_uuid(s->filings, i, "id");

        if (str_eq(str_bytes(id.b, 16), str_bytes(s->filing.b, 16)))
            s->channel = db_text(s->filings, i, "channel");
    }
}

enum err letter_read(struct request *req, const struct open_case *c, struct letter_source *s)
{
    struct db_rows *rows = NULL;
    struct str plain;
    enum err err = read_told(req, c, s);

    if (err == ERR_OK)
        err = db_read(req->db, "desk.letter_laws", &s->laws,
                      DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", c->id));
    if (err == ERR_OK)
        err = db_read(req->db, "desk.letter_filings", &s->filings,
                      DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", c->id));
    if (err == ERR_OK)
        err = db_read(req->db, "desk.letter_get", &rows, DB_BYTES("p_session", desk_bearer(req)),
                      DB_UUID("p_case", c->id));
    if (err != ERR_OK)
        return err;
    s->version = db_int(rows, 0, "version");
    s->has_filing = !db_is_null(rows, 0, "filing_id");
    s->filing = db_uuid(rows, 0, "filing_id");
    s->law_day = db_text(rows, 0, "law_register_on");
    s->channel = s->contact = STR("");
    find_channel(s);
    if (!db_is_null(rows, 0, "contact_sealed"))
        err = seal_field_open(req->arena, c->key, "complaint", &c->id, "contact",
                              db_bytes(rows, 0, "contact_sealed"), &s->contact);
    if (err != ERR_OK)
        return err;
    s->text = first_text(req, s);
    if (s->version == 0)
        return ERR_OK;
    err = seal_field_open(req->arena, c->key, "letter_text", &c->id, "text",
                          db_bytes(rows, 0, "text_sealed"), &plain);
    if (err == ERR_OK)
        s->text = json_parse(req->arena, plain);
    return err == ERR_OK && s->text == NULL ? ERR_DAMAGED : err;
}

/* ---- texts ---- */

json_t *letter_lines(struct arena *a, struct str text)
{
    json_t *list = json_array();
    struct str line;

    text = str_fold_lines(a, text);
    while (text.n != 0) {
        json_t *o;

        (void)str_cut(text, '\n', &line, &text);
        line = str_trim(line);
        if (line.n == 0)
            continue;
        o = json_object();
        json_set_str(o, "text", line);
        (void)json_array_append_new(list, o);
    }
    return list;
}

enum err letter_words(struct request *req, const struct letter_source *s, struct str text,
                      struct findings *out)
{
    struct db_rows *rows = NULL;
    struct str names[] = {json_str(s->told, "registered_name"), json_str(s->told, "platform")};
    struct wording_input in = {.text = text,
                               .use = WORDING_PUBLIC,
                               .part = "facts",
                               .channel = s->channel,
                               .names = names,
                               .n_names = 2};
    enum err err =
        db_read(req->db, "desk.wording_lists", &rows, DB_BYTES("p_session", desk_bearer(req)));

    *out = findings_new(req->arena);
    if (err == ERR_OK)
        wording_findings(json_owned(req->arena, db_rows_json(rows)), &in, out);
    return err;
}

/* ---- models ---- */

static void set_if(json_t *to, const char *name, struct str value)
{
    if (str_trim(value).n != 0)
        json_set_str(to, name, value);
}

/* A name that nobody has confirmed may be a nickname, and no letter goes out under one. */
static json_t *complainant(const struct letter_source *s)
{
    json_t *us = json_object();
    struct str contact = json_str(s->text, "contact");

    if (json_truth(s->text, "name_real"))
        set_if(us, "name", json_str(s->text, "name"));
    set_if(us, "identity", json_str(s->text, "identity"));
    set_if(us, "address", json_str(s->text, "address"));
    set_if(us, "contact", contact.n != 0 ? contact : s->contact);
    return us;
}

static json_t *respondent(const struct letter_source *s)
{
    json_t *them = json_object();
    struct str registered = json_str(s->told, "registered_name"),
               platform = json_str(s->told, "platform");

    set_if(them, "name", registered.n != 0 ? registered : platform);
    if (registered.n != 0)
        set_if(them, "platform", platform);
    set_if(them, "credit_code", json_str(s->told, "credit_code"));
    set_if(them, "contact", json_str(s->told, "platform_link"));
    return them;
}

static json_t *purchase(struct request *req, const struct letter_source *s)
{
    json_t *p = json_object();

    json_set_str(p, "product", vocab_label(req, "product_type", json_str(s->told, "product_type")));
    set_if(p, "order_no", json_str(s->told, "order_no"));
    set_if(p, "paid_on", json_str(s->told, "paid_on"));
    json_set_int(p, "amount_fen", json_int(s->told, "amount_fen"));
    set_if(p, "pay_method_label", vocab_label(req, "pay_method", json_str(s->told, "pay_method")));
    set_if(p, "payment_no", json_str(s->told, "payment_no"));
    return p;
}

static json_t *rules(const struct letter_source *s)
{
    json_t *list = json_array(), *o;

    if (json_str(s->text, "rule_title").n == 0)
        return list;
    o = json_object();
    set_if(o, "title", json_str(s->text, "rule_title"));
    set_if(o, "clause", json_str(s->text, "rule_clause"));
    set_if(o, "version_on", json_str(s->text, "rule_version"));
    set_if(o, "text", json_str(s->text, "rule_text"));
    (void)json_array_append_new(list, o);
    return list;
}

/* Articles in the order of the register's defaults; one that was not in force on the day of payment never gets in (V-LAW-01). */
static json_t *laws(const struct letter_source *s)
{
    json_t *list = json_array(), *id, *o;
    size_t k;

    for (size_t i = 0; i < db_count(s->laws); i++) {
        bool chosen = false;

        json_array_foreach(json_object_get(s->text, "laws"), k, id) chosen =
            chosen || str_eqz(db_text(s->laws, i, "id"), json_string_value(id));
        if (!chosen || !db_bool(s->laws, i, "valid"))
            continue;
        o = json_object();
        json_set_str(o, "name", db_text(s->laws, i, "name_zh"));
        set_if(o, "article", db_text(s->laws, i, "article"));
        json_set_str(o, "gist", db_text(s->laws, i, "gist_zh"));
        json_set_bool(o, "unverified", !db_bool(s->laws, i, "verified"));
        (void)json_array_append_new(list, o);
    }
    return list;
}

static enum err add_demands(struct request *req, const struct open_case *c, json_t *model)
{
    struct db_rows *rows = NULL;
    json_t *list = json_array();
    enum err err = db_read(req->db, "desk.letter_demands", &rows,
                           DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", c->id));

    json_set_new(model, "demands", list);
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        struct uuid id = db_uuid(rows, i, "id");
        struct str text = STR("");
        json_t *row = db_row_json(rows, i);

        (void)json_array_append_new(list, row);
        if (!db_is_null(rows, i, "text_sealed"))
            err = seal_field_open(req->arena, c->key, "demand", &id, "text",
                                  db_bytes(rows, i, "text_sealed"), &text);
        (void)json_object_del(row, "id");
        json_set_str(row, "text", text);
        json_set_str(row, "kind_label", vocab_label(req, "demand_kind", json_str(row, "kind")));
    }
    return err;
}

/* "图片" for image/png; what could not be told is a file. */
static struct str form_label(struct request *req, struct str type)
{
    const char *key = str_starts(type, STR("image/"))    ? "paper.form.image"
                      : str_starts(type, STR("video/"))  ? "paper.form.video"
                      : str_starts(type, STR("audio/"))  ? "paper.form.audio"
                      : str_eqz(type, "application/pdf") ? "paper.form.pdf"
                                                         : "paper.form.file";

    return locale_textz(req->arena, req->locale, key);
}

static void add_file_facts(struct request *req, const json_t *files, json_t *item)
{
    const json_t *f;
    size_t i;

    json_array_foreach(files, i, f)
    {
        if (!str_eq(json_str(f, "file_id"), json_str(item, "file_id")))
            continue;
        json_set_str(item, "name", json_str(f, "name"));
        json_set_int(item, "bytes", json_int(f, "bytes"));
        json_set_str(item, "sha256", json_str(f, "sha256"));
        json_set_str(item, "form_label", form_label(req, json_str(f, "real_type")));
        json_set_str(item, "source",
                     locale_textz(req->arena, req->locale,
                                  json_truth(f, "from_complainant") ? "paper.source.complainant"
                                                                    : "paper.source.volunteer"));
    }
}

static enum err add_evidence(struct request *req, const struct open_case *c, json_t *model)
{
    struct db_rows *rows = NULL;
    json_t *list = json_array(), *held = json_owned(req->arena, json_object());
    enum err err = desk_files(req, c, held);

    json_set_new(model, "evidence", list);
    if (err == ERR_OK)
        err = db_read(req->db, "desk.evidence_list", &rows, DB_BYTES("p_session", desk_bearer(req)),
                      DB_UUID("p_case", c->id));
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        struct uuid id = db_uuid(rows, i, "id"), file = db_uuid(rows, i, "file_id");
        struct str proves = STR("");
        json_t *item = json_object();

        (void)json_array_append_new(list, item);
        if (!db_is_null(rows, i, "proves_sealed"))
            err = seal_field_open(req->arena, c->key, "evidence", &id, "proves",
                                  db_bytes(rows, i, "proves_sealed"), &proves);
        json_set_int(item, "no", (int64_t)i + 1);
        json_set_str(item, "kind_label",
                     vocab_label(req, "evidence_kind", db_text(rows, i, "kind")));
        /* Without words of its own an item proves its link of the chain. */
        json_set_str(item, "proves",
                     proves.n != 0 ? proves
                                   : vocab_label(req, "issue_node", db_text(rows, i, "node")));
        if (db_is_null(rows, i, "file_id"))
            continue;
        json_set_str(item, "file_id", uuid_text(req->arena, &file));
        add_file_facts(req, json_object_get(held, "files"), item);
        (void)json_object_del(item, "file_id");
    }
    return err;
}

static enum err complaint(struct request *req, const struct open_case *c,
                          const struct letter_source *s, json_t *m)
{
    struct str to = json_str(s->text, "addressee");
    json_t *agent = json_object();

    set_if(m, "addressee", to.n != 0 ? to : vocab_label(req, "channel", s->channel));
    set_if(agent, "name", json_str(s->text, "agent"));
    set_if(agent, "authority", json_str(s->text, "authority"));
    json_set_new(m, "agent", agent);
    json_set_new(m, "purchase", purchase(req, s));
    json_set_new(m, "facts", letter_lines(req->arena, json_str(s->text, "facts")));
    json_set_new(m, "negotiation", letter_lines(req->arena, json_str(s->text, "negotiation")));
    json_set_bool(m, "no_negotiation", json_truth(s->text, "no_negotiation"));
    json_set_new(m, "rules", rules(s));
    json_set_new(m, "laws", laws(s));
    set_if(m, "law_register_on", s->law_day);
    return add_demands(req, c, m);
}

enum err letter_document(struct request *req, const struct open_case *c,
                         const struct letter_source *s, struct str kind, struct document *d)
{
    const struct locale *page = document_words_begin(req);
    bool list = str_eqz(kind, "EVIDENCE_LIST");
    json_t *m = json_owned(req->arena, json_object());
    enum err err;

    *d = (struct document){.kind = list ? "EVIDENCE_LIST" : "COMPLAINT_LETTER",
                           .letter = list ? LETTER_EVIDENCE_LIST : LETTER_COMPLAINT,
                           .model = m,
                           .filing = s->filing,
                           .has_filing = s->has_filing};
    json_set_new(m, "complainant", complainant(s));
    json_set_new(m, "respondent", respondent(s));
    err = add_evidence(req, c, m);
    if (err == ERR_OK && !list)
        err = complaint(req, c, s, m);
    document_words_end(req, page);
    return err;
}
