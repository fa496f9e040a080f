/* The text form: one line per fact, lengths before contents, so that no content can look like a fact. */
#include "tests/net/trace.h"

#include <stdlib.h>

enum { REQUEST_MEMORY = 1 << 20 };

static void
put_fact(struct text *out, const char *name, struct str value)
{
    text_put_format(out, "%s %zu ", name, value.len);
    text_put(out, value);
    text_put_char(out, '\n');
}

static void
put_head(struct text *out, const struct http_request *request)
{
    put_fact(out, "method", request->method_name);
    put_fact(out, "target", request->target);
    put_fact(out, "path", request->path);
    put_fact(out, "query", request->query);
    put_fact(out, "host", request->host);
    put_fact(out, "upgrade", request->upgrade);
    for (size_t i = 0; i < request->segment_count; i++)
        put_fact(out, "segment", request->segments[i]);
    for (size_t i = 0; i < request->param_count; i++) {
        put_fact(out, "param", request->params[i].name);
        put_fact(out, "value", request->params[i].value);
    }
    for (size_t i = 0; i < request->header_count; i++) {
        put_fact(out, "header", request->headers[i].name);
        put_fact(out, "value", request->headers[i].value);
    }
    text_put_format(out, "minor %d method %d keep %d body %d continue %d\n", request->minor, (int)request->method,
                    request->keep_alive, request->has_body, request->wants_continue);
}

/* One reader's life, over as many requests as there are. */
struct tracer {
    struct trace *trace;
    struct arena memory; /* of the request under way */
    struct text body;
    struct http_reader reader;
    struct http_limits limits;
};

static void
tracer_begin(struct tracer *tracer)
{
    arena_reset(&tracer->memory);
    http_reader_init(&tracer->reader, &tracer->limits, &tracer->memory);
}

static bool
tracer_take(struct tracer *tracer, struct str input)
{
    struct trace *trace = tracer->trace;
    for (;;) {
        struct str piece = {NULL, 0};
        switch (http_reader_read(&tracer->reader, &input, &piece)) {
        case HTTP_MORE: return true;
        case HTTP_HEAD_IN:
            put_head(&trace->text, &tracer->reader.request);
            tracer->body.len = 0;
            (void)http_reader_admit(&tracer->reader, TRACE_BODY_MAX);
            break;
        case HTTP_PIECE: text_put(&tracer->body, piece); break;
        case HTTP_END:
            put_fact(&trace->text, "end", text_str(&tracer->body));
            trace->request_count++;
            tracer_begin(tracer);
            break;
        case HTTP_REFUSED:
            trace->refusal = tracer->reader.refusal;
            text_put_format(&trace->text, "refused %s\n", http_refusal_name(trace->refusal));
            return false;
        }
    }
}

struct trace
trace_requests(struct str bytes, struct arena *arena, trace_split *split, void *user)
{
    struct trace trace = {.refusal = HTTP_NOT_REFUSED};
    struct tracer tracer = {.trace = &trace, .limits = http_limits_default()};
    text_init(&trace.text, arena, 4096);
    text_init(&tracer.body, arena, 256);
    arena_init(&tracer.memory, REQUEST_MEMORY);
    tracer_begin(&tracer);
    size_t at = 0;
    bool going = true;
    while (going && at < bytes.len) {
        size_t left = bytes.len - at;
        size_t len = split == NULL ? left : split(user, left);
        /* a copy of just this piece, so that a sanitizer sees a reader that looks beyond it */
        char *piece = malloc(len);
        if (piece == NULL)
            abort();
        memcpy(piece, bytes.ptr + at, len);
        going = tracer_take(&tracer, str_of(piece, len));
        free(piece);
        at += len;
    }
    trace.fresh = going && http_reader_is_fresh(&tracer.reader);
    if (going)
        text_put_format(&trace.text, "rest %s body %zu\n", trace.fresh ? "none" : "partial", tracer.body.len);
    arena_done(&tracer.memory);
    return trace;
}

size_t
trace_split_bytes(void *user, size_t left)
{
    (void)user;
    (void)left;
    return 1;
}

size_t
trace_split_random(void *user, size_t left)
{
    uint64_t *seed = user;
    /* xorshift64 (Marsaglia 2003): any spread of lengths will do */
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    size_t most = (*seed >> 60) < 4 ? 3 : (*seed >> 60) < 12 ? 40 : 2000;
    size_t len = 1 + (size_t)((*seed >> 8) % most);
    return len < left ? len : left;
}
