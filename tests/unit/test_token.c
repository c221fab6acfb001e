/* token: random values, derivations, codes for people (core/token.h; vectors of SECURITY.md §3.5). */
#include "unit.h"

#include <signal.h>
#include <string.h>

#include "core/digest.h"
#include "core/seal.h"
#include "core/token.h"
#include "vector.h"

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* ---- associated data ---- */

static void associated_data_is_encoded_as_the_vectors_say(void **state)
{
    struct arena *a = *state;
    json_t *lists = json_object_get(vector_load(a, "ad"), "lists");
    size_t i;
    json_t *v;

    json_array_foreach(lists, i, v)
    {
        json_t *hex = json_object_get(v, "parts");
        struct str parts[8];
        struct str want = vector_bytes(a, v, "ad");
        struct str ad;

        for (size_t j = 0; j < json_array_size(hex); j++)
            assert_true(str_unhex(a, str_of(json_string_value(json_array_get(hex, j))), &parts[j]));
        ad = token_ad(a, parts, json_array_size(hex));
        assert_int_equal(ad.n, want.n);
        assert_bytes(ad.p, want);
    }
}

static void a_part_of_65535_bytes_is_the_longest(void **state)
{
    struct arena *a = *state;
    json_t *v = json_object_get(vector_load(a, "ad"), "long");
    size_t n = (size_t)vector_int(v, "n");
    char *p = arena_alloc(a, n);
    struct str part = str_bytes(p, n);
    unsigned char sha256[32];
    struct str ad;

    memset(p, 'x', n);
    ad = token_ad(a, &part, 1);
    assert_int_equal(ad.n, n + 2);
    assert_bytes(ad.p, vector_bytes(a, v, "head"));
    digest_sha256(ad, sha256);
    assert_bytes(sha256, vector_bytes(a, v, "sha256"));
}

static void encode_too_long(void *ctx)
{
    struct str part = str_bytes(arena_alloc(ctx, 65536), 65536);

    (void)token_ad(ctx, &part, 1);
}

static void hash_too_long(void *ctx)
{
    struct str part = str_bytes(arena_alloc(ctx, 65536), 65536);
    unsigned char out[32];

    token_hash_ad(&part, 1, NULL, out);
}

static void a_part_of_65536_bytes_ends_the_process(void **state)
{
    struct str words;

    assert_int_equal(unit_child(*state, encode_too_long, *state, &words), 256 + SIGABRT);
    assert_int_equal(unit_child(*state, hash_too_long, *state, &words), 256 + SIGABRT);
}

static void hashing_parts_is_hashing_their_encoding(void **state)
{
    const struct str parts[] = {STR("aiddesk/1/code"), STR(""), STR("7K3M")};
    unsigned char key[32] = {1};
    unsigned char one[32];
    unsigned char other[32];

    token_hash_ad(parts, 3, key, one);
    token_hash(token_ad(*state, parts, 3), key, other);
    assert_memory_equal(one, other, 32);
    token_hash_ad(parts, 3, NULL, other);
    assert_memory_not_equal(one, other, 32);
}

/* ---- derivations ---- */

static void every_context_derives_the_keys_of_the_vectors(void **state)
{
    struct arena *a = *state;
    json_t *v = vector_load(a, "kdf");
    const unsigned char *key = vector_32(a, v, "key");
    unsigned char out[32];
    size_t i;
    json_t *row;

    json_array_foreach(json_object_get(v, "derived"), i, row)
    {
        token_derive(key, str_z(a, vector_text(row, "ctx")), (uint64_t)vector_int(row, "n"), out);
        assert_bytes(out, vector_bytes(a, row, "out"));
    }
    json_array_foreach(json_object_get(v, "hash"), i, row)
    {
        struct str k = vector_bytes(a, row, "key");

        token_hash(vector_bytes(a, row, "message"), k.n > 0 ? (const unsigned char *)k.p : NULL,
                   out);
        assert_bytes(out, vector_bytes(a, row, "out"));
    }
}

static void ids_are_random_uuids_of_version_4(void **state)
{
    struct uuid one = token_uuid();
    struct uuid other = token_uuid();

    (void)state;
    assert_int_equal(one.b[6] >> 4, 4);
    assert_int_equal(one.b[8] >> 6, 2);
    assert_memory_not_equal(one.b, other.b, 16);
}

