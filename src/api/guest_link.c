/* The link of a booking: made and withdrawn by staff, used by the guest.
 *
 * Its secret stands behind the # of the address, which browsers send to nobody: it comes into no log of a proxy and no
 * Referer field. The page there sends it as a bearer token. Nothing but the two routes of the guest reads it, so that
 * everything else is denied without a rule that could be forgotten. */
#include "api/guest_link.h"

#include <string.h>

#include "api/api_intern.h"
#include "api/handlers.h"
#include "api/parts.h"
#include "api/people.h"
#include "api/reply.h"
#include "api/token.h"
#include "core/cancellation.h"
#include "engine/facts_load.h"
#include "engine/ledger_load.h"
#include "engine/state.h"
#include "store/store_guest_link.h"
#include "store/store_payment.h"

const char guest_link_refused[] = "The link is not valid, or not any more: it was withdrawn or replaced, or is too "
                                  "old. Ask the property for a new one.";

/* -- who comes -- */

/* The bearer token of the only Authorization field; ptr NULL for none. */
static struct str
find_bearer(const struct http_request *http, bool *ret_came)
{
    struct str found = {NULL, 0};
    size_t count = 0;
    for (size_t i = 0; i < http->header_count; i++)
        if (str_equal_nocase(http->headers[i].name, STR("authorization"))) {
            found = token_of_authorization(http->headers[i].value);
            count++;
        }
    *ret_came = count > 0;
    return count == 1 ? found : (struct str){NULL, 0};
}

void
guest_link_identify(struct call *call)
{
    bool came;
    struct id id;
    struct str token = find_bearer(call->http, &came);
    call->auth = came ? AUTH_BAD : AUTH_ANONYMOUS;
    if (token.ptr == NULL || !secret_read_in(SECRET_GUEST_LINK, token, &call->property, &id, call->link_hash))
        return;
    char *actor = arena_alloc(call->arena, ID_TEXT_SIZE);
    if (actor == NULL)
        return; /* nobody, and latched */
    id_format(ID_GUEST_LINK, call->property, id, actor);
    call->actor = str_of(actor, ID_TEXT_LEN);
    call->link = id;
    call->has_property = true;
}

/* Of a link whose secret is right, the booking too. DB_NO_ROW for one that is not good. */
static enum db_status
find_booking(struct call *call, struct reader *reader, struct booking *ret_booking)
{
    struct guest_link link;
    enum db_status status = store_load_guest_link(&reader->store, call->property, call->link, &link);
    if (status != DB_OK)
        return status;
    if (!secret_hash_equal(link.hash, call->link_hash))
        return DB_NO_ROW;
    status = store_load_booking(&reader->store, call->property, link.booking, &reader->scratch, ret_booking);
    return status == DB_OK && !guest_link_is_open(&link, ret_booking, call_now_ms(call)) ? DB_NO_ROW : status;
}

bool
guest_link_admit(struct call *call, struct reader *reader)
{
    struct booking booking;
    enum db_status status = find_booking(call, reader, &booking);
    if (status == DB_NO_ROW) {
        reply_refuse_detail(call, OUTCOME_UNAUTHENTICATED, guest_link_refused);
        return false;
    }
    if (!call_check(call, reader, status))
        return false;
    call->auth = AUTH_GOOD;
    call->role = ROLE_GUEST;
    call->ids[0] = booking.id;
    return true;
}

/* -- making one -- */

struct asked_link {
    struct secret_made made;
    int64_t expires_at;
};

void
guest_link_shape_create(struct call *call, struct shape *query, struct shape *body)
{
    struct asked_link *asked = call_ask(call, sizeof(*asked));
    struct create_guest_link *create = &call->engine.command.create_guest_link;
    (void)query;
    (void)body;
    secret_make_in(SECRET_GUEST_LINK, call->property, call->api->settings.random, call_now_ms(call), &asked->made);
    call->engine.command.kind = COMMAND_CREATE_GUEST_LINK;
    create->id = asked->made.id;
    memcpy(create->hash, asked->made.hash, SECRET_HASH_BYTES);
    create->booking = call->ids[0];
}

/* Until when it will be good; a booking that is not there is the engine's to refuse. */
void
guest_link_load_create(struct call *call, struct reader *reader)
{
    struct asked_link *asked = call->asked;
    struct booking booking;
    enum db_status status =
        store_load_booking(&reader->store, call->property, call->ids[0], &reader->scratch, &booking);
    if (status != DB_NO_ROW && !call_check(call, reader, status))
        return;
    asked->expires_at = status == DB_OK ? guest_link_expires_at(&booking) : 0;
    call_submit(call);
}

static void
put_expiry(struct text *text, int64_t expires_at)
{
    struct json_writer writer;
    text_put(text, STR(",\"expires_at\":"));
    json_writer_init(&writer, text);
    json_write_instant(&writer, expires_at);
}

