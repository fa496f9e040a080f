/* The loader walks the wants of a command, merges those that name the same stock or the same rooms, and reads each
 * once. Lists grow in the arena. What has lapsed is looked for last, when it is known what could be in the way. */
#include "engine/facts_load.h"

#include "core/date.h"
#include "engine/facts_job.h"
#include "engine/facts_money.h"
#include "engine/facts_people.h"
#include "store/store_closure.h"
#include "store/store_guest_link.h"
#include "store/store_people.h"

/* A growing array in the arena. */
struct list {
    void *items;
    size_t count, capacity, size;
};

struct loader {
    const struct facts_load *in;
    struct facts *facts;
    struct list bookings, holds, claims, loose, stocks, blockers, room_states;
};

static void *
list_add(struct loader *l, struct list *list)
{
    if (list->count == list->capacity) {
        size_t wider = list->capacity == 0 ? 4 : list->capacity * 2;
        void *items = arena_alloc_array(l->in->arena, wider, list->size);
        if (items == NULL)
            return NULL;
        if (list->count > 0)
            memcpy(items, list->items, list->count * list->size);
        list->items = items;
        list->capacity = wider;
    }
    return (char *)list->items + list->count++ * list->size;
}

static enum db_status
out_of_memory(struct loader *l)
{
    err_set(&l->in->store->err, ERR_MEMORY, "the facts of a command do not fit its memory");
    return DB_FAILED;
}

/* --- bookings and holds, each once --- */

static enum db_status
add_booking(struct loader *l, struct id id)
{
    for (size_t i = 0; i < l->bookings.count; i++)
        if (id_equal(((struct booking *)l->bookings.items)[i].id, id))
            return DB_OK;
    struct booking *booking = list_add(l, &l->bookings);
    if (booking == NULL)
        return out_of_memory(l);
    enum db_status status = store_load_booking(l->in->store, l->in->property, id, l->in->arena, booking);
    if (status != DB_OK)
        l->bookings.count--;
    return status == DB_NO_ROW ? DB_OK : status;
}

static bool
has_hold(const struct loader *l, struct id id)
{
    for (size_t i = 0; i < l->holds.count; i++)
        if (id_equal(((struct hold *)l->holds.items)[i].id, id))
            return true;
    return false;
}

static enum db_status
add_hold(struct loader *l, struct id id)
{
    if (has_hold(l, id))
        return DB_OK;
    struct hold *hold = list_add(l, &l->holds);
    if (hold == NULL)
        return out_of_memory(l);
    enum db_status status = store_load_hold(l->in->store, l->in->property, id, l->in->arena, hold);
    if (status != DB_OK)
        l->holds.count--;
    return status == DB_NO_ROW ? DB_OK : status;
}

/* --- what is going on in rooms, each once --- */

static bool
has_room_state(const struct loader *l, struct id room)
{
    for (size_t i = 0; i < l->room_states.count; i++)
        if (id_equal(((struct room_state *)l->room_states.items)[i].room, room))
            return true;
    return false;
}

static enum db_status
add_room_state(struct loader *l, struct id room)
{
    if (has_room_state(l, room))
        return DB_OK;
    struct room_state *state = list_add(l, &l->room_states);
    if (state == NULL)
        return out_of_memory(l);
    enum db_status status = store_load_room_state(l->in->store, l->in->property, room, state);
    if (status != DB_OK)
        l->room_states.count--;
    return status == DB_NO_ROW ? DB_OK : status;
}

static enum db_status
add_room_states_of_type(struct loader *l, struct id room_type)
{
    struct room_state *states;
    size_t count;
    enum db_status status =
        store_list_room_states_of_type(l->in->store, l->in->property, room_type, l->in->arena, &states, &count);
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        if (has_room_state(l, states[i].room))
            continue;
        struct room_state *state = list_add(l, &l->room_states);
        if (state == NULL)
            return out_of_memory(l);
        *state = states[i];
    }
    return status;
}

static enum db_status
load_named_rooms(struct loader *l)
{
    struct id *ids;
    enum db_status status = DB_OK;
    size_t count = facts_named_rooms(l->in->command, l->in->arena, &ids);
    for (size_t i = 0; status == DB_OK && i < count; i++)
        status = add_room_state(l, ids[i]);
    for (size_t i = 0; facts_needs_room_states(l->in->command) && i < l->facts->booking_count; i++)
        for (size_t j = 0; status == DB_OK && j < l->facts->bookings[i].claim_count; j++)
            status = add_room_state(l, l->facts->bookings[i].claims[j].room);
    return status;
}

/* Of holds that were read, those that are not there yet. */
static enum db_status
add_holds(struct loader *l, const struct hold *holds, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (has_hold(l, holds[i].id))
            continue;
        struct hold *hold = list_add(l, &l->holds);
        if (hold == NULL)
            return out_of_memory(l);
        *hold = holds[i];
    }
    return DB_OK;
}

/* The account of a command about money, before what else the command names. */
static enum db_status
load_account(struct loader *l)
{
    struct id *ids = NULL;
    size_t count = 0;
    enum db_status status = facts_find_account(l->in, l->facts, &ids, &count);
    for (size_t i = 0; status == DB_OK && i < count; i++)
        status = add_booking(l, ids[i]);
    return status;
}

/* Whoever is in a room now. */
static enum db_status
add_occupant(struct loader *l, struct id room)
{
    struct room_state state;
    enum db_status status = store_load_room_state(l->in->store, l->in->property, room, &state);
    if (status != DB_OK)
        return status == DB_NO_ROW ? DB_OK : status;
    return room_is_occupied(&state) ? add_booking(l, state.occupant) : DB_OK;
}

/* Whoever has a room over the time that it is to be closed, or is in it. */
static enum db_status
load_owners_of_closed(struct loader *l)
{
    struct close_rooms space;
    const struct close_rooms *closes = facts_closes(l->in->command, l->facts, &space);
    enum db_status status = DB_OK;
    for (size_t i = 0; closes != NULL && status == DB_OK && i < closes->room_count; i++) {
        struct claim *claims;
        size_t count;
        status = store_claims_on_room(l->in->store, l->in->property, closes->rooms[i], closes->span, l->in->arena,
                                      &claims, &count);
        for (size_t j = 0; status == DB_OK && j < count; j++)
            if (claims[j].owner_kind == CLAIM_OF_BOOKING)
                status = add_booking(l, claims[j].owner);
        if (status == DB_OK)
            status = add_occupant(l, closes->rooms[i]);
    }
    return status;
}

