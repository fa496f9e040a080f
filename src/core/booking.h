/* A booking: one unit, one interval, one lifecycle, one guest party; and the machine that its status follows.
 *
 * The machine is the table of booking.def. It refuses every pair of status and command that the table does not name,
 * and it is the only place that says which status follows. It does not look at stock or rooms. */
#ifndef NIGHTLATCH_CORE_BOOKING_H
#define NIGHTLATCH_CORE_BOOKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "core/id.h"
#include "core/payment.h"
#include "core/span.h"

enum booking_status {
    BOOKING_NONE = 0, /* before it exists */
#define BOOKING_STATUS(name, blocking, meaning) BOOKING_##name,
#include "core/booking.def"
#undef BOOKING_STATUS
    BOOKING_STATUS_COUNT
};

enum booking_command {
#define BOOKING_COMMAND(name, wire) BOOKING_COMMAND_##name,
#include "core/booking.def"
#undef BOOKING_COMMAND
    BOOKING_COMMAND_COUNT
};

enum booking_payment {
    PAYMENT_NONE,     /* nothing is asked for */
    PAYMENT_REQUIRED, /* confirmed once captured, or by staff with a reason */
};

/* What is to be paid: whole minor units of the property's currency, or not known here. */
struct price {
    bool known;
    int64_t minor; /* >= 0 */
};

static inline bool
price_equal(struct price a, struct price b)
{
    return a.known == b.known && (!a.known || a.minor == b.minor);
}

enum { COMPANIONS_MAX = 99 }; /* named besides the guest who booked, however large the party: each event has them all */

#define PRICE_MAX INT64_C(999999999999) /* minor units; the sum of thousands of them is within AMOUNT_MAX */

enum booking_placement {
    PLACEMENT_STATE_PROVEN, /* it has a room beside all others that are, whatever is done with them (core/promise.h) */
    PLACEMENT_STATE_UNPROVEN, /* sold by an allowance, not shown to fit, or insisted on; staff see it */
};

enum claim_owner {
    CLAIM_OF_BOOKING,
    CLAIM_OF_HOLD,
    CLAIM_OF_CLOSURE,
};

/* One stretch of one room for one owner: the only record of who has which room when. */
struct claim {
    struct id room;
    struct span span; /* ms; nights as midnight UTC; by the minute with the turnaround after it */
    enum claim_owner owner_kind;
    struct id owner;
    bool pinned; /* stays on this room whatever comes */
};

/* Claims tile its interval without gap or overlap. Those of a stay that was given its room, or another one, after its
 * arrival had passed without the guests begin on the business date of that day. */
struct booking {
    struct id id;
    struct str code;             /* six characters, unique in the property, read out at the desk */
    struct id group;             /* none for a single booking */
    struct id room_type;         /* the type sold */
    struct id charged_room_type; /* the type paid for */
    enum booking_status status;
    bool by_minute;
    struct span span;        /* ms: the stay's dates as midnight UTC, or the slot's instants */
    int64_t turnaround_ms;   /* by the minute: how long the claim lasts beyond the slot */
    struct str local_starts; /* by the minute: wall time at the property, "2027-03-01T10:00"; else empty */
    struct str local_ends;
    int32_t party; /* guests, >= 1 */
    struct id guest;
    struct str owner; /* the actor it was made by, who may see and cancel it */
    enum booking_payment payment;
    struct price price;
    enum payment_status payment_status; /* of all payments for it; kept with it, since its events show it */
    enum booking_placement placement;
    int64_t expires_at;                                  /* ms; 0 when it does not expire */
    int64_t checked_in_at, checked_out_at, cancelled_at; /* ms; 0 for not */
    int64_t created_at;                                  /* ms */
    int64_t version;                                     /* 1 when created, + 1 per change */
    int32_t checked_in_on, checked_out_on;               /* business dates; with their instants, else 0 */
    struct id left_room;                                 /* CHECKED_OUT: the room that was left; none else */
    struct id lost_room;                                 /* NO_SHOW: the room it had, to be given back; none else */
    int64_t fee_minor;                                   /* CANCELLED, NO_SHOW: what is kept of the price; else 0 */
    struct id in_room;                                   /* CHECKED_IN: the room its guests are in; none else */
    struct claim *claims;                                /* in order of starts; none while unassigned */
    size_t claim_count;
    const struct id *companions; /* the guests who are named besides the one who booked, in order of id */
    size_t companion_count;      /* < party, since whoever booked is one of it; at most COMPANIONS_MAX */
};

/* "PENDING_PAYMENT"; "NONE" for BOOKING_NONE. */
struct str booking_status_name(enum booking_status status);
bool booking_status_parse(struct str name, enum booking_status *ret_status) __attribute__((warn_unused_result));

/* Where a booking is, in one word: the room its guests are in or have left, or the first one it is to have; none while
 * unassigned. */
struct id booking_room(const struct booking *booking);

/* What is still to come of it: of a stay from the business date on, of a slot all of it. Empty (starts not before ends)
 * when nothing is. Whoever comes late needs a room from then on, and none for the nights before. */
struct span booking_ahead(const struct booking *booking, int32_t today);

/* The first of its claims that is not over, or the last where all are; NULL while unassigned. */
const struct claim *booking_claim_ahead(const struct booking *booking, int32_t today);

/* Are they one of the companions? */
bool booking_has_companion(const struct booking *booking, struct id guest);

/* The wire name of a command, "cancel". */
struct str booking_command_name(enum booking_command command);

/* "none", "required"; "proven", "unproven"; "booking", "hold", "closure". */
struct str booking_payment_name(enum booking_payment payment);
struct str booking_placement_name(enum booking_placement placement);
struct str claim_owner_name(enum claim_owner owner);
bool claim_owner_parse(struct str name, enum claim_owner *ret_owner) __attribute__((warn_unused_result));

/* Takes stock and may have a room. */
bool booking_status_is_blocking(enum booking_status status);

/* The event kind of the row (from, command, to); an empty str when the table has no such row. */
struct str booking_machine_event(enum booking_status from, enum booking_command command, enum booking_status to);

/* The table has a row for the pair, whatever it leads to. */
bool booking_machine_allows(enum booking_status from, enum booking_command command);

/* The status a new booking starts in: payment first, then approval. */
enum booking_status booking_machine_first(enum booking_payment payment, bool needs_approval);

/* The row of a status change exists for some command: what `check` asks of a log entry. */
bool booking_machine_has_step(enum booking_status from, enum booking_status to);

#endif
