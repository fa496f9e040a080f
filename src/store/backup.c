/* Order is everything: copy, check, sync the file, rename without replacing, sync the folder. */
#include "store/backup.h"

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

static bool
sync_folder_of(const char *path, struct err *err)
{
    char folder[PATH_MAX] = ".";
    const char *slash = strrchr(path, '/');
    if (slash != NULL)
        (void)snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path) + 1, path);
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

/* An empty file beside `path`; its name in `ret_part`. */
static bool
make_part(const char *path, char *ret_part, size_t size, struct err *err)
{
    struct stat there;
    if (lstat(path, &there) == 0) {
        err_set(err, ERR_USAGE, "%s exists already", path);
        return false;
    }
    if (snprintf(ret_part, size, "%s.XXXXXX.part", path) >= (int)size) {
        err_set(err, ERR_USAGE, "the name of the backup is too long");
        return false;
    }
    int fd = mkostemps(ret_part, 5, O_CLOEXEC);
    if (fd < 0) {
        bool theirs = errno == ENOENT || errno == ENOTDIR || errno == EACCES || errno == EROFS;
        (void)fail(err, "creating", ret_part);
        err->kind = theirs ? ERR_USAGE : err->kind;
        return false;
    }
    (void)close(fd);
    return true;
}

bool
backup_write(struct db_connection *reader, const char *path, const struct db_copy_watch *watch, struct err *err)
{
    char part[PATH_MAX];
    if (!make_part(path, part, sizeof(part), err))
        return false;
    bool named = copy_into(reader, part, watch, err) && sync_path(part, 0, err) && rename_new(part, path, err);
    if (!named)
        (void)unlink(part);
    return named && sync_folder_of(path, err);
}
