/* The engine's life and its thread: step after step, a batch of what waits is run, answered and forgotten. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/engine_intern.h"

#define TURNAWAYS_EVERY_NS INT64_C(1000000000)

/* --- for all parts --- */

void
engine_request_done(struct engine_request *request)
{
    arena_done(&request->work);
}

enum db_status
engine_out_of_memory(struct engine *engine)
{
    err_set(&engine->store.err, ERR_MEMORY, "a command needs more memory than it may use");
    return DB_FAILED;
}

void
engine_log_failure(struct engine *engine, const char *what, enum db_status status)
{
    if (engine->settings.log != NULL)
        log_line(engine->settings.log, LOG_ERROR, what, LOG_STR("status", str_from(db_status_name(status))),
                 LOG_STR("reason", str_from(engine->store.err.message)), LOG_END);
}

void
engine_go_fatal(struct engine *engine)
{
    pthread_mutex_lock(&engine->mutex);
    engine->failed = true;
    pthread_mutex_unlock(&engine->mutex);
    if (engine->settings.on_fatal != NULL)
        engine->settings.on_fatal(&engine->store.err, engine->settings.user);
}

void
engine_count_answer(struct engine *engine, const struct engine_request *request, int64_t now_ms)
{
    enum outcome outcome = request->result.refusal.outcome;
    if (outcome != OUTCOME_OK && !request->dry_run && !request->no_demand)
        turnaways_note(engine->turnaways, &request->command, &request->result.refusal, now_ms);
    engine_count(&engine->stats.by_outcome[outcome], 1);
    engine_count(outcome != OUTCOME_OK       ? &engine->stats.refusals
                 : request->result.replayed  ? &engine->stats.replays
                 : request->result.unchanged ? &engine->stats.unchanged
                                             : &engine->stats.effects,
                 1);
}

/* --- one step --- */

size_t
engine_step(struct engine *engine)
{
    bool dry;
    key_loading_step(engine);
    struct batch batch = {.requests = engine->batch_requests};
    batch.count = queue_take_batch(engine, &dry);
    if (batch.count == 0)
        return 0;
    engine->jobs.waited_on = true;
    int64_t started = clock_monotonic_ns(engine->settings.clock);
    batch.started_ns = started;
    for (size_t i = 0; i < batch.count; i++)
        histogram_note(&engine->stats.wait_us, &histogram_of_time, (started - batch.requests[i]->submitted_ns) / 1000);
    histogram_note(&engine->stats.batch_commands, &histogram_of_count, (int64_t)batch.count);
    if (engine->failed)
        batch_fail(&batch, DB_RETRY); /* not begun: on a disk that failed a commit, the next may only seem to succeed */
    else if (dry)
        batch_run_dry(engine, &batch);
    else
        batch_run(engine, &batch);
    engine_count(&engine->stats.batches, 1);
    queue_note_pace(engine, &batch, started);
    batch_note_slow(engine, &batch);
    size_t answered = batch.count;
    batch_answer(engine, &batch);
    if (!engine->failed && db_maintain(engine->store.connection, &engine->store.err) != DB_OK)
        engine_log_failure(engine, "maintenance failed", DB_FAILED);
    return answered;
}

/* --- the thread --- */

static bool
has_work(struct engine *engine)
{
    pthread_mutex_lock(&engine->mutex);
    bool has = engine->queued > 0 || engine->stopping;
    pthread_mutex_unlock(&engine->mutex);
    return has;
}

/* More may have lapsed than a sweep ends: it goes on at once while nobody waits, else when it is due again. */
static void
sweep_when_due(struct engine *engine)
{
    int64_t interval_ns = engine->settings.sweep_interval_ms * 1000000;
    int64_t now = clock_monotonic_ns(engine->settings.clock);
    if (interval_ns == 0 || now - engine->swept_ns < interval_ns)
        return;
    engine->swept_ns = now;
    while (engine_sweep(engine) >= ENGINE_SWEEP_LIMIT && !has_work(engine))
        ;
    if (engine->settings.on_sweep != NULL)
        engine->settings.on_sweep(engine->settings.user);
}

static void
flush_turnaways_when_due(struct engine *engine)
{
    int64_t now = clock_monotonic_ns(engine->settings.clock);
    if (now - engine->turnaways_ns < TURNAWAYS_EVERY_NS)
        return;
    engine->turnaways_ns = now;
    (void)engine_flush_turnaways(engine); /* told */
}

/* Waits for a request, for the next sweep or flush, for the step of a job, or for the end. False at the end, once
 * nothing waits. */
static bool
wait_for_work(struct engine *engine, int64_t job_ns)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t sweep_ms = engine->settings.sweep_interval_ms, pause_ms = TURNAWAYS_EVERY_NS / 1000000;
    if (sweep_ms > 0 && sweep_ms < pause_ms)
        pause_ms = sweep_ms;
    int64_t pause_ns = engine->key_loading.done ? pause_ms * 1000000 : 0;
    if (job_ns < pause_ns)
        pause_ns = job_ns;
    until.tv_sec += pause_ns / 1000000000;
    until.tv_nsec += pause_ns % 1000000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&engine->mutex);
    int waited = 0;
    while (engine->queued == 0 && !engine->stopping && waited != ETIMEDOUT)
        waited = pthread_cond_timedwait(&engine->filled, &engine->mutex, &until);
    bool go_on = engine->queued > 0 || !engine->stopping;
    pthread_mutex_unlock(&engine->mutex);
    return go_on;
}

static void *
engine_thread(void *argument)
{
    struct engine *engine = argument;
    int64_t job_ns = 0;
    while (wait_for_work(engine, job_ns)) {
        (void)clock_now_ms(engine->settings.clock); /* a guarded clock has to be looked at to be believed */
        engine_step(engine);
        sweep_when_due(engine);
        job_ns = job_run_due(engine);
        flush_turnaways_when_due(engine);
    }
    return NULL;
}

