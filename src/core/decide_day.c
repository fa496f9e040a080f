/* Where the audit is automatic, a day on which there is nothing to do is closed without one, and so are several in a
 * row: a house that was shut for the winter wakes up on the present day. A day with work is closed by its audit, each
 * by one of its own, so that each has its report. */
#include "core/decide_day.h"
#include "core/decide_job.h"

#include <assert.h>

#include "core/date.h"

static struct str
date_text(struct deciding *d, int32_t date)
{
    char *text = arena_alloc(d->arena, DATE_TEXT_SIZE);
    if (text == NULL) {
        d->decision->out_of_memory = true;
        return (struct str){"", 0};
    }
    date_format(date, text);
    return str_from(text);
}

void
day_roll_to(struct deciding *d, int32_t date)
{
    const struct property *present = d->facts->house.property;
    assert(present->night_audit != NIGHT_AUDIT_NONE && date > present->business_date && date <= d->facts->local_date);
    struct property *property = ARENA_NEW(d->arena, struct property);
    if (property == NULL) {
        d->decision->out_of_memory = true;
        return;
    }
    *property = *present;
    property->business_date = date;
    property->version = present->version + 1;
    deciding_change(d, (struct change){.kind = CHANGE_PROPERTY, .property = property});
    deciding_event(d, (struct event){.kind = STR("business_date.rolled"),
                                     .subject_kind = ID_PROPERTY,
                                     .subject = property->id,
                                     .from = date_text(d, present->business_date),
                                     .to = date_text(d, date),
                                     .state = EVENT_OF_PROPERTY,
                                     .property = property,
                                     .records_head = true});
}

/* The first day that can't be closed without an audit, or the clock's. */
static int32_t
first_day_with_work(const struct facts *facts)
{
    int32_t day = facts->clock_date;
    if (facts->work.first_arrival < day)
        day = facts->work.first_arrival;
    return facts->work.in_house || day < facts->today ? facts->today : day;
}

void
decide_turn_day(struct deciding *d)
{
    if (d->facts->running != NULL)
        return; /* it rolls the date, when it is through */
    int32_t day = first_day_with_work(d->facts);
    if (day > d->facts->today)
        day_roll_to(d, day);
    if (day < d->facts->clock_date)
        job_begin(d, JOB_NIGHT_AUDIT, day);
}
