/* An object is 16 bits: whether its guests have left, the room they are in, whether they were given up, a mark, what it
 * is, its span, room, pin, ticks left, owner and quantity. Two bits for each room say how far it is from ready. Of the
 * four states that swapping rooms and swapping clients make of one, the one with the smallest objects stands for all.
 */
#include "tests/sim/explorer_state.h"

#include <assert.h>
#include <stdio.h>

const struct str state_clients[STATE_CLIENTS] = {{"usr_one", 7}, {"usr_two", 7}};

static const int spans[STATE_SPANS][2] = {{0, 1}, {1, 2}, {2, 3}, {0, 2}, {1, 3}, {0, 3}};

struct span
state_span(int number)
{
    return span_from_nights(MODEL_TODAY + spans[number][0], MODEL_TODAY + spans[number][1]);
}

int
state_span_number(struct span span)
{
    for (int i = 0; i < STATE_SPANS; i++)
        if (span_equal(state_span(i), span))
            return i;
    assert(!"a span that is not of this world");
    return 0;
}

static uint16_t
pack(const struct state_object *o)
{
    return (uint16_t)((unsigned)o->left << 15 | (unsigned)o->in_room << 13 | (unsigned)o->given_up << 12 | 1U << 11 |
                      (unsigned)o->is_hold << 10 | (unsigned)o->span << 7 | (unsigned)o->room << 5 |
                      (unsigned)(o->is_hold ? o->owner : o->pinned) << 4 |
                      (unsigned)(o->is_hold ? o->quantity - 1 : o->unpaid) << 3 | (unsigned)o->ticks << 1);
}

struct state_object
state_object(const struct state *state, size_t number)
{
    uint16_t bits = state->objects[number];
    struct state_object o = {
        .is_hold = bits >> 10 & 1, .span = bits >> 7 & 7, .room = bits >> 5 & 3, .ticks = bits >> 1 & 3};
    o.quantity = o.is_hold ? (bits >> 3 & 1) + 1 : 1;
    o.owner = o.is_hold ? bits >> 4 & 1 : 0;
    o.pinned = !o.is_hold && (bits >> 4 & 1) != 0;
    o.unpaid = !o.is_hold && (bits >> 3 & 1) != 0;
    o.given_up = bits >> 12 & 1;
    o.in_room = bits >> 13 & 3;
    o.left = bits >> 15 & 1;
    return o;
}

enum cleanliness
state_cleanliness(const struct state *state, int room)
{
    return (enum cleanliness)(CLEANLINESS_INSPECTED - (state->rooms >> 2 * (room - 1) & 3));
}

static uint16_t
pack_cleanliness(const enum cleanliness rooms[STATE_ROOMS])
{
    unsigned bits = 0;
    for (int i = 0; i < STATE_ROOMS; i++)
        bits |= (unsigned)(CLEANLINESS_INSPECTED - rooms[i]) << 2 * i;
    return (uint16_t)bits;
}

void
state_init_house(struct house_model *ret_model)
{
    house_model_init(ret_model);
    struct room_type *type = house_model_add_type(ret_model, SOLD_BY_NIGHT, STOCK_ROOMS, 0);
    type->hold_ttl_ms = ret_model->property.payment_ttl_ms = STATE_TICK_MS;
    for (int i = 0; i < STATE_ROOMS; i++)
        house_model_add_room(ret_model, type);
}

static struct id
room_id(const struct house_model *m, int number)
{
    return number == 0 ? ID_NONE : m->rooms[number - 1].id;
}

static void
add_claim(struct house_model *m, const struct state_object *o, enum claim_owner kind, struct id owner)
{
    if (o->room != 0)
        m->claims[m->claim_count++] = (struct claim){.room = m->rooms[o->room - 1].id,
                                                     .span = state_span(o->span),
                                                     .owner_kind = kind,
                                                     .owner = owner,
                                                     .pinned = o->pinned};
}

/* Who came today, and may have left. */
static void
add_guests(struct house_model *m, const struct state_object *o, struct booking *booking)
{
    booking->checked_in_at = m->now_ms;
    booking->checked_in_on = m->today;
    if (o->left) {
        booking->status = BOOKING_CHECKED_OUT;
        booking->checked_out_at = m->now_ms;
        booking->checked_out_on = m->today;
        booking->left_room = room_id(m, o->room);
        return;
    }
    booking->status = BOOKING_CHECKED_IN;
    booking->in_room = room_id(m, o->in_room);
    m->room_states[o->in_room - 1].occupant = booking->id;
}

