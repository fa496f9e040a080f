/* What happened to a room, to a guest and to a booking that was moved, told from the log over HTTP. */
#include <string.h>

#include "tests/api/provider.h"
#include "tests/unit/test.h"

static const char *desk, *manager, *housekeeper, *booker;

static int
setup(void **state)
{
    (void)state;
    fixture_begin(NULL);
    desk = fixture_caller(ROLE_FRONT_DESK, true);
    manager = fixture_caller(ROLE_MANAGER, true);
    housekeeper = fixture_caller(ROLE_HOUSEKEEPING, true);
    booker = fixture_caller(ROLE_BOOKER, true);
    struct answer answer =
        post_as(desk, world_format(world, "/v1/rooms/%s/inspect", house.room[0]), "{\"result\":\"pass\"}");
    assert_status(&answer, 200);
    return 0;
}

static struct answer
let_in(void)
{
    struct answer answer = post_as(desk, "/v1/bookings:walk-in",
                                   world_format(world,
                                                "{\"property_id\":\"%s\",\"room_id\":\"%s\",\"nights\":1,"
                                                "\"guest\":{\"name\":\"Ada Lovelace\"}}",
                                                house.property, house.room[0]));
    assert_status(&answer, 201);
    return answer;
}

static struct answer
history(const char *token, const char *of, const char *id, const char *query)
{
    return get_as(token, world_format(world, "/v1/%s/%s/events%s", of, id, query));
}

static void
a_room_has_its_history(void **state)
{
    (void)state;
    struct answer booking = let_in();
    struct answer answer = post_as(desk, world_format(world, "/v1/bookings/%s/check-out", answer_text(&booking, "id")),
                                   "{\"reason\":\"an early flight\"}");
    assert_status(&answer, 200);
    answer = history(desk, "rooms", house.room[0], "");
    assert_status(&answer, 200);
    static const struct {
        const char *kind, *to;
    } told[] = {
        {"room.created", "CLEANED_UNINSPECTED"},   {"room.status_changed", "READY_FOR_GUEST"},
        {"booking.assigned", "CONFIRMED"},         {"booking.checked_in", "CHECKED_IN"},
        {"room.status_changed", "OCCUPIED"},       {"booking.checked_out", "CHECKED_OUT"},
        {"room.status_changed", "CHECKOUT_DIRTY"},
    };
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 7);
    for (size_t i = 0; i < 7; i++) {
        const char *item = world_format(world, "items/%zu", i);
        bool is_room = told[i].kind[0] == 'r';
        assert_string_equal(answer_text(&answer, world_format(world, "%s/kind", item)), told[i].kind);
        assert_string_equal(answer_text(&answer, world_format(world, "%s/subject", item)),
                            is_room ? house.room[0] : answer_text(&booking, "id"));
        assert_true((answer_at(&answer, world_format(world, "%s/stay", item)) == NULL) == is_room);
        if (i > 0)
            assert_string_equal(answer_text(&answer, world_format(world, "%s/to", item)), told[i].to);
    }
    assert_string_equal(answer_text(&answer, "items/5/stay/code"), answer_text(&booking, "code"));
    assert_string_equal(answer_text(&answer, "items/6/actor"), world_actor(world, desk));
    assert_string_equal(answer_text(&answer, "items/5/reason"), "an early flight");
    assert_string_equal(answer_text(&answer, "items/6/reason"), "an early flight");
    assert_string_equal(answer_text(&answer, "items/6/reason_id"), answer_text(&answer, "items/5/reason_id"));
}

static void
it_comes_in_pages(void **state)
{
    (void)state;
    (void)let_in();
    struct answer answer = history(desk, "rooms", house.room[0], "?limit=4");
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 4);
    answer = history(desk, "rooms", house.room[0],
                     world_format(world, "?limit=4&after=%lld", answer_number(&answer, "next")));
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 1);
    assert_string_equal(answer_text(&answer, "items/0/to"), "OCCUPIED");
    assert_true(json_is_null(answer_at(&answer, "next")));
}

