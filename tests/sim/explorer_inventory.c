/* What takes nights is 15 bits: that there is something, a booking, a hold or a closure, its span, its room, whether it
 * is unpaid, its ticks, how many units it holds, the nights on which it is one too many, and whether it was accepted
 * without a proof. The word beside them has the units and the allowance of each night, whether more was ever sold than
 * there is, and what of that is still on record for a closure that is over. What has ended is not there any more. */
#include <assert.h>
#include <stdio.h>

#include "tests/sim/explorer_world.h"
#include "tests/support/house_model_part.h"

enum { NIGHTS = 2, SPANS = 3, UNITS_TRIED = 2, ALLOWANCE_TRIED = 1, HOLD_MAX = 2, BOOKING = 0, HOLD, CLOSURE };

static const int nights_of[SPANS][2] = {{0, 1}, {1, 2}, {0, 2}};

struct taker {
    int what, span, room;
    bool unpaid;
    int ticks, quantity;
    int beyond; /* a bit for each night */
    bool unproven;
};

static uint32_t
pack(const struct taker *t)
{
    return UINT32_C(1) | (uint32_t)t->what << 1 | (uint32_t)t->span << 3 | (uint32_t)t->room << 5 |
           (uint32_t)t->unpaid << 7 | (uint32_t)t->ticks << 8 | (uint32_t)(t->quantity - 1) << 10 |
           (uint32_t)t->beyond << 11 | (uint32_t)t->unproven << 13;
}

static struct taker
unpack(uint32_t bits)
{
    return (struct taker){.what = bits >> 1 & 3,
                          .span = bits >> 3 & 3,
                          .room = bits >> 5 & 3,
                          .unpaid = bits >> 7 & 1,
                          .ticks = bits >> 8 & 3,
                          .quantity = (int)(bits >> 10 & 1) + 1,
                          .beyond = bits >> 11 & 3,
                          .unproven = bits >> 13 & 1};
}

static struct span
span_of(int number)
{
    return span_from_nights(MODEL_TODAY + nights_of[number][0], MODEL_TODAY + nights_of[number][1]);
}

static int
span_number(struct span span)
{
    int number = 0;
    while (number < SPANS && !span_equal(span_of(number), span))
        number++;
    assert(number < SPANS);
    return number;
}

static bool
is_counted(const struct house_model *m)
{
    return m->types[0].stock == STOCK_COUNT;
}

/* --- a house of a state --- */

/* The empty state is all zero, so that a house without units begins it. */
static void
init_counted(struct house_model *ret_model)
{
    house_model_init(ret_model);
    struct room_type *type = house_model_add_type(ret_model, SOLD_BY_NIGHT, STOCK_COUNT, 0);
    type->hold_ttl_ms = ret_model->property.payment_ttl_ms = STATE_TICK_MS;
}

static void
init_rooms(struct house_model *ret_model)
{
    house_model_init(ret_model);
    struct room_type *type = house_model_add_type(ret_model, SOLD_BY_NIGHT, STOCK_ROOMS, 0);
    type->hold_ttl_ms = ret_model->property.payment_ttl_ms = STATE_TICK_MS;
    for (int i = 0; i < STATE_ROOMS; i++)
        house_model_add_room(ret_model, type);
}

static void
add_beyond(struct house_model *m, int night, struct id closure)
{
    m->nights[0][night].overcommit++;
    m->overcommits[m->overcommit_count++] = (struct overcommit){.room_type = m->types[0].id,
                                                                .from = MODEL_TODAY + night,
                                                                .until = MODEL_TODAY + night + 1,
                                                                .kind = OVERCOMMIT_CLOSURE,
                                                                .subject = closure,
                                                                .quantity = 1};
}

static void
take_nights(struct house_model *m, const struct taker *t, struct id id)
{
    static const enum claim_owner owners[] = {CLAIM_OF_BOOKING, CLAIM_OF_HOLD, CLAIM_OF_CLOSURE};
    for (int night = nights_of[t->span][0]; night < nights_of[t->span][1]; night++) {
        struct night *n = &m->nights[0][night];
        n->sold += t->what == BOOKING;
        n->held += t->what == HOLD ? t->quantity : 0;
        n->closed += t->what == CLOSURE;
        n->fixed += t->what == CLOSURE;
    }
    if (t->room != 0)
        m->claims[m->claim_count++] = (struct claim){.room = m->rooms[t->room - 1].id,
                                                     .span = span_of(t->span),
                                                     .owner_kind = owners[t->what],
                                                     .owner = id,
                                                     .pinned = t->what == CLOSURE};
}

