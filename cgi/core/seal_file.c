/*
 * seal: file segments (seal.h; SECURITY.md §3.3).  Each segment is a secretstream of its own, because running states do not survive
 * between requests (finding 12); its header stands in the segment's row.
 */
#include <assert.h>
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

struct segment {
    crypto_secretstream_xchacha20poly1305_state state;
    struct piece_ad place;
    unsigned char header[HEADER];
    unsigned char *out;
    size_t n, room; /* of out */
    uint32_t pieces;
};

struct segment *seal_segment_begin(struct arena *a, const struct case_key *c,
                                   const struct uuid *file, int64_t file_no, int64_t segment_no,
                                   size_t room)
{
    struct segment *s = arena_secret(a, sizeof *s);
    unsigned char key[32];

    s->place = (struct piece_ad){a, c, file, (uint32_t)segment_no};
    s->room = room + pieces_of(room) * PIECE_MORE;
    s->out = arena_alloc(a, s->room);
    s->n = 0;
    s->pieces = 0;
    token_derive(c->key, "AdFile01", (uint64_t)file_no, key);
    (void)crypto_secretstream_xchacha20poly1305_init_push(&s->state, s->header, key);
    sodium_memzero(key, sizeof(key));
    return s;
}

void seal_segment_piece(struct segment *s, struct str plain, bool last)
{
    struct str ad = piece_ad(&s->place, s->pieces);

    assert(s->n + plain.n + PIECE_MORE <= s->room);
    (void)crypto_secretstream_xchacha20poly1305_push(
        &s->state, s->out + s->n, NULL, (const unsigned char *)plain.p, plain.n,
        (const unsigned char *)ad.p, ad.n,
        last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
             : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
    s->n += plain.n + PIECE_MORE;
    s->pieces++;
}

void seal_segment_end(struct segment *s, struct str *header, struct str *sealed)
{
    sodium_memzero(&s->state, sizeof(s->state));
    *header = str_bytes(s->header, HEADER);
    *sealed = str_bytes(s->out, s->n);
}

void seal_segment(struct arena *a, const struct case_key *c, const struct uuid *file,
                  int64_t file_no, int64_t segment_no, struct str plain, struct str *header,
                  struct str *sealed)
{
    struct segment *s = seal_segment_begin(a, c, file, file_no, segment_no, plain.n);
    size_t pieces = pieces_of(plain.n);

    for (size_t i = 0; i < pieces; i++)
        seal_segment_piece(s, str_sub(plain, i * SEAL_PIECE_BYTES, SEAL_PIECE_BYTES),
                           i + 1 == pieces);
    seal_segment_end(s, header, sealed);
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
