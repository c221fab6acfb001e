/* fuzz_number: normal forms under which numbers, addresses and platforms are found again, and the masking of what is secret. */
#include "core/form.h"
#include "fuzz.h"
#include "rules/masking.h"
#include "rules/number_key.h"

typedef struct str normal_fn(struct arena *a, struct str typed);

/* Who types a normal form means the same thing. */
static void check_twice(struct arena *a, normal_fn *normal, struct str typed)
{
    struct str key = normal(a, typed);

    must(str_is_text(key));
    must(str_eq(normal(a, key), key));
}

/* What a form accepts has the key of what was typed into it. */
static void check_form(struct arena *a, enum param_type type, normal_fn *normal, struct str typed)
{
    struct param param = {.name = "x", .type = type};
    struct field f = {.param = &param};

    form_parse(a, &f, typed);
    if (f.ok)
        must(str_eq(normal(a, f.text), normal(a, typed)));
}

static void check_masks(struct arena *a, struct str text)
{
    struct mask_hit *hits;
    size_t n = mask_find(a, text, MASKS_ALL, &hits), at = 0;

    for (size_t i = 0; i < n; i++) {
        must(hits[i].at >= at && hits[i].n != 0 && hits[i].n <= text.n - hits[i].at);
        must(str_is_text(str_sub(text, hits[i].at, hits[i].n)) && str_is_text(hits[i].masked));
        at = hits[i].at + hits[i].n;
    }
    must(str_is_text(mask_text(a, text, MASKS_ALL)));
    must(str_is_text(mask_tail(a, text, 4)));
}

void fuzz_one(struct arena *a, struct str input)
{
    struct str typed = str_repair(a, input);

    check_twice(a, number_key_order, typed);
    check_twice(a, number_key_phone, typed);
    check_twice(a, number_key_email, typed);
    check_twice(a, number_key_platform, typed);
    check_form(a, PARAM_NUMBER, number_key_order, typed);
    check_form(a, PARAM_MOBILE, number_key_phone, typed);
    check_form(a, PARAM_EMAIL, number_key_email, typed);
    check_masks(a, typed);
}
