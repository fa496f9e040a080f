/* Rooms at the desk: which one a booking has, who cleans them, what breaks and is mended, and which are closed.
 *
 * Each step is carried out on the list of stays by hand. A room that is out of order is a stay of nobody's that can't
 * move; a fault alone closes nothing, and only keeps people out. */
#include <stdio.h>

#include "tests/sim/explorer_desk.h"

/* --- which room a booking has --- */

static enum outcome
judge_assign(struct desk *desk, size_t number, int room, bool pinned)
{
    struct state_object *stay = &desk->stays[number];
    if (!desk_is_expected(stay))
        return OUTCOME_INVALID_TRANSITION;
    if (desk_is_broken_tonight(desk, stay, room))
        return OUTCOME_ROOM_NOT_READY;
    stay->room = room;
    stay->pinned = pinned;
    return desk_settle(desk, number, pinned);
}

static enum outcome
judge_pin(struct desk *desk, size_t number, bool pinned)
{
    struct state_object *stay = &desk->stays[number];
    if (!desk_is_expected(stay))
        return OUTCOME_INVALID_TRANSITION;
    if (stay->room == 0)
        return OUTCOME_NOT_ASSIGNED;
    stay->pinned = pinned;
    return desk_settle(desk, number, pinned);
}

static enum outcome
judge_unassign(struct desk *desk, size_t number)
{
    struct state_object *stay = &desk->stays[number];
    if (!desk_is_expected(stay))
        return OUTCOME_INVALID_TRANSITION;
    stay->room = 0;
    stay->pinned = false;
    return desk_settle(desk, number, false);
}

/* --- two change places --- */

/* May guests who are in the house go where the other one is? Only that one leaves for them. */
static enum outcome
judge_entry(const struct desk *desk, const struct state_object *from, const struct state_object *to, bool overrides)
{
    if (from->in_room == 0)
        return OUTCOME_OK;
    if (to->in_room == 0 && desk_is_occupied(desk, to->room))
        return OUTCOME_ROOM_NOT_AVAILABLE;
    return desk_is_ready(desk, to->room) || overrides ? OUTCOME_OK : OUTCOME_ROOM_NOT_READY;
}

static void
go_to(struct desk *desk, struct state_object *stay, int room)
{
    if (stay->in_room != 0) {
        desk->rooms[stay->in_room - 1].cleanliness = CLEANLINESS_DIRTY;
        stay->in_room = room;
    }
    stay->room = room;
}

/* One after the other, for the first as if the second were not there; nobody else moves for it. */
static enum outcome
settle_both(struct desk *desk, size_t number, size_t other)
{
    struct state_object second = desk->stays[other];
    desk->stays[other] = (struct state_object){.left = true};
    enum outcome outcome = desk_settle(desk, number, false);
    desk->stays[other] = second;
    return outcome == OUTCOME_OK ? desk_settle(desk, other, false) : outcome;
}

static enum outcome
judge_swap(struct desk *desk, size_t number, size_t other, bool overrides)
{
    struct state_object *one = &desk->stays[number], *two = &desk->stays[other];
    int to = two->room, back = one->room;
    if (desk_is_gone(one) || desk_is_gone(two))
        return OUTCOME_INVALID_TRANSITION;
    if (to == 0 || back == 0)
        return OUTCOME_NOT_ASSIGNED;
    if (to == back)
        return OUTCOME_OK;
    if (desk_is_broken_tonight(desk, one, to) || desk_is_broken_tonight(desk, two, back))
        return OUTCOME_ROOM_NOT_READY;
    enum outcome outcome = judge_entry(desk, one, two, overrides);
    if (outcome == OUTCOME_OK)
        outcome = judge_entry(desk, two, one, overrides);
    if (outcome != OUTCOME_OK)
        return outcome;
    go_to(desk, one, to);
    go_to(desk, two, back);
    return settle_both(desk, number, other);
}

