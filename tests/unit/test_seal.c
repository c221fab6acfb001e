/* seal: envelopes, fields, boxes, signatures (core/seal.h; vectors of SECURITY.md §3.5). */
#include "unit.h"

#include <string.h>

#include "core/seal.h"
#include "core/session.h"
#include "core/token.h"
#include "vector.h"

static struct case_key *case_of(struct arena *a, const json_t *v)
{
    struct case_key *c = arena_secret(a, sizeof(*c));

    c->id = vector_uuid(a, v, "case");
    memcpy(c->key, vector_bytes(a, v, "key").p, sizeof(c->key));
    return c;
}

/* ---- fields ---- */

static void fields_of_the_vectors_open(void **state)
{
    struct arena *a = *state;
    json_t *v = vector_load(a, "field");
    struct case_key *c = case_of(a, v);
    struct uuid row = vector_uuid(a, v, "row");
    size_t i;
    json_t *f;

    json_array_foreach(json_object_get(v, "fields"), i, f)
    {
        struct str plain;

        assert_int_equal(
            seal_field_open(a, c, "complaint", &row, "story", vector_bytes(a, f, "sealed"), &plain),
            ERR_OK);
        assert_text(plain, str_z(a, vector_text(f, "text")));
    }
}

static void a_field_opens_only_in_its_own_place(void **state)
{
    struct arena *a = *state;
    json_t *v = vector_load(a, "field");
    struct case_key *c = case_of(a, v);
    struct case_key other = *c;
    struct uuid row = vector_uuid(a, v, "row");
    struct uuid other_row = token_uuid();
    struct str sealed = vector_bytes(a, json_array_get(json_object_get(v, "fields"), 1), "sealed");
    struct str plain;

    assert_int_equal(seal_field_open(a, c, "message", &row, "story", sealed, &plain), ERR_DAMAGED);
    assert_int_equal(seal_field_open(a, c, "complaint", &other_row, "story", sealed, &plain),
                     ERR_DAMAGED);
    assert_int_equal(seal_field_open(a, c, "complaint", &row, "contact", sealed, &plain),
                     ERR_DAMAGED);
    assert_int_equal(seal_field_open(a, c, "complaints", &row, "tory", sealed, &plain),
                     ERR_DAMAGED);
    other.id = token_uuid();
    assert_int_equal(seal_field_open(a, &other, "complaint", &row, "story", sealed, &plain),
                     ERR_DAMAGED);
    other = *c;
    other.key[31] ^= 1;
    assert_int_equal(seal_field_open(a, &other, "complaint", &row, "story", sealed, &plain),
                     ERR_DAMAGED);
    assert_int_equal(plain.n, 0);
}

static void a_field_with_any_byte_changed_does_not_open(void **state)
{
    struct arena *a = *state;
    json_t *v = vector_load(a, "field");
    struct case_key *c = case_of(a, v);
    struct uuid row = vector_uuid(a, v, "row");
    struct str sealed = vector_bytes(a, json_array_get(json_object_get(v, "fields"), 1), "sealed");
    struct str plain;

    for (size_t i = 0; i < sealed.n; i++) {
        assert_int_equal(
            seal_field_open(a, c, "complaint", &row, "story", vector_flip(a, sealed, i), &plain),
            ERR_DAMAGED);
        assert_int_equal(
            seal_field_open(a, c, "complaint", &row, "story", str_sub(sealed, 0, i), &plain),
            ERR_DAMAGED);
    }
    assert_int_equal(
        seal_field_open(a, c, "complaint", &row, "story", vector_bytes(a, v, "unpadded"), &plain),
        ERR_DAMAGED);
}

