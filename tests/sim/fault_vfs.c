/* The disk as SQLite sees it. One mutex per disk guards its files, its log and its lock tables. */
#include "tests/sim/fault_vfs.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/fault_disk.h"

struct handle {
    sqlite3_file base;
    struct fault_disk *disk;
    struct file *file;
    int level; /* SQLITE_LOCK_... */
    bool read_only;
    bool uses_shared;
    unsigned shm_shared; /* a bit per lock held */
    unsigned shm_exclusive;
};

static void
shared_clear(struct shared *shared)
{
    for (int i = 0; i < shared->region_count; i++)
        free(shared->regions[i]);
    free(shared->regions);
    *shared = (struct shared){0};
}

static void
announce(struct fault_disk *disk, enum fault_kind kind)
{
    disk_lock(disk);
    void (*before)(void *, enum fault_kind, uint64_t) = disk->before;
    void *context = disk->before_context;
    uint64_t op = disk->op_count + 1;
    disk_unlock(disk);
    if (before != NULL)
        before(context, kind, op);
}

/* Whether the machine is (now) off: asked before each change, with the lock held. */
static bool
halts(struct fault_disk *disk)
{
    if (disk->halt_at != 0 && disk->op_count + 1 >= disk->halt_at)
        disk->halted = true;
    return disk->halted;
}

/* --- sqlite3_io_methods: bytes --- */

static int
handle_close(sqlite3_file *base)
{
    struct handle *h = (struct handle *)base;
    disk_lock(h->disk);
    assert(h->level == SQLITE_LOCK_NONE && h->shm_shared == 0 && h->shm_exclusive == 0);
    h->file->open_count--;
    if (h->file->temporary)
        bytes_truncate(file_own(h->file), 0);
    disk_unlock(h->disk);
    return SQLITE_OK;
}

static int
handle_read(sqlite3_file *base, void *to, int len, sqlite3_int64 offset)
{
    struct handle *h = (struct handle *)base;
    disk_lock(h->disk);
    int rc = h->disk->halted ? SQLITE_IOERR_READ : SQLITE_OK;
    const struct bytes *seen = file_seen(h->file);
    uint64_t from = (uint64_t)offset;
    uint64_t there = rc != SQLITE_OK || from >= seen->size ? 0 : seen->size - from;
    uint64_t take = there < (uint64_t)len ? there : (uint64_t)len;
    if (take > 0)
        memcpy(to, seen->ptr + from, (size_t)take);
    memset((unsigned char *)to + take, 0, (size_t)((uint64_t)len - take));
    if (rc == SQLITE_OK && take < (uint64_t)len)
        rc = SQLITE_IOERR_SHORT_READ;
    disk_unlock(h->disk);
    return rc;
}

/* What this write is answered with, and how many of its bytes arrive. */
static int
fate_of_write(struct fault_disk *disk, uint64_t *len)
{
    disk->write_count++;
    int rc = SQLITE_OK;
    if (disk->fail_write_at != 0 && disk->write_count == disk->fail_write_at)
        rc = SQLITE_IOERR_WRITE;
    if (disk->full_from != 0 && disk->write_count >= disk->full_from)
        rc = SQLITE_FULL;
    if (rc != SQLITE_OK)
        *len /= 2;
    return rc;
}

static int
handle_write(sqlite3_file *base, const void *from, int len, sqlite3_int64 offset)
{
    struct handle *h = (struct handle *)base;
    if (h->read_only)
        return SQLITE_READONLY;
    struct fault_disk *disk = h->disk;
    if (!h->file->temporary)
        announce(disk, FAULT_WRITE);
    disk_lock(disk);
    uint64_t arrives = (uint64_t)len;
    int rc = SQLITE_OK;
    if (!h->file->temporary)
        rc = halts(disk) ? SQLITE_IOERR_WRITE : fate_of_write(disk, &arrives);
    if (!disk->halted && arrives > 0) {
        if (!h->file->temporary)
            disk_note_write(disk, h->file, (uint64_t)offset, from, arrives);
        bytes_write(file_own(h->file), (uint64_t)offset, from, arrives);
    }
    disk_unlock(disk);
    return rc;
}