static void
add_booking(struct house_model *m, const struct taker *t, struct id id)
{
    struct booking *b = &m->bookings[m->booking_count++];
    *b = (struct booking){.id = id,
                          .room_type = m->types[0].id,
                          .charged_room_type = m->types[0].id,
                          .status = t->unpaid ? BOOKING_PENDING_PAYMENT : BOOKING_CONFIRMED,
                          .span = span_of(t->span),
                          .party = STATE_PARTY,
                          .guest = state_guest_id(id),
                          .owner = state_clients[0],
                          .payment = t->unpaid ? PAYMENT_REQUIRED : PAYMENT_NONE,
                          .placement = t->unproven ? PLACEMENT_STATE_UNPROVEN : PLACEMENT_STATE_PROVEN,
                          .expires_at = t->unpaid ? m->now_ms + t->ticks * STATE_TICK_MS : 0,
                          .created_at = m->now_ms,
                          .version = 1};
}

static void
add_taker(struct house_model *m, const struct taker *t)
{
    struct id id = {UINT64_C(1) << 20, ++m->next_id};
    if (t->what == BOOKING)
        add_booking(m, t, id);
    else if (t->what == HOLD)
        m->holds[m->hold_count++] = (struct hold){.id = id,
                                                  .status = HOLD_ACTIVE,
                                                  .owner = state_clients[0],
                                                  .room_type = m->types[0].id,
                                                  .span = span_of(t->span),
                                                  .quantity = t->quantity,
                                                  .party = STATE_PARTY,
                                                  .expires_at = m->now_ms + t->ticks * STATE_TICK_MS,
                                                  .created_at = m->now_ms,
                                                  .version = 1};
    else
        m->closures[m->closure_count++] =
            (struct closure){.id = id,
                             .room = m->rooms[t->room - 1].id,
                             .kind = CLOSURE_OUT_OF_ORDER,
                             .status = CLOSURE_OPEN,
                             .span = span_of(t->span),
                             .placement = t->unproven ? PLACEMENT_STATE_UNPROVEN : PLACEMENT_STATE_PROVEN,
                             .created_by = state_clients[0],
                             .created_at = m->now_ms,
                             .version = 1};
    take_nights(m, t, id);
    for (int night = 0; night < NIGHTS; night++)
        if ((t->beyond >> night & 1) != 0)
            add_beyond(m, night, id);
}

static void
to_house(const struct state *state, const struct house_model *empty, struct house_model *ret_model)
{
    struct house_model *m = ret_model;
    *m = *empty;
    for (int night = 0; night < NIGHTS; night++) {
        m->nights[0][night].units += (int32_t)(state->rooms >> (3 * night) & 3);
        m->nights[0][night].allowance = (int32_t)(state->rooms >> (3 * night + 2) & 1);
        for (uint32_t i = 0; i < (state->rooms >> (7 + 2 * night) & 3); i++)
            add_beyond(m, night, (struct id){UINT64_C(1) << 26, i + 1});
    }
    m->was_overcommitted[0] = (state->rooms >> 6 & 1) != 0;
    for (size_t i = 0; i < state_count(state); i++) {
        struct taker t = unpack(state->objects[i]);
        add_taker(m, &t);
    }
}

/* --- and back --- */

static int
ticks_left(const struct house_model *m, int64_t expires_at)
{
    return expires_at <= m->now_ms ? 0 : (int)((expires_at - m->now_ms + STATE_TICK_MS - 1) / STATE_TICK_MS);
}

static int
room_of(const struct house_model *m, struct id owner)
{
    const struct claim *claim = house_model_claim(m, owner);
    return claim == NULL ? 0 : state_room_number(m, claim->room);
}

/* Sorted in; false when it is one too many. */
static bool
put(struct state *state, size_t *count, const struct taker *t)
{
    uint32_t bits = pack(t);
    if (*count == STATE_OBJECTS)
        return false;
    size_t at = (*count)++;
    for (; at > 0 && state->objects[at - 1] < bits; at--)
        state->objects[at] = state->objects[at - 1];
    state->objects[at] = bits;
    return true;
}

