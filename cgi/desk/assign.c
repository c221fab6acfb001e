/* Accept, return, claim the next: keys follow the assignment (SECURITY.md §3.4). */
#include <string.h>

#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/staff.h"
#include "core/token.h"
#include "desk/desk.h"

enum { CLAIM_TRIES = 5 };

const struct param step_params[] = {
    CASE_ROW,
    VERSION_ROW,
    {.name = NULL},
};

const struct param return_params[] = {
    CASE_ROW,
    {.name = "reason",
     .type = PARAM_LINES,
     .flags = PARAM_REQUIRED,
     .min = 2,
     .max = 1000,
     .label = "desk.return.reason",
     .empty = "desk.return.error.empty"},
    {.name = "version", .type = PARAM_INT, .min = 0, .max = INT64_MAX, .label = "desk.version"},
    {.name = NULL},
};

const struct param assign_params[] = {
    CASE_ROW,
    {.name = "person",
     .type = PARAM_UUID,
     .flags = PARAM_REQUIRED,
     .label = "desk.assign.person",
     .empty = "desk.assign.error.person"},
    {.name = "note", .type = PARAM_LINES, .max = 2000, .label = "desk.assign.note"},
    VERSION_ROW,
    {.name = NULL},
};

enum err case_accept(struct request *req, struct reply *rep)
{
    struct open_case c;
    enum err err = open_case(req, param_text(req, "n"), &c);

    if (err == ERR_OK)
        err = db_write(req->db, "desk.case_accept", NULL, DB_BYTES("p_session", desk_bearer(req)),
                       DB_UUID("p_case", c.id), DB_INT("p_version", param_int(req, "version")));
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    return reply_see_other(rep, "/desk/cases/%.*s", STR_ARG(c.case_no));
}

enum err desk_assignment(struct request *req, const struct open_case *c, struct uuid *id)
{
    struct db_rows *rows = NULL;
    enum err err = db_read(req->db, "desk.assignments", &rows,
                           DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", c->id));

    if (err == ERR_OK && (db_count(rows) == 0 || !db_is_null(rows, 0, "ended_at")))
        err = ERR_NOT_FOUND;
    if (err == ERR_OK)
        *id = db_uuid(rows, 0, "id");
    return err;
}

enum err return_show(struct request *req, struct reply *rep)
{
    struct open_case c = {.version = 0};
    json_t *model = json_object();
    enum err err = ERR_OK;

    if (req->staff != NULL)
        err = open_case(req, param_text(req, "n"), &c);
    if (err != ERR_OK) {
        json_decref(model);
        return reply_error(req, rep, err);
    }
    json_set_z(model, "title_key", "desk.return.title");
    json_set_str(model, "case_no", param_text(req, "n"));
    json_set_int(model, "version", req->staff != NULL ? c.version : param_int(req, "version"));
    json_set_new(model, "form", form_model(req, return_params, NULL));
    form_attr(json_object_get(model, "form"), "reason", "rows", STR("4"));
    return reply_page(rep, "desk/return", model);
}

enum err case_return(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct group_secret *pool;
    struct uuid note;
    enum err err = open_case(req, param_text(req, "n"), &c);

    if (err == ERR_OK)
        err = desk_assignment(req, &c, &note);
    if (err == ERR_OK)
        err = open_group(req, "pool", &pool);
    if (err == ERR_OK)
        err = db_write(req->db, "desk.case_return", NULL, DB_BYTES("p_session", desk_bearer(req)),
                       DB_UUID("p_case", c.id), DB_INT("p_version", param_int(req, "version")),
                       DB_INT("p_pool_version", pool->version),
                       DB_BYTES("p_pool_seal", seal_case_to(req->arena, c.key, pool->public_key)),
                       DB_BYTES("p_note", seal_field(req->arena, c.key, "assignment", &note,
                                                     "end_note", param_text(req, "reason"))));
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    return reply_see_other(rep, "/desk");
}

/* Opens the offered case by the pool key and seals it to the claimer; ERR_TAKEN when somebody was faster. */
static enum err claim_once(struct request *req, const struct group_secret *pool,
                           struct str *case_no)
{
    struct db_rows *rows = NULL;
    struct case_key *key;
    struct uuid id;
    enum err err =
        db_write(req->db, "desk.claim_offer", &rows, DB_BYTES("p_session", desk_bearer(req)));

