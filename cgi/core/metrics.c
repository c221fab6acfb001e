#include "core/metrics.h"

#include <assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/log.h"

enum { ROUTE_BYTES = 104, PROGRAM_BYTES = 32, ROUTES_MAX = 512, FILES_MAX = 32 };

/* Upper ends of the duration buckets, milliseconds; the last bucket has none. */
static const int bounds_ms[] = {5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000};
enum { BUCKETS = sizeof bounds_ms / sizeof bounds_ms[0] + 1 };

static const char *const events[] = {"child_started", "child_died",  "watchdog",  "csrf_refused",
                                     "refused_early", "unconfirmed", "our_fault", "reply_cut"};
enum { EVENTS = sizeof events / sizeof events[0] };

static const char magic[8] = "ADMETR1";

/* Layout of the file, read by the worker of the same build on the same machine. */
struct row {
    char method[8];
    char route[ROUTE_BYTES];    /* pattern; "" in the first row: no such page */
    _Atomic uint64_t status[6]; /* by hundreds; 0 = none */
    _Atomic uint64_t bucket[BUCKETS];
    _Atomic uint64_t sum_ms;
};

struct shared {
    char magic[8];
    char program[PROGRAM_BYTES];
    uint64_t n_rows;
    uint64_t row_bytes;
    _Atomic uint64_t event[EVENTS];
    struct row rows[];
};

struct metrics {
    const struct route *routes; /* rows stand in the order of the table */
    struct shared *shared;      /* the same memory in parent and children */
};

static void copy(char *to, size_t size, const char *from)
{
    size_t n = strlen(from);

    memcpy(to, from, n < size ? n : size - 1); /* the memory is new: zeroed */
}

static struct shared *prepare(void *memory, const char *program, const struct route *routes,
                              size_t n)
{
    struct shared *m = memory;

    copy(m->magic, sizeof m->magic, magic);
    copy(m->program, sizeof m->program, program);
    m->n_rows = n + 1;
    m->row_bytes = sizeof(struct row);
    copy(m->rows[0].method, sizeof m->rows[0].method, "");
    for (size_t i = 0; i < n; i++) {
        copy(m->rows[i + 1].method, sizeof m->rows[0].method,
             routes[i].method == METHOD_GET ? "GET" : "POST");
        copy(m->rows[i + 1].route, sizeof m->rows[0].route, routes[i].path);
    }
    return m;
}

/* A new file of the right size; -1 when it cannot be made. */
static int make_file(struct arena *a, const char *run_dir, const char *program, size_t size)
{
    const char *folder = str_z(a, str_fmt(a, "%s/metrics", run_dir));
    const char *path = str_z(a, str_fmt(a, "%s/%s", folder, program));
    int fd;

    (void)mkdir(folder, 0755);
    (void)chmod(folder, 0755); /* the worker is another user; the umask may be 077 */
    (void)unlink(path);        /* a reader of the old one keeps it */
    fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd >= 0 && (ftruncate(fd, (off_t)size) != 0 || fchmod(fd, 0644) != 0)) {
        (void)close(fd);
        fd = -1;
    }
    return fd;
}

struct metrics *metrics_open(struct arena *a, const char *run_dir, const char *program,
                             const struct route *routes, size_t n)
{
    size_t size = sizeof(struct shared) + (n + 1) * sizeof(struct row);
    struct metrics *m = arena_new_of(a, struct metrics);
    int fd = make_file(a, run_dir, program, size);
    void *p = MAP_FAILED;

    if (fd >= 0) {
        p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        (void)close(fd);
    }
    if (p == MAP_FAILED) {
        log_event(LOG_WARN_, "metrics", "no file under run_dir/metrics: counters are not shown");
        p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    }
    if (p == MAP_FAILED)
        arena_out_of_memory();
    m->routes = routes;
    m->shared = prepare(p, program, routes, n);
    return m;
}

