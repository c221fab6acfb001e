/* aiddesk-report: the route table (DESIGN.md §3, §5). */
#include "core/serve.h"
#include "core/staff.h"
#include "report/report.h"

enum { FORM_MAX = 65536 };
#define WHO_EXPORTS (WHO_COORDINATOR | WHO_REGULATOR)

static const struct route routes[] = {
    {.name = "platforms",
     .method = METHOD_GET,
     .path = "/platforms",
     .who = WHO_ANYONE,
     .handler = platforms_show},
    {.name = "platform",
     .method = METHOD_GET,
     .path = "/platforms/{id}",
     .who = WHO_ANYONE,
     .params = platform_params,
     .handler = platform_show},
    {.name = "platform_csv",
     .method = METHOD_GET,
     .path = "/platforms/{id}/csv/{measure}",
     .who = WHO_ANYONE,
     .params = platform_csv_params,
     .handler = platform_csv},
    {.name = "reports",
     .method = METHOD_GET,
     .path = "/reports",
     .who = WHO_USER,
     .handler = reports_show},
    {.name = "reports_platforms",
     .method = METHOD_GET,
     .path = "/reports/platforms",
     .who = WHO_USER,
     .handler = reports_platforms},
    {.name = "reports_platform",
     .method = METHOD_GET,
     .path = "/reports/platforms/{id}",
     .who = WHO_USER,
     .params = platform_params,
     .handler = reports_platform},
    {.name = "reports_platform_csv",
     .method = METHOD_GET,
     .path = "/reports/platforms/{id}/csv/{measure}",
     .who = WHO_USER,
     .params = platform_csv_params,
     .handler = platform_csv},
    {.name = "reports_csv",
     .method = METHOD_GET,
     .path = "/reports/csv/{measure}",
     .who = WHO_USER,
     .params = reports_csv_params,
     .handler = reports_csv},
    {.name = "exports",
     .method = METHOD_GET,
     .path = "/exports",
     .who = WHO_EXPORTS,
     .handler = exports_show},
    {.name = "export_ask",
     .method = METHOD_POST,
     .path = "/exports",
     .who = WHO_EXPORTS,
     .body_max = FORM_MAX,
     .params = export_params,
     .handler = export_ask,
     .page = exports_show},
    {.name = "export_key",
     .method = METHOD_GET,
     .path = "/exports/key",
     .who = WHO_ANYONE,
     .handler = export_key},
    {.name = "export_key_pem",
     .method = METHOD_GET,
     .path = "/exports/key.pem",
     .who = WHO_ANYONE,
     .handler = export_key_pem},
    {.name = "export",
     .method = METHOD_GET,
     .path = "/exports/{id}",
     .who = WHO_EXPORTS,
     .params = export_path_params,
     .handler = export_show},
    {.name = "export_file",
     .method = METHOD_GET,
     .path = "/exports/{id}/{name}",
     .who = WHO_EXPORTS,
     .params = export_file_params,
     .handler = export_download},
};

static const char *const views[] = {"report", NULL};
static const char *const locales[] = {"report", NULL};
static const char *const key_names[] = {"export.public", NULL};
static const char *const cookies[] = {"sid", "rpre", "lang", NULL};

static const struct program program = {
    .name = "report",
    .routes = routes,
    .n_routes = sizeof routes / sizeof routes[0],
    .views = views,
    .locales = locales,
    .key_names = key_names,
    .cookies = cookies,
    .pre_cookie = "rpre",
    .identify = staff_identify,
    .decorate = staff_decorate,
};

int main(int argc, char **argv)
{
    return serve_main(&program, argc, argv);
}