static int
handle_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct handle *h = (struct handle *)base;
    struct fault_disk *disk = h->disk;
    if (!h->file->temporary)
        announce(disk, FAULT_TRUNCATE);
    disk_lock(disk);
    int rc = !h->file->temporary && halts(disk) ? SQLITE_IOERR_TRUNCATE : SQLITE_OK;
    if (rc == SQLITE_OK) {
        if (!h->file->temporary)
            disk_note(disk, FAULT_TRUNCATE, h->file)->offset = (uint64_t)size;
        bytes_truncate(file_own(h->file), (uint64_t)size);
    }
    disk_unlock(disk);
    return rc;
}

static int
sync_locked(struct fault_disk *disk, struct file *file)
{
    if (halts(disk))
        return SQLITE_IOERR_FSYNC;
    disk->sync_count++;
    struct op *op = disk_note(disk, FAULT_SYNC, file);
    op->failed = disk->fail_sync_at != 0 && disk->sync_count == disk->fail_sync_at;
    if (op->failed)
        return SQLITE_IOERR_FSYNC;
    if (!file->entry_new)
        return SQLITE_OK;
    if (halts(disk))
        return SQLITE_IOERR_DIR_FSYNC;
    (void)disk_note(disk, FAULT_SYNC_DIRECTORY, NULL);
    disk_forget_new_entries(disk);
    return SQLITE_OK;
}

static int
handle_sync(sqlite3_file *base, int flags)
{
    (void)flags;
    struct handle *h = (struct handle *)base;
    if (h->file->temporary)
        return SQLITE_OK;
    announce(h->disk, FAULT_SYNC);
    disk_lock(h->disk);
    int rc = sync_locked(h->disk, h->file);
    disk_unlock(h->disk);
    return rc;
}

static int
handle_size(sqlite3_file *base, sqlite3_int64 *ret_size)
{
    struct handle *h = (struct handle *)base;
    disk_lock(h->disk);
    *ret_size = (sqlite3_int64)file_seen(h->file)->size;
    int rc = h->disk->halted ? SQLITE_IOERR_FSTAT : SQLITE_OK;
    disk_unlock(h->disk);
    return rc;
}

