/* demo_evidence: the items of a whole chain of evidence with all their fields, and the demand (DOMAIN.md §2.4). */
#include <string.h>

#include "admin/demo.h"
#include "core/arena.h"
#include "core/clock.h"
#include "core/json.h"

enum err demo_evidence(struct demo *d, struct demo_case *c, const char *kind, const char *node,
                       const struct uuid *file, json_t *plain, json_t *sealed)
{
    struct uuid id = token_uuid();
    json_t *names = json_array();
    const char *name;
    json_t *value;

    json_owned(d->arena, plain);
    json_owned(d->arena, sealed);
    json_object_foreach(sealed, name, value)(void) json_array_append_new(names, json_string(name));
    json_set_new(plain, "sealed", names);
    return db_step(
        d->db, "desk.evidence_save", NULL, DB_BYTES("p_session", c->assignee->bearer),
        DB_UUID("p_case", c->key->id), DB_UUID("p_id", id), DB_INT("p_version", 0),
        DB_UUID_OR_NULL("p_file", file == NULL ? id : *file, file != NULL),
        DB_TEXT("p_kind", str_of(kind)), DB_TEXT("p_node", str_of(node)),
        DB_JSON("p_fields", json_dump(d->arena, plain)),
        DB_BYTES_OR_NULL("p_fields_sealed", json_object_size(sealed) == 0
                                                ? STR("")
                                                : demo_seal(d, c, "evidence", &id, "fields",
                                                            json_dump(d->arena, sealed))),
        DB_BYTES_OR_NULL("p_proves", STR("")),
        DB_JSON("p_quality", STR("{\"GENUINE\":\"OK\",\"LAWFUL\":\"OK\",\"RELEVANT\":\"OK\","
                                 "\"COMPLETE\":\"OK\"}")),
        DB_BOOL("p_shown_time", true), DB_BOOL("p_shown_url", false), DB_BOOL("p_edited", false),
        DB_TEXT_OR_NULL("p_missing_reason", STR("")));
}

/* The fields of the item that shows the problem, by its kind. */
static void problem_fields(struct demo *d, struct demo_case *c, struct str at, json_t *plain,
                           json_t *sealed)
{
    struct str kind = json_str(c->problem, "evidence");

    if (str_eqz(kind, "KEY_ERROR")) {
        json_set_z(sealed, "masked_key", "****-****-7Q4M");
        json_set_str(sealed, "error_text", demo_text(d, c, "field_error"));
        json_set_str(plain, "shown_time", at);
    } else if (str_eqz(kind, "TOPUP_RECORD")) {
        json_set_z(sealed, "account_masked", "138****0000");
        json_set_str(sealed, "result", demo_text(d, c, "field_no_record"));
        json_set_str(plain, "query_time", at);
    } else if (str_eqz(kind, "DELAY_PROOF")) {
        json_set_str(plain, "status_shown", demo_text(d, c, "field_waiting"));
        json_set_str(plain, "shown_time", at);
        json_set_str(plain, "promised_time", at);
    } else {
        json_set_z(sealed, "url", "https://shop.example/item");
        json_set_str(plain, "captured_at", at);
        json_set_int(plain, "price", c->fen);
        json_set_str(sealed, "promise", demo_text(d, c, "field_promise"));
    }
}

enum err demo_chain(struct demo *d, struct demo_case *c, const char *argument)
{
    struct str paid = str_fmt(d->arena, "%.*sT12:04:00+08:00", STR_ARG(c->day));
    struct str ordered = str_fmt(d->arena, "%.*sT12:02:00+08:00", STR_ARG(c->day));
    struct str kind = json_str(c->problem, "evidence");
    bool page = str_eqz(kind, "PRODUCT_PAGE");
    json_t *p[5], *s[5];
    enum err err;

    (void)argument;
    for (size_t i = 0; i < 5; i++) {
        p[i] = json_object();
        s[i] = json_object();
    }
    json_set_str(s[0], "order_no", c->order_no);
    json_set_str(p[0], "product", json_str(c->product, "name"));
    json_set_int(p[0], "amount", c->fen);
    json_set_str(p[0], "ordered_at", ordered);
    json_set_str(p[0], "status_shown", demo_text(d, c, "field_waiting"));
    json_set_str(p[1], "paid_at", paid);
    json_set_int(p[1], "amount", c->fen);
    json_set_str(s[1], "payee_name", json_str(c->platform, "name"));
    json_set_str(s[1], "serial_no", str_fmt(d->arena, "4200%.*s", STR_ARG(c->order_no)));
    json_set_z(p[1], "method", "WECHAT");
    json_set_str(p[2], "channel", demo_text(d, c, "field_chat"));
    json_set_z(s[2], "agent_id", "KF-07");
    json_set_str(p[2], "from_at", ordered);
    json_set_str(p[2], "to_at", clock_rfc3339(d->arena, c->begin_us));
    json_set_z(p[2], "complete", "yes");
    problem_fields(d, c, clock_rfc3339(d->arena, c->begin_us), p[3], s[3]);
    json_set_str(p[4], "entity_name", json_str(c->platform, "registered"));
    json_set_str(p[4], "credit_code", json_str(c->platform, "credit_code"));
    json_set_str(p[4], "source", demo_text(d, c, "field_register"));
    json_set_str(p[4], "captured_at", clock_rfc3339(d->arena, c->at_us));
    err = demo_evidence(d, c, "ORDER", "ORDER", &c->files[0], p[0], s[0]);
    if (err == ERR_OK)
        err = demo_evidence(d, c, "PAYMENT", "PAYMENT", &c->files[1], p[1], s[1]);
    if (err == ERR_OK)
        err = demo_evidence(d, c, "CHAT", "COMMUNICATION", &c->files[2], p[2], s[2]);
    if (err == ERR_OK)
        err = demo_evidence(d, c, str_z(d->arena, kind), page ? "GOODS" : "PROBLEM", &c->files[3],
                            p[3], s[3]);
    if (err == ERR_OK && json_str(c->platform, "registered").n != 0)
        return demo_evidence(d, c, "ENTITY", "ENTITY", NULL, p[4], s[4]);
    json_owned(d->arena, p[4]);
    json_owned(d->arena, s[4]);
    return err;
}

enum err demo_demand(struct demo *d, struct demo_case *c, const char *argument)
{
    struct uuid id = token_uuid();

    (void)argument;
    return db_step(
        d->db, "demo.demand", NULL, DB_UUID("p_id", id), DB_UUID("p_case", c->key->id),
        DB_TEXT("p_kind", json_str(c->problem, "demand")), DB_INT("p_amount_fen", c->fen),
        DB_TEXT("p_by_day", STR("15")),
        DB_BYTES("p_text", demo_seal(d, c, "demand", &id, "text", demo_text(d, c, "demand"))));
}
