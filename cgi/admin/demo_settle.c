/* demo_settle: a settlement to any of its states, the proof that it was kept, and the withdrawals that follow (DOMAIN.md §5.3, §5.2). */
#include <string.h>

#include "admin/demo.h"
#include "core/arena.h"
#include "core/clock.h"
#include "core/digest.h"
#include "core/json.h"
#include "letters/letter.h"

static const int64_t hour_us = 3600LL * 1000000;

/* Some hours later, within the present. */
static enum err later(struct demo *d, struct demo_case *c, int64_t hours)
{
    return demo_at(d, c, c->at_us + hours * hour_us);
}

static struct str day_after(struct demo *d, const struct demo_case *c, int64_t days)
{
    struct civil day = clock_civil(c->at_us + days * 24 * hour_us);

    return str_fmt(d->arena, "%04d-%02d-%02d", day.year, day.month, day.day);
}

/* The model of rules/settlement.h; it is what is sealed as terms, and what makes the paper. */
static enum err terms(struct demo *d, const struct demo_case *c, json_t **out)
{
    json_t *m = json_owned(d->arena, json_object());
    json_t *us = json_object(), *them = json_object(), *filings = json_array();
    json_t *ids = json_array();
    struct db_rows *rows = NULL;
    enum err err = db_step(d->db, "demo.open_filings", &rows, DB_UUID("p_case", c->key->id));

    *out = m;
    json_set_new(m, "filing_ids", ids);
    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        json_t *one = json_object();

        json_set_str(one, "channel_label", demo_text(d, c, "set_channel"));
        json_set_str(one, "filing_no", str_fmt(d->arena, "T%.*s", STR_ARG(c->order_no)));
        (void)json_array_append_new(filings, one);
        (void)json_array_append_new(ids, json_of_str(db_text(rows, i, "id")));
    }
    json_set_str(us, "name", c->name);
    json_set_str(us, "identity", demo_text(d, c, "identity"));
    json_set_str(us, "contact",
                 str_lower(d->arena, str_fmt(d->arena, "%.*s@example.com", STR_ARG(c->order_no))));
    json_set_str(them, "name", json_str(c->platform, "registered"));
    json_set_str(them, "credit_code", json_str(c->platform, "credit_code"));
    json_set_str(
        them, "contact",
        str_fmt(d->arena, "service@shop%lld.example", (long long)json_int(c->platform, "hue")));
    json_set_str(m, "case_no", c->case_no);
    json_set_str(m, "date", day_after(d, c, 0));
    json_set_str(m, "organisation", demo_text(d, c, "org"));
    json_set_new(m, "complainant", us);
    json_set_new(m, "respondent", them);
    json_set_str(m, "dispute", demo_text(d, c, "set_dispute"));
    json_set_str(m, "order_no", c->order_no);
    json_set_z(m, "kind", "REFUND");
    json_set_int(m, "amount_fen", c->fen);
    json_set_str(m, "account", demo_text(d, c, "account"));
    json_set_str(m, "perform_by", day_after(d, c, 7));
    json_set_str(m, "method", demo_text(d, c, "set_method"));
    json_set_new(m, "filings", filings);
    json_set_bool(m, "withdraw_after_performance", true);
    json_set_int(m, "withdraw_days", 3);
    json_set_str(m, "breach", demo_text(d, c, "set_breach"));
    json_set_str(m, "confidentiality", demo_text(d, c, "set_confidential"));
    json_set_bool(m, "right_to_report", true);
    json_set_int(m, "copies", 2);
    return err;
}

static enum err step(struct demo *d, struct demo_case *c, const char *event)
{
    return demo_move(d, c, "settlement", &c->settlement, event, NULL, c->assignee, NULL);
}

static enum err passed(struct demo *d, struct demo_case *c, const char *table,
                       const struct uuid *object, struct str rule)
{
    return db_step(d->db, "demo.passed", NULL, DB_UUID("p_case", c->key->id),
                   DB_UUID("p_object", *object), DB_TEXT("p_table", str_of(table)),
                   DB_TEXTS("p_rules", &rule, 1));
}

static enum err write_terms(struct demo *d, struct demo_case *c)
{
    json_t *plain = json_owned(d->arena, json_object()), *model = NULL;
    enum err err = terms(d, c, &model);

