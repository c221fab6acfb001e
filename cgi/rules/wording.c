#include "rules/wording.h"

#include <string.h>

#include "core/arena.h"
#include "rules/specific.h"
#include "rules/wording_match.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])
#define SUSPICION "\u6d89\u5acc" /* 涉嫌 */
#define OFFENCE "\u8bc8\u9a97"   /* 诈骗 */

/* One list being applied to one text. */
struct job {
    struct arena *arena;
    const struct wording_input *in;
    const struct text *text; /* normal form of in->text */
    const json_t *row;       /* the list as handed in: list, rule */
    const json_t *detail;    /* level, terms, exemptions, applies_to */
    bool *quoted;            /* per code point: a quotation from evidence */
    bool *excused;           /* per code point: statutory phrase or proper name */
    bool *suspected;         /* per code point: at most four characters after a word of suspicion */
    bool specific;           /* amount or quantity, and date, are there */
    struct wording_hit *hits; /* found so far, all lists */
    size_t n, cap;            /* count and capacity */
};

static struct str member(const json_t *object, const char *key)
{
    const json_t *v = json_object_get(object, key);

    if (!json_is_string(v))
        return (struct str){0};
    return str_bytes(json_string_value(v), json_string_length(v));
}

static const json_t *detail_of(const json_t *row)
{
    const json_t *detail = json_object_get(row, "detail");

    return json_is_object(detail) ? detail : row;
}

const json_t *wording_list(const json_t *lists, const char *code)
{
    const json_t *row;
    size_t i;

    json_array_foreach(lists, i, row)
    {
        if (str_eqz(member(row, "list"), code))
            return row;
    }
    return NULL;
}

/* --- exemptions ----------------------------------------------------------------------------- */

static const json_t *exemption(const json_t *detail, const char *code)
{
    const json_t *one;
    size_t i;

    json_array_foreach(json_object_get(detail, "exemptions"), i, one)
    {
        if (str_eqz(member(one, "code"), code))
            return one;
    }
    return NULL;
}

static bool has_string(const json_t *array, struct str s)
{
    const json_t *one;
    size_t i;

    json_array_foreach(array, i, one)
    {
        if (json_is_string(one) && str_eqz(s, json_string_value(one)))
            return true;
    }
    return false;
}

static void mark_word(const struct text *t, const struct text *word, bool *marks)
{
    for (size_t i = text_find(t, word, 0); i != SIZE_MAX; i = text_find(t, word, i + 1))
        memset(marks + i, true, word->n);
}

/* Where an offence may be named as a suspicion: up to four characters between 涉嫌 and the name, in one clause. */
static void mark_suspected(struct job *job, const struct text *phrase)
{
    for (size_t at = text_find(job->text, phrase, 0); at != SIZE_MAX;
         at = text_find(job->text, phrase, at + 1)) {
        size_t to = at + phrase->n + 5;

        for (size_t k = at; k < job->text->n && k < to; k++) {
            if (text_ends_clause(job->text, k))
                break;
            job->suspected[k] = true;
        }
    }
}

/* Statutory phrases and proper names of this list. */
static void mark_excused(struct job *job)
{
    const json_t *phrases = json_object_get(exemption(job->detail, "STATUTORY_PHRASE"), "phrases");
    const struct text suspicion = text_normal(job->arena, str_of(SUSPICION));
    const json_t *one;
    size_t i;

    json_array_foreach(phrases, i, one)
    {
        struct text phrase = text_normal(job->arena, str_of(json_string_value(one)));

        mark_word(job->text, &phrase, job->excused);
        if (phrase.n == suspicion.n && text_at(&phrase, 0, &suspicion))
            mark_suspected(job, &phrase);
    }
    if (exemption(job->detail, "PROPER_NAME") == NULL)
        return;
    for (i = 0; i < job->in->n_names; i++) {
        struct text name = text_normal(job->arena, job->in->names[i]);

        mark_word(job->text, &name, job->excused);
    }
}

