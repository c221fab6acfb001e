/* /desk: my work; /desk/cases: the lists behind the counts, 25 a page by next deadline, paged by key (UX.md §3). */
#include "core/arena.h"
#include "core/buf.h"
#include "core/clock.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/staff.h"
#include "core/vocab.h"
#include "desk/desk.h"

enum { PAGE = 25, HOME = 50, HOME_READ = 201, TOTAL_SHOWN = 200, FIRST_LEAD_SCOPE = 6 };

static const char *const scopes[] = {"mine", "overdue", "today",   "unassigned", "after", "all",
                                     "lane", "late",    "waiting", "returned",   NULL};

const struct param cases_params[] = {
    {.name = "scope", .type = PARAM_CODE, .choices = scopes, .label = "desk.cases.scope"},
    {.name = "status", .type = PARAM_CODE, .label = "desk.case.status"},
    {.name = "platform", .type = PARAM_TEXT, .max = 60, .label = "desk.cases.platform"},
    {.name = "after", .type = PARAM_TEXT, .max = 40, .label = "desk.cases.after"},
    {.name = "after_id", .type = PARAM_UUID, .label = "desk.cases.after"},
    {.name = NULL},
};

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
    json_set_bool(row, "may_open", staff_is(req, "coordinator") || db_bool(rows, i, "mine"));
    json_set_str(row, "next_text",
                 db_bool(rows, i, "accepted") || str_eqz(db_text(rows, i, "status"), "CLOSED")
                     ? desk_text(req, "desk.next.", db_text(rows, i, "status"))
                     : locale_textz(req->arena, req->locale, "desk.next.accept"));
    json_set_bool(row, "show_next", db_bool(rows, i, "mine"));
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

/* My cases as they want me: overdue, due within two working days, the complainant has replied, the rest by date (UX.md §3). */
static json_t *my_lines(struct request *req, const struct db_rows *rows)
{
    json_t *list = json_array();

    for (int rank = 0; rank < 4; rank++) {
        for (size_t i = 0; i < db_count(rows); i++) {
            int own = db_bool(rows, i, "overdue")   ? 0
                      : db_bool(rows, i, "soon")    ? 1
                      : db_bool(rows, i, "replied") ? 2
                                                    : 3;

            if (own == rank && json_array_size(list) < HOME)
                (void)json_array_append_new(list, line(req, rows, i));
        }
    }
    return list;
}

static enum err read_cases(struct request *req, struct db_rows **rows, const char *scope,
                           int64_t max)
{
    return db_read(req->db, "desk.cases", rows, DB_BYTES("p_session", desk_bearer(req)),
                   DB_TEXT("p_scope", str_of(scope)), DB_TEXT_OR_NULL("p_status", STR("")),
                   DB_TEXT_OR_NULL("p_platform", STR("")), DB_TIME_OR_NULL("p_after", 0, false),
                   DB_UUID_OR_NULL("p_after_id", (struct uuid){{0}}, false), DB_INT("p_max", max));
}

enum err home_show(struct request *req, struct reply *rep)
{
    struct db_rows *counts = NULL, *rows = NULL;
    json_t *model;
    enum err err;

    if (req->staff == NULL)
        return ERR_SIGNED_OUT;
    err = db_snapshot_begin(req->db);
    if (err == ERR_OK)
        err = db_read(req->db, "desk.counts", &counts, DB_BYTES("p_session", desk_bearer(req)));
    if (err == ERR_OK)
        err = read_cases(req, &rows, "mine", HOME_READ);
    if (err == ERR_OK)
        err = db_snapshot_end(req->db);
    else
        db_abort(req->db);
    if (err != ERR_OK)
        return err;
    model = db_row_json(counts, 0);
    json_set_z(model, "title_key", "desk.home.title");
    json_set_bool(model, "has_cases", db_count(rows) != 0);
    json_set_bool(model, "may_claim", db_int(counts, 0, "unassigned") != 0);
    json_set_bool(model, "has_overdue", db_int(counts, 0, "overdue") != 0);
    json_set_bool(model, "has_today", db_int(counts, 0, "today") != 0);
    json_set_bool(model, "has_after", db_int(counts, 0, "after") != 0);
    json_set_bool(model, "more", db_count(rows) > HOME);
    json_set_new(model, "cases", my_lines(req, rows));
    return reply_page(rep, "desk/home", model);
}

static void add_query(struct buf *href, const char *name, struct str value)
{
    if (value.n == 0)
        return;
    buf_printf(href, "&%s=", name);
    buf_add_url(href, value);
}

/* The address of a list with these filters. */
static struct str list_href(struct request *req, const char *scope, struct str status,
                            struct str platform, const struct db_rows *rows)
{
    struct buf href = buf_new(req->arena);

