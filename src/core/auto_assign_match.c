/* The stays of one beginning and the rooms that are free then: a transportation problem, solved exactly.
 *
 * All these stays overlap, so that each needs a room of its own, and what a room is worth to a stay depends on the two
 * alone: a matching. Stays that end together and ask for the same are alike, and so are rooms that are free as long
 * before and after and are told apart by nothing that counts; there are few kinds of each, however large the house. As
 * many units as there are of a kind flow from kinds of stays to kinds of rooms, at the least cost, by successive
 * shortest paths with potentials (Edmonds and Karp, "Theoretical improvements in algorithmic efficiency for network
 * flow problems", Journal of the ACM 19, 1972). The preferences are the digits of one number, each with a base that no
 * sum over all stays reaches, so that comparing sums compares them in order. */
#include <assert.h>
#include <string.h>

#include "core/auto_assign_part.h"
#include "core/date.h"
#include "core/sorting.h"

#define COST_NONE INT64_MAX

enum {
    MATCH_DIGITS_MANY = 1000, /* above so many stays the lowest digits are coarser, so that the sum stays in range */
    MATCH_HOLE_DAYS = 15,
    MATCH_HOLE_DAYS_MANY = 7,
    MATCH_MISSING = 3,
    MATCH_MISSING_MANY = 1,
};

struct match {
    struct auto_assign_layout *layout;
    const struct auto_assign_question *question;
    const uint32_t *stays;
    uint32_t stay_count;
    int64_t starts;
    bool faulty_matters, ready_matters; /* some of them begin today */
    uint32_t least_capacity;            /* of the free rooms: smaller parties are alike */
    const uint8_t **wishes;             /* the different wishes */
    uint32_t wish_count;
    int64_t hole_days_max, missing_max;
    int64_t hole_unit, missing_unit, service_unit, ready_unit;

    struct span *gaps;   /* per room: what is free around the start */
    uint32_t *rooms;     /* free at the start, by kind */
    uint32_t room_count; /* of `rooms` */
    uint32_t *order;     /* stays (their number in the question) by kind */
    uint32_t *scratch;
    uint32_t *row_at, *column_at; /* where each kind begins in `order` and in `rooms`, and the end */
    uint32_t row_count, column_count;

    int64_t *cost;  /* row x column */
    uint32_t *flow; /* row x column */
    uint32_t *supply, *spare;
    /* per node: rows, then columns */
    int64_t *potential, *distance;
    uint32_t *parent;
    bool *settled;
};

