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

/* A record of one night, and whether it has changed since it was last told of. */
struct overcommitted {
    struct overcommit record;
    bool changed;
};

struct deciding {
    const struct facts *facts;
    const struct command *command; /* of a batch, the step that is being decided */
    const struct command *whole;   /* what was asked for */
    struct arena *arena;
    struct decision *decision;
    struct stock *stocks; /* copies of facts->stocks with copied nights */
    size_t stock_count;
    struct overcommitted *overcommits; /* as they stand now, one a night */
    size_t overcommit_count, overcommit_capacity;
    struct claim *claims; /* as they stand now, those of the bookings and holds included; unordered */
    size_t claim_count, claim_capacity;
    struct loose *loose; /* as they stand now, unordered */
    size_t loose_count, loose_capacity;
    struct id *unproven; /* new bookings and closures that were taken as such */
    size_t unproven_count, unproven_capacity;
    struct booking *bookings; /* copies of facts->bookings as they stand now */
    struct hold *holds;
    struct room_state *room_states; /* copies of facts->room_states as they stand now */
    enum room_status *room_shown;   /* of each, what the log says of it last */
    struct payment *payments; /* copies of facts->payments, and the one that the command makes, as they stand now */
    size_t payment_count, payment_capacity;
    struct refund *refunds; /* the same of refunds */
    size_t refund_count, refund_capacity;
    size_t change_capacity, event_capacity;
    size_t fresh_id_next;
    struct id roomed[2]; /* bookings whose rooms are being changed: nobody displaces them meanwhile */
    size_t roomed_count;
    uint32_t nodes_left; /* of the placement search: one allowance for the whole command */
};

void deciding_init(struct deciding *d, const struct facts *facts, const struct command *command, struct arena *arena,
                   struct decision *ret_decision);

/* Takes back all that was decided, a refusal too: as at the beginning of the command, with what lapsed ended. */
void deciding_restart(struct deciding *d);

/* Refuses the command with this outcome: drops every change and event after the lapsed part. The returned refusal may
 * be filled with details. The working copies are not rolled back: after a refusal nothing more is decided. */
struct refusal *deciding_refuse(struct deciding *d, enum outcome outcome);

/* The same for one field: `pointer` (JSON pointer) and `detail` are static or in the arena; `detail` NULL for the
 * outcome's own sentence. */
void deciding_refuse_field(struct deciding *d, enum outcome outcome, const char *pointer, const char *detail);

/* Refuses with POLICY_REFUSED by the name of the rule; `detail` as above. */
struct refusal *deciding_refuse_rule(struct deciding *d, struct str rule, const char *detail);

/* Adds the setting or the day that a refusal holds to, by the name it is told with. */
void deciding_add_limit(struct refusal *refusal, const char *name, int64_t value);
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

/* A hold that the command names and that its actor may act upon. NULL when it was refused: NOT_FOUND, also for
 * another's that its actor does not see, or FORBIDDEN for one that they do. `pointer` is the field that names it, NULL
 * when that is the URL. */
struct hold *deciding_own_hold(struct deciding *d, struct id id, const char *pointer);

/* Refuses with HOLD_EXPIRED when the hold is not live any more, however it ended, and names what it was confirmed into;
 * true when it was refused. */
bool deciding_refuse_ended(struct deciding *d, const struct hold *hold);

/* The stock of one date as it stands now; NULL when it was not loaded or the date is not on sale. Only what records the
 * change with it writes to it. */
struct night *deciding_night(const struct deciding *d, struct id room_type, int32_t date);

/* An array of the arena with room for one more; the old copy stays behind. NULL when the arena is full. */
void *deciding_grow(struct deciding *d, void *array, size_t count, size_t *capacity, size_t size);

/* Appends a change as it is, without touching the working copies: for changes of the house. */
void deciding_change(struct deciding *d, struct change change);

/* Appends an event. */
void deciding_event(struct deciding *d, struct event event);

/* Puts a payment or refund that is new among the working copies; NULL when the arena is full. */
struct payment *deciding_add_payment(struct deciding *d, struct payment payment);
struct refund *deciding_add_refund(struct deciding *d, struct refund refund);

/* Records the present value (version already raised) as the new row of it, and returns the copy that was recorded, for
 * the event; never NULL, although in a void decision it is the argument itself. */
const struct booking *deciding_put_booking(struct deciding *d, const struct booking *booking);
const struct hold *deciding_put_hold(struct deciding *d, const struct hold *hold);
const struct payment *deciding_put_payment(struct deciding *d, const struct payment *payment);
const struct refund *deciding_put_refund(struct deciding *d, const struct refund *refund);

/* Claims: recorded, applied to the working copy, and the type's `fixed` counters moved where the claim is fixed (a
 * pinned one or a hold's, on a type sold by the night). */
void deciding_add_claim(struct deciding *d, struct claim claim);
void deciding_drop_claim(struct deciding *d, const struct claim *claim); /* one that is among the claims, by value */
void deciding_drop_claims(struct deciding *d, struct id owner);

/* The working copy of what is going on in a room; NULL when the facts do not have it. What is changed in it counts once
 * it is put. */
struct room_state *deciding_room_state(struct deciding *d, struct id room);

