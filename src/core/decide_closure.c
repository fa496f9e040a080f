/* Rooms that are closed, for longer or less long than was meant, and opened again.
 *
 * A room that goes out of order is a loss of capacity, and is refused as one: where more is sold than would be left,
 * and where what is booked would not fit. What may be moved off the room is moved. By force whoever has it and is not
 * in the house yet is left without a room, and what their type then lacks is recorded as an overcommit; guests who are
 * in the house are never put out of their room. */
#include <assert.h>
#include <string.h>

#include "core/capacity.h"
#include "core/deciding_closure.h"
#include "core/deciding_overcommit.h"
#include "core/deciding_stay.h"

/* One room on its way to being closed. */
struct closing {
    const struct close_rooms *asked;
    const struct room *room;
    const struct room_type *type;
    struct closure *closure;
};

/* -- what is asked for -- */

/* "/room_ids/3" */
static const char *
point_at(struct deciding *d, const struct close_rooms *asked, size_t index)
{
    struct text text;
    if (!asked->from_list)
        return "/room_id";
    text_init(&text, d->arena, 32);
    text_put_format(&text, "/room_ids/%zu", index);
    return deciding_cstr(d, &text);
}

static const struct room_type *
type_of(const struct deciding *d, struct id id)
{
    const struct room *room = house_find_room(&d->facts->house, id);
    return room == NULL ? NULL : house_find_type(&d->facts->house, room->room_type);
}

static bool
refuse_bad_rooms(struct deciding *d, const struct close_rooms *asked)
{
    for (size_t i = 0; i < asked->room_count && !deciding_refused(d); i++) {
        const struct room_type *type = type_of(d, asked->rooms[i]);
        if (type == NULL)
            deciding_refuse_field(d, OUTCOME_NOT_FOUND, point_at(d, asked, i), "There is no such room.");
        else if ((type->sold_by == SOLD_BY_MINUTE) != asked->by_minute)
            deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, point_at(d, asked, i),
                                  asked->by_minute ? "It is let by the night, and closed by dates."
                                                   : "It is let by the minute, and closed by instants.");
        for (size_t j = 0; j < i && !deciding_refused(d); j++)
            if (id_equal(asked->rooms[i], asked->rooms[j]))
                deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, point_at(d, asked, i),
                                      "The request has this room twice.");
    }
    return deciding_refused(d);
}

#define CLOSED_BEYOND                                                                                                  \
    "It would be in the past, or further ahead than the property sells: `limits` has the first and the last day."

/* Nights that are over are not closed anew, and those that are not on sale yet have nothing to close. */
static bool
refuse_bad_time(struct deciding *d, const struct close_rooms *asked)
{
    int64_t first = date_to_instant(d->facts->today), end = date_to_instant(d->facts->today + HORIZON_DAYS);
    bool is_past = asked->by_minute ? asked->span.ends <= d->facts->now_ms : asked->span.starts < first;
    if (!is_past && asked->span.ends <= end)
        return false;
    struct refusal *refusal = deciding_refuse(d, OUTCOME_BEYOND_HORIZON);
    refusal->pointer = is_past ? asked->by_minute ? "/ends_at" : "/from" : asked->by_minute ? "/ends_at" : "/until";
    refusal->detail = CLOSED_BEYOND;
    deciding_add_date_limit(refusal, "first_day", d->facts->today);
    deciding_add_date_limit(refusal, "last_day", d->facts->today + HORIZON_DAYS - 1);
    return true;
}

static bool
refuse_force(struct deciding *d, bool forces)
{
    if (!deciding_refuse_override(d, forces))
        return false;
    d->decision->refusal.pointer = "/force";
    return true;
}

/* -- who is in the way -- */

/* Whose guests are in the room after their time: nobody knows when they leave. */
static bool
refuse_overstay(struct deciding *d, const struct closing *c)
{
    int64_t today = date_to_instant(d->facts->today);
    const struct room_state *state = deciding_room_state(d, c->room->id);
    if (state == NULL || !room_is_occupied(state) || c->asked->by_minute || c->asked->span.starts > today)
        return false;
    const struct booking *guests = deciding_booking(d, state->occupant);
    return (guests == NULL || guests->span.ends < today) && deciding_refuse_occupied(d, state);
}

static bool
can_be_sent_away(struct deciding *d, const struct claim *claim)
{
    const struct booking *booking = claim->owner_kind == CLAIM_OF_BOOKING ? deciding_booking(d, claim->owner) : NULL;
    return booking != NULL && !booking->by_minute && booking_machine_allows(booking->status, BOOKING_COMMAND_UNASSIGN);
}

