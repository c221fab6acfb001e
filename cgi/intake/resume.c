/* /complaint/save, /complaint/resume, /complaint/discard: leaving a draft, coming back to it, giving it up (UX.md §2.9). */
#include "core/arena.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/token.h"
#include "intake/intake.h"

enum { DRAFT_COOKIE_S = 30 * 86400, SEED_BYTES = 32 };

const struct param resume_params[] = {
    {.name = "code",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = 80,
     .label = "intake.resume.code"},
    {.name = NULL},
};

/* ---- /complaint/save ---- */

static const char *const card_lines[] = {"intake.save.card_where", "intake.save.card_care", NULL};

enum err save_show(struct request *req, struct reply *rep)
{
    struct draft *d;
    json_t *model;
    enum err err = draft_open(req, &d);

    if (err != ERR_OK)
        return err;
    if (d->submitted)
        return reply_see_other(rep, "/complaint/receipt");
    model = intake_model(req, "intake.save.title", NULL, NULL);
    json_set_str(model, "until_text",
                 locale_date(req->arena, req->locale, db_time(d->rows, 0, "expires_at")));
    json_set_z(model, "next", step_path(step_missing(d, 0)));
    json_set_bool(model, "has_code", db_bool(d->rows, 0, "has_resume"));
    if (db_bool(d->rows, 0, "has_resume"))
        json_set_new(model, "card",
                     code_card(req, "intake.save.code", resume_of_draft(req, d)->code, card_lines,
                               "/complaint/resume"));
    return reply_page(rep, "intake/save", model);
}

enum err save_post(struct request *req, struct reply *rep)
{
    struct draft *d;
    enum err err = draft_open(req, &d);

    if (err == ERR_OK && d->submitted)
        err = ERR_DONE;
    if (err == ERR_OK) {
        const struct resume_code *r = resume_of_draft(req, d);

        err = db_write(
            req->db, "intake.resume_set", NULL, DB_BYTES("p_draft", session_bearer(d->session)),
            DB_BYTES("p_resume", str_bytes(r->lookup, sizeof r->lookup)),
            DB_BYTES("p_box", seal_draft_box(req->arena, r->wrap, d->key, d->code_seed)));
    }
    if (err != ERR_OK)
        return intake_again(req, rep, err);
    return reply_see_other(rep, "/complaint/save");
}

/* ---- /complaint/resume ---- */

enum err resume_show(struct request *req, struct reply *rep)
{
    struct draft *d = NULL;
    json_t *model;
    enum err err = draft_look(req, &d);

    if (err != ERR_OK)
        return err;
    model = intake_model(req, "intake.resume.title", resume_params, NULL);
    json_set_bool(model, "has_draft", d != NULL && !d->submitted);
    json_set_z(model, "next", d != NULL ? step_path(step_missing(d, 0)) : "");
    return reply_page(rep, "intake/resume", model);
}

static enum err resume_take(struct request *req, struct reply *rep, const struct resume_code *r)
{
    struct session *session = session_new(req->arena, SESSION_DRAFT);
    unsigned char *seed = arena_secret(req->arena, SEED_BYTES);
    struct str bearer = str_bytes(r->lookup, sizeof r->lookup);
    struct db_rows *rows = NULL;
    struct case_key *key;
    struct uuid id;
    enum err err;

    err = db_write(req->db, "intake.resume_look", &rows, DB_BYTES("p_resume", bearer),
                   DB_TEXT("p_network", intake_network(req)));
    if (err == ERR_OK && db_count(rows) != 1)
        err = ERR_CODE;
    if (err != ERR_OK)
        return err;
    id = db_uuid(rows, 0, "case_id");
    err = seal_draft_box_open(req->arena, r->wrap, &id, db_bytes(rows, 0, "box"), &key, seed);
    if (err == ERR_OK)
        err = db_write(req->db, "intake.resume_take", NULL, DB_BYTES("p_resume", bearer),
                       DB_BYTES("p_draft", session_bearer(session)),
                       DB_BYTES("p_box", seal_draft_box(req->arena, session->wrap, key, seed)));
    if (err == ERR_OK)
        reply_cookie(req, rep, "draft", session_cookie_text(req->arena, session), DRAFT_COOKIE_S);
    return err;
}

enum err resume_post(struct request *req, struct reply *rep)
{
    char code[CODE_CHARS + 1];
    enum err err =
        db_read(req->db, "intake.resume_wait", NULL, DB_TEXT("p_network", intake_network(req)));

    if (err == ERR_OK)
        err = code_read(param_text(req, "code"), code);
    if (err == ERR_FIELD || err == ERR_CODE) {
        form_error(req, "code",
                   err == ERR_FIELD ? "intake.resume.error.form" : "intake.resume.error.check");
        return reply_form_again(req, rep, ERR_FORM);
    }
    if (err == ERR_OK)
        err = resume_take(req, rep, resume_of_code(req, code));
    if (err == ERR_CODE || err == ERR_DRAFT) {
        form_error(req, "code", "intake.resume.error.unknown");
        return reply_form_again(req, rep, ERR_FORM);
    }
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    return reply_see_other(rep, "/complaint/go-on");
}

/* GET /complaint/go-on: the first page that is not done. */
enum err go_on_show(struct request *req, struct reply *rep)
{
    struct draft *d;
    enum err err = draft_open(req, &d);

    if (err != ERR_OK)
        return err;
    if (d->submitted)
        return reply_see_other(rep, "/complaint/receipt");
    return reply_see_other(rep, "%s", step_path(step_missing(d, 0)));
}

/* ---- /complaint/discard ---- */

enum err discard_show(struct request *req, struct reply *rep)
{
    struct draft *d;
    json_t *model;
    enum err err = draft_open(req, &d);

    if (err != ERR_OK)
        return err;
    if (d->submitted)
        return reply_see_other(rep, "/complaint/receipt");
    model = intake_model(req, "intake.discard.title", NULL, NULL);
    json_set_z(model, "next", step_path(step_missing(d, 0)));
    return reply_page(rep, "intake/discard", model);
}

enum err discard_post(struct request *req, struct reply *rep)
{
    enum err err = db_write(req->db, "intake.draft_discard", NULL,
                            DB_BYTES("p_draft", session_bearer(req->session)));

    /* Pressed twice: it is gone, as wished. */
    if (err != ERR_OK && err != ERR_DRAFT)
        return intake_again(req, rep, err);
    reply_cookie(req, rep, "draft", STR(""), 0);
    return reply_see_other(rep, "/");
}
