/* The house, its loader and its apply(); the invariants are in house_model_check.c. */
#include "tests/support/house_model.h"

#include <assert.h>
#include <stdio.h>

#include "core/facts_auto_assign.h"
#include "tests/support/house_model_part.h"

static struct id
next_id(struct house_model *model)
{
    return (struct id){UINT64_C(1) << 20, ++model->next_id};
}

void
house_model_init(struct house_model *model)
{
    *model = (struct house_model){
        .first_night = MODEL_TODAY, .now_ms = MODEL_NOW, .today = MODEL_TODAY, .local_date = MODEL_TODAY};
    model->property = (struct property){.number = 1,
                                        .id = next_id(model),
                                        .name = STR("Hotel Ada"),
                                        .time_zone = STR("UTC"),
                                        .currency = STR("EUR"),
                                        .payment_ttl_ms = 15 * MODEL_MINUTE_MS,
                                        .approval_ttl_ms = 24 * 60 * MODEL_MINUTE_MS,
                                        .created_at = MODEL_NOW,
                                        .version = 1};
}

struct room_type *
house_model_add_type(struct house_model *model, enum sold_by sold_by, enum stock_kind stock, int32_t units)
{
    assert(model->type_count < MODEL_TYPES);
    struct night *nights = model->nights[model->type_count];
    struct room_type *type = &model->types[model->type_count++];
    *type = (struct room_type){.id = next_id(model),
                               .sold_by = sold_by,
                               .stock = stock,
                               .max_guests = 2,
                               .hold_ttl_ms = 10 * MODEL_MINUTE_MS,
                               .closes_min = 1440,
                               .length_min = 15,
                               .length_max = 1440,
                               .created_at = MODEL_NOW,
                               .version = 1};
    for (int32_t i = 0; i < MODEL_NIGHTS; i++)
        nights[i] = (struct night){.date = model->first_night + i, .units = units};
    return type;
}

struct room *
house_model_add_room(struct house_model *model, const struct room_type *type)
{
    assert(model->room_count < MODEL_ROOMS);
    struct night *nights = model->nights[type - model->types];
    struct room *room = &model->rooms[model->room_count++];
    *room = (struct room){.id = next_id(model), .room_type = type->id, .created_at = MODEL_NOW};
    model->room_states[room - model->rooms] =
        (struct room_state){.room = room->id, .cleanliness = CLEANLINESS_INSPECTED, .version = 1};
    for (int32_t i = 0; i < MODEL_NIGHTS; i++)
        nights[i].units++;
    return room;
}

const struct booking *
house_model_booking(const struct house_model *model, struct id id)
{
    for (size_t i = 0; i < model->booking_count; i++)
        if (id_equal(model->bookings[i].id, id))
            return &model->bookings[i];
    return NULL;
}

const struct hold *
house_model_hold(const struct house_model *model, struct id id)
{
    for (size_t i = 0; i < model->hold_count; i++)
        if (id_equal(model->holds[i].id, id))
            return &model->holds[i];
    return NULL;
}

const struct claim *
house_model_claim(const struct house_model *model, struct id owner)
{
    const struct claim *first = NULL;
    for (size_t i = 0; i < model->claim_count; i++)
        if (id_equal(model->claims[i].owner, owner) &&
            (first == NULL || model->claims[i].span.starts < first->span.starts))
            first = &model->claims[i];
    return first;
}

const struct room_type *
model_type(const struct house_model *model, struct id id)
{
    for (size_t i = 0; i < model->type_count; i++)
        if (id_equal(model->types[i].id, id))
            return &model->types[i];
    return NULL;
}

const struct room_type *
model_type_of_room(const struct house_model *model, struct id room)
{
    for (size_t i = 0; i < model->room_count; i++)
        if (id_equal(model->rooms[i].id, room))
            return model_type(model, model->rooms[i].room_type);
    return NULL;
}

const struct night *
house_model_night(const struct house_model *model, const struct room_type *type, int32_t date)
{
    if (date < model->first_night || date >= model->first_night + MODEL_NIGHTS)
        return NULL;
    return &model->nights[type - model->types][date - model->first_night];
}

bool
model_fail(struct house_model *model, const char *invariant, const char *what)
{
    snprintf(model->why, sizeof(model->why), "%s: %s", invariant, what);
    return false;
}

/* --- loading --- */

struct loader {
    const struct house_model *model;
    const struct command *command;
    struct arena *arena;
    bool all; /* everything, wanted or not */
    struct booking *bookings;
    struct hold *holds;
    struct claim *claims;
    struct loose *loose;
    struct stock *stocks;
    struct room_state *room_states;
    struct facts *facts;
};

static void *
must(void *ptr)
{
    assert(ptr != NULL); /* a test's arena is large enough */
    return ptr;
}

size_t
house_model_companions(const struct house_model *model, struct id booking, struct id ret_ids[COMPANIONS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < model->companion_count && count < COMPANIONS_MAX; i++) {
        struct id guest = model->companions[i].guest;
        if (!id_equal(model->companions[i].booking, booking))
            continue;
        size_t at = count++;
        for (; at > 0 && id_compare(ret_ids[at - 1], guest) > 0; at--)
            ret_ids[at] = ret_ids[at - 1];
        ret_ids[at] = guest;
    }
    return count;
}

static void
load_companions(struct loader *l, struct booking *copy)
{
    struct id *ids = must(ARENA_ARRAY(l->arena, COMPANIONS_MAX, struct id));
    copy->companion_count = house_model_companions(l->model, copy->id, ids);
    copy->companions = ids;
}

static void
load_booking(struct loader *l, const struct booking *booking)
{
    for (size_t i = 0; i < l->facts->booking_count; i++)
        if (id_equal(l->bookings[i].id, booking->id))
            return;
    struct booking *copy = &l->bookings[l->facts->booking_count++];
    *copy = *booking;
    load_companions(l, copy);
    copy->claims = must(ARENA_ARRAY(l->arena, MODEL_CLAIMS, struct claim));
    for (size_t i = 0; i < l->model->claim_count; i++) {
        struct claim claim = l->model->claims[i];
        if (!id_equal(claim.owner, booking->id))
            continue;
        size_t at = copy->claim_count++;
        for (; at > 0 && copy->claims[at - 1].span.starts > claim.span.starts; at--)
            copy->claims[at] = copy->claims[at - 1];
        copy->claims[at] = claim;
    }
}

static void
load_hold(struct loader *l, const struct hold *hold)
{
    for (size_t i = 0; i < l->facts->hold_count; i++)
        if (id_equal(l->holds[i].id, hold->id))
            return;
    l->holds[l->facts->hold_count++] = *hold;
}

static void
load_room_state(struct loader *l, struct id room)
{
    for (size_t i = 0; i < l->facts->room_state_count; i++)
        if (id_equal(l->room_states[i].room, room))
            return;
    for (size_t i = 0; i < l->model->room_count; i++)
        if (id_equal(l->model->rooms[i].id, room))
            l->room_states[l->facts->room_state_count++] = l->model->room_states[i];
}

static void
load_wanted_room_states(struct loader *l, const struct want *want)
{
    for (size_t i = 0; i < l->model->room_count; i++)
        if (id_is_none(want->room) ? id_equal(l->model->rooms[i].room_type, want->room_type)
                                   : id_equal(l->model->rooms[i].id, want->room))
            load_room_state(l, l->model->rooms[i].id);
}

