/* The working state: growing arrays in the arena and copies of what may move. Arrays are small (a stay has at most 366
 * nights, a command at most 50 legs), so they are searched linearly. */
#include "core/deciding.h"

#include <assert.h>

#include "core/placement.h"

void *
deciding_grow(struct deciding *d, void *array, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return array;
    size_t wider = *capacity == 0 ? 8 : *capacity * 2;
    void *copy = arena_alloc_array(d->arena, wider, size);
    if (copy == NULL) {
        d->decision->out_of_memory = true;
        return NULL;
    }
    if (count > 0)
        memcpy(copy, array, count * size);
    *capacity = wider;
    return copy;
}

/* A copy of an array of facts; NULL for an empty one or a full arena. */
static void *
copy_array(struct deciding *d, const void *array, size_t count, size_t size)
{
    if (count == 0)
        return NULL;
    void *copy = arena_alloc_array(d->arena, count, size);
    if (copy == NULL)
        d->decision->out_of_memory = true;
    else
        memcpy(copy, array, count * size);
    return copy;
}

static bool
has_claim(const struct deciding *d, const struct claim *claim)
{
    for (size_t i = 0; i < d->claim_count; i++)
        if (id_equal(d->claims[i].room, claim->room) && d->claims[i].span.starts == claim->span.starts)
            return true;
    return false;
}

static void
take_in_claim(struct deciding *d, struct claim claim)
{
    struct claim *claims =
        has_claim(d, &claim) ? NULL : deciding_grow(d, d->claims, d->claim_count, &d->claim_capacity, sizeof(*claims));
    if (claims == NULL)
        return;
    d->claims = claims;
    claims[d->claim_count++] = claim;
}

/* What the bookings and holds themselves say they have, so that it is seen and dropped wherever it lies. */
static void
take_in_owned_claims(struct deciding *d)
{
    for (size_t i = 0; i < d->facts->booking_count; i++)
        for (size_t j = 0; j < d->bookings[i].claim_count; j++)
            take_in_claim(d, d->bookings[i].claims[j]);
    for (size_t i = 0; i < d->facts->hold_count; i++)
        if (d->holds[i].status == HOLD_ACTIVE && !id_is_none(d->holds[i].room))
            take_in_claim(d, hold_claim(&d->holds[i]));
}

static void
take_in_overcommits(struct deciding *d)
{
    size_t count = d->facts->overcommit_count;
    d->overcommits = count == 0 ? NULL : ARENA_ARRAY(d->arena, count, struct overcommitted);
    if (d->overcommits == NULL) {
        d->decision->out_of_memory |= count > 0;
        return;
    }
    for (size_t i = 0; i < count; i++)
        d->overcommits[i].record = d->facts->overcommits[i];
    d->overcommit_count = d->overcommit_capacity = count;
}

void
deciding_init(struct deciding *d, const struct facts *facts, const struct command *command, struct arena *arena,
              struct decision *ret_decision)
{
    *ret_decision = (struct decision){.refusal = {.outcome = OUTCOME_OK}};
    *d = (struct deciding){.facts = facts,
                           .command = command,
                           .whole = command,
                           .arena = arena,
                           .decision = ret_decision,
                           .nodes_left = PLACEMENT_NODE_LIMIT};
    d->bookings = copy_array(d, facts->bookings, facts->booking_count, sizeof(*d->bookings));
    d->holds = copy_array(d, facts->holds, facts->hold_count, sizeof(*d->holds));
    d->room_states = copy_array(d, facts->room_states, facts->room_state_count, sizeof(*d->room_states));
    d->claims = copy_array(d, facts->claims, facts->claim_count, sizeof(*d->claims));
    d->loose = copy_array(d, facts->loose, facts->loose_count, sizeof(*d->loose));
    d->payments = copy_array(d, facts->payments, facts->payment_count, sizeof(*d->payments));
    d->refunds = copy_array(d, facts->refunds, facts->refund_count, sizeof(*d->refunds));
    d->stocks = copy_array(d, facts->stocks, facts->stock_count, sizeof(*d->stocks));
    if (facts->room_state_count > 0)
        d->room_shown = ARENA_ARRAY(arena, facts->room_state_count, enum room_status);
    if (facts->room_state_count > 0 && d->room_shown == NULL)
        ret_decision->out_of_memory = true;
    if (ret_decision->out_of_memory)
        return;
    for (size_t i = 0; i < facts->room_state_count; i++)
        d->room_shown[i] = room_status_of(&facts->room_states[i]);
    d->claim_count = d->claim_capacity = facts->claim_count;
    d->loose_count = d->loose_capacity = facts->loose_count;
    d->stock_count = facts->stock_count;
    d->payment_count = d->payment_capacity = facts->payment_count;
    d->refund_count = d->refund_capacity = facts->refund_count;
    for (size_t i = 0; i < d->stock_count; i++)
        d->stocks[i].nights =
            copy_array(d, d->stocks[i].nights, d->stocks[i].night_count, sizeof(*d->stocks[i].nights));
    take_in_owned_claims(d);
    take_in_overcommits(d);
}

