/* The one write path. Every change of the database, whoever asks for it, goes through here and nowhere else.
 *
 * Callers hand in requests; one thread takes all that wait, those that give something back first and each sort in its
 * order, decides them one after another on what the database holds at that moment, writes, commits once, and only then
 * answers all of them (group commit). It refuses to answer anything before it is durable, to accept more than its queue
 * holds, and to interpret what it is asked: the rules are the core's.
 *
 * Threads: engine_submit() and engine_read_stats() may be called from any thread. `done` is called on the engine's
 * thread and must be quick: hand over and return. */
#ifndef NIGHTLATCH_ENGINE_ENGINE_H
#define NIGHTLATCH_ENGINE_ENGINE_H

#include <stdatomic.h>

#include "base/arena.h"
#include "base/err.h"
#include "core/command.h"
#include "core/decision.h"
#include "core/outcome.h"
#include "engine/clock_guard.h"
#include "store/store.h"
#include "util/clock.h"
#include "util/histogram.h"
#include "util/log.h"
#include "util/random.h"

struct engine;

enum { ENGINE_KEY_KEPT_MS = 86400000 }; /* how long an idempotency key is honoured */

/* How a request ended. All pointers are in the request's `work` arena. */
struct engine_result {
    struct refusal refusal;     /* outcome OUTCOME_OK: the command is true, durably; otherwise nothing of it happened */
    bool replayed;              /* the effect is that of an earlier request with the same key */
    struct store_event *events; /* what the command put into the log, in order; without seq for a dry run */
    size_t event_count;
    bool unchanged; /* all was as asked for already: nothing was done, `events` is what the log said of it last */
    /* Of a command on a booking: the guest that the booking had after it; NULL otherwise, and where they are not there
     * (yet, in a dry run that describes them). No event has it, and no key keeps it. */
    const struct guest_details *guest;
    const struct guest *companions; /* of a command on a booking: those that the same state names, as far as they are
                                     * there; NULL with 0 where it names none */
    size_t companion_count;
};

/* A command on its way. The caller owns it and everything it points to, and keeps all of it unchanged from
 * engine_submit() until `done`; then engine_request_done() frees what the engine added. */
struct engine_request {
    /* in */
    struct command command;
    bool has_key;                               /* an Idempotency-Key came with it */
    unsigned char key[STORE_KEY_BYTES];         /* hash of (caller, route, key) */
    unsigned char fingerprint[STORE_KEY_BYTES]; /* hash of everything else that makes it the same request */
    bool dry_run;
    bool no_demand; /* a refusal is nobody's who wanted a room, and not counted as a turnaway */
    bool secret;    /* its reply holds a secret, which can't be given again: a repeated key is SECRET_NOT_REPEATABLE */
    struct str request_id; /* goes into the log; empty for none */
    void (*done)(struct engine_request *request);
    void *user; /* the caller's own */
    /* out */
    struct arena work; /* owned by the request once submitted */
    struct engine_result result;
    /* the engine's own */
    struct engine_request *next;
    int64_t submitted_ns;
    int64_t decide_ns, write_ns; /* what it took of its batch: to load and decide, and to write what that comes to */
    int64_t idempotency_seq;
};

/* Frees `work`. After `done`, or for a request that was not accepted. */
void engine_request_done(struct engine_request *request);

struct engine_settings {
    struct db *db;             /* borrowed, must outlive the engine */
    const struct clock *clock; /* borrowed */
    /* Is told of every head, so that it can stop `clock`, which is its own; borrowed; NULL: nobody minds. */
    struct clock_guard *guard;
    struct random *random;     /* borrowed; used on the engine's thread only */
    struct log *log;           /* borrowed; may be NULL */
    size_t queue_limit;        /* commands that may wait; more are refused */
    int64_t wait_limit_ms;     /* an estimated wait beyond this refuses too */
    size_t batch_limit;        /* commands per transaction */
    int64_t sweep_interval_ms; /* 0: what has lapsed is ended only where it is in the way */
    size_t work_limit;         /* bytes of memory a single command may use, the search for a placement included */
    int64_t slow_ms;           /* a command that takes this long from its submission on is logged; 0: none is */
    /* Called on the engine's thread after each commit that wrote, for whoever follows the log; may be NULL. */
    void (*on_commit)(void *user);
    /* Called on the engine's thread after each sweep that it makes by itself: for whoever could not follow a commit
     * when it came; may be NULL. */
    void (*on_sweep)(void *user);
    /* Called on the engine's thread after the last `done` of a batch: one wake-up for all of them; may be NULL. */
    void (*on_answered)(void *user);
    /* Called once when a commit's outcome is unknown: the process must end and start anew (exit code 74). What waits
     * by then is not begun any more and is told BUSY_RETRY. */
    void (*on_fatal)(const struct err *err, void *user);
    void *user;
};

