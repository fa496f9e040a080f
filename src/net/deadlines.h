/* Deadlines of many connections on one clock: a wheel of slots, each a list.
 *
 * Setting, moving and clearing cost the same however many there are, and a deadline that moves within its slot costs
 * one store. It refuses to read a clock, to call anyone back and to own the deadlines: they live inside what they
 * watch. Times are milliseconds of the caller's monotonic clock. One thread. */
#ifndef NIGHTLATCH_NET_DEADLINES_H
#define NIGHTLATCH_NET_DEADLINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DEADLINES_SLOTS = 512,
    DEADLINES_SLOT_MS = 128 /* one turn is 65 s; what lies further ahead just stays in its slot for more turns */
};

/* Zero-initialised it is not set. */
struct deadline {
    struct deadline *older;
    struct deadline *newer;
    uint64_t at_ms; /* meaningful while set */
};

struct deadlines {
    struct deadline slots[DEADLINES_SLOTS]; /* heads of rings */
    struct deadline passed;                 /* ring of those found to have passed and not yet taken */
    uint64_t turned_to;                     /* the slot number, counted from 0 at time 0, that was looked at last */
};

void deadlines_init(struct deadlines *deadlines, uint64_t now_ms);

/* Sets or moves. A time in the past passes at the next turn. */
void deadlines_set(struct deadlines *deadlines, struct deadline *deadline, uint64_t at_ms);

/* Nothing happens when it is not set. */
void deadlines_clear(struct deadline *deadline);

bool deadlines_is_set(const struct deadline *deadline);

/* Finds everything with at_ms <= now_ms. Time must not run backwards; a step back finds nothing. */
void deadlines_turn(struct deadlines *deadlines, uint64_t now_ms);

/* Takes one that has passed out of the wheel, in no particular order; NULL when there is none left. Deadlines may be
 * set and cleared between two calls. */
struct deadline *deadlines_take_passed(struct deadlines *deadlines);

#endif
