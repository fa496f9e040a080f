/* Objects as JSON: the exact bytes of each, there and back, and every way in which a body can be wrong. */
#include "tests/unit/test.h"

#include <stdio.h>

#include "engine/state.h"
#include "engine/state_read.h"

#define NOW ((int64_t)1795341600000) /* 2026-11-22T10:00:00Z */

static struct arena arena;
static struct property property;
static struct id ids[32];

static int
set_up(void **state)
{
    (void)state;
    arena_init(&arena, (size_t)1 << 20);
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
        ids[i] = (struct id){0x0123456789ab0000U + i, i};
    property = (struct property){.number = 3,
                                 .id = ids[0],
                                 .name = STR("Hotel \"Ada\""),
                                 .time_zone = STR("Europe/Paris"),
                                 .currency = STR("EUR"),
                                 .day_rolls_at_min = 180,
                                 .payment_ttl_ms = 900000,
                                 .approval_ttl_ms = 86400000,
                                 .cancellation_window_h = 48,
                                 .cancellation_fee_percent = 50,
                                 .no_show_fee_percent = 80,
                                 .shows_holders = true,
                                 .night_audit = NIGHT_AUDIT_BY_HAND,
                                 .business_date = 20779,
                                 .splits_stays = true,
                                 .balance_rule = BALANCE_REQUIRED,
                                 .created_at = NOW,
                                 .version = 2};
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

/* -- the objects that tests begin with -- */

static struct booking
a_stay(struct claim *claims, size_t claim_count)
{
    struct booking booking = {.id = ids[1],
                              .code = STR("K7QF3M"),
                              .room_type = ids[2],
                              .charged_room_type = ids[3],
                              .status = BOOKING_CONFIRMED,
                              .span = span_from_nights(20880, 20883),
                              .party = 2,
                              .guest = ids[4],
                              .owner = STR("usr_ada"),
                              .payment = PAYMENT_NONE,
                              .placement = PLACEMENT_STATE_PROVEN,
                              .created_at = NOW,
                              .version = 1,
                              .claims = claims,
                              .claim_count = claim_count};
    return booking;
}

static struct booking
a_slot(struct claim *claim)
{
    struct booking booking = a_stay(claim, 1);
    booking.by_minute = true;
    booking.span = (struct span){NOW, NOW + 3600000};
    booking.turnaround_ms = 600000;
    booking.local_starts = STR("2026-11-22T11:00");
    booking.local_ends = STR("2026-11-22T12:00");
    booking.group = ids[5];
    booking.payment = PAYMENT_REQUIRED;
    booking.price = (struct price){.known = true, .minor = 12900};
    booking.payment_status = PAYMENT_STATUS_REQUIRED;
    booking.placement = PLACEMENT_STATE_UNPROVEN;
    booking.expires_at = NOW + 900000;
    *claim = (struct claim){.room = ids[6],
                            .span = {NOW, NOW + 4200000},
                            .owner_kind = CLAIM_OF_BOOKING,
                            .owner = booking.id,
                            .pinned = true};
    return booking;
}

static struct room
a_room(void)
{
    return (struct room){.id = ids[6],
                         .room_type = ids[2],
                         .number = STR("101"),
                         .floor = STR("1"),
                         .building = STR("Main"),
                         .features = STR("[\"balcony\",\"sea\"]"),
                         .created_at = NOW};
}

static struct room_state
a_room_state(void)
{
    return (struct room_state){.room = ids[6], .cleanliness = CLEANLINESS_INSPECTED, .version = 4};
}

static struct room_type
a_room_type(void)
{
    return (struct room_type){.id = ids[2],
                              .name = STR("Double"),
                              .sold_by = SOLD_BY_MINUTE,
                              .stock = STOCK_ROOMS,
                              .max_guests = 2,
                              .features = STR("[]"),
                              .needs_approval = true,
                              .hold_ttl_ms = 30000,
                              .opens_min = 480,
                              .closes_min = 1080,
                              .turnaround_min = 10,
                              .length_min = 15,
                              .length_max = 240,
                              .notice_min = 5,
                              .quota_per_booker = 3,
                              .created_at = NOW,
                              .version = 9};
}

static struct hold
a_hold(void)
{
    return (struct hold){.id = ids[7],
                         .status = HOLD_ACTIVE,
                         .owner = STR("usr_ada"),
                         .room_type = ids[2],
                         .span = span_from_nights(20880, 20881),
                         .quantity = 4,
                         .party = 3,
                         .expires_at = NOW + 30123,
                         .created_at = NOW,
                         .version = 1};
}

static struct group
a_group(void)
{
    return (struct group){
        .id = ids[5], .code = STR("AAAAAB"), .guest = ids[4], .owner = STR("usr_ada"), .created_at = NOW, .version = 1};
}

/* -- there and back -- */

static struct str
written(const struct event *event)
{
    struct text text;
    struct json_writer writer;
    struct house house = {.property = &property};
    text_init(&text, &arena, 1024);
    json_writer_init(&writer, &text);
    state_write_event_state(&writer, property.number, &house, event);
    json_writer_done(&writer);
    assert_false(text.overflowed);
    return text_str(&text);
}

static struct event
event_of(const struct state *state)
{
    struct event event = {.state = state->of,
                          .hold_id = state->hold_id,
                          .out_of_service = state->out_of_service,
                          .waived_minor = state->waived_minor,
                          .refund = state->refund,
                          .deleted = state->deleted};
    switch (state->of) {
    case EVENT_OF_BOOKING: event.booking = &state->booking; break;
    case EVENT_OF_GROUP: event.group = &state->group; break;
    case EVENT_OF_HOLD: event.hold = &state->hold; break;
    case EVENT_OF_PROPERTY: event.property = &state->property; break;
    case EVENT_OF_ROOM_TYPE: event.room_type = &state->room_type; break;
    case EVENT_OF_ROOM:
        event.room = &state->room;
        event.room_state = &state->room_state;
        break;
    case EVENT_OF_INVENTORY: event.nights = &state->nights; break;
    case EVENT_OF_OVERCOMMIT: event.overcommit = &state->overcommit; break;
    default: fail_msg("a state that is not read");
    }
    return event;
}

static struct state
read_back(enum event_state of, struct str json)
{
    struct state state;
    struct err err = {.kind = ERR_NONE};
    if (!state_read(of, json, &property, &arena, &state, &err))
        fail_msg("%s in %.*s", err.message, STR_ARG(json));
    return state;
}

/* Written, read and written again: the same bytes. */
static struct state
there_and_back(const struct event *event)
{
    struct str first = written(event);
    struct state state = read_back(event->state, first);
    struct event again = event_of(&state);
    struct str second = written(&again);
    assert_int_equal(first.len, second.len);
    assert_memory_equal(first.ptr, second.ptr, first.len);
    return state;
}

static void
assert_written(const struct event *event, const char *expected)
{
    struct str json = written(event);
    assert_string_equal(arena_copy_cstr(&arena, json), expected);
}

/* -- bytes -- */

static void
a_stay_is_written_with_its_dates(void **state)
{
    (void)state;
    struct booking booking = a_stay(NULL, 0);
    struct event event = {.state = EVENT_OF_BOOKING, .booking = &booking};
    assert_written(&event, "{\"id\":\"bkg_aaaaaaybencwpcnlaaaqaaaaaaaaaaab\",\"code\":\"K7QF3M\""
                           ",\"property_id\":\"prp_aaaaaaybencwpcnlaaaaaaaaaaaaaaaa\",\"group_id\":null"
                           ",\"room_type_id\":\"rmt_aaaaaaybencwpcnlaabaaaaaaaaaaaac\""
                           ",\"charged_room_type_id\":\"rmt_aaaaaaybencwpcnlaabqaaaaaaaaaaad\""
                           ",\"status\":\"CONFIRMED\",\"arrival\":\"2027-03-03\",\"departure\":\"2027-03-06\""
                           ",\"claims\":[],\"room_id\":null,\"placement\":\"proven\",\"party\":2"
                           ",\"guest_id\":\"gst_aaaaaaybencwpcnlaacaaaaaaaaaaaae\",\"payment\":\"none\""
                           ",\"price\":null,\"payment_status\":\"none\",\"expires_at\":null,\"checked_in_at\":null"
                           ",\"checked_out_at\":null,\"cancelled_at\":null,\"created_by\":\"usr_ada\""
                           ",\"created_at\":\"2026-11-22T10:00:00Z\",\"version\":1}");
}

static void
a_slot_is_written_with_its_instants(void **state)
{
    (void)state;
    struct claim claim;
    struct booking booking = a_slot(&claim);
    struct event event = {.state = EVENT_OF_BOOKING, .booking = &booking, .hold_id = ids[7]};
    assert_written(&event, "{\"id\":\"bkg_aaaaaaybencwpcnlaaaqaaaaaaaaaaab\",\"code\":\"K7QF3M\""
                           ",\"property_id\":\"prp_aaaaaaybencwpcnlaaaaaaaaaaaaaaaa\""
                           ",\"group_id\":\"grp_aaaaaaybencwpcnlaacqaaaaaaaaaaaf\""
                           ",\"room_type_id\":\"rmt_aaaaaaybencwpcnlaabaaaaaaaaaaaac\""
                           ",\"charged_room_type_id\":\"rmt_aaaaaaybencwpcnlaabqaaaaaaaaaaad\""
                           ",\"status\":\"CONFIRMED\",\"starts_at\":\"2026-11-22T10:00:00Z\""
                           ",\"ends_at\":\"2026-11-22T11:00:00Z\",\"local_starts\":\"2026-11-22T11:00\""
                           ",\"local_ends\":\"2026-11-22T12:00\",\"turnaround_min\":10"
                           ",\"claims\":[{\"room_id\":\"rom_aaaaaaybencwpcnlaadaaaaaaaaaaaag\""
                           ",\"starts_at\":\"2026-11-22T10:00:00Z\",\"ends_at\":\"2026-11-22T11:10:00Z\""
                           ",\"pinned\":true}],\"room_id\":\"rom_aaaaaaybencwpcnlaadaaaaaaaaaaaag\""
                           ",\"placement\":\"unproven\",\"party\":2"
                           ",\"guest_id\":\"gst_aaaaaaybencwpcnlaacaaaaaaaaaaaae\",\"payment\":\"required\""
                           ",\"price\":12900,\"payment_status\":\"required\",\"expires_at\":\"2026-11-22T10:15:00Z\""
                           ",\"checked_in_at\":null,\"checked_out_at\":null,\"cancelled_at\":null"
                           ",\"created_by\":\"usr_ada\",\"created_at\":\"2026-11-22T10:00:00Z\",\"version\":1"
                           ",\"hold_id\":\"hld_aaaaaaybencwpcnlaadqaaaaaaaaaaah\"}");
}

static void
a_hold_is_written_with_what_it_keeps(void **state)
{
    (void)state;
    struct hold hold = a_hold();
    struct event event = {.state = EVENT_OF_HOLD, .hold = &hold};
    assert_written(&event, "{\"id\":\"hld_aaaaaaybencwpcnlaadqaaaaaaaaaaah\""
                           ",\"property_id\":\"prp_aaaaaaybencwpcnlaaaaaaaaaaaaaaaa\",\"status\":\"ACTIVE\""
                           ",\"room_type_id\":\"rmt_aaaaaaybencwpcnlaabaaaaaaaaaaaac\",\"room_id\":null"
                           ",\"arrival\":\"2027-03-03\",\"departure\":\"2027-03-04\",\"quantity\":4,\"party\":3"
                           ",\"expires_at\":\"2026-11-22T10:00:30.123Z\",\"created_by\":\"usr_ada\""
                           ",\"created_at\":\"2026-11-22T10:00:00Z\",\"version\":1}");
    hold.party = 0; /* as it was written before the party was kept */
    assert_written(&event, "{\"id\":\"hld_aaaaaaybencwpcnlaadqaaaaaaaaaaah\""
                           ",\"property_id\":\"prp_aaaaaaybencwpcnlaaaaaaaaaaaaaaaa\",\"status\":\"ACTIVE\""
                           ",\"room_type_id\":\"rmt_aaaaaaybencwpcnlaabaaaaaaaaaaaac\",\"room_id\":null"
                           ",\"arrival\":\"2027-03-03\",\"departure\":\"2027-03-04\",\"quantity\":4"
                           ",\"expires_at\":\"2026-11-22T10:00:30.123Z\",\"created_by\":\"usr_ada\""
                           ",\"created_at\":\"2026-11-22T10:00:00Z\",\"version\":1}");
}

static void
assert_shows(struct str json, const char *part)
{
    if (memmem(json.ptr, json.len, part, strlen(part)) == NULL)
        fail_msg("%s is not in %.*s", part, STR_ARG(json));
}

static void
a_room_is_written_with_its_derived_status(void **state)
{
    (void)state;
    struct room room = a_room();
    struct room_state room_state = a_room_state();
    struct event event = {.state = EVENT_OF_ROOM, .room = &room, .room_state = &room_state, .deleted = true};
    assert_written(&event, "{\"id\":\"rom_aaaaaaybencwpcnlaadaaaaaaaaaaaag\""
                           ",\"property_id\":\"prp_aaaaaaybencwpcnlaaaaaaaaaaaaaaaa\""
                           ",\"room_type_id\":\"rmt_aaaaaaybencwpcnlaabaaaaaaaaaaaac\",\"number\":\"101\""
                           ",\"floor\":\"1\",\"building\":\"Main\",\"features\":[\"balcony\",\"sea\"]"
                           ",\"max_guests\":null,\"cleanliness\":\"INSPECTED\",\"fault\":null"
                           ",\"room_status\":\"READY_FOR_GUEST\",\"is_occupied\":false"
                           ",\"created_at\":\"2026-11-22T10:00:00Z\",\"version\":4,\"deleted\":true}");
    room_state = (struct room_state){.room = ids[6],
                                     .cleanliness = CLEANLINESS_DIRTY,
                                     .fault = ids[1],
                                     .fault_since = NOW,
                                     .occupant = ids[0],
                                     .note = ids[3],
                                     .attendant = ids[4],
                                     .version = 5};
    event.deleted = false;
    assert_shows(written(&event), "\"fault\":{\"note_id\":\"txt_");
    assert_shows(written(&event), "\"room_status\":\"OCCUPIED\",\"is_occupied\":true,\"occupied_by\":\"bkg_");
    assert_shows(written(&event), ",\"note_id\":\"txt_");
    assert_shows(written(&event), ",\"attendant_id\":\"usr_");
}

static void
a_reader_is_shown_words_and_only_who_they_may_see(void **state)
{
    (void)state;
    struct room room = a_room();
    struct room_state room_state = {
        .room = ids[6], .fault = ids[1], .fault_since = NOW, .occupant = ids[0], .note = ids[3], .version = 5};
    struct state_room_view view = {.fault = STR("a \"leak\""), .note = STR("late"), .hides_occupant = true};
    struct text text;
    struct json_writer writer;
    text_init(&text, &arena, 64);
    json_writer_init(&writer, &text);
    state_write_room_for(&writer, &property, &room, &room_state, &view);
    struct str shown = text_str(&text);
    assert_shows(shown, ",\"note\":\"a \\\"leak\\\"\",\"since\":");
    assert_shows(shown, ",\"note\":\"late\"");
    assert_shows(shown, "\"is_occupied\":true");
    assert_null(memmem(shown.ptr, shown.len, "occupied_by", strlen("occupied_by")));
}

static void
the_rest_of_the_house_is_written(void **state)
{
    (void)state;
    struct room_type type = a_room_type();
    struct nights_set nights = {.room_type = ids[2], .from = 20880, .until = 20890, .units = 10, .allowance = -1};
    struct overcommit overcommit = {ids[2], 20880, 20890, OVERCOMMIT_OVERSTAY, ids[5], .quantity = 2};
    struct group group = a_group();
    struct event event = {.state = EVENT_OF_ROOM_TYPE, .room_type = &type};
    assert_written(&event, "{\"id\":\"rmt_aaaaaaybencwpcnlaabaaaaaaaaaaaac\""
                           ",\"property_id\":\"prp_aaaaaaybencwpcnlaaaaaaaaaaaaaaaa\",\"name\":\"Double\""
                           ",\"sold_by\":\"minute\",\"stock\":\"rooms\",\"max_guests\":2,\"features\":[]"
                           ",\"needs_approval\":true,\"hold_ttl_s\":30,\"opens_min\":480,\"closes_min\":1080"
                           ",\"turnaround_min\":10,\"length_min\":15,\"length_max\":240,\"notice_min\":5"
                           ",\"quota_per_booker\":3,\"created_at\":\"2026-11-22T10:00:00Z\",\"version\":9}");
    event = (struct event){.state = EVENT_OF_INVENTORY, .nights = &nights};
    assert_written(&event, "{\"room_type_id\":\"rmt_aaaaaaybencwpcnlaabaaaaaaaaaaaac\""
                           ",\"property_id\":\"prp_aaaaaaybencwpcnlaaaaaaaaaaaaaaaa\",\"from\":\"2027-03-03\""
                           ",\"until\":\"2027-03-13\",\"units\":10,\"allowance\":null}");
    event = (struct event){.state = EVENT_OF_OVERCOMMIT, .overcommit = &overcommit};
    assert_written(&event, "{\"room_type_id\":\"rmt_aaaaaaybencwpcnlaabaaaaaaaaaaaac\""
                           ",\"property_id\":\"prp_aaaaaaybencwpcnlaaaaaaaaaaaaaaaa\",\"from\":\"2027-03-03\""
                           ",\"until\":\"2027-03-13\",\"kind\":\"overstay\""
                           ",\"subject_id\":\"bkg_aaaaaaybencwpcnlaacqaaaaaaaaaaaf\",\"quantity\":2}");
    event = (struct event){.state = EVENT_OF_GROUP, .group = &group};
    assert_written(&event, "{\"id\":\"grp_aaaaaaybencwpcnlaacqaaaaaaaaaaaf\""
                           ",\"property_id\":\"prp_aaaaaaybencwpcnlaaaaaaaaaaaaaaaa\",\"code\":\"AAAAAB\""
                           ",\"guest_id\":\"gst_aaaaaaybencwpcnlaacaaaaaaaaaaaae\",\"created_by\":\"usr_ada\""
                           ",\"created_at\":\"2026-11-22T10:00:00Z\",\"version\":1}");
    event = (struct event){.state = EVENT_OF_PROPERTY, .property = &property};
    assert_written(&event, "{\"id\":\"prp_aaaaaaybencwpcnlaaaaaaaaaaaaaaaa\",\"name\":\"Hotel \\\"Ada\\\"\""
                           ",\"time_zone\":\"Europe/Paris\",\"currency\":\"EUR\",\"day_rolls_at_min\":180"
                           ",\"payment_ttl_s\":900,\"approval_ttl_s\":86400,\"cancellation_window_h\":48"
                           ",\"cancellation_fee_percent\":50,\"no_show_fee_percent\":80,\"shows_holders\":true"
                           ",\"night_audit\":\"by_hand\",\"business_date\":\"2026-11-22\",\"splits_stays\":true,"
                           "\"balance_rule\":\"required\""
                           ",\"created_at\":\"2026-11-22T10:00:00Z\",\"version\":2}");
}

static void
an_object_is_written_as_in_its_event(void **state)
{
    (void)state;
    struct claim claim;
    struct booking booking = a_slot(&claim);
    struct hold hold = a_hold();
    struct room room = a_room();
    struct room_state room_state = a_room_state();
    struct room_type type = a_room_type();
    struct group group = a_group();
    struct nights_set nights = {.room_type = ids[2], .from = 20880, .until = 20890, .units = -1, .allowance = 3};
    struct overcommit overcommit = {ids[2], 20880, 20890, OVERCOMMIT_CLOSURE, ids[5], .quantity = 2};
    struct event events[] = {
        {.state = EVENT_OF_BOOKING, .booking = &booking},
        {.state = EVENT_OF_GROUP, .group = &group},
        {.state = EVENT_OF_HOLD, .hold = &hold},
        {.state = EVENT_OF_PROPERTY, .property = &property},
        {.state = EVENT_OF_ROOM_TYPE, .room_type = &type},
        {.state = EVENT_OF_ROOM, .room = &room, .room_state = &room_state},
        {.state = EVENT_OF_INVENTORY, .nights = &nights},
        {.state = EVENT_OF_OVERCOMMIT, .overcommit = &overcommit},
    };
    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
        struct text text;
        struct json_writer writer;
        text_init(&text, &arena, 64);
        json_writer_init(&writer, &text);
        switch (events[i].state) {
        case EVENT_OF_BOOKING: state_write_booking(&writer, &property, &booking); break;
        case EVENT_OF_GROUP: state_write_group(&writer, &property, &group); break;
        case EVENT_OF_HOLD: state_write_hold(&writer, &property, &hold); break;
        case EVENT_OF_PROPERTY: state_write_property(&writer, &property); break;
        case EVENT_OF_ROOM_TYPE: state_write_room_type(&writer, &property, &type); break;
        case EVENT_OF_ROOM: state_write_room(&writer, &property, &room, &room_state); break;
        case EVENT_OF_INVENTORY: state_write_inventory(&writer, &property, &nights); break;
        case EVENT_OF_OVERCOMMIT: state_write_overcommit(&writer, &property, &overcommit); break;
        default: fail_msg("a state that is not of a house");
        }
        assert_true(str_equal(text_str(&text), written(&events[i])));
    }
}

