/* mkdtemp, and its undoing. */
#include "cmd/scratch_dir.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool
scratch_dir_make(char out[SCRATCH_DIR_SIZE], struct err *err)
{
    const char *parent = getenv("TMPDIR");
    int len =
        snprintf(out, SCRATCH_DIR_SIZE, "%s/nightlatch-XXXXXX", parent == NULL || parent[0] == '\0' ? "/tmp" : parent);
    if (len < 0 || len >= SCRATCH_DIR_SIZE || mkdtemp(out) == NULL) {
        err_set(err, ERR_SYSTEM, "can't make a scratch directory in %s: %s", parent == NULL ? "/tmp" : parent,
                len >= SCRATCH_DIR_SIZE ? "its path is too long" : strerror(errno));
        return false;
    }
    return true;
}

void
scratch_dir_remove(const char *path)
{
    DIR *dir = opendir(path);
    if (dir == NULL)
        return;
    for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
    (void)rmdir(path);
}
