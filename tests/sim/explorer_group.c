/* A booking is 19 bits: that there is one, its status, its span, its room (had, lost or left), its pin, the room that
 * its guests are in, its ticks, whether it is the group's, and whether it has a price, which nobody has paid. The word
 * beside them says which rooms are dirty.
 *
 * What has ended is kept where it is the group's, since a step of the group looks at it. The order of a state is that
 * of its ids, and each step of the group is taken in that order and in the other. */
#include <assert.h>
#include <stdio.h>

#include "tests/sim/explorer_world.h"
#include "tests/support/house_model_part.h"

enum { SPANS = 3, MEMBERS = 2 };

static const int nights_of[SPANS][2] = {{0, 1}, {1, 2}, {0, 2}};
static const struct id the_group = {UINT64_C(1) << 25, 1};
static const struct str why_so = {"by the desk", 11};

struct stay {
    enum booking_status status;
    int span, room;
    bool pinned;
    int in_room, ticks;
    bool of_group, priced;
};

static uint32_t
pack(const struct stay *s)
{
    return UINT32_C(1) | (uint32_t)s->status << 1 | (uint32_t)s->span << 5 | (uint32_t)s->room << 7 |
           (uint32_t)s->pinned << 9 | (uint32_t)s->in_room << 10 | (uint32_t)s->ticks << 12 |
           (uint32_t)s->of_group << 13 | (uint32_t)s->priced << 14;
}

static struct stay
unpack(uint32_t bits)
{
    return (struct stay){.status = (enum booking_status)(bits >> 1 & 15),
                         .span = bits >> 5 & 3,
                         .room = bits >> 7 & 3,
                         .pinned = bits >> 9 & 1,
                         .in_room = bits >> 10 & 3,
                         .ticks = bits >> 12 & 1,
                         .of_group = bits >> 13 & 1,
                         .priced = bits >> 14 & 1};
}

static struct span
span_of(int number)
{
    return span_from_nights(MODEL_TODAY + nights_of[number][0], MODEL_TODAY + nights_of[number][1]);
}

/* --- a house of a state --- */

static void
init_house(struct house_model *ret_model)
{
    state_init_house(ret_model);
    ret_model->property.no_show_fee_percent = 0;
    ret_model->property.balance_rule = BALANCE_REQUIRED;
}

static void
take_nights(struct house_model *m, const struct stay *s, struct id id)
{
    for (int night = nights_of[s->span][0]; night < nights_of[s->span][1]; night++) {
        m->nights[0][night].sold++;
        m->nights[0][night].fixed += s->room != 0 && s->pinned;
    }
    if (s->room != 0)
        m->claims[m->claim_count++] = (struct claim){.room = m->rooms[s->room - 1].id,
                                                     .span = span_of(s->span),
                                                     .owner_kind = CLAIM_OF_BOOKING,
                                                     .owner = id,
                                                     .pinned = s->pinned};
}

static void
set_times(struct house_model *m, const struct stay *s, struct booking *b)
{
    struct id room = s->room == 0 ? ID_NONE : m->rooms[s->room - 1].id;
    bool came = s->status == BOOKING_CHECKED_IN || s->status == BOOKING_CHECKED_OUT;
    if (s->status == BOOKING_PENDING_PAYMENT || s->status == BOOKING_EXPIRED)
        b->expires_at = m->now_ms + s->ticks * STATE_TICK_MS;
    b->cancelled_at = s->status == BOOKING_CANCELLED ? m->now_ms : 0;
    b->lost_room = s->status == BOOKING_NO_SHOW ? room : ID_NONE;
    b->checked_in_at = came ? m->now_ms : 0;
    b->checked_in_on = came ? m->today : 0;
    if (s->status == BOOKING_CHECKED_OUT) {
        b->checked_out_at = m->now_ms;
        b->checked_out_on = m->today;
        b->left_room = room;
    } else if (came) {
        b->in_room = m->rooms[s->in_room - 1].id;
        m->room_states[s->in_room - 1].occupant = b->id;
    }
}

