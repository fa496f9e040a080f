/* A house of six floors on a morning like any other: guests come without a booking, housekeeping is half done,
 * something is broken. What is refused is let go, as in the other houses. */
#include "cmd/demo_hotel.h"

#include <stdio.h>

#include "cmd/stopping.h"
#include "core/date.h"

enum {
    GUESTS_IN = 24, /* who come without a booking, if their room is free */
    FLOORS = 6,
    ROOMS_GIVEN = 40, /* to be cleaned by somebody */
    ARRIVALS_ASSIGNED = 12,
};

struct type_row {
    const char *name;
    int32_t max_guests;
    const char *features; /* sorted JSON */
    int per_floor;        /* rooms */
    int64_t night;        /* what one costs, in cents */
};

static const struct type_row types[DEMO_HOTEL_TYPES] = {
    {"Single", 1, "[\"courtyard\",\"shower\"]", 3, 8900},
    {"Double", 2, "[\"bath\",\"street\"]", 4, 12900},
    {"Twin", 2, "[\"shower\",\"twin_beds\"]", 2, 11900},
    {"Family", 4, "[\"bath\",\"sofa_bed\"]", 1, 18900},
    {"Suite", 3, "[\"balcony\",\"bath\",\"river_view\"]", 1, 26900},
};

static bool
build_hotel(struct demo *demo, struct demo_hotel *hotel)
{
    for (size_t i = 0; i < DEMO_HOTEL_TYPES; i++) {
        struct room_type type = {.name = str_from(types[i].name),
                                 .max_guests = types[i].max_guests,
                                 .features = str_from(types[i].features)};
        if (!demo_make_type(demo, hotel->house->property, type, 0, &hotel->types[i]))
            return false;
    }
    struct room rooms[DEMO_HOTEL_ROOMS];
    char numbers[DEMO_HOTEL_ROOMS][DEMO_NUMBER_SIZE], levels[FLOORS][4];
    for (int floor = 1; floor <= FLOORS; floor++) {
        int door = 0;
        (void)snprintf(levels[floor - 1], sizeof(levels[0]), "%d", floor);
        for (size_t i = 0; i < DEMO_HOTEL_TYPES; i++) {
            for (int n = 0; n < types[i].per_floor; n++) {
                char *number = numbers[hotel->room_count];
                (void)snprintf(number, DEMO_NUMBER_SIZE, "%d%02d", floor, ++door);
                hotel->type_of[hotel->room_count] = i;
                rooms[hotel->room_count++] = demo_room(hotel->types[i], number, levels[floor - 1], "Main");
            }
        }
    }
    if (!demo_make_rooms(demo, hotel->house->property, rooms, hotel->room_count, hotel->rooms))
        return false;
    hotel->house->rooms = (int64_t)hotel->room_count;
    return true;
}

static struct price
price_of(size_t type, struct span stay)
{
    int32_t from, until;
    if (!span_to_nights(stay, &from, &until))
        return (struct price){.known = false};
    return (struct price){.known = true, .minor = types[type].night * (until - from)};
}

/* Guests who came this morning without a booking, into rooms that were ready; every other one has paid. */
static void
let_in(struct demo *demo, struct demo_hotel *hotel)
{
    char name[DEMO_NAME_SIZE], email[DEMO_NAME_SIZE];
    for (int i = 0; i < GUESTS_IN && !stopping_is_asked(); i++) {
        size_t type = (size_t)demo_pick(demo, DEMO_HOTEL_TYPES);
        int32_t nights = 1 + (int32_t)demo_pick(demo, 3);
        struct price price = {.known = true, .minor = types[type].night * nights};
        struct command in = {.kind = COMMAND_WALK_IN,
                             .actor = demo_desk,
                             .walk_in = {.leg = {.room_type = hotel->types[type], .party = 1, .price = price},
                                         .nights = nights,
                                         .guest = demo_guest(demo, name, email)}};
        struct id booking;
        if (demo_run(demo, hotel->house->property, in, &booking) != OUTCOME_OK)
            continue; /* none of the type is ready */
        hotel->house->bookings++;
        if (i % 2 == 0)
            demo_pay(demo, hotel->house, booking, price.minor);
    }
}

static void
book_stays(struct demo *demo, struct demo_hotel *hotel)
{
    for (int i = 0; i < 420; i++) {
        size_t type = (size_t)demo_pick(demo, DEMO_HOTEL_TYPES);
        struct leg leg = demo_stay(demo, hotel->types[type], types[type].max_guests);
        leg.price = price_of(type, leg.span);
        enum booking_payment payment = demo_pick(demo, 12) == 0 ? PAYMENT_REQUIRED : PAYMENT_NONE;
        demo_book(demo, hotel->house, &leg, 1, payment, demo_desk,
                  (struct demo_after){.cancels = demo_pick(demo, 15) == 0,
                                      .deposit = demo_pick(demo, 6) == 0 ? leg.price.minor / 2 : 0});
    }
    for (int i = 0; i < 40; i++) { /* guests who asked for their room */
        struct leg leg = demo_stay(demo, ID_NONE, 1);
        size_t room = (size_t)demo_pick(demo, (int64_t)hotel->room_count);
        leg.room = hotel->rooms[room];
        leg.price = price_of(hotel->type_of[room], leg.span);
        leg.party = 1;
        leg.pinned = demo_pick(demo, 2) == 0;
        demo_book(demo, hotel->house, &leg, 1, PAYMENT_NONE, demo_desk, (struct demo_after){.cancels = false});
    }
    for (int i = 0; i < 6; i++) { /* a wedding takes several rooms at once */
        struct leg legs[DEMO_LEGS];
        legs[0] = demo_stay(demo, hotel->types[1], 2);
        legs[0].price = price_of(1, legs[0].span);
        for (int n = 1; n < DEMO_LEGS; n++)
            legs[n] = legs[0];
        demo_book(demo, hotel->house, legs, 3 + (size_t)demo_pick(demo, 2), PAYMENT_NONE, demo_desk,
                  (struct demo_after){.cancels = false});
    }
    demo_flush(demo);
}

