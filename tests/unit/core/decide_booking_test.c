/* The life of a booking after its creation: the whole grid of statuses and commands, then each command's own rules. */
#include "tests/unit/core/decide_world.h"

#define WORLD                                                                                                          \
    struct world world, *w = &world;                                                                                   \
    (void)state;                                                                                                       \
    world_init(w)

/* --- the grid --- */

/* What each command of booking.def leads to from each status, but for creating, and paying, which is in
 * decide_payment_test.c since it leads to several; what is not here leads nowhere. Written
 * by hand: a change of the table is a change of what was promised, and shows here. */
static const struct cell {
    enum booking_status from;
    enum booking_command command;
    enum booking_status to;
    const char *event;
} grid[] = {
    {BOOKING_PENDING_PAYMENT, BOOKING_COMMAND_AMEND, BOOKING_PENDING_PAYMENT, "booking.amended"},
    {BOOKING_PENDING_PAYMENT, BOOKING_COMMAND_CONFIRM, BOOKING_CONFIRMED, "booking.confirmed"},
    {BOOKING_PENDING_PAYMENT, BOOKING_COMMAND_CANCEL, BOOKING_CANCELLED, "booking.cancelled"},
    {BOOKING_PENDING_PAYMENT, BOOKING_COMMAND_EXPIRE, BOOKING_EXPIRED, "booking.expired"},
    {BOOKING_PENDING_PAYMENT, BOOKING_COMMAND_DISPLACE, BOOKING_PENDING_PAYMENT, "booking.room_changed"},
    {BOOKING_PENDING_APPROVAL, BOOKING_COMMAND_AMEND, BOOKING_PENDING_APPROVAL, "booking.amended"},
    {BOOKING_PENDING_APPROVAL, BOOKING_COMMAND_CONFIRM, BOOKING_CONFIRMED, "booking.confirmed"},
    {BOOKING_PENDING_APPROVAL, BOOKING_COMMAND_CANCEL, BOOKING_CANCELLED, "booking.cancelled"},
    {BOOKING_PENDING_APPROVAL, BOOKING_COMMAND_APPROVE, BOOKING_CONFIRMED, "booking.approved"},
    {BOOKING_PENDING_APPROVAL, BOOKING_COMMAND_DECLINE, BOOKING_DECLINED, "booking.declined"},
    {BOOKING_PENDING_APPROVAL, BOOKING_COMMAND_EXPIRE, BOOKING_EXPIRED, "booking.expired"},
    {BOOKING_PENDING_APPROVAL, BOOKING_COMMAND_DISPLACE, BOOKING_PENDING_APPROVAL, "booking.room_changed"},
    {BOOKING_CONFIRMED, BOOKING_COMMAND_AMEND, BOOKING_CONFIRMED, "booking.amended"},
    {BOOKING_CONFIRMED, BOOKING_COMMAND_CANCEL, BOOKING_CANCELLED, "booking.cancelled"},
    {BOOKING_CONFIRMED, BOOKING_COMMAND_NO_SHOW, BOOKING_NO_SHOW, "booking.no_show"},
    {BOOKING_CONFIRMED, BOOKING_COMMAND_DISPLACE, BOOKING_CONFIRMED, "booking.room_changed"},
    {BOOKING_PENDING_PAYMENT, BOOKING_COMMAND_EXTEND, BOOKING_PENDING_PAYMENT, "booking.extended"},
    {BOOKING_PENDING_PAYMENT, BOOKING_COMMAND_ASSIGN, BOOKING_PENDING_PAYMENT, "booking.assigned"},
    {BOOKING_PENDING_PAYMENT, BOOKING_COMMAND_UNASSIGN, BOOKING_PENDING_PAYMENT, "booking.unassigned"},
    {BOOKING_PENDING_PAYMENT, BOOKING_COMMAND_MOVE, BOOKING_PENDING_PAYMENT, "booking.moved"},
    {BOOKING_PENDING_PAYMENT, BOOKING_COMMAND_SWAP, BOOKING_PENDING_PAYMENT, "booking.swapped"},
    {BOOKING_PENDING_PAYMENT, BOOKING_COMMAND_PIN, BOOKING_PENDING_PAYMENT, "booking.pinned"},
    {BOOKING_PENDING_APPROVAL, BOOKING_COMMAND_EXTEND, BOOKING_PENDING_APPROVAL, "booking.extended"},
    {BOOKING_PENDING_APPROVAL, BOOKING_COMMAND_ASSIGN, BOOKING_PENDING_APPROVAL, "booking.assigned"},
    {BOOKING_PENDING_APPROVAL, BOOKING_COMMAND_UNASSIGN, BOOKING_PENDING_APPROVAL, "booking.unassigned"},
    {BOOKING_PENDING_APPROVAL, BOOKING_COMMAND_MOVE, BOOKING_PENDING_APPROVAL, "booking.moved"},
    {BOOKING_PENDING_APPROVAL, BOOKING_COMMAND_SWAP, BOOKING_PENDING_APPROVAL, "booking.swapped"},
    {BOOKING_PENDING_APPROVAL, BOOKING_COMMAND_PIN, BOOKING_PENDING_APPROVAL, "booking.pinned"},
    {BOOKING_CONFIRMED, BOOKING_COMMAND_EXTEND, BOOKING_CONFIRMED, "booking.extended"},
    {BOOKING_CONFIRMED, BOOKING_COMMAND_ASSIGN, BOOKING_CONFIRMED, "booking.assigned"},
    {BOOKING_CONFIRMED, BOOKING_COMMAND_UNASSIGN, BOOKING_CONFIRMED, "booking.unassigned"},
    {BOOKING_CONFIRMED, BOOKING_COMMAND_MOVE, BOOKING_CONFIRMED, "booking.moved"},
    {BOOKING_CONFIRMED, BOOKING_COMMAND_SWAP, BOOKING_CONFIRMED, "booking.swapped"},
    {BOOKING_CONFIRMED, BOOKING_COMMAND_PIN, BOOKING_CONFIRMED, "booking.pinned"},
    {BOOKING_PENDING_PAYMENT, BOOKING_COMMAND_ADD_GUEST, BOOKING_PENDING_PAYMENT, "booking.guest_added"},
    {BOOKING_PENDING_PAYMENT, BOOKING_COMMAND_REMOVE_GUEST, BOOKING_PENDING_PAYMENT, "booking.guest_removed"},
    {BOOKING_PENDING_APPROVAL, BOOKING_COMMAND_ADD_GUEST, BOOKING_PENDING_APPROVAL, "booking.guest_added"},
    {BOOKING_PENDING_APPROVAL, BOOKING_COMMAND_REMOVE_GUEST, BOOKING_PENDING_APPROVAL, "booking.guest_removed"},
    {BOOKING_CONFIRMED, BOOKING_COMMAND_ADD_GUEST, BOOKING_CONFIRMED, "booking.guest_added"},
    {BOOKING_CONFIRMED, BOOKING_COMMAND_REMOVE_GUEST, BOOKING_CONFIRMED, "booking.guest_removed"},
    {BOOKING_CHECKED_IN, BOOKING_COMMAND_ADD_GUEST, BOOKING_CHECKED_IN, "booking.guest_added"},
    {BOOKING_CHECKED_IN, BOOKING_COMMAND_REMOVE_GUEST, BOOKING_CHECKED_IN, "booking.guest_removed"},
    {BOOKING_CHECKED_IN, BOOKING_COMMAND_AMEND, BOOKING_CHECKED_IN, "booking.amended"},
    {BOOKING_CHECKED_IN, BOOKING_COMMAND_EXTEND, BOOKING_CHECKED_IN, "booking.extended"},
    {BOOKING_CHECKED_IN, BOOKING_COMMAND_MOVE, BOOKING_CHECKED_IN, "booking.moved"},
    {BOOKING_CHECKED_IN, BOOKING_COMMAND_SWAP, BOOKING_CHECKED_IN, "booking.swapped"},
    {BOOKING_CONFIRMED, BOOKING_COMMAND_CHECK_IN, BOOKING_CHECKED_IN, "booking.checked_in"},
    {BOOKING_CHECKED_IN, BOOKING_COMMAND_UNDO_CHECK_IN, BOOKING_CONFIRMED, "booking.check_in_undone"},
    {BOOKING_CHECKED_IN, BOOKING_COMMAND_CHECK_OUT, BOOKING_CHECKED_OUT, "booking.checked_out"},
    {BOOKING_CHECKED_OUT, BOOKING_COMMAND_AMEND, BOOKING_CHECKED_OUT, "booking.amended"},
    {BOOKING_CHECKED_OUT, BOOKING_COMMAND_UNDO_CHECK_OUT, BOOKING_CHECKED_IN, "booking.check_out_undone"},
    {BOOKING_CANCELLED, BOOKING_COMMAND_WAIVE_FEE, BOOKING_CANCELLED, "booking.fee_waived"},
    {BOOKING_NO_SHOW, BOOKING_COMMAND_WAIVE_FEE, BOOKING_NO_SHOW, "booking.fee_waived"},
    {BOOKING_NO_SHOW, BOOKING_COMMAND_REINSTATE, BOOKING_CONFIRMED, "booking.reinstated"},
};

