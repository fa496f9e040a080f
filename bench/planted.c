/* Each room is filled by itself, so that a room for every stay is known; who then wants one is shuffled. */
#include "bench/planted.h"

#include <string.h>

#include "tests/support/chance.h"

enum { PARTY_MAX = 4 };

/* Half of the rooms change hands on the day. */
static void
cut_nights(const struct planted *planted, uint64_t *seed, uint32_t room, bool cut[PLANTED_NIGHTS_MAX + 1])
{
    memset(cut, 0, PLANTED_NIGHTS_MAX + 1);
    cut[planted->nights] = true;
    uint32_t cuts = 1;
    if (planted->day >= 0 && room % 2 == 0)
        cuts += cut[planted->day] = true;
    while (cuts < planted->stays_per_room) {
        uint32_t at = 1 + chance_below(seed, planted->nights - 1);
        if (planted->day >= 0 && at == (uint32_t)planted->day)
            continue;
        cuts += !cut[at];
        cut[at] = true;
    }
}

static void
plant_stay(const struct planted *planted, uint64_t *seed, struct planted_house *house, uint32_t room, struct span span)
{
    int32_t from = date_from_instant(span.starts);
    bool pinned = chance_below(seed, 100) < planted->pinned && from != planted->day;
    struct auto_assign_stay stay = {.span = span,
                                    .room = PLACEMENT_NO_ROOM,
                                    .wanted = planted->day < 0 || from == planted->day,
                                    .party = 1 + chance_below(seed, PARTY_MAX)};
    if (pinned || (planted->day >= 0 && from < planted->day)) {
        house->fixed[house->q.fixed_count++] = (struct placement_fixed){room, span};
        return;
    }
    stay.begins_today = planted->day >= 0 && stay.wanted;
    if (!stay.wanted && planted->settled)
        stay.room = room;
    house->stays[house->q.stay_count++] = stay;
}

static void
plant_room(const struct planted *planted, uint64_t *seed, struct planted_house *house, uint32_t room)
{
    bool cut[PLANTED_NIGHTS_MAX + 1];
    uint32_t starts = 0;
    house->rooms[room] = (struct auto_assign_room){
        .capacity = PARTY_MAX, .ready = chance_below(seed, 4) > 0, .out_of_service = chance_below(seed, 50) == 0};
    cut_nights(planted, seed, room, cut);
    for (uint32_t ends = 1; ends <= planted->nights; ends++) {
        if (!cut[ends])
            continue;
        bool arrival = planted->day >= 0 && starts == (uint32_t)planted->day;
        if (chance_below(seed, 100) >= planted->vacant || arrival)
            plant_stay(planted, seed, house, room, span_from_nights((int32_t)starts, (int32_t)ends));
        starts = ends;
    }
}

/* Otherwise those that begin together would come in the order of the rooms they were planted in, and first fit would
 * find the plan again. */
static void
shuffle(uint64_t *seed, struct planted_house *house)
{
    for (uint32_t i = house->q.stay_count; i > 1; i--) {
        uint32_t j = chance_below(seed, i);
        struct auto_assign_stay kept = house->stays[i - 1];
        house->stays[i - 1] = house->stays[j];
        house->stays[j] = kept;
    }
}

bool
planted_make(const struct planted *planted, uint64_t seed, struct arena *arena, struct planted_house *ret_house)
{
    size_t most = (size_t)planted->rooms * planted->stays_per_room;
    *ret_house = (struct planted_house){.rooms = ARENA_ARRAY(arena, planted->rooms, struct auto_assign_room),
                                        .fixed = ARENA_ARRAY(arena, most, struct placement_fixed),
                                        .stays = ARENA_ARRAY(arena, most, struct auto_assign_stay)};
    if (arena->overflowed)
        return false;
    ret_house->q = (struct auto_assign_question){.rooms = ret_house->rooms,
                                                 .room_count = planted->rooms,
                                                 .fixed = ret_house->fixed,
                                                 .stays = ret_house->stays,
                                                 .node_limit = planted->node_limit};
    for (uint32_t room = 0; room < planted->rooms; room++)
        plant_room(planted, &seed, ret_house, room);
    shuffle(&seed, ret_house);
    return true;
}
