/* Long random lives of the whole house: nights, a count, slots, bookers and staff, days that go by. What the explorer
 * is too small for. Every command runs on what it wants and on everything there is; every invariant is checked after
 * it. A failure names its seed and step. */
#include <stdio.h>

#include "tests/unit/core/decide_world.h"

enum { LIVES = 40, STEPS = 400, DAYS = 5 };

/* xorshift64*, as in Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled", 2016. */
static uint64_t
roll(uint64_t *seed)
{
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return *seed * UINT64_C(2685821657736338717);
}

static int
pick(uint64_t *seed, int count)
{
    return (int)(roll(seed) >> 33) % count;
}

struct life {
    struct world w;
    uint64_t seed;
    size_t accepted, refused;
    size_t outcomes[OUTCOME_COUNT];
};

static struct actor
any_actor(struct life *life)
{
    const struct actor actors[] = {desk, desk, manager, teacher, pupil};
    return actors[pick(&life->seed, 5)];
}

static struct leg
any_slot(struct life *life)
{
    struct world *w = &life->w;
    struct id rooms[] = {ID_NONE, w->room_a1, w->room_a2};
    int from = (int)(w->model.today - MODEL_TODAY) * 1440 - 960 + pick(&life->seed, 12) * 30;
    struct leg leg = minutes(w->class, rooms[pick(&life->seed, 3)], from, from + 30 + pick(&life->seed, 4) * 30);
    leg.party = 1 + pick(&life->seed, 22);
    return leg;
}

static struct id
any_twin_room(struct life *life)
{
    const struct house_model *m = &life->w.model;
    const struct room *room;
    do
        room = &m->rooms[pick(&life->seed, (int)m->room_count)];
    while (!id_equal(room->room_type, life->w.twin));
    return room->id;
}

static struct leg
any_stay(struct life *life)
{
    struct world *w = &life->w;
    int from = (int)(w->model.today - MODEL_TODAY) + pick(&life->seed, 4) - (pick(&life->seed, 12) == 0 ? 1 : 0);
    int until = from + 1 + pick(&life->seed, 4);
    struct leg leg;
    switch (pick(&life->seed, 10)) {
    case 0: return nights(w->bed, ID_NONE, from, until);
    case 1: leg = nights(w->annex, pick(&life->seed, 2) == 0 ? w->room_201 : ID_NONE, from, until); break;
    case 2:
    case 3:
    case 4: return pinned(any_twin_room(life), from, until);
    case 5:
    case 6: leg = nights(ID_NONE, any_twin_room(life), from, until); break;
    default: leg = nights(w->twin, ID_NONE, from, until); break;
    }
    leg.party = 1 + pick(&life->seed, 2);
    return leg;
}

static struct leg
any_leg(struct life *life)
{
    return pick(&life->seed, 4) == 0 ? any_slot(life) : any_stay(life);
}

static struct id
any_booking(struct life *life)
{
    const struct house_model *m = &life->w.model;
    return m->booking_count == 0 ? ID_NONE : m->bookings[pick(&life->seed, (int)m->booking_count)].id;
}

static struct id
any_live_booking(struct life *life)
{
    struct id id = any_booking(life);
    for (int tries = 0; tries < 8; tries++) {
        const struct booking *booking = house_model_booking(&life->w.model, id);
        if (booking != NULL && booking_status_is_blocking(booking->status))
            return id;
        id = any_booking(life);
    }
    return id;
}

static struct id
any_hold(struct life *life)
{
    const struct house_model *m = &life->w.model;
    return m->hold_count == 0 ? ID_NONE : m->holds[pick(&life->seed, (int)m->hold_count)].id;
}

