/* Mail: there is news and where, never what (SECURITY.md §3.3).  The address is sealed to this program's key. */
#include "core/arena.h"
#include "core/json.h"
#include "core/log.h"
#include "core/mail.h"
#include "worker/worker.h"

enum { BATCH = 20 };

static const char *outcome_name(enum mail_outcome outcome)
{
    switch (outcome) {
    case MAIL_SENT:
        return "sent";
    case MAIL_REFUSED:
        return "refused";
    case MAIL_TRY_LATER:
        break;
    }
    return "later";
}

/* The row's plain text is case id ‖ address. */
static enum mail_outcome send_one(struct worker *w, const struct db_rows *rows, size_t i)
{
    const struct locale *l = locale_get(w->locales, db_text(rows, i, "lang"));
    struct str plain, subject, body;
    json_t *values;
    const char *kind = str_z(w->arena, db_text(rows, i, "kind"));
    unsigned char public_key[SEAL_PUBLIC];

    seal_public_of(keys_get(w->keys, "mail.secret"), public_key);
    if (seal_box_open(w->arena, public_key, keys_get(w->keys, "mail.secret"),
                      db_bytes(rows, i, "address_sealed"), &plain) != ERR_OK ||
        plain.n <= 16) {
        log_event(LOG_ERROR_, "mail-damaged", "an outbox row does not open");
        return MAIL_REFUSED;
    }
    if (l == NULL)
        l = locale_get(w->locales, STR("zh-CN"));
    values = json_owned(w->arena, json_object());
    json_set_str(values, "origin", w->config.public_origin);
    subject = locale_text(
        w->arena, l, str_z(w->arena, str_fmt(w->arena, "worker.mail.%s.subject", kind)), values);
    body = locale_text(w->arena, l, str_z(w->arena, str_fmt(w->arena, "worker.mail.%s.body", kind)),
                       values);
    return mail_send(w->arena, &w->config, str_sub(plain, 16, plain.n - 16), subject, body);
}

enum err outbox_run(struct worker *w)
{
    struct db_rows *rows = NULL;
    enum err err;

    if (w->config.smtp_url.n == 0)
        return ERR_OK;
    err = db_write(w->db, "worker.outbox_take", &rows, DB_INT("p_max", BATCH));
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        enum mail_outcome outcome = send_one(w, rows, i);

        err = db_write(w->db, "worker.outbox_done", NULL, DB_UUID("p_id", db_uuid(rows, i, "id")),
                       DB_TEXT("p_outcome", str_of(outcome_name(outcome))));
        log_write(outcome == MAIL_SENT ? LOG_INFO_ : LOG_WARN_,
                  LOG_LINE(.event = "mail", .detail = outcome_name(outcome)));
    }
    return err;
}
