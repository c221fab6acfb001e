/* /track/case: one sentence, who acts next and by when, then the timeline, then what the complainant can do (UX.md §2.8). */
#include <string.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/vocab.h"
#include "core/why.h"
#include "track/track.h"

struct status_row {
    const char *status;
    const char *key;  /* locale key of the sentence */
    const char *who;  /* we, you, they, court, nobody */
    const char *tone; /* of the tag */
};

static const struct status_row statuses[] = {
    {"SUBMITTED", "track.status.received", "we", "work"},
    {"TRIAGE", "track.status.received", "we", "work"},
    {"NEEDS_INFO", "track.status.needs_info", "you", "you"},
    {"DECLINED", "track.status.declined", "nobody", "stop"},
    {"PREPARING", "track.status.preparing", "we", "work"},
    {"READY", "track.status.preparing", "we", "work"},
    {"IN_PROGRESS", "track.status.in_progress", "they", "work"},
    {"IN_PROGRESS", "track.status.between", "we", "work"}, /* every filing has ended */
    {"ESCALATION_DUE", "track.status.escalation", "we", "late"},
    {"NEGOTIATING", "track.status.negotiating", "they", "work"},
    {"SETTLED_PENDING", "track.status.settled", "they", "work"},
    {"PERFORMED", "track.status.performed", "we", "good"},
    {"WITHDRAWING", "track.status.performed", "we", "good"},
    {"LITIGATION", "track.status.court", "court", "work"},
    {"ENFORCEMENT", "track.status.court", "court", "work"},
    {"CLOSED", "track.status.closed", "nobody", "done"},
    {"ARCHIVED", "track.status.closed", "nobody", "done"},
};

/* waited: a filing is open.  Without one nobody is waited for: of the two rows of IN_PROGRESS the second holds. */
static const struct status_row *status_row(struct str status, bool waited)
{
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        if (str_eqz(status, statuses[i].status))
            return &statuses[str_eqz(status, "IN_PROGRESS") && !waited ? i + 1 : i];
    }
    return &statuses[0];
}

static struct str text(struct request *req, const char *key)
{
    return locale_textz(req->arena, req->locale, key);
}

/* The top of the page: what, who, until when, how late. */
static void add_next(struct request *req, json_t *model, const struct db_rows *rows)
{
    json_t *all = json_owned(req->arena, db_row_json(rows, 0));
    bool waited = json_array_size(json_object_get(all, "open_filings")) != 0;
    const struct status_row *row = status_row(db_text(rows, 0, "status"), waited);
    json_t *next = json_object(), *values = json_object();
    struct str due = db_text(rows, 0, "next_due_on");
    int64_t late = db_int(rows, 0, "late_days");
    bool over = strcmp(row->who, "nobody") == 0;
    const char *who_key = db_int(rows, 0, "open_decisions") != 0 && !over ? "you" : row->who;

    json_set_str(values, "channel", vocab_label(req, "channel", db_text(rows, 0, "channel")));
    json_set_str(values, "result",
                 vocab_label(req, "closure_reason", db_text(rows, 0, "closure_reason")));
    json_set_str(next, "text", locale_text(req->arena, req->locale, row->key, values));
    json_decref(values);
    json_set_bool(next, "who", false);
    if (!over)
        json_set_str(next, "who",
                     text(req, str_z(req->arena, str_fmt(req->arena, "shared.who.%s", who_key))));
    json_set_bool(next, "date_text", false);
    json_set_bool(next, "overdue", false); /* lateness is for those who work on the case */
    if (due.n != 0 && !over) {
        json_t *v = json_object();

        json_set_str(v, "date", locale_day(req->arena, req->locale, due));
        json_set_int(v, "n", late);
        json_set_str(next, "date_text",
                     locale_text(req->arena, req->locale,
                                 late > 0 ? "track.next.late"
                                 : db_bool(rows, 0, "next_due_provisional")
                                     ? "track.next.provisional"
                                     : "track.next.by",
                                 v));
        json_decref(v);
    }
    json_set_new(model, "next", next);
    json_set_str(model, "label", vocab_label(req, "case_status", db_text(rows, 0, "status")));
    json_set_z(model, "tone", late > 0 ? "late" : row->tone);
    json_set_bool(model, "closed", strcmp(row->key, "track.status.closed") == 0);
    json_set_bool(model, "resolved", db_bool(rows, 0, "resolved"));
    json_set_bool(model, "needs_info", str_eqz(db_text(rows, 0, "status"), "NEEDS_INFO"));
}

