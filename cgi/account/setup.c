/*
 * /setup: the one-time link of `aiddesk setup`.  The recovery key is shown first; on the next page one of its groups, chosen once by the
 * service, is typed back together with the first coordinator's name and password.  Then one transaction makes the coordinator, the group
 * key and the pool key, each sealed to the coordinator and to recovery (SECURITY.md §3.3).
 */
#include <string.h>

#include "account/account.h"
#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/qr.h"
#include "core/serve.h"
#include "core/token.h"

enum { GROUPS = 14 };

const struct param link_params[] = {
    {.name = "token",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED | PARAM_PATH,
     .min = 43,
     .max = 43,
     .label = "account.setup.link"},
    {.name = NULL},
};

const struct param setup_params[] = {
    {.name = "group",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = 20,
     .label = "account.setup.group"},
    {.name = "display_name",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = 40,
     .label = "account.person.display_name"},
    {.name = "login",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED,
     .min = 3,
     .max = 40,
     .label = "account.person.login"},
    {.name = "password",
     .type = PARAM_SECRET,
     .flags = PARAM_REQUIRED,
     .min = 8,
     .max = 128,
     .label = "account.person.password",
     .small = "account.password.error.short",
     .large = "account.password.error.long"},
    {.name = NULL},
};

enum err setup_link(struct request *req, struct reply *rep)
{
    return link_take(req, rep, SESSION_SETUP, "/setup");
}

struct setup {
    struct session *link;         /* the link's token */
    unsigned char *secret;        /* recovery secret */
    unsigned char public_key[32]; /* recovery public key */
    int asked;                    /* group to type back, from 0 */
};

static enum err setup_open(struct request *req, struct setup *s)
{
    struct db_rows *rows = NULL;
    struct str public_key;
    unsigned char random;
    enum err err;

    s->link = session_of_cookie(req->arena, SESSION_SETUP, request_cookie(req, "link"));
    if (s->link == NULL)
        return ERR_LINK;
    token_random(&random, 1);
    err = db_write(req->db, "account.setup_look", &rows,
                   DB_BYTES("p_link", session_bearer(s->link)), DB_INT("p_group", random % GROUPS));
    if (err != ERR_OK)
        return err;
    public_key = db_bytes(rows, 0, "recovery_public");
    if (public_key.n != SEAL_PUBLIC)
        return ERR_DAMAGED;
    memcpy(s->public_key, public_key.p, SEAL_PUBLIC);
    s->asked = (int)db_int(rows, 0, "asked_group");
    s->secret = arena_secret(req->arena, SEAL_KEY);
    return seal_recovery_open(req->arena, s->link->wrap, s->public_key,
                              db_bytes(rows, 0, "envelope"), s->secret);
}

enum err setup_show(struct request *req, struct reply *rep)
{
    struct setup s;
    json_t *model, *groups;
    struct str text, path;
    int size;
    enum err err = setup_open(req, &s);

    if (err != ERR_OK)
        return reply_error(req, rep, err);
    model = account_model(req, "account.setup.key.title", NULL, NULL);
    groups = json_array();
    for (int i = 0; i < GROUPS; i++) {
        json_t *group = json_object();

        json_set_int(group, "number", i + 1);
        json_set_str(group, "text", code_recovery_group(req->arena, s.secret, i));
        (void)json_array_append_new(groups, group);
    }
    json_set_new(model, "groups", groups);
    text = code_recovery_show(req->arena, s.secret);
    if (qr_path(req->arena, text, &size, &path)) {
        json_set_int(model, "qr_size", size);
        json_set_str(model, "qr_path", path);
    }
    return reply_page(rep, "account/setup_key", model);
}

enum err setup_account_show(struct request *req, struct reply *rep)
{
    struct setup s;
    json_t *model, *form;
    enum err err = setup_open(req, &s);

    if (err != ERR_OK)
        return reply_error(req, rep, err);
    model = account_model(req, "account.setup.account.title", setup_params, NULL);
    form = json_object_get(model, "form");
    form_attr(form, "group", "label",
              locale_text_n(req->arena, req->locale, "account.setup.group.n", s.asked + 1));
    form_attr(form, "group", "autocomplete", STR("off"));
    form_attr(form, "group", "autocapitalize", STR("characters"));
    form_attr(form, "display_name", "autocomplete", STR("name"));
    form_attr(form, "login", "autocomplete", STR("username"));
    form_attr(form, "login", "autocapitalize", STR("none"));
    form_attr(form, "password", "autocomplete", STR("new-password"));
    return reply_page(rep, "account/setup_account", model);
}

