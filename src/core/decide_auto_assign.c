/* Rooms for those who arrive: for one booking, or for all of a day, step by step.
 *
 * Each step looks at all who still want a room and gives rooms to the first of them, so that a room which only a later
 * one can have is not taken by an earlier one that could have another. What can't be placed is told with the outcome
 * that an assignment by hand would be refused with. */
#include <assert.h>

#include "core/auto_assign.h"
#include "core/capacity_displace.h"
#include "core/deciding_booking.h"
#include "core/facts_auto_assign.h"
#include "core/sorting.h"

enum {
    ASSIGN_NODES = 2000,    /* choices of the exact search: some milliseconds */
    IN_THE_WAY_LISTED = 50, /* claims that a refusal names */
};

/* One type: the question, and what its numbers stand for. */
struct assigning {
    struct deciding *d;
    const struct room_type *type;
    struct fitting fitting;
    struct auto_assign_room *rooms;
    struct placement_fixed *fixed;
    struct claim *fixed_claims;
    struct auto_assign_stay *stays;
    uint32_t *order; /* per stay: its number among what is loose */
    struct auto_assign_question question;
    struct auto_assign_answer answer;
};

/* --- the question --- */

static const struct claim *
claim_of(const struct assigning *a, uint32_t stay)
{
    return &a->fitting.loose_claims[a->order[stay]];
}

static bool
is_wanted(struct deciding *d, const struct claim *claim)
{
    const struct command *command = d->command;
    if (command->kind == COMMAND_AUTO_ASSIGN_BOOKING)
        return id_equal(claim->owner, command->auto_assign_booking.booking);
    if (!facts_arrives_on(claim->span.starts, date_to_instant(command->auto_assign_arrivals.date), d->facts->today))
        return false;
    const struct booking *booking = deciding_booking(d, claim->owner);
    return booking != NULL && booking_machine_allows(booking->status, BOOKING_COMMAND_ASSIGN);
}

/* The next string of a JSON array of strings, with its quotes, from `at` on; empty when there is none. Both lists are
 * written in the same way, so that strings are the same exactly when their bytes are. */
static struct str
next_word(struct str list, size_t at)
{
    while (at < list.len && list.ptr[at] != '"')
        at++;
    size_t end = at + 1;
    while (end < list.len && list.ptr[end] != '"')
        end += list.ptr[end] == '\\' ? 2 : 1;
    return end < list.len ? str_of(list.ptr + at, end + 1 - at) : STR("");
}

static bool
has_word(struct str list, struct str word)
{
    for (struct str next = next_word(list, 0); next.len > 0;
         next = next_word(list, (size_t)(next.ptr - list.ptr) + next.len))
        if (str_equal(next, word))
            return true;
    return false;
}

static uint8_t
count_missing(const struct auto_assign_booking *asked, const struct room *room, const struct room_type *type)
{
    struct str wish = asked->features;
    unsigned missing = asked->building.len > 0 && !str_equal(asked->building, room->building);
    for (struct str word = next_word(wish, 0); word.len > 0;
         word = next_word(wish, (size_t)(word.ptr - wish.ptr) + word.len))
        missing += !has_word(room->features, word) && !has_word(type->features, word);
    return missing < UINT8_MAX ? (uint8_t)missing : UINT8_MAX;
}

/* Per room, how much it lacks of what was wished for; NULL when nothing was, or the arena is full. */
static const uint8_t *
find_missing(struct assigning *a)
{
    const struct auto_assign_booking *asked = &a->d->command->auto_assign_booking;
    if (a->d->command->kind != COMMAND_AUTO_ASSIGN_BOOKING || (asked->building.len == 0 && asked->features.len == 0))
        return NULL;
    uint8_t *missing = ARENA_ARRAY(a->d->arena, (size_t)a->fitting.room_count + 1, uint8_t);
    for (uint32_t i = 0; missing != NULL && i < a->fitting.room_count; i++)
        missing[i] = count_missing(asked, a->fitting.rooms[i], a->type);
    return missing;
}

