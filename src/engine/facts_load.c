/* The parts of the loader in their order, and what time it is for a command: the business date, and wall time at the
 * property. */
#include "engine/facts_load_part.h"

#include "core/date.h"
#include "engine/facts_job.h"
#include "engine/facts_people.h"

static struct str
local_text(struct facts_loader *l, int64_t ms, int32_t *ret_date, int32_t *ret_minutes)
{
    int64_t local = ms + (int64_t)zone_offset_s(l->in->house->zone, ms) * 1000;
    char text[INSTANT_TEXT_SIZE];
    instant_format(local, text);
    *ret_date = date_from_instant(local);
    *ret_minutes = (int32_t)((local - date_to_instant(*ret_date)) / 60000);
    return arena_copy_str(l->in->arena, str_of(text, sizeof("2027-03-01T10:00") - 1));
}

static enum db_status
load_local(struct facts_loader *l)
{
    const struct leg *legs;
    size_t count = facts_legs(l->in->command, l->facts, l->in->arena, &legs);
    struct local_slot *slots = ARENA_ARRAY(l->in->arena, count, struct local_slot);
    if (slots == NULL)
        return facts_no_memory(l);
    for (size_t i = 0; i < count; i++) {
        if (!legs[i].by_minute)
            continue;
        int32_t first, last;
        slots[i].starts = local_text(l, legs[i].span.starts, &first, &slots[i].starts_min);
        slots[i].ends = local_text(l, legs[i].span.ends, &last, &slots[i].ends_min);
        slots[i].ends_min += (last - first) * 1440;
        const struct room *room = house_find_room(&l->facts->house, legs[i].room);
        struct id type_id = room != NULL ? room->room_type : legs[i].room_type;
        const struct room_type *type = house_find_type(&l->facts->house, type_id);
        if (type == NULL || type->quota_per_booker == 0)
            continue;
        enum db_status status = store_count_ahead(l->in->store, l->in->property, type_id, l->in->command->actor.name,
                                                  l->in->now_ms, &slots[i].live_ahead);
        if (status != DB_OK)
            return status;
    }
    l->facts->local = slots;
    l->facts->local_count = count;
    return DB_OK;
}

static int32_t
date_from(const struct zone *zone, int64_t now_ms, int32_t day_rolls_at_min)
{
    return zone_local_date(zone, now_ms - (int64_t)day_rolls_at_min * 60000);
}

int32_t
facts_clock_date(const struct property *property, const struct zone *zone, int64_t now_ms)
{
    return date_from(zone, now_ms, property->day_rolls_at_min);
}

int32_t
facts_today(const struct house_entry *house, int64_t now_ms)
{
    const struct property *property = house->house.property;
    if (property == NULL)
        return date_from_instant(now_ms);
    if (property->night_audit != NIGHT_AUDIT_NONE)
        return property->business_date;
    return facts_clock_date(property, house->zone, now_ms);
}

int64_t
facts_today_until(const struct house_entry *house, int64_t now_ms)
{
    const struct property *property = house->house.property;
    int32_t tomorrow = facts_today(house, now_ms) + 1;
    if (property == NULL)
        return date_to_instant(tomorrow);
    if (property->night_audit == NIGHT_AUDIT_BY_HAND)
        return INT64_MAX;
    int64_t until_ms = zone_instant_of(house->zone, tomorrow, 0) + (int64_t)property->day_rolls_at_min * 60000;
    return until_ms > now_ms || property->night_audit == NIGHT_AUDIT_NONE ? until_ms : INT64_MAX;
}

static void
load_dates(const struct facts_load *load, struct facts *facts)
{
    const struct house_entry *house = load->house;
    const struct property *property = house->house.property;
    facts->today = facts->clock_date = facts->local_date = facts_today(house, load->now_ms);
    if (property == NULL)
        return;
    facts->clock_date = facts_clock_date(property, house->zone, load->now_ms);
    facts->local_date = zone_local_date(house->zone, load->now_ms);
    if (load->command != NULL && load->command->kind == COMMAND_AMEND_PROPERTY)
        facts->today_asked =
            date_from(house->zone, load->now_ms, load->command->put_property.property.day_rolls_at_min);
}

