/* Written member by member in the order of the interface. */
#include "api/taking_text.h"

#include "api/actor_names.h"

void
taking_write(struct json_writer *writer, const struct property *property, const struct taking *taking,
             const struct taking_payer *payer, struct str actor_name)
{
    const struct payment *payment = &taking->payment;
    json_write_object_begin(writer);
    json_member_instant(writer, "at", taking->at);
    json_member_str(writer, "actor", taking->actor);
    actor_name_write(writer, actor_name);
    json_member_str(writer, "method", payment_method_name(payment->method));
    json_member_i64(writer, "captured", taking->captured);
    json_member_i64(writer, "refunded", taking->refunded);
    json_member_str(writer, "currency", payment->currency);
    json_member_str_if(writer, "reference", payment->reference);
    json_member_id(writer, "payment_id", ID_PAYMENT, property->number, payment->id);
    json_member_id_or_null(writer, "booking_id", ID_BOOKING, property->number, payment->booking);
    json_member_id_or_null(writer, "group_id", ID_GROUP, property->number, payment->group);
    json_member_str_if(writer, "code", payer->code);
    json_member_str_if(writer, "guest_name", payer->guest_name);
    json_write_object_end(writer);
}
