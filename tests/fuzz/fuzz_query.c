/* fuzz_query: queries and urlencoded bodies, and the table of parameters that they are checked against. */
#include "core/buf.h"
#include "core/request.h"
#include "fuzz.h"

enum { PAIRS_MAX = 8 };

static const char *const buttons[] = {"keep", "send", NULL};
static const struct param params[] = {
    {.name = "q", .type = PARAM_TEXT, .min = 2, .max = 20},
    {.name = "page", .type = PARAM_INT, .min = 1, .max = 1000},
    {.name = "tag", .type = PARAM_CODE, .flags = PARAM_MANY},
    {.name = "amount", .type = PARAM_FEN, .flags = PARAM_REQUIRED},
    {.name = "note", .type = PARAM_LINES, .max = 20},
    {.name = "version", .type = PARAM_INT, .flags = PARAM_REQUIRED},
    {.name = "step", .type = PARAM_CODE, .flags = PARAM_LATER, .choices = buttons},
    {0}};
static const struct route route = {.name = "r", .path = "/r", .params = params};

static struct str encode(struct arena *a, const struct pair *pairs, size_t n)
{
    struct buf b = buf_new(a);

    for (size_t i = 0; i < n; i++) {
        buf_add_url(&b, pairs[i].name);
        buf_addc(&b, '=');
        buf_add_url(&b, pairs[i].value);
        buf_addc(&b, '&');
    }
    return buf_str(&b);
}

static size_t times(const struct pair *pairs, size_t n, const char *name)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        count += str_eqz(pairs[i].name, name);
    return count;
}

static void check_form(struct request *req, const struct pair *pairs, size_t n, bool strict)
{
    enum err err = form_take(req, pairs, n, strict);
    size_t errors = 0;

    for (size_t i = 0; i < req->form.n; i++) {
        const struct field *f = &req->form.fields[i];
        size_t sent = times(pairs, n, f->param->name);

        fuzz_field(f);
        errors += f->error != NULL;
        must(f->n_typed == sent && f->n_values <= sent);
        must(!f->ok || f->n_values != 0);
        for (size_t k = 0; k < f->n_values; k++)
            must(str_is_text(f->values[k]));
        if (sent > 1 && (f->param->flags & PARAM_MANY) == 0)
            must(err == ERR_PARAM_REPEATED);
    }
    must(errors == req->form.errors);
    must(err != ERR_PARAM_UNKNOWN || strict);
}

void fuzz_one(struct arena *a, struct str input)
{
    struct request req = {.arena = a, .route = &route};
    struct pair *pairs, *again;
    size_t n, n_again;
    bool ok = form_decode(a, input, PAIRS_MAX, &pairs, &n);

    must(n <= PAIRS_MAX);
    for (size_t i = 0; i < n; i++)
        must(str_is_text(pairs[i].name) && str_is_text(pairs[i].value));
    if (ok) { /* what was read means the same when it is written again */
        must(form_decode(a, encode(a, pairs, n), PAIRS_MAX, &again, &n_again) && n == n_again);
        for (size_t i = 0; i < n; i++)
            must(str_eq(pairs[i].name, again[i].name) && str_eq(pairs[i].value, again[i].value));
    }
    check_form(&req, pairs, n, true);
    check_form(&req, pairs, n, false);
}
