/* A progress bar for long work of a command, on a terminal and nowhere else.
 *
 * When the descriptor is not a terminal every call does nothing, so that logs and pipes stay clean. It draws at most
 * ten times a second by the clock it is given, and refuses to measure the terminal: a line has at most 78 columns. One
 * thread at a time. */
#ifndef NIGHTLATCH_UTIL_PROGRESS_H
#define NIGHTLATCH_UTIL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "util/clock.h"

struct progress {
    int fd;     /* borrowed */
    bool shown; /* it is a terminal */
    const struct clock *clock;
    const char *label; /* borrowed */
    int64_t done, total;
    int64_t started_ns, drawn_ns; /* monotonic */
};

/* Begins work of `total` steps (0: not known), at most 24 columns of `label` ("checking the log"), usually on
 * STDERR_FILENO. Draws nothing yet. */
void progress_init(struct progress *progress, int fd, const struct clock *clock, const char *label, int64_t total);

/* `done` steps so far. Cheap enough for every step. */
void progress_set(struct progress *progress, int64_t done);

/* Ends the bar: draws its last state, if it was ever drawn, and ends the line. */
void progress_done(struct progress *progress);

#endif