/* What is not known of a room is the worst. */
static struct auto_assign_room
furnish(const struct assigning *a, const struct room *room)
{
    const struct room_state *state = deciding_room_state(a->d, room->id);
    return (struct auto_assign_room){
        .capacity = (uint32_t)room_max_guests(room, a->type),
        .ready = state != NULL && room_is_ready(state),
        .faulty = state == NULL || room_is_faulty(state),
        .out_of_service = facts_is_out_of_service(a->d->facts, a->d->command, room->id),
    };
}

/* By arrival, then the older first: the order must not be that in which things were loaded. */
static int
order_loose(const void *context, uint32_t a, uint32_t b)
{
    const struct claim *claims = context, *x = &claims[a], *y = &claims[b];
    if (x->span.starts != y->span.starts)
        return x->span.starts < y->span.starts ? -1 : 1;
    return id_compare(x->owner, y->owner);
}

static bool
alloc_question(struct assigning *a)
{
    struct arena *arena = a->d->arena;
    const struct fitting *f = &a->fitting;
    size_t loose = (size_t)f->loose_count + 1;
    a->rooms = ARENA_ARRAY(arena, (size_t)f->room_count + 1, struct auto_assign_room);
    a->fixed = ARENA_ARRAY(arena, f->fixed_count + loose, struct placement_fixed);
    a->fixed_claims = ARENA_ARRAY(arena, f->fixed_count + loose, struct claim);
    a->stays = ARENA_ARRAY(arena, loose, struct auto_assign_stay);
    a->order = ARENA_ARRAY(arena, loose, uint32_t);
    return !arena->overflowed;
}

static void
add_fixed(struct assigning *a, struct placement_fixed fixed, const struct claim *claim)
{
    a->fixed_claims[a->question.fixed_count] = *claim;
    a->fixed[a->question.fixed_count++] = fixed;
}

static void
add_stay(struct assigning *a, uint32_t loose, const uint8_t *missing)
{
    struct deciding *d = a->d;
    const struct claim *claim = &a->fitting.loose_claims[loose];
    uint32_t room = a->fitting.loose[loose].current_room;
    bool wanted = room == PLACEMENT_NO_ROOM && is_wanted(d, claim);
    const struct booking *booking = wanted || room != PLACEMENT_NO_ROOM ? deciding_booking(d, claim->owner) : NULL;
    a->order[a->question.stay_count] = loose;
    a->stays[a->question.stay_count++] =
        (struct auto_assign_stay){.span = a->fitting.loose[loose].span,
                                  .room = room,
                                  .wanted = wanted,
                                  .begins_today = claim->span.starts <= a->fitting.since,
                                  .party = booking == NULL ? 1 : (uint32_t)booking->party,
                                  .missing = wanted ? missing : NULL};
}

static bool
ask(struct assigning *a)
{
    struct deciding *d = a->d;
    struct fitting *f = &a->fitting;
    uint32_t *order, *scratch, unpinned = 0;
    if (!fitting_init(f, d, a->type->id, NULL, 0) || !alloc_question(a))
        return false;
    order = ARENA_ARRAY(d->arena, (size_t)f->loose_count + 1, uint32_t);
    scratch = ARENA_ARRAY(d->arena, (size_t)f->loose_count + 1, uint32_t);
    const uint8_t *missing = find_missing(a);
    if (d->arena->overflowed)
        return false;
    for (uint32_t i = 0; i < f->room_count; i++)
        a->rooms[i] = furnish(a, f->rooms[i]);
    for (uint32_t i = 0; i < f->fixed_count; i++)
        add_fixed(a, f->fixed[i], &f->fixed_claims[i]);
    for (uint32_t i = 0; i < f->loose_count; i++) {
        order[i] = i;
        unpinned += f->loose[i].current_room != PLACEMENT_NO_ROOM;
    }
    sorting_sort(order, scratch, f->loose_count, order_loose, f->loose_claims);
    for (uint32_t k = 0; k < f->loose_count; k++) {
        uint32_t i = order[k], room = f->loose[i].current_room;
        bool stays = room != PLACEMENT_NO_ROOM &&
                     (unpinned > MOVABLE_OWNERS_MAX || capacity_find_movable(d, &f->loose_claims[i]) == NULL);
        if (stays)
            add_fixed(a, (struct placement_fixed){room, f->loose[i].span}, &f->loose_claims[i]);
        else
            add_stay(a, i, missing);
    }
    a->question.rooms = a->rooms;
    a->question.room_count = f->room_count;
    a->question.fixed = a->fixed;
    a->question.stays = a->stays;
    a->question.node_limit = d->nodes_left < ASSIGN_NODES ? d->nodes_left : ASSIGN_NODES;
    return true;
}