/* NULL where the pair leads nowhere. */
static const struct cell *
find_cell(enum booking_status from, enum booking_command command)
{
    for (size_t i = 0; i < sizeof(grid) / sizeof(grid[0]); i++)
        if (grid[i].from == from && grid[i].command == command)
            return &grid[i];
    return NULL;
}

static void
the_table_is_the_grid(void **state)
{
    (void)state;
    for (int from = BOOKING_NONE + 1; from < BOOKING_STATUS_COUNT; from++)
        for (int command = 0; command < BOOKING_COMMAND_COUNT; command++) {
            if (command == BOOKING_COMMAND_PAY)
                continue;
            const struct cell *cell = find_cell((enum booking_status)from, (enum booking_command)command);
            assert_int_equal(booking_machine_allows((enum booking_status)from, (enum booking_command)command),
                             cell != NULL);
            for (int to = BOOKING_NONE; to < BOOKING_STATUS_COUNT; to++) {
                struct str event = booking_machine_event((enum booking_status)from, (enum booking_command)command,
                                                         (enum booking_status)to);
                bool here = cell != NULL && (int)cell->to == to;
                assert_true(str_equal(event, here ? str_from(cell->event) : (struct str){NULL, 0}));
            }
        }
}

static const struct id companion = {7, 7};

