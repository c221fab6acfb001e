#include "core/arena.h"
#include "core/json.h"
#include "letters/compose.h"
#include "rules/masking.h"

static void parties(struct letter *l)
{
    const json_t *us = json_object_get(l->model, "complainant");
    const json_t *them = json_object_get(l->model, "respondent");
    const json_t *agent = json_object_get(l->model, "agent");
    struct str identity = letter_value(us, "identity");

    letter_heading(l, "letters.complaint.parties");
    letter_field(l, "letters.complainant",
                 letter_need(l, us, "name", "letters.missing.complainant"));
    letter_field(l, "letters.identity",
                 mask_text(l->arena, identity, MASKS_ID | MASKS_BANK | MASKS_KEY));
    letter_field(l, "letters.contact", letter_need(l, us, "contact", "letters.missing.contact"));
    letter_field(l, "letters.address", letter_value(us, "address"));
    letter_field(l, "letters.agent", letter_value(agent, "name"));
    letter_field(l, "letters.authority", letter_value(agent, "authority"));
    letter_space(l);
    letter_field(l, "letters.respondent",
                 letter_need(l, them, "name", "letters.missing.respondent"));
    letter_field(l, "letters.platform", letter_value(them, "platform"));
    letter_field(l, "letters.credit_code", letter_value(them, "credit_code"));
    letter_field(l, "letters.address", letter_value(them, "address"));
    letter_field(l, "letters.contact", letter_value(them, "contact"));
}

static void facts(struct letter *l)
{
    const json_t *purchase = json_object_get(l->model, "purchase");
    const json_t *entries = json_object_get(l->model, "facts");
    struct str story = letter_open_text(l, l->model, "story");
    const json_t *amount = json_object_get(purchase, "amount_fen");

    letter_heading(l, "letters.complaint.facts");
    letter_field(l, "letters.product", letter_open_text(l, purchase, "product"));
    letter_field(l, "letters.order_no", letter_value(purchase, "order_no"));
    letter_field(l, "letters.paid_on", letter_when(l, letter_value(purchase, "paid_on")));
    if (json_is_integer(amount))
        letter_field(l, "letters.paid", letter_money(l, json_integer_value(amount)));
    letter_field(l, "letters.pay_method", letter_value(purchase, "pay_method_label"));
    letter_field(l, "letters.payment_no", letter_value(purchase, "payment_no"));
    letter_timeline(l, entries);
    if (!str_empty(story))
        letter_text(l, story);
    if (json_array_size(entries) == 0 && str_empty(story))
        letter_lacks(l, "letters.missing.facts");
}

static void negotiation(struct letter *l)
{
    const json_t *entries = json_object_get(l->model, "negotiation");

    letter_heading(l, "letters.complaint.negotiation");
    letter_timeline(l, entries);
    if (json_array_size(entries) > 0)
        return;
    if (json_truth(l->model, "no_negotiation"))
        letter_text(l, locale_textz(l->arena, l->locale, "letters.complaint.no_negotiation"));
    else
        letter_lacks(l, "letters.missing.negotiation");
}

/* Kind, how much, by when, and the words that were typed. */
static struct str demand_text(struct letter *l, const json_t *demand)
{
    struct str kind = letter_value(demand, "kind_label");
    struct str typed = letter_open_text(l, demand, "text");
    struct str by = letter_value(demand, "by_day");
    int64_t fen = json_int(demand, "amount_fen");
    int64_t quantity = json_int(demand, "quantity");
    struct str size = {0};

    if (fen > 0)
        size = letter_money(l, fen);
    else if (quantity > 0)
        size =
            letter_say(l, "letters.quantity", "n", str_fmt(l->arena, "%lld", (long long)quantity),
                       "unit", letter_value(demand, "unit"), NULL);

    struct str text = kind;

    if (!str_empty(size))
        text = letter_say(l, "letters.demand.with_size", "kind", kind, "size", size, NULL);
    if (!str_empty(by))
        text = letter_say(l, "letters.demand.by", "demand", text, "day", letter_when(l, by), NULL);
    if (!str_empty(typed))
        text = str_empty(text)
                   ? typed
                   : letter_say(l, "letters.demand.with_text", "demand", text, "text", typed, NULL);
    if (json_truth(demand, "alternative"))
        text = letter_say(l, "letters.demand.alternative", "demand", text, NULL);
    return text;
}