void
guest_link_render_created(struct call *call, const struct engine_result *result)
{
    const struct asked_link *asked = call->asked;
    const struct store_event *event = people_find_event(result, "guest_link.created");
    struct reply reply = {.status = call->dry_run ? 200 : 201};
    struct text text, url;
    people_reply_begin(call, &text, event->body);
    put_expiry(&text, asked->expires_at);
    if (!call->dry_run) {
        text_init(&url, call->arena, 128);
        text_put(&url, STR("/booking#"));
        text_put(&url, str_of(asked->made.text, SECRET_LEN));
        people_reply_str(&text, "token", str_of(asked->made.text, SECRET_LEN));
        people_reply_str(&text, "url", text_str(&url));
    }
    people_reply_end(&text, event);
    reply.body = text_str(&text);
    reply.version = call->dry_run ? 0 : people_version(event->body);
    reply_send(call, &reply);
}

/* -- looking after it, withdrawing it -- */

void
guest_link_load_one(struct call *call, struct reader *reader)
{
    struct guest_link link;
    struct booking booking;
    struct text text;
    struct json_writer writer;
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL ||
        !call_check(call, reader,
                    store_load_booking(&reader->store, call->property, call->ids[0], &reader->scratch, &booking)) ||
        !call_check(call, reader, store_load_guest_link_of(&reader->store, call->property, call->ids[0], &link)))
        return;
    text_init(&text, call->arena, 512);
    json_writer_init(&writer, &text);
    state_write_guest_link(&writer, house->house.property, &link);
    if (!text.overflowed)
        text.len--; /* opened again */
    put_expiry(&text, guest_link_expires_at(&booking));
    text_put_char(&text, '}');
    reply_text(call, &text, link.version);
}

void
guest_link_shape_withdraw(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    (void)body;
    call->engine.command.kind = COMMAND_WITHDRAW_GUEST_LINK;
    call->engine.command.withdraw_guest_link.booking = call->ids[0];
}

/* One that is not there may have been withdrawn by this very request, sent again: then the engine knows. */
void
guest_link_load_withdraw(struct call *call, struct reader *reader)
{
    struct guest_link link;
    enum db_status status = store_load_guest_link_of(&reader->store, call->property, call->ids[0], &link);
    if (status != DB_NO_ROW && !call_check(call, reader, status))
        return;
    if (status == DB_NO_ROW || call_require_match(call, link.version))
        call_submit(call);
}

void
guest_link_render_withdrawn(struct call *call, const struct engine_result *result)
{
    const struct store_event *event = people_find_event(result, "guest_link.withdrawn");
    struct text text;
    people_reply_begin(call, &text, event->body);
    people_reply_end(&text, event);
    reply_text(call, &text, call->dry_run ? 0 : people_version(event->body));
}

/* -- what the guest sees -- */

static void
put_when(struct json_writer *writer, const struct booking *booking)
{
    int32_t arrival = 0, departure = 0;
    if (!booking->by_minute && span_to_nights(booking->span, &arrival, &departure)) {
        json_member_date(writer, "arrival", arrival);
        json_member_date(writer, "departure", departure);
        return;
    }
    json_member_instant(writer, "starts_at", booking->span.starts);
    json_member_instant(writer, "ends_at", booking->span.ends);
    json_member_str(writer, "local_starts", booking->local_starts);
    json_member_str(writer, "local_ends", booking->local_ends);
}

/* The core's answer to a cancellation, beforehand; "" when it would be accepted. */
static struct str
why_not(const struct house_entry *house, const struct booking *booking, int64_t now_ms)
{
    int64_t present = booking->by_minute ? now_ms : date_to_instant(facts_today(house, now_ms));
    if (!booking_machine_allows(booking->status, BOOKING_COMMAND_CANCEL))
        return STR("status");
    return booking->span.starts <= present ? STR("already_started") : STR("");
}

static void
put_cancellation(struct json_writer *writer, const struct house_entry *house, const struct booking *booking,
                 int64_t now_ms)
{
    const struct property *property = house->house.property;
    int64_t begins = facts_begins(house, booking), until, later;
    struct str refused = why_not(house, booking, now_ms);
    bool allowed = refused.len == 0;
    bool free_for_now = cancellation_is_free_for_now(property, booking, now_ms, begins, &until, &later) && allowed;
    json_member_object_begin(writer, "cancellation");
    json_member_bool(writer, "allowed", allowed);
    json_member_str_or_null(writer, "refused_because", allowed ? (struct str){NULL, 0} : refused);
    json_member_i64(writer, "fee", allowed ? cancellation_fee(property, booking, now_ms, begins) : 0);
    json_member_instant_if(writer, "free_until", free_for_now, until);
    if (free_for_now)
        json_member_i64(writer, "fee_after", later);
    else
        json_member_null(writer, "fee_after");
    json_write_object_end(writer);
}

