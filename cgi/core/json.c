#include "core/json.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/log.h"

/* Jansson's memory: never NULL, and wiped when freed, because models hold opened fields (SECURITY.md, K1).  The size stands in front. */
union head {
    size_t n;
    max_align_t align;
};

static void *head_alloc(size_t n)
{
    union head *h;

    if (n > SIZE_MAX / 2)
        arena_out_of_memory();
    h = malloc(sizeof *h + n);
    if (h == NULL)
        arena_out_of_memory();
    h->n = n;
    return h + 1;
}

static void head_free(void *p)
{
    union head *h;

    if (p == NULL)
        return;
    h = (union head *)p - 1;
    explicit_bzero(p, h->n);
    free(h);
}

void json_init(void)
{
    json_set_alloc_funcs(head_alloc, head_free);
    json_object_seed(0); /* from the system's randomness, before a sandbox takes it away */
}

json_t *json_of_str(struct str s)
{
    json_t *value = json_stringn(s.n == 0 ? "" : s.p, s.n);

    if (value == NULL) { /* not UTF-8: our bug, and no reason to lose the page */
        log_event(LOG_ERROR_, "json", "text is not UTF-8");
        value = json_string("\uFFFD");
    }
    return value;
}

void json_set_new(json_t *object, const char *key, json_t *value)
{
    int rc = json_object_set_new(object, key, value);

    assert(rc == 0);
    (void)rc;
}

void json_set_str(json_t *object, const char *key, struct str value)
{
    json_set_new(object, key, json_of_str(value));
}

void json_set_z(json_t *object, const char *key, const char *value)
{
    json_set_new(object, key, json_of_str(str_of(value)));
}

void json_set_int(json_t *object, const char *key, int64_t value)
{
    json_set_new(object, key, json_integer(value));
}

void json_set_bool(json_t *object, const char *key, bool value)
{
    json_set_new(object, key, json_boolean(value));
}

struct str json_str(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    return json_is_string(value) ? str_bytes(json_string_value(value), json_string_length(value))
                                 : str_of(NULL);
}

int64_t json_int(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

bool json_truth(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

static int add_piece(const char *p, size_t n, void *out)
{
    buf_add(out, str_bytes(p, n));
    return 0;
}

struct str json_dump(struct arena *a, const json_t *value)
{
    struct buf out = buf_new(a);
    int rc =
        json_dump_callback(value, add_piece, &out, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);

    assert(rc == 0); /* fails only on values that cannot be built: NULL, or a loop */
    (void)rc;
    return buf_str(&out);
}

static void drop(void *value)
{
    json_decref(value);
}

json_t *json_owned(struct arena *a, json_t *value)
{
    if (value != NULL)
        arena_defer(a, drop, value);
    return value;
}

json_t *json_parse(struct arena *a, struct str text)
{
    json_error_t error;

    /* Jansson passes over a NUL byte behind a number. */
    if (!str_is_text(text))
        return NULL;
    return json_owned(a, json_loadb(text.n == 0 ? "" : text.p, text.n,
                                    JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error));
}
