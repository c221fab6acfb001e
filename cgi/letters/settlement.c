#include "rules/settlement.h"

#include <string.h>

#include "core/arena.h"
#include "core/json.h"
#include "letters/compose.h"
#include "rules/masking.h"

/* What V-SET-01 refuses goes on the list of what is missing, each with its own sentence. */
static void refuse(struct letter *l, const struct findings *findings)
{
    for (size_t i = 0; i < findings->n; i++) {
        const struct finding *f = &findings->items[i];

        if (f->level != LEVEL_BLOCK)
            continue;

        json_t *values = json_owned(l->arena, finding_values(f, locale_code(l->locale)));
        json_t *item = json_object();

        json_set_z(item, "key", f->key);
        json_set_str(item, "text", locale_text(l->arena, l->locale, f->key, values));
        (void)json_array_append_new(l->missing, item);
    }
}

/* Without the full stop that the sentence around it brings. */
static struct str without_stop(struct str s)
{
    static const char *const stops[] = {"。", ".", "．"};

    s = str_trim(s);
    for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++) {
        if (str_ends(s, str_of(stops[i])))
            return str_sub(s, 0, s.n - strlen(stops[i]));
    }
    return s;
}

static void parties(struct letter *l)
{
    const json_t *us = json_object_get(l->model, "complainant");
    const json_t *them = json_object_get(l->model, "respondent");
    struct str identity = mask_text(l->arena, letter_value(us, "identity"), MASKS_ID | MASKS_BANK);

    letter_field(l, "letters.settlement.party_a", letter_value(us, "name"));
    letter_field(l, "letters.identity", identity);
    letter_field(l, "letters.contact", letter_value(us, "contact"));
    letter_space(l);
    letter_field(l, "letters.settlement.party_b", letter_value(them, "name"));
    letter_field(l, "letters.credit_code", letter_value(them, "credit_code"));
    letter_field(l, "letters.representative", letter_value(them, "representative"));
    letter_field(l, "letters.contact", letter_value(them, "contact"));
    letter_space(l);
    letter_text(l, locale_textz(l->arena, l->locale, "letters.settlement.intro"));
}

static struct str performance(struct letter *l)
{
    const json_t *m = l->model;
    struct str day = letter_when(l, letter_value(m, "perform_by"));
    struct str method = letter_open_text(l, m, "method");
    struct str kind = letter_value(m, "kind");
    int64_t quantity = json_int(m, "quantity");
    struct str goods = letter_open_text(l, m, "delivered");

    if (str_eqz(kind, "REFUND") || str_eqz(kind, "COMPENSATION")) {
        struct str account = mask_text(l->arena, letter_value(m, "account"), MASKS_ALL);

        return letter_say(l, "letters.settlement.pays", "day", day, "method", method, "money",
                          letter_money(l, json_int(m, "amount_fen")), "account", account, NULL);
    }
    if (quantity > 0) {
        struct str n =
            letter_say(l, "letters.quantity", "n", str_fmt(l->arena, "%lld", (long long)quantity),
                       "unit", letter_value(m, "unit"), NULL);

        goods = str_empty(goods) ? n
                                 : letter_say(l, "letters.settlement.goods", "goods", goods,
                                              "quantity", n, NULL);
    }
    return letter_say(l, "letters.settlement.delivers", "day", day, "method", method, "goods",
                      goods, NULL);
}

/* Which complaints are withdrawn, and that this comes after performance only. */
static struct str withdrawal(struct letter *l)
{
    const json_t *filings = json_object_get(l->model, "filings");
    int64_t days = json_int(l->model, "withdraw_days");
    struct str list = {0};
    const json_t *one;
    size_t i;

    if (json_array_size(filings) == 0)
        return locale_textz(l->arena, l->locale, "letters.settlement.no_filings");
    json_array_foreach(filings, i, one)
    {
        struct str no = letter_value(one, "filing_no");
        struct str channel = letter_value(one, "channel_label");
        struct str line =
            str_empty(no)
                ? letter_say(l, "letters.settlement.filing_without_no", "channel", channel, NULL)
                : letter_say(l, "letters.settlement.filing", "channel", channel, "no", no, NULL);

        list = str_fmt(l->arena, "%.*s\n(%zu) %.*s", STR_ARG(list), i + 1, STR_ARG(line));
    }

