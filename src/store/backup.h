/* A copy of a database in a file of its own, live or not: complete, checked and durable, or not there at all. And such
 * a copy in the place of a database that is to be given up.
 *
 * Both run on a reader of the source, from one snapshot, and do not hold its writers up; on SQLite the write-ahead log
 * can't be begun anew meanwhile and grows. They refuse to overwrite, to copy an engine that has tools of its own for it
 * (PostgreSQL), and to say what is in the file: whoever asks for the copy may look at it before it gets its name. */
#ifndef NIGHTLATCH_STORE_BACKUP_H
#define NIGHTLATCH_STORE_BACKUP_H

#include <stdbool.h>
#include <stddef.h>

#include "store/db.h"

/* The last word on a copy, before it has its name. */
struct backup_review {
    /* Looks at the complete database file at `path` and may change it, as long as it is one closed file again when
     * this returns; what it leaves is synced. False with *err lets nothing come of the copy. */
    bool (*accept)(const char *path, void *context, struct err *err);
    void *context;
};

/* Writes `path` (mode 0600) by way of a file beside it that is renamed once it is complete, verified (db_verify),
 * accepted by `review` (may be NULL) and synced; after a crash that file, `path` with ".XXXXXX.part" at its end, may be
 * left over. Blocks as long as the copy takes, `watch` (may be NULL) being asked about every MiB. False with a failure,
 * and nothing is left behind: ERR_USAGE when `path` exists or its folder does not, ERR_FULL, ERR_IO, ERR_DATA (the copy
 * does not verify), ERR_UNAVAILABLE (stopped by the watch, or the database is locked), or the review's. */
bool backup_write(struct db_connection *reader, const char *path, const struct db_copy_watch *watch,
                  const struct backup_review *review, struct err *err) __attribute__((warn_unused_result));

/* The same, where `path` may be a database: that one is kept, whole, under the name `kept_path`, which must be free
 * (its write-ahead log, if it can't be brought to its end, under `kept_path` with "-wal"). The caller holds the lock of
 * the database (store/lock.h). At any instant there is a whole database at `path`: the old one until the new one is,
 * and the old one is at `kept_path` from before that. Root gives the new one to the owner of the old one, or of the
 * folder. One exception: a damaged database loses its log first.
 *
 * *ret_kept says whether there was one to keep. Failures are those of backup_write(), and ERR_UNAVAILABLE when another
 * process has the old database open; after a failure the old one is in its place. */
bool backup_replace(struct db_connection *reader, const char *path, const char *kept_path,
                    const struct db_copy_watch *watch, const struct backup_review *review, bool *ret_kept,
                    struct err *err) __attribute__((warn_unused_result));

#endif
