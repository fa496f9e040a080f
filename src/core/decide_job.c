/* Jobs begin, go on and end here, whatever they do. A kind is a row of each switch. */
#include "core/decide_job.h"

#include <assert.h>

/* "audit.started" */
static struct str
event_kind(struct deciding *d, enum job_kind kind, struct str verb)
{
    struct text text;
    text_init(&text, d->arena, 32);
    text_put(&text, job_kind_noun(kind));
    text_put_char(&text, '.');
    text_put(&text, verb);
    if (text.overflowed)
        d->decision->out_of_memory = true;
    return text_str(&text);
}

static void
record(struct deciding *d, const struct job *job, struct str from, struct str verb, const struct job_item *items,
       size_t item_count)
{
    deciding_change(d, (struct change){.kind = CHANGE_JOB, .job = job});
    deciding_event(d, (struct event){.kind = event_kind(d, job->kind, verb),
                                     .subject_kind = ID_JOB,
                                     .subject = job->id,
                                     .from = from,
                                     .to = job_status_name(job->status),
                                     .state = EVENT_OF_JOB,
                                     .job = job,
                                     .items = items,
                                     .item_count = item_count});
}

void
job_begin(struct deciding *d, enum job_kind kind, int32_t date)
{
    struct job *job = ARENA_NEW(d->arena, struct job);
    if (job == NULL) {
        d->decision->out_of_memory = true;
        return;
    }
    *job = (struct job){.id = deciding_fresh_id(d),
                        .kind = kind,
                        .status = JOB_RUNNING,
                        .date = date,
                        .started_by = d->command->actor.name,
                        .created_at = d->facts->now_ms,
                        .version = 1};
    record(d, job, (struct str){NULL, 0}, STR("started"), NULL, 0);
}

static bool
refuse_start(struct deciding *d, enum job_kind kind)
{
    switch (kind) {
    case JOB_NIGHT_AUDIT: return audit_refuse_start(d);
    case JOB_KIND_COUNT: break;
    }
    assert(!"a kind of job that is none");
    return true;
}

void
decide_start_job(struct deciding *d)
{
    enum job_kind kind = d->command->start_job.kind;
    if (!role_is_staff(d->command->actor.role)) {
        deciding_refuse(d, OUTCOME_FORBIDDEN);
        return;
    }
    if (d->facts->running != NULL) {
        struct refusal *refusal = deciding_refuse(d, OUTCOME_ALREADY_EXISTS);
        refusal->detail = "A job of this kind is running.";
        refusal->job = d->facts->running->id;
        return;
    }
    if (!refuse_start(d, kind))
        job_begin(d, kind, d->facts->today);
}

void
job_step_list(struct deciding *d, struct job_step *step, int32_t tally, struct id booking, struct id room)
{
    assert(step->item_count < step->item_capacity);
    struct job_item item = {.number = ++step->job->item_count, .tally = tally, .booking = booking, .room = room};
    step->job->tallies[tally - 1]++;
    step->items[step->item_count++] = item;
    deciding_change(d, (struct change){.kind = CHANGE_JOB_ITEM, .job_item = {.job = step->job->id, .item = item}});
}

void
job_step_count(struct job_step *step, int32_t tally)
{
    step->job->tallies[tally - 1]++;
}

void
job_step_go_to(struct job_step *step, int32_t phase)
{
    step->job->phase = phase;
    step->job->cursor = ID_NONE;
}

void
job_step_complete(struct deciding *d, struct job_step *step)
{
    step->job->status = JOB_COMPLETED;
    step->job->ended_at = d->facts->now_ms;
}

static void
do_step(struct deciding *d, struct job_step *step)
{
    switch (step->job->kind) {
    case JOB_NIGHT_AUDIT: audit_step(d, step); return;
    case JOB_KIND_COUNT: break;
    }
    assert(!"a kind of job that is none");
}

void
decide_step_job(struct deciding *d)
{
    const struct job *present = d->facts->job;
    if (present == NULL || present->status != JOB_RUNNING) {
        deciding_refuse(d, OUTCOME_NOT_FOUND);
        return;
    }
    struct job_step step = {.job = ARENA_NEW(d->arena, struct job),
                            .items = ARENA_ARRAY(d->arena, JOB_STEP_MAX, struct job_item),
                            .item_capacity = JOB_STEP_MAX};
    if (step.job == NULL || step.items == NULL) {
        d->decision->out_of_memory = true;
        return;
    }
    *step.job = *present;
    step.job->version = present->version + 1;
    do_step(d, &step);
    if (deciding_refused(d) || d->decision->out_of_memory)
        return;
    bool ended = step.job->status == JOB_COMPLETED;
    record(d, step.job, job_status_name(JOB_RUNNING), ended ? STR("completed") : STR("progressed"),
           ended ? d->facts->items : step.items, ended ? d->facts->item_count : step.item_count);
}
