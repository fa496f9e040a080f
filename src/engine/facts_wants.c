/* The wants of a command are walked, those that name the same stock or the same rooms merged, and each is read once.
 * What has lapsed is looked for last, when it is known what could be in the way. */
#include "core/date.h"
#include "core/facts_auto_assign.h"
#include "engine/facts_load_part.h"

static enum db_status
add_claim_after(struct facts_loader *l, struct id room, int64_t ms)
{
    struct claim *claims;
    size_t count;
    enum db_status status = store_claim_after(l->in->store, l->in->property, room, ms, l->in->arena, &claims, &count);
    return status == DB_OK ? facts_add_claims(l, claims, count) : status;
}

static enum db_status
load_claims_of_room(struct facts_loader *l, const struct want *want, const struct room_type *type)
{
    struct claim *claims;
    size_t count;
    enum db_status status =
        store_claims_on_room(l->in->store, l->in->property, want->room, want->span, l->in->arena, &claims, &count);
    if (status == DB_OK)
        status = facts_add_claims(l, claims, count);
    if (status == DB_OK && type->sold_by == SOLD_BY_MINUTE)
        status = add_claim_after(l, want->room, want->span.ends);
    return status;
}

static enum db_status
load_claims_of_type(struct facts_loader *l, const struct want *want, const struct room_type *type)
{
    struct claim *claims;
    size_t count;
    enum db_status status =
        store_claims_on_type(l->in->store, l->in->property, want->room_type, want->span, l->in->arena, &claims, &count);
    if (status == DB_OK)
        status = facts_add_claims(l, claims, count);
    if (type->sold_by != SOLD_BY_MINUTE)
        return status;
    const struct house *house = &l->facts->house;
    for (size_t i = 0; status == DB_OK && i < house->room_count; i++)
        if (id_equal(house->rooms[i].room_type, type->id))
            status = add_claim_after(l, house->rooms[i].id, want->span.ends);
    return status;
}

/* --- stock --- */

/* Stock of one type over the hull of all wants for it; whole nights, also where a slot was asked for by mistake. */
static enum db_status
load_stock(struct facts_loader *l, struct id room_type, struct span span)
{
    if (span.starts >= span.ends)
        return DB_OK;
    int32_t from = date_from_instant(span.starts), until = date_from_instant(span.ends - 1) + 1;
    struct stock *stock = facts_list_add(l, &l->stocks);
    if (stock == NULL)
        return facts_no_memory(l);
    stock->room_type = room_type;
    return store_load_nights(l->in->store, l->in->property, room_type, from, until, l->in->arena, &stock->nights,
                             &stock->night_count);
}

/* --- overcommit --- */

/* Whatever comes free lowers it first, so that every command knows what is overcommitted. Only the types that are on
 * sale still: the nights that others had are gone. */
static enum db_status
load_overcommits(struct facts_loader *l)
{
    struct overcommit *records;
    size_t count;
    if (l->in->house->house.property == NULL)
        return DB_OK;
    enum db_status status =
        store_load_overcommits(l->in->store, l->in->property, l->facts->today, l->in->arena, &records, &count);
    l->facts->overcommits = records;
    l->facts->overcommit_count = status == DB_OK ? count : 0;
    return status;
}

static struct want
overcommitted_nights(const struct facts_loader *l, struct id room_type)
{
    struct want want = {.room_type = room_type, .nights = true};
    for (size_t i = 0; i < l->facts->overcommit_count; i++) {
        const struct overcommit *record = &l->facts->overcommits[i];
        struct span span = span_from_nights(record->from, record->until);
        if (id_equal(record->room_type, room_type))
            want.span = want.span.starts == want.span.ends ? span : facts_hull(want.span, span);
    }
    return want;
}

/* The stock of each type that has any, beside what the command wants: the first `count` of the wants, which are
 * merged. */
static enum db_status
want_overcommitted(struct facts_loader *l, struct want **wants, size_t *count)
{
    const struct house *house = &l->facts->house;
    if (l->facts->overcommit_count == 0)
        return DB_OK;
    struct want *more = ARENA_ARRAY(l->in->arena, *count + house->type_count + 1, struct want);
    if (more == NULL)
        return facts_no_memory(l);
    for (size_t i = 0; i < *count; i++)
        more[i] = (*wants)[i];
    for (size_t i = 0; i < house->type_count; i++) {
        more[*count] = overcommitted_nights(l, house->types[i].id);
        if (more[*count].span.starts < more[*count].span.ends)
            (*count)++;
    }
    *wants = more;
    return DB_OK;
}

