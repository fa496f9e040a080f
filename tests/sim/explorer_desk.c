/* What a front desk does on the day of arrival: whoever comes is let in, walks in, moves, stays on, leaves, and each of
 * the former is taken back. What is done about rooms and bookings beside that is in explorer_desk_rooms.c and
 * explorer_desk_guests.c.
 *
 * The oracle keeps no house. It works on the objects of a state, counts heads by the night, tries every way to put all
 * that is booked into 2 rooms, and carries each step out by hand, so that it says the whole state that comes of it. Of
 * those who have to make way as few move as can, and those of tonight into no broken room. Managers may let guests into
 * a room that is not ready. */
#include <assert.h>
#include <stdio.h>

#include "tests/sim/explorer_desk.h"

enum { MOVES_NONE = STATE_OBJECTS + 2 };

static struct desk
open_desk(const struct state *state)
{
    struct desk desk = {.count = state_count(state)};
    for (size_t i = 0; i < desk.count; i++)
        desk.stays[i] = state_object(state, i);
    for (int room = 1; room <= STATE_ROOMS; room++)
        desk.rooms[room - 1] = state_room(state, room);
    return desk;
}

/* --- the oracle: what fits --- */

bool
desk_is_gone(const struct state_object *stay)
{
    return stay->left || stay->given_up;
}

bool
desk_is_expected(const struct state_object *stay)
{
    return !stay->is_closure && !desk_is_gone(stay) && stay->in_room == 0;
}

bool
desk_has_tonight(const struct state_object *stay)
{
    return span_contains_instant(state_span(stay->span), date_to_instant(MODEL_TODAY));
}

/* Whoever stays where they are, whatever comes. */
static bool
is_fixed(const struct state_object *stay)
{
    return stay->pinned || stay->in_room != 0;
}

static bool
meet(const struct state_object *a, const struct state_object *b)
{
    return !desk_is_gone(a) && !desk_is_gone(b) && span_overlaps(state_span(a->span), state_span(b->span));
}

/* Everybody in a room, with as few as can be in another than they have. */
struct puzzle {
    const struct desk *desk;
    int rooms[DESK_STAYS], best[DESK_STAYS];
    int least;      /* how many change rooms; MOVES_NONE: there is no way */
    bool is_done;   /* whoever changes rooms does so now, and not on paper alone */
    bool ambiguous; /* the same number could also be others */
};

static bool
is_taken(const struct puzzle *p, size_t stay, int room)
{
    for (size_t i = 0; i < stay; i++)
        if (p->rooms[i] == room && meet(&p->desk->stays[i], &p->desk->stays[stay]))
            return true;
    return false;
}

/* Are those who have a room in the same ones? */
static bool
is_same_way(const struct puzzle *p)
{
    for (size_t i = 0; i < p->desk->count; i++)
        if (p->desk->stays[i].room != 0 && !desk_is_gone(&p->desk->stays[i]) && p->rooms[i] != p->best[i])
            return false;
    return true;
}

static void
try_rooms(struct puzzle *p, size_t at, int moves)
{
    if (at == p->desk->count) {
        p->ambiguous = moves == p->least ? p->ambiguous || !is_same_way(p) : moves > p->least && p->ambiguous;
        if (moves < p->least) {
            p->least = moves;
            memcpy(p->best, p->rooms, sizeof(p->best));
        }
        return;
    }
    const struct state_object *stay = &p->desk->stays[at];
    for (int room = 1; room <= STATE_ROOMS; room++) {
        bool moves_now = !desk_is_gone(stay) && stay->room != 0 && stay->room != room;
        if ((moves_now && (is_fixed(stay) || (p->is_done && desk_is_broken_tonight(p->desk, stay, room)))) ||
            is_taken(p, at, room))
            continue;
        p->rooms[at] = room;
        try_rooms(p, at + 1, moves + (moves_now ? 1 : 0));
    }
}

static bool
is_sold_out(const struct desk *desk, const struct state_object *wanted)
{
    for (int night = 0; night < STATE_NIGHTS; night++) {
        int64_t at = date_to_instant(MODEL_TODAY + night);
        int taken = 0;
        for (size_t i = 0; i < desk->count; i++)
            taken += !desk_is_gone(&desk->stays[i]) && span_contains_instant(state_span(desk->stays[i].span), at);
        if (span_contains_instant(state_span(wanted->span), at) && taken > STATE_ROOMS)
            return true;
    }
    return false;
}

