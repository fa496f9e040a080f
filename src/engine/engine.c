/* The engine: a bounded queue, and batches that are decided, written and committed together.
 *
 * A batch runs without savepoints first, because a decision has refused everything that can be refused. When the
 * database refuses or fails all the same, the batch is rolled back and run again with a savepoint per command, on the
 * same input, so that one bad command does not take its neighbours along. Nothing leaves before the commit: results
 * are only handed out by answer_all(), and a command that is run again starts with an empty work arena. */
#include "engine/engine.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "core/code.h"
#include "core/date.h"
#include "core/decide.h"
#include "engine/apply.h"
#include "engine/event_log.h"
#include "engine/facts_load.h"
#include "engine/key_filter.h"
#include "engine/nights.h"
#include "engine/refusal_cache.h"

enum {
    HEADS_MAX = 256,        /* properties one batch may touch: one per command */
    RETRIES_MAX = 5,        /* of a batch that lost against another writer */
    SWEEP_LIMIT = 100,      /* lapsed holds, and bookings, per property and step */
    FRESH_IDS_MAX = 600,    /* more than any command may use */
    KEY_KEPT_MS = 86400000, /* how long an idempotency key is honoured */
    KEYS_AT_ONCE = 1000,    /* stored keys read per step */
};

/* A head taken by the running batch. */
struct batch_head {
    uint32_t property;
    struct store_head head;
    int64_t now_ms;      /* when this batch decides for the property */
    int64_t next_expiry; /* nothing expires before; INT64_MIN: not known */
    bool changed;
};

struct batch {
    struct engine_request **requests;
    size_t count;
    struct batch_head heads[HEADS_MAX];
    size_t head_count;
    bool wrote;
    int64_t key_day;     /* under which keys are stored; 0: not asked yet */
    int64_t commands_ns; /* spent on its commands so far, all attempts; the rest of its time is for the batch as such */
};

/* How far the keys that were stored before have been read into the filter. */
struct key_loading {
    bool done;
    int table;
    int64_t day; /* that of today's keys, when reading began */
    struct store_key_place place;
};

struct request_queue {
    struct engine_request *first, *last;
};

struct engine {
    struct engine_settings settings;
    struct store store;
    struct house_cache *houses;
    struct refusal_cache *refusals;
    struct key_filter *keys;
    struct key_loading key_loading;
    struct engine_stats stats;
    struct arena scratch; /* of sweeps */

    pthread_mutex_t mutex; /* guards the queues and `stopping` */
    pthread_cond_t filled;
    struct request_queue giving_back, others;
    size_t queued; /* in both */
    bool stopping;
    /* Moving averages of what a command takes, and of what a batch takes beside its commands, which is mostly the
     * disk's time. Apart, since a disk that takes long over single commands is no slower for many at once. */
    int64_t command_ns, batch_ns;

    bool has_thread;
    pthread_t thread;
    int64_t swept_ns;
    struct engine_request **batch_requests; /* batch_limit of them */
    bool failed;                            /* a commit's outcome was unknown: nothing more is accepted */
};

static void
count(atomic_llong *counter, long long by)
{
    atomic_fetch_add_explicit(counter, by, memory_order_relaxed);
}

void
engine_request_done(struct engine_request *request)
{
    arena_done(&request->work);
}

/* --- heads --- */

static enum db_status
take_head(struct engine *engine, struct batch *batch, uint32_t property, struct batch_head **ret_head)
{
    for (size_t i = 0; i < batch->head_count; i++) {
        if (batch->heads[i].property == property) {
            *ret_head = &batch->heads[i];
            return DB_OK;
        }
    }
    assert(batch->head_count < HEADS_MAX);
    struct batch_head *head = &batch->heads[batch->head_count];
    *head = (struct batch_head){.property = property};
    enum db_status status = store_load_head(&engine->store, property, &head->head);
    if (status == DB_OK)
        status = store_next_expiry(&engine->store, property, &head->next_expiry);
    if (status != DB_OK)
        return status;
    if (engine->settings.guard != NULL)
        clock_guard_see_head(engine->settings.guard, head->head.decided_at);
    int64_t now = clock_now_ms(engine->settings.clock);
    head->now_ms = now > head->head.decided_at ? now : head->head.decided_at;
    batch->head_count++;
    *ret_head = head;
    return DB_OK;
}

