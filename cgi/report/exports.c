/* /exports: a regulator or coordinator asks for a release; the worker builds and signs it; here it is listed, checked and downloaded. */
#include <string.h>

#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/seal.h"
#include "core/serve.h"
#include "core/token.h"
#include "report/report.h"

const struct param export_params[] = {
    {.name = "from_day",
     .type = PARAM_DATE,
     .flags = PARAM_REQUIRED,
     .label = "report.export.from"},
    {.name = "to_day", .type = PARAM_DATE, .flags = PARAM_REQUIRED, .label = "report.export.to"},
    {.name = "recipient",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = 80,
     .label = "report.export.recipient"},
    {.name = "legal_basis",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED,
     .min = 1,
     .max = 120,
     .label = "report.export.basis"},
    {.name = NULL},
};

const struct param export_path_params[] = {
    {.name = "id",
     .type = PARAM_UUID,
     .flags = PARAM_REQUIRED | PARAM_PATH,
     .label = "report.export.title"},
    {.name = NULL},
};

const struct param export_file_params[] = {
    {.name = "id",
     .type = PARAM_UUID,
     .flags = PARAM_REQUIRED | PARAM_PATH,
     .label = "report.export.title"},
    {.name = "name",
     .type = PARAM_TEXT,
     .flags = PARAM_REQUIRED | PARAM_PATH,
     .min = 1,
     .max = 60,
     .label = "report.export.file"},
    {.name = NULL},
};

static void add_texts(struct request *req, json_t *row, const struct db_rows *rows, size_t i)
{
    struct str state = db_text(rows, i, "state");

    json_set_str(row, "asked_text",
                 locale_datetime(req->arena, req->locale, db_time(rows, i, "asked_at")));
    json_set_str(row, "from_text",
                 locale_day(req->arena, req->locale, db_text(rows, i, "from_day")));
    json_set_str(row, "to_text", locale_day(req->arena, req->locale, db_text(rows, i, "to_day")));
    json_set_bool(row, "done", str_eqz(state, "done"));
    json_set_bool(row, "queued", str_eqz(state, "queued"));
    json_set_bool(row, "failed", str_eqz(state, "failed"));
    json_set_str(row, "cut_off_text",
                 db_is_null(rows, i, "cut_off")
                     ? STR("")
                     : locale_datetime(req->arena, req->locale, db_time(rows, i, "cut_off")));
}

enum err exports_show(struct request *req, struct reply *rep)
{
    struct db_rows *rows = NULL;
    json_t *model = json_object();
    enum err err = ERR_OK;

    json_set_z(model, "title_key", "report.export.title");
    json_set_new(model, "form", form_model(req, export_params, NULL));
    if (report_bearer(req).n != 0)
        err = db_read(req->db, "report.exports", &rows, DB_BYTES("p_session", report_bearer(req)));
    if (err != ERR_OK) {
        json_decref(model);
        return err;
    }
    if (rows != NULL) {
        json_t *list = db_rows_json(rows);

        for (size_t i = 0; i < db_count(rows); i++)
            add_texts(req, json_array_get(list, i), rows, i);
        json_set_bool(model, "has_exports", db_count(rows) != 0);
        json_set_new(model, "exports", list);
    }
    return reply_page(rep, "report/exports", model);
}

enum err export_ask(struct request *req, struct reply *rep)
{
    struct uuid id = token_uuid();
    struct str text = uuid_text(req->arena, &id);
    enum err err =
        db_write(req->db, "report.export_ask", NULL, DB_BYTES("p_session", report_bearer(req)),
                 DB_UUID("p_id", id), DB_DATE_OR_NULL("p_from", param_text(req, "from_day")),
                 DB_DATE_OR_NULL("p_to", param_text(req, "to_day")),
                 DB_TEXT("p_recipient", param_text(req, "recipient")),
                 DB_TEXT("p_legal_basis", param_text(req, "legal_basis")));

    if (err != ERR_OK)
        return reply_form_again(req, rep, err);
    return reply_see_other(rep, "/exports/%.*s", STR_ARG(text));
}

/* How to check the manifest with OpenSSL and Perl alone: writes the message that was signed (export_verify.c says what it is), takes the
 * signature out of its file, and lets OpenSSL compare. */
