/* Holds are taken, renewed, extended and released; confirming one makes bookings and is in decide_create.c.
 *
 * A hold asks the same questions as the booking it may become, so that it does not promise what is refused later. Who
 * asks again for what they hold, gets the hold they have with a later end, as far as it may be prolonged: a double
 * click takes nothing twice. The party may be another then: it is what the hold keeps until the booking says otherwise.
 */
#include <assert.h>

#include "core/capacity.h"

static void
record(struct deciding *d, const struct hold *hold, struct str kind, struct str from)
{
    deciding_event(d, (struct event){.kind = kind,
                                     .subject_kind = ID_HOLD,
                                     .subject = hold->id,
                                     .from = from,
                                     .to = hold_status_name(hold->status),
                                     .state = EVENT_OF_HOLD,
                                     .hold = deciding_put_hold(d, hold)});
}

/* Never to an earlier end than it has. */
static void
prolong(struct deciding *d, struct hold *hold, int64_t until, struct str kind)
{
    hold->expires_at = until > hold->expires_at ? until : hold->expires_at;
    hold->version++;
    record(d, hold, kind, hold_status_name(HOLD_ACTIVE));
}

/* The same room, where one is named or units are asked for. A slot without a room is as well served by the room that is
 * held, if it takes as many guests. */
static bool
is_same_room(const struct deciding *d, const struct wanted *wanted, const struct hold *hold)
{
    if (wanted->room != NULL || wanted->type->sold_by != SOLD_BY_MINUTE)
        return id_equal(hold->room, wanted->room == NULL ? ID_NONE : wanted->room->id);
    const struct room *held = house_find_room(&d->facts->house, hold->room);
    return held != NULL && wanted->party <= room_max_guests(held, wanted->type);
}

/* The caller's own hold of the same thing: the same type, span and number of units, and the same room. */
static struct hold *
find_renewable(struct deciding *d, const struct wanted *wanted)
{
    for (size_t i = 0; i < d->facts->hold_count; i++) {
        struct hold *hold = &d->holds[i];
        if (hold_is_live(hold, d->facts->now_ms) && str_equal(hold->owner, d->command->actor.name) &&
            id_equal(hold->room_type, wanted->type->id) && span_equal(hold->span, wanted->span) &&
            hold->quantity == wanted->quantity && is_same_room(d, wanted, hold))
            return hold;
    }
    return NULL;
}

static void
acquire(struct deciding *d, const struct wanted *wanted, int64_t ttl_ms)
{
    struct taken taken;
    struct hold hold = {.id = deciding_fresh_id(d),
                        .status = HOLD_ACTIVE,
                        .owner = d->command->actor.name,
                        .room_type = wanted->type->id,
                        .by_minute = wanted->type->sold_by == SOLD_BY_MINUTE,
                        .span = wanted->span,
                        .turnaround_ms = wanted->turnaround_ms,
                        .quantity = wanted->quantity,
                        .party = wanted->party,
                        .expires_at = d->facts->now_ms + ttl_ms,
                        .created_at = d->facts->now_ms,
                        .version = 1};
    if (!capacity_take(d, wanted, CLAIM_OF_HOLD, hold.id, &taken))
        return;
    hold.room = taken.claim.room;
    record(d, &hold, STR("hold.acquired"), (struct str){NULL, 0});
}

void
decide_acquire_hold(struct deciding *d)
{
    const struct acquire_hold *asked = &d->command->acquire_hold;
    struct wanted wanted;
    if (!wanted_resolve(d, &asked->leg, 0, &wanted))
        return;
    if (asked->quantity != 1 && (wanted.room != NULL || wanted.type->sold_by == SOLD_BY_MINUTE)) {
        deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, "/quantity", "A room is held once.");
        return;
    }
    wanted.pinned = false;
    wanted.quantity = asked->quantity;
    if (wanted_refuse_party(d, &wanted) || wanted_refuse_time(d, &wanted, NULL, d->facts->now_ms) ||
        wanted_refuse_quota(d, &wanted, 0))
        return;
    int64_t ttl_ms = asked->ttl_ms > 0 ? asked->ttl_ms : wanted.type->hold_ttl_ms;
    struct hold *hold = find_renewable(d, &wanted);
    if (hold == NULL) {
        if (!wanted_refuse_broken_today(d, &wanted, "room_id"))
            acquire(d, &wanted, ttl_ms);
        return;
    }
    int64_t until = d->facts->now_ms + ttl_ms, latest = hold_latest_end(hold, wanted.type->hold_ttl_ms);
    hold->party = wanted.party;
    prolong(d, hold, until < latest ? until : latest, STR("hold.renewed"));
}

static void
refuse_longer(struct deciding *d, const struct hold *hold, int64_t latest)
{
    struct refusal *refusal = deciding_refuse_rule(
        d, STR("hold_length"), "A hold can't be kept for longer than until latest_expires_at; book it, or release it.");
    refusal->expires_at = hold->expires_at;
    refusal->latest_expires_at = latest;
}

void
decide_extend_hold(struct deciding *d)
{
    const struct hold_step *asked = &d->command->hold_step;
    struct hold *hold = deciding_own_hold(d, asked->hold, NULL);
    if (hold == NULL || deciding_refuse_stale(d, hold->version) || deciding_refuse_ended(d, hold))
        return;
    const struct room_type *type = house_find_type(&d->facts->house, hold->room_type);
    assert(type != NULL); /* a type with a live hold can't be deleted */
    int64_t until = d->facts->now_ms + (asked->ttl_ms > 0 ? asked->ttl_ms : type->hold_ttl_ms);
    int64_t latest = hold_latest_end(hold, type->hold_ttl_ms);
    if (until > latest)
        refuse_longer(d, hold, latest);
    else
        prolong(d, hold, until, STR("hold.extended"));
}

void
decide_release_hold(struct deciding *d)
{
    struct hold *hold = deciding_own_hold(d, d->command->hold_step.hold, NULL);
    if (hold == NULL || deciding_refuse_stale(d, hold->version) || deciding_refuse_ended(d, hold))
        return;
    capacity_give_back_hold(d, hold);
    hold->status = HOLD_RELEASED;
    hold->version++;
    record(d, hold, STR("hold.released"), hold_status_name(HOLD_ACTIVE));
}