static enum db_status
save_heads(struct engine *engine, struct batch *batch)
{
    for (size_t i = 0; i < batch->head_count; i++) {
        struct batch_head *head = &batch->heads[i];
        if (!head->changed)
            continue;
        head->head.decided_at = head->now_ms;
        enum db_status status = store_save_head(&engine->store, head->property, &head->head);
        if (status != DB_OK)
            return status;
    }
    return DB_OK;
}

/* Around a commit. What it changes is unknown from before it, when readers may see it first, until after it. */
static void
withdraw_heads(struct engine *engine, const struct batch *batch)
{
    for (size_t i = 0; i < batch->head_count; i++)
        if (batch->heads[i].changed)
            refusal_cache_withdraw(engine->refusals, batch->heads[i].property);
}

static void
publish_heads(struct engine *engine, const struct batch *batch)
{
    for (size_t i = 0; i < batch->head_count; i++)
        refusal_cache_publish(engine->refusals, batch->heads[i].property, &batch->heads[i].head);
}

/* Houses that were changed in a transaction which is gone must be read again; and the filter of keys may have been
 * emptied for a day that did not begin. */
static void
forget_undone(struct engine *engine, const struct batch *batch)
{
    for (size_t i = 0; i < batch->head_count; i++)
        house_cache_drop(engine->houses, batch->heads[i].property);
    if (key_filter_has_turned(engine->keys)) {
        key_filter_unload(engine->keys);
        engine->key_loading = (struct key_loading){.done = false};
    }
}

/* --- one command --- */

static enum db_status
out_of_memory(struct engine *engine)
{
    err_set(&engine->store.err, ERR_MEMORY, "a command needs more memory than it may use");
    return DB_FAILED;
}

static bool
counts_key(const struct engine_request *request)
{
    return request->has_key && !request->dry_run;
}

/* The earlier effect of a request with this key, if there is one. DB_OK with *ret_found. */
static enum db_status
find_replay(struct engine *engine, struct engine_request *request, int64_t now_ms, bool *ret_found)
{
    struct store_idempotency record;
    uint32_t property = request->command.property;
    *ret_found = false;
    enum db_status status = store_find_idempotency(&engine->store, property, request->key, &record);
    if (status == DB_NO_ROW || (status == DB_OK && record.at <= now_ms - KEY_KEPT_MS))
        return DB_OK;
    if (status != DB_OK)
        return status;
    *ret_found = true;
    if (memcmp(record.request, request->fingerprint, STORE_KEY_BYTES) != 0) {
        request->result.refusal.outcome = OUTCOME_IDEMPOTENCY_KEY_REUSED;
        return DB_OK;
    }
    if (request->secret) {
        request->result.refusal.outcome = OUTCOME_SECRET_NOT_REPEATABLE;
        return DB_OK;
    }
    request->result.replayed = true;
    return store_list_events(&engine->store, property, record.first_seq - 1, record.event_count, &request->work,
                             &request->result.events, &request->result.event_count);
}

static enum db_status
make_fresh(struct engine *engine, const struct command *command, struct batch_head *head, struct arena *arena,
           struct facts *facts)
{
    size_t ids = command_fresh_ids(command), codes = command_fresh_codes(command);
    assert(ids <= FRESH_IDS_MAX);
    struct id *fresh_ids = ARENA_ARRAY(arena, ids, struct id);
    struct str *fresh_codes = ARENA_ARRAY(arena, codes, struct str);
    char *text = arena_alloc(arena, codes * CODE_SIZE);
    if (fresh_ids == NULL || fresh_codes == NULL || text == NULL)
        return out_of_memory(engine);
    unsigned char chance[FRESH_IDS_MAX * ID_RANDOM_BYTES];
    random_fill(engine->settings.random, chance, ids * ID_RANDOM_BYTES);
    for (size_t i = 0; i < ids; i++)
        fresh_ids[i] = id_make(head->now_ms, chance + i * ID_RANDOM_BYTES);
    for (size_t i = 0; i < codes; i++) {
        char *code = text + i * CODE_SIZE;
        code_format(facts->house.property == NULL ? ID_NONE : facts->house.property->id,
                    (head->head.next_code + (int64_t)i) % CODE_COUNT, code);
        fresh_codes[i] = str_of(code, CODE_LEN);
    }
    facts->fresh_ids = fresh_ids;
    facts->fresh_codes = fresh_codes;
    return DB_OK;
}