static void
add_booking(struct house_model *m, const struct state_object *o, struct id id)
{
    m->bookings[m->booking_count++] = (struct booking){
        .id = id,
        .room_type = m->types[0].id,
        .charged_room_type = m->types[0].id,
        .status = o->unpaid ? BOOKING_PENDING_PAYMENT : BOOKING_CONFIRMED,
        .span = state_span(o->span),
        .party = 1,
        .owner = state_clients[0],
        .payment = o->unpaid ? PAYMENT_REQUIRED : PAYMENT_NONE,
        .expires_at = o->unpaid ? m->now_ms + o->ticks * STATE_TICK_MS : 0,
        .created_at = m->now_ms,
        .version = 1,
    };
    struct booking *booking = &m->bookings[m->booking_count - 1];
    if (o->given_up) {
        booking->status = BOOKING_NO_SHOW;
        booking->lost_room = room_id(m, o->room);
    } else if (o->left || o->in_room != 0) {
        add_guests(m, o, booking);
    }
    if (!o->given_up && !o->left)
        add_claim(m, o, CLAIM_OF_BOOKING, id);
}

static void
add_hold(struct house_model *m, const struct state_object *o, struct id id)
{
    m->holds[m->hold_count++] = (struct hold){
        .id = id,
        .status = HOLD_ACTIVE,
        .owner = state_clients[o->owner],
        .room_type = m->types[0].id,
        .room = room_id(m, o->room),
        .span = state_span(o->span),
        .quantity = o->quantity,
        .party = 1,
        .expires_at = m->now_ms + o->ticks * STATE_TICK_MS,
        .created_at = m->now_ms,
        .version = 1,
    };
    add_claim(m, o, CLAIM_OF_HOLD, id);
}

static bool
has_lapsed(const struct state_object *o)
{
    return (o->is_hold || o->unpaid) && o->ticks == 0;
}

static void
count_nights(struct house_model *m, const struct state_object *o)
{
    bool fixed = o->room != 0 && (o->is_hold || o->pinned);
    for (int night = spans[o->span][0]; night < spans[o->span][1]; night++) {
        struct night *n = &m->nights[0][night];
        n->sold += o->is_hold ? 0 : 1;
        n->held += o->is_hold ? o->quantity : 0;
        n->fixed += fixed ? 1 : 0;
    }
}

/* What has ended is still there by name, and has nothing. */
static void
add_ended(struct house_model *m, struct state_object o, struct id id)
{
    o.room = 0;
    if (o.is_hold) {
        add_hold(m, &o, id);
        m->holds[m->hold_count - 1].status = HOLD_LAPSED;
    } else {
        add_booking(m, &o, id);
        m->bookings[m->booking_count - 1].status = BOOKING_EXPIRED;
    }
}

static void
build_house(const struct state *state, const struct house_model *empty, bool swept, struct house_model *ret_model)
{
    *ret_model = *empty;
    for (int room = 1; room <= STATE_ROOMS; room++)
        ret_model->room_states[room - 1].cleanliness = state_cleanliness(state, room);
    for (size_t i = 0; i < STATE_OBJECTS && state->objects[i] != 0; i++) {
        struct state_object o = state_object(state, i);
        struct id id = {UINT64_C(1) << 20, ++ret_model->next_id};
        if (swept && has_lapsed(&o)) {
            add_ended(ret_model, o, id);
            continue;
        }
        if (!o.given_up && !o.left)
            count_nights(ret_model, &o);
        if (o.is_hold)
            add_hold(ret_model, &o, id);
        else
            add_booking(ret_model, &o, id);
    }
}

void
state_to_house(const struct state *state, const struct house_model *empty, struct house_model *ret_model)
{
    build_house(state, empty, false, ret_model);
}

void
state_to_swept_house(const struct state *state, const struct house_model *empty, struct house_model *ret_model)
{
    build_house(state, empty, true, ret_model);
}

int
state_room_number(const struct house_model *m, struct id room)
{
    for (int i = 0; i < STATE_ROOMS; i++)
        if (id_equal(m->rooms[i].id, room))
            return i + 1;
    return 0;
}

static int
room_number(const struct house_model *m, struct id owner)
{
    const struct claim *claim = house_model_claim(m, owner);
    return claim == NULL ? 0 : state_room_number(m, claim->room);
}

static int
ticks_left(const struct house_model *m, int64_t expires_at)
{
    return expires_at <= m->now_ms ? 0 : (int)((expires_at - m->now_ms + STATE_TICK_MS - 1) / STATE_TICK_MS);
}

/* The room that its guests are in; 0 for none. */
static int
occupied_room(const struct house_model *m, struct id booking)
{
    for (int i = 0; i < STATE_ROOMS; i++)
        if (id_equal(m->room_states[i].occupant, booking))
            return i + 1;
    return 0;
}

