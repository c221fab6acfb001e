#include "core/request.h"

#include <arpa/inet.h>
#include <string.h>

#include "core/arena.h"
#include "core/locale.h"
#include "core/serve.h"

enum { COOKIES_MAX = 32 };

/* ---- what nginx sends ---- */

enum name {
    NAME_METHOD,
    NAME_URI,
    NAME_TYPE,
    NAME_LENGTH,
    NAME_ORIGIN,
    NAME_FETCH_SITE,
    NAME_ACCEPT,
    NAME_LANGUAGE,
    NAME_COOKIE,
    NAME_CLIENT,
    NAME__MAX
};

static const char *const names[NAME__MAX] = {
    [NAME_METHOD] = "REQUEST_METHOD", [NAME_URI] = "REQUEST_URI",
    [NAME_TYPE] = "CONTENT_TYPE",     [NAME_LENGTH] = "CONTENT_LENGTH",
    [NAME_ORIGIN] = "HTTP_ORIGIN",    [NAME_FETCH_SITE] = "HTTP_SEC_FETCH_SITE",
    [NAME_ACCEPT] = "HTTP_ACCEPT",    [NAME_LANGUAGE] = "HTTP_ACCEPT_LANGUAGE",
    [NAME_COOKIE] = "HTTP_COOKIE",    [NAME_CLIENT] = "AIDDESK_CLIENT",
};

static enum err collect(const struct pair *params, size_t n, struct str values[NAME__MAX])
{
    bool seen[NAME__MAX] = {false};

    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < NAME__MAX; k++) {
            if (!str_eqz(params[i].name, names[k]))
                continue;
            if (seen[k])
                return ERR_BAD_REQUEST;
            seen[k] = true;
            values[k] = params[i].value;
        }
    }
    return ERR_OK;
}

static enum err take_uri(struct request *req, struct str uri)
{
    (void)str_cut(uri, '?', &req->path, &req->query);
    if (!str_starts(req->path, STR("/")))
        return ERR_BAD_REQUEST;
    for (size_t i = 0; i < req->path.n; i++) {
        if (req->path.p[i] <= ' ' || req->path.p[i] > '~')
            return ERR_BAD_REQUEST;
    }
    return ERR_OK;
}

static void take_cookies(struct request *req, struct str header)
{
    req->cookies = arena_array(req->arena, COOKIES_MAX, sizeof(struct pair));
    while (header.n != 0 && req->n_cookies < COOKIES_MAX) {
        struct pair *cookie = &req->cookies[req->n_cookies];
        struct str one;

        (void)str_cut(header, ';', &one, &header);
        if (!str_cut(str_trim(one), '=', &cookie->name, &cookie->value))
            continue;
        req->n_cookies++;
    }
}

/* Weight of a media range in thousandths: its `q`, 1000 without one. */
static int weight(struct str parameters)
{
    while (parameters.n != 0) {
        struct str one;
        int value = 0, scale = 1000;
        bool point = false;

        (void)str_cut(parameters, ';', &one, &parameters);
        one = str_trim(one);
        if (!str_starts(one, STR("q=")) && !str_starts(one, STR("Q=")))
            continue;
        for (size_t i = 2; i < one.n && scale > 0; i++) {
            if (one.p[i] == '.' && !point) {
                point = true;
            } else if (one.p[i] >= '0' && one.p[i] <= '9') {
                value += (one.p[i] - '0') * scale;
                scale /= 10;
            } else {
                return 0;
            }
        }
        return value;
    }
    return 1000;
}

/* JSON only for who names it, and not less than HTML: browsers never do. */
static bool prefers_json(struct arena *a, struct str accept)
{
    int json = 0, html = 0;

    while (accept.n != 0) {
        struct str one, type, parameters;
        int w;

        (void)str_cut(accept, ',', &one, &accept);
        (void)str_cut(one, ';', &type, &parameters);
        type = str_lower(a, str_trim(type));
        w = weight(parameters);
        if (str_eqz(type, "application/json") || str_eqz(type, "application/problem+json"))
            json = w > json ? w : json;
        else if (str_eqz(type, "text/html"))
            html = w;
    }
    return json > 0 && json >= html;
}

struct str request_network(struct arena *a, struct str address, unsigned bits_v4, unsigned bits_v6)
{
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    unsigned char bytes[16];
    char text[INET6_ADDRSTRLEN];
    const char *z = str_z(a, address);

    int family = AF_INET6;
    unsigned bits = bits_v6;

