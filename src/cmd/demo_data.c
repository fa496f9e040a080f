/* Tables of names and types, and loops that book. Refusals are part of it: a full house refuses the generator as it
 * would a guest, and then the next one is tried. Bookings wait until there are many of them and share a commit, since a
 * disk takes about as long for one as for a hundred. */
#include "cmd/demo_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/demo_people.h"
#include "cmd/stopping.h"
#include "core/date.h"
#include "engine/engine.h"
#include "util/progress.h"

enum {
    NAME_SIZE = 64,
    NUMBER_SIZE = 24,
    LEGS = 4,          /* of the largest group */
    WAITING_MAX = 256, /* bookings per commit */
    BOOKINGS = 2340,   /* that are tried, about: what the progress bar goes by */
    GUESTS_IN = 24,    /* who come without a booking, if their room is free */
    WAIT_LIMIT_MS = 60000,
};

/* A booking on its way; everything that its command points to. */
struct waiting {
    struct engine_request request;
    struct leg legs[LEGS];
    char name[NAME_SIZE], email[NAME_SIZE];
    struct demo_house *house;
    bool cancels; /* it is to be cancelled again */
};

struct demo {
    struct db *db;
    struct engine *engine;
    struct demo_people *people;
    struct random_seeded random;
    struct waiting *waiting; /* WAITING_MAX of them */
    size_t waiting_count;
    struct progress progress;
    int64_t tried;
    int32_t today;
    struct err *err;
};

/* --- tables --- */

struct type_row {
    const char *name;
    int32_t max_guests;
    const char *features; /* sorted JSON */
    int per_floor;        /* hotel: rooms of this type on each floor */
    int64_t night;        /* what one costs, in cents */
};

static const struct type_row hotel_types[] = {
    {"Single", 1, "[\"courtyard\",\"shower\"]", 3, 8900},
    {"Double", 2, "[\"bath\",\"street\"]", 4, 12900},
    {"Twin", 2, "[\"shower\",\"twin_beds\"]", 2, 11900},
    {"Family", 4, "[\"bath\",\"sofa_bed\"]", 1, 18900},
    {"Suite", 3, "[\"balcony\",\"bath\",\"river_view\"]", 1, 26900},
};
enum { HOTEL_TYPES = sizeof(hotel_types) / sizeof(hotel_types[0]), HOTEL_FLOORS = 6, HOTEL_ROOMS = HOTEL_FLOORS * 16 };

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

static const char *const first_names[] = {"Ada",    "Grace",  "Alan",  "Edsger", "Barbara", "Donald", "Frances",
                                          "Dennis", "Radia",  "Ken",   "Sophie", "Niklaus", "Karen",  "Tony",
                                          "Lynn",   "Leslie", "Hedy",  "John",   "Mary",    "Andrew", "Shafi",
                                          "Robin",  "Annie",  "Peter", "Jean",   "Evelyn",  "Joan",   "Vint"};
static const char *const last_names[] = {"Okafor",   "Lindqvist", "Moreau", "Tanaka", "Novak",   "Silva",    "Haddad",
                                         "Kowalska", "Fischer",   "Rossi",  "Dubois", "Yilmaz",  "Andersen", "Petrov",
                                         "Garcia",   "Nguyen",    "Weber",  "Costa",  "Murphy",  "Jansen",   "Bianchi",
                                         "Larsen",   "Schmidt",   "Mensah", "Ito",    "Virtanen"};
enum {
    FIRST_NAMES = sizeof(first_names) / sizeof(first_names[0]),
    LAST_NAMES = sizeof(last_names) / sizeof(last_names[0]),
};

/* --- running commands --- */

static int64_t
pick(struct demo *demo, int64_t bound)
{
    return (int64_t)random_below(&demo->random.random, (uint64_t)bound);
}

