/*
 * doctor: says what is wrong with an installation and the command that mends it.  A check is one line: "ok" or "FAIL", the finding, and
 * for FAIL the remedy.  Texts of a check NAME: admin.doctor.NAME.ok, .bad, .mend.
 */
#ifndef AIDDESK_ADMIN_DOCTOR_H
#define AIDDESK_ADMIN_DOCTOR_H

#include "admin/admin.h"

struct doctor {
    struct admin *ad;
    size_t checks, failed;
};

/* Writes the line of a check.  values: of its texts, stolen; NULL = none. */
void doctor_line(struct doctor *d, const char *name, bool good, json_t *values);

/* doctor_machine.c: configuration, templates, fonts, disk. */
void doctor_machine(struct doctor *d);
/* doctor_machine.c: free space where this folder lies. */
void doctor_disk(struct doctor *d, const char *folder);
/* doctor_keys.c: key files: there, right length, mode, owner, copies alike, halves fit. */
void doctor_keys(struct doctor *d);
/* doctor_programs.c: running, sockets with their modes and groups. */
void doctor_programs(struct doctor *d);
/* doctor_database.c: server, clock, migrations, reference data, calendar, recovery key, backup, worker. */
void doctor_database(struct doctor *d);

#endif
