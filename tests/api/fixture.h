/* What nearly every test of the interface begins with: a server of its own, a small house in it, callers by role.
 *
 * A file that needs more has a set-up of its own, which begins with fixture_begin(). One world at a time. */
#ifndef NIGHTLATCH_TESTS_API_FIXTURE_H
#define NIGHTLATCH_TESTS_API_FIXTURE_H

#include "tests/api/world.h"

extern struct world *world;
extern struct small_house house;

/* NULL are the default settings. */
void fixture_begin(const struct world_settings *settings);

/* For cmocka: the default settings and nothing more; and the end of any. */
int fixture_set_up(void **state);
int fixture_tear_down(void **state);

/* The token of a program with this role in the house; without the limits of one where it is trusted. It lives as long
 * as the world. */
const char *fixture_caller(enum role role, bool trusted);

/* Every stored invariant, the chain of the log among them; what is not so is told, and fails the test. */
void fixture_assert_in_order(void);

/* Behind the back of the engine, which reads each row anew for each command: for what there is no way into over HTTP.
 * Returns how many rows the last statement changed. */
int fixture_run_sql(const char *sql);

struct answer post_as(const char *token, const char *target, const char *body);
struct answer get_as(const char *token, const char *target);

/* Closes a room for "a burst pipe"; `rest` goes on behind the other members: "" or ",\"force\":true". */
struct answer close_room_as(const char *token, const char *room, const char *kind, const char *from, const char *until,
                            const char *rest);

#endif
