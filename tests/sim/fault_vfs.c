/* The disk is three things: files as a process sees them, a base (the files when the log began), and the log. Cuts and
 * kills are computed from base and log alone.
 *
 * One mutex per disk guards all three and the lock tables; SQLite's busy handlers spin through xSleep, which yields. */
#include "tests/sim/fault_vfs.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bytes {
    unsigned char *ptr; /* zeroed from size to capacity */
    uint64_t size;
    uint64_t capacity;
};

/* Bytes that nobody changes any more, shared by the disks that have them. */
struct blob {
    atomic_uint user_count;
    struct bytes bytes;
};

struct op {
    enum fault_kind kind;
    uint32_t file;
    bool failed;     /* FAULT_SYNC */
    bool entry_new;  /* FAULT_CREATE: of a journal or log */
    uint64_t offset; /* FAULT_WRITE; the new size for FAULT_TRUNCATE */
    uint64_t len;    /* FAULT_WRITE */
    uint64_t data;   /* FAULT_WRITE: where its bytes are in the log's data */
};

struct op_list {
    uint64_t *at; /* numbers of ops, counted from 0 */
    uint64_t count;
    uint64_t capacity;
};

/* Shared memory and its locks (sqlite3_io_methods.xShmMap and xShmLock). */
struct shared {
    unsigned char **regions;
    int region_count;
    int shared_count[SQLITE_SHM_NLOCK];
    bool exclusive[SQLITE_SHM_NLOCK];
    int user_count;
};

struct handle;

struct file {
    uint32_t number;
    char *name;
    bool linked;       /* the name leads here */
    bool temporary;    /* never part of the log */
    bool entry_new;    /* its first sync syncs the directory */
    struct blob *base; /* as it was when the log began */
    bool base_linked;
    bool changed; /* since then: what a process sees is in `live`, otherwise still in `base` */
    struct bytes live;
    int open_count;
    int shared_count;              /* handles at SQLITE_LOCK_SHARED or above */
    const struct handle *reserved; /* who holds the lock, or NULL */
    const struct handle *pending;
    const struct handle *exclusive;
    struct shared shared;
};

struct fault_disk {
    pthread_mutex_t mutex;
    sqlite3_vfs vfs;
    char vfs_name[32];
    struct file **files;
    uint32_t file_count;
    uint32_t file_capacity;
    struct op *ops;
    uint64_t op_count;
    uint64_t op_capacity;
    struct bytes data;
    uint64_t write_count;
    uint64_t sync_count;
    uint64_t fail_sync_at; /* compared with the counts above; 0 is never */
    uint64_t fail_write_at;
    uint64_t full_from;
    uint64_t halt_at;
    bool halted;
    void (*before)(void *context, enum fault_kind kind, uint64_t op);
    void *before_context;
    uint64_t randomness;
};

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

/* --- Memory --- */

static void *
grown(void *ptr, uint64_t size)
{
    void *bigger = realloc(ptr, (size_t)size);
    if (bigger == NULL)
        abort();
    return bigger;
}

static void
bytes_reserve(struct bytes *bytes, uint64_t size)
{
    if (size <= bytes->capacity)
        return;
    uint64_t capacity = bytes->capacity == 0 ? 8192 : bytes->capacity;
    while (capacity < size)
        capacity *= 2;
    bytes->ptr = grown(bytes->ptr, capacity);
    memset(bytes->ptr + bytes->capacity, 0, (size_t)(capacity - bytes->capacity));
    bytes->capacity = capacity;
}

static void
bytes_write(struct bytes *bytes, uint64_t offset, const void *from, uint64_t len)
{
    if (len == 0)
        return;
    bytes_reserve(bytes, offset + len);
    memcpy(bytes->ptr + offset, from, (size_t)len);
    if (offset + len > bytes->size)
        bytes->size = offset + len;
}