enum outcome
desk_settle(struct desk *desk, size_t number, bool displaces)
{
    struct puzzle p = {.desk = desk, .least = MOVES_NONE};
    const struct state_object *wanted = &desk->stays[number];
    bool in_the_way = false;
    if (is_sold_out(desk, wanted))
        return OUTCOME_SOLD_OUT;
    for (size_t i = 0; i < desk->count; i++) {
        const struct state_object *other = &desk->stays[i];
        if (i == number || wanted->room == 0 || other->room != wanted->room || !meet(other, wanted))
            continue;
        if (!displaces || is_fixed(other))
            return OUTCOME_ROOM_NOT_AVAILABLE;
        in_the_way = true;
    }
    p.is_done = in_the_way;
    try_rooms(&p, 0, 0);
    if (p.least == MOVES_NONE)
        return in_the_way ? OUTCOME_ROOM_NOT_AVAILABLE : OUTCOME_NO_ROOM_FITS;
    assert(!in_the_way || !p.ambiguous); /* with 2 rooms, who is where leaves no choice */
    for (size_t i = 0; in_the_way && i < desk->count; i++)
        if (desk->stays[i].room != 0 && !desk_is_gone(&desk->stays[i]))
            desk->stays[i].room = p.best[i];
    return OUTCOME_OK;
}

/* --- the oracle: rooms --- */

bool
desk_is_occupied(const struct desk *desk, int room)
{
    for (size_t i = 0; i < desk->count; i++)
        if (desk->stays[i].in_room == room)
            return true;
    return false;
}

bool
desk_is_ready(const struct desk *desk, int room)
{
    return desk->rooms[room - 1].cleanliness == CLEANLINESS_INSPECTED && !desk->rooms[room - 1].faulty;
}

/* May guests go into it? Nobody shares a room, whoever allows it. */
static enum outcome
enter(const struct desk *desk, int room, bool overrides)
{
    if (desk_is_occupied(desk, room))
        return OUTCOME_ROOM_NOT_AVAILABLE;
    return desk_is_ready(desk, room) || overrides ? OUTCOME_OK : OUTCOME_ROOM_NOT_READY;
}

bool
desk_is_broken_tonight(const struct desk *desk, const struct state_object *stay, int room)
{
    return stay->in_room == 0 && desk_has_tonight(stay) && desk->rooms[room - 1].faulty;
}

/* --- steps --- */

void
desk_predict(struct lister *l, struct step *step, enum outcome outcome, const struct desk *after)
{
    step->expected = outcome;
    step->predicts = true;
    step->becomes = outcome == OUTCOME_OK ? state_pack(after->stays, after->count, after->rooms) : *l->state;
}

struct step *
desk_add_step(struct lister *l, enum command_kind kind, bool overrides)
{
    struct step *step = list_step(l, kind, 0);
    step->command.actor.role = overrides ? ROLE_MANAGER : ROLE_FRONT_DESK;
    return step;
}

struct str
desk_reason(bool overrides)
{
    return overrides ? STR("they would rather not wait") : STR("");
}

struct id
desk_id(const struct lister *l, size_t number)
{
    return state_id(l->state, l->model, number);
}

struct id
desk_room_id(const struct lister *l, int room)
{
    return room == 0 ? ID_NONE : l->model->rooms[room - 1].id;
}

/* The last of the stays is new. Nobody is promised a room for tonight in which something is broken. */
static enum outcome
judge_arrival(struct desk *desk, int room, bool pinned)
{
    if (room != 0 && desk_is_broken_tonight(desk, &desk->stays[desk->count - 1], room))
        return OUTCOME_ROOM_NOT_READY;
    return desk_settle(desk, desk->count - 1, pinned);
}

static void
list_arrivals(struct lister *l, const struct desk *before)
{
    for (int span = 0; span < STATE_SPANS; span++)
        for (int way = 0; way < 1 + 2 * STATE_ROOMS; way++) { /* no room, each loosely, each for good */
            int room = (way + 1) / 2;
            bool pinned = way > 0 && way % 2 == 0;
            struct desk after = *before;
            after.stays[after.count++] =
                (struct state_object){.span = span, .room = room, .pinned = pinned, .quantity = 1};
            struct step *step = list_create(l, list_leg(l, span, room, pinned), NULL, false);
            desk_predict(l, step, judge_arrival(&after, room, pinned), &after);
            snprintf(step->text, sizeof(step->text), "create span %d room %d%s", span, room, pinned ? " pinned" : "");
        }
}

/* --- in --- */