    json_set_z(plain, "kind", "REFUND");
    json_set_int(plain, "agreed_fen", c->fen);
    json_set_z(plain, "perform_by", "$today+7");
    json_set_bool(plain, "contents_ok", true);
    if (err == ERR_OK)
        err = demo_set(d, c, "settlement", &c->settlement, plain, "terms",
                       json_dump(d->arena, model));
    if (err == ERR_OK)
        err = passed(d, c, "settlement", &c->settlement, STR("V-SET-01"));
    return err == ERR_OK ? step(d, c, "draft") : err;
}

/* The agreement as PDF, frozen; the complainant signs first. */
static enum err issue(struct demo *d, struct demo_case *c)
{
    json_t *model = NULL, *missing = json_owned(d->arena, json_array());
    struct uuid document = token_uuid(), file;
    unsigned char sha256[32], hash[32];
    struct str pdf = STR("");
    enum err err = terms(d, c, &model);

    if (err == ERR_OK)
        err = letter_settlement(d->arena, d->letters, model, &pdf, missing);
    if (err == ERR_OK)
        err = demo_file_pdf(d, c, str_fmt(d->arena, "%.*s-agreement.pdf", STR_ARG(c->case_no)), pdf,
                            &file);
    if (err != ERR_OK)
        return err;
    digest_sha256(pdf, sha256);
    token_lookup(d->arena, keys_get(d->desk, "lookup"), "document", str_bytes(sha256, 32), hash);
    err = db_step(d->db, "demo.document", NULL, DB_UUID("p_id", document),
                  DB_UUID("p_case", c->key->id), DB_TEXT("p_kind", STR("SETTLEMENT_AGREEMENT")),
                  DB_TEXT("p_template", str_of(letter_version(LETTER_SETTLEMENT))),
                  DB_UUID("p_file", file), DB_BYTES("p_hash", str_bytes(hash, 32)),
                  DB_BYTES("p_snapshot", demo_seal(d, c, "document", &document, "snapshot",
                                                   json_dump(d->arena, model))),
                  DB_UUID_OR_NULL("p_filing", document, false),
                  DB_UUID("p_settlement", c->settlement), DB_UUID("p_user", c->assignee->id));
    if (err == ERR_OK)
        err = db_step(d->db, "demo.signature", NULL, DB_UUID("p_settlement", c->settlement),
                      DB_UUID("p_document", document), DB_BYTES("p_hash", str_bytes(hash, 32)));
    return err == ERR_OK ? step(d, c, "sign_first") : err;
}

/* Both have signed: the photograph of the signed paper is kept. */
static enum err sign(struct demo *d, struct demo_case *c)
{
    json_t *plain = json_owned(d->arena, json_object());
    struct uuid file;
    enum err err = demo_file_picture(d, c, "agreement", "volunteer", "SETTLEMENT", &file);

    json_set_z(plain, "signed_at", "$now");
    json_set_str(plain, "signed_file", uuid_text(d->arena, &file));
    if (err == ERR_OK)
        err = demo_set(d, c, "settlement", &c->settlement, plain, NULL, STR(""));
    if (err == ERR_OK)
        err = step(d, c, "sign_second");
    if (err == ERR_OK)
        err = demo_move(d, c, "case", &c->key->id, "agreement_signed", NULL, c->assignee, NULL);
    return err;
}

static enum err propose(struct demo *d, struct demo_case *c)
{
    json_t *plain = json_owned(d->arena, json_object());
    enum err err = demo_move(d, c, "case", &c->key->id, "offer", NULL, c->assignee, NULL);

    json_set_int(plain, "offered_fen", c->fen / 5 * 4);
    if (err == ERR_OK)
        err = demo_look(d, c);
    if (err == ERR_OK)
        err = demo_set(d, c, "settlement", &c->settlement, plain, NULL, STR(""));
    return err == ERR_OK ? step(d, c, "propose") : err;
}

static enum err negotiate(struct demo *d, struct demo_case *c)
{
    return step(d, c, "negotiate");
}

static enum err orally(struct demo *d, struct demo_case *c)
{
    return step(d, c, "agree_orally");
}

enum err demo_settle(struct demo *d, struct demo_case *c, const char *state)
{
    static const struct {
        const char *state;
        enum err (*reach)(struct demo *, struct demo_case *);
        bool always; /* ORAL is one of two ways */
    } ladder[] = {{"PROPOSED", propose, true},  {"NEGOTIATING", negotiate, true},
                  {"ORAL", orally, false},      {"DRAFTED", write_terms, true},
                  {"PART_SIGNED", issue, true}, {"SIGNED", sign, true}};
    enum err err = ERR_OK;