/* Who is in a room is in its history, and not for everybody. */
static void
it_is_for_those_who_read_the_log(void **state)
{
    (void)state;
    struct answer answer = history(housekeeper, "rooms", house.room[0], "");
    assert_problem(&answer, 403, "FORBIDDEN");
    answer = history(booker, "rooms", house.room[0], "");
    assert_problem(&answer, 403, "FORBIDDEN");
    struct answer booking = let_in();
    answer = history(booker, "guests", answer_text(&booking, "guest/id"), "");
    assert_problem(&answer, 403, "FORBIDDEN");
}

static void
a_room_that_is_gone_has_a_history_still(void **state)
{
    (void)state;
    struct answer answer = world_get(world, "/v1/rooms/%s", house.room[1]);
    answer = world_ask(
        world, &(struct ask){.method = "DELETE",
                             .target = world_format(world, "/v1/rooms/%s", house.room[1]),
                             .token = manager,
                             .fields = world_format(world, "If-Match: %s\r\n", answer_field(world, &answer, "ETag"))});
    assert_status(&answer, 200);
    answer = history(desk, "rooms", house.room[1], "");
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "items/1/kind"), "room.deleted");
    size_t last = strlen(house.room[1]) - 1;
    const char *never = world_format(world, "%.*s%c%c", (int)last - 1, house.room[1],
                                     house.room[1][last - 1] == 'a' ? 'b' : 'a', house.room[1][last]);
    answer = history(desk, "rooms", never, "");
    assert_problem(&answer, 404, "NOT_FOUND");
}

/* Theirs is what happened to their bookings, and what was done about the person; never who they are. */
static void
a_guest_has_a_history_that_does_not_name_them(void **state)
{
    (void)state;
    struct answer booking = let_in();
    const char *guest = answer_text(&booking, "guest/id");
    struct answer answer = world_ask(world, &(struct ask){.method = "DELETE",
                                                          .target = world_format(world, "/v1/guests/%s", guest),
                                                          .token = manager,
                                                          .fields = "If-Match: \"1\"\r\n"});
    assert_status(&answer, 200);
    answer = history(desk, "guests", guest, "");
    assert_status(&answer, 200);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 4);
    assert_string_equal(answer_text(&answer, "items/0/kind"), "booking.created");
    assert_string_equal(answer_text(&answer, "items/2/kind"), "booking.checked_in");
    assert_string_equal(answer_text(&answer, "items/2/subject"), answer_text(&booking, "id"));
    assert_string_equal(answer_text(&answer, "items/3/kind"), "guest.erased");
    assert_string_equal(answer_text(&answer, "items/3/subject"), guest);
    assert_null(strstr(answer.body.ptr, "Lovelace"));
}

/* The last of a history, which this request made; as a path of its answer. */
static const char *
last_of(const struct answer *history, const char *request)
{
    const char *last = world_format(world, "items/%zu", json_array_size(answer_at(history, "items")) - 1);
    assert_string_equal(answer_text(history, world_format(world, "%s/request_id", last)), request);
    assert_string_equal(answer_text(history, world_format(world, "%s/actor", last)), world_actor(world, manager));
    return last;
}

static void
assert_room_moved(const char *room, const char *request, const char *from, const char *to)
{
    struct answer answer = history(desk, "rooms", room, "");
    const char *last = last_of(&answer, request);
    assert_string_equal(answer_text(&answer, world_format(world, "%s/kind", last)), "room.status_changed");
    assert_string_equal(answer_text(&answer, world_format(world, "%s/subject", last)), room);
    assert_string_equal(answer_text(&answer, world_format(world, "%s/from", last)), from);
    assert_string_equal(answer_text(&answer, world_format(world, "%s/to", last)), to);
    assert_string_equal(answer_text(&answer, world_format(world, "%s/reason", last)), "a leak");
}

/* Moves the booking from 101 to 102, as a manager and for a reason, and looks for it in what happened to the booking:
 * where they were is what it said before. Returns the request. */
