/* Hashing apart from everything else, and the same for nobody as for somebody. */
#include "tests/unit/test.h"

#include <string.h>

#include "api/password_pool.h"

static void
ignore(struct password_job *job)
{
    (void)job;
}

/* Does one job to its end. */
static struct password_job
run(const char *password, bool make, struct str hash)
{
    struct err err;
    struct password_job job = {.password = str_from(password), .make = make, .hash = hash, .done = ignore};
    struct password_pool *pool = password_pool_new(1, 1, &err);
    assert_non_null(pool);
    assert_true(password_pool_submit(pool, &job));
    password_pool_free(pool);
    return job;
}

static void
a_password_fits_its_own_hash_and_no_other(void **state)
{
    (void)state;
    struct password_job made = run("correct horse", true, STR(""));
    assert_false(made.failed);
    assert_int_equal(strncmp(made.made, "$argon2id$v=19$m=19456,t=2,p=1$", 31), 0);
    struct password_job again = run("correct horse", true, STR(""));
    assert_string_not_equal(made.made, again.made); /* salted */
    assert_true(run("correct horse", false, str_from(made.made)).fits);
    assert_true(run("correct horse", false, str_from(again.made)).fits);
    assert_false(run("correct hors", false, str_from(made.made)).fits);
    assert_false(run("", false, str_from(made.made)).fits);
    assert_false(run("correct horse", false, STR("not a hash")).fits);
}

static void
nothing_fits_nobodys_hash(void **state)
{
    (void)state;
    assert_false(run("correct horse", false, STR("")).fits);
    assert_false(run("", false, STR("")).fits);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_password_fits_its_own_hash_and_no_other),
        cmocka_unit_test(nothing_fits_nobodys_hash),
    };
    return test_run("api/password_pool", tests);
}
