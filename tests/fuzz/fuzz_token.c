/* fuzz_token: values that only machines write: cookies, form tokens, ids, hexadecimal, base64url, numbers, and one-time codes.  One
 * spelling per value. */
#include <string.h>

#include "core/clock.h"
#include "core/session.h"
#include "core/token.h"
#include "core/totp.h"
#include "fuzz.h"

static void check_bytes(struct arena *a, struct str text)
{
    struct str bytes;

    if (str_unbase64url(a, text, &bytes))
        must(str_eq(str_base64url(a, bytes), text));
    if (str_unhex(a, text, &bytes))
        must(str_eq(str_hex(a, bytes), str_lower(a, text)));
    must(str_unbase64url(a, str_base64url(a, text), &bytes) && str_eq(bytes, text));
    must(str_unhex(a, str_hex(a, text), &bytes) && str_eq(bytes, text));
}

static void check_values(struct arena *a, struct str text)
{
    int64_t n, again;
    struct uuid u;

    if (uuid_parse(text, &u))
        must(str_eq(uuid_text(a, &u), str_lower(a, text)));
    if (str_int(text, -1000, INT64_MAX, &n)) {
        must(n >= -1000);
        must(str_int(str_fmt(a, "%lld", (long long)n), n, n, &again) && again == n);
    }
}

/* A form's token holds for this session, this route and every one of its characters. */
static void check_csrf(struct arena *a, const struct session *s, struct str input)
{
    struct str token = session_csrf(a, s, "r"), wrong = str_dup(a, token);
    size_t at = input.n % token.n;

    must(session_csrf_check(a, s, "r", token) && !session_csrf_check(a, s, "s", token));
    must(!session_csrf_check(a, s, "r", input));
    if (input.n == 0 || input.p[0] == token.p[at])
        return;
    memcpy((char *)(uintptr_t)wrong.p + at, input.p, 1);
    must(!session_csrf_check(a, s, "r", wrong));
}

void fuzz_one(struct arena *a, struct str input)
{
    static const unsigned char secret[TOTP_SECRET_BYTES] = {1};
    struct session *s = session_of_cookie(a, SESSION_USER, input);
    int64_t now = INT64_C(1793700000000000), step = 0;

    if (s != NULL)
        must(str_eq(session_cookie_text(a, s), input));
    else
        s = session_of_cookie(a, SESSION_PRE, STR("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
    check_csrf(a, s, input);
    check_bytes(a, input);
    check_values(a, input);
    if (totp_check(a, secret, input, now, &step))
        must(step >= now / 30000000 - 1 && step <= now / 30000000 + 1);
}