static void
load_claim(struct loader *l, const struct claim *claim)
{
    for (size_t i = 0; i < l->facts->claim_count; i++)
        if (id_equal(l->claims[i].room, claim->room) && l->claims[i].span.starts == claim->span.starts)
            return;
    l->claims[l->facts->claim_count++] = *claim;
}

static void
load_loose(struct loader *l, struct loose loose)
{
    for (size_t i = 0; i < l->facts->loose_count; i++)
        if (id_equal(l->loose[i].owner, loose.owner))
            return;
    l->loose[l->facts->loose_count++] = loose;
}

static void
load_owner(struct loader *l, const struct claim *claim)
{
    const struct booking *booking = house_model_booking(l->model, claim->owner);
    const struct hold *hold = house_model_hold(l->model, claim->owner);
    if (booking != NULL)
        load_booking(l, booking);
    if (hold != NULL)
        load_hold(l, hold);
}

static struct span
hull(struct span a, struct span b)
{
    return (struct span){a.starts < b.starts ? a.starts : b.starts, a.ends > b.ends ? a.ends : b.ends};
}

/* The nights of the type over the hull of all wants for it, as far as they are on sale. */
static void
load_stock(struct loader *l, const struct room_type *type, struct span span)
{
    struct span on_sale = span_from_nights(l->model->first_night, l->model->first_night + MODEL_NIGHTS);
    struct stock *stock = &l->stocks[l->facts->stock_count++];
    *stock = (struct stock){.room_type = type->id};
    span.starts = span.starts < on_sale.starts ? on_sale.starts : span.starts;
    span.ends = span.ends > on_sale.ends ? on_sale.ends : span.ends;
    if (span.starts >= span.ends)
        return;
    int32_t from = date_from_instant(span.starts); /* a slot where a stay should be takes whole nights in as well */
    stock->night_count = (size_t)(date_from_instant(span.ends - 1) + 1 - from);
    stock->nights = must(ARENA_ARRAY(l->arena, stock->night_count, struct night));
    memcpy(stock->nights, house_model_night(l->model, type, from), stock->night_count * sizeof(struct night));
}

static void
load_claims(struct loader *l, const struct want *want)
{
    for (size_t i = 0; i < l->model->claim_count; i++) {
        const struct claim *claim = &l->model->claims[i];
        const struct room_type *type = model_type_of_room(l->model, claim->room);
        bool on_room = id_is_none(want->room) ? id_equal(type->id, want->room_type) : id_equal(claim->room, want->room);
        if (!on_room || !span_overlaps(claim->span, want->span))
            continue;
        load_claim(l, claim);
        if (claim->owner_kind == CLAIM_OF_HOLD)
            load_owner(l, claim);
    }
}

static bool
is_movable(const struct claim *claim)
{
    return !claim->pinned && claim->owner_kind == CLAIM_OF_BOOKING;
}

/* Everything of the type that is loose and has no claim: blocking bookings, held stock. */
size_t
model_list_loose(const struct house_model *model, const struct room_type *type, struct loose *ret_loose)
{
    size_t count = 0;
    for (size_t i = 0; i < model->booking_count; i++) {
        const struct booking *booking = &model->bookings[i];
        if (booking_status_is_blocking(booking->status) && !booking->by_minute &&
            id_equal(booking->room_type, type->id) && house_model_claim(model, booking->id) == NULL)
            ret_loose[count++] = (struct loose){booking->id, type->id, booking->span, 1, CLAIM_OF_BOOKING};
    }
    for (size_t i = 0; i < model->hold_count; i++) {
        const struct hold *hold = &model->holds[i];
        if (hold->status == HOLD_ACTIVE && id_is_none(hold->room) && id_equal(hold->room_type, type->id))
            ret_loose[count++] = (struct loose){hold->id, type->id, hold->span, hold->quantity, CLAIM_OF_HOLD};
    }
    return count;
}

/* Is there a night that would need an allowance without the rooms that are to go? */
static bool
has_overbooked(const struct house_model *model, const struct room_type *type, const struct want *want)
{
    for (size_t i = 0; want->gone > 0 && i < MODEL_NIGHTS; i++)
        if (night_is_overbooked(&model->nights[type - model->types][i], want->gone))
            return true;
    return false;
}

/* The connected component of the span, and the time it reaches over; read as narrowly as the contract allows: nothing
 * at all when nothing in it is fixed and the command fixes nothing either, or when nobody in it could be moved and each
 * want names its room. */
static struct span
load_component(struct loader *l, const struct room_type *type, const struct want *want, bool fixes_rooms)
{
    struct loose loose[MODEL_BOOKINGS + MODEL_HOLDS];
    size_t loose_count = model_list_loose(l->model, type, loose);
    bool loose_in[MODEL_BOOKINGS + MODEL_HOLDS] = {false}, claim_in[MODEL_CLAIMS] = {false}, grew = true, fixed = false;
    struct span spans[1 + MODEL_BOOKINGS + MODEL_HOLDS + MODEL_CLAIMS] = {want->span};
    size_t span_count = 1;
    while (grew) {
        grew = false;
        for (size_t i = 0; i < loose_count; i++)
            for (size_t j = 0; j < span_count && !loose_in[i]; j++)
                if (span_overlaps(loose[i].span, spans[j])) {
                    loose_in[i] = grew = true;
                    spans[span_count++] = loose[i].span;
                }
        for (size_t i = 0; i < l->model->claim_count; i++)
            for (size_t j = 0; j < span_count && !claim_in[i]; j++) {
                const struct claim *claim = &l->model->claims[i];
                if (model_type_of_room(l->model, claim->room) != type || !span_overlaps(claim->span, spans[j]))
                    continue;
                claim_in[i] = true;
                fixed = fixed || !is_movable(claim);
                if (is_movable(claim)) {
                    grew = true;
                    spans[span_count++] = claim->span;
                }
            }
    }
    fixed = fixed || has_overbooked(l->model, type, want);
    bool nobody_moves = span_count == 1 && fixes_rooms;
    for (size_t i = 0; i < loose_count && (fixed || want->fixes); i++)
        if (loose_in[i])
            load_loose(l, loose[i]);
    for (size_t i = 0; i < l->model->claim_count && (fixed || want->fixes) && !nobody_moves; i++) {
        const struct claim *claim = &l->model->claims[i];
        if (!claim_in[i])
            continue;
        load_claim(l, claim);
        if (!want->owners || !is_movable(claim))
            continue;
        load_owner(l, claim);
        if (span_contains_instant(claim->span, date_to_instant(l->model->today)))
            load_wanted_room_states(l, &(struct want){.room_type = type->id});
    }
    struct span reach = spans[0];
    for (size_t i = 1; i < span_count; i++)
        reach = hull(reach, spans[i]);
    struct span around = {reach.starts - want->around_ms, reach.ends + want->around_ms};
    for (size_t i = 0; want->around_ms > 0 && !nobody_moves && i < l->model->claim_count; i++) {
        const struct claim *claim = &l->model->claims[i];
        if (model_type_of_room(l->model, claim->room) == type && span_overlaps(claim->span, around))
            load_claim(l, claim);
    }
    return reach;
}

