/* Hashing apart from everything else: bounded, drained at the end, and the same for nobody as for somebody. */
#include "tests/unit/test.h"

#include <pthread.h>
#include <string.h>

#include "api/password_pool.h"

enum { THREADS = 2, QUEUE = 3, JOBS = THREADS + QUEUE + 1 };

/* Jobs stop at this gate when they are done, until it is opened. */
struct gate {
    pthread_mutex_t mutex;
    pthread_cond_t moved;
    bool open;
    size_t arrived;
};

struct gated_job {
    struct password_job job; /* first */
    struct gate *gate;
};

static void
gate_init(struct gate *gate, bool open)
{
    *gate = (struct gate){.open = open};
    pthread_mutex_init(&gate->mutex, NULL);
    pthread_cond_init(&gate->moved, NULL);
}

static void
gate_done(struct gate *gate)
{
    pthread_cond_destroy(&gate->moved);
    pthread_mutex_destroy(&gate->mutex);
}

static void
pass_gate(struct password_job *job)
{
    struct gate *gate = ((struct gated_job *)(void *)job)->gate;
    pthread_mutex_lock(&gate->mutex);
    gate->arrived++;
    pthread_cond_broadcast(&gate->moved);
    while (!gate->open)
        pthread_cond_wait(&gate->moved, &gate->mutex);
    pthread_mutex_unlock(&gate->mutex);
}

static void
wait_at_gate(struct gate *gate, size_t count)
{
    pthread_mutex_lock(&gate->mutex);
    while (gate->arrived < count)
        pthread_cond_wait(&gate->moved, &gate->mutex);
    pthread_mutex_unlock(&gate->mutex);
}

static struct password_pool *
new_pool(void)
{
    struct err err;
    struct password_pool *pool = password_pool_new(THREADS, QUEUE, &err);
    assert_non_null(pool);
    return pool;
}

/* Does one job to its end. */
static struct gated_job
run(const char *password, bool make, struct str hash)
{
    struct gate gate;
    struct password_pool *pool = new_pool();
    struct gated_job job = {.job = {.password = str_from(password), .make = make, .hash = hash, .done = pass_gate},
                            .gate = &gate};
    gate_init(&gate, true);
    assert_true(password_pool_submit(pool, &job.job));
    password_pool_free(pool);
    assert_int_equal(gate.arrived, 1);
    gate_done(&gate);
    return job;
}

static void
a_password_fits_its_own_hash_and_no_other(void **state)
{
    (void)state;
    struct gated_job made = run("correct horse", true, STR(""));
    assert_false(made.job.failed);
    assert_int_equal(strncmp(made.job.made, "$argon2id$v=19$m=19456,t=2,p=1$", 31), 0);
    struct gated_job again = run("correct horse", true, STR(""));
    assert_string_not_equal(made.job.made, again.job.made); /* salted */
    assert_true(run("correct horse", false, str_from(made.job.made)).job.fits);
    assert_true(run("correct horse", false, str_from(again.job.made)).job.fits);
    assert_false(run("correct hors", false, str_from(made.job.made)).job.fits);
    assert_false(run("", false, str_from(made.job.made)).job.fits);
    assert_false(run("correct horse", false, STR("not a hash")).job.fits);
}

static void
nothing_fits_nobodys_hash(void **state)
{
    (void)state;
    assert_false(run("correct horse", false, STR("")).job.fits);
    assert_false(run("", false, STR("")).job.fits);
}

/* Jobs at the gate keep their threads, so what is accepted beyond them waits. */
static void
few_run_few_wait_and_the_rest_is_refused(void **state)
{
    (void)state;
    struct gate gate;
    struct gated_job jobs[JOBS];
    struct password_pool *pool = new_pool();
    gate_init(&gate, false);
    for (size_t i = 0; i < JOBS; i++)
        jobs[i] = (struct gated_job){.job = {.password = STR("p"), .make = true, .done = pass_gate}, .gate = &gate};
    for (size_t i = 0; i < THREADS; i++) {
        assert_true(password_pool_submit(pool, &jobs[i].job));
        wait_at_gate(&gate, i + 1);
    }
    for (size_t i = THREADS; i < THREADS + QUEUE; i++)
        assert_true(password_pool_submit(pool, &jobs[i].job));
    assert_false(password_pool_submit(pool, &jobs[JOBS - 1].job));
    pthread_mutex_lock(&gate.mutex);
    assert_int_equal(gate.arrived, THREADS);
    gate.open = true;
    pthread_cond_broadcast(&gate.moved);
    pthread_mutex_unlock(&gate.mutex);
    password_pool_free(pool); /* does what waits first */
    assert_int_equal(gate.arrived, THREADS + QUEUE);
    gate_done(&gate);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_password_fits_its_own_hash_and_no_other),
        cmocka_unit_test(nothing_fits_nobodys_hash),
        cmocka_unit_test(few_run_few_wait_and_the_rest_is_refused),
    };
    return test_run("api/password_pool", tests);
}
