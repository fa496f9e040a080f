/* A disk for SQLite that lives in memory, breaks on demand, and can be asked what a power cut would leave of it.
 *
 * Every change is kept in a log, in order and with its bytes: writes, truncations, syncs, creations, deletions. From
 * the log follows, for any moment of the past, a disk after a cut at that moment (what was synced, and an arbitrary
 * part of the rest, torn at 512 bytes) or after the death of the process alone. One run of a workload thus gives the
 * disks for a cut at each of its operations.
 *
 * The model: a sync makes durable what was written to that file before it, and nothing else. Until then each 512-byte
 * sector may hold any of its versions since the last sync, independently of all others, and the size any of its own. A
 * created or deleted name is durable once the directory is synced; as with SQLite's own Unix VFS, the first sync of a
 * new journal or log syncs the directory (here also when the process that made it died: the driver sees to that on real
 * disks), and so does a deletion that asks for it. A failed sync loses: what it should
 * have written may or may not be on the disk, a later sync does not help, and reads still show it (Linux since 4.13).
 * Write ordering that real disks and file systems give on top of this is refused on purpose; so are sectors that turn
 * to garbage (SQLITE_IOCAP_POWERSAFE_OVERWRITE is claimed, as SQLite does for Unix).
 *
 * A disk is a registered VFS while it lives; connections of all threads of this process share its files, locks and
 * shared memory. Any thread may call any function; a cut may be computed while a workload runs. Who waits for a lock
 * waits in real time once two threads have taken locks, and not at all before: nobody else could give it back. */
#ifndef NIGHTLATCH_TESTS_SIM_FAULT_VFS_H
#define NIGHTLATCH_TESTS_SIM_FAULT_VFS_H

#include <stdbool.h>
#include <stdint.h>

enum { FAULT_SECTOR = 512 };

enum fault_kind {
    FAULT_WRITE,
    FAULT_TRUNCATE,
    FAULT_SYNC,
    FAULT_CREATE,
    FAULT_DELETE,
    FAULT_SYNC_DIRECTORY,
};

struct fault_disk;

/* An empty disk. Aborts when memory is short, as every function here does. The caller frees it once no connection uses
 * it. */
struct fault_disk *fault_disk_new(void);
void fault_disk_free(struct fault_disk *disk);

/* The name it is registered under: db_settings.vfs. Any path names a file on it. Valid while the disk lives. */
const char *fault_disk_vfs(const struct fault_disk *disk);

/* Changes so far, numbered from 1; a workload notes the count when it is told "committed". */
uint64_t fault_disk_op_count(struct fault_disk *disk);
uint64_t fault_disk_write_count(struct fault_disk *disk);
uint64_t fault_disk_sync_count(struct fault_disk *disk); /* of files; failed ones too */

/* Everything is durable from here on, and the past is forgotten: counts start at 0 again, and faults are called off. */
void fault_disk_settle(struct fault_disk *disk);

/* --- Faults; all counted from now, 1 is the next one, 0 is never --- */

/* One sync, or one write, fails with an I/O error. A failing write leaves its first half behind. */
void fault_disk_fail_sync(struct fault_disk *disk, uint64_t nth);
void fault_disk_fail_write(struct fault_disk *disk, uint64_t nth);

/* The n-th write and every one after it finds no space, overwriting included; 0: there is space again. */
void fault_disk_full_from_write(struct fault_disk *disk, uint64_t nth);

/* The n-th change and everything after it fails with an I/O error, reads too: the machine is off. */
void fault_disk_halt_at(struct fault_disk *disk, uint64_t nth);

/* Calls `before` ahead of each write, truncation and sync of a file, on its thread, with no lock of the disk held: a
 * slow disk is one whose watch waits. `op` is the number the change will have if no other thread is faster. NULL ends
 * it. */
void fault_disk_watch(struct fault_disk *disk, void (*before)(void *context, enum fault_kind kind, uint64_t op),
                      void *context);

/* --- The past --- */

/* A disk as a power cut after the first `op_count` changes leaves it, whole and quiet: everything on it is durable.
 * Seed 0 keeps nothing that was not synced, seed 1 keeps all of it, every other seed its own arbitrary part. The same
 * three arguments give the same disk. The caller frees it. */
struct fault_disk *fault_disk_after_cut(struct fault_disk *disk, uint64_t op_count, uint64_t seed);

/* A disk as the next process finds it when this one dies after `op_count` changes and the machine goes on: all writes
 * are seen, and those that were not synced still are not. The caller frees it. */
struct fault_disk *fault_disk_after_kill(struct fault_disk *disk, uint64_t op_count);

/* Reads a file as a process would; -1 when it is not there, otherwise its size, of which at most `len` bytes from
 * `offset` on are copied. */
int64_t fault_disk_read(struct fault_disk *disk, const char *name, uint64_t offset, void *ret_bytes, uint64_t len);

#endif
