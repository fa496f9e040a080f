/* In this order, until everything has a place:
 *
 *   1. Claims stay where they are. The stays of each beginning are matched with the rooms that are free (exactly, by
 *      what is preferred), and first fit is made beside it.
 *   2. What has no room yet, and does not want one now, is asked to fit around that.
 *   3. Placement lays out everything anew, with as few moves as it finds; then without what does not want a room now.
 *   4. The better of 1's answers is repaired: those without a room take one from others that find another.
 *
 * After 3 and 4 each beginning is matched once more with all others where they are, which loses nobody a room and
 * improves what is preferred; and claims that had to give way to nobody stay after all. */
#include "core/auto_assign.h"

#include <assert.h>
#include <string.h>

#include "core/auto_assign_part.h"
#include "core/sorting.h"

enum { AUTO_ASSIGN_REPAIR_ROUNDS = 3 };

struct auto_assign_solver {
    const struct auto_assign_question *question;
    struct arena *arena;
    struct auto_assign_layout layout;
    uint32_t *by_start; /* the wanted stays */
    uint32_t wanted_count;
    uint32_t rest_count; /* neither wanted nor on a room */
    uint32_t *best;      /* rooms per stay: the best layout so far */
    uint32_t best_count; /* of the wanted in it that have one */
    uint32_t *result;    /* of the answer */
    uint32_t nodes;      /* left */
    bool rest_fits;
    uint32_t first_fit_count;
    /* for placement: */
    struct placement_fixed *fixed;
    struct placement_loose *loose;
    uint32_t *loose_stay; /* which stay each is */
    bool all_suit;        /* every room every stay */
    uint64_t *allowed;    /* sets of allowed rooms, allowed_words each */
    size_t allowed_words;
    uint32_t *allowed_like; /* for which stay each set was made */
    uint32_t allowed_count;
};

static int
order_by_start(const void *context, uint32_t a, uint32_t b)
{
    const struct auto_assign_stay *stays = context;
    return (stays[a].span.starts > stays[b].span.starts) - (stays[a].span.starts < stays[b].span.starts);
}

static bool
solver_init(struct auto_assign_solver *s)
{
    const struct auto_assign_question *q = s->question;
    size_t count = (size_t)q->stay_count + 1;
    s->result = ARENA_ARRAY(s->arena, count, uint32_t);
    return !s->arena->overflowed;
}

static bool
solver_alloc(struct auto_assign_solver *s)
{
    const struct auto_assign_question *q = s->question;
    size_t count = (size_t)q->stay_count + 1;
    s->by_start = ARENA_ARRAY(s->arena, count, uint32_t);
    s->best = ARENA_ARRAY(s->arena, count, uint32_t);
    s->fixed = ARENA_ARRAY(s->arena, q->fixed_count + count, struct placement_fixed);
    s->loose = ARENA_ARRAY(s->arena, count, struct placement_loose);
    s->loose_stay = ARENA_ARRAY(s->arena, count, uint32_t);
    s->allowed_like = ARENA_ARRAY(s->arena, count, uint32_t);
    s->allowed_words = q->room_count / 64 + 1;
    if (!auto_assign_layout_init(&s->layout, q, s->arena))
        return false;
    for (uint32_t i = 0; i < q->stay_count; i++) {
        assert(span_is_valid(q->stays[i].span) && (q->stays[i].room == PLACEMENT_NO_ROOM || !q->stays[i].wanted));
        if (q->stays[i].wanted)
            s->by_start[s->wanted_count++] = i;
        else
            s->rest_count += q->stays[i].room == PLACEMENT_NO_ROOM;
    }
    sorting_sort(s->by_start, s->best, s->wanted_count, order_by_start, q->stays);
    return true;
}

static uint32_t
count_placed(const struct auto_assign_solver *s)
{
    uint32_t count = 0;
    for (uint32_t k = 0; k < s->wanted_count; k++)
        count += s->layout.room_of[s->by_start[k]] != PLACEMENT_NO_ROOM;
    return count;
}

/* Keeps the layout when it places more, or as many and is to be preferred. */
static void
keep(struct auto_assign_solver *s, bool preferred)
{
    uint32_t count = count_placed(s);
    if (count < s->best_count || (count == s->best_count && !preferred))
        return;
    s->best_count = count;
    memcpy(s->best, s->layout.room_of, s->question->stay_count * sizeof(*s->best));
}

/* Each beginning in turn, with all others where they are: nobody who has a room is left without one. */
static void
match_each(struct auto_assign_solver *s)
{
    const struct auto_assign_stay *stays = s->question->stays;
    uint32_t end;
    for (uint32_t first = 0; first < s->wanted_count; first = end) {
        for (end = first + 1;
             end < s->wanted_count && stays[s->by_start[end]].span.starts == stays[s->by_start[first]].span.starts;)
            end++;
        (void)auto_assign_match(&s->layout, s->by_start + first, end - first, s->arena);
    }
}

