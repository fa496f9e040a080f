/* One table; what it adds is parsed at need, since old events are read by the checker and by the fold alone. */
#include "engine/upcast.h"

static const struct {
    int64_t version;
    enum event_state of;
    const char *member, *json;
} additions[] = {
#define UPCAST(version, noun, member, json) {version, EVENT_OF_##noun, member, json},
#include "engine/upcast.def"
#undef UPCAST
};

/* A member that is there stays: between two releases there were forms that had it already. */
static bool
add_member(json_t *body, const char *member, const char *json)
{
    return json_object_get(body, member) != NULL ||
           json_object_set_new(body, member, json_loads(json, JSON_DECODE_ANY, NULL)) == 0;
}

bool
upcast_body(enum event_state of, int64_t v, json_t *body, struct err *err)
{
    if (v < 1 || v > EVENT_VERSION) {
        err_set(err, ERR_DATA, "it was written as version %lld, which this program does not know", (long long)v);
        return false;
    }
    for (size_t i = 0; i < sizeof(additions) / sizeof(additions[0]); i++) {
        if (additions[i].of != of || additions[i].version <= v)
            continue;
        if (!add_member(body, additions[i].member, additions[i].json)) {
            err_set(err, ERR_MEMORY, "no memory for an older state");
            return false;
        }
    }
    return true;
}
