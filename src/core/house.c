/* Look-ups in a house. Ids are sorted, so that a house of a thousand rooms is searched in ten steps. */
#include "core/house.h"

#include <assert.h>

bool
property_is_same(const struct property *a, const struct property *b)
{
    return str_equal(a->name, b->name) && str_equal(a->time_zone, b->time_zone) &&
           str_equal(a->currency, b->currency) && a->day_rolls_at_min == b->day_rolls_at_min &&
           a->payment_ttl_ms == b->payment_ttl_ms && a->approval_ttl_ms == b->approval_ttl_ms &&
           a->cancellation_window_h == b->cancellation_window_h &&
           a->cancellation_fee_percent == b->cancellation_fee_percent &&
           a->no_show_fee_percent == b->no_show_fee_percent && a->shows_holders == b->shows_holders &&
           a->night_audit == b->night_audit && a->splits_stays == b->splits_stays && a->balance_rule == b->balance_rule;
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

struct str
overcommit_kind_name(enum overcommit_kind kind)
{
    switch (kind) {
    case OVERCOMMIT_CLOSURE: return STR("closure");
    case OVERCOMMIT_OVERSTAY: return STR("overstay");
    }
    assert(!"a kind of overcommit that is none");
    return STR("");
}

bool
overcommit_kind_parse(struct str name, enum overcommit_kind *ret_kind)
{
    for (int kind = OVERCOMMIT_CLOSURE; kind <= OVERCOMMIT_OVERSTAY; kind++) {
        if (str_equal(overcommit_kind_name((enum overcommit_kind)kind), name)) {
            *ret_kind = (enum overcommit_kind)kind;
            return true;
        }
    }
    return false;
}

int32_t
night_left(const struct night *night)
{
    return night->units - night->closed - night->sold - night->held + night->allowance + night->overcommit;
}

int32_t
night_free(const struct night *night)
{
    int32_t left = night_left(night);
    return left > 0 ? left : 0;
}

bool
night_is_overbooked(const struct night *night, int32_t gone)
{
    return night->sold + night->held > night->units - gone - night->closed;
}

bool
night_is_within(const struct night *night)
{
    return night_left(night) >= 0;
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

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Takes a run of digits without its leading zeros off the text. */
static struct str
take_number(struct str *text)
{
    size_t zeros = 0, len;
    while (zeros < text->len && text->ptr[zeros] == '0')
        zeros++;
    for (len = zeros; len < text->len && is_digit(text->ptr[len]);)
        len++;
    struct str number = str_of(text->ptr + zeros, len - zeros);
    *text = str_of(text->ptr + len, text->len - len);
    return number;
}

/* Runs of digits as the numbers they are, all else byte by byte. */
static int
compare_natural(struct str a, struct str b)
{
    while (a.len > 0 && b.len > 0) {
        if (is_digit(a.ptr[0]) && is_digit(b.ptr[0])) {
            struct str x = take_number(&a), y = take_number(&b);
            int order = x.len != y.len ? (x.len > y.len ? 1 : -1) : x.len == 0 ? 0 : memcmp(x.ptr, y.ptr, x.len);
            if (order != 0)
                return order > 0 ? 1 : -1;
            continue;
        }
        if (a.ptr[0] != b.ptr[0])
            return (unsigned char)a.ptr[0] > (unsigned char)b.ptr[0] ? 1 : -1;
        a = str_of(a.ptr + 1, a.len - 1);
        b = str_of(b.ptr + 1, b.len - 1);
    }
    return (a.len > b.len) - (a.len < b.len);
}

int
room_compare_walk(const struct room *a, const struct room *b)
{
    int order = compare_natural(a->building, b->building);
    if (order == 0)
        order = compare_natural(a->floor, b->floor);
    if (order == 0)
        order = compare_natural(a->number, b->number);
    return order != 0 ? order : id_compare(a->id, b->id);
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

struct str
night_audit_name(enum night_audit night_audit)
{
    static const struct str names[NIGHT_AUDIT_COUNT] = {{"none", 4}, {"automatic", 9}, {"by_hand", 7}};
    assert((int)night_audit >= 0 && night_audit < NIGHT_AUDIT_COUNT);
    return names[night_audit];
}

struct str
balance_rule_name(enum balance_rule rule)
{
    static const struct str names[BALANCE_RULE_COUNT] = {{"ignored", 7}, {"required", 8}};
    assert((int)rule >= 0 && rule < BALANCE_RULE_COUNT);
    return names[rule];
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
