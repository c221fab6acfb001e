/* file: in (file.h). */
#include "core/file.h"

#include <jansson.h>
#include <string.h>

#include "core/arena.h"
#include "core/digest.h"
#include "core/file_private.h"
#include "core/inspect.h"
#include "core/json.h"
#include "core/log.h"
#include "core/serve.h"
#include "core/token.h"

enum { PIECE_ARENA = 65536, MB = 1048576 };

/* Where the bytes come from: a part of the body, or memory. */
struct source {
    struct multipart *m; /* NULL = memory */
    struct str left;     /* memory: what has not been taken yet */
};

/* A file on its way in. */
struct incoming {
    struct request *req;
    const struct file_context *fc;
    const struct file_functions *fn;
    struct source source;
    const char
        *field; /* form field that gets what is wrong with the file; NULL = made by the service */
    struct file_meta *meta;
    struct str kind_hint, note;
    struct arena *piece;     /* memory of one segment */
    struct segment *segment; /* the one that is being sealed, or NULL */
    int pieces;              /* it has so far */
    struct digest *sha;
};

/* ---- the manifest ---- */

static struct str manifest_seal(struct incoming *in)
{
    struct arena *a = in->req->arena;
    json_t *m = json_owned(a, json_object());

    json_set_str(m, "sha256", str_hex(a, str_bytes(in->meta->sha256, sizeof(in->meta->sha256))));
    json_set_int(m, "bytes", in->meta->bytes);
    json_set_int(m, "segments", in->meta->segments);
    json_set_str(m, "name", in->meta->name);
    json_set_str(m, "type", in->meta->type_sent);
    return seal_field(a, in->fc->case_key, "file", &in->meta->id, "manifest", json_dump(a, m));
}

enum err file_manifest_open(struct arena *a, const struct case_key *c, const struct uuid *file,
                            struct str sealed, struct file_meta *out)
{
    struct str text;
    struct str sha256;
    json_t *m;

    *out = (struct file_meta){.id = *file};
    if (seal_field_open(a, c, "file", file, "manifest", sealed, &text) != ERR_OK)
        return ERR_DAMAGED;
    m = json_parse(a, text);
    if (m == NULL || !str_unhex(a, json_str(m, "sha256"), &sha256) ||
        sha256.n != sizeof(out->sha256))
        return ERR_DAMAGED;
    memcpy(out->sha256, sha256.p, sha256.n);
    out->bytes = json_int(m, "bytes");
    out->segments = json_int(m, "segments");
    out->name = str_dup(a, json_str(m, "name"));
    out->type_sent = str_dup(a, json_str(m, "type"));
    return ERR_OK;
}

/* ---- what is wrong with the file itself ---- */

static enum err refuse(struct incoming *in, const char *key, int64_t n)
{
    form_error_n(in->req, in->field, key, n);
    /* nginx has the whole body already and is better answered after it was taken. */
    (void)multipart_more(in->source.m);
    return ERR_FORM;
}

/* Refusals of SQL that the person can mend become errors of the field. */
static enum err explain(struct incoming *in, enum err err)
{
    const struct config *config = &in->req->app->config;
    struct str which = db_detail(in->req->db);

    if (in->field == NULL)
        return err;
    if (err == ERR_DONE)
        return refuse(in, "shared.upload.same", 0);
    if (err != ERR_LIMIT)
        return err;
    if (str_eqz(which, "files"))
        return refuse(in, "shared.upload.too_many", config->case_max_files);
    if (str_eqz(which, "case"))
        return refuse(in, "shared.upload.case_full", config->case_max_bytes / MB);
    return refuse(in, "shared.upload.too_big", config->file_max_bytes / MB);
}

/* ---- segments ---- */

enum { PIECES = SEAL_SEGMENT_BYTES / SEAL_PIECE_BYTES };

/* Takes the next piece as far as the source goes; *n = 0 at its end. */
static enum err take_piece(struct incoming *in, char *plain, size_t *n)
{
    size_t got = 1;
    enum err err = ERR_OK;

    *n = 0;
    if (in->source.m == NULL) {
        struct str piece = str_sub(in->source.left, 0, SEAL_PIECE_BYTES);

        if (piece.n > 0)
            memcpy(plain, piece.p, piece.n);
        *n = piece.n;
        in->source.left = str_sub(in->source.left, piece.n, in->source.left.n);
        return ERR_OK;
    }
    while (err == ERR_OK && got > 0 && *n < SEAL_PIECE_BYTES) {
        err = multipart_read(in->source.m, plain + *n, SEAL_PIECE_BYTES - *n, &got);
        if (err == ERR_OK)
            *n += got;
    }
    return err;
}

static enum err put_segment(struct incoming *in)
{
    struct file_meta *meta = in->meta;
    struct str header;
    struct str sealed;
    enum err err;

