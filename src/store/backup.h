/* A copy of a live database in a file of its own: complete, checked and durable, or not there at all.
 *
 * Runs on a reader, from one snapshot, and does not hold writers up; on SQLite the write-ahead log can't be begun anew
 * meanwhile and grows. It refuses to overwrite, to copy an engine that has tools of its own for it (PostgreSQL), and to
 * restore: the file is a database like any other and is put in place by copying it. */
#ifndef NIGHTLATCH_STORE_BACKUP_H
#define NIGHTLATCH_STORE_BACKUP_H

#include <stdbool.h>

#include "store/db.h"

/* Writes `path` (mode 0600) by way of a file beside it that is renamed once it is complete, verified (db_verify) and
 * synced; after a crash that file, `path` with ".XXXXXX.part" at its end, may be left over. Blocks as long as the copy
 * takes, `watch` (may be NULL) being asked about every MiB. False with a failure, and nothing is left behind:
 * ERR_USAGE when `path` exists or its folder does not, ERR_FULL, ERR_IO, ERR_DATA (the copy does not verify),
 * ERR_UNAVAILABLE (stopped by the watch, or the database is locked). */
bool backup_write(struct db_connection *reader, const char *path, const struct db_copy_watch *watch, struct err *err)
    __attribute__((warn_unused_result));

#endif
