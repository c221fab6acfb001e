/* /desk/cases/{n}/contact: masked until asked for; showing is written down and ends with the page (UX.md §3). */
#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "desk/desk.h"

static const char *const safe_ways[] = {"phone", "text", "mail", "name", NULL};

enum err contact_ask_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    enum err err = desk_open(req, &c);

    if (err != ERR_OK)
        return reply_error(req, rep, err);
    return reply_page(rep, "desk/contact", desk_form(req, &c, "desk.contact.title", NULL, NULL));
}

static enum err open_text(struct request *req, const struct open_case *c,
                          const struct db_rows *rows, const char *column, const char *name,
                          json_t *model)
{
    struct str plain = STR("");
    enum err err = ERR_OK;

    if (!db_is_null(rows, 0, column))
        err = seal_field_open(req->arena, c->key, "complaint", &c->id, name,
                              db_bytes(rows, 0, column), &plain);
    json_set_str(model, name, plain);
    return err;
}

/* Who the guardian or agent is: the choices of the form, kept as one sealed field. */
static void guardian_texts(struct request *req, json_t *model)
{
    const json_t *o = json_parse(req->arena, json_str(model, "guardian"));
    struct str relation = json_str(o, "guardian_relation"), agent = json_str(o, "agent_for");

    json_set_str(model, "relation", relation);
    json_set_str(model, "agent_for", agent);
    (void)json_object_del(model, "guardian");
}

enum err contact_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    json_t *model, *safe = json_array();
    struct str *codes;
    size_t n = 0;
    enum err err = desk_open(req, &c);

    if (err == ERR_OK)
        err = db_write(req->db, "desk.contact", &rows, DB_BYTES("p_session", desk_bearer(req)),
                       DB_UUID("p_case", c.id));
    if (err != ERR_OK) {
        json_decref(safe);
        return reply_error(req, rep, err);
    }
    model = desk_form(req, &c, "desk.contact.title", NULL, NULL);
    err = open_text(req, &c, rows, "contact_sealed", "contact", model);
    if (err == ERR_OK)
        err = open_text(req, &c, rows, "call_name_sealed", "call_name", model);
    if (err == ERR_OK)
        err = open_text(req, &c, rows, "hours_sealed", "hours", model);
    if (err == ERR_OK)
        err = open_text(req, &c, rows, "guardian_sealed", "guardian", model);
    if (err == ERR_OK) {
        guardian_texts(req, model);
        n = db_texts(rows, 0, "safe", &codes);
    }
    for (size_t i = 0; safe_ways[i] != NULL; i++) {
        bool may = false;
        json_t *o = json_object();

        for (size_t k = 0; k < n; k++)
            may = may || str_eqz(codes[k], safe_ways[i]);
        json_set_str(o, "text",
                     desk_text(req, may ? "desk.safe." : "desk.unsafe.", str_of(safe_ways[i])));
        json_set_bool(o, "may", may);
        (void)json_array_append_new(safe, o);
    }
    json_set_new(model, "safe", safe);
    json_set_bool(model, "shown", true);
    if (err != ERR_OK) {
        json_decref(model);
        return reply_error(req, rep, err);
    }
    return reply_page(rep, "desk/contact", model);
}
