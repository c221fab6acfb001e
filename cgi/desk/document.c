#include "desk/document.h"

#include "core/arena.h"
#include "core/clock.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/serve.h"
#include "core/token.h"
#include "core/vocab.h"

typedef enum err (*composer)(struct arena *a, const struct locale *l, const json_t *model,
                             struct str *pdf, json_t *missing);

static composer composer_of(enum letter_kind kind)
{
    static const composer all[LETTER_KIND__MAX] = {
        [LETTER_COMPLAINT] = letter_complaint,   [LETTER_SETTLEMENT] = letter_settlement,
        [LETTER_WITHDRAWAL] = letter_withdrawal, [LETTER_EVIDENCE_LIST] = letter_evidence_list,
        [LETTER_RECEIPT] = letter_receipt,
    };

    return all[kind];
}

static const struct locale *chinese(const struct request *req)
{
    return locale_get(req->app->locales, STR("zh-CN"));
}

const struct locale *document_words_begin(struct request *req)
{
    const struct locale *page = req->locale;

    req->locale = chinese(req);
    return page;
}

void document_words_end(struct request *req, const struct locale *page)
{
    req->locale = page;
}

static struct str today(struct arena *a)
{
    struct civil t = clock_civil(clock_now());

    return str_fmt(a, "%04d-%02d-%02d", t.year, t.month, t.day);
}

/* What every paper has; then the PDF, or the list of what is missing. */
static enum err compose(struct request *req, const struct open_case *c, struct document *d,
                        bool draft, struct str *pdf, json_t *missing)
{
    json_set_str(d->model, "case_no", c->case_no);
    json_set_str(d->model, "date", today(req->arena));
    json_set_str(d->model, "organisation", req->app->config.organisation_zh);
    if (draft)
        json_set_bool(d->model, "draft", true);
    else
        (void)json_object_del(d->model, "draft");
    return composer_of(d->letter)(req->arena, chinese(req), d->model, pdf, missing);
}

enum err document_missing(struct request *req, const struct open_case *c, struct document *d,
                          const struct document_place *places, json_t **list)
{
    json_t *missing = json_owned(req->arena, json_array()), *one;
    struct str pdf;
    size_t i;
    enum err err = compose(req, c, d, true, &pdf, missing);

    json_array_foreach(missing, i, one)
    {
        const struct document_place *p = places;

        while (p->missing != NULL && !str_eqz(json_str(one, "key"), p->missing))
            p++;
        json_set_str(
            one, "text",
            locale_textz(req->arena, req->locale, str_z(req->arena, json_str(one, "key"))));
        json_set_bool(one, "href", false);
        json_set_bool(one, "link", false);
        if (p->missing == NULL)
            continue;
        json_set_str(one, "href",
                     str_fmt(req->arena, "/desk/cases/%.*s/%s", STR_ARG(c->case_no), p->page));
        json_set_str(one, "link", locale_textz(req->arena, req->locale, p->label));
    }
    *list = missing;
    return err == ERR_FORM ? ERR_OK : err;
}

/* "投诉书 AD26-000001 2026-11-28": what people find in their downloads. */
static struct str file_name(struct request *req, const struct open_case *c,
                            const struct document *d)
{
    const struct locale *page = document_words_begin(req);
    struct str kind = vocab_label(req, "document_kind", str_of(d->kind));
    struct str day = today(req->arena);

    document_words_end(req, page);
    return str_fmt(req->arena, "%.*s %.*s %.*s.pdf", STR_ARG(kind), STR_ARG(c->case_no),
                   STR_ARG(day));
}

struct bytes {
    struct str pdf;
};

static enum err pour(struct request *req, struct reply *rep, void *ctx)
{
    const struct bytes *b = ctx;

    (void)req;
    return reply_write(rep, b->pdf);
}

enum err document_preview(struct request *req, struct reply *rep, const struct open_case *c,
                          struct document *d)
{
    json_t *missing = json_owned(req->arena, json_array());
    struct bytes *b = arena_new_of(req->arena, struct bytes);
    struct str draft, name = file_name(req, c, d);
    enum err err = compose(req, c, d, true, &b->pdf, missing);

    if (err != ERR_OK)
        return err;
    draft = locale_textz(req->arena, chinese(req), "letters.draft");
    return reply_download(
        rep, "application/pdf", str_fmt(req->arena, "%.*s %.*s", STR_ARG(draft), STR_ARG(name)),
        str_z(req->arena, str_fmt(req->arena, "%.*s-draft.pdf", STR_ARG(c->case_no))),
        (int64_t)b->pdf.n, pour, b);
}

enum err document_freeze(struct request *req, const struct open_case *c, struct document *d,
                         const struct uuid *id, struct document_frozen *out)
{
    struct arena *a = req->arena;
    json_t *missing = json_owned(a, json_array());
    struct file_context *fc = arena_new_of(a, struct file_context);
    unsigned char hash[32];
    struct str pdf;
    enum err err = compose(req, c, d, false, &pdf, missing);

    if (err != ERR_OK)
        return err;
    open_case_files(req, c, fc);
    err = file_store(req, fc, file_name(req, c, d), "application/pdf", pdf, "", &out->file);
    if (err != ERR_OK)
        return err;
    token_lookup(a, keys_get(req->app->keys, "lookup"), "document",
                 str_bytes(out->file.sha256, sizeof out->file.sha256), hash);
    out->id = *id;
    out->template_version = letter_version(d->letter);
    out->sha_hash = str_dup(a, str_bytes(hash, sizeof hash));
    out->snapshot = seal_field(a, c->key, "document", id, "snapshot", json_dump(a, d->model));
    return ERR_OK;
}

enum err document_issue(struct request *req, const struct open_case *c, struct document *d,
                        const struct uuid *id)
{
    struct document_frozen f;
    bool known = false;
    enum err err = document_known(req, c, id, &known);

    if (err != ERR_OK || known)
        return err;
    err = document_freeze(req, c, d, id, &f);
    if (err != ERR_OK)
        return err;
    return db_write(
        req->db, "desk.document_issue", NULL, DB_BYTES("p_session", desk_bearer(req)),
        DB_UUID("p_case", c->id), DB_UUID("p_id", f.id), DB_TEXT("p_kind", str_of(d->kind)),
        DB_TEXT("p_template_version", str_of(f.template_version)), DB_UUID("p_file", f.file.id),
        DB_BYTES("p_sha_hash", f.sha_hash), DB_BYTES("p_snapshot", f.snapshot),
        DB_UUID_OR_NULL("p_filing", d->filing, d->has_filing),
        DB_UUID_OR_NULL("p_settlement", d->settlement, d->has_settlement));
}

enum err document_known(struct request *req, const struct open_case *c, const struct uuid *id,
                        bool *known)
{
    struct db_rows *rows = NULL;
    enum err err = db_read(req->db, "desk.documents", &rows,
                           DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", c->id));

    *known = false;
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        struct uuid have = db_uuid(rows, i, "id");

        *known = *known || str_eq(str_bytes(have.b, 16), str_bytes(id->b, 16));
    }
    return err;
}
