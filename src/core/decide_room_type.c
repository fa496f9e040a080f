/* What is sold: a room type comes to be, changes, or goes.
 *
 * How it is sold and where its stock comes from is fixed at its creation, because every night and booking of it was
 * counted that way. A type sold by the night opens its stock rows for the whole horizon at once: empty where rooms will
 * fill them, with the asked number of units where stock is a count. */
#include "core/deciding_loss.h"

static void
refuse_taken_name(struct deciding *d)
{
    struct text text;
    text_init(&text, d->arena, 96);
    text_put_format(&text, "There is a room type with the name \"%.*s\" already.", STR_ARG(d->facts->taken));
    deciding_refuse_field(d, OUTCOME_ALREADY_EXISTS, "/name", deciding_cstr(d, &text));
}

/* What only several fields together can get wrong. True when it was refused. */
static bool
refuse_bad_fields(struct deciding *d, const struct room_type *type)
{
    const char *pointer = NULL, *detail = NULL;
    if (type->sold_by == SOLD_BY_MINUTE && type->stock != STOCK_ROOMS) {
        pointer = "/stock";
        detail = "What is sold by the minute has rooms, not a count.";
    } else if (type->opens_min >= type->closes_min) {
        pointer = "/closes_min";
        detail = "It closes before it opens.";
    } else if (type->length_min > type->length_max) {
        pointer = "/length_max";
        detail = "The longest slot is shorter than the shortest.";
    } else {
        return false;
    }
    deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, pointer, detail);
    return true;
}

/* A copy of the type asked for, in the arena; NULL when that is full. */
static struct room_type *
copy_type(struct deciding *d)
{
    struct room_type *type = ARENA_NEW(d->arena, struct room_type);
    if (type == NULL)
        d->decision->out_of_memory = true;
    else
        *type = d->command->put_room_type.room_type;
    return type;
}

static struct event
event_of(const struct room_type *type, struct str kind)
{
    return (struct event){.kind = kind,
                          .subject_kind = ID_ROOM_TYPE,
                          .subject = type->id,
                          .state = EVENT_OF_ROOM_TYPE,
                          .room_type = type};
}

static void
record(struct deciding *d, const struct room_type *type, struct str kind)
{
    deciding_change(d, (struct change){.kind = CHANGE_ROOM_TYPE, .room_type = type});
    deciding_event(d, event_of(type, kind));
}

/* The stock of a new type; a count is an event of its own, as every later setting of it is. */
static void
open_nights(struct deciding *d, const struct room_type *type, int32_t units)
{
    struct nights_set *nights = ARENA_NEW(d->arena, struct nights_set);
    if (nights == NULL) {
        d->decision->out_of_memory = true;
        return;
    }
    *nights = (struct nights_set){.room_type = type->id,
                                  .from = d->facts->today,
                                  .until = d->facts->today + HORIZON_DAYS,
                                  .units = units,
                                  .allowance = 0};
    deciding_change(d, (struct change){.kind = CHANGE_NIGHTS_OPEN, .nights = *nights});
    if (type->stock == STOCK_COUNT)
        deciding_event(d, (struct event){.kind = STR("inventory.set"),
                                         .subject_kind = ID_ROOM_TYPE,
                                         .subject = type->id,
                                         .state = EVENT_OF_INVENTORY,
                                         .nights = nights});
}

static void
create(struct deciding *d)
{
    const struct put_room_type *asked = &d->command->put_room_type;
    if (refuse_bad_fields(d, &asked->room_type))
        return;
    if (asked->units != 0 && asked->room_type.stock != STOCK_COUNT) {
        deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, "/units", "Its units are its rooms.");
        return;
    }
    if (d->facts->name_taken) {
        refuse_taken_name(d);
        return;
    }
    struct room_type *type = copy_type(d);
    if (type == NULL)
        return;
    type->id = deciding_fresh_id(d);
    type->created_at = d->facts->now_ms;
    type->version = 1;
    record(d, type, STR("room_type.created"));
    if (type->sold_by == SOLD_BY_NIGHT)
        open_nights(d, type, asked->units);
}

