/* Records are kept by the night, so that each falls on its own; events tell of runs of nights. */
#include "core/deciding_overcommit.h"

#include <assert.h>

static struct overcommitted *
find_record(struct deciding *d, struct id room_type, int32_t date, struct id subject)
{
    for (size_t i = 0; i < d->overcommit_count; i++) {
        const struct overcommit *record = &d->overcommits[i].record;
        if (record->from == date && id_equal(record->room_type, room_type) && id_equal(record->subject, subject))
            return &d->overcommits[i];
    }
    return NULL;
}

/* The record of a night, a new one where there is none. NULL when the arena is full. */
static struct overcommitted *
need_record(struct deciding *d, struct overcommit of_night)
{
    struct overcommitted *found = find_record(d, of_night.room_type, of_night.from, of_night.subject);
    if (found != NULL)
        return found;
    struct overcommitted *records =
        deciding_grow(d, d->overcommits, d->overcommit_count, &d->overcommit_capacity, sizeof(*records));
    if (records == NULL)
        return NULL;
    d->overcommits = records;
    records[d->overcommit_count] = (struct overcommitted){.record = of_night};
    return &records[d->overcommit_count++];
}

/* The next night of a run: changed, and come to the same. */
static struct overcommitted *
find_next(struct deciding *d, const struct overcommit *run)
{
    struct overcommitted *next = find_record(d, run->room_type, run->until, run->subject);
    return next != NULL && next->changed && next->record.quantity == run->quantity ? next : NULL;
}

static bool
begins_run(struct deciding *d, const struct overcommitted *item)
{
    const struct overcommit *record = &item->record;
    const struct overcommitted *before = find_record(d, record->room_type, record->from - 1, record->subject);
    return item->changed && (before == NULL || !before->changed || before->record.quantity != record->quantity);
}

static void
record_run(struct deciding *d, struct overcommitted *first, struct str kind)
{
    struct overcommit *run = ARENA_NEW(d->arena, struct overcommit);
    if (run == NULL) {
        d->decision->out_of_memory = true;
        return;
    }
    *run = first->record;
    first->changed = false;
    for (struct overcommitted *next = find_next(d, run); next != NULL; next = find_next(d, run)) {
        next->changed = false;
        run->until++;
    }
    deciding_change(d, (struct change){.kind = CHANGE_OVERCOMMIT, .overcommit = run});
    deciding_event(d, (struct event){.kind = kind,
                                     .subject_kind = ID_ROOM_TYPE,
                                     .subject = run->room_type,
                                     .state = EVENT_OF_OVERCOMMIT,
                                     .overcommit = run});
}

/* Each run from its first night on; a run that begins after another has ended is found when that is told of. */
static void
record_runs(struct deciding *d, struct str kind)
{
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < d->overcommit_count; i++) {
            if (!begins_run(d, &d->overcommits[i]))
                continue;
            record_run(d, &d->overcommits[i], kind);
            again = true;
        }
    }
}

bool
deciding_overcommit(struct deciding *d, struct id room_type, struct span span, int32_t quantity,
                    enum overcommit_kind kind, struct id subject)
{
    int32_t from, until;
    bool raised = false;
    if (!span_to_nights(span, &from, &until)) {
        assert(!"overcommit is by whole nights");
        return false;
    }
    for (int32_t date = from > d->facts->today ? from : d->facts->today; date < until; date++) {
        struct night *night = deciding_night(d, room_type, date);
        int32_t lack = night == NULL ? 0 : quantity - night_left(night);
        struct overcommitted *item =
            lack <= 0 ? NULL
                      : need_record(d, (struct overcommit){room_type, date, date + 1, kind, subject, .quantity = 0});
        if (item == NULL)
            continue;
        item->record.quantity += lack;
        item->changed = true;
        night->overcommit += lack;
        raised = true;
    }
    record_runs(d, STR("overcommit.raised"));
    return raised;
}

/* In order of subject within a night, whatever order they came in. */
static struct overcommitted *
find_lowest(struct deciding *d, struct id room_type, int32_t date)
{
    struct overcommitted *lowest = NULL;
    for (size_t i = 0; i < d->overcommit_count; i++) {
        struct overcommitted *item = &d->overcommits[i];
        if (item->record.from == date && id_equal(item->record.room_type, room_type) && item->record.quantity > 0 &&
            (lowest == NULL || id_compare(item->record.subject, lowest->record.subject) < 0))
            lowest = item;
    }
    return lowest;
}

/* Lowers the records of one night by what is free on it. */
static void
lower_night(struct deciding *d, const struct overcommit *of_night)
{
    struct night *night = deciding_night(d, of_night->room_type, of_night->from);
    assert(night != NULL); /* it is loaded with its records */
    while (night_free(night) > 0) {
        struct overcommitted *item = find_lowest(d, of_night->room_type, of_night->from);
        if (item == NULL)
            return;
        int32_t free = night_free(night), quantity = item->record.quantity;
        int32_t fell = free < quantity ? free : quantity;
        item->record.quantity -= fell;
        item->changed = true;
        night->overcommit -= fell;
    }
}

void
deciding_settle_overcommit(struct deciding *d)
{
    for (size_t i = 0; i < d->overcommit_count; i++)
        lower_night(d, &d->overcommits[i].record);
    record_runs(d, STR("overcommit.fell"));
}
