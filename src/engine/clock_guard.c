/* The rule first, which is arithmetic, then the clock around it, which is a lock. */
#include "engine/clock_guard.h"

#include <pthread.h>
#include <stdlib.h>

enum {
    FOLLOW_SHARE = 10,      /* a tenth of the time that passes may be drift or slew */
    FOLLOW_MAX_MS = 1000,   /* of which at most this much counts per reading */
    READ_TOGETHER_MS = 100, /* two readings further apart are not of the same moment */
    READ_ATTEMPTS = 8,
};

static const struct {
    const char *name, *sentence;
} trust_table[] = {
    [CLOCK_TRUSTED] = {"trusted", "The clock is believed."},
    [CLOCK_STEPPED_FORWARD] = {"stepped_forward",
                               "The wall clock has stepped forward by more than a minute; nothing expires until it is "
                               "put right and `nightlatch clock accept` has been run."},
    [CLOCK_STEPPED_BACK] = {"stepped_back",
                            "The wall clock has stepped back by more than a minute; nothing expires until it is put "
                            "right and `nightlatch clock accept` has been run."},
    [CLOCK_HEAD_AHEAD] =
        {"head_ahead", "The log has decisions from more than a minute ahead of the wall clock; nothing expires until "
                       "it is put right and `nightlatch clock accept` has been run."},
    [CLOCK_NOT_ACCEPTED] =
        {"not_accepted", "The clock had stopped before the server was started again; nothing expires until `nightlatch "
                         "clock accept` has been run."},
};

const char *
clock_trust_name(enum clock_trust trust)
{
    return trust_table[trust].name;
}

const char *
clock_trust_sentence(enum clock_trust trust)
{
    return trust_table[trust].sentence;
}

/* --- the rule --- */

static int64_t
clamp(int64_t value, int64_t limit)
{
    return value > limit ? limit : value < -limit ? -limit : value;
}

static void
stop(struct clock_rule *rule, enum clock_trust trust, int64_t off_by_ms)
{
    rule->trust = trust;
    rule->off_by_ms = off_by_ms;
}

int64_t
clock_rule_read(struct clock_rule *rule, int64_t wall_ms, int64_t monotonic_ms)
{
    if (rule->trust != CLOCK_TRUSTED)
        return rule->now_ms;
    if (!rule->begun)
        *rule = (struct clock_rule){
            .begun = true, .offset_ms = wall_ms - monotonic_ms, .monotonic_ms = monotonic_ms, .now_ms = wall_ms};
    int64_t passed_ms = clamp(monotonic_ms - rule->monotonic_ms, FOLLOW_MAX_MS);
    int64_t off_ms = wall_ms - monotonic_ms - rule->offset_ms;
    int64_t follow_ms = clamp(off_ms, passed_ms < 0 ? 0 : passed_ms / FOLLOW_SHARE);
    off_ms -= follow_ms;
    if (off_ms > CLOCK_STEP_MAX_MS || off_ms < -CLOCK_STEP_MAX_MS) {
        int64_t believed_ms = monotonic_ms + rule->offset_ms;
        stop(rule, off_ms > 0 ? CLOCK_STEPPED_FORWARD : CLOCK_STEPPED_BACK, off_ms + follow_ms);
        rule->now_ms = believed_ms > rule->now_ms ? believed_ms : rule->now_ms;
        return rule->now_ms;
    }
    if (passed_ms >= FOLLOW_SHARE) { /* shorter ones add up, or rounding would leave nothing to follow by */
        rule->offset_ms += follow_ms;
        rule->monotonic_ms = monotonic_ms;
    }
    rule->now_ms = wall_ms;
    return rule->now_ms;
}

void
clock_rule_see_head(struct clock_rule *rule, int64_t decided_at_ms)
{
    int64_t ahead_ms = decided_at_ms - rule->now_ms;
    if (decided_at_ms > rule->head_ms)
        rule->head_ms = decided_at_ms;
    if (rule->trust == CLOCK_TRUSTED && ahead_ms > CLOCK_STEP_MAX_MS && decided_at_ms > rule->accepted_ms)
        stop(rule, CLOCK_HEAD_AHEAD, ahead_ms);
    if (rule->trust == CLOCK_HEAD_AHEAD && ahead_ms > rule->off_by_ms)
        rule->off_by_ms = ahead_ms;
}

void
clock_rule_accept(struct clock_rule *rule, int64_t wall_ms, int64_t monotonic_ms)
{
    int64_t head_ms = rule->head_ms > rule->now_ms ? rule->head_ms : rule->now_ms;
    *rule = (struct clock_rule){.begun = true,
                                .offset_ms = wall_ms - monotonic_ms,
                                .monotonic_ms = monotonic_ms,
                                .now_ms = wall_ms,
                                .head_ms = rule->head_ms,
                                .accepted_ms = head_ms > rule->accepted_ms ? head_ms : rule->accepted_ms};
}

/* --- the clock --- */

