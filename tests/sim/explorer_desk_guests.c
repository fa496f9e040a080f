/* Guests at the desk who do not come, or come after all, and those who come along with one who booked.
 *
 * Whoever is named goes where the booking goes, into the room and out of it, so that they are a mark on the stay that
 * no other step may change. */
#include <stdio.h>

#include "tests/sim/explorer_desk.h"

/* --- bookings that end without their guests --- */

static enum outcome
judge_cancel(struct desk *desk, size_t number)
{
    if (!desk_is_expected(&desk->stays[number]))
        return OUTCOME_INVALID_TRANSITION;
    desk->stays[number] = desk->stays[--desk->count];
    return OUTCOME_OK;
}

/* Nobody is late before the day of arrival. A fee is kept, unless somebody says that it is not. */
static enum outcome
judge_no_show(struct desk *desk, size_t number, bool waives_fee)
{
    struct state_object *stay = &desk->stays[number];
    if (!desk_is_expected(stay))
        return OUTCOME_INVALID_TRANSITION;
    if (!desk_has_tonight(stay))
        return OUTCOME_POLICY_REFUSED;
    stay->given_up = true;
    stay->owes = !waives_fee;
    stay->pinned = false;
    return OUTCOME_OK;
}

/* In the room it lost, if nobody has that now and it can be slept in; then what was kept is kept no more. */
static enum outcome
judge_reinstatement(struct desk *desk, size_t number)
{
    struct state_object *stay = &desk->stays[number];
    if (!stay->given_up)
        return OUTCOME_INVALID_TRANSITION;
    stay->given_up = stay->owes = false;
    if (stay->room != 0 && desk_is_broken_tonight(desk, stay, stay->room))
        stay->room = 0;
    enum outcome outcome = desk_settle(desk, number, false);
    if (outcome != OUTCOME_ROOM_NOT_AVAILABLE)
        return outcome;
    stay->room = 0;
    return desk_settle(desk, number, false);
}

static enum outcome
judge_waiver(struct desk *desk, size_t number)
{
    struct state_object *stay = &desk->stays[number];
    if (!stay->given_up)
        return OUTCOME_INVALID_TRANSITION;
    if (!stay->owes)
        return OUTCOME_POLICY_REFUSED;
    stay->owes = false;
    return OUTCOME_OK;
}

static struct step *
add_step(struct lister *l, enum command_kind kind, size_t number)
{
    struct step *step = desk_add_step(l, kind, false);
    step->command.booking_step = (struct booking_step){.booking = desk_id(l, number)};
    snprintf(step->text, sizeof(step->text), "%s %zu", command_kind_name(kind).ptr, number + 1);
    return step;
}

static void
list_ends(struct lister *l, const struct desk *before, size_t number)
{
    struct desk after = *before;
    desk_predict(l, add_step(l, COMMAND_CANCEL_BOOKING, number), judge_cancel(&after, number), &after);
    after = *before;
    desk_predict(l, add_step(l, COMMAND_REINSTATE_BOOKING, number), judge_reinstatement(&after, number), &after);
    after = *before;
    desk_predict(l, add_step(l, COMMAND_WAIVE_FEE, number), judge_waiver(&after, number), &after);
    for (int waives = 0; waives < 2; waives++) {
        after = *before;
        struct step *step = add_step(l, COMMAND_MARK_NO_SHOW, number);
        step->command.booking_step.waives_fee = waives != 0;
        step->command.booking_step.reason = desk_reason(waives != 0);
        desk_predict(l, step, judge_no_show(&after, number, waives != 0), &after);
    }
    for (size_t other = 0; other < before->count; other++) {
        after = *before;
        if (other == number || before->stays[other].is_closure)
            continue;
        enum outcome outcome = judge_no_show(&after, number, false);
        if (outcome == OUTCOME_OK)
            outcome = judge_no_show(&after, other, false);
        desk_predict(l, desk_add_pair(l, COMMAND_MARK_NO_SHOW, number, other), outcome, &after);
    }
}

/* --- who comes along --- */

static enum outcome
judge_naming(const struct state_object *stay, bool known, bool named)
{
    if (known && !named)
        return OUTCOME_NOT_FOUND;
    if (desk_is_gone(stay))
        return OUTCOME_INVALID_TRANSITION;
    if (known)
        return OUTCOME_ALREADY_EXISTS;
    return stay->accompanied ? OUTCOME_TOO_MANY_GUESTS : OUTCOME_OK; /* a party of two */
}

static enum outcome
judge_unnaming(const struct state_object *stay, bool leads)
{
    if (!leads && !stay->accompanied)
        return OUTCOME_NOT_FOUND;
    if (desk_is_gone(stay))
        return OUTCOME_INVALID_TRANSITION;
    return leads ? OUTCOME_POLICY_REFUSED : OUTCOME_OK;
}

static void
list_naming(struct lister *l, const struct desk *before, size_t number)
{
    const struct state_object *stay = &before->stays[number];
    struct id booking = desk_id(l, number);
    const struct id guests[] = {ID_NONE, state_guest_id(booking), state_companion_id(booking)};
    for (int who = 0; who < 3; who++) { /* somebody new, who booked, who comes along or is not there */
        struct desk after = *before;
        struct step *step = desk_add_step(l, COMMAND_ADD_GUEST, false);
        step->command.name_guest =
            (struct name_guest){.booking = booking, .guest = guests[who], .details = {.name = {"Mary", 4}}};
        after.stays[number].accompanied = true;
        desk_predict(l, step, judge_naming(stay, who > 0, who == 1 || stay->accompanied), &after);
        snprintf(step->text, sizeof(step->text), "name guest %d in %zu", who, number + 1);
        if (who == 0)
            continue;
        after = *before;
        step = desk_add_step(l, COMMAND_REMOVE_GUEST, false);
        step->command.name_guest = (struct name_guest){.booking = booking, .guest = guests[who]};
        after.stays[number].accompanied = false;
        desk_predict(l, step, judge_unnaming(stay, who == 1), &after);
        snprintf(step->text, sizeof(step->text), "take guest %d out of %zu", who, number + 1);
    }
}

void
list_desk_guests(struct lister *l, const struct desk *before, size_t number)
{
    if (l->scope->ends)
        list_ends(l, before, number);
    if (l->scope->guests)
        list_naming(l, before, number);
}
