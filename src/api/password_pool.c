/* A bounded queue and the few threads that take from it. */
#include "api/password_pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

enum { PASSES = 2, MEMORY = 19 << 20 };

_Static_assert(crypto_pwhash_STRBYTES <= PASSWORD_HASH_SIZE, "a hash with its parameters fits");

/* Of 32 random bytes that nobody has kept, with the parameters above. */
static const char nobody[] =
    "$argon2id$v=19$m=19456,t=2,p=1$NIJGXaHPTgkZDm2d15hG9w$2AjDbEnw8jiusBsl3h3QWaZuBPfr/EoURczRqfRzStk";

struct password_pool {
    pthread_mutex_t mutex; /* guards the queue and `stopping` */
    pthread_cond_t filled;
    struct password_job *first, *last;
    size_t waiting, queue_limit;
    bool stopping;
    pthread_t *threads;
    size_t thread_count; /* started */
};

static void
make(struct password_job *job)
{
    job->failed = crypto_pwhash_str_alg(job->made, job->password.ptr, job->password.len, PASSES, MEMORY,
                                        crypto_pwhash_ALG_ARGON2ID13) != 0;
}

/* libsodium does not tell a password that does not fit from memory that is short; both are no. */
static void
compare(struct password_job *job)
{
    char hash[PASSWORD_HASH_SIZE] = {0};
    bool is_somebody = job->hash.len > 0 && job->hash.len < sizeof(hash);
    if (is_somebody)
        memcpy(hash, job->hash.ptr, job->hash.len);
    else
        memcpy(hash, nobody, sizeof(nobody));
    bool fits = crypto_pwhash_str_verify(hash, job->password.ptr, job->password.len) == 0;
    job->fits = fits && is_somebody;
}

static struct password_job *
take_job(struct password_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    while (pool->first == NULL && !pool->stopping)
        pthread_cond_wait(&pool->filled, &pool->mutex);
    struct password_job *job = pool->first;
    if (job != NULL) {
        pool->first = job->next;
        if (pool->first == NULL)
            pool->last = NULL;
        pool->waiting--;
    }
    pthread_mutex_unlock(&pool->mutex);
    return job;
}

static void *
run_jobs(void *argument)
{
    struct password_job *job;
    while ((job = take_job(argument)) != NULL) {
        if (job->make)
            make(job);
        else
            compare(job);
        job->done(job);
    }
    return NULL;
}

struct password_pool *
password_pool_new(size_t thread_count, size_t queue_limit, struct err *err)
{
    struct password_pool *pool = calloc(1, sizeof(*pool));
    pthread_t *threads = calloc(thread_count, sizeof(*threads));
    if (pool == NULL || threads == NULL) {
        free(pool);
        free(threads);
        err_set(err, ERR_MEMORY, "no memory for hashing passwords");
        return NULL;
    }
    pool->threads = threads;
    pool->queue_limit = queue_limit;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->filled, NULL);
    for (; pool->thread_count < thread_count; pool->thread_count++) {
        int error = pthread_create(&pool->threads[pool->thread_count], NULL, run_jobs, pool);
        if (error != 0) {
            err_set(err, ERR_SYSTEM, "can't start a thread for hashing passwords: %s", strerror(error));
            password_pool_free(pool);
            return NULL;
        }
    }
    return pool;
}

void
password_pool_free(struct password_pool *pool)
{
    if (pool == NULL)
        return;
    pthread_mutex_lock(&pool->mutex);
    pool->stopping = true;
    pthread_cond_broadcast(&pool->filled);
    pthread_mutex_unlock(&pool->mutex);
    for (size_t i = 0; i < pool->thread_count; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->filled);
    pthread_mutex_destroy(&pool->mutex);
    free(pool->threads);
    free(pool);
}

bool
password_pool_submit(struct password_pool *pool, struct password_job *job)
{
    job->next = NULL;
    pthread_mutex_lock(&pool->mutex);
    bool accepted = !pool->stopping && pool->waiting < pool->queue_limit;
    if (accepted) {
        if (pool->last == NULL)
            pool->first = job;
        else
            pool->last->next = job;
        pool->last = job;
        pool->waiting++;
        pthread_cond_signal(&pool->filled);
    }
    pthread_mutex_unlock(&pool->mutex);
    return accepted;
}
