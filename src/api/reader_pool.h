/* Threads that read the database, each with a connection of its own, so that neither the network thread nor the writer
 * waits for a reader.
 *
 * Jobs are taken in order; each sees one snapshot, begun after the job was submitted, so that whoever was answered can
 * read what they wrote. It refuses to write, and to queue more than it was told. */
#ifndef NIGHTLATCH_API_READER_POOL_H
#define NIGHTLATCH_API_READER_POOL_H

#include "base/err.h"
#include "engine/house_cache.h"
#include "store/store.h"
#include "util/thread_pool.h"

/* What a job works with: belongs to its thread. */
struct reader {
    struct store store; /* in a transaction while a job runs */
    struct house_cache *houses;
    struct arena scratch; /* empty when a job begins, forgotten when it ends */
    struct arena trial;   /* of one trial (trial.h) at a time */
};

struct reader_job {
    struct thread_job queued; /* first: the threads give it back */
    /* Runs on a reader's thread, inside a transaction that reads. `reader` is NULL when none could be begun; `err` then
     * says why. The job is no longer looked at once this has returned. */
    void (*run)(struct reader_job *job, struct reader *reader, const struct err *err);
};

struct reader_pool;

/* Opens `thread_count` connections and starts as many threads. `db` is borrowed and must outlive the pool. NULL with a
 * failure when any of it can't be had. */
struct reader_pool *reader_pool_new(struct db *db, size_t thread_count, size_t queue_limit, struct err *err)
    __attribute__((warn_unused_result));

/* Runs what still waits, then ends the threads. NULL is allowed. */
void reader_pool_free(struct reader_pool *pool);

/* False when the queue is full: the job is still the caller's. Any thread. */
bool reader_pool_submit(struct reader_pool *pool, struct reader_job *job) __attribute__((warn_unused_result));

/* How many wait at this moment. Any thread. */
size_t reader_pool_waiting(const struct reader_pool *pool);

/* The house of a property as of the job's snapshot, and the head of its log when `ret_head` is not NULL. DB_OK,
 * DB_NO_ROW for no such property, or how reading failed. Valid until the job ends. */
enum db_status reader_house(struct reader *reader, uint32_t property, const struct house_entry **ret_house,
                            struct store_head *ret_head) STORE_CHECKED;

#endif
