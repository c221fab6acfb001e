#include <assert.h>
#include <string.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/form.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/request.h"

/* What was typed into this very form, or NULL: another form of the page, or a GET. */
static const struct form *typed_form(const struct request *req, const struct param *params)
{
    if (req->route == NULL || params == NULL || req->route->params != params)
        return NULL;
    return &req->form;
}

/* Secrets and files are never shown again; after a clash the version to write against is the stored one. */
static bool shows_typed(const struct request *req, const struct field *f)
{
    if (req->method == METHOD_GET && f->n_typed == 0)
        return false;
    if (form_is_hidden(f->param) && !f->ok)
        return false;
    return req->form.err != ERR_CLASH || strcmp(f->param->name, "version") != 0;
}

static json_t *value_text(const struct request *req, const struct param *p, const json_t *value)
{
    if (json_is_string(value))
        return json_string(json_string_value(value));
    if (json_is_integer(value) && p->type == PARAM_FEN)
        return json_of_str(form_show_fen(req->arena, json_integer_value(value)));
    if (json_is_integer(value))
        return json_of_str(str_fmt(req->arena, "%lld", (long long)json_integer_value(value)));
    return json_string(json_is_true(value) ? "1" : "");
}

static json_t *stored_values(const struct request *req, const struct param *p, const json_t *stored)
{
    const json_t *value = json_object_get(stored, p->name);
    json_t *values = json_array();

    if (json_is_array(value)) {
        for (size_t i = 0; i < json_array_size(value); i++)
            json_array_append_new(values, value_text(req, p, json_array_get(value, i)));
    } else if (value != NULL && !json_is_null(value)) {
        json_array_append_new(values, value_text(req, p, value));
    }
    return values;
}

static json_t *values_of(const struct request *req, const struct param *p, const struct field *f,
                         const json_t *stored)
{
    json_t *values;

    if (p->type == PARAM_SECRET || p->type == PARAM_FILE)
        return json_array();
    if (f == NULL || !shows_typed(req, f))
        return stored_values(req, p, stored);
    values = json_array();
    for (size_t i = 0; i < f->n_typed; i++)
        json_array_append_new(values, json_of_str(f->typed[i]));
    return values;
}

/* A number in a message: amounts as yuan. */
static void set_number(const struct request *req, json_t *values, const char *key,
                       const struct param *p, int64_t n)
{
    if (p->type == PARAM_FEN)
        json_set_str(values, key, form_show_fen(req->arena, n));
    else
        json_set_int(values, key, n);
}

static struct str label_of(const struct request *req, const struct param *p)
{
    return p->label != NULL ? locale_textz(req->arena, req->locale, p->label) : str_of(p->name);
}

static struct str error_text(const struct request *req, const struct field *f)
{
    json_t *values = json_owned(req->arena, json_object());

    set_number(req, values, "n", f->param, f->error_n);
    set_number(req, values, "min", f->param, f->param->min);
    set_number(req, values, "max", f->param, form_max(f->param));
    json_set_str(values, "name", f->error_name);
    json_set_str(values, "label", label_of(req, f->param));
    return locale_text(req->arena, req->locale, f->error, values);
}

/* How the control behaves on a phone, by type. */
static void add_input(json_t *o, const struct param *p)
{
    static const struct {
        const char *type, *inputmode, *autocomplete, *autocapitalize;
    } inputs[] = {
        [PARAM_TEXT] = {"text", "", "", ""},          [PARAM_LINES] = {"text", "", "", ""},
        [PARAM_SECRET] = {"password", "", "", ""},    [PARAM_CODE] = {"text", "", "", ""},
        [PARAM_INT] = {"text", "numeric", "", ""},    [PARAM_FEN] = {"text", "decimal", "off", ""},
        [PARAM_DATE] = {"text", "", "off", ""},       [PARAM_TIME] = {"text", "", "off", ""},
        [PARAM_BOOL] = {"text", "", "", ""},          [PARAM_UUID] = {"text", "", "", ""},
        [PARAM_NUMBER] = {"text", "", "off", "none"}, [PARAM_MOBILE] = {"tel", "", "", ""},
        [PARAM_EMAIL] = {"email", "", "", "none"},    [PARAM_FILE] = {"file", "", "", ""},
    };

    json_set_z(o, "type", inputs[p->type].type);
    json_set_z(o, "inputmode", inputs[p->type].inputmode);
    json_set_z(o, "autocomplete", inputs[p->type].autocomplete);
    json_set_z(o, "autocapitalize", inputs[p->type].autocapitalize);
}

/* Keys that only form_attr and form_options fill: they must be there, or Mustache would find the page's. */
static void add_empty(json_t *o)
{
    static const char *const keys[] = {"rows",   "list",      "options",       "hint", "error",
                                       "accept", "max_bytes", "optional_mark", "max",  "needed"};

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        json_set_bool(o, keys[i], false);
}

static struct str hint_of(const struct request *req, const struct param *p)
{
    struct str key;

    if (p->label == NULL)
        return (struct str){NULL, 0};
    key = str_fmt(req->arena, "%s.hint", p->label);
    if (locale_template(req->locale, key) == NULL)
        return (struct str){NULL, 0};
    return locale_textz(req->arena, req->locale, str_z(req->arena, key));
}

