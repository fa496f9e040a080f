/* A directory of its own for a test that needs real files.
 *
 * It lies below TMPDIR, or /tmp. It refuses to hold directories: what a test makes there are files. */
#ifndef NIGHTLATCH_TESTS_SUPPORT_SCRATCH_H
#define NIGHTLATCH_TESTS_SUPPORT_SCRATCH_H

struct scratch {
    char path[256];
};

/* Makes the directory; aborts when it can't. */
void scratch_init(struct scratch *scratch);

/* Removes it and every file in it. */
void scratch_done(struct scratch *scratch);

/* The number of files in it. */
int scratch_file_count(const struct scratch *scratch);

#endif
