/* Steps are listed object by object; the expected outcome of each is worked out beside it. */
#include "tests/sim/explorer_list.h"

#include <assert.h>
#include <stdio.h>

/* --- the oracle --- */

static int
most_taken(const struct house_model *m, struct span span)
{
    int most = 0;
    for (int night = 0; night < STATE_NIGHTS; night++)
        if (span_contains_instant(span, date_to_instant(MODEL_TODAY + night))) {
            int taken = m->nights[0][night].sold + m->nights[0][night].held;
            most = taken > most ? taken : most;
        }
    return most;
}

/* What is wanted, of a house in which nothing has lapsed. */
struct wish {
    struct span span;
    int room; /* 0: any, 1, 2 */
    int quantity;
    bool fixed;     /* a pin or a hold: it stays where it is put */
    bool displaces; /* others may be moved for it */
};

static enum outcome
judge(const struct house_model *m, struct wish wish)
{
    bool held = false, taken = false, stays = false;
    if (most_taken(m, wish.span) + wish.quantity > STATE_ROOMS)
        return OUTCOME_SOLD_OUT;
    struct claim claim = {.span = wish.span, .room = wish.room == 0 ? ID_NONE : m->rooms[wish.room - 1].id};
    for (size_t i = 0; i < m->claim_count && wish.room != 0; i++) {
        const struct claim *other = &m->claims[i];
        if (!id_equal(other->room, claim.room) || !span_overlaps(other->span, wish.span))
            continue;
        held |= other->owner_kind == CLAIM_OF_HOLD;
        taken |= other->owner_kind == CLAIM_OF_BOOKING;
        stays |= other->owner_kind == CLAIM_OF_HOLD || other->pinned;
    }
    if (taken && wish.displaces && !stays)
        return house_model_fits(m, &m->types[0], wish.span, 0, &claim) ? OUTCOME_OK : OUTCOME_ROOM_NOT_AVAILABLE;
    if (taken || held)
        return taken ? OUTCOME_ROOM_NOT_AVAILABLE : OUTCOME_BOOKING_CONFLICT;
    bool fits = wish.fixed ? house_model_fits(m, &m->types[0], wish.span, 0, &claim)
                           : house_model_fits(m, &m->types[0], wish.span, wish.quantity, NULL);
    return fits ? OUTCOME_OK : OUTCOME_NO_ROOM_FITS;
}

/* The house without one booking. */
static void
take_out(struct house_model *m, struct id id)
{
    for (size_t i = 0; i < m->booking_count; i++) {
        struct booking *b = &m->bookings[i];
        if (!id_equal(b->id, id))
            continue;
        for (int night = 0; night < STATE_NIGHTS; night++)
            m->nights[0][night].sold -= span_contains_instant(b->span, date_to_instant(MODEL_TODAY + night));
        b->status = BOOKING_CANCELLED;
    }
    for (size_t i = 0; i < m->claim_count;)
        if (id_equal(m->claims[i].owner, id))
            m->claims[i] = m->claims[--m->claim_count];
        else
            i++;
}

/* --- steps --- */

struct step *
list_step(struct lister *l, enum command_kind kind, int client)
{
    assert(l->count < STEPS_MAX);
    struct step *step = &l->steps[l->count++];
    *step = (struct step){.expected = OUTCOME_OK};
    step->command = (struct command){.kind = kind, .actor = {state_clients[client], ROLE_FRONT_DESK}, .property = 1};
    return step;
}

struct leg
list_leg(const struct lister *l, int span, int room, bool pinned)
{
    return (struct leg){.room_type = l->type->id,
                        .room = room == 0 ? ID_NONE : l->model->rooms[room - 1].id,
                        .span = state_span(span),
                        .pinned = pinned,
                        .party = STATE_PARTY,
                        .price = state_price};
}

