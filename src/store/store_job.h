/* Jobs as rows, and what an audit has to look at. As in store.h: results in the arena, DB_OK or how it failed. */
#ifndef NIGHTLATCH_STORE_STORE_JOB_H
#define NIGHTLATCH_STORE_STORE_JOB_H

#include "core/job.h"
#include "store/store.h"

/* DB_NO_ROW when absent, as of the next two. */
enum db_status store_load_job(struct store *store, uint32_t property, struct id id, struct arena *arena,
                              struct job *ret_job) STORE_CHECKED;
enum db_status store_load_running_job(struct store *store, uint32_t property, enum job_kind kind, struct arena *arena,
                                      struct job *ret_job) STORE_CHECKED;
/* The newest that is about this business date. */
enum db_status store_load_job_of_day(struct store *store, uint32_t property, enum job_kind kind, int32_t date,
                                     struct arena *arena, struct job *ret_job) STORE_CHECKED;
/* In order of id, after `after`, at most `limit`. */
enum db_status store_page_jobs(struct store *store, uint32_t property, struct id after, int64_t limit,
                               struct arena *arena, struct job **ret_jobs, size_t *ret_count) STORE_CHECKED;
/* All lines of a report, in order. */
enum db_status store_load_job_items(struct store *store, uint32_t property, struct id job, struct arena *arena,
                                    struct job_item **ret_items, size_t *ret_count) STORE_CHECKED;

/* A job that runs, of any property. */
struct store_running {
    uint32_t property;
    struct id job;
    enum job_kind kind;
};
enum db_status store_list_running_jobs(struct store *store, struct arena *arena, struct store_running **ret_jobs,
                                       size_t *ret_count) STORE_CHECKED;

/* Changes; only the engine's apply() calls these. */
enum db_status store_put_job(struct store *store, uint32_t property, const struct job *job) STORE_CHECKED;
enum db_status store_insert_job_item(struct store *store, uint32_t property, struct id job,
                                     const struct job_item *item) STORE_CHECKED;

/* Of stays in rooms by the night that were to begin before an instant: the start of the first that is confirmed and not
 * from before `from_ms` (INT64_MAX for none), and whether anybody is checked in. */
enum db_status store_load_day_work(struct store *store, uint32_t property, int64_t from_ms, int64_t before_ms,
                                   int64_t *ret_first_arrival, bool *ret_in_house) STORE_CHECKED;

/* Confirmed ones of these, at most `limit`: the ids of those that come first by type and time. */
enum db_status store_list_due_arrivals(struct store *store, uint32_t property, int64_t from_ms, int64_t before_ms,
                                       int64_t limit, struct arena *arena, struct id **ret_ids,
                                       size_t *ret_count) STORE_CHECKED;

/* Bookings whose guests are in a room, in order of id, after `after`, at most `limit`. */
enum db_status store_list_stays(struct store *store, uint32_t property, struct id after, int64_t limit,
                                struct arena *arena, struct id **ret_ids, size_t *ret_count) STORE_CHECKED;

#endif
