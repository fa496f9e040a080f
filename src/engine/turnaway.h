/* Refused demand on its way to being counted (a turnaway): who was refused what for want of room.
 *
 * What is counted is demand, not requests. A caller who is refused a night, or an hour, is counted once for it, in as
 * many units as were asked for, and not again until TURNAWAY_QUIET_MS have passed without that caller asking for it:
 * whoever asks every second for an hour wanted one room. Who the caller is: whoever makes the request and, where it
 * says for whom, that guest's e-mail address, or name and phone: a web site with one token has many guests. A request
 * for a room and one for any room of a type are for different things. Counted on the nights that were short; where
 * none is named, on those that what was in the way takes, and where that is not known either on all that were asked
 * for.
 *
 * It refuses to count what is no demand for room: refusals for other reasons (rules, dates that are not on sale yet,
 * parties that are too large), changes of bookings, trials, and whoever is refused because of a hold of their own.
 *
 * Nothing here allocates, waits or locks, so that a refusal costs no more than it did: a note is a few words in a ring.
 * Memory is bounded, and what does not fit is left out: a note that finds the ring full is counted as lost, and a
 * caller who was forgotten because too many came between is counted again. turnaways_note() may be called from any
 * thread, turnaways_take() and turnaways_wait() from one. */
#ifndef NIGHTLATCH_ENGINE_TURNAWAY_H
#define NIGHTLATCH_ENGINE_TURNAWAY_H

#include "core/command.h"
#include "core/decision.h"

enum {
    TURNAWAY_QUIET_MS = 600000,
    TURNAWAY_NIGHT_BYTES = (STAY_NIGHTS_MAX + 7) / 8,
};

/* Demand of one caller that was refused and not counted yet. */
struct turnaway {
    uint32_t property;
    enum outcome reason;
    uint64_t who;        /* wants what: a hash; of no use but to be compared */
    struct id room_type; /* none when only the room was named */
    struct id room;      /* none: any of the type */
    bool by_minute;
    int32_t units;    /* on each night, or in each hour */
    struct span span; /* by the minute: what was refused of the slot, ms; by the night: the stay */
    unsigned char nights[TURNAWAY_NIGHT_BYTES]; /* by the night: bit n is the night n after the span's start */
};

struct turnaways;

/* About 0.8 MiB. NULL without memory. */
struct turnaways *turnaways_new(void);
void turnaways_free(struct turnaways *turnaways); /* NULL is allowed */

/* Notes a refusal of this command, if it is refused demand and not one that was noted before. Not for a dry run. */
void turnaways_note(struct turnaways *turnaways, const struct command *command, const struct refusal *refusal,
                    int64_t now_ms);

/* The next one noted, oldest first. False when none waits. */
bool turnaways_take(struct turnaways *turnaways, struct turnaway *ret_turnaway) __attribute__((warn_unused_result));

/* Whether any waits to be taken. */
bool turnaways_wait(const struct turnaways *turnaways) __attribute__((warn_unused_result));

/* Whether this caller was refused this local hour of the same thing before: slots that are asked for one after another
 * may share hours. Remembers it. */
bool turnaways_had_hour(struct turnaways *turnaways, const struct turnaway *turnaway, int32_t date, int32_t hour,
                        int64_t now_ms) __attribute__((warn_unused_result));

/* How many were left out because the ring was full, since the start. Any thread. */
int64_t turnaways_lost(const struct turnaways *turnaways);

#endif