/* Events [from, until) of a decision as rows of the log, chained and stored unless it is a dry run. */
static enum db_status
append_events(struct engine *engine, struct batch_head *head, const struct decision *decision, size_t from,
              size_t until, const struct house *house, struct str actor, struct str request_id, bool dry_run,
              struct arena *arena, struct store_event **ret_rows)
{
    struct store_event *rows = ARENA_ARRAY(arena, until - from, struct store_event);
    if (rows == NULL)
        return out_of_memory(engine);
    for (size_t i = from; i < until; i++) {
        struct store_event *row = &rows[i - from];
        if (!event_log_render(&decision->events[i], head->property, house, head->now_ms, actor, request_id, arena, row))
            return out_of_memory(engine);
        if (dry_run)
            continue;
        event_log_chain(&head->head, head->property, row);
        enum db_status status = store_append_event(&engine->store, head->property, row);
        if (status != DB_OK)
            return status;
    }
    if (until > from)
        head->changed = true;
    *ret_rows = rows;
    return DB_OK;
}

/* The day turns once, before the first key of it is stored; a clock that went back stays with the later day. */
static enum db_status
turn_key_day(struct engine *engine, struct batch *batch, int64_t now_ms)
{
    int64_t day = date_from_instant(now_ms);
    if (batch->key_day >= day)
        return DB_OK;
    enum db_status status = store_turn_key_day(&engine->store, &day);
    batch->key_day = day;
    return status;
}

static enum db_status
remember(struct engine *engine, struct batch *batch, const struct engine_request *request, int64_t now_ms)
{
    enum db_status status = turn_key_day(engine, batch, now_ms);
    if (status != DB_OK)
        return status;
    struct store_idempotency record = {
        .first_seq = request->result.events[0].seq,
        .event_count = (int64_t)request->result.event_count,
        .at = now_ms,
    };
    memcpy(record.key, request->key, STORE_KEY_BYTES);
    memcpy(record.request, request->fingerprint, STORE_KEY_BYTES);
    key_filter_add(engine->keys, batch->key_day, request->key);
    return store_insert_idempotency(&engine->store, request->command.property, batch->key_day, &record);
}

/* Writes one part of a decision: its changes, then its events. The house the events show is the one before. */
static enum db_status
write_part(struct engine *engine, struct batch *batch, struct batch_head *head, const struct decision *decision,
           size_t change_from, size_t change_until, size_t event_from, size_t event_until, const struct house *house,
           struct str actor, struct str request_id, struct arena *arena, struct store_event **ret_rows)
{
    bool house_changed = false;
    enum db_status status = apply_changes(&engine->store, head->property, decision, change_from, change_until,
                                          head->now_ms, &house_changed);
    if (status == DB_OK)
        status = append_events(engine, head, decision, event_from, event_until, house, actor, request_id, false, arena,
                               ret_rows);
    if (status == DB_OK && house_changed)
        head->head.house_version++;
    if (change_until > change_from)
        batch->wrote = true;
    return status;
}

static enum db_status
write_lapsed(struct engine *engine, struct batch *batch, struct batch_head *head, const struct decision *decision,
             const struct house *house, struct arena *arena)
{
    if (decision->lapsed_events == 0)
        return DB_OK;
    struct store_event *rows;
    count(&engine->stats.lapsed, (long long)decision->lapsed_events);
    return write_part(engine, batch, head, decision, 0, decision->lapsed_changes, 0, decision->lapsed_events, house,
                      STR("system"), STR(""), arena, &rows);
}

/* Once a day, before anything is decided on it: what is on sale must not wait for the sweeper. */
static enum db_status
open_nights(struct engine *engine, struct batch *batch, struct batch_head *head, const struct house_entry *house,
            struct arena *arena)
{
    int32_t today = facts_today(house, head->now_ms);
    struct decision decision;
    struct store_event *rows;
    if (house->open_on == today)
        return DB_OK;
    enum db_status status = nights_decide(&engine->store, head->property, &house->house, today, arena, &decision);
    if (status == DB_OK && decision.event_count > 0)
        status = write_part(engine, batch, head, &decision, 0, decision.change_count, 0, decision.event_count,
                            &house->house, STR("system"), STR(""), arena, &rows);
    if (status == DB_OK)
        house_cache_note_open(engine->houses, head->property, today);
    return status;
}

