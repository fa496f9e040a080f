/* Bookings and groups as they are now. A booker sees their own; everything else is absent for them. */
#include "api/account_text.h"
#include "api/event_page.h"
#include "api/guest_text.h"
#include "api/handlers.h"
#include "api/id_page.h"
#include "api/parts.h"
#include "api/reply.h"
#include "core/code.h"
#include "engine/facts_load.h"
#include "engine/ledger_load.h"
#include "engine/state.h"
#include "store/store_list.h"

enum {
    CODE_GIVEN_MAX = 24,
    GUEST_WORD_MIN = 2, /* bytes of the longest word: one of Latin letters leads to a tenth of all there are */
};

static bool
sees_all(const struct call *call)
{
    return call->role != ROLE_BOOKER;
}

static bool
is_seen(const struct call *call, struct str owner)
{
    return sees_all(call) || str_equal(owner, call->actor);
}

/* -- writing -- */

static enum db_status
add_guest(struct call *call, struct reader *reader, struct text *text, struct id id)
{
    struct guest guest;
    char public[ID_TEXT_SIZE];
    enum db_status status = store_load_guest(&reader->store, call->property, id, &reader->scratch, &guest);
    id_format(ID_GUEST, call->property, id, public);
    if (status == DB_OK || status == DB_NO_ROW)
        guest_text_add(text, str_from(public), status == DB_OK ? &guest.details : NULL);
    return status == DB_NO_ROW ? DB_OK : status;
}

/* Whoever booked, and in one more look those who are named besides, where the booking says that there are any. */
static enum db_status
add_party(struct call *call, struct reader *reader, struct text *text, const struct booking *booking)
{
    struct guest lead, *companions = NULL;
    struct guest_shown shown[1 + COMPANIONS_MAX];
    char public[1 + COMPANIONS_MAX][ID_TEXT_SIZE];
    size_t count = 0;
    enum db_status status = store_load_guest(&reader->store, call->property, booking->guest, &reader->scratch, &lead);
    id_format(ID_GUEST, call->property, booking->guest, public[0]);
    shown[0] = (struct guest_shown){.id = str_from(public[0]), .details = status == DB_OK ? &lead.details : NULL};
    if (status == DB_NO_ROW)
        status = DB_OK;
    if (status == DB_OK && booking->companion_count > 0)
        status =
            store_list_companions(&reader->store, call->property, booking->id, &reader->scratch, &companions, &count);
    if (status != DB_OK)
        return status;
    for (size_t i = 0; i < count && i < COMPANIONS_MAX; i++) {
        id_format(ID_GUEST, call->property, companions[i].id, public[1 + i]);
        shown[1 + i] = (struct guest_shown){.id = str_from(public[1 + i]), .details = &companions[i].details};
    }
    guest_text_add_party(text, shown, 1 + (count < COMPANIONS_MAX ? count : COMPANIONS_MAX));
    return DB_OK;
}

/* `writer` writes into `text`. */
static enum db_status
write_booking(struct call *call, struct reader *reader, struct json_writer *writer, struct text *text,
              const struct property *property, const struct booking *booking)
{
    state_write_booking(writer, property, booking);
    return add_party(call, reader, text, booking);
}

/* -- one -- */

/* Loads the booking of the path; false when it was answered. */
static bool
load_booking(struct call *call, struct reader *reader, struct booking *ret_booking)
{
    if (!call_check(call, reader,
                    store_load_booking(&reader->store, call->property, call->ids[0], &reader->scratch, ret_booking)))
        return false;
    if (is_seen(call, ret_booking->owner))
        return true;
    reply_refuse(call, OUTCOME_NOT_FOUND);
    return false;
}

void
booking_load_one(struct call *call, struct reader *reader)
{
    struct booking booking;
    struct ledger ledger;
    struct text text;
    struct json_writer writer;
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL || !load_booking(call, reader, &booking))
        return;
    text_init(&text, call->arena, 1280);
    json_writer_init(&writer, &text);
    if (!call_check(call, reader, write_booking(call, reader, &writer, &text, house->house.property, &booking)) ||
        !call_check(call, reader, ledger_load(&reader->store, call->property, &booking, &reader->scratch, &ledger)))
        return;
    account_text_add(&text, ledger, &booking);
    reply_text(call, &text, booking.version);
}

