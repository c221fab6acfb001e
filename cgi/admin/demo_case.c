/* demo_case: a complaint from the first page of the form to the submission, as aiddesk-intake makes it (cgi/intake/submit.c). */
#include <string.h>

#include "admin/demo.h"
#include "core/arena.h"
#include "core/json.h"
#include "core/session.h"
#include "rules/number_key.h"

struct str demo_seal(struct demo *d, const struct demo_case *c, const char *table,
                     const struct uuid *row, const char *column, struct str text)
{
    return text.n == 0 ? text : seal_field(d->arena, c->key, table, row, column, text);
}

static struct str told(struct demo *d, const struct demo_case *c, const char *column,
                       struct str text)
{
    return demo_seal(d, c, "complaint", &c->key->id, column, text);
}

enum err demo_at(struct demo *d, struct demo_case *c, int64_t at_us)
{
    c->at_us = at_us < d->now_us ? at_us : d->now_us;
    return db_step(d->db, "demo.at", NULL, DB_TIME("p_at", c->at_us));
}

static struct str hash_of(struct demo *d, const char *kind, struct str normal)
{
    unsigned char *hash = arena_alloc(d->arena, 32);

    token_lookup(d->arena, keys_get(d->desk, "lookup"), kind, normal, hash);
    return str_bytes(hash, 32);
}

static enum err save_platform(struct demo *d, struct demo_case *c, struct str draft)
{
    static const char *const methods[] = {"alipay", "wechat", "wechat", "bank_card"};
    struct str kinds[] = {STR(NUMBER_ORDER)};
    struct str hashes[] = {hash_of(d, NUMBER_ORDER, number_key_order(d->arena, c->order_no))};

    return db_step(d->db, "intake.save_platform", NULL, DB_BYTES("p_draft", draft),
                   DB_TEXT("p_platform", json_str(c->platform, "name")),
                   DB_BYTES("p_link", told(d, c, "platform_link",
                                           str_fmt(d->arena, "https://shop%lld.example/item/%lld",
                                                   (long long)json_int(c->platform, "hue"),
                                                   (long long)(1000 + demo_below(d, 9000))))),
                   DB_TEXT("p_product", json_str(c->product, "choice")),
                   DB_BYTES("p_order_no", told(d, c, "order_no", c->order_no)),
                   DB_TEXT("p_pay_method", str_of(methods[demo_below(d, 4)])),
                   DB_BYTES_OR_NULL("p_payment_no", STR("")), DB_TEXTS("p_hash_kinds", kinds, 1),
                   DB_BYTEAS("p_hashes", hashes, 1), DB_TEXT("p_network", c->order_no));
}

static enum err save_story(struct demo *d, struct demo_case *c, struct str draft)
{
    struct str wanted[] = {json_str(c->problem, "wanted")};
    const json_t *opening = demo_pick(d, json_object_get(c->problem, "opening"));
    const json_t *contact = demo_pick(d, json_object_get(d->data, "contacts"));
    const json_t *ask = demo_pick(d, json_object_get(d->data, "asks"));
    struct str story = str_fmt(d->arena, "%s\n%s\n%s", json_string_value(opening),
                               json_string_value(contact), json_string_value(ask));

    return db_step(d->db, "intake.save_story", NULL, DB_BYTES("p_draft", draft),
                   DB_TEXT("p_problem", json_str(c->problem, "choice")),
                   DB_DATE_OR_NULL("p_paid_on", c->day), DB_INT("p_amount_fen", c->fen),
                   DB_BYTES("p_story", told(d, c, "story", demo_fill(d, c, story))),
                   DB_TEXTS("p_wanted", wanted, 1), DB_BYTES_OR_NULL("p_wanted_other", STR("")));
}

static enum err save_files(struct demo *d, struct demo_case *c, size_t n)
{
    static const char *const kinds[DEMO_FILES] = {"order", "payment", "chat", "problem"};
    enum err err = ERR_OK;

    for (size_t i = 0; err == ERR_OK && i < n; i++)
        err = demo_file_picture(d, c, kinds[i], "complainant", kinds[i], &c->files[i]);
    c->n_files = n;
    return err;
}

static enum err save_contact(struct demo *d, struct demo_case *c, struct str draft)
{
    struct str mail =
        str_lower(d->arena, str_fmt(d->arena, "%.*s@example.com", STR_ARG(c->order_no)));
    struct str safe[] = {STR("text"), STR("mail")};
    struct str consents[] = {STR("SHARE_PLATFORM"), STR("SHARE_PAYMENT"), STR("STATISTICS")};

    return db_step(
        d->db, "intake.save_contact", NULL, DB_BYTES("p_draft", draft),
        DB_TEXT("p_who", STR("self")), DB_BYTES_OR_NULL("p_guardian", STR("")),
        DB_TEXT("p_age_band", STR("18P")), DB_TEXT("p_contact_way", STR("email")),
        DB_BYTES("p_contact", told(d, c, "contact", mail)),
        DB_BYTES("p_contact_hash", hash_of(d, NUMBER_EMAIL, number_key_email(d->arena, mail))),
        DB_BYTES("p_call_name", told(d, c, "call_name", c->name)), DB_TEXTS("p_safe", safe, 2),
        DB_BYTES_OR_NULL("p_mail", STR("")), DB_BYTES_OR_NULL("p_hours", STR("")),
        DB_TEXT("p_purpose", STR("own_use")),
        DB_TEXTS("p_consents", consents, 2 + (size_t)demo_below(d, 2)));
}

