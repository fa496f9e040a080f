/* What the files of the checker share: a rule on its way through one property.
 *
 * For check.c and the rules that have a file of their own (check_*.c), and nobody else. */
#ifndef NIGHTLATCH_ENGINE_CHECK_PART_H
#define NIGHTLATCH_ENGINE_CHECK_PART_H

#include "core/house.h"
#include "engine/check.h"
#include "engine/facts_load.h"

enum { CHECK_PAGE = 500 }; /* rows read at a time */

struct check_run {
    const struct check_settings *settings;
    struct check_report *report;
    struct store *store;
    struct arena *arena; /* emptied before each rule */
    struct arena *page;  /* emptied by the walks at each page */
    uint32_t property;
    struct zone_cache *zones;
    struct house house;
    int32_t today; /* its business date */
    enum check_rule rule;
};

/* Reports something that is wrong, or with `unproven` that could not be shown to be right. */
void check_find(struct check_run *run, const unsigned char subject[ID_BYTES], struct str detail, bool unproven);

/* Reports something that is wrong with this object. */
void check_find_id(struct check_run *run, struct id id, struct str detail);

/* DB_FAILED, with ERR_MEMORY in the store's err. */
enum db_status check_out_of_memory(struct check_run *run);

/* The next page of the property's log, in run->page, which is emptied first; 0 events at its end. */
enum db_status check_next_events(struct check_run *run, int64_t after, struct store_event **ret_events,
                                 size_t *ret_count) STORE_CHECKED;

/* The rules, as check.def says. */
enum db_status check_placement(struct check_run *run);
enum db_status check_stock_fold(struct check_run *run);
enum db_status check_room_steps(struct check_run *run);
enum db_status check_entries(struct check_run *run);
enum db_status check_rooms_for_today(struct check_run *run);
enum db_status check_words(struct check_run *run);
enum db_status check_guest_words(struct check_run *run);

#endif
