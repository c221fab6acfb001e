/* fuzz_request: what nginx passes on, one "NAME: value" a line: method, path, cookies, lengths, origins, languages, addresses. */
#include <string.h>

#include "core/form.h"
#include "core/locale.h"
#include "core/serve.h"
#include "fuzz.h"

enum { LINES_MAX = 16 };

static struct app app = {
    .config = {.public_origin = {"http://127.0.0.1:8080", 21}, .loopback_plain = true}};

static void check_network(struct arena *a, struct str network)
{
    struct str address, bits;

    if (network.n == 0)
        return;
    must(str_cut(network, '/', &address, &bits));
    must(str_eqz(bits, "24") || str_eqz(bits, "56"));
    must(str_eq(request_network(a, address, 24, 56), network));
}

static void check_filled(struct request *req)
{
    size_t sids = 0;

    must(str_starts(req->path, STR("/")));
    for (size_t i = 0; i < req->path.n; i++)
        must(req->path.p[i] > ' ' && req->path.p[i] <= '~' && req->path.p[i] != '?');
    must(req->content_length >= -1 && req->source_left >= 0);
    must(req->source_left == 0 || req->source_left == req->content_length);
    must(!req->head || req->method == METHOD_GET);
    must(req->n_cookies <= 32);
    for (size_t i = 0; i < req->n_cookies; i++) {
        must(req->cookies[i].value.n == 0 ||
             memchr(req->cookies[i].value.p, ';', req->cookies[i].value.n) == NULL);
        sids += str_eqz(req->cookies[i].name, "sid-8080");
    }
    must(sids == 1 || request_cookie(req, "sid").n == 0);
    if (request_same_origin(req))
        must(str_eqz(req->fetch_site, "same-origin") ||
             (req->fetch_site.n == 0 && str_eq(req->origin, app.config.public_origin)));
    check_network(req->arena, req->client_network);
}

void fuzz_one(struct arena *a, struct str input)
{
    const struct locales *all = fuzz_locales();
    struct request req = {.arena = a, .app = &app};
    struct pair pairs[LINES_MAX];
    const struct locale *l;
    size_t n = 0;

    while (input.n != 0 && n < LINES_MAX) {
        struct str line;

        (void)str_cut(input, '\n', &line, &input);
        (void)str_cut(line, ':', &pairs[n].name, &pairs[n].value);
        pairs[n].value = str_trim(pairs[n].value);
        n++;
    }
    if (request_fill(&req, pairs, n) == ERR_OK)
        check_filled(&req);
    l = locale_match(all, req.accept_language);
    must(l == locale_get(all, str_of(locale_code(l))));
}
