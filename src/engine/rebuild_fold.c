/* One function per kind of state. The body is the whole new state of the subject, so its row is simply put; what other
 * tables count of it is taken from what the row was before and given anew, from the business date on, as a decision
 * does: a night that is over stays as it was counted. */
#include <assert.h>

#include "core/code.h"
#include "core/date.h"
#include "core/deciding.h"
#include "core/room_history.h"
#include "engine/rebuild_part.h"
#include "store/store_closure.h"
#include "store/store_payment.h"
#include "store/store_rebuild.h"

typedef enum db_status (*fold_function)(struct rebuild_run *run, const struct store_event *event,
                                        const struct state *state);

static enum db_status fold_property(struct rebuild_run *run, const struct store_event *event,
                                    const struct state *state);
static enum db_status fold_room_type(struct rebuild_run *run, const struct store_event *event,
                                     const struct state *state);
static enum db_status fold_room(struct rebuild_run *run, const struct store_event *event, const struct state *state);
static enum db_status fold_nights_set(struct rebuild_run *run, const struct store_event *event,
                                      const struct state *state);
static enum db_status fold_nights_opened(struct rebuild_run *run, const struct store_event *event,
                                         const struct state *state);
static enum db_status fold_overcommit(struct rebuild_run *run, const struct store_event *event,
                                      const struct state *state);
static enum db_status fold_closure(struct rebuild_run *run, const struct store_event *event, const struct state *state);
static enum db_status fold_booking(struct rebuild_run *run, const struct store_event *event, const struct state *state);
static enum db_status fold_group(struct rebuild_run *run, const struct store_event *event, const struct state *state);
static enum db_status fold_hold(struct rebuild_run *run, const struct store_event *event, const struct state *state);

static enum db_status fold_payment(struct rebuild_run *run, const struct store_event *event, const struct state *state);
static enum db_status fold_refund(struct rebuild_run *run, const struct store_event *event, const struct state *state);
static enum db_status fold_set_aside(struct rebuild_run *run, const struct store_event *event,
                                     const struct state *state);

/* Of people: nothing is read, since nothing is rebuilt. */
#define fold_nothing NULL

static const struct {
    struct str kind;
    fold_function fold;
} kinds[] = {
#define REBUILT_KIND(kind, function) {{kind, sizeof(kind) - 1}, function},
#include "engine/rebuild.def"
#undef REBUILT_KIND
};

#undef fold_nothing

static enum db_status
refuse(struct rebuild_run *run, const char *what)
{
    struct err why;
    err_set(&why, ERR_DATA, "%s", what);
    return rebuild_refuse(run, &why);
}

static int32_t
today_at(const struct rebuild_run *run, const struct store_event *event)
{
    return facts_today(&run->entry, event->at);
}

/* -- counters -- */

/* Nights that are over stay as they were counted. */
static enum db_status
move_from(struct rebuild_run *run, struct stock_move move, int32_t today)
{
    move.from = move.from > today ? move.from : today;
    return move.from < move.until ? stage_move(run, &move) : DB_OK;
}

/* A stay's nights of one type. */
static enum db_status
move_span(struct rebuild_run *run, struct id room_type, struct span span, struct stock_move move, int32_t today)
{
    if (!span_to_nights(span, &move.from, &move.until))
        return refuse(run, "it is not of whole nights");
    move.room_type = room_type;
    return move_from(run, move, today);
}

/* What a claim counts as: one sold of the type of its room where the booking takes stock, one fixed where it can't be
 * moved. */
static enum db_status
count_claim(struct rebuild_run *run, const struct claim *claim, int32_t sold, int32_t fixed, int32_t today)
{
    struct id type;
    bool by_night;
    if (claim->span.ends <= date_to_instant(today) || (sold == 0 && fixed == 0))
        return DB_OK;
    enum db_status status = store_type_of_room(run->fresh, run->property, claim->room, &type, &by_night);
    if (status == DB_NO_ROW)
        return refuse(run, "it claims a room that the log does not know");
    if (status != DB_OK || !by_night)
        return status;
    return move_span(run, type, claim->span, (struct stock_move){.sold = sold, .fixed = fixed}, today);
}