static enum db_status
load_closure(struct loader *l)
{
    struct id id = facts_named_closure(l->in->command);
    struct closure *closure = id_is_none(id) ? NULL : ARENA_NEW(l->in->arena, struct closure);
    if (closure == NULL)
        return id_is_none(id) ? DB_OK : out_of_memory(l);
    enum db_status status = store_load_closure(l->in->store, l->in->property, id, l->in->arena, closure);
    if (status == DB_OK)
        l->facts->closure = closure;
    return status == DB_NO_ROW ? DB_OK : status;
}

static enum db_status
load_out_of_service(struct loader *l)
{
    struct span span = facts_service_span(l->in->command, l->facts);
    struct closure *closures;
    if (!span_is_valid(span))
        return DB_OK;
    enum db_status status = store_closures_over(l->in->store, l->in->property, CLOSURE_OUT_OF_SERVICE, span,
                                                l->in->arena, &closures, &l->facts->out_of_service_count);
    l->facts->out_of_service = closures;
    return status;
}

static enum db_status
load_named(struct loader *l)
{
    struct id *ids;
    enum db_status status = DB_OK;
    if (facts_named_money(l->in->command).wanted)
        status = load_account(l);
    size_t count = facts_named_bookings(l->in->command, l->in->arena, &ids);
    for (size_t i = 0; status == DB_OK && i < count; i++)
        status = add_booking(l, ids[i]);
    count = facts_named_holds(l->in->command, l->in->arena, &ids);
    for (size_t i = 0; status == DB_OK && i < count; i++)
        status = add_hold(l, ids[i]);
    if (status == DB_OK)
        status = load_closure(l);
    if (status == DB_OK)
        status = load_owners_of_closed(l);
    l->facts->bookings = l->bookings.items;
    l->facts->booking_count = l->bookings.count;
    l->facts->holds = l->holds.items;
    l->facts->hold_count = l->holds.count;
    return status == DB_OK ? load_named_rooms(l) : status;
}

/* Where anything was paid for a booking of a group, or it matters whether others paid, they count too. */
static enum db_status
load_groups(struct loader *l)
{
    size_t count = l->bookings.count;
    for (size_t i = 0; i < count; i++) {
        struct booking booking = ((const struct booking *)l->bookings.items)[i];
        struct id *ids = NULL;
        size_t id_count = 0;
        bool wanted = facts_wants_group(l->in->command, &booking, l->in->now_ms);
        enum db_status status = wanted ? facts_find_group(l->in, &booking, &ids, &id_count) : DB_OK;
        for (size_t j = 0; status == DB_OK && j < id_count; j++)
            status = add_booking(l, ids[j]);
        if (status != DB_OK)
            return status;
    }
    return DB_OK;
}

static enum db_status
load_money(struct loader *l)
{
    enum db_status status = load_groups(l);
    l->facts->bookings = l->bookings.items;
    l->facts->booking_count = l->bookings.count;
    return status == DB_OK ? facts_load_payments(l->in, l->facts) : status;
}

/* Whom a command is about: whom it names, or whom a booking has where it says whom it is to have. */
static struct id
wanted_guest(const struct loader *l)
{
    const struct command *command = l->in->command;
    switch (command->kind) {
    case COMMAND_AMEND_GUEST:
    case COMMAND_ERASE_GUEST: return command->put_guest.guest;
    case COMMAND_ADD_GUEST: return command->name_guest.guest;
    case COMMAND_AMEND_BOOKING:
        return command->amend_booking.changes_guest && l->facts->booking_count > 0 ? l->facts->bookings[0].guest
                                                                                   : ID_NONE;
    case COMMAND_CREATE_GUEST_LINK: return l->facts->booking_count > 0 ? l->facts->bookings[0].guest : ID_NONE;
    default: return ID_NONE;
    }
}

static enum db_status
load_guest(struct loader *l)
{
    struct id id = wanted_guest(l);
    if (id_is_none(id))
        return DB_OK;
    struct guest *guest = ARENA_NEW(l->in->arena, struct guest);
    if (guest == NULL)
        return out_of_memory(l);
    enum db_status status = store_load_guest(l->in->store, l->in->property, id, l->in->arena, guest);
    if (status == DB_OK)
        l->facts->guest = guest;
    return status == DB_NO_ROW ? DB_OK : status;
}

static enum db_status
load_link_of(struct loader *l, struct id booking)
{
    struct guest_link *link = ARENA_NEW(l->in->arena, struct guest_link);
    if (link == NULL)
        return out_of_memory(l);
    enum db_status status = store_load_guest_link_of(l->in->store, l->in->property, booking, link);
    l->facts->guest_links = link;
    l->facts->guest_link_count = status == DB_OK ? 1 : 0;
    return status == DB_NO_ROW ? DB_OK : status;
}

static enum db_status
load_guest_links(struct loader *l)
{
    const struct command *command = l->in->command;
    bool of_booking = command->kind == COMMAND_CREATE_GUEST_LINK || command->kind == COMMAND_WITHDRAW_GUEST_LINK ||
                      command->actor.role == ROLE_GUEST;
    if (of_booking)
        return l->facts->booking_count > 0 ? load_link_of(l, l->facts->bookings[0].id) : DB_OK;
    if (command->kind != COMMAND_ERASE_GUEST)
        return DB_OK;
    struct guest_link *links;
    enum db_status status = store_list_guest_links(l->in->store, l->in->property, command->put_guest.guest,
                                                   l->in->arena, &links, &l->facts->guest_link_count);
    l->facts->guest_links = links;
    return status;
}

/* --- claims --- */

static bool
has_claim(const struct loader *l, const struct claim *claim)
{
    const struct claim *claims = l->claims.items;
    for (size_t i = 0; i < l->claims.count; i++)
        if (id_equal(claims[i].room, claim->room) && claims[i].span.starts == claim->span.starts)
            return true;
    return false;
}

/* Adds claims that are not there yet. Looking for them is skipped for the first batch, which is the whole list in all
 * but commands with several legs. */
