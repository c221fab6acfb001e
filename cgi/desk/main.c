/* aiddesk-desk: the route table (DESIGN.md §3, §5). */
#include "core/serve.h"
#include "core/staff.h"
#include "desk/desk.h"

enum {
    FORM_MAX = 131072,
    UPLOAD_MAX = 27262976 /* a 25 MB file and its form */
};

/* A flat table, one route a row. */
/* clang-format off */
static const struct route routes[] = {
    {.name = "home", .method = METHOD_GET, .path = "/desk", .who = WHO_STAFF,
     .handler = home_show},
    {.name = "cases", .method = METHOD_GET, .path = "/desk/cases", .who = WHO_STAFF,
     .params = cases_params, .handler = cases_show},
    {.name = "claim", .method = METHOD_POST, .path = "/desk/claim", .who = WHO_STAFF,
     .body_max = FORM_MAX, .handler = case_claim, .page = home_show},
    {.name = "case", .method = METHOD_GET, .path = "/desk/cases/{n}", .who = WHO_STAFF,
     .params = case_params, .handler = case_show},
    {.name = "accept", .method = METHOD_POST, .path = "/desk/cases/{n}/accept", .who = WHO_STAFF,
     .body_max = FORM_MAX, .params = step_params, .handler = case_accept, .page = case_show},
    {.name = "take_on", .method = METHOD_POST, .path = "/desk/cases/{n}/take-on", .who = WHO_STAFF,
     .body_max = FORM_MAX, .params = step_params, .handler = case_take_on, .page = case_show},
    {.name = "release", .method = METHOD_POST, .path = "/desk/cases/{n}/release", .who = WHO_COORDINATOR,
     .body_max = FORM_MAX, .params = step_params, .handler = case_release, .page = case_show},
    {.name = "return_page", .method = METHOD_GET, .path = "/desk/cases/{n}/return", .who = WHO_STAFF,
     .params = case_params, .handler = return_show},
    {.name = "return", .method = METHOD_POST, .path = "/desk/cases/{n}/return", .who = WHO_STAFF,
     .body_max = FORM_MAX, .params = return_params, .handler = case_return, .page = return_show},
    {.name = "review_page", .method = METHOD_GET, .path = "/desk/cases/{n}/review", .who = WHO_STAFF,
     .params = case_params, .handler = review_show},
    {.name = "review", .method = METHOD_POST, .path = "/desk/cases/{n}/review", .who = WHO_STAFF,
     .body_max = FORM_MAX, .params = review_params, .handler = review_save, .page = review_show},
    {.name = "notes", .method = METHOD_GET, .path = "/desk/cases/{n}/notes", .who = WHO_STAFF,
     .params = case_params, .handler = notes_show},
    {.name = "note_add", .method = METHOD_POST, .path = "/desk/cases/{n}/notes", .who = WHO_STAFF,
     .body_max = FORM_MAX, .params = note_params, .handler = note_add, .page = notes_show},
    {.name = "messages", .method = METHOD_GET, .path = "/desk/cases/{n}/messages", .who = WHO_STAFF,
     .params = case_params, .handler = messages_show},
    {.name = "message_add", .method = METHOD_POST, .path = "/desk/cases/{n}/messages", .who = WHO_STAFF,
     .body_max = FORM_MAX, .params = note_params, .handler = message_add, .page = messages_show},
    {.name = "file", .method = METHOD_GET, .path = "/desk/cases/{n}/file/{id}", .who = WHO_STAFF,
     .params = desk_file_params, .handler = desk_file_get},
    {.name = "preview", .method = METHOD_GET, .path = "/desk/cases/{n}/preview/{id}", .who = WHO_STAFF,
     .params = desk_file_params, .handler = desk_preview_get},
    {.name = "files", .method = METHOD_GET, .path = "/desk/cases/{n}/files", .who = WHO_STAFF,
     .params = case_params, .handler = files_show},
    {.name = "files_add", .method = METHOD_POST, .path = "/desk/cases/{n}/files", .who = WHO_STAFF,
     .flags = ROUTE_STREAM | ROUTE_UPLOAD, .body_max = UPLOAD_MAX, .params = files_params, .handler = files_add, .page = files_show},
    {.name = "papers", .method = METHOD_GET, .path = "/desk/cases/{n}/papers", .who = WHO_STAFF,
     .params = case_params, .handler = papers_show},
    {.name = "paper_issue", .method = METHOD_POST, .path = "/desk/cases/{n}/papers", .who = WHO_STAFF,
     .body_max = FORM_MAX, .params = paper_issue_params, .handler = paper_issue, .page = papers_show},
    {.name = "paper_preview", .method = METHOD_GET, .path = "/desk/cases/{n}/papers/preview/{kind}", .who = WHO_STAFF,
     .params = paper_path_params, .handler = paper_preview},
    {.name = "letter", .method = METHOD_GET, .path = "/desk/cases/{n}/papers/text", .who = WHO_STAFF,
     .params = case_params, .handler = letter_show},
    {.name = "letter_save", .method = METHOD_POST, .path = "/desk/cases/{n}/papers/text", .who = WHO_STAFF,
     .body_max = FORM_MAX, .params = letter_params, .handler = letter_save, .page = letter_show},
    {.name = "evidence", .method = METHOD_GET, .path = "/desk/cases/{n}/evidence", .who = WHO_STAFF,
     .params = case_params, .handler = evidence_show},
    {.name = "evidence_new_page", .method = METHOD_GET, .path = "/desk/cases/{n}/evidence/new", .who = WHO_STAFF,
     .params = evidence_new_params, .handler = evidence_new_show},
    {.name = "evidence_new", .method = METHOD_POST, .path = "/desk/cases/{n}/evidence/new", .who = WHO_STAFF,
     .flags = ROUTE_CHECKS_ITSELF, .body_max = FORM_MAX, .params = evidence_new_params, .handler = evidence_add, .page = evidence_new_show},
    {.name = "evidence_edit_page", .method = METHOD_GET, .path = "/desk/cases/{n}/evidence/{id}", .who = WHO_STAFF,
     .params = evidence_edit_params, .handler = evidence_edit_show},
    {.name = "evidence_edit", .method = METHOD_POST, .path = "/desk/cases/{n}/evidence/{id}", .who = WHO_STAFF,
     .flags = ROUTE_CHECKS_ITSELF, .body_max = FORM_MAX, .params = evidence_edit_params, .handler = evidence_edit, .page = evidence_edit_show},
    {.name = "evidence_remove", .method = METHOD_POST, .path = "/desk/cases/{n}/evidence/{id}/remove", .who = WHO_STAFF,
     .body_max = FORM_MAX, .params = evidence_remove_params, .handler = evidence_remove, .page = evidence_show},
    {.name = "ready_page", .method = METHOD_GET, .path = "/desk/cases/{n}/ready", .who = WHO_STAFF,
     .params = case_params, .handler = ready_show},
    {.name = "ready", .method = METHOD_POST, .path = "/desk/cases/{n}/ready", .who = WHO_STAFF,
     .body_max = FORM_MAX, .params = step_params, .handler = case_ready, .page = ready_show},
    {.name = "ask_page", .method = METHOD_GET, .path = "/desk/cases/{n}/ask", .who = WHO_STAFF,
     .params = case_params, .handler = ask_show},
    {.name = "ask", .method = METHOD_POST, .path = "/desk/cases/{n}/ask", .who = WHO_STAFF,
     .body_max = FORM_MAX, .params = ask_params, .handler = case_ask, .page = ask_show},
    {.name = "decline_page", .method = METHOD_GET, .path = "/desk/cases/{n}/decline", .who = WHO_STAFF,
     .params = case_params, .handler = decline_show},
    {.name = "decline", .method = METHOD_POST, .path = "/desk/cases/{n}/decline", .who = WHO_STAFF,
     .body_max = FORM_MAX, .params = decline_params, .handler = case_decline, .page = decline_show},
    {.name = "duplicate_page", .method = METHOD_GET, .path = "/desk/cases/{n}/duplicate", .who = WHO_STAFF,
     .params = case_params, .handler = duplicate_show},
    {.name = "duplicate", .method = METHOD_POST, .path = "/desk/cases/{n}/duplicate", .who = WHO_STAFF,
     .body_max = FORM_MAX, .params = duplicate_params, .handler = case_duplicate, .page = duplicate_show},
    {.name = "contact_page", .method = METHOD_GET, .path = "/desk/cases/{n}/contact", .who = WHO_STAFF,
     .params = case_params, .handler = contact_ask_show},
    {.name = "contact", .method = METHOD_POST, .path = "/desk/cases/{n}/contact", .who = WHO_STAFF,
     .body_max = FORM_MAX, .params = case_params, .handler = contact_show, .page = contact_ask_show},
    {.name = "platform_page", .method = METHOD_GET, .path = "/desk/cases/{n}/platform", .who = WHO_STAFF,
     .params = case_params, .handler = platform_show},
    {.name = "platform", .method = METHOD_POST, .path = "/desk/cases/{n}/platform", .who = WHO_STAFF,
     .body_max = FORM_MAX, .params = platform_params, .handler = platform_save, .page = platform_show},
    {.name = "note_edit_page", .method = METHOD_GET, .path = "/desk/cases/{n}/notes/{id}", .who = WHO_STAFF,
     .params = note_path_params, .handler = note_edit_show},
    {.name = "note_edit", .method = METHOD_POST, .path = "/desk/cases/{n}/notes/{id}", .who = WHO_STAFF,
     .body_max = FORM_MAX, .params = note_edit_params, .handler = note_edit, .page = note_edit_show},
    {.name = "assign_page", .method = METHOD_GET, .path = "/desk/cases/{n}/assign", .who = WHO_COORDINATOR,
     .params = case_params, .handler = assign_show},
    {.name = "assign", .method = METHOD_POST, .path = "/desk/cases/{n}/assign", .who = WHO_COORDINATOR,
     .body_max = FORM_MAX, .params = assign_params, .handler = case_assign, .page = assign_show},
    {.name = "conflict_page", .method = METHOD_GET, .path = "/desk/cases/{n}/conflict", .who = WHO_STAFF,
     .params = case_params, .handler = conflict_show},
    {.name = "conflict", .method = METHOD_POST, .path = "/desk/cases/{n}/conflict", .who = WHO_STAFF,
     .body_max = FORM_MAX, .params = case_params, .handler = case_recuse, .page = conflict_show},
    {.name = "today", .method = METHOD_GET, .path = "/desk/today", .who = WHO_COORDINATOR,
     .handler = today_show},
    {.name = "load", .method = METHOD_GET, .path = "/desk/load", .who = WHO_COORDINATOR,
     .handler = load_show},
};
/* clang-format on */

static const char *const views[] = {"desk", NULL};
static const char *const locales[] = {"desk", "rules", "track", "paper", "letters", NULL};
static const char *const key_names[] = {"roster.public", "lookup", "mail.public", NULL};
static const char *const cookies[] = {"sid", "lang", NULL};

static const struct program program = {
    .name = "desk",
    .routes = routes,
    .n_routes = sizeof routes / sizeof routes[0],
    .views = views,
    .locales = locales,
    .key_names = key_names,
    .cookies = cookies,
    .inspects = true,
    .uploads = true,
    .identify = staff_identify,
    .decorate = desk_decorate,
};

int main(int argc, char **argv)
{
    return serve_main(&program, argc, argv);
}
