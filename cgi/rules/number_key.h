/*
 * number_key: normal forms of what people copy by hand, so that the same number typed in another way gives the same keyed hash
 * (V-INT-04; the hash itself is token_lookup with the kind named here).  A normal form is empty when nothing usable is left; an empty one
 * is never looked up.
 */
#ifndef AIDDESK_RULES_NUMBER_KEY_H
#define AIDDESK_RULES_NUMBER_KEY_H

#include "core/str.h"

/* Kinds of keyed look-ups, the same word in C and SQL. */
#define NUMBER_ORDER "order"
#define NUMBER_PAYMENT "payment"
#define NUMBER_PHONE "phone"
#define NUMBER_EMAIL "email"

/* Order or payment number: full-width forms folded, upper case, letters and digits only.  "２０２６-1103 ab" -> "20261103AB".  Fewer than
 * four characters are no number: empty. */
struct str number_key_order(struct arena *a, struct str typed);
/* Mobile number: digits; +86, 0086 and 86 before eleven digits are dropped; another country code keeps its "+" (00 becomes +).  Fewer
 * than seven digits: empty. */
struct str number_key_phone(struct arena *a, struct str typed);
/* E-mail address: folded, without spaces, lower case as a whole (no provider met in practice tells cases apart). Without "@": empty. */
struct str number_key_email(struct arena *a, struct str typed);
/* Platform name: folded, lower case, simplified, letters, digits and Chinese characters only, without general last words (平台, 官网,
 * 网站, 官方, 旗舰店, app) as long as something is left before them.  Used to find the platform in the register; not secret. */
struct str number_key_platform(struct arena *a, struct str typed);

#endif
