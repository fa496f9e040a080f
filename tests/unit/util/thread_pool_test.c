/* A queue that is bounded, in order, and drained at the end. */
#include "tests/unit/test.h"

#include <pthread.h>

#include "util/thread_pool.h"

enum { THREADS = 2, QUEUE = 3, JOBS = THREADS + QUEUE + 1 };

/* Jobs stop at this gate until it is opened, and leave their number in the order in which they came. */
struct gate {
    pthread_mutex_t mutex;
    pthread_cond_t moved;
    bool open;
    size_t arrived, order[JOBS], threads[JOBS];
};

struct gated_job {
    struct thread_job job; /* first */
    size_t number;
};

static struct gate gate;

static int
set_up(void **state)
{
    (void)state;
    gate = (struct gate){.open = false};
    pthread_mutex_init(&gate.mutex, NULL);
    pthread_cond_init(&gate.moved, NULL);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    pthread_cond_destroy(&gate.moved);
    pthread_mutex_destroy(&gate.mutex);
    return 0;
}

static void
pass_gate(struct thread_job *job, size_t thread, void *user)
{
    (void)user;
    pthread_mutex_lock(&gate.mutex);
    gate.threads[gate.arrived] = thread;
    gate.order[gate.arrived++] = ((struct gated_job *)(void *)job)->number;
    pthread_cond_broadcast(&gate.moved);
    while (!gate.open)
        pthread_cond_wait(&gate.moved, &gate.mutex);
    pthread_mutex_unlock(&gate.mutex);
}

static void
wait_at_gate(size_t count)
{
    pthread_mutex_lock(&gate.mutex);
    while (gate.arrived < count)
        pthread_cond_wait(&gate.moved, &gate.mutex);
    pthread_mutex_unlock(&gate.mutex);
}

static void
open_gate(void)
{
    pthread_mutex_lock(&gate.mutex);
    gate.open = true;
    pthread_cond_broadcast(&gate.moved);
    pthread_mutex_unlock(&gate.mutex);
}

static struct thread_pool *
new_pool(size_t threads)
{
    struct err err;
    const struct thread_pool_settings settings = {
        .purpose = "a test", .thread_count = threads, .queue_limit = QUEUE, .run = pass_gate};
    struct thread_pool *pool = thread_pool_new(&settings, &err);
    assert_non_null(pool);
    return pool;
}

/* Jobs at the gate keep their threads, so what is accepted beyond them waits. */
static void
few_run_few_wait_and_the_rest_is_refused(void **state)
{
    (void)state;
    struct gated_job jobs[JOBS] = {{.number = 0}};
    struct thread_pool *pool = new_pool(THREADS);
    for (size_t i = 0; i < THREADS; i++) {
        assert_true(thread_pool_submit(pool, &jobs[i].job));
        wait_at_gate(i + 1);
    }
    assert_int_equal(gate.threads[0] + gate.threads[1], 1); /* 0 and 1, whichever came first */
    for (size_t i = THREADS; i < THREADS + QUEUE; i++)
        assert_true(thread_pool_submit(pool, &jobs[i].job));
    size_t waiting = thread_pool_waiting(pool);
    bool refused = !thread_pool_submit(pool, &jobs[JOBS - 1].job);
    open_gate();
    thread_pool_free(pool); /* does what waits first */
    assert_int_equal(waiting, QUEUE);
    assert_true(refused);
    assert_int_equal(gate.arrived, THREADS + QUEUE);
}

static void
one_thread_takes_them_in_their_order(void **state)
{
    (void)state;
    struct gated_job jobs[1 + QUEUE];
    struct thread_pool *pool = new_pool(1);
    for (size_t i = 0; i < 1 + QUEUE; i++) {
        jobs[i] = (struct gated_job){.number = i};
        assert_true(thread_pool_submit(pool, &jobs[i].job));
        wait_at_gate(1); /* the first is taken, the rest waits */
    }
    open_gate();
    thread_pool_free(pool);
    assert_int_equal(gate.arrived, 1 + QUEUE);
    for (size_t i = 0; i < 1 + QUEUE; i++)
        assert_int_equal(gate.order[i], i);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(few_run_few_wait_and_the_rest_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_thread_takes_them_in_their_order, set_up, tear_down),
    };
    return test_run("util/thread_pool", tests);
}
