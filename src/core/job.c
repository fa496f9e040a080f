/* job.def as tables. */
#include "core/job.h"

#include <assert.h>

static const struct {
    struct str name, noun;
    bool by_clock;
} kinds[JOB_KIND_COUNT] = {
#define JOB_KIND(name, wire, noun, by_clock)                                                                           \
    [JOB_##name] = {{wire, sizeof(wire) - 1}, {noun, sizeof(noun) - 1}, by_clock},
#include "core/job.def"
#undef JOB_KIND
};

static const struct str tallies[JOB_KIND_COUNT][JOB_TALLIES] = {
#define JOB_TALLY(kind, number, wire) [JOB_##kind][(number)-1] = {wire, sizeof(wire) - 1},
#include "core/job.def"
#undef JOB_TALLY
};

struct str
job_kind_name(enum job_kind kind)
{
    assert((int)kind >= 0 && kind < JOB_KIND_COUNT);
    return kinds[kind].name;
}

struct str
job_kind_noun(enum job_kind kind)
{
    assert((int)kind >= 0 && kind < JOB_KIND_COUNT);
    return kinds[kind].noun;
}

bool
job_kind_is_by_clock(enum job_kind kind)
{
    assert((int)kind >= 0 && kind < JOB_KIND_COUNT);
    return kinds[kind].by_clock;
}

bool
job_kind_parse(struct str name, enum job_kind *ret_kind)
{
    for (int kind = 0; kind < JOB_KIND_COUNT; kind++) {
        if (str_equal(kinds[kind].name, name)) {
            *ret_kind = (enum job_kind)kind;
            return true;
        }
    }
    return false;
}

struct str
job_status_name(enum job_status status)
{
    static const struct str names[JOB_STATUS_COUNT] = {{"RUNNING", 7}, {"COMPLETED", 9}};
    assert((int)status >= 0 && status < JOB_STATUS_COUNT);
    return names[status];
}

struct str
job_tally_name(enum job_kind kind, int32_t tally)
{
    assert((int)kind >= 0 && kind < JOB_KIND_COUNT && tally >= 1 && tally <= JOB_TALLIES);
    return tallies[kind][tally - 1];
}
