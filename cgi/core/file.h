/*
 * file: sealed files, the one home of taking and giving them for intake, track and desk.  In: a multipart part is read 1 MiB at a time,
 * hashed, sealed and inserted segment by segment in one transaction; the manifest (SHA-256, length, segments, name, type) is committed
 * with the last one.  Then aiddesk-inspect looks at it outside any transaction and the result is stored in a second one.  Out: segments
 * are opened and written one by one.
 *
 * The SQL side is the same in each schema s: s.file_begin(bearer, p_case, p_file) -> file_no; s.file_segment(bearer, p_case, p_file,
 * p_segment, p_header, p_sealed); s.file_end(bearer, p_case, p_file, p_manifest, p_bytes, p_segments, p_same, p_kind_hint, p_note);
 * s.file_inspected(bearer, p_case, p_file, p_type, p_result, p_preview); s.file_segments(bearer, p_case, p_file) -> bytea rows
 * (header[24] ‖ sealed) in order; s.file_preview(bearer, p_case, p_file) -> bytea.
 */
#ifndef AIDDESK_CORE_FILE_H
#define AIDDESK_CORE_FILE_H

#include "core/multipart.h"
#include "core/seal.h"

struct file_context {
    const char *schema;            /* "intake", "track", "desk": a literal */
    const char *bearer_name;       /* "p_draft", "p_case_session", "p_session" */
    struct str bearer;             /* 32 bytes */
    const struct case_key *case_key;
};

struct file_meta {
    struct uuid id;
    int64_t file_no;
    int64_t bytes;
    int64_t segments;
    unsigned char sha256[32];
    struct str name;               /* as sent */
    struct str type;               /* real type from inspect: "image/jpeg" …; "" = could not be checked */
    struct str type_sent;          /* as sent by the browser */
    int64_t width, height;         /* pixels, 0 = none */
    bool damaged;                  /* inspect could not decode it */
    bool has_preview;              /* a re-encoded image exists */
};

/* Takes one file part.  kind_hint, note: text of the form (note is sealed).  Errors: ERR_LIMIT (too big, too many), ERR_BAD_REQUEST
 * (cut short, empty), ERR_UNCONFIRMED …  On ERR_OK the file is committed and inspected. */
enum err file_receive(struct request *req, const struct file_context *fc, struct multipart *m, const struct part *part, struct str kind_hint,
                      struct str note, struct file_meta *out);
/* Stores bytes that the service made itself (a letter as PDF) as a sealed file of the case, in a transaction of its own. */
enum err file_store(struct request *req, const struct file_context *fc, struct str name, const char *type, struct str bytes,
                    const char *kind_hint, struct file_meta *out);
/* Opens a sealed manifest (column core.file.manifest, row = file id). */
enum err file_manifest_open(struct arena *a, const struct case_key *c, const struct uuid *file, struct str sealed, struct file_meta *out);
/* Answers with the file as a download; sandboxed, attachment.  meta from file_manifest_open; fc and meta must live in the arena. */
enum err file_send(struct request *req, struct reply *rep, const struct file_context *fc, const struct file_meta *meta,
                   const char *ascii_name);
/* Answers with the re-encoded JPEG for inline view. */
enum err file_send_preview(struct request *req, struct reply *rep, const struct file_context *fc, const struct file_meta *meta);
/* Reads a whole small file (at most max bytes) into memory: signed agreements shown, tests. */
enum err file_read(struct request *req, const struct file_context *fc, const struct file_meta *meta, size_t max, struct str *bytes);

#endif