static bool
see_booking(const struct house_model *m, const struct booking *b, struct state *state, size_t *count)
{
    struct taker t = {.what = BOOKING,
                      .room = room_of(m, b->id),
                      .unpaid = b->status == BOOKING_PENDING_PAYMENT,
                      .quantity = 1,
                      .unproven = b->placement == PLACEMENT_STATE_UNPROVEN};
    if (!booking_status_is_blocking(b->status))
        return true;
    t.span = span_number(b->span);
    t.ticks = t.unpaid ? ticks_left(m, b->expires_at) : 0;
    return put(state, count, &t);
}

static bool
see_closure(const struct house_model *m, const struct closure *c, struct state *state, size_t *count)
{
    struct taker t = {.what = CLOSURE, .quantity = 1, .unproven = c->placement == PLACEMENT_STATE_UNPROVEN};
    if (c->status != CLOSURE_OPEN)
        return true;
    t.span = span_number(c->span);
    t.room = state_room_number(m, c->room);
    for (size_t i = 0; i < m->overcommit_count; i++)
        if (id_equal(m->overcommits[i].subject, c->id) && m->overcommits[i].quantity > 0)
            t.beyond |= 1 << (m->overcommits[i].from - MODEL_TODAY);
    return put(state, count, &t);
}

static bool
see_hold(const struct house_model *m, const struct hold *h, struct state *state, size_t *count)
{
    struct taker t = {.what = HOLD, .ticks = ticks_left(m, h->expires_at), .quantity = h->quantity};
    if (h->status != HOLD_ACTIVE)
        return true;
    t.span = span_number(h->span);
    return put(state, count, &t);
}

/* Which of several records falls with a closure is not said, so that there are some of closures that are over. */
static uint32_t
count_left_over(const struct house_model *m, int night)
{
    uint32_t count = 0;
    for (size_t i = 0; i < m->overcommit_count; i++) {
        bool is_over = m->overcommits[i].from == MODEL_TODAY + night && m->overcommits[i].quantity > 0;
        for (size_t j = 0; j < m->closure_count && is_over; j++)
            is_over = m->closures[j].status != CLOSURE_OPEN || !id_equal(m->closures[j].id, m->overcommits[i].subject);
        count += is_over;
    }
    return count;
}

static bool
from_house(const struct house_model *m, struct state *ret_state)
{
    size_t count = 0;
    bool fits = true;
    *ret_state = (struct state){.rooms = (uint32_t)m->was_overcommitted[0] << 6};
    for (int night = 0; night < NIGHTS; night++) {
        const struct night *n = &m->nights[0][night];
        ret_state->rooms |= (uint32_t)(n->units - (int32_t)m->room_count) << (3 * night);
        ret_state->rooms |= (uint32_t)n->allowance << (3 * night + 2);
        ret_state->rooms |= count_left_over(m, night) << (7 + 2 * night);
    }
    for (size_t i = 0; i < m->booking_count && fits; i++)
        fits = see_booking(m, &m->bookings[i], ret_state, &count);
    for (size_t i = 0; i < m->hold_count && fits; i++)
        fits = see_hold(m, &m->holds[i], ret_state, &count);
    for (size_t i = 0; i < m->closure_count && fits; i++)
        fits = see_closure(m, &m->closures[i], ret_state, &count);
    return fits;
}

/* --- the oracle --- */

/* What is taken of a night by what has not lapsed; without one of them, by id. */
static int32_t
taken_on(const struct house_model *m, int night, struct id without)
{
    int64_t at = date_to_instant(MODEL_TODAY + night);
    int32_t taken = 0;
    for (size_t i = 0; i < m->booking_count; i++) {
        const struct booking *b = &m->bookings[i];
        bool lapsed = b->expires_at > 0 && b->expires_at <= m->now_ms;
        taken += booking_status_is_blocking(b->status) && !lapsed && span_contains_instant(b->span, at) &&
                 !id_equal(b->id, without);
    }
    for (size_t i = 0; i < m->hold_count; i++) {
        const struct hold *h = &m->holds[i];
        bool lapsed = h->status != HOLD_ACTIVE || h->expires_at <= m->now_ms;
        taken += !lapsed && span_contains_instant(h->span, at) ? h->quantity : 0;
    }
    return taken;
}

static int32_t
closed_on(const struct house_model *m, int night)
{
    int32_t closed = 0;
    for (size_t i = 0; i < m->closure_count; i++)
        closed += m->closures[i].status == CLOSURE_OPEN &&
                  span_contains_instant(m->closures[i].span, date_to_instant(MODEL_TODAY + night));
    return closed;
}