static void
bytes_truncate(struct bytes *bytes, uint64_t size)
{
    bytes_reserve(bytes, size);
    if (size < bytes->size)
        memset(bytes->ptr + size, 0, (size_t)(bytes->size - size));
    bytes->size = size;
}

static void
bytes_copy(struct bytes *to, const struct bytes *from)
{
    bytes_truncate(to, 0);
    bytes_write(to, 0, from->ptr, from->size);
}

/* Takes over what is in `bytes`. */
static struct blob *
blob_new(struct bytes bytes)
{
    struct blob *blob = malloc(sizeof(*blob));
    if (blob == NULL)
        abort();
    *blob = (struct blob){.user_count = 1, .bytes = bytes};
    return blob;
}

static struct blob *
blob_share(struct blob *blob)
{
    atomic_fetch_add(&blob->user_count, 1);
    return blob;
}

static void
blob_drop(struct blob *blob)
{
    if (atomic_fetch_sub(&blob->user_count, 1) > 1)
        return;
    free(blob->bytes.ptr);
    free(blob);
}

static void
op_list_push(struct op_list *list, uint64_t at)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity == 0 ? 64 : list->capacity * 2;
        list->at = grown(list->at, list->capacity * sizeof(*list->at));
    }
    list->at[list->count++] = at;
}

/* --- Files --- */

/* Takes over a reference to `base`; NULL stands for an empty one. */
static struct file *
file_add(struct fault_disk *disk, const char *name, struct blob *base)
{
    if (disk->file_count == disk->file_capacity) {
        disk->file_capacity = disk->file_capacity == 0 ? 8 : disk->file_capacity * 2;
        disk->files = grown(disk->files, disk->file_capacity * sizeof(struct file *));
    }
    struct file *file = calloc(1, sizeof(*file));
    if (file == NULL || (file->name = strdup(name)) == NULL)
        abort();
    file->number = disk->file_count;
    file->base = base == NULL ? blob_new((struct bytes){0}) : base;
    disk->files[disk->file_count] = file;
    disk->file_count++;
    return file;
}

/* What a process reads. */
static const struct bytes *
file_seen(const struct file *file)
{
    return file->changed ? &file->live : &file->base->bytes;
}

/* What a process changes. */
static struct bytes *
file_own(struct file *file)
{
    if (!file->changed)
        bytes_copy(&file->live, &file->base->bytes);
    file->changed = true;
    return &file->live;
}

static struct file *
file_find(const struct fault_disk *disk, const char *name)
{
    for (uint32_t i = disk->file_count; i-- > 0;) {
        if (disk->files[i]->linked && strcmp(disk->files[i]->name, name) == 0)
            return disk->files[i];
    }
    return NULL;
}

static void
shared_clear(struct shared *shared)
{
    for (int i = 0; i < shared->region_count; i++)
        free(shared->regions[i]);
    free(shared->regions);
    *shared = (struct shared){0};
}

/* --- The log --- */

static void
lock(struct fault_disk *disk)
{
    (void)pthread_mutex_lock(&disk->mutex);
}

static void
unlock(struct fault_disk *disk)
{
    (void)pthread_mutex_unlock(&disk->mutex);
}