/* A booking of room 101 for two nights in any status, as it would be stored. */
static struct id
put_in_status(struct world *w, enum booking_status status)
{
    struct id id;
    assert_int_equal(book(w, desk, nights(ID_NONE, w->room_101, 0, 2), &id), OUTCOME_OK);
    struct booking *b = &w->model.bookings[w->model.booking_count - 1];
    b->status = status;
    b->party = 3;
    w->model.companions[w->model.companion_count++] = (struct companion){id, companion};
    bool waits = status == BOOKING_PENDING_PAYMENT || status == BOOKING_PENDING_APPROVAL;
    b->expires_at = waits || status == BOOKING_EXPIRED ? w->model.now_ms + MODEL_MINUTE_MS : 0;
    if (status == BOOKING_CHECKED_IN)
        w->model.room_states[0].occupant = id, b->in_room = w->room_101;
    b->checked_in_at = status == BOOKING_CHECKED_IN || status == BOOKING_CHECKED_OUT ? MODEL_NOW : 0;
    b->checked_out_at = status == BOOKING_CHECKED_OUT ? MODEL_NOW : 0;
    b->cancelled_at = status == BOOKING_CANCELLED ? MODEL_NOW : 0;
    b->price = (struct price){.known = true, .minor = 100};
    b->fee_minor = status == BOOKING_CANCELLED || status == BOOKING_NO_SHOW ? 100 : 0;
    b->checked_in_on = b->checked_in_at != 0 ? MODEL_TODAY : 0;
    b->checked_out_on = b->checked_out_at != 0 ? MODEL_TODAY : 0;
    b->left_room = status == BOOKING_CHECKED_OUT ? w->room_101 : ID_NONE;
    if (!booking_status_is_blocking(status)) {
        w->model.claim_count = 0;
        w->model.nights[0][0].sold = w->model.nights[0][1].sold = 0;
    }
    return id;
}

/* Another booking, of room 102 for the same nights. */
static struct id
put_beside(struct world *w)
{
    struct id id;
    assert_int_equal(book(w, desk, nights(ID_NONE, w->room_102, 0, 2), &id), OUTCOME_OK);
    return id;
}

/* Another end; of guests who have left the price alone. */
static enum outcome
amend(struct world *w, struct id id)
{
    struct command command = {.kind = COMMAND_AMEND_BOOKING,
                              .actor = desk,
                              .property = 1,
                              .amend_booking = {.booking = id,
                                                .changes_price = true,
                                                .price = {.known = true, .minor = 200},
                                                .reason = STR("the minibar")}};
    bool left = booking_of(w, id)->status == BOOKING_CHECKED_OUT;
    return left ? world_run(w, &command) : amend_nights(w, desk, id, 0, 3);
}

/* What each command of the table comes to; what nobody can ask for is brought about. */
static enum outcome
act(struct world *w, enum booking_command command, struct id id)
{
    switch (command) {
    case BOOKING_COMMAND_AMEND: return amend(w, id);
    case BOOKING_COMMAND_CONFIRM: return confirm(w, desk, id, STR("paid in cash"));
    case BOOKING_COMMAND_CANCEL: return cancel(w, desk, id);
    case BOOKING_COMMAND_APPROVE: return step(w, desk, COMMAND_APPROVE_BOOKING, id);
    case BOOKING_COMMAND_DECLINE: return step(w, desk, COMMAND_DECLINE_BOOKING, id);
    case BOOKING_COMMAND_NO_SHOW: return step(w, desk, COMMAND_MARK_NO_SHOW, id);
    case BOOKING_COMMAND_WAIVE_FEE: return step(w, desk, COMMAND_WAIVE_FEE, id);
    case BOOKING_COMMAND_REINSTATE: return step(w, desk, COMMAND_REINSTATE_BOOKING, id);
    case BOOKING_COMMAND_EXPIRE: w->model.now_ms += MODEL_MINUTE_MS; return sweep(w);
    case BOOKING_COMMAND_EXTEND: return extend_stay(w, desk, id, 3);
    case BOOKING_COMMAND_ASSIGN: return assign(w, desk, id, w->room_102);
    case BOOKING_COMMAND_UNASSIGN: return unassign(w, desk, id);
    case BOOKING_COMMAND_MOVE: return move(w, desk, id, w->room_102);
    case BOOKING_COMMAND_SWAP: return swap(w, desk, id, put_beside(w));
    case BOOKING_COMMAND_PIN: return pin(w, desk, id, true);
    case BOOKING_COMMAND_CHECK_IN: return check_in(w, desk, id);
    case BOOKING_COMMAND_UNDO_CHECK_IN: return undo_check_in(w, desk, id);
    case BOOKING_COMMAND_CHECK_OUT: return check_out(w, desk, id);
    case BOOKING_COMMAND_UNDO_CHECK_OUT: return undo_check_out(w, desk, id);
    case BOOKING_COMMAND_ADD_GUEST: return add_guest(w, desk, id, NULL);
    case BOOKING_COMMAND_REMOVE_GUEST: return remove_guest(w, desk, id, companion);
    case BOOKING_COMMAND_DISPLACE: return book(w, desk, pinned(w->room_101, 0, 2), NULL);
    default: fail(); return OUTCOME_OK;
    }
}

static void
check_cell(enum booking_status from, enum booking_command command)
{
    struct world world, *w = &world;
    world_init(w);
    world_type(w, w->twin)->max_guests = 3;
    struct id id = put_in_status(w, from);
    const struct cell *cell = find_cell(from, command);
    if (from == BOOKING_CHECKED_IN && command == BOOKING_COMMAND_DISPLACE)
        w->model.claims[0].pinned = true, w->model.nights[0][0].fixed = w->model.nights[0][1].fixed = 1;
    enum outcome outcome = act(w, command, id);
    const struct booking *after = booking_of(w, id);
    if (cell == NULL) {
        bool asked = command != BOOKING_COMMAND_EXPIRE && command != BOOKING_COMMAND_DISPLACE;
        if (asked) {
            assert_int_equal(outcome, OUTCOME_INVALID_TRANSITION);
            assert_int_equal(w->last.refusal.booking_status, from);
            assert_true(str_equal(w->last.refusal.status, booking_status_name(from)));
        }
        assert_int_equal(after->status, from);
        assert_int_equal(after->version, 1);
    } else {
        assert_int_equal(outcome, OUTCOME_OK);
        assert_int_equal(after->status, cell->to);
        assert_int_equal(after->version, 2);
        assert_true(str_equal(event_kind(w, 0), str_from(cell->event)));
        assert_true(str_equal(w->last.events[0].from, booking_status_name(from)));
        assert_true(str_equal(w->last.events[0].to, booking_status_name(cell->to)));
    }
    world_done(w);
}

