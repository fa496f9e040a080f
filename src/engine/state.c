/* Written member by member in the order of the interface; state_read.c reads the same members. */
#include "engine/state.h"

#include <assert.h>
#include <string.h>

#include "engine/state_money.h"
#include "engine/state_part.h"
#include "engine/state_people.h"

enum { SECOND_MS = 1000, MINUTE_MS = 60000 };

/* -- parts that several objects have -- */

static void
write_whole(struct json_writer *writer, const char *name, int64_t ms, int64_t unit_ms)
{
    assert(ms % unit_ms == 0);
    json_member_i64(writer, name, ms / unit_ms);
}

static void
write_features(struct json_writer *writer, struct str features)
{
    json_member_raw(writer, "features", features.len == 0 ? STR("[]") : features);
}

/* A stay by its dates, a slot by its instants. */
static void
write_span(struct json_writer *writer, bool by_minute, struct span span)
{
    int32_t arrival, departure;
    if (by_minute) {
        json_member_instant(writer, "starts_at", span.starts);
        json_member_instant(writer, "ends_at", span.ends);
    } else if (span_to_nights(span, &arrival, &departure)) {
        json_member_date(writer, "arrival", arrival);
        json_member_date(writer, "departure", departure);
    } else {
        assert(!"a stay is of whole nights");
    }
}

void
state_write_ids(struct json_writer *writer, enum id_kind kind, const struct property *property, struct id id)
{
    json_member_id(writer, "id", kind, property->number, id);
    json_member_id(writer, "property_id", ID_PROPERTY, property->number, property->id);
}

void
state_write_made(struct json_writer *writer, int64_t created_at, int64_t version)
{
    json_member_instant(writer, "created_at", created_at);
    json_member_i64(writer, "version", version);
}

/* -- the members of each object -- */

static void
write_claim(struct json_writer *writer, uint32_t property, const struct booking *booking, const struct claim *claim)
{
    json_write_object_begin(writer);
    json_member_id(writer, "room_id", ID_ROOM, property, claim->room);
    write_span(writer, booking->by_minute, claim->span);
    json_member_bool(writer, "pinned", claim->pinned);
    json_write_object_end(writer);
}

void
state_write_claims_on(struct json_writer *writer, const char *name, uint32_t property, const struct booking *booking,
                      struct id room)
{
    json_member_array_begin(writer, name);
    for (size_t i = 0; i < booking->claim_count; i++)
        if (id_equal(booking->claims[i].room, room))
            write_claim(writer, property, booking, &booking->claims[i]);
    json_write_array_end(writer);
}

static void
put_claims(struct json_writer *writer, const struct property *property, const struct booking *booking)
{
    json_member_array_begin(writer, "claims");
    for (size_t i = 0; i < booking->claim_count; i++)
        write_claim(writer, property->number, booking, &booking->claims[i]);
    json_write_array_end(writer);
    json_member_id_or_null(writer, "room_id", ID_ROOM, property->number, booking_room(booking));
}

static void
put_booking_when(struct json_writer *writer, const struct booking *booking)
{
    write_span(writer, booking->by_minute, booking->span);
    if (!booking->by_minute)
        return;
    json_member_str(writer, "local_starts", booking->local_starts);
    json_member_str(writer, "local_ends", booking->local_ends);
    write_whole(writer, "turnaround_min", booking->turnaround_ms, MINUTE_MS);
}

static void
put_companions(struct json_writer *writer, const struct property *property, const struct booking *booking)
{
    if (booking->companion_count == 0)
        return; /* they came to the log after its first bookings */
    json_member_array_begin(writer, "companion_ids");
    for (size_t i = 0; i < booking->companion_count; i++)
        json_write_id(writer, ID_GUEST, property->number, booking->companions[i]);
    json_write_array_end(writer);
}