/* Of money only what is this booking's by itself: what somebody paid for a whole group is not one guest's to see. */
static void
put_view(struct json_writer *writer, const struct house_entry *house, const struct booking *booking,
         const struct ledger_summary *money, int64_t now_ms)
{
    const struct property *property = house->house.property;
    const struct room_type *type = house_find_type(&house->house, booking->room_type);
    json_write_object_begin(writer);
    json_member_str(writer, "code", booking->code);
    json_member_object_begin(writer, "property");
    json_member_str(writer, "name", property->name);
    json_member_str(writer, "time_zone", property->time_zone);
    json_member_str(writer, "currency", property->currency);
    json_write_object_end(writer);
    json_member_str_or_null(writer, "room_type", type == NULL ? (struct str){NULL, 0} : type->name);
    json_member_str(writer, "status", booking_status_name(booking->status));
    put_when(writer, booking);
    json_member_i64(writer, "party", booking->party);
    json_member_i64_or_null(writer, "price", booking->price.known, booking->price.minor);
    json_member_i64_or_null(writer, "fee", booking->fee_minor > 0, booking->fee_minor);
    json_member_i64(writer, "paid", money->paid);
    json_member_i64(writer, "refunded", money->refunded);
    json_member_i64(writer, "refund_due", money->refund_due);
    json_member_instant_if(writer, "cancelled_at", booking->cancelled_at != 0, booking->cancelled_at);
    put_cancellation(writer, house, booking, now_ms);
    json_member_instant(writer, "link_expires_at", guest_link_expires_at(booking));
    json_member_i64(writer, "version", booking->version);
    json_write_object_end(writer);
}

void
guest_link_load_booking(struct call *call, struct reader *reader)
{
    struct booking booking;
    struct ledger ledger;
    struct ledger_summary money;
    struct text text;
    struct json_writer writer;
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL ||
        !call_check(call, reader,
                    store_load_booking(&reader->store, call->property, call->ids[0], &reader->scratch, &booking)) ||
        !call_check(call, reader, ledger_load(&reader->store, call->property, &booking, &reader->scratch, &ledger)))
        return;
    money = ledger_summary_of_booking(ledger, &booking);
    text_init(&text, call->arena, 1024);
    json_writer_init(&writer, &text);
    put_view(&writer, house, &booking, &money, call_now_ms(call));
    reply_text(call, &text, booking.version);
}

/* -- what the guest does -- */

/* What it may cost is said by the guest, who read it before: an hour that has struck since charges nobody unasked. */
void
guest_link_shape_cancel(struct call *call, struct shape *query, struct shape *body)
{
    struct booking_step *step = &call->engine.command.booking_step;
    (void)query;
    call->engine.command.kind = COMMAND_CANCEL_BOOKING;
    (void)shape_text(shape_field(body, "reason", SHAPE_NULLABLE), 0, PART_REASON_MAX, &step->reason);
    (void)shape_i64(shape_field(body, "accepted_fee", SHAPE_REQUIRED), 0, PRICE_MAX, &step->fee_max_minor);
    step->limits_fee = true;
}

void
guest_link_load_cancel(struct call *call, struct reader *reader)
{
    (void)reader;
    call->engine.command.booking_step.booking = call->ids[0];
    call_submit(call);
}

/* A member of the state as it is written, which has no comma within; null where it is not there. */
static void
copy_member(struct text *text, struct str state, const char *quoted)
{
    struct str rest = state_find_member(state, str_from(quoted));
    size_t len = 0;
    while (len < rest.len && rest.ptr[len] != ',' && rest.ptr[len] != '}')
        len++;
    text_put(text, str_from(quoted));
    text_put(text, rest.ptr == NULL ? STR("null") : str_of(rest.ptr, len));
    text_put_char(text, ',');
}

/* Of the booking's new state the little that a guest may see. */
void
guest_link_render_cancelled(struct call *call, const struct engine_result *result)
{
    const struct store_event *event = people_find_event(result, "booking.cancelled");
    struct text text;
    text_init(&text, call->arena, 256);
    text_put_char(&text, '{');
    copy_member(&text, event->body, "\"code\":");
    copy_member(&text, event->body, "\"status\":");
    copy_member(&text, event->body, "\"cancelled_at\":");
    copy_member(&text, event->body, "\"fee\":");
    copy_member(&text, event->body, "\"version\":");
    text_put(&text, STR("\"seq\":"));
    if (event->seq > 0)
        text_put_i64(&text, event->seq);
    else
        text_put(&text, STR("null"));
    text_put_char(&text, '}');
    reply_text(call, &text, call->dry_run ? 0 : people_version(event->body));
}