static void
add_stay(struct house_model *m, const struct stay *s)
{
    struct booking *b = &m->bookings[m->booking_count++];
    *b = (struct booking){.id = {UINT64_C(1) << 20, ++m->next_id},
                          .group = s->of_group ? the_group : ID_NONE,
                          .room_type = m->types[0].id,
                          .charged_room_type = m->types[0].id,
                          .status = s->status,
                          .span = span_of(s->span),
                          .party = STATE_PARTY,
                          .owner = state_clients[0],
                          .payment = s->status == BOOKING_PENDING_PAYMENT ? PAYMENT_REQUIRED : PAYMENT_NONE,
                          .price = s->priced ? state_price : (struct price){.known = false},
                          .created_at = m->now_ms,
                          .version = 1};
    b->guest = state_guest_id(b->id);
    set_times(m, s, b);
    if (booking_status_is_blocking(s->status))
        take_nights(m, s, b->id);
}

static void
to_house(const struct state *state, const struct house_model *empty, struct house_model *ret_model)
{
    *ret_model = *empty;
    for (int room = 0; room < STATE_ROOMS; room++)
        if ((state->rooms >> room & 1) != 0)
            ret_model->room_states[room].cleanliness = CLEANLINESS_DIRTY;
    for (size_t i = 0; i < state_count(state); i++) {
        struct stay s = unpack(state->objects[i]);
        add_stay(ret_model, &s);
    }
}

/* --- and back --- */

static int
span_number(struct span span)
{
    int number = 0;
    while (number < SPANS && !span_equal(span_of(number), span))
        number++;
    assert(number < SPANS);
    return number;
}

/* False when nothing of it matters any more. */
static bool
see_stay(const struct house_model *m, const struct booking *b, struct stay *ret)
{
    const struct claim *claim = house_model_claim(m, b->id);
    bool blocking = booking_status_is_blocking(b->status);
    *ret = (struct stay){.status = b->status, .of_group = !id_is_none(b->group)};
    if (b->status == BOOKING_CANCELLED || b->status == BOOKING_EXPIRED)
        return ret->of_group;
    ret->span = span_number(b->span);
    ret->priced = b->price.known;
    ret->pinned = claim != NULL && claim->pinned;
    ret->room = b->status == BOOKING_NO_SHOW       ? state_room_number(m, b->lost_room)
                : b->status == BOOKING_CHECKED_OUT ? state_room_number(m, b->left_room)
                : claim == NULL                    ? 0
                                                   : state_room_number(m, claim->room);
    ret->in_room = state_room_number(m, b->in_room);
    ret->ticks = b->status == BOOKING_PENDING_PAYMENT && b->expires_at > m->now_ms;
    return ret->of_group || blocking;
}

static void
insert(struct state *state, size_t count, uint32_t bits)
{
    for (; count > 0 && state->objects[count - 1] < bits; count--)
        state->objects[count] = state->objects[count - 1];
    state->objects[count] = bits;
}

static bool
from_house(const struct house_model *m, struct state *ret_state)
{
    size_t count = 0;
    *ret_state = (struct state){.rooms = 0};
    for (int room = 0; room < STATE_ROOMS; room++)
        ret_state->rooms |= (uint32_t)(m->room_states[room].cleanliness == CLEANLINESS_DIRTY) << room;
    for (size_t i = 0; i < m->booking_count; i++) {
        struct stay s;
        if (!see_stay(m, &m->bookings[i], &s))
            continue;
        if (count == STATE_OBJECTS)
            return false;
        insert(ret_state, count++, pack(&s));
    }
    return true;
}

/* --- steps --- */

struct group_lister {
    const struct house_model *model;
    struct step *steps;
    size_t count;
};

static struct step *
add(struct group_lister *l, enum command_kind kind)
{
    return steps_add_unjudged(l->steps, &l->count, kind);
}

static bool
is_member(const struct booking *b)
{
    return !id_is_none(b->group);
}

static struct leg
leg_of(const struct group_lister *l, int span, int room, bool priced)
{
    return (struct leg){.room_type = l->model->types[0].id,
                        .room = room == 0 ? ID_NONE : l->model->rooms[room - 1].id,
                        .span = span_of(span),
                        .party = STATE_PARTY,
                        .price = priced ? state_price : (struct price){.known = false}};
}