static void
every_status_meets_every_command(void **state)
{
    (void)state;
    for (int from = BOOKING_NONE + 1; from < BOOKING_STATUS_COUNT; from++)
        for (int command = BOOKING_COMMAND_CREATE + 1; command < BOOKING_COMMAND_COUNT; command++)
            if (command != BOOKING_COMMAND_PAY)
                check_cell((enum booking_status)from, (enum booking_command)command);
}

static void
what_is_not_there_is_not_found(void **state)
{
    WORLD;
    struct id nobody = {9, 9};
    assert_int_equal(amend_nights(w, desk, nobody, 0, 1), OUTCOME_NOT_FOUND);
    assert_int_equal(confirm(w, desk, nobody, STR("x")), OUTCOME_NOT_FOUND);
    assert_int_equal(cancel(w, desk, nobody), OUTCOME_NOT_FOUND);
    world_done(w);
}

/* --- version --- */

static void
a_stale_version_is_told_before_the_state(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book(w, desk, nights(w->twin, ID_NONE, 0, 2), &id), OUTCOME_OK);
    assert_int_equal(cancel(w, desk, id), OUTCOME_OK);
    struct command command = {
        .kind = COMMAND_CANCEL_BOOKING, .actor = desk, .property = 1, .if_version = 1, .booking_step = {.booking = id}};
    assert_int_equal(world_run(w, &command), OUTCOME_VERSION_MISMATCH);
    command.if_version = 2;
    assert_int_equal(world_run(w, &command), OUTCOME_INVALID_TRANSITION);
    world_done(w);
}

/* --- expire --- */

/* events-made-easy #496, alf.io #1421: what is not paid in time goes back, and once only */
static void
an_unpaid_booking_expires_at_the_instant_and_gives_everything_back(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book_unpaid(w, desk, pinned(w->room_201, 0, 2), &id), OUTCOME_OK);
    w->model.now_ms += w->model.property.payment_ttl_ms - 1;
    assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 0, 1), NULL), OUTCOME_SOLD_OUT);
    w->model.now_ms++;
    assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 0, 1), NULL), OUTCOME_OK);
    assert_event(w, 0, "booking.expired");
    assert_status(w, id, BOOKING_EXPIRED);
    assert_room(w, id, ID_NONE);
    assert_int_equal(confirm(w, desk, id, STR("paid after all")), OUTCOME_INVALID_TRANSITION);
    world_done(w);
}

static void
naming_a_booking_that_is_over_ends_it_first(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book_unpaid(w, desk, nights(w->twin, ID_NONE, 0, 2), &id), OUTCOME_OK);
    w->model.now_ms += w->model.property.payment_ttl_ms;
    assert_int_equal(cancel(w, desk, id), OUTCOME_INVALID_TRANSITION);
    assert_int_equal(w->last.refusal.booking_status, BOOKING_EXPIRED);
    assert_int_equal(w->last.lapsed_events, 1);
    assert_status(w, id, BOOKING_EXPIRED);
    world_done(w);
}

/* --- confirm --- */

/* The step's words are a row beside the event, which names it. */
static void
assert_reason(const struct world *w, const char *words)
{
    const struct free_text *reason = w->last.events[0].reason;
    assert_non_null(reason);
    assert_true(str_equal(reason->content, str_from(words)));
    assert_false(id_is_none(reason->id));
    assert_int_equal(reason->created_at, MODEL_NOW);
    assert_int_equal(w->last.changes[w->last.change_count - 2].kind, CHANGE_TEXT);
    assert_ptr_equal(w->last.changes[w->last.change_count - 2].text, reason);
}

static void
an_unpaid_booking_is_confirmed_with_a_reason_only(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book_unpaid(w, desk, nights(w->twin, ID_NONE, 0, 2), &id), OUTCOME_OK);
    assert_int_equal(confirm(w, desk, id, STR("")), OUTCOME_POLICY_REFUSED);
    assert_true(str_equal(w->last.refusal.rule, STR("payment_required")));
    assert_int_equal(confirm(w, desk, id, STR("  ")), OUTCOME_POLICY_REFUSED);
    assert_int_equal(confirm(w, teacher, id, STR("please")), OUTCOME_FORBIDDEN);
    assert_int_equal(confirm(w, desk, id, STR("pays on arrival")), OUTCOME_OK);
    assert_reason(w, "pays on arrival");
    assert_true(w->last.events[0].overrides);
    assert_int_equal(w->last.events[0].override_role, ROLE_FRONT_DESK);
    assert_int_equal(booking_of(w, id)->expires_at, 0);
    w->model.now_ms += 2 * w->model.property.payment_ttl_ms;
    assert_int_equal(sweep(w), OUTCOME_OK);
    assert_status(w, id, BOOKING_CONFIRMED);
    world_done(w);
}

static void
an_unapproved_booking_is_confirmed_without_a_reason(void **state)
{
    WORLD;
    struct id id;
    world_type(w, w->class)->needs_approval = true;
    assert_int_equal(book(w, teacher, minutes(ID_NONE, w->room_a1, 0, 60), &id), OUTCOME_OK);
    assert_int_equal(confirm(w, teacher, id, STR("")), OUTCOME_FORBIDDEN);
    assert_int_equal(confirm(w, desk, id, STR("")), OUTCOME_OK);
    world_done(w);
}

