/* A hold: a room, or stock of a type, kept for one owner until `expires_at`, and then in nobody's way.
 *
 * It ends exactly once, as confirmed, released or expired; the instant `expires_at` itself is past its end. */
#ifndef NIGHTLATCH_CORE_HOLD_H
#define NIGHTLATCH_CORE_HOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "core/booking.h"
#include "core/id.h"
#include "core/span.h"

enum {
    HOLD_PROLONGED_TIMES = 6,         /* of what its type gives a hold */
    HOLD_PROLONGED_MIN_MS = 900000,   /* 15 minutes */
    HOLD_PROLONGED_MAX_MS = 86400000, /* a day */
};

enum hold_status {
    HOLD_ACTIVE,
    HOLD_CONFIRMED, /* became a booking */
    HOLD_RELEASED,  /* given back by its owner */
    HOLD_LAPSED,    /* EXPIRED: its time was over */
    HOLD_STATUS_COUNT
};

struct hold {
    struct id id;
    enum hold_status status;
    struct str owner; /* the actor that may renew, extend, release and confirm it */
    struct id room_type;
    struct id room; /* none for stock of the type */
    bool by_minute;
    struct span span;      /* ms, as a booking's */
    int64_t turnaround_ms; /* by the minute, as a booking's */
    int32_t quantity;      /* units of stock; 1 on a room */
    int32_t party;         /* guests of each unit; 0: not known, of a hold that was taken before it was kept */
    int64_t expires_at;    /* ms */
    int64_t created_at;    /* ms */
    int64_t version;
    struct id booking, group; /* CONFIRMED: what it became, one of the two; none where that was not kept */
};

/* "ACTIVE", "CONFIRMED", "RELEASED", "EXPIRED". */
struct str hold_status_name(enum hold_status status);
bool hold_status_parse(struct str name, enum hold_status *ret_status) __attribute__((warn_unused_result));

/* The latest end, ms, that renewing and extending may give a hold of a type that gives `ttl_ms`: six times that after
 * it was taken, at least 15 minutes and at most a day; never before the end it has. Who keeps clicking keeps a room
 * from everybody else no longer than somebody who books would need it. */
int64_t hold_latest_end(const struct hold *hold, int64_t ttl_ms);

/* What an active hold on a room has of it, turnaround included. */
static inline struct claim
hold_claim(const struct hold *hold)
{
    return (struct claim){.room = hold->room,
                          .span = {hold->span.starts, hold->span.ends + hold->turnaround_ms},
                          .owner_kind = CLAIM_OF_HOLD,
                          .owner = hold->id};
}

/* Active at `now_ms`: not ended, and the instant of expiry not reached. */
static inline bool
hold_is_live(const struct hold *hold, int64_t now_ms)
{
    return hold->status == HOLD_ACTIVE && now_ms < hold->expires_at;
}

#endif
