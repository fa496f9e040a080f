/* A command that nobody sent, with ids that nobody will see. */
#include "api/trial.h"

#include "core/code.h"
#include "core/decide.h"
#include "engine/facts_load.h"

const struct actor trial_anybody = {.name = {"system", sizeof("system") - 1}, .role = ROLE_FRONT_DESK};

static bool
add_fresh(struct facts *facts, const struct command *command, int64_t now_ms, struct arena *arena)
{
    size_t ids = facts_fresh_ids(command, facts), codes = command_fresh_codes(command);
    struct id *fresh_ids = ARENA_ARRAY(arena, ids, struct id);
    struct str *fresh_codes = ARENA_ARRAY(arena, codes, struct str);
    if (fresh_ids == NULL || fresh_codes == NULL)
        return false;
    for (size_t i = 0; i < ids; i++) {
        unsigned char number[ID_RANDOM_BYTES] = {[ID_RANDOM_BYTES - 2] = (unsigned char)(i >> 8),
                                                 [ID_RANDOM_BYTES - 1] = (unsigned char)i};
        fresh_ids[i] = id_make(now_ms, number);
    }
    for (size_t i = 0; i < codes; i++)
        fresh_codes[i] = STR("AAAAAA");
    facts->fresh_ids = fresh_ids;
    facts->fresh_codes = fresh_codes;
    return true;
}

static struct command
command_of(const struct trial *trial, const struct leg *legs, int32_t quantity)
{
    return (struct command){
        .kind = COMMAND_CREATE_BOOKINGS,
        .actor = trial->actor,
        .property = trial->property,
        .create_bookings = {
            .legs = legs, .leg_count = (size_t)quantity, .guest = {.name = STR("nobody")}, .payment = PAYMENT_NONE}};
}

/* In the trial's arena, which is empty but for what the command points to. NULL when it can't be found out. */
static const struct decision *
run(const struct trial *trial, const struct command *command)
{
    struct arena *arena = &trial->reader->trial;
    struct decision *decision = ARENA_NEW(arena, struct decision);
    struct facts_load load = {.store = &trial->reader->store,
                              .property = trial->property,
                              .house = trial->house,
                              .command = command,
                              .now_ms = trial->now_ms,
                              .may_have_lapsed = trial->may_have_lapsed,
                              .arena = arena};
    struct facts facts;
    if (decision == NULL || facts_load(&load, &facts) != DB_OK || !add_fresh(&facts, command, trial->now_ms, arena))
        return NULL;
    decide(&facts, command, arena, decision);
    return decision->out_of_memory ? NULL : decision;
}

enum outcome
trial_run(const struct trial *trial, const struct leg *leg, int32_t quantity)
{
    struct arena *arena = &trial->reader->trial;
    arena_reset(arena);
    struct leg *legs = ARENA_ARRAY(arena, (size_t)quantity, struct leg);
    if (legs == NULL)
        return OUTCOME_BUSY_RETRY;
    for (int32_t i = 0; i < quantity; i++)
        legs[i] = *leg;
    struct command command = command_of(trial, legs, quantity);
    const struct decision *decision = run(trial, &command);
    return decision == NULL ? OUTCOME_BUSY_RETRY : decision->refusal.outcome;
}

bool
trial_run_amend(const struct trial *trial, struct id booking, const struct leg *leg)
{
    const struct command command = {.kind = COMMAND_AMEND_BOOKING,
                                    .actor = trial->actor,
                                    .property = trial->property,
                                    .amend_booking = {.booking = booking,
                                                      .changes_span = true,
                                                      .span = leg->span,
                                                      .by_minute = leg->by_minute,
                                                      .room_type = leg->room_type,
                                                      .party = leg->party}};
    return trial_run_command(trial, &command);
}

bool
trial_run_command(const struct trial *trial, const struct command *command)
{
    arena_reset(&trial->reader->trial);
    const struct decision *decision = run(trial, command);
    return decision != NULL && decision->refusal.outcome == OUTCOME_OK && id_is_none(decision->unchanged);
}