static void
put_booking(struct json_writer *writer, const struct property *property, const struct booking *booking)
{
    uint32_t number = property->number;
    json_member_id(writer, "id", ID_BOOKING, number, booking->id);
    json_member_str(writer, "code", booking->code);
    json_member_id(writer, "property_id", ID_PROPERTY, number, property->id);
    json_member_id_or_null(writer, "group_id", ID_GROUP, number, booking->group);
    json_member_id(writer, "room_type_id", ID_ROOM_TYPE, number, booking->room_type);
    json_member_id(writer, "charged_room_type_id", ID_ROOM_TYPE, number, booking->charged_room_type);
    json_member_str(writer, "status", booking_status_name(booking->status));
    put_booking_when(writer, booking);
    put_claims(writer, property, booking);
    json_member_str(writer, "placement", booking_placement_name(booking->placement));
    json_member_i64(writer, "party", booking->party);
    json_member_id(writer, "guest_id", ID_GUEST, number, booking->guest);
    put_companions(writer, property, booking);
    json_member_str(writer, "payment", booking_payment_name(booking->payment));
    if (booking->price.known)
        json_member_i64(writer, "price", booking->price.minor);
    else
        json_member_null(writer, "price");
    json_member_str(writer, "payment_status", payment_status_name(booking->payment_status));
    json_member_instant_if(writer, "expires_at", booking->expires_at != 0, booking->expires_at);
    json_member_instant_if(writer, "checked_in_at", booking->checked_in_at != 0, booking->checked_in_at);
    json_member_instant_if(writer, "checked_out_at", booking->checked_out_at != 0, booking->checked_out_at);
    json_member_instant_if(writer, "cancelled_at", booking->cancelled_at != 0, booking->cancelled_at);
    if (booking->checked_in_at != 0)
        json_member_date(writer, "checked_in_on", booking->checked_in_on);
    if (booking->checked_out_at != 0)
        json_member_date(writer, "checked_out_on", booking->checked_out_on);
    if (!id_is_none(booking->left_room))
        json_member_id(writer, "left_room_id", ID_ROOM, number, booking->left_room);
    if (!id_is_none(booking->lost_room))
        json_member_id(writer, "lost_room_id", ID_ROOM, number, booking->lost_room);
    if (booking->fee_minor > 0)
        json_member_i64(writer, "fee", booking->fee_minor);
    json_member_str(writer, "created_by", booking->owner);
    state_write_made(writer, booking->created_at, booking->version);
}

static void
put_group(struct json_writer *writer, const struct property *property, const struct group *group)
{
    state_write_ids(writer, ID_GROUP, property, group->id);
    json_member_str(writer, "code", group->code);
    json_member_id(writer, "guest_id", ID_GUEST, property->number, group->guest);
    json_member_str(writer, "created_by", group->owner);
    state_write_made(writer, group->created_at, group->version);
}

/* Without anything about the person. */
static void
put_guest(struct json_writer *writer, const struct property *property, const struct guest *guest)
{
    state_write_ids(writer, ID_GUEST, property, guest->id);
    json_member_instant_if(writer, "erased_at", guest->erased_at != 0, guest->erased_at);
    state_write_made(writer, guest->created_at, guest->version);
}

static void
put_hold(struct json_writer *writer, const struct property *property, const struct hold *hold)
{
    state_write_ids(writer, ID_HOLD, property, hold->id);
    json_member_str(writer, "status", hold_status_name(hold->status));
    json_member_id(writer, "room_type_id", ID_ROOM_TYPE, property->number, hold->room_type);
    json_member_id_or_null(writer, "room_id", ID_ROOM, property->number, hold->room);
    write_span(writer, hold->by_minute, hold->span);
    if (hold->by_minute)
        write_whole(writer, "turnaround_min", hold->turnaround_ms, MINUTE_MS);
    json_member_i64(writer, "quantity", hold->quantity);
    if (hold->party > 0)
        json_member_i64(writer, "party", hold->party);
    json_member_instant(writer, "expires_at", hold->expires_at);
    if (!id_is_none(hold->booking))
        json_member_id(writer, "booking_id", ID_BOOKING, property->number, hold->booking);
    if (!id_is_none(hold->group))
        json_member_id(writer, "group_id", ID_GROUP, property->number, hold->group);
    json_member_str(writer, "created_by", hold->owner);
    state_write_made(writer, hold->created_at, hold->version);
}

static void
put_job(struct json_writer *writer, const struct property *property, const struct job *job)
{
    state_write_ids(writer, ID_JOB, property, job->id);
    json_member_str(writer, "kind", job_kind_name(job->kind));
    json_member_str(writer, "status", job_status_name(job->status));
    json_member_date(writer, "date", job->date);
    json_member_i64(writer, "phase", job->phase);
    json_member_object_begin(writer, "counts");
    for (int32_t tally = 1; tally <= JOB_TALLIES; tally++)
        if (job_tally_name(job->kind, tally).len > 0)
            json_member_i64(writer, job_tally_name(job->kind, tally).ptr, job->tallies[tally - 1]);
    json_write_object_end(writer);
    json_member_str(writer, "started_by", job->started_by);
    json_member_instant_if(writer, "ended_at", job->ended_at != 0, job->ended_at);
    state_write_made(writer, job->created_at, job->version);
}

