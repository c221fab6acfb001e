#include "core/fcgi.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

/* fcgiapp.h and not fcgi_stdio.h, which redefines printf (STYLE.md §5, 16). */
#include <fcgiapp.h>

#include "core/arena.h"
#include "core/buf.h"

enum { DRAIN_IDLE_MS = 200, DRAIN_PIECE = 16384, RESPONDER = 1 };

struct fcgi {
    FCGX_Request r;
    int io_ms;
    struct reply_sink sink; /* where a streamed download goes: this connection */
};

static bool set_time_limits(int fd, int receive_ms, int send_ms)
{
    struct timeval in = {receive_ms / 1000, receive_ms % 1000 * 1000L};
    struct timeval out = {send_ms / 1000, send_ms % 1000 * 1000L};

    return setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &in, sizeof in) == 0 &&
           setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &out, sizeof out) == 0;
}

static bool put(struct fcgi *f, struct str s)
{
    while (s.n != 0) {
        int n = s.n > INT_MAX ? INT_MAX : (int)s.n;

        if (FCGX_PutStr(s.p, n, f->r.out) != n)
            return false;
        s = str_sub(s, (size_t)n, s.n);
    }
    return true;
}

/* FCGX_FFlush returns 0 after a failed write too; only FCGX_GetError tells (STYLE.md §5, 13). */
static bool flushed(struct fcgi *f)
{
    (void)FCGX_FFlush(f->r.out);
    return FCGX_GetError(f->r.out) == 0;
}

static bool write_piece(void *ctx, struct str piece)
{
    struct fcgi *f = ctx;

    return put(f, piece) && FCGX_GetError(f->r.out) == 0;
}

static long read_body(void *ctx, char *p, size_t n)
{
    struct fcgi *f = ctx;
    int got = FCGX_GetStr(p, n > INT_MAX ? INT_MAX : (int)n, f->r.in);

    return got > 0 ? got : FCGX_GetError(f->r.in) != 0 ? -1 : 0;
}

struct fcgi *fcgi_open(struct arena *a, int io_ms)
{
    struct fcgi *f = arena_new_of(a, struct fcgi);
    struct str linger = str_fmt(a, "%d", FCGI_LINGER_MS);

    f->io_ms = io_ms;
    f->sink = (struct reply_sink){write_piece, f};
    /* Read once, by FCGX_Init; both are 2 s by default, and each slow peer would hold this process so long (STYLE.md §5, 9). */
    if (setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", str_z(a, linger), 1) != 0 ||
        setenv("LIBFCGI_IS_AF_UNIX_KEEPER_POLL_TIMEOUT", str_z(a, linger), 1) != 0)
        return NULL;
    if (FCGX_Init() != 0 || FCGX_InitRequest(&f->r, -1, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
        return NULL;
    return f;
}

bool fcgi_begin(struct fcgi *f, int fd)
{
    bool limited = set_time_limits(fd, f->io_ms, f->io_ms);

    /* With a connection in place FCGX_Accept_r reads instead of accepting; the listen socket -1 makes its own accept fail at once when
     * reading fails (STYLE.md §5, 19).  On failure it closes fd. */
    f->r.ipcFd = fd;
    f->r.keepConnection = 1;
    if (!limited || FCGX_Accept_r(&f->r) < 0) {
        if (f->r.ipcFd >= 0)
            FCGX_Free(&f->r, 1);
        return false;
    }
    f->r.keepConnection = 0; /* one request a connection, whatever the peer asks */
    return true;
}

enum err fcgi_fill(struct fcgi *f, struct request *req)
{
    struct pair pairs[FCGI_PARAMS_MAX];
    size_t n = 0, bytes = 0;

    req->content_length = -1;
    req->method = METHOD__MAX;
    req->source = (struct body_source){read_body, f};
    if (f->r.role != RESPONDER)
        return ERR_BAD_REQUEST;
    for (char **p = f->r.envp; *p != NULL; p++) {
        struct str one = str_of(*p);

        bytes += one.n;
        if (n == FCGI_PARAMS_MAX || bytes > FCGI_PARAMS_BYTES_MAX)
            return ERR_HEADERS_LARGE;
        (void)str_cut(str_dup(req->arena, one), '=', &pairs[n].name, &pairs[n].value);
        n++;
    }
    return request_fill(req, pairs, n);
}

static const char *reason(int status)
{
    static const struct {
        int status;
        const char *words;
    } known[] = {
        {200, "OK"},
        {303, "See Other"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {409, "Conflict"},
        {410, "Gone"},
        {413, "Content Too Large"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {503, "Service Unavailable"},
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].status == status)
            return known[i].words;
    }
    return "";
}

bool fcgi_send(struct fcgi *f, struct request *req, struct reply *rep)
{
    struct buf b = buf_new(rep->arena);
    int64_t length = rep->stream == NULL ? (int64_t)rep->body.n : rep->stream_length;

    buf_printf(&b, "Status: %d %s\r\n", rep->status, reason(rep->status));
    for (size_t i = 0; i < rep->n_headers; i++)
        buf_printf(&b, "%s: %.*s\r\n", rep->headers[i].name, STR_ARG(rep->headers[i].value));
    if (length >= 0)
        buf_printf(&b, "Content-Length: %lld\r\n", (long long)length);
    buf_addz(&b, "\r\n");
    rep->bytes = 0;
    if (!req->head && rep->stream == NULL) {
        buf_add(&b, rep->body); /* a page is one write */
        rep->bytes = (int64_t)rep->body.n;
    }
    if (!put(f, buf_str(&b)))
        return false;
    if (!req->head && rep->stream != NULL) {
        rep->out = &f->sink;
        /* The head is out: what fails now can only be cut short, which nginx sees by Content-Length. */
        if (rep->stream(req, rep, rep->stream_ctx) != ERR_OK ||
            (rep->stream_length >= 0 && rep->bytes != rep->stream_length))
            return false;
    }
    return flushed(f);
}

void fcgi_end(struct fcgi *f, struct request *req)
{
    char piece[DRAIN_PIECE];

    /* A refused upload: nginx would take a closed connection for a failure and lose the answer.  What it has sent is read, what it does
     * not send is not waited for. */
    if (req->source_left > 0 && set_time_limits(f->r.ipcFd, DRAIN_IDLE_MS, f->io_ms)) {
        while (request_read(req, piece, sizeof piece) > 0)
            ;
    }
    FCGX_Finish_r(&f->r);
}
