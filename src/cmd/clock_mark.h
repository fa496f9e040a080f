/* A stopped clock (engine/clock_guard.h) outlives its process: a file beside the database, "<database>.clock-stopped",
 * says when it stopped, until it is accepted. Otherwise a restart, which a supervisor does by itself, would believe
 * whatever the wall clock says by then. It is for whoever holds the lock of the database. Any thread. */
#ifndef NIGHTLATCH_CMD_CLOCK_MARK_H
#define NIGHTLATCH_CMD_CLOCK_MARK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* When the clock stopped (ms since the epoch), 0 when it has not. A file that can't be read counts as stopped at the
 * beginning of the epoch, which is before every decision. */
int64_t clock_mark_read(const char *path);

/* Writes it durably. False with ERR_IO: then a restart will not know. */
bool clock_mark_write(const char *path, int64_t stopped_at_ms, struct err *err) __attribute__((warn_unused_result));

/* Removes it; it need not be there. */
void clock_mark_remove(const char *path);

#endif