    seal_segment_end(in->segment, &header, &sealed);
    /* While the server stores it, the next one is read, hashed and sealed. */
    err = db_step_later(in->req->db, in->fn->segment, DB_BYTES(in->fc->bearer_name, in->fc->bearer),
                        DB_UUID("p_case", in->fc->case_key->id), DB_UUID("p_file", meta->id),
                        DB_INT("p_segment", meta->segments), DB_BYTES("p_header", header),
                        DB_BYTES("p_sealed", sealed));
    arena_reset(in->piece);
    in->segment = NULL;
    in->pieces = 0;
    meta->segments++;
    return err;
}

/* ends: nothing comes after this piece. */
static enum err put_piece(struct incoming *in, struct str plain, bool ends)
{
    struct file_meta *meta = in->meta;
    bool last;

    if (in->segment == NULL)
        in->segment = seal_segment_begin(in->piece, in->fc->case_key, &meta->id, meta->file_no,
                                         meta->segments, SEAL_SEGMENT_BYTES);
    last = ends || ++in->pieces == PIECES;
    digest_add(in->sha, plain);
    seal_segment_piece(in->segment, plain, last);
    meta->bytes += (int64_t)plain.n;
    return last ? put_segment(in) : ERR_OK;
}

/* One piece is read ahead, because the last one of the file is sealed as such. */
static enum err put_all(struct incoming *in)
{
    int64_t max = in->req->app->config.file_max_bytes;
    struct arena *text = arena_new(2 * (size_t)SEAL_PIECE_BYTES);
    char *piece = arena_secret(text, SEAL_PIECE_BYTES);
    char *ahead = arena_secret(text, SEAL_PIECE_BYTES);
    size_t n = 0, more = 0;
    enum err err = take_piece(in, piece, &n);

    while (err == ERR_OK && n > 0) {
        char *swap = piece;

        if (in->field != NULL && in->meta->bytes + (int64_t)n > max) {
            err = refuse(in, "shared.upload.too_big", max / MB);
            break;
        }
        err = take_piece(in, ahead, &more);
        if (err == ERR_OK)
            err = put_piece(in, str_bytes(piece, n), more == 0);
        piece = ahead;
        ahead = swap;
        n = more;
    }
    arena_free(text); /* wiped, and not held while the file is looked at */
    if (err == ERR_OK && in->meta->segments == 0)
        return in->field != NULL ? refuse(in, "shared.upload.empty", 0) : ERR_BAD_REQUEST;
    return err;
}

/* ---- one transaction ---- */

static enum err begin_file(struct incoming *in)
{
    /* Strangers are counted by network; volunteers may share an office. */
    struct str network = in->fn->by_network ? in->req->client_network : (struct str){NULL, 0};
    struct db_rows *rows = NULL;
    enum err err =
        db_step(in->req->db, in->fn->begin, &rows, DB_BYTES(in->fc->bearer_name, in->fc->bearer),
                DB_UUID("p_case", in->fc->case_key->id), DB_UUID("p_file", in->meta->id),
                DB_TEXT_OR_NULL("p_network", network), DB_BOOL("p_service", in->field == NULL));

    if (err == ERR_OK)
        in->meta->file_no = db_int(rows, 0, "file_no");
    return err;
}

static enum err end_file(struct incoming *in)
{
    struct arena *a = in->req->arena;
    struct file_meta *meta = in->meta;
    unsigned char same[32];
    struct str note = {NULL, 0};

    digest_end(in->sha, meta->sha256);
    token_lookup(a, keys_get(in->req->app->keys, "lookup"), "file",
                 str_bytes(meta->sha256, sizeof(meta->sha256)), same);
    if (in->note.n > 0)
        note = seal_field(a, in->fc->case_key, "file", &meta->id, "note", in->note);
    return db_step(in->req->db, in->fn->end, NULL, DB_BYTES(in->fc->bearer_name, in->fc->bearer),
                   DB_UUID("p_case", in->fc->case_key->id), DB_UUID("p_file", meta->id),
                   DB_BYTES("p_manifest", manifest_seal(in)), DB_INT("p_bytes", meta->bytes),
                   DB_INT("p_segments", meta->segments),
                   DB_BYTES("p_same", str_bytes(same, sizeof(same))),
                   DB_TEXT_OR_NULL("p_kind_hint", in->kind_hint), DB_BYTES_OR_NULL("p_note", note));
}

enum { FOUND_ARGS = 8 };

/* What inspection found, or what the service knows of a file that it made. */
static void found_args(const struct incoming *in, struct str preview,
                       struct db_arg args[FOUND_ARGS])
{
    const struct file_meta *meta = in->meta;

