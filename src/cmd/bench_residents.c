/* Who is in a house when its night audit begins. They come on two days, because those who should have left by the first
 * can't have come on it: the audit of that day is made here, and the next is what is measured. */
#include <stdlib.h>

#include "cmd/bench_maker.h"
#include "core/date.h"

struct resident {
    struct id booking, room;
    bool comes_first, comes_second; /* on which day they are let in; neither for who does not come */
};

struct residents {
    struct bench_maker *maker;
    struct bench_slot *slots;
    struct resident *all;
    size_t count;
    int32_t first; /* the first day */
};

/* Makes a request of a resident; false where there is none to make. */
typedef bool (*ask_fn)(struct residents *r, struct resident *resident, size_t number, struct bench_slot *slot);

static bool
run_chunk(struct residents *r, ask_fn ask, size_t from, size_t until, bool makes)
{
    struct resident *asked[BENCH_AT_ONCE];
    size_t count = 0;
    bool well = true;
    for (size_t i = from; i < until; i++)
        if (ask(r, &r->all[i], i, &r->slots[count]))
            asked[count++] = &r->all[i];
    if (!bench_maker_run_slots(r->maker, r->slots, count))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct engine_request *request = &r->slots[i].request;
        well = well && bench_maker_must(r->maker, "a resident", request->result.refusal.outcome);
        if (well && makes)
            asked[i]->booking = request->result.events[0].subject;
        engine_request_done(request);
    }
    return well;
}

/* `makes`: the subject of the first event is the resident's booking. */
static bool
run_for_all(struct residents *r, ask_fn ask, bool makes)
{
    for (size_t from = 0; from < r->count; from += BENCH_AT_ONCE) {
        size_t until = from + BENCH_AT_ONCE < r->count ? from + BENCH_AT_ONCE : r->count;
        if (!run_chunk(r, ask, from, until, makes))
            return false;
    }
    return true;
}

/* -- what each does -- */

static struct span
stay_of(const struct residents *r, size_t number)
{
    if (number % 10 < 7)
        return span_from_nights(r->first, r->first + 6);
    if (number % 10 == 7)
        return span_from_nights(r->first, number % 50 == 7 ? r->first + 1 : r->first + 2);
    return span_from_nights(r->first + 1, r->first + 4);
}

static bool
ask_to_book(struct residents *r, struct resident *resident, size_t number, struct bench_slot *slot)
{
    size_t types = r->maker->house->settings.types_each;
    resident->room = r->maker->room[number % types][number / types];
    resident->comes_first = number % 10 < 8;
    resident->comes_second = number % 10 == 8;
    slot->leg = (struct leg){.room = resident->room, .span = stay_of(r, number), .pinned = true, .party = 1};
    bench_maker_ask(r->maker, slot,
                    (struct command){.kind = COMMAND_CREATE_BOOKINGS,
                                     .property = r->maker->number[0],
                                     .create_bookings = {.legs = &slot->leg,
                                                         .leg_count = 1,
                                                         .guest = {.name = STR("Resident")},
                                                         .payment = PAYMENT_NONE}});
    return true;
}

static void
ask_to_let_in(struct residents *r, const struct resident *resident, struct bench_slot *slot)
{
    bench_maker_ask(
        r->maker, slot,
        (struct command){
            .kind = COMMAND_CHECK_IN,
            .property = r->maker->number[0],
            .check_in = {.booking = resident->booking, .overrides = true, .reason = STR("nobody has cleaned yet")}});
}

static bool
ask_first(struct residents *r, struct resident *resident, size_t number, struct bench_slot *slot)
{
    (void)number;
    if (resident->comes_first)
        ask_to_let_in(r, resident, slot);
    return resident->comes_first;
}

static bool
ask_second(struct residents *r, struct resident *resident, size_t number, struct bench_slot *slot)
{
    (void)number;
    if (resident->comes_second)
        ask_to_let_in(r, resident, slot);
    return resident->comes_second;
}

/* -- the days -- */

static bool
audit_first_day(struct residents *r)
{
    struct id ignored;
    struct command command = {
        .kind = COMMAND_START_JOB, .property = r->maker->number[0], .start_job.kind = JOB_NIGHT_AUDIT};
    r->maker->clock.behind_ms -= DATE_DAY_MS;
    if (!bench_maker_must(r->maker, "an audit", bench_maker_run(r->maker, command, &ignored, 1)))
        return false;
    while (engine_step_job(r->maker->engine))
        ;
    return true;
}

bool
bench_make_residents(struct bench_maker *maker)
{
    struct residents r = {.maker = maker,
                          .count = maker->house->settings.residents,
                          .first = date_from_instant(clock_now_ms(&maker->clock.clock))};
    if (r.count == 0)
        return true;
    r.slots = calloc(BENCH_AT_ONCE, sizeof(*r.slots));
    r.all = calloc(r.count, sizeof(*r.all));
    bool well = r.slots != NULL && r.all != NULL;
    if (!well)
        err_set(maker->err, ERR_MEMORY, "no memory for so many residents");
    well = well && run_for_all(&r, ask_to_book, true) && run_for_all(&r, ask_first, false) && audit_first_day(&r) &&
           run_for_all(&r, ask_second, false);
    free(r.all);
    free(r.slots);
    return well;
}