static enum db_status
count_booking(struct rebuild_run *run, const struct booking *booking, int32_t sign, int32_t today)
{
    bool blocks = !booking->by_minute && booking_status_is_blocking(booking->status);
    if (blocks && booking->claim_count == 0)
        return move_span(run, booking->room_type, booking->span, (struct stock_move){.sold = sign}, today);
    enum db_status status = DB_OK;
    for (size_t i = 0; status == DB_OK && i < booking->claim_count; i++) {
        const struct claim *claim = &booking->claims[i];
        status = count_claim(run, claim, blocks ? sign : 0, claim_is_fixed(claim) ? sign : 0, today);
    }
    return status;
}

static enum db_status
count_hold(struct rebuild_run *run, const struct hold *hold, int32_t sign, int32_t today)
{
    enum db_status status = DB_OK;
    if (hold->status != HOLD_ACTIVE)
        return DB_OK;
    if (!hold->by_minute)
        status = move_span(run, hold->room_type, hold->span, (struct stock_move){.held = sign * hold->quantity}, today);
    if (status != DB_OK || id_is_none(hold->room))
        return status;
    struct claim claim = hold_claim(hold);
    return count_claim(run, &claim, 0, sign, today);
}

/* One unit more or less on the nights of a type that are open, from the business date on. */
static enum db_status
count_room(struct rebuild_run *run, struct id room_type, bool by_night, int32_t sign, int32_t today)
{
    struct night last;
    if (!by_night)
        return DB_OK;
    enum db_status status = store_last_night(run->fresh, run->property, room_type, &last);
    if (status != DB_OK)
        return status == DB_NO_ROW ? DB_OK : status;
    return move_from(
        run, (struct stock_move){.room_type = room_type, .from = today, .until = last.date + 1, .units = sign}, today);
}

/* -- closures -- */

static enum db_status
count_closure(struct rebuild_run *run, const struct closure *closure, int32_t sign, int32_t today)
{
    struct id type;
    bool by_night;
    if (!closure_claims(closure))
        return DB_OK;
    enum db_status status = store_type_of_room(run->fresh, run->property, closure->room, &type, &by_night);
    if (status == DB_NO_ROW)
        return refuse(run, "it closes a room that the log does not know");
    if (status != DB_OK || !by_night)
        return status;
    return move_span(run, type, closure->span, (struct stock_move){.closed = sign, .fixed = sign}, today);
}

/* Its words are the event's that made it. */
static enum db_status
fold_closure(struct rebuild_run *run, const struct store_event *event, const struct state *state)
{
    struct closure closure = state->closure;
    int32_t today = today_at(run, event);
    enum db_status status = DB_OK;
    if (closure.version > 1) {
        struct closure before;
        status = store_load_closure(run->fresh, run->property, closure.id, &run->work, &before);
        if (status == DB_NO_ROW)
            return refuse(run, "it is about a closure that was never made");
        if (status == DB_OK)
            status = count_closure(run, &before, -1, today);
    }
    closure.reason = event->reason_id;
    struct claim claim = closure_claim(&closure);
    if (status == DB_OK)
        status = store_put_closure(run->fresh, run->property, &closure);
    if (status == DB_OK)
        status = store_add_to_room(run->fresh, run->property, closure.room, event->seq);
    if (status == DB_OK)
        status = count_closure(run, &closure, 1, today);
    return status == DB_OK ? stage_claims(run, closure.id, &claim, closure_claims(&closure) ? 1 : 0) : status;
}

/* -- bookings, groups, holds -- */

