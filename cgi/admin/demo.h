/*
 * demo: what the files of `aiddesk demo` share.  The command fills an empty demo installation with invented people, platforms and cases.
 * What they say and do is data (sql/admin/demo.json): people, platforms, problems, texts, and lives, each a list of timed steps.  Keys,
 * seals and files are made as the service makes them; states are reached through the functions of the programs and the engine, with the
 * clock of the installation moved to the time of each step.
 */
#ifndef AIDDESK_ADMIN_DEMO_H
#define AIDDESK_ADMIN_DEMO_H

#include "admin/admin.h"
#include "core/seal.h"
#include "core/token.h"

enum { DEMO_PEOPLE_MAX = 8, DEMO_FILES = 4, DEMO_PREVIEWS_MAX = 400, DEMO_STEPS_MAX = 40 };

struct demo_person {
    struct uuid id;
    struct str login, role, name;
    struct str password;          /* made for this installation */
    struct str totp;              /* base32; empty = no second factor */
    unsigned char public_key[SEAL_PUBLIC];
    struct str bearer;            /* of the session that acts for the person while the command runs */
};

/* Pictures of the same pixels have the same preview: aiddesk-inspect is asked once for each. */
struct demo_preview {
    struct str key;  /* what is drawn */
    struct str jpeg; /* in the process's arena */
    int64_t width, height;
};

struct demo {
    struct admin *ad;
    struct db *db;
    struct arena *arena; /* of the case being made */
    const json_t *data;
    struct keys *account, *desk;  /* key files: roster and pepper; look-up */
    struct inspect *inspect;
    const struct locale *letters; /* Chinese */
    uint64_t random;              /* state of the one seed: texts and times, never keys */
    int64_t now_us;               /* real time at the start */
    struct demo_person people[DEMO_PEOPLE_MAX];
    size_t n_people;
    unsigned char group_public[SEAL_PUBLIC], pool_public[SEAL_PUBLIC];
    struct demo_preview previews[DEMO_PREVIEWS_MAX];
    size_t n_previews;
    struct str last_order;        /* order number of the case before, for a duplicate */
    const json_t *last_platform;
    const json_t *last_product;
    struct str last_no;           /* its case number */
    const char *doing;            /* step under way, for the sentence when it fails */
};

/* One case. */
struct demo_case {
    const json_t *life, *platform, *product, *problem;
    int64_t begin_us;                  /* submission, or last save of a draft */
    int64_t times_us[DEMO_STEPS_MAX];  /* of each step */
    int64_t at_us;                     /* where the clock stands */
    struct case_key *key;
    char code[CODE_CHARS + 1];         /* tracking code */
    struct str track;                  /* bearer of the complainant's case session */
    struct str order_no, name, day;
    int64_t fen;
    struct uuid files[DEMO_FILES];     /* order, payment, chat, problem */
    size_t n_files;
    int64_t picture;                   /* counts pictures, so that no two files are alike */
    /* as demo.look tells */
    struct str case_no, status;
    int64_t version;
    const struct demo_person *assignee; /* NULL = nobody */
    struct uuid filing, settlement;
};

/* ---- chance, texts (demo.c) ---- */
/* 0 .. n - 1. */
int64_t demo_below(struct demo *d, int64_t n);
/* One of a list. */
const json_t *demo_pick(struct demo *d, const json_t *list);
/* One of a list of objects, by their "weight". */
const json_t *demo_weighted(struct demo *d, const json_t *list);
/* {{platform}}, {{product}}, {{amount}}, {{order_no}}, {{day}}, {{name}} filled in. */
struct str demo_fill(struct demo *d, const struct demo_case *c, struct str text);
/* A text of "texts", filled in. */
struct str demo_text(struct demo *d, const struct demo_case *c, const char *key);
/* "176.00" */
struct str demo_money(struct demo *d, int64_t fen);
const struct demo_person *demo_person_of(const struct demo *d, const char *role);

/* ---- people (demo_people.c) ---- */
enum err demo_people(struct demo *d);

/* ---- files (demo_picture.c, demo_file.c) ---- */
/* A PNG of a telephone's screen.  kind: "order", "payment", "chat", "problem", "refund", "agreement"; hue 0..11; note: a text chunk, the
 * part that no two files share. */
struct str demo_picture(struct arena *a, const char *kind, int hue, struct str amount, struct str note, int *width, int *height);
/* Draws, seals and stores a picture as evidence of the case.  source: complainant or volunteer; hint: kind on the form. */
enum err demo_file_picture(struct demo *d, struct demo_case *c, const char *kind, const char *source, const char *hint, struct uuid *id);
/* Seals and stores a paper of the service. */
enum err demo_file_pdf(struct demo *d, struct demo_case *c, struct str name, struct str pdf, struct uuid *id);

/* ---- cases (demo_case.c, demo_steps.c, demo_evidence.c, demo_settle.c) ---- */
/* From the first page of the form to the submission; a draft stops before it. */
enum err demo_submit(struct demo *d, struct demo_case *c);
/* Moves the clock; never beyond the present. */
enum err demo_at(struct demo *d, struct demo_case *c, int64_t at_us);
/* Reads where the case stands. */
enum err demo_look(struct demo *d, struct demo_case *c);
/* A field of a row of the case, sealed. */
struct str demo_seal(struct demo *d, const struct demo_case *c, const char *table, const struct uuid *row, const char *column, struct str text);
/* Runs step i of the life. */
enum err demo_step(struct demo *d, struct demo_case *c, size_t i);
enum err demo_move(struct demo *d, const struct demo_case *c, const char *machine, const struct uuid *id, const char *event, const char *to,
                   const struct demo_person *who, const json_t *facts);
/* Changes columns of a row: plain values (may be NULL), and one sealed text. */
enum err demo_set(struct demo *d, const struct demo_case *c, const char *table, const struct uuid *id, const json_t *values,
                  const char *column, struct str text);
/* An item of evidence by the volunteer. */
enum err demo_evidence(struct demo *d, struct demo_case *c, const char *kind, const char *node, const struct uuid *file, json_t *plain,
                       json_t *sealed);
/* All items of the chain, and one demand.  Verbs: the argument is not used. */
enum err demo_chain(struct demo *d, struct demo_case *c, const char *argument);
enum err demo_demand(struct demo *d, struct demo_case *c, const char *argument);
/* A settlement up to a state; withdrawals of all open filings up to a state; proof of performance and receipt. */
enum err demo_settle(struct demo *d, struct demo_case *c, const char *state);
enum err demo_withdraw(struct demo *d, struct demo_case *c, const char *state);
enum err demo_perform(struct demo *d, struct demo_case *c, bool part);
/* Asks the complainant and answers as the complainant. */
enum err demo_decide(struct demo *d, struct demo_case *c, const char *kind, const char *channel, const struct uuid *filing, json_t *detail,
                     const char *answer, int64_t fen);

#endif
