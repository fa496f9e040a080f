/* Looking up and measuring. Night stays are measured in dates, slots in minutes and in local wall time, which the facts
 * bring because time zones are not known here. */
#include "core/wanted.h"

#include <assert.h>

enum { MINUTE_MS = 60000, DAY_MINUTES = 1440, SENTENCE = 112 };

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

static struct refusal *
refuse_rule(struct deciding *d, const struct wanted *wanted, struct str rule)
{
    struct refusal *refusal = deciding_refuse_rule(d, rule, NULL);
    refusal->leg = wanted->leg;
    return refusal;
}

/* "1 guest", "3 guests" */
static void
put_count(struct text *text, int32_t count, const char *thing)
{
    text_put_format(text, "%d %s%s", (int)count, thing, count == 1 ? "" : "s");
}

static void
put_date(struct text *text, int32_t date)
{
    char digits[DATE_TEXT_SIZE];
    date_format(date, digits);
    text_put(text, str_from(digits));
}

/* "09:30" */
static void
put_time(struct text *text, int32_t minutes)
{
    text_put_format(text, "%02d:%02d", (int)(minutes / 60), (int)(minutes % 60));
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
    *ret_wanted = (struct wanted){
        .leg = index, .span = leg->span, .party = leg->party > 0 ? leg->party : 1, .price = leg->price, .quantity = 1};
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
    ret_wanted->pinned = ret_wanted->room != NULL && (leg->pinned || party_is_tied(ret_wanted->party, type));
    return true;
}

