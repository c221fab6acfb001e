/*
 * masking: finds what opens value or names a person in text that leaves the restricted view, and masks it (V-INT-05): card keys, identity
 * numbers, bank card numbers, mobile numbers.  On the public form a hit is pointed out with an offer to mask, and never blocks
 * (UX.md §2.3); papers for others are always masked.
 *
 * How each is told from an order number, which must stay readable:
 *   ID      18 characters, last one a digit or X, birth date possible, check digit right (GB 11643)
 *   BANK    16 to 19 digits, prefix of a card scheme used in China (62, 4, 51–55, 35, 37), Luhn's check digit right
 *   MOBILE  11 digits 1[3-9]…, with or without +86, not part of a longer number
 *   KEY     8 or more letters and digits after a word such as 卡密, 密码, 激活码, 兑换码, CDK within its clause; or three or more groups of four
 *           or five capital letters and digits joined by hyphens, both kinds present (licence keys; our own codes too)
 * Full-width digits and groups divided by spaces or hyphens are found.  A number that only resembles one of these is left alone.
 */
#ifndef AIDDESK_RULES_MASKING_H
#define AIDDESK_RULES_MASKING_H

#include "core/str.h"

enum mask_kind {
    MASK_KEY,    /* keeps the last four */
    MASK_ID,     /* keeps the first three and the last one: 110**************X */
    MASK_BANK,   /* keeps the last four */
    MASK_MOBILE, /* keeps the first three and the last four */
    MASK_KIND__MAX
};

/* Sets of kinds. */
enum {
    MASKS_KEY = 1 << MASK_KEY,
    MASKS_ID = 1 << MASK_ID,
    MASKS_BANK = 1 << MASK_BANK,
    MASKS_MOBILE = 1 << MASK_MOBILE,
    MASKS_ALL = MASKS_KEY | MASKS_ID | MASKS_BANK | MASKS_MOBILE
};

struct mask_hit {
    enum mask_kind kind; /* what it is */
    size_t at;           /* first byte in the text */
    size_t n;            /* bytes */
    struct str masked;   /* what to show instead */
};

/* Finds what is to be masked, in order, without overlaps.  Returns the number; *hits lives in the arena. */
size_t mask_find(struct arena *a, struct str text, unsigned kinds, struct mask_hit **hits);
/* The text with every hit masked; the text itself when there is none. */
struct str mask_text(struct arena *a, struct str text, unsigned kinds);
/* One value that is known to be secret (account, key): stars, and the last `keep` characters when there are at least twice as many. */
struct str mask_tail(struct arena *a, struct str value, size_t keep);
/* "rules.mask.key" …: locale key of the remark beside a field where a kind was found. */
const char *mask_key(enum mask_kind kind);

#endif
