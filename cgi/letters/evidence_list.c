#include "core/arena.h"
#include "core/json.h"
#include "letters/compose.h"

/* Name, and where it comes from, in one cell: eight columns would leave each too narrow for A4. */
static struct str name_of(struct letter *l, const json_t *item)
{
    struct str kind = letter_value(item, "kind_label");
    struct str name = letter_open_text(l, item, "name");
    struct str source = letter_open_text(l, item, "source");

    if (!str_empty(kind) && !str_empty(name))
        name = letter_say(l, "letters.evidence.kind_and_name", "kind", kind, "name", name, NULL);
    else if (str_empty(name))
        name = kind;
    return str_empty(source)
               ? name
               : letter_say(l, "letters.evidence.from", "name", name, "source", source, NULL);
}

static struct str form_of(struct letter *l, const json_t *item)
{
    struct str form = letter_value(item, "form_label");
    const json_t *bytes = json_object_get(item, "bytes");

    if (!json_is_integer(bytes))
        return form;

    struct str size = locale_bytes(l->arena, l->locale, json_integer_value(bytes));

    return str_empty(form) ? size : str_fmt(l->arena, "%.*s\n%.*s", STR_ARG(form), STR_ARG(size));
}

enum err letter_evidence_list(struct arena *a, const struct locale *locale, const json_t *model,
                              struct str *pdf, json_t *missing)
{
    static const char *const head[] = {
        "letters.evidence.head_no",     "letters.evidence.head_name",
        "letters.evidence.head_proves", "letters.evidence.head_content",
        "letters.evidence.head_form",   "letters.evidence.head_sha256"};
    struct letter l = letter_begin(a, locale, model, missing);
    const json_t *items = json_object_get(model, "evidence");
    const json_t *one;
    size_t i;

    letter_title(&l, "letters.evidence.title");
    letter_field(&l, "letters.case_no", letter_value(model, "case_no"));
    letter_field(&l, "letters.complainant",
                 letter_need(&l, json_object_get(model, "complainant"), "name",
                             "letters.missing.complainant"));
    letter_field(&l, "letters.respondent",
                 letter_need(&l, json_object_get(model, "respondent"), "name",
                             "letters.missing.respondent"));
    letter_space(&l);
    if (json_array_size(items) == 0)
        letter_lacks(&l, "letters.missing.evidence");
    letter_head(&l, head, 6);
    json_array_foreach(items, i, one)
    {
        const struct str cells[] = {letter_evidence_no(&l, one, i),
                                    name_of(&l, one),
                                    letter_open_text(&l, one, "proves"),
                                    letter_open_text(&l, one, "content"),
                                    form_of(&l, one),
                                    letter_value(one, "sha256")};

        letter_row(&l, cells, 6);
    }
    letter_small(&l, locale_textz(a, locale, "letters.evidence.hash_note"));
    letter_signature(&l, "letters.sign_submitter");
    return letter_end(&l, LETTER_EVIDENCE_LIST, "letters.evidence.title", pdf);
}
