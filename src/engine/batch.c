/* Many commands, one transaction, one commit.
 *
 * A batch runs without savepoints first, because a decision has refused everything that can be refused. When the
 * database refuses or fails all the same, the batch is rolled back and run again with a savepoint per command, on the
 * same input, so that one bad command does not take its neighbours along. Nothing leaves before the commit: results
 * are only handed out by batch_answer(), and a command that is run again starts with an empty work arena. */
#include "engine/engine_intern.h"

enum {
    RETRIES_MAX = 5,         /* of a batch that lost against another writer */
    LOCK_WAIT_TOLD_MS = 100, /* a wait for the database that the log tells of */
};

static enum outcome
outcome_of(enum db_status status)
{
    switch (status) {
    case DB_FULL: return OUTCOME_STORAGE_FULL;
    case DB_UNKNOWN: return OUTCOME_OUTCOME_UNKNOWN;
    default: return OUTCOME_BUSY_RETRY;
    }
}

/* Takes back everything the request was going to say. */
static void
fail_request(struct engine_request *request, enum db_status status)
{
    arena_reset(&request->work);
    request->result = (struct engine_result){.refusal.outcome = outcome_of(status)};
}

void
batch_fail(struct batch *batch, enum db_status status)
{
    for (size_t i = 0; i < batch->count; i++)
        fail_request(batch->requests[i], status);
}

/* Runs every command once. Without savepoints the first failure ends it; with them a failing command is undone and
 * answered alone, as long as the transaction itself is still there. */
static enum db_status
run_commands(struct engine *engine, struct batch *batch, bool savepoints)
{
    struct db_connection *connection = engine->store.connection;
    struct batch before;
    for (size_t i = 0; i < batch->count; i++) {
        struct engine_request *request = batch->requests[i];
        enum db_status status = savepoints ? db_savepoint(connection, &engine->store.err) : DB_OK;
        if (status != DB_OK)
            return status;
        if (savepoints)
            before = *batch;
        status = command_run(engine, batch, request);
        if (status == DB_OK) {
            status = savepoints ? db_savepoint_release(connection, &engine->store.err) : DB_OK;
            if (status != DB_OK)
                return status;
            continue;
        }
        if (status == DB_CONFLICT)
            engine_count(&engine->stats.guard_conflicts, savepoints);
        if (!savepoints || status == DB_RETRY || status == DB_UNKNOWN || !db_in_transaction(connection))
            return status;
        engine_log_failure(engine, "command failed", status);
        batch_forget_undone(engine, batch); /* its own head may be one that was not taken before */
        *batch = before;
        fail_request(request, status);
        status = db_savepoint_rollback(connection, &engine->store.err);
        if (status != DB_OK)
            return status;
    }
    return DB_OK;
}

/* Begins, and says so when another process had the database for long. */
static enum db_status
begin(struct engine *engine, struct batch *batch)
{
    int64_t before = clock_monotonic_ns(engine->settings.clock);
    enum db_status status = db_begin(engine->store.connection, &engine->store.err);
    int64_t waited_ns = clock_monotonic_ns(engine->settings.clock) - before, waited_ms = waited_ns / 1000000;
    batch->lock_ns += waited_ns;
    histogram_note(&engine->stats.lock_us, &histogram_of_time, waited_ns / 1000);
    if (waited_ms >= LOCK_WAIT_TOLD_MS && engine->settings.log != NULL)
        log_line(engine->settings.log, LOG_WARNING, "lock waited", LOG_I64("ms", waited_ms),
                 LOG_STR("status", str_from(db_status_name(status))), LOG_END);
    return status;
}

/* One attempt: begin, every command, heads, commit. */
static enum db_status
attempt(struct engine *engine, struct batch *batch, bool savepoints)
{
    batch->head_count = 0;
    batch->wrote = false;
    batch->key_day = 0;
    key_filter_note_turns(engine->keys);
    enum db_status status = begin(engine, batch);
    if (status != DB_OK)
        return status;
    int64_t began = clock_monotonic_ns(engine->settings.clock);
    status = run_commands(engine, batch, savepoints);
    batch->commands_ns += clock_monotonic_ns(engine->settings.clock) - began;
    if (status == DB_OK)
        status = batch_save_heads(engine, batch);
    if (status != DB_OK)
        goto undo;
    batch_withdraw_heads(engine, batch);
    int64_t before = clock_monotonic_ns(engine->settings.clock);
    status = db_commit(engine->store.connection, &engine->store.err);
    if (status != DB_OK)
        goto undo;
    batch_publish_heads(engine, batch);
    engine_count(&engine->stats.commits, batch->wrote);
    int64_t ended = clock_monotonic_ns(engine->settings.clock);
    batch->commit_ns += ended - before;
    histogram_note(&engine->stats.locked_us, &histogram_of_time, (ended - began) / 1000);
    if (batch->wrote)
        histogram_note(&engine->stats.commit_us, &histogram_of_time, (ended - before) / 1000);
    return DB_OK;
undo:
    batch_forget_undone(engine, batch);
    if (status != DB_UNKNOWN && db_in_transaction(engine->store.connection)) {
        struct err ignored; /* of a rollback after a failure: the failure is what is told */
        (void)db_rollback(engine->store.connection, &ignored);
    }
    return status;
}

