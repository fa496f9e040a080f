/* Lists for people who look: bookings by what is known of them, page by page, and when the picture next changes by
 * itself.
 *
 * Nothing that is decided rests on these. It refuses to count, to sort by anything but id and to say who may see what.
 * As in store.h: results in the arena, DB_OK or how it failed. */
#ifndef NIGHTLATCH_STORE_STORE_LIST_H
#define NIGHTLATCH_STORE_STORE_LIST_H

#include "store/store.h"
#include "util/words.h"

/* A half-open range of ms. */
struct store_range {
    int64_t from, until;
};

#define STORE_RANGE_ALL ((struct store_range){INT64_MIN, INT64_MAX})

enum { STORE_GUEST_WORDS_MAX = 6 /* what can be asked for at once */ };

/* Which way to the rows is the short one; every way gives the same rows. */
enum store_booking_way {
    STORE_BOOKINGS_BY_ID,
    STORE_BOOKINGS_BY_START,   /* `starts` is a range that is not too wide */
    STORE_BOOKINGS_LIVE_STAYS, /* the same, of stays that take room alone: `overdue` or `changes_room` is set */
    STORE_BOOKINGS_BY_ROOM,    /* `room` is given */
    STORE_BOOKINGS_BY_GUEST,   /* `guest` is given */
};

/* What the bookings must be like. Start from STORE_BOOKING_FILTER_ALL. */
struct store_booking_filter {
    enum store_booking_way way;
    struct str status;                           /* empty: any */
    bool came_about;                             /* none that was cancelled, declined or expired, and no no-show */
    struct str owner;                            /* empty: anybody's */
    struct store_range stay_starts, slot_starts; /* of stays by dates (as midnight UTC), and of slots */
    struct store_range stay_ends, slot_ends;
    bool arrived;    /* of stays those whose guests are in the house; slots are not checked in */
    int64_t awaited; /* of stays that begin before this day, those whose guests are awaited on it; INT64_MIN: any */
    int64_t overdue; /* not come by their departure on this day, or not gone before it; INT64_MIN: any booking. Of
                        stays alone: the ranges of slots are empty then */
    int64_t changes_room; /* in the house, and not in the room that is theirs for the night of this day, where they have
                             one; INT64_MIN: any booking. Of stays alone, as the one before */
    struct id room;       /* with a claim on it; none: any or no room */
    struct words guest;   /* each begins a word of the guest's name; at most STORE_GUEST_WORDS_MAX, none: anybody */
};

#define STORE_BOOKING_FILTER_ALL                                                                                       \
    {                                                                                                                  \
        .stay_starts = STORE_RANGE_ALL, .slot_starts = STORE_RANGE_ALL, .stay_ends = STORE_RANGE_ALL,                  \
        .slot_ends = STORE_RANGE_ALL, .awaited = INT64_MIN, .overdue = INT64_MIN, .changes_room = INT64_MIN            \
    }

/* In order of id, after `after`, at most `limit`; with their claims. */
enum db_status store_list_bookings(struct store *store, uint32_t property, const struct store_booking_filter *filter,
                                   struct id after, int64_t limit, struct arena *arena, struct booking **ret_bookings,
                                   size_t *ret_count) STORE_CHECKED;

/* When the next claim on a room begins. */
struct store_next_claim {
    struct id room;
    int64_t starts; /* ms; INT64_MAX for none */
};

/* For each room of a type, in order of id, the first claim that starts at or after `ms`. */
enum db_status store_next_claims(struct store *store, uint32_t property, struct id room_type, int64_t ms,
                                 struct arena *arena, struct store_next_claim **ret_claims,
                                 size_t *ret_count) STORE_CHECKED;

/* The earliest instant after `now_ms` at which a hold or a pending booking expires; INT64_MAX for none. */
enum db_status store_next_expiry_after(struct store *store, uint32_t property, int64_t now_ms,
                                       int64_t *ret_ms) STORE_CHECKED;

#endif