static void
a_new_property_is_shown_in_the_log_of_the_installation(void **state)
{
    (void)state;
    struct house none = {.property = NULL};
    struct event event = {.state = EVENT_OF_PROPERTY, .property = &property};
    struct text text;
    struct json_writer writer;
    text_init(&text, &arena, 64);
    json_writer_init(&writer, &text);
    state_write_event_state(&writer, 0, &none, &event);
    assert_true(str_equal(text_str(&text), written(&event)));
    struct state read;
    struct err err;
    assert_true(state_read(EVENT_OF_PROPERTY, text_str(&text), NULL, &arena, &read, &err));
    assert_int_equal(read.property.number, 3);
}

/* -- there and back -- */

static void
bookings_come_back(void **state)
{
    (void)state;
    static const enum booking_status statuses[] = {BOOKING_PENDING_PAYMENT, BOOKING_PENDING_APPROVAL, BOOKING_CONFIRMED,
                                                   BOOKING_CHECKED_IN,      BOOKING_CHECKED_OUT,      BOOKING_CANCELLED,
                                                   BOOKING_DECLINED,        BOOKING_NO_SHOW,          BOOKING_EXPIRED};
    assert_int_equal(sizeof(statuses) / sizeof(statuses[0]), BOOKING_STATUS_COUNT - 1);
    struct claim claims[2] = {{.room = ids[6], .span = span_from_nights(20880, 20881)},
                              {.room = ids[8], .span = span_from_nights(20881, 20883), .pinned = true}};
    for (size_t i = 0; i < BOOKING_STATUS_COUNT - 1; i++) {
        struct booking booking = a_stay(claims, 2);
        booking.status = statuses[i];
        booking.checked_in_at = NOW + 1;
        booking.checked_out_at = NOW + 20;
        booking.cancelled_at = NOW + 300;
        booking.fee_minor = statuses[i] == BOOKING_CANCELLED ? 700 : 0;
        booking.lost_room = statuses[i] == BOOKING_NO_SHOW ? ids[9] : ID_NONE;
        struct event event = {
            .state = EVENT_OF_BOOKING,
            .booking = &booking,
            .out_of_service = i % 2 == 0,
            .waived_minor = 40,
            .refund = {.asked = i % 2 == 0 ? REFUND_AMOUNT : REFUND_NOTHING, .minor = i % 2 == 0 ? 50 : 0}};
        struct state back = there_and_back(&event);
        assert_int_equal(back.booking.status, statuses[i]);
        assert_int_equal(back.booking.checked_out_at, NOW + 20);
        assert_int_equal(back.booking.fee_minor, booking.fee_minor);
        assert_int_equal(back.waived_minor, 40);
        assert_int_equal(back.out_of_service, i % 2 == 0);
        assert_int_equal(back.refund.minor, i % 2 == 0 ? 50 : 0);
        assert_true(id_equal(back.booking.lost_room, booking.lost_room));
        assert_false(back.booking.by_minute);
        assert_true(id_is_none(back.booking.group));
        assert_int_equal(back.booking.claim_count, 2);
        assert_true(id_equal(back.booking.claims[1].owner, ids[1]));
        assert_int_equal(back.booking.claims[1].owner_kind, CLAIM_OF_BOOKING);
        assert_true(back.booking.claims[1].pinned);
        assert_true(span_equal(back.booking.claims[1].span, claims[1].span));
    }
}