static void
an_approved_booking_waits_no_more(void **state)
{
    WORLD;
    struct id id;
    world_type(w, w->twin)->needs_approval = true;
    assert_int_equal(book(w, teacher, nights(w->twin, ID_NONE, 0, 2), &id), OUTCOME_OK);
    assert_int_equal(step(w, teacher, COMMAND_APPROVE_BOOKING, id), OUTCOME_FORBIDDEN);
    assert_int_equal(step(w, desk, COMMAND_APPROVE_BOOKING, id), OUTCOME_OK);
    assert_int_equal(booking_of(w, id)->expires_at, 0);
    w->model.now_ms += 2 * w->model.property.approval_ttl_ms;
    assert_int_equal(sweep(w), OUTCOME_OK);
    assert_status(w, id, BOOKING_CONFIRMED);
    world_done(w);
}

/* --- amend --- */

static void
amending_frees_its_own_first(void **state)
{
    WORLD;
    struct id by_type, on_room, slot;
    assert_int_equal(book(w, desk, nights(w->bed, ID_NONE, 0, 3), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, nights(w->bed, ID_NONE, 0, 3), &by_type), OUTCOME_OK);
    assert_int_equal(amend_nights(w, desk, by_type, 1, 4), OUTCOME_OK);
    assert_event(w, 0, "booking.amended");
    assert_int_equal(amend_nights(w, desk, by_type, 1, 2), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_201, 0, 2), &on_room), OUTCOME_OK);
    assert_int_equal(amend_nights(w, desk, on_room, 1, 4), OUTCOME_OK);
    assert_room(w, on_room, w->room_201);
    assert_true(house_model_claim(&w->model, on_room)->pinned);
    assert_int_equal(book(w, desk, minutes(ID_NONE, w->room_a1, 0, 60), &slot), OUTCOME_OK);
    struct command command = {
        .kind = COMMAND_AMEND_BOOKING,
        .actor = desk,
        .property = 1,
        .amend_booking = {.booking = slot,
                          .changes_span = true,
                          .by_minute = true,
                          .span = minutes(ID_NONE, w->room_a1, 30, 90).span},
    };
    assert_int_equal(world_run(w, &command), OUTCOME_OK);
    assert_true(str_equal(booking_of(w, slot)->local_starts, STR("2026-11-23T00:30")));
    world_done(w);
}

/* cal.com #29968, #10789: the guard is the same one on every way in */
static void
amending_is_guarded_like_creating(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 0, 2), &id), OUTCOME_OK);
    assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 2, 4), NULL), OUTCOME_OK);
    assert_int_equal(amend_nights(w, desk, id, 1, 3), OUTCOME_SOLD_OUT);
    assert_int_equal(booking_of(w, id)->version, 1);
    assert_int_equal(book(w, desk, pinned(w->room_101, 1, 3), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_102, 3, 5), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, nights(w->twin, ID_NONE, 2, 3), &id), OUTCOME_OK);
    assert_int_equal(amend_nights(w, desk, id, 2, 4), OUTCOME_NO_ROOM_FITS);
    world_done(w);
}

static void
a_pinned_stay_keeps_its_room_or_its_dates(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book(w, desk, pinned(w->room_101, 0, 2), &id), OUTCOME_OK);
    assert_int_equal(book(w, teacher, nights(ID_NONE, w->room_101, 2, 3), NULL), OUTCOME_OK);
    assert_int_equal(amend_nights(w, desk, id, 0, 3), OUTCOME_ROOM_NOT_AVAILABLE);
    assert_room(w, id, w->room_101);
    world_done(w);
}

/* R4 */
static void
a_stay_that_is_brought_forward_to_today_loses_a_broken_room(void **state)
{
    WORLD;
    struct id id, later;
    assert_int_equal(book(w, desk, nights(ID_NONE, w->room_101, 1, 3), &id), OUTCOME_OK);
    assert_int_equal(book(w, desk, nights(ID_NONE, w->room_101, 3, 4), &later), OUTCOME_OK);
    world_break(w, w->room_101);
    assert_int_equal(amend_nights(w, desk, later, 3, 5), OUTCOME_OK);
    assert_room(w, later, w->room_101);
    assert_int_equal(amend_nights(w, desk, id, 0, 3), OUTCOME_OK);
    assert_room(w, id, ID_NONE);
    assert_int_equal(booking_of(w, id)->span.starts, date_to_instant(MODEL_TODAY));
    world_done(w);
}

/* R4 */
static void
a_pinned_stay_is_not_brought_forward_to_today_in_a_broken_room(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book(w, desk, pinned(w->room_101, 1, 3), &id), OUTCOME_OK);
    world_break(w, w->room_101);
    assert_int_equal(amend_nights(w, desk, id, 0, 3), OUTCOME_ROOM_NOT_READY);
    assert_string_equal(w->last.refusal.pointer, "/arrival");
    assert_int_equal(amend_nights(w, desk, id, 1, 4), OUTCOME_OK);
    assert_room(w, id, w->room_101);
    world_done(w);
}

/* R4: nobody came, and the night that is added is tonight */
static void
a_stay_that_was_to_end_today_is_not_extended_in_a_broken_room(void **state)
{
    WORLD;
    struct id loose, tied;
    assert_int_equal(book(w, desk, nights(ID_NONE, w->room_101, 0, 1), &loose), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_102, 0, 1), &tied), OUTCOME_OK);
    world_pass_days(w, 1);
    world_break(w, w->room_101);
    world_break(w, w->room_102);
    assert_int_equal(extend_stay(w, desk, loose, 2), OUTCOME_OK);
    assert_room(w, loose, ID_NONE);
    assert_int_equal(extend_stay(w, desk, tied, 2), OUTCOME_ROOM_NOT_READY);
    assert_string_equal(w->last.refusal.pointer, "/departure");
    world_done(w);
}

