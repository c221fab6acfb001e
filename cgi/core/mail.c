#include "core/mail.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/clock.h"
#include "core/token.h"

enum {
    SECONDS_CONNECT = 10,
    SECONDS_ALL = 30,
    PASSWORD_MAX = 1024,
    LINE_BYTES = 57,
    WORD_BYTES = 45,
    SMTP_PORT = 25,
    SMTPS_PORT = 465
};

/* --- message ---------------------------------------------------------------------------------- */

bool mail_address_ok(struct str address)
{
    size_t at = str_find(address, STR("@"), 0);
    char before = '.';

    if (at == SIZE_MAX || at == 0 || at > 64 || at + 1 >= address.n || address.n > 254 ||
        str_find(address, STR("@"), at + 1) != SIZE_MAX)
        return false;
    for (size_t i = 0; i < address.n; i++) {
        char c = address.p[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     (c != '\0' && strchr("-.", c) != NULL) ||
                     (i < at && c != '\0' && strchr("!#$%&'*+/=?^_`{|}~", c) != NULL) || i == at;

        /* no empty part: no dot at an end, and none beside another dot or the "@" */
        if (!plain || (c == '.' && (before == '.' || before == '@' || i + 1 == address.n)) ||
            (c == '@' && before == '.'))
            return false;
        before = c;
    }
    return true;
}

static void add_base64(struct buf *b, struct str s)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < s.n; i += 3) {
        size_t n = s.n - i < 3 ? s.n - i : 3;
        uint32_t v = (uint32_t)(unsigned char)s.p[i] << 16;

        v |= n > 1 ? (uint32_t)(unsigned char)s.p[i + 1] << 8 : 0;
        v |= n > 2 ? (uint32_t)(unsigned char)s.p[i + 2] : 0;
        buf_addc(b, digits[v >> 18]);
        buf_addc(b, digits[v >> 12 & 63]);
        buf_addc(b, n > 1 ? digits[v >> 6 & 63] : '=');
        buf_addc(b, n > 2 ? digits[v & 63] : '=');
    }
}

/* RFC 2047: words of at most 75 characters, none of which divides a character. */
static void add_header_text(struct buf *b, struct str text)
{
    size_t from = 0;

    while (from < text.n) {
        size_t to = from;
        size_t next = from;

        while (next < text.n) {
            (void)str_next(text, &next);
            if (next - from > WORD_BYTES)
                break;
            to = next;
        }
        buf_addz(b, from == 0 ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
        add_base64(b, str_sub(text, from, to - from));
        buf_addz(b, "?=");
        from = to;
    }
}

static bool header_text_ok(struct str text)
{
    if (!str_is_text(text) || text.n > 900)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        if ((unsigned char)text.p[i] < ' ' || text.p[i] == 0x7F)
            return false;
    }
    return true;
}

/* Lines end with CRLF inside the base64 too (RFC 2045, 6.8). */
static struct str wire_lines(struct arena *a, struct str body)
{
    struct str lf = str_fold_lines(a, body);
    struct buf b = buf_new(a);

    for (size_t i = 0; i < lf.n; i++) {
        if (lf.p[i] == '\n')
            buf_addc(&b, '\r');
        buf_addc(&b, lf.p[i]);
    }
    return buf_str(&b);
}

static void add_date(struct buf *b)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct civil t = clock_civil(clock_now());

    buf_printf(b, "Date: %s, %d %s %d %02d:%02d:%02d +0800\r\n", days[t.weekday], t.day,
               months[t.month - 1], t.year, t.hour, t.minute, t.second);
}

bool mail_message(struct arena *a, const struct config *config, struct str to, struct str subject,
                  struct str body, struct str *message)
{
    struct str from = config->mail_from;
    struct buf b = buf_new(a);
    unsigned char id[16];

