/* summary: what was filled in, as the check page shows it, and remarks on what is missing (UX.md §2.6); advice only. */
#include "core/arena.h"
#include "core/buf.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/vocab.h"
#include "intake/intake.h"

struct list {
    struct request *req;
    const json_t *stored, *choices;
    json_t *rows; /* of the section at work */
};

static struct str word(struct request *req, const char *key)
{
    return locale_textz(req->arena, req->locale, key);
}

static void row(struct list *l, const char *label_key, struct str value)
{
    json_t *o = json_object();

    json_set_str(o, "label", word(l->req, label_key));
    json_set_str(o, "value", value.n != 0 ? value : word(l->req, "shared.not_given"));
    json_set_bool(o, "given", value.n != 0);
    (void)json_array_append_new(l->rows, o);
}

static void row_text(struct list *l, const char *label_key, const char *name)
{
    row(l, label_key, json_str(l->stored, name));
}

/* Only when it was given. */
static void row_more(struct list *l, const char *label_key, const char *name)
{
    if (json_str(l->stored, name).n != 0)
        row_text(l, label_key, name);
}

static void row_choice(struct list *l, const char *label_key, const char *field)
{
    struct str code = json_str(l->stored, field);

    row(l, label_key, code.n != 0 ? choice_label(l->choices, field, code) : code);
}

/* Codes whose labels are texts "<prefix>.<code>", or choices of a field when prefix is NULL. */
static void row_many(struct list *l, const char *label_key, const char *field, const char *prefix)
{
    const json_t *codes = json_object_get(l->stored, field);
    struct str between = word(l->req, "intake.check.between");
    struct buf b = buf_new(l->req->arena);

    for (size_t i = 0; i < json_array_size(codes); i++) {
        struct str code = str_of(json_string_value(json_array_get(codes, i)));

        if (i != 0)
            buf_add(&b, between);
        buf_add(&b, prefix == NULL
                        ? choice_label(l->choices, field, code)
                        : word(l->req, str_z(l->req->arena, str_fmt(l->req->arena, "%s.%.*s",
                                                                    prefix, STR_ARG(code)))));
    }
    row(l, label_key, buf_str(&b));
}

static void section(struct list *l, json_t *sections, const char *title_key, enum step step)
{
    json_t *o = json_object();

    l->rows = json_array();
    json_set_str(o, "title", word(l->req, title_key));
    json_set_z(o, "href", step_path(step));
    json_set_new(o, "rows", l->rows);
    (void)json_array_append_new(sections, o);
}

static void platform_rows(struct list *l)
{
    row_text(l, "intake.platform.platform", "platform");
    row_more(l, "intake.platform.platform_link", "platform_link");
    row_choice(l, "intake.platform.product", "product");
    row_text(l, "intake.platform.order_no", "order_no");
    row_choice(l, "intake.platform.pay_method", "pay_method");
    row_text(l, "intake.platform.payment_no", "payment_no");
}

static void story_rows(struct list *l)
{
    struct request *req = l->req;
    struct str day = json_str(l->stored, "paid_on");

    row_choice(l, "intake.story.problem", "problem");
    row(l, "intake.story.paid_on", day.n != 0 ? locale_day(req->arena, req->locale, day) : STR(""));
    row(l, "intake.story.amount_short",
        locale_fen(req->arena, req->locale, json_int(l->stored, "amount")));
    row_text(l, "intake.story.story_short", "story");
    row_many(l, "intake.story.wanted", "wanted", NULL);
    row_more(l, "intake.story.wanted_other", "wanted_other");
}

static void contact_rows(struct list *l)
{
    struct request *req = l->req;
    struct str way = json_str(l->stored, "contact_way"), band = json_str(l->stored, "age_band");

    row_choice(l, "intake.contact.who", "who");
    row_more(l, "intake.contact.guardian_relation", "guardian_relation");
    if (band.n != 0)
        row(l, "intake.contact.age_band", vocab_label(req, "age_band", band));
    row_more(l, "intake.contact.agent_for", "agent_for");
    if (str_eqz(way, "mobile"))
        row_text(l, "intake.contact.mobile", "mobile");
    else if (str_eqz(way, "email"))
        row_text(l, "intake.contact.email", "email");
    else
        row(l, "intake.contact.contact_way", word(req, "intake.contact.way.none"));
    row_more(l, "intake.contact.call_name", "call_name");
    row_many(l, "intake.contact.safe", "safe", "intake.contact.safe");
    row_more(l, "intake.contact.hours", "hours");
    row_choice(l, "intake.contact.purpose", "purpose");
}

static void consent_rows(struct list *l)
{
    static const char *const fields[] = {"consent_platform", "consent_payment", "consent_stats",
                                         "consent_story"};
    struct request *req = l->req;

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const char *key = str_z(req->arena, str_fmt(req->arena, "intake.contact.%s", fields[i]));

        row(l, key, word(req, json_truth(l->stored, fields[i]) ? "shared.yes" : "shared.no"));
    }
}

static void note(struct request *req, json_t *notes, bool say, const char *key)
{
    if (say)
        (void)json_array_append_new(notes, json_of_str(word(req, key)));
}

static void notes_add(struct list *l, json_t *model)
{
    json_t *notes = json_array();
    struct request *req = l->req;
    const json_t *s = l->stored;

    note(req, notes, !json_truth(model, "has_files"), "intake.check.note.no_files");
    note(req, notes, json_str(s, "order_no").n == 0 && json_str(s, "payment_no").n == 0,
         "intake.check.note.no_number");
    note(req, notes, json_str(s, "paid_on").n == 0, "intake.check.note.no_day");
    note(req, notes, json_int(s, "amount") == 0, "intake.check.note.no_amount");
    note(req, notes, str_eqz(json_str(s, "contact_way"), "none"), "intake.check.note.no_contact");
    note(req, notes, str_eqz(json_str(s, "purpose"), "resale"), "intake.check.note.resale");
    json_set_bool(model, "has_notes", json_array_size(notes) != 0);
    json_set_new(model, "notes", notes);
}

enum err summary_add(struct request *req, const struct draft *d, json_t *model)
{
    struct list l = {.req = req};
    json_t *stored, *choices, *sections = json_array();
    enum err err = draft_stored(req, d, &stored);

    json_set_new(model, "sections", sections);
    if (err == ERR_OK)
        err = intake_choices(req, &choices);
    if (err == ERR_OK)
        err = files_add(req, d, model);
    if (err != ERR_OK)
        return err;
    l.stored = stored;
    l.choices = choices;
    section(&l, sections, "intake.platform.title", STEP_PLATFORM);
    platform_rows(&l);
    section(&l, sections, "intake.story.title", STEP_STORY);
    story_rows(&l);
    section(&l, sections, "intake.contact.title", STEP_CONTACT);
    contact_rows(&l);
    consent_rows(&l);
    notes_add(&l, model);
    return ERR_OK;
}