static void
list_swaps(struct lister *l, const struct desk *before, size_t number)
{
    for (size_t other = 0; other < before->count; other++)
        for (int overrides = 0; overrides < 2; overrides++) {
            if (other == number || before->stays[other].is_closure)
                continue;
            struct desk after = *before;
            struct step *step = desk_add_step(l, COMMAND_SWAP_ROOMS, overrides != 0);
            step->command.swap_rooms =
                (struct swap_rooms){desk_id(l, number), desk_id(l, other), overrides != 0, desk_reason(overrides != 0)};
            desk_predict(l, step, judge_swap(&after, number, other, overrides != 0), &after);
            snprintf(step->text, sizeof(step->text), "swap %zu with %zu%s", number + 1, other + 1,
                     overrides != 0 ? ", ready or not" : "");
        }
}

void
list_desk_rooming(struct lister *l, const struct desk *before, size_t number)
{
    struct desk after = *before;
    struct step *step = desk_add_step(l, COMMAND_UNASSIGN_ROOM, false);
    step->command.booking_step = (struct booking_step){.booking = desk_id(l, number)};
    desk_predict(l, step, judge_unassign(&after, number), &after);
    snprintf(step->text, sizeof(step->text), "unassign %zu", number + 1);
    for (int pinned = 0; pinned < 2; pinned++) {
        after = *before;
        step = desk_add_step(l, COMMAND_PIN_ROOM, false);
        step->command.pin_room = (struct pin_room){desk_id(l, number), pinned != 0};
        desk_predict(l, step, judge_pin(&after, number, pinned != 0), &after);
        snprintf(step->text, sizeof(step->text), "%s %zu", pinned != 0 ? "pin" : "unpin", number + 1);
        for (int room = 1; room <= STATE_ROOMS; room++) {
            after = *before;
            step = desk_add_step(l, COMMAND_ASSIGN_ROOM, false);
            step->command.assign_room = (struct assign_room){desk_id(l, number), desk_room_id(l, room), pinned != 0};
            desk_predict(l, step, judge_assign(&after, number, room, pinned != 0), &after);
            snprintf(step->text, sizeof(step->text), "assign %zu %s room %d", number + 1,
                     pinned != 0 ? "for good to" : "to", room);
        }
    }
    list_swaps(l, before, number);
}

/* --- cleaning and mending --- */

static struct step *
add_room_step(struct lister *l, enum command_kind kind, enum room_result result, int room)
{
    struct step *step = desk_add_step(l, kind, false);
    step->command.room_step = (struct room_step){.room = desk_room_id(l, room), .result = result};
    if (kind == COMMAND_REPORT_MAINTENANCE)
        step->command.room_step.note = (struct str){"the tap drips", 13};
    snprintf(step->text, sizeof(step->text), "%s room %d (%d)", command_kind_name(kind).ptr, room, (int)result);
    return step;
}

static void
list_cleaning(struct lister *l, const struct desk *before)
{
    static const struct {
        enum command_kind kind;
        enum room_result result;
        enum cleanliness from, to; /* from CLEANLINESS_COUNT: any but `to` */
    } steps[] = {
        {COMMAND_START_CLEANING, ROOM_RESULT_NONE, CLEANLINESS_DIRTY, CLEANLINESS_CLEANING},
        {COMMAND_FINISH_CLEANING, ROOM_RESULT_NONE, CLEANLINESS_CLEANING, CLEANLINESS_CLEANED},
        {COMMAND_INSPECT_ROOM, ROOM_RESULT_PASS, CLEANLINESS_CLEANED, CLEANLINESS_INSPECTED},
        {COMMAND_INSPECT_ROOM, ROOM_RESULT_FAIL, CLEANLINESS_CLEANED, CLEANLINESS_DIRTY},
        {COMMAND_MARK_DIRTY, ROOM_RESULT_NONE, CLEANLINESS_COUNT, CLEANLINESS_DIRTY},
    };
    for (int room = 1; room <= STATE_ROOMS; room++)
        for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
            struct desk after = *before;
            enum cleanliness is = before->rooms[room - 1].cleanliness;
            bool goes = steps[i].from == CLEANLINESS_COUNT ? is != steps[i].to : is == steps[i].from;
            after.rooms[room - 1].cleanliness = steps[i].to;
            desk_predict(l, add_room_step(l, steps[i].kind, steps[i].result, room),
                         goes ? OUTCOME_OK : OUTCOME_INVALID_TRANSITION, &after);
        }
}

