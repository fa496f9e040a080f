/* booking.def as tables. The machine is searched linearly: it has few rows, and reads as it is written. */
#include "core/booking.h"

#include <assert.h>

static const struct {
    struct str name;
    bool blocking;
} status_table[BOOKING_STATUS_COUNT] = {
    [BOOKING_NONE] = {{"NONE", 4}, false},
#define BOOKING_STATUS(name, blocking, meaning) [BOOKING_##name] = {{#name, sizeof(#name) - 1}, blocking},
#include "core/booking.def"
#undef BOOKING_STATUS
};

static const struct str command_table[BOOKING_COMMAND_COUNT] = {
#define BOOKING_COMMAND(name, wire) [BOOKING_COMMAND_##name] = {wire, sizeof(wire) - 1},
#include "core/booking.def"
#undef BOOKING_COMMAND
};

static const struct transition {
    enum booking_status from;
    enum booking_command command;
    enum booking_status to;
    struct str event;
} transition_table[] = {
#define BOOKING_TRANSITION(from, command, to, event)                                                                   \
    {BOOKING_##from, BOOKING_COMMAND_##command, BOOKING_##to, {event, sizeof(event) - 1}},
#include "core/booking.def"
#undef BOOKING_TRANSITION
};

enum { TRANSITION_COUNT = sizeof(transition_table) / sizeof(transition_table[0]) };

struct str
booking_status_name(enum booking_status status)
{
    assert((int)status >= 0 && status < BOOKING_STATUS_COUNT);
    return status_table[status].name;
}

bool
booking_status_parse(struct str name, enum booking_status *ret_status)
{
    for (int status = BOOKING_NONE + 1; status < BOOKING_STATUS_COUNT; status++) {
        if (str_equal(status_table[status].name, name)) {
            *ret_status = (enum booking_status)status;
            return true;
        }
    }
    return false;
}

struct id
booking_room(const struct booking *booking)
{
    if (!id_is_none(booking->in_room))
        return booking->in_room;
    if (!id_is_none(booking->left_room))
        return booking->left_room;
    return booking->claim_count == 0 ? ID_NONE : booking->claims[0].room;
}

bool
booking_has_companion(const struct booking *booking, struct id guest)
{
    for (size_t i = 0; i < booking->companion_count; i++)
        if (id_equal(booking->companions[i], guest))
            return true;
    return false;
}

struct str
booking_command_name(enum booking_command command)
{
    assert((int)command >= 0 && command < BOOKING_COMMAND_COUNT);
    return command_table[command];
}

struct str
booking_payment_name(enum booking_payment payment)
{
    return payment == PAYMENT_REQUIRED ? STR("required") : STR("none");
}

struct str
booking_placement_name(enum booking_placement placement)
{
    return placement == PLACEMENT_STATE_PROVEN ? STR("proven") : STR("unproven");
}

struct str
claim_owner_name(enum claim_owner owner)
{
    switch (owner) {
    case CLAIM_OF_BOOKING: return STR("booking");
    case CLAIM_OF_HOLD: return STR("hold");
    case CLAIM_OF_CLOSURE: return STR("closure");
    }
    assert(!"an owner kind that is none");
    return STR("");
}

bool
claim_owner_parse(struct str name, enum claim_owner *ret_owner)
{
    for (int owner = CLAIM_OF_BOOKING; owner <= CLAIM_OF_CLOSURE; owner++) {
        if (str_equal(claim_owner_name((enum claim_owner)owner), name)) {
            *ret_owner = (enum claim_owner)owner;
            return true;
        }
    }
    return false;
}

struct span
booking_ahead(const struct booking *booking, int32_t today)
{
    struct span ahead = booking->span;
    int64_t from = date_to_instant(today);
    if (!booking->by_minute && ahead.starts < from)
        ahead.starts = from;
    return ahead;
}

const struct claim *
booking_claim_ahead(const struct booking *booking, int32_t today)
{
    int64_t over = date_to_instant(today);
    size_t at = 0;
    while (!booking->by_minute && at + 1 < booking->claim_count && booking->claims[at].span.ends <= over)
        at++;
    return booking->claim_count == 0 ? NULL : &booking->claims[at];
}

bool
booking_status_is_blocking(enum booking_status status)
{
    assert((int)status >= 0 && status < BOOKING_STATUS_COUNT);
    return status_table[status].blocking;
}

struct str
booking_machine_event(enum booking_status from, enum booking_command command, enum booking_status to)
{
    for (size_t i = 0; i < TRANSITION_COUNT; i++) {
        const struct transition *row = &transition_table[i];
        if (row->from == from && row->command == command && row->to == to)
            return row->event;
    }
    return (struct str){NULL, 0};
}

bool
booking_machine_allows(enum booking_status from, enum booking_command command)
{
    for (size_t i = 0; i < TRANSITION_COUNT; i++)
        if (transition_table[i].from == from && transition_table[i].command == command)
            return true;
    return false;
}

enum booking_status
booking_machine_first(enum booking_payment payment, bool needs_approval)
{
    if (payment == PAYMENT_REQUIRED)
        return BOOKING_PENDING_PAYMENT;
    return needs_approval ? BOOKING_PENDING_APPROVAL : BOOKING_CONFIRMED;
}

bool
booking_machine_has_step(enum booking_status from, enum booking_status to)
{
    for (size_t i = 0; i < TRANSITION_COUNT; i++)
        if (transition_table[i].from == from && transition_table[i].to == to)
            return true;
    return false;
}