static void
load_arrivals(struct loader *l, const struct want *want)
{
    for (size_t i = 0; i < l->facts->loose_count; i++)
        if (id_equal(l->loose[i].room_type, want->room_type) &&
            facts_arrives_on(l->loose[i].span.starts, want->span.starts, l->facts->today) &&
            house_model_booking(l->model, l->loose[i].owner) != NULL)
            load_booking(l, house_model_booking(l->model, l->loose[i].owner));
}

static void
load_own_holds(struct loader *l, const struct want *want)
{
    for (size_t i = 0; i < l->model->hold_count; i++) {
        const struct hold *hold = &l->model->holds[i];
        if (hold->status == HOLD_ACTIVE && str_equal(hold->owner, l->command->actor.name) &&
            id_equal(hold->room_type, want->room_type) && span_equal(hold->span, want->span) &&
            (id_is_none(want->room) || id_equal(hold->room, want->room)))
            load_hold(l, hold);
    }
}

static void
load_held_stock(struct loader *l, const struct want *want)
{
    for (size_t i = 0; i < l->model->hold_count; i++) {
        const struct hold *hold = &l->model->holds[i];
        if (hold_is_live(hold, l->model->now_ms) && str_equal(hold->owner, l->command->actor.name) &&
            id_equal(hold->room_type, want->room_type) && span_overlaps(hold->span, want->span))
            load_hold(l, hold);
    }
}

static void
load_unproven(struct loader *l)
{
    struct id *ids = must(ARENA_ARRAY(l->arena, MODEL_BOOKINGS + MODEL_CLOSURES, struct id));
    l->facts->unproven = ids;
    for (size_t i = 0; i < l->model->booking_count; i++) {
        const struct booking *booking = &l->model->bookings[i];
        if (booking_status_is_blocking(booking->status) && booking->placement == PLACEMENT_STATE_UNPROVEN)
            ids[l->facts->unproven_count++] = booking->id;
    }
    for (size_t i = 0; i < l->model->closure_count; i++) {
        const struct closure *closure = &l->model->closures[i];
        if (closure->status == CLOSURE_OPEN && closure->placement == PLACEMENT_STATE_UNPROVEN)
            ids[l->facts->unproven_count++] = closure->id;
    }
}

/* Of the nights that are not over; whoever loads them has their stock. */
static void
load_overcommits(struct loader *l)
{
    struct overcommit *records = must(ARENA_ARRAY(l->arena, MODEL_OVERCOMMITS, struct overcommit));
    l->facts->overcommits = records;
    for (size_t i = 0; i < l->model->overcommit_count; i++)
        if (l->model->overcommits[i].from >= l->model->today && l->model->overcommits[i].quantity > 0)
            records[l->facts->overcommit_count++] = l->model->overcommits[i];
}

static struct span
overcommitted_nights(const struct loader *l, struct id room_type)
{
    struct span nights = {0, 0};
    for (size_t i = 0; i < l->facts->overcommit_count; i++) {
        const struct overcommit *record = &l->facts->overcommits[i];
        struct span night = span_from_nights(record->from, record->until);
        if (id_equal(record->room_type, room_type))
            nights = nights.ends == 0 ? night : hull(nights, night);
    }
    return nights;
}

/* An end of 0: nothing. */
static struct span
join(struct span a, struct span b)
{
    return a.ends == 0 ? b : b.ends == 0 ? a : hull(a, b);
}

/* `reaches`: by type, of how far the nights are to be loaded because somebody may have to be placed on them. */
static void
load_want(struct loader *l, const struct want *wants, size_t count, const struct want *want,
          struct span reaches[MODEL_TYPES])
{
    const struct room_type *type = model_type(l->model, want->room_type);
    if (want->claims)
        load_claims(l, want);
    if (want->placement) {
        struct span reach = load_component(l, type, want, facts_fixes_rooms(wants, count, want->room_type));
        if (want->placed_nights)
            reaches[type - l->model->types] = join(reaches[type - l->model->types], reach);
    }
    if (want->room_states)
        load_wanted_room_states(l, want);
    if (want->arrivals)
        load_arrivals(l, want);
    if (want->own_holds)
        load_own_holds(l, want);
    if (want->held_stock)
        load_held_stock(l, want);
}

static void
load_wants(struct loader *l)
{
    struct want *wants;
    size_t count = facts_wants(l->command, l->facts, l->arena, &wants);
    load_overcommits(l);
    struct span reaches[MODEL_TYPES] = {{0, 0}};
    for (size_t i = 0; i < count; i++)
        load_want(l, wants, count, &wants[i], reaches);
    for (size_t t = 0; t < l->model->type_count; t++) {
        const struct room_type *type = &l->model->types[t];
        struct span nights = join(overcommitted_nights(l, type->id), reaches[t]);
        for (size_t i = 0; i < count; i++)
            if (wants[i].nights && id_equal(wants[i].room_type, type->id))
                nights = join(nights, wants[i].span);
        if (nights.ends != 0)
            load_stock(l, type, nights);
    }
}

/* Does it take anything that was loaded? */
static bool
is_in_the_way(const struct loader *l, struct id owner, struct id room_type, struct span span)
{
    for (size_t i = 0; i < l->facts->claim_count; i++)
        if (id_equal(l->claims[i].owner, owner))
            return true;
    for (size_t i = 0; i < l->facts->loose_count; i++)
        if (id_equal(l->loose[i].owner, owner))
            return true;
    for (size_t i = 0; i < l->facts->stock_count; i++) {
        const struct stock *stock = &l->stocks[i];
        if (stock->night_count == 0 || !id_equal(stock->room_type, room_type))
            continue;
        int32_t from = stock->nights[0].date;
        if (span_overlaps(span, span_from_nights(from, from + (int32_t)stock->night_count)))
            return true;
    }
    return false;
}

/* What was lent a room of another type takes that type's nights. */
static bool
is_lent_in_the_way(const struct loader *l, struct id owner)
{
    const struct house_model *model = l->model;
    for (size_t i = 0; i < model->claim_count; i++) {
        const struct claim *claim = &model->claims[i];
        const struct room *room = house_find_room(&l->facts->house, claim->room);
        if (id_equal(claim->owner, owner) && room != NULL && is_in_the_way(l, owner, room->room_type, claim->span))
            return true;
    }
    return false;
}

static void
load_lapsed(struct loader *l)
{
    const struct house_model *model = l->model;
    bool sweep = l->all || l->command->kind == COMMAND_SWEEP;
    for (size_t i = 0; i < model->booking_count; i++) {
        const struct booking *b = &model->bookings[i];
        bool over = booking_machine_allows(b->status, BOOKING_COMMAND_EXPIRE) && b->expires_at <= model->now_ms;
        if (over && (sweep || is_in_the_way(l, b->id, b->room_type, b->span) || is_lent_in_the_way(l, b->id)))
            load_booking(l, b);
    }
    for (size_t i = 0; i < model->hold_count; i++) {
        const struct hold *h = &model->holds[i];
        bool over = h->status == HOLD_ACTIVE && h->expires_at <= model->now_ms;
        if (over && (sweep || is_in_the_way(l, h->id, h->room_type, h->span)))
            load_hold(l, h);
    }
}