static enum outcome
judge_check_in(struct desk *desk, size_t number, int room, bool overrides)
{
    struct state_object *stay = &desk->stays[number];
    if (!desk_is_expected(stay))
        return OUTCOME_INVALID_TRANSITION;
    int into = room == 0 ? stay->room : room;
    if (into == 0)
        return OUTCOME_NOT_ASSIGNED;
    if (state_span(stay->span).starts > date_to_instant(MODEL_TODAY))
        return OUTCOME_POLICY_REFUSED;
    enum outcome outcome = enter(desk, into, overrides);
    if (outcome != OUTCOME_OK)
        return outcome;
    stay->room = stay->in_room = into;
    stay->pinned = true;
    return desk_settle(desk, number, true);
}

static void
list_check_ins(struct lister *l, const struct desk *before, size_t number)
{
    for (int room = 0; room <= STATE_ROOMS; room++)
        for (int overrides = 0; overrides < 2; overrides++) {
            struct desk after = *before;
            struct step *step = desk_add_step(l, COMMAND_CHECK_IN, overrides != 0);
            step->command.check_in = (struct check_in){desk_id(l, number), desk_room_id(l, room), overrides != 0,
                                                       desk_reason(overrides != 0)};
            desk_predict(l, step, judge_check_in(&after, number, room, overrides != 0), &after);
            snprintf(step->text, sizeof(step->text), "check in %zu room %d%s", number + 1, room,
                     overrides != 0 ? " ready or not" : "");
        }
}

static enum outcome
judge_undo_check_in(struct desk *desk, size_t number)
{
    if (desk->stays[number].in_room == 0)
        return OUTCOME_INVALID_TRANSITION;
    desk->stays[number].in_room = 0; /* the room stays theirs */
    return OUTCOME_OK;
}

/* --- out --- */

static enum outcome
judge_check_out(struct desk *desk, size_t number)
{
    struct state_object *stay = &desk->stays[number];
    if (stay->in_room == 0)
        return OUTCOME_INVALID_TRANSITION;
    desk->rooms[stay->in_room - 1].cleanliness = CLEANLINESS_DIRTY;
    stay->left = true;
    stay->pinned = false;
    stay->room = stay->in_room;
    stay->in_room = 0;
    return OUTCOME_OK;
}

/* They come back to the room they left, if nobody is in it and its nights are to be had again. */
static enum outcome
judge_undo_check_out(struct desk *desk, size_t number)
{
    struct state_object *stay = &desk->stays[number];
    if (!stay->left)
        return OUTCOME_INVALID_TRANSITION;
    if (desk_is_occupied(desk, stay->room))
        return OUTCOME_ROOM_NOT_AVAILABLE;
    stay->left = false;
    stay->pinned = true;
    stay->in_room = stay->room;
    return desk_settle(desk, number, true);
}

static void
list_plain_steps(struct lister *l, const struct desk *before, size_t number)
{
    static const struct {
        enum command_kind kind;
        enum outcome (*judge)(struct desk *desk, size_t number);
    } steps[] = {
        {COMMAND_UNDO_CHECK_IN, judge_undo_check_in},
        {COMMAND_CHECK_OUT, judge_check_out},
        {COMMAND_UNDO_CHECK_OUT, judge_undo_check_out},
    };
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct desk after = *before;
        struct step *step = desk_add_step(l, steps[i].kind, false);
        step->command.booking_step = (struct booking_step){.booking = desk_id(l, number)};
        desk_predict(l, step, steps[i].judge(&after, number), &after);
        snprintf(step->text, sizeof(step->text), "%s %zu", command_kind_name(steps[i].kind).ptr, number + 1);
    }
}

/* --- two at once --- */

struct step *
desk_add_pair(struct lister *l, enum command_kind kind, size_t first, size_t second)
{
    struct step *step = desk_add_step(l, COMMAND_BATCH_BOOKINGS, false);
    step->lines[0] = (struct booking_step){.booking = desk_id(l, first)};
    step->lines[1] = (struct booking_step){.booking = desk_id(l, second)};
    step->command.booking_batch =
        (struct booking_batch){.step = kind, .items = step->lines, .count = 2, .from_items = true};
    snprintf(step->text, sizeof(step->text), "%s %zu and %zu", command_kind_name(kind).ptr, first + 1, second + 1);
    return step;
}