/* -- groups -- */

static enum db_status
write_group(struct call *call, struct reader *reader, struct text *text, const struct property *property,
            const struct group *group)
{
    struct booking *bookings;
    struct ledger ledger = {.booking_count = 0};
    struct json_writer writer;
    size_t count;
    enum db_status status =
        store_list_group_bookings(&reader->store, call->property, group->id, &reader->scratch, &bookings, &count);
    if (status == DB_OK)
        status =
            ledger_load_group(&reader->store, call->property, group->id, bookings, count, &reader->scratch, &ledger);
    json_writer_init(&writer, text);
    state_write_group(&writer, property, group);
    if (status == DB_OK)
        status = add_guest(call, reader, text, group->guest);
    if (text->overflowed)
        return status;
    text->len--;
    text_put(text, STR(",\"bookings\":"));
    json_writer_init(&writer, text);
    json_write_array_begin(&writer);
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        status = write_booking(call, reader, &writer, text, property, &bookings[i]);
        if (status == DB_OK)
            account_text_add(text, ledger, &bookings[i]);
    }
    json_write_array_end(&writer);
    text_put_char(text, '}');
    if (status == DB_OK)
        account_text_add_group(text, ledger, group->id);
    return status;
}

void
group_load_one(struct call *call, struct reader *reader)
{
    struct group group;
    struct text text;
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL ||
        !call_check(call, reader,
                    store_load_group(&reader->store, call->property, call->ids[0], &reader->scratch, &group)))
        return;
    if (!is_seen(call, group.owner)) {
        reply_refuse(call, OUTCOME_NOT_FOUND);
        return;
    }
    text_init(&text, call->arena, 4096);
    if (call_check(call, reader, write_group(call, reader, &text, house->house.property, &group)))
        reply_text(call, &text, group.version);
}

/* -- lists -- */

/* A day that a list is about: given as a date, or as true for the one in `date` or today. */
struct day {
    bool asked;
    bool has_date;
    int32_t date;
};

struct booking_list {
    struct page page;
    struct str status, code;
    struct words guest;
    struct id room;
    struct day date, arrivals, departures, in_house;
    bool overdue, room_changes;
};

/* A date, or `true` for the one of `date` or else today. */
static void
shape_day(struct shape *query, const char *name, struct day *ret_day)
{
    struct str word;
    struct shape_field field = shape_field(query, name, SHAPE_OPTIONAL);
    if (shape_str(field, 1, 16, &word) != SHAPE_SET) /* once */
        return;
    ret_day->has_date = date_parse(word, &ret_day->date);
    ret_day->asked = ret_day->has_date || str_equal(word, STR("true"));
    if (!ret_day->asked)
        (void)shape_refuse(field, "must be a date such as 2027-03-01, or true");
}

static void
shape_true(struct shape *query, const char *name, bool *ret_asked)
{
    struct str word;
    struct shape_field field = shape_field(query, name, SHAPE_OPTIONAL);
    if (shape_str(field, 1, 16, &word) != SHAPE_SET)
        return;
    *ret_asked = str_equal(word, STR("true"));
    if (!*ret_asked)
        (void)shape_refuse(field, "must be true");
}

static void
shape_status(struct shape *query, struct str *ret_status)
{
    enum booking_status status;
    struct str word;
    struct shape_field field = shape_field(query, "status", SHAPE_OPTIONAL);
    if (shape_str(field, 1, 32, &word) != SHAPE_SET)
        return;
    if (booking_status_parse(word, &status) && status != BOOKING_NONE)
        *ret_status = booking_status_name(status);
    else
        (void)shape_refuse(field, "must be a status such as CONFIRMED");
}

