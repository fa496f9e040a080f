/* What hangs together with the span of a want is read outwards from it, until nothing that was read reaches further. */
#include "core/date.h"
#include "engine/facts_load_part.h"

/* What hangs together with the span of a want, read as far as it is known to reach. */
struct component {
    const struct want *want;
    struct span bounds;  /* nothing outside of these matters */
    struct span read;    /* what has been read; it grows until it reaches as far as what was read in it */
    struct span reach;   /* so far what was read reaches, within the bounds */
    struct loose *holds; /* all within the bounds: there are few */
    size_t hold_count;
    struct facts_list loose; /* of bookings and holds, each once */
    struct claim *claims;    /* of the part that was read last */
    size_t claim_count;
};

static const struct span span_nothing = {INT64_MAX, INT64_MIN}, span_everything = {INT64_MIN, INT64_MAX};

static void
reach_to(struct component *c, struct span item)
{
    c->reach = facts_within(facts_hull(c->reach, item), c->bounds);
}

static enum db_status
add_loose(struct facts_loader *l, struct component *c, const struct loose *loose, size_t count, struct span part)
{
    for (size_t i = 0; i < count; i++) {
        if (!span_overlaps(loose[i].span, part) || span_overlaps(loose[i].span, c->read))
            continue; /* of another part, or there already */
        struct loose *item = facts_list_add(l, &c->loose);
        if (item == NULL)
            return facts_no_memory(l);
        *item = loose[i];
        reach_to(c, item->span);
    }
    return DB_OK;
}

static enum db_status
read_loose(struct facts_loader *l, struct component *c, struct span part)
{
    struct loose *bookings;
    size_t count;
    int64_t since = part.starts == c->read.ends ? part.starts : INT64_MIN; /* what began before has been read */
    enum db_status status = store_loose_bookings(l->in->store, l->in->property, c->want->room_type, part, since,
                                                 l->in->arena, &bookings, &count);
    if (status == DB_OK)
        status = add_loose(l, c, bookings, count, part);
    return status == DB_OK ? add_loose(l, c, c->holds, c->hold_count, part) : status;
}

static enum db_status
read_claims(struct facts_loader *l, struct component *c, struct span part)
{
    enum db_status status = store_claims_on_type(l->in->store, l->in->property, c->want->room_type, part, l->in->arena,
                                                 &c->claims, &c->claim_count);
    for (size_t i = 0; status == DB_OK && i < c->claim_count; i++) {
        const struct claim *claim = &c->claims[i]; /* the neighbours before the part are among them */
        if (!claim->pinned && claim->owner_kind == CLAIM_OF_BOOKING && span_overlaps(claim->span, part))
            reach_to(c, claim->span);
    }
    return status;
}

static enum db_status
read_part(struct facts_loader *l, struct component *c, int64_t starts, int64_t ends)
{
    struct span part = {starts, ends};
    if (starts >= ends)
        return DB_OK;
    enum db_status status = read_loose(l, c, part);
    return status == DB_OK ? read_claims(l, c, part) : status;
}

/* What is to be read next: at least as much more as there was, so that a season takes few steps. What comes with it
 * that does not hang together with the rest does no harm. */
static struct span
next_reach(const struct component *c)
{
    struct span next = c->reach;
    int64_t length = c->read.ends - c->read.starts;
    if (next.starts < c->read.starts && next.starts > c->read.starts - length)
        next.starts = c->read.starts - length;
    if (next.ends > c->read.ends && next.ends < c->read.ends + length)
        next.ends = c->read.ends + length;
    return facts_within(next, c->bounds);
}

static enum db_status
read_component(struct facts_loader *l, struct component *c)
{
    struct span first = facts_within(c->want->span, c->bounds);
    c->read = span_nothing;
    c->reach = first;
    enum db_status status = store_loose_holds(l->in->store, l->in->property, c->want->room_type, c->bounds,
                                              l->in->arena, &c->holds, &c->hold_count);
    if (status == DB_OK)
        status = read_part(l, c, first.starts, first.ends);
    c->read = first;
    while (status == DB_OK && (c->reach.starts < c->read.starts || c->reach.ends > c->read.ends)) {
        struct span next = next_reach(c);
        status = read_part(l, c, next.starts, c->read.starts);
        if (status == DB_OK)
            status = read_part(l, c, c->read.ends, next.ends);
        c->read = next;
    }
    struct span around = {c->read.starts - c->want->around_ms, c->read.ends + c->want->around_ms};
    if (status == DB_OK && !span_equal(around, first))
        status = store_claims_on_type(l->in->store, l->in->property, c->want->room_type, around, l->in->arena,
                                      &c->claims, &c->claim_count);
    return status;
}

