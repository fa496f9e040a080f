/* Folds the log of every property into fresh tables, and compares them with the stored ones row by row (E2).
 *
 * The fresh tables are those of a scratch database with the product's schema, all of its constraints and triggers on:
 * a history that could never have been stored does not fold. What is compared, and what becomes of each kind of event,
 * is said in rebuild.def. The log is read in one transaction, live or not, and memory is bounded: by what one instant
 * changed, and by the types of a house. It refuses to repair, and to fold what it does not know: another kind of event
 * or another member of a body stops the fold of that property and is told. One thread. */
#ifndef NIGHTLATCH_ENGINE_REBUILD_H
#define NIGHTLATCH_ENGINE_REBUILD_H

#include "store/store.h"

enum rebuild_finding {
    REBUILD_DIFFERENT,   /* the column of the row is not what the log makes of it */
    REBUILD_ONLY_LOGGED, /* by the log there is such a row */
    REBUILD_ONLY_STORED, /* by the log there is no such row */
    REBUILD_UNFOLDABLE,  /* the event can't be folded: `logged` says why; the property is not compared */
};

struct rebuild_difference {
    enum rebuild_finding finding;
    uint32_t property;
    struct str table, key; /* "claim", "room=rom_... starts=1795651200000"; empty where nothing could be folded */
    struct str column;     /* empty but for REBUILD_DIFFERENT */
    struct str logged, stored;
    int64_t seq; /* of the last event about the row; 0 when the log does not know it */
};

struct rebuild_settings {
    struct store *store; /* on a reading connection, outside of a transaction */
    struct store *fresh; /* on the writing connection of a scratch database, migrated and empty */
    size_t memory_limit; /* bytes, for each of a few purposes */
    void (*on_difference)(const struct rebuild_difference *difference, void *user);
    void (*on_progress)(int64_t done, int64_t total, void *user); /* now and then; may be NULL */
    void *user;
};

struct rebuild_report {
    int64_t properties, events; /* folded */
    int64_t rows;               /* compared */
    int64_t differences;
};

/* DB_OK when it could be done, whatever was found; else how reading, or writing the scratch database, failed, with err
 * of settings->store. */
enum db_status rebuild_run(const struct rebuild_settings *settings, struct rebuild_report *ret_report) STORE_CHECKED;

#endif
