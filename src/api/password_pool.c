/* argon2id on the threads of a pool. */
#include "api/password_pool.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

enum { PASSES = 2, MEMORY = 19 << 20 };

_Static_assert(crypto_pwhash_STRBYTES <= PASSWORD_HASH_SIZE, "a hash with its parameters fits");

/* Of 32 random bytes that nobody has kept, with the parameters above. */
static const char nobody[] =
    "$argon2id$v=19$m=19456,t=2,p=1$NIJGXaHPTgkZDm2d15hG9w$2AjDbEnw8jiusBsl3h3QWaZuBPfr/EoURczRqfRzStk";

struct password_pool {
    struct thread_pool *threads;
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

static void
run(struct thread_job *queued, size_t thread, void *user)
{
    struct password_job *job = (struct password_job *)(void *)queued;
    (void)thread;
    (void)user;
    if (job->make)
        make(job);
    else
        compare(job);
    job->done(job);
}

struct password_pool *
password_pool_new(size_t thread_count, size_t queue_limit, struct err *err)
{
    const struct thread_pool_settings settings = {
        .purpose = "hashing passwords", .thread_count = thread_count, .queue_limit = queue_limit, .run = run};
    struct password_pool *pool = calloc(1, sizeof(*pool));
    if (pool == NULL) {
        err_set(err, ERR_MEMORY, "no memory for hashing passwords");
        return NULL;
    }
    pool->threads = thread_pool_new(&settings, err);
    if (pool->threads != NULL)
        return pool;
    free(pool);
    return NULL;
}

void
password_pool_free(struct password_pool *pool)
{
    if (pool == NULL)
        return;
    thread_pool_free(pool->threads);
    free(pool);
}

bool
password_pool_submit(struct password_pool *pool, struct password_job *job)
{
    return thread_pool_submit(pool->threads, &job->queued);
}