struct refusal *
deciding_refuse(struct deciding *d, enum outcome outcome)
{
    assert(outcome != OUTCOME_OK);
    struct decision *decision = d->decision;
    decision->change_count = decision->lapsed_changes;
    decision->event_count = decision->lapsed_events;
    decision->refusal = (struct refusal){.outcome = outcome};
    return &decision->refusal;
}

void
deciding_refuse_field(struct deciding *d, enum outcome outcome, const char *pointer, const char *detail)
{
    struct refusal *refusal = deciding_refuse(d, outcome);
    refusal->pointer = pointer;
    refusal->detail = detail;
}

struct refusal *
deciding_refuse_rule(struct deciding *d, struct str rule, const char *detail)
{
    struct refusal *refusal = deciding_refuse(d, OUTCOME_POLICY_REFUSED);
    refusal->rule = rule;
    refusal->detail = detail;
    return refusal;
}

void
deciding_add_limit(struct refusal *refusal, const char *name, int64_t value)
{
    assert(refusal->limit_count < REFUSAL_LIMITS_MAX);
    refusal->limits[refusal->limit_count++] = (struct refusal_limit){.name = name, .value = value};
}

void
deciding_add_date_limit(struct refusal *refusal, const char *name, int32_t date)
{
    deciding_add_limit(refusal, name, date);
    refusal->limits[refusal->limit_count - 1].is_date = true;
}

bool
deciding_refuse_stale(struct deciding *d, int64_t version)
{
    if (d->command->if_version == 0 || d->command->if_version == version)
        return false;
    deciding_refuse(d, OUTCOME_VERSION_MISMATCH)->version = version;
    return true;
}

const char *
deciding_cstr(struct deciding *d, struct text *text)
{
    text_put_char(text, '\0');
    if (text->overflowed) {
        d->decision->out_of_memory = true;
        return NULL;
    }
    return text_str(text).ptr;
}

struct id
deciding_fresh_id(struct deciding *d)
{
    assert(d->fresh_id_next < facts_fresh_ids(d->whole, d->facts));
    return d->facts->fresh_ids[d->fresh_id_next++];
}

bool
deciding_is_fresh(const struct deciding *d, struct id id)
{
    for (size_t i = 0; i < d->fresh_id_next; i++)
        if (id_equal(d->facts->fresh_ids[i], id))
            return true;
    return false;
}

struct str
deciding_fresh_code(struct deciding *d)
{
    assert(d->decision->code_count < command_fresh_codes(d->whole));
    return d->facts->fresh_codes[d->decision->code_count++];
}

struct booking *
deciding_booking(struct deciding *d, struct id id)
{
    for (size_t i = 0; i < d->facts->booking_count; i++)
        if (id_equal(d->bookings[i].id, id))
            return &d->bookings[i];
    return NULL;
}

struct hold *
deciding_hold(struct deciding *d, struct id id)
{
    for (size_t i = 0; i < d->facts->hold_count; i++)
        if (id_equal(d->holds[i].id, id))
            return &d->holds[i];
    return NULL;
}

