/* Which stays and bookings a house has: the properties first, then who is there, then what is booked in random order.
 */
#include "cmd/bench_house.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/bench_maker.h"
#include "cmd/database.h"
#include "core/date.h"

enum {
    NIGHTS_ON_SALE = 730,
    FULL_PERCENT = 50,
    UNITS_ON_REQUEST = 1000,
    STAY_PRICE = 10000, /* minor units */
};

/* A booking that has not been cancelled. */
struct live {
    uint32_t property;
    int32_t nights;
    struct id id;
};

/* The houses with what is booked in them so far. */
struct booker {
    struct bench_maker *maker;
    struct live *live;
    int64_t live_count, live_nights;
};

/* --- stays that begin today --- */

static bool
make_stay(struct bench_maker *maker, size_t at, int32_t today)
{
    struct bench_house *house = maker->house;
    const struct id *rooms = &maker->room[at % house->settings.types_each][at / house->settings.types_each * 2];
    struct leg leg = {.room = rooms[0],
                      .span = span_from_nights(today, today + 1),
                      .pinned = true,
                      .party = 1,
                      .price = {.known = true, .minor = STAY_PRICE}};
    struct command create = {
        .kind = COMMAND_CREATE_BOOKINGS,
        .property = maker->number[0],
        .create_bookings = {
            .legs = &leg, .leg_count = 1, .guest = {.name = STR("Guest of today")}, .payment = PAYMENT_NONE}};
    struct id stay;
    if (!bench_maker_inspect(maker, rooms[0]) || !bench_maker_inspect(maker, rooms[1]) ||
        !bench_maker_must(maker, "a stay", bench_maker_run(maker, create, &stay, 1)))
        return false;
    id_format(ID_BOOKING, maker->number[0], stay, house->stay[at]);
    id_format(ID_ROOM, maker->number[0], rooms[0], house->room[at][0]);
    id_format(ID_ROOM, maker->number[0], rooms[1], house->room[at][1]);
    return true;
}

static bool
make_type_on_request(struct bench_maker *maker)
{
    struct command create = {.kind = COMMAND_CREATE_ROOM_TYPE,
                             .property = maker->number[0],
                             .put_room_type = {.units = UNITS_ON_REQUEST,
                                               .room_type = {.name = STR("On request"),
                                                             .max_guests = 2,
                                                             .features = STR("[]"),
                                                             .stock = STOCK_COUNT,
                                                             .needs_approval = true,
                                                             .closes_min = 1440,
                                                             .length_min = 15,
                                                             .length_max = 1440,
                                                             .hold_ttl_ms = 600000}}};
    struct id type;
    if (!bench_maker_must(maker, "a type on request", bench_maker_run(maker, create, &type, 1)))
        return false;
    id_format(ID_ROOM_TYPE, maker->number[0], type, maker->house->on_request);
    return true;
}

static bool
make_stays(struct bench_maker *maker)
{
    if (maker->house->settings.stays > 0 && !make_type_on_request(maker))
        return false;
    int32_t today = date_from_instant(clock_now_ms(clock_system()));
    for (size_t i = 0; i < maker->house->settings.stays; i++)
        if (!make_stay(maker, i, today))
            return false;
    return true;
}

/* --- the bookings --- */

static void
ask_to_book(struct bench_maker *maker, struct bench_slot *slot)
{
    const struct bench_house_settings *settings = &maker->house->settings;
    size_t property = (size_t)bench_maker_pick(maker, (int64_t)settings->properties);
    int32_t arrival = maker->house->first_night + (int32_t)bench_maker_pick(maker, BENCH_ARRIVALS);
    int64_t guest = bench_maker_pick(maker, 1000000);
    (void)snprintf(slot->name, sizeof(slot->name), "Guest %06lld", (long long)guest);
    (void)snprintf(slot->email, sizeof(slot->email), "guest%06lld@example.org", (long long)guest);
    slot->leg = (struct leg){
        .room_type = maker->type[property][bench_maker_pick(maker, (int64_t)settings->types_each)],
        .span = span_from_nights(arrival, arrival + 1 + (int32_t)bench_maker_pick(maker, BENCH_STAY_NIGHTS_MAX)),
        .party = 1 + (int32_t)bench_maker_pick(maker, 2)};
    bench_maker_ask(
        maker, slot,
        (struct command){.kind = COMMAND_CREATE_BOOKINGS,
                         .property = maker->number[property],
                         .create_bookings = {.legs = &slot->leg,
                                             .leg_count = 1,
                                             .guest = {.name = str_from(slot->name), .email = str_from(slot->email)},
                                             .payment = PAYMENT_NONE}});
}

