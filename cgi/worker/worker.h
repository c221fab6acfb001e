/*
 * worker: one process with timers: clocks, rollups, outbox, releases, expiry (DESIGN.md §3).  It sees plain columns, and mail sealed to
 * its own key.  One timer, one function; each does a bounded batch and comes again.
 */
#ifndef AIDDESK_WORKER_WORKER_H
#define AIDDESK_WORKER_WORKER_H

#include "core/config.h"
#include "core/db.h"
#include "core/locale.h"
#include "core/seal.h"

struct worker {
    struct config config;
    struct arena *process;     /* lives as long as the process */
    struct arena *arena;       /* reset after every timer */
    struct db *db;
    struct locales *locales;   /* parts "shared" and "worker" */
    struct keys *keys;         /* mail and export */
};

/* Sends what is due in the outbox. */
enum err outbox_run(struct worker *w);
/* Builds and signs the oldest release that waits. *built: there was one. */
enum err export_run(struct worker *w, bool *built);
/* The metrics page: listens on config.metrics_listen (loopback only); -1 = off or not possible (logged). */
int metrics_listen_open(const struct config *config);
/* Answers one connection that waits on the listening descriptor. */
void metrics_answer(struct worker *w, int listen_fd);

#endif
