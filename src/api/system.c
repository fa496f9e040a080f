/* The server about itself: health and counters. Everything here runs on the network thread, from memory. */
#include <stdio.h>
#include <string.h>

#include "api/api_intern.h"
#include "api/handlers.h"
#include "api/reply.h"

enum { METRICS_TEXT = 48 << 10 };

static const double microsecond = 1e-6; /* in seconds */

void
system_load_health(struct call *call, struct reader *reader)
{
    (void)reader;
    reply_send(call, &(struct reply){.status = 200, .body = STR("{\"status\":\"ok\"}")});
}

void
system_load_readiness(struct call *call, struct reader *reader)
{
    const struct api_settings *settings = &call->api->settings;
    const char *reason = settings->unready == NULL ? NULL : settings->unready(settings->user);
    enum clock_trust trust = settings->guard == NULL ? CLOCK_TRUSTED : clock_guard_read(settings->guard).trust;
    (void)reader;
    if (reason == NULL && trust != CLOCK_TRUSTED)
        reason = clock_trust_sentence(trust);
    if (reason == NULL)
        reply_send(call, &(struct reply){.status = 200, .body = STR("{\"status\":\"ready\"}")});
    else
        reply_refuse_detail(call, OUTCOME_BUSY_RETRY, reason);
}

/* -- counters: Prometheus text format 0.0.4 -- */

static void
put_head(struct text *text, const char *name, const char *type, const char *help)
{
    text_put_format(text, "# HELP nightlatch_%s %s\n# TYPE nightlatch_%s %s\n", name, help, name, type);
}

static void
put_value(struct text *text, const char *name, const char *type, const char *help, long long value)
{
    put_head(text, name, type, help);
    text_put_format(text, "nightlatch_%s %lld\n", name, value);
}

static const char *
path_of(int index)
{
    return index == ROUTE_COUNT ? "none" : route_get((enum route_name)index)->path;
}

static const char *
method_of(int index)
{
    return index == ROUTE_COUNT ? "any" : route_get((enum route_name)index)->method_name.ptr;
}

static void
put_replies(struct text *text, struct api *api)
{
    put_head(text, "http_replies_total", "counter", "Replies by route and first digit of the status.");
    for (int i = 0; i <= ROUTE_COUNT; i++)
        for (int digit = 1; digit < 6; digit++) {
            uint64_t count = atomic_load_explicit(&api->counters[i].replies[digit], memory_order_relaxed);
            if (count > 0)
                text_put_format(text,
                                "nightlatch_http_replies_total{method=\"%s\",route=\"%s\",status=\"%dxx\"} %llu\n",
                                method_of(i), path_of(i), digit, (unsigned long long)count);
        }
}

/* `labels` is empty, or ends in a comma; `unit` is what a value is multiplied with for the text. */
static void
put_histogram(struct text *text, const char *name, const char *labels, const struct histogram *histogram,
              const struct histogram_scale *scale, double unit)
{
    struct histogram_reading reading = histogram_read(histogram);
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
        text_put_format(text, "nightlatch_%s_bucket{%sle=\"%g\"} %lld\n", name, labels, (double)scale->upper[i] * unit,
                        (long long)reading.up_to[i]);
    long long count = reading.up_to[HISTOGRAM_BUCKETS];
    text_put_format(text, "nightlatch_%s_bucket{%sle=\"+Inf\"} %lld\n", name, labels, count);
    char alone[128] = "";
    size_t len = strlen(labels);
    if (len > 0)
        (void)snprintf(alone, sizeof(alone), "{%.*s}", (int)len - 1, labels);
    text_put_format(text, "nightlatch_%s_sum%s %.6f\nnightlatch_%s_count%s %lld\n", name, alone,
                    (double)reading.sum * unit, name, alone, count);
}