/* Whoever mends something says whether the room may be let again, is dirty now, or is as it was. */
static void
list_mending(struct lister *l, const struct desk *before)
{
    static const enum room_result results[] = {ROOM_RESULT_PASS, ROOM_RESULT_FAIL, ROOM_RESULT_AS_IT_WAS};
    for (int room = 1; room <= STATE_ROOMS; room++) {
        bool broken = before->rooms[room - 1].faulty;
        struct desk after = *before;
        after.rooms[room - 1].faulty = true;
        desk_predict(l, add_room_step(l, COMMAND_REPORT_MAINTENANCE, ROOM_RESULT_NONE, room),
                     broken ? OUTCOME_INVALID_TRANSITION : OUTCOME_OK, &after);
        after.rooms[room - 1].faulty = false;
        for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
            after.rooms[room - 1].cleanliness = results[i] == ROOM_RESULT_PASS   ? CLEANLINESS_INSPECTED
                                                : results[i] == ROOM_RESULT_FAIL ? CLEANLINESS_DIRTY
                                                                                 : before->rooms[room - 1].cleanliness;
            desk_predict(l, add_room_step(l, COMMAND_FINISH_MAINTENANCE, results[i], room),
                         broken ? OUTCOME_OK : OUTCOME_INVALID_TRANSITION, &after);
        }
    }
}

/* --- closing and opening again --- */

static void
list_closing(struct lister *l, const struct desk *before)
{
    for (int room = 1; room <= STATE_ROOMS; room++)
        for (int span = 0; span < STATE_SPANS; span++) {
            struct desk after = *before;
            struct step *step = desk_add_step(l, COMMAND_CLOSE_ROOMS, false);
            after.stays[after.count++] =
                (struct state_object){.is_closure = true, .span = span, .room = room, .pinned = true, .quantity = 1};
            step->command.close_rooms = (struct close_rooms){.rooms = &l->model->rooms[room - 1].id,
                                                             .room_count = 1,
                                                             .from_list = true,
                                                             .kind = CLOSURE_OUT_OF_ORDER,
                                                             .span = state_span(span),
                                                             .reason = {"a burst pipe", 12}};
            desk_predict(l, step, desk_settle(&after, before->count, true), &after);
            snprintf(step->text, sizeof(step->text), "close room %d for span %d", room, span);
        }
}

/* As if it were closed anew for all of its time. */
static enum outcome
judge_closure(struct desk *desk, size_t number, int64_t ends)
{
    struct state_object *closure = &desk->stays[number];
    struct span span = {state_span(closure->span).starts, ends};
    if (ends <= span.starts)
        return OUTCOME_VALIDATION_FAILED;
    closure->span = state_span_number(span);
    return desk_settle(desk, number, true);
}

/* It lasts until another day, or is over at once, whatever there is of it. */
void
list_desk_closure(struct lister *l, const struct desk *before, size_t number)
{
    for (int day = 1; day <= STATE_NIGHTS; day++) {
        struct desk after = *before;
        struct step *step = desk_add_step(l, COMMAND_AMEND_CLOSURE, false);
        int64_t ends = date_to_instant(MODEL_TODAY + day);
        step->command.amend_closure = (struct amend_closure){.closure = desk_id(l, number), .ends = ends};
        desk_predict(l, step, judge_closure(&after, number, ends), &after);
        snprintf(step->text, sizeof(step->text), "keep %zu closed until day %d", number + 1, day);
    }
    struct desk after = *before;
    struct step *step = desk_add_step(l, COMMAND_REOPEN_ROOM, false);
    step->command.closure_step = (struct closure_step){.closure = desk_id(l, number)};
    after.stays[number] = after.stays[--after.count];
    desk_predict(l, step, OUTCOME_OK, &after);
    snprintf(step->text, sizeof(step->text), "reopen %zu", number + 1);
}

void
list_desk_rooms(struct lister *l, const struct desk *before)
{
    if (l->scope->cleaning)
        list_cleaning(l, before);
    if (l->scope->faults)
        list_mending(l, before);
    if (l->scope->closures)
        list_closing(l, before);
}
