/* What is asked for, with everything it names looked up: a leg on its way to being had.
 *
 * For the deciders that create, amend and hold. Here a leg is resolved against the house and measured against the rules
 * of what is sold (party, horizon, opening hours and so on), in that order of precedence. Whether it is free is the
 * business of capacity.h. Each refusal names the leg, and the field where there is one. */
#ifndef NIGHTLATCH_CORE_WANTED_H
#define NIGHTLATCH_CORE_WANTED_H

#include "core/deciding.h"

/* What is taken as unproven instead of refused, because somebody who may has said so. */
enum insistence {
    INSISTS_NOT,
    INSISTS_IN_DOUBT, /* where it could not be shown that the rest fits, or where not everything fits anyway and it is
                       * about who is to have no room */
    INSISTS_BY_FORCE, /* where everything would fit without it, too */
};

struct wanted {
    size_t leg; /* which of the command's legs; its number in facts->local too */
    const struct room_type *type;
    const struct room *room; /* NULL: any room of the type */
    struct span span;        /* ms: nights as midnight UTC, or the slot without turnaround */
    int64_t turnaround_ms;   /* by the minute: how long the room is kept after the slot; else 0 */
    int32_t party;
    struct price price;
    int32_t quantity;        /* units of stock; 1 on a room and by the minute */
    bool pinned;             /* the claim is to be out of reach of a re-shuffle */
    bool may_displace;       /* unpinned claims of others on the room may be moved for it */
    enum insistence insists; /* of what fixes a room */
};

/* Looks up type and room. Refuses with NOT_FOUND for what is not there, and with VALIDATION_FAILED where room and type
 * don't go together or the caller gave dates for what is sold by the minute, or instants for nights. True, and
 * *ret_wanted filled with a quantity of 1, when it was not refused. The house must not change while it is used. */
bool wanted_resolve(struct deciding *d, const struct leg *leg, size_t index, struct wanted *ret_wanted);

/* The JSON pointer of a field of a leg, in the arena: "/legs/2/room_id" where the caller wrote legs, else "/room_id".
 */
const char *wanted_pointer(struct deciding *d, size_t leg, const char *field);

/* Each refusal says what would have been accepted: in its sentence, and in its limits by the names of the settings. */

/* Refuses with TOO_MANY_GUESTS when the party is more than the room, or any room of the type, takes. */
bool wanted_refuse_party(struct deciding *d, const struct wanted *wanted);

/* Refuses with BEYOND_HORIZON, naming the nights (the day of a slot), or with POLICY_REFUSED and the rule
 * ("slot_length", "notice", "opening_hours"), when this can't be had at this time by anyone. `had` is the span that a
 * booking has already, NULL for a new one: what is past of it must stay as it is. Notice is counted from `asked_at_ms`:
 * now, or when the hold was made that is confirmed. */
bool wanted_refuse_time(struct deciding *d, const struct wanted *wanted, const struct span *had, int64_t asked_at_ms);

/* The part that is still to come: by the night from the business date on; empty for a stay that is over. */
struct span wanted_ahead(const struct deciding *d, const struct wanted *wanted);

/* Is it a stay that begins today, or has begun, in a room in which something is broken (R4)? */
bool wanted_is_broken_today(struct deciding *d, const struct wanted *wanted);

/* Refuses that with ROOM_NOT_READY; `field` is the one at fault, NULL for none. What is held has been asked for before.
 */
bool wanted_refuse_broken_today(struct deciding *d, const struct wanted *wanted, const char *field);

/* Refuses with POLICY_REFUSED "quota" when a booker would have more live bookings ahead on this type than it allows;
 * `more` are those of the same type that this command makes before it. Staff have no quota. */
bool wanted_refuse_quota(struct deciding *d, const struct wanted *wanted, int64_t more);

#endif
