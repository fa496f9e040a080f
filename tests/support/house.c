/* The house is made through the engine itself, so that the fixture can't be in a state which the product refuses. */
#include "tests/support/house.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/date.h"
#include "engine/engine_intern.h"
#include "engine/facts_load.h"
#include "store/migrate.h"

static void
must(bool holds, const char *what, const struct err *err)
{
    if (holds)
        return;
    fprintf(stderr, "house: %s: %s\n", what, err == NULL ? "" : err->message);
    abort();
}

static struct db_settings
db_settings_of(const struct house_fixture *house)
{
    struct db_settings settings = DB_SETTINGS_DEFAULT;
    settings.url = house->url;
    settings.vfs = house->vfs;
    settings.synchronous = house->synchronous;
    return settings;
}

static void
count_fatal(const struct err *err, void *user)
{
    (void)err;
    ((struct house_fixture *)user)->fatal_count++;
}

static bool
try_open_engine(struct house_fixture *house, struct err *err)
{
    struct db_settings settings = db_settings_of(house);
    if (db_open(&settings, &house->db, err) != DB_OK)
        return false;
    struct engine_settings engine = ENGINE_SETTINGS_DEFAULT;
    engine.db = house->db;
    engine.clock = &house->clock.clock;
    engine.random = &house->random.random;
    engine.sweep_interval_ms = 0;
    engine.on_fatal = count_fatal;
    engine.user = house;
    house->fatal_count = 0;
    if (engine_new(&engine, &house->engine, err) == DB_OK)
        return true;
    db_close(house->db);
    return false;
}

static void
open_engine(struct house_fixture *house)
{
    struct err err = {.kind = ERR_NONE};
    must(try_open_engine(house, &err), "open", &err);
}

static void
migrate(struct house_fixture *house)
{
    struct err err = {.kind = ERR_NONE};
    struct db_settings settings = db_settings_of(house);
    struct db *db;
    struct db_connection *writer;
    int applied;
    must(db_open(&settings, &db, &err) == DB_OK, "open", &err);
    must(db_connect(db, DB_WRITER, &writer, &err) == DB_OK, "connect", &err);
    must(migrate_apply(writer, HOUSE_NOW, &applied, &err), "migrate", &err);
    db_disconnect(writer);
    db_close(db);
}

enum outcome
house_run(struct house_fixture *house, struct engine_request *request)
{
    must(engine_run(house->engine, request), "the queue is full", NULL);
    return request->result.refusal.outcome;
}

/* Runs a command that must succeed and returns the subject of its n-th event. */
static struct id
make(struct house_fixture *house, struct command command, size_t event)
{
    struct engine_request request = {.command = command};
    enum outcome outcome = house_run(house, &request);
    must(outcome == OUTCOME_OK, outcome_info(outcome)->code.ptr, NULL);
    must(event < request.result.event_count, "too few events", NULL);
    struct id id = request.result.events[event].subject;
    engine_request_done(&request);
    return id;
}

static struct id
make_type(struct house_fixture *house, const char *name, enum sold_by sold_by, enum stock_kind stock, int32_t units)
{
    return make(house,
                (struct command){
                    .kind = COMMAND_CREATE_ROOM_TYPE,
                    .property = house->property,
                    .actor = {.name = STR("system"), .role = ROLE_OWNER},
                    .put_room_type = {.units = units,
                                      .room_type = {.name = str_from(name),
                                                    .sold_by = sold_by,
                                                    .stock = stock,
                                                    .max_guests = sold_by == SOLD_BY_NIGHT ? 2 : 30,
                                                    .features = STR("[]"),
                                                    .hold_ttl_ms = 30000,
                                                    .closes_min = 1440,
                                                    .length_min = 5,
                                                    .length_max = 1440}},
                },
                0);
}

static struct id
make_room(struct house_fixture *house, struct id type, const char *number)
{
    struct room room = {.room_type = type,
                        .number = str_from(number),
                        .floor = STR("1"),
                        .building = STR("Main"),
                        .features = STR("[]")};
    return make(house,
                (struct command){.kind = COMMAND_CREATE_ROOMS,
                                 .property = house->property,
                                 .actor = {.name = STR("system"), .role = ROLE_OWNER},
                                 .create_rooms = {.rooms = &room, .room_count = 1}},
                0);
}

static void
fill(struct house_fixture *house)
{
    test_clock_init(&house->clock, HOUSE_NOW);
    random_seeded_init(&house->random, 1);
    house->desk = (struct actor){.name = STR("usr_desk"), .role = ROLE_FRONT_DESK};
    house->teacher = (struct actor){.name = STR("usr_teacher"), .role = ROLE_BOOKER};
    migrate(house);
    open_engine(house);
    make(house,
         (struct command){.kind = COMMAND_CREATE_PROPERTY,
                          .actor = {.name = STR("system"), .role = ROLE_OWNER},
                          .put_property = {.property = {.name = STR("Hotel Ada"),
                                                        .time_zone = STR("Europe/Paris"),
                                                        .currency = STR("EUR"),
                                                        .payment_ttl_ms = 900000,
                                                        .approval_ttl_ms = 86400000}}},
         0);
    house->double_type = make_type(house, "Double", SOLD_BY_NIGHT, STOCK_ROOMS, 0);
    house->bed_type = make_type(house, "Bed", SOLD_BY_NIGHT, STOCK_COUNT, 2);
    house->class_type = make_type(house, "Classroom", SOLD_BY_MINUTE, STOCK_ROOMS, 0);
    house->room_101 = make_room(house, house->double_type, "101");
    house->room_102 = make_room(house, house->double_type, "102");
    house->room_a1 = make_room(house, house->class_type, "A1");
}

