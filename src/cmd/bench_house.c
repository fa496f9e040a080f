/* Commands go to the engine hundreds at a time and are answered together: one wait for the disk for all of them. */
#include "cmd/bench_house.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/database.h"
#include "core/date.h"
#include "engine/engine.h"

enum {
    AT_ONCE = 512,
    ROOMS_MAX = 100,
    NIGHTS_ON_SALE = 730,
    FULL_PERCENT = 50,
    NAME_SIZE = 48,
};

/* A booking that has not been cancelled. */
struct live {
    uint32_t property;
    int32_t nights;
    struct id id;
};

struct maker {
    struct bench_house *house;
    struct engine *engine;
    struct random_seeded random;
    struct err *err;
    uint32_t number[BENCH_PROPERTIES_MAX];
    struct id type[BENCH_PROPERTIES_MAX][BENCH_TYPES_MAX];
    struct id room[BENCH_TYPES_MAX][ROOMS_MAX]; /* of the first property */
    struct live *live;
    int64_t live_count, live_nights;
};

struct slot {
    struct engine_request request;
    struct leg leg;
    char name[NAME_SIZE], email[NAME_SIZE];
};

static const struct actor clerk = {.name = {"system", 6}, .role = ROLE_OWNER};

static int64_t
pick(struct maker *maker, int64_t bound)
{
    return (int64_t)random_below(&maker->random.random, (uint64_t)bound);
}

static bool
must(struct maker *maker, const char *what, enum outcome outcome)
{
    if (outcome == OUTCOME_OK)
        return true;
    err_set(maker->err, ERR_DATA, "can't make %s: %.*s", what, STR_ARG(outcome_info(outcome)->code));
    return false;
}

/* --- the houses --- */

/* The subjects of the first events, `count` of them. */
static enum outcome
run_all(struct maker *maker, struct command command, struct id *ret_subjects, size_t count)
{
    command.actor = clerk;
    struct engine_request request = {.command = command};
    if (!engine_run(maker->engine, &request))
        return OUTCOME_BUSY_RETRY;
    enum outcome outcome = request.result.refusal.outcome;
    if (outcome == OUTCOME_OK)
        for (size_t i = 0; i < count; i++)
            ret_subjects[i] = request.result.events[i].subject;
    engine_request_done(&request);
    return outcome;
}

static enum outcome
run(struct maker *maker, struct command command, struct id *ret_subject)
{
    return run_all(maker, command, ret_subject, 1);
}

static bool
make_rooms(struct maker *maker, uint32_t property, struct id type, size_t type_at)
{
    struct room rooms[ROOMS_MAX];
    char numbers[ROOMS_MAX][16];
    size_t count = maker->house->settings.rooms_each;
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(numbers[i], sizeof(numbers[i]), "%zu-%02zu", type_at + 1, i + 1);
        rooms[i] = (struct room){.room_type = type,
                                 .number = str_from(numbers[i]),
                                 .floor = STR(""),
                                 .building = STR(""),
                                 .features = STR("[]")};
    }
    struct command command = {
        .kind = COMMAND_CREATE_ROOMS, .property = property, .create_rooms = {.rooms = rooms, .room_count = count}};
    struct id ignored[ROOMS_MAX];
    bool first = property == maker->number[0];
    return must(maker, "rooms", run_all(maker, command, first ? maker->room[type_at] : ignored, count));
}

static bool
make_type(struct maker *maker, size_t property_at, size_t type_at)
{
    char name[NAME_SIZE];
    (void)snprintf(name, sizeof(name), "Type %zu", type_at + 1);
    struct id *type = &maker->type[property_at][type_at];
    uint32_t property = maker->number[property_at];
    struct command command = {.kind = COMMAND_CREATE_ROOM_TYPE,
                              .property = property,
                              .put_room_type = {.room_type = {.name = str_from(name),
                                                              .max_guests = 2,
                                                              .features = STR("[]"),
                                                              .closes_min = 1440,
                                                              .length_min = 15,
                                                              .length_max = 1440,
                                                              .hold_ttl_ms = 600000}}};
    if (!must(maker, name, run(maker, command, type)))
        return false;
    id_format(ID_ROOM_TYPE, property, *type, maker->house->type[property_at][type_at]);
    return make_rooms(maker, property, *type, type_at);
}