/* Whoever has a room over the time that it is to be closed, and the closure that is named. */
static void
load_closing(struct loader *l)
{
    for (size_t i = 0; i < l->model->closure_count; i++)
        if (id_equal(l->model->closures[i].id, facts_named_closure(l->command)))
            l->facts->closure = &l->model->closures[i];
    struct close_rooms space;
    const struct close_rooms *closes = facts_closes(l->command, l->facts, &space);
    for (size_t i = 0; closes != NULL && i < closes->room_count; i++)
        for (size_t j = 0; j < l->model->claim_count; j++) {
            const struct claim *claim = &l->model->claims[j];
            if (id_equal(claim->room, closes->rooms[i]) && span_overlaps(claim->span, closes->span) &&
                claim->owner_kind == CLAIM_OF_BOOKING)
                load_booking(l, house_model_booking(l->model, claim->owner));
        }
    for (size_t i = 0; closes != NULL && i < closes->room_count; i++)
        for (size_t j = 0; j < l->model->room_count; j++)
            if (id_equal(l->model->rooms[j].id, closes->rooms[i]) && room_is_occupied(&l->model->room_states[j]))
                load_booking(l, house_model_booking(l->model, l->model->room_states[j].occupant));
    l->facts->out_of_service = l->model->closures; /* those that are meant are among them */
    l->facts->out_of_service_count = l->model->closure_count;
}

/* What a step of a job takes up comes first of all bookings. */
static void
load_step(struct loader *l)
{
    struct id ids[MODEL_BOOKINGS];
    model_load_job(l->model, l->command, l->facts);
    size_t count = l->facts->job == NULL ? 0 : model_list_step(l->model, ids);
    for (size_t i = 0; i < count; i++)
        load_booking(l, house_model_booking(l->model, ids[i]));
    l->facts->step_count = l->facts->booking_count;
}

static void
load_named(struct loader *l)
{
    struct id *ids;
    size_t count = facts_named_bookings(l->command, l->arena, &ids);
    for (size_t i = 0; i < count; i++)
        if (house_model_booking(l->model, ids[i]) != NULL)
            load_booking(l, house_model_booking(l->model, ids[i]));
    count = facts_named_holds(l->command, l->arena, &ids);
    for (size_t i = 0; i < count; i++)
        if (house_model_hold(l->model, ids[i]) != NULL)
            load_hold(l, house_model_hold(l->model, ids[i]));
    load_closing(l);
    count = facts_named_rooms(l->command, l->arena, &ids);
    for (size_t i = 0; i < count; i++)
        load_room_state(l, ids[i]);
    for (size_t i = 0; i < l->facts->booking_count && facts_needs_room_states(l->command); i++) {
        for (size_t j = 0; j < l->bookings[i].claim_count; j++)
            load_room_state(l, l->bookings[i].claims[j].room);
        if (!id_is_none(l->bookings[i].in_room))
            load_room_state(l, l->bookings[i].in_room);
    }
}

static void
load_guest(struct loader *l)
{
    struct guest *guest = must(ARENA_NEW(l->arena, struct guest));
    model_load_guest(l->model, l->command, guest, must(ARENA_ARRAY(l->arena, MODEL_LINKS, struct guest_link)),
                     l->facts);
}

static struct str
local_text(struct loader *l, int64_t ms)
{
    char text[INSTANT_TEXT_SIZE];
    instant_format(ms, text);
    return arena_copy_str(l->arena, str_of(text, sizeof("2026-11-22T10:00") - 1));
}

static int64_t
count_ahead(const struct loader *l, const struct leg *leg)
{
    const struct room_type *type =
        id_is_none(leg->room) ? model_type(l->model, leg->room_type) : model_type_of_room(l->model, leg->room);
    int64_t count = 0;
    for (size_t i = 0; type != NULL && i < l->model->booking_count; i++) {
        const struct booking *b = &l->model->bookings[i];
        bool over = b->expires_at > 0 && b->expires_at <= l->model->now_ms;
        count += booking_status_is_blocking(b->status) && !over && id_equal(b->room_type, type->id) &&
                 b->span.ends > l->model->now_ms && str_equal(b->owner, l->command->actor.name);
    }
    return count;
}

static void
load_local(struct loader *l)
{
    const struct leg *legs;
    size_t count = facts_legs(l->command, l->facts, l->arena, &legs);
    struct local_slot *slots = must(ARENA_ARRAY(l->arena, count + 1, struct local_slot));
    for (size_t i = 0; i < count; i++) {
        int64_t starts = legs[i].span.starts, midnight = date_to_instant(date_from_instant(starts));
        if (!legs[i].by_minute)
            continue;
        slots[i] = (struct local_slot){.starts = local_text(l, starts),
                                       .ends = local_text(l, legs[i].span.ends),
                                       .starts_min = (int32_t)((starts - midnight) / MODEL_MINUTE_MS),
                                       .ends_min = (int32_t)((legs[i].span.ends - midnight) / MODEL_MINUTE_MS),
                                       .live_ahead = count_ahead(l, &legs[i])};
    }
    l->facts->local = slots;
    l->facts->local_count = count;
}

/* Wall time is UTC here: a stay's date is the instant at which it begins. */
static void
load_begins(struct loader *l)
{
    int64_t *begins = must(ARENA_ARRAY(l->arena, MODEL_BOOKINGS, int64_t));
    for (size_t i = 0; i < l->facts->booking_count; i++)
        begins[i] = l->bookings[i].span.starts;
    l->facts->begins = facts_wants_begins(l->command) ? begins : NULL;
}

/* --- money --- */

/* The booking or group that a command about money leads to. */
static void
find_account(struct loader *l, struct id *ret_booking, struct id *ret_group)
{
    struct facts_money named = facts_named_money(l->command);
    *ret_booking = named.booking;
    *ret_group = named.group;
    for (size_t i = 0; i < l->model->refund_count; i++)
        if (!id_is_none(named.refund) && id_equal(l->model->refunds[i].id, named.refund))
            named.payment = l->model->refunds[i].payment;
    for (size_t i = 0; i < l->model->payment_count; i++) {
        const struct payment *payment = &l->model->payments[i];
        bool by_reference = id_is_none(named.payment) && named.reference.len > 0 &&
                            payment->method == PAYMENT_METHOD_CARD && str_equal(payment->reference, named.reference);
        if (by_reference || (!id_is_none(named.payment) && id_equal(payment->id, named.payment))) {
            *ret_booking = payment->booking;
            *ret_group = payment->group;
        }
    }
    const struct booking *booking = house_model_booking(l->model, *ret_booking);
    if (booking != NULL && !id_is_none(booking->group))
        *ret_group = booking->group;
}

static void
load_account(struct loader *l)
{
    struct id booking, group;
    if (!facts_named_money(l->command).wanted)
        return;
    find_account(l, &booking, &group);
    for (size_t i = 0; i < l->model->booking_count; i++) {
        const struct booking *b = &l->model->bookings[i];
        if (id_is_none(group) ? id_equal(b->id, booking) : id_equal(b->group, group))
            load_booking(l, b);
    }
    for (size_t i = 0; i < l->model->seen_count; i++)
        if (str_equal(l->model->seen[i].event, facts_named_money(l->command).event))
            l->facts->seen = &l->model->seen[i];
}

