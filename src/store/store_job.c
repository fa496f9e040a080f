/* A job's kind and status are words in the database, so that a row can be read without the program. */
#include "store/store_job.h"

#include "store/store_row.h"

static bool
decode_job(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct job *job = item;
    *job = (struct job){.id = store_column_id(rows, 0)};
    if (!job_kind_parse(db_column_str(rows, 1), &job->kind))
        return false;
    job->status = str_equal(db_column_str(rows, 2), job_status_name(JOB_RUNNING)) ? JOB_RUNNING : JOB_COMPLETED;
    job->date = (int32_t)db_column_i64(rows, 3);
    job->phase = (int32_t)db_column_i64(rows, 4);
    job->cursor = store_column_id(rows, 5);
    for (int i = 0; i < JOB_TALLIES; i++)
        job->tallies[i] = db_column_i64(rows, 6 + i);
    job->item_count = db_column_i64(rows, 11);
    job->started_by = arena_copy_str(arena, db_column_str(rows, 12));
    job->created_at = db_column_i64(rows, 13);
    job->ended_at = db_column_i64(rows, 14);
    job->version = db_column_i64(rows, 15);
    return true;
}

enum db_status
store_load_job(struct store *store, uint32_t property, struct id id, struct arena *arena, struct job *ret_job)
{
    struct store_id_cell cell;
    return store_fetch(store, STMT_JOB_LOAD, STORE_VALUES(db_int(property), store_id(id, &cell)), arena, decode_job,
                       ret_job);
}

enum db_status
store_load_running_job(struct store *store, uint32_t property, enum job_kind kind, struct arena *arena,
                       struct job *ret_job)
{
    return store_fetch(store, STMT_JOB_RUNNING, STORE_VALUES(db_int(property), db_text(job_kind_name(kind))), arena,
                       decode_job, ret_job);
}

enum db_status
store_load_job_of_day(struct store *store, uint32_t property, enum job_kind kind, int32_t date, struct arena *arena,
                      struct job *ret_job)
{
    return store_fetch(store, STMT_JOB_OF_DAY,
                       STORE_VALUES(db_int(property), db_text(job_kind_name(kind)), db_int(date)), arena, decode_job,
                       ret_job);
}

enum db_status
store_page_jobs(struct store *store, uint32_t property, struct id after, int64_t limit, struct arena *arena,
                struct job **ret_jobs, size_t *ret_count)
{
    void *items;
    enum db_status status = store_collect_page(store, STMT_JOB_PAGE, property, after, limit, arena, sizeof(struct job),
                                               decode_job, &items, ret_count);
    *ret_jobs = items;
    return status;
}

static bool
decode_item(const struct db_rows *rows, struct arena *arena, void *item)
{
    (void)arena;
    *(struct job_item *)item = (struct job_item){.number = db_column_i64(rows, 0),
                                                 .tally = (int32_t)db_column_i64(rows, 1),
                                                 .booking = store_column_id(rows, 2),
                                                 .room = store_column_id(rows, 3)};
    return true;
}

enum db_status
store_load_job_items(struct store *store, uint32_t property, struct id job, struct arena *arena,
                     struct job_item **ret_items, size_t *ret_count)
{
    struct store_id_cell cell;
    void *items;
    enum db_status status = store_collect(store, STMT_JOB_ITEMS, STORE_VALUES(db_int(property), store_id(job, &cell)),
                                          arena, sizeof(struct job_item), decode_item, &items, ret_count);
    *ret_items = items;
    return status;
}

static bool
decode_running(const struct db_rows *rows, struct arena *arena, void *item)
{
    (void)arena;
    struct store_running *running = item;
    *running = (struct store_running){.property = (uint32_t)db_column_i64(rows, 0), .job = store_column_id(rows, 1)};
    return job_kind_parse(db_column_str(rows, 2), &running->kind);
}

enum db_status
store_list_running_jobs(struct store *store, struct arena *arena, struct store_running **ret_jobs, size_t *ret_count)
{
    void *items;
    enum db_status status = store_collect(store, STMT_JOB_RUNNING_ALL, NULL, 0, arena, sizeof(struct store_running),
                                          decode_running, &items, ret_count);
    *ret_jobs = items;
    return status;
}

