/* Names, and loops that run commands. Refusals are part of it: a full house refuses the generator as it would a guest,
 * and then the next one is tried. Bookings wait until there are many of them and share a commit, since a disk takes
 * about as long for one as for a hundred. */
#include "cmd/demo_part.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/stopping.h"
#include "core/date.h"

enum { WAITING_MAX = 256 /* bookings per commit */ };

/* A booking on its way; everything that its command points to. */
struct waiting {
    struct engine_request request;
    struct leg legs[DEMO_LEGS];
    char name[DEMO_NAME_SIZE], email[DEMO_NAME_SIZE];
    struct demo_house *house;
    struct demo_after after;
};

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

int64_t
demo_pick(struct demo *demo, int64_t bound)
{
    return (int64_t)random_below(&demo->random.random, (uint64_t)bound);
}

enum outcome
demo_run(struct demo *demo, uint32_t property, struct command command, struct id *ret_subject)
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

bool
demo_must(struct demo *demo, const char *what, enum outcome outcome)
{
    if (outcome == OUTCOME_OK)
        return true;
    err_set(demo->err, ERR_DATA, "the demo could not make %s: %.*s", what, STR_ARG(outcome_info(outcome)->code));
    return false;
}

bool
demo_make_property(struct demo *demo, struct property property, struct demo_house *ret_house)
{
    property.time_zone = STR("Europe/Paris");
    property.currency = STR("EUR");
    property.payment_ttl_ms = 30 * 60000LL;
    property.approval_ttl_ms = 3 * DATE_DAY_MS;
    ret_house->name = property.name.ptr;
    ret_house->property++;
    struct command command = {.kind = COMMAND_CREATE_PROPERTY, .put_property = {.property = property}};
    if (!demo_must(demo, ret_house->name, demo_run(demo, 0, command, &ret_house->property_id)))
        return false;
    id_format(ID_PROPERTY, ret_house->property, ret_house->property_id, ret_house->id);
    return true;
}

bool
demo_make_type(struct demo *demo, uint32_t property, struct room_type type, int32_t units, struct id *ret_id)
{
    type.closes_min = type.closes_min == 0 ? 1440 : type.closes_min;
    type.length_min = type.length_min == 0 ? 15 : type.length_min;
    type.length_max = type.length_max == 0 ? 1440 : type.length_max;
    type.hold_ttl_ms = type.sold_by == SOLD_BY_NIGHT ? 600000 : 30000;
    struct command command = {.kind = COMMAND_CREATE_ROOM_TYPE, .put_room_type = {.room_type = type, .units = units}};
    return demo_must(demo, type.name.ptr, demo_run(demo, property, command, ret_id));
}

struct room
demo_room(struct id type, const char *number, const char *floor, const char *building)
{
    return (struct room){.room_type = type,
                         .number = str_from(number),
                         .floor = str_from(floor),
                         .building = str_from(building),
                         .features = STR("[]")};
}

bool
demo_make_rooms(struct demo *demo, uint32_t property, const struct room *rooms, size_t count, struct id *ret_ids)
{
    struct engine_request request = {.command = {.kind = COMMAND_CREATE_ROOMS,
                                                 .property = property,
                                                 .actor = {.name = STR("system"), .role = ROLE_OWNER},
                                                 .create_rooms = {.rooms = rooms, .room_count = count}}};
    enum outcome outcome = engine_run(demo->engine, &request) ? request.result.refusal.outcome : OUTCOME_BUSY_RETRY;
    for (size_t i = 0; outcome == OUTCOME_OK && i < count; i++)
        ret_ids[i] = request.result.events[i].subject;
    engine_request_done(&request);
    return demo_must(demo, "rooms", outcome);
}

/* --- guests and bookings --- */

struct guest_details
demo_guest(struct demo *demo, char name[DEMO_NAME_SIZE], char email[DEMO_NAME_SIZE])
{
    const char *first = first_names[demo_pick(demo, FIRST_NAMES)], *last = last_names[demo_pick(demo, LAST_NAMES)];
    (void)snprintf(name, DEMO_NAME_SIZE, "%s %s", first, last);
    (void)snprintf(email, DEMO_NAME_SIZE, "%s.%s@example.org", first, last);
    for (char *c = email; *c != '\0'; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
    return (struct guest_details){.name = str_from(name), .email = str_from(email)};
}

const struct actor demo_desk = {.name = {"system", 6}, .role = ROLE_FRONT_DESK};

void
demo_pay(struct demo *demo, const struct demo_house *house, struct id booking, int64_t minor)
{
    struct command command = {
        .kind = COMMAND_CREATE_PAYMENT,
        .actor = demo_desk,
        .create_payment = {
            .booking = booking, .method = PAYMENT_METHOD_CARD_AT_DESK, .amount = minor, .captured = true}};
    (void)demo_run(demo, house->property, command, NULL);
}

void
demo_flush(struct demo *demo)
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
        if (made && waiting->after.deposit > 0)
            demo_pay(demo, waiting->house, booking, waiting->after.deposit);
        if (made && waiting->after.cancels)
            (void)demo_run(demo, waiting->house->property,
                           (struct command){.kind = COMMAND_CANCEL_BOOKING,
                                            .actor = demo_desk,
                                            .booking_step = {.booking = booking, .reason = STR("the guest called")}},
                           NULL);
    }
    demo->tried += (int64_t)count;
    progress_set(&demo->progress, demo->tried);
}

/* The request stays where it is until demo_flush(). */
static void
on_done(struct engine_request *request)
{
    (void)request;
}

void
demo_book(struct demo *demo, struct demo_house *house, const struct leg *legs, size_t leg_count,
          enum booking_payment payment, struct actor actor, struct demo_after after)
{
    if (stopping_is_asked())
        return;
    if (demo->waiting_count == WAITING_MAX)
        demo_flush(demo);
    struct waiting *waiting = &demo->waiting[demo->waiting_count];
    *waiting = (struct waiting){.house = house, .after = after};
    memcpy(waiting->legs, legs, leg_count * sizeof(*legs));
    waiting->request = (struct engine_request){
        .command = {.kind = COMMAND_CREATE_BOOKINGS,
                    .actor = actor,
                    .property = house->property,
                    .create_bookings = {.legs = waiting->legs,
                                        .leg_count = leg_count,
                                        .group = leg_count > 1,
                                        .guest = demo_guest(demo, waiting->name, waiting->email),
                                        .payment = payment}},
        .done = on_done};
    if (engine_submit(demo->engine, &waiting->request))
        demo->waiting_count++;
    else
        engine_request_done(&waiting->request);
}

struct leg
demo_stay(struct demo *demo, struct id type, int32_t max_guests)
{
    int64_t ahead = demo_pick(demo, 3) == 0 ? demo_pick(demo, 120) : demo_pick(demo, 21);
    int64_t nights = 1 + demo_pick(demo, 3) + (demo_pick(demo, 5) == 0 ? demo_pick(demo, 7) : 0);
    int32_t arrival = demo->today + (int32_t)ahead;
    return (struct leg){.room_type = type,
                        .span = span_from_nights(arrival, arrival + (int32_t)nights),
                        .party = 1 + (int32_t)demo_pick(demo, max_guests)};
}

bool
demo_begin(struct demo *demo)
{
    demo->waiting = calloc(WAITING_MAX, sizeof(*demo->waiting));
    if (demo->waiting != NULL)
        return true;
    err_set(demo->err, ERR_MEMORY, "no memory for the demo");
    return false;
}

void
demo_end(struct demo *demo)
{
    free(demo->waiting);
    demo->waiting = NULL;
}
