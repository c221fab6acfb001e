/*
 * seal: file segments (seal.h; SECURITY.md §3.3).  Each segment is a secretstream of its own, because running states do not survive
 * between requests (finding 12); its header stands in the segment's row.
 */
#include <sodium.h>
#include <string.h>

#include "core/arena.h"
#include "core/log.h"
#include "core/seal.h"
#include "core/token.h"

enum {
    HEADER = crypto_secretstream_xchacha20poly1305_HEADERBYTES,
    PIECE_MORE = crypto_secretstream_xchacha20poly1305_ABYTES,
    PIECE_SEALED = SEAL_PIECE_BYTES + PIECE_MORE
};

_Static_assert(HEADER == 24, "header of a segment");
_Static_assert(SEAL_SEGMENT_BYTES % SEAL_PIECE_BYTES == 0, "whole pieces in a segment");

/* A piece's associated data, written in place: label, case, file, segment, piece. */
struct piece_ad {
    struct arena *arena;
    const struct case_key *c;
    const struct uuid *file;
    uint32_t segment;
};

static struct str piece_ad(const struct piece_ad *p, uint32_t piece)
{
    unsigned char segment_no[4];
    unsigned char piece_no[4];
    const struct str parts[] = {
        STR("aiddesk/1/file"), str_bytes(p->c->id.b, 16), str_bytes(p->file->b, 16),
        str_bytes(segment_no, sizeof(segment_no)), str_bytes(piece_no, sizeof(piece_no))};

    token_be32(p->segment, segment_no);
    token_be32(piece, piece_no);
    return token_ad(p->arena, parts, sizeof(parts) / sizeof(parts[0]));
}

static size_t pieces_of(size_t n)
{
    return n == 0 ? 1 : (n + SEAL_PIECE_BYTES - 1) / SEAL_PIECE_BYTES;
}

void seal_segment(struct arena *a, const struct case_key *c, const struct uuid *file,
                  int64_t file_no, int64_t segment_no, struct str plain, struct str *header,
                  struct str *sealed)
{
    const struct piece_ad place = {a, c, file, (uint32_t)segment_no};
    crypto_secretstream_xchacha20poly1305_state state;
    size_t pieces = pieces_of(plain.n);
    unsigned char *head = arena_alloc(a, HEADER);
    unsigned char *out = arena_alloc(a, plain.n + pieces * PIECE_MORE);
    unsigned char *at = out;
    unsigned char key[32];

    token_derive(c->key, "AdFile01", (uint64_t)file_no, key);
    (void)crypto_secretstream_xchacha20poly1305_init_push(&state, head, key);
    sodium_memzero(key, sizeof(key));
    for (size_t i = 0; i < pieces; i++) {
        struct str piece = str_sub(plain, i * SEAL_PIECE_BYTES, SEAL_PIECE_BYTES);
        struct str ad = piece_ad(&place, (uint32_t)i);

        (void)crypto_secretstream_xchacha20poly1305_push(
            &state, at, NULL, (const unsigned char *)piece.p, piece.n, (const unsigned char *)ad.p,
            ad.n,
            i + 1 == pieces ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
                            : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
        at += piece.n + PIECE_MORE;
    }
    sodium_memzero(&state, sizeof(state));
    *header = str_bytes(head, HEADER);
    *sealed = str_bytes(out, (size_t)(at - out));
}

/* Opens the pieces one after another into out; false unless the last one, and only it, is FINAL. */
static bool open_pieces(crypto_secretstream_xchacha20poly1305_state *state,
                        const struct piece_ad *place, struct str sealed, unsigned char *out,
                        size_t *n)
{
    unsigned char tag = 0;
    size_t from = 0;

    *n = 0;
    for (uint32_t i = 0; from < sealed.n; i++) {
        struct str piece = str_sub(sealed, from, PIECE_SEALED);
        struct str ad = piece_ad(place, i);
        unsigned long long got = 0;

        if (piece.n < PIECE_MORE || tag != 0 ||
            crypto_secretstream_xchacha20poly1305_pull(state, out + *n, &got, &tag,
                                                       (const unsigned char *)piece.p, piece.n,
                                                       (const unsigned char *)ad.p, ad.n) != 0)
            return false;
        *n += (size_t)got;
        from += piece.n;
    }
    return tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
}

enum err seal_segment_open(struct arena *a, const struct case_key *c, const struct uuid *file,
                           int64_t file_no, int64_t segment_no, struct str header,
                           struct str sealed, struct str *plain)
{
    const struct piece_ad place = {a, c, file, (uint32_t)segment_no};
    crypto_secretstream_xchacha20poly1305_state state;
    unsigned char key[32];
    unsigned char *out;
    size_t n = 0;
    bool whole;

    *plain = (struct str){NULL, 0};
    if (header.n != HEADER || segment_no < 0 || segment_no > UINT32_MAX || sealed.n < PIECE_MORE ||
        sealed.n > (size_t)SEAL_SEGMENT_BYTES / SEAL_PIECE_BYTES * PIECE_SEALED)
        return ERR_DAMAGED;
    token_derive(c->key, "AdFile01", (uint64_t)file_no, key);
    (void)crypto_secretstream_xchacha20poly1305_init_pull(&state, (const unsigned char *)header.p,
                                                          key);
    sodium_memzero(key, sizeof(key));
    out = arena_secret(a, sealed.n);
    whole = open_pieces(&state, &place, sealed, out, &n);
    sodium_memzero(&state, sizeof(state));
    if (!whole)
        return ERR_DAMAGED;
    *plain = str_bytes(out, n);
    return ERR_OK;
}