/* --- the morning --- */

static void
step(struct demo *demo, const struct demo_hotel *hotel, enum command_kind kind, size_t room, struct str note)
{
    enum room_result result = kind == COMMAND_INSPECT_ROOM ? ROOM_RESULT_PASS : ROOM_RESULT_NONE;
    struct command command = {.kind = kind, .room_step = {.room = hotel->rooms[room], .result = result, .note = note}};
    (void)demo_run(demo, hotel->house->property, command, NULL);
}

/* A third is dirty from the night, of which somebody is in some; of the others most were looked at. */
static void
clean(struct demo *demo, const struct demo_hotel *hotel)
{
    for (size_t room = 0; room < hotel->room_count && !stopping_is_asked(); room++) {
        int64_t fate = demo_pick(demo, 9);
        if (fate < 3)
            step(demo, hotel, COMMAND_MARK_DIRTY, room, STR(""));
        if (fate == 0)
            step(demo, hotel, COMMAND_START_CLEANING, room, STR(""));
        if (fate > 3)
            step(demo, hotel, COMMAND_INSPECT_ROOM, room, STR(""));
    }
}

static void
close_room(struct demo *demo, const struct demo_hotel *hotel, size_t room, enum closure_kind kind, int days,
           struct str why)
{
    struct command command = {.kind = COMMAND_CLOSE_ROOMS,
                              .close_rooms = {.rooms = &hotel->rooms[room],
                                              .room_count = 1,
                                              .kind = kind,
                                              .span = span_from_nights(demo->today, demo->today + days),
                                              .reason = why}};
    (void)demo_run(demo, hotel->house->property, command, NULL);
}

static void
break_things(struct demo *demo, const struct demo_hotel *hotel)
{
    close_room(demo, hotel, 14, CLOSURE_OUT_OF_ORDER, 9, STR("The bathroom is being tiled."));
    close_room(demo, hotel, 33, CLOSURE_OUT_OF_ORDER, 2, STR("A pipe has burst."));
    close_room(demo, hotel, 50, CLOSURE_OUT_OF_SERVICE, 5,
               STR("The carpet is worn; fit for use when all else is let."));
    step(demo, hotel, COMMAND_REPORT_MAINTENANCE, 21, STR("The shower does not drain."));
    step(demo, hotel, COMMAND_REPORT_MAINTENANCE, 62, STR("The lock needs two tries."));
    step(demo, hotel, COMMAND_SET_ROOM_NOTE, 5, STR("A cot is wanted."));
}

/* Rooms for some of those who come today; the others get theirs at the desk. */
static void
assign_rooms(struct demo *demo, const struct demo_hotel *hotel)
{
    struct command command = {.kind = COMMAND_AUTO_ASSIGN_ARRIVALS,
                              .actor = demo_desk,
                              .auto_assign_arrivals = {.date = demo->today, .limit = ARRIVALS_ASSIGNED}};
    (void)demo_run(demo, hotel->house->property, command, NULL);
}

bool
demo_hotel_make(struct demo *demo, struct demo_house *house, struct demo_hotel *ret_hotel)
{
    struct property property = {.name = STR("Hotel Lovelace"),
                                .day_rolls_at_min = 180,
                                .cancellation_window_h = 48,
                                .cancellation_fee_percent = 50,
                                .no_show_fee_percent = 90,
                                .night_audit = NIGHT_AUDIT_BY_HAND,
                                .business_date = demo->today,
                                .balance_rule = BALANCE_REQUIRED};
    *ret_hotel = (struct demo_hotel){.house = house};
    if (!demo_make_property(demo, property, house) || !build_hotel(demo, ret_hotel))
        return false;
    book_stays(demo, ret_hotel);
    clean(demo, ret_hotel);
    let_in(demo, ret_hotel);
    break_things(demo, ret_hotel);
    assign_rooms(demo, ret_hotel);
    return true;
}

void
demo_hotel_give_rooms(struct demo *demo, const struct demo_hotel *hotel)
{
    struct command command = {.kind = COMMAND_GIVE_ROOMS,
                              .give_rooms = {.rooms = hotel->rooms,
                                             .room_count = ROOMS_GIVEN,
                                             .attendant = demo_people_housekeeper(demo->people)}};
    (void)demo_run(demo, hotel->house->property, command, NULL);
}
