/* The lock's file is never removed: between the removal and a new file two processes could hold "the" lock. */
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"

struct store_lock {
    int fd;
};

/* The database's own path without links, so that every way to it leads to one lock. A database that is not there yet
 * has only its folder to resolve. */
static bool
resolve(const char *path, char *ret_path, size_t size)
{
    char whole[PATH_MAX];
    if (realpath(path, whole) != NULL)
        return snprintf(ret_path, size, "%s.lock", whole) < (int)size;
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    char folder[PATH_MAX];
    if (errno != ENOENT ||
        snprintf(folder, sizeof(folder), "%.*s", slash == NULL ? 1 : (int)(slash - path) + 1,
                 slash == NULL ? "." : path) >= (int)sizeof(folder) ||
        realpath(folder, whole) == NULL)
        return false;
    return snprintf(ret_path, size, "%s/%s.lock", strcmp(whole, "/") == 0 ? "" : whole, name) < (int)size;
}

/* What the holder wrote; 0 when it has not (yet). */
static long long
read_holder(int fd)
{
    char text[24];
    ssize_t len = pread(fd, text, sizeof(text), 0);
    long long pid = 0;
    return len > 0 && str_to_i64(str_of(text, strnlen(text, (size_t)len)), &pid) ? pid : 0;
}

static void
write_holder(int fd)
{
    char text[24];
    int len = snprintf(text, sizeof(text), "%lld", (long long)getpid());
    /* a lock without its holder's id is as good a lock */
    if (ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)len, 0) != len)
        (void)!ftruncate(fd, 0);
}

static void
describe_refusal(int fd, const char *database_path, int reason, struct err *err)
{
    long long holder = read_holder(fd);
    if (reason != EAGAIN && reason != EACCES)
        err_set(err, ERR_SYSTEM, "locking %s.lock: %s", database_path, strerror(reason));
    else if (holder > 0)
        err_set(err, ERR_UNAVAILABLE, "database %s is in use by process %lld", database_path, holder);
    else
        err_set(err, ERR_UNAVAILABLE, "database %s is in use by another process", database_path);
}

/* The locked descriptor, or -1. */
static int
take(const char *path, const char *database_path, struct err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        err_set(err, ERR_NO_INPUT, "opening %s: %s", path, strerror(errno));
        return -1;
    }
    struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(fd, F_OFD_SETLK, &all) == 0)
        return fd;
    describe_refusal(fd, database_path, errno, err);
    (void)close(fd);
    return -1;
}

/* A lock that root was the first to take is its folder's owner's: a server of that user has to open it. */
static void
give_to_folder(int fd, const char *path)
{
    struct stat owner;
    char folder[PATH_MAX];
    (void)snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(path, '/') - path) + 1, path);
    if (geteuid() == 0 && stat(folder, &owner) == 0)
        (void)!fchown(fd, owner.st_uid, owner.st_gid);
}

bool
store_lock_take(const char *database_path, struct store_lock **ret_lock, struct err *err)
{
    char path[PATH_MAX];
    *ret_lock = NULL;
    if (!resolve(database_path, path, sizeof(path))) {
        err_set(err, ERR_NO_INPUT, "the folder of database %s: %s", database_path, strerror(errno));
        return false;
    }
    struct store_lock *lock = malloc(sizeof(*lock));
    if (lock == NULL) {
        err_set(err, ERR_MEMORY, "no memory for the lock of database %s", database_path);
        return false;
    }
    lock->fd = take(path, database_path, err);
    if (lock->fd < 0) {
        free(lock);
        return false;
    }
    give_to_folder(lock->fd, path);
    write_holder(lock->fd);
    *ret_lock = lock;
    return true;
}

void
store_lock_release(struct store_lock *lock)
{
    if (lock == NULL)
        return;
    (void)!ftruncate(lock->fd, 0); /* whoever is refused next must not be told of this process */
    (void)close(lock->fd);
    free(lock);
}
