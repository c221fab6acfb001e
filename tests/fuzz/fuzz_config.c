/* fuzz_config: the configuration file. */
#include "core/config.h"
#include "fuzz.h"

static bool is_absolute(struct str path)
{
    return path.n != 0 && path.p[0] == '/';
}

static void check_config(const struct config *c)
{
    const int64_t processes[] = {c->processes_intake,       c->processes_track,
                                 c->processes_account,      c->processes_desk,
                                 c->processes_report,       c->processes_intake_upload,
                                 c->processes_track_upload, c->processes_desk_upload};

    must(str_starts(c->public_origin, STR("https://")) || c->loopback_plain);
    must(!str_ends(c->public_origin, STR("/")) && c->public_origin.n > 8);
    must(is_absolute(c->keys_dir) && is_absolute(c->data_dir));
    must(is_absolute(c->socket_dir) && c->socket_dir.n <= 72 && is_absolute(c->run_dir));
    must(c->file_max_bytes >= 1024 && c->case_max_bytes >= c->file_max_bytes);
    must(c->case_max_files >= 1 && c->case_max_files <= 1000);
    must(c->recovery_public.n == 0 || c->recovery_public.n == 64);
    must(c->smtp_url.n == 0 || c->mail_from.n != 0);
    for (size_t i = 0; i < sizeof processes / sizeof processes[0]; i++)
        must(processes[i] >= 1 && processes[i] <= 64);
}

void fuzz_one(struct arena *a, struct str input)
{
    struct config c;
    struct str problem = {NULL, 0};

    if (config_load(a, fuzz_file(input), &c, &problem))
        check_config(&c);
    else /* a sentence that a terminal can show */
        must(problem.n != 0 && str_is_text(problem));
}
