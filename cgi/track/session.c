/* The case session: from the cookie to the case, and to its key (SECURITY.md §3.3: the tracking code is look-up and key at once). */
#include <string.h>

#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "track/track.h"

enum err track_identify(struct request *req)
{
    struct session *session =
        session_of_cookie(req->arena, SESSION_TRACK, request_cookie(req, "track"));
    struct db_rows *rows = NULL;
    struct track_case *c;
    enum err err;

    if (session == NULL)
        return ERR_OK;
    err = db_write(req->db, "track.session_check", &rows,
                   DB_BYTES("p_track", session_bearer(session)));
    if (err == ERR_SIGNED_OUT)
        return ERR_OK;
    if (err != ERR_OK || db_count(rows) != 1)
        return err;
    c = arena_new_of(req->arena, struct track_case);
    c->id = db_uuid(rows, 0, "case_id");
    c->case_no = db_text(rows, 0, "case_no");
    c->status = db_text(rows, 0, "status");
    c->version = db_int(rows, 0, "version");
    c->key_check = db_bytes(rows, 0, "key_check");
    c->public_key = db_bytes(rows, 0, "public_key");
    c->wrapped = db_bytes(rows, 0, "wrapped");
    c->seal = db_bytes(rows, 0, "seal");
    session->subject = c->id;
    req->session = session;
    req->csrf_session = session;
    req->found = c;
    req->who |= WHO_CASE;
    req->role = "complainant";
    return ERR_OK;
}

struct track_case *track_case_of(const struct request *req)
{
    return req->found;
}

struct str track_bearer(const struct request *req)
{
    return session_bearer(req->session);
}

enum err track_key(struct request *req, const struct case_key **key)
{
    struct track_case *c = track_case_of(req);
    struct session *s = req->session;
    struct case_key *opened;
    enum err err = ERR_OK;

    if (c == NULL || s == NULL)
        return ERR_SIGNED_OUT;
    if (c->key == NULL) {
        if (c->public_key.n != SEAL_PUBLIC)
            return ERR_DAMAGED;
        err = session_unwrap(req->arena, s, &c->id, 1, c->wrapped, s->secret_key);
        if (err == ERR_OK)
            err = seal_case_open(req->arena, (const unsigned char *)c->public_key.p, s->secret_key,
                                 &c->id, c->seal, c->key_check, &opened);
        if (err != ERR_OK)
            return err;
        s->have_secret = true;
        c->key = opened;
    }
    *key = c->key;
    return ERR_OK;
}

enum err track_files(struct request *req, struct file_context *fc)
{
    fc->schema = "track";
    fc->bearer_name = "p_track";
    fc->bearer = track_bearer(req);
    return track_key(req, &fc->case_key);
}

json_t *track_model(struct request *req, const char *title_key, const struct param *params)
{
    json_t *model = json_object();
    const struct track_case *c = track_case_of(req);

    json_set_z(model, "title_key", title_key);
    if (c != NULL)
        json_set_str(model, "case_no", c->case_no);
    if (params != NULL)
        json_set_new(model, "form", form_model(req, params, NULL));
    return model;
}
