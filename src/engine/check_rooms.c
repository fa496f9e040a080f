/* R2, from the log alone: each change of what goes on in a room is a row of room.def, or is what happens by itself when
 * somebody comes or goes, or to a room with someone in it when a day is over. */
#include "engine/check_part.h"

#include "core/room_state.h"
#include "engine/state_read.h"

/* What the log has said last of one room. */
struct told {
    struct id room;
    struct room_state state;
    bool known;
};

static bool
is_allowed(const struct room_state *from, const struct room_state *to)
{
    bool same = from->cleanliness == to->cleanliness && room_is_faulty(from) == room_is_faulty(to);
    bool dirtied = to->cleanliness == CLEANLINESS_DIRTY && room_is_occupied(from) && room_is_occupied(to) &&
                   room_is_faulty(from) == room_is_faulty(to);
    bool moved = !id_equal(from->occupant, to->occupant) && room_is_faulty(from) == room_is_faulty(to);
    return same || dirtied || moved || room_machine_has_step(from, to);
}

static struct told *
find_told(struct told *told, size_t count, struct id room)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = id_compare(told[middle].room, room);
        if (order == 0)
            return &told[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static void
check_event(struct check_run *run, const struct store_event *event, struct told *told)
{
    struct state state;
    struct err ignored; /* what can't be read is told by the fold */
    if (!state_read(EVENT_OF_ROOM, event->body, run->house.property, run->page, &state, &ignored))
        return;
    if (told->known && !is_allowed(&told->state, &state.room_state))
        check_find_id(run, event->subject, STR("housekeeping has no such step"));
    told->state = state.room_state;
    told->known = true;
}

/* Of the rooms that there are: the house is in order of id. */
enum db_status
check_room_steps(struct check_run *run)
{
    struct told *told = ARENA_ARRAY(run->arena, run->house.room_count + 1, struct told);
    if (told == NULL)
        return check_out_of_memory(run);
    for (size_t i = 0; i < run->house.room_count; i++)
        told[i].room = run->house.rooms[i].id;
    enum db_status status = DB_OK;
    int64_t seq = 0;
    struct store_event *events;
    size_t count = 0;
    while (status == DB_OK && (status = check_next_events(run, seq, &events, &count)) == DB_OK && count > 0) {
        for (size_t i = 0; i < count; i++) {
            struct told *of = find_told(told, run->house.room_count, events[i].subject);
            seq = events[i].seq;
            if (of != NULL)
                check_event(run, &events[i], of);
        }
    }
    return status;
}
