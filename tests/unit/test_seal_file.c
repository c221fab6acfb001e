/* seal: file segments (core/seal.h): whatever is swapped, dropped, doubled or cut must not open. */
#include "unit.h"

#include <string.h>

#include "core/digest.h"
#include "core/seal.h"
#include "core/token.h"
#include "vector.h"

enum { PIECE = SEAL_PIECE_BYTES, SEALED_PIECE = SEAL_PIECE_BYTES + 17 };

/* A file of the vectors, ready to open. */
struct file {
    struct arena *a;
    struct case_key c;
    struct uuid id;
    int64_t no;
    json_t *v;
};

static struct file load(struct arena *a)
{
    json_t *v = vector_load(a, "file");
    struct file f = {
        .a = a, .v = v, .id = vector_uuid(a, v, "file"), .no = vector_int(v, "file_no")};

    f.c.id = vector_uuid(a, v, "case");
    memcpy(f.c.key, vector_bytes(a, v, "key").p, sizeof(f.c.key));
    return f;
}

static json_t *segment(const struct file *f, size_t i)
{
    return json_array_get(json_object_get(f->v, "segments"), i);
}

static enum err open_at(const struct file *f, int64_t no, struct str header, struct str sealed,
                        struct str *plain)
{
    return seal_segment_open(f->a, &f->c, &f->id, f->no, no, header, sealed, plain);
}

static void the_three_segments_of_the_vector_open_in_their_places(void **state)
{
    struct file f = load(*state);

    for (size_t i = 0; i < 3; i++) {
        for (size_t place = 0; place < 3; place++) {
            struct str plain;
            enum err err = open_at(&f, (int64_t)place, vector_bytes(f.a, segment(&f, i), "header"),
                                   vector_bytes(f.a, segment(&f, i), "sealed"), &plain);

            assert_int_equal(err, place == i ? ERR_OK : ERR_DAMAGED);
            if (place == i)
                assert_true(str_eq(plain, vector_bytes(f.a, segment(&f, i), "plain")));
        }
    }
}

static void a_segment_opens_only_in_its_case_and_file(void **state)
{
    struct file f = load(*state);
    struct str header = vector_bytes(f.a, segment(&f, 0), "header");
    struct str sealed = vector_bytes(f.a, segment(&f, 0), "sealed");
    struct str other = vector_bytes(f.a, segment(&f, 1), "header");
    struct file wrong = f;
    struct str plain;

    wrong.c.id = token_uuid();
    assert_int_equal(open_at(&wrong, 0, header, sealed, &plain), ERR_DAMAGED);
    wrong = f;
    wrong.id = token_uuid();
    assert_int_equal(open_at(&wrong, 0, header, sealed, &plain), ERR_DAMAGED);
    wrong = f;
    wrong.no++;
    assert_int_equal(open_at(&wrong, 0, header, sealed, &plain), ERR_DAMAGED);
    wrong = f;
    wrong.c.key[0] ^= 1;
    assert_int_equal(open_at(&wrong, 0, header, sealed, &plain), ERR_DAMAGED);
    assert_int_equal(open_at(&f, 0, other, sealed, &plain), ERR_DAMAGED);
    assert_int_equal(open_at(&f, 0, str_sub(header, 0, 23), sealed, &plain), ERR_DAMAGED);
    assert_int_equal(open_at(&f, -1, header, sealed, &plain), ERR_DAMAGED);
    assert_int_equal(open_at(&f, (int64_t)1 << 32, header, sealed, &plain), ERR_DAMAGED);
}

static void a_segment_with_any_byte_changed_or_missing_does_not_open(void **state)
{
    struct file f = load(*state);
    struct str header = vector_bytes(f.a, segment(&f, 2), "header");
    struct str sealed = vector_bytes(f.a, segment(&f, 2), "sealed");
    struct str plain;

    for (size_t i = 0; i < sealed.n; i++) {
        assert_int_equal(open_at(&f, 2, header, vector_flip(f.a, sealed, i), &plain), ERR_DAMAGED);
        assert_int_equal(open_at(&f, 2, header, str_sub(sealed, 0, i), &plain), ERR_DAMAGED);
    }
    for (size_t i = 0; i < header.n; i++)
        assert_int_equal(open_at(&f, 2, vector_flip(f.a, header, i), sealed, &plain), ERR_DAMAGED);
}

