/*
 * /complaint/contact: step 4, who complains and how to reach them (UX.md §2.5).  Only the box of the chosen way is checked; the others
 * may hold anything.  For a child the guardian's part is asked (DOMAIN.md §3.11).
 */
#include "core/arena.h"
#include "core/buf.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/serve.h"
#include "core/token.h"
#include "core/vocab.h"
#include "intake/intake.h"
#include "rules/number_key.h"

static const char *const ways[] = {"mobile", "email", "none", NULL};
static const char *const safe_ways[] = {"phone", "text", "mail", "name", NULL};
static const char *const child_bands[] = {"U8", "8_13", "14_15", "16_17", NULL};

const struct param contact_params[] = {
    {.name = "who",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED,
     .label = "intake.contact.who",
     .empty = "error.field.choose",
     .bad = "error.field.unknown"},
    {.name = "guardian_relation",
     .type = PARAM_TEXT,
     .max = 40,
     .label = "intake.contact.guardian_relation"},
    {.name = "age_band",
     .type = PARAM_CODE,
     .choices = child_bands,
     .label = "intake.contact.age_band"},
    {.name = "consent_guardian", .type = PARAM_BOOL, .label = "intake.contact.consent_guardian"},
    {.name = "agent_for", .type = PARAM_TEXT, .max = 40, .label = "intake.contact.agent_for"},
    {.name = "contact_way",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED,
     .choices = ways,
     .label = "intake.contact.contact_way",
     .empty = "error.field.choose"},
    {.name = "mobile", .type = PARAM_MOBILE, .label = "intake.contact.mobile"},
    {.name = "email", .type = PARAM_EMAIL, .label = "intake.contact.email"},
    {.name = "call_name", .type = PARAM_TEXT, .max = 40, .label = "intake.contact.call_name"},
    {.name = "safe",
     .type = PARAM_CODE,
     .flags = PARAM_MANY,
     .choices = safe_ways,
     .label = "intake.contact.safe"},
    {.name = "hours", .type = PARAM_TEXT, .max = 60, .label = "intake.contact.hours"},
    {.name = "purpose",
     .type = PARAM_CODE,
     .label = "intake.contact.purpose",
     .bad = "error.field.unknown"},
    {.name = "consent_platform", .type = PARAM_BOOL, .label = "intake.contact.consent_platform"},
    {.name = "consent_payment", .type = PARAM_BOOL, .label = "intake.contact.consent_payment"},
    {.name = "consent_stats", .type = PARAM_BOOL, .label = "intake.contact.consent_stats"},
    {.name = "consent_story", .type = PARAM_BOOL, .label = "intake.contact.consent_story"},
    PARAM_THEN,
    {.name = NULL},
};

/* The consents of this page: field, and kind in ref.consent_text. */
static const struct {
    const char *field, *kind;
} consents[] = {
    {"consent_platform", "SHARE_PLATFORM"},    {"consent_payment", "SHARE_PAYMENT"},
    {"consent_stats", "STATISTICS"},           {"consent_story", "PUBLISH_STORY"},
    {"consent_guardian", "GUARDIAN_UNDER_14"},
};
enum { N_CONSENTS = sizeof consents / sizeof consents[0] };

/* ---- the page ---- */

static json_t *text_options(struct request *req, const char *const *codes, const char *area)
{
    json_t *list = json_array();

    for (size_t i = 0; codes[i] != NULL; i++) {
        json_t *o = json_object();

        json_set_z(o, "code", codes[i]);
        json_set_str(o, "label",
                     locale_textz(req->arena, req->locale,
                                  str_z(req->arena, str_fmt(req->arena, "intake.contact.%s.%s",
                                                            area, codes[i]))));
        (void)json_array_append_new(list, o);
    }
    return json_owned(req->arena, list);
}

static json_t *band_options(struct request *req)
{
    json_t *list = json_array();

    for (size_t i = 0; child_bands[i] != NULL; i++) {
        json_t *o = json_object();

        json_set_z(o, "code", child_bands[i]);
        json_set_str(o, "label", vocab_label(req, "age_band", str_of(child_bands[i])));
        (void)json_array_append_new(list, o);
    }
    return json_owned(req->arena, list);
}

