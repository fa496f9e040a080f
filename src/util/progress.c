/* One line, drawn over itself with a carriage return, in one write. The first drawing waits a tenth of a second too:
 * work that is over by then shows nothing. */
#include "util/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BAR_WIDTH = 24, LINE_WIDTH = 78 };
static const int64_t redraw_ns = 100000000;

void
progress_init(struct progress *progress, int fd, const struct clock *clock, const char *label, int64_t total)
{
    *progress = (struct progress){.fd = fd, .shown = isatty(fd) == 1, .clock = clock, .label = label, .total = total};
    progress->started_ns = clock_monotonic_ns(clock);
    progress->drawn_ns = progress->started_ns;
}

static int
permille_of(const struct progress *progress)
{
    if (progress->done <= 0 || progress->total <= 0)
        return 0;
    if (progress->done >= progress->total)
        return 1000;
    return (int)((double)progress->done * 1000 / (double)progress->total);
}

/* " 12 s left", once there is something to reckon from. */
static void
put_time_left(const struct progress *progress, char *out, size_t size)
{
    double spent_s = (double)(progress->drawn_ns - progress->started_ns) / 1e9;
    *out = '\0';
    if (progress->done <= 0 || progress->done >= progress->total || spent_s < 1)
        return;
    double left_s = spent_s * (double)(progress->total - progress->done) / (double)progress->done;
    if (left_s < 120)
        (void)snprintf(out, size, "  %.0f s left", left_s);
    else if (left_s < 100 * 3600)
        (void)snprintf(out, size, "  %.0f min left", left_s / 60);
}

static void
draw(const struct progress *progress)
{
    char line[LINE_WIDTH + 3], bar[BAR_WIDTH + 1], left[32];
    int len;
    if (progress->total > 0) {
        int permille = permille_of(progress), filled = permille * BAR_WIDTH / 1000;
        memset(bar, '.', BAR_WIDTH);
        memset(bar, '#', (size_t)filled);
        bar[BAR_WIDTH] = '\0';
        put_time_left(progress, left, sizeof(left));
        len = snprintf(line, LINE_WIDTH + 2, "\r%-.24s [%s] %3d %%%s", progress->label, bar, permille / 10, left);
    } else {
        len = snprintf(line, LINE_WIDTH + 2, "\r%-.24s %lld", progress->label, (long long)progress->done);
    }
    if (len < 0 || len > LINE_WIDTH + 1)
        return;
    /* blanks wipe what a longer line before left behind */
    memset(line + len, ' ', (size_t)(LINE_WIDTH + 1 - len));
    ssize_t written = write(progress->fd, line, LINE_WIDTH + 1);
    (void)written; /* a bar that can't be drawn is not worth a failure */
}

void
progress_set(struct progress *progress, int64_t done)
{
    progress->done = done;
    if (!progress->shown)
        return;
    int64_t now_ns = clock_monotonic_ns(progress->clock);
    if (now_ns - progress->drawn_ns < redraw_ns)
        return;
    progress->drawn_ns = now_ns;
    draw(progress);
}

void
progress_done(struct progress *progress)
{
    if (!progress->shown || progress->drawn_ns == progress->started_ns)
        return;
    draw(progress);
    ssize_t written = write(progress->fd, "\n", 1);
    (void)written;
    progress->shown = false;
}
