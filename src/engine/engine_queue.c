/* What waits for the engine: bounded, and honest about how long it would take. What gives something back goes first. */
#include <string.h>

#include "engine/engine_intern.h"

static void
queue_push(struct request_queue *queue, struct engine_request *request)
{
    if (queue->last == NULL)
        queue->first = request;
    else
        queue->last->next = request;
    queue->last = request;
}

static struct engine_request *
queue_take(struct request_queue *queue)
{
    struct engine_request *request = queue->first;
    queue->first = request->next;
    if (queue->first == NULL)
        queue->last = NULL;
    return request;
}

/* Gives back what others may be waiting for: it goes before them, since requests that wait together have no order
 * among each other. */
static bool
gives_back(const struct engine_request *request)
{
    enum command_kind kind = request->command.kind;
    return !request->dry_run && (kind == COMMAND_CANCEL_BOOKING || kind == COMMAND_DECLINE_BOOKING ||
                                 kind == COMMAND_MARK_NO_SHOW || kind == COMMAND_RELEASE_HOLD);
}

/* How long a command would wait that came now, in nanoseconds: under the mutex. */
static int64_t
estimate_wait(const struct engine *engine)
{
    int64_t batches = (int64_t)(engine->queued / engine->settings.batch_limit);
    return (int64_t)engine->queued * engine->command_ns + batches * engine->batch_ns;
}

bool
engine_submit(struct engine *engine, struct engine_request *request)
{
    arena_init(&request->work, engine->settings.work_limit);
    request->submitted_ns = clock_monotonic_ns(engine->settings.clock);
    request->next = NULL;
    bool counted = engine_counts_key(request);
    unsigned char key[STORE_KEY_BYTES]; /* what is accepted may be answered and gone */
    memcpy(key, request->key, sizeof(key));
    if (counted)
        key_filter_begin(engine->keys, key); /* before it can be answered */
    pthread_mutex_lock(&engine->mutex);
    bool accepted = !engine->stopping && !engine->failed && engine->queued < engine->settings.queue_limit &&
                    estimate_wait(engine) <= engine->settings.wait_limit_ms * 1000000;
    if (accepted) {
        queue_push(gives_back(request) ? &engine->giving_back : &engine->others, request);
        engine->queued++;
        if (engine->queued == 1)
            pthread_cond_signal(&engine->filled);
    }
    /* before the lock is given back: after it, the request may be answered and the engine gone */
    engine_count(accepted ? &engine->stats.accepted : &engine->stats.refused_busy, 1);
    if (!accepted && counted)
        key_filter_end(engine->keys, key);
    pthread_mutex_unlock(&engine->mutex);
    return accepted;
}

bool
engine_refuse_again(struct engine *engine, struct engine_request *request, struct arena *arena)
{
    struct refusal_question question;
    struct store_head head;
    if (request->dry_run || !refusal_question(&request->command, &question))
        return false;
    /* the key first: an effect that is stored after this moves the state on, which is looked at afterwards */
    if (engine_counts_key(request) && key_filter_may_be_known(engine->keys, request->key))
        return false;
    if (!refusal_cache_committed(engine->refusals, request->command.property, &head))
        return false;
    request->result = (struct engine_result){.refusal.outcome = OUTCOME_OK};
    int64_t now_ms = clock_now_ms(engine->settings.clock);
    if (!refusal_cache_find(engine->refusals, &question, &head, now_ms, arena, &request->result.refusal))
        return false;
    engine_count(&engine->stats.refused_again, 1);
    engine_count_answer(engine, request, now_ms);
    return true;
}

/* Up to batch_limit requests, dry runs apart: a batch is all of one sort. What gives back has half of it first, and all
 * that the others leave. */
size_t
queue_take_batch(struct engine *engine, bool *ret_dry)
{
    size_t taken = 0, limit = engine->settings.batch_limit;
    struct request_queue *first = &engine->giving_back, *others = &engine->others;
    pthread_mutex_lock(&engine->mutex);
    *ret_dry = first->first == NULL && others->first != NULL && others->first->dry_run;
    while (first->first != NULL && taken < (limit + 1) / 2)
        engine->batch_requests[taken++] = queue_take(first);
    while (others->first != NULL && taken < limit && others->first->dry_run == *ret_dry)
        engine->batch_requests[taken++] = queue_take(others);
    while (first->first != NULL && taken < limit)
        engine->batch_requests[taken++] = queue_take(first);
    engine->queued -= taken;
    atomic_store_explicit(&engine->stats.queue_length, (long long)engine->queued, memory_order_relaxed);
    pthread_mutex_unlock(&engine->mutex);
    return taken;
}

/* Moving averages, so that a queue can say how long it would take. A batch of many tells more of what a command takes
 * than a single one, which may have made a whole room type. */
void
queue_note_pace(struct engine *engine, const struct batch *batch, int64_t started_ns)
{
    int64_t count = (int64_t)batch->count;
    int64_t took_ns = clock_monotonic_ns(engine->settings.clock) - started_ns;
    int64_t each_ns = batch->commands_ns / count;
    pthread_mutex_lock(&engine->mutex);
    engine->command_ns += (each_ns - engine->command_ns) * count / (count + 63);
    engine->batch_ns += (took_ns - batch->commands_ns - engine->batch_ns) / 8;
    pthread_mutex_unlock(&engine->mutex);
}
