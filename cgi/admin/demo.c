/*
 * aiddesk demo: fills an empty demo installation with invented accounts, platforms and some hundred cases in every state, and writes what
 * people and scripts need to try them (demo.h tells how).  Cases are made one by one, oldest first, each step in one transaction: the rows
 * of the clock and the case would otherwise grow a version for every change, and each look at them would walk over all of them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admin/commands.h"
#include "admin/demo.h"
#include "core/arena.h"
#include "core/buf.h"
#include "core/clock.h"
#include "core/inspect.h"
#include "core/json.h"
#include "core/load.h"

enum { DATA_MAX = 1024 * 1024, CASE_ARENA = 1024 * 1024, TRIES = 8 };

static const int64_t second_us = 1000000, day_s = 86400;

/* ---- chance ---- */

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t next_random(struct demo *d)
{
    uint64_t z = d->random += 0x9e3779b97f4a7c15ULL;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

int64_t demo_below(struct demo *d, int64_t n)
{
    return n <= 0 ? 0 : (int64_t)(next_random(d) % (uint64_t)n);
}

const json_t *demo_pick(struct demo *d, const json_t *list)
{
    return json_array_get(list, (size_t)demo_below(d, (int64_t)json_array_size(list)));
}

const json_t *demo_weighted(struct demo *d, const json_t *list)
{
    int64_t sum = 0, at;

    for (size_t i = 0; i < json_array_size(list); i++)
        sum += json_int(json_array_get(list, i), "weight");
    at = demo_below(d, sum);
    for (size_t i = 0; i < json_array_size(list); i++) {
        at -= json_int(json_array_get(list, i), "weight");
        if (at < 0)
            return json_array_get(list, i);
    }
    return json_array_get(list, 0);
}

/* ---- texts ---- */

struct str demo_money(struct demo *d, int64_t fen)
{
    return str_fmt(d->arena, "%lld.%02lld", (long long)(fen / 100), (long long)(fen % 100));
}

static struct str value_of(struct demo *d, const struct demo_case *c, struct str name)
{
    if (str_eqz(name, "platform"))
        return json_str(c->platform, "name");
    if (str_eqz(name, "product"))
        return json_str(c->product, "name");
    if (str_eqz(name, "amount"))
        return str_fmt(d->arena, "%.*s%.*s", STR_ARG(demo_money(d, c->fen)),
                       STR_ARG(json_str(json_object_get(d->data, "units"), "yuan")));
    if (str_eqz(name, "order_no"))
        return c->order_no;
    if (str_eqz(name, "name"))
        return c->name;
    return c->day;
}

struct str demo_fill(struct demo *d, const struct demo_case *c, struct str text)
{
    struct buf out = buf_new(d->arena);
    size_t at = 0;

    for (;;) {
        size_t open = str_find(text, STR("{{"), at), close;

        if (open == SIZE_MAX)
            break;
        close = str_find(text, STR("}}"), open);
        buf_add(&out, str_sub(text, at, open - at));
        buf_add(&out, value_of(d, c, str_sub(text, open + 2, close - open - 2)));
        at = close + 2;
    }
    buf_add(&out, str_sub(text, at, text.n));
    return buf_str(&out);
}

struct str demo_text(struct demo *d, const struct demo_case *c, const char *key)
{
    const json_t *list = json_object_get(json_object_get(d->data, "texts"), key);

    return demo_fill(d, c, str_of(json_string_value(demo_pick(d, list))));
}

const struct demo_person *demo_person_of(const struct demo *d, const char *role)
{
    for (size_t i = 0; i < d->n_people; i++)
        if (str_eqz(d->people[i].role, role))
            return &d->people[i];
    return &d->people[0];
}

/* ---- the plan: which cases, when ---- */

/* A case before it is made. */
struct planned {
    const json_t *life;
    int64_t begin_us;
    int64_t times_us[DEMO_STEPS_MAX];
};

struct plan {
    struct planned *cases;
    size_t n;
};

static int64_t hours_of(const json_t *step)
{
    return (int64_t)(strtod(json_string_value(json_array_get(step, 0)), NULL) * 3600) * second_us;
}

/* People work between nine and half past nine. */
static int64_t by_day(struct demo *d, int64_t at_us)
{
    struct civil t = clock_civil(at_us);

    if (t.hour >= 9 && t.hour < 21)
        return at_us;
    if (t.hour >= 21)
        at_us += (24 - t.hour) * 3600LL * second_us;
    else
        at_us -= t.hour * 3600LL * second_us;
    return at_us + (9 * 3600LL + demo_below(d, 3 * 3600LL)) * second_us;
}

/* A settlement and withdrawals take their own time (demo_settle.c). */
static int64_t lasts_us(const json_t *step)
{
    const char *verb = json_string_value(json_array_get(step, 1));
    int64_t hours = strcmp(verb, "settle") == 0 ? 40 : strcmp(verb, "withdraw") == 0 ? 64 : 0;

    return hours * 3600 * second_us;
}

/* Times of the steps after a submission; returns when the last one ends. */
static int64_t schedule(struct demo *d, struct planned *p)
{
    const json_t *steps = json_object_get(p->life, "steps");
    int64_t at = p->begin_us;

    for (size_t i = 0; i < json_array_size(steps) && i < DEMO_STEPS_MAX; i++) {
        const json_t *step = json_array_get(steps, i);
        int64_t wait = hours_of(step);

        at += wait / 100 * (92 + demo_below(d, 17));
        if (strcmp(json_string_value(json_array_get(step, 1)), "nothing") != 0)
            at = by_day(d, at);
        p->times_us[i] = at;
        at += lasts_us(step);
    }
    return at;
}

static void plan_one(struct demo *d, const json_t *life, struct planned *p)
{
    const json_t *age = json_object_get(life, "age");
    double least = json_number_value(json_array_get(age, 0));
    double most = json_number_value(json_array_get(age, 1));
    double days = least + (most - least) * (double)demo_below(d, 1000) / 1000;
    int64_t back_us = (int64_t)(days * (double)day_s) * second_us;

    p->life = life;
    for (int i = 0; i < TRIES; i++) {
        int64_t over;

        p->begin_us = d->now_us - back_us;
        over = schedule(d, p) - (d->now_us - 600 * second_us);
        if (over <= 0)
            return;
        back_us += over + 3600 * second_us;
    }
}

static int by_begin(const void *a, const void *b)
{
    const struct planned *x = a, *y = b;

    return (x->begin_us > y->begin_us) - (x->begin_us < y->begin_us);
}

static void plan_all(struct demo *d, struct plan *plan)
{
    const json_t *lives = json_object_get(d->data, "lives");

    for (size_t i = 0; i < json_array_size(lives); i++)
        plan->n += (size_t)json_int(json_array_get(lives, i), "n");
    plan->cases = arena_array(d->ad->arena, plan->n, sizeof *plan->cases);
    plan->n = 0;
    for (size_t i = 0; i < json_array_size(lives); i++)
        for (int64_t k = json_int(json_array_get(lives, i), "n"); k > 0; k--)
            plan_one(d, json_array_get(lives, i), &plan->cases[plan->n++]);
    qsort(plan->cases, plan->n, sizeof *plan->cases, by_begin);
}

/* ---- cases ---- */

static void choose(struct demo *d, struct demo_case *c)
{
    const json_t *platforms = json_object_get(d->data, "platforms");
    const json_t *fixed = json_object_get(c->life, "platform");
    struct civil day = clock_civil(c->begin_us - (1 + demo_below(d, 6)) * day_s * second_us);
    struct civil t = clock_civil(c->begin_us);

    do
        c->platform = fixed != NULL ? json_array_get(platforms, (size_t)json_integer_value(fixed))
                                    : demo_weighted(d, platforms);
    while (json_truth(c->life, "entity") && json_str(c->platform, "registered").n == 0);
    c->product = demo_pick(d, json_object_get(c->platform, "products"));
    c->problem = demo_weighted(d, json_object_get(d->data, "problems"));
    c->fen = json_int(c->product, "fen");
    c->name = str_of(json_string_value(demo_pick(d, json_object_get(d->data, "names"))));
    c->day = str_fmt(d->arena, "%04d-%02d-%02d", day.year, day.month, day.day);
    c->order_no = str_fmt(d->arena, "DM%02d%02d%02d%02d%02d%04lld", day.month, day.day, t.hour,
                          t.minute, t.second, (long long)demo_below(d, 10000));
    if (json_truth(c->life, "duplicate") && d->last_no.n != 0) { /* the same order again */
        c->platform = d->last_platform;
        c->product = d->last_product;
        c->fen = json_int(c->product, "fen");
        c->order_no = str_dup(d->arena, d->last_order);
    }
}

static enum err make_case(struct demo *d, const struct planned *p, struct demo_case *c)
{
    const json_t *steps = json_object_get(p->life, "steps");
    enum err err = db_begin(d->db);

    c->life = p->life;
    c->begin_us = p->begin_us;
    memcpy(c->times_us, p->times_us, sizeof c->times_us);
    choose(d, c);
    if (err == ERR_OK)
        err = demo_submit(d, c);
    for (size_t i = 0; err == ERR_OK && i < json_array_size(steps); i++) {
        err = db_commit(d->db);
        if (err == ERR_OK)
            err = db_begin(d->db);
        if (err == ERR_OK)
            err = demo_step(d, c, i);
    }
    if (err == ERR_OK)
        return db_commit(d->db);
    db_abort(d->db);
    return err;
}

static void remember(struct demo *d, const struct demo_case *c)
{
    if (json_truth(c->life, "draft") || json_truth(c->life, "duplicate") ||
        str_eqz(c->status, "ERASED"))
        return;
    d->last_order = str_dup(d->ad->arena, c->order_no);
    d->last_no = str_dup(d->ad->arena, c->case_no);
    d->last_platform = c->platform;
    d->last_product = c->product;
}

/* What demo.json tells of a case; its state is read at the end.  Drafts and erased cases have no code that opens them. */
static void list_case(const struct demo *d, const struct demo_case *c, json_t *list)
{
    json_t *o;

    if (json_truth(c->life, "draft"))
        return;
    o = json_object();
    json_set_str(o, "number", c->case_no);
    if (str_eqz(c->status, "ERASED"))
        json_set_new(o, "tracking_code", json_null());
    else
        json_set_str(o, "tracking_code", code_show(d->arena, c->code));
    (void)json_array_append_new(list, o);
}

static enum err make_cases(struct demo *d, const struct plan *plan, json_t *list)
{
    enum err err = ERR_OK;

    (void)db_request_end(d->db); /* each case is a request of its own, with its own memory */
    for (size_t i = 0; err == ERR_OK && i < plan->n; i++) {
        struct demo_case *c;

        db_request_begin(d->db, d->arena);
        c = arena_secret(d->arena, sizeof *c);
        err = make_case(d, &plan->cases[i], c);
        if (err != ERR_OK) {
            (void)admin_fail(d->ad, "admin.demo.step_failed",
                             json_pack("{s:s,s:s}", "life",
                                       str_z(d->arena, json_str(c->life, "name")), "step",
                                       d->doing));
            return err; /* the arena holds the server's words */
        }
        remember(d, c);
        list_case(d, c, list);
        (void)db_request_end(d->db);
        arena_reset(d->arena);
    }
    db_request_begin(d->db, d->ad->arena);
    return err;
}

static enum err platforms(struct demo *d)
{
    const json_t *list = json_object_get(d->data, "platforms");
    enum err err = db_begin(d->db);

    if (err == ERR_OK)
        err = db_step(d->db, "demo.at", NULL, DB_TIME("p_at", d->now_us - 188 * day_s * second_us));
    for (size_t i = 0; err == ERR_OK && i < json_array_size(list); i++) {
        const json_t *p = json_array_get(list, i);

        err = db_step(d->db, "demo.platform", NULL, DB_TEXT("p_name", json_str(p, "name")),
                      DB_TEXT("p_status", json_str(p, "status")),
                      DB_TEXT_OR_NULL("p_registered_name", json_str(p, "registered")),
                      DB_TEXT_OR_NULL("p_credit_code", json_str(p, "credit_code")));
    }
    if (err == ERR_OK)
        return db_commit(d->db);
    db_abort(d->db);
    return err;
}

/* ---- demo.json ---- */

static enum err add_states(struct demo *d, json_t *list)
{
    struct db_rows *rows = NULL;
    json_t *states = json_owned(d->ad->arena, json_object()), *one;
    size_t i;
    enum err err = db_read0(d->db, "demo.states", &rows);

    for (size_t k = 0; err == ERR_OK && k < db_count(rows); k++)
        json_set_str(states, str_z(d->ad->arena, db_text(rows, k, "case_no")),
                     db_text(rows, k, "status"));
    json_array_foreach(list, i, one) json_set_str(
        one, "state", json_str(states, json_string_value(json_object_get(one, "number"))));
    return err;
}

static struct str told(struct demo *d, json_t *cases)
{
    json_t *all = json_owned(d->ad->arena, json_object()), *accounts = json_array();

    for (size_t i = 0; i < d->n_people; i++) {
        const struct demo_person *p = &d->people[i];
        json_t *o = json_object();

        json_set_str(o, "role", p->role);
        json_set_str(o, "login", p->login);
        json_set_str(o, "password", p->password);
        if (p->totp.n == 0)
            json_set_new(o, "totp_secret", json_null());
        else
            json_set_str(o, "totp_secret", p->totp);
        (void)json_array_append_new(accounts, o);
    }
    json_set_str(all, "url", d->ad->config.public_origin);
    json_set_new(all, "accounts", accounts);
    json_set_new(all, "cases", json_incref(cases));
    return str_fmt(d->ad->arena, "%.*s\n", STR_ARG(json_dump(d->ad->arena, all)));
}

/* ---- the command ---- */

static bool load_all(struct demo *d)
{
    static const char *const account[] = {"roster.secret", "pepper", NULL};
    static const char *const desk[] = {"lookup", NULL};
    static const char *const parts[] = {"letters", "rules", NULL};
    struct admin *ad = d->ad;
    struct str text = {0}, problem = {0};
    struct locales *all = locale_load(ad->arena, ad->config.data_dir, parts, &problem);
    bool good = all != NULL &&
                load_text(ad->arena, admin_path(ad, ad->sql_dir, "admin/demo.json"), DATA_MAX,
                          &text, &problem) &&
                keys_load(ad->arena, &ad->config, "account", account, &d->account, &problem) &&
                keys_load(ad->arena, &ad->config, "desk", desk, &d->desk, &problem);

    if (good) {
        d->letters = locale_get(all, STR("zh-CN"));
        d->data = json_parse(ad->arena, text);
    }
    if (!good || d->data == NULL)
        (void)admin_fail(ad, "admin.file_unreadable",
                         admin_value("problem", good ? STR("admin/demo.json") : problem));
    return good && d->data != NULL;
}

/* As root the files drawn here are looked at without changing the user: they are no stranger's. */
static void start_inspect(struct demo *d)
{
    struct config config = d->ad->config;

    config.user_prefix = STR("");
    d->inspect = inspect_start(d->ad->arena, &config, AIDDESK_LIBEXEC_DIR "/aiddesk-inspect");
}

static enum err fill(struct demo *d, json_t *cases)
{
    struct plan plan = {0};
    enum err err = demo_people(d);

    d->doing = "people";
    if (err == ERR_OK)
        err = platforms(d);
    if (err != ERR_OK)
        return err;
    plan_all(d, &plan);
    err = make_cases(d, &plan, cases);
    d->doing = "worker";
    if (err == ERR_OK)
        err = db_write(d->db, "demo.at", NULL, DB_TIME("p_at", d->now_us));
    if (err == ERR_OK)
        err = db_write0(d->db, "demo.worker", NULL);
    if (err == ERR_OK)
        err = add_states(d, cases);
    return err == ERR_OK ? admin_script(d->ad, "admin/demo-end.sql", NULL) : err;
}

static enum admin_exit run(struct admin *ad)
{
    const char *output = admin_option(ad, "output");
    struct demo *d = arena_secret(ad->arena, sizeof *d);
    json_t *cases = json_owned(ad->arena, json_array());
    json_t *values;
    enum err err;

    if (!ad->config.demo)
        return admin_fail(ad, "admin.demo.not_demo", admin_value("file", str_of(ad->config_path)));
    if (output == NULL || access(output, F_OK) == 0)
        return admin_fail(ad, output == NULL ? "admin.demo.no_output" : "admin.demo.output_exists",
                          admin_value("file", str_of(output)));
    d->ad = ad;
    d->random = 20260415; /* one seed: the same people say the same things in every installation */
    d->now_us = clock_now();
    if (!load_all(d))
        return ADMIN_FAILED;
    start_inspect(d);
    d->db = admin_db(ad);
    d->arena = arena_new(CASE_ARENA);
    err = admin_script(ad, "admin/demo-begin.sql", NULL);
    if (err == ERR_DONE)
        return admin_fail(ad, "admin.demo.in_use", NULL);
    if (err == ERR_OK)
        err = fill(d, cases);
    if (err != ERR_OK)
        return admin_db_failed(ad, err, "admin.demo.doing");
    arena_free(d->arena);
    if (!admin_write_new(output, told(d, cases), 0600))
        return admin_fail(ad, "admin.cannot_write",
                          json_pack("{s:s,s:s}", "file", output, "problem", strerror(errno)));
    values = admin_number("cases", (int64_t)json_array_size(cases));
    json_set_z(values, "file", output);
    admin_say(ad, "admin.demo.done", values);
    return ADMIN_OK;
}

static const struct command_option options[] = {{"output", true}, {NULL, false}};

const struct command command_demo = {
    .name = "demo",
    .arguments = "--output FILE",
    .texts = "admin.demo",
    .needs_config = true,
    .options = options,
    .run = run,
};