/* Plain first fit, which nothing here may fall short of. */
static void
first_fit(struct auto_assign_solver *s)
{
    const struct auto_assign_question *q = s->question;
    for (uint32_t k = 0; k < s->wanted_count; k++) {
        uint32_t stay = s->by_start[k], room = 0;
        while (room < q->room_count &&
               !(auto_assign_suits(q, stay, room) && auto_assign_is_free(&s->layout, room, q->stays[stay].span)))
            room++;
        if (room < q->room_count)
            auto_assign_put(&s->layout, stay, room);
    }
}

/* Step 1. */
static void
place_around_claims(struct auto_assign_solver *s)
{
    first_fit(s);
    s->first_fit_count = count_placed(s);
    keep(s, true);
    match_each(s); /* what first fit found, made better */
    keep(s, true);
    auto_assign_layout_reset(&s->layout);
    match_each(s);
    keep(s, true);
    auto_assign_layout_set(&s->layout, s->best);
}

/* --- asking placement --- */

static bool
is_alike(const struct auto_assign_question *q, uint32_t a, uint32_t b)
{
    return q->stays[a].party == q->stays[b].party && q->stays[a].begins_today == q->stays[b].begins_today &&
           q->stays[a].room == PLACEMENT_NO_ROOM && q->stays[b].room == PLACEMENT_NO_ROOM;
}

static bool
may_use(const struct auto_assign_question *q, uint32_t stay, uint32_t room)
{
    return auto_assign_suits(q, stay, room) || q->stays[stay].room == room;
}

/* The rooms that the stay may use, as placement takes them; NULL for all. A set is shared by those that are alike. */
static const uint64_t *
find_allowed(struct auto_assign_solver *s, uint32_t stay)
{
    const struct auto_assign_question *q = s->question;
    if (s->all_suit)
        return NULL;
    for (uint32_t k = 0; k < s->allowed_count; k++)
        if (is_alike(q, s->allowed_like[k], stay))
            return s->allowed + k * s->allowed_words;
    uint64_t *set = s->allowed + s->allowed_count * s->allowed_words;
    memset(set, 0, s->allowed_words * sizeof(*set));
    for (uint32_t room = 0; room < q->room_count; room++)
        if (may_use(q, stay, room))
            set[room / 64] |= UINT64_C(1) << (room % 64);
    s->allowed_like[s->allowed_count++] = stay;
    return set;
}

/* Does every room suit every stay? Then there are no sets. */
static bool
suits_all(const struct auto_assign_question *q)
{
    uint32_t least = UINT32_MAX, most = 0;
    bool faulty = false, today = false;
    for (uint32_t room = 0; room < q->room_count; room++) {
        least = q->rooms[room].capacity < least ? q->rooms[room].capacity : least;
        faulty |= q->rooms[room].faulty;
    }
    for (uint32_t i = 0; i < q->stay_count; i++) {
        most = q->stays[i].party > most ? q->stays[i].party : most;
        today |= q->stays[i].begins_today;
    }
    return most <= least && !(faulty && today);
}

static bool
alloc_allowed(struct auto_assign_solver *s)
{
    s->all_suit = suits_all(s->question);
    s->allowed_count = 0;
    s->allowed = ARENA_ARRAY(s->arena, s->all_suit ? 1 : s->question->stay_count * s->allowed_words, uint64_t);
    return s->allowed != NULL;
}

/* Asks whether everything fits: the wanted stays where they are in the layout, or wherever they do; with the rest, or
 * without. When it does, the layout becomes that answer. */
static bool
ask_placement(struct auto_assign_solver *s, bool wanted_stay, bool with_rest)
{
    const struct auto_assign_question *q = s->question;
    struct arena_mark mark = arena_mark(s->arena);
    struct placement_answer answer = {.verdict = PLACEMENT_UNPROVEN};
    struct placement_question asked = {.room_count = q->room_count,
                                       .fixed = s->fixed,
                                       .loose = s->loose,
                                       .about = PLACEMENT_ABOUT_ALL,
                                       .node_limit = s->nodes};
    if (!alloc_allowed(s))
        return false;
    memcpy(s->fixed, q->fixed, q->fixed_count * sizeof(*s->fixed));
    asked.fixed_count = q->fixed_count;
    for (uint32_t i = 0; i < q->stay_count; i++) {
        const struct auto_assign_stay *stay = &q->stays[i];
        if (stay->wanted && wanted_stay) {
            if (s->layout.room_of[i] != PLACEMENT_NO_ROOM)
                s->fixed[asked.fixed_count++] = (struct placement_fixed){s->layout.room_of[i], stay->span};
        } else if (stay->wanted || stay->room != PLACEMENT_NO_ROOM || with_rest) {
            s->loose_stay[asked.loose_count] = i;
            s->loose[asked.loose_count++] = (struct placement_loose){stay->span, stay->room, find_allowed(s, i)};
        }
    }
    bool fits = placement_solve(&asked, s->arena, &answer) && answer.verdict == PLACEMENT_FITS;
    s->nodes -= answer.nodes < s->nodes ? answer.nodes : s->nodes;
    if (fits) {
        uint32_t *rooms = s->result; /* scratch, here */
        for (uint32_t i = 0; i < q->stay_count; i++)
            rooms[i] = q->stays[i].wanted && wanted_stay ? s->layout.room_of[i] : PLACEMENT_NO_ROOM;
        for (uint32_t k = 0; k < asked.loose_count; k++)
            rooms[s->loose_stay[k]] = answer.rooms[k];
        auto_assign_layout_set(&s->layout, rooms);
    }
    arena_rewind(s->arena, mark);
    return fits;
}