/* What is on the room over the closure; without those that force moves, with `staying`. In the arena. */
static size_t
list_in_way(struct deciding *d, const struct closing *c, bool staying, struct claim **ret_claims)
{
    size_t count = 0;
    *ret_claims = ARENA_ARRAY(d->arena, d->claim_count + 1, struct claim);
    if (*ret_claims == NULL) {
        d->decision->out_of_memory = true;
        return 0;
    }
    for (size_t i = 0; i < d->claim_count; i++) {
        const struct claim *claim = &d->claims[i];
        if (id_equal(claim->room, c->room->id) && span_overlaps(claim->span, c->asked->span) &&
            !(staying && can_be_sent_away(d, claim)))
            (*ret_claims)[count++] = *claim;
    }
    return count;
}

static bool
refuse_staying(struct deciding *d, const struct closing *c)
{
    struct claim *claims;
    size_t count = list_in_way(d, c, true, &claims);
    if (count == 0)
        return d->decision->out_of_memory;
    struct refusal *refusal = deciding_refuse(d, OUTCOME_ROOM_NOT_AVAILABLE);
    refusal->detail = "Guests in the house, holds, slots and other closures are not moved, not by force either.";
    refusal->in_the_way = claims;
    refusal->in_the_way_count = count;
    return true;
}

/* -- by force -- */

/* Had it one room of the type that it was sold as, or none, for all that is to come? Then whoever is promised one is so
 * without that room, too: what is loose fits wherever it did as fixed. */
static bool
stays_promised(const struct deciding *d, const struct booking *booking)
{
    struct stretch all;
    const struct room *room = rooming_find_room(booking, booking_ahead(booking, d->facts->today), &all)
                                  ? house_find_room(&d->facts->house, all.room)
                                  : NULL;
    return room != NULL && id_equal(room->room_type, booking->room_type);
}

/* Back among those of its type that have no room: the type they were sold has to take them, room or not. */
static void
send_away(struct deciding *d, struct closing *c, struct booking *booking)
{
    if (!stays_promised(d, booking))
        booking->placement = PLACEMENT_STATE_UNPROVEN;
    capacity_give_back_booking(d, booking);
    (void)deciding_overcommit(d, booking->room_type, booking->span, 1, OVERCOMMIT_CLOSURE, c->closure->id);
    deciding_move_stock(d, booking->room_type, booking->span, 1, 0);
    deciding_add_loose(
        d, (struct loose){.owner = booking->id, .room_type = booking->room_type, .span = booking->span, .quantity = 1});
    deciding_record_step(d, booking, BOOKING_COMMAND_UNASSIGN, booking->status, STR(""));
    deciding_mark_override(d, true);
}

static bool
clear_room(struct deciding *d, struct closing *c)
{
    if (refuse_staying(d, c))
        return false;
    for (;;) {
        const struct claim *claim = deciding_claim_in_way(d, c->room->id, c->asked->span, ID_NONE);
        if (claim == NULL)
            break;
        send_away(d, c, deciding_booking(d, claim->owner));
        if (d->decision->out_of_memory)
            return false;
    }
    (void)deciding_overcommit(d, c->type->id, c->asked->span, 1, OVERCOMMIT_CLOSURE, c->closure->id);
    return !d->decision->out_of_memory;
}

/* -- out of order -- */

/* Who has the room is told with the nights that lack. */
static void
name_in_way(struct deciding *d, const struct closing *c)
{
    struct refusal *refusal = &d->decision->refusal;
    struct claim *claims;
    if (refusal->outcome != OUTCOME_SOLD_OUT)
        return;
    refusal->detail = "More is sold and held on these nights than the rooms that would be left.";
    refusal->limit_count = 0; /* nobody asks how many could be sold */
    refusal->in_the_way_count = list_in_way(d, c, false, &claims);
    refusal->in_the_way = claims;
}

/* A closure that is made for longer or less long is shown to fit anew, or is what it was. */
static enum booking_placement
placement_of(const struct closing *c, const struct taken *taken)
{
    if (taken->was_insisted_on)
        return PLACEMENT_STATE_UNPROVEN;
    return taken->placement == PLACEMENT_STATE_PROVEN ? PLACEMENT_STATE_PROVEN : c->closure->placement;
}

