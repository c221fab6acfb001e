/* fuzz_json: JSON as it comes from files and from the database. */
#include "core/json.h"
#include "fuzz.h"

void fuzz_one(struct arena *a, struct str input)
{
    json_t *value = json_parse(a, input), *again;
    struct str dump, second;

    if (value == NULL)
        return;
    must(str_is_text(input)); /* nothing that is no text gets in, and no NUL */
    dump = json_dump(a, value);
    must(str_is_text(dump));
    again = json_parse(a, dump);
    must(again != NULL && json_equal(value, again));
    second = json_dump(a, again);
    must(str_eq(dump, second));
    must(str_is_text(json_str(value, "a")));
    (void)json_int(value, "n");
    (void)json_truth(value, "b");
}
