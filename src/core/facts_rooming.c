/* One want per stretch: its room, its nights, and what may have to move for it. */
#include "core/facts_rooming.h"

#include "core/rooming.h"

/* False when the room is not there; the decision will say so. */
static bool
stretch_want(const struct facts *facts, const struct booking *booking, const struct stretch *stretch,
             struct want *ret_want)
{
    const struct room *room = house_find_room(&facts->house, stretch->room);
    const struct room_type *type = room == NULL ? NULL : house_find_type(&facts->house, room->room_type);
    if (type == NULL)
        return false;
    *ret_want = (struct want){
        .room_type = type->id, .room = room->id, .span = stretch->span, .claims = true, .room_states = true};
    ret_want->span.ends += booking->turnaround_ms;
    if (type->sold_by == SOLD_BY_MINUTE)
        return true;
    ret_want->nights = ret_want->placement = ret_want->held_stock = true;
    ret_want->units = 1;
    ret_want->fixes = ret_want->owners = stretch->pinned || party_is_tied(booking->party, type);
    return true;
}

/* What is placed in a type's rooms is loaded once for all wants of the type, so they agree on what that takes. */
static void
spread_fixing(struct want *wants, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; wants[i].fixes && j < count; j++)
            if (wants[j].placement && id_equal(wants[i].room_type, wants[j].room_type))
                wants[j].fixes = wants[j].owners = true;
}

/* What was given back at the check-out, in the room that was left. */
static size_t
retaken_want(const struct command *command, const struct facts *facts, struct arena *arena, struct want **ret_wants)
{
    const struct booking *booking = facts_booking(facts, command->booking_step.booking);
    *ret_wants = booking == NULL ? NULL : ARENA_NEW(arena, struct want);
    if (*ret_wants == NULL)
        return 0;
    struct stretch stretch = {.room = booking->left_room, .span = booking_ahead(booking, facts->today), .pinned = true};
    bool over = stretch.span.starts >= stretch.span.ends;
    if (over) /* nothing is taken, but somebody else may be in the room */
        stretch.span = span_from_nights(facts->today, facts->today + 1);
    return stretch_want(facts, booking, &stretch, *ret_wants) ? 1 : 0;
}

/* Of one command; adds to the wants. */
static size_t
rooming_wants(const struct facts *facts, const struct rooming *roomings, size_t rooming_count, struct want *wants)
{
    size_t count = 0;
    for (size_t i = 0; i < rooming_count; i++) {
        const struct booking *booking = facts_booking(facts, roomings[i].booking);
        for (size_t j = 0; booking != NULL && j < roomings[i].count; j++)
            count += stretch_want(facts, booking, &roomings[i].stretches[j], &wants[count]) ? 1 : 0;
    }
    return count;
}

static size_t
count_stretches(const struct rooming *roomings, size_t rooming_count)
{
    size_t count = 0;
    for (size_t i = 0; i < rooming_count; i++)
        count += roomings[i].count;
    return count;
}

/* What is going on in any room of a type: somebody who is moved may go there. */
static size_t
add_states_of_types(struct want *wants, size_t count)
{
    size_t rooms = count;
    for (size_t i = 0; i < rooms; i++) {
        bool asked = false;
        for (size_t j = rooms; j < count; j++)
            asked |= id_equal(wants[j].room_type, wants[i].room_type);
        if (!asked)
            wants[count++] = (struct want){.room_type = wants[i].room_type, .span = wants[i].span, .room_states = true};
    }
    return count;
}

/* Those who come in together: each line's own. */
static size_t
wants_of_lines(const struct command *command, const struct facts *facts, struct arena *arena, struct want **ret_wants)
{
    size_t line_count = command->booking_batch.count, rooming_count = 0;
    struct rooming *roomings = ARENA_ARRAY(arena, line_count + ROOMING_BOOKINGS_MAX, struct rooming);
    for (size_t i = 0; roomings != NULL && i < line_count; i++) {
        struct command line = command_of_line(command, i);
        rooming_count += rooming_of_command(&line, facts, arena, &roomings[rooming_count]);
    }
    size_t limit = roomings == NULL ? 0 : count_stretches(roomings, rooming_count);
    if (limit == 0)
        return 0;
    *ret_wants = ARENA_ARRAY(arena, limit * 2, struct want);
    if (*ret_wants == NULL)
        return 0;
    return add_states_of_types(*ret_wants, rooming_wants(facts, roomings, rooming_count, *ret_wants));
}

size_t
facts_rooming_wants(const struct command *command, const struct facts *facts, struct arena *arena,
                    struct want **ret_wants)
{
    struct rooming roomings[ROOMING_BOOKINGS_MAX];
    size_t count = 0;
    *ret_wants = NULL;
    if (command->kind == COMMAND_UNDO_CHECK_OUT)
        return retaken_want(command, facts, arena, ret_wants);
    if (command->kind == COMMAND_BATCH_BOOKINGS && command->booking_batch.step == COMMAND_CHECK_IN) {
        count = wants_of_lines(command, facts, arena, ret_wants);
    } else {
        size_t rooming_count = rooming_of_command(command, facts, arena, roomings);
        size_t limit = count_stretches(roomings, rooming_count);
        *ret_wants = limit == 0 ? NULL : ARENA_ARRAY(arena, limit, struct want);
        if (*ret_wants != NULL)
            count = rooming_wants(facts, roomings, rooming_count, *ret_wants);
    }
    spread_fixing(*ret_wants, count);
    return count;
}