    if (inet_pton(AF_INET, z, bytes) == 1) {
        family = AF_INET;
    } else if (inet_pton(AF_INET6, z, bytes) != 1) {
        return (struct str){NULL, 0};
    } else if (memcmp(bytes, mapped, sizeof mapped) == 0) {
        memmove(bytes, bytes + sizeof mapped, 4);
        family = AF_INET;
    }
    if (family == AF_INET)
        bits = bits_v4;
    for (size_t i = bits / 8; i < (family == AF_INET ? 4U : 16U); i++)
        bytes[i] = 0;
    if (inet_ntop(family, bytes, text, sizeof text) == NULL)
        return (struct str){NULL, 0};
    return str_fmt(a, "%s/%u", text, bits);
}

static void take_client(struct request *req, struct str address)
{
    struct str net = request_network(req->arena, address, 24, 48);

    req->client_network = request_network(req->arena, address, 24, 56);
    req->log_network = net.n != 0 ? str_z(req->arena, net) : NULL;
}

enum err request_fill(struct request *req, const struct pair *params, size_t n)
{
    struct str v[NAME__MAX] = {{NULL, 0}};
    enum err err = collect(params, n, v);

    req->content_length = -1;
    req->method = METHOD__MAX;
    if (err != ERR_OK)
        return err;
    req->head = str_eqz(v[NAME_METHOD], "HEAD");
    if (req->head || str_eqz(v[NAME_METHOD], "GET"))
        req->method = METHOD_GET;
    else if (str_eqz(v[NAME_METHOD], "POST"))
        req->method = METHOD_POST;
    req->content_type = v[NAME_TYPE];
    req->origin = v[NAME_ORIGIN];
    req->fetch_site = v[NAME_FETCH_SITE];
    req->wants_json = prefers_json(req->arena, v[NAME_ACCEPT]);
    req->accept_language = v[NAME_LANGUAGE];
    take_client(req, v[NAME_CLIENT]);
    take_cookies(req, v[NAME_COOKIE]);
    if (v[NAME_LENGTH].n != 0 && !str_int(v[NAME_LENGTH], 0, INT64_MAX, &req->content_length))
        return ERR_BAD_REQUEST;
    req->source_left = req->content_length > 0 ? req->content_length : 0;
    return take_uri(req, v[NAME_URI]);
}

/* ---- what handlers ask ---- */

long request_read(struct request *req, char *p, size_t n)
{
    long got;

    if (req->source_left == 0 || n == 0)
        return 0;
    if ((uint64_t)n > (uint64_t)req->source_left)
        n = (size_t)req->source_left;
    if (req->source.read == NULL) { /* a test filled `body` */
        if ((uint64_t)req->source_left > req->body.n)
            return -1;
        memcpy(p, req->body.p + (req->body.n - (size_t)req->source_left), n);
        got = (long)n;
    } else {
        got = req->source.read(req->source.ctx, p, n);
    }
    if (got <= 0)
        return -1; /* cut short: to libfcgi an ordinary end of file (STYLE.md §fcgi 8) */
    req->source_left -= got;
    return got;
}

struct str request_cookie_name(const struct request *req, const char *name)
{
    struct str origin = req->app->config.public_origin;
    struct str host, port;

    if (!req->app->config.loopback_plain)
        return str_fmt(req->arena, "__Host-%s", name);
    host = origin;
    if (str_find(origin, STR("://"), 0) != SIZE_MAX)
        host = str_sub(origin, str_find(origin, STR("://"), 0) + 3, origin.n);
    port = STR("80");
    for (size_t i = host.n; i > 0; i--) { /* the last colon: [::1]:8080 has more */
        if (host.p[i - 1] == ']')
            break;
        if (host.p[i - 1] == ':') {
            port = str_sub(host, i, host.n);
            break;
        }
    }
    return str_fmt(req->arena, "%s-%.*s", name, STR_ARG(port));
}

struct str request_cookie(const struct request *req, const char *name)
{
    struct str full = request_cookie_name(req, name);
    struct str found = {NULL, 0};
    size_t times = 0;

    for (size_t i = 0; i < req->n_cookies; i++) {
        if (str_eq(req->cookies[i].name, full)) {
            found = req->cookies[i].value;
            times++;
        }
    }
    return times == 1 ? found : (struct str){NULL, 0};
}

bool request_same_origin(const struct request *req)
{
    if (req->fetch_site.n != 0)
        return str_eqz(req->fetch_site, "same-origin");
    return req->origin.n != 0 && str_eq(req->origin, req->app->config.public_origin);
}

const char *request_lang(const struct request *req)
{
    return req->locale != NULL ? locale_code(req->locale) : "zh-CN";
}