/* Runs one command; *ret_subject is what its first event is about. OUTCOME_OK or how it was refused. */
static enum outcome
run(struct demo *demo, uint32_t property, struct command command, struct id *ret_subject)
{
    command.property = property;
    if (command.actor.name.len == 0)
        command.actor = (struct actor){.name = STR("system"), .role = ROLE_OWNER};
    struct engine_request request = {.command = command};
    if (!engine_run(demo->engine, &request))
        return OUTCOME_BUSY_RETRY;
    enum outcome outcome = request.result.refusal.outcome;
    if (outcome == OUTCOME_OK && ret_subject != NULL)
        *ret_subject = request.result.events[0].subject;
    engine_request_done(&request);
    return outcome;
}

/* Something without which there is no demo. */
static bool
must(struct demo *demo, const char *what, enum outcome outcome)
{
    if (outcome == OUTCOME_OK)
        return true;
    err_set(demo->err, ERR_DATA, "the demo could not make %s: %.*s", what, STR_ARG(outcome_info(outcome)->code));
    return false;
}

static bool
make_property(struct demo *demo, const char *name, const char *zone, bool shows_holders, struct demo_house *ret_house)
{
    struct command command = {.kind = COMMAND_CREATE_PROPERTY,
                              .put_property = {.property = {.name = str_from(name),
                                                            .time_zone = str_from(zone),
                                                            .currency = STR("EUR"),
                                                            .day_rolls_at_min = shows_holders ? 0 : 180,
                                                            .payment_ttl_ms = 30 * 60000LL,
                                                            .approval_ttl_ms = 3 * 86400000LL,
                                                            .shows_holders = shows_holders}}};
    ret_house->name = name;
    ret_house->property++;
    if (!must(demo, name, run(demo, 0, command, &ret_house->property_id)))
        return false;
    id_format(ID_PROPERTY, ret_house->property, ret_house->property_id, ret_house->id);
    return true;
}

static bool
make_type(struct demo *demo, uint32_t property, struct room_type type, int32_t units, struct id *ret_id)
{
    type.closes_min = type.closes_min == 0 ? 1440 : type.closes_min;
    type.length_min = type.length_min == 0 ? 15 : type.length_min;
    type.length_max = type.length_max == 0 ? 1440 : type.length_max;
    type.hold_ttl_ms = type.sold_by == SOLD_BY_NIGHT ? 600000 : 30000;
    struct command command = {.kind = COMMAND_CREATE_ROOM_TYPE, .put_room_type = {.room_type = type, .units = units}};
    return must(demo, type.name.ptr, run(demo, property, command, ret_id));
}

static struct room
room_of(struct id type, const char *number, const char *floor, const char *building)
{
    return (struct room){.room_type = type,
                         .number = str_from(number),
                         .floor = str_from(floor),
                         .building = str_from(building),
                         .features = STR("[]")};
}

/* All in one command; *ret_ids in the same order. */
static bool
make_rooms(struct demo *demo, uint32_t property, const struct room *rooms, size_t count, struct id *ret_ids)
{
    struct engine_request request = {.command = {.kind = COMMAND_CREATE_ROOMS,
                                                 .property = property,
                                                 .actor = {.name = STR("system"), .role = ROLE_OWNER},
                                                 .create_rooms = {.rooms = rooms, .room_count = count}}};
    enum outcome outcome = engine_run(demo->engine, &request) ? request.result.refusal.outcome : OUTCOME_BUSY_RETRY;
    for (size_t i = 0; outcome == OUTCOME_OK && i < count; i++)
        ret_ids[i] = request.result.events[i].subject;
    engine_request_done(&request);
    return must(demo, "rooms", outcome);
}

/* --- guests and bookings --- */

