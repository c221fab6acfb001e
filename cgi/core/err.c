#include "core/err.h"

#include <assert.h>
#include <string.h>

static const struct err_row rows[ERR__MAX] = {
    /* Not an error; its sentence is never shown, and if it were, that would be our bug. */
    [ERR_OK] = {"ok", 200, "error.internal", BLAME_OURS, NULL},
    [ERR_BAD_REQUEST] = {"bad_request", 400, "error.bad_request", BLAME_CLIENT, NULL},
    [ERR_PARAM_REPEATED] = {"param_repeated", 400, "error.param_repeated", BLAME_CLIENT, NULL},
    [ERR_PARAM_UNKNOWN] = {"param_unknown", 400, "error.param_unknown", BLAME_CLIENT, NULL},
    [ERR_FORM] = {"form", 422, "error.form", BLAME_CLIENT, NULL},
    [ERR_TOO_LARGE] = {"too_large", 413, "error.too_large", BLAME_CLIENT, NULL},
    [ERR_HEADERS_LARGE] = {"headers_large", 431, "error.headers_large", BLAME_CLIENT, NULL},
    [ERR_NOT_FOUND] = {"not_found", 404, "error.not_found", BLAME_CLIENT, "UD002"},
    [ERR_METHOD] = {"method", 405, "error.method", BLAME_CLIENT, NULL},
    [ERR_CSRF] = {"csrf", 403, "error.csrf", BLAME_CLIENT, NULL},
    [ERR_SIGNED_OUT] = {"signed_out", 401, "error.signed_out", BLAME_CLIENT, "UD001"},
    /* Same status and sentence as NOT_FOUND; only the log sees the difference. */
    [ERR_ROLE] = {"role", 404, "error.not_found", BLAME_CLIENT, "UD003"},
    [ERR_FACTOR] = {"factor", 403, "error.factor", BLAME_CLIENT, "UD004"},
    [ERR_DRAFT] = {"draft", 410, "error.draft", BLAME_CLIENT, "UD005"},
    [ERR_CODE] = {"code", 404, "error.code", BLAME_CLIENT, "UD006"},
    [ERR_LINK] = {"link", 410, "error.link", BLAME_CLIENT, "UD007"},
    [ERR_CREDENTIALS] = {"credentials", 422, "error.credentials", BLAME_CLIENT, "UD008"},
    [ERR_TOO_MANY] = {"too_many", 429, "error.too_many", BLAME_BUSY, "UD010"},
    [ERR_LIMIT] = {"limit", 422, "error.limit", BLAME_CLIENT, "UD011"},
    [ERR_BUDGET] = {"budget", 429, "error.budget", BLAME_BUSY, "UD012"},
    [ERR_CLASH] = {"clash", 409, "error.clash", BLAME_BUSY, "UD020"},
    [ERR_TRANSITION] = {"transition", 409, "error.transition", BLAME_CLIENT, "UD021"},
    [ERR_GUARD] = {"guard", 422, "error.guard", BLAME_CLIENT, "UD022"},
    /* Repeated by the handler; reaches a person only when it gives up, as "busy". */
    [ERR_RECIPIENTS] = {"recipients", 503, "error.recipients", BLAME_BUSY, "UD023"},
    [ERR_TAKEN] = {"taken", 409, "error.taken", BLAME_BUSY, "UD024"},
    [ERR_DONE] = {"done", 409, "error.done", BLAME_CLIENT, "UD025"},
    [ERR_NAME_TAKEN] = {"name_taken", 422, "error.name_taken", BLAME_CLIENT, "UD026"},
    [ERR_FIELD] = {"field", 422, "error.field", BLAME_CLIENT, "UD030"},
    [ERR_VOCABULARY] = {"vocabulary", 422, "error.vocabulary", BLAME_CLIENT, "UD031"},
    [ERR_CONFLICT] = {"conflict", 404, "error.not_found", BLAME_CLIENT, "UD040"},
    [ERR_WAITING_KEY] = {"waiting_key", 409, "error.waiting_key", BLAME_BUSY, "UD041"},
    [ERR_QUOTA] = {"quota", 429, "error.quota", BLAME_BUSY, "UD042"},
    [ERR_LAST_COORDINATOR] = {"last_coordinator", 409, "error.last_coordinator", BLAME_CLIENT,
                              "UD043"},
    [ERR_SLOT] = {"slot", 503, "error.slot", BLAME_BUSY, NULL},
    [ERR_BUSY] = {"busy", 503, "error.busy", BLAME_BUSY, NULL},
    [ERR_UNCONFIRMED] = {"unconfirmed", 503, "error.unconfirmed", BLAME_BUSY, NULL},
    [ERR_UNAVAILABLE] = {"unavailable", 503, "error.unavailable", BLAME_OURS, NULL},
    [ERR_DAMAGED] = {"damaged", 500, "error.damaged", BLAME_OURS, NULL},
    [ERR_RANGE] = {"range", 500, "error.range", BLAME_OURS, NULL},
    [ERR_INTERNAL] = {"internal", 500, "error.internal", BLAME_OURS, NULL},
};

const struct err_row *err_row(enum err e)
{
    assert((unsigned)e < ERR__MAX);
    return &rows[(unsigned)e < ERR__MAX ? e : ERR_INTERNAL];
}

enum err err_of_sqlstate(const char *sqlstate)
{
    if (sqlstate == NULL)
        return ERR_INTERNAL;
    for (unsigned e = 0; e < ERR__MAX; e++) {
        if (rows[e].sqlstate != NULL && strcmp(rows[e].sqlstate, sqlstate) == 0)
            return (enum err)e;
    }
    return ERR_INTERNAL;
}

enum err err_shown(enum err e)
{
    return e == ERR_ROLE || e == ERR_CONFLICT ? ERR_NOT_FOUND : e;
}
