/* Prometheus text on a local address: counters of every program and the worker's own gauges.  Loopback only; one small request at a time. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/log.h"
#include "core/metrics.h"
#include "worker/worker.h"

int metrics_listen_open(const struct config *config)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    struct str host, port;
    int64_t number;
    int fd, one = 1;
    char text[16] = {0};

    if (config->metrics_listen.n == 0)
        return -1;
    (void)str_cut(config->metrics_listen, ':', &host, &port);
    if (!str_starts(host, STR("127.")) || host.n >= sizeof text ||
        !str_int(port, 1, 65535, &number)) {
        log_event(LOG_ERROR_, "metrics-off", "metrics_listen must be 127.x.y.z:port");
        return -1;
    }
    memcpy(text, host.p, host.n);
    address.sin_port = htons((uint16_t)number);
    if (inet_pton(AF_INET, text, &address.sin_addr) != 1)
        return -1;
    fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 8) != 0) {
        log_event(LOG_ERROR_, "metrics-off", "the metrics address cannot be opened");
        (void)close(fd);
        return -1;
    }
    return fd;
}

static void add_gauges(struct worker *w, struct buf *out)
{
    struct db_rows *rows = NULL;

    if (db_read0(w->db, "worker.gauges", &rows) != ERR_OK)
        return;
    for (size_t i = 0; i < db_count(rows); i++) {
        struct str name = db_text(rows, i, "name");

        buf_printf(out, "# TYPE %.*s gauge\n%.*s %lld\n", STR_ARG(name), STR_ARG(name),
                   (long long)db_int(rows, i, "n"));
    }
}

void metrics_answer(struct worker *w, int listen_fd)
{
    struct timeval limit = {.tv_sec = 2};
    struct buf out = buf_new(w->arena), head = buf_new(w->arena);
    char request[2048];
    int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);

    if (fd < 0)
        return;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (recv(fd, request, sizeof request, 0) > 0) {
        metrics_text(w->arena, str_z(w->arena, w->config.run_dir), &out);
        add_gauges(w, &out);
        buf_printf(&head,
                   "HTTP/1.0 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: "
                   "%zu\r\nConnection: close\r\n\r\n",
                   out.n);
        if (send(fd, head.p, head.n, MSG_NOSIGNAL) == (ssize_t)head.n)
            (void)send(fd, out.p, out.n, MSG_NOSIGNAL);
    }
    (void)close(fd);
}
