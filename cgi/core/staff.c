#include "core/staff.h"

#include <string.h>

#include "core/arena.h"
#include "core/db.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/serve.h"
#include "core/session.h"

struct entry {
    const char *href;
    const char *label; /* locale key */
    unsigned who;      /* who sees it */
};

static const struct entry entries[] = {
    {"/desk", "shared.nav.work", WHO_STAFF},
    {"/desk/cases", "shared.nav.cases", WHO_STAFF},
    {"/account/people", "shared.nav.people", WHO_COORDINATOR},
    {"/reports", "shared.nav.reports", WHO_USER},
    {"/exports", "shared.nav.exports", WHO_COORDINATOR | WHO_REGULATOR},
};

static unsigned bits_of(const struct staff *s)
{
    if (!s->full_rights)
        return WHO_PRE;
    if (s->must_enrol)
        return WHO_ENROL;
    if (str_eqz(s->role, "coordinator"))
        return WHO_COORDINATOR;
    if (str_eqz(s->role, "regulator"))
        return WHO_REGULATOR;
    return WHO_VOLUNTEER;
}

static const char *log_name(unsigned who)
{
    if ((who & WHO_COORDINATOR) != 0)
        return "coordinator";
    if ((who & WHO_REGULATOR) != 0)
        return "regulator";
    return (who & WHO_VOLUNTEER) != 0 ? "volunteer" : "signing-in";
}

static struct staff *staff_of_row(struct arena *a, const struct db_rows *rows)
{
    struct staff *s = arena_new_of(a, struct staff);

    s->id = db_uuid(rows, 0, "app_user");
    s->login = db_text(rows, 0, "login");
    s->display_name = db_text(rows, 0, "display_name");
    s->role = db_text(rows, 0, "role");
    s->full_rights = db_bool(rows, 0, "full_rights");
    s->has_totp = db_bool(rows, 0, "has_totp");
    s->factor_codes_left = db_int(rows, 0, "factor_codes_left");
    s->must_enrol = db_bool(rows, 0, "must_enrol");
    s->key_version = db_int(rows, 0, "key_version");
    s->wrapped_key = db_bytes(rows, 0, "wrapped_key");
    s->public_key = db_bytes(rows, 0, "public_key");
    return s;
}

enum err staff_of_session(struct request *req, struct session *session)
{
    const char *function =
        str_z(req->arena, str_fmt(req->arena, "%s.session_check", req->app->program->name));
    struct db_rows *rows = NULL;
    struct staff *staff;
    enum err err;

    err = db_write(req->db, function, &rows, DB_BYTES("p_session", session_bearer(session)));
    if (err == ERR_SIGNED_OUT || (err == ERR_OK && db_count(rows) != 1))
        return ERR_OK;
    if (err != ERR_OK)
        return err;
    staff = staff_of_row(req->arena, rows);
    session->user = staff->id;
    req->session = session;
    req->csrf_session = session;
    req->staff = staff;
    req->who |= bits_of(staff);
    req->role = log_name(req->who);
    return ERR_OK;
}

enum err staff_identify(struct request *req)
{
    struct session *session =
        session_of_cookie(req->arena, SESSION_USER, request_cookie(req, "sid"));

    return session == NULL ? ERR_OK : staff_of_session(req, session);
}

/* The longest address that the present path begins with is the current one. */
static size_t current_entry(const struct request *req)
{
    size_t best = SIZE_MAX, length = 0;

    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        struct str href = str_of(entries[i].href);

        if (href.n > length && str_starts(req->path, href) &&
            (req->path.n == href.n || req->path.p[href.n] == '/')) {
            best = i;
            length = href.n;
        }
    }
    return best;
}

enum err staff_decorate(struct request *req, json_t *model)
{
    json_t *user, *nav, *csrf;
    size_t current = current_entry(req);

    if (req->staff == NULL || !req->staff->full_rights)
        return ERR_OK;
    user = json_object();
    json_set_str(user, "name", req->staff->display_name);
    json_set_new(model, "user", user);
    nav = json_array();
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        json_t *item;

        if ((entries[i].who & req->who) == 0)
            continue;
        item = json_object();
        json_set_z(item, "href", entries[i].href);
        json_set_str(item, "label", locale_textz(req->arena, req->locale, entries[i].label));
        json_set_bool(item, "current", i == current);
        (void)json_array_append_new(nav, item);
    }
    json_set_new(model, "nav", nav);
    csrf = json_object_get(model, "csrf");
    if (csrf == NULL) {
        csrf = json_object();
        json_set_new(model, "csrf", csrf);
    }
    json_set_str(csrf, "logout", session_csrf(req->arena, req->session, "logout"));
    return ERR_OK;
}

enum err staff_secret(struct request *req, const unsigned char **secret_key)
{
    struct session *s = req->session;

    if (s == NULL || req->staff == NULL)
        return ERR_SIGNED_OUT;
    if (!s->have_secret) {
        enum err err =
            session_unwrap(req->arena, s, &req->staff->id, (uint32_t)req->staff->key_version,
                           req->staff->wrapped_key, s->secret_key);

        if (err != ERR_OK)
            return err;
        s->have_secret = true;
    }
    *secret_key = s->secret_key;
    return ERR_OK;
}

bool staff_is(const struct request *req, const char *role)
{
    return req->staff != NULL && str_eqz(req->staff->role, role);
}