static void
put_items(struct json_writer *writer, const struct property *property, const struct event *event)
{
    json_member_array_begin(writer, "items");
    for (size_t i = 0; i < event->item_count; i++) {
        const struct job_item *item = &event->items[i];
        json_write_object_begin(writer);
        json_member_str(writer, "list", job_tally_name(event->job->kind, item->tally));
        json_member_id(writer, "booking_id", ID_BOOKING, property->number, item->booking);
        json_member_id_or_null(writer, "room_id", ID_ROOM, property->number, item->room);
        json_write_object_end(writer);
    }
    json_write_array_end(writer);
}

static void
put_property(struct json_writer *writer, const struct property *property)
{
    json_member_id(writer, "id", ID_PROPERTY, property->number, property->id);
    json_member_str(writer, "name", property->name);
    json_member_str(writer, "time_zone", property->time_zone);
    json_member_str(writer, "currency", property->currency);
    json_member_i64(writer, "day_rolls_at_min", property->day_rolls_at_min);
    write_whole(writer, "payment_ttl_s", property->payment_ttl_ms, SECOND_MS);
    write_whole(writer, "approval_ttl_s", property->approval_ttl_ms, SECOND_MS);
    json_member_i64(writer, "cancellation_window_h", property->cancellation_window_h);
    json_member_i64(writer, "cancellation_fee_percent", property->cancellation_fee_percent);
    json_member_i64(writer, "no_show_fee_percent", property->no_show_fee_percent);
    json_member_bool(writer, "shows_holders", property->shows_holders);
    json_member_str(writer, "night_audit", night_audit_name(property->night_audit));
    if (property->business_date != 0)
        json_member_date(writer, "business_date", property->business_date);
    else
        json_member_null(writer, "business_date"); /* it follows the clock */
    json_member_bool(writer, "splits_stays", property->splits_stays);
    json_member_str(writer, "balance_rule", balance_rule_name(property->balance_rule));
    state_write_made(writer, property->created_at, property->version);
}

static void
put_room_type(struct json_writer *writer, const struct property *property, const struct room_type *type)
{
    state_write_ids(writer, ID_ROOM_TYPE, property, type->id);
    json_member_str(writer, "name", type->name);
    json_member_str(writer, "sold_by", sold_by_name(type->sold_by));
    json_member_str(writer, "stock", stock_kind_name(type->stock));
    json_member_i64(writer, "max_guests", type->max_guests);
    write_features(writer, type->features);
    json_member_bool(writer, "needs_approval", type->needs_approval);
    write_whole(writer, "hold_ttl_s", type->hold_ttl_ms, SECOND_MS);
    json_member_i64(writer, "opens_min", type->opens_min);
    json_member_i64(writer, "closes_min", type->closes_min);
    json_member_i64(writer, "turnaround_min", type->turnaround_min);
    json_member_i64(writer, "length_min", type->length_min);
    json_member_i64(writer, "length_max", type->length_max);
    json_member_i64(writer, "notice_min", type->notice_min);
    json_member_i64(writer, "quota_per_booker", type->quota_per_booker);
    state_write_made(writer, type->created_at, type->version);
}

/* A text by its id, and in words where a view has them. */
static void
put_text(struct json_writer *writer, const struct property *property, const char *id_name, struct id id,
         const char *name, struct str words)
{
    json_member_id(writer, id_name, ID_TEXT, property->number, id);
    if (words.len > 0)
        json_member_str(writer, name, words);
}

static void
put_fault(struct json_writer *writer, const struct property *property, const struct room_state *state, struct str words)
{
    if (!room_is_faulty(state)) {
        json_member_null(writer, "fault");
        return;
    }
    json_member_object_begin(writer, "fault");
    put_text(writer, property, "note_id", state->fault, "note", words);
    json_member_instant(writer, "since", state->fault_since);
    json_write_object_end(writer);
}

static void
put_room_state(struct json_writer *writer, const struct property *property, const struct room_state *state,
               const struct state_room_view *view)
{
    json_member_str(writer, "cleanliness", cleanliness_name(state->cleanliness));
    put_fault(writer, property, state, view->fault);
    json_member_str(writer, "room_status", room_status_name(room_status_of(state)));
    json_member_bool(writer, "is_occupied", room_is_occupied(state));
    if (room_is_occupied(state) && !view->hides_occupant)
        json_member_id(writer, "occupied_by", ID_BOOKING, property->number, state->occupant);
    if (!id_is_none(state->note))
        put_text(writer, property, "note_id", state->note, "note", view->note);
    if (!id_is_none(state->attendant))
        json_member_id(writer, "attendant_id", ID_USER, 0, state->attendant);
}

