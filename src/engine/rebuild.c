/* The logs are folded in order of their numbers, the installation's first, since a property begins there; then every
 * property's tables are compared. What is staged is written when the next event is of another instant: a batch decides
 * for a property at one instant, so that an instant has whole commands only. */
#include "engine/rebuild.h"

#include <stdlib.h>
#include <string.h>

#include "engine/check.h"
#include "engine/rebuild_part.h"

enum { PAGE_EVENTS = 500, NO_INSTANT = -1 };

enum db_status
rebuild_out_of_memory(struct rebuild_run *run)
{
    err_set(&run->log->err, ERR_MEMORY, "folding the log needs more memory than it may use");
    return DB_FAILED;
}

enum db_status
rebuild_refuse(struct rebuild_run *run, const struct err *why)
{
    run->unfoldable = true;
    run->why = *why;
    return DB_CONFLICT;
}

void
rebuild_report_difference(struct rebuild_run *run, const struct rebuild_difference *difference)
{
    run->report->differences++;
    run->settings->on_difference(difference, run->settings->user);
}

static void
show_progress(struct rebuild_run *run, int64_t steps)
{
    run->done += steps;
    if (run->settings->on_progress != NULL)
        run->settings->on_progress(run->done, run->total, run->settings->user);
}

/* -- folding -- */

static enum db_status
fold_in_order(struct rebuild_run *run, const struct store_event *event)
{
    enum db_status status = DB_OK;
    if (event->at != run->at)
        status = stage_flush(run);
    if (status != DB_OK)
        return status;
    run->at = event->at;
    run->seq = event->seq;
    return rebuild_fold_event(run, event);
}

static enum db_status
fold_events(struct rebuild_run *run)
{
    struct store_event *events;
    size_t count = 1;
    int64_t after = 0;
    enum db_status status = DB_OK;
    while (status == DB_OK && count > 0) {
        arena_reset(&run->page);
        status = store_list_events(run->log, run->property, after, PAGE_EVENTS, &run->page, &events, &count);
        if (status != DB_OK || count == 0)
            break;
        for (size_t i = 0; status == DB_OK && i < count; i++)
            status = fold_in_order(run, &events[i]);
        after = events[count - 1].seq;
        run->report->events += (int64_t)count;
        show_progress(run, (int64_t)count);
    }
    return status == DB_OK ? stage_flush(run) : status;
}

/* What the tables or the reader of bodies refused, as a finding; with it the property is done. */
static void
report_unfoldable(struct rebuild_run *run)
{
    if (!run->unfoldable && run->fresh->err.kind != ERR_NONE)
        run->why = run->fresh->err;
    else if (!run->unfoldable)
        err_set(&run->why, ERR_DATA, "a constraint of the schema refuses what it makes");
    rebuild_report_difference(run, &(struct rebuild_difference){.finding = REBUILD_UNFOLDABLE,
                                                                .property = run->property,
                                                                .table = STR(""),
                                                                .key = STR(""),
                                                                .column = STR(""),
                                                                .logged = str_from(run->why.message),
                                                                .stored = STR(""),
                                                                .seq = run->seq});
}

/* Why folding failed, where the scratch database is to blame. */
static void
take_err(struct rebuild_run *run)
{
    if (run->fresh->err.kind != ERR_NONE && run->log->err.kind == ERR_NONE) {
        run->log->err = run->fresh->err;
        err_wrap(&run->log->err, "the scratch database");
    }
}

/* The tables of one property, in one transaction; *ret_folded says whether they are there. */
static enum db_status
fold_property_log(struct rebuild_run *run, bool *ret_folded)
{
    struct err ignored;
    run->unfoldable = false;
    run->at = NO_INSTANT;
    run->seq = 0;
    stage_clear(run);
    enum db_status status = db_begin(run->fresh->connection, &run->fresh->err);
    if (status != DB_OK)
        return status;
    if (run->property > 0) {
        status = rebuild_learn_property(run);
        if (status == DB_NO_ROW) {
            err_set(&run->why, ERR_DATA, "the log of the installation does not know this property");
            run->unfoldable = true;
            status = DB_CONFLICT;
        }
    }
    if (status == DB_OK)
        status = fold_events(run);
    *ret_folded = status == DB_OK;
    if (status == DB_OK)
        return db_commit(run->fresh->connection, &run->fresh->err);
    (void)db_rollback(run->fresh->connection, &ignored);
    if (status != DB_CONFLICT)
        return status;
    report_unfoldable(run);
    run->fresh->err.kind = ERR_NONE;
    return DB_OK;
}

/* -- the run -- */

static enum db_status
fold_and_compare(struct rebuild_run *run, const struct check_head *heads, size_t count, bool *folded)
{
    enum db_status status = DB_OK;
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        run->property = heads[i].property;
        run->report->properties += run->property > 0;
        status = fold_property_log(run, &folded[i]);
    }
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        run->property = heads[i].property;
        if (run->property > 0 && folded[i])
            status = rebuild_compare(run);
        show_progress(run, REBUILT_TABLE_COUNT);
    }
    return status;
}

static enum db_status
run_heads(struct rebuild_run *run, struct arena *arena)
{
    struct check_head *heads;
    size_t count;
    enum db_status status = check_heads(run->log, arena, &heads, &count);
    if (status != DB_OK)
        return status;
    bool *folded = ARENA_ARRAY(arena, count + 1, bool);
    if (folded == NULL)
        return rebuild_out_of_memory(run);
    for (size_t i = 0; i < count; i++)
        run->total += heads[i].seq + REBUILT_TABLE_COUNT;
    return fold_and_compare(run, heads, count, folded);
}

enum db_status
rebuild_run(const struct rebuild_settings *settings, struct rebuild_report *ret_report)
{
    struct arena arena;
    struct err ignored; /* of ending a transaction that only read */
    *ret_report = (struct rebuild_report){.properties = 0};
    struct rebuild_run run = {.settings = settings,
                              .report = ret_report,
                              .log = settings->store,
                              .fresh = settings->fresh,
                              .zones = zone_cache_new(ZONE_DIRECTORY)};
    if (run.zones == NULL)
        return rebuild_out_of_memory(&run);
    run.log->err.kind = run.fresh->err.kind = ERR_NONE;
    arena_init(&arena, settings->memory_limit);
    arena_init(&run.page, settings->memory_limit);
    arena_init(&run.work, settings->memory_limit);
    arena_init(&run.house, settings->memory_limit);
    arena_init(&run.stage.arena, settings->memory_limit);
    enum db_status status = db_begin(run.log->connection, &run.log->err);
    if (status == DB_OK) {
        status = run_heads(&run, &arena);
        (void)db_rollback(run.log->connection, &ignored);
    }
    if (status != DB_OK)
        take_err(&run);
    free(run.stage.moves);
    arena_done(&run.stage.arena);
    arena_done(&run.house);
    arena_done(&run.work);
    arena_done(&run.page);
    arena_done(&arena);
    zone_cache_free(run.zones);
    return status;
}