/* What a new booking is: paid for first, and then approved of. */
static enum booking_status
first_status(const struct lister *l, bool unpaid)
{
    if (unpaid)
        return BOOKING_PENDING_PAYMENT;
    return l->scope->approval ? BOOKING_PENDING_APPROVAL : BOOKING_CONFIRMED;
}

struct step *
list_create(struct lister *l, struct leg first, const struct leg *second, bool unpaid)
{
    struct step *step = list_step(l, COMMAND_CREATE_BOOKINGS, 0);
    step->legs[0] = first;
    if (second != NULL)
        step->legs[1] = *second;
    step->command.create_bookings = (struct create_bookings){.legs = step->legs,
                                                             .leg_count = second == NULL ? 1 : 2,
                                                             .guest = {.name = {"Ada", 3}},
                                                             .payment = unpaid ? PAYMENT_REQUIRED : PAYMENT_NONE};
    step->status = first_status(l, unpaid);
    return step;
}

static void
list_creates(struct lister *l)
{
    static const struct {
        int room;
        bool pinned;
    } ways[] = {{0, false}, {1, false}, {2, false}, {1, true}, {2, true}};
    for (int span = 0; span < STATE_SPANS; span++)
        for (size_t way = 0; way < sizeof(ways) / sizeof(ways[0]); way++)
            for (int unpaid = 0; unpaid < (l->scope->lasting ? 1 : 2); unpaid++) {
                int room = ways[way].room;
                bool pin = ways[way].pinned;
                struct step *step = list_create(l, list_leg(l, span, room, pin), NULL, unpaid != 0);
                step->expected = judge(l->swept, (struct wish){state_span(span), room, 1, pin, pin});
                snprintf(step->text, sizeof(step->text), "create span %d room %d%s%s", span, room, pin ? " pinned" : "",
                         unpaid ? " unpaid" : "");
            }
}

/* Two legs: the second is judged in a house that has the first. A pinned first leg may move others, so that only what
 * it comes to alone is known to the oracle, and it stands second here. */
static void
list_groups(struct lister *l)
{
    for (int a = 0; a < STATE_SPANS; a++)
        for (int b = 0; b < STATE_SPANS; b++)
            for (int pin = 0; pin < 2; pin++) {
                struct leg second = list_leg(l, b, pin, pin != 0);
                struct step *step = list_create(l, list_leg(l, a, 0, false), &second, false);
                snprintf(step->text, sizeof(step->text), "create span %d and span %d%s", a, b, pin ? " pinned" : "");
                step->expected = judge(l->swept, (struct wish){state_span(a), 0, 1, false, false});
                if (step->expected != OUTCOME_OK)
                    continue;
                struct house_model with = *l->swept;
                with.bookings[with.booking_count++] = (struct booking){
                    .id = {1, 1}, .room_type = l->type->id, .status = BOOKING_CONFIRMED, .span = state_span(a)};
                for (int night = 0; night < STATE_NIGHTS; night++)
                    with.nights[0][night].sold +=
                        span_contains_instant(state_span(a), date_to_instant(MODEL_TODAY + night));
                step->expected = judge(&with, (struct wish){state_span(b), pin, 1, pin != 0, pin != 0});
            }
}

static bool
has_renewable(const struct house_model *m, int client, int span, int room, int quantity)
{
    for (size_t i = 0; i < m->hold_count; i++) {
        const struct hold *h = &m->holds[i];
        if (h->status == HOLD_ACTIVE && str_equal(h->owner, state_clients[client]) &&
            span_equal(h->span, state_span(span)) && h->quantity == quantity &&
            id_equal(h->room, room == 0 ? ID_NONE : m->rooms[room - 1].id))
            return true;
    }
    return false;
}