static enum db_status
load_unproven(struct facts_loader *l)
{
    struct id *ids;
    if (l->facts->unproven != NULL)
        return DB_OK;
    enum db_status status = store_unproven(l->in->store, l->in->property, date_to_instant(l->facts->today),
                                           l->in->arena, &ids, &l->facts->unproven_count);
    l->facts->unproven = ids;
    return status;
}

static enum db_status
load_component(struct facts_loader *l, const struct want *want, struct span bounds)
{
    struct component c = {.want = want, .bounds = bounds, .loose = {.size = sizeof(struct loose)}};
    enum db_status status = read_component(l, &c);
    if (status == DB_OK)
        status = load_unproven(l);
    for (size_t i = 0; status == DB_OK && i < c.loose.count; i++) {
        struct loose *item = facts_list_add(l, &l->loose);
        if (item == NULL)
            return facts_no_memory(l);
        *item = ((const struct loose *)c.loose.items)[i];
    }
    return status == DB_OK ? facts_add_claims(l, c.claims, c.claim_count) : status;
}

bool
facts_is_moved_for(const struct facts_loader *l, const struct want *want)
{
    for (size_t i = 0; i < l->claims.count; i++) {
        const struct claim *claim = &((struct claim *)l->claims.items)[i];
        if (id_equal(claim->room, want->room) && !claim->pinned && claim->owner_kind == CLAIM_OF_BOOKING &&
            span_overlaps(claim->span, want->span))
            return true;
    }
    return false;
}

/* May anybody have to change rooms for it? */
static bool
may_displace(const struct facts_loader *l, const struct want *want)
{
    return want->fixes && (want->arrivals || !want->claims || id_is_none(want->room) || facts_is_moved_for(l, want));
}

/* Every unit of a night is sold, held or closed, and those that are fixed to a room are counted: who is left could be
 * moved. Nights that are over are not counted any more, and nobody is placed in them. */
static bool
may_anybody_move(const struct facts_loader *l, const struct want *want)
{
    const struct stock *stocks = l->stocks.items;
    int32_t from = date_from_instant(want->span.starts), until = date_from_instant(want->span.ends - 1) + 1;
    int32_t known = from > l->facts->today ? from : l->facts->today;
    for (size_t i = 0; i < l->stocks.count; i++)
        for (size_t j = 0; id_equal(stocks[i].room_type, want->room_type) && j < stocks[i].night_count; j++) {
            const struct night *night = &stocks[i].nights[j];
            if (night->date < known || night->date >= until)
                continue;
            if (night->date != known || night->sold + night->held + night->closed > night->fixed)
                return true;
            known++;
        }
    return known < until;
}

/* From the first to the last night that has more sold and held than there would be rooms; nothing when none has. */
static struct span
overbooked_nights(const struct facts_loader *l, const struct want *want)
{
    const struct stock *stocks = l->stocks.items;
    struct span hull = span_nothing;
    for (size_t i = 0; i < l->stocks.count; i++)
        for (size_t j = 0; id_equal(stocks[i].room_type, want->room_type) && j < stocks[i].night_count; j++) {
            const struct night *night = &stocks[i].nights[j];
            if (night_is_overbooked(night, want->gone))
                hull = facts_hull(hull, span_from_nights(night->date, night->date + 1));
        }
    return hull;
}

/* Where nobody has to change rooms, it is enough to know that all that is loose finds one. Of that, what begins after
 * all that is fixed, or ends before, finds one whenever the units suffice: they are filled in order of start, forwards,
 * and of end, backwards (core/placement.c has the proof). It can't matter, and neither can what hangs together with it
 * alone. So the guests who are in the house today don't make next season's bookings a question. */
static enum db_status
placement_bounds(struct facts_loader *l, const struct want *want, struct span *ret_bounds)
{
    *ret_bounds = span_everything;
    if (may_displace(l, want))
        return DB_OK;
    enum db_status status =
        store_fixed_nights(l->in->store, l->in->property, want->room_type, l->facts->today, ret_bounds);
    if (status == DB_OK && want->gone > 0)
        *ret_bounds =
            facts_hull(ret_bounds->starts < ret_bounds->ends ? *ret_bounds : span_nothing, overbooked_nights(l, want));
    if (status == DB_OK && want->fixes)
        *ret_bounds = ret_bounds->starts < ret_bounds->ends ? facts_hull(*ret_bounds, want->span) : want->span;
    return status;
}

enum db_status
facts_load_placement(struct facts_loader *l, const struct want *want, bool fixes_rooms)
{
    const struct loose *present = l->loose.items;
    struct span bounds;
    if (fixes_rooms && !may_anybody_move(l, want))
        return DB_OK;
    for (size_t i = 0; i < l->loose.count; i++)
        if (id_equal(present[i].room_type, want->room_type))
            return DB_OK; /* the hull of all wants of the type was loaded */
    enum db_status status = placement_bounds(l, want, &bounds);
    if (status != DB_OK || !span_overlaps(want->span, bounds))
        return status;
    return load_component(l, want, bounds);
}
