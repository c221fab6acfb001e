/*
 * demo_people: accounts with keys of their own, the group and the pool key, as setup and invitations make them (SECURITY.md §3.3).  The
 * passwords are new in every installation; demo.json has them.
 */
#include <string.h>

#include "admin/conf.h"
#include "admin/demo.h"
#include "core/arena.h"
#include "core/json.h"
#include "core/session.h"
#include "core/totp.h"

/* As cgi/account/credentials.c. */
enum { ARGON_OPS = 3, ARGON_MEM = 67108864, PEPPER_VERSION = 1, GROUP = 1, POOL = 2 };

/* A person's secrets while the command runs. */
struct made {
    struct password_params params;
    unsigned char verifier[32], wrap[32];
    unsigned char secret_key[SEAL_KEY];
    unsigned char signature[SEAL_SIGNATURE];
    struct str wrapped; /* the secret key under the password */
};

/* "7k3m-q9tx-…": sixteen letters and digits without look-alikes. */
static struct str password_new(struct demo *d)
{
    unsigned char bits[32];
    char code[CODE_CHARS + 1];

    token_random(bits, sizeof bits);
    code_make(bits, code);
    return str_lower(d->ad->arena, str_fmt(d->ad->arena, "%.4s-%.4s-%.4s-%.4s", code, code + 4,
                                           code + 8, code + 12));
}

static enum err make(struct demo *d, struct demo_person *p, struct made *m)
{
    enum err err;

    p->id = token_uuid();
    p->password = password_new(d);
    m->params.ops = ARGON_OPS;
    m->params.mem_bytes = ARGON_MEM;
    m->params.pepper_version = PEPPER_VERSION;
    token_random(m->params.salt, sizeof m->params.salt);
    err = seal_password(d->ad->arena, -1, keys_get(d->account, "pepper"), &p->id, p->password,
                        &m->params, m->verifier, m->wrap);
    if (err != ERR_OK)
        return err;
    seal_keypair(NULL, p->public_key, m->secret_key);
    seal_roster_sign(d->ad->arena, keys_get(d->account, "roster.secret"), "user", &p->id, 1,
                     p->public_key, m->signature);
    m->wrapped = seal_user_key(d->ad->arena, m->wrap, &p->id, 1, m->secret_key);
    return ERR_OK;
}

/* A key that several people hold: its secret sealed to the first coordinator and to recovery. */
struct shared {
    struct uuid id;
    unsigned char public_key[SEAL_PUBLIC], secret[SEAL_KEY], signature[SEAL_SIGNATURE];
    struct str to_user, to_recovery;
};

static void shared_make(struct demo *d, int kind, const struct demo_person *lead,
                        const unsigned char *recovery_public, struct shared *s)
{
    s->id = token_uuid();
    seal_keypair(NULL, s->public_key, s->secret);
    seal_roster_sign(d->ad->arena, keys_get(d->account, "roster.secret"),
                     kind == GROUP ? "group" : "pool", &s->id, 1, s->public_key, s->signature);
    s->to_user = seal_group_secret(d->ad->arena, kind, 1, s->secret, lead->public_key);
    s->to_recovery = seal_group_secret(d->ad->arena, kind, 1, s->secret, recovery_public);
}

/* What /setup does with the one-time link.  Nobody is shown this recovery key: an installation with invented cases has nothing to
 * recover. */
static enum err setup(struct demo *d, const struct demo_person *p, const struct made *m,
                      struct shared *group, struct shared *pool)
{
    struct arena *a = d->ad->arena;
    struct session *link = session_new(a, SESSION_SETUP);
    unsigned char recovery_public[SEAL_PUBLIC];
    unsigned char *recovery = arena_secret(a, SEAL_KEY);
    struct str public_key = str_bytes(recovery_public, SEAL_PUBLIC);
    enum err err;

    seal_keypair(NULL, recovery_public, recovery);
    shared_make(d, GROUP, p, recovery_public, group);
    shared_make(d, POOL, p, recovery_public, pool);
    err = db_step(d->db, "core.setup_begin", NULL, DB_BYTES("p_lookup", session_bearer(link)),
                  DB_BYTES("p_envelope", seal_recovery(a, link->wrap, recovery_public, recovery)),
                  DB_BYTES("p_recovery_public", public_key));
    if (err == ERR_OK && !conf_set(d->ad, "recovery_public", str_hex(a, public_key)))
        err = ERR_INTERNAL;
    if (err != ERR_OK)
        return err;
    return db_step(
        d->db, "account.setup_finish", NULL, DB_BYTES("p_link", session_bearer(link)),
        DB_UUID("p_user", p->id), DB_TEXT("p_login", p->login), DB_TEXT("p_display_name", p->name),
        DB_TEXT("p_lang", STR("zh-CN")), DB_BYTES("p_salt", str_bytes(m->params.salt, 16)),
        DB_INT("p_ops", m->params.ops), DB_INT("p_mem", m->params.mem_bytes),
        DB_INT("p_pepper_version", m->params.pepper_version),
        DB_BYTES("p_verifier", str_bytes(m->verifier, 32)),
        DB_BYTES("p_public_key", str_bytes(p->public_key, 32)),
        DB_BYTES("p_signature", str_bytes(m->signature, 64)),
        DB_BYTES("p_wrapped_secret", m->wrapped), DB_UUID("p_group_id", group->id),
        DB_BYTES("p_group_public", str_bytes(group->public_key, 32)),
        DB_BYTES("p_group_signature", str_bytes(group->signature, 64)),
        DB_BYTES("p_group_to_user", group->to_user),
        DB_BYTES("p_group_to_recovery", group->to_recovery), DB_UUID("p_pool_id", pool->id),
        DB_BYTES("p_pool_public", str_bytes(pool->public_key, 32)),
        DB_BYTES("p_pool_signature", str_bytes(pool->signature, 64)),
        DB_BYTES("p_pool_to_user", pool->to_user),
        DB_BYTES("p_pool_to_recovery", pool->to_recovery));
}