static void fields_hide_their_length_in_blocks_of_64_bytes(void **state)
{
    static const size_t lengths[][2] = {{0, 64},   {1, 64},   {63, 64},
                                        {64, 128}, {65, 128}, {1000, 1024}};
    struct arena *a = *state;
    struct case_key *c = seal_case_new(a);
    struct uuid row = token_uuid();

    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct str text = str_bytes(arena_alloc(a, lengths[i][0]), lengths[i][0]);
        struct str sealed = seal_field(a, c, "message", &row, "body", text);
        struct str plain;

        assert_int_equal(sealed.n, 1 + 24 + lengths[i][1] + 16);
        assert_int_equal(seal_field_open(a, c, "message", &row, "body", sealed, &plain), ERR_OK);
        assert_true(str_eq(plain, text));
    }
}

static void the_same_text_is_sealed_differently_each_time(void **state)
{
    struct arena *a = *state;
    struct case_key *c = seal_case_new(a);
    struct uuid row = token_uuid();

    assert_false(str_eq(seal_field(a, c, "message", &row, "body", STR("a")),
                        seal_field(a, c, "message", &row, "body", STR("a"))));
}

/* ---- a case to people ---- */

static void a_case_seal_opens_with_the_right_id_and_check(void **state)
{
    struct arena *a = *state;
    json_t *v = vector_load(a, "case_seal");
    struct uuid id = vector_uuid(a, v, "case");
    struct str sealed = vector_bytes(a, v, "sealed");
    unsigned char check[32];
    struct case_key *c = NULL;

    assert_int_equal(sealed.n, 97);
    assert_int_equal(seal_case_open(a, vector_32(a, v, "public"), vector_32(a, v, "secret"), &id,
                                    sealed, vector_bytes(a, v, "key_check"), &c),
                     ERR_OK);
    assert_bytes(c->key, vector_bytes(a, v, "key"));
    assert_memory_equal(c->id.b, id.b, 16);
    seal_key_check(c, check);
    assert_bytes(check, vector_bytes(a, v, "key_check"));
}

static void a_case_seal_of_another_case_key_or_kind_is_refused(void **state)
{
    static const char *const wrong[] = {"wrong_first_byte", "wrong_case", "wrong_key", "short"};
    struct arena *a = *state;
    json_t *v = vector_load(a, "case_seal");
    const unsigned char *pk = vector_32(a, v, "public");
    const unsigned char *sk = vector_32(a, v, "secret");
    struct str sealed = vector_bytes(a, v, "sealed");
    struct str check = vector_bytes(a, v, "key_check");
    struct uuid id = vector_uuid(a, v, "case");
    struct uuid other = token_uuid();
    struct case_key *c = NULL;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(seal_case_open(a, pk, sk, &id, vector_bytes(a, v, wrong[i]), check, &c),
                         ERR_DAMAGED);
    assert_int_equal(seal_case_open(a, pk, sk, &other, sealed, check, &c), ERR_DAMAGED);
    assert_int_equal(seal_case_open(a, pk, sk, &id, sealed, vector_flip(a, check, 31), &c),
                     ERR_DAMAGED);
    assert_int_equal(seal_case_open(a, pk, sk, &id, sealed, str_sub(check, 0, 31), &c),
                     ERR_DAMAGED);
    assert_int_equal(seal_case_open(a, pk, (const unsigned char *)check.p, &id, sealed, check, &c),
                     ERR_DAMAGED);
    for (size_t i = 0; i < sealed.n; i++)
        assert_int_equal(seal_case_open(a, pk, sk, &id, vector_flip(a, sealed, i), check, &c),
                         ERR_DAMAGED);
    assert_null(c);
}

static void a_case_can_be_sealed_on_to_somebody_else(void **state)
{
    struct arena *a = *state;
    struct case_key *c = seal_case_new(a);
    struct case_key *got = NULL;
    unsigned char pk[32];
    unsigned char sk[32];
    unsigned char check[32];
    struct str sealed;

    seal_keypair(NULL, pk, sk);
    seal_key_check(c, check);
    sealed = seal_case_to(a, c, pk);
    assert_int_equal(sealed.n, 97);
    assert_int_equal(seal_case_open(a, pk, sk, &c->id, sealed, str_bytes(check, 32), &got), ERR_OK);
    assert_memory_equal(got->key, c->key, 32);
}