static enum db_status
add_claims(struct loader *l, const struct claim *claims, size_t count)
{
    bool first = l->claims.count == 0;
    for (size_t i = 0; i < count; i++) {
        if (!first && has_claim(l, &claims[i]))
            continue;
        struct claim *claim = list_add(l, &l->claims);
        if (claim == NULL)
            return out_of_memory(l);
        *claim = claims[i];
    }
    return DB_OK;
}

static enum db_status
add_claim_after(struct loader *l, struct id room, int64_t ms)
{
    struct claim *claims;
    size_t count;
    enum db_status status = store_claim_after(l->in->store, l->in->property, room, ms, l->in->arena, &claims, &count);
    return status == DB_OK ? add_claims(l, claims, count) : status;
}

static enum db_status
load_claims_of_room(struct loader *l, const struct want *want, const struct room_type *type)
{
    struct claim *claims;
    size_t count;
    enum db_status status =
        store_claims_on_room(l->in->store, l->in->property, want->room, want->span, l->in->arena, &claims, &count);
    if (status == DB_OK)
        status = add_claims(l, claims, count);
    if (status == DB_OK && type->sold_by == SOLD_BY_MINUTE)
        status = add_claim_after(l, want->room, want->span.ends);
    return status;
}

static enum db_status
load_claims_of_type(struct loader *l, const struct want *want, const struct room_type *type)
{
    struct claim *claims;
    size_t count;
    enum db_status status =
        store_claims_on_type(l->in->store, l->in->property, want->room_type, want->span, l->in->arena, &claims, &count);
    if (status == DB_OK)
        status = add_claims(l, claims, count);
    if (type->sold_by != SOLD_BY_MINUTE)
        return status;
    const struct house *house = &l->facts->house;
    for (size_t i = 0; status == DB_OK && i < house->room_count; i++)
        if (id_equal(house->rooms[i].room_type, type->id))
            status = add_claim_after(l, house->rooms[i].id, want->span.ends);
    return status;
}

/* --- stock --- */

static struct span
hull(struct span a, struct span b)
{
    return (struct span){a.starts < b.starts ? a.starts : b.starts, a.ends > b.ends ? a.ends : b.ends};
}

/* Stock of one type over the hull of all wants for it; whole nights, also where a slot was asked for by mistake. */
static enum db_status
load_stock(struct loader *l, struct id room_type, struct span span)
{
    if (span.starts >= span.ends)
        return DB_OK;
    int32_t from = date_from_instant(span.starts), until = date_from_instant(span.ends - 1) + 1;
    struct stock *stock = list_add(l, &l->stocks);
    if (stock == NULL)
        return out_of_memory(l);
    stock->room_type = room_type;
    return store_load_nights(l->in->store, l->in->property, room_type, from, until, l->in->arena, &stock->nights,
                             &stock->night_count);
}

/* --- overcommit --- */

/* Whatever comes free lowers it first, so that every command knows what is overcommitted. Only the types that are on
 * sale still: the nights that others had are gone. */
static enum db_status
load_overcommits(struct loader *l)
{
    struct overcommit *records;
    size_t count;
    if (l->in->house->house.property == NULL)
        return DB_OK;
    enum db_status status =
        store_load_overcommits(l->in->store, l->in->property, l->facts->today, l->in->arena, &records, &count);
    l->facts->overcommits = records;
    l->facts->overcommit_count = status == DB_OK ? count : 0;
    return status;
}

static struct want
overcommitted_nights(const struct loader *l, struct id room_type)
{
    struct want want = {.room_type = room_type, .nights = true};
    for (size_t i = 0; i < l->facts->overcommit_count; i++) {
        const struct overcommit *record = &l->facts->overcommits[i];
        struct span span = span_from_nights(record->from, record->until);
        if (id_equal(record->room_type, room_type))
            want.span = want.span.starts == want.span.ends ? span : hull(want.span, span);
    }
    return want;
}

/* The stock of each type that has any, beside what the command wants: the first `count` of the wants, which are
 * merged. */
static enum db_status
want_overcommitted(struct loader *l, struct want **wants, size_t *count)
{
    const struct house *house = &l->facts->house;
    if (l->facts->overcommit_count == 0)
        return DB_OK;
    struct want *more = ARENA_ARRAY(l->in->arena, *count + house->type_count + 1, struct want);
    if (more == NULL)
        return out_of_memory(l);
    for (size_t i = 0; i < *count; i++)
        more[i] = (*wants)[i];
    for (size_t i = 0; i < house->type_count; i++) {
        more[*count] = overcommitted_nights(l, house->types[i].id);
        if (more[*count].span.starts < more[*count].span.ends)
            (*count)++;
    }
    *wants = more;
    return DB_OK;
}

/* --- placement --- */

/* What hangs together with the span of a want, read as far as it is known to reach. */
struct component {
    const struct want *want;
    struct span bounds;  /* nothing outside of these matters */
    struct span read;    /* what has been read; it grows until it reaches as far as what was read in it */
    struct span reach;   /* so far what was read reaches, within the bounds */
    struct loose *holds; /* all within the bounds: there are few */
    size_t hold_count;
    struct list loose;    /* of bookings and holds, each once */
    struct claim *claims; /* of the part that was read last */
    size_t claim_count;
};

static const struct span span_nothing = {INT64_MAX, INT64_MIN}, span_everything = {INT64_MIN, INT64_MAX};

static struct span
within(struct span span, struct span bounds)
{
    return (struct span){span.starts > bounds.starts ? span.starts : bounds.starts,
                         span.ends < bounds.ends ? span.ends : bounds.ends};
}

static void
reach_to(struct component *c, struct span item)
{
    c->reach = within(hull(c->reach, item), c->bounds);
}

static enum db_status
add_loose(struct loader *l, struct component *c, const struct loose *loose, size_t count, struct span part)
{
    for (size_t i = 0; i < count; i++) {
        if (!span_overlaps(loose[i].span, part) || span_overlaps(loose[i].span, c->read))
            continue; /* of another part, or there already */
        struct loose *item = list_add(l, &c->loose);
        if (item == NULL)
            return out_of_memory(l);
        *item = loose[i];
        reach_to(c, item->span);
    }
    return DB_OK;
}

static enum db_status
read_loose(struct loader *l, struct component *c, struct span part)
{
    struct loose *bookings;
    size_t count;
    int64_t since = part.starts == c->read.ends ? part.starts : INT64_MIN; /* what began before has been read */
    enum db_status status = store_loose_bookings(l->in->store, l->in->property, c->want->room_type, part, since,
                                                 l->in->arena, &bookings, &count);
    if (status == DB_OK)
        status = add_loose(l, c, bookings, count, part);
    return status == DB_OK ? add_loose(l, c, c->holds, c->hold_count, part) : status;
}

