/* A table of who was refused what lately, and a ring of what is new.
 *
 * Both are words that are read and written at once, each by itself. The table has one word per place: a part of a hash
 * and the time, in seconds, when it was asked for last; two callers whose hashes share a place make each other
 * forgotten. Threads that come at the same moment may both count, or both not: it is a statistic. The ring is that of
 * D. Vyukov ("Bounded MPMC queue"): each cell says whose turn it is. */
#include "engine/turnaway.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "core/date.h"

enum {
    SEEN = 1 << 14,  /* places; a power of two, as the next */
    CELLS = 1 << 12, /* notes that may wait */
    TIME_BITS = 20,  /* of a place: seconds, twelve days round */
};

#define TIME_MASK ((UINT64_C(1) << TIME_BITS) - 1)

struct cell {
    atomic_size_t turn; /* its number: free for the note of this number; one more: it is there */
    struct turnaway turnaway;
};

struct turnaways {
    atomic_size_t next; /* number of the next note */
    size_t taken;       /* taker's: how many */
    atomic_llong lost;
    _Atomic uint64_t seen[SEEN];
    struct cell cells[CELLS];
};

struct turnaways *
turnaways_new(void)
{
    struct turnaways *turnaways = calloc(1, sizeof(*turnaways));
    for (size_t i = 0; turnaways != NULL && i < CELLS; i++)
        atomic_init(&turnaways->cells[i].turn, i);
    return turnaways;
}

void
turnaways_free(struct turnaways *turnaways)
{
    free(turnaways);
}

int64_t
turnaways_lost(const struct turnaways *turnaways)
{
    return atomic_load_explicit(&turnaways->lost, memory_order_relaxed);
}

/* --- who was refused what --- */

/* Not secret: who finds two that are alike is counted once for both. */
static uint64_t
hash(const void *bytes, size_t len)
{
    static const unsigned char key[crypto_shorthash_KEYBYTES] = "nightlatch deman";
    uint64_t value;
    _Static_assert(sizeof(value) == crypto_shorthash_BYTES, "a hash is one word");
    crypto_shorthash((unsigned char *)&value, bytes, len, key);
    return value;
}

static uint64_t
hash_str(uint64_t before, struct str s)
{
    uint64_t words[2] = {before, s.len == 0 ? 0 : hash(s.ptr, s.len)};
    return hash(words, sizeof(words));
}

static uint64_t
who_asks(const struct command *command)
{
    uint64_t who = hash_str(0, command->actor.name);
    if (command->kind != COMMAND_CREATE_BOOKINGS && command->kind != COMMAND_WALK_IN)
        return who;
    const struct guest_details *guest =
        command->kind == COMMAND_WALK_IN ? &command->walk_in.guest : &command->create_bookings.guest;
    if (guest->email.len > 0)
        return hash_str(who, guest->email);
    return hash_str(hash_str(who, guest->name), guest->phone);
}

static uint64_t
who_wants(const struct command *command, const struct leg *leg)
{
    struct id thing = id_is_none(leg->room) ? leg->room_type : leg->room;
    const uint64_t words[] = {who_asks(command), command->property, thing.hi, thing.lo};
    return hash(words, sizeof(words));
}

/* Was it asked for within the time? Either way it was asked for now. A clock that went back a little has seen it too.
 */
static bool
is_repeated(struct turnaways *turnaways, uint64_t tag, int64_t now_ms)
{
    _Atomic uint64_t *place = &turnaways->seen[tag & (SEEN - 1)];
    uint64_t now_s = (uint64_t)(now_ms / 1000) & TIME_MASK;
    uint64_t before = atomic_load_explicit(place, memory_order_relaxed);
    atomic_store_explicit(place, (tag & ~TIME_MASK) | now_s, memory_order_relaxed);
    uint64_t ago_s = (now_s - before) & TIME_MASK;
    bool lately = ago_s < TURNAWAY_QUIET_MS / 1000 || TIME_MASK - ago_s < TURNAWAY_QUIET_MS / 1000;
    return ((before ^ tag) & ~TIME_MASK) == 0 && lately;
}

