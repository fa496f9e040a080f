/* I4 on the tables: with what is fixed to a room left where it is, does everything else fit? Asked from the business
 * date on, for the types whose stock is rooms sold by the night. It is broken where what is proven does not fit by
 * itself: bookings that were shown to fit, around what is fixed and was not overridden. Where all together does not fit
 * it is told; but nights on which more is sold than there are rooms (an allowance is used, or a loss was forced) are
 * left out of that with all that hangs together with them, since somebody will have no room there, as was allowed. */
#include "core/date.h"
#include "core/placement.h"
#include "engine/check_part.h"

/* A room type as placement is asked about it. */
struct placing {
    struct id *rooms; /* in order */
    struct placement_question question;
    struct placement_fixed *fixed;
    struct placement_loose *loose;
    bool *is_fixed_proven, *is_loose_proven; /* for each of them */
    bool *left_out;                          /* a flag per night of the horizon */
};

static uint32_t
room_index(const struct placing *placing, struct id room)
{
    for (uint32_t i = 0; i < placing->question.room_count; i++)
        if (id_equal(placing->rooms[i], room))
            return i;
    return PLACEMENT_NO_ROOM;
}

/* What was sold or closed beyond what could be shown to fit. */
struct unproven {
    struct id *ids;
    size_t count;
};

static bool
is_unproven(const struct unproven *unproven, struct id owner)
{
    for (size_t i = 0; i < unproven->count; i++)
        if (id_equal(unproven->ids[i], owner))
            return true;
    return false;
}

static void
add_claim(struct placing *placing, const struct claim *claim, const struct unproven *unproven)
{
    uint32_t room = room_index(placing, claim->room);
    struct placement_question *q = &placing->question;
    bool is_proven = !is_unproven(unproven, claim->owner);
    if (claim->pinned || claim->owner_kind != CLAIM_OF_BOOKING) {
        placing->is_fixed_proven[q->fixed_count] = is_proven;
        placing->fixed[q->fixed_count++] = (struct placement_fixed){room, claim->span};
    } else {
        placing->is_loose_proven[q->loose_count] = is_proven;
        placing->loose[q->loose_count++] = (struct placement_loose){.span = claim->span, .current_room = room};
    }
}

/* Nobody says of a hold whether it is proven: it does not count as such. */
static void
add_loose(struct placing *placing, const struct loose *loose, const struct unproven *unproven)
{
    bool is_proven = loose->owner_kind == CLAIM_OF_BOOKING && !is_unproven(unproven, loose->owner);
    for (int32_t unit = 0; unit < loose->quantity; unit++) {
        placing->is_loose_proven[placing->question.loose_count] = is_proven;
        placing->loose[placing->question.loose_count++] =
            (struct placement_loose){.span = loose->span, .current_room = PLACEMENT_NO_ROOM};
    }
}

/* Rooms, claims and what has no room yet, in run->page. */
static enum db_status
gather(struct check_run *run, struct id room_type, struct placing *placing)
{
    struct span ahead = span_from_nights(run->today, run->today + 2 * HORIZON_DAYS);
    struct claim *claims;
    struct loose *loose, *holds;
    struct unproven unproven;
    size_t claim_count, loose_count, hold_count, units;
    enum db_status status =
        store_claims_on_type(run->store, run->property, room_type, ahead, run->page, &claims, &claim_count);
    if (status == DB_OK)
        status = store_loose_bookings(run->store, run->property, room_type, ahead, INT64_MIN, run->page, &loose,
                                      &loose_count);
    if (status == DB_OK)
        status = store_loose_holds(run->store, run->property, room_type, ahead, run->page, &holds, &hold_count);
    if (status == DB_OK)
        status = store_unproven(run->store, run->property, ahead.starts, run->page, &unproven.ids, &unproven.count);
    if (status != DB_OK)
        return status;
    units = loose_count;
    for (size_t i = 0; i < hold_count; i++)
        units += (size_t)holds[i].quantity;
    *placing = (struct placing){.rooms = ARENA_ARRAY(run->page, run->house.room_count, struct id),
                                .fixed = ARENA_ARRAY(run->page, claim_count, struct placement_fixed),
                                .loose = ARENA_ARRAY(run->page, claim_count + units, struct placement_loose),
                                .is_fixed_proven = ARENA_ARRAY(run->page, claim_count, bool),
                                .is_loose_proven = ARENA_ARRAY(run->page, claim_count + units, bool),
                                .left_out = ARENA_ARRAY(run->page, HORIZON_DAYS, bool),
                                .question = {.node_limit = PLACEMENT_NODE_LIMIT}};
    if (run->page->overflowed)
        return check_out_of_memory(run);
    for (size_t i = 0; i < run->house.room_count; i++)
        if (id_equal(run->house.rooms[i].room_type, room_type))
            placing->rooms[placing->question.room_count++] = run->house.rooms[i].id;
    for (size_t i = 0; i < claim_count; i++)
        if (claims[i].span.ends > ahead.starts) /* the neighbour before is loaded too */
            add_claim(placing, &claims[i], &unproven);
    for (size_t i = 0; i < loose_count; i++)
        add_loose(placing, &loose[i], &unproven);
    for (size_t i = 0; i < hold_count; i++)
        add_loose(placing, &holds[i], &unproven);
    placing->question.fixed = placing->fixed;
    placing->question.loose = placing->loose;
    return DB_OK;
}