/* The number of a new property is given inside the transaction that makes it. */
static enum db_status
number_property(struct engine *engine, struct command *command)
{
    if (command->kind != COMMAND_CREATE_PROPERTY)
        return DB_OK;
    return store_next_property_number(&engine->store, &command->put_property.property.number);
}

/* Something may have a new, earlier expiry after this command. */
static void
note_expiry(struct batch_head *head, const struct decision *decision)
{
    for (size_t i = 0; i < decision->change_count; i++) {
        const struct change *change = &decision->changes[i];
        int64_t expires_at = change->kind == CHANGE_HOLD      ? change->hold->expires_at
                             : change->kind == CHANGE_BOOKING ? change->booking->expires_at
                                                              : 0;
        if (expires_at > 0 && expires_at < head->next_expiry)
            head->next_expiry = expires_at;
    }
}

/* A slot comes nearer, until it is too late for it. */
static int64_t
slot_until(const struct house *house, const struct leg *leg, int64_t now_ms)
{
    const struct room *room = house_find_room(house, leg->room);
    const struct room_type *type = house_find_type(house, room != NULL ? room->room_type : leg->room_type);
    int64_t notice_ms = type == NULL ? 0 : (int64_t)type->notice_min * 60000;
    int64_t last_ms = leg->span.starts - notice_ms;
    return last_ms > now_ms ? last_ms : leg->span.ends;
}

/* Until when the clock alone makes no difference to a refusal of this command that was decided now: something of the
 * property lapses, its business date moves on, or a slot begins too soon. */
static int64_t
right_until(const struct batch_head *head, const struct house_entry *house, const struct command *command)
{
    const struct leg *legs =
        command->kind == COMMAND_ACQUIRE_HOLD ? &command->acquire_hold.leg : command->create_bookings.legs;
    size_t count = command->kind == COMMAND_ACQUIRE_HOLD ? 1 : command->create_bookings.leg_count;
    int64_t until_ms = facts_today_until(house, head->now_ms);
    if (head->next_expiry < until_ms)
        until_ms = head->next_expiry;
    for (size_t i = 0; i < count; i++) {
        int64_t slot_ms = legs[i].by_minute ? slot_until(&house->house, &legs[i], head->now_ms) : INT64_MAX;
        until_ms = slot_ms < until_ms ? slot_ms : until_ms;
    }
    return until_ms;
}

/* Loads, decides and writes one command inside the open transaction. DB_OK when request->result is set, be it an
 * effect or a refusal; otherwise how the database failed, and the transaction or savepoint must be rolled back. */
static enum db_status
run_command(struct engine *engine, struct batch *batch, struct engine_request *request)
{
    arena_reset(&request->work);
    request->result = (struct engine_result){.refusal.outcome = OUTCOME_OK};
    struct command command = request->command;
    struct batch_head *head;
    enum db_status status = take_head(engine, batch, command.property, &head);
    if (status == DB_NO_ROW) {
        request->result.refusal.outcome = OUTCOME_NOT_FOUND;
        return DB_OK;
    }
    bool found = false;
    if (status == DB_OK && counts_key(request) && key_filter_may_be_stored(engine->keys, request->key))
        status = find_replay(engine, request, head->now_ms, &found);
    if (status != DB_OK || found)
        return status;
    unsigned char question[REFUSAL_QUESTION_BYTES];
    bool may_repeat = !request->dry_run && refusal_question(&command, question);
    if (may_repeat && refusal_cache_find(engine->refusals, question, &head->head, head->now_ms, &request->work,
                                         &request->result.refusal))
        return DB_OK;
    const struct house_entry *house;
    status = house_cache_get(engine->houses, &engine->store, command.property, head->head.house_version, &house);
    if (status == DB_OK && !request->dry_run)
        status = open_nights(engine, batch, head, house, &request->work);
    if (status == DB_OK)
        status = number_property(engine, &command);
    if (status != DB_OK)
        return status;
    struct facts_load load = {.store = &engine->store,
                              .property = command.property,
                              .house = house,
                              .command = &command,
                              .now_ms = head->now_ms,
                              .may_have_lapsed = head->next_expiry <= head->now_ms,
                              .arena = &request->work};
    struct facts facts;
    status = facts_load(&load, &facts);
    if (status == DB_OK)
        status = make_fresh(engine, &command, head, &request->work, &facts);
    if (status != DB_OK)
        return status;
    struct decision *decision = ARENA_NEW(&request->work, struct decision);
    if (decision == NULL)
        return out_of_memory(engine);
    decide(&facts, &command, &request->work, decision);
    if (decision->out_of_memory)
        return out_of_memory(engine);
    request->result.refusal = decision->refusal;
    request->result.event_count = decision->event_count - decision->lapsed_events;
    if (request->dry_run)
        return append_events(engine, head, decision, decision->lapsed_events, decision->event_count, &house->house,
                             command.actor.name, request->request_id, true, &request->work, &request->result.events);
    status = write_lapsed(engine, batch, head, decision, &house->house, &request->work);
    if (status != DB_OK)
        return status;
    if (decision->refusal.outcome != OUTCOME_OK) {
        if (may_repeat)
            refusal_cache_keep(engine->refusals, question, &head->head, head->now_ms,
                               right_until(head, house, &command), &decision->refusal);
        return DB_OK;
    }
    status = write_part(engine, batch, head, decision, decision->lapsed_changes, decision->change_count,
                        decision->lapsed_events, decision->event_count, &house->house, command.actor.name,
                        request->request_id, &request->work, &request->result.events);
    if (status != DB_OK)
        return status;
    head->head.next_code += (int64_t)command_fresh_codes(&command);
    note_expiry(head, decision);
    return request->has_key && request->result.event_count > 0 ? remember(engine, batch, request, head->now_ms) : DB_OK;
}

