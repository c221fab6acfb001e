#include "core/form.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/db.h"
#include "core/request.h"

enum { TYPED_MAX = 65536 };

/* ---- x-www-form-urlencoded ---- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

struct str form_unescape(struct arena *a, struct str s, bool plus, bool *ok)
{
    char *p = arena_alloc(a, s.n);
    size_t n = 0;
    struct str out;

    for (size_t i = 0; i < s.n; i++) {
        int high = s.p[i] == '%' && i + 2 < s.n ? hex_digit(s.p[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(s.p[i + 2]) : -1;

        if (plus && s.p[i] == '+') {
            p[n++] = ' ';
        } else if (low >= 0) {
            p[n++] = (char)(high * 16 + low);
            i += 2;
        } else {
            if (s.p[i] == '%')
                *ok = false;
            p[n++] = s.p[i];
        }
    }
    out = str_bytes(p, n);
    if (str_is_text(out))
        return out;
    *ok = false;
    return str_repair(a, out);
}

bool form_decode(struct arena *a, struct str text, size_t max_pairs, struct pair **pairs, size_t *n)
{
    size_t count = text.n == 0 ? 0 : 1;
    bool ok = true;

    for (size_t i = 0; i < text.n; i++)
        count += text.p[i] == '&';
    if (count > max_pairs)
        count = max_pairs;
    *pairs = arena_array(a, count, sizeof(struct pair));
    *n = 0;
    while (text.n != 0) {
        struct str one, name, value;

        (void)str_cut(text, '&', &one, &text);
        if (one.n == 0)
            continue;
        if (*n == count)
            return false; /* more than max_pairs */
        (void)str_cut(one, '=', &name, &value);
        (*pairs)[*n].name = form_unescape(a, name, true, &ok);
        (*pairs)[*n].value = form_unescape(a, value, true, &ok);
        (*n)++;
    }
    return ok;
}

/* ---- checking against the route's table ---- */

static void add_value(struct field *f, struct str value)
{
    for (size_t i = 0; i < f->n_values; i++) {
        if (str_eq(f->values[i], value))
            return;
    }
    f->values[f->n_values++] = value;
}

/* Checkboxes: every value on its own; one bad value spoils the field. */
static void take_many(struct arena *a, struct field *f, const struct pair *pairs, size_t n)
{
    const char *error = NULL;
    int64_t error_n = 0;

    for (size_t i = 0; i < n; i++) {
        struct field one = {.param = f->param};

        if (!str_eqz(pairs[i].name, f->param->name))
            continue;
        form_parse(a, &one, pairs[i].value);
        f->present = f->present || one.present;
        if (one.ok) {
            add_value(f, one.text);
        } else if (one.error != NULL && error == NULL) {
            error = one.error;
            error_n = one.error_n;
        }
    }
    f->ok = error == NULL && f->n_values != 0;
    f->error = error;
    f->error_n = error_n;
    if (f->n_values != 0)
        f->text = f->values[0];
}

/* Choices are chosen, boxes are ticked, everything else is filled in. */
static const char *general_empty(enum param_type type)
{
    if (type == PARAM_CODE)
        return "error.field.choose";
    return type == PARAM_BOOL ? "error.field.tick" : "error.field.empty";
}

/* Fills one field from the pairs that have its name.  Returns how often it was sent. */
static size_t take_field(struct arena *a, struct field *f, const struct pair *pairs, size_t n,
                         bool strict, bool later)
{
    const struct param *p = f->param;
    size_t sent = 0;

    for (size_t i = 0; i < n; i++)
        sent += str_eqz(pairs[i].name, p->name);
    f->typed = arena_array(a, sent, sizeof(struct str));
    f->values = arena_array(a, sent, sizeof(struct str));
    for (size_t i = 0; i < n; i++) {
        if (str_eqz(pairs[i].name, p->name))
            f->typed[f->n_typed++] = str_first(pairs[i].value, TYPED_MAX);
    }
    if ((p->flags & PARAM_MANY) != 0) {
        take_many(a, f, pairs, n);
    } else if (sent != 0) {
        for (size_t i = 0; i < n; i++) {
            if (str_eqz(pairs[i].name, p->name)) {
                form_parse(a, f, pairs[i].value);
                break;
            }
        }
        if (f->ok)
            add_value(f, f->text);
    }
    if (later && f->too_short) {
        f->ok = true;
        f->error = NULL;
        add_value(f, f->text);
    }
    /* A GET that brings nothing of a form is its first look at the page, not an empty answer. */
    if ((p->flags & PARAM_REQUIRED) != 0 && (strict || sent != 0) &&
        (!later || (p->flags & (PARAM_HIDDEN | PARAM_PATH)) != 0) && p->type != PARAM_FILE &&
        !f->present && f->error == NULL)
        f->error = p->empty != NULL ? p->empty : general_empty(p->type);
    return sent;
}

bool form_later(const struct request *req)
{
    for (size_t i = 0; i < req->form.n; i++) {
        const struct field *f = &req->form.fields[i];

        if ((f->param->flags & PARAM_LATER) != 0 && f->present && f->ok)
            return true;
    }
    return false;
}

/* The button that keeps the form for later is among the pairs. */
static bool keeps_for_later(struct arena *a, const struct param *p, const struct pair *pairs,
                            size_t n)
{
    for (; p != NULL && p->name != NULL; p++) {
        for (size_t i = 0; (p->flags & PARAM_LATER) != 0 && i < n; i++) {
            struct field f = {.param = p};

            if (!str_eqz(pairs[i].name, p->name))
                continue;
            form_parse(a, &f, pairs[i].value);
            if (f.ok)
                return true;
        }
    }
    return false;
}