static struct guest_details
make_guest(struct demo *demo, char name[NAME_SIZE], char email[NAME_SIZE])
{
    const char *first = first_names[pick(demo, FIRST_NAMES)], *last = last_names[pick(demo, LAST_NAMES)];
    (void)snprintf(name, NAME_SIZE, "%s %s", first, last);
    (void)snprintf(email, NAME_SIZE, "%s.%s@example.org", first, last);
    for (char *c = email; *c != '\0'; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
    return (struct guest_details){.name = str_from(name), .email = str_from(email)};
}

static const struct actor desk = {.name = {"system", 6}, .role = ROLE_FRONT_DESK};

/* Hands everything that waits to the engine, which commits it at once. */
static void
flush(struct demo *demo)
{
    size_t count = demo->waiting_count;
    demo->waiting_count = 0;
    while (engine_step(demo->engine) > 0)
        ;
    for (size_t i = 0; i < count; i++) {
        struct waiting *waiting = &demo->waiting[i];
        bool made = waiting->request.result.refusal.outcome == OUTCOME_OK;
        struct id booking = made ? waiting->request.result.events[0].subject : ID_NONE;
        waiting->house->bookings += made ? (int64_t)waiting->request.command.create_bookings.leg_count : 0;
        engine_request_done(&waiting->request);
        if (made && waiting->cancels)
            (void)run(demo, waiting->house->property,
                      (struct command){.kind = COMMAND_CANCEL_BOOKING,
                                       .actor = desk,
                                       .booking_step = {.booking = booking, .reason = STR("the guest called")}},
                      NULL);
    }
    demo->tried += (int64_t)count;
    progress_set(&demo->progress, demo->tried);
}

/* The request stays where it is until flush(). */
static void
on_done(struct engine_request *request)
{
    (void)request;
}

/* Books, sooner or later; what is refused is let go. Nothing is booked for someone who has pressed Ctrl-C. */
static void
book(struct demo *demo, struct demo_house *house, const struct leg *legs, size_t leg_count,
     enum booking_payment payment, struct actor actor, bool cancels)
{
    if (stopping_is_asked())
        return;
    if (demo->waiting_count == WAITING_MAX)
        flush(demo);
    struct waiting *waiting = &demo->waiting[demo->waiting_count];
    *waiting = (struct waiting){.house = house, .cancels = cancels};
    memcpy(waiting->legs, legs, leg_count * sizeof(*legs));
    waiting->request = (struct engine_request){
        .command = {.kind = COMMAND_CREATE_BOOKINGS,
                    .actor = actor,
                    .property = house->property,
                    .create_bookings = {.legs = waiting->legs,
                                        .leg_count = leg_count,
                                        .group = leg_count > 1,
                                        .guest = make_guest(demo, waiting->name, waiting->email),
                                        .payment = payment}},
        .done = on_done};
    if (engine_submit(demo->engine, &waiting->request))
        demo->waiting_count++;
    else
        engine_request_done(&waiting->request);
}

/* --- the hotel --- */

struct hotel {
    struct demo_house *house;
    struct id types[HOTEL_TYPES];
    struct id rooms[HOTEL_ROOMS];
    size_t type_of[HOTEL_ROOMS]; /* each room's, by its place in hotel_types */
    size_t room_count;
};

static bool
build_hotel(struct demo *demo, struct hotel *hotel)
{
    for (size_t i = 0; i < HOTEL_TYPES; i++) {
        struct room_type type = {.name = str_from(hotel_types[i].name),
                                 .max_guests = hotel_types[i].max_guests,
                                 .features = str_from(hotel_types[i].features)};
        if (!make_type(demo, hotel->house->property, type, 0, &hotel->types[i]))
            return false;
    }
    struct room rooms[HOTEL_ROOMS];
    char numbers[HOTEL_ROOMS][NUMBER_SIZE], levels[HOTEL_FLOORS][4];
    for (int floor = 1; floor <= HOTEL_FLOORS; floor++) {
        int door = 0;
        (void)snprintf(levels[floor - 1], sizeof(levels[0]), "%d", floor);
        for (size_t i = 0; i < HOTEL_TYPES; i++) {
            for (int n = 0; n < hotel_types[i].per_floor; n++) {
                char *number = numbers[hotel->room_count];
                (void)snprintf(number, NUMBER_SIZE, "%d%02d", floor, ++door);
                hotel->type_of[hotel->room_count] = i;
                rooms[hotel->room_count++] = room_of(hotel->types[i], number, levels[floor - 1], "Main");
            }
        }
    }
    if (!make_rooms(demo, hotel->house->property, rooms, hotel->room_count, hotel->rooms))
        return false;
    hotel->house->rooms = (int64_t)hotel->room_count;
    return true;
}

/* A stay around today: more of them soon, fewer later; mostly short. */
static struct leg
random_stay(struct demo *demo, struct id type, int32_t max_guests)
{
    int64_t ahead = pick(demo, 3) == 0 ? pick(demo, 120) : pick(demo, 21);
    int64_t nights = 1 + pick(demo, 3) + (pick(demo, 5) == 0 ? pick(demo, 7) : 0);
    int32_t arrival = demo->today + (int32_t)ahead;
    return (struct leg){.room_type = type,
                        .span = span_from_nights(arrival, arrival + (int32_t)nights),
                        .party = 1 + (int32_t)pick(demo, max_guests)};
}

static struct price
price_of(size_t type, struct span stay)
{
    int32_t from, until;
    if (!span_to_nights(stay, &from, &until))
        return (struct price){.known = false};
    return (struct price){.known = true, .minor = hotel_types[type].night * (until - from)};
}

/* Guests who came this morning without a booking, into rooms that were ready; every other one has paid. */
static void
let_in(struct demo *demo, struct hotel *hotel)
{
    char name[NAME_SIZE], email[NAME_SIZE];
    for (int i = 0; i < GUESTS_IN && !stopping_is_asked(); i++) {
        size_t room = (size_t)pick(demo, (int64_t)hotel->room_count);
        int32_t nights = 1 + (int32_t)pick(demo, 3);
        struct price price = {.known = true, .minor = hotel_types[hotel->type_of[room]].night * nights};
        struct command ready = {.kind = COMMAND_INSPECT_ROOM,
                                .room_step = {.room = hotel->rooms[room], .result = ROOM_RESULT_PASS}};
        struct command in = {.kind = COMMAND_WALK_IN,
                             .actor = desk,
                             .walk_in = {.leg = {.room = hotel->rooms[room], .party = 1, .price = price},
                                         .nights = nights,
                                         .guest = make_guest(demo, name, email)}};
        struct command pays = {
            .kind = COMMAND_CREATE_PAYMENT,
            .actor = desk,
            .create_payment = {.method = PAYMENT_METHOD_CARD_AT_DESK, .amount = price.minor, .captured = true}};
        uint32_t property = hotel->house->property;
        if (run(demo, property, ready, NULL) != OUTCOME_OK ||
            run(demo, property, in, &pays.create_payment.booking) != OUTCOME_OK)
            continue; /* somebody has it */
        hotel->house->bookings++;
        if (i % 2 == 0)
            (void)run(demo, property, pays, NULL);
    }
}

static bool
fill_hotel(struct demo *demo, struct hotel *hotel)
{
    for (int i = 0; i < 420; i++) {
        size_t type = (size_t)pick(demo, HOTEL_TYPES);
        struct leg leg = random_stay(demo, hotel->types[type], hotel_types[type].max_guests);
        leg.price = price_of(type, leg.span);
        enum booking_payment payment = pick(demo, 12) == 0 ? PAYMENT_REQUIRED : PAYMENT_NONE;
        book(demo, hotel->house, &leg, 1, payment, desk, pick(demo, 15) == 0);
    }
    for (int i = 0; i < 40; i++) { /* guests who asked for their room */
        struct leg leg = random_stay(demo, ID_NONE, 1);
        size_t room = (size_t)pick(demo, (int64_t)hotel->room_count);
        leg.room = hotel->rooms[room];
        leg.price = price_of(hotel->type_of[room], leg.span);
        leg.party = 1;
        leg.pinned = pick(demo, 2) == 0;
        book(demo, hotel->house, &leg, 1, PAYMENT_NONE, desk, false);
    }
    for (int i = 0; i < 6; i++) { /* a wedding takes several rooms at once */
        struct leg legs[LEGS];
        legs[0] = random_stay(demo, hotel->types[1], 2);
        legs[0].price = price_of(1, legs[0].span);
        for (int n = 1; n < LEGS; n++)
            legs[n] = legs[0];
        book(demo, hotel->house, legs, 3 + (size_t)pick(demo, 2), PAYMENT_NONE, desk, false);
    }
    flush(demo);
    let_in(demo, hotel);
    return true;
}

/* --- the school --- */

struct school {
    struct demo_house *house;
    struct id rooms[SCHOOL_ROOMS];
    size_t room_count;
};

static bool
build_school(struct demo *demo, struct school *school)
{
    struct room rooms[SCHOOL_ROOMS];
    char numbers[SCHOOL_ROOMS][NUMBER_SIZE];
    for (size_t i = 0; i < SCHOOL_TYPES; i++) {
        struct id type;
        struct room_type row = {.name = str_from(school_types[i].name),
                                .sold_by = SOLD_BY_MINUTE,
                                .max_guests = school_types[i].max_guests,
                                .features = str_from(school_types[i].features),
                                .opens_min = 7 * 60,
                                .closes_min = 21 * 60,
                                .length_max = 8 * 60};
        if (!make_type(demo, school->house->property, row, 0, &type))
            return false;
        for (int n = 1; n <= school_types[i].rooms; n++) {
            char *number = numbers[school->room_count];
            (void)snprintf(number, NUMBER_SIZE, "%c%d%02d", school_types[i].building[0], (int)(1 + i / 2),
                           n + 20 * (int)i % 60);
            rooms[school->room_count++] = room_of(type, number, n > 7 ? "2" : "1", school_types[i].building);
        }
    }
    if (!make_rooms(demo, school->house->property, rooms, school->room_count, school->rooms))
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
                if (pick(demo, 100) >= 45)
                    continue;
                int64_t starts = date_to_instant(date) + (7 * 60 + period * 60) * 60000LL;
                struct leg leg = {.room = school->rooms[room],
                                  .by_minute = true,
                                  .span = {starts, starts + 50 * 60000LL},
                                  .party = 1 + (int32_t)pick(demo, 12)};
                struct actor teacher = demo_people_teacher(demo->people, (int)pick(demo, DEMO_TEACHERS));
                book(demo, school->house, &leg, 1, PAYMENT_NONE, teacher, false);
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
        if (!make_type(demo, house->property, row, kinds[i].units, &type))
            return false;
        for (int n = 0; n < 90; n++) {
            struct leg leg = random_stay(demo, type, 4);
            book(demo, house, &leg, 1, PAYMENT_NONE, desk, false);
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
    struct hotel hotel = {.house = &houses[DEMO_HOTEL]};
    struct school school = {.house = &houses[DEMO_SCHOOL]};
    return make_property(demo, "Hotel Lovelace", "Europe/Paris", false, hotel.house) && build_hotel(demo, &hotel) &&
           fill_hotel(demo, &hotel) && make_property(demo, "Noether School", "Europe/Paris", true, school.house) &&
           make_property(demo, "Camping Turing", "Europe/Paris", false, &houses[DEMO_SHOP]) &&
           demo_people_make(demo->people, demo->engine, houses, demo->err) && build_school(demo, &school) &&
           fill_school(demo, &school) && make_shop(demo, &houses[DEMO_SHOP]);
}

static bool
fill(struct demo *demo, struct demo_house houses[DEMO_HOUSES])
{
    demo->waiting = calloc(WAITING_MAX, sizeof(*demo->waiting));
    if (demo->waiting == NULL) {
        err_set(demo->err, ERR_MEMORY, "no memory for the demo");
        return false;
    }
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
    flush(demo);
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
    free(demo.waiting);
    db_close(demo.db);
    return filled;
}
