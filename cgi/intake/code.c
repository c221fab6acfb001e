/* code: tracking and resume codes from the seed of a draft.  Both are always the same for one draft, so that a repeated answer shows the
 * same code although nothing stores it (SECURITY.md §3.3). */
#include <string.h>

#include "core/arena.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/qr.h"
#include "core/serve.h"
#include "core/token.h"
#include "intake/intake.h"

enum { GROUP_CHARS = 4, SEED_TRACK = 1, SEED_RESUME = 2 };

static void code_of_seed(const struct draft *d, uint64_t which, char code[CODE_CHARS + 1])
{
    unsigned char bits[32];

    token_derive(d->code_seed, "AdSeed01", which, bits);
    code_make(bits, code);
    token_wipe(bits, sizeof bits);
}

const struct track_code *code_of_draft(struct request *req, const struct draft *d)
{
    struct track_code *t = arena_secret(req->arena, sizeof *t);
    unsigned char *root = arena_secret(req->arena, 32);
    unsigned char *seed = arena_secret(req->arena, 32);
    unsigned char *secret = arena_secret(req->arena, SEAL_KEY);

    code_of_seed(d, SEED_TRACK, t->code);
    code_root(req->arena, "aiddesk/1/code", t->code, root);
    token_derive(root, "AdCode01", 1, t->lookup);
    token_derive(root, "AdCode01", 2, seed);
    seal_keypair(seed, t->public_key, secret);
    return t;
}

static const struct resume_code *resume_finish(struct request *req, struct resume_code *r)
{
    unsigned char *root = arena_secret(req->arena, 32);

    code_root(req->arena, "aiddesk/1/resume", r->code, root);
    token_derive(root, "AdResu01", 1, r->lookup);
    token_derive(root, "AdResu01", 2, r->wrap);
    return r;
}

const struct resume_code *resume_of_draft(struct request *req, const struct draft *d)
{
    struct resume_code *r = arena_secret(req->arena, sizeof *r);

    code_of_seed(d, SEED_RESUME, r->code);
    return resume_finish(req, r);
}

const struct resume_code *resume_of_code(struct request *req, const char *code)
{
    struct resume_code *r = arena_secret(req->arena, sizeof *r);

    memcpy(r->code, code, sizeof r->code);
    return resume_finish(req, r);
}

json_t *code_groups(struct request *req, const char *code)
{
    json_t *groups = json_array();

    for (size_t i = 0; i < CODE_CHARS; i += GROUP_CHARS)
        (void)json_array_append_new(
            groups, json_of_str(str_dup(req->arena, str_bytes(code + i, GROUP_CHARS))));
    return groups;
}

json_t *code_card(struct request *req, const char *title_key, const char *code,
                  const char *const *line_keys, const char *address)
{
    json_t *card = json_object(), *lines = json_array(), *qr = json_object();
    json_t *values = json_owned(req->arena, json_object());
    struct str path,
        url = str_fmt(req->arena, "%.*s%s", STR_ARG(req->app->config.public_origin), address);
    int size;

    json_set_str(values, "url", url);
    for (size_t i = 0; line_keys[i] != NULL; i++)
        (void)json_array_append_new(
            lines, json_of_str(locale_text(req->arena, req->locale, line_keys[i], values)));
    json_set_str(card, "title", locale_textz(req->arena, req->locale, title_key));
    json_set_new(card, "groups", code_groups(req, code));
    json_set_new(card, "lines", lines);
    if (qr_path(req->arena, url, &size, &path)) {
        json_set_int(qr, "size", size);
        json_set_str(qr, "path", path);
        json_set_new(card, "qr", qr);
    } else {
        json_decref(qr);
        json_set_bool(card, "qr", false);
    }
    return card;
}