/* --- one batch --- */

static enum outcome
outcome_of(enum db_status status)
{
    switch (status) {
    case DB_FULL: return OUTCOME_STORAGE_FULL;
    case DB_UNKNOWN: return OUTCOME_OUTCOME_UNKNOWN;
    default: return OUTCOME_BUSY_RETRY;
    }
}

static void
log_failure(struct engine *engine, const char *what, enum db_status status)
{
    if (engine->settings.log != NULL)
        log_line(engine->settings.log, LOG_ERROR, what, LOG_STR("status", str_from(db_status_name(status))),
                 LOG_STR("reason", str_from(engine->store.err.message)), LOG_END);
}

/* Takes back everything the request was going to say. */
static void
fail_request(struct engine_request *request, enum db_status status)
{
    arena_reset(&request->work);
    request->result = (struct engine_result){.refusal.outcome = outcome_of(status)};
}

static void
fail_all(struct batch *batch, enum db_status status)
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
        status = run_command(engine, batch, request);
        if (status == DB_OK) {
            status = savepoints ? db_savepoint_release(connection, &engine->store.err) : DB_OK;
            if (status != DB_OK)
                return status;
            continue;
        }
        if (status == DB_CONFLICT)
            count(&engine->stats.guard_conflicts, savepoints);
        if (!savepoints || status == DB_RETRY || status == DB_UNKNOWN || !db_in_transaction(connection))
            return status;
        log_failure(engine, "command failed", status);
        forget_undone(engine, batch); /* its own head may be one that was not taken before */
        *batch = before;
        fail_request(request, status);
        status = db_savepoint_rollback(connection, &engine->store.err);
        if (status != DB_OK)
            return status;
    }
    return DB_OK;
}

/* One attempt: begin, every command, heads, commit. */
static enum db_status
attempt(struct engine *engine, struct batch *batch, bool savepoints)
{
    batch->head_count = 0;
    batch->wrote = false;
    batch->key_day = 0;
    key_filter_note_turns(engine->keys);
    enum db_status status = db_begin(engine->store.connection, &engine->store.err);
    if (status != DB_OK)
        return status;
    int64_t began = clock_monotonic_ns(engine->settings.clock);
    status = run_commands(engine, batch, savepoints);
    batch->commands_ns += clock_monotonic_ns(engine->settings.clock) - began;
    if (status == DB_OK)
        status = save_heads(engine, batch);
    if (status != DB_OK)
        goto undo;
    withdraw_heads(engine, batch);
    int64_t before = clock_monotonic_ns(engine->settings.clock);
    status = db_commit(engine->store.connection, &engine->store.err);
    if (status != DB_OK)
        goto undo;
    publish_heads(engine, batch);
    count(&engine->stats.commits, batch->wrote);
    count(&engine->stats.commit_ns, batch->wrote ? clock_monotonic_ns(engine->settings.clock) - before : 0);
    return DB_OK;
undo:
    forget_undone(engine, batch);
    if (status != DB_UNKNOWN && db_in_transaction(engine->store.connection)) {
        struct err ignored; /* of a rollback after a failure: the failure is what is told */
        (void)db_rollback(engine->store.connection, &ignored);
    }
    return status;
}