static void look_up_hashes_are_keyed_and_of_one_kind(void **state)
{
    struct arena *a = *state;
    json_t *v = json_object_get(vector_load(a, "code"), "lookup");
    const unsigned char *key = vector_32(a, v, "key");
    struct str value = vector_text(v, "value");
    unsigned char out[32];

    token_lookup(a, key, str_z(a, vector_text(v, "kind")), value, out);
    assert_bytes(out, vector_bytes(a, v, "out"));
    token_lookup(a, key, "payment", value, out);
    assert_memory_not_equal(out, vector_bytes(a, v, "out").p, 32);
}

/* ---- codes ---- */

static void the_check_character_is_that_of_the_specification(void **state)
{
    struct arena *a = *state;
    json_t *checks = json_object_get(vector_load(a, "code"), "checks");
    size_t i;
    json_t *v;

    assert_int_equal(json_array_size(checks), 5);
    json_array_foreach(checks, i, v)
    {
        struct str text = str_fmt(a, "%.*s%.*s", STR_ARG(vector_text(v, "data")),
                                  STR_ARG(vector_text(v, "check")));
        char code[CODE_CHARS + 1];

        assert_int_equal(code_read(text, code), ERR_OK);
        assert_text(str_of(code), str_z(a, text));
    }
}

static void codes_roots_and_keys_are_those_of_the_vectors(void **state)
{
    struct arena *a = *state;
    size_t i;
    json_t *v;

    json_array_foreach(json_object_get(vector_load(a, "code"), "codes"), i, v)
    {
        struct uuid user = vector_uuid(a, v, "user");
        unsigned char out[32];
        unsigned char root[32];
        unsigned char pk[32];
        unsigned char sk[32];
        char code[CODE_CHARS + 1];

        token_derive(vector_32(a, v, "seed"), "AdSeed01", 1, out);
        code_make(out, code);
        assert_text(str_of(code), str_z(a, vector_text(v, "code")));
        code_root(a, "aiddesk/1/code", code, root);
        assert_bytes(root, vector_bytes(a, v, "root"));
        token_derive(root, "AdCode01", 1, out);
        assert_bytes(out, vector_bytes(a, v, "lookup"));
        token_derive(root, "AdCode01", 2, out);
        seal_keypair(out, pk, sk);
        assert_bytes(pk, vector_bytes(a, v, "public"));
        assert_bytes(sk, vector_bytes(a, v, "secret"));
        code_root(a, "aiddesk/1/resume", code, root);
        assert_bytes(root, vector_bytes(a, v, "resume_root"));
        code_factor_lookup(a, &user, code, out);
        assert_bytes(out, vector_bytes(a, v, "factor_lookup"));
    }
}

static void a_code_is_read_as_people_write_it(void **state)
{
    static const char *const forms[] = {
        "7K3MQ9TX4HVB2NRD8WYC5FJ0",
        "7k3m-q9tx-4hvb-2nrd-8wyc-5fj0",
        " 7K3M Q9TX 4HVB 2NRD 8WYC 5FJO\r\n",
        "７Ｋ３Ｍ　Ｑ９ＴＸ－４ｈｖｂ２ｎｒｄ８ｗｙｃ５ｆｊｏ",
        "7K3M–Q9TX—4HVB‑2NRD−8WYC\u00a05FJ0",
    };
    char code[CODE_CHARS + 1];

    (void)state;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        assert_int_equal(code_read(str_of(forms[i]), code), ERR_OK);
        assert_string_equal(code, "7K3MQ9TX4HVB2NRD8WYC5FJ0");
    }
}

static void i_and_l_are_read_as_1(void **state)
{
    char one[CODE_CHARS + 1];
    char other[CODE_CHARS + 1];

    (void)state;
    assert_int_equal(code_read(STR("100000000000000000000002"), one), ERR_OK);
    assert_int_equal(code_read(STR("i0000000000000000000oOo2"), other), ERR_OK);
    assert_string_equal(one, other);
    assert_int_equal(code_read(STR("L00000000000000000000002"), other), ERR_OK);
    assert_string_equal(one, other);
}

static void other_characters_and_lengths_are_no_code(void **state)
{
    static const char *const wrong[] = {"",
                                        "7K3MQ9TX4HVB2NRD8WYC5FJ",
                                        "7K3MQ9TX4HVB2NRD8WYC5FJ00",
                                        "7K3MQ9TX4HVB2NRD8WYC5FU0",
                                        "7K3MQ9TX4HVB2NRD8WYC5F*0",
                                        "7K3MQ9TX4HVB2NRD8WYC5F码0",
                                        "7K3MQ9TX4HVB2NRD8WYC5F\377"
                                        "0"};
    char code[CODE_CHARS + 1];

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_int_equal(code_read(str_of(wrong[i]), code), ERR_FIELD);
        assert_string_equal(code, "");
    }
}

