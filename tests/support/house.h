/* A small house on a real database file behind a real engine without a thread, for tests that step it by hand.
 *
 * A property in Paris with doubles 101 and 102 (by the night), a count-stock "Bed" with 2 units, and a classroom
 * "A1" (by the minute). The clock stands at 2026-11-22T10:00:00Z until the test moves it. */
#ifndef NIGHTLATCH_TESTS_SUPPORT_HOUSE_H
#define NIGHTLATCH_TESTS_SUPPORT_HOUSE_H

#include "engine/engine.h"
#include "tests/support/scratch.h"
#include "tests/support/test_clock.h"

#define HOUSE_NOW INT64_C(1795341600000)       /* 2026-11-22T10:00:00Z, a Sunday */
#define HOUSE_DATE(n) ((int32_t)(20779 + (n))) /* n days after 2026-11-22 */

struct house_fixture {
    struct scratch scratch;
    struct test_clock clock;
    struct random_seeded random;
    char url[320];
    const char *vfs; /* SQLite VFS; NULL for the machine's own files */
    int synchronous; /* SQLite's setting; 2 unless a test of a test lowers it */
    struct db *db;
    struct engine *engine;
    int fatal_count; /* how often the engine said that a commit's outcome is unknown */
    uint32_t property;
    struct id double_type, bed_type, class_type;
    struct id room_101, room_102, room_a1;
    struct actor desk;    /* front desk */
    struct actor teacher; /* booker */
};

/* Everything is there and open; aborts when it can't be. */
void house_init(struct house_fixture *house);
void house_done(struct house_fixture *house);

/* The same on a VFS, in the file "house.db". */
void house_init_on(struct house_fixture *house, const char *vfs);

/* Opens what house_init_on() made, on a copy of its disk, with this setting of synchronous; `house` is otherwise a copy
 * of the original. False with *err when the database or the engine can't be opened. */
bool house_open_copy(struct house_fixture *house, const char *vfs, int synchronous, struct err *err);

/* Closes engine and database of either. */
void house_close(struct house_fixture *house);

/* Closes engine and database and opens them again, as a restart does. */
void house_reopen(struct house_fixture *house);

/* A leg by the night on a type or a room; `from` and `until` are days after 2026-11-22. */
struct leg house_nights(struct id room_type, struct id room, int from, int until);
/* A leg by the minute on a room: minutes after 2026-11-23T00:00:00Z. */
struct leg house_minutes(struct id room, int from_min, int until_min);

/* A request to create one booking of this leg by the desk; `leg` must outlive it. */
struct engine_request house_create(const struct house_fixture *house, const struct leg *leg);

/* Runs it and returns how it ended; the caller calls engine_request_done(). */
enum outcome house_run(struct house_fixture *house, struct engine_request *request);

/* Runs a create of the leg and returns how it ended, the booking's id in *ret_booking (may be NULL). */
enum outcome house_book(struct house_fixture *house, struct leg leg, struct id *ret_booking);

/* A hold on the leg by the actor. */
enum outcome house_hold(struct house_fixture *house, struct actor actor, struct leg leg, int64_t ttl_ms,
                        struct id *ret_hold);

/* The house as it is committed; good until the next write. Each of these aborts when the store can't be read. */
const struct house_entry *house_committed(struct house_fixture *house);

/* Its business date, in days after 2026-11-22. */
int house_today(struct house_fixture *house);

/* Writes around the engine, which is closed for good: no guard of the database is in the way. Fails the test when the
 * statements can't be run. */
void house_plant(struct house_fixture *house, const char *sql);

#endif