/* Takes a random booking off the list. */
static void
ask_to_cancel(struct booker *booker, struct bench_slot *slot)
{
    struct live *live = &booker->live[bench_maker_pick(booker->maker, booker->live_count)];
    bench_maker_ask(booker->maker, slot,
                    (struct command){.kind = COMMAND_CANCEL_BOOKING,
                                     .property = live->property,
                                     .booking_step = {.booking = live->id, .reason = STR("the guest called")}});
    booker->live_nights -= live->nights;
    *live = booker->live[--booker->live_count];
}

static void
note_answer(struct booker *booker, const struct bench_slot *slot)
{
    struct bench_house *house = booker->maker->house;
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
    booker->live[booker->live_count++] =
        (struct live){.property = request->command.property, .nights = count, .id = request->result.events[0].subject};
    booker->live_nights += count;
    house->bookings++;
}

static int64_t
nights_there_are(const struct bench_house_settings *settings)
{
    return (int64_t)(settings->properties * settings->types_each * settings->rooms_each) * NIGHTS_ON_SALE;
}

static bool
book_some(struct booker *booker, struct bench_slot *slots)
{
    const struct bench_house *house = booker->maker->house;
    int64_t missing = house->settings.bookings - house->bookings;
    int64_t full = nights_there_are(&house->settings) * FULL_PERCENT / 100;
    size_t count = missing < BENCH_AT_ONCE / 2 ? (size_t)missing : BENCH_AT_ONCE / 2;
    for (size_t i = 0; i < count; i++)
        ask_to_book(booker->maker, &slots[i]);
    for (size_t i = count; i > 0 && booker->live_nights > full; i--)
        ask_to_cancel(booker, &slots[count++]);
    if (!bench_maker_run_slots(booker->maker, slots, count))
        return false;
    for (size_t i = 0; i < count; i++) {
        note_answer(booker, &slots[i]);
        engine_request_done(&slots[i].request);
    }
    return true;
}

static bool
make_bookings(struct bench_maker *maker)
{
    struct bench_house *house = maker->house;
    struct bench_slot *slots = calloc(BENCH_AT_ONCE, sizeof(*slots));
    struct booker booker = {.maker = maker, .live = calloc((size_t)house->settings.bookings + 1, sizeof(*booker.live))};
    bool well = slots != NULL && booker.live != NULL;
    if (!well)
        err_set(maker->err, ERR_MEMORY, "no memory for so many bookings");
    int64_t began = clock_monotonic_ns(clock_system());
    while (well && house->bookings < house->settings.bookings)
        well = book_some(&booker, slots);
    house->fill_seconds = (double)(clock_monotonic_ns(clock_system()) - began) / 1e9;
    free(booker.live);
    free(slots);
    return well;
}

/* --- all of it --- */

static bool
make_all(struct bench_maker *maker, struct db *db)
{
    bool made = bench_maker_open(maker, db);
    if (!made)
        return false;
    if (maker->house->settings.residents > 0)
        maker->clock.behind_ms = 2 * DATE_DAY_MS;
    for (size_t i = 0; made && i < maker->house->settings.properties; i++)
        made = bench_maker_make_property(maker, i);
    made = made && bench_make_residents(maker) && make_stays(maker) && make_bookings(maker);
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
    static struct bench_maker maker; /* its rooms are too many for a stack */
    maker = (struct bench_maker){.house = ret_house, .err = err};
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