/* Label, hint, error and what ties them to the control. */
static void add_texts(const struct request *req, json_t *o, const struct param *p,
                      const struct field *f)
{
    struct str hint = hint_of(req, p);
    struct buf described_by = buf_new(req->arena);
    bool wrong = f != NULL && f->error != NULL;

    json_set_str(o, "label", label_of(req, p));
    if (hint.n != 0)
        json_set_str(o, "hint", hint);
    json_set_bool(o, "optional", (p->flags & PARAM_REQUIRED) == 0);
    json_set_bool(o, "has_error", wrong);
    if (wrong)
        json_set_str(o, "error", error_text(req, f));
    if (hint.n != 0)
        buf_printf(&described_by, "f-%s-hint", p->name);
    if (wrong)
        buf_printf(&described_by, "%sf-%s-error", hint.n != 0 ? " " : "", p->name);
    json_set_str(o, "described_by", buf_str(&described_by));
}

static json_t *field_model(const struct request *req, const struct param *p, const struct field *f,
                           const json_t *stored)
{
    json_t *o = json_object();
    json_t *values = values_of(req, p, f, stored);
    const char *first = json_string_value(json_array_get(values, 0));

    add_empty(o);
    add_input(o, p);
    json_object_set_new(o, "id", json_sprintf("f-%s", p->name));
    json_set_z(o, "name", p->name);
    json_set_z(o, "value", first != NULL ? first : "");
    json_set_bool(o, "checked", p->type == PARAM_BOOL && first != NULL && first[0] != '\0');
    json_set_new(o, "values", values);
    if (p->type == PARAM_TEXT || p->type == PARAM_LINES)
        json_set_int(o, "max", form_max(p));
    add_texts(req, o, p, f);
    return o;
}

/* One line of the error summary. */
static void add_error(json_t *errors, const struct param *p, const json_t *field)
{
    json_t *line = json_object();

    json_object_set_new(line, "href", json_sprintf("#f-%s", p->name));
    json_set_str(line, "text", json_str(field, "error"));
    json_array_append_new(errors, line);
}

struct str form_notice(const struct request *req)
{
    json_t *values;

    if (req->form.notice == NULL)
        return (struct str){NULL, 0};
    values = json_owned(req->arena, json_object());
    json_set_int(values, "n", req->form.notice_n);
    json_set_int(values, "m", req->form.notice_n);
    return locale_text(req->arena, req->locale, req->form.notice, values);
}

json_t *form_model(const struct request *req, const struct param *params, const json_t *stored)
{
    const struct form *form = typed_form(req, params);
    json_t *model = json_object(), *fields = json_object(), *errors = json_array();
    size_t n_errors;

    for (size_t i = 0; params != NULL && params[i].name != NULL; i++) {
        const struct field *f = form != NULL && i < form->n ? &form->fields[i] : NULL;

        json_t *field = field_model(req, &params[i], f, stored);

        if (f != NULL && f->error != NULL)
            add_error(errors, f->param, field);
        json_set_new(fields, params[i].name, field);
    }
    n_errors = json_array_size(errors);
    json_set_new(model, "f", fields);
    json_set_new(model, "errors", errors);
    json_set_bool(model, "has_errors", n_errors != 0);
    json_set_int(model, "error_count", (int64_t)n_errors);
    json_set_bool(model, "one_error", n_errors == 1);
    json_set_new(model, "notice",
                 form != NULL && form->notice != NULL ? json_of_str(form_notice(req))
                                                      : json_null());
    return model;
}

static bool has_value(const json_t *values, const char *code)
{
    for (size_t i = 0; i < json_array_size(values); i++) {
        const char *value = json_string_value(json_array_get(values, i));

        if (value != NULL && code != NULL && strcmp(value, code) == 0)
            return true;
    }
    return false;
}

void form_options(json_t *form, const char *name, const json_t *choices)
{
    json_t *field = json_object_get(json_object_get(form, "f"), name);
    const json_t *values = json_object_get(field, "values");
    json_t *options = json_array();

    for (size_t i = 0; i < json_array_size(choices); i++) {
        json_t *option = json_copy(json_array_get(choices, i));
        const char *code = json_string_value(json_object_get(option, "code"));

        json_set_bool(option, "checked", has_value(values, code));
        json_object_set_new(option, "id", json_sprintf("f-%s-%s", name, code != NULL ? code : ""));
        json_set_z(option, "name", name);
        json_array_append_new(options, option);
    }
    if (field == NULL)
        json_decref(options);
    else
        json_set_new(field, "options", options);
}

void form_attr(json_t *form, const char *name, const char *key, struct str value)
{
    json_t *field = json_object_get(json_object_get(form, "f"), name);

    assert(field != NULL); /* a field that the form does not have is our bug */
    if (field != NULL)
        json_set_str(field, key, value);
}

void form_asked(json_t *form, const char *name)
{
    json_t *field = json_object_get(json_object_get(form, "f"), name);

    assert(field != NULL);
    if (field != NULL)
        json_set_bool(field, "optional", false);
}

void form_needed(json_t *form, const char *name, struct str text)
{
    form_asked(form, name);
    form_attr(form, name, "needed", text);
}