/* The groups of what is paid for, then all payments of what was loaded. */
static void
load_money(struct loader *l)
{
    struct payment *payments = must(ARENA_ARRAY(l->arena, MODEL_PAYMENTS, struct payment));
    struct refund *refunds = must(ARENA_ARRAY(l->arena, MODEL_REFUNDS, struct refund));
    size_t count = l->facts->booking_count;
    for (size_t i = 0; i < count; i++) {
        const struct booking *paid = &l->bookings[i];
        if (!facts_wants_group(l->command, paid, l->model->now_ms))
            continue;
        for (size_t j = 0; j < l->model->booking_count; j++)
            if (id_equal(l->model->bookings[j].group, paid->group))
                load_booking(l, &l->model->bookings[j]);
    }
    l->facts->payments = payments;
    l->facts->refunds = refunds;
    for (size_t i = 0; i < l->model->payment_count; i++) {
        const struct payment *payment = &l->model->payments[i];
        bool loaded = false;
        for (size_t j = 0; j < l->facts->booking_count && !loaded; j++)
            loaded = id_equal(l->bookings[j].id, payment->booking) ||
                     (!id_is_none(payment->group) && id_equal(l->bookings[j].group, payment->group));
        if (!loaded)
            continue;
        payments[l->facts->payment_count++] = *payment;
        for (size_t j = 0; j < l->model->refund_count; j++)
            if (id_equal(l->model->refunds[j].payment, payment->id))
                refunds[l->facts->refund_count++] = l->model->refunds[j];
    }
}

/* Ids and codes go on from what the model has, so that the same command on the same model is decided the same. */
static void
load_fresh(struct loader *l)
{
    size_t id_count = facts_fresh_ids(l->command, l->facts), code_count = command_fresh_codes(l->command);
    struct id *ids = must(ARENA_ARRAY(l->arena, id_count + 1, struct id));
    struct str *codes = must(ARENA_ARRAY(l->arena, code_count + 1, struct str));
    for (size_t i = 0; i < id_count; i++)
        ids[i] = (struct id){UINT64_C(1) << 20, l->model->next_id + 1 + i};
    for (size_t i = 0; i < code_count; i++)
        codes[i] = STR("AAAAAA"); /* their form is the engine's business */
    l->facts->fresh_ids = ids;
    l->facts->fresh_codes = codes;
}

static void
loader_init(struct loader *l, const struct house_model *model, const struct command *command, struct arena *arena,
            struct facts *ret_facts)
{
    *ret_facts = (struct facts){
        .now_ms = model->now_ms,
        .today = model->today,
        .house = {&model->property, model->types, model->type_count, model->rooms, model->room_count},
    };
    *l = (struct loader){.model = model,
                         .command = command,
                         .arena = arena,
                         .bookings = must(ARENA_ARRAY(arena, MODEL_BOOKINGS, struct booking)),
                         .holds = must(ARENA_ARRAY(arena, MODEL_HOLDS, struct hold)),
                         .claims = must(ARENA_ARRAY(arena, MODEL_CLAIMS, struct claim)),
                         .loose = must(ARENA_ARRAY(arena, MODEL_BOOKINGS + MODEL_HOLDS, struct loose)),
                         .stocks = must(ARENA_ARRAY(arena, MODEL_TYPES, struct stock)),
                         .room_states = must(ARENA_ARRAY(arena, MODEL_ROOMS, struct room_state)),
                         .facts = ret_facts};
    ret_facts->bookings = l->bookings;
    ret_facts->holds = l->holds;
    ret_facts->claims = l->claims;
    ret_facts->loose = l->loose;
    ret_facts->stocks = l->stocks;
    ret_facts->room_states = l->room_states;
}

void
house_model_load(const struct house_model *model, const struct command *command, struct arena *arena,
                 struct facts *ret_facts)
{
    struct loader l;
    loader_init(&l, model, command, arena, ret_facts);
    load_step(&l);
    load_account(&l);
    load_named(&l);
    load_guest(&l);
    load_local(&l);
    load_wants(&l);
    load_lapsed(&l);
    load_unproven(&l);
    load_begins(&l);
    load_money(&l);
    load_fresh(&l);
}

void
house_model_load_all(const struct house_model *model, const struct command *command, struct arena *arena,
                     struct facts *ret_facts)
{
    struct loader l;
    loader_init(&l, model, command, arena, ret_facts);
    l.all = true;
    load_step(&l);
    load_account(&l);
    load_named(&l);
    load_guest(&l);
    load_overcommits(&l);
    load_local(&l);
    for (size_t i = 0; i < model->booking_count; i++)
        load_booking(&l, &model->bookings[i]);
    for (size_t i = 0; i < model->hold_count; i++)
        load_hold(&l, &model->holds[i]);
    for (size_t i = 0; i < model->claim_count; i++)
        load_claim(&l, &model->claims[i]);
    for (size_t i = 0; i < model->room_count; i++)
        load_room_state(&l, model->rooms[i].id);
    for (size_t i = 0; i < model->type_count; i++) {
        ret_facts->loose_count += model_list_loose(model, &model->types[i], l.loose + ret_facts->loose_count);
        if (model->types[i].sold_by == SOLD_BY_NIGHT)
            load_stock(&l, &model->types[i], span_from_nights(model->first_night, model->first_night + MODEL_NIGHTS));
    }
    load_unproven(&l);
    load_begins(&l);
    load_money(&l);
    load_fresh(&l);
}

/* --- applying --- */

static bool
drop_claim(struct house_model *model, const struct claim *claim)
{
    for (size_t i = 0; i < model->claim_count; i++)
        if (id_equal(model->claims[i].room, claim->room) && span_equal(model->claims[i].span, claim->span) &&
            id_equal(model->claims[i].owner, claim->owner)) {
            model->claims[i] = model->claims[--model->claim_count];
            return true;
        }
    return model_fail(model, "apply", "a claim is dropped that is not there");
}

static bool
add_claim(struct house_model *model, const struct claim *claim)
{
    if (model_type_of_room(model, claim->room) == NULL || claim->span.starts >= claim->span.ends)
        return model_fail(model, "apply", "a claim is not on a room, or empty");
    for (size_t i = 0; i < model->claim_count; i++)
        if (id_equal(model->claims[i].room, claim->room) && span_overlaps(model->claims[i].span, claim->span))
            return model_fail(model, "I1", "a claim comes over another one on its room");
    if (model->claim_count == MODEL_CLAIMS)
        return model_fail(model, "model", "too many claims");
    model->claims[model->claim_count++] = *claim;
    return true;
}

static bool
move_stock(struct house_model *model, const struct stock_move *move)
{
    const struct room_type *type = model_type(model, move->room_type);
    if (type == NULL || type->sold_by != SOLD_BY_NIGHT || move->from >= move->until)
        return model_fail(model, "apply", "stock moves that is not there");
    for (int32_t date = move->from; date < move->until; date++) {
        if (house_model_night(model, type, date) == NULL)
            return model_fail(model, "apply", "stock moves on a night that is not on sale");
        struct night *night = &model->nights[type - model->types][date - model->first_night];
        night->units += move->units;
        night->closed += move->closed;
        night->sold += move->sold;
        night->held += move->held;
        night->fixed += move->fixed;
        if (night->closed < 0 || night->sold < 0 || night->held < 0 || night->fixed < 0)
            return model_fail(model, "I3", "a counter goes below zero");
        if (night->sold + night->held > night->units - night->closed + night->allowance + night->overcommit)
            return model_fail(model, "I2", "a night is sold beyond its units while changes are written");
    }
    return true;
}

