/* Long random lives of the whole house: nights, a count, slots, bookers and staff, days that go by. What the explorer
 * is too small for. Every command runs on what it wants and on everything there is; every invariant is checked after
 * it. A failure names its life and step. */
#include <stdio.h>

#include "tests/support/house_life.h"
#include "tests/support/house_money.h"
#include "tests/support/house_naming.h"
#include "tests/support/house_seen.h"
#include "tests/support/house_seldom.h"
#include "tests/support/house_upkeep.h"
#include "tests/unit/core/decide_world.h"

enum { LIVES = 900, STEPS = 400 };

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
    w->model.property.balance_rule = house_life_pick(life, 3) == 0 ? BALANCE_IGNORED : BALANCE_REQUIRED;
    w->model.property.cancellation_window_h = 48;
    w->model.property.cancellation_fee_percent = house_life_pick(life, 3) * 30;
    w->model.property.no_show_fee_percent = house_life_pick(life, 3) * 50;
    house_model_add_room(&w->model, world_type(w, w->twin));
    house_model_add_room(&w->model, world_type(w, w->twin));
}

/* What must have happened to money, and to who is named, as well. */
static const char *const kinds[] = {"payment.authorized",
                                    "payment.captured",
                                    "payment.failed",
                                    "payment.voided",
                                    "payment.refunded",
                                    "payment.refund_returned",
                                    "refund.due",
                                    "refund.lowered",
                                    "refund.withdrawn",
                                    "refund.sent",
                                    "refund.settled",
                                    "refund.failed",
                                    "set_aside.created",
                                    "booking.revived",
                                    "booking.no_show",
                                    "booking.reinstated",
                                    "booking.paid",
                                    "booking.guest_added",
                                    "booking.guest_removed",
                                    "room.status_changed",
                                    "room.note_changed",
                                    "guest.amended",
                                    "guest.erased",
                                    "guest_link.created",
                                    "guest_link.withdrawn",
                                    "inventory.set"};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

struct seen {
    struct house_seen all;
    size_t let_go;        /* guests who had not paid, by a manager */
    size_t left_together; /* more than one */
    size_t let_in;        /* guests, into a room that was ready */
};

static void
note(struct seen *seen, const struct world *w, const struct command *command)
{
    bool batch = command->kind == COMMAND_BATCH_BOOKINGS && w->last.refusal.outcome == OUTCOME_OK;
    house_seen_note(&seen->all, &w->last);
    seen->left_together += batch && command->booking_batch.count > 1;
    for (size_t i = 0; i < w->last.event_count; i++) {
        const struct event *event = &w->last.events[i];
        seen->let_in += !event->overrides && str_equal(event->kind, STR("booking.checked_in"));
        seen->let_go += event->overrides && str_equal(event->kind, STR("booking.checked_out"));
    }
}

static void
live(int number, struct seen *seen)
{
    static struct world w;
    static struct house_money books;
    static struct house_naming naming;
    static struct house_upkeep upkeep;
    static struct house_seldom seldom;
    struct house_life life = {.model = &w.model, .seed = (uint64_t)(number + 1) * UINT64_C(0x9e3779b97f4a7c15)};
    world_init(&w);
    set_rules(&w, &life);
    for (int step = 0; step < STEPS; step++) {
        house_life_forget(&w.model);
        bool is_seldom = house_life_pick(&life, 12) == 0;
        struct command command = is_seldom ? house_life_seldom(&life) : house_life_command(&life);
        house_money_take(&w.model, &command, &books);
        house_naming_take(&w.model, &command, &naming);
        house_upkeep_take(&w.model, &command, &upkeep);
        house_seldom_take(&w.model, &command, &seldom);
        (void)world_try(&w, &command);
        note(seen, &w, &command);
        if (w.model.why[0] == '\0')
            (void)(house_money_audit(&books, &command, &w.last, &w.model) &&
                   house_naming_audit(&naming, &command, &w.last, &w.model) &&
                   house_upkeep_audit(&upkeep, &command, &w.last, &w.model) &&
                   house_seldom_audit(&seldom, &command, &w.last, &w.model));
        if (w.model.why[0] != '\0')
            fail_msg("life %d, step %d, %s: %s", number, step, command_kind_name(command.kind).ptr, w.model.why);
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
    struct seen seen = {.all = {.kinds = kinds, .kind_count = KINDS}};
    for (int number = 0; number < LIVES; number++)
        live(number, &seen);
    static const enum outcome due[] = {OUTCOME_OK,
                                       OUTCOME_VALIDATION_FAILED,
                                       OUTCOME_FORBIDDEN,
                                       OUTCOME_NOT_FOUND,
                                       OUTCOME_INVALID_TRANSITION,
                                       OUTCOME_HOLD_EXPIRED,
                                       OUTCOME_ROOM_NOT_READY,
                                       OUTCOME_ALREADY_EXISTS,
                                       OUTCOME_TOO_MANY_GUESTS,
                                       OUTCOME_BEYOND_HORIZON,
                                       OUTCOME_POLICY_REFUSED,
                                       OUTCOME_SOLD_OUT,
                                       OUTCOME_NO_ROOM_FITS,
                                       OUTCOME_ROOM_NOT_AVAILABLE,
                                       OUTCOME_BOOKING_CONFLICT,
                                       OUTCOME_BALANCE_DUE,
                                       OUTCOME_IN_USE,
                                       OUTCOME_UNAUTHENTICATED};
    assert_true(house_seen_all(&seen.all, due, sizeof(due) / sizeof(due[0])));
    print_message("# let in %zu, let go %zu, left together %zu\n", seen.let_in, seen.let_go, seen.left_together);
    assert_true(seen.let_in > 0 && seen.let_go > 0 && seen.left_together > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_holds_through_random_lives),
    };
    return test_run("core/decide_random", tests);
}