static void group_and_pool_secrets_open_only_as_what_they_are(void **state)
{
    struct arena *a = *state;
    json_t *v = vector_load(a, "group");
    const unsigned char *pk = vector_32(a, v, "public");
    const unsigned char *sk = vector_32(a, v, "secret");
    unsigned char secret[32];
    size_t i;
    json_t *s;

    json_array_foreach(json_object_get(v, "seals"), i, s)
    {
        struct str sealed = vector_bytes(a, s, "sealed");
        int kind = (int)vector_int(s, "kind");
        uint32_t version = (uint32_t)vector_int(s, "version");

        assert_int_equal(sealed.n, 86);
        assert_int_equal(seal_group_secret_open(a, pk, sk, kind, version, sealed, secret), ERR_OK);
        assert_bytes(secret, vector_bytes(a, v, "group_secret"));
        assert_int_equal(seal_group_secret_open(a, pk, sk, 3 - kind, version, sealed, secret),
                         ERR_DAMAGED);
        assert_int_equal(seal_group_secret_open(a, pk, sk, kind, version + 1, sealed, secret),
                         ERR_DAMAGED);
    }
    assert_int_equal(
        seal_group_secret_open(a, pk, sk, 1, 1, vector_bytes(a, v, "wrong_first_byte"), secret),
        ERR_DAMAGED);
    assert_int_equal(
        seal_group_secret_open(a, pk, sk, 2, 9, seal_group_secret(a, 2, 9, sk, pk), secret),
        ERR_OK);
    assert_memory_equal(secret, sk, 32);
}

static void a_box_opens_for_its_recipient_only(void **state)
{
    struct arena *a = *state;
    unsigned char pk[32];
    unsigned char sk[32];
    unsigned char other[32];
    struct str plain;
    struct str sealed;

    seal_keypair(NULL, other, sk);
    seal_keypair(NULL, pk, sk);
    seal_public_of(sk, other);
    assert_memory_equal(other, pk, 32);
    sealed = seal_box(a, pk, STR("li.hua@example.org"));
    assert_int_equal(seal_box_open(a, pk, sk, sealed, &plain), ERR_OK);
    assert_text(plain, "li.hua@example.org");
    sk[0] ^= 8;
    assert_int_equal(seal_box_open(a, pk, sk, sealed, &plain), ERR_DAMAGED);
    assert_int_equal(seal_box_open(a, pk, sk, str_sub(sealed, 0, 47), &plain), ERR_DAMAGED);
}

static void nothing_is_sealed_to_a_public_key_of_low_order(void **state)
{
    const unsigned char zero[32] = {0};

    assert_int_equal(seal_box(*state, zero, STR("x")).n, 0);
}

/* ---- signatures ---- */

static void roster_signatures_bind_kind_id_version_and_key(void **state)
{
    struct arena *a = *state;
    json_t *v = vector_load(a, "roster");
    const unsigned char *pk = vector_32(a, v, "public");
    const unsigned char *key = vector_32(a, v, "key");
    struct uuid id = vector_uuid(a, v, "id");
    struct uuid other = token_uuid();
    size_t i;
    json_t *s;

    json_array_foreach(json_object_get(v, "signatures"), i, s)
    {
        char *kind = str_z(a, vector_text(s, "kind"));
        uint32_t version = (uint32_t)vector_int(s, "version");
        struct str right = vector_bytes(a, s, "signature");
        unsigned char made[64];

        seal_roster_sign(a, (const unsigned char *)vector_bytes(a, v, "secret").p, kind, &id,
                         version, key, made);
        assert_bytes(made, right);
        assert_true(seal_roster_check(a, pk, kind, &id, version, key, right));
        assert_false(seal_roster_check(a, pk, kind, &id, version - 1, key, right));
        assert_false(seal_roster_check(a, pk, strcmp(kind, "pool") == 0 ? "group" : "pool", &id,
                                       version, key, right));
        assert_false(seal_roster_check(a, pk, kind, &other, version, key, right));
        assert_false(seal_roster_check(a, pk, kind, &id, version, pk, right));
        assert_false(seal_roster_check(a, key, kind, &id, version, key, right));
        assert_false(seal_roster_check(a, pk, kind, &id, version, key, str_sub(right, 0, 63)));
        assert_false(seal_roster_check(a, pk, kind, &id, version, key, vector_flip(a, right, 0)));
    }
}