/* As it is before this event, with the claims it has then. */
static enum db_status
load_booking(struct rebuild_run *run, struct id id, struct booking *ret_booking)
{
    const struct claim *claims;
    size_t count;
    enum db_status status = store_load_booking(run->fresh, run->property, id, &run->work, ret_booking);
    if (status == DB_NO_ROW)
        return refuse(run, "it is about a booking that was never created");
    if (status != DB_OK || !stage_find_claims(run, id, &claims, &count))
        return status;
    ret_booking->claims = ARENA_ARRAY(&run->work, count + 1, struct claim);
    ret_booking->claim_count = count;
    if (ret_booking->claims == NULL)
        return rebuild_out_of_memory(run);
    for (size_t i = 0; i < count; i++)
        ret_booking->claims[i] = claims[i];
    return DB_OK;
}

/* Those who have come to be named since, and those who are not any more; before the booking, which counts them. */
static enum db_status
put_companions(struct rebuild_run *run, const struct booking *before, const struct booking *booking)
{
    enum db_status status = DB_OK;
    for (size_t i = 0; status == DB_OK && i < before->companion_count; i++) {
        struct companion companion = {booking->id, before->companions[i]};
        if (!booking_has_companion(booking, companion.guest))
            status = store_drop_companion(run->fresh, run->property, &companion);
    }
    for (size_t i = 0; status == DB_OK && i < booking->companion_count; i++) {
        struct companion companion = {booking->id, booking->companions[i]};
        if (booking_has_companion(before, companion.guest))
            continue;
        status = store_put_stranger(run->fresh, run->property, companion.guest);
        if (status == DB_OK)
            status = store_add_companion(run->fresh, run->property, &companion);
    }
    return status;
}

static enum db_status
put_booking(struct rebuild_run *run, const struct booking *booking)
{
    int64_t number;
    if (!code_parse(run->entry.house.property->id, booking->code, &number))
        return refuse(run, "its code is none");
    enum db_status status = store_put_stranger(run->fresh, run->property, booking->guest);
    if (status != DB_OK)
        return status;
    return booking->version == 1 ? store_insert_booking(run->fresh, run->property, number, booking)
                                 : store_update_booking(run->fresh, run->property, booking);
}

/* In whose history it is: of the rooms that it gave or took, as the decision said. */
static enum db_status
put_in_rooms(struct rebuild_run *run, const struct store_event *event, const struct booking *before,
             const struct booking *booking)
{
    enum db_status status = DB_OK;
    struct id *rooms = ARENA_ARRAY(&run->work, room_history_rooms_max(before, booking), struct id);
    if (rooms == NULL)
        return rebuild_out_of_memory(run);
    size_t count = room_history_of_change(before, booking, rooms);
    for (size_t i = 0; status == DB_OK && i < count; i++)
        status = store_add_to_room(run->fresh, run->property, rooms[i], event->seq);
    return status;
}

static enum db_status
fold_booking(struct rebuild_run *run, const struct store_event *event, const struct state *state)
{
    const struct booking *booking = &state->booking;
    int32_t today = today_at(run, event);
    struct booking before = {.version = 0};
    enum db_status status = DB_OK;
    if (booking->version > 1) {
        status = load_booking(run, booking->id, &before);
        if (status == DB_OK)
            status = count_booking(run, &before, -1, today);
        if (status == DB_OK)
            status = put_companions(run, &before, booking);
    }
    if (status == DB_OK)
        status = put_in_rooms(run, event, &before, booking);
    if (status == DB_OK)
        status = put_booking(run, booking);
    if (status == DB_OK)
        status = count_booking(run, booking, 1, today);
    return status == DB_OK ? stage_claims(run, booking->id, booking->claims, booking->claim_count) : status;
}

static enum db_status
fold_group(struct rebuild_run *run, const struct store_event *event, const struct state *state)
{
    (void)event;
    enum db_status status = store_put_stranger(run->fresh, run->property, state->group.guest);
    return status == DB_OK ? store_insert_group(run->fresh, run->property, &state->group) : status;
}

