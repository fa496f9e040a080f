/* Holds: taken, extended, confirmed, released, and seen. */
#include "api/api_intern.h"
#include "api/handlers.h"
#include "api/id_page.h"
#include "api/parts.h"
#include "api/reply.h"
#include "engine/state.h"

static const char *const read_only[] = {"id",         "status",  "expires_at", "created_by",
                                        "created_at", "version", "seq",        NULL};

/* -- commands -- */

static void
shape_ttl(struct shape *body, int64_t *ret_ms)
{
    (void)part_seconds(shape_field(body, "ttl_s", SHAPE_OPTIONAL), 1, PART_HOLD_TTL_MAX_S, ret_ms);
}

/* Nobody waits in line here, and whoever asked to must not believe that they do. */
static void
shape_queue(struct shape *body)
{
    bool queue;
    struct shape_field field = shape_field(body, "queue", SHAPE_OPTIONAL);
    if (shape_bool(field, &queue) == SHAPE_SET && queue)
        (void)shape_refuse(field, "must be false: what is held can't be waited for");
}

void
hold_shape_acquire(struct call *call, struct shape *query, struct shape *body)
{
    struct acquire_hold hold = {.quantity = 1};
    (void)query;
    call_shape_property(call, body, SHAPE_REQUIRED);
    part_leg(call, body, &hold.leg);
    (void)part_i32(shape_field(body, "quantity", SHAPE_OPTIONAL), 1, QUANTITY_MAX, &hold.quantity);
    shape_ttl(body, &hold.ttl_ms);
    shape_queue(body);
    shape_read_only(body, read_only);
    call->engine.command.kind = COMMAND_ACQUIRE_HOLD;
    call->engine.command.acquire_hold = hold;
}

/* Would this request renew the hold? As the decision says it: a slot without a room is as well served by any room. For
 * more guests it may be another room, and is counted as one. */
static bool
is_asked_for(const struct acquire_hold *asked, const struct hold *hold)
{
    const struct leg *leg = &asked->leg;
    bool any_room = hold->by_minute && leg->party <= hold->party;
    bool same_room = id_is_none(leg->room) ? any_room || id_is_none(hold->room) : id_equal(leg->room, hold->room);
    return same_room && (id_is_none(leg->room_type) || id_equal(leg->room_type, hold->room_type)) &&
           span_equal(leg->span, hold->span) && asked->quantity == hold->quantity;
}

/* The caller's live holds that this request would not renew. */
static int64_t
count_others(const struct call *call, const struct hold *holds, size_t count)
{
    int64_t others = 0;
    for (size_t i = 0; i < count; i++)
        others += is_asked_for(&call->engine.command.acquire_hold, &holds[i]) ? 0 : 1;
    return others;
}

/* So that nobody holds a whole house without booking it. */
void
hold_load_acquire(struct call *call, struct reader *reader)
{
    struct hold *holds;
    size_t count;
    int64_t now_ms = call_now_ms(call);
    if (!call->hold_begun) {
        call_submit(call);
        return;
    }
    if (!call_check(
            call, reader,
            store_list_holds_of(&reader->store, call->property, call->actor, now_ms, &reader->scratch, &holds, &count)))
        return;
    if (limits_allow_hold(call->api->limits, count_others(call, holds, count) + call->hold_ahead)) {
        call_submit(call);
        return;
    }
    int64_t until_ms = now_ms + 1000;
    for (size_t i = 0; i < count; i++)
        if (i == 0 || holds[i].expires_at < until_ms)
            until_ms = holds[i].expires_at;
    reply_refuse_rate(call, until_ms - now_ms, "As many holds as may live at a time are this caller's already.");
}

void
hold_shape_extend(struct call *call, struct shape *query, struct shape *body)
{
    struct hold_step *step = &call->engine.command.hold_step;
    (void)query;
    call->engine.command.kind = COMMAND_EXTEND_HOLD;
    step->hold = call->ids[0];
    shape_ttl(body, &step->ttl_ms);
}

void
hold_shape_confirm(struct call *call, struct shape *query, struct shape *body)
{
    struct confirm_hold confirm = {.hold = call->ids[0]};
    (void)query;
    (void)part_i32(shape_field(body, "party", SHAPE_OPTIONAL), 1, PART_PARTY_MAX, &confirm.party);
    (void)part_price(body, &confirm.price);
    (void)part_guest(body, SHAPE_REQUIRED, &confirm.guest);
    part_payment(body, &confirm.payment);
    call->engine.command.kind = COMMAND_CONFIRM_HOLD;
    call->engine.command.confirm_hold = confirm;
}

void
hold_shape_release(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    (void)body;
    call->engine.command.kind = COMMAND_RELEASE_HOLD;
    call->engine.command.hold_step.hold = call->ids[0];
}

/* -- reading -- */

void
hold_shape_list(struct call *call, struct shape *query, struct shape *body)
{
    (void)body;
    call_shape_property(call, query, SHAPE_REQUIRED);
    call_shape_page(call, query, ID_BYTES, call_ask(call, sizeof(struct page)));
}

/* Who holds what is for the staff, and for everybody where the property says so. */
static bool
is_seen(const struct call *call, const struct property *property, const struct hold *hold)
{
    return role_is_staff(call->role) || property->shows_holders || str_equal(hold->owner, call->actor);
}

/* More are read than a page holds, since some are not to be seen; the cursor is of what was read. */
static enum db_status
load_page(struct call *call, struct reader *reader, const struct property *property, struct id_page *list)
{
    enum { STEP = 256 };
    struct id after = list->after;
    int64_t now_ms = call_now_ms(call);
    for (;;) {
        struct hold *holds;
        size_t count;
        enum db_status status =
            store_list_holds(&reader->store, call->property, now_ms, after, STEP, &reader->scratch, &holds, &count);
        if (status != DB_OK)
            return status;
        for (size_t i = 0; i < count; i++)
            if (is_seen(call, property, &holds[i]) && id_page_takes(list, holds[i].id))
                state_write_hold(&list->writer, property, &holds[i]);
        if (count < STEP || list->more)
            return DB_OK;
        after = holds[count - 1].id;
    }
}

void
hold_load_list(struct call *call, struct reader *reader)
{
    struct id_page list;
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL)
        return;
    id_page_begin(&list, call, call->asked);
    if (call_check(call, reader, load_page(call, reader, house->house.property, &list)))
        id_page_send(&list);
}

void
hold_load_one(struct call *call, struct reader *reader)
{
    struct hold hold;
    struct text text;
    struct json_writer writer;
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL ||
        !call_check(call, reader,
                    store_load_hold(&reader->store, call->property, call->ids[0], &reader->scratch, &hold)))
        return;
    if (!is_seen(call, house->house.property, &hold)) {
        reply_refuse(call, OUTCOME_NOT_FOUND);
        return;
    }
    text_init(&text, call->arena, 640);
    json_writer_init(&writer, &text);
    state_write_hold(&writer, house->house.property, &hold);
    reply_text(call, &text, hold.version);
}