static size_t
list_objects(const struct house_model *m, struct state_object *ret)
{
    size_t count = 0;
    for (size_t i = 0; i < m->booking_count; i++) {
        const struct booking *b = &m->bookings[i];
        const struct claim *claim = house_model_claim(m, b->id);
        if (b->status == BOOKING_NO_SHOW)
            ret[count++] = (struct state_object){.given_up = true,
                                                 .span = state_span_number(b->span),
                                                 .room = state_room_number(m, b->lost_room),
                                                 .quantity = 1};
        if (b->status == BOOKING_CHECKED_OUT)
            ret[count++] = (struct state_object){.left = true,
                                                 .span = state_span_number(b->span),
                                                 .room = state_room_number(m, b->left_room),
                                                 .quantity = 1};
        if (!booking_status_is_blocking(b->status))
            continue;
        assert(count < MODEL_BOOKINGS && b->placement == PLACEMENT_STATE_PROVEN);
        ret[count++] = (struct state_object){.unpaid = b->status == BOOKING_PENDING_PAYMENT,
                                             .pinned = claim != NULL && claim->pinned,
                                             .span = state_span_number(b->span),
                                             .room = room_number(m, b->id),
                                             .in_room = occupied_room(m, b->id),
                                             .ticks = b->expires_at == 0 ? 0 : ticks_left(m, b->expires_at),
                                             .quantity = 1};
    }
    for (size_t i = 0; i < m->hold_count; i++) {
        const struct hold *h = &m->holds[i];
        if (h->status == HOLD_ACTIVE)
            ret[count++] = (struct state_object){.is_hold = true,
                                                 .span = state_span_number(h->span),
                                                 .room = room_number(m, h->id),
                                                 .ticks = ticks_left(m, h->expires_at),
                                                 .owner = str_equal(h->owner, state_clients[1]) ? 1 : 0,
                                                 .quantity = h->quantity};
    }
    return count;
}

struct state
state_pack(const struct state_object *objects, size_t count, const enum cleanliness rooms[STATE_ROOMS])
{
    struct state state = {.rooms = pack_cleanliness(rooms)};
    for (size_t i = 0; i < count; i++) {
        uint16_t bits = pack(&objects[i]);
        size_t at = i;
        for (; at > 0 && state.objects[at - 1] < bits; at--)
            state.objects[at] = state.objects[at - 1];
        state.objects[at] = bits;
    }
    return state;
}

static int
swap_room(int room)
{
    return room == 0 ? 0 : 3 - room;
}

/* The same with the one room called the other, the one client the other, or both. */
static struct state
pack_swapped(const struct state_object *objects, size_t count, const enum cleanliness rooms[STATE_ROOMS], int way)
{
    struct state_object swapped[STATE_OBJECTS];
    enum cleanliness swapped_rooms[STATE_ROOMS] = {rooms[way & 1], rooms[1 - (way & 1)]};
    for (size_t i = 0; i < count; i++) {
        swapped[i] = objects[i];
        if ((way & 1) != 0) {
            swapped[i].room = swap_room(objects[i].room);
            swapped[i].in_room = swap_room(objects[i].in_room);
        }
        if ((way & 2) != 0 && objects[i].is_hold)
            swapped[i].owner = 1 - objects[i].owner;
    }
    return state_pack(swapped, count, swapped_rooms);
}

bool
state_from_house(const struct house_model *model, bool alike, struct state *ret_state)
{
    struct state_object objects[MODEL_BOOKINGS + MODEL_HOLDS];
    enum cleanliness rooms[STATE_ROOMS];
    size_t count = list_objects(model, objects);
    if (count > STATE_OBJECTS)
        return false;
    for (int i = 0; i < STATE_ROOMS; i++)
        rooms[i] = model->room_states[i].cleanliness;
    *ret_state = state_pack(objects, count, rooms);
    for (int way = 1; alike && way < 4; way++) {
        struct state other = pack_swapped(objects, count, rooms, way);
        if (memcmp(&other, ret_state, sizeof(other)) < 0)
            *ret_state = other;
    }
    return true;
}

size_t
state_count(const struct state *state)
{
    size_t count = 0;
    while (count < STATE_OBJECTS && state->objects[count] != 0)
        count++;
    return count;
}

void
state_tell(const struct state *state, char *text, size_t size)
{
    size_t len = 0;
    for (int room = 1; room <= STATE_ROOMS && len < size; room++)
        len += (size_t)snprintf(text + len, size - len, "%sroom %d %s", room == 1 ? "" : ", ", room,
                                cleanliness_name(state_cleanliness(state, room)).ptr);
    for (size_t i = 0; i < state_count(state) && len < size; i++) {
        struct state_object o = state_object(state, i);
        const char *what = o.is_hold ? "held" : o.left ? "left" : o.given_up ? "given up" : "booked";
        len += (size_t)snprintf(text + len, size - len, "; span %d %s room %d%s in %d", o.span, what, o.room,
                                o.pinned ? " pinned" : "", o.in_room);
    }
}
