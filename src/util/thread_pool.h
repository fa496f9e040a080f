/* A bounded queue of jobs and a few threads that take from it, in order.
 *
 * For work that would keep a thread from what it is there for: reading the database, hashing passwords. It refuses to
 * queue more than it was told, to grow, and to know what a job does. A job is a struct of the caller's whose first
 * member is a struct thread_job. */
#ifndef NIGHTLATCH_UTIL_THREAD_POOL_H
#define NIGHTLATCH_UTIL_THREAD_POOL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct thread_job {
    struct thread_job *next; /* while it waits */
};

struct thread_pool_settings {
    const char *purpose; /* "reading", for the words of a failure */
    size_t thread_count; /* at least 1 */
    size_t queue_limit;  /* jobs that may wait; those that run are not counted */
    /* Does a job, on thread 0 to thread_count - 1. The job is no longer looked at once this has begun. */
    void (*run)(struct thread_job *job, size_t thread, void *user);
    void *user;
};

struct thread_pool;

/* Starts the threads. NULL with a failure, and none of them runs. */
struct thread_pool *thread_pool_new(const struct thread_pool_settings *settings, struct err *err)
    __attribute__((warn_unused_result));

/* Does what still waits, then ends the threads. NULL is allowed. */
void thread_pool_free(struct thread_pool *pool);

/* False when as many wait as may, or the pool is ending: the job is still the caller's. Any thread. */
bool thread_pool_submit(struct thread_pool *pool, struct thread_job *job) __attribute__((warn_unused_result));

/* How many wait at this moment. Any thread. */
size_t thread_pool_waiting(const struct thread_pool *pool);

#endif