static const char *
move_and_find(const char *booking)
{
    struct answer answer = post_as(manager, world_format(world, "/v1/bookings/%s/move", booking),
                                   world_format(world, "{\"to_room_id\":\"%s\",\"reason\":\"a leak\"}", house.room[1]));
    assert_status(&answer, 200);
    const char *request = answer_field(world, &answer, "X-Request-Id");
    answer = history(desk, "bookings", booking, "");
    const char *last = last_of(&answer, request);
    const char *before = world_format(world, "items/%zu", json_array_size(answer_at(&answer, "items")) - 2);
    assert_string_equal(answer_text(&answer, world_format(world, "%s/kind", last)), "booking.moved");
    assert_string_equal(answer_text(&answer, world_format(world, "%s/subject", last)), booking);
    assert_string_equal(answer_text(&answer, world_format(world, "%s/reason", last)), "a leak");
    assert_string_equal(answer_text(&answer, world_format(world, "%s/body/room_id", before)), house.room[0]);
    assert_string_equal(answer_text(&answer, world_format(world, "%s/body/room_id", last)), house.room[1]);
    return request;
}

static void
guests_who_are_moved_are_in_the_history_of_both_rooms(void **state)
{
    (void)state;
    struct answer booking = let_in();
    struct answer answer =
        post_as(desk, world_format(world, "/v1/rooms/%s/inspect", house.room[1]), "{\"result\":\"pass\"}");
    assert_status(&answer, 200);
    const char *request = move_and_find(answer_text(&booking, "id"));
    assert_room_moved(house.room[0], request, "OCCUPIED", "CHECKOUT_DIRTY");
    assert_room_moved(house.room[1], request, "READY_FOR_GUEST", "OCCUPIED");
    answer = history(desk, "rooms", house.room[1], "");
    const char *by = world_format(world, "%s/body/occupied_by", last_of(&answer, request));
    assert_string_equal(answer_text(&answer, by), answer_text(&booking, "id"));
    answer = history(desk, "guests", answer_text(&booking, "guest/id"), "");
    assert_string_equal(answer_text(&answer, world_format(world, "%s/reason", last_of(&answer, request))), "a leak");
}

/* -- stays that are still to come -- */

static const char *
book(const char *where, const char *arrival, const char *departure)
{
    struct answer made = post_as(desk, "/v1/bookings",
                                 world_format(world,
                                              "{\"property_id\":\"%s\",%s,\"arrival\":\"%s\","
                                              "\"departure\":\"%s\",\"guest\":{\"name\":\"Ada Lovelace\"}}",
                                              house.property, where, arrival, departure));
    assert_status(&made, 201);
    return answer_text(&made, "id");
}

static const char *
in_room(int room)
{
    return world_format(world, "\"room_id\":\"%s\"", house.room[room]);
}

static const char *
of_type(void)
{
    return world_format(world, "\"room_type_id\":\"%s\"", house.type);
}

static void
step(const char *booking, const char *verb, const char *body)
{
    struct answer answer = post_as(manager, world_format(world, "/v1/bookings/%s/%s", booking, verb), body);
    assert_status(&answer, 200);
}

/* The last of a room's history is this event of the booking, by which it has so many stretches there instead of `had`.
 */
static void
assert_last_stay(int room, const char *kind, const char *booking, size_t had, size_t has)
{
    struct answer answer = history(desk, "rooms", house.room[room], "");
    const char *last = world_format(world, "items/%zu", json_array_size(answer_at(&answer, "items")) - 1);
    assert_string_equal(answer_text(&answer, world_format(world, "%s/kind", last)), kind);
    assert_string_equal(answer_text(&answer, world_format(world, "%s/subject", last)), booking);
    assert_string_equal(answer_text(&answer, world_format(world, "%s/stay/code", last)),
                        answer_text(&answer, world_format(world, "%s/body/code", last)));
    assert_int_equal(json_array_size(answer_at(&answer, world_format(world, "%s/stay/had", last))), had);
    assert_int_equal(json_array_size(answer_at(&answer, world_format(world, "%s/stay/has", last))), has);
}

