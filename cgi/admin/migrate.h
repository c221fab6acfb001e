/* migrate: bringing the database to what this program needs; shared by migrate, restore and doctor. */
#ifndef AIDDESK_ADMIN_MIGRATE_H
#define AIDDESK_ADMIN_MIGRATE_H

#include "admin/admin.h"

/* The whole of `aiddesk migrate`, in one transaction.  Says what was done when loud. */
enum admin_exit migrate_all(struct admin *ad, bool loud);

/* What separates the database from the files of this program. */
struct migrate_state {
    size_t pending;   /* migrations that have not run */
    size_t unknown;   /* migrations of a newer program */
    size_t documents; /* reference files that differ from what was loaded */
    bool functions;   /* the functions of sql/api differ */
};
/* Compares without changing anything. */
enum err migrate_look(struct admin *ad, struct migrate_state *out);

#endif
