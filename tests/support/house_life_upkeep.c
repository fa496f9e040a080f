/* Rooms are cleaned, inspected and mended, mostly as they need it, now and then out of turn. */
#include "tests/support/house_life_part.h"

static enum command_kind
next_of(const struct room_state *room)
{
    switch (room->cleanliness) {
    case CLEANLINESS_DIRTY: return COMMAND_START_CLEANING;
    case CLEANLINESS_CLEANING: return COMMAND_FINISH_CLEANING;
    case CLEANLINESS_CLEANED: return COMMAND_INSPECT_ROOM;
    default: return COMMAND_MARK_DIRTY;
    }
}

/* A room that needs something, where one is found soon. */
static const struct room_state *
any_room(struct house_life *life)
{
    const struct house_model *m = life->model;
    const struct room_state *room = NULL;
    for (int tries = 0; tries < 6; tries++) {
        room = &m->room_states[house_life_pick(life, (int)m->room_count)];
        if (room->cleanliness != CLEANLINESS_INSPECTED || room_is_faulty(room))
            break;
    }
    return room;
}

struct command
house_life_upkeep(struct house_life *life)
{
    static const enum command_kind others[] = {
        COMMAND_START_CLEANING,     COMMAND_FINISH_CLEANING,    COMMAND_INSPECT_ROOM,       COMMAND_MARK_DIRTY,
        COMMAND_REPORT_MAINTENANCE, COMMAND_REPORT_MAINTENANCE, COMMAND_FINISH_MAINTENANCE, COMMAND_SET_ROOM_NOTE};
    const struct room_state *room = any_room(life);
    struct command command = {.kind = next_of(room),
                              .actor = {STR("usr_housekeeper"), ROLE_HOUSEKEEPING},
                              .property = 1,
                              .room_step = {.room = room->room}};
    if (room_is_faulty(room) && one_in(life, 3))
        command.kind = COMMAND_FINISH_MAINTENANCE;
    else if (command.kind == COMMAND_MARK_DIRTY || one_in(life, 4))
        command.kind = others[house_life_pick(life, 8)];
    if (one_in(life, 40))
        command.room_step.room = ID_NONE; /* of no room */
    if (command.kind == COMMAND_INSPECT_ROOM) {
        command.room_step.result = one_in(life, 6) ? ROOM_RESULT_FAIL : ROOM_RESULT_PASS;
        if (command.room_step.result == ROOM_RESULT_FAIL)
            command.room_step.note = STR("hair in the bath");
    } else if (command.kind == COMMAND_FINISH_MAINTENANCE)
        command.room_step.result = (enum room_result)(ROOM_RESULT_PASS + house_life_pick(life, 3));
    else if (command.kind == COMMAND_REPORT_MAINTENANCE || one_in(life, 2))
        command.room_step.note = STR("the tap drips");
    return command;
}