static void
list_creation(struct group_lister *l, struct leg first, const struct leg *second, bool unpaid)
{
    struct step *step = add(l, COMMAND_CREATE_BOOKINGS);
    step->legs[0] = first;
    if (second != NULL)
        step->legs[1] = *second;
    step->command.create_bookings = (struct create_bookings){.legs = step->legs,
                                                             .leg_count = second == NULL ? 1 : MEMBERS,
                                                             .guest = {.name = {"Ada", 3}},
                                                             .payment = unpaid ? PAYMENT_REQUIRED : PAYMENT_NONE};
    snprintf(step->text, sizeof(step->text), "create span %d room %d%s%s", span_number(first.span),
             state_room_number(l->model, first.room), second == NULL ? "" : " and another", unpaid ? " unpaid" : "");
}

/* A group of two, of which the second has a price; beside it bookings of others, who are in its way. */
static void
list_creations(struct group_lister *l)
{
    bool any = false;
    for (size_t i = 0; i < l->model->booking_count; i++)
        any |= is_member(&l->model->bookings[i]);
    for (int first = 0; first < SPANS && !any; first++)
        for (int second = 0; second < SPANS; second++)
            for (int unpaid = 0; unpaid < 2; unpaid++) {
                struct leg leg = leg_of(l, second, 0, true);
                list_creation(l, leg_of(l, first, 0, false), &leg, unpaid != 0);
            }
    for (int span = 0; span < SPANS && any; span++)
        for (int room = 0; room <= STATE_ROOMS; room++)
            list_creation(l, leg_of(l, span, room, false), NULL, false);
}

static void
list_singly(struct group_lister *l, const struct booking *b)
{
    static const enum command_kind plain[] = {COMMAND_CONFIRM_BOOKING,   COMMAND_CANCEL_BOOKING, COMMAND_MARK_NO_SHOW,
                                              COMMAND_REINSTATE_BOOKING, COMMAND_UNDO_CHECK_IN,  COMMAND_CHECK_OUT,
                                              COMMAND_UNDO_CHECK_OUT,    COMMAND_UNASSIGN_ROOM};
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        struct step *step = add(l, plain[i]);
        step->command.booking_step =
            (struct booking_step){.booking = b->id, .reason = why_so, .overrides = plain[i] == COMMAND_CHECK_OUT};
        snprintf(step->text, sizeof(step->text), "%s %d", command_kind_name(plain[i]).ptr, (int)b->id.lo);
    }
    struct step *step = add(l, COMMAND_CHECK_IN);
    step->command.check_in = (struct check_in){b->id, ID_NONE, true, why_so};
    snprintf(step->text, sizeof(step->text), "check in %d", (int)b->id.lo);
    for (int room = 1; room <= STATE_ROOMS; room++)
        for (int pinned = 0; pinned < 2; pinned++) {
            step = add(l, COMMAND_ASSIGN_ROOM);
            step->command.assign_room = (struct assign_room){b->id, l->model->rooms[room - 1].id, pinned != 0};
            snprintf(step->text, sizeof(step->text), "assign %d room %d%s", (int)b->id.lo, room,
                     pinned != 0 ? " for good" : "");
        }
}

/* The group's bookings, in order or the other way round; NULL where there is no group. */
static struct step *
add_batch(struct group_lister *l, enum command_kind kind, bool backwards, bool overrides)
{
    struct booking_step lines[MEMBERS];
    size_t count = 0;
    for (size_t i = 0; i < l->model->booking_count; i++) {
        const struct booking *b = &l->model->bookings[i];
        if (is_member(b))
            lines[count++] = (struct booking_step){.booking = b->id, .reason = why_so, .overrides = overrides};
    }
    if (count == 0)
        return NULL;
    assert(count == MEMBERS);
    struct step *step = add(l, COMMAND_BATCH_BOOKINGS);
    for (size_t i = 0; i < count; i++)
        step->lines[i] = lines[backwards ? count - 1 - i : i];
    step->command.booking_batch = (struct booking_batch){.step = kind, .items = step->lines, .count = count};
    snprintf(step->text, sizeof(step->text), "group: %s%s%s", command_kind_name(kind).ptr,
             backwards ? ", the last first" : "", overrides ? ", overridden" : "");
    return step;
}

