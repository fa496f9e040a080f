/* A stay is 20 bits: expected, in the house or given up; its dates; the room of each night; whether that is for good;
 * the room that its guests are in, or lost; whether they came on a day before; the nights on which it is one too many;
 * and whether the audit has looked at it. The word beside them says which rooms are dirty, the day, how far the audit
 * is, and whether the house ever had one too many.
 *
 * The order of a state is that of its ids, and those that were looked at come first: so the audit goes on behind them,
 * as it does where ids are in order of time. Whoever has left or called off is not there any more. */
#include <stdio.h>

#include "core/decide_audit.h"
#include "tests/sim/explorer_world.h"
#include "tests/support/house_model_part.h"

enum { LAST_DAY = 2, EXPECTED = 1, IN_HOUSE, GIVEN_UP };

struct stay {
    int what, starts, ends;
    int rooms[STATE_NIGHTS];
    bool pinned;
    int room; /* where its guests are, or that they lost */
    bool came_before;
    int beyond; /* a bit for each night */
    bool looked_at;
};

static uint32_t
pack(const struct stay *s)
{
    uint32_t bits = (uint32_t)s->what | (uint32_t)s->starts << 2 | (uint32_t)s->ends << 4;
    for (int night = 0; night < STATE_NIGHTS; night++)
        bits |= (uint32_t)s->rooms[night] << (6 + 2 * night);
    return bits | (uint32_t)s->pinned << 12 | (uint32_t)s->room << 13 | (uint32_t)s->came_before << 15 |
           (uint32_t)s->beyond << 16 | (uint32_t)s->looked_at << 19;
}

static struct stay
unpack(uint32_t bits)
{
    struct stay s = {.what = bits & 3,
                     .starts = bits >> 2 & 3,
                     .ends = bits >> 4 & 3,
                     .pinned = bits >> 12 & 1,
                     .room = bits >> 13 & 3,
                     .came_before = bits >> 15 & 1,
                     .beyond = bits >> 16 & 7,
                     .looked_at = bits >> 19 & 1};
    for (int night = 0; night < STATE_NIGHTS; night++)
        s.rooms[night] = bits >> (6 + 2 * night) & 3;
    return s;
}

static bool
is_dirty(const struct state *state, int room)
{
    return (state->rooms >> (room - 1) & 1) != 0;
}

static int
day_of(const struct state *state)
{
    return (int)(state->rooms >> 2 & 3);
}

static bool
is_running(const struct state *state)
{
    return (state->rooms >> 4 & 1) != 0;
}

static int
phase_of(const struct state *state)
{
    return (int)(state->rooms >> 5 & 3);
}

/* --- a house of a state --- */

static void
init_house(struct house_model *ret_model)
{
    state_init_house(ret_model);
    ret_model->property.night_audit = NIGHT_AUDIT_BY_HAND;
    ret_model->property.business_date = MODEL_TODAY;
    ret_model->local_date = MODEL_TODAY + LAST_DAY;
    ret_model->now_ms += LAST_DAY * DATE_DAY_MS;
}

/* Nights in one room, one after another, are one claim. */
static void
add_claims(struct house_model *m, const struct stay *s, struct id id)
{
    for (int night = s->starts; night < s->ends; night++) {
        int until = night + 1;
        if (s->rooms[night] == 0)
            continue;
        while (until < s->ends && s->rooms[until] == s->rooms[night])
            until++;
        m->claims[m->claim_count++] = (struct claim){.room = m->rooms[s->rooms[night] - 1].id,
                                                     .span = span_from_nights(MODEL_TODAY + night, MODEL_TODAY + until),
                                                     .owner_kind = CLAIM_OF_BOOKING,
                                                     .owner = id,
                                                     .pinned = s->pinned};
        night = until - 1;
    }
}

