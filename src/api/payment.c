/* Payments by hand: what was taken, given back or called off at the desk, and what is known of all payments. */
#include "api/handlers.h"
#include "api/id_page.h"
#include "api/parts.h"
#include "api/reply.h"
#include "core/payment.h"
#include "engine/state.h"
#include "engine/state_money.h"
#include "engine/takings.h"
#include "store/store_payment.h"

enum { REFERENCE_MAX = 200, OBJECT_TEXT = 768 };

/* -- commands -- */

static const struct shape_word by_hand[] = {{"cash", PAYMENT_METHOD_CASH},
                                            {"card_at_desk", PAYMENT_METHOD_CARD_AT_DESK},
                                            {"bank_transfer", PAYMENT_METHOD_BANK_TRANSFER},
                                            {"other", PAYMENT_METHOD_OTHER}};

void
payment_shape_create(struct call *call, struct shape *query, struct shape *body)
{
    struct create_payment create = {.captured = true};
    int method;
    (void)query;
    if (call->match.kinds[0] == ID_GROUP)
        create.group = call->ids[0];
    else
        create.booking = call->ids[0];
    if (shape_enum(shape_field(body, "method", SHAPE_REQUIRED), by_hand, sizeof(by_hand) / sizeof(by_hand[0]),
                   &method) == SHAPE_SET)
        create.method = (enum payment_method)method;
    (void)shape_i64(shape_field(body, "amount", SHAPE_REQUIRED), 1, PRICE_MAX, &create.amount);
    (void)shape_bool(shape_field(body, "captured", SHAPE_OPTIONAL), &create.captured);
    (void)shape_str(shape_field(body, "reference", SHAPE_NULLABLE), 1, REFERENCE_MAX, &create.reference);
    call->engine.command.kind = COMMAND_CREATE_PAYMENT;
    call->engine.command.create_payment = create;
}

static void
shape_step(struct call *call, struct shape *body, enum payment_command step, bool takes_amount)
{
    struct step_payment *asked = &call->engine.command.step_payment;
    call->engine.command.kind = COMMAND_STEP_PAYMENT;
    *asked = (struct step_payment){.payment = call->ids[0], .step = step};
    if (takes_amount)
        (void)shape_i64(shape_field(body, "amount", SHAPE_OPTIONAL), 1, PRICE_MAX, &asked->amount);
}

void
payment_shape_capture(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    shape_step(call, body, PAYMENT_COMMAND_CAPTURE, true);
}

void
payment_shape_fail(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    shape_step(call, body, PAYMENT_COMMAND_FAIL, false);
}

void
payment_shape_void(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    shape_step(call, body, PAYMENT_COMMAND_VOID, false);
}

void
payment_shape_refund(struct call *call, struct shape *query, struct shape *body)
{
    (void)query;
    shape_step(call, body, PAYMENT_COMMAND_REFUND, true);
    (void)shape_text(shape_field(body, "reason", SHAPE_NULLABLE), 0, PART_REASON_MAX,
                     &call->engine.command.step_payment.reason);
}

/* -- reading -- */

/* One object, in its own braces. */
static void
write_payment(struct json_writer *writer, const struct property *property, const struct payment *payment)
{
    json_write_object_begin(writer);
    state_put_payment(writer, property, payment);
    json_write_object_end(writer);
}

/* A payment of a list has its refunds with it. */
static enum db_status
write_with_refunds(struct call *call, struct reader *reader, struct json_writer *writer,
                   const struct property *property, const struct payment *payment)
{
    struct refund *refunds;
    size_t count;
    enum db_status status =
        store_list_refunds(&reader->store, call->property, payment->id, &reader->scratch, &refunds, &count);
    json_write_object_begin(writer);
    state_put_payment(writer, property, payment);
    json_member_array_begin(writer, "refunds");
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        json_write_object_begin(writer);
        state_put_refund(writer, property, &refunds[i]);
        json_write_object_end(writer);
    }
    json_write_array_end(writer);
    json_write_object_end(writer);
    return status;
}

/* There is nothing to list of what is not there. */
static enum db_status
find_owner(struct call *call, struct reader *reader)
{
    struct booking booking;
    struct group group;
    if (call->match.kinds[0] == ID_GROUP)
        return store_load_group(&reader->store, call->property, call->ids[0], &reader->scratch, &group);
    return store_load_booking(&reader->store, call->property, call->ids[0], &reader->scratch, &booking);
}

void
payment_load_list(struct call *call, struct reader *reader)
{
    struct payment *payments;
    size_t count;
    struct text text;
    struct json_writer writer;
    bool of_group = call->match.kinds[0] == ID_GROUP;
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL || !call_check(call, reader, find_owner(call, reader)) ||
        !call_check(call, reader,
                    store_list_payments(&reader->store, call->property, of_group ? ID_NONE : call->ids[0],
                                        of_group ? call->ids[0] : ID_NONE, &reader->scratch, &payments, &count)))
        return;
    text_init(&text, call->arena, OBJECT_TEXT * (count + 1));
    json_writer_init(&writer, &text);
    json_write_object_begin(&writer);
    json_member_array_begin(&writer, "items");
    enum db_status status = DB_OK;
    for (size_t i = 0; status == DB_OK && i < count; i++)
        status = write_with_refunds(call, reader, &writer, house->house.property, &payments[i]);
    if (!call_check(call, reader, status))
        return;
    json_write_array_end(&writer);
    json_write_object_end(&writer);
    reply_text(call, &text, 0);
}

