/* What the files of the fold share: one property on its way into the fresh tables.
 *
 * For rebuild.c (the run), rebuild_fold.c (one event), rebuild_stage.c (what waits for its instant to be complete) and
 * rebuild_compare.c, and nobody else. */
#ifndef NIGHTLATCH_ENGINE_REBUILD_PART_H
#define NIGHTLATCH_ENGINE_REBUILD_PART_H

#include "engine/facts_load.h"
#include "engine/rebuild.h"
#include "engine/state_read.h"
#include "util/zone.h"

/* The claims an owner has after the events folded so far. */
struct staged_owner {
    struct id owner; /* none: an empty place of the table */
    const struct claim *claims;
    size_t claim_count;
};

/* The events of one instant are those of whole commands, and only then do claims and counters fit together: two
 * bookings change rooms in two events. Until then they wait here. */
struct stage {
    struct arena arena;
    struct staged_owner *owners; /* open addressing; a power of two of places */
    size_t owner_count, owner_places;
    struct stock_move *moves; /* one night each */
    size_t move_count, move_capacity;
};

struct rebuild_run {
    const struct rebuild_settings *settings;
    struct rebuild_report *report;
    struct store *log, *fresh;
    struct zone_cache *zones;
    struct arena page;  /* a page of events */
    struct arena work;  /* one event */
    struct arena house; /* the property as the log has it */
    struct stage stage;
    uint32_t property;
    struct house_entry entry; /* its property and zone alone */
    int64_t at;               /* instant of the events that are staged */
    int64_t seq;              /* of the event that is folded */
    int64_t done, total;      /* progress */
    bool unfoldable;          /* found while folding; `why` says it */
    struct err why;
};

/* --- rebuild.c --- */

/* Says that this event can't be folded. DB_CONFLICT. */
enum db_status rebuild_refuse(struct rebuild_run *run, const struct err *why);

void rebuild_report_difference(struct rebuild_run *run, const struct rebuild_difference *difference);

/* DB_FAILED, with ERR_MEMORY in the err of the log's store. */
enum db_status rebuild_out_of_memory(struct rebuild_run *run);

/* --- rebuild_fold.c --- */

/* Folds one event: rows are written, claims and counters staged. DB_CONFLICT when it can't be folded. */
enum db_status rebuild_fold_event(struct rebuild_run *run, const struct store_event *event) STORE_CHECKED;

/* Reads the property, as it is by the events folded so far, and its zone into run->entry. DB_NO_ROW for none. */
enum db_status rebuild_learn_property(struct rebuild_run *run) STORE_CHECKED;

/* --- rebuild_stage.c --- */

/* The claims of the owner are these from now on; they are copied. */
enum db_status stage_claims(struct rebuild_run *run, struct id owner, const struct claim *claims,
                            size_t count) STORE_CHECKED;

/* The claims staged for an owner; false when none are, and the tables have them. */
bool stage_find_claims(const struct rebuild_run *run, struct id owner, const struct claim **ret_claims,
                       size_t *ret_count);

/* Adds to the counters of nights [from, until). */
enum db_status stage_move(struct rebuild_run *run, const struct stock_move *move) STORE_CHECKED;

/* Writes what is staged. DB_CONFLICT when the tables refuse it. */
enum db_status stage_flush(struct rebuild_run *run) STORE_CHECKED;

/* Forgets it. */
void stage_clear(struct rebuild_run *run);

/* --- rebuild_compare.c --- */

enum rebuilt_table {
#define REBUILT_TABLE(table, ...) REBUILT_TABLE_##table,
#include "engine/rebuild.def"
#undef REBUILT_TABLE
    REBUILT_TABLE_COUNT
};

/* Compares all tables of the property. */
enum db_status rebuild_compare(struct rebuild_run *run) STORE_CHECKED;

#endif
