/* One step for many bookings in one request: those of a group, or any that are listed. All or nothing as one command,
 * or one by one as so many (batch_lines.c). */
#include "api/batch_lines.h"
#include "api/handlers.h"
#include "api/parts.h"
#include "api/reply.h"
#include "store/store_list.h"

enum { BATCH_MAX = 100 };

/* What else the caller said: what load() needs. */
struct batch_asked {
    bool one_by_one;
    struct booking_step how; /* of a group, for each of its bookings */
};

/* Which steps are taken together, by the names that they have alone. */
static const struct shape_word steps[] = {{"confirm", COMMAND_CONFIRM_BOOKING}, {"cancel", COMMAND_CANCEL_BOOKING},
                                          {"approve", COMMAND_APPROVE_BOOKING}, {"decline", COMMAND_DECLINE_BOOKING},
                                          {"no-show", COMMAND_MARK_NO_SHOW},    {"check-in", COMMAND_CHECK_IN},
                                          {"check-out", COMMAND_CHECK_OUT}};

static void
shape_mode(struct shape *body, struct batch_asked *asked)
{
    static const struct shape_word words[] = {{"all_or_nothing", false}, {"one_by_one", true}};
    int one_by_one = false;
    if (shape_enum(shape_field(body, "mode", SHAPE_OPTIONAL), words, 2, &one_by_one) == SHAPE_SET)
        asked->one_by_one = one_by_one != 0;
}

/* How the step is taken, as where it is asked for alone. */
static void
shape_how(struct shape *body, enum command_kind step, struct booking_step *how)
{
    if (step == COMMAND_CHECK_IN || step == COMMAND_CHECK_OUT)
        part_override(body, &how->overrides, &how->reason);
    else
        booking_shape_how(body, step, how);
}

static void
shape_line(struct call *call, struct shape_field field, enum command_kind step, struct booking_step *item)
{
    struct shape shape;
    if (shape_object(field, &shape) != SHAPE_SET)
        return;
    (void)call_shape_id(call, shape_field(&shape, "booking_id", SHAPE_REQUIRED), ID_BOOKING, &item->booking);
    struct shape_field room = shape_field(&shape, "room_id", SHAPE_NULLABLE);
    struct shape_field override = shape_field(&shape, "override", SHAPE_OPTIONAL);
    if (step == COMMAND_CHECK_IN)
        (void)call_shape_id(call, room, ID_ROOM, &item->room);
    else if (room.is != SHAPE_ABSENT)
        (void)shape_refuse(room, "is for check-in alone");
    if (step != COMMAND_CHECK_IN && step != COMMAND_CHECK_OUT && override.is != SHAPE_ABSENT)
        (void)shape_refuse(override, "is for check-in and check-out alone");
    shape_how(&shape, step, item);
    shape_finish(&shape);
}

void
batch_shape(struct call *call, struct shape *query, struct shape *body)
{
    struct batch_asked *asked = call_ask(call, sizeof(*asked));
    struct shape_list list;
    int step = COMMAND_CANCEL_BOOKING;
    (void)query;
    call_shape_property(call, body, SHAPE_REQUIRED);
    shape_mode(body, asked);
    (void)shape_enum(shape_field(body, "command", SHAPE_REQUIRED), steps, sizeof(steps) / sizeof(steps[0]), &step);
    call->engine.command.kind = COMMAND_BATCH_BOOKINGS;
    struct booking_batch *batch = &call->engine.command.booking_batch;
    *batch = (struct booking_batch){.step = (enum command_kind)step, .from_items = true};
    if (shape_list(shape_field(body, "items", SHAPE_REQUIRED), 1, BATCH_MAX, &list) != SHAPE_SET)
        return;
    struct booking_step *items = ARENA_ARRAY(call->arena, list.count, struct booking_step);
    for (size_t i = 0; items != NULL && i < list.count; i++)
        shape_line(call, shape_item(&list, i), batch->step, &items[i]);
    batch->items = items;
    batch->count = items == NULL ? 0 : list.count;
}

static void
submit(struct call *call, struct reader *reader)
{
    const struct batch_asked *asked = call->asked;
    if (batch_lines_refuse_reused(call, reader, asked->one_by_one))
        return;
    if (asked->one_by_one)
        batch_lines_start(call, reader);
    else
        call_submit(call);
}

void
batch_load(struct call *call, struct reader *reader)
{
    submit(call, reader);
}

static void
shape_group(struct call *call, struct shape *body, enum command_kind step)
{
    struct batch_asked *asked = call_ask(call, sizeof(*asked));
    shape_mode(body, asked);
    shape_how(body, step, &asked->how);
    call->engine.command.kind = COMMAND_BATCH_BOOKINGS;
    call->engine.command.booking_batch = (struct booking_batch){.step = step};
}

void
group_shape_confirm(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    shape_group(call, body, COMMAND_CONFIRM_BOOKING);
}

void
group_shape_cancel(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    shape_group(call, body, COMMAND_CANCEL_BOOKING);
}

void
group_shape_check_in(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    shape_group(call, body, COMMAND_CHECK_IN);
}

void
group_shape_check_out(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    shape_group(call, body, COMMAND_CHECK_OUT);
}

/* A group's bookings are those that it was made with, so nobody joins between this look and the decision, which says
 * for whom of them there is anything to do. */
void
group_load_step(struct call *call, struct reader *reader)
{
    const struct batch_asked *asked = call->asked;
    struct group group;
    struct booking *bookings;
    size_t count;
    if (!call_check(call, reader,
                    store_load_group(&reader->store, call->property, call->ids[0], &reader->scratch, &group)))
        return;
    if (!role_is_staff(call->role) && !str_equal(group.owner, call->actor)) {
        reply_refuse(call, OUTCOME_NOT_FOUND);
        return;
    }
    if (!call_check(
            call, reader,
            store_list_group_bookings(&reader->store, call->property, group.id, &reader->scratch, &bookings, &count)))
        return;
    struct booking_batch *batch = &call->engine.command.booking_batch;
    struct booking_step *items = ARENA_ARRAY(call->arena, count + 1, struct booking_step);
    for (size_t i = 0; items != NULL && i < count; i++) {
        items[batch->count] = asked->how;
        items[batch->count++].booking = bookings[i].id;
    }
    batch->items = items;
    submit(call, reader);
}