struct swapped {
    struct arena *a;
    bool accepted;
};

static void check_swapped(void *ctx)
{
    struct swapped *s = ctx;
    unsigned char key[32] = {9};
    struct uuid id = {{0}};

    s->accepted = seal_roster_check(s->a, key, "user", &id, 1, key, STR("no signature"));
}

static void a_refused_roster_signature_is_logged_as_an_alarm(void **state)
{
    struct swapped s = {*state, true};
    struct str words = unit_stderr_of(*state, check_swapped, &s);

    assert_false(s.accepted);
    assert_true(str_find(words, STR("seal-refused"), 0) != SIZE_MAX);
}

static void an_export_signature_binds_release_and_bytes(void **state)
{
    struct arena *a = *state;
    json_t *v = vector_load(a, "export");
    const unsigned char *pk = vector_32(a, v, "public");
    struct str release = vector_text(v, "release");
    struct str sha256 = vector_bytes(a, v, "sha256");
    struct str right = vector_bytes(a, v, "signature");
    unsigned char made[64];

    seal_export_sign(a, (const unsigned char *)vector_bytes(a, v, "secret").p, release,
                     (const unsigned char *)sha256.p, made);
    assert_bytes(made, right);
    assert_true(seal_export_check(a, pk, release, (const unsigned char *)sha256.p, right));
    assert_false(
        seal_export_check(a, pk, STR("2026-11-2"), (const unsigned char *)sha256.p, right));
    assert_false(seal_export_check(a, pk, release,
                                   (const unsigned char *)vector_flip(a, sha256, 0).p, right));
    assert_false(seal_export_check(a, pk, release, (const unsigned char *)sha256.p,
                                   vector_flip(a, right, 63)));
    assert_false(
        seal_export_check(a, pk, release, (const unsigned char *)sha256.p, (struct str){NULL, 0}));
}

/* ---- draft box and recovery envelope ---- */

static void a_draft_box_opens_with_cookie_or_resume_code(void **state)
{
    struct arena *a = *state;
    json_t *v = vector_load(a, "draft");
    struct session *s = session_of_cookie(a, SESSION_DRAFT, vector_text(v, "cookie"));
    struct uuid id = vector_uuid(a, v, "case");
    unsigned char root[32];
    unsigned char key[32];
    unsigned char seed[32];
    char code[CODE_CHARS + 1];
    struct case_key *c = NULL;

    assert_int_equal(seal_draft_box_open(a, s->wrap, &id, vector_bytes(a, v, "box"), &c, seed),
                     ERR_OK);
    assert_bytes(c->key, vector_bytes(a, v, "key"));
    assert_bytes(seed, vector_bytes(a, v, "code_seed"));
    assert_int_equal(code_read(vector_text(v, "resume_code"), code), ERR_OK);
    code_root(a, "aiddesk/1/resume", code, root);
    token_derive(root, "AdResu01", 1, key);
    assert_bytes(key, vector_bytes(a, v, "resume_lookup"));
    token_derive(root, "AdResu01", 2, key);
    assert_int_equal(seal_draft_box_open(a, key, &id, vector_bytes(a, v, "resume_box"), &c, seed),
                     ERR_OK);
    assert_bytes(c->key, vector_bytes(a, v, "key"));
}