static void demands(struct letter *l)
{
    const json_t *one;
    size_t i;
    size_t n = 0;

    letter_heading(l, "letters.complaint.demands");
    json_array_foreach(json_object_get(l->model, "demands"), i, one)
    {
        struct str text = demand_text(l, one);

        if (!str_empty(text))
            letter_numbered(l, ++n, text);
    }
    if (n == 0)
        letter_lacks(l, "letters.missing.demands");
}

/* "subject: text", or the subject alone. */
static struct str with_text(const struct letter *l, struct str subject, struct str text)
{
    if (str_empty(text))
        return subject;
    return letter_say(l, "letters.with_text", "subject", subject, "text", text, NULL);
}

static struct str rule_text(const struct letter *l, const json_t *rule)
{
    struct str clause = letter_value(rule, "clause");
    struct str version = letter_value(rule, "version_on");
    struct str text = letter_say(l, "letters.complaint.rule", "title", letter_value(rule, "title"),
                                 "clause", clause, NULL);

    if (!str_empty(version))
        text = letter_say(l, "letters.complaint.rule_version", "rule", text, "version",
                          letter_when(l, version), NULL);
    return with_text(l, text, letter_open_text(l, rule, "text"));
}

static struct str law_text(const struct letter *l, const json_t *law)
{
    struct str name = letter_value(law, "name");
    struct str article = letter_value(law, "article");
    struct str text =
        str_empty(article)
            ? letter_say(l, "letters.complaint.law_whole", "name", name, NULL)
            : letter_say(l, "letters.complaint.law", "name", name, "article", article, NULL);

    if (json_truth(law, "unverified"))
        text = letter_say(l, "letters.complaint.law_unverified", "law", text, NULL);
    return with_text(l, text, letter_value(law, "gist"));
}

/* The platform's own rule first, then the law (R-WORD-05). */
static void basis(struct letter *l)
{
    const json_t *rules = json_object_get(l->model, "rules");
    const json_t *laws = json_object_get(l->model, "laws");
    const json_t *one;
    size_t i;
    size_t n = 0;

    letter_heading(l, "letters.complaint.basis");
    json_array_foreach(rules, i, one)
    {
        letter_numbered(l, ++n, rule_text(l, one));
    }
    json_array_foreach(laws, i, one)
    {
        letter_numbered(l, ++n, law_text(l, one));
    }
    if (n == 0)
        letter_lacks(l, "letters.missing.basis");
    else if (json_array_size(laws) > 0)
        letter_small(l, locale_textz(l->arena, l->locale, "letters.complaint.gist_note"));
}

static void evidence(struct letter *l)
{
    const json_t *items = json_object_get(l->model, "evidence");
    const json_t *attachments = json_object_get(l->model, "attachments");
    const json_t *one;
    size_t i;

    letter_heading(l, "letters.complaint.evidence");
    if (json_array_size(items) == 0)
        letter_lacks(l, "letters.missing.evidence");
    else
        letter_evidence_table(l, items);
    if (json_array_size(attachments) == 0)
        return;
    letter_heading(l, "letters.complaint.attachments");
    json_array_foreach(attachments, i, one)
    {
        if (json_is_string(one))
            letter_numbered(l, i + 1,
                            mask_text(l->arena,
                                      str_bytes(json_string_value(one), json_string_length(one)),
                                      MASKS_ALL));
    }
}

enum err letter_complaint(struct arena *a, const struct locale *locale, const json_t *model,
                          struct str *pdf, json_t *missing)
{
    struct letter l = letter_begin(a, locale, model, missing);

    letter_title(&l, "letters.complaint.title");
    letter_field(&l, "letters.addressee",
                 letter_need(&l, model, "addressee", "letters.missing.addressee"));
    parties(&l);
    facts(&l);
    negotiation(&l);
    demands(&l);
    basis(&l);
    evidence(&l);
    letter_space(&l);
    letter_text(&l, locale_textz(a, locale, "letters.complaint.truth"));
    letter_signature(&l, "letters.sign_complainant");
    return letter_end(&l, LETTER_COMPLAINT, "letters.complaint.title", pdf);
}
