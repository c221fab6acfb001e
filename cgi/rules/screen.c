#include "rules/screen.h"

#include "core/arena.h"
#include "rules/text.h"

static bool screen_purpose(const struct screen_input *in, struct findings *out)
{
    if (str_eqz(in->purpose, "RESALE") || str_eqz(in->purpose, "AGENT") ||
        str_eqz(in->product_type, "AGENT_PACKAGE")) {
        (void)findings_add(out, "V-INT-01", LEVEL_ROUTE, "rules.screen.not_consumption");
        return true;
    }
    if (!str_eqz(in->purpose, "PERSONAL"))
        (void)findings_add(out, "V-INT-01", LEVEL_INFO, "rules.screen.ask_purpose");
    return false;
}

static bool screen_age(const struct screen_input *in, struct findings *out)
{
    bool under_14 = str_eqz(in->age_band, "U8") || str_eqz(in->age_band, "8_13");
    bool minor = under_14 || str_eqz(in->age_band, "14_15") || str_eqz(in->age_band, "16_17");

    if (!minor)
        return false;
    if (!str_eqz(in->filer_role, "GUARDIAN"))
        (void)findings_add(out, "V-INT-02", LEVEL_BLOCK, "rules.screen.guardian_must_send");
    else if (under_14 && !in->guardian_consent)
        (void)findings_add(out, "V-INT-02", LEVEL_BLOCK, "rules.screen.guardian_consent");
    else
        (void)findings_add(out, "V-INT-02", LEVEL_ROUTE, "rules.screen.guardian_path");
    return true;
}

static bool holds(struct findings *out, const struct text *t, struct str term)
{
    struct text word = text_normal(out->arena, term);
    size_t at = text_find(t, &word, 0);

    if (at == SIZE_MAX)
        return false;

    struct finding *f = findings_add(out, "V-INT-03", LEVEL_ROUTE, "rules.screen.illicit");

    f->subject = term;
    finding_set(f, "found", term);
    return true;
}

static bool screen_goods(const struct screen_input *in, const json_t *terms, struct findings *out)
{
    static const char *const built_in[] = {
        "\u5916\u6302",             /* 外挂 */
        "\u5237\u94bb",             /* 刷钻 */
        "\u5237\u5e01",             /* 刷币 */
        "\u5237\u4fe1\u8a89",       /* 刷信誉 */
        "\u76d7\u53f7",             /* 盗号 */
        "\u76d7\u5237",             /* 盗刷 */
        "\u76d7\u5361",             /* 盗卡 */
        "\u9ed1\u5361",             /* 黑卡 */
        "\u79df\u53f7",             /* 租号 */
        "\u8d26\u53f7\u51fa\u79df", /* 账号出租 */
        "\u7834\u89e3\u7248",       /* 破解版 */
        "\u5b9e\u540d\u53f7",       /* 实名号 */
        "\u6d17\u94b1",             /* 洗钱 */
        "\u8dd1\u5206",             /* 跑分 */
    };
    struct text t = text_normal(
        out->arena, str_fmt(out->arena, "%.*s\n%.*s", STR_ARG(in->product), STR_ARG(in->story)));
    const json_t *one;
    size_t i;

    if (json_array_size(terms) == 0) {
        for (i = 0; i < sizeof built_in / sizeof built_in[0]; i++) {
            if (holds(out, &t, str_of(built_in[i])))
                return true;
        }
        return false;
    }
    json_array_foreach(terms, i, one)
    {
        if (json_is_string(one) && holds(out, &t, str_of(json_string_value(one))))
            return true;
    }
    return false;
}

struct screen_flags screen_check(const struct screen_input *in, const json_t *terms,
                                 struct findings *out)
{
    return (struct screen_flags){
        .not_consumption = screen_purpose(in, out),
        .minor = screen_age(in, out),
        .illicit_goods = screen_goods(in, terms, out),
    };
}