/* Two numbers say when, as each of the callers below has it. Mixed as splitmix64 ends (G. Steele and others, "Fast
 * splittable pseudorandom number generators"), since a stay may have many nights. */
static uint64_t
tag_of(const struct turnaway *turnaway, int64_t when, int64_t until)
{
    uint64_t tag = turnaway->who + (uint64_t)when * UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)until;
    tag = (tag ^ tag >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    tag = (tag ^ tag >> 27) * UINT64_C(0x94d049bb133111eb);
    return tag ^ tag >> 31;
}

bool
turnaways_had_hour(struct turnaways *turnaways, const struct turnaway *turnaway, int32_t date, int32_t hour,
                   int64_t now_ms)
{
    return is_repeated(turnaways, tag_of(turnaway, date, hour), now_ms);
}

/* --- what was refused --- */

static bool
is_about_room(const struct refusal *refusal)
{
    switch (refusal->outcome) {
    case OUTCOME_SOLD_OUT:
    case OUTCOME_NO_ROOM_FITS:
    case OUTCOME_ROOM_NOT_AVAILABLE:
    case OUTCOME_BOOKING_CONFLICT: return id_is_none(refusal->hold);
    default: return false;
    }
}

static bool
is_alike(const struct leg *a, const struct leg *b)
{
    return id_equal(a->room_type, b->room_type) && id_equal(a->room, b->room) && span_equal(a->span, b->span);
}

/* Of a walk-in: which nights were wanted is known by those that were short, since it says no arrival. */
static const struct leg *
leg_of_walk_in(const struct walk_in *walk_in, const struct refusal *refusal, struct leg *leg)
{
    if (refusal->night_count == 0)
        return NULL;
    *leg = walk_in->leg;
    leg->span = span_from_nights(refusal->nights[0], refusal->nights[refusal->night_count - 1] + 1);
    return leg;
}

/* The leg that was refused, and of how many units: a quantity is that many equal legs. NULL when it is no demand. */
static const struct leg *
find_leg(const struct command *command, const struct refusal *refusal, int32_t *ret_units, struct leg *scratch)
{
    const struct create_bookings *create = &command->create_bookings;
    if (command->kind == COMMAND_ACQUIRE_HOLD) {
        *ret_units = command->acquire_hold.quantity;
        return &command->acquire_hold.leg;
    }
    *ret_units = 1;
    if (command->kind == COMMAND_WALK_IN)
        return leg_of_walk_in(&command->walk_in, refusal, scratch);
    if (command->kind != COMMAND_CREATE_BOOKINGS || !id_is_none(create->hold) || refusal->leg >= create->leg_count)
        return NULL;
    const struct leg *leg = &create->legs[refusal->leg];
    *ret_units = 0;
    for (size_t i = 0; i < create->leg_count; i++)
        *ret_units += is_alike(&create->legs[i], leg) ? 1 : 0;
    return leg;
}

/* What of the span is taken by what was in the way; all of it where that is not said, or is not what decided. */
static struct span
narrow(struct span span, const struct refusal *refusal)
{
    struct span taken = {INT64_MAX, INT64_MIN};
    if (refusal->outcome != OUTCOME_ROOM_NOT_AVAILABLE)
        return span;
    for (size_t i = 0; i < refusal->in_the_way_count; i++) {
        struct span way = refusal->in_the_way[i].span;
        taken.starts = way.starts < taken.starts ? way.starts : taken.starts;
        taken.ends = way.ends > taken.ends ? way.ends : taken.ends;
    }
    taken.starts = taken.starts < span.starts ? span.starts : taken.starts;
    taken.ends = taken.ends > span.ends ? span.ends : taken.ends;
    return taken.starts < taken.ends ? taken : span;
}