/* Which rooms for the type. False when the arena is full; the decision is void then. */
static bool
assigning_init(struct assigning *a, struct deciding *d, const struct room_type *type)
{
    *a = (struct assigning){.d = d, .type = type};
    bool solved = ask(a);
    if (solved && a->question.room_count <= PLACEMENT_ROOMS_MAX)
        solved = auto_assign_solve(&a->question, d->arena, &a->answer);
    else if (solved) { /* more rooms than anything here is made for */
        uint32_t *rooms = ARENA_ARRAY(d->arena, (size_t)a->question.stay_count + 1, uint32_t);
        for (uint32_t i = 0; rooms != NULL && i < a->question.stay_count; i++)
            rooms[i] = a->stays[i].room;
        a->answer.rooms = rooms;
        solved = rooms != NULL;
    }
    if (!solved)
        d->decision->out_of_memory = true;
    else
        d->nodes_left -= a->answer.nodes < d->nodes_left ? a->answer.nodes : d->nodes_left;
    return solved;
}

/* --- carrying it out --- */

/* Claims that have to make way do, before anybody comes. */
static bool
make_way(struct assigning *a)
{
    if (a->answer.moved_count == 0)
        return true;
    uint32_t *rooms = ARENA_ARRAY(a->d->arena, (size_t)a->fitting.loose_count + 1, uint32_t);
    if (rooms == NULL) {
        a->d->decision->out_of_memory = true;
        return false;
    }
    for (uint32_t i = 0; i < a->fitting.loose_count; i++)
        rooms[i] = a->fitting.loose[i].current_room;
    for (uint32_t i = 0; i < a->question.stay_count; i++)
        if (!a->stays[i].wanted && a->stays[i].room != PLACEMENT_NO_ROOM)
            rooms[a->order[i]] = a->answer.rooms[i];
    capacity_move_claims(a->d, &a->fitting, rooms);
    return !a->d->decision->out_of_memory;
}

/* False when it was refused, or the arena is full. */
static bool
assign(struct assigning *a, uint32_t stay)
{
    struct booking *booking = deciding_booking(a->d, claim_of(a, stay)->owner);
    assert(booking != NULL);
    if (!capacity_assign(a->d, booking, a->fitting.rooms[a->answer.rooms[stay]]))
        return false;
    deciding_record_step(a->d, booking, BOOKING_COMMAND_ASSIGN, booking->status, STR(""));
    return !a->d->decision->out_of_memory;
}

/* --- why not --- */

static bool
is_open(const struct assigning *a, uint32_t stay, uint32_t room)
{
    for (uint32_t i = 0; i < a->question.fixed_count; i++)
        if (a->fixed[i].room == room && span_overlaps(a->fixed[i].span, a->stays[stay].span))
            return false;
    return true;
}

/* In the order of precedence: no room is large enough, none of these is open, all that are open have a fault; else it
 * is the others who could have it as well. */
static enum outcome
why_not(const struct assigning *a, uint32_t stay)
{
    bool large = false, open = false, sound = false;
    for (uint32_t room = 0; room < a->question.room_count && !sound; room++) {
        if (a->rooms[room].capacity < a->stays[stay].party)
            continue;
        large = true;
        if (!is_open(a, stay, room))
            continue;
        open = true;
        sound = !(a->rooms[room].faulty && a->stays[stay].begins_today);
    }
    if (sound || a->question.room_count == 0)
        return OUTCOME_NO_ROOM_FITS;
    if (open)
        return OUTCOME_ROOM_NOT_READY;
    return large ? OUTCOME_ROOM_NOT_AVAILABLE : OUTCOME_TOO_MANY_GUESTS;
}