static bool
take_room(struct deciding *d, struct closing *c)
{
    bool by_force = c->asked->forces && !c->asked->by_minute;
    struct taken taken;
    struct wanted wanted = {.type = c->type,
                            .room = c->room,
                            .span = c->asked->span,
                            .party = 1,
                            .quantity = 1,
                            .pinned = true,
                            .may_displace = !c->asked->by_minute,
                            .insists = by_force ? INSISTS_BY_FORCE : INSISTS_NOT};
    if (refuse_overstay(d, c) || (by_force && !clear_room(d, c)))
        return false;
    if (!capacity_take(d, &wanted, CLAIM_OF_CLOSURE, c->closure->id, &taken)) {
        name_in_way(d, c);
        return false;
    }
    c->closure->placement = placement_of(c, &taken);
    return true;
}

/* -- one room after another -- */

static void
record_created(struct deciding *d, const struct closing *c, const struct free_text *words)
{
    struct closure *closure = c->closure;
    closure->reason = words == NULL ? ID_NONE : words->id;
    deciding_change(d, (struct change){.kind = CHANGE_CLOSURE, .closure = closure});
    deciding_event(d, (struct event){.kind = STR("closure.created"),
                                     .subject_kind = ID_CLOSURE,
                                     .subject = closure->id,
                                     .to = closure_status_name(closure->status),
                                     .reason = words,
                                     .state = EVENT_OF_CLOSURE,
                                     .closure = closure});
    deciding_mark_override(d, c->asked->forces);
}

static bool
close_room(struct deciding *d, const struct close_rooms *asked, size_t index)
{
    struct closing c = {.asked = asked, .room = house_find_room(&d->facts->house, asked->rooms[index])};
    c.type = type_of(d, asked->rooms[index]);
    c.closure = ARENA_NEW(d->arena, struct closure);
    if (c.closure == NULL) {
        d->decision->out_of_memory = true;
        return false;
    }
    *c.closure = (struct closure){.id = deciding_fresh_id(d),
                                  .room = c.room->id,
                                  .kind = asked->kind,
                                  .status = CLOSURE_OPEN,
                                  .by_minute = asked->by_minute,
                                  .span = asked->span,
                                  .created_by = d->command->actor.name,
                                  .created_at = d->facts->now_ms,
                                  .version = 1};
    if (asked->kind == CLOSURE_OUT_OF_ORDER && !take_room(d, &c)) {
        if (deciding_refused(d) && d->decision->refusal.pointer == NULL)
            d->decision->refusal.pointer = point_at(d, asked, index);
        return false;
    }
    record_created(d, &c, deciding_put_reason(d, asked->reason));
    return true;
}

static void
close_rooms(struct deciding *d, const struct close_rooms *asked)
{
    if (refuse_bad_rooms(d, asked) || refuse_force(d, asked->forces) || refuse_bad_time(d, asked))
        return;
    for (size_t i = 0; i < asked->room_count; i++)
        if (!close_room(d, asked, i))
            return;
}

/* "/closure/from" for "/from"; the room is none of its fields. */
static const char *
point_inside(struct deciding *d, const char *pointer)
{
    struct text text;
    text_init(&text, d->arena, 32);
    text_put(&text, STR("/closure"));
    if (strcmp(pointer, "/room_id") != 0)
        text_put(&text, str_from(pointer));
    return deciding_cstr(d, &text);
}

void
deciding_close_rooms(struct deciding *d, const struct close_rooms *asked)
{
    if (asked->inside && !role_is_staff(d->command->actor.role))
        deciding_refuse_field(d, OUTCOME_FORBIDDEN, "/closure", "The desk and managers close rooms.");
    else
        close_rooms(d, asked);
    struct refusal *refusal = &d->decision->refusal;
    if (asked->inside && deciding_refused(d) && refusal->pointer != NULL && strcmp(refusal->pointer, "/closure") != 0)
        refusal->pointer = point_inside(d, refusal->pointer);
}

void
decide_close_rooms(struct deciding *d)
{
    deciding_close_rooms(d, &d->command->close_rooms);
}

/* -- closed already -- */

/* NULL when the arena is full. */
static struct closure *
copy_closure(struct deciding *d, const struct closure *closure)
{
    struct closure *copy = ARENA_NEW(d->arena, struct closure);
    if (copy == NULL)
        d->decision->out_of_memory = true;
    else
        *copy = *closure;
    return copy;
}

static void
record_changed(struct deciding *d, const struct closure *before, struct closure *closure, struct str kind,
               struct str reason)
{
    const struct free_text *words = deciding_put_reason(d, reason);
    closure->version++;
    deciding_change(d, (struct change){.kind = CHANGE_CLOSURE, .closure = closure});
    deciding_event(d, (struct event){.kind = kind,
                                     .subject_kind = ID_CLOSURE,
                                     .subject = closure->id,
                                     .from = closure_status_name(before->status),
                                     .to = closure_status_name(closure->status),
                                     .reason = words,
                                     .state = EVENT_OF_CLOSURE,
                                     .closure = closure});
}

