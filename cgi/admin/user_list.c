/* aiddesk user list: who may sign in.  For the operator: no secrets, no cases. */
#include <stdio.h>

#include "admin/commands.h"
#include "core/json.h"

/* Columns that hold codes are shown as codes: they are what other tools take. */
static struct str yes_or_no(struct admin *ad, bool yes)
{
    return admin_text(ad, yes ? "admin.yes" : "admin.no", NULL);
}

static enum admin_exit run(struct admin *ad)
{
    struct db_rows *rows = NULL;
    enum err err = admin_script(ad, "admin/user-list.sql", &rows);

    if (err != ERR_OK)
        return admin_db_failed(ad, err, "admin.user_list.doing");
    for (size_t i = 0; i < db_count(rows); i++) {
        struct str login = db_text(rows, i, "login");
        struct str role = db_text(rows, i, "role");
        struct str state = db_text(rows, i, "state");
        struct str rest;
        json_t *values = admin_value("name", db_text(rows, i, "display_name"));

        json_set_str(values, "second_factor", yes_or_no(ad, db_bool(rows, i, "second_factor")));
        json_set_int(values, "sessions", db_int(rows, i, "sessions"));
        json_set_str(values, "last_login",
                     db_is_null(rows, i, "last_login")
                         ? admin_text(ad, "admin.user_list.never", NULL)
                         : db_text(rows, i, "last_login"));
        rest = admin_text(ad, "admin.user_list.row", values);
        (void)printf("%-20.*s %-12.*s %-9.*s %.*s\n", STR_ARG(login), STR_ARG(role), STR_ARG(state),
                     STR_ARG(rest));
    }
    admin_say(ad, "admin.user_list.count", admin_number("n", (int64_t)db_count(rows)));
    return ADMIN_OK;
}

const struct command command_user_list = {
    .name = "user list",
    .arguments = "",
    .texts = "admin.user_list",
    .needs_config = true,
    .run = run,
};