/* As it was read out: in any case, with blanks and hyphens where somebody likes them. */
static void
shape_code(struct call *call, struct shape *query, struct str *ret_code)
{
    struct str given;
    char code[CODE_SIZE];
    struct shape_field field = shape_field(query, "code", SHAPE_OPTIONAL);
    if (shape_str(field, CODE_LEN, CODE_GIVEN_MAX, &given) != SHAPE_SET)
        return;
    if (code_tidy(given, code))
        *ret_code = arena_copy_str(call->arena, str_of(code, CODE_LEN));
    else
        (void)shape_refuse(field, "must be the %d characters of a code", CODE_LEN);
}

static void
shape_guest(struct call *call, struct shape *query, struct words *ret_words)
{
    struct str given;
    struct shape_field field = shape_field(query, "guest", SHAPE_OPTIONAL);
    if (shape_str(field, 1, PART_NAME_MAX, &given) != SHAPE_SET || !words_of(given, call->arena, ret_words))
        return;
    size_t longest = 0;
    for (size_t i = 0; i < ret_words->count; i++)
        longest = ret_words->items[i].len > longest ? ret_words->items[i].len : longest;
    if (longest < GUEST_WORD_MIN)
        (void)shape_refuse(field, "must have a word of at least two letters");
    else if (ret_words->count > STORE_GUEST_WORDS_MAX)
        (void)shape_refuse(field, "must be at most %d words", STORE_GUEST_WORDS_MAX);
}

void
booking_shape_list(struct call *call, struct shape *query, struct shape *body)
{
    struct booking_list *list = call_ask(call, sizeof(*list));
    (void)body;
    call_shape_property(call, query, SHAPE_REQUIRED);
    shape_status(query, &list->status);
    struct shape_field date = shape_field(query, "date", SHAPE_OPTIONAL);
    list->date.asked = list->date.has_date = shape_date(date, &list->date.date) == SHAPE_SET;
    shape_day(query, "arrivals", &list->arrivals);
    shape_day(query, "departures", &list->departures);
    shape_day(query, "in_house", &list->in_house);
    shape_true(query, "overdue", &list->overdue);
    shape_true(query, "room_changes", &list->room_changes);
    (void)call_shape_id(call, shape_field(query, "room_id", SHAPE_OPTIONAL), ID_ROOM, &list->room);
    shape_guest(call, query, &list->guest);
    shape_code(call, query, &list->code);
    call_shape_page(call, query, ID_BYTES, &list->page);
}

/* A local day: for stays the midnight of its date, for slots its instants. */
struct day_ranges {
    struct store_range stays, slots;
};

static struct day_ranges
ranges_of(const struct house_entry *house, int32_t date)
{
    return (struct day_ranges){
        .stays = {date_to_instant(date), date_to_instant(date) + DATE_DAY_MS},
        .slots = {zone_instant_of(house->zone, date, 0), zone_instant_of(house->zone, date + 1, 0)}};
}

static struct store_range
narrow(struct store_range a, struct store_range b)
{
    return (struct store_range){a.from > b.from ? a.from : b.from, a.until < b.until ? a.until : b.until};
}

/* Guests who did not come on their day are awaited on each day after it, until they are given up. */
static void
ask_arrivals(struct store_booking_filter *filter, struct day_ranges day, bool is_today)
{
    struct store_range stays = day.stays;
    if (is_today) {
        filter->awaited = stays.from;
        stays.from -= STAY_NIGHTS_MAX * DATE_DAY_MS;
    }
    filter->stay_starts = narrow(filter->stay_starts, stays);
    filter->slot_starts = narrow(filter->slot_starts, day.slots);
    filter->way = STORE_BOOKINGS_BY_START;
}

/* No booking is longer than a stay may be: what ends in a range has begun not much before. */
static void
ask_end(struct store_booking_filter *filter, struct store_range stays, struct store_range slots)
{
    int64_t longest = STAY_NIGHTS_MAX * DATE_DAY_MS;
    filter->stay_ends = narrow(filter->stay_ends, stays);
    filter->slot_ends = narrow(filter->slot_ends, slots);
    filter->stay_starts = narrow(filter->stay_starts, (struct store_range){stays.from - longest, stays.until});
    filter->slot_starts = narrow(filter->slot_starts, (struct store_range){slots.from - longest, slots.until});
    filter->way = STORE_BOOKINGS_BY_START;
}