static bool is_known(const struct form *form, struct str name)
{
    for (size_t i = 0; i < form->n; i++) {
        if ((form->fields[i].param->flags & PARAM_PATH) == 0 &&
            str_eqz(name, form->fields[i].param->name))
            return true;
    }
    return false;
}

bool form_is_hidden(const struct param *p)
{
    return (p->flags & PARAM_HIDDEN) != 0 || strcmp(p->name, "version") == 0;
}

/* `csrf` and `lang_to` are known on every POST. */
static enum err take_own(const struct pair *pair, struct str *into)
{
    if (into->p != NULL)
        return ERR_PARAM_REPEATED;
    *into = pair->value.n != 0 ? pair->value : STR("");
    return ERR_OK;
}

enum err form_take(struct request *req, const struct pair *pairs, size_t n, bool strict)
{
    const struct param *params = req->route->params;
    struct form *form = &req->form;
    bool repeated = false, unknown = false, damaged = false;
    bool later = strict && keeps_for_later(req->arena, params, pairs, n);

    *form = (struct form){0};
    req->csrf_token = req->lang_to = (struct str){NULL, 0};
    while (params != NULL && params[form->n].name != NULL)
        form->n++;
    form->fields = arena_array(req->arena, form->n, sizeof(struct field));
    for (size_t i = 0; i < form->n; i++) {
        struct field *f = &form->fields[i];
        bool in_path = (params[i].flags & PARAM_PATH) != 0;
        size_t sent;

        f->param = &params[i];
        sent = take_field(req->arena, f, in_path ? req->path_values : pairs,
                          in_path ? req->n_path_values : n, strict, later);
        if (sent > 1 && (params[i].flags & PARAM_MANY) == 0)
            repeated = true;
        if (f->error != NULL && strict && form_is_hidden(&params[i])) {
            f->error = NULL; /* nobody could find it on the page */
            damaged = true;
        }
        if (f->error != NULL)
            form->errors++;
    }
    for (size_t i = 0; i < n; i++) {
        bool known = is_known(form, pairs[i].name);

        if (!known && strict && str_eqz(pairs[i].name, "csrf"))
            repeated = take_own(&pairs[i], &req->csrf_token) != ERR_OK || repeated;
        else if (!known && strict && str_eqz(pairs[i].name, "lang_to"))
            repeated = take_own(&pairs[i], &req->lang_to) != ERR_OK || repeated;
        else if (!known)
            unknown = true;
    }
    if (repeated)
        return ERR_PARAM_REPEATED;
    if (unknown && strict)
        return ERR_PARAM_UNKNOWN;
    return damaged ? ERR_BAD_REQUEST : ERR_OK;
}

/* ---- values ---- */

struct field *form_field(const struct request *req, const char *name)
{
    for (size_t i = 0; i < req->form.n; i++) {
        if (strcmp(req->form.fields[i].param->name, name) == 0)
            return &req->form.fields[i];
    }
    assert(!"a parameter that the route's table lacks");
    abort();
}

struct str param_text(const struct request *req, const char *name)
{
    const struct field *f = form_field(req, name);

    return f->ok ? f->text : (struct str){NULL, 0};
}

int64_t param_int(const struct request *req, const char *name)
{
    const struct field *f = form_field(req, name);

    return f->ok ? f->number : 0;
}

int64_t param_fen(const struct request *req, const char *name)
{
    return param_int(req, name);
}

bool param_bool(const struct request *req, const char *name)
{
    return param_int(req, name) != 0;
}

bool param_present(const struct request *req, const char *name)
{
    const struct field *f = form_field(req, name);

    return f->present && f->ok;
}

struct uuid param_uuid(const struct request *req, const char *name)
{
    struct uuid u = {{0}};

    (void)uuid_parse(param_text(req, name), &u);
    return u;
}

size_t param_many(const struct request *req, const char *name, struct str **out)
{
    const struct field *f = form_field(req, name);

    *out = f->values;
    return f->n_values;
}

/* ---- errors that handlers and SQL find ---- */

static struct field *mark(struct request *req, const char *name, const char *key)
{
    struct field *f = form_field(req, name);

    if (f->error == NULL)
        req->form.errors++;
    f->error = key;
    f->error_n = 0;
    f->error_name = (struct str){NULL, 0};
    f->ok = false;
    return f;
}

void form_error(struct request *req, const char *name, const char *key)
{
    (void)mark(req, name, key);
}

void form_error_n(struct request *req, const char *name, const char *key, int64_t n)
{
    mark(req, name, key)->error_n = n;
}

void form_error_name(struct request *req, const char *name, const char *key, struct str who)
{
    mark(req, name, key)->error_name = who;
}

void form_error_of_db(struct request *req)
{
    struct str name, key;

    if (req->db == NULL)
        return;
    if (!str_cut(db_detail(req->db), ':', &name, &key) || key.n == 0)
        key = STR("error.field.bad");
    for (size_t i = 0; i < req->form.n; i++) {
        if (str_eqz(name, req->form.fields[i].param->name)) {
            (void)mark(req, req->form.fields[i].param->name, str_z(req->arena, key));
            return;
        }
    }
    req->form.notice = str_z(req->arena, key); /* a field that this form does not have */
}