static void
add_nights(struct house_model *m, const struct stay *s, struct id id)
{
    for (int night = s->starts; night < s->ends; night++) {
        struct night *n = &m->nights[0][night];
        bool beyond = (s->beyond >> night & 1) != 0;
        n->sold++;
        n->fixed += s->rooms[night] != 0 && s->pinned;
        n->overcommit += beyond;
        if (beyond)
            m->overcommits[m->overcommit_count++] = (struct overcommit){.room_type = m->types[0].id,
                                                                        .from = MODEL_TODAY + night,
                                                                        .until = MODEL_TODAY + night + 1,
                                                                        .kind = OVERCOMMIT_OVERSTAY,
                                                                        .subject = id,
                                                                        .quantity = 1};
    }
}

static void
add_stay(struct house_model *m, const struct stay *s, struct id id)
{
    static const enum booking_status statuses[] = {
        [EXPECTED] = BOOKING_CONFIRMED, [IN_HOUSE] = BOOKING_CHECKED_IN, [GIVEN_UP] = BOOKING_NO_SHOW};
    struct booking *b = &m->bookings[m->booking_count++];
    *b = (struct booking){.id = id,
                          .room_type = m->types[0].id,
                          .charged_room_type = m->types[0].id,
                          .status = statuses[s->what],
                          .span = span_from_nights(MODEL_TODAY + s->starts, MODEL_TODAY + s->ends),
                          .party = STATE_PARTY,
                          .guest = state_guest_id(id),
                          .owner = state_clients[0],
                          .created_at = m->now_ms,
                          .version = 1};
    struct id room = s->room == 0 ? ID_NONE : m->rooms[s->room - 1].id;
    if (s->what == GIVEN_UP) {
        b->lost_room = room;
        return;
    }
    add_claims(m, s, id);
    add_nights(m, s, id);
    if (s->what == EXPECTED)
        return;
    b->in_room = room;
    b->checked_in_at = m->now_ms;
    b->checked_in_on = m->today - (s->came_before ? 1 : 0);
    m->room_states[s->room - 1].occupant = id;
}

static void
add_audit(struct house_model *m, const struct state *state)
{
    m->job = (struct job){.id = {UINT64_C(1) << 24, 1},
                          .kind = JOB_NIGHT_AUDIT,
                          .status = JOB_RUNNING,
                          .date = m->today,
                          .phase = phase_of(state),
                          .started_by = state_clients[0],
                          .created_at = m->now_ms,
                          .version = 1};
    for (size_t i = 0; i < state_count(state); i++)
        if (unpack(state->objects[i]).looked_at)
            m->job.cursor = m->bookings[i].id;
}

static void
to_house(const struct state *state, const struct house_model *empty, struct house_model *ret_model)
{
    struct house_model *m = ret_model;
    *m = *empty;
    m->today = m->property.business_date = MODEL_TODAY + day_of(state);
    m->was_overcommitted[0] = (state->rooms >> 7 & 1) != 0;
    for (int room = 1; room <= STATE_ROOMS; room++)
        if (is_dirty(state, room))
            m->room_states[room - 1].cleanliness = CLEANLINESS_DIRTY;
    for (size_t i = 0; i < state_count(state); i++) {
        struct stay s = unpack(state->objects[i]);
        add_stay(m, &s, (struct id){UINT64_C(1) << 20, ++m->next_id});
    }
    if (is_running(state))
        add_audit(m, state);
}

/* --- and back --- */

static int
day_number(int64_t at)
{
    return date_from_instant(at) - MODEL_TODAY;
}

static void
see_rooms(const struct house_model *m, struct id id, struct stay *s)
{
    for (size_t i = 0; i < m->claim_count; i++) {
        const struct claim *claim = &m->claims[i];
        if (!id_equal(claim->owner, id))
            continue;
        for (int night = day_number(claim->span.starts); night < day_number(claim->span.ends); night++)
            s->rooms[night] = state_room_number(m, claim->room);
        s->pinned |= claim->pinned;
    }
    for (size_t i = 0; i < m->overcommit_count; i++)
        if (id_equal(m->overcommits[i].subject, id) && m->overcommits[i].quantity > 0)
            s->beyond |= 1 << (m->overcommits[i].from - MODEL_TODAY);
}