static void
announce(struct fault_disk *disk, enum fault_kind kind)
{
    lock(disk);
    void (*before)(void *, enum fault_kind, uint64_t) = disk->before;
    void *context = disk->before_context;
    uint64_t op = disk->op_count + 1;
    unlock(disk);
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

static struct op *
note(struct fault_disk *disk, enum fault_kind kind, const struct file *file)
{
    if (disk->op_count == disk->op_capacity) {
        disk->op_capacity = disk->op_capacity == 0 ? 256 : disk->op_capacity * 2;
        disk->ops = grown(disk->ops, disk->op_capacity * sizeof(struct op));
    }
    struct op *op = &disk->ops[disk->op_count++];
    *op = (struct op){.kind = kind, .file = file == NULL ? 0 : file->number};
    return op;
}

static void
note_write(struct fault_disk *disk, const struct file *file, uint64_t offset, const void *from, uint64_t len)
{
    struct op *op = note(disk, FAULT_WRITE, file);
    op->offset = offset;
    op->len = len;
    op->data = disk->data.size;
    bytes_write(&disk->data, disk->data.size, from, len);
}

/* --- sqlite3_io_methods: bytes --- */

static int
handle_close(sqlite3_file *base)
{
    struct handle *h = (struct handle *)base;
    lock(h->disk);
    assert(h->level == SQLITE_LOCK_NONE && h->shm_shared == 0 && h->shm_exclusive == 0);
    h->file->open_count--;
    if (h->file->temporary)
        bytes_truncate(file_own(h->file), 0);
    unlock(h->disk);
    return SQLITE_OK;
}

static int
handle_read(sqlite3_file *base, void *to, int len, sqlite3_int64 offset)
{
    struct handle *h = (struct handle *)base;
    lock(h->disk);
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
    unlock(h->disk);
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
    lock(disk);
    uint64_t arrives = (uint64_t)len;
    int rc = SQLITE_OK;
    if (!h->file->temporary)
        rc = halts(disk) ? SQLITE_IOERR_WRITE : fate_of_write(disk, &arrives);
    if (!disk->halted && arrives > 0) {
        if (!h->file->temporary)
            note_write(disk, h->file, (uint64_t)offset, from, arrives);
        bytes_write(file_own(h->file), (uint64_t)offset, from, arrives);
    }
    unlock(disk);
    return rc;
}

static int
handle_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct handle *h = (struct handle *)base;
    struct fault_disk *disk = h->disk;
    if (!h->file->temporary)
        announce(disk, FAULT_TRUNCATE);
    lock(disk);
    int rc = !h->file->temporary && halts(disk) ? SQLITE_IOERR_TRUNCATE : SQLITE_OK;
    if (rc == SQLITE_OK) {
        if (!h->file->temporary)
            note(disk, FAULT_TRUNCATE, h->file)->offset = (uint64_t)size;
        bytes_truncate(file_own(h->file), (uint64_t)size);
    }
    unlock(disk);
    return rc;
}

static void
forget_new_entries(struct fault_disk *disk)
{
    for (uint32_t f = 0; f < disk->file_count; f++)
        disk->files[f]->entry_new = false;
}

static int
sync_locked(struct fault_disk *disk, struct file *file)
{
    if (halts(disk))
        return SQLITE_IOERR_FSYNC;
    disk->sync_count++;
    struct op *op = note(disk, FAULT_SYNC, file);
    op->failed = disk->fail_sync_at != 0 && disk->sync_count == disk->fail_sync_at;
    if (op->failed)
        return SQLITE_IOERR_FSYNC;
    if (!file->entry_new)
        return SQLITE_OK;
    if (halts(disk))
        return SQLITE_IOERR_DIR_FSYNC;
    (void)note(disk, FAULT_SYNC_DIRECTORY, NULL);
    forget_new_entries(disk);
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
    lock(h->disk);
    int rc = sync_locked(h->disk, h->file);
    unlock(h->disk);
    return rc;
}

