/* The inside of a simulated disk, shared by the file that is a VFS (fault_vfs.c) and the one that knows the past
 * (fault_past.c).
 *
 * A disk is three things: files as a process sees them, a base (the files when the log began), and the log. It refuses
 * to be seen by tests: fault_vfs.h is for them. */
#ifndef NIGHTLATCH_TESTS_SIM_FAULT_DISK_H
#define NIGHTLATCH_TESTS_SIM_FAULT_DISK_H

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

#include "tests/sim/fault_vfs.h"

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
    bool has_thread;  /* somebody has taken a lock: `thread` */
    bool has_threads; /* another thread has, too */
    pthread_t thread;
};

/* realloc() that aborts when memory is short. */
void *bytes_grown(void *ptr, uint64_t size);

/* Growing and shrinking keep what is behind the size zero. */
void bytes_reserve(struct bytes *bytes, uint64_t size);
void bytes_write(struct bytes *bytes, uint64_t offset, const void *from, uint64_t len);
void bytes_truncate(struct bytes *bytes, uint64_t size);
void bytes_copy(struct bytes *to, const struct bytes *from);

/* Takes over what is in `bytes`. */
struct blob *blob_new(struct bytes bytes);
struct blob *blob_share(struct blob *blob);
void blob_drop(struct blob *blob);

/* Takes over a reference to `base`; NULL stands for an empty one. */
struct file *file_add(struct fault_disk *disk, const char *name, struct blob *base);

/* What a process reads. */
const struct bytes *file_seen(const struct file *file);

/* What a process changes. */
struct bytes *file_own(struct file *file);
struct file *file_find(const struct fault_disk *disk, const char *name);

/* Everything below wants the lock held, as does whoever touches a disk. */
void disk_lock(struct fault_disk *disk);
void disk_unlock(struct fault_disk *disk);

/* Adds a change to the log; `file` is NULL for one of the directory as a whole. */
struct op *disk_note(struct fault_disk *disk, enum fault_kind kind, const struct file *file);
void disk_note_write(struct fault_disk *disk, const struct file *file, uint64_t offset, const void *from, uint64_t len);

/* The directory is synced. */
void disk_forget_new_entries(struct fault_disk *disk);

#endif