/* False when nothing of it matters any more. */
static bool
see_stay(const struct house_model *m, const struct booking *b, struct stay *ret)
{
    *ret = (struct stay){.starts = day_number(b->span.starts), .ends = day_number(b->span.ends)};
    ret->looked_at = model_job_runs(m) && m->job.phase == AUDIT_STAYS && id_compare(b->id, m->job.cursor) <= 0;
    switch (b->status) {
    case BOOKING_NO_SHOW:
        ret->what = GIVEN_UP;
        ret->room = state_room_number(m, b->lost_room);
        return date_from_instant(b->span.ends) > m->today;
    case BOOKING_CONFIRMED: ret->what = EXPECTED; break;
    case BOOKING_CHECKED_IN:
        ret->what = IN_HOUSE;
        ret->room = state_room_number(m, b->in_room);
        ret->came_before = b->checked_in_on < m->today;
        break;
    default: return false;
    }
    see_rooms(m, b->id, ret);
    return true;
}

static bool
from_house(const struct house_model *model, struct state *ret_state)
{
    *ret_state = (struct state){.rooms = (uint32_t)(model->today - MODEL_TODAY) << 2 |
                                         (uint32_t)model->was_overcommitted[0] << 7};
    for (int room = 0; room < STATE_ROOMS; room++)
        ret_state->rooms |= (uint32_t)(model->room_states[room].cleanliness == CLEANLINESS_DIRTY) << room;
    if (model_job_runs(model))
        ret_state->rooms |= UINT32_C(1) << 4 | (uint32_t)model->job.phase << 5;
    size_t count = 0;
    for (size_t i = 0; i < model->booking_count; i++) {
        struct stay s;
        if (!see_stay(model, &model->bookings[i], &s))
            continue;
        if (count == STATE_OBJECTS)
            return false;
        uint32_t bits = pack(&s);
        size_t at = count++;
        for (; at > 0 && ret_state->objects[at - 1] < bits; at--)
            ret_state->objects[at] = ret_state->objects[at - 1];
        ret_state->objects[at] = bits;
    }
    return true;
}

/* --- steps --- */

struct audit_lister {
    const struct state *state;
    const struct house_model *model;
    struct step *steps;
    size_t count;
    int day;
};

static struct step *
add(struct audit_lister *l, enum command_kind kind)
{
    return steps_add_unjudged(l->steps, &l->count, kind);
}

static struct leg
leg_of(const struct audit_lister *l, int room, int starts, int ends)
{
    return (struct leg){.room_type = l->model->types[0].id,
                        .room = room == 0 ? ID_NONE : l->model->rooms[room - 1].id,
                        .span = span_from_nights(MODEL_TODAY + starts, MODEL_TODAY + ends),
                        .party = STATE_PARTY};
}

static void
list_arrivals(struct audit_lister *l)
{
    for (int starts = l->day; starts < STATE_NIGHTS; starts++)
        for (int ends = starts + 1; ends <= STATE_NIGHTS; ends++)
            for (int way = 0; way < 4; way++) { /* any room, each loosely, the first for good */
                int room = way == 3 ? 1 : way;
                struct step *step = add(l, COMMAND_CREATE_BOOKINGS);
                step->legs[0] = leg_of(l, room, starts, ends);
                step->legs[0].pinned = way == 3;
                step->command.create_bookings = (struct create_bookings){
                    .legs = step->legs, .leg_count = 1, .guest = {.name = {"Ada", 3}}, .payment = PAYMENT_NONE};
                snprintf(step->text, sizeof(step->text), "create night %d to %d room %d%s", starts, ends, room,
                         way == 3 ? " pinned" : "");
            }
    for (int room = 1; room <= STATE_ROOMS; room++) {
        struct step *step = add(l, COMMAND_WALK_IN);
        step->command.walk_in = (struct walk_in){.leg = leg_of(l, room, l->day, l->day + 1),
                                                 .nights = 1,
                                                 .guest = {.name = {"Ada", 3}},
                                                 .overrides = true,
                                                 .reason = {"no other", 8}};
        snprintf(step->text, sizeof(step->text), "walk in to room %d", room);
    }
}