static int
handle_size(sqlite3_file *base, sqlite3_int64 *ret_size)
{
    struct handle *h = (struct handle *)base;
    lock(h->disk);
    *ret_size = (sqlite3_int64)file_seen(h->file)->size;
    int rc = h->disk->halted ? SQLITE_IOERR_FSTAT : SQLITE_OK;
    unlock(h->disk);
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
    lock(h->disk);
    int rc = SQLITE_OK;
    if (level <= h->level) {
        unlock(h->disk);
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
    unlock(h->disk);
    return rc;
}

static int
handle_unlock(sqlite3_file *base, int level)
{
    struct handle *h = (struct handle *)base;
    struct file *file = h->file;
    lock(h->disk);
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
    unlock(h->disk);
    return SQLITE_OK;
}

static int
handle_reserved(sqlite3_file *base, int *ret_reserved)
{
    struct handle *h = (struct handle *)base;
    lock(h->disk);
    *ret_reserved = h->file->reserved != NULL || h->file->pending != NULL || h->file->exclusive != NULL;
    unlock(h->disk);
    return SQLITE_OK;
}

/* --- sqlite3_io_methods: shared memory --- */

static int
handle_shm_map(sqlite3_file *base, int region, int size, int extend, void volatile **ret_memory)
{
    struct handle *h = (struct handle *)base;
    struct shared *shared = &h->file->shared;
    lock(h->disk);
    if (!h->uses_shared) {
        h->uses_shared = true;
        shared->user_count++;
    }
    *ret_memory = NULL;
    if (region >= shared->region_count && extend) {
        shared->regions = grown(shared->regions, (uint64_t)(region + 1) * sizeof(unsigned char *));
        for (; shared->region_count <= region; shared->region_count++) {
            shared->regions[shared->region_count] = calloc(1, (size_t)size);
            if (shared->regions[shared->region_count] == NULL)
                abort();
        }
    }
    if (region < shared->region_count)
        *ret_memory = shared->regions[region];
    unlock(h->disk);
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
    lock(h->disk);
    int rc = held && !shm_free_for(h, from, count, exclusive) ? SQLITE_BUSY : SQLITE_OK;
    for (int i = from; rc == SQLITE_OK && i < from + count; i++)
        shm_set(h, i, exclusive, held);
    unlock(h->disk);
    return rc;
}

static void
handle_shm_barrier(sqlite3_file *base)
{
    struct handle *h = (struct handle *)base;
    lock(h->disk);
    unlock(h->disk);
}

static int
handle_shm_unmap(sqlite3_file *base, int delete_it)
{
    (void)delete_it; /* it goes with its last user, as it would with the process */
    struct handle *h = (struct handle *)base;
    lock(h->disk);
    for (int i = 0; i < SQLITE_SHM_NLOCK; i++) {
        shm_set(h, i, false, false);
        shm_set(h, i, true, false);
    }
    if (h->uses_shared && --h->file->shared.user_count == 0)
        shared_clear(&h->file->shared);
    h->uses_shared = false;
    unlock(h->disk);
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
        note(disk, FAULT_CREATE, file)->entry_new = file->entry_new;
    }
    return file;
}

static int
vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *ret_flags)
{
    struct fault_disk *disk = vfs->pAppData;
    struct handle *h = (struct handle *)base;
    *h = (struct handle){.disk = disk, .read_only = (flags & SQLITE_OPEN_READONLY) != 0};
    lock(disk);
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
    unlock(disk);
    return rc;
}

static int
vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_directory)
{
    struct fault_disk *disk = vfs->pAppData;
    lock(disk);
    struct file *file = file_find(disk, name);
    int rc = disk->halted || (file != NULL && halts(disk)) ? SQLITE_IOERR_DELETE
             : file == NULL                                ? SQLITE_IOERR_DELETE_NOENT
                                                           : SQLITE_OK;
    if (rc == SQLITE_OK) {
        file->linked = false;
        (void)note(disk, FAULT_DELETE, file);
        if (sync_directory) {
            if (halts(disk))
                rc = SQLITE_IOERR_DIR_FSYNC;
            else
                (void)note(disk, FAULT_SYNC_DIRECTORY, NULL);
        }
    }
    unlock(disk);
    return rc;
}

