/* A stay is 21 bits: expected, in the house or left today; its dates; of each night its room, whether that is for good,
 * and whether it is a claim apart from that of the night before, so that somebody can be made way for by itself; the
 * room that its guests are in or have left; and whether they came on a day before. The word beside them is the day. Who
 * is over and not in the house is not there any more, and rooms are always ready, since whoever is let in here may
 * override that. Time passes by the day. */
#include <stdio.h>

#include "tests/sim/explorer_world.h"
#include "tests/support/house_model_part.h"

enum { LAST_DAY = 2, EXPECTED = 1, IN_HOUSE, LEFT };

static const struct str why_so = {"no other", 8};

struct stay {
    int what, starts, ends;
    int rooms[STATE_NIGHTS];
    bool pinned[STATE_NIGHTS];
    int room;
    bool came_before;
    bool begins[STATE_NIGHTS]; /* a claim of its own, though that of the night before is in the same room */
};

static bool
is_same(const struct stay *a, const struct stay *b)
{
    for (int night = 0; night < STATE_NIGHTS; night++)
        if (a->rooms[night] != b->rooms[night] || a->pinned[night] != b->pinned[night] ||
            a->begins[night] != b->begins[night])
            return false;
    return a->what == b->what && a->starts == b->starts && a->ends == b->ends && a->room == b->room &&
           a->came_before == b->came_before;
}

static uint32_t
pack(const struct stay *s)
{
    uint32_t bits = (uint32_t)s->what | (uint32_t)s->starts << 2 | (uint32_t)s->ends << 4;
    for (int night = 0; night < STATE_NIGHTS; night++)
        bits |= ((uint32_t)s->rooms[night] | (uint32_t)s->pinned[night] << 2) << (6 + 3 * night) |
                (uint32_t)s->begins[night] << (18 + night);
    return bits | (uint32_t)s->room << 15 | (uint32_t)s->came_before << 17;
}

static struct stay
unpack(uint32_t bits)
{
    struct stay s = {.what = bits & 3,
                     .starts = bits >> 2 & 3,
                     .ends = bits >> 4 & 3,
                     .room = bits >> 15 & 3,
                     .came_before = bits >> 17 & 1};
    for (int night = 0; night < STATE_NIGHTS; night++) {
        s.rooms[night] = bits >> (6 + 3 * night) & 3;
        s.pinned[night] = bits >> (8 + 3 * night) & 1;
        s.begins[night] = bits >> (18 + night) & 1;
    }
    return s;
}

/* --- a house of a state --- */

static void
init_split(struct house_model *ret_model)
{
    state_init_house(ret_model);
    ret_model->property.splits_stays = true;
    ret_model->property.no_show_fee_percent = 0;
}

static void
init_whole(struct house_model *ret_model)
{
    init_split(ret_model);
    ret_model->property.splits_stays = false;
}

/* Nights in one room, one after another and pinned alike, are one claim where it is not said that they are two. */
static void
add_claims(struct house_model *m, const struct stay *s, struct id id)
{
    for (int night = s->starts, until; night < s->ends; night = until) {
        for (until = night + 1; until < s->ends && s->rooms[until] == s->rooms[night] &&
                                s->pinned[until] == s->pinned[night] && !s->begins[until];)
            until++;
        if (s->rooms[night] == 0)
            continue;
        m->claims[m->claim_count++] = (struct claim){.room = m->rooms[s->rooms[night] - 1].id,
                                                     .span = span_from_nights(MODEL_TODAY + night, MODEL_TODAY + until),
                                                     .owner_kind = CLAIM_OF_BOOKING,
                                                     .owner = id,
                                                     .pinned = s->pinned[night]};
    }
}

static void
set_guests(struct house_model *m, const struct stay *s, struct booking *b)
{
    struct id room = m->rooms[s->room - 1].id;
    b->checked_in_at = m->now_ms;
    b->checked_in_on = m->today - (s->came_before ? 1 : 0);
    if (s->what == IN_HOUSE) {
        b->in_room = room;
        m->room_states[s->room - 1].occupant = b->id;
        return;
    }
    b->checked_out_at = m->now_ms;
    b->checked_out_on = m->today;
    b->left_room = room;
}