static void add_clocks(struct request *req, json_t *model, const struct db_rows *rows)
{
    json_t *list = json_array();

    for (size_t i = 0; i < db_count(rows); i++) {
        json_t *row = db_row_json(rows, i), *why = json_object_get(row, "why");

        why_texts(req, why);
        json_set_str(why, "channel_label",
                     vocab_label(req, "channel", db_text(rows, i, "channel")));
        (void)json_array_append(list, why);
        json_decref(row);
    }
    json_set_bool(model, "has_clocks", db_count(rows) != 0);
    json_set_new(model, "clocks", list);
}

/* One line of the timeline: the event's own sentence, with the channel where there is one. */
static json_t *event_line(struct request *req, const struct db_rows *rows, size_t i)
{
    struct str type = db_text(rows, i, "type"), object = db_text(rows, i, "object_kind");
    struct str actor = db_text(rows, i, "actor_kind"), channel = db_text(rows, i, "channel");
    json_t *line = json_object();
    const char *key = str_z(
        req->arena, str_fmt(req->arena, "track.event.%.*s.%.*s", STR_ARG(object), STR_ARG(type)));
    const char *by = str_eqz(actor, "complainant") ? "you" : str_eqz(actor, "user") ? "we" : "";

    json_set_str(line, "at", clock_rfc3339(req->arena, db_time(rows, i, "at")));
    json_set_str(line, "at_text", locale_datetime(req->arena, req->locale, db_time(rows, i, "at")));
    json_set_str(line, "text", text(req, key));
    if (channel.n != 0)
        json_set_str(line, "detail", vocab_label(req, "channel", channel));
    else
        json_set_bool(line, "detail", false);
    json_set_z(line, "by", by);
    return line;
}

static void add_timeline(struct request *req, json_t *model, const struct db_rows *rows)
{
    json_t *list = json_array();

    for (size_t i = 0; i < db_count(rows); i++)
        (void)json_array_append_new(list, event_line(req, rows, i));
    json_set_new(model, "timeline", list);
}

enum err case_show(struct request *req, struct reply *rep)
{
    struct db_rows *overview = NULL, *clocks = NULL, *events = NULL;
    json_t *model;
    enum err err = db_snapshot_begin(req->db);

    if (err == ERR_OK)
        err = db_read(req->db, "track.overview", &overview, DB_BYTES("p_track", track_bearer(req)));
    if (err == ERR_OK)
        err = db_read(req->db, "track.clocks", &clocks, DB_BYTES("p_track", track_bearer(req)));
    if (err == ERR_OK)
        err = db_read(req->db, "track.timeline", &events, DB_BYTES("p_track", track_bearer(req)));
    if (err == ERR_OK)
        err = db_snapshot_end(req->db);
    else
        db_abort(req->db);
    if (err != ERR_OK)
        return err;
    model = track_model(req, "track.case.title", NULL);
    add_next(req, model, overview);
    add_clocks(req, model, clocks);
    add_timeline(req, model, events);
    json_set_str(model, "platform", db_text(overview, 0, "platform"));
    json_set_str(model, "submitted_text",
                 locale_date(req->arena, req->locale, db_time(overview, 0, "submitted_at")));
    json_set_int(model, "open_decisions", db_int(overview, 0, "open_decisions"));
    json_set_bool(model, "has_decisions", db_int(overview, 0, "open_decisions") != 0);
    json_set_int(model, "unread", db_int(overview, 0, "unread"));
    json_set_bool(model, "has_unread", db_int(overview, 0, "unread") != 0);
    json_set_bool(model, "queued", str_eqz(db_text(overview, 0, "lane"), "queue"));
    json_set_str(model, "received_text",
                 locale_fen(req->arena, req->locale, db_int(overview, 0, "amount_received_fen")));
    json_set_bool(model, "has_received", db_int(overview, 0, "amount_received_fen") != 0);
    json_set_bool(model, "has_items", false);
    if (str_eqz(db_text(overview, 0, "status"), "NEEDS_INFO"))
        err = missing_add(req, model);
    if (err != ERR_OK) {
        json_decref(model);
        return err;
    }
    return reply_page(rep, "track/case", model);
}
