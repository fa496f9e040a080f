/* Bytes, files and the log. Every function aborts when memory is short. */
#include "tests/sim/fault_disk.h"

#include <stdlib.h>
#include <string.h>

/* --- Memory --- */

void *
bytes_grown(void *ptr, uint64_t size)
{
    void *bigger = realloc(ptr, (size_t)size);
    if (bigger == NULL)
        abort();
    return bigger;
}

void
bytes_reserve(struct bytes *bytes, uint64_t size)
{
    if (size <= bytes->capacity)
        return;
    uint64_t capacity = bytes->capacity == 0 ? 8192 : bytes->capacity;
    while (capacity < size)
        capacity *= 2;
    bytes->ptr = bytes_grown(bytes->ptr, capacity);
    memset(bytes->ptr + bytes->capacity, 0, (size_t)(capacity - bytes->capacity));
    bytes->capacity = capacity;
}

void
bytes_write(struct bytes *bytes, uint64_t offset, const void *from, uint64_t len)
{
    if (len == 0)
        return;
    bytes_reserve(bytes, offset + len);
    memcpy(bytes->ptr + offset, from, (size_t)len);
    if (offset + len > bytes->size)
        bytes->size = offset + len;
}

void
bytes_truncate(struct bytes *bytes, uint64_t size)
{
    bytes_reserve(bytes, size);
    if (size < bytes->size)
        memset(bytes->ptr + size, 0, (size_t)(bytes->size - size));
    bytes->size = size;
}

void
bytes_copy(struct bytes *to, const struct bytes *from)
{
    bytes_truncate(to, 0);
    bytes_write(to, 0, from->ptr, from->size);
}

struct blob *
blob_new(struct bytes bytes)
{
    struct blob *blob = malloc(sizeof(*blob));
    if (blob == NULL)
        abort();
    *blob = (struct blob){.user_count = 1, .bytes = bytes};
    return blob;
}

struct blob *
blob_share(struct blob *blob)
{
    atomic_fetch_add(&blob->user_count, 1);
    return blob;
}

void
blob_drop(struct blob *blob)
{
    if (atomic_fetch_sub(&blob->user_count, 1) > 1)
        return;
    free(blob->bytes.ptr);
    free(blob);
}

/* --- Files --- */

struct file *
file_add(struct fault_disk *disk, const char *name, struct blob *base)
{
    if (disk->file_count == disk->file_capacity) {
        disk->file_capacity = disk->file_capacity == 0 ? 8 : disk->file_capacity * 2;
        disk->files = bytes_grown(disk->files, disk->file_capacity * sizeof(struct file *));
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

const struct bytes *
file_seen(const struct file *file)
{
    return file->changed ? &file->live : &file->base->bytes;
}

struct bytes *
file_own(struct file *file)
{
    if (!file->changed)
        bytes_copy(&file->live, &file->base->bytes);
    file->changed = true;
    return &file->live;
}

struct file *
file_find(const struct fault_disk *disk, const char *name)
{
    for (uint32_t i = disk->file_count; i-- > 0;) {
        if (disk->files[i]->linked && strcmp(disk->files[i]->name, name) == 0)
            return disk->files[i];
    }
    return NULL;
}

/* --- The log --- */

void
disk_lock(struct fault_disk *disk)
{
    (void)pthread_mutex_lock(&disk->mutex);
}

void
disk_unlock(struct fault_disk *disk)
{
    (void)pthread_mutex_unlock(&disk->mutex);
}

struct op *
disk_note(struct fault_disk *disk, enum fault_kind kind, const struct file *file)
{
    if (disk->op_count == disk->op_capacity) {
        disk->op_capacity = disk->op_capacity == 0 ? 256 : disk->op_capacity * 2;
        disk->ops = bytes_grown(disk->ops, disk->op_capacity * sizeof(struct op));
    }
    struct op *op = &disk->ops[disk->op_count++];
    *op = (struct op){.kind = kind, .file = file == NULL ? 0 : file->number};
    return op;
}

void
disk_note_write(struct fault_disk *disk, const struct file *file, uint64_t offset, const void *from, uint64_t len)
{
    struct op *op = disk_note(disk, FAULT_WRITE, file);
    op->offset = offset;
    op->len = len;
    op->data = disk->data.size;
    bytes_write(&disk->data, disk->data.size, from, len);
}

void
disk_forget_new_entries(struct fault_disk *disk)
{
    for (uint32_t f = 0; f < disk->file_count; f++)
        disk->files[f]->entry_new = false;
}
