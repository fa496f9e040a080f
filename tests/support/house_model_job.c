/* Jobs of a house: what a step of one takes up, and what is written of it. One at a time, and the latest is kept.
 *
 * The rules of loading are those of the engine's statements, said once more: who was to come on the day that is closed,
 * and who is in a room, in order of their bookings. */
#include "core/decide_audit.h"
#include "tests/support/house_model_part.h"

static bool
is_in_house(const struct house_model *model, struct id booking)
{
    for (size_t i = 0; i < model->room_count; i++)
        if (room_is_occupied(&model->room_states[i]) && id_equal(model->room_states[i].occupant, booking))
            return true;
    return false;
}

bool
model_is_due_on(const struct house_model *model, const struct booking *booking, int32_t date)
{
    const struct room_type *type = model_type(model, booking->room_type);
    return booking->status == BOOKING_CONFIRMED && type->sold_by == SOLD_BY_NIGHT && type->stock == STOCK_ROOMS &&
           date_from_instant(booking->span.starts) == date;
}

static bool
is_taken_up(const struct house_model *model, const struct booking *booking)
{
    const struct job *job = &model->job;
    if (job->phase == AUDIT_NO_SHOWS)
        return model_is_due_on(model, booking, job->date);
    return job->phase == AUDIT_STAYS && is_in_house(model, booking->id) && id_compare(booking->id, job->cursor) > 0;
}

size_t
model_list_step(const struct house_model *model, struct id ret_ids[MODEL_BOOKINGS])
{
    size_t count = 0;
    for (size_t i = 0; i < model->booking_count && model_job_runs(model); i++) {
        if (!is_taken_up(model, &model->bookings[i]))
            continue;
        size_t at = count++;
        for (; at > 0 && id_compare(ret_ids[at - 1], model->bookings[i].id) > 0; at--)
            ret_ids[at] = ret_ids[at - 1];
        ret_ids[at] = model->bookings[i].id;
    }
    return count;
}

bool
model_job_runs(const struct house_model *model)
{
    return !id_is_none(model->job.id) && model->job.status == JOB_RUNNING;
}

void
model_load_job(const struct house_model *model, const struct command *command, struct facts *facts)
{
    facts->local_date = facts->clock_date = model->local_date;
    if (command->kind == COMMAND_START_JOB && model_job_runs(model))
        facts->running = &model->job;
    if (command->kind != COMMAND_STEP_JOB || id_is_none(model->job.id) ||
        !id_equal(command->step_job.job, model->job.id))
        return;
    facts->job = &model->job;
    facts->items = model->job_items;
    facts->item_count = model->job_item_count;
}

bool
model_put_job(struct house_model *model, const struct job *row)
{
    bool is_known = id_equal(model->job.id, row->id);
    if (row->version != (is_known ? model->job.version + 1 : 1))
        return model_fail(model, "L6", "a job changes without version + 1");
    if (is_known != model_job_runs(model))
        return model_fail(model, "L1", "a job begins beside another, or goes on after its end");
    if (row->date != model->today && row->status == JOB_RUNNING)
        return model_fail(model, "L1", "a job is about another day than the house is in");
    if (!is_known)
        model->job_item_count = 0;
    model->job = *row;
    return true;
}

bool
model_put_job_item(struct house_model *model, struct id job, const struct job_item *item)
{
    if (!id_equal(job, model->job.id) || item->number != (int64_t)model->job_item_count + 1)
        return model_fail(model, "E2", "a line of a report that is not the next");
    if (model->job_item_count == MODEL_JOB_ITEMS)
        return model_fail(model, "model", "too many lines of a report");
    model->job_items[model->job_item_count++] = *item;
    return true;
}

bool
model_put_property(struct house_model *model, const struct property *row)
{
    if (row->version != model->property.version + 1)
        return model_fail(model, "L6", "a property changes without version + 1");
    if (row->business_date < model->today || row->business_date > model->local_date)
        return model_fail(model, "L1", "the business date goes back, or beyond the calendar");
    model->property = *row;
    model->today = row->business_date;
    return true;
}
