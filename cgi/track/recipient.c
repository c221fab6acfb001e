/*
 * Who receives a complaint, in words that somebody understands who knows no channels: the platform by its name, an authority by its own
 * (enumeration channel_recipient).  Group L1 is the platform itself: its name comes first, the desk there behind it.
 */
#include "core/arena.h"
#include "core/json.h"
#include "core/locale.h"
#include "core/vocab.h"
#include "track/track.h"

static bool is_platform(struct request *req, struct str channel)
{
    json_t *all = json_owned(req->arena, vocab_options(req, "channel_recipient", "L1")), *o;
    size_t i;

    json_array_foreach(all, i, o)
    {
        if (str_eq(json_str(o, "code"), channel))
            return true;
    }
    return false;
}

struct str recipient_text(struct request *req, struct str channel, struct str platform)
{
    json_t *values;

    if (channel.n == 0)
        return STR("");
    if (!vocab_has(req, "channel_recipient", channel))
        return vocab_label(req, "channel", channel);
    if (platform.n == 0 || !is_platform(req, channel))
        return vocab_label(req, "channel_recipient", channel);
    values = json_owned(req->arena, json_object());
    json_set_str(values, "platform", platform);
    json_set_str(values, "desk", vocab_label(req, "channel_recipient", channel));
    return locale_text(req->arena, req->locale, "track.recipient.platform", values);
}

json_t *recipient_texts(struct request *req, const json_t *channels, struct str platform)
{
    json_t *list = json_array(), *code;
    size_t i;

    json_array_foreach(channels, i, code)(void) json_array_append_new(
        list, json_of_str(recipient_text(req, str_of(json_string_value(code)), platform)));
    return list;
}
