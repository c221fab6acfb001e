/* draft: opening, beginning and reading the draft of this browser (SECURITY.md §3.3, §3.4). */
#include <string.h>

#include "core/arena.h"
#include "core/json.h"
#include "core/token.h"
#include "intake/intake.h"

enum { DRAFT_COOKIE_S = 30 * 86400, SEED_BYTES = 32 };

enum err intake_identify(struct request *req)
{
    struct session *s = session_of_cookie(req->arena, SESSION_DRAFT, request_cookie(req, "draft"));

    if (s == NULL)
        return ERR_OK;
    req->session = s;
    req->csrf_session = s;
    req->who |= WHO_DRAFT;
    req->role = "complainant";
    return ERR_OK;
}

static bool check_fits(const struct case_key *key, struct str check)
{
    unsigned char right[32];

    seal_key_check(key, right);
    return check.n == sizeof right && token_equal(check.p, right, sizeof right);
}

enum err draft_open(struct request *req, struct draft **out)
{
    struct draft *d = arena_new_of(req->arena, struct draft);
    struct db_rows *rows = NULL;
    struct uuid id;
    enum err err;

    if (req->session == NULL || req->session->kind != SESSION_DRAFT)
        return ERR_DRAFT;
    err = db_read(req->db, "intake.draft_get", &rows,
                  DB_BYTES("p_draft", session_bearer(req->session)));
    if (err != ERR_OK)
        return err;
    id = db_uuid(rows, 0, "case_id");
    d->session = req->session;
    d->rows = rows;
    d->submitted = !db_is_null(rows, 0, "submitted_at");
    d->step = db_int(rows, 0, "step");
    d->code_seed = arena_secret(req->arena, SEED_BYTES);
    err = seal_draft_box_open(req->arena, req->session->wrap, &id, db_bytes(rows, 0, "box"),
                              &d->key, d->code_seed);
    if (err != ERR_OK)
        return err;
    if (!check_fits(d->key, db_bytes(rows, 0, "key_check")))
        return ERR_DAMAGED;
    req->session->subject = id;
    *out = d;
    return ERR_OK;
}

enum err draft_look(struct request *req, struct draft **out)
{
    enum err err = draft_open(req, out);

    if (err != ERR_DRAFT)
        return err;
    *out = NULL;
    return ERR_OK;
}

/* A new draft: id, key and code seed are made here; SQL gets what opens nothing. */
static enum err draft_begin(struct request *req, struct reply *rep)
{
    struct session *session = session_new(req->arena, SESSION_DRAFT);
    struct case_key *key = seal_case_new(req->arena);
    unsigned char *seed = arena_secret(req->arena, SEED_BYTES);
    unsigned char check[32];
    enum err err;

    token_random(seed, SEED_BYTES);
    seal_key_check(key, check);
    err = db_write(req->db, "intake.draft_create", NULL,
                   DB_BYTES("p_draft", session_bearer(session)), DB_UUID("p_case", key->id),
                   DB_BYTES("p_box", seal_draft_box(req->arena, session->wrap, key, seed)),
                   DB_BYTES("p_key_check", str_bytes(check, sizeof check)),
                   DB_TEXT("p_lang", str_of(request_lang(req))),
                   DB_TEXT("p_network", intake_network(req)));
    if (err != ERR_OK)
        return err;
    reply_cookie(req, rep, "draft", session_cookie_text(req->arena, session), DRAFT_COOKIE_S);
    req->session = session;
    req->csrf_session = session; /* the form may come back with this very answer */
    req->who |= WHO_DRAFT;
    return ERR_OK;
}

enum err draft_for_step(struct request *req, struct reply *rep, struct draft **out)
{
    enum err err = draft_open(req, out);

    if (err == ERR_DRAFT) {
        err = draft_begin(req, rep);
        if (err == ERR_OK)
            err = draft_open(req, out);
    }
    return err == ERR_OK && (*out)->submitted ? ERR_DONE : err;
}