/* What has the rooms, as far as it can't be moved. */
static void
name_in_way(struct assigning *a, uint32_t stay, struct refusal *refusal)
{
    struct claim *claims = ARENA_ARRAY(a->d->arena, IN_THE_WAY_LISTED, struct claim);
    if (claims == NULL) {
        a->d->decision->out_of_memory = true;
        return;
    }
    for (uint32_t i = 0; i < a->question.fixed_count && refusal->in_the_way_count < IN_THE_WAY_LISTED; i++)
        if (a->rooms[a->fixed[i].room].capacity >= a->stays[stay].party &&
            span_overlaps(a->fixed[i].span, a->stays[stay].span))
            claims[refusal->in_the_way_count++] = a->fixed_claims[i];
    refusal->in_the_way = claims;
}

static void
refuse_unplaced(struct assigning *a, uint32_t stay, const struct booking *booking)
{
    static const char *const details[] = {
        [OUTCOME_NO_ROOM_FITS] = "No room of the type can be made free for the whole stay.",
        [OUTCOME_ROOM_NOT_READY] = "Every room that is free for the whole stay has a fault.",
        [OUTCOME_ROOM_NOT_AVAILABLE] = "Every room of the type has something in it that stays there.",
    };
    enum outcome why = why_not(a, stay);
    struct wanted wanted = {.type = a->type, .party = booking->party};
    if (why == OUTCOME_TOO_MANY_GUESTS && wanted_refuse_party(a->d, &wanted))
        return;
    struct refusal *refusal = deciding_refuse(a->d, why);
    if ((size_t)why < sizeof(details) / sizeof(details[0]))
        refusal->detail = details[why];
    if (why == OUTCOME_ROOM_NOT_AVAILABLE || why == OUTCOME_NO_ROOM_FITS)
        name_in_way(a, stay, refusal);
}

/* --- one booking --- */

static bool
refuse_over(struct deciding *d, const struct booking *booking)
{
    if (booking->span.ends > date_to_instant(d->facts->today))
        return false;
    (void)deciding_refuse_rule(d, STR("already_over"), "Nothing of it is still to come.");
    return true;
}

void
decide_auto_assign_booking(struct deciding *d)
{
    if (!role_is_staff(d->command->actor.role)) {
        deciding_refuse(d, OUTCOME_FORBIDDEN);
        return;
    }
    struct booking *booking = deciding_find_visible(d, d->command->auto_assign_booking.booking);
    if (booking == NULL || deciding_refuse_step(d, booking, BOOKING_COMMAND_ASSIGN))
        return;
    if (booking->claim_count > 0) {
        d->decision->unchanged = booking->id;
        return;
    }
    const struct room_type *type = house_find_type(&d->facts->house, booking->room_type);
    if (type == NULL || type->stock != STOCK_ROOMS) {
        deciding_refuse(d, OUTCOME_NO_ROOM_FITS)->detail = "What is sold by count alone has no rooms.";
        return;
    }
    struct assigning a;
    uint32_t stay = 0;
    if (refuse_over(d, booking) || !assigning_init(&a, d, type))
        return;
    while (stay < a.question.stay_count && !a.stays[stay].wanted)
        stay++;
    assert(stay < a.question.stay_count); /* what has no room is loose */
    if (a.answer.rooms[stay] == PLACEMENT_NO_ROOM)
        refuse_unplaced(&a, stay, booking);
    else if (make_way(&a))
        (void)assign(&a, stay);
}

/* --- all of a day --- */

struct day {
    struct deciding *d;
    const struct auto_assign_arrivals *asked;
    struct arrivals *arrivals;
    struct unplaced *unplaced;
};

