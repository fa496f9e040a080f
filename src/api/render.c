/* Replies to commands.
 *
 * An event's body is the whole state of its subject, ending in a brace; what a reply adds is put before that brace. A
 * repeated request is given the events of the first one and has the same body itself, so it gets the same bytes. Guests
 * are in no event: they come from the request, or from their row. */
#include <assert.h>

#include "api/account_text.h"
#include "api/api_intern.h"
#include "api/desk_names.h"
#include "api/guest_text.h"
#include "api/handlers.h"
#include "api/reply.h"
#include "api/room_text.h"
#include "api/roomed_text.h"
#include "engine/state.h"

enum { REPLY_TEXT = 1024 };

/* -- parts of a state -- */

static int64_t
version_of(struct str state)
{
    struct str rest = state_find_member(state, STR("\"version\":"));
    int64_t version = 0;
    for (size_t i = 0; i < rest.len && rest.ptr[i] >= '0' && rest.ptr[i] <= '9'; i++)
        version = version * 10 + (rest.ptr[i] - '0');
    return version;
}

/* A public id that is a member's value; empty when it is null. */
static struct str
id_of(struct str state, struct str quoted)
{
    struct str rest = state_find_member(state, quoted);
    return rest.len > ID_TEXT_LEN && rest.ptr[0] == '"' ? str_of(rest.ptr + 1, ID_TEXT_LEN) : (struct str){NULL, 0};
}

static void
add_seq(struct text *text, const struct store_event *event)
{
    json_text_reopen(text);
    text_put(text, STR(",\"seq\":"));
    if (event->seq > 0)
        text_put_i64(text, event->seq);
    else
        text_put(text, STR("null")); /* a dry run has no place in the log */
    text_put_char(text, '}');
}

static void
put_state(struct text *text, const struct store_event *event)
{
    text_put(text, event->body);
    add_seq(text, event);
}

static const struct guest_details *
find_companion(const struct engine_result *result, struct str public)
{
    enum id_kind kind;
    uint32_t property;
    struct id id;
    if (!id_parse(public, &kind, &property, &id))
        return NULL;
    for (size_t i = 0; i < result->companion_count; i++)
        if (id_equal(result->companions[i].id, id))
            return &result->companions[i].details;
    return NULL;
}

/* The guests as the request described them (who booked: `lead`; who is not there yet: `added`) or as the engine found
 * them; by id alone where neither did. */
static void
put_party(struct text *text, const struct engine_result *result, const struct store_event *event,
          const struct guest_details *lead, const struct guest_details *added)
{
    struct guest_shown guests[1 + COMPANIONS_MAX] = {{.id = id_of(event->body, STR("\"guest_id\":")), .details = lead}};
    struct str rest = state_companions(event->body);
    size_t count = 1;
    while (count <= COMPANIONS_MAX && state_next_companion(&rest, &guests[count].id)) {
        const struct guest_details *found = find_companion(result, guests[count].id);
        guests[count++].details = found != NULL ? found : added;
    }
    text_put(text, event->body);
    guest_text_add_party(text, guests, count);
    add_seq(text, event);
}

static void
put_booking(struct text *text, const struct engine_result *result, const struct store_event *event,
            const struct guest_details *lead)
{
    put_party(text, result, event, lead, NULL);
}

/* -- sending -- */

static struct str
location_of(struct call *call, const char *collection, struct str state)
{
    struct text text;
    text_init(&text, call->arena, 64);
    text_put(&text, str_from(collection));
    text_put_char(&text, '/');
    text_put(&text, id_of(state, STR("\"id\":")));
    return text_str(&text);
}

/* 201 with the place of what was made; a dry run has made nothing. */
static void
send_created(struct call *call, const struct text *text, const char *collection, struct str state)
{
    struct reply reply = {.status = 200, .body = text_str(text)};
    if (!call->dry_run) {
        reply.status = 201;
        reply.version = version_of(state);
        reply.location = location_of(call, collection, state);
    }
    reply_send(call, &reply);
}