struct str draft_seal(struct request *req, const struct draft *d, const char *column,
                      struct str text)
{
    if (text.n == 0)
        return STR("");
    return seal_field(req->arena, d->key, "complaint", &d->key->id, column, text);
}

enum err draft_text(struct request *req, const struct draft *d, const char *column,
                    struct str *text)
{
    const char *sealed = str_z(req->arena, str_fmt(req->arena, "%s_sealed", column));

    *text = STR("");
    if (db_is_null(d->rows, 0, sealed))
        return ERR_OK;
    return seal_field_open(req->arena, d->key, "complaint", &d->key->id, column,
                           db_bytes(d->rows, 0, sealed), text);
}

/* Plain columns whose name is that of the field. */
static void stored_plain(const struct draft *d, json_t *o)
{
    static const char *const texts[] = {"platform", "product", "pay_method",  "problem", "paid_on",
                                        "who",      "purpose", "contact_way", "age_band"};
    static const char *const lists[] = {"wanted", "safe"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (!db_is_null(d->rows, 0, texts[i]))
            json_set_str(o, texts[i], db_text(d->rows, 0, texts[i]));
    }
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        json_t *list = json_array();
        struct str *codes;
        size_t n = db_texts(d->rows, 0, lists[i], &codes);

        for (size_t k = 0; k < n; k++)
            (void)json_array_append_new(list, json_of_str(codes[k]));
        json_set_new(o, lists[i], list);
    }
    if (!db_is_null(d->rows, 0, "amount_fen"))
        json_set_int(o, "amount", db_int(d->rows, 0, "amount_fen"));
}

static void stored_consents(const struct draft *d, json_t *o)
{
    static const struct {
        const char *kind, *field;
    } ticks[] = {
        {"SHARE_PLATFORM", "consent_platform"},    {"SHARE_PAYMENT", "consent_payment"},
        {"STATISTICS", "consent_stats"},           {"PUBLISH_STORY", "consent_story"},
        {"GUARDIAN_UNDER_14", "consent_guardian"},
    };
    struct str *kinds;
    size_t n = db_texts(d->rows, 0, "consents", &kinds);

    for (size_t k = 0; k < n; k++) {
        for (size_t i = 0; i < sizeof ticks / sizeof ticks[0]; i++) {
            if (str_eqz(kinds[k], ticks[i].kind))
                json_set_bool(o, ticks[i].field, true);
        }
    }
}

static enum err stored_sealed(struct request *req, const struct draft *d, json_t *o)
{
    static const char *const columns[] = {"platform_link", "order_no",  "payment_no", "story",
                                          "wanted_other",  "call_name", "hours"};
    struct str text, way = db_text(d->rows, 0, "contact_way");
    enum err err = ERR_OK;

    for (size_t i = 0; err == ERR_OK && i < sizeof columns / sizeof columns[0]; i++) {
        err = draft_text(req, d, columns[i], &text);
        if (err == ERR_OK)
            json_set_str(o, columns[i], text);
    }
    if (err == ERR_OK)
        err = draft_text(req, d, "contact", &text);
    if (err == ERR_OK && text.n != 0)
        json_set_str(o, str_eqz(way, "email") ? "email" : "mobile", text);
    if (err == ERR_OK)
        err = draft_text(req, d, "guardian", &text);
    if (err == ERR_OK && text.n != 0) {
        json_t *more = json_parse(req->arena, text);

        if (more == NULL)
            return ERR_DAMAGED;
        (void)json_object_update_missing(o, more);
    }
    return err;
}

enum err draft_stored(struct request *req, const struct draft *d, json_t **out)
{
    json_t *o = json_owned(req->arena, json_object());

    *out = o;
    if (d == NULL)
        return ERR_OK;
    stored_plain(d, o);
    stored_consents(d, o);
    return stored_sealed(req, d, o);
}

struct file_context draft_files(struct request *req, const struct draft *d)
{
    (void)req;
    return (struct file_context){.schema = "intake",
                                 .bearer_name = "p_draft",
                                 .bearer = session_bearer(d->session),
                                 .case_key = d->key};
}