static size_t
length_of(int room)
{
    struct answer answer = history(desk, "rooms", house.room[room], "");
    return json_array_size(answer_at(&answer, "items"));
}

static void
a_stay_that_is_moved_before_it_begins_is_in_the_history_of_both_rooms(void **state)
{
    (void)state;
    const char *booking = book(in_room(0), "2027-03-01", "2027-03-02");
    const char *request = move_and_find(booking);
    for (int i = 0; i < 2; i++) {
        assert_last_stay(i, "booking.moved", booking, i == 0 ? 1 : 0, i == 0 ? 0 : 1);
        struct answer answer = history(desk, "rooms", house.room[i], "");
        const char *last = last_of(&answer, request);
        assert_string_equal(answer_text(&answer, world_format(world, "%s/reason", last)), "a leak");
        const char *span = world_format(world, "%s/stay/%s/0/departure", last, i == 0 ? "had" : "has");
        assert_string_equal(answer_text(&answer, span), "2027-03-02");
    }
}

static void
a_room_that_is_given_and_taken_away_says_so(void **state)
{
    (void)state;
    const char *booking = book(of_type(), "2027-03-01", "2027-03-03");
    size_t before = length_of(0);
    step(booking, "assign", world_format(world, "{\"room_id\":\"%s\"}", house.room[0]));
    assert_last_stay(0, "booking.assigned", booking, 0, 1);
    step(booking, "unassign", "{\"reason\":\"a pipe\"}");
    assert_last_stay(0, "booking.unassigned", booking, 1, 0);
    assert_int_equal(length_of(0), before + 2);
    struct answer answer = history(desk, "rooms", house.room[0], "");
    assert_string_equal(answer_text(&answer, world_format(world, "items/%zu/reason", before + 1)), "a pipe");
    step(booking, "auto-assign", NULL);
    assert_last_stay(0, "booking.assigned", booking, 0, 1);
    step(booking, "cancel", NULL);
    assert_last_stay(0, "booking.cancelled", booking, 1, 0);
}

static void
who_is_swapped_or_makes_way_is_in_both_rooms(void **state)
{
    (void)state;
    const char *first = book(in_room(0), "2027-03-01", "2027-03-03");
    const char *second = book(in_room(1), "2027-03-01", "2027-03-03");
    step(first, "swap", world_format(world, "{\"with_booking_id\":\"%s\"}", second));
    struct answer answer = history(desk, "rooms", house.room[0], "");
    size_t count = json_array_size(answer_at(&answer, "items"));
    assert_string_equal(answer_text(&answer, world_format(world, "items/%zu/subject", count - 2)), first);
    assert_last_stay(0, "booking.swapped", second, 0, 1);
    const char *loose = book(of_type(), "2027-04-01", "2027-04-03");
    step(loose, "auto-assign", NULL);
    const char *pinned = book(of_type(), "2027-04-01", "2027-04-03");
    step(pinned, "assign", world_format(world, "{\"room_id\":\"%s\"}", house.room[0]));
    answer = history(desk, "rooms", house.room[0], "");
    assert_non_null(strstr(answer.body.ptr, "booking.room_changed"));
    answer = history(desk, "rooms", house.room[1], "");
    assert_last_stay(1, "booking.room_changed", loose, 0, 1);
}

/* -- bookings that are made in a room -- */

static void
a_stay_that_is_made_in_a_room_is_in_its_history_from_the_start(void **state)
{
    (void)state;
    const char *booking = book(in_room(0), "2027-03-01", "2027-03-03");
    assert_last_stay(0, "booking.created", booking, 0, 1);
    struct answer answer = history(desk, "rooms", house.room[0], "");
    const char *span = world_format(world, "items/%zu/stay/has/0/departure", length_of(0) - 1);
    assert_string_equal(answer_text(&answer, span), "2027-03-03");
    assert_int_equal(length_of(1), 1);
    size_t before = length_of(0);
    (void)book(of_type(), "2027-03-01", "2027-03-03");
    assert_int_equal(length_of(0), before);
    assert_int_equal(length_of(1), 1);
}