/* Each named by the caller, who says rooms as well, of both or of the first, who may send the other elsewhere with
 * that: whoever is there already is refused then. */
static void
list_named_check_ins(struct group_lister *l, bool backwards)
{
    for (int way = 0; way <= 2 * STATE_ROOMS; way++) {
        struct step *step = add_batch(l, COMMAND_CHECK_IN, backwards, true);
        int room = way > STATE_ROOMS ? way - STATE_ROOMS : way;
        if (step == NULL)
            return;
        step->command.booking_batch.from_items = true;
        if (room > 0)
            step->lines[0].room = l->model->rooms[room - 1].id;
        if (way > STATE_ROOMS)
            step->lines[1].room = l->model->rooms[STATE_ROOMS - room].id;
        snprintf(step->text, sizeof(step->text), "check in both%s, the first in room %d%s",
                 backwards ? ", the last first" : "", room, way > STATE_ROOMS ? " and the other in the other" : "");
    }
}

static void
list_group_steps(struct group_lister *l)
{
    static const enum command_kind kinds[] = {COMMAND_CONFIRM_BOOKING, COMMAND_CANCEL_BOOKING, COMMAND_CHECK_IN,
                                              COMMAND_CHECK_OUT};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        for (int backwards = 0; backwards < 2; backwards++) {
            struct step *step = add_batch(l, kinds[i], backwards != 0, false);
            if (step != NULL && kinds[i] != COMMAND_CONFIRM_BOOKING && kinds[i] != COMMAND_CANCEL_BOOKING)
                (void)add_batch(l, kinds[i], backwards != 0, true);
            step = add_batch(l, kinds[i], backwards != 0, false);
            if (step == NULL)
                return;
            step->command.actor.role = ROLE_BOOKER;
            snprintf(step->text, sizeof(step->text), "group, by its owner: %s", command_kind_name(kinds[i]).ptr);
        }
    list_named_check_ins(l, false);
    list_named_check_ins(l, true);
}

static size_t
list_steps(const struct state *state, const struct house_model *model, struct step ret_steps[STEPS_MAX])
{
    struct group_lister l = {model, ret_steps, 0};
    (void)state;
    list_creations(&l);
    list_group_steps(&l);
    for (size_t i = 0; i < model->booking_count; i++)
        list_singly(&l, &model->bookings[i]);
    for (int room = 0; room < STATE_ROOMS; room++) {
        struct step *step = add(&l, COMMAND_MARK_DIRTY);
        step->command.room_step = (struct room_step){.room = model->rooms[room].id};
        snprintf(step->text, sizeof(step->text), "room %d is dirty", room + 1);
    }
    struct step *step = add(&l, COMMAND_SWEEP);
    step->tick = true;
    snprintf(step->text, sizeof(step->text), "time passes");
    snprintf(add(&l, COMMAND_SWEEP)->text, sizeof(step->text), "sweep");
    return l.count;
}

/* --- what a step of a group is --- */

enum part { LEFT_ALONE, TAKES, THERE, REFUSES };

/* docs/states.md, as it is written there. */
static enum part
part_in(enum command_kind kind, enum booking_status status)
{
    bool pending = status == BOOKING_PENDING_PAYMENT || status == BOOKING_PENDING_APPROVAL;
    bool confirmed = status == BOOKING_CONFIRMED, in = status == BOOKING_CHECKED_IN;
    switch (kind) {
    case COMMAND_CONFIRM_BOOKING: return pending ? TAKES : confirmed ? THERE : LEFT_ALONE;
    case COMMAND_CANCEL_BOOKING:
        return pending || confirmed ? TAKES : in ? REFUSES : status == BOOKING_CANCELLED ? THERE : LEFT_ALONE;
    case COMMAND_CHECK_IN: return pending ? REFUSES : confirmed ? TAKES : in ? THERE : LEFT_ALONE;
    case COMMAND_CHECK_OUT: return in ? TAKES : status == BOOKING_CHECKED_OUT ? THERE : LEFT_ALONE;
    default: assert(!"no step of a group"); return LEFT_ALONE;
    }
}