/* More than may be looked at when arrivals are given rooms? */
static bool
has_many_unpinned(const struct facts_loader *l)
{
    size_t count = 0;
    for (size_t i = 0; i < l->claims.count; i++) {
        const struct claim *claim = &((struct claim *)l->claims.items)[i];
        count += !claim->pinned && claim->owner_kind == CLAIM_OF_BOOKING;
    }
    return count > MOVABLE_OWNERS_MAX;
}

/* Bookings that own unpinned claims, since they may have to change rooms; and for those of tonight what is going on
 * where they may go. */
static enum db_status
load_owners(struct facts_loader *l, const struct want *want)
{
    if (want->arrivals ? has_many_unpinned(l) : !id_is_none(want->room) && !facts_is_moved_for(l, want))
        return DB_OK;
    bool tonight = false;
    for (size_t i = 0; i < l->claims.count; i++) {
        const struct claim *claim = &((struct claim *)l->claims.items)[i];
        if (claim->pinned || claim->owner_kind != CLAIM_OF_BOOKING)
            continue;
        enum db_status status = facts_add_booking(l, claim->owner);
        if (status != DB_OK)
            return status;
        tonight |= span_contains_instant(claim->span, date_to_instant(l->facts->today));
    }
    bool asked_anyway = want->room_states && id_is_none(want->room);
    return tonight && !asked_anyway ? facts_add_room_states_of_type(l, want->room_type) : DB_OK;
}

/* Bookings without a room that arrive when the span begins. What is a hold's is not found, and left out. */
static enum db_status
load_arrivals(struct facts_loader *l, const struct want *want)
{
    for (size_t i = 0; i < l->loose.count; i++) {
        const struct loose *loose = &((struct loose *)l->loose.items)[i];
        if (!id_equal(loose->room_type, want->room_type) ||
            !facts_arrives_on(loose->span.starts, want->span.starts, l->facts->today))
            continue;
        enum db_status status = facts_add_booking(l, loose->owner);
        if (status != DB_OK)
            return status;
    }
    return DB_OK;
}