static enum db_status
fold_hold(struct rebuild_run *run, const struct store_event *event, const struct state *state)
{
    const struct hold *hold = &state->hold;
    int32_t today = today_at(run, event);
    enum db_status status = DB_OK;
    if (hold->version > 1) {
        struct hold before;
        status = store_load_hold(run->fresh, run->property, hold->id, &run->work, &before);
        if (status == DB_NO_ROW)
            return refuse(run, "it is about a hold that was never taken");
        if (status == DB_OK)
            status = count_hold(run, &before, -1, today);
    }
    if (status == DB_OK)
        status = store_put_hold(run->fresh, run->property, hold);
    if (status == DB_OK)
        status = count_hold(run, hold, 1, today);
    if (status != DB_OK || id_is_none(hold->room))
        return status;
    struct claim claim = hold_claim(hold);
    return stage_claims(run, hold->id, &claim, hold->status == HOLD_ACTIVE ? 1 : 0);
}

/* -- money -- */

/* The provider's event that it was, seen once. */
static enum db_status
note_seen(struct rebuild_run *run, const struct store_event *event, const struct state *state, enum id_kind kind)
{
    if (state->provider_event.len == 0)
        return DB_OK;
    struct payment_notice_seen seen = {
        .event = state->provider_event, .subject = event->subject, .subject_kind = kind, .at = event->at};
    return store_insert_notice(run->fresh, run->property, &seen);
}

static enum db_status
fold_payment(struct rebuild_run *run, const struct store_event *event, const struct state *state)
{
    enum db_status status = store_put_payment(run->fresh, run->property, &state->payment);
    return status == DB_OK ? note_seen(run, event, state, ID_PAYMENT) : status;
}

static enum db_status
fold_refund(struct rebuild_run *run, const struct store_event *event, const struct state *state)
{
    enum db_status status = store_put_refund(run->fresh, run->property, &state->of_refund);
    return status == DB_OK ? note_seen(run, event, state, ID_REFUND) : status;
}

static enum db_status
fold_set_aside(struct rebuild_run *run, const struct store_event *event, const struct state *state)
{
    enum db_status status = store_put_set_aside(run->fresh, run->property, &state->set_aside);
    return status == DB_OK ? note_seen(run, event, state, ID_SET_ASIDE) : status;
}

/* -- the house -- */

enum db_status
rebuild_learn_property(struct rebuild_run *run)
{
    arena_reset(&run->house);
    run->entry = (struct house_entry){.zone = NULL};
    enum db_status status = store_load_house(run->fresh, run->property, &run->house, &run->entry.house);
    if (status != DB_OK)
        return status;
    struct str name = run->entry.house.property->time_zone;
    enum zone_found found = zone_cache_get(run->zones, name, &run->entry.zone, &run->log->err);
    if (found == ZONE_UNKNOWN)
        return refuse(run, "its time zone is not in the database of this machine");
    return found == ZONE_FOUND ? DB_OK : DB_FAILED;
}

/* A property begins in the log of the installation and goes on in its own. */
static enum db_status
fold_property(struct rebuild_run *run, const struct store_event *event, const struct state *state)
{
    (void)event;
    enum db_status status = store_put_property(run->fresh, &state->property);
    return status == DB_OK && run->property > 0 ? rebuild_learn_property(run) : status;
}

/* A type that is sold by the night comes with its nights, which are empty until rooms or a number of units fill them.
 */
static enum db_status
fold_room_type(struct rebuild_run *run, const struct store_event *event, const struct state *state)
{
    const struct room_type *type = &state->room_type;
    if (state->deleted) {
        enum db_status status = stage_flush(run);
        return status == DB_OK ? store_delete_room_type(run->fresh, run->property, type->id, event->at) : status;
    }
    enum db_status status = store_put_room_type(run->fresh, run->property, type);
    if (status != DB_OK || type->version > 1 || type->sold_by != SOLD_BY_NIGHT)
        return status;
    int32_t today = today_at(run, event);
    struct nights_set nights = {.room_type = type->id, .from = today, .until = today + HORIZON_DAYS};
    return store_open_nights(run->fresh, run->property, &nights);
}