static void
send_changed(struct call *call, const struct text *text, struct str state)
{
    reply_text(call, text, call->dry_run ? 0 : version_of(state));
}

/* -- with a reader -- */

static void
run_send(struct reader_job *job, struct reader *reader, const struct err *err)
{
    struct call *call = (struct call *)(void *)job;
    (void)err; /* without a snapshot it goes out as without a reader */
    call->send(call, reader);
}

void
render_with_reader(struct call *call, void (*send)(struct call *call, struct reader *reader))
{
    call->send = send;
    call->job.run = run_send;
    if (!call_hand_to_reader(call, &call->job))
        send(call, NULL);
}

/* Who made way for it is told with names, which only a reader has. */
static void
send_moved(struct call *call, struct id for_whom, void (*send)(struct call *call, struct reader *reader))
{
    if (role_is_staff(call->role) && roomed_text_any_moved(&call->engine.result, for_whom))
        render_with_reader(call, send);
    else
        send(call, NULL);
}

/* -- one thing -- */

static const struct store_event *
find_kind(const struct engine_result *result, struct str kind, size_t from)
{
    for (size_t i = from; i < result->event_count; i++)
        if (str_equal(result->events[i].kind, kind))
            return &result->events[i];
    return NULL;
}

/* The last event about what the path names: what else moved for it comes before. */
static const struct store_event *
find_subject(const struct engine_result *result, struct id subject)
{
    for (size_t i = result->event_count; i > 0; i--)
        if (id_equal(result->events[i - 1].subject, subject))
            return &result->events[i - 1];
    return NULL;
}

void
render_created(struct call *call, const struct engine_result *result)
{
    struct text text;
    const struct store_event *event = &result->events[0];
    assert(result->event_count > 0);
    text_init(&text, call->arena, REPLY_TEXT);
    put_state(&text, event);
    if (event->subject_kind.len > 0 && str_equal(event->kind, STR("property.created")) && !call->dry_run) {
        enum id_kind kind;
        uint32_t number;
        struct id id;
        if (id_parse(id_of(event->body, STR("\"id\":")), &kind, &number, &id))
            api_note_property(call->api, number, id);
    }
    send_created(call, &text, call->route->path, event->body);
}

void
render_begun(struct call *call, const struct engine_result *result)
{
    struct text text;
    const struct store_event *event = &result->events[0];
    assert(result->event_count > 0);
    text_init(&text, call->arena, REPLY_TEXT);
    put_state(&text, event);
    struct reply reply = {.status = call->dry_run ? 200 : 202, .body = text_str(&text)};
    if (!call->dry_run)
        reply.location = location_of(call, call->route->path, event->body);
    reply_send(call, &reply);
}

void
render_changed(struct call *call, const struct engine_result *result)
{
    struct text text;
    const struct store_event *event = find_subject(result, call->ids[0]);
    assert(event != NULL);
    text_init(&text, call->arena, REPLY_TEXT);
    put_state(&text, event);
    send_changed(call, &text, event->body);
}

void
render_inventory(struct call *call, const struct engine_result *result)
{
    struct text text;
    assert(result->event_count > 0);
    text_init(&text, call->arena, REPLY_TEXT);
    put_state(&text, &result->events[0]);
    reply_text(call, &text, 0);
}

/* -- rooms -- */

/* The state of a room without who is in it, for those who may not see bookings: the log has it for all. */
static struct str
room_as_seen(const struct call *call, struct str body)
{
    static const char name[] = ",\"occupied_by\":";
    struct text text;
    struct str value = state_find_member(body, str_of(name + 1, sizeof(name) - 2));
    bool hides = (ROLES_SEE_BOOKINGS & ROLE_BIT(call->role)) == 0;
    if (!hides || value.len < ID_TEXT_LEN + 2)
        return body;
    const char *before = value.ptr - (sizeof(name) - 1), *after = value.ptr + ID_TEXT_LEN + 2; /* and its quotes */
    text_init(&text, call->arena, body.len);
    text_put(&text, str_of(body.ptr, (size_t)(before - body.ptr)));
    text_put(&text, str_of(after, (size_t)(body.ptr + body.len - after)));
    return text_str(&text);
}