static int
vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret_yes)
{
    struct fault_disk *disk = vfs->pAppData;
    lock(disk);
    const struct file *file = file_find(disk, name);
    /* an empty file counts as none, as on Unix */
    *ret_yes = file != NULL && (flags != SQLITE_ACCESS_EXISTS || file_seen(file)->size > 0);
    int rc = disk->halted ? SQLITE_IOERR_ACCESS : SQLITE_OK;
    unlock(disk);
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
    lock(disk);
    for (int i = 0; i < len; i++) {
        disk->randomness = disk->randomness * 6364136223846793005u + 1442695040888963407u;
        ret_bytes[i] = (char)(disk->randomness >> 56);
    }
    unlock(disk);
    return len;
}

static int
vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
    (void)vfs;
    (void)sched_yield();
    return microseconds;
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
    lock(disk);
    uint64_t value = *count;
    unlock(disk);
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
    lock(disk);
    *limit = nth == 0 ? 0 : *count + nth;
    unlock(disk);
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
    lock(disk);
    disk->before = before;
    disk->before_context = context;
    unlock(disk);
}

/* --- The past --- */

/* An even, repeatable number for one sector of one file of one cut (splitmix64's mixing). */
static uint64_t
draw(uint64_t seed, uint64_t file, uint64_t sector)
{
    uint64_t x = seed * 0x9e3779b97f4a7c15u + file * 0xbf58476d1ce4e5b9u + sector * 0x94d049bb133111ebu;
    for (int round = 0; round < 2; round++) {
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
        x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
        x ^= x >> 31;
    }
    return x;
}

/* Of `count` changes that were not synced, how many reached this sector. */
static uint64_t
reached(uint64_t seed, uint64_t file, uint64_t sector, uint64_t count)
{
    if (seed == 0)
        return 0;
    if (seed == 1)
        return count;
    uint64_t drawn = draw(seed, file, sector);
    if (seed % 2 == 0) /* old or newest */
        return drawn % 2 == 0 ? 0 : count;
    return drawn % (count + 1); /* any version */
}

/* The part of [from, to) that lies in the sector at `at`, and where the next sector begins. */
static uint64_t
sector_end(uint64_t at, uint64_t to)
{
    uint64_t end = (at / FAULT_SECTOR + 1) * FAULT_SECTOR;
    return end < to ? end : to;
}

static void
apply(const struct fault_disk *disk, struct bytes *bytes, const struct op *op)
{
    if (op->kind == FAULT_WRITE)
        bytes_write(bytes, op->offset, disk->data.ptr + op->data, op->len);
    else
        bytes_truncate(bytes, op->offset);
}

/* Applies the sectors of one change that are drawn; the size is settled by the caller. */
static void
apply_torn(const struct fault_disk *disk, struct bytes *bytes, const struct op *op, uint64_t number, uint64_t count,
           uint64_t seed)
{
    uint64_t to = op->kind == FAULT_WRITE ? op->offset + op->len : bytes->capacity;
    bytes_reserve(bytes, to);
    for (uint64_t at = op->offset; at < to;) {
        uint64_t end = sector_end(at, to);
        if (number < reached(seed, op->file, at / FAULT_SECTOR, count)) {
            if (op->kind == FAULT_WRITE)
                memcpy(bytes->ptr + at, disk->data.ptr + op->data + (at - op->offset), (size_t)(end - at));
            else
                memset(bytes->ptr + at, 0, (size_t)(end - at));
        }
        at = end;
    }
}

/* What is left of a file whose `pending` changes were under way. */
static void
tear(const struct fault_disk *disk, struct bytes *bytes, uint32_t file, const struct op_list *pending, uint64_t seed)
{
    uint64_t size = bytes->size;
    uint64_t size_reached = reached(seed, file, UINT64_MAX, pending->count);
    for (uint64_t i = 0; i < pending->count; i++) {
        const struct op *op = &disk->ops[pending->at[i]];
        apply_torn(disk, bytes, op, i, pending->count, seed);
        if (i < size_reached && op->kind == FAULT_TRUNCATE)
            size = op->offset;
        else if (i < size_reached && op->offset + op->len > size)
            size = op->offset + op->len;
    }
    bytes_reserve(bytes, size);
    if (bytes->capacity > size)
        memset(bytes->ptr + size, 0, (size_t)(bytes->capacity - size));
    bytes->size = size;
}