static void
go_fatal(struct engine *engine)
{
    pthread_mutex_lock(&engine->mutex);
    engine->failed = true;
    pthread_mutex_unlock(&engine->mutex);
    if (engine->settings.on_fatal != NULL)
        engine->settings.on_fatal(&engine->store.err, engine->settings.user);
}

static void
count_answer(struct engine *engine, const struct engine_request *request)
{
    enum outcome outcome = request->result.refusal.outcome;
    count(&engine->stats.by_outcome[outcome], 1);
    count(outcome != OUTCOME_OK      ? &engine->stats.refusals
          : request->result.replayed ? &engine->stats.replays
                                     : &engine->stats.effects,
          1);
}

static void
answer_all(struct engine *engine, struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        struct engine_request *request = batch->requests[i];
        count_answer(engine, request);
        if (counts_key(request))
            key_filter_end(engine->keys, request->key);
        request->done(request); /* the request may be gone after this */
    }
    if (engine->settings.on_answered != NULL)
        engine->settings.on_answered(engine->settings.user);
}

/* Dry runs see the database after the batch, decide, and leave nothing behind. */
static void
run_dry(struct engine *engine, struct batch *batch)
{
    enum db_status status = db_begin(engine->store.connection, &engine->store.err);
    int64_t began = clock_monotonic_ns(engine->settings.clock);
    for (size_t i = 0; status == DB_OK && i < batch->count; i++)
        status = run_command(engine, batch, batch->requests[i]);
    batch->commands_ns = clock_monotonic_ns(engine->settings.clock) - began;
    if (db_in_transaction(engine->store.connection)) {
        struct err ignored;
        (void)db_rollback(engine->store.connection, &ignored);
    }
    if (status != DB_OK) {
        log_failure(engine, "dry run failed", status);
        fail_all(batch, status);
    }
}

static void
run_batch(struct engine *engine, struct batch *batch)
{
    enum db_status status = attempt(engine, batch, false);
    for (int tries = 0; status != DB_OK && status != DB_UNKNOWN && tries < RETRIES_MAX; tries++) {
        count(&engine->stats.reruns, 1);
        status = attempt(engine, batch, true);
        if (status != DB_RETRY)
            break;
    }
    if (status != DB_OK) {
        log_failure(engine, "batch failed", status);
        fail_all(batch, status);
    }
    if (status == DB_UNKNOWN)
        go_fatal(engine);
    else if (status == DB_OK && batch->wrote && engine->settings.on_commit != NULL)
        engine->settings.on_commit(engine->settings.user);
}

/* --- the queue --- */

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
    return !request->dry_run &&
           (request->command.kind == COMMAND_CANCEL_BOOKING || request->command.kind == COMMAND_RELEASE_HOLD);
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
    bool counted = counts_key(request);
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
    count(accepted ? &engine->stats.accepted : &engine->stats.refused_busy, 1);
    if (!accepted && counted)
        key_filter_end(engine->keys, key);
    pthread_mutex_unlock(&engine->mutex);
    return accepted;
}

bool
engine_refuse_again(struct engine *engine, struct engine_request *request, struct arena *arena)
{
    unsigned char question[REFUSAL_QUESTION_BYTES];
    struct store_head head;
    if (request->dry_run || !refusal_question(&request->command, question))
        return false;
    /* the key first: an effect that is stored after this moves the state on, which is looked at afterwards */
    if (counts_key(request) && key_filter_may_be_known(engine->keys, request->key))
        return false;
    if (!refusal_cache_committed(engine->refusals, request->command.property, &head))
        return false;
    request->result = (struct engine_result){.refusal.outcome = OUTCOME_OK};
    if (!refusal_cache_find(engine->refusals, question, &head, clock_now_ms(engine->settings.clock), arena,
                            &request->result.refusal))
        return false;
    count(&engine->stats.refused_again, 1);
    count_answer(engine, request);
    return true;
}

/* Up to batch_limit requests, dry runs apart: a batch is all of one sort. What gives back has half of it first, and all
 * that the others leave. */