static int
handle_control(sqlite3_file *base, int op, void *argument)
{
    (void)base;
    (void)op;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int
handle_sector(sqlite3_file *base)
{
    (void)base;
    return FAULT_SECTOR;
}

static int
handle_traits(sqlite3_file *base)
{
    (void)base;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

/* --- sqlite3_io_methods: locks, as https://sqlite.org/lockingv3.html describes them --- */

/* Called by whoever takes a lock, with the disk's own held. */
static void
note_thread(struct fault_disk *disk)
{
    if (!disk->has_thread) {
        disk->has_thread = true;
        disk->thread = pthread_self();
    } else if (pthread_equal(disk->thread, pthread_self()) == 0) {
        disk->has_threads = true;
    }
}

static bool
held_by_other(const struct handle *holder, const struct handle *self)
{
    return holder != NULL && holder != self;
}

static bool
may_raise(const struct handle *h, int level)
{
    const struct file *file = h->file;
    if (held_by_other(file->exclusive, h) || held_by_other(file->pending, h))
        return false;
    return level == SQLITE_LOCK_SHARED || !held_by_other(file->reserved, h);
}

static int
handle_lock(sqlite3_file *base, int level)
{
    struct handle *h = (struct handle *)base;
    struct file *file = h->file;
    disk_lock(h->disk);
    note_thread(h->disk);
    int rc = SQLITE_OK;
    if (level <= h->level) {
        disk_unlock(h->disk);
        return SQLITE_OK;
    }
    if (!may_raise(h, level)) {
        rc = SQLITE_BUSY;
    } else if (level == SQLITE_LOCK_SHARED) {
        file->shared_count++;
        h->level = level;
    } else if (level == SQLITE_LOCK_RESERVED) {
        file->reserved = h;
        h->level = level;
    } else {
        file->pending = h; /* readers in place may end, new ones may not begin */
        h->level = SQLITE_LOCK_PENDING;
        if (level == SQLITE_LOCK_EXCLUSIVE && file->shared_count > 1) {
            rc = SQLITE_BUSY;
        } else {
            file->exclusive = level == SQLITE_LOCK_EXCLUSIVE ? h : NULL;
            h->level = level;
        }
    }
    disk_unlock(h->disk);
    return rc;
}

static int
handle_unlock(sqlite3_file *base, int level)
{
    struct handle *h = (struct handle *)base;
    struct file *file = h->file;
    disk_lock(h->disk);
    if (level < h->level) {
        if (file->reserved == h)
            file->reserved = NULL;
        if (file->pending == h)
            file->pending = NULL;
        if (file->exclusive == h)
            file->exclusive = NULL;
        if (level == SQLITE_LOCK_NONE)
            file->shared_count--;
        h->level = level;
    }
    disk_unlock(h->disk);
    return SQLITE_OK;
}

static int
handle_reserved(sqlite3_file *base, int *ret_reserved)
{
    struct handle *h = (struct handle *)base;
    disk_lock(h->disk);
    *ret_reserved = h->file->reserved != NULL || h->file->pending != NULL || h->file->exclusive != NULL;
    disk_unlock(h->disk);
    return SQLITE_OK;
}

/* --- sqlite3_io_methods: shared memory --- */

static int
handle_shm_map(sqlite3_file *base, int region, int size, int extend, void volatile **ret_memory)
{
    struct handle *h = (struct handle *)base;
    struct shared *shared = &h->file->shared;
    disk_lock(h->disk);
    if (!h->uses_shared) {
        h->uses_shared = true;
        shared->user_count++;
    }
    *ret_memory = NULL;
    if (region >= shared->region_count && extend) {
        shared->regions = bytes_grown(shared->regions, (uint64_t)(region + 1) * sizeof(unsigned char *));
        for (; shared->region_count <= region; shared->region_count++) {
            shared->regions[shared->region_count] = calloc(1, (size_t)size);
            if (shared->regions[shared->region_count] == NULL)
                abort();
        }
    }
    if (region < shared->region_count)
        *ret_memory = shared->regions[region];
    disk_unlock(h->disk);
    return SQLITE_OK;
}

static bool
shm_free_for(const struct handle *h, int from, int count, bool exclusive)
{
    const struct shared *shared = &h->file->shared;
    for (int i = from; i < from + count; i++) {
        bool own_shared = (h->shm_shared & (1u << i)) != 0;
        if (shared->exclusive[i] && (h->shm_exclusive & (1u << i)) == 0)
            return false;
        if (exclusive && shared->shared_count[i] > (own_shared ? 1 : 0))
            return false;
    }
    return true;
}

static void
shm_set(struct handle *h, int at, bool exclusive, bool held)
{
    struct shared *shared = &h->file->shared;
    unsigned *mask = exclusive ? &h->shm_exclusive : &h->shm_shared;
    if (((*mask & (1u << at)) != 0) == held)
        return;
    *mask ^= 1u << at;
    if (exclusive)
        shared->exclusive[at] = held;
    else
        shared->shared_count[at] += held ? 1 : -1;
}

static int
handle_shm_lock(sqlite3_file *base, int from, int count, int flags)
{
    struct handle *h = (struct handle *)base;
    bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
    bool held = (flags & SQLITE_SHM_LOCK) != 0;
    disk_lock(h->disk);
    note_thread(h->disk);
    int rc = held && !shm_free_for(h, from, count, exclusive) ? SQLITE_BUSY : SQLITE_OK;
    for (int i = from; rc == SQLITE_OK && i < from + count; i++)
        shm_set(h, i, exclusive, held);
    disk_unlock(h->disk);
    return rc;
}

static void
handle_shm_barrier(sqlite3_file *base)
{
    struct handle *h = (struct handle *)base;
    disk_lock(h->disk);
    disk_unlock(h->disk);
}

static int
handle_shm_unmap(sqlite3_file *base, int delete_it)
{
    (void)delete_it; /* it goes with its last user, as it would with the process */
    struct handle *h = (struct handle *)base;
    disk_lock(h->disk);
    for (int i = 0; i < SQLITE_SHM_NLOCK; i++) {
        shm_set(h, i, false, false);
        shm_set(h, i, true, false);
    }
    if (h->uses_shared && --h->file->shared.user_count == 0)
        shared_clear(&h->file->shared);
    h->uses_shared = false;
    disk_unlock(h->disk);
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = handle_close,
    .xRead = handle_read,
    .xWrite = handle_write,
    .xTruncate = handle_truncate,
    .xSync = handle_sync,
    .xFileSize = handle_size,
    .xLock = handle_lock,
    .xUnlock = handle_unlock,
    .xCheckReservedLock = handle_reserved,
    .xFileControl = handle_control,
    .xSectorSize = handle_sector,
    .xDeviceCharacteristics = handle_traits,
    .xShmMap = handle_shm_map,
    .xShmLock = handle_shm_lock,
    .xShmBarrier = handle_shm_barrier,
    .xShmUnmap = handle_shm_unmap,
};

/* --- sqlite3_vfs --- */

static struct file *
create_locked(struct fault_disk *disk, const char *name, int flags)
{
    if (name != NULL && halts(disk))
        return NULL;
    struct file *file = file_add(disk, name == NULL ? "" : name, NULL);
    file->temporary = name == NULL;
    if (name != NULL) {
        file->linked = true;
        file->entry_new = (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL)) != 0;
        disk_note(disk, FAULT_CREATE, file)->entry_new = file->entry_new;
    }
    return file;
}

static int
vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *ret_flags)
{
    struct fault_disk *disk = vfs->pAppData;
    struct handle *h = (struct handle *)base;
    *h = (struct handle){.disk = disk, .read_only = (flags & SQLITE_OPEN_READONLY) != 0};
    disk_lock(disk);
    struct file *file = name == NULL || disk->halted ? NULL : file_find(disk, name);
    if (file == NULL && !disk->halted && (name == NULL || (flags & SQLITE_OPEN_CREATE) != 0))
        file = create_locked(disk, name, flags);
    int rc = disk->halted ? SQLITE_IOERR : file == NULL ? SQLITE_CANTOPEN : SQLITE_OK;
    if (rc == SQLITE_OK) {
        h->base.pMethods = &methods;
        h->file = file;
        file->open_count++;
        if (ret_flags != NULL)
            *ret_flags = flags;
    }
    disk_unlock(disk);
    return rc;
}

