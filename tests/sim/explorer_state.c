/* An object is 20 bits: whether a fee is kept, who comes along, whether it is a closure, whether it waits for approval;
 * whether its guests have left, the room they are in, whether they were given up, a mark, what it is, its span, room,
 * pin, ticks left, owner and quantity. Two bits for each room say how far it is from ready, and one whether something
 * is broken. Of the four states that swapping rooms and swapping clients make of one, the one whose objects come first
 * stands for all. */
#include "tests/sim/explorer_state.h"

#include <assert.h>
#include <stdio.h>

const struct str state_clients[STATE_CLIENTS] = {{"usr_one", 7}, {"usr_two", 7}};
const struct price state_price = {true, 10000};

enum { FEE_PERCENT = 50 };

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

static uint32_t
pack(const struct state_object *o)
{
    return (uint32_t)o->owes << 19 | (uint32_t)o->accompanied << 18 | (uint32_t)o->is_closure << 17 |
           (uint32_t)o->unapproved << 16 | (uint32_t)o->left << 15 | (uint32_t)o->in_room << 13 |
           (uint32_t)o->given_up << 12 | UINT32_C(1) << 11 | (uint32_t)o->is_hold << 10 | (uint32_t)o->span << 7 |
           (uint32_t)o->room << 5 | (uint32_t)(o->is_hold ? o->owner : o->pinned) << 4 |
           (uint32_t)(o->is_hold ? o->quantity - 1 : o->unpaid) << 3 | (uint32_t)o->ticks << 1;
}

struct state_object
state_object(const struct state *state, size_t number)
{
    uint32_t bits = state->objects[number];
    struct state_object o = {
        .is_hold = bits >> 10 & 1, .span = bits >> 7 & 7, .room = bits >> 5 & 3, .ticks = bits >> 1 & 3};
    o.quantity = o.is_hold ? (bits >> 3 & 1) + 1 : 1;
    o.owner = o.is_hold ? bits >> 4 & 1 : 0;
    o.pinned = !o.is_hold && (bits >> 4 & 1) != 0;
    o.unpaid = !o.is_hold && (bits >> 3 & 1) != 0;
    o.given_up = bits >> 12 & 1;
    o.in_room = bits >> 13 & 3;
    o.left = bits >> 15 & 1;
    o.unapproved = bits >> 16 & 1;
    o.is_closure = bits >> 17 & 1;
    o.accompanied = bits >> 18 & 1;
    o.owes = bits >> 19 & 1;
    return o;
}

struct state_room
state_room(const struct state *state, int room)
{
    uint32_t bits = state->rooms >> 3 * (room - 1);
    return (struct state_room){(enum cleanliness)(CLEANLINESS_INSPECTED - (int)(bits & 3)), (bits >> 2 & 1) != 0};
}

static uint32_t
pack_rooms(const struct state_room rooms[STATE_ROOMS])
{
    uint32_t bits = 0;
    for (int i = 0; i < STATE_ROOMS; i++)
        bits |= ((uint32_t)rooms[i].faulty << 2 | (uint32_t)(CLEANLINESS_INSPECTED - rooms[i].cleanliness)) << 3 * i;
    return bits;
}

void
state_init_house(struct house_model *ret_model)
{
    house_model_init(ret_model);
    struct room_type *type = house_model_add_type(ret_model, SOLD_BY_NIGHT, STOCK_ROOMS, 0);
    type->hold_ttl_ms = ret_model->property.payment_ttl_ms = ret_model->property.approval_ttl_ms = STATE_TICK_MS;
    ret_model->property.no_show_fee_percent = FEE_PERCENT;
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

struct id
state_id(const struct state *state, const struct house_model *model, size_t number)
{
    return (struct id){UINT64_C(1) << 20, model->next_id - state_count(state) + 1 + number};
}

struct id
state_guest_id(struct id booking)
{
    return (struct id){UINT64_C(1) << 21, booking.lo};
}

struct id
state_companion_id(struct id booking)
{
    return (struct id){UINT64_C(1) << 22, booking.lo};
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
        .status = o->unpaid       ? BOOKING_PENDING_PAYMENT
                  : o->unapproved ? BOOKING_PENDING_APPROVAL
                                  : BOOKING_CONFIRMED,
        .span = state_span(o->span),
        .party = STATE_PARTY,
        .guest = state_guest_id(id),
        .owner = state_clients[0],
        .payment = o->unpaid ? PAYMENT_REQUIRED : PAYMENT_NONE,
        .price = state_price,
        .expires_at = o->unpaid || o->unapproved ? m->now_ms + o->ticks * STATE_TICK_MS : 0,
        .created_at = m->now_ms,
        .version = 1,
    };
    struct booking *booking = &m->bookings[m->booking_count - 1];
    if (o->given_up) {
        booking->status = BOOKING_NO_SHOW;
        booking->lost_room = room_id(m, o->room);
        booking->fee_minor = o->owes ? state_price.minor * FEE_PERCENT / 100 : 0;
    } else if (o->left || o->in_room != 0) {
        add_guests(m, o, booking);
    }
    if (o->accompanied)
        m->companions[m->companion_count++] = (struct companion){id, state_companion_id(id)};
    if (!o->given_up && !o->left)
        add_claim(m, o, CLAIM_OF_BOOKING, id);
}

static void
add_closure(struct house_model *m, const struct state_object *o, struct id id)
{
    m->closures[m->closure_count++] = (struct closure){.id = id,
                                                       .room = room_id(m, o->room),
                                                       .kind = CLOSURE_OUT_OF_ORDER,
                                                       .status = CLOSURE_OPEN,
                                                       .span = state_span(o->span),
                                                       .created_by = state_clients[0],
                                                       .created_at = m->now_ms,
                                                       .version = 1};
    add_claim(m, o, CLAIM_OF_CLOSURE, id);
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
        .party = STATE_PARTY,
        .expires_at = m->now_ms + o->ticks * STATE_TICK_MS,
        .created_at = m->now_ms,
        .version = 1,
    };
    add_claim(m, o, CLAIM_OF_HOLD, id);
}