static size_t
take_batch(struct engine *engine, bool *ret_dry)
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
static void
note_pace(struct engine *engine, const struct batch *batch, int64_t started_ns)
{
    int64_t count = (int64_t)batch->count;
    int64_t took_ns = clock_monotonic_ns(engine->settings.clock) - started_ns;
    int64_t each_ns = batch->commands_ns / count;
    pthread_mutex_lock(&engine->mutex);
    engine->command_ns += (each_ns - engine->command_ns) * count / (count + 63);
    engine->batch_ns += (took_ns - batch->commands_ns - engine->batch_ns) / 8;
    pthread_mutex_unlock(&engine->mutex);
}

/* --- the keys that were stored before --- */

/* A stretch of the tables per step, so that a start waits for none of it. What fails is told, and the filter then never
 * says no. */
static enum db_status
load_keys(struct engine *engine)
{
    struct key_loading *loading = &engine->key_loading;
    unsigned char(*keys)[STORE_KEY_BYTES] = arena_alloc_array(&engine->scratch, KEYS_AT_ONCE, sizeof(*keys));
    size_t count = 0;
    if (keys == NULL)
        return out_of_memory(engine);
    enum db_status status = loading->day == 0 ? store_load_key_day(&engine->store, &loading->day) : DB_OK;
    if (status == DB_OK)
        status = store_list_keys(&engine->store, loading->table, &loading->place, KEYS_AT_ONCE, keys, &count);
    if (status != DB_OK)
        return status;
    /* the last day not after that of today whose table it is */
    int64_t day = loading->day - (loading->day - loading->table + STORE_KEY_DAYS) % STORE_KEY_DAYS;
    for (size_t i = 0; i < count; i++)
        key_filter_add(engine->keys, day, keys[i]);
    if (count == KEYS_AT_ONCE)
        return DB_OK;
    loading->place = (struct store_key_place){.property = 0};
    if (++loading->table < STORE_KEY_DAYS)
        return DB_OK;
    loading->done = true;
    key_filter_loaded(engine->keys);
    return DB_OK;
}

static void
load_keys_in_transaction(struct engine *engine)
{
    if (engine->key_loading.done || engine->failed)
        return;
    arena_reset(&engine->scratch);
    enum db_status status = db_begin(engine->store.connection, &engine->store.err);
    if (status == DB_OK)
        status = load_keys(engine);
    if (status != DB_OK) {
        log_failure(engine, "stored keys can't be read", status);
        engine->key_loading.done = true;
    }
    if (db_in_transaction(engine->store.connection)) {
        struct err ignored; /* it only read */
        (void)db_rollback(engine->store.connection, &ignored);
    }
}

size_t
engine_step(struct engine *engine)
{
    bool dry;
    load_keys_in_transaction(engine);
    struct batch batch = {.requests = engine->batch_requests};
    batch.count = take_batch(engine, &dry);
    if (batch.count == 0)
        return 0;
    int64_t started = clock_monotonic_ns(engine->settings.clock);
    for (size_t i = 0; i < batch.count; i++)
        count(&engine->stats.wait_ns, started - batch.requests[i]->submitted_ns);
    if (engine->failed)
        fail_all(&batch, DB_RETRY); /* not begun: on a disk that failed a commit, the next may only seem to succeed */
    else if (dry)
        run_dry(engine, &batch);
    else
        run_batch(engine, &batch);
    count(&engine->stats.batches, 1);
    note_pace(engine, &batch, started);
    size_t answered = batch.count;
    answer_all(engine, &batch);
    if (!engine->failed && db_maintain(engine->store.connection, &engine->store.err) != DB_OK)
        log_failure(engine, "maintenance failed", DB_FAILED);
    return answered;
}

/* --- the sweeper --- */

static enum db_status
sweep_property(struct engine *engine, struct batch *batch, uint32_t property, size_t *ret_ended)
{
    struct batch_head *head;
    enum db_status status = take_head(engine, batch, property, &head);
    const struct house_entry *house;
    if (status == DB_OK)
        status = house_cache_get(engine->houses, &engine->store, property, head->head.house_version, &house);
    if (status != DB_OK)
        return status;
    struct arena *arena = &engine->scratch;
    struct decision decision;
    status = open_nights(engine, batch, head, house, arena);
    if (status != DB_OK || head->next_expiry > head->now_ms)
        return status;
    struct command command = {.kind = COMMAND_SWEEP, .actor = {.name = STR("system")}, .property = property};
    struct facts_load load = {.store = &engine->store,
                              .property = property,
                              .house = house,
                              .command = &command,
                              .now_ms = head->now_ms,
                              .arena = arena};
    struct facts facts;
    status = facts_load_lapsed(&load, SWEEP_LIMIT, &facts);
    if (status != DB_OK)
        return status;
    decide(&facts, &command, arena, &decision);
    if (decision.out_of_memory)
        return out_of_memory(engine);
    *ret_ended += decision.lapsed_events;
    return write_lapsed(engine, batch, head, &decision, &house->house, arena);
}