/* From when on something of it can change. */
static int64_t
present_of(const struct deciding *d, const struct closure *closure)
{
    return closure->by_minute ? d->facts->now_ms : date_to_instant(d->facts->today);
}

static bool
refuse_ended(struct deciding *d, const struct closure *closure)
{
    if (deciding_refuse_stale(d, closure->version))
        return true;
    if (closure->status != CLOSURE_OPEN)
        deciding_refuse(d, OUTCOME_INVALID_TRANSITION)->status = closure_status_name(closure->status);
    else if (closure->span.ends <= present_of(d, closure))
        (void)deciding_refuse_rule(d, STR("already_over"), "Nothing of it is still to come.");
    return deciding_refused(d);
}

static void
give_back(struct deciding *d, const struct closure *closure)
{
    const struct room *room = house_find_room(&d->facts->house, closure->room);
    assert(room != NULL); /* a room that is out of order can't be deleted */
    deciding_drop_claims(d, closure->id);
    if (!closure->by_minute)
        deciding_move_closed(d, room->room_type, closure->span, -1);
}

/* -- until another time -- */

static bool
refuse_bad_end(struct deciding *d, const struct amend_closure *asked, const struct closure *closure)
{
    const char *pointer = asked->by_minute ? "/ends_at" : "/until";
    if (asked->by_minute != closure->by_minute)
        deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, pointer,
                              asked->by_minute ? "The room is let by the night, and closed by dates."
                                               : "The room is let by the minute, and closed by instants.");
    else if (asked->ends <= closure->span.starts)
        deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, pointer,
                              "A closure ends after it begins: to open the room for all of its time, reopen it.");
    if (deciding_refused(d))
        return true;
    int64_t end = date_to_instant(d->facts->today + HORIZON_DAYS);
    if (asked->ends >= present_of(d, closure) && asked->ends <= end)
        return false;
    struct refusal *refusal = deciding_refuse(d, OUTCOME_BEYOND_HORIZON);
    refusal->pointer = pointer;
    refusal->detail = CLOSED_BEYOND;
    deciding_add_date_limit(refusal, "first_day", d->facts->today);
    deciding_add_date_limit(refusal, "last_day", d->facts->today + HORIZON_DAYS - 1);
    return true;
}

/* As if it were closed anew for all of its time, once what it has is given back. */
static bool
take_until(struct deciding *d, struct closure *closure, const struct closure *present)
{
    struct close_rooms space;
    struct closing c = {.asked = facts_closes(d->command, d->facts, &space),
                        .room = house_find_room(&d->facts->house, present->room),
                        .type = type_of(d, present->room),
                        .closure = closure};
    assert(c.asked != NULL && c.type != NULL);
    give_back(d, present);
    if (take_room(d, &c))
        return true;
    if (deciding_refused(d) && d->decision->refusal.pointer == NULL)
        d->decision->refusal.pointer = present->by_minute ? "/ends_at" : "/until";
    return false;
}

void
decide_amend_closure(struct deciding *d)
{
    const struct amend_closure *asked = &d->command->amend_closure;
    const struct closure *present = d->facts->closure;
    if (present == NULL) {
        deciding_refuse(d, OUTCOME_NOT_FOUND);
        return;
    }
    if (refuse_ended(d, present) || refuse_bad_end(d, asked, present) || refuse_force(d, asked->forces))
        return;
    if (asked->ends == present->span.ends) {
        d->decision->unchanged = present->id;
        return;
    }
    struct closure *closure = copy_closure(d, present);
    if (closure == NULL)
        return;
    closure->span.ends = asked->ends;
    if (closure_claims(present) && !take_until(d, closure, present))
        return;
    record_changed(d, present, closure, STR("closure.amended"), asked->reason);
    deciding_mark_override(d, asked->forces);
}

/* -- and open again -- */

void
decide_reopen_room(struct deciding *d)
{
    const struct closure *present = d->facts->closure;
    if (present == NULL) {
        deciding_refuse(d, OUTCOME_NOT_FOUND);
        return;
    }
    if (refuse_ended(d, present))
        return;
    struct closure *closure = copy_closure(d, present);
    if (closure == NULL)
        return;
    if (closure_claims(present))
        give_back(d, present);
    closure->status = CLOSURE_REOPENED;
    closure->reopened_at = d->facts->now_ms;
    record_changed(d, present, closure, STR("closure.reopened"), d->command->closure_step.reason);
}