static void
add_stay(struct house_model *m, const struct stay *s)
{
    static const enum booking_status statuses[] = {
        [EXPECTED] = BOOKING_CONFIRMED, [IN_HOUSE] = BOOKING_CHECKED_IN, [LEFT] = BOOKING_CHECKED_OUT};
    struct booking *b = &m->bookings[m->booking_count++];
    *b = (struct booking){.id = {UINT64_C(1) << 20, ++m->next_id},
                          .room_type = m->types[0].id,
                          .charged_room_type = m->types[0].id,
                          .status = statuses[s->what],
                          .span = span_from_nights(MODEL_TODAY + s->starts, MODEL_TODAY + s->ends),
                          .party = STATE_PARTY,
                          .owner = state_clients[0],
                          .created_at = m->now_ms,
                          .version = 1};
    b->guest = state_guest_id(b->id);
    add_claims(m, s, b->id);
    for (int night = s->starts; night < s->ends && s->what != LEFT; night++) {
        m->nights[0][night].sold++;
        m->nights[0][night].fixed += s->rooms[night] != 0 && s->pinned[night];
    }
    if (s->what != EXPECTED)
        set_guests(m, s, b);
}

static void
to_house(const struct state *state, const struct house_model *empty, struct house_model *ret_model)
{
    struct house_model *m = ret_model;
    *m = *empty;
    m->today = m->local_date = MODEL_TODAY + (int32_t)state->rooms;
    m->now_ms += (int64_t)state->rooms * DATE_DAY_MS;
    for (size_t i = 0; i < state_count(state); i++) {
        struct stay s = unpack(state->objects[i]);
        add_stay(m, &s);
    }
}

/* --- and back --- */

static int
day_number(int64_t at)
{
    return date_from_instant(at) - MODEL_TODAY;
}

/* A tick is what is left of the day. */
static int
day_of(const struct house_model *m)
{
    return (int)((m->now_ms - MODEL_NOW + DATE_DAY_MS - 1) / DATE_DAY_MS);
}

static void
see_rooms(const struct house_model *m, struct id id, struct stay *s)
{
    for (size_t i = 0; i < m->claim_count; i++) {
        const struct claim *claim = &m->claims[i];
        if (!id_equal(claim->owner, id))
            continue;
        for (int night = day_number(claim->span.starts); night < day_number(claim->span.ends); night++) {
            s->rooms[night] = state_room_number(m, claim->room);
            s->pinned[night] = claim->pinned;
            s->begins[night] = night == day_number(claim->span.starts);
        }
    }
    for (int night = STATE_NIGHTS - 1; night >= 0; night--)
        s->begins[night] = s->begins[night] && night > 0 && s->rooms[night] == s->rooms[night - 1] &&
                           s->pinned[night] == s->pinned[night - 1];
}

/* False when nothing of it matters any more. */
static bool
see_stay(const struct house_model *m, const struct booking *b, int day, struct stay *ret)
{
    *ret = (struct stay){.starts = day_number(b->span.starts), .ends = day_number(b->span.ends)};
    switch (b->status) {
    case BOOKING_CONFIRMED:
        ret->what = EXPECTED;
        if (ret->ends <= day)
            return false;
        break;
    case BOOKING_CHECKED_IN:
        ret->what = IN_HOUSE;
        ret->room = state_room_number(m, b->in_room);
        ret->came_before = b->checked_in_on < MODEL_TODAY + day;
        break;
    case BOOKING_CHECKED_OUT:
        ret->what = LEFT;
        ret->room = state_room_number(m, b->left_room);
        ret->came_before = b->checked_in_on < MODEL_TODAY + day;
        if (b->checked_out_on < MODEL_TODAY + day)
            return false;
        break;
    default: return false;
    }
    see_rooms(m, b->id, ret);
    return true;
}