static void
mark_night(struct turnaways *turnaways, struct turnaway *turnaway, int32_t arrival, int32_t date, int64_t now_ms)
{
    int32_t night = date - arrival;
    if (night < 0 || night >= STAY_NIGHTS_MAX ||
        is_repeated(turnaways, tag_of(turnaway, date, STAY_NIGHTS_MAX), now_ms))
        return;
    turnaway->nights[night / 8] |= (unsigned char)(1u << (night % 8));
}

/* Marks the nights that are new of this caller; false when none is. */
static bool
mark_nights(struct turnaways *turnaways, struct turnaway *turnaway, const struct refusal *refusal, int64_t now_ms)
{
    static const unsigned char none[TURNAWAY_NIGHT_BYTES];
    struct span short_of = narrow(turnaway->span, refusal);
    int32_t arrival = date_from_instant(turnaway->span.starts);
    int32_t from = date_from_instant(short_of.starts), until = date_from_instant(short_of.ends - 1) + 1;
    for (size_t i = 0; i < refusal->night_count; i++)
        mark_night(turnaways, turnaway, arrival, refusal->nights[i], now_ms);
    for (int32_t date = from; refusal->night_count == 0 && date < until; date++)
        mark_night(turnaways, turnaway, arrival, date, now_ms);
    return memcmp(turnaway->nights, none, sizeof(none)) != 0;
}

/* --- the ring --- */

static void
push(struct turnaways *turnaways, const struct turnaway *turnaway)
{
    size_t number = atomic_load_explicit(&turnaways->next, memory_order_relaxed);
    for (;;) {
        struct cell *cell = &turnaways->cells[number & (CELLS - 1)];
        size_t turn = atomic_load_explicit(&cell->turn, memory_order_acquire);
        if (turn == number) {
            if (!atomic_compare_exchange_weak_explicit(&turnaways->next, &number, number + 1, memory_order_relaxed,
                                                       memory_order_relaxed))
                continue;
            cell->turnaway = *turnaway;
            atomic_store_explicit(&cell->turn, number + 1, memory_order_release);
            return;
        }
        if ((ptrdiff_t)(turn - number) < 0) { /* not taken since the round before */
            atomic_fetch_add_explicit(&turnaways->lost, 1, memory_order_relaxed);
            return;
        }
        number = atomic_load_explicit(&turnaways->next, memory_order_relaxed);
    }
}

bool
turnaways_wait(const struct turnaways *turnaways)
{
    const struct cell *cell = &turnaways->cells[turnaways->taken & (CELLS - 1)];
    return atomic_load_explicit(&cell->turn, memory_order_acquire) == turnaways->taken + 1;
}

bool
turnaways_take(struct turnaways *turnaways, struct turnaway *ret_turnaway)
{
    if (!turnaways_wait(turnaways))
        return false;
    struct cell *cell = &turnaways->cells[turnaways->taken & (CELLS - 1)];
    *ret_turnaway = cell->turnaway;
    atomic_store_explicit(&cell->turn, turnaways->taken + CELLS, memory_order_release);
    turnaways->taken++;
    return true;
}

void
turnaways_note(struct turnaways *turnaways, const struct command *command, const struct refusal *refusal,
               int64_t now_ms)
{
    int32_t units;
    struct leg scratch;
    const struct leg *leg = is_about_room(refusal) ? find_leg(command, refusal, &units, &scratch) : NULL;
    if (leg == NULL)
        return;
    struct turnaway turnaway = {.property = command->property,
                                .reason = refusal->outcome,
                                .who = who_wants(command, leg),
                                .room_type = leg->room_type,
                                .room = leg->room,
                                .by_minute = leg->by_minute,
                                .units = units,
                                .span = leg->span};
    bool is_new = leg->by_minute ? !is_repeated(turnaways, tag_of(&turnaway, leg->span.starts, leg->span.ends), now_ms)
                                 : mark_nights(turnaways, &turnaway, refusal, now_ms);
    if (leg->by_minute)
        turnaway.span = narrow(leg->span, refusal);
    if (is_new)
        push(turnaways, &turnaway);
}
