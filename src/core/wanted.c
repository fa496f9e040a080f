/* Looking up and measuring. Night stays are measured in dates, slots in minutes and in local wall time, which the facts
 * bring because time zones are not known here. */
#include "core/wanted.h"

#include <assert.h>

enum { MINUTE_MS = 60000, DAY_MINUTES = 1440 };

const char *
wanted_pointer(struct deciding *d, size_t leg, const char *field)
{
    struct text text;
    text_init(&text, d->arena, 48);
    if (d->command->kind == COMMAND_CREATE_BOOKINGS && d->command->create_bookings.from_legs)
        text_put_format(&text, "/legs/%zu", leg);
    text_put_format(&text, "/%s", field);
    return deciding_cstr(d, &text);
}

static struct refusal *
refuse(struct deciding *d, const struct wanted *wanted, enum outcome outcome)
{
    struct refusal *refusal = deciding_refuse(d, outcome);
    refusal->leg = wanted->leg;
    return refusal;
}

static void
refuse_field(struct deciding *d, const struct wanted *wanted, enum outcome outcome, const char *field,
             const char *detail)
{
    deciding_refuse_field(d, outcome, wanted_pointer(d, wanted->leg, field), detail);
    d->decision->refusal.leg = wanted->leg;
}

static void
refuse_rule(struct deciding *d, const struct wanted *wanted, struct str rule, const char *detail)
{
    struct refusal *refusal = refuse(d, wanted, OUTCOME_POLICY_REFUSED);
    refusal->rule = rule;
    refusal->detail = detail;
}

/* The room says its type; a type that is given as well must be that one. */
static void
look_up(struct deciding *d, const struct leg *leg, struct wanted *wanted)
{
    const struct house *house = &d->facts->house;
    struct id type = leg->room_type;
    if (!id_is_none(leg->room)) {
        wanted->room = house_find_room(house, leg->room);
        if (wanted->room == NULL) {
            refuse_field(d, wanted, OUTCOME_NOT_FOUND, "room_id", "There is no such room.");
            return;
        }
        type = wanted->room->room_type;
    }
    if (!id_is_none(leg->room_type) && house_find_type(house, leg->room_type) == NULL)
        refuse_field(d, wanted, OUTCOME_NOT_FOUND, "room_type_id", "There is no such room type.");
    else if (!id_is_none(leg->room_type) && !id_equal(leg->room_type, type))
        refuse_field(d, wanted, OUTCOME_VALIDATION_FAILED, "room_id", "The room is not of this room type.");
    else
        wanted->type = house_find_type(house, type);
}

bool
wanted_resolve(struct deciding *d, const struct leg *leg, size_t index, struct wanted *ret_wanted)
{
    *ret_wanted =
        (struct wanted){.leg = index, .span = leg->span, .party = leg->party, .quantity = 1, .pinned = leg->pinned};
    look_up(d, leg, ret_wanted);
    if (deciding_refused(d))
        return false;
    const struct room_type *type = ret_wanted->type;
    if (type == NULL) {
        refuse_field(d, ret_wanted, OUTCOME_NOT_FOUND, "room_type_id", "There is no such room type.");
        return false;
    }
    if (leg->by_minute != (type->sold_by == SOLD_BY_MINUTE)) {
        refuse_field(d, ret_wanted, OUTCOME_VALIDATION_FAILED, leg->by_minute ? "starts_at" : "arrival",
                     leg->by_minute ? "This is sold by the night: give arrival and departure."
                                    : "This is sold by the minute: give starts_at and ends_at.");
        return false;
    }
    if (type->sold_by == SOLD_BY_MINUTE)
        ret_wanted->turnaround_ms = (int64_t)type->turnaround_min * MINUTE_MS;
    return true;
}

/* What the type takes, or less where all of its rooms are smaller. */
static int32_t
type_max_guests(const struct house *house, const struct room_type *type)
{
    int32_t most = 0;
    for (size_t i = 0; i < house->room_count; i++) {
        const struct room *room = &house->rooms[i];
        if (id_equal(room->room_type, type->id) && room_max_guests(room, type) > most)
            most = room_max_guests(room, type);
    }
    return most > 0 && most < type->max_guests ? most : type->max_guests;
}