/* Raises its version and records the state, with the event room.status_changed from what it showed to what it shows,
 * which may be the same, and the words of why (NULL for none). Returns the copy that was recorded. */
const struct room_state *deciding_put_room_state(struct deciding *d, struct room_state *state,
                                                 const struct free_text *reason);

/* The same with an event of another kind. */
const struct room_state *deciding_put_room_state_as(struct deciding *d, struct room_state *state, struct str kind,
                                                    const struct free_text *reason);

/* Refuses with ROOM_NOT_READY, by its fault, to give the room to who arrives today; true when it was refused. The room
 * is one whose state was loaded. */
bool deciding_refuse_faulty_today(struct deciding *d, struct id room);

/* Someone moves in or out: the working copy is changed and the occupancy recorded; put the state after it, once it is
 * as it is to be. The room must be loaded; it must be empty before a booking occupies it, and not when it is vacated.
 * Ends are recorded before begins whatever the order of the calls, so that nobody is in two rooms at once. The booking
 * is recorded before it occupies anything. */
struct room_state *deciding_occupy(struct deciding *d, struct id room, struct id booking);
struct room_state *deciding_vacate(struct deciding *d, struct id room);

/* The first claim that overlaps the span on the room, leaving out those of `except` (none: nobody's); NULL if free. */
const struct claim *deciding_claim_in_way(const struct deciding *d, struct id room, struct span span, struct id except);

/* Counters of the type over those of the span's nights that are not over: the past is not counted anew. Moves of the
 * same nights by one command are recorded as one, and as none where they come to nothing. */
void deciding_move_stock(struct deciding *d, struct id room_type, struct span span, int32_t sold, int32_t held);

/* Counters of units, of closed ones, or of fixed claims, of the type, in the same way. */
void deciding_move_units(struct deciding *d, struct id room_type, int32_t from, int32_t until, int32_t units);
void deciding_move_closed(struct deciding *d, struct id room_type, struct span span, int32_t closed);
void deciding_move_fixed(struct deciding *d, struct id room_type, int32_t from, int32_t until, int32_t fixed);

/* Units and allowance are set; all the nights are on sale. */
void deciding_set_nights(struct deciding *d, const struct nights_set *nights);

/* Loose items: kept for placement only, not a change. */
void deciding_add_loose(struct deciding *d, struct loose loose);
void deciding_drop_loose(struct deciding *d, struct id owner);

/* Was this booking accepted beyond what could be shown to fit, as it stands now, or this closure forced so? */
bool deciding_is_unproven(struct deciding *d, struct id owner);

/* A new one was accepted so. */
void deciding_add_unproven(struct deciding *d, struct id owner);

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
void decide_assign_room(struct deciding *d);
void decide_unassign_room(struct deciding *d);
void decide_move_booking(struct deciding *d);
void decide_swap_rooms(struct deciding *d);
void decide_pin_room(struct deciding *d);
void decide_walk_in(struct deciding *d);
void decide_check_in(struct deciding *d);
void decide_undo_check_in(struct deciding *d);
void decide_check_out(struct deciding *d);
void decide_undo_check_out(struct deciding *d);
void decide_confirm_booking(struct deciding *d);
void decide_cancel_booking(struct deciding *d);
void decide_approve_booking(struct deciding *d);
void decide_decline_booking(struct deciding *d);
void decide_mark_no_show(struct deciding *d);
void decide_waive_fee(struct deciding *d);
void decide_reinstate_booking(struct deciding *d);
void decide_booking_batch(struct deciding *d);
void decide_add_guest(struct deciding *d);
void decide_remove_guest(struct deciding *d);
void decide_amend_guest(struct deciding *d);
void decide_erase_guest(struct deciding *d);
void decide_create_guest_link(struct deciding *d);
void decide_withdraw_guest_link(struct deciding *d);
void decide_auto_assign_booking(struct deciding *d);
void decide_auto_assign_arrivals(struct deciding *d);
void decide_acquire_hold(struct deciding *d);
void decide_extend_hold(struct deciding *d);
void decide_release_hold(struct deciding *d);
void decide_confirm_hold(struct deciding *d);
void decide_create_payment(struct deciding *d);
void decide_step_payment(struct deciding *d);
void decide_note_payment(struct deciding *d);
void decide_step_refund(struct deciding *d);
void decide_resolve_refund(struct deciding *d);
void decide_resolve_set_aside(struct deciding *d);
void decide_set_payment_provider(struct deciding *d);
void decide_put_property(struct deciding *d);
void decide_turn_day(struct deciding *d);
void decide_start_job(struct deciding *d);
void decide_step_job(struct deciding *d);
void decide_put_room_type(struct deciding *d);
void decide_delete_room_type(struct deciding *d);
void decide_create_rooms(struct deciding *d);
void decide_amend_room(struct deciding *d);
void decide_delete_rooms(struct deciding *d);
void decide_close_rooms(struct deciding *d);
void decide_amend_closure(struct deciding *d);
void decide_reopen_room(struct deciding *d);
void decide_set_inventory(struct deciding *d);
void decide_housekeeping(struct deciding *d);
void decide_set_room_note(struct deciding *d);
void decide_give_rooms(struct deciding *d);
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