static void
put_room(struct text *text, const struct call *call, const struct store_event *event)
{
    text_put(text, room_as_seen(call, event->body));
    add_seq(text, event);
}

static void
send_room_step(struct call *call, struct reader *reader)
{
    struct text text;
    const struct store_event *event = find_subject(&call->engine.result, call->ids[0]);
    assert(event != NULL);
    text_init(&text, call->arena, REPLY_TEXT);
    room_text_put_logged(&text, call, reader, room_as_seen(call, event->body));
    add_seq(&text, event);
    send_changed(call, &text, event->body);
}

void
render_room_step(struct call *call, const struct engine_result *result)
{
    const struct store_event *event = find_subject(result, call->ids[0]);
    assert(event != NULL);
    if (room_text_wants_reader(event->body))
        render_with_reader(call, send_room_step);
    else
        send_room_step(call, NULL);
}

void
render_rooms_given(struct call *call, const struct engine_result *result)
{
    struct text text;
    assert(result->event_count > 0);
    text_init(&text, call->arena, result->event_count * REPLY_TEXT / 2);
    text_put(&text, STR("{\"items\":["));
    for (size_t i = 0; i < result->event_count; i++) {
        if (i > 0)
            text_put_char(&text, ',');
        put_room(&text, call, &result->events[i]);
    }
    text_put(&text, STR("]}"));
    add_seq(&text, &result->events[result->event_count - 1]);
    reply_text(call, &text, 0);
}

/* -- closures -- */

/* With why, as whoever reads it is told: the log keeps words beside what they are about. */
static void
put_closure(struct text *text, const struct call *call, const struct store_event *event)
{
    struct json_writer writer;
    put_state(text, event);
    json_text_reopen(text);
    text_put(text, STR(",\"reason\":"));
    json_writer_init(&writer, text);
    json_write_str(&writer, call->engine.command.close_rooms.reason);
    text_put_char(text, '}');
}

static void
send_closure(struct call *call, struct reader *reader)
{
    const struct engine_result *result = &call->engine.result;
    struct text text;
    const struct store_event *event = find_kind(result, STR("closure.created"), 0);
    assert(event != NULL);
    text_init(&text, call->arena, result->event_count * REPLY_TEXT / 2);
    put_closure(&text, call, event);
    roomed_text_add_moved(&text, &(struct roomed_text){call, reader}, ID_NONE);
    send_created(call, &text, "/v1/closures", event->body);
}

static void
send_closures(struct call *call, const struct engine_result *result)
{
    struct text text;
    bool first = true;
    text_init(&text, call->arena, result->event_count * REPLY_TEXT / 2);
    text_put(&text, STR("{\"items\":["));
    for (size_t i = 0; i < result->event_count; i++) {
        if (!str_equal(result->events[i].kind, STR("closure.created")))
            continue;
        if (!first)
            text_put_char(&text, ',');
        first = false;
        put_state(&text, &result->events[i]);
    }
    text_put(&text, STR("]}"));
    add_seq(&text, &result->events[result->event_count - 1]);
    reply_send(call, &(struct reply){.status = call->dry_run ? 200 : 201, .body = text_str(&text)});
}

/* One room was closed, or as many as were listed. */
void
render_closures_created(struct call *call, const struct engine_result *result)
{
    if (call->engine.command.close_rooms.from_list)
        send_closures(call, result);
    else
        send_moved(call, ID_NONE, send_closure);
}

/* -- rooms in bulk -- */

/* The rooms alone: units that came with them may have lowered an overcommit. */
static void
put_rooms(struct text *text, const struct engine_result *result)
{
    bool first = true;
    text_put(text, STR("{\"items\":["));
    for (size_t i = 0; i < result->event_count; i++) {
        if (!str_starts_with(result->events[i].kind, STR("room.")))
            continue;
        if (!first)
            text_put_char(text, ',');
        first = false;
        put_state(text, &result->events[i]);
    }
    text_put(text, STR("]}"));
    add_seq(text, &result->events[result->event_count - 1]);
}

