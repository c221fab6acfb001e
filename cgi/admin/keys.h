/*
 * keys: which configuration keys exist, who has a copy (SECURITY.md §3.2), and reading, making and checking the files
 * keys_dir/<program>/<name> (hexadecimal and a newline, mode 0400 of the program's user).  key_init and doctor share it.
 */
#ifndef AIDDESK_ADMIN_KEYS_H
#define AIDDESK_ADMIN_KEYS_H

#include <sys/types.h>

#include "admin/admin.h"

enum { KEY_BYTES_MAX = 64, KEY_HOLDERS_MAX = 5 };

/* A key, or a pair: the secret half names the public one. */
struct key_kind {
    const char *secret; /* file of the secret half, or of the whole key */
    const char *public; /* file of the public half; NULL = no pair */
    bool signs;         /* Ed25519; otherwise X25519 or plain bytes */
    const char *secret_holders[KEY_HOLDERS_MAX + 1]; /* programs with the secret, NULL-terminated */
    const char *public_holders[KEY_HOLDERS_MAX + 1]; /* programs with the public half */
};

extern const struct key_kind key_kinds[];
extern const size_t n_key_kinds;

/* One file. */
struct key_file {
    const char *program, *name;
    char *path;
    bool exists;
    unsigned char bytes[KEY_BYTES_MAX]; /* when exists; memory of the arena that is wiped */
};

/* Looks at one file.  false: it is there and wrong; *problem says how. */
bool key_file_read(struct admin *ad, const char *program, const char *name, struct key_file *out,
                   struct str *problem);
/* The user and group that a program's files belong to: -1 = as they are made (no root, no user_prefix, the operator's own copies).
 * false: the user is missing; its name is in *problem. */
bool key_owner(struct admin *ad, const char *program, uid_t *uid, gid_t *gid, struct str *problem);
/* The public half that belongs to a secret. */
void key_public_of(const struct key_kind *kind, const unsigned char *secret,
                   unsigned char public_key[32]);

#endif
