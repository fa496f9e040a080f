/* A directory for a database that is only tried out: demo, race, bench,
 * and the tables that `check --rebuild` makes. */
#ifndef NIGHTLATCH_CMD_SCRATCH_DIR_H
#define NIGHTLATCH_CMD_SCRATCH_DIR_H

#include <stdbool.h>

#include "base/err.h"

enum { SCRATCH_DIR_SIZE = 256 };

/* Makes a new directory below TMPDIR or /tmp, for this user only, and writes its path. */
bool scratch_dir_make(char out[SCRATCH_DIR_SIZE], struct err *err) __attribute__((warn_unused_result));

/* Removes it with the files in it; there are no directories in it. What can't be removed is left. */
void scratch_dir_remove(const char *path);

#endif