/* As one after the other, of whom the first that can't be refuses it for both. */
static void
list_pair_of_check_ins(struct lister *l, const struct desk *before, size_t first, size_t second)
{
    static const int ways[][2] = {{0, 0}, {1, 0}, {2, 0}, {1, 2}, {2, 1}, {1, 1}}; /* 0: the room it has by then */
    for (size_t way = 0; way < sizeof(ways) / sizeof(ways[0]); way++) {
        struct desk after = *before;
        struct step *step = desk_add_pair(l, COMMAND_CHECK_IN, first, second);
        step->lines[0].room = desk_room_id(l, ways[way][0]);
        step->lines[1].room = desk_room_id(l, ways[way][1]);
        enum outcome outcome = judge_check_in(&after, first, ways[way][0], false);
        if (outcome == OUTCOME_OK)
            outcome = judge_check_in(&after, second, ways[way][1], false);
        desk_predict(l, step, outcome, &after);
        snprintf(step->text, sizeof(step->text), "check in %zu room %d and %zu room %d", first + 1, ways[way][0],
                 second + 1, ways[way][1]);
    }
}

static void
list_pairs(struct lister *l, const struct desk *before, size_t first)
{
    for (size_t second = 0; second < before->count; second++) {
        struct desk after = *before;
        if (second == first || before->stays[second].is_closure)
            continue;
        list_pair_of_check_ins(l, before, first, second);
        enum outcome outcome = judge_check_out(&after, first);
        if (outcome == OUTCOME_OK)
            outcome = judge_check_out(&after, second);
        desk_predict(l, desk_add_pair(l, COMMAND_CHECK_OUT, first, second), outcome, &after);
    }
}

/* --- staying on --- */

/* Guests who are in the house keep their room, and who may move makes way. Before that, a stay that is not pinned would
 * rather lose its room than its dates. */
static enum outcome
judge_extend(struct desk *desk, size_t number, struct span span)
{
    struct state_object *stay = &desk->stays[number];
    if (desk_is_gone(stay))
        return OUTCOME_INVALID_TRANSITION;
    if (span.ends < state_span(stay->span).ends)
        return OUTCOME_VALIDATION_FAILED;
    stay->span = state_span_number(span);
    enum outcome outcome = desk_settle(desk, number, stay->in_room != 0);
    if (outcome != OUTCOME_ROOM_NOT_AVAILABLE || is_fixed(stay))
        return outcome;
    stay->room = 0;
    return desk_settle(desk, number, false);
}

static void
list_extensions(struct lister *l, const struct desk *before, size_t number)
{
    for (int nights = 1; nights <= STATE_NIGHTS; nights++) {
        struct desk after = *before;
        struct step *step = desk_add_step(l, COMMAND_EXTEND_BOOKING, false);
        struct span span = {state_span(before->stays[number].span).starts, date_to_instant(MODEL_TODAY + nights)};
        step->command.amend_booking =
            (struct amend_booking){.booking = desk_id(l, number), .changes_span = true, .keeps_starts = true};
        step->command.amend_booking.span.ends = span.ends;
        desk_predict(l, step, judge_extend(&after, number, span), &after);
        snprintf(step->text, sizeof(step->text), "extend %zu to day %d", number + 1, nights);
    }
}

/* --- moving --- */

/* All of a stay is still to come on the day it begins. The room that guests leave is to be cleaned, and the one they
 * get is theirs for good, whatever the desk said. Who is not there yet is not sent to a room that is broken tonight,
 * whoever allows it. */
static enum outcome
judge_move(struct desk *desk, size_t number, int room, bool pinned, bool overrides)
{
    struct state_object *stay = &desk->stays[number];
    if (desk_is_gone(stay))
        return OUTCOME_INVALID_TRANSITION;
    if (stay->room == 0)
        return OUTCOME_NOT_ASSIGNED;
    if (desk_is_broken_tonight(desk, stay, room))
        return OUTCOME_ROOM_NOT_READY;
    if (stay->in_room != 0 && room != stay->in_room) {
        enum outcome outcome = enter(desk, room, overrides);
        if (outcome != OUTCOME_OK)
            return outcome;
        desk->rooms[stay->in_room - 1].cleanliness = CLEANLINESS_DIRTY;
        stay->in_room = room;
    }
    stay->room = room;
    stay->pinned = pinned || stay->in_room != 0;
    return desk_settle(desk, number, stay->pinned);
}

static void
list_moves(struct lister *l, const struct desk *before, size_t number)
{
    for (int room = 1; room <= STATE_ROOMS; room++)
        for (int way = 0; way < 3; way++) { /* loosely, for good, and so into a room that is not ready */
            bool pinned = way > 0, overrides = way == 2;
            struct desk after = *before;
            struct step *step = desk_add_step(l, COMMAND_MOVE_BOOKING, overrides);
            step->command.move_booking = (struct move_booking){.booking = desk_id(l, number),
                                                               .to_room = desk_room_id(l, room),
                                                               .pinned = pinned,
                                                               .overrides = overrides,
                                                               .reason = desk_reason(overrides)};
            desk_predict(l, step, judge_move(&after, number, room, pinned, overrides), &after);
            snprintf(step->text, sizeof(step->text), "move %zu to room %d%s%s", number + 1, room,
                     pinned ? " for good" : "", overrides ? ", ready or not" : "");
        }
}

