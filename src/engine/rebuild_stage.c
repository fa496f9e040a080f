/* Owners are found by hashing: ids are random in their lower half. Moves are kept by the night, and sorted and added up
 * when there are many, so that a bulk of rooms over two years of nights takes no more than its types do. */
#include <assert.h>
#include <stdlib.h>

#include "engine/rebuild_part.h"
#include "store/store_rebuild.h"

enum { OWNERS_FIRST = 64, MOVES_FIRST = 1024 };

/* -- claims -- */

static struct staged_owner *
find_place(struct staged_owner *owners, size_t places, struct id owner)
{
    size_t at = (size_t)owner.lo & (places - 1);
    while (!id_is_none(owners[at].owner) && !id_equal(owners[at].owner, owner))
        at = (at + 1) & (places - 1);
    return &owners[at];
}

static bool
make_places(struct stage *stage)
{
    if (stage->owners != NULL && stage->owner_count * 2 < stage->owner_places)
        return true;
    size_t places = stage->owners == NULL ? OWNERS_FIRST : stage->owner_places * 2;
    struct staged_owner *wider = ARENA_ARRAY(&stage->arena, places, struct staged_owner);
    if (wider == NULL)
        return false;
    for (size_t i = 0; i < stage->owner_places; i++)
        if (!id_is_none(stage->owners[i].owner))
            *find_place(wider, places, stage->owners[i].owner) = stage->owners[i];
    stage->owners = wider;
    stage->owner_places = places;
    return true;
}

enum db_status
stage_claims(struct rebuild_run *run, struct id owner, const struct claim *claims, size_t count)
{
    struct stage *stage = &run->stage;
    struct claim *copy = ARENA_ARRAY(&stage->arena, count + 1, struct claim);
    if (copy == NULL || !make_places(stage))
        return rebuild_out_of_memory(run);
    for (size_t i = 0; i < count; i++)
        copy[i] = claims[i];
    struct staged_owner *place = find_place(stage->owners, stage->owner_places, owner);
    bool known = !id_is_none(place->owner);
    *place = (struct staged_owner){.owner = owner, .claims = copy, .claim_count = count};
    if (known)
        return DB_OK;
    stage->owner_count++;
    return store_drop_claims_of(run->fresh, run->property, owner);
}

bool
stage_find_claims(const struct rebuild_run *run, struct id owner, const struct claim **ret_claims, size_t *ret_count)
{
    if (run->stage.owners == NULL)
        return false;
    const struct staged_owner *place = find_place(run->stage.owners, run->stage.owner_places, owner);
    *ret_claims = place->claims;
    *ret_count = place->claim_count;
    return !id_is_none(place->owner);
}

static enum db_status
add_claims(struct rebuild_run *run)
{
    enum db_status status = DB_OK;
    for (size_t i = 0; i < run->stage.owner_places; i++)
        for (size_t j = 0; status == DB_OK && j < run->stage.owners[i].claim_count; j++)
            status = store_add_claim(run->fresh, run->property, &run->stage.owners[i].claims[j]);
    return status;
}

/* -- counters -- */

static int
compare_moves(const void *a, const void *b)
{
    const struct stock_move *x = a, *y = b;
    int order = id_compare(x->room_type, y->room_type);
    return order != 0 ? order : (x->from > y->from) - (x->from < y->from);
}

static bool
moves_anything(const struct stock_move *move)
{
    return move->units != 0 || move->closed != 0 || move->sold != 0 || move->held != 0 || move->fixed != 0;
}

static void
add_move(struct stock_move *sum, const struct stock_move *move)
{
    sum->units += move->units;
    sum->closed += move->closed;
    sum->sold += move->sold;
    sum->held += move->held;
    sum->fixed += move->fixed;
}

/* One move a night, in order; those that come to nothing go. */
static void
add_up(struct stage *stage)
{
    size_t count = 0;
    if (stage->move_count == 0)
        return;
    qsort(stage->moves, stage->move_count, sizeof(*stage->moves), compare_moves);
    for (size_t i = 0; i < stage->move_count; i++) {
        if (count > 0 && compare_moves(&stage->moves[count - 1], &stage->moves[i]) == 0)
            add_move(&stage->moves[count - 1], &stage->moves[i]);
        else
            stage->moves[count++] = stage->moves[i];
    }
    stage->move_count = 0;
    for (size_t i = 0; i < count; i++)
        if (moves_anything(&stage->moves[i]))
            stage->moves[stage->move_count++] = stage->moves[i];
}

static bool
make_room(struct stage *stage)
{
    if (stage->move_count < stage->move_capacity)
        return true;
    add_up(stage);
    if (stage->move_count * 2 <= stage->move_capacity && stage->move_capacity > 0)
        return true;
    size_t capacity = stage->move_capacity == 0 ? MOVES_FIRST : stage->move_capacity * 2;
    struct stock_move *wider = realloc(stage->moves, capacity * sizeof(*wider));
    if (wider == NULL)
        return false;
    stage->moves = wider;
    stage->move_capacity = capacity;
    return true;
}

enum db_status
stage_move(struct rebuild_run *run, const struct stock_move *move)
{
    struct stage *stage = &run->stage;
    for (int32_t night = move->from; night < move->until; night++) {
        if (!make_room(stage))
            return rebuild_out_of_memory(run);
        struct stock_move *one = &stage->moves[stage->move_count++];
        *one = *move;
        one->from = night;
        one->until = night + 1;
    }
    return DB_OK;
}

static bool
is_next_night(const struct stock_move *move, const struct stock_move *next)
{
    return id_equal(move->room_type, next->room_type) && move->until == next->from && move->units == next->units &&
           move->closed == next->closed && move->sold == next->sold && move->held == next->held &&
           move->fixed == next->fixed;
}

/* Nights that change alike in one statement. */
static enum db_status
move_counters(struct rebuild_run *run)
{
    struct stage *stage = &run->stage;
    enum db_status status = DB_OK;
    add_up(stage);
    for (size_t i = 0; status == DB_OK && i < stage->move_count;) {
        struct stock_move move = stage->moves[i++];
        while (i < stage->move_count && is_next_night(&move, &stage->moves[i]))
            move.until = stage->moves[i++].until;
        status = store_move_stock(run->fresh, run->property, &move);
    }
    return status;
}

/* -- both -- */

enum db_status
stage_flush(struct rebuild_run *run)
{
    enum db_status status = add_claims(run);
    if (status == DB_OK)
        status = move_counters(run);
    stage_clear(run);
    return status;
}

void
stage_clear(struct rebuild_run *run)
{
    struct stage *stage = &run->stage;
    arena_reset(&stage->arena);
    stage->owners = NULL;
    stage->owner_count = stage->owner_places = stage->move_count = 0;
}