static void
ask_departures(struct store_booking_filter *filter, struct day_ranges day)
{
    ask_end(filter, day.stays, day.slots);
}

/* Overlapping the day: begun before its end, and ending after its beginning. */
static void
ask_overlap(struct store_booking_filter *filter, struct day_ranges day)
{
    int64_t longest = STAY_NIGHTS_MAX * DATE_DAY_MS;
    ask_end(filter, (struct store_range){day.stays.from + 1, day.stays.until + longest},
            (struct store_range){day.slots.from + 1, day.slots.until + longest});
    filter->stay_starts = narrow(filter->stay_starts, (struct store_range){INT64_MIN, day.stays.until});
    filter->slot_starts = narrow(filter->slot_starts, (struct store_range){INT64_MIN, day.slots.until});
}

/* Who is in the house is known of today: those who have come and not left, the ones due to leave included, however long
 * they have stayed; of slots, which nobody is checked in for, those that are under way. Of another day it is who was or
 * will be, and so it is where a status is asked for. */
static void
ask_in_house(struct store_booking_filter *filter, struct day_ranges day, bool is_today)
{
    ask_overlap(filter, day);
    if (!is_today || filter->status.len > 0)
        return;
    int64_t longest = DATE_DAY_MS * 2 * STAY_NIGHTS_MAX;
    filter->arrived = true;
    filter->stay_ends = STORE_RANGE_ALL;
    filter->stay_starts = (struct store_range){day.stays.from - longest, day.stays.until};
}

/* Whoever is in no list of the day any more: however long ago, since where nobody is given up by a night audit they
 * stay as they are. Both statuses take room, so that few other bookings are looked at. */
static void
ask_overdue(struct store_booking_filter *filter, int32_t today)
{
    int64_t day = date_to_instant(today);
    filter->overdue = day;
    filter->stay_ends = narrow(filter->stay_ends, (struct store_range){INT64_MIN, day + 1});
    filter->stay_starts = narrow(filter->stay_starts, (struct store_range){INT64_MIN, day});
    filter->slot_ends = filter->slot_starts = (struct store_range){0, 0};
    filter->way = STORE_BOOKINGS_LIVE_STAYS;
}

/* Who is in the house and not where they are to sleep: they are in it today, and have a night of it left. */
static void
ask_room_changes(struct store_booking_filter *filter, int32_t today)
{
    int64_t day = date_to_instant(today);
    filter->changes_room = day;
    filter->stay_ends = narrow(filter->stay_ends, (struct store_range){day + 1, INT64_MAX});
    filter->stay_starts = narrow(filter->stay_starts, (struct store_range){INT64_MIN, day + 1});
    filter->slot_ends = filter->slot_starts = (struct store_range){0, 0};
    filter->way = STORE_BOOKINGS_LIVE_STAYS;
}

static int32_t
day_of(const struct day *day, int32_t other)
{
    return day->has_date ? day->date : other;
}

static struct store_booking_filter
filter_of(const struct call *call, const struct house_entry *house)
{
    const struct booking_list *list = call->asked;
    struct store_booking_filter filter = STORE_BOOKING_FILTER_ALL;
    int32_t today = facts_today(house, call_now_ms(call)), other = list->date.asked ? list->date.date : today;
    int32_t arrivals = day_of(&list->arrivals, other), departures = day_of(&list->departures, other);
    int32_t in_house = day_of(&list->in_house, other);
    filter.status = list->status;
    filter.owner = sees_all(call) ? STR("") : call->actor;
    filter.room = list->room;
    filter.guest = list->guest;
    /* who comes and goes: unless it is asked for by its status, what was called off does neither */
    filter.came_about =
        list->status.len == 0 && (list->arrivals.asked || list->departures.asked || list->in_house.asked);
    if (list->in_house.asked) /* first: its ranges are set, and the others narrow them */
        ask_in_house(&filter, ranges_of(house, in_house), in_house == today);
    if (list->arrivals.asked)
        ask_arrivals(&filter, ranges_of(house, arrivals), arrivals == today);
    if (list->departures.asked)
        ask_departures(&filter, ranges_of(house, departures));
    bool is_default = (list->arrivals.asked && !list->arrivals.has_date) ||
                      (list->departures.asked && !list->departures.has_date) ||
                      (list->in_house.asked && !list->in_house.has_date);
    if (list->date.asked && !is_default)
        ask_overlap(&filter, ranges_of(house, list->date.date));
    if (list->overdue)
        ask_overdue(&filter, today);
    if (list->room_changes)
        ask_room_changes(&filter, today);
    if (filter.guest.count > 0)
        filter.way = STORE_BOOKINGS_BY_GUEST;
    if (!id_is_none(filter.room))
        filter.way = STORE_BOOKINGS_BY_ROOM;
    return filter;
}