static const char *
slot(int hour)
{
    return world_format(world,
                        "\"property_id\":\"%s\",\"room_id\":\"%s\",\"starts_at\":\"2027-03-01T%02d:00:00Z\","
                        "\"ends_at\":\"2027-03-01T%02d:00:00Z\"",
                        house.property, house.slot_room[0], hour, hour + 1);
}

/* The last of the first slot room's history: a booking that was made in it, at this hour. */
static void
assert_made_at(const char *booking, int hour)
{
    struct answer answer = history(desk, "rooms", house.slot_room[0], "");
    const char *last = world_format(world, "items/%zu", json_array_size(answer_at(&answer, "items")) - 1);
    assert_string_equal(answer_text(&answer, world_format(world, "%s/kind", last)), "booking.created");
    assert_string_equal(answer_text(&answer, world_format(world, "%s/subject", last)), booking);
    assert_int_equal(json_array_size(answer_at(&answer, world_format(world, "%s/stay/had", last))), 0);
    assert_string_equal(answer_text(&answer, world_format(world, "%s/stay/has/0/starts_at", last)),
                        world_format(world, "2027-03-01T%02d:00:00Z", hour));
}

static void
a_slot_is_in_the_history_of_its_room(void **state)
{
    (void)state;
    struct answer made =
        post_as(booker, "/v1/bookings", world_format(world, "{%s,\"guest\":{\"name\":\"Ada Lovelace\"}}", slot(9)));
    assert_status(&made, 201);
    assert_made_at(answer_text(&made, "id"), 9);
    const char *any = world_format(world,
                                   "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"guest\":{\"name\":\"Ada\"},"
                                   "\"starts_at\":\"2027-03-01T11:00:00Z\",\"ends_at\":\"2027-03-01T12:00:00Z\"}",
                                   house.property, house.classroom);
    made = post_as(booker, "/v1/bookings", any);
    assert_status(&made, 201);
    struct answer answer = history(desk, "rooms", answer_text(&made, "room_id"), "");
    const char *last = world_format(world, "items/%zu/subject", json_array_size(answer_at(&answer, "items")) - 1);
    assert_string_equal(answer_text(&answer, last), answer_text(&made, "id"));
}

/* A hold is nobody's stay, and has no place in it; what it is made into has. */
static void
a_hold_that_is_confirmed_is_in_the_history_of_its_room(void **state)
{
    (void)state;
    struct answer held = post_as(booker, "/v1/holds", world_format(world, "{%s}", slot(9)));
    assert_status(&held, 201);
    struct answer answer = history(desk, "rooms", house.slot_room[0], "");
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 1);
    struct answer made = post_as(booker, world_format(world, "/v1/holds/%s/confirm", answer_text(&held, "id")),
                                 "{\"guest\":{\"name\":\"Grace\"}}");
    assert_status(&made, 201);
    assert_made_at(answer_text(&made, "id"), 9);
}

/* Booked, given the room and let in are three events; the room was theirs from the second on. */
static void
a_walk_in_is_in_the_history_of_its_room_from_its_assignment(void **state)
{
    (void)state;
    struct answer made = let_in();
    struct answer answer = history(desk, "rooms", house.room[0], "");
    assert_string_equal(answer_text(&answer, "items/2/kind"), "booking.assigned");
    assert_string_equal(answer_text(&answer, "items/2/subject"), answer_text(&made, "id"));
    assert_int_equal(json_array_size(answer_at(&answer, "items/2/stay/had")), 0);
    assert_int_equal(json_array_size(answer_at(&answer, "items/2/stay/has")), 1);
    assert_null(strstr(answer.body.ptr, "booking.created"));
}