/* LAWFUL_STEP: "不退款就向12315投诉" announces a lawful route. */
static bool lawful_step(const struct job *job, size_t at, const struct text *term)
{
    static const char *const routes[] = {
        "\u6295\u8bc9", /* 投诉 */
        "\u4e3e\u62a5", /* 举报 */
        "\u4ef2\u88c1", /* 仲裁 */
        "\u8bc9\u8bbc", /* 诉讼 */
        "\u8d77\u8bc9", /* 起诉 */
        "\u62a5\u6848", /* 报案 */
        "\u62a5\u8b66", /* 报警 */
        "12315",        "12345",
    };
    size_t from;
    size_t to;
    size_t length = 0;

    if (term->n == 0 || term->c[term->n - 1] != 0x5C31) /* 就 */
        return false;
    text_sentence(job->text, at, &from, &to);
    return text_find_any(job->text, routes, COUNT(routes), at + term->n, to, &length) != SIZE_MAX;
}

/* 涉嫌 excuses the name of the offence (诈骗), not abuse (骗子). */
static bool names_offence(struct arena *a, const struct text *term)
{
    struct text offence = text_normal(a, str_of(OFFENCE));

    return text_find(term, &offence, 0) != SIZE_MAX;
}

static bool touches(const bool *marks, size_t from, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (marks[from + i])
            return true;
    }
    return false;
}

/* --- one list ------------------------------------------------------------------------------- */

static enum level level_of(const json_t *detail, enum wording_use use)
{
    static const char *const keys[] = {[WORDING_PLATFORM] = "platform_documents",
                                       [WORDING_PUBLIC] = "public_documents",
                                       [WORDING_INSIDE] = "notes_inside"};
    struct str code = member(json_object_get(detail, "level"), keys[use]);

    for (int l = 0; l < LEVEL__MAX; l++) {
        if (str_eqz(code, level_code((enum level)l)))
            return (enum level)l;
    }
    return LEVEL_WARN;
}

static void add_hit(struct job *job, const json_t *term, size_t at, size_t length)
{
    size_t from = job->text->from[at];
    size_t to = job->text->to[at + length - 1];

    if (job->n == job->cap) {
        size_t cap = job->cap ? job->cap * 2 : 8;
        struct wording_hit *more = arena_array(job->arena, cap, sizeof *more);

        if (job->n > 0)
            memcpy(more, job->hits, job->n * sizeof *more);
        job->hits = more;
        job->cap = cap;
    }
    job->hits[job->n++] = (struct wording_hit){
        .list = member(job->row, "list"),
        .rule = member(job->row, "rule"),
        .level = level_of(job->detail, job->in->use),
        .term = member(term, "term"),
        .found = str_sub(job->in->text, from, to - from),
        .at = from,
        .suggest_zh = member(term, "suggest_zh"),
        .suggest_en = member(term, "suggest_en"),
    };
}

static bool exempt(const struct job *job, enum wording_kind kind, const struct text *term,
                   size_t at, size_t length)
{
    if (job->quoted[at] && exemption(job->detail, "QUOTED_EVIDENCE") != NULL)
        return true;
    if (touches(job->excused, at, length))
        return true;
    if (job->suspected[at] && names_offence(job->arena, term))
        return true;
    if (kind == WORDING_NEEDS_CONTEXT && !wording_in_context(job->text, at))
        return true;
    return kind == WORDING_CONTAINS && exemption(job->detail, "LAWFUL_STEP") != NULL &&
           lawful_step(job, at, term);
}

static void match_pattern(struct job *job, const json_t *term)
{
    const struct wording_pattern *p = wording_pattern(job->arena, member(term, "term"));
    const struct text none = {0};
    size_t length = 0;

    if (p == NULL)
        return; /* wording_lists_ok refuses such a list when it is loaded */
    for (size_t at = wording_pattern_find(p, job->text, 0, &length); at != SIZE_MAX;
         at = wording_pattern_find(p, job->text, at + 1, &length)) {
        if (!exempt(job, WORDING_REGEX, &none, at, length))
            add_hit(job, term, at, length);
    }
}

static void match_term(struct job *job, const json_t *term)
{
    enum wording_kind kind = wording_kind_of(member(term, "match"));
    struct text word = text_normal(job->arena, member(term, "term"));

    if (kind == WORDING_KIND__MAX || (kind == WORDING_UNLESS_SPECIFIC && job->specific))
        return;
    if (kind == WORDING_REGEX) {
        match_pattern(job, term);
        return;
    }
    if (kind == WORDING_ALONE &&
        !wording_alone(job->arena, job->text, &word, json_object_get(job->detail, "terms")))
        return;
    for (size_t at = text_find(job->text, &word, 0); at != SIZE_MAX;
         at = text_find(job->text, &word, at + 1)) {
        if (!exempt(job, kind, &word, at, word.n))
            add_hit(job, term, at, word.n);
    }
}