static enum db_status
load_own_holds(struct facts_loader *l, const struct want *want)
{
    struct hold *holds;
    size_t count, kept = 0;
    enum db_status status = store_list_holds_like(l->in->store, l->in->property, l->in->command->actor.name,
                                                  want->room_type, want->span, l->in->arena, &holds, &count);
    if (status != DB_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        if (id_equal(holds[i].room, want->room))
            holds[kept++] = holds[i];
    return facts_add_holds(l, holds, kept);
}

/* Units of the night that the command gives back before it takes: those of the holds it names. */
static int32_t
given_back(const struct facts_loader *l, struct id room_type, int32_t date)
{
    int32_t units = 0;
    for (size_t i = 0; i < l->facts->hold_count; i++) {
        const struct hold *hold = &l->facts->holds[i];
        if (id_equal(hold->room_type, room_type) && span_contains_instant(hold->span, date_to_instant(date)))
            units += hold->quantity;
    }
    return units;
}

/* From the first to the last night of which fewer are left than are asked for while some are held. False when there is
 * none. */
static bool
find_scarce(const struct facts_loader *l, const struct want *want, struct span *ret_span)
{
    const struct stock *stocks = l->stocks.items;
    bool found = false;
    for (size_t i = 0; i < l->stocks.count; i++)
        for (size_t j = 0; id_equal(stocks[i].room_type, want->room_type) && j < stocks[i].night_count; j++) {
            struct night left = stocks[i].nights[j];
            struct span span = span_from_nights(left.date, left.date + 1);
            left.held -= given_back(l, want->room_type, left.date);
            if (left.held <= 0 || night_free(&left) >= want->units)
                continue;
            *ret_span = found ? facts_hull(*ret_span, span) : span;
            found = true;
        }
    return found;
}

/* Not asked for where enough is left, which is almost always. */
static enum db_status
load_held_stock(struct facts_loader *l, const struct want *want)
{
    struct hold *holds;
    struct span scarce;
    size_t count;
    if (!find_scarce(l, want, &scarce))
        return DB_OK;
    enum db_status status = store_list_holds_on(l->in->store, l->in->property, l->in->command->actor.name,
                                                l->in->now_ms, want->room_type, scarce, l->in->arena, &holds, &count);
    return status == DB_OK ? facts_add_holds(l, holds, count) : status;
}

/* Holds that own a claim which was loaded: whoever is refused is told until when. */
static enum db_status
load_holds_of_claims(struct facts_loader *l)
{
    for (size_t i = 0; i < l->claims.count; i++) {
        const struct claim *claim = &((struct claim *)l->claims.items)[i];
        if (claim->owner_kind != CLAIM_OF_HOLD)
            continue;
        enum db_status status = facts_add_hold(l, claim->owner);
        if (status != DB_OK)
            return status;
    }
    return DB_OK;
}

/* --- wants --- */

/* Wants of the same type and room become one over the hull of their spans; own holds are looked up by exact span and
 * stay apart. */
static size_t
merge_wants(struct want *wants, size_t count)
{
    size_t merged = 0;
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        while (at < merged && !(id_equal(wants[at].room_type, wants[i].room_type) &&
                                id_equal(wants[at].room, wants[i].room) && !wants[at].own_holds && !wants[i].own_holds))
            at++;
        if (at == merged) {
            wants[merged++] = wants[i];
            continue;
        }
        wants[at].span = facts_hull(wants[at].span, wants[i].span);
        wants[at].nights |= wants[i].nights;
        wants[at].placed_nights |= wants[i].placed_nights;
        wants[at].claims |= wants[i].claims;
        wants[at].placement |= wants[i].placement;
        wants[at].fixes |= wants[i].fixes;
        wants[at].owners |= wants[i].owners;
        wants[at].arrivals |= wants[i].arrivals;
        wants[at].around_ms = wants[at].around_ms > wants[i].around_ms ? wants[at].around_ms : wants[i].around_ms;
        wants[at].held_stock |= wants[i].held_stock;
        wants[at].room_states |= wants[i].room_states;
        wants[at].units += wants[i].units;
        wants[at].gone += wants[i].gone;
    }
    return merged;
}

/* The hull over all wants of one type that ask for what `asks` says, and their units together; false when none does. */
static bool
type_span(const struct want *wants, size_t count, size_t at, bool (*asks)(const struct want *), struct want *ret_want)
{
    if (!asks(&wants[at]))
        return false;
    for (size_t i = 0; i < at; i++)
        if (asks(&wants[i]) && id_equal(wants[i].room_type, wants[at].room_type))
            return false; /* an earlier one stood for all */
    *ret_want = wants[at];
    for (size_t i = at + 1; i < count; i++) {
        if (!asks(&wants[i]) || !id_equal(wants[i].room_type, wants[at].room_type))
            continue;
        ret_want->span = facts_hull(ret_want->span, wants[i].span);
        ret_want->room = ID_NONE;
        ret_want->placed_nights |= wants[i].placed_nights;
        ret_want->fixes |= wants[i].fixes;
        ret_want->units += wants[i].units;
        ret_want->gone += wants[i].gone;
    }
    return true;
}

static bool
asks_nights(const struct want *want)
{
    return want->nights;
}

static bool
asks_placement(const struct want *want)
{
    return want->placement;
}

static bool
asks_held_stock(const struct want *want)
{
    return want->held_stock;
}

/* As far as anything that was loaded for the type reaches: the far end of a component may be days away. */
static struct span
reach_of(const struct facts_loader *l, const struct want *want)
{
    struct span span = want->span;
    const struct loose *loose = l->loose.items;
    const struct claim *claims = l->claims.items;
    for (size_t i = 0; i < l->loose.count; i++)
        if (id_equal(loose[i].room_type, want->room_type))
            span = facts_hull(span, loose[i].span);
    for (size_t i = 0; i < l->claims.count; i++) {
        const struct room *room = house_find_room(&l->facts->house, claims[i].room);
        if (room != NULL && id_equal(room->room_type, want->room_type))
            span = facts_hull(span, claims[i].span);
    }
    return span;
}

