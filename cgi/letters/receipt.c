#include "core/arena.h"
#include "core/json.h"
#include "letters/compose.h"
#include "rules/masking.h"

/* The receipt is shown around: a tracking code that got into any text has the form of a key (groups of four) and is masked. */
static struct str shown(const struct letter *l, const json_t *object, const char *key)
{
    return letter_open_text(l, object, key);
}

static void evidence(struct letter *l, const json_t *items)
{
    static const char *const head[] = {"letters.evidence.head_no", "letters.receipt.head_file",
                                       "letters.receipt.head_size", "letters.evidence.head_sha256"};
    const json_t *one;
    size_t i;

    letter_heading(l, "letters.receipt.evidence");
    if (json_array_size(items) == 0) {
        letter_text(l, locale_textz(l->arena, l->locale, "letters.receipt.no_evidence"));
        return;
    }
    letter_head(l, head, 4);
    json_array_foreach(items, i, one)
    {
        const struct str cells[] = {letter_evidence_no(l, one, i), shown(l, one, "name"),
                                    locale_bytes(l->arena, l->locale, json_int(one, "bytes")),
                                    letter_value(one, "sha256")};

        letter_row(l, cells, 4);
    }
    letter_small(l, locale_textz(l->arena, l->locale, "letters.receipt.hash_note"));
}

static void steps(struct letter *l, const json_t *items)
{
    static const char *const head[] = {"letters.receipt.head_who", "letters.receipt.head_what",
                                       "letters.receipt.head_by"};
    const json_t *one;
    size_t i;

    letter_heading(l, "letters.receipt.next");
    if (json_array_size(items) == 0)
        letter_lacks(l, "letters.missing.steps");
    letter_head(l, head, 3);
    json_array_foreach(items, i, one)
    {
        const struct str cells[] = {shown(l, one, "who"), shown(l, one, "what"),
                                    letter_when(l, letter_value(one, "by_day"))};

        letter_row(l, cells, 3);
    }
}

enum err letter_receipt(struct arena *a, const struct locale *locale, const json_t *model,
                        struct str *pdf, json_t *missing)
{
    struct letter l = letter_begin(a, locale, model, missing);
    const json_t *amount = json_object_get(model, "amount_fen");
    struct str url = letter_need(&l, model, "track_url", "letters.missing.track_url");

    letter_title(&l, "letters.receipt.title");
    letter_field(&l, "letters.case_no", letter_value(model, "case_no"));
    letter_field(
        &l, "letters.receipt.received_at",
        letter_when(&l, letter_need(&l, model, "received_at", "letters.missing.received_at")));
    letter_field(&l, "letters.platform", shown(&l, model, "platform"));
    letter_field(&l, "letters.cause", letter_value(model, "problem_label"));
    if (json_is_integer(amount))
        letter_field(&l, "letters.paid", locale_fen(a, locale, json_integer_value(amount)));
    evidence(&l, json_object_get(model, "evidence"));
    steps(&l, json_object_get(model, "steps"));
    letter_heading(&l, "letters.receipt.follow");
    letter_text(&l, letter_say(&l, "letters.receipt.follow_text", "url", url, NULL));
    letter_qr(&l, url);
    letter_text(&l, locale_textz(a, locale, "letters.receipt.real"));
    return letter_end(&l, LETTER_RECEIPT, "letters.receipt.title", pdf);
}