static struct command
any_create(struct life *life, struct leg legs[3])
{
    struct command command = {.kind = COMMAND_CREATE_BOOKINGS, .actor = any_actor(life), .property = 1};
    size_t count = pick(&life->seed, 3) == 0 ? 1 + (size_t)pick(&life->seed, 3) : 1;
    for (size_t i = 0; i < count; i++)
        legs[i] = any_leg(life);
    command.create_bookings = (struct create_bookings){
        .legs = legs,
        .leg_count = count,
        .guest = {.name = STR("Ada")},
        .payment = pick(&life->seed, 3) == 0 ? PAYMENT_REQUIRED : PAYMENT_NONE,
        .hold = pick(&life->seed, 8) == 0 ? any_hold(life) : ID_NONE,
    };
    return command;
}

static struct command
any_amend(struct life *life)
{
    struct command command = {.kind = COMMAND_AMEND_BOOKING, .actor = any_actor(life), .property = 1};
    struct id types[] = {life->w.twin, life->w.annex, life->w.bed, life->w.class};
    struct leg leg = any_leg(life);
    command.amend_booking = (struct amend_booking){
        .booking = any_booking(life),
        .changes_span = pick(&life->seed, 5) != 0,
        .span = leg.span,
        .by_minute = leg.by_minute,
        .room_type = pick(&life->seed, 4) == 0 ? types[pick(&life->seed, 4)] : ID_NONE,
        .party = pick(&life->seed, 4) == 0 ? 1 + pick(&life->seed, 3) : 0,
        .changes_guest = pick(&life->seed, 8) == 0,
        .guest = {.name = STR("Grace")},
    };
    return command;
}

static struct command
any_hold_step(struct life *life)
{
    static const enum command_kind kinds[] = {COMMAND_EXTEND_HOLD, COMMAND_RELEASE_HOLD, COMMAND_CONFIRM_HOLD};
    struct command command = {.kind = kinds[pick(&life->seed, 3)], .property = 1};
    struct id id = any_hold(life);
    const struct hold *found = house_model_hold(&life->w.model, id);
    command.actor = any_actor(life);
    if (found != NULL && pick(&life->seed, 4) != 0)
        command.actor.name = found->owner;
    if (command.kind == COMMAND_CONFIRM_HOLD)
        command.confirm_hold = (struct confirm_hold){.hold = id, .party = 1, .guest = {.name = STR("Ada")}};
    else
        command.hold_step = (struct hold_step){.hold = id, .ttl_ms = pick(&life->seed, 20) * MODEL_MINUTE_MS};
    return command;
}

static struct command
any_command(struct life *life, struct leg legs[3])
{
    struct command command = {.actor = any_actor(life), .property = 1};
    switch (pick(&life->seed, 13)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4: return any_create(life, legs);
    case 5:
    case 6: return any_amend(life);
    case 7:
    case 8:
        command.kind = COMMAND_ACQUIRE_HOLD;
        command.acquire_hold = (struct acquire_hold){.leg = any_leg(life), .quantity = 1 + pick(&life->seed, 6) / 5};
        return command;
    case 9:
    case 10: return any_hold_step(life);
    case 11:
        command.kind = pick(&life->seed, 2) == 0 ? COMMAND_CONFIRM_BOOKING : COMMAND_CANCEL_BOOKING;
        command.booking_step = (struct booking_step){.booking = any_booking(life),
                                                     .reason = pick(&life->seed, 2) == 0 ? STR("") : STR("said so")};
        return command;
    default:
        command.kind = COMMAND_CANCEL_BOOKING;
        command.actor = desk;
        command.booking_step.booking = any_live_booking(life);
        return command;
    }
}

/* The model keeps few rows; those that have ended are in nobody's way. */
static void
forget_ended(struct house_model *m)
{
    size_t kept = 0;
    for (size_t i = 0; i < m->booking_count; i++)
        if (booking_status_is_blocking(m->bookings[i].status) || m->booking_count < MODEL_BOOKINGS - 6)
            m->bookings[kept++] = m->bookings[i];
    m->booking_count = kept;
    kept = 0;
    for (size_t i = 0; i < m->hold_count; i++)
        if (m->holds[i].status == HOLD_ACTIVE || m->hold_count < MODEL_HOLDS - 3)
            m->holds[kept++] = m->holds[i];
    m->hold_count = kept;
}