static void add(_Atomic uint64_t *counter, uint64_t n)
{
    atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

void metrics_request(struct metrics *m, const struct route *route, int status, int64_t ms)
{
    struct row *row;
    size_t bucket = 0, at;

    if (m == NULL)
        return;
    at = route == NULL ? 0 : (size_t)(route - m->routes) + 1;
    if (at >= m->shared->n_rows)
        return;
    row = &m->shared->rows[at];
    while (bucket < BUCKETS - 1 && ms > bounds_ms[bucket])
        bucket++;
    add(&row->status[status >= 100 && status < 600 ? status / 100 : 0], 1);
    add(&row->bucket[bucket], 1);
    add(&row->sum_ms, ms > 0 ? (uint64_t)ms : 0);
}

void metrics_count(struct metrics *m, const char *name)
{
    for (size_t i = 0; i < EVENTS; i++) {
        if (strcmp(events[i], name) == 0) {
            if (m != NULL)
                add(&m->shared->event[i], 1);
            return;
        }
    }
    assert(!"a counter that metrics.c does not list");
}

/* ---- Prometheus text ---- */

/* Reads a whole file; NULL unless it is one of ours, whole.  Other programs write these files: nothing in them is believed. */
static struct shared *read_file(struct arena *a, int folder, const char *name)
{
    size_t max = sizeof(struct shared) + ROUTES_MAX * sizeof(struct row), n = 0;
    char *p = arena_alloc(a, max);
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct shared *m = (void *)p;
    ssize_t got = fd >= 0 ? 1 : 0;

    while (got > 0 && n < max) {
        got = read(fd, p + n, max - n);
        n += got > 0 ? (size_t)got : 0;
    }
    if (fd >= 0)
        (void)close(fd);
    if (n < sizeof *m || memcmp(m->magic, magic, sizeof magic) != 0 ||
        m->row_bytes != sizeof(struct row) || m->n_rows > ROUTES_MAX ||
        n < sizeof *m + m->n_rows * sizeof(struct row))
        return NULL;
    m->program[PROGRAM_BYTES - 1] = '\0';
    for (uint64_t i = 0; i < m->n_rows; i++) {
        m->rows[i].method[sizeof m->rows[i].method - 1] = '\0';
        m->rows[i].route[ROUTE_BYTES - 1] = '\0';
    }
    return m;
}

/* A label value: printable ASCII without quotes and backslashes. */
static void add_label(struct buf *out, const char *name, const char *value)
{
    buf_printf(out, "%s=\"", name);
    for (; *value != '\0'; value++) {
        bool plain = *value >= ' ' && *value <= '~' && *value != '"' && *value != '\\';

        buf_addc(out, plain ? *value : '?');
    }
    buf_addc(out, '"');
}

static void open_labels(struct buf *out, const char *family, const struct shared *m,
                        const struct row *row)
{
    buf_addz(out, family);
    buf_addc(out, '{');
    add_label(out, "program", m->program);
    buf_addc(out, ',');
    add_label(out, "method", row->method);
    buf_addc(out, ',');
    add_label(out, "route", row->route);
}

static uint64_t value_of(const _Atomic uint64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

static void add_requests(struct buf *out, const struct shared *m)
{
    for (uint64_t i = 0; i < m->n_rows; i++) {
        for (size_t s = 0; s < 6; s++) {
            uint64_t n = value_of(&m->rows[i].status[s]);

            if (n == 0)
                continue;
            open_labels(out, "aiddesk_requests_total", m, &m->rows[i]);
            buf_printf(out, ",status=\"%zuxx\"} %llu\n", s, (unsigned long long)n);
        }
    }
}

static void add_durations(struct buf *out, const struct shared *m)
{
    for (uint64_t i = 0; i < m->n_rows; i++) {
        const struct row *row = &m->rows[i];
        uint64_t n = 0;

        for (size_t b = 0; b < BUCKETS; b++)
            n += value_of(&row->bucket[b]);
        if (n == 0)
            continue;
        n = 0;
        for (size_t b = 0; b < BUCKETS; b++) {
            n += value_of(&row->bucket[b]);
            open_labels(out, "aiddesk_request_milliseconds_bucket", m, row);
            if (b < BUCKETS - 1)
                buf_printf(out, ",le=\"%d\"} %llu\n", bounds_ms[b], (unsigned long long)n);
            else
                buf_printf(out, ",le=\"+Inf\"} %llu\n", (unsigned long long)n);
        }
        open_labels(out, "aiddesk_request_milliseconds_sum", m, row);
        buf_printf(out, "} %llu\n", (unsigned long long)value_of(&row->sum_ms));
        open_labels(out, "aiddesk_request_milliseconds_count", m, row);
        buf_printf(out, "} %llu\n", (unsigned long long)n);
    }
}

static void add_events(struct buf *out, const struct shared *m)
{
    for (size_t i = 0; i < EVENTS; i++) {
        buf_addz(out, "aiddesk_events_total{");
        add_label(out, "program", m->program);
        buf_printf(out, ",event=\"%s\"} %llu\n", events[i],
                   (unsigned long long)value_of(&m->event[i]));
    }
}

static size_t read_all(struct arena *a, const char *run_dir, struct shared *files[FILES_MAX])
{
    DIR *folder = opendir(str_z(a, str_fmt(a, "%s/metrics", run_dir)));
    const struct dirent *entry;
    size_t n = 0;

    if (folder == NULL)
        return 0;
    while (n < FILES_MAX && (entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        files[n] = read_file(a, dirfd(folder), entry->d_name);
        n += files[n] != NULL;
    }
    (void)closedir(folder);
    return n;
}

void metrics_text(struct arena *a, const char *run_dir, struct buf *out)
{
    static const struct {
        const char *head;
        void (*add)(struct buf *out, const struct shared *m);
    } families[] = {
        {"# HELP aiddesk_requests_total Answered requests.\n"
         "# TYPE aiddesk_requests_total counter\n",
         add_requests},
        {"# HELP aiddesk_request_milliseconds Time from accept to the last byte.\n"
         "# TYPE aiddesk_request_milliseconds histogram\n",
         add_durations},
        {"# HELP aiddesk_events_total What happened in the programs.\n"
         "# TYPE aiddesk_events_total counter\n",
         add_events},
    };
    struct shared *files[FILES_MAX];
    size_t n = read_all(a, run_dir, files);

    for (size_t f = 0; f < sizeof families / sizeof families[0]; f++) {
        buf_addz(out, families[f].head);
        for (size_t i = 0; i < n; i++)
            families[f].add(out, files[i]);
    }
}
