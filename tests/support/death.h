/* Whether something that must never happen ends the process, as asserts do.
 *
 * Runs it in a child, so the test goes on. It refuses to look at why: a test of one rule breaks one rule. */
#ifndef NIGHTLATCH_TESTS_SUPPORT_DEATH_H
#define NIGHTLATCH_TESTS_SUPPORT_DEATH_H

#include <stdbool.h>

/* Whether `act` ended by SIGABRT. What it wrote on standard error is not shown. Only in a process of one thread. */
bool death_by_abort(void (*act)(void *context), void *context);

#endif