static void
put_latency(struct text *text, struct api *api)
{
    put_head(text, "http_seconds", "histogram", "Time from a complete request to its reply.");
    for (int i = 0; i < ROUTE_COUNT; i++) {
        const struct histogram *latency = &api->counters[i].latency_us;
        char labels[96];
        (void)snprintf(labels, sizeof(labels), "method=\"%s\",route=\"%s\",", method_of(i), path_of(i));
        if (histogram_read(latency).up_to[HISTOGRAM_BUCKETS] > 0)
            put_histogram(text, "http_seconds", labels, latency, &histogram_of_time, microsecond);
    }
}

static void
put_refusals(struct text *text, struct api *api)
{
    put_head(text, "refusals_total", "counter", "Problems by code.");
    for (int i = 1; i < OUTCOME_COUNT; i++) {
        uint64_t count = atomic_load_explicit(&api->outcomes[i], memory_order_relaxed);
        if (count > 0)
            text_put_format(text, "nightlatch_refusals_total{code=\"%s\"} %llu\n",
                            outcome_info((enum outcome)i)->code.ptr, (unsigned long long)count);
    }
}

static void
put_engine(struct text *text, const struct engine_stats *stats)
{
    put_value(text, "commands_total", "counter", "Commands accepted by the engine.", atomic_load(&stats->accepted));
    put_value(text, "commands_busy_total", "counter", "Commands refused because too many waited.",
              atomic_load(&stats->refused_busy));
    put_value(text, "command_effects_total", "counter", "Commands that had an effect.", atomic_load(&stats->effects));
    put_value(text, "command_unchanged_total", "counter", "Commands that asked for what was so already.",
              atomic_load(&stats->unchanged));
    put_value(text, "command_refusals_total", "counter", "Commands that were refused.", atomic_load(&stats->refusals));
    put_value(text, "command_refused_again_total", "counter", "Refusals that were given again without being decided.",
              atomic_load(&stats->refused_again));
    put_value(text, "command_replays_total", "counter", "Commands answered with an earlier effect.",
              atomic_load(&stats->replays));
    put_value(text, "commits_total", "counter", "Transactions committed.", atomic_load(&stats->commits));
    put_value(text, "batches_total", "counter", "Batches of commands.", atomic_load(&stats->batches));
    put_value(text, "reruns_total", "counter", "Batches run again command by command.", atomic_load(&stats->reruns));
    put_value(text, "lapsed_total", "counter", "Holds and bookings ended because their time was over.",
              atomic_load(&stats->lapsed));
    put_value(text, "turnaways_total", "counter", "Units of refused demand that were counted.",
              atomic_load(&stats->turnaways));
    put_value(text, "guard_conflicts_total", "counter", "Times the database refused what had been decided: a defect.",
              atomic_load(&stats->guard_conflicts));
    put_value(text, "queue_length", "gauge", "Commands that wait.", atomic_load(&stats->queue_length));
    put_value(text, "idempotency_keys_loading", "gauge",
              "1 while keys of before the start are still being read, and each key has to be looked up.",
              atomic_load(&stats->keys_loading));
    put_head(text, "queue_wait_seconds", "histogram", "Time a command waited before its batch began.");
    put_histogram(text, "queue_wait_seconds", "", &stats->wait_us, &histogram_of_time, microsecond);
    put_head(text, "batch_commands", "histogram", "Commands of one batch.");
    put_histogram(text, "batch_commands", "", &stats->batch_commands, &histogram_of_count, 1);
    put_head(text, "lock_wait_seconds", "histogram", "Time a batch waited for the database to be its own.");
    put_histogram(text, "lock_wait_seconds", "", &stats->lock_us, &histogram_of_time, microsecond);
    put_head(text, "locked_seconds", "histogram", "Time a batch had the heads of its properties, its commit included.");
    put_histogram(text, "locked_seconds", "", &stats->locked_us, &histogram_of_time, microsecond);
    put_head(text, "decide_seconds", "histogram", "Time to load what a command is about, and to decide it.");
    put_histogram(text, "decide_seconds", "", &stats->decide_us, &histogram_of_time, microsecond);
    put_head(text, "write_seconds", "histogram", "Time to write what a decision comes to, before the commit.");
    put_histogram(text, "write_seconds", "", &stats->write_us, &histogram_of_time, microsecond);
    put_value(text, "commands_slow_total", "counter", "Commands that took longer than --slow says.",
              atomic_load(&stats->slow));
    put_head(text, "commit_seconds", "histogram", "Time of one commit, until it was durable.");
    put_histogram(text, "commit_seconds", "", &stats->commit_us, &histogram_of_time, microsecond);
}

