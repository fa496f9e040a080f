/* Units and overbooking allowance of a type over a range of nights, set by a manager.
 *
 * Units can be set only where stock is a count: elsewhere they are the rooms. No setting may leave a night with less
 * than what is sold and held on it; such nights are named, and nothing is set. */
#include "core/deciding.h"

/* The nights a caller is told of; a range may be a mistake of years. */
enum { NIGHTS_NAMED_MAX = STAY_NIGHTS_MAX };

/* True when the type or the fields don't allow it, and it was refused for that. */
static bool
refuse_bad_fields(struct deciding *d, const struct set_inventory *asked)
{
    const struct room_type *type = house_find_type(&d->facts->house, asked->room_type);
    if (type == NULL)
        deciding_refuse_field(d, OUTCOME_NOT_FOUND, "/room_type_id", "There is no such room type.");
    else if (type->sold_by != SOLD_BY_NIGHT)
        deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, "/room_type_id",
                              "It is sold by the minute and has no nights.");
    else if (asked->from >= asked->until)
        deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, "/until", "It is not after `from`.");
    else if (asked->units >= 0 && type->stock != STOCK_COUNT)
        deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, "/units", "Its units are its rooms.");
    else if (asked->units < 0 && asked->allowance < 0)
        deciding_refuse_field(d, OUTCOME_VALIDATION_FAILED, "/units", "Neither units nor an allowance is given.");
    return deciding_refused(d);
}

static bool
is_on_sale(const struct deciding *d, const struct night *night, int32_t date)
{
    return night != NULL && date >= d->facts->today && date < d->facts->today + HORIZON_DAYS;
}

static bool
would_be_within(const struct set_inventory *asked, const struct night *night)
{
    struct night after = *night;
    if (asked->units >= 0)
        after.units = asked->units;
    if (asked->allowance >= 0)
        after.allowance = asked->allowance;
    return night_is_within(&after);
}

/* Goes through the nights and refuses for the first reason that holds, naming the nights it holds for. */
static bool
refuse_bad_nights(struct deciding *d, const struct set_inventory *asked)
{
    int32_t *beyond = ARENA_ARRAY(d->arena, NIGHTS_NAMED_MAX, int32_t);
    int32_t *over = ARENA_ARRAY(d->arena, NIGHTS_NAMED_MAX, int32_t);
    if (beyond == NULL || over == NULL) {
        d->decision->out_of_memory = true;
        return true;
    }
    size_t beyond_count = 0, over_count = 0;
    for (int32_t date = asked->from; date < asked->until && beyond_count < NIGHTS_NAMED_MAX; date++) {
        const struct night *night = deciding_night(d, asked->room_type, date);
        if (!is_on_sale(d, night, date))
            beyond[beyond_count++] = date;
        else if (over_count < NIGHTS_NAMED_MAX && !would_be_within(asked, night))
            over[over_count++] = date;
    }
    if (beyond_count == 0 && over_count == 0)
        return false;
    struct refusal *refusal = deciding_refuse(d, beyond_count > 0 ? OUTCOME_BEYOND_HORIZON : OUTCOME_IN_USE);
    refusal->nights = beyond_count > 0 ? beyond : over;
    refusal->night_count = beyond_count > 0 ? beyond_count : over_count;
    if (beyond_count > 0) {
        deciding_add_date_limit(refusal, "first_day", d->facts->today);
        deciding_add_date_limit(refusal, "last_day", d->facts->today + HORIZON_DAYS - 1);
    } else {
        refusal->detail = "More is sold and held on these nights than would be left.";
    }
    return true;
}

void
decide_set_inventory(struct deciding *d)
{
    const struct set_inventory *asked = &d->command->set_inventory;
    if (refuse_bad_fields(d, asked) || refuse_bad_nights(d, asked))
        return;
    struct nights_set *nights = ARENA_NEW(d->arena, struct nights_set);
    if (nights == NULL) {
        d->decision->out_of_memory = true;
        return;
    }
    *nights = (struct nights_set){.room_type = asked->room_type,
                                  .from = asked->from,
                                  .until = asked->until,
                                  .units = asked->units < 0 ? -1 : asked->units,
                                  .allowance = asked->allowance < 0 ? -1 : asked->allowance};
    deciding_set_nights(d, nights);
    deciding_event(d, (struct event){.kind = STR("inventory.set"),
                                     .subject_kind = ID_ROOM_TYPE,
                                     .subject = asked->room_type,
                                     .state = EVENT_OF_INVENTORY,
                                     .nights = nights});
}