    args[0] = DB_BYTES(in->fc->bearer_name, in->fc->bearer);
    args[1] = DB_UUID("p_case", in->fc->case_key->id);
    args[2] = DB_UUID("p_file", meta->id);
    args[3] = DB_TEXT("p_type", meta->type);
    args[4] = DB_INT_OR_NULL("p_width", meta->width, meta->width > 0);
    args[5] = DB_INT_OR_NULL("p_height", meta->height, meta->height > 0);
    args[6] = DB_BOOL("p_damaged", meta->damaged);
    args[7] = DB_BYTES_OR_NULL("p_preview", preview);
}

static enum err store(struct incoming *in)
{
    struct db *db = in->req->db;
    struct db_arg found[FOUND_ARGS];
    enum err err = db_begin(db);

    if (err != ERR_OK)
        return err;
    err = begin_file(in);
    if (err == ERR_OK)
        err = put_all(in);
    if (err == ERR_OK)
        err = end_file(in);
    if (err == ERR_OK && in->source.m != NULL) {
        err = multipart_more(in->source.m); /* a body cut short is never committed */
    } else if (err == ERR_OK) {
        found_args(in, (struct str){NULL, 0}, found);
        err = db_step_(db, in->fn->inspected, NULL, found, FOUND_ARGS);
    }
    if (err == ERR_OK)
        return db_commit(db);
    err = explain(in, err); /* before db_abort: it asks for the DETAIL */
    db_abort(db);
    return err;
}

static void free_arena(void *arena)
{
    arena_free(arena);
}

static struct incoming incoming_new(struct request *req, const struct file_context *fc,
                                    struct file_meta *out)
{
    struct incoming in = {.req = req, .fc = fc, .fn = file_functions(fc), .meta = out};

    *out = (struct file_meta){.id = token_uuid()};
    in.piece = arena_new(PIECE_ARENA);
    arena_defer(req->arena, free_arena, in.piece);
    in.sha = digest_new(req->arena);
    return in;
}

/* ---- inspection, outside any transaction ---- */

static enum err feed(void *ctx, struct str plain)
{
    inspect_feed(ctx, plain);
    return ERR_OK;
}

/* Reads the file back and opens every segment, which proves that what is called received can be opened.  A tag opens nothing but what was
 * sealed under it, in its place in this file, and the SHA-256 was taken of just that. */
static enum err inspect(struct incoming *in)
{
    struct request *req = in->req;
    struct file_meta *meta = in->meta;
    struct inspect_job *job = inspect_open(req->arena, req->app->inspect, req->app->slots_fd);
    enum err err = file_pour(req, in->fc, meta, FILE_PROOF_TAGS, feed, job);
    struct inspect_result found = inspect_close(job);
    struct str preview = {NULL, 0};
    struct db_arg args[FOUND_ARGS];

    if (err != ERR_OK || !found.checked)
        return err;
    meta->type = found.type;
    meta->width = found.width;
    meta->height = found.height;
    meta->damaged = found.damaged;
    meta->has_preview = found.preview.n > 0;
    if (meta->has_preview)
        preview =
            seal_field(req->arena, in->fc->case_key, "file", &meta->id, "preview", found.preview);
    found_args(in, preview, args);
    err = db_write_(req->db, in->fn->inspected, NULL, args, FOUND_ARGS);
    if (err == ERR_OK)
        return ERR_OK;
    /* The file itself is safe; that its type is not known yet is no reason to send it again. */
    log_write(LOG_WARN_, LOG_LINE(.event = "inspect-failed", .err = err,
                                  .detail = "the result could not be stored"));
    meta->type = (struct str){NULL, 0};
    meta->width = meta->height = 0;
    meta->damaged = meta->has_preview = false;
    return ERR_OK;
}

/* ---- in ---- */

enum err file_receive(struct request *req, const struct file_context *fc, struct multipart *m,
                      const struct part *part, struct str kind_hint, struct str note,
                      struct file_meta *out)
{
    struct incoming in = incoming_new(req, fc, out);
    enum err err;

    in.source.m = m;
    in.field = str_z(req->arena, part->name);
    in.kind_hint = kind_hint;
    in.note = note;
    out->name = str_dup(req->arena, part->file_name);
    out->type_sent = str_dup(req->arena, part->type);
    err = store(&in);
    if (err == ERR_OK)
        err = inspect(&in);
    return err;
}

enum err file_store(struct request *req, const struct file_context *fc, struct str name,
                    const char *type, struct str bytes, const char *kind_hint,
                    struct file_meta *out)
{
    struct incoming in = incoming_new(req, fc, out);

    in.source.left = bytes;
    in.kind_hint = str_of(kind_hint);
    out->name = name;
    out->type_sent = out->type = str_of(type);
    return store(&in);
}
