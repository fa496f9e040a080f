/* E2 for stock: what was last set over a night, by the log, is what its row says. Units are set where stock is a count,
 * the allowance everywhere; units that are rooms are a rule of their own. From the business date on. */
#include "core/date.h"
#include "engine/check_part.h"
#include "engine/state_read.h"
#include "util/json_write.h"

/* What the log said last of the nights on sale of one type. */
struct folded {
    struct id room_type;
    int32_t units[HORIZON_DAYS]; /* -1: nothing was said */
    int32_t allowance[HORIZON_DAYS];
};

static struct folded *
folded_new(struct check_run *run)
{
    struct folded *types = ARENA_ARRAY(run->arena, run->house.type_count, struct folded);
    for (size_t i = 0; types != NULL && i < run->house.type_count; i++) {
        types[i].room_type = run->house.types[i].id;
        for (int32_t night = 0; night < HORIZON_DAYS; night++)
            types[i].units[night] = -1;
    }
    return types;
}

static void
fold(const struct check_run *run, struct folded *types, const struct nights_set *set)
{
    for (size_t i = 0; i < run->house.type_count; i++) {
        if (!id_equal(types[i].room_type, set->room_type))
            continue;
        int32_t from = set->from > run->today ? set->from - run->today : 0;
        int32_t until = set->until < run->today + HORIZON_DAYS ? set->until - run->today : HORIZON_DAYS;
        for (int32_t night = from; night < until; night++) {
            types[i].units[night] = set->units >= 0 ? set->units : types[i].units[night];
            types[i].allowance[night] = set->allowance >= 0 ? set->allowance : types[i].allowance[night];
        }
    }
}

static enum db_status
fold_log(struct check_run *run, struct folded *types)
{
    enum db_status status = DB_OK;
    int64_t seq = 0;
    struct store_event *events;
    size_t count = 0;
    while (status == DB_OK && (status = check_next_events(run, seq, &events, &count)) == DB_OK && count > 0) {
        for (size_t i = 0; i < count; i++) {
            enum event_state of;
            struct state state;
            struct err err;
            seq = events[i].seq;
            if (!state_of_kind(events[i].kind, &of) || of != EVENT_OF_INVENTORY)
                continue;
            if (state_read_event(of, events[i].v, events[i].body, run->house.property, run->page, &state, &err))
                fold(run, types, &state.nights);
            else if (run->page->overflowed)
                return check_out_of_memory(run);
            else
                check_find_id(run, events[i].subject, STR("an event of its stock can't be read"));
        }
    }
    return status;
}

static void
find_other(struct check_run *run, struct id room_type, const struct night *night, const char *what)
{
    struct text text;
    text_init(&text, run->page, 96);
    text_put_format(&text, "night %d: its %s is not what the log said last", (int)night->date, what);
    check_find_id(run, room_type, text_str(&text));
}

static enum db_status
compare(struct check_run *run, const struct room_type *type, const struct folded *folded)
{
    struct night *nights;
    size_t count;
    arena_reset(run->page);
    enum db_status status = store_load_nights(run->store, run->property, type->id, run->today,
                                              run->today + HORIZON_DAYS, run->page, &nights, &count);
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        int32_t at = nights[i].date - run->today;
        if (type->stock == STOCK_COUNT && nights[i].units != folded->units[at])
            find_other(run, type->id, &nights[i], "number of units");
        if (nights[i].allowance != folded->allowance[at])
            find_other(run, type->id, &nights[i], "allowance");
    }
    return status;
}

enum db_status
check_stock_fold(struct check_run *run)
{
    if (run->house.type_count == 0)
        return DB_OK;
    struct folded *types = folded_new(run);
    if (types == NULL)
        return check_out_of_memory(run);
    enum db_status status = fold_log(run, types);
    for (size_t i = 0; status == DB_OK && i < run->house.type_count; i++)
        if (run->house.types[i].sold_by == SOLD_BY_NIGHT)
            status = compare(run, &run->house.types[i], &types[i]);
    return status;
}
