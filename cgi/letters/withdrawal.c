#include "core/arena.h"
#include "core/json.h"
#include "letters/compose.h"

enum err letter_withdrawal(struct arena *a, const struct locale *locale, const json_t *model,
                           struct str *pdf, json_t *missing)
{
    struct letter l = letter_begin(a, locale, model, missing);
    const json_t *us = json_object_get(model, "complainant");
    const json_t *them = json_object_get(model, "respondent");
    const json_t *evidence = json_object_get(model, "evidence");
    const json_t *no_pressure = json_object_get(model, "no_pressure");

    letter_title(&l, "letters.withdrawal.title");
    letter_field(&l, "letters.addressee",
                 letter_need(&l, model, "addressee", "letters.missing.addressee"));
    letter_field(&l, "letters.complainant",
                 letter_need(&l, us, "name", "letters.missing.complainant"));
    letter_field(&l, "letters.contact", letter_need(&l, us, "contact", "letters.missing.contact"));
    letter_field(&l, "letters.respondent",
                 letter_need(&l, them, "name", "letters.missing.respondent"));

    letter_heading(&l, "letters.withdrawal.complaint");
    letter_field(&l, "letters.channel",
                 letter_need(&l, model, "channel_label", "letters.missing.channel"));
    letter_field(&l, "letters.filing_no", letter_value(model, "filing_no"));
    letter_field(&l, "letters.filing_proof", letter_value(model, "filing_proof"));
    if (str_empty(letter_value(model, "filing_no")) &&
        str_empty(letter_value(model, "filing_proof")))
        letter_lacks(&l, "letters.missing.filing_no");
    letter_field(&l, "letters.filed_on",
                 letter_when(&l, letter_need(&l, model, "filed_on", "letters.missing.filed_on")));
    letter_field(&l, "letters.cause",
                 letter_need(&l, model, "problem_label", "letters.missing.cause"));

    letter_heading(&l, "letters.withdrawal.reason");
    letter_field(&l, "letters.withdrawal.kind",
                 letter_need(&l, model, "reason_label", "letters.missing.reason"));
    letter_text(&l, letter_open_text(&l, model, "reason_text"));
    (void)letter_need(&l, model, "reason_text", "letters.missing.reason_text");

    if (json_array_size(evidence) > 0) {
        letter_heading(&l, "letters.withdrawal.proof");
        letter_evidence_table(&l, evidence);
    } else if (json_truth(model, "needs_proof")) {
        letter_lacks(&l, "letters.missing.proof");
    }

    letter_heading(&l, "letters.withdrawal.statement");
    letter_text(&l, locale_textz(a, locale, "letters.withdrawal.effect"));
    if (json_is_true(no_pressure))
        letter_text(&l, locale_textz(a, locale, "letters.withdrawal.no_pressure"));
    if (!json_truth(model, "effect_acknowledged"))
        letter_lacks(&l, "letters.missing.effect");
    letter_signature(&l, "letters.sign_complainant");
    return letter_end(&l, LETTER_WITHDRAWAL, "letters.withdrawal.title", pdf);
}
