/* What every cmocka test includes: the headers cmocka wants in their order, and TAP as the way results are told. */
#ifndef NIGHTLATCH_TESTS_UNIT_TEST_H
#define NIGHTLATCH_TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Runs the array `tests` as the group `name` and reports it in TAP, which Meson reads. */
#define test_run(name, tests)                                                                                          \
    (cmocka_set_message_output(CM_OUTPUT_TAP), cmocka_run_group_tests_name((name), (tests), NULL, NULL))

#endif