static void
put_room(struct json_writer *writer, const struct property *property, const struct room *room,
         const struct room_state *state, const struct state_room_view *view)
{
    state_write_ids(writer, ID_ROOM, property, room->id);
    json_member_id(writer, "room_type_id", ID_ROOM_TYPE, property->number, room->room_type);
    json_member_str(writer, "number", room->number);
    json_member_str_if(writer, "floor", room->floor);
    json_member_str_if(writer, "building", room->building);
    write_features(writer, room->features);
    json_write_key(writer, "max_guests");
    if (room->max_guests > 0)
        json_write_i64(writer, room->max_guests);
    else
        json_write_null(writer); /* as its type says */
    put_room_state(writer, property, state, view);
    state_write_made(writer, room->created_at, state->version);
}

/* The log has no words, and all else. */
static const struct state_room_view as_logged = {.hides_occupant = false};

static void
put_number_or_null(struct json_writer *writer, const char *name, int32_t value)
{
    if (value >= 0)
        json_member_i64(writer, name, value);
    else
        json_member_null(writer, name);
}

static void
put_inventory(struct json_writer *writer, const struct property *property, const struct nights_set *nights)
{
    json_member_id(writer, "room_type_id", ID_ROOM_TYPE, property->number, nights->room_type);
    json_member_id(writer, "property_id", ID_PROPERTY, property->number, property->id);
    json_member_date(writer, "from", nights->from);
    json_member_date(writer, "until", nights->until);
    put_number_or_null(writer, "units", nights->units);
    put_number_or_null(writer, "allowance", nights->allowance);
}

static void
put_overcommit(struct json_writer *writer, const struct property *property, const struct overcommit *overcommit)
{
    json_member_id(writer, "room_type_id", ID_ROOM_TYPE, property->number, overcommit->room_type);
    json_member_id(writer, "property_id", ID_PROPERTY, property->number, property->id);
    json_member_date(writer, "from", overcommit->from);
    json_member_date(writer, "until", overcommit->until);
    json_member_str(writer, "kind", overcommit_kind_name(overcommit->kind));
    json_member_id(writer, "subject_id", overcommit->kind == OVERCOMMIT_CLOSURE ? ID_CLOSURE : ID_BOOKING,
                   property->number, overcommit->subject);
    json_member_i64(writer, "quantity", overcommit->quantity);
}

/* A room let by the night is closed by dates, one let by the minute by instants. */
static void
put_closure(struct json_writer *writer, const struct property *property, const struct closure *closure)
{
    state_write_ids(writer, ID_CLOSURE, property, closure->id);
    json_member_id(writer, "room_id", ID_ROOM, property->number, closure->room);
    json_member_str(writer, "kind", closure_kind_name(closure->kind));
    json_member_str(writer, "status", closure_status_name(closure->status));
    if (closure->by_minute) {
        json_member_instant(writer, "starts_at", closure->span.starts);
        json_member_instant(writer, "ends_at", closure->span.ends);
    } else {
        json_member_date(writer, "from", date_from_instant(closure->span.starts));
        json_member_date(writer, "until", date_from_instant(closure->span.ends));
    }
    json_member_str(writer, "placement", booking_placement_name(closure->placement));
    json_member_str(writer, "created_by", closure->created_by);
    json_member_instant_if(writer, "reopened_at", closure->reopened_at != 0, closure->reopened_at);
    state_write_made(writer, closure->created_at, closure->version);
}

static void
put_arrivals(struct json_writer *writer, const struct property *property, const struct arrivals *arrivals)
{
    json_member_id(writer, "property_id", ID_PROPERTY, property->number, property->id);
    json_member_date(writer, "date", arrivals->date);
    json_member_i64(writer, "assigned", arrivals->assigned);
    json_member_i64(writer, "remaining", arrivals->remaining);
    json_member_array_begin(writer, "unplaced");
    for (size_t i = 0; i < arrivals->unplaced_count; i++) {
        json_write_object_begin(writer);
        json_member_id(writer, "booking_id", ID_BOOKING, property->number, arrivals->unplaced[i].booking);
        json_member_str(writer, "code", outcome_info(arrivals->unplaced[i].why)->code);
        json_write_object_end(writer);
    }
    json_write_array_end(writer);
}

