/* commands: the table of `aiddesk`.  A new command is one row here and one file that defines `const struct command command_<row>`. */
#ifndef AIDDESK_ADMIN_COMMANDS_H
#define AIDDESK_ADMIN_COMMANDS_H

#include "admin/admin.h"

/* In the order of the help page. */
/* clang-format off */
#define ADMIN_COMMANDS(row) \
    row(setup)              \
    row(migrate)            \
    row(doctor)             \
    row(backup)             \
    row(restore)            \
    row(key_init)           \
    row(user_list)          \
    row(demo)               \
    row(export_verify)
/* clang-format on */

#define ADMIN_DECLARE(name) extern const struct command command_##name;
ADMIN_COMMANDS(ADMIN_DECLARE)
#undef ADMIN_DECLARE

#endif