/* --- walking in --- */

static enum outcome
let_in(struct desk *desk, int span, int room)
{
    desk->stays[desk->count++] =
        (struct state_object){.span = span, .room = room, .in_room = room, .pinned = true, .quantity = 1};
    return desk_settle(desk, desk->count - 1, true);
}

/* How little a ready room suits: before all that somebody has it on one of the nights, then the nights after them that
 * are left unused until it is had again. */
static int
badness(const struct desk *desk, int room, struct span span)
{
    int gap = STATE_NIGHTS;
    bool in_the_way = false;
    for (size_t i = 0; i < desk->count; i++) {
        const struct state_object *stay = &desk->stays[i];
        struct span taken = state_span(stay->span);
        int nights = (int)((taken.starts - span.ends) / DATE_DAY_MS);
        if (desk_is_gone(stay) || stay->room != room)
            continue;
        in_the_way |= span_overlaps(taken, span);
        gap = nights >= 0 && nights < gap ? nights : gap;
    }
    return gap + (in_the_way ? STATE_NIGHTS + 1 : 0);
}

/* The house chooses: of the rooms that are ready the one that suits best and can be had. */
static enum outcome
walk_in_anywhere(struct desk *desk, int span)
{
    const struct desk before = *desk;
    int first = badness(desk, 2, state_span(span)) < badness(desk, 1, state_span(span)) ? 2 : 1;
    for (int i = 0; i < STATE_ROOMS; i++) {
        int room = i == 0 ? first : 3 - first;
        *desk = before;
        if (enter(desk, room, false) != OUTCOME_OK)
            continue;
        if (let_in(desk, span, room) == OUTCOME_OK)
            return OUTCOME_OK;
    }
    *desk = before;
    desk->stays[desk->count++] = (struct state_object){.span = span, .quantity = 1};
    enum outcome later = desk_settle(desk, desk->count - 1, false);
    return later == OUTCOME_OK ? OUTCOME_ROOM_NOT_READY : later;
}

static enum outcome
judge_walk_in(struct desk *desk, int span, int room, bool overrides)
{
    enum outcome outcome = room == 0 ? OUTCOME_OK : enter(desk, room, overrides);
    if (outcome != OUTCOME_OK)
        return outcome;
    return room == 0 ? walk_in_anywhere(desk, span) : let_in(desk, span, room);
}

static void
list_walk_ins(struct lister *l, const struct desk *before)
{
    for (int nights = 1; nights <= STATE_NIGHTS; nights++)
        for (int way = 0; way < 1 + 2 * STATE_ROOMS; way++) { /* any room, each, each although it is not ready */
            int room = (way + 1) / 2, span = state_span_number(span_from_nights(MODEL_TODAY, MODEL_TODAY + nights));
            bool overrides = way > 0 && way % 2 == 0;
            struct desk after = *before;
            struct step *step = desk_add_step(l, COMMAND_WALK_IN, overrides);
            step->command.walk_in = (struct walk_in){.leg = list_leg(l, span, room, false),
                                                     .nights = nights,
                                                     .guest = {.name = {"Ada", 3}},
                                                     .overrides = overrides,
                                                     .reason = desk_reason(overrides)};
            desk_predict(l, step, judge_walk_in(&after, span, room, overrides), &after);
            snprintf(step->text, sizeof(step->text), "walk in for %d to room %d%s", nights, room,
                     overrides ? ", ready or not" : "");
        }
}

void
list_desk(struct lister *l)
{
    const struct desk before = open_desk(l->state);
    list_arrivals(l, &before);
    list_walk_ins(l, &before);
    list_desk_rooms(l, &before);
    for (size_t i = 0; i < before.count; i++) {
        if (before.stays[i].is_closure) {
            list_desk_closure(l, &before, i);
            continue;
        }
        list_check_ins(l, &before, i);
        list_plain_steps(l, &before, i);
        list_pairs(l, &before, i);
        list_extensions(l, &before, i);
        list_moves(l, &before, i);
        list_desk_rooming(l, &before, i);
        list_desk_guests(l, &before, i);
    }
}
