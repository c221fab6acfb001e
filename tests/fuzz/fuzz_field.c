/* fuzz_field: one typed value against each type of parameter.  The first byte chooses the type: 'a' PARAM_TEXT, 'b' PARAM_LINES … */
#include <string.h>

#include "core/clock.h"
#include "core/form.h"
#include "fuzz.h"

enum { TYPES = PARAM_FILE, SHORT = 2, LONG = 12 };

/* Texts have limits here, so that both sides of them are met. */
static struct param param_of(unsigned byte)
{
    struct param p = {.name = "x", .type = (enum param_type)((byte + TYPES * 16 - 'a') % TYPES)};

    if (p.type == PARAM_TEXT || p.type == PARAM_LINES || p.type == PARAM_SECRET) {
        p.min = SHORT;
        p.max = LONG;
    }
    if (p.type == PARAM_INT && byte > 'z')
        p.min = -1000;
    return p;
}

static void check_limits(const struct field *f)
{
    const struct param *p = f->param;
    int64_t chars = (int64_t)str_chars(f->text);

    must(str_is_text(f->text));
    must(f->present);
    if (p->max == LONG)
        must(chars >= SHORT && chars <= LONG);
    if (p->type == PARAM_INT || p->type == PARAM_FEN)
        must(f->number >= p->min && f->number <= form_max(p));
    if (p->type == PARAM_EMAIL)
        must(f->text.n <= 254 && memchr(f->text.p, '\n', f->text.n) == NULL);
    if (p->type == PARAM_CODE || p->type == PARAM_NUMBER)
        must(f->text.n <= 64);
}

/* What passed is in its normal form: typed once more it passes as the same. */
static void check_again(struct arena *a, const struct field *f)
{
    struct field again = {.param = f->param};
    int64_t t;

    if (f->param->type == PARAM_TIME) {
        must(clock_parse(f->text, &t) && t / 1000 == f->number / 1000);
        return;
    }
    form_parse(a, &again, f->param->type == PARAM_FEN ? form_show_fen(a, f->number) : f->text);
    must(again.ok);
    must(again.number == f->number);
    must(str_eq(again.text, f->text));
}

void fuzz_one(struct arena *a, struct str input)
{
    const struct param param = param_of(fuzz_byte(&input));
    struct field f = {.param = &param};
    struct str typed = str_repair(a, input);

    must(str_is_text(typed) && str_eq(str_repair(a, typed), typed));
    form_parse(a, &f, typed);
    fuzz_field(&f);
    must(f.ok || f.error != NULL || !f.present);
    if (!f.ok)
        return;
    check_limits(&f);
    check_again(a, &f);
}