static enum db_status
read_claims(struct loader *l, struct component *c, struct span part)
{
    enum db_status status = store_claims_on_type(l->in->store, l->in->property, c->want->room_type, part, l->in->arena,
                                                 &c->claims, &c->claim_count);
    for (size_t i = 0; status == DB_OK && i < c->claim_count; i++) {
        const struct claim *claim = &c->claims[i]; /* the neighbours before the part are among them */
        if (!claim->pinned && claim->owner_kind == CLAIM_OF_BOOKING && span_overlaps(claim->span, part))
            reach_to(c, claim->span);
    }
    return status;
}

static enum db_status
read_part(struct loader *l, struct component *c, int64_t starts, int64_t ends)
{
    struct span part = {starts, ends};
    if (starts >= ends)
        return DB_OK;
    enum db_status status = read_loose(l, c, part);
    return status == DB_OK ? read_claims(l, c, part) : status;
}

/* What is to be read next: at least as much more as there was, so that a season takes few steps. What comes with it
 * that does not hang together with the rest does no harm. */
static struct span
next_reach(const struct component *c)
{
    struct span next = c->reach;
    int64_t length = c->read.ends - c->read.starts;
    if (next.starts < c->read.starts && next.starts > c->read.starts - length)
        next.starts = c->read.starts - length;
    if (next.ends > c->read.ends && next.ends < c->read.ends + length)
        next.ends = c->read.ends + length;
    return within(next, c->bounds);
}

static enum db_status
read_component(struct loader *l, struct component *c)
{
    struct span first = within(c->want->span, c->bounds);
    c->read = span_nothing;
    c->reach = first;
    enum db_status status = store_loose_holds(l->in->store, l->in->property, c->want->room_type, c->bounds,
                                              l->in->arena, &c->holds, &c->hold_count);
    if (status == DB_OK)
        status = read_part(l, c, first.starts, first.ends);
    c->read = first;
    while (status == DB_OK && (c->reach.starts < c->read.starts || c->reach.ends > c->read.ends)) {
        struct span next = next_reach(c);
        status = read_part(l, c, next.starts, c->read.starts);
        if (status == DB_OK)
            status = read_part(l, c, c->read.ends, next.ends);
        c->read = next;
    }
    struct span around = {c->read.starts - c->want->around_ms, c->read.ends + c->want->around_ms};
    if (status == DB_OK && !span_equal(around, first))
        status = store_claims_on_type(l->in->store, l->in->property, c->want->room_type, around, l->in->arena,
                                      &c->claims, &c->claim_count);
    return status;
}

static enum db_status
load_component(struct loader *l, const struct want *want, struct span bounds)
{
    struct component c = {.want = want, .bounds = bounds, .loose = {.size = sizeof(struct loose)}};
    enum db_status status = read_component(l, &c);
    for (size_t i = 0; status == DB_OK && i < c.loose.count; i++) {
        struct loose *item = list_add(l, &l->loose);
        if (item == NULL)
            return out_of_memory(l);
        *item = ((const struct loose *)c.loose.items)[i];
    }
    return status == DB_OK ? add_claims(l, c.claims, c.claim_count) : status;
}

/* Is the room that is wanted another's who could be moved? Then all who could be may have to be, one for the other. */
static bool
is_moved_for(const struct loader *l, const struct want *want)
{
    for (size_t i = 0; i < l->claims.count; i++) {
        const struct claim *claim = &((struct claim *)l->claims.items)[i];
        if (id_equal(claim->room, want->room) && !claim->pinned && claim->owner_kind == CLAIM_OF_BOOKING &&
            span_overlaps(claim->span, want->span))
            return true;
    }
    return false;
}

/* May anybody have to change rooms for it? */
static bool
may_displace(const struct loader *l, const struct want *want)
{
    return want->fixes && (want->arrivals || !want->claims || id_is_none(want->room) || is_moved_for(l, want));
}

/* Every unit of a night is sold, held or closed, and those that are fixed to a room are counted: who is left could be
 * moved. Nights that are over are not counted any more, and nobody is placed in them. */
static bool
may_anybody_move(const struct loader *l, const struct want *want)
{
    const struct stock *stocks = l->stocks.items;
    int32_t from = date_from_instant(want->span.starts), until = date_from_instant(want->span.ends - 1) + 1;
    int32_t known = from > l->facts->today ? from : l->facts->today;
    for (size_t i = 0; i < l->stocks.count; i++)
        for (size_t j = 0; id_equal(stocks[i].room_type, want->room_type) && j < stocks[i].night_count; j++) {
            const struct night *night = &stocks[i].nights[j];
            if (night->date < known || night->date >= until)
                continue;
            if (night->date != known || night->sold + night->held + night->closed > night->fixed)
                return true;
            known++;
        }
    return known < until;
}

/* Where nobody has to change rooms, it is enough to know that all that is loose finds one. Of that, what begins after
 * all that is fixed, or ends before, finds one whenever the units suffice: they are filled in order of start, forwards,
 * and of end, backwards (core/placement.c has the proof). It can't matter, and neither can what hangs together with it
 * alone. So the guests who are in the house today don't make next season's bookings a question. */
static enum db_status
placement_bounds(struct loader *l, const struct want *want, struct span *ret_bounds)
{
    *ret_bounds = span_everything;
    if (may_displace(l, want))
        return DB_OK;
    enum db_status status =
        store_fixed_nights(l->in->store, l->in->property, want->room_type, l->facts->today, ret_bounds);
    if (status == DB_OK && want->fixes)
        *ret_bounds = ret_bounds->starts < ret_bounds->ends ? hull(*ret_bounds, want->span) : want->span;
    return status;
}

static enum db_status
load_placement(struct loader *l, const struct want *want, bool names_rooms)
{
    const struct loose *present = l->loose.items;
    struct span bounds;
    if (names_rooms && !may_anybody_move(l, want))
        return DB_OK;
    for (size_t i = 0; i < l->loose.count; i++)
        if (id_equal(present[i].room_type, want->room_type))
            return DB_OK; /* the hull of all wants of the type was loaded */
    enum db_status status = placement_bounds(l, want, &bounds);
    if (status != DB_OK || !span_overlaps(want->span, bounds))
        return status;
    return load_component(l, want, bounds);
}