static bool
from_house(const struct house_model *m, struct state *ret_state)
{
    size_t count = 0;
    int day = day_of(m);
    *ret_state = (struct state){.rooms = (uint32_t)day};
    for (size_t i = 0; i < m->booking_count; i++) {
        struct stay s;
        if (!see_stay(m, &m->bookings[i], day, &s))
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

/* --- the oracle of a move --- */

static struct stay
see(const struct house_model *m, struct id id)
{
    struct stay s = {.what = 0};
    const struct booking *b = house_model_booking(m, id);
    (void)see_stay(m, b, m->today - MODEL_TODAY, &s);
    return s;
}

static int
max_of(int a, int b)
{
    return a > b ? a : b;
}

/* The nights that a move is for. */
static void
find_part(const struct house_model *m, const struct move_booking *asked, const struct stay *s, int *ret_from,
          int *ret_until)
{
    *ret_from = asked->has_from ? day_number(asked->from) : max_of(s->starts, m->today - MODEL_TODAY);
    *ret_until = asked->has_until ? day_number(asked->until) : s->ends;
}

static struct stay
moved(const struct house_model *m, const struct move_booking *asked)
{
    struct stay s = see(m, asked->booking);
    int from, until;
    find_part(m, asked, &s, &from, &until);
    memset(s.begins, 0, sizeof(s.begins));
    for (int night = from; night < until; night++) {
        s.rooms[night] = state_room_number(m, asked->to_room);
        s.pinned[night] = asked->pinned || s.what == IN_HOUSE;
    }
    return s;
}

/* In several rooms, or with the pin of one for a part alone, so that the rest may have to leave it. */
static bool
is_split_ahead(const struct stay *s, int day)
{
    for (int night = max_of(s->starts, day) + 1; night < s->ends; night++)
        if (s->rooms[night] != s->rooms[night - 1] || s->pinned[night] != s->pinned[night - 1])
            return true;
    return false;
}

static void
take_out_claims(struct house_model *m, struct id id)
{
    for (size_t i = 0; i < m->claim_count;)
        if (id_equal(m->claims[i].owner, id))
            m->claims[i] = m->claims[--m->claim_count];
        else
            i++;
}

/* Could everybody be placed with the stay as it is to be? `fixes`: it stays in all its rooms, pinned or not. */
static bool
would_fit(const struct house_model *m, struct id id, struct stay s, bool fixes)
{
    static struct house_model with;
    with = *m;
    take_out_claims(&with, id);
    for (int night = 0; night < STATE_NIGHTS; night++)
        s.pinned[night] |= fixes;
    add_claims(&with, &s, id);
    return house_model_fits(&with, &with.types[0], (struct span){0, 1}, 0, NULL);
}

/* Who else has the room: nobody, somebody who can make way, or who can't. */
enum in_way { FREE, MOVABLE, TAKEN };

/* On any of the nights. */
static enum in_way
find_in_way(const struct house_model *m, struct id id, struct id room, int from, int until)
{
    struct span part = span_from_nights(MODEL_TODAY + from, MODEL_TODAY + until);
    enum in_way way = FREE;
    for (size_t i = 0; i < m->claim_count; i++) {
        const struct claim *claim = &m->claims[i];
        if (id_equal(claim->room, room) && !id_equal(claim->owner, id) && span_overlaps(claim->span, part))
            way = claim->pinned ? TAKEN : MOVABLE;
        if (way == TAKEN)
            return TAKEN;
    }
    return way;
}

/* Is somebody else in the room that the guests would go to? */
static bool
would_meet(const struct house_model *m, struct id id, const struct stay *before, const struct stay *after)
{
    int day = m->today - MODEL_TODAY;
    if (before->what != IN_HOUSE || before->room == after->rooms[day])
        return false;
    struct id occupant = m->room_states[after->rooms[day] - 1].occupant;
    return !id_is_none(occupant) && !id_equal(occupant, id);
}

static enum outcome
judge_move_of_rooms(const struct house_model *m, const struct move_booking *asked, const struct stay *before,
                    const struct stay *after, bool *ret_open)
{
    int from, until;
    find_part(m, asked, before, &from, &until);
    if (is_same(before, after))
        return OUTCOME_OK;
    enum in_way way = find_in_way(m, asked->booking, asked->to_room, from, until);
    if (way == TAKEN || (way == MOVABLE && !after->pinned[from]))
        return OUTCOME_ROOM_NOT_AVAILABLE;
    bool fits = would_fit(m, asked->booking, *after, false);
    if (way == FREE)
        return fits ? OUTCOME_OK : OUTCOME_NO_ROOM_FITS;
    *ret_open = !would_fit(m, asked->booking, *after, true);
    return fits ? OUTCOME_OK : OUTCOME_ROOM_NOT_AVAILABLE;
}

/* `ret_open`: it is refused for the room or because somebody would have none, whichever is found first; or, where OK is
 * returned, it may be: the rest of the stay would have to make way for a part of it. */
static enum outcome
judge_move(const struct house_model *m, const struct move_booking *asked, bool *ret_open)
{
    struct stay before = see(m, asked->booking);
    int day = m->today - MODEL_TODAY;
    if (before.what == LEFT)
        return OUTCOME_INVALID_TRANSITION;
    if (before.rooms[before.ends - 1] == 0)
        return OUTCOME_NOT_ASSIGNED;
    if (before.ends <= day || (asked->has_from && day_number(asked->from) < day))
        return OUTCOME_POLICY_REFUSED;
    if (asked->has_until && !asked->has_from && day_number(asked->until) <= day)
        return OUTCOME_VALIDATION_FAILED;
    struct stay after = moved(m, asked);
    if (!m->property.splits_stays && before.what == EXPECTED && is_split_ahead(&after, day))
        return OUTCOME_POLICY_REFUSED;
    bool of_later = asked->has_from && day_number(asked->from) > day;
    if (!of_later && would_meet(m, asked->booking, &before, &after))
        return OUTCOME_ROOM_NOT_AVAILABLE;
    return judge_move_of_rooms(m, asked, &before, &after, ret_open);
}

/* --- steps --- */

struct split_lister {
    const struct house_model *model;
    struct step *steps;
    size_t count;
    int day;
};

static struct step *
add(struct split_lister *l, enum command_kind kind)
{
    return steps_add_unjudged(l->steps, &l->count, kind);
}

static void
list_creations(struct split_lister *l, int starts, int ends)
{
    for (int way = 0; way < 2 + STATE_ROOMS; way++) { /* any room, each loosely, the first for good */
        int room = way > STATE_ROOMS ? 1 : way;
        struct step *step = add(l, COMMAND_CREATE_BOOKINGS);
        step->legs[0] = (struct leg){.room_type = l->model->types[0].id,
                                     .room = room == 0 ? ID_NONE : l->model->rooms[room - 1].id,
                                     .span = span_from_nights(MODEL_TODAY + starts, MODEL_TODAY + ends),
                                     .pinned = way > STATE_ROOMS,
                                     .party = STATE_PARTY};
        step->command.create_bookings = (struct create_bookings){
            .legs = step->legs, .leg_count = 1, .guest = {.name = {"Ada", 3}}, .payment = PAYMENT_NONE};
        snprintf(step->text, sizeof(step->text), "create night %d to %d room %d%s", starts, ends, room,
                 way > STATE_ROOMS ? " for good" : "");
    }
}

/* From and until -1: not said. */
static void
list_move(struct split_lister *l, const struct booking *b, int from, int until)
{
    for (int room = 1; room <= STATE_ROOMS; room++)
        for (int pinned = 0; pinned < 2; pinned++) {
            struct step *step = add(l, COMMAND_MOVE_BOOKING);
            step->command.move_booking = (struct move_booking){.booking = b->id,
                                                               .to_room = l->model->rooms[room - 1].id,
                                                               .has_from = from >= 0,
                                                               .has_until = until >= 0,
                                                               .from = date_to_instant(MODEL_TODAY + from),
                                                               .until = date_to_instant(MODEL_TODAY + until),
                                                               .pinned = pinned != 0,
                                                               .overrides = true,
                                                               .reason = why_so};
            step->unjudged = false;
            step->expected = judge_move(l->model, &step->command.move_booking, &step->unjudged);
            snprintf(step->text, sizeof(step->text), "move %d, nights %d to %d, to room %d%s", (int)b->id.lo, from,
                     until, room, pinned != 0 ? " for good" : "");
        }
}

static void
list_moves(struct split_lister *l, const struct booking *b)
{
    int starts = day_number(b->span.starts), ends = day_number(b->span.ends);
    list_move(l, b, -1, -1);
    for (int from = starts; from < ends; from++) {
        list_move(l, b, from, -1);
        list_move(l, b, -1, from + 1);
        for (int until = from + 1; until < ends; until++)
            list_move(l, b, from, until);
    }
}

static void
list_rooming(struct split_lister *l, const struct booking *b)
{
    for (int pinned = 0; pinned < 2; pinned++) {
        struct step *step = add(l, COMMAND_PIN_ROOM);
        step->command.pin_room = (struct pin_room){b->id, pinned != 0};
        snprintf(step->text, sizeof(step->text), "%s %d", pinned != 0 ? "pin" : "unpin", (int)b->id.lo);
        for (int room = 1; room <= STATE_ROOMS; room++) {
            step = add(l, COMMAND_ASSIGN_ROOM);
            step->command.assign_room = (struct assign_room){b->id, l->model->rooms[room - 1].id, pinned != 0};
            snprintf(step->text, sizeof(step->text), "assign %d room %d%s", (int)b->id.lo, room,
                     pinned != 0 ? " for good" : "");
        }
    }
    for (size_t i = 0; i < l->model->booking_count; i++) {
        struct step *step = add(l, COMMAND_SWAP_ROOMS);
        step->command.swap_rooms = (struct swap_rooms){b->id, l->model->bookings[i].id, true, why_so};
        snprintf(step->text, sizeof(step->text), "swap %d with %d", (int)b->id.lo, (int)l->model->bookings[i].id.lo);
    }
}

static void
list_stay(struct split_lister *l, const struct booking *b)
{
    static const enum command_kind plain[] = {COMMAND_CANCEL_BOOKING, COMMAND_UNDO_CHECK_IN, COMMAND_CHECK_OUT,
                                              COMMAND_UNDO_CHECK_OUT, COMMAND_UNASSIGN_ROOM};
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        /* who was moved in the house keeps both rooms, though nobody planned it */
        if (plain[i] == COMMAND_UNDO_CHECK_IN && !l->model->property.splits_stays)
            continue;
        struct step *step = add(l, plain[i]);
        step->command.booking_step = (struct booking_step){.booking = b->id};
        snprintf(step->text, sizeof(step->text), "%s %d", command_kind_name(plain[i]).ptr, (int)b->id.lo);
    }
    for (int room = 0; room <= STATE_ROOMS; room++) {
        struct step *step = add(l, COMMAND_CHECK_IN);
        step->command.check_in =
            (struct check_in){b->id, room == 0 ? ID_NONE : l->model->rooms[room - 1].id, true, why_so};
        snprintf(step->text, sizeof(step->text), "check in %d room %d", (int)b->id.lo, room);
    }
    for (int starts = 0; starts < STATE_NIGHTS; starts++)
        for (int ends = starts + 1; ends <= STATE_NIGHTS; ends++) {
            struct step *step = add(l, COMMAND_AMEND_BOOKING);
            step->command.amend_booking =
                (struct amend_booking){.booking = b->id,
                                       .changes_span = true,
                                       .span = span_from_nights(MODEL_TODAY + starts, MODEL_TODAY + ends)};
            snprintf(step->text, sizeof(step->text), "amend %d to nights %d to %d", (int)b->id.lo, starts, ends);
        }
    struct step *step = add(l, COMMAND_AUTO_ASSIGN_BOOKING);
    step->command.auto_assign_booking = (struct auto_assign_booking){.booking = b->id};
    snprintf(step->text, sizeof(step->text), "give %d a room", (int)b->id.lo);
}

static size_t
list_steps(const struct state *state, const struct house_model *model, struct step ret_steps[STEPS_MAX])
{
    struct split_lister l = {model, ret_steps, 0, (int)state->rooms};
    for (int starts = l.day; starts < STATE_NIGHTS; starts++)
        for (int ends = starts + 1; ends <= STATE_NIGHTS; ends++)
            list_creations(&l, starts, ends);
    for (size_t i = 0; i < model->booking_count; i++) {
        list_moves(&l, &model->bookings[i]);
        list_rooming(&l, &model->bookings[i]);
        list_stay(&l, &model->bookings[i]);
    }
    if (l.day == LAST_DAY)
        return l.count;
    struct step *step = add(&l, COMMAND_SWEEP);
    step->tick = true;
    snprintf(step->text, sizeof(step->text), "a day passes");
    return l.count;
}

/* --- what a split stay is --- */

/* Each night in one room, and none outside; a stay may have been given its room late, and one that left has none for
 * what it did not stay for. */
static const char *
law_of_tiling(const struct house_model *m, const struct booking *b)
{
    int rooms[STATE_NIGHTS] = {0}, first = STATE_NIGHTS, day = m->today - MODEL_TODAY;
    int starts = day_number(b->span.starts), ends = day_number(b->span.ends);
    for (size_t i = 0; i < m->claim_count; i++)
        for (int night = day_number(m->claims[i].span.starts);
             id_equal(m->claims[i].owner, b->id) && night < day_number(m->claims[i].span.ends); night++) {
            if (night < starts || night >= ends || ++rooms[night] > 1)
                return "a stay has a room on a night that is not its own, or two on one";
            first = night < first ? night : first;
        }
    if (b->status == BOOKING_CHECKED_OUT)
        ends = ends < day ? ends : day;
    for (int night = first; night < ends; night++)
        if (rooms[night] == 0)
            return "a stay that has rooms has none on one of its nights";
    return first > starts && first < STATE_NIGHTS && first > day ? "a stay has no room until a later night" : NULL;
}

/* Where the house plans no stay in several rooms, none is; who is in the house may change, and so may the night at
 * which somebody makes way. */
static const char *
law_of_house(const struct house_model *m, const struct booking *b)
{
    struct stay s = see(m, b->id);
    if (!m->property.splits_stays && s.what == EXPECTED && is_split_ahead(&s, m->today - MODEL_TODAY))
        return "a stay is planned in several rooms where none may be";
    for (int night = s.starts; s.what == IN_HOUSE && night < s.ends; night++)
        if (night >= m->today - MODEL_TODAY && !s.pinned[night])
            return "guests are in the house and their rooms are not theirs for good";
    return NULL;
}

static const char *
law_of_state(const struct house_model *model, struct arena *arena)
{
    static struct house_model copy;
    (void)arena;
    copy = *model;
    if (!house_model_check(&copy))
        return "an invariant breaks because a day has passed";
    for (size_t i = 0; i < model->booking_count; i++) {
        const char *why = law_of_tiling(model, &model->bookings[i]);
        why = why == NULL ? law_of_house(model, &model->bookings[i]) : why;
        if (why != NULL)
            return why;
    }
    return NULL;
}

/* The nights that were asked for, and no others; guests who are to be elsewhere tonight are. */
static const char *
law_of_move(const struct house_model *before, const struct house_model *after, const struct move_booking *asked)
{
    struct stay ought = moved(before, asked), is = see(after, asked->booking);
    int day = before->today - MODEL_TODAY;
    bool of_later = asked->has_from && day_number(asked->from) > day;
    if (ought.what == IN_HOUSE && !of_later)
        ought.room = ought.rooms[day];
    return is_same(&ought, &is) ? NULL : "a move comes to other rooms than were asked for";
}

static bool
is_meant(const struct step *step, struct id id)
{
    const struct command *c = &step->command;
    switch (c->kind) {
    case COMMAND_MOVE_BOOKING: return id_equal(c->move_booking.booking, id);
    case COMMAND_SWAP_ROOMS: return id_equal(c->swap_rooms.booking, id) || id_equal(c->swap_rooms.other, id);
    case COMMAND_ASSIGN_ROOM: return id_equal(c->assign_room.booking, id);
    case COMMAND_PIN_ROOM: return id_equal(c->pin_room.booking, id);
    case COMMAND_CHECK_IN: return id_equal(c->check_in.booking, id);
    case COMMAND_AMEND_BOOKING: return id_equal(c->amend_booking.booking, id);
    case COMMAND_AUTO_ASSIGN_BOOKING: return id_equal(c->auto_assign_booking.booking, id);
    default: return id_equal(c->booking_step.booking, id);
    }
}

/* Who is not meant keeps dates, guests, what is over and what is pinned, and never loses a room, only gets another. */
static const char *
law_of_others(const struct house_model *before, const struct house_model *after, const struct step *step)
{
    int day = before->today - MODEL_TODAY;
    for (size_t i = 0; i < before->booking_count; i++) {
        struct id id = before->bookings[i].id;
        struct stay was = see(before, id), is = see(after, id);
        if (step->command.kind == COMMAND_CREATE_BOOKINGS ? false : is_meant(step, id))
            continue;
        if (was.what != is.what || was.starts != is.starts || was.ends != is.ends || was.room != is.room)
            return "somebody else's stay is another one";
        for (int night = was.starts; night < was.ends; night++) {
            bool stays = night < day || was.pinned[night];
            if (was.pinned[night] != is.pinned[night] || (was.rooms[night] == 0) != (is.rooms[night] == 0) ||
                (stays && was.rooms[night] != is.rooms[night]))
                return "somebody else loses a room, or one that is pinned or over is changed";
        }
    }
    return NULL;
}

static const char *
law_of_repeat(const struct house_model *after, const struct command *command, struct arena *arena)
{
    static struct house_model again;
    struct decision decision;
    again = *after;
    if (!house_model_run(&again, command, arena, &decision))
        return "a move breaks an invariant when it is repeated";
    return decision.refusal.outcome == OUTCOME_OK && decision.change_count == 0 && !id_is_none(decision.unchanged)
               ? NULL
               : "a move that is repeated is refused, or moves somebody again";
}

static const char *
law_of_open_move(const struct step *step, enum outcome outcome)
{
    bool refused = outcome == OUTCOME_ROOM_NOT_AVAILABLE || outcome == OUTCOME_NO_ROOM_FITS;
    if (outcome == OUTCOME_OK && step->expected != OUTCOME_OK)
        return "somebody is moved for whom there is no room";
    return refused || outcome == OUTCOME_OK ? NULL : "a move is refused for another reason than rooms";
}

static const char *
law_of(const struct house_model *before, struct house_model *after, const struct step *step,
       const struct decision *decision, struct arena *arena)
{
    const char *open = !step->tick && step->command.kind == COMMAND_MOVE_BOOKING && step->unjudged
                           ? law_of_open_move(step, decision->refusal.outcome)
                           : NULL;
    if (open != NULL || step->tick || decision->refusal.outcome != OUTCOME_OK)
        return open;
    const char *why = law_of_others(before, after, step);
    if (why != NULL || step->command.kind != COMMAND_MOVE_BOOKING)
        return why;
    why = law_of_move(before, after, &step->command.move_booking);
    return why != NULL ? why : law_of_repeat(after, &step->command, arena);
}

const struct explorer_world explorer_split = {"--split",   init_split, to_house, from_house,
                                              state_count, list_steps, law_of,   law_of_state};
const struct explorer_world explorer_whole = {"--whole",   init_whole, to_house, from_house,
                                              state_count, list_steps, law_of,   law_of_state};
