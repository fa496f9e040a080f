/* The working state of one decision: facts below, what has been decided so far on top.
 *
 * For the files of the core that decide (decide_*.c) and nobody else. Several legs of one command must see each other,
 * and what lapsed must be out of the way of what comes, so stock and claims are copied from the facts and every change
 * is recorded and applied to the copy at once. It refuses to judge: the capacity questions are asked here, the
 * refusals are made by the callers. Everything lives in the arena; a full arena latches and makes the decision void. */
#ifndef NIGHTLATCH_CORE_DECIDING_H
#define NIGHTLATCH_CORE_DECIDING_H

#include "base/text.h"
#include "core/decide.h"

struct deciding {
    const struct facts *facts;
    const struct command *command;
    struct arena *arena;
    struct decision *decision;
    struct stock *stocks; /* copies of facts->stocks with copied nights */
    size_t stock_count;
    struct claim *claims; /* as they stand now, those of the bookings and holds included; unordered */
    size_t claim_count, claim_capacity;
    struct loose *loose; /* as they stand now, unordered */
    size_t loose_count, loose_capacity;
    struct booking *bookings; /* copies of facts->bookings as they stand now */
    struct hold *holds;
    size_t change_capacity, event_capacity;
    size_t fresh_id_next;
    uint32_t nodes_left; /* of the placement search: one allowance for the whole command */
};

void deciding_init(struct deciding *d, const struct facts *facts, const struct command *command, struct arena *arena,
                   struct decision *ret_decision);

/* Refuses the command with this outcome: drops every change and event after the lapsed part. The returned refusal may
 * be filled with details. The working copies are not rolled back: after a refusal nothing more is decided. */
struct refusal *deciding_refuse(struct deciding *d, enum outcome outcome);

/* The same for one field: `pointer` (JSON pointer) and `detail` are static or in the arena; `detail` NULL for the
 * outcome's own sentence. */
void deciding_refuse_field(struct deciding *d, enum outcome outcome, const char *pointer, const char *detail);

/* Refuses with POLICY_REFUSED by the name of the rule; `detail` as above. */
struct refusal *deciding_refuse_rule(struct deciding *d, struct str rule, const char *detail);

/* Adds the setting or the day that a refusal holds to, by the name it is told with. */
void deciding_add_limit(struct refusal *refusal, const char *name, int32_t value);
void deciding_add_date_limit(struct refusal *refusal, const char *name, int32_t date);

/* Refuses with VERSION_MISMATCH when the caller named a version and it is not this one; true when it was refused. The
 * caller is told the present one, so ask only once it is known that they may see what has it. */
bool deciding_refuse_stale(struct deciding *d, int64_t version);

/* What was built in `text` (on the decision's arena) as a detail or a pointer: terminated; NULL when the arena is
 * full, and the decision is void then. */
const char *deciding_cstr(struct deciding *d, struct text *text);

static inline bool
deciding_refused(const struct deciding *d)
{
    return d->decision->refusal.outcome != OUTCOME_OK;
}

/* A new id or code from those the facts brought; running out is a bug of command_fresh_ids(). */
struct id deciding_fresh_id(struct deciding *d);
struct str deciding_fresh_code(struct deciding *d);

/* Is this one of the new ids: of something that this very command makes, and that is not there if it is refused? */
bool deciding_is_fresh(const struct deciding *d, struct id id);

/* The working copies, NULL when the facts do not have it. A booking's claims are those it has now. */
struct booking *deciding_booking(struct deciding *d, struct id id);
struct hold *deciding_hold(struct deciding *d, struct id id);
const struct stock *deciding_stock(const struct deciding *d, struct id room_type);

/* A hold that the command names and that its actor may act upon. NULL when it was refused: NOT_FOUND, or FORBIDDEN for
 * another's. `pointer` is the field that names it, NULL when that is the URL. */
struct hold *deciding_own_hold(struct deciding *d, struct id id, const char *pointer);