static void
who_comes_along_comes_back_and_is_walked_one_by_one(void **state)
{
    (void)state;
    struct booking booking = a_stay(NULL, 0);
    booking.party = 4;
    booking.companions = &ids[10];
    booking.companion_count = 3;
    struct event event = {.state = EVENT_OF_BOOKING, .booking = &booking};
    struct state back = there_and_back(&event);
    assert_int_equal(back.booking.companion_count, 3);
    struct str list = state_companions(written(&event)), text;
    for (size_t i = 0; i < 3; i++) {
        enum id_kind kind = ID_BOOKING;
        uint32_t number;
        struct id id = ID_NONE;
        assert_true(id_equal(back.booking.companions[i], ids[10 + i]));
        assert_true(state_next_companion(&list, &text) && id_parse(text, &kind, &number, &id));
        assert_true(kind == ID_GUEST && id_equal(id, ids[10 + i]));
    }
    assert_false(state_next_companion(&list, &text));
    booking.companion_count = 0;
    list = state_companions(written(&event));
    assert_false(state_next_companion(&list, &text));
}

/* Each of its claims names a room, too. */
static void
the_room_of_a_booking_is_read_off_its_state(void **state)
{
    (void)state;
    struct claim claims[] = {{.room = ids[6], .span = span_from_nights(20880, 20882), .owner = ids[1]},
                             {.room = ids[7], .span = span_from_nights(20882, 20883), .owner = ids[1]}};
    struct booking booking = a_stay(NULL, 0);
    struct event event = {.state = EVENT_OF_BOOKING, .booking = &booking};
    assert_true(id_is_none(state_room_of_booking(written(&event))));
    booking = a_stay(claims, 2);
    assert_true(id_equal(state_room_of_booking(written(&event)), ids[6]));
    booking = a_stay(&claims[1], 1);
    assert_true(id_equal(state_room_of_booking(written(&event)), ids[7]));
}