/* More than may be looked at when arrivals are given rooms? */
static bool
has_many_unpinned(const struct loader *l)
{
    size_t count = 0;
    for (size_t i = 0; i < l->claims.count; i++) {
        const struct claim *claim = &((struct claim *)l->claims.items)[i];
        count += !claim->pinned && claim->owner_kind == CLAIM_OF_BOOKING;
    }
    return count > MOVABLE_OWNERS_MAX;
}

/* Bookings that own unpinned claims, since they may have to change rooms. */
static enum db_status
load_owners(struct loader *l, const struct want *want)
{
    if (want->arrivals ? has_many_unpinned(l) : !id_is_none(want->room) && !is_moved_for(l, want))
        return DB_OK;
    for (size_t i = 0; i < l->claims.count; i++) {
        const struct claim *claim = &((struct claim *)l->claims.items)[i];
        if (claim->pinned || claim->owner_kind != CLAIM_OF_BOOKING)
            continue;
        enum db_status status = add_booking(l, claim->owner);
        if (status != DB_OK)
            return status;
    }
    return DB_OK;
}

/* Bookings without a room that begin when the span does. What is a hold's is not found, and left out. */
static enum db_status
load_arrivals(struct loader *l, const struct want *want)
{
    for (size_t i = 0; i < l->loose.count; i++) {
        const struct loose *loose = &((struct loose *)l->loose.items)[i];
        if (!id_equal(loose->room_type, want->room_type) || loose->span.starts != want->span.starts)
            continue;
        enum db_status status = add_booking(l, loose->owner);
        if (status != DB_OK)
            return status;
    }
    return DB_OK;
}

static enum db_status
load_own_holds(struct loader *l, const struct want *want)
{
    struct hold *holds;
    size_t count, kept = 0;
    enum db_status status = store_list_holds_like(l->in->store, l->in->property, l->in->command->actor.name,
                                                  want->room_type, want->span, l->in->arena, &holds, &count);
    if (status != DB_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        if (id_equal(holds[i].room, want->room))
            holds[kept++] = holds[i];
    return add_holds(l, holds, kept);
}

/* Units of the night that the command gives back before it takes: those of the holds it names. */
static int32_t
given_back(const struct loader *l, struct id room_type, int32_t date)
{
    int32_t units = 0;
    for (size_t i = 0; i < l->facts->hold_count; i++) {
        const struct hold *hold = &l->facts->holds[i];
        if (id_equal(hold->room_type, room_type) && span_contains_instant(hold->span, date_to_instant(date)))
            units += hold->quantity;
    }
    return units;
}

/* From the first to the last night of which fewer are left than are asked for while some are held. False when there is
 * none. */
static bool
find_scarce(const struct loader *l, const struct want *want, struct span *ret_span)
{
    const struct stock *stocks = l->stocks.items;
    bool found = false;
    for (size_t i = 0; i < l->stocks.count; i++)
        for (size_t j = 0; id_equal(stocks[i].room_type, want->room_type) && j < stocks[i].night_count; j++) {
            struct night left = stocks[i].nights[j];
            struct span span = span_from_nights(left.date, left.date + 1);
            left.held -= given_back(l, want->room_type, left.date);
            if (left.held <= 0 || night_free(&left) >= want->units)
                continue;
            *ret_span = found ? hull(*ret_span, span) : span;
            found = true;
        }
    return found;
}

/* Not asked for where enough is left, which is almost always. */
static enum db_status
load_held_stock(struct loader *l, const struct want *want)
{
    struct hold *holds;
    struct span scarce;
    size_t count;
    if (!find_scarce(l, want, &scarce))
        return DB_OK;
    enum db_status status = store_list_holds_on(l->in->store, l->in->property, l->in->command->actor.name,
                                                l->in->now_ms, want->room_type, scarce, l->in->arena, &holds, &count);
    return status == DB_OK ? add_holds(l, holds, count) : status;
}

/* Holds that own a claim which was loaded: whoever is refused is told until when. */
static enum db_status
load_holds_of_claims(struct loader *l)
{
    for (size_t i = 0; i < l->claims.count; i++) {
        const struct claim *claim = &((struct claim *)l->claims.items)[i];
        if (claim->owner_kind != CLAIM_OF_HOLD)
            continue;
        enum db_status status = add_hold(l, claim->owner);
        if (status != DB_OK)
            return status;
    }
    return DB_OK;
}

/* --- wants --- */

/* Wants of the same type and room become one over the hull of their spans; own holds are looked up by exact span and
 * stay apart. */
static size_t
merge_wants(struct want *wants, size_t count)
{
    size_t merged = 0;
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        while (at < merged && !(id_equal(wants[at].room_type, wants[i].room_type) &&
                                id_equal(wants[at].room, wants[i].room) && !wants[at].own_holds && !wants[i].own_holds))
            at++;
        if (at == merged) {
            wants[merged++] = wants[i];
            continue;
        }
        wants[at].span = hull(wants[at].span, wants[i].span);
        wants[at].nights |= wants[i].nights;
        wants[at].placed_nights |= wants[i].placed_nights;
        wants[at].claims |= wants[i].claims;
        wants[at].placement |= wants[i].placement;
        wants[at].fixes |= wants[i].fixes;
        wants[at].owners |= wants[i].owners;
        wants[at].arrivals |= wants[i].arrivals;
        wants[at].around_ms = wants[at].around_ms > wants[i].around_ms ? wants[at].around_ms : wants[i].around_ms;
        wants[at].held_stock |= wants[i].held_stock;
        wants[at].room_states |= wants[i].room_states;
        wants[at].units += wants[i].units;
    }
    return merged;
}

/* The hull over all wants of one type that ask for what `asks` says, and their units together; false when none does. */
static bool
type_span(const struct want *wants, size_t count, size_t at, bool (*asks)(const struct want *), struct want *ret_want)
{
    if (!asks(&wants[at]))
        return false;
    for (size_t i = 0; i < at; i++)
        if (asks(&wants[i]) && id_equal(wants[i].room_type, wants[at].room_type))
            return false; /* an earlier one stood for all */
    *ret_want = wants[at];
    for (size_t i = at + 1; i < count; i++) {
        if (!asks(&wants[i]) || !id_equal(wants[i].room_type, wants[at].room_type))
            continue;
        ret_want->span = hull(ret_want->span, wants[i].span);
        ret_want->room = ID_NONE;
        ret_want->placed_nights |= wants[i].placed_nights;
        ret_want->fixes |= wants[i].fixes;
        ret_want->units += wants[i].units;
    }
    return true;
}