    if (!mail_address_ok(to) || !mail_address_ok(from) || !header_text_ok(subject) ||
        !header_text_ok(config->organisation_zh) || !str_is_text(body))
        return false;
    token_random(id, sizeof id);
    add_date(&b);
    buf_addz(&b, "From: ");
    add_header_text(&b, config->organisation_zh);
    buf_printf(&b, " <%.*s>\r\nTo: <%.*s>\r\nSubject: ", STR_ARG(from), STR_ARG(to));
    add_header_text(&b, subject);

    struct str hex = str_hex(a, str_bytes(id, sizeof id));
    struct str domain = str_sub(from, str_find(from, STR("@"), 0), from.n);

    buf_printf(&b, "\r\nMessage-ID: <%.*s%.*s>\r\n", STR_ARG(hex), STR_ARG(domain));
    buf_addz(&b, "MIME-Version: 1.0\r\n"
                 "Content-Type: text/plain; charset=utf-8\r\n"
                 "Content-Transfer-Encoding: base64\r\n"
                 "Auto-Submitted: auto-generated\r\n\r\n"); /* RFC 3834: no answer by machines */

    struct str text = wire_lines(a, body);

    for (size_t i = 0; i < text.n; i += LINE_BYTES) {
        add_base64(&b, str_sub(text, i, LINE_BYTES));
        buf_addz(&b, "\r\n");
    }
    *message = buf_str(&b);
    return true;
}

/* --- server ----------------------------------------------------------------------------------- */

bool mail_on_loopback(struct str url)
{
    struct str rest = url;
    size_t at = str_find(url, STR("://"), 0);

    if (at != SIZE_MAX)
        rest = str_sub(url, at + 3, url.n);
    if (str_starts(rest, STR("[::1]")))
        rest = str_sub(rest, 5, rest.n);
    else if (str_starts(rest, STR("localhost")))
        rest = str_sub(rest, 9, rest.n);
    else {
        size_t n = 0;
        int64_t part;
        struct str host = rest;

        while (n < rest.n && rest.p[n] != ':' && rest.p[n] != '/')
            n++;
        host.n = n;
        rest = str_sub(rest, n, rest.n);
        for (int i = 0; i < 4; i++) { /* 127.a.b.c, written out in full */
            struct str one;
            bool dot = str_cut(host, '.', &one, &host);

            if (dot == (i == 3) || !str_int(one, i == 0 ? 127 : 0, i == 0 ? 127 : 255, &part))
                return false;
        }
    }
    return str_empty(rest) || rest.p[0] == ':' || rest.p[0] == '/';
}

uint16_t mail_port(struct str url)
{
    struct str rest = url;
    size_t at = str_find(url, STR("://"), 0);
    int64_t port;

    if (at != SIZE_MAX)
        rest = str_sub(url, at + 3, url.n);
    (void)str_cut(rest, '/', &rest, &(struct str){NULL, 0});
    at = str_find(rest, STR("]"), 0); /* the colons of an address stand before it */
    at = str_find(rest, STR(":"), at == SIZE_MAX ? 0 : at);
    if (at != SIZE_MAX && str_int(str_sub(rest, at + 1, rest.n), 1, UINT16_MAX, &port))
        return (uint16_t)port;
    return str_starts(url, STR("smtps:")) ? SMTPS_PORT : SMTP_PORT;
}

struct upload {
    struct str rest; /* what has not been read yet */
};

static size_t give(char *p, size_t size, size_t count, void *userdata)
{
    struct upload *u = userdata;
    size_t n = size * count < u->rest.n ? size * count : u->rest.n;

    if (n > 0)
        memcpy(p, u->rest.p, n);
    u->rest = str_sub(u->rest, n, u->rest.n);
    return n;
}

