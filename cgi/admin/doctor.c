#include "admin/doctor.h"

#include <stdio.h>

#include "admin/commands.h"
#include "core/arena.h"

void doctor_line(struct doctor *d, const char *name, bool good, json_t *values)
{
    struct arena *a = d->ad->arena;
    char *key = str_z(a, str_fmt(a, "admin.doctor.%s.%s", name, good ? "ok" : "bad"));
    struct str finding;

    d->checks++;
    finding = admin_text(d->ad, key, json_incref(values));
    if (good) {
        (void)printf("ok    %.*s\n", STR_ARG(finding));
    } else {
        struct str mend = admin_text(d->ad, str_z(a, str_fmt(a, "admin.doctor.%s.mend", name)),
                                     json_incref(values));

        d->failed++;
        (void)printf("FAIL  %.*s  >>  %.*s\n", STR_ARG(finding), STR_ARG(mend));
    }
    json_decref(values);
}

static enum admin_exit run(struct admin *ad)
{
    struct doctor d = {.ad = ad};

    doctor_machine(&d);
    if (ad->config_ok) {
        doctor_keys(&d);
        doctor_programs(&d);
        doctor_database(&d);
    }
    if (d.failed == 0)
        admin_say(ad, "admin.doctor.well", admin_number("n", (int64_t)d.checks));
    else
        admin_say(ad, "admin.doctor.ill", admin_number("n", (int64_t)d.failed));
    return d.failed == 0 ? ADMIN_OK : ADMIN_FAILED;
}

const struct command command_doctor = {
    .name = "doctor",
    .arguments = "",
    .texts = "admin.doctor",
    .run = run, /* without a configuration it says so: that is a finding */
};