void
render_rooms_created(struct call *call, const struct engine_result *result)
{
    struct text text;
    assert(result->event_count > 0);
    text_init(&text, call->arena, result->event_count * REPLY_TEXT / 2);
    put_rooms(&text, result);
    reply_send(call, &(struct reply){.status = call->dry_run ? 200 : 201, .body = text_str(&text)});
}

void
render_rooms_deleted(struct call *call, const struct engine_result *result)
{
    struct text text;
    assert(result->event_count > 0);
    text_init(&text, call->arena, result->event_count * REPLY_TEXT / 2);
    put_rooms(&text, result);
    reply_text(call, &text, 0);
}

/* -- bookings -- */

static const struct guest_details *
guest_of(const struct call *call, const struct engine_result *result)
{
    const struct command *command = &call->engine.command;
    switch (command->kind) {
    case COMMAND_CREATE_BOOKINGS: return &command->create_bookings.guest;
    case COMMAND_CONFIRM_HOLD: return &command->confirm_hold.guest;
    case COMMAND_WALK_IN: return &command->walk_in.guest;
    case COMMAND_AMEND_BOOKING:
        return command->amend_booking.changes_guest ? &command->amend_booking.guest : result->guest;
    default: return result->guest;
    }
}

/* Who is described by a request to add them: nobody knows them yet where it is a dry run. */
static const struct guest_details *
added_guest(const struct call *call)
{
    const struct command *command = &call->engine.command;
    bool describes = command->kind == COMMAND_ADD_GUEST && id_is_none(command->name_guest.guest);
    return describes && call->dry_run ? &command->name_guest.details : NULL;
}

/* The group's state says when and by whom; a reply shows what it holds. */
static void
put_group(struct text *text, const struct store_event *group, const struct engine_result *result,
          const struct guest_details *details)
{
    text_put(text, group->body);
    guest_text_add(text, id_of(group->body, STR("\"guest_id\":")), details);
    json_text_reopen(text);
    text_put(text, STR(",\"bookings\":["));
    bool first = true;
    for (size_t i = 0; i < result->event_count; i++) {
        if (!str_equal(result->events[i].kind, STR("booking.created")))
            continue;
        if (!first)
            text_put_char(text, ',');
        first = false;
        put_booking(text, result, &result->events[i], details);
    }
    text_put(text, STR("]}"));
    add_seq(text, group);
}

static void
send_group(struct call *call, const struct engine_result *result, const struct store_event *group)
{
    struct text text;
    text_init(&text, call->arena, result->event_count * REPLY_TEXT);
    put_group(&text, group, result, guest_of(call, result));
    send_created(call, &text, "/v1/groups", group->body);
}

/* A booking that was made. */
static void
send_booking(struct call *call, struct reader *reader, const struct store_event *event)
{
    const struct engine_result *result = &call->engine.result;
    struct text text;
    text_init(&text, call->arena, REPLY_TEXT);
    put_booking(&text, result, event, guest_of(call, result));
    if (role_is_staff(call->role))
        roomed_text_add_moved(&text, &(struct roomed_text){call, reader}, event->subject);
    send_created(call, &text, "/v1/bookings", event->body);
}

static void
send_booking_created(struct call *call, struct reader *reader)
{
    send_booking(call, reader, find_kind(&call->engine.result, STR("booking.created"), 0));
}

void
render_bookings_created(struct call *call, const struct engine_result *result)
{
    const struct store_event *group = find_kind(result, STR("group.created"), 0);
    const struct store_event *event = find_kind(result, STR("booking.created"), 0);
    assert(event != NULL);
    if (group != NULL)
        send_group(call, result, group);
    else
        send_moved(call, event->subject, send_booking_created);
}

/* As it is once the guests are in. */
static void
send_walked_in(struct call *call, struct reader *reader)
{
    send_booking(call, reader, find_kind(&call->engine.result, STR("booking.checked_in"), 0));
}

void
render_walked_in(struct call *call, const struct engine_result *result)
{
    const struct store_event *event = find_kind(result, STR("booking.checked_in"), 0);
    assert(event != NULL);
    send_moved(call, event->subject, send_walked_in);
}