static void every_single_wrong_character_is_found(void **state)
{
    struct arena *a = *state;
    json_t *v = json_array_get(json_object_get(vector_load(a, "code"), "codes"), 0);
    char *right = str_z(a, vector_text(v, "code"));
    char code[CODE_CHARS + 1];

    for (size_t i = 0; i < CODE_CHARS; i++) {
        for (const char *c = alphabet; *c != '\0'; c++) {
            char typed[CODE_CHARS + 1];

            memcpy(typed, right, sizeof(typed));
            typed[i] = *c;
            assert_int_equal(code_read(str_of(typed), code), *c == right[i] ? ERR_OK : ERR_CODE);
        }
    }
}

static void every_swap_of_two_different_characters_is_found(void **state)
{
    struct arena *a = *state;
    json_t *v = json_array_get(json_object_get(vector_load(a, "code"), "codes"), 1);
    char *right = str_z(a, vector_text(v, "code"));
    char code[CODE_CHARS + 1];

    for (size_t i = 0; i < CODE_CHARS; i++) {
        for (size_t j = i + 1; j < CODE_CHARS; j++) {
            char typed[CODE_CHARS + 1];

            memcpy(typed, right, sizeof(typed));
            typed[i] = right[j];
            typed[j] = right[i];
            assert_int_equal(code_read(str_of(typed), code),
                             right[i] == right[j] ? ERR_OK : ERR_CODE);
        }
    }
}

static void a_code_is_shown_in_six_groups_of_four(void **state)
{
    assert_text(code_show(*state, "7K3MQ9TX4HVB2NRD8WYC5FJ0"), "7K3M-Q9TX-4HVB-2NRD-8WYC-5FJ0");
}

/* ---- the recovery key as text ---- */

static void the_recovery_key_is_shown_and_read_as_the_vectors_say(void **state)
{
    struct arena *a = *state;
    size_t i;
    json_t *v;

    json_array_foreach(json_object_get(vector_load(a, "recovery"), "cases"), i, v)
    {
        const unsigned char *secret = vector_32(a, v, "secret");
        struct str text = vector_text(v, "text");
        unsigned char read[32];

        assert_text(code_recovery_show(a, secret), str_z(a, text));
        assert_true(code_recovery_read(a, str_lower(a, text), read));
        assert_memory_equal(read, secret, 32);
        for (int g = 0; g < 14; g++)
            assert_text(code_recovery_group(a, secret, g),
                        str_z(a, str_sub(text, (size_t)g * 5, 4)));
    }
}

static void a_recovery_key_with_a_mistake_is_refused(void **state)
{
    struct arena *a = *state;
    json_t *v = vector_load(a, "recovery");
    char *zero = str_z(a, vector_text(v, "zero"));
    const unsigned char none[32] = {0};
    unsigned char secret[32];

    assert_true(code_recovery_read(a, str_of(zero), secret));
    for (size_t i = 0; zero[i] != '\0'; i++) {
        char *typed = str_z(a, str_of(zero));

        typed[i] = typed[i] == '7' ? '8' : '7';
        assert_false(code_recovery_read(a, str_of(typed), secret));
        assert_memory_equal(secret, none, 32);
    }
    assert_false(code_recovery_read(a, vector_text(v, "crooked"), secret));
    assert_false(code_recovery_read(a, str_sub(str_of(zero), 0, 55), secret));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(associated_data_is_encoded_as_the_vectors_say),
        unit_test_of(a_part_of_65535_bytes_is_the_longest),
        unit_test_of(a_part_of_65536_bytes_ends_the_process),
        unit_test_of(hashing_parts_is_hashing_their_encoding),
        unit_test_of(every_context_derives_the_keys_of_the_vectors),
        unit_test_of(ids_are_random_uuids_of_version_4),
        unit_test_of(look_up_hashes_are_keyed_and_of_one_kind),
        unit_test_of(the_check_character_is_that_of_the_specification),
        unit_test_of(codes_roots_and_keys_are_those_of_the_vectors),
        unit_test_of(a_code_is_read_as_people_write_it),
        unit_test_of(i_and_l_are_read_as_1),
        unit_test_of(other_characters_and_lengths_are_no_code),
        unit_test_of(every_single_wrong_character_is_found),
        unit_test_of(every_swap_of_two_different_characters_is_found),
        unit_test_of(a_code_is_shown_in_six_groups_of_four),
        unit_test_of(the_recovery_key_is_shown_and_read_as_the_vectors_say),
        unit_test_of(a_recovery_key_with_a_mistake_is_refused),
    };

    token_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
