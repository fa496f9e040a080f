/* R2, R3 and R4, from the log alone: what goes on in rooms, told event by event, and who was let in or sent there.
 *
 * Each change of a room is a row of room.def, or is what happens by itself when somebody comes or goes, or to a room
 * with someone in it when a day is over. The event of a booking whose guests come into a room stands before the room's
 * own, so the room is still told as they found it. Only rooms that there are are looked at: what was deleted since is
 * not told. What is kept between two pages is a state per room. */
#include "core/date.h"
#include "core/room_state.h"
#include "engine/check_part.h"
#include "engine/state.h"
#include "engine/state_read.h"

/* What the log has said last of one room. */
struct told {
    struct id room;
    struct room_state state;
    bool known;
};

/* A rule on its way through the log. */
struct telling {
    struct check_run *run;
    struct told *rooms;       /* of the house, which is in order of id */
    size_t faulty_count;      /* of these */
    const struct zone *zone;  /* of the property as it was told; NULL before */
    struct property property; /* as it was told, without its texts */
    struct id sent;           /* the booking that the event before has sent to a faulty room; none for none */
};

/* Looks at an event before it is told; `room` and what it becomes where it is of a room, else NULL. */
typedef enum db_status (*look_at)(struct telling *telling, const struct store_event *event, const struct told *room,
                                  const struct room_state *to);