    buf_printf(&href, "/desk/cases?scope=%s", scope);
    add_query(&href, "status", status);
    add_query(&href, "platform", platform);
    if (rows != NULL) {
        struct uuid id = db_uuid(rows, PAGE - 1, "id");

        if (!db_is_null(rows, PAGE - 1, "next_due_at"))
            add_query(&href, "after",
                      clock_rfc3339(req->arena, db_time(rows, PAGE - 1, "next_due_at")));
        add_query(&href, "after_id", uuid_text(req->arena, &id));
    }
    return buf_str(&href);
}

static json_t *scope_options(struct request *req, const char *chosen)
{
    json_t *list = json_array();

    for (size_t i = 0; scopes[i] != NULL; i++) {
        json_t *o;

        if (i >= FIRST_LEAD_SCOPE && !staff_is(req, "coordinator"))
            break;
        o = json_object();
        json_set_str(o, "href", str_fmt(req->arena, "/desk/cases?scope=%s", scopes[i]));
        json_set_str(o, "label", desk_text(req, "desk.scope.", str_of(scopes[i])));
        json_set_bool(o, "current", str_eqz(str_of(scopes[i]), chosen));
        (void)json_array_append_new(list, o);
    }
    return list;
}

/* The filters that are on, each with the address without it. */
static void add_filters(struct request *req, json_t *model, const char *scope)
{
    struct str status = param_text(req, "status"), platform = param_text(req, "platform");
    json_t *chips = json_array(), *options, *o;
    size_t i;

    if (status.n != 0)
        (void)json_array_append_new(
            chips,
            json_pack("{s:o,s:o}", "label", json_of_str(vocab_label(req, "case_status", status)),
                      "href", json_of_str(list_href(req, scope, STR(""), platform, NULL))));
    if (platform.n != 0)
        (void)json_array_append_new(
            chips, json_pack("{s:o,s:o}", "label", json_of_str(platform), "href",
                             json_of_str(list_href(req, scope, status, STR(""), NULL))));
    json_set_bool(model, "has_chips", json_array_size(chips) != 0);
    json_set_new(model, "chips", chips);
    options = vocab_options(req, "case_status", NULL);
    json_array_foreach(options, i, o)
        json_set_bool(o, "checked", str_eq(json_str(o, "code"), status));
    json_set_new(model, "statuses", options);
    json_set_str(model, "platform_typed", platform);
    json_set_z(model, "scope", scope);
}

enum err cases_show(struct request *req, struct reply *rep)
{
    const char *scope =
        param_present(req, "scope") ? str_z(req->arena, param_text(req, "scope")) : "mine";
    struct str status = param_text(req, "status"), platform = param_text(req, "platform");
    struct db_rows *rows = NULL, *total = NULL;
    int64_t after = 0;
    bool paged = param_present(req, "after_id"),
         dated = clock_parse(param_text(req, "after"), &after);
    json_t *model;
    enum err err = db_read(req->db, "desk.cases", &rows, DB_BYTES("p_session", desk_bearer(req)),
                           DB_TEXT("p_scope", str_of(scope)), DB_TEXT_OR_NULL("p_status", status),
                           DB_TEXT_OR_NULL("p_platform", platform),
                           DB_TIME_OR_NULL("p_after", after, paged && dated),
                           DB_UUID_OR_NULL("p_after_id", param_uuid(req, "after_id"), paged),
                           DB_INT("p_max", PAGE + 1));

    if (err == ERR_OK)
        err = db_read(req->db, "desk.cases_total", &total, DB_BYTES("p_session", desk_bearer(req)),
                      DB_TEXT("p_scope", str_of(scope)), DB_TEXT_OR_NULL("p_status", status),
                      DB_TEXT_OR_NULL("p_platform", platform));
    if (err != ERR_OK)
        return err;
    model = json_object();
    json_set_z(model, "title_key", "desk.cases.title");
    json_set_bool(model, "has_cases", db_count(rows) != 0);
    json_set_new(model, "cases", lines(req, rows, PAGE));
    json_set_new(model, "scopes", scope_options(req, scope));
    add_filters(req, model, scope);
    json_set_str(model, "total_text",
                 db_int(total, 0, "total") > TOTAL_SHOWN
                     ? str_fmt(req->arena, "%d+", TOTAL_SHOWN)
                     : str_fmt(req->arena, "%lld", (long long)db_int(total, 0, "total")));
    json_set_bool(model, "next_href", false);
    if (db_count(rows) > PAGE)
        json_set_str(model, "next_href", list_href(req, scope, status, platform, rows));
    json_set_bool(model, "first_href", false);
    if (paged)
        json_set_str(model, "first_href", list_href(req, scope, status, platform, NULL));
    return reply_page(rep, "desk/cases", model);
}
