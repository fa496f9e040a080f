/* Disks of the past, computed from base and log alone; what a process sees does not matter here. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/fault_disk.h"

struct op_list {
    uint64_t *at; /* numbers of ops, counted from 0 */
    uint64_t count;
    uint64_t capacity;
};

static void
op_list_push(struct op_list *list, uint64_t at)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity == 0 ? 64 : list->capacity * 2;
        list->at = bytes_grown(list->at, list->capacity * sizeof(*list->at));
    }
    list->at[list->count++] = at;
}

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
    disk_lock(disk);
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
    disk_unlock(disk);
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
        disk_note_write(disk, file, op->offset, from->data.ptr + op->data, op->len);
        apply(from, file_own(file), op);
        return;
    case FAULT_TRUNCATE:
        disk_note(disk, FAULT_TRUNCATE, file)->offset = op->offset;
        apply(from, file_own(file), op);
        return;
    case FAULT_SYNC:
        disk->sync_count++;
        disk_note(disk, FAULT_SYNC, file)->failed = op->failed;
        return;
    case FAULT_CREATE:
        file->linked = true;
        file->entry_new = op->entry_new;
        disk_note(disk, FAULT_CREATE, file)->entry_new = op->entry_new;
        return;
    case FAULT_DELETE: file->linked = false; break;
    case FAULT_SYNC_DIRECTORY: disk_forget_new_entries(disk); break;
    }
    (void)disk_note(disk, op->kind, file);
}

struct fault_disk *
fault_disk_after_kill(struct fault_disk *disk, uint64_t op_count)
{
    struct fault_disk *next = fault_disk_new();
    disk_lock(disk);
    assert(op_count <= disk->op_count);
    for (uint32_t f = 0; f < disk->file_count; f++) {
        const struct file *old = disk->files[f];
        struct file *file = file_add(next, old->name, blob_share(old->base));
        file->temporary = old->temporary;
        file->linked = file->base_linked = old->base_linked;
    }
    for (uint64_t i = 0; i < op_count; i++)
        repeat(next, disk, &disk->ops[i]);
    disk_unlock(disk);
    return next;
}

void
fault_disk_settle(struct fault_disk *disk)
{
    disk_lock(disk);
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
    disk_forget_new_entries(disk);
    disk->op_count = disk->write_count = disk->sync_count = 0;
    disk->fail_sync_at = disk->fail_write_at = disk->full_from = disk->halt_at = 0;
    bytes_truncate(&disk->data, 0);
    disk_unlock(disk);
}

int64_t
fault_disk_read(struct fault_disk *disk, const char *name, uint64_t offset, void *ret_bytes, uint64_t len)
{
    disk_lock(disk);
    const struct file *file = file_find(disk, name);
    int64_t size = file == NULL ? -1 : (int64_t)file_seen(file)->size;
    if (size > 0 && len > 0 && offset < (uint64_t)size) {
        uint64_t there = (uint64_t)size - offset;
        memcpy(ret_bytes, file_seen(file)->ptr + offset, (size_t)(there < len ? there : len));
    }
    disk_unlock(disk);
    return size;
}
