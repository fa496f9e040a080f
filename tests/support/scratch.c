/* One mkdtemp() per test, emptied at its end. */
#include "tests/support/scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void
scratch_init(struct scratch *scratch)
{
    const char *parent = getenv("TMPDIR");
    int len = snprintf(scratch->path, sizeof(scratch->path), "%s/nightlatch-XXXXXX", parent == NULL ? "/tmp" : parent);
    if (len < 0 || (size_t)len >= sizeof(scratch->path) || mkdtemp(scratch->path) == NULL)
        abort();
}

/* Counts the files, and unlinks them if asked to. */
static int
visit(const char *path, bool unlink_them)
{
    DIR *dir = opendir(path);
    if (dir == NULL)
        abort();
    int count = 0;
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (entry->d_name[0] == '.' && (entry->d_name[1] == '\0' || entry->d_name[1] == '.'))
            continue;
        count++;
        if (unlink_them)
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
    }
    (void)closedir(dir);
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
