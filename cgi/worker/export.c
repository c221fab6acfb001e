/*
 * Releases: built from one snapshot, written as CSV and JSON with a data dictionary, each file signed with Ed25519; a manifest binds the
 * names and digests (the format is described in cgi/admin/export_verify.c, which checks it offline).
 */
#include <stdio.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/csv.h"
#include "core/digest.h"
#include "core/json.h"
#include "core/log.h"
#include "core/token.h"
#include "worker/worker.h"

enum { FILES_MAX = 16 };

struct release {
    struct str name; /* EX-2026-0001 */
    struct str from_day, to_day, recipient, legal_basis;
    int64_t cut_off_us;
    struct str names[FILES_MAX], types[FILES_MAX], contents[FILES_MAX], digests[FILES_MAX],
        signatures[FILES_MAX];
    size_t n;
};

static const char *const tables[] = {"problem", "product",  "channel", "outcome",
                                     "month",   "platform", NULL};

static void sign_digest(struct worker *w, const struct release *r, const unsigned char sha256[32],
                        unsigned char *signature)
{
    seal_export_sign(w->arena, keys_get(w->keys, "export.secret"), r->name, sha256, signature);
}

/* Adds a file with its digest and signature. */
static void add_raw(struct worker *w, struct release *r, const char *name, const char *type,
                    struct str content)
{
    unsigned char *sha256 = arena_alloc(w->arena, 32);
    unsigned char *signature = arena_alloc(w->arena, SEAL_SIGNATURE);

    digest_sha256(content, sha256);
    sign_digest(w, r, sha256, signature);
    r->names[r->n] = str_of(name);
    r->types[r->n] = str_of(type);
    r->contents[r->n] = content;
    r->digests[r->n] = str_bytes(sha256, 32);
    r->signatures[r->n] = str_bytes(signature, SEAL_SIGNATURE);
    r->n++;
}

/* The file, and beside it NAME.sig with what a public tool needs. */
static void add_file(struct worker *w, struct release *r, const char *name, const char *type,
                     struct str content)
{
    size_t at = r->n;
    json_t *sig = json_owned(w->arena, json_object());

    add_raw(w, r, name, type, content);
    json_set_z(sig, "format", "aiddesk-signature/1");
    json_set_str(sig, "release", r->name);
    json_set_z(sig, "name", name);
    json_set_str(sig, "sha256", str_hex(w->arena, r->digests[at]));
    json_set_str(sig, "signature", str_hex(w->arena, r->signatures[at]));
    add_raw(w, r, str_z(w->arena, str_fmt(w->arena, "%s.sig", name)), "application/json",
            json_dump(w->arena, sig));
}

static struct str as_csv(struct worker *w, const struct db_rows *rows)
{
    struct buf out = buf_new(w->arena);
    struct csv csv = csv_begin(&out);
    static const char *const head[] = {"table",   "code",  "label_zh",  "label_en",
                                       "measure", "count", "suppressed"};

    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++)
        csv_cell(&csv, str_of(head[i]));
    csv_end_row(&csv);
    for (size_t i = 0; i < db_count(rows); i++) {
        csv_cell(&csv, db_text(rows, i, "table_code"));
        csv_cell(&csv, db_text(rows, i, "code"));
        csv_cell(&csv, db_text(rows, i, "label_zh"));
        csv_cell(&csv, db_text(rows, i, "label_en"));
        csv_cell(&csv, db_text(rows, i, "measure"));
        if (db_is_null(rows, i, "n"))
            csv_cell(&csv, STR(""));
        else
            csv_cell_int(&csv, db_int(rows, i, "n"));
        csv_cell(&csv, db_bool(rows, i, "suppressed") ? STR("yes") : STR("no"));
        csv_end_row(&csv);
    }
    return buf_str(&out);
}

/* A text of both languages. */
static json_t *in_both(struct worker *w, const char *key)
{
    json_t *o = json_object();

    json_set_str(o, "zh", locale_textz(w->arena, locale_get(w->locales, STR("zh-CN")), key));
    json_set_str(o, "en", locale_textz(w->arena, locale_get(w->locales, STR("en")), key));
    return o;
}

/* What each column, table and measure means, in both languages. */
static json_t *dictionary(struct worker *w)
{
    static const char *const words[] = {
        "submitted", "closed",  "resolved", "filed",    "suppressed", "problem",       "product",
        "channel",   "outcome", "month",    "platform", "method",     "self_reported", NULL};
    json_t *d = json_object();

    for (size_t i = 0; words[i] != NULL; i++) {
        const char *key = str_z(w->arena, str_fmt(w->arena, "worker.dictionary.%s", words[i]));

        json_set_new(d, words[i], in_both(w, key));
    }
    return d;
}

/* Few cases leave next to nothing to read: of the cells that count something, nine in ten or more are hidden. */
static bool mostly_hidden(const struct db_rows *rows)
{
    size_t hidden = 0, told = 0;

    for (size_t i = 0; i < db_count(rows); i++) {
        if (db_bool(rows, i, "suppressed"))
            hidden++;
        else if (db_int(rows, i, "n") != 0)
            told++;
    }
    return hidden != 0 && told * 9 <= hidden;
}