/* --- overbooked nights --- */

static enum db_status
mark_overbooked(struct check_run *run, struct id room_type, struct placing *placing)
{
    struct night *nights;
    size_t count;
    enum db_status status = store_load_nights(run->store, run->property, room_type, run->today,
                                              run->today + HORIZON_DAYS, run->page, &nights, &count);
    for (size_t i = 0; status == DB_OK && i < count; i++)
        placing->left_out[nights[i].date - run->today] = night_is_overbooked(&nights[i], 0);
    return status;
}

/* Leaves out an item that overlaps a night which is left out, with all its nights. True when that was new. */
static bool
leave_out(const struct check_run *run, bool *left_out, struct span span)
{
    int32_t from, until;
    bool any = false, all = true;
    if (!span_to_nights(span, &from, &until))
        return false;
    from = from > run->today ? from - run->today : 0;
    until = until < run->today + HORIZON_DAYS ? until - run->today : HORIZON_DAYS;
    for (int32_t i = from; i < until; i++) {
        any = any || left_out[i];
        all = all && left_out[i];
    }
    for (int32_t i = from; any && i < until; i++)
        left_out[i] = true;
    return any && !all;
}

static void
spread_left_out(const struct check_run *run, struct placing *placing)
{
    for (bool again = true; again;) {
        again = false;
        for (uint32_t i = 0; i < placing->question.loose_count; i++)
            again |= leave_out(run, placing->left_out, placing->loose[i].span);
    }
}

/* --- asking --- */

/* Asks about each stretch of nights between those that are left out, and keeps the worst answer. */
static enum db_status
ask_all(struct check_run *run, struct placing *placing, enum placement_verdict *ret_worst)
{
    *ret_worst = PLACEMENT_FITS;
    for (int32_t from = 0, until; from < HORIZON_DAYS; from = until + 1) {
        struct placement_answer answer;
        for (until = from; until < HORIZON_DAYS && !placing->left_out[until];)
            until++;
        if (from == until)
            continue;
        placing->question.about = span_from_nights(run->today + from, run->today + until);
        if (!placement_solve(&placing->question, run->page, &answer))
            return check_out_of_memory(run);
        *ret_worst = answer.verdict > *ret_worst ? answer.verdict : *ret_worst;
    }
    return DB_OK;
}

static void
keep_proven(struct placing *placing)
{
    struct placement_question *q = &placing->question;
    uint32_t fixed = 0, loose = 0;
    for (uint32_t i = 0; i < q->fixed_count; i++)
        if (placing->is_fixed_proven[i])
            placing->fixed[fixed++] = placing->fixed[i];
    for (uint32_t i = 0; i < q->loose_count; i++)
        if (placing->is_loose_proven[i])
            placing->loose[loose++] = placing->loose[i];
    q->fixed_count = fixed;
    q->loose_count = loose;
}

static enum db_status
ask_proven(struct check_run *run, struct placing *placing, enum placement_verdict *ret_verdict)
{
    struct placement_answer answer;
    keep_proven(placing);
    placing->question.about = PLACEMENT_ABOUT_ALL;
    if (!placement_solve(&placing->question, run->page, &answer))
        return check_out_of_memory(run);
    *ret_verdict = answer.verdict;
    return DB_OK;
}

static void
tell(struct check_run *run, struct id room_type, enum placement_verdict proven, enum placement_verdict verdict)
{
    bool broken = proven == PLACEMENT_IMPOSSIBLE;
    unsigned char subject[ID_BYTES];
    id_to_bytes(room_type, subject);
    struct str what = STR("not shown that its bookings fit into its rooms");
    if (broken)
        what = STR("its bookings do not fit into its rooms");
    else if (verdict == PLACEMENT_IMPOSSIBLE)
        what = STR("its bookings do not fit into its rooms, beside what was sold or forced without a proof");
    check_find(run, subject, what, !broken);
}

static enum db_status
place_type(struct check_run *run, struct id room_type)
{
    struct placing placing;
    enum placement_verdict verdict, proven = PLACEMENT_FITS;
    arena_reset(run->page);
    enum db_status status = gather(run, room_type, &placing);
    if (status == DB_OK)
        status = mark_overbooked(run, room_type, &placing);
    if (status != DB_OK)
        return status;
    if (placing.question.room_count > PLACEMENT_ROOMS_MAX)
        verdict = PLACEMENT_UNPROVEN;
    else {
        spread_left_out(run, &placing);
        status = ask_all(run, &placing, &verdict);
        if (status == DB_OK)
            status = ask_proven(run, &placing, &proven);
    }
    if (status == DB_OK && (proven != PLACEMENT_FITS || verdict != PLACEMENT_FITS))
        tell(run, room_type, proven, verdict);
    return status;
}

enum db_status
check_placement(struct check_run *run)
{
    enum db_status status = DB_OK;
    for (size_t i = 0; status == DB_OK && i < run->house.type_count; i++) {
        const struct room_type *type = &run->house.types[i];
        if (type->sold_by == SOLD_BY_NIGHT && type->stock == STOCK_ROOMS)
            status = place_type(run, type->id);
    }
    return status;
}