/* True when a room takes fewer than the type is to promise, and it was refused. */
static bool
refuse_small_rooms(struct deciding *d, const struct room_type *asked)
{
    const struct house *house = &d->facts->house;
    size_t small = 0;
    const struct room *first = NULL;
    for (size_t i = 0; i < house->room_count; i++) {
        const struct room *room = &house->rooms[i];
        if (!id_equal(room->room_type, asked->id) || !room_is_too_small(room, asked))
            continue;
        first = first == NULL ? room : first;
        small++;
    }
    if (first == NULL)
        return false;
    struct text text;
    text_init(&text, d->arena, 128);
    text_put_format(&text, "Room %.*s takes %d", STR_ARG(first->number), first->max_guests);
    if (small > 1)
        text_put_format(&text, ", and %zu more take too few", small - 1);
    text_put_char(&text, '.');
    deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, "/max_guests", deciding_cstr(d, &text));
    return true;
}

static void
amend(struct deciding *d)
{
    const struct room_type *asked = &d->command->put_room_type.room_type;
    const struct room_type *present = house_find_type(&d->facts->house, asked->id);
    if (present == NULL) {
        deciding_refuse(d, OUTCOME_NOT_FOUND);
        return;
    }
    if (present->sold_by != asked->sold_by) {
        deciding_refuse_field(d, OUTCOME_READ_ONLY_FIELD, "/sold_by", NULL);
        return;
    }
    if (present->stock != asked->stock) {
        deciding_refuse_field(d, OUTCOME_READ_ONLY_FIELD, "/stock", NULL);
        return;
    }
    if (d->command->put_room_type.units != 0) {
        deciding_refuse_field(d, OUTCOME_READ_ONLY_FIELD, "/units", "Units are set as inventory, by the night.");
        return;
    }
    bool same = room_type_is_same(asked, present); /* what is there may be older than a rule for it */
    if (refuse_bad_fields(d, asked) || (!same && refuse_small_rooms(d, asked)) ||
        deciding_refuse_stale(d, present->version))
        return;
    if (d->facts->name_taken) {
        refuse_taken_name(d);
        return;
    }
    if (same) {
        d->decision->unchanged = present->id;
        return;
    }
    struct room_type *type = copy_type(d);
    if (type == NULL)
        return;
    type->created_at = present->created_at;
    type->version = present->version + 1;
    record(d, type, STR("room_type.amended"));
}

void
decide_put_room_type(struct deciding *d)
{
    if (d->command->kind == COMMAND_CREATE_ROOM_TYPE)
        create(d);
    else
        amend(d);
}

/* True when the type still has rooms, and the deletion was refused for it. */
static bool
refuse_roomy(struct deciding *d, const struct room_type *type)
{
    const struct house *house = &d->facts->house;
    size_t rooms = 0;
    for (size_t i = 0; i < house->room_count; i++)
        rooms += id_equal(house->rooms[i].room_type, type->id) ? 1 : 0;
    if (rooms == 0)
        return false;
    struct text text;
    text_init(&text, d->arena, 96);
    text_put_format(&text, "It still has %zu %s.", rooms, rooms == 1 ? "room" : "rooms");
    deciding_refuse(d, OUTCOME_IN_USE)->detail = deciding_cstr(d, &text);
    return true;
}

#define STILL_SOLD "It still has live bookings or holds."

/* True when a night on sale is still sold or held, whoever it is by, and the deletion was refused for it. */
static bool
refuse_sold(struct deciding *d, const struct room_type *type)
{
    for (int32_t date = d->facts->today; date < d->facts->today + HORIZON_DAYS; date++) {
        const struct night *night = deciding_night(d, type->id, date);
        if (night != NULL && night->sold + night->held > 0) {
            deciding_refuse(d, OUTCOME_IN_USE)->detail = STILL_SOLD;
            return true;
        }
    }
    return false;
}

void
decide_delete_room_type(struct deciding *d)
{
    const struct room_type *present = house_find_type(&d->facts->house, d->command->delete_room_type.room_type);
    if (present == NULL) {
        deciding_refuse(d, OUTCOME_NOT_FOUND);
        return;
    }
    if (deciding_refuse_stale(d, present->version) || refuse_roomy(d, present) ||
        deciding_refuse_blocked(d, NULL, 0, STILL_SOLD) || refuse_sold(d, present))
        return;
    struct room_type *last = ARENA_NEW(d->arena, struct room_type);
    if (last == NULL) {
        d->decision->out_of_memory = true;
        return;
    }
    *last = *present;
    last->version++;
    deciding_change(d, (struct change){.kind = CHANGE_ROOM_TYPE_DELETE, .id = last->id});
    struct event event = event_of(last, STR("room_type.deleted"));
    event.deleted = true;
    deciding_event(d, event);
}
