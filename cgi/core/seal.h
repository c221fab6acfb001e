/*
 * seal: everything that is encrypted at rest (SECURITY.md §3.3): field envelopes, file segments, case seals, group secrets, roster
 * signatures, passwords, exports.  Nothing outside core sees libsodium.
 */
#ifndef AIDDESK_CORE_SEAL_H
#define AIDDESK_CORE_SEAL_H

#include "core/config.h"
#include "core/err.h"

enum { SEAL_KEY = 32, SEAL_PUBLIC = 32, SEAL_SIGNATURE = 64, SEAL_SEGMENT_BYTES = 1048576, SEAL_PIECE_BYTES = 262144 };

/* ---- key files (<keys_dir>/<program>/<name>) ---- */
struct keys;
/* Loads the named key files of a program ("intake", "account" …) into locked memory, read-only from then on, wiped and freed with the
 * arena.  One folder a program, so that each has its own copy with mode 0400 of its user; content: the bytes in hexadecimal and a newline.
 * names ends with NULL; may be NULL.  A file that is missing, is no regular file, gives rights to group or others, or has another length
 * is an error told in *problem (one sentence with the path and what mends it).
 * Names: roster.secret (64 bytes) roster.public pepper lookup mail.secret mail.public export.secret (64) export.public; the rest 32. */
bool keys_load(struct arena *a, const struct config *config, const char *program, const char *const *names, struct keys **out,
               struct str *problem);
/* Bytes of a key file by name; 0 = no such name (aiddesk key init, doctor). */
size_t keys_bytes(const char *name);
/* 32 (or 64 for Ed25519 secrets) bytes; our bug when the program did not declare the name. */
const unsigned char *keys_get(const struct keys *k, const char *name);
/* The recovery public key of the configuration; false when not set. */
bool keys_recovery_public(const struct config *config, unsigned char out[SEAL_PUBLIC]);

/* ---- envelopes ---- */
/* 0x01 ‖ nonce ‖ XChaCha20-Poly1305(plain, ad).  Result in the arena. */
struct str seal_envelope(struct arena *a, const unsigned char key[32], struct str ad, struct str plain);
/* ERR_DAMAGED when it does not open.  The plaintext is in the arena's secret memory. */
enum err seal_envelope_open(struct arena *a, const unsigned char key[32], struct str ad, struct str sealed, struct str *plain);

/* ---- a case ---- */
struct case_key {
    struct uuid id;        /* case id = draft id = submission id */
    unsigned char key[32]; /* Kc; the struct lives in arena_secret memory */
};
/* New case: random id and Kc. */
struct case_key *seal_case_new(struct arena *a);
/* Key check value, plain in the case row. */
void seal_key_check(const struct case_key *c, unsigned char out[32]);
/* Field: key K(Kc,"AdCase01",1), AD("aiddesk/1/field", case, table, row, column); text padded to 64-byte blocks. */
struct str seal_field(struct arena *a, const struct case_key *c, const char *table, const struct uuid *row, const char *column,
                      struct str plain);
enum err seal_field_open(struct arena *a, const struct case_key *c, const char *table, const struct uuid *row, const char *column,
                         struct str sealed, struct str *plain);

/* ---- boxes to people ---- */
/* crypto_box_seal(0x01 ‖ case id ‖ Kc) to a public key: 97 bytes. */
struct str seal_case_to(struct arena *a, const struct case_key *c, const unsigned char recipient[SEAL_PUBLIC]);
/* Opens a case seal, checks first byte, case id and key check (32 bytes from the case row). */
enum err seal_case_open(struct arena *a, const unsigned char public_key[32], const unsigned char secret_key[32], const struct uuid *id,
                        struct str sealed, struct str key_check, struct case_key **out);
/* Group (kind 1) or pool (kind 2) secret to a member or to recovery: 86 bytes. */
struct str seal_group_secret(struct arena *a, int kind, uint32_t version, const unsigned char secret[32],
                             const unsigned char recipient[SEAL_PUBLIC]);
enum err seal_group_secret_open(struct arena *a, const unsigned char public_key[32], const unsigned char secret_key[32], int kind,
                                uint32_t version, struct str sealed, unsigned char secret[32]);
/* Plain box to the worker's mail key or a user's own key (TOTP secret). */
struct str seal_box(struct arena *a, const unsigned char recipient[SEAL_PUBLIC], struct str plain);
enum err seal_box_open(struct arena *a, const unsigned char public_key[32], const unsigned char secret_key[32], struct str sealed,
                       struct str *plain);
/* New X25519 pair; from a 32-byte seed when seed is not NULL (tracking code: K(root,"AdCode01",2)). */
void seal_keypair(const unsigned char *seed, unsigned char public_key[32], unsigned char secret_key[32]);
void seal_public_of(const unsigned char secret_key[32], unsigned char public_key[32]);

/* ---- roster signatures ---- */
/* kind: "user", "group", "pool".  Ed25519 over AD("aiddesk/1/roster", kind, id, version[4 BE], public key). */
void seal_roster_sign(struct arena *a, const unsigned char roster_secret[64], const char *kind, const struct uuid *id, uint32_t version,
                      const unsigned char public_key[32], unsigned char signature[64]);
