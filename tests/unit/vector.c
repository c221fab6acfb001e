#include "vector.h"

#include <string.h>

#include "core/json.h"
#include "core/load.h"
#include "unit.h"

enum { FILE_MAX = 1 << 20 };

json_t *vector_load(struct arena *a, const char *name)
{
    struct str path = str_fmt(a, "vectors/%s.json", name);
    struct str text = {NULL, 0};
    struct str problem = {NULL, 0};
    json_t *value = NULL;

    if (load_text(a, unit_path(a, str_z(a, path)), FILE_MAX, &text, &problem))
        value = json_parse(a, text);
    if (value == NULL)
        fail_msg("vectors/%s.json: %.*s", name, STR_ARG(problem));
    return value;
}

static const json_t *member(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (value == NULL)
        fail_msg("the vector has no member %s", key);
    return value;
}

struct str vector_text(const json_t *object, const char *key)
{
    const json_t *value = member(object, key);

    assert_true(json_is_string(value));
    return str_bytes(json_string_value(value), json_string_length(value));
}

struct str vector_bytes(struct arena *a, const json_t *object, const char *key)
{
    struct str bytes = {NULL, 0};

    if (!str_unhex(a, vector_text(object, key), &bytes))
        fail_msg("member %s is not hexadecimal", key);
    return bytes;
}

const unsigned char *vector_32(struct arena *a, const json_t *object, const char *key)
{
    struct str bytes = vector_bytes(a, object, key);

    assert_true(bytes.n >= 32);
    return (const unsigned char *)bytes.p;
}

struct uuid vector_uuid(struct arena *a, const json_t *object, const char *key)
{
    struct str bytes = vector_bytes(a, object, key);
    struct uuid u;

    assert_int_equal(bytes.n, sizeof(u.b));
    memcpy(u.b, bytes.p, sizeof(u.b));
    return u;
}

int64_t vector_int(const json_t *object, const char *key)
{
    const json_t *value = member(object, key);

    assert_true(json_is_integer(value));
    return json_integer_value(value);
}

struct str vector_flip(struct arena *a, struct str s, size_t i)
{
    char *copy = arena_alloc(a, s.n);

    memcpy(copy, s.p, s.n);
    copy[i] ^= 1;
    return str_bytes(copy, s.n);
}

void vector_same(const void *p, struct str want, const char *file, int line)
{
    if (memcmp(p, want.p, want.n) != 0)
        _fail(file, line);
}