/* Does every want of the type that asks for placement name its room? */
static bool
names_rooms(const struct want *wants, size_t count, struct id room_type)
{
    for (size_t i = 0; i < count; i++)
        if (wants[i].placement && id_equal(wants[i].room_type, room_type) &&
            (id_is_none(wants[i].room) || !wants[i].claims))
            return false;
    return true;
}

static bool
asks_nights(const struct want *want)
{
    return want->nights;
}

static bool
asks_placement(const struct want *want)
{
    return want->placement;
}

static bool
asks_held_stock(const struct want *want)
{
    return want->held_stock;
}

/* As far as anything that was loaded for the type reaches: the far end of a component may be days away. */
static struct span
reach_of(const struct loader *l, const struct want *want)
{
    struct span span = want->span;
    const struct loose *loose = l->loose.items;
    const struct claim *claims = l->claims.items;
    for (size_t i = 0; i < l->loose.count; i++)
        if (id_equal(loose[i].room_type, want->room_type))
            span = hull(span, loose[i].span);
    for (size_t i = 0; i < l->claims.count; i++) {
        const struct room *room = house_find_room(&l->facts->house, claims[i].room);
        if (room != NULL && id_equal(room->room_type, want->room_type))
            span = hull(span, claims[i].span);
    }
    return span;
}

/* What is on sale of that. */
static struct span
placed_ahead(const struct loader *l, const struct want *want)
{
    int32_t today = l->facts->today;
    return within(reach_of(l, want), span_from_nights(today, today + HORIZON_DAYS));
}

static enum db_status
load_want(struct loader *l, const struct want *wants, size_t count, size_t at)
{
    const struct want *want = &wants[at];
    const struct room_type *type = house_find_type(&l->facts->house, want->room_type);
    if (type == NULL)
        return DB_OK;
    struct want whole, nights;
    enum db_status status = DB_OK;
    bool asks = type_span(wants, count, at, asks_nights, &nights);
    if (asks && !nights.placed_nights)
        status = load_stock(l, want->room_type, nights.span);
    if (status == DB_OK && want->claims)
        status = id_is_none(want->room) ? load_claims_of_type(l, want, type) : load_claims_of_room(l, want, type);
    if (status == DB_OK && type_span(wants, count, at, asks_placement, &whole))
        status = load_placement(l, &whole, names_rooms(wants, count, want->room_type));
    if (status == DB_OK && asks && nights.placed_nights)
        status = load_stock(l, want->room_type, hull(nights.span, placed_ahead(l, &nights)));
    if (status == DB_OK && want->owners)
        status = load_owners(l, want);
    if (status == DB_OK && want->room_states)
        status = id_is_none(want->room) ? add_room_states_of_type(l, want->room_type) : add_room_state(l, want->room);
    if (status == DB_OK && want->arrivals)
        status = load_arrivals(l, want);
    if (status == DB_OK && want->own_holds)
        status = load_own_holds(l, want);
    if (status == DB_OK && type_span(wants, count, at, asks_held_stock, &whole))
        status = load_held_stock(l, &whole);
    return status;
}

/* --- what has lapsed in the way --- */

static enum db_status
add_lapsed(struct loader *l, struct id room_type, struct span span)
{
    struct id *ids;
    size_t count;
    enum db_status status = store_lapsed_bookings(l->in->store, l->in->property, room_type, span, l->in->now_ms,
                                                  l->in->arena, &ids, &count);
    for (size_t i = 0; status == DB_OK && i < count; i++)
        status = add_booking(l, ids[i]);
    if (status != DB_OK)
        return status;
    status =
        store_lapsed_holds(l->in->store, l->in->property, room_type, span, l->in->now_ms, l->in->arena, &ids, &count);
    for (size_t i = 0; status == DB_OK && i < count; i++)
        status = add_hold(l, ids[i]);
    return status;
}

/* A day on each side, because a claim by the minute lasts longer than its slot. */
static struct span
with_margin(struct span span)
{
    return (struct span){span.starts - DATE_DAY_MS, span.ends + DATE_DAY_MS};
}

static enum db_status
load_lapsed(struct loader *l, const struct want *wants, size_t count)
{
    enum db_status status = DB_OK;
    for (size_t i = 0; status == DB_OK && i < count; i++)
        status = add_lapsed(l, wants[i].room_type, with_margin(reach_of(l, &wants[i])));
    return status;
}

/* --- names and blockers of the house --- */

static void
set_taken(struct loader *l, struct str name)
{
    l->facts->name_taken = true;
    l->facts->taken = name;
}

static void
find_taken_type_name(struct loader *l)
{
    const struct room_type *asked = &l->in->command->put_room_type.room_type;
    const struct house *house = &l->facts->house;
    for (size_t i = 0; i < house->type_count; i++)
        if (str_equal(house->types[i].name, asked->name) && !id_equal(house->types[i].id, asked->id))
            set_taken(l, asked->name);
}

static void
find_taken_room_number(struct loader *l, const struct room *asked, size_t count)
{
    const struct house *house = &l->facts->house;
    for (size_t i = 0; i < count && !l->facts->name_taken; i++)
        for (size_t j = 0; j < house->room_count; j++)
            if (str_equal(house->rooms[j].number, asked[i].number) &&
                str_equal(house->rooms[j].building, asked[i].building) && !id_equal(house->rooms[j].id, asked[i].id)) {
                set_taken(l, asked[i].number);
                break;
            }
}

/* Adds what keeps something in use, with its owners: one that has lapsed is ended by the decision and blocks nothing.
 */
static enum db_status
add_blockers(struct loader *l, const struct claim *claims, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        enum db_status status = DB_OK;
        if (claims[i].owner_kind == CLAIM_OF_HOLD)
            status = add_hold(l, claims[i].owner);
        else if (claims[i].owner_kind == CLAIM_OF_BOOKING)
            status = add_booking(l, claims[i].owner);
        if (status != DB_OK)
            return status;
        struct claim *blocker = list_add(l, &l->blockers);
        if (blocker == NULL)
            return out_of_memory(l);
        *blocker = claims[i];
    }
    return DB_OK;
}

