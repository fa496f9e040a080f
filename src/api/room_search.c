/* Claims of a type, what is free among its rooms, the order of rooms, and the route that shows them. */
#include "api/room_search.h"

#include <stdlib.h>
#include <string.h>

#include "api/availability.h"
#include "api/handlers.h"
#include "api/parts.h"
#include "api/reply.h"
#include "store/store_closure.h"
#include "store/store_list.h"

enum { LIMIT_DEFAULT = 50, LIMIT_MAX = 200, ROOM_TEXT = 512, MINUTE_MS = 60000 };

struct finding {
    const struct trial *trial;
    struct reader *reader;
    const struct room_search *search;
    struct room_found *found;
    size_t found_count;
    const struct closure *out_of_service; /* at some time of the search */
    size_t out_of_service_count;
};

static enum db_status
out_of_memory(struct finding *f)
{
    err_set(&f->reader->store.err, ERR_MEMORY, "no memory for a search");
    return DB_FAILED;
}

/* -- features: a sorted JSON array, as it is shown -- */

/* `wanted` has its quotes; a quote inside of a feature is escaped, and begins none. */
static bool
has_feature(struct str features, struct str wanted)
{
    const char *at;
    while (wanted.len > 0 && (at = memmem(features.ptr, features.len, wanted.ptr, wanted.len)) != NULL) {
        if (at > features.ptr && at[-1] != '\\')
            return true;
        features = (struct str){at + 1, features.len - (size_t)(at + 1 - features.ptr)};
    }
    return false;
}

static size_t
count_features(struct str features)
{
    size_t quotes = 0;
    for (size_t i = 0; i < features.len; i++)
        quotes += features.ptr[i] == '"' && (i == 0 || features.ptr[i - 1] != '\\') ? 1 : 0;
    return quotes / 2;
}

/* True when room and type have all that was asked for; *ret_spare is how many they have beyond that. */
static bool
has_features(const struct room_search *search, const struct room *room, const struct room_type *type, size_t *ret_spare)
{
    for (size_t i = 0; i < search->feature_count; i++)
        if (!has_feature(room->features, search->features[i]) && !has_feature(type->features, search->features[i]))
            return false;
    size_t all = count_features(room->features) + count_features(type->features);
    *ret_spare = all > search->feature_count ? all - search->feature_count : 0;
    return true;
}

/* -- claims of a type -- */

/* The rooms of one type, in order of id, as placement counts them. */
struct type_rooms {
    const struct room_type *type;
    const struct room **rooms;
    uint32_t *capacities;
    int64_t *held_until;
    uint32_t count;
    struct placement_fixed *taken;
    uint32_t taken_count;
    struct span wanted; /* with the turnaround */
};