/* What is on sale of that. */
static struct span
placed_ahead(const struct facts_loader *l, const struct want *want)
{
    int32_t today = l->facts->today;
    return facts_within(reach_of(l, want), span_from_nights(today, today + HORIZON_DAYS));
}

static enum db_status
load_want(struct facts_loader *l, const struct want *wants, size_t count, size_t at)
{
    const struct want *want = &wants[at];
    const struct room_type *type = house_find_type(&l->facts->house, want->room_type);
    if (type == NULL)
        return DB_OK;
    struct want whole, nights;
    enum db_status status = DB_OK;
    bool asks = type_span(wants, count, at, asks_nights, &nights);
    if (asks && !nights.placed_nights)
        status = load_stock(l, want->room_type, nights.span);
    if (status == DB_OK && want->claims)
        status = id_is_none(want->room) ? load_claims_of_type(l, want, type) : load_claims_of_room(l, want, type);
    if (status == DB_OK && type_span(wants, count, at, asks_placement, &whole))
        status = facts_load_placement(l, &whole, facts_fixes_rooms(wants, count, want->room_type));
    if (status == DB_OK && asks && nights.placed_nights)
        status = load_stock(l, want->room_type, facts_hull(nights.span, placed_ahead(l, &nights)));
    if (status == DB_OK && want->owners)
        status = load_owners(l, want);
    if (status == DB_OK && want->room_states)
        status = id_is_none(want->room) ? facts_add_room_states_of_type(l, want->room_type)
                                        : facts_add_room_state(l, want->room);
    if (status == DB_OK && want->arrivals)
        status = load_arrivals(l, want);
    if (status == DB_OK && want->own_holds)
        status = load_own_holds(l, want);
    if (status == DB_OK && type_span(wants, count, at, asks_held_stock, &whole))
        status = load_held_stock(l, &whole);
    return status;
}

/* --- what has lapsed in the way --- */

static enum db_status
add_lapsed(struct facts_loader *l, struct id room_type, struct span span)
{
    struct id *ids;
    size_t count;
    enum db_status status = store_lapsed_bookings(l->in->store, l->in->property, room_type, span, l->in->now_ms,
                                                  l->in->arena, &ids, &count);
    for (size_t i = 0; status == DB_OK && i < count; i++)
        status = facts_add_booking(l, ids[i]);
    if (status != DB_OK)
        return status;
    status =
        store_lapsed_holds(l->in->store, l->in->property, room_type, span, l->in->now_ms, l->in->arena, &ids, &count);
    for (size_t i = 0; status == DB_OK && i < count; i++)
        status = facts_add_hold(l, ids[i]);
    return status;
}

/* A day on each side, because a claim by the minute lasts longer than its slot. */
static struct span
with_margin(struct span span)
{
    return (struct span){span.starts - DATE_DAY_MS, span.ends + DATE_DAY_MS};
}

static enum db_status
load_lapsed(struct facts_loader *l, const struct want *wants, size_t count)
{
    enum db_status status = DB_OK;
    for (size_t i = 0; status == DB_OK && i < count; i++)
        status = add_lapsed(l, wants[i].room_type, with_margin(reach_of(l, &wants[i])));
    return status;
}

/* --- all of it --- */

enum db_status
facts_load_wants(struct facts_loader *l)
{
    struct want *wants = NULL;
    size_t count = facts_wants(l->in->command, l->facts, l->in->arena, &wants);
    count = merge_wants(wants, count);
    enum db_status status = load_overcommits(l);
    if (status == DB_OK)
        status = want_overcommitted(l, &wants, &count);
    for (size_t i = 0; status == DB_OK && i < count; i++)
        status = load_want(l, wants, count, i);
    if (status == DB_OK)
        status = load_holds_of_claims(l);
    return status == DB_OK && l->in->may_have_lapsed ? load_lapsed(l, wants, count) : status;
}

enum db_status
facts_load_overcommitted(struct facts_loader *l)
{
    struct want *wants = NULL;
    size_t count = 0;
    enum db_status status = load_overcommits(l);
    if (status == DB_OK)
        status = want_overcommitted(l, &wants, &count);
    for (size_t i = 0; status == DB_OK && i < count; i++)
        status = load_stock(l, wants[i].room_type, wants[i].span);
    return status;
}