    struct str rule = letter_say(l, "letters.settlement.withdraws", "n",
                                 str_fmt(l->arena, "%lld", (long long)(days > 0 ? days : 3)), NULL);

    return str_fmt(l->arena, "%.*s%.*s", STR_ARG(rule), STR_ARG(list));
}

static void clauses(struct letter *l)
{
    const json_t *m = l->model;
    struct str secrecy = letter_open_text(l, m, "confidentiality");
    const json_t *one;
    size_t i;
    size_t n = 0;

    letter_numbered(l, ++n,
                    letter_say(l, "letters.settlement.dispute", "order_no",
                               letter_value(m, "order_no"), "dispute",
                               without_stop(letter_open_text(l, m, "dispute")), NULL));
    letter_numbered(l, ++n, performance(l));
    letter_numbered(l, ++n, withdrawal(l));
    letter_numbered(
        l, ++n,
        letter_say(l, "letters.settlement.breach", "text", letter_open_text(l, m, "breach"), NULL));
    letter_numbered(l, ++n,
                    str_empty(secrecy)
                        ? locale_textz(l->arena, l->locale, "letters.settlement.no_secrecy")
                        : letter_say(l, "letters.settlement.secrecy", "text", secrecy, NULL));
    letter_numbered(l, ++n,
                    locale_textz(l->arena, l->locale, "letters.settlement.right_to_report"));
    json_array_foreach(json_object_get(m, "extra_terms"), i, one)
    {
        if (json_is_string(one) && json_string_length(one) > 0)
            letter_numbered(l, ++n,
                            mask_text(l->arena,
                                      str_bytes(json_string_value(one), json_string_length(one)),
                                      MASKS_ALL));
    }
    letter_numbered(l, ++n,
                    letter_say(l, "letters.settlement.copies", "n",
                               str_fmt(l->arena, "%lld", (long long)json_int(m, "copies")), NULL));
}

static void signatures(struct letter *l)
{
    static const char *const head[] = {"letters.settlement.sign_a", "letters.settlement.sign_b"};
    /* Three empty lines to write on. */
    struct str words = locale_textz(l->arena, l->locale, "letters.settlement.sign_room");
    struct str room = str_fmt(l->arena, "\n\n\n%.*s", STR_ARG(words));
    const struct str cells[] = {room, room};
    struct str mediator = letter_value(l->model, "mediator");
    const json_t *annexes = json_object_get(l->model, "annexes");
    const json_t *one;
    size_t i;

    if (json_array_size(annexes) > 0) {
        letter_heading(l, "letters.settlement.annexes");
        json_array_foreach(annexes, i, one)
        {
            if (json_is_string(one))
                letter_numbered(l, i + 1,
                                str_bytes(json_string_value(one), json_string_length(one)));
        }
    }
    letter_space(l);
    letter_head(l, head, 2);
    letter_row(l, cells, 2);
    if (!str_empty(mediator))
        letter_right(l, letter_say(l, "letters.settlement.mediator", "name", mediator, NULL));
    if (!str_empty(letter_value(l->model, "signed_place")))
        letter_right(l, letter_say(l, "letters.settlement.place", "place",
                                   letter_value(l->model, "signed_place"), NULL));
    letter_right(l, letter_say(l, "letters.settlement.drawn_up", "date",
                               letter_when(l, letter_value(l->model, "date")), NULL));
}

enum err letter_settlement(struct arena *a, const struct locale *locale, const json_t *model,
                           struct str *pdf, json_t *missing)
{
    struct letter l = letter_begin(a, locale, model, missing);
    struct findings findings = findings_new(a);

    settlement_check(model, &findings);
    refuse(&l, &findings);
    letter_title(&l, "letters.settlement.title");
    parties(&l);
    clauses(&l);
    signatures(&l);
    return letter_end(&l, LETTER_SETTLEMENT, "letters.settlement.title", pdf);
}