static struct overcommit *
find_overcommit(struct house_model *model, const struct overcommit *record, int32_t date)
{
    for (size_t i = 0; i < model->overcommit_count; i++) {
        struct overcommit *present = &model->overcommits[i];
        if (present->from == date && id_equal(present->room_type, record->room_type) &&
            id_equal(present->subject, record->subject))
            return present;
    }
    if (model->overcommit_count == MODEL_OVERCOMMITS)
        return NULL;
    struct overcommit *fresh = &model->overcommits[model->overcommit_count++];
    *fresh = *record;
    fresh->from = date;
    fresh->until = date + 1;
    fresh->quantity = 0;
    return fresh;
}

/* The nights go with their records, as the database has it. */
static bool
put_overcommit(struct house_model *model, const struct overcommit *record)
{
    const struct room_type *type = model_type(model, record->room_type);
    if (record->quantity < 0 || type == NULL || record->from < model->today)
        return model_fail(model, "I5", "a record of overcommit that can't be");
    model->was_overcommitted[type - model->types] = true;
    for (int32_t date = record->from; date < record->until; date++) {
        struct overcommit *present = find_overcommit(model, record, date);
        if (present == NULL || house_model_night(model, type, date) == NULL)
            return model_fail(model, "model", "too many records of overcommit, or a night that is not on sale");
        struct night *night = &model->nights[type - model->types][date - model->first_night];
        night->overcommit += record->quantity - present->quantity;
        present->quantity = record->quantity;
        if (!night_is_within(night))
            return model_fail(model, "I2", "a night is sold beyond its units while changes are written");
    }
    return true;
}

/* Beyond the units of rooms nobody has to find a place any more, nor later. */
static bool
set_nights(struct house_model *model, const struct nights_set *set)
{
    const struct room_type *type = model_type(model, set->room_type);
    model->was_overcommitted[type - model->types] |= set->allowance > 0;
    for (int32_t date = set->from; date < set->until; date++) {
        if (house_model_night(model, type, date) == NULL)
            return model_fail(model, "apply", "a night is set that is not on sale");
        struct night *night = &model->nights[type - model->types][date - model->first_night];
        night->units = set->units < 0 ? night->units : set->units;
        night->allowance = set->allowance < 0 ? night->allowance : set->allowance;
        if (!night_is_within(night))
            return model_fail(model, "I2", "a night is left fewer units than are sold and held");
    }
    return true;
}

static bool
put_closure(struct house_model *model, const struct closure *row)
{
    struct closure *present = NULL;
    for (size_t i = 0; i < model->closure_count; i++)
        if (id_equal(model->closures[i].id, row->id))
            present = &model->closures[i];
    if (row->version != (present == NULL ? 1 : present->version + 1))
        return model_fail(model, "L6", "a closure changes without version + 1");
    if (present == NULL && model->closure_count == MODEL_CLOSURES)
        return model_fail(model, "model", "too many closures");
    if (present == NULL)
        present = &model->closures[model->closure_count++];
    *present = *row;
    const struct room_type *type = model_type_of_room(model, row->room);
    if (type != NULL && row->placement == PLACEMENT_STATE_UNPROVEN)
        model->was_overcommitted[type - model->types] = true;
    return true;
}

static size_t
count_events_of(const struct decision *decision, struct id subject)
{
    size_t count = 0;
    for (size_t i = 0; i < decision->event_count; i++)
        count += id_equal(decision->events[i].subject, subject);
    return count;
}

static const struct event *
find_event(const struct decision *decision, struct id subject, int64_t version, enum event_state state)
{
    for (size_t i = 0; i < decision->event_count; i++) {
        const struct event *event = &decision->events[i];
        if (!id_equal(event->subject, subject) || event->state != state)
            continue;
        if (state == EVENT_OF_BOOKING ? event->booking->version == version : event->hold->version == version)
            return event;
    }
    return NULL;
}

static bool
is_row_of_machine(enum booking_status from, enum booking_status to, struct str kind)
{
    for (int command = 0; command < BOOKING_COMMAND_COUNT; command++)
        if (str_equal(booking_machine_event(from, (enum booking_command)command, to), kind))
            return kind.len > 0;
    return false;
}

static bool
check_shown_companions(struct house_model *model, const struct booking *row)
{
    struct id stored[COMPANIONS_MAX];
    size_t count = house_model_companions(model, row->id, stored);
    bool same = count == row->companion_count;
    for (size_t i = 0; i < count && same; i++)
        same = id_equal(stored[i], row->companions[i]);
    return same || model_fail(model, "E2", "a booking names others than are stored, or before they are");
}

static bool
add_companion(struct house_model *model, struct companion companion)
{
    const struct booking *booking = house_model_booking(model, companion.booking);
    if (booking == NULL || id_equal(booking->guest, companion.guest))
        return model_fail(model, "R6", "someone comes along with no booking, or with themselves");
    for (size_t i = 0; i < model->companion_count; i++)
        if (id_equal(model->companions[i].booking, companion.booking) &&
            id_equal(model->companions[i].guest, companion.guest))
            return model_fail(model, "R6", "someone is named twice");
    if (model->companion_count == MODEL_COMPANIONS)
        return model_fail(model, "model", "too many companions");
    model->companions[model->companion_count++] = companion;
    return true;
}

static bool
drop_companion(struct house_model *model, struct companion companion)
{
    for (size_t i = 0; i < model->companion_count; i++) {
        if (!id_equal(model->companions[i].booking, companion.booking) ||
            !id_equal(model->companions[i].guest, companion.guest))
            continue;
        model->companions[i] = model->companions[--model->companion_count];
        return true;
    }
    return model_fail(model, "R6", "someone is taken out who was not named");
}

/* Whoever is promised a room is so on, unless this very event was insisted on, or asks for other nights, or for any
 * room of a type, which may not be the one they had. */
static bool
keeps_promise(const struct booking *before, const struct booking *row, const struct event *event)
{
    bool is_loose =
        row->claim_count == 0 || (!row->claims[0].pinned && !str_equal(event->kind, STR("booking.unpinned")));
    return before->placement != PLACEMENT_STATE_PROVEN || row->placement == PLACEMENT_STATE_PROVEN ||
           !booking_status_is_blocking(before->status) || !booking_status_is_blocking(row->status) ||
           event->overrides || !span_equal(before->span, row->span) || is_loose;
}

static bool
put_booking(struct house_model *model, const struct decision *decision, const struct booking *row)
{
    struct booking *present = NULL;
    for (size_t i = 0; i < model->booking_count; i++)
        if (id_equal(model->bookings[i].id, row->id))
            present = &model->bookings[i];
    const struct event *event = find_event(decision, row->id, row->version, EVENT_OF_BOOKING);
    if (row->version != (present == NULL ? 1 : present->version + 1))
        return model_fail(model, "L6", "a booking changes without version + 1");
    enum booking_status from = present == NULL ? BOOKING_NONE : present->status;
    struct str from_name = present == NULL ? (struct str){NULL, 0} : booking_status_name(from);
    if (event == NULL || !is_row_of_machine(from, row->status, event->kind) || !str_equal(event->from, from_name) ||
        !str_equal(event->to, booking_status_name(row->status)))
        return model_fail(model, "L1", "a booking changes without an event that the table has");
    if (event->booking->status != row->status || !span_equal(event->booking->span, row->span))
        return model_fail(model, "E2", "an event does not show the booking as it is stored");
    if (present != NULL && !keeps_promise(present, row, event))
        return model_fail(model, "I4", "who is proven is not any more by what was not insisted on");
    if (present == NULL && model->booking_count == MODEL_BOOKINGS)
        return model_fail(model, "model", "too many bookings");
    if (present == NULL)
        present = &model->bookings[model->booking_count++];
    *present = *row;
    present->claims = NULL;
    present->companions = NULL;
    present->claim_count = present->companion_count = 0;
    return check_shown_companions(model, row);
}