#define ENGINE_SETTINGS_DEFAULT                                                                                        \
    {                                                                                                                  \
        .queue_limit = 4096, .wait_limit_ms = 2000, .batch_limit = 256, .sweep_interval_ms = 1000,                     \
        .work_limit = 256u << 20, .slow_ms = 1000                                                                      \
    }

/* Opens the writing connection. The database is migrated already. No thread yet: engine_step() may be called by hand,
 * which is how simulations drive it; engine_start() gives it a thread of its own. */
enum db_status engine_new(const struct engine_settings *settings, struct engine **ret_engine,
                          struct err *err) STORE_CHECKED;

/* False with *err when the thread can't be made. */
bool engine_start(struct engine *engine, struct err *err) STORE_CHECKED;

/* Stops accepting, answers everything that waits, writes what was noted of refused demand, and ends the thread. The
 * connection stays open: whoever closes it after all that only read leaves the whole database in its file. Once is
 * enough; on the thread of engine_free(). */
void engine_stop(struct engine *engine);

/* Stops the engine, closes the connection, frees. */
void engine_free(struct engine *engine);

/* Queues a request. False when the queue is full or the wait would be too long: the caller answers BUSY_RETRY and
 * `done` is not called. */
bool engine_submit(struct engine *engine, struct engine_request *request) STORE_CHECKED;

/* Says at once what the engine would: true when the command was refused before, nothing that the decision looked at has
 * changed since, and no effect may be stored under its key; request->result then holds the refusal, with its lists in
 * `arena`, `done` is not called, and the request is as if it had never been submitted. False says nothing: submit it.
 * The refusal is right for some moment of this call; see refusal_cache.h. Any thread. */
bool engine_refuse_again(struct engine *engine, struct engine_request *request, struct arena *arena) STORE_CHECKED;

/* Takes one batch of what waits and answers it; returns how many. Not while engine_start()'s thread runs. */
size_t engine_step(struct engine *engine);

enum { ENGINE_SWEEP_LIMIT = 100 };

/* Ends up to ENGINE_SWEEP_LIMIT lapsed holds and bookings per property and opens the nights that have come within the
 * horizon. Returns how many were ended. Not while engine_start()'s thread runs. */
size_t engine_sweep(struct engine *engine);

/* Adds what was noted of refused demand (turnaway.h) to its rows, a few hundred rows at most, in a transaction of its
 * own. True when any was written; false when there is none, or it failed, which is told and leaves it for the next
 * time. The engine's thread does it once a second, and engine_stop() does it last. Not while engine_start()'s thread
 * runs. */
bool engine_flush_turnaways(struct engine *engine);

/* Does the next step of a job that runs, whether it is due or not; false when none could go on. Not while
 * engine_start()'s thread runs, which does them between batches. */
bool engine_step_job(struct engine *engine);

/* Submits and waits for the answer; for callers without a loop. The engine has a thread, or this thread steps it.
 * False as engine_submit(). */
bool engine_run(struct engine *engine, struct engine_request *request) STORE_CHECKED;

/* Counters since the start; each is read at once, not all together. */
struct engine_stats {
    atomic_llong accepted, refused_busy; /* requests */
    atomic_llong batches, commits, reruns;
    atomic_llong effects, refusals, replays; /* answers */
    atomic_llong unchanged;                  /* answers to what was as asked for already */
    atomic_llong refused_again;              /* those of the refusals that engine_refuse_again() gave */
    atomic_llong turnaways;                  /* units of refused demand that were written */
    atomic_llong job_steps;                  /* of jobs, that went on */
    atomic_llong lapsed;                     /* holds and bookings ended because their time was over */
    struct histogram wait_us, commit_us;     /* of each request, until its batch began; of each commit */
    struct histogram decide_us, write_us;    /* of each command of a batch */
    struct histogram lock_us, locked_us;     /* of each batch: waited for the database, and had it until its end */
    struct histogram batch_commands;         /* how many a batch had */
    atomic_llong slow;                       /* answers that took settings.slow_ms or longer */
    atomic_llong guard_conflicts;            /* times the database refused what the core had accepted: a defect */
    atomic_llong by_outcome[OUTCOME_COUNT];
    atomic_llong queue_length;
    atomic_llong keys_loading; /* 1 while keys of before the start are still being read, and each has to be looked up */
};
const struct engine_stats *engine_read_stats(const struct engine *engine);

/* Callers whose refused demand is not counted because too many came in one second, since the start. Any thread. */
int64_t engine_turnaways_lost(const struct engine *engine);

#endif