    for (size_t i = 0; err == ERR_OK && i < sizeof ladder / sizeof ladder[0]; i++) {
        bool last = strcmp(ladder[i].state, state) == 0;

        if (!ladder[i].always && !last)
            continue;
        if (i > 0)
            err = later(d, c, 8);
        if (err == ERR_OK)
            err = ladder[i].reach(d, c);
        if (last)
            break;
    }
    return err;
}

/* ---- performance ---- */

enum err demo_perform(struct demo *d, struct demo_case *c, bool part)
{
    int64_t fen = part ? c->fen / 2 : c->fen;
    json_t *plain = json_object(), *sealed = json_object(), *detail = json_object();
    struct uuid file;
    enum err err = demo_file_picture(d, c, "refund", "complainant", "other", &file);

    json_set_z(plain, "kind", "REFUND");
    json_set_int(plain, "amount", fen);
    json_set_str(plain, "done_at", clock_rfc3339(d->arena, c->at_us));
    json_set_str(sealed, "ref_no", str_fmt(d->arena, "R%.*s", STR_ARG(c->order_no)));
    json_set_int(detail, "amount_fen", c->fen);
    if (err == ERR_OK)
        err = demo_evidence(d, c, "PERFORMANCE", "PROBLEM", &file, plain, sealed);
    if (err == ERR_OK)
        err = demo_decide(d, c, "RECEIPT", NULL, NULL, detail, part ? "part" : "received",
                          part ? fen : 0);
    if (err == ERR_OK && str_eqz(c->status, "SETTLED_PENDING"))
        err = demo_move(d, c, "case", &c->key->id, "performed", NULL, c->assignee, NULL);
    return err;
}

/* ---- withdrawals ---- */

static enum err withdraw_one(struct demo *d, struct demo_case *c, const struct uuid *filing,
                             const char *state)
{
    json_t *why = json_owned(d->arena, json_object());
    json_t *words = json_owned(d->arena, json_object());
    bool rejected = strcmp(state, "WD_REJECTED") == 0;
    enum err err = demo_decide(d, c, "WITHDRAWAL_WARNING", NULL, filing, NULL, "acknowledged", 0);

    json_set_str(words, "text", demo_text(d, c, "wd_text"));
    json_set_str(words, "name", c->name);
    json_set_str(words, "contact",
                 str_lower(d->arena, str_fmt(d->arena, "%.*s@example.com", STR_ARG(c->order_no))));
    json_set_z(why, "wd_reason", "REFUNDED");
    json_set_z(why, "wd_asked_by", "both");
    json_set_bool(why, "wd_pressed", false);
    if (err == ERR_OK)
        err = demo_move(d, c, "filing", filing, "draft_withdrawal", NULL, c->assignee, NULL);
    if (err == ERR_OK)
        err = demo_set(d, c, "filing", filing, why, "wd_text", json_dump(d->arena, words));
    if (err != ERR_OK || strcmp(state, "WD_DRAFTED") == 0)
        return err;
    err = later(d, c, 10);
    why = json_owned(d->arena, json_object());
    json_set_z(why, "wd_requested_at", "$now");
    if (err == ERR_OK)
        err = demo_set(d, c, "filing", filing, why, NULL, STR(""));
    if (err == ERR_OK)
        err = passed(d, c, "filing", filing, STR("V-WD-01"));
    if (err == ERR_OK)
        err = demo_move(d, c, "filing", filing, "request_withdrawal", NULL, c->assignee, NULL);
    if (err != ERR_OK || strcmp(state, "WD_REQUESTED") == 0)
        return err;
    err = later(d, c, 20);
    if (err == ERR_OK)
        err = demo_set(d, c, "filing", filing, NULL, "wd_result",
                       demo_text(d, c, rejected ? "wd_rejected" : "wd_result"));
    if (err == ERR_OK)
        err = demo_move(d, c, "filing", filing,
                        rejected ? "withdrawal_refused" : "withdrawal_granted", NULL, c->assignee,
                        NULL);
    return err;
}

enum err demo_withdraw(struct demo *d, struct demo_case *c, const char *state)
{
    struct db_rows *rows = NULL;
    enum err err = db_step(d->db, "demo.open_filings", &rows, DB_UUID("p_case", c->key->id));

    for (size_t i = 0; err == ERR_OK && i < db_count(rows); i++) {
        struct uuid filing = db_uuid(rows, i, "id");

        err = withdraw_one(d, c, &filing, state);
    }
    return err;
}
