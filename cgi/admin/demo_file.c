/* demo_file: pictures and papers as sealed files, looked at by aiddesk-inspect like all others. */
#include <string.h>

#include "admin/demo.h"
#include "core/arena.h"
#include "core/digest.h"
#include "core/inspect.h"
#include "core/json.h"

/* A file on its way into the case. */
struct paper {
    struct str bytes, name;
    const char *type, *source, *hint;
    int64_t width, height;
    struct str preview;
};

static struct str manifest(struct demo *d, const struct demo_case *c, const struct uuid *id,
                           const struct paper *p, const unsigned char sha256[32])
{
    json_t *m = json_owned(d->arena, json_object());

    json_set_str(m, "sha256", str_hex(d->arena, str_bytes(sha256, 32)));
    json_set_int(m, "bytes", (int64_t)p->bytes.n);
    json_set_int(m, "segments", 1);
    json_set_str(m, "name", p->name);
    json_set_z(m, "type", p->type);
    return demo_seal(d, c, "file", id, "manifest", json_dump(d->arena, m));
}

/* All are under 1 MiB: one segment. */
static enum err store(struct demo *d, struct demo_case *c, const struct paper *p, struct uuid *id)
{
    bool service = strcmp(p->source, "service") == 0;
    unsigned char sha256[32], same[32];
    struct db_rows *rows = NULL;
    struct str header, sealed;
    enum err err;

    *id = token_uuid();
    digest_sha256(p->bytes, sha256);
    token_lookup(d->arena, keys_get(d->desk, "lookup"), "file", str_bytes(sha256, 32), same);
    err = db_step(d->db, "engine.file_begin", &rows, DB_UUID("p_case", c->key->id),
                  DB_UUID("p_file", *id), DB_TEXT_OR_NULL("p_network", STR("")),
                  DB_BOOL("p_service", service), DB_TEXT("p_source", str_of(p->source)));
    if (err != ERR_OK)
        return err;
    seal_segment(d->arena, c->key, id, db_int(rows, 0, "file_begin"), 0, p->bytes, &header,
                 &sealed);
    err = db_step(d->db, "engine.file_segment", NULL, DB_UUID("p_case", c->key->id),
                  DB_UUID("p_file", *id), DB_INT("p_segment", 0), DB_BYTES("p_header", header),
                  DB_BYTES("p_sealed", sealed));
    if (err == ERR_OK)
        err = db_step(
            d->db, "engine.file_end", NULL, DB_UUID("p_case", c->key->id), DB_UUID("p_file", *id),
            DB_BYTES("p_manifest", manifest(d, c, id, p, sha256)),
            DB_INT("p_bytes", (int64_t)p->bytes.n), DB_INT("p_segments", 1),
            DB_BYTES("p_same", str_bytes(same, 32)),
            DB_TEXT_OR_NULL("p_kind_hint", str_of(p->hint)), DB_BYTES_OR_NULL("p_note", STR("")),
            DB_TEXT("p_actor_kind",
                    strcmp(p->source, "complainant") == 0 ? STR("complainant") : STR("user")),
            DB_UUID_OR_NULL("p_actor", c->assignee != NULL ? c->assignee->id : *id,
                            c->assignee != NULL && strcmp(p->source, "complainant") != 0));
    if (err != ERR_OK)
        return err;
    return db_step(
        d->db, "engine.file_inspected", NULL, DB_UUID("p_case", c->key->id), DB_UUID("p_file", *id),
        DB_TEXT("p_type", str_of(p->type)), DB_INT_OR_NULL("p_width", p->width, p->width > 0),
        DB_INT_OR_NULL("p_height", p->height, p->height > 0), DB_BOOL("p_damaged", false),
        DB_BYTES_OR_NULL("p_preview", p->preview.n == 0
                                          ? p->preview
                                          : demo_seal(d, c, "file", id, "preview", p->preview)));
}

/* The preview of a picture with these pixels; NULL when it could not be checked. */
static const struct demo_preview *preview_of(struct demo *d, struct str key, struct str png)
{
    struct inspect_result found;
    struct demo_preview *made;

    for (size_t i = 0; i < d->n_previews; i++)
        if (str_eq(d->previews[i].key, key))
            return &d->previews[i];
    found = inspect_run(d->arena, d->inspect, -1, png);
    if (!found.checked || found.damaged || found.preview.n == 0 ||
        d->n_previews == DEMO_PREVIEWS_MAX)
        return NULL;
    made = &d->previews[d->n_previews++];
    made->key = str_dup(d->ad->arena, key);
    made->jpeg = str_dup(d->ad->arena, found.preview);
    made->width = found.width;
    made->height = found.height;
    return made;
}

enum err demo_file_picture(struct demo *d, struct demo_case *c, const char *kind,
                           const char *source, const char *hint, struct uuid *id)
{
    int hue = (int)json_int(c->platform, "hue"), width = 0, height = 0;
    bool plain = strcmp(kind, "chat") == 0; /* shows no amount */
    struct str amount = plain ? STR("") : demo_money(d, c->fen);
    struct str note =
        str_fmt(d->arena, "%.*s %s %lld", STR_ARG(c->order_no), kind, (long long)++c->picture);
    struct paper p = {.type = "image/png", .source = source, .hint = hint};
    const struct demo_preview *preview;

    p.bytes = demo_picture(d->arena, kind, hue, amount, note, &width, &height);
    p.name = str_fmt(d->arena, "%s-%lld.png", kind, (long long)c->picture);
    preview = preview_of(d, str_fmt(d->arena, "%s %d %.*s", kind, hue, STR_ARG(amount)), p.bytes);
    if (preview == NULL)
        return ERR_UNAVAILABLE;
    p.width = preview->width;
    p.height = preview->height;
    p.preview = preview->jpeg;
    return store(d, c, &p, id);
}

enum err demo_file_pdf(struct demo *d, struct demo_case *c, struct str name, struct str pdf,
                       struct uuid *id)
{
    const struct paper p = {
        .bytes = pdf, .name = name, .type = "application/pdf", .source = "service", .hint = ""};

    return store(d, c, &p, id);
}