/* Units and allowance, without what was let be beyond them. */
static int32_t
had_on(const struct house_model *m, int night)
{
    return m->nights[0][night].units - closed_on(m, night) + m->nights[0][night].allowance;
}

static bool
is_to_be_had(const struct house_model *m, struct span span, int32_t quantity, struct id without)
{
    for (int night = 0; night < NIGHTS; night++)
        if (span_contains_instant(span, date_to_instant(MODEL_TODAY + night)) &&
            taken_on(m, night, without) + quantity > had_on(m, night))
            return false;
    return true;
}

/* What is beyond them once what has lapsed is gone: as much as there was, and no more than is needed. */
static int32_t
beyond_on(const struct house_model *m, int night, int32_t had)
{
    int32_t lacking = taken_on(m, night, ID_NONE) - had, present = m->nights[0][night].overcommit;
    return lacking < 0 ? 0 : lacking < present ? lacking : present;
}

static struct night
night_to_be(const struct house_model *m, const struct set_inventory *asked, int night)
{
    struct night n = m->nights[0][night];
    int32_t had = had_on(m, night);
    n.overcommit = beyond_on(m, night, had);
    if (n.date < asked->from || n.date >= asked->until)
        return n;
    had += asked->units < 0 ? 0 : asked->units - n.units;
    had += asked->allowance < 0 ? 0 : asked->allowance - n.allowance;
    n.units = asked->units < 0 ? n.units : asked->units;
    n.allowance = asked->allowance < 0 ? n.allowance : asked->allowance;
    n.overcommit = beyond_on(m, night, had);
    return n;
}

/* Would what is promised of it be more than there is, with what is beyond it already? */
static bool
would_be_short(const struct house_model *m, const struct set_inventory *asked, int night)
{
    struct night n = night_to_be(m, asked, night);
    bool is_set = n.date >= asked->from && n.date < asked->until;
    int32_t beyond = beyond_on(m, night, had_on(m, night));
    return is_set && taken_on(m, night, ID_NONE) > n.units - closed_on(m, night) + n.allowance + beyond;
}

static enum outcome
judge_set(const struct house_model *m, const struct set_inventory *asked)
{
    if (asked->units >= 0 && !is_counted(m))
        return OUTCOME_VALIDATION_FAILED;
    if (asked->from < MODEL_TODAY || asked->until > MODEL_TODAY + MODEL_NIGHTS)
        return OUTCOME_BEYOND_HORIZON;
    for (int night = 0; night < NIGHTS; night++)
        if (would_be_short(m, asked, night))
            return OUTCOME_IN_USE;
    return OUTCOME_OK;
}

/* --- steps --- */

struct inventory_lister {
    const struct house_model *model;
    struct step *steps;
    size_t count;
};

static struct step *
add(struct inventory_lister *l, enum command_kind kind)
{
    return steps_add_unjudged(l->steps, &l->count, kind);
}

static void
list_set(struct inventory_lister *l, int32_t from, int32_t until, int32_t units, int32_t allowance)
{
    struct step *step = add(l, COMMAND_SET_INVENTORY);
    step->command.set_inventory = (struct set_inventory){l->model->types[0].id, from, until, units, allowance};
    step->unjudged = false;
    step->expected = judge_set(l->model, &step->command.set_inventory);
    snprintf(step->text, sizeof(step->text), "set nights %d to %d: units %d, allowance %d", (int)(from - MODEL_TODAY),
             (int)(until - MODEL_TODAY), (int)units, (int)allowance);
}

static void
list_sets(struct inventory_lister *l)
{
    for (int span = 0; span < SPANS; span++)
        for (int32_t units = -1; units <= (is_counted(l->model) ? UNITS_TRIED : 0); units++)
            for (int32_t allowance = -1; allowance <= ALLOWANCE_TRIED; allowance++)
                if (units >= 0 || allowance >= 0)
                    list_set(l, MODEL_TODAY + nights_of[span][0], MODEL_TODAY + nights_of[span][1], units, allowance);
    list_set(l, MODEL_TODAY - 1, MODEL_TODAY + 1, -1, 0);
    list_set(l, MODEL_TODAY + 1, MODEL_TODAY + MODEL_NIGHTS + 1, -1, 0);
}

static struct leg
leg_of(const struct inventory_lister *l, int span, int room)
{
    return (struct leg){.room_type = l->model->types[0].id,
                        .room = room == 0 ? ID_NONE : l->model->rooms[room - 1].id,
                        .span = span_of(span),
                        .party = STATE_PARTY};
}