/* As whoever asks for one sees it: staff, and everybody where the property says so. */
static bool
sees_holds(const struct deciding *d)
{
    return role_is_staff(d->command->actor.role) || d->facts->house.property->shows_holders;
}

struct hold *
deciding_own_hold(struct deciding *d, struct id id, const char *pointer)
{
    struct hold *hold = deciding_hold(d, id);
    bool is_own = hold != NULL && str_equal(hold->owner, d->command->actor.name);
    if (hold == NULL || (!is_own && !sees_holds(d)))
        deciding_refuse_field(d, OUTCOME_NOT_FOUND, pointer, "There is no such hold.");
    else if (!is_own)
        deciding_refuse_field(d, OUTCOME_FORBIDDEN, pointer, "A hold is for its owner alone.");
    return deciding_refused(d) ? NULL : hold;
}

bool
deciding_refuse_ended(struct deciding *d, const struct hold *hold)
{
    if (hold_is_live(hold, d->facts->now_ms))
        return false;
    struct refusal *refusal = deciding_refuse(d, OUTCOME_HOLD_EXPIRED);
    refusal->status = hold_status_name(hold->status);
    refusal->booking = hold->booking;
    refusal->group = hold->group;
    if (hold->status == HOLD_CONFIRMED)
        refusal->detail = "The hold was confirmed already, and what it kept is booked.";
    return true;
}

void
deciding_change(struct deciding *d, struct change change)
{
    struct decision *decision = d->decision;
    struct change *changes =
        deciding_grow(d, decision->changes, decision->change_count, &d->change_capacity, sizeof(*changes));
    if (changes == NULL)
        return;
    decision->changes = changes;
    changes[decision->change_count++] = change;
}

void
deciding_event(struct deciding *d, struct event event)
{
    struct decision *decision = d->decision;
    struct event *events =
        deciding_grow(d, decision->events, decision->event_count, &d->event_capacity, sizeof(*events));
    if (events == NULL)
        return;
    decision->events = events;
    events[decision->event_count++] = event;
}

const struct booking *
deciding_put_booking(struct deciding *d, const struct booking *booking)
{
    const struct booking *row = copy_array(d, booking, 1, sizeof(*booking));
    if (row == NULL)
        return booking;
    deciding_change(d, (struct change){.kind = CHANGE_BOOKING, .booking = row});
    return row;
}

const struct hold *
deciding_put_hold(struct deciding *d, const struct hold *hold)
{
    const struct hold *row = copy_array(d, hold, 1, sizeof(*hold));
    if (row == NULL)
        return hold;
    deciding_change(d, (struct change){.kind = CHANGE_HOLD, .hold = row});
    return row;
}

const struct payment *
deciding_put_payment(struct deciding *d, const struct payment *payment)
{
    const struct payment *row = copy_array(d, payment, 1, sizeof(*payment));
    if (row == NULL)
        return payment;
    deciding_change(d, (struct change){.kind = CHANGE_PAYMENT, .payment = row});
    return row;
}

const struct refund *
deciding_put_refund(struct deciding *d, const struct refund *refund)
{
    const struct refund *row = copy_array(d, refund, 1, sizeof(*refund));
    if (row == NULL)
        return refund;
    deciding_change(d, (struct change){.kind = CHANGE_REFUND, .refund = row});
    return row;
}

struct payment *
deciding_add_payment(struct deciding *d, struct payment payment)
{
    struct payment *payments = deciding_grow(d, d->payments, d->payment_count, &d->payment_capacity, sizeof(*payments));
    if (payments == NULL)
        return NULL;
    d->payments = payments;
    payments[d->payment_count] = payment;
    return &payments[d->payment_count++];
}

struct refund *
deciding_add_refund(struct deciding *d, struct refund refund)
{
    struct refund *refunds = deciding_grow(d, d->refunds, d->refund_count, &d->refund_capacity, sizeof(*refunds));
    if (refunds == NULL)
        return NULL;
    d->refunds = refunds;
    refunds[d->refund_count] = refund;
    return &refunds[d->refund_count++];
}

