/* On the engine's thread nothing is read: whoever waits for the next batch would wait for it. */
#include "api/named_refusal.h"

bool
named_refusal_has_names(const struct call *call, const struct refusal *refusal)
{
    return refusal->in_the_way_count > 0 && role_is_staff(call->role);
}

const struct desk_names *
named_refusal_look_up(struct call *call, struct reader *reader, const struct refusal *refusal)
{
    if (reader == NULL || !named_refusal_has_names(call, refusal))
        return NULL;
    return desk_names_in_the_way(call, reader, refusal);
}

void
named_refusal_send_from(struct call *call, struct reader *reader, struct instead instead)
{
    const struct refusal *refusal = &call->engine.result.refusal;
    reply_refusal(call, refusal, named_refusal_look_up(call, reader, refusal), instead);
}

static void
run(struct reader_job *job, struct reader *reader, const struct err *err)
{
    struct call *call = (struct call *)(void *)job;
    (void)err;
    named_refusal_send_from(call, reader, (struct instead){.alternatives = call->alternatives});
}

void
named_refusal_send(struct call *call, struct str alternatives)
{
    call->alternatives = alternatives;
    call->job.run = run;
    if (!named_refusal_has_names(call, &call->engine.result.refusal) || !call_hand_to_reader(call, &call->job))
        named_refusal_send_from(call, NULL, (struct instead){.alternatives = alternatives});
}
