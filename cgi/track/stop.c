/* /track/stop: the complainant wants to stop.  First the reason, then a question of its own that lists what is still open; nothing ends
 * before that is acknowledged (DOMAIN.md §5.1, abandon). */
#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/token.h"
#include "track/track.h"

static const char *const reasons[] = {"solved", "not_worth", "pressed", "other", NULL};

const struct param stop_params[] = {
    {.name = "reason",
     .type = PARAM_CODE,
     .flags = PARAM_REQUIRED,
     .choices = reasons,
     .label = "track.stop.reason",
     .empty = "track.stop.error.empty"},
    {.name = NULL},
};

enum err stop_show(struct request *req, struct reply *rep)
{
    json_t *model = track_model(req, "track.stop.title", stop_params), *list = json_array();

    for (size_t i = 0; reasons[i] != NULL; i++) {
        json_t *o = json_object();

        json_set_z(o, "code", reasons[i]);
        json_set_str(o, "label",
                     locale_textz(req->arena, req->locale,
                                  str_z(req->arena,
                                        str_fmt(req->arena, "track.stop.reason.%s", reasons[i]))));
        (void)json_array_append_new(list, o);
    }
    form_options(json_object_get(model, "form"), "reason", json_owned(req->arena, list));
    return reply_page(rep, "track/stop", model);
}

enum err stop_post(struct request *req, struct reply *rep)
{
    struct uuid id = token_uuid();
    struct str text = uuid_text(req->arena, &id);
    enum err err = db_write(req->db, "track.stop_ask", NULL, DB_BYTES("p_track", track_bearer(req)),
                            DB_UUID("p_id", id), DB_TEXT("p_reason", param_text(req, "reason")));

    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    return reply_see_other(rep, "/track/decisions/%.*s", STR_ARG(text));
}
