/* The night audit: what has to be settled before a business day is closed, and then the date, last of all.
 *
 * Each booking is looked at once. What the desk makes after its turn, be it a walk-in or a check-in undone, is the next
 * audit's: between two steps anything may happen, and nothing that happens may make the audit wait for ever. */
#include <assert.h>

#include "core/decide_audit.h"
#include "core/decide_day.h"
#include "core/decide_end.h"
#include "core/decide_job.h"
#include "core/capacity.h"
#include "core/deciding_overcommit.h"
#include "core/deciding_stay.h"

/* As in job.def. */
enum audit_tally {
    AUDIT_NO_SHOW = 1,
    AUDIT_DUE_OUT,
    AUDIT_STAY_OVER,
    AUDIT_OVERSTAY,
    AUDIT_OVERCOMMIT,
};

bool
audit_refuse_start(struct deciding *d)
{
    const struct facts *facts = d->facts;
    if (facts->house.property->night_audit == NIGHT_AUDIT_NONE) {
        (void)deciding_refuse_rule(d, STR("no_night_audit"), "The business date follows the clock.");
        return true;
    }
    if (facts->today < facts->local_date)
        return false;
    struct refusal *refusal =
        deciding_refuse_rule(d, STR("day_not_over"), "The business date would be later than the local date.");
    deciding_add_date_limit(refusal, "business_date", facts->today);
    deciding_add_date_limit(refusal, "local_date", facts->local_date);
    return true;
}

static void
mark_no_shows(struct deciding *d, struct job_step *step)
{
    for (size_t i = 0; i < d->facts->step_count; i++) {
        struct booking *booking = &d->bookings[i];
        struct id room = booking->claim_count == 0 ? ID_NONE : booking->claims[0].room;
        end_as_no_show(d, booking, &(struct booking_step){.booking = booking->id});
        job_step_list(d, step, AUDIT_NO_SHOW, booking->id, room);
    }
    if (d->facts->step_count < JOB_STEP_MAX)
        job_step_go_to(step, AUDIT_STAYS);
}

/* --- who is in the house --- */

static bool
is_overdue(const struct booking *booking, int32_t day)
{
    return date_from_instant(booking->span.ends) <= day;
}

const struct booking *
audit_overstay(const struct facts *facts, const struct command *command)
{
    if (command->kind != COMMAND_STEP_JOB || facts->job == NULL || facts->step_count == 0 ||
        facts->job->kind != JOB_NIGHT_AUDIT || facts->job->phase != AUDIT_STAYS ||
        !is_overdue(&facts->bookings[0], facts->job->date))
        return NULL;
    return &facts->bookings[0];
}

struct span
audit_longer_span(const struct booking *booking, const struct facts *facts)
{
    return (struct span){booking->span.starts, date_to_instant(facts->job->date + 1)};
}

/* Whoever slept in it: it is to be cleaned. */
static void
make_dirty(struct deciding *d, struct id booking)
{
    struct room_state *room = deciding_room_of_guests(d, booking);
    if (room == NULL || room->cleanliness == CLEANLINESS_DIRTY)
        return;
    room->cleanliness = CLEANLINESS_DIRTY;
    (void)deciding_put_room_state(d, room, NULL);
}

static bool
extend_by_a_night(struct deciding *d, struct booking *booking)
{
    struct rooming rooming[ROOMING_BOOKINGS_MAX];
    bool changed;
    if (rooming_of_command(d->command, d->facts, d->arena, rooming) == 0) {
        d->decision->out_of_memory = true;
        return false;
    }
    struct span longer = audit_longer_span(booking, d->facts);
    struct room_terms terms = {.may_displace = true, .insists = INSISTS_BY_FORCE}; /* they are in it */
    if (!capacity_change_rooms(d, rooming, 1, terms, &changed))
        return false;
    booking->span = longer;
    deciding_record_step(d, booking, BOOKING_COMMAND_EXTEND, BOOKING_CHECKED_IN, (struct str){NULL, 0});
    return true;
}

/* One unit more than there is, for the night, of the type that they are in. */
static bool
extend_beyond_units(struct deciding *d, struct booking *booking)
{
    const struct room *room = booking->claim_count == 0
                                  ? NULL
                                  : house_find_room(&d->facts->house, booking->claims[booking->claim_count - 1].room);
    struct span longer = audit_longer_span(booking, d->facts);
    return room != NULL &&
           deciding_overcommit(d, room->room_type, (struct span){booking->span.ends, longer.ends}, 1,
                               OVERCOMMIT_OVERSTAY, booking->id) &&
           extend_by_a_night(d, booking);
}

/* They are in their room whatever anybody decides. Where the last unit is another's, there is one more than there are.
 * Where the room itself is, the stay is left as it is and told: the desk has two parties and one room, and has to
 * know. */
static void
settle_overstay(struct deciding *d, struct job_step *step, struct id id)
{
    bool had = extend_by_a_night(d, deciding_booking(d, id));
    if (!had && !d->decision->out_of_memory) {
        deciding_restart(d);
        if (!d->decision->out_of_memory && !extend_beyond_units(d, deciding_booking(d, id)))
            deciding_restart(d);
    }
    if (d->decision->out_of_memory)
        return;
    const struct room_state *room = deciding_room_of_guests(d, id);
    job_step_list(d, step, had ? AUDIT_OVERSTAY : AUDIT_OVERCOMMIT, id, room == NULL ? ID_NONE : room->room);
    make_dirty(d, id);
}

/* A stay whose departure has come is a step of its own: what else is looked at would be in doubt if it can't be
 * extended. */
static void
settle_stays(struct deciding *d, struct job_step *step)
{
    const struct booking *late = audit_overstay(d->facts, d->command);
    size_t taken = 0;
    if (late != NULL) {
        settle_overstay(d, step, late->id);
        taken = 1;
    } else
        while (taken < d->facts->step_count && !is_overdue(&d->bookings[taken], step->job->date)) {
            const struct booking *booking = &d->bookings[taken++];
            bool leaves = date_from_instant(booking->span.ends) == step->job->date + 1;
            job_step_count(step, leaves ? AUDIT_DUE_OUT : AUDIT_STAY_OVER);
            make_dirty(d, booking->id);
        }
    if (taken > 0)
        step->job->cursor = d->facts->bookings[taken - 1].id;
    if (taken == d->facts->step_count && taken < JOB_STEP_MAX)
        job_step_go_to(step, AUDIT_CLOSE);
}

/* --- the end --- */

/* A clock that was set back meanwhile is waited for. */
static void
close_day(struct deciding *d, struct job_step *step)
{
    assert(step->job->date == d->facts->today);
    if (audit_refuse_start(d))
        return;
    day_roll_to(d, step->job->date + 1);
    job_step_complete(d, step);
}

void
audit_step(struct deciding *d, struct job_step *step)
{
    switch (step->job->phase) {
    case AUDIT_NO_SHOWS: mark_no_shows(d, step); return;
    case AUDIT_STAYS: settle_stays(d, step); return;
    case AUDIT_CLOSE: close_day(d, step); return;
    default: assert(!"a phase that is none");
    }
}