static void
list_acquires(struct lister *l)
{
    for (int client = 0; client < STATE_CLIENTS; client++)
        for (int span = 0; span < STATE_SPANS; span++)
            for (int way = 0; way < 4; way++) { /* one unit, room 1, room 2, two units */
                int room = way == 3 ? 0 : way, quantity = way == 3 ? 2 : 1;
                if (way == 3 && !l->scope->groups)
                    continue;
                struct step *step = list_step(l, COMMAND_ACQUIRE_HOLD, client);
                step->command.acquire_hold =
                    (struct acquire_hold){.leg = list_leg(l, span, room, false), .quantity = quantity};
                if (!has_renewable(l->swept, client, span, room, quantity))
                    step->expected = judge(l->swept, (struct wish){state_span(span), room, quantity, room != 0, false});
                snprintf(step->text, sizeof(step->text), "client %d holds span %d room %d x%d", client, span, room,
                         quantity);
            }
}

/* A pinned stay keeps its room, another would rather lose it than its dates. */
static enum outcome
judge_amend(const struct house_model *swept, const struct booking *b, struct span span)
{
    const struct claim *claim = house_model_claim(swept, b->id);
    struct wish wish = {.span = span, .quantity = 1, .fixed = claim != NULL && claim->pinned};
    struct house_model without = *swept;
    for (int room = 1; claim != NULL && room <= STATE_ROOMS; room++)
        if (id_equal(claim->room, swept->rooms[room - 1].id))
            wish.room = room;
    if (span_equal(b->span, span))
        return OUTCOME_OK;
    take_out(&without, b->id);
    enum outcome outcome = judge(&without, wish);
    if (wish.fixed || (outcome != OUTCOME_ROOM_NOT_AVAILABLE && outcome != OUTCOME_BOOKING_CONFLICT))
        return outcome;
    wish.room = 0;
    return judge(&without, wish);
}

/* Guests are given up from the day of arrival on, which is the first here. */
static enum outcome
judge_no_show(const struct booking *swept)
{
    if (swept->status != BOOKING_CONFIRMED)
        return OUTCOME_INVALID_TRANSITION;
    return swept->span.starts == date_to_instant(MODEL_TODAY) ? OUTCOME_OK : OUTCOME_POLICY_REFUSED;
}

/* In the room it had if that is free, else by type; a hold is in the way of the room as a booking is. */
static enum outcome
judge_reinstatement(const struct house_model *swept, const struct booking *b)
{
    struct wish wish = {.span = b->span, .quantity = 1, .room = state_room_number(swept, b->lost_room)};
    if (b->status != BOOKING_NO_SHOW)
        return OUTCOME_INVALID_TRANSITION;
    enum outcome outcome = judge(swept, wish);
    if (outcome != OUTCOME_ROOM_NOT_AVAILABLE && outcome != OUTCOME_BOOKING_CONFLICT)
        return outcome;
    wish.room = 0;
    return judge(swept, wish);
}

static struct step *
add_booking_step(struct lister *l, const struct booking *b, enum command_kind kind, enum outcome expected,
                 enum booking_status status)
{
    struct step *step = list_step(l, kind, 0);
    step->command.booking_step = (struct booking_step){.booking = b->id};
    step->expected = expected;
    step->booking = b->id;
    step->status = status;
    snprintf(step->text, sizeof(step->text), "%s %d", command_kind_name(kind).ptr, (int)b->id.lo);
    return step;
}

/* Only what waits for somebody's word, and still does. */
static enum outcome
judge_word(const struct booking *swept)
{
    return swept->status == BOOKING_PENDING_APPROVAL ? OUTCOME_OK : OUTCOME_INVALID_TRANSITION;
}

static void
list_ends(struct lister *l, const struct booking *b, const struct booking *swept)
{
    if (l->scope->lasting)
        return;
    add_booking_step(l, b, COMMAND_MARK_NO_SHOW, judge_no_show(swept), BOOKING_NO_SHOW);
    add_booking_step(l, b, COMMAND_REINSTATE_BOOKING, judge_reinstatement(l->swept, swept), BOOKING_CONFIRMED);
    add_booking_step(l, b, COMMAND_APPROVE_BOOKING, judge_word(swept), BOOKING_CONFIRMED);
    add_booking_step(l, b, COMMAND_DECLINE_BOOKING, judge_word(swept), BOOKING_DECLINED);
}