static void
send_booking_changed(struct call *call, struct reader *reader)
{
    const struct engine_result *result = &call->engine.result;
    struct text text;
    const struct store_event *event = find_subject(result, call->ids[0]);
    assert(event != NULL);
    text_init(&text, call->arena, REPLY_TEXT);
    put_party(&text, result, event, guest_of(call, result), added_guest(call));
    if (role_is_staff(call->role))
        roomed_text_add_moved(&text, &(struct roomed_text){call, reader}, call->ids[0]);
    send_changed(call, &text, event->body);
}

void
render_booking_changed(struct call *call, const struct engine_result *result)
{
    (void)result;
    send_moved(call, call->ids[0], send_booking_changed);
}

void
render_put_booking(struct text *text, const struct engine_result *result, struct id booking)
{
    const struct store_event *event = find_subject(result, booking);
    assert(event != NULL);
    put_booking(text, result, event, NULL);
}

struct str
render_state_of(const struct engine_result *result, struct id booking)
{
    const struct store_event *event = find_subject(result, booking);
    assert(event != NULL);
    return event->body;
}

/* Who its guest is, the request does not say: a reader does, if there is one. */
static void
put_named_booking(struct call *call, struct reader *reader, struct text *text, const struct store_event *event)
{
    struct desk_names names;
    put_booking(text, &call->engine.result, event, NULL);
    if (desk_names_of_state(call, reader, event->subject, event->body, &names))
        desk_names_add(text, &names);
}

static void
put_comma(struct text *text, bool *first)
{
    if (!*first)
        text_put_char(text, ',');
    *first = false;
}

/* Those of a group that the step found there already, as the log has them; none are told of without a reader. */
static void
put_already(struct call *call, struct reader *reader, struct text *text, bool *first)
{
    const struct booking_batch *batch = &call->engine.command.booking_batch;
    const struct engine_result *result = &call->engine.result;
    struct str status = booking_status_name(command_group_leads_to(batch->step));
    for (size_t i = 0; reader != NULL && !batch->from_items && i < batch->count; i++) {
        struct id id = batch->items[i].booking;
        struct store_event event;
        if ((!result->unchanged && find_subject(result, id) != NULL) ||
            store_load_last_event_of(&reader->store, call->property, id, &reader->scratch, &event) != DB_OK ||
            !str_equal(event.to, status))
            continue;
        put_comma(text, first);
        put_named_booking(call, reader, text, &event);
        json_text_reopen(text);
        text_put(text, STR(",\"already\":true}"));
    }
}

/* Each booking once, as its last event shows it. */
static void
send_batch(struct call *call, struct reader *reader)
{
    const struct engine_result *result = &call->engine.result;
    struct text text;
    bool first = true;
    text_init(&text, call->arena, result->event_count * REPLY_TEXT);
    text_put(&text, STR("{\"items\":["));
    for (size_t i = 0; !result->unchanged && i < result->event_count; i++) {
        const struct store_event *event = &result->events[i];
        if (!str_starts_with(event->kind, STR("booking.")) || find_subject(result, event->subject) != event ||
            str_equal(event->kind, STR("booking.room_changed"))) /* made way for one of them */
            continue;
        put_comma(&text, &first);
        put_named_booking(call, reader, &text, event);
    }
    put_already(call, reader, &text, &first);
    text_put(&text, STR("]}"));
    add_seq(&text, &result->events[result->event_count - 1]);
    reply_text(call, &text, 0);
}

void
render_batch(struct call *call, const struct engine_result *result)
{
    (void)result;
    render_with_reader(call, send_batch);
}

/* The state is the log's, the person the request's. */
void
render_guest_changed(struct call *call, const struct engine_result *result)
{
    static const struct guest_details nobody = {{"", 0}, {"", 0}, {"", 0}};
    const struct command *command = &call->engine.command;
    struct text text;
    const struct store_event *event = find_subject(result, call->ids[0]); /* behind those of links it withdrew */
    assert(event != NULL);
    text_init(&text, call->arena, REPLY_TEXT);
    text_put(&text, event->body);
    guest_text_add_members(&text, command->kind == COMMAND_AMEND_GUEST ? &command->put_guest.details : &nobody);
    add_seq(&text, event);
    send_changed(call, &text, event->body);
}