static int32_t
number_of(const struct type_rooms *rooms, struct id id)
{
    size_t low = 0, high = rooms->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = id_compare(rooms->rooms[middle]->id, id);
        if (order == 0)
            return (int32_t)middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

static bool
list_rooms(struct finding *f, const struct room_type *type, struct type_rooms *ret_rooms)
{
    const struct house *house = &f->trial->house->house;
    struct arena *arena = &f->reader->scratch;
    *ret_rooms = (struct type_rooms){.type = type,
                                     .rooms = ARENA_ARRAY(arena, house->room_count, const struct room *),
                                     .capacities = ARENA_ARRAY(arena, house->room_count, uint32_t),
                                     .held_until = ARENA_ARRAY(arena, house->room_count, int64_t)};
    if (ret_rooms->rooms == NULL || ret_rooms->capacities == NULL || ret_rooms->held_until == NULL)
        return false;
    for (size_t i = 0; i < house->room_count; i++) {
        const struct room *room = &house->rooms[i];
        if (!id_equal(room->room_type, type->id) || ret_rooms->count == PLACEMENT_ROOMS_MAX)
            continue;
        ret_rooms->rooms[ret_rooms->count] = room;
        ret_rooms->capacities[ret_rooms->count++] = (uint32_t)room_max_guests(room, type);
    }
    struct span span = f->search->span;
    ret_rooms->wanted = (struct span){span.starts, span.ends + type->turnaround_min * (int64_t)MINUTE_MS};
    return true;
}

/* True when the owner's time is over, so that its claim is in nobody's way. A live hold marks its room. */
static enum db_status
look_at_owner(struct finding *f, struct type_rooms *rooms, uint32_t number, const struct claim *claim, bool *ret_lapsed)
{
    struct store *store = &f->reader->store;
    int64_t now_ms = f->trial->now_ms;
    *ret_lapsed = false;
    if (claim->owner_kind == CLAIM_OF_HOLD) {
        struct hold hold;
        enum db_status status = store_load_hold(store, f->trial->property, claim->owner, &f->reader->scratch, &hold);
        if (status != DB_OK)
            return status;
        *ret_lapsed = !hold_is_live(&hold, now_ms);
        bool overlaps = span_overlaps(claim->span, rooms->wanted);
        if (!*ret_lapsed && overlaps && hold.expires_at > rooms->held_until[number])
            rooms->held_until[number] = hold.expires_at;
        return DB_OK;
    }
    if (claim->owner_kind == CLAIM_OF_BOOKING && f->trial->may_have_lapsed) {
        struct booking booking;
        enum db_status status =
            store_load_booking(store, f->trial->property, claim->owner, &f->reader->scratch, &booking);
        if (status != DB_OK)
            return status;
        *ret_lapsed = booking.expires_at != 0 && booking.expires_at <= now_ms;
    }
    return DB_OK;
}

/* What stands beside or in the wanted span; a hold in it does not count, since it only marks the room. */
static enum db_status
take_claim(struct finding *f, struct type_rooms *rooms, const struct claim *claim)
{
    bool lapsed;
    int32_t number = number_of(rooms, claim->room);
    if (number < 0)
        return DB_OK;
    enum db_status status = look_at_owner(f, rooms, (uint32_t)number, claim, &lapsed);
    bool marks = claim->owner_kind == CLAIM_OF_HOLD && span_overlaps(claim->span, rooms->wanted);
    if (status == DB_OK && !lapsed && !marks)
        rooms->taken[rooms->taken_count++] = (struct placement_fixed){.room = (uint32_t)number, .span = claim->span};
    return status;
}

static enum db_status
take_claims(struct finding *f, struct type_rooms *rooms)
{
    struct claim *claims;
    struct store_next_claim *next;
    size_t claim_count, next_count;
    struct arena *arena = &f->reader->scratch;
    enum db_status status = store_claims_on_type(&f->reader->store, f->trial->property, rooms->type->id, rooms->wanted,
                                                 arena, &claims, &claim_count);
    if (status == DB_OK)
        status = store_next_claims(&f->reader->store, f->trial->property, rooms->type->id, rooms->wanted.ends, arena,
                                   &next, &next_count);
    if (status != DB_OK)
        return status;
    rooms->taken = ARENA_ARRAY(arena, claim_count + next_count + 1, struct placement_fixed);
    if (rooms->taken == NULL)
        return out_of_memory(f);
    for (size_t i = 0; i < claim_count && status == DB_OK; i++)
        status = take_claim(f, rooms, &claims[i]);
    for (size_t i = 0; i < next_count && status == DB_OK; i++) {
        int32_t number = number_of(rooms, next[i].room);
        if (number >= 0 && next[i].starts != INT64_MAX)
            rooms->taken[rooms->taken_count++] =
                (struct placement_fixed){.room = (uint32_t)number, .span = {next[i].starts, next[i].starts + 1}};
    }
    return status;
}

/* -- one type -- */

static bool
is_type_asked_for(const struct room_search *search, const struct room_type *type)
{
    return (type->sold_by == SOLD_BY_MINUTE) == search->by_minute && type->stock == STOCK_ROOMS &&
           (id_is_none(search->room_type) || id_equal(search->room_type, type->id));
}

static struct leg
leg_of(const struct finding *f, const struct room *room)
{
    return (struct leg){
        .room = room->id, .by_minute = f->search->by_minute, .span = f->search->span, .party = f->search->party};
}

/* Holds apart, since a room that is held is shown as such. */
static bool
can_be_had(struct finding *f, const struct room_found *found)
{
    struct leg leg = leg_of(f, found->room);
    enum outcome outcome = trial_run(f->trial, &leg, 1);
    return outcome == OUTCOME_OK || (outcome == OUTCOME_BOOKING_CONFLICT && found->held_until != 0);
}

static bool
is_out_of_service(const struct finding *f, struct id room)
{
    for (size_t i = 0; i < f->out_of_service_count; i++)
        if (id_equal(f->out_of_service[i].room, room))
            return true;
    return false;
}

static enum db_status
load_out_of_service(struct finding *f)
{
    struct closure *closures = NULL;
    enum db_status status =
        store_closures_over(&f->reader->store, f->trial->property, CLOSURE_OUT_OF_SERVICE, f->search->span,
                            &f->reader->scratch, &closures, &f->out_of_service_count);
    f->out_of_service = closures;
    return status;
}

static bool
add_found(struct finding *f, const struct type_rooms *rooms, const struct placement_rank *rank, bool needs_trial)
{
    struct room_found *found = &f->found[f->found_count];
    *found = (struct room_found){.room = rooms->rooms[rank->room],
                                 .rank = *rank,
                                 .held_until = rooms->held_until[rank->room],
                                 .out_of_service = is_out_of_service(f, rooms->rooms[rank->room]->id),
                                 .needs_trial = needs_trial};
    bool in_building = f->search->building.ptr == NULL || str_equal(f->search->building, found->room->building);
    if (!in_building || !has_features(f->search, found->room, rooms->type, &found->spare_features))
        return false;
    f->found_count++;
    return true;
}

/* The first room of a type stands for its rules; where it can't be had, no other can. Where something is fixed, each
 * room has an answer of its own. */
static enum db_status
find_in_type(struct finding *f, const struct room_type *type)
{
    struct type_rooms rooms;
    struct span fixed_nights = {0, 0};
    if (!list_rooms(f, type, &rooms))
        return out_of_memory(f);
    enum db_status status = take_claims(f, &rooms);
    if (status == DB_OK && !f->search->by_minute)
        status = store_fixed_nights(&f->reader->store, f->trial->property, type->id,
                                    date_from_instant(f->search->span.starts), &fixed_nights);
    bool fixed = fixed_nights.starts < fixed_nights.ends;
    struct placement_rank *ranks = ARENA_ARRAY(&f->reader->scratch, rooms.count + 1, struct placement_rank);
    if (status != DB_OK || ranks == NULL)
        return status != DB_OK ? status : out_of_memory(f);
    const struct placement_room_question question = {.room_count = rooms.count,
                                                     .capacities = rooms.capacities,
                                                     .taken = rooms.taken,
                                                     .taken_count = rooms.taken_count,
                                                     .wanted = rooms.wanted,
                                                     .open = PLACEMENT_ABOUT_ALL,
                                                     .party = (uint32_t)f->search->party};
    uint32_t count = placement_best_room(&question, ranks);
    bool rules_asked = fixed;
    for (uint32_t i = 0; i < count; i++) {
        if (!add_found(f, &rooms, &ranks[i], fixed) || rules_asked)
            continue;
        rules_asked = true;
        if (!can_be_had(f, &f->found[f->found_count - 1])) {
            f->found_count--;
            break;
        }
    }
    return DB_OK;
}

/* -- order -- */

static int
compare_i64(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b ? 1 : 0;
}

static int64_t
holes_of(const struct room_found *found)
{
    return (found->rank.before_ms > 0 ? 1 : 0) + (found->rank.after_ms > 0 ? 1 : 0);
}

static int64_t
hole_time(const struct room_found *found)
{
    int64_t before = found->rank.before_ms, after = found->rank.after_ms;
    return before > INT64_MAX - after ? INT64_MAX : before + after;
}

static int
compare_found(const void *left, const void *right)
{
    const struct room_found *a = left, *b = right;
    int order = compare_i64(a->out_of_service, b->out_of_service);
    if (order == 0)
        order = compare_i64(a->held_until != 0, b->held_until != 0);
    if (order == 0)
        order = compare_i64(a->rank.capacity, b->rank.capacity);
    if (order == 0)
        order = compare_i64((int64_t)a->spare_features, (int64_t)b->spare_features);
    if (order == 0)
        order = compare_i64(holes_of(a), holes_of(b));
    if (order == 0)
        order = compare_i64(hole_time(a), hole_time(b));
    return order == 0 ? id_compare(a->room->id, b->room->id) : order;
}

/* The best first, and of those that need it only the ones that can be had. */
static void
choose(struct finding *f)
{
    size_t kept = 0;
    qsort(f->found, f->found_count, sizeof(*f->found), compare_found);
    for (size_t i = 0; i < f->found_count && kept < f->search->limit; i++)
        if (!f->found[i].needs_trial || can_be_had(f, &f->found[i]))
            f->found[kept++] = f->found[i];
    f->found_count = kept;
}

enum db_status
room_search_find(const struct trial *trial, const struct room_search *search, struct room_found **ret_found,
                 size_t *ret_count)
{
    const struct house *house = &trial->house->house;
    struct finding f = {.trial = trial, .reader = trial->reader, .search = search};
    enum db_status status = DB_OK;
    f.found = ARENA_ARRAY(&trial->reader->scratch, house->room_count + 1, struct room_found);
    if (f.found == NULL)
        return out_of_memory(&f);
    status = load_out_of_service(&f);
    for (size_t i = 0; i < house->type_count && status == DB_OK; i++)
        if (is_type_asked_for(search, &house->types[i]))
            status = find_in_type(&f, &house->types[i]);
    if (status == DB_OK)
        choose(&f);
    *ret_found = f.found;
    *ret_count = f.found_count;
    return status;
}

/* -- the route -- */

/* As it stands in a list of features. */
static struct str
quote(struct arena *arena, struct str feature)
{
    struct text text;
    struct json_writer writer;
    text_init(&text, arena, feature.len + 2);
    json_writer_init(&writer, &text);
    json_write_str(&writer, feature);
    return text_str(&text);
}

void
room_search_shape(struct call *call, struct shape *query, struct shape *body)
{
    struct room_search *search = call_ask(call, sizeof(*search));
    struct shape_list list;
    struct part_when when;
    int64_t limit = LIMIT_DEFAULT;
    (void)body;
    search->party = 1;
    call_shape_property(call, query, SHAPE_REQUIRED);
    if (part_when(query, SHAPE_REQUIRED, &when) == SHAPE_SET) {
        search->by_minute = when.by_minute;
        search->span = when.span;
    }
    (void)part_i32(shape_field(query, "party", SHAPE_OPTIONAL), 1, PART_PARTY_MAX, &search->party);
    (void)call_shape_id(call, shape_field(query, "room_type_id", SHAPE_OPTIONAL), ID_ROOM_TYPE, &search->room_type);
    (void)shape_str(shape_field(query, "building", SHAPE_OPTIONAL), 0, PART_NAME_MAX, &search->building);
    (void)shape_i64(shape_field(query, "limit", SHAPE_OPTIONAL), 1, LIMIT_MAX, &limit);
    search->limit = (size_t)limit;
    if (shape_list(shape_field(query, "features", SHAPE_OPTIONAL), 1, ROOM_SEARCH_FEATURES_MAX, &list) != SHAPE_SET)
        return;
    for (size_t i = 0; i < list.count; i++) {
        struct str feature;
        if (shape_str(shape_item(&list, i), 1, PART_FEATURE_MAX, &feature) == SHAPE_SET)
            search->features[search->feature_count++] = quote(call->arena, feature);
    }
}

static void
put_text_or_null(struct json_writer *writer, const char *name, struct str text)
{
    json_member_str_or_null(writer, name, text.len > 0 ? text : (struct str){NULL, 0});
}

static void
write_found(struct json_writer *writer, uint32_t property, const struct room_found *found)
{
    const struct room *room = found->room;
    json_write_object_begin(writer);
    json_member_id(writer, "room_id", ID_ROOM, property, room->id);
    json_member_id(writer, "room_type_id", ID_ROOM_TYPE, property, room->room_type);
    json_member_str(writer, "number", room->number);
    put_text_or_null(writer, "floor", room->floor);
    put_text_or_null(writer, "building", room->building);
    json_member_i64(writer, "max_guests", found->rank.capacity);
    json_member_raw(writer, "features", room->features.len == 0 ? STR("[]") : room->features);
    json_member_bool(writer, "held", found->held_until != 0);
    json_member_bool(writer, "out_of_service", found->out_of_service);
    json_member_instant_if(writer, "held_until", found->held_until != 0, found->held_until);
    json_write_object_end(writer);
}

static void
send_found(struct call *call, const struct room_found *found, size_t count)
{
    struct text text;
    struct json_writer writer;
    text_init(&text, call->arena, 64 + ROOM_TEXT * count);
    json_writer_init(&writer, &text);
    json_write_object_begin(&writer);
    json_member_array_begin(&writer, "items");
    for (size_t i = 0; i < count; i++)
        write_found(&writer, call->property, &found[i]);
    json_write_array_end(&writer);
    json_write_object_end(&writer);
    reply_text(call, &text, 0);
}

/* A slot comes nearer by the minute, and notice and the present moment with it. */
static int64_t
next_minute(int64_t now_ms)
{
    return (now_ms / MINUTE_MS + 1) * MINUTE_MS;
}

void
room_search_load(struct call *call, struct reader *reader)
{
    const struct room_search *search = call->asked;
    struct availability_asked range = {.property = call->property, .now_ms = call_now_ms(call)};
    struct room_found *found = NULL;
    size_t count = 0;
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL)
        return;
    if (!id_is_none(search->room_type) && house_find_type(&house->house, search->room_type) == NULL) {
        reply_refuse_field(call, OUTCOME_NOT_FOUND, "?room_type_id", "There is no such room type.");
        return;
    }
    enum db_status status = availability_begin(reader, house, &range);
    if (status == DB_OK)
        status = availability_until(reader, house, &range, &call->right_until_ms);
    if (search->by_minute && next_minute(range.now_ms) < call->right_until_ms)
        call->right_until_ms = next_minute(range.now_ms);
    const struct trial trial = {.reader = reader,
                                .actor = trial_anybody,
                                .house = house,
                                .property = call->property,
                                .now_ms = range.now_ms,
                                .may_have_lapsed = range.any_lapsed};
    if (status == DB_OK)
        status = room_search_find(&trial, search, &found, &count);
    if (call_check(call, reader, status))
        send_found(call, found, count);
}