void
house_init(struct house_fixture *house)
{
    *house = (struct house_fixture){.property = 1, .synchronous = 2};
    scratch_init(&house->scratch);
    (void)snprintf(house->url, sizeof(house->url), "sqlite:%s/house.db", house->scratch.path);
    fill(house);
}

void
house_init_on(struct house_fixture *house, const char *vfs)
{
    *house = (struct house_fixture){.property = 1, .synchronous = 2, .vfs = vfs};
    (void)snprintf(house->url, sizeof(house->url), "sqlite:house.db");
    fill(house);
}

bool
house_open_copy(struct house_fixture *house, const char *vfs, int synchronous, struct err *err)
{
    house->vfs = vfs;
    house->synchronous = synchronous;
    return try_open_engine(house, err);
}

void
house_close(struct house_fixture *house)
{
    engine_free(house->engine);
    db_close(house->db);
}

void
house_done(struct house_fixture *house)
{
    house_close(house);
    scratch_done(&house->scratch);
}

void
house_reopen(struct house_fixture *house)
{
    house_close(house);
    open_engine(house);
}

struct leg
house_nights(struct id room_type, struct id room, int from, int until)
{
    return (struct leg){.room_type = room_type,
                        .room = room,
                        .span = span_from_nights(HOUSE_DATE(from), HOUSE_DATE(until)),
                        .party = 1};
}

struct leg
house_minutes(struct id room, int from_min, int until_min)
{
    int64_t midnight = date_to_instant(HOUSE_DATE(1));
    return (struct leg){.room = room,
                        .by_minute = true,
                        .span = {midnight + from_min * 60000LL, midnight + until_min * 60000LL},
                        .party = 1};
}

struct engine_request
house_create(const struct house_fixture *house, const struct leg *leg)
{
    return (struct engine_request){
        .command = {.kind = COMMAND_CREATE_BOOKINGS,
                    .property = house->property,
                    .actor = house->desk,
                    .create_bookings = {.legs = leg, .leg_count = 1, .guest = {.name = STR("Ada Lovelace")}}}};
}

enum outcome
house_book(struct house_fixture *house, struct leg leg, struct id *ret_booking)
{
    struct engine_request request = house_create(house, &leg);
    enum outcome outcome = house_run(house, &request);
    if (outcome == OUTCOME_OK && ret_booking != NULL)
        *ret_booking = request.result.events[0].subject;
    engine_request_done(&request);
    return outcome;
}

enum outcome
house_hold(struct house_fixture *house, struct actor actor, struct leg leg, int64_t ttl_ms, struct id *ret_hold)
{
    struct engine_request request = {.command = {.kind = COMMAND_ACQUIRE_HOLD,
                                                 .property = house->property,
                                                 .actor = actor,
                                                 .acquire_hold = {.leg = leg, .quantity = 1, .ttl_ms = ttl_ms}}};
    enum outcome outcome = house_run(house, &request);
    if (outcome == OUTCOME_OK && ret_hold != NULL)
        *ret_hold = request.result.events[0].subject;
    engine_request_done(&request);
    return outcome;
}

const struct house_entry *
house_committed(struct house_fixture *house)
{
    struct store_head head;
    const struct house_entry *found;
    struct store *store = &house->engine->store;
    must(store_load_head(store, house->property, &head) == DB_OK, "head", NULL);
    must(house_cache_get(house->engine->houses, store, house->property, head.house_version, &found) == DB_OK, "read",
         NULL);
    return found;
}

int
house_today(struct house_fixture *house)
{
    return facts_today(house_committed(house), clock_now_ms(&house->clock.clock)) - HOUSE_DATE(0);
}

void
house_plant(struct house_fixture *house, const char *sql)
{
    static const char unguarded[] =
        "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON;"
        "DROP TRIGGER claim_overlap_insert; DROP TRIGGER claim_overlap_update;"
        "DROP TRIGGER overcommit_is_recorded_insert; DROP TRIGGER overcommit_is_recorded_update;"
        "DROP TRIGGER event_is_append_only_update; DROP TRIGGER event_is_append_only_delete;"
        "DROP TRIGGER booking_guest_is_another; DROP TRIGGER booking_companions_are_counted;";
    struct err err = {.kind = ERR_NONE};
    struct db_connection *writer;
    engine_free(house->engine);
    house->engine = NULL;
    must(db_connect(house->db, DB_WRITER, &writer, &err) == DB_OK, "connect", &err);
    must(db_script(writer, unguarded, &err) == DB_OK, "without guards", &err);
    must(db_script(writer, sql, &err) == DB_OK, sql, &err);
    db_disconnect(writer);
}
