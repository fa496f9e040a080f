/* Long random lives of the whole house: nights, a count, slots, bookers and staff, days that go by. What the explorer
 * is too small for. Every command runs on what it wants and on everything there is; every invariant is checked after
 * it. A failure names its life and step. */
#include <stdio.h>

#include "tests/support/house_life.h"
#include "tests/unit/core/decide_world.h"

enum { LIVES = 150, STEPS = 400 };

static void
pass_time(struct house_life *life, struct house_model *m)
{
    m->now_ms += house_life_pick(life, 3) * MODEL_MINUTE_MS * (house_life_pick(life, 8) == 0 ? 10 : 1);
    if (house_life_pick(life, STEPS / 5) == 0 && m->today < MODEL_TODAY + 4) {
        m->today++;
        m->now_ms += DATE_DAY_MS;
    }
}

static void
set_rules(struct world *w, struct house_life *life)
{
    struct room_type *class = world_type(w, w->class);
    class->turnaround_min = house_life_pick(life, 2) * 15;
    class->quota_per_booker = 3;
    class->opens_min = 540;
    world_type(w, w->annex)->needs_approval = house_life_pick(life, 2) == 0;
    house_model_add_room(&w->model, world_type(w, w->twin));
    house_model_add_room(&w->model, world_type(w, w->twin));
}

static void
live(int number, size_t outcomes[OUTCOME_COUNT])
{
    static struct world w;
    struct house_life life = {.model = &w.model, .seed = (uint64_t)(number + 1) * UINT64_C(0x9e3779b97f4a7c15)};
    world_init(&w);
    set_rules(&w, &life);
    for (int step = 0; step < STEPS; step++) {
        house_life_forget(&w.model);
        struct command command = house_life_command(&life);
        outcomes[world_try(&w, &command)]++;
        if (w.model.why[0] != '\0')
            fail_msg("life %d, step %d: %s", number, step, w.model.why);
        pass_time(&life, &w.model);
    }
    sweep(&w);
    world_done(&w);
}

/* Each outcome that these commands can have must have come up, or the lives are not worth much. */
static void
everything_holds_through_random_lives(void **state)
{
    (void)state;
    size_t outcomes[OUTCOME_COUNT] = {0};
    for (int number = 0; number < LIVES; number++)
        live(number, outcomes);
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
    for (size_t i = 0; i < sizeof(due) / sizeof(due[0]); i++) {
        print_message("# %s %zu\n", outcome_info(due[i])->code.ptr, outcomes[due[i]]);
        if (outcomes[due[i]] == 0)
            fail_msg("%s never came up", outcome_info(due[i])->code.ptr);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_holds_through_random_lives),
    };
    return test_run("core/decide_random", tests);
}
