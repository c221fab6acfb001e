/* info: the start page, the quick exit and the pages that explain (UX.md §2.1). */
#include "core/arena.h"
#include "core/json.h"
#include "core/serve.h"
#include "intake/intake.h"

static enum err plain(struct request *req, struct reply *rep, const char *view,
                      const char *title_key)
{
    json_t *model = intake_model(req, title_key, NULL, NULL);
    const struct config *config = &req->app->config;

    json_set_str(model, "site", config->public_origin);
    if (config->mail_from.n != 0)
        json_set_str(model, "contact", config->mail_from);
    else
        json_set_bool(model, "contact", false);
    return reply_page(rep, view, model);
}

enum err start_show(struct request *req, struct reply *rep)
{
    return plain(req, rep, "intake/start", "intake.start.page_title");
}

/* The cookies of this site go too, so only our own link may ask for it. */
enum err leave_show(struct request *req, struct reply *rep)
{
    if (request_same_origin(req) || req->fetch_site.n == 0)
        reply_clear_site(rep);
    return plain(req, rep, "intake/leave", "intake.leave.page_title");
}

enum err info_privacy(struct request *req, struct reply *rep)
{
    return plain(req, rep, "intake/info_privacy", "intake.info.privacy.title");
}

enum err info_real(struct request *req, struct reply *rep)
{
    return plain(req, rep, "intake/info_real", "intake.info.real.title");
}

enum err info_lost_code(struct request *req, struct reply *rep)
{
    return plain(req, rep, "intake/info_lost_code", "intake.info.lost_code.title");
}

enum err info_paper(struct request *req, struct reply *rep)
{
    json_t *choices;
    enum err err = intake_choices(req, &choices);

    if (err == ERR_OK)
        err = plain(req, rep, "intake/info_paper", "intake.info.paper.title");
    if (err == ERR_OK)
        json_set_new(rep->model, "choices", json_incref(choices));
    return err;
}