static struct str as_json(struct worker *w, const struct release *r, const struct db_rows *rows)
{
    json_t *doc = json_owned(w->arena, json_object()), *all = json_object();

    json_set_z(doc, "format", "aiddesk-statistics/1");
    json_set_str(doc, "release", r->name);
    json_set_str(doc, "from", r->from_day);
    json_set_str(doc, "to", r->to_day);
    json_set_str(doc, "recipient", r->recipient);
    json_set_str(doc, "legal_basis", r->legal_basis);
    json_set_str(doc, "data_cut_off", clock_rfc3339(w->arena, r->cut_off_us));
    json_set_bool(doc, "mostly_hidden", mostly_hidden(rows));
    if (mostly_hidden(rows))
        json_set_new(doc, "note", in_both(w, "worker.export.mostly_hidden"));
    json_set_new(doc, "dictionary", dictionary(w));
    for (size_t t = 0; tables[t] != NULL; t++)
        json_set_new(all, tables[t], json_array());
    for (size_t i = 0; i < db_count(rows); i++) {
        json_t *row = db_row_json(rows, i);

        (void)json_object_del(row, "sort");
        (void)json_array_append_new(
            json_object_get(all, str_z(w->arena, db_text(rows, i, "table_code"))), row);
    }
    json_set_new(doc, "tables", all);
    return json_dump(w->arena, doc);
}

static struct str as_manifest(struct worker *w, const struct release *r)
{
    json_t *doc = json_owned(w->arena, json_object()), *files = json_array();

    json_set_z(doc, "format", "aiddesk-export/1");
    json_set_str(doc, "release", r->name);
    json_set_str(doc, "data_cut_off", clock_rfc3339(w->arena, r->cut_off_us));
    for (size_t i = 0; i < r->n; i++) {
        json_t *f;

        if (str_ends(r->names[i], STR(".sig")))
            continue;
        f = json_object();
        json_set_str(f, "name", r->names[i]);
        json_set_int(f, "bytes", (int64_t)r->contents[i].n);
        json_set_str(f, "sha256", str_hex(w->arena, r->digests[i]));
        (void)json_array_append_new(files, f);
    }
    json_set_new(doc, "files", files);
    return json_dump(w->arena, doc);
}

static enum err store(struct worker *w, const struct release *r, struct uuid id,
                      const struct db_rows *rows)
{
    json_t *rules = json_owned(w->arena, json_object());
    int64_t suppressed = 0;

    for (size_t i = 0; i < db_count(rows); i++)
        suppressed += db_bool(rows, i, "suppressed") ? 1 : 0;
    json_set_z(rules, "suppression", "k=5, complementary");
    json_set_z(rules, "format", "aiddesk-statistics/1");
    return db_write(
        w->db, "worker.export_store", NULL, DB_UUID("p_export", id),
        DB_TIME("p_cut_off", r->cut_off_us), DB_JSON("p_rule_versions", json_dump(w->arena, rules)),
        DB_INT("p_row_count", (int64_t)db_count(rows)), DB_INT("p_suppressed", suppressed),
        DB_TEXTS("p_names", r->names, r->n), DB_TEXTS("p_types", r->types, r->n),
        DB_BYTEAS("p_contents", r->contents, r->n), DB_BYTEAS("p_sha256s", r->digests, r->n),
        DB_BYTEAS("p_signatures", r->signatures, r->n));
}

enum err export_run(struct worker *w, bool *built)
{
    struct release *r = arena_new_of(w->arena, struct release);
    struct db_rows *job = NULL, *rows = NULL;
    struct uuid id;
    enum err err = db_write0(w->db, "worker.export_take", &job);

    *built = false;
    if (err != ERR_OK || db_count(job) == 0)
        return err;
    id = db_uuid(job, 0, "id");
    r->name = db_text(job, 0, "release");
    r->from_day = db_text(job, 0, "from_day");
    r->to_day = db_text(job, 0, "to_day");
    r->recipient = db_text(job, 0, "recipient");
    r->legal_basis = db_text(job, 0, "legal_basis");
    r->cut_off_us = clock_now();
    err = db_read(w->db, "worker.export_rows", &rows, DB_DATE_OR_NULL("p_from", r->from_day),
                  DB_DATE_OR_NULL("p_to", r->to_day));
    if (err != ERR_OK) {
        (void)db_write(w->db, "worker.export_failed", NULL, DB_UUID("p_export", id),
                       DB_TEXT("p_failure", str_of(err_row(err)->name)));
        return err;
    }
    add_file(w, r, "statistics.csv", "text/csv; charset=utf-8", as_csv(w, rows));
    add_file(w, r, "statistics.json", "application/json", as_json(w, r, rows));
    add_file(w, r, "manifest.json", "application/json", as_manifest(w, r));
    err = store(w, r, id, rows);
    *built = err == ERR_OK;
    if (*built)
        log_write(LOG_INFO_, LOG_LINE(.event = "export-built", .number = (int64_t)db_count(rows)));
    return err;
}
