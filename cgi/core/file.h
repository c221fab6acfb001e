/*
 * file: sealed files, the one home of taking and giving them for intake, track and desk.  In: a multipart part is read 1 MiB at a time,
 * hashed, sealed and inserted segment by segment in one transaction; the manifest (SHA-256, length, segments, name, type) is committed
 * with the last one.  Then the file is read back, every segment opened, and its SHA-256 compared, while aiddesk-inspect looks at it
 * outside any transaction; the result is stored in a second one.  Out: segments are opened and written one by one.
 *
 * The SQL side is the same in each schema s of intake, track, desk; <bearer> is p_draft, p_track or p_session (bytea) and comes first.
 * The draft, case session or session must be allowed to touch p_case, else UD002, UD005 or UD001 as everywhere.
 *
 *   s.file_begin(<bearer>, p_case uuid, p_file uuid, p_network text, p_service boolean) returns table (file_no bigint)
 *     Makes the row (state 'uploading') with the case's next number, from 1, and locks the case.  p_service: made by the service itself
 *     (a letter); such files do not count against limits.  p_network: "203.0.113.0/24" for the limit of files an hour; may be null.
 *     Refuses: UD011 detail 'files' or 'case' (no room left), UD010 detail seconds.
 *   s.file_segment(<bearer>, p_case uuid, p_file uuid, p_segment bigint, p_header bytea, p_sealed bytea) returns void
 *     p_segment from 0 without gaps; header 24 bytes; sealed 18 .. 1,048,644 bytes.  Refuses: UD011 detail 'file' (file too big) or 'case'.
 *   s.file_end(<bearer>, p_case uuid, p_file uuid, p_manifest bytea, p_bytes bigint, p_segments bigint, p_same bytea, p_kind_hint text,
 *       p_note bytea) returns void
 *     State 'stored'.  p_same: keyed look-up hash of the content, 32 bytes; p_kind_hint, p_note: null when empty.
 *     Refuses: UD025 when the case holds this very file already (a repeated post), UD011, UD031 unknown kind.
 *   s.file_inspected(<bearer>, p_case uuid, p_file uuid, p_type text, p_width bigint, p_height bigint, p_damaged boolean, p_preview bytea)
 *       returns void
 *     Sets real_type, width, height, damaged, checked_at, preview_sealed; width, height, preview null when there are none.  Not called
 *     when the file could not be checked: then real_type stays null.
 *   s.file_get(<bearer>, p_case uuid, p_file uuid) returns table (file_id uuid, file_no bigint, manifest_sealed bytea, real_type text,
 *       width bigint, height bigint, damaged boolean, has_preview boolean)
 *     One stored file, or UD002.  Functions that list files return the same columns, by the same names (and more), for file_of_row.
 *   s.file_segment_get(<bearer>, p_case uuid, p_file uuid, p_segment bigint) returns setof bytea
 *     header ‖ sealed of one segment, from 0: one row, or none past the end.  One at a time, because PostgreSQL keeps the whole result of
 *     a function before it sends the first row: all of a file over 8 MB would go over temp_file_limit (SECURITY.md §6; measured, 53400).
 *   s.file_preview(<bearer>, p_case uuid, p_file uuid) returns setof bytea
 *     The sealed preview: one row, or none.
 */
#ifndef AIDDESK_CORE_FILE_H
#define AIDDESK_CORE_FILE_H

#include "core/db.h"
#include "core/multipart.h"
#include "core/reply.h"
#include "core/seal.h"

struct file_context {
    const char *schema;              /* "intake", "track", "desk": a literal */
    const char *bearer_name;         /* "p_draft", "p_track", "p_session": a literal */
    struct str bearer;               /* 32 bytes; in the request's arena */
    const struct case_key *case_key; /* opened key of the case; in the request's arena */
};

struct file_meta {
    struct uuid id;           /* core.file.id */
    int64_t file_no;          /* number within the case, from 1 */
    int64_t bytes;            /* plain length */
    int64_t segments;         /* number of segments */
    unsigned char sha256[32]; /* of the whole */
    struct str name;          /* as sent */
    struct str type_sent;     /* as sent by the browser: a hint for people, nothing is decided by it */
    struct str type;          /* real type by content: "image/jpeg" …; "application/octet-stream" = none of the types we know; "" = could
                                 not be checked */
    int64_t width, height;    /* pixels, 0 = none */
    bool damaged;             /* inspect could not decode it */
    bool has_preview;         /* a re-encoded image exists */
};

/* Takes one file part and reads on to the file of another control, if one was sent (multipart_form then gives it), else to the body's end.
 * File controls are the last ones of the page; a second file of the same control is refused.  kind_hint,
 * note: text of the form, may be empty (the note is sealed as field ("file", id, "note")).
 * What is wrong with the file itself is marked on the form's field part->name and answers ERR_FORM: empty, too big, too many, the case
 * is full, the same file again (locale keys shared.upload.empty, .too_big {{n}} = MB, .too_many {{n}}, .case_full {{n}} = MB, .same).
 * Other errors: ERR_BAD_REQUEST (cut short, a second file), ERR_UNCONFIRMED, ERR_DAMAGED (what was stored does not open: alarm), …
 * On ERR_OK the file is committed, was read back and has been inspected (type "" when that was not possible). */
enum err file_receive(struct request *req, const struct file_context *fc, struct multipart *m, const struct part *part,
                      struct str kind_hint, struct str note, struct file_meta *out);
/* Stores bytes that the service made itself (a letter as PDF) as a sealed file of the case, in a transaction of its own.  type is
 * stored as the real type. */
enum err file_store(struct request *req, const struct file_context *fc, struct str name, const char *type, struct str bytes,
                    const char *kind_hint, struct file_meta *out);
/* Opens a sealed manifest (row = file id): fills id, bytes, segments, sha256, name, type_sent. */
enum err file_manifest_open(struct arena *a, const struct case_key *c, const struct uuid *file, struct str sealed, struct file_meta *out);
/* One row with the columns of s.file_get -> meta. */
enum err file_of_row(struct arena *a, const struct case_key *c, const struct db_rows *rows, size_t row, struct file_meta *out);
/* A picture that browsers are not shown: it could not be decoded, or is of a kind that is not decoded here. */
bool file_unshown(const struct file_meta *meta);
/* A photograph as telephones of one maker save it (HEIC), which is kept and not decoded here. */
bool file_is_heic(const struct file_meta *meta);
/* Reads s.file_get and opens the manifest.  out must live in the arena when it is given to file_send. */
enum err file_get(struct request *req, const struct file_context *fc, const struct uuid *file, struct file_meta *out);
/* Answers with the file as a download; sandboxed, attachment.  fc and meta must live in the arena. */
enum err file_send(struct request *req, struct reply *rep, const struct file_context *fc, const struct file_meta *meta,
                   const char *ascii_name);
/* Answers with the re-encoded JPEG for inline view; ERR_NOT_FOUND when there is none. */
enum err file_send_preview(struct request *req, struct reply *rep, const struct file_context *fc, const struct file_meta *meta);
/* Reads a whole small file (at most max bytes, else ERR_LIMIT) into secret memory: signed agreements shown, tests. */
enum err file_read(struct request *req, const struct file_context *fc, const struct file_meta *meta, size_t max, struct str *bytes);

#endif
