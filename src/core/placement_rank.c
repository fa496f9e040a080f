/* The best room for one span, when nobody else is to be moved. The nearest neighbours of the span in each room are kept
 * in the result itself while the taken spans are gone through, so nothing needs to be sorted but the answer. */
#include "core/placement.h"

#include <assert.h>

static int64_t
placement_hole_ms(const struct placement_rank *rank)
{
    return rank->before_ms > INT64_MAX - rank->after_ms ? INT64_MAX : rank->before_ms + rank->after_ms;
}

static bool
placement_is_better(const struct placement_rank *a, const struct placement_rank *b)
{
    int holes_a = (a->before_ms > 0) + (a->after_ms > 0), holes_b = (b->before_ms > 0) + (b->after_ms > 0);
    if (a->capacity != b->capacity)
        return a->capacity < b->capacity;
    if (holes_a != holes_b)
        return holes_a < holes_b;
    if (placement_hole_ms(a) != placement_hole_ms(b))
        return placement_hole_ms(a) < placement_hole_ms(b);
    return a->room < b->room;
}

static void
placement_swap_ranks(struct placement_rank *a, struct placement_rank *b)
{
    struct placement_rank kept = *a;
    *a = *b;
    *b = kept;
}

/* Lets the rank at `at` sink in the heap of the first `count`, whose root is the worst. */
static void
placement_sink(struct placement_rank *ranks, uint32_t at, uint32_t count)
{
    for (uint32_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && placement_is_better(&ranks[child], &ranks[child + 1]))
            child++;
        if (!placement_is_better(&ranks[at], &ranks[child]))
            return;
        placement_swap_ranks(&ranks[at], &ranks[child]);
        at = child;
    }
}

/* Heap sort: no memory, no worst case, and the order is total, so it need not be stable. */
static void
placement_sort_ranks(struct placement_rank *ranks, uint32_t count)
{
    for (uint32_t at = count / 2; at-- > 0;)
        placement_sink(ranks, at, count);
    for (uint32_t last = count; last-- > 1;) {
        placement_swap_ranks(&ranks[0], &ranks[last]);
        placement_sink(ranks, 0, last);
    }
}

static int64_t
placement_distance(int64_t from, int64_t to)
{
    return from == INT64_MIN || to == INT64_MAX ? INT64_MAX : to - from;
}

/* A taken span makes its room unusable (marked by a negative distance) or is a neighbour, perhaps the nearest. */
static void
placement_note_taken(struct placement_rank *rank, struct span wanted, struct span taken)
{
    if (span_overlaps(wanted, taken))
        rank->before_ms = -1;
    else if (taken.ends <= wanted.starts && wanted.starts - taken.ends < rank->before_ms)
        rank->before_ms = wanted.starts - taken.ends;
    else if (taken.starts >= wanted.ends && taken.starts - wanted.ends < rank->after_ms)
        rank->after_ms = taken.starts - wanted.ends;
}

uint32_t
placement_best_room(const struct placement_room_question *question, struct placement_rank *ret_ranks)
{
    struct span wanted = question->wanted, open = question->open;
    assert(span_is_valid(wanted));
    if (!span_contains(open, wanted))
        return 0;
    for (uint32_t room = 0; room < question->room_count; room++)
        ret_ranks[room] =
            (struct placement_rank){room, question->capacities[room], placement_distance(open.starts, wanted.starts),
                                    placement_distance(wanted.ends, open.ends)};
    for (uint32_t k = 0; k < question->taken_count; k++) {
        const struct placement_fixed *taken = &question->taken[k];
        assert(taken->room < question->room_count && span_is_valid(taken->span));
        placement_note_taken(&ret_ranks[taken->room], wanted, taken->span);
    }
    uint32_t count = 0;
    for (uint32_t room = 0; room < question->room_count; room++) {
        if (ret_ranks[room].before_ms >= 0 && ret_ranks[room].capacity >= question->party)
            ret_ranks[count++] = ret_ranks[room];
    }
    placement_sort_ranks(ret_ranks, count);
    return count;
}
