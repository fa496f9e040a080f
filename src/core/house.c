/* Look-ups and derived states of a house. Ids are sorted, so that a house of a thousand rooms is searched in ten
 * steps. */
#include "core/house.h"

#include <assert.h>

bool
property_is_same(const struct property *a, const struct property *b)
{
    return str_equal(a->name, b->name) && str_equal(a->time_zone, b->time_zone) &&
           str_equal(a->currency, b->currency) && a->day_rolls_at_min == b->day_rolls_at_min &&
           a->payment_ttl_ms == b->payment_ttl_ms && a->approval_ttl_ms == b->approval_ttl_ms &&
           a->shows_holders == b->shows_holders;
}

bool
room_type_is_same(const struct room_type *a, const struct room_type *b)
{
    return str_equal(a->name, b->name) && a->sold_by == b->sold_by && a->stock == b->stock &&
           a->max_guests == b->max_guests && str_equal(a->features, b->features) &&
           a->needs_approval == b->needs_approval && a->hold_ttl_ms == b->hold_ttl_ms && a->opens_min == b->opens_min &&
           a->closes_min == b->closes_min && a->turnaround_min == b->turnaround_min && a->length_min == b->length_min &&
           a->length_max == b->length_max && a->notice_min == b->notice_min &&
           a->quota_per_booker == b->quota_per_booker;
}

bool
room_is_same(const struct room *a, const struct room *b)
{
    return id_equal(a->room_type, b->room_type) && str_equal(a->number, b->number) && str_equal(a->floor, b->floor) &&
           str_equal(a->building, b->building) && str_equal(a->features, b->features) && a->max_guests == b->max_guests;
}

int32_t
night_free(const struct night *night)
{
    int32_t free = night->units - night->closed - night->sold - night->held + night->allowance + night->overcommit;
    return free > 0 ? free : 0;
}

bool
night_is_within(const struct night *night)
{
    return night->sold + night->held <= night->units - night->closed + night->allowance + night->overcommit;
}

const struct room_type *
house_find_type(const struct house *house, struct id id)
{
    size_t low = 0, high = house->type_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = id_compare(house->types[middle].id, id);
        if (order == 0)
            return &house->types[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct room *
house_find_room(const struct house *house, struct id id)
{
    size_t low = 0, high = house->room_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = id_compare(house->rooms[middle].id, id);
        if (order == 0)
            return &house->rooms[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

int32_t
room_max_guests(const struct room *room, const struct room_type *type)
{
    return room->max_guests > 0 ? room->max_guests : type->max_guests;
}

bool
room_is_too_small(const struct room *room, const struct room_type *type)
{
    return type->sold_by == SOLD_BY_NIGHT && room_max_guests(room, type) < type->max_guests;
}

bool
party_is_tied(int32_t party, const struct room_type *type)
{
    return type->sold_by == SOLD_BY_NIGHT && party > type->max_guests;
}

int32_t
house_max_guests(const struct house *house, const struct room_type *type)
{
    int32_t most = 0;
    for (size_t i = 0; i < house->room_count; i++) {
        const struct room *room = &house->rooms[i];
        if (id_equal(room->room_type, type->id) && room_max_guests(room, type) > most)
            most = room_max_guests(room, type);
    }
    return most > 0 && most < type->max_guests ? most : type->max_guests;
}

enum room_status
room_status_of(const struct room *room, bool is_occupied)
{
    if (is_occupied)
        return ROOM_OCCUPIED;
    if (room->fault.len > 0)
        return ROOM_MAINTENANCE_REQUIRED;
    switch (room->cleanliness) {
    case CLEANLINESS_DIRTY: return ROOM_CHECKOUT_DIRTY;
    case CLEANLINESS_CLEANING: return ROOM_CLEANING_IN_PROGRESS;
    case CLEANLINESS_CLEANED: return ROOM_CLEANED_UNINSPECTED;
    case CLEANLINESS_INSPECTED: return ROOM_READY_FOR_GUEST;
    case CLEANLINESS_COUNT: break;
    }
    assert(!"a cleanliness that is none");
    return ROOM_CHECKOUT_DIRTY;
}

static const struct str cleanliness_names[CLEANLINESS_COUNT] = {
    [CLEANLINESS_DIRTY] = {"DIRTY", 5},
    [CLEANLINESS_CLEANING] = {"CLEANING", 8},
    [CLEANLINESS_CLEANED] = {"CLEANED", 7},
    [CLEANLINESS_INSPECTED] = {"INSPECTED", 9},
};

struct str
cleanliness_name(enum cleanliness cleanliness)
{
    assert((int)cleanliness >= 0 && cleanliness < CLEANLINESS_COUNT);
    return cleanliness_names[cleanliness];
}

bool
cleanliness_parse(struct str name, enum cleanliness *ret_cleanliness)
{
    for (int i = 0; i < CLEANLINESS_COUNT; i++) {
        if (str_equal(cleanliness_names[i], name)) {
            *ret_cleanliness = (enum cleanliness)i;
            return true;
        }
    }
    return false;
}

struct str
room_status_name(enum room_status status)
{
    switch (status) {
    case ROOM_OCCUPIED: return STR("OCCUPIED");
    case ROOM_MAINTENANCE_REQUIRED: return STR("MAINTENANCE_REQUIRED");
    case ROOM_CHECKOUT_DIRTY: return STR("CHECKOUT_DIRTY");
    case ROOM_CLEANING_IN_PROGRESS: return STR("CLEANING_IN_PROGRESS");
    case ROOM_CLEANED_UNINSPECTED: return STR("CLEANED_UNINSPECTED");
    case ROOM_READY_FOR_GUEST: return STR("READY_FOR_GUEST");
    case ROOM_STATUS_COUNT: break;
    }
    assert(!"a room status that is none");
    return STR("");
}

struct str
sold_by_name(enum sold_by sold_by)
{
    return sold_by == SOLD_BY_NIGHT ? STR("night") : STR("minute");
}

struct str
stock_kind_name(enum stock_kind stock)
{
    return stock == STOCK_ROOMS ? STR("rooms") : STR("count");
}
