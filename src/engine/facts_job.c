/* A kind of job is a row of each switch. */
#include "engine/facts_job.h"

#include "core/date.h"
#include "core/decide_audit.h"
#include "store/store_job.h"

static enum db_status
load_running(const struct facts_load *load, enum job_kind kind, struct facts *facts)
{
    struct job *job = ARENA_NEW(load->arena, struct job);
    if (job == NULL)
        return DB_OK; /* the arena has latched */
    enum db_status status = store_load_running_job(load->store, load->property, kind, load->arena, job);
    if (status == DB_OK)
        facts->running = job;
    return status == DB_NO_ROW ? DB_OK : status;
}

static enum db_status
load_work(const struct facts_load *load, struct facts *facts)
{
    int64_t first;
    enum db_status status = store_load_day_work(load->store, load->property, date_to_instant(facts->today),
                                                date_to_instant(facts->clock_date), &first, &facts->work.in_house);
    facts->work.first_arrival = first == INT64_MAX ? INT32_MAX : date_from_instant(first);
    return status;
}

/* With its report, where this step is the last. */
static enum db_status
load_stepped(const struct facts_load *load, struct facts *facts)
{
    struct job *job = ARENA_NEW(load->arena, struct job);
    struct job_item *items;
    if (job == NULL)
        return DB_OK;
    enum db_status status = store_load_job(load->store, load->property, load->command->step_job.job, load->arena, job);
    if (status != DB_OK)
        return status == DB_NO_ROW ? DB_OK : status;
    facts->job = job;
    if (job->kind != JOB_NIGHT_AUDIT || job->phase != AUDIT_CLOSE)
        return DB_OK;
    status = store_load_job_items(load->store, load->property, job->id, load->arena, &items, &facts->item_count);
    facts->items = items;
    return status;
}

enum db_status
facts_load_job(const struct facts_load *load, struct facts *facts)
{
    enum db_status status;
    switch (load->command->kind) {
    case COMMAND_START_JOB: return load_running(load, load->command->start_job.kind, facts);
    case COMMAND_AMEND_PROPERTY: return load_running(load, JOB_NIGHT_AUDIT, facts);
    case COMMAND_TURN_DAY:
        status = load_running(load, JOB_NIGHT_AUDIT, facts);
        return status == DB_OK ? load_work(load, facts) : status;
    case COMMAND_STEP_JOB: return load_stepped(load, facts);
    default: return DB_OK;
    }
}

enum db_status
facts_find_step(const struct facts_load *load, const struct facts *facts, struct id **ret_ids, size_t *ret_count)
{
    *ret_count = 0;
    if (load->command->kind != COMMAND_STEP_JOB || facts->job == NULL || facts->job->status != JOB_RUNNING)
        return DB_OK;
    if (facts->job->kind != JOB_NIGHT_AUDIT)
        return DB_OK;
    if (facts->job->phase == AUDIT_STAYS)
        return store_list_stays(load->store, load->property, facts->job->cursor, JOB_STEP_MAX, load->arena, ret_ids,
                                ret_count);
    if (facts->job->phase == AUDIT_NO_SHOWS)
        return store_list_due_arrivals(load->store, load->property, date_to_instant(facts->job->date),
                                       date_to_instant(facts->job->date + 1), JOB_STEP_MAX, load->arena, ret_ids,
                                       ret_count);
    return DB_OK;
}