static int
room_number(const struct house_model *m, const struct claim *claim)
{
    for (int room = 1; claim != NULL && room <= STATE_ROOMS; room++)
        if (id_equal(claim->room, m->rooms[room - 1].id))
            return room;
    return 0;
}

/* The booking in that room, for the rest of the house; what it has already it may keep. */
static enum outcome
judge_room(const struct house_model *swept, const struct booking *b, int room, bool pinned)
{
    const struct claim *claim = house_model_claim(swept, b->id);
    struct house_model without = *swept;
    if (room_number(swept, claim) == room && claim->pinned == pinned)
        return OUTCOME_OK;
    take_out(&without, b->id);
    return judge(&without, (struct wish){b->span, room, 1, pinned, pinned});
}

static enum outcome
judge_unassign(const struct house_model *swept, const struct booking *b)
{
    struct house_model without = *swept;
    if (house_model_claim(swept, b->id) == NULL)
        return OUTCOME_OK;
    take_out(&without, b->id);
    return judge(&without, (struct wish){b->span, 0, 1, false, false});
}

static void
put_in(struct house_model *m, const struct booking *b, int room, bool pinned)
{
    struct booking *in = &m->bookings[m->booking_count++];
    *in = *b;
    in->id = (struct id){1, 1};
    for (int night = 0; night < STATE_NIGHTS; night++)
        m->nights[0][night].sold += span_contains_instant(b->span, date_to_instant(MODEL_TODAY + night));
    m->claims[m->claim_count++] =
        (struct claim){.room = m->rooms[room - 1].id, .span = b->span, .owner = in->id, .pinned = pinned};
}

/* One after the other, in a house without both. */
static enum outcome
judge_swap(const struct house_model *swept, const struct booking *one, const struct booking *two)
{
    const struct claim *first = house_model_claim(swept, one->id), *second = house_model_claim(swept, two->id);
    struct house_model without = *swept;
    if (first == NULL || second == NULL)
        return OUTCOME_NOT_ASSIGNED;
    int to = room_number(swept, second), back = room_number(swept, first);
    bool first_pinned = first->pinned, second_pinned = second->pinned;
    if (to == back)
        return OUTCOME_OK;
    take_out(&without, one->id);
    take_out(&without, two->id);
    enum outcome outcome = judge(&without, (struct wish){one->span, to, 1, first_pinned, false});
    if (outcome != OUTCOME_OK)
        return outcome;
    put_in(&without, one, to, first_pinned);
    return judge(&without, (struct wish){two->span, back, 1, second_pinned, false});
}

static void
list_swaps(struct lister *l, const struct booking *b, bool over)
{
    for (size_t i = 0; i < l->model->booking_count; i++) {
        const struct booking *other = &l->model->bookings[i];
        if (id_equal(other->id, b->id))
            continue;
        bool other_over = !booking_status_is_blocking(house_model_booking(l->swept, other->id)->status);
        struct step *step = list_step(l, COMMAND_SWAP_ROOMS, 0);
        step->command.swap_rooms = (struct swap_rooms){.booking = b->id, .other = other->id};
        step->expected = over || other_over ? OUTCOME_INVALID_TRANSITION : judge_swap(l->swept, b, other);
        snprintf(step->text, sizeof(step->text), "swap booking %d with %d", (int)b->id.lo, (int)other->id.lo);
    }
}