static void
log_slow(const struct engine *engine, const struct batch *batch, const struct engine_request *request, size_t slow,
         int64_t now_ns)
{
    enum { MS = 1000000 };
    log_line(
        engine->settings.log, LOG_WARNING, "command slow", LOG_STR("command", command_kind_name(request->command.kind)),
        LOG_I64("property", request->command.property), LOG_STR("request_id", request->request_id),
        LOG_I64("ms", (now_ns - request->submitted_ns) / MS),
        LOG_I64("queue_ms", (batch->started_ns - request->submitted_ns) / MS), LOG_I64("lock_ms", batch->lock_ns / MS),
        LOG_I64("decide_ms", request->decide_ns / MS), LOG_I64("write_ms", request->write_ns / MS),
        LOG_I64("commands_ms", batch->commands_ns / MS), LOG_I64("commit_ms", batch->commit_ns / MS),
        LOG_I64("batch", (int64_t)batch->count), LOG_I64("slow", (int64_t)slow), LOG_END);
}

/* One line a batch: when the disk stands still, all of a batch is slow for the same reason. */
void
batch_note_slow(struct engine *engine, const struct batch *batch)
{
    int64_t limit_ns = engine->settings.slow_ms * 1000000;
    if (limit_ns == 0)
        return;
    int64_t now_ns = clock_monotonic_ns(engine->settings.clock);
    const struct engine_request *slowest = batch->requests[0];
    size_t slow = 0;
    for (size_t i = 0; i < batch->count; i++) {
        slow += now_ns - batch->requests[i]->submitted_ns >= limit_ns;
        if (batch->requests[i]->submitted_ns < slowest->submitted_ns)
            slowest = batch->requests[i];
    }
    engine_count(&engine->stats.slow, (long long)slow);
    if (slow > 0 && engine->settings.log != NULL)
        log_slow(engine, batch, slowest, slow, now_ns);
}

void
batch_answer(struct engine *engine, struct batch *batch)
{
    int64_t now_ms = clock_now_ms(engine->settings.clock);
    for (size_t i = 0; i < batch->count; i++) {
        struct engine_request *request = batch->requests[i];
        engine_count_answer(engine, request, now_ms);
        if (engine_counts_key(request))
            key_filter_end(engine->keys, request->key);
        request->done(request); /* the request may be gone after this */
    }
    if (engine->settings.on_answered != NULL)
        engine->settings.on_answered(engine->settings.user);
}

void
batch_run_dry(struct engine *engine, struct batch *batch)
{
    enum db_status status = db_begin(engine->store.connection, &engine->store.err);
    int64_t began = clock_monotonic_ns(engine->settings.clock);
    for (size_t i = 0; status == DB_OK && i < batch->count; i++)
        status = command_run(engine, batch, batch->requests[i]);
    batch->commands_ns = clock_monotonic_ns(engine->settings.clock) - began;
    if (db_in_transaction(engine->store.connection)) {
        struct err ignored;
        (void)db_rollback(engine->store.connection, &ignored);
    }
    if (status != DB_OK) {
        engine_log_failure(engine, "dry run failed", status);
        batch_fail(batch, status);
    }
}

void
batch_run(struct engine *engine, struct batch *batch)
{
    enum db_status status = attempt(engine, batch, false);
    for (int tries = 0; status != DB_OK && status != DB_UNKNOWN && tries < RETRIES_MAX; tries++) {
        engine_count(&engine->stats.reruns, 1);
        status = attempt(engine, batch, true);
        if (status != DB_RETRY)
            break;
    }
    if (status != DB_OK) {
        engine_log_failure(engine, "batch failed", status);
        batch_fail(batch, status);
    }
    if (status == DB_UNKNOWN)
        engine_go_fatal(engine);
    else if (status == DB_OK && batch->wrote && engine->settings.on_commit != NULL)
        engine->settings.on_commit(engine->settings.user);
}