/* Out of order, twice, with the guest who booked, and more than the party. */
static void
companions_that_can_not_be_are_refused(void **state)
{
    (void)state;
    const struct id wrong[][2] = {{ids[11], ids[10]}, {ids[10], ids[10]}, {ids[4], ids[10]}};
    struct booking booking = a_stay(NULL, 0);
    struct event event = {.state = EVENT_OF_BOOKING, .booking = &booking};
    struct state read;
    struct err err;
    booking.companion_count = 2;
    booking.party = 3;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        booking.companions = wrong[i];
        assert_false(state_read(EVENT_OF_BOOKING, written(&event), &property, &arena, &read, &err));
    }
    booking.companions = &ids[10];
    assert_true(state_read(EVENT_OF_BOOKING, written(&event), &property, &arena, &read, &err));
    booking.party = 2;
    assert_false(state_read(EVENT_OF_BOOKING, written(&event), &property, &arena, &read, &err));
}

static void
slots_come_back_with_their_turnaround_and_hold(void **state)
{
    (void)state;
    struct claim claim;
    struct booking booking = a_slot(&claim);
    struct event event = {.state = EVENT_OF_BOOKING, .booking = &booking, .hold_id = ids[7]};
    struct state back = there_and_back(&event);
    assert_true(back.booking.by_minute);
    assert_int_equal(back.booking.turnaround_ms, 600000);
    assert_true(str_equal(back.booking.local_ends, STR("2026-11-22T12:00")));
    assert_int_equal(back.booking.payment, PAYMENT_REQUIRED);
    assert_true(price_equal(back.booking.price, booking.price));
    assert_int_equal(back.booking.payment_status, PAYMENT_STATUS_REQUIRED);
    assert_int_equal(back.booking.placement, PLACEMENT_STATE_UNPROVEN);
    assert_int_equal(back.booking.expires_at, NOW + 900000);
    assert_true(id_equal(back.hold_id, ids[7]));
    assert_false(back.deleted);
}