/* Nights are in use until the departure's date has come, minutes until their end. */
static int64_t
live_after(const struct loader *l, const struct room_type *type)
{
    return type != NULL && type->sold_by == SOLD_BY_NIGHT ? date_to_instant(l->facts->today) : l->in->now_ms;
}

static enum db_status
load_room_blockers(struct loader *l, struct id id)
{
    const struct room *room = house_find_room(&l->facts->house, id);
    if (room == NULL)
        return DB_OK;
    struct claim *claims;
    size_t count;
    enum db_status status = store_live_claims_on_room(l->in->store, l->in->property, id,
                                                      live_after(l, house_find_type(&l->facts->house, room->room_type)),
                                                      l->in->arena, &claims, &count);
    return status == DB_OK ? add_blockers(l, claims, count) : status;
}

static enum db_status
load_type_blockers(struct loader *l, struct id id)
{
    struct claim *claims;
    size_t count;
    enum db_status status =
        store_needs_of_type(l->in->store, l->in->property, id, live_after(l, house_find_type(&l->facts->house, id)),
                            l->in->arena, &claims, &count);
    return status == DB_OK ? add_blockers(l, claims, count) : status;
}

/* Users are not deleted and the log of the installation is another one, so this is as the last commit left it. */
static enum db_status
load_attendant(struct loader *l)
{
    struct user user;
    struct id attendant = l->in->command->give_rooms.attendant;
    if (id_is_none(attendant))
        return DB_OK;
    enum db_status status = store_load_user(l->in->store, attendant, l->in->arena, &user);
    if (status != DB_OK)
        return status == DB_NO_ROW ? DB_OK : status;
    for (size_t i = 0; i < user.role_count; i++)
        if (user.roles[i].property == l->in->property && user.disabled_at == 0)
            l->facts->knows_attendant = true;
    if (user.owner && user.disabled_at == 0)
        l->facts->knows_attendant = true;
    return DB_OK;
}

static enum db_status
load_house_facts(struct loader *l)
{
    const struct command *command = l->in->command;
    enum db_status status = DB_OK;
    switch (command->kind) {
    case COMMAND_CREATE_PROPERTY:
    case COMMAND_AMEND_PROPERTY: {
        const struct property *asked = &command->put_property.property;
        status = store_property_name_taken(l->in->store, asked->name, asked->id, &l->facts->name_taken);
        l->facts->taken = asked->name;
        break;
    }
    case COMMAND_CREATE_ROOM_TYPE:
    case COMMAND_AMEND_ROOM_TYPE: find_taken_type_name(l); break;
    case COMMAND_CREATE_ROOMS:
        find_taken_room_number(l, command->create_rooms.rooms, command->create_rooms.room_count);
        break;
    case COMMAND_AMEND_ROOM: {
        const struct room *asked = &command->amend_room.room;
        const struct room *present = house_find_room(&l->facts->house, asked->id);
        find_taken_room_number(l, asked, 1);
        if (present != NULL && !id_equal(present->room_type, asked->room_type))
            status = load_room_blockers(l, asked->id);
        break;
    }
    case COMMAND_DELETE_ROOMS:
        for (size_t i = 0; status == DB_OK && i < command->delete_rooms.room_count; i++)
            status = load_room_blockers(l, command->delete_rooms.rooms[i]);
        break;
    case COMMAND_GIVE_ROOMS: status = load_attendant(l); break;
    case COMMAND_DELETE_ROOM_TYPE: status = load_type_blockers(l, command->delete_room_type.room_type); break;
    default: break;
    }
    return status;
}

/* --- wall time --- */

static struct str
local_text(struct loader *l, int64_t ms, int32_t *ret_date, int32_t *ret_minutes)
{
    int64_t local = ms + (int64_t)zone_offset_s(l->in->house->zone, ms) * 1000;
    char text[INSTANT_TEXT_SIZE];
    instant_format(local, text);
    *ret_date = date_from_instant(local);
    *ret_minutes = (int32_t)((local - date_to_instant(*ret_date)) / 60000);
    return arena_copy_str(l->in->arena, str_of(text, sizeof("2027-03-01T10:00") - 1));
}

static enum db_status
load_local(struct loader *l)
{
    const struct leg *legs;
    size_t count = facts_legs(l->in->command, l->facts, l->in->arena, &legs);
    struct local_slot *slots = ARENA_ARRAY(l->in->arena, count, struct local_slot);
    if (slots == NULL)
        return out_of_memory(l);
    for (size_t i = 0; i < count; i++) {
        if (!legs[i].by_minute)
            continue;
        int32_t first, last;
        slots[i].starts = local_text(l, legs[i].span.starts, &first, &slots[i].starts_min);
        slots[i].ends = local_text(l, legs[i].span.ends, &last, &slots[i].ends_min);
        slots[i].ends_min += (last - first) * 1440;
        const struct room *room = house_find_room(&l->facts->house, legs[i].room);
        struct id type_id = room != NULL ? room->room_type : legs[i].room_type;
        const struct room_type *type = house_find_type(&l->facts->house, type_id);
        if (type == NULL || type->quota_per_booker == 0)
            continue;
        enum db_status status = store_count_ahead(l->in->store, l->in->property, type_id, l->in->command->actor.name,
                                                  l->in->now_ms, &slots[i].live_ahead);
        if (status != DB_OK)
            return status;
    }
    l->facts->local = slots;
    l->facts->local_count = count;
    return DB_OK;
}

static int32_t
date_from(const struct zone *zone, int64_t now_ms, int32_t day_rolls_at_min)
{
    return zone_local_date(zone, now_ms - (int64_t)day_rolls_at_min * 60000);
}

int32_t
facts_clock_date(const struct property *property, const struct zone *zone, int64_t now_ms)
{
    return date_from(zone, now_ms, property->day_rolls_at_min);
}

int32_t
facts_today(const struct house_entry *house, int64_t now_ms)
{
    const struct property *property = house->house.property;
    if (property == NULL)
        return date_from_instant(now_ms);
    if (property->night_audit != NIGHT_AUDIT_NONE)
        return property->business_date;
    return facts_clock_date(property, house->zone, now_ms);
}