bool
wanted_refuse_party(struct deciding *d, const struct wanted *wanted)
{
    int32_t most = wanted->room == NULL ? house_max_guests(&d->facts->house, wanted->type)
                                        : room_max_guests(wanted->room, wanted->type);
    if (wanted->party <= most)
        return false;
    struct refusal *refusal = refuse(d, wanted, OUTCOME_TOO_MANY_GUESTS);
    struct text text;
    text_init(&text, d->arena, SENTENCE);
    text_put(&text, wanted->room == NULL ? STR("This room type") : STR("Room "));
    text_put(&text, wanted->room == NULL ? STR("") : wanted->room->number);
    text_put(&text, STR(" takes at most "));
    put_count(&text, most, "guest");
    text_put_char(&text, '.');
    refusal->detail = deciding_cstr(d, &text);
    deciding_add_limit(refusal, "max_guests", most);
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

/* The first day that is past or not on sale yet, and which days are on sale. */
static struct refusal *
refuse_days(struct deciding *d, const struct wanted *wanted, const int32_t *nights, size_t count)
{
    struct refusal *refusal = refuse(d, wanted, OUTCOME_BEYOND_HORIZON);
    bool is_night = count > 0 && wanted->type->sold_by == SOLD_BY_NIGHT;
    bool is_given_up = is_night && !span_contains_instant(wanted->span, date_to_instant(nights[0]));
    int32_t first = d->facts->today, last = d->facts->today + HORIZON_DAYS - 1;
    struct text text;
    text_init(&text, d->arena, SENTENCE);
    if (count > 0) {
        text_put(&text, is_given_up ? STR("The night of ") : STR(""));
        put_date(&text, nights[0]);
        text_put(&text, nights[0] > last ? STR(" is not on sale yet")
                        : is_given_up    ? STR(" is past and stays as it was booked")
                                         : STR(" is past"));
        text_put(&text, STR(": the days on sale are "));
    } else {
        text_put(&text, STR("The days on sale are "));
    }
    put_date(&text, first);
    text_put(&text, STR(" to "));
    put_date(&text, last);
    text_put_char(&text, '.');
    refusal->detail = deciding_cstr(d, &text);
    refusal->nights = nights;
    refusal->night_count = count;
    deciding_add_date_limit(refusal, "first_day", first);
    deciding_add_date_limit(refusal, "last_day", last);
    return refusal;
}

static bool
refuse_nights(struct deciding *d, const struct wanted *wanted, const struct span *had)
{
    int32_t *nights;
    size_t count = list_nights_outside(d, wanted, had, &nights);
    if (count > 0 && !d->decision->out_of_memory)
        (void)refuse_days(d, wanted, nights, count);
    return count > 0;
}

static bool
is_always_open(const struct room_type *type)
{
    return type->opens_min == 0 && type->closes_min == DAY_MINUTES;
}

/* The day on which a slot begins at the property; false where nobody said. */
static bool
begins_on(const struct local_slot *local, int32_t *ret_date)
{
    struct str text = local->starts;
    return text.len >= DATE_TEXT_SIZE - 1 && date_parse(str_of(text.ptr, DATE_TEXT_SIZE - 1), ret_date);
}

/* By the day on which it begins at the property, or ends where that is what lies too far ahead. */
static void
refuse_slot_day(struct deciding *d, const struct wanted *wanted, const struct local_slot *local)
{
    int32_t *date = ARENA_NEW(d->arena, int32_t);
    if (date == NULL) {
        d->decision->out_of_memory = true;
        return;
    }
    bool known = begins_on(local, date);
    struct refusal *refusal = refuse_days(d, wanted, date, known ? 1 : 0);
    bool on_sale = known && *date >= d->facts->today && *date < d->facts->today + HORIZON_DAYS;
    if (on_sale) /* the day is not what is wrong with it */
        refusal->detail = "The slot, or what would change of it, is over or has begun.";
}

static void
refuse_length(struct deciding *d, const struct wanted *wanted)
{
    const struct room_type *type = wanted->type;
    struct refusal *refusal = refuse_rule(d, wanted, STR("slot_length"));
    struct text text;
    text_init(&text, d->arena, SENTENCE);
    text_put_format(&text, "A slot of this room type takes %d to ", (int)type->length_min);
    put_count(&text, type->length_max, "minute");
    text_put_char(&text, '.');
    refusal->detail = deciding_cstr(d, &text);
    deciding_add_limit(refusal, "length_min", type->length_min);
    deciding_add_limit(refusal, "length_max", type->length_max);
}

static void
refuse_notice(struct deciding *d, const struct wanted *wanted)
{
    struct refusal *refusal = refuse_rule(d, wanted, STR("notice"));
    struct text text;
    text_init(&text, d->arena, SENTENCE);
    text_put(&text, STR("The slot begins too soon: this room type asks for "));
    put_count(&text, wanted->type->notice_min, "minute");
    text_put(&text, STR(" of notice."));
    refusal->detail = deciding_cstr(d, &text);
    deciding_add_limit(refusal, "notice_min", wanted->type->notice_min);
}

static void
refuse_hours(struct deciding *d, const struct wanted *wanted)
{
    const struct room_type *type = wanted->type;
    struct refusal *refusal = refuse_rule(d, wanted, STR("opening_hours"));
    struct text text;
    text_init(&text, d->arena, SENTENCE);
    text_put(&text, STR("The slot is not within opening hours, "));
    put_time(&text, type->opens_min);
    text_put(&text, STR(" to "));
    put_time(&text, type->closes_min);
    text_put(&text, STR(" at the property."));
    refusal->detail = deciding_cstr(d, &text);
    deciding_add_limit(refusal, "opens_min", type->opens_min);
    deciding_add_limit(refusal, "closes_min", type->closes_min);
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
    int32_t day;
    bool ahead =
        begins_on(local, &day) ? day >= d->facts->today + HORIZON_DAYS : span.starts > now + HORIZON_DAYS * DATE_DAY_MS;
    if (span.ends <= now || ahead || begun_moves)
        refuse_slot_day(d, wanted, local);
    else if (length_ms < (int64_t)type->length_min * MINUTE_MS || length_ms > (int64_t)type->length_max * MINUTE_MS)
        refuse_length(d, wanted);
    else if (type->notice_min > 0 && span.starts < asked_at_ms + (int64_t)type->notice_min * MINUTE_MS)
        refuse_notice(d, wanted);
    else if (!is_always_open(type) && (local->starts_min < type->opens_min || local->ends_min > type->closes_min))
        refuse_hours(d, wanted);
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
    struct refusal *refusal = refuse_rule(d, wanted, STR("quota"));
    struct text text;
    text_init(&text, d->arena, SENTENCE);
    text_put(&text, STR("One person may have at most "));
    put_count(&text, quota, "booking");
    text_put(&text, STR(" ahead on this room type."));
    refusal->detail = deciding_cstr(d, &text);
    deciding_add_limit(refusal, "quota_per_booker", quota);
    return true;
}

struct span
wanted_ahead(const struct deciding *d, const struct wanted *wanted)
{
    struct span ahead = wanted->span;
    int64_t today = date_to_instant(d->facts->today);
    if (wanted->type->sold_by == SOLD_BY_NIGHT && ahead.starts < today)
        ahead.starts = today;
    return ahead;
}

bool
wanted_is_broken_today(struct deciding *d, const struct wanted *wanted)
{
    if (wanted->room == NULL || wanted->type->sold_by != SOLD_BY_NIGHT ||
        !span_contains_instant(wanted->span, date_to_instant(d->facts->today)))
        return false;
    const struct room_state *state = deciding_room_state(d, wanted->room->id);
    assert(state != NULL);
    return room_is_faulty(state);
}

bool
wanted_refuse_broken_today(struct deciding *d, const struct wanted *wanted, const char *field)
{
    if (!wanted_is_broken_today(d, wanted) || !deciding_refuse_faulty_today(d, wanted->room->id))
        return false;
    d->decision->refusal.leg = wanted->leg;
    d->decision->refusal.pointer = field == NULL ? NULL : wanted_pointer(d, wanted->leg, field);
    return true;
}