/* Steps 2 and 3. True when all that is wanted has a room; the layout has it then. */
static bool
place_anew(struct auto_assign_solver *s)
{
    bool all = s->best_count == s->wanted_count;
    if (all && s->rest_count == 0)
        return s->rest_fits = true;
    if (all && ask_placement(s, true, true)) {
        auto_assign_layout_set(&s->layout, s->best); /* nobody moves before somebody wants it */
        return s->rest_fits = true;
    }
    if (ask_placement(s, false, true)) {
        match_each(s);
        return s->rest_fits = true;
    }
    if (all)
        return true;
    if (s->rest_count == 0 || !ask_placement(s, false, false))
        return false;
    match_each(s);
    return true;
}

/* Step 4. */
static void
repair(struct auto_assign_solver *s)
{
    for (int round = 0; round < AUTO_ASSIGN_REPAIR_ROUNDS && s->best_count < s->wanted_count; round++) {
        if (auto_assign_repair(&s->layout, s->by_start, s->wanted_count) == 0)
            break;
        match_each(s);
        keep(s, true);
    }
    auto_assign_layout_set(&s->layout, s->best);
}

/* --- the answer --- */

/* Does anybody take the claim's place: a wanted stay, or a claim that has to move? */
static bool
gives_way(const struct auto_assign_solver *s, uint32_t claim, const bool *moves)
{
    const struct auto_assign_question *q = s->question;
    uint32_t home = q->stays[claim].room;
    for (uint32_t i = s->layout.first[home]; i != AUTO_ASSIGN_NONE; i = s->layout.next[i])
        if (i != claim && span_overlaps(q->stays[i].span, q->stays[claim].span) && (q->stays[i].wanted || moves[i]))
            return true;
    return false;
}

/* Only claims that give way to a wanted stay move, and those that give way to these. */
static bool
settle_moves(struct auto_assign_solver *s, uint32_t *ret_moved_count)
{
    const struct auto_assign_question *q = s->question;
    bool *moves = ARENA_ARRAY(s->arena, (size_t)q->stay_count + 1, bool);
    if (moves == NULL)
        return false;
    for (bool again = true; again;) {
        again = false;
        for (uint32_t i = 0; i < q->stay_count; i++) {
            if (moves[i] || q->stays[i].room == PLACEMENT_NO_ROOM || s->layout.room_of[i] == q->stays[i].room ||
                !gives_way(s, i, moves))
                continue;
            moves[i] = again = true;
            (*ret_moved_count)++;
        }
    }
    for (uint32_t i = 0; i < q->stay_count; i++)
        s->result[i] = q->stays[i].wanted || moves[i] ? s->layout.room_of[i] : q->stays[i].room;
    return true;
}

bool
auto_assign_solve(const struct auto_assign_question *question, struct arena *arena,
                  struct auto_assign_answer *ret_answer)
{
    assert(question->room_count <= PLACEMENT_ROOMS_MAX);
    struct auto_assign_solver s = {.question = question, .arena = arena, .nodes = question->node_limit};
    if (!solver_init(&s))
        return false;
    struct arena_mark mark = arena_mark(arena);
    uint32_t moved_count = 0;
    bool solved = solver_alloc(&s);
    if (solved) {
        place_around_claims(&s);
        if (!place_anew(&s))
            repair(&s);
        solved = settle_moves(&s, &moved_count);
    }
    *ret_answer = (struct auto_assign_answer){.rooms = s.result,
                                              .wanted_count = s.wanted_count,
                                              .placed_count = solved ? count_placed(&s) : 0,
                                              .first_fit_count = s.first_fit_count,
                                              .moved_count = moved_count,
                                              .rest_fits = s.rest_fits,
                                              .nodes = question->node_limit - s.nodes};
    arena_rewind(arena, mark);
    return solved && !arena->overflowed;
}
