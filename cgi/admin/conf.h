/* conf: changing one setting in the configuration file, leaving every other line as the operator wrote it. */
#ifndef AIDDESK_ADMIN_CONF_H
#define AIDDESK_ADMIN_CONF_H

#include "admin/admin.h"

/* The text of a configuration with this setting; pure. */
struct str conf_with(struct arena *a, struct str text, const char *name, struct str value);
/* Sets it in the file of ad, in one step.  false after saying why. */
bool conf_set(struct admin *ad, const char *name, struct str value);

#endif
