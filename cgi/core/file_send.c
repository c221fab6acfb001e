/* file: out (file.h).  Segments come from the database one by one, are opened, and go on; never more than one is in memory. */
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/digest.h"
#include "core/file_private.h"
#include "core/inspect.h"
#include "core/log.h"
#include "core/token.h"

enum { HEADER_BYTES = 24, PIECE_ARENA = 65536 };

const struct file_functions *file_functions(const struct file_context *fc)
{
    static const struct file_functions all[] = {
        {.schema = "intake",
         .by_network = true,
         .begin = "intake.file_begin",
         .segment = "intake.file_segment",
         .end = "intake.file_end",
         .inspected = "intake.file_inspected",
         .get = "intake.file_get",
         .segment_get = "intake.file_segment_get",
         .preview = "intake.file_preview"},
        {.schema = "track",
         .by_network = true,
         .begin = "track.file_begin",
         .segment = "track.file_segment",
         .end = "track.file_end",
         .inspected = "track.file_inspected",
         .get = "track.file_get",
         .segment_get = "track.file_segment_get",
         .preview = "track.file_preview"},
        {.schema = "desk",
         .begin = "desk.file_begin",
         .segment = "desk.file_segment",
         .end = "desk.file_end",
         .inspected = "desk.file_inspected",
         .get = "desk.file_get",
         .segment_get = "desk.file_segment_get",
         .preview = "desk.file_preview"},
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        if (strcmp(all[i].schema, fc->schema) == 0)
            return &all[i];
    log_event(LOG_ERROR_, "bug", "a schema without sealed files");
    abort();
}

/* ---- reading ---- */

struct reading {
    const struct file_context *fc;
    const struct file_meta *meta;
    struct arena *piece; /* memory of one segment */
    struct digest *sha;
    int64_t segment; /* the one that was asked for */
    bool came;       /* it has come */
    int64_t bytes;   /* so far */
    enum err (*sink)(void *ctx, struct str plain);
    void *ctx;
};

static void free_arena(void *arena)
{
    arena_free(arena);
}

static enum err pour_segment(void *ctx, struct str bytes)
{
    struct reading *r = ctx;
    struct str plain;
    enum err err;

    if (r->came || r->segment == r->meta->segments)
        return ERR_DAMAGED;
    r->came = true;
    err = seal_segment_open(r->piece, r->fc->case_key, &r->meta->id, r->meta->file_no, r->segment,
                            str_sub(bytes, 0, HEADER_BYTES), str_sub(bytes, HEADER_BYTES, bytes.n),
                            &plain);
    if (err == ERR_OK && (int64_t)plain.n > r->meta->bytes - r->bytes)
        err = ERR_DAMAGED;
    if (err == ERR_OK) {
        r->bytes += (int64_t)plain.n;
        if (r->sha != NULL)
            digest_add(r->sha, plain);
        err = r->sink(r->ctx, plain);
    }
    arena_reset(r->piece);
    return err;
}

/* Asks for every segment of the manifest, and for one more, which must not exist. */
static enum err pour_all(struct request *req, struct reading *r)
{
    const struct file_context *fc = r->fc;
    enum err err = ERR_OK;

    for (r->segment = 0; err == ERR_OK && r->segment <= r->meta->segments; r->segment++) {
        r->came = false;
        err = db_each_bytes(req->db, file_functions(fc)->segment_get, pour_segment, r,
                            DB_BYTES(fc->bearer_name, fc->bearer),
                            DB_UUID("p_case", fc->case_key->id), DB_UUID("p_file", r->meta->id),
                            DB_INT("p_segment", r->segment));
        if (err == ERR_OK && r->came != (r->segment < r->meta->segments))
            err = ERR_DAMAGED;
    }
    return err;
}

static bool digest_fits(const struct reading *r)
{
    unsigned char sha256[32];

    if (r->sha == NULL)
        return true;
    digest_end(r->sha, sha256);
    return token_equal(sha256, r->meta->sha256, sizeof(sha256));
}

enum err file_pour(struct request *req, const struct file_context *fc, const struct file_meta *meta,
                   enum file_proof proof, enum err (*sink)(void *ctx, struct str plain), void *ctx)
{
    struct reading r = {.fc = fc, .meta = meta, .sink = sink, .ctx = ctx};
    enum err err;

    r.piece = arena_new(PIECE_ARENA);
    arena_defer(req->arena, free_arena, r.piece);
    if (proof == FILE_PROOF_DIGEST)
        r.sha = digest_new(req->arena);
    err = pour_all(req, &r);
    if (err == ERR_OK && (r.bytes != meta->bytes || !digest_fits(&r)))
        err = ERR_DAMAGED;
    if (err == ERR_DAMAGED)
        log_event(LOG_ERROR_, "file-damaged", "the segments do not fit the manifest");
    return err;
}

/* ---- meta ---- */

enum err file_of_row(struct arena *a, const struct case_key *c, const struct db_rows *rows,
                     size_t row, struct file_meta *out)
{
    struct uuid id = db_uuid(rows, row, "file_id");
    enum err err = file_manifest_open(a, c, &id, db_bytes(rows, row, "manifest_sealed"), out);

    out->file_no = db_int(rows, row, "file_no");
    out->type = db_text(rows, row, "real_type");
    out->width = db_int(rows, row, "width");
    out->height = db_int(rows, row, "height");
    out->damaged = db_bool(rows, row, "damaged");
    out->has_preview = db_bool(rows, row, "has_preview");
    return err;
}

bool file_unshown(const struct file_meta *meta)
{
    bool picture =
        str_starts(meta->type, STR("image/")) || str_starts(meta->type_sent, STR("image/"));

    return meta->damaged || (picture && meta->type.n != 0 && !meta->has_preview);
}

bool file_is_heic(const struct file_meta *meta)
{
    return str_eqz(meta->type, "image/heic") || str_eqz(meta->type_sent, "image/heic") ||
           str_eqz(meta->type_sent, "image/heif");
}

enum err file_get(struct request *req, const struct file_context *fc, const struct uuid *file,
                  struct file_meta *out)
{
    struct db_rows *rows = NULL;
    enum err err =
        db_read(req->db, file_functions(fc)->get, &rows, DB_BYTES(fc->bearer_name, fc->bearer),
                DB_UUID("p_case", fc->case_key->id), DB_UUID("p_file", *file));

    if (err == ERR_OK && db_count(rows) != 1)
        err = ERR_NOT_FOUND;
    if (err == ERR_OK)
        err = file_of_row(req->arena, fc->case_key, rows, 0, out);
    return err;
}

/* ---- answers ---- */

struct sending {
    const struct file_context *fc;
    const struct file_meta *meta;
};

static enum err write_piece(void *ctx, struct str plain)
{
    return reply_write(ctx, plain);
}

static enum err stream(struct request *req, struct reply *rep, void *ctx)
{
    const struct sending *s = ctx;

    return file_pour(req, s->fc, s->meta, FILE_PROOF_DIGEST, write_piece, rep);
}

enum err file_send(struct request *req, struct reply *rep, const struct file_context *fc,
                   const struct file_meta *meta, const char *ascii_name)
{
    struct sending *s = arena_new_of(req->arena, struct sending);
    const char *type = inspect_known(meta->type);

    s->fc = fc;
    s->meta = meta;
    return reply_download(rep, type != NULL ? type : "application/octet-stream", meta->name,
                          ascii_name, meta->bytes, stream, s);
}

struct kept {
    struct arena *arena;
    struct str bytes;
};

static enum err keep(void *ctx, struct str bytes)
{
    struct kept *k = ctx;

    k->bytes = str_dup(k->arena, bytes);
    return ERR_OK;
}

enum err file_send_preview(struct request *req, struct reply *rep, const struct file_context *fc,
                           const struct file_meta *meta)
{
    struct kept sealed = {.arena = req->arena};
    struct str jpeg;
    enum err err;

    err = db_each_bytes(req->db, file_functions(fc)->preview, keep, &sealed,
                        DB_BYTES(fc->bearer_name, fc->bearer), DB_UUID("p_case", fc->case_key->id),
                        DB_UUID("p_file", meta->id));
    if (err == ERR_OK && sealed.bytes.n == 0)
        err = ERR_NOT_FOUND;
    if (err == ERR_OK)
        err = seal_field_open(req->arena, fc->case_key, "file", &meta->id, "preview", sealed.bytes,
                              &jpeg);
    if (err != ERR_OK)
        return err;
    return reply_raw(rep, "image/jpeg", jpeg);
}

struct filling {
    char *p;
    size_t n;
};

static enum err append(void *ctx, struct str plain)
{
    struct filling *f = ctx;

    memcpy(f->p + f->n, plain.p, plain.n); /* file_pour lets no more come than the manifest says */
    f->n += plain.n;
    return ERR_OK;
}

enum err file_read(struct request *req, const struct file_context *fc, const struct file_meta *meta,
                   size_t max, struct str *bytes)
{
    struct filling f = {0};
    enum err err;

    *bytes = (struct str){NULL, 0};
    if (meta->bytes < 0 || (uint64_t)meta->bytes > max)
        return ERR_LIMIT;
    f.p = arena_secret(req->arena, (size_t)meta->bytes);
    err = file_pour(req, fc, meta, FILE_PROOF_DIGEST, append, &f);
    if (err == ERR_OK)
        *bytes = str_bytes(f.p, f.n);
    return err;
}
