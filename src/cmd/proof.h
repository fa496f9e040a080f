/* The checker of engine/check.h for commands: with a progress bar, its findings as lines, heads as text and back.
 *
 * `check` is made of it, and `backup` and `restore` let nothing through that it refuses. It only reads. One thread. */
#ifndef NIGHTLATCH_CMD_PROOF_H
#define NIGHTLATCH_CMD_PROOF_H

#include <stdbool.h>
#include <stdio.h>

#include "engine/check.h"
#include "engine/rebuild.h"
#include "util/options.h"

/* Runs every rule; findings go to `out` as lines for people (at most twenty of a kind) or, with `json`, as one object a
 * line. `label` is what the progress bar on standard error says. True when it could be done, whatever was found; false
 * with *err when reading failed. */
bool proof_run(struct store *store, const char *label, FILE *out, bool json, struct check_report *ret_report,
               struct err *err) __attribute__((warn_unused_result));

/* Folds every log into a scratch database below TMPDIR, which is removed again, and compares (engine/rebuild.h);
 * differences go to `out` as above. True when it could be done, whatever was found; false with *err otherwise. */
bool proof_rebuild(struct store *store, FILE *out, bool json, struct rebuild_report *ret_report, struct err *err)
    __attribute__((warn_unused_result));

/* Prints what was looked at, without a line's end: "1 property, 2 bookings, 0 holds, 6 events". */
void proof_print_content(const struct check_report *report, FILE *out);

/* The option that proof_expect() takes, for a command's table: `owner` has a struct option_arguments `expect`. */
#define PROOF_OPTION_EXPECT(owner, begins)                                                                             \
    OPTION_TEXTS(owner, expect, "expect", "P:SEQ:HASH",                                                                \
                 begins " that the log of property number P has this event, with this hash; several with commas "      \
                        "between, or the option several times. A backup prints this option, ready to be used.")

/* Whether each log has the event that `expect` demands of it: words of "P:SEQ:HASH", several with commas between; NULL
 * demands nothing. False with ERR_USAGE for what is not written so, ERR_DATA for the first log that differs. */
bool proof_expect(struct store *store, const struct option_arguments *expect, struct err *err)
    __attribute__((warn_unused_result));

/* Whether `expect` is written as it must be, before a database is opened for it. */
bool proof_expect_is_written_well(const struct option_arguments *expect, struct err *err)
    __attribute__((warn_unused_result));

/* Writes the head of each log to `out`, as proof_expect() takes it: `before` it, and `between` it and the next. */
bool proof_print_heads(struct store *store, FILE *out, const char *before, const char *between, struct err *err)
    __attribute__((warn_unused_result));

/* Opens the database file at `path`, whose schema must be this program's, and demands that every rule holds and that
 * `expect` is met; findings go to standard error. True with what was looked at; false with *err otherwise. */
bool proof_of_file(const char *path, const char *label, const struct option_arguments *expect,
                   struct check_report *ret_report, struct err *err) __attribute__((warn_unused_result));

#endif
