/* The server's clock: whether it is believed, and saying that it is right. Nothing here waits: it is memory. */
#include "api/api_intern.h"
#include "api/handlers.h"
#include "api/reply.h"
#include "util/json_write.h"
#include "util/log.h"

static void
reply_state(struct call *call)
{
    const struct api_settings *settings = &call->api->settings;
    struct clock_guard_state state = {.now_ms = clock_now_ms(settings->clock)};
    struct text text;
    struct json_writer writer;
    state.wall_ms = state.now_ms;
    if (settings->guard != NULL)
        state = clock_guard_read(settings->guard);
    text_init(&text, call->arena, 512);
    json_writer_init(&writer, &text);
    json_write_object_begin(&writer);
    json_member_cstr(&writer, "trust", clock_trust_name(state.trust));
    json_member_instant(&writer, "now", state.now_ms);
    json_member_instant(&writer, "wall", state.wall_ms);
    json_member_i64(&writer, "off_by_ms", state.off_by_ms);
    json_member_cstr(&writer, "detail", clock_trust_sentence(state.trust));
    json_write_object_end(&writer);
    reply_text(call, &text, 0);
}

void
clock_load(struct call *call, struct reader *reader)
{
    (void)reader;
    reply_state(call);
}

/* No command, since it changes nothing that is stored; so it is the server's log that says who did it. */
void
clock_load_accept(struct call *call, struct reader *reader)
{
    const struct api_settings *settings = &call->api->settings;
    (void)reader;
    if (settings->guard != NULL && clock_guard_accept(settings->guard) && settings->log != NULL)
        log_line(settings->log, LOG_WARNING, "clock accepted", LOG_STR("actor", call->actor), LOG_END);
    reply_state(call);
}
