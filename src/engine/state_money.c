/* Written member by member in the order of the interface; state_read.c reads the same members. */
#include "engine/state_money.h"

#include "engine/state_part.h"

static void
put_instant(struct json_writer *writer, const char *name, int64_t ms)
{
    json_member_instant_if(writer, name, ms != 0, ms);
}

void
state_put_payment(struct json_writer *writer, const struct property *property, const struct payment *payment)
{
    state_write_ids(writer, ID_PAYMENT, property, payment->id);
    json_member_id_or_null(writer, "booking_id", ID_BOOKING, property->number, payment->booking);
    json_member_id_or_null(writer, "group_id", ID_GROUP, property->number, payment->group);
    json_member_str(writer, "method", payment_method_name(payment->method));
    json_member_str_if(writer, "reference", payment->reference);
    json_member_str(writer, "status", payment_status_name(payment_status_of(payment)));
    json_member_str(writer, "currency", payment->currency);
    json_member_i64(writer, "authorized", payment->authorized);
    json_member_i64(writer, "captured", payment->captured);
    json_member_i64(writer, "refunded", payment->refunded);
    put_instant(writer, "authorized_at", payment->authorized_at);
    put_instant(writer, "captured_at", payment->captured_at);
    put_instant(writer, "failed_at", payment->failed_at);
    put_instant(writer, "voided_at", payment->voided_at);
    state_write_made(writer, payment->created_at, payment->version);
}

void
state_put_refund(struct json_writer *writer, const struct property *property, const struct refund *refund)
{
    state_write_ids(writer, ID_REFUND, property, refund->id);
    json_member_id(writer, "payment_id", ID_PAYMENT, property->number, refund->payment);
    json_member_id_or_null(writer, "booking_id", ID_BOOKING, property->number, refund->booking);
    json_member_i64(writer, "amount", refund->amount);
    json_member_str(writer, "status", refund_status_name(refund->status));
    json_member_bool(writer, "automatic", refund->automatic);
    json_member_i64(writer, "attempts", refund->attempts);
    put_instant(writer, "sent_at", refund->sent_at);
    put_instant(writer, "settled_at", refund->settled_at);
    put_instant(writer, "failed_at", refund->failed_at);
    json_member_str_if(writer, "provider_reference", refund->provider_reference);
    json_member_str_if(writer, "failure", refund->failure);
    state_write_made(writer, refund->created_at, refund->version);
}

void
state_put_set_aside(struct json_writer *writer, const struct property *property, const struct set_aside *aside)
{
    state_write_ids(writer, ID_SET_ASIDE, property, aside->id);
    json_member_str(writer, "event", aside->event);
    json_member_str(writer, "kind", aside->kind);
    json_member_str(writer, "cause", set_aside_cause_name(aside->cause));
    json_member_str_if(writer, "reference", aside->reference);
    json_member_str_if(writer, "named", aside->named);
    json_member_i64(writer, "amount", aside->amount);
    json_member_str_if(writer, "currency", aside->currency);
    put_instant(writer, "resolved_at", aside->resolved_at);
    state_write_made(writer, aside->created_at, aside->version);
}

void
state_put_provider(struct json_writer *writer, const struct property *property, const struct payment_provider *provider)
{
    state_write_ids(writer, ID_PROVIDER, property, provider->id);
    json_member_str_if(writer, "account", provider->account);
    json_member_str_if(writer, "api_base", provider->api_base);
    json_member_bool(writer, "has_webhook_secret", provider->sealed_secret.len > 0);
    json_member_bool(writer, "has_api_key", provider->sealed_api_key.len > 0);
    state_write_made(writer, provider->created_at, provider->version);
}