/* Nothing of it is another's, and nothing comes twice; a booking that keeps its room is not in it. */
static void
what_leaves_the_room_as_it_is_is_not_in_its_history(void **state)
{
    (void)state;
    const char *booking = book(in_room(0), "2027-03-01", "2027-03-03");
    size_t before = length_of(0);
    assert_int_equal(before, 3);
    step(booking, "pin", "{\"pinned\":true}");
    assert_int_equal(length_of(0), before);
    assert_int_equal(length_of(1), 1);
}

/* Whoever is to clean again finds what it was about. */
static void
why_a_room_is_dirty_again_is_in_its_history(void **state)
{
    static const struct {
        const char *verb, *body, *reason;
    } steps[] = {
        {"mark-dirty", "{\"reason\":\"wet towels\"}", "wet towels"},
        {"start-cleaning", NULL, NULL},
        {"finish-cleaning", NULL, NULL},
        {"inspect", "{\"result\":\"fail\",\"reason\":\" hair in the bath \"}", "hair in the bath"},
        {"start-cleaning", NULL, NULL},
        {"finish-cleaning", NULL, NULL},
        {"inspect", "{\"result\":\"pass\",\"reason\":null}", NULL},
        {"mark-dirty", NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct answer answer =
            post_as(housekeeper, world_format(world, "/v1/rooms/%s/%s", house.room[0], steps[i].verb), steps[i].body);
        assert_status(&answer, 200);
        answer = history(desk, "rooms", house.room[0], "");
        json_t *reason = answer_at(&answer, world_format(world, "items/%zu/reason", length_of(0) - 1));
        assert_string_equal(json_is_string(reason) ? json_string_value(reason) : "",
                            steps[i].reason == NULL ? "" : steps[i].reason);
    }
    struct answer answer = post_as(housekeeper, world_format(world, "/v1/rooms/%s/start-cleaning", house.room[0]),
                                   "{\"reason\":\"late\"}");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/reason");
    answer = post_as(housekeeper, world_format(world, "/v1/rooms/%s/mark-dirty", house.room[0]),
                     world_format(world, "{\"reason\":\"%0501d\"}", 0));
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/reason");
}

static void
a_closure_is_in_the_history_of_its_room(void **state)
{
    (void)state;
    struct answer closed = close_room_as(manager, house.room[0], "out_of_order", "2027-03-01", "2027-03-03", "");
    assert_status(&closed, 201);
    struct answer answer = history(desk, "rooms", house.room[0], "");
    const char *last = world_format(world, "items/%zu", json_array_size(answer_at(&answer, "items")) - 1);
    assert_string_equal(answer_text(&answer, world_format(world, "%s/kind", last)), "closure.created");
    assert_string_equal(answer_text(&answer, world_format(world, "%s/reason", last)), "a burst pipe");
    assert_int_equal(length_of(1), 1);
}

/* However its halves lie, what is found by subject and what is found by room come in one order. */
static void
both_kinds_come_in_one_order_page_by_page(void **state)
{
    (void)state;
    const char *booking = book(of_type(), "2027-03-01", "2027-03-03");
    for (int i = 0; i < 3; i++) {
        step(booking, "assign", world_format(world, "{\"room_id\":\"%s\"}", house.room[0]));
        struct answer marked = post_as(desk, world_format(world, "/v1/rooms/%s/mark-dirty", house.room[0]), NULL);
        assert_true(marked.status == 200 || marked.status == 409);
        step(booking, "unassign", NULL);
    }
    struct answer whole = history(desk, "rooms", house.room[0], "");
    size_t count = json_array_size(answer_at(&whole, "items"));
    assert_int_equal(count, 9);
    long long after = 0;
    for (size_t i = 0; i < count; i++) {
        struct answer page = history(desk, "rooms", house.room[0], world_format(world, "?limit=1&after=%lld", after));
        after = answer_number(&page, "items/0/seq");
        assert_int_equal(after, answer_number(&whole, world_format(world, "items/%zu/seq", i)));
    }
}

/* The bare id behind a prefix, under another. */
static const char *
as_room(const char *id)
{
    return world_format(world, "rom_%s", strchr(id, '_') + 1);
}

/* Reads the log in pages of two, and says of how many events it tells that are of money. */
static int
count_money_told(const char *token)
{
    int told = 0, pages = 0;
    int64_t after = 0;
    for (bool more = true; more; pages++) {
        struct answer page = get_as(token, world_format(world, "/v1/events?property_id=%s&limit=2&after=%lld",
                                                        house.property, (long long)after));
        assert_status(&page, 200);
        assert_true(pages < 100);
        told += strstr(page.body.ptr, "slip 77") != NULL;
        for (size_t i = 0; i < json_array_size(answer_at(&page, "items")); i++) {
            const char *kind = answer_text(&page, world_format(world, "items/%zu/kind", i));
            told += strncmp(kind, "payment", 7) == 0 || strncmp(kind, "refund.", 7) == 0;
        }
        more = !json_is_null(answer_at(&page, "next"));
        after = more ? answer_number(&page, "next") : after;
    }
    assert_true(pages > 3);
    return told;
}

static void
a_viewer_is_told_of_no_payment(void **state)
{
    (void)state;
    const char *viewer = fixture_caller(ROLE_VIEWER, true);
    struct answer made = let_in();
    const char *booking = answer_text(&made, "id"),
               *payments = world_format(world, "/v1/bookings/%s/payments", booking);
    const char *payment = NULL;
    provider_set();
    assert_string_equal(provider_say(provider_paid_elsewhere("pi_7", "evt_7", booking, 4321, "acct_1", "usd")),
                        "set_aside");
    for (int i = 0; i < 5; i++) {
        struct answer paid = post_as(desk, payments, "{\"method\":\"cash\",\"amount\":4321,\"reference\":\"slip 77\"}");
        assert_status(&paid, 201);
        payment = answer_text(&paid, "id");
    }
    struct answer back = post_as(desk, world_format(world, "/v1/payments/%s/refund", payment), "{\"amount\":21}");
    assert_status(&back, 200);
    const char *next = book(of_type(), "2027-03-01", "2027-03-02");
    assert_true(count_money_told(desk) > 7);
    assert_int_equal(count_money_told(viewer), 0);
    struct answer last = get_as(viewer, world_format(world, "/v1/events?property_id=%s&limit=200", house.property));
    assert_null(strstr(last.body.ptr, "4321"));
    assert_null(strstr(last.body.ptr, "acct_1"));
    assert_non_null(strstr(last.body.ptr, next)); /* what came behind them */
    last = history(viewer, "bookings", booking, "");
    assert_status(&last, 200);
    assert_null(strstr(last.body.ptr, "4321"));
    last = history(viewer, "rooms", as_room(payment), "");
    assert_problem(&last, 404, "NOT_FOUND");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_room_has_its_history, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(it_comes_in_pages, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(it_is_for_those_who_read_the_log, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_room_that_is_gone_has_a_history_still, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(guests_who_are_moved_are_in_the_history_of_both_rooms, setup,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_stay_that_is_moved_before_it_begins_is_in_the_history_of_both_rooms, setup,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_room_that_is_given_and_taken_away_says_so, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(who_is_swapped_or_makes_way_is_in_both_rooms, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_stay_that_is_made_in_a_room_is_in_its_history_from_the_start, setup,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_slot_is_in_the_history_of_its_room, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_hold_that_is_confirmed_is_in_the_history_of_its_room, setup,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_walk_in_is_in_the_history_of_its_room_from_its_assignment, setup,
                                        fixture_tear_down),
        cmocka_unit_test_setup_teardown(what_leaves_the_room_as_it_is_is_not_in_its_history, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(why_a_room_is_dirty_again_is_in_its_history, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_closure_is_in_the_history_of_its_room, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(both_kinds_come_in_one_order_page_by_page, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_viewer_is_told_of_no_payment, setup, fixture_tear_down),
        cmocka_unit_test_setup_teardown(a_guest_has_a_history_that_does_not_name_them, setup, fixture_tear_down),
    };
    return test_run("api/history", tests);
}