static void
holds_and_groups_come_back(void **state)
{
    (void)state;
    for (int status = 0; status < HOLD_STATUS_COUNT; status++) {
        struct hold hold = a_hold();
        hold.status = (enum hold_status)status;
        struct event event = {.state = EVENT_OF_HOLD, .hold = &hold};
        assert_int_equal(there_and_back(&event).hold.status, status);
        assert_int_equal(there_and_back(&event).hold.party, 3);
        hold.party = 0;
        assert_int_equal(there_and_back(&event).hold.party, 0);
        hold.booking = ids[5];
        assert_true(id_equal(there_and_back(&event).hold.booking, ids[5]));
        hold.booking = ID_NONE;
        hold.group = ids[6];
        hold.by_minute = true;
        hold.turnaround_ms = 60000;
        hold.span = (struct span){NOW, NOW + 1};
        hold.room = ids[6];
        struct state back = there_and_back(&event);
        assert_true(back.hold.by_minute);
        assert_true(id_equal(back.hold.room, ids[6]));
        assert_true(id_equal(back.hold.group, ids[6]) && id_is_none(back.hold.booking));
        assert_int_equal(back.hold.turnaround_ms, 60000);
        assert_int_equal(back.hold.expires_at, NOW + 30123);
    }
    struct group group = a_group();
    struct event event = {.state = EVENT_OF_GROUP, .group = &group};
    assert_true(id_equal(there_and_back(&event).group.guest, ids[4]));
}