/* First line of the password file, in memory that is wiped; NULL when it cannot be read. */
static char *read_password(struct arena *a, struct str path)
{
    char *password = arena_secret(a, PASSWORD_MAX);
    FILE *f = fopen(str_z(a, path), "re");
    bool ok;

    if (f == NULL)
        return NULL;
    (void)setvbuf(f, NULL, _IONBF, 0); /* no copy in a buffer of the library */
    ok = fgets(password, PASSWORD_MAX, f) != NULL;
    (void)fclose(f);
    password[strcspn(password, "\r\n")] = '\0';
    return ok ? password : NULL;
}

static bool sign_in(struct arena *a, CURL *curl, const struct config *config)
{
    if (str_empty(config->smtp_user))
        return true;

    const char *password = read_password(a, config->smtp_password_file);

    return password != NULL &&
           curl_easy_setopt(curl, CURLOPT_USERNAME, str_z(a, config->smtp_user)) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PASSWORD, password) == CURLE_OK;
}

static bool set_transport(struct arena *a, CURL *curl, const struct config *config)
{
    long tls = mail_on_loopback(config->smtp_url) ? (long)CURLUSESSL_TRY : (long)CURLUSESSL_ALL;

    return curl_easy_setopt(curl, CURLOPT_URL, str_z(a, config->smtp_url)) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_USE_SSL, tls) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
           (str_empty(config->smtp_ca_file) ||
            curl_easy_setopt(curl, CURLOPT_CAINFO, str_z(a, config->smtp_ca_file)) == CURLE_OK) &&
           curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)SECONDS_CONNECT) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)SECONDS_ALL) == CURLE_OK;
}

/* 55x about this message or address is for good; 500 to 504 and 53x speak of our dialogue and our password, and any number at the greeting,
 * at EHLO or at signing in speaks of the server.  libcurl says SEND_ERROR for MAIL, RCPT and DATA, and WEIRD_SERVER_REPLY both for the
 * greeting and for the answer to the text.  begun: some of the text was sent. */
static enum mail_outcome outcome_of(CURL *curl, CURLcode rc, bool begun)
{
    long code = 0;

    if (rc == CURLE_OK)
        return MAIL_SENT;
    if (rc != CURLE_SEND_ERROR && !(rc == CURLE_WEIRD_SERVER_REPLY && begun))
        return MAIL_TRY_LATER;
    if (curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code) != CURLE_OK)
        return MAIL_TRY_LATER;
    return code >= 550 && code <= 559 ? MAIL_REFUSED : MAIL_TRY_LATER;
}

enum mail_outcome mail_send(struct arena *a, const struct config *config, struct str to,
                            struct str subject, struct str body)
{
    struct upload upload;
    size_t length;
    CURLcode rc;
    enum mail_outcome outcome = MAIL_TRY_LATER;
    struct curl_slist *rcpt = NULL;
    CURL *curl = NULL;

    if (!mail_message(a, config, to, subject, body, &upload.rest))
        return MAIL_REFUSED;
    length = upload.rest.n;
    if (str_empty(config->smtp_url))
        return MAIL_TRY_LATER;
    curl = curl_easy_init();
    rcpt = curl_slist_append(NULL, str_z(a, str_fmt(a, "<%.*s>", STR_ARG(to))));
    if (curl == NULL || rcpt == NULL || !set_transport(a, curl, config) ||
        !sign_in(a, curl, config))
        goto out;
    if (curl_easy_setopt(curl, CURLOPT_MAIL_FROM,
                         str_z(a, str_fmt(a, "<%.*s>", STR_ARG(config->mail_from)))) != CURLE_OK ||
        curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, rcpt) != CURLE_OK ||
        curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L) != CURLE_OK ||
        curl_easy_setopt(curl, CURLOPT_READFUNCTION, give) != CURLE_OK ||
        curl_easy_setopt(curl, CURLOPT_READDATA, &upload) != CURLE_OK)
        goto out;
    rc = curl_easy_perform(curl);
    outcome = outcome_of(curl, rc, upload.rest.n < length);
out:
    curl_slist_free_all(rcpt);
    curl_easy_cleanup(curl);
    return outcome;
}