/* -- whole objects -- */

void
state_write_booking(struct json_writer *writer, const struct property *property, const struct booking *booking)
{
    json_write_object_begin(writer);
    put_booking(writer, property, booking);
    json_write_object_end(writer);
}

void
state_write_group(struct json_writer *writer, const struct property *property, const struct group *group)
{
    json_write_object_begin(writer);
    put_group(writer, property, group);
    json_write_object_end(writer);
}

void
state_write_guest(struct json_writer *writer, const struct property *property, const struct guest *guest)
{
    json_write_object_begin(writer);
    put_guest(writer, property, guest);
    json_write_object_end(writer);
}

void
state_write_hold(struct json_writer *writer, const struct property *property, const struct hold *hold)
{
    json_write_object_begin(writer);
    put_hold(writer, property, hold);
    json_write_object_end(writer);
}

void
state_write_job(struct json_writer *writer, const struct property *property, const struct job *job)
{
    json_write_object_begin(writer);
    put_job(writer, property, job);
    json_write_object_end(writer);
}

void
state_write_property(struct json_writer *writer, const struct property *property)
{
    json_write_object_begin(writer);
    put_property(writer, property);
    json_write_object_end(writer);
}

void
state_write_room_type(struct json_writer *writer, const struct property *property, const struct room_type *type)
{
    json_write_object_begin(writer);
    put_room_type(writer, property, type);
    json_write_object_end(writer);
}

void
state_write_room_for(struct json_writer *writer, const struct property *property, const struct room *room,
                     const struct room_state *state, const struct state_room_view *view)
{
    json_write_object_begin(writer);
    put_room(writer, property, room, state, view);
    json_write_object_end(writer);
}

void
state_write_room(struct json_writer *writer, const struct property *property, const struct room *room,
                 const struct room_state *state)
{
    state_write_room_for(writer, property, room, state, &as_logged);
}

void
state_write_inventory(struct json_writer *writer, const struct property *property, const struct nights_set *nights)
{
    json_write_object_begin(writer);
    put_inventory(writer, property, nights);
    json_write_object_end(writer);
}

void
state_write_overcommit(struct json_writer *writer, const struct property *property, const struct overcommit *overcommit)
{
    json_write_object_begin(writer);
    put_overcommit(writer, property, overcommit);
    json_write_object_end(writer);
}

void
state_write_closure(struct json_writer *writer, const struct property *property, const struct closure *closure)
{
    json_write_object_begin(writer);
    put_closure(writer, property, closure);
    json_write_object_end(writer);
}

void
state_write_closure_for(struct json_writer *writer, const struct property *property, const struct closure *closure,
                        struct str reason)
{
    json_write_object_begin(writer);
    put_closure(writer, property, closure);
    json_member_str_or_null(writer, "reason", reason);
    json_write_object_end(writer);
}

static void
put_guest_link(struct json_writer *writer, const struct property *property, const struct guest_link *link)
{
    state_write_ids(writer, ID_GUEST_LINK, property, link->id);
    json_member_id(writer, "booking_id", ID_BOOKING, property->number, link->booking);
    json_member_instant_if(writer, "withdrawn_at", link->withdrawn_at != 0, link->withdrawn_at);
    state_write_made(writer, link->created_at, link->version);
}

static void
put_affected(struct json_writer *writer, uint32_t property, const struct event *event)
{
    json_member_array_begin(writer, "affected");
    for (size_t i = 0; i < event->affected_count; i++)
        json_write_id(writer, ID_BOOKING, property, event->affected[i]);
    json_write_array_end(writer);
}