static bool
refuse_unknown_type(struct deciding *d, const struct auto_assign_arrivals *asked)
{
    for (size_t i = 0; i < asked->room_type_count; i++) {
        if (house_find_type(&d->facts->house, asked->room_types[i]) != NULL)
            continue;
        struct text pointer;
        text_init(&pointer, d->arena, 32);
        text_put_format(&pointer, "/room_type_ids/%zu", i);
        deciding_refuse_field(d, OUTCOME_NOT_FOUND, deciding_cstr(d, &pointer), "There is no such room type.");
        return true;
    }
    return false;
}

static bool
refuse_date(struct deciding *d, const struct auto_assign_arrivals *asked)
{
    if (asked->date >= d->facts->today && asked->date < d->facts->today + HORIZON_DAYS)
        return false;
    int32_t *night = ARENA_NEW(d->arena, int32_t);
    if (night == NULL) {
        d->decision->out_of_memory = true;
        return true;
    }
    *night = asked->date;
    struct refusal *refusal = deciding_refuse(d, OUTCOME_BEYOND_HORIZON);
    refusal->pointer = "/date";
    refusal->nights = night;
    refusal->night_count = 1;
    deciding_add_date_limit(refusal, "first_day", d->facts->today);
    deciding_add_date_limit(refusal, "last_day", d->facts->today + HORIZON_DAYS - 1);
    return true;
}

/* Rooms that would have to be kept for them are asked for one by one, since each may be refused. */
static bool
is_tied(const struct assigning *a, uint32_t stay)
{
    return party_is_tied((int32_t)a->stays[stay].party, a->type);
}

static bool
assign_type(struct day *day, const struct room_type *type)
{
    struct assigning a;
    struct arrivals *arrivals = day->arrivals;
    if (!assigning_init(&a, day->d, type))
        return false;
    bool full = (size_t)arrivals->assigned == day->asked->limit;
    if (!full && !make_way(&a))
        return false;
    for (uint32_t stay = 0; stay < a.question.stay_count; stay++) {
        if (!a.stays[stay].wanted)
            continue;
        if (a.answer.rooms[stay] == PLACEMENT_NO_ROOM || is_tied(&a, stay))
            day->unplaced[arrivals->unplaced_count++] = (struct unplaced){claim_of(&a, stay)->owner, why_not(&a, stay)};
        else if ((size_t)arrivals->assigned == day->asked->limit)
            arrivals->remaining++;
        else if (!assign(&a, stay))
            return false;
        else
            arrivals->assigned++;
    }
    return true;
}

/* What came of it, for whoever asked: nothing when nobody was waiting for a room. */
static void
record_arrivals(struct day *day)
{
    struct deciding *d = day->d;
    const struct property *property = d->facts->house.property;
    if (d->decision->out_of_memory || deciding_refused(d) ||
        (day->arrivals->assigned == 0 && day->arrivals->unplaced_count == 0))
        return;
    deciding_event(d, (struct event){.kind = STR("arrivals.assigned"),
                                     .subject_kind = ID_PROPERTY,
                                     .subject = property->id,
                                     .state = EVENT_OF_ARRIVALS,
                                     .arrivals = day->arrivals});
}

void
decide_auto_assign_arrivals(struct deciding *d)
{
    const struct auto_assign_arrivals *asked = &d->command->auto_assign_arrivals;
    const struct house *house = &d->facts->house;
    if (!role_is_staff(d->command->actor.role)) {
        deciding_refuse(d, OUTCOME_FORBIDDEN);
        return;
    }
    if (refuse_unknown_type(d, asked) || refuse_date(d, asked))
        return;
    struct day day = {.d = d,
                      .asked = asked,
                      .arrivals = ARENA_NEW(d->arena, struct arrivals),
                      .unplaced = ARENA_ARRAY(d->arena, d->facts->booking_count + 1, struct unplaced)};
    if (day.arrivals == NULL || day.unplaced == NULL) {
        d->decision->out_of_memory = true;
        return;
    }
    *day.arrivals = (struct arrivals){.date = asked->date, .unplaced = day.unplaced};
    for (size_t i = 0; i < house->type_count; i++)
        if (facts_assigns_type(asked, &house->types[i]) && !assign_type(&day, &house->types[i]))
            return;
    record_arrivals(&day);
}
