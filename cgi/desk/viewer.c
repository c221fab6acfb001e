/*
 * /desk/cases/{n}/view/{no}: one file of the evidence on a page of its own, with the one before and the one after it (UX.md §3).  A picture
 * that could be encoded again is shown; everything else only here leads to the original, behind words of care (SECURITY.md §5).
 */
#include "core/arena.h"
#include "core/json.h"
#include "desk/desk.h"

const struct param viewer_params[] = {
    CASE_ROW,
    {.name = "no",
     .type = PARAM_INT,
     .flags = PARAM_REQUIRED | PARAM_PATH,
     .min = 1,
     .max = 1000000,
     .label = "paper.view.title"},
    {.name = NULL},
};

/* Finds the file with this number and its neighbours. */
static bool place(json_t *model, int64_t no)
{
    const json_t *f;
    bool found = false;
    size_t i;
    int64_t n = 0, at = 0;

    json_set_bool(model, "prev", false);
    json_set_bool(model, "next", false);
    json_array_foreach(json_object_get(model, "files"), i, f)
    {
        int64_t this = json_int(f, "file_no");

        n++;
        if (this == no) {
            json_set_new(model, "file", json_deep_copy(f));
            found = true;
            at = n;
        } else if (!found) {
            json_set_int(model, "prev", this);
        } else if (json_object_get(model, "next") == json_false()) {
            json_set_int(model, "next", this);
        }
    }
    json_set_int(model, "at", at);
    json_set_int(model, "of", n);
    return found;
}

enum err viewer_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    json_t *model;
    enum err err = desk_open(req, &c);

    if (err != ERR_OK || req->staff == NULL)
        return reply_error(req, rep, err == ERR_OK ? ERR_SIGNED_OUT : err);
    model = desk_form(req, &c, "paper.view.title", NULL, NULL);
    err = desk_files(req, &c, model);
    if (err == ERR_OK && !place(model, param_int(req, "no")))
        err = ERR_NOT_FOUND;
    (void)json_object_del(model, "files");
    if (err != ERR_OK) {
        json_decref(model);
        return reply_error(req, rep, err);
    }
    return reply_page(rep, "desk/viewer", model);
}