static bool
is_in(struct store_range range, int64_t ms)
{
    return ms >= range.from && ms < range.until;
}

static bool
came_about(enum booking_status status)
{
    return booking_status_is_blocking(status) || status == BOOKING_CHECKED_OUT;
}

static bool
is_overdue(const struct store_booking_filter *filter, const struct booking *booking)
{
    if (filter->overdue == INT64_MIN)
        return true;
    return !booking->by_minute && ((booking->status == BOOKING_CONFIRMED && booking->span.ends <= filter->overdue) ||
                                   (booking->status == BOOKING_CHECKED_IN && booking->span.ends < filter->overdue));
}

static bool
changes_room(const struct store_booking_filter *filter, const struct booking *booking)
{
    if (filter->changes_room == INT64_MIN)
        return true;
    for (size_t i = 0; !id_is_none(booking->in_room) && i < booking->claim_count; i++)
        if (is_in((struct store_range){booking->claims[i].span.starts, booking->claims[i].span.ends},
                  filter->changes_room))
            return !id_equal(booking->claims[i].room, booking->in_room);
    return false;
}

/* The conditions of the statements for what has the code, but for its guest. */
static bool
passes(const struct store_booking_filter *filter, const struct booking *booking)
{
    bool has_room = id_is_none(filter->room);
    for (size_t i = 0; i < booking->claim_count && !has_room; i++)
        has_room = id_equal(booking->claims[i].room, filter->room);
    bool is_awaited = booking->by_minute || booking->span.starts >= filter->awaited ||
                      (booking->status == BOOKING_CONFIRMED && booking->span.ends > filter->awaited);
    bool has_come = !filter->arrived || booking->by_minute || booking->status == BOOKING_CHECKED_IN;
    return has_room && is_awaited && has_come && is_overdue(filter, booking) && changes_room(filter, booking) &&
           (!filter->came_about || came_about(booking->status)) &&
           (filter->status.len == 0 || str_equal(filter->status, booking_status_name(booking->status))) &&
           (filter->owner.len == 0 || str_equal(filter->owner, booking->owner)) &&
           is_in(booking->by_minute ? filter->slot_starts : filter->stay_starts, booking->span.starts) &&
           is_in(booking->by_minute ? filter->slot_ends : filter->stay_ends, booking->span.ends);
}

static enum db_status
check_name(struct reader *reader, const struct guest *guest, const struct words *asked, bool *ret_right)
{
    struct words words;
    if (!words_of_name(guest->details.name, &reader->scratch, &words)) {
        err_set(&reader->store.err, ERR_MEMORY, "no memory for a name");
        return DB_FAILED;
    }
    *ret_right = words_match(&words, asked);
    return DB_OK;
}

/* All words are of one guest: of the one who booked, or of one who comes along. */
static enum db_status
check_guests(struct call *call, struct reader *reader, const struct booking *booking, const struct words *asked,
             bool *ret_right)
{
    struct guest lead, *companions = NULL;
    size_t count = 0;
    *ret_right = true;
    if (asked->count == 0)
        return DB_OK;
    enum db_status status = store_load_guest(&reader->store, call->property, booking->guest, &reader->scratch, &lead);
    if (status == DB_OK)
        status = check_name(reader, &lead, asked, ret_right);
    if (status == DB_OK && !*ret_right && booking->companion_count > 0)
        status =
            store_list_companions(&reader->store, call->property, booking->id, &reader->scratch, &companions, &count);
    for (size_t i = 0; status == DB_OK && !*ret_right && i < count; i++)
        status = check_name(reader, &companions[i], asked, ret_right);
    return status;
}

