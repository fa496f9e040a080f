/* How not to do it: check, wait, insert, with nothing in between to hold the place.
 *
 * `nightlatch race --naive` shows what this does under load; nothing else may use it. It knows no engine, no claim and
 * no constraint, on a scratch file of its own. */
#ifndef NIGHTLATCH_STORE_NAIVE_H
#define NIGHTLATCH_STORE_NAIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* Makes the scratch table in a new file. */
bool naive_init(const char *path, struct err *err) __attribute__((warn_unused_result));

/* Counts what was sold; when it is fewer than `units`, waits and inserts one more. On a connection of its own, from any
 * thread. 1 sold, 0 sold out, -1 the database failed. */
int naive_sell(const char *path, int64_t units, int64_t delay_ms);

/* How many were sold; -1 when that can't be read. */
int64_t naive_sold(const char *path);

#endif
