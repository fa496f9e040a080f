/* A clock that stops when the machine's can't be believed.
 *
 * Holds and unpaid bookings end by the wall clock, and a day begins by it. A wall clock that is set wrong by years
 * would end all of them at once, and since decisions never go back before the last one of their property, it would keep
 * the property in that year for ever. So the wall clock is held against one that only runs on. When the two have come
 * apart by more than a minute faster than a clock can drift, or the log has a decision from more than a minute ahead of
 * now, this clock stands still at the last time that could be believed, until somebody says what is right:
 *
 *   - nothing expires any more, neither by the sweeper nor in the way of a command, since both ask this clock;
 *   - what had expired stays so, and what is decided meanwhile is decided for the instant at which the clock stopped;
 *   - durations, which are not measured by wall time, go on.
 *
 * clock_guard_accept() lets it go on from the wall clock as it is then. It refuses to say by itself that a clock is
 * right again, even when it has come back: what it showed in between may have been acted upon elsewhere.
 *
 * The rule is a pure struct, moved by readings; the guard makes a `struct clock` of it that any thread may read. */
#ifndef NIGHTLATCH_ENGINE_CLOCK_GUARD_H
#define NIGHTLATCH_ENGINE_CLOCK_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "util/clock.h"

enum { CLOCK_STEP_MAX_MS = 60000 }; /* more than this is no small correction */

enum clock_trust {
    CLOCK_TRUSTED,
    CLOCK_STEPPED_FORWARD,
    CLOCK_STEPPED_BACK,
    CLOCK_HEAD_AHEAD,   /* a log has a decision from later than now */
    CLOCK_NOT_ACCEPTED, /* it had stopped when the process ended, and nobody has accepted it since */
};

/* "trusted", "stepped_forward" and so on; and a sentence for whoever has to do something. Both are static. */
const char *clock_trust_name(enum clock_trust trust);
const char *clock_trust_sentence(enum clock_trust trust);

/* --- the rule --- */

/* Zeroed: has not seen a clock. All times in ms; wall time since the epoch, monotonic since whenever. */
struct clock_rule {
    bool begun;
    int64_t offset_ms;    /* wall less monotonic time, as it should be */
    int64_t monotonic_ms; /* of the last reading */
    int64_t now_ms;       /* what was last said */
    enum clock_trust trust;
    int64_t off_by_ms;   /* how far the wall clock, or the head, was off when it stopped */
    int64_t head_ms;     /* the latest decision seen in any log */
    int64_t accepted_ms; /* heads up to here are known to be ahead */
};

/* Two readings of the same moment. Returns the time to decide by: the wall's while it is trusted, else the time at
 * which it stopped. The offset follows the wall by at most a tenth of the time that has passed, and of one second per
 * reading: a clock that is slewed, or drifts, never stops it, several steps of less than a minute in a row do. */
int64_t clock_rule_read(struct clock_rule *rule, int64_t wall_ms, int64_t monotonic_ms);

/* The log of some property has a decision of `decided_at_ms`; after a reading. */
void clock_rule_see_head(struct clock_rule *rule, int64_t decided_at_ms);

/* Believes the wall clock as it is now, and does not mind heads that are ahead of it already. */
void clock_rule_accept(struct clock_rule *rule, int64_t wall_ms, int64_t monotonic_ms);

/* --- the clock --- */

struct clock_guard;

struct clock_guard_settings {
    const struct clock *clock; /* borrowed */
    int64_t stopped_at_ms;     /* when it had stopped before this process began, 0 for not */
    /* It has stopped, or was accepted: told once each, on the thread that found it, without a lock; may be NULL. */
    void (*on_change)(enum clock_trust trust, int64_t stopped_at_ms, int64_t off_by_ms, void *user);
    void *user;
};

/* NULL with ERR_MEMORY. */
struct clock_guard *clock_guard_new(const struct clock_guard_settings *settings, struct err *err)
    __attribute__((warn_unused_result));
void clock_guard_free(struct clock_guard *guard); /* NULL is allowed */

/* The clock to hand to everything else, as long as the guard; any thread. */
const struct clock *clock_guard_clock(struct clock_guard *guard);

/* A head was loaded. Any thread. */
void clock_guard_see_head(struct clock_guard *guard, int64_t decided_at_ms);

struct clock_guard_state {
    enum clock_trust trust;
    int64_t now_ms;    /* what it says */
    int64_t wall_ms;   /* what the wall clock says */
    int64_t off_by_ms; /* 0 while trusted */
    int64_t stops;     /* how often it has stopped since the process began */
};

/* Any thread. */
struct clock_guard_state clock_guard_read(struct clock_guard *guard);

/* Goes on from the wall clock; returns whether it had stopped. Any thread. */
bool clock_guard_accept(struct clock_guard *guard);

#endif