static void
list_rooming_steps(struct lister *l, const struct booking *b, bool over)
{
    const struct claim *claim = house_model_claim(l->swept, b->id);
    int has = room_number(l->swept, claim);
    for (int room = 1; room <= STATE_ROOMS; room++)
        for (int way = 0; way < 3; way++) { /* assigned loosely, assigned, moved */
            bool pinned = way > 0;
            struct step *step = list_step(l, way == 2 ? COMMAND_MOVE_BOOKING : COMMAND_ASSIGN_ROOM, 0);
            struct id id = l->model->rooms[room - 1].id;
            if (way == 2)
                step->command.move_booking = (struct move_booking){.booking = b->id, .to_room = id, .pinned = pinned};
            else
                step->command.assign_room = (struct assign_room){.booking = b->id, .room = id, .pinned = pinned};
            step->expected = over                   ? OUTCOME_INVALID_TRANSITION
                             : way == 2 && has == 0 ? OUTCOME_NOT_ASSIGNED
                                                    : judge_room(l->swept, b, room, pinned);
            snprintf(step->text, sizeof(step->text), "%s booking %d %s room %d", way == 2 ? "move" : "assign",
                     (int)b->id.lo, pinned ? "for good to" : "to", room);
        }
    for (int pinned = 0; pinned < 2; pinned++) {
        struct step *step = list_step(l, COMMAND_PIN_ROOM, 0);
        step->command.pin_room = (struct pin_room){.booking = b->id, .pinned = pinned != 0};
        step->expected = over       ? OUTCOME_INVALID_TRANSITION
                         : has == 0 ? OUTCOME_NOT_ASSIGNED
                                    : judge_room(l->swept, b, has, pinned != 0);
        snprintf(step->text, sizeof(step->text), "%s booking %d", pinned != 0 ? "pin" : "unpin", (int)b->id.lo);
    }
    struct step *step = list_step(l, COMMAND_UNASSIGN_ROOM, 0);
    step->command.booking_step = (struct booking_step){.booking = b->id};
    step->expected = over ? OUTCOME_INVALID_TRANSITION : judge_unassign(l->swept, b);
    snprintf(step->text, sizeof(step->text), "unassign booking %d", (int)b->id.lo);
    list_swaps(l, b, over);
}

static void
list_booking_steps(struct lister *l, const struct booking *b)
{
    const struct booking *swept = house_model_booking(l->swept, b->id);
    bool over = !booking_status_is_blocking(swept->status);
    for (int span = 0; span < STATE_SPANS; span++) {
        struct step *step = list_step(l, COMMAND_AMEND_BOOKING, 0);
        step->command.amend_booking =
            (struct amend_booking){.booking = b->id, .changes_span = true, .span = state_span(span)};
        step->expected = over ? OUTCOME_INVALID_TRANSITION : judge_amend(l->swept, b, state_span(span));
        snprintf(step->text, sizeof(step->text), "amend booking %d to span %d", (int)b->id.lo, span);
    }
    add_booking_step(l, b, COMMAND_CANCEL_BOOKING, over ? OUTCOME_INVALID_TRANSITION : OUTCOME_OK, BOOKING_CANCELLED)
        ->command.actor.name = state_clients[1];
    list_ends(l, b, swept);
    list_rooming_steps(l, b, over);
    if (l->scope->lasting)
        return;
    bool waits = !over && b->status != BOOKING_CONFIRMED;
    struct step *step = add_booking_step(l, b, COMMAND_CONFIRM_BOOKING, waits ? OUTCOME_OK : OUTCOME_INVALID_TRANSITION,
                                         BOOKING_CONFIRMED);
    step->command.booking_step.reason = (struct str){"paid in cash", 12};
}

