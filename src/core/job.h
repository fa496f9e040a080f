/* A job: work that is too much for one command, done in steps.
 *
 * Each step is a command like any other, decided on the state it finds, so that the desk goes on working between two of
 * them; it leaves behind where the next has to go on. One job of a kind runs in a property at a time. What the kinds do
 * is in the deciders; here is what all have in common, and the table of kinds (job.def). */
#ifndef NIGHTLATCH_CORE_JOB_H
#define NIGHTLATCH_CORE_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "core/id.h"

enum { JOB_TALLIES = 5, JOB_STEP_MAX = 32 /* bookings or rooms that one step takes up, at most */ };

enum job_kind {
#define JOB_KIND(name, wire, noun, by_clock) JOB_##name,
#include "core/job.def"
#undef JOB_KIND
    JOB_KIND_COUNT
};

enum job_status {
    JOB_RUNNING,
    JOB_COMPLETED,
    JOB_STATUS_COUNT,
};

struct job {
    struct id id;
    enum job_kind kind;
    enum job_status status;
    int32_t date;     /* the business date it is about */
    int32_t phase;    /* what is being done; 0 first */
    struct id cursor; /* within the phase: what was looked at last; none at its beginning */
    int64_t tallies[JOB_TALLIES];
    int64_t item_count;
    struct str started_by;
    int64_t created_at, ended_at; /* ms; 0 while it runs */
    int64_t version;
};

/* One line of its report. */
struct job_item {
    int64_t number; /* from 1 */
    int32_t tally;  /* under which it is counted, from 1 */
    struct id booking;
    struct id room; /* none for none */
};

/* "night_audit"; "audit", of which its events are ("audit.started"); whether it stands while the clock does. */
struct str job_kind_name(enum job_kind kind);
struct str job_kind_noun(enum job_kind kind);
bool job_kind_is_by_clock(enum job_kind kind);
bool job_kind_parse(struct str name, enum job_kind *ret_kind) __attribute__((warn_unused_result));

struct str job_status_name(enum job_status status);

/* The wire name of a tally, from 1; empty where the kind has none of that number. */
struct str job_tally_name(enum job_kind kind, int32_t tally);

#endif
