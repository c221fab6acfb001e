/* What the pages of the desk share: the frame, forms that belong to a case, options of vocabularies. */
#include "core/arena.h"
#include "core/clock.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/session.h"
#include "core/staff.h"
#include "core/vocab.h"
#include "desk/desk.h"

struct str desk_bearer(const struct request *req)
{
    return session_bearer(req->session);
}

/* Keys that wait are settled by any page of a coordinator; what fails waits for the next one and is in the log. */
enum err desk_decorate(struct request *req, json_t *model)
{
    if (req->method == METHOD_GET)
        (void)settle_waiting(req);
    return staff_decorate(req, model);
}

struct str desk_text(struct request *req, const char *prefix, struct str code)
{
    return locale_textz(req->arena, req->locale,
                        str_z(req->arena, str_fmt(req->arena, "%s%.*s", prefix, STR_ARG(code))));
}

json_t *desk_options(struct request *req, const char *prefix, const char *const *codes)
{
    json_t *list = json_array();

    for (size_t i = 0; codes[i] != NULL; i++) {
        json_t *o = json_object();

        json_set_z(o, "code", codes[i]);
        json_set_str(o, "label", desk_text(req, prefix, str_of(codes[i])));
        (void)json_array_append_new(list, o);
    }
    return json_owned(req->arena, list);
}

void desk_vocab(struct request *req, json_t *form, const char *field, const char *enumeration)
{
    form_options(form, field, json_owned(req->arena, vocab_options(req, enumeration, NULL)));
}

void desk_typed_option(struct request *req, json_t *form, const char *field)
{
    json_t *list = json_owned(req->arena, json_array()), *o;
    struct str typed = param_text(req, field);

    if (typed.n == 0)
        return;
    o = json_object();
    json_set_str(o, "code", typed);
    json_set_str(o, "label", locale_textz(req->arena, req->locale, "paper.late.choice"));
    (void)json_array_append_new(list, o);
    form_options(form, field, list);
}

struct str desk_typed_time(struct arena *a, int64_t t_us)
{
    struct civil c = clock_civil(t_us);

    return str_fmt(a, "%04d-%02d-%02d %02d:%02d", c.year, c.month, c.day, c.hour, c.minute);
}

enum err desk_open(struct request *req, struct open_case *c)
{
    *c = (struct open_case){.case_no = param_text(req, "n")};
    return req->staff == NULL ? ERR_OK : open_case(req, param_text(req, "n"), c);
}

json_t *desk_form(struct request *req, const struct open_case *c, const char *title_key,
                  const struct param *params, json_t *stored)
{
    json_t *model = json_object();

    json_set_z(model, "title_key", title_key);
    json_set_str(model, "case_no", c->case_no);
    json_set_int(model, "version", c->version);
    if (params != NULL) {
        if (stored == NULL)
            stored = json_owned(req->arena, json_object());
        if (json_object_get(stored, "version") == NULL)
            json_set_int(stored, "version", c->version);
        json_set_new(model, "form", form_model(req, params, stored));
    }
    return model;
}

enum err desk_done(struct request *req, struct reply *rep, enum err err, const struct open_case *c,
                   const char *page)
{
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    return reply_see_other(rep, "/desk/cases/%.*s%s", STR_ARG(c->case_no), page);
}
