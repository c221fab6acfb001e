/* /track/complaint: everything that the complainant told, opened with the case key; nothing of it can be changed here. */
#include "core/arena.h"
#include "core/buf.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/vocab.h"
#include "track/track.h"

struct told {
    struct request *req;
    const struct case_key *key;
    const struct db_rows *rows; /* one row of track.complaint */
    const json_t *choices;      /* {"<field>.<choice>": label} */
    json_t *list;               /* rows of the section at work */
    enum err err;               /* the first that did not open */
};

static struct str word(const struct told *t, const char *key)
{
    return locale_textz(t->req->arena, t->req->locale, key);
}

static void row(struct told *t, const char *label_key, struct str value)
{
    json_t *o = json_object();

    json_set_str(o, "label", word(t, label_key));
    json_set_str(o, "value", value.n != 0 ? value : word(t, "shared.not_given"));
    json_set_bool(o, "given", value.n != 0);
    (void)json_array_append_new(t->list, o);
}

/* The text of "<column>_sealed"; empty when there is none, or when it does not open (then t->err says so). */
static struct str opened(struct told *t, const char *column)
{
    const char *sealed = str_z(t->req->arena, str_fmt(t->req->arena, "%s_sealed", column));
    struct str text = STR("");
    enum err err;

    if (db_is_null(t->rows, 0, sealed))
        return text;
    err = seal_field_open(t->req->arena, t->key, "complaint", &track_case_of(t->req)->id, column,
                          db_bytes(t->rows, 0, sealed), &text);
    if (t->err == ERR_OK)
        t->err = err;
    return err == ERR_OK ? text : STR("");
}

static struct str choice(const struct told *t, const char *field, struct str code)
{
    const char *name =
        str_z(t->req->arena, str_fmt(t->req->arena, "%s.%.*s", field, STR_ARG(code)));
    struct str label = json_str(t->choices, name);

    return label.n != 0 ? label : code;
}

static void row_choice(struct told *t, const char *label_key, const char *field)
{
    struct str code = db_text(t->rows, 0, field);

    row(t, label_key, code.n != 0 ? choice(t, field, code) : code);
}

/* Several choices; prefix: of the locale keys of their labels, or NULL for choices of the form. */
static void row_many(struct told *t, const char *label_key, const char *field, const char *prefix)
{
    struct arena *a = t->req->arena;
    struct buf b = buf_new(a);
    struct str *codes;
    size_t n = db_texts(t->rows, 0, field, &codes);

    for (size_t i = 0; i < n; i++) {
        if (i != 0)
            buf_add(&b, word(t, "intake.check.between"));
        buf_add(&b, prefix == NULL
                        ? choice(t, field, codes[i])
                        : word(t, str_z(a, str_fmt(a, "%s.%.*s", prefix, STR_ARG(codes[i])))));
    }
    row(t, label_key, buf_str(&b));
}

/* Only when it was given. */
static void row_more(struct told *t, const char *label_key, struct str value)
{
    if (value.n != 0)
        row(t, label_key, value);
}

static void section(struct told *t, json_t *sections, const char *title_key)
{
    json_t *o = json_object();

    t->list = json_array();
    json_set_str(o, "title", word(t, title_key));
    json_set_new(o, "rows", t->list);
    (void)json_array_append_new(sections, o);
}

static void order_rows(struct told *t)
{
    row(t, "intake.platform.platform", db_text(t->rows, 0, "platform"));
    row_more(t, "intake.platform.platform_link", opened(t, "platform_link"));
    row_choice(t, "intake.platform.product", "product");
    row(t, "intake.platform.order_no", opened(t, "order_no"));
    row_choice(t, "intake.platform.pay_method", "pay_method");
    row(t, "intake.platform.payment_no", opened(t, "payment_no"));
}

static void story_rows(struct told *t)
{
    struct request *req = t->req;
    struct str day = db_text(t->rows, 0, "paid_on");

    row_choice(t, "intake.story.problem", "problem");
    row(t, "intake.story.paid_on", day.n != 0 ? locale_day(req->arena, req->locale, day) : day);
    row(t, "intake.story.amount_short",
        db_is_null(t->rows, 0, "amount_fen")
            ? STR("")
            : locale_fen(req->arena, req->locale, db_int(t->rows, 0, "amount_fen")));
    row(t, "intake.story.story_short", opened(t, "story"));
    row_many(t, "intake.story.wanted", "wanted", NULL);
    row_more(t, "intake.story.wanted_other", opened(t, "wanted_other"));
}

static void contact_rows(struct told *t)
{
    struct request *req = t->req;
    struct str way = db_text(t->rows, 0, "contact_way"), band = db_text(t->rows, 0, "age_band");
    struct str more = opened(t, "guardian");
    json_t *guardian = more.n != 0 ? json_parse(req->arena, more) : NULL;

    row_choice(t, "intake.contact.who", "who");
    row_more(t, "intake.contact.guardian_relation", json_str(guardian, "guardian_relation"));
    if (str_eqz(db_text(t->rows, 0, "who"), "guardian") && band.n != 0)
        row(t, "intake.contact.age_band", vocab_label(req, "age_band", band));
    row_more(t, "intake.contact.agent_for", json_str(guardian, "agent_for"));
    if (str_eqz(way, "mobile") || str_eqz(way, "email"))
        row(t, str_eqz(way, "email") ? "intake.contact.email" : "intake.contact.mobile",
            opened(t, "contact"));
    else
        row(t, "intake.contact.contact_way", word(t, "intake.contact.way.none"));
    row_more(t, "intake.contact.call_name", opened(t, "call_name"));
    row_many(t, "intake.contact.safe", "safe", "intake.contact.safe");
    row_more(t, "intake.contact.hours", opened(t, "hours"));
    row_choice(t, "intake.contact.purpose", "purpose");
}

/* {"<field>.<choice>": label} in the request's language. */
static enum err choices_read(struct request *req, json_t **out)
{
    const char *column = str_eqz(str_of(request_lang(req)), "en") ? "label_en" : "label_zh";
    json_t *all = json_owned(req->arena, json_object());
    struct db_rows *rows = NULL;
    enum err err = db_read0(req->db, "track.choices", &rows);

    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++)
        json_set_str(
            all,
            str_z(req->arena, str_fmt(req->arena, "%.*s.%.*s", STR_ARG(db_text(rows, i, "field")),
                                      STR_ARG(db_text(rows, i, "choice")))),
            db_text(rows, i, column));
    *out = all;
    return err;
}

enum err complaint_show(struct request *req, struct reply *rep)
{
    struct db_rows *rows = NULL;
    json_t *model, *sections, *choices;
    struct told t = {.req = req, .err = ERR_OK};
    enum err err = track_key(req, &t.key);

    if (err == ERR_OK)
        err = db_read(req->db, "track.complaint", &rows, DB_BYTES("p_track", track_bearer(req)));
    if (err == ERR_OK)
        err = choices_read(req, &choices);
    if (err != ERR_OK)
        return err;
    if (db_count(rows) != 1)
        return ERR_NOT_FOUND;
    t.rows = rows;
    t.choices = choices;
    model = track_model(req, "track.complaint.title", NULL);
    sections = json_array();
    json_set_new(model, "sections", sections);
    section(&t, sections, "intake.platform.title");
    order_rows(&t);
    section(&t, sections, "intake.story.title");
    story_rows(&t);
    section(&t, sections, "intake.contact.title");
    contact_rows(&t);
    if (t.err != ERR_OK) {
        json_decref(model);
        return t.err;
    }
    return reply_page(rep, "track/complaint", model);
}