static struct told *
find_told(const struct telling *telling, struct id room)
{
    size_t low = 0, high = telling->run->house.room_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = id_compare(telling->rooms[middle].room, room);
        if (order == 0)
            return &telling->rooms[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static enum db_status
look_at_room(struct telling *telling, const struct store_event *event, struct told *told, look_at look)
{
    const struct check_run *run = telling->run;
    struct state state;
    struct err ignored; /* what can't be read is told by the fold */
    if (!state_read_event(EVENT_OF_ROOM, event->v, event->body, run->house.property, run->page, &state, &ignored))
        return DB_OK;
    enum db_status status = look(telling, event, told, &state.room_state);
    telling->faulty_count -= told->known && room_is_faulty(&told->state);
    telling->faulty_count += room_is_faulty(&state.room_state);
    told->state = state.room_state;
    told->known = true;
    return status;
}

static enum db_status
walk_log(struct telling *telling, look_at look)
{
    struct check_run *run = telling->run;
    telling->rooms = ARENA_ARRAY(run->arena, run->house.room_count + 1, struct told);
    if (telling->rooms == NULL)
        return check_out_of_memory(run);
    for (size_t i = 0; i < run->house.room_count; i++)
        telling->rooms[i].room = run->house.rooms[i].id;
    enum db_status status = DB_OK;
    int64_t seq = 0;
    struct store_event *events;
    size_t count = 0;
    while (status == DB_OK && (status = check_next_events(run, seq, &events, &count)) == DB_OK && count > 0) {
        for (size_t i = 0; status == DB_OK && i < count; i++) {
            struct told *of = find_told(telling, events[i].subject);
            seq = events[i].seq;
            status = of == NULL ? look(telling, &events[i], NULL, NULL) : look_at_room(telling, &events[i], of, look);
        }
    }
    return status;
}

/* --- R2 --- */

static bool
is_allowed(const struct room_state *from, const struct room_state *to)
{
    bool same = from->cleanliness == to->cleanliness && room_is_faulty(from) == room_is_faulty(to);
    bool dirtied = to->cleanliness == CLEANLINESS_DIRTY && room_is_occupied(from) && room_is_occupied(to) &&
                   room_is_faulty(from) == room_is_faulty(to);
    bool moved = !id_equal(from->occupant, to->occupant) && room_is_faulty(from) == room_is_faulty(to);
    return same || dirtied || moved || room_machine_has_step(from, to);
}

static enum db_status
look_at_step(struct telling *telling, const struct store_event *event, const struct told *room,
             const struct room_state *to)
{
    if (room != NULL && room->known && !is_allowed(&room->state, to))
        check_find_id(telling->run, event->subject, STR("housekeeping has no such step"));
    return DB_OK;
}

enum db_status
check_room_steps(struct check_run *run)
{
    struct telling telling = {.run = run};
    return walk_log(&telling, look_at_step);
}

/* --- R3 --- */

static bool
is_of(const struct store_event *event, enum id_kind kind)
{
    return str_equal(event->subject_kind, str_from(id_kind_prefix(kind)));
}

/* It says in which role a rule was overridden, and why: erasing the words of a reason leaves its id. */
static bool
is_explained(const struct store_event *event)
{
    return state_find_member(event->body, STR("\"override\":true")).len > 0 &&
           state_find_member(event->body, STR("\"override_role\":")).len > 0 &&
           (event->reason.len > 0 || !id_is_none(event->reason_id));
}

/* A check-out that is taken back puts the guests where they were: the room is as they left it. */
static bool
may_be_unready(const struct store_event *event)
{
    return is_explained(event) || str_equal(event->kind, STR("booking.check_out_undone"));
}

/* An event that leaves a booking checked in has its guests in a room. Whatever kind it is, they come into it with this
 * event if the room was not told to be theirs before: a check-in, a move, a swap, a move that was planned. */
static enum db_status
look_at_entry(struct telling *telling, const struct store_event *event, const struct told *room,
              const struct room_state *to)
{
    (void)to;
    if (room == NULL && is_of(event, ID_BOOKING) && str_equal(event->to, booking_status_name(BOOKING_CHECKED_IN))) {
        const struct told *entered = find_told(telling, state_room_of_booking(event->body));
        if (entered != NULL && entered->known && !id_equal(entered->state.occupant, event->subject) &&
            (entered->state.cleanliness != CLEANLINESS_INSPECTED || room_is_faulty(&entered->state)) &&
            !may_be_unready(event))
            check_find_id(telling->run, event->subject, STR("its guests were let into a room that was not ready"));
    }
    return DB_OK;
}

enum db_status
check_entries(struct check_run *run)
{
    struct telling telling = {.run = run};
    return walk_log(&telling, look_at_entry);
}

/* --- R4 --- */

static void
tell_property(struct telling *telling, const struct store_event *event)
{
    struct check_run *run = telling->run;
    struct state state;
    struct err ignored;
    if (!state_read_event(EVENT_OF_PROPERTY, event->v, event->body, NULL, run->page, &state, &ignored))
        return;
    telling->property = state.property;
    if (zone_cache_get(run->zones, state.property.time_zone, &telling->zone, &ignored) != ZONE_FOUND)
        telling->zone = NULL;
}

/* A property comes to be in the installation's log, and goes on in its own. */
static enum db_status
tell_beginning(struct telling *telling)
{
    struct check_run *run = telling->run;
    struct store_event *events;
    size_t count = 0;
    if (run->house.property == NULL)
        return DB_OK;
    arena_reset(run->page);
    enum db_status status =
        store_list_events_of(run->store, 0, run->house.property->id, 0, 1, run->page, &events, &count);
    if (status == DB_OK && count > 0)
        tell_property(telling, &events[0]);
    return status;
}

static const struct claim *
claim_on_day(const struct booking *booking, int64_t day)
{
    for (size_t i = 0; i < booking->claim_count; i++)
        if (span_contains_instant(booking->claims[i].span, day))
            return &booking->claims[i];
    return NULL;
}

/* Where the booking was to be on that day before the event; the room of a claim, none where it had none. */
static enum db_status
find_room_before(struct telling *telling, const struct store_event *event, int64_t day, struct id *ret_room)
{
    struct check_run *run = telling->run;
    struct store_event before;
    struct state state;
    struct err ignored;
    *ret_room = ID_NONE;
    enum db_status status =
        store_load_event_before(run->store, run->property, event->subject, event->seq, run->page, &before);
    if (status != DB_OK)
        return status == DB_NO_ROW ? DB_OK : status;
    if (!state_read_event(EVENT_OF_BOOKING, before.v, before.body, run->house.property, run->page, &state, &ignored))
        return DB_OK;
    const struct claim *claim = claim_on_day(&state.booking, day);
    *ret_room = claim == NULL ? ID_NONE : claim->room;
    return DB_OK;
}

static enum db_status
look_at_sending(struct telling *telling, const struct store_event *event)
{
    struct check_run *run = telling->run;
    struct state state;
    struct err ignored;
    struct id had;
    if (!state_read_event(EVENT_OF_BOOKING, event->v, event->body, run->house.property, run->page, &state, &ignored) ||
        state.booking.by_minute)
        return DB_OK;
    struct house_entry entry = {.house = {.property = &telling->property}, .zone = telling->zone};
    int64_t today = date_to_instant(facts_today(&entry, event->at));
    const struct claim *claim = claim_on_day(&state.booking, today);
    const struct told *room = claim == NULL ? NULL : find_told(telling, claim->room);
    if (room == NULL || !room->known || !room_is_faulty(&room->state))
        return DB_OK;
    enum db_status status = find_room_before(telling, event, today, &had);
    if (status == DB_OK && !id_equal(had, claim->room))
        telling->sent = event->subject;
    return status;
}

/* Of all that a body is read for, a look at the rooms that it names is the cheap part. */
static bool
names_faulty_room(const struct telling *telling, struct str body)
{
    const struct str member = STR("\"room_id\":\"");
    for (struct str rest = state_find_member(body, member); rest.len > ID_TEXT_LEN;
         rest = state_find_member(rest, member)) {
        enum id_kind kind;
        uint32_t property;
        struct id id;
        const struct told *room =
            id_parse(str_of(rest.ptr, ID_TEXT_LEN), &kind, &property, &id) ? find_told(telling, id) : NULL;
        if (room != NULL && room->known && room_is_faulty(&room->state))
            return true;
    }
    return false;
}

/* May it give a room that is broken to somebody who is not in it yet? Whatever kind it is: a booking that is made,
 * assigned, moved or amended, changes places, makes way, is taken up again. Not: what is made of a hold, which may have
 * kept its room since before the fault. */
static bool
may_send(const struct telling *telling, const struct store_event *event)
{
    return telling->faulty_count > 0 && telling->zone != NULL && is_of(event, ID_BOOKING) &&
           !str_equal(event->to, booking_status_name(BOOKING_CHECKED_IN)) && names_faulty_room(telling, event->body) &&
           state_find_member(event->body, STR("\"hold_id\":")).len == 0;
}

/* Whoever walks in is given the room and let in by one decision, whose override is in the second event. */
static void
settle(struct telling *telling, const struct store_event *next)
{
    bool walks_in = next != NULL && id_equal(next->subject, telling->sent) &&
                    str_equal(next->kind, STR("booking.checked_in")) && is_explained(next);
    if (!id_is_none(telling->sent) && !walks_in)
        check_find_id(telling->run, telling->sent, STR("it was given a room for the same day that had a fault"));
    telling->sent = ID_NONE;
}

static enum db_status
look_at_room_for_today(struct telling *telling, const struct store_event *event, const struct told *room,
                       const struct room_state *to)
{
    (void)to;
    settle(telling, event);
    if (room != NULL)
        return DB_OK;
    enum event_state of;
    if (state_of_kind(event->kind, &of) && of == EVENT_OF_PROPERTY)
        tell_property(telling, event);
    return may_send(telling, event) ? look_at_sending(telling, event) : DB_OK;
}

enum db_status
check_rooms_for_today(struct check_run *run)
{
    struct telling telling = {.run = run};
    enum db_status status = tell_beginning(&telling);
    if (status == DB_OK)
        status = walk_log(&telling, look_at_room_for_today);
    if (status == DB_OK)
        settle(&telling, NULL);
    return status;
}