static void a_draft_box_of_another_draft_is_refused(void **state)
{
    struct arena *a = *state;
    json_t *v = vector_load(a, "draft");
    struct session *s = session_of_cookie(a, SESSION_DRAFT, vector_text(v, "cookie"));
    struct uuid id = vector_uuid(a, v, "case");
    struct uuid other = token_uuid();
    struct case_key *c = seal_case_new(a);
    unsigned char seed[32];

    assert_int_equal(seal_draft_box_open(a, s->wrap, &other, vector_bytes(a, v, "box"), &c, seed),
                     ERR_DAMAGED);
    assert_null(c);
    assert_int_equal(seal_draft_box_open(a, s->lookup, &id, vector_bytes(a, v, "box"), &c, seed),
                     ERR_DAMAGED);
    assert_int_equal(seal_draft_box_open(a, s->wrap, &id, vector_bytes(a, v, "short"), &c, seed),
                     ERR_DAMAGED);
    c = seal_case_new(a);
    assert_int_equal(
        seal_draft_box_open(a, s->wrap, &c->id, seal_draft_box(a, s->wrap, c, s->csrf), &c, seed),
        ERR_OK);
    assert_memory_equal(seed, s->csrf, 32);
}

static void the_recovery_envelope_opens_with_the_setup_link_only(void **state)
{
    struct arena *a = *state;
    json_t *all = vector_load(a, "recovery");
    unsigned char secret[32];
    size_t i;
    json_t *v;

    json_array_foreach(json_object_get(all, "cases"), i, v)
    {
        struct session *s = session_of_cookie(a, SESSION_SETUP, vector_text(v, "token"));
        const unsigned char *pk = vector_32(a, v, "public");
        struct str sealed = vector_bytes(a, v, "envelope");

        assert_bytes(s->lookup, vector_bytes(a, v, "lookup"));
        assert_int_equal(seal_recovery_open(a, s->wrap, pk, sealed, secret), ERR_OK);
        assert_bytes(secret, vector_bytes(a, v, "secret"));
        assert_int_equal(seal_recovery_open(a, s->csrf, pk, sealed, secret), ERR_DAMAGED);
        assert_int_equal(seal_recovery_open(a, s->wrap, s->wrap, sealed, secret), ERR_DAMAGED);
        assert_int_equal(
            seal_recovery_open(a, s->wrap, pk, seal_recovery(a, s->wrap, pk, s->csrf), secret),
            ERR_DAMAGED);
        if (i == 0)
            assert_int_equal(
                seal_recovery_open(a, s->wrap, pk, vector_bytes(a, all, "wrong_half"), secret),
                ERR_DAMAGED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(fields_of_the_vectors_open),
        unit_test_of(a_field_opens_only_in_its_own_place),
        unit_test_of(a_field_with_any_byte_changed_does_not_open),
        unit_test_of(fields_hide_their_length_in_blocks_of_64_bytes),
        unit_test_of(the_same_text_is_sealed_differently_each_time),
        unit_test_of(a_case_seal_opens_with_the_right_id_and_check),
        unit_test_of(a_case_seal_of_another_case_key_or_kind_is_refused),
        unit_test_of(a_case_can_be_sealed_on_to_somebody_else),
        unit_test_of(group_and_pool_secrets_open_only_as_what_they_are),
        unit_test_of(a_box_opens_for_its_recipient_only),
        unit_test_of(nothing_is_sealed_to_a_public_key_of_low_order),
        unit_test_of(roster_signatures_bind_kind_id_version_and_key),
        unit_test_of(a_refused_roster_signature_is_logged_as_an_alarm),
        unit_test_of(an_export_signature_binds_release_and_bytes),
        unit_test_of(a_draft_box_opens_with_cookie_or_resume_code),
        unit_test_of(a_draft_box_of_another_draft_is_refused),
        unit_test_of(the_recovery_envelope_opens_with_the_setup_link_only),
    };

    token_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
