/* Jobs go on between the batches of others, and stay behind them.
 *
 * A step is a command that the engine gives itself, in a batch of its own: it is decided, written, logged and committed
 * like any other, so that a crash in it leaves a step that was done or was not. Which jobs run is in the database,
 * where a start finds them; the list here is read again whenever a commit may have changed it. While nobody waits one
 * step follows the other; while the desk works a step is followed by a pause of four times its length, so that jobs
 * take a fifth of the engine at most. */
#include "engine/engine_intern.h"
#include "store/store_job.h"

enum {
    PAUSE_FACTOR = 4,
    TROUBLE_NS = 1000000000, /* until a step that could not be done is tried again */
};

static void
ignore(struct engine_request *request)
{
    (void)request;
}

static bool
may_step(const struct engine *engine, enum job_kind kind)
{
    return engine->settings.guard == NULL || !job_kind_is_by_clock(kind) ||
           clock_guard_read(engine->settings.guard).trust == CLOCK_TRUSTED;
}

/* The next that may go on, in turn. DB_NO_ROW for none. */
static enum db_status
choose(struct engine *engine, struct store_running *ret_job)
{
    struct store_running *jobs;
    size_t count;
    arena_reset(&engine->scratch);
    enum db_status status = store_list_running_jobs(&engine->store, &engine->scratch, &jobs, &count);
    if (status != DB_OK)
        return status;
    for (size_t i = 0; i < count; i++) {
        const struct store_running *job = &jobs[(engine->jobs.next + i) % count];
        if (!may_step(engine, job->kind))
            continue;
        engine->jobs.next = (engine->jobs.next + i + 1) % count;
        *ret_job = *job;
        return DB_OK;
    }
    engine->jobs.known = count == 0;
    return DB_NO_ROW;
}

static bool
step(struct engine *engine, const struct store_running *job)
{
    struct engine_request request = {.command = {.kind = COMMAND_STEP_JOB,
                                                 .actor = {.name = STR("system"), .role = ROLE_ADMIN},
                                                 .property = job->property,
                                                 .step_job.job = job->job},
                                     .done = ignore};
    struct engine_request *requests[] = {&request};
    struct batch batch = {.requests = requests, .count = 1};
    arena_init(&request.work, engine->settings.work_limit);
    batch_run(engine, &batch);
    bool done = request.result.refusal.outcome == OUTCOME_OK;
    engine_count(&engine->stats.job_steps, done);
    engine_request_done(&request);
    return done;
}

int64_t
job_run_due(struct engine *engine)
{
    struct job_running *jobs = &engine->jobs;
    if (jobs->known || engine->failed)
        return INT64_MAX; /* none runs */
    int64_t now = clock_monotonic_ns(engine->settings.clock);
    if (now < jobs->due_ns)
        return jobs->due_ns - now;
    struct store_running job;
    enum db_status status = choose(engine, &job);
    if (status == DB_NO_ROW && jobs->known)
        return INT64_MAX;
    bool done = status == DB_OK && step(engine, &job);
    int64_t took = clock_monotonic_ns(engine->settings.clock) - now;
    int64_t pause = !done ? TROUBLE_NS : jobs->waited_on ? took * PAUSE_FACTOR : 0;
    jobs->waited_on = false;
    jobs->due_ns = now + took + pause;
    return pause;
}

bool
engine_step_job(struct engine *engine)
{
    long long before = atomic_load_explicit(&engine->stats.job_steps, memory_order_relaxed);
    engine->jobs.due_ns = INT64_MIN;
    (void)job_run_due(engine);
    return atomic_load_explicit(&engine->stats.job_steps, memory_order_relaxed) > before;
}