static void
loader_init(struct facts_loader *l, const struct facts_load *load, struct facts *ret_facts)
{
    *ret_facts = (struct facts){.now_ms = load->now_ms, .house = load->house->house};
    load_dates(load, ret_facts);
    *l = (struct facts_loader){
        .in = load,
        .facts = ret_facts,
        .bookings.size = sizeof(struct booking),
        .holds.size = sizeof(struct hold),
        .claims.size = sizeof(struct claim),
        .loose.size = sizeof(struct loose),
        .stocks.size = sizeof(struct stock),
        .blockers.size = sizeof(struct claim),
        .room_states.size = sizeof(struct room_state),
    };
}

int64_t
facts_begins(const struct house_entry *house, const struct booking *booking)
{
    return booking->by_minute ? booking->span.starts
                              : zone_instant_of(house->zone, date_from_instant(booking->span.starts), 0);
}

/* Until when a cancellation is free is counted from here. */
static void
find_begins(struct facts_loader *l)
{
    const struct booking *bookings = l->bookings.items;
    int64_t *begins = ARENA_ARRAY(l->in->arena, l->bookings.count + 1, int64_t);
    for (size_t i = 0; begins != NULL && i < l->bookings.count; i++)
        begins[i] = facts_begins(l->in->house, &bookings[i]);
    l->facts->begins = begins;
}

static void
loader_done(struct facts_loader *l)
{
    struct facts *facts = l->facts;
    if (l->in->command != NULL && facts_wants_begins(l->in->command))
        find_begins(l);
    facts->bookings = l->bookings.items;
    facts->booking_count = l->bookings.count;
    facts->holds = l->holds.items;
    facts->hold_count = l->holds.count;
    facts->claims = l->claims.items;
    facts->claim_count = l->claims.count;
    facts->loose = l->loose.items;
    facts->loose_count = l->loose.count;
    facts->stocks = l->stocks.items;
    facts->stock_count = l->stocks.count;
    facts->blockers = l->blockers.items;
    facts->blocker_count = l->blockers.count;
    facts->room_states = l->room_states.items;
    facts->room_state_count = l->room_states.count;
}

/* What a step of a job takes up comes first of all bookings. */
static enum db_status
load_step(struct facts_loader *l)
{
    struct id *ids;
    size_t count;
    enum db_status status = facts_load_job(l->in, l->facts);
    if (status == DB_OK)
        status = facts_find_step(l->in, l->facts, &ids, &count);
    for (size_t i = 0; status == DB_OK && i < count; i++)
        status = facts_add_booking(l, ids[i]);
    l->facts->step_count = l->bookings.count;
    return status;
}

enum db_status
facts_load(const struct facts_load *load, struct facts *ret_facts)
{
    struct facts_loader l;
    loader_init(&l, load, ret_facts);
    enum db_status status = load_step(&l);
    if (status == DB_OK)
        status = facts_load_named(&l);
    if (status == DB_OK)
        status = load_local(&l);
    if (status == DB_OK)
        status = facts_load_blockers(&l);
    if (status == DB_OK)
        status = facts_load_people(load, &ret_facts->people);
    if (status == DB_OK)
        status = facts_load_wants(&l);
    if (status == DB_OK)
        status = facts_load_money(&l);
    if (status == DB_OK && load->arena->overflowed)
        status = facts_no_memory(&l);
    loader_done(&l);
    return status;
}

enum db_status
facts_load_lapsed(const struct facts_load *load, int64_t limit, struct facts *ret_facts)
{
    struct facts_loader l;
    loader_init(&l, load, ret_facts);
    struct id *bookings, *holds;
    size_t booking_count, hold_count;
    enum db_status status = store_lapsed_any(load->store, load->property, load->now_ms, limit, load->arena, &bookings,
                                             &booking_count, &holds, &hold_count);
    for (size_t i = 0; status == DB_OK && i < booking_count; i++)
        status = facts_add_booking(&l, bookings[i]);
    for (size_t i = 0; status == DB_OK && i < hold_count; i++)
        status = facts_add_hold(&l, holds[i]);
    if (status == DB_OK)
        status = facts_load_money(&l);
    if (status == DB_OK)
        status = facts_load_overcommitted(&l);
    loader_done(&l);
    return status;
}
