/* Of rooms that come and go, one want per type, however many of its rooms the command names, and one per room that
 * goes; of rooms that are closed, one each, since what hangs together with it says how far to look. */
#include "core/facts_house.h"

struct want_list {
    const struct facts *facts;
    struct want *wants;
    size_t count;
};

static struct span
nights_on_sale(const struct facts *facts)
{
    return span_from_nights(facts->today, facts->today + HORIZON_DAYS);
}

/* The nights of a type, once; and where it is to lose rooms what is placed in them. */
static void
want_type(struct want_list *list, struct id room_type, struct span span, int32_t gone)
{
    const struct room_type *type = house_find_type(&list->facts->house, room_type);
    if (type == NULL || type->sold_by != SOLD_BY_NIGHT)
        return;
    for (size_t i = 0; i < list->count; i++)
        if (list->wants[i].nights && id_equal(list->wants[i].room_type, room_type)) {
            list->wants[i].gone += gone; /* a command wants placement of all its types or of none */
            return;
        }
    list->wants[list->count++] =
        (struct want){.room_type = room_type, .span = span, .nights = true, .placement = gone > 0, .gone = gone};
}

/* A room that is to go, and its type. A claim of a slot reaches no further back than a day before the business date,
 * whatever the zone. */
static void
want_gone(struct want_list *list, const struct room *room)
{
    struct span ahead = {date_to_instant(list->facts->today) - DATE_DAY_MS, INSTANT_MAX + 1};
    want_type(list, room->room_type, nights_on_sale(list->facts), 1);
    list->wants[list->count++] =
        (struct want){.room_type = room->room_type, .room = room->id, .span = ahead, .claims = true};
}

static void
want_created(struct want_list *list, const struct create_rooms *create)
{
    for (size_t i = 0; i < create->room_count; i++)
        want_type(list, create->rooms[i].room_type, nights_on_sale(list->facts), 0);
}

static void
want_amended(struct want_list *list, const struct room *asked)
{
    const struct room *present = house_find_room(&list->facts->house, asked->id);
    if (present == NULL || id_equal(present->room_type, asked->room_type))
        return;
    want_gone(list, present);
    want_type(list, asked->room_type, nights_on_sale(list->facts), 0);
}

static void
want_deleted(struct want_list *list, const struct delete_rooms *delete)
{
    for (size_t i = 0; i < delete->room_count; i++) {
        const struct room *present = house_find_room(&list->facts->house, delete->rooms[i]);
        if (present != NULL)
            want_gone(list, present);
    }
}

/* Who is to have the room tonight. */
static void
want_tonight(struct want_list *list, struct id id)
{
    const struct room *room = house_find_room(&list->facts->house, id);
    int32_t today = list->facts->today;
    if (room != NULL)
        list->wants[list->count++] = (struct want){
            .room_type = room->room_type, .room = id, .span = span_from_nights(today, today + 1), .claims = true};
}

/* The room over the nights of a closure, and what may have to move for it. Where the answer can't be taken from the
 * rooms of these nights alone, it is asked of all that hangs together with them, night by night. */
static void
want_closed_room(struct want_list *list, const struct close_rooms *closes, const struct room *room)
{
    const struct room_type *type = house_find_type(&list->facts->house, room->room_type);
    bool by_night = type != NULL && type->sold_by == SOLD_BY_NIGHT;
    list->wants[list->count++] = (struct want){.room_type = room->room_type,
                                               .room = room->id,
                                               .span = closes->span,
                                               .nights = by_night,
                                               .placed_nights = by_night,
                                               .claims = true,
                                               .held_stock = by_night,
                                               .units = 1,
                                               .placement = by_night,
                                               .fixes = by_night,
                                               .owners = by_night};
}

/* Whoever is left without a room counts as one of the type they were sold, and has to fit there. */
static void
want_sent_away(struct want_list *list, const struct booking *booking)
{
    const struct house *house = &list->facts->house;
    const struct room_type *type = house_find_type(house, booking->room_type);
    if (type != NULL && type->sold_by == SOLD_BY_NIGHT)
        list->wants[list->count++] = (struct want){.room_type = type->id,
                                                   .span = booking->span,
                                                   .nights = true,
                                                   .placed_nights = type->stock == STOCK_ROOMS,
                                                   .placement = type->stock == STOCK_ROOMS,
                                                   .fixes = type->stock == STOCK_ROOMS};
    for (size_t i = 0; i < booking->claim_count; i++) {
        const struct room *room = house_find_room(house, booking->claims[i].room);
        const struct room_type *left = room == NULL ? NULL : house_find_type(house, room->room_type);
        if (left != NULL && left->sold_by == SOLD_BY_NIGHT)
            list->wants[list->count++] =
                (struct want){.room_type = left->id, .span = booking->claims[i].span, .nights = true};
    }
}

