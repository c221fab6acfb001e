/* fuzz_wording: reference data: lists of words (JSON), and behind a line "====" the text that they are looked for in. */
#include "core/form.h"
#include "core/json.h"
#include "fuzz.h"
#include "rules/wording.h"

enum { TEXT_MAX = 90 }; /* bytes: the work is bounded, but by pattern times text */

static const char standard[] = "[{\"list\":\"EMOTIONAL\",\"rule\":\"V-WORD-01\",\"detail\":{"
                               "\"applies_to\":[\"facts\"],\"terms\":["
                               "{\"term\":\"\u9a97\u5b50\",\"match\":\"contains\"},{\"term\":\"a.?"
                               "b{1,3}\",\"match\":\"regex\"}]}}]";

static void check_hits(struct arena *a, const json_t *lists, struct str text)
{
    struct wording_input in = {.text = text, .use = WORDING_PUBLIC, .part = "facts"};
    struct wording_hit *hits;
    size_t n = wording_check(a, lists, &in, &hits);

    for (size_t i = 0; i < n; i++) {
        must(hits[i].at <= text.n && hits[i].found.n <= text.n - hits[i].at);
        must(hits[i].found.n != 0 && str_is_text(hits[i].found));
        must(str_eq(hits[i].found, str_sub(text, hits[i].at, hits[i].found.n)));
        must(i == 0 || hits[i].at >= hits[i - 1].at);
    }
}

void fuzz_one(struct arena *a, struct str input)
{
    struct str head, tail, problem = {NULL, 0};
    bool both = fuzz_cut(input, &head, &tail);
    json_t *lists = json_parse(a, both ? head : STR(standard));
    struct str text = str_repair(a, str_first(both ? tail : input, TEXT_MAX));

    if (!json_is_array(lists))
        return;
    if (wording_lists_ok(a, lists, &problem))
        check_hits(a, lists, text);
    else
        must(str_is_text(problem));
}