static bool
has_lapsed(const struct state_object *o)
{
    return (o->is_hold || o->unpaid || o->unapproved) && o->ticks == 0;
}

static void
count_nights(struct house_model *m, const struct state_object *o)
{
    bool fixed = o->room != 0 && (o->is_hold || o->pinned);
    for (int night = spans[o->span][0]; night < spans[o->span][1]; night++) {
        struct night *n = &m->nights[0][night];
        n->sold += o->is_hold || o->is_closure ? 0 : 1;
        n->closed += o->is_closure ? 1 : 0;
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
set_room(struct room_state *state, struct state_room room, int64_t now_ms)
{
    state->cleanliness = room.cleanliness;
    state->fault = room.faulty ? (struct id){UINT64_C(1) << 23, 1} : ID_NONE;
    state->fault_since = room.faulty ? now_ms : 0;
}

static void
build_house(const struct state *state, const struct house_model *empty, bool swept, struct house_model *ret_model)
{
    *ret_model = *empty;
    for (int room = 1; room <= STATE_ROOMS; room++)
        set_room(&ret_model->room_states[room - 1], state_room(state, room), empty->now_ms);
    for (size_t i = 0; i < STATE_OBJECTS && state->objects[i] != 0; i++) {
        struct state_object o = state_object(state, i);
        struct id id = {UINT64_C(1) << 20, ++ret_model->next_id};
        if (swept && has_lapsed(&o)) {
            add_ended(ret_model, o, id);
            continue;
        }
        if (!o.given_up && !o.left)
            count_nights(ret_model, &o);
        if (o.is_closure)
            add_closure(ret_model, &o, id);
        else if (o.is_hold)
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

/* False when nothing of it matters any more. */
static bool
see_booking(const struct house_model *m, const struct booking *b, struct state_object *ret)
{
    struct id ids[COMPANIONS_MAX];
    const struct claim *claim = house_model_claim(m, b->id);
    *ret = (struct state_object){
        .span = state_span_number(b->span), .accompanied = house_model_companions(m, b->id, ids) > 0, .quantity = 1};
    if (b->status == BOOKING_NO_SHOW) {
        ret->given_up = true;
        ret->owes = b->fee_minor > 0;
        ret->room = state_room_number(m, b->lost_room);
        return true;
    }
    if (b->status == BOOKING_CHECKED_OUT) {
        ret->left = true;
        ret->room = state_room_number(m, b->left_room);
        return true;
    }
    if (!booking_status_is_blocking(b->status))
        return false;
    assert(b->placement == PLACEMENT_STATE_PROVEN);
    ret->unpaid = b->status == BOOKING_PENDING_PAYMENT;
    ret->unapproved = b->status == BOOKING_PENDING_APPROVAL;
    ret->pinned = claim != NULL && claim->pinned;
    ret->room = room_number(m, b->id);
    ret->in_room = occupied_room(m, b->id);
    ret->ticks = b->expires_at == 0 ? 0 : ticks_left(m, b->expires_at);
    return true;
}

static size_t
list_objects(const struct house_model *m, struct state_object *ret)
{
    size_t count = 0;
    for (size_t i = 0; i < m->booking_count; i++)
        count += see_booking(m, &m->bookings[i], &ret[count]) ? 1 : 0;
    for (size_t i = 0; i < m->closure_count; i++)
        if (m->closures[i].status == CLOSURE_OPEN)
            ret[count++] = (struct state_object){.is_closure = true,
                                                 .pinned = true,
                                                 .span = state_span_number(m->closures[i].span),
                                                 .room = room_number(m, m->closures[i].id),
                                                 .quantity = 1};
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
state_pack(const struct state_object *objects, size_t count, const struct state_room rooms[STATE_ROOMS])
{
    struct state state = {.rooms = pack_rooms(rooms)};
    for (size_t i = 0; i < count; i++) {
        uint32_t bits = pack(&objects[i]);
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
pack_swapped(const struct state_object *objects, size_t count, const struct state_room rooms[STATE_ROOMS], int way)
{
    struct state_object swapped[STATE_OBJECTS];
    struct state_room swapped_rooms[STATE_ROOMS] = {rooms[way & 1], rooms[1 - (way & 1)]};
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
    struct state_object objects[MODEL_BOOKINGS + MODEL_HOLDS + MODEL_CLOSURES];
    struct state_room rooms[STATE_ROOMS];
    size_t count = list_objects(model, objects);
    if (count > STATE_OBJECTS)
        return false;
    for (int i = 0; i < STATE_ROOMS; i++)
        rooms[i] = (struct state_room){model->room_states[i].cleanliness, room_is_faulty(&model->room_states[i])};
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
        len += (size_t)snprintf(text + len, size - len, "%sroom %d %s%s", room == 1 ? "" : ", ", room,
                                cleanliness_name(state_room(state, room).cleanliness).ptr,
                                state_room(state, room).faulty ? " and faulty" : "");
    for (size_t i = 0; i < state_count(state) && len < size; i++) {
        struct state_object o = state_object(state, i);
        const char *what = o.is_closure ? "closed" : o.is_hold ? "held" : o.left ? "left" : "booked";
        len += (size_t)snprintf(text + len, size - len, "; span %d %s room %d%s in %d%s%s", o.span,
                                o.given_up ? "given up" : what, o.room, o.pinned ? " pinned" : "", o.in_room,
                                o.owes ? " owes" : "", o.accompanied ? " accompanied" : "");
    }
}
