#include "core/why.h"

#include <string.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/vocab.h"

/* Three periods of our own are of one kind; each says who has to do what.  The complainant is told so in their own words. */
static void own_label(struct request *req, json_t *why, struct str code)
{
    static const char *const codes[] = {"accept_within", "review_within", "answer_within", NULL};

    for (size_t i = 0; codes[i] != NULL; i++) {
        if (str_eqz(code, codes[i]))
            json_set_str(why, "kind_label",
                         locale_textz(req->arena, req->locale,
                                      str_z(req->arena,
                                            str_fmt(req->arena, "shared.why.%s.%s",
                                                    (req->who & WHO_STAFF) != 0 ? "staff" : "own",
                                                    codes[i]))));
    }
}

void why_source(struct request *req, json_t *rule)
{
    const json_t *articles = json_object_get(rule, "articles"), *a;
    struct str written = json_str(rule, "source"), text = STR("");
    const char *name = strcmp(request_lang(req), "en") == 0 ? "name_en" : "name_zh";
    size_t i;

    json_array_foreach(articles, i, a)
    {
        json_t *values = json_object();

        json_set_str(values, "name", json_str(a, name));
        json_set_str(values, "article", json_str(a, "article"));
        text = str_fmt(req->arena, "%.*s%s%.*s", STR_ARG(text), i == 0 ? "" : " · ",
                       STR_ARG(locale_text(req->arena, req->locale, "shared.why.article", values)));
        json_decref(values);
    }
    /* Rules that are written in Chinese are named as they are called; codes of notes say nothing to people. */
    if (text.n == 0 && written.n != 0 && (unsigned char)written.p[0] >= 0x80)
        text = written;
    json_set_str(rule, "source_text", text);
}

void why_texts(struct request *req, json_t *why)
{
    json_t *rule = json_object_get(why, "rule");
    json_t *skipped = json_object_get(why, "skipped");
    struct str due = json_str(why, "due_on"), started = json_str(why, "started_on");
    int64_t due_us;
    size_t i;
    json_t *day;

    vocab_add_label(req, why, "kind", "clock_kind");
    own_label(req, why, json_str(rule, "code"));
    vocab_add_label(req, rule, "unit", "clock_unit");
    vocab_add_label(req, rule, "starts_on", "clock_start");
    vocab_add_label(req, rule, "source_kind", "clock_source");
    why_source(req, rule);
    /* Hours are told with the time of day, days as a date. */
    if (str_eqz(json_str(rule, "unit"), "h") && clock_parse(json_str(why, "due_at"), &due_us))
        json_set_str(why, "due_text", locale_datetime(req->arena, req->locale, due_us));
    else
        json_set_str(why, "due_text",
                     due.n != 0 ? locale_day(req->arena, req->locale, due) : STR(""));
    json_set_str(why, "started_text",
                 started.n != 0 ? locale_day(req->arena, req->locale, started) : STR(""));
    json_array_foreach(skipped, i, day)
        json_set_str(day, "day_text", locale_day(req->arena, req->locale, json_str(day, "day")));
    json_set_bool(why, "has_skipped", json_array_size(skipped) != 0);
    json_set_bool(why, "overdue", str_eqz(json_str(why, "state"), "overdue"));
    json_set_bool(why, "not_started", str_eqz(json_str(why, "state"), "not_started"));
}
