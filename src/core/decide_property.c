/* A property comes to be, or its policies change.
 *
 * Zone and currency are fixed once it exists: every stay, slot and price of it was understood in them. The number of a
 * new property comes with the command, since it leads the keys of what the decision writes. */
#include <assert.h>

#include "core/deciding.h"

static void
refuse_taken_name(struct deciding *d)
{
    struct text text;
    text_init(&text, d->arena, 96);
    text_put_format(&text, "There is a property with the name \"%.*s\" already.", STR_ARG(d->facts->taken));
    deciding_refuse_field(d, OUTCOME_ALREADY_EXISTS, "/name", deciding_cstr(d, &text));
}

static void
record(struct deciding *d, const struct property *property, struct str kind)
{
    deciding_change(d, (struct change){.kind = CHANGE_PROPERTY, .property = property});
    deciding_event(d, (struct event){.kind = kind,
                                     .subject_kind = ID_PROPERTY,
                                     .subject = property->id,
                                     .state = EVENT_OF_PROPERTY,
                                     .property = property});
}

/* A copy of the property asked for, in the arena; NULL when that is full. */
static struct property *
copy_property(struct deciding *d)
{
    struct property *property = ARENA_NEW(d->arena, struct property);
    if (property == NULL)
        d->decision->out_of_memory = true;
    else
        *property = d->command->put_property.property;
    return property;
}

static void
create(struct deciding *d)
{
    assert(d->command->put_property.property.number > 0);
    if (d->facts->name_taken) {
        refuse_taken_name(d);
        return;
    }
    struct property *property = copy_property(d);
    if (property == NULL)
        return;
    property->id = deciding_fresh_id(d);
    if (property->night_audit == NIGHT_AUDIT_NONE)
        property->business_date = 0;
    property->created_at = d->facts->now_ms;
    property->version = 1;
    record(d, property, STR("property.created"));
}

/* Who rolls the date may change while there is one date: where the audit is behind the clock, or ahead of it, some day
 * would be left out or come twice. */
static bool
refuse_other_audit(struct deciding *d, const struct property *present, const struct property *asked)
{
    if (asked->night_audit == present->night_audit || present->night_audit == NIGHT_AUDIT_NONE)
        return false;
    if (d->facts->running != NULL) {
        struct refusal *running = deciding_refuse_rule(d, STR("audit_running"), "The night audit is running.");
        running->pointer = "/night_audit";
        running->job = d->facts->running->id;
        return true;
    }
    if (present->business_date == d->facts->today_asked)
        return false;
    struct refusal *refusal =
        deciding_refuse_rule(d, STR("business_date_differs"), "The business date is not that of the clock.");
    refusal->pointer = "/night_audit";
    deciding_add_date_limit(refusal, "business_date", present->business_date);
    deciding_add_date_limit(refusal, "clock_date", d->facts->today_asked);
    return true;
}

/* The date that is stored: the present one, once and for as long as an audit rolls it. */
static int32_t
stored_date(const struct deciding *d, const struct property *asked)
{
    return asked->night_audit == NIGHT_AUDIT_NONE ? 0 : d->facts->today;
}

/* The day that was begun stays: its stays have arrived, its nights before are over and counted. */
static bool
refuse_date_back(struct deciding *d)
{
    if (d->facts->house.property->night_audit != NIGHT_AUDIT_NONE || d->facts->today_asked >= d->facts->today)
        return false;
    deciding_refuse_rule(d, STR("business_date_back"),
                         "The business date would go back to the day before; ask again once that minute has passed.")
        ->pointer = "/day_rolls_at_min";
    return true;
}

static void
amend(struct deciding *d)
{
    const struct property *present = d->facts->house.property;
    const struct property *asked = &d->command->put_property.property;
    if (present == NULL || !id_equal(present->id, asked->id)) {
        deciding_refuse(d, OUTCOME_NOT_FOUND);
        return;
    }
    if (!str_equal(present->time_zone, asked->time_zone)) {
        deciding_refuse_field(d, OUTCOME_READ_ONLY_FIELD, "/time_zone", NULL);
        return;
    }
    if (!str_equal(present->currency, asked->currency)) {
        deciding_refuse_field(d, OUTCOME_READ_ONLY_FIELD, "/currency", NULL);
        return;
    }
    if (deciding_refuse_stale(d, present->version))
        return;
    if (d->facts->name_taken) {
        refuse_taken_name(d);
        return;
    }
    if (property_is_same(asked, present)) {
        d->decision->unchanged = present->id;
        return;
    }
    if (refuse_date_back(d) || refuse_other_audit(d, present, asked))
        return;
    struct property *property = copy_property(d);
    if (property == NULL)
        return;
    property->number = present->number;
    property->created_at = present->created_at;
    property->business_date = stored_date(d, asked);
    property->version = present->version + 1;
    record(d, property, STR("property.amended"));
}

void
decide_put_property(struct deciding *d)
{
    if (d->command->kind == COMMAND_CREATE_PROPERTY)
        create(d);
    else
        amend(d);
}
