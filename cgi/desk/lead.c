/* /desk/today and /desk/load: what coordinators look at first, and who carries how much (UX.md §4). */
#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "desk/desk.h"

enum err today_show(struct request *req, struct reply *rep)
{
    struct db_rows *counts = NULL, *people = NULL;
    json_t *model;
    enum err err = db_snapshot_begin(req->db);

    if (err == ERR_OK)
        err = db_read(req->db, "desk.today", &counts, DB_BYTES("p_session", desk_bearer(req)));
    if (err == ERR_OK)
        err = db_read(req->db, "desk.overdue_people", &people,
                      DB_BYTES("p_session", desk_bearer(req)));
    if (err == ERR_OK)
        err = db_snapshot_end(req->db);
    else
        db_abort(req->db);
    if (err != ERR_OK)
        return err;
    model = db_row_json(counts, 0);
    json_set_z(model, "title_key", "desk.today.title");
    json_set_bool(model, "keys_wait",
                  db_int(counts, 0, "waiting_members") + db_int(counts, 0, "waiting_cases") != 0);
    json_set_bool(model, "mail_failed", db_int(counts, 0, "failed_mail") != 0);
    json_set_bool(model, "has_people", db_count(people) != 0);
    json_set_new(model, "people", db_rows_json(people));
    return reply_page(rep, "desk/today", model);
}

static struct str role_text(struct request *req, struct str role)
{
    return desk_text(req, "desk.role.", role);
}

/* Why one candidate was or was not chosen, from the reason kept with the assignment. */
static json_t *candidate(struct request *req, const json_t *c)
{
    json_t *o = json_object(), *why;
    struct str text = STR("");
    size_t i;

    json_array_foreach(json_object_get(c, "excluded"), i, why)
    {
        struct str code = str_of(json_string_value(why) == NULL ? "" : json_string_value(why));

        text = str_fmt(req->arena, "%.*s%s%.*s", STR_ARG(text), i == 0 ? "" : " · ",
                       STR_ARG(desk_text(req, "desk.load.excluded.", code)));
    }
    json_set_str(o, "name", json_str(c, "name"));
    json_set_int(o, "weight", json_int(c, "weight"));
    json_set_int(o, "weekly_hours", json_int(c, "weekly_hours"));
    json_set_str(o, "excluded", text);
    json_set_bool(o, "chosen", json_int(c, "place") == 1);
    return o;
}

static json_t *picks_of(struct request *req, const struct db_rows *rows)
{
    json_t *list = json_array();

    for (size_t i = 0; i < db_count(rows); i++) {
        json_t *row = db_row_json(rows, i), *all = json_array(), *c;
        size_t k;

        json_array_foreach(json_object_get(json_object_get(row, "reason"), "candidates"), k,
                           c)(void) json_array_append_new(all, candidate(req, c));
        json_set_new(row, "candidates", all);
        json_set_str(row, "at_text",
                     locale_datetime(req->arena, req->locale, db_time(rows, i, "assigned_at")));
        (void)json_array_append_new(list, row);
    }
    return list;
}

enum err load_show(struct request *req, struct reply *rep)
{
    struct db_rows *load = NULL, *picks = NULL;
    json_t *model, *list;
    enum err err = db_read(req->db, "desk.load", &load, DB_BYTES("p_session", desk_bearer(req)));

    if (err == ERR_OK)
        err = db_read(req->db, "desk.last_picks", &picks, DB_BYTES("p_session", desk_bearer(req)));
    if (err != ERR_OK)
        return err;
    model = json_object();
    json_set_z(model, "title_key", "desk.load.title");
    list = db_rows_json(load);
    for (size_t i = 0; i < db_count(load); i++) {
        json_t *row = json_array_get(list, i);
        int64_t ratio = db_int(load, i, "ratio_milli");

        json_set_str(row, "role_text", role_text(req, db_text(load, i, "role")));
        json_set_str(row, "ratio_text",
                     str_fmt(req->arena, "%lld.%02lld", (long long)(ratio / 1000),
                             (long long)(ratio % 1000 / 10)));
    }
    json_set_new(model, "load", list);
    json_set_new(model, "picks", picks_of(req, picks));
    json_set_bool(model, "has_picks", db_count(picks) != 0);
    return reply_page(rep, "desk/load", model);
}
