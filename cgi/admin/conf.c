#include "admin/conf.h"

#include <errno.h>
#include <string.h>

#include "core/buf.h"
#include "core/json.h"
#include "core/load.h"

enum { CONF_MAX = 64 * 1024 };

struct str conf_with(struct arena *a, struct str text, const char *name, struct str value)
{
    struct buf out = buf_new(a);
    bool found = false;

    while (text.n > 0) {
        struct str line, left, right;
        bool more = str_cut(text, '\n', &line, &text);

        if (str_cut(line, '=', &left, &right) && str_eqz(str_trim(left), name)) {
            if (!found)
                buf_printf(&out, "%s = %.*s", name, STR_ARG(value));
            found = true;
        } else {
            buf_add(&out, line);
        }
        if (more || text.n > 0)
            buf_addc(&out, '\n');
    }
    if (!found) {
        struct str so_far = buf_str(&out);

        if (so_far.n > 0 && so_far.p[so_far.n - 1] != '\n')
            buf_addc(&out, '\n');
        buf_printf(&out, "%s = %.*s\n", name, STR_ARG(value));
    }
    return buf_str(&out);
}

bool conf_set(struct admin *ad, const char *name, struct str value)
{
    struct str text = {0};
    struct str problem = {0};
    json_t *values;

    if (load_text(ad->arena, ad->config_path, CONF_MAX, &text, &problem)) {
        if (admin_replace(ad, ad->config_path, conf_with(ad->arena, text, name, value)))
            return true;
        problem = str_of(strerror(errno));
    }
    values = admin_value("file", str_of(ad->config_path));
    json_set_str(values, "problem", problem);
    (void)admin_fail(ad, "admin.cannot_write", values);
    return false;
}