static bool
is_full(const struct house_model *m)
{
    return m->booking_count + 6 > MODEL_BOOKINGS || m->hold_count + 3 > MODEL_HOLDS ||
           m->claim_count + 6 > MODEL_CLAIMS;
}

static void
pass_time(struct life *life)
{
    struct house_model *m = &life->w.model;
    m->now_ms += pick(&life->seed, 3) * MODEL_MINUTE_MS * (pick(&life->seed, 8) == 0 ? 10 : 1);
    if (pick(&life->seed, STEPS / DAYS) == 0 && m->today < MODEL_TODAY + 3) {
        m->today++;
        m->now_ms += DATE_DAY_MS;
    }
}

static void
live(struct life *life, uint64_t seed)
{
    struct leg legs[3];
    world_init(&life->w);
    life->seed = seed;
    house_model_add_room(&life->w.model, world_type(&life->w, life->w.twin));
    house_model_add_room(&life->w.model, world_type(&life->w, life->w.twin));
    world_type(&life->w, life->w.class)->turnaround_min = pick(&life->seed, 2) * 15;
    world_type(&life->w, life->w.class)->quota_per_booker = 3;
    world_type(&life->w, life->w.class)->opens_min = 420;
    world_type(&life->w, life->w.annex)->needs_approval = pick(&life->seed, 2) == 0;
    for (int step = 0; step < STEPS; step++) {
        char where[64];
        snprintf(where, sizeof(where), "seed %llu, step %d", (unsigned long long)seed, step);
        forget_ended(&life->w.model);
        struct command command = any_command(life, legs);
        if (is_full(&life->w.model))
            command = (struct command){.kind = COMMAND_CANCEL_BOOKING,
                                       .actor = desk,
                                       .property = 1,
                                       .booking_step.booking = any_booking(life)};
        enum outcome outcome = world_try(&life->w, &command);
        if (life->w.model.why[0] != '\0')
            fail_msg("%s: %s", where, life->w.model.why);
        life->outcomes[outcome]++;
        pass_time(life);
    }
    sweep(&life->w);
    world_done(&life->w);
}

/* Each outcome that these commands can have must have come up, or the lives are not worth much. */
static void
everything_holds_through_random_lives(void **state)
{
    (void)state;
    static struct life life;
    for (uint64_t seed = 1; seed <= LIVES; seed++)
        live(&life, seed * UINT64_C(0x9e3779b97f4a7c15));
    static const enum outcome due[] = {OUTCOME_OK,
                                       OUTCOME_VALIDATION_FAILED,
                                       OUTCOME_FORBIDDEN,
                                       OUTCOME_NOT_FOUND,
                                       OUTCOME_INVALID_TRANSITION,
                                       OUTCOME_HOLD_EXPIRED,
                                       OUTCOME_TOO_MANY_GUESTS,
                                       OUTCOME_BEYOND_HORIZON,
                                       OUTCOME_POLICY_REFUSED,
                                       OUTCOME_SOLD_OUT,
                                       OUTCOME_NO_ROOM_FITS,
                                       OUTCOME_ROOM_NOT_AVAILABLE,
                                       OUTCOME_BOOKING_CONFLICT};
    for (size_t i = 0; i < sizeof(due) / sizeof(due[0]); i++)
        if (life.outcomes[due[i]] == 0)
            fail_msg("%s never came up", outcome_info(due[i])->code.ptr);
    for (size_t i = 0; i < OUTCOME_COUNT; i++)
        if (life.outcomes[i] > 0)
            print_message("# %s %zu\n", outcome_info((enum outcome)i)->code.ptr, life.outcomes[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_holds_through_random_lives),
    };
    return test_run("core/decide_random", tests);
}
