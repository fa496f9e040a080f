/* One number in a file. */
#include "cmd/clock_mark.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"

int64_t
clock_mark_read(const char *path)
{
    char text[32];
    long long stopped_at_ms = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? 0 : 1;
    ssize_t len = read(fd, text, sizeof(text));
    (void)close(fd);
    while (len > 0 && text[len - 1] == '\n')
        len--;
    return len > 0 && str_to_i64(str_of(text, (size_t)len), &stopped_at_ms) && stopped_at_ms > 0 ? stopped_at_ms : 1;
}

bool
clock_mark_write(const char *path, int64_t stopped_at_ms, struct err *err)
{
    char text[32];
    int len = snprintf(text, sizeof(text), "%lld\n", (long long)stopped_at_ms);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool written = fd >= 0 && write(fd, text, (size_t)len) == len && fsync(fd) == 0;
    if (!written)
        err_set(err, ERR_IO, "writing %s: %s", path, strerror(errno));
    if (fd >= 0)
        (void)close(fd);
    return written;
}

void
clock_mark_remove(const char *path)
{
    (void)unlink(path);
}