static void
list_stay(struct audit_lister *l, const struct booking *b)
{
    static const enum command_kind plain[] = {COMMAND_CANCEL_BOOKING, COMMAND_MARK_NO_SHOW, COMMAND_REINSTATE_BOOKING,
                                              COMMAND_UNDO_CHECK_IN,  COMMAND_CHECK_OUT,    COMMAND_UNASSIGN_ROOM};
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        struct step *step = add(l, plain[i]);
        step->command.booking_step = (struct booking_step){.booking = b->id};
        snprintf(step->text, sizeof(step->text), "%s %d", command_kind_name(plain[i]).ptr, (int)b->id.lo);
    }
    for (int room = 1; room <= STATE_ROOMS; room++) {
        struct id id = l->model->rooms[room - 1].id;
        struct step *step = add(l, COMMAND_CHECK_IN);
        step->command.check_in = (struct check_in){b->id, id, true, {"no other", 8}};
        snprintf(step->text, sizeof(step->text), "check in %d room %d", (int)b->id.lo, room);
        step = add(l, COMMAND_MOVE_BOOKING);
        step->command.move_booking =
            (struct move_booking){.booking = b->id, .to_room = id, .overrides = true, .reason = {"no other", 8}};
        snprintf(step->text, sizeof(step->text), "move %d to room %d", (int)b->id.lo, room);
        step = add(l, COMMAND_ASSIGN_ROOM);
        step->command.assign_room = (struct assign_room){b->id, id, true};
        snprintf(step->text, sizeof(step->text), "assign %d room %d", (int)b->id.lo, room);
    }
    if (day_number(b->span.ends) == STATE_NIGHTS)
        return;
    struct step *step = add(l, COMMAND_EXTEND_BOOKING);
    step->command.amend_booking = (struct amend_booking){
        .booking = b->id, .changes_span = true, .keeps_starts = true, .span.ends = b->span.ends + DATE_DAY_MS};
    snprintf(step->text, sizeof(step->text), "extend %d by a night", (int)b->id.lo);
}

/* One audit at a time, and none of a day that the calendar has not left. */
static void
list_audit(struct audit_lister *l)
{
    struct step *step = add(l, COMMAND_START_JOB);
    step->unjudged = false;
    step->command.start_job.kind = JOB_NIGHT_AUDIT;
    step->expected = is_running(l->state) ? OUTCOME_ALREADY_EXISTS
                     : l->day == LAST_DAY ? OUTCOME_POLICY_REFUSED
                                          : OUTCOME_OK;
    snprintf(step->text, sizeof(step->text), "start the audit");
    step = add(l, COMMAND_STEP_JOB);
    step->unjudged = false;
    step->command.step_job.job = l->model->job.id;
    step->expected = is_running(l->state) ? OUTCOME_OK : OUTCOME_NOT_FOUND;
    snprintf(step->text, sizeof(step->text), "a step of the audit");
}

static size_t
list_steps(const struct state *state, const struct house_model *model, struct step ret_steps[STEPS_MAX])
{
    struct audit_lister l = {state, model, ret_steps, 0, day_of(state)};
    list_audit(&l);
    list_arrivals(&l);
    for (size_t i = 0; i < model->booking_count; i++)
        list_stay(&l, &model->bookings[i]);
    return l.count;
}

/* --- what an audit is --- */

static int
room_of(const struct house_model *m, struct id guests)
{
    for (int room = 1; room <= STATE_ROOMS; room++)
        if (id_equal(m->room_states[room - 1].occupant, guests))
            return room;
    return 0;
}

