/* One mkdtemp() per test, emptied at its end. */
#include "tests/support/scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
scratch_init(struct scratch *scratch)
{
    const char *parent = getenv("TMPDIR");
    int len = snprintf(scratch->path, sizeof(scratch->path), "%s/nightlatch-XXXXXX", parent == NULL ? "/tmp" : parent);
    if (len < 0 || (size_t)len >= sizeof(scratch->path) || mkdtemp(scratch->path) == NULL)
        abort();
}

static int
is_no_folder(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* Counts the files, and unlinks them if asked to. */
static int
visit(const char *path, bool unlink_them)
{
    struct dirent **entries;
    int count = scandir(path, &entries, is_no_folder, alphasort);
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (count < 0 || folder < 0)
        abort();
    for (int i = 0; i < count; i++) {
        if (unlink_them)
            (void)unlinkat(folder, entries[i]->d_name, 0);
        free(entries[i]);
    }
    free(entries);
    (void)close(folder);
    return count;
}

void
scratch_done(struct scratch *scratch)
{
    (void)visit(scratch->path, true);
    (void)rmdir(scratch->path);
}

int
scratch_file_count(const struct scratch *scratch)
{
    return visit(scratch->path, false);
}