/* -- money -- */

/* The first event of the kind's noun. */
static const struct store_event *
find_noun(const struct engine_result *result, struct str noun)
{
    for (size_t i = 0; i < result->event_count; i++)
        if (str_starts_with(result->events[i].kind, noun))
            return &result->events[i];
    return NULL;
}

/* What is left to be paid is known once it was written: a dry run writes nothing. */
static void
add_account(struct call *call, struct reader *reader, struct text *text, struct id payment)
{
    if (reader == NULL || call->dry_run)
        return;
    enum db_status status = account_text_add_of_payment(text, reader, call->property, payment);
    if (status != DB_OK)
        reply_log_failure(call, "the account of a payment could not be looked up", status, &reader->store.err);
}

static void
send_payment(struct call *call, struct reader *reader)
{
    struct text text;
    const struct store_event *event = find_noun(&call->engine.result, STR("payment."));
    assert(event != NULL);
    text_init(&text, call->arena, REPLY_TEXT);
    put_state(&text, event);
    add_account(call, reader, &text, event->subject);
    if (call->engine.command.kind == COMMAND_CREATE_PAYMENT)
        send_created(call, &text, "/v1/payments", event->body);
    else
        send_changed(call, &text, event->body);
}

void
render_payment(struct call *call, const struct engine_result *result)
{
    (void)result;
    render_with_reader(call, send_payment);
}

/* What this refund gives back: by hand it may settle several, and at a provider it is due. */
static int64_t
amount_given(const struct store_event *event)
{
    bool is_given = str_equal(event->kind, STR("refund.settled")) || str_equal(event->kind, STR("refund.due"));
    struct str amount = state_find_member(event->body, STR("\"amount\":"));
    int64_t minor = 0;
    for (size_t i = 0; is_given && i < amount.len && amount.ptr[i] >= '0' && amount.ptr[i] <= '9'; i++)
        minor = minor * 10 + (amount.ptr[i] - '0');
    return minor;
}

/* What goes back: the last refund that this command made or settled. */
static void
send_refund(struct call *call, struct reader *reader)
{
    const struct engine_result *result = &call->engine.result;
    struct text text;
    const struct store_event *event = NULL;
    int64_t total = 0;
    for (size_t i = 0; i < result->event_count; i++) {
        if (!str_starts_with(result->events[i].kind, STR("refund.")))
            continue;
        event = &result->events[i];
        total += amount_given(event);
    }
    assert(event != NULL);
    text_init(&text, call->arena, REPLY_TEXT);
    put_state(&text, event);
    json_text_reopen(&text);
    text_put(&text, STR(",\"total\":"));
    text_put_i64(&text, total);
    text_put_char(&text, '}');
    add_account(call, reader, &text, call->ids[0]);
    send_changed(call, &text, event->body);
}

void
render_refund(struct call *call, const struct engine_result *result)
{
    (void)result;
    render_with_reader(call, send_refund);
}

/* What the path's property has only one of. */
void
render_set(struct call *call, const struct engine_result *result)
{
    struct text text;
    assert(result->event_count > 0);
    text_init(&text, call->arena, REPLY_TEXT);
    put_state(&text, &result->events[0]);
    send_changed(call, &text, result->events[0].body);
}

/* A renewed hold was there already. */
void
render_hold_acquired(struct call *call, const struct engine_result *result)
{
    struct text text;
    const struct store_event *event = find_kind(result, STR("hold.acquired"), 0);
    text_init(&text, call->arena, REPLY_TEXT);
    if (event != NULL) {
        put_state(&text, event);
        send_created(call, &text, call->route->path, event->body);
        return;
    }
    event = find_kind(result, STR("hold.renewed"), 0);
    assert(event != NULL);
    put_state(&text, event);
    send_changed(call, &text, event->body);
}
