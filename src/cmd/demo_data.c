/* The hotel has a file of its own; the school and the camp site are a table and a loop each. */
#include "cmd/demo_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/demo_hotel.h"
#include "core/date.h"

enum {
    BOOKINGS = 2340, /* that are tried, about: what the progress bar goes by */
    WAIT_LIMIT_MS = 60000,
};

struct school_row {
    const char *name;
    int32_t max_guests;
    const char *features;
    const char *building;
    int rooms;
};

static const struct school_row school_types[] = {
    {"Classroom", 30, "[\"projector\",\"whiteboard\"]", "Main", 14},
    {"Laboratory", 24, "[\"fume_hood\",\"gas\",\"sinks\"]", "Science", 4},
    {"Computer room", 26, "[\"computers\",\"projector\"]", "Science", 3},
    {"Music room", 20, "[\"piano\"]", "Arts", 2},
    {"Seminar room", 12, "[\"screen\"]", "Main", 4},
    {"Hall", 250, "[\"projector\",\"stage\"]", "Main", 1},
};
enum { SCHOOL_TYPES = sizeof(school_types) / sizeof(school_types[0]), SCHOOL_ROOMS = 64 };

struct school {
    struct demo_house *house;
    struct id rooms[SCHOOL_ROOMS];
    size_t room_count;
};

static bool
build_school(struct demo *demo, struct school *school)
{
    struct room rooms[SCHOOL_ROOMS];
    char numbers[SCHOOL_ROOMS][DEMO_NUMBER_SIZE];
    for (size_t i = 0; i < SCHOOL_TYPES; i++) {
        struct id type;
        struct room_type row = {.name = str_from(school_types[i].name),
                                .sold_by = SOLD_BY_MINUTE,
                                .max_guests = school_types[i].max_guests,
                                .features = str_from(school_types[i].features),
                                .opens_min = 7 * 60,
                                .closes_min = 21 * 60,
                                .length_max = 8 * 60};
        if (!demo_make_type(demo, school->house->property, row, 0, &type))
            return false;
        for (int n = 1; n <= school_types[i].rooms; n++) {
            char *number = numbers[school->room_count];
            (void)snprintf(number, DEMO_NUMBER_SIZE, "%c%d%02d", school_types[i].building[0], (int)(1 + i / 2),
                           n + 20 * (int)i % 60);
            rooms[school->room_count++] = demo_room(type, number, n > 7 ? "2" : "1", school_types[i].building);
        }
    }
    if (!demo_make_rooms(demo, school->house->property, rooms, school->room_count, school->rooms))
        return false;
    school->house->rooms = (int64_t)school->room_count;
    return true;
}

/* A timetable: periods of 50 minutes from eight, Monday to Friday, for three weeks; wall time in winter is UTC + 1. */
static bool
fill_school(struct demo *demo, struct school *school)
{
    for (int32_t date = demo->today; date < demo->today + 21; date++) {
        if (date_weekday(date) > 5)
            continue;
        for (size_t room = 0; room < school->room_count; room++) {
            for (int period = 0; period < 8; period++) {
                if (demo_pick(demo, 100) >= 45)
                    continue;
                int64_t starts = date_to_instant(date) + (7 * 60 + period * 60) * 60000LL;
                struct leg leg = {.room = school->rooms[room],
                                  .by_minute = true,
                                  .span = {starts, starts + 50 * 60000LL},
                                  .party = 1 + (int32_t)demo_pick(demo, 12)};
                struct actor teacher = demo_people_teacher(demo->people, (int)demo_pick(demo, DEMO_TEACHERS));
                demo_book(demo, school->house, &leg, 1, PAYMENT_NONE, teacher, (struct demo_after){.cancels = false});
            }
        }
    }
    return true;
}

/* --- the shop --- */

static bool
make_shop(struct demo *demo, struct demo_house *house)
{
    static const struct {
        const char *name;
        int32_t units;
    } kinds[] = {{"Tent pitch", 40}, {"Caravan pitch", 18}, {"Bunk bed", 24}};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct id type;
        struct room_type row = {
            .name = str_from(kinds[i].name), .stock = STOCK_COUNT, .max_guests = 6, .features = STR("[]")};
        if (!demo_make_type(demo, house->property, row, kinds[i].units, &type))
            return false;
        for (int n = 0; n < 90; n++) {
            struct leg leg = demo_stay(demo, type, 4);
            demo_book(demo, house, &leg, 1, PAYMENT_NONE, demo_desk, (struct demo_after){.cancels = false});
        }
    }
    return true;
}

/* --- all of it --- */

/* The hotel first: it takes as long as the passwords of the people, who are needed for the school. */
static bool
fill_all(struct demo *demo, struct demo_house houses[DEMO_HOUSES])
{
    for (uint32_t i = 0; i < DEMO_HOUSES; i++)
        houses[i] = (struct demo_house){.property = i};
    struct demo_hotel hotel;
    struct school school = {.house = &houses[DEMO_SCHOOL]};
    struct property noether = {.name = STR("Noether School"), .shows_holders = true};
    struct property turing = {.name = STR("Camping Turing"), .day_rolls_at_min = 180};
    if (!demo_hotel_make(demo, &houses[DEMO_HOTEL], &hotel) || !demo_make_property(demo, noether, school.house) ||
        !demo_make_property(demo, turing, &houses[DEMO_SHOP]) ||
        !demo_people_make(demo->people, demo->engine, houses, demo->err))
        return false;
    demo_hotel_give_rooms(demo, &hotel);
    return build_school(demo, &school) && fill_school(demo, &school) && make_shop(demo, &houses[DEMO_SHOP]);
}

static bool
fill(struct demo *demo, struct demo_house houses[DEMO_HOUSES])
{
    if (!demo_begin(demo))
        return false;
    struct engine_settings engine = ENGINE_SETTINGS_DEFAULT;
    engine.db = demo->db;
    engine.clock = clock_system();
    engine.random = &demo->random.random;
    engine.sweep_interval_ms = 0;
    engine.wait_limit_ms = WAIT_LIMIT_MS;
    if (engine_new(&engine, &demo->engine, demo->err) != DB_OK)
        return false;
    progress_init(&demo->progress, STDERR_FILENO, clock_system(), "filling the houses", BOOKINGS);
    bool filled = fill_all(demo, houses);
    demo_flush(demo);
    progress_set(&demo->progress, BOOKINGS);
    progress_done(&demo->progress);
    engine_free(demo->engine);
    return filled;
}

bool
demo_fill(const char *url, uint64_t seed, struct demo_house ret_houses[DEMO_HOUSES], struct err *err)
{
    struct demo demo = {.err = err, .today = date_from_instant(clock_now_ms(clock_system()))};
    random_seeded_init(&demo.random, seed);
    struct db_settings db = DB_SETTINGS_DEFAULT;
    db.url = url;
    db.create = false;
    if (db_open(&db, &demo.db, err) != DB_OK)
        return false;
    demo.people = demo_people_new(err);
    bool filled = demo.people != NULL && fill(&demo, ret_houses);
    demo_people_free(demo.people);
    demo_end(&demo);
    db_close(demo.db);
    return filled;
}