static bool
is_same_booking(const struct booking *a, const struct booking *b)
{
    return id_equal(a->id, b->id) && a->status == b->status && a->version == b->version &&
           span_equal(a->span, b->span) && a->fee_minor == b->fee_minor && a->expires_at == b->expires_at &&
           a->checked_in_at == b->checked_in_at && a->checked_out_at == b->checked_out_at &&
           a->cancelled_at == b->cancelled_at && id_equal(a->in_room, b->in_room) &&
           id_equal(a->left_room, b->left_room) && id_equal(a->lost_room, b->lost_room) && a->placement == b->placement;
}

static bool
has_claim(const struct house_model *m, const struct claim *claim)
{
    for (size_t i = 0; i < m->claim_count; i++)
        if (id_equal(m->claims[i].room, claim->room) && id_equal(m->claims[i].owner, claim->owner) &&
            span_equal(m->claims[i].span, claim->span) && m->claims[i].pinned == claim->pinned)
            return true;
    return false;
}

static bool
are_same(const struct house_model *a, const struct house_model *b)
{
    bool same = a->booking_count == b->booking_count && a->claim_count == b->claim_count &&
                memcmp(a->nights, b->nights, sizeof(a->nights)) == 0;
    for (size_t i = 0; i < a->booking_count && same; i++)
        same = is_same_booking(&a->bookings[i], &b->bookings[i]);
    for (size_t i = 0; i < a->claim_count && same; i++)
        same = has_claim(b, &a->claims[i]);
    for (size_t i = 0; i < a->room_count && same; i++)
        same = a->room_states[i].cleanliness == b->room_states[i].cleanliness &&
               id_equal(a->room_states[i].occupant, b->room_states[i].occupant);
    return same;
}

static bool
run_sweep(struct house_model *m, struct arena *arena)
{
    struct command sweep = {.kind = COMMAND_SWEEP, .property = 1};
    struct decision decision;
    return house_model_run(m, &sweep, arena, &decision);
}

/* What comes of asking for each by itself, one after another. */
struct alone {
    struct house_model house;
    enum outcome outcome; /* of the first that is refused */
    struct id refused;
    size_t taken, there;
};

static struct command
one_of(const struct command *whole, size_t number)
{
    const struct booking_step *line = &whole->booking_batch.items[number];
    struct command one = {.kind = whole->booking_batch.step, .actor = whole->actor, .property = 1};
    if (one.kind == COMMAND_CHECK_IN)
        one.check_in = (struct check_in){line->booking, line->room, line->overrides, line->reason};
    else
        one.booking_step =
            (struct booking_step){.booking = line->booking, .reason = line->reason, .overrides = line->overrides};
    return one;
}

/* False when an invariant breaks on the way. */
static bool
ask_alone(struct alone *a, const struct command *whole, struct arena *arena)
{
    const struct booking_batch *batch = &whole->booking_batch;
    for (size_t i = 0; i < batch->count; i++) {
        struct command one = one_of(whole, i);
        struct decision decision;
        enum part part = part_in(batch->step, house_model_booking(&a->house, batch->items[i].booking)->status);
        a->there += part == THERE;
        if (!batch->from_items && (part == THERE || part == LEFT_ALONE))
            continue;
        if (!house_model_run(&a->house, &one, arena, &decision))
            return false;
        if (decision.refusal.outcome != OUTCOME_OK) {
            a->outcome = decision.refusal.outcome;
            a->refused = batch->items[i].booking;
            return true;
        }
        a->taken++;
    }
    return true;
}

static uint64_t
allowed_in(const struct house_model *m, const struct booking_batch *batch)
{
    static const struct {
        enum command_kind kind;
        enum booking_command command;
    } steps[] = {{COMMAND_CONFIRM_BOOKING, BOOKING_COMMAND_CONFIRM},
                 {COMMAND_CANCEL_BOOKING, BOOKING_COMMAND_CANCEL},
                 {COMMAND_CHECK_IN, BOOKING_COMMAND_CHECK_IN},
                 {COMMAND_CHECK_OUT, BOOKING_COMMAND_CHECK_OUT}};
    uint64_t allowed = 0;
    for (size_t i = 0; i < batch->count; i++)
        for (size_t j = 0; j < sizeof(steps) / sizeof(steps[0]); j++)
            if (part_in(steps[j].kind, house_model_booking(m, batch->items[i].booking)->status) == TAKES)
                allowed |= UINT64_C(1) << steps[j].command;
    return allowed;
}

