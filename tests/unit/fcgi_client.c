#include "fcgi_client.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

int fcgi_connect(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval limit = {20, 0};

    memcpy(address.sun_path, path, strlen(path));
    for (int tries = 0; tries < 500; tries++) {
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0) {
            (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
            (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
            return fd;
        }
        (void)close(fd);
        (void)usleep(10000);
    }
    return -1;
}

void fcgi_record(struct buf *b, int type, struct str content)
{
    do {
        struct str piece = str_sub(content, 0, 65528);
        const char head[8] = {1, (char)type, 0, 1, (char)(piece.n >> 8), (char)(piece.n & 0xFF)};

        buf_add(b, str_bytes(head, sizeof head));
        buf_add(b, piece);
        content = str_sub(content, piece.n, content.n);
    } while (content.n != 0);
}

void fcgi_begin_record(struct buf *b)
{
    fcgi_record(b, FCGI_BEGIN, str_bytes("\0\1\1\0\0\0\0\0", 8));
}

static void add_length(struct buf *b, size_t n)
{
    if (n >= 0x80) {
        buf_addc(b, (char)(0x80 | (n >> 24)));
        buf_addc(b, (char)(n >> 16));
        buf_addc(b, (char)(n >> 8));
    }
    buf_addc(b, (char)n);
}

void fcgi_pair(struct buf *b, const char *name, struct str value)
{
    add_length(b, strlen(name));
    add_length(b, value.n);
    buf_addz(b, name);
    buf_add(b, value);
}

struct str fcgi_request(struct arena *a, const char *method, const char *uri, const char *more_name,
                        const char *more_value, struct str body, size_t announced)
{
    struct buf params = buf_new(a), b = buf_new(a);

    fcgi_pair(&params, "REQUEST_METHOD", str_of(method));
    fcgi_pair(&params, "REQUEST_URI", str_of(uri));
    fcgi_pair(&params, "HTTP_SEC_FETCH_SITE", STR("same-origin"));
    fcgi_pair(&params, "AIDDESK_CLIENT", STR("203.0.113.9"));
    if (announced != 0) {
        fcgi_pair(&params, "CONTENT_TYPE", STR("application/x-www-form-urlencoded"));
        fcgi_pair(&params, "CONTENT_LENGTH", str_fmt(a, "%zu", announced));
    }
    if (more_name != NULL)
        fcgi_pair(&params, more_name, str_of(more_value));
    fcgi_begin_record(&b);
    fcgi_record(&b, FCGI_PARAMS, buf_str(&params));
    fcgi_record(&b, FCGI_PARAMS, STR(""));
    if (body.n != 0)
        fcgi_record(&b, FCGI_STDIN, body);
    fcgi_record(&b, FCGI_STDIN, STR(""));
    return buf_str(&b);
}

bool fcgi_write(int fd, struct str bytes)
{
    while (bytes.n != 0) {
        ssize_t n = send(fd, bytes.p, bytes.n, MSG_NOSIGNAL);

        if (n <= 0)
            return false;
        bytes = str_sub(bytes, (size_t)n, bytes.n);
    }
    return true;
}

/* Splits the records into standard output and end. */
static void parse(struct arena *a, struct str bytes, struct fcgi_answer *out)
{
    struct buf stdout_bytes = buf_new(a);
    struct str all;
    size_t at;

    while (bytes.n >= 8) {
        size_t n = (size_t)(unsigned char)bytes.p[4] << 8 | (unsigned char)bytes.p[5];
        size_t padding = (unsigned char)bytes.p[6];

        if (bytes.p[1] == FCGI_STDOUT)
            buf_add(&stdout_bytes, str_sub(bytes, 8, n));
        if (bytes.p[1] == FCGI_END)
            out->ended = true;
        bytes = str_sub(bytes, 8 + n + padding, bytes.n);
    }
    all = buf_str(&stdout_bytes);
    at = str_find(all, STR("\r\n\r\n"), 0);
    if (at == SIZE_MAX || !str_starts(all, STR("Status: ")))
        return;
    out->status = atoi(str_z(a, str_sub(all, 8, 3)));
    out->head = str_sub(all, 0, at + 2);
    out->body = str_sub(all, at + 4, all.n);
}

struct fcgi_answer fcgi_read(struct arena *a, int fd, unsigned pause_us)
{
    struct fcgi_answer out = {0};
    struct buf b = buf_new(a);
    ssize_t n;

    do {
        n = read(fd, buf_room(&b, 65536), 65536);
        if (n > 0)
            buf_grew(&b, (size_t)n);
        if (pause_us != 0)
            (void)usleep(pause_us);
    } while (n > 0);
    out.closed = n == 0;
    parse(a, buf_str(&b), &out);
    return out;
}

struct fcgi_answer fcgi_ask(struct arena *a, const char *path, struct str request)
{
    struct fcgi_answer out = {0};
    int fd = fcgi_connect(path);

    if (fd < 0)
        return out;
    if (fcgi_write(fd, request))
        out = fcgi_read(a, fd, 0);
    (void)close(fd);
    return out;
}