int64_t
facts_today_until(const struct house_entry *house, int64_t now_ms)
{
    const struct property *property = house->house.property;
    int32_t tomorrow = facts_today(house, now_ms) + 1;
    if (property == NULL)
        return date_to_instant(tomorrow);
    if (property->night_audit == NIGHT_AUDIT_BY_HAND)
        return INT64_MAX;
    int64_t until_ms = zone_instant_of(house->zone, tomorrow, 0) + (int64_t)property->day_rolls_at_min * 60000;
    return until_ms > now_ms || property->night_audit == NIGHT_AUDIT_NONE ? until_ms : INT64_MAX;
}

static void
load_dates(const struct facts_load *load, struct facts *facts)
{
    const struct house_entry *house = load->house;
    const struct property *property = house->house.property;
    facts->today = facts->clock_date = facts->local_date = facts_today(house, load->now_ms);
    if (property == NULL)
        return;
    facts->clock_date = facts_clock_date(property, house->zone, load->now_ms);
    facts->local_date = zone_local_date(house->zone, load->now_ms);
    if (load->command != NULL && load->command->kind == COMMAND_AMEND_PROPERTY)
        facts->today_asked =
            date_from(house->zone, load->now_ms, load->command->put_property.property.day_rolls_at_min);
}

static void
loader_init(struct loader *l, const struct facts_load *load, struct facts *ret_facts)
{
    *ret_facts = (struct facts){.now_ms = load->now_ms, .house = load->house->house};
    load_dates(load, ret_facts);
    *l = (struct loader){
        .in = load,
        .facts = ret_facts,
        .bookings.size = sizeof(struct booking),
        .holds.size = sizeof(struct hold),
        .claims.size = sizeof(struct claim),
        .loose.size = sizeof(struct loose),
        .stocks.size = sizeof(struct stock),
        .blockers.size = sizeof(struct claim),
        .room_states.size = sizeof(struct room_state),
    };
}

int64_t
facts_begins(const struct house_entry *house, const struct booking *booking)
{
    return booking->by_minute ? booking->span.starts
                              : zone_instant_of(house->zone, date_from_instant(booking->span.starts), 0);
}

/* Until when a cancellation is free is counted from here. */
static void
find_begins(struct loader *l)
{
    const struct booking *bookings = l->bookings.items;
    int64_t *begins = ARENA_ARRAY(l->in->arena, l->bookings.count + 1, int64_t);
    for (size_t i = 0; begins != NULL && i < l->bookings.count; i++)
        begins[i] = facts_begins(l->in->house, &bookings[i]);
    l->facts->begins = begins;
}

static void
loader_done(struct loader *l)
{
    struct facts *facts = l->facts;
    if (l->in->command != NULL && facts_wants_begins(l->in->command))
        find_begins(l);
    facts->bookings = l->bookings.items;
    facts->booking_count = l->bookings.count;
    facts->holds = l->holds.items;
    facts->hold_count = l->holds.count;
    facts->claims = l->claims.items;
    facts->claim_count = l->claims.count;
    facts->loose = l->loose.items;
    facts->loose_count = l->loose.count;
    facts->stocks = l->stocks.items;
    facts->stock_count = l->stocks.count;
    facts->blockers = l->blockers.items;
    facts->blocker_count = l->blockers.count;
    facts->room_states = l->room_states.items;
    facts->room_state_count = l->room_states.count;
}

/* What a step of a job takes up comes first of all bookings. */
static enum db_status
load_step(struct loader *l)
{
    struct id *ids;
    size_t count;
    enum db_status status = facts_load_job(l->in, l->facts);
    if (status == DB_OK)
        status = facts_find_step(l->in, l->facts, &ids, &count);
    for (size_t i = 0; status == DB_OK && i < count; i++)
        status = add_booking(l, ids[i]);
    l->facts->step_count = l->bookings.count;
    return status;
}

enum db_status
facts_load(const struct facts_load *load, struct facts *ret_facts)
{
    struct loader l;
    loader_init(&l, load, ret_facts);
    enum db_status status = load_step(&l);
    if (status == DB_OK)
        status = load_named(&l);
    if (status == DB_OK)
        status = load_out_of_service(&l);
    if (status == DB_OK)
        status = load_guest(&l);
    if (status == DB_OK)
        status = load_guest_links(&l);
    if (status == DB_OK)
        status = load_local(&l);
    if (status == DB_OK)
        status = load_house_facts(&l);
    if (status == DB_OK)
        status = facts_load_people(load, &ret_facts->people);
    struct want *wants = NULL;
    size_t count = status == DB_OK ? facts_wants(load->command, ret_facts, load->arena, &wants) : 0;
    count = merge_wants(wants, count);
    if (status == DB_OK)
        status = load_overcommits(&l);
    if (status == DB_OK)
        status = want_overcommitted(&l, &wants, &count);
    for (size_t i = 0; status == DB_OK && i < count; i++)
        status = load_want(&l, wants, count, i);
    if (status == DB_OK)
        status = load_holds_of_claims(&l);
    if (status == DB_OK && load->may_have_lapsed)
        status = load_lapsed(&l, wants, count);
    if (status == DB_OK)
        status = load_money(&l);
    if (status == DB_OK && load->arena->overflowed)
        status = out_of_memory(&l);
    loader_done(&l);
    return status;
}

enum db_status
facts_load_lapsed(const struct facts_load *load, int64_t limit, struct facts *ret_facts)
{
    struct loader l;
    loader_init(&l, load, ret_facts);
    struct id *bookings, *holds;
    size_t booking_count, hold_count;
    enum db_status status = store_lapsed_any(load->store, load->property, load->now_ms, limit, load->arena, &bookings,
                                             &booking_count, &holds, &hold_count);
    for (size_t i = 0; status == DB_OK && i < booking_count; i++)
        status = add_booking(&l, bookings[i]);
    for (size_t i = 0; status == DB_OK && i < hold_count; i++)
        status = add_hold(&l, holds[i]);
    if (status == DB_OK)
        status = load_money(&l);
    struct want *wants = NULL;
    size_t count = 0;
    if (status == DB_OK)
        status = load_overcommits(&l);
    if (status == DB_OK)
        status = want_overcommitted(&l, &wants, &count);
    for (size_t i = 0; status == DB_OK && i < count; i++)
        status = load_stock(&l, wants[i].room_type, wants[i].span);
    loader_done(&l);
    return status;
}