    *case_no = STR("");
    if (err != ERR_OK || db_count(rows) == 0)
        return err;
    id = db_uuid(rows, 0, "case_id");
    *case_no = db_text(rows, 0, "case_no");
    err = seal_case_open(req->arena, pool->public_key, pool->secret_key, &id,
                         db_bytes(rows, 0, "seal"), db_bytes(rows, 0, "key_check"), &key);
    if (err == ERR_OK && req->staff->public_key.n != SEAL_PUBLIC)
        err = ERR_DAMAGED;
    if (err != ERR_OK)
        return err;
    return db_write(
        req->db, "desk.claim", NULL, DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", id),
        DB_INT("p_key_version", req->staff->key_version),
        DB_BYTES("p_seal",
                 seal_case_to(req->arena, key, (const unsigned char *)req->staff->public_key.p)));
}

enum err case_claim(struct request *req, struct reply *rep)
{
    struct group_secret *pool;
    struct str case_no = STR("");
    enum err err = open_group(req, "pool", &pool);

    for (int i = 0; err == ERR_OK && i < CLAIM_TRIES; i++) {
        err = claim_once(req, pool, &case_no);
        if (err != ERR_TAKEN)
            break;
        err = ERR_OK; /* the next one is offered */
        case_no = STR("");
    }
    if (err != ERR_OK)
        return reply_error(req, rep, err);
    if (case_no.n == 0)
        return reply_see_other(rep, "/desk");
    return reply_see_other(rep, "/desk/cases/%.*s", STR_ARG(case_no));
}

/* Out of the review lane (SECURITY.md §4.4): the case is assigned, and its key sealed to that person at once. */
enum err case_release(struct request *req, struct reply *rep)
{
    struct open_case c;
    enum err err = open_case(req, param_text(req, "n"), &c);

    if (err == ERR_OK)
        err = db_write(req->db, "desk.release", NULL, DB_BYTES("p_session", desk_bearer(req)),
                       DB_UUID("p_case", c.id), DB_INT("p_version", param_int(req, "version")));
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    (void)settle_waiting(req); /* what fails waits for the next page, and is in the log */
    return reply_see_other(rep, "/desk/cases/%.*s", STR_ARG(c.case_no));
}

/* ---- a coordinator gives the case to a person ---- */

static enum err people(struct request *req, const struct open_case *c, struct db_rows **rows)
{
    return db_read(req->db, "desk.assignable", rows, DB_BYTES("p_session", desk_bearer(req)),
                   DB_UUID("p_case", c->id));
}

static json_t *people_options(struct request *req, const struct db_rows *rows)
{
    json_t *list = json_array();

    for (size_t i = 0; i < db_count(rows); i++) {
        json_t *o = json_object(), *values = db_row_json(rows, i);
        struct uuid id = db_uuid(rows, i, "app_user");

        json_set_str(o, "code", uuid_text(req->arena, &id));
        json_set_str(o, "label",
                     locale_text(req->arena, req->locale,
                                 db_bool(rows, i, "on_leave") ? "desk.assign.option.leave"
                                                              : "desk.assign.option",
                                 values));
        json_decref(values);
        (void)json_array_append_new(list, o);
    }
    return json_owned(req->arena, list);
}

enum err assign_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    json_t *model, *form;
    enum err err = desk_open(req, &c);