void
state_write_event_state(struct json_writer *writer, uint32_t property, const struct house *house,
                        const struct event *event)
{
    const struct property *of = house->property;
    assert(of == NULL ? property == 0 && (event->state == EVENT_OF_PROPERTY || event->state >= EVENT_OF_USER)
                      : of->number == property);
    json_write_object_begin(writer);
    switch (event->state) {
    case EVENT_OF_BOOKING: put_booking(writer, of, event->booking); break;
    case EVENT_OF_GROUP: put_group(writer, of, event->group); break;
    case EVENT_OF_GUEST: put_guest(writer, of, event->guest); break;
    case EVENT_OF_HOLD: put_hold(writer, of, event->hold); break;
    case EVENT_OF_PROPERTY: put_property(writer, event->property); break;
    case EVENT_OF_ROOM_TYPE: put_room_type(writer, of, event->room_type); break;
    case EVENT_OF_ROOM: put_room(writer, of, event->room, event->room_state, &as_logged); break;
    case EVENT_OF_INVENTORY: put_inventory(writer, of, event->nights); break;
    case EVENT_OF_OVERCOMMIT: put_overcommit(writer, of, event->overcommit); break;
    case EVENT_OF_CLOSURE: put_closure(writer, of, event->closure); break;
    case EVENT_OF_ARRIVALS: put_arrivals(writer, of, event->arrivals); break;
    case EVENT_OF_PAYMENT: state_put_payment(writer, of, event->payment); break;
    case EVENT_OF_REFUND: state_put_refund(writer, of, event->of_refund); break;
    case EVENT_OF_SET_ASIDE: state_put_set_aside(writer, of, event->set_aside); break;
    case EVENT_OF_PROVIDER: state_put_provider(writer, of, event->provider); break;
    case EVENT_OF_GUEST_LINK: put_guest_link(writer, of, event->guest_link); break;
    case EVENT_OF_USER: state_put_user(writer, event->user); break;
    case EVENT_OF_TOKEN: state_put_token(writer, event->token); break;
    case EVENT_OF_INVITATION: state_put_invitation(writer, event->invitation); break;
    case EVENT_OF_RESET: state_put_reset(writer, event->reset); break;
    case EVENT_OF_SESSION: state_put_session(writer, event->session); break;
    case EVENT_OF_JOB:
        put_job(writer, of, event->job);
        put_items(writer, of, event);
        break;
    }
    if (!id_is_none(event->hold_id))
        json_member_id(writer, "hold_id", ID_HOLD, property, event->hold_id);
    if (event->overrides) {
        json_member_bool(writer, "override", true);
        json_member_str(writer, "override_role", role_name(event->override_role));
    }
    if (event->out_of_service)
        json_member_str(writer, "warning", STR("out_of_service"));
    if (event->waived_minor > 0)
        json_member_i64(writer, "waived_fee", event->waived_minor);
    if (event->refund.asked == REFUND_NOTHING)
        json_member_i64(writer, "asked_refund", 0);
    else if (event->refund.asked == REFUND_AMOUNT)
        json_member_i64(writer, "asked_refund", event->refund.minor);
    if (event->affected_count > 0)
        put_affected(writer, property, event);
    if (event->provider_event.len > 0)
        json_member_str(writer, "provider_event_id", event->provider_event);
    if (event->deleted)
        json_member_bool(writer, "deleted", true);
    json_write_object_end(writer);
}

void
state_write_guest_link(struct json_writer *writer, const struct property *property, const struct guest_link *link)
{
    json_write_object_begin(writer);
    put_guest_link(writer, property, link);
    json_write_object_end(writer);
}

/* Quotes within strings are escaped, so that a name with its quotes and colon can only be a member's. */
struct str
state_find_member(struct str state, struct str quoted)
{
    const char *at = memmem(state.ptr, state.len, quoted.ptr, quoted.len);
    if (at == NULL)
        return (struct str){NULL, 0};
    const char *value = at + quoted.len;
    return str_of(value, (size_t)(state.ptr + state.len - value));
}

/* The claims before it name rooms too; none of them follows the end of a list. */
struct id
state_room_of_booking(struct str booking)
{
    struct str room = state_find_member(booking, STR("],\"room_id\":\""));
    enum id_kind kind;
    uint32_t property;
    struct id id = ID_NONE;
    if (room.len > ID_TEXT_LEN && !id_parse(str_of(room.ptr, ID_TEXT_LEN), &kind, &property, &id))
        return ID_NONE;
    return id;
}

struct str
state_companions(struct str booking)
{
    struct str list = state_find_member(booking, STR("\"companion_ids\":["));
    const char *end = list.len == 0 ? NULL : memchr(list.ptr, ']', list.len);
    return end == NULL ? (struct str){NULL, 0} : str_of(list.ptr, (size_t)(end - list.ptr));
}

bool
state_next_companion(struct str *list, struct str *ret_id)
{
    const size_t quoted = ID_TEXT_LEN + 2;
    if (list->len < quoted)
        return false;
    *ret_id = str_of(list->ptr + 1, ID_TEXT_LEN);
    size_t taken = list->len > quoted ? quoted + 1 : quoted; /* with the comma */
    *list = str_of(list->ptr + taken, list->len - taken);
    return true;
}
