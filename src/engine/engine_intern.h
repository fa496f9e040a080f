/* The inside of the engine, shared by the files that are its parts: engine.c (life, thread), engine_queue.c (what
 * waits), batch.c (one transaction of many commands), batch_heads.c (the properties it touches), command_run.c (one
 * command in it), sweep.c (what time does), key_loading.c and turnaway_flush.c. Everything here is for the engine's
 * thread, but for the queue. For no other file. */
#ifndef NIGHTLATCH_ENGINE_ENGINE_INTERN_H
#define NIGHTLATCH_ENGINE_ENGINE_INTERN_H

#include <pthread.h>

#include "engine/engine.h"
#include "engine/house_cache.h"
#include "engine/key_filter.h"
#include "engine/refusal_cache.h"
#include "engine/turnaway.h"

enum { HEADS_MAX = 256 /* properties one batch may touch: one per command */ };

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
    int64_t key_day;            /* under which keys are stored; 0: not asked yet */
    int64_t started_ns;         /* taken off the queue */
    int64_t lock_ns, commit_ns; /* waited for the database, and for the disk; all attempts */
    int64_t commands_ns; /* spent on its commands so far, all attempts; the rest of its time is for the batch as such */
};

/* How far the keys that were stored before have been read into the filter. */
struct key_loading {
    bool done;
    int table;
    int64_t day; /* that of today's keys, when reading began */
    struct store_key_place place;
};

/* Jobs that run, as far as the engine knows. */
struct job_running {
    bool known;     /* else they are read again; a commit may have begun or ended one */
    size_t next;    /* of them in turn */
    int64_t due_ns; /* no step before that */
    bool waited_on; /* there was a batch since the last step: the desk is working */
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
    struct job_running jobs;
    struct engine_stats stats;
    struct arena scratch; /* of sweeps */
    struct turnaways *turnaways;
    struct turnaway_counters *turnaway_counters; /* taken, and not committed yet */
    int64_t turnaways_ns;                        /* when they were flushed last */

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

static inline void
engine_count(atomic_llong *counter, long long by)
{
    atomic_fetch_add_explicit(counter, by, memory_order_relaxed);
}

/* Whether the request's key is looked for, and kept with an effect. */
static inline bool
engine_counts_key(const struct engine_request *request)
{
    return request->has_key && !request->dry_run;
}

/* --- engine.c --- */

/* DB_FAILED, with the failure noted. */
enum db_status engine_out_of_memory(struct engine *engine);

void engine_log_failure(struct engine *engine, const char *what, enum db_status status);

/* After a commit whose outcome is unknown: nothing more is accepted. */
void engine_go_fatal(struct engine *engine);

/* In the statistics and, when it refuses demand, as such; any thread. */
void engine_count_answer(struct engine *engine, const struct engine_request *request, int64_t now_ms);

/* --- engine_queue.c --- */

/* Takes up to batch_limit requests off the queue into engine->batch_requests; returns how many. They are all dry runs
 * (*ret_dry) or none is. */
size_t queue_take_batch(struct engine *engine, bool *ret_dry);

/* Notes how long this batch took, so that the queue can say how long it would take. */
void queue_note_pace(struct engine *engine, const struct batch *batch, int64_t started_ns);

/* --- batch_heads.c --- */

/* The head of a property, read once per batch; first of all that is read of the property. DB_NO_ROW: no property. */
enum db_status batch_take_head(struct engine *engine, struct batch *batch, uint32_t property,
                               struct batch_head **ret_head) STORE_CHECKED;

enum db_status batch_save_heads(struct engine *engine, struct batch *batch) STORE_CHECKED;

/* Around a commit. What it changes is unknown from before it, when readers may see it first, until after it. */
void batch_withdraw_heads(struct engine *engine, const struct batch *batch);
void batch_publish_heads(struct engine *engine, const struct batch *batch);

/* Forgets what was learned in a transaction that is gone: houses it changed must be read again, and the filter of keys
 * may have been emptied for a day that did not begin. */
void batch_forget_undone(struct engine *engine, const struct batch *batch);

/* --- batch.c --- */

/* Begins, runs every command, commits, and tries again as often as that may help; the results are in the requests. */
void batch_run(struct engine *engine, struct batch *batch);

/* The same for dry runs: they see the database after the last batch, decide, and leave nothing behind. */
void batch_run_dry(struct engine *engine, struct batch *batch);

/* Sets every result to how the database failed. */
void batch_fail(struct batch *batch, enum db_status status);

/* Tells of the slowest request when it took too long, with what it waited for, and counts all that did. */
void batch_note_slow(struct engine *engine, const struct batch *batch);

/* Calls every request's `done`. */
void batch_answer(struct engine *engine, struct batch *batch);

/* --- command_run.c --- */

/* Loads, decides and writes one command inside the open transaction. DB_OK when request->result is set, be it an
 * effect or a refusal; otherwise how the database failed, and the transaction or savepoint must be rolled back. */
enum db_status command_run(struct engine *engine, struct batch *batch, struct engine_request *request) STORE_CHECKED;

/* The new ids and codes that a decision on these facts may use. */
enum db_status command_make_fresh(struct engine *engine, const struct command *command, const struct batch_head *head,
                                  struct arena *arena, struct facts *facts) STORE_CHECKED;

/* Writes one part of a decision: its changes, then its events. The house the events show is the one before. */
enum db_status command_write_part(struct engine *engine, struct batch *batch, struct batch_head *head,
                                  const struct decision *decision, size_t change_from, size_t change_until,
                                  size_t event_from, size_t event_until, const struct house *house, struct str actor,
                                  struct str request_id, struct arena *arena,
                                  struct store_event **ret_rows) STORE_CHECKED;

/* The part of a decision that ends what has lapsed. */
enum db_status command_write_lapsed(struct engine *engine, struct batch *batch, struct batch_head *head,
                                    const struct decision *decision, const struct house *house,
                                    struct arena *arena) STORE_CHECKED;

/* Once a day, before anything is decided on it: what is on sale must not wait for the sweeper. */
enum db_status command_open_nights(struct engine *engine, struct batch *batch, struct batch_head *head,
                                   const struct house_entry *house, struct arena *arena) STORE_CHECKED;

/* --- turnaway_flush.c --- */

/* NULL without memory. */
struct turnaway_counters *turnaway_counters_new(void);
void turnaway_counters_free(struct turnaway_counters *counters); /* NULL is allowed */

/* --- job_run.c --- */

/* A step of a job that runs, if one is due; returns how long until the next is, in nanoseconds: 0 at once, INT64_MAX
 * while no job runs. In a transaction of its own, behind everything that waits now. */
int64_t job_run_due(struct engine *engine);

/* --- day_turn.c --- */

/* Before anything is decided on a day that the clock says is over: where the audit is automatic and there is nothing to
 * audit, the date moves on. *house is that of the property, before and after. */
enum db_status day_turn(struct engine *engine, struct batch *batch, struct batch_head *head,
                        const struct house_entry **house, struct arena *arena) STORE_CHECKED;

/* --- key_loading.c --- */

/* Reads a stretch of the keys that were stored before into the filter, so that a start waits for none of it. What
 * fails is told, and the filter then never says no. In a transaction of its own. */
void key_loading_step(struct engine *engine);

#endif
