/* /health/live and /health/ready: for the machine itself (ops/run, monitoring).  Ready means: a complaint could be taken now. */
#include <sys/statvfs.h>

#include "core/arena.h"
#include "core/serve.h"
#include "intake/intake.h"

enum { MB = 1048576, RUN_FREE_MB = 4, DATA_FREE_MB = 64 };

enum err health_live(struct request *req, struct reply *rep)
{
    (void)req;
    return reply_raw(rep, "text/plain; charset=utf-8", STR("live\n"));
}

static bool has_room(struct arena *a, struct str folder, uint64_t mb)
{
    struct statvfs s;

    return statvfs(str_z(a, folder), &s) == 0 &&
           (uint64_t)s.f_bavail * s.f_frsize >= mb * (uint64_t)MB && s.f_favail > 0;
}

/* What is missing, as a word for whoever reads the answer; NULL = nothing. */
static const char *missing(struct request *req)
{
    const struct config *c = &req->app->config;

    if (db_write0(req->db, "intake.ready", NULL) != ERR_OK)
        return "database\n";
    if (!has_room(req->arena, c->run_dir, RUN_FREE_MB))
        return "disk of run_dir\n";
    return has_room(req->arena, c->data_dir, DATA_FREE_MB) ? NULL : "disk of data_dir\n";
}

enum err health_ready(struct request *req, struct reply *rep)
{
    const char *what = missing(req);

    if (what != NULL)
        rep->status = 503;
    return reply_raw(rep, "text/plain; charset=utf-8",
                     what != NULL ? str_fmt(req->arena, "not ready: %s", what) : STR("ready\n"));
}