struct clock_guard {
    struct clock clock; /* the first member: it is what others have of the guard */
    struct clock_guard_settings settings;
    pthread_mutex_t mutex; /* guards what follows */
    struct clock_rule rule;
    int64_t stops;
};

/* Both clocks at the same moment: a thread may be put aside for long between two readings. */
static void
read_both(const struct clock *clock, int64_t *ret_wall_ms, int64_t *ret_monotonic_ms)
{
    int64_t before_ms, after_ms = clock_monotonic_ns(clock) / 1000000;
    int attempts = 0;
    do {
        before_ms = after_ms;
        *ret_wall_ms = clock_now_ms(clock);
        after_ms = clock_monotonic_ns(clock) / 1000000;
    } while (after_ms - before_ms > READ_TOGETHER_MS && ++attempts < READ_ATTEMPTS);
    *ret_monotonic_ms = before_ms;
}

/* Tells of a change outside of the lock, since whoever is told may ask for the time. */
static void
unlock_and_tell(struct clock_guard *guard, enum clock_trust before)
{
    enum clock_trust now = guard->rule.trust;
    int64_t stopped_at_ms = guard->rule.now_ms, off_by_ms = guard->rule.off_by_ms;
    bool changed = (before == CLOCK_TRUSTED) != (now == CLOCK_TRUSTED);
    guard->stops += changed && now != CLOCK_TRUSTED;
    pthread_mutex_unlock(&guard->mutex);
    if (changed && guard->settings.on_change != NULL)
        guard->settings.on_change(now, stopped_at_ms, off_by_ms, guard->settings.user);
}

/* Under the lock. */
static int64_t
read_rule(struct clock_guard *guard, int64_t *ret_wall_ms)
{
    int64_t monotonic_ms;
    read_both(guard->settings.clock, ret_wall_ms, &monotonic_ms);
    return clock_rule_read(&guard->rule, *ret_wall_ms, monotonic_ms);
}

static int64_t
guarded_now_ms(const struct clock *clock)
{
    struct clock_guard *guard = (struct clock_guard *)(uintptr_t)clock;
    int64_t wall_ms;
    pthread_mutex_lock(&guard->mutex);
    enum clock_trust before = guard->rule.trust;
    int64_t now_ms = read_rule(guard, &wall_ms);
    unlock_and_tell(guard, before);
    return now_ms;
}

static int64_t
guarded_monotonic_ns(const struct clock *clock)
{
    return clock_monotonic_ns(((const struct clock_guard *)clock)->settings.clock);
}

struct clock_guard *
clock_guard_new(const struct clock_guard_settings *settings, struct err *err)
{
    struct clock_guard *guard = calloc(1, sizeof(*guard));
    if (guard == NULL) {
        err_set(err, ERR_MEMORY, "no memory for a clock");
        return NULL;
    }
    guard->clock = (struct clock){.now_ms = guarded_now_ms, .monotonic_ns = guarded_monotonic_ns};
    guard->settings = *settings;
    pthread_mutex_init(&guard->mutex, NULL);
    if (settings->stopped_at_ms != 0) {
        guard->rule =
            (struct clock_rule){.begun = true, .now_ms = settings->stopped_at_ms, .trust = CLOCK_NOT_ACCEPTED};
        guard->stops = 1;
    }
    return guard;
}

void
clock_guard_free(struct clock_guard *guard)
{
    if (guard == NULL)
        return;
    pthread_mutex_destroy(&guard->mutex);
    free(guard);
}

const struct clock *
clock_guard_clock(struct clock_guard *guard)
{
    return &guard->clock;
}

void
clock_guard_see_head(struct clock_guard *guard, int64_t decided_at_ms)
{
    int64_t wall_ms;
    pthread_mutex_lock(&guard->mutex);
    enum clock_trust before = guard->rule.trust;
    (void)read_rule(guard, &wall_ms);
    clock_rule_see_head(&guard->rule, decided_at_ms);
    unlock_and_tell(guard, before);
}

struct clock_guard_state
clock_guard_read(struct clock_guard *guard)
{
    struct clock_guard_state state = {.stops = 0};
    pthread_mutex_lock(&guard->mutex);
    enum clock_trust before = guard->rule.trust;
    state.now_ms = read_rule(guard, &state.wall_ms);
    state.trust = guard->rule.trust;
    state.off_by_ms = guard->rule.off_by_ms;
    state.stops = guard->stops + (before == CLOCK_TRUSTED && state.trust != CLOCK_TRUSTED);
    unlock_and_tell(guard, before);
    return state;
}

bool
clock_guard_accept(struct clock_guard *guard)
{
    int64_t wall_ms, monotonic_ms;
    read_both(guard->settings.clock, &wall_ms, &monotonic_ms);
    pthread_mutex_lock(&guard->mutex);
    enum clock_trust before = guard->rule.trust;
    if (before != CLOCK_TRUSTED)
        clock_rule_accept(&guard->rule, wall_ms, monotonic_ms);
    unlock_and_tell(guard, before);
    return before != CLOCK_TRUSTED;
}