static struct str verify_commands(struct request *req, struct str release)
{
    return str_fmt(
        req->arena,
        "openssl dgst -sha256 -binary manifest.json > digest\n"
        "( printf '\\000\\020aiddesk/1/export\\%03o\\%03o%.*s\\000\\040'; cat digest ) > message\n"
        "perl -ne 'print pack(\"H*\", $1) if /\"signature\":\\s*\"([0-9a-f]+)\"/' "
        "manifest.json.sig "
        "> signature\n"
        "openssl pkeyutl -verify -pubin -inkey export-key.pem -rawin -in message -sigfile "
        "signature\n"
        "sha256sum statistics.csv statistics.json",
        (unsigned)(release.n >> 8), (unsigned)(release.n & 0xFF), STR_ARG(release));
}

enum err export_show(struct request *req, struct reply *rep)
{
    struct db_rows *rows = NULL;
    json_t *model, *file;
    size_t i;
    enum err err =
        db_read(req->db, "report.export_get", &rows, DB_BYTES("p_session", report_bearer(req)),
                DB_UUID("p_export", param_uuid(req, "id")));

    if (err != ERR_OK)
        return err;
    model = db_row_json(rows, 0);
    json_set_str(model, "title", db_text(rows, 0, "release"));
    add_texts(req, model, rows, 0);
    json_array_foreach(json_object_get(model, "files"), i, file) json_set_str(
        file, "size_text", locale_bytes(req->arena, req->locale, json_int(file, "bytes")));
    json_set_str(model, "commands", verify_commands(req, db_text(rows, 0, "release")));
    json_set_str(model, "key_hex",
                 str_hex(req->arena, str_bytes(keys_get(req->app->keys, "export.public"), 32)));
    return reply_page(rep, "report/export", model);
}

enum err export_download(struct request *req, struct reply *rep)
{
    struct db_rows *rows = NULL;
    struct str name = param_text(req, "name");
    enum err err = db_write(req->db, "report.export_download", &rows,
                            DB_BYTES("p_session", report_bearer(req)),
                            DB_UUID("p_export", param_uuid(req, "id")), DB_TEXT("p_name", name));

    if (err != ERR_OK)
        return reply_error(req, rep, err);
    /* The name is one of those that the worker gave: letters, digits, dot and hyphen. */
    reply_header(rep, "Content-Disposition",
                 str_fmt(req->arena, "attachment; filename=\"%.*s\"", STR_ARG(name)));
    return reply_raw(rep, str_z(req->arena, db_text(rows, 0, "media_type")),
                     db_bytes(rows, 0, "content"));
}

/* The public half of the signing key, as `aiddesk export verify --key` reads it. */
enum err export_key(struct request *req, struct reply *rep)
{
    reply_header(rep, "Content-Disposition", STR("attachment; filename=\"export-key.txt\""));
    return reply_raw(
        rep, "text/plain; charset=utf-8",
        str_fmt(req->arena, "%.*s\n",
                STR_ARG(str_hex(req->arena,
                                str_bytes(keys_get(req->app->keys, "export.public"), 32)))));
}

/* The same key as SubjectPublicKeyInfo in PEM (RFC 8410), as OpenSSL and others read it. */
enum err export_key_pem(struct request *req, struct reply *rep)
{
    static const unsigned char head[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                         0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
    unsigned char der[sizeof head + 32];
    struct str url;
    char *base64;

    memcpy(der, head, sizeof head);
    memcpy(der + sizeof head, keys_get(req->app->keys, "export.public"), 32);
    url = str_base64url(req->arena, str_bytes(der, sizeof der));
    base64 = str_z(req->arena, url);
    for (size_t i = 0; i < url.n; i++) {
        if (base64[i] == '-')
            base64[i] = '+';
        else if (base64[i] == '_')
            base64[i] = '/';
    }
    reply_header(rep, "Content-Disposition", STR("attachment; filename=\"export-key.pem\""));
    /* 44 bytes are 59 characters and one of padding. */
    return reply_raw(
        rep, "application/x-pem-file",
        str_fmt(req->arena, "-----BEGIN PUBLIC KEY-----\n%s=\n-----END PUBLIC KEY-----\n", base64));
}