/* All that is sold and held fits (I4, checked after each step), so that there is a room for everybody. */
static void
list_auto_assigns(struct lister *l)
{
    for (size_t i = 0; i < l->model->booking_count; i++) {
        struct id id = l->model->bookings[i].id;
        struct step *step = list_step(l, COMMAND_AUTO_ASSIGN_BOOKING, 0);
        step->command.auto_assign_booking = (struct auto_assign_booking){.booking = id};
        if (!booking_status_is_blocking(house_model_booking(l->swept, id)->status))
            step->expected = OUTCOME_INVALID_TRANSITION;
        snprintf(step->text, sizeof(step->text), "give booking %d a room", (int)id.lo);
    }
    for (int night = 0; night < STATE_NIGHTS; night++)
        for (size_t limit = 1; limit < 3; limit++) {
            struct step *step = list_step(l, COMMAND_AUTO_ASSIGN_ARRIVALS, 0);
            step->command.auto_assign_arrivals =
                (struct auto_assign_arrivals){.date = MODEL_TODAY + night, .limit = limit};
            snprintf(step->text, sizeof(step->text), "give %zu who arrive on night %d rooms", limit, night);
        }
}

static void
list_hold_steps(struct lister *l, const struct hold *h)
{
    static const enum command_kind kinds[] = {COMMAND_RELEASE_HOLD, COMMAND_EXTEND_HOLD, COMMAND_CONFIRM_HOLD};
    bool over = house_model_hold(l->swept, h->id)->status != HOLD_ACTIVE;
    for (int client = 0; client < STATE_CLIENTS; client++)
        for (size_t kind = l->scope->lasting ? 2 : 0; kind < 3; kind++)
            for (int unpaid = 0; unpaid < (kind == 2 && !l->scope->lasting ? 2 : 1); unpaid++) {
                struct step *step = list_step(l, kinds[kind], client);
                bool own = str_equal(h->owner, state_clients[client]);
                step->expected = !own ? OUTCOME_FORBIDDEN : over ? OUTCOME_HOLD_EXPIRED : OUTCOME_OK;
                step->status = kind == 2 ? first_status(l, unpaid != 0) : BOOKING_NONE;
                if (kind == 2)
                    step->command.confirm_hold = (struct confirm_hold){h->id,
                                                                       STATE_PARTY,
                                                                       {.name = {"Ada", 3}},
                                                                       unpaid != 0 ? PAYMENT_REQUIRED : PAYMENT_NONE,
                                                                       state_price};
                else
                    step->command.hold_step = (struct hold_step){h->id, 2 * STATE_TICK_MS};
                snprintf(step->text, sizeof(step->text), "client %d: %s %d%s", client,
                         command_kind_name(kinds[kind]).ptr, (int)h->id.lo, unpaid != 0 ? " unpaid" : "");
            }
}

struct step *
steps_add_unjudged(struct step steps[STEPS_MAX], size_t *count, enum command_kind kind)
{
    assert(*count < STEPS_MAX);
    struct step *step = &steps[(*count)++];
    *step = (struct step){
        .unjudged = true,
        .command = {.kind = kind, .actor = {state_clients[0], ROLE_MANAGER}, .property = 1},
    };
    return step;
}

size_t
steps_list(const struct state *state, const struct house_model *model, const struct house_model *swept,
           const struct explorer_scope *scope, struct step ret_steps[STEPS_MAX])
{
    struct lister l = {state, model, swept, scope, &model->types[0], ret_steps, 0};
    if (scope->desk) {
        list_desk(&l);
        return l.count;
    }
    list_creates(&l);
    if (scope->groups)
        list_groups(&l);
    list_acquires(&l);
    for (size_t i = 0; i < model->booking_count; i++)
        list_booking_steps(&l, &model->bookings[i]);
    list_auto_assigns(&l);
    for (size_t i = 0; i < model->hold_count; i++)
        list_hold_steps(&l, &model->holds[i]);
    if (scope->lasting)
        return l.count;
    struct step *tick = list_step(&l, COMMAND_SWEEP, 0);
    tick->tick = true;
    snprintf(tick->text, sizeof(tick->text), "time passes");
    snprintf(list_step(&l, COMMAND_SWEEP, 0)->text, sizeof(tick->text), "sweep");
    return l.count;
}