/* Does anybody else have the room on that night? */
static bool
is_anothers(const struct house_model *m, struct id guests, int32_t date)
{
    struct id room = m->rooms[room_of(m, guests) - 1].id;
    for (size_t i = 0; i < m->claim_count; i++)
        if (id_equal(m->claims[i].room, room) && !id_equal(m->claims[i].owner, guests) &&
            span_contains_instant(m->claims[i].span, date_to_instant(date)))
            return true;
    return false;
}

static bool
is_dirty_after(const struct house_model *m, struct id guests)
{
    return m->room_states[room_of(m, guests) - 1].cleanliness == CLEANLINESS_DIRTY;
}

static int32_t
end_of(const struct house_model *m, struct id id)
{
    return date_from_instant(house_model_booking(m, id)->span.ends);
}

/* How much more the audit has counted. */
static int64_t
counted(const struct house_model *before, const struct house_model *after, int tally)
{
    return after->job.tallies[tally - 1] - before->job.tallies[tally - 1];
}

/* Whoever was to come on the day, and nobody else. */
static const char *
law_of_no_shows(const struct house_model *before, const struct house_model *after)
{
    int64_t due = 0;
    for (size_t i = 0; i < before->booking_count; i++) {
        const struct booking *b = &before->bookings[i];
        bool is_due = model_is_due_on(before, b, before->job.date);
        enum booking_status ought = is_due ? BOOKING_NO_SHOW : b->status;
        due += is_due;
        if (house_model_booking(after, b->id)->status != ought)
            return is_due ? "somebody did not come and is waited for" : "somebody is given up who was not due";
    }
    if (counted(before, after, 1) != due || after->job_item_count - before->job_item_count != (size_t)due)
        return "the report has another number of no-shows";
    return after->job.phase == AUDIT_STAYS && id_is_none(after->job.cursor) ? NULL
                                                                            : "the audit does not go on to stays";
}

/* Who should have left has a night more, in the room that they are in; as one too many only where nothing is left of
 * the type, and not at all only where the room is another's. */
static const char *
law_of_overstay(const struct house_model *before, const struct house_model *after, struct id id)
{
    int32_t date = before->job.date;
    const struct night *night = house_model_night(before, &before->types[0], date);
    bool stays_on = end_of(after, id) == date + 1, was_free = night_free(night) > 0;
    int32_t more = house_model_night(after, &after->types[0], date)->overcommit - night->overcommit;
    if (!stays_on && (end_of(after, id) != end_of(before, id) || !is_anothers(after, id, date)))
        return "somebody who should have left has no night more, and nobody has their room";
    if (stays_on && is_anothers(after, id, date))
        return "a night more in a room that is another's";
    if (more != (stays_on && !was_free ? 1 : 0))
        return "one too many for a night that is to be had, or none where it is not";
    if (counted(before, after, 4) != (stays_on && was_free) || counted(before, after, 5) != !(stays_on && was_free))
        return "the report has another number of overstays";
    return after->job_item_count == before->job_item_count + 1 ? NULL : "an overstay is not in the report";
}

/* Those who are in the house in order, up to the first who should have left; or that one alone. */
static const char *
law_of_stays(const struct house_model *before, const struct house_model *after)
{
    struct id ids[MODEL_BOOKINGS];
    size_t count = model_list_step(before, ids), taken = 0;
    int64_t leaving = 0, staying = 0;
    int32_t date = before->job.date;
    const char *why = NULL;
    if (count > 0 && end_of(before, ids[0]) <= date) {
        why = law_of_overstay(before, after, ids[0]);
        taken = 1;
    } else {
        for (; taken < count && end_of(before, ids[taken]) > date; taken++) {
            leaving += end_of(before, ids[taken]) == date + 1;
            staying += end_of(before, ids[taken]) > date + 1;
        }
    }
    for (size_t i = 0; i < taken; i++)
        if (!is_dirty_after(after, ids[i]))
            return "a room in which somebody slept is not to be cleaned";
    for (size_t i = 0; i < before->booking_count; i++)
        if (house_model_booking(after, before->bookings[i].id)->status != before->bookings[i].status)
            return "somebody comes, goes or is given up while stays are looked at";
    if (why == NULL && (counted(before, after, 2) != leaving || counted(before, after, 3) != staying))
        return "the report has another number of those who leave, or stay on";
    bool goes_on = taken == count ? after->job.phase == AUDIT_CLOSE && id_is_none(after->job.cursor)
                                  : after->job.phase == AUDIT_STAYS && id_equal(after->job.cursor, ids[taken - 1]);
    return why != NULL || goes_on ? why : "the audit does not go on behind those whom it has looked at";
}