static void
rooms_come_back_in_every_state(void **state)
{
    (void)state;
    for (int i = 0; i < CLEANLINESS_COUNT * 4; i++) {
        struct room room = a_room();
        struct room_state there = a_room_state();
        there.cleanliness = (enum cleanliness)(i / 4);
        there.occupant = (i & 2) != 0 ? ids[0] : ID_NONE;
        if ((i & 1) != 0) {
            there.fault = ids[1];
            there.fault_since = NOW;
            there.note = ids[3];
            there.attendant = ids[4];
            room.max_guests = 3;
            room.floor = room.building = (struct str){"", 0};
        }
        struct event event = {.state = EVENT_OF_ROOM, .room = &room, .room_state = &there, .deleted = i == 0};
        struct state back = there_and_back(&event);
        assert_memory_equal(&back.room_state, &there, sizeof(there));
        assert_int_equal(back.room.max_guests, room.max_guests);
        assert_true(str_equal(back.room.floor, room.floor));
        assert_true(str_equal(back.room.features, room.features));
        assert_int_equal(back.deleted, i == 0);
    }
}

static void
the_rest_of_the_house_comes_back(void **state)
{
    (void)state;
    struct room_type type = a_room_type();
    struct event event = {.state = EVENT_OF_ROOM_TYPE, .room_type = &type};
    struct room_type back = there_and_back(&event).room_type;
    assert_int_equal(back.hold_ttl_ms, 30000);
    assert_int_equal(back.sold_by, SOLD_BY_MINUTE);
    assert_int_equal(back.quota_per_booker, 3);
    type.sold_by = SOLD_BY_NIGHT;
    type.stock = STOCK_COUNT;
    assert_int_equal(there_and_back(&event).room_type.stock, STOCK_COUNT);
    event = (struct event){.state = EVENT_OF_PROPERTY, .property = &property};
    assert_int_equal(there_and_back(&event).property.payment_ttl_ms, 900000);
    for (int32_t units = -1; units <= 1; units++) {
        struct nights_set nights = {
            .room_type = ids[2], .from = 20880, .until = 20890, .units = units, .allowance = -units};
        if (nights.allowance < -1)
            nights.allowance = -1;
        event = (struct event){.state = EVENT_OF_INVENTORY, .nights = &nights};
        assert_int_equal(there_and_back(&event).nights.units, units);
    }
    for (int kind = OVERCOMMIT_CLOSURE; kind <= OVERCOMMIT_OVERSTAY; kind++) {
        struct overcommit overcommit = {ids[2], 20880, 20890, (enum overcommit_kind)kind, ids[5], .quantity = kind};
        event = (struct event){.state = EVENT_OF_OVERCOMMIT, .overcommit = &overcommit};
        assert_int_equal(there_and_back(&event).overcommit.kind, kind);
    }
}

