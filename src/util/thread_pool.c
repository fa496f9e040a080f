/* One mutex and one condition; how many wait can be read without them. */
#include "util/thread_pool.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct pool_thread {
    struct thread_pool *pool;
    pthread_t thread;
    size_t index;
};

struct thread_pool {
    struct thread_pool_settings settings;
    pthread_mutex_t mutex; /* guards the queue and `stopping` */
    pthread_cond_t filled;
    struct thread_job *first, *last;
    atomic_size_t waiting; /* written under the mutex */
    bool stopping;
    size_t started;
    struct pool_thread *threads;
};

static struct thread_job *
take_job(struct thread_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    while (pool->first == NULL && !pool->stopping)
        pthread_cond_wait(&pool->filled, &pool->mutex);
    struct thread_job *job = pool->first;
    if (job != NULL) {
        pool->first = job->next;
        if (pool->first == NULL)
            pool->last = NULL;
        atomic_fetch_sub_explicit(&pool->waiting, 1, memory_order_relaxed);
    }
    pthread_mutex_unlock(&pool->mutex);
    return job;
}

static void *
run_jobs(void *argument)
{
    const struct pool_thread *thread = argument;
    struct thread_pool *pool = thread->pool;
    struct thread_job *job;
    while ((job = take_job(pool)) != NULL)
        pool->settings.run(job, thread->index, pool->settings.user);
    return NULL;
}

static bool
start_threads(struct thread_pool *pool, struct err *err)
{
    for (; pool->started < pool->settings.thread_count; pool->started++) {
        struct pool_thread *thread = &pool->threads[pool->started];
        *thread = (struct pool_thread){.pool = pool, .index = pool->started};
        int error = pthread_create(&thread->thread, NULL, run_jobs, thread);
        if (error != 0) {
            err_set(err, ERR_SYSTEM, "can't start a thread for %s: %s", pool->settings.purpose, strerror(error));
            return false;
        }
    }
    return true;
}

struct thread_pool *
thread_pool_new(const struct thread_pool_settings *settings, struct err *err)
{
    assert(settings->thread_count > 0);
    struct thread_pool *pool = calloc(1, sizeof(*pool));
    struct pool_thread *threads = calloc(settings->thread_count, sizeof(*threads));
    if (pool == NULL || threads == NULL) {
        free(pool);
        free(threads);
        err_set(err, ERR_MEMORY, "no memory for %s", settings->purpose);
        return NULL;
    }
    pool->settings = *settings;
    pool->threads = threads;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->filled, NULL);
    if (start_threads(pool, err))
        return pool;
    thread_pool_free(pool);
    return NULL;
}

void
thread_pool_free(struct thread_pool *pool)
{
    if (pool == NULL)
        return;
    pthread_mutex_lock(&pool->mutex);
    pool->stopping = true;
    pthread_cond_broadcast(&pool->filled);
    pthread_mutex_unlock(&pool->mutex);
    for (size_t i = 0; i < pool->started; i++)
        pthread_join(pool->threads[i].thread, NULL);
    pthread_cond_destroy(&pool->filled);
    pthread_mutex_destroy(&pool->mutex);
    free(pool->threads);
    free(pool);
}

bool
thread_pool_submit(struct thread_pool *pool, struct thread_job *job)
{
    job->next = NULL;
    pthread_mutex_lock(&pool->mutex);
    bool accepted = !pool->stopping && thread_pool_waiting(pool) < pool->settings.queue_limit;
    if (accepted) {
        if (pool->last == NULL)
            pool->first = job;
        else
            pool->last->next = job;
        pool->last = job;
        atomic_fetch_add_explicit(&pool->waiting, 1, memory_order_relaxed);
        pthread_cond_signal(&pool->filled);
    }
    pthread_mutex_unlock(&pool->mutex);
    return accepted;
}

size_t
thread_pool_waiting(const struct thread_pool *pool)
{
    return atomic_load_explicit(&pool->waiting, memory_order_relaxed);
}