bool
wanted_refuse_party(struct deciding *d, const struct wanted *wanted)
{
    int32_t most = wanted->room == NULL ? type_max_guests(&d->facts->house, wanted->type)
                                        : room_max_guests(wanted->room, wanted->type);
    if (wanted->party <= most)
        return false;
    refuse(d, wanted, OUTCOME_TOO_MANY_GUESTS);
    return true;
}

static bool
is_night_of(const struct span *span, int32_t date)
{
    return span != NULL && span_contains_instant(*span, date_to_instant(date));
}

/* Which nights can't be asked for: a night that is past may be there or not as it was, but not change; and nothing is
 * sold from the horizon on. At most the nights of two stays. */
static size_t
list_nights_outside(struct deciding *d, const struct wanted *wanted, const struct span *had, int32_t **ret_nights)
{
    const struct span *spans[] = {&wanted->span, had};
    int32_t today = d->facts->today;
    size_t count = 0;
    *ret_nights = ARENA_ARRAY(d->arena, (size_t)2 * STAY_NIGHTS_MAX, int32_t);
    if (*ret_nights == NULL) {
        d->decision->out_of_memory = true;
        return 1;
    }
    for (size_t i = 0; i < 2; i++) {
        int32_t from, until;
        if (spans[i] == NULL || !span_to_nights(*spans[i], &from, &until))
            continue;
        for (int32_t date = from; date < until && count < (size_t)2 * STAY_NIGHTS_MAX; date++) {
            bool changes = is_night_of(&wanted->span, date) != is_night_of(had, date);
            bool beyond = i == 0 && date >= today + HORIZON_DAYS;
            if (beyond || (date < today && changes))
                (*ret_nights)[count++] = date;
        }
    }
    return count;
}

static bool
refuse_nights(struct deciding *d, const struct wanted *wanted, const struct span *had)
{
    int32_t *nights;
    size_t count = list_nights_outside(d, wanted, had, &nights);
    if (count == 0)
        return false;
    struct refusal *refusal = refuse(d, wanted, OUTCOME_BEYOND_HORIZON);
    refusal->nights = nights;
    refusal->night_count = count;
    return true;
}

static bool
is_always_open(const struct room_type *type)
{
    return type->opens_min == 0 && type->closes_min == DAY_MINUTES;
}

static bool
refuse_slot(struct deciding *d, const struct wanted *wanted, const struct span *had, int64_t asked_at_ms)
{
    const struct room_type *type = wanted->type;
    struct span span = wanted->span;
    int64_t now = d->facts->now_ms, length_ms = span.ends - span.starts;
    assert(wanted->leg < d->facts->local_count);
    const struct local_slot *local = &d->facts->local[wanted->leg];
    bool begun_moves = had != NULL && had->starts <= now && had->starts != span.starts;
    if (span.ends <= now || span.ends > now + HORIZON_DAYS * DATE_DAY_MS || begun_moves)
        refuse(d, wanted, OUTCOME_BEYOND_HORIZON);
    else if (length_ms < (int64_t)type->length_min * MINUTE_MS || length_ms > (int64_t)type->length_max * MINUTE_MS)
        refuse_rule(d, wanted, STR("slot_length"), "The slot is shorter or longer than this room type is let.");
    else if (type->notice_min > 0 && span.starts < asked_at_ms + (int64_t)type->notice_min * MINUTE_MS)
        refuse_rule(d, wanted, STR("notice"), "The slot begins too soon: this room type asks for notice.");
    else if (!is_always_open(type) && (local->starts_min < type->opens_min || local->ends_min > type->closes_min))
        refuse_rule(d, wanted, STR("opening_hours"), "The slot is not within opening hours.");
    return deciding_refused(d);
}

bool
wanted_refuse_time(struct deciding *d, const struct wanted *wanted, const struct span *had, int64_t asked_at_ms)
{
    return wanted->type->sold_by == SOLD_BY_MINUTE ? refuse_slot(d, wanted, had, asked_at_ms)
                                                   : refuse_nights(d, wanted, had);
}

bool
wanted_refuse_quota(struct deciding *d, const struct wanted *wanted, int64_t more)
{
    int32_t quota = wanted->type->quota_per_booker;
    if (wanted->type->sold_by != SOLD_BY_MINUTE || quota == 0 || role_is_staff(d->command->actor.role))
        return false;
    assert(wanted->leg < d->facts->local_count);
    if (d->facts->local[wanted->leg].live_ahead + more < quota)
        return false;
    refuse_rule(d, wanted, STR("quota"), "You have as many bookings ahead on this room type as one person may.");
    return true;
}
