/* One server per database: a lock beside the database file that a second server is refused.
 *
 * It is an open file description lock (fcntl(2), F_OFD_SETLK) on `<database>.lock`: it goes with the process, however
 * that ends, and not with the first close() of any descriptor, as older POSIX locks do. The file holds the process's id
 * for whoever is refused, and stays. It refuses to guard anything but good manners between processes of this program:
 * the database has locks of its own. */
#ifndef NIGHTLATCH_STORE_LOCK_H
#define NIGHTLATCH_STORE_LOCK_H

#include <stdbool.h>

#include "base/err.h"

struct store_lock;

/* Takes the lock for the database at `database_path`, which need not exist; symbolic links lead to the lock of what
 * they point at. Never waits. True: the caller owns *ret_lock until store_lock_release(). False with a failure,
 * *ret_lock NULL: ERR_UNAVAILABLE when another process holds it, with its id if that is known; ERR_NO_INPUT when the
 * lock's file can't be made; ERR_SYSTEM or ERR_MEMORY. */
bool store_lock_take(const char *database_path, struct store_lock **ret_lock, struct err *err)
    __attribute__((warn_unused_result));

/* Gives it back; NULL is fine. A child made by fork() shares the lock until it, too, has ended or closed it. */
void store_lock_release(struct store_lock *lock);

#endif