/* Nobody takes it: there already, or refused with what could be done instead. */
static const char *
law_of_untouched(const struct alone *a, const struct booking_batch *batch, const struct decision *decision)
{
    const struct refusal *refusal = &decision->refusal;
    if (a->there == 0 && (refusal->outcome != OUTCOME_INVALID_TRANSITION || !refusal->of_group))
        return "nobody of the group takes the step or is there, and it is not refused";
    if (a->there == 0)
        return refusal->group_allows == allowed_in(&a->house, batch)
                   ? NULL
                   : "other steps are named than the group would take";
    if (refusal->outcome != OUTCOME_OK || id_is_none(decision->unchanged))
        return "all are there already who could be, and it is not said";
    return house_model_booking(&a->house, decision->unchanged)->status == command_group_leads_to(batch->step)
               ? NULL
               : "somebody is said to be there already who is not";
}

/* The same once more is nothing. */
static const char *
law_of_repeat(const struct house_model *after, const struct command *command, struct arena *arena)
{
    static struct house_model again;
    struct decision decision;
    again = *after;
    if (!house_model_run(&again, command, arena, &decision))
        return "a group's step breaks an invariant when it is repeated";
    return decision.refusal.outcome == OUTCOME_OK && !id_is_none(decision.unchanged) && decision.change_count == 0
               ? NULL
               : "a group's step that is repeated is refused, or does something again";
}

/* As a whole it comes to what its steps come to one by one; where one of them is refused, to nothing. */
static const char *
law_of_batch(const struct house_model *before, const struct house_model *after, const struct command *command,
             const struct decision *decision, struct arena *arena)
{
    static struct alone alone;
    static struct house_model untouched, swept;
    const struct booking_batch *batch = &command->booking_batch;
    untouched = *before;
    swept = *after;
    if (!run_sweep(&untouched, arena) || !run_sweep(&swept, arena))
        return "what has lapsed can't be swept before or after a group's step";
    alone = (struct alone){.house = untouched, .outcome = OUTCOME_OK};
    if (!ask_alone(&alone, command, arena))
        return "the steps of a group break an invariant one by one";
    enum outcome outcome = decision->refusal.outcome;
    if (outcome != OUTCOME_OK && !are_same(&swept, &untouched))
        return "a group's step is refused, and something has changed";
    if (command->actor.role == ROLE_BOOKER && batch->step != COMMAND_CANCEL_BOOKING)
        return outcome == OUTCOME_FORBIDDEN ? NULL : "somebody who is not staff takes a step with a group";
    if (alone.outcome != OUTCOME_OK &&
        (outcome != alone.outcome || !id_equal(decision->refusal.booking, alone.refused)))
        return "one of a group is refused, and the group is not, or for another reason or booking";
    if (alone.outcome != OUTCOME_OK)
        return NULL;
    if (alone.taken == 0)
        return are_same(&swept, &untouched) ? law_of_untouched(&alone, batch, decision)
                                            : "nobody of a group takes the step, and something has changed";
    if (outcome != OUTCOME_OK)
        return "each of a group may take the step, and the group may not";
    if (!are_same(&swept, &alone.house))
        return "a group's step does something else than its steps one by one";
    return batch->from_items ? NULL : law_of_repeat(after, command, arena);
}

static const char *
law_of(const struct house_model *before, struct house_model *after, const struct step *step,
       const struct decision *decision, struct arena *arena)
{
    if (step->tick || step->command.kind != COMMAND_BATCH_BOOKINGS)
        return NULL;
    return law_of_batch(before, after, &step->command, decision, arena);
}

static const char *
law_of_state(const struct house_model *model, struct arena *arena)
{
    (void)model;
    (void)arena;
    return NULL;
}

const struct explorer_world explorer_group = {"--group-steps", init_house, to_house, from_house,
                                              state_count,     list_steps, law_of,   law_of_state};
