/* The lock that keeps a second server out. */
#include "tests/unit/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/lock.h"
#include "tests/support/scratch.h"

struct fixture {
    struct scratch scratch;
    char database[300];
    struct err err;
};

static int
setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    scratch_init(&f->scratch);
    (void)snprintf(f->database, sizeof(f->database), "%s/hotel.db", f->scratch.path);
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    struct fixture *f = *state;
    scratch_done(&f->scratch);
    free(f);
    return 0;
}

static struct store_lock *
take(struct fixture *f, const char *path)
{
    struct store_lock *lock;
    if (!store_lock_take(path, &lock, &f->err))
        fail_msg("%s", f->err.message);
    return lock;
}

static void
assert_refused(struct fixture *f, const char *path)
{
    struct store_lock *lock;
    assert_false(store_lock_take(path, &lock, &f->err));
    assert_null(lock);
    assert_int_equal(f->err.kind, ERR_UNAVAILABLE);
}

static void
make_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
}

static void
a_second_one_is_refused_and_told_by_whom(void **state)
{
    struct fixture *f = *state;
    struct store_lock *lock = take(f, f->database);
    assert_refused(f, f->database);
    char pid[32];
    (void)snprintf(pid, sizeof(pid), "process %lld", (long long)getpid());
    assert_non_null(strstr(f->err.message, pid));
    store_lock_release(lock);
    store_lock_release(take(f, f->database));
    store_lock_release(NULL);
}

static void
a_holder_that_was_killed_holds_nothing(void **state)
{
    struct fixture *f = *state;
    int up[2];
    assert_int_equal(pipe2(up, O_CLOEXEC), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct store_lock *lock;
        if (!store_lock_take(f->database, &lock, &f->err) || write(up[1], "t", 1) != 1)
            _exit(1);
        for (;;)
            (void)pause();
    }
    char word;
    assert_int_equal(read(up[0], &word, 1), 1);
    assert_refused(f, f->database);
    char pid[32];
    (void)snprintf(pid, sizeof(pid), "process %lld", (long long)child);
    assert_non_null(strstr(f->err.message, pid));
    assert_int_equal(kill(child, SIGKILL), 0);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    store_lock_release(take(f, f->database));
    (void)close(up[0]);
    (void)close(up[1]);
}

/* The locks of POSIX would be gone here. */
static void
closing_another_descriptor_of_the_file_keeps_it(void **state)
{
    struct fixture *f = *state;
    struct store_lock *lock = take(f, f->database);
    char path[320];
    (void)snprintf(path, sizeof(path), "%s.lock", f->database);
    make_file(path);
    assert_refused(f, f->database);
    store_lock_release(lock);
}

static void
every_way_to_the_database_leads_to_one_lock(void **state)
{
    struct fixture *f = *state;
    char other[320];
    (void)snprintf(other, sizeof(other), "%s/./hotel.db", f->scratch.path);
    struct store_lock *lock = take(f, f->database);
    assert_refused(f, other); /* while the database is not there yet */
    make_file(f->database);
    assert_refused(f, f->database);
    (void)snprintf(other, sizeof(other), "%s/link.db", f->scratch.path);
    assert_int_equal(symlink("hotel.db", other), 0);
    assert_refused(f, other);
    store_lock_release(lock);
    lock = take(f, other);
    assert_refused(f, f->database);
    store_lock_release(lock);
}

static void
a_relative_path_is_fine_and_a_missing_folder_is_not(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(chdir(f->scratch.path), 0);
    struct store_lock *lock = take(f, "hotel.db");
    assert_refused(f, f->database);
    store_lock_release(lock);
    assert_false(store_lock_take("no/such/hotel.db", &lock, &f->err));
    assert_int_equal(f->err.kind, ERR_NO_INPUT);
    assert_int_equal(chdir("/"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_second_one_is_refused_and_told_by_whom),
        TEST(a_holder_that_was_killed_holds_nothing),
        TEST(closing_another_descriptor_of_the_file_keeps_it),
        TEST(every_way_to_the_database_leads_to_one_lock),
        TEST(a_relative_path_is_fine_and_a_missing_folder_is_not),
    };
    return test_run("store/lock", tests);
}
