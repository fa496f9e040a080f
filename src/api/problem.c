/* Members in the order of the interface; `code` is what programs look at, `type` leads to what it means. */
#include "api/problem.h"

#include <assert.h>
#include <stdio.h>

#include "core/span.h"

struct problem
problem_of(enum outcome outcome)
{
    const struct outcome_info *info = outcome_info(outcome);
    return (struct problem){
        .code = info->code, .title = info->title, .status = info->http_status, .detail = info->meaning};
}

static void
write_type(struct json_writer *writer, struct str code)
{
    char type[96];
    int len = snprintf(type, sizeof(type), PROBLEM_TYPE_PREFIX "%.*s", STR_ARG(code));
    assert(len > 0 && (size_t)len < sizeof(type));
    json_member_str(writer, "type", str_of(type, (size_t)len));
}

static void
write_pointer(struct json_writer *writer, const struct problem *problem)
{
    json_member_array_begin(writer, "errors");
    json_write_object_begin(writer);
    json_member_str(writer, "pointer", problem->pointer);
    json_member_str(writer, "code", problem->code);
    json_member_str(writer, "detail", problem->pointer_detail.len > 0 ? problem->pointer_detail : problem->detail);
    json_write_object_end(writer);
    json_write_array_end(writer);
}

static void
write_owner(struct json_writer *writer, uint32_t property, const struct claim *claim)
{
    static const enum id_kind kinds[] = {
        [CLAIM_OF_BOOKING] = ID_BOOKING, [CLAIM_OF_HOLD] = ID_HOLD, [CLAIM_OF_CLOSURE] = ID_CLOSURE};
    json_member_str(writer, "kind", claim_owner_name(claim->owner_kind));
    json_member_id_or_null(writer, "id", kinds[claim->owner_kind], property, claim->owner);
}

/* Whole days are shown by their dates, as those of the stay that has them. */
static void
write_span(struct json_writer *writer, struct span span)
{
    int32_t arrival, departure;
    if (!span_is_valid(span)) /* somebody who should have left: the dates of the room are not theirs any more */
        return;
    if (span_to_nights(span, &arrival, &departure)) {
        json_member_date(writer, "arrival", arrival);
        json_member_date(writer, "departure", departure);
    } else {
        json_member_instant(writer, "starts_at", span.starts);
        json_member_instant(writer, "ends_at", span.ends);
    }
}

static void
write_claim(struct json_writer *writer, uint32_t property, const struct claim *claim, const struct desk_names *names,
            struct str rooms)
{
    json_write_object_begin(writer);
    write_owner(writer, property, claim);
    json_member_id_or_null(writer, "room_id", ID_ROOM, property, claim->room);
    if (names != NULL)
        desk_names_write(writer, claim->owner_kind, names);
    write_span(writer, claim->span);
    if (rooms.len > 0)
        json_member_raw(writer, "alternatives", rooms);
    json_write_object_end(writer);
}

static void
write_in_the_way(struct json_writer *writer, const struct problem *problem)
{
    const struct refusal *refusal = problem->refusal;
    json_member_array_begin(writer, "in_the_way");
    for (size_t i = 0; i < refusal->in_the_way_count; i++)
        write_claim(writer, problem->property, &refusal->in_the_way[i],
                    problem->names == NULL ? NULL : &problem->names[i],
                    problem->rooms_for == NULL ? STR("") : problem->rooms_for[i]);
    json_write_array_end(writer);
}

static void
write_allowed_in_room(struct json_writer *writer, const struct room_state *room)
{
    for (int i = 0; i < ROOM_COMMAND_COUNT; i++)
        if (room_machine_allows(room, (enum room_command)i))
            json_write_str(writer, room_command_name((enum room_command)i));
}

/* Of a provider's payment all but a refund is the provider's to do. */
static void
write_allowed_of_payment(struct json_writer *writer, const struct payment *payment)
{
    for (int i = 0; payment != NULL && i < PAYMENT_COMMAND_COUNT; i++) {
        enum payment_command command = (enum payment_command)i;
        bool can_be_asked = command == PAYMENT_COMMAND_REFUND || payment_method_is_by_hand(payment->method);
        if (can_be_asked && payment_machine_allows(payment_status_of(payment), command))
            json_write_str(writer, payment_command_name(command));
    }
}