/* Who is to have it tonight already is told of it when they come, and is sent nowhere by staying longer. */
static void
a_stay_of_tonight_keeps_its_room_although_it_breaks(void **state)
{
    WORLD;
    struct id loose, fixed, guests;
    assert_int_equal(book(w, desk, nights(ID_NONE, w->room_101, 0, 1), &loose), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_102, 0, 1), &fixed), OUTCOME_OK);
    assert_int_equal(book(w, desk, pinned(w->room_201, 0, 1), &guests), OUTCOME_OK);
    assert_int_equal(check_in(w, desk, guests), OUTCOME_OK);
    world_break(w, w->room_101);
    world_break(w, w->room_102);
    world_break(w, w->room_201);
    assert_int_equal(extend_stay(w, desk, loose, 2), OUTCOME_OK);
    assert_room(w, loose, w->room_101);
    assert_int_equal(extend_stay(w, desk, fixed, 2), OUTCOME_OK);
    assert_room(w, fixed, w->room_102);
    world_pass_days(w, 1);
    assert_int_equal(extend_stay(w, desk, guests, 3), OUTCOME_OK); /* they are in it */
    assert_int_equal(check_in(w, desk, loose), OUTCOME_ROOM_NOT_READY);
    world_done(w);
}

/* R4 */
static void
a_stay_in_several_rooms_is_not_brought_forward_to_today_in_a_broken_one(void **state)
{
    WORLD;
    struct id id;
    w->model.property.splits_stays = true;
    assert_int_equal(book(w, desk, nights(ID_NONE, w->room_101, 1, 3), &id), OUTCOME_OK);
    assert_int_equal(move_part(w, desk, id, w->room_102, 2, 3), OUTCOME_OK);
    world_break(w, w->room_101);
    assert_int_equal(amend_nights(w, desk, id, 0, 3), OUTCOME_ROOM_NOT_READY);
    assert_string_equal(w->last.refusal.pointer, "/arrival");
    assert_int_equal(amend_nights(w, desk, id, 1, 4), OUTCOME_OK);
    world_done(w);
}

static void
an_unpinned_stay_would_rather_lose_its_room_than_its_dates(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book(w, teacher, nights(ID_NONE, w->room_101, 1, 2), &id), OUTCOME_OK);
    assert_int_equal(amend_nights(w, teacher, id, 1, 3), OUTCOME_OK);
    assert_room(w, id, w->room_101);
    assert_int_equal(book(w, desk, pinned(w->room_101, 3, 4), NULL), OUTCOME_OK);
    assert_int_equal(amend_nights(w, teacher, id, 1, 4), OUTCOME_OK);
    assert_room(w, id, ID_NONE);
    assert_int_equal(booking_of(w, id)->span.ends, date_to_instant(MODEL_TODAY + 4));
    world_done(w);
}

static void
a_slot_keeps_its_room(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book(w, desk, minutes(ID_NONE, w->room_a1, 0, 60), &id), OUTCOME_OK);
    assert_int_equal(book(w, desk, minutes(ID_NONE, w->room_a1, 60, 120), NULL), OUTCOME_OK);
    struct command command = {
        .kind = COMMAND_AMEND_BOOKING,
        .actor = desk,
        .property = 1,
        .amend_booking = {.booking = id,
                          .changes_span = true,
                          .by_minute = true,
                          .span = minutes(ID_NONE, w->room_a1, 0, 61).span},
    };
    assert_int_equal(world_run(w, &command), OUTCOME_ROOM_NOT_AVAILABLE);
    command.amend_booking.by_minute = false;
    command.amend_booking.span = nights(w->twin, ID_NONE, 0, 1).span;
    assert_int_equal(world_run(w, &command), OUTCOME_VALIDATION_FAILED);
    assert_string_equal(w->last.refusal.pointer, "/arrival");
    world_done(w);
}

static void
past_nights_of_a_running_stay_stay_as_they_are(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book(w, desk, nights(ID_NONE, w->room_101, 0, 4), &id), OUTCOME_OK);
    w->model.today += 2;
    w->model.now_ms += 2 * DATE_DAY_MS;
    assert_int_equal(amend_nights(w, desk, id, 1, 4), OUTCOME_BEYOND_HORIZON);
    assert_int_equal(w->last.refusal.night_count, 1);
    assert_int_equal(w->last.refusal.nights[0], MODEL_TODAY);
    assert_int_equal(amend_nights(w, desk, id, -1, 4), OUTCOME_BEYOND_HORIZON);
    assert_int_equal(amend_nights(w, desk, id, 0, 1), OUTCOME_BEYOND_HORIZON);
    assert_int_equal(amend_nights(w, desk, id, 5, 6), OUTCOME_BEYOND_HORIZON);
    assert_int_equal(w->last.refusal.night_count, 2);
    assert_int_equal(amend_nights(w, desk, id, 0, 6), OUTCOME_OK);
    assert_int_equal(amend_nights(w, desk, id, 0, 2), OUTCOME_OK); /* leaves today */
    world_done(w);
}

static void
a_running_stay_asks_only_for_nights_to_come(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book(w, desk, nights(w->bed, ID_NONE, 0, 2), NULL), OUTCOME_OK);
    assert_int_equal(book(w, desk, nights(w->bed, ID_NONE, 0, 3), &id), OUTCOME_OK);
    w->model.today += 1;
    w->model.nights[2][0].units = 2;
    assert_int_equal(amend_nights(w, desk, id, 0, 5), OUTCOME_OK);
    world_done(w);
}