/* Adds `fixed` to the nights of the type of a room, where it is sold by the night. */
static void
move_fixed(struct deciding *d, const struct claim *claim, int32_t fixed)
{
    int32_t from, until;
    const struct room *room = house_find_room(&d->facts->house, claim->room);
    if (room == NULL || !claim_is_fixed(claim))
        return;
    const struct room_type *type = house_find_type(&d->facts->house, room->room_type);
    if (type == NULL || type->sold_by != SOLD_BY_NIGHT || !span_to_nights(claim->span, &from, &until))
        return;
    deciding_move_fixed(d, type->id, from, until, fixed);
}

void
deciding_add_claim(struct deciding *d, struct claim claim)
{
    struct claim *claims = deciding_grow(d, d->claims, d->claim_count, &d->claim_capacity, sizeof(*claims));
    if (claims == NULL)
        return;
    d->claims = claims;
    claims[d->claim_count++] = claim;
    deciding_change(d, (struct change){.kind = CHANGE_CLAIM_ADD, .claim = claim});
    move_fixed(d, &claim, 1);
}

static void
drop_claim_at(struct deciding *d, size_t index)
{
    struct claim claim = d->claims[index];
    d->claims[index] = d->claims[--d->claim_count];
    deciding_change(d, (struct change){.kind = CHANGE_CLAIM_DROP, .claim = claim});
    move_fixed(d, &claim, -1);
}

void
deciding_drop_claim(struct deciding *d, const struct claim *claim)
{
    for (size_t i = 0; i < d->claim_count; i++)
        if (id_equal(d->claims[i].room, claim->room) && d->claims[i].span.starts == claim->span.starts) {
            drop_claim_at(d, i);
            return;
        }
    assert(!"a claim is dropped that is not there");
}

void
deciding_drop_claims(struct deciding *d, struct id owner)
{
    for (size_t i = 0; i < d->claim_count;) {
        if (id_equal(d->claims[i].owner, owner))
            drop_claim_at(d, i);
        else
            i++;
    }
}

const struct claim *
deciding_claim_in_way(const struct deciding *d, struct id room, struct span span, struct id except)
{
    const struct claim *first = NULL;
    for (size_t i = 0; i < d->claim_count; i++) {
        const struct claim *claim = &d->claims[i];
        if (!id_equal(claim->room, room) || !span_overlaps(claim->span, span))
            continue;
        if (!id_is_none(except) && id_equal(claim->owner, except))
            continue;
        if (first == NULL || claim->span.starts < first->span.starts)
            first = claim;
    }
    return first;
}

static bool
is_among(const struct id *ids, size_t count, struct id id)
{
    for (size_t i = 0; i < count; i++)
        if (id_equal(ids[i], id))
            return true;
    return false;
}

bool
deciding_is_unproven(struct deciding *d, struct id owner)
{
    const struct booking *booking = deciding_booking(d, owner);
    if (booking != NULL)
        return booking->placement == PLACEMENT_STATE_UNPROVEN;
    return is_among(d->facts->unproven, d->facts->unproven_count, owner) ||
           is_among(d->unproven, d->unproven_count, owner);
}

void
deciding_add_unproven(struct deciding *d, struct id owner)
{
    struct id *ids = deciding_grow(d, d->unproven, d->unproven_count, &d->unproven_capacity, sizeof(*ids));
    if (ids == NULL)
        return;
    d->unproven = ids;
    ids[d->unproven_count++] = owner;
}

void
deciding_add_loose(struct deciding *d, struct loose loose)
{
    struct loose *items = deciding_grow(d, d->loose, d->loose_count, &d->loose_capacity, sizeof(*items));
    if (items == NULL)
        return;
    d->loose = items;
    items[d->loose_count++] = loose;
}

void
deciding_drop_loose(struct deciding *d, struct id owner)
{
    for (size_t i = 0; i < d->loose_count;) {
        if (id_equal(d->loose[i].owner, owner))
            d->loose[i] = d->loose[--d->loose_count];
        else
            i++;
    }
}
