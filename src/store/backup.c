/* Order is everything: copy, check, sync the file, rename without replacing, sync the folder.
 *
 * A database that is to be replaced is two files as long as it has a write-ahead log, and no rename takes both. So the
 * log is brought to its end first, by opening and closing the database as a writer; then one rename is enough. */
#include "store/backup.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
fail(struct err *err, const char *doing, const char *path)
{
    enum err_kind kind = errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO;
    err_set(err, kind, "%s %s: %s", doing, path, strerror(errno));
    return false;
}

static bool
sync_path(const char *path, int flags, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | flags);
    if (fd < 0)
        return fail(err, "opening", path);
    bool synced = fsync(fd) == 0;
    if (!synced)
        (void)fail(err, "syncing", path);
    (void)close(fd);
    return synced;
}

static void
folder_of(const char *path, char out[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    (void)snprintf(out, PATH_MAX, "%.*s", slash == NULL ? 1 : (int)(slash - path) + 1, slash == NULL ? "." : path);
}

static bool
sync_folder_of(const char *path, struct err *err)
{
    char folder[PATH_MAX];
    folder_of(path, folder);
    return sync_path(folder, O_DIRECTORY, err);
}

/* Gives the copy its name, unless that is taken. */
static bool
rename_new(const char *from, const char *path, struct err *err)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return true;
    /* a file system that does not know the flag may know links */
    if (errno == EINVAL && link(from, path) == 0)
        return unlink(from) == 0 || fail(err, "removing", from);
    if (errno == EEXIST) {
        err_set(err, ERR_USAGE, "%s exists already", path);
        return false;
    }
    return fail(err, "naming", path);
}

static bool
copy_into(struct db_connection *reader, const char *path, const struct db_copy_watch *watch, struct err *err)
{
    enum db_status status = db_copy(reader, path, watch, err);
    if (status == DB_RETRY)
        err_set(err, ERR_UNAVAILABLE, "another process has locked the database");
    return status == DB_OK;
}

static bool
is_there(const char *path)
{
    struct stat there;
    return lstat(path, &there) == 0;
}

static bool
refuse_existing(const char *path, struct err *err)
{
    if (is_there(path))
        err_set(err, ERR_USAGE, "%s is there already and is not overwritten", path);
    return !is_there(path);
}

/* `path` with `suffix` at its end. */
static bool
join(char out[PATH_MAX], const char *path, const char *suffix, struct err *err)
{
    if (snprintf(out, PATH_MAX, "%s%s", path, suffix) < PATH_MAX)
        return true;
    err_set(err, ERR_USAGE, "the name %s is too long", path);
    return false;
}

/* An empty file beside `path`; its name in `ret_part`. */
static bool
make_part(const char *path, char ret_part[PATH_MAX], struct err *err)
{
    if (!join(ret_part, path, ".XXXXXX.part", err))
        return false;
    int fd = mkostemps(ret_part, 5, O_CLOEXEC);
    if (fd < 0) {
        bool theirs = errno == ENOENT || errno == ENOTDIR || errno == EACCES || errno == EROFS;
        (void)fail(err, "creating", path); /* as it was asked for; its folder is what is wrong */
        err->kind = theirs ? ERR_USAGE : err->kind;
        return false;
    }
    (void)close(fd);
    return true;
}

static void
remove_part(const char *part)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
    char name[PATH_MAX];
    struct err ignored;
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
        if (join(name, part, suffixes[i], &ignored))
            (void)unlink(name);
}

/* A complete, accepted and synced copy that has only to be renamed to `path`; its name in `ret_part`. */
static bool
write_part(struct db_connection *reader, const char *path, const struct db_copy_watch *watch,
           const struct backup_review *review, char ret_part[PATH_MAX], struct err *err)
{
    if (!make_part(path, ret_part, err))
        return false;
    bool written = copy_into(reader, ret_part, watch, err);
    if (written && review != NULL)
        written = review->accept(ret_part, review->context, err);
    char wal[PATH_MAX];
    assert((!written || (join(wal, ret_part, "-wal", err) && !is_there(wal))) && "a review leaves one closed file");
    written = written && sync_path(ret_part, 0, err);
    if (!written)
        remove_part(ret_part);
    return written;
}

bool
backup_write(struct db_connection *reader, const char *path, const struct db_copy_watch *watch,
             const struct backup_review *review, struct err *err)
{
    char part[PATH_MAX];
    if (!refuse_existing(path, err) || !write_part(reader, path, watch, review, part, err))
        return false;
    bool named = rename_new(part, path, err);
    if (!named)
        remove_part(part);
    return named && sync_folder_of(path, err);
}

/* --- in the place of another --- */

