/* digest: SHA-256 against the examples of FIPS 180-4 (core/digest.h). */
#include "unit.h"

#include <string.h>

#include "core/digest.h"

/* SHA-256 as hexadecimal, of a message in one piece. */
static const char *whole(struct arena *a, struct str message)
{
    unsigned char out[DIGEST_BYTES];

    digest_sha256(message, out);
    return str_z(a, str_hex(a, str_bytes(out, sizeof(out))));
}

/* The same, in pieces of n bytes. */
static const char *pieces(struct arena *a, struct str message, size_t n)
{
    struct digest *d = digest_new(a);
    unsigned char out[DIGEST_BYTES];

    for (size_t at = 0; at < message.n; at += n)
        digest_add(d, str_sub(message, at, n));
    digest_end(d, out);
    return str_z(a, str_hex(a, str_bytes(out, sizeof(out))));
}

static void the_examples_of_the_standard_hold(void **state)
{
    static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    enum { MILLION = 1000000 };
    char *as = arena_alloc(*state, MILLION);

    memset(as, 'a', MILLION);
    assert_string_equal(whole(*state, STR("")),
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_string_equal(whole(*state, STR("abc")),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_string_equal(whole(*state, str_of(two_blocks)),
                        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    assert_string_equal(whole(*state, str_bytes(as, MILLION)),
                        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void pieces_of_any_length_give_what_the_whole_gives(void **state)
{
    static const size_t lengths[] = {1, 55, 56, 63, 64, 65, 1000};
    char text[1000];

    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)(i * 7);
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
        assert_string_equal(pieces(*state, str_bytes(text, sizeof(text)), lengths[i]),
                            whole(*state, str_bytes(text, sizeof(text))));
    assert_string_equal(pieces(*state, STR(""), 1), whole(*state, STR("")));
}

static void an_empty_piece_changes_nothing(void **state)
{
    struct digest *d = digest_new(*state);
    unsigned char out[DIGEST_BYTES];

    digest_add(d, STR("ab"));
    digest_add(d, (struct str){NULL, 0});
    digest_add(d, STR("c"));
    digest_end(d, out);
    assert_string_equal(str_z(*state, str_hex(*state, str_bytes(out, sizeof(out)))),
                        whole(*state, STR("abc")));
}

static void two_at_a_time_do_not_mix_and_one_may_be_left_unended(void **state)
{
    struct digest *one = digest_new(*state);
    struct digest *other = digest_new(*state);
    unsigned char out[DIGEST_BYTES];

    digest_add(one, STR("a"));
    digest_add(other, STR("x"));
    digest_add(one, STR("bc"));
    digest_end(one, out);
    assert_string_equal(str_z(*state, str_hex(*state, str_bytes(out, sizeof(out)))),
                        whole(*state, STR("abc")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(the_examples_of_the_standard_hold),
        unit_test_of(pieces_of_any_length_give_what_the_whole_gives),
        unit_test_of(an_empty_piece_changes_nothing),
        unit_test_of(two_at_a_time_do_not_mix_and_one_may_be_left_unended),
    };

    return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