/* The room, what goes on in it, and who is in it. */
static enum db_status
put_room(struct rebuild_run *run, const struct state *state)
{
    enum db_status status = store_put_room(run->fresh, run->property, &state->room, &state->room_state);
    return status == DB_OK ? store_rebuild_room_state(run->fresh, run->property, &state->room_state) : status;
}

/* A room is one unit of its type, from its creation to its end. */
static enum db_status
fold_room(struct rebuild_run *run, const struct store_event *event, const struct state *state)
{
    const struct room *room = &state->room;
    int32_t today = today_at(run, event);
    struct id before = ID_NONE, after;
    bool by_night = false;
    enum db_status status = store_type_of_room(run->fresh, run->property, room->id, &before, &by_night);
    if (status == DB_NO_ROW && state->room_state.version > 1)
        return refuse(run, "it is about a room that was never created");
    if (status == DB_OK && (state->deleted || !id_equal(before, room->room_type)))
        status = count_room(run, before, by_night, -1, today);
    if (status != DB_OK && status != DB_NO_ROW)
        return status;
    if (state->deleted)
        return store_delete_room(run->fresh, run->property, room->id, event->at);
    status = put_room(run, state);
    if (status != DB_OK || id_equal(before, room->room_type))
        return status;
    status = store_type_of_room(run->fresh, run->property, room->id, &after, &by_night);
    return status == DB_OK ? count_room(run, after, by_night, 1, today) : status;
}

/* Set as they are, so what was counted on them before has to be there. */
static enum db_status
fold_nights_set(struct rebuild_run *run, const struct store_event *event, const struct state *state)
{
    (void)event;
    enum db_status status = stage_flush(run);
    return status == DB_OK ? store_set_nights(run->fresh, run->property, &state->nights) : status;
}

static enum db_status
fold_nights_opened(struct rebuild_run *run, const struct store_event *event, const struct state *state)
{
    (void)event;
    enum db_status status = stage_flush(run);
    return status == DB_OK ? store_open_nights(run->fresh, run->property, &state->nights) : status;
}

/* It is raised before a unit is taken that is not there, and falls after one was given back, so that what is staged
 * fits on either side of it. */
static enum db_status
fold_overcommit(struct rebuild_run *run, const struct store_event *event, const struct state *state)
{
    (void)event;
    enum db_status status = stage_flush(run);
    return status == DB_OK ? store_put_overcommit(run->fresh, run->property, &state->overcommit) : status;
}

/* -- one event -- */

static bool
find_kind(struct str kind, fold_function *ret_fold)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (str_equal(kinds[i].kind, kind)) {
            *ret_fold = kinds[i].fold;
            return true;
        }
    }
    return false;
}

enum db_status
rebuild_fold_event(struct rebuild_run *run, const struct store_event *event)
{
    fold_function fold;
    enum event_state of;
    struct state state;
    struct err why;
    if (!find_kind(event->kind, &fold)) {
        err_set(&why, ERR_DATA, "nothing is known of events of the kind %.*s", STR_ARG(event->kind));
        return rebuild_refuse(run, &why);
    }
    if (fold == NULL)
        return DB_OK;
    if (!state_of_kind(event->kind, &of)) {
        assert(!"each kind that is folded shows a state");
        return DB_FAILED;
    }
    arena_reset(&run->work);
    if (!state_read_event(of, event->v, event->body, run->entry.house.property, &run->work, &state, &why))
        return why.kind == ERR_MEMORY ? rebuild_out_of_memory(run) : rebuild_refuse(run, &why);
    return fold(run, event, &state);
}
