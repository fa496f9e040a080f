/* Opening the database a subcommand works on, and the files that lie beside it. */
#ifndef NIGHTLATCH_CMD_DATABASE_H
#define NIGHTLATCH_CMD_DATABASE_H

#include <stddef.h>

#include "store/db.h"

#define DATABASE_DEFAULT "sqlite:./nightlatch.db"

/* False with ERR_NO_INPUT when the URL's file is not there. */
bool database_is_there(const char *url, struct err *err) __attribute__((warn_unused_result));

/* False with ERR_DATA when the file at `path` can't be a database: a folder, or without SQLite's first sixteen bytes
 * (https://www.sqlite.org/fileformat2.html#magic_header_string). An empty file can, and one that can't be read is left
 * to whoever opens it. */
bool database_may_be(const char *path, struct err *err) __attribute__((warn_unused_result));

/* Opens a database that is there and whose schema is this program's; changes nothing. False with *err otherwise. */
bool database_open_existing(const char *url, struct db **ret_db, struct err *err) __attribute__((warn_unused_result));

/* Opens or makes a database and brings its schema up to date. The caller holds the lock of the file (store/lock.h). */
bool database_open_to_write(const char *url, struct db **ret_db, struct err *err) __attribute__((warn_unused_result));

/* Brings the schema up to date and closes again; *ret_applied_count says how many scripts ran. */
bool database_migrate(const char *url, int *ret_applied_count, struct err *err) __attribute__((warn_unused_result));

/* The path of the file beside the database that ends in `suffix` (".lock", ".sock"). False with *err for a URL that
 * is none, or too long a path. */
bool database_sibling(const char *url, const char *suffix, char *out, size_t out_size, struct err *err)
    __attribute__((warn_unused_result));

#endif
