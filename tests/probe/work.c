/* probe: the worker's metrics page answers with the outcome of the step that stands in the address. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/arena.h"
#include "probe.h"
#include "worker/worker.h"

void __wrap_metrics_answer(struct worker *w, int listen_fd);

void __wrap_metrics_answer(struct worker *w, int listen_fd)
{
    static char request[8192], out[PROBE_ANSWER];
    int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : recv(fd, request, sizeof request - 1, 0);
    const char *words;

    if (n > 0) {
        request[n] = '\0';
        words = strchr(request, '?');
        probe_sql_open(str_z(w->process, w->config.database),
                       str_z(w->process, w->config.database_port),
                       str_z(w->process, w->config.database_name), "aiddesk_worker");
        probe_try(words != NULL ? words + 1 : "", out);
        (void)send(fd, out, strlen(out), MSG_NOSIGNAL);
    }
    if (fd >= 0)
        (void)close(fd);
}
