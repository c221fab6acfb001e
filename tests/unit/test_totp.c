/* totp: RFC 6238 (core/totp.h). */
#include "unit.h"

#include <string.h>

#include "core/token.h"
#include "core/totp.h"
#include "vector.h"

static const unsigned char *secret_of(struct arena *a, const json_t *v)
{
    struct str secret = vector_bytes(a, v, "secret");

    assert_int_equal(secret.n, TOTP_SECRET_BYTES);
    return (const unsigned char *)secret.p;
}

static void the_codes_of_rfc_6238_pass_one_step_to_either_side(void **state)
{
    struct arena *a = *state;
    json_t *all = vector_load(a, "totp");
    const unsigned char *secret = secret_of(a, all);
    size_t i;
    json_t *v;

    json_array_foreach(json_object_get(all, "cases"), i, v)
    {
        int64_t now = vector_int(v, "step") * 30;
        struct str code = vector_text(v, "code");

        for (int64_t off = -60; off <= 60; off += 30) {
            int64_t step = -1;
            bool right = totp_check(a, secret, code, (now + off) * 1000000, &step);

            assert_int_equal(right, off >= -30 && off <= 30);
            assert_int_equal(step, right ? vector_int(v, "step") : -1);
        }
    }
}

static void a_code_is_read_as_people_write_it(void **state)
{
    struct arena *a = *state;
    const unsigned char *secret = secret_of(a, vector_load(a, "totp"));
    int64_t step = 0;

    assert_true(totp_check(a, secret, STR("287082"), 59000000, &step));
    assert_true(totp_check(a, secret, STR(" 287 082\r\n"), 59000000, &step));
    assert_true(totp_check(a, secret, STR("２８７　０８２"), 59000000, &step));
    assert_int_equal(step, 1);
}

static void other_lengths_and_characters_are_refused(void **state)
{
    static const char *const wrong[] = {"",
                                        "28708",
                                        "2870820",
                                        "94287082",
                                        "28708a",
                                        "-87082",
                                        "287\377"
                                        "082",
                                        "287082 287082",
                                        "287083"};
    struct arena *a = *state;
    const unsigned char *secret = secret_of(a, vector_load(a, "totp"));
    int64_t step = 77;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(totp_check(a, secret, str_of(wrong[i]), 59000000, &step));
    assert_int_equal(step, 77);
}

static void the_first_step_of_all_has_none_before_it(void **state)
{
    struct arena *a = *state;
    const unsigned char *secret = secret_of(a, vector_load(a, "totp"));
    int64_t step = -1;

    assert_true(
        totp_check(a, secret, STR("755224"), 0, &step)); /* RFC 4226 appendix D, counter 0 */
    assert_int_equal(step, 0);
}

static void the_secret_is_shown_as_text_and_as_a_uri(void **state)
{
    struct arena *a = *state;
    json_t *v = vector_load(a, "totp");
    const unsigned char *secret = secret_of(a, v);

    assert_text(totp_base32(a, secret), str_z(a, vector_text(v, "base32")));
    assert_text(totp_uri(a, secret, vector_text(v, "issuer"), vector_text(v, "login")),
                str_z(a, vector_text(v, "uri")));
}

static void new_secrets_are_random(void **state)
{
    unsigned char one[TOTP_SECRET_BYTES];
    unsigned char other[TOTP_SECRET_BYTES];

    (void)state;
    totp_secret_new(one);
    totp_secret_new(other);
    assert_memory_not_equal(one, other, sizeof(one));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(the_codes_of_rfc_6238_pass_one_step_to_either_side),
        unit_test_of(a_code_is_read_as_people_write_it),
        unit_test_of(other_lengths_and_characters_are_refused),
        unit_test_of(the_first_step_of_all_has_none_before_it),
        unit_test_of(the_secret_is_shown_as_text_and_as_a_uri),
        unit_test_of(new_secrets_are_random),
    };

    token_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