/* Does the decision make what the hold says it became: a group, or a single booking? */
static bool
makes(const struct decision *decision, const struct hold *hold)
{
    size_t count = 0;
    for (size_t i = 0; i < decision->change_count; i++) {
        const struct change *change = &decision->changes[i];
        count += change->kind == CHANGE_GROUP && id_equal(change->group->id, hold->group);
        count += change->kind == CHANGE_BOOKING && change->booking->version == 1 &&
                 id_equal(change->booking->id, hold->booking) && id_is_none(change->booking->group);
    }
    return count == 1;
}

static bool
put_hold(struct house_model *model, const struct decision *decision, const struct hold *row)
{
    struct hold *present = NULL;
    for (size_t i = 0; i < model->hold_count; i++)
        if (id_equal(model->holds[i].id, row->id))
            present = &model->holds[i];
    const struct event *event = find_event(decision, row->id, row->version, EVENT_OF_HOLD);
    if (row->version != (present == NULL ? 1 : present->version + 1))
        return model_fail(model, "L6", "a hold changes without version + 1");
    if (present != NULL && present->status != HOLD_ACTIVE)
        return model_fail(model, "H1", "a hold that has ended changes");
    if (present != NULL && present->expires_at <= model->now_ms && row->status != HOLD_LAPSED)
        return model_fail(model, "H2", "a hold is used at or after its end");
    if (event == NULL || !str_equal(event->to, hold_status_name(row->status)))
        return model_fail(model, "L1", "a hold changes without its event");
    if (present != NULL && row->expires_at < present->expires_at)
        return model_fail(model, "H1", "a hold is shortened");
    bool prolonged = present != NULL && row->expires_at > present->expires_at;
    if (prolonged && row->expires_at > hold_latest_end(present, model_type(model, row->room_type)->hold_ttl_ms))
        return model_fail(model, "H1", "a hold is prolonged without end");
    if (row->party < 1 ||
        (present != NULL && row->party != present->party && !str_equal(event->kind, STR("hold.renewed"))))
        return model_fail(model, "H1", "a hold loses its party");
    if (makes(decision, row) != (row->status == HOLD_CONFIRMED))
        return model_fail(model, "H1", "a hold does not say what it became");
    if (present == NULL && model->hold_count == MODEL_HOLDS)
        return model_fail(model, "model", "too many holds");
    if (present == NULL)
        present = &model->holds[model->hold_count++];
    *present = *row;
    return true;
}

static struct room_state *
find_room_state(struct house_model *model, struct id room)
{
    for (size_t i = 0; i < model->room_count; i++)
        if (id_equal(model->rooms[i].id, room))
            return &model->room_states[i];
    return NULL;
}

/* Who is in the room is not a part of this change: it has been said before. */
static bool
put_room_state(struct house_model *model, const struct decision *decision, const struct room_state *row)
{
    struct room_state *present = find_room_state(model, row->room);
    const struct event *event = NULL;
    for (size_t i = 0; i < decision->event_count; i++)
        if (decision->events[i].state == EVENT_OF_ROOM && decision->events[i].room_state == row)
            event = &decision->events[i];
    if (present == NULL || row->version != present->version + 1)
        return model_fail(model, "L6", "what goes on in a room changes without version + 1");
    if (event == NULL || !str_equal(event->to, room_status_name(room_status_of(row))))
        return model_fail(model, "L1", "what goes on in a room changes without its event");
    if (room_is_faulty(row) != (row->fault_since != 0))
        return model_fail(model, "R2", "a fault has no time, or a time no fault");
    struct id occupant = present->occupant;
    *present = *row;
    present->occupant = occupant;
    return true;
}

static bool
begin_occupancy(struct house_model *model, struct occupancy occupancy)
{
    struct room_state *room = find_room_state(model, occupancy.room);
    if (room == NULL || room_is_occupied(room))
        return model_fail(model, "R1", "someone comes into a room that is none, or has someone in it");
    for (size_t i = 0; i < model->room_count; i++)
        if (id_equal(model->room_states[i].occupant, occupancy.booking))
            return model_fail(model, "R1", "a party is in two rooms");
    room->occupant = occupancy.booking;
    return true;
}

static bool
end_occupancy(struct house_model *model, struct occupancy occupancy)
{
    struct room_state *room = find_room_state(model, occupancy.room);
    if (room == NULL || !room_is_occupied(room) || !id_equal(room->occupant, occupancy.booking))
        return model_fail(model, "R1", "someone leaves a room that they are not in");
    room->occupant = ID_NONE;
    return true;
}

/* How much of the payment has come back by this decision. */
static int64_t
come_back(const struct decision *decision, struct id payment)
{
    int64_t sum = 0;
    for (size_t i = 0; i < decision->event_count; i++) {
        const struct event *event = &decision->events[i];
        if (str_equal(event->kind, STR("refund.failed")) && id_equal(event->of_refund->payment, payment) &&
            event->of_refund->provider_reference.len > 0)
            sum += event->of_refund->amount;
    }
    return sum;
}

static bool
put_payment(struct house_model *model, const struct decision *decision, const struct payment *row)
{
    struct payment *present = NULL;
    for (size_t i = 0; i < model->payment_count; i++)
        if (id_equal(model->payments[i].id, row->id))
            present = &model->payments[i];
    size_t events = 0;
    for (size_t i = 0; i < decision->event_count; i++)
        events += decision->events[i].state == EVENT_OF_PAYMENT && decision->events[i].payment == row;
    if (events != 1 || row->version != (present == NULL ? 1 : present->version + 1))
        return model_fail(model, "L6", "a payment changes without version + 1 and its event");
    if (row->refunded < 0 || row->refunded > row->captured || row->captured > row->authorized)
        return model_fail(model, "P1", "the amounts of a payment are not in their bounds");
    if (present != NULL && (row->authorized < present->authorized || row->captured < present->captured ||
                            row->refunded < present->refunded - come_back(decision, row->id)))
        return model_fail(model, "P1", "an amount sinks");
    if (present == NULL && model->payment_count == MODEL_PAYMENTS)
        return model_fail(model, "model", "too many payments");
    if (present == NULL)
        present = &model->payments[model->payment_count++];
    *present = *row;
    return true;
}