static void
want_closed(struct want_list *list, const struct close_rooms *closes)
{
    for (size_t i = 0; i < closes->room_count; i++) {
        const struct room *room = house_find_room(&list->facts->house, closes->rooms[i]);
        if (room != NULL)
            want_closed_room(list, closes, room);
    }
    for (size_t i = 0; closes->forces && i < list->facts->booking_count; i++)
        want_sent_away(list, &list->facts->bookings[i]);
}

/* What the closure has. */
static void
want_reopened(struct want_list *list)
{
    const struct closure *closure = list->facts->closure;
    const struct room *room = closure == NULL ? NULL : house_find_room(&list->facts->house, closure->room);
    if (room != NULL)
        list->wants[list->count++] = (struct want){.room_type = room->room_type,
                                                   .room = room->id,
                                                   .span = closure->span,
                                                   .nights = !closure->by_minute,
                                                   .claims = true};
}

/* No further than is on sale: the decision refuses the rest unseen. */
static void
want_inventory(struct want_list *list, const struct set_inventory *set)
{
    int32_t first = list->facts->today, end = first + HORIZON_DAYS;
    int32_t from = set->from > first ? set->from : first;
    int32_t until = set->until < end ? set->until : end;
    if (from < until)
        want_type(list, set->room_type, span_from_nights(from, until), 0);
}

/* Each room, and by force each booking and each of its rooms. */
static size_t
count_closing(const struct close_rooms *closes, const struct facts *facts)
{
    size_t count = closes == NULL ? 0 : closes->room_count;
    for (size_t i = 0; closes != NULL && closes->forces && i < facts->booking_count; i++)
        count += 1 + facts->bookings[i].claim_count;
    return count;
}

/* How many wants there may be at most. */
static size_t
count_limit(const struct command *command, const struct facts *facts)
{
    struct close_rooms space;
    size_t closing = count_closing(facts_closes(command, facts, &space), facts);
    switch (command->kind) {
    case COMMAND_CREATE_ROOMS: return command->create_rooms.room_count;
    case COMMAND_DELETE_ROOMS: return 2 * command->delete_rooms.room_count;
    case COMMAND_AMEND_ROOM: return 3;
    case COMMAND_CLOSE_ROOMS: return closing;
    case COMMAND_REPORT_MAINTENANCE: return 1 + closing;
    case COMMAND_AMEND_CLOSURE: return 1 + closing;
    case COMMAND_REOPEN_ROOM: return 1;
    case COMMAND_DELETE_ROOM_TYPE:
    case COMMAND_SET_INVENTORY: return 1;
    default: return 0;
    }
}

size_t
facts_house_wants(const struct command *command, const struct facts *facts, struct arena *arena,
                  struct want **ret_wants)
{
    struct want_list list = {.facts = facts, .wants = NULL};
    struct close_rooms space;
    *ret_wants = NULL;
    size_t limit = count_limit(command, facts);
    if (limit == 0)
        return 0;
    list.wants = ARENA_ARRAY(arena, limit, struct want);
    if (list.wants == NULL)
        return 0;
    switch (command->kind) {
    case COMMAND_CREATE_ROOMS: want_created(&list, &command->create_rooms); break;
    case COMMAND_AMEND_ROOM: want_amended(&list, &command->amend_room.room); break;
    case COMMAND_DELETE_ROOMS: want_deleted(&list, &command->delete_rooms); break;
    case COMMAND_DELETE_ROOM_TYPE:
        want_type(&list, command->delete_room_type.room_type, nights_on_sale(facts), 0);
        break;
    case COMMAND_SET_INVENTORY: want_inventory(&list, &command->set_inventory); break;
    case COMMAND_REPORT_MAINTENANCE: want_tonight(&list, command->room_step.room); break;
    case COMMAND_AMEND_CLOSURE:
    case COMMAND_REOPEN_ROOM: want_reopened(&list); break;
    default: break;
    }
    const struct close_rooms *closes = facts_closes(command, facts, &space);
    if (closes != NULL)
        want_closed(&list, closes);
    *ret_wants = list.wants;
    return list.count;
}