/* Everything about one file while the log is read up to a cut. */
struct replayed {
    bool changed; /* `bytes` counts; before, the file is as in the base */
    struct bytes bytes;
    struct op_list pending;
    bool linked;
    struct op_list directory; /* its pending creation and deletion */
};

static struct bytes *
replayed_own(const struct fault_disk *disk, struct replayed *files, uint32_t file)
{
    if (!files[file].changed)
        bytes_copy(&files[file].bytes, &disk->files[file]->base->bytes);
    files[file].changed = true;
    return &files[file].bytes;
}

static void
settle_directory(const struct fault_disk *disk, struct replayed *files)
{
    for (uint32_t f = 0; f < disk->file_count; f++) {
        struct op_list *directory = &files[f].directory;
        if (directory->count > 0)
            files[f].linked = disk->ops[directory->at[directory->count - 1]].kind == FAULT_CREATE;
        directory->count = 0;
    }
}

static void
replay(const struct fault_disk *disk, struct replayed *files, uint64_t number, uint64_t seed)
{
    const struct op *op = &disk->ops[number];
    struct replayed *file = &files[op->file];
    switch (op->kind) {
    case FAULT_WRITE:
    case FAULT_TRUNCATE: op_list_push(&file->pending, number); break;
    case FAULT_SYNC:
        if (op->failed)
            tear(disk, replayed_own(disk, files, op->file), op->file, &file->pending, seed);
        for (uint64_t i = 0; !op->failed && i < file->pending.count; i++)
            apply(disk, replayed_own(disk, files, op->file), &disk->ops[file->pending.at[i]]);
        file->pending.count = 0;
        break;
    case FAULT_CREATE:
    case FAULT_DELETE: op_list_push(&file->directory, number); break;
    case FAULT_SYNC_DIRECTORY: settle_directory(disk, files); break;
    }
}

/* Files that share a name are versions of one directory entry: one draw decides for all of them. */
static void
tear_directory(const struct fault_disk *disk, struct replayed *files, uint64_t seed)
{
    for (uint32_t f = 0; f < disk->file_count; f++) {
        uint64_t name = 1469598103934665603u;
        for (const char *at = disk->files[f]->name; *at != '\0'; at++)
            name = (name ^ (unsigned char)*at) * 1099511628211u;
        uint64_t count = 0;
        for (uint32_t other = 0; other < disk->file_count; other++) {
            if (strcmp(disk->files[other]->name, disk->files[f]->name) == 0)
                count += files[other].directory.count;
        }
        uint64_t arrived = reached(seed, name, 0, count);
        /* creations and deletions of one name follow each other from file to file, in the order of their numbers */
        uint64_t before = 0;
        for (uint32_t other = 0; other < f; other++) {
            if (strcmp(disk->files[other]->name, disk->files[f]->name) == 0)
                before += files[other].directory.count;
        }
        for (uint64_t i = 0; i < files[f].directory.count && before + i < arrived; i++)
            files[f].linked = disk->ops[files[f].directory.at[i]].kind == FAULT_CREATE;
    }
}

/* What became of one file, on its way to the disk after the cut. */
static void
survive(const struct fault_disk *disk, struct replayed *files, uint32_t number, uint64_t seed, struct fault_disk *cut)
{
    const struct file *old = disk->files[number];
    struct replayed *file = &files[number];
    if (file->linked) {
        if (file->pending.count > 0)
            tear(disk, replayed_own(disk, files, number), number, &file->pending, seed);
        struct file *left = file_add(cut, old->name, file->changed ? blob_new(file->bytes) : blob_share(old->base));
        left->linked = left->base_linked = true;
    } else {
        free(file->bytes.ptr);
    }
    free(file->pending.at);
    free(file->directory.at);
}

