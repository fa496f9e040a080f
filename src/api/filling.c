/* The key of a reply is its route, its property and the query as it was sent. */
#include "api/filling.h"

#include "api/api_intern.h"

/* A weight of nothing: "q=0", "q=0.000" (RFC 9110 12.4.2). */
static bool
is_refusal(struct str weight)
{
    static const char *const nothing[] = {"q=0", "q=0.", "q=0.0", "q=0.00", "q=0.000"};
    for (size_t i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++)
        if (str_equal_nocase(weight, str_from(nothing[i])))
            return true;
    return false;
}

/* RFC 9110 12.5.3, as far as it matters here: gzip, or else *, is named and not refused. */
static bool
takes_gzip(const struct http_request *http)
{
    struct str rest = http_request_header(http, STR("accept-encoding"));
    bool takes_any = false;
    while (rest.ptr != NULL) {
        struct str item = str_split(&rest, ',');
        struct str coding = str_trim(str_split(&item, ';'));
        bool refused = is_refusal(str_trim(item));
        if (str_equal_nocase(coding, STR("gzip")))
            return !refused;
        takes_any = takes_any || (str_equal(coding, STR("*")) && !refused);
    }
    return takes_any;
}

static struct str
write_key(struct call *call)
{
    struct text text;
    text_init(&text, call->arena, call->http->query.len + 32);
    text_put_i64(&text, call->route->name);
    text_put_char(&text, ' ');
    text_put_i64(&text, call->property);
    text_put_char(&text, ' ');
    text_put(&text, call->http->query);
    return text_str(&text);
}

/* Ends the call with a body that is held for it. */
static void
send_body(struct call *call, struct cached_body *body)
{
    reply_send(call, &(struct reply){.status = 200,
                                     .body = cached_body_bytes(body),
                                     .encoding = cached_body_is_gzip(body) ? STR("gzip") : STR(""),
                                     .varies = true,
                                     .release = cached_body_release,
                                     .owner = body});
}

static struct call *
call_of(struct cache_asker *asker)
{
    return (struct call *)(void *)((char *)asker - offsetof(struct call, asker));
}

void
filling_start(struct call *call)
{
    struct api *api = call->api;
    struct cached_body *body;
    call->asker.gzip = takes_gzip(call->http);
    call->asker.commits = atomic_load(&api->commits);
    struct str key = write_key(call);
    if (call->arena->overflowed) {
        reply_refuse(call, OUTCOME_BUSY_RETRY);
        return;
    }
    switch (reply_cache_ask(api->cache, key, &call->asker, call_now_ms(call), &body, &call->filling)) {
    case CACHE_HIT:
        call->filling = NULL;
        send_body(call, body);
        break;
    case CACHE_WAIT: break; /* whoever fills has it now */
    case CACHE_FILL: call_read(call); break;
    }
}

/* Everybody else has their reply; those that can't be answered from a body ask for themselves. */
static void
tell_waiting(struct cache_asker *list, struct cached_body *body)
{
    while (list != NULL) {
        struct call *call = call_of(list);
        list = list->next; /* the call goes with its reply */
        call->filling = NULL;
        if (body != NULL)
            send_body(call, body);
        else
            call_read(call);
    }
}

/* Ends the filling; true when the call was answered with its result. */
static bool
end(struct call *call, const struct cache_filling *filling)
{
    struct cached_body *body;
    struct cache_asker *answered, *filler;
    struct cache_entry *entry = call->filling;
    call->filling = NULL;
    reply_cache_end(call->api->cache, entry, filling, &body, &answered, &filler);
    if (filler != NULL) {
        struct call *next = call_of(filler);
        next->filling = entry;
        call_read(next);
    }
    tell_waiting(answered, body);
    if (body != NULL)
        send_body(call, body);
    return body != NULL;
}

bool
filling_revalidate(struct call *call, struct reader *reader)
{
    int64_t seq, until_ms;
    struct store_head head;
    if (!reply_cache_has(call->filling, &seq, &until_ms) || call_now_ms(call) >= until_ms ||
        store_load_head(&reader->store, call->property, &head) != DB_OK || head.seq != seq)
        return false;
    return end(call, &(struct cache_filling){.keeps = true});
}

bool
filling_take_reply(struct call *call, const struct reply *reply)
{
    struct cache_filling filling = {.seq = call->right_at_seq, .until_ms = call->right_until_ms};
    if (reply->status == 200 && !call->arena->overflowed)
        filling.body = reply->body;
    return end(call, &filling);
}
