/* The counters of a type's nights: moved in the working copy as they are asked for, and recorded as few moves as come
 * to the same. */
#include <assert.h>

#include "core/deciding.h"

const struct stock *
deciding_stock(const struct deciding *d, struct id room_type)
{
    for (size_t i = 0; i < d->stock_count; i++)
        if (id_equal(d->stocks[i].room_type, room_type))
            return &d->stocks[i];
    return NULL;
}

struct night *
deciding_night(const struct deciding *d, struct id room_type, int32_t date)
{
    const struct stock *stock = deciding_stock(d, room_type);
    if (stock == NULL || stock->night_count == 0 || date < stock->nights[0].date)
        return NULL;
    size_t index = (size_t)(date - stock->nights[0].date);
    return index < stock->night_count ? &stock->nights[index] : NULL;
}

/* -- recording -- */

static struct stock_move
sum_of(const struct stock_move *a, const struct stock_move *b)
{
    struct stock_move sum = *a;
    sum.units += b->units;
    sum.closed += b->closed;
    sum.sold += b->sold;
    sum.held += b->held;
    sum.fixed += b->fixed;
    return sum;
}

/* What leaves the nights with no more taken than before, and with as many units: all that can be put off, since
 * whatever of it is recorded later leaves no night short in between. */
static bool
gives_back(const struct stock_move *move)
{
    return move->units == 0 && move->closed <= 0 && move->sold <= 0 && move->held <= 0 && move->fixed <= 0;
}

/* Where in the changes of the command these nights were moved before, such that both moves may be one there: nothing
 * stands between the two for which it matters what the nights count. The number of changes where there is none. */
static size_t
find_same_nights(const struct deciding *d, const struct stock_move *move)
{
    const struct decision *decision = d->decision;
    bool adjacent = true;
    for (size_t i = decision->change_count; i > decision->lapsed_changes; i--) {
        const struct change *change = &decision->changes[i - 1];
        bool limits = change->kind == CHANGE_OVERCOMMIT || change->kind == CHANGE_NIGHTS_OPEN ||
                      change->kind == CHANGE_NIGHTS_SET;
        if (limits)
            break;
        if (change->kind != CHANGE_STOCK || !id_equal(change->stock.room_type, move->room_type))
            continue;
        const struct stock_move *before = &change->stock;
        struct stock_move both = sum_of(before, move);
        bool same = before->from == move->from && before->until == move->until;
        if (same && before->units == 0 && move->units == 0 && (adjacent || gives_back(&both)))
            return i - 1;
        if (!gives_back(before))
            break;
        adjacent = false;
    }
    return decision->change_count;
}

/* A room that is changed for another of its type gives back what it takes again: such nights are not written, and those
 * of which several counters move are written once. */
static void
record_move(struct deciding *d, struct stock_move move)
{
    struct decision *decision = d->decision;
    size_t at = find_same_nights(d, &move);
    if (at == decision->change_count) {
        deciding_change(d, (struct change){.kind = CHANGE_STOCK, .stock = move});
        return;
    }
    struct stock_move both = sum_of(&decision->changes[at].stock, &move);
    if (both.closed != 0 || both.sold != 0 || both.held != 0 || both.fixed != 0) {
        decision->changes[at].stock = both;
        return;
    }
    decision->change_count--;
    memmove(&decision->changes[at], &decision->changes[at + 1],
            (decision->change_count - at) * sizeof(decision->changes[0]));
}

/* -- moving -- */

/* A night that is over stays as it was counted: since then its room may have gone, or be of another type. */
static void
move_nights(struct deciding *d, struct stock_move move)
{
    move.from = move.from > d->facts->today ? move.from : d->facts->today;
    if (move.from >= move.until)
        return;
    for (int32_t date = move.from; date < move.until; date++) {
        struct night *night = deciding_night(d, move.room_type, date);
        if (night == NULL)
            continue;
        night->units += move.units;
        night->closed += move.closed;
        night->sold += move.sold;
        night->held += move.held;
        night->fixed += move.fixed;
    }
    record_move(d, move);
}

void
deciding_move_stock(struct deciding *d, struct id room_type, struct span span, int32_t sold, int32_t held)
{
    int32_t from, until;
    if (!span_to_nights(span, &from, &until)) {
        assert(!"stock moves by whole nights");
        return;
    }
    move_nights(d,
                (struct stock_move){.room_type = room_type, .from = from, .until = until, .sold = sold, .held = held});
}

void
deciding_move_fixed(struct deciding *d, struct id room_type, int32_t from, int32_t until, int32_t fixed)
{
    move_nights(d, (struct stock_move){.room_type = room_type, .from = from, .until = until, .fixed = fixed});
}

void
deciding_move_units(struct deciding *d, struct id room_type, int32_t from, int32_t until, int32_t units)
{
    move_nights(d, (struct stock_move){.room_type = room_type, .from = from, .until = until, .units = units});
}

void
deciding_move_closed(struct deciding *d, struct id room_type, struct span span, int32_t closed)
{
    int32_t from, until;
    if (!span_to_nights(span, &from, &until)) {
        assert(!"a room is closed for whole nights");
        return;
    }
    move_nights(d, (struct stock_move){.room_type = room_type, .from = from, .until = until, .closed = closed});
}

void
deciding_set_nights(struct deciding *d, const struct nights_set *nights)
{
    for (int32_t date = nights->from; date < nights->until; date++) {
        struct night *night = deciding_night(d, nights->room_type, date);
        if (night == NULL)
            continue;
        night->units = nights->units >= 0 ? nights->units : night->units;
        night->allowance = nights->allowance >= 0 ? nights->allowance : night->allowance;
    }
    deciding_change(d, (struct change){.kind = CHANGE_NIGHTS_SET, .nights = *nights});
}

/* -- asking -- */

size_t
deciding_nights_without(struct deciding *d, struct id room_type, struct span span, int32_t quantity,
                        int32_t **ret_nights)
{
    int32_t from, until;
    *ret_nights = NULL;
    if (!span_to_nights(span, &from, &until)) {
        assert(!"stock is asked for by whole nights");
        return 0;
    }
    size_t count = 0;
    for (int32_t date = from; date < until; date++) {
        const struct night *night = deciding_night(d, room_type, date);
        if (night != NULL && night_free(night) >= quantity)
            continue;
        if (*ret_nights == NULL) {
            *ret_nights = ARENA_ARRAY(d->arena, (size_t)(until - from), int32_t);
            if (*ret_nights == NULL) {
                d->decision->out_of_memory = true;
                return 1;
            }
        }
        (*ret_nights)[count++] = date;
    }
    return count;
}