/* Brings the write-ahead log of a database to its end: the last to close it does that, and removes the log. What can't
 * be opened is damaged and stays as it is. */
static void
settle(const char *path)
{
    char url[PATH_MAX + 16];
    struct db *db;
    struct db_connection *writer;
    struct err ignored;
    struct db_settings settings = DB_SETTINGS_DEFAULT;
    (void)snprintf(url, sizeof(url), "sqlite:%s", path);
    settings.url = url;
    settings.create = false;
    if (db_open(&settings, &db, &ignored) != DB_OK)
        return;
    if (db_connect(db, DB_WRITER, &writer, &ignored) == DB_OK)
        db_disconnect(writer);
    db_close(db);
}

/* Whether the database at `path` opens and all its pages hang together. */
static bool
is_whole(const char *path)
{
    char url[PATH_MAX + 16];
    struct db *db;
    struct db_connection *reader;
    struct err ignored;
    struct db_settings settings = DB_SETTINGS_DEFAULT;
    (void)snprintf(url, sizeof(url), "sqlite:%s", path);
    settings.url = url;
    settings.create = false;
    if (db_open(&settings, &db, &ignored) != DB_OK)
        return false;
    bool whole = db_connect(db, DB_READER, &reader, &ignored) == DB_OK;
    if (whole) {
        whole = db_verify(reader, &ignored) == DB_OK;
        db_disconnect(reader);
    }
    db_close(db);
    return whole;
}

/* A second name for the same file. */
static bool
link_as(const char *path, const char *name, struct err *err)
{
    if (link(path, name) == 0)
        return true;
    if (errno == EEXIST) {
        err_set(err, ERR_USAGE, "%s exists already", name);
        return false;
    }
    return fail(err, "keeping the old database as", name);
}

/* The log of a damaged database, which nobody can bring to its end, is kept beside it; in its place it would be taken
 * for the new database's. */
static bool
take_log_away(const char *path, const char *kept_path, struct err *err)
{
    char wal[PATH_MAX], shm[PATH_MAX], kept_wal[PATH_MAX];
    if (!join(wal, path, "-wal", err) || !join(shm, path, "-shm", err) || !join(kept_wal, kept_path, "-wal", err))
        return false;
    if (!is_there(wal))
        return true;
    if (!link_as(wal, kept_wal, err) || !sync_folder_of(path, err))
        return false;
    if (unlink(wal) != 0)
        return fail(err, "removing", wal);
    (void)unlink(shm); /* an index of the log, made anew when it is missing */
    return true;
}

/* A log that is still there after settle() is somebody's who has the database open, unless nobody can open it. */
static bool
refuse_in_use(const char *path, struct err *err)
{
    char wal[PATH_MAX];
    if (!join(wal, path, "-wal", err))
        return false;
    if (!is_there(wal) || !is_whole(path))
        return true;
    err_set(err, ERR_UNAVAILABLE, "another process has %s open: a check, an export or a backup; wait for its end",
            path);
    return false;
}

/* Gives the old database its second name. False with *err, and it has only the old one. */
static bool
keep(const char *path, const char *kept_path, struct err *err)
{
    settle(path);
    if (!refuse_in_use(path, err) || !link_as(path, kept_path, err))
        return false;
    if (take_log_away(path, kept_path, err) && sync_folder_of(path, err))
        return true;
    (void)unlink(kept_path);
    return false;
}

/* What root puts in place belongs to whoever the old database, or else the folder, belongs to: a server that runs as
 * its own user could not open it otherwise. */
static bool
give_to_owner(const char *part, const char *path, struct err *err)
{
    struct stat owner;
    char folder[PATH_MAX];
    if (geteuid() != 0)
        return true;
    folder_of(path, folder);
    if (stat(path, &owner) != 0 && stat(folder, &owner) != 0)
        return fail(err, "looking at", folder);
    return chown(part, owner.st_uid, owner.st_gid) == 0 || fail(err, "giving to its owner", part);
}

bool
backup_replace(struct db_connection *reader, const char *path, const char *kept_path, const struct db_copy_watch *watch,
               const struct backup_review *review, bool *ret_kept, struct err *err)
{
    char part[PATH_MAX];
    *ret_kept = is_there(path);
    if (!refuse_existing(kept_path, err) || !write_part(reader, path, watch, review, part, err))
        return false;
    /* without a database, a log that is left of one would be taken for the new database's */
    bool placed = give_to_owner(part, path, err);
    if (placed)
        placed = *ret_kept ? keep(path, kept_path, err) : take_log_away(path, kept_path, err);
    if (placed && rename(part, path) != 0)
        placed = fail(err, "naming", path);
    if (!placed)
        remove_part(part);
    return placed && sync_folder_of(path, err);
}