static void
write_allowed(struct json_writer *writer, const struct refusal *refusal)
{
    json_member_array_begin(writer, "allowed");
    for (int i = 0; i < BOOKING_COMMAND_COUNT; i++)
        if ((refusal->group_allows >> i & 1) != 0)
            json_write_str(writer, booking_command_name((enum booking_command)i));
    if (refusal->room != NULL)
        write_allowed_in_room(writer, refusal->room);
    for (int i = 0; i < BOOKING_COMMAND_COUNT; i++) {
        enum booking_command command = (enum booking_command)i;
        /* what happens to a booking by itself can't be asked for */
        bool can_be_asked =
            command != BOOKING_COMMAND_EXPIRE && command != BOOKING_COMMAND_DISPLACE && command != BOOKING_COMMAND_PAY;
        can_be_asked &= command != BOOKING_COMMAND_WAIVE_FEE || refusal->keeps_fee;
        if (can_be_asked && refusal->booking_status != BOOKING_NONE &&
            booking_machine_allows(refusal->booking_status, command))
            json_write_str(writer, booking_command_name(command));
    }
    write_allowed_of_payment(writer, refusal->payment);
    json_write_array_end(writer);
}

/* By the names of the settings, so that a desk may see where it could be changed. */
static void
write_limits(struct json_writer *writer, const struct refusal *refusal)
{
    json_member_object_begin(writer, "limits");
    for (size_t i = 0; i < refusal->limit_count; i++) {
        const struct refusal_limit *limit = &refusal->limits[i];
        if (limit->is_date)
            json_member_date(writer, limit->name, (int32_t)limit->value);
        else
            json_member_i64(writer, limit->name, limit->value);
    }
    json_write_object_end(writer);
}

/* What a hold became, which only its owner is told: nobody else gets as far as to be refused for it. */
static void
write_booked(struct json_writer *writer, const struct problem *problem)
{
    const struct refusal *refusal = problem->refusal;
    if (!id_is_none(refusal->booking))
        json_member_id(writer, "booking_id", ID_BOOKING, problem->property, refusal->booking);
    if (!id_is_none(refusal->group))
        json_member_id(writer, "group_id", ID_GROUP, problem->property, refusal->group);
}

static void
write_refusal(struct json_writer *writer, const struct problem *problem)
{
    const struct refusal *refusal = problem->refusal;
    if (refusal->rule.len > 0)
        json_member_str(writer, "rule", refusal->rule);
    if (refusal->limit_count > 0)
        write_limits(writer, refusal);
    if (refusal->status.len > 0 && !refusal->of_group)
        json_member_str(writer, "current_status", refusal->status);
    /* a room that is not ready refused nothing itself: the booking was asked for */
    if ((refusal->status.len > 0 || refusal->of_group) && refusal->outcome != OUTCOME_ROOM_NOT_READY)
        write_allowed(writer, refusal);
    write_booked(writer, problem);
    if (refusal->expires_at != 0)
        json_member_instant(writer, "expires_at", refusal->expires_at);
    if (refusal->latest_expires_at != 0)
        json_member_instant(writer, "latest_expires_at", refusal->latest_expires_at);
    if (!id_is_none(refusal->job))
        json_member_id(writer, "job_id", ID_JOB, problem->property, refusal->job);
    if (!id_is_none(refusal->hold))
        json_member_id(writer, "hold_id", ID_HOLD, problem->property, refusal->hold);
    if (refusal->night_count > 0) {
        json_member_array_begin(writer, "nights");
        for (size_t i = 0; i < refusal->night_count; i++)
            json_write_date(writer, refusal->nights[i]);
        json_write_array_end(writer);
    }
    if (problem->shows_owners && refusal->in_the_way_count > 0)
        write_in_the_way(writer, problem);
}

void
problem_write(struct json_writer *writer, const struct problem *problem)
{
    json_write_object_begin(writer);
    write_type(writer, problem->code);
    json_member_str(writer, "title", problem->title);
    json_member_i64(writer, "status", problem->status);
    json_member_str(writer, "code", problem->code);
    json_member_str(writer, "detail", problem->detail);
    if (problem->report != NULL) {
        json_write_key(writer, "errors");
        shape_report_write(problem->report, writer);
        if (problem->report->has_more)
            json_member_bool(writer, "has_more_errors", true);
    } else if (problem->pointer.len > 0) {
        write_pointer(writer, problem);
    }
    if (problem->refusal != NULL)
        write_refusal(writer, problem);
    if (problem->alternatives.len > 0)
        json_member_raw(writer, "alternatives", problem->alternatives);
    if (problem->retry_after_s > 0)
        json_member_i64(writer, "retry_after_s", problem->retry_after_s);
    if (problem->request_id.len > 0)
        json_member_str(writer, "request_id", problem->request_id);
    json_write_object_end(writer);
}

struct str
problem_pointer(const struct command *command, bool bulk, const char *pointer)
{
    struct str whole = str_from(pointer), first = STR("/rooms/0");
    bool of_rooms = command->kind == COMMAND_CREATE_ROOMS || command->kind == COMMAND_DELETE_ROOMS;
    if (!of_rooms || bulk || !str_starts_with(whole, first))
        return whole;
    return str_of(whole.ptr + first.len, whole.len - first.len);
}