/* -- what is refused -- */

/* `from` in the body of the object becomes `to`; then it must not be read, for this reason. */
static void
assert_unreadable(const struct event *event, const char *from, const char *to, const char *reason)
{
    const char *body = arena_copy_cstr(&arena, written(event));
    const char *at = strstr(body, from);
    assert_non_null(at);
    struct text text;
    text_init(&text, &arena, 1024);
    text_put(&text, str_of(body, (size_t)(at - body)));
    text_put(&text, str_from(to));
    text_put(&text, str_from(at + strlen(from)));
    struct state read;
    struct err err = {.kind = ERR_NONE};
    assert_false(state_read(event->state, text_str(&text), &property, &arena, &read, &err));
    assert_int_equal(err.kind, ERR_DATA);
    if (strstr(err.message, reason) == NULL)
        fail_msg("%s is not about %s", err.message, reason);
}

static void
a_body_that_is_not_exactly_a_state_is_refused(void **state)
{
    (void)state;
    struct claim claim;
    struct booking booking = a_slot(&claim);
    struct room room = a_room();
    struct room_state room_state = a_room_state();
    struct event slot = {.state = EVENT_OF_BOOKING, .booking = &booking};
    struct event of_room = {.state = EVENT_OF_ROOM, .room = &room, .room_state = &room_state};
    assert_unreadable(&slot, "\"party\":2,", "", "/party is required");
    assert_unreadable(&slot, "\"party\":2,", "\"party\":2,\"mood\":1,", "/mood");
    assert_unreadable(&slot, "\"party\":2,", "\"party\":\"2\",", "/party");
    assert_unreadable(&slot, "\"party\":2,", "\"party\":null,", "/party");
    assert_unreadable(&slot, "\"party\":2,", "\"party\":2,\"party\":3,", "");
    assert_unreadable(&slot, "CONFIRMED", "NONE", "/status");
    assert_unreadable(&slot, "\"payment_status\":\"required\"", "\"payment_status\":\"paid\"", "/payment_status");
    assert_unreadable(&slot, "\"price\":12900", "\"price\":-1", "/price");
    assert_unreadable(&slot, "\"bkg_", "\"grp_", "/id");
    assert_unreadable(&slot, "\"starts_at\"", "\"arrival\"", "");
    assert_unreadable(&slot, "\"pinned\":true", "\"pinned\":true,\"x\":1", "/claims/0/x");
    assert_unreadable(&slot, "\"ends_at\":\"2026-11-22T11:00:00Z\"", "\"ends_at\":\"2026-11-22T10:00:00Z\"",
                      "/ends_at");
    assert_unreadable(&slot, "{", "[{", "");
    assert_unreadable(&of_room, "\"READY_FOR_GUEST\"", "\"OCCUPIED\"", "/room_status");
    assert_unreadable(&of_room, "\"is_occupied\":false", "\"is_occupied\":true", "/is_occupied");
    assert_unreadable(&of_room, "\"balcony\"", "7", "/features/0");
    assert_unreadable(&of_room, "\"is_occupied\":false", "\"is_occupied\":false,\"deleted\":false", "/deleted");
}