static int
compare(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* Whole days, what is begun counted; the most that is told apart where nothing bounds it. */
static int64_t
hole_days(const struct match *m, int64_t from, int64_t to)
{
    if (from == INT64_MIN || to == INT64_MAX || to - from > m->hole_days_max * DATE_DAY_MS)
        return m->hole_days_max;
    return (to - from + DATE_DAY_MS - 1) / DATE_DAY_MS;
}

static int64_t
missing_of(const struct match *m, const uint8_t *missing, uint32_t room)
{
    if (missing == NULL)
        return 0;
    return missing[room] < m->missing_max ? missing[room] : m->missing_max;
}

/* --- kinds --- */

static int
order_rooms(const void *context, uint32_t a, uint32_t b)
{
    const struct match *m = context;
    const struct auto_assign_room *x = &m->question->rooms[a], *y = &m->question->rooms[b];
    int order = compare(m->gaps[a].ends, m->gaps[b].ends);
    if (order == 0)
        order = compare(hole_days(m, m->gaps[a].starts, m->starts), hole_days(m, m->gaps[b].starts, m->starts));
    if (order == 0)
        order = compare(x->capacity, y->capacity);
    if (order == 0)
        order = compare(x->out_of_service, y->out_of_service);
    if (order == 0)
        order = compare(m->ready_matters && !x->ready, m->ready_matters && !y->ready);
    if (order == 0)
        order = compare(m->faulty_matters && x->faulty, m->faulty_matters && y->faulty);
    for (uint32_t w = 0; order == 0 && w < m->wish_count; w++)
        order = compare(missing_of(m, m->wishes[w], a), missing_of(m, m->wishes[w], b));
    return order;
}

/* Below the smallest free room all parties are alike. */
static int64_t
party_of(const struct match *m, uint32_t stay)
{
    uint32_t party = m->question->stays[stay].party;
    return party > m->least_capacity ? party : m->least_capacity;
}

static uint32_t
wish_of(const struct match *m, uint32_t stay)
{
    const uint8_t *missing = m->question->stays[stay].missing;
    uint32_t w = 0;
    while (missing != NULL && m->wishes[w] != missing)
        w++;
    return missing == NULL ? AUTO_ASSIGN_NONE : w;
}

static int
order_stays(const void *context, uint32_t a, uint32_t b)
{
    const struct match *m = context;
    const struct auto_assign_stay *x = &m->question->stays[a], *y = &m->question->stays[b];
    int order = compare(x->span.ends, y->span.ends);
    if (order == 0)
        order = compare(party_of(m, a), party_of(m, b));
    if (order == 0)
        order = compare(x->begins_today, y->begins_today);
    if (order == 0)
        order = compare(wish_of(m, a), wish_of(m, b));
    return order;
}

/* Where kinds begin among sorted numbers; returns how many there are, and at[that] is `count`. */
static uint32_t
find_kinds(const struct match *m, const uint32_t *numbers, uint32_t count, sorting_order order, uint32_t *at)
{
    uint32_t kinds = 0;
    for (uint32_t i = 0; i < count; i++)
        if (i == 0 || order(m, numbers[i - 1], numbers[i]) != 0)
            at[kinds++] = i;
    at[kinds] = count;
    return kinds;
}

static void
find_wishes(struct match *m)
{
    for (uint32_t k = 0; k < m->stay_count; k++) {
        const uint8_t *missing = m->question->stays[m->stays[k]].missing;
        uint32_t w = 0;
        while (w < m->wish_count && m->wishes[w] != missing)
            w++;
        if (missing != NULL && w == m->wish_count)
            m->wishes[m->wish_count++] = missing;
        m->ready_matters |= m->question->stays[m->stays[k]].begins_today;
    }
    m->faulty_matters = m->ready_matters;
}

static void
find_rooms(struct match *m)
{
    m->least_capacity = UINT32_MAX;
    for (uint32_t room = 0; room < m->question->room_count; room++) {
        if (!auto_assign_gap_at(m->layout, room, m->starts, &m->gaps[room]))
            continue;
        m->rooms[m->room_count++] = room;
        if (m->question->rooms[room].capacity < m->least_capacity)
            m->least_capacity = m->question->rooms[room].capacity;
    }
}

static void
set_units(struct match *m)
{
    bool many = m->stay_count > MATCH_DIGITS_MANY;
    int64_t count = m->stay_count < PLACEMENT_ROOMS_MAX ? m->stay_count : PLACEMENT_ROOMS_MAX; /* that can be placed */
    m->hole_days_max = many ? MATCH_HOLE_DAYS_MANY : MATCH_HOLE_DAYS;
    m->missing_max = many ? MATCH_MISSING_MANY : MATCH_MISSING;
    m->hole_unit = 2 * m->hole_days_max * count + 1;
    m->missing_unit = m->hole_unit * (2 * count + 1);
    m->service_unit = m->missing_unit * (m->missing_max * count + 1);
    m->ready_unit = m->service_unit * (count + 1);
}

/* What it costs to give this room to this stay; COST_NONE where that can't be. */
static int64_t
cost_of(const struct match *m, uint32_t stay, uint32_t room)
{
    const struct auto_assign_room *r = &m->question->rooms[room];
    const struct auto_assign_stay *s = &m->question->stays[stay];
    if (m->gaps[room].ends < s->span.ends || !auto_assign_suits(m->question, stay, room))
        return COST_NONE;
    int64_t before = hole_days(m, m->gaps[room].starts, m->starts);
    int64_t after = hole_days(m, s->span.ends, m->gaps[room].ends);
    return (s->begins_today && !r->ready ? m->ready_unit : 0) + (r->out_of_service ? m->service_unit : 0) +
           missing_of(m, s->missing, room) * m->missing_unit + ((before > 0) + (after > 0)) * m->hole_unit + before +
           after;
}

/* --- flow --- */

static size_t
cell(const struct match *m, uint32_t row, uint32_t column)
{
    return (size_t)row * m->column_count + column;
}

static void
fill_costs(struct match *m)
{
    for (uint32_t row = 0; row < m->row_count; row++) {
        m->supply[row] = m->row_at[row + 1] - m->row_at[row];
        for (uint32_t column = 0; column < m->column_count; column++)
            m->cost[cell(m, row, column)] = cost_of(m, m->order[m->row_at[row]], m->rooms[m->column_at[column]]);
    }
    for (uint32_t column = 0; column < m->column_count; column++)
        m->spare[column] = m->column_at[column + 1] - m->column_at[column];
}

static void
reach(struct match *m, uint32_t from, uint32_t to, int64_t cost)
{
    int64_t distance = m->distance[from] + cost + m->potential[from] - m->potential[to];
    if (m->settled[to] || distance >= m->distance[to])
        return;
    m->distance[to] = distance;
    m->parent[to] = from;
}

static void
reach_columns(struct match *m, uint32_t row)
{
    for (uint32_t column = 0; column < m->column_count; column++)
        if (m->cost[cell(m, row, column)] != COST_NONE)
            reach(m, row, m->row_count + column, m->cost[cell(m, row, column)]);
}

static void
reach_rows(struct match *m, uint32_t column)
{
    for (uint32_t row = 0; row < m->row_count; row++)
        if (m->flow[cell(m, row, column)] > 0)
            reach(m, m->row_count + column, row, -m->cost[cell(m, row, column)]);
}

/* The nearest node that is not settled; AUTO_ASSIGN_NONE when none can be reached. */
static uint32_t
nearest(const struct match *m)
{
    uint32_t best = AUTO_ASSIGN_NONE;
    for (uint32_t node = 0; node < m->row_count + m->column_count; node++)
        if (!m->settled[node] && m->distance[node] != COST_NONE &&
            (best == AUTO_ASSIGN_NONE || m->distance[node] < m->distance[best]))
            best = node;
    return best;
}

/* The true length of the way to a node. A source's potential is what its own shortest way would be less than nothing,
 * so that ways from different sources are compared by what they cost. */
static int64_t
way_cost(const struct match *m, uint32_t node)
{
    return m->distance[node] + m->potential[node];
}

/* Settles all that can be reached from kinds of stays with units left; returns the kind of rooms with one to spare that
 * it costs least to reach, AUTO_ASSIGN_NONE when there is none. */
static uint32_t
find_way(struct match *m)
{
    uint32_t node_count = m->row_count + m->column_count, best = AUTO_ASSIGN_NONE;
    for (uint32_t node = 0; node < node_count; node++) {
        bool source = node < m->row_count && m->supply[node] > 0;
        m->settled[node] = false;
        m->parent[node] = AUTO_ASSIGN_NONE;
        m->distance[node] = source ? -m->potential[node] : COST_NONE;
    }
    for (uint32_t node = nearest(m); node != AUTO_ASSIGN_NONE; node = nearest(m)) {
        m->settled[node] = true;
        if (node < m->row_count) {
            reach_columns(m, node);
            continue;
        }
        if (m->spare[node - m->row_count] > 0 && (best == AUTO_ASSIGN_NONE || way_cost(m, node) < way_cost(m, best)))
            best = node;
        reach_rows(m, node - m->row_count);
    }
    return best;
}

static void
raise_potentials(struct match *m)
{
    for (uint32_t node = 0; node < m->row_count + m->column_count; node++)
        if (m->distance[node] != COST_NONE)
            m->potential[node] += m->distance[node];
}

/* Sends as many units along the way that was found as it takes. */
static void
send(struct match *m, uint32_t end)
{
    uint32_t units = m->spare[end - m->row_count], first = end;
    for (uint32_t node = end; m->parent[node] != AUTO_ASSIGN_NONE; node = m->parent[node]) {
        first = m->parent[node];
        if (first >= m->row_count && m->flow[cell(m, node, first - m->row_count)] < units)
            units = m->flow[cell(m, node, first - m->row_count)];
    }
    if (m->supply[first] < units)
        units = m->supply[first];
    assert(units > 0);
    for (uint32_t node = end; m->parent[node] != AUTO_ASSIGN_NONE; node = m->parent[node]) {
        uint32_t from = m->parent[node];
        if (from < m->row_count)
            m->flow[cell(m, from, node - m->row_count)] += units;
        else
            m->flow[cell(m, node, from - m->row_count)] -= units;
    }
    m->supply[first] -= units;
    m->spare[end - m->row_count] -= units;
}

/* --- the whole --- */

static bool
match_alloc(struct match *m, struct arena *arena)
{
    uint32_t room_count = m->question->room_count;
    m->wishes = ARENA_ARRAY(arena, m->stay_count, const uint8_t *);
    m->gaps = ARENA_ARRAY(arena, room_count, struct span);
    m->rooms = ARENA_ARRAY(arena, room_count, uint32_t);
    m->order = ARENA_ARRAY(arena, m->stay_count, uint32_t);
    m->scratch = ARENA_ARRAY(arena, m->stay_count > room_count ? m->stay_count : room_count, uint32_t);
    m->row_at = ARENA_ARRAY(arena, (size_t)m->stay_count + 1, uint32_t);
    m->column_at = ARENA_ARRAY(arena, (size_t)room_count + 1, uint32_t);
    return !arena->overflowed;
}

static bool
match_alloc_flow(struct match *m, struct arena *arena)
{
    size_t cells = (size_t)m->row_count * m->column_count, nodes = (size_t)m->row_count + m->column_count;
    m->cost = ARENA_ARRAY(arena, cells, int64_t);
    m->flow = ARENA_ARRAY(arena, cells, uint32_t);
    m->supply = ARENA_ARRAY(arena, m->row_count, uint32_t);
    m->spare = ARENA_ARRAY(arena, m->column_count, uint32_t);
    m->potential = ARENA_ARRAY(arena, nodes, int64_t);
    m->distance = ARENA_ARRAY(arena, nodes, int64_t);
    m->parent = ARENA_ARRAY(arena, nodes, uint32_t);
    m->settled = ARENA_ARRAY(arena, nodes, bool);
    return !arena->overflowed;
}

static void
sort_kinds(struct match *m)
{
    memcpy(m->order, m->stays, m->stay_count * sizeof(*m->order));
    sorting_sort(m->order, m->scratch, m->stay_count, order_stays, m);
    sorting_sort(m->rooms, m->scratch, m->room_count, order_rooms, m);
    m->row_count = find_kinds(m, m->order, m->stay_count, order_stays, m->row_at);
    m->column_count = find_kinds(m, m->rooms, m->room_count, order_rooms, m->column_at);
}

/* Gives out the rooms of each kind in their order. */
static uint32_t
give_rooms(struct match *m)
{
    uint32_t placed = 0;
    uint32_t *room_next = m->column_at;
    for (uint32_t row = 0; row < m->row_count; row++) {
        uint32_t stay_next = m->row_at[row];
        for (uint32_t column = 0; column < m->column_count; column++)
            for (uint32_t unit = 0; unit < m->flow[cell(m, row, column)]; unit++, placed++)
                auto_assign_put(m->layout, m->order[stay_next++], m->rooms[room_next[column]++]);
    }
    return placed;
}

static uint32_t
match_solve(struct match *m, struct arena *arena)
{
    if (!match_alloc(m, arena))
        return 0;
    find_wishes(m);
    find_rooms(m);
    set_units(m);
    sort_kinds(m);
    if (!match_alloc_flow(m, arena))
        return 0;
    fill_costs(m);
    for (uint32_t end = find_way(m); end != AUTO_ASSIGN_NONE; end = find_way(m)) {
        send(m, end);
        raise_potentials(m);
    }
    return give_rooms(m);
}

uint32_t
auto_assign_match(struct auto_assign_layout *layout, const uint32_t *stays, uint32_t count, struct arena *arena)
{
    struct match m = {.layout = layout, .question = layout->question, .stays = stays, .stay_count = count};
    if (count == 0)
        return 0;
    m.starts = layout->question->stays[stays[0]].span.starts;
    for (uint32_t k = 0; k < count; k++)
        if (layout->room_of[stays[k]] != PLACEMENT_NO_ROOM)
            auto_assign_take(layout, stays[k]);
    struct arena_mark mark = arena_mark(arena);
    uint32_t placed = match_solve(&m, arena);
    arena_rewind(arena, mark);
    return placed;
}