struct code_parts {
    unsigned char lookup[32], public_key[32], secret[SEAL_KEY];
};

/* As cgi/intake/code.c: the code from the seed of the draft. */
static struct code_parts *code_of(struct demo *d, struct demo_case *c, const unsigned char *seed)
{
    struct code_parts *p = arena_secret(d->arena, sizeof *p);
    unsigned char *root = arena_secret(d->arena, 32), *box_seed = arena_secret(d->arena, 32);
    unsigned char *bits = arena_secret(d->arena, 32);

    token_derive(seed, "AdSeed01", 1, bits);
    code_make(bits, c->code);
    code_root(d->arena, "aiddesk/1/code", c->code, root);
    token_derive(root, "AdCode01", 1, p->lookup);
    token_derive(root, "AdCode01", 2, box_seed);
    seal_keypair(box_seed, p->public_key, p->secret);
    return p;
}

static enum err hand_in(struct demo *d, struct demo_case *c, struct str draft,
                        const unsigned char *seed)
{
    const struct code_parts *code = code_of(d, c, seed);
    bool queue = str_eqz(json_str(c->life, "lane"), "queue"), user = false;
    struct str seal = STR("");
    struct uuid who = {{0}};
    struct db_rows *rows = NULL;
    enum err err = db_step(d->db, "intake.recipients", &rows, DB_BYTES("p_draft", draft));

    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        if (!str_eqz(db_text(rows, i, "kind"), "user") || queue)
            continue;
        user = true;
        who = db_uuid(rows, i, "id");
        seal = seal_case_to(d->arena, c->key,
                            (const unsigned char *)db_bytes(rows, i, "public_key").p);
    }
    if (err != ERR_OK)
        return err;
    return db_step(d->db, "intake.submit", NULL, DB_BYTES("p_draft", draft),
                   DB_TEXT("p_lang", STR("zh-CN")), DB_TEXT("p_network", c->order_no),
                   DB_TEXT("p_lane", queue ? STR("queue") : STR("auto")),
                   DB_BOOL("p_agreed_identity", true), DB_BOOL("p_agreed_sensitive", true),
                   DB_UUID_OR_NULL("p_user", who, user), DB_INT_OR_NULL("p_user_version", 1, user),
                   DB_BYTES_OR_NULL("p_user_seal", seal), DB_INT("p_group_version", 1),
                   DB_BYTES("p_group_seal", seal_case_to(d->arena, c->key, d->group_public)),
                   DB_INT("p_pool_version", 1),
                   DB_BYTES("p_pool_seal", seal_case_to(d->arena, c->key, d->pool_public)),
                   DB_BYTES("p_code_lookup", str_bytes(code->lookup, 32)),
                   DB_BYTES("p_code_public", str_bytes(code->public_key, 32)),
                   DB_BYTES("p_code_seal", seal_case_to(d->arena, c->key, code->public_key)));
}

/* The code was written down: its box goes, and a session of the complainant acts for the rest of the case. */
static enum err keep_code(struct demo *d, struct demo_case *c, struct str draft)
{
    struct session *track = session_new(d->arena, SESSION_TRACK);
    enum err err = db_step(d->db, "intake.code_saved", NULL, DB_BYTES("p_draft", draft));

    c->track = session_bearer(track);
    if (err == ERR_OK)
        err = db_step(d->db, "demo.track", NULL, DB_UUID("p_case", c->key->id),
                      DB_BYTES("p_track", c->track));
    return err;
}

enum err demo_submit(struct demo *d, struct demo_case *c)
{
    struct session *session = session_new(d->arena, SESSION_DRAFT);
    struct str draft = session_bearer(session);
    unsigned char *seed = arena_secret(d->arena, 32);
    unsigned char check[32];
    bool stays = json_truth(c->life, "draft");
    enum err err;

    c->key = seal_case_new(d->arena);
    token_random(seed, 32);
    seal_key_check(c->key, check);
    d->doing = "submit";
    err = demo_at(d, c, c->begin_us - 12LL * 60 * 1000000);
    if (err == ERR_OK)
        err = db_step(d->db, "intake.draft_create", NULL, DB_BYTES("p_draft", draft),
                      DB_UUID("p_case", c->key->id),
                      DB_BYTES("p_box", seal_draft_box(d->arena, session->wrap, c->key, seed)),
                      DB_BYTES("p_key_check", str_bytes(check, 32)),
                      DB_TEXT("p_lang", STR("zh-CN")), DB_TEXT("p_network", c->order_no));
    if (err == ERR_OK)
        err = save_platform(d, c, draft);
    if (err == ERR_OK)
        err = save_story(d, c, draft);
    if (err == ERR_OK)
        err = save_files(d, c, stays ? 1 : DEMO_FILES);
    if (err == ERR_OK && !stays)
        err = db_step(d->db, "intake.evidence_done", NULL, DB_BYTES("p_draft", draft));
    if (err == ERR_OK && !stays)
        err = save_contact(d, c, draft);
    if (err == ERR_OK && !stays)
        err = demo_at(d, c, c->begin_us);
    if (err == ERR_OK && !stays)
        err = hand_in(d, c, draft, seed);
    if (err == ERR_OK && !stays)
        err = keep_code(d, c, draft);
    return err == ERR_OK ? demo_look(d, c) : err;
}