static void
a_room_that_is_not_the_first_claim_s_is_refused(void **state)
{
    (void)state;
    struct booking booking = a_stay(NULL, 0);
    struct event event = {.state = EVENT_OF_BOOKING, .booking = &booking};
    char room[ID_TEXT_SIZE], text[ID_TEXT_SIZE + 16];
    id_format(ID_ROOM, 3, ids[6], room);
    (void)snprintf(text, sizeof(text), "\"room_id\":\"%s\"", room);
    assert_unreadable(&event, "\"room_id\":null", text, "/room_id");
}

static void
what_is_of_another_property_is_refused(void **state)
{
    (void)state;
    struct room room = a_room();
    struct room_state room_state = a_room_state();
    struct event event = {.state = EVENT_OF_ROOM, .room = &room, .room_state = &room_state};
    struct str body = written(&event);
    struct state read;
    struct err err;
    struct property other = property;
    other.number = 4;
    assert_false(state_read(EVENT_OF_ROOM, body, &other, &arena, &read, &err));
    other.number = 3;
    other.id = ids[9];
    assert_false(state_read(EVENT_OF_ROOM, body, &other, &arena, &read, &err));
    assert_non_null(strstr(err.message, "/property_id"));
}

static void
a_full_arena_is_short_memory_not_bad_data(void **state)
{
    (void)state;
    struct room room = a_room();
    struct room_state room_state = a_room_state();
    struct event event = {.state = EVENT_OF_ROOM, .room = &room, .room_state = &room_state};
    struct str body = written(&event);
    struct arena small;
    struct state read;
    struct err err = {.kind = ERR_NONE};
    arena_init(&small, 16);
    assert_false(state_read(EVENT_OF_ROOM, body, &property, &small, &read, &err));
    assert_int_equal(err.kind, ERR_MEMORY);
    arena_done(&small);
}

static void
the_noun_of_an_event_says_what_it_shows(void **state)
{
    (void)state;
    enum event_state of;
    assert_true(state_of_kind(STR("booking.created"), &of) && of == EVENT_OF_BOOKING);
    assert_true(state_of_kind(STR("group.created"), &of) && of == EVENT_OF_GROUP);
    assert_true(state_of_kind(STR("hold.expired"), &of) && of == EVENT_OF_HOLD);
    assert_true(state_of_kind(STR("property.amended"), &of) && of == EVENT_OF_PROPERTY);
    assert_true(state_of_kind(STR("room_type.deleted"), &of) && of == EVENT_OF_ROOM_TYPE);
    assert_true(state_of_kind(STR("room.retyped"), &of) && of == EVENT_OF_ROOM);
    assert_true(state_of_kind(STR("inventory.set"), &of) && of == EVENT_OF_INVENTORY);
    assert_true(state_of_kind(STR("overcommit.fell"), &of) && of == EVENT_OF_OVERCOMMIT);
    assert_false(state_of_kind(STR("room"), &of));
    assert_false(state_of_kind(STR("user.created"), &of));
    assert_false(state_of_kind(STR("roomy.created"), &of));
    assert_false(state_of_kind(STR(""), &of));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_stay_is_written_with_its_dates, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_slot_is_written_with_its_instants, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_hold_is_written_with_what_it_keeps, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_room_is_written_with_its_derived_status, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reader_is_shown_words_and_only_who_they_may_see, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_rest_of_the_house_is_written, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_object_is_written_as_in_its_event, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_new_property_is_shown_in_the_log_of_the_installation, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bookings_come_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_comes_along_comes_back_and_is_walked_one_by_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_room_of_a_booking_is_read_off_its_state, set_up, tear_down),
        cmocka_unit_test_setup_teardown(companions_that_can_not_be_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(slots_come_back_with_their_turnaround_and_hold, set_up, tear_down),
        cmocka_unit_test_setup_teardown(holds_and_groups_come_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rooms_come_back_in_every_state, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_rest_of_the_house_comes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_body_that_is_not_exactly_a_state_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_room_that_is_not_the_first_claim_s_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_of_another_property_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_arena_is_short_memory_not_bad_data, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_noun_of_an_event_says_what_it_shows, set_up, tear_down),
    };
    return test_run("engine/state", tests);
}
