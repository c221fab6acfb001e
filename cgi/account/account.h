/*
 * account: sign-in, second factor, setup, invitations, people.  The only program that sees passwords, so the smallest (DESIGN.md §3).
 * One capability, one file; the route table is in main.c.
 */
#ifndef AIDDESK_ACCOUNT_ACCOUNT_H
#define AIDDESK_ACCOUNT_ACCOUNT_H

#include "core/reply.h"
#include "core/seal.h"
#include "core/session.h"

/* ---- credentials.c: what setup, invitation, reset and password change share ---- */

struct credentials {
    struct password_params params; /* new salt, costs, pepper version */
    unsigned char verifier[32];    /* goes to SQL */
    unsigned char wrap[32];        /* wraps the secret key; secret memory */
};

struct new_person {
    struct uuid id;                 /* made here: part of what seals the key */
    struct credentials *credentials;
    unsigned char public_key[32];
    unsigned char *secret_key;      /* secret memory */
    unsigned char signature[64];    /* roster */
    struct str wrapped_secret;      /* for core.user_key */
    uint32_t version;               /* of the key */
};

/* Checks a new password (ASVS 5.0: 8..128 characters by the route's table, not a common one, not made of the names given) and marks the
 * field as wrong.  names: login and display name; empty ones are skipped. */
bool credentials_acceptable(struct request *req, const char *field, const struct str *names, size_t n);
/* Runs Argon2id over a new password.  The result lives in secret memory.  ERR_SLOT when all slots stay taken. */
enum err credentials_new(struct request *req, const struct uuid *user, struct str password, struct credentials **out);
/* Verifier and wrap of a password under stored parameters. */
enum err credentials_of(struct request *req, const struct uuid *user, struct str password, const struct password_params *params,
                        struct credentials **out);
/* A new key pair of a person: signed for the roster, its secret wrapped under the new password. */
enum err person_new(struct request *req, const struct uuid *id, uint32_t version, struct str password, struct new_person *out);
/* Signs a person in whose secret key is at hand: makes the session and its cookie, or the pre-session when a second factor is enrolled.
 * *full tells which. */
enum err sign_in(struct request *req, struct reply *rep, struct str login, const struct credentials *credentials, const struct uuid *user,
                 uint32_t key_version, const unsigned char secret_key[32], bool needs_factor, bool *full);
/* Where a person goes after signing in: `next` when it is a path of this site, else the start page of the role. */
enum err go_on(struct request *req, struct reply *rep, struct str next, struct str role);
/* True when the password stands in the shipped list of common ones (compared in lower case). */
bool password_is_common(struct arena *a, struct str password);
/* True for a sign-in name of 3..40 characters a-z 0-9 . _ - (the table's own check). */
bool login_form_ok(struct str login);
/* The first GET of a one-time link (invitation, reset, setup): the token goes on in a cookie and the address loses it (SECURITY.md §4.2);
 * nothing is used up.  What has not the form of a token is no address of ours: 404. */
enum err link_take(struct request *req, struct reply *rep, enum session_kind kind, const char *path);
/* The page again; a refusal that asks for the second factor (ERR_FACTOR) leads there first and then to `back` (a path; a query
 * behind it percent-encoded). */
enum err step_up_or_again(struct request *req, struct reply *rep, enum err err, const char *back);
/* A model with a form and a title; the form is json_object_get(model, "form"). */
json_t *account_model(struct request *req, const char *title_key, const struct param *params, const json_t *stored);

/* ---- handlers ---- */
enum err account_identify(struct request *req);

enum err login_show(struct request *req, struct reply *rep);
enum err login_post(struct request *req, struct reply *rep);
enum err factor_show(struct request *req, struct reply *rep);
enum err factor_post(struct request *req, struct reply *rep);
enum err logout_post(struct request *req, struct reply *rep);
enum err confirm_show(struct request *req, struct reply *rep);
enum err confirm_post(struct request *req, struct reply *rep);
/* Checks a typed second factor of the person whose secret key is at hand: TOTP code or recovery code.  ERR_CREDENTIALS when wrong,
 * ERR_TOO_MANY while too many TOTP codes were wrong (recovery codes cannot be guessed and do not wait).
 * *step: TOTP step, or 0 and *lookup (32 bytes) of the recovery code. */
enum err factor_read(struct request *req, const struct uuid *user, struct str totp_sealed, const unsigned char public_key[32],
                     const unsigned char secret_key[32], struct str typed, int64_t *step, struct str *lookup);
/* Counts a wrong second factor for the person (and the pre-session); returns err, or what counting met. */
enum err factor_count(struct request *req, enum err err);
/* ERR_TOO_MANY while the person waits after wrong TOTP codes. */
enum err factor_wait(struct request *req);

enum err setup_link(struct request *req, struct reply *rep);
enum err setup_show(struct request *req, struct reply *rep);
enum err setup_account_show(struct request *req, struct reply *rep);
enum err setup_account_post(struct request *req, struct reply *rep);
enum err invite_link(struct request *req, struct reply *rep);
enum err invite_show(struct request *req, struct reply *rep);
enum err invite_post(struct request *req, struct reply *rep);

enum err profile_show(struct request *req, struct reply *rep);
enum err profile_post(struct request *req, struct reply *rep);
enum err password_show(struct request *req, struct reply *rep);
enum err password_post(struct request *req, struct reply *rep);
enum err totp_show(struct request *req, struct reply *rep);
enum err totp_start(struct request *req, struct reply *rep);
enum err totp_confirm(struct request *req, struct reply *rep);
enum err totp_codes(struct request *req, struct reply *rep);
enum err sessions_show(struct request *req, struct reply *rep);
enum err session_end(struct request *req, struct reply *rep);
enum err leave_show(struct request *req, struct reply *rep);
enum err leave_add(struct request *req, struct reply *rep);
enum err leave_remove(struct request *req, struct reply *rep);
enum err conflicts_show(struct request *req, struct reply *rep);
enum err conflict_add(struct request *req, struct reply *rep);
enum err people_show(struct request *req, struct reply *rep);
enum err invite_make(struct request *req, struct reply *rep);
enum err invite_cancel(struct request *req, struct reply *rep);
enum err person_show(struct request *req, struct reply *rep);
enum err person_update(struct request *req, struct reply *rep);
enum err reset_make(struct request *req, struct reply *rep);

extern const struct param login_params[], factor_params[], confirm_params[], link_params[], setup_params[], invite_params[],
    profile_params[], password_params_table[], totp_params[], totp_codes_params[], session_params[], leave_params[], leave_remove_params[], conflict_params[],
    invite_make_params[], invite_cancel_params[], person_params[], person_path_params[];

#endif