static void
another_type_is_another_room_and_another_price(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book(w, desk, pinned(w->room_101, 0, 2), &id), OUTCOME_OK);
    struct command command = {.kind = COMMAND_AMEND_BOOKING,
                              .actor = desk,
                              .property = 1,
                              .amend_booking = {.booking = id, .room_type = w->annex}};
    assert_int_equal(world_run(w, &command), OUTCOME_OK);
    assert_room(w, id, ID_NONE);
    assert_true(id_equal(booking_of(w, id)->charged_room_type, w->annex));
    assert_int_equal(house_model_night(&w->model, world_type(w, w->twin), MODEL_TODAY)->sold, 0);
    assert_int_equal(house_model_night(&w->model, world_type(w, w->annex), MODEL_TODAY)->sold, 1);
    command.amend_booking.room_type = w->class;
    assert_int_equal(world_run(w, &command), OUTCOME_VALIDATION_FAILED);
    command.amend_booking.room_type = (struct id){9, 9};
    assert_int_equal(world_run(w, &command), OUTCOME_NOT_FOUND);
    world_done(w);
}

static void
past_nights_stay_of_the_type_they_were_sold_of(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book(w, desk, nights(w->twin, ID_NONE, 0, 3), &id), OUTCOME_OK);
    assert_int_equal(book(w, desk, nights(w->annex, ID_NONE, 0, 1), NULL), OUTCOME_OK);
    w->model.today++;
    struct command command = {.kind = COMMAND_AMEND_BOOKING,
                              .actor = desk,
                              .property = 1,
                              .amend_booking = {.booking = id, .room_type = w->annex}};
    assert_int_equal(world_run(w, &command), OUTCOME_BEYOND_HORIZON);
    assert_int_equal(w->last.refusal.night_count, 1);
    assert_int_equal(w->last.refusal.nights[0], MODEL_TODAY);
    world_done(w);
}

static void
a_new_guest_is_a_row_of_its_own(void **state)
{
    WORLD;
    struct leg legs[] = {nights(w->bed, ID_NONE, 0, 2), nights(w->bed, ID_NONE, 0, 2)};
    assert_int_equal(book_legs(w, desk, legs, 2), OUTCOME_OK);
    struct id first = w->model.bookings[0].id;
    struct command command = {
        .kind = COMMAND_AMEND_BOOKING,
        .actor = desk,
        .property = 1,
        .amend_booking = {.booking = first, .party = 2, .changes_guest = true, .guest = {.name = STR("Grace Hopper")}}};
    assert_int_equal(world_run(w, &command), OUTCOME_OK);
    assert_int_equal(w->last.event_count, 1);
    assert_int_equal(booking_of(w, first)->party, 2);
    assert_false(id_equal(w->model.bookings[0].guest, w->model.bookings[1].guest));
    command.amend_booking.party = 3;
    assert_int_equal(world_run(w, &command), OUTCOME_TOO_MANY_GUESTS);
    world_done(w);
}

/* Only its room takes so many: what was free to move is tied to it, if the others still fit. */
static void
a_party_that_outgrows_its_type_is_tied_to_its_room(void **state)
{
    WORLD;
    struct id id, other;
    w->model.rooms[0].max_guests = 3; /* 101 */
    assert_int_equal(book(w, desk, pinned(w->room_102, 4, 6), &other), OUTCOME_OK);
    assert_int_equal(book(w, desk, nights(ID_NONE, w->room_101, 1, 3), &id), OUTCOME_OK);
    struct command command = {
        .kind = COMMAND_AMEND_BOOKING, .actor = desk, .property = 1, .amend_booking = {.booking = id, .party = 3}};
    assert_int_equal(book(w, desk, nights(w->twin, ID_NONE, 2, 5), NULL), OUTCOME_OK);
    assert_int_equal(world_run(w, &command), OUTCOME_NO_ROOM_FITS);
    assert_false(house_model_claim(&w->model, id)->pinned);
    assert_int_equal(cancel(w, desk, other), OUTCOME_OK);
    assert_int_equal(world_run(w, &command), OUTCOME_OK);
    assert_true(house_model_claim(&w->model, id)->pinned);
    assert_int_equal(booking_of(w, id)->party, 3);
    world_done(w);
}

static void
amending_nothing_leaves_it_as_it_is(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book(w, desk, nights(w->twin, ID_NONE, 0, 2), &id), OUTCOME_OK);
    assert_int_equal(amend_nights(w, desk, id, 0, 2), OUTCOME_OK);
    assert_int_equal(w->last.event_count, 0);
    assert_int_equal(w->last.change_count, 0);
    assert_true(id_equal(w->last.unchanged, id));
    assert_int_equal(booking_of(w, id)->version, 1);
    assert_int_equal(amend_nights(w, desk, id, 0, 3), OUTCOME_OK);
    assert_true(id_is_none(w->last.unchanged));
    world_done(w);
}

static void
an_end_that_is_not_given_stays(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book(w, desk, nights(w->twin, ID_NONE, 1, 3), &id), OUTCOME_OK);
    struct span asked = nights(w->twin, ID_NONE, 2, 4).span, span = booking_of(w, id)->span;
    struct command command = {
        .kind = COMMAND_AMEND_BOOKING,
        .actor = desk,
        .property = 1,
        .amend_booking = {.booking = id, .changes_span = true, .keeps_starts = true, .span = {0, asked.ends}}};
    assert_int_equal(world_run(w, &command), OUTCOME_OK);
    assert_true(span_equal(booking_of(w, id)->span, ((struct span){span.starts, asked.ends})));
    command.amend_booking.keeps_starts = false;
    command.amend_booking.keeps_ends = true;
    command.amend_booking.span = (struct span){asked.starts, 0};
    assert_int_equal(world_run(w, &command), OUTCOME_OK);
    assert_true(span_equal(booking_of(w, id)->span, asked));
    command.amend_booking.span.starts = asked.ends;
    assert_int_equal(world_run(w, &command), OUTCOME_VALIDATION_FAILED);
    assert_string_equal(w->last.refusal.pointer, "/arrival");
    command.amend_booking.keeps_ends = false;
    command.amend_booking.keeps_starts = true;
    command.amend_booking.span.ends = asked.starts + (STAY_NIGHTS_MAX + 1) * DATE_DAY_MS;
    assert_int_equal(world_run(w, &command), OUTCOME_VALIDATION_FAILED);
    assert_string_equal(w->last.refusal.pointer, "/departure");
    command.if_version = 1; /* what it is completed with belongs to a version: a stale one is told first */
    assert_int_equal(world_run(w, &command), OUTCOME_VERSION_MISMATCH);
    world_done(w);
}