static enum err join(struct demo *d, const struct demo_person *p, const struct made *m,
                     const struct shared *pool)
{
    enum err err = db_step(
        d->db, "demo.person", NULL, DB_UUID("p_id", p->id), DB_TEXT("p_login", p->login),
        DB_TEXT("p_name", p->name), DB_TEXT("p_role", p->role),
        DB_BYTES("p_salt", str_bytes(m->params.salt, 16)), DB_INT("p_ops", m->params.ops),
        DB_INT("p_mem", m->params.mem_bytes), DB_INT("p_pepper_version", m->params.pepper_version),
        DB_BYTES("p_verifier", str_bytes(m->verifier, 32)),
        DB_BYTES("p_public_key", str_bytes(p->public_key, 32)),
        DB_BYTES("p_signature", str_bytes(m->signature, 64)),
        DB_BYTES("p_wrapped_secret", m->wrapped));

    if (err != ERR_OK || !str_eqz(p->role, "volunteer"))
        return err;
    return db_step(
        d->db, "demo.member", NULL, DB_TEXT("p_kind", STR("pool")), DB_UUID("p_user", p->id),
        DB_BYTES("p_seal", seal_group_secret(d->ad->arena, POOL, 1, pool->secret, p->public_key)));
}

/* Hours, skills, second factor, and the session that acts for the person. */
static enum err finish(struct demo *d, struct demo_person *p, const json_t *told)
{
    struct arena *a = d->ad->arena;
    const json_t *skills = json_object_get(told, "skills");
    struct str *names = arena_array(a, json_array_size(skills) + 1, sizeof *names);
    struct session *session = session_new(a, SESSION_USER);
    struct str totp_box = STR("");
    enum err err;

    for (size_t i = 0; i < json_array_size(skills); i++)
        names[i] = str_of(json_string_value(json_array_get(skills, i)));
    if (json_truth(told, "totp")) {
        unsigned char *secret = arena_secret(a, TOTP_SECRET_BYTES);

        totp_secret_new(secret);
        p->totp = totp_base32(a, secret);
        totp_box = seal_box(a, p->public_key, str_bytes(secret, TOTP_SECRET_BYTES));
    }
    p->bearer = session_bearer(session);
    err = db_step(d->db, "demo.person_set", NULL, DB_UUID("p_id", p->id),
                  DB_INT("p_hours", json_int(told, "hours")),
                  DB_BOOL("p_trainee", json_truth(told, "trainee")),
                  DB_TEXTS("p_skills", names, json_array_size(skills)),
                  DB_BYTES_OR_NULL("p_totp", totp_box),
                  DB_TIME("p_created", d->now_us - 190LL * 86400 * 1000000));
    if (err == ERR_OK)
        err = db_step(d->db, "demo.session", NULL, DB_UUID("p_user", p->id),
                      DB_BYTES("p_session", p->bearer));
    return err;
}

enum err demo_people(struct demo *d)
{
    const json_t *list = json_object_get(d->data, "people");
    struct shared *group = arena_secret(d->ad->arena, sizeof *group);
    struct shared *pool = arena_secret(d->ad->arena, sizeof *pool);
    enum err err = db_begin(d->db);

    for (size_t i = 0; err == ERR_OK && i < json_array_size(list); i++) {
        const json_t *told = json_array_get(list, i);
        struct demo_person *p = &d->people[i];
        struct made *m = arena_secret(d->ad->arena, sizeof *m);

        p->login = json_str(told, "login");
        p->name = json_str(told, "name");
        p->role = json_str(told, "role");
        d->n_people = i + 1;
        err = make(d, p, m);
        if (err == ERR_OK)
            err = i == 0 ? setup(d, p, m, group, pool) : join(d, p, m, pool);
        if (err == ERR_OK)
            err = finish(d, p, told);
    }
    memcpy(d->group_public, group->public_key, SEAL_PUBLIC);
    memcpy(d->pool_public, pool->public_key, SEAL_PUBLIC);
    if (err == ERR_OK)
        return db_commit(d->db);
    db_abort(d->db);
    return err;
}