static bool
make_property(struct maker *maker, size_t at)
{
    char name[NAME_SIZE];
    (void)snprintf(name, sizeof(name), "House %zu", at + 1);
    struct command command = {.kind = COMMAND_CREATE_PROPERTY,
                              .put_property = {.property = {.name = str_from(name),
                                                            .time_zone = STR("Etc/UTC"),
                                                            .currency = STR("EUR"),
                                                            .payment_ttl_ms = 30 * 60000LL,
                                                            .approval_ttl_ms = 3 * 86400000LL}}};
    struct id id;
    if (!must(maker, name, run(maker, command, &id)))
        return false;
    maker->number[at] = (uint32_t)at + 1; /* an empty database numbers them from 1 */
    id_format(ID_PROPERTY, maker->number[at], id, maker->house->property[at]);
    for (size_t i = 0; i < maker->house->settings.types_each; i++)
        if (!make_type(maker, at, i))
            return false;
    return true;
}

/* --- stays that begin today --- */

static bool
inspect(struct maker *maker, struct id room)
{
    struct id ignored;
    struct command command = {.kind = COMMAND_INSPECT_ROOM,
                              .property = maker->number[0],
                              .room_step = {.room = room, .result = ROOM_RESULT_PASS}};
    return must(maker, "a clean room", run(maker, command, &ignored));
}

static bool
make_stay(struct maker *maker, size_t at, int32_t today)
{
    struct bench_house *house = maker->house;
    const struct id *rooms = &maker->room[at % house->settings.types_each][at / house->settings.types_each * 2];
    struct leg leg = {.room = rooms[0], .span = span_from_nights(today, today + 1), .pinned = true, .party = 1};
    struct command create = {
        .kind = COMMAND_CREATE_BOOKINGS,
        .property = maker->number[0],
        .create_bookings = {
            .legs = &leg, .leg_count = 1, .guest = {.name = STR("Guest of today")}, .payment = PAYMENT_NONE}};
    struct id stay;
    if (!inspect(maker, rooms[0]) || !inspect(maker, rooms[1]) || !must(maker, "a stay", run(maker, create, &stay)))
        return false;
    id_format(ID_BOOKING, maker->number[0], stay, house->stay[at]);
    id_format(ID_ROOM, maker->number[0], rooms[0], house->room[at][0]);
    id_format(ID_ROOM, maker->number[0], rooms[1], house->room[at][1]);
    return true;
}

static bool
make_stays(struct maker *maker)
{
    int32_t today = date_from_instant(clock_now_ms(clock_system()));
    for (size_t i = 0; i < maker->house->settings.stays; i++)
        if (!make_stay(maker, i, today))
            return false;
    return true;
}

/* --- the bookings --- */

static void
on_done(struct engine_request *request)
{
    (void)request;
}

static void
give_key(struct maker *maker, struct engine_request *request)
{
    request->has_key = true;
    random_fill(&maker->random.random, request->key, sizeof(request->key));
    random_fill(&maker->random.random, request->fingerprint, sizeof(request->fingerprint));
}

static void
ask_to_book(struct maker *maker, struct slot *slot)
{
    const struct bench_house_settings *settings = &maker->house->settings;
    size_t property = (size_t)pick(maker, (int64_t)settings->properties);
    int32_t arrival = maker->house->first_night + (int32_t)pick(maker, BENCH_ARRIVALS);
    int64_t guest = pick(maker, 1000000);
    (void)snprintf(slot->name, sizeof(slot->name), "Guest %06lld", (long long)guest);
    (void)snprintf(slot->email, sizeof(slot->email), "guest%06lld@example.org", (long long)guest);
    slot->leg =
        (struct leg){.room_type = maker->type[property][pick(maker, (int64_t)settings->types_each)],
                     .span = span_from_nights(arrival, arrival + 1 + (int32_t)pick(maker, BENCH_STAY_NIGHTS_MAX)),
                     .party = 1 + (int32_t)pick(maker, 2)};
    slot->request = (struct engine_request){
        .command = {.kind = COMMAND_CREATE_BOOKINGS,
                    .actor = clerk,
                    .property = maker->number[property],
                    .create_bookings = {.legs = &slot->leg,
                                        .leg_count = 1,
                                        .guest = {.name = str_from(slot->name), .email = str_from(slot->email)},
                                        .payment = PAYMENT_NONE}},
        .done = on_done};
    give_key(maker, &slot->request);
}

/* Takes a random booking off the list. */
static void
ask_to_cancel(struct maker *maker, struct slot *slot)
{
    struct live *live = &maker->live[pick(maker, maker->live_count)];
    slot->request =
        (struct engine_request){.command = {.kind = COMMAND_CANCEL_BOOKING,
                                            .actor = clerk,
                                            .property = live->property,
                                            .booking_step = {.booking = live->id, .reason = STR("the guest called")}},
                                .done = on_done};
    give_key(maker, &slot->request);
    maker->live_nights -= live->nights;
    *live = maker->live[--maker->live_count];
}