bool
engine_start(struct engine *engine, struct err *err)
{
    int error = pthread_create(&engine->thread, NULL, engine_thread, engine);
    if (error != 0)
        err_set(err, ERR_SYSTEM, "can't start the engine's thread: %s", strerror(error));
    engine->has_thread = error == 0;
    return engine->has_thread;
}

/* --- life --- */

static void
free_memory(struct engine *engine)
{
    house_cache_free(engine->houses);
    refusal_cache_free(engine->refusals);
    key_filter_free(engine->keys);
    turnaways_free(engine->turnaways);
    turnaway_counters_free(engine->turnaway_counters);
    arena_done(&engine->scratch);
    free(engine->batch_requests);
    free(engine);
}

/* Shows the guard every head, so that a log from the future is known of before anything is asked. */
static enum db_status
show_heads(struct engine *engine)
{
    struct arena arena;
    struct property *properties;
    struct store_head head;
    size_t count = 0;
    if (engine->settings.guard == NULL)
        return DB_OK;
    arena_init(&arena, engine->settings.work_limit);
    enum db_status status = store_load_head(&engine->store, 0, &head);
    if (status == DB_OK) {
        clock_guard_see_head(engine->settings.guard, head.decided_at);
        status = store_list_properties(&engine->store, &arena, &properties, &count);
    }
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        status = store_load_head(&engine->store, properties[i].number, &head);
        if (status == DB_OK)
            clock_guard_see_head(engine->settings.guard, head.decided_at);
    }
    arena_done(&arena);
    return status;
}

enum db_status
engine_new(const struct engine_settings *settings, struct engine **ret_engine, struct err *err)
{
    assert(settings->batch_limit > 0 && settings->batch_limit <= HEADS_MAX);
    struct engine *engine = calloc(1, sizeof(*engine));
    if (engine == NULL)
        goto no_memory;
    engine->settings = *settings;
    engine->houses = house_cache_new();
    engine->refusals = refusal_cache_new();
    engine->keys = key_filter_new();
    engine->turnaways = turnaways_new();
    engine->turnaway_counters = turnaway_counters_new();
    atomic_init(&engine->stats.keys_loading, 1);
    engine->batch_requests = calloc(settings->batch_limit, sizeof(*engine->batch_requests));
    if (engine->houses == NULL || engine->refusals == NULL || engine->keys == NULL || engine->turnaways == NULL ||
        engine->turnaway_counters == NULL || engine->batch_requests == NULL)
        goto no_memory;
    arena_init(&engine->scratch, settings->work_limit);
    enum db_status status = db_connect(settings->db, DB_WRITER, &engine->store.connection, err);
    if (status == DB_OK) {
        status = show_heads(engine);
        if (status != DB_OK) {
            *err = engine->store.err;
            db_disconnect(engine->store.connection);
        }
    }
    if (status != DB_OK) {
        free_memory(engine);
        return status;
    }
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&engine->filled, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&engine->mutex, NULL);
    *ret_engine = engine;
    return DB_OK;
no_memory:
    if (engine != NULL)
        free_memory(engine);
    err_set(err, ERR_MEMORY, "no memory for the engine");
    return DB_FAILED;
}

void
engine_stop(struct engine *engine)
{
    if (engine == NULL)
        return;
    pthread_mutex_lock(&engine->mutex);
    engine->stopping = true;
    pthread_cond_broadcast(&engine->filled);
    pthread_mutex_unlock(&engine->mutex);
    if (engine->has_thread)
        pthread_join(engine->thread, NULL);
    engine->has_thread = false;
    while (engine_step(engine) > 0)
        ; /* without a thread, what still waits is answered here */
    while (engine_flush_turnaways(engine))
        ;
}

void
engine_free(struct engine *engine)
{
    if (engine == NULL)
        return;
    engine_stop(engine);
    db_disconnect(engine->store.connection);
    pthread_cond_destroy(&engine->filled);
    pthread_mutex_destroy(&engine->mutex);
    free_memory(engine);
}

/* --- for callers without a loop --- */

struct waiter {
    pthread_mutex_t mutex;
    pthread_cond_t answered;
    bool done;
};

static void
wake(struct engine_request *request)
{
    struct waiter *waiter = request->user;
    pthread_mutex_lock(&waiter->mutex);
    waiter->done = true;
    pthread_cond_signal(&waiter->answered);
    pthread_mutex_unlock(&waiter->mutex);
}

bool
engine_run(struct engine *engine, struct engine_request *request)
{
    struct waiter *waiter = calloc(1, sizeof(*waiter));
    if (waiter == NULL)
        return false;
    pthread_mutex_init(&waiter->mutex, NULL);
    pthread_cond_init(&waiter->answered, NULL);
    request->done = wake;
    request->user = waiter;
    bool accepted = engine_submit(engine, request);
    if (accepted && !engine->has_thread)
        while (!waiter->done && engine_step(engine) > 0)
            ;
    pthread_mutex_lock(&waiter->mutex);
    while (accepted && !waiter->done)
        pthread_cond_wait(&waiter->answered, &waiter->mutex);
    pthread_mutex_unlock(&waiter->mutex);
    pthread_cond_destroy(&waiter->answered);
    pthread_mutex_destroy(&waiter->mutex);
    free(waiter);
    return accepted;
}

const struct engine_stats *
engine_read_stats(const struct engine *engine)
{
    return &engine->stats;
}

int64_t
engine_turnaways_lost(const struct engine *engine)
{
    return turnaways_lost(engine->turnaways);
}