static void
put_server(struct text *text, const struct server *server)
{
    struct server_counters counters;
    server_read_counters(server, &counters);
    put_value(text, "connections_open", "gauge", "Connections.", (long long)counters.connections_open);
    put_value(text, "connections_total", "counter", "Connections accepted.", (long long)counters.connections_accepted);
    put_value(text, "requests_open", "gauge", "Requests under way.", (long long)counters.requests_open);
    put_value(text, "requests_total", "counter", "Requests.", (long long)counters.requests);
    put_value(text, "received_bytes_total", "counter", "Bytes received.", (long long)counters.bytes_in);
    put_value(text, "sent_bytes_total", "counter", "Bytes sent.", (long long)counters.bytes_out);
    put_value(text, "replies_dropped_total", "counter", "Replies whose client had gone.",
              (long long)counters.replies_dropped);
    put_head(text, "messages_refused_total", "counter", "Requests refused before they were one, by reason.");
    for (int i = 1; i < HTTP_REFUSAL_COUNT; i++)
        if (counters.refusals[i] > 0)
            text_put_format(text, "nightlatch_messages_refused_total{reason=\"%s\"} %llu\n",
                            http_refusal_name((enum http_refusal)i), (unsigned long long)counters.refusals[i]);
}

static void
put_clock(struct text *text, const struct api_settings *settings)
{
    struct clock_guard_state state = {.trust = CLOCK_TRUSTED};
    if (settings->guard != NULL)
        state = clock_guard_read(settings->guard);
    put_value(text, "clock_trusted", "gauge", "1 while the wall clock is believed; nothing expires while it is 0.",
              state.trust == CLOCK_TRUSTED);
    put_value(text, "clock_stops_total", "counter", "Times the wall clock was not believed any more.", state.stops);
    put_value(text, "clock_off_by_milliseconds", "gauge", "How far it was off when that was found; 0 while believed.",
              state.off_by_ms);
}

static void
put_cache(struct text *text, struct api *api)
{
    struct reply_cache_stats stats;
    reply_cache_read_stats(api->cache, &stats);
    put_value(text, "kept_replies", "gauge", "Replies that are kept.", (long long)stats.entries);
    put_value(text, "kept_reply_bytes", "gauge", "Bytes of kept replies.", (long long)stats.bytes);
    put_value(text, "kept_reply_hits_total", "counter", "Requests answered with a kept reply.", (long long)stats.hits);
    put_value(text, "kept_reply_fills_total", "counter", "Times a reply was read to be kept.", (long long)stats.fills);
    put_value(text, "readers_waiting", "gauge", "Reads that wait.", (long long)reader_pool_waiting(api->readers));
}

void
system_load_metrics(struct call *call, struct reader *reader)
{
    struct text text;
    struct api *api = call->api;
    (void)reader;
    text_init(&text, call->arena, METRICS_TEXT);
    put_head(&text, "build_info", "gauge", "The version that runs.");
    text_put(&text, STR("nightlatch_build_info{version=\"" NIGHTLATCH_VERSION "\"} 1\n"));
    put_replies(&text, api);
    put_latency(&text, api);
    put_refusals(&text, api);
    put_engine(&text, engine_read_stats(api->settings.engine));
    put_value(&text, "turnaways_lost_total", "counter", "Callers who were not counted because too many came at once.",
              engine_turnaways_lost(api->settings.engine));
    put_server(&text, server_request_server(call->request));
    put_cache(&text, api);
    put_clock(&text, &api->settings);
    reply_send(call, &(struct reply){.status = 200,
                                     .type = STR("text/plain; version=0.0.4; charset=utf-8"),
                                     .body = text_str(&text)});
}