bool seal_roster_check(struct arena *a, const unsigned char roster_public[32], const char *kind, const struct uuid *id, uint32_t version,
                       const unsigned char public_key[32], struct str signature);

/* ---- passwords (only aiddesk-account) ---- */
struct password_params {
    unsigned char salt[16];
    int64_t ops, mem_bytes;   /* 3, 64 MiB */
    int64_t pepper_version;
};
/* One Argon2id run gives verifier (32) and wrap key (32); takes one of the machine's 4 slots (ERR_SLOT after 5 s, or when memory is
 * short; slots_fd -1 = not counted).  ERR_INTERNAL when the parameters leave 1..16 passes or 8..256 MiB. */
enum err seal_password(struct arena *a, int slots_fd, const unsigned char pepper[32], const struct uuid *user, struct str password,
                       const struct password_params *params, unsigned char verifier[32], unsigned char wrap[32]);
/* Salt for an unknown name: stable, from the pepper, so that unknown and known names look alike. */
void seal_fake_salt(struct arena *a, const unsigned char pepper[32], struct str name, unsigned char salt[16], struct uuid *user);
/* Secret key under the wrap key, AD("aiddesk/1/userkey", user, version[4]). */
struct str seal_user_key(struct arena *a, const unsigned char wrap[32], const struct uuid *user, uint32_t version,
                         const unsigned char secret_key[32]);
enum err seal_user_key_open(struct arena *a, const unsigned char wrap[32], const struct uuid *user, uint32_t version, struct str sealed,
                            unsigned char secret_key[32]);

/* ---- what opens a case without a person ---- */
/* Draft box: envelope of (Kc ‖ code seed) under K(draft cookie,"AdDraf01",2) = session->wrap, or K(resume root,"AdResu01",2);
 * AD("aiddesk/1/draft", case id). */
struct str seal_draft_box(struct arena *a, const unsigned char wrap[32], const struct case_key *c, const unsigned char code_seed[32]);
enum err seal_draft_box_open(struct arena *a, const unsigned char wrap[32], const struct uuid *id, struct str sealed,
                             struct case_key **out, unsigned char code_seed[32]);
/* Recovery secret under K(setup token,"AdSetu01",2) = session->wrap of SESSION_SETUP, AD("aiddesk/1/recovery", recovery public key).
 * Opening also compares the public half. */
struct str seal_recovery(struct arena *a, const unsigned char wrap[32], const unsigned char public_key[32],
                         const unsigned char secret_key[32]);
enum err seal_recovery_open(struct arena *a, const unsigned char wrap[32], const unsigned char public_key[32], struct str sealed,
                            unsigned char secret_key[32]);

/* ---- files: segments of at most 1 MiB, pieces of 256 KiB (secretstream) ---- */
/* Seals one segment: header (24) and cipher in the arena.  Key K(Kc,"AdFile01",file_no); AD("aiddesk/1/file", case, file, segment[4 BE],
 * piece[4 BE]), both numbered from 0.  plain: 1 .. 1,048,576 bytes. */
void seal_segment(struct arena *a, const struct case_key *c, const struct uuid *file, int64_t file_no, int64_t segment_no, struct str plain,
                  struct str *header, struct str *sealed);
struct segment;
/* The same piece by piece, so that a segment of text never stands in memory as a whole.  Begins one, with room for room bytes of text; it
 * lives in the arena. */
struct segment *seal_segment_begin(struct arena *a, const struct case_key *c, const struct uuid *file, int64_t file_no, int64_t segment_no,
                                   size_t room);
/* Seals the next piece: 256 KiB, the last one 1 .. 256 KiB (0 only as the only one).  After the last nothing may follow. */
void seal_segment_piece(struct segment *s, struct str plain, bool last);
/* Header and cipher of a segment whose last piece has been sealed; they point into its memory. */
void seal_segment_end(struct segment *s, struct str *header, struct str *sealed);
enum err seal_segment_open(struct arena *a, const struct case_key *c, const struct uuid *file, int64_t file_no, int64_t segment_no,
                           struct str header, struct str sealed, struct str *plain);

/* ---- signatures of exports ---- */
/* Ed25519 over AD("aiddesk/1/export", release id text, SHA-256). */
void seal_export_sign(struct arena *a, const unsigned char export_secret[64], struct str release, const unsigned char sha256[32],
                      unsigned char signature[64]);
bool seal_export_check(struct arena *a, const unsigned char export_public[32], struct str release, const unsigned char sha256[32],
                       struct str signature);
void seal_sign_keypair(unsigned char public_key[32], unsigned char secret_key[64]);

/* ---- slots ---- */
/* Byte-range lock on the machine's slot file (opened for writing, inherited); kind 'a' (4 Argon2) or 'i' (2 inspections).  Waits at most
 * wait_ms.  Returns the slot number, or -1.  Freed by slot_release or by death.  The locks belong to the process, so a process holds a
 * slot once; closing any descriptor of that file frees them. */
int slot_take(int fd, char kind, int wait_ms);
void slot_release(int fd, char kind, int slot);

#endif
