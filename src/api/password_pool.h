/* Threads that hash passwords, so that neither the network thread nor the engine waits for a tenth of a second.
 *
 * argon2id with 19 MiB and two passes (OWASP Password Storage Cheat Sheet), through libsodium. Few run at once, because
 * each takes memory and a core, and few may wait: beyond that the caller is told to ask again. It refuses to know whose
 * password it is, and takes as long for nobody's as for somebody's. */
#ifndef NIGHTLATCH_API_PASSWORD_POOL_H
#define NIGHTLATCH_API_PASSWORD_POOL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "util/thread_pool.h"

enum {
    PASSWORD_MIN = 8,         /* code points: what is asked of a person */
    PASSWORD_MAX = 1000,      /* code points: the hash takes any number of bytes */
    PASSWORD_HASH_SIZE = 128, /* with the terminator */
};

struct password_job {
    struct thread_job queued; /* first: the threads give it back */
    struct str password;      /* borrowed until `done` */
    bool make;                /* make a hash of it; otherwise compare it with `hash` */
    struct str hash;          /* borrowed; empty: there is none, and nothing fits it */
    /* A pool's thread, once; then the job is no longer looked at. */
    void (*done)(struct password_job *job);
    /* out */
    bool failed;                   /* memory was short: neither made nor compared */
    bool fits;                     /* the password is that of the hash */
    char made[PASSWORD_HASH_SIZE]; /* the new hash, terminated */
};

struct password_pool;

/* Starts the threads. NULL with a failure. */
struct password_pool *password_pool_new(size_t thread_count, size_t queue_limit, struct err *err)
    __attribute__((warn_unused_result));

/* Does what still waits, then ends the threads. NULL is allowed. */
void password_pool_free(struct password_pool *pool);

/* False when too many wait: the job is still the caller's. Any thread. */
bool password_pool_submit(struct password_pool *pool, struct password_job *job) __attribute__((warn_unused_result));

#endif