/* Asked only after another answer, and then required. */
static void required_then(json_t *form)
{
    static const char *const names[] = {"age_band", "mobile", "email"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        json_set_bool(json_object_get(json_object_get(form, "f"), names[i]), "optional", false);
}

/* What is agreed to is the dated text itself, so that is what stands beside the tick. */
static enum err consent_labels(struct request *req, json_t *form)
{
    const char *column = str_eqz(STR("en"), request_lang(req)) ? "text_en" : "text_zh";
    struct db_rows *rows = NULL;
    enum err err = db_read0(req->db, "intake.consent_texts", &rows);

    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        for (size_t k = 0; k < N_CONSENTS; k++) {
            if (str_eqz(db_text(rows, i, "kind"), consents[k].kind))
                form_attr(form, consents[k].field, "label", db_text(rows, i, column));
        }
    }
    return err;
}

enum err contact_show(struct request *req, struct reply *rep)
{
    struct draft *d = NULL;
    json_t *stored, *choices, *model, *form;
    enum err err = draft_look(req, &d);

    if (err == ERR_OK && went_to_receipt(req, rep, d))
        return ERR_OK;
    if (err == ERR_OK && d == NULL && req->method == METHOD_GET)
        return reply_see_other(rep, "/complaint/platform");
    if (err == ERR_OK)
        err = draft_stored(req, d, &stored);
    if (err == ERR_OK)
        err = intake_choices(req, &choices);
    if (err != ERR_OK)
        return err;
    model = intake_model(req, "intake.contact.page_title", contact_params, stored);
    form = json_object_get(model, "form");
    choice_options(form, "who", choices);
    choice_options(form, "purpose", choices);
    form_options(form, "contact_way", text_options(req, ways, "way"));
    form_options(form, "safe", text_options(req, safe_ways, "safe"));
    form_options(form, "age_band", band_options(req));
    form_attr(form, "mobile", "autocomplete", STR("tel"));
    form_attr(form, "email", "autocomplete", STR("email"));
    form_attr(form, "call_name", "autocomplete", STR("nickname"));
    required_then(form);
    step_frame(model, STEP_CONTACT, d);
    err = consent_labels(req, form);
    if (err != ERR_OK) {
        json_decref(model);
        return err;
    }
    return reply_page(rep, "intake/contact", model);
}

/* ---- the checks that depend on an answer ---- */

static bool chose(const struct request *req, const char *name, const char *code)
{
    return str_eqz(param_text(req, name), code);
}

/* A box that was not chosen is not checked. */
static void ignore(struct request *req, const char *name)
{
    struct field *f = form_field(req, name);

    if (f->error == NULL)
        return;
    f->error = NULL;
    req->form.errors--;
}

static void need(struct request *req, const char *name, const char *key)
{
    const struct field *f = form_field(req, name);

    if (!f->present && f->error == NULL && !form_later(req))
        form_error(req, name, key);
}

static bool is_safe(const struct request *req, const char *code)
{
    struct str *codes;
    size_t n = param_many(req, "safe", &codes);

    for (size_t i = 0; i < n; i++) {
        if (str_eqz(codes[i], code))
            return true;
    }
    return false;
}

static bool under_14(const struct request *req)
{
    return chose(req, "who", "guardian") &&
           (chose(req, "age_band", "U8") || chose(req, "age_band", "8_13"));
}

static void check_conditions(struct request *req)
{
    if (chose(req, "contact_way", "mobile"))
        need(req, "mobile", "intake.contact.error.mobile");
    else
        ignore(req, "mobile");
    if (chose(req, "contact_way", "email"))
        need(req, "email", "intake.contact.error.email");
    else
        ignore(req, "email");
    if (chose(req, "who", "guardian")) {
        need(req, "age_band", "intake.contact.error.age_band");
    } else {
        ignore(req, "age_band");
        ignore(req, "guardian_relation");
    }
    if (!chose(req, "who", "agent"))
        ignore(req, "agent_for");
    if (under_14(req) && !param_bool(req, "consent_guardian") && !form_later(req))
        form_error(req, "consent_guardian", "intake.contact.error.consent_guardian");
    if (is_safe(req, "mail") && param_present(req, "contact_way") &&
        !chose(req, "contact_way", "email"))
        form_error(req, "safe", "intake.contact.error.mail");
}

/* ---- saving ---- */

static struct str guardian_text(struct request *req)
{
    json_t *o = json_owned(req->arena, json_object());