static int
vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_directory)
{
    struct fault_disk *disk = vfs->pAppData;
    disk_lock(disk);
    struct file *file = file_find(disk, name);
    int rc = disk->halted || (file != NULL && halts(disk)) ? SQLITE_IOERR_DELETE
             : file == NULL                                ? SQLITE_IOERR_DELETE_NOENT
                                                           : SQLITE_OK;
    if (rc == SQLITE_OK) {
        file->linked = false;
        (void)disk_note(disk, FAULT_DELETE, file);
        if (sync_directory) {
            if (halts(disk))
                rc = SQLITE_IOERR_DIR_FSYNC;
            else
                (void)disk_note(disk, FAULT_SYNC_DIRECTORY, NULL);
        }
    }
    disk_unlock(disk);
    return rc;
}

static int
vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret_yes)
{
    struct fault_disk *disk = vfs->pAppData;
    disk_lock(disk);
    const struct file *file = file_find(disk, name);
    /* an empty file counts as none, as on Unix */
    *ret_yes = file != NULL && (flags != SQLITE_ACCESS_EXISTS || file_seen(file)->size > 0);
    int rc = disk->halted ? SQLITE_IOERR_ACCESS : SQLITE_OK;
    disk_unlock(disk);
    return rc;
}

static int
vfs_full_path(sqlite3_vfs *vfs, const char *name, int len, char *ret_path)
{
    (void)vfs;
    return snprintf(ret_path, (size_t)len, "%s", name) < len ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int
vfs_randomness(sqlite3_vfs *vfs, int len, char *ret_bytes)
{
    struct fault_disk *disk = vfs->pAppData;
    disk_lock(disk);
    for (int i = 0; i < len; i++) {
        disk->randomness = disk->randomness * 6364136223846793005u + 1442695040888963407u;
        ret_bytes[i] = (char)(disk->randomness >> 56);
    }
    disk_unlock(disk);
    return len;
}

/* SQLite counts its attempts, not the time: it gives up a lock after a number of sleeps. A thread that holds the lock
 * and is not scheduled needs the time that they stand for. One thread alone would only wait for itself. */
static int
vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
    struct fault_disk *disk = vfs->pAppData;
    disk_lock(disk);
    bool another_may_run = disk->has_threads;
    disk_unlock(disk);
    sqlite3_vfs *real = sqlite3_vfs_find(NULL);
    return another_may_run ? real->xSleep(real, microseconds) : microseconds;
}