static void
list_takings(struct inventory_lister *l, int span)
{
    for (int room = 0; room <= (int)l->model->room_count; room++)
        for (int unpaid = 0; unpaid < 2; unpaid++) {
            struct step *step = add(l, COMMAND_CREATE_BOOKINGS);
            step->legs[0] = leg_of(l, span, room);
            step->command.create_bookings =
                (struct create_bookings){.legs = step->legs,
                                         .leg_count = 1,
                                         .guest = {.name = {"Ada", 3}},
                                         .payment = unpaid != 0 ? PAYMENT_REQUIRED : PAYMENT_NONE};
            snprintf(step->text, sizeof(step->text), "create span %d room %d%s", span, room,
                     unpaid != 0 ? " unpaid" : "");
        }
    for (int quantity = 1; quantity <= HOLD_MAX; quantity++) {
        struct step *step = add(l, COMMAND_ACQUIRE_HOLD);
        step->command.acquire_hold = (struct acquire_hold){.leg = leg_of(l, span, 0), .quantity = quantity};
        snprintf(step->text, sizeof(step->text), "hold span %d x%d", span, quantity);
    }
}

static void
list_closings(struct inventory_lister *l, int span)
{
    for (size_t room = 0; room < l->model->room_count; room++)
        for (int forces = 0; forces < 2; forces++) {
            struct step *step = add(l, COMMAND_CLOSE_ROOMS);
            step->command.close_rooms = (struct close_rooms){.rooms = &l->model->rooms[room].id,
                                                             .room_count = 1,
                                                             .from_list = true,
                                                             .kind = CLOSURE_OUT_OF_ORDER,
                                                             .span = span_of(span),
                                                             .reason = {"a burst pipe", 12},
                                                             .forces = forces != 0};
            snprintf(step->text, sizeof(step->text), "close room %zu for span %d%s", room + 1, span,
                     forces != 0 ? " by force" : "");
        }
}

static void
list_endings(struct inventory_lister *l)
{
    const struct house_model *m = l->model;
    for (size_t i = 0; i < m->booking_count; i++) {
        struct step *step = add(l, COMMAND_CANCEL_BOOKING);
        step->command.booking_step = (struct booking_step){.booking = m->bookings[i].id};
        snprintf(step->text, sizeof(step->text), "cancel %d", (int)m->bookings[i].id.lo);
        for (int span = 0; span < SPANS; span++) {
            step = add(l, COMMAND_AMEND_BOOKING);
            step->command.amend_booking =
                (struct amend_booking){.booking = m->bookings[i].id, .changes_span = true, .span = span_of(span)};
            snprintf(step->text, sizeof(step->text), "amend %d to span %d", (int)m->bookings[i].id.lo, span);
        }
    }
    for (size_t i = 0; i < m->hold_count; i++) {
        struct step *step = add(l, COMMAND_RELEASE_HOLD);
        step->command.hold_step = (struct hold_step){m->holds[i].id, 0};
        snprintf(step->text, sizeof(step->text), "release %d", (int)m->holds[i].id.lo);
    }
    for (size_t i = 0; i < m->closure_count; i++) {
        struct step *step = add(l, COMMAND_REOPEN_ROOM);
        step->command.closure_step = (struct closure_step){.closure = m->closures[i].id};
        snprintf(step->text, sizeof(step->text), "reopen %d", (int)m->closures[i].id.lo);
    }
}

static size_t
list_steps(const struct state *state, const struct house_model *model, struct step ret_steps[STEPS_MAX])
{
    struct inventory_lister l = {model, ret_steps, 0};
    (void)state;
    list_sets(&l);
    for (int span = 0; span < SPANS; span++) {
        list_takings(&l, span);
        list_closings(&l, span);
    }
    list_endings(&l);
    struct step *step = add(&l, COMMAND_SWEEP);
    step->tick = true;
    snprintf(step->text, sizeof(step->text), "time passes");
    snprintf(add(&l, COMMAND_SWEEP)->text, sizeof(step->text), "sweep");
    return l.count;
}

/* --- what nights that are set are --- */

static bool
names_night(const struct refusal *refusal, int32_t date)
{
    for (size_t i = 0; i < refusal->night_count; i++)
        if (refusal->nights[i] == date)
            return true;
    return false;
}