static void a_segment_of_two_pieces_opens_as_the_vector_says(void **state)
{
    struct file f = load(*state);
    json_t *v = json_object_get(f.v, "long");
    struct str first = vector_bytes(f.a, v, "first");
    struct str then = vector_bytes(f.a, v, "then");
    size_t zeros = (size_t)vector_int(v, "zeros");
    char *sealed = arena_alloc(f.a, first.n + zeros + then.n);
    unsigned char sha256[32];
    struct str plain;

    memcpy(sealed, first.p, first.n);
    memcpy(sealed + first.n + zeros, then.p, then.n);
    assert_int_equal(open_at(&f, vector_int(v, "segment"), vector_bytes(f.a, v, "header"),
                             str_bytes(sealed, first.n + zeros + then.n), &plain),
                     ERR_OK);
    assert_int_equal(plain.n, vector_int(v, "plain_bytes"));
    digest_sha256(plain, sha256);
    assert_bytes(sha256, vector_bytes(f.a, v, "plain_sha256"));
}

static void every_length_around_a_piece_comes_back_unchanged(void **state)
{
    static const size_t lengths[] = {1, PIECE - 1, PIECE, PIECE + 1, 4 * PIECE - 1, 4 * PIECE};
    struct file f = load(*state);

    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        char *text = arena_alloc(f.a, lengths[i]);
        struct str header;
        struct str sealed;
        struct str plain;

        token_random(text, lengths[i]);
        seal_segment(f.a, &f.c, &f.id, f.no, 5, str_bytes(text, lengths[i]), &header, &sealed);
        assert_int_equal(sealed.n, lengths[i] + 17 * ((lengths[i] + PIECE - 1) / PIECE));
        assert_int_equal(open_at(&f, 5, header, sealed, &plain), ERR_OK);
        assert_true(str_eq(plain, str_bytes(text, lengths[i])));
    }
}

/* The four pieces of a whole segment, put together in another way. */
static enum err open_pieces(const struct file *f, struct str header, struct str sealed,
                            const char *order)
{
    size_t n = strlen(order);
    char *p = arena_alloc(f->a, n * SEALED_PIECE);
    struct str plain;

    for (size_t i = 0; i < n; i++)
        memcpy(p + i * SEALED_PIECE, sealed.p + (size_t)(order[i] - '0') * SEALED_PIECE,
               SEALED_PIECE);
    return open_at(f, 0, header, str_bytes(p, n * SEALED_PIECE), &plain);
}

static void pieces_swapped_dropped_or_doubled_do_not_open(void **state)
{
    static const char *const wrong[] = {"",     "0",    "012",  "123", "013",   "1023", "0213",
                                        "0132", "0012", "0133", "3",   "01233", "01230"};
    struct file f = load(*state);
    char *text = arena_alloc(f.a, SEAL_SEGMENT_BYTES);
    struct str header;
    struct str sealed;

    token_random(text, SEAL_SEGMENT_BYTES);
    seal_segment(f.a, &f.c, &f.id, f.no, 0, str_bytes(text, SEAL_SEGMENT_BYTES), &header, &sealed);
    assert_int_equal(sealed.n, 1048644); /* what SQL takes at most */
    assert_int_equal(open_pieces(&f, header, sealed, "0123"), ERR_OK);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(open_pieces(&f, header, sealed, wrong[i]), ERR_DAMAGED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        unit_test_of(the_three_segments_of_the_vector_open_in_their_places),
        unit_test_of(a_segment_opens_only_in_its_case_and_file),
        unit_test_of(a_segment_with_any_byte_changed_or_missing_does_not_open),
        unit_test_of(a_segment_of_two_pieces_opens_as_the_vector_says),
        unit_test_of(every_length_around_a_piece_comes_back_unchanged),
        unit_test_of(pieces_swapped_dropped_or_doubled_do_not_open),
    };

    token_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
