/* /desk/cases/{n}/ready: the open checks of the pre-review, in words, and the step to READY (DOMAIN.md §5.1, §6). */
#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "desk/desk.h"
#include "rules/finding.h"

enum err ready_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    json_t *model;
    enum err err = desk_open(req, &c);

    if (err != ERR_OK)
        return reply_error(req, rep, err);
    model = desk_form(req, &c, "desk.ready.title", step_params, NULL);
    if (req->staff != NULL)
        err = db_read(req->db, "desk.checks", &rows, DB_BYTES("p_session", desk_bearer(req)),
                      DB_UUID("p_case", c.id));
    if (err == ERR_OK && rows != NULL)
        err = desk_checks(req, &c, rows, model);
    json_set_bool(model, "may_pass",
                  str_eqz(c.status, "PREPARING") && !json_truth(model, "blocked"));
    json_set_bool(model, "preparing", str_eqz(c.status, "PREPARING"));
    if (err != ERR_OK) {
        json_decref(model);
        return reply_error(req, rep, err);
    }
    return reply_page(rep, "desk/ready", model);
}

enum err case_ready(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct findings f;
    enum err err = desk_open(req, &c);

    if (err == ERR_OK)
        err = desk_words(req, &c, &f);
    if (err == ERR_OK)
        err = db_write(req->db, "desk.case_ready", NULL, DB_BYTES("p_session", desk_bearer(req)),
                       DB_UUID("p_case", c.id), DB_INT("p_version", param_int(req, "version")),
                       DB_JSON("p_checks", desk_words_json(req, &f)));
    return desk_done(req, rep, err, &c, "");
}