static void
a_booker_amends_their_own_before_it_begins(void **state)
{
    WORLD;
    struct id id;
    assert_int_equal(book(w, teacher, nights(w->twin, ID_NONE, 1, 2), &id), OUTCOME_OK);
    assert_int_equal(amend_nights(w, pupil, id, 1, 3), OUTCOME_NOT_FOUND);
    assert_int_equal(amend_nights(w, teacher, id, 1, 3), OUTCOME_OK);
    w->model.today++;
    assert_int_equal(amend_nights(w, teacher, id, 1, 4), OUTCOME_POLICY_REFUSED);
    assert_int_equal(amend_nights(w, desk, id, 1, 4), OUTCOME_OK);
    world_done(w);
}

/* What was approved is what may be had; anything else would come in by the back door. */
static void
what_asks_for_approval_is_not_amended_into_by_a_booker(void **state)
{
    WORLD;
    struct id id;
    world_type(w, w->annex)->needs_approval = true;
    assert_int_equal(book(w, teacher, nights(w->twin, ID_NONE, 1, 2), &id), OUTCOME_OK);
    assert_status(w, id, BOOKING_CONFIRMED);
    struct command command = {.kind = COMMAND_AMEND_BOOKING,
                              .actor = teacher,
                              .property = 1,
                              .amend_booking = {.booking = id, .room_type = w->annex}};
    assert_int_equal(world_run(w, &command), OUTCOME_POLICY_REFUSED);
    assert_true(str_equal(w->last.refusal.rule, STR("approval_required")));
    command.actor = desk;
    assert_int_equal(world_run(w, &command), OUTCOME_OK);
    assert_int_equal(amend_nights(w, teacher, id, 2, 3), OUTCOME_POLICY_REFUSED);
    assert_int_equal(amend_nights(w, teacher, id, 1, 2), OUTCOME_OK);
    world_done(w);
}

static void
what_is_not_approved_yet_may_still_be_amended(void **state)
{
    WORLD;
    struct id id;
    world_type(w, w->annex)->needs_approval = true;
    assert_int_equal(book(w, teacher, nights(w->annex, ID_NONE, 1, 2), &id), OUTCOME_OK);
    assert_int_equal(amend_nights(w, teacher, id, 2, 4), OUTCOME_OK);
    assert_status(w, id, BOOKING_PENDING_APPROVAL);
    world_done(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_the_grid),
        cmocka_unit_test(every_status_meets_every_command),
        cmocka_unit_test(what_is_not_there_is_not_found),
        cmocka_unit_test(a_stale_version_is_told_before_the_state),
        cmocka_unit_test(an_unpaid_booking_expires_at_the_instant_and_gives_everything_back),
        cmocka_unit_test(naming_a_booking_that_is_over_ends_it_first),
        cmocka_unit_test(an_unpaid_booking_is_confirmed_with_a_reason_only),
        cmocka_unit_test(an_unapproved_booking_is_confirmed_without_a_reason),
        cmocka_unit_test(an_approved_booking_waits_no_more),
        cmocka_unit_test(amending_frees_its_own_first),
        cmocka_unit_test(amending_is_guarded_like_creating),
        cmocka_unit_test(a_pinned_stay_keeps_its_room_or_its_dates),
        cmocka_unit_test(a_stay_that_is_brought_forward_to_today_loses_a_broken_room),
        cmocka_unit_test(a_pinned_stay_is_not_brought_forward_to_today_in_a_broken_room),
        cmocka_unit_test(a_stay_that_was_to_end_today_is_not_extended_in_a_broken_room),
        cmocka_unit_test(a_stay_of_tonight_keeps_its_room_although_it_breaks),
        cmocka_unit_test(a_stay_in_several_rooms_is_not_brought_forward_to_today_in_a_broken_one),
        cmocka_unit_test(an_unpinned_stay_would_rather_lose_its_room_than_its_dates),
        cmocka_unit_test(a_slot_keeps_its_room),
        cmocka_unit_test(past_nights_of_a_running_stay_stay_as_they_are),
        cmocka_unit_test(a_running_stay_asks_only_for_nights_to_come),
        cmocka_unit_test(another_type_is_another_room_and_another_price),
        cmocka_unit_test(past_nights_stay_of_the_type_they_were_sold_of),
        cmocka_unit_test(a_new_guest_is_a_row_of_its_own),
        cmocka_unit_test(a_party_that_outgrows_its_type_is_tied_to_its_room),
        cmocka_unit_test(amending_nothing_leaves_it_as_it_is),
        cmocka_unit_test(an_end_that_is_not_given_stays),
        cmocka_unit_test(a_booker_amends_their_own_before_it_begins),
        cmocka_unit_test(what_asks_for_approval_is_not_amended_into_by_a_booker),
        cmocka_unit_test(what_is_not_approved_yet_may_still_be_amended),
    };
    return test_run("core/decide_booking", tests);
}