/* What was typed is the asked group: case, spaces, full-width forms and O, I, L do not matter. */
static bool group_matches(struct request *req, const struct setup *s, struct str typed)
{
    struct str wanted = code_recovery_group(req->arena, s->secret, s->asked);
    struct str folded = str_fold_width(req->arena, typed);
    char got[4] = {0};
    size_t n = 0;

    for (size_t i = 0; i < folded.n; i++) {
        char c = folded.p[i];

        if (c == ' ' || c == '-')
            continue;
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if (c == 'O')
            c = '0';
        if (c == 'I' || c == 'L')
            c = '1';
        if (n == sizeof got)
            return false;
        got[n++] = c;
    }
    return n == sizeof got && wanted.n == sizeof got && token_equal(got, wanted.p, n);
}

struct group_key {
    struct uuid id;
    unsigned char public_key[32];
    unsigned char signature[64];
    struct str to_user, to_recovery;
};

/* A new group (kind 1) or pool (kind 2) key, version 1, sealed to the first coordinator and to recovery. */
static void group_key_new(struct request *req, int kind, const struct new_person *person,
                          const struct setup *s, struct group_key *g)
{
    unsigned char *secret = arena_secret(req->arena, SEAL_KEY);

    g->id = token_uuid();
    seal_keypair(NULL, g->public_key, secret);
    seal_roster_sign(req->arena, keys_get(req->app->keys, "roster.secret"),
                     kind == 1 ? "group" : "pool", &g->id, 1, g->public_key, g->signature);
    g->to_user = seal_group_secret(req->arena, kind, 1, secret, person->public_key);
    g->to_recovery = seal_group_secret(req->arena, kind, 1, secret, s->public_key);
}

static enum err setup_store(struct request *req, const struct setup *s, const struct new_person *p)
{
    struct group_key group, pool;
    const struct password_params *params = &p->credentials->params;

    group_key_new(req, 1, p, s, &group);
    group_key_new(req, 2, p, s, &pool);
    return db_write(
        req->db, "account.setup_finish", NULL, DB_BYTES("p_link", session_bearer(s->link)),
        DB_UUID("p_user", p->id), DB_TEXT("p_login", param_text(req, "login")),
        DB_TEXT("p_display_name", param_text(req, "display_name")),
        DB_TEXT("p_lang", str_of(request_lang(req))),
        DB_BYTES("p_salt", str_bytes(params->salt, 16)), DB_INT("p_ops", params->ops),
        DB_INT("p_mem", params->mem_bytes), DB_INT("p_pepper_version", params->pepper_version),
        DB_BYTES("p_verifier", str_bytes(p->credentials->verifier, 32)),
        DB_BYTES("p_public_key", str_bytes(p->public_key, 32)),
        DB_BYTES("p_signature", str_bytes(p->signature, 64)),
        DB_BYTES("p_wrapped_secret", p->wrapped_secret), DB_UUID("p_group_id", group.id),
        DB_BYTES("p_group_public", str_bytes(group.public_key, 32)),
        DB_BYTES("p_group_signature", str_bytes(group.signature, 64)),
        DB_BYTES("p_group_to_user", group.to_user),
        DB_BYTES("p_group_to_recovery", group.to_recovery), DB_UUID("p_pool_id", pool.id),
        DB_BYTES("p_pool_public", str_bytes(pool.public_key, 32)),
        DB_BYTES("p_pool_signature", str_bytes(pool.signature, 64)),
        DB_BYTES("p_pool_to_user", pool.to_user), DB_BYTES("p_pool_to_recovery", pool.to_recovery));
}

enum err setup_account_post(struct request *req, struct reply *rep)
{
    struct str login = str_lower(req->arena, param_text(req, "login"));
    struct str names[] = {login, param_text(req, "display_name"), req->app->config.organisation_zh,
                          req->app->config.organisation_en};
    struct setup s;
    struct new_person person;
    struct uuid id = token_uuid();
    bool full, good;
    enum err err = setup_open(req, &s);

    if (err != ERR_OK)
        return reply_error(req, rep, err);
    good = credentials_acceptable(req, "password", names, sizeof names / sizeof names[0]);
    if (!group_matches(req, &s, param_text(req, "group"))) {
        form_error(req, "group", "account.setup.error.group");
        good = false;
    }
    if (!login_form_ok(login)) {
        form_error(req, "login", "account.person.error.login");
        good = false;
    }
    if (!good)
        return reply_form_again(req, rep, ERR_FORM);
    err = person_new(req, &id, 1, param_text(req, "password"), &person);
    if (err == ERR_OK)
        err = setup_store(req, &s, &person);
    if (err == ERR_OK)
        err = sign_in(req, rep, login, person.credentials, &id, 1, person.secret_key, false, &full);
    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    reply_cookie(req, rep, "link", STR(""), 0);
    return reply_see_other(rep, "/account/totp");
}