static void
note_answer(struct maker *maker, const struct slot *slot)
{
    struct bench_house *house = maker->house;
    const struct engine_request *request = &slot->request;
    if (request->result.refusal.outcome != OUTCOME_OK) {
        house->refused++;
        return;
    }
    if (request->command.kind == COMMAND_CANCEL_BOOKING) {
        house->cancelled++;
        return;
    }
    int32_t from, until;
    bool nights = span_to_nights(slot->leg.span, &from, &until);
    int32_t count = nights ? until - from : 0;
    maker->live[maker->live_count++] =
        (struct live){.property = request->command.property, .nights = count, .id = request->result.events[0].subject};
    maker->live_nights += count;
    house->bookings++;
}

static int64_t
nights_there_are(const struct bench_house_settings *settings)
{
    return (int64_t)(settings->properties * settings->types_each * settings->rooms_each) * NIGHTS_ON_SALE;
}

static bool
run_some(struct maker *maker, struct slot *slots, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!engine_submit(maker->engine, &slots[i].request)) {
            err_set(maker->err, ERR_UNAVAILABLE, "the engine takes no more commands");
            return false;
        }
    }
    while (engine_step(maker->engine) > 0)
        ;
    for (size_t i = 0; i < count; i++) {
        note_answer(maker, &slots[i]);
        engine_request_done(&slots[i].request);
    }
    return true;
}

static bool
make_bookings(struct maker *maker)
{
    struct bench_house *house = maker->house;
    int64_t wanted = house->settings.bookings;
    int64_t full = nights_there_are(&house->settings) * FULL_PERCENT / 100;
    struct slot *slots = calloc(AT_ONCE, sizeof(*slots));
    maker->live = calloc((size_t)wanted + 1, sizeof(*maker->live));
    bool well = slots != NULL && maker->live != NULL;
    if (!well)
        err_set(maker->err, ERR_MEMORY, "no memory for so many bookings");
    int64_t began = clock_monotonic_ns(clock_system());
    while (well && house->bookings < wanted) {
        int64_t missing = wanted - house->bookings;
        size_t count = missing < AT_ONCE / 2 ? (size_t)missing : AT_ONCE / 2;
        for (size_t i = 0; i < count; i++)
            ask_to_book(maker, &slots[i]);
        for (size_t i = count; i > 0 && maker->live_nights > full; i--)
            ask_to_cancel(maker, &slots[count++]);
        well = run_some(maker, slots, count);
    }
    house->fill_seconds = (double)(clock_monotonic_ns(clock_system()) - began) / 1e9;
    free(maker->live);
    free(slots);
    return well;
}

/* --- all of it --- */

static bool
make_all(struct maker *maker, struct db *db)
{
    struct engine_settings settings = ENGINE_SETTINGS_DEFAULT;
    settings.db = db;
    settings.clock = clock_system();
    settings.random = &maker->random.random;
    settings.sweep_interval_ms = 0;
    settings.wait_limit_ms = INT32_MAX;
    if (engine_new(&settings, &maker->engine, maker->err) != DB_OK)
        return false;
    bool made = true;
    for (size_t i = 0; made && i < maker->house->settings.properties; i++)
        made = make_property(maker, i);
    made = made && make_stays(maker) && make_bookings(maker);
    engine_free(maker->engine);
    return made;
}

bool
bench_house_make(const struct bench_house_settings *settings, struct bench_house *ret_house, struct err *err)
{
    char url[512];
    int applied;
    (void)snprintf(url, sizeof(url), "sqlite:%s", settings->path);
    *ret_house =
        (struct bench_house){.settings = *settings, .first_night = date_from_instant(clock_now_ms(clock_system())) + 2};
    struct maker maker = {.house = ret_house, .err = err};
    random_seeded_init(&maker.random, 1);
    struct db_settings db_settings = DB_SETTINGS_DEFAULT;
    db_settings.url = url;
    db_settings.create = false;
    struct db *db;
    if (!database_migrate(url, &applied, err) || db_open(&db_settings, &db, err) != DB_OK)
        return false;
    bool made = make_all(&maker, db);
    db_close(db);
    (void)malloc_trim(0); /* a server that is forked now would be taken to use what filling has left behind */
    return made;
}