    if (chose(req, "who", "guardian") && param_present(req, "guardian_relation"))
        json_set_str(o, "guardian_relation", param_text(req, "guardian_relation"));
    if (chose(req, "who", "agent") && param_present(req, "agent_for"))
        json_set_str(o, "agent_for", param_text(req, "agent_for"));
    return json_object_size(o) != 0 ? json_dump(req->arena, o) : STR("");
}

static struct str contact_hash(struct request *req, struct str contact)
{
    bool mail = chose(req, "contact_way", "email");
    struct str normal =
        mail ? number_key_email(req->arena, contact) : number_key_phone(req->arena, contact);
    unsigned char *hash = arena_alloc(req->arena, 32);

    if (contact.n == 0 || normal.n == 0)
        return STR("");
    token_lookup(req->arena, keys_get(req->app->keys, "lookup"), mail ? NUMBER_EMAIL : NUMBER_PHONE,
                 normal, hash);
    return str_bytes(hash, 32);
}

/* Only with the reminder ticked the address is also sealed to the program that sends mail: case id ‖ address (SECURITY.md §3.3). */
static struct str mail_box(struct request *req, const struct draft *d, struct str contact)
{
    struct buf plain = buf_new(req->arena);

    if (!chose(req, "contact_way", "email") || !is_safe(req, "mail"))
        return STR("");
    buf_add(&plain, str_bytes(d->key->id.b, sizeof d->key->id.b));
    buf_add(&plain, contact);
    return seal_box(req->arena, keys_get(req->app->keys, "mail.public"), buf_str(&plain));
}

static size_t consents_given(const struct request *req, struct str kinds[N_CONSENTS])
{
    size_t n = 0;

    for (size_t i = 0; i < N_CONSENTS; i++) {
        bool guardians = str_eqz(str_of(consents[i].kind), "GUARDIAN_UNDER_14");

        if (param_bool(req, consents[i].field) && (!guardians || chose(req, "who", "guardian")))
            kinds[n++] = str_of(consents[i].kind);
    }
    return n;
}

static enum err contact_save(struct request *req, const struct draft *d)
{
    struct str contact = chose(req, "contact_way", "mobile")  ? param_text(req, "mobile")
                         : chose(req, "contact_way", "email") ? param_text(req, "email")
                                                              : STR("");
    struct str kinds[N_CONSENTS], *safe;
    size_t n_kinds = consents_given(req, kinds), n_safe = param_many(req, "safe", &safe);
    struct str band = chose(req, "who", "guardian") ? param_text(req, "age_band") : STR("");

    return db_write(
        req->db, "intake.save_contact", NULL, DB_BYTES("p_draft", session_bearer(d->session)),
        DB_TEXT_OR_NULL("p_who", param_text(req, "who")),
        DB_BYTES_OR_NULL("p_guardian", draft_seal(req, d, "guardian", guardian_text(req))),
        DB_TEXT_OR_NULL("p_age_band", band),
        DB_TEXT_OR_NULL("p_contact_way", param_text(req, "contact_way")),
        DB_BYTES_OR_NULL("p_contact", draft_seal(req, d, "contact", contact)),
        DB_BYTES_OR_NULL("p_contact_hash", contact_hash(req, contact)),
        DB_BYTES_OR_NULL("p_call_name",
                         draft_seal(req, d, "call_name", param_text(req, "call_name"))),
        DB_TEXTS("p_safe", safe, n_safe), DB_BYTES_OR_NULL("p_mail", mail_box(req, d, contact)),
        DB_BYTES_OR_NULL("p_hours", draft_seal(req, d, "hours", param_text(req, "hours"))),
        DB_TEXT_OR_NULL("p_purpose", param_text(req, "purpose")),
        DB_TEXTS("p_consents", kinds, n_kinds));
}

enum err contact_post(struct request *req, struct reply *rep)
{
    struct draft *d;
    enum err err;

    check_conditions(req);
    if (req->form.errors != 0)
        return reply_form_again(req, rep, ERR_FORM);
    err = draft_for_step(req, rep, &d);
    if (err == ERR_OK)
        err = contact_save(req, d);
    if (err != ERR_OK)
        return intake_again(req, rep, err);
    return step_on(req, rep, d, STEP_CONTACT);
}