static int
vfs_time(sqlite3_vfs *vfs, sqlite3_int64 *ret_now)
{
    (void)vfs;
    *ret_now = 2460000LL * 86400000LL; /* Julian day in ms: 2023-02-24, noon */
    return SQLITE_OK;
}

static int
vfs_last_error(sqlite3_vfs *vfs, int len, char *ret_text)
{
    (void)vfs;
    (void)len;
    (void)ret_text;
    return 0;
}

static atomic_uint disk_number;

struct fault_disk *
fault_disk_new(void)
{
    struct fault_disk *disk = calloc(1, sizeof(*disk));
    if (disk == NULL || pthread_mutex_init(&disk->mutex, NULL) != 0)
        abort();
    (void)snprintf(disk->vfs_name, sizeof(disk->vfs_name), "fault-%u", atomic_fetch_add(&disk_number, 1));
    disk->vfs = (sqlite3_vfs){
        .iVersion = 2,
        .szOsFile = sizeof(struct handle),
        .mxPathname = 512,
        .zName = disk->vfs_name,
        .pAppData = disk,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_path,
        .xRandomness = vfs_randomness,
        .xSleep = vfs_sleep,
        .xGetLastError = vfs_last_error,
        .xCurrentTimeInt64 = vfs_time,
    };
    if (sqlite3_vfs_register(&disk->vfs, 0) != SQLITE_OK)
        abort();
    return disk;
}

void
fault_disk_free(struct fault_disk *disk)
{
    (void)sqlite3_vfs_unregister(&disk->vfs);
    for (uint32_t i = 0; i < disk->file_count; i++) {
        struct file *file = disk->files[i];
        assert(file->open_count == 0);
        shared_clear(&file->shared);
        free(file->live.ptr);
        blob_drop(file->base);
        free(file->name);
        free(file);
    }
    free(disk->files);
    free(disk->ops);
    free(disk->data.ptr);
    (void)pthread_mutex_destroy(&disk->mutex);
    free(disk);
}

const char *
fault_disk_vfs(const struct fault_disk *disk)
{
    return disk->vfs_name;
}

/* --- Counts and faults --- */

static uint64_t
read_count(struct fault_disk *disk, const uint64_t *count)
{
    disk_lock(disk);
    uint64_t value = *count;
    disk_unlock(disk);
    return value;
}

uint64_t
fault_disk_op_count(struct fault_disk *disk)
{
    return read_count(disk, &disk->op_count);
}

uint64_t
fault_disk_write_count(struct fault_disk *disk)
{
    return read_count(disk, &disk->write_count);
}

uint64_t
fault_disk_sync_count(struct fault_disk *disk)
{
    return read_count(disk, &disk->sync_count);
}

static void
set_limit(struct fault_disk *disk, uint64_t *limit, const uint64_t *count, uint64_t nth)
{
    disk_lock(disk);
    *limit = nth == 0 ? 0 : *count + nth;
    disk_unlock(disk);
}

void
fault_disk_fail_sync(struct fault_disk *disk, uint64_t nth)
{
    set_limit(disk, &disk->fail_sync_at, &disk->sync_count, nth);
}

void
fault_disk_fail_write(struct fault_disk *disk, uint64_t nth)
{
    set_limit(disk, &disk->fail_write_at, &disk->write_count, nth);
}

void
fault_disk_full_from_write(struct fault_disk *disk, uint64_t nth)
{
    set_limit(disk, &disk->full_from, &disk->write_count, nth);
}

void
fault_disk_halt_at(struct fault_disk *disk, uint64_t nth)
{
    set_limit(disk, &disk->halt_at, &disk->op_count, nth);
}

void
fault_disk_watch(struct fault_disk *disk, void (*before)(void *context, enum fault_kind kind, uint64_t op),
                 void *context)
{
    disk_lock(disk);
    disk->before = before;
    disk->before_context = context;
    disk_unlock(disk);
}