enum db_status
store_put_job(struct store *store, uint32_t property, const struct job *job)
{
    struct store_id_cell id_cell, cursor_cell;
    struct db_value id = store_id(job->id, &id_cell), cursor = store_id_or_null(job->cursor, &cursor_cell);
    const int64_t *t = job->tallies;
    if (job->version > 1)
        return store_run_one(store, STMT_JOB_UPDATE,
                             STORE_VALUES(db_text(job_status_name(job->status)), db_int(job->phase), cursor,
                                          db_int(t[0]), db_int(t[1]), db_int(t[2]), db_int(t[3]), db_int(t[4]),
                                          db_int(job->item_count), store_time_or_null(job->ended_at),
                                          db_int(job->version), db_int(property), id, db_int(job->version - 1)));
    return store_run_one(store, STMT_JOB_INSERT,
                         STORE_VALUES(db_int(property), id, db_text(job_kind_name(job->kind)),
                                      db_text(job_status_name(job->status)), db_int(job->date), db_int(job->phase),
                                      cursor, db_int(t[0]), db_int(t[1]), db_int(t[2]), db_int(t[3]), db_int(t[4]),
                                      db_int(job->item_count), db_text(job->started_by), db_int(job->created_at),
                                      store_time_or_null(job->ended_at), db_int(job->version)));
}

enum db_status
store_insert_job_item(struct store *store, uint32_t property, struct id job, const struct job_item *item)
{
    struct store_id_cell job_cell, booking_cell, room_cell;
    return store_run_one(store, STMT_JOB_ITEM_INSERT,
                         STORE_VALUES(db_int(property), store_id(job, &job_cell), db_int(item->number),
                                      db_int(item->tally), store_id(item->booking, &booking_cell),
                                      store_id_or_null(item->room, &room_cell)));
}

static bool
decode_first(const struct db_rows *rows, struct arena *arena, void *item)
{
    (void)arena;
    if (!db_column_is_null(rows, 0))
        *(int64_t *)item = db_column_i64(rows, 0);
    return true;
}

static bool
decode_any(const struct db_rows *rows, struct arena *arena, void *item)
{
    (void)rows;
    (void)arena;
    *(bool *)item = true;
    return true;
}

enum db_status
store_load_day_work(struct store *store, uint32_t property, int64_t from_ms, int64_t before_ms,
                    int64_t *ret_first_arrival, bool *ret_in_house)
{
    *ret_first_arrival = INT64_MAX;
    *ret_in_house = false;
    enum db_status status =
        store_fetch(store, STMT_AUDIT_FIRST_ARRIVAL, STORE_VALUES(db_int(property), db_int(before_ms), db_int(from_ms)),
                    NULL, decode_first, ret_first_arrival);
    if (status != DB_OK)
        return status;
    status = store_fetch(store, STMT_AUDIT_IN_HOUSE, STORE_VALUES(db_int(property), db_int(before_ms)), NULL,
                         decode_any, ret_in_house);
    return status == DB_NO_ROW ? DB_OK : status;
}

enum db_status
store_list_due_arrivals(struct store *store, uint32_t property, int64_t from_ms, int64_t before_ms, int64_t limit,
                        struct arena *arena, struct id **ret_ids, size_t *ret_count)
{
    void *items;
    enum db_status status = store_collect(
        store, STMT_AUDIT_ARRIVALS, STORE_VALUES(db_int(property), db_int(before_ms), db_int(from_ms), db_int(limit)),
        arena, sizeof(struct id), store_decode_id, &items, ret_count);
    *ret_ids = items;
    return status;
}

enum db_status
store_list_stays(struct store *store, uint32_t property, struct id after, int64_t limit, struct arena *arena,
                 struct id **ret_ids, size_t *ret_count)
{
    void *items;
    enum db_status status = store_collect_page(store, STMT_AUDIT_STAYS, property, after, limit, arena,
                                               sizeof(struct id), store_decode_id, &items, ret_count);
    *ret_ids = items;
    return status;
}
