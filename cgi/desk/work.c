/* /desk: my work; /desk/cases: the lists behind the counts, 25 a page by next deadline, paged by key (UX.md §3). */
#include "core/arena.h"
#include "core/buf.h"
#include "core/clock.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/session.h"
#include "core/staff.h"
#include "core/vocab.h"
#include "desk/desk.h"

enum { PAGE = 25, HOME = 50 };

static const char *const scopes[] = {"mine", "overdue", "unassigned", "all", NULL};

const struct param cases_params[] = {
    {.name = "scope", .type = PARAM_CODE, .choices = scopes, .label = "desk.cases.scope"},
    {.name = "status", .type = PARAM_CODE, .label = "desk.case.status"},
    {.name = "after", .type = PARAM_TEXT, .max = 40, .label = "desk.cases.after"},
    {.name = "after_id", .type = PARAM_UUID, .label = "desk.cases.after"},
    {.name = NULL},
};

struct str desk_bearer(const struct request *req)
{
    return session_bearer(req->session);
}

/* One line of a list: labels beside codes, the date in words, whose turn it is. */
static json_t *line(struct request *req, const struct db_rows *rows, size_t i)
{
    json_t *row = db_row_json(rows, i);
    struct str due = db_text(rows, i, "next_due_on");
    bool overdue = db_bool(rows, i, "overdue");

    vocab_add_label(req, row, "status", "case_status");
    vocab_add_label(req, row, "problem_type", "problem_type");
    vocab_add_label(req, row, "waiting_on", "waiting_on");
    json_set_str(row, "due_text", due.n != 0 ? locale_day(req->arena, req->locale, due) : STR(""));
    json_set_bool(row, "may_open",
                  staff_is(req, "coordinator") || !db_is_null(rows, i, "assignee"));
    json_set_str(row, "label", json_str(row, "status_label"));
    json_set_z(row, "tone", overdue ? "late" : db_bool(rows, i, "replied") ? "you" : "work");
    return row;
}

static json_t *lines(struct request *req, const struct db_rows *rows, size_t max)
{
    json_t *list = json_array();

    for (size_t i = 0; i < db_count(rows) && i < max; i++)
        (void)json_array_append_new(list, line(req, rows, i));
    return list;
}

enum err home_show(struct request *req, struct reply *rep)
{
    struct db_rows *counts = NULL, *rows = NULL;
    json_t *model;
    enum err err = db_snapshot_begin(req->db);

    if (err == ERR_OK)
        err = db_read(req->db, "desk.counts", &counts, DB_BYTES("p_session", desk_bearer(req)));
    if (err == ERR_OK)
        err = db_read(req->db, "desk.cases", &rows, DB_BYTES("p_session", desk_bearer(req)),
                      DB_TEXT("p_scope", STR("mine")), DB_TEXT_OR_NULL("p_status", STR("")),
                      DB_TIME_OR_NULL("p_after", 0, false),
                      DB_UUID_OR_NULL("p_after_id", (struct uuid){{0}}, false),
                      DB_INT("p_max", HOME));
    if (err == ERR_OK)
        err = db_snapshot_end(req->db);
    else
        db_abort(req->db);
    if (err == ERR_OK)
        err = settle_waiting(req);
    if (err != ERR_OK)
        return err;
    model = db_row_json(counts, 0);
    json_set_z(model, "title_key", "desk.home.title");
    json_set_bool(model, "has_cases", db_count(rows) != 0);
    json_set_bool(model, "may_claim", db_int(counts, 0, "unassigned") != 0);
    json_set_new(model, "cases", lines(req, rows, HOME));
    return reply_page(rep, "desk/home", model);
}

static json_t *scope_options(struct request *req, const char *chosen)
{
    json_t *list = json_array();

    for (size_t i = 0; scopes[i] != NULL; i++) {
        json_t *o = json_object();

        json_set_str(o, "href", str_fmt(req->arena, "/desk/cases?scope=%s", scopes[i]));
        json_set_str(
            o, "label",
            locale_textz(req->arena, req->locale,
                         str_z(req->arena, str_fmt(req->arena, "desk.scope.%s", scopes[i]))));
        json_set_bool(o, "current", str_eqz(str_of(scopes[i]), chosen));
        (void)json_array_append_new(list, o);
    }
    return list;
}

enum err cases_show(struct request *req, struct reply *rep)
{
    const char *scope =
        param_present(req, "scope") ? str_z(req->arena, param_text(req, "scope")) : "mine";
    struct db_rows *rows = NULL;
    int64_t after = 0;
    bool paged = clock_parse(param_text(req, "after"), &after) && param_present(req, "after_id");
    json_t *model;
    enum err err = db_read(req->db, "desk.cases", &rows, DB_BYTES("p_session", desk_bearer(req)),
                           DB_TEXT("p_scope", str_of(scope)),
                           DB_TEXT_OR_NULL("p_status", param_text(req, "status")),
                           DB_TIME_OR_NULL("p_after", after, paged),
                           DB_UUID_OR_NULL("p_after_id", param_uuid(req, "after_id"), paged),
                           DB_INT("p_max", PAGE + 1));

    if (err != ERR_OK)
        return err;
    model = json_object();
    json_set_z(model, "title_key", "desk.cases.title");
    json_set_bool(model, "has_cases", db_count(rows) != 0);
    json_set_new(model, "cases", lines(req, rows, PAGE));
    json_set_new(model, "scopes", scope_options(req, scope));
    json_set_bool(model, "next_href", false);
    if (db_count(rows) > PAGE && !db_is_null(rows, PAGE - 1, "next_due_at")) {
        struct buf href = buf_new(req->arena);
        struct uuid id = db_uuid(rows, PAGE - 1, "id");

        buf_printf(&href, "/desk/cases?scope=%s&after=", scope);
        buf_add_url(&href, clock_rfc3339(req->arena, db_time(rows, PAGE - 1, "next_due_at")));
        buf_printf(&href, "&after_id=%.*s", STR_ARG(uuid_text(req->arena, &id)));
        json_set_str(model, "next_href", buf_str(&href));
    }
    return reply_page(rep, "desk/cases", model);
}