struct fault_disk *
fault_disk_after_cut(struct fault_disk *disk, uint64_t op_count, uint64_t seed)
{
    struct fault_disk *cut = fault_disk_new();
    lock(disk);
    assert(op_count <= disk->op_count);
    struct replayed *files = calloc(disk->file_count == 0 ? 1 : disk->file_count, sizeof(*files));
    if (files == NULL)
        abort();
    for (uint32_t f = 0; f < disk->file_count; f++)
        files[f].linked = disk->files[f]->base_linked;
    for (uint64_t i = 0; i < op_count; i++)
        replay(disk, files, i, seed);
    tear_directory(disk, files, seed);
    for (uint32_t f = 0; f < disk->file_count; f++)
        survive(disk, files, f, seed, cut);
    free(files);
    unlock(disk);
    return cut;
}

/* Repeats one change of another disk's log, files having the same numbers. */
static void
repeat(struct fault_disk *disk, const struct fault_disk *from, const struct op *op)
{
    struct file *file = disk->files[op->file];
    switch (op->kind) {
    case FAULT_WRITE:
        disk->write_count++;
        note_write(disk, file, op->offset, from->data.ptr + op->data, op->len);
        apply(from, file_own(file), op);
        return;
    case FAULT_TRUNCATE:
        note(disk, FAULT_TRUNCATE, file)->offset = op->offset;
        apply(from, file_own(file), op);
        return;
    case FAULT_SYNC:
        disk->sync_count++;
        note(disk, FAULT_SYNC, file)->failed = op->failed;
        return;
    case FAULT_CREATE:
        file->linked = true;
        file->entry_new = op->entry_new;
        note(disk, FAULT_CREATE, file)->entry_new = op->entry_new;
        return;
    case FAULT_DELETE: file->linked = false; break;
    case FAULT_SYNC_DIRECTORY: forget_new_entries(disk); break;
    }
    (void)note(disk, op->kind, file);
}

struct fault_disk *
fault_disk_after_kill(struct fault_disk *disk, uint64_t op_count)
{
    struct fault_disk *next = fault_disk_new();
    lock(disk);
    assert(op_count <= disk->op_count);
    for (uint32_t f = 0; f < disk->file_count; f++) {
        const struct file *old = disk->files[f];
        struct file *file = file_add(next, old->name, blob_share(old->base));
        file->temporary = old->temporary;
        file->linked = file->base_linked = old->base_linked;
    }
    for (uint64_t i = 0; i < op_count; i++)
        repeat(next, disk, &disk->ops[i]);
    unlock(disk);
    return next;
}

void
fault_disk_settle(struct fault_disk *disk)
{
    lock(disk);
    for (uint32_t f = 0; f < disk->file_count; f++) {
        struct file *file = disk->files[f];
        file->base_linked = file->linked;
        if (!file->changed)
            continue;
        blob_drop(file->base);
        file->base = blob_new(file->live);
        file->live = (struct bytes){0};
        file->changed = false;
    }
    forget_new_entries(disk);
    disk->op_count = disk->write_count = disk->sync_count = 0;
    disk->fail_sync_at = disk->fail_write_at = disk->full_from = disk->halt_at = 0;
    bytes_truncate(&disk->data, 0);
    unlock(disk);
}

int64_t
fault_disk_read(struct fault_disk *disk, const char *name, uint64_t offset, void *ret_bytes, uint64_t len)
{
    lock(disk);
    const struct file *file = file_find(disk, name);
    int64_t size = file == NULL ? -1 : (int64_t)file_seen(file)->size;
    if (size > 0 && len > 0 && offset < (uint64_t)size) {
        uint64_t there = (uint64_t)size - offset;
        memcpy(ret_bytes, file_seen(file)->ptr + offset, (size_t)(there < len ? there : len));
    }
    unlock(disk);
    return size;
}
