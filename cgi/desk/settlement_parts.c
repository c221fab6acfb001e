/* What settlement, withdrawal and closing share: reading them, files to choose from, remarks beside fields. */
#include <string.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/vocab.h"
#include "desk/settlement.h"

enum err settlement_read(struct request *req, const struct open_case *c, struct db_rows **rows)
{
    enum err err = db_read(req->db, "desk.settlement", rows,
                           DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", c->id));

    return err == ERR_OK && db_count(*rows) == 0 ? ERR_NOT_FOUND : err;
}

struct str settlement_day(struct request *req, int64_t t_us)
{
    struct civil d = clock_civil(t_us);

    return str_fmt(req->arena, "%04d-%02d-%02d", d.year, d.month, d.day);
}

enum err settlement_terms(struct request *req, const struct open_case *c,
                          const struct db_rows *rows, json_t **out)
{
    struct uuid id = db_uuid(rows, 0, "id");
    struct str text = STR("");
    enum err err;

    *out = NULL;
    if (db_is_null(rows, 0, "terms_sealed"))
        return ERR_OK;
    err = seal_field_open(req->arena, c->key, "settlement", &id, "terms",
                          db_bytes(rows, 0, "terms_sealed"), &text);
    if (err == ERR_OK)
        *out = json_parse(req->arena, text);
    return err == ERR_OK && *out == NULL ? ERR_DAMAGED : err;
}

enum err settlement_filings(struct request *req, const struct open_case *c, json_t **out)
{
    struct db_rows *rows = NULL;
    json_t *list = json_owned(req->arena, json_array());
    enum err err = db_read(req->db, "desk.withdrawals", &rows,
                           DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", c->id));

    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        struct uuid id = db_uuid(rows, i, "id");
        json_t *o = json_object();
        struct str no = STR("");

        (void)json_array_append_new(list, o);
        if (!db_is_null(rows, i, "filing_no_sealed"))
            err = seal_field_open(req->arena, c->key, "filing", &id, "filing_no",
                                  db_bytes(rows, i, "filing_no_sealed"), &no);
        json_set_str(o, "id", uuid_text(req->arena, &id));
        json_set_str(o, "channel", db_text(rows, i, "channel"));
        json_set_str(o, "channel_label", vocab_label(req, "channel", db_text(rows, i, "channel")));
        json_set_str(o, "status_label",
                     vocab_label(req, "filing_status", db_text(rows, i, "status")));
        json_set_str(o, "filing_no", no);
        json_set_str(o, "filed_text",
                     locale_date(req->arena, req->locale, db_time(rows, i, "submitted_at")));
        json_set_bool(o, "is_open", db_bool(rows, i, "open"));
        json_set_bool(o, "may_withdraw",
                      db_bool(rows, i, "open") && !str_eqz(db_text(rows, i, "withdrawable"), "NO"));
        json_set_bool(o, "task", db_bool(rows, i, "task"));
        json_set_bool(o, "warned", db_bool(rows, i, "warned"));
    }
    *out = list;
    return err;
}

enum err settlement_file_options(struct request *req, const struct open_case *c, json_t *form)
{
    json_t *model = json_owned(req->arena, json_object()), *f,
           *list = json_owned(req->arena, json_array());
    size_t i;
    enum err err = desk_files(req, c, model);

    json_array_foreach(json_object_get(model, "files"), i, f)
    {
        json_t *o = json_object();

        json_set_str(o, "code", json_str(f, "file_id"));
        json_set_str(o, "label",
                     str_fmt(req->arena, "%lld. %.*s · %.*s", (long long)json_int(f, "file_no"),
                             STR_ARG(json_str(f, "name")), STR_ARG(json_str(f, "at_text"))));
        (void)json_array_append_new(list, o);
    }
    form_options(form, "stored", list);
    return err;
}

enum err settlement_file(struct request *req, const struct open_case *c, const struct db_rows *rows,
                         const char *column, json_t **out)
{
    struct file_context fc;
    struct file_meta meta;
    struct uuid id;
    enum err err;

    *out = NULL;
    if (db_is_null(rows, 0, column))
        return ERR_OK;
    id = db_uuid(rows, 0, column);
    open_case_files(req, c, &fc);
    err = file_get(req, &fc, &id, &meta);
    if (err != ERR_OK)
        return err;
    *out = json_owned(req->arena, json_object());
    json_set_str(*out, "name", meta.name);
    json_set_str(*out, "sha256", str_hex(req->arena, str_bytes(meta.sha256, sizeof meta.sha256)));
    json_set_str(*out, "href",
                 str_fmt(req->arena, "/desk/cases/%.*s/file/%.*s", STR_ARG(c->case_no),
                         STR_ARG(uuid_text(req->arena, &id))));
    return ERR_OK;
}

enum err settlement_may(struct request *req, const struct open_case *c, const char *step)
{
    struct db_rows *rows = NULL;
    enum err err = db_read(req->db, "desk.settlement_steps", &rows,
                           DB_BYTES("p_session", desk_bearer(req)), DB_UUID("p_case", c->id));

    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        if (str_eqz(db_text(rows, i, "step"), step))
            return ERR_OK;
    }
    return err == ERR_OK ? ERR_TRANSITION : err;
}

/* ---- remarks ---- */

static json_t *summary_line(json_t *errors, struct str href)
{
    json_t *line;
    size_t i;

    json_array_foreach(errors, i, line)
    {
        if (str_eq(json_str(line, "href"), href))
            return line;
    }
    line = json_object();
    json_set_str(line, "href", href);
    (void)json_array_append_new(errors, line);
    return line;
}

void settlement_mark(struct request *req, json_t *form, const char *name, struct str text,
                     bool replace)
{
    json_t *field = json_object_get(json_object_get(form, "f"), name);
    json_t *errors = json_object_get(form, "errors");
    struct str before = json_str(field, "error");

    if (before.n != 0 && !replace)
        text = str_fmt(req->arena, "%.*s %.*s", STR_ARG(before), STR_ARG(text));
    if (!json_truth(field, "has_error")) {
        struct str described = json_str(field, "described_by");

        json_set_str(field, "described_by",
                     str_fmt(req->arena, "%.*s%sf-%s-error", STR_ARG(described),
                             described.n != 0 ? " " : "", name));
        json_set_bool(field, "has_error", true);
    }
    json_set_str(field, "error", text);
    json_set_str(summary_line(errors, str_fmt(req->arena, "#f-%s", name)), "text", text);
    json_set_bool(form, "has_errors", true);
    json_set_int(form, "error_count", (int64_t)json_array_size(errors));
}
