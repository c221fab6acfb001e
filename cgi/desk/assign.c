/* Accept, return, claim the next: keys follow the assignment (SECURITY.md §3.4). */
#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/staff.h"
#include "core/token.h"
#include "desk/desk.h"

enum { CLAIM_TRIES = 5 };

const struct param step_params[] = {
    {.name = "n",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED | PARAM_PATH,
     .min = 1,
     .max = 20,
     .label = "desk.case.number"},
    {.name = "version",
     .type = PARAM_INT,
     .flags = PARAM_REQUIRED,
     .min = 0,
     .max = INT64_MAX,
     .label = "desk.version"},
    {.name = NULL},
};

const struct param return_params[] = {
    {.name = "n",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED | PARAM_PATH,
     .min = 1,
     .max = 20,
     .label = "desk.case.number"},
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
    json_set_int(model, "version", c.version);
    json_set_new(model, "form", form_model(req, return_params, NULL));
    form_attr(json_object_get(model, "form"), "reason", "rows", STR("4"));
    return reply_page(rep, "desk/return", model);
}

enum err case_return(struct request *req, struct reply *rep)
{
    struct open_case c;
    struct group_secret *pool;
    struct uuid note = token_uuid();
    enum err err = open_case(req, param_text(req, "n"), &c);

    if (err == ERR_OK)
        err = open_group(req, "pool", &pool);
    if (err == ERR_OK)
        err = db_write(req->db, "desk.case_return", NULL, DB_BYTES("p_session", desk_bearer(req)),
                       DB_UUID("p_case", c.id), DB_INT("p_version", param_int(req, "version")),
                       DB_INT("p_pool_version", pool->version),
                       DB_BYTES("p_pool_seal", seal_case_to(req->arena, c.key, pool->public_key)),
                       DB_BYTES("p_note", seal_field(req->arena, c.key, "assignment", &note, "note",
                                                     param_text(req, "reason"))));
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
    if (err == ERR_OK)
        err = settle_waiting(req);
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    return reply_see_other(rep, "/desk/cases/%.*s", STR_ARG(c.case_no));
}