static bool
put_refund(struct house_model *model, const struct decision *decision, const struct refund *row)
{
    struct refund *present = NULL;
    for (size_t i = 0; i < model->refund_count; i++)
        if (id_equal(model->refunds[i].id, row->id))
            present = &model->refunds[i];
    size_t events = 0;
    for (size_t i = 0; i < decision->event_count; i++)
        events += decision->events[i].state == EVENT_OF_REFUND && decision->events[i].of_refund == row;
    if (events != 1 || row->amount <= 0 || row->version != (present == NULL ? 1 : present->version + 1))
        return model_fail(model, "L6", "a refund changes without version + 1 and its event");
    if (present == NULL && model->refund_count == MODEL_REFUNDS)
        return model_fail(model, "model", "too many refunds");
    if (present == NULL)
        present = &model->refunds[model->refund_count++];
    *present = *row;
    return true;
}

static bool
put_notice(struct house_model *model, const struct payment_notice_seen *seen)
{
    for (size_t i = 0; i < model->seen_count; i++)
        if (str_equal(model->seen[i].event, seen->event))
            return model_fail(model, "P2", "an event of a provider's applies twice");
    if (model->seen_count == MODEL_NOTICES)
        return model_fail(model, "model", "too many events of a provider's");
    model->seen[model->seen_count++] = *seen;
    return true;
}

static bool
put_text(struct house_model *model, const struct decision *decision, const struct free_text *text)
{
    size_t named = 0;
    for (size_t i = 0; i < decision->event_count; i++)
        named += decision->events[i].reason == text;
    return (named > 0 && text->content.len > 0 && !id_is_none(text->id)) ||
           model_fail(model, "T3", "a text that no event names");
}

static bool
apply_change(struct house_model *model, const struct decision *decision, const struct change *change)
{
    switch (change->kind) {
    case CHANGE_BOOKING: return put_booking(model, decision, change->booking);
    case CHANGE_HOLD: return put_hold(model, decision, change->hold);
    case CHANGE_CLAIM_DROP: return drop_claim(model, &change->claim);
    case CHANGE_CLAIM_ADD: return add_claim(model, &change->claim);
    case CHANGE_STOCK: return move_stock(model, &change->stock);
    case CHANGE_CLOSURE: return put_closure(model, change->closure);
    case CHANGE_OVERCOMMIT: return put_overcommit(model, change->overcommit);
    case CHANGE_ROOM_STATE: return put_room_state(model, decision, change->room_state);
    case CHANGE_OCCUPANCY_END: return end_occupancy(model, change->occupancy);
    case CHANGE_OCCUPANCY_BEGIN: return begin_occupancy(model, change->occupancy);
    case CHANGE_COMPANION_ADD: return add_companion(model, change->companion);
    case CHANGE_COMPANION_DROP: return drop_companion(model, change->companion);
    case CHANGE_GUEST: return model_put_guest(model, change->guest);
    case CHANGE_GUEST_LINK: return model_put_link(model, change->guest_link);
    case CHANGE_NIGHTS_SET: return set_nights(model, &change->nights);
    case CHANGE_TEXT: return put_text(model, decision, change->text);
    case CHANGE_GROUP: model->group_count++; return true;
    case CHANGE_PAYMENT: return put_payment(model, decision, change->payment);
    case CHANGE_REFUND: return put_refund(model, decision, change->refund);
    case CHANGE_NOTICE: return put_notice(model, &change->notice);
    case CHANGE_SET_ASIDE: model->set_aside_count++; return true;
    case CHANGE_JOB: return model_put_job(model, change->job);
    case CHANGE_JOB_ITEM: return model_put_job_item(model, change->job_item.job, &change->job_item.item);
    case CHANGE_PROPERTY: return model_put_property(model, change->property);
    default: return model_fail(model, "model", "a change of the house");
    }
}

/* The rooms that an event shows are those that are stored. */
static bool
check_shown_claims(struct house_model *model, const struct booking *shown)
{
    size_t stored = 0;
    for (size_t i = 0; i < model->claim_count; i++)
        stored += id_equal(model->claims[i].owner, shown->id);
    bool same = stored == shown->claim_count;
    for (size_t i = 0; i < shown->claim_count && same; i++) {
        same = false;
        for (size_t j = 0; j < model->claim_count; j++)
            if (id_equal(model->claims[j].owner, shown->id) && id_equal(model->claims[j].room, shown->claims[i].room) &&
                span_equal(model->claims[j].span, shown->claims[i].span))
                same = model->claims[j].pinned == shown->claims[i].pinned;
    }
    return same || model_fail(model, "E2", "an event shows other rooms than are stored");
}

static bool
check_events(struct house_model *model, const struct decision *decision)
{
    size_t changes = 0, events = 0;
    for (size_t i = 0; i < decision->change_count; i++) {
        enum change_kind kind = decision->changes[i].kind;
        changes += kind == CHANGE_BOOKING || kind == CHANGE_HOLD || kind == CHANGE_GROUP || kind == CHANGE_PAYMENT ||
                   kind == CHANGE_REFUND || kind == CHANGE_SET_ASIDE || kind == CHANGE_ROOM_STATE ||
                   kind == CHANGE_OVERCOMMIT || kind == CHANGE_CLOSURE || kind == CHANGE_JOB ||
                   kind == CHANGE_PROPERTY || kind == CHANGE_NIGHTS_SET || kind == CHANGE_GUEST_LINK ||
                   (kind == CHANGE_GUEST && decision->changes[i].guest->version > 1);
    }
    for (size_t i = 0; i < decision->event_count; i++) {
        const struct event *event = &decision->events[i];
        events += event->state != EVENT_OF_ARRIVALS; /* what others come to together */
        if (event->state != EVENT_OF_BOOKING)
            continue;
        const struct booking *stored = house_model_booking(model, event->subject);
        if (stored == NULL || count_events_of(decision, event->subject) == 0)
            return model_fail(model, "E2", "an event of a booking that is not there");
        if (stored->version == event->booking->version && !check_shown_claims(model, event->booking))
            return false;
    }
    return changes == events || model_fail(model, "L1", "changes and events are not one to one");
}

bool
house_model_apply(struct house_model *model, const struct decision *decision)
{
    if (decision->out_of_memory)
        return model_fail(model, "model", "the decision is void: the arena was full");
    bool refused = decision->refusal.outcome != OUTCOME_OK;
    if (refused &&
        (decision->change_count != decision->lapsed_changes || decision->event_count != decision->lapsed_events))
        return model_fail(model, "refusal", "a refused command leaves changes or events");
    for (size_t i = 0; i < decision->change_count; i++)
        if (!apply_change(model, decision, &decision->changes[i]))
            return false;
    model->next_id += 2 * QUANTITY_MAX; /* whatever was used of the fresh ids */
    return check_events(model, decision);
}

bool
house_model_run(struct house_model *model, const struct command *command, struct arena *arena,
                struct decision *ret_decision)
{
    struct facts facts;
    house_model_load(model, command, arena, &facts);
    decide(&facts, command, arena, ret_decision);
    bool silent =
        ret_decision->refusal.outcome == OUTCOME_OK && ret_decision->event_count == ret_decision->lapsed_events;
    bool may_be_silent = command->kind == COMMAND_SWEEP || command->kind == COMMAND_AUTO_ASSIGN_ARRIVALS;
    if (silent && id_is_none(ret_decision->unchanged) && !may_be_silent)
        return model_fail(model, "reply", "an accepted command leaves no event");
    bool changed = ret_decision->change_count > 0; /* what has not changed was checked before */
    return house_model_apply(model, ret_decision) && (!changed || house_model_check(model));
}