void
payment_load_one(struct call *call, struct reader *reader)
{
    struct payment payment;
    struct text text;
    struct json_writer writer;
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL ||
        !call_check(call, reader,
                    store_load_payment(&reader->store, call->property, call->ids[0], &reader->scratch, &payment)))
        return;
    text_init(&text, call->arena, OBJECT_TEXT);
    json_writer_init(&writer, &text);
    write_payment(&writer, house->house.property, &payment);
    reply_text(call, &text, payment.version);
}

/* -- refunds to look after -- */

struct refund_list {
    struct page page;
    enum store_refunds are;
};

void
refund_shape_list(struct call *call, struct shape *query, struct shape *body)
{
    struct refund_list *list = call_ask(call, sizeof(*list));
    bool in_doubt = false, failed = false;
    (void)body;
    call_shape_property(call, query, SHAPE_REQUIRED);
    call_shape_page(call, query, ID_BYTES, &list->page);
    (void)shape_bool(shape_field(query, "in_doubt", SHAPE_OPTIONAL), &in_doubt);
    struct shape_field field = shape_field(query, "failed", SHAPE_OPTIONAL);
    (void)shape_bool(field, &failed);
    if (in_doubt && failed)
        shape_refuse(field, "must not be asked for together with in_doubt: none is both");
    list->are = in_doubt ? STORE_REFUNDS_IN_DOUBT : failed ? STORE_REFUNDS_FAILED : STORE_REFUNDS_OPEN;
}

/* Whoever gives it back needs to know whom, and out of what: of the booking that it is for, or else of what was paid
 * for. */
static enum db_status
write_listed_refund(struct call *call, struct reader *reader, struct json_writer *writer,
                    const struct property *property, const struct refund *refund)
{
    struct payment payment;
    struct taking_payer payer;
    enum db_status status =
        store_load_payment(&reader->store, call->property, refund->payment, &reader->scratch, &payment);
    if (status != DB_OK)
        return status;
    struct payment whose = payment;
    if (!id_is_none(refund->booking))
        whose.booking = refund->booking;
    status = takings_payer(&reader->store, call->property, &whose, &reader->scratch, &payer);
    json_write_object_begin(writer);
    state_put_refund(writer, property, refund);
    json_member_str(writer, "method", payment_method_name(payment.method));
    json_member_id_or_null(writer, "group_id", ID_GROUP, property->number, payment.group);
    json_member_str_if(writer, "code", payer.code);
    json_member_str_if(writer, "guest_name", payer.guest_name);
    json_write_object_end(writer);
    return status;
}

void
refund_load_list(struct call *call, struct reader *reader)
{
    const struct refund_list *asked = call->asked;
    struct id_page list;
    struct refund *refunds;
    size_t count;
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL ||
        !call_check(call, reader,
                    store_list_refunds_that(&reader->store, call->property, asked->are, id_page_after(&asked->page),
                                            asked->page.limit + 1, &reader->scratch, &refunds, &count)))
        return;
    id_page_begin(&list, call, &asked->page);
    enum db_status status = DB_OK;
    for (size_t i = 0; status == DB_OK && i < count; i++)
        if (id_page_takes(&list, refunds[i].id))
            status = write_listed_refund(call, reader, &list.writer, house->house.property, &refunds[i]);
    if (call_check(call, reader, status))
        id_page_send(&list);
}

static const struct shape_word became[] = {{"settled", true}, {"failed", false}};

void
refund_shape_resolve(struct call *call, struct shape *query, struct shape *body)
{
    struct resolve_refund *asked = &call->engine.command.resolve_refund;
    int settled;
    (void)query;
    call->engine.command.kind = COMMAND_RESOLVE_REFUND;
    *asked = (struct resolve_refund){.refund = call->ids[0]};
    if (shape_enum(shape_field(body, "status", SHAPE_REQUIRED), became, sizeof(became) / sizeof(became[0]), &settled) ==
        SHAPE_SET)
        asked->settled = settled != 0;
    (void)shape_text(shape_field(body, "reason", SHAPE_REQUIRED), 1, PART_REASON_MAX, &asked->reason);
}

/* -- what was set aside -- */

struct set_aside_list {
    struct page page;
    bool all; /* those that somebody has looked at, too */
};

void
set_aside_shape_list(struct call *call, struct shape *query, struct shape *body)
{
    struct set_aside_list *list = call_ask(call, sizeof(*list));
    (void)body;
    call_shape_property(call, query, SHAPE_REQUIRED);
    call_shape_page(call, query, ID_BYTES, &list->page);
    (void)shape_bool(shape_field(query, "all", SHAPE_OPTIONAL), &list->all);
}

void
set_aside_load_list(struct call *call, struct reader *reader)
{
    const struct set_aside_list *asked = call->asked;
    struct id_page list;
    struct set_aside *items;
    size_t count;
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL ||
        !call_check(call, reader,
                    store_page_set_aside(&reader->store, call->property, !asked->all, id_page_after(&asked->page),
                                         asked->page.limit + 1, &reader->scratch, &items, &count)))
        return;
    id_page_begin(&list, call, &asked->page);
    for (size_t i = 0; i < count; i++)
        if (id_page_takes(&list, items[i].id)) {
            json_write_object_begin(&list.writer);
            state_put_set_aside(&list.writer, house->house.property, &items[i]);
            json_write_object_end(&list.writer);
        }
    id_page_send(&list);
}

void
set_aside_shape_resolve(struct call *call, struct shape *query, struct shape *body)
{
    struct resolve_set_aside *asked = &call->engine.command.resolve_set_aside;
    (void)query;
    call->engine.command.kind = COMMAND_RESOLVE_SET_ASIDE;
    *asked = (struct resolve_set_aside){.set_aside = call->ids[0]};
    (void)shape_text(shape_field(body, "reason", SHAPE_REQUIRED), 1, PART_REASON_MAX, &asked->reason);
}
