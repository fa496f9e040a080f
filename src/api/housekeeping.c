/* What housekeeping does: one command per route, of which most say nothing but that it was done. */
#include "api/handlers.h"
#include "api/parts.h"
#include "api/reply.h"

static struct room_step *
shape_step(struct call *call, enum command_kind kind)
{
    struct room_step *step = &call->engine.command.room_step;
    call->engine.command.kind = kind;
    step->room = call->ids[0];
    return step;
}

void
room_shape_start_cleaning(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    (void)body;
    (void)shape_step(call, COMMAND_START_CLEANING);
}

void
room_shape_finish_cleaning(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    (void)body;
    (void)shape_step(call, COMMAND_FINISH_CLEANING);
}

static void
shape_result(struct shape_field field, const struct shape_word *words, size_t count, struct room_step *step)
{
    int result;
    if (shape_enum(field, words, count, &result) == SHAPE_SET)
        step->result = (enum room_result)result;
}

static void
shape_why(struct shape *body, struct room_step *step)
{
    (void)shape_text(shape_field(body, "reason", SHAPE_NULLABLE), 0, PART_REASON_MAX, &step->note);
}

void
room_shape_inspect(struct call *call, struct shape *query, struct shape *body)
{
    static const struct shape_word words[] = {{"pass", ROOM_RESULT_PASS}, {"fail", ROOM_RESULT_FAIL}};
    (void)query;
    struct room_step *step = shape_step(call, COMMAND_INSPECT_ROOM);
    shape_result(shape_field(body, "result", SHAPE_REQUIRED), words, 2, step);
    shape_why(body, step);
}

void
room_shape_mark_dirty(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    shape_why(body, shape_step(call, COMMAND_MARK_DIRTY));
}

void
room_shape_report(struct call *call, struct shape *query, struct shape *body)
{
    struct room_step *step = shape_step(call, COMMAND_REPORT_MAINTENANCE);
    (void)query;
    (void)shape_text(shape_field(body, "note", SHAPE_REQUIRED), 1, PART_REASON_MAX, &step->note);
    struct shape inner;
    if (shape_object(shape_field(body, "closure", SHAPE_OPTIONAL), &inner) != SHAPE_SET)
        return;
    struct close_rooms *closes = ARENA_NEW(call->arena, struct close_rooms);
    if (closes == NULL)
        return;
    *closes = (struct close_rooms){.rooms = &step->room, .room_count = 1, .inside = true, .reason = step->note};
    closure_shape_how(&inner, closes);
    shape_finish(&inner);
    step->closes = closes;
}

void
room_shape_mend(struct call *call, struct shape *query, struct shape *body)
{
    static const struct shape_word words[] = {
        {"ok", ROOM_RESULT_PASS}, {"dirty", ROOM_RESULT_FAIL}, {"repaired", ROOM_RESULT_AS_IT_WAS}};
    (void)query;
    shape_result(shape_field(body, "quality", SHAPE_REQUIRED), words, 3, shape_step(call, COMMAND_FINISH_MAINTENANCE));
}

void
room_shape_note(struct call *call, struct shape *query, struct shape *body)
{
    struct room_step *step = shape_step(call, COMMAND_SET_ROOM_NOTE);
    (void)query;
    (void)shape_text(shape_field(body, "note", SHAPE_REQUIRED | SHAPE_NULLABLE), 0, PART_REASON_MAX, &step->note);
}

/* --- who cleans which rooms --- */

/* Either rooms by their ids, or all of a floor. */
struct rooms_asked {
    struct str floor, building; /* floor: ptr NULL where rooms are named; building: ptr NULL for any */
};

static void
shape_rooms(struct call *call, struct shape_list *list, struct give_rooms *give)
{
    struct id *rooms = ARENA_ARRAY(call->arena, list->count, struct id);
    for (size_t i = 0; rooms != NULL && i < list->count; i++)
        (void)call_shape_id(call, shape_item(list, i), ID_ROOM, &rooms[i]);
    give->rooms = rooms;
    give->room_count = rooms == NULL ? 0 : list->count;
}

/* A user is the installation's, so it is not the property's to lead to. */
static void
shape_attendant(struct shape *body, struct give_rooms *give)
{
    uint32_t number = 0;
    struct shape_field field = shape_field(body, "attendant_id", SHAPE_REQUIRED | SHAPE_NULLABLE);
    if (shape_id(field, ID_USER, &number, &give->attendant) == SHAPE_SET && number != 0)
        (void)shape_refuse(field, "must be a user");
}

void
room_shape_give(struct call *call, struct shape *query, struct shape *body)
{
    struct rooms_asked *asked = call_ask(call, sizeof(*asked));
    struct give_rooms *give = &call->engine.command.give_rooms;
    struct shape_list list;
    (void)query;
    call->engine.command.kind = COMMAND_GIVE_ROOMS;
    call_shape_property(call, body, SHAPE_REQUIRED);
    shape_attendant(body, give);
    struct shape_field rooms = shape_field(body, "room_ids", SHAPE_OPTIONAL);
    enum shape_is named = shape_list(rooms, 1, BULK_ROOMS_MAX, &list);
    if (named == SHAPE_SET)
        shape_rooms(call, &list, give);
    enum shape_is floor = shape_str(shape_field(body, "floor", SHAPE_OPTIONAL), 0, PART_NUMBER_MAX, &asked->floor);
    (void)shape_str(shape_field(body, "building", SHAPE_OPTIONAL), 0, PART_NAME_MAX, &asked->building);
    if ((named == SHAPE_ABSENT) == (floor == SHAPE_ABSENT))
        (void)shape_refuse(rooms, "is needed, or else floor, and not both");
}

static bool
is_on_floor(const struct rooms_asked *asked, const struct room *room)
{
    return str_equal(asked->floor, room->floor) &&
           (asked->building.ptr == NULL || str_equal(asked->building, room->building));
}

/* A floor is the rooms that are on it now. */
void
room_load_give(struct call *call, struct reader *reader)
{
    const struct rooms_asked *asked = call->asked;
    struct give_rooms *give = &call->engine.command.give_rooms;
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL)
        return;
    if (give->rooms == NULL) {
        struct id *rooms = ARENA_ARRAY(call->arena, house->house.room_count + 1, struct id);
        for (size_t i = 0; rooms != NULL && i < house->house.room_count && give->room_count < BULK_ROOMS_MAX; i++)
            if (is_on_floor(asked, &house->house.rooms[i]))
                rooms[give->room_count++] = house->house.rooms[i].id;
        give->rooms = rooms;
    }
    if (give->room_count == 0) /* of rooms by their ids there is always one */
        reply_refuse_field(call, OUTCOME_NOT_FOUND, "/floor", "No room is on that floor.");
    else
        call_submit(call);
}