/* All nights it can't be had for, and no others. */
static const char *
law_of_refused_set(const struct house_model *before, const struct set_inventory *asked, const struct refusal *refusal)
{
    size_t count = 0;
    for (int night = 0; night < NIGHTS; night++) {
        bool is_short = would_be_short(before, asked, night);
        count += is_short;
        if (is_short != names_night(refusal, MODEL_TODAY + night))
            return "other nights are named than there would be too little of";
    }
    return count == refusal->night_count ? NULL : "nights are named twice";
}

static bool
is_renewed(const struct house_model *m, const struct acquire_hold *asked)
{
    for (size_t i = 0; i < m->hold_count; i++) {
        const struct hold *h = &m->holds[i];
        if (h->status == HOLD_ACTIVE && h->expires_at > m->now_ms && h->quantity == asked->quantity &&
            span_equal(h->span, asked->leg.span))
            return true;
    }
    return false;
}

/* What is to be had is not sold out, and what is not is. */
static const char *
law_of_taking(const struct house_model *before, const struct command *command, enum outcome outcome)
{
    bool has;
    if (command->kind == COMMAND_CREATE_BOOKINGS)
        has = is_to_be_had(before, command->create_bookings.legs[0].span, 1, ID_NONE);
    else if (command->kind == COMMAND_ACQUIRE_HOLD)
        has = is_renewed(before, &command->acquire_hold) ||
              is_to_be_had(before, command->acquire_hold.leg.span, command->acquire_hold.quantity, ID_NONE);
    else
        return NULL;
    if (has && outcome == OUTCOME_SOLD_OUT)
        return "what is to be had is sold out";
    if (has && is_counted(before) && outcome != OUTCOME_OK)
        return "what is to be had is refused";
    return has || outcome == OUTCOME_SOLD_OUT ? NULL : "what is sold out is not refused for that";
}

/* Whoever stays with what they have may, though it is more than there is by now; nobody gets more. */
static const char *
law_of_more(const struct house_model *before, const struct house_model *after)
{
    for (int night = 0; night < NIGHTS; night++)
        if (taken_on(after, night, ID_NONE) > taken_on(before, night, ID_NONE) &&
            taken_on(after, night, ID_NONE) > had_on(after, night))
            return "more is sold of a night than its units and its allowance";
    return NULL;
}

static const char *
law_of_nights(const struct house_model *before, const struct house_model *after, const struct command *command)
{
    static const struct set_inventory nothing = {.units = -1, .allowance = -1};
    const struct set_inventory *asked = command->kind == COMMAND_SET_INVENTORY ? &command->set_inventory : &nothing;
    for (int night = 0; night < NIGHTS; night++) {
        struct night is = after->nights[0][night], ought = night_to_be(before, asked, night);
        if (is.units != ought.units || is.allowance != ought.allowance)
            return "a night has other units or another allowance than was set";
        if (asked != &nothing && is.overcommit != ought.overcommit)
            return "what is beyond a night is not what is lacking";
        if (is.date >= asked->from && is.date < asked->until && is.sold + is.held != taken_on(after, night, ID_NONE))
            return "a night is set, and what had lapsed on it still counts";
        if (asked != &nothing && taken_on(after, night, ID_NONE) != taken_on(before, night, ID_NONE))
            return "somebody comes or goes because a night is set";
    }
    return NULL;
}

static const char *
law_of(const struct house_model *before, struct house_model *after, const struct step *step,
       const struct decision *decision, struct arena *arena)
{
    const struct command *command = &step->command;
    enum outcome outcome = decision->refusal.outcome;
    (void)arena;
    if (step->tick)
        return NULL;
    if (command->kind == COMMAND_SET_INVENTORY && outcome == OUTCOME_IN_USE)
        return law_of_refused_set(before, &command->set_inventory, &decision->refusal);
    const char *why = law_of_taking(before, command, outcome);
    if (why == NULL)
        why = law_of_more(before, after);
    return why != NULL || outcome != OUTCOME_OK ? why : law_of_nights(before, after, command);
}

static const char *
law_of_state(const struct house_model *model, struct arena *arena)
{
    (void)model;
    (void)arena;
    return NULL;
}

const struct explorer_world explorer_inventory = {"--inventory", init_counted, to_house, from_house,
                                                  state_count,   list_steps,   law_of,   law_of_state};
const struct explorer_world explorer_allowance = {"--allowance", init_rooms, to_house, from_house,
                                                  state_count,   list_steps, law_of,   law_of_state};