/* The date, last of all and alone. */
static const char *
law_of_close(const struct house_model *before, const struct house_model *after, const struct decision *decision)
{
    if (after->today != before->today + 1 || model_job_runs(after))
        return "the day is not closed";
    return decision->change_count == 2 && decision->event_count == 2 ? NULL : "more than the date changes at the end";
}

static const char *
law_of_step(const struct house_model *before, const struct house_model *after, const struct decision *decision)
{
    if (before->job.phase == AUDIT_CLOSE)
        return law_of_close(before, after, decision);
    if (after->today != before->today || !model_job_runs(after))
        return "a day is closed that was not looked at to the end";
    return before->job.phase == AUDIT_NO_SHOWS ? law_of_no_shows(before, after) : law_of_stays(before, after);
}

/* When nobody disturbed its audit: who was due is given up, rooms in which somebody slept are to be cleaned, and who is
 * in the house has had the night, or somebody else has their room. */
static const char *
law_of_day(const struct house_model *closed)
{
    int32_t date = closed->today - 1;
    for (size_t i = 0; i < closed->booking_count; i++) {
        const struct booking *b = &closed->bookings[i];
        if (model_is_due_on(closed, b, date))
            return "somebody did not come, and their day is closed";
        if (b->status != BOOKING_CHECKED_IN)
            continue;
        if (!is_dirty_after(closed, b->id))
            return "a day is closed, and a room in which somebody slept is not to be cleaned";
        if (end_of(closed, b->id) <= date && !is_anothers(closed, b->id, date))
            return "a day is closed, and somebody is in the house who has no night of it";
    }
    return NULL;
}

/* Each booking is looked at once at most, so that so many steps are enough. */
static const char *
run_to_end(struct house_model *model, struct arena *arena)
{
    struct command command = {.kind = COMMAND_STEP_JOB, .property = 1, .step_job.job = model->job.id};
    int32_t date = model->today;
    for (size_t steps = 0; model_job_runs(model); steps++) {
        struct decision decision;
        arena_reset(arena);
        if (steps > model->booking_count + 3 || !house_model_run(model, &command, arena, &decision) ||
            decision.refusal.outcome != OUTCOME_OK)
            return "from here the audit does not come to its end";
    }
    return model->today == date + 1 ? NULL : "from here the audit does not close its day";
}

static const char *
law_of_state(const struct house_model *model, struct arena *arena)
{
    static struct house_model copy;
    copy = *model;
    return model_job_runs(model) ? run_to_end(&copy, arena) : NULL;
}

/* An audit that nobody disturbs. */
static const char *
law_of_start(const struct house_model *started, struct arena *arena)
{
    static struct house_model copy;
    copy = *started;
    const char *why = run_to_end(&copy, arena);
    return why != NULL ? why : law_of_day(&copy);
}

static const char *
law_of(const struct house_model *before, struct house_model *after, const struct step *step,
       const struct decision *decision, struct arena *arena)
{
    enum command_kind kind = step->command.kind;
    if (decision->refusal.outcome != OUTCOME_OK)
        return NULL;
    if (kind == COMMAND_STEP_JOB)
        return law_of_step(before, after, decision);
    if (after->today != before->today)
        return "the desk moves the date";
    if (kind == COMMAND_START_JOB)
        return law_of_start(after, arena);
    return after->job.version == before->job.version ? NULL : "the desk moves the audit";
}

const struct explorer_world explorer_audit = {"--audit",   init_house, to_house, from_house,
                                              state_count, list_steps, law_of,   law_of_state};