static bool applies(const struct job *job)
{
    const json_t *parts = json_object_get(job->detail, "applies_to");
    const json_t *channels = json_object_get(exemption(job->detail, "CHANNEL_POLICE"), "channels");

    if (json_is_array(parts) && !has_string(parts, str_of(job->in->part)))
        return false;
    return str_empty(job->in->channel) || !has_string(channels, job->in->channel);
}

/* Leaves out what stands inside another hit of its list, then orders by position. */
static size_t tidy(struct wording_hit *hits, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        bool inside = false;

        for (size_t k = 0; k < n && !inside; k++) {
            bool within = hits[k].at <= hits[i].at &&
                          hits[k].at + hits[k].found.n >= hits[i].at + hits[i].found.n;
            bool same = hits[k].at == hits[i].at && hits[k].found.n == hits[i].found.n;

            inside = k != i && str_eq(hits[k].list, hits[i].list) && within && (!same || k < i);
        }
        if (inside)
            hits[i].rule = STR("");
    }
    for (size_t i = 0; i < n; i++) {
        if (str_empty(hits[i].rule))
            continue;

        struct wording_hit one = hits[i];
        size_t k = kept++;

        for (; k > 0 && hits[k - 1].at > one.at; k--)
            hits[k] = hits[k - 1];
        hits[k] = one;
    }
    return kept;
}

size_t wording_check(struct arena *a, const json_t *lists, const struct wording_input *in,
                     struct wording_hit **hits)
{
    struct text text = text_normal(a, in->text);
    struct job job = {.arena = a, .in = in, .text = &text};
    const json_t *row;
    size_t i;

    job.quoted = arena_array(a, text.n + 1, sizeof *job.quoted);
    job.excused = arena_array(a, text.n + 1, sizeof *job.excused);
    job.suspected = arena_array(a, text.n + 1, sizeof *job.suspected);
    wording_mark_quotations(&text, job.quoted);
    job.specific = specific_date(&text) && (specific_amount(&text) || specific_quantity(&text));
    json_array_foreach(lists, i, row)
    {
        const json_t *term;
        size_t k;

        job.row = row;
        job.detail = detail_of(row);
        if (!applies(&job))
            continue;
        memset(job.excused, 0, (text.n + 1) * sizeof *job.excused);
        memset(job.suspected, 0, (text.n + 1) * sizeof *job.suspected);
        mark_excused(&job);
        json_array_foreach(json_object_get(job.detail, "terms"), k, term)
        {
            match_term(&job, term);
        }
    }
    *hits = job.hits;
    return tidy(job.hits, job.n);
}

void wording_findings(const json_t *lists, const struct wording_input *in, struct findings *out)
{
    static const struct {
        const char *list;
        const char *rule;
        const char *key;
    } texts[] = {
        {"EMOTIONAL", "V-WORD-01", "rules.wording.emotional"},
        {"VAGUE_DEMAND", "V-WORD-02", "rules.wording.vague_demand"},
        {"THREAT", "V-WORD-03", "rules.wording.threat"},
        {"VAGUE_WITHDRAWAL", "V-WD-01", "rules.wording.vague_withdrawal"},
    };
    struct wording_hit *hits;
    size_t n = wording_check(out->arena, lists, in, &hits);

    for (size_t i = 0; hits != NULL && i < n; i++) {
        for (size_t k = 0; k < COUNT(texts); k++) {
            if (!str_eqz(hits[i].list, texts[k].list))
                continue;

            struct finding *f = findings_add(out, texts[k].rule, hits[i].level, texts[k].key);

            f->subject = hits[i].found;
            finding_set(f, "found", hits[i].found);
            finding_set_both(f, "suggest", hits[i].suggest_zh, hits[i].suggest_en);
        }
    }
}

bool wording_lists_ok(struct arena *a, const json_t *lists, struct str *problem)
{
    const json_t *row;
    size_t i;

    json_array_foreach(lists, i, row)
    {
        const json_t *term;
        size_t k;

        json_array_foreach(json_object_get(detail_of(row), "terms"), k, term)
        {
            enum wording_kind kind = wording_kind_of(member(term, "match"));

            *problem = member(term, "term");
            if (str_empty(*problem) || kind == WORDING_KIND__MAX ||
                (kind == WORDING_REGEX && wording_pattern(a, *problem) == NULL))
                return false;
        }
    }
    *problem = (struct str){0};
    return true;
}