/* One transaction per property: a sweep never makes a command of another property wait for long. */
static size_t
sweep_in_transaction(struct engine *engine, uint32_t property)
{
    size_t ended = 0;
    struct batch batch = {.count = 0};
    arena_reset(&engine->scratch);
    enum db_status status = db_begin(engine->store.connection, &engine->store.err);
    if (status == DB_OK)
        status = sweep_property(engine, &batch, property, &ended);
    if (status == DB_OK)
        status = save_heads(engine, &batch);
    withdraw_heads(engine, &batch);
    if (status == DB_OK)
        status = db_commit(engine->store.connection, &engine->store.err);
    if (status == DB_OK) {
        publish_heads(engine, &batch);
        if (batch.wrote && engine->settings.on_commit != NULL)
            engine->settings.on_commit(engine->settings.user);
        return ended;
    }
    log_failure(engine, "sweep failed", status);
    forget_undone(engine, &batch);
    if (status == DB_UNKNOWN)
        go_fatal(engine);
    else if (db_in_transaction(engine->store.connection)) {
        struct err ignored;
        (void)db_rollback(engine->store.connection, &ignored);
    }
    return 0;
}

size_t
engine_sweep(struct engine *engine)
{
    struct arena arena;
    struct property *properties;
    size_t property_count, ended = 0;
    arena_init(&arena, engine->settings.work_limit);
    if (store_list_properties(&engine->store, &arena, &properties, &property_count) == DB_OK)
        for (size_t i = 0; i < property_count && !engine->failed; i++)
            ended += sweep_in_transaction(engine, properties[i].number);
    arena_done(&arena);
    if (ended > 0 && engine->settings.log != NULL)
        log_line(engine->settings.log, LOG_INFO, "hold expired", LOG_I64("cleaned", (int64_t)ended), LOG_END);
    return ended;
}

static void
sweep_when_due(struct engine *engine)
{
    int64_t interval_ns = engine->settings.sweep_interval_ms * 1000000;
    int64_t now = clock_monotonic_ns(engine->settings.clock);
    if (interval_ns == 0 || now - engine->swept_ns < interval_ns)
        return;
    engine->swept_ns = now;
    engine_sweep(engine);
}

/* --- the thread --- */

/* Waits for a request, for the next sweep, or for the end. False at the end, once nothing waits. */
static bool
wait_for_work(struct engine *engine)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t pause_ms = engine->settings.sweep_interval_ms > 0 ? engine->settings.sweep_interval_ms : 1000;
    if (!engine->key_loading.done)
        pause_ms = 0;
    until.tv_sec += pause_ms / 1000;
    until.tv_nsec += pause_ms % 1000 * 1000000;
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
    while (wait_for_work(engine)) {
        (void)clock_now_ms(engine->settings.clock); /* a guarded clock has to be looked at to be believed */
        engine_step(engine);
        sweep_when_due(engine);
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

static void
free_memory(struct engine *engine)
{
    house_cache_free(engine->houses);
    refusal_cache_free(engine->refusals);
    key_filter_free(engine->keys);
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
    engine->batch_requests = calloc(settings->batch_limit, sizeof(*engine->batch_requests));
    if (engine->houses == NULL || engine->refusals == NULL || engine->keys == NULL || engine->batch_requests == NULL)
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
engine_free(struct engine *engine)
{
    if (engine == NULL)
        return;
    pthread_mutex_lock(&engine->mutex);
    engine->stopping = true;
    pthread_cond_broadcast(&engine->filled);
    pthread_mutex_unlock(&engine->mutex);
    if (engine->has_thread)
        pthread_join(engine->thread, NULL);
    while (engine_step(engine) > 0)
        ; /* without a thread, what still waits is answered here */
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
