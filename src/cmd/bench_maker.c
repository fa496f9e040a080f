/* Each command is asked for as the system, and must go well: a house that is not as it was asked for measures nothing.
 */
#include "cmd/bench_maker.h"

#include <stdio.h>

enum { ROOMS_AT_ONCE = 100 };

const struct actor bench_clerk = {.name = {"system", 6}, .role = ROLE_OWNER};

int64_t
bench_maker_pick(struct bench_maker *maker, int64_t bound)
{
    return (int64_t)random_below(&maker->random.random, (uint64_t)bound);
}

bool
bench_maker_must(struct bench_maker *maker, const char *what, enum outcome outcome)
{
    if (outcome == OUTCOME_OK)
        return true;
    err_set(maker->err, ERR_DATA, "can't make %s: %.*s", what, STR_ARG(outcome_info(outcome)->code));
    return false;
}

enum outcome
bench_maker_run(struct bench_maker *maker, struct command command, struct id *ret_subjects, size_t count)
{
    command.actor = bench_clerk;
    struct engine_request request = {.command = command};
    if (!engine_run(maker->engine, &request))
        return OUTCOME_BUSY_RETRY;
    enum outcome outcome = request.result.refusal.outcome;
    if (outcome == OUTCOME_OK)
        for (size_t i = 0; i < count; i++)
            ret_subjects[i] = request.result.events[i].subject;
    engine_request_done(&request);
    return outcome;
}

/* --- the clock --- */

static int64_t
past_now_ms(const struct clock *clock)
{
    return clock_now_ms(clock_system()) - ((const struct past_clock *)clock)->behind_ms;
}

static int64_t
past_monotonic_ns(const struct clock *clock)
{
    (void)clock;
    return clock_monotonic_ns(clock_system());
}

bool
bench_maker_open(struct bench_maker *maker, struct db *db)
{
    struct engine_settings settings = ENGINE_SETTINGS_DEFAULT;
    maker->clock = (struct past_clock){.clock = {.now_ms = past_now_ms, .monotonic_ns = past_monotonic_ns}};
    settings.db = db;
    settings.clock = &maker->clock.clock;
    settings.random = &maker->random.random;
    settings.sweep_interval_ms = 0;
    settings.wait_limit_ms = INT32_MAX;
    return engine_new(&settings, &maker->engine, maker->err) == DB_OK;
}

/* --- properties --- */

/* Those from `from` on that one request may make. */
static bool
make_rooms(struct bench_maker *maker, uint32_t property, struct id type, size_t type_at, size_t from)
{
    struct room rooms[ROOMS_AT_ONCE];
    char numbers[ROOMS_AT_ONCE][32];
    size_t left = maker->house->settings.rooms_each - from, count = left < ROOMS_AT_ONCE ? left : ROOMS_AT_ONCE;
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(numbers[i], sizeof(numbers[i]), "%zu-%02zu", type_at + 1, from + i + 1);
        rooms[i] = (struct room){.room_type = type,
                                 .number = str_from(numbers[i]),
                                 .floor = STR(""),
                                 .building = STR(""),
                                 .features = STR("[]")};
    }
    struct command command = {
        .kind = COMMAND_CREATE_ROOMS, .property = property, .create_rooms = {.rooms = rooms, .room_count = count}};
    struct id ignored[ROOMS_AT_ONCE];
    bool first = property == maker->number[0];
    return bench_maker_must(maker, "rooms",
                            bench_maker_run(maker, command, first ? &maker->room[type_at][from] : ignored, count));
}

static bool
make_type(struct bench_maker *maker, size_t property_at, size_t type_at)
{
    char name[32];
    (void)snprintf(name, sizeof(name), "Type %zu", type_at + 1);
    struct id *type = &maker->type[property_at][type_at];
    uint32_t property = maker->number[property_at];
    struct command command = {.kind = COMMAND_CREATE_ROOM_TYPE,
                              .property = property,
                              .put_room_type = {.room_type = {.name = str_from(name),
                                                              .max_guests = 2,
                                                              .features = STR("[]"),
                                                              .closes_min = 1440,
                                                              .length_min = 15,
                                                              .length_max = 1440,
                                                              .hold_ttl_ms = 600000}}};
    if (!bench_maker_must(maker, name, bench_maker_run(maker, command, type, 1)))
        return false;
    id_format(ID_ROOM_TYPE, property, *type, maker->house->type[property_at][type_at]);
    for (size_t from = 0; from < maker->house->settings.rooms_each; from += ROOMS_AT_ONCE)
        if (!make_rooms(maker, property, *type, type_at, from))
            return false;
    return true;
}

/* A property begins with the date of the clock. */
static bool
audit_by_hand(struct bench_maker *maker, size_t at, struct property property)
{
    struct id ignored;
    property.night_audit = NIGHT_AUDIT_BY_HAND;
    struct command command = {
        .kind = COMMAND_AMEND_PROPERTY, .property = maker->number[at], .put_property.property = property};
    return bench_maker_must(maker, "a night audit by hand", bench_maker_run(maker, command, &ignored, 1));
}

bool
bench_maker_make_property(struct bench_maker *maker, size_t at)
{
    char name[32];
    (void)snprintf(name, sizeof(name), "House %zu", at + 1);
    struct property property = {.name = str_from(name),
                                .time_zone = STR("Etc/UTC"),
                                .currency = STR("EUR"),
                                .payment_ttl_ms = 30 * 60000LL,
                                .approval_ttl_ms = 3 * 86400000LL,
                                .no_show_fee_percent = 100};
    struct command command = {.kind = COMMAND_CREATE_PROPERTY, .put_property.property = property};
    if (!bench_maker_must(maker, name, bench_maker_run(maker, command, &property.id, 1)))
        return false;
    maker->number[at] = (uint32_t)at + 1; /* an empty database numbers them from 1 */
    id_format(ID_PROPERTY, maker->number[at], property.id, maker->house->property[at]);
    if (maker->house->settings.residents > 0 && !audit_by_hand(maker, at, property))
        return false;
    for (size_t i = 0; i < maker->house->settings.types_each; i++)
        if (!make_type(maker, at, i))
            return false;
    return true;
}

bool
bench_maker_inspect(struct bench_maker *maker, struct id room)
{
    struct id ignored;
    struct command command = {.kind = COMMAND_INSPECT_ROOM,
                              .property = maker->number[0],
                              .room_step = {.room = room, .result = ROOM_RESULT_PASS}};
    return bench_maker_must(maker, "a clean room", bench_maker_run(maker, command, &ignored, 1));
}

/* --- many together --- */

static void
on_done(struct engine_request *request)
{
    (void)request;
}

void
bench_maker_ask(struct bench_maker *maker, struct bench_slot *slot, struct command command)
{
    struct engine_request *request = &slot->request;
    *request = (struct engine_request){.command = command, .has_key = true, .done = on_done};
    request->command.actor = bench_clerk;
    random_fill(&maker->random.random, request->key, sizeof(request->key));
    random_fill(&maker->random.random, request->fingerprint, sizeof(request->fingerprint));
}

bool
bench_maker_run_slots(struct bench_maker *maker, struct bench_slot *slots, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!engine_submit(maker->engine, &slots[i].request)) {
            err_set(maker->err, ERR_UNAVAILABLE, "the engine takes no more commands");
            return false;
        }
    }
    while (engine_step(maker->engine) > 0)
        ;
    return true;
}