/* Refuses with HOLD_EXPIRED when the hold is not live any more, however it ended, and names what it was confirmed into;
 * true when it was refused. */
bool deciding_refuse_ended(struct deciding *d, const struct hold *hold);

/* The stock of one date as it stands now; NULL when it was not loaded or the date is not on sale. */
const struct night *deciding_night(const struct deciding *d, struct id room_type, int32_t date);

/* Appends a change as it is, without touching the working copies: for changes of the house. */
void deciding_change(struct deciding *d, struct change change);

/* Appends an event. */
void deciding_event(struct deciding *d, struct event event);

/* Records the present value (version already raised) as the new row of it, and returns the copy that was recorded, for
 * the event; never NULL, although in a void decision it is the argument itself. */
const struct booking *deciding_put_booking(struct deciding *d, const struct booking *booking);
const struct hold *deciding_put_hold(struct deciding *d, const struct hold *hold);

/* Claims: recorded, applied to the working copy, and the type's `fixed` counters moved where the claim is fixed (a
 * pinned one or a hold's, on a type sold by the night). */
void deciding_add_claim(struct deciding *d, struct claim claim);
void deciding_drop_claim(struct deciding *d, const struct claim *claim); /* one that is among the claims, by value */
void deciding_drop_claims(struct deciding *d, struct id owner);

/* The first claim that overlaps the span on the room, leaving out those of `except` (none: nobody's); NULL if free. */
const struct claim *deciding_claim_in_way(const struct deciding *d, struct id room, struct span span, struct id except);

/* Counters of the type over those of the span's nights that are not over: the past is not counted anew. */
void deciding_move_stock(struct deciding *d, struct id room_type, struct span span, int32_t sold, int32_t held);

/* Loose items: kept for placement only, not a change. */
void deciding_add_loose(struct deciding *d, struct loose loose);
void deciding_drop_loose(struct deciding *d, struct id owner);

/* The dates of the span on which fewer than `quantity` units are free, in the arena; 0 when there is enough on every
 * night. A date without a stock row counts as having none. */
size_t deciding_nights_without(struct deciding *d, struct id room_type, struct span span, int32_t quantity,
                               int32_t **ret_nights);

/* Is this claim out of reach of a re-shuffle: pinned, or not a booking's. */
static inline bool
claim_is_fixed(const struct claim *claim)
{
    return claim->pinned || claim->owner_kind != CLAIM_OF_BOOKING;
}

/* --- The deciders, one per group of commands; decide() calls them. --- */
void decide_lapsed(struct deciding *d); /* ends what is over; before the command */
void decide_create_bookings(struct deciding *d);
void decide_amend_booking(struct deciding *d);
void decide_confirm_booking(struct deciding *d);
void decide_cancel_booking(struct deciding *d);
void decide_acquire_hold(struct deciding *d);
void decide_extend_hold(struct deciding *d);
void decide_release_hold(struct deciding *d);
void decide_confirm_hold(struct deciding *d);
void decide_put_property(struct deciding *d);
void decide_put_room_type(struct deciding *d);
void decide_delete_room_type(struct deciding *d);
void decide_create_rooms(struct deciding *d);
void decide_amend_room(struct deciding *d);
void decide_delete_rooms(struct deciding *d);
void decide_set_inventory(struct deciding *d);
void decide_create_user(struct deciding *d);
void decide_amend_user(struct deciding *d);
void decide_set_role(struct deciding *d);
void decide_create_invitation(struct deciding *d);
void decide_create_setup(struct deciding *d);
void decide_withdraw_invitation(struct deciding *d);
void decide_accept_invitation(struct deciding *d);
void decide_request_reset(struct deciding *d);
void decide_complete_reset(struct deciding *d);
void decide_start_session(struct deciding *d);
void decide_end_session(struct deciding *d);
void decide_create_token(struct deciding *d);
void decide_revoke_token(struct deciding *d);

#endif