/* Bookings and groups count with the same counter, so that a code is of one or of the other. */
static enum db_status
find_of_code(struct call *call, struct reader *reader, struct id property_id, struct booking **ret_bookings,
             size_t *ret_count)
{
    const struct booking_list *list = call->asked;
    struct booking *booking = ARENA_NEW(&reader->scratch, struct booking);
    struct group group;
    int64_t number;
    *ret_bookings = booking;
    *ret_count = 0;
    if (booking == NULL) {
        err_set(&reader->store.err, ERR_MEMORY, "no memory for a booking");
        return DB_FAILED;
    }
    if (!code_parse(property_id, list->code, &number))
        return DB_OK;
    enum db_status status =
        store_load_booking_by_code(&reader->store, call->property, number, &reader->scratch, booking);
    if (status == DB_OK)
        *ret_count = 1;
    if (status != DB_NO_ROW)
        return status;
    status = store_load_group_by_code(&reader->store, call->property, list->code, &reader->scratch, &group);
    if (status == DB_OK)
        status = store_list_group_bookings(&reader->store, call->property, group.id, &reader->scratch, ret_bookings,
                                           ret_count);
    return status == DB_NO_ROW ? DB_OK : status;
}

/* Of what has the code, those that all else that was asked for is true of. */
static enum db_status
load_by_code(struct call *call, struct reader *reader, struct id property_id, const struct store_booking_filter *filter,
             struct booking **ret_bookings, size_t *ret_count)
{
    size_t count = 0;
    *ret_count = 0;
    enum db_status status = find_of_code(call, reader, property_id, ret_bookings, &count);
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        struct booking *booking = &(*ret_bookings)[i];
        bool right = passes(filter, booking);
        if (right)
            status = check_guests(call, reader, booking, &filter->guest, &right);
        if (right)
            (*ret_bookings)[(*ret_count)++] = *booking;
    }
    return status;
}

/* The account that was read last: the bookings of a group mostly stand together. */
struct last_account {
    struct id group;
    struct ledger ledger;
};

static enum db_status
write_item(struct call *call, struct reader *reader, struct id_page *page, const struct property *property,
           const struct booking *booking, struct last_account *last)
{
    enum db_status status = write_booking(call, reader, &page->writer, &page->text, property, booking);
    bool is_known = !id_is_none(booking->group) && id_equal(booking->group, last->group);
    if (status == DB_OK && !is_known)
        status = ledger_load(&reader->store, call->property, booking, &reader->scratch, &last->ledger);
    last->group = booking->group;
    if (status == DB_OK)
        account_text_add(&page->text, last->ledger, booking);
    return status;
}

void
booking_load_list(struct call *call, struct reader *reader)
{
    const struct booking_list *list = call->asked;
    struct booking *bookings;
    struct id_page page;
    size_t count;
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL)
        return;
    struct store_booking_filter filter = filter_of(call, house);
    enum db_status status =
        list->code.len > 0 ? load_by_code(call, reader, house->house.property->id, &filter, &bookings, &count)
                           : store_list_bookings(&reader->store, call->property, &filter, id_page_after(&list->page),
                                                 list->page.limit + 1, &reader->scratch, &bookings, &count);
    struct last_account last = {.group = ID_NONE};
    id_page_begin(&page, call, &list->page);
    for (size_t i = 0; status == DB_OK && i < count; i++)
        if (id_page_takes(&page, bookings[i].id))
            status = write_item(call, reader, &page, house->house.property, &bookings[i], &last);
    if (call_check(call, reader, status))
        id_page_send(&page);
}

/* -- what happened to one -- */

void
booking_load_events(struct call *call, struct reader *reader)
{
    struct booking booking;
    if (load_booking(call, reader, &booking))
        event_load_of_subject(call, reader, booking.id);
}
