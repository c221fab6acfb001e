/* Common passwords, refused when one is set (ASVS 5.0: checked offline).  The list is compiled in, sorted, lower case. */
#include <stdlib.h>
#include <string.h>

#include "account/account.h"

static const char *const common[] = {
#include "account/common-passwords.inc"
};

static int compare(const void *key, const void *entry)
{
    return strcmp(key, *(const char *const *)entry);
}

bool password_is_common(struct arena *a, struct str password)
{
    const char *key = str_z(a, str_lower(a, password));

    return bsearch(key, common, sizeof common / sizeof common[0], sizeof common[0], compare) !=
           NULL;
}