    if (err == ERR_OK && req->staff != NULL)
        err = people(req, &c, &rows);
    if (err != ERR_OK)
        return reply_error(req, rep, err);
    model = desk_form(req, &c, "desk.assign.title", assign_params, NULL);
    form = json_object_get(model, "form");
    if (rows != NULL)
        form_options(form, "person", people_options(req, rows));
    else
        desk_typed_option(req, form, "person");
    json_set_bool(model, "has_people", rows == NULL || db_count(rows) != 0);
    return reply_page(rep, "desk/assign", model);
}

/* Seals to the person of row i and to the pool, as their roster signatures allow. */
static enum err assign_to(struct request *req, const struct open_case *c,
                          const struct db_rows *rows, size_t i)
{
    struct uuid user = db_uuid(rows, i, "app_user"), pool = db_uuid(rows, i, "pool_id");
    struct uuid id = token_uuid();
    uint32_t version = (uint32_t)db_int(rows, i, "key_version");
    uint32_t pool_version = (uint32_t)db_int(rows, i, "pool_version");
    struct str note = param_text(req, "note"), user_seal, pool_seal, box = STR("");
    enum err err = seal_to(req, c->key, "user", &user, version, db_bytes(rows, i, "public_key"),
                           db_bytes(rows, i, "signature"), &user_seal);

    if (err == ERR_OK)
        err = seal_to(req, c->key, "pool", &pool, pool_version, db_bytes(rows, i, "pool_public"),
                      db_bytes(rows, i, "pool_signature"), &pool_seal);
    if (err != ERR_OK)
        return err;
    if (note.n != 0)
        box = seal_field(req->arena, c->key, "assignment", &id, "note", note);
    return db_write(req->db, "desk.assign", NULL, DB_BYTES("p_session", desk_bearer(req)),
                    DB_UUID("p_case", c->id), DB_INT("p_version", param_int(req, "version")),
                    DB_UUID("p_user", user), DB_INT("p_user_version", version),
                    DB_BYTES("p_user_seal", user_seal), DB_INT("p_pool_version", pool_version),
                    DB_BYTES("p_pool_seal", pool_seal), DB_UUID("p_id", id),
                    DB_BYTES_OR_NULL("p_note", box));
}

enum err case_assign(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct db_rows *rows = NULL;
    struct uuid wanted = param_uuid(req, "person");
    size_t at = SIZE_MAX;
    enum err err = desk_open(req, &c);

    if (err == ERR_OK)
        err = people(req, &c, &rows);
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        struct uuid one = db_uuid(rows, i, "app_user");

        if (memcmp(one.b, wanted.b, sizeof one.b) == 0)
            at = i;
    }
    if (err == ERR_OK && at == SIZE_MAX) {
        form_error(req, "person", "desk.assign.error.person");
        err = ERR_FORM;
    }
    if (err == ERR_OK)
        err = assign_to(req, &c, rows, at);
    return desk_done(req, rep, err, &c, "");
}

/* ---- a conflict of interest in one case ---- */

enum err conflict_show(struct request *req, struct reply *rep)
{
    struct open_case c;
    enum err err = desk_open(req, &c);

    if (err != ERR_OK)
        return reply_error(req, rep, err);
    return reply_page(rep, "desk/conflict", desk_form(req, &c, "desk.conflict.title", NULL, NULL));
}

enum err case_recuse(struct request *req, struct reply *rep)
{
    struct db_rows *rows = NULL;
    /* No key is needed to let go of a case, so it is not opened. */
    enum err err =
        db_read(req->db, "desk.case_id_of", &rows, DB_BYTES("p_session", desk_bearer(req)),
                DB_TEXT("p_case_no", param_text(req, "n")));

    if (err == ERR_OK)
        err = db_write(req->db, "desk.recuse", NULL, DB_BYTES("p_session", desk_bearer(req)),
                       DB_UUID("p_case", db_uuid(rows, 0, "case_id_of")));
    if (err != ERR_OK)
        return reply_error(req, rep, err);
    return reply_see_other(rep, "/desk");
}
